//! How many tasks and targets each side has in which state: a fold over task facts.
//!
//! It keeps one word a task, so that a status can be left as well as entered. The tasks of a task set that
//! was found are the first ones of the run, RUNNING and healthy (decision: history).

use crate::analysis::side::{BySide, Side};
use crate::aws::id::TaskId;
use crate::aws::name::{TargetHealthState, TaskStatus};

/// How many tasks and targets of one side are in which state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Tasks before RUNNING: PROVISIONING, PENDING, ACTIVATING.
    pub pending: u32,
    /// Tasks that are RUNNING.
    pub running: u32,
    /// Tasks on their way out: DEACTIVATING, STOPPING, DEPROVISIONING.
    pub draining: u32,
    /// Tasks that are paid for: from PENDING, where the image is pulled, until STOPPED.
    pub billed: u32,
    /// Targets that are healthy; tasks that count as healthy where there are no targets.
    pub healthy: u32,
    /// Targets that are unhealthy.
    pub unhealthy: u32,
}

#[derive(Clone, Copy)]
struct Known {
    status: Option<TaskStatus>,
    target: Option<TargetHealthState>,
}

impl Known {
    const NOTHING: Known = Known { status: None, target: None };
}

/// Counts the tasks and targets of both sides as facts come in.
#[derive(Clone, Default)]
pub struct Census {
    known: Vec<Known>,
    counts: BySide<Counts>,
}

impl Census {
    /// Forgets everything and keeps its memory.
    pub fn reset(&mut self) {
        self.known.clear();
        self.counts = BySide::default();
    }

    /// The counts of now.
    pub const fn counts(&self) -> &BySide<Counts> {
        &self.counts
    }

    /// The side's task set was found with so many tasks, all RUNNING and healthy.
    pub fn found(&mut self, side: Side, tasks: u32) {
        let known =
            Known { status: Some(TaskStatus::Running), target: Some(TargetHealthState::Healthy) };
        self.known.resize(self.known.len() + tasks as usize, known);
        let counts = &mut self.counts[side];
        for count in [&mut counts.running, &mut counts.billed, &mut counts.healthy] {
            *count = count.wrapping_add(tasks);
        }
    }

    /// A task has another status.
    pub fn task_status(&mut self, task: TaskId, side: Side, status: TaskStatus) {
        let known = self.known(task);
        let before = known.status.replace(status);
        let counts = &mut self.counts[side];
        if let Some(before) = before {
            counts.add_task(before, u32::wrapping_sub);
        }
        counts.add_task(status, u32::wrapping_add);
    }

    /// A target has another state.
    pub fn target_health(&mut self, task: TaskId, side: Side, state: TargetHealthState) {
        let known = self.known(task);
        // A group that no listener names is not checked: what was known of its targets stays.
        let unchecked =
            state == TargetHealthState::Unused && known.target == Some(TargetHealthState::Healthy);
        if unchecked {
            return;
        }
        let before = known.target.replace(state);
        let counts = &mut self.counts[side];
        if let Some(before) = before {
            counts.add_target(before, u32::wrapping_sub);
        }
        counts.add_target(state, u32::wrapping_add);
    }

    /// A task without a load balancer counts as healthy, or does no longer.
    pub fn task_counted(&mut self, task: TaskId, side: Side, healthy: bool) {
        let state = if healthy { TargetHealthState::Healthy } else { TargetHealthState::Draining };
        self.target_health(task, side, state);
    }

    fn known(&mut self, task: TaskId) -> &mut Known {
        if self.known.len() <= task.index() {
            self.known.resize(task.index() + 1, Known::NOTHING);
        }
        &mut self.known[task.index()]
    }
}

impl Counts {
    fn add_task(&mut self, status: TaskStatus, add: fn(u32, u32) -> u32) {
        let (field, billed) = match status {
            TaskStatus::Provisioning => (&mut self.pending, 0),
            TaskStatus::Pending | TaskStatus::Activating => (&mut self.pending, 1),
            TaskStatus::Running => (&mut self.running, 1),
            TaskStatus::Deactivating | TaskStatus::Stopping | TaskStatus::Deprovisioning => {
                (&mut self.draining, 1)
            }
            TaskStatus::Stopped => return,
        };
        *field = add(*field, 1);
        self.billed = add(self.billed, billed);
    }

    fn add_target(&mut self, state: TargetHealthState, add: fn(u32, u32) -> u32) {
        match state {
            TargetHealthState::Healthy => self.healthy = add(self.healthy, 1),
            TargetHealthState::Unhealthy => self.unhealthy = add(self.unhealthy, 1),
            TargetHealthState::Initial
            | TargetHealthState::Unused
            | TargetHealthState::Draining => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_is_counted_in_one_state_at_a_time() {
        let mut census = Census::default();
        census.found(Side::Original, 2);
        for status in [TaskStatus::Provisioning, TaskStatus::Pending, TaskStatus::Running] {
            census.task_status(TaskId(2), Side::Replacement, status);
        }
        census.target_health(TaskId(2), Side::Replacement, TargetHealthState::Initial);
        census.target_health(TaskId(2), Side::Replacement, TargetHealthState::Healthy);
        census.target_health(TaskId(0), Side::Original, TargetHealthState::Draining);
        census.task_status(TaskId(0), Side::Original, TaskStatus::Stopped);
        let one = Counts { running: 1, billed: 1, healthy: 1, ..Counts::default() };
        assert_eq!(*census.counts(), BySide { original: one, replacement: one });
    }
}
