//! Requests over time: running totals by side, and minutes of the calendar.
//!
//! A traffic fact stands at the end of the stretch it tells of, so one at the turn of a minute belongs to the
//! minute that is over.

use crate::analysis::side::{BySide, Side};
use crate::engine::time::SimTime;
use std::ops::{AddAssign, Sub};

/// Requests by what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Requests that reached a target.
    pub answered: u64,
    /// Of these, how many the application failed.
    pub failed: u64,
    /// Of those that reached a target, how many were cut off before the answer came: 502.
    pub cut_off: u64,
    /// Of the failed, cut off and rejected ones, how many a bad replacement caused.
    pub bad: u64,
    /// Requests that nobody answered: 429, 502, 503 and 504, and connections that were reset.
    pub rejected: u64,
    /// Of these, how many a target refused because its application was not up: 502.
    pub refused: u64,
    /// Of the rejected ones, how many got no answer in time: 504.
    pub timed_out: u64,
    /// Of those, how many waited in vain for a task.
    pub overloaded: u64,
    /// Of the failed ones, how many a dependency of the application failed.
    pub by_dependency: u64,
    /// Of the failed ones, how many met a defect of the revision.
    pub by_defects: u64,
    /// Of the rejected ones, how many got no answer because the load balancer reset their connection.
    pub reset: u64,
    /// Of the rejected ones, how many found no room for another invocation of the function: 429.
    pub throttled: u64,
    /// Of the failed ones, how many invocations the function's timeout ended.
    pub by_timeout: u64,
    /// Of those that were answered, how many waited for an environment of the function to start.
    pub cold_starts: u64,
}

impl Tally {
    /// All requests.
    pub const fn requests(self) -> u64 {
        self.answered + self.rejected
    }

    /// Those of the rejected ones that found no target: 503.
    pub const fn without_target(self) -> u64 {
        self.rejected - self.refused - self.timed_out - self.reset - self.throttled
    }

    /// All requests that the user saw fail.
    pub const fn failed_requests(self) -> u64 {
        self.failed + self.cut_off + self.rejected
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Tally) {
        self.answered += other.answered;
        self.failed += other.failed;
        self.bad += other.bad;
        self.rejected += other.rejected;
        self.refused += other.refused;
        self.cut_off += other.cut_off;
        self.timed_out += other.timed_out;
        self.overloaded += other.overloaded;
        self.by_dependency += other.by_dependency;
        self.by_defects += other.by_defects;
        self.reset += other.reset;
        self.throttled += other.throttled;
        self.by_timeout += other.by_timeout;
        self.cold_starts += other.cold_starts;
    }
}

impl Sub for Tally {
    type Output = Tally;

    /// What came since `earlier`.
    fn sub(self, earlier: Tally) -> Tally {
        Tally {
            answered: self.answered - earlier.answered,
            failed: self.failed - earlier.failed,
            bad: self.bad - earlier.bad,
            rejected: self.rejected - earlier.rejected,
            refused: self.refused - earlier.refused,
            cut_off: self.cut_off - earlier.cut_off,
            timed_out: self.timed_out - earlier.timed_out,
            overloaded: self.overloaded - earlier.overloaded,
            by_dependency: self.by_dependency - earlier.by_dependency,
            by_defects: self.by_defects - earlier.by_defects,
            reset: self.reset - earlier.reset,
            throttled: self.throttled - earlier.throttled,
            by_timeout: self.by_timeout - earlier.by_timeout,
            cold_starts: self.cold_starts - earlier.cold_starts,
        }
    }
}

impl BySide<Tally> {
    /// Both sides together.
    pub fn total(self) -> Tally {
        let mut total = self.original;
        total += self.replacement;
        total
    }
}

/// The traffic of one minute of the calendar, or of what of it lies within the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Minute {
    /// Where it begins.
    pub from: SimTime,
    /// Where it ends: at most 60 s later.
    pub to: SimTime,
    /// Its requests.
    pub sides: BySide<Tally>,
}

/// Sorts traffic into minutes that are aligned to the epoch, as metrics are.
#[derive(Clone, Debug)]
pub struct Minutes {
    /// How far instant zero lies inside its minute, in milliseconds.
    phase: u64,
    sides: Vec<BySide<Tally>>,
}

const MINUTE_MS: u64 = 60_000;

impl Minutes {
    /// No traffic yet; the run begins at this instant of the calendar, in milliseconds since the epoch.
    pub const fn new(created_unix_ms: u64) -> Minutes {
        Minutes { phase: created_unix_ms % MINUTE_MS, sides: Vec::new() }
    }

    /// Requests of a stretch that ends at `at`.
    pub fn add(&mut self, at: SimTime, side: Side, tally: Tally) {
        let index = ((self.phase + at.as_millis().max(1) - 1) / MINUTE_MS) as usize;
        if self.sides.len() <= index {
            self.sides.resize(index + 1, BySide::default());
        }
        self.sides[index][side] += tally;
    }

    /// Every minute of a run that ends at `end`, also those without a request.
    pub fn finish(self, end: SimTime) -> Vec<Minute> {
        let needed = (self.phase + end.as_millis()).div_ceil(MINUTE_MS) as usize;
        let edge = |index: usize| {
            let since_zero = (index as u64 * MINUTE_MS).saturating_sub(self.phase);
            SimTime::from_millis(since_zero).min(end)
        };
        (0..needed.max(self.sides.len()))
            .map(|index| Minute {
                from: edge(index),
                to: edge(index + 1),
                sides: self.sides.get(index).copied().unwrap_or_default(),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_are_those_of_the_calendar() {
        let mut minutes = Minutes::new(1_767_607_237_000);
        let ten = Tally { answered: 10, ..Tally::default() };
        minutes.add(SimTime::from_millis(23_000), Side::Original, ten);
        minutes.add(SimTime::from_millis(23_001), Side::Original, ten);
        let minutes = minutes.finish(SimTime::from_millis(90_000));
        let shown: Vec<_> = minutes
            .iter()
            .map(|m| (m.from.as_millis(), m.to.as_millis(), m.sides.original.answered))
            .collect();
        assert_eq!(shown, [(0, 23_000, 10), (23_000, 83_000, 10), (83_000, 90_000, 0)]);
    }
}
