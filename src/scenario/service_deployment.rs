//! `deployment.updateService`: how Amazon ECS itself brings a new revision of a service, without CodeDeploy.
//!
//! Plain data and the pure rules of it: how many tasks there may be, how many failures are too many. Not who starts and
//! stops tasks (`cloud`), nor who ends the deployment (`deploy::service_deployment`).
//! Rules: ECS-ROLL-1, ECS-ROLL-8, ECS-CB-1, ECS-CB-2, ECS-CB-7, ECS-DA-1, ECS-DA-4 (docs/semantics/environment.md).

pub mod shift;

use crate::aws::service::DeploymentStrategy;
use crate::engine::time::SimDuration;
use crate::scenario::semantics::Semantics;
use shift::{Shift, StageHook};

/// What `UpdateService` and the service say of a deployment that ECS carries out.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceDeployment {
    /// `strategy`.
    pub strategy: DeploymentStrategy,
    /// How production traffic moves, where there are two target groups; nothing in a rolling update.
    pub shift: Option<Shift>,
    /// `lifecycleHooks`; a rolling update has none.
    pub hooks: Vec<StageHook>,
    /// `minimumHealthyPercent` and `maximumPercent`.
    pub healthy_percent: HealthyPercent,
    /// `deploymentCircuitBreaker`, if it is enabled.
    pub circuit_breaker: Option<CircuitBreaker>,
    /// `earlySuccessCriteria`, if they are enabled; only a rolling update has them.
    pub early_success: Option<EarlySuccess>,
    /// `alarms.rollback`: whether a deployment that an alarm fails is rolled back. Which alarms these are says the
    /// deployment.
    pub alarms_roll_back: bool,
    /// Whether any deployment of the service has ever been completed, so that there is a revision to go back to (ECS-CB-5).
    pub has_completed_revision: bool,
    /// Whether it fails because the strategy before was `BLUE_GREEN` (story F31).
    pub fails_to_change_strategy: bool,
    /// How long the deployment goes on after the rollout, with an eye on its alarms: `bakeTimeInMinutes`, or in a rolling
    /// update what its alarms need (ECS-DA-4).
    pub bake_time: SimDuration,
}

/// How many tasks a rolling update leaves and allows, as shares of the desired count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HealthyPercent {
    /// `minimumHealthyPercent`: 0 to 1000, default 100.
    pub minimum: u32,
    /// `maximumPercent`: 0 to 1000, default 200.
    pub maximum: u32,
}

impl Default for HealthyPercent {
    fn default() -> HealthyPercent {
        HealthyPercent { minimum: 100, maximum: 200 }
    }
}

/// So many tasks at least are healthy, and so many at most exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Healthy tasks at least.
    pub lower: u32,
    /// Tasks at most.
    pub upper: u32,
}

impl HealthyPercent {
    /// The lower bound is rounded up and the upper one down. Rule: ECS-ROLL-1.
    pub const fn bounds(self, desired_count: u32) -> Bounds {
        let desired_count = desired_count as u64;
        Bounds {
            lower: (desired_count * self.minimum as u64).div_ceil(100) as u32,
            upper: (desired_count * self.maximum as u64 / 100) as u32,
        }
    }

    /// Whether a rolling update of so many tasks can never begin: nothing may be stopped, and nothing started.
    /// Rules: ECS-ROLL-1, ECS-ROLL-3; oracle V18.
    pub const fn is_deadlocked(self, desired_count: u32) -> bool {
        let Bounds { lower, upper } = self.bounds(desired_count);
        desired_count > 0 && upper <= desired_count && lower >= desired_count
    }
}

/// `earlySuccessCriteria`: a rolling update succeeds once this share of its tasks is healthy. Rule: ECS-ROLL-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EarlySuccess {
    /// `healthyPercent` of the desired count: `minimumHealthyPercent` to 100.
    pub healthy_percent: u32,
    /// `sourceServiceRevisionCleanup`: whether it waits until no task of the old revision is left (`BLOCKING`), or these go
    /// after it (`DEFERRED`).
    pub waits_for_cleanup: bool,
}

impl EarlySuccess {
    /// How many healthy tasks are enough: rounded up. Rule: ECS-ROLL-8.
    pub const fn healthy_tasks(self, desired_count: u32) -> u32 {
        (desired_count as u64 * self.healthy_percent as u64).div_ceil(100) as u32
    }
}

