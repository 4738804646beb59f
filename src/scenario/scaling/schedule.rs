//! Scheduled actions: when the bounds of a scalable target change, and what follows at once.
//!
//! How cron expressions find their instants is in `cron`. Rules: AAS-SCH-1, AAS-CD-5.

use super::capacity::{Capacity, CapacityRange};
use super::cron::Cron;

/// A scheduled action (`ScheduledAction`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduledAction {
    /// `ScheduledActionName`.
    pub name: String,
    /// `Schedule`, in its `Timezone`.
    pub schedule: Schedule,
    /// `StartTime` in milliseconds since 1970, UTC: nothing happens before it, and what recurs happens first at it.
    pub start_unix_ms: Option<u64>,
    /// `EndTime` in milliseconds since 1970, UTC: nothing happens after it.
    pub end_unix_ms: Option<u64>,
    /// `MinCapacity` of `ScalableTargetAction`: the new minimum.
    pub min: Option<u32>,
    /// `MaxCapacity` of `ScalableTargetAction`: the new maximum.
    pub max: Option<u32>,
}

/// When an action is due, to the minute. Rule: AAS-SCH-1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// `at(yyyy-mm-ddThh:mm:ss)`: once.
    At {
        /// The whole minute, since 1970, UTC.
        unix_minute: u64,
    },
    /// `rate(5 minutes)`: again and again, counted from `StartTime`, or from 1970 where there is none.
    Rate {
        /// Minutes from one to the next, at least 1.
        minutes: u64,
    },
    /// `cron(0 8 ? * MON-FRI *)`: by the calendar.
    Cron(Cron),
}

/// What a scheduled action has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The bounds from now on.
    pub range: CapacityRange,
    /// The new desired count, if it was outside of them; whatever cooldowns say (AAS-CD-5).
    pub desired: Option<u32>,
}

const MINUTE_MS: u64 = 60_000;

impl ScheduledAction {
    /// The first instant after this one at which it is due, both in milliseconds since 1970, UTC.
    ///
    /// Nothing if it is over, or its calendar knows no such day up to the year 2199.
    pub fn next_after(&self, unix_ms: u64) -> Option<u64> {
        let next = match (&self.schedule, self.start_unix_ms) {
            (Schedule::At { unix_minute }, _) => Some(unix_minute * MINUTE_MS)
                .filter(|&at| at > unix_ms && self.start_unix_ms.is_none_or(|start| at >= start)),
            (_, Some(start)) if start > unix_ms => Some(start),
            (Schedule::Rate { minutes }, start) => {
                let (start, every) = (start.unwrap_or(0), minutes * MINUTE_MS);
                Some(start + ((unix_ms - start) / every + 1) * every)
            }
            (Schedule::Cron(cron), _) => {
                cron.next_after(unix_ms / MINUTE_MS).map(|minute| minute * MINUTE_MS)
            }
        };
        next.filter(|&next| self.end_unix_ms.is_none_or(|end| next <= end))
    }

    /// Sets its bounds in place of the old ones: fewer tasks than the new minimum become so many, more than the
    /// new maximum too. Nothing if the minimum would be above the maximum, which the service refuses.
    pub fn applied(&self, old: CapacityRange, capacity: Capacity) -> Option<Applied> {
        let range =
            CapacityRange { min: self.min.unwrap_or(old.min), max: self.max.unwrap_or(old.max) };
        // Tasks that have been ordered count as well: a scheduled minimum must not take them back.
        let desired = match capacity.committed() {
            count if count < range.min => Some(range.min),
            count if count > range.max => Some(range.max),
            _ => None,
        };
        let desired = desired.filter(|&desired| desired != capacity.desired);
        (range.min <= range.max).then_some(Applied { range, desired })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn action(schedule: Schedule) -> ScheduledAction {
        ScheduledAction {
            name: "morning".into(),
            schedule,
            start_unix_ms: None,
            end_unix_ms: None,
            min: None,
            max: None,
        }
    }

    fn instants(action: &ScheduledAction, from: u64) -> Vec<u64> {
        let next = |&at: &u64| action.next_after(at);
        std::iter::successors(next(&from), next).take(3).collect()
    }

    /// AAS-SCH-1: instants are those strictly after the one that is asked for.
    #[test]
    fn actions_are_due_at_their_minutes_between_start_and_end() {
        let mut once = action(Schedule::At { unix_minute: 10 });
        assert_eq!(instants(&once, 0), [600_000]);
        assert_eq!(instants(&once, 599_999), [600_000]);
        assert!(instants(&once, 600_000).is_empty());
        once.start_unix_ms = Some(600_001);
        assert!(instants(&once, 0).is_empty(), "it starts too late");
        let mut often = action(Schedule::Rate { minutes: 5 });
        assert_eq!(instants(&often, 0), [300_000, 600_000, 900_000]);
        (often.start_unix_ms, often.end_unix_ms) = (Some(90_000), Some(690_000));
        assert_eq!(instants(&often, 0), [90_000, 390_000, 690_000], "first at its start");
        assert!(instants(&often, 690_000).is_empty(), "over");
    }

    /// T161 (AAS-SCH-1, AAS-CD-5): no cooldown is asked.
    #[test]
    fn a_capacity_outside_of_new_bounds_goes_to_the_nearer_one() {
        let old = CapacityRange { min: 2, max: 20 };
        let check = |(min, max), (running, desired), expected: Option<(u32, u32, Option<u32>)>| {
            let action = ScheduledAction { min, max, ..action(Schedule::Rate { minutes: 1 }) };
            let found = action.applied(old, Capacity { running, desired });
            let found = found.map(|Applied { range, desired }| (range.min, range.max, desired));
            assert_eq!(found, expected, "{min:?} {max:?} at {running} of {desired}");
        };
        check((Some(8), None), (5, 5), Some((8, 20, Some(8))));
        check((Some(8), None), (5, 9), Some((8, 20, None)));
        check((None, Some(4)), (5, 5), Some((2, 4, Some(4))));
        check((None, Some(15)), (20, 10), Some((2, 15, Some(15))));
        check((None, Some(4)), (6, 4), Some((2, 4, None)));
        check((Some(3), Some(6)), (5, 5), Some((3, 6, None)));
        check((Some(21), None), (5, 5), None);
    }
}
