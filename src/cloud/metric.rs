//! Metrics as CloudWatch has them: by the minute, late, and nothing where nothing was.
//!
//! What is measured is counted as it happens; at the end of a minute each source that an alarm watches makes a point
//! of it, which can be seen only once it is delivered. Before creation the original has answered for as long as an
//! evaluation looks back (decision: history). Not what an alarm makes of it (`alarm`).
//! Rules: ELB-MET-1 to ELB-MET-3, CW-MET-1, CW-MET-3, CW-DELAY-1, CW-ALARM-4, CW-ALARM-5.

use crate::agenda::Outbox;
use crate::agenda::chance::Purpose;
use crate::aws::id::TargetGroupId;
use crate::cloud::answer_times::AnswerTimes;
use crate::cloud::measure::{Hosts, Level, Tally, samples};
use crate::cloud::response::{Answers, Part};
use crate::engine::share::Share;
use crate::engine::time::{SimDuration, SimTime};
use crate::scenario::Scenario;
use crate::scenario::alarm::ratio::Ratio;
use crate::scenario::alarm::statistic::{Datapoint, Stat, StatisticSet};
use crate::scenario::alarm::window::{UnixTime, Window};
use crate::scenario::custom_metric::Sample;
use crate::scenario::monitoring::{FINE, MINUTE, Scope, Source, WatchedAlarm, delay_max};
use crate::scenario::revision::{Revision, TaskCapacity};

