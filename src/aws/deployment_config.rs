//! Names of a deployment configuration, spelt as the API spells them.
//!
//! Not what follows from them. Source: botocore model codedeploy 2014-10-06.

use super::name::names;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

names! {
    /// How a deployment configuration moves traffic (`TrafficRoutingType`).
    TrafficRoutingType {
        /// A first share, a wait, the rest.
        TimeBasedCanary = "TimeBasedCanary",
        /// Equal shares at equal distances.
        TimeBasedLinear = "TimeBasedLinear",
        /// Everything in one step.
        AllAtOnce = "AllAtOnce",
    }
}

names! {
    /// What the number in `minimumHealthyHosts` counts (`MinimumHealthyHostsType`).
    MinimumHealthyHostsType {
        /// Hosts.
        HostCount = "HOST_COUNT",
        /// Percent of the hosts.
        FleetPercent = "FLEET_PERCENT",
        /// Hosts that are deployed to at once; in answers only, nobody but AWS can set it (C-5).
        MostConcurrency = "MOST_CONCURRENCY",
    }
}
