//! The ECS service as the first deployment finds it: its tasks, behind its load balancer if it has one.
//!
//! What the scheduler does with them from then on is in `task_set`. Rules: decision: history, CD-ECS-25, CD-ECS-27, ECS-TASK-20.

use crate::agenda::Outbox;
use crate::aws::call::ServiceStatus;
use crate::aws::id::{TargetGroupId, TaskId, TaskSetId};
use crate::aws::name::{
    HealthStatus, StabilityStatus, TargetHealthState, TaskSetStatus, TaskStatus,
};
use crate::cloud::Cloud;
use crate::cloud::target_group::Target;
use crate::cloud::task::Verdict;
use crate::cloud::task_set::{Scale, TaskSet};
use crate::cloud::wiring::listeners_at_rest;
use crate::engine::time::{SimDuration, SimTime};
use crate::journal::fact::Fact;
use crate::scenario::fault::Role;
use crate::scenario::platform::Ecs;
use crate::scenario::service::RevisionSet;

impl Cloud<'_> {
    /// The service at instant zero, or nothing of it where a workflow is to create it.
    pub(in crate::cloud) fn find_service(&mut self, ecs: &Ecs, out: &mut Outbox<'_>) {
        let scenario = self.scenario;
        let original = scenario.original();
        self.desired_count = ecs.service.desired_count;
        self.grace_period = ecs.service.health_check_grace_period;
        if let Some(load_balancer) = &ecs.load_balancer {
            let groups = load_balancer.target_groups.each_ref();
            self.health_checks = groups.map(|group| (group.health_check, RevisionSet::ALL));
            self.listeners = listeners_at_rest(scenario, load_balancer);
        }
        if scenario.finds_service() {
            self.serve(original, &scenario.original, out);
            self.find_original(original, out);
        } else {
            self.desired_count = 0;
            self.service_status = ServiceStatus::Inactive;
        }
        self.meet(original, out);
    }

    /// The PRIMARY task set as it stands at creation, and the checks of its tasks that may fail.
    fn find_original(&mut self, target_group: TargetGroupId, out: &mut Outbox<'_>) {
        let tasks = self.desired_count;
        let task_set = TaskSetId(0);
        self.task_sets.push(TaskSet {
            id: task_set,
            role: Role::Original,
            revision: &self.scenario.original,
            target_group,
            behind: target_group,
            status: TaskSetStatus::Primary,
            scale: Scale::FULL,
            stability: StabilityStatus::SteadyState,
            computed_desired_count: tasks,
            wanted: 0,
            pending: 0,
            running: tasks,
            healthy: tasks,
            replaced: 0,
            stopping: 0,
            start_failures: 0,
            failed_tasks: 0,
            unresolved: 0,
            has_run: true,
            throttled_until: SimTime::ZERO,
            events_told: Default::default(),
            recomputes: 0,
            deleted: false,
        });
        out.follow(Fact::TaskSetFound { task_set, target_group, tasks });
        let is_worker = self.scenario.is_worker();
        let state = (!is_worker).then_some(TargetHealthState::Healthy);
        let target = Target { state, is_up: true, is_silent: false };
        let count = i32::try_from(tasks).expect("tasks are limited");
        self.target_groups[target_group.index()].count(target, count);
        for _ in 0..tasks {
            let place = self.place_of_new_task(task_set);
            let task = &mut self.tasks[place.0 as usize];
            task.id = TaskId(self.tasks_created);
            self.tasks_created += 1;
            task.status = Some(TaskStatus::Running);
            task.verdict = Verdict::Healthy;
            task.reported = state;
            task.target = state;
            task.answering = true;
            task.health = HealthStatus::Healthy;
            task.serving = [SimTime::ZERO, SimTime::MAX];
            let zone = self.emptiest_zone();
            self.tasks[place.0 as usize].zone = zone;
            self.tasks_by_zone[zone as usize] += 1;
            self.begin_crash(place, out);
            if !is_worker {
                self.begin_target_checks(place, SimDuration::ZERO, out);
            }
            self.begin_container_checks(place, out);
            self.await_running_step(place, out);
        }
    }
}
