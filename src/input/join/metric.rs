//! What of the run a metric measures, if anything.
//!
//! Not what an alarm makes of it (`alarm`). `function` has the metrics of AWS Lambda. Rules: ELB-MET-1, ELB-MET-2, CW-MET-5,
//! CW-DELAY-3.

mod function;

use crate::aws::id::TargetGroupId;
use crate::diagnostic::{Diagnostic, Span, Spanned, code};
use crate::engine::time::SimDuration;
use crate::input::aws_document::balancer::Balancer;
use crate::input::join::lambda;
use crate::input::load::{Resources, Sections};
use crate::input::tree::shortened;
use crate::scenario::alarm::Metric;
use crate::scenario::alarm::statistic::Stat;
use crate::scenario::custom_metric::CustomMetric;
use crate::scenario::function::Function;
use crate::scenario::monitoring::{MINUTE, Measure, Scope, Source};
use crate::scenario::revision::Revision;
use crate::scenario::server::InstanceBalancer;
use crate::scenario::service::{LoadBalancer, LoadBalancerKind, Service};

/// What there is to measure.
pub struct Watchable<'a> {
    /// The documents.
    pub resources: &'a Resources,
    /// The load balancer of the service, if a service is deployed to.
    pub load_balancer: Option<&'a LoadBalancer>,
    /// That of the instances, if instances stand behind one.
    pub instance_balancer: Option<&'a InstanceBalancer>,
    /// The service.
    pub service: Option<&'a Service>,
    /// The function, if one is deployed to.
    pub function: Option<&'a Function>,
    /// The versions of it that the AppSpecs name.
    pub versions: Vec<u32>,
    /// Whether every revision says what load does to its tasks.
    pub has_load: bool,
    /// Whether every revision says how long it takes to answer.
    pub has_times: bool,
    /// What revisions publish themselves.
    pub custom: Vec<&'a CustomMetric>,
}

impl<'a> Watchable<'a> {
    /// What the revisions let be measured of the function, or of the service behind its load balancer.
    pub fn new(
        sections: &'a Sections,
        function: Option<&'a Function>,
        ecs: Option<&'a (Service, Option<LoadBalancer>)>,
    ) -> Watchable<'a> {
        let Sections { resources, revisions, .. } = sections;
        let has_load = |revision: &Revision| revision.capacity.is_some();
        Watchable {
            resources,
            load_balancer: ecs.and_then(|(_, load_balancer)| load_balancer.as_ref()),
            instance_balancer: resources
                .instances
                .as_ref()
                .and_then(|instances| instances.load_balancer.as_ref()),
            service: ecs.map(|(service, _)| service),
            function,
            versions: lambda::known_versions(sections),
            custom: revisions.all().flat_map(|revision| &revision.metrics).collect(),
            has_load: revisions.all().all(has_load),
            has_times: revisions.all().all(|it| it.latency.is_some() || has_load(it)),
        }
    }
}

/// Why a metric never has data in a run, and what to do about it.
pub struct WithoutData {
    /// Why.
    pub why: String,
    /// What to do.
    pub help: &'static str,
}

/// CPU and memory of the service (CW-MET-5), which only revisions know that say what a task can do.
fn of_service(
    metric: &Metric,
    is_fine: bool,
    account: &Watchable<'_>,
) -> Result<Source, WithoutData> {
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
    let Some(service) = account.service else { return Err(not_there(metric, account)) };
    let names = [("ClusterName", &service.cluster), ("ServiceName", &service.name)];
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
    Ok(Source { scope: Scope::Service, measure, is_fine })
}

/// What revisions publish themselves.
fn of_revisions(
    metric: &Metric,
    is_fine: bool,
    account: &Watchable<'_>,
) -> Result<Source, WithoutData> {
    let mut dimensions = metric.dimensions.clone();
    dimensions.sort();
    let own = account.custom.iter();
    let mut all =
        own.filter(|own| own.namespace == metric.namespace && own.name == metric.name).peekable();
    let is_described = all.peek().is_some();
    match all.find(|own| own.dimensions == dimensions) {
        Some(own) => Ok(Source { scope: Scope::Custom(own.id), measure: Measure::Custom, is_fine }),
        None if is_described => Err(WithoutData {
            why: format!("`{}` is published with other dimensions", metric.name),
            help: "write the same ones in the alarm and in `metrics` of the revisions",
        }),
        None => Err(WithoutData {
            why: format!("no revision publishes `{}` in `{}`", metric.name, metric.namespace),
            help: "describe it: `revisions.original.metrics: [{ namespace: Checkout, name: FailedOrders, per_request: 1% }]`",
        }),
    }
}

const ASK: &str = "`aws cloudwatch list-metrics --namespace AWS/ApplicationELB` shows the dimensions that it is published with";

