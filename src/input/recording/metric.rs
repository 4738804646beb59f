//! Metrics as `get-metric-data` and `get-metric-statistics` answer, or as a table: what is asked, and what fails.
//!
//! A table is read as `backtest` reads it (`measurement`). Which series is which, its name says.

use std::path::Path;

use super::{Counted, Recording, time};
use crate::diagnostic::{Diagnostic, Diagnostics, Span, code};
use crate::input::Files;
use crate::input::decode::listed;
use crate::input::measurement::all_measurements;
use crate::input::series::COUNTS;
use crate::input::tree::{Node, shortened};
use crate::input::unit::recorded;

/// What a series counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Requests, or invocations.
    Requests,
    /// Those that failed.
    Errors,
}

impl Role {
    /// What is counted, for people.
    const fn words(self) -> &'static str {
        match self {
            Role::Requests => "requests",
            Role::Errors => "errors",
        }
    }
}

/// What a column is called that has no name of its own.
const VALUE: &str = "value";
/// What the whole name of a column may be, in any case.
const OWN_NAMES: [(&str, Role); 7] = [
    ("count", Role::Requests),
    (VALUE, Role::Requests),
    ("hits", Role::Requests),
    ("requestcount", Role::Requests),
    ("errorcount", Role::Errors),
    ("failed", Role::Errors),
    ("failures", Role::Errors),
];
/// Names of CloudWatch, and the plain words, as they may stand in a longer name: without signs, in small letters.
const PARTS: [(&str, Role); 5] = [
    ("5xxerror", Role::Errors),
    ("errors", Role::Errors),
    ("requestcount", Role::Requests),
    ("invocations", Role::Requests),
    ("requests", Role::Requests),
];
/// Words of names that are no counts, or count something else.
const NO_COUNTS: [&str; 9] =
    ["rate", "ratio", "percent", "percentage", "latency", "duration", "time", "per", "4xx"];
/// Words that make errors of requests.
const OF_ERRORS: [&str; 2] = ["failed", "faulty"];

/// What a series of this name counts, if that can be told.
fn role(name: &str) -> Option<Role> {
    let small = name.to_ascii_lowercase();
    let words: Vec<&str> =
        small.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    if words.iter().any(|word| NO_COUNTS.contains(word)) {
        return None;
    }
    let whole = words.concat();
    if let Some((_, role)) = OWN_NAMES.iter().find(|(own, _)| *own == whole) {
        return Some(*role);
    }
    // `HTTPCode_Target_5XX_Count` and its likes.
    if words.iter().any(|word| word.ends_with("5xx")) {
        return Some(Role::Errors);
    }
    // A name of CloudWatch may be written with signs between its words, or without.
    let stands = |part: &str| {
        (0..words.len())
            .any(|first| (first + 1..=words.len()).any(|end| words[first..end].concat() == part))
    };
    let (_, role) = PARTS.iter().find(|(part, _)| stands(part))?;
    let fails = words.iter().any(|word| OF_ERRORS.contains(word));
    Some(if fails { Role::Errors } else { *role })
}

/// Reads the series of an answer.
pub fn data(node: &Node, to: &mut Diagnostics) -> Recording {
    let results = node.key("MetricDataResults").and_then(Node::items);
    let series = match results {
        Some(results) => results.iter().map(|result| of_data(result, to)).collect(),
        None => vec![of_statistics(node)],
    };
    gathered(series, Some(node.span), to)
}

/// Reads the columns of a table.
pub fn table(path: &Path, files: &mut Files<'_>, to: &mut Diagnostics) -> Option<Recording> {
    let columns = all_measurements(path, files, to)?;
    let series = columns.into_iter().map(|(name, samples)| {
        let counts = samples.into_iter();
        let counts = counts.map(|sample| (sample.at.as_millis(), sample.value.as_f64()));
        (name, counts.collect())
    });
    let mut series: Vec<Series> = series.collect();
    // A column `value` says nothing; then the name of the file may.
    let file = path.file_stem().unwrap_or_default().to_string_lossy();
    for (name, _) in series.iter_mut().filter(|(name, _)| name.eq_ignore_ascii_case(VALUE)) {
        match role(&file) {
            Some(_) => *name = file.to_string(),
            None => {
                let title = format!("nothing says what `{name}` of `{file}` counts");
                to.push(Diagnostic::new(code::ODD_RECORD, None, title).help(format!(
                    "it is taken for requests; if it is something else, leave it out. {NAMES}"
                )));
            }
        }
    }
    Some(gathered(series, None, to))
}

type Series = (String, Vec<(u64, f64)>);

