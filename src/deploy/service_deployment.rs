//! Amazon ECS itself: a deployment that `UpdateService` begins, without CodeDeploy.
//!
//! | stage | waits for | then |
//! |---|---|---|
//! | RollingOut | all tasks of the new revision healthy, none of the old left | the bake time, or the end |
//! | Baking | schedule | the deployment succeeds, or |
//! | CleaningUp | nothing left of the old one, where enough of the new are healthy | the deployment succeeds |
//! | RollingBack | the same for the revision before | the rollback succeeds |
//! | At | what the stage of a deployment with two target groups waits for (`native`) | the next stage |
//!
//! Beside it failed tasks are counted and alarms are looked at (`guards`); either may fail it, and each says on its own whether
//! the revision before comes back. The way back is told as a deployment of its own, as CodeDeploy does it.
//!
//! Rules: ECS-ROLL-5, ECS-ROLL-6, ECS-ROLL-8, ECS-CB-3, ECS-CB-5, ECS-DA-1 to ECS-DA-5, ECS-BG-10 (docs/semantics/environment.md).

mod guards;
mod hooks;
mod native;

use crate::agenda::Outbox;
use crate::agenda::event::{Event, Timer};
use crate::aws::call::{ApiException, DeploymentWaitType, ServiceStatus};
use crate::aws::id::{AlarmSet, DeploymentNumber, TaskSetId};
use crate::aws::message::ErrorMessage;
use crate::aws::name::{
    DeploymentCreator, DeploymentStatus, ErrorCode, HookAnswer, StabilityStatus, TaskStatus,
};
use crate::aws::service::ServiceDeploymentStage;
use crate::cloud::Cloud;
use crate::deploy::alarm_poll::is_alarm_news;
use crate::deploy::deployment_group::{
    Asked, Course, create_deployment, draw_candidate, set_status,
};
use crate::engine::time::SimTime;
use crate::journal::fact::Fact;
use crate::scenario::Scenario;
use crate::scenario::deployment::Deployment;
use crate::scenario::fault::Role;
use crate::scenario::revision::Revision;
use crate::scenario::service_deployment::ServiceDeployment;
use hooks::StageHooks;
use native::Native;

/// Where the deployment stands; the module's header has the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    RollingOut,
    Baking,
    CleaningUp,
    RollingBack,
    At(Native),
    Over,
}

impl Stage {
    /// Whether the tasks of the revision before are being stopped, so that it cannot come back any more (ECS-BG-9).
    fn is_cleaning_up(self) -> bool {
        matches!(self, Stage::At(at) if at.stage == ServiceDeploymentStage::CleanUp)
    }
}

/// One deployment of ECS's own, and the rollback that may follow it.
#[derive(Clone, Debug)]
pub struct Run<'s> {
    scenario: &'s Scenario,
    plan: &'s Deployment,
    own: &'s ServiceDeployment,
    request: u8,
    created: SimTime,
    /// The deployment, or its rollback once that has begun.
    number: DeploymentNumber,
    stage: Stage,
    /// What is brought, and what is replaced.
    new: TaskSetId,
    old: TaskSetId,
    /// The revision that is brought.
    brings: &'s Revision,
    /// What ran before it.
    before: (Role, &'s Revision),
    /// Alarms that were in ALARM when it began: they say nothing of it (ECS-DA-2).
    ignored: AlarmSet,
    /// Whether its alarms count yet (ECS-DA-3).
    is_watched: bool,
    /// The hooks of the present stage.
    hooks: StageHooks,
}

