//! What the alarms of a deployment that shifts traffic do to it.
//!
//! Not when it looks at them (`alarm_poll`). Rules: CD-ALM-5, CD-ALM-11, CD-RB-8, CD-ECS-75
//! (docs/semantics/codedeploy.md).

use super::run::{Run, Stage};
use crate::agenda::Outbox;
use crate::aws::id::AlarmId;
use crate::aws::name::DeploymentStatus;
use crate::cloud::Cloud;
use crate::deploy::alarm_poll::{AlarmPoll, Stopped};

impl<'s> Run<'s> {
    /// An alarm has changed, or whether alarms can be read.
    pub(super) fn on_alarm_news(
        &mut self,
        changed: Option<AlarmId>,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) {
        if self.looks_at_alarms()
            && let Some(why) = self.looks().and_then(|looks| looks.on_news(changed, cloud, out))
        {
            self.stop_on_alarm(why, cloud, out);
        }
    }

    /// One look. Returns whether the deployment goes on.
    pub(super) fn poll_alarms(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) -> bool {
        let found = self.looks().and_then(|looks| looks.look(cloud, out));
        if let Some(why) = found {
            self.stop_on_alarm(why, cloud, out);
        }
        found.is_none()
    }

    fn looks(&self) -> Option<AlarmPoll<'s>> {
        AlarmPoll::of(self.scenario, self.request, self.number, self.started)
    }

    /// It is `Stopped`; whether traffic goes back is another matter (CD-ALM-11).
    fn stop_on_alarm(
        &mut self,
        (code, message): Stopped,
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
}
