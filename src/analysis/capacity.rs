//! What a row says of tasks: how long they are paid for, and for how long fewer could serve than the service wanted.
//!
//! Not how many are in which state (`census`). A task can serve production requests while it is RUNNING, its target is
//! healthy, and its target group has production weight in force; without a load balancer, while it counts as healthy. So a target that was not found healthy yet does not
//! count, though the load balancer turns to all of them where none is healthy; and the weights themselves play no part:
//! ten tasks behind 1 % are ten.

use crate::analysis::side::{BySide, Side};
use crate::aws::deployment_group::GreenFleetProvisioningAction;
use crate::aws::id::TaskId;
use crate::aws::instance::InstanceState;
use crate::aws::name::{TargetHealthState, TaskStatus};
use crate::journal::fact::Fact;

/// A task that is paid for: from PENDING, where the image is pulled, until STOPPED.
const BILLED: u8 = 1;
/// A task that is RUNNING.
const RUNNING: u8 = 2;
/// A task whose target is healthy.
const HEALTHY: u8 = 4;

/// Folds the states of tasks, what the service wants and where requests go into times.
#[derive(Clone, Debug)]
pub struct Capacity {
    /// What each task is.
    tasks: Vec<u8>,
    /// How many are paid for.
    billed: u32,
    /// How many of each side are RUNNING with a healthy target.
    serving: BySide<u32>,
    /// How many tasks the service wants.
    desired: u32,
    /// How many instances are wanted at most: with a replacement beside them more serve for a while.
    most: u32,
    /// Whether the target group of a side has production weight in force.
    gets_requests: BySide<bool>,
    task_ms: u64,
    short_ms: u64,
}

impl Default for Capacity {
    /// Nothing is wanted, and all requests go to the original.
    fn default() -> Capacity {
        Capacity {
            tasks: Vec::new(),
            billed: 0,
            serving: BySide::default(),
            desired: 0,
            most: u32::MAX,
            gets_requests: BySide { original: true, replacement: false },
            task_ms: 0,
            short_ms: 0,
        }
    }
}

impl Capacity {
    /// Back to the beginning. Keeps its memory.
    pub fn reset(&mut self) {
        self.tasks.clear();
        *self = Capacity { tasks: std::mem::take(&mut self.tasks), ..Capacity::default() };
    }

    /// The original was found with as many tasks as the service wants, all RUNNING and healthy.
    pub fn found(&mut self, tasks: u32) {
        self.tasks.resize(tasks as usize, BILLED | RUNNING | HEALTHY);
        (self.billed, self.serving.original, self.desired) = (tasks, tasks, tasks);
    }

    /// A task has another status.
    pub fn task_status(&mut self, task: TaskId, side: Side, status: TaskStatus) {
        let is = match status {
            TaskStatus::Provisioning | TaskStatus::Stopped => 0,
            TaskStatus::Running => BILLED | RUNNING,
            TaskStatus::Pending
            | TaskStatus::Activating
            | TaskStatus::Deactivating
            | TaskStatus::Stopping
            | TaskStatus::Deprovisioning => BILLED,
        };
        self.turn(task, side, |was| was & HEALTHY | is);
    }

    /// The target of a task has another state.
    pub fn target_health(&mut self, task: TaskId, side: Side, state: TargetHealthState) {
        match state {
            TargetHealthState::Healthy => self.turn(task, side, |was| was | HEALTHY),
            // A group that no listener names is not checked: what was known of its targets stays.
            TargetHealthState::Unused => {}
            TargetHealthState::Initial
            | TargetHealthState::Unhealthy
            | TargetHealthState::Draining => self.turn(task, side, |was| was & !HEALTHY),
        }
    }

    /// A task without a load balancer counts as healthy, or does no longer. There are no weights: each works as soon as it
    /// counts, whatever it runs.
    pub fn task_counted(&mut self, task: TaskId, side: Side, healthy: bool) {
        self.gets_requests[side] = true;
        self.turn(task, side, |was| if healthy { was | HEALTHY } else { was & !HEALTHY });
    }

    fn turn(&mut self, task: TaskId, side: Side, becomes: impl FnOnce(u8) -> u8) {
        if self.tasks.len() <= task.index() {
            self.make_room(task);
        }
        let known = &mut self.tasks[task.index()];
        let was = std::mem::replace(known, becomes(*known));
        let of = |count: u32, has: fn(u8) -> bool| {
            count.wrapping_add(has(*known).into()).wrapping_sub(has(was).into())
        };
        self.billed = of(self.billed, |task| task & BILLED != 0);
        let serving = &mut self.serving[side];
        *serving = of(*serving, |task| task & (RUNNING | HEALTHY) == RUNNING | HEALTHY);
    }

    #[cold]
    fn make_room(&mut self, task: TaskId) {
        self.tasks.resize(task.index() + 1, 0);
    }

    /// The service wants so many tasks from now on.
    pub const fn want(&mut self, tasks: u32) {
        self.desired = tasks;
    }

