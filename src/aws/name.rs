//! The enumerations of the AWS APIs, spelt as the API spells them.
//!
//! Not their behaviour. Sources: botocore models codedeploy 2014-10-06, ecs 2014-11-13, elbv2 2015-12-01.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// Declares an enumeration together with its wire spelling, both ways.
macro_rules! names {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum $name { $($(#[$variant_meta])* $variant,)* }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [$name] = &[$($name::$variant,)*];

            /// The API's spelling.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text,)* }
            }

            /// The value that the API spells so, case-sensitive.
            pub fn from_name(text: &str) -> Option<$name> {
                match text { $($text => Some($name::$variant),)* _ => None }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$name, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                $name::from_name(&text).ok_or_else(|| {
                    serde::de::Error::custom(format!("unknown {}: `{text}`", stringify!($name)))
                })
            }
        }
    };
}
pub(in crate::aws) use names;

names! {
    /// The platform that a CodeDeploy application deploys to (`ComputePlatform`).
    ComputePlatform {
        /// EC2 instances and on-premises servers.
        Server = "Server",
        /// Versions of a Lambda function behind an alias.
        Lambda = "Lambda",
        /// Task sets of an Amazon ECS service.
        Ecs = "ECS",
    }
}

names! {
    /// The status of a deployment (`DeploymentStatus`). Rules: CD-SM-1, CD-SM-2.
    DeploymentStatus {
        /// Accepted, not started.
        Created = "Created",
        /// Waiting for capacity of the account.
        Queued = "Queued",
        /// Working, shifting or waiting to terminate the original.
        InProgress = "InProgress",
        /// Never emitted (assumption U-2).
        Baking = "Baking",
        /// All done. Terminal.
        Succeeded = "Succeeded",
        /// An event failed or timed out. Terminal.
        Failed = "Failed",
        /// Stopped by an alarm, a request or an expired ready wait. Terminal.
        Stopped = "Stopped",
        /// The replacement is ready and somebody must say `ContinueDeployment`.
        Ready = "Ready",
    }
}

impl DeploymentStatus {
    /// Whether nothing follows it (CD-SM-1).
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Stopped)
    }
}

names! {
    /// The lifecycle events of a deployment on ECS, in their order (CD-LE-1, CodeDeploy specification 2.3).
    LifecycleEvent {
        /// Hook before the replacement task set exists.
        BeforeInstall = "BeforeInstall",
        /// The replacement task set is created and becomes steady.
        Install = "Install",
        /// Hook once the replacement exists.
        AfterInstall = "AfterInstall",
        /// The test listener is pointed at the replacement.
        AllowTestTraffic = "AllowTestTraffic",
        /// Hook that may use the test listener.
        AfterAllowTestTraffic = "AfterAllowTestTraffic",
        /// Last hook before production traffic moves.
        BeforeAllowTraffic = "BeforeAllowTraffic",
        /// Production traffic moves, step by step.
        AllowTraffic = "AllowTraffic",
        /// Hook once all traffic has moved.
        AfterAllowTraffic = "AfterAllowTraffic",
    }
}

impl LifecycleEvent {
    /// The events of a deployment on Lambda, in order (CD-LAM-3).
    pub const ON_LAMBDA: [LifecycleEvent; 3] = [
        LifecycleEvent::BeforeAllowTraffic,
        LifecycleEvent::AllowTraffic,
        LifecycleEvent::AfterAllowTraffic,
    ];

    /// The five events of ECS that a Lambda function can be bound to.
    pub const HOOKS: [LifecycleEvent; 5] = [
        LifecycleEvent::BeforeInstall,
        LifecycleEvent::AfterInstall,
        LifecycleEvent::AfterAllowTestTraffic,
        LifecycleEvent::BeforeAllowTraffic,
        LifecycleEvent::AfterAllowTraffic,
    ];

    /// Whether a function can be bound to it; the others are performed by the service.
    pub const fn is_hook(self) -> bool {
        !matches!(self, Self::Install | Self::AllowTestTraffic | Self::AllowTraffic)
    }
}

names! {
    /// The status of one lifecycle event (`LifecycleEventStatus`). Rule: CD-LE-2.
    LifecycleEventStatus {
        /// Not begun.
        Pending = "Pending",
        /// Running.
        InProgress = "InProgress",
        /// Done.
        Succeeded = "Succeeded",
        /// It failed, or was running when the deployment ended.
        Failed = "Failed",
        /// Never begun because the deployment ended first.
        Skipped = "Skipped",
        /// The service lost track.
        Unknown = "Unknown",
    }
}

