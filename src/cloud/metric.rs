//! Metrics as CloudWatch has them: by the minute, late, and nothing where nothing was.
//!
//! What is measured is counted as it happens; at the end of a minute each source that an alarm watches makes a point
//! of it, which can be seen only once it is delivered. Before creation the original has answered for as long as an
//! evaluation looks back (decision: history). Not what an alarm makes of it (`alarm`).
//! Rules: ELB-MET-1 to ELB-MET-3, CW-MET-1, CW-MET-3, CW-DELAY-1, CW-ALARM-4, CW-ALARM-5.

use crate::agenda::Outbox;
use crate::agenda::chance::Purpose;
use crate::aws::id::TargetGroupId;
use crate::engine::share::Share;
use crate::engine::time::{SimDuration, SimTime};
use crate::scenario::Scenario;
use crate::scenario::alarm::ratio::Ratio;
use crate::scenario::alarm::statistic::{Datapoint, Stat, StatisticSet};
use crate::scenario::alarm::window::{UnixTime, Window};
use crate::scenario::monitoring::{Measure, Scope, Source, WatchedAlarm, delay_max};
use crate::scenario::revision::{Revision, TaskCapacity};

/// What load balancers publish is of a minute.
const MINUTE: SimDuration = SimDuration::from_mins(1);
/// Minutes are counted from so many before the scenario's start, so that none has a number below zero: more than the
/// longest alarm looks back: an evaluation range of three weeks, for one period of a week.
const MINUTES_BEFORE: u64 = 1 << 15;
/// Sources are told apart by numbers below this.
const SOURCES: u64 = 512;
/// Minutes that share a block of uniforms.
const MINUTES_A_BLOCK: u64 = 8;

/// What the requests to one target group met within a minute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Those for which a target was chosen.
    pub requests: u64,
    /// Those that a target answered.
    pub answered: u64,
    /// Those that a target answered with a 5xx code.
    pub failed: u64,
    /// Those whose connection a target refused.
    pub refused: u64,
    /// Those that the load balancer answered with 502.
    pub http_502: u64,
    /// Those that it answered with 503.
    pub http_503: u64,
    /// Those that it answered with 504.
    pub http_504: u64,
    /// How long tasks have worked on them, in microseconds of one task.
    pub busy_us: u64,
}

impl Tally {
    fn with(self, other: Tally) -> Tally {
        Tally {
            requests: self.requests + other.requests,
            answered: self.answered + other.answered,
            failed: self.failed + other.failed,
            refused: self.refused + other.refused,
            http_502: self.http_502 + other.http_502,
            http_503: self.http_503 + other.http_503,
            http_504: self.http_504 + other.http_504,
            busy_us: self.busy_us + other.busy_us,
        }
    }
}

/// How long so many tasks work on some requests, in microseconds of one task: at most all the time.
pub fn busy_us(requests: u64, task_ms: f64, tasks: u32, within: SimDuration) -> u64 {
    let all = u64::from(tasks) * within.as_millis() * 1000;
    (libm::round(requests as f64 * task_ms * 1000.0) as u64).min(all)
}

/// A number of targets over the present minute.
#[derive(Clone, Copy, Debug, Default)]
struct Level {
    now: u32,
    since: SimTime,
    /// Integral since the minute began, in targets times milliseconds.
    sum: u64,
    minimum: u32,
    maximum: u32,
}

impl Level {
    fn set(&mut self, number: u32, at: SimTime) {
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
    fn take(&mut self, until: SimTime) -> Level {
        self.pass(until);
        let minute = *self;
        *self = Level { sum: 0, minimum: self.now, maximum: self.now, ..*self };
        minute
    }
}

/// The tasks behind one group: targets that are healthy or not, tasks that run, and what they use at rest.
#[derive(Clone, Copy, Debug, Default)]
struct Hosts {
    healthy: Level,
    unhealthy: Level,
    running: Level,
    /// Shares of what a task reserves.
    idle_cpu: f64,
    memory: f64,
}

/// One minute of one source.
#[derive(Clone, Copy, Debug)]
struct Point {
    /// The minute, by its beginning.
    from: UnixTime,
    visible_at: UnixTime,
    samples: StatisticSet,
}

/// The metrics that alarms watch.
#[derive(Clone, Debug)]
pub struct Metrics<'s> {
    scenario: &'s Scenario,
    /// Instant zero.
    zero: UnixTime,
    hosts: [Hosts; 2],
    /// By source, and in it by minute, modulo its length.
    points: Vec<Vec<Option<Point>>>,
}

