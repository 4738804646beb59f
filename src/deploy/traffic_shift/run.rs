//! The course of one deployment: its lifecycle events, one shift of traffic. On ECS it brings a second task set and has
//! eight events, on Lambda it moves an alias and has three.
//!
//! | stage | waits for | then |
//! |---|---|---|
//! | Created | schedule | InProgress, gap |
//! | Gap | schedule | the next event begins |
//! | Idle | schedule | the event, which does nothing, succeeds |
//! | Hook | the answer, or its timeout | the event succeeds, or the deployment fails |
//! | Installing | the replacement steady, or its timeout | Install succeeds, or the deployment fails |
//! | Updating | schedule: the API has answered | the listener is changed |
//! | Shifting | schedule: the next increment | the listener is updated |
//! | ReadyWait | `ContinueDeployment`, or its timeout | gap, or the deployment stops |
//! | TerminationWait | schedule, or `ContinueDeployment` | the original is deleted, the deployment succeeds |
//! | Restoring | schedule | weights are put back |
//! | RollingBack | schedule | the rollback deployment succeeds |
//!
//! From `Install` to the end of the shift, a scaling event starts the five-minute rule beside it; from its start to its
//! end it looks at its alarms.
//!
//! Rules: CD-SM-2 to CD-SM-4, CD-LE-1 to CD-LE-4, CD-ECS-20, CD-ECS-25, CD-ECS-26, CD-ECS-30 to CD-ECS-33,
//! CD-ECS-40, CD-ECS-60 to CD-ECS-65, CD-ECS-70 to CD-ECS-73, CD-LAM-2 to CD-LAM-4, CD-TRAF-1 to CD-TRAF-5, CD-RB-1 to CD-RB-6,
//! U-33 to U-35 (docs/semantics/codedeploy.md).

use super::ecs::{self, TaskSets};
use crate::agenda::Outbox;
use crate::agenda::chance::Purpose;
use crate::agenda::event::{Event, Timer};
use crate::aws::call::{ApiException, DeploymentWaitType, ServiceStatus};
use crate::aws::id::DeploymentNumber;
use crate::aws::message::ErrorMessage;
use crate::aws::name::{DeploymentStatus, ErrorCode, HookAnswer, LifecycleEvent};
use crate::cloud::Cloud;
use crate::deploy::alarm_poll::is_alarm_news;
use crate::deploy::deployment_group::{
    Asked, Course, create_deployment, draw_candidate, set_status,
};
use crate::deploy::lifecycle::Lifecycle;
use crate::engine::distribution::Distribution;
use crate::engine::time::{SimDuration, SimTime};
use crate::journal::fact::Fact;
use crate::scenario::Scenario;
use crate::scenario::deployment::Deployment;
use crate::scenario::function::Versions;

/// Positions among the uniforms of a lifecycle event; later updates of its listener follow the first.
const GAP_DRAW: u32 = 0;
pub(super) const LASTING_DRAW: u32 = 1;
/// Where the deployment stands; the module's header has the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Created,
    Gap,
    Idle,
    Hook,
    Installing,
    Updating,
    Shifting { increment: u32 },
    ReadyWait,
    TerminationWait,
    Restoring,
    RollingBack,
    Over,
}

/// What a deployment moves traffic between.
#[derive(Clone, Copy, Debug)]
pub(super) enum Target {
    /// Two task sets.
    Ecs(TaskSets),
    /// Two versions behind an alias.
    Lambda(Versions),
}

/// One deployment, and the rollback that may follow it.
#[derive(Clone, Debug)]
pub struct Run<'s> {
    pub(super) scenario: &'s Scenario,
    /// What was asked for, and its position in the scenario.
    pub(super) plan: &'s Deployment,
    pub(super) request: u8,
    /// When it was asked for, and when work on it began.
    pub(super) created: SimTime,
    pub(super) started: SimTime,
    /// The deployment, or its rollback once that has begun.
    pub(super) number: DeploymentNumber,
    pub(super) stage: Stage,
    pub(super) lifecycle: Lifecycle,
    /// The candidate that is deployed.
    pub(super) candidate: u8,
    /// What its platform calls original and replacement.
    pub(super) target: Target,
    /// When `AllowTraffic` began: the schedule counts from there.
    pub(super) shift_began: SimTime,
    /// What the hook function will answer.
    pub(super) answer: HookAnswer,
    /// Whether the ready wait is over.
    continued: bool,
    /// Somebody has asked to stop it while a hook function runs, and whether it then rolls back.
    pub(super) stop_requested: Option<bool>,
}

