//! Journals made by hand, for tests of everything that reads one.
//!
//! Not simulated: each says outright what a run of its kind looks like (golden timelines G-2, G-5, G-10).

use crate::analysis::series::Series;
use crate::aws::call::Waiter;
use crate::aws::id::{DeploymentId, DeploymentNumber, TargetGroupId, TaskId, TaskSetId};
use crate::aws::message::ErrorMessage;
use crate::aws::name::{
    DeploymentCreator, DeploymentStatus, ErrorCode, HookAnswer, LifecycleEvent as Event,
    LifecycleEventStatus as EventStatus, StabilityStatus, StopCode, TargetHealthReason,
    TargetHealthState, TaskSetStatus, TaskStatus,
};
use crate::engine::time::SimTime;
use crate::journal::digest::{Digest, Digester};
use crate::journal::fact::{Fact, Listener};
use crate::journal::header::{Client, Header, Users};
use crate::journal::{Cause, Entry, Journal, jsonl};

/// A journal with what a run tells beside it.
pub(crate) struct Example {
    pub journal: Journal,
    pub end: SimTime,
    pub digest: Digest,
}

impl Example {
    pub fn series(&self) -> Series {
        Series::of(&self.journal, self.end)
    }

    /// The journal as it is after it was written and read back.
    pub fn read_back(&self) -> Journal {
        let mut bytes = Vec::new();
        jsonl::write(&self.journal, &mut bytes).expect("a vector takes everything");
        jsonl::read(bytes.as_slice()).expect("it was just written")
    }
}

