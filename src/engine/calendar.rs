//! Days of the Gregorian calendar, counted from 1970-01-01. Whole numbers only.
//!
//! Not the time of day, and no time zone: who has one adds its offset before.

/// A day of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    /// The year; what is asked here stays near 1970 to 2200.
    pub year: i64,
    /// 1 to 12.
    pub month: u16,
    /// 1 to 31.
    pub day: u16,
}

/// Days in 400 years, after which the calendar begins again.
const ERA_DAYS: i64 = 146_097;
/// From 0000-03-01 to 1970-01-01.
const EPOCH_DAYS: i64 = 719_468;

impl Date {
    /// The date so many days after 1970-01-01, or before it.
    ///
    /// Years are counted from March, so that a leap day is the last one of its year.
    pub fn from_epoch_days(days: i64) -> Date {
        let since = days + EPOCH_DAYS;
        let (era, in_era) = (since.div_euclid(ERA_DAYS), since.rem_euclid(ERA_DAYS));
        let year = (in_era - in_era / 1460 + in_era / 36_524 - in_era / 146_096) / 365;
        let in_year = in_era - (365 * year + year / 4 - year / 100);
        let from_march = (5 * in_year + 2) / 153;
        let small = |n: i64| u16::try_from(n).expect("a month or a day");
        let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
        Date {
            year: era * 400 + year + i64::from(month <= 2),
            month: small(month),
            day: small(in_year - (153 * from_march + 2) / 5 + 1),
        }
    }

    /// The last day of its month, 28 to 31.
    pub const fn last_of_month(self) -> u16 {
        let is_leap = self.year % 4 == 0 && (self.year % 100 != 0 || self.year % 400 == 0);
        match self.month {
            2 if is_leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        }
    }
}

/// The day of the week so many days after 1970-01-01, which was a Thursday: 1 for Sunday to 7 for Saturday.
pub fn weekday(days: i64) -> u16 {
    u16::try_from((days + 4).rem_euclid(7) + 1).expect("a day of the week")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_that_another_calendar_knows() {
        let epoch = jiff::civil::date(1970, 1, 1);
        for days in -800..90_000 {
            let theirs = epoch + jiff::Span::new().days(days);
            let ours = Date::from_epoch_days(days);
            let (year, month, day) = (theirs.year(), theirs.month(), theirs.day());
            assert_eq!(ours.year, i64::from(year), "{theirs}");
            assert_eq!((i32::from(ours.month), i32::from(ours.day)), (month.into(), day.into()));
            assert_eq!(i32::from(ours.last_of_month()), i32::from(theirs.days_in_month()));
            let from_sunday = i32::from(theirs.weekday().to_sunday_one_offset());
            assert_eq!(i32::from(weekday(days)), from_sunday, "{theirs}");
        }
    }
}
