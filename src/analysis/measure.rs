//! What is measured of every run of a sweep: whole numbers out of its row, and how they are written.
//!
//! Not how they are counted (`distribution`).

use crate::analysis::fixed::{Fixed, exposure_seconds, seconds};
use crate::analysis::row::Row;
use crate::engine::time::SimTime;

/// A number of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Failed requests that a bad replacement caused.
    BadRequests,
    /// Requests that failed, whoever's fault it was.
    FailedRequests,
    /// Integral of the replacement's weight while it is bad.
    Exposure,
    /// When all traffic was on the replacement.
    FullShift,
    /// When it was decided to end the deployment of a bad release.
    Detected,
    /// When no request reached the replacement any more.
    Restored,
    /// When the deployment ended.
    End,
    /// How long tasks were paid for, together.
    TaskTime,
}

impl Measure {
    /// Every measure, in the order they are shown.
    pub const ALL: [Measure; 8] = [
        Measure::BadRequests,
        Measure::FailedRequests,
        Measure::Exposure,
        Measure::FullShift,
        Measure::Detected,
        Measure::Restored,
        Measure::End,
        Measure::TaskTime,
    ];

    /// The column of the row that it is.
    pub const fn column(self) -> &'static str {
        match self {
            Measure::BadRequests => "bad_requests",
            Measure::FailedRequests => "failed_requests",
            Measure::Exposure => "exposure_s",
            Measure::FullShift => "full_shift_s",
            Measure::Detected => "detected_s",
            Measure::Restored => "restored_s",
            Measure::End => "end_s",
            Measure::TaskTime => "task_seconds",
        }
    }

    /// The measure that a column is, if it is one.
    pub fn of_column(column: &str) -> Option<Measure> {
        Measure::ALL.into_iter().find(|measure| measure.column() == column)
    }

    /// Its place in [`Measure::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }

    /// Of a run, in whole units of the row; what never happened has none.
    pub fn of(self, row: &Row) -> Option<u64> {
        let instant = |at: Option<SimTime>| at.map(SimTime::as_millis);
        match self {
            Measure::BadRequests => Some(row.bad_requests),
            Measure::FailedRequests => Some(row.failed_requests),
            Measure::Exposure => Some(row.exposure_percent_ms),
            Measure::FullShift => instant(row.full_shift),
            Measure::Detected => instant(row.detected),
            Measure::Restored => instant(row.restored),
            Measure::End => instant(row.end),
            Measure::TaskTime => Some(row.task_ms),
        }
    }

    /// How many of its units are one of the unit it is shown in.
    pub const fn units(self) -> u64 {
        match self {
            Measure::BadRequests | Measure::FailedRequests => 1,
            Measure::Exposure => 100_000,
            Measure::FullShift
            | Measure::Detected
            | Measure::Restored
            | Measure::End
            | Measure::TaskTime => 1000,
        }
    }

    /// A value in full, as a row has it.
    pub fn written(self, value: u64) -> String {
        match self {
            Measure::BadRequests | Measure::FailedRequests => value.to_string(),
            Measure::Exposure => exposure_seconds(value).to_string(),
            _ => seconds(value).to_string(),
        }
    }

    /// A mean or a difference of means in the unit it is shown in, with three decimals.
    pub fn mean_written(self, value: f64) -> String {
        let units = (value / self.units() as f64 * 1000.0).round();
        Fixed { units: units as i128, decimals: 3 }.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_measure_has_its_place_and_is_a_column() {
        for (at, measure) in Measure::ALL.into_iter().enumerate() {
            assert_eq!(measure.index(), at);
            assert!(Row::COLUMNS.contains(&measure.column()));
            assert_eq!(Measure::of_column(measure.column()), Some(measure));
        }
        assert_eq!(Measure::of_column("status"), None);
    }

    #[test]
    fn values_are_written_in_their_unit() {
        assert_eq!(Measure::Exposure.written(3_000_000), "30.00000");
        assert_eq!(Measure::End.written(719_803), "719.803");
        assert_eq!(Measure::End.mean_written(-1500.2), "-1.500");
        assert_eq!(Measure::BadRequests.mean_written(0.0004), "0.000");
    }
}
