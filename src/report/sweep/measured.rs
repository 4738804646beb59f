//! What was measured, as tables: means and quantiles with their intervals, and of how many runs they are.

use super::text::{NOTHING, by_variant};
use crate::analysis::distribution::Distribution;
use crate::analysis::measure::{Measure, Unit};
use crate::analysis::summary::{QUANTILES, Quantile, Summary, Variant, mean, quantile};
use crate::report::table::Table;
use crate::report::wording::{counted, thousands};

/// What the table of medians is called.
pub(super) const MEDIANS: &str = "Medians, each of the runs in which it happened";

/// How a number with so many decimals is written.
pub(super) type Style = fn(f64, usize) -> String;

/// `13.5`.
pub(super) fn plain(value: f64, decimals: usize) -> String {
    format!("{value:.decimals$}")
}

/// `+13.5`.
pub(super) fn signed(value: f64, decimals: usize) -> String {
    format!("{value:+.decimals$}")
}

/// The cost of each variant, in quantiles.
pub(super) fn costs(summary: &Summary, cost: Measure) -> Table {
    let columns = [&COLUMNS[..], &["worst"]].concat();
    by_variant(&columns, summary.variants.iter(), |variant| spread(cost, variant.tally.of(cost)))
}

/// The medians of all that is no cost; what no variant has is left out.
pub(super) fn medians(summary: &Summary) -> Table {
    let cost = [Measure::BadRequests, Measure::FailedRequests, summary.cost()];
    let is_there = |measure: &Measure| {
        !cost.contains(measure) && summary.variants.iter().any(|one| is_told(*measure, one))
    };
    let measures: Vec<Measure> = Measure::ALL.into_iter().filter(is_there).collect();
    let names: Vec<&str> = measures.iter().map(|measure| measure.in_words()).collect();
    by_variant(&names, summary.variants.iter(), |variant| {
        measures.iter().map(|&measure| median_cell(measure, variant)).collect()
    })
}

/// Everything that was measured of a variant alone.
pub(super) fn all(variant: &Variant) -> Table {
    let mut table = Table::new(&[&["of a run"], &COLUMNS[..], &["largest", "runs"]].concat(), &[]);
    for measure in Measure::ALL.into_iter().filter(|&measure| is_told(measure, variant)) {
        let of = variant.tally.of(measure);
        let name = vec![measure.in_words().to_string()];
        table.row([name, spread(measure, of), vec![thousands(of.runs())]].concat());
    }
    table
}

const COLUMNS: [&str; 4] = ["mean", "median", "p90", "p99"];

fn spread(measure: Measure, of: &Distribution) -> Vec<String> {
    let most = of.greatest().map_or(NOTHING.into(), |(value, _)| brief(measure, value));
    let quantiles = QUANTILES.iter().map(|&q| quantile_cell(measure, of, q));
    std::iter::once(mean_cell(measure, of)).chain(quantiles).chain([most]).collect()
}

/// Whether there is something to say: what the scenario speaks of is told where it is zero, too.
fn is_told(measure: Measure, variant: &Variant) -> bool {
    let greatest = variant.tally.of(measure).greatest();
    greatest.is_some_and(|(most, _)| most > 0 || measure.needs().is_some())
}

/// A median of those that happened says nothing of the others, so it tells how many they are.
fn median_cell(measure: Measure, variant: &Variant) -> String {
    let of = variant.tally.of(measure);
    match (of.runs(), measure.needs()) {
        (0, Some(_)) => "not said".into(),
        (0, None) => "never".into(),
        (runs, _) if runs < variant.tally.runs => {
            format!("{} in {}", quantile_cell(measure, of, 0.5), counted(runs, "run"))
        }
        _ => quantile_cell(measure, of, 0.5),
    }
}

fn mean_cell(measure: Measure, of: &Distribution) -> String {
    match mean(of) {
        None => NOTHING.into(),
        Some((mean, None)) => brief_mean(measure, mean, plain),
        Some((mean, Some(interval))) => {
            let ends = range(measure, [interval.low, interval.high], plain);
            format!("{} {ends}", brief_mean(measure, mean, plain))
        }
    }
}

/// `31 [30, 33]`; nothing where there are no values.
fn quantile_cell(measure: Measure, of: &Distribution, q: f64) -> String {
    quantile(of, q).map_or(NOTHING.into(), |found| ends_cell(measure, found))
}

