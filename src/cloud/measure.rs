//! What is counted while a minute passes, and what each metric makes of it.
//!
//! Not when it can be seen (`metric`). Rules: ELB-MET-1 to ELB-MET-3, CW-MET-5, LAM-MET-2, LAM-MET-3.

use crate::aws::id::TargetGroupId;
use crate::engine::time::{SimDuration, SimTime};
use crate::scenario::alarm::ratio::Ratio;
use crate::scenario::alarm::statistic::StatisticSet;
use crate::scenario::custom_metric::CUSTOM_METRICS_MAX;
use crate::scenario::monitoring::{MINUTE, Measure, Scope, Source};

/// What the requests to one target group met within a minute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Those for which a target was chosen; on Lambda the invocations.
    pub requests: u64,
    /// Those that a target answered.
    pub answered: u64,
    /// Those that a target answered with a 4xx code.
    pub http_4xx: u64,
    /// Those that a target answered with a 5xx code.
    pub http_5xx: u64,
    /// Those whose connection a target refused.
    pub refused: u64,
    /// Those that the load balancer answered with 502.
    pub http_502: u64,
    /// Those that it answered with 503.
    pub http_503: u64,
    /// Those that it answered with 504; on Lambda those that the function's timeout ended.
    pub http_504: u64,
    /// Those that found no room for another invocation, besides: 429.
    pub throttled: u64,
    /// How long tasks have worked on them, in microseconds of one task.
    pub busy_us: u64,
    /// Those that went to targets without regard to their health, since too few were healthy (ELB-FO-4).
    pub fail_open: u64,
    /// What revisions publish of requests themselves, by metric.
    pub custom: [Counted; CUSTOM_METRICS_MAX],
}

/// Samples that are 0 or 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// How many there are.
    pub samples: u64,
    /// How many of them are 1.
    pub ones: u64,
}

impl Tally {
    /// The counts of both.
    fn with(self, other: Tally) -> Tally {
        self.each(other, |own, other| own + other)
    }

    /// What came since an earlier count of the same minute.
    #[must_use]
    pub fn since(self, earlier: Tally) -> Tally {
        self.each(earlier, |own, earlier| own - earlier)
    }

    /// Part `n` of so many equal ones, `n` from 0: together they are the whole.
    #[must_use]
    pub fn part(self, n: u64, of: u64) -> Tally {
        let upto = |n: u64| self.each(Tally::default(), |own, _| own * n / of);
        upto(n + 1).since(upto(n))
    }

    fn each(self, other: Tally, by: impl Fn(u64, u64) -> u64) -> Tally {
        let counted = |(own, other): (Counted, Counted)| Counted {
            samples: by(own.samples, other.samples),
            ones: by(own.ones, other.ones),
        };
        let mut custom = [Counted::default(); CUSTOM_METRICS_MAX];
        for (both, pair) in custom.iter_mut().zip(self.custom.into_iter().zip(other.custom)) {
            *both = counted(pair);
        }
        Tally {
            requests: by(self.requests, other.requests),
            answered: by(self.answered, other.answered),
            http_4xx: by(self.http_4xx, other.http_4xx),
            http_5xx: by(self.http_5xx, other.http_5xx),
            refused: by(self.refused, other.refused),
            http_502: by(self.http_502, other.http_502),
            http_503: by(self.http_503, other.http_503),
            http_504: by(self.http_504, other.http_504),
            throttled: by(self.throttled, other.throttled),
            busy_us: by(self.busy_us, other.busy_us),
            fail_open: by(self.fail_open, other.fail_open),
            custom,
        }
    }
}

impl Counted {
    /// The samples, if there are any.
    pub fn samples(self) -> Option<StatisticSet> {
        let bound = |is_one: bool| Ratio::whole(u32::from(is_one));
        (self.samples > 0).then(|| StatisticSet {
            sample_count: self.samples,
            sum: Ratio::count(self.ones),
            minimum: bound(self.ones == self.samples),
            maximum: bound(self.ones > 0),
        })
    }
}

/// How long so many tasks work on some requests, in microseconds of one task: at most all the time.
pub fn busy_us(requests: f64, task_ms: f64, tasks: u32, within: SimDuration) -> u64 {
    let all = u64::from(tasks) * within.as_millis() * 1000;
    (libm::round(requests * task_ms * 1000.0) as u64).min(all)
}

/// A number of targets over the present minute.
#[derive(Clone, Copy, Debug, Default)]
pub struct Level {
    /// The number now.
    pub now: u32,
    /// Since when its integral is not counted.
    pub since: SimTime,
    /// Integral since the minute began, in targets times milliseconds.
    pub sum: u64,
    /// The least of the minute.
    pub minimum: u32,
    /// The largest of the minute.
    pub maximum: u32,
}

impl Level {
    /// Another number from now on.
    pub fn set(&mut self, number: u32, at: SimTime) {
        self.pass(at);
        self.now = number;
        self.minimum = self.minimum.min(number);
        self.maximum = self.maximum.max(number);
    }

    fn pass(&mut self, until: SimTime) {
        self.sum += u64::from(self.now) * until.since(self.since).as_millis();
        self.since = until;
    }

    /// The sum of a whole minute, of which another begins.
    pub fn take(&mut self, until: SimTime) -> Level {
        self.pass(until);
        let minute = *self;
        *self = Level { sum: 0, minimum: self.now, maximum: self.now, ..*self };
        minute
    }
}

