//! Durations: `300ms`, `30s`, `1m30s`, `1.5h`.

use super::Fault;
use super::decimal::Decimal;
use crate::engine::time::SimDuration;

/// The longest duration that is accepted: ten years of 365 days.
pub const DURATION_MAX: SimDuration = SimDuration::from_millis(10 * 365 * 86_400_000);

/// Units and their milliseconds, from long to short, as compounds have to be written.
const UNITS: [(&str, u64); 5] =
    [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)];

const HELP: &str = "write a number and a unit, such as `300ms`, `30s`, `5m`, `1h`, `2d` or `1m30s`";

/// Reads a duration of whole milliseconds, at most [`DURATION_MAX`].
///
/// # Errors
/// If there is no unit, an unknown one, units not from long to short, or a fraction of a millisecond.
pub fn parse_duration(text: &str) -> Result<SimDuration, Fault> {
    if Decimal::parse(text).is_some() {
        return Err(Fault::new(
            "has no unit",
            format!("write `{}s` for seconds", super::shortened(text)),
        ));
    }
    if text.starts_with('-') {
        return Err(Fault::new("is negative", HELP));
    }
    let (mut rest, mut total, mut unit_max) = (text, 0_u128, u64::MAX);
    loop {
        let (number, after) = split(rest, |c| c.is_ascii_digit() || c == '.');
        let (unit, after) = split(after, |c| !c.is_ascii_digit());
        let number = Decimal::parse(number).ok_or(Fault::new("is no duration", HELP))?;
        let milliseconds = milliseconds(unit)?;
        if milliseconds >= unit_max {
            return Err(Fault::new(
                "has its units out of order",
                "write long units first: `1m30s`",
            ));
        }
        total += number.times(milliseconds).ok_or(Fault::new(
            "is no whole number of milliseconds",
            "time is counted in whole milliseconds: write fewer decimals",
        ))?;
        if total > u128::from(DURATION_MAX.as_millis()) {
            return Err(Fault::new("is longer than ten years", "the longest duration is `3650d`"));
        }
        if after.is_empty() {
            let total = u64::try_from(total).expect("at most ten years, as just checked");
            return Ok(SimDuration::from_millis(total));
        }
        (rest, unit_max) = (after, milliseconds);
    }
}

/// What a unit stands for, or which one was probably meant.
fn milliseconds(unit: &str) -> Result<u64, Fault> {
    if let Some((_, milliseconds)) = UNITS.iter().find(|(name, _)| *name == unit) {
        return Ok(*milliseconds);
    }
    let meant = match unit.trim().to_ascii_lowercase().as_str() {
        "sec" | "secs" | "second" | "seconds" | "s" => "s",
        "min" | "mins" | "minute" | "minutes" | "m" => "m",
        "hour" | "hours" | "hr" | "hrs" | "h" => "h",
        "day" | "days" | "d" => "d",
        "milliseconds" | "millisecond" | "msec" | "ms" => "ms",
        _ => return Err(Fault::new("has no known unit", HELP)),
    };
    Err(Fault::new(
        format!("has the unit `{}`", unit.trim()),
        format!("write `{meant}` right after the number"),
    ))
}

/// The beginning of a text that is of one kind, and the rest.
fn split(text: &str, is: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !is(c)).unwrap_or(text.len()))
}

/// A duration as it would be written: `1m30s`, `0s`.
pub fn shown(duration: SimDuration) -> String {
    let mut rest = duration.as_millis();
    let mut text = String::new();
    for (unit, milliseconds) in UNITS {
        if rest >= milliseconds {
            text.push_str(&format!("{}{unit}", rest / milliseconds));
            rest %= milliseconds;
        }
    }
    if text.is_empty() { "0s".into() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, milliseconds: u64) {
        assert_eq!(parse_duration(text), Ok(SimDuration::from_millis(milliseconds)), "{text}");
    }

    fn refused(text: &str, problem: &str) {
        assert_eq!(parse_duration(text).map_err(|f| f.problem), Err(problem.into()), "{text}");
    }

    #[test]
    fn durations_are_numbers_with_units() {
        check("300ms", 300);
        check("30s", 30_000);
        check("5m", 300_000);
        check("1h", 3_600_000);
        check("2d", 172_800_000);
        check("1.5s", 1500);
        check("0.001s", 1);
        check("1m30s", 90_000);
        check("1h0m0.5s", 3_600_500);
        check("0s", 0);
        check("3650d", DURATION_MAX.as_millis());
    }

    #[test]
    fn what_is_no_duration_says_why() {
        refused("30", "has no unit");
        refused("1.5", "has no unit");
        refused("-3s", "is negative");
        refused("0.5ms", "is no whole number of milliseconds");
        refused("3651d", "is longer than ten years");
        refused("99999999999999999999d", "is longer than ten years");
        refused("30s1m", "has its units out of order");
        refused("1m2m", "has its units out of order");
        refused("30 sec", "has the unit `sec`");
        refused("30S", "has the unit `S`");
        refused("3w", "has no known unit");
        refused("", "is no duration");
        refused("s", "is no duration");
        refused("1..5s", "is no duration");
        refused("1m30", "has no known unit");
        refused("ä", "is no duration");
    }

    #[test]
    fn a_duration_shows_as_it_is_written() {
        for text in ["1m30s", "0s", "2d", "300ms", "1h500ms"] {
            assert_eq!(parse_duration(text).map(shown), Ok(text.to_string()));
        }
    }
}
