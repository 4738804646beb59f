//! When a deployment to instances looks at its alarms: from its start to its end, the waits included, and a rollback never.
//!
//! Rules: CD-ALM-2 to CD-ALM-5, CD-ALM-7, CD-RB-8 (docs/semantics/codedeploy.md).

use super::{Run, Stage};
use crate::agenda::Outbox;
use crate::aws::id::AlarmId;
use crate::cloud::Cloud;
use crate::deploy::alarm_poll::AlarmPoll;

impl<'s> Run<'s> {
    /// An alarm has changed, or whether alarms can be read; a rollback does not look (CD-RB-8).
    pub(super) fn on_alarm_news(
        &mut self,
        changed: Option<AlarmId>,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) {
        let looks = !self.is_rollback()
            && !matches!(self.stage, Stage::Created | Stage::Stopping | Stage::Over);
        if looks
            && let Some((code, message)) = self.looks().and_then(|l| l.on_news(changed, cloud, out))
        {
            self.stop_on_alarm(code, message, cloud, out);
        }
    }

    /// One look. Returns whether the deployment goes on.
    pub(super) fn poll_alarms(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) -> bool {
        let found = self.looks().and_then(|looks| looks.look(cloud, out));
        if let Some((code, message)) = found {
            self.stop_on_alarm(code, message, cloud, out);
        }
        found.is_none()
    }

    fn looks(&self) -> Option<AlarmPoll<'s>> {
        AlarmPoll::of(self.scenario, self.request, self.number, self.started)
    }
}