    /// So many instances serve from now on; as many as ever did are wanted, and no more than a replacement has.
    pub fn serve(&mut self, instances: u32) {
        self.desired = self.desired.max(instances.min(self.most));
        self.serving.original = instances;
    }

    /// What is told of which instances there are. They are paid for where somebody says what one costs, and no more of them
    /// are wanted than a replacement has.
    pub fn instances(&mut self, fact: &Fact, are_paid_for: bool) {
        let launched = match *fact {
            Fact::InstancesFound { instances, .. } => i32::from(instances),
            Fact::ReplacementInstancesFound { instances, action, .. } => {
                self.most = instances.into();
                match action {
                    GreenFleetProvisioningAction::DiscoverExisting => i32::from(instances),
                    // What is launched tells so itself.
                    GreenFleetProvisioningAction::CopyAutoScalingGroup => 0,
                }
            }
            Fact::InstanceStateChanged { state: InstanceState::Pending, .. } => 1,
            Fact::InstanceStateChanged { state: InstanceState::Terminated, .. } => -1,
            _ => 0,
        };
        if are_paid_for {
            self.billed = self.billed.saturating_add_signed(launched);
        }
    }

    /// Where requests go from now on.
    pub const fn follow(&mut self, gets_requests: BySide<bool>) {
        self.gets_requests = gets_requests;
    }

    /// So much time has passed.
    pub fn pass(&mut self, milliseconds: u64) {
        self.task_ms += milliseconds * u64::from(self.billed);
        let of = |side: Side| if self.gets_requests[side] { self.serving[side] } else { 0 };
        if of(Side::Original) + of(Side::Replacement) < self.desired {
            self.short_ms += milliseconds;
        }
    }

    /// For how long tasks were paid for, all together, in milliseconds.
    pub const fn task_ms(&self) -> u64 {
        self.task_ms
    }

    /// For how long fewer could serve than were wanted, in milliseconds.
    pub const fn short_ms(&self) -> u64 {
        self.short_ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(tasks: u32) -> Capacity {
        let mut capacity = Capacity::default();
        capacity.found(tasks);
        capacity
    }

    /// Brings up a task of the replacement, healthy.
    fn bring_up(capacity: &mut Capacity, task: u32) {
        capacity.task_status(TaskId(task), Side::Replacement, TaskStatus::Running);
        capacity.target_health(TaskId(task), Side::Replacement, TargetHealthState::Healthy);
    }

    #[test]
    fn only_tasks_behind_production_weight_count() {
        let mut capacity = found(2);
        capacity.pass(1);
        assert_eq!(capacity.short_ms(), 0);
        capacity.target_health(TaskId(0), Side::Original, TargetHealthState::Unhealthy);
        bring_up(&mut capacity, 2);
        capacity.pass(2);
        assert_eq!(capacity.short_ms(), 2, "the replacement gets no request yet");
        capacity.follow(BySide { original: true, replacement: true });
        capacity.pass(4);
        assert_eq!(capacity.short_ms(), 2, "both sides together are enough");
        capacity.follow(BySide { original: false, replacement: true });
        capacity.pass(8);
        assert_eq!(capacity.short_ms(), 10);
        capacity.want(1);
        capacity.pass(16);
        capacity.task_status(TaskId(2), Side::Replacement, TaskStatus::Stopping);
        capacity.want(0);
        capacity.pass(32);
        assert_eq!(capacity.short_ms(), 10, "who wants nothing lacks nothing");
        capacity.want(1);
        capacity.pass(64);
        assert_eq!(capacity.short_ms(), 74, "it stops before its target is out of the group");
    }

    #[test]
    fn a_task_is_paid_for_from_pending_until_it_has_stopped() {
        let mut capacity = found(0);
        for (status, billed) in [
            (TaskStatus::Provisioning, 0),
            (TaskStatus::Pending, 1),
            (TaskStatus::Activating, 1),
            (TaskStatus::Running, 1),
            (TaskStatus::Deactivating, 1),
            (TaskStatus::Stopping, 1),
            (TaskStatus::Deprovisioning, 1),
            (TaskStatus::Stopped, 0),
        ] {
            let before = capacity.task_ms();
            capacity.task_status(TaskId(0), Side::Replacement, status);
            capacity.pass(1000);
            assert_eq!(capacity.task_ms() - before, 1000 * billed, "{status}");
        }
    }

    /// Rule: ELB-HC-4.
    #[test]
    fn what_is_known_of_targets_that_nobody_checks_stays() {
        let mut capacity = found(1);
        capacity.target_health(TaskId(0), Side::Original, TargetHealthState::Unused);
        capacity.pass(1);
        assert_eq!(capacity.short_ms(), 0);
        bring_up(&mut capacity, 1);
        capacity.reset();
        capacity.found(1);
        capacity.pass(1);
        assert_eq!([capacity.task_ms(), capacity.short_ms()], [1, 0], "a new run begins anew");
    }
}
