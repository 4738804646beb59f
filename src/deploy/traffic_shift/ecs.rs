//! What a deployment on Amazon ECS has of its own: task sets, listeners, the termination wait.
//!
//! Whether its task sets are steady is watched in `steadiness`. Rules: CD-SM-4, CD-ECS-20, CD-ECS-25, CD-ECS-27, CD-ECS-30,
//! CD-ECS-31, CD-ECS-70, CD-ECS-71, CD-RB-4 to CD-RB-6, ECS-SVC-1, U-29, U-35, U-36.

use super::run::{Run, Stage, Target};
use crate::agenda::Outbox;
use crate::agenda::event::Timer;
use crate::aws::id::{TargetGroupId, TaskSetId};
use crate::aws::message::ErrorMessage;
use crate::aws::name::{DeploymentStatus, ErrorCode, LifecycleEvent, Listener, TaskSetStatus};
use crate::cloud::task_set::Scale;
use crate::cloud::{Cloud, load_balancer};
use crate::deploy::deployment_group::set_status;
use crate::journal::fact::Fact;
use crate::scenario::Scenario;
use crate::scenario::fault::Role;

/// The task sets of one deployment.
#[derive(Clone, Copy, Debug)]
pub(super) struct TaskSets {
    /// The PRIMARY task set at the start (CD-ECS-25), and its target group.
    pub original: TaskSetId,
    pub original_group: TargetGroupId,
    /// What `Install` creates.
    pub replacement: Option<TaskSetId>,
}

impl TaskSets {
    /// As a deployment finds them.
    pub fn found(cloud: &Cloud<'_>) -> TaskSets {
        let primary = cloud.primary_task_set();
        let (original, original_group) = (primary.id, primary.target_group);
        TaskSets { original, original_group, replacement: None }
    }

    pub const fn replacement_group(&self) -> TargetGroupId {
        self.original_group.other()
    }
}

/// The lifecycle events: all, or those without test traffic (U-29).
pub(super) fn events(scenario: &Scenario) -> &'static [LifecycleEvent] {
    const WITHOUT_TEST_TRAFFIC: [LifecycleEvent; 6] = [
        LifecycleEvent::BeforeInstall,
        LifecycleEvent::Install,
        LifecycleEvent::AfterInstall,
        LifecycleEvent::BeforeAllowTraffic,
        LifecycleEvent::AllowTraffic,
        LifecycleEvent::AfterAllowTraffic,
    ];
    let has_test_events =
        scenario.has_test_listener() || scenario.assumptions.test_events_without_listener;
    if has_test_events { LifecycleEvent::ALL } else { &WITHOUT_TEST_TRAFFIC }
}

impl<'s> Run<'s> {
    /// # Panics
    /// On Lambda, which has none.
    pub(super) fn task_sets(&self) -> TaskSets {
        match self.target {
            Target::Ecs(sets) => sets,
            Target::Lambda(versions) => unreachable!("{versions:?} have no task sets"),
        }
    }

    /// What `Install` has created; on Lambda nothing is.
    pub(super) fn replacement(&self) -> Option<TaskSetId> {
        match self.target {
            Target::Ecs(sets) => sets.replacement,
            Target::Lambda(_) => None,
        }
    }

    fn task_sets_mut(&mut self) -> &mut TaskSets {
        match &mut self.target {
            Target::Ecs(sets) => sets,
            Target::Lambda(versions) => unreachable!("{versions:?} have no task sets"),
        }
    }

    /// Production traffic must go to the PRIMARY task set; else the deployment fails (CD-ECS-20). Returns whether it does.
    pub(super) fn check_listener(
        &mut self,
        sets: TaskSets,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) -> bool {
        let production = cloud.listener(Listener::Production);
        let is_behind = production.weights[sets.original_group.index()] > 0;
        if !is_behind {
            let code = ErrorCode::ElasticLoadBalancingInvalid;
            self.fail(code, ErrorMessage::PrimaryNotBehindListener, cloud, out);
        }
        is_behind
    }

    /// Creates the replacement task set on the other target group (CD-ECS-25, CD-ECS-30) and waits for it to be
    /// steady, an hour at most (CD-ECS-31). What an earlier deployment left behind makes room for it (U-35).
    pub(super) fn install(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        self.stage = Stage::Installing;
        out.schedule(self.scenario.assumptions.install_timeout, self.timer(Timer::Timeout));
        let cause = out.cause();
        for index in 0..cloud.task_sets().len() {
            let set = &cloud.task_sets()[index];
            if set.status == TaskSetStatus::Active {
                cloud.delete_task_set(set.id, out);
                out.because(cause);
            }
        }
        if let Some(refusal) = cloud.task_set_refusal() {
            return self.fail(ErrorCode::EcsUpdateError, refusal, cloud, out);
        }
        if self.scenario.attaches_idle_target_group(self.plan) {
            let weights = cloud.listener(Listener::Production).weights;
            cloud.modify_listener(Listener::Production, weights, [true; 2], out);
        }
        let revision = &self.scenario.candidates[self.candidate as usize];
        let group = self.task_sets().replacement_group();
        let replacement = cloud.create_task_set(
            self.number,
            (Role::Replacement, revision),
            group,
            Scale::FULL,
            out,
        );
        self.task_sets_mut().replacement = Some(replacement);
    }

