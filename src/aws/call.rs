//! Calls that people and other systems make, what is answered, and what is told of it.
//!
//! Spelt as the API spells them, like `name`. Sources: botocore models codedeploy 2014-10-06, ecs 2014-11-13.

use crate::aws::name::names;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

names! {
    /// What a deployment can be told to wait for no longer (`DeploymentWaitType`). Rules: CD-ECS-64, CD-ECS-73.
    DeploymentWaitType {
        /// The wait for `ContinueDeployment` before traffic moves.
        ReadyWait = "READY_WAIT",
        /// The wait before the original is terminated.
        TerminationWait = "TERMINATION_WAIT",
    }
}

names! {
    /// What `StopDeployment` answers (`StopStatus`). Rules: CD-STOP-1, CD-STOP-7.
    StopStatus {
        /// A hook function is running: the deployment stops when it is over.
        Pending = "Pending",
        /// The deployment has stopped.
        Succeeded = "Succeeded",
    }
}

names! {
    /// A call that somebody other than the controller makes.
    ApiCall {
        /// CodeDeploy: a deployment.
        CreateDeployment = "CreateDeployment",
        /// CodeDeploy: an end to a wait.
        ContinueDeployment = "ContinueDeployment",
        /// CodeDeploy: an end to a deployment.
        StopDeployment = "StopDeployment",
        /// Elastic Load Balancing: new weights.
        ModifyListener = "ModifyListener",
        /// ECS: a new desired count.
        UpdateService = "UpdateService",
        /// ECS: tasks are not to be stopped by a scale-in.
        UpdateTaskProtection = "UpdateTaskProtection",
        /// CloudWatch: a state until the next evaluation.
        SetAlarmState = "SetAlarmState",
        /// Application Auto Scaling: other bounds, or something suspended.
        RegisterScalableTarget = "RegisterScalableTarget",
        /// ECR: an image is gone.
        BatchDeleteImage = "BatchDeleteImage",
        /// Elastic Load Balancing: another health check.
        ModifyTargetGroup = "ModifyTargetGroup",
        /// ECS: the service is no longer wanted.
        DeleteService = "DeleteService",
        /// CodeDeploy: the result of a hook function.
        PutLifecycleEventHookExecutionStatus = "PutLifecycleEventHookExecutionStatus",
        /// CodeDeploy: an end to the wait before instances are terminated, which ECS does not have.
        SkipWaitTimeForInstanceTermination = "SkipWaitTimeForInstanceTermination",
        /// Lambda: an alias points elsewhere, or with other weights.
        UpdateAlias = "UpdateAlias",
        /// Lambda: another provisioned concurrency of the alias.
        PutProvisionedConcurrencyConfig = "PutProvisionedConcurrencyConfig",
        /// Lambda: a version is gone.
        DeleteFunction = "DeleteFunction",
        /// ECS: a service, which an external controller drives.
        CreateService = "CreateService",
        /// ECS: tasks of one revision.
        CreateTaskSet = "CreateTaskSet",
        /// ECS: another scale of a task set.
        UpdateTaskSet = "UpdateTaskSet",
        /// ECS: the task set that serves production.
        UpdateServicePrimaryTaskSet = "UpdateServicePrimaryTaskSet",
        /// ECS: a task set is no longer wanted.
        DeleteTaskSet = "DeleteTaskSet",
        /// CloudFormation: the stack goes back to where it was.
        CancelUpdateStack = "CancelUpdateStack",
        /// ECS: an end to a deployment of its own.
        StopServiceDeployment = "StopServiceDeployment",
        /// ECS: an answer to a hook that waits for one.
        ContinueServiceDeployment = "ContinueServiceDeployment",
    }
}

names! {
    /// What a service tells about itself (`ServiceEvent`). Rule: ECS-EVT-3.
    ServiceEventCode {
        /// Tasks fail to start again and again, and are started less often (ECS-THR-3).
        TaskStartImpaired = "SERVICE_TASK_START_IMPAIRED",
        /// There is no room for a task (ECS-CAP-1).
        TaskPlacementFailure = "SERVICE_TASK_PLACEMENT_FAILURE",
        /// ECS's own calls are throttled, and it tries again later (ECS-CAP-3).
        OperationThrottled = "ECS_OPERATION_THROTTLED",
        /// More tasks are protected than the set should have (ECS-PROT-2).
        TaskSetCannotScaleIn = "TASKSET_CANNOT_SCALE_IN",
        /// A rolling update can neither start nor stop a task (ECS-ROLL-3): ECS tells a sentence without a code, and this is
        /// ours for it.
        DeploymentConfigurationBlocks = "SERVICE_DEPLOYMENT_CONFIGURATION_BLOCKS",
    }
}

