//! The alarms of the account, joined with what they watch and with those who look at them.
//!
//! Not what each alarm's document says (`aws_document::alarm`). Rules: CD-ALM-1, CD-ALM-8, CD-ALM-9, CW-ALARM-10, ELB-MET-1,
//! ELB-MET-2.

use crate::aws::id::{AlarmId, TargetGroupId};
use crate::diagnostic::{Diagnostic, Diagnostics, Span, Spanned, code};
use crate::input::aws_document::balancer::Balancer;
use crate::input::aws_document::deployment_group::alarm::AlarmConfiguration;
use crate::input::decode::suggestion;
use crate::input::load::Resources;
use crate::input::section::deployment::DeploymentSection;
use crate::input::tree::shortened;
use crate::scenario::alarm::{Alarm, Metric};
use crate::scenario::deployment::AlarmPolling;
use crate::scenario::monitoring::{
    ALARMS_MAX, Measure, Monitoring, POLLED_MAX, Scope, Source, WatchedAlarm,
};
use crate::scenario::service::{LoadBalancer, LoadBalancerKind, Service};

/// The alarms by id, those that a deployment looks at first.
pub fn monitoring(
    asked: &[&DeploymentSection],
    account: &Watchable<'_>,
    to: &mut Diagnostics,
) -> Option<Monitoring> {
    let described = &account.resources.alarms;
    let polled = polled(asked, described, to);
    if described.len() > ALARMS_MAX || polled.len() > POLLED_MAX {
        let title =
            format!("{} alarms are described, {} of them looked at", described.len(), polled.len());
        let label = format!("at most {ALARMS_MAX} can be played, and {POLLED_MAX} looked at");
        to.push(Diagnostic::new(code::BAD_LENGTH, None, title).label(label));
        return None;
    }
    let others = (0..described.len()).filter(|position| !polled.contains(position));
    let order: Vec<usize> = polled.iter().copied().chain(others).collect();
    let mut monitoring = Monitoring::default();
    for &position in &order {
        let Spanned { value: alarm, span } = &described[position];
        let (mut sources, mut children) = (Vec::new(), Vec::new());
        match alarm {
            Alarm::Metric(alarm) => {
                for metric in &alarm.metrics {
                    let source = source(&metric.metric, account).map_err(|why| {
                        to.push(without_data(&alarm.name, &metric.metric, why, *span))
                    });
                    sources.push(source.ok().map(|source| place(source, &mut monitoring.sources)));
                }
            }
            Alarm::Composite(alarm) => {
                for name in &alarm.children {
                    children.extend(child(name, &alarm.name, *span, &order, described, to));
                }
            }
        }
        monitoring.alarms.push(WatchedAlarm { alarm: alarm.clone(), sources, children });
    }
    monitoring.composites = composites(&monitoring, &order, described, to)?;
    Some(monitoring)
}

/// Where the documents of the alarms have their names, by id.
pub fn places(monitoring: &Monitoring, resources: &Resources) -> Vec<Span> {
    let place = |watched: &WatchedAlarm| {
        let described = resources.alarms.iter();
        described.filter(|one| one.value.name() == watched.alarm.name()).map(|one| one.span).next()
    };
    monitoring.alarms.iter().filter_map(place).collect()
}

/// What a deployment looks at: its own alarm configuration in place of the group's (CD-ALM-1), if it is enabled
/// (CD-ALM-8).
pub fn polling(
    section: &DeploymentSection,
    first: &DeploymentSection,
    monitoring: &Monitoring,
    resources: &Resources,
) -> Option<AlarmPolling> {
    let configuration = configuration(section, first)?;
    // The alarms that target tracking makes follow those that are described, and are not looked at.
    let is_described = |id: &AlarmId| id.index() < resources.alarms.len();
    let names = configuration.names.iter().filter_map(|name| monitoring.id_of(&name.value));
    Some(AlarmPolling {
        alarms: names.filter(is_described).collect(),
        ignore_failure: configuration.ignore_poll_alarm_failure,
    })
}

fn configuration<'a>(
    section: &'a DeploymentSection,
    first: &'a DeploymentSection,
) -> Option<&'a AlarmConfiguration> {
    let of_group = first.group.as_ref().map(|group| &group.alarms);
    section.alarms.as_ref().or(of_group).filter(|configuration| configuration.enabled)
}

