//! What is watched: the alarms of the account, and what of the simulated service their metrics measure.
//!
//! Not the evaluator (`alarm`), nor the samples (`cloud::metric`). Rules: ELB-MET-1, ELB-MET-2, CW-DELAY-3,
//! LAM-MET-1 to LAM-MET-4.

use crate::aws::id::{AlarmId, TargetGroupId};
use crate::engine::distribution::Distribution;
use crate::engine::time::SimDuration;
use crate::scenario::alarm::{Alarm, MetricAlarm};
use crate::scenario::assumption::Assumptions;

/// At most so many alarms are described in one scenario.
pub const ALARMS_MAX: usize = 150;
/// At most so many of them are watched by deployments: an error names them by the bits of one number.
pub const POLLED_MAX: usize = 32;
/// A datapoint that is delivered later than this is never seen.
pub const DELAY_MAX: SimDuration = SimDuration::from_mins(60);

/// What load balancers publish is of a minute, and so is most of everything else.
pub const MINUTE: SimDuration = SimDuration::from_mins(1);
/// What is published more often is of so much time here; CloudWatch aggregates it to the periods of alarms.
pub const FINE: SimDuration = SimDuration::from_secs(10);

/// The alarms of the account.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Monitoring {
    /// Every alarm, by id; those that deployments watch come first.
    pub alarms: Vec<WatchedAlarm>,
    /// The composite ones, each after those that its rule names.
    pub composites: Vec<AlarmId>,
    /// What is measured for them, each once.
    pub sources: Vec<Source>,
}

/// An alarm, and what stands behind the names in it.
#[derive(Clone, Debug, PartialEq)]
pub struct WatchedAlarm {
    /// The alarm.
    pub alarm: Alarm,
    /// For each of its metrics, the position of its source; nothing for a metric that never has data here.
    pub sources: Vec<Option<usize>>,
    /// For a composite alarm the alarms that its rule names, in the order of its children.
    pub children: Vec<AlarmId>,
}

/// One metric of the simulated service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// Of what.
    pub scope: Scope,
    /// What is measured.
    pub measure: Measure,
    /// Whether it is published every ten seconds, else each minute.
    pub is_fine: bool,
}

/// What a metric is about, as its dimensions say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The load balancer: both target groups together.
    LoadBalancer,
    /// One target group.
    TargetGroup(TargetGroupId),
    /// The only target group, in which two revisions have a place each.
    SharedTargetGroup,
    /// The service: the tasks of all its task sets together.
    Service,
    /// A metric that revisions publish themselves, by its id.
    Custom(u8),
    /// The Lambda function: every version that its alias points to. Rule: LAM-MET-1.
    Function,
    /// What the alias sends to one version. Rule: LAM-MET-1.
    Version(u32),
}

/// What is published each minute. Rules: ELB-MET-1, ELB-MET-2, CW-MET-5.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Measure {
    /// `RequestCount`: requests for which a target was chosen.
    Requests,
    /// `RequestCountPerTarget`.
    RequestsPerTarget,
    /// `HTTPCode_Target_2XX_Count`.
    Target2xx,
    /// `HTTPCode_Target_5XX_Count`.
    Target5xx,
    /// `HTTPCode_ELB_5XX_Count`.
    Elb5xx,
    /// `HTTPCode_ELB_502_Count`.
    Elb502,
    /// `HTTPCode_ELB_503_Count`.
    Elb503,
    /// `HTTPCode_ELB_504_Count`.
    Elb504,
    /// `TargetConnectionErrorCount`.
    ConnectionErrors,
    /// `HealthyHostCount`.
    HealthyHosts,
    /// `UnHealthyHostCount`.
    UnhealthyHosts,
    /// `CPUUtilization` of the service. Rule: CW-MET-5.
    Cpu,
    /// `MemoryUtilization` of the service. Rule: CW-MET-5.
    Memory,
    /// `HTTPCode_Target_4XX_Count`.
    Target4xx,
    /// `TargetResponseTime`, in seconds.
    ResponseTime,
    /// Whatever revisions publish themselves.
    Custom,
    /// `UnhealthyRoutingRequestCount`. Rule: ELB-FO-4.
    FailOpen,
    /// `Invocations` of a function. Rule: LAM-MET-2.
    Invocations,
    /// `Errors` of a function: 1 for an invocation that fails, 0 for any other. Rule: LAM-MET-2.
    InvocationErrors,
    /// `Duration` of a function, in milliseconds. Rule: LAM-MET-4.
    Duration,
    /// `Throttles` of a function: 1 for an invocation that finds no room, 0 for any other. Rule: LAM-MET-2.
    Throttles,
}

impl Scope {
    /// Whether what is counted at a target group, or at a place of the alias, belongs to it, while these versions stand
    /// in the places.
    pub fn covers(self, group: TargetGroupId, versions: [u32; 2]) -> bool {
        match self {
            Scope::LoadBalancer
            | Scope::SharedTargetGroup
            | Scope::Service
            | Scope::Custom(_)
            | Scope::Function => true,
            Scope::TargetGroup(own) => own == group,
            Scope::Version(own) => versions[group.index()] == own,
        }
    }
}

impl Measure {
    /// Whether it counts what the application fails.
    pub const fn is_of_errors(self) -> bool {
        matches!(self, Measure::Target5xx | Measure::InvocationErrors)
    }

