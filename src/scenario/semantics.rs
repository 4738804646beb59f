//! The dated profile: which behaviour of AWS holds, and what has changed when.
//!
//! Not the behaviour itself; each dated rule asks whether its [`Change`] is known. Decision 22 of the design.

use crate::engine::time::SimDuration;
use std::fmt;

/// A month, or the present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Semantics {
    /// What AWS does today.
    Current,
    /// What AWS did in this month.
    Month {
        /// Calendar year.
        year: u16,
        /// 1 to 12.
        month: u8,
    },
}

/// Something that AWS does otherwise since a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// The month: year, and 1 to 12.
    pub since: (u16, u8),
    /// What it is about.
    pub what: &'static str,
    /// How it was before.
    pub before: &'static str,
    /// How it is from then on.
    pub from: &'static str,
    /// The rules that say so (docs/semantics).
    pub rules: &'static str,
    /// Where that is known from.
    pub source: &'static str,
}

const IDLE_GROUP: Change = Change {
    since: (2022, 11),
    what: "idle target group of a canary or linear deployment of CodeDeploy",
    before: "on no listener, so that its targets are unchecked until the shift",
    from: "on the listener with weight 0, so that Install waits for their health",
    rules: "CD-ECS-33, ELB-HC-4",
    source: "AWS support, quoted in traveloka/terraform-aws-alb-single-listener#47",
};
const BREAKER_FLOOR: Change = Change {
    since: (2024, 1),
    what: "least failures that trip the deployment circuit breaker",
    before: "10",
    from: "3",
    rules: "ECS-CB-2",
    source: "ECS guide of 2023; ECS API",
};
const BREAKER_LATER: Change = Change {
    since: (2024, 1),
    what: "failures after a first task of the new revision has run",
    before: "not counted by the circuit breaker",
    from: "counted if health checks fail",
    rules: "ECS-CB-3, ECS-CB-7",
    source: "ECS guide of 2023; the month is a stand-in",
};
const THROTTLE: Change = Change {
    since: (2024, 1),
    what: "longest time between two starts of tasks that never run",
    before: "15 minutes",
    from: "27 minutes",
    rules: "ECS-THR-2",
    source: "ECS guide of 2023; the month is a stand-in",
};
const PLACEMENT: Change = Change {
    since: (2024, 1),
    what: "placement strategies of a service",
    before: "4 at most",
    from: "5 at most",
    rules: "ECS-EXT-6",
    source: "ECS guide of 2023; ECS API; the month is a stand-in",
};
const NATIVE_BLUE_GREEN: Change = Change {
    since: (2025, 7),
    what: "strategy BLUE_GREEN of ECS itself",
    before: "unknown",
    from: "a service may have it",
    rules: "ECS-BG-1",
    source: "hashicorp/terraform-provider-aws#43434",
};
const BACK_TO_ROLLING: Change = Change {
    since: (2025, 8),
    what: "change of a service from BLUE_GREEN back to ROLLING",
    before: "fails with hook execution failures",
    from: "goes through",
    rules: "ECS-BG-1",
    source: "aws/containers-roadmap#2664",
};
const NATIVE_SHIFTS: Change = Change {
    since: (2025, 10),
    what: "strategies LINEAR and CANARY of ECS itself",
    before: "unknown",
    from: "a service may have them",
    rules: "ECS-BG-1, ECS-BG-4",
    source: "aws/containers-roadmap#2651",
};
const OLD_REVISION: Change = Change {
    since: (2025, 11),
    what: "tasks of the old revision in the middle of a rolling update",
    before: "replaced by the new revision, which alone follows a higher desired count",
    from: "replaced by their own revision; a higher desired count is for both",
    rules: "ECS-ROLL-7, ECS-SVC-6",
    source: "ECS guide",
};
const NATIVE_NLB: Change = Change {
    since: (2026, 2),
    what: "deployments by ECS itself with two target groups of a Network Load Balancer",
    before: "unknown",
    from: "possible, each shift of traffic taking about ten minutes more",
    rules: "ECS-BG-7",
    source: "aws-samples/sample-apex-skills",
};
const PAUSE_HOOKS: Change = Change {
    since: (2026, 5),
    what: "lifecycle hooks of ECS that wait for somebody",
    before: "unknown",
    from: "targetType PAUSE and ContinueServiceDeployment",
    rules: "ECS-BG-5",
    source: "reproio/ecs_deploy#125",
};
const BREAKER_THRESHOLD: Change = Change {
    since: (2026, 7),
    what: "threshold of the deployment circuit breaker",
    before: "half the desired count, within its bounds",
    from: "may be set: a share, a number, with or without a new count after a healthy task",
    rules: "ECS-CB-1, ECS-CB-4",
    source: "ECS API of August 2026",
};

const EARLY_SUCCESS: Change = Change {
    since: (2026, 9),
    what: "early success criteria of a rolling update",
    before: "unknown",
    from: "a share of healthy tasks may complete a deployment",
    rules: "ECS-ROLL-8",
    source: "AWS CDK 2.272.0 of September 2026, the first to have the type",
};

/// Everything that depends on the date, in the order of the dates.
pub const CHANGES: [Change; 13] = [
    IDLE_GROUP,
    BREAKER_FLOOR,
    BREAKER_LATER,
    THROTTLE,
    PLACEMENT,
    NATIVE_BLUE_GREEN,
    BACK_TO_ROLLING,
    NATIVE_SHIFTS,
    OLD_REVISION,
    NATIVE_NLB,
    PAUSE_HOOKS,
    BREAKER_THRESHOLD,
    EARLY_SUCCESS,
];

