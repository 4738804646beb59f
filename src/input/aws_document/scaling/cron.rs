//! The six fields of `cron(..)` as they are written: `0 8 ? * MON-FRI *`.
//!
//! Which minutes they name is in `scenario::scaling::cron`. Rule: AAS-SCH-1.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use crate::input::tree::shortened;
use crate::scenario::scaling::cron::{Cron, Day};

/// What one field may hold.
struct Span {
    name: &'static str,
    range: RangeInclusive<u16>,
    /// Words for the numbers from the first of the range on.
    words: &'static [&'static str],
}

const MINUTES: Span = Span { name: "minutes", range: 0..=59, words: &[] };
const HOURS: Span = Span { name: "hours", range: 0..=23, words: &[] };
const DAYS: Span = Span { name: "day of the month", range: 1..=31, words: &[] };
const MONTHS: Span = Span {
    name: "month",
    range: 1..=12,
    words: &["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
};
const WEEKDAYS: Span = Span {
    name: "day of the week",
    range: 1..=7,
    words: &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"],
};
const YEARS: Span = Span { name: "year", range: 1970..=2199, words: &[] };
/// The last day of a week that begins on Sunday.
const SATURDAY: u16 = 7;

/// Reads the six fields.
///
/// # Errors
/// What is wrong with them, to follow a colon.
pub fn parse(fields: &str, utc_offset_minutes: i32) -> Result<Cron, String> {
    let fields = fields.split_whitespace().collect::<Vec<_>>();
    let [minutes, hours, day, month, weekday, year] = fields[..] else {
        return Err(format!("it has {} fields, not 6", fields.len()));
    };
    let days = match (day, weekday) {
        ("?", "?") => return Err("both days are `?`".into()),
        (days, "?") => items(days, day_of_month)?,
        ("?", weekdays) => items(weekdays, day_of_week)?,
        _ => return Err("neither the day of the month nor that of the week is `?`".into()),
    };
    Ok(Cron {
        minutes: MINUTES.numbers(minutes)?,
        hours: HOURS.numbers(hours)?,
        days,
        months: MONTHS.numbers(month)?,
        years: YEARS.numbers(year)?,
        utc_offset_minutes,
    })
}

/// What the items of a list name together, each once.
fn items(field: &str, item: impl Fn(&str) -> Result<Vec<Day>, String>) -> Result<Vec<Day>, String> {
    let mut days = BTreeSet::new();
    for written in field.split(',') {
        days.extend(item(written)?);
    }
    Ok(days.into_iter().collect())
}

/// `15`, `1-7`, `L`, `15W`.
fn day_of_month(item: &str) -> Result<Vec<Day>, String> {
    match (item, item.strip_suffix(['W', 'w'])) {
        ("L" | "l", _) => Ok(vec![Day::LastOfMonth]),
        (_, Some(day)) => Ok(vec![Day::WeekdayNearest(DAYS.number(day)?)]),
        (_, None) => Ok(DAYS.numbers(item)?.into_iter().map(Day::OfMonth).collect()),
    }
}

/// `MON`, `2-6`, `L`, `FRIL`, `3#2`.
fn day_of_week(item: &str) -> Result<Vec<Day>, String> {
    if let Some((day, nth)) = item.split_once('#') {
        let nth = nth.parse().ok().filter(|nth| (1..=5).contains(nth));
        let nth = nth.ok_or_else(|| WEEKDAYS.fault(item))?;
        return Ok(vec![Day::NthOfWeek { day: WEEKDAYS.number(day)?, nth }]);
    }
    match item.strip_suffix(['L', 'l']) {
        Some("") => Ok(vec![Day::OfWeek(SATURDAY)]),
        Some(day) => Ok(vec![Day::LastOfWeek(WEEKDAYS.number(day)?)]),
        None => Ok(WEEKDAYS.numbers(item)?.into_iter().map(Day::OfWeek).collect()),
    }
}

impl Span {
    /// `*`, `5`, `1-5`, `0/15`, `*/15`, `10-20/5`, and lists of them.
    fn numbers(&self, field: &str) -> Result<BTreeSet<u16>, String> {
        let mut numbers = BTreeSet::new();
        for item in field.split(',') {
            let (range, step) = match item.split_once('/') {
                Some((range, step)) => {
                    let step = step.parse().ok().filter(|&step: &u16| step > 0);
                    (range, Some(step.ok_or_else(|| self.fault(item))?))
                }
                None => (item, None),
            };
            let (first, last) = match (range, range.split_once('-')) {
                ("*", _) => (*self.range.start(), *self.range.end()),
                (_, Some((first, last))) => (self.number(first)?, self.number(last)?),
                (_, None) => {
                    let first = self.number(range)?;
                    (first, if step.is_some() { *self.range.end() } else { first })
                }
            };
            if first > last {
                return Err(format!("its {} goes down from {first} to {last}", self.name));
            }
            numbers.extend((first..=last).step_by(step.unwrap_or(1).into()));
        }
        Ok(numbers)
    }

    fn number(&self, written: &str) -> Result<u16, String> {
        let word = self.words.iter().position(|word| word.eq_ignore_ascii_case(written));
        let by_word = word.and_then(|at| u16::try_from(at).ok()).map(|at| self.range.start() + at);
        let plain = written.bytes().all(|byte| byte.is_ascii_digit());
        let number = by_word.or_else(|| written.parse().ok().filter(|_| plain));
        number.filter(|number| self.range.contains(number)).ok_or_else(|| self.fault(written))
    }

    fn fault(&self, written: &str) -> String {
        let (least, most) = (self.range.start(), self.range.end());
        format!("its {} is `{}`, not of {least} to {most}", self.name, shortened(written))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(span: &Span, field: &str) -> Result<Vec<u16>, String> {
        span.numbers(field).map(|numbers| numbers.into_iter().collect())
    }

    #[test]
    fn fields_hold_numbers_words_ranges_steps_and_lists() {
        assert_eq!(numbers(&MINUTES, "0/15"), Ok(vec![0, 15, 30, 45]));
        assert_eq!(numbers(&MINUTES, "50/5,1,1"), Ok(vec![1, 50, 55]));
        assert_eq!(numbers(&HOURS, "*/6"), Ok(vec![0, 6, 12, 18]));
        assert_eq!(numbers(&HOURS, "8-12/2"), Ok(vec![8, 10, 12]));
        assert_eq!(numbers(&MONTHS, "jan,MAR-MAY"), Ok(vec![1, 3, 4, 5]));
        assert_eq!(numbers(&WEEKDAYS, "MON-FRI"), Ok(vec![2, 3, 4, 5, 6]));
        assert_eq!(numbers(&YEARS, "*").map(|years| years.len()), Ok(230));
        for broken in ["", "60", "-1", "1-", "5/0", "1/x", "x", "+1", "1,,2", "99999", "L"] {
            assert!(numbers(&MINUTES, broken).is_err(), "{broken}");
        }
        assert_eq!(numbers(&HOURS, "9-8"), Err("its hours goes down from 9 to 8".into()));
    }

    #[test]
    fn days_are_of_the_month_or_of_the_week() {
        let days = |day: &str, weekday: &str| {
            parse(&format!("0 8 {day} * {weekday} *"), 0).map(|cron| cron.days)
        };
        assert_eq!(days("L,1", "?"), Ok(vec![Day::OfMonth(1), Day::LastOfMonth]));
        assert_eq!(days("15W", "?"), Ok(vec![Day::WeekdayNearest(15)]));
        assert_eq!(days("?", "L"), Ok(vec![Day::OfWeek(7)]));
        assert_eq!(days("?", "6L"), Ok(vec![Day::LastOfWeek(6)]));
        assert_eq!(days("?", "TUE#2"), Ok(vec![Day::NthOfWeek { day: 3, nth: 2 }]));
        assert_eq!(days("*", "?").map(|days| days.len()), Ok(31));
        for (day, weekday) in [("*", "*"), ("?", "?"), ("1", "MON"), ("32", "?"), ("?", "3#6")] {
            assert!(days(day, weekday).is_err(), "{day} {weekday}");
        }
        assert_eq!(parse("0 8 * * ?", 0), Err("it has 5 fields, not 6".into()));
    }
}
