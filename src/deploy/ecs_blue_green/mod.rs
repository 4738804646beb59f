//! CodeDeploy on Amazon ECS: two task sets, eight lifecycle events, one shift of traffic.
//!
//! Not the cloud that it acts on (`cloud`), nor the schedule's rule (`scenario::traffic_routing`).
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
//! | ReadyWait | its timeout | the deployment stops |
//! | TerminationWait | schedule | the original is deleted, the deployment succeeds |
//! | Restoring | schedule | weights are put back |
//! | RollingBack | schedule | the rollback deployment succeeds |
//!
//! Rules: CD-SM-2 to CD-SM-4, CD-LE-1 to CD-LE-4, CD-ECS-25, CD-ECS-30 to CD-ECS-33, CD-ECS-60 to CD-ECS-65,
//! CD-ECS-70, CD-ECS-71, CD-TRAF-1 to CD-TRAF-5, CD-RB-1 to CD-RB-6 (docs/semantics/codedeploy.md).

mod ending;
mod traffic;

use crate::agenda::Outbox;
use crate::agenda::chance::Purpose;
use crate::agenda::event::{Event, Timer};
use crate::aws::id::{DeploymentId, DeploymentNumber, TargetGroupId, TaskSetId};
use crate::aws::message::ErrorMessage;
use crate::aws::name::{
    DeploymentCreator, DeploymentStatus, ErrorCode, HookAnswer, LifecycleEvent, StabilityStatus,
};
use crate::cloud::Cloud;
use crate::deploy::controller::{Controller, News};
use crate::deploy::lifecycle::Lifecycle;
use crate::engine::distribution::{self, Distribution};
use crate::engine::time::{SimDuration, SimTime};
use crate::journal::fact::Fact;
use crate::scenario::Scenario;
use crate::scenario::deployment::Deployment;

/// The deployment itself, and the one that rolls it back.
const DEPLOYMENT: DeploymentNumber = DeploymentNumber(0);
const ROLLBACK: DeploymentNumber = DeploymentNumber(1);
const ORIGINAL: TaskSetId = TaskSetId(0);

/// Positions among the uniforms of a lifecycle event; later updates of its listener follow the first.
const GAP_DRAW: u32 = 0;
const LASTING_DRAW: u32 = 1;
/// Positions in the block of uniforms of a hook.
const DURATION_DRAW: usize = 0;
const SILENT_DRAW: usize = 1;
const FAILS_DRAW: usize = 2;

/// Where the deployment stands; the module's header has the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
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
    Done,
}

/// The controller of one deployment on ECS.
#[derive(Clone, Debug)]
pub struct EcsBlueGreen<'s> {
    scenario: &'s Scenario,
    stage: Stage,
    lifecycle: Lifecycle,
    /// The candidate that is deployed.
    candidate: usize,
    replacement: Option<TaskSetId>,
    /// When `AllowTraffic` began: the schedule counts from there.
    shift_began: SimTime,
    /// What the hook function will answer.
    answer: HookAnswer,
    /// Whether the ready wait is over.
    continued: bool,
}

impl<'s> EcsBlueGreen<'s> {
    /// The controller of the scenario's deployment.
    pub fn new(scenario: &'s Scenario) -> EcsBlueGreen<'s> {
        EcsBlueGreen {
            scenario,
            stage: Stage::Created,
            lifecycle: Lifecycle::new(DEPLOYMENT, true),
            candidate: 0,
            replacement: None,
            shift_began: SimTime::ZERO,
            answer: HookAnswer::Succeeded,
            continued: false,
        }
    }

    fn plan(&self) -> &'s Deployment {
        &self.scenario.deployment
    }

    fn original_group(&self) -> TargetGroupId {
        self.scenario.load_balancer.original
    }

    fn replacement_group(&self) -> TargetGroupId {
        self.scenario.load_balancer.replacement()
    }

    fn has_test_events(&self) -> bool {
        self.scenario.load_balancer.has_test_listener
            || self.scenario.assumptions.test_events_without_listener
    }

    // ---- timers: what the deployment waits for -----------------------------------------------------

    fn schedule(&self, delay: SimDuration, out: &mut Outbox<'_>) {
        out.schedule(delay, Event::Deployment(DEPLOYMENT, Timer::Schedule));
    }

    fn on_schedule(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        match self.stage {
            Stage::Created => {
                set_status(DEPLOYMENT, DeploymentStatus::InProgress, out);
                self.go_on(out);
            }
            Stage::Gap => self.begin_event(cloud, out),
            Stage::Idle => self.succeed_event(out),
            Stage::Updating => self.update_test_listener(cloud, out),
            Stage::Shifting { increment } => self.apply_increment(increment, cloud, out),
            Stage::TerminationWait => self.terminate_original(cloud, out),
            Stage::Restoring => self.restore(cloud, out),
            Stage::RollingBack => self.finish_rollback(out),
            Stage::Hook | Stage::Installing | Stage::ReadyWait | Stage::Done => {
                unreachable!("{:?} has no schedule", self.stage)
            }
        }
    }

