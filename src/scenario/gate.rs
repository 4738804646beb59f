//! What an alarm can do for a deployment, from the scenario alone: when it can go off, and what it can see.
//!
//! The alarm's own evaluator is played on a series that breaches from the first step on (decision 23); no formula stands in
//! for it. Not what is said about it (`input`). Rules: CW-LINT-1, CW-LINT-2, CW-MATH-5.

use crate::aws::alarm::Statistic;
use crate::engine::distribution::Distribution;
use crate::engine::time::SimDuration;
use crate::scenario::Scenario;
use crate::scenario::alarm::MetricAlarm;
use crate::scenario::alarm::playback::{Before, Saturation};
use crate::scenario::alarm::ratio::Ratio;
use crate::scenario::alarm::statistic::{Datapoint, Stat};
use crate::scenario::alarm::window::UnixTime;
use crate::scenario::monitoring::{Measure, Source, WatchedAlarm, delay_max};

/// Parts of an evaluation interval in which an onset, and an alarm's phase, are tried.
const PARTS: u64 = 6;
/// An evaluation range that is longer is tried with one onset and one phase only.
const RANGE_MAX: u32 = 100;
/// The error rate that an alarm needs is found to a hundredth of a percent.
const STEPS: u32 = 10_000;

/// When an alarm goes off, counted from the first request to a release that fails everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// At the earliest: with the shortest delay, and the luckiest onset and phase.
    pub earliest: SimDuration,
    /// With the median delay, in half of all onsets and phases.
    pub typical: SimDuration,
}

/// When an alarm can go off, after what there was of its metrics before; nothing if it never does.
pub fn timing(scenario: &Scenario, watched: &WatchedAlarm, before: Before) -> Option<Timing> {
    let alarm = watched.metric_alarm()?;
    let sources = || watched.sources.iter().flatten().map(|&it| scenario.monitoring.sources[it]);
    let delays = || sources().map(|source| source.delay(&scenario.assumptions));
    let latest = delays().map(delay_max).max()?;
    let shortest = delays().map(|delay| delay.shortest()).max()?;
    let median = delays().map(|delay| delay.duration(0.5)).max()?;
    let with = |delay| {
        spans(
            scenario,
            alarm,
            Saturation {
                onset: UnixTime::from_millis(0),
                before,
                delay,
                delay_max: latest,
                phase: SimDuration::ZERO,
            },
        )
    };
    // The luckiest onset is as near to the end of its minute as one likes.
    let earliest =
        SimDuration::from_millis(with(shortest).into_iter().min()?.as_millis().saturating_sub(1));
    let mut typical = with(median);
    typical.sort_unstable();
    Some(Timing { earliest, typical: *typical.get(typical.len() / 2)? })
}

/// From the onset to the alarm, for onsets and phases all over an interval; those that never go off are left out.
fn spans(scenario: &Scenario, alarm: &MetricAlarm, saturation: Saturation) -> Vec<SimDuration> {
    let interval = alarm.rhythm().interval().as_millis();
    let is_long = alarm.evaluation_range(saturation.delay_max) > RANGE_MAX;
    let parts = if is_long { 1 } else { PARTS };
    // The luckiest onset lies a moment before the end of a minute; the luckiest phase is when that has arrived.
    let onsets = (0..parts).map(|part| part * interval / PARTS).chain([interval - 1]);
    let phases: Vec<u64> = match scenario.assumptions.evaluation_phase {
        Distribution::Constant(phase) => vec![phase as u64 % interval],
        _ => (0..parts)
            .map(|part| part * interval / PARTS)
            .chain([saturation.delay.as_millis() % interval])
            .collect(),
    };
    // Far enough from the epoch that no window reaches before it.
    let day = 1_000_000 * alarm.period.as_millis().max(interval);
    let mut found = Vec::new();
    for onset in onsets {
        let onset = UnixTime::from_millis(day + onset);
        for &phase in &phases {
            let phase = SimDuration::from_millis(phase);
            let goes_off = Saturation { onset, phase, ..saturation }.earliest_alarm(alarm);
            found.extend(goes_off.map(|at| at.since(onset)));
        }
    }
    found
}

/// What an alarm has seen before the shift: nothing of a target group that starts empty, nor of a counter of what does not
/// happen (ELB-MET-3).
pub fn before(scenario: &Scenario, watched: &WatchedAlarm) -> Before {
    let sources = watched.sources.iter().flatten().map(|&it| scenario.monitoring.sources[it]);
    let has_data = |source: Source| {
        let is_original = source.scope.covers(scenario.original(), versions(scenario));
        let is_rare = matches!(
            source.measure,
            Measure::Target5xx
                | Measure::Elb5xx
                | Measure::Elb502
                | Measure::Elb503
                | Measure::Elb504
                | Measure::ConnectionErrors
        );
        is_original && !is_rare && scenario.assumptions.has_history
    };
    if sources.into_iter().any(has_data) { Before::NotBreaching } else { Before::NoData }
}

/// Whether an alarm watches the replacement: its target group, or all traffic.
pub fn watches_replacement(scenario: &Scenario, watched: &WatchedAlarm) -> bool {
    let replacement = scenario.original().other();
    let mut sources = watched.sources.iter().flatten();
    let versions = versions(scenario);
    sources.any(|&source| scenario.monitoring.sources[source].scope.covers(replacement, versions))
}

