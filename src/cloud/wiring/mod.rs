//! What one resource's change means for another: the only place that sees two resources.
//!
//! `listener`, `target`, `spread` and `open_requests` are the load balancer's side; `service` as it is found, `task_set`, `verdict`, and with each task
//! `launch`, `task` and `stop` the scheduler's, `rolling` where it replaces one set by another; `probe` the checks between them; `function` the alias of a Lambda
//! function, `instance` the instances of a deployment group; `monitoring` what CloudWatch makes of it, `scaling` what follows; `fault` what is broken on purpose, `leak`
//! what tasks are worn out by. Each resource's own rules are in the file of its name above.

mod fault;
mod function;
mod instance;
mod launch;
mod leak;
mod listener;
mod monitoring;
mod open_requests;
mod probe;
mod rolling;
mod scaling;
mod service;
mod spread;
mod stop;
mod target;
mod task;
mod task_set;
mod verdict;

pub(in crate::cloud) use listener::listeners_at_rest;

use crate::agenda::Outbox;
use crate::agenda::event::{Event, TaskPlace};
use crate::aws::id::TargetGroupId;
use crate::cloud::Cloud;
use crate::cloud::task::Task;
use crate::scenario::fault::Role;
use crate::scenario::revision::Revision;

impl<'s> Cloud<'s> {
    /// Something of the account falls due.
    ///
    /// # Panics
    /// On a controller's timer: that is not the account's.
    // What an event does is never inlined: here all would pay for the largest. Only the choice is, into the loop.
    #[inline(always)]
    pub fn on_event(&mut self, event: Event, out: &mut Outbox<'_>) {
        match event {
            Event::TrafficMinute => self.on_traffic_minute(out),
            Event::Scaling => self.on_scaling(out),
            Event::ScheduledScaling => self.on_scheduled_scaling(out),
            Event::AlarmEvaluation(alarm) => self.on_alarm_evaluation(alarm, out),
            Event::Spread if self.is_before_instances() => self.on_serving_changed(out),
            Event::Spread => self.on_spread(out),
            Event::ClientsMoved => self.traffic.draw(out),
            Event::WeightsInForce(listener) => self.on_weights_in_force(listener, out),
            Event::TaskSetRecompute(task_set) => self.on_recompute(task_set, out),
            Event::TaskSetReconcile(task_set) => self.on_reconcile(task_set, out),
            Event::TaskStep(place) => self.on_task_step(place, out),
            Event::TargetCheck(place) if self.task(place).target_goes_alone => {
                self.on_lone_target(place, out);
            }
            Event::TargetCheck(place) => self.on_target_check(place, out),
            Event::Fault => self.on_fault_due(out),
            Event::ContainerCheck(place) => self.on_container_check(place, out),
            Event::InstanceStep(instance) => self.on_instance_step(instance, out),
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

    /// The group that the target of a task is registered in.
    fn behind(&self, place: TaskPlace) -> TargetGroupId {
        self.task_sets[self.task(place).task_set.index()].behind
    }

    fn revision_of(&self, place: TaskPlace) -> &'s Revision {
        self.task_sets[self.task(place).task_set.index()].revision
    }

    fn zone_of(&self, place: TaskPlace) -> usize {
        self.task(place).zone.into()
    }

    fn role_of(&self, place: TaskPlace) -> Role {
        self.task_sets[self.task(place).task_set.index()].role
    }
}
