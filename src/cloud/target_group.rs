//! A target group: how many targets it has, in which state, and what a request meets there.
//!
//! Thresholds are counted in `health_check`; which group a request meets is decided in `load_balancer`.
//! Rules: ELB-FO-1, ELB-FO-2, ELB-ERR-1, ELB-ERR-2 (docs/semantics/environment.md).

use crate::aws::name::TargetHealthState;

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

    /// The targets that requests go to: healthy ones first, else all registered ones (ELB-FO-1, ELB-FO-2).
    pub const fn serving(&self) -> &Targets {
        if self.healthy.all > 0 { &self.healthy } else { &self.registered }
    }

    /// What a request meets here.
    pub const fn reachability(&self) -> Reachability {
        let serving = self.serving();
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
            group.reachability()
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
}