/// Minutes are counted from so many before the scenario's start, so that none has a number below zero: more than the
/// longest alarm looks back: an evaluation range of three weeks, for one period of a week.
const MINUTES_BEFORE: u64 = 1 << 15;
/// Short periods of a minute.
const FINES_A_MINUTE: u64 = MINUTE.as_millis() / FINE.as_millis();
/// Sources are told apart by numbers below this.
const SOURCES: u64 = 512;
/// Points of a source that share a block of uniforms.
const POINTS_A_BLOCK: u64 = 8;

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
    /// Whether anybody reads what stands behind the groups.
    counts_hosts: bool,
    /// What stands behind each group in the present minute.
    hosts: [Hosts; 2],
    /// The same in the present ten seconds, and what requests had met before them in their minute.
    fine: ([Hosts; 2], [Tally; 2]),
    revisions: [Option<&'s Revision>; 2],
    /// The versions of a function in the places of its alias.
    versions: [u32; 2],
    /// By source, and in it by the period that it is published with, modulo its length.
    points: Vec<Vec<Option<Point>>>,
    /// What stands behind the points of how long answers took.
    answer_times: AnswerTimes<'s>,
    /// Work space: the answers of a minute of the past.
    past_answers: [Answers<'s>; 2],
}

impl<'s> Metrics<'s> {
    /// The metrics of a scenario's alarms, with room for as many minutes as their evaluations look at.
    pub fn new(scenario: &'s Scenario) -> Metrics<'s> {
        let monitoring = &scenario.monitoring;
        let mut periods = vec![0; monitoring.sources.len()];
        for watched in &monitoring.alarms {
            for &source in watched.sources.iter().flatten() {
                periods[source] = periods_looked_at(scenario, watched, source).max(periods[source]);
            }
        }
        let is_timed = |(source, _): &(&Source, &usize)| source.measure.is_time();
        let timed = monitoring.sources.iter().zip(&periods).filter(is_timed);
        let answer_times = AnswerTimes::new(timed.map(|(_, &minutes)| minutes).max().unwrap_or(0));
        let points = periods.into_iter().map(|periods| vec![None; periods]).collect();
        let zero = UnixTime::from_millis(0);
        let (hosts, fine, revisions, versions, past_answers) = Default::default();
        let counts_hosts = monitoring.counts_hosts();
        Metrics {
            scenario,
            zero,
            counts_hosts,
            hosts,
            fine,
            revisions,
            versions,
            points,
            answer_times,
            past_answers,
        }
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
        (self.hosts, self.fine, self.revisions, self.versions) = Default::default();
        self.points.iter_mut().for_each(|points| points.fill(None));
        self.answer_times.reset();
    }

    /// Whether anybody looks at how many targets and tasks there are.
    pub const fn counts_hosts(&self) -> bool {
        self.counts_hosts
    }

    /// A group has so many healthy and unhealthy targets from now on; of use where anybody looks.
    pub fn count_hosts(&mut self, group: TargetGroupId, healthy: u32, unhealthy: u32, at: SimTime) {
        for hosts in [&mut self.hosts, &mut self.fine.0] {
            hosts[group.index()].healthy.set(healthy, at);
            hosts[group.index()].unhealthy.set(unhealthy, at);
        }
    }

    /// So many tasks behind a group run from now on.
    pub fn count_running(&mut self, group: TargetGroupId, running: u32, at: SimTime) {
        if !self.counts_hosts {
            return;
        }
        for hosts in [&mut self.hosts, &mut self.fine.0] {
            hosts[group.index()].running.set(running, at);
        }
    }

    /// Tasks of a revision stand behind a group from now on.
    pub fn serve(&mut self, group: TargetGroupId, revision: &'s Revision) {
        self.revisions[group.index()] = Some(revision);
        let of = |pick: fn(&TaskCapacity) -> Share| {
            revision.capacity.as_ref().map_or(0.0, |capacity| pick(capacity).as_f64())
        };
        for hosts in [&mut self.hosts, &mut self.fine.0] {
            hosts[group.index()].idle_cpu = of(|capacity| capacity.idle_cpu);
            hosts[group.index()].memory = of(|capacity| capacity.memory);
        }
    }

    /// These versions of a function stand in the places of its alias from now on: what a place has had in the present
    /// minute counts as theirs.
    pub const fn route(&mut self, versions: [u32; 2]) {
        self.versions = versions;
    }

    /// Makes the past: the minutes before creation, as `answered` says that they went, by how many minutes before that
    /// of creation they are, in order. What that of creation itself (0) has up to then is returned.
    pub fn remember(
        &mut self,
        group: TargetGroupId,
        tasks: u32,
        mut answered: impl FnMut(u64, &mut Outbox<'_>) -> (Tally, Option<Part<'s>>),
        out: &mut Outbox<'_>,
    ) -> (Tally, Option<Part<'s>>) {
        let begun = |period: SimDuration| Level {
            now: tasks,
            minimum: tasks,
            maximum: tasks,
            sum: u64::from(tasks) * self.zero.since(self.zero.floor(period)).as_millis(),
            since: SimTime::ZERO,
        };
        let (minute, fine) = (begun(MINUTE), begun(FINE));
        for (hosts, begun) in [(&mut self.hosts, minute), (&mut self.fine.0, fine)] {
            let own = &mut hosts[group.index()];
            (own.healthy, own.running) = (begun, begun);
        }
        if self.scenario.assumptions.has_history && self.scenario.monitoring.sees(group) {
            let whole = |period: SimDuration| {
                let level = Level { sum: u64::from(tasks) * period.as_millis(), ..minute };
                let mut hosts = [Hosts::default(); 2];
                hosts[group.index()] =
                    Hosts { healthy: level, running: level, ..self.hosts[group.index()] };
                hosts
            };
            let (minutes, fines) = (whole(MINUTE), whole(FINE));
            let mut answers = std::mem::take(&mut self.past_answers);
            for ago in 1..self.minutes_kept() {
                let from = self.zero.floor(MINUTE).before(MINUTE.times(ago));
                let mut tallies = [Tally::default(); 2];
                let (tally, part) = answered(ago, out);
                tallies[group.index()] = tally;
                answers[group.index()].clear();
                part.into_iter().for_each(|part| answers[group.index()].add(part));
                self.publish((from, MINUTE), (&tallies, &answers), &minutes, out);
                self.publish_parts(from, FINES_A_MINUTE, &tallies, &fines, out);
            }
            answers.iter_mut().for_each(Answers::clear);
            self.past_answers = answers;
            // What of the minute of creation is over.
            let (tally, part) = answered(0, out);
            let over = self.zero.since(self.zero.floor(MINUTE)).as_millis() / FINE.as_millis();
            let mut tallies = [Tally::default(); 2];
            tallies[group.index()] = tally;
            self.publish_parts(self.zero.floor(MINUTE), over, &tallies, &fines, out);
            return (tally, part);
        }
        answered(0, out)
    }

    /// As many minutes as the longest look back needs.
    fn minutes_kept(&self) -> u64 {
        let sources = self.scenario.monitoring.sources.iter().zip(&self.points);
        let minutes = sources.map(|(source, points)| {
            let span = source.period().as_millis() * points.len() as u64;
            span.div_ceil(MINUTE.as_millis())
        });
        minutes.max().unwrap_or(0)
    }

    /// So many of the short periods of a minute of the past, over which its requests are spread evenly.
    fn publish_parts(
        &mut self,
        minute: UnixTime,
        parts: u64,
        tallies: &[Tally; 2],
        hosts: &[Hosts; 2],
        out: &mut Outbox<'_>,
    ) {
        if self.scenario.monitoring.is_fine() {
            let nothing = Default::default();
            for n in 0..parts {
                let tallies = tallies.map(|tally| tally.part(n, FINES_A_MINUTE));
                let period = (minute + FINE.times(n), FINE);
                self.publish(period, (&tallies, &nothing), hosts, out);
            }
        }
    }

    /// A minute is over, or ten seconds of it.
    pub fn on_tick(&mut self, met: (&[Tally; 2], &[Answers<'s>; 2]), out: &mut Outbox<'_>) {
        let now = self.calendar(out.now());
        let is_minute = now == now.floor(MINUTE);
        if self.scenario.monitoring.is_fine() {
            let (tallies, nothing) = (*met.0, Default::default());
            let hosts = taken(&mut self.fine.0, out.now());
            let before = std::mem::replace(&mut self.fine.1, tallies);
            let [first, second] = tallies;
            let since = [first.since(before[0]), second.since(before[1])];
            self.publish((now.before(FINE), FINE), (&since, &nothing), &hosts, out);
            if is_minute {
                self.fine.1 = Default::default();
            }
        }
        if is_minute {
            let hosts = match self.counts_hosts {
                true => taken(&mut self.hosts, out.now()),
                false => Default::default(),
            };
            self.publish((now.before(MINUTE), MINUTE), met, &hosts, out);
        }
    }

    /// Every source that is published with this period makes a point of it, to be seen after its delay (CW-DELAY-1).
    fn publish(
        &mut self,
        (from, period): (UnixTime, SimDuration),
        (tallies, answers): (&[Tally; 2], &[Answers<'s>; 2]),
        hosts: &[Hosts; 2],
        out: &mut Outbox<'_>,
    ) {
        let start = UnixTime::from_millis(self.scenario.start.unix_ms).floor(MINUTE);
        let since = (from + MINUTE.times(MINUTES_BEFORE)).since(start);
        let number = UnixTime::from_millis(since.as_millis()).spans(period == FINE);
        if period == MINUTE {
            self.answer_times.keep((from, number), answers, self.versions, out);
        }
        let sources = self.scenario.monitoring.sources.iter().zip(&mut self.points);
        for (source, points) in sources.filter(|(source, _)| source.period() == period) {
            let mut samples = samples(*source, tallies, hosts, self.versions);
            if let Scope::Custom(id) = source.scope {
                let index = SOURCES * number + source.number();
                samples = with_values(samples, id, &self.revisions, hosts, index, out);
            }
            let point = samples.map(|samples| {
                let index = SOURCES * (number / POINTS_A_BLOCK) + source.number();
                let delay = source.delay(&self.scenario.assumptions);
                let n = (number % POINTS_A_BLOCK) as u32;
                let delay = out.draw(delay, Purpose::MetricDelay, index, n);
                Point { from, visible_at: from + period + delay, samples }
            });
            // The past is told from the end: what is already there is newer, or as old as the ring is long.
            let place = from.spans(source.is_fine) as usize % points.len();
            let known = &mut points[place];
            if known.is_none_or(|known| known.from < from) {
                *known = point;
            }
        }
    }

    /// What can be seen at an instant of what a source measured in a window.
    pub fn datapoint(
        &mut self,
        source: usize,
        stat: Stat,
        window: Window,
        at: UnixTime,
    ) -> Option<Datapoint> {
        let own = self.scenario.monitoring.sources[source];
        let points = &self.points[source];
        let seen = || within(points, own, window).filter(|point| point.visible_at <= at);
        let mut sets = seen().map(|point| point.samples);
        let first = sets.next()?;
        let all = sets.try_fold(first, StatisticSet::with)?;
        let value = match stat {
            _ if own.measure.is_time() => {
                let minutes = seen().map(|point| point.from);
                self.answer_times.value(own, stat, window, all.sample_count, minutes)?
            }
            Stat::Statistic(statistic) => all.value(statistic),
            // Every request is a sample of 1; of anything else that is published in sets no percentile is known.
            Stat::Percentile(_) => Some(all.minimum).filter(|minimum| *minimum == all.maximum)?,
        };
        Some(Datapoint { value, sample_count: all.sample_count })
    }

    /// Whether anything can be seen at an instant of what a source measured in a window that is over by then, and when after
    /// it more can be; the last of all instants if that is all.
    pub fn delivery(&self, source: usize, window: Window, at: UnixTime) -> (bool, UnixTime) {
        let own = self.scenario.monitoring.sources[source];
        let points = within(&self.points[source], own, window);
        let none = (false, UnixTime::from_millis(u64::MAX));
        points.fold(none, |(is_seen, next), point| match point.visible_at <= at {
            true => (true, next),
            false => (is_seen, next.min(point.visible_at)),
        })
    }
}

/// The points of a source that begin in a window.
fn within(
    points: &[Option<Point>],
    source: Source,
    window: Window,
) -> impl Iterator<Item = &Point> {
    let period = source.period().as_millis();
    let number =
        |at: UnixTime| UnixTime::from_millis(at.as_millis() + period - 1).spans(source.is_fine);
    (number(window.from)..number(window.until)).filter_map(move |number| {
        let point = points[number as usize % points.len()].as_ref()?;
        (point.from.as_millis() == number * period).then_some(point)
    })
}

/// What stood behind each group up to now, from when on it is counted anew.
fn taken(hosts: &mut [Hosts; 2], now: SimTime) -> [Hosts; 2] {
    let mut all = *hosts;
    for (taken, hosts) in all.iter_mut().zip(hosts) {
        taken.healthy = hosts.healthy.take(now);
        taken.unhealthy = hosts.unhealthy.take(now);
        taken.running = hosts.running.take(now);
    }
    all
}

/// The samples of a custom metric, with a value of each revision of which a task has run.
fn with_values(
    of_requests: Option<StatisticSet>,
    id: u8,
    revisions: &[Option<&Revision>; 2],
    hosts: &[Hosts; 2],
    index: u64,
    out: &mut Outbox<'_>,
) -> Option<StatisticSet> {
    let mut all = of_requests;
    for (n, (revision, hosts)) in (0..).zip(revisions.iter().zip(hosts)) {
        let metrics = revision.map_or(&[][..], |revision| &revision.metrics);
        let own = metrics.iter().find(|metric| metric.id == id);
        let Some(Sample::Value(law)) = own.map(|metric| &metric.sample) else { continue };
        if hosts.running.maximum == 0 {
            continue;
        }
        let value = law.value(out.chance().nth(Purpose::CustomMetric, index, n));
        let set = StatisticSet::of(Ratio::nearest(value)?);
        all = Some(all.map_or(Some(set), |all| all.with(set))?);
    }
    all
}

/// How many points of a source the evaluations of an alarm can look at, those that are still to be delivered included.
fn periods_looked_at(scenario: &Scenario, watched: &WatchedAlarm, source: usize) -> usize {
    let Some(alarm) = watched.metric_alarm() else { return 0 };
    let range = scenario.monitoring.evaluation_range(watched, &scenario.assumptions);
    let late = watched.sources.iter().flatten().map(|&source| {
        delay_max(scenario.monitoring.sources[source].delay(&scenario.assumptions)).as_millis()
    });
    let span = alarm.period.times(range.into()).as_millis() + late.max().unwrap_or(0);
    let period = scenario.monitoring.sources[source].period().as_millis();
    // That which is not over, and one for windows that do not begin with one.
    usize::try_from(span.div_ceil(period) + 2).expect("an alarm looks back three weeks at most")
}
