//! What others do to one deployment: continue it, stop it.
//!
//! Who may do so is in `mod`. Rules: CD-ECS-61, CD-ECS-64, CD-ECS-73, CD-STOP-1, CD-STOP-4, CD-STOP-7.

use super::run::{Run, Stage};
use crate::agenda::Outbox;
use crate::agenda::event::Timer;
use crate::aws::call::{ApiException, DeploymentWaitType, StopStatus};
use crate::aws::name::DeploymentStatus;
use crate::cloud::Cloud;
use crate::deploy::deployment_group::set_status;
use crate::engine::time::SimDuration;
use crate::journal::fact::Fact;

impl<'s> Run<'s> {
    /// `ContinueDeployment`: the wait ends now (CD-ECS-61, CD-ECS-73).
    pub(super) fn on_continue(
        &mut self,
        wait: DeploymentWaitType,
        out: &mut Outbox<'_>,
    ) -> Result<(), ApiException> {
        match (wait, self.stage) {
            (DeploymentWaitType::ReadyWait, Stage::ReadyWait) => {
                out.cancel(self.timer(Timer::Timeout));
                set_status(self.number, DeploymentStatus::InProgress, out);
                self.go_on(out);
                Ok(())
            }
            (DeploymentWaitType::TerminationWait, Stage::TerminationWait) => {
                self.schedule(SimDuration::ZERO, out);
                Ok(())
            }
            (DeploymentWaitType::ReadyWait, _) => Err(ApiException::DeploymentIsNotInReadyState),
            (DeploymentWaitType::TerminationWait, _) => Err(ApiException::InvalidDeploymentStatus),
        }
    }

    /// `StopDeployment`: while a hook function runs the deployment stops once that is over, else at once
    /// (CD-STOP-1, CD-STOP-7). The call's own word on the rollback goes before the configuration's (CD-STOP-4).
    pub(super) fn on_stop_request(
        &mut self,
        auto_rollback_enabled: Option<bool>,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) {
        let rolls_back = auto_rollback_enabled.unwrap_or(self.plan.auto_rollback.on_request);
        let deployment = self.number;
        if self.stage == Stage::Hook {
            out.follow(Fact::StopRequested { deployment, status: StopStatus::Pending });
            self.stop_requested.get_or_insert(rolls_back);
        } else {
            out.follow(Fact::StopRequested { deployment, status: StopStatus::Succeeded });
            self.stop(rolls_back, cloud, out);
        }
    }
}
