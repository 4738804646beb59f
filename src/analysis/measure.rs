//! What is measured of every run of a sweep: whole numbers out of its row, and how they are written.
//!
//! Not how they are counted (`distribution`).

use crate::analysis::fixed::{Fixed, exposure_seconds, money, percent_of_ppm, seconds};
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
    /// The chance that a user has met the replacement.
    UsersExposed,
    /// Pages that met both versions.
    MixedPages,
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
    /// How long fewer tasks could serve than the service wanted.
    CapacityShort,
    /// How often a policy scaled the service.
    ScalingEvents,
    /// What the tasks have cost.
    Cost,
}

/// In what a measure is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// So many of something.
    Count,
    /// Seconds.
    Seconds,
    /// Percent.
    Percent,
    /// Whatever currency.
    Money,
}

impl Measure {
    /// Every measure, in the order they are shown.
    pub const ALL: [Measure; 13] = [
        Measure::BadRequests,
        Measure::FailedRequests,
        Measure::Exposure,
        Measure::UsersExposed,
        Measure::MixedPages,
        Measure::FullShift,
        Measure::Detected,
        Measure::Restored,
        Measure::End,
        Measure::TaskTime,
        Measure::CapacityShort,
        Measure::ScalingEvents,
        Measure::Cost,
    ];

    /// The column of the row that it is.
    pub const fn column(self) -> &'static str {
        match self {
            Measure::BadRequests => "bad_requests",
            Measure::FailedRequests => "failed_requests",
            Measure::Exposure => "exposure_s",
            Measure::UsersExposed => "users_exposed_pct",
            Measure::MixedPages => "mixed_pages",
            Measure::FullShift => "full_shift_s",
            Measure::Detected => "detected_s",
            Measure::Restored => "restored_s",
            Measure::End => "end_s",
            Measure::TaskTime => "task_seconds",
            Measure::CapacityShort => "capacity_short_s",
            Measure::ScalingEvents => "scaling_events",
            Measure::Cost => "cost",
        }
    }

    /// The measure in words, without its unit.
    pub const fn in_words(self) -> &'static str {
        match self {
            Measure::BadRequests => "bad requests",
            Measure::FailedRequests => "failed requests",
            Measure::Exposure => "exposure",
            Measure::UsersExposed => "users exposed",
            Measure::MixedPages => "mixed pages",
            Measure::FullShift => "full shift",
            Measure::Detected => "detected",
            Measure::Restored => "restored",
            Measure::End => "end",
            Measure::TaskTime => "task time",
            Measure::CapacityShort => "capacity short",
            Measure::ScalingEvents => "scaling events",
            Measure::Cost => "cost",
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

    /// Of a run, in whole units of the row; what never happened has none, nor what the scenario does not say enough of.
    pub fn of(self, row: &Row) -> Option<u64> {
        let instant = |at: Option<SimTime>| at.map(SimTime::as_millis);
        match self {
            Measure::BadRequests => Some(row.bad_requests),
            Measure::FailedRequests => Some(row.failed_requests),
            Measure::Exposure => Some(row.exposure_percent_ms),
            Measure::UsersExposed => row.users_exposed_ppm.map(u64::from),
            Measure::MixedPages => row.mixed_pages,
            Measure::FullShift => instant(row.full_shift),
            Measure::Detected => instant(row.detected),
            Measure::Restored => instant(row.restored),
            Measure::End => instant(row.end),
            Measure::TaskTime => Some(row.task_ms),
            Measure::CapacityShort => Some(row.capacity_short_ms),
            Measure::ScalingEvents => Some(row.scaling_events.into()),
            Measure::Cost => row.cost_micros,
        }
    }

    /// What a scenario must say for its runs to have it, if that is not enough that something happens in them.
    pub const fn needs(self) -> Option<&'static str> {
        match self {
            Measure::UsersExposed => Some("traffic.sessions"),
            Measure::MixedPages => Some("traffic.page"),
            Measure::Cost => Some("price.task_hour"),
            Measure::BadRequests
            | Measure::FailedRequests
            | Measure::Exposure
            | Measure::FullShift
            | Measure::Detected
            | Measure::Restored
            | Measure::End
            | Measure::TaskTime
            | Measure::CapacityShort
            | Measure::ScalingEvents => None,
        }
    }

    /// In what it is shown.
    pub const fn unit(self) -> Unit {
        match self {
            Measure::BadRequests
            | Measure::FailedRequests
            | Measure::MixedPages
            | Measure::ScalingEvents => Unit::Count,
            Measure::UsersExposed => Unit::Percent,
            Measure::Exposure
            | Measure::FullShift
            | Measure::Detected
            | Measure::Restored
            | Measure::End
            | Measure::TaskTime
            | Measure::CapacityShort => Unit::Seconds,
            Measure::Cost => Unit::Money,
        }
    }

    /// How many of its units are one of the unit it is shown in.
    pub const fn units(self) -> u64 {
        match (self, self.unit()) {
            (Measure::Exposure, _) => 100_000,
            (_, Unit::Count) => 1,
            (_, Unit::Seconds) => 1000,
            (_, Unit::Percent) => 10_000,
            (_, Unit::Money) => 1_000_000,
        }
    }

    /// A value in full, as a row has it.
    pub fn written(self, value: u64) -> String {
        match (self, self.unit()) {
            (Measure::Exposure, _) => exposure_seconds(value).to_string(),
            (_, Unit::Count) => value.to_string(),
            (_, Unit::Seconds) => seconds(value).to_string(),
            (_, Unit::Percent) => {
                percent_of_ppm(value.try_into().expect("a share is at most a whole")).to_string()
            }
            (_, Unit::Money) => money(value).to_string(),
        }
    }

    /// A mean or a difference of means in the unit it is shown in, with three decimals at least.
    pub fn mean_written(self, value: f64) -> String {
        let (decimals, parts) = match self.unit() {
            Unit::Count | Unit::Seconds => (3, 1e3),
            Unit::Percent => (4, 1e4),
            Unit::Money => (6, 1e6),
        };
        let units = (value / self.units() as f64 * parts).round();
        Fixed { units: units as i128, decimals }.to_string()
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
        assert_eq!(Measure::UsersExposed.written(221_199), "22.1199");
        assert_eq!(Measure::UsersExposed.mean_written(-221_199.4), "-22.1199");
        assert_eq!(Measure::Cost.written(125_000), "0.125000");
        assert_eq!(Measure::Cost.mean_written(1.6), "0.000002");
    }
}