names! {
    /// Who created a deployment (`DeploymentCreator`).
    DeploymentCreator {
        /// A caller of `CreateDeployment`.
        User = "user",
        /// An automatic rollback (CD-RB-2).
        CodeDeployRollback = "codeDeployRollback",
        /// A controller of somebody else's, which CodeDeploy knows nothing of (CD-EXT-1).
        External = "external",
        /// The update of a stack (CD-CFN-2).
        CloudFormation = "CloudFormation",
        /// The return of a stack to where it was (CD-CFN-8).
        CloudFormationRollback = "CloudFormationRollback",
        /// ECS itself, told by `UpdateService` (ECS-SVC-8).
        Ecs = "ecs",
        /// ECS itself goes back to the revision before (ECS-CB-5).
        EcsRollback = "ecsRollback",
        /// Auto Scaling, which has launched an instance (CD-EC2-30).
        AutoScaling = "autoscaling",
        /// Auto Scaling, which is about to terminate one (CD-EC2-32).
        AutoScalingTermination = "autoscalingTermination",
        /// CodeDeploy, which brings instances up to date that were launched meanwhile (CD-EC2-30).
        CodeDeployAutoUpdate = "CodeDeployAutoUpdate",
    }
}

names! {
    /// Why a deployment ended badly (`ErrorInformation.code`). Bindings: CodeDeploy specification 8.
    ErrorCode {
        /// A watched alarm is in ALARM.
        AlarmActive = "ALARM_ACTIVE",
        /// A hook answered `Failed`, or not at all (CD-LE-20).
        HookExecutionFailure = "HOOK_EXECUTION_FAILURE",
        /// Somebody stopped it.
        ManualStop = "MANUAL_STOP",
        /// A time limit passed (assumption U-7).
        Timeout = "TIMEOUT",
        /// The service was not steady in time after a scaling event (CD-ECS-40, U-10).
        CustomerApplicationUnhealthy = "CUSTOMER_APPLICATION_UNHEALTHY",
        /// ECS refused a change of task sets (CD-ECS-21).
        EcsUpdateError = "ECS_UPDATE_ERROR",
        /// A listener or target group stands wrong, or its update was refused (CD-ECS-20, U-7).
        ElasticLoadBalancingInvalid = "ELASTIC_LOAD_BALANCING_INVALID",
        /// The service role may not do what is needed (CD-ECS-15, U-33).
        IamRolePermissions = "IAM_ROLE_PERMISSIONS",
        /// CodeDeploy's own calls are throttled (CD-ALM-7, U-26).
        Throttled = "THROTTLED",
        /// Too many hosts failed, or not one succeeded (CD-HH-5, CD-HH-6).
        HealthConstraints = "HEALTH_CONSTRAINTS",
        /// The minimum of healthy hosts leaves none to deploy to (CD-HH-7).
        HealthConstraintsInvalid = "HEALTH_CONSTRAINTS_INVALID",
        /// No instance belongs to the deployment group (CD-EC2-2).
        NoInstances = "NO_INSTANCES",
        /// More instances than one deployment may have (CD-EC2-2).
        OverMaxInstances = "OVER_MAX_INSTANCES",
        /// The alias has another version, or two (CD-LAM-9, CD-LAM-10, U-7).
        InvalidLambdaConfiguration = "INVALID_LAMBDA_CONFIGURATION",
        /// A version of the function does not exist (CD-LAM-10).
        InvalidLambdaFunction = "INVALID_LAMBDA_FUNCTION",
        /// The deployment circuit breaker of ECS tripped (ECS-CB-5): ECS tells a sentence, and this is our code for it.
        CircuitBreaker = "CIRCUIT_BREAKER",
    }
}

names! {
    /// An event that an automatic rollback can be bound to (`AutoRollbackEvent`). Rule: CD-RB-1.
    AutoRollbackEvent {
        /// The deployment failed.
        DeploymentFailure = "DEPLOYMENT_FAILURE",
        /// An alarm stopped it.
        DeploymentStopOnAlarm = "DEPLOYMENT_STOP_ON_ALARM",
        /// A request, or an expired ready wait, stopped it.
        DeploymentStopOnRequest = "DEPLOYMENT_STOP_ON_REQUEST",
    }
}

names! {
    /// What a hook function reports (`PutLifecycleEventHookExecutionStatus`). Rule: CD-LE-4.
    HookAnswer {
        /// The event succeeds.
        Succeeded = "Succeeded",
        /// The event, and with it the deployment, fails.
        Failed = "Failed",
    }
}

names! {
    /// Which listener of the load balancer.
    Listener {
        /// It carries production traffic.
        Production = "Production",
        /// It carries the traffic of validation tests.
        Test = "Test",
    }
}

names! {
    /// What happens when nobody continues a deployment that is ready (`DeploymentReadyAction`).
    DeploymentReadyAction {
        /// There is no gate: traffic moves as soon as the replacement is ready (CD-ECS-60).
        ContinueDeployment = "CONTINUE_DEPLOYMENT",
        /// The deployment waits, and stops when the wait is over (CD-ECS-61).
        StopDeployment = "STOP_DEPLOYMENT",
    }
}

