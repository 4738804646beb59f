//! What may fail a deployment of ECS: its circuit breaker and its alarms.
//!
//! Rules: ECS-CB-5, ECS-CB-6, ECS-DA-2, ECS-DA-3 (docs/semantics/environment.md).

use super::{Run, Stage};
use crate::agenda::Outbox;
use crate::aws::alarm::StateValue;
use crate::aws::id::{AlarmId, AlarmSet};
use crate::aws::message::ErrorMessage;
use crate::aws::name::ErrorCode;
use crate::cloud::Cloud;
use crate::deploy::alarm_poll::{AlarmPoll, Stopped};
use crate::deploy::deployment_group::Course;

/// So many tasks whose image cannot be resolved fail a deployment, with or without a circuit breaker (ECS-CB-6).
const UNRESOLVED_MAX: u32 = 3;

impl<'s> Run<'s> {
    /// As many failed tasks as the threshold are too many (ECS-CB-5), and so are a few without an image (ECS-CB-6).
    pub(super) fn count_failures(
        &mut self,
        failed: u32,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) {
        if self.is_over() {
            return;
        }
        let breaker = self.own.circuit_breaker;
        let unresolved = cloud.task_sets()[self.new.index()].unresolved;
        if unresolved >= UNRESOLVED_MAX {
            let message = ErrorMessage::ImageNotResolved { failed: unresolved };
            let rolls_back = breaker.is_some_and(|breaker| breaker.rolls_back);
            return self.end(ErrorCode::EcsUpdateError, message, rolls_back, cloud, out);
        }
        let Some(breaker) = breaker else { return };
        let threshold = breaker.threshold.failures(cloud.desired_count(), self.scenario.semantics);
        if failed >= threshold {
            let message = ErrorMessage::CircuitBreakerTripped { failed };
            self.end(ErrorCode::CircuitBreaker, message, breaker.rolls_back, cloud, out);
        }
    }

    /// Alarms count from now on: those that went off before this are seen (ECS-DA-3).
    pub(super) fn begin_watch(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        if !std::mem::replace(&mut self.is_watched, true) {
            self.look_at_alarms(cloud, out);
        }
    }

    pub(super) fn on_alarm_news(
        &mut self,
        changed: Option<AlarmId>,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) {
        if let Some(looks) = self.looks() {
            let found = looks.on_news(changed, cloud, out);
            self.stop_on_alarm(found, cloud, out);
        }
    }

    pub(super) fn look_at_alarms(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        if let Some(looks) = self.looks() {
            let found = looks.look(cloud, out);
            self.stop_on_alarm(found, cloud, out);
        }
    }

    /// From when its alarms count to its end, or until the revision before is cleaned up; a rollback has none.
    fn looks(&self) -> Option<AlarmPoll<'s>> {
        let looks = match self.stage {
            Stage::RollingOut | Stage::Baking | Stage::CleaningUp => self.is_watched,
            Stage::At(_) => self.is_watched && !self.stage.is_cleaning_up(),
            Stage::RollingBack | Stage::Over => false,
        };
        AlarmPoll::of(self.scenario, self.request, self.number, self.created).filter(|_| looks)
    }

    /// Alarms fail the deployment, but those that were active when it began (ECS-DA-2).
    fn stop_on_alarm(
        &mut self,
        found: Option<Stopped>,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) {
        let Some((code, message)) = found else { return };
        let message = match message {
            ErrorMessage::AlarmsActive { alarms } => {
                let alarms = alarms.without(self.ignored);
                if alarms.is_empty() {
                    return;
                }
                ErrorMessage::AlarmsActive { alarms }
            }
            other => other,
        };
        self.end(code, message, self.own.alarms_roll_back, cloud, out);
    }

    /// Its alarms that are in ALARM.
    pub(super) fn active(&self, cloud: &Cloud<'s>) -> AlarmSet {
        let own = self.plan.alarms.iter().flat_map(|polling| &polling.alarms);
        let active = own.filter(|alarm| cloud.alarm_state(**alarm) == StateValue::Alarm);
        active.fold(AlarmSet::default(), |set, alarm| set.with(*alarm))
    }
}
