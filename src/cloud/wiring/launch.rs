//! A task is launched: it finds room, or waits for it; it comes to run, or fails and is throttled.
//!
//! Rules: ECS-TASK-2, ECS-TASK-10, ECS-TASK-13, ECS-TASK-23, ECS-THR-1 to ECS-THR-6, ECS-CAP-1 to ECS-CAP-5,
//! ECS-EVT-2 (docs/semantics/environment.md).

use crate::agenda::Outbox;
use crate::agenda::chance::Purpose;
use crate::agenda::event::{Event, TaskPlace};
use crate::aws::call::ServiceEventCode;
use crate::aws::id::{TaskId, TaskSetId};
use crate::aws::name::{StopCode, TaskStatus};
use crate::cloud::Cloud;
use crate::cloud::task::{LaunchStages, purpose_of};
use crate::cloud::task_set::TaskSet;
use crate::cloud::wiring::task_set::EVENT_AGAIN;
use crate::engine::time::{SimDuration, SimTime};
use crate::journal::fact::Fact;
use crate::scenario::revision::{Crash, Lifetime};

/// One launch on Fargate every so often once the burst is spent: 20 a second (ECS-TASK-10).
const LAUNCH_INTERVAL: SimDuration = SimDuration::from_millis(50);
/// From the third task in a row that never ran, the service says so (ECS-THR-3).
const IMPAIRED_FROM: u32 = 3;
/// That there is no room is told again after eight minutes (ECS-CAP-2), anything else after six hours.
const PLACEMENT_AGAIN: SimDuration = SimDuration::from_secs(480);
/// A gap of nothing would look for room for ever at one instant.
const PLACEMENT_GAP_MIN: SimDuration = SimDuration::from_secs(1);
/// Nor would tasks that fail to start, or crash as soon as they run, ever come to rest at one instant.
const START_GAP_MIN: SimDuration = SimDuration::from_secs(1);
const LIFE_MIN: SimDuration = SimDuration::from_millis(1);
/// Positions among the uniforms of how a task ends by itself.
const START_FAILS_DRAW: usize = 0;
const CRASHES_DRAW: usize = 1;
const CRASH_DRAW: usize = 2;