/// The positions of the alarms that any deployment looks at, in the order in which they are named (CD-ALM-9).
fn polled(
    asked: &[&DeploymentSection],
    described: &[Spanned<Alarm>],
    to: &mut Diagnostics,
) -> Vec<usize> {
    let mut polled = Vec::new();
    let mut told: Vec<&str> = Vec::new();
    let configurations = asked.iter().filter_map(|section| configuration(section, asked[0]));
    for name in configurations.flat_map(|configuration| &configuration.names) {
        let found = described.iter().position(|alarm| alarm.value.name() == name.value);
        match found {
            Some(position) if polled.contains(&position) => {}
            Some(position) => polled.push(position),
            None if told.contains(&name.value.as_str()) => {}
            None => {
                told.push(&name.value);
                to.push(not_described(name, described));
            }
        }
    }
    polled
}

fn not_described(name: &Spanned<String>, described: &[Spanned<Alarm>]) -> Diagnostic {
    let known: Vec<&str> = described.iter().map(|alarm| alarm.value.name()).collect();
    let title = format!("the alarm `{}` is not described", shortened(&name.value));
    let help = suggestion(&name.value, &known).unwrap_or_else(|| {
        "name its document as `resources.alarms`: `aws cloudwatch describe-alarms` writes it".into()
    });
    Diagnostic::new(code::ALARM_NOT_DESCRIBED, name.span, title)
        .label("never goes off in a run")
        .help(help)
}

/// The id of an alarm that a composite one names.
fn child(
    name: &str,
    of: &str,
    span: Span,
    order: &[usize],
    described: &[Spanned<Alarm>],
    to: &mut Diagnostics,
) -> Option<AlarmId> {
    let place = order.iter().position(|&position| described[position].value.name() == name);
    if place.is_none() {
        let known: Vec<&str> = described.iter().map(|alarm| alarm.value.name()).collect();
        let title = format!("the rule of `{}` names `{}`", shortened(of), shortened(name));
        let help = suggestion(name, &known);
        to.push(
            Diagnostic::new(code::DOCUMENTS_DISAGREE, span, title)
                .label("an alarm that is not described")
                .help(help.unwrap_or_else(|| "describe it beside this one".into())),
        );
    }
    Some(AlarmId(u8::try_from(place?).expect("alarms are limited")))
}

/// The composite alarms, each after those that its rule names; a circle of them has no state (CW-ALARM-10).
fn composites(
    monitoring: &Monitoring,
    order: &[usize],
    described: &[Spanned<Alarm>],
    to: &mut Diagnostics,
) -> Option<Vec<AlarmId>> {
    let mut left: Vec<AlarmId> = monitoring
        .ids()
        .filter(|(_, watched)| watched.metric_alarm().is_none())
        .map(|(id, _)| id)
        .collect();
    let mut sorted = Vec::new();
    while !left.is_empty() {
        let waits =
            |id: &AlarmId| monitoring.alarm(*id).children.iter().any(|child| left.contains(child));
        let (waiting, ready): (Vec<AlarmId>, Vec<AlarmId>) = left.iter().partition(|id| waits(id));
        if ready.is_empty() {
            let first = &described[order[waiting[0].index()]];
            let title =
                format!("the rule of `{}` leads back to itself", shortened(first.value.name()));
            to.push(
                Diagnostic::new(code::ALARM_RULE, first.span, title)
                    .label("its state would depend on itself")
                    .help("let one of the alarms that name each other name none of the others"),
            );
            return None;
        }
        sorted.extend(ready);
        left = waiting;
    }
    Some(sorted)
}

/// The position of a source among those that are measured.
pub fn place(source: Source, sources: &mut Vec<Source>) -> usize {
    let known = sources.iter().position(|known| *known == source);
    known.unwrap_or_else(|| {
        sources.push(source);
        sources.len() - 1
    })
}

// ---- what a metric measures ---------------------------------------------------------------------

