//! How a deployment ends badly, with or without a rollback.
//!
//! How it ends well is each platform's own (`ecs`, `lambda`). Rules: CD-SM-6, CD-LE-2, CD-RB-1 to CD-RB-6, CD-RB-9,
//! CD-RB-14, CD-STOP-3.

use super::run::{Run, Stage, Target};
use crate::agenda::Outbox;
use crate::agenda::event::Timer;
use crate::aws::id::DeploymentNumber;
use crate::aws::message::ErrorMessage;
use crate::aws::name::{DeploymentCreator, DeploymentStatus, ErrorCode, LifecycleEvent};
use crate::cloud::Cloud;
use crate::deploy::deployment_group::{create_deployment, set_status};
use crate::engine::time::SimDuration;
use crate::journal::fact::Fact;

impl<'s> Run<'s> {
    /// It fails by itself. A failure before `Install` leaves nothing to roll back (U-6, CD-RB-14).
    pub(super) fn fail(
        &mut self,
        code: ErrorCode,
        message: ErrorMessage,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) {
        let is_before_install = match self.lifecycle.running() {
            Some(running) => running == LifecycleEvent::BeforeInstall,
            None => self.lifecycle.next() == Some(LifecycleEvent::BeforeInstall),
        };
        let rolls_back = self.plan.auto_rollback.on_failure;
        let can_roll_back = rolls_back && !is_before_install;
        let deployment = self.number;
        self.end(DeploymentStatus::Failed, code, message, can_roll_back, cloud, out);
        if rolls_back && is_before_install {
            out.record(Fact::RollbackImpossible { deployment });
        }
    }

    /// Somebody has stopped it (CD-STOP-3).
    pub(super) fn stop(&mut self, rolls_back: bool, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        let (code, message) = (ErrorCode::ManualStop, ErrorMessage::StoppedByRequest);
        self.end(DeploymentStatus::Stopped, code, message, rolls_back, cloud, out);
    }

    /// The deployment ends badly: its running event fails, the later ones are skipped (CD-LE-2), and if the
    /// end is one of the configured ones a rollback deployment is created in the same instant (CD-RB-1,
    /// CD-SM-6). A rollback is never rolled back (CD-RB-9).
    pub(super) fn end(
        &mut self,
        status: DeploymentStatus,
        code: ErrorCode,
        message: ErrorMessage,
        rolls_back: bool,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) {
        for timer in Timer::ALL {
            out.cancel(self.timer(timer));
        }
        let is_rollback = matches!(self.stage, Stage::Restoring | Stage::RollingBack);
        out.follow(Fact::DeploymentErrorSet { deployment: self.number, code, message });
        self.lifecycle.abort(out);
        set_status(self.number, status, out);
        self.stage = Stage::Over;
        if rolls_back && !is_rollback {
            self.begin_rollback(cloud, out);
        }
    }

    fn begin_rollback(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        let parent = self.number;
        self.number = DeploymentNumber(parent.0 + 1);
        let creator = match self.plan.creator {
            DeploymentCreator::CloudFormation => DeploymentCreator::CloudFormationRollback,
            _ => DeploymentCreator::CodeDeployRollback,
        };
        create_deployment(self.number, creator, Some(parent), out);
        set_status(self.number, DeploymentStatus::InProgress, out);
        self.stage = Stage::Restoring;
        match self.scenario.assumptions.rollback_restore {
            SimDuration::ZERO => self.restore(cloud, out),
            restore => self.schedule(restore, out),
        }
    }

    /// Puts back what was (CD-RB-4 to CD-RB-7); the rollback then takes its time.
    pub(super) fn restore(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        match self.target {
            Target::Ecs(sets) => {
                if !self.restore_service(sets, cloud, out) {
                    return;
                }
            }
            Target::Lambda(versions) => {
                if !self.restore_alias(versions, cloud, out) {
                    return;
                }
            }
        }
        self.stage = Stage::RollingBack;
        let assumptions = &self.scenario.assumptions;
        let rest = assumptions.rollback_duration.as_millis();
        let rest = rest.saturating_sub(assumptions.rollback_restore.as_millis());
        self.schedule(SimDuration::from_millis(rest), out);
    }

    pub(super) fn finish_rollback(&mut self, out: &mut Outbox<'_>) {
        set_status(self.number, DeploymentStatus::Succeeded, out);
        self.stage = Stage::Over;
    }
}
