//! How the deployment ends: well, after the termination wait; badly, with or without a rollback.
//!
//! Rules: CD-SM-4, CD-SM-6, CD-ECS-70, CD-LE-2, CD-RB-1 to CD-RB-6, CD-RB-14.

use super::traffic::forward_all;
use super::{DEPLOYMENT, EcsBlueGreen, ORIGINAL, ROLLBACK, Stage, create_deployment, set_status};
use crate::agenda::Outbox;
use crate::agenda::event::{Event, Timer};
use crate::aws::message::ErrorMessage;
use crate::aws::name::{DeploymentCreator, DeploymentStatus, ErrorCode, LifecycleEvent};
use crate::cloud::{Cloud, load_balancer};
use crate::engine::time::SimDuration;
use crate::journal::fact::{Fact, Listener};

impl<'s> EcsBlueGreen<'s> {
    /// All events have succeeded; the deployment is still `InProgress` (CD-SM-4, CD-ECS-70).
    pub(super) fn begin_termination_wait(&mut self, out: &mut Outbox<'_>) {
        self.stage = Stage::TerminationWait;
        if !self.plan().termination_wait.is_zero() {
            out.follow(Fact::TerminationWaitStarted { deployment: DEPLOYMENT });
        }
        self.schedule(self.plan().termination_wait, out);
    }

    /// The wait is over: the deployment succeeds at this instant and does not wait for the original's tasks to
    /// stop (CD-SM-4, CD-ECS-70).
    pub(super) fn terminate_original(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        cloud.delete_task_set(ORIGINAL, out);
        set_status(DEPLOYMENT, DeploymentStatus::Succeeded, out);
        self.stage = Stage::Done;
    }

    pub(super) fn fail(
        &mut self,
        code: ErrorCode,
        message: ErrorMessage,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) {
        let rolls_back = self.plan().auto_rollback.on_failure;
        self.end(DeploymentStatus::Failed, code, message, rolls_back, cloud, out);
    }

    /// The deployment ends badly: its running event fails, the later ones are skipped (CD-LE-2), and if the
    /// end is one of the configured ones a rollback deployment is created in the same instant (CD-RB-1, CD-SM-6).
    pub(super) fn end(
        &mut self,
        status: DeploymentStatus,
        code: ErrorCode,
        message: ErrorMessage,
        rolls_back: bool,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) {
        for timer in [Timer::HookAnswer, Timer::Timeout, Timer::Schedule] {
            out.cancel(Event::Deployment(DEPLOYMENT, timer));
        }
        out.follow(Fact::DeploymentErrorSet { deployment: DEPLOYMENT, code, message });
        let failed_before_install = self.lifecycle.running() == Some(LifecycleEvent::BeforeInstall);
        self.lifecycle.abort(out);
        set_status(DEPLOYMENT, status, out);
        self.stage = Stage::Done;
        if !rolls_back {
            return;
        }
        // U-6, CD-RB-14: nothing was created yet that could be rolled back.
        if failed_before_install {
            out.record(Fact::RollbackImpossible { deployment: DEPLOYMENT });
            return;
        }
        create_deployment(ROLLBACK, DeploymentCreator::CodeDeployRollback, Some(DEPLOYMENT), out);
        set_status(ROLLBACK, DeploymentStatus::InProgress, out);
        self.stage = Stage::Restoring;
        match self.scenario.assumptions.rollback_restore {
            SimDuration::ZERO => self.restore(cloud, out),
            restore => self.schedule(restore, out),
        }
    }

    /// Puts back what was: production listener, test listener, PRIMARY; the replacement drains (CD-RB-4 to
    /// CD-RB-6).
    pub(super) fn restore(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        let group = self.original_group();
        if self.scenario.attaches_idle_target_group() {
            let weights = load_balancer::all_to(group);
            cloud.modify_listener(Listener::Production, weights, [true; 2], out);
        } else {
            forward_all(Listener::Production, group, cloud, out);
        }
        if self.scenario.load_balancer.has_test_listener {
            forward_all(Listener::Test, group, cloud, out);
        }
        cloud.update_service_primary_task_set(ORIGINAL, out);
        if let Some(replacement) = self.replacement {
            cloud.delete_task_set(replacement, out);
        }
        self.stage = Stage::RollingBack;
        let assumptions = &self.scenario.assumptions;
        let rest = assumptions.rollback_duration.as_millis();
        let rest = rest.saturating_sub(assumptions.rollback_restore.as_millis());
        self.schedule(SimDuration::from_millis(rest), out);
    }

    pub(super) fn finish_rollback(&mut self, out: &mut Outbox<'_>) {
        set_status(ROLLBACK, DeploymentStatus::Succeeded, out);
        self.stage = Stage::Done;
    }
}
