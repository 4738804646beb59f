//! What splitting says of a rare risk: beside what was counted, never among it.

use serde::Serialize;

use super::csv::Line;
use super::{decimals, percent};
use crate::analysis::risk::{self, Risk};
use crate::analysis::splitting::{Estimate, Level, Played, Splitting};
use crate::analysis::statistics::Interval;
use crate::analysis::summary::{Summary, Variant};
use crate::report::table::Table;
use crate::report::wording::thousands;

/// Whose probability it is.
const RISK: Risk = Risk::BadReachedFull;
/// So many levels are told of in a table: those that the fewest passed.
const LEVELS_TOLD: usize = 4;

// ---- text -------------------------------------------------------------------------------------------

/// The block on standard output; nothing where nobody asked.
pub(super) fn text(summary: &Summary) -> String {
    let columns = [
        "variant",
        "of all",
        "of bad ones",
        "runs",
        "counting would take",
        "passed the narrowest levels",
    ];
    let mut table = Table::new(&columns, &[]);
    let (mut any_played, mut remarks) = (false, String::new());
    for variant in &summary.variants {
        let Some(splitting) = &variant.splitting else { return String::new() };
        let remark = match splitting {
            Splitting::Played(played) => {
                any_played = true;
                table.row(cells(&variant.name, played));
                remark(played)
            }
            Splitting::NothingBad => Some("no release that it may bring is bad".into()),
            Splitting::Interrupted => Some("interrupted before it was known".into()),
        };
        remarks.extend(remark.map(|remark| format!("  {}: {remark}\n", variant.name)));
    }
    let table = if any_played { table.to_string() } else { String::new() };
    format!(
        "\nBy splitting, apart from what was counted: {}\n{table}{remarks}",
        risk::in_words(RISK)
    )
}

fn cells(name: &str, played: &Played) -> Vec<String> {
    let mut narrow: Vec<(usize, Level, f64)> = (0..)
        .zip(played.passing())
        .filter_map(|(at, (level, part))| Some((at, level, part.filter(|&part| part < 1.0)?)))
        .collect();
    narrow.sort_by(|a, b| a.2.total_cmp(&b.2));
    narrow.truncate(LEVELS_TOLD);
    narrow.sort_by_key(|&(at, ..)| at);
    let told = |&(_, level, part): &(usize, Level, f64)| {
        let part = if part > 0.0 { percent(part) } else { "none".into() };
        format!("{} {part}", in_words(level))
    };
    let narrow: Vec<String> = narrow.iter().map(told).collect();
    vec![
        name.into(),
        probability(played.of_all()),
        probability(played.of_bad()),
        format!("{} + {} forks", thousands(played.begun()), thousands(played.forked())),
        played.counted_runs().map_or("–".into(), |runs| format!("about {} runs", rounded(runs))),
        if narrow.is_empty() { "all passed all".into() } else { narrow.join(", ") },
    ]
}

fn remark(played: &Played) -> Option<String> {
    let (died_out, all, begun) =
        (played.died_out(), played.batches.len(), thousands(played.begun()));
    match played.of_bad() {
        Estimate::Known { .. } => {
            let is_better = played.counted_runs().is_some_and(|runs| runs > played.begun() as f64);
            (!is_better).then(|| "not rare enough: counting is as good".into())
        }
        Estimate::Bounded(_) if played.all_came() => {
            Some(format!("every run came to the end: this is the bound of {begun} begun runs"))
        }
        Estimate::Bounded(_) if died_out == all => Some(format!(
            "no run came to the end: this is the bound of {begun} begun runs. Give --splitting more"
        )),
        Estimate::Bounded(_) => Some(format!(
            "its batches differ too much, {died_out} of {all} never came to the end: this is what its {begun} begun runs say alone. Give --splitting more"
        )),
    }
}

/// `0.00123 % [0.00098, 0.00148]`, or within which bounds it lies.
fn probability(estimate: Estimate) -> String {
    let ends = |Interval { low, high }: Interval, digits: usize| {
        format!("[{:.digits$}, {:.digits$}]", 100.0 * low, 100.0 * high)
    };
    match estimate {
        Estimate::Known { probability, interval } if 100.0 * probability >= 1e-5 => {
            let digits = decimals(100.0 * probability);
            format!("{:.digits$} % {}", 100.0 * probability, ends(interval, digits))
        }
        Estimate::Known { probability, interval: Interval { low, high } } => {
            format!("{probability:.2e} [{low:.2e}, {high:.2e}]")
        }
        Estimate::Bounded(Interval { low: 0.0, high }) => format!("< {}", percent(high)),
        Estimate::Bounded(Interval { low, high: 1.0 }) => format!("> {}", percent(low)),
        Estimate::Bounded(Interval { low, high }) => {
            // As many as tell its ends apart.
            let digits = decimals(100.0 * (high - low));
            format!("{:.digits$} to {:.digits$} %", 100.0 * low, 100.0 * high)
        }
    }
}

