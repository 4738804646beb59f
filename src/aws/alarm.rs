//! The enumerations of CloudWatch metrics and alarms, spelt as the API spells them.
//!
//! Not what they mean for an alarm's state (`scenario::alarm`). Source: botocore model cloudwatch 2010-08-01.
//! Rules: CW-ALARM-1, CW-ALARM-2, CW-MET-3, CW-MISS-3.

use super::name::names;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

names! {
    /// The state of an alarm (`StateValue`). Rule: CW-ALARM-1.
    StateValue {
        /// The threshold is kept.
        Ok = "OK",
        /// The threshold is breached.
        Alarm = "ALARM",
        /// New, or without data that could decide.
        InsufficientData = "INSUFFICIENT_DATA",
    }
}

names! {
    /// How a datapoint is compared with a threshold that is a number (`ComparisonOperator`). Rule: CW-ALARM-2.
    ComparisonOperator {
        /// It breaches if it is larger.
        GreaterThanThreshold = "GreaterThanThreshold",
        /// It breaches if it is larger, or equal.
        GreaterThanOrEqualToThreshold = "GreaterThanOrEqualToThreshold",
        /// It breaches if it is less.
        LessThanThreshold = "LessThanThreshold",
        /// It breaches if it is less, or equal.
        LessThanOrEqualToThreshold = "LessThanOrEqualToThreshold",
    }
}

names! {
    /// How an alarm takes periods without a datapoint (`TreatMissingData`). Rules: CW-ALARM-2, CW-MISS-2.
    TreatMissingData {
        /// As missing: nothing in the whole range gives INSUFFICIENT_DATA. The default.
        Missing = "missing",
        /// The present state is kept.
        Ignore = "ignore",
        /// As beyond the threshold.
        Breaching = "breaching",
        /// As within the threshold.
        NotBreaching = "notBreaching",
    }
}

names! {
    /// How an alarm on a percentile takes few samples (`EvaluateLowSampleCountPercentile`). Rule: CW-MISS-3.
    LowSampleCount {
        /// As many. The default.
        Evaluate = "evaluate",
        /// The present state is kept.
        Ignore = "ignore",
    }
}

names! {
    /// What is made of the samples of a period (`Statistic`); percentiles are apart. Rule: CW-MET-3.
    Statistic {
        /// Their number.
        SampleCount = "SampleCount",
        /// Sum by number.
        Average = "Average",
        /// Their sum.
        Sum = "Sum",
        /// The least.
        Minimum = "Minimum",
        /// The largest.
        Maximum = "Maximum",
    }
}
