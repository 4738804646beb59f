//! Names of deployments to EC2 instances and on-premises servers, spelt as the API spells them.
//!
//! Source: botocore model codedeploy 2014-10-06; CodeDeploy guide, reference-appspec-file-structure-hooks.

use super::name::names;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

names! {
    /// The lifecycle events of a deployment to an instance, in their order (CodeDeploy specification 2.3).
    InstanceEvent {
        /// Scripts before the instance leaves its load balancer.
        BeforeBlockTraffic = "BeforeBlockTraffic",
        /// The instance leaves its load balancer.
        BlockTraffic = "BlockTraffic",
        /// Scripts once it has left.
        AfterBlockTraffic = "AfterBlockTraffic",
        /// Scripts that stop the application.
        ApplicationStop = "ApplicationStop",
        /// The agent fetches the revision.
        DownloadBundle = "DownloadBundle",
        /// Scripts before files are copied.
        BeforeInstall = "BeforeInstall",
        /// The agent copies the files.
        Install = "Install",
        /// Scripts once they are copied.
        AfterInstall = "AfterInstall",
        /// Scripts that start the application.
        ApplicationStart = "ApplicationStart",
        /// Scripts that look at it.
        ValidateService = "ValidateService",
        /// Scripts before the instance is back behind its load balancer.
        BeforeAllowTraffic = "BeforeAllowTraffic",
        /// The instance is back behind its load balancer.
        AllowTraffic = "AllowTraffic",
        /// Scripts once it is back.
        AfterAllowTraffic = "AfterAllowTraffic",
    }
}

/// How many lifecycle events there are.
pub const INSTANCE_EVENTS: usize = InstanceEvent::ALL.len();

impl InstanceEvent {
    /// The events of a deployment in place without a load balancer, its rollback included. Rule: CD-LE-10.
    pub const IN_PLACE: [InstanceEvent; 7] = [
        InstanceEvent::ApplicationStop,
        InstanceEvent::DownloadBundle,
        InstanceEvent::BeforeInstall,
        InstanceEvent::Install,
        InstanceEvent::AfterInstall,
        InstanceEvent::ApplicationStart,
        InstanceEvent::ValidateService,
    ];

    /// The events around traffic when an instance joins its load balancer: the last of a replacement, all of an original to
    /// which traffic comes back (CodeDeploy specification 2.3).
    pub const ALLOW: [InstanceEvent; 3] = [
        InstanceEvent::BeforeAllowTraffic,
        InstanceEvent::AllowTraffic,
        InstanceEvent::AfterAllowTraffic,
    ];

    /// Those when it leaves it: all of an original, and of a replacement that is given up.
    pub const BLOCK: [InstanceEvent; 3] = [
        InstanceEvent::BeforeBlockTraffic,
        InstanceEvent::BlockTraffic,
        InstanceEvent::AfterBlockTraffic,
    ];

    /// The events of an instance that Auto Scaling has launched; those around traffic only behind a load balancer. Rule:
    /// CD-EC2-31.
    pub const fn of_launch(is_balanced: bool) -> &'static [InstanceEvent] {
        if is_balanced { Self::ALL.split_at(3).1 } else { &Self::IN_PLACE }
    }

    /// The events of an instance that Auto Scaling is about to terminate. Rule: CD-EC2-32, U-5.
    pub const fn of_termination(is_balanced: bool) -> &'static [InstanceEvent] {
        if is_balanced { Self::ALL.split_at(4).0 } else { &[InstanceEvent::ApplicationStop] }
    }

    /// Whether an AppSpec can give it scripts; the others are performed by agent and service.
    pub const fn is_hook(self) -> bool {
        !matches!(
            self,
            Self::BlockTraffic | Self::DownloadBundle | Self::Install | Self::AllowTraffic
        )
    }

    /// Whether its scripts are those of the revision that was deployed successfully before. Rule: CD-EC2-7.
    pub const fn is_of_previous_revision(self) -> bool {
        matches!(self, Self::BeforeBlockTraffic | Self::AfterBlockTraffic | Self::ApplicationStop)
    }
}

names! {
    /// What an instance is to EC2 (`InstanceStateName`).
    InstanceState {
        /// It is being launched.
        Pending = "pending",
        /// It runs.
        Running = "running",
        /// It is gone.
        Terminated = "terminated",
    }
}

names! {
    /// What an instance is to Auto Scaling (`LifecycleState`): told of those that it launches or terminates.
    LifecycleState {
        /// It runs, and waits for its launch deployment. Rule: CD-EC2-31.
        PendingWait = "Pending:Wait",
        /// It belongs to the group.
        InService = "InService",
        /// It waits for its termination deployment, and is terminated then. Rule: CD-EC2-32.
        TerminatingWait = "Terminating:Wait",
    }
}

names! {
    /// What CodeDeploy answers to the hook of an Auto Scaling group (`CompleteLifecycleAction`). Rules: CD-EC2-31, CD-EC2-32.
    LifecycleActionResult {
        /// All is well: the instance goes on to where it was going.
        Continue = "CONTINUE",
        /// It is terminated.
        Abandon = "ABANDON",
    }
}

names! {
    /// How the scripts of a lifecycle event ended (`LifecycleErrorCode`). Rule: CD-EC2-6.
    LifecycleErrorCode {
        /// Well.
        Success = "Success",
        /// A script is not there.
        ScriptMissing = "ScriptMissing",
        /// A script is not executable.
        ScriptNotExecutable = "ScriptNotExecutable",
        /// They ran longer than they may.
        ScriptTimedOut = "ScriptTimedOut",
        /// A script ended with another exit code than 0.
        ScriptFailed = "ScriptFailed",
        /// Anything else.
        UnknownError = "UnknownError",
    }
}

names! {
    /// What a deployment has come to on one instance (`InstanceStatus`). Rule: CD-LE-8.
    InstanceStatus {
        /// It has had no turn.
        Pending = "Pending",
        /// It is deployed to.
        InProgress = "InProgress",
        /// Every event has succeeded.
        Succeeded = "Succeeded",
        /// An event has failed or did not begin, or the deployment ended meanwhile.
        Failed = "Failed",
        /// The deployment ended before its turn.
        Skipped = "Skipped",
        /// The service lost track.
        Unknown = "Unknown",
        /// It waits for traffic.
        Ready = "Ready",
    }
}
