//! Amazon ECS: the calls that bring another revision of a service which ECS itself deploys.
//!
//! What follows from them is in `wiring::rolling`. Rules: ECS-SVC-8, ECS-ROLL-5, ECS-CB-5 (docs/semantics/environment.md).

use crate::agenda::Outbox;
use crate::aws::id::{DeploymentNumber, TaskSetId};
use crate::aws::name::TaskSetStatus;
use crate::cloud::Cloud;
use crate::cloud::rolling::RollingUpdate;
use crate::cloud::task_set::Scale;
use crate::scenario::fault::Role;
use crate::scenario::revision::Revision;
use crate::scenario::service_deployment::ServiceDeployment;

impl<'s> Cloud<'s> {
    /// `UpdateService` with a `deploymentConfiguration`: it holds for the service from now on (ECS-SVC-8).
    pub const fn update_deployment_configuration(&mut self, own: &'s ServiceDeployment) {
        self.deployment_configuration = Some(own);
    }

    /// `UpdateService` with another task definition, as a rolling update: the new deployment is PRIMARY at once, and its tasks
    /// take the place of the old ones as the percentages allow. Returns its tasks.
    pub fn update_service_revision(
        &mut self,
        deployment: DeploymentNumber,
        runs: (Role, &'s Revision),
        out: &mut Outbox<'_>,
    ) -> TaskSetId {
        let old = self.primary_task_set();
        let (old, place, live) = (old.id, old.target_group.other(), old.live());
        if self.rolling.is_some() {
            // What an update that succeeded early has not started yet is not started any more (ECS-ROLL-8).
            self.keep_at_most(old, live, |task| !task.is_running(), out);
        }
        let new = TaskSetId(u8::try_from(self.task_sets.len()).expect("task sets are limited"));
        self.rolling = Some(RollingUpdate::begin(new, old));
        let cause = out.cause();
        self.create_task_set(deployment, runs, place, Scale::FULL, out);
        out.because(cause);
        self.update_service_primary_task_set(new, out);
        self.watch_update(out);
        new
    }

    /// The deployment has failed: none of its tasks is started any more (ECS-ROLL-5); what runs stays.
    pub fn fail_update(&mut self, out: &mut Outbox<'_>) {
        let Some(update) = &mut self.rolling else { return };
        update.has_failed = true;
        let new = update.new;
        let running = self.task_sets[new.index()].running;
        self.keep_at_most(new, running, |task| !task.is_running(), out);
    }

    /// The update under way brings back the revision before: all of its tasks have to be healthy.
    pub const fn go_back(&mut self) {
        if let Some(update) = &mut self.rolling {
            update.goes_back = true;
        }
    }

    /// The revision before comes back, with what is left of its tasks (ECS-CB-5). Returns those, if there are any.
    pub fn turn_update_back(&mut self, out: &mut Outbox<'_>) -> Option<TaskSetId> {
        let RollingUpdate { new: failed, old, .. } = self.rolling?;
        if self.task_sets[old.index()].status == TaskSetStatus::Draining {
            // It has gone before the update was over (ECS-ROLL-8).
            self.fail_update(out);
            return None;
        }
        self.rolling = Some(RollingUpdate::begin(old, failed));
        let set = &mut self.task_sets[old.index()];
        set.failed_tasks = 0;
        self.update_service_primary_task_set(old, out);
        self.follow_desired_count(old, out);
        let running = self.task_sets[failed.index()].running;
        self.keep_at_most(failed, running, |task| !task.is_running(), out);
        self.watch_update(out);
        Some(old)
    }
}
