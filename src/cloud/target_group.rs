//! A target group: how many targets it has, in which state, and what a request meets there.
//!
//! Thresholds are counted in `health_check`; which group a request meets is decided in `load_balancer`, which
//! target of one whose targets are not all alike in `spread`.
//! Rules: ELB-FO-1, ELB-FO-2, ELB-ERR-1, ELB-ERR-2 (docs/semantics/environment.md).

use crate::aws::name::TargetHealthState;
use crate::scenario::service::MinimumHealthyTargets;

/// What one task is to its target group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its state; nothing while it is not registered.
    pub state: Option<TargetHealthState>,
    /// Whether its application is up.
    pub is_up: bool,
    /// Whether, if it is not up, nothing even refuses a request.
    pub is_silent: bool,
}

/// Targets of one kind by what a request meets at them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Targets {
    /// All of them.
    pub all: u32,
    /// Those whose application is up.
    pub answering: u32,
    /// Those that do not even refuse a request.
    pub silent: u32,
}

/// Targets of one group, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TargetGroup {
    /// Targets that are initial, healthy, unhealthy or unused.
    pub registered: Targets,
    /// Targets that are healthy.
    pub healthy: Targets,
    /// Targets that are unhealthy, which is not all that are not healthy: new ones are neither.
    pub unhealthy: u32,
}

/// What requests meet that are sent to a group, before any application answers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reach {
    /// The share that finds no target: 503 (ELB-ERR-1).
    pub nowhere: f64,
    /// Of the others, the share that finds a target which is not up.
    pub down: f64,
    /// Of these, the share whose target does not even refuse them: 504; the others are refused, 502.
    pub silent: f64,
}

/// What requests meet in a group whose targets are all alike to it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Met {
    /// Before any application answers.
    pub reach: Reach,
    /// How many targets they go to.
    pub serving: u32,
    /// Whether too few targets are healthy, so that health plays no part (ELB-FO-1, ELB-FO-4).
    pub fails_open: bool,
}

impl Reach {
    /// No target is registered.
    pub const NOWHERE: Reach = Reach { nowhere: 1.0, down: 0.0, silent: 0.0 };
    /// Every target is up.
    pub const ANSWERED: Reach = Reach { nowhere: 0.0, down: 0.0, silent: 0.0 };

    /// The share that comes to an application which is up.
    pub fn begun(self) -> f64 {
        (1.0 - self.nowhere) * (1.0 - self.down)
    }
}

impl Targets {
    #[inline]
    fn count(&mut self, target: Target, by: i32) {
        let change = |count: &mut u32| {
            *count = count.checked_add_signed(by).expect("no fewer targets than none");
        };
        change(&mut self.all);
        if target.is_up {
            change(&mut self.answering);
        } else if target.is_silent {
            change(&mut self.silent);
        }
    }

    const fn without(self, some: Targets) -> Targets {
        Targets {
            all: self.all - some.all,
            answering: self.answering - some.answering,
            silent: self.silent - some.silent,
        }
    }
}

impl TargetGroup {
    /// Counts a target that has changed.
    #[inline] // Targets change all the time, and a run feels the calls.
    pub fn change(&mut self, before: Target, after: Target) {
        self.count(before, -1);
        self.count(after, 1);
    }

    /// Counts targets in, or out if they are fewer than none.
    #[inline]
    pub fn count(&mut self, target: Target, by: i32) {
        match target.state {
            Some(TargetHealthState::Healthy) => {
                self.registered.count(target, by);
                self.healthy.count(target, by);
            }
            Some(TargetHealthState::Unhealthy) => {
                self.registered.count(target, by);
                self.unhealthy = self.unhealthy.checked_add_signed(by).expect("counted in before");
            }
            Some(TargetHealthState::Initial | TargetHealthState::Unused) => {
                self.registered.count(target, by);
            }
            Some(TargetHealthState::Draining) | None => {}
        }
    }

    /// The same without some of its targets.
    pub const fn without(&self, some: &TargetGroup) -> TargetGroup {
        TargetGroup {
            registered: self.registered.without(some.registered),
            healthy: self.healthy.without(some.healthy),
            unhealthy: self.unhealthy - some.unhealthy,
        }
    }

    /// What requests meet that come here, if every serving target gets as many as any other.
    ///
    /// They go to the healthy targets, or to all registered ones if too few are healthy (ELB-FO-1, ELB-FO-2, ELB-FO-4).
    pub fn met(&self, rule: MinimumHealthyTargets) -> Met {
        self.met_if(rule.is_missed(self.healthy.all, self.registered.all))
    }

