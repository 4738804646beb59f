//! CodeDeploy on EC2 instances and on-premises servers: one deployment goes through the instances in batches.
//!
//! | stage | waits for | then |
//! |---|---|---|
//! | Created | schedule | InProgress, the first batch, or the replacement is looked for |
//! | Launching | every instance of the replacement runs | the first batch |
//! | Working | every instance of the batch | the next batch, the wait after a zone, the next phase, or the end |
//! | ZoneWait | schedule | the first batch of the next zone |
//! | ReadyWait | `ContinueDeployment`, or schedule | traffic is rerouted, or the deployment stops |
//! | Continuing | schedule, at once | traffic is rerouted |
//! | TerminationWait | schedule, or `ContinueDeployment` | the original is terminated, the deployment succeeds |
//! | Stopping | the event that runs on each instance of the batch | the deployment is stopped |
//!
//! Beside it run the limit of the whole and the looks at its alarms. In place there is one phase; blue/green has several
//! (`blue_green`). Not the batches' rule (`scenario::hosts`), nor whose turn it is (`turn`), nor what happens on an instance
//! (`cloud::instance`), nor how a deployment ends (`ending`).
//!
//! Rules: CD-SM-2, CD-HH-12, CD-Z-1 to CD-Z-4, CD-EC2-9, CD-EC2-11, CD-EC2-20, CD-EC2-24, CD-EC2-25, CD-ALM-1 to CD-ALM-7,
//! CD-STOP-1, CD-STOP-7 (docs/semantics/codedeploy.md).

mod alarms;
mod blue_green;
mod ending;
mod phase;
mod scaling;
mod turn;

use crate::agenda::Outbox;
use crate::agenda::event::{Event, Timer};
use crate::aws::app_spec::FileExistsBehavior;
use crate::aws::call::{ApiException, DeploymentWaitType, StopStatus};
use crate::aws::id::{DeploymentNumber, InstanceId};
use crate::aws::instance::{InstanceState, InstanceStatus, LifecycleState};
use crate::aws::message::ErrorMessage;
use crate::aws::name::{DeploymentCreator, ErrorCode, HookAnswer};
use crate::cloud::Cloud;
use crate::deploy::alarm_poll::is_alarm_news;
use crate::deploy::deployment_group::{Asked, Course, create_deployment, draw_candidate};
use crate::engine::time::{SimDuration, SimTime};
use crate::journal::fact::Fact;
use crate::scenario::Scenario;
use crate::scenario::deployment::Deployment;
use crate::scenario::hosts::{HostConfig, HostPlan, HostResult, HostSchedule};
use crate::scenario::revision::RevisionId;
use crate::scenario::server::InstanceDeployment;
use phase::Phase;
use scaling::{Hooks, behavior_of_last_success};

/// The first deployment of a run.
const FIRST: DeploymentNumber = DeploymentNumber(0);

/// Where the deployment stands; the module's header has the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Created,
    Launching,
    Working,
    ZoneWait,
    ReadyWait,
    Continuing,
    TerminationWait,
    Stopping,
    Over,
}

/// Why there is a deployment that goes through batches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    /// Somebody has asked for it.
    Asked,
    /// It rolls that one back.
    Rollback,
    /// It follows that one, to instances that were launched meanwhile.
    Update,
}

/// One deployment, and the one that may follow it by itself.
#[derive(Clone, Debug)]
pub struct Run<'s> {
    scenario: &'s Scenario,
    /// What was asked for, and its position in the scenario.
    plan: &'s Deployment,
    asked: &'s InstanceDeployment,
    request: u8,
    created: SimTime,
    started: SimTime,
    /// The deployment, or the one that follows it once that has begun.
    number: DeploymentNumber,
    origin: Origin,
    /// The last number that was given to any deployment of the group.
    last_number: DeploymentNumber,
    /// What Auto Scaling has asked for.
    hooks: Hooks,
    stage: Stage,
    phase: Phase,
    /// What is deployed.
    revision: RevisionId,
    hosts: HostSchedule,
    hosts_plan: HostPlan,
    /// Whom `deploymentOverview` counts: all that have a turn in place, the replacement in blue/green.
    targets: Vec<InstanceId>,
    /// Whether the original has been told to leave the load balancer.
    has_deregistered: bool,
    /// The instances in the order of their turns, each in the low bits of what orders it.
    order: Vec<u64>,
    /// Where the instances stand in it that have their turn now.
    batch: std::ops::Range<usize>,
    /// What it has come to on each instance, by id.
    results: Vec<HostResult>,
    /// Somebody has asked to stop it while instances are at work, and whether it then rolls back.
    stop_requested: Option<bool>,
}

