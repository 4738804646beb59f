//! Amazon ECS: the calls about the service as a whole: another desired count, its end.
//!
//! Not those about one task set (`ecs`). Rules: CD-ECS-32, ECS-EXT-8, ECS-EXT-12, ECS-SVC-1.

use crate::agenda::Outbox;
use crate::aws::call::{ApiException, ServiceStatus};
use crate::aws::id::TaskSetId;
use crate::aws::message::ErrorMessage;
use crate::aws::name::TaskSetStatus;
use crate::cloud::Cloud;
use crate::cloud::task_set::TaskSet;
use crate::engine::time::SimDuration;
use crate::journal::fact::Fact;

impl Cloud<'_> {
    /// `CreateService` of an EXTERNAL controller: ACTIVE, without a task set or a task.
    ///
    /// # Errors
    /// If a service of this name is ACTIVE or drains. Rules: ECS-EXT-2, ECS-EXT-6, ECS-SVC-1.
    pub fn create_service(
        &mut self,
        desired_count: u32,
        out: &mut Outbox<'_>,
    ) -> Result<(), ApiException> {
        if self.service_status != ServiceStatus::Inactive {
            return Err(ApiException::InvalidParameter);
        }
        self.set_service_status(ServiceStatus::Active, out);
        self.set_desired_count(desired_count, out);
        Ok(())
    }

    /// `UpdateService`; what is not given stays. With another desired count every set that does not drain wants another number
    /// of tasks from now on, and the scheduler acts on it a little later. Another grace period holds for all tasks of all sets
    /// at once, those that are unhealthy within the old one included.
    ///
    /// # Errors
    /// If the service was deleted, or if it gets a grace period and has no PRIMARY task set, whose load balancer it would be for.
    /// Rules: CD-ECS-32, CD-EXT-2, ECS-EXT-5, ECS-EXT-12, ECS-SVC-1.
    pub fn update_service(
        &mut self,
        desired_count: Option<u32>,
        grace_period: Option<SimDuration>,
        out: &mut Outbox<'_>,
    ) -> Result<(), ApiException> {
        if !self.is_service_active() {
            return Err(ApiException::ServiceNotActive);
        }
        let is_primary = |set: &TaskSet<'_>| set.status == TaskSetStatus::Primary && !set.deleted;
        if grace_period.is_some() && !self.task_sets.iter().any(is_primary) {
            return Err(ApiException::InvalidParameter);
        }
        if let Some(grace_period) = grace_period {
            self.grace_period = grace_period;
            self.follow_grace_period(out);
        }
        if let Some(desired_count) = desired_count {
            self.set_desired_count(desired_count, out);
        }
        Ok(())
    }

    /// The service wants so many tasks, whoever said so.
    pub(in crate::cloud) fn set_desired_count(&mut self, desired_count: u32, out: &mut Outbox<'_>) {
        if desired_count != self.desired_count {
            let before = std::mem::replace(&mut self.desired_count, desired_count);
            out.follow(Fact::ServiceDesiredCountUpdated { desired_count });
            self.scale_task_sets(out);
            self.grow_old(before, out);
        }
    }

    /// `DeleteService`: DRAINING at once; all its tasks stop when the scheduler has noticed, and no task set is
    /// created any more. A service that drains already stays so.
    ///
    /// # Errors
    /// If it is scaled above 0 and `force` is not given, or if nothing is left of it. Rule: ECS-SVC-1.
    pub fn delete_service(
        &mut self,
        force: bool,
        out: &mut Outbox<'_>,
    ) -> Result<(), ApiException> {
        let is_scaled = |cloud: &Self| {
            let mut sets = cloud.task_sets.iter();
            cloud.desired_count > 0 || sets.any(|set| set.computed_desired_count > 0)
        };
        match self.service_status {
            ServiceStatus::Inactive => return Err(ApiException::ServiceNotFound),
            ServiceStatus::Draining => return Ok(()),
            ServiceStatus::Active if !force && is_scaled(self) => {
                return Err(ApiException::InvalidParameter);
            }
            ServiceStatus::Active => {}
        }
        self.set_service_status(ServiceStatus::Draining, out);
        self.desired_count = 0;
        self.rolling = None;
        self.scale_task_sets(out);
        // Who owns the service alone has made its primary too; other controllers describe it to the end.
        let takes_primary = self.scenario.workflow().is_some();
        for index in 0..self.task_sets.len() {
            let set = &self.task_sets[index];
            let is_primary = set.status == TaskSetStatus::Primary;
            if set.status == TaskSetStatus::Active || is_primary && takes_primary {
                let id = set.id;
                self.set_task_set_status(id, TaskSetStatus::Draining, out);
                self.recompute_later(id, out);
            }
        }
        self.retire_service(out);
        Ok(())
    }

    /// How many tasks the service wants.
    pub const fn desired_count(&self) -> u32 {
        self.desired_count
    }

    /// Whether the service is there and was not deleted.
    pub fn is_service_active(&self) -> bool {
        self.service_status == ServiceStatus::Active
    }

    /// A service that was deleted is INACTIVE once all its tasks stop or have stopped (ECS-SVC-1).
    pub(in crate::cloud) fn retire_service(&mut self, out: &mut Outbox<'_>) {
        let is_over = |cloud: &Self| cloud.tasks().all(|task| task.stopping);
        if self.service_status == ServiceStatus::Draining && is_over(self) {
            self.set_service_status(ServiceStatus::Inactive, out);
        }
    }

    /// Why ECS would not create one more task set now, if so: there are five at most, those that drain included
    /// (ECS-EXT-8), or it refuses on purpose.
    pub fn task_set_refusal(&self) -> Option<ErrorMessage> {
        const TASK_SETS_MAX: usize = 5;
        let there = self.task_sets.iter().filter(|set| !set.deleted).count();
        let is_full = (there >= TASK_SETS_MAX).then_some(ErrorMessage::TooManyTaskSets);
        is_full.or(self.faults.refuses_task_set.then_some(ErrorMessage::EcsRefused))
    }

    /// Every set that does not drain follows the desired count.
    fn scale_task_sets(&mut self, out: &mut Outbox<'_>) {
        for index in 0..self.task_sets.len() {
            let set = &self.task_sets[index];
            let is_replaced = self.rolling.is_some_and(|update| update.old == set.id);
            if set.status != TaskSetStatus::Draining && !is_replaced {
                self.follow_desired_count(set.id, out);
            }
        }
    }

    /// A set has as many tasks to run as its scale and the desired count say; the scheduler acts on it a little later if
    /// that is another number.
    pub(super) fn follow_desired_count(&mut self, task_set: TaskSetId, out: &mut Outbox<'_>) {
        let set = &mut self.task_sets[task_set.index()];
        let computed_desired_count = set.scale.computed_desired_count(self.desired_count);
        if computed_desired_count != set.computed_desired_count {
            set.computed_desired_count = computed_desired_count;
            out.record(Fact::TaskSetScaled { task_set, computed_desired_count });
            self.watch(task_set, out);
            self.recompute_later(task_set, out);
        }
    }

    fn set_service_status(&mut self, status: ServiceStatus, out: &mut Outbox<'_>) {
        self.service_status = status;
        out.follow(Fact::ServiceStatusChanged { status });
    }
}
