//! A deployment looks at its alarms, again and again from its start to its end.
//!
//! What a look finds can only change when an alarm does, so that only the look after a change is taken; unless looks are
//! throttled now and then: then each has its own luck. An alarm that changes at the instant of a look is seen by it. Not
//! how alarms change (`cloud`).
//!
//! Rules: CD-ALM-1 to CD-ALM-7, CD-ALM-11, CD-RB-8, CD-ECS-75, U-25, U-26 (docs/semantics/codedeploy.md).

use super::run::{Run, Stage};
use crate::agenda::Outbox;
use crate::agenda::event::Timer;
use crate::aws::id::AlarmId;
use crate::aws::message::ErrorMessage;
use crate::aws::name::{DeploymentStatus, ErrorCode};
use crate::cloud::Cloud;
use crate::cloud::api::cloudwatch::Unreadable;
use crate::engine::time::SimDuration;

/// Nobody looks more often than this.
const POLL_MIN: SimDuration = SimDuration::from_secs(1);

impl<'s> Run<'s> {
    /// An alarm has changed, or whether alarms can be read: the next look finds something new.
    pub(super) fn on_alarm_news(
        &mut self,
        changed: Option<AlarmId>,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) {
        let watches = |alarms: &[AlarmId]| changed.is_none_or(|alarm| alarms.contains(&alarm));
        if !self.looks_at_alarms() || !self.polled().is_some_and(watches) {
            return;
        }
        let (_, wait) = self.next_look(out);
        if wait.is_zero() {
            self.poll_alarms(cloud, out);
        } else {
            out.schedule(wait, self.timer(Timer::AlarmPoll));
        }
    }

    /// One look: any alarm in ALARM stops the deployment (CD-ALM-2), and so do states that cannot be read, unless
    /// that is to be ignored (CD-ALM-7). Returns whether it goes on.
    pub(super) fn poll_alarms(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) -> bool {
        let Some(polling) = self.plan.alarms.as_ref() else { return true };
        let (look, _) = self.next_look(out);
        let call = (u64::from(self.request) << 32) + look;
        match cloud.active_alarms(&polling.alarms, call, out) {
            Ok(active) if !active.is_empty() => {
                let message = ErrorMessage::AlarmsActive { alarms: active };
                self.stop_on_alarm(ErrorCode::AlarmActive, message, cloud, out);
                return false;
            }
            Err(why) if !polling.ignore_failure => {
                let access_denied = why == Unreadable::AccessDenied;
                let code = match why {
                    Unreadable::AccessDenied => ErrorCode::IamRolePermissions,
                    Unreadable::Throttled => ErrorCode::Throttled,
                };
                let message = ErrorMessage::AlarmsUnreadable { access_denied };
                self.stop_on_alarm(code, message, cloud, out);
                return false;
            }
            // What this look did not see the next one may, and the other way round.
            seen => {
                let may_differ = seen.is_err() || !polling.ignore_failure;
                if may_differ && cloud.throttles_some_reads() {
                    out.schedule(self.poll_period(), self.timer(Timer::AlarmPoll));
                }
            }
        }
        true
    }

    /// The number of the look of now, or of the next one, and how far off it is. The one at the start is number 0.
    fn next_look(&self, out: &Outbox<'_>) -> (u64, SimDuration) {
        let period = self.poll_period().as_millis();
        let passed = out.now().since(self.started).as_millis();
        let look = passed.div_ceil(period);
        (look, SimDuration::from_millis(look * period - passed))
    }

    fn poll_period(&self) -> SimDuration {
        self.scenario.assumptions.alarm_poll.max(POLL_MIN)
    }

    /// It is `Stopped`; whether traffic goes back is another matter (CD-ALM-11).
    fn stop_on_alarm(
        &mut self,
        code: ErrorCode,
        message: ErrorMessage,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) {
        let rolls_back = self.plan.auto_rollback.on_alarm;
        self.end(DeploymentStatus::Stopped, code, message, rolls_back, cloud, out);
    }

    /// From `InProgress` to the end, waits included (CD-ALM-5, CD-ECS-75); a rollback is not blocked by the alarm that
    /// caused it (CD-RB-8).
    const fn looks_at_alarms(&self) -> bool {
        !matches!(self.stage, Stage::Created | Stage::Restoring | Stage::RollingBack | Stage::Over)
    }

    fn polled(&self) -> Option<&'s [AlarmId]> {
        self.plan.alarms.as_ref().map(|polling| polling.alarms.as_slice())
    }
}
