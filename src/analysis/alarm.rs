//! One alarm over time: its states, and the datapoints as its evaluations saw them.

use crate::analysis::steps::Steps;
use crate::aws::alarm::StateValue;
use crate::engine::time::SimTime;

/// What became of one alarm in a run.
#[derive(Clone, Debug)]
pub struct AlarmCourse {
    /// Its state.
    pub state: Steps<StateValue>,
    /// The datapoints that it saw, in the order in which it did.
    pub points: Vec<SeenPoint>,
}

/// A datapoint, as an evaluation saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeenPoint {
    /// When.
    pub at: SimTime,
    /// When its period ended; never before instant zero.
    pub until: SimTime,
    /// Its value in millionths.
    pub micros: i64,
    /// Whether it breaches.
    pub breaching: bool,
}

impl AlarmCourse {
    /// An alarm that has this state at instant zero.
    pub fn found(state: StateValue) -> AlarmCourse {
        AlarmCourse { state: Steps::new(state), points: Vec::new() }
    }

    /// An evaluation saw a datapoint whose period had ended so long before.
    pub fn see(&mut self, at: SimTime, ended_ms_ago: u32, micros: i64, breaching: bool) {
        let until = at.as_millis().saturating_sub(ended_ms_ago.into());
        self.points.push(SeenPoint { at, until: SimTime::from_millis(until), micros, breaching });
    }

    /// When it went into ALARM for the first time, or was in it at instant zero.
    pub fn first_alarm(&self) -> Option<SimTime> {
        self.state.first(|state| state == StateValue::Alarm)
    }
}