impl Semantics {
    /// Whether a change already holds.
    pub const fn knows(self, change: &Change) -> bool {
        let (year, month) = change.since;
        match self {
            Self::Current => true,
            Self::Month { year: own_year, month: own_month } => {
                own_year > year || (own_year == year && own_month >= month)
            }
        }
    }

    /// The longest time between two starts of tasks that never run. Rule: ECS-THR-2.
    pub const fn restart_throttle_ceiling(self, current: SimDuration) -> SimDuration {
        const LEGACY: SimDuration = SimDuration::from_mins(15);
        let is_shorter = current.as_millis() < LEGACY.as_millis();
        if self.knows(&THROTTLE) || is_shorter { current } else { LEGACY }
    }

    /// How many placement strategies a service may have. Rule: ECS-EXT-6.
    pub const fn placement_strategies_max(self) -> usize {
        if self.knows(&PLACEMENT) { 5 } else { 4 }
    }

    /// The least failures that trip a circuit breaker of bounded percent. Rule: ECS-CB-2.
    pub const fn circuit_breaker_floor(self) -> u32 {
        if self.knows(&BREAKER_FLOOR) { 3 } else { 10 }
    }

    /// Whether failures count towards the circuit breaker once a task of the new revision has run. Rule: ECS-CB-7.
    pub const fn counts_failures_after_first_run(self) -> bool {
        self.knows(&BREAKER_LATER)
    }

    /// Whether, in the middle of a rolling update, tasks of the old revision are replaced by their own, and a higher desired
    /// count is for both revisions. Rules: ECS-ROLL-7, ECS-SVC-6.
    pub const fn keeps_old_revision_at_its_count(self) -> bool {
        self.knows(&OLD_REVISION)
    }

    /// Whether ECS itself has the strategy `BLUE_GREEN`.
    pub const fn has_native_blue_green(self) -> bool {
        self.knows(&NATIVE_BLUE_GREEN)
    }

    /// Whether a service goes back from `BLUE_GREEN` to `ROLLING` without its hooks failing (story F31).
    pub const fn changes_back_to_rolling(self) -> bool {
        self.knows(&BACK_TO_ROLLING)
    }

    /// Whether ECS itself has the strategies `LINEAR` and `CANARY`.
    pub const fn has_native_shifts(self) -> bool {
        self.knows(&NATIVE_SHIFTS)
    }

    /// Whether ECS itself shifts traffic behind a Network Load Balancer. Rule: ECS-BG-7.
    pub const fn shifts_behind_network_load_balancer(self) -> bool {
        self.knows(&NATIVE_NLB)
    }

    /// Whether hooks of ECS can wait for somebody. Rule: ECS-BG-5.
    pub const fn has_pause_hooks(self) -> bool {
        self.knows(&PAUSE_HOOKS)
    }

    /// Whether the circuit breaker's threshold can be set. Rule: ECS-CB-1.
    pub const fn has_breaker_thresholds(self) -> bool {
        self.knows(&BREAKER_THRESHOLD)
    }

    /// Whether a rolling update can succeed early. Rule: ECS-ROLL-8.
    pub const fn has_early_success(self) -> bool {
        self.knows(&EARLY_SUCCESS)
    }

    /// Whether an idle target group stays attached with weight 0, so that Install sees its health.
    ///
    /// Before, a replacement was unchecked until production traffic moved. Never for all at once (CD-ECS-33). Rules:
    /// ELB-HC-4, CD-ECS-33; story F03.
    pub const fn attaches_idle_target_group(self) -> bool {
        self.knows(&IDLE_GROUP)
    }

    /// What differs from another date, in the order of the dates.
    pub fn changes_to(self, other: Semantics) -> impl Iterator<Item = &'static Change> {
        CHANGES.iter().filter(move |change| self.knows(change) != other.knows(change))
    }
}

impl fmt::Display for Semantics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Current => f.write_str("current"),
            Self::Month { year, month } => write!(f, "{year:04}-{month:02}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dated_behaviour_holds_from_its_month_on() {
        let october = Semantics::Month { year: 2022, month: 10 };
        let november = Semantics::Month { year: 2022, month: 11 };
        let later = Semantics::Month { year: 2023, month: 1 };
        assert!(!october.attaches_idle_target_group());
        assert!(november.attaches_idle_target_group() && later.attaches_idle_target_group());
        assert!(Semantics::Current.attaches_idle_target_group());
    }

    #[test]
    fn what_differs_between_two_dates_is_what_changed_between_them() {
        let [early, late] =
            [(2025, 6), (2025, 9)].map(|(year, month)| Semantics::Month { year, month });
        let what = |from: Semantics, to| from.changes_to(to).copied().collect::<Vec<_>>();
        assert_eq!(what(early, late), [NATIVE_BLUE_GREEN, BACK_TO_ROLLING]);
        assert_eq!(what(late, early), what(early, late), "both ways");
        assert_eq!(what(late, late), []);
        let all = what(Semantics::Month { year: 2014, month: 7 }, Semantics::Current);
        assert_eq!(all, CHANGES);
        assert!(CHANGES.is_sorted_by_key(|change| change.since));
    }
}
