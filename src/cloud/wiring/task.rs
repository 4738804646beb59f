//! A task takes its next step, and its set and its target group hear of it.
//!
//! How it comes to run is in `launch`, how it ends in `stop`. Rules: ECS-TASK-1, ECS-TASK-7, ELB-HC-5
//! (docs/semantics/environment.md).

use crate::agenda::Outbox;
use crate::agenda::event::{Event, TaskPlace};
use crate::aws::name::{TargetHealthReason, TargetHealthState, TaskStatus};
use crate::cloud::Cloud;
use crate::engine::time::{SimDuration, SimTime};
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

    #[inline(never)]
    pub(in crate::cloud) fn on_task_step(&mut self, place: TaskPlace, out: &mut Outbox<'_>) {
        if let Some((status, delay)) = self.task(place).next_launch_step() {
            self.launch(place, status, delay, out);
            return;
        }
        match self.task(place).status {
            Some(TaskStatus::Running) if self.task(place).crashes_at <= out.now() => {
                self.end_or_restart(place, out);
            }
            Some(TaskStatus::Running) if self.task(place).target.is_none() => {
                self.register(place, out);
            }
            Some(TaskStatus::Running) => self.come_up(place, out),
            Some(TaskStatus::Deactivating) => self.end_draining(place, out),
            Some(TaskStatus::Stopping) => self.end_containers(place, out),
            Some(TaskStatus::Deprovisioning) => self.end_task(place, out),
            status => unreachable!("a task that is {status:?} has no step"),
        }
    }

    /// The task's target enters its group (ECS-TASK-7, stage S6; ELB-HC-5).
    fn register(&mut self, place: TaskPlace, out: &mut Outbox<'_>) {
        let group = self.group_of(place);
        let revision = self.task_sets[self.task(place).task_set.index()].revision;
        self.serve(group, revision, out);
        let task = self.task_mut(place);
        task.serving = [out.now(), SimTime::MAX];
        task.answering = task.answers_from <= out.now();
        self.await_running_step(place, out);
        if self.is_in_use(self.behind(place)) {
            let reason = TargetHealthReason::InitialHealthChecking;
            self.set_target(place, TargetHealthState::Initial, reason, out);
            self.begin_target_checks(place, self.task(place).stages.first_check, out);
        } else {
            let reason = TargetHealthReason::NotInUse;
            self.set_target(place, TargetHealthState::Unused, reason, out);
        }
    }

    /// The application of a registered task is up.
    fn come_up(&mut self, place: TaskPlace, out: &mut Outbox<'_>) {
        let group = self.group_of(place);
        self.change_target(place, |task| task.answering = true);
        self.meet(group, out);
        self.await_running_step(place, out);
    }

    /// Arms what a RUNNING task does next by itself, if anything.
    pub(in crate::cloud) fn await_running_step(&self, place: TaskPlace, out: &mut Outbox<'_>) {
        let task = self.task(place);
        let has_come_up = task.answering || self.scenario.is_worker();
        let comes_up = if has_come_up { SimTime::MAX } else { task.answers_from };
        let next = comes_up.min(task.crashes_at);
        if next < SimTime::MAX {
            out.schedule_at(next.max(out.now()), Event::TaskStep(place));
        }
    }

    /// The task is gone; its place is free.
    pub(in crate::cloud) fn leave(&mut self, place: TaskPlace) {
        self.task_mut(place).status = Some(TaskStatus::Stopped);
        self.free.push(place);
    }

    pub(in crate::cloud) fn set_task_status(
        &mut self,
        place: TaskPlace,
        status: TaskStatus,
        out: &mut Outbox<'_>,
    ) {
        let task = self.task_mut(place);
        task.status = Some(status);
        out.follow(Fact::TaskStatusChanged { task: task.id, task_set: task.task_set, status });
    }
}
