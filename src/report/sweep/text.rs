//! The tables on standard output.

use std::fmt::Write as _;

use super::measured::{self, brief_mean, range, signed};
use super::{extent, part, probability, splitting};
use crate::analysis::claim::Found;
use crate::analysis::comparison::{Discordance, Pairs};
use crate::analysis::measure::Measure;
use crate::analysis::risk::{self, Of, Risk};
use crate::analysis::summary::{Ended, Summary, Variant};
use crate::report::table::Table;
use crate::report::wording::{counted, thousands};

/// Of so many variants single runs are named; the rest are in the files.
const WITH_EXAMPLES_MAX: usize = 8;
/// What stands where there is nothing to say.
pub(super) const NOTHING: &str = "–";

/// The whole summary.
pub fn write(summary: &Summary) -> String {
    let mut text = format!("{} · {}\n", summary.scenario, extent(summary));
    if !summary.about.is_empty() {
        text += &format!("{}\n", summary.about);
    }
    text += match summary.ended {
        Ended::Complete => "",
        Ended::Precise => "stopped as soon as every probability was as precise as wanted\n",
        Ended::NotPrecise => "the wanted precision was not reached: give more --replications\n",
        Ended::Interrupted => "interrupted: this is what was played up to then\n",
    };
    text += "Intervals in brackets hold 95 %.\n";
    for (title, table) in tables(summary) {
        write!(text, "\n{title}\n{table}").expect("a string takes everything");
    }
    text + &splitting::text(summary) + &claims(summary) + &examples(summary)
}

fn tables(summary: &Summary) -> Vec<(String, Table)> {
    let cost = summary.cost();
    let mut tables = vec![("How it ended".to_string(), endings(summary))];
    tables.extend(risks(summary).map(|table| ("What must not happen".to_string(), table)));
    match &summary.variants[..] {
        [only] => tables.push(("What was measured".to_string(), measured::all(only))),
        _ => {
            let title = match cost {
                Measure::BadRequests => "Requests that a bad release failed",
                Measure::FailedRequests => "Requests that failed",
                _ => "How long fewer tasks counted as healthy than were wanted",
            };
            tables.push((title.to_string(), measured::costs(summary, cost)));
            tables.push((measured::MEDIANS.to_string(), measured::medians(summary)));
        }
    }
    if summary.compares && summary.variants.len() > 1 {
        let title = format!("Against {}, on the same replications", summary.variants[0].name);
        tables.push((title, differences(summary, cost)));
    }
    tables
}

/// A table with a line for each variant.
pub(super) fn by_variant<'a>(
    columns: &[&str],
    variants: impl Iterator<Item = &'a Variant>,
    cells: impl Fn(&Variant) -> Vec<String>,
) -> Table {
    let mut table = Table::new(&[&["variant"], columns].concat(), &[]);
    for variant in variants {
        table.row([vec![variant.name.clone()], cells(variant)].concat());
    }
    table
}

