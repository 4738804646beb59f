//! Blue/green on instances: a replacement is found or launched, and takes the traffic over.
//!
//! | phase | on | in batches | then |
//! |---|---|---|---|
//! | Install | the replacement | by the configuration | the ready wait, or Reroute |
//! | Reroute | those of it that are ready | by the configuration | Deregister |
//! | Deregister | the original | all at once | the termination wait, or the end |
//! | Restore | the original, if it was to leave | all at once | Withdraw |
//! | Withdraw | those of the replacement that serve | all at once | the rollback succeeds |
//!
//! The last two are those of a rollback. Rules: CD-EC2-2, CD-EC2-20, CD-EC2-21, CD-EC2-23, CD-EC2-24, CD-HH-15, CD-ECS-60 to
//! CD-ECS-65, CD-ECS-73, CD-RB-7, U-38, U-39 (docs/semantics/codedeploy.md).

use super::turn::id_in;
use super::{Phase, Run, Stage};
use crate::agenda::Outbox;
use crate::agenda::event::Timer;
use crate::aws::call::{ApiException, DeploymentWaitType};
use crate::aws::deployment_group::{GreenFleetProvisioningAction, InstanceAction};
use crate::aws::id::InstanceId;
use crate::aws::instance::LifecycleState;
use crate::aws::message::ErrorMessage;
use crate::aws::name::{DeploymentStatus, ErrorCode};
use crate::cloud::Cloud;
use crate::cloud::instance::Instance;
use crate::deploy::deployment_group::set_status;
use crate::engine::time::SimDuration;
use crate::journal::fact::Fact;
use crate::scenario::hosts::HostResult;
use crate::scenario::server::{InstanceBlueGreen, Standing};

impl<'s> Run<'s> {
    /// The replacement is discovered, and is there, or copied, and has to be launched: as many instances as the original has
    /// (CD-EC2-20). One of another size counts as none (CD-EC2-2).
    pub(super) fn provide(
        &mut self,
        InstanceBlueGreen { provisioning: action, .. }: InstanceBlueGreen,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) {
        let originals = count(cloud, is_original);
        match action {
            GreenFleetProvisioningAction::DiscoverExisting => {
                self.target(|_, instance| is_beside(instance), cloud, out);
            }
            GreenFleetProvisioningAction::CopyAutoScalingGroup => {
                let is_copy = |_: &Run<'s>, instance: &Instance<'s>| {
                    instance.standing == Standing::NotLaunched && instance.state.is_none()
                };
                self.target(is_copy, cloud, out);
                // Those that were never launched are alike, and the first of them is as good as any.
                self.targets.sort_unstable_by_key(|id| id.0);
                self.targets.truncate(originals);
            }
        }
        let [instances, original] = [self.targets.len(), originals]
            .map(|count| u16::try_from(count).expect("instances are limited"));
        let deployment = self.number;
        out.follow(Fact::ReplacementInstancesFound { deployment, instances, original, action });
        if instances != original || instances == 0 {
            let message = ErrorMessage::NoInstancesFound;
            return self.fail(ErrorCode::NoInstances, message, cloud, out);
        }
        match action {
            GreenFleetProvisioningAction::DiscoverExisting => {
                self.begin_phase(Phase::Install, cloud, out);
            }
            GreenFleetProvisioningAction::CopyAutoScalingGroup => {
                self.stage = Stage::Launching;
                for &id in &self.targets {
                    cloud.run_instance(id, out);
                }
            }
        }
    }

    /// One more instance runs; once all of the replacement do, the revision comes to them.
    pub(super) fn on_instance_runs(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        if !self.targets.iter().all(|id| cloud.instances().all[id.index()].is_running()) {
            return;
        }
        let targets = std::mem::take(&mut self.targets);
        self.put_in_order(|_, instance| is_beside(instance), cloud, out);
        // What an earlier deployment has left behind is no part of it.
        self.order.retain(|key| targets.binary_search(&id_in(*key)).is_ok());
        self.targets = targets;
        self.begin_phase(Phase::Install, cloud, out);
    }

    /// All instances have had their turn, and enough of them have done well.
    pub(super) fn end_phase(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        match self.phase {
            Phase::InPlace => self.succeed(cloud, out),
            Phase::Install => self.await_rerouting(cloud, out),
            Phase::Reroute => self.deregister_original(cloud, out),
            Phase::Deregister if self.hosts.failed() > 0 => {
                // One failing deregistration fails the deployment (CD-HH-15).
                let message = ErrorMessage::TooManyInstancesFailed;
                self.fail(ErrorCode::HealthConstraints, message, cloud, out);
            }
            Phase::Deregister => self.await_termination(cloud, out),
            Phase::Restore => self.withdraw(cloud, out),
            Phase::Withdraw => self.close(DeploymentStatus::Succeeded, cloud, out),
        }
    }

    /// The replacement is ready: traffic moves at once, or when somebody says so (CD-ECS-60, CD-ECS-61).
    fn await_rerouting(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        match self.plan.ready_wait {
            None => self.reroute(cloud, out),
            Some(wait) => {
                set_status(self.number, DeploymentStatus::Ready, out);
                self.stage = Stage::ReadyWait;
                out.schedule(wait, self.timer(Timer::Schedule));
            }
        }
    }