/// `deploymentCircuitBreaker`. Rule: ECS-CB-1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CircuitBreaker {
    /// `thresholdConfiguration`.
    pub threshold: BreakerThreshold,
    /// `rollback`: whether the last completed revision is deployed again.
    pub rolls_back: bool,
    /// `resetOnHealthyTask`: whether failures are counted anew once a task is healthy.
    pub resets_on_healthy_task: bool,
}

/// How many failures are too many (`thresholdConfiguration.type`). Rule: ECS-CB-2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreakerThreshold {
    /// `BOUNDED_PERCENT`: this share of the desired count, 1 to 100; at least 3 and at most 200.
    BoundedPercent(u32),
    /// `UNBOUNDED_PERCENT`: this share of the desired count.
    UnboundedPercent(u32),
    /// `COUNT`: so many.
    Count(u32),
}

impl BreakerThreshold {
    /// `BOUNDED_PERCENT` of half the desired count.
    pub const DEFAULT: BreakerThreshold = BreakerThreshold::BoundedPercent(50);

    /// How many failures trip it, of the desired count that holds at the moment. Rule: ECS-CB-2.
    pub fn failures(self, desired_count: u32, semantics: Semantics) -> u32 {
        let share = |percent: u32| {
            (u64::from(desired_count) * u64::from(percent)).div_ceil(100).min(u64::from(u32::MAX))
                as u32
        };
        match self {
            Self::BoundedPercent(percent) => {
                share(percent).clamp(semantics.circuit_breaker_floor(), 200)
            }
            Self::UnboundedPercent(percent) => share(percent).max(1),
            Self::Count(count) => count,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// T51 to T55, V18 (ECS-ROLL-1).
    #[test]
    fn the_lower_bound_is_rounded_up_and_the_upper_one_down() {
        for (desired, minimum, maximum, lower, upper, is_deadlocked) in [
            (4, 50, 200, 2, 8, false),
            (4, 50, 100, 2, 4, false),
            (2, 75, 200, 2, 4, false),
            (3, 100, 125, 3, 3, true),
            (3, 100, 150, 3, 4, false),
            (7, 33, 133, 3, 9, false),
            (1, 50, 100, 1, 1, true),
            (1, 100, 100, 1, 1, true),
            (1, 0, 100, 0, 1, false),
            (0, 100, 100, 0, 0, false),
            (5000, 100, 1000, 5000, 50_000, false),
        ] {
            let percent = HealthyPercent { minimum, maximum };
            assert_eq!(percent.bounds(desired), Bounds { lower, upper }, "{desired} {percent:?}");
            assert_eq!(percent.is_deadlocked(desired), is_deadlocked, "{desired} {percent:?}");
        }
    }

    /// ECS-ROLL-8: the two examples of the guide.
    #[test]
    fn a_share_of_healthy_tasks_is_rounded_up() {
        for (healthy_percent, desired, tasks) in
            [(90, 100, 90), (50, 3, 2), (100, 7, 7), (0, 7, 0), (1, 5000, 50)]
        {
            let early = EarlySuccess { healthy_percent, waits_for_cleanup: true };
            assert_eq!(early.healthy_tasks(desired), tasks, "{healthy_percent} % of {desired}");
        }
    }

    /// T58 to T60 (ECS-CB-2): today, before 2024, and the kinds without bounds.
    #[test]
    fn half_the_desired_count_of_failures_trips_the_breaker_within_bounds() {
        let threshold = |desired, semantics| BreakerThreshold::DEFAULT.failures(desired, semantics);
        let today = [1, 5, 7, 20, 25, 100, 400, 800].map(|n| threshold(n, Semantics::Current));
        assert_eq!(today, [3, 3, 4, 10, 13, 50, 200, 200]);
        let month = Semantics::Month { year: 2023, month: 5 };
        let legacy = [1, 20, 21, 25, 800].map(|desired| threshold(desired, month));
        assert_eq!(legacy, [10, 10, 11, 13, 200]);
        let of = |threshold: BreakerThreshold| threshold.failures(800, Semantics::Current);
        assert_eq!(of(BreakerThreshold::UnboundedPercent(50)), 400);
        assert_eq!(of(BreakerThreshold::Count(7)), 7);
    }
}
