//! Names of Application Auto Scaling, spelt as its API spells them.
//!
//! Not what they do. Source: botocore model application-autoscaling 2016-02-06. Rules: AAS-GEN-4, AAS-TT-9,
//! AAS-STEP-1.

use super::name::names;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

names! {
    /// What a scaling policy follows (`PolicyType`).
    PolicyType {
        /// An alarm, by steps.
        StepScaling = "StepScaling",
        /// A target value of a metric.
        TargetTrackingScaling = "TargetTrackingScaling",
        /// A forecast. Not simulated: AAS-SCH-2.
        PredictiveScaling = "PredictiveScaling",
    }
}

names! {
    /// The predefined metrics of an ECS service (`MetricType`). Rule: AAS-TT-9.
    MetricType {
        /// Percent of the CPU that the tasks reserve.
        EcsServiceAverageCpuUtilization = "ECSServiceAverageCPUUtilization",
        /// The same every 20 seconds.
        EcsServiceAverageCpuUtilizationHighResolution = "ECSServiceAverageCPUUtilizationHighResolution",
        /// Percent of the memory that the tasks reserve.
        EcsServiceAverageMemoryUtilization = "ECSServiceAverageMemoryUtilization",
        /// The same every 20 seconds.
        EcsServiceAverageMemoryUtilizationHighResolution = "ECSServiceAverageMemoryUtilizationHighResolution",
        /// Requests a minute and target of one target group.
        AlbRequestCountPerTarget = "ALBRequestCountPerTarget",
    }
}

names! {
    /// The statistic of a customized metric (`MetricStatistic`).
    MetricStatistic {
        /// The mean.
        Average = "Average",
        /// The least value.
        Minimum = "Minimum",
        /// The largest value.
        Maximum = "Maximum",
        /// How many values there are.
        SampleCount = "SampleCount",
        /// All values together.
        Sum = "Sum",
    }
}

names! {
    /// How the number of a step is meant (`AdjustmentType`). Rule: AAS-STEP-1.
    AdjustmentType {
        /// Tasks more or less.
        ChangeInCapacity = "ChangeInCapacity",
        /// So many tasks.
        ExactCapacity = "ExactCapacity",
        /// Percent of the tasks more or less.
        PercentChangeInCapacity = "PercentChangeInCapacity",
    }
}

names! {
    /// How the datapoints of a step policy become one number (`MetricAggregationType`).
    MetricAggregationType {
        /// The mean; the default.
        Average = "Average",
        /// The least.
        Minimum = "Minimum",
        /// The largest.
        Maximum = "Maximum",
    }
}

names! {
    /// How far a scaling activity is (`ScalingActivityStatusCode`). Rule: AAS-GEN-4.
    ScalingActivityStatus {
        /// Not begun.
        Pending = "Pending",
        /// The service has been asked.
        InProgress = "InProgress",
        /// Done.
        Successful = "Successful",
        /// A newer one has taken its place.
        Overridden = "Overridden",
        /// It was not reached in time.
        Unfulfilled = "Unfulfilled",
        /// The service has refused.
        Failed = "Failed",
    }
}

names! {
    /// Why nothing was scaled (`NotScaledReason.Code`). Rule: AAS-GEN-4.
    NotScaledReason {
        /// It would have to be undone at once (AAS-TT-6).
        AutoScalingAnticipatedFlapping = "AutoScalingAnticipatedFlapping",
        /// The service does not let itself be scaled.
        TargetServicePutResourceAsUnscalable = "TargetServicePutResourceAsUnscalable",
        /// It has as many tasks as it may have.
        AlreadyAtMaxCapacity = "AlreadyAtMaxCapacity",
        /// It has as few tasks as it may have.
        AlreadyAtMinCapacity = "AlreadyAtMinCapacity",
        /// It has as many tasks as it should have.
        AlreadyAtDesiredCapacity = "AlreadyAtDesiredCapacity",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// AAS-GEN-4.
    #[test]
    fn activities_have_six_statuses_and_five_reasons_not_to_scale() {
        let statuses = ScalingActivityStatus::ALL.iter().map(|status| status.as_str());
        let expected =
            ["Pending", "InProgress", "Successful", "Overridden", "Unfulfilled", "Failed"];
        assert!(statuses.eq(expected));
        assert_eq!(NotScaledReason::ALL.len(), 5);
    }
}