/// What there is to measure.
pub struct Watchable<'a> {
    /// The documents.
    pub resources: &'a Resources,
    /// The load balancer of the service.
    pub load_balancer: &'a LoadBalancer,
    /// The service.
    pub service: &'a Service,
    /// Whether every revision says what load does to its tasks.
    pub has_load: bool,
    /// Whether every revision says how long it takes to answer.
    pub has_times: bool,
}

/// Why a metric never has data in a run, and what to do about it.
pub struct WithoutData {
    /// Why.
    pub why: String,
    /// What to do.
    pub help: &'static str,
}

/// CPU and memory of the service (CW-MET-5), which only revisions know that say what a task can do.
fn of_service(metric: &Metric, account: &Watchable<'_>) -> Result<Source, WithoutData> {
    let measure = match metric.name.as_str() {
        "CPUUtilization" => Measure::Cpu,
        "MemoryUtilization" => Measure::Memory,
        other => {
            return Err(WithoutData {
                why: format!("`{other}` is not simulated"),
                help: "watch `CPUUtilization` or `MemoryUtilization`",
            });
        }
    };
    let names = [("ClusterName", &account.service.cluster), ("ServiceName", &account.service.name)];
    for (name, own) in names {
        let found = metric.dimensions.iter().find(|(dimension, _)| dimension == name);
        if found.is_none_or(|(_, value)| value != own) {
            return Err(WithoutData {
                why: format!("`{name}` is not that of the service, `{own}`"),
                help: "write both dimensions, `ClusterName` and `ServiceName`",
            });
        }
    }
    if !account.has_load {
        return Err(WithoutData {
            why: "no revision says what load does to its tasks".into(),
            help: "describe it: `revisions.original.capacity: { service_time: 100ms, concurrency: 8 }`",
        });
    }
    Ok(Source { scope: Scope::Service, measure })
}

const ASK: &str = "`aws cloudwatch list-metrics --namespace AWS/ApplicationELB` shows the dimensions that it is published with";

/// What of the simulated service or its load balancer a metric measures (ELB-MET-1, ELB-MET-2, CW-MET-5).
pub fn source(metric: &Metric, account: &Watchable<'_>) -> Result<Source, WithoutData> {
    let Watchable { resources, load_balancer, .. } = account;
    if metric.namespace == "AWS/ECS" {
        return of_service(metric, account);
    }
    let namespace = match load_balancer.kind {
        LoadBalancerKind::Application => "AWS/ApplicationELB",
        LoadBalancerKind::Network => "AWS/NetworkELB",
    };
    if metric.namespace != namespace {
        let of_other_kind =
            ["AWS/ApplicationELB", "AWS/NetworkELB"].contains(&metric.namespace.as_str());
        return Err(match of_other_kind {
            true => WithoutData {
                why: format!("the load balancer is of another kind: it publishes in `{namespace}`"),
                help: "name a metric of this load balancer",
            },
            false => WithoutData {
                why: format!("nothing in `{}` is simulated", metric.namespace),
                help: "watch a metric of the load balancer, or rehearse without this alarm",
            },
        });
    }
    let Some((measure, scopes)) = measure(&metric.name, load_balancer.kind) else {
        return Err(WithoutData {
            why: format!("`{}` is not simulated", metric.name),
            help: "watch requests, 4xx and 5xx codes, response times, connection errors or host counts",
        });
    };
    if measure == Measure::ResponseTime && !account.has_times {
        return Err(WithoutData {
            why: "not every revision says how long it takes to answer".into(),
            help: "describe it: `revisions.original.latency: { lognormal: { median: 80ms, p95: 200ms } }`",
        });
    }
    let mut group = None;
    let mut has_balancer = false;
    for (name, value) in &metric.dimensions {
        match name.as_str() {
            "TargetGroup" => group = Some(target_group(value, load_balancer)?),
            "LoadBalancer" => {
                has_balancer = true;
                check_balancer(value, resources)?;
            }
            other => {
                return Err(WithoutData {
                    why: format!("the dimension `{other}` is not simulated"),
                    help: ASK,
                });
            }
        }
    }
    let misses = |what: &str| {
        Err(WithoutData { why: format!("`{}` is published {what}", metric.name), help: ASK })
    };
    match (group, scopes) {
        (None, Scopes::Group) => misses("by target group: the dimension `TargetGroup` is missing"),
        (Some(_), Scopes::Balancer) => misses("by load balancer, without `TargetGroup`"),
        (_, Scopes::Group | Scopes::Both)
            if !has_balancer && metric.name != "RequestCountPerTarget" =>
        {
            misses("with the dimension `LoadBalancer`")
        }
        (None, _) if !has_balancer => misses("with the dimension `LoadBalancer`"),
        (Some(group), _) => Ok(Source { scope: Scope::TargetGroup(group), measure }),
        (None, _) => Ok(Source { scope: Scope::LoadBalancer, measure }),
    }
}