    fn on_timeout(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        let minutes = |limit: SimDuration| {
            u32::try_from(limit.as_millis().div_ceil(60_000))
                .expect("a duration has ten years at most")
        };
        let message = match self.stage {
            Stage::Hook => ErrorMessage::NoStatusCallback,
            Stage::Installing => ErrorMessage::ReplacementNotHealthy {
                minutes: minutes(self.scenario.assumptions.install_timeout),
            },
            Stage::ReadyWait => {
                let limit = self.plan().ready_wait.expect("it waits because it was told to");
                let message = ErrorMessage::NotContinued { minutes: minutes(limit) };
                let rolls_back = self.plan().auto_rollback.on_request;
                return self.end(
                    DeploymentStatus::Stopped,
                    ErrorCode::Timeout,
                    message,
                    rolls_back,
                    cloud,
                    out,
                );
            }
            _ => unreachable!("{:?} has no timeout", self.stage),
        };
        self.fail(ErrorCode::Timeout, message, cloud, out);
    }

    // ---- lifecycle events --------------------------------------------------------------------------

    /// The gap before the next event, the waits between events, or the end.
    fn go_on(&mut self, out: &mut Outbox<'_>) {
        let Some(event) = self.lifecycle.next() else {
            return self.begin_termination_wait(out);
        };
        if event == LifecycleEvent::BeforeAllowTraffic && !self.continued {
            self.continued = true;
            if let Some(wait) = self.plan().ready_wait {
                set_status(DEPLOYMENT, DeploymentStatus::Ready, out);
                self.stage = Stage::ReadyWait;
                return out.schedule(wait, Event::Deployment(DEPLOYMENT, Timer::Timeout));
            }
        }
        self.stage = Stage::Gap;
        let assumed = &self.scenario.assumptions.inter_event_gap;
        let gap = self.plan().pace[event as usize].gap.as_ref().unwrap_or(assumed);
        self.schedule(draw_for(event, gap, GAP_DRAW, out), out);
    }

    fn begin_event(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        let event = self.lifecycle.begin_next(out);
        match event {
            LifecycleEvent::Install => self.install(cloud, out),
            LifecycleEvent::AllowTestTraffic => {
                self.stage = Stage::Updating;
                self.schedule(self.listener_update(event, 0, out), out);
            }
            LifecycleEvent::AllowTraffic => {
                self.shift_began = out.now();
                self.stage = Stage::Shifting { increment: 0 };
                self.schedule(self.listener_update(event, 0, out), out);
            }
            LifecycleEvent::BeforeInstall
            | LifecycleEvent::AfterInstall
            | LifecycleEvent::AfterAllowTestTraffic
            | LifecycleEvent::BeforeAllowTraffic
            | LifecycleEvent::AfterAllowTraffic => self.begin_hook(event, out),
        }
    }

    /// Invokes the function bound to the event (CD-LE-4); without one the event does nothing (CD-LE-3).
    fn begin_hook(&mut self, event: LifecycleEvent, out: &mut Outbox<'_>) {
        let without_test_route = event == LifecycleEvent::AfterAllowTestTraffic
            && !self.scenario.load_balancer.has_test_listener;
        let Some(hook) = self.plan().hook(event).filter(|_| !without_test_route) else {
            self.stage = Stage::Idle;
            let assumed = &self.scenario.assumptions.empty_hook_duration;
            let duration = self.plan().pace[event as usize].duration.as_ref().unwrap_or(assumed);
            return self.schedule(draw_for(event, duration, LASTING_DRAW, out), out);
        };
        self.stage = Stage::Hook;
        out.follow(Fact::HookInvoked { deployment: DEPLOYMENT, event });
        let draws = out.chance().at(Purpose::Hook, event_index(event));
        let fails = hook.fails.happens(draws.uniform(FAILS_DRAW));
        self.answer = if fails { HookAnswer::Failed } else { HookAnswer::Succeeded };
        if !hook.silent.happens(draws.uniform(SILENT_DRAW)) {
            let duration = hook.duration.duration(draws.uniform(DURATION_DRAW));
            out.schedule(duration, Event::Deployment(DEPLOYMENT, Timer::HookAnswer));
        }
        let limit = self.scenario.assumptions.hook_timeout;
        out.schedule(limit, Event::Deployment(DEPLOYMENT, Timer::Timeout));
    }

