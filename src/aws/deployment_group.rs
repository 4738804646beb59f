//! Names of a deployment group, spelt as the API spells them.
//!
//! Not what follows from them. Source: botocore model codedeploy 2014-10-06.

use super::name::names;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

names! {
    /// Where a deployment goes (`DeploymentType`).
    DeploymentType {
        /// To what serves already.
        InPlace = "IN_PLACE",
        /// To a replacement, which then takes the traffic over.
        BlueGreen = "BLUE_GREEN",
    }
}

names! {
    /// Whether a deployment moves traffic (`DeploymentOption`).
    DeploymentOption {
        /// Behind a load balancer or an alias.
        WithTrafficControl = "WITH_TRAFFIC_CONTROL",
        /// Traffic is left alone.
        WithoutTrafficControl = "WITHOUT_TRAFFIC_CONTROL",
    }
}

names! {
    /// What of a tag a filter looks at (`EC2TagFilterType`, `TagFilterType`). Rule: CD-EC2-1.
    TagFilterType {
        /// That there is a tag of this key.
        KeyOnly = "KEY_ONLY",
        /// That some tag has this value.
        ValueOnly = "VALUE_ONLY",
        /// Both.
        KeyAndValue = "KEY_AND_VALUE",
    }
}

names! {
    /// Where the replacement of hosts comes from (`GreenFleetProvisioningAction`). Rule: CD-EC2-20.
    GreenFleetProvisioningAction {
        /// Instances that are there already.
        DiscoverExisting = "DISCOVER_EXISTING",
        /// A copy of the Auto Scaling group.
        CopyAutoScalingGroup = "COPY_AUTO_SCALING_GROUP",
    }
}

names! {
    /// What becomes of the original hosts (`InstanceAction`). Rule: CD-EC2-23.
    InstanceAction {
        /// They are terminated after the wait.
        Terminate = "TERMINATE",
        /// They leave load balancer and group, and go on running.
        KeepAlive = "KEEP_ALIVE",
    }
}

names! {
    /// What becomes of hosts that were added during a deployment (`OutdatedInstancesStrategy`). Rule: CD-EC2-30.
    OutdatedInstancesStrategy {
        /// A deployment brings them up to date.
        Update = "UPDATE",
        /// They stay as they are.
        Ignore = "IGNORE",
    }
}
