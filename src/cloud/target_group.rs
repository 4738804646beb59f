//! A target group: how many targets it has, in which state, and what a request meets there.
//!
//! Thresholds are counted in `health_check`; which group a request meets is decided in `load_balancer`.
//! Rules: ELB-FO-1, ELB-FO-2, ELB-ERR-1, ELB-ERR-2 (docs/semantics/environment.md).

use crate::aws::name::TargetHealthState;

/// Targets of one group, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TargetGroup {
    /// Targets that are initial, healthy, unhealthy or unused.
    pub registered: u32,
    /// Targets that are healthy.
    pub healthy: u32,
    /// Registered targets whose application is up.
    pub answering: u32,
}

/// What a request meets that is sent to a group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reachability {
    /// No registered target: 503 (ELB-ERR-1).
    #[default]
    Nobody,
    /// A target that answers.
    Answering,
    /// Fail-open: any registered target, and only some of them are up; the others refuse, 502.
    Partly {
        /// Targets that are up.
        answering: u32,
        /// All registered targets.
        registered: u32,
    },
}

impl TargetGroup {
    /// Counts a target into, or out of, a state.
    pub fn count(&mut self, state: Option<TargetHealthState>, by: i32) {
        let change = |count: &mut u32| {
            *count = count.checked_add_signed(by).expect("no fewer targets than none");
        };
        match state {
            Some(TargetHealthState::Healthy) => {
                change(&mut self.registered);
                change(&mut self.healthy);
            }
            Some(
                TargetHealthState::Initial
                | TargetHealthState::Unhealthy
                | TargetHealthState::Unused,
            ) => change(&mut self.registered),
            Some(TargetHealthState::Draining) | None => {}
        }
    }

    /// What a request meets here: healthy targets first, else all registered ones (ELB-FO-1, ELB-FO-2).
    pub const fn reachability(&self) -> Reachability {
        if self.registered == 0 {
            Reachability::Nobody
        } else if self.healthy > 0 || self.answering == self.registered {
            Reachability::Answering
        } else {
            Reachability::Partly { answering: self.answering, registered: self.registered }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ELB-FO-1, ELB-ERR-1, ELB-ERR-2.
    #[test]
    fn requests_go_to_healthy_targets_else_to_all_else_nowhere() {
        let group = |registered, healthy, answering| {
            TargetGroup { registered, healthy, answering }.reachability()
        };
        assert_eq!(group(0, 0, 0), Reachability::Nobody);
        assert_eq!(group(4, 1, 1), Reachability::Answering, "one healthy target takes everything");
        assert_eq!(group(4, 0, 4), Reachability::Answering, "fail-open to targets that are up");
        assert_eq!(group(4, 0, 3), Reachability::Partly { answering: 3, registered: 4 });
    }
}
