//! EC2 instances and on-premises servers that deployments go to, and what a deployment to them has of its own.
//!
//! Not the batches (`hosts`), nor how a revision's scripts behave (`revision`). Rules: CD-EC2-3, CD-EC2-4, CD-EC2-7,
//! CD-EC2-8, CD-EC2-10, CD-EC2-20, CD-EC2-23, CD-EC2-25, CD-EC2-30 to CD-EC2-32, CD-FIL-2, CD-HH-1.

use crate::aws::app_spec::FileExistsBehavior;
use crate::aws::deployment_group::{
    GreenFleetProvisioningAction, InstanceAction, OutdatedInstancesStrategy,
};
use crate::aws::instance::{INSTANCE_EVENTS, InstanceEvent, LifecycleErrorCode};
use crate::engine::distribution::Distribution;
use crate::engine::share::Share;
use crate::engine::time::SimDuration;
use crate::scenario::hosts::{HostConfig, HostHealth};
use crate::scenario::service::{LoadBalancerKind, TargetGroup};

/// More zones than any Region has.
pub const INSTANCE_ZONES_MAX: usize = 26;

/// So many launch deployments a run can tell apart; after them nothing is launched anew (CD-EC2-30, CD-EC2-31).
pub const LAUNCH_DEPLOYMENTS_MAX: u8 = 160;
/// So many termination deployments; after them instances are gone at once (CD-EC2-32).
pub const TERMINATION_DEPLOYMENTS_MAX: u8 = 40;

/// More instances than any run can tell apart.
pub const INSTANCES_MAX: usize = 1 << 13;

/// The instances of the deployment group.
#[derive(Clone, Debug, PartialEq)]
pub struct Server {
    /// Every instance that there can be: those of the group in the order in which they are written, then the others.
    pub instances: Vec<Instance>,
    /// The names of their Availability Zones, in alphabetical order (CD-Z-5). Never empty.
    pub zones: Vec<String>,
    /// Share of the instances on which no agent runs, each by its own luck.
    pub agents_absent: Share,
    /// The load balancer before them, if their group controls traffic. Rule: CD-EC2-21.
    pub load_balancer: Option<InstanceBalancer>,
    /// What the group says of instances that are launched or terminated meanwhile.
    pub auto_scaling: AutoScaling,
}

/// What a deployment group says of instances that its Auto Scaling group launches or terminates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AutoScaling {
    /// `outdatedInstancesStrategy`. Rule: CD-EC2-30.
    pub outdated_instances_strategy: OutdatedInstancesStrategy,
    /// `terminationHookEnabled`. Rule: CD-EC2-32.
    pub termination_hook_enabled: bool,
}

impl Default for AutoScaling {
    /// What holds where a group says nothing.
    fn default() -> AutoScaling {
        AutoScaling {
            outdated_instances_strategy: OutdatedInstancesStrategy::Update,
            termination_hook_enabled: false,
        }
    }
}

impl Server {
    /// Whether the deployment group has had a successful deployment: the one that any instance is up to date with.
    pub fn has_earlier_success(&self) -> bool {
        self.instances.iter().any(|instance| instance.health == HostHealth::UP_TO_DATE)
    }
}

/// A load balancer whose targets are the instances.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceBalancer {
    /// The target group in which they are registered.
    pub target_group: TargetGroup,
    /// Of which kind it is.
    pub kind: LoadBalancerKind,
}

/// One instance as it is before the first deployment.
#[derive(Clone, Debug, PartialEq)]
pub struct Instance {
    /// The position of its zone.
    pub zone: u8,
    /// Where it is to the deployment group.
    pub standing: Standing,
    /// What CodeDeploy remembers of it. Rule: CD-HH-1.
    pub health: HostHealth,
    /// How its agent behaves.
    pub agent: Agent,
    /// The event that fails on it whatever the revision, and how.
    pub fails: Option<(InstanceEvent, LifecycleErrorCode)>,
    /// Its tags, by which a group may ask for it; empty where nothing is said of them. Rule: CD-EC2-1.
    pub tags: Vec<(String, String)>,
    /// Whether a file stands where the revision has one, and no deployment has put it there. Rule: CD-FIL-2.
    pub has_foreign_file: bool,
}

