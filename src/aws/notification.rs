//! Triggers of a deployment group, and the words of what is told of its deployments.
//!
//! Not what is told, nor when. Sources: botocore model codedeploy 2014-10-06, CodeDeploy guide. Rules: CD-NOT-1,
//! CD-NOT-3, CD-SM-9.

use super::name::names;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// A topic that is told of deployments (`TriggerConfig`). Rule: CD-NOT-1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trigger {
    /// `triggerName`.
    pub name: String,
    /// `triggerTargetArn`: the SNS topic.
    pub target_arn: String,
    /// `triggerEvents`. Those of instances never come: a service has none.
    pub events: Vec<TriggerEventType>,
}

names! {
    /// What a trigger tells its topic of (`TriggerEventType`). Rule: CD-NOT-1.
    TriggerEventType {
        /// A deployment begins.
        DeploymentStart = "DeploymentStart",
        /// It succeeds.
        DeploymentSuccess = "DeploymentSuccess",
        /// It fails.
        DeploymentFailure = "DeploymentFailure",
        /// It is stopped.
        DeploymentStop = "DeploymentStop",
        /// It is rolled back.
        DeploymentRollback = "DeploymentRollback",
        /// Its replacement is ready.
        DeploymentReady = "DeploymentReady",
        /// An instance begins.
        InstanceStart = "InstanceStart",
        /// An instance succeeds.
        InstanceSuccess = "InstanceSuccess",
        /// An instance fails.
        InstanceFailure = "InstanceFailure",
        /// An instance is ready.
        InstanceReady = "InstanceReady",
    }
}

names! {
    /// What EventBridge is told of a deployment (`detail.state`). Rule: CD-NOT-3.
    DeploymentState {
        /// It has failed.
        Failure = "FAILURE",
        /// It works.
        Start = "START",
        /// It was stopped.
        Stop = "STOP",
        /// It waits for capacity of the account.
        Queued = "QUEUED",
        /// Its replacement waits for traffic.
        Ready = "READY",
        /// It has succeeded.
        Success = "SUCCESS",
    }
}

names! {
    /// What `deploymentOverview` counts a target as when its deployment is over. Rule: CD-SM-9.
    TargetStatus {
        /// An event has failed on it.
        Failed = "Failed",
        /// Every event has succeeded on it.
        Succeeded = "Succeeded",
        /// Nothing more was done to it.
        Skipped = "Skipped",
    }
}