    /// The function calls `PutLifecycleEventHookExecutionStatus`.
    fn on_hook_answer(&self, out: &mut Outbox<'_>) {
        let event = self.lifecycle.running().expect("the hook's event is running");
        out.record(Fact::HookAnswered { deployment: DEPLOYMENT, event, answer: self.answer });
    }

    /// Creates the replacement task set on the other target group (CD-ECS-25, CD-ECS-30) and waits for it to be
    /// steady, an hour at most (CD-ECS-31).
    fn install(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        self.stage = Stage::Installing;
        let limit = self.scenario.assumptions.install_timeout;
        out.schedule(limit, Event::Deployment(DEPLOYMENT, Timer::Timeout));
        let revision = &self.scenario.candidates[self.candidate];
        let group = self.replacement_group();
        self.replacement = Some(cloud.create_task_set(DEPLOYMENT, revision, group, out));
    }

    fn succeed_event(&mut self, out: &mut Outbox<'_>) {
        out.cancel(Event::Deployment(DEPLOYMENT, Timer::Timeout));
        self.lifecycle.succeed(out);
        self.go_on(out);
    }
}

impl<'s> Controller<'s> for EcsBlueGreen<'s> {
    fn reset(&mut self) {
        *self = EcsBlueGreen::new(self.scenario);
    }

    fn begin(&mut self, _cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        self.lifecycle = Lifecycle::new(DEPLOYMENT, self.has_test_events());
        self.candidate = draw_candidate(self.scenario, out);
        create_deployment(DEPLOYMENT, DeploymentCreator::User, None, out);
        let candidate = u8::try_from(self.candidate).expect("candidates are limited");
        let bad = self.scenario.candidates[self.candidate].bad;
        out.record(Fact::ReplacementDrawn { deployment: DEPLOYMENT, candidate, bad });
        self.schedule(self.scenario.assumptions.created_to_in_progress, out);
    }

    fn wants(&self, fact: &Fact) -> bool {
        matches!(fact, Fact::TaskSetStabilityChanged { .. } | Fact::HookAnswered { .. })
    }

    fn on_news(&mut self, news: News, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        match (self.stage, news) {
            (Stage::Done, News::Due(..)) => unreachable!("an ended deployment has no timer"),
            (_, News::Due(_, Timer::Schedule)) => self.on_schedule(cloud, out),
            (_, News::Due(_, Timer::Timeout)) => self.on_timeout(cloud, out),
            (_, News::Due(_, Timer::HookAnswer)) => self.on_hook_answer(out),
            (Stage::Hook, News::Fact(Fact::HookAnswered { answer, .. })) => match answer {
                HookAnswer::Succeeded => self.succeed_event(out),
                HookAnswer::Failed => {
                    let code = ErrorCode::HookExecutionFailure;
                    self.fail(code, ErrorMessage::ValidationFailed, cloud, out);
                }
            },
            (
                Stage::Installing,
                News::Fact(Fact::TaskSetStabilityChanged {
                    task_set,
                    stability: StabilityStatus::SteadyState,
                }),
            ) if Some(task_set) == self.replacement => self.succeed_event(out),
            (_, News::Fact(_)) => {}
        }
    }

    fn is_done(&self) -> bool {
        self.stage == Stage::Done
    }
}

fn set_status(deployment: DeploymentNumber, status: DeploymentStatus, out: &mut Outbox<'_>) {
    out.follow(Fact::DeploymentStatusChanged { deployment, status });
}

fn create_deployment(
    deployment: DeploymentNumber,
    creator: DeploymentCreator,
    rolls_back: Option<DeploymentNumber>,
    out: &mut Outbox<'_>,
) {
    let bits = out.chance().at(Purpose::DeploymentId, deployment.0.into()).bits(0);
    let id = DeploymentId::from_random(bits);
    out.follow(Fact::DeploymentCreated { deployment, id, creator, rolls_back });
}

/// The block of draws of a lifecycle event of the deployment.
fn event_index(event: LifecycleEvent) -> u64 {
    8 * u64::from(DEPLOYMENT.0) + event as u64
}

/// A length of time of a lifecycle event.
fn draw_for(
    event: LifecycleEvent,
    distribution: &Distribution,
    draw: u32,
    out: &mut Outbox<'_>,
) -> SimDuration {
    out.draw(distribution, Purpose::LifecycleEvent, event_index(event), draw)
}

/// Which candidate this replication deploys: by weight, from one uniform.
fn draw_candidate(scenario: &Scenario, out: &mut Outbox<'_>) -> usize {
    if scenario.candidates.len() == 1 {
        return 0;
    }
    let uniform = out.chance().at(Purpose::Candidate, DEPLOYMENT.0.into()).uniform(0);
    let weights = scenario.candidates.iter().map(|candidate| candidate.weight);
    distribution::choose(weights, uniform)
}
