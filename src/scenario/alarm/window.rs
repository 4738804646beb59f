//! Points on the calendar, and the windows of it that an alarm looks at.
//!
//! Periods are aligned to the Unix epoch, not to the beginning of a run, so this is the time of the calendar; a
//! simulation adds its own. Rules: CW-MET-1, CW-ALARM-3, CW-ALARM-4, CW-ALARM-5.

use std::ops::Add;

use crate::engine::time::SimDuration;

/// A point on the calendar, in whole milliseconds since the Unix epoch, UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnixTime(u64);

impl UnixTime {
    /// This many milliseconds after 1970-01-01T00:00:00Z.
    pub const fn from_millis(milliseconds: u64) -> UnixTime {
        UnixTime(milliseconds)
    }

    /// Whole milliseconds since 1970-01-01T00:00:00Z.
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// The point so much earlier; the epoch if that lies before it.
    #[must_use]
    pub const fn before(self, duration: SimDuration) -> UnixTime {
        UnixTime(self.0.saturating_sub(duration.as_millis()))
    }

    /// The time since `earlier`; none if it is later.
    pub const fn since(self, earlier: UnixTime) -> SimDuration {
        SimDuration::from_millis(self.0.saturating_sub(earlier.0))
    }

    /// The last whole multiple of a duration, which is not zero, since the epoch.
    #[must_use]
    pub const fn floor(self, to: SimDuration) -> UnixTime {
        UnixTime(self.0 - self.0 % to.as_millis())
    }

    /// How many whole minutes have passed since the epoch, or whole ten seconds.
    pub const fn spans(self, of_ten_seconds: bool) -> u64 {
        // By constants only: what is divided by anything else takes five times as long.
        let tens = self.0 / 10_000;
        if of_ten_seconds { tens } else { tens / 6 }
    }
}

impl Add<SimDuration> for UnixTime {
    type Output = UnixTime;

    fn add(self, duration: SimDuration) -> UnixTime {
        UnixTime(self.0 + duration.as_millis())
    }
}

/// A part of the calendar: from a point on, up to another that is not in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Its first instant, which stamps a datapoint of it (CW-MET-1).
    pub from: UnixTime,
    /// The first instant after it.
    pub until: UnixTime,
}

/// How often alarms of one period length are evaluated, and to what their windows are aligned. Rule: CW-ALARM-3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rhythm {
    period: SimDuration,
    is_short: bool,
}

impl Rhythm {
    /// Of alarms with this period: every 60 s for periods from 60 s on, every 10 s for shorter ones.
    ///
    /// # Panics
    /// If the period is zero.
    pub fn of(period: SimDuration) -> Rhythm {
        assert!(!period.is_zero(), "a period of no length");
        Rhythm { period, is_short: period < SimDuration::from_secs(60) }
    }

    /// From one evaluation to the next; windows end at multiples of it, and datapoints of it are aggregated.
    pub const fn interval(self) -> SimDuration {
        SimDuration::from_secs(if self.is_short { 10 } else { 60 })
    }

    /// How many whole intervals have passed since the epoch.
    pub const fn intervals(self, at: UnixTime) -> u64 {
        at.spans(self.is_short)
    }

    const fn floor(self, at: UnixTime) -> UnixTime {
        UnixTime(self.intervals(at) * self.interval().as_millis())
    }

    /// The first evaluation at or after an instant, of an alarm with this phase (less than the interval).
    pub fn next_evaluation(self, from: UnixTime, phase: SimDuration) -> UnixTime {
        let here = self.floor(from) + phase;
        if here < from { here + self.interval() } else { here }
    }

    /// The window of an age, 1 being the newest, as an evaluation at an instant sees it.
    ///
    /// The newest ends at the last whole minute (10 s for short periods), so that windows longer than that slide.
    /// Rules: CW-ALARM-4, CW-ALARM-5.
    pub fn window(self, at: UnixTime, age: u32) -> Window {
        let newest = self.floor(at);
        let until = newest.before(self.period.times(u64::from(age.saturating_sub(1))));
        Window { from: until.before(self.period), until }
    }

    /// What of a window has been delivered at an instant, as its first instant that has not. Rule: CW-DELAY-1.
    ///
    /// Datapoints arrive `delay` after the end of what they aggregate, which is one interval.
    pub fn delivered(self, window: Window, at: UnixTime, delay: SimDuration) -> UnixTime {
        self.floor(at.before(delay)).min(window.until).max(window.from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> UnixTime {
        UnixTime::from_millis(seconds * 1000)
    }

    fn rhythm(period_s: u64) -> Rhythm {
        Rhythm::of(SimDuration::from_secs(period_s))
    }

    #[test]
    fn windows_end_at_whole_minutes_and_longer_ones_slide() {
        let window = |period, second, age| {
            let window = rhythm(period).window(at(second), age);
            (window.from.as_millis() / 1000, window.until.as_millis() / 1000)
        };
        assert_eq!(window(60, 620, 1), (540, 600));
        assert_eq!(window(60, 620, 3), (420, 480));
        assert_eq!(window(60, 600, 1), (540, 600), "a minute has ended at its end");
        assert_eq!(window(10, 629, 1), (610, 620));
        assert_eq!(window(30, 629, 2), (560, 590));
        // Minutes 1 to 5 at minute 5, 2 to 6 at minute 6.
        assert_eq!([window(300, 320, 1), window(300, 380, 1)], [(0, 300), (60, 360)]);
        assert_eq!(window(300, 320, 2), (0, 0), "nothing lies before the epoch");
    }

    #[test]
    fn evaluations_keep_their_phase() {
        let next = |period, second| {
            let phase = SimDuration::from_secs(7);
            rhythm(period).next_evaluation(at(second), phase).as_millis() / 1000
        };
        assert_eq!([next(60, 0), next(60, 7), next(60, 8), next(300, 60)], [7, 7, 67, 67]);
        assert_eq!([next(30, 0), next(10, 8)], [7, 17]);
    }

    #[test]
    fn what_is_delivered_are_whole_intervals() {
        let delivered = |second, delay| {
            let window = Window { from: at(0), until: at(300) };
            let delay = SimDuration::from_secs(delay);
            rhythm(300).delivered(window, at(second), delay).as_millis() / 1000
        };
        assert_eq!([delivered(320, 0), delivered(320, 20), delivered(320, 21)], [300, 300, 240]);
        assert_eq!([delivered(320, 3600), delivered(9000, 60)], [0, 300]);
    }
}
