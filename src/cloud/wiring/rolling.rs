//! The scheduler replaces the tasks of one revision by those of another, as its percentages allow.
//!
//! How many it may start and stop is counted in `cloud::rolling`; who begins a rolling update and gives it up is a controller's
//! matter. Rules: ECS-ROLL-3, ECS-ROLL-5, ECS-ROLL-7, ECS-ROLL-8, ECS-SVC-6, ECS-CB-3, ECS-CB-4, ECS-CB-7, ECS-PROT-1, ECS-PROT-2 (docs/semantics).

use crate::agenda::Outbox;
use crate::agenda::event::Event;
use crate::aws::call::ServiceEventCode;
use crate::aws::id::TaskSetId;
use crate::aws::name::TaskSetStatus;
use crate::cloud::Cloud;
use crate::cloud::rolling::{Counts, RollingUpdate, Step};
use crate::cloud::task::Task;
use crate::cloud::task_set::TaskSet;
use crate::cloud::wiring::task_set::EVENT_AGAIN;
use crate::journal::fact::Fact;
use crate::scenario::service_deployment::Bounds;

impl Cloud<'_> {
    /// Whether a rolling update decides how many tasks a set has.
    pub(in crate::cloud) fn is_updated(&self, task_set: TaskSetId) -> bool {
        self.rolling.is_some_and(|update| update.concerns(task_set))
    }

    /// Whether anybody looks at the stability of a set: not of one that an update takes away.
    pub(in crate::cloud) fn is_described(&self, task_set: TaskSetId) -> bool {
        self.rolling.is_none_or(|update| update.old != task_set)
    }

    /// Something of the update has changed: it goes on at this instant, once all else has happened.
    pub(in crate::cloud) fn watch_update(&self, out: &mut Outbox<'_>) {
        if let Some(update) = self.rolling {
            out.schedule_now(Event::TaskSetReconcile(update.new));
        }
    }

    /// How many tasks more than its count a set may have while replacements of unhealthy ones start: up to
    /// `maximumPercent`, whose default of 200 stands for the others too. Rules: ECS-SVC-6, ECS-ROLL-1.
    pub(in crate::cloud) fn spare(&self, task_set: TaskSetId) -> u32 {
        match self.bounds() {
            _ if self.is_updated(task_set) => 0,
            Some(bounds) => bounds.upper.saturating_sub(self.desired_count),
            None => self.task_sets[task_set.index()].computed_desired_count,
        }
    }

    /// Whether a replacement is started before the unhealthy task is stopped. Rules: ECS-SVC-6, ECS-ROLL-4, U26.
    pub(in crate::cloud) fn starts_replacement_first(&self, task_set: TaskSetId) -> bool {
        match self.deployment_configuration.is_some() {
            true => self.spare(task_set) > 0,
            false => self.scenario.assumptions.replacement_first,
        }
    }

    /// The bounds of the service's own percentages, if ECS itself deploys.
    fn bounds(&self) -> Option<Bounds> {
        let percent = self.deployment_configuration?.healthy_percent;
        Some(percent.bounds(self.desired_count))
    }

    fn counts(&self, update: RollingUpdate) -> Counts {
        let [new, old] = [update.new, update.old].map(|set| &self.task_sets[set.index()]);
        let both = |count: fn(&TaskSet<'_>) -> u32| count(new) + count(old);
        Counts {
            desired: self.desired_count,
            new: new.live(),
            old: old.live(),
            old_unhealthy: old.running - old.healthy,
            running: both(|set| set.running),
            healthy: both(|set| set.healthy),
            stopping: both(|set| set.stopping),
            counts_stopping: self.scenario.assumptions.count_stopping,
        }
    }

    /// Starts and stops what may be started and stopped now, if an update brings this set.
    pub(in crate::cloud) fn roll_on(&mut self, task_set: TaskSetId, out: &mut Outbox<'_>) {
        let Some(update) = self.rolling.filter(|update| update.new == task_set) else { return };
        let Some(bounds) = self.bounds() else { return };
        self.keep_old(update, bounds, out);
        if update.has_failed {
            return;
        }
        let counts = self.counts(update);
        let Step { start, stop } = counts.step(bounds);
        if counts.is_stuck(bounds) && !update.told_stuck {
            self.rolling = Some(RollingUpdate { told_stuck: true, ..update });
            let code = ServiceEventCode::DeploymentConfigurationBlocks;
            self.tell_service_event(update.new, code, EVENT_AGAIN, out);
        }
        self.tell_healthy(out);
        let before = out.cause();
        self.launch_tasks(update.new, start, out);
        self.stop_old(update.old, stop, out);
        out.because(before);
        self.end_update(update, out);
    }

    /// As many tasks of the new revision are healthy as make the deployment succeed early (ECS-ROLL-8).
    fn tell_healthy(&mut self, out: &mut Outbox<'_>) {
        let is_open = |update: &&mut RollingUpdate| !update.told_healthy && !update.goes_back;
        let Some(update) = self.rolling.as_mut().filter(is_open) else { return };
        let early = self.deployment_configuration.and_then(|own| own.early_success);
        let healthy = self.task_sets[update.new.index()].healthy;
        if early.is_some_and(|early| healthy >= early.healthy_tasks(self.desired_count)) {
            update.told_healthy = true;
            out.record(Fact::HealthyPercentReached { task_set: update.new, healthy });
        }
    }

    /// Stops so many tasks of the old revision, as far as none is protected; when the first protection ends, what may be stopped
    /// then is counted anew (ECS-PROT-1, ECS-PROT-2).
    fn stop_old(&mut self, old: TaskSetId, stop: u32, out: &mut Outbox<'_>) {
        if stop == 0 {
            return;
        }
        let free =
            self.tasks.iter().filter(|task| task.task_set == old && task.may_scale_in(out.now()));
        let free = free.count() as u32;
        if free < stop {
            self.wait_for_protection(old, out);
        }
        if free > 0 {
            let left = self.task_sets[old.index()].live() - stop.min(free);
            // The lower bound has counted none of those that are not healthy.
            self.keep_at_most(old, left, |task| !task.is_healthy(), out);
        }
    }

    /// Tasks of the old revision that have ended are replaced by their own, as far as there is room; before November 2025 by
    /// those of the new one (ECS-SVC-6, ECS-ROLL-7).
    fn keep_old(&mut self, update: RollingUpdate, bounds: Bounds, out: &mut Outbox<'_>) {
        let counts = self.counts(update);
        let old = &mut self.task_sets[update.old.index()];
        let missing = old.computed_desired_count.saturating_sub(old.live());
        if missing == 0 {
            return;
        }
        if self.scenario.semantics.keeps_old_revision_at_its_count() {
            let start = missing.min(bounds.upper.saturating_sub(counts.exist()));
            self.launch_tasks(update.old, start, out);
        } else {
            old.computed_desired_count = old.live();
        }
    }

    /// A revision has so many tasks at most from now on; those of which this holds go first, whatever their zone.
    pub(in crate::cloud) fn keep_at_most(
        &mut self,
        task_set: TaskSetId,
        most: u32,
        goes_first: fn(&Task) -> bool,
        out: &mut Outbox<'_>,
    ) {
        let set = &mut self.task_sets[task_set.index()];
        if set.computed_desired_count != most {
            set.computed_desired_count = most;
            out.record(Fact::TaskSetScaled { task_set, computed_desired_count: most });
        }
        self.stop_surplus_of(task_set, goes_first, out);
        self.stop_surplus(task_set, out);
        self.watch(task_set, out);
    }

    /// The update is over once all of the new revision are healthy and nothing is left of the old one but what stops. The old
    /// one may go before, when enough of the new are healthy (ECS-ROLL-8).
    fn end_update(&mut self, update: RollingUpdate, out: &mut Outbox<'_>) {
        let [new, old] = [update.new, update.old].map(|set| &self.task_sets[set.index()]);
        if old.computed_desired_count > 0 || old.live() > 0 {
            return;
        }
        let is_enough = self.rolling.is_some_and(|update| update.told_healthy);
        let (is_over, goes) = (new.is_steady(), old.status != TaskSetStatus::Draining);
        if is_over {
            self.rolling = None;
        }
        if goes && (is_over || is_enough) {
            self.set_task_set_status(update.old, TaskSetStatus::Draining, out);
            self.delete_if_empty(update.old, out);
        }
    }

    /// A higher desired count is for both revisions, by the tasks that each has (ECS-ROLL-7); a lower one for the new, and
    /// the old follows as it may.
    pub(in crate::cloud) fn grow_old(&mut self, before: u32, out: &mut Outbox<'_>) {
        let Some(update) = self.rolling else { return };
        let more = self.desired_count.saturating_sub(before);
        let counts = self.counts(update);
        if more > 0 && counts.old > 0 && self.scenario.semantics.keeps_old_revision_at_its_count() {
            let old = &mut self.task_sets[update.old.index()];
            let all = u64::from(counts.new + counts.old).max(1);
            let share = (u64::from(more) * u64::from(counts.old)).div_ceil(all);
            old.computed_desired_count += share as u32;
            let (task_set, computed_desired_count) = (old.id, old.computed_desired_count);
            out.record(Fact::TaskSetScaled { task_set, computed_desired_count });
        }
        self.watch_update(out);
    }

    // ---- what a circuit breaker counts -------------------------------------------------------------

    /// A task that failed counts towards the circuit breaker: one that never ran while none has, and one that failed its
    /// health checks (ECS-CB-3).
    pub(in crate::cloud) fn count_failure(&mut self, task_set: TaskSetId, out: &mut Outbox<'_>) {
        let is_brought = self.rolling.is_some_and(|update| update.new == task_set);
        let counts_later = self.scenario.semantics.counts_failures_after_first_run();
        let set = &mut self.task_sets[task_set.index()];
        if is_brought && (!set.has_run || counts_later) {
            set.failed_tasks += 1;
            let failed = set.failed_tasks;
            out.record(Fact::FailedTasksCounted { task_set, failed });
        }
    }

    /// A healthy task makes the count begin anew, unless the circuit breaker says otherwise (ECS-CB-4).
    pub(in crate::cloud) fn forget_failures(&mut self, task_set: TaskSetId) {
        let breaker = self.deployment_configuration.and_then(|own| own.circuit_breaker);
        if breaker.is_some_and(|breaker| breaker.resets_on_healthy_task) {
            self.task_sets[task_set.index()].failed_tasks = 0;
        }
    }
}
