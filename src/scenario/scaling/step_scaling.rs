//! Step scaling: which step a metric falls on, and what that step makes of the capacity.
//!
//! Not the alarm that the steps are counted from. Rules: AAS-STEP-1 to AAS-STEP-5.

use super::capacity::{Change, Vote};
use crate::aws::scaling::{AdjustmentType, MetricAggregationType};
use crate::engine::ratio::Ratio;
use crate::engine::time::SimDuration;

/// A policy that goes by how far a metric is from its alarm's threshold (`StepScalingPolicyConfiguration`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepScaling {
    /// `AdjustmentType`: how the numbers of the steps are meant.
    pub adjustment_type: AdjustmentType,
    /// `StepAdjustments`: at least one, from the lowest to the highest, without gap or overlap.
    pub steps: Vec<StepAdjustment>,
    /// `MinAdjustmentMagnitude`: the least change in tasks, for percentages only. Rule: AAS-STEP-4.
    pub min_adjustment_magnitude: Option<u32>,
    /// `Cooldown`, whole seconds, default 300. Rule: AAS-CD-1.
    pub cooldown: SimDuration,
    /// `MetricAggregationType`: how datapoints become the one number that the steps see.
    pub metric_aggregation_type: MetricAggregationType,
}

/// One step (`StepAdjustment`). Bounds are offsets from the threshold. Rule: AAS-STEP-2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepAdjustment {
    /// `MetricIntervalLowerBound`; open without one. It belongs to the step from 0 on, not below.
    pub lower: Option<Ratio>,
    /// `MetricIntervalUpperBound`, above the lower one; open without one. It belongs to the step up to 0, not above.
    pub upper: Option<Ratio>,
    /// `ScalingAdjustment`: tasks or percent, not negative for `ExactCapacity`.
    pub adjustment: i32,
}

impl StepAdjustment {
    /// Whether a metric is on this step. Rule: AAS-STEP-2.
    pub fn holds(&self, metric: Ratio, threshold: Ratio) -> bool {
        let is_above = self.lower.is_none_or(|lower| {
            let bound = threshold.plus(lower);
            metric > bound || (metric == bound && lower >= Ratio::ZERO)
        });
        let is_below = self.upper.is_none_or(|upper| {
            let bound = threshold.plus(upper);
            metric < bound || (metric == bound && upper <= Ratio::ZERO)
        });
        is_above && is_below
    }
}

impl StepScaling {
    /// The step that a metric is on. On the threshold itself, where two may meet, it is the upper one.
    pub fn step(&self, metric: Ratio, threshold: Ratio) -> Option<&StepAdjustment> {
        self.steps.iter().rev().find(|step| step.holds(metric, threshold))
    }

    /// The capacity that a step leads to: never negative, at most `u32::MAX`. Rules: AAS-STEP-1, AAS-STEP-3,
    /// AAS-STEP-4.
    pub fn adjusted(&self, running: u32, adjustment: i32) -> u32 {
        let (running, by) = (i64::from(running), i64::from(adjustment));
        let to = match self.adjustment_type {
            AdjustmentType::ChangeInCapacity => running + by,
            AdjustmentType::ExactCapacity => by,
            AdjustmentType::PercentChangeInCapacity => {
                running + self.at_least(rounded_percent(running, by), by.signum())
            }
        };
        u32::try_from(to.max(0)).unwrap_or(u32::MAX)
    }

    /// What it says once its alarm is in ALARM, by the metric as the policy aggregates it: nothing where no step
    /// is or the step changes nothing.
    pub fn vote(&self, metric: Ratio, threshold: Ratio, running: u32) -> Vote {
        let step = self.step(metric, threshold);
        match step.map(|step| self.adjusted(running, step.adjustment)) {
            Some(to) if to > running => Vote::For(Change::ScaleOut(to)),
            Some(to) if to < running => Vote::For(Change::ScaleIn(to)),
            Some(_) | None => Vote::Abstain,
        }
    }

