//! The sentences that CodeDeploy puts into `errorInformation`, `rollbackInfo` and its exceptions.
//!
//! Sources: CodeDeploy user guide, troubleshooting ECS deployments; recorded runs.

use crate::aws::call::ApiException;
use crate::aws::id::{AlarmSet, DeploymentId};
use serde::{Deserialize, Serialize};

/// Why a deployment ended badly, in CodeDeploy's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ErrorMessage {
    /// A hook answered `Failed` (CD-LE-20).
    ValidationFailed,
    /// A hook did not answer within the hour (CD-LE-4).
    NoStatusCallback,
    /// The replacement task set was not steady in time (CD-ECS-31).
    ReplacementNotHealthy {
        /// The limit, in whole minutes.
        minutes: u32,
    },
    /// Nobody continued the deployment in time (CD-ECS-61).
    NotContinued {
        /// The limit, in whole minutes.
        minutes: u32,
    },
    /// The service was not steady in time after a scaling event (CD-ECS-40).
    NotSteadyAfterScaling {
        /// The limit, in whole minutes.
        minutes: u32,
    },
    /// The replacement was not steady for too long while traffic moved (U-34).
    NotSteadyDuringShift {
        /// The limit, in whole minutes.
        minutes: u32,
    },
    /// `StopDeployment` was called (CD-STOP-3).
    StoppedByRequest,
    /// Production traffic does not go to the PRIMARY task set (CD-ECS-20).
    PrimaryNotBehindListener,
    /// Elastic Load Balancing refused to change a listener.
    ElbRefused,
    /// Amazon ECS refused to create a task set (CD-ECS-21, ECS-EXT-8).
    EcsRefused,
    /// The service was deleted (ECS-SVC-1, U-36).
    ServiceNotActive,
    /// The service has five task sets already, those that drain included (ECS-EXT-8).
    TooManyTaskSets,
    /// The alias points to two versions (CD-LAM-9).
    AliasHasTwoVersions,
    /// The alias does not point to the current version of the AppSpec (CD-LAM-10).
    AliasNotAtCurrentVersion,
    /// The function has no such version (CD-LAM-10).
    LambdaVersionMissing,
    /// Too many instances failed, or not one succeeded (CD-HH-5, CD-HH-6).
    TooManyInstancesFailed,
    /// As many instances must stay healthy as there are (CD-HH-7).
    MinimumNotAvailable,
    /// The deployment group has no instance (CD-EC2-2).
    NoInstancesFound,
    /// It has more than a deployment may have (CD-EC2-2).
    TooManyInstances,
    /// The deployment has run for as long as it may (CD-EC2-11).
    TookTooLong {
        /// The limit, in whole minutes.
        minutes: u32,
    },
    /// The service role may not invoke the hook function (CD-ECS-15).
    NoPermissionForLambda,
    /// A call of an external controller was refused (CD-EXT-1).
    CallRefused {
        /// With what.
        exception: ApiException,
    },
    /// What an external controller waited for did not come in time.
    NotInTime {
        /// The limit, in whole seconds.
        seconds: u32,
    },
    /// What an external controller must not see held.
    GivenUp,
    /// The deployment circuit breaker of ECS has counted too many failed tasks (ECS-CB-5).
    CircuitBreakerTripped {
        /// How many.
        failed: u32,
    },
    /// The image of a deployment of ECS could not be resolved for too many tasks (ECS-CB-6).
    ImageNotResolved {
        /// How many.
        failed: u32,
    },
    /// A stage of a deployment of ECS took longer than it may, or the whole did (ECS-BG-6).
    StageTooLong {
        /// The limit, in whole minutes.
        minutes: u32,
    },
    /// A lifecycle hook of ECS failed, or was not done in time (ECS-BG-5).
    StageHookFailed,
    /// Alarms were in ALARM (CD-ALM-2).
    AlarmsActive {
        /// Which ones.
        alarms: AlarmSet,
    },
    /// The state of the alarms could not be read (CD-ALM-7, U-26).
    AlarmsUnreadable {
        /// Whether the service role may not read it; else the calls were throttled.
        access_denied: bool,
    },
}

/// CD-LAM-9.
const ALIAS_HAS_TWO_VERSIONS: &str = "The Lambda alias could not be updated because it points to two versions of the function. Remove the \
    weighting from the alias and deploy again.";
/// CD-LAM-10.
const ALIAS_ELSEWHERE: &str = "The Lambda alias could not be updated because it does not point to the current version that the \
    AppSpec file names.";
/// CD-LAM-10.
const LAMBDA_VERSION_MISSING: &str = "The Lambda function could not be deployed because a version that the AppSpec file names does not \
    exist.";

impl ErrorMessage {
    /// The sentence, with the names of alarms by id.
    pub fn told(&self, alarm_names: &[&str]) -> String {
        let Self::AlarmsActive { alarms } = self else { return self.sentence() };
        // Two that were active stood in alphabetical order (CD-ALM-2).
        let known = alarms.iter().filter_map(|alarm| alarm_names.get(alarm.index()));
        let mut names: Vec<String> = known.map(|name| format!(" <{name}>")).collect();
        names.sort();
        format!("{}{}", self.sentence(), names.concat())
    }

