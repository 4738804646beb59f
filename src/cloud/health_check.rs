//! The health checks of one target: thresholds, counted; the next check that decides something, computed.
//!
//! Checks that change nothing are not played: what lies between is counted in one step. Not what a change
//! means for anybody (`wiring`). Rules: ELB-HC-2, ELB-HC-5 to ELB-HC-8 (docs/semantics/environment.md).

use crate::aws::name::TargetHealthState;
use crate::engine::time::{SimDuration, SimTime};
use crate::scenario::service::HealthCheck;

/// A check that never comes.
const NEVER: u64 = u64::MAX;

/// The checks of one target so far. Check `k` starts at `first + k x interval` (ELB-HC-2).
#[derive(Clone, Copy, Debug)]
pub struct TargetChecks {
    first: SimTime,
    /// The first check that has not been counted.
    next: u64,
    /// Passes in a row, up to `next`.
    passes: u64,
    /// Failures in a row, up to `next`.
    failures: u64,
    /// The next check that fails although the application is up.
    next_failure: u64,
}

/// How the application behind a target answers.
#[derive(Clone, Copy, Debug)]
pub struct Answers {
    /// Before this instant every check is refused.
    pub from: SimTime,
    /// Whether every check fails.
    pub always_fails: bool,
    /// How long a failing check of an application that is up takes: 0 if refused, the timeout if it hangs.
    pub failure_takes: SimDuration,
}

/// What the checks come to next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The target becomes healthy.
    Healthy(SimTime),
    /// The target becomes unhealthy; whether its application was up.
    Unhealthy(SimTime, bool),
    /// A check fails without consequence; the next failure must be drawn then.
    Failure(SimTime),
    /// Nothing changes any more.
    Never,
}

impl TargetChecks {
    /// Checks that begin at `first` of an application that answers from `up` on; from then
    /// `passes_before_failure` pass before one fails, `u64::MAX` if none ever does.
    pub fn starting(
        first: SimTime,
        up: SimTime,
        interval: SimDuration,
        passes_before_failure: u64,
    ) -> TargetChecks {
        let refused = refused_checks(first, up, interval);
        let next_failure = refused.saturating_add(passes_before_failure);
        TargetChecks { first, next: 0, passes: 0, failures: 0, next_failure }
    }

    /// No checks at all.
    pub const fn never() -> TargetChecks {
        let first = SimTime::ZERO;
        TargetChecks { first, next: 0, passes: 0, failures: 0, next_failure: NEVER }
    }

    /// The last failing check was drawn: so many pass before the next one fails.
    pub fn draw(&mut self, passes_before_failure: u64) {
        self.next_failure = self.next.saturating_add(passes_before_failure);
    }

    /// The application, up since `was_up`, goes down now and comes up again at `up`: the checks that have come are
    /// counted, and the next failure of an application that is up waits for those that will be refused.
    pub fn restart(&mut self, now: SimTime, was_up: SimTime, up: SimTime, interval: SimDuration) {
        let come = refused_checks(self.first, now, interval);
        let refused = refused_checks(self.first, was_up, interval).min(come);
        self.count_failures(refused.saturating_sub(self.next));
        if self.next < come {
            self.count_passes(come - self.next);
        }
        let to_come = refused_checks(self.first, up, interval).saturating_sub(self.next);
        self.next_failure = self.next_failure.saturating_add(to_come);
    }

