//! What would be given to `CreateDeployment`, and what its deployment group says.
//!
//! Not the traffic schedule's rule (`traffic_routing`). Rules: CD-ECS-1, CD-ECS-60, CD-ECS-70, CD-RB-1.

use crate::aws::id::AlarmId;
use crate::aws::name::{DeploymentCreator, LifecycleEvent};
use crate::engine::distribution::Distribution;
use crate::engine::share::Share;
use crate::engine::time::SimDuration;
use crate::scenario::external::Workflow;
use crate::scenario::function::Versions;
use crate::scenario::server::InstanceDeployment;
use crate::scenario::service_deployment::ServiceDeployment;
use crate::scenario::traffic_routing::TrafficRouting;

/// When `CreateDeployment` is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Creation {
    /// So long after the first deployment's creation; the first one's is 0.
    At(SimDuration),
    /// When the one before it in the scenario has ended, its rollback included.
    AfterPrevious,
}

/// One deployment.
#[derive(Clone, Debug, PartialEq)]
pub struct Deployment {
    /// When it is asked for.
    pub creation: Creation,
    /// How long its caller waits before asking again where the group is busy (CD-SM-5); without it once.
    pub retry: Option<Distribution>,
    /// What it deploys: one of these, by their positions among the scenario's candidates. Never empty.
    pub deploys: Vec<u8>,
    /// The versions that it moves the alias between, on Lambda (CD-LAM-1).
    pub versions: Option<Versions>,
    /// What it has of its own on instances.
    pub on_instances: Option<InstanceDeployment>,
    /// `external`: the steps of a controller of somebody else's, which takes CodeDeploy's place (CD-EXT-1).
    pub external: Option<Workflow>,
    /// `updateService`: how ECS itself deploys, in CodeDeploy's place.
    pub service_deployment: Option<ServiceDeployment>,
    /// Who creates it.
    pub creator: DeploymentCreator,
    /// Application name.
    pub application: String,
    /// Deployment group name.
    pub deployment_group: String,
    /// Name of the deployment configuration in force.
    pub config_name: String,
    /// How it moves traffic.
    pub traffic_routing: TrafficRouting,
    /// The hook function of each lifecycle event, by the event's position; empty where no function is bound.
    pub hooks: [Option<Hook>; LifecycleEvent::ALL.len()],
    /// What a recorded run showed of each lifecycle event, by the event's position.
    pub pace: [Pace; LifecycleEvent::ALL.len()],
    /// The ready wait: nothing for `CONTINUE_DEPLOYMENT` (CD-ECS-60), else how long the deployment stays
    /// `Ready` before it stops (CD-ECS-61): 0 to 7200 minutes.
    pub ready_wait: Option<SimDuration>,
    /// `terminationWaitTimeInMinutes`: 0 to 2880 minutes (CD-ECS-70, CD-ECS-72).
    pub termination_wait: SimDuration,
    /// Which ends roll back.
    pub auto_rollback: AutoRollback,
    /// The alarms that stop it, if it looks at any (CD-ALM-1, CD-ALM-8).
    pub alarms: Option<AlarmPolling>,
}

/// `AlarmConfiguration` of a deployment that looks at its alarms. Rules: CD-ALM-1, CD-ALM-2, CD-ALM-7.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlarmPolling {
    /// The alarms, any of which stops it in `ALARM`.
    pub alarms: Vec<AlarmId>,
    /// `ignorePollAlarmFailure`: whether it goes on while their states cannot be read.
    pub ignore_failure: bool,
}

impl Deployment {
    /// The function bound to an event.
    pub fn hook(&self, event: LifecycleEvent) -> Option<&Hook> {
        self.hooks[event as usize].as_ref()
    }
}

/// A function bound to a lifecycle event, as it behaves. Rule: CD-LE-4.
#[derive(Clone, Debug, PartialEq)]
pub struct Hook {
    /// From its invocation to its answer.
    pub duration: Distribution,
    /// Share of the runs in which it answers `Failed`.
    pub fails: Share,
    /// The same where what is deployed is a bad release; without it the function cannot tell.
    pub detects: Option<Share>,
    /// Share of the runs in which it never answers.
    pub silent: Share,
    /// Share of the runs in which it cannot be invoked (U-33).
    pub invocation_fails: Share,
    /// Share of the runs in which the service role may not invoke it (CD-ECS-15).
    pub access_denied: Share,
}

impl Hook {
    /// A function that always answers `Succeeded`, after a time.
    pub const fn answering(duration: Distribution) -> Hook {
        let (fails, silent) = (Share::ZERO, Share::ZERO);
        let (invocation_fails, access_denied) = (Share::ZERO, Share::ZERO);
        Hook { duration, fails, detects: None, silent, invocation_fails, access_denied }
    }
}

/// How long a lifecycle event lasts that performs nothing, and the gap before it.
///
/// Given where a recorded run is to be followed to the millisecond; else the assumptions
/// `codedeploy.empty_hook_duration` and `codedeploy.inter_event_gap` hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pace {
    /// From the end of the event before to the start of this one.
    pub gap: Option<Distribution>,
    /// From its start to its end: of a hook without a function, and of a listener update.
    pub duration: Option<Distribution>,
}

/// `AutoRollbackConfiguration`: which ends of a deployment start a rollback. Rule: CD-RB-1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AutoRollback {
    /// `DEPLOYMENT_FAILURE`.
    pub on_failure: bool,
    /// `DEPLOYMENT_STOP_ON_ALARM`.
    pub on_alarm: bool,
    /// `DEPLOYMENT_STOP_ON_REQUEST`, which an expired ready wait is too (CD-ECS-65).
    pub on_request: bool,
}
