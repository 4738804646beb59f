//! The metric of target tracking: a predefined one, or one by its name.
//!
//! Rule: AAS-TT-9.

use super::refused;
use crate::aws::scaling::{MetricStatistic, MetricType};
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::input::aws_document::value::filled;
use crate::input::decode::{Field, Map, choice, list};
use crate::input::tree::shortened;
use crate::scenario::scaling::target_tracking::{CustomizedMetric, ResourceLabel, TrackedMetric};

/// Reads `PredefinedMetricSpecification`.
pub fn predefined(field: Field, to: &mut Diagnostics) -> Option<TrackedMetric> {
    let types = MetricType::ALL.iter().map(|kind| (kind.as_str(), *kind)).collect::<Vec<_>>();
    let mut map = Map::open_aws(field, to)?;
    let kind = map.required("PredefinedMetricType", choice(&types));
    let metric = match kind? {
        MetricType::AlbRequestCountPerTarget => {
            map.required("ResourceLabel", resource_label).map(TrackedMetric::RequestCountPerTarget)
        }
        kind => {
            if let Some(label) = map.take("ResourceLabel") {
                let title = format!("`ResourceLabel` stands beside `{kind}`");
                map.tell(
                    refused(label.key_span, title)
                        .label("belongs to `ALBRequestCountPerTarget`")
                        .help("take it away"),
                );
            }
            Some(of_service(kind))
        }
    };
    map.unused();
    metric
}

/// The metrics of the service as a whole.
fn of_service(kind: MetricType) -> TrackedMetric {
    let is_high_resolution = matches!(
        kind,
        MetricType::EcsServiceAverageCpuUtilizationHighResolution
            | MetricType::EcsServiceAverageMemoryUtilizationHighResolution
    );
    match kind {
        MetricType::EcsServiceAverageCpuUtilization
        | MetricType::EcsServiceAverageCpuUtilizationHighResolution => {
            TrackedMetric::Cpu { is_high_resolution }
        }
        MetricType::EcsServiceAverageMemoryUtilization
        | MetricType::EcsServiceAverageMemoryUtilizationHighResolution => {
            TrackedMetric::Memory { is_high_resolution }
        }
        MetricType::AlbRequestCountPerTarget => unreachable!("{kind} is of a target group"),
    }
}

/// `app/shop/50dc6c495c0c9188/targetgroup/blue/6d0ecf831eec9f09`.
fn resource_label(field: Field, to: &mut Diagnostics) -> Option<ResourceLabel> {
    let written = filled(field, to)?.value;
    let parts = written.split('/').collect::<Vec<_>>();
    if let ["app", name, id, "targetgroup", target_group, _] = parts[..]
        && parts.iter().all(|part| !part.is_empty())
    {
        let load_balancer = format!("app/{name}/{id}");
        return Some(ResourceLabel { load_balancer, target_group: target_group.into() });
    }
    let title = format!("`ResourceLabel` is `{}`, no target group", shortened(&written));
    to.push(refused(field.node.span, title).label("not a load balancer and a target group").help(
        "join the ends of both ARNs: `app/shop/50dc6c495c0c9188/targetgroup/blue/6d0ecf831eec9f09`",
    ));
    None
}

/// Reads `CustomizedMetricSpecification`; metric math is told as not simulated.
pub fn customized(field: Field, to: &mut Diagnostics) -> Option<TrackedMetric> {
    let statistics = MetricStatistic::ALL.iter().map(|each| (each.as_str(), *each));
    let statistics = statistics.collect::<Vec<_>>();
    let mut map = Map::open_aws(field, to)?;
    if let Some(math) = map.take("Metrics") {
        let title = "metric math in a scaling policy is not simulated";
        map.tell(
            Diagnostic::new(code::NOT_SIMULATED, math.key_span, title)
                .label("would be computed from several metrics")
                .help("track one metric: write `Namespace`, `MetricName` and `Statistic`"),
        );
        return None;
    }
    let namespace = map.required("Namespace", filled);
    let name = map.required("MetricName", filled);
    let dimensions = map.or("Dimensions", list(dimension), Vec::new());
    let statistic = map.required("Statistic", choice(&statistics));
    map.unused();
    Some(TrackedMetric::Customized(CustomizedMetric {
        namespace: namespace?.value,
        name: name?.value,
        dimensions,
        statistic: statistic?,
    }))
}

fn dimension(field: Field, to: &mut Diagnostics) -> Option<(String, String)> {
    let mut map = Map::open_aws(field, to)?;
    let name = map.required("Name", filled);
    let value = map.required("Value", filled);
    map.unused();
    Some((name?.value, value?.value))
}
