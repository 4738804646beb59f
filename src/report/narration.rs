//! The timeline in words: what happened, when, and why, one line a step.
//!
//! What many do alike is one line, and so are events without work; everything else stands in the journal.

mod task;

use crate::analysis::census::Census;
use crate::analysis::lifecycle::Course;
use crate::analysis::series::Series;
use crate::analysis::{Entry, Fact, Journal, Listener};
use crate::aws::call::{ApiCall, ApiException, ServiceStatus};
use crate::aws::id::DeploymentNumber;
use crate::aws::name::{DeploymentStatus, LifecycleEvent, LifecycleEventStatus};
use crate::engine::time::{SimDuration, SimTime};
use crate::report::chatter::Chatter;
use crate::report::clock::Clock;
use crate::report::line::{Line, Tone};
use crate::report::{instance, reason, service_deployment, watcher, wording};

/// Lifecycle events that took less are told without their beginning, together with their neighbours.
const AT_ONCE: SimDuration = SimDuration::from_millis(1000);

/// Tells a journal.
pub fn tell(journal: &Journal, series: &Series, clock: Clock) -> Vec<Line> {
    let census = Census::default();
    let chatter = Chatter::new(clock, &journal.header);
    let counted = [SimTime::ZERO; 2];
    let (passed, tenth, lines) = Default::default();
    let mut teller =
        Teller { journal, series, clock, census, chatter, counted, passed, tenth, lines };
    journal.entries.iter().for_each(|entry| teller.tell(entry));
    teller.flush();
    // What many tasks did is told when it is over, and stands where it began.
    teller.lines.sort_by_key(|line| line.at);
    teller.lines
}

/// Lifecycle events of one status that follow each other and are told together.
struct Passed {
    at: SimTime,
    deployment: DeploymentNumber,
    status: LifecycleEventStatus,
    events: Vec<LifecycleEvent>,
    why: String,
}

struct Teller<'a> {
    journal: &'a Journal,
    series: &'a Series,
    clock: Clock,
    census: Census,
    chatter: Chatter,
    /// The time that the last count of requests is about.
    counted: [SimTime; 2],
    passed: Option<Passed>,
    /// How many tenths of the requests went to the replacement when it was told last.
    tenth: u32,
    lines: Vec<Line>,
}