/// With two digits: more are not known.
fn rounded(runs: f64) -> String {
    let unit = libm::pow(10.0, (libm::floor(libm::log10(runs)) - 1.0).max(0.0));
    let rounded = libm::round(runs / unit) * unit;
    if rounded < 1e15 { thousands(rounded as u64) } else { format!("{runs:.1e}") }
}

fn in_words(level: Level) -> String {
    match level {
        Level::FirstShift => "first shift".into(),
        Level::After(seconds) if seconds % 60 == 0 => format!("{} min", seconds / 60),
        Level::After(seconds) => format!("{seconds} s"),
        Level::FullShift => "full shift".into(),
    }
}

// ---- CSV --------------------------------------------------------------------------------------------

/// The lines of a variant; where there is only a bound, the value is empty.
pub(super) fn lines(variant: &Variant) -> Vec<Line<'_>> {
    let Some(Splitting::Played(played)) = &variant.splitting else { return Vec::new() };
    let line = |statistic: &str, estimate| {
        let (value, Interval { low, high }) = split(estimate);
        Line {
            variant: &variant.name,
            quantity: RISK.as_str(),
            statistic: statistic.into(),
            value: value.map(|value| value.to_string()).unwrap_or_default(),
            ends: [Some(low.to_string()), Some(high.to_string())],
            runs: played.begun() + played.forked(),
            replication: None,
        }
    };
    vec![
        line("probability by splitting", played.of_all()),
        line("probability by splitting if the release is bad", played.of_bad()),
    ]
}

const fn split(estimate: Estimate) -> (Option<f64>, Interval) {
    match estimate {
        Estimate::Known { probability, interval } => (Some(probability), interval),
        Estimate::Bounded(interval) => (None, interval),
    }
}

// ---- JSON -------------------------------------------------------------------------------------------

/// `splitting` of a variant.
#[derive(Serialize)]
pub(super) struct Written {
    risk: &'static str,
    standing: &'static str,
    /// Null where nothing was played.
    found: Option<Found>,
}

#[derive(Serialize)]
struct Found {
    of_all: Probability,
    of_those_at_risk: Probability,
    bad_release: f64,
    batches: usize,
    batches_died_out: usize,
    runs_a_level: u64,
    begun: u64,
    forked: u64,
    counted_runs_needed: Option<f64>,
    levels: Vec<Passing>,
}

#[derive(Serialize)]
struct Probability {
    probability: Option<f64>,
    low: f64,
    high: f64,
}

#[derive(Serialize)]
struct Passing {
    level: String,
    passed: Option<f64>,
}

pub(super) fn written(splitting: &Splitting) -> Written {
    let standing = match splitting {
        Splitting::NothingBad => "no bad release",
        Splitting::Interrupted => "interrupted",
        Splitting::Played(played) => match played.of_bad() {
            Estimate::Known { .. } => "known",
            Estimate::Bounded(_) => "bounded",
        },
    };
    let found = match splitting {
        Splitting::Played(played) => Some(found(played)),
        Splitting::NothingBad | Splitting::Interrupted => None,
    };
    Written { risk: RISK.as_str(), standing, found }
}

fn found(played: &Played) -> Found {
    let probability = |estimate| {
        let (probability, Interval { low, high }) = split(estimate);
        Probability { probability, low, high }
    };
    let levels = played.passing().into_iter();
    Found {
        of_all: probability(played.of_all()),
        of_those_at_risk: probability(played.of_bad()),
        bad_release: played.bad_share,
        batches: played.batches.len(),
        batches_died_out: played.died_out(),
        runs_a_level: played.effort,
        begun: played.begun(),
        forked: played.forked(),
        counted_runs_needed: played.counted_runs(),
        levels: levels.map(|(level, passed)| Passing { level: in_words(level), passed }).collect(),
    }
}