impl<'s> Course<'s> for Run<'s> {
    const IS_OF_ECS: bool = true;

    fn create(
        Asked { scenario, request, number }: Asked<'s>,
        _spare: Option<Run<'s>>,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) -> Run<'s> {
        let plan = &scenario.deployments[request as usize];
        let own = plan.service_deployment.as_ref().expect("every deployment is one of ECS");
        let candidate = draw_candidate(scenario, request, out);
        let revision = &scenario.candidates[candidate as usize];
        create_deployment(number, DeploymentCreator::Ecs, None, out);
        out.record(Fact::ReplacementDrawn { deployment: number, candidate, bad: revision.bad });
        set_status(number, DeploymentStatus::InProgress, out);
        let primary = cloud.primary_task_set();
        let (old, before) = (primary.id, (primary.role, primary.revision));
        let mut run = Run {
            scenario,
            plan,
            own,
            request,
            created: out.now(),
            number,
            stage: Stage::RollingOut,
            new: old,
            old,
            brings: revision,
            before,
            ignored: AlarmSet::default(),
            is_watched: false,
            hooks: StageHooks::default(),
        };
        if !cloud.is_service_active() {
            run.lose_service(cloud, out);
            return run;
        }
        if own.fails_to_change_strategy {
            let message = ErrorMessage::StageHookFailed;
            run.end(ErrorCode::HookExecutionFailure, message, false, cloud, out);
            return run;
        }
        cloud.update_deployment_configuration(own);
        run.ignored = run.active(cloud);
        match own.shift {
            None => {
                run.new = cloud.update_service_revision(number, (Role::Replacement, revision), out);
            }
            Some(_) => run.begin_stages(cloud, out),
        }
        run
    }

    fn number(&self) -> DeploymentNumber {
        self.number
    }

    fn created(&self) -> SimTime {
        self.created
    }

    fn is_over(&self) -> bool {
        self.stage == Stage::Over
    }

    fn wants(fact: &Fact) -> bool {
        matches!(
            fact,
            Fact::TaskSetStabilityChanged { stability: StabilityStatus::SteadyState, .. }
                | Fact::TaskSetDeleted { .. }
                | Fact::TaskStatusChanged { status: TaskStatus::Running, .. }
                | Fact::FailedTasksCounted { .. }
                | Fact::HealthyPercentReached { .. }
                | Fact::ServiceStatusChanged { status: ServiceStatus::Draining }
        ) || is_alarm_news(fact)
    }

    fn on_fact(&mut self, fact: Fact, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        match fact {
            Fact::TaskStatusChanged { task_set, .. } if task_set == self.new => {
                let is_late = self.scenario.assumptions.alarms_after_scale_down;
                if self.new != self.old && (!is_late || self.own.shift.is_some()) {
                    self.begin_watch(cloud, out);
                }
            }
            Fact::TaskSetStabilityChanged { .. } | Fact::TaskSetDeleted { .. } => {
                match self.stage {
                    Stage::CleaningUp => self.end_bake(cloud, out),
                    Stage::At(at) => self.on_native_news(at, cloud, out),
                    _ => self.complete(cloud, out),
                }
            }
            Fact::FailedTasksCounted { task_set, failed } if task_set == self.new => {
                self.count_failures(failed, cloud, out);
            }
            Fact::HealthyPercentReached { .. } if self.stage == Stage::RollingOut => {
                self.bake(cloud, out);
            }
            Fact::ServiceStatusChanged { .. } => self.lose_service(cloud, out),
            Fact::AlarmStateChanged { alarm, .. } => self.on_alarm_news(Some(alarm), cloud, out),
            Fact::FaultBegan { .. } | Fact::FaultEnded { .. } => {
                self.on_alarm_news(None, cloud, out);
            }
            _ => {}
        }
    }

    fn on_due(&mut self, timer: Timer, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        match (timer, self.stage) {
            (Timer::AlarmPoll, _) => self.look_at_alarms(cloud, out),
            (Timer::Schedule, Stage::Baking) => self.end_bake(cloud, out),
            (Timer::Schedule, Stage::At(at)) => self.on_native_due(at, cloud, out),
            (Timer::Schedule, Stage::RollingOut | Stage::RollingBack) => self.complete(cloud, out),
            (Timer::HookAnswer, Stage::At(at)) => self.on_hooks_due(at, cloud, out),
            (Timer::Timeout | Timer::Unsteady, Stage::At(_)) => {
                self.on_stage_timeout(timer, cloud, out)
            }
            _ => unreachable!("{:?} has no {timer:?}", self.stage),
        }
    }

    fn end_wait(
        &mut self,
        _wait: DeploymentWaitType,
        _out: &mut Outbox<'_>,
    ) -> Result<(), ApiException> {
        Err(ApiException::ServiceDeploymentNotFound)
    }

    fn answer_hook(
        &mut self,
        answer: HookAnswer,
        out: &mut Outbox<'_>,
    ) -> Result<(), ApiException> {
        match self.stage {
            Stage::At(_) => self.answer_pause(answer, out),
            _ => Err(ApiException::ServiceDeploymentNotFound),
        }
    }

    fn on_stop(
        &mut self,
        auto_rollback_enabled: Option<bool>,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) {
        let rolls_back = auto_rollback_enabled.unwrap_or(true);
        self.end(ErrorCode::ManualStop, ErrorMessage::StoppedByRequest, rolls_back, cloud, out);
    }
}

