//! A rolling update of a service: how many tasks of the new revision may be started now, and how many of the old one stopped.
//!
//! Pure counting. What is done with it is in `wiring::rolling`. Rules: ECS-ROLL-1 to ECS-ROLL-3, ECS-ROLL-5, ECS-SVC-4,
//! ECS-SVC-6 (docs/semantics/environment.md).

use crate::aws::id::TaskSetId;
use crate::scenario::service_deployment::Bounds;

/// A rolling update that is under way: tasks of two revisions behind one target group.
#[derive(Clone, Copy, Debug)]
pub struct RollingUpdate {
    /// The tasks of the revision that is brought.
    pub new: TaskSetId,
    /// Those that it takes the place of.
    pub old: TaskSetId,
    /// Whether the deployment has failed: no task is started any more (ECS-ROLL-5).
    pub has_failed: bool,
    /// Whether it was told that nothing can be started or stopped.
    pub told_stuck: bool,
    /// Whether it brings back what was there before: that is not cut short (ECS-ROLL-8).
    pub goes_back: bool,
    /// Whether it was told that as many tasks are healthy as make it succeed early (ECS-ROLL-8).
    pub told_healthy: bool,
}

impl RollingUpdate {
    /// An update that begins.
    pub const fn begin(new: TaskSetId, old: TaskSetId) -> RollingUpdate {
        RollingUpdate {
            new,
            old,
            has_failed: false,
            told_stuck: false,
            goes_back: false,
            told_healthy: false,
        }
    }

    /// Whether tasks will still be started and stopped for it.
    pub const fn goes_on(&self) -> bool {
        !self.has_failed && !self.told_stuck
    }

    /// Whether a task set takes part in it.
    pub fn concerns(&self, task_set: TaskSetId) -> bool {
        self.new == task_set || self.old == task_set
    }
}

/// Tasks of a service in the middle of an update, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// The desired count of the service.
    pub desired: u32,
    /// Tasks of the new revision that run or will.
    pub new: u32,
    /// Tasks of the old revision that run or will.
    pub old: u32,
    /// Those of the old that run and are not healthy.
    pub old_unhealthy: u32,
    /// Tasks of both that run.
    pub running: u32,
    /// Tasks of both that are healthy.
    pub healthy: u32,
    /// Tasks of both that are stopping.
    pub stopping: u32,
    /// Whether those count with the tasks that exist (ECS-ROLL-2).
    pub counts_stopping: bool,
}

/// What the scheduler does in one go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// So many tasks of the new revision are started.
    pub start: u32,
    /// So many tasks of the old one are stopped.
    pub stop: u32,
}

impl Counts {
    /// How many tasks count towards the upper bound. Rule: ECS-ROLL-2.
    pub const fn exist(self) -> u32 {
        self.new + self.old + if self.counts_stopping { self.stopping } else { 0 }
    }

    /// What can be done now. Rules: ECS-ROLL-2, ECS-ROLL-3; unhealthy tasks of the old revision go as soon as more run than
    /// are wanted (ECS-SVC-4), or, where nothing can be started, one after another (ECS-SVC-6).
    pub fn step(self, bounds: Bounds) -> Step {
        let room = bounds.upper.saturating_sub(self.exist());
        let start = self.desired.saturating_sub(self.new).min(room);
        let spare = self.healthy.saturating_sub(bounds.lower);
        let needless = self.old_unhealthy.min(self.running.saturating_sub(self.desired));
        let stop = self.old.min(spare + needless);
        let waits_for_room = start + stop == 0 && self.new < self.desired && self.stopping == 0;
        let is_idle = self.new + self.old == self.running;
        if waits_for_room && is_idle && self.old_unhealthy > 0 {
            return Step { start, stop: 1 };
        }
        Step { start, stop }
    }

