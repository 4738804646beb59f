//! What a deployment to instances does in batches, from its start on: the phases, and what follows when a batch is over.
//!
//! Not the batches' rule (`scenario::hosts`), nor how it ends (`ending`). Rules: CD-ALM-3, CD-EC2-11, CD-EC2-25, CD-EC2-30,
//! CD-HH-12 (docs/semantics/codedeploy.md).

use super::scaling::{has_missed, is_outdated};
use super::{Origin, Run, Stage};
use crate::agenda::Outbox;
use crate::agenda::event::Timer;
use crate::aws::id::InstanceId;
use crate::aws::instance::{InstanceEvent, InstanceStatus};
use crate::aws::message::ErrorMessage;
use crate::aws::name::{DeploymentStatus, ErrorCode};
use crate::cloud::Cloud;
use crate::cloud::instance::{Command, Instance};
use crate::deploy::deployment_group::set_status;
use crate::journal::fact::Fact;
use crate::scenario::hosts::{Ending, HostResult, Next};

/// What the batches of now do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Everything, on the instances of the group.
    InPlace,
    /// The revision comes to the replacement.
    Install,
    /// The replacement joins the load balancer.
    Reroute,
    /// The original leaves it.
    Deregister,
    /// Rollback: the original joins it again.
    Restore,
    /// Rollback: the replacement leaves it.
    Withdraw,
}

impl<'s> Run<'s> {
    /// Work begins: no alarm may be active (CD-ALM-3).
    pub(super) fn start(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        set_status(self.number, DeploymentStatus::InProgress, out);
        self.started = out.now();
        if self.asked.blue_green.is_none() {
            self.target(Run::is_to_be_updated, cloud, out);
        }
        if !self.is_rollback() && !self.poll_alarms(cloud, out) {
            return;
        }
        out.schedule(self.run_time_limit(), self.timer(Timer::Timeout));
        match self.asked.blue_green {
            Some(blue_green) if !self.is_rollback() => self.provide(blue_green, cloud, out),
            Some(_) => self.go_back(cloud, out),
            None => self.begin_phase(Phase::InPlace, cloud, out),
        }
    }

    /// Whether an instance of the group has its turn in place: all that run, or those alone on which something else was
    /// deployed last (CD-EC2-25).
    pub(super) fn is_to_be_updated(&self, instance: &Instance<'_>) -> bool {
        let is_outdated = || is_outdated(instance, Some(self.revision));
        let is_asked_for = match self.origin {
            Origin::Update => has_missed(instance, self.revision),
            Origin::Asked | Origin::Rollback => !self.asked.updates_outdated_only || is_outdated(),
        };
        instance.is_member && instance.is_running() && is_asked_for
    }

    /// The instances in the order have their turns with what a phase is about.
    pub(super) fn begin_phase(
        &mut self,
        phase: Phase,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) {
        self.phase = phase;
        let server = self.scenario.server().expect("the platform is that of instances");
        let (events, comes_to): (&[InstanceEvent], _) = match phase {
            Phase::InPlace if server.load_balancer.is_some() => {
                (InstanceEvent::ALL, InstanceStatus::Succeeded)
            }
            Phase::InPlace => (&InstanceEvent::IN_PLACE, InstanceStatus::Succeeded),
            Phase::Install => (&InstanceEvent::IN_PLACE, InstanceStatus::Ready),
            Phase::Reroute | Phase::Restore => (&InstanceEvent::ALLOW, InstanceStatus::Succeeded),
            Phase::Deregister | Phase::Withdraw => {
                (&InstanceEvent::BLOCK, InstanceStatus::Succeeded)
            }
        };
        let (deployment, asked, revision) = (self.number, self.asked, self.revision);
        let file_exists_behavior = self.file_exists_behavior(cloud);
        let command =
            Command { deployment, asked, revision, file_exists_behavior, events, comes_to };
        cloud.put_command(command, out);
        self.plan_batches();
        if matches!(phase, Phase::InPlace | Phase::Install) {
            let instances = u16::try_from(self.order.len()).expect("instances are limited");
            let minimum = self.hosts_plan.minimum();
            out.follow(Fact::InstancesTargeted { deployment, instances, minimum });
        }
        self.go_on(cloud, out);
    }

    /// The next batch, the wait after a zone, the next phase, or the end.
    pub(super) fn go_on(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        match self.hosts.next(&self.hosts_plan) {
            Next::Batch(batch) => self.begin_batch(batch, cloud, out),
            Next::Wait(wait) => {
                self.stage = Stage::ZoneWait;
                out.schedule(wait, self.timer(Timer::Schedule));
            }
            Next::Ended(Ending::Succeeded) => self.end_phase(cloud, out),
            Next::Ended(Ending::Failed(code)) => {
                let message = match code {
                    ErrorCode::NoInstances => ErrorMessage::NoInstancesFound,
                    ErrorCode::OverMaxInstances => ErrorMessage::TooManyInstances,
                    ErrorCode::HealthConstraintsInvalid => ErrorMessage::MinimumNotAvailable,
                    _ => ErrorMessage::TooManyInstancesFailed,
                };
                self.fail(code, message, cloud, out);
            }
        }
    }

    /// An instance is done; the batch is a barrier (CD-HH-12).
    pub(super) fn on_instance_ended(
        &mut self,
        instance: InstanceId,
        is_well: bool,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) {
        self.results[instance.index()] =
            if is_well { HostResult::Succeeded } else { HostResult::Failed };
        self.hosts.host_ended(is_well);
        if self.hosts.in_progress() > 0 {
            return;
        }
        match self.stop_requested {
            Some(rolls_back) => self.stop(rolls_back, cloud, out),
            None => self.go_on(cloud, out),
        }
    }
}