/// What of the simulated service or its load balancer a metric measures (ELB-MET-1, ELB-MET-2, CW-MET-5).
pub fn source(
    metric: &Metric,
    stat: Stat,
    period: SimDuration,
    account: &Watchable<'_>,
) -> Result<Source, WithoutData> {
    // What is published each minute has no data for shorter periods than that but in one of them.
    let is_fine = period < MINUTE;
    if metric.namespace == "AWS/ECS" {
        return of_service(metric, is_fine, account);
    }
    if metric.namespace == "AWS/Lambda" && account.function.is_some() {
        return function::source(metric, stat, account);
    }
    if !metric.namespace.starts_with("AWS/") {
        return of_revisions(metric, is_fine, account);
    }
    of_balancer(metric, account)
}

/// Nothing of this namespace is deployed to.
pub fn not_there(metric: &Metric, account: &Watchable<'_>) -> WithoutData {
    if account.service.is_some() {
        return WithoutData {
            why: format!(
                "the service has no load balancer, and nothing else publishes in `{}`",
                metric.namespace
            ),
            help: "watch its `CPUUtilization`, or what the revisions publish with a `value`",
        };
    }
    match account.resources.instances {
        Some(_) => WithoutData {
            why: format!("nothing in `{}` is simulated beside these instances", metric.namespace),
            help: "watch what their load balancer or the revisions publish",
        },
        None => WithoutData {
            why: format!("nothing in `{}` is simulated beside a Lambda function", metric.namespace),
            help: "watch `Errors` in `AWS/Lambda`, or what the revisions publish themselves",
        },
    }
}

/// The load balancer publishes in another namespace.
fn of_other_namespace(metric: &Metric, own: &str) -> WithoutData {
    match ["AWS/ApplicationELB", "AWS/NetworkELB"].contains(&metric.namespace.as_str()) {
        true => WithoutData {
            why: format!("the load balancer is of another kind: it publishes in `{own}`"),
            help: "name a metric of this load balancer",
        },
        false => WithoutData {
            why: format!("nothing in `{}` is simulated", metric.namespace),
            help: "watch a metric of the load balancer, or rehearse without this alarm",
        },
    }
}

/// What the load balancer publishes each minute.
fn of_balancer(metric: &Metric, account: &Watchable<'_>) -> Result<Source, WithoutData> {
    let resources = account.resources;
    let kind = match (account.load_balancer, account.instance_balancer) {
        (Some(of_service), _) => of_service.kind,
        (None, Some(of_instances)) => of_instances.kind,
        (None, None) => return Err(not_there(metric, account)),
    };
    let namespace = match kind {
        LoadBalancerKind::Application => "AWS/ApplicationELB",
        LoadBalancerKind::Network => "AWS/NetworkELB",
    };
    if metric.namespace != namespace {
        return Err(of_other_namespace(metric, namespace));
    }
    let Some((measure, scopes)) = measure(&metric.name, kind) else {
        return Err(WithoutData {
            why: format!("`{}` is not simulated", metric.name),
            help: "watch requests, 4xx and 5xx codes, response times, connection errors or host counts",
        });
    };
    if account.instance_balancer.is_some() && matches!(scopes, Scopes::Group) {
        return Err(WithoutData {
            why: format!("`{}` of instances is not simulated", metric.name),
            help: "watch requests, 4xx and 5xx codes or response times",
        });
    }
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
            "TargetGroup" => group = Some(target_group(value, account)?),
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
    let of = |scope| Source { scope, measure, is_fine: false };
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
        (Some(scope), _) => Ok(of(scope)),
        (None, _) => Ok(of(Scope::LoadBalancer)),
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
        "UnhealthyRoutingRequestCount" => (Measure::FailOpen, Scopes::Both),
        "TargetConnectionErrorCount" => (Measure::ConnectionErrors, Scopes::Both),
        _ => return None,
    };
    Some(found)
}

/// The scope of a target group, by the name in `targetgroup/NAME/NUMBER`: one of the pair of a service, or the one of
/// instances, in which all of them are, whatever they run.
fn target_group(value: &str, account: &Watchable<'_>) -> Result<Scope, WithoutData> {
    if value.starts_with("arn:") {
        return Err(WithoutData {
            why: "the dimension `TargetGroup` holds a whole ARN".into(),
            help: "write its last part, `targetgroup/NAME/NUMBER`",
        });
    }
    let name = value.strip_prefix("targetgroup/").and_then(|rest| rest.split('/').next());
    let is_named = |own: &str| Some(own) == name;
    let of_pair = account.load_balancer.and_then(|it| {
        let place = it.target_groups.iter().position(|group| is_named(&group.name))?;
        Some(match it.is_shared {
            true => Scope::SharedTargetGroup,
            false => Scope::TargetGroup(TargetGroupId(place as u8)),
        })
    });
    let of_instances = account.instance_balancer.filter(|it| is_named(&it.target_group.name));
    of_pair.or(of_instances.map(|_| Scope::LoadBalancer)).ok_or_else(|| WithoutData {
        why: format!("`{}` is none of the deployment group's target groups", shortened(value)),
        help: match account.load_balancer {
            Some(_) => "write `targetgroup/NAME/NUMBER` of one of the two",
            None => "write `targetgroup/NAME/NUMBER` of the one that it names",
        },
    })
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
