//! Application Auto Scaling of the service: its scalable target, its policies, its scheduled actions.
//!
//! Plain data, and below it the pure rules by which each part decides. Not when alarms go off nor how long an
//! action takes, which the simulation plays. Rules: AAS-GEN-1 to AAS-GEN-6, AAS-CD-1, AAS-DEP-1, AAS-DEP-2.

pub mod capacity;
pub mod cooldown;
pub mod cron;
pub mod schedule;
pub mod step_scaling;
pub mod target_tracking;

use crate::aws::id::AlarmId;
use crate::aws::service::DeploymentControllerType;
use crate::engine::time::SimDuration;
use capacity::{CapacityRange, Change};
use schedule::ScheduledAction;
use step_scaling::StepScaling;
use target_tracking::TargetTracking;

/// Everything that Application Auto Scaling knows of the service.
#[derive(Clone, Debug, PartialEq)]
pub struct Scaling {
    /// What is scaled, and how far.
    pub target: ScalableTarget,
    /// Its policies, in the order of the documents; at most [`POLICIES_MAX`].
    pub policies: Vec<Policy>,
    /// Its scheduled actions, in the order of the documents; at most [`SCHEDULED_ACTIONS_MAX`].
    pub scheduled_actions: Vec<ScheduledAction>,
}

/// The scaling of the simulated service: what Application Auto Scaling knows, and the alarms that call its policies.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceScaling {
    /// What it knows.
    pub scaling: Scaling,
    /// Of each policy, the alarms that call it.
    pub alarms: Vec<PolicyAlarms>,
}

/// The alarms that call a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicyAlarms {
    /// The two of target tracking. Rule: AAS-TT-1.
    Tracking {
        /// `AlarmHigh`.
        high: AlarmId,
        /// `AlarmLow`.
        low: AlarmId,
    },
    /// Those whose action is a step scaling policy.
    Step(Vec<AlarmId>),
}

impl ServiceScaling {
    /// What each policy is called; one without a name by its number.
    pub fn names(&self) -> impl Iterator<Item = String> {
        (1..).zip(&self.scaling.policies).map(|(number, policy)| match policy.name.as_str() {
            "" => format!("policy {number}"),
            name => name.to_owned(),
        })
    }
}

/// The most policies of one scalable target. Rule: AAS-GEN-5.
pub const POLICIES_MAX: usize = 50;
/// The most scheduled actions of one scalable target. Rule: AAS-GEN-5.
pub const SCHEDULED_ACTIONS_MAX: usize = 200;
/// The most steps of one policy. Rule: AAS-GEN-5.
pub const STEP_ADJUSTMENTS_MAX: usize = 20;

/// The cooldown of a policy that names none, after scale-out and scale-in alike. Rule: AAS-CD-1.
pub const COOLDOWN_DEFAULT: SimDuration = SimDuration::from_secs(300);

/// The service's desired count as something to scale. Rule: AAS-GEN-1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScalableTarget {
    /// `MinCapacity` and `MaxCapacity`, until a scheduled action sets others.
    pub range: CapacityRange,
    /// What is suspended.
    pub suspended: SuspendedState,
}

/// What somebody has suspended (`SuspendedState`); nothing by default. Rule: AAS-GEN-6.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SuspendedState {
    /// `DynamicScalingInSuspended`: no policy scales in.
    pub dynamic_scaling_in: bool,
    /// `DynamicScalingOutSuspended`: no policy scales out.
    pub dynamic_scaling_out: bool,
    /// `ScheduledScalingSuspended`: no scheduled action acts.
    pub scheduled_scaling: bool,
}

impl SuspendedState {
    /// Whether a change that a policy wants may not be made. Rule: AAS-GEN-6.
    pub const fn suspends(self, change: Change) -> bool {
        match change {
            Change::ScaleOut(_) => self.dynamic_scaling_out,
            Change::ScaleIn(_) => self.dynamic_scaling_in,
        }
    }
}

/// A scaling policy.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// `PolicyName`; empty where a document holds nothing but its configuration.
    pub name: String,
    /// `PolicyARN`, by which alarms name it as their action; only an answer has it.
    pub arn: Option<String>,
    /// The names of the alarms that an answer lists under `Alarms`.
    pub alarms: Vec<String>,
    /// What it does.
    pub configuration: PolicyConfiguration,
}

/// How a policy decides.
#[derive(Clone, Debug, PartialEq)]
pub enum PolicyConfiguration {
    /// It keeps a metric at a value.
    TargetTracking(TargetTracking),
    /// It goes by how far its alarm's metric is from the threshold.
    StepScaling(StepScaling),
}

impl Policy {
    /// How long its cooldown lasts after a change that it has made. Rule: AAS-CD-1.
    pub const fn cooldown(&self, change: Change) -> SimDuration {
        match (&self.configuration, change) {
            (PolicyConfiguration::TargetTracking(policy), Change::ScaleOut(_)) => {
                policy.scale_out_cooldown
            }
            (PolicyConfiguration::TargetTracking(policy), Change::ScaleIn(_)) => {
                policy.scale_in_cooldown
            }
            (PolicyConfiguration::StepScaling(policy), _) => policy.cooldown,
        }
    }
}

/// Whether policies may not scale in while a deployment is in progress; scale-out goes on in any case.
///
/// ECS suspends it for its own deployments, nobody does for those of an external controller (AAS-DEP-1). For
/// CodeDeploy no source decides, so the assumption `codedeploy_scale_in_suspended` does (AAS-DEP-2).
pub const fn deployment_suspends_scale_in(
    controller: DeploymentControllerType,
    codedeploy_scale_in_suspended: bool,
) -> bool {
    match controller {
        DeploymentControllerType::Ecs => true,
        DeploymentControllerType::CodeDeploy => codedeploy_scale_in_suspended,
        DeploymentControllerType::External => false,
    }
}