impl<'s> Course<'s> for Run<'s> {
    fn create(
        Asked { scenario, request, number }: Asked<'s>,
        spare: Option<Run<'s>>,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) -> Run<'s> {
        let plan = &scenario.deployments[request as usize];
        let candidate = draw_candidate(scenario, request, out);
        create_deployment(number, DeploymentCreator::User, None, out);
        let bad = scenario.candidates[candidate as usize].bad;
        out.record(Fact::ReplacementDrawn { deployment: number, candidate, bad });
        let (order, mut results, mut targets, hosts_plan, mut hooks) = spare
            .map_or_else(Default::default, |run| {
                (run.order, run.results, run.targets, run.hosts_plan, run.hooks)
            });
        if number == FIRST {
            hooks.clear();
        }
        results.clear();
        targets.clear();
        results.resize(cloud.instances().all.len(), HostResult::Skipped);
        let run = Run {
            scenario,
            plan,
            asked: plan.on_instances.as_ref().expect("the platform is that of instances"),
            request,
            created: out.now(),
            started: out.now(),
            number,
            origin: Origin::Asked,
            last_number: number,
            hooks,
            stage: Stage::Created,
            phase: Phase::InPlace,
            revision: scenario.revision_of(candidate),
            hosts: HostSchedule::default(),
            hosts_plan,
            targets,
            has_deregistered: false,
            order,
            batch: 0..0,
            results,
            stop_requested: None,
        };
        let wait = scenario.assumptions.created_to_in_progress;
        out.schedule(wait, run.timer(Timer::Schedule));
        run
    }

    fn number(&self) -> DeploymentNumber {
        self.number
    }

    fn last_number(&self) -> DeploymentNumber {
        self.last_number
    }

    fn created(&self) -> SimTime {
        self.created
    }

    fn is_over(&self) -> bool {
        self.stage == Stage::Over
    }

    fn is_at_rest(&self) -> bool {
        self.is_over() && self.hooks.is_at_rest()
    }

    /// Auto Scaling launches and terminates instances when it likes.
    const HEARS_ON: bool = true;

    fn wants(fact: &Fact) -> bool {
        let ended = matches!(
            fact,
            Fact::InstanceStatusChanged {
                status: InstanceStatus::Succeeded | InstanceStatus::Failed | InstanceStatus::Ready,
                ..
            } | Fact::InstanceStateChanged { state: InstanceState::Running, .. }
                | Fact::InstanceLifecycleChanged {
                    state: LifecycleState::PendingWait | LifecycleState::TerminatingWait,
                    ..
                }
        );
        ended || is_alarm_news(fact)
    }

    fn on_fact(&mut self, fact: Fact, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        match fact {
            Fact::InstanceStatusChanged { deployment, instance, status }
                if deployment == self.number && !self.is_over() =>
            {
                self.on_instance_ended(instance, status != InstanceStatus::Failed, cloud, out);
                self.begin_hook(instance, cloud, out);
            }
            Fact::InstanceStatusChanged { deployment, instance, status } => {
                self.on_hook_ended(deployment, status != InstanceStatus::Failed, cloud, out);
                // A deployment that was ended from outside has let go of it.
                self.begin_hook(instance, cloud, out);
            }
            Fact::InstanceLifecycleChanged { instance, state } => {
                self.on_hook(instance, state, cloud, out);
            }
            Fact::InstanceStateChanged { .. } if self.stage == Stage::Launching => {
                self.on_instance_runs(cloud, out);
            }
            Fact::AlarmStateChanged { alarm, .. } => self.on_alarm_news(Some(alarm), cloud, out),
            Fact::FaultBegan { .. } | Fact::FaultEnded { .. } => {
                self.on_alarm_news(None, cloud, out);
            }
            _ => {}
        }
    }

    fn on_due(&mut self, timer: Timer, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        match (timer, self.stage) {
            (Timer::Schedule, Stage::Created) => self.start(cloud, out),
            (Timer::Schedule, Stage::ZoneWait) => self.go_on(cloud, out),
            (Timer::Schedule, Stage::ReadyWait) => self.expire(cloud, out),
            (Timer::Schedule, Stage::Continuing) => self.reroute(cloud, out),
            (Timer::Schedule, Stage::TerminationWait) => self.terminate_original(cloud, out),
            (Timer::Timeout, _) => {
                let limit = self.run_time_limit().as_millis();
                let minutes = u32::try_from(limit / 60_000).expect("at most ten years");
                let message = ErrorMessage::TookTooLong { minutes };
                self.fail(ErrorCode::Timeout, message, cloud, out);
            }
            (Timer::AlarmPoll, _) => {
                self.poll_alarms(cloud, out);
            }
            (timer, stage) => unreachable!("{stage:?} has no timer {timer:?}"),
        }
    }

    fn end_wait(
        &mut self,
        wait: DeploymentWaitType,
        out: &mut Outbox<'_>,
    ) -> Result<(), ApiException> {
        self.on_continue(wait, out)
    }

    /// Scripts are no functions (CD-LE-7).
    fn answer_hook(
        &mut self,
        _answer: HookAnswer,
        _out: &mut Outbox<'_>,
    ) -> Result<(), ApiException> {
        Err(ApiException::UnsupportedActionForDeploymentType)
    }

    /// While instances are at work the deployment stops once the event that runs on each is over, else at once.
    fn on_stop(
        &mut self,
        auto_rollback_enabled: Option<bool>,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) {
        let rolls_back = auto_rollback_enabled.unwrap_or(self.plan.auto_rollback.on_request);
        let (deployment, is_at_work) = (self.number, self.hosts.in_progress() > 0);
        let status = if is_at_work { StopStatus::Pending } else { StopStatus::Succeeded };
        out.follow(Fact::StopRequested { deployment, status });
        self.stop_requested.get_or_insert(rolls_back);
        if !is_at_work {
            self.stop(rolls_back, cloud, out);
        } else if self.stage != Stage::Stopping {
            self.stage = Stage::Stopping;
            for place in self.batch.clone() {
                let instance = self.instance_at(place);
                if self.results[instance.index()] == HostResult::Skipped {
                    cloud.cancel_command(instance, out);
                }
            }
        }
    }
}

impl<'s> Run<'s> {
    const fn timer(&self, timer: Timer) -> Event {
        Event::Deployment(self.number, timer)
    }

    /// How long it may run (CD-EC2-11).
    const fn run_time_limit(&self) -> SimDuration {
        match self.asked.blue_green {
            Some(_) => self.scenario.assumptions.blue_green_timeout,
            None => self.scenario.assumptions.in_place_timeout,
        }
    }

    const fn is_rollback(&self) -> bool {
        matches!(self.origin, Origin::Rollback)
    }

    /// What says how many instances have their turn at once (CD-Z-6).
    const fn config(&self) -> HostConfig {
        match self.is_rollback() {
            true => self.asked.config.of_rollback(),
            false => self.asked.config,
        }
    }

    /// What happens to files that are there already: a rollback does as the last success did (CD-FIL-3).
    fn file_exists_behavior(&self, cloud: &Cloud<'s>) -> FileExistsBehavior {
        match self.is_rollback() {
            true => behavior_of_last_success(cloud),
            false => self.asked.file_exists_behavior,
        }
    }
}