/// Every example, by name.
pub(crate) fn all() -> [(&'static str, Example); 10] {
    [
        ("scaled", scaled()),
        ("linear-alarm", linear_with_rejections()),
        ("awkward", awkward()),
        ("empty", empty()),
        ("canary", canary()),
        ("linear", linear()),
        ("install-timeout", install_timeout()),
        ("failed-hook", failed_hook()),
        ("three-days", three_days()),
        ("very-short", very_short()),
    ]
}

const FIRST: DeploymentNumber = DeploymentNumber(0);
const ROLLBACK: DeploymentNumber = DeploymentNumber(1);
const BLUE: (TaskSetId, TargetGroupId) = (TaskSetId(0), TargetGroupId(0));
const GREEN: (TaskSetId, TargetGroupId) = (TaskSetId(1), TargetGroupId(1));

/// Canary 10 % for 5 minutes, termination wait of 5 minutes, everything goes well.
pub(crate) fn canary() -> Example {
    let mut script = Script::new("checkout-canary", "ECSCanary10Percent5Minutes", false);
    let steady = script.install(92_000);
    let shifted = script.shift_traffic(steady, &[(92_000, 10), (392_000, 100)]);
    script.event(392_000, shifted, Event::AfterAllowTraffic, true);
    script.succeed(392_000, 300_000, shifted);
    script.traffic(50, 1_010_000);
    script.finish(1_010_000)
}

/// The canary, while the service is scaled out and no task comes.
pub(crate) fn scaled() -> Example {
    let mut script = Script::new("checkout-scaled", "ECSCanary10Percent5Minutes", false);
    let steady = script.install(92_000);
    let shifted = script.shift_traffic(steady, &[(92_000, 10), (392_000, 100)]);
    let fact = Fact::ServiceDesiredCountUpdated { desired_count: 16 };
    let updated = script.add(200_000, None, fact);
    for task_set in [BLUE.0, GREEN.0] {
        let fact = Fact::TaskSetScaled { task_set, computed_desired_count: 16 };
        script.add(200_000, updated, fact);
    }
    script.event(392_000, shifted, Event::AfterAllowTraffic, true);
    script.succeed(392_000, 300_000, shifted);
    script.traffic(50, 1_010_000);
    script.finish(1_010_000)
}

/// Linear 10 % every minute with odd milliseconds everywhere, as a simulated run has them.
pub(crate) fn linear() -> Example {
    let mut script = Script::new("search-linear", "ECSLinear10PercentEvery1Minutes", false);
    let steady = script.install(136_417);
    let steps: Vec<(u64, u16)> =
        (1..=10).map(|step| (136_417 + (u64::from(step) - 1) * 60_000, step * 10)).collect();
    let shifted = script.shift_traffic(steady, &steps);
    script.event(676_417, shifted, Event::AfterAllowTraffic, true);
    script.succeed(676_417, 3_600_000, shifted);
    script.traffic(120, 4_580_417);
    script.finish(4_580_417)
}

/// Linear 10 % every minute until the replacement loses all its targets at 40 %; nobody stops it.
pub(crate) fn linear_with_rejections() -> Example {
    let mut script = Script::new("search-collapse", "ECSLinear10PercentEvery1Minutes", true);
    let steady = script.install(92_000);
    let steps: Vec<(u64, u16)> =
        (1..=10).map(|step| (92_000 + (u64::from(step) - 1) * 60_000, step * 10)).collect();
    script.shift_traffic(steady, &steps);
    for task in (10..20).map(TaskId) {
        script.target(290_000, None, task, TargetHealthState::Unhealthy);
    }
    for minute in 5..11 {
        let fact = Fact::RequestsRejected {
            target_group: GREEN.1,
            http_status: 503,
            requests: 130 * minute,
            bad: false,
        };
        script.add(u64::from(minute) * 60_000 + 23_000, None, fact);
    }
    script.traffic(50, 700_000);
    script.finish(700_000)
}

/// Long names, a second deployment of the user's, no traffic.
pub(crate) fn awkward() -> Example {
    let config = "x".repeat(100);
    let mut script = Script::new(&"a-very-long-name-".repeat(8), &config, false);
    let steady = script.install(92_000);
    let shifted = script.shift_traffic(steady, &[(92_000, 50), (93_000, 100)]);
    script.status(93_000, shifted, FIRST, DeploymentStatus::Succeeded);
    let second = Fact::DeploymentCreated {
        deployment: ROLLBACK,
        id: DeploymentId::from_random(u64::MAX / 3),
        creator: DeploymentCreator::User,
        rolls_back: None,
    };
    script.add(95_000, None, second);
    script.finish(120_000)
}

/// Nothing but the header, over in 300 milliseconds.
pub(crate) fn empty() -> Example {
    let mut script = Script::new("empty", "ECSAllAtOnce", false);
    script.lines.clear();
    script.finish(300)
}

/// The replacement never becomes healthy: Install gives up after an hour and is rolled back (G-10).
pub(crate) fn install_timeout() -> Example {
    let mut script = Script::new("search-unhealthy", "ECSLinear10PercentEvery1Minutes", true);
    let installing = script.begin_install();
    for index in 0..10 {
        for attempt in 0..12 {
            let began = 2_000 + attempt * 295_000 + index * 731;
            let task = TaskId(10 + (attempt * 10 + index) as u32);
            script.crash_loop(began, task, installing);
        }
    }
    let limit = ErrorMessage::ReplacementNotHealthy { minutes: 60 };
    let after = [
        Event::AfterInstall,
        Event::AllowTestTraffic,
        Event::AfterAllowTestTraffic,
        Event::BeforeAllowTraffic,
        Event::AllowTraffic,
        Event::AfterAllowTraffic,
    ];
    let error =
        script.fail(3_602_000, installing, (Event::Install, ErrorCode::Timeout, limit), &after);
    script.roll_back(3_602_000, error, false);
    script.set_status(3_604_000, error, GREEN.0, TaskSetStatus::Draining);
    script.traffic(80, 3_700_000);
    script.finish(3_700_000)
}

/// A bad release fails its last hook after all traffic has moved and is rolled back (G-5 with a canary).
pub(crate) fn failed_hook() -> Example {
    let mut script = Script::new("checkout-last-hook", "ECSCanary10Percent5Minutes", true);
    let steady = script.install(92_000);
    let shifted = script.shift_traffic(steady, &[(92_000, 10), (392_000, 100)]);
    let event = Event::AfterAllowTraffic;
    let begun = script.event_status(392_000, shifted, event, EventStatus::InProgress);
    let call = script.add(392_000, begun, Fact::HookInvoked { deployment: FIRST, event });
    let answer = HookAnswer::Failed;
    let failed = script.add(422_000, call, Fact::HookAnswered { deployment: FIRST, event, answer });
    let why = (event, ErrorCode::HookExecutionFailure, ErrorMessage::ValidationFailed);
    let error = script.fail(422_000, failed, why, &[]);
    script.roll_back(422_000, error, true);
    script.drain(GREEN, 424_000, error, 10);
    script.traffic(50, 740_000);
    script.finish(740_000)
}

/// Waits 20 hours for approval, moves all at once, keeps the original for two days.
pub(crate) fn three_days() -> Example {
    let mut script = Script::new("ledger-approval", "ECSAllAtOnce", false);
    let hour = 3_600_000;
    let steady = script.install(92_000);
    let ready = script.status(92_000, steady, FIRST, DeploymentStatus::Ready);
    let again = script.status(20 * hour, ready, FIRST, DeploymentStatus::InProgress);
    let shifted = script.shift_traffic(again, &[(20 * hour, 100)]);
    script.event(20 * hour, shifted, Event::AfterAllowTraffic, true);
    script.succeed(20 * hour, 48 * hour, shifted);
    script.traffic(5, 69 * hour);
    script.finish(69 * hour)
}

/// Ends five seconds after its creation, with nothing but its beginning.
pub(crate) fn very_short() -> Example {
    let mut script = Script::new("stopped-early", "ECSAllAtOnce", false);
    let began = script.status(2_000, None, FIRST, DeploymentStatus::InProgress);
    let code = ErrorCode::ManualStop;
    let message = ErrorMessage::NotContinued { minutes: 0 };
    script.event_status(2_000, began, Event::BeforeInstall, EventStatus::InProgress);
    script.event_status(2_600, began, Event::BeforeInstall, EventStatus::Failed);
    for &event in &Event::ALL[1..] {
        script.event_status(2_600, began, event, EventStatus::Skipped);
    }
    script.add(2_600, began, Fact::DeploymentErrorSet { deployment: FIRST, code, message });
    script.status(2_600, began, FIRST, DeploymentStatus::Stopped);
    script.traffic(50, 5_000);
    script.finish(5_000)
}

/// A position in the script, before it is put in order.
type Line = Option<usize>;

/// Facts in any order; [`Script::finish`] puts them in order of time.
struct Script {
    header: Header,
    bad: bool,
    lines: Vec<(u64, Line, Fact)>,
}

impl Script {
    fn new(name: &str, config: &str, bad: bool) -> Script {
        let header = Header {
            schema: Header::SCHEMA,
            scenario: name.into(),
            summary: String::new(),
            scenario_digest: "5f1d6c0a9be37742".into(),
            seed: 1,
            replication: 0,
            created_unix_ms: 1_767_607_200_000 + 37_000,
            utc_offset_seconds: 3600,
            application: "AppECS-prod-checkout".into(),
            deployment_group: "DgpECS-prod-checkout".into(),
            deployment_config: format!("CodeDeployDefault.{config}"),
            function: None,
            instances: None,
            is_worker: false,
            service: "prod:checkout".into(),
            target_groups: ["checkout-blue".into(), "checkout-green".into()],
            candidates: vec!["good".into(), "broken-query".into()],
            desired_count: 10,
            client: Client {
                waiter: Some(Waiter::DeploymentSuccessful),
                polls: 120,
                timeout_ms: None,
                is_described: false,
            },
            users: Users::default(),
            region: "eu-west-1".into(),
            account_id: "123456789012".into(),
            triggers: Vec::new(),
            alarms: Vec::new(),
            task_hour_price_micros: 0,
            defects: Vec::new(),
            scaling_policies: Vec::new(),
        };
        let mut script = Script { header, bad, lines: Vec::new() };
        script.add(
            0,
            None,
            Fact::TaskSetFound { task_set: BLUE.0, target_group: BLUE.1, tasks: 10 },
        );
        let drawn = Fact::ReplacementDrawn { deployment: FIRST, candidate: u8::from(bad), bad };
        script.add(0, None, drawn);
        script.created(0, None, FIRST, None);
        script
    }

    fn add(&mut self, at: u64, cause: Line, fact: Fact) -> Line {
        self.lines.push((at, cause, fact));
        Some(self.lines.len() - 1)
    }

    fn created(
        &mut self,
        at: u64,
        cause: Line,
        deployment: DeploymentNumber,
        rolls_back: Option<DeploymentNumber>,
    ) -> Line {
        let creator = match rolls_back {
            Some(_) => DeploymentCreator::CodeDeployRollback,
            None => DeploymentCreator::User,
        };
        let id = DeploymentId::from_random(0xC0DE_D3B1_0A5E + u64::from(deployment.0) * 77_777_777);
        self.add(at, cause, Fact::DeploymentCreated { deployment, id, creator, rolls_back })
    }

    fn status(
        &mut self,
        at: u64,
        cause: Line,
        deployment: DeploymentNumber,
        status: DeploymentStatus,
    ) -> Line {
        self.add(at, cause, Fact::DeploymentStatusChanged { deployment, status })
    }

    fn event_status(&mut self, at: u64, cause: Line, event: Event, status: EventStatus) -> Line {
        let fact = Fact::LifecycleEventStatusChanged { deployment: FIRST, event, status };
        self.add(at, cause, fact)
    }

    /// An event without a function: it begins and, if asked, ends in one instant.
    fn event(&mut self, at: u64, cause: Line, event: Event, ends: bool) -> Line {
        let begun = self.event_status(at, cause, event, EventStatus::InProgress);
        if ends { self.event_status(at, begun, event, EventStatus::Succeeded) } else { begun }
    }

    fn set_status(
        &mut self,
        at: u64,
        cause: Line,
        task_set: TaskSetId,
        status: TaskSetStatus,
    ) -> Line {
        self.add(at, cause, Fact::TaskSetStatusChanged { task_set, status })
    }

    fn listener(&mut self, at: u64, cause: Line, listener: Listener, percent: u16) -> Line {
        let weights = [100 - percent, percent];
        let modified = self.add(at, cause, Fact::ListenerModified { listener, weights });
        self.add(at, modified, Fact::ListenerWeightsInForce { listener, weights });
        modified
    }

    /// Up to the beginning of Install, with the replacement task set.
    fn begin_install(&mut self) -> Line {
        let began = self.status(2_000, None, FIRST, DeploymentStatus::InProgress);
        let before = self.event(2_000, began, Event::BeforeInstall, true);
        let install = self.event(2_000, before, Event::Install, false);
        let fact = Fact::TaskSetCreated {
            task_set: GREEN.0,
            deployment: FIRST,
            target_group: GREEN.1,
            computed_desired_count: 10,
        };
        self.add(2_000, install, fact)
    }

    /// Install with ten tasks, the last one healthy at `until`, and the empty events after it.
    fn install(&mut self, until: u64) -> Line {
        let created = self.begin_install();
        let mut healthy = created;
        for index in 0..10 {
            let until = until - 1_300 * u64::from(9 - index);
            healthy = self.start(TaskId(10 + index), 2_000, until, created);
        }
        let stability = StabilityStatus::SteadyState;
        let fact = Fact::TaskSetStabilityChanged { task_set: GREEN.0, stability };
        let steady = self.add(until, healthy, fact);
        let mut last = self.event_status(until, steady, Event::Install, EventStatus::Succeeded);
        last = self.event(until, last, Event::AfterInstall, true);
        let testing = self.event(until, last, Event::AllowTestTraffic, false);
        self.listener(until, testing, Listener::Test, 100);
        last = self.event_status(until, testing, Event::AllowTestTraffic, EventStatus::Succeeded);
        self.event(until, last, Event::AfterAllowTestTraffic, true)
    }

    fn task_status(&mut self, at: u64, cause: Line, task: TaskId, status: TaskStatus) -> Line {
        let task_set = if task.0 < 10 { BLUE.0 } else { GREEN.0 };
        self.add(at, cause, Fact::TaskStatusChanged { task, task_set, status })
    }

    fn target(&mut self, at: u64, cause: Line, task: TaskId, state: TargetHealthState) -> Line {
        let target_group = if task.0 < 10 { BLUE.1 } else { GREEN.1 };
        let reason = match state {
            TargetHealthState::Initial => TargetHealthReason::InitialHealthChecking,
            TargetHealthState::Unhealthy => TargetHealthReason::FailedHealthChecks,
            TargetHealthState::Draining => TargetHealthReason::DeregistrationInProgress,
            TargetHealthState::Unused => TargetHealthReason::NotRegistered,
            TargetHealthState::Healthy => TargetHealthReason::None,
        };
        self.add(at, cause, Fact::TargetHealthChanged { task, target_group, state, reason })
    }

    /// One task from PROVISIONING at `from` to a healthy target at `healthy`; returns the last line.
    fn start(&mut self, task: TaskId, from: u64, healthy: u64, cause: Line) -> Line {
        let mut last = self.task_status(from, cause, task, TaskStatus::Provisioning);
        last = self.task_status(healthy - 55_000, last, task, TaskStatus::Pending);
        last = self.task_status(healthy - 33_000, last, task, TaskStatus::Activating);
        last = self.task_status(healthy - 30_000, last, task, TaskStatus::Running);
        last = self.target(healthy - 29_000, last, task, TargetHealthState::Initial);
        self.target(healthy, last, task, TargetHealthState::Healthy)
    }

    /// One task that runs, is found unhealthy and is stopped.
    fn crash_loop(&mut self, from: u64, task: TaskId, cause: Line) {
        let mut last = self.task_status(from, cause, task, TaskStatus::Provisioning);
        last = self.task_status(from + 20_000, last, task, TaskStatus::Pending);
        last = self.task_status(from + 60_000, last, task, TaskStatus::Running);
        last = self.target(from + 61_000, last, task, TargetHealthState::Initial);
        last = self.target(from + 121_000, last, task, TargetHealthState::Unhealthy);
        let code = StopCode::ServiceSchedulerInitiated;
        let fact = Fact::TaskStopRequested { task, task_set: GREEN.0, code, unhealthy: true };
        last = self.add(from + 121_000, last, fact);
        last = self.task_status(from + 121_000, last, task, TaskStatus::Stopping);
        last = self.target(from + 121_000, last, task, TargetHealthState::Draining);
        self.task_status(from + 151_000, last, task, TaskStatus::Stopped);
    }

    /// The steps of AllowTraffic; returns its end.
    fn shift_traffic(&mut self, cause: Line, steps: &[(u64, u16)]) -> Line {
        let (first, last) = (steps[0].0, steps[steps.len() - 1].0);
        let before = self.event(first, cause, Event::BeforeAllowTraffic, true);
        let mut line = self.event(first, before, Event::AllowTraffic, false);
        for &(at, percent) in steps {
            line = self.listener(at, line, Listener::Production, percent);
        }
        self.set_status(last, line, GREEN.0, TaskSetStatus::Primary);
        self.set_status(last, line, BLUE.0, TaskSetStatus::Active);
        self.event_status(last, line, Event::AllowTraffic, EventStatus::Succeeded)
    }

    /// The termination wait, the end and the draining of the original.
    fn succeed(&mut self, at: u64, wait: u64, cause: Line) {
        let waiting = self.add(at, cause, Fact::TerminationWaitStarted { deployment: FIRST });
        let end = at + wait;
        self.status(end, waiting, FIRST, DeploymentStatus::Succeeded);
        self.drain(BLUE, end, waiting, 0);
    }

    /// Ten tasks leave within 300 seconds and the time it takes to stop them.
    fn drain(&mut self, set: (TaskSetId, TargetGroupId), at: u64, cause: Line, first_task: u32) {
        let draining = self.set_status(at, cause, set.0, TaskSetStatus::Draining);
        let fact = Fact::TaskSetScaled { task_set: set.0, computed_desired_count: 0 };
        let scaled = self.add(at, draining, fact);
        let mut last = scaled;
        for task in (first_task..first_task + 10).map(TaskId) {
            self.target(at, scaled, task, TargetHealthState::Draining);
            last = self.task_status(at, scaled, task, TaskStatus::Deactivating);
            let stopping = at + 300_000;
            last = self.task_status(stopping, last, task, TaskStatus::Stopping);
            last = self.task_status(stopping + 2_000, last, task, TaskStatus::Stopped);
        }
        self.add(at + 302_000, last, Fact::TaskSetDeleted { task_set: set.0 });
    }

    fn fail(
        &mut self,
        at: u64,
        cause: Line,
        (event, code, message): (Event, ErrorCode, ErrorMessage),
        skipped: &[Event],
    ) -> Line {
        let failed = self.event_status(at, cause, event, EventStatus::Failed);
        for &event in skipped {
            self.event_status(at, failed, event, EventStatus::Skipped);
        }
        let fact = Fact::DeploymentErrorSet { deployment: FIRST, code, message };
        let error = self.add(at, failed, fact);
        self.status(at, error, FIRST, DeploymentStatus::Failed)
    }

    fn roll_back(&mut self, at: u64, cause: Line, shifted: bool) {
        let created = self.created(at, cause, ROLLBACK, Some(FIRST));
        if shifted {
            self.listener(at, created, Listener::Production, 0);
        }
        let began = self.status(at, created, ROLLBACK, DeploymentStatus::InProgress);
        self.status(at + 2_000, began, ROLLBACK, DeploymentStatus::Succeeded);
    }

    /// Requests at so many a second until `end`, cut at minutes and at changes of the weight.
    fn traffic(&mut self, rate: u64, end: u64) {
        let phase = self.header.created_unix_ms % 60_000;
        let mut weights: Vec<(u64, u64)> = self.lines.iter().filter_map(in_force).collect();
        weights.sort_by_key(|&(at, _)| at);
        let minutes = (1..=(end + phase) / 60_000).map(|minute| minute * 60_000 - phase);
        let mut cuts: Vec<u64> = minutes.chain(weights.iter().map(|&(at, _)| at)).collect();
        cuts.push(end);
        cuts.sort_unstable();
        cuts.dedup();
        let mut from = 0;
        for (index, to) in cuts.into_iter().filter(|&to| to > 0 && to <= end).enumerate() {
            let percent = weights.iter().rev().find(|&&(at, _)| at <= from).map_or(0, |&(_, w)| w);
            let wobble = 1000 + (index as u64 * 7919) % 90 - 45;
            let requests = rate * (to - from) * wobble / 1_000_000;
            let replacement = (requests * percent + 50) / 100;
            self.answered(to, BLUE.1, requests - replacement, index, false);
            self.answered(to, GREEN.1, replacement, index, self.bad);
            from = to;
        }
    }

    fn answered(&mut self, at: u64, group: TargetGroupId, requests: u64, index: usize, bad: bool) {
        if requests == 0 {
            return;
        }
        let base = (requests + (index as u64 * 613) % 1000) / 1000;
        let worse = if bad { requests * (18 + index as u64 % 5) / 1000 } else { 0 };
        let [requests, failed, bad] = [requests, base + worse, worse].map(|count| count as u32);
        let fact = Fact::RequestsAnswered { target_group: group, requests, failed, bad };
        self.add(at, None, fact);
    }

    fn finish(mut self, end: u64) -> Example {
        self.add(end, None, Fact::RunEnded { completed: true });
        let mut order: Vec<usize> = (0..self.lines.len()).collect();
        order.sort_by_key(|&line| self.lines[line].0);
        let mut places = vec![0; order.len()];
        order.iter().enumerate().for_each(|(place, &line)| places[line] = place);
        let mut digester = Digester::default();
        let mut journal = Journal { header: self.header, entries: Vec::new() };
        for &line in &order {
            let (at, cause, fact) = self.lines[line];
            let cause = cause.map_or(Cause::NONE, |cause| Cause::entry(places[cause]));
            let entry = Entry { at: SimTime::from_millis(at), cause, fact };
            digester.read(&entry);
            journal.entries.push(entry);
        }
        Example { journal, end: SimTime::from_millis(end), digest: digester.finish() }
    }
}

fn in_force(&(at, _, fact): &(u64, Line, Fact)) -> Option<(u64, u64)> {
    match fact {
        Fact::ListenerWeightsInForce { listener: Listener::Production, weights } => {
            Some((at, weights[1].into()))
        }
        _ => None,
    }
}
