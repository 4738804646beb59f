//! Values with units: durations, rates, shares, points in time, sizes.
//!
//! Each unit has a pure function from text, which expressions use too, and a reader for documents. What
//! decides results, durations, shares and exact numbers, is read in exact decimal arithmetic, never through `f64`.

mod decimal;
mod distribution;
mod duration;
mod exact;
mod rate;
mod share;
mod timestamp;

pub use distribution::{amount, latency, ratio};
pub use duration::{DURATION_MAX, parse_duration, shown};
pub use exact::parse_exact;
pub use rate::{RATE_MAX, parse_rate};
pub use share::parse_share;
pub use timestamp::{Timestamp, epoch_seconds, parse_timestamp, recorded};

use std::ops::RangeInclusive;

use super::decode::{Field, integer, scalar_text};
use super::tree::shortened;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, code};
use crate::engine::ratio::Ratio;
use crate::engine::share::Share;
use crate::engine::time::SimDuration;

/// Why a text is no value of a unit: what it is instead, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong, to follow the value: "has no unit".
    pub problem: String,
    /// How to mend it.
    pub help: String,
}

impl Fault {
    fn new(problem: impl Into<String>, help: impl Into<String>) -> Fault {
        Fault { problem: problem.into(), help: help.into() }
    }
}

/// A duration, such as `30s` or `1m30s`; at most ten years.
pub fn duration(field: Field, to: &mut Diagnostics) -> Option<SimDuration> {
    through(field, "a duration", code::BAD_DURATION, parse_duration, to)
}

/// A duration in a range.
pub fn duration_in(
    range: RangeInclusive<SimDuration>,
) -> impl FnOnce(Field, &mut Diagnostics) -> Option<SimDuration> {
    move |field, to| {
        let value = duration(field, to)?;
        if range.contains(&value) {
            return Some(value);
        }
        let (least, most) = (shown(*range.start()), shown(*range.end()));
        let bound = match value < *range.start() {
            true => format!("less than {least}"),
            false => format!("more than {most}"),
        };
        let title = format!("`{}` is {}, {bound}", field.name, shown(value));
        to.push(
            Diagnostic::new(code::OUT_OF_RANGE, field.node.span, title)
                .label("out of range")
                .help(format!("write a duration from {least} to {most}")),
        );
        None
    }
}

/// A rate in events per second, such as `50/s` or `3000/m`.
pub fn rate(field: Field, to: &mut Diagnostics) -> Option<f64> {
    through(field, "a rate", code::BAD_RATE, parse_rate, to)
}

/// A share, such as `2%` or `0.02`.
pub fn share(field: Field, to: &mut Diagnostics) -> Option<Share> {
    through(field, "a share", code::BAD_SHARE, parse_share, to)
}

/// A number as AWS documents have them, kept as it is written: at most eight decimals, up to a thousand million.
pub fn exact(field: Field, to: &mut Diagnostics) -> Option<Ratio> {
    through(field, "a number", code::BAD_NUMBER, parse_exact, to)
}

/// A point in time with its offset, such as `2026-01-05T10:00:00Z`.
pub fn timestamp(field: Field, to: &mut Diagnostics) -> Option<Timestamp> {
    through(field, "a point in time", code::BAD_TIMESTAMP, parse_timestamp, to)
}

/// A size in whole megabytes as task definitions state memory: a number without a unit, 1 to 10 000 000.
pub fn megabytes(field: Field, to: &mut Diagnostics) -> Option<u32> {
    integer(1..=10_000_000)(field, to).and_then(|value| u32::try_from(value).ok())
}

/// Reads a scalar by a pure function and tells its fault.
fn through<T>(
    field: Field,
    expected: &str,
    code: Code,
    parse: impl Fn(&str) -> Result<T, Fault>,
    to: &mut Diagnostics,
) -> Option<T> {
    let written = scalar_text(field, expected, to)?;
    match parse(written) {
        Ok(value) => Some(value),
        Err(Fault { problem, help }) => {
            let title = format!("`{}` is `{}`, which {problem}", field.name, shortened(written));
            to.push(
                Diagnostic::new(code, field.node.span, title)
                    .label(format!("{expected} is needed here"))
                    .help(help),
            );
            None
        }
    }
}
