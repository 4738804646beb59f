//! A scheduled action, its schedule and its time zone.
//!
//! How the fields of `cron` are written is in `cron`. Rule: AAS-SCH-1.

use super::{ScalingDocuments, capacity, cron, refused, resource, tell_crossed};
use crate::aws::exception::Exception;
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::input::aws_document::value::{filled, spanned};
use crate::input::decode::{Field, Map, scalar_text};
use crate::input::tree::{Node, shortened};
use crate::input::unit::parse_timestamp;
use crate::scenario::scaling::schedule::{Schedule, ScheduledAction};

/// Reads a scheduled action.
pub fn scheduled_action(
    field: Field,
    found: &mut ScalingDocuments,
    to: &mut Diagnostics,
) -> Option<ScheduledAction> {
    let mut map = Map::open_aws(field, to)?;
    resource::resource(&mut map, found);
    let name = map.required("ScheduledActionName", filled);
    let offset = map.or("Timezone", time_zone, 0);
    let schedule = map.required("Schedule", |field, to| schedule(field, offset, to));
    let start_unix_ms = map.optional("StartTime", instant);
    let end_unix_ms = map.optional("EndTime", instant);
    let bounds = map.required("ScalableTargetAction", bounds);
    map.unused();
    let (min, max) = bounds?;
    Some(ScheduledAction {
        name: name?.value,
        schedule: schedule?,
        start_unix_ms,
        end_unix_ms,
        min,
        max,
    })
}

/// `ScalableTargetAction`: a minimum, a maximum, or both.
fn bounds(field: Field, to: &mut Diagnostics) -> Option<(Option<u32>, Option<u32>)> {
    let mut map = Map::open_aws(field, to)?;
    let min = map.optional("MinCapacity", spanned(capacity));
    let max = map.optional("MaxCapacity", spanned(capacity));
    tell_crossed(&mut map, min.as_ref(), max.as_ref());
    if !map.has("MinCapacity") && !map.has("MaxCapacity") {
        map.tell(
            refused(field.node.span, format!("`{}` sets nothing", field.name))
                .label("neither a minimum nor a maximum")
                .help("write `MinCapacity`, `MaxCapacity` or both"),
        );
    }
    map.unused();
    Some((min.map(|min| min.value), max.map(|max| max.value)))
}

/// `at(..)`, `rate(..)` or `cron(..)`, by a clock so many minutes ahead of UTC.
fn schedule(field: Field, utc_offset_minutes: i32, to: &mut Diagnostics) -> Option<Schedule> {
    let written = scalar_text(field, "a schedule", to)?;
    let inside = |word: &str| {
        let inside = written.trim().strip_prefix(word)?.trim_start().strip_prefix('(')?;
        inside.strip_suffix(')').map(str::trim)
    };
    let (at, rate, fields) = (inside("at"), inside("rate"), inside("cron"));
    let found = match (at, rate, fields) {
        (Some(time), ..) => once(time, utc_offset_minutes),
        (_, Some(rate), _) => every(rate),
        (.., Some(fields)) => cron::parse(fields, utc_offset_minutes).map(Schedule::Cron),
        (None, None, None) => Err("it is neither `at(..)`, `rate(..)` nor `cron(..)`".into()),
    };
    let problem = match found {
        Ok(schedule) => return Some(schedule),
        Err(problem) => problem,
    };
    let title = format!("`{}` is `{}`: {problem}", field.name, shortened(written));
    to.push(
        Diagnostic::new(code::SCHEDULE_REFUSED, field.node.span, title)
            .label("no schedule")
            .help("write it like `at(2026-01-05T08:00:00)`, `rate(5 minutes)` or `cron(0 8 ? * MON-FRI *)`")
            .refused_with(Exception::Validation),
    );
    None
}

/// `2026-01-05T08:00:00`; the seconds are cut off, as schedules go by whole minutes.
fn once(time: &str, utc_offset_minutes: i32) -> Result<Schedule, String> {
    let fault = |_| "its time is not like `2026-01-05T08:00:00`".to_string();
    let local = parse_timestamp(&format!("{time}Z")).map_err(fault)?;
    let minute = (local.milliseconds / 60_000).checked_add_signed(-i64::from(utc_offset_minutes));
    minute.map(|unix_minute| Schedule::At { unix_minute }).ok_or("it lies before 1970".into())
}

/// `5 minutes`.
fn every(rate: &str) -> Result<Schedule, String> {
    let mut words = rate.split_whitespace();
    let (number, unit) = (words.next(), words.next());
    let minutes_of_unit = match unit {
        Some("minute" | "minutes") => 1,
        Some("hour" | "hours") => 60,
        Some("day" | "days") => 24 * 60,
        _ => return Err("its unit is not minutes, hours or days".into()),
    };
    let number = number.and_then(|number| number.parse::<u32>().ok()).filter(|&number| number > 0);
    match (number, words.next()) {
        (Some(number), None) => Ok(Schedule::Rate { minutes: u64::from(number) * minutes_of_unit }),
        _ => Err("it is not one whole number and its unit".into()),
    }
}

/// How far the clock of a time zone is ahead of UTC, in minutes, if it never changes.
fn time_zone(field: Field, to: &mut Diagnostics) -> Option<i32> {
    let written = scalar_text(field, "a time zone", to)?;
    let offset = fixed_offset(written);
    if offset.is_none() {
        let title = format!("`{}` is `{}`, not a fixed offset", field.name, shortened(written));
        to.push(
            Diagnostic::new(code::NOT_SIMULATED, field.node.span, title)
                .label("its rules change from machine to machine")
                .help("write `UTC`, or the offset of the season: `Etc/GMT-2` is two hours ahead of UTC"),
        );
    }
    offset
}