names! {
    /// What a service is (`status`). Rule: ECS-SVC-1.
    ServiceStatus {
        /// It is there.
        Active = "ACTIVE",
        /// It was deleted, and tasks are left.
        Draining = "DRAINING",
        /// It was deleted, and all its tasks stop or have stopped.
        Inactive = "INACTIVE",
    }
}

names! {
    /// How a client waits for a deployment: a waiter of the SDKs, or a command of the AWS CLI (CD-SM-7, CD-SM-8,
    /// ECS-SVC-7).
    Waiter {
        /// The waiter of every SDK, as it comes.
        DeploymentSuccessful = "DeploymentSuccessful",
        /// The wait of `aws ecs deploy`.
        AwsEcsDeploy = "aws-ecs-deploy",
        /// The waiter of the SDKs for services, which knows nothing of deployments by CodeDeploy (ECS-SVC-7).
        ServicesStable = "ServicesStable",
    }
}

names! {
    /// What is broken on purpose.
    FaultKind {
        /// No room for more than so many tasks of the service (ECS-CAP-1).
        CapacityShortage = "capacity-shortage",
        /// Essential containers end by themselves (ECS-TASK-12).
        TaskCrash = "task-crash",
        /// Fargate Spot takes its capacity back (ECS-TASK-22).
        SpotInterruption = "spot-interruption",
        /// What runs in one zone is gone (ECS-CAP-5).
        ZoneFailure = "zone-failure",
        /// Elastic Load Balancing refuses what CodeDeploy wants of a listener.
        ListenerUpdateRefused = "listener-update-refused",
        /// ECS refuses to create a task set (CD-ECS-21).
        TaskSetRefused = "task-set-refused",
        /// ECS's own calls are throttled: no task is created (ECS-CAP-3).
        EcsThrottled = "ecs-throttled",
        /// CodeDeploy's reads of alarm states are throttled (CD-ALM-7).
        AlarmsThrottled = "alarms-throttled",
        /// The service role may not read alarm states (CD-ALM-7).
        AlarmsDenied = "alarms-denied",
        /// What the application asks fails, whichever revision it is.
        DependencyFailure = "dependency-failure",
        /// Instances are terminated, by Auto Scaling or by somebody (CD-EC2-33).
        InstanceTermination = "instance-termination",
        /// Auto Scaling launches instances (CD-EC2-30).
        InstanceLaunch = "instance-launch",
    }
}

names! {
    /// Why a call is refused, by CodeDeploy or ECS. Rules: CD-SM-5, CD-ECS-64, CD-STOP-2, ECS-SVC-1.
    ApiException {
        /// The deployment group has an active deployment already.
        DeploymentLimitExceeded = "DeploymentLimitExceededException",
        /// There is no such deployment.
        DeploymentDoesNotExist = "DeploymentDoesNotExistException",
        /// The deployment has ended.
        DeploymentAlreadyCompleted = "DeploymentAlreadyCompletedException",
        /// The deployment is not `Ready`.
        DeploymentIsNotInReadyState = "DeploymentIsNotInReadyStateException",
        /// The deployment is in no status for this call.
        InvalidDeploymentStatus = "InvalidDeploymentStatusException",
        /// The service is scaled above 0 and was not to be deleted by force.
        InvalidParameter = "InvalidParameterException",
        /// The service was deleted.
        ServiceNotActive = "ServiceNotActiveException",
        /// The service was deleted, and nothing is left of it.
        ServiceNotFound = "ServiceNotFoundException",
        /// No hook function is awaited (CD-LE-7).
        LifecycleEventAlreadyCompleted = "LifecycleEventAlreadyCompletedException",
        /// The call is for another kind of deployment (CD-VAL-21).
        UnsupportedActionForDeploymentType = "UnsupportedActionForDeploymentTypeException",
        /// The function has no such version.
        ResourceNotFound = "ResourceNotFoundException",
        /// The alias has weights, or the function has not so much concurrency (LAM-CON-3, LAM-CON-6).
        InvalidParameterValue = "InvalidParameterValueException",
        /// An alias points to the version (LAM-VER-1).
        ResourceConflict = "ResourceConflictException",
        /// The service has no such task set, or not any more.
        TaskSetNotFound = "TaskSetNotFoundException",
        /// No update of the stack is under way (CD-CFN-8).
        Validation = "ValidationError",
        /// ECS has no such deployment under way.
        ServiceDeploymentNotFound = "ServiceDeploymentNotFoundException",
    }
}