    /// The change, or the least that is allowed in its direction.
    fn at_least(&self, change: i64, direction: i64) -> i64 {
        let least = i64::from(self.min_adjustment_magnitude.unwrap_or(0));
        direction * change.abs().max(least)
    }
}

/// Percent of a capacity as whole tasks: toward 0 from 1 on, but not to 0. Rule: AAS-STEP-3.
fn rounded_percent(running: i64, percent: i64) -> i64 {
    let hundredths = running * percent;
    match hundredths / 100 {
        0 => hundredths.signum(),
        whole => whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(adjustment_type: AdjustmentType, least: Option<u32>) -> StepScaling {
        StepScaling {
            adjustment_type,
            steps: Vec::new(),
            min_adjustment_magnitude: least,
            cooldown: SimDuration::from_secs(300),
            metric_aggregation_type: MetricAggregationType::Average,
        }
    }

    /// AAS-STEP-1.
    #[test]
    fn steps_change_the_capacity_by_tasks_to_a_number_or_by_percent() {
        let adjusted = |kind, by| policy(kind, None).adjusted(10, by);
        assert_eq!(adjusted(AdjustmentType::ChangeInCapacity, 3), 13);
        assert_eq!(adjusted(AdjustmentType::ChangeInCapacity, -12), 0);
        assert_eq!(adjusted(AdjustmentType::ExactCapacity, 3), 3);
        assert_eq!(adjusted(AdjustmentType::PercentChangeInCapacity, 200), 30);
        assert_eq!(adjusted(AdjustmentType::PercentChangeInCapacity, i32::MIN), 0);
    }

    /// T155 (AAS-STEP-3).
    #[test]
    fn percentages_are_rounded_toward_zero_but_not_to_it() {
        assert_eq!(rounded_percent(127, 10), 12);
        assert_eq!(rounded_percent(67, 1), 1);
        assert_eq!(rounded_percent(58, -1), -1);
        assert_eq!(rounded_percent(667, -1), -6);
        assert_eq!(rounded_percent(100, 1), 1);
        assert_eq!((rounded_percent(0, 50), rounded_percent(50, 0)), (0, 0));
    }

    /// T154 (AAS-STEP-4).
    #[test]
    fn a_least_magnitude_moves_small_percentages() {
        let percent = policy(AdjustmentType::PercentChangeInCapacity, Some(2));
        assert_eq!(percent.adjusted(4, 25), 6);
        assert_eq!((percent.adjusted(4, -25), percent.adjusted(0, 25)), (2, 2));
        assert_eq!(percent.adjusted(4, 0), 4, "a step of nothing stays nothing");
        assert_eq!(policy(AdjustmentType::ChangeInCapacity, Some(2)).adjusted(4, 1), 5);
    }

    /// AAS-STEP-2.
    #[test]
    fn bounds_belong_to_the_step_that_is_nearer_to_the_threshold_end() {
        let mut steps = policy(AdjustmentType::ChangeInCapacity, None);
        let step = |lower: Option<i64>, upper: Option<i64>, adjustment| StepAdjustment {
            lower: lower.map(|n| Ratio::new(n, 1)),
            upper: upper.map(|n| Ratio::new(n, 1)),
            adjustment,
        };
        steps.steps = vec![
            step(None, Some(-10), -2),
            step(Some(-10), Some(0), -1),
            step(Some(0), Some(10), 1),
            step(Some(10), None, 2),
        ];
        let on = |metric: i64| {
            let metric = Ratio::new(metric, 10);
            steps.step(metric, 50.into()).map(|step| step.adjustment)
        };
        let tenths = [0, 399, 400, 401, 499, 500, 501, 599, 600, 10_000];
        let expected = [-2, -2, -2, -1, -1, 1, 1, 1, 2, 2];
        assert_eq!(tenths.map(on), expected.map(Some));
        steps.steps.truncate(2);
        assert_eq!(steps.step(50.into(), 50.into()).map(|step| step.adjustment), Some(-1));
        assert_eq!(steps.step(51.into(), 50.into()), None);
    }
}
