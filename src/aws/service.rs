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

names! {
    /// How ECS itself replaces one revision of a service by another (`DeploymentStrategy`). Rule: ECS-BG-1.
    DeploymentStrategy {
        /// Task by task, behind one target group.
        Rolling = "ROLLING",
        /// All at once, to another target group.
        BlueGreen = "BLUE_GREEN",
        /// By equal steps.
        Linear = "LINEAR",
        /// A small share first.
        Canary = "CANARY",
    }
}

names! {
    /// A stage of a deployment of ECS with two target groups (`ServiceDeploymentLifecycleStage`). Rule: ECS-BG-2.
    ServiceDeploymentStage {
        /// More than one revision was active at the start.
        ReconcileService = "RECONCILE_SERVICE",
        /// Before the first task of the new revision.
        PreScaleUp = "PRE_SCALE_UP",
        /// Until as many tasks of it are healthy as are wanted.
        ScaleUp = "SCALE_UP",
        /// They are.
        PostScaleUp = "POST_SCALE_UP",
        /// Test traffic moves to it.
        TestTrafficShift = "TEST_TRAFFIC_SHIFT",
        /// It has.
        PostTestTrafficShift = "POST_TEST_TRAFFIC_SHIFT",
        /// Before production traffic moves, at each step.
        PreProductionTrafficShift = "PRE_PRODUCTION_TRAFFIC_SHIFT",
        /// It moves, at each step.
        ProductionTrafficShift = "PRODUCTION_TRAFFIC_SHIFT",
        /// All of it has.
        PostProductionTrafficShift = "POST_PRODUCTION_TRAFFIC_SHIFT",
        /// Both revisions are up.
        BakeTime = "BAKE_TIME",
        /// The tasks of the revision before are stopped.
        CleanUp = "CLEAN_UP",
    }
}

names! {
    /// What a lifecycle hook of ECS runs (`targetType`). Rule: ECS-BG-5.
    HookTargetType {
        /// A function.
        AwsLambda = "AWS_LAMBDA",
        /// Nothing: it waits for somebody.
        Pause = "PAUSE",
    }
}

names! {
    /// What a lifecycle hook of ECS has come to (`status`). Rule: ECS-BG-5.
    HookStatus {
        /// It waits for `ContinueServiceDeployment`.
        AwaitingAction = "AWAITING_ACTION",
        /// Its function runs, or will be asked again.
        InProgress = "IN_PROGRESS",
        /// The deployment may go on.
        Succeeded = "SUCCEEDED",
        /// The deployment is rolled back.
        Failed = "FAILED",
        /// It was not done in time.
        TimedOut = "TIMED_OUT",
    }
}

impl ServiceDeploymentStage {
    /// Whether a function can be bound to it. Rule: ECS-BG-2.
    pub const fn takes_functions(self) -> bool {
        !matches!(self, Self::ScaleUp | Self::BakeTime | Self::CleanUp)
    }

    /// Whether it can wait for somebody. Rules: ECS-BG-2, ECS-BG-5.
    pub const fn takes_pauses(self) -> bool {
        self.takes_functions()
            && !matches!(self, Self::TestTrafficShift | Self::ProductionTrafficShift)
    }
}
