//! The health check that a container brings along: when it says HEALTHY or UNHEALTHY.
//!
//! Not the load balancer's checks (`health_check`). Rules: ECS-TASK-14, ECS-TASK-15, ECS-TASK-16.

use crate::aws::name::HealthStatus;
use crate::cloud::health_check::{Answers, Decision};
use crate::engine::time::{SimDuration, SimTime};
use crate::scenario::service::ContainerCheck;

/// The checks of one container so far.
#[derive(Clone, Copy, Debug)]
pub struct ContainerChecks {
    started: SimTime,
    /// When the next check starts.
    next: SimTime,
    /// Failures in a row that count.
    failures: u32,
    /// Passes before the next check that fails although the application is up; then it must be drawn.
    passes_left: u64,
    wants_draw: bool,
}

impl ContainerChecks {
    /// Checks of a container that started now: the first begins one interval later (ECS-TASK-15).
    pub fn starting(started: SimTime, rule: &ContainerCheck, passes_before_failure: u64) -> Self {
        ContainerChecks {
            started,
            next: started + rule.interval,
            failures: 0,
            passes_left: passes_before_failure,
            wants_draw: false,
        }
    }

    /// No checks at all.
    pub fn never() -> Self {
        ContainerChecks {
            started: SimTime::ZERO,
            next: SimTime::ZERO,
            failures: 0,
            passes_left: u64::MAX,
            wants_draw: false,
        }
    }

    /// The last failing check was drawn: so many pass before the next one fails.
    pub fn draw(&mut self, passes_before_failure: u64) {
        self.passes_left = passes_before_failure;
        self.wants_draw = false;
    }

    /// Whether the failure that was drawn last has been used up.
    pub const fn wants_draw(&self) -> bool {
        self.wants_draw
    }

    /// Counts on to the next check that decides something for a container of this health.
    ///
    /// One pass makes it HEALTHY and ends the start period's protection (ECS-TASK-14); `retries` failures in a
    /// row make it UNHEALTHY, those within the start period not counted.
    pub fn decide(
        &mut self,
        health: HealthStatus,
        rule: &ContainerCheck,
        answers: &Answers,
    ) -> Decision {
        while self.next < answers.from {
            if health == HealthStatus::Unhealthy || self.is_protected(health, rule) {
                self.skip_refused(health, rule, answers.from);
                continue;
            }
            let at = self.next;
            if self.fails(health, SimDuration::ZERO, rule) {
                return Decision::Unhealthy(at, false);
            }
        }
        if answers.always_fails && health == HealthStatus::Unhealthy {
            return Decision::Never;
        }
        if self.passes_left > 0 {
            let at = self.next;
            if health != HealthStatus::Healthy {
                self.pass(1, rule);
                return Decision::Healthy(at);
            }
            if self.passes_left == u64::MAX {
                return Decision::Never;
            }
            self.pass(self.passes_left, rule);
        }
        let end = self.next + answers.failure_takes;
        self.wants_draw = true;
        if self.fails(health, answers.failure_takes, rule) {
            return Decision::Unhealthy(end, true);
        }
        Decision::Failure(end)
    }

    fn pass(&mut self, checks: u64, rule: &ContainerCheck) {
        self.failures = 0;
        self.next = self.next + rule.interval.times(checks);
        if self.passes_left != u64::MAX {
            self.passes_left -= checks;
        }
    }

    /// Whether a failure of the next check would not count.
    fn is_protected(&self, health: HealthStatus, rule: &ContainerCheck) -> bool {
        health == HealthStatus::Unknown && self.next < self.started + rule.start_period
    }

    /// Passes over refused checks that decide nothing, in one step: up to the end of what protects them.
    fn skip_refused(&mut self, health: HealthStatus, rule: &ContainerCheck, up: SimTime) {
        let until = match self.is_protected(health, rule) {
            true => up.min(self.started + rule.start_period),
            false => up,
        };
        let interval = rule.interval;
        let checks = until.since(self.next).as_millis().div_ceil(interval.as_millis());
        self.next = self.next + interval.times(checks);
    }

    /// One check fails; whether that makes the container unhealthy.
    fn fails(&mut self, health: HealthStatus, takes: SimDuration, rule: &ContainerCheck) -> bool {
        let protected = self.is_protected(health, rule);
        self.next = self.next + takes + rule.interval;
        if protected {
            return false;
        }
        self.failures += 1;
        health != HealthStatus::Unhealthy && self.failures >= rule.retries
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: ContainerCheck = ContainerCheck {
        interval: SimDuration::from_secs(30),
        timeout: SimDuration::from_secs(5),
        retries: 3,
        start_period: SimDuration::ZERO,
    };

    /// When a container whose checks all fail becomes UNHEALTHY, in seconds after its start.
    fn unhealthy_at(rule: ContainerCheck, takes: SimDuration) -> u64 {
        let answers = Answers { from: SimTime::ZERO, always_fails: true, failure_takes: takes };
        let mut checks = ContainerChecks::starting(SimTime::ZERO, &rule, 0);
        loop {
            match checks.decide(HealthStatus::Unknown, &rule, &answers) {
                Decision::Failure(_) => checks.draw(0),
                Decision::Unhealthy(at, _) => return at.as_millis() / 1000,
                other => panic!("{other:?}"),
            }
        }
    }

    /// T72 (ECS-TASK-15).
    #[test]
    fn a_container_that_always_fails_is_unhealthy_after_the_retries() {
        assert_eq!(unhealthy_at(RULE, SimDuration::ZERO), 90);
        assert_eq!(unhealthy_at(RULE, RULE.timeout), 105);
    }

    /// ECS-TASK-14: failures in the start period do not count.
    #[test]
    fn the_start_period_protects_a_container_that_has_not_passed_yet() {
        let rule = ContainerCheck { start_period: SimDuration::from_secs(60), ..RULE };
        assert_eq!(unhealthy_at(rule, SimDuration::ZERO), 120, "the check at 30 is forgiven");
    }

    /// ECS-TASK-15: the earliest HEALTHY is one interval after the start.
    #[test]
    fn one_pass_makes_a_container_healthy() {
        let answers =
            Answers { from: SimTime::ZERO, always_fails: false, failure_takes: SimDuration::ZERO };
        let mut checks = ContainerChecks::starting(SimTime::ZERO, &RULE, u64::MAX);
        let healthy = checks.decide(HealthStatus::Unknown, &RULE, &answers);
        assert_eq!(healthy, Decision::Healthy(SimTime::from_millis(30_000)));
        assert_eq!(checks.decide(HealthStatus::Healthy, &RULE, &answers), Decision::Never);
    }

    #[test]
    fn a_container_that_boots_for_two_intervals_is_healthy_at_the_third_check() {
        let answers = Answers {
            from: SimTime::from_millis(61_000),
            always_fails: false,
            failure_takes: SimDuration::ZERO,
        };
        let mut checks = ContainerChecks::starting(SimTime::ZERO, &RULE, u64::MAX);
        let healthy = checks.decide(HealthStatus::Unknown, &RULE, &answers);
        assert_eq!(healthy, Decision::Healthy(SimTime::from_millis(90_000)));
    }
}