impl<'s> Run<'s> {
    const fn timer(&self, timer: Timer) -> Event {
        Event::Deployment(self.number, timer)
    }

    // ---- how it goes on ----------------------------------------------------------------------------

    /// All of the new revision are healthy, and nothing is left of the old one (ECS-ROLL-6).
    fn complete(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        let [new, old] = [self.new, self.old].map(|set| &cloud.task_sets()[set.index()]);
        let is_rolled_out =
            old.deleted && new.is_steady() && new.stability == StabilityStatus::SteadyState;
        if !is_rolled_out {
            // It will be labelled anew at this instant, unless what is missing comes before that: then nobody is told.
            if new.is_mislabelled() {
                out.schedule_now(self.timer(Timer::Schedule));
            }
            return;
        }
        match self.stage {
            Stage::RollingBack => self.succeed(out),
            Stage::RollingOut => self.bake(cloud, out),
            Stage::Baking | Stage::CleaningUp | Stage::At(_) | Stage::Over => {}
        }
    }

    /// As many of the new revision are healthy as there have to be: its alarms are watched for a while more.
    fn bake(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        self.begin_watch(cloud, out);
        // Its alarms may have failed it at this instant.
        if self.stage == Stage::RollingOut {
            self.stage = Stage::Baking;
            out.schedule(self.own.bake_time, self.timer(Timer::Schedule));
        }
    }

    /// It succeeds, unless it waits for the old revision to be gone (ECS-ROLL-8).
    fn end_bake(&mut self, cloud: &Cloud<'s>, out: &mut Outbox<'_>) {
        let waits = self.own.early_success.is_some_and(|early| early.waits_for_cleanup);
        if waits && !cloud.task_sets()[self.old.index()].deleted {
            self.stage = Stage::CleaningUp;
        } else {
            self.succeed(out);
        }
    }

    fn succeed(&mut self, out: &mut Outbox<'_>) {
        for timer in [Timer::AlarmPoll, Timer::Schedule] {
            out.cancel(self.timer(timer));
        }
        self.stage = Stage::Over;
        set_status(self.number, DeploymentStatus::Succeeded, out);
    }

    // ---- how it ends badly -------------------------------------------------------------------------

    /// It starts no more tasks (ECS-ROLL-5); the revision before comes back if whatever ended it says so, if there is one
    /// that was ever completed (ECS-CB-5), and before it is cleaned up (ECS-BG-9). A rollback that fails stays where it is
    /// (ECS-BG-10).
    fn end(
        &mut self,
        code: ErrorCode,
        message: ErrorMessage,
        rolls_back: bool,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) {
        let deployment = self.number;
        for timer in Timer::ALL {
            out.cancel(self.timer(timer));
        }
        out.follow(Fact::DeploymentErrorSet { deployment, code, message });
        let status = match code {
            ErrorCode::ManualStop => DeploymentStatus::Stopped,
            _ => DeploymentStatus::Failed,
        };
        set_status(deployment, status, out);
        let reached = std::mem::replace(&mut self.stage, Stage::Over);
        if rolls_back && reached != Stage::RollingBack && cloud.is_service_active() {
            if self.own.has_completed_revision && !reached.is_cleaning_up() {
                return self.roll_back(reached, cloud, out);
            }
            out.record(Fact::RollbackImpossible { deployment });
        }
        cloud.fail_update(out);
    }

    /// The service was deleted: nothing is deployed to it any more, and nothing comes back (ECS-SVC-1).
    fn lose_service(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        let message = ErrorMessage::ServiceNotActive;
        self.end(ErrorCode::EcsUpdateError, message, false, cloud, out);
    }

    fn roll_back(&mut self, reached: Stage, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        let parent = self.number;
        self.number = DeploymentNumber(parent.0 + 1);
        self.stage = Stage::RollingBack;
        create_deployment(self.number, DeploymentCreator::EcsRollback, Some(parent), out);
        set_status(self.number, DeploymentStatus::InProgress, out);
        if let Stage::At(_) = reached {
            return self.move_back(cloud, out);
        }
        self.old = self.new;
        self.new = match cloud.turn_update_back(out) {
            Some(left) => left,
            // Nothing is left of it.
            None => cloud.update_service_revision(self.number, self.before, out),
        };
        cloud.go_back();
    }
}
