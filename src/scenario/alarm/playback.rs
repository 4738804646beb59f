//! One alarm's evaluations, one after another.
//!
//! Not where datapoints come from: whoever plays hands them over. Rules: CW-ALARM-1, CW-ALARM-3, CW-LINT-2.

use super::MetricAlarm;
use super::statistic::Datapoint;
use super::window::{Rhythm, UnixTime, Window};
use crate::aws::alarm::StateValue;
use crate::engine::time::SimDuration;

/// An alarm that is evaluated again and again.
#[derive(Clone, Debug)]
pub struct Playback<'a> {
    alarm: &'a MetricAlarm,
    range: u32,
    next: UnixTime,
    state: StateValue,
}

/// What one evaluation did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Evaluation {
    /// When.
    pub at: UnixTime,
    /// The state before it.
    pub from: StateValue,
    /// The state from it on.
    pub to: StateValue,
}

impl Evaluation {
    /// Whether the state changed, which is when actions run (CW-ALARM-7).
    pub fn is_change(&self) -> bool {
        self.from != self.to
    }
}

impl<'a> Playback<'a> {
    /// From the first evaluation on, which also says the phase; before it the alarm is in `state`.
    ///
    /// A new alarm is in INSUFFICIENT_DATA (CW-ALARM-1). `delay_max` is the largest delivery delay (CW-MISS-1).
    pub fn new(
        alarm: &'a MetricAlarm,
        delay_max: SimDuration,
        first: UnixTime,
        state: StateValue,
    ) -> Playback<'a> {
        Playback { alarm, range: alarm.evaluation_range(delay_max), next: first, state }
    }

    /// How many periods each evaluation fetches.
    pub const fn range(&self) -> u32 {
        self.range
    }

    /// The next evaluation; `seen` says what has been delivered by its instant of a metric's window.
    pub fn step(
        &mut self,
        mut seen: impl FnMut(usize, Window, UnixTime) -> Option<Datapoint>,
    ) -> Evaluation {
        let (at, from) = (self.next, self.state);
        let seen = |metric: usize, window: Window| seen(metric, window, at);
        self.state = self.alarm.evaluate(at, self.range, from, seen);
        self.next = at + self.alarm.rhythm().interval();
        Evaluation { at, from, to: self.state }
    }
}

/// What there was of an alarm's metrics before an onset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    /// No datapoint, as of a target group that starts empty.
    NoData,
    /// Datapoints that do not breach, in every period.
    NotBreaching,
}

/// A series that breaches from an onset on, in every period, that of the onset included. Rule: CW-LINT-2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Saturation {
    /// From when on it breaches.
    pub onset: UnixTime,
    /// What there was before.
    pub before: Before,
    /// How long after the end of a minute (10 s for short periods) its datapoint is delivered.
    pub delay: SimDuration,
    /// The longest that this could take, which says how many periods are fetched (CW-MISS-1).
    pub delay_max: SimDuration,
    /// The alarm's phase, less than its interval.
    pub phase: SimDuration,
}

impl Saturation {
    /// When an alarm is evaluated as ALARM first, at the onset or after it.
    ///
    /// None if no datapoint can come so early that it is still in the evaluation range. An alarm that would be in
    /// ALARM without any data yet is so at its first evaluation.
    pub fn earliest_alarm(&self, alarm: &MetricAlarm) -> Option<UnixTime> {
        let (rhythm, range) = (alarm.rhythm(), alarm.evaluation_range(self.delay_max));
        let mut state = match self.before {
            Before::NoData => StateValue::InsufficientData,
            Before::NotBreaching => StateValue::Ok,
        };
        // After so long every period of the range lies behind the onset and has been delivered, if it ever is in time.
        let enough = alarm.period.times(u64::from(range) + 1) + self.delay + rhythm.interval();
        let mut at = rhythm.next_evaluation(self.onset, self.phase);
        while at <= self.onset + enough {
            let points = (1..=range).map(|age| self.point(rhythm, rhythm.window(at, age), at));
            state = alarm.criterion.state(points, state);
            if state == StateValue::Alarm {
                return Some(at);
            }
            at = at + rhythm.interval();
        }
        None
    }

    /// Whether what has been delivered of a window breaches.
    fn point(&self, rhythm: Rhythm, window: Window, at: UnixTime) -> Option<bool> {
        let delivered = rhythm.delivered(window, at, self.delay);
        match self.before {
            _ if delivered == window.from => None,
            _ if delivered > self.onset => Some(true),
            Before::NoData => None,
            Before::NotBreaching => Some(false),
        }
    }
}
