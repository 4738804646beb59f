//! All evaluations of one alarm over samples of the past.
//!
//! Rules: CW-ALARM-1, CW-ALARM-3, CW-MISS-1.

use crate::aws::alarm::StateValue;
use crate::engine::time::SimDuration;
use crate::scenario::alarm::MetricAlarm;
use crate::scenario::alarm::history::History;
use crate::scenario::alarm::playback::{Evaluation, Playback};
use crate::scenario::alarm::ratio::Ratio;
use crate::scenario::alarm::window::{UnixTime, Window};

/// The most evaluations that are played: nineteen years, one a minute.
pub const EVALUATIONS_MAX: u64 = 10_000_000;

/// What came of it.
pub struct Replay {
    /// How long each datapoint took to arrive.
    pub delay: SimDuration,
    /// When in its interval the alarm was evaluated.
    pub phase: SimDuration,
    /// How many samples there are of each metric.
    pub samples: Vec<usize>,
    /// The first and the last sample.
    pub span: (UnixTime, UnixTime),
    /// The usual time from one sample to the next.
    pub spacing: SimDuration,
    /// Whether times without an offset were read as UTC.
    pub without_offset: bool,
    /// The first evaluation and the last.
    pub evaluated: (UnixTime, UnixTime),
    /// Every change of state, in order.
    pub changes: Vec<Change>,
    /// Every time in ALARM, from its evaluation to the one that ended it, or to the last.
    pub alarms: Vec<(UnixTime, UnixTime)>,
    /// The state after the last evaluation.
    pub state: StateValue,
}

/// One change of state, and what decided it.
pub struct Change {
    /// When, from what, to what.
    pub evaluation: Evaluation,
    /// The datapoints that decided, the oldest first.
    pub datapoints: Vec<Point>,
    /// How many periods had none and were counted as the alarm treats missing data.
    pub missing: u32,
}

/// One datapoint.
pub struct Point {
    /// The period that it is of.
    pub window: Window,
    /// Its value.
    pub value: Ratio,
    /// Whether it breaches.
    pub breaches: bool,
}

impl Replay {
    /// Plays an alarm over samples, from when the first periods that it needs have arrived until the last has.
    ///
    /// What was before and what comes after the samples is not known, so that no state follows from it.
    ///
    /// # Errors
    /// The number of evaluations, if it is beyond [`EVALUATIONS_MAX`].
    ///
    /// # Panics
    /// If there is no sample.
    pub fn of(
        alarm: &MetricAlarm,
        mut history: History,
        delay: SimDuration,
        phase: SimDuration,
        without_offset: bool,
    ) -> Result<Replay, u64> {
        let span = history.span().expect("there are samples");
        let (rhythm, interval) = (alarm.rhythm(), alarm.rhythm().interval());
        let arrived = |at: UnixTime| at.floor(interval) + interval + delay;
        let last = rhythm.next_evaluation(arrived(span.1), phase);
        let needed = alarm.period.times(u64::from(alarm.criterion.evaluation_periods));
        let known = span.0.floor(interval) + needed + delay;
        let first = rhythm.next_evaluation(known, phase).min(last);
        let count = last.since(first).as_millis() / interval.as_millis() + 1;
        if count > EVALUATIONS_MAX {
            return Err(count);
        }
        let mut replay = Replay {
            delay,
            phase,
            samples: history.counts(),
            span,
            spacing: history.spacing(),
            without_offset,
            evaluated: (first, last),
            changes: Vec::new(),
            alarms: Vec::new(),
            state: StateValue::InsufficientData,
        };
        let mut playback = Playback::new(alarm, delay, first, replay.state);
        for _ in 0..count {
            let evaluation =
                playback.step(|metric, window, at| history.datapoint(metric, window, at));
            if evaluation.is_change() {
                replay.note(evaluation);
                let range = playback.range();
                replay.changes.push(Change::of(evaluation, alarm, range, &mut history));
            }
        }
        Ok(replay)
    }

    /// Begins or ends a time in ALARM.
    fn note(&mut self, evaluation: Evaluation) {
        let end = self.evaluated.1;
        match (super::is_alarm(evaluation.from), super::is_alarm(evaluation.to)) {
            (false, true) => self.alarms.push((evaluation.at, end)),
            (true, false) => {
                let open = self.alarms.last_mut().expect("an alarm that ends has begun");
                open.1 = evaluation.at;
            }
            _ => {}
        }
        self.state = evaluation.to;
    }
}

impl Change {
    fn of(
        evaluation: Evaluation,
        alarm: &MetricAlarm,
        range: u32,
        history: &mut History,
    ) -> Change {
        let at = evaluation.at;
        let needed = alarm.criterion.evaluation_periods as usize;
        let mut datapoints = Vec::new();
        for age in 1..=range {
            let mut seen = |metric: usize, window: Window| history.datapoint(metric, window, at);
            if let Some(value) = alarm.datapoint(at, age, range, &mut seen) {
                let window = alarm.rhythm().window(at, age);
                datapoints.push(Point { window, value, breaches: alarm.breaches(value) });
            }
            if datapoints.len() == needed {
                break;
            }
        }
        datapoints.reverse();
        let missing = u32::try_from(needed - datapoints.len()).expect("fewer than are needed");
        Change { evaluation, datapoints, missing }
    }
}
