//! A task is launched and stopped, and its set and its target group with it.
//!
//! Rules: ECS-TASK-1, ECS-TASK-2, ECS-TASK-18, ECS-TASK-19, ECS-TASK-23, ELB-DR-1
//! (docs/semantics/environment.md).

use crate::agenda::Outbox;
use crate::agenda::chance::Purpose;
use crate::agenda::event::{Event, TaskPlace};
use crate::aws::id::TaskId;
use crate::aws::name::{StopCode, TargetHealthReason, TargetHealthState, TaskStatus};
use crate::cloud::Cloud;
use crate::cloud::task::Verdict;
use crate::engine::time::SimDuration;
use crate::journal::fact::Fact;

impl Cloud<'_> {
    /// The task's next step after a delay; a step that takes no time is taken at once.
    pub(in crate::cloud) fn step_after(
        &mut self,
        delay: SimDuration,
        place: TaskPlace,
        out: &mut Outbox<'_>,
    ) {
        if delay.is_zero() {
            self.on_task_step(place, out);
        } else {
            out.schedule(delay, Event::TaskStep(place));
        }
    }

    pub(in crate::cloud) fn on_task_step(&mut self, place: TaskPlace, out: &mut Outbox<'_>) {
        if let Some((status, delay)) = self.task(place).next_launch_step() {
            self.launch(place, status, out);
            self.step_after(delay, place, out);
            return;
        }
        match self.task(place).status {
            Some(TaskStatus::Running) if self.task(place).target.is_none() => {
                self.register(place, out)
            }
            Some(TaskStatus::Running) => self.begin_to_answer(place, out),
            Some(TaskStatus::Deactivating) => self.end_draining(place, out),
            Some(TaskStatus::Stopping) => {
                let latency = self.stop_latency(place, 1, out);
                self.set_task_status(place, TaskStatus::Deprovisioning, out);
                self.step_after(latency, place, out);
            }
            Some(TaskStatus::Deprovisioning) => self.end_task(place, out),
            status => unreachable!("a task that is {status:?} has no step"),
        }
    }

    /// Enters a status of the launch and keeps the counts of its set (ECS-TASK-1, ECS-TASK-23).
    fn launch(&mut self, place: TaskPlace, status: TaskStatus, out: &mut Outbox<'_>) {
        let task_set = self.task(place).task_set;
        if status == TaskStatus::Provisioning {
            self.task_mut(place).id = TaskId(self.tasks_created);
            self.tasks_created += 1;
        }
        self.set_task_status(place, status, out);
        let set = &mut self.task_sets[task_set.index()];
        match status {
            TaskStatus::Provisioning => {
                set.wanted -= 1;
                set.pending += 1;
            }
            TaskStatus::Running => {
                set.pending -= 1;
                set.running += 1;
                let boot = self.task(place).stages.boot;
                let task = self.task_mut(place);
                task.running_since = out.now();
                task.answers_from = out.now() + boot;
                self.begin_container_checks(place, out);
                self.update_verdict(place, out);
                self.watch(task_set, out);
            }
            _ => {}
        }
    }

    /// The task's target enters its group (ECS-TASK-7, stage S6; ELB-HC-5).
    fn register(&mut self, place: TaskPlace, out: &mut Outbox<'_>) {
        let group = self.group_of(place);
        let revision = self.task_sets[self.task(place).task_set.index()].revision;
        self.serve(group, revision, out);
        if self.task(place).answers_from > out.now() {
            out.schedule_at(self.task(place).answers_from, Event::TaskStep(place));
        } else {
            self.task_mut(place).answering = true;
        }
        if self.is_in_use(group) {
            let reason = TargetHealthReason::InitialHealthChecking;
            self.set_target(place, TargetHealthState::Initial, reason, out);
            self.begin_target_checks(place, self.task(place).stages.first_check, out);
        } else {
            let reason = TargetHealthReason::NotInUse;
            self.set_target(place, TargetHealthState::Unused, reason, out);
        }
    }

    /// The application of a registered task is up.
    fn begin_to_answer(&mut self, place: TaskPlace, out: &mut Outbox<'_>) {
        let group = self.group_of(place);
        self.task_mut(place).answering = true;
        self.target_groups[group.index()].answering += 1;
        self.meet(group, out);
    }

    /// Stops a task: its target drains first, then SIGTERM (ECS-TASK-18); one that does not run yet is cut
    /// short (ECS-TASK-2).
    pub(in crate::cloud) fn stop_task(
        &mut self,
        place: TaskPlace,
        unhealthy: bool,
        out: &mut Outbox<'_>,
    ) {
        for event in [
            Event::TaskStep(place),
            Event::TargetCheck(place),
            Event::ContainerCheck(place),
            Event::TaskVerdict(place),
        ] {
            out.cancel(event);
        }
        let task = self.task_mut(place);
        task.stopping = true;
        let was_replaced = std::mem::take(&mut task.replaced);
        let (task_id, task_set, status) = (task.id, task.task_set, task.status);
        let was_healthy =
            std::mem::replace(&mut task.verdict, Verdict::Unknown) == Verdict::Healthy;
        let set = &mut self.task_sets[task_set.index()];
        match status {
            None => set.wanted -= 1,
            Some(TaskStatus::Running) => {
                set.running -= 1;
                set.healthy -= u32::from(was_healthy);
            }
            Some(_) => set.pending -= 1,
        }
        set.replaced -= u32::from(was_replaced);
        set.stopping += u32::from(status.is_some());
        self.watch(task_set, out);
        let Some(status) = status else {
            self.leave(place);
            return;
        };
        let before = out.cause();
        let code = StopCode::ServiceSchedulerInitiated;
        out.follow(Fact::TaskStopRequested { task: task_id, task_set, code, unhealthy });
        if self.task(place).target.is_some() {
            self.begin_draining(place, out);
        } else if status == TaskStatus::Running {
            self.terminate(place, out);
        } else {
            let latency = self.stop_latency(place, 1, out);
            self.set_task_status(place, TaskStatus::Deprovisioning, out);
            self.step_after(latency, place, out);
        }
        out.because(before);
    }

    fn begin_draining(&mut self, place: TaskPlace, out: &mut Outbox<'_>) {
        let group = self.group_of(place);
        self.set_task_status(place, TaskStatus::Deactivating, out);
        let reason = TargetHealthReason::DeregistrationInProgress;
        self.set_target(place, TargetHealthState::Draining, reason, out);
        let group = &self.scenario.load_balancer.target_groups[group.index()];
        self.step_after(group.deregistration_delay, place, out);
    }

    /// The full delay is over, also for an idle target (ECS-TASK-18, ELB-DR-1).
    fn end_draining(&mut self, place: TaskPlace, out: &mut Outbox<'_>) {
        let reason = TargetHealthReason::NotRegistered;
        self.set_target(place, TargetHealthState::Unused, reason, out);
        self.task_mut(place).target = None;
        self.terminate(place, out);
    }

    /// SIGTERM; SIGKILL at `stopTimeout` (ECS-TASK-18, ECS-TASK-19).
    fn terminate(&mut self, place: TaskPlace, out: &mut Outbox<'_>) {
        let shutdown = self.stop_latency(place, 0, out).min(self.scenario.service.stop_timeout);
        self.set_task_status(place, TaskStatus::Stopping, out);
        self.step_after(shutdown, place, out);
    }

    /// How long the application takes to end (0), or the network interface to go (1).
    fn stop_latency(&self, place: TaskPlace, stage: u32, out: &mut Outbox<'_>) -> SimDuration {
        let assumptions = &self.scenario.assumptions;
        let latency = [&assumptions.shutdown, &assumptions.deprovision][stage as usize];
        let purpose = self.role_of(place).purpose(Purpose::OriginalStop, Purpose::ReplacementStop);
        out.draw(latency, purpose, self.task(place).ordinal, stage)
    }

    fn end_task(&mut self, place: TaskPlace, out: &mut Outbox<'_>) {
        let task_set = self.task(place).task_set;
        self.set_task_status(place, TaskStatus::Stopped, out);
        self.task_sets[task_set.index()].stopping -= 1;
        self.leave(place);
        self.delete_if_empty(task_set, out);
    }

    /// The task is gone; its place is free.
    pub(in crate::cloud) fn leave(&mut self, place: TaskPlace) {
        self.task_mut(place).status = Some(TaskStatus::Stopped);
        self.free.push(place);
    }

    fn set_task_status(&mut self, place: TaskPlace, status: TaskStatus, out: &mut Outbox<'_>) {
        let task = self.task_mut(place);
        task.status = Some(status);
        out.follow(Fact::TaskStatusChanged { task: task.id, task_set: task.task_set, status });
    }
}