fn endings(summary: &Summary) -> Table {
    let endings = summary.endings();
    let names: Vec<String> = endings.iter().map(|ending| ending.in_words()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    by_variant(&names, summary.variants.iter(), |variant| {
        let of = |ending: &crate::analysis::ending::Ending| {
            let hits = variant.tally.endings[ending.index()].runs;
            summary.probability(hits, variant.tally.runs).map_or(NOTHING.into(), probability)
        };
        endings.iter().map(of).collect()
    })
}

/// The risks, each of the releases that it can come true of; none if no release was bad.
fn risks(summary: &Summary) -> Option<Table> {
    let any_bad = summary.variants.iter().any(|variant| variant.tally.bad > 0);
    let any_good = summary.variants.iter().any(|variant| variant.tally.bad < variant.tally.runs);
    let told = Risk::ALL.into_iter().filter(|&risk| match risk::of(risk) {
        _ if risk == Risk::BadReachedFull && !summary.has_requests => false,
        Of::Bad => any_bad,
        Of::Good => any_good,
    });
    let told: Vec<Risk> = told.collect();
    let name = |&risk: &Risk| match risk::of(risk) {
        Of::Bad => format!("{}, of bad ones", risk::in_words(risk)),
        Of::Good => format!("{}, of good ones", risk::in_words(risk)),
    };
    let names: Vec<String> = told.iter().map(name).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    (!told.is_empty()).then(|| {
        by_variant(&names, summary.variants.iter(), |variant| {
            let of = |&risk: &Risk| {
                let hits = variant.tally.risks[risk.index()].runs;
                let at_risk = variant.tally.at_risk(risk);
                summary.probability(hits, at_risk).map_or(NOTHING.into(), probability)
            };
            told.iter().map(of).collect()
        })
    })
}

fn differences(summary: &Summary, cost: Measure) -> Table {
    let mean_name = format!("{}, mean", cost.in_words());
    let any_bad = summary.variants.iter().any(|variant| variant.tally.bad > 0);
    let mut columns = vec![mean_name.as_str(), "in so many fewer, more"];
    if summary.has_requests {
        columns.push("full shift");
    }
    let any_bad = any_bad && summary.has_requests;
    if any_bad {
        columns.push("bad release reached 100 %");
    }
    columns.extend(["correlation", "runs saved"]);
    by_variant(&columns, summary.variants.iter().skip(1), |variant| {
        let against = variant.against_first.as_ref().expect("it is not the first");
        let costs = &against.measures[cost.index()];
        let mut cells = vec![difference_cell(cost, costs, summary.runs), sides_cell(costs)];
        if summary.has_requests {
            let full_shift = &against.measures[Measure::FullShift.index()];
            cells.push(difference_cell(Measure::FullShift, full_shift, summary.runs));
        }
        if any_bad {
            cells.push(risk_cell(&against.risks[Risk::BadReachedFull.index()]));
        }
        cells.push(costs.correlation().map_or(NOTHING.into(), |found| format!("{found:.2}")));
        cells.push(costs.saved().map_or(NOTHING.into(), |factor| format!("{factor:.1} x")));
        cells
    })
}

/// `-13.5 [-13.9, -13.1]`, of how many pairs where some lack it; or that nothing can be said.
fn difference_cell(measure: Measure, pairs: &Pairs, replications: u64) -> String {
    let Some(mean) = pairs.mean() else { return "no pair has both".into() };
    let of = match pairs.runs {
        runs if runs < replications => format!(" in {}", counted(runs, "pair")),
        _ => String::new(),
    };
    let cell = match (pairs.smaller + pairs.larger, pairs.interval()) {
        (0, _) => "the same".into(),
        (differ, None) => format!("{} differ", counted(differ, "pair")),
        (_, Some(interval)) => {
            let ends = range(measure, [interval.low, interval.high], signed);
            match interval.holds(0.0) {
                true => format!("not distinguishable {ends}"),
                false => format!("{} {ends}", brief_mean(measure, mean, signed)),
            }
        }
    };
    cell + &of
}

fn sides_cell(pairs: &Pairs) -> String {
    if pairs.runs == 0 {
        return NOTHING.into();
    }
    format!("{}, {}", part(pairs.smaller, pairs.runs), part(pairs.larger, pairs.runs))
}

fn risk_cell(pairs: &Discordance) -> String {
    if pairs.runs == 0 {
        return NOTHING.into();
    }
    let (difference, interval) = pairs.difference();
    let points = |share: f64| format!("{:+.2}", 100.0 * share);
    let range = format!("[{}, {}]", points(interval.low), points(interval.high));
    match interval.holds(0.0) {
        true => format!("not distinguishable {range}"),
        false => format!("{} points {range}", points(difference)),
    }
}

/// What was claimed of each variant, and whether it holds.
fn claims(summary: &Summary) -> String {
    let mut text = String::new();
    for variant in &summary.variants {
        for judged in &variant.claims {
            let found = judged.found.iter().map(|one| found(one, summary.runs));
            let found = found.collect::<Vec<_>>().join(", ");
            let whose = match summary.variants.len() {
                1 => String::new(),
                _ => format!(" with {}", variant.name),
            };
            let needed = judged
                .runs_needed
                .map(|runs| format!("; about {} replications would tell", thousands(runs)));
            text += &format!(
                "{}  {}{whose}  (found: {found}{})\n",
                judged.standing.as_str(),
                judged.text,
                needed.unwrap_or_default()
            );
        }
    }
    if text.is_empty() { text } else { format!("\n{text}") }
}

/// What a claim was held against, of so many runs.
fn found(found: &Found, runs: u64) -> String {
    match *found {
        Found::Probability(found) => probability(found),
        Found::Quantile(measure, Some(found)) if found.runs < runs => {
            format!("{} in {}", measured::ends_cell(measure, found), counted(found.runs, "run"))
        }
        Found::Quantile(measure, Some(found)) => measured::ends_cell(measure, found),
        Found::Quantile(measure, None) => match measure.needs() {
            Some(key) => format!("nothing, since the scenario has no `{key}`"),
            None => "it never happened".into(),
        },
    }
}

/// Single runs, and a command that shows one of them in full.
fn examples(summary: &Summary) -> String {
    let mut text = "\nTo see one\n".to_string();
    for variant in summary.variants.iter().take(WITH_EXAMPLES_MAX) {
        let examples = summary.examples(variant);
        let Some(worst) = examples.iter().find(|example| example.what.starts_with("worst")) else {
            continue;
        };
        let (command, seed) = (&variant.command, summary.seed);
        text += &format!("  {command} --seed {seed} --replication {}\n", worst.replication);
        let all = examples.iter().map(|one| format!("{} {}", one.replication, one.what));
        text += &format!("    replication {}\n", all.collect::<Vec<_>>().join("; "));
    }
    if summary.variants.len() > WITH_EXAMPLES_MAX {
        text += "  those of the other variants stand in summary.json\n";
    }
    text
}
