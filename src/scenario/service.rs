//! The ECS service before the deployment: its tasks, its load balancer, their health checks.
//!
//! Not how a revision behaves (`revision`). Rules: ECS-SVC-4, ECS-TASK-14, ECS-TASK-19, ELB-HC-1, ELB-DR-1.

use crate::aws::id::TargetGroupId;
use crate::engine::time::SimDuration;

/// The service that is deployed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Cluster name, `default` if the documents name none.
    pub cluster: String,
    /// Service name.
    pub name: String,
    /// How many tasks it wants, 0 to 5000.
    pub desired_count: u32,
    /// Whether its tasks run on Fargate, whose launches pass a token bucket (ECS-TASK-10).
    pub on_fargate: bool,
    /// `healthCheckGracePeriodSeconds`: unhealthy verdicts are ignored so long after a task's start.
    ///
    /// 0 (the default) to 2 147 483 647 s. Rule: ECS-SVC-4.
    pub health_check_grace_period: SimDuration,
    /// `stopTimeout` of the longest-waiting container: SIGTERM to SIGKILL. Rule: ECS-TASK-19.
    pub stop_timeout: SimDuration,
    /// `restartAttemptPeriod` of the essential container's restart policy, if it is enabled: a container that has run
    /// so long is started again in place (60 to 1800 s, default 300). Rule: ECS-TASK-13.
    pub restart_attempt_period: Option<SimDuration>,
    /// Health check of an essential container, if one has it. Rule: ECS-TASK-14.
    pub container_check: Option<ContainerCheck>,
}

/// A container health check. Rules: ECS-TASK-14, ECS-TASK-15.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContainerCheck {
    /// 5 to 300 s, default 30: from one check's end to the next one's start.
    pub interval: SimDuration,
    /// 2 to 60 s, default 5: an unanswered check has failed after so long.
    pub timeout: SimDuration,
    /// 1 to 10, default 3: so many failures in a row make a container unhealthy.
    pub retries: u32,
    /// 0 to 300 s, default 0: failures within it do not count.
    pub start_period: SimDuration,
}

/// The load balancer that the deployment group names. Rules: CD-ECS-5, CD-ECS-6.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadBalancer {
    /// The two target groups of the pair, in the order of the document.
    pub target_groups: [TargetGroup; 2],
    /// The one that the service's PRIMARY task set uses at creation (CD-ECS-25).
    pub original: TargetGroupId,
    /// Whether the two are places in one target group, which both revisions stand behind (ECS-ROLL-1).
    pub is_shared: bool,
    /// Whether there is a test listener.
    pub has_test_listener: bool,
    /// Of which kind it is. Rules: CD-ECS-4, NLB-1 to NLB-4.
    pub kind: LoadBalancerKind,
    /// How long a client stays with its target group: 1 to 604 800 s, if it does at all. Rule: ELB-TG-3.
    pub stickiness: Option<SimDuration>,
}

/// The kinds of load balancers that CodeDeploy shifts traffic of. Rule: CD-ECS-4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoadBalancerKind {
    /// Requests go by weights.
    Application,
    /// Connections go to one target group; there are no weights. Rules: CD-ECS-10, CD-TRAF-9, NLB-1.
    Network,
}

/// `deregistration_delay.timeout_seconds` where nobody says. Rule: ELB-DR-1.
pub const DEREGISTRATION_DELAY_DEFAULT: SimDuration = SimDuration::from_secs(300);

/// `stopTimeout` where nobody says. Rule: ECS-TASK-19.
pub const STOP_TIMEOUT_DEFAULT: SimDuration = SimDuration::from_secs(30);

/// A target group. Rules: ELB-HC-1, ELB-DR-1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetGroup {
    /// Its name.
    pub name: String,
    /// How its targets are probed.
    pub health_check: HealthCheck,
    /// How long a deregistered target keeps draining: 0 to 3600 s, default 300. Rule: ELB-DR-1.
    pub deregistration_delay: SimDuration,
    /// When requests go to unhealthy targets too. Rule: ELB-FO-1.
    pub unhealthy_state_routing: MinimumHealthyTargets,
    /// When a zone leaves DNS. Rule: ELB-FO-3.
    pub dns_failover: MinimumHealthyTargets,
    /// Whether the nodes of all zones send requests to the targets of all zones. Rule: ELB-TG-7.
    pub cross_zone: bool,
    /// How long a target takes from its first request to its full share: 30 to 900 s, or zero for off, the
    /// default. Rule: ELB-SS-1.
    pub slow_start: SimDuration,
    /// How long a client stays with its target: 1 to 604 800 s, if it does at all. Rule: ELB-TG-4.
    pub stickiness: Option<SimDuration>,
}

/// `target_group_health`: how many healthy targets a group, or its part in a zone, needs; fewer than either of the
/// two are too few.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MinimumHealthyTargets {
    /// `minimum_healthy_targets.count`: 1 or more, default 1.
    pub count: u32,
    /// `minimum_healthy_targets.percentage`: 1 to 100; 0 for `off`, the default.
    pub percent: u32,
}

impl Default for MinimumHealthyTargets {
    fn default() -> MinimumHealthyTargets {
        MinimumHealthyTargets { count: 1, percent: 0 }
    }
}

impl MinimumHealthyTargets {
    /// Whether so many healthy targets of so many registered ones are too few.
    pub const fn is_missed(self, healthy: u32, registered: u32) -> bool {
        let (healthy, registered) = (healthy as u64, registered as u64);
        healthy < self.count as u64 || 100 * healthy < self.percent as u64 * registered
    }
}

/// Some of a scenario's revisions, by their positions among the candidates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RevisionSet(u128);

impl RevisionSet {
    /// All of them.
    pub const ALL: RevisionSet = RevisionSet(u128::MAX);
    /// None of them.
    pub const NONE: RevisionSet = RevisionSet(0);

    /// The bit of a candidate, or of the original. There are at most 101 candidates.
    const fn bit(candidate: Option<usize>) -> u128 {
        match candidate {
            Some(position) => 1 << position,
            None => 1 << 127,
        }
    }

    /// The same and a candidate, or the original.
    pub const fn with(self, candidate: Option<usize>) -> RevisionSet {
        RevisionSet(self.0 | Self::bit(candidate))
    }

    /// Whether a candidate, or the original, is among them.
    pub const fn has(self, candidate: Option<usize>) -> bool {
        self.0 & Self::bit(candidate) != 0
    }
}

/// The health check of a target group. Rule: ELB-HC-1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HealthCheck {
    /// 5 to 300 s, default 30: from one check's start to the next one's.
    pub interval: SimDuration,
    /// 2 to 120 s, default 5, or 10 behind a Network Load Balancer: an unanswered check has failed then.
    pub timeout: SimDuration,
    /// 2 to 10, default 5: so many passes in a row make an unhealthy target healthy.
    pub healthy_threshold: u32,
    /// 2 to 10, default 2: so many failures in a row make a target unhealthy.
    pub unhealthy_threshold: u32,
}

impl HealthCheck {
    /// The defaults, as the guide of each kind gives them. Rule: ELB-HC-1.
    pub const fn default_of(kind: LoadBalancerKind) -> HealthCheck {
        let timeout = match kind {
            LoadBalancerKind::Application => SimDuration::from_secs(5),
            LoadBalancerKind::Network => SimDuration::from_secs(10),
        };
        HealthCheck {
            interval: SimDuration::from_secs(30),
            timeout,
            healthy_threshold: 5,
            unhealthy_threshold: 2,
        }
    }
}
