//! The conditions that steps wait for: whether they hold, and what can make them hold.
//!
//! Rules: ECS-EXT-17, ECS-EXT-26, CD-EXT-10 (docs/semantics).

use super::External;
use crate::aws::id::{AlarmSet, TaskSetId};
use crate::aws::name::{StabilityStatus, TargetHealthState};
use crate::cloud::Cloud;
use crate::cloud::task::Task;
use crate::engine::time::SimTime;
use crate::journal::fact::Fact;
use crate::scenario::external::{Condition, NamedSet};

impl<'s> External<'s> {
    /// The alarms that make a condition hold.
    pub(super) fn collect_alarms(
        &self,
        condition: &Condition,
        cloud: &Cloud<'s>,
        now: SimTime,
        to: &mut AlarmSet,
    ) {
        match condition {
            Condition::Alarm(alarm, _) if self.holds(condition, cloud, now) => {
                *to = to.with(*alarm);
            }
            Condition::All(parts) | Condition::Any(parts) => {
                parts.iter().for_each(|part| self.collect_alarms(part, cloud, now, to));
            }
            _ => {}
        }
    }

    /// The first instant after now at which time alone makes a part of a condition hold.
    pub(super) fn earliest(
        &self,
        condition: &Condition,
        now: SimTime,
        earliest: &mut Option<SimTime>,
    ) {
        let at = match condition {
            Condition::Elapsed(time) => self.since + *time,
            Condition::At(time) => SimTime::ZERO + *time,
            Condition::All(parts) | Condition::Any(parts) => {
                return parts.iter().for_each(|part| self.earliest(part, now, earliest));
            }
            _ => return,
        };
        if at > now {
            *earliest = Some(earliest.map_or(at, |known| known.min(at)));
        }
    }

    pub(super) fn holds(&self, condition: &Condition, cloud: &Cloud<'s>, now: SimTime) -> bool {
        match condition {
            Condition::Elapsed(time) => now >= self.since + *time,
            Condition::At(time) => now >= SimTime::ZERO + *time,
            Condition::Steady(name) => self.sets[name.index()].is_some_and(|set| {
                let set = &cloud.task_sets()[set.index()];
                // What has changed at this instant is not described yet.
                set.stability == StabilityStatus::SteadyState && set.is_steady() && !set.deleted
            }),
            Condition::Gone(name) => {
                self.sets[name.index()].is_some_and(|set| cloud.task_sets()[set.index()].deleted)
            }
            Condition::Healthy(name, count) => self.sets[name.index()]
                .is_some_and(|set| healthy_targets(set, cloud) >= *count as usize),
            Condition::Alarm(alarm, state) => cloud.alarm_state(*alarm) == *state,
            Condition::All(parts) => parts.iter().all(|part| self.holds(part, cloud, now)),
            Condition::Any(parts) => parts.iter().any(|part| self.holds(part, cloud, now)),
        }
    }

    /// Whether a fact may end the wait of the present step, or the deployment.
    pub(super) fn waits_for(&self, fact: &Fact) -> bool {
        let step = self.steps().get(self.next);
        let mut conditions = step
            .into_iter()
            .flat_map(|step| step.when.iter().chain(&step.unless))
            .chain(&self.workflow.abort_if);
        conditions.any(|condition| self.concerns(condition, fact))
    }

    /// Whether a fact may make a condition hold.
    pub(super) fn concerns(&self, condition: &Condition, fact: &Fact) -> bool {
        let is = |name: &NamedSet, task_set| self.sets[name.index()] == Some(task_set);
        match (condition, *fact) {
            (
                Condition::Steady(name),
                Fact::TaskSetStabilityChanged { task_set, .. }
                | Fact::TaskSetScaled { task_set, .. },
            )
            | (Condition::Gone(name), Fact::TaskSetDeleted { task_set }) => is(name, task_set),
            (Condition::Healthy(..), Fact::TargetHealthChanged { .. }) => true,
            (Condition::Alarm(own, _), Fact::AlarmStateChanged { alarm, .. }) => *own == alarm,
            (Condition::All(parts) | Condition::Any(parts), _) => {
                parts.iter().any(|part| self.concerns(part, fact))
            }
            _ => false,
        }
    }
}

/// Targets of a task set that its target group calls healthy.
fn healthy_targets(task_set: TaskSetId, cloud: &Cloud<'_>) -> usize {
    let is_healthy =
        |task: &&Task| task.task_set == task_set && task.target == Some(TargetHealthState::Healthy);
    cloud.tasks().filter(is_healthy).count()
}
