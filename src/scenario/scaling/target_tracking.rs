//! Target tracking: the two alarms it makes, and the capacity that a metric asks for.
//!
//! Not how the metric comes about nor how an alarm is evaluated. Rules: AAS-TT-1 to AAS-TT-9.

use super::capacity::{Change, Vote};
use crate::aws::scaling::{MetricStatistic, NotScaledReason};
use crate::engine::ratio::Ratio;
use crate::engine::share::Share;
use crate::engine::time::SimDuration;

/// A policy that keeps a metric at a value (`TargetTrackingScalingPolicyConfiguration`).
#[derive(Clone, Debug, PartialEq)]
pub struct TargetTracking {
    /// The metric.
    pub metric: TrackedMetric,
    /// `TargetValue`, more than 0, in the unit of the metric.
    pub target_value: Ratio,
    /// `ScaleOutCooldown`, whole seconds, default 300. Rule: AAS-CD-1.
    pub scale_out_cooldown: SimDuration,
    /// `ScaleInCooldown`, whole seconds, default 300. Rule: AAS-CD-1.
    pub scale_in_cooldown: SimDuration,
    /// `DisableScaleIn`, default false. Rule: AAS-TT-8.
    pub disable_scale_in: bool,
}

/// What is tracked. Rule: AAS-TT-9.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrackedMetric {
    /// Percent of the CPU that all running tasks of the service reserve together.
    Cpu {
        /// Whether it is measured every 20 seconds.
        is_high_resolution: bool,
    },
    /// Percent of the memory that they reserve together.
    Memory {
        /// Whether it is measured every 20 seconds.
        is_high_resolution: bool,
    },
    /// Requests a minute and target of one target group, whatever becomes of the group.
    RequestCountPerTarget(ResourceLabel),
    /// A metric of somebody's own, or another one of AWS.
    Customized(CustomizedMetric),
}

/// The target group whose requests are counted (`ResourceLabel`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceLabel {
    /// The last part of the load balancer's ARN: `app/shop/50dc6c495c0c9188`.
    pub load_balancer: String,
    /// The name of the target group.
    pub target_group: String,
}

/// A metric by its name (`CustomizedMetricSpecification`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomizedMetric {
    /// `Namespace`.
    pub namespace: String,
    /// `MetricName`.
    pub name: String,
    /// `Dimensions`: names and values, in the order of the document.
    pub dimensions: Vec<(String, String)>,
    /// `Statistic`.
    pub statistic: MetricStatistic,
}

/// An alarm that target tracking makes. It treats missing data as `missing`. Rule: AAS-TT-1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrackingAlarm {
    /// On which side of the threshold it goes off.
    pub comparison: Comparison,
    /// In the unit of the metric.
    pub threshold: Ratio,
    /// The length of one datapoint.
    pub period: SimDuration,
    /// N.
    pub evaluation_periods: u32,
    /// M.
    pub datapoints_to_alarm: u32,
}

/// `ComparisonOperator`, as far as target tracking uses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// Above the threshold.
    GreaterThanThreshold,
    /// Below the threshold.
    LessThanThreshold,
}

impl TrackingAlarm {
    /// Whether a datapoint is on the wrong side; on the threshold itself none is.
    pub fn is_breached_by(&self, datapoint: Ratio) -> bool {
        match self.comparison {
            Comparison::GreaterThanThreshold => datapoint > self.threshold,
            Comparison::LessThanThreshold => datapoint < self.threshold,
        }
    }
}

/// What a policy sees at an instant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observation {
    /// Whether AlarmHigh is in ALARM; INSUFFICIENT_DATA is not. Rule: AAS-TT-3.
    pub high_in_alarm: bool,
    /// Whether AlarmLow is in ALARM.
    pub low_in_alarm: bool,
    /// The newest datapoint that has been delivered, if there is one (U18).
    pub metric: Option<Ratio>,
    /// Running tasks. Rule: AAS-GEN-1.
    pub running: u32,
}

impl TrackedMetric {
    /// How often it is measured: every 60 s, or every 20 s. Rule: AAS-TT-1.
    pub const fn period(&self) -> SimDuration {
        match self {
            Self::Cpu { is_high_resolution: true } | Self::Memory { is_high_resolution: true } => {
                SimDuration::from_secs(20)
            }
            Self::Cpu { .. }
            | Self::Memory { .. }
            | Self::RequestCountPerTarget(_)
            | Self::Customized(_) => SimDuration::from_secs(60),
        }
    }
}

impl TargetTracking {
    /// AlarmHigh: 3 of 3 periods above the target. Rule: AAS-TT-1.
    pub fn high_alarm(&self) -> TrackingAlarm {
        TrackingAlarm {
            comparison: Comparison::GreaterThanThreshold,
            threshold: self.target_value,
            period: self.metric.period(),
            evaluation_periods: 3,
            datapoints_to_alarm: 3,
        }
    }

