//! The exceptions with which AWS refuses a request, spelt as the APIs spell them.
//!
//! Not when one is due: who reads a document says that. Sources: botocore models codedeploy
//! 2014-10-06, ecs 2014-11-13 and application-autoscaling 2016-02-06. Rules: CD-VAL-1 to CD-VAL-21.

use super::name::names;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

names! {
    /// What a call is answered with that AWS refuses.
    Exception {
        /// More alarms than a deployment group may name (CD-VAL-13).
        AlarmsLimitExceeded = "AlarmsLimitExceededException",
        /// ECS cannot do what it is asked.
        Client = "ClientException",
        /// No deployment configuration has this name (CD-VAL-5).
        DeploymentConfigDoesNotExist = "DeploymentConfigDoesNotExistException",
        /// A description of more than 256 characters (CD-VAL-16).
        DescriptionTooLong = "DescriptionTooLongException",
        /// The alarms of a deployment group (CD-VAL-12).
        InvalidAlarmConfig = "InvalidAlarmConfigException",
        /// The name of an application (CD-VAL-1).
        InvalidApplicationName = "InvalidApplicationNameException",
        /// The events that roll back (CD-VAL-14).
        InvalidAutoRollbackConfig = "InvalidAutoRollbackConfigException",
        /// The name of an Auto Scaling group, or too many of them (CD-EC2-1).
        InvalidAutoScalingGroup = "InvalidAutoScalingGroupException",
        /// Waits, and what becomes of the original (CD-VAL-11).
        InvalidBlueGreenDeploymentConfiguration = "InvalidBlueGreenDeploymentConfigurationException",
        /// A platform that does not exist (CD-VAL-20).
        InvalidComputePlatform = "InvalidComputePlatformException",
        /// The name or the platform of a deployment configuration (CD-VAL-5, CD-CFG-3).
        InvalidDeploymentConfigName = "InvalidDeploymentConfigNameException",
        /// The name of a deployment group (CD-VAL-2).
        InvalidDeploymentGroupName = "InvalidDeploymentGroupNameException",
        /// Another style than blue/green with traffic control (CD-VAL-10).
        InvalidDeploymentStyle = "InvalidDeploymentStyleException",
        /// A filter of EC2 instances by tags (CD-EC2-1).
        InvalidEC2Tag = "InvalidEC2TagException",
        /// One group of filters of EC2 instances beside several (CD-EC2-1).
        InvalidEC2TagCombination = "InvalidEC2TagCombinationException",
        /// The service of a deployment group (CD-VAL-6).
        InvalidECSService = "InvalidECSServiceException",
        /// An option of EC2 deployments (CD-VAL-18).
        InvalidIgnoreApplicationStopFailuresValue = "InvalidIgnoreApplicationStopFailuresValueException",
        /// The result of a hook function, other than `Succeeded` or `Failed` (CD-LE-7).
        InvalidLifecycleEventHookExecutionStatus = "InvalidLifecycleEventHookExecutionStatusException",
        /// No load balancer, or one that cannot be used (CD-VAL-9).
        InvalidLoadBalancerInfo = "InvalidLoadBalancerInfoException",
        /// A minimum of healthy hosts (CD-CFG-4).
        InvalidMinimumHealthyHostValue = "InvalidMinimumHealthyHostValueException",
        /// One group of filters of on-premises instances beside several (CD-EC2-1).
        InvalidOnPremisesTagCombination = "InvalidOnPremisesTagCombinationException",
        /// A parameter of a call to ECS.
        InvalidParameter = "InvalidParameterException",
        /// A parameter of a call to Lambda (LAM-CON-3).
        InvalidParameterValue = "InvalidParameterValueException",
        /// An AppSpec (CD-VAL-4).
        InvalidRevision = "InvalidRevisionException",
        /// A filter of on-premises instances by tags (CD-EC2-1).
        InvalidTag = "InvalidTagException",
        /// Target groups and listeners (CD-VAL-8).
        InvalidTargetGroupPair = "InvalidTargetGroupPairException",
        /// Percentages, intervals, or who can shift by them (CD-TRAF-6, CD-ECS-10).
        InvalidTrafficRoutingConfiguration = "InvalidTrafficRoutingConfigurationException",
        /// A trigger of a deployment group (CD-VAL-15).
        InvalidTriggerConfig = "InvalidTriggerConfigException",
        /// An option of EC2 deployments (CD-VAL-18).
        InvalidUpdateOutdatedInstancesOnlyValue = "InvalidUpdateOutdatedInstancesOnlyValueException",
        /// Zones, and the waits between them (CD-CFG-4).
        InvalidZonalDeploymentConfiguration = "InvalidZonalDeploymentConfigurationException",
        /// More policies, scheduled actions or steps than a scalable target may have (AAS-GEN-5).
        LimitExceeded = "LimitExceededException",
        /// More than three groups of filters by tags (CD-EC2-1).
        TagSetListLimitExceeded = "TagSetListLimitExceededException",
        /// More triggers than a deployment group may have (CD-VAL-15).
        TriggerTargetsLimitExceeded = "TriggerTargetsLimitExceededException",
        /// A parameter of a call to Application Auto Scaling (AAS-STEP-2).
        Validation = "ValidationException",
        /// A cluster that does not exist (ECS-EXT-9).
        ClusterNotFound = "ClusterNotFoundException",
        /// A service that does not exist (ECS-EXT-9).
        ServiceNotFound = "ServiceNotFoundException",
    }
}

impl Exception {
    /// Whose API answers with it.
    pub const fn api(self) -> &'static str {
        match self {
            Self::Client
            | Self::ClusterNotFound
            | Self::InvalidParameter
            | Self::ServiceNotFound => "ECS",
            Self::InvalidParameterValue => "Lambda",
            Self::LimitExceeded | Self::Validation => "Application Auto Scaling",
            _ => "CodeDeploy",
        }
    }
}