    /// Whether it is how long answers take.
    pub const fn is_time(self) -> bool {
        matches!(self, Measure::ResponseTime | Measure::Duration)
    }

    /// Whether it says what stood behind target groups, and not only what they answered.
    const fn is_of_hosts(self) -> bool {
        match self {
            Measure::RequestsPerTarget
            | Measure::HealthyHosts
            | Measure::UnhealthyHosts
            | Measure::Cpu
            | Measure::Memory
            | Measure::Custom => true,
            Measure::Requests
            | Measure::Target2xx
            | Measure::Target4xx
            | Measure::Target5xx
            | Measure::Elb5xx
            | Measure::Elb502
            | Measure::Elb503
            | Measure::Elb504
            | Measure::ConnectionErrors
            | Measure::ResponseTime
            | Measure::Invocations
            | Measure::InvocationErrors
            | Measure::Duration
            | Measure::Throttles
            | Measure::FailOpen => false,
        }
    }
}

impl WatchedAlarm {
    /// Whether a change of its state runs actions (CW-ALARM-7).
    pub const fn acts(&self) -> bool {
        match &self.alarm {
            Alarm::Metric(alarm) => alarm.actions_enabled,
            Alarm::Composite(alarm) => alarm.actions_enabled,
        }
    }

    /// The alarm, if it is one on metrics.
    pub fn metric_alarm(&self) -> Option<&MetricAlarm> {
        match &self.alarm {
            Alarm::Metric(alarm) => Some(alarm),
            Alarm::Composite(_) => None,
        }
    }
}

impl Source {
    /// A number that no other source has, whatever else a scenario watches; but versions of a function that are four
    /// apart share theirs.
    pub const fn number(self) -> u64 {
        let scope = match self.scope {
            Scope::LoadBalancer | Scope::Function => 0,
            Scope::TargetGroup(group) => 1 + group.0 as u64,
            Scope::SharedTargetGroup => 1,
            Scope::Service => 3 + self.is_fine as u64,
            Scope::Custom(id) => 5 + 2 * id as u64 + self.is_fine as u64,
            Scope::Version(version) => 1 + version as u64 % 4,
        };
        32 * scope + self.measure as u64
    }

    /// How long after the end of a minute its datapoint can be seen. Rule: CW-DELAY-3.
    pub const fn delay(self, assumptions: &Assumptions) -> &Distribution {
        match self.scope {
            Scope::LoadBalancer | Scope::TargetGroup(_) | Scope::SharedTargetGroup => {
                &assumptions.delay_alb
            }
            Scope::Service if self.is_fine => &assumptions.delay_ecs_20s,
            Scope::Service => &assumptions.delay_ecs,
            Scope::Custom(_) => &assumptions.delay_custom,
            Scope::Function | Scope::Version(_) => &assumptions.delay_lambda,
        }
    }

    /// How much time one of its datapoints is of.
    pub const fn period(self) -> SimDuration {
        if self.is_fine { FINE } else { MINUTE }
    }
}

impl Monitoring {
    /// An alarm.
    pub fn alarm(&self, id: AlarmId) -> &WatchedAlarm {
        &self.alarms[id.index()]
    }

    /// The alarm of this name.
    pub fn id_of(&self, name: &str) -> Option<AlarmId> {
        let position = self.alarms.iter().position(|watched| watched.alarm.name() == name)?;
        Some(AlarmId(u8::try_from(position).expect("alarms are limited")))
    }

    /// Whether anything is published more often than each minute.
    pub fn is_fine(&self) -> bool {
        self.sources.iter().any(|source| source.is_fine)
    }

    /// Whether anything of a target group can be seen in what alarms watch.
    pub fn sees(&self, group: TargetGroupId) -> bool {
        let other =
            |source: &Source| matches!(source.scope, Scope::TargetGroup(own) if own != group);
        !self.sources.iter().all(other)
    }

    /// Whether any alarm watches what stands behind target groups, not only what they answered.
    pub fn counts_hosts(&self) -> bool {
        self.sources.iter().any(|source| source.measure.is_of_hosts())
    }

    /// Whether any alarm watches how long answers take.
    pub fn times_answers(&self) -> bool {
        self.sources.iter().any(|source| source.measure.is_time())
    }

    /// Every alarm with its id.
    pub fn ids(&self) -> impl Iterator<Item = (AlarmId, &WatchedAlarm)> {
        (0..).map(AlarmId).zip(&self.alarms)
    }

    /// How many periods an evaluation of an alarm fetches: more where its metrics may come later. Rule: CW-MISS-1.
    pub fn evaluation_range(&self, watched: &WatchedAlarm, assumptions: &Assumptions) -> u32 {
        let Some(alarm) = watched.metric_alarm() else { return 0 };
        let sources = watched.sources.iter().flatten().map(|&source| self.sources[source]);
        let delays = sources.map(|source| delay_max(source.delay(assumptions)));
        alarm.evaluation_range(delays.max().unwrap_or(SimDuration::ZERO))
    }
}

/// The largest delay that is reckoned with: the largest there is, or where none bounds it the 99.9th percentile.
pub fn delay_max(delay: &Distribution) -> SimDuration {
    let longest = match delay.maximum() {
        f64::INFINITY => delay.duration(0.999),
        _ => delay.longest(),
    };
    longest.min(DELAY_MAX)
}
