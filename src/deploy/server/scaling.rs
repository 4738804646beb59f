//! Deployments that Auto Scaling asks for, each to one instance, beside whatever else goes on in the group; and the one that
//! follows, to instances that were launched meanwhile.
//!
//! | Auto Scaling | then | and at the end |
//! |---|---|---|
//! | has launched an instance | it gets the last successful revision, if there is one | `CONTINUE`, or `ABANDON` if it has failed |
//! | is about to terminate one | it goes through the events of a termination once what else it does is over | `CONTINUE` |
//!
//! Not whom Auto Scaling launches or terminates (`cloud`). Rules: CD-EC2-30 to CD-EC2-33, CD-RB-2, U-40, U-41
//! (docs/semantics/codedeploy.md).

use super::{Origin, Run, Stage};
use crate::agenda::Outbox;
use crate::aws::app_spec::FileExistsBehavior;
use crate::aws::deployment_group::OutdatedInstancesStrategy;
use crate::aws::id::{DeploymentNumber, InstanceId};
use crate::aws::instance::{InstanceEvent, InstanceStatus, LifecycleActionResult, LifecycleState};
use crate::aws::message::ErrorMessage;
use crate::aws::name::{DeploymentCreator, DeploymentStatus, ErrorCode};
use crate::cloud::Cloud;
use crate::cloud::instance::{Command, Instance};
use crate::deploy::deployment_group::{create_deployment, set_status};
use crate::journal::fact::Fact;
use crate::scenario::hosts::{HostHealth, HostResult, RevisionHealth};
use crate::scenario::revision::RevisionId;
use crate::scenario::server::{LAUNCH_DEPLOYMENTS_MAX, TERMINATION_DEPLOYMENTS_MAX};

/// The deployments that Auto Scaling has asked for.
#[derive(Clone, Debug, Default)]
pub(super) struct Hooks {
    /// Those that have not ended.
    under_way: Vec<Hook>,
    /// How many launches there were, and how many terminations.
    created: [u8; 2],
}

/// One deployment that Auto Scaling has asked for.
#[derive(Clone, Copy, Debug)]
struct Hook {
    deployment: DeploymentNumber,
    instance: InstanceId,
    revision: RevisionId,
    is_termination: bool,
    /// Whether the instance has begun with it.
    has_begun: bool,
}

impl Hooks {
    /// Nothing has been asked for. Keeps its memory.
    pub(super) fn clear(&mut self) {
        self.under_way.clear();
        self.created = [0; 2];
    }

    /// Whether some are under way.
    pub(super) fn is_at_rest(&self) -> bool {
        self.under_way.is_empty()
    }
}

impl<'s> Run<'s> {
    /// The next number that no deployment has.
    pub(super) fn take_number(&mut self) -> DeploymentNumber {
        self.last_number = DeploymentNumber(self.last_number.0 + 1);
        self.last_number
    }

    /// An instance waits in a hook of its Auto Scaling group: a deployment to it begins. One too many to be told apart does not:
    /// what was to be launched is terminated and not launched anew, what was to be terminated is.
    pub(super) fn on_hook(
        &mut self,
        instance: InstanceId,
        state: LifecycleState,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) {
        let is_termination = state == LifecycleState::TerminatingWait;
        let last = cloud.instances().last_successful;
        let revision = match (is_termination, last) {
            (false, Some(revision)) => revision,
            (true, _) => last.unwrap_or(RevisionId::ORIGINAL),
            // Nothing was ever deployed that it could get.
            (false, None) => {
                return cloud.complete_lifecycle_action(
                    instance,
                    LifecycleActionResult::Continue,
                    out,
                );
            }
        };
        let created = &mut self.hooks.created[usize::from(is_termination)];
        match is_termination {
            false if *created == LAUNCH_DEPLOYMENTS_MAX => {
                return cloud.terminate_instance(instance, out);
            }
            true if *created == TERMINATION_DEPLOYMENTS_MAX => {
                let result = LifecycleActionResult::Continue;
                return cloud.complete_lifecycle_action(instance, result, out);
            }
            _ => *created += 1,
        }
        let deployment = self.take_number();
        let creator = match is_termination {
            true => DeploymentCreator::AutoScalingTermination,
            false => DeploymentCreator::AutoScaling,
        };
        create_deployment(deployment, creator, None, out);
        set_status(deployment, DeploymentStatus::InProgress, out);
        let hook = Hook { deployment, instance, revision, is_termination, has_begun: false };
        self.hooks.under_way.push(hook);
        if !self.is_at_work(instance) {
            self.begin_hook(instance, cloud, out);
        }
    }

    /// Whether an instance is deployed to by the deployment that goes through batches.
    fn is_at_work(&self, instance: InstanceId) -> bool {
        let is_it = |place: usize| self.instance_at(place) == instance;
        self.stage != Stage::Over
            && self.results.get(instance.index()) == Some(&HostResult::Skipped)
            && self.batch.clone().any(is_it)
    }

