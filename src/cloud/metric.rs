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
use crate::cloud::measure::{Hosts, Level, MINUTE, Tally, samples};
use crate::cloud::response::{Answers, Part};
use crate::engine::share::Share;
use crate::engine::time::{SimDuration, SimTime};
use crate::scenario::Scenario;
use crate::scenario::alarm::statistic::{Datapoint, Stat, StatisticSet};
use crate::scenario::alarm::window::{UnixTime, Window};
use crate::scenario::monitoring::{Measure, Source, WatchedAlarm, delay_max};
use crate::scenario::revision::{Revision, TaskCapacity};

/// Minutes are counted from so many before the scenario's start, so that none has a number below zero: more than the
/// longest alarm looks back: an evaluation range of three weeks, for one period of a week.
const MINUTES_BEFORE: u64 = 1 << 15;
/// Sources are told apart by numbers below this.
const SOURCES: u64 = 512;
/// Minutes that share a block of uniforms.
const MINUTES_A_BLOCK: u64 = 8;

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
    /// What stands behind the points of how long answers took.
    answer_times: AnswerTimes<'s>,
    /// Work space: the answers of a minute of the past.
    past_answers: [Answers<'s>; 2],
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
        let is_timed = |(source, _): &(&Source, &usize)| source.measure == Measure::ResponseTime;
        let timed = monitoring.sources.iter().zip(&minutes).filter(is_timed);
        let answer_times = AnswerTimes::new(timed.map(|(_, &minutes)| minutes).max().unwrap_or(0));
        let points = minutes.into_iter().map(|minutes| vec![None; minutes]).collect();
        let zero = UnixTime::from_millis(0);
        let (hosts, past_answers) = Default::default();
        Metrics { scenario, zero, hosts, points, answer_times, past_answers }
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
        self.answer_times.reset();
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
    /// of creation they are, in order. What that of creation itself (0) has up to then is returned.
    pub fn remember(
        &mut self,
        group: TargetGroupId,
        tasks: u32,
        mut answered: impl FnMut(u64, &mut Outbox<'_>) -> (Tally, Option<Part<'s>>),
        out: &mut Outbox<'_>,
    ) -> (Tally, Option<Part<'s>>) {
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
            let mut answers = std::mem::take(&mut self.past_answers);
            for ago in 1..longest {
                let from = self.zero.floor(MINUTE).before(MINUTE.times(ago));
                let mut tallies = [Tally::default(); 2];
                let (tally, part) = answered(ago, out);
                tallies[group.index()] = tally;
                answers[group.index()].clear();
                part.into_iter().for_each(|part| answers[group.index()].add(part));
                let mut hosts = [Hosts::default(); 2];
                hosts[group.index()] = past;
                self.publish(from, (&tallies, &answers), &hosts, out);
            }
            answers.iter_mut().for_each(Answers::clear);
            self.past_answers = answers;
        }
        answered(0, out)
    }

    /// A minute is over.
    pub fn on_minute(&mut self, met: (&[Tally; 2], &[Answers<'s>; 2]), out: &mut Outbox<'_>) {
        let now = out.now();
        let mut hosts = self.hosts;
        for (taken, hosts) in hosts.iter_mut().zip(&mut self.hosts) {
            taken.healthy = hosts.healthy.take(now);
            taken.unhealthy = hosts.unhealthy.take(now);
            taken.running = hosts.running.take(now);
        }
        self.publish(self.calendar(now).before(MINUTE), met, &hosts, out);
    }

    /// Every source makes a point of a minute, to be seen after its delay (CW-DELAY-1).
    fn publish(
        &mut self,
        from: UnixTime,
        (tallies, answers): (&[Tally; 2], &[Answers<'s>; 2]),
        hosts: &[Hosts; 2],
        out: &mut Outbox<'_>,
    ) {
        let start = UnixTime::from_millis(self.scenario.start.unix_ms).floor(MINUTE);
        let minute =
            (from + MINUTE.times(MINUTES_BEFORE)).since(start).as_millis() / MINUTE.as_millis();
        self.answer_times.keep(from, minute, answers, out);
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
        &mut self,
        source: usize,
        stat: Stat,
        window: Window,
        at: UnixTime,
    ) -> Option<Datapoint> {
        let mut sets = seen(&self.points[source], window, at).map(|point| point.samples);
        let first = sets.next()?;
        let all = sets.try_fold(first, StatisticSet::with)?;
        let Source { scope, measure } = self.scenario.monitoring.sources[source];
        let value = match (measure, stat) {
            (Measure::ResponseTime, _) => {
                let minutes = seen(&self.points[source], window, at).map(|point| point.from);
                self.answer_times.value(scope, stat, window, all.sample_count, minutes)?
            }
            (_, Stat::Statistic(statistic)) => all.value(statistic),
            // Every request is a sample of 1; of anything else that is published in sets no percentile is known.
            (_, Stat::Percentile(_)) => {
                Some(all.minimum).filter(|minimum| *minimum == all.maximum)?
            }
        };
        Some(Datapoint { value, sample_count: all.sample_count })
    }
}

/// The points of a source in a window that can be seen at an instant.
fn seen(points: &[Option<Point>], window: Window, at: UnixTime) -> impl Iterator<Item = &Point> {
    let first = (window.from + SimDuration::from_millis(MINUTE.as_millis() - 1)).floor(MINUTE);
    let minutes = std::iter::successors(Some(first), |from| Some(*from + MINUTE));
    let within = minutes.take_while(move |from| *from < window.until);
    within.filter_map(move |from| {
        let point = points[place(from, points.len())].as_ref()?;
        (point.from == from && point.visible_at <= at).then_some(point)
    })
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