    /// AlarmLow: 15 of 15 minutes below nine tenths of the target, also where the metric is finer.
    /// Rules: AAS-TT-1, AAS-TT-2.
    pub fn low_alarm(&self) -> TrackingAlarm {
        TrackingAlarm {
            comparison: Comparison::LessThanThreshold,
            threshold: self.target_value.times(9, 10),
            period: SimDuration::from_secs(60),
            evaluation_periods: 15,
            datapoints_to_alarm: 15,
        }
    }

    /// What it says. `shrinks_at_most` is the assumption `max_scale_in_fraction`: the largest share of the running
    /// tasks that one scale-in may take.
    ///
    /// Without a datapoint it does nothing (AAS-TT-3); from no running task one datapoint above the target is
    /// enough, whatever the alarm says (AAS-TT-7); with scale-in disabled it has no say in scaling in (AAS-TT-8).
    pub fn vote(&self, seen: Observation, shrinks_at_most: Share) -> Vote {
        let Observation { high_in_alarm, low_in_alarm, metric, running } = seen;
        let above = metric.filter(|&metric| {
            high_in_alarm || (running == 0 && self.high_alarm().is_breached_by(metric))
        });
        match (above, metric) {
            (Some(metric), _) => Vote::For(Change::ScaleOut(self.scaled_out(running, metric))),
            (None, _) if self.disable_scale_in => Vote::Abstain,
            (None, Some(metric)) if low_in_alarm => {
                match self.scaled_in(running, metric, shrinks_at_most) {
                    Ok(to) => Vote::For(Change::ScaleIn(to)),
                    Err(reason) => Vote::Stay(Some(reason)),
                }
            }
            (None, Some(_) | None) => Vote::Stay(None),
        }
    }

    /// The capacity at which the metric would meet its target, at least one more than runs. Rules: AAS-TT-4,
    /// AAS-TT-7.
    pub fn scaled_out(&self, running: u32, metric: Ratio) -> u32 {
        metric.ceil_of(running, self.target_value).max(running.saturating_add(1))
    }

    /// The capacity at which the metric would meet its target, if that is fewer than run. It is rounded up, so
    /// that it never asks to be given back (AAS-TT-6). Rule: AAS-TT-5.
    ///
    /// # Errors
    /// The reason if nothing is to be taken away. Rule: AAS-GEN-4.
    pub fn scaled_in(
        &self,
        running: u32,
        metric: Ratio,
        shrinks_at_most: Share,
    ) -> Result<u32, NotScaledReason> {
        let kept = Ratio::new(shrinks_at_most.rest().parts_per_billion().into(), 1_000_000_000);
        let least = kept.ceil_of(running, Ratio::from(1));
        let to = metric.ceil_of(running, self.target_value).max(least);
        match to < running {
            true => Ok(to),
            false => Err(NotScaledReason::AlreadyAtDesiredCapacity),
        }
    }

    /// Whether the same load on so many tasks would be above the target: a scale-in to them, which another policy
    /// may want, is `AutoScalingAnticipatedFlapping`. Rule: AAS-TT-6.
    pub fn would_flap(&self, running: u32, to: u32, metric: Ratio) -> bool {
        to < metric.ceil_of(running, self.target_value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tracking(target: u32) -> TargetTracking {
        TargetTracking {
            metric: TrackedMetric::Cpu { is_high_resolution: false },
            target_value: target.into(),
            scale_out_cooldown: SimDuration::from_secs(300),
            scale_in_cooldown: SimDuration::from_secs(300),
            disable_scale_in: false,
        }
    }

    /// AAS-TT-5: the share that one scale-in may take.
    #[test]
    fn a_scale_in_takes_at_most_its_share() {
        let scaled_in = |percent| tracking(60).scaled_in(10, 6.into(), Share::of(percent));
        assert_eq!(scaled_in(100), Ok(1));
        assert_eq!(scaled_in(25), Ok(8), "7.5 are kept, so 8");
        assert_eq!(scaled_in(9), Err(NotScaledReason::AlreadyAtDesiredCapacity));
    }

    /// AAS-TT-6.
    #[test]
    fn fewer_tasks_than_the_load_needs_would_flap() {
        let policy = tracking(60);
        assert!(policy.would_flap(10, 8, 53.into()), "53 on 10 is 66.25 on 8");
        assert!(!policy.would_flap(10, 9, 53.into()), "and 58.9 on 9");
        assert!(!policy.would_flap(10, 0, Ratio::ZERO), "no load is none on no task");
    }

    /// AAS-TT-1: with 20-second metrics.
    #[test]
    fn a_finer_metric_makes_a_quicker_high_alarm() {
        let mut policy = tracking(60);
        policy.metric = TrackedMetric::Memory { is_high_resolution: true };
        assert_eq!(policy.high_alarm().period, SimDuration::from_secs(20));
        assert_eq!(policy.low_alarm().period, SimDuration::from_secs(60));
    }
}
