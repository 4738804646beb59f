//! Names of an ECS service, spelt as the API spells them.
//!
//! Not those of its tasks and task sets (`name`). Source: botocore model ecs 2014-11-13.

use super::name::names;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

names! {
    /// Who decides over the tasks of a service (`DeploymentControllerType`). Rules: AAS-DEP-1, AAS-DEP-2.
    DeploymentControllerType {
        /// ECS, by rolling updates.
        Ecs = "ECS",
        /// CodeDeploy, by task sets.
        CodeDeploy = "CODE_DEPLOY",
        /// Somebody else, by task sets.
        External = "EXTERNAL",
    }
}

names! {
    /// Where the tasks of a service run (`LaunchType`). Rule: ECS-EXT-7.
    LaunchType {
        /// Instances of the cluster's own.
        Ec2 = "EC2",
        /// Capacity of AWS's.
        Fargate = "FARGATE",
        /// Servers that are registered from elsewhere.
        External = "EXTERNAL",
        /// Instances that ECS manages.
        ManagedInstances = "MANAGED_INSTANCES",
    }
}
