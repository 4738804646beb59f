//! Points in time: RFC 3339 with an offset, never with the name of a time zone.

use jiff::fmt::temporal::Pieces;

use super::Fault;
use super::decimal::Decimal;

/// A point in time and the offset it was written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timestamp {
    /// Milliseconds since 1970-01-01T00:00:00Z, up to the end of the year 2200.
    pub milliseconds: u64,
    /// How far the clock of the writer is ahead of UTC, in seconds; negative in the west.
    pub offset_seconds: i32,
}

const HELP: &str =
    "write date, time and offset: `2026-01-05T10:00:00Z` or `2026-01-05T11:00:00+01:00`";

/// 2201-01-01T00:00:00Z in milliseconds, the first instant that is too late.
const TOO_LATE: i64 = 7_289_654_400_000;

/// Reads a point in time in the years 1970 to 2200.
///
/// # Errors
/// If date, time or offset are missing or impossible, or there is a fraction of a millisecond.
pub fn parse_timestamp(text: &str) -> Result<Timestamp, Fault> {
    let pieces = Pieces::parse(text).map_err(|_| Fault::new("is no point in time", HELP))?;
    if pieces.time_zone_annotation().is_some() {
        return Err(Fault::new("names a time zone", HELP));
    }
    let time = pieces.time().ok_or(Fault::new("has no time of day", HELP))?;
    let offset = pieces.to_numeric_offset().ok_or(Fault::new("has no offset", HELP))?;
    let instant = offset
        .to_timestamp(pieces.date().to_datetime(time))
        .map_err(|_| Fault::new("is no point in time", HELP))?;
    if instant.subsec_nanosecond() % 1_000_000 != 0 {
        return Err(Fault::new("is finer than a millisecond", "write at most three decimals"));
    }
    let milliseconds = instant.as_millisecond();
    match u64::try_from(milliseconds) {
        Ok(from_epoch) if milliseconds < TOO_LATE => {
            Ok(Timestamp { milliseconds: from_epoch, offset_seconds: offset.seconds() })
        }
        _ => Err(Fault::new("is not in the years 1970 to 2200", HELP)),
    }
}

/// Reads seconds since 1970-01-01T00:00:00Z, in milliseconds; none if it is not written as a number.
///
/// # Errors
/// If it is beyond the year 2200, as milliseconds are, or finer than a millisecond.
pub fn epoch_seconds(text: &str) -> Option<Result<u64, Fault>> {
    let seconds = Decimal::parse(text)?;
    if seconds.exceeds(TOO_LATE.unsigned_abs() / 1000 - 1) {
        let help = "seconds are needed: of milliseconds take a thousandth";
        return Some(Err(Fault::new("is not in the years 1970 to 2200", help)));
    }
    let fine = || Fault::new("is finer than a millisecond", "write at most three decimals");
    Some(seconds.times(1000).and_then(|found| u64::try_from(found).ok()).ok_or_else(fine))
}

/// Reads a point in time as an account records it, in milliseconds since 1970, rounded: with an offset, or seconds since 1970,
/// or milliseconds where seconds would be beyond the year 5000.
pub fn recorded(text: &str) -> Option<u64> {
    const SECONDS_MAX: f64 = 1e11;
    if let Ok(number) = text.parse::<f64>() {
        let milliseconds = if number < SECONDS_MAX { number * 1000.0 } else { number };
        let is_time = (0.0..TOO_LATE as f64).contains(&milliseconds);
        return is_time.then(|| libm::round(milliseconds) as u64);
    }
    let pieces = Pieces::parse(text).ok()?;
    let offset = pieces.to_numeric_offset()?;
    let instant = offset.to_timestamp(pieces.date().to_datetime(pieces.time()?)).ok()?;
    let microseconds = u64::try_from(instant.as_microsecond()).ok()?;
    Some((microseconds + 500) / 1000).filter(|milliseconds| *milliseconds < TOO_LATE as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_in_time_keep_their_offset() {
        let read = |text| parse_timestamp(text).map(|t| (t.milliseconds, t.offset_seconds));
        assert_eq!(read("1970-01-01T00:00:00Z"), Ok((0, 0)));
        assert_eq!(read("2026-01-05T10:00:00Z"), Ok((1_767_607_200_000, 0)));
        assert_eq!(read("2026-01-05T11:00:00.25+01:00"), Ok((1_767_607_200_250, 3600)));
        assert_eq!(read("2026-01-05T04:30:00-05:30"), Ok((1_767_607_200_000, -19_800)));
        assert_eq!(read("2200-12-31T23:59:59.999Z"), Ok((7_289_654_399_999, 0)));
    }

    #[test]
    fn recorded_times_are_rounded_to_milliseconds() {
        let check =
            |text: &str, expected: Option<u64>| assert_eq!(recorded(text), expected, "{text}");
        check("1543431361.433", Some(1_543_431_361_433));
        check("1543431361.4326", Some(1_543_431_361_433));
        check("1543431361433", Some(1_543_431_361_433));
        check("1.543431361433E9", Some(1_543_431_361_433));
        check("2018-11-28T18:56:01.432600+00:00", Some(1_543_431_361_433));
        check("2018-11-28T10:56:01.433-08:00", Some(1_543_431_361_433));
        check("2018-11-28T18:56:01", None);
        check("yesterday", None);
        check("-5", None);
        check("NaN", None);
    }

    #[test]
    fn seconds_since_1970_are_points_in_time_too() {
        let read = |text| epoch_seconds(text).map(|read| read.map_err(|fault| fault.problem));
        assert_eq!(read("1767607200"), Some(Ok(1_767_607_200_000)));
        assert_eq!(read("1767607200.25"), Some(Ok(1_767_607_200_250)));
        assert_eq!(read("1767607200000"), Some(Err("is not in the years 1970 to 2200".into())));
        assert_eq!(read("0.0001"), Some(Err("is finer than a millisecond".into())));
        assert_eq!([read("2026-01-05"), read("-1"), read("")], [None, None, None]);
    }

    #[test]
    fn what_is_no_point_in_time_says_why() {
        let problem = |text| parse_timestamp(text).map_err(|fault| fault.problem);
        assert_eq!(problem("2026-01-05"), Err("has no time of day".into()));
        assert_eq!(problem("2026-01-05T10:00:00"), Err("has no offset".into()));
        assert_eq!(
            problem("2026-01-05T10:00:00+01:00[Europe/Berlin]"),
            Err("names a time zone".into())
        );
        assert_eq!(problem("2026-01-05T10:00:00.0001Z"), Err("is finer than a millisecond".into()));
        assert_eq!(problem("2201-01-01T00:00:00Z"), Err("is not in the years 1970 to 2200".into()));
        assert_eq!(problem("1969-12-31T23:59:59Z"), Err("is not in the years 1970 to 2200".into()));
        for text in ["", "now", "2026-02-30T10:00:00Z", "1767607200"] {
            assert_eq!(problem(text), Err("is no point in time".into()), "{text}");
        }
    }
}
