//! Amazon ECS: the calls that CodeDeploy makes (CD-ECS-15), and those about tasks.
//!
//! What a call leads to is in `wiring`; calls about the service as a whole are in `service`.
//! Rules: CD-ECS-30, ECS-EXT-11, ECS-EXT-12, ECS-EXT-21, ECS-EXT-26.

use crate::agenda::Outbox;
use crate::agenda::chance::Purpose;
use crate::agenda::event::Event;
use crate::aws::call::{ApiException, FaultKind};
use crate::aws::id::{DeploymentNumber, TargetGroupId, TaskSetId};
use crate::aws::name::{StabilityStatus, TaskSetStatus};
use crate::cloud::Cloud;
use crate::cloud::task_set::{Scale, TaskSet};
use crate::engine::time::SimDuration;
use crate::journal::fact::Fact;
use crate::scenario::fault::{FAULTS_MAX, Role, Victims};
use crate::scenario::revision::Revision;

/// The number of the draw that picks the tasks to be protected: those below it belong to faults that meet tasks.
const PROTECTION: u32 = (FaultKind::InstanceTermination as usize * FAULTS_MAX) as u32;

impl<'s> Cloud<'s> {
    /// `CreateTaskSet`: ACTIVE and STABILIZING, its tasks wanted at once.
    ///
    /// Rules: CD-ECS-30, ECS-EXT-7, ECS-EXT-16, ECS-EXT-18.
    pub fn create_task_set(
        &mut self,
        deployment: DeploymentNumber,
        (role, revision): (Role, &'s Revision),
        target_group: TargetGroupId,
        scale: Scale,
        out: &mut Outbox<'_>,
    ) -> TaskSetId {
        let id = TaskSetId(u8::try_from(self.task_sets.len()).expect("task sets are limited"));
        let computed_desired_count = scale.computed_desired_count(self.desired_count);
        let behind = target_group;
        let target_group = match (self.abroad, role) {
            (None, _) => behind,
            (Some(_), Role::Original) => self.scenario.original(),
            (Some(_), Role::Replacement) => self.scenario.original().other(),
        };
        self.task_sets.push(TaskSet {
            id,
            role,
            revision,
            target_group,
            behind,
            status: TaskSetStatus::Active,
            scale,
            stability: StabilityStatus::Stabilizing,
            computed_desired_count,
            wanted: 0,
            pending: 0,
            running: 0,
            healthy: 0,
            replaced: 0,
            stopping: 0,
            start_failures: 0,
            failed_tasks: 0,
            unresolved: 0,
            has_run: false,
            throttled_until: out.now(),
            events_told: Default::default(),
            recomputes: 0,
            deleted: false,
        });
        if self.target_groups[target_group.index()].registered.all == 0 {
            self.serve(target_group, revision, out);
        }
        out.follow(Fact::TaskSetCreated {
            task_set: id,
            deployment,
            target_group,
            computed_desired_count,
        });
        self.launch_missing(id, out);
        self.watch(id, out);
        id
    }

    /// `UpdateTaskSet`: another scale, on which the scheduler acts a little later.
    ///
    /// # Errors
    /// If the set drains or is gone. Rules: ECS-EXT-2, ECS-EXT-12, ECS-EXT-26.
    pub fn update_task_set(
        &mut self,
        task_set: TaskSetId,
        scale: Scale,
        out: &mut Outbox<'_>,
    ) -> Result<(), ApiException> {
        self.check_usable(task_set)?;
        self.task_sets[task_set.index()].scale = scale;
        self.follow_desired_count(task_set, out);
        Ok(())
    }

    /// Whether a call may change a task set: one that drains stays as it is, and one that is gone is not found.
    ///
    /// # Errors
    /// If it may not. Rules: ECS-EXT-9, ECS-EXT-23, ECS-EXT-26.
    pub fn check_usable(&self, task_set: TaskSetId) -> Result<(), ApiException> {
        let set = &self.task_sets[task_set.index()];
        match set.status {
            _ if set.deleted => Err(ApiException::TaskSetNotFound),
            TaskSetStatus::Draining => Err(ApiException::InvalidParameter),
            TaskSetStatus::Active | TaskSetStatus::Primary => Ok(()),
        }
    }

    /// Whether `DeleteTaskSet` without `force` is refused: the set is scaled above 0, or PRIMARY (ECS-EXT-24, ECS-EXT-25).
    pub fn needs_force(&self, task_set: TaskSetId) -> bool {
        let set = &self.task_sets[task_set.index()];
        set.scale != Scale::ZERO || set.status == TaskSetStatus::Primary
    }

    /// `UpdateServicePrimaryTaskSet`: the former PRIMARY becomes ACTIVE; no traffic moves.
    ///
    /// Rules: CD-ECS-71, ECS-EXT-21.
    pub fn update_service_primary_task_set(&mut self, task_set: TaskSetId, out: &mut Outbox<'_>) {
        for index in 0..self.task_sets.len() {
            let set = &self.task_sets[index];
            if set.status == TaskSetStatus::Primary && set.id != task_set {
                self.set_task_set_status(set.id, TaskSetStatus::Active, out);
            }
        }
        self.set_task_set_status(task_set, TaskSetStatus::Primary, out);
    }

    /// `DeleteTaskSet` with force: scale 0, DRAINING; its tasks stop when the scheduler has noticed.
    ///
    /// Rules: CD-ECS-70, ECS-EXT-12, ECS-EXT-26.
    pub fn delete_task_set(&mut self, task_set: TaskSetId, out: &mut Outbox<'_>) {
        let set = &mut self.task_sets[task_set.index()];
        set.scale = Scale::ZERO;
        if std::mem::take(&mut set.computed_desired_count) > 0 {
            out.record(Fact::TaskSetScaled { task_set, computed_desired_count: 0 });
        }
        self.set_task_set_status(task_set, TaskSetStatus::Draining, out);
        self.recompute_later(task_set, out);
    }

    /// `UpdateTaskProtection`: no scale-in and no end of their set stops these tasks for so long (ECS-PROT-1).
    pub fn update_task_protection(
        &mut self,
        tasks: Victims,
        expires_in: SimDuration,
        out: &mut Outbox<'_>,
    ) {
        let until = out.now() + expires_in;
        self.for_victims(PROTECTION, tasks, out, |cloud, place, _| {
            cloud.protect(place, until);
        });
    }

    /// The image of a revision is deleted: tasks that run go on, others cannot be started any more (story F41).
    pub fn delete_image(&mut self, candidate: Option<u8>) {
        let scenario = self.scenario;
        let revision = match candidate {
            Some(candidate) => &scenario.candidates[candidate as usize],
            None => &scenario.original,
        };
        self.images_gone.push(&revision.name);
    }

    pub(super) fn recompute_later(&mut self, task_set: TaskSetId, out: &mut Outbox<'_>) {
        let set = &mut self.task_sets[task_set.index()];
        let index = (u64::from(task_set.0) << 16) + set.recomputes;
        set.recomputes += 1;
        let latency = &self.scenario.assumptions.recompute_latency;
        let latency = out.draw(latency, Purpose::Recompute, index, 0);
        out.schedule(latency, Event::TaskSetRecompute(task_set));
    }

    pub(in crate::cloud) fn set_task_set_status(
        &mut self,
        task_set: TaskSetId,
        status: TaskSetStatus,
        out: &mut Outbox<'_>,
    ) {
        let set = &mut self.task_sets[task_set.index()];
        if set.status != status {
            set.status = status;
            out.record(Fact::TaskSetStatusChanged { task_set, status });
        }
    }
}
