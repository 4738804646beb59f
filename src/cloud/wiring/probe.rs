//! Health checks meet the application: those of the load balancer, and those of the container.
//!
//! Thresholds are counted in `health_check` and `container_check`; only checks that decide something are
//! events (decision 8 of the design). Rules: ELB-HC-3, ELB-HC-5, ECS-TASK-14 (docs/semantics/environment.md).

use crate::agenda::Outbox;
use crate::agenda::chance::Purpose;
use crate::agenda::event::{Event, TaskPlace};
use crate::aws::id::TargetGroupId;
use crate::aws::name::{HealthStatus, TargetHealthReason, TargetHealthState};
use crate::cloud::Cloud;
use crate::cloud::container_check::ContainerChecks;
use crate::cloud::health_check::{Answers, Decision, TargetChecks};
use crate::cloud::task::purpose_of;
use crate::engine::share::Share;
use crate::engine::time::{SimDuration, SimTime};
use crate::journal::fact::Fact;
use crate::scenario::revision::Probe;
use crate::scenario::service::{HealthCheck, RevisionSet};

impl Cloud<'_> {
    // ---- the load balancer's checks ----------------------------------------------------------------

    /// Checks of the task's target begin after `phase` (ELB-HC-3).
    pub(in crate::cloud) fn begin_target_checks(
        &mut self,
        place: TaskPlace,
        phase: SimDuration,
        out: &mut Outbox<'_>,
    ) {
        let passes = self.passes_before_target_failure(place, out);
        let interval = self.health_check(place).interval;
        let task = self.task_mut(place);
        task.target_checks =
            TargetChecks::starting(out.now() + phase, task.answers_from, interval, passes);
        self.await_target_check(place, out);
    }

    /// The application behind a target that is checked has gone down, and comes up again later: the checks go on
    /// in their rhythm, and fail until then (ELB-HC-2).
    pub(in crate::cloud) fn restart_target_checks(
        &mut self,
        place: TaskPlace,
        was_up: SimTime,
        out: &mut Outbox<'_>,
    ) {
        let interval = self.health_check(place).interval;
        let now = out.now();
        let task = self.task_mut(place);
        if task.target == Some(TargetHealthState::Unused) {
            return;
        }
        task.target_checks.restart(now, was_up, task.answers_from, interval);
        self.await_target_check(place, out);
    }

    #[inline(never)]
    pub(in crate::cloud) fn on_target_check(&mut self, place: TaskPlace, out: &mut Outbox<'_>) {
        let task = self.task_mut(place);
        let (checks, decision) = task.target_decision;
        task.target_checks = checks;
        let change = match decision {
            Decision::Healthy(_) => Some((TargetHealthState::Healthy, TargetHealthReason::None)),
            Decision::Unhealthy(_, true) if self.probe_of(place).hangs => {
                Some((TargetHealthState::Unhealthy, TargetHealthReason::Timeout))
            }
            Decision::Unhealthy(..) => {
                Some((TargetHealthState::Unhealthy, TargetHealthReason::FailedHealthChecks))
            }
            Decision::Failure(_) | Decision::Never => None,
        };
        let before = out.cause();
        if let Some((state, reason)) = change {
            self.set_target(place, state, reason, out);
        }
        if self.task(place).target_checks.wants_draw() {
            let passes = self.passes_before_target_failure(place, out);
            self.task_mut(place).target_checks.draw(passes);
        }
        self.await_target_check(place, out);
        // Last of all: an unhealthy task may be stopped at once.
        if change.is_some() {
            self.tell_scheduler(place, out);
        }
        out.because(before);
    }

    fn await_target_check(&mut self, place: TaskPlace, out: &mut Outbox<'_>) {
        let mut ahead = self.task(place).target_checks;
        let decision = self.decide_target(place, &mut ahead);
        self.task_mut(place).target_decision = (ahead, decision);
        await_decision(decision, Event::TargetCheck(place), out);
    }

    fn decide_target(&self, place: TaskPlace, checks: &mut TargetChecks) -> Decision {
        let rule = self.health_check(place);
        let task = self.task(place);
        let probe = self.probe_of(place);
        let state = task.target.expect("a target that is checked is registered");
        let initial_passes = self.scenario.assumptions.initial_passes_required;
        checks.decide(
            state,
            &rule,
            initial_passes,
            &answers(task.answers_from, probe, rule.timeout),
        )
    }

    fn health_check(&self, place: TaskPlace) -> HealthCheck {
        self.health_checks[self.behind(place).index()].0
    }

    fn probe_of(&self, place: TaskPlace) -> Probe {
        self.probe_under(self.health_checks[self.behind(place).index()].1, place)
    }

    /// How the task answers the load balancer's checks; where they ask at a place that its revision does not know,
    /// each is refused (story F24).
    fn probe_under(&self, answered_by: RevisionSet, place: TaskPlace) -> Probe {
        let revision = self.revision_of(place);
        let is_answered = answered_by == RevisionSet::ALL || {
            let mut candidates = self.scenario.candidates.iter();
            answered_by.has(candidates.position(|one| std::ptr::eq(one, revision)))
        };
        if is_answered { revision.health_check } else { Probe { fails: Share::ONE, hangs: false } }
    }

    /// The health check of a group is another one from now on (U38).
    pub(in crate::cloud) fn change_health_check(
        &mut self,
        group: TargetGroupId,
        (check, answered_by): (HealthCheck, RevisionSet),
        out: &mut Outbox<'_>,
    ) {
        let now = out.now();
        let (former, answered_before) = self.health_checks[group.index()];
        self.health_checks[group.index()] = (check, answered_by);
        for index in 0..self.tasks.len() {
            let place = TaskPlace(index as u32);
            let task = self.task(place);
            let is_checked = task.target.is_some_and(|state| {
                !matches!(state, TargetHealthState::Draining | TargetHealthState::Unused)
            });
            if !is_checked || task.target_goes_alone || self.behind(place) != group {
                continue;
            }
            let before = out.cause();
            let probe = self.probe_under(answered_before, place);
            let is_same = self.probe_of(place) == probe;
            let task = self.task_mut(place);
            let answered = answers(task.answers_from, probe, former.timeout);
            let is_used_up = task.target_checks.change(now, &answered, &former, &check);
            if is_used_up || !is_same {
                let passes = self.passes_before_target_failure(place, out);
                let task = self.task_mut(place);
                task.target_checks.draw_from(task.answers_from, check.interval, passes);
            }
            self.await_target_check(place, out);
            out.because(before);
        }
    }

    fn passes_before_target_failure(&mut self, place: TaskPlace, out: &mut Outbox<'_>) -> u64 {
        let fails = self.probe_of(place).fails;
        if fails.is_zero() {
            // Nothing is drawn where nothing can fail.
            return u64::MAX;
        }
        let role = self.role_of(place);
        let purpose =
            purpose_of(role, Purpose::OriginalTargetCheck, Purpose::ReplacementTargetCheck);
        let task = self.task_mut(place);
        let uniform = out.chance().nth(purpose, task.ordinal, task.target_failures_drawn);
        task.target_failures_drawn += 1;
        fails.passes_before_failure(uniform)
    }

    // ---- the container's own check -----------------------------------------------------------------

    /// The container's checks begin with the container, if it has any (ECS-TASK-15).
    pub(in crate::cloud) fn begin_container_checks(
        &mut self,
        place: TaskPlace,
        out: &mut Outbox<'_>,
    ) {
        if let Some(rule) = &self.scenario.service().container_check {
            let passes = self.passes_before_container_failure(place, out);
            self.task_mut(place).container_checks =
                ContainerChecks::starting(out.now(), rule, passes);
            self.await_container_check(place, out);
        }
    }

    #[inline(never)]
    pub(in crate::cloud) fn on_container_check(&mut self, place: TaskPlace, out: &mut Outbox<'_>) {
        let task = self.task_mut(place);
        let (checks, decision) = task.container_decision;
        task.container_checks = checks;
        let health = match decision {
            Decision::Healthy(_) => HealthStatus::Healthy,
            Decision::Unhealthy(..) => HealthStatus::Unhealthy,
            Decision::Failure(_) | Decision::Never => task.health,
        };
        let changed = std::mem::replace(&mut task.health, health) != health;
        let (task, task_set) = (task.id, task.task_set);
        let before = out.cause();
        if changed {
            out.follow(Fact::TaskHealthChanged { task, task_set, health });
        }
        if self.task(place).container_checks.wants_draw() {
            let passes = self.passes_before_container_failure(place, out);
            self.task_mut(place).container_checks.draw(passes);
        }
        self.await_container_check(place, out);
        if changed {
            self.update_verdict(place, out);
        }
        out.because(before);
    }

    fn await_container_check(&mut self, place: TaskPlace, out: &mut Outbox<'_>) {
        let mut ahead = self.task(place).container_checks;
        let decision = self.decide_container(place, &mut ahead);
        self.task_mut(place).container_decision = (ahead, decision);
        await_decision(decision, Event::ContainerCheck(place), out);
    }

    fn decide_container(&self, place: TaskPlace, checks: &mut ContainerChecks) -> Decision {
        let rule = self.scenario.service().container_check.as_ref();
        let rule = rule.expect("only a container with a check is checked");
        let task = self.task(place);
        let probe = self.revision_of(place).container_check;
        checks.decide(task.health, rule, &answers(task.answers_from, probe, rule.timeout))
    }

    fn passes_before_container_failure(&mut self, place: TaskPlace, out: &mut Outbox<'_>) -> u64 {
        let fails = self.revision_of(place).container_check.fails;
        if fails.is_zero() {
            // Nothing is drawn where nothing can fail.
            return u64::MAX;
        }
        let role = self.role_of(place);
        let purpose =
            purpose_of(role, Purpose::OriginalContainerCheck, Purpose::ReplacementContainerCheck);
        let task = self.task_mut(place);
        let uniform = out.chance().nth(purpose, task.ordinal, task.container_failures_drawn);
        task.container_failures_drawn += 1;
        fails.passes_before_failure(uniform)
    }
}

/// Arms the event for the next check that decides something.
fn await_decision(decision: Decision, event: Event, out: &mut Outbox<'_>) {
    match decision {
        Decision::Never => out.cancel(event),
        Decision::Healthy(at) | Decision::Unhealthy(at, _) | Decision::Failure(at) => {
            out.schedule_at(at, event);
        }
    }
}

/// How an application answers that is up from `from` on.
fn answers(from: SimTime, probe: Probe, timeout: SimDuration) -> Answers {
    Answers {
        from,
        always_fails: probe.fails.is_one(),
        failure_takes: if probe.hangs { timeout } else { SimDuration::ZERO },
    }
}