/// The tasks behind one group: targets that are healthy or not, tasks that run, and what they use at rest.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hosts {
    /// Targets that are healthy.
    pub healthy: Level,
    /// Targets that are unhealthy.
    pub unhealthy: Level,
    /// Tasks that run.
    pub running: Level,
    /// The share of its CPU that a task uses at rest.
    pub idle_cpu: f64,
    /// The share of its memory that it uses.
    pub memory: f64,
}

/// What a source measured in a minute, at whose end these versions stood in the places of the alias; nothing where it
/// publishes nothing (ELB-MET-1 to ELB-MET-3, LAM-MET-3).
#[inline(never)] // Else every measure is made each minute, for sources that read one.
pub fn samples(
    source: Source,
    tallies: &[Tally; 2],
    hosts: &[Hosts; 2],
    versions: [u32; 2],
) -> Option<StatisticSet> {
    let [first, second] = [TargetGroupId(0), TargetGroupId(1)];
    let both;
    let tally = match [first, second].map(|group| source.scope.covers(group, versions)) {
        [true, true] => {
            both = tallies[0].with(tallies[1]);
            &both
        }
        [true, false] => &tallies[0],
        [false, true] => &tallies[1],
        [false, false] => return None,
    };
    let group = match source.scope {
        Scope::TargetGroup(group) => Some(&hosts[group.index()]),
        // The hosts of both places are counted in the first.
        Scope::SharedTargetGroup => Some(&hosts[0]),
        _ => None,
    };
    match source.measure {
        Measure::Requests | Measure::Invocations | Measure::Duration => ones(tally.requests),
        Measure::InvocationErrors => {
            let ones = tally.http_5xx + tally.http_504;
            Counted { samples: tally.requests, ones }.samples()
        }
        Measure::Throttles => {
            let samples = tally.requests + tally.throttled;
            Counted { samples, ones: tally.throttled }.samples()
        }
        // How many there are; what they are `answer_times` knows.
        Measure::ResponseTime => ones(tally.answered),
        Measure::Target2xx => ones(tally.answered - tally.http_4xx - tally.http_5xx),
        Measure::Target4xx => ones(tally.http_4xx),
        Measure::Target5xx => ones(tally.http_5xx),
        Measure::Elb5xx => ones(tally.http_502 + tally.http_503 + tally.http_504),
        Measure::Elb502 => ones(tally.http_502),
        Measure::Elb503 => ones(tally.http_503),
        Measure::Elb504 => ones(tally.http_504),
        Measure::ConnectionErrors => ones(tally.refused),
        Measure::FailOpen => ones(tally.fail_open),
        Measure::RequestsPerTarget => per_target(tally.requests, group?),
        Measure::HealthyHosts => over_time(&group?.healthy, group?),
        Measure::UnhealthyHosts => over_time(&group?.unhealthy, group?),
        Measure::Custom => match source.scope {
            Scope::Custom(id) => tally.custom[usize::from(id)].samples(),
            _ => None,
        },
        Measure::Cpu => of_running(hosts, |group| {
            let busy_ms = tallies[group].busy_us as f64 / 1000.0;
            let Hosts { running, idle_cpu, .. } = &hosts[group];
            idle_cpu * running.sum as f64 + (1.0 - idle_cpu) * busy_ms
        }),
        Measure::Memory => {
            of_running(hosts, |group| hosts[group].memory * hosts[group].running.sum as f64)
        }
    }
}

/// A counter: each request is a sample of 1, and without any there is no datapoint (ELB-MET-1).
fn ones(count: u64) -> Option<StatisticSet> {
    Counted { samples: count, ones: count }.samples()
}

/// Requests by the targets that were healthy on average; by all where none was.
fn per_target(requests: u64, hosts: &Hosts) -> Option<StatisticSet> {
    let targets = match hosts.healthy.sum {
        0 => hosts.unhealthy.sum,
        healthy => healthy,
    };
    let each = Ratio::count(requests * MINUTE.as_millis()).by(Ratio::count(targets))?;
    (requests > 0).then(|| StatisticSet::of(each))
}

/// A number of targets: published while there are any in the group, with or without traffic (ELB-MET-2).
fn over_time(level: &Level, hosts: &Hosts) -> Option<StatisticSet> {
    if hosts.healthy.maximum == 0 && hosts.unhealthy.maximum == 0 {
        return None;
    }
    Some(StatisticSet {
        sample_count: 1,
        sum: Ratio::count(level.sum).by(Ratio::count(MINUTE.as_millis()))?,
        minimum: Ratio::whole(level.minimum),
        maximum: Ratio::whole(level.maximum),
    })
}

/// Percent of what all running tasks reserve that they use, `used` being task-milliseconds by group; nothing without a
/// running task (CW-MET-5). To a millionth of a percent.
fn of_running(hosts: &[Hosts; 2], used: impl Fn(usize) -> f64) -> Option<StatisticSet> {
    let reserved: u64 = hosts.iter().map(|group| group.running.sum).sum();
    if reserved == 0 {
        return None;
    }
    let percent = 100.0 * (used(0) + used(1)) / reserved as f64;
    let micros = libm::round(percent.clamp(0.0, 100.0) * 1e6) as u64;
    Ratio::count(micros).by(Ratio::whole(1_000_000)).map(StatisticSet::of)
}
