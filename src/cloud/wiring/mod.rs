//! What one resource's change means for another: the only place that sees two resources.
//!
//! `listener` and `target` are the load balancer's side, `task_set`, `task` and `verdict` the scheduler's,
//! `probe` the checks between them. Each resource's own rules are in the file of its name above.

mod listener;
mod probe;
mod target;
mod task;
mod task_set;
mod verdict;

use crate::agenda::Outbox;
use crate::agenda::event::{Event, TaskPlace};
use crate::aws::id::TargetGroupId;
use crate::cloud::Cloud;
use crate::cloud::task::{Role, Task};

impl Cloud<'_> {
    /// Something of the account falls due.
    ///
    /// # Panics
    /// On a controller's timer: that is not the account's.
    pub fn on_event(&mut self, event: Event, out: &mut Outbox<'_>) {
        match event {
            Event::TrafficMinute => self.traffic.on_minute(&self.scenario.traffic, out),
            Event::WeightsInForce(listener) => self.on_weights_in_force(listener, out),
            Event::TaskSetRecompute(task_set) => self.on_recompute(task_set, out),
            Event::TaskSetReconcile(task_set) => self.on_reconcile(task_set, out),
            Event::TaskStep(place) => self.on_task_step(place, out),
            Event::TargetCheck(place) => self.on_target_check(place, out),
            Event::ContainerCheck(place) => self.on_container_check(place, out),
            Event::TaskVerdict(place) => self.on_task_verdict(place, out),
            Event::Deployment(..)
            | Event::DeploymentRequest(_)
            | Event::ScriptedCalls
            | Event::ScriptedStop => unreachable!("{event:?} belongs to a controller or a script"),
        }
    }

    fn task(&self, place: TaskPlace) -> &Task {
        &self.tasks[place.0 as usize]
    }

    fn task_mut(&mut self, place: TaskPlace) -> &mut Task {
        &mut self.tasks[place.0 as usize]
    }

    fn group_of(&self, place: TaskPlace) -> TargetGroupId {
        self.task_sets[self.task(place).task_set.index()].target_group
    }

    fn role_of(&self, place: TaskPlace) -> Role {
        self.task_sets[self.task(place).task_set.index()].role
    }
}