    /// Whether the update can neither start nor stop a task, nor wait for one: it is stuck (ECS-ROLL-3).
    pub fn is_stuck(self, bounds: Bounds) -> bool {
        let waits = self.stopping > 0 || self.new + self.old > self.healthy;
        self.new < self.desired && !waits && self.step(bounds) == Step::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::service_deployment::HealthyPercent;

    fn bounds(desired: u32, minimum: u32, maximum: u32) -> Bounds {
        HealthyPercent { minimum, maximum }.bounds(desired)
    }

    fn at_rest(desired: u32) -> Counts {
        let counts_stopping = true;
        Counts {
            desired,
            old: desired,
            running: desired,
            healthy: desired,
            counts_stopping,
            ..Counts::default()
        }
    }

    /// Everything that is started becomes healthy and everything that is stopped ends before the next look.
    fn rounds(desired: u32, minimum: u32, maximum: u32) -> Vec<[u32; 2]> {
        let (bounds, mut counts, mut rounds) =
            (bounds(desired, minimum, maximum), at_rest(desired), Vec::new());
        loop {
            let Step { start, stop } = counts.step(bounds);
            if start + stop == 0 {
                return rounds;
            }
            rounds.push([start, stop]);
            counts.new += start;
            counts.old -= stop;
            counts.running = counts.new + counts.old;
            counts.healthy = counts.running;
        }
    }

    /// T56, T57 (ECS-ROLL-3).
    #[test]
    fn room_is_made_or_used_step_by_step() {
        assert_eq!(rounds(4, 100, 200), [[4, 0], [0, 4]]);
        assert_eq!(rounds(4, 50, 100), [[0, 2], [2, 0], [0, 2], [2, 0]]);
        assert_eq!(rounds(3, 100, 150), [[1, 0], [0, 1], [1, 0], [0, 1], [1, 0], [0, 1]]);
        assert_eq!(rounds(4, 0, 100), [[0, 4], [4, 0]]);
    }

    /// T52, T53, T55, V18, story F49.
    #[test]
    fn an_update_that_may_neither_start_nor_stop_is_stuck() {
        for (desired, minimum, maximum, is_stuck) in
            [(2, 75, 200, false), (3, 100, 125, true), (1, 50, 100, true), (1, 100, 100, true)]
        {
            let (bounds, counts) = (bounds(desired, minimum, maximum), at_rest(desired));
            assert_eq!(counts.is_stuck(bounds), is_stuck, "{desired} {minimum} {maximum}");
        }
        let full = bounds(4, 75, 200);
        assert_eq!(at_rest(4).step(full), Step { start: 4, stop: 1 });
        let launching = Counts { new: 1, ..at_rest(3) };
        assert!(!launching.is_stuck(bounds(3, 100, 125)), "one is on its way");
    }

    /// ECS-ROLL-2: tasks that stop take room, unless the scenario says otherwise.
    #[test]
    fn tasks_that_stop_take_room() {
        let counts = Counts { old: 2, running: 2, healthy: 2, stopping: 2, ..at_rest(4) };
        let bounds = bounds(4, 50, 100);
        assert_eq!(counts.step(bounds), Step::default());
        assert!(!counts.is_stuck(bounds), "they will be gone");
        let counts = Counts { counts_stopping: false, ..counts };
        assert_eq!(counts.step(bounds), Step { start: 2, stop: 0 });
    }

    /// ECS-SVC-4 (story F47), ECS-SVC-6: an unhealthy task keeps nobody waiting, and is not stopped before its time.
    #[test]
    fn unhealthy_tasks_of_the_old_revision_go_first() {
        let alone = Counts { old_unhealthy: 1, healthy: 0, ..at_rest(1) };
        assert_eq!(alone.step(bounds(1, 100, 200)), Step { start: 1, stop: 0 });
        let both = Counts { new: 1, running: 2, ..alone };
        assert_eq!(
            both.step(bounds(1, 100, 200)),
            Step { start: 0, stop: 1 },
            "more run than wanted"
        );
        let full = Counts { old_unhealthy: 4, healthy: 0, ..at_rest(4) };
        assert_eq!(full.step(bounds(4, 50, 100)), Step { start: 0, stop: 1 }, "one at a time");
    }
}