impl<'s> Course<'s> for Run<'s> {
    fn create(
        Asked { scenario, request, number }: Asked<'s>,
        _spare: Option<Run<'s>>,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) -> Run<'s> {
        let plan = &scenario.deployments[request as usize];
        let candidate = draw_candidate(scenario, request, out);
        create_deployment(number, plan.creator, None, out);
        let bad = scenario.candidates[candidate as usize].bad;
        let (target, events): (_, &[LifecycleEvent]) = match plan.versions {
            None => (Target::Ecs(TaskSets::found(cloud)), ecs::events(scenario)),
            Some(versions) => {
                cloud.publish_version(versions.target, &scenario.candidates[candidate as usize]);
                (Target::Lambda(versions), &LifecycleEvent::ON_LAMBDA)
            }
        };
        out.record(Fact::ReplacementDrawn { deployment: number, candidate, bad });
        let run = Run {
            scenario,
            plan,
            request,
            created: out.now(),
            started: out.now(),
            number,
            stage: Stage::Created,
            lifecycle: Lifecycle::new(number, events),
            candidate,
            target,
            shift_began: SimTime::ZERO,
            answer: HookAnswer::Succeeded,
            continued: false,
            stop_requested: None,
        };
        run.schedule(scenario.assumptions.created_to_in_progress, out);
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
            Fact::TaskSetStabilityChanged { .. }
                | Fact::HookAnswered { .. }
                | Fact::ServiceDesiredCountUpdated { .. }
                | Fact::ServiceStatusChanged { status: ServiceStatus::Draining }
        ) || is_alarm_news(fact)
    }

    fn on_fact(&mut self, fact: Fact, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        match fact {
            Fact::HookAnswered { answer, .. } if self.stage == Stage::Hook => {
                self.on_hook_answered(answer, cloud, out);
            }
            Fact::TaskSetStabilityChanged { task_set, stability } => {
                self.on_stability(task_set, stability, cloud, out);
            }
            // Nobody asks ECS for anything while a deployment is `Ready`, from where it cannot fail (CD-SM-2).
            Fact::ServiceStatusChanged { .. } if self.stage != Stage::ReadyWait => {
                self.lose_service(cloud, out);
            }
            Fact::ServiceDesiredCountUpdated { .. } => self.on_scaling_event(cloud, out),
            Fact::AlarmStateChanged { alarm, .. } => self.on_alarm_news(Some(alarm), cloud, out),
            Fact::FaultBegan { .. } | Fact::FaultEnded { .. } => {
                self.on_alarm_news(None, cloud, out)
            }
            _ => {}
        }
    }

    fn on_due(&mut self, timer: Timer, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        match timer {
            Timer::HookAnswer => self.on_hook_answer(out),
            Timer::Timeout => self.on_timeout(cloud, out),
            Timer::Schedule => self.on_schedule(cloud, out),
            Timer::Scaling => {
                let minutes = minutes(self.scenario.assumptions.scaling_grace);
                let message = ErrorMessage::NotSteadyAfterScaling { minutes };
                self.fail(ErrorCode::CustomerApplicationUnhealthy, message, cloud, out);
            }
            Timer::Unsteady => {
                let limit = self.scenario.assumptions.unsteady_during_shift;
                let minutes = minutes(limit.expect("it is armed because there is a limit"));
                let message = ErrorMessage::NotSteadyDuringShift { minutes };
                self.fail(ErrorCode::CustomerApplicationUnhealthy, message, cloud, out);
            }
            Timer::AlarmPoll => {
                self.poll_alarms(cloud, out);
            }
        }
    }

    fn end_wait(
        &mut self,
        wait: DeploymentWaitType,
        out: &mut Outbox<'_>,
    ) -> Result<(), ApiException> {
        self.on_continue(wait, out)
    }

    fn answer_hook(
        &mut self,
        answer: HookAnswer,
        out: &mut Outbox<'_>,
    ) -> Result<(), ApiException> {
        self.on_answer(answer, out)
    }

    fn on_stop(
        &mut self,
        auto_rollback_enabled: Option<bool>,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) {
        self.on_stop_request(auto_rollback_enabled, cloud, out);
    }
}

impl<'s> Run<'s> {
    // ---- timers: what the deployment waits for -----------------------------------------------------

    pub(super) fn schedule(&self, delay: SimDuration, out: &mut Outbox<'_>) {
        out.schedule(delay, self.timer(Timer::Schedule));
    }

    pub(super) const fn timer(&self, timer: Timer) -> Event {
        Event::Deployment(self.number, timer)
    }

    fn on_schedule(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        match self.stage {
            Stage::Created => self.start(cloud, out),
            Stage::Gap => self.begin_event(cloud, out),
            Stage::Idle => self.succeed_event(out),
            Stage::Updating => self.update_test_listener(cloud, out),
            Stage::Shifting { increment } => self.apply_increment(increment, cloud, out),
            Stage::TerminationWait => self.terminate_original(cloud, out),
            Stage::Restoring => self.restore(cloud, out),
            Stage::RollingBack => self.finish_rollback(out),
            Stage::Hook | Stage::Installing | Stage::ReadyWait | Stage::Over => {
                unreachable!("{:?} has no schedule", self.stage)
            }
        }
    }

