//! The scheduler judges a task by what it knows of its health, and replaces an unhealthy one.
//!
//! Rules: ECS-SVC-3 to ECS-SVC-6, ECS-TASK-17, CD-ECS-33, U26 (docs/semantics).

use crate::agenda::Outbox;
use crate::agenda::chance::Purpose;
use crate::agenda::event::{Event, TaskPlace};
use crate::aws::id::TaskSetId;
use crate::aws::name::{HealthStatus, TargetHealthState};
use crate::cloud::Cloud;
use crate::cloud::task::{Task, Verdict, purpose_of};
use crate::cloud::task_set::TaskSet;
use crate::engine::time::{SimDuration, SimTime};
use crate::journal::fact::Fact;

/// How long a task has to be RUNNING that nothing checks before it counts as healthy. Rule: ECS-SVC-3.
const SETTLING_TIME: SimDuration = SimDuration::from_secs(40);

impl Cloud<'_> {
    /// The scheduler hears of a change after a latency (assumption `lb.state_to_ecs_latency`).
    pub(in crate::cloud) fn tell_scheduler(&mut self, place: TaskPlace, out: &mut Outbox<'_>) {
        let purpose =
            purpose_of(self.role_of(place), Purpose::OriginalVerdict, Purpose::ReplacementVerdict);
        let latency = &self.scenario.assumptions.state_to_ecs_latency;
        let task = self.task_mut(place);
        let latency = out.draw(latency, purpose, task.ordinal, task.verdicts_drawn);
        task.verdicts_drawn += 1;
        // What takes no time is heard in the same phase, so that a set that is steady at the very instant of a
        // timeout is in time (CD-ECS-31, U-30).
        if latency.is_zero() {
            out.cancel(Event::TaskVerdict(place));
            self.on_task_verdict(place, out);
        } else {
            out.schedule(latency, Event::TaskVerdict(place));
        }
    }

    /// The scheduler looks at the state of the target: it has heard of it, or the grace period is over, when
    /// the state at that moment decides (ECS-SVC-5).
    #[inline(never)]
    pub(in crate::cloud) fn on_task_verdict(&mut self, place: TaskPlace, out: &mut Outbox<'_>) {
        let task = self.task_mut(place);
        task.reported = task.target;
        self.update_verdict(place, out);
    }

    /// The scheduler judges a task (ECS-SVC-3) and replaces it if it is unhealthy and out of its grace
    /// period (ECS-SVC-4, ECS-SVC-5, ECS-TASK-17).
    pub(in crate::cloud) fn update_verdict(&mut self, place: TaskPlace, out: &mut Outbox<'_>) {
        if !self.task(place).is_running() {
            return;
        }
        let verdict = self.judge(place, out.now());
        let task = self.task_mut(place);
        let before = std::mem::replace(&mut task.verdict, verdict);
        let (task_set, running_since) = (task.task_set, task.running_since);
        if before != verdict {
            if [before, verdict].contains(&Verdict::Healthy) {
                self.tell_counted(place, verdict == Verdict::Healthy, out);
            }
            let set = &mut self.task_sets[task_set.index()];
            set.healthy -= u32::from(before == Verdict::Healthy);
            set.healthy += u32::from(verdict == Verdict::Healthy);
            if verdict == Verdict::Healthy {
                self.forget_failures(task_set);
            }
            self.watch(task_set, out);
        }
        match verdict {
            Verdict::Unhealthy => {
                let grace_ends = running_since + self.grace_period;
                if out.now() >= grace_ends {
                    return self.replace_unhealthy(place, out);
                }
                if before != verdict && self.starts_replacement_first(task_set) {
                    self.stop_needless_unhealthy(task_set, out);
                }
                if out.due(Event::TaskVerdict(place)).is_none() {
                    // A report that is on its way comes first, and looks again.
                    out.schedule_at(grace_ends, Event::TaskVerdict(place));
                }
            }
            Verdict::Healthy => self.stop_replaced(place, out),
            Verdict::Unknown if self.is_unchecked() => {
                out.schedule_at(running_since + SETTLING_TIME, Event::TaskVerdict(place));
            }
            Verdict::Unknown => {}
        }
    }

    /// The service has another grace period: whoever waits for the end of the old one waits for that of the new (ECS-SVC-4).
    pub(in crate::cloud) fn follow_grace_period(&mut self, out: &mut Outbox<'_>) {
        for index in 0..self.tasks.len() {
            let place = TaskPlace(index as u32);
            let task = self.task(place);
            if !task.is_running() || task.verdict != Verdict::Unhealthy {
                continue;
            }
            // What is armed for a target of which the scheduler knows all is the end of the old period.
            if task.reported == task.target {
                out.cancel(Event::TaskVerdict(place));
            }
            self.update_verdict(place, out);
        }
    }

    /// Replaces an unhealthy task. In a task set it is stopped at once and its replacement follows (U26): the
    /// percentages of `deploymentConfiguration` play no part there (ECS-ROLL-4). Of the ECS controller, or with the
    /// assumption `taskset.replacement_first`, the replacement starts first, within `maximumPercent`,
    /// and of a replacement that is unhealthy too the older one goes (ECS-SVC-6).
    fn replace_unhealthy(&mut self, place: TaskPlace, out: &mut Outbox<'_>) {
        let task_set = self.task(place).task_set;
        if !self.starts_replacement_first(task_set) {
            self.count_failure(task_set, out);
            self.stop_task(place, true, out);
        } else if !std::mem::replace(&mut self.task_mut(place).replaced, true) {
            let set = &mut self.task_sets[task_set.index()];
            let is_replacement = set.running > set.computed_desired_count;
            set.replaced += 1;
            if is_replacement {
                self.stop_one_replaced(task_set, out);
            }
        }
        self.launch_missing(task_set, out);
    }

    /// A task became healthy: it is no longer to be replaced, and its replacement goes rather than a healthy one, whatever its
    /// zone; or it is the replacement of one that goes now (ECS-SVC-6).
    fn stop_replaced(&mut self, place: TaskPlace, out: &mut Outbox<'_>) {
        let task_set = self.task(place).task_set;
        let recovered = std::mem::take(&mut self.task_mut(place).replaced);
        let set = &mut self.task_sets[task_set.index()];
        set.replaced -= u32::from(recovered);
        if recovered {
            self.stop_surplus_of(task_set, |task| !task.is_healthy(), out);
            self.stop_surplus(task_set, out);
        } else if set.replaced > 0 && set.running > set.computed_desired_count {
            self.stop_one_replaced(task_set, out);
        }
    }

    /// A replacement is unhealthy, within its grace period: more run than are wanted, and nothing tells it from the task that
    /// waits for it, so that goes (ECS-SVC-4, story F47).
    fn stop_needless_unhealthy(&mut self, task_set: TaskSetId, out: &mut Outbox<'_>) {
        let set = &self.task_sets[task_set.index()];
        if set.replaced > 0 && set.running > set.computed_desired_count {
            self.stop_one_replaced(task_set, out);
        }
    }

    /// A smaller set may have enough healthy tasks already: what waits for a replacement goes.
    pub(in crate::cloud) fn stop_needless_replaced(
        &mut self,
        task_set: TaskSetId,
        out: &mut Outbox<'_>,
    ) {
        let is_needless = |set: &TaskSet<'_>| {
            let enough = set.healthy >= set.computed_desired_count;
            enough && set.replaced > 0 && set.running > set.computed_desired_count
        };
        while is_needless(&self.task_sets[task_set.index()]) {
            self.stop_one_replaced(task_set, out);
        }
    }

    /// Stops the task of the set that has waited longest for its replacement.
    fn stop_one_replaced(&mut self, task_set: TaskSetId, out: &mut Outbox<'_>) {
        let waiting = (0..self.tasks.len()).map(|index| TaskPlace(index as u32)).filter(|&place| {
            let task = self.task(place);
            task.task_set == task_set && task.replaced && !task.stopping
        });
        let oldest = waiting.min_by_key(|&place| self.task(place).ordinal);
        self.stop_task(oldest.expect("one is counted as replaced"), true, out);
    }

    /// A task without a load balancer counts as healthy from now on, or no longer; of others their targets tell.
    pub(in crate::cloud) fn tell_counted(
        &self,
        place: TaskPlace,
        healthy: bool,
        out: &mut Outbox<'_>,
    ) {
        if self.scenario.is_worker() {
            let &Task { id: task, task_set, .. } = self.task(place);
            out.follow(Fact::TaskCounted { task, task_set, healthy });
        }
    }

    /// Whether nothing checks the tasks of the service.
    fn is_unchecked(&self) -> bool {
        self.scenario.is_worker() && self.scenario.service().container_check.is_none()
    }

    /// Healthy by every check that is configured and in use (ECS-SVC-3). A group that no listener names is
    /// unchecked, and unchecked is no objection (CD-ECS-33); without a load balancer and a check of its container a task
    /// only has to have run for a while.
    fn judge(&self, place: TaskPlace, now: SimTime) -> Verdict {
        let task = self.task(place);
        let target = match task.reported {
            _ if self.is_unchecked() && now < task.running_since + SETTLING_TIME => {
                Verdict::Unknown
            }
            _ if !self.is_in_use(self.behind(place)) => Verdict::Healthy,
            Some(TargetHealthState::Healthy) => Verdict::Healthy,
            Some(TargetHealthState::Unhealthy) => Verdict::Unhealthy,
            _ => Verdict::Unknown,
        };
        let container = match (self.scenario.service().container_check, task.health) {
            (None, _) | (Some(_), HealthStatus::Healthy) => Verdict::Healthy,
            (Some(_), HealthStatus::Unhealthy) => Verdict::Unhealthy,
            (Some(_), HealthStatus::Unknown) => Verdict::Unknown,
        };
        match (target, container) {
            (Verdict::Unhealthy, _) | (_, Verdict::Unhealthy) => Verdict::Unhealthy,
            (Verdict::Healthy, Verdict::Healthy) => Verdict::Healthy,
            _ => Verdict::Unknown,
        }
    }
}