/// `{Id, Label, Timestamps, Values}`.
fn of_data(result: &Node, to: &mut Diagnostics) -> Series {
    let list = |key: &str| result.key(key).and_then(Node::items).unwrap_or_default();
    let (times, values) = (list("Timestamps"), list("Values"));
    if times.len() != values.len() {
        let title = format!("{} times stand beside {} values", times.len(), values.len());
        let told = Diagnostic::new(code::ODD_RECORD, result.span, title);
        to.push(told.label("read as far as both go").help("take the answer as it came"));
    }
    let pairs = times.iter().zip(values).filter_map(|(at, value)| {
        Some((recorded(at.scalar()?)?, value.scalar()?.parse::<f64>().ok()?))
    });
    let named = ["Label", "Id"].iter().find_map(|key| {
        let text = result.key(key)?.scalar()?;
        role(text).map(|_| text)
    });
    let own = result.key("Label").or(result.key("Id")).and_then(Node::scalar);
    (named.or(own).unwrap_or_default().to_string(), pairs.collect())
}

/// `{Label, Datapoints: [{Timestamp, Sum}]}`.
fn of_statistics(node: &Node) -> Series {
    let points = node.key("Datapoints").and_then(Node::items).unwrap_or_default();
    let values = points.iter().filter_map(|point| {
        let value = point.key("Sum").or(point.key("SampleCount"))?.scalar()?;
        Some((time(point, "Timestamp")?, value.parse::<f64>().ok()?))
    });
    let label = node.key("Label").and_then(Node::scalar).unwrap_or_default();
    (label.to_string(), values.collect())
}

const NAMES: &str = "name series of requests `RequestCount` or `Invocations`, of errors `HTTPCode_Target_5XX_Count` or `Errors`";

/// Tells of each series that another one of the same role goes before; series come with the names of their files.
pub fn further_series<'a>(
    all: impl IntoIterator<Item = (&'a str, &'a Counted)>,
    to: &mut Diagnostics,
) {
    let mut taken: Vec<(&str, &Counted)> = Vec::new();
    for (file, counted) in all {
        let Some((of, used)) = taken.iter().find(|(_, one)| one.role == counted.role) else {
            taken.push((file, counted));
            continue;
        };
        let (name, role) = (shortened(&counted.name), counted.role.words());
        let title = format!("`{name}` of `{file}` counts {role} too");
        to.push(Diagnostic::new(code::ODD_RECORD, None, title).help(format!(
            "`{}` of `{of}` is used, the first one: give what should be used alone, or add them up",
            shortened(&used.name)
        )));
    }
}

/// The series by what they count; those of which nobody can say that are told.
fn gathered(series: Vec<Series>, span: Option<Span>, to: &mut Diagnostics) -> Recording {
    let what = format!("{} series", series.len());
    let names: Vec<&str> = series.iter().map(|(name, _)| name.as_str()).collect();
    if !series.is_empty() && series.iter().all(|(name, _)| role(name).is_none()) {
        let title = format!("no series counts requests or errors: {}", listed(&names));
        to.push(
            Diagnostic::new(code::EMPTY_RECORDING, span, title)
                .label("nothing to measure")
                .help(NAMES),
        );
    }
    let is_one_known = series.iter().any(|(name, _)| role(name).is_some());
    let counted = series.into_iter().filter_map(|(name, mut counts)| {
        let Some(role) = role(&name) else {
            if is_one_known {
                let title = format!("`{}` is no count of requests or errors", shortened(&name));
                to.push(
                    Diagnostic::new(code::ODD_RECORD, span, title).label("left out").help(NAMES),
                );
            }
            return None;
        };
        let all = counts.len();
        counts.retain(|(_, value)| COUNTS.contains(value));
        if counts.len() < all {
            let title = format!("`{name}` has values that count nothing");
            to.push(
                Diagnostic::new(code::ODD_RECORD, span, title).label("left out").help(format!(
                    "a count is {} to {:e}",
                    COUNTS.start(),
                    COUNTS.end()
                )),
            );
        }
        counts.sort_by_key(|(at, _)| *at);
        let period_ms = period(&counts)?;
        Some(Counted { role, name, period_ms, counts })
    });
    Recording { what, counted: counted.collect(), ..Recording::default() }
}

/// The distance between neighbours that occurs most often; of equal ones the shorter.
fn period(counts: &[(u64, f64)]) -> Option<u64> {
    let mut gaps: Vec<u64> = counts.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
    gaps.retain(|gap| *gap > 0);
    gaps.sort_unstable();
    let runs = gaps.chunk_by(|one, other| one == other);
    let longest = runs.max_by_key(|run| (run.len(), std::cmp::Reverse(run[0])));
    longest.map(|run| run[0])
}