/// What an instance is to the deployment group before the first deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It belongs to the group.
    Member,
    /// It runs, and its tags are none that the group asks for. Rule: CD-EC2-1.
    Elsewhere,
    /// It runs beside the group, to be discovered as part of a replacement. Rule: CD-EC2-20.
    Beside,
    /// It does not run: it is launched if a replacement is copied. Rule: CD-EC2-20.
    NotLaunched,
    /// It does not run: it is launched if Auto Scaling wants one more. Rule: CD-EC2-30.
    ToScaleOut,
}

/// How the CodeDeploy agent of an instance behaves.
#[derive(Clone, Debug, PartialEq)]
pub enum Agent {
    /// It runs and asks for commands.
    Present,
    /// None runs. Rule: CD-EC2-3.
    Absent,
    /// It answers a deployment so late. Rule: CD-EC2-3.
    Slow(Distribution),
    /// The instance reboots before an event. Rule: CD-EC2-4.
    Reboots {
        /// The event that has to wait for it.
        before: InstanceEvent,
        /// How long nobody asks for commands.
        takes: Distribution,
    },
    /// The agent restarts while the scripts of an event run. Rule: CD-EC2-10.
    Restarts {
        /// The event.
        during: InstanceEvent,
        /// Whether it is one before 1.5.0, of which nothing is heard for long.
        hangs: bool,
    },
    /// The instance is gone for good during an event: nobody reports the end of it. Rule: CD-LE-5.
    Lost {
        /// The event.
        during: InstanceEvent,
    },
}

/// What a deployment to instances has of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct InstanceDeployment {
    /// What says how many instances have their turn at once.
    pub config: HostConfig,
    /// What becomes of replacement and original; nothing in place.
    pub blue_green: Option<InstanceBlueGreen>,
    /// `updateOutdatedInstancesOnly`. Rule: CD-EC2-25.
    pub updates_outdated_only: bool,
    /// How long the scripts of each event may run together, by the event's position; nothing where it has none.
    pub scripts: [Option<SimDuration>; INSTANCE_EVENTS],
    /// `ignoreApplicationStopFailures`. Rule: CD-EC2-8.
    pub ignores_stop_failures: bool,
    /// What happens to files that are there already. Rule: CD-FIL-2.
    pub file_exists_behavior: FileExistsBehavior,
}

/// `blueGreenDeploymentConfiguration` of a group of instances. Rule: CD-EC2-20.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstanceBlueGreen {
    /// Where the replacement comes from.
    pub provisioning: GreenFleetProvisioningAction,
    /// What becomes of the original. Rule: CD-EC2-23.
    pub original: InstanceAction,
}

/// How the events of a revision behave on an instance, as far as it says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scripts(Vec<Option<ScriptBehaviour>>);

impl Scripts {
    /// What is said of an event.
    pub fn get(&self, event: InstanceEvent) -> Option<&ScriptBehaviour> {
        self.0.get(event as usize).and_then(Option::as_ref)
    }

    /// Says something of an event, in place of what was said.
    pub fn set(&mut self, event: InstanceEvent, behaviour: ScriptBehaviour) {
        self.0.resize(INSTANCE_EVENTS, None);
        self.0[event as usize] = Some(behaviour);
    }

    /// The share of the instances on which an event fails.
    pub fn failing(&self, event: InstanceEvent) -> Share {
        self.get(event).map_or(Share::ZERO, |behaviour| behaviour.fails)
    }
}

/// How an event of a revision behaves on an instance: its scripts, or what the agent does.
#[derive(Clone, Debug, PartialEq)]
pub struct ScriptBehaviour {
    /// How long all its scripts take together; where it is not said, an assumption holds.
    pub duration: Option<Distribution>,
    /// Share of the instances on which they fail.
    pub fails: Share,
    /// How they fail then.
    pub fails_as: LifecycleErrorCode,
}