/// `31 [30, 33]`, or that so few runs do not have it.
pub(super) fn ends_cell(measure: Measure, found: Quantile) -> String {
    let value = brief(measure, found.place.middle());
    match (found.low, found.high) {
        (Some(low), Some(high)) if measure.unit() == Unit::Count => {
            format!("{value} [{}, {}]", thousands(low), thousands(high))
        }
        (Some(low), Some(high)) => {
            format!("{value} {}", range(measure, [low as f64, high as f64], plain))
        }
        _ => "too few runs".into(),
    }
}

/// `[11.5, 12.8]`, the unit being told before.
pub(super) fn range(measure: Measure, ends: [f64; 2], style: Style) -> String {
    let [low, high] = ends.map(|end| end / measure.units() as f64);
    let decimals = decimals(measure, low.abs().max(high.abs()));
    format!("[{}, {}]", style(low, decimals), style(high, decimals))
}

/// A value with as many digits as people read: counts in full.
fn brief(measure: Measure, value: u64) -> String {
    match measure.unit() {
        Unit::Count => thousands(value),
        Unit::Seconds | Unit::Percent | Unit::Money => brief_mean(measure, value as f64, plain),
    }
}

/// A mean, or a difference of means, with its unit.
pub(super) fn brief_mean(measure: Measure, value: f64, style: Style) -> String {
    let shown = value / measure.units() as f64;
    let unit = match measure.unit() {
        Unit::Count | Unit::Money => "",
        Unit::Seconds => " s",
        Unit::Percent => " %",
    };
    style(shown, decimals(measure, shown.abs())) + unit
}

/// How many decimals people read of a mean; of money, about four digits.
fn decimals(measure: Measure, shown: f64) -> usize {
    match (measure.unit(), shown) {
        (Unit::Count | Unit::Seconds, _) => 1,
        (Unit::Percent, _) => 2,
        (Unit::Money, 10.0..) => 2,
        (Unit::Money, 1.0..) => 3,
        (Unit::Money, 0.1..) => 4,
        (Unit::Money, _) => 6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::tally::Tally;

    fn variant(measure: Measure, values: impl Iterator<Item = u64>, runs: u64) -> Variant {
        let mut tally = Tally { runs, ..Tally::default() };
        values.zip(0..).for_each(|(value, run)| tally.measures[measure.index()].add(value, run));
        let (name, command) = ("one".into(), String::new());
        let (splitting, against_first, claims) = (None, None, vec![]);
        Variant { name, command, point: vec![], tally, against_first, splitting, claims }
    }

    #[test]
    fn a_median_of_some_runs_says_of_how_many() {
        let cell = |runs| {
            median_cell(
                Measure::Detected,
                &variant(Measure::Detected, (1..=40).map(|n| 1000 * n), runs),
            )
        };
        assert_eq!(cell(40), "20.0 s [14.0, 27.0]");
        assert_eq!(cell(10_000), "20.0 s [14.0, 27.0] in 40 runs");
    }

    #[test]
    fn what_never_happened_is_told_from_what_the_scenario_does_not_say() {
        let none = variant(Measure::Cost, std::iter::empty(), 100);
        assert_eq!(median_cell(Measure::Detected, &none), "never");
        assert_eq!(median_cell(Measure::Cost, &none), "not said");
        assert_eq!(all(&none).to_string().lines().count(), 1, "no line of empties");
        let nothing = variant(Measure::MixedPages, std::iter::repeat_n(0, 100), 100);
        let told = all(&nothing).to_string();
        assert!(told.contains("mixed pages  0.0 [0.0, 0.0]  0 [0, 0]"), "{told}");
    }

    #[test]
    fn each_unit_has_the_digits_that_people_read() {
        let cell = |measure, value| brief(measure, value);
        assert_eq!(cell(Measure::UsersExposed, 221_199), "22.12 %");
        assert_eq!(
            [12_345_678, 1_234_567, 123_456, 42].map(|n| cell(Measure::Cost, n)),
            ["12.35", "1.235", "0.1235", "0.000042"]
        );
        assert_eq!(range(Measure::Cost, [-1e6, 0.2e6], signed), "[-1.000, +0.200]");
    }
}
