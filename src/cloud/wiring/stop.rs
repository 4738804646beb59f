//! A task ends: told to, by itself, or because what it ran on is taken away.
//!
//! Rules: ECS-TASK-2, ECS-TASK-12, ECS-TASK-18 to ECS-TASK-22, ELB-DR-1, ELB-DR-2
//! (docs/semantics/environment.md).

use crate::agenda::Outbox;
use crate::agenda::chance::Purpose;
use crate::agenda::event::{Event, TaskPlace};
use crate::aws::name::{StopCode, TargetHealthReason, TargetHealthState, TaskStatus};
use crate::cloud::Cloud;
use crate::cloud::task::{Verdict, purpose_of};
use crate::engine::time::SimDuration;
use crate::journal::fact::Fact;

/// Spot gives a task so long after its notice (ECS-TASK-22).
const SPOT_NOTICE: SimDuration = SimDuration::from_secs(120);

impl Cloud<'_> {
    /// Stops a task: its target drains first, then SIGTERM (ECS-TASK-18); one that does not run yet is cut
    /// short (ECS-TASK-2).
    pub(in crate::cloud) fn stop_task(
        &mut self,
        place: TaskPlace,
        unhealthy: bool,
        out: &mut Outbox<'_>,
    ) {
        let code = StopCode::ServiceSchedulerInitiated;
        match self.task(place).status {
            Some(TaskStatus::Running) => {
                let before = out.cause();
                self.begin_stop(place, code, unhealthy, out);
                let lag = &self.scenario.assumptions.deregister_lag;
                if self.task(place).target.is_none() {
                    self.terminate(place, self.scenario.service().stop_timeout, out);
                } else if lag.is_zero() {
                    self.begin_draining(place, out);
                } else {
                    let lag = self.stop_latency(place, Stop::DeregisterLag, out);
                    self.deregister_after(lag, place, out);
                    self.terminate(place, self.scenario.service().stop_timeout, out);
                }
                out.because(before);
            }
            Some(_) => {
                let before = out.cause();
                self.cut_short(place, code, out);
                out.because(before);
            }
            None => {
                out.cancel_all_of(place);
                let task = self.task_mut(place);
                task.stopping = true;
                let task_set = task.task_set;
                self.task_sets[task_set.index()].wanted -= 1;
                self.watch(task_set, out);
                self.leave(place);
            }
        }
    }

    /// The containers of a RUNNING task end by themselves (ECS-TASK-12): requests that are open there are cut off,
    /// and new ones still come until ECS has deregistered the target (ECS-TASK-21).
    pub(in crate::cloud) fn crash(
        &mut self,
        place: TaskPlace,
        code: StopCode,
        is_silent: bool,
        out: &mut Outbox<'_>,
    ) {
        let before = out.cause();
        let task_set = self.task(place).task_set;
        self.begin_stop(place, code, false, out);
        if self.task(place).target.is_some() {
            let latency = self.stop_latency(place, Stop::CrashDeregister, out);
            self.change_target(place, |task| task.is_silent = is_silent);
            self.deregister_after(latency, place, out);
        }
        self.end_containers(place, out);
        self.launch_missing(task_set, out);
        out.because(before);
    }

    /// Spot's notice: SIGTERM at once, the target drains, SIGKILL after two minutes at most (ECS-TASK-22).
    pub(in crate::cloud) fn interrupt(&mut self, place: TaskPlace, out: &mut Outbox<'_>) {
        let before = out.cause();
        let task_set = self.task(place).task_set;
        self.begin_stop(place, StopCode::SpotInterruption, false, out);
        if self.task(place).target.is_some() {
            self.deregister_after(SimDuration::ZERO, place, out);
        }
        let limit = self.scenario.service().stop_timeout.min(SPOT_NOTICE);
        self.terminate(place, limit, out);
        self.launch_missing(task_set, out);
        out.because(before);
    }

    /// A task that does not run yet ends (ECS-TASK-2).
    pub(in crate::cloud) fn cut_short(
        &mut self,
        place: TaskPlace,
        code: StopCode,
        out: &mut Outbox<'_>,
    ) {
        out.cancel_all_of(place);
        let task = self.task_mut(place);
        task.stopping = true;
        let (id, task_set, zone) = (task.id, task.task_set, task.zone);
        self.tasks_by_zone[zone as usize] -= 1;
        let set = &mut self.task_sets[task_set.index()];
        set.pending -= 1;
        set.stopping += 1;
        self.watch(task_set, out);
        out.follow(Fact::TaskStopRequested { task: id, task_set, code, unhealthy: false });
        self.deprovision(place, out);
    }

    /// The desired status of a RUNNING task becomes STOPPED.
    fn begin_stop(
        &mut self,
        place: TaskPlace,
        code: StopCode,
        unhealthy: bool,
        out: &mut Outbox<'_>,
    ) {
        out.cancel_all_of(place);
        let task = self.task_mut(place);
        task.stopping = true;
        let was_replaced = std::mem::take(&mut task.replaced);
        let was_healthy =
            std::mem::replace(&mut task.verdict, Verdict::Unknown) == Verdict::Healthy;
        let (id, task_set, zone) = (task.id, task.task_set, task.zone);
        self.tasks_by_zone[zone as usize] -= 1;
        let set = &mut self.task_sets[task_set.index()];
        set.running -= 1;
        set.healthy -= u32::from(was_healthy);
        set.replaced -= u32::from(was_replaced);
        set.stopping += 1;
        self.count_running(task_set.index(), out);
        self.watch(task_set, out);
        out.follow(Fact::TaskStopRequested { task: id, task_set, code, unhealthy });
        if was_healthy {
            let cause = out.cause();
            self.tell_counted(place, false, out);
            out.because(cause);
        }
    }

    fn begin_draining(&mut self, place: TaskPlace, out: &mut Outbox<'_>) {
        self.set_task_status(place, TaskStatus::Deactivating, out);
        let delay = self.deregister(place, out);
        self.step_after(delay, place, out);
    }

    /// The target gets no new request from now on (ECS-TASK-18); returns its deregistration delay.
    fn deregister(&mut self, place: TaskPlace, out: &mut Outbox<'_>) -> SimDuration {
        let group = self.behind(place);
        self.task_mut(place).serving[1] = out.now();
        let reason = TargetHealthReason::DeregistrationInProgress;
        self.set_target(place, TargetHealthState::Draining, reason, out);
        self.scenario.balancer().target_groups[group.index()].deregistration_delay
    }

    /// The full delay is over, also for an idle target (ECS-TASK-18, ELB-DR-1).
    pub(in crate::cloud) fn end_draining(&mut self, place: TaskPlace, out: &mut Outbox<'_>) {
        self.cut_off_open_requests(place, out);
        let reason = TargetHealthReason::NotRegistered;
        self.set_target(place, TargetHealthState::Unused, reason, out);
        self.terminate(place, self.scenario.service().stop_timeout, out);
    }

    // ---- a target that goes by itself --------------------------------------------------------------

    /// The target of a task whose containers end first is deregistered after a while.
    fn deregister_after(&mut self, latency: SimDuration, place: TaskPlace, out: &mut Outbox<'_>) {
        self.task_mut(place).target_goes_alone = true;
        if latency.is_zero() {
            self.on_lone_target(place, out);
        } else {
            out.schedule(latency, Event::TargetCheck(place));
        }
    }

    /// It is deregistered, or has drained.
    #[inline(never)]
    pub(in crate::cloud) fn on_lone_target(&mut self, place: TaskPlace, out: &mut Outbox<'_>) {
        let before = out.cause();
        if self.task(place).target == Some(TargetHealthState::Draining) {
            self.cut_off_open_requests(place, out);
            let reason = TargetHealthReason::NotRegistered;
            self.set_target(place, TargetHealthState::Unused, reason, out);
            if self.task(place).status == Some(TaskStatus::Stopped) {
                self.leave(place);
            }
        } else {
            let delay = self.deregister(place, out);
            out.schedule(delay, Event::TargetCheck(place));
        }
        out.because(before);
    }

    // ---- containers and network interface ----------------------------------------------------------

    /// SIGTERM; SIGKILL after `limit` (ECS-TASK-18, ECS-TASK-19).
    fn terminate(&mut self, place: TaskPlace, limit: SimDuration, out: &mut Outbox<'_>) {
        let shutdown = self.stop_latency(place, Stop::Shutdown, out).min(limit);
        self.set_task_status(place, TaskStatus::Stopping, out);
        self.step_after(shutdown, place, out);
    }

    /// The containers have ended; a target that is still there does not answer any more.
    pub(in crate::cloud) fn end_containers(&mut self, place: TaskPlace, out: &mut Outbox<'_>) {
        if self.task(place).target.is_some() {
            let group = self.group_of(place);
            self.cut_off_open_requests(place, out);
            self.change_target(place, |task| task.answering = false);
            self.meet(group, out);
        }
        self.deprovision(place, out);
    }

    fn deprovision(&mut self, place: TaskPlace, out: &mut Outbox<'_>) {
        let latency = self.stop_latency(place, Stop::Deprovision, out);
        self.set_task_status(place, TaskStatus::Deprovisioning, out);
        self.step_after(latency, place, out);
    }

    pub(in crate::cloud) fn end_task(&mut self, place: TaskPlace, out: &mut Outbox<'_>) {
        let task_set = self.task(place).task_set;
        self.set_task_status(place, TaskStatus::Stopped, out);
        self.task_sets[task_set.index()].stopping -= 1;
        if self.task(place).target.is_none() {
            self.leave(place);
        }
        self.delete_if_empty(task_set, out);
        if self.is_updated(task_set) {
            self.watch_update(out);
        }
    }

    fn stop_latency(&self, place: TaskPlace, stage: Stop, out: &mut Outbox<'_>) -> SimDuration {
        let assumptions = &self.scenario.assumptions;
        let latency = match stage {
            Stop::Shutdown => &assumptions.shutdown,
            Stop::Deprovision => &assumptions.deprovision,
            Stop::CrashDeregister => &assumptions.crash_deregister,
            Stop::DeregisterLag => &assumptions.deregister_lag,
        };
        let purpose =
            purpose_of(self.role_of(place), Purpose::OriginalStop, Purpose::ReplacementStop);
        out.draw(latency, purpose, self.task(place).ordinal, stage as u32)
    }
}

/// What of an end takes time; the numbers are the positions of its uniforms.
#[derive(Clone, Copy)]
enum Stop {
    /// How long the application takes to end.
    Shutdown = 0,
    /// How long the network interface takes to go.
    Deprovision = 1,
    /// How long ECS takes to deregister the target of a task that has crashed.
    CrashDeregister = 2,
    /// How long a target gets requests after SIGTERM.
    DeregisterLag = 3,
}