    pub(super) fn update_test_listener(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        if self.scenario.has_test_listener() {
            if cloud.refuses_listener_update() {
                return self.fail_listener_update(cloud, out);
            }
            let group = self.task_sets().replacement_group();
            forward_all(Listener::Test, group, cloud, out);
        }
        self.succeed_event(out);
    }

    /// So many percent of production traffic to the replacement (CD-ECS-27).
    pub(super) fn shift_listener(
        &self,
        sets: TaskSets,
        percent: u8,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) {
        let group = sets.replacement_group();
        if self.plan.traffic_routing.is_gradual() {
            let weights = load_balancer::split(group, percent);
            cloud.modify_listener(Listener::Production, weights, [true; 2], out);
        } else {
            forward_all(Listener::Production, group, cloud, out);
        }
    }

    /// All traffic has moved (CD-ECS-71).
    pub(super) fn promote_replacement(
        &self,
        sets: TaskSets,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) {
        let replacement = sets.replacement.expect("traffic moves to what was installed");
        cloud.update_service_primary_task_set(replacement, out);
        out.cancel(self.timer(Timer::Unsteady));
    }

    /// All events have succeeded; the deployment is still `InProgress` (CD-SM-4, CD-ECS-70). Nothing scales
    /// against the clock any more (CD-ECS-40).
    pub(super) fn begin_termination_wait(&mut self, out: &mut Outbox<'_>) {
        self.stage = Stage::TerminationWait;
        out.cancel(self.timer(Timer::Scaling));
        if !self.plan.termination_wait.is_zero() {
            out.follow(Fact::TerminationWaitStarted { deployment: self.number });
        }
        self.schedule(self.plan.termination_wait, out);
    }

    /// The wait is over: the deployment succeeds at this instant and does not wait for the original's tasks to
    /// stop (CD-SM-4, CD-ECS-70).
    pub(super) fn terminate_original(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        cloud.delete_task_set(self.task_sets().original, out);
        out.cancel(self.timer(Timer::AlarmPoll));
        set_status(self.number, DeploymentStatus::Succeeded, out);
        self.stage = Stage::Over;
    }

    /// The service was deleted: no call to ECS is answered any more, and no rollback can succeed (ECS-SVC-1, U-36).
    pub(super) fn lose_service(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        let (code, message) = (ErrorCode::EcsUpdateError, ErrorMessage::ServiceNotActive);
        self.fail(code, message, cloud, out);
    }

    /// Elastic Load Balancing has refused to change a listener (2.4, U-7).
    pub(super) fn fail_listener_update(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        let code = ErrorCode::ElasticLoadBalancingInvalid;
        self.fail(code, ErrorMessage::ElbRefused, cloud, out);
    }

    /// Puts back what was: production listener, test listener, PRIMARY; the replacement drains (CD-RB-4 to
    /// CD-RB-6). Returns whether that was possible.
    pub(super) fn restore_service(
        &mut self,
        sets: TaskSets,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) -> bool {
        if !cloud.is_service_active() {
            self.lose_service(cloud, out);
            return false;
        }
        if cloud.refuses_listener_update() && has_moved_traffic(sets, cloud) {
            let (code, message) =
                (ErrorCode::ElasticLoadBalancingInvalid, ErrorMessage::ElbRefused);
            self.end(DeploymentStatus::Failed, code, message, false, cloud, out);
            return false;
        }
        let group = sets.original_group;
        if self.scenario.attaches_idle_target_group(self.plan) {
            let weights = load_balancer::all_to(group);
            cloud.modify_listener(Listener::Production, weights, [true; 2], out);
        } else {
            forward_all(Listener::Production, group, cloud, out);
        }
        if self.scenario.has_test_listener() {
            forward_all(Listener::Test, group, cloud, out);
        }
        cloud.update_service_primary_task_set(sets.original, out);
        if let Some(replacement) = sets.replacement {
            cloud.delete_task_set(replacement, out);
        }
        true
    }
}

/// Whether a listener does not forward everything to the original any more.
fn has_moved_traffic(sets: TaskSets, cloud: &Cloud<'_>) -> bool {
    let other = sets.replacement_group().index();
    let moved = |listener| cloud.listener(listener).weights[other] > 0;
    moved(Listener::Production) || moved(Listener::Test)
}

/// A listener forwards everything to one group and names no other.
fn forward_all(
    listener: Listener,
    group: TargetGroupId,
    cloud: &mut Cloud<'_>,
    out: &mut Outbox<'_>,
) {
    let (weights, names) = (load_balancer::all_to(group), load_balancer::only(group));
    cloud.modify_listener(listener, weights, names, out);
}