impl Teller<'_> {
    /// Every fact stands here by name, so that a new one asks how it is told.
    fn tell(&mut self, entry: &Entry) {
        let sides = &self.series.sides;
        match entry.fact {
            Fact::TaskSetFound { task_set, tasks, .. } => {
                let side = sides.of_task_set(task_set);
                self.census.found(side, tasks);
                let tasks = wording::counted(tasks.into(), "task");
                self.line(
                    entry,
                    Tone::Quiet,
                    format!("{}: {tasks} running and healthy", side.as_str()),
                );
            }
            Fact::ReplacementDrawn { deployment, candidate, bad } => {
                self.drawn(entry, deployment, candidate, bad);
            }
            Fact::DeploymentCreated { id, creator, rolls_back, .. } => {
                let parent = rolls_back.and_then(|parent| self.course(parent));
                let what = wording::deployment_created(id, creator, parent);
                self.line(entry, Tone::Plain, what);
            }
            Fact::DeploymentStatusChanged { deployment, status } => {
                let name = self.course(deployment).map_or_else(String::new, wording::deployment);
                let tone = match status {
                    DeploymentStatus::Succeeded => Tone::Good,
                    DeploymentStatus::Failed | DeploymentStatus::Stopped => Tone::Bad,
                    DeploymentStatus::Created
                    | DeploymentStatus::Queued
                    | DeploymentStatus::InProgress
                    | DeploymentStatus::Baking
                    | DeploymentStatus::Ready => Tone::Plain,
                };
                self.line(entry, tone, format!("{name} {status}"));
            }
            Fact::DeploymentErrorSet { deployment, code, .. } => {
                let of = self.prefix(deployment);
                self.line(entry, Tone::Bad, format!("{of}error {code}"));
            }
            Fact::RollbackImpossible { deployment } => {
                let of = self.prefix(deployment);
                let what = format!("{of}no rollback: there is nothing to go back to");
                self.line(entry, Tone::Bad, what);
            }
            Fact::LifecycleEventStatusChanged { deployment, event, status } => {
                self.event(entry, deployment, event, status);
            }
            Fact::HookInvoked { deployment, event } => {
                let of = self.prefix(deployment);
                self.line(entry, Tone::Plain, format!("{of}{event} hook invoked"));
            }
            Fact::HookAnswered { deployment, event, answer } => {
                let of = self.prefix(deployment);
                self.line(entry, Tone::Plain, format!("{of}{event} hook answered {answer}"));
            }
            Fact::TerminationWaitStarted { deployment } => {
                let of = self.prefix(deployment);
                self.line(entry, Tone::Plain, format!("{of}termination wait begins"));
            }
            Fact::TaskSetCreated { .. }
            | Fact::TaskSetStatusChanged { .. }
            | Fact::TaskSetScaled { .. }
            | Fact::TaskSetStabilityChanged { .. }
            | Fact::TaskSetDeleted { .. }
            | Fact::TaskStatusChanged { .. }
            | Fact::TaskStopRequested { .. }
            | Fact::TaskHealthChanged { .. }
            | Fact::TaskCounted { .. }
            | Fact::TargetHealthChanged { .. } => self.tasks(entry),
            Fact::ListenerModified { listener, weights } => self.modified(entry, listener, weights),
            Fact::ListenerWeightsInForce { listener, weights } => {
                self.in_force(entry, listener, weights);
            }
            Fact::AliasUpdated { function_version, versions, weights, .. } => {
                let told = wording::alias(function_version, versions, weights);
                let is_first = entry.at == SimTime::ZERO && entry.cause.position().is_none();
                let tone = if is_first { Tone::Quiet } else { Tone::Plain };
                self.line(entry, tone, format!("alias: {told}"));
            }
            Fact::AliasWeightsInForce { weights } => {
                self.in_force(entry, Listener::Production, weights);
            }
            Fact::RequestsAnswered { .. } | Fact::TrafficShared { .. } => {
                self.counted(entry.at);
            }
            Fact::RequestsRejected { .. }
            | Fact::RequestsFailedBy { .. }
            | Fact::EnvironmentsStarted { .. }
            | Fact::RequestsWaiting { .. } => {
                let span = self.counted(entry.at);
                self.chatter.requests(span, sides, &entry.fact);
            }
            Fact::RequestsCutOff { target_group, requests, .. } => {
                self.chatter.cut_off(entry.at, sides.of_target_group(target_group), requests);
            }
            Fact::ApiCalled { call } => {
                self.line(entry, Tone::Plain, format!("somebody calls {call}"))
            }
            Fact::CallRefused { call, exception, deployment } => {
                self.refused(entry, call, exception, deployment);
            }
            Fact::StopRequested { deployment, status } => {
                let name = self.course(deployment).map_or_else(String::new, wording::deployment);
                self.line(entry, Tone::Plain, format!("StopDeployment of the {name}: {status}"));
            }
            Fact::HookNotInvoked { deployment, event, access_denied } => {
                let of = self.prefix(deployment);
                let why = if access_denied { ": access denied" } else { "" };
                self.line(entry, Tone::Bad, format!("{of}{event} hook cannot be invoked{why}"));
            }
            Fact::ServiceDesiredCountUpdated { desired_count } => {
                let tasks = wording::counted(desired_count.into(), "task");
                self.line(entry, Tone::Plain, format!("the service wants {tasks}"));
            }
            Fact::ServiceStatusChanged { status } => {
                let is_there = status == ServiceStatus::Active;
                let tone = if is_there { Tone::Plain } else { Tone::Bad };
                self.line(entry, tone, format!("the service is {status}"));
            }
            Fact::ServiceEventEmitted { task_set, code } => {
                let side = sides.of_task_set(task_set).as_str();
                self.line(entry, Tone::Bad, format!("{side}: {code}"));
            }
            Fact::FaultBegan { .. }
            | Fact::FaultEnded { .. }
            | Fact::AlarmFound { .. }
            | Fact::AlarmStateChanged { .. }
            | Fact::ScalingActivity { .. }
            | Fact::NotScaled { .. }
            | Fact::ScalableTargetUpdated { .. } => {
                if let Some((tone, what)) = watcher::told(&entry.fact, &self.journal.header) {
                    self.line(entry, tone, what);
                }
            }
            Fact::InstancesFound { .. }
            | Fact::ReplacementInstancesFound { .. }
            | Fact::InstanceStateChanged { .. }
            | Fact::InstancesTargeted { .. }
            | Fact::InstancesCounted { .. }
            | Fact::BatchStarted { .. }
            | Fact::InstancesServing { .. }
            | Fact::InstanceStatusChanged { .. }
            | Fact::InstanceEventEnded { .. }
            | Fact::InstanceEventNotStarted { .. }
            | Fact::InstanceLifecycleChanged { .. }
            | Fact::OutdatedInstancesFound { .. } => self.instances(entry),
            Fact::TargetsServing { .. }
            | Fact::RevisionsMixed { .. }
            | Fact::ServiceDeploymentStageStarted { .. }
            | Fact::StageHookStatusChanged { .. }
            | Fact::HealthyPercentReached { .. }
            | Fact::FailedTasksCounted { .. } => {
                let told = service_deployment::told(&entry.fact, sides, &mut self.tenth);
                if let Some((tone, what)) = told {
                    self.line(entry, tone, what);
                }
            }
            // The one that makes an alarm change its state is the cause of that.
            Fact::DatapointSeen { .. } | Fact::RunEnded { .. } => {}
        }
    }

    fn refused(
        &mut self,
        entry: &Entry,
        call: ApiCall,
        exception: ApiException,
        deployment: Option<DeploymentNumber>,
    ) {
        let of = deployment.and_then(|number| self.course(number)).map(|course| course.id);
        self.line(entry, Tone::Bad, wording::refusal(&self.journal.header, call, exception, of));
    }

    /// What is told of instances; batches as a whole where the deployment looks at its instances.
    fn instances(&mut self, entry: &Entry) {
        let Some((deployment, tone, what)) = instance::told(&entry.fact) else { return };
        let of = deployment.map(|number| self.prefix(number)).unwrap_or_default();
        self.line(entry, tone, format!("{of}{what}"));
        if let Some(course) = deployment.and_then(|number| self.course(number)) {
            self.lines.extend(instance::lines(&entry.fact, course, &of, self.clock));
        }
    }

    fn drawn(&mut self, entry: &Entry, deployment: DeploymentNumber, candidate: u8, bad: bool) {
        let candidates = &self.journal.header.candidates;
        let Some(name) = candidates.get(usize::from(candidate)) else { return };
        let (tone, kind) = if bad { (Tone::Bad, ", a bad release") } else { (Tone::Quiet, "") };
        if bad || candidates.len() > 1 {
            let what = match self.prefix(deployment).as_str() {
                "" if name == "original" => "what is created now runs the original".to_owned(),
                "" => format!("the replacement is `{name}`{kind}"),
                of => format!("{of}it brings `{name}`{kind}"),
            };
            self.line(entry, tone, what);
        }
    }

    fn modified(&mut self, entry: &Entry, listener: Listener, weights: [u16; 2]) {
        let weight = self.series.sides.weight_of_replacement(weights);
        self.tenth = weight.in_tenths();
        let traffic = wording::traffic(listener);
        self.line(entry, Tone::Plain, format!("{traffic} traffic: {weight} % on the replacement"));
    }

    /// Tells that requests follow the weights only where they do so later.
    fn in_force(&mut self, entry: &Entry, listener: Listener, weights: [u16; 2]) {
        let cause = entry.cause.position().map(|position| self.journal.entries[position]);
        if listener == Listener::Test || cause.is_none_or(|cause| cause.at == entry.at) {
            return;
        }
        let weight = self.series.sides.weight_of_replacement(weights);
        self.line(entry, Tone::Quiet, format!("requests follow: {weight} % on the replacement"));
    }

    fn event(
        &mut self,
        entry: &Entry,
        deployment: DeploymentNumber,
        event: LifecycleEvent,
        status: LifecycleEventStatus,
    ) {
        let span = self.course(deployment).and_then(|course| course.event(event));
        let took = span.and_then(|span| span.took());
        match status {
            LifecycleEventStatus::Pending | LifecycleEventStatus::Unknown => {}
            LifecycleEventStatus::InProgress => {
                if took.is_none_or(|took| took >= AT_ONCE) {
                    let of = self.prefix(deployment);
                    self.line(entry, Tone::Plain, format!("{of}{event} starts"));
                }
            }
            LifecycleEventStatus::Skipped => self.pass(entry, deployment, event, status),
            LifecycleEventStatus::Succeeded | LifecycleEventStatus::Failed => match took {
                Some(took) if took >= AT_ONCE || status == LifecycleEventStatus::Failed => {
                    let of = self.prefix(deployment);
                    let took = self.clock.duration(took);
                    let bad = status == LifecycleEventStatus::Failed;
                    let tone = if bad { Tone::Bad } else { Tone::Plain };
                    self.line(entry, tone, format!("{of}{event} {status} after {took}"));
                }
                Some(_) | None => self.pass(entry, deployment, event, status),
            },
        }
    }

    /// Adds an event to those that are told together.
    fn pass(
        &mut self,
        entry: &Entry,
        deployment: DeploymentNumber,
        event: LifecycleEvent,
        status: LifecycleEventStatus,
    ) {
        if let Some(passed) = &mut self.passed
            && (passed.deployment, passed.status) == (deployment, status)
        {
            passed.at = entry.at;
            passed.events.push(event);
            return;
        }
        self.flush();
        let why = reason::of(entry, self.journal, self.series, self.clock);
        let events = vec![event];
        self.passed = Some(Passed { at: entry.at, deployment, status, events, why });
    }

    /// The time that a count of requests which ends now is about: several counts can end at once.
    fn counted(&mut self, until: SimTime) -> [SimTime; 2] {
        if self.counted[1] < until {
            self.counted = [self.counted[1], until];
        }
        self.counted
    }

    fn line(&mut self, entry: &Entry, tone: Tone, what: String) {
        self.flush();
        let why = reason::of(entry, self.journal, self.series, self.clock);
        self.lines.push(Line { at: entry.at, what, why, tone });
    }

    /// Tells what was held back: what tasks did, and events that passed at once.
    fn flush(&mut self) {
        self.chatter.flush(&mut self.lines);
        let Some(passed) = self.passed.take() else { return };
        let (tone, status) = match passed.status {
            LifecycleEventStatus::Skipped => (Tone::Quiet, "Skipped"),
            _ => (Tone::Plain, "Succeeded at once"),
        };
        let what = format!(
            "{}{} {status}",
            self.prefix(passed.deployment),
            wording::events(&passed.events)
        );
        self.lines.push(Line { at: passed.at, what, why: passed.why, tone });
    }

    /// What stands before the events of a deployment that is not the first.
    fn prefix(&self, deployment: DeploymentNumber) -> String {
        match self.course(deployment) {
            Some(course) if deployment.index() > 0 => format!("{}: ", wording::deployment(course)),
            Some(_) | None => String::new(),
        }
    }

    fn course(&self, deployment: DeploymentNumber) -> Option<&Course> {
        self.series.deployments.iter().find(|course| course.number == deployment)
    }
}
