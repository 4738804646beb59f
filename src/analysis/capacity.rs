//! For how long fewer tasks could serve than the service wanted.
//!
//! A task can serve production requests while it is RUNNING, its target is healthy, and its target group has
//! production weight in force. So a target that was not found healthy yet does not count, though the load balancer
//! turns to all of them where none is healthy; and the weights themselves play no part: ten tasks behind 1 % are ten.

use crate::analysis::census::Counts;
use crate::analysis::side::{BySide, Side};

/// Folds what the service wants and where requests go into the time for which it was short.
#[derive(Clone, Copy, Debug)]
pub struct Capacity {
    /// How many tasks the service wants.
    desired: u32,
    /// Whether the target group of a side has production weight in force.
    gets_requests: BySide<bool>,
    short_ms: u64,
}

impl Default for Capacity {
    /// Nothing is wanted, and all requests go to the original.
    fn default() -> Capacity {
        let gets_requests = BySide { original: true, replacement: false };
        Capacity { desired: 0, gets_requests, short_ms: 0 }
    }
}

impl Capacity {
    /// The service wants so many tasks from now on.
    pub const fn want(&mut self, tasks: u32) {
        self.desired = tasks;
    }

    /// Where requests go from now on.
    pub const fn follow(&mut self, gets_requests: BySide<bool>) {
        self.gets_requests = gets_requests;
    }

    /// So much time has passed with these counts.
    pub fn pass(&mut self, milliseconds: u64, counts: &BySide<Counts>) {
        let of = |side: Side| if self.gets_requests[side] { counts[side].serving } else { 0 };
        let is_short = of(Side::Original) + of(Side::Replacement) < self.desired;
        self.short_ms += if is_short { milliseconds } else { 0 };
    }

    /// For how long it was short, in milliseconds.
    pub const fn short_ms(&self) -> u64 {
        self.short_ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(original: u32, replacement: u32) -> BySide<Counts> {
        let of = |serving| Counts { serving, ..Counts::default() };
        BySide { original: of(original), replacement: of(replacement) }
    }

    #[test]
    fn only_tasks_behind_production_weight_count() {
        let mut capacity = Capacity::default();
        capacity.want(10);
        capacity.pass(1, &counts(10, 0));
        assert_eq!(capacity.short_ms(), 0);
        capacity.pass(2, &counts(9, 10));
        assert_eq!(capacity.short_ms(), 2, "the replacement gets no request yet");
        capacity.follow(BySide { original: true, replacement: true });
        capacity.pass(4, &counts(9, 1));
        assert_eq!(capacity.short_ms(), 2, "both sides together are enough");
        capacity.follow(BySide { original: false, replacement: true });
        capacity.pass(8, &counts(10, 9));
        assert_eq!(capacity.short_ms(), 10);
        capacity.want(9);
        capacity.pass(16, &counts(0, 9));
        capacity.want(0);
        capacity.pass(32, &counts(0, 0));
        assert_eq!(capacity.short_ms(), 10, "who wants nothing lacks nothing");
    }
}