    /// The check is another one from `now` on: what has come was asked by the `former` one and answered so.
    ///
    /// The next check comes as it would have, or an interval of the new check from now if that is earlier; counts go
    /// on, and the next result decides where a new threshold is reached already (U38). Tells whether the failure that
    /// was drawn last has been used up.
    pub fn change(
        &mut self,
        now: SimTime,
        answers: &Answers,
        former: &HealthCheck,
        check: &HealthCheck,
    ) -> bool {
        let come = refused_checks(self.first, now, former.interval);
        let refused = refused_checks(self.first, answers.from, former.interval).min(come);
        self.count_failures(refused.saturating_sub(self.next));
        if answers.always_fails {
            self.count_failures(come.saturating_sub(self.next));
        } else {
            let passed = come.min(self.next_failure);
            if self.next < passed {
                self.count_passes(passed - self.next);
            }
            // A failure whose timeout is not over has failed nevertheless.
            self.count_failures(come.saturating_sub(self.next));
        }
        let former_first = self.first;
        let planned = self.at(self.next, former.interval.as_millis());
        self.first = planned.min((now + check.interval).max(self.first));
        let is_used_up = self.wants_draw();
        let up_at = refused_checks(former_first, answers.from, former.interval).max(self.next);
        let passes = match self.next_failure {
            NEVER => NEVER,
            failure => failure.saturating_sub(up_at),
        };
        self.next = 0;
        self.failures = self.failures.min(u64::from(check.unhealthy_threshold) - 1);
        self.passes = self.passes.min(u64::from(check.healthy_threshold) - 1);
        self.draw_from(answers.from, check.interval, passes);
        is_used_up
    }

    /// The failures of an application that is up since `up`, or will be, were drawn anew.
    pub fn draw_from(&mut self, up: SimTime, interval: SimDuration, passes_before_failure: u64) {
        let refused = refused_checks(self.first, up, interval).max(self.next);
        self.next_failure = refused.saturating_add(passes_before_failure);
    }

    /// Whether the failure that was drawn last has been used up.
    pub fn wants_draw(&self) -> bool {
        self.next > self.next_failure
    }

    /// Counts on to the next check that decides something for a target in `state`, and says what.
    ///
    /// A new target needs `initial_passes` in a row (ELB-HC-6), an unhealthy one the healthy threshold; any
    /// result of the other kind starts the count anew (ELB-HC-5).
    pub fn decide(
        &mut self,
        state: TargetHealthState,
        rule: &HealthCheck,
        initial_passes: u32,
        answers: &Answers,
    ) -> Decision {
        let interval = rule.interval.as_millis();
        let first_up = refused_checks(self.first, answers.from, rule.interval);
        let can_fail = state != TargetHealthState::Unhealthy;
        let unhealthy_after = u64::from(rule.unhealthy_threshold);
        if self.next < first_up {
            let run = first_up - self.next;
            if can_fail && self.failures + run >= unhealthy_after {
                let decisive = self.next + (unhealthy_after - self.failures) - 1;
                self.count_failures(decisive + 1 - self.next);
                return Decision::Unhealthy(self.at(decisive, interval), false);
            }
            self.count_failures(run);
        }
        if answers.always_fails && !can_fail {
            return Decision::Never;
        }
        if self.next < self.next_failure {
            let run = self.next_failure - self.next;
            let needed = match state {
                TargetHealthState::Initial => Some(u64::from(initial_passes)),
                TargetHealthState::Unhealthy => Some(u64::from(rule.healthy_threshold)),
                _ => None,
            };
            if let Some(needed) = needed.filter(|&needed| run >= needed.saturating_sub(self.passes))
            {
                let decisive = self.next + (needed - self.passes) - 1;
                self.count_passes(decisive + 1 - self.next);
                return Decision::Healthy(self.at(decisive, interval));
            }
            if self.next_failure == NEVER {
                return Decision::Never;
            }
            self.count_passes(run);
        }
        let failing = self.next;
        let at = self.at(failing, interval) + answers.failure_takes;
        self.count_failures(1);
        if can_fail && self.failures >= unhealthy_after {
            return Decision::Unhealthy(at, true);
        }
        Decision::Failure(at)
    }

    fn at(&self, check: u64, interval: u64) -> SimTime {
        self.first + SimDuration::from_millis(check * interval)
    }

    fn count_passes(&mut self, run: u64) {
        self.next += run;
        self.passes += run;
        self.failures = 0;
    }

    fn count_failures(&mut self, run: u64) {
        if run == 0 {
            return;
        }
        self.next += run;
        self.failures += run;
        self.passes = 0;
    }
}

