//! A target group: how many targets it has, in which state, and what a request meets there.
//!
//! Thresholds are counted in `health_check`; which group a request meets is decided in `load_balancer`.
//! Rules: ELB-FO-1, ELB-FO-2, ELB-ERR-1, ELB-ERR-2 (docs/semantics/environment.md).

use crate::aws::name::TargetHealthState;
use crate::scenario::service::FailOpen;

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
}

/// What a request meets that is sent to a group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reachability {
    /// No registered target: 503 (ELB-ERR-1).
    #[default]
    Nobody,
    /// A target that answers.
    Answering,
    /// One of these targets, and only some of them are up: the others refuse, 502, or are silent, 504.
    Partly(Targets),
}

impl Targets {
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
}

impl TargetGroup {
    /// Counts a target in (1) or out (-1).
    pub fn count(&mut self, target: Target, by: i32) {
        match target.state {
            Some(TargetHealthState::Healthy) => {
                self.registered.count(target, by);
                self.healthy.count(target, by);
            }
            Some(
                TargetHealthState::Initial
                | TargetHealthState::Unhealthy
                | TargetHealthState::Unused,
            ) => self.registered.count(target, by),
            Some(TargetHealthState::Draining) | None => {}
        }
    }

    /// The targets that requests go to: the healthy ones, or all registered ones if too few are healthy (ELB-FO-1,
    /// ELB-FO-2).
    pub const fn serving(&self, rule: FailOpen) -> &Targets {
        let (healthy, registered) = (self.healthy.all as u64, self.registered.all as u64);
        let too_few =
            healthy < rule.count as u64 || 100 * healthy < rule.percent as u64 * registered;
        if too_few { &self.registered } else { &self.healthy }
    }

    /// What a request meets here.
    pub const fn reachability(&self, rule: FailOpen) -> Reachability {
        let serving = self.serving(rule);
        if serving.all == 0 {
            Reachability::Nobody
        } else if serving.answering == serving.all {
            Reachability::Answering
        } else {
            Reachability::Partly(*serving)
        }
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
            group.reachability(FailOpen::default())
        };
        use TargetHealthState::{Draining, Healthy, Unhealthy};
        let (up, down) = ((Unhealthy, true, false), (Unhealthy, false, false));
        assert_eq!(group(&[(Draining, true, false)]), Reachability::Nobody);
        let one_healthy = group(&[(Healthy, true, false), down, down, down]);
        assert_eq!(one_healthy, Reachability::Answering, "it takes everything (T77)");
        assert_eq!(group(&[up; 4]), Reachability::Answering, "fail-open to targets that are up");
        let partly =
            |all, answering, silent| Reachability::Partly(Targets { all, answering, silent });
        assert_eq!(group(&[up, up, up, down]), partly(4, 3, 0), "a quarter each (T78)");
        let crashed =
            group(&[(Healthy, false, false), (Healthy, false, true), (Healthy, true, false)]);
        assert_eq!(crashed, partly(3, 1, 1), "until the checks or ECS notice");
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
        let serving =
            |group: TargetGroup, count, percent| group.serving(FailOpen { count, percent }).all;
        assert_eq!(serving(group(4, 6), 1, 50), 10);
        assert_eq!(serving(group(4, 4), 1, 50), 4);
        assert_eq!([serving(group(2, 3), 3, 0), serving(group(3, 2), 3, 0)], [5, 3]);
    }
}
