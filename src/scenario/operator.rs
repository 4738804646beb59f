//! `operator`: what people and other systems do meanwhile, call by call.
//!
//! Not what comes of a call (`deploy`, `cloud`). Rules: CD-ECS-64, CD-STOP-1, ECS-EXT-12, ELB-TG-1, ELB-HC-1.

use crate::aws::alarm::StateValue;
use crate::aws::call::{ApiCall, DeploymentWaitType};
use crate::aws::id::{AlarmId, TargetGroupId};
use crate::aws::name::{HookAnswer, Listener};
use crate::engine::time::SimDuration;
use crate::scenario::fault::Victims;
use crate::scenario::scaling::SuspendedState;
use crate::scenario::service::{HealthCheck, RevisionSet};

/// At most so many calls are scripted in one scenario.
pub const CALLS_MAX: usize = 200;

/// One call and when it is made, counted from the creation of the first deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScriptedCall {
    /// When.
    pub at: SimDuration,
    /// What.
    pub call: Call,
}

/// A call with what it is given. Calls to CodeDeploy speak of the latest deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// `ContinueDeployment`.
    ContinueDeployment {
        /// Which wait is to end.
        wait: DeploymentWaitType,
    },
    /// `StopDeployment`.
    StopDeployment {
        /// `autoRollbackEnabled`; without it the deployment's configuration decides (CD-STOP-4).
        auto_rollback_enabled: Option<bool>,
    },
    /// `StopServiceDeployment` (ECS-BG-10).
    StopServiceDeployment {
        /// `stopType`: `ROLLBACK`, the default, or `ABORT`.
        rolls_back: bool,
    },
    /// `ContinueServiceDeployment`: a hook that waits for somebody is answered (ECS-BG-5).
    ContinueServiceDeployment {
        /// `action`: `CONTINUE`, the default, or `ROLLBACK`.
        answer: HookAnswer,
    },
    /// `PutLifecycleEventHookExecutionStatus`: somebody answers in the place of the hook function (CD-LE-7).
    PutLifecycleEventHookExecutionStatus {
        /// `status`.
        answer: HookAnswer,
    },
    /// `SkipWaitTimeForInstanceTermination`, which is for instances only (CD-VAL-21).
    SkipWaitTimeForInstanceTermination,
    /// `CancelUpdateStack`: the update of the stack that deploys ends, and the stack goes back (CD-CFN-8).
    CancelUpdateStack,
    /// `ModifyListener`: weights by target group, as a template update writes them.
    ModifyListener {
        /// Which listener.
        listener: Listener,
        /// Weight of each target group, by id; not both 0.
        weights: [u16; 2],
    },
    /// `ModifyTargetGroup`: another health check of a target group (story F24).
    ModifyTargetGroup {
        /// Which one.
        target_group: TargetGroupId,
        /// The whole check from then on.
        health_check: HealthCheck,
        /// The revisions that answer where it asks; at the others every check fails.
        answered_by: RevisionSet,
    },
    /// `UpdateService`.
    UpdateService {
        /// `desiredCount`: 0 to 5000, if it changes.
        desired_count: Option<u32>,
        /// `healthCheckGracePeriodSeconds`, if it changes (ECS-EXT-5).
        grace_period: Option<SimDuration>,
    },
    /// `DeleteService` (ECS-SVC-1).
    DeleteService {
        /// `force`: also if it is scaled above 0.
        force: bool,
    },
    /// `UpdateTaskProtection`: running tasks that no scale-in and no end of their set may stop for a while.
    UpdateTaskProtection {
        /// Which ones.
        tasks: Victims,
        /// `expiresInMinutes`: 1 to 2880 minutes.
        expires_in: SimDuration,
    },
    /// `SetAlarmState`: an alarm has this state until its next evaluation (CW-ALARM-8).
    SetAlarmState {
        /// Which alarm.
        alarm: AlarmId,
        /// `StateValue`.
        state: StateValue,
    },
    /// `RegisterScalableTarget`: what it does not say stays as it is (CD-ECS-42).
    RegisterScalableTarget {
        /// `MinCapacity`.
        min: Option<u32>,
        /// `MaxCapacity`.
        max: Option<u32>,
        /// `SuspendedState`.
        suspended: Option<SuspendedState>,
    },
    /// `UpdateAlias`: somebody moves the alias by hand, or takes its weights away (CD-LAM-9).
    UpdateAlias {
        /// `FunctionVersion`; without it the alias keeps its own.
        function_version: Option<u32>,
        /// `AdditionalVersionWeights`: one version and its percent, or nothing for an alias without weights.
        additional: Option<(u32, u8)>,
    },
    /// `PutProvisionedConcurrencyConfig` of the alias (LAM-CON-6).
    PutProvisionedConcurrencyConfig {
        /// `ProvisionedConcurrentExecutions`: 1 or more.
        executions: u32,
    },
    /// `DeleteFunction` of one version (LAM-VER-1).
    DeleteFunction {
        /// `Qualifier`.
        version: u32,
    },
    /// `BatchDeleteImage`: tasks of a revision can no longer be started.
    BatchDeleteImage {
        /// Which revision: a candidate by its position, or nothing for the original.
        candidate: Option<u8>,
    },
}

impl Call {
    /// Whether it stops a deployment, which comes late at its instant (U-30).
    pub const fn is_stop(&self) -> bool {
        matches!(self, Self::StopDeployment { .. } | Self::StopServiceDeployment { .. })
    }

    /// Its name.
    pub const fn name(&self) -> ApiCall {
        match self {
            Self::ContinueDeployment { .. } => ApiCall::ContinueDeployment,
            Self::StopDeployment { .. } => ApiCall::StopDeployment,
            Self::StopServiceDeployment { .. } => ApiCall::StopServiceDeployment,
            Self::ContinueServiceDeployment { .. } => ApiCall::ContinueServiceDeployment,
            Self::PutLifecycleEventHookExecutionStatus { .. } => {
                ApiCall::PutLifecycleEventHookExecutionStatus
            }
            Self::SkipWaitTimeForInstanceTermination => ApiCall::SkipWaitTimeForInstanceTermination,
            Self::CancelUpdateStack => ApiCall::CancelUpdateStack,
            Self::ModifyListener { .. } => ApiCall::ModifyListener,
            Self::ModifyTargetGroup { .. } => ApiCall::ModifyTargetGroup,
            Self::UpdateService { .. } => ApiCall::UpdateService,
            Self::DeleteService { .. } => ApiCall::DeleteService,
            Self::UpdateTaskProtection { .. } => ApiCall::UpdateTaskProtection,
            Self::SetAlarmState { .. } => ApiCall::SetAlarmState,
            Self::RegisterScalableTarget { .. } => ApiCall::RegisterScalableTarget,
            Self::UpdateAlias { .. } => ApiCall::UpdateAlias,
            Self::PutProvisionedConcurrencyConfig { .. } => {
                ApiCall::PutProvisionedConcurrencyConfig
            }
            Self::DeleteFunction { .. } => ApiCall::DeleteFunction,
            Self::BatchDeleteImage { .. } => ApiCall::BatchDeleteImage,
        }
    }
}
