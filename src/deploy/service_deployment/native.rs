//! The stages of a deployment of ECS with two target groups: `BLUE_GREEN`, `LINEAR` and `CANARY`.
//!
//! | stage | does | then waits for |
//! |---|---|---|
//! | PRE_SCALE_UP | | its hooks |
//! | SCALE_UP | creates the tasks of the new revision | all of them healthy |
//! | POST_SCALE_UP | | its hooks |
//! | TEST_TRAFFIC_SHIFT | moves test traffic | its hooks |
//! | POST_TEST_TRAFFIC_SHIFT | | its hooks |
//! | PRE_PRODUCTION_TRAFFIC_SHIFT | | its hooks, at each step |
//! | PRODUCTION_TRAFFIC_SHIFT | moves production traffic | its hooks, then the bake time of the step |
//! | POST_PRODUCTION_TRAFFIC_SHIFT | | its hooks |
//! | BAKE_TIME | | schedule |
//! | CLEAN_UP | deletes the tasks of the revision before | that none is left |
//!
//! Until CLEAN_UP whatever fails the deployment moves all traffic back at once. Rules: ECS-BG-2, ECS-BG-4, ECS-BG-6 to
//! ECS-BG-9 (docs/semantics/environment.md).

use super::{Run, Stage};
use crate::agenda::Outbox;
use crate::agenda::chance::Purpose;
use crate::agenda::event::Timer;
use crate::aws::id::TargetGroupId;
use crate::aws::message::ErrorMessage;
use crate::aws::name::{ErrorCode, Listener};
use crate::aws::service::ServiceDeploymentStage;
use crate::cloud::task_set::Scale;
use crate::cloud::{Cloud, load_balancer};
use crate::engine::time::SimDuration;
use crate::journal::fact::Fact;
use crate::scenario::fault::Role;
use crate::scenario::service::LoadBalancerKind;
use crate::scenario::service_deployment::shift::{Shift, WHOLE_MAX};

/// A stage may take so long (ECS-BG-6).
const STAGE_MAX: SimDuration = SimDuration::from_mins(24 * 60);

/// Steps that take no time at all are so far apart: an instant has no room for dozens of them. A choice of the model (ECS-BG-4).
const STEP_MIN: SimDuration = SimDuration::from_millis(1);

/// The stages, in order. There is never more than one revision to reconcile at the start.
const STAGES: [ServiceDeploymentStage; 10] = [
    ServiceDeploymentStage::PreScaleUp,
    ServiceDeploymentStage::ScaleUp,
    ServiceDeploymentStage::PostScaleUp,
    ServiceDeploymentStage::TestTrafficShift,
    ServiceDeploymentStage::PostTestTrafficShift,
    ServiceDeploymentStage::PreProductionTrafficShift,
    ServiceDeploymentStage::ProductionTrafficShift,
    ServiceDeploymentStage::PostProductionTrafficShift,
    ServiceDeploymentStage::BakeTime,
    ServiceDeploymentStage::CleanUp,
];

/// How far it has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Native {
    pub stage: ServiceDeploymentStage,
    /// The step of production traffic that is next, or under way.
    step: u32,
    /// What the stage waits for.
    waits_for: Wait,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wait {
    /// The load balancer's API.
    Update,
    /// Hooks.
    Hooks,
    /// Tasks that become healthy, or go.
    Tasks,
    /// Time.
    Bake,
}

impl<'s> Run<'s> {
    /// The first stage begins; beside the limit of each the whole has one.
    pub(super) fn begin_stages(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        out.schedule(WHOLE_MAX, self.timer(Timer::Unsteady));
        self.begin_stage(STAGES[0], 0, cloud, out);
    }

    /// The target group of the revision that is brought.
    fn new_group(&self, cloud: &Cloud<'s>) -> TargetGroupId {
        cloud.task_sets()[self.old.index()].target_group.other()
    }

    fn shift(&self) -> Shift {
        self.own.shift.expect("it has stages because it moves traffic")
    }

    fn begin_stage(
        &mut self,
        stage: ServiceDeploymentStage,
        step: u32,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) {
        out.follow(Fact::ServiceDeploymentStageStarted { deployment: self.number, stage });
        out.schedule(STAGE_MAX, self.timer(Timer::Timeout));
        let wait = |waits_for| Stage::At(Native { stage, step, waits_for });
        match stage {
            ServiceDeploymentStage::ScaleUp => {
                self.stage = wait(Wait::Tasks);
                self.scale_up(cloud, out);
            }
            ServiceDeploymentStage::TestTrafficShift
            | ServiceDeploymentStage::ProductionTrafficShift => {
                self.stage = wait(Wait::Update);
                let update = self.update(stage, step, out);
                out.schedule(update, self.timer(Timer::Schedule));
            }
            ServiceDeploymentStage::BakeTime => {
                self.stage = wait(Wait::Bake);
                out.schedule(self.own.bake_time, self.timer(Timer::Schedule));
            }
            ServiceDeploymentStage::CleanUp => {
                self.stage = wait(Wait::Tasks);
                out.cancel(self.timer(Timer::AlarmPoll));
                cloud.delete_task_set(self.old, out);
            }
            _ => {
                self.stage = wait(Wait::Hooks);
                self.begin_hooks(Native { stage, step, waits_for: Wait::Hooks }, cloud, out);
            }
        }
    }

    /// The tasks of the new revision, behind the other target group: as many as the service wants (ECS-BG-2).
    fn scale_up(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        if let Some(refusal) = cloud.task_set_refusal() {
            return self.end(ErrorCode::EcsUpdateError, refusal, true, cloud, out);
        }
        let group = self.new_group(cloud);
        let runs = (Role::Replacement, self.brings);
        self.new = cloud.create_task_set(self.number, runs, group, Scale::FULL, out);
    }

