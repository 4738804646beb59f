//! A task set: how many tasks it should have, how many it has, whether it is steady.
//!
//! Rules: ECS-EXT-11 to ECS-EXT-20, CD-ECS-30 (docs/semantics).

use crate::aws::call::ServiceEventCode;
use crate::aws::id::{TargetGroupId, TaskSetId};
use crate::aws::name::{StabilityStatus, TaskSetStatus};
use crate::engine::time::SimTime;
use crate::scenario::fault::Role;
use crate::scenario::revision::Revision;

/// A share of the service's desired count, in whole parts of a million: `scale.value` has decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale(u32);

impl Scale {
    /// 100 %.
    pub const FULL: Scale = Scale(1_000_000);
    /// 0 %.
    pub const ZERO: Scale = Scale(0);

    /// A percentage with up to four decimals, as whole ten-thousandths of a percent.
    ///
    /// # Panics
    /// If it is more than 100 %.
    pub const fn from_ten_thousandths_of_percent(value: u32) -> Scale {
        assert!(value <= 1_000_000, "a scale is at most 100 %");
        Scale(value)
    }

    /// `ceil(desired x scale / 100)`, exactly. Rule: ECS-EXT-11.
    pub const fn computed_desired_count(self, desired_count: u32) -> u32 {
        (desired_count as u64 * self.0 as u64).div_ceil(1_000_000) as u32
    }
}

/// A set of tasks of one revision behind one target group.
#[derive(Clone, Debug)]
pub struct TaskSet<'s> {
    /// Its number.
    pub id: TaskSetId,
    /// Which side of the deployment it is.
    pub role: Role,
    /// What its tasks run.
    pub revision: &'s Revision,
    /// The target group bound to it; where two revisions stand behind one, the place of its revision, called after the group that
    /// is its own (ECS-EXT-35).
    pub target_group: TargetGroupId,
    /// The group that its tasks are registered in.
    pub behind: TargetGroupId,
    /// `status`.
    pub status: TaskSetStatus,
    /// `scale`.
    pub scale: Scale,
    /// `stabilityStatus`.
    pub stability: StabilityStatus,
    /// `computedDesiredCount`.
    pub computed_desired_count: u32,
    /// Tasks that the scheduler wants and has not created yet.
    pub wanted: u32,
    /// `pendingCount`: PROVISIONING, PENDING and ACTIVATING (ECS-TASK-23).
    pub pending: u32,
    /// `runningCount`: RUNNING only (ECS-TASK-23).
    pub running: u32,
    /// Running tasks that the scheduler believes healthy.
    pub healthy: u32,
    /// Unhealthy tasks that run on until their replacements are healthy (ECS-SVC-6).
    pub replaced: u32,
    /// Tasks whose desired status is STOPPED and that are not STOPPED yet.
    pub stopping: u32,
    /// Tasks in a row that ended without ever having run.
    pub start_failures: u32,
    /// `failedTasks`: those that count towards a circuit breaker (ECS-CB-3, ECS-CB-4).
    pub failed_tasks: u32,
    /// Tasks whose image could not be resolved, before any of the set has run (ECS-CB-6).
    pub unresolved: u32,
    /// Whether a task has come to run.
    pub has_run: bool,
    /// No task is started before this instant (ECS-THR-2).
    pub throttled_until: SimTime,
    /// When each service event was told last.
    pub events_told: [Option<SimTime>; ServiceEventCode::ALL.len()],
    /// How often its count was changed.
    pub recomputes: u64,
    /// Whether it is gone: it was DRAINING and lost its last task.
    pub deleted: bool,
}

impl TaskSet<'_> {
    /// How many tasks it may have: its count, and a replacement for each unhealthy one that waits for it, as far as there
    /// is room for more. Rules: ECS-SVC-6, ECS-ROLL-1.
    fn allowed(&self, spare: u32) -> u32 {
        self.computed_desired_count + self.replaced.min(spare)
    }

    /// Tasks that run or will.
    pub const fn live(&self) -> u32 {
        self.running + self.pending + self.wanted
    }

    /// How many tasks must be launched, if there may be so many more than its count. Rule: ECS-EXT-15.
    pub fn missing(&self, spare: u32) -> u32 {
        self.allowed(spare).saturating_sub(self.live())
    }

    /// How many tasks must be stopped, if there may be so many more than its count. Rule: ECS-EXT-15.
    pub fn surplus(&self, spare: u32) -> u32 {
        self.live().saturating_sub(self.allowed(spare))
    }

    /// STEADY_STATE: as many running as computed, none pending, all healthy. Rules: ECS-EXT-17, CD-ECS-30.
    pub const fn is_steady(&self) -> bool {
        self.running == self.computed_desired_count
            && self.pending + self.wanted == 0
            && self.healthy == self.running
    }

    /// Whether `stabilityStatus` no longer says what holds. Nobody looks at it on a set that is DRAINING.
    pub fn is_mislabelled(&self) -> bool {
        self.status != TaskSetStatus::Draining
            && self.is_steady() != (self.stability == StabilityStatus::SteadyState)
    }

    /// Whether no task is left, whatever its status.
    pub const fn is_empty(&self) -> bool {
        self.wanted + self.pending + self.running + self.stopping == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// T1..12 (ECS-EXT-11): exact, always rounded up. Scales in ten-thousandths of a percent.
    #[test]
    fn the_computed_desired_count_is_rounded_up_exactly() {
        for (desired, scale, computed) in [
            (10, 120_000, 2),
            (3, 400_000, 2),
            (10, 0, 0),
            (1, 1_000, 1),
            (7, 500_000, 4),
            (10, 300_000, 3),
            (0, 1_000_000, 0),
            (15, 333_000, 5),
            (1000, 1_000, 1),
            (3, 333_300, 1),
            (3, 333_400, 2),
            (100, 70_000, 7),
        ] {
            let scale = Scale::from_ten_thousandths_of_percent(scale);
            assert_eq!(scale.computed_desired_count(desired), computed, "{desired} x {scale:?}");
        }
        assert_eq!(Scale::FULL.computed_desired_count(5000), 5000);
        assert_eq!(Scale::ZERO.computed_desired_count(5000), 0);
    }
}
