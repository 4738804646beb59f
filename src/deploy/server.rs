//! CodeDeploy on EC2 instances and on-premises servers, in place: one deployment goes through the instances in batches.
//!
//! | stage | waits for | then |
//! |---|---|---|
//! | Created | schedule | InProgress, the first batch |
//! | Working | every instance of the batch | the next batch, the wait after a zone, or the end |
//! | ZoneWait | schedule | the first batch of the next zone |
//! | Stopping | the event that runs on each instance of the batch | the deployment is stopped |
//!
//! Beside it run the limit of the whole and the looks at its alarms. Not the batches' rule (`scenario::hosts`), nor what
//! happens on an instance (`cloud::instance`), nor how a deployment ends (`ending`).
//!
//! Rules: CD-SM-2, CD-HH-2 to CD-HH-13, CD-Z-1 to CD-Z-4, CD-EC2-9, CD-EC2-11, CD-ALM-1 to CD-ALM-7, CD-STOP-1, CD-STOP-7
//! (docs/semantics/codedeploy.md).

mod ending;

use crate::agenda::Outbox;
use crate::agenda::chance::Purpose;
use crate::agenda::event::{Event, Timer};
use crate::aws::call::{ApiException, DeploymentWaitType, StopStatus};
use crate::aws::id::{AlarmId, DeploymentNumber, InstanceId};
use crate::aws::instance::{InstanceEvent, InstanceStatus};
use crate::aws::message::ErrorMessage;
use crate::aws::name::{DeploymentCreator, DeploymentStatus, ErrorCode, HookAnswer};
use crate::cloud::Cloud;
use crate::cloud::instance::Command;
use crate::deploy::alarm_poll::{AlarmPoll, is_alarm_news};
use crate::deploy::deployment_group::{
    Asked, Course, create_deployment, draw_candidate, set_status,
};
use crate::engine::random::DRAWS_A_BLOCK;
use crate::engine::time::SimTime;
use crate::journal::fact::Fact;
use crate::scenario::Scenario;
use crate::scenario::deployment::Deployment;
use crate::scenario::hosts::{Batch, Ending, HostPlan, HostResult, HostSchedule, Next};
use crate::scenario::revision::RevisionId;
use crate::scenario::server::InstanceDeployment;

/// Where the deployment stands; the module's header has the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Created,
    Working,
    ZoneWait,
    Stopping,
    Over,
}