    fn on_timeout(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        let (code, stopped) = (ErrorCode::Timeout, DeploymentStatus::Stopped);
        match self.stage {
            Stage::Hook => match self.stop_requested {
                Some(rolls_back) => self.stop(rolls_back, cloud, out),
                None => self.fail(code, ErrorMessage::NoStatusCallback, cloud, out),
            },
            Stage::Installing => {
                let minutes = minutes(self.scenario.assumptions.install_timeout);
                self.fail(code, ErrorMessage::ReplacementNotHealthy { minutes }, cloud, out);
            }
            Stage::ReadyWait => {
                let limit = self.plan.ready_wait.expect("it waits because it was told to");
                let message = ErrorMessage::NotContinued { minutes: minutes(limit) };
                let rolls_back = self.plan.auto_rollback.on_request;
                self.end(stopped, code, message, rolls_back, cloud, out);
            }
            _ => unreachable!("{:?} has no timeout", self.stage),
        }
    }

    // ---- lifecycle events --------------------------------------------------------------------------

    /// Work begins: no alarm may be active (CD-ALM-3), and production traffic must go where the original is (CD-ECS-20,
    /// CD-LAM-10).
    fn start(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        set_status(self.number, DeploymentStatus::InProgress, out);
        self.started = out.now();
        if !cloud.is_service_active() {
            return self.lose_service(cloud, out);
        }
        if !self.poll_alarms(cloud, out) {
            return;
        }
        let is_sound = match self.target {
            Target::Ecs(sets) => self.check_listener(sets, cloud, out),
            Target::Lambda(versions) => self.check_alias(versions, cloud, out),
        };
        if is_sound {
            self.go_on(out);
        }
    }

    /// The gap before the next event, the waits between events, or the end.
    pub(super) fn go_on(&mut self, out: &mut Outbox<'_>) {
        let Some(event) = self.lifecycle.next() else {
            return match self.target {
                Target::Ecs(_) => self.begin_termination_wait(out),
                Target::Lambda(_) => self.finish(out),
            };
        };
        if event == LifecycleEvent::BeforeAllowTraffic && !self.continued {
            self.continued = true;
            if let Some(wait) = self.plan.ready_wait {
                set_status(self.number, DeploymentStatus::Ready, out);
                out.cancel(self.timer(Timer::Scaling));
                self.stage = Stage::ReadyWait;
                return out.schedule(wait, self.timer(Timer::Timeout));
            }
        }
        self.stage = Stage::Gap;
        let assumed = &self.scenario.assumptions.inter_event_gap;
        let gap = self.plan.pace[event as usize].gap.as_ref().unwrap_or(assumed);
        self.schedule(self.draw_for(event, gap, GAP_DRAW, out), out);
    }

    fn begin_event(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        if !cloud.is_service_active() {
            return self.lose_service(cloud, out);
        }
        let event = self.lifecycle.begin_next(out);
        match event {
            LifecycleEvent::Install => self.install(cloud, out),
            LifecycleEvent::AllowTestTraffic => {
                self.stage = Stage::Updating;
                self.schedule(self.update(event, 0, out), out);
            }
            LifecycleEvent::AllowTraffic => {
                self.shift_began = out.now();
                self.stage = Stage::Shifting { increment: 0 };
                self.schedule(self.update(event, 0, out), out);
                self.watch_replacement(cloud, out);
            }
            LifecycleEvent::BeforeInstall
            | LifecycleEvent::AfterInstall
            | LifecycleEvent::AfterAllowTestTraffic
            | LifecycleEvent::BeforeAllowTraffic
            | LifecycleEvent::AfterAllowTraffic => self.begin_hook(event, cloud, out),
        }
    }

    pub(super) fn succeed_event(&mut self, out: &mut Outbox<'_>) {
        out.cancel(self.timer(Timer::Timeout));
        self.lifecycle.succeed(out);
        self.go_on(out);
    }

    // ---- chance ------------------------------------------------------------------------------------

    /// The block of draws of a lifecycle event of the deployment.
    pub(super) fn event_index(&self, event: LifecycleEvent) -> u64 {
        8 * u64::from(self.request) + event as u64
    }

    /// A length of time of a lifecycle event.
    pub(super) fn draw_for(
        &self,
        event: LifecycleEvent,
        distribution: &Distribution,
        draw: u32,
        out: &mut Outbox<'_>,
    ) -> SimDuration {
        out.draw(distribution, Purpose::LifecycleEvent, self.event_index(event), draw)
    }
}

/// A limit in whole minutes, for a message.
fn minutes(limit: SimDuration) -> u32 {
    u32::try_from(limit.as_millis().div_ceil(60_000)).expect("a duration has ten years at most")
}