/// With which dimensions a metric is published.
#[derive(Clone, Copy)]
enum Scopes {
    Balancer,
    Group,
    Both,
}

fn measure(name: &str, kind: LoadBalancerKind) -> Option<(Measure, Scopes)> {
    let found = match name {
        "HealthyHostCount" => (Measure::HealthyHosts, Scopes::Group),
        "UnHealthyHostCount" => (Measure::UnhealthyHosts, Scopes::Group),
        _ if kind == LoadBalancerKind::Network => return None,
        "RequestCount" => (Measure::Requests, Scopes::Both),
        "RequestCountPerTarget" => (Measure::RequestsPerTarget, Scopes::Group),
        "HTTPCode_Target_2XX_Count" => (Measure::Target2xx, Scopes::Both),
        "HTTPCode_Target_5XX_Count" => (Measure::Target5xx, Scopes::Both),
        "HTTPCode_ELB_5XX_Count" => (Measure::Elb5xx, Scopes::Balancer),
        "HTTPCode_ELB_502_Count" => (Measure::Elb502, Scopes::Balancer),
        "HTTPCode_ELB_503_Count" => (Measure::Elb503, Scopes::Balancer),
        "HTTPCode_ELB_504_Count" => (Measure::Elb504, Scopes::Balancer),
        "HTTPCode_Target_4XX_Count" => (Measure::Target4xx, Scopes::Both),
        "TargetResponseTime" => (Measure::ResponseTime, Scopes::Both),
        "TargetConnectionErrorCount" => (Measure::ConnectionErrors, Scopes::Both),
        _ => return None,
    };
    Some(found)
}

/// One of the pair, by the name in `targetgroup/NAME/NUMBER`.
fn target_group(value: &str, load_balancer: &LoadBalancer) -> Result<TargetGroupId, WithoutData> {
    if value.starts_with("arn:") {
        return Err(WithoutData {
            why: "the dimension `TargetGroup` holds a whole ARN".into(),
            help: "write its last part, `targetgroup/NAME/NUMBER`",
        });
    }
    let name = value.strip_prefix("targetgroup/").and_then(|rest| rest.split('/').next());
    let groups = load_balancer.target_groups.iter();
    let place = groups.into_iter().position(|group| Some(group.name.as_str()) == name);
    match place {
        Some(place) => Ok(TargetGroupId(place as u8)),
        None => Err(WithoutData {
            why: format!("`{}` is none of the deployment group's target groups", shortened(value)),
            help: "write `targetgroup/NAME/NUMBER` of one of the two",
        }),
    }
}

/// The load balancer of the target groups, if their documents say which.
fn check_balancer(value: &str, resources: &Resources) -> Result<(), WithoutData> {
    let known = || resources.target_groups.iter().flat_map(|group| &group.load_balancers);
    let is_path = value.starts_with("app/") || value.starts_with("net/");
    let is_other =
        known().next().is_some() && !known().any(|one: &Spanned<Balancer>| one.value.path == value);
    if is_path && !is_other {
        return Ok(());
    }
    Err(WithoutData {
        why: match is_path {
            true => {
                format!("`{}` is another load balancer than the target groups'", shortened(value))
            }
            false => format!("`{}` is not the dimension of a load balancer", shortened(value)),
        },
        help: "write `app/NAME/NUMBER`, the last part of its ARN",
    })
}

/// What is told of a metric without data.
pub fn without_data(alarm: &str, metric: &Metric, why: WithoutData, span: Span) -> Diagnostic {
    let title =
        format!("the metric `{}` of `{}` never has data here", metric.name, shortened(alarm));
    Diagnostic::new(code::METRIC_WITHOUT_DATA, span, title).label(why.why).help(why.help)
}
