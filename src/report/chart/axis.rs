//! The time axis that all parts of a chart share, and round ticks for times and values.

use crate::engine::time::SimTime;

/// Maps instants of a run to places across the paper.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimeAxis {
    /// Where instant zero is.
    pub left: f64,
    /// Where the end is.
    pub right: f64,
    /// The last instant; above zero.
    pub end: SimTime,
}

/// Distances between ticks, in seconds.
const DISTANCES: [u64; 23] = [
    1,
    2,
    5,
    10,
    15,
    30,
    60,
    2 * 60,
    5 * 60,
    10 * 60,
    15 * 60,
    30 * 60,
    3600,
    2 * 3600,
    3 * 3600,
    6 * 3600,
    12 * 3600,
    24 * 3600,
    2 * 24 * 3600,
    5 * 24 * 3600,
    10 * 24 * 3600,
    50 * 24 * 3600,
    500 * 24 * 3600,
];

/// The least distance between two ticks, in pixels.
const TICK_DISTANCE_MIN: f64 = 66.0;

impl TimeAxis {
    /// An axis from instant zero to `end`, or to one second if the run is shorter.
    pub fn new(left: f64, right: f64, end: SimTime) -> TimeAxis {
        TimeAxis { left, right, end: end.max(SimTime::from_millis(1000)) }
    }

    /// The place of an instant.
    pub fn x(&self, at: SimTime) -> f64 {
        let part = at.as_millis() as f64 / self.end.as_millis() as f64;
        self.left + (self.right - self.left) * part
    }

    /// Round instants from zero on, and how they are written.
    pub fn ticks(&self) -> Vec<(SimTime, String)> {
        let distance_ms = DISTANCES
            .into_iter()
            .map(|seconds| seconds * 1000)
            .find(|&ms| self.x(SimTime::from_millis(ms)) - self.left >= TICK_DISTANCE_MIN)
            .unwrap_or(self.end.as_millis());
        (0..=self.end.as_millis() / distance_ms)
            .map(|index| SimTime::from_millis(index * distance_ms))
            .map(|at| (at, self.written(at)))
            .collect()
    }

    /// How instants are written: `mm:ss` in runs under an hour, else `hh:mm`.
    pub const fn unit(&self) -> &'static str {
        if self.is_short() { "mm:ss" } else { "hh:mm" }
    }

    const fn is_short(&self) -> bool {
        self.end.as_millis() < 3_600_000
    }

    fn written(&self, at: SimTime) -> String {
        let seconds = at.as_millis() / 1000;
        let (large, small) = if self.is_short() {
            (seconds / 60, seconds % 60)
        } else {
            (seconds / 3600, seconds / 60 % 60)
        };
        format!("{large:02}:{small:02}")
    }
}

/// The upper end of a value axis: the least of 1, 2, 3, 4, 5, 6, 8, 10, 20, .. times `unit` that is not below `max`.
pub fn round_maximum(max: f64, unit: f64) -> f64 {
    let mut decade = unit;
    loop {
        for factor in [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0] {
            if decade * factor >= max {
                return decade * factor;
            }
        }
        decade *= 10.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(end_s: u64) -> Vec<String> {
        let axis = TimeAxis::new(100.0, 1100.0, SimTime::from_millis(end_s * 1000));
        axis.ticks().into_iter().map(|(_, label)| label).collect()
    }

    #[test]
    fn ticks_are_round_at_every_length() {
        assert_eq!(labels(5), ["00:00", "00:01", "00:02", "00:03", "00:04", "00:05"]);
        assert_eq!(labels(1010)[..3], ["00:00", "02:00", "04:00"]);
        assert_eq!(labels(3700)[..3], ["00:00", "00:05", "00:10"]);
        assert_eq!(labels(69 * 3600)[..3], ["00:00", "06:00", "12:00"]);
        assert!(labels(3700).len() < 16);
    }

    #[test]
    fn a_value_axis_ends_at_a_round_number() {
        assert_eq!([round_maximum(51.0, 1.0), round_maximum(10.0, 1.0)], [60.0, 10.0]);
        assert_eq!(round_maximum(0.0, 1.0), 1.0);
    }
}