impl<'s> Metrics<'s> {
    /// The metrics of a scenario's alarms, with room for as many minutes as their evaluations look at.
    pub fn new(scenario: &'s Scenario) -> Metrics<'s> {
        let monitoring = &scenario.monitoring;
        let mut minutes = vec![0; monitoring.sources.len()];
        for watched in &monitoring.alarms {
            for &source in watched.sources.iter().flatten() {
                minutes[source] = minutes_looked_at(scenario, watched).max(minutes[source]);
            }
        }
        let points = minutes.into_iter().map(|minutes| vec![None; minutes]).collect();
        let zero = UnixTime::from_millis(0);
        Metrics { scenario, zero, hosts: Default::default(), points }
    }

    /// Whether anything is watched.
    pub const fn is_idle(&self) -> bool {
        self.points.is_empty()
    }

    /// An instant on the calendar.
    pub fn calendar(&self, at: SimTime) -> UnixTime {
        self.zero + at.since(SimTime::ZERO)
    }

    /// Back to instant zero, `phase` after the scenario's start, without any data.
    pub fn reset(&mut self, phase: SimDuration) {
        self.zero = UnixTime::from_millis(self.scenario.start.unix_ms) + phase;
        self.hosts = Default::default();
        self.points.iter_mut().for_each(|points| points.fill(None));
    }

    /// A group has so many healthy and unhealthy targets from now on.
    pub fn count_hosts(&mut self, group: TargetGroupId, healthy: u32, unhealthy: u32, at: SimTime) {
        let hosts = &mut self.hosts[group.index()];
        hosts.healthy.set(healthy, at);
        hosts.unhealthy.set(unhealthy, at);
    }

    /// So many tasks behind a group run from now on.
    pub fn count_running(&mut self, group: TargetGroupId, running: u32, at: SimTime) {
        self.hosts[group.index()].running.set(running, at);
    }

    /// Tasks of a revision stand behind a group from now on.
    pub fn serve(&mut self, group: TargetGroupId, revision: &Revision) {
        let hosts = &mut self.hosts[group.index()];
        let of = |pick: fn(&TaskCapacity) -> Share| {
            revision.capacity.as_ref().map_or(0.0, |capacity| pick(capacity).as_f64())
        };
        hosts.idle_cpu = of(|capacity| capacity.idle_cpu);
        hosts.memory = of(|capacity| capacity.memory);
    }

    /// Makes the past: the minutes before creation, as `answered` says that they went, by how many minutes before that
    /// of creation they are, in order. What that of creation itself (0) has up to then is returned, by group.
    pub fn remember(
        &mut self,
        group: TargetGroupId,
        tasks: u32,
        mut answered: impl FnMut(u64, &mut Outbox<'_>) -> Tally,
        out: &mut Outbox<'_>,
    ) -> [Tally; 2] {
        let begun = Level {
            now: tasks,
            minimum: tasks,
            maximum: tasks,
            sum: u64::from(tasks) * self.zero.since(self.zero.floor(MINUTE)).as_millis(),
            since: SimTime::ZERO,
        };
        let own = &mut self.hosts[group.index()];
        (own.healthy, own.running) = (begun, begun);
        if self.scenario.assumptions.has_history {
            let longest = self.points.iter().map(Vec::len).max().unwrap_or(0) as u64;
            let whole = Level { sum: u64::from(tasks) * MINUTE.as_millis(), ..begun };
            let past = Hosts { healthy: whole, running: whole, ..*own };
            for ago in 1..longest {
                let from = self.zero.floor(MINUTE).before(MINUTE.times(ago));
                let mut tallies = [Tally::default(); 2];
                tallies[group.index()] = answered(ago, out);
                let mut hosts = [Hosts::default(); 2];
                hosts[group.index()] = past;
                self.publish(from, &tallies, &hosts, out);
            }
        }
        let mut tallies = [Tally::default(); 2];
        tallies[group.index()] = answered(0, out);
        tallies
    }

    /// A minute is over.
    pub fn on_minute(&mut self, tallies: &[Tally; 2], out: &mut Outbox<'_>) {
        let now = out.now();
        let mut hosts = self.hosts;
        for (taken, hosts) in hosts.iter_mut().zip(&mut self.hosts) {
            taken.healthy = hosts.healthy.take(now);
            taken.unhealthy = hosts.unhealthy.take(now);
            taken.running = hosts.running.take(now);
        }
        self.publish(self.calendar(now).before(MINUTE), tallies, &hosts, out);
    }

    /// Every source makes a point of a minute, to be seen after its delay (CW-DELAY-1).
    fn publish(
        &mut self,
        from: UnixTime,
        tallies: &[Tally; 2],
        hosts: &[Hosts; 2],
        out: &mut Outbox<'_>,
    ) {
        let start = UnixTime::from_millis(self.scenario.start.unix_ms).floor(MINUTE);
        let minute =
            (from + MINUTE.times(MINUTES_BEFORE)).since(start).as_millis() / MINUTE.as_millis();
        for (source, points) in self.scenario.monitoring.sources.iter().zip(&mut self.points) {
            let point = samples(*source, tallies, hosts).map(|samples| {
                let index = SOURCES * (minute / MINUTES_A_BLOCK) + source.number();
                let delay = source.delay(&self.scenario.assumptions);
                let n = (minute % MINUTES_A_BLOCK) as u32;
                let delay = out.draw(delay, Purpose::MetricDelay, index, n);
                Point { from, visible_at: from + MINUTE + delay, samples }
            });
            // The past is told from the end: what is already there is newer, or as old as the ring is long.
            let place = place(from, points.len());
            let known = &mut points[place];
            if known.is_none_or(|known| known.from < from) {
                *known = point;
            }
        }
    }

    /// What can be seen at an instant of what a source measured in a window.
    pub fn datapoint(
        &self,
        source: usize,
        stat: Stat,
        window: Window,
        at: UnixTime,
    ) -> Option<Datapoint> {
        let points = &self.points[source];
        let mut all: Option<StatisticSet> = None;
        let mut from =
            (window.from + SimDuration::from_millis(MINUTE.as_millis() - 1)).floor(MINUTE);
        while from < window.until {
            let point = points[place(from, points.len())];
            if let Some(point) = point.filter(|one| one.from == from && one.visible_at <= at) {
                all = Some(all.map_or(Some(point.samples), |all| all.with(point.samples))?);
            }
            from = from + MINUTE;
        }
        let all = all?;
        let value = match stat {
            Stat::Statistic(statistic) => all.value(statistic),
            // Every request is a sample of 1; of anything else that is published in sets no percentile is known.
            Stat::Percentile(_) => Some(all.minimum).filter(|minimum| *minimum == all.maximum)?,
        };
        Some(Datapoint { value, sample_count: all.sample_count })
    }
}

/// How many minutes the evaluations of an alarm can look at, those that are still to be delivered included.
fn minutes_looked_at(scenario: &Scenario, watched: &WatchedAlarm) -> usize {
    let Some(alarm) = watched.metric_alarm() else { return 0 };
    let range = scenario.monitoring.evaluation_range(watched, &scenario.assumptions);
    let late = watched.sources.iter().flatten().map(|&source| {
        delay_max(scenario.monitoring.sources[source].delay(&scenario.assumptions)).as_millis()
    });
    let span = alarm.period.times(range.into()).as_millis() + late.max().unwrap_or(0);
    // The minute that is not over, and one for windows that do not begin with a minute.
    usize::try_from(span.div_ceil(MINUTE.as_millis()) + 2)
        .expect("an alarm looks back three weeks at most")
}

fn place(from: UnixTime, length: usize) -> usize {
    (from.as_millis() / MINUTE.as_millis()) as usize % length
}

/// What a source measured in a minute; nothing where it publishes nothing (ELB-MET-1 to ELB-MET-3).
fn samples(source: Source, tallies: &[Tally; 2], hosts: &[Hosts; 2]) -> Option<StatisticSet> {
    let tally = match source.scope {
        Scope::LoadBalancer | Scope::Service => tallies[0].with(tallies[1]),
        Scope::TargetGroup(group) => tallies[group.index()],
    };
    let group = match source.scope {
        Scope::LoadBalancer | Scope::Service => None,
        Scope::TargetGroup(group) => Some(&hosts[group.index()]),
    };
    match source.measure {
        Measure::Requests => ones(tally.requests),
        Measure::Target2xx => ones(tally.answered - tally.failed),
        Measure::Target5xx => ones(tally.failed),
        Measure::Elb5xx => ones(tally.http_502 + tally.http_503 + tally.http_504),
        Measure::Elb502 => ones(tally.http_502),
        Measure::Elb503 => ones(tally.http_503),
        Measure::Elb504 => ones(tally.http_504),
        Measure::ConnectionErrors => ones(tally.refused),
        Measure::RequestsPerTarget => per_target(tally.requests, group?),
        Measure::HealthyHosts => over_time(&group?.healthy, group?),
        Measure::UnhealthyHosts => over_time(&group?.unhealthy, group?),
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
    let (minimum, maximum) = (Ratio::ONE, Ratio::ONE);
    (count > 0).then(|| StatisticSet {
        sample_count: count,
        sum: Ratio::count(count),
        minimum,
        maximum,
    })
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
