//! Cron expressions of six fields: which minutes of the calendar they name.
//!
//! Not how they are written, which their reader knows. Rule: AAS-SCH-1.

use std::collections::BTreeSet;

use crate::engine::calendar::{Date, weekday};

/// The minutes that a cron expression names: all fields have to agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cron {
    /// Minutes of the hour, 0 to 59.
    pub minutes: BTreeSet<u16>,
    /// Hours of the day, 0 to 23.
    pub hours: BTreeSet<u16>,
    /// Days: of the month or of the week, any of them.
    pub days: Vec<Day>,
    /// Months, 1 to 12.
    pub months: BTreeSet<u16>,
    /// Years, 1970 to 2199.
    pub years: BTreeSet<u16>,
    /// How far the clock of its time zone is ahead of UTC, in minutes; negative in the west.
    pub utc_offset_minutes: i32,
}

/// A day as a cron expression names it. Days of the week are 1 for Sunday to 7 for Saturday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Day {
    /// `15`: this day of the month.
    OfMonth(u16),
    /// `L`: the last day of the month.
    LastOfMonth,
    /// `15W`: the day from Monday to Friday that is nearest to this day of the month, in the same month.
    WeekdayNearest(u16),
    /// `MON`: this day of every week.
    OfWeek(u16),
    /// `6L`: the last such day of the month.
    LastOfWeek(u16),
    /// `3#2`: the second Tuesday of the month.
    NthOfWeek {
        /// Which day of the week.
        day: u16,
        /// The how many-th of the month, 1 to 5.
        nth: u16,
    },
}

const MINUTES_OF_DAY: i64 = 24 * 60;
const SUNDAY: u16 = 1;
const SATURDAY: u16 = 7;

impl Cron {
    /// The first minute after this one that it names, both counted from 1970, UTC. Nothing if there is none up to
    /// its last year.
    pub fn next_after(&self, unix_minute: u64) -> Option<u64> {
        let last_year = i64::from(*self.years.last()?);
        let offset = i64::from(self.utc_offset_minutes);
        let first = i64::try_from(unix_minute).ok()? + 1 + offset;
        let mut from = u16::try_from(first.rem_euclid(MINUTES_OF_DAY)).expect("within a day");
        for days in first.div_euclid(MINUTES_OF_DAY).. {
            let date = Date::from_epoch_days(days);
            if date.year > last_year {
                return None;
            }
            let named = self.is_on(date, days).then(|| self.time_from(from)).flatten();
            if let Some(time) = named {
                return u64::try_from(days * MINUTES_OF_DAY + i64::from(time) - offset).ok();
            }
            from = 0;
        }
        unreachable!("the calendar has no year after {last_year}")
    }

    fn is_on(&self, date: Date, days: i64) -> bool {
        u16::try_from(date.year).is_ok_and(|year| self.years.contains(&year))
            && self.months.contains(&date.month)
            && self.days.iter().any(|day| day.is_on(date, weekday(days)))
    }

    /// The first minute of a day that it names, from this one on.
    fn time_from(&self, from: u16) -> Option<u16> {
        let (hour, minute) = (from / 60, from % 60);
        self.hours.range(hour..).find_map(|&named| {
            let earliest = if named == hour { minute } else { 0 };
            self.minutes.range(earliest..).next().map(|minute| named * 60 + minute)
        })
    }
}

impl Day {
    /// Whether a date, which is this day of the week, is named.
    fn is_on(self, date: Date, weekday: u16) -> bool {
        let last = date.last_of_month();
        match self {
            Day::OfMonth(day) => date.day == day,
            Day::LastOfMonth => date.day == last,
            Day::WeekdayNearest(day) => {
                let is_workday = weekday != SUNDAY && weekday != SATURDAY;
                day <= last
                    && is_workday
                    && nearest_workday(day, last, date.day, weekday) == date.day
            }
            Day::OfWeek(day) => weekday == day,
            Day::LastOfWeek(day) => weekday == day && date.day + 7 > last,
            Day::NthOfWeek { day, nth } => weekday == day && date.day.div_ceil(7) == nth,
        }
    }
}

/// The workday nearest to a day of the month that has so many days; `known` is a day of it with its weekday.
fn nearest_workday(day: u16, last: u16, known: u16, weekday: u16) -> u16 {
    // 35 is five weeks: it keeps the difference positive.
    match (weekday - 1 + day + 35 - known) % 7 + 1 {
        SATURDAY if day == 1 => 3,
        SATURDAY => day - 1,
        SUNDAY if day == last => day - 2,
        SUNDAY => day + 1,
        _ => day,
    }
}
