//! When datapoints make an alarm: M out of N, with periods that have none.
//!
//! Not what makes a datapoint breach, nor which have arrived. Rules: CW-ALARM-2, CW-ALARM-6, CW-ALARM-9, CW-MISS-1,
//! CW-MISS-2, CW-LINT-2.

use crate::aws::alarm::{StateValue, TreatMissingData};
use crate::engine::time::SimDuration;

/// M of N, and what holds where data is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Criterion {
    /// M, `DatapointsToAlarm`: so many of the evaluated datapoints have to breach, 1 to N.
    pub datapoints_to_alarm: u32,
    /// N, `EvaluationPeriods`: so many datapoints are evaluated, at least 1.
    pub evaluation_periods: u32,
    /// What a period without a datapoint counts as.
    pub treat_missing_data: TreatMissingData,
}

impl Criterion {
    /// How many periods an evaluation fetches (R): more than N, so that late data is found. Rule: CW-MISS-1.
    ///
    /// `delay_max` is the largest delivery delay that the alarm's metrics can have.
    ///
    /// # Panics
    /// If the period is zero.
    pub fn evaluation_range(&self, period: SimDuration, delay_max: SimDuration) -> u32 {
        let late = delay_max.as_millis().div_ceil(period.as_millis());
        let late = u32::try_from(late).unwrap_or(u32::MAX);
        let more = (self.evaluation_periods / 3).max(2).max(late);
        self.evaluation_periods.saturating_add(more)
    }

    /// The state after an evaluation that finds these periods in its range, the newest first: whether the datapoint
    /// of each breaches, or none if it has none. Rule: CW-MISS-2.
    ///
    /// Nothing is looked at behind the N-th datapoint.
    pub fn state(
        &self,
        newest_first: impl IntoIterator<Item = Option<bool>>,
        current: StateValue,
    ) -> StateValue {
        let (most, least) = (self.evaluation_periods, self.datapoints_to_alarm);
        let (mut real, mut breaching, mut oldest) = (0, 0, 0);
        for (age, point) in (1..).zip(newest_first) {
            let Some(breaches) = point else { continue };
            real += 1;
            breaching += u32::from(breaches);
            oldest = age;
            if real == most {
                return alarm_if(breaching >= least);
            }
        }
        match self.treat_missing_data {
            TreatMissingData::Breaching => alarm_if(breaching + (most - real) >= least),
            TreatMissingData::NotBreaching => alarm_if(breaching >= least),
            TreatMissingData::Missing | TreatMissingData::Ignore if breaching >= least => {
                StateValue::Alarm
            }
            TreatMissingData::Missing | TreatMissingData::Ignore if breaching < real => {
                StateValue::Ok
            }
            TreatMissingData::Ignore => current,
            TreatMissingData::Missing if real == 0 => StateValue::InsufficientData,
            // Every datapoint breaches. Too few of them make an alarm only when none can follow that is as old.
            TreatMissingData::Missing if oldest >= least => StateValue::Alarm,
            TreatMissingData::Missing => current,
        }
    }
}

const fn alarm_if(breached: bool) -> StateValue {
    if breached { StateValue::Alarm } else { StateValue::Ok }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_periods_are_fetched_than_are_evaluated() {
        let range = |periods, period_s, delay_s| {
            Criterion {
                datapoints_to_alarm: 1,
                evaluation_periods: periods,
                treat_missing_data: TreatMissingData::Missing,
            }
            .evaluation_range(SimDuration::from_secs(period_s), SimDuration::from_secs(delay_s))
        };
        assert_eq!([range(3, 60, 115), range(1, 60, 115), range(15, 60, 120)], [5, 3, 20]);
        assert_eq!([range(1, 60, 300), range(3, 60, 121), range(3, 10, 115)], [6, 6, 15]);
        assert_eq!(range(3, 60, 0), 5);
    }

    #[test]
    fn nothing_is_looked_at_behind_the_last_datapoint_that_is_evaluated() {
        let criterion = Criterion {
            datapoints_to_alarm: 2,
            evaluation_periods: 2,
            treat_missing_data: TreatMissingData::Missing,
        };
        let points = [Some(true), None, Some(true)].into_iter().chain(std::iter::from_fn(|| {
            panic!("two datapoints decide");
        }));
        assert_eq!(criterion.state(points, StateValue::Ok), StateValue::Alarm);
    }
}