/// One deployment, and the rollback that may follow it.
#[derive(Clone, Debug)]
pub struct Run<'s> {
    scenario: &'s Scenario,
    /// What was asked for, and its position in the scenario.
    plan: &'s Deployment,
    asked: &'s InstanceDeployment,
    request: u8,
    created: SimTime,
    started: SimTime,
    /// The deployment, or its rollback once that has begun.
    number: DeploymentNumber,
    is_rollback: bool,
    stage: Stage,
    /// What is deployed.
    revision: RevisionId,
    hosts: HostSchedule,
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
        let (order, mut results) =
            spare.map_or_else(Default::default, |run| (run.order, run.results));
        results.clear();
        results.resize(cloud.instances().all.len(), HostResult::Skipped);
        let run = Run {
            scenario,
            plan,
            asked: plan.on_instances.as_ref().expect("the platform is that of instances"),
            request,
            created: out.now(),
            started: out.now(),
            number,
            is_rollback: false,
            stage: Stage::Created,
            revision: scenario.revision_of(candidate),
            hosts: HostSchedule::default(),
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

    fn created(&self) -> SimTime {
        self.created
    }

    fn is_over(&self) -> bool {
        self.stage == Stage::Over
    }

    fn wants(fact: &Fact) -> bool {
        let ended = matches!(
            fact,
            Fact::InstanceStatusChanged {
                status: InstanceStatus::Succeeded | InstanceStatus::Failed,
                ..
            }
        );
        ended || is_alarm_news(fact)
    }

    fn on_fact(&mut self, fact: Fact, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        match fact {
            Fact::InstanceStatusChanged { deployment, instance, status }
                if deployment == self.number =>
            {
                self.on_instance_ended(instance, status == InstanceStatus::Succeeded, cloud, out);
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
            (Timer::Timeout, _) => {
                let limit = self.scenario.assumptions.in_place_timeout.as_millis();
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

    /// In place there is nothing to wait for.
    fn end_wait(
        &mut self,
        _wait: DeploymentWaitType,
        _out: &mut Outbox<'_>,
    ) -> Result<(), ApiException> {
        Err(ApiException::UnsupportedActionForDeploymentType)
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

    const fn hosts_plan(&self) -> &'s HostPlan {
        match self.is_rollback {
            true => &self.asked.rollback_plan,
            false => &self.asked.plan,
        }
    }

    /// Work begins: no alarm may be active (CD-ALM-3).
    fn start(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        set_status(self.number, DeploymentStatus::InProgress, out);
        self.started = out.now();
        self.put_in_order(cloud, out);
        if !self.is_rollback && !self.poll_alarms(cloud, out) {
            return;
        }
        let server = self.scenario.server().expect("the platform is that of instances");
        let events = match server.load_balancer {
            Some(_) => InstanceEvent::ALL,
            None => &InstanceEvent::IN_PLACE,
        };
        let (deployment, asked, revision) = (self.number, self.asked, self.revision);
        cloud.put_command(Command { deployment, asked, revision, events }, out);
        let instances = u16::try_from(self.order.len()).expect("instances are limited");
        let minimum = self.hosts_plan().minimum();
        out.follow(Fact::InstancesTargeted { deployment: self.number, instances, minimum });
        let limit = self.scenario.assumptions.in_place_timeout;
        out.schedule(limit, self.timer(Timer::Timeout));
        self.go_on(cloud, out);
    }

    /// The instances in the order of their turns: unhealthy ones first, equal ones by chance (CD-HH-2); zone by zone where
    /// these take turns (CD-Z-1).
    fn put_in_order(&mut self, cloud: &Cloud<'s>, out: &mut Outbox<'_>) {
        const ID_BITS: u32 = u16::BITS;
        const CHANCE_BITS: u32 = 36;
        let is_random = self.scenario.assumptions.random_instance_order;
        let described =
            &self.scenario.server().expect("the platform is that of instances").instances;
        let is_zonal = self.hosts_plan().is_zonal();
        let first_block = u64::from(self.number.0) << 10;
        let instances = &cloud.instances().all;
        self.order.clear();
        for (block, (of_block, described)) in
            instances.chunks(DRAWS_A_BLOCK).zip(described.chunks(DRAWS_A_BLOCK)).enumerate()
        {
            let draws = is_random
                .then(|| out.chance().at(Purpose::InstanceOrder, first_block + block as u64));
            for (place, (instance, described)) in of_block.iter().zip(described).enumerate() {
                let chance =
                    draws.map_or(0, |draws| draws.bits(place) >> (u64::BITS - CHANCE_BITS));
                let zone = if is_zonal { u64::from(described.zone) } else { 0 };
                let rank = zone << 2 | instance.health.order() as u64;
                let id = (block * DRAWS_A_BLOCK + place) as u64;
                self.order.push((rank << CHANCE_BITS | chance) << ID_BITS | id);
            }
        }
        self.order.sort_unstable();
        self.results.fill(HostResult::Skipped);
        self.hosts = HostSchedule::default();
        self.batch = 0..0;
    }

    fn instance_at(&self, place: usize) -> InstanceId {
        InstanceId((self.order[place] & u64::from(u16::MAX)) as u16)
    }

    /// The next batch, the wait after a zone, or the end.
    fn go_on(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        match self.hosts.next(self.hosts_plan()) {
            Next::Batch(batch) => self.begin_batch(batch, cloud, out),
            Next::Wait(wait) => {
                self.stage = Stage::ZoneWait;
                out.schedule(wait, self.timer(Timer::Schedule));
            }
            Next::Ended(Ending::Succeeded) => self.succeed(cloud, out),
            Next::Ended(Ending::Failed(code)) => {
                let message = match code {
                    ErrorCode::NoInstances => ErrorMessage::NoInstancesFound,
                    ErrorCode::OverMaxInstances => ErrorMessage::TooManyInstances,
                    ErrorCode::HealthConstraintsInvalid => ErrorMessage::MinimumNotAvailable,
                    _ => ErrorMessage::TooManyInstancesFailed,
                };
                self.fail(code, message, cloud, out);
            }
        }
    }

    fn begin_batch(&mut self, batch: Batch, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        self.stage = Stage::Working;
        let first = batch.first as usize;
        self.batch = first..first + batch.hosts as usize;
        let instances = u16::try_from(batch.hosts).expect("instances are limited");
        let zone = u8::try_from(batch.zone).expect("zones are limited");
        out.follow(Fact::BatchStarted { deployment: self.number, zone, instances });
        for place in self.batch.clone() {
            cloud.begin_command(self.instance_at(place), out);
        }
    }

    /// An instance is done; the batch is a barrier (CD-HH-12).
    fn on_instance_ended(
        &mut self,
        instance: InstanceId,
        is_well: bool,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) {
        self.results[instance.index()] =
            if is_well { HostResult::Succeeded } else { HostResult::Failed };
        self.hosts.host_ended(is_well);
        if self.hosts.in_progress() > 0 {
            return;
        }
        match self.stop_requested {
            Some(rolls_back) => self.stop(rolls_back, cloud, out),
            None => self.go_on(cloud, out),
        }
    }

    // ---- alarms ------------------------------------------------------------------------------------

    /// An alarm has changed, or whether alarms can be read; a rollback does not look (CD-RB-8).
    fn on_alarm_news(
        &mut self,
        changed: Option<AlarmId>,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) {
        let looks = !self.is_rollback && matches!(self.stage, Stage::Working | Stage::ZoneWait);
        if looks
            && let Some((code, message)) = self.looks().and_then(|l| l.on_news(changed, cloud, out))
        {
            self.stop_on_alarm(code, message, cloud, out);
        }
    }

    /// One look. Returns whether the deployment goes on.
    fn poll_alarms(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) -> bool {
        let found = self.looks().and_then(|looks| looks.look(cloud, out));
        if let Some((code, message)) = found {
            self.stop_on_alarm(code, message, cloud, out);
        }
        found.is_none()
    }

    fn looks(&self) -> Option<AlarmPoll<'s>> {
        AlarmPoll::of(self.scenario, self.request, self.number, self.started)
    }
}
