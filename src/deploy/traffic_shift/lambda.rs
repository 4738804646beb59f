//! What a deployment on AWS Lambda has of its own: it moves an alias from one version to another, and back.
//!
//! Rules: CD-LAM-2, CD-LAM-4, CD-LAM-8 to CD-LAM-10, CD-RB-7, U-7.

use super::run::{Run, Stage};
use crate::agenda::Outbox;
use crate::agenda::event::Timer;
use crate::aws::message::ErrorMessage;
use crate::aws::name::{DeploymentStatus, ErrorCode};
use crate::cloud::Cloud;
use crate::deploy::deployment_group::set_status;
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
            true if !cloud.has_version(versions.target) => ErrorMessage::LambdaVersionMissing,
            true => return true,
        };
        let code = match message {
            ErrorMessage::LambdaVersionMissing => ErrorCode::InvalidLambdaFunction,
            _ => ErrorCode::InvalidLambdaConfiguration,
        };
        let deployment = self.number;
        self.end(DeploymentStatus::Failed, code, message, false, cloud, out);
        if self.plan.auto_rollback.on_failure {
            out.record(Fact::RollbackImpossible { deployment });
        }
        false
    }

    /// So many percent of the invocations reach the target version; with all of them it is the alias's own (CD-LAM-2).
    /// Fails if somebody has deleted it, and returns whether it is there.
    pub(super) fn shift_alias(
        &mut self,
        versions: Versions,
        percent: u8,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) -> bool {
        let Versions { current, target } = versions;
        let moved = match percent {
            100 => cloud.update_alias(target, None, out),
            percent => cloud.update_alias(current, Some((target, percent)), out),
        };
        if moved.is_err() {
            let code = ErrorCode::InvalidLambdaFunction;
            self.fail(code, ErrorMessage::LambdaVersionMissing, cloud, out);
        }
        moved.is_ok()
    }

    /// The alias is the current version's again, without weights; the target stays published (CD-LAM-8). The rollback fails
    /// if somebody has deleted the current version; returns whether it is there.
    pub(super) fn restore_alias(
        &mut self,
        versions: Versions,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) -> bool {
        let restored = cloud.update_alias(versions.current, None, out);
        if restored.is_err() {
            let (code, message) =
                (ErrorCode::InvalidLambdaFunction, ErrorMessage::LambdaVersionMissing);
            self.end(DeploymentStatus::Failed, code, message, false, cloud, out);
        }
        restored.is_ok()
    }

    /// All events have succeeded: nothing is waited for, and nothing is taken away (CD-LAM-4).
    pub(super) fn finish(&mut self, out: &mut Outbox<'_>) {
        out.cancel(self.timer(Timer::AlarmPoll));
        set_status(self.number, DeploymentStatus::Succeeded, out);
        self.stage = Stage::Over;
    }
}
