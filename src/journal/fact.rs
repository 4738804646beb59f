//! Everything that can be said to have happened.
//!
//! Not who reads it. A fact is plain data in 16 bytes: ids instead of names, whole numbers.

use crate::aws::alarm::StateValue;
use crate::aws::call::{
    ApiCall, ApiException, FaultKind, ServiceEventCode, ServiceStatus, StopStatus,
};
use crate::aws::deployment_group::GreenFleetProvisioningAction;
use crate::aws::id::{
    AlarmId, DeploymentId, DeploymentNumber, InstanceId, TargetGroupId, TaskId, TaskSetId,
};
use crate::aws::instance::{
    InstanceEvent, InstanceState, InstanceStatus, LifecycleErrorCode, LifecycleState,
};
use crate::aws::message::ErrorMessage;
pub use crate::aws::name::Listener;
use crate::aws::name::{
    DeploymentCreator, DeploymentStatus, ErrorCode, HealthStatus, HookAnswer, LifecycleEvent,
    LifecycleEventStatus, StabilityStatus, StopCode, TargetHealthReason, TargetHealthState,
    TaskSetStatus, TaskStatus,
};
use crate::aws::scaling::NotScaledReason;
use crate::aws::service::{HookStatus, ServiceDeploymentStage};
use serde::{Deserialize, Serialize};

/// Why a request failed that nothing else in its entry tells the reason of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FailureCause {
    /// A defect of the revision, by its position among all.
    Defect(u8),
    /// A dependency of the application.
    Dependency,
    /// No task began with it in time.
    Overload,
    /// The function took longer than its timeout. Rule: LAM-INV-1.
    Timeout,
}