    fn sentence(&self) -> String {
        match self {
            Self::TooManyInstancesFailed
            | Self::MinimumNotAvailable
            | Self::NoInstancesFound
            | Self::TooManyInstances
            | Self::TookTooLong { .. } => self.of_instances(),
            Self::ValidationFailed => String::from(
                "The deployment failed because one or more of the lifecycle event validation \
                 functions failed.",
            ),
            Self::NoStatusCallback => String::from(
                "The deployment timed out while waiting for a status callback. CodeDeploy expects \
                 a status callback within one hour after a deployment hook is invoked.",
            ),
            Self::ReplacementNotHealthy { minutes } => format!(
                "The deployment timed out while waiting for the replacement task set to become \
                 healthy. This time out period is {minutes} minutes."
            ),
            Self::NotContinued { minutes } => format!(
                "The deployment timed out while waiting for a notification to continue. This time \
                 out period is {minutes} minutes."
            ),
            Self::NotSteadyAfterScaling { minutes } => format!(
                "The service did not reach a steady state within {minutes} minutes of a scaling event."
            ),
            Self::NotSteadyDuringShift { minutes } => {
                format!("The replacement task set was not in a steady state for {minutes} minutes.")
            }
            Self::StageTooLong { .. }
            | Self::StageHookFailed
            | Self::ImageNotResolved { .. }
            | Self::CircuitBreakerTripped { .. } => self.of_ecs(),
            Self::StoppedByRequest => String::from("The deployment was stopped by a user."),
            Self::PrimaryNotBehindListener => String::from(
                "The ELB could not be updated due to the following error: Primary taskset target \
                 group must be behind listener",
            ),
            Self::ElbRefused => String::from(
                "The ELB could not be updated due to the following error: the update of the listener \
                 was refused",
            ),
            Self::EcsRefused => String::from(
                "The ECS service could not be updated due to the following error: the creation of \
                 the task set was refused",
            ),
            Self::ServiceNotActive => String::from(
                "The ECS service could not be updated due to the following error: Service was not \
                 ACTIVE.",
            ),
            Self::TooManyTaskSets => String::from(
                "The ECS service could not be updated due to the following error: the service has \
                 the maximum number of task sets, those that drain included",
            ),
            Self::AliasHasTwoVersions => String::from(ALIAS_HAS_TWO_VERSIONS),
            Self::AliasNotAtCurrentVersion => String::from(ALIAS_ELSEWHERE),
            Self::LambdaVersionMissing => String::from(LAMBDA_VERSION_MISSING),
            Self::NoPermissionForLambda => String::from(
                "The IAM role does not give you permission to perform operations in the following \
                 AWS service: AWSLambda.",
            ),
            Self::CallRefused { .. } | Self::NotInTime { .. } | Self::GivenUp => self.of_external(),
            Self::AlarmsUnreadable { .. } | Self::AlarmsActive { .. } => self.of_alarms(),
        }
    }

    /// The sentences about deployments by a controller of somebody else's.
    fn of_external(&self) -> String {
        match self {
            Self::CallRefused { exception } => {
                format!("A call of the external controller was refused with {exception}.")
            }
            Self::NotInTime { seconds } => {
                format!("The external controller waited in vain for {seconds} seconds.")
            }
            _ => String::from("The condition holds under which the external controller gives up."),
        }
    }

    /// The sentences about deployments by ECS itself.
    fn of_ecs(&self) -> String {
        match self {
            Self::StageTooLong { minutes } => {
                format!(
                    "The service deployment took longer than the {minutes} minutes that it may."
                )
            }
            Self::CircuitBreakerTripped { failed } => {
                format!("The deployment circuit breaker of ECS tripped: {failed} tasks failed.")
            }
            Self::ImageNotResolved { failed } => {
                format!(
                    "The image of the service revision could not be resolved for {failed} tasks."
                )
            }
            _ => String::from("The service deployment failed because of a lifecycle hook."),
        }
    }

    /// The sentences about alarms.
    fn of_alarms(&self) -> String {
        let sentence = match self {
            Self::AlarmsUnreadable { access_denied: true } => {
                "The IAM role does not give you permission to perform operations in the following \
                 AWS service: AmazonCloudWatch."
            }
            Self::AlarmsUnreadable { access_denied: false } => {
                "The state of the alarms could not be read: the calls were throttled."
            }
            _ => {
                "One or more alarms have been activated according to the Amazon CloudWatch metrics you \
                 selected, and the affected deployments have been stopped. Activated alarms:"
            }
        };
        sentence.to_owned()
    }

    /// The sentences of deployments to instances.
    fn of_instances(&self) -> String {
        let sentence = match self {
            Self::MinimumNotAvailable => {
                "The deployment cannot start because the deployment configuration keeps as many instances healthy as \
                 the deployment group has."
            }
            Self::NoInstancesFound => "No instances were found for your deployment group.",
            Self::TooManyInstances => {
                "The deployment group has more instances than one deployment can have."
            }
            Self::TookTooLong { minutes } => {
                return format!(
                    "The deployment timed out. This time out period is {minutes} minutes."
                );
            }
            _ => {
                "The overall deployment failed because too many individual instances failed deployment, too few healthy \
                 instances are available for deployment, or some instances in your deployment group are experiencing \
                 problems."
            }
        };
        sentence.to_owned()
    }
}

/// What CodeDeploy answers to a gradual configuration behind a Network Load Balancer (CD-ECS-10).
pub const ONLY_ALB_IS_GRADUAL: &str = "Only ALB supports gradual traffic routing, use AllAtOnce \
    Traffic routing instead when you create/update Deployment group.";

/// `rollbackInfo.rollbackMessage` of the deployment that is rolled back (CD-RB-2).
pub fn rollback_of_parent(parent: DeploymentId, child: DeploymentId) -> String {
    format!(
        "Deployment {parent} terminated. Automatic rollback is triggered with a DeploymentId \
         {child}."
    )
}

/// `rollbackInfo.rollbackMessage` of the rollback deployment (CD-RB-2).
pub fn rollback_of_child(parent: DeploymentId, child: DeploymentId) -> String {
    format!("Deployment {child} is triggered to roll back deployment {parent}.")
}
