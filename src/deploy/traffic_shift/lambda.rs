//! What a deployment on AWS Lambda has of its own: it moves an alias from one version to another, and back.
//!
//! Rules: CD-LAM-2, CD-LAM-4, CD-LAM-8 to CD-LAM-10, CD-RB-7, U-7.

use super::run::{Run, Stage, set_status};
use crate::agenda::Outbox;
use crate::agenda::event::Timer;
use crate::aws::message::ErrorMessage;
use crate::aws::name::{DeploymentStatus, ErrorCode};
use crate::cloud::Cloud;
use crate::journal::fact::Fact;
use crate::scenario::function::Versions;

impl<'s> Run<'s> {
    /// The alias must point to the current version alone; else the deployment fails, and a rollback would too (CD-LAM-9,
    /// CD-LAM-10). Returns whether it does.
    pub(super) fn check_alias(
        &mut self,
        versions: Versions,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) -> bool {
        let alias = cloud.alias();
        let message = match alias.version() == versions.current {
            _ if alias.is_split() => ErrorMessage::AliasHasTwoVersions,
            false => ErrorMessage::AliasNotAtCurrentVersion,
            true => return true,
        };
        let (deployment, code) = (self.number, ErrorCode::InvalidLambdaConfiguration);
        self.end(DeploymentStatus::Failed, code, message, false, cloud, out);
        if self.plan.auto_rollback.on_failure {
            out.record(Fact::RollbackImpossible { deployment });
        }
        false
    }

    /// So many percent of the invocations reach the target version; with all of them it is the alias's own (CD-LAM-2).
    pub(super) fn shift_alias(
        &self,
        versions: Versions,
        percent: u8,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) {
        let Versions { current, target } = versions;
        let moved = match percent {
            100 => cloud.update_alias(target, None, out),
            percent => cloud.update_alias(current, Some((target, percent)), out),
        };
        moved.expect("both versions were published");
    }

    /// The alias is the current version's again, without weights; the target stays published (CD-LAM-8).
    pub(super) fn restore_alias(
        &self,
        versions: Versions,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) {
        cloud.update_alias(versions.current, None, out).expect("the current version was published");
    }

    /// All events have succeeded: nothing is waited for, and nothing is taken away (CD-LAM-4).
    pub(super) fn finish(&mut self, out: &mut Outbox<'_>) {
        out.cancel(self.timer(Timer::AlarmPoll));
        set_status(self.number, DeploymentStatus::Succeeded, out);
        self.stage = Stage::Over;
    }
}
