//! Simulated time in whole milliseconds.
//!
//! Not the wall clock: nothing here reads one. Decision: docs/decisions/0001-time-and-order.md.

use std::fmt;
use std::ops::{Add, AddAssign, Sub};

/// The last instant a run can reach: 54 bits of milliseconds, some 570 000 years.
const MILLISECONDS_MAX: u64 = (1 << 54) - 1;

/// An hour in milliseconds, for what is counted by the hour.
pub const HOUR_MS: u64 = 3_600_000;

/// An instant, in whole milliseconds since the run began.
///
/// It is only made by adding a [`SimDuration`] to another instant, so that a run cannot invent one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SimTime(u64);

/// A length of time in whole milliseconds, never negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SimDuration(u64);

impl SimTime {
    /// The beginning of the run.
    pub const ZERO: SimTime = SimTime(0);

    /// The last instant: for what never comes.
    pub const MAX: SimTime = SimTime(MILLISECONDS_MAX);

    /// The instant this many milliseconds after [`SimTime::ZERO`].
    ///
    /// # Panics
    /// If `milliseconds` does not fit the 54 bits of an event's key.
    pub const fn from_millis(milliseconds: u64) -> SimTime {
        assert!(milliseconds <= MILLISECONDS_MAX, "an instant beyond the range of simulated time");
        SimTime(milliseconds)
    }

    /// Whole milliseconds since [`SimTime::ZERO`].
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// The time that has passed since `earlier`.
    ///
    /// # Panics
    /// If `earlier` is later than `self`: time does not run backwards.
    pub const fn since(self, earlier: SimTime) -> SimDuration {
        assert!(self.0 >= earlier.0, "time ran backwards");
        SimDuration(self.0 - earlier.0)
    }
}

impl SimDuration {
    /// No time at all.
    pub const ZERO: SimDuration = SimDuration(0);

    /// A duration of whole milliseconds.
    pub const fn from_millis(milliseconds: u64) -> SimDuration {
        SimDuration(milliseconds)
    }

    /// A duration of whole seconds.
    pub const fn from_secs(seconds: u64) -> SimDuration {
        SimDuration(seconds * 1000)
    }

    /// A duration of whole minutes.
    pub const fn from_mins(minutes: u64) -> SimDuration {
        SimDuration(minutes * 60_000)
    }

    /// Whole milliseconds.
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// Whether it is no time at all.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// This duration, a whole number of times.
    ///
    /// # Panics
    /// If the product overflows.
    pub const fn times(self, n: u64) -> SimDuration {
        SimDuration(self.0 * n)
    }
}

impl Add<SimDuration> for SimTime {
    type Output = SimTime;

    fn add(self, duration: SimDuration) -> SimTime {
        SimTime::from_millis(self.0 + duration.0)
    }
}

impl Add for SimDuration {
    type Output = SimDuration;

    fn add(self, other: SimDuration) -> SimDuration {
        SimDuration(self.0 + other.0)
    }
}

impl std::iter::Sum for SimDuration {
    fn sum<I: Iterator<Item = SimDuration>>(durations: I) -> SimDuration {
        durations.fold(SimDuration::ZERO, Add::add)
    }
}

impl AddAssign for SimDuration {
    fn add_assign(&mut self, other: SimDuration) {
        self.0 += other.0;
    }
}

impl Sub for SimDuration {
    type Output = SimDuration;

    /// The difference.
    ///
    /// # Panics
    /// If `other` is longer.
    fn sub(self, other: SimDuration) -> SimDuration {
        SimDuration(self.0 - other.0)
    }
}

/// `HH:MM:SS.mmm`; hours take as many digits as they need.
fn write_clock(milliseconds: u64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let (seconds, rest) = (milliseconds / 1000, milliseconds % 1000);
    write!(f, "{:02}:{:02}:{:02}.{rest:03}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

impl fmt::Display for SimTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_clock(self.0, f)
    }
}

impl fmt::Display for SimDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_clock(self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_shows_hours_minutes_seconds_and_milliseconds() {
        assert_eq!(SimTime::from_millis(3_723_004).to_string(), "01:02:03.004");
        assert_eq!(SimDuration::from_secs(360_000).to_string(), "100:00:00.000");
    }

    #[test]
    #[should_panic(expected = "time ran backwards")]
    fn no_duration_is_negative() {
        let _ = SimTime::ZERO.since(SimTime::from_millis(1));
    }

    #[test]
    #[should_panic(expected = "beyond the range")]
    fn an_instant_fits_the_key_of_an_event() {
        let _ = SimTime::from_millis(1 << 54);
    }
}