/// How many checks come before the application is up.
fn refused_checks(first: SimTime, up: SimTime, interval: SimDuration) -> u64 {
    up.as_millis().saturating_sub(first.as_millis()).div_ceil(interval.as_millis())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rule(interval: u64, unhealthy: u32, healthy: u32) -> HealthCheck {
        HealthCheck {
            interval: SimDuration::from_secs(interval),
            timeout: SimDuration::from_secs(5),
            healthy_threshold: healthy,
            unhealthy_threshold: unhealthy,
        }
    }

    /// The changes of a new target, as `unhealthy 30, healthy 180`.
    fn changes(rule: HealthCheck, initial_passes: u32, boot_s: u64) -> String {
        let answers = Answers {
            from: SimTime::from_millis(boot_s * 1000),
            always_fails: false,
            failure_takes: SimDuration::ZERO,
        };
        let mut checks = TargetChecks::never();
        let mut state = TargetHealthState::Initial;
        let mut seen = Vec::new();
        loop {
            let (next, at) = match checks.decide(state, &rule, initial_passes, &answers) {
                Decision::Healthy(at) => (TargetHealthState::Healthy, at),
                Decision::Unhealthy(at, _) => (TargetHealthState::Unhealthy, at),
                Decision::Failure(_) | Decision::Never => return seen.join(", "),
            };
            state = next;
            seen.push(format!("{state} {}", at.as_millis() / 1000));
        }
    }

    /// T85..87: the boot cliff (ELB-HC-5, ELB-HC-6, ELB-HC-7, ELB-HC-8).
    #[test]
    fn a_target_that_boots_too_long_is_unhealthy_first_and_needs_the_healthy_threshold() {
        assert_eq!(changes(rule(30, 2, 5), 1, 20), "healthy 30");
        assert_eq!(changes(rule(30, 2, 5), 1, 31), "unhealthy 30, healthy 180");
        assert_eq!(changes(rule(5, 2, 2), 1, 12), "unhealthy 5, healthy 20");
        assert_eq!(changes(rule(30, 5, 5), 1, 100), "healthy 120");
    }

    /// ELB-HC-6: the alternative of the ECS best practices, H passes for a new target.
    #[test]
    fn a_new_target_may_need_as_many_passes_as_an_unhealthy_one() {
        assert_eq!(changes(rule(5, 2, 5), 5, 0), "healthy 20");
    }

    /// T83 (ELB-HC-7): interval 30, threshold 2, timeout 5; the hang begins 1 s after a check.
    #[test]
    fn a_hanging_target_is_unhealthy_after_the_thresholds_last_timeout() {
        let rule = rule(30, 2, 5);
        let answers =
            Answers { from: SimTime::ZERO, always_fails: false, failure_takes: rule.timeout };
        // The check at 0 passes, those at 30 and 60 hang: 29 s and 59 s after the onset at 1 s.
        let mut checks = TargetChecks::starting(SimTime::ZERO, SimTime::ZERO, rule.interval, 1);
        let first = checks.decide(TargetHealthState::Healthy, &rule, 1, &answers);
        assert_eq!(first, Decision::Failure(SimTime::from_millis(35_000)));
        checks.draw(0);
        let second = checks.decide(TargetHealthState::Healthy, &rule, 1, &answers);
        assert_eq!(
            second,
            Decision::Unhealthy(SimTime::from_millis(65_000), true),
            "64 s after onset"
        );
    }

    /// T84 (ELB-HC-7): recovery just before a check, interval 30, healthy threshold 5.
    #[test]
    fn an_unhealthy_target_needs_the_healthy_threshold_in_a_row() {
        let answers =
            Answers { from: SimTime::ZERO, always_fails: false, failure_takes: SimDuration::ZERO };
        let mut checks = TargetChecks::never();
        let decision = checks.decide(TargetHealthState::Unhealthy, &rule(30, 2, 5), 1, &answers);
        assert_eq!(decision, Decision::Healthy(SimTime::from_millis(120_000)));
    }

    #[test]
    fn a_target_whose_every_check_fails_becomes_unhealthy_and_stays_so() {
        let rule = rule(30, 2, 5);
        let answers =
            Answers { from: SimTime::ZERO, always_fails: true, failure_takes: SimDuration::ZERO };
        let mut checks = TargetChecks::starting(SimTime::ZERO, SimTime::ZERO, rule.interval, 0);
        assert_eq!(
            checks.decide(TargetHealthState::Initial, &rule, 1, &answers),
            Decision::Failure(SimTime::ZERO)
        );
        checks.draw(0);
        assert_eq!(
            checks.decide(TargetHealthState::Initial, &rule, 1, &answers),
            Decision::Unhealthy(SimTime::from_millis(30_000), true)
        );
        checks.draw(0);
        assert_eq!(
            checks.decide(TargetHealthState::Unhealthy, &rule, 1, &answers),
            Decision::Never
        );
    }

    /// The same target, every check played, as ELB-HC-5 says it.
    fn played(
        rule: &HealthCheck,
        initial: u32,
        boot: u64,
        gaps: &[u64],
        checks: u64,
    ) -> Vec<(u64, bool)> {
        let mut failing = std::collections::BTreeSet::new();
        let mut seen = Vec::new();
        let (mut state, mut passes, mut failures) = (TargetHealthState::Initial, 0, 0);
        let interval = rule.interval.as_millis();
        let first_up = boot.div_ceil(interval);
        let mut next = first_up;
        // A failure is drawn among the checks of an application that is up.
        for gap in gaps {
            next += gap;
            failing.insert(next);
            next += 1;
        }
        for check in 0..checks {
            if check * interval >= boot && !failing.contains(&check) {
                (passes, failures) = (passes + 1, 0);
            } else {
                (passes, failures) = (0, failures + 1);
            }
            let needed =
                if state == TargetHealthState::Initial { initial } else { rule.healthy_threshold };
            if state != TargetHealthState::Healthy && passes >= needed {
                state = TargetHealthState::Healthy;
                seen.push((check * interval, true));
            } else if state != TargetHealthState::Unhealthy && failures >= rule.unhealthy_threshold
            {
                state = TargetHealthState::Unhealthy;
                seen.push((check * interval, false));
            }
        }
        seen
    }

    proptest! {
        /// Decision 8: playing every check and skipping those that change nothing tell the same.
        #[test]
        fn skipping_checks_changes_nothing(
            unhealthy in 2_u32..=10, healthy in 2_u32..=10, initial in 1_u32..=5,
            boot_s in 0_u64..400, gaps in prop::collection::vec(0_u64..8, 0..20),
        ) {
            let rule = rule(30, unhealthy, healthy);
            let expected = played(&rule, initial, boot_s * 1000, &gaps, 300);
            let answers = Answers {
                from: SimTime::from_millis(boot_s * 1000),
                always_fails: false,
                failure_takes: SimDuration::ZERO,
            };
            let mut gaps = gaps.into_iter();
            let first_gap = gaps.next().unwrap_or(NEVER);
            let mut checks =
                TargetChecks::starting(SimTime::ZERO, answers.from, rule.interval, first_gap);
            let mut state = TargetHealthState::Initial;
            let mut seen = Vec::new();
            loop {
                if checks.wants_draw() {
                    checks.draw(gaps.next().unwrap_or(NEVER));
                }
                match checks.decide(state, &rule, initial, &answers) {
                    Decision::Healthy(at) => {
                        state = TargetHealthState::Healthy;
                        seen.push((at.as_millis(), true));
                    }
                    Decision::Unhealthy(at, _) => {
                        state = TargetHealthState::Unhealthy;
                        seen.push((at.as_millis(), false));
                    }
                    Decision::Failure(_) => {}
                    Decision::Never => break,
                }
            }
            prop_assert_eq!(seen, expected);
        }
    }
}