names! {
    /// The observed status of a task (`lastStatus`). Rule: ECS-TASK-1.
    TaskStatus {
        /// Compute and network interface are being found.
        Provisioning = "PROVISIONING",
        /// The image is being pulled.
        Pending = "PENDING",
        /// Containers are being created.
        Activating = "ACTIVATING",
        /// Containers run.
        Running = "RUNNING",
        /// Its target is draining.
        Deactivating = "DEACTIVATING",
        /// SIGTERM was sent.
        Stopping = "STOPPING",
        /// The network interface is being released.
        Deprovisioning = "DEPROVISIONING",
        /// Final.
        Stopped = "STOPPED",
    }
}

names! {
    /// Why a task was stopped (`stopCode`). Rule: ECS-TASK-4.
    StopCode {
        /// It never reached RUNNING.
        TaskFailedToStart = "TaskFailedToStart",
        /// An essential container ended by itself.
        EssentialContainerExited = "EssentialContainerExited",
        /// The scheduler stopped it: scale-in, deployment, unhealthy.
        ServiceSchedulerInitiated = "ServiceSchedulerInitiated",
        /// Fargate Spot took its capacity back (ECS-TASK-22).
        SpotInterruption = "SpotInterruption",
        /// What it ran on is gone.
        InfrastructureHealth = "InfrastructureHealth",
    }
}

names! {
    /// The status of a task set. Rule: ECS-EXT-16.
    TaskSetStatus {
        /// It serves production.
        Primary = "PRIMARY",
        /// It exists and does not serve production.
        Active = "ACTIVE",
        /// Its tasks stop and its targets leave.
        Draining = "DRAINING",
    }
}

names! {
    /// Whether a task set is what it should be (`StabilityStatus`). Rule: ECS-EXT-17.
    StabilityStatus {
        /// Running as computed, nothing pending, all healthy.
        SteadyState = "STEADY_STATE",
        /// Anything else.
        Stabilizing = "STABILIZING",
    }
}

names! {
    /// The state of a target in its target group (`TargetHealthStateEnum`). Rule: ELB-HC-5.
    TargetHealthState {
        /// Registered, no verdict yet.
        Initial = "initial",
        /// Enough checks passed.
        Healthy = "healthy",
        /// Enough checks failed.
        Unhealthy = "unhealthy",
        /// Not registered, or its group is in no rule.
        Unused = "unused",
        /// Deregistered, open requests go on.
        Draining = "draining",
    }
}

names! {
    /// What a target group speaks (`ProtocolEnum`), as far as tasks are targets.
    Protocol {
        /// Of an Application Load Balancer.
        Http = "HTTP",
        /// Of an Application Load Balancer.
        Https = "HTTPS",
        /// Of a Network Load Balancer.
        Tcp = "TCP",
        /// Of a Network Load Balancer.
        Tls = "TLS",
        /// Of a Network Load Balancer.
        Udp = "UDP",
        /// Of a Network Load Balancer.
        TcpUdp = "TCP_UDP",
    }
}

names! {
    /// Why a target is in its state (`TargetHealthReasonEnum`). Rule: ELB-HC-5.
    TargetHealthReason {
        /// No reason is given for a healthy target.
        None = "",
        /// Checks have begun and none has decided yet.
        InitialHealthChecking = "Elb.InitialHealthChecking",
        /// Checks failed: refused, reset or a wrong code.
        FailedHealthChecks = "Target.FailedHealthChecks",
        /// Checks failed: no answer in time.
        Timeout = "Target.Timeout",
        /// Deregistration has begun.
        DeregistrationInProgress = "Target.DeregistrationInProgress",
        /// Deregistration is over.
        NotRegistered = "Target.NotRegistered",
        /// No listener rule uses the group.
        NotInUse = "Target.NotInUse",
    }
}

names! {
    /// Health of a container or task by its own health check (`HealthStatus`). Rule: ECS-TASK-16.
    HealthStatus {
        /// No verdict, or no check.
        Unknown = "UNKNOWN",
        /// A check passed.
        Healthy = "HEALTHY",
        /// Enough checks failed in a row.
        Unhealthy = "UNHEALTHY",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back_as_its_value() {
        for &status in DeploymentStatus::ALL {
            assert_eq!(DeploymentStatus::from_name(status.as_str()), Some(status));
        }
        assert_eq!(TaskStatus::from_name("running"), None, "the API is case-sensitive");
    }

    #[test]
    fn three_statuses_are_terminal() {
        let terminal: Vec<_> =
            DeploymentStatus::ALL.iter().filter(|status| status.is_terminal()).collect();
        assert_eq!(
            terminal,
            [&DeploymentStatus::Succeeded, &DeploymentStatus::Failed, &DeploymentStatus::Stopped]
        );
    }

    /// CD-LE-1, the event table of the deployments-on-ECS page.
    #[test]
    fn an_ecs_deployment_has_eight_events_five_of_them_hooks() {
        assert_eq!(LifecycleEvent::ALL.len(), 8);
        let hooks: Vec<_> =
            LifecycleEvent::ALL.iter().copied().filter(|event| event.is_hook()).collect();
        assert_eq!(hooks, LifecycleEvent::HOOKS);
    }
}