/// Something that happened, in the past tense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact")]
pub enum Fact {
    /// What the account holds when the first deployment is created: the PRIMARY task set, steady and
    /// healthy (decision: history), all production weight on its target group.
    TaskSetFound {
        /// The task set.
        task_set: TaskSetId,
        /// The target group its tasks are registered with.
        target_group: TargetGroupId,
        /// Its running tasks.
        tasks: u32,
    },
    /// Which of the scenario's candidates this replication deploys.
    ReplacementDrawn {
        /// The deployment.
        deployment: DeploymentNumber,
        /// The position of the candidate in the scenario.
        candidate: u8,
        /// Whether it is a bad release.
        bad: bool,
    },
    /// A deployment exists. Rules: CD-SM-2, CD-RB-2.
    DeploymentCreated {
        /// Its number in this run.
        deployment: DeploymentNumber,
        /// Its id as shown.
        id: DeploymentId,
        /// Who created it.
        creator: DeploymentCreator,
        /// The deployment that it rolls back.
        rolls_back: Option<DeploymentNumber>,
    },
    /// A deployment has another status. Rule: CD-SM-2.
    DeploymentStatusChanged {
        /// The deployment.
        deployment: DeploymentNumber,
        /// The new status.
        status: DeploymentStatus,
    },
    /// `errorInformation` was set; the status follows.
    DeploymentErrorSet {
        /// The deployment.
        deployment: DeploymentNumber,
        /// The code.
        code: ErrorCode,
        /// The message.
        message: ErrorMessage,
    },
    /// A rollback was configured and is not possible (assumption U-6).
    RollbackImpossible {
        /// The deployment that would have been rolled back.
        deployment: DeploymentNumber,
    },
    /// A lifecycle event has another status. Rule: CD-LE-2.
    LifecycleEventStatusChanged {
        /// The deployment.
        deployment: DeploymentNumber,
        /// The event.
        event: LifecycleEvent,
        /// The new status.
        status: LifecycleEventStatus,
    },
    /// A hook function was invoked. Rule: CD-LE-4.
    HookInvoked {
        /// The deployment.
        deployment: DeploymentNumber,
        /// The event it is bound to.
        event: LifecycleEvent,
    },
    /// A hook function reported its result. Rule: CD-LE-4.
    HookAnswered {
        /// The deployment.
        deployment: DeploymentNumber,
        /// The event it is bound to.
        event: LifecycleEvent,
        /// The result.
        answer: HookAnswer,
    },
    /// The wait before the original is terminated has begun. Rule: CD-ECS-70.
    TerminationWaitStarted {
        /// The deployment.
        deployment: DeploymentNumber,
    },
    /// A task set was created, ACTIVE and STABILIZING. Rules: CD-ECS-30, ECS-EXT-16, ECS-EXT-18.
    TaskSetCreated {
        /// The task set.
        task_set: TaskSetId,
        /// The deployment that created it.
        deployment: DeploymentNumber,
        /// The target group bound to it.
        target_group: TargetGroupId,
        /// How many tasks it should have.
        computed_desired_count: u32,
    },
    /// A task set has another status. Rule: ECS-EXT-16.
    TaskSetStatusChanged {
        /// The task set.
        task_set: TaskSetId,
        /// The new status.
        status: TaskSetStatus,
    },
    /// A task set's computed desired count changed. Rule: ECS-EXT-12.
    TaskSetScaled {
        /// The task set.
        task_set: TaskSetId,
        /// How many tasks it should have now.
        computed_desired_count: u32,
    },
    /// A task set became steady, or stopped being so. Rules: ECS-EXT-17, ECS-EXT-19.
    TaskSetStabilityChanged {
        /// The task set.
        task_set: TaskSetId,
        /// The new stability.
        stability: StabilityStatus,
    },
    /// A DRAINING task set lost its last task. Rule: ECS-EXT-26.
    TaskSetDeleted {
        /// The task set.
        task_set: TaskSetId,
    },
    /// A task has another status; the first one names it PROVISIONING. Rule: ECS-TASK-1.
    TaskStatusChanged {
        /// The task.
        task: TaskId,
        /// The task set it belongs to.
        task_set: TaskSetId,
        /// The new status.
        status: TaskStatus,
    },
    /// A task's desired status became STOPPED. Rules: ECS-TASK-3, ECS-TASK-4.
    TaskStopRequested {
        /// The task.
        task: TaskId,
        /// The task set it belongs to.
        task_set: TaskSetId,
        /// Why.
        code: StopCode,
        /// Whether it was stopped for being unhealthy.
        unhealthy: bool,
    },
    /// The container health check of a task changed its verdict. Rules: ECS-TASK-14..16.
    TaskHealthChanged {
        /// The task.
        task: TaskId,
        /// The task set it belongs to.
        task_set: TaskSetId,
        /// The new verdict.
        health: HealthStatus,
    },
    /// A target has another state in its target group. Rule: ELB-HC-5.
    TargetHealthChanged {
        /// The task behind the target.
        task: TaskId,
        /// The target group.
        target_group: TargetGroupId,
        /// The new state.
        state: TargetHealthState,
        /// Why.
        reason: TargetHealthReason,
    },
    /// A listener's forward action was rewritten. Rule: ELB-TG-6.
    ListenerModified {
        /// The listener.
        listener: Listener,
        /// Weight of each target group, by id.
        weights: [u16; 2],
    },
    /// A listener's new weights hold for new requests. Rule: ELB-TG-6.
    ListenerWeightsInForce {
        /// The listener.
        listener: Listener,
        /// Weight of each target group, by id.
        weights: [u16; 2],
    },
    /// An alias points to other versions, or with other weights. Its versions stand in two places, which entries of
    /// traffic name as they name target groups; the first deployment finds the original in place 0. Rule: CD-LAM-2.
    AliasUpdated {
        /// The place of its `FunctionVersion`; the other is that of the additional version, if it has weight.
        function_version: TargetGroupId,
        /// The version in each place; 0 if there never was one.
        versions: [u32; 2],
        /// The weight of each place, in percent.
        weights: [u16; 2],
        /// Whether the version in each place is a bad release.
        bad: [bool; 2],
    },
    /// New invocations follow an alias's weights. Rule: CD-LAM-2.
    AliasWeightsInForce {
        /// The weight of each place, in percent.
        weights: [u16; 2],
    },
    /// Requests of the simulated minute, or of its part since the last change, that reached a target.
    RequestsAnswered {
        /// The target group that answered.
        target_group: TargetGroupId,
        /// How many.
        requests: u32,
        /// How many of them the application failed.
        failed: u32,
        /// How many of the failed ones a bad replacement caused.
        bad: u32,
    },
    /// Requests of the same time that no target answered; the load balancer did. Rule: ELB-ERR-1.
    RequestsRejected {
        /// The target group that was chosen.
        target_group: TargetGroupId,
        /// What the load balancer answered: 502 (the target refused), 503 (there is no target) or 504 (no
        /// answer in time); 0 if it reset the connection and answered nothing (NLB-3).
        http_status: u16,
        /// How many.
        requests: u32,
        /// Whether the target group is that of a bad replacement, so that it caused them.
        bad: bool,
    },
    /// What parts of the requests the target groups got on average since the last entry of this kind, or since
    /// instant zero: clients that stay with their group make it differ from the weights. Rule: ELB-TG-3.
    TrafficShared {
        /// The parts, by id, in millionths; they sum to a million.
        parts_per_million: [u32; 2],
    },
    /// Somebody other than the controller called an API (decision: operators).
    ApiCalled {
        /// What was called.
        call: ApiCall,
    },
    /// A call was refused. Rules: CD-SM-5, CD-ECS-64, CD-STOP-2.
    CallRefused {
        /// What was called.
        call: ApiCall,
        /// Why it was refused.
        exception: ApiException,
        /// The deployment that it was about, or that stood in its way.
        deployment: Option<DeploymentNumber>,
    },
    /// `StopDeployment` was accepted. Rules: CD-STOP-1, CD-STOP-7.
    StopRequested {
        /// The deployment.
        deployment: DeploymentNumber,
        /// What the call answered.
        status: StopStatus,
    },
    /// A hook function could not be invoked. Rules: CD-ECS-15, U-33.
    HookNotInvoked {
        /// The deployment.
        deployment: DeploymentNumber,
        /// The event it is bound to.
        event: LifecycleEvent,
        /// Whether the service role may not invoke it.
        access_denied: bool,
    },
    /// The service has another desired count. Rules: ECS-EXT-12, CD-ECS-32.
    ServiceDesiredCountUpdated {
        /// How many tasks it wants now.
        desired_count: u32,
    },
    /// The service tells something about itself. Rule: ECS-EVT-3.
    ServiceEventEmitted {
        /// The task set it is about.
        task_set: TaskSetId,
        /// What.
        code: ServiceEventCode,
    },
    /// Something is broken on purpose from now on.
    FaultBegan {
        /// What.
        fault: FaultKind,
    },
    /// Something that was broken on purpose is whole again.
    FaultEnded {
        /// What.
        fault: FaultKind,
    },
    /// Requests that were open at a target were cut off: 502. Rules: ELB-DR-2, ECS-TASK-21.
    RequestsCutOff {
        /// The target group.
        target_group: TargetGroupId,
        /// How many; they were answered as far as the load balancer knew when they came.
        requests: u32,
        /// Whether a bad replacement caused it.
        bad: bool,
    },
    /// The state of an alarm when the first deployment is created (decision: history).
    AlarmFound {
        /// The alarm.
        alarm: AlarmId,
        /// Its state.
        state: StateValue,
    },
    /// An evaluation of an alarm has found a datapoint that it had not seen yet, or another value of it. Rules:
    /// CW-ALARM-5, CW-DELAY-1.
    DatapointSeen {
        /// The alarm.
        alarm: AlarmId,
        /// Whether it breaches.
        breaching: bool,
        /// How long ago its period ended, in milliseconds.
        ended_ms_ago: u32,
        /// Its value in millionths, rounded.
        micros: i64,
    },
    /// A scaling policy gives the service another desired count. Rules: AAS-GEN-3, AAS-DEP-3.
    ScalingActivity {
        /// The policy, by its position in the scenario.
        policy: u8,
        /// How many tasks the service wants now.
        desired_count: u32,
    },
    /// A scaling policy would have scaled and did not. Rule: AAS-GEN-4.
    NotScaled {
        /// The policy, by its position in the scenario.
        policy: u8,
        /// Why.
        reason: NotScaledReason,
    },
    /// The bounds of scaling are others. Rules: AAS-SCH-1, CD-ECS-42.
    ScalableTargetUpdated {
        /// `MinCapacity`.
        min: u32,
        /// `MaxCapacity`.
        max: u32,
    },
    /// The service was deleted: it drains, or nothing of it runs any more. Rule: ECS-SVC-1.
    ServiceStatusChanged {
        /// What it is now.
        status: ServiceStatus,
    },
    /// An alarm has another state. Rules: CW-ALARM-1, CW-MISS-2.
    AlarmStateChanged {
        /// The alarm.
        alarm: AlarmId,
        /// The new state.
        state: StateValue,
    },
    /// Why some of the requests failed or were rejected of which the entries of the same instant and target group tell.
    RequestsFailedBy {
        /// The target group.
        target_group: TargetGroupId,
        /// Why.
        cause: FailureCause,
        /// How many.
        requests: u32,
    },
    /// Invocations of a version waited for an execution environment of their own to start. Rule: LAM-COLD-1.
    EnvironmentsStarted {
        /// The version's place.
        target_group: TargetGroupId,
        /// How many.
        invocations: u32,
    },
    /// Requests wait before the tasks of a target group, or nobody waits any more.
    RequestsWaiting {
        /// The target group.
        target_group: TargetGroupId,
        /// How many wait.
        waiting: u32,
        /// The longest that any has waited since the last entry of traffic, in milliseconds.
        longest_ms: u32,
    },
    /// The instances of the deployment group when the first deployment is created.
    InstancesFound {
        /// How many there are.
        instances: u16,
        /// How many of them run the revision of the last successful deployment.
        current: u16,
    },
    /// A deployment begins with its instances. Rules: CD-HH-3, CD-HH-7.
    InstancesTargeted {
        /// The deployment.
        deployment: DeploymentNumber,
        /// How many they are.
        instances: u16,
        /// How many must stay healthy.
        minimum: u32,
    },
    /// Instances are deployed to at once. Rules: CD-HH-4, CD-HH-12, CD-Z-2.
    BatchStarted {
        /// The deployment.
        deployment: DeploymentNumber,
        /// The zone that has its turn, by its position among those that have one; 0 where zones do not take turns.
        zone: u8,
        /// How many.
        instances: u16,
    },
    /// A deployment has come to something else on an instance. Rule: CD-LE-8.
    InstanceStatusChanged {
        /// The deployment.
        deployment: DeploymentNumber,
        /// The instance.
        instance: InstanceId,
        /// What it has come to.
        status: InstanceStatus,
    },
    /// A lifecycle event on an instance was over: told when all that the instance was told to do is. Rule: CD-EC2-6.
    InstanceEventEnded {
        /// The deployment.
        deployment: DeploymentNumber,
        /// The instance.
        instance: InstanceId,
        /// The event.
        event: InstanceEvent,
        /// How it ended: with anything but `Success` it failed.
        code: LifecycleErrorCode,
        /// How long ago it ended, in milliseconds.
        ended_ms_ago: u32,
        /// How long it took, in milliseconds.
        took_ms: u32,
    },
    /// A lifecycle event on an instance did not begin in time. Rules: CD-EC2-3, CD-EC2-4, CD-LE-6.
    InstanceEventNotStarted {
        /// The deployment.
        deployment: DeploymentNumber,
        /// The instance.
        instance: InstanceId,
        /// The event.
        event: InstanceEvent,
    },
    /// `deploymentOverview` of a deployment to instances that is over. Rules: CD-SM-9, CD-HH-13.
    InstancesCounted {
        /// The deployment.
        deployment: DeploymentNumber,
        /// On how many it succeeded.
        succeeded: u16,
        /// On how many it failed.
        failed: u16,
        /// How many had no turn.
        skipped: u16,
        /// On how many the revision of the last successful deployment of the group is not what is there, or not what was
        /// deployed there with success last.
        outdated: u16,
    },
    /// Other instances serve behind their load balancer, which gives each as many requests as any other. Those that run
    /// what was there before and those that run what is deployed stand in two places, which entries of traffic name as
    /// they name target groups; the first deployment finds the original in place 0. Rule: CD-EC2-22.
    InstancesServing {
        /// How many serve in each place.
        serving: [u16; 2],
        /// Whether the revision in each place is a bad release.
        bad: [bool; 2],
    },
    /// Where the replacement of a blue/green deployment comes from. Rule: CD-EC2-20.
    ReplacementInstancesFound {
        /// The deployment.
        deployment: DeploymentNumber,
        /// How many instances it has.
        instances: u16,
        /// How many the original has.
        original: u16,
        /// Whether they are there already, or are being launched.
        action: GreenFleetProvisioningAction,
    },
    /// An instance is something else to EC2.
    InstanceStateChanged {
        /// The instance.
        instance: InstanceId,
        /// What it is.
        state: InstanceState,
    },
    /// Other targets serve in the one group behind which two revisions stand: it gives each as many requests as any other.
    /// Tasks of the two stand in two places, which entries of traffic name as they name target groups. Rule: ECS-ROLL-3.
    TargetsServing {
        /// How many serve in each place.
        serving: [u16; 2],
    },
    /// Tasks of a deployment of ECS have failed. Rules: ECS-CB-3, ECS-CB-4.
    FailedTasksCounted {
        /// Its tasks.
        task_set: TaskSetId,
        /// How many count at the moment.
        failed: u32,
    },
    /// A deployment of ECS with two target groups is at another stage. Rule: ECS-BG-2.
    ServiceDeploymentStageStarted {
        /// The deployment.
        deployment: DeploymentNumber,
        /// The stage.
        stage: ServiceDeploymentStage,
    },
    /// A lifecycle hook of ECS is something else. Rule: ECS-BG-5.
    StageHookStatusChanged {
        /// The deployment.
        deployment: DeploymentNumber,
        /// The stage.
        stage: ServiceDeploymentStage,
        /// The hook, as its stages are counted through in the service.
        hook: u8,
        /// What it has come to.
        status: HookStatus,
    },
    /// An instance is something else to Auto Scaling, which launches it or is about to terminate it. Rules: CD-EC2-31, CD-EC2-32.
    InstanceLifecycleChanged {
        /// The instance.
        instance: InstanceId,
        /// What it is.
        state: LifecycleState,
    },
    /// A deployment follows another one, to instances that were launched meanwhile and do not run what is up to date
    /// (`relatedDeployments`). Rule: CD-EC2-30.
    OutdatedInstancesFound {
        /// The deployment.
        deployment: DeploymentNumber,
        /// The deployment that it follows.
        root: DeploymentNumber,
        /// How many.
        instances: u16,
    },
    /// Requests go to the two places in another proportion than the listener's weights: tasks of both revisions stand behind one
    /// target group, and the places are those of the revisions, each called after the group that is its own. Once that is over,
    /// the weights themselves. Rule: ECS-EXT-35.
    RevisionsMixed {
        /// The proportion of requests, by place.
        weights: [u16; 2],
    },
    /// A task without a load balancer counts as healthy to the scheduler, or does no longer; those that are found do.
    /// Rule: ECS-SVC-3.
    TaskCounted {
        /// The task.
        task: TaskId,
        /// Its task set.
        task_set: TaskSetId,
        /// Whether it counts.
        healthy: bool,
    },
    /// As many tasks of the revision that a rolling update brings are healthy as make it succeed early. Rule: ECS-ROLL-8.
    HealthyPercentReached {
        /// Its task set.
        task_set: TaskSetId,
        /// How many are healthy.
        healthy: u32,
    },
    /// The run is over: the last entry of every journal.
    RunEnded {
        /// Whether every deployment had ended; else a limit stopped the run.
        completed: bool,
    },
}
