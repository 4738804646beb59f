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

/// The end of no window.
const NEVER: UnixTime = UnixTime::from_millis(u64::MAX);

/// The alarms of one run.
#[derive(Clone, Debug)]
pub struct Alarms<'s> {
    scenario: &'s Scenario,
    states: Vec<StateValue>,
    views: Vec<View>,
    /// Work space: whether the datapoints of an evaluation breach, the newest first; the states of children.
    points: Vec<Option<bool>>,
    of_children: Vec<StateValue>,
}

/// What an alarm on metrics looks at, and what it has seen.
#[derive(Clone, Debug)]
struct View {
    /// How many periods an evaluation fetches (CW-MISS-1).
    range: u32,
    /// Whether the datapoint of a window is made of what was measured in it, and of nothing older.
    is_of_window: bool,
    /// Whether there can be a datapoint where nothing was measured.
    fills_gaps: bool,
    /// How many windows end within a period.
    windows_a_period: usize,
    /// Windows by their end, in evaluation intervals, modulo the length.
    seen: Vec<Seen>,
}

/// What an alarm has seen of one window.
#[derive(Clone, Copy, Debug)]
struct Seen {
    until: UnixTime,
    /// Its datapoint, if it has one, and whether that breaches; true before `stale_at`, when more of it is delivered.
    point: Option<(Ratio, bool)>,
    stale_at: UnixTime,
    /// The value that was told of.
    told: Option<Ratio>,
}

impl Seen {
    /// Nothing of the window that ends then.
    const fn nothing(until: UnixTime) -> Seen {
        Seen { until, point: None, stale_at: UnixTime::from_millis(0), told: None }
    }
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
        let view = |watched: &WatchedAlarm| {
            let range = monitoring.evaluation_range(watched, &scenario.assumptions);
            let mut view = View {
                range,
                is_of_window: true,
                fills_gaps: false,
                windows_a_period: 0,
                seen: Vec::new(),
            };
            if let Alarm::Metric(alarm) = &watched.alarm {
                view.is_of_window = !alarm.expression.looks_back();
                view.fills_gaps = alarm.expression.fills_gaps();
                view.windows_a_period = windows_a_period(alarm);
                view.seen = vec![Seen::nothing(NEVER); range as usize * view.windows_a_period + 1];
            }
            view
        };
        let views: Vec<View> = monitoring.alarms.iter().map(view).collect();
        let range_max = views.iter().map(|view| view.range as usize).max().unwrap_or(0);
        Alarms {
            scenario,
            states: vec![StateValue::InsufficientData; views.len()],
            views,
            points: Vec::with_capacity(range_max),
            of_children: Vec::with_capacity(monitoring.alarms.len()),
        }
    }

    /// All of them new, without a state that data decided (CW-ALARM-1). Keeps its memory.
    pub fn reset(&mut self) {
        self.states.fill(StateValue::InsufficientData);
        self.views.iter_mut().for_each(|view| view.seen.fill(Seen::nothing(NEVER)));
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
        let View { range, is_of_window, fills_gaps, windows_a_period, seen } =
            &mut self.views[id.index()];
        let (rhythm, length) = (alarm.rhythm(), seen.len());
        let mut window = rhythm.window(at, 1);
        let mut place = rhythm.intervals(window.until) as usize % length;
        self.points.clear();
        for age in 1..=*range {
            let seen = &mut seen[place];
            if seen.until != window.until {
                *seen = Seen::nothing(window.until);
            }
            if seen.stale_at <= at {
                let sources = watched.sources.iter().flatten();
                let (is_seen, next) = sources.fold((false, NEVER), |(is_seen, next), &source| {
                    let (more, then) = metrics.delivery(source, window, at);
                    (is_seen || more, next.min(then))
                });
                let value = (is_seen || *fills_gaps).then(|| {
                    alarm.datapoint(at, age, *range, &mut delivered(watched, alarm, metrics, at))
                });
                seen.point = value.flatten().map(|value| (value, alarm.breaches(value)));
                seen.stale_at = if *is_of_window { next } else { at };
            }
            if let Some((value, breaching)) = seen.point
                && window.until > told_from
                && seen.told != Some(value)
            {
                seen.told = Some(value);
                tell(NewDatapoint { until: window.until, micros: value.micros(), breaching });
            }
            self.points.push(seen.point.map(|(_, breaching)| breaching));
            window = Window { from: window.from.before(alarm.period), until: window.from };
            place =
                if place < *windows_a_period { place + length } else { place } - *windows_a_period;
        }
        let current = self.states[id.index()];
        if alarm.has_few_samples(at, *range, &mut delivered(watched, alarm, metrics, at)) {
            return current;
        }
        alarm.criterion.state(self.points.iter().copied(), current)
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

/// How many windows end within a period.
fn windows_a_period(alarm: &MetricAlarm) -> usize {
    let interval = alarm.rhythm().interval().as_millis();
    let each = alarm.period.as_millis().div_ceil(interval);
    usize::try_from(each).expect("an alarm looks back three weeks at most")
}