    /// An instance is free for what Auto Scaling has asked for, if it has.
    pub(super) fn begin_hook(
        &mut self,
        instance: InstanceId,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) {
        let waits = |hook: &&mut Hook| hook.instance == instance && !hook.has_begun;
        let Some(hook) = self.hooks.under_way.iter_mut().find(waits) else { return };
        hook.has_begun = true;
        let hook = *hook;
        let server = self.scenario.server().expect("the platform is that of instances");
        let is_balanced = server.load_balancer.is_some();
        let behavior = behavior_of_last_success(cloud);
        let command = Command {
            deployment: hook.deployment,
            asked: self.asked,
            revision: hook.revision,
            file_exists_behavior: behavior,
            events: match hook.is_termination {
                true => InstanceEvent::of_termination(is_balanced),
                false => InstanceEvent::of_launch(is_balanced),
            },
            comes_to: InstanceStatus::Succeeded,
        };
        cloud.begin_own_command(instance, command, out);
    }

    /// An instance that is about to be terminated has its turn: what it does for that is given up, and it is gone (U-41).
    pub(super) fn give_up_hook(
        &self,
        instance: InstanceId,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) {
        let is_it = |hook: &Hook| hook.instance == instance && hook.has_begun;
        if self.hooks.under_way.iter().any(is_it) {
            cloud.abandon_command(instance, out);
        }
    }

    /// A deployment that Auto Scaling has asked for is over, if it is one of these.
    pub(super) fn on_hook_ended(
        &mut self,
        deployment: DeploymentNumber,
        is_well: bool,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) {
        let of_it = |hook: &Hook| hook.deployment == deployment;
        let Some(place) = self.hooks.under_way.iter().position(of_it) else { return };
        let hook = self.hooks.under_way.remove(place);
        let status = match is_well {
            true => DeploymentStatus::Succeeded,
            false => DeploymentStatus::Failed,
        };
        if !is_well {
            let (code, message) =
                (ErrorCode::HealthConstraints, ErrorMessage::TooManyInstancesFailed);
            out.follow(Fact::DeploymentErrorSet { deployment, code, message });
        }
        let (succeeded, failed) = (u16::from(is_well), u16::from(!is_well));
        let outdated = outdated(cloud);
        let skipped = 0;
        out.record(Fact::InstancesCounted { deployment, succeeded, failed, skipped, outdated });
        set_status(deployment, status, out);
        if is_well && !hook.is_termination {
            cloud.remember(hook.instance, health_with(hook.revision, cloud));
        }
        let result = match is_well || hook.is_termination {
            true => LifecycleActionResult::Continue,
            false => LifecycleActionResult::Abandon,
        };
        cloud.complete_lifecycle_action(hook.instance, result, out);
        self.update_outdated(cloud, out);
    }

    /// Once nothing else goes on, a deployment follows to those instances that were launched meanwhile with something else than
    /// what is up to date now, unless the group says not to (CD-EC2-30). None follows that one (U-40).
    pub(super) fn update_outdated(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        let server = self.scenario.server().expect("the platform is that of instances");
        let updates =
            server.auto_scaling.outdated_instances_strategy == OutdatedInstancesStrategy::Update;
        let is_free = self.stage == Stage::Over && self.hooks.is_at_rest();
        let good = cloud.instances().last_successful;
        let (true, true, Some(revision)) = (updates, is_free && self.origin == Origin::Asked, good)
        else {
            return;
        };
        let missed = |one: &&Instance<'_>| has_missed(one, revision);
        let instances = cloud.instances().all.iter().filter(missed).count();
        if instances == 0 {
            return;
        }
        let instances = u16::try_from(instances).expect("instances are limited");
        let root = self.number;
        let deployment = self.take_number();
        self.number = deployment;
        (self.origin, self.revision, self.stop_requested) = (Origin::Update, revision, None);
        create_deployment(deployment, DeploymentCreator::CodeDeployAutoUpdate, None, out);
        out.record(Fact::OutdatedInstancesFound { deployment, root, instances });
        self.start(cloud, out);
    }
}

/// What is remembered of an instance on which this revision was deployed with success (CD-HH-1).
fn health_with(revision: RevisionId, cloud: &Cloud<'_>) -> HostHealth {
    match cloud.instances().last_successful == Some(revision) {
        true => HostHealth::UP_TO_DATE,
        false => HostHealth { revision: RevisionHealth::Old, ..HostHealth::UP_TO_DATE },
    }
}

/// Whether a revision is not what is there, or not what the last success has left there (CD-EC2-25).
pub(super) fn is_outdated(instance: &Instance<'_>, revision: Option<RevisionId>) -> bool {
    instance.runs != revision || instance.previous != revision
}

/// Whether Auto Scaling launched an instance with something else than this revision (CD-EC2-30).
pub(super) fn has_missed(instance: &Instance<'_>, revision: RevisionId) -> bool {
    instance.is_scaled_out() && instance.runs != Some(revision)
}

/// What the last success did with files that were there already; before the first one, what is the default (CD-FIL-3).
pub(super) fn behavior_of_last_success(cloud: &Cloud<'_>) -> FileExistsBehavior {
    cloud.instances().last_behavior.unwrap_or(FileExistsBehavior::Disallow)
}

/// On how many instances of the group that run the revision of its last success is not what is there, or not with success.
pub(super) fn outdated(cloud: &Cloud<'_>) -> u16 {
    let good = cloud.instances().last_successful;
    let outdated = cloud.instances().all.iter().filter(|instance| {
        instance.is_member && instance.is_running() && is_outdated(instance, good)
    });
    u16::try_from(outdated.count()).expect("instances are limited")
}