impl Cloud<'_> {
    /// Wants as many tasks as the set lacks (ECS-EXT-15); in a rolling update that is decided for both sets together.
    pub(in crate::cloud) fn launch_missing(&mut self, task_set: TaskSetId, out: &mut Outbox<'_>) {
        if self.is_updated(task_set) {
            return self.watch_update(out);
        }
        let missing = self.task_sets[task_set.index()].missing(self.spare(task_set));
        self.launch_tasks(task_set, missing, out);
    }

    /// Wants so many tasks more of a set; each is created after the scheduler's latency, and not before the set's throttle
    /// allows (ECS-THR-2).
    pub(in crate::cloud) fn launch_tasks(
        &mut self,
        task_set: TaskSetId,
        count: u32,
        out: &mut Outbox<'_>,
    ) {
        for _ in 0..count {
            let place = self.place_of_new_task(task_set);
            let set = &mut self.task_sets[task_set.index()];
            set.wanted += 1;
            let (role, revision, throttled) = (set.role, set.revision, set.throttled_until);
            let (health_check, _) = self.health_checks[set.behind.index()];
            let purpose = purpose_of(role, Purpose::OriginalLaunch, Purpose::ReplacementLaunch);
            let draws = out.chance().at(purpose, self.task(place).ordinal);
            let assumptions = &self.scenario.assumptions;
            let interval = health_check.interval;
            let registration = self.scenario.registration();
            let stages = LaunchStages::draw(&draws, revision, assumptions, registration, interval);
            self.task_mut(place).stages = stages;
            let before = out.cause();
            let throttle = throttled.max(out.now()).since(out.now());
            self.step_after(throttle + stages.scheduler, place, out);
            out.because(before);
        }
    }

    /// Enters a status of the launch, stays in it for `delay`, and keeps the counts of its set (ECS-TASK-1,
    /// ECS-TASK-23).
    pub(in crate::cloud) fn launch(
        &mut self,
        place: TaskPlace,
        status: TaskStatus,
        delay: SimDuration,
        out: &mut Outbox<'_>,
    ) {
        match status {
            TaskStatus::Provisioning => {
                if let Some(wait) = self.wait_for_room(place, out) {
                    // Nothing is there yet: it is tried again.
                    out.schedule(wait, Event::TaskStep(place));
                    return;
                }
                self.create(place, out);
            }
            TaskStatus::Activating if self.image_is_gone(place) => {
                let task_set = self.task(place).task_set;
                let set = &mut self.task_sets[task_set.index()];
                set.unresolved += u32::from(!set.has_run);
                return self.fail_to_start(place, out);
            }
            TaskStatus::Running if self.task(place).fails_to_start => {
                return self.fail_to_start(place, out);
            }
            TaskStatus::Running => return self.run(place, delay, out),
            _ => self.set_task_status(place, status, out),
        }
        self.step_after(delay, place, out);
    }

    fn create(&mut self, place: TaskPlace, out: &mut Outbox<'_>) {
        let zone = self.emptiest_zone();
        let id = TaskId(self.tasks_created);
        let task = self.task_mut(place);
        task.id = id;
        task.zone = zone;
        let task_set = task.task_set;
        self.tasks_created += 1;
        self.tasks_by_zone[zone as usize] += 1;
        let set = &mut self.task_sets[task_set.index()];
        set.wanted -= 1;
        set.pending += 1;
        self.draw_end(place, out);
        self.set_task_status(place, TaskStatus::Provisioning, out);
    }

    fn run(&mut self, place: TaskPlace, register: SimDuration, out: &mut Outbox<'_>) {
        let task_set = self.task(place).task_set;
        self.set_task_status(place, TaskStatus::Running, out);
        let set = &mut self.task_sets[task_set.index()];
        set.pending -= 1;
        set.running += 1;
        set.has_run = true;
        self.count_running(task_set.index(), out);
        let boot = self.task(place).stages.boot;
        let task = self.task_mut(place);
        task.running_since = out.now();
        task.container_since = out.now();
        task.answers_from = out.now() + boot;
        self.begin_crash(place, out);
        self.end_throttle(task_set, out);
        self.begin_container_checks(place, out);
        self.update_verdict(place, out);
        self.watch(task_set, out);
        if self.scenario.is_worker() {
            return self.await_running_step(place, out);
        }
        let crash = self.task(place).crashes_at.since(out.now());
        self.step_after(register.min(crash), place, out);
    }

    // ---- how a task ends by itself -----------------------------------------------------------------

    /// Whether the task fails before it runs; nothing is drawn where nothing can fail.
    fn draw_end(&mut self, place: TaskPlace, out: &mut Outbox<'_>) {
        let fails = self.revision_of(place).start_fails;
        if !fails.is_zero() {
            let uniform = self.end_draw(place, START_FAILS_DRAW, out);
            self.task_mut(place).fails_to_start = fails.happens(uniform);
        }
    }

    /// When the essential container of a task that runs now ends by itself (ECS-TASK-12).
    pub(in crate::cloud) fn begin_crash(&mut self, place: TaskPlace, out: &mut Outbox<'_>) {
        if let Some(crash) = &self.revision_of(place).crash {
            self.draw_crash(crash, place, out);
        }
    }

    #[cold]
    fn draw_crash(&mut self, crash: &Crash, place: TaskPlace, out: &mut Outbox<'_>) {
        if crash.share.happens(self.end_draw(place, CRASHES_DRAW, out)) {
            let uniform = self.end_draw(place, CRASH_DRAW, out);
            match &crash.after {
                Lifetime::Time(after) => {
                    let after = after.duration(uniform).max(LIFE_MIN);
                    self.task_mut(place).crashes_at = out.now() + after;
                }
                Lifetime::Requests(after) => {
                    self.traffic.draw(out);
                    let worn = self.traffic.worn(self.group_of(place));
                    self.task_mut(place).worn_out_by = worn + after.value(uniform);
                }
            }
        }
    }

    /// The essential container has ended. Its restart policy may start it again in place if it has run long
    /// enough; the task stays RUNNING (ECS-TASK-13).
    pub(in crate::cloud) fn end_or_restart(&mut self, place: TaskPlace, out: &mut Outbox<'_>) {
        let has_run = out.now().since(self.task(place).container_since);
        let policy = self.scenario.service().restart_attempt_period;
        if policy.is_none_or(|period| has_run < period) {
            return self.crash(place, StopCode::EssentialContainerExited, false, out);
        }
        self.cut_off_open_requests(place, out);
        let boot = self.task(place).stages.boot;
        self.change_target(place, |task| task.answering = false);
        let task = self.task_mut(place);
        task.container_since = out.now();
        let was_up = std::mem::replace(&mut task.answers_from, out.now() + boot);
        task.crashes_at = SimTime::MAX;
        task.worn_out_by = f64::INFINITY;
        self.begin_crash(place, out);
        self.begin_container_checks(place, out);
        if self.task(place).target.is_some() {
            self.meet(self.group_of(place), out);
            self.restart_target_checks(place, was_up, out);
            self.await_running_step(place, out);
        } else if self.scenario.is_worker() {
            self.await_running_step(place, out);
        } else {
            // Its target is still to be registered.
            out.schedule(self.task(place).stages.register, Event::TaskStep(place));
        }
    }

    fn end_draw(&self, place: TaskPlace, draw: usize, out: &mut Outbox<'_>) -> f64 {
        let purpose =
            purpose_of(self.role_of(place), Purpose::OriginalEnd, Purpose::ReplacementEnd);
        out.chance().at(purpose, self.task(place).ordinal).uniform(draw)
    }

    fn image_is_gone(&self, place: TaskPlace) -> bool {
        let name = &self.revision_of(place).name;
        self.images_gone.iter().any(|gone| *gone == name)
    }

    /// The task ends without ever having run (ECS-TASK-2): its set starts the next one later each time
    /// (ECS-THR-1, ECS-THR-2), and never gives up (ECS-THR-4).
    fn fail_to_start(&mut self, place: TaskPlace, out: &mut Outbox<'_>) {
        let task_set = self.task(place).task_set;
        let before = out.cause();
        self.cut_short(place, StopCode::TaskFailedToStart, out);
        self.count_failure(task_set, out);
        let assumptions = &self.scenario.assumptions;
        let ceiling =
            self.scenario.semantics.restart_throttle_ceiling(assumptions.throttle_ceiling);
        let set = &mut self.task_sets[task_set.index()];
        let gap = throttle_gap(set.start_failures, assumptions.throttle_base, ceiling);
        set.start_failures += 1;
        set.throttled_until = set.throttled_until.max(out.now() + gap.max(START_GAP_MIN));
        if set.start_failures >= IMPAIRED_FROM {
            let code = ServiceEventCode::TaskStartImpaired;
            self.tell_service_event(task_set, code, EVENT_AGAIN, out);
        }
        self.launch_missing(task_set, out);
        out.because(before);
    }

    /// A task that runs ends the throttle of its set, also for those that wait (ECS-THR-5).
    fn end_throttle(&mut self, task_set: TaskSetId, out: &mut Outbox<'_>) {
        let set = &mut self.task_sets[task_set.index()];
        set.start_failures = 0;
        if std::mem::take(&mut set.throttled_until) <= out.now() {
            return;
        }
        for index in 0..self.tasks.len() {
            let place = TaskPlace(index as u32);
            let task = self.task(place);
            if task.task_set == task_set && task.status.is_none() {
                let soon = out.now() + task.stages.scheduler;
                if out.due(Event::TaskStep(place)).is_some_and(|due| due > soon) {
                    out.schedule_at(soon, Event::TaskStep(place));
                }
            }
        }
    }

    // ---- room --------------------------------------------------------------------------------------

    /// How long a task must wait before it is tried again, if there is no room for it now.
    fn wait_for_room(&mut self, place: TaskPlace, out: &mut Outbox<'_>) -> Option<SimDuration> {
        let refusal = if self.faults.is_throttled {
            Some(ServiceEventCode::OperationThrottled)
        } else if !self.has_room() {
            Some(ServiceEventCode::TaskPlacementFailure)
        } else {
            None
        };
        if let Some(code) = refusal {
            let (task_set, ordinal) = (self.task(place).task_set, self.task(place).ordinal);
            let purpose = purpose_of(
                self.role_of(place),
                Purpose::OriginalPlacement,
                Purpose::ReplacementPlacement,
            );
            let attempt = self.task(place).placements_failed;
            self.task_mut(place).placements_failed += 1;
            self.tell_service_event(task_set, code, PLACEMENT_AGAIN, out);
            let gap = &self.scenario.assumptions.placement_retry;
            let gap = out.draw(gap, purpose, ordinal, attempt);
            return Some(gap.max(PLACEMENT_GAP_MIN));
        }
        if self.scenario.service().on_fargate { self.wait_for_token(place, out) } else { None }
    }

    /// Whether one more task of the service can be placed (ECS-CAP-1, ECS-CAP-4).
    fn has_room(&self) -> bool {
        let placed = |set: &TaskSet<'_>| set.pending + set.running + set.stopping;
        let placed: u32 = self.task_sets.iter().map(placed).sum();
        let zones = self.scenario.assumptions.zones as usize;
        placed < self.faults.room && !self.faults.zones_gone[..zones].iter().all(|gone| *gone)
    }

    /// Launches on Fargate pass a token bucket (ECS-TASK-10): a burst, then 20 a second. A task keeps its turn.
    fn wait_for_token(&mut self, place: TaskPlace, out: &Outbox<'_>) -> Option<SimDuration> {
        if std::mem::replace(&mut self.task_mut(place).has_token, true) {
            return None;
        }
        let burst = LAUNCH_INTERVAL.times(self.scenario.assumptions.launch_burst.into());
        self.bucket_empty_at = self.bucket_empty_at.max(out.now()) + LAUNCH_INTERVAL;
        let wait = self.bucket_empty_at.since(out.now()).as_millis();
        let wait = wait.saturating_sub(burst.as_millis());
        (wait > 0).then(|| SimDuration::from_millis(wait))
    }

    /// The zone with the fewest tasks of the service, of those that are there (ECS-CAP-5).
    pub(in crate::cloud) fn emptiest_zone(&self) -> u8 {
        let zones = self.scenario.assumptions.zones as usize;
        let tasks = |&zone: &usize| match self.faults.zones_gone[zone] {
            true => u32::MAX,
            false => self.tasks_by_zone[zone],
        };
        (0..zones).min_by_key(tasks).unwrap_or(0) as u8
    }

    /// The service tells something of a task set, not again within `again`.
    pub(in crate::cloud) fn tell_service_event(
        &mut self,
        task_set: TaskSetId,
        code: ServiceEventCode,
        again: SimDuration,
        out: &mut Outbox<'_>,
    ) {
        let told = &mut self.task_sets[task_set.index()].events_told[code as usize];
        if told.is_none_or(|told| out.now() >= told + again) {
            *told = Some(out.now());
            out.record(Fact::ServiceEventEmitted { task_set, code });
        }
    }
}

/// After how long the next task is started when so many before it have failed in a row (ECS-THR-2, U1).
fn throttle_gap(failures: u32, base: SimDuration, ceiling: SimDuration) -> SimDuration {
    let doubled = base.as_millis().saturating_mul(1_u64.checked_shl(failures).unwrap_or(u64::MAX));
    SimDuration::from_millis(doubled).min(ceiling)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// T70 (ECS-THR-2): base 10 s, ceiling 27 min.
    #[test]
    fn the_gap_between_starts_doubles_up_to_its_ceiling() {
        let gap = |failures| {
            let (base, ceiling) = (SimDuration::from_secs(10), SimDuration::from_secs(1620));
            throttle_gap(failures, base, ceiling).as_millis() / 1000
        };
        assert_eq!([0, 1, 2, 6, 7, 8, 100].map(gap), [10, 20, 40, 640, 1280, 1620, 1620]);
    }
}
