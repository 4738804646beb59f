//! CloudWatch alarms of the account: their states, and what an evaluation sees.
//!
//! Not the rules by which they change (`scenario::alarm`), nor what they watch (`metric`). Rules: CW-ALARM-1,
//! CW-ALARM-3, CW-ALARM-8, CW-ALARM-10, CW-DELAY-1 (docs/semantics/environment.md).

use crate::aws::alarm::StateValue;
use crate::aws::id::AlarmId;
use crate::cloud::metric::Metrics;
use crate::scenario::Scenario;
use crate::scenario::alarm::ratio::Ratio;
use crate::scenario::alarm::statistic::Datapoint;
use crate::scenario::alarm::window::{UnixTime, Window};
use crate::scenario::alarm::{Alarm, MetricAlarm};
use crate::scenario::monitoring::WatchedAlarm;

/// The alarms of one run.
#[derive(Clone, Debug)]
pub struct Alarms<'s> {
    scenario: &'s Scenario,
    states: Vec<StateValue>,
    views: Vec<View>,
    /// Work space: the datapoints of an evaluation, the newest first; the states of children.
    values: Vec<Option<Ratio>>,
    of_children: Vec<StateValue>,
}

/// What an alarm on metrics looks at, and what it has seen.
#[derive(Clone, Debug)]
struct View {
    /// How many periods an evaluation fetches (CW-MISS-1).
    range: u32,
    /// Datapoints by the end of their window, in evaluation intervals, modulo the length.
    seen: Vec<Option<(UnixTime, Ratio)>>,
}

/// A datapoint that an evaluation sees for the first time, or with another value.
#[derive(Clone, Copy, Debug)]
pub struct NewDatapoint {
    /// The end of its window.
    pub until: UnixTime,
    /// Its value in millionths, rounded.
    pub micros: i64,
    /// Whether it breaches.
    pub breaching: bool,
}

impl<'s> Alarms<'s> {
    /// The alarms of a scenario.
    pub fn new(scenario: &'s Scenario) -> Alarms<'s> {
        let monitoring = &scenario.monitoring;
        let view = |watched| {
            let range = monitoring.evaluation_range(watched, &scenario.assumptions);
            let length = match &watched.alarm {
                Alarm::Metric(alarm) => windows_a_range(alarm, range),
                Alarm::Composite(_) => 0,
            };
            View { range, seen: vec![None; length] }
        };
        let views: Vec<View> = monitoring.alarms.iter().map(view).collect();
        let range_max = views.iter().map(|view| view.range as usize).max().unwrap_or(0);
        Alarms {
            scenario,
            states: vec![StateValue::InsufficientData; views.len()],
            views,
            values: Vec::with_capacity(range_max),
            of_children: Vec::with_capacity(monitoring.alarms.len()),
        }
    }

    /// All of them new, without a state that data decided (CW-ALARM-1). Keeps its memory.
    pub fn reset(&mut self) {
        self.states.fill(StateValue::InsufficientData);
        self.views.iter_mut().for_each(|view| view.seen.fill(None));
    }

    /// The state of an alarm.
    pub fn state(&self, alarm: AlarmId) -> StateValue {
        self.states[alarm.index()]
    }

    /// An alarm has this state; whether it had another one before.
    pub fn set(&mut self, alarm: AlarmId, state: StateValue) -> bool {
        std::mem::replace(&mut self.states[alarm.index()], state) != state
    }

    /// The state of an alarm on metrics after an evaluation now; `tell` is told of every datapoint after `told_from`
    /// that it sees for the first time.
    ///
    /// # Panics
    /// If the alarm is a composite one.
    pub fn evaluate(
        &mut self,
        id: AlarmId,
        metrics: &mut Metrics<'_>,
        (at, told_from): (UnixTime, UnixTime),
        mut tell: impl FnMut(NewDatapoint),
    ) -> StateValue {
        let watched = self.scenario.monitoring.alarm(id);
        let alarm =
            watched.metric_alarm().expect("composite alarms are not evaluated by the clock");
        let view = &mut self.views[id.index()];
        let mut seen = delivered(watched, alarm, metrics, at);
        self.values.clear();
        self.values
            .extend((1..=view.range).map(|age| alarm.datapoint(at, age, view.range, &mut seen)));
        let interval = alarm.rhythm().interval().as_millis();
        for (age, value) in (1..).zip(&self.values) {
            let until = alarm.rhythm().window(at, age).until;
            let Some(value) = value.filter(|_| until > told_from) else { continue };
            let place = (until.as_millis() / interval) as usize % view.seen.len();
            if view.seen[place] != Some((until, value)) {
                view.seen[place] = Some((until, value));
                tell(NewDatapoint {
                    until,
                    micros: value.micros(),
                    breaching: alarm.breaches(value),
                });
            }
        }
        let current = self.states[id.index()];
        if alarm.has_few_samples(at, view.range, &mut seen) {
            return current;
        }
        let points = self.values.iter().map(|value| value.map(|value| alarm.breaches(value)));
        alarm.criterion.state(points, current)
    }

    /// The newest datapoint of an alarm on metrics that has been delivered, if any has.
    pub fn newest(&self, id: AlarmId, metrics: &mut Metrics<'_>, at: UnixTime) -> Option<Ratio> {
        let watched = self.scenario.monitoring.alarm(id);
        let alarm = watched.metric_alarm()?;
        let range = self.views[id.index()].range;
        let mut seen = delivered(watched, alarm, metrics, at);
        (1..=range).find_map(|age| alarm.datapoint(at, age, range, &mut seen))
    }

    /// The state of a composite alarm, from those of its children (CW-ALARM-10).
    ///
    /// # Panics
    /// If the alarm is one on metrics.
    pub fn compose(&mut self, id: AlarmId) -> StateValue {
        let watched = self.scenario.monitoring.alarm(id);
        let Alarm::Composite(alarm) = &watched.alarm else {
            unreachable!("{id} is an alarm on metrics")
        };
        self.of_children.clear();
        self.of_children.extend(watched.children.iter().map(|child| self.states[child.index()]));
        alarm.state(&self.of_children)
    }
}

/// What has been delivered at an instant of an alarm's metric, by its place, in a window.
fn delivered(
    watched: &WatchedAlarm,
    alarm: &MetricAlarm,
    metrics: &mut Metrics<'_>,
    at: UnixTime,
) -> impl FnMut(usize, Window) -> Option<Datapoint> {
    move |metric, window| {
        metrics.datapoint(watched.sources[metric]?, alarm.metrics[metric].stat, window, at)
    }
}

/// How many windows end within a range, one an evaluation interval.
fn windows_a_range(alarm: &MetricAlarm, range: u32) -> usize {
    let interval = alarm.rhythm().interval().as_millis();
    let each = alarm.period.as_millis().div_ceil(interval);
    usize::try_from(u64::from(range) * each + 1).expect("an alarm looks back three weeks at most")
}