    /// How long the load balancer's API takes; behind a Network Load Balancer a shift takes minutes more (ECS-BG-7). Steps that
    /// follow each other without a bake time are [`STEP_MIN`] apart.
    fn update(
        &self,
        stage: ServiceDeploymentStage,
        step: u32,
        out: &mut Outbox<'_>,
    ) -> SimDuration {
        let assumptions = &self.scenario.assumptions;
        let is_production = stage == ServiceDeploymentStage::ProductionTrafficShift;
        let shift = if is_production { 1 + u64::from(step) } else { 0 };
        let index = (u64::from(self.request) << 16) + shift;
        let mut update = out.draw(&assumptions.listener_update, Purpose::ServiceShift, index, 0);
        if step > 0 && self.shift().step_bake_time.is_zero() {
            update = update.max(STEP_MIN);
        }
        match self.scenario.balancer().kind {
            LoadBalancerKind::Application => update,
            LoadBalancerKind::Network => {
                update + out.draw(&assumptions.nlb_shift, Purpose::ServiceShift, index, 1)
            }
        }
    }

    /// Tasks have become healthy, or are gone.
    pub(super) fn on_native_news(
        &mut self,
        at: Native,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) {
        if at.waits_for != Wait::Tasks {
            return;
        }
        match at.stage {
            ServiceDeploymentStage::CleanUp if cloud.task_sets()[self.old.index()].deleted => {
                self.cancel_limits(out);
                self.succeed(out);
            }
            ServiceDeploymentStage::ScaleUp if self.new != self.old => {
                let new = &cloud.task_sets()[self.new.index()];
                if new.is_steady() && !new.is_mislabelled() {
                    self.begin_next_stage(at, cloud, out);
                }
            }
            _ => {}
        }
    }

    /// The API has answered, or a bake time is over.
    pub(super) fn on_native_due(
        &mut self,
        at: Native,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) {
        match (at.waits_for, at.stage) {
            (Wait::Update, stage) => {
                if cloud.refuses_listener_update() {
                    let code = ErrorCode::ElasticLoadBalancingInvalid;
                    return self.end(code, ErrorMessage::ElbRefused, true, cloud, out);
                }
                let group = self.new_group(cloud);
                if stage == ServiceDeploymentStage::ProductionTrafficShift {
                    let share = self.shift().share(at.step).expect("a step is left");
                    let weights = load_balancer::split_finely(group, share);
                    cloud.modify_listener(Listener::Production, weights, [true; 2], out);
                } else if self.scenario.has_test_listener() {
                    let weights = load_balancer::all_to(group);
                    cloud.modify_listener(Listener::Test, weights, [true; 2], out);
                }
                let at = Native { waits_for: Wait::Hooks, ..at };
                self.stage = Stage::At(at);
                self.begin_hooks(at, cloud, out);
            }
            (_, ServiceDeploymentStage::ProductionTrafficShift) => {
                let before = ServiceDeploymentStage::PreProductionTrafficShift;
                self.begin_stage(before, at.step + 1, cloud, out);
            }
            _ => self.begin_next_stage(at, cloud, out),
        }
    }

    /// Every hook of the stage lets it pass. After a step that is not the last its bake time follows (ECS-BG-4).
    pub(super) fn pass_hooks(&mut self, at: Native, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        let is_shift = at.stage == ServiceDeploymentStage::ProductionTrafficShift;
        if is_shift && self.shift().share(at.step + 1).is_some() {
            self.stage = Stage::At(Native { waits_for: Wait::Bake, ..at });
            return out.schedule(self.shift().step_bake_time, self.timer(Timer::Schedule));
        }
        if is_shift {
            cloud.update_service_primary_task_set(self.new, out);
        }
        self.begin_next_stage(at, cloud, out);
    }

    fn begin_next_stage(&mut self, at: Native, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        let position = STAGES.iter().position(|stage| *stage == at.stage);
        let next = position.expect("it is at one of them") + 1;
        self.begin_stage(STAGES[next], at.step, cloud, out);
    }

    /// A stage, or the whole, has taken longer than it may (ECS-BG-6).
    pub(super) fn on_stage_timeout(
        &mut self,
        timer: Timer,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) {
        let limit = if timer == Timer::Timeout { STAGE_MAX } else { WHOLE_MAX };
        let minutes = u32::try_from(limit.as_millis() / 60_000).expect("a month at most");
        let message = ErrorMessage::StageTooLong { minutes };
        self.end(ErrorCode::Timeout, message, true, cloud, out);
    }

    fn cancel_limits(&self, out: &mut Outbox<'_>) {
        for timer in [Timer::Timeout, Timer::Unsteady] {
            out.cancel(self.timer(timer));
        }
    }

    /// All traffic goes back at once, then the tasks of the new revision go (ECS-BG-9).
    pub(super) fn move_back(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        let group = self.new_group(cloud).other();
        let weights = load_balancer::all_to(group);
        let cause = out.cause();
        cloud.modify_listener(Listener::Production, weights, [true; 2], out);
        out.because(cause);
        if self.scenario.has_test_listener() {
            cloud.modify_listener(Listener::Test, weights, [true; 2], out);
            out.because(cause);
        }
        cloud.update_service_primary_task_set(self.old, out);
        let is_created = self.new != self.old;
        if is_created {
            cloud.delete_task_set(self.new, out);
        }
        // What is brought now is the revision before, and what goes is the new one.
        std::mem::swap(&mut self.new, &mut self.old);
        if !is_created {
            self.succeed(out);
        }
    }
}
