//! How a deployment to instances ends, and the rollback that may follow.
//!
//! A rollback is a deployment of the last good revision, with batches like any other; only zones take no turns. Rules:
//! CD-HH-9, CD-HH-13, CD-RB-1, CD-RB-2, CD-RB-7 to CD-RB-10, CD-RBC-2, CD-FIL-3, CD-Z-6, CD-STOP-3, CD-STOP-6, U-18
//! (docs/semantics/codedeploy.md).

use super::scaling::outdated;
use super::{Origin, Run, Stage};
use crate::agenda::Outbox;
use crate::agenda::event::Timer;
use crate::aws::message::ErrorMessage;
use crate::aws::name::{DeploymentCreator, DeploymentStatus, ErrorCode};
use crate::cloud::Cloud;
use crate::deploy::deployment_group::{create_deployment, set_status};
use crate::journal::fact::Fact;
use crate::scenario::hosts::HostResult;

impl<'s> Run<'s> {
    /// Enough instances have succeeded: what was deployed is the group's revision from now on.
    pub(super) fn succeed(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        let behavior = self.file_exists_behavior(cloud);
        cloud.set_last_successful(self.revision, behavior);
        self.close(DeploymentStatus::Succeeded, cloud, out);
        self.update_outdated(cloud, out);
    }

    /// It fails by itself.
    pub(super) fn fail(
        &mut self,
        code: ErrorCode,
        message: ErrorMessage,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) {
        let rolls_back = self.plan.auto_rollback.on_failure;
        self.end(DeploymentStatus::Failed, (code, message), rolls_back, cloud, out);
    }

    /// Somebody has stopped it (CD-STOP-3).
    pub(super) fn stop(&mut self, rolls_back: bool, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        let error = (ErrorCode::ManualStop, ErrorMessage::StoppedByRequest);
        self.end(DeploymentStatus::Stopped, error, rolls_back, cloud, out);
    }

    /// An alarm has; instances at work are given up.
    pub(super) fn stop_on_alarm(
        &mut self,
        code: ErrorCode,
        message: ErrorMessage,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) {
        let rolls_back = self.plan.auto_rollback.on_alarm;
        self.end(DeploymentStatus::Stopped, (code, message), rolls_back, cloud, out);
    }

    /// It ends badly; if the end is one of the configured ones a rollback deployment is created in the same instant
    /// (CD-RB-1). A rollback is never rolled back (CD-RB-9), and without an earlier success there is nothing to go back to
    /// (CD-RB-10).
    pub(super) fn end(
        &mut self,
        status: DeploymentStatus,
        (code, message): (ErrorCode, ErrorMessage),
        rolls_back: bool,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) {
        let deployment = self.number;
        if self.stage == Stage::Created && self.asked.blue_green.is_none() {
            // It has not looked for its instances yet.
            self.target(Run::is_to_be_updated, cloud, out);
        }
        out.follow(Fact::DeploymentErrorSet { deployment, code, message });
        for place in self.batch.clone() {
            let instance = self.instance_at(place);
            if self.results[instance.index()] == HostResult::Skipped {
                cloud.abandon_command(instance, out);
                self.results[instance.index()] = HostResult::Failed;
            }
        }
        self.close(status, cloud, out);
        if !rolls_back || self.origin != Origin::Asked {
            return;
        }
        match cloud.instances().last_successful {
            None => {
                out.record(Fact::RollbackImpossible { deployment });
            }
            Some(revision) => {
                self.number = self.take_number();
                (self.origin, self.revision) = (Origin::Rollback, revision);
                self.stop_requested = None;
                let creator = DeploymentCreator::CodeDeployRollback;
                create_deployment(self.number, creator, Some(deployment), out);
                self.start(cloud, out);
            }
        }
    }

    /// Nothing more is done: what came of it is counted and remembered (CD-HH-13).
    pub(super) fn close(
        &mut self,
        status: DeploymentStatus,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) {
        for timer in [Timer::Timeout, Timer::Schedule, Timer::AlarmPoll] {
            out.cancel(self.timer(timer));
        }
        // Traffic that comes back says nothing of what is deployed.
        let is_deployed_to = self.asked.blue_green.is_none() || !self.is_rollback();
        let [mut succeeded, mut failed, mut skipped] = [0; 3];
        for &id in &self.targets {
            let result = self.results[id.index()];
            let health = cloud.instances().all[id.index()].health;
            if is_deployed_to {
                let health = match status {
                    DeploymentStatus::Succeeded => health.after_success(result),
                    _ => health.after_failure(result),
                };
                cloud.remember(id, health);
            }
            match result {
                HostResult::Succeeded => succeeded += 1,
                HostResult::Failed => failed += 1,
                HostResult::Skipped => skipped += 1,
            }
        }
        // What did not succeed may have left its files there.
        let outdated = outdated(cloud);
        let deployment = self.number;
        out.record(Fact::InstancesCounted { deployment, succeeded, failed, skipped, outdated });
        set_status(deployment, status, out);
        self.stage = Stage::Over;
    }
}
