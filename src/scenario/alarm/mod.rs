//! CloudWatch alarms: what they watch, and the pure rules by which they change their state.
//!
//! Not how they are written down (`input`), what their metrics are in a run, nor who acts on a state. `criterion`
//! decides one evaluation, `window` says of which part of the calendar; `playback` plays evaluations one after
//! another. Rules: CW-ALARM-1 to CW-ALARM-12, CW-MISS-1 to CW-MISS-3 (docs/semantics/environment.md).

pub mod composite;
pub mod criterion;
pub mod history;
pub mod math;
pub mod playback;
pub mod ratio;
pub mod statistic;
pub mod window;

use crate::aws::alarm::{ComparisonOperator, LowSampleCount, StateValue};
use crate::engine::time::SimDuration;
use composite::CompositeAlarm;
use criterion::Criterion;
use math::Expression;
use ratio::Ratio;
use statistic::{Datapoint, Percentile, Stat};
use window::{Rhythm, UnixTime, Window};

/// An alarm of either kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Alarm {
    /// On metrics. Boxed, being the larger one.
    Metric(Box<MetricAlarm>),
    /// On other alarms.
    Composite(CompositeAlarm),
}

impl Alarm {
    /// `AlarmName`.
    pub fn name(&self) -> &str {
        match self {
            Alarm::Metric(alarm) => &alarm.name,
            Alarm::Composite(alarm) => &alarm.name,
        }
    }
}

/// An alarm on one metric, or on several through metric math. Rules: CW-ALARM-2, CW-ALARM-11.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricAlarm {
    /// `AlarmName`, 1 to 255 characters.
    pub name: String,
    /// The metrics that it reads, 1 to 10, all with the same period.
    pub metrics: Vec<MetricStat>,
    /// What it makes of them: the only metric itself, or metric math.
    pub expression: Expression,
    /// `Period`: 10, 20, 30 or a multiple of 60 s. Rule: CW-ALARM-2.
    pub period: SimDuration,
    /// How many datapoints have to breach.
    pub criterion: Criterion,
    /// `ComparisonOperator`.
    pub comparison_operator: ComparisonOperator,
    /// `Threshold`.
    pub threshold: Ratio,
    /// `EvaluateLowSampleCountPercentile`; says nothing unless the metric is a percentile. Rule: CW-MISS-3.
    pub low_sample_count: LowSampleCount,
    /// `ActionsEnabled`: whether a change of state runs actions; states change all the same. Rule: CW-ALARM-7.
    pub actions_enabled: bool,
    /// The ARNs of the scaling policies that it calls in ALARM.
    pub scaling_policies: Vec<String>,
}

/// One metric of an alarm, and what is made of its samples (`MetricStat`).
#[derive(Clone, Debug, PartialEq)]
pub struct MetricStat {
    /// `Id`, by which expressions name it; empty if the alarm has no expression.
    pub id: String,
    /// The metric.
    pub metric: Metric,
    /// Statistic or percentile.
    pub stat: Stat,
}

/// What a metric is known by (`Metric`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metric {
    /// `Namespace`, such as `AWS/ApplicationELB`.
    pub namespace: String,
    /// `MetricName`, such as `HTTPCode_Target_5XX_Count`.
    pub name: String,
    /// `Dimensions`: names and values, in the order of the document.
    pub dimensions: Vec<(String, String)>,
}

impl MetricAlarm {
    /// How often it is evaluated, and of which windows. Rules: CW-ALARM-3 to CW-ALARM-5.
    pub fn rhythm(&self) -> Rhythm {
        Rhythm::of(self.period)
    }

    /// How many periods an evaluation fetches, if no datapoint is delivered later than that. Rule: CW-MISS-1.
    pub fn evaluation_range(&self, delay_max: SimDuration) -> u32 {
        self.criterion.evaluation_range(self.period, delay_max)
    }

    /// Whether a datapoint of this value breaches, compared exactly. Rule: CW-ALARM-2.
    pub fn breaches(&self, value: Ratio) -> bool {
        match self.comparison_operator {
            ComparisonOperator::GreaterThanThreshold => value > self.threshold,
            ComparisonOperator::GreaterThanOrEqualToThreshold => value >= self.threshold,
            ComparisonOperator::LessThanThreshold => value < self.threshold,
            ComparisonOperator::LessThanOrEqualToThreshold => value <= self.threshold,
        }
    }

    /// The state after an evaluation at an instant, which fetches `range` periods.
    ///
    /// `seen` is asked for the datapoint of a metric, by its place, in a window: what has been delivered of it by
    /// then. Nothing is allocated, and nothing asked for behind what decides.
    /// Rules: CW-MISS-2, CW-MISS-3, CW-ALARM-1, CW-ALARM-6, CW-ALARM-8, CW-ALARM-9.
    pub fn evaluate(
        &self,
        at: UnixTime,
        range: u32,
        current: StateValue,
        mut seen: impl FnMut(usize, Window) -> Option<Datapoint>,
    ) -> StateValue {
        if self.has_few_samples(at, range, &mut seen) {
            return current;
        }
        let points = (1..=range)
            .map(|age| self.datapoint(at, age, range, &mut seen).map(|value| self.breaches(value)));
        self.criterion.state(points, current)
    }

    /// The value in the period of an age, 1 being the newest of `range`, as an evaluation at an instant sees it.
    pub fn datapoint(
        &self,
        at: UnixTime,
        age: u32,
        range: u32,
        seen: &mut impl FnMut(usize, Window) -> Option<Datapoint>,
    ) -> Option<Ratio> {
        let rhythm = self.rhythm();
        let mut value_of = |metric: usize, age: u32| {
            seen(metric, rhythm.window(at, age)).map(|datapoint| datapoint.value)
        };
        match self.expression {
            Expression::Metric(metric) => value_of(metric, age),
            _ => self.expression.datapoint(age, range, &mut value_of),
        }
    }

    /// Whether the newest datapoint is of too few samples to change the state. Rule: CW-MISS-3.
    pub fn has_few_samples(
        &self,
        at: UnixTime,
        range: u32,
        seen: &mut impl FnMut(usize, Window) -> Option<Datapoint>,
    ) -> bool {
        let Some(percentile) = self.percentile() else { return false };
        if self.low_sample_count == LowSampleCount::Evaluate {
            return false;
        }
        let newest = (1..=range).find_map(|age| seen(0, self.rhythm().window(at, age)));
        newest.is_some_and(|newest| newest.sample_count < percentile.samples_min())
    }

    /// The percentile that it watches, if it watches one.
    pub fn percentile(&self) -> Option<Percentile> {
        match (&self.expression, self.metrics[0].stat) {
            (Expression::Metric(0), Stat::Percentile(percentile)) => Some(percentile),
            _ => None,
        }
    }
}