    /// Nobody has continued it in time, which is a stop (CD-ECS-65).
    pub(super) fn expire(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        let limit = self.plan.ready_wait.expect("it waits because it was told to").as_millis();
        let minutes = u32::try_from(limit.div_ceil(60_000)).expect("at most two days");
        let error = (ErrorCode::Timeout, ErrorMessage::NotContinued { minutes });
        let rolls_back = self.plan.auto_rollback.on_request;
        self.end(DeploymentStatus::Stopped, error, rolls_back, cloud, out);
    }

    /// `ContinueDeployment`: the wait ends now (CD-ECS-64, CD-ECS-73).
    pub(super) fn on_continue(
        &mut self,
        wait: DeploymentWaitType,
        out: &mut Outbox<'_>,
    ) -> Result<(), ApiException> {
        if self.asked.blue_green.is_none() {
            return Err(ApiException::UnsupportedActionForDeploymentType);
        }
        match (wait, self.stage) {
            (DeploymentWaitType::ReadyWait, Stage::ReadyWait) => {
                set_status(self.number, DeploymentStatus::InProgress, out);
                self.stage = Stage::Continuing;
            }
            (DeploymentWaitType::TerminationWait, Stage::TerminationWait) => {}
            (DeploymentWaitType::ReadyWait, _) => {
                return Err(ApiException::DeploymentIsNotInReadyState);
            }
            (DeploymentWaitType::TerminationWait, _) => {
                return Err(ApiException::InvalidDeploymentStatus);
            }
        }
        out.schedule(SimDuration::ZERO, self.timer(Timer::Schedule));
        Ok(())
    }

    /// What is ready joins the load balancer, as many at once as the configuration lets (CD-HH-15).
    pub(super) fn reroute(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        let results = &self.results;
        self.order.retain(|key| results[id_in(*key).index()] == HostResult::Succeeded);
        self.begin_phase(Phase::Reroute, cloud, out);
    }

    /// The original leaves the load balancer, all of it at once (CD-HH-15).
    fn deregister_original(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        self.has_deregistered = true;
        self.put_in_order(|_, instance| is_original(instance), cloud, out);
        match self.order.is_empty() {
            true => self.await_termination(cloud, out),
            false => self.begin_phase(Phase::Deregister, cloud, out),
        }
    }

    /// The original is kept for a while, in which traffic can come back to it; the deployment is still `InProgress`
    /// (CD-EC2-24). What is kept alive is waited for by nobody (CD-EC2-23).
    fn await_termination(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        let blue_green = self.asked.blue_green.expect("it is a blue/green deployment");
        self.stage = Stage::TerminationWait;
        match blue_green.original {
            InstanceAction::KeepAlive => self.replace_original(cloud, out),
            InstanceAction::Terminate => {
                if !self.plan.termination_wait.is_zero() {
                    out.follow(Fact::TerminationWaitStarted { deployment: self.number });
                }
                out.schedule(self.plan.termination_wait, self.timer(Timer::Schedule));
            }
        }
    }

    /// The wait is over: the original is terminated (CD-EC2-20).
    pub(super) fn terminate_original(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        for id in ids(cloud) {
            if is_original(&cloud.instances().all[id.index()]) {
                cloud.terminate_instance(id, out);
            }
        }
        self.replace_original(cloud, out);
    }

    /// The replacement is the group from now on.
    fn replace_original(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        for id in ids(cloud) {
            cloud.set_member(id, false);
        }
        for &id in &self.targets {
            cloud.set_member(id, true);
        }
        self.succeed(cloud, out);
    }

    // ---- rollback ----------------------------------------------------------------------------------

    /// A rollback brings traffic back to the original, which still runs: all of it joins the load balancer again, if it was to
    /// leave, then the replacement leaves. The replacement goes on running (U-38).
    pub(super) fn go_back(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        let is_out =
            |_: &Run<'_>, instance: &Instance<'_>| is_original(instance) && !instance.serves;
        self.order.clear();
        if self.has_deregistered {
            self.put_in_order(is_out, cloud, out);
        }
        self.targets.clear();
        match self.order.is_empty() {
            true => self.withdraw(cloud, out),
            false => {
                self.targets.extend(self.order.iter().map(|key| id_in(*key)));
                self.begin_phase(Phase::Restore, cloud, out);
            }
        }
    }

    fn withdraw(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        self.put_in_order(|_, instance| is_beside(instance) && instance.serves, cloud, out);
        self.targets.extend(self.order.iter().map(|key| id_in(*key)));
        match self.order.is_empty() {
            true => self.close(DeploymentStatus::Succeeded, cloud, out),
            false => self.begin_phase(Phase::Withdraw, cloud, out),
        }
    }
}

fn is_original(instance: &Instance<'_>) -> bool {
    instance.is_member && instance.is_running()
}

fn is_beside(instance: &Instance<'_>) -> bool {
    let is_of_others = instance.standing == Standing::Elsewhere;
    // What Auto Scaling is about to terminate has left the group, and is no replacement.
    let is_leaving = instance.lifecycle == Some(LifecycleState::TerminatingWait);
    !instance.is_member && !is_of_others && !is_leaving && instance.is_running()
}

fn count(cloud: &Cloud<'_>, is_one: impl Fn(&Instance<'_>) -> bool) -> usize {
    cloud.instances().all.iter().filter(|instance| is_one(instance)).count()
}

fn ids(cloud: &Cloud<'_>) -> impl Iterator<Item = InstanceId> + use<> {
    let count = cloud.instances().all.len();
    (0..u16::try_from(count).expect("instances are limited")).map(InstanceId)
}
