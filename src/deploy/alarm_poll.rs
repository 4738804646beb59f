//! A deployment looks at its alarms, again and again from its start to its end.
//!
//! What a look finds can only change when an alarm does, so that only the look after a change is taken; unless looks are
//! throttled now and then: then each has its own luck. An alarm that changes at the instant of a look is seen by it. Not
//! how alarms change (`cloud`), nor what follows from what is found.
//!
//! Rules: CD-ALM-1 to CD-ALM-7, U-25, U-26 (docs/semantics/codedeploy.md).

use crate::agenda::Outbox;
use crate::agenda::event::{Event, Timer};
use crate::aws::call::FaultKind;
use crate::aws::id::{AlarmId, DeploymentNumber};
use crate::aws::message::ErrorMessage;
use crate::aws::name::ErrorCode;
use crate::cloud::Cloud;
use crate::cloud::api::cloudwatch::Unreadable;
use crate::engine::time::{SimDuration, SimTime};
use crate::journal::fact::Fact;
use crate::scenario::Scenario;
use crate::scenario::deployment::AlarmPolling;

/// Nobody looks more often than this.
const POLL_MIN: SimDuration = SimDuration::from_secs(1);

/// Why a deployment is stopped by its alarms.
pub type Stopped = (ErrorCode, ErrorMessage);

/// The looks of one deployment.
#[derive(Clone, Copy, Debug)]
pub struct AlarmPoll<'s> {
    polling: &'s AlarmPolling,
    number: DeploymentNumber,
    /// The deployment's position in the scenario.
    request: u8,
    /// The first look.
    started: SimTime,
    period: SimDuration,
}

/// Whether a fact says that a look at the alarms may find something else than the last one.
pub const fn is_alarm_news(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::AlarmStateChanged { .. }
            | Fact::FaultBegan { fault: FaultKind::AlarmsThrottled | FaultKind::AlarmsDenied }
            | Fact::FaultEnded { fault: FaultKind::AlarmsThrottled | FaultKind::AlarmsDenied }
    )
}

impl<'s> AlarmPoll<'s> {
    /// The looks of a deployment that started then; nothing if it looks at no alarm.
    pub fn of(
        scenario: &'s Scenario,
        request: u8,
        number: DeploymentNumber,
        started: SimTime,
    ) -> Option<AlarmPoll<'s>> {
        let polling = scenario.deployments[request as usize].alarms.as_ref()?;
        let period = match scenario.service_deployment() {
            Some(_) => scenario.assumptions.ecs_alarm_poll,
            None => scenario.assumptions.alarm_poll,
        };
        let period = period.max(POLL_MIN);
        Some(AlarmPoll { polling, number, request, started, period })
    }

    /// An alarm has changed, or whether alarms can be read: the next look finds something new. It is taken at once if it
    /// is due now.
    pub fn on_news(
        &self,
        changed: Option<AlarmId>,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) -> Option<Stopped> {
        if !changed.is_none_or(|alarm| self.polling.alarms.contains(&alarm)) {
            return None;
        }
        let (_, wait) = self.next_look(out);
        if wait.is_zero() {
            return self.look(cloud, out);
        }
        out.schedule(wait, self.timer());
        None
    }

    /// One look: any alarm in ALARM stops the deployment (CD-ALM-2), and so do states that cannot be read, unless
    /// that is to be ignored (CD-ALM-7). Returns why, if it does.
    pub fn look(&self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) -> Option<Stopped> {
        let (look, _) = self.next_look(out);
        let call = (u64::from(self.request) << 32) + look;
        match cloud.active_alarms(&self.polling.alarms, call, out) {
            Ok(active) if !active.is_empty() => {
                Some((ErrorCode::AlarmActive, ErrorMessage::AlarmsActive { alarms: active }))
            }
            Err(why) if !self.polling.ignore_failure => {
                let access_denied = why == Unreadable::AccessDenied;
                let code = match why {
                    Unreadable::AccessDenied => ErrorCode::IamRolePermissions,
                    Unreadable::Throttled => ErrorCode::Throttled,
                };
                Some((code, ErrorMessage::AlarmsUnreadable { access_denied }))
            }
            // What this look did not see the next one may, and the other way round.
            seen => {
                let may_differ = seen.is_err() || !self.polling.ignore_failure;
                if may_differ && cloud.throttles_some_reads() {
                    out.schedule(self.period, self.timer());
                }
                None
            }
        }
    }

    /// The number of the look of now, or of the next one, and how far off it is. The one at the start is number 0.
    fn next_look(&self, out: &Outbox<'_>) -> (u64, SimDuration) {
        let period = self.period.as_millis();
        let passed = out.now().since(self.started).as_millis();
        let look = passed.div_ceil(period);
        (look, SimDuration::from_millis(look * period - passed))
    }

    const fn timer(&self) -> Event {
        Event::Deployment(self.number, Timer::AlarmPoll)
    }
}
