//! How a deployment ends: well, after the termination wait; badly, with or without a rollback.
//!
//! Rules: CD-SM-4, CD-SM-6, CD-ECS-70, CD-LE-2, CD-RB-1 to CD-RB-6, CD-RB-9, CD-RB-14, CD-STOP-3.

use super::run::{Run, Stage, create_deployment, set_status};
use super::traffic::forward_all;
use crate::agenda::Outbox;
use crate::agenda::event::Timer;
use crate::aws::id::DeploymentNumber;
use crate::aws::message::ErrorMessage;
use crate::aws::name::{DeploymentCreator, DeploymentStatus, ErrorCode, LifecycleEvent, Listener};
use crate::cloud::{Cloud, load_balancer};
use crate::engine::time::SimDuration;
use crate::journal::fact::Fact;

impl<'s> Run<'s> {
    /// All events have succeeded; the deployment is still `InProgress` (CD-SM-4, CD-ECS-70). Nothing scales
    /// against the clock any more (CD-ECS-40).
    pub(super) fn begin_termination_wait(&mut self, out: &mut Outbox<'_>) {
        self.stage = Stage::TerminationWait;
        out.cancel(self.timer(Timer::Scaling));
        if !self.plan.termination_wait.is_zero() {
            out.follow(Fact::TerminationWaitStarted { deployment: self.number });
        }
        self.schedule(self.plan.termination_wait, out);
    }

    /// The wait is over: the deployment succeeds at this instant and does not wait for the original's tasks to
    /// stop (CD-SM-4, CD-ECS-70).
    pub(super) fn terminate_original(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        cloud.delete_task_set(self.original, out);
        out.cancel(self.timer(Timer::AlarmPoll));
        set_status(self.number, DeploymentStatus::Succeeded, out);
        self.stage = Stage::Over;
    }

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

    /// The service was deleted: no call to ECS is answered any more, and no rollback can succeed (ECS-SVC-1, U-36).
    pub(super) fn lose_service(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        let (code, message) = (ErrorCode::EcsUpdateError, ErrorMessage::ServiceNotActive);
        self.fail(code, message, cloud, out);
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
        create_deployment(self.number, DeploymentCreator::CodeDeployRollback, Some(parent), out);
        set_status(self.number, DeploymentStatus::InProgress, out);
        self.stage = Stage::Restoring;
        match self.scenario.assumptions.rollback_restore {
            SimDuration::ZERO => self.restore(cloud, out),
            restore => self.schedule(restore, out),
        }
    }

    /// Puts back what was: production listener, test listener, PRIMARY; the replacement drains (CD-RB-4 to
    /// CD-RB-6).
    pub(super) fn restore(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        if !cloud.is_service_active() {
            return self.lose_service(cloud, out);
        }
        if cloud.refuses_listener_update() && self.has_moved_traffic(cloud) {
            let (code, message) =
                (ErrorCode::ElasticLoadBalancingInvalid, ErrorMessage::ElbRefused);
            return self.end(DeploymentStatus::Failed, code, message, false, cloud, out);
        }
        let group = self.original_group();
        if self.scenario.attaches_idle_target_group(self.plan) {
            let weights = load_balancer::all_to(group);
            cloud.modify_listener(Listener::Production, weights, [true; 2], out);
        } else {
            forward_all(Listener::Production, group, cloud, out);
        }
        if self.scenario.load_balancer().has_test_listener {
            forward_all(Listener::Test, group, cloud, out);
        }
        cloud.update_service_primary_task_set(self.original, out);
        if let Some(replacement) = self.replacement {
            cloud.delete_task_set(replacement, out);
        }
        self.stage = Stage::RollingBack;
        let assumptions = &self.scenario.assumptions;
        let rest = assumptions.rollback_duration.as_millis();
        let rest = rest.saturating_sub(assumptions.rollback_restore.as_millis());
        self.schedule(SimDuration::from_millis(rest), out);
    }

    /// Whether a listener does not forward everything to the original any more.
    fn has_moved_traffic(&self, cloud: &Cloud<'_>) -> bool {
        let other = self.replacement_group().index();
        let moved = |listener| cloud.listener(listener).weights[other] > 0;
        moved(Listener::Production) || moved(Listener::Test)
    }

    pub(super) fn finish_rollback(&mut self, out: &mut Outbox<'_>) {
        set_status(self.number, DeploymentStatus::Succeeded, out);
        self.stage = Stage::Over;
    }
}