    /// The same of each of two places in one group, whose targets count together (ECS-ROLL-3).
    pub fn met_together(places: &[TargetGroup; 2], rule: MinimumHealthyTargets) -> [Met; 2] {
        let both = |count: fn(&TargetGroup) -> u32| places.iter().map(count).sum();
        let too_few = rule.is_missed(both(|one| one.healthy.all), both(|one| one.registered.all));
        places.each_ref().map(|place| place.met_if(too_few))
    }

    fn met_if(&self, too_few: bool) -> Met {
        let serving = if too_few { &self.registered } else { &self.healthy };
        let Targets { all, answering, silent } = *serving;
        let reach = if all == 0 {
            Reach::NOWHERE
        } else if answering == all {
            Reach::ANSWERED
        } else {
            let down = f64::from(all - answering);
            Reach { nowhere: 0.0, down: down / f64::from(all), silent: f64::from(silent) / down }
        };
        Met { reach, serving: all, fails_open: too_few && all > 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ELB-FO-1, ELB-ERR-1, ELB-ERR-2.
    #[test]
    fn requests_go_to_healthy_targets_else_to_all_else_nowhere() {
        let group = |targets: &[(TargetHealthState, bool, bool)]| {
            let mut group = TargetGroup::default();
            for &(state, is_up, is_silent) in targets {
                group.count(Target { state: Some(state), is_up, is_silent }, 1);
            }
            group.met(MinimumHealthyTargets::default()).reach
        };
        use TargetHealthState::{Draining, Healthy, Unhealthy};
        let (up, down) = ((Unhealthy, true, false), (Unhealthy, false, false));
        assert_eq!(group(&[(Draining, true, false)]), Reach::NOWHERE);
        let one_healthy = group(&[(Healthy, true, false), down, down, down]);
        assert_eq!(one_healthy, Reach::ANSWERED, "it takes everything (T77)");
        assert_eq!(group(&[up; 4]), Reach::ANSWERED, "fail-open to targets that are up");
        let partly = |down, silent| Reach { nowhere: 0.0, down, silent };
        assert_eq!(group(&[up, up, up, down]), partly(0.25, 0.0), "a quarter each (T78)");
        let crashed =
            group(&[(Healthy, false, false), (Healthy, false, true), (Healthy, true, false)]);
        assert_eq!(crashed, partly(2.0 / 3.0, 0.5), "until the checks or ECS notice");
    }

    /// ECS-ROLL-3, ELB-FO-1: one healthy target takes everything, whichever revision it runs.
    #[test]
    fn two_places_of_one_group_fail_open_together() {
        let place = |state, count| {
            let mut place = TargetGroup::default();
            place.count(Target { state: Some(state), is_up: true, is_silent: false }, count);
            place
        };
        let rule = MinimumHealthyTargets::default();
        let serving = |places| TargetGroup::met_together(&places, rule).map(|met| met.serving);
        use TargetHealthState::{Healthy, Initial, Unhealthy};
        assert_eq!(serving([place(Unhealthy, 4), place(Healthy, 1)]), [0, 1]);
        assert_eq!(serving([place(Unhealthy, 4), place(Initial, 2)]), [4, 2]);
        assert_eq!(serving([place(Healthy, 3), place(Healthy, 2)]), [3, 2]);
    }

    /// T79 (ELB-FO-1): 4 of 10 are healthy and half must be: all ten are used; with 4 of 8 only the healthy ones.
    #[test]
    fn below_its_thresholds_a_group_uses_unhealthy_targets_too() {
        let group = |healthy, unhealthy| {
            let mut group = TargetGroup::default();
            let target = |state| Target { state: Some(state), is_up: true, is_silent: false };
            (0..healthy).for_each(|_| group.count(target(TargetHealthState::Healthy), 1));
            (0..unhealthy).for_each(|_| group.count(target(TargetHealthState::Unhealthy), 1));
            group
        };
        let serving = |group: TargetGroup, count, percent| {
            group.met(MinimumHealthyTargets { count, percent }).serving
        };
        assert_eq!(serving(group(4, 6), 1, 50), 10);
        assert_eq!(serving(group(4, 4), 1, 50), 4);
        assert_eq!([serving(group(2, 3), 3, 0), serving(group(3, 2), 3, 0)], [5, 3]);
    }
}