/// `UTC`, `Etc/GMT-2` (whose sign counts from the zone to Greenwich), `+02:00`.
fn fixed_offset(zone: &str) -> Option<i32> {
    const HOURS_MAX: i32 = 14;
    let name = zone.strip_prefix("Etc/").unwrap_or(zone);
    if matches!(name, "UTC" | "GMT" | "UCT" | "Universal" | "Zulu" | "Greenwich" | "Z") {
        return Some(0);
    }
    let number = |digits: &str| -> Option<i32> {
        let is_number = matches!(digits.len(), 1 | 2) && digits.bytes().all(|b| b.is_ascii_digit());
        digits.parse().ok().filter(|_| is_number)
    };
    let signed = |text: &str| match text.split_at_checked(1)? {
        ("+", rest) => Some((1, rest.to_string())),
        ("-", rest) => Some((-1, rest.to_string())),
        _ => None,
    };
    let minutes = if let Some(offset) = zone.strip_prefix("Etc/GMT") {
        let (sign, hours) = signed(offset)?;
        -sign * number(&hours)? * 60
    } else {
        let (sign, clock) = signed(zone)?;
        let (hours, minutes) = clock.split_once(':')?;
        let minutes = number(minutes).filter(|&minutes| minutes < 60)?;
        sign * (number(hours)? * 60 + minutes)
    };
    (minutes.abs() <= HOURS_MAX * 60).then_some(minutes)
}

/// A point in time as the API and its recorders write it, in milliseconds since 1970: with an offset or at UTC, as
/// seconds since 1970, or as the parts of a date.
fn instant(field: Field, to: &mut Diagnostics) -> Option<u64> {
    let parts = parts_of_date(field.node);
    let written = match &parts {
        Some(text) => text,
        None => scalar_text(field, "a point in time", to)?,
    };
    let at_utc = || parse_timestamp(&format!("{written}Z")).ok();
    let found = seconds_since_1970(written)
        .or_else(|| parse_timestamp(written).ok().or_else(at_utc).map(|time| time.milliseconds));
    if found.is_none() {
        let title = format!("`{}` is `{}`, no point in time", field.name, shortened(written));
        to.push(
            Diagnostic::new(code::BAD_TIMESTAMP, field.node.span, title)
                .label("a point in time is needed here")
                .help("write it like `2026-01-05T08:00:00Z`"),
        );
    }
    found
}

/// `1462561899.23`, cut to milliseconds.
fn seconds_since_1970(text: &str) -> Option<u64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_number = !whole.is_empty() && whole.len() <= 12;
    let digits = whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit());
    let milliseconds = format!("{fraction:0<3}");
    let number = format!("{whole}{}", milliseconds.get(..3)?);
    number.parse().ok().filter(|_| is_number && digits)
}

/// `{"__class__": "datetime", "year": 2021, ..}`, as a recorder keeps it.
fn parts_of_date(node: &Node) -> Option<String> {
    node.key("__class__")?;
    let part = |name: &str| node.key(name)?.scalar()?.parse::<u32>().ok();
    let (year, month, day) = (part("year")?, part("month")?, part("day")?);
    let (hour, minute, second) = (part("hour")?, part("minute")?, part("second")?);
    Some(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixed_offsets_are_read_in_each_of_their_forms() {
        for (zone, expected) in [
            ("UTC", Some(0)),
            ("Etc/UTC", Some(0)),
            ("GMT", Some(0)),
            ("Etc/GMT+5", Some(-300)),
            ("Etc/GMT-14", Some(840)),
            ("+05:30", Some(330)),
            ("-03:00", Some(-180)),
            ("Etc/GMT+15", None),
            ("+15:00", None),
            ("+01:60", None),
            ("Europe/Berlin", None),
            ("CET", None),
            ("", None),
            ("+", None),
            ("Etc/GMTÄ", None),
        ] {
            assert_eq!(fixed_offset(zone), expected, "{zone}");
        }
    }

    #[test]
    fn schedules_of_one_time_and_of_a_rate_are_read() {
        let minute = |time, offset| match once(time, offset) {
            Ok(Schedule::At { unix_minute }) => Some(unix_minute),
            _ => None,
        };
        assert_eq!(minute("1970-01-02T00:01:59", 0), Some(1441));
        assert_eq!(minute("1970-01-02T00:01:00", -60), Some(1501));
        assert_eq!(minute("1970-01-01T00:00:00", 60), None);
        assert_eq!(minute("tomorrow", 0), None);
        assert_eq!(every("1 day"), Ok(Schedule::Rate { minutes: 1440 }));
        assert_eq!(every("12  hours"), Ok(Schedule::Rate { minutes: 720 }));
        for broken in ["", "5", "0 minutes", "-1 minutes", "5 weeks", "5 minutes ago", "1.5 hours"]
        {
            assert!(every(broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn seconds_since_1970_are_cut_to_milliseconds() {
        assert_eq!(seconds_since_1970("1462561899.23"), Some(1_462_561_899_230));
        assert_eq!(seconds_since_1970("7"), Some(7000));
        assert_eq!(seconds_since_1970("7.00099"), Some(7000));
        for broken in ["", ".5", "-1", "1e9", "1.ä", "9999999999999"] {
            assert_eq!(seconds_since_1970(broken), None, "{broken}");
        }
    }
}