/// The versions of a function in the places of its alias while the first deployment runs.
fn versions(scenario: &Scenario) -> [u32; 2] {
    scenario
        .first_deployment()
        .versions
        .map_or([0; 2], |versions| [versions.current, versions.target])
}

/// The least share of its requests that a release has to fail before an alarm on errors breaches, while it gets so many
/// percent of all traffic: in expectation, at the rate at which the deployment is created.
///
/// `Some(None)` if not even one that fails everything breaches, nothing if the alarm does not watch errors.
pub fn least_visible_errors(
    scenario: &Scenario,
    watched: &WatchedAlarm,
    percent: u8,
) -> Option<Option<f64>> {
    let alarm = watched.metric_alarm()?;
    let source = |metric: usize| watched.sources[metric].map(|it| scenario.monitoring.sources[it]);
    let is_of_errors = |metric| source(metric).is_some_and(|it: Source| it.measure.is_of_errors());
    if !(0..alarm.metrics.len()).any(is_of_errors) || !watches_replacement(scenario, watched) {
        return None;
    }
    let requests = requests_of_period(scenario, alarm);
    let breaches = |errors: f64| {
        let answered = Expected { scenario, requests, percent, errors };
        let mut seen = |metric: usize, _| answered.of(source(metric)?, alarm.metrics[metric].stat);
        let value = alarm.datapoint(UnixTime::from_millis(u64::MAX >> 1), 1, 1, &mut seen);
        value.is_some_and(|value| alarm.breaches(value))
    };
    if !breaches(1.0) {
        return Some(None);
    }
    let (mut low, mut high) = (0, STEPS);
    while low < high {
        let middle = (low + high) / 2;
        match breaches(f64::from(middle) / f64::from(STEPS)) {
            true => high = middle,
            false => low = middle + 1,
        }
    }
    Some(Some(f64::from(high) / f64::from(STEPS)))
}

/// How many samples a percentile has of one period in expectation, while the replacement gets so many percent of all traffic,
/// and how many it needs (CW-MISS-3); nothing if the alarm watches no percentile of answers.
pub fn samples_of_period(
    scenario: &Scenario,
    watched: &WatchedAlarm,
    percent: u8,
) -> Option<(f64, u64)> {
    let alarm = watched.metric_alarm()?;
    let percentile = alarm.percentile()?;
    let source = scenario.monitoring.sources[watched.sources[0]?];
    let original = scenario.original();
    let share = f64::from(percent) / 100.0;
    let parts = [(original, 1.0 - share), (original.other(), share)];
    let versions = versions(scenario);
    let own = parts.into_iter().filter(|(group, _)| source.scope.covers(*group, versions));
    let share: f64 = own.map(|(_, share)| share).sum();
    source
        .measure
        .is_time()
        .then(|| (requests_of_period(scenario, alarm) * share, percentile.samples_min()))
}

/// Requests of one period in expectation, at the rate at which the deployment is created.
fn requests_of_period(scenario: &Scenario, alarm: &MetricAlarm) -> f64 {
    let per_second = scenario.traffic.arrivals.at_creation(scenario.start);
    per_second * alarm.period.as_millis() as f64 / 1000.0
}

/// What is expected of one period.
struct Expected<'a> {
    scenario: &'a Scenario,
    requests: f64,
    percent: u8,
    /// The share of its requests that the replacement fails.
    errors: f64,
}

impl Expected<'_> {
    fn of(&self, source: Source, stat: Stat) -> Option<Datapoint> {
        let original = self.scenario.original();
        let versions = versions(self.scenario);
        let share = f64::from(self.percent) / 100.0;
        let own = self.scenario.original.errors.as_f64();
        let sides = [(original, 1.0 - share, own), (original.other(), share, self.errors)];
        let (mut samples, mut sum) = (0.0, 0.0);
        for (_, share, errors) in
            sides.into_iter().filter(|(group, ..)| source.scope.covers(*group, versions))
        {
            let requests = self.requests * share;
            let (counted, ones) = match source.measure {
                Measure::Requests | Measure::Invocations => (requests, requests),
                Measure::Target5xx => (requests * errors, requests * errors),
                Measure::Target2xx => (requests * (1.0 - errors), requests * (1.0 - errors)),
                Measure::InvocationErrors => (requests, requests * errors),
                _ => (0.0, 0.0),
            };
            samples += counted;
            sum += ones;
        }
        // Thousandths of a request are exact enough for a value that is only expected.
        let [samples, sum] = [samples, sum].map(|count| libm::round(count * 1000.0) as u64);
        let whole = |thousandths| Ratio::count(thousandths).by(Ratio::whole(1000));
        let value = match stat {
            Stat::Statistic(Statistic::Average) => Ratio::count(sum).by(Ratio::count(samples))?,
            Stat::Statistic(Statistic::SampleCount) => whole(samples)?,
            Stat::Statistic(Statistic::Maximum) if source.measure == Measure::InvocationErrors => {
                whole(sum.min(1000))?
            }
            _ => whole(sum)?,
        };
        (samples > 0).then_some(Datapoint { value, sample_count: (samples / 1000).max(1) })
    }
}
