//! The scaling of the service that is deployed to, and the alarms that call its policies.
//!
//! Not what each document of it says (`aws_document::scaling`). Rules: AAS-GEN-1, AAS-GEN-5, AAS-TT-1, AAS-TT-9, CW-ALARM-7.

use super::alarm::place;
use super::metric::{Watchable, WithoutData, not_there, source, without_data};
use crate::aws::alarm::{ComparisonOperator, LowSampleCount, Statistic, TreatMissingData};
use crate::aws::id::{AlarmId, TargetGroupId};
use crate::aws::scaling::MetricStatistic;
use crate::diagnostic::{Diagnostic, Diagnostics, Span, Spanned, code};
use crate::scenario::alarm::criterion::Criterion;
use crate::scenario::alarm::math::Expression;
use crate::scenario::alarm::ratio::Ratio;
use crate::scenario::alarm::statistic::Stat;
use crate::scenario::alarm::{Alarm, Metric, MetricAlarm, MetricStat};
use crate::scenario::monitoring::{MINUTE, Measure, Monitoring, Scope, Source, WatchedAlarm};
use crate::scenario::scaling::target_tracking::{
    Comparison, TargetTracking, TrackedMetric, TrackingAlarm,
};
use crate::scenario::scaling::{Policy, PolicyAlarms, PolicyConfiguration, ServiceScaling};

/// The scaling, if the scenario has any and it is that of this service. The alarms that target tracking makes are added to
/// the others.
pub fn scaling(
    account: &Watchable<'_>,
    monitoring: Option<&mut Monitoring>,
    to: &mut Diagnostics,
) -> Option<ServiceScaling> {
    account.service?;
    let documents = account.resources.scaling.as_ref()?;
    tell_other_service(account, to);
    let scaling = documents.scaling(to)?;
    let monitoring = monitoring?;
    let mut alarms = Vec::new();
    for (number, policy) in (1..).zip(&scaling.policies) {
        let span = documents.policies[number - 1].span;
        alarms.push(match &policy.configuration {
            PolicyConfiguration::TargetTracking(tracking) => {
                tracking_alarms(tracking, policy, number, account, monitoring, span, to)
            }
            PolicyConfiguration::StepScaling(_) => step_alarms(policy, monitoring, span, to),
        });
    }
    Some(ServiceScaling { scaling, alarms })
}

/// All documents are of the service that is deployed to.
fn tell_other_service(account: &Watchable<'_>, to: &mut Diagnostics) {
    let resources = account.resources;
    let Some(documents) = &resources.scaling else { return };
    if let Some(Spanned { value: named, span }) = &documents.resource {
        let service = &resources.service;
        let pairs = [
            ("cluster", &named.cluster, &service.cluster),
            ("service", &named.service, &service.name),
        ];
        for (what, found, needed) in pairs {
            if let Some(needed) = needed.as_ref().filter(|needed| needed.value != *found) {
                let title = format!(
                    "what is scaled is of the {what} `{found}`, the service document says `{}`",
                    needed.value
                );
                to.push(
                    Diagnostic::new(code::DOCUMENTS_DISAGREE, *span, title)
                        .label("another name than the service's")
                        .help("see whether both documents are of the same service"),
                );
            }
        }
    }
}

// ---- alarms -------------------------------------------------------------------------------------

/// The two alarms of a policy: those that the documents describe under the names that the policy gives, else as target
/// tracking makes them (AAS-TT-1).
fn tracking_alarms(
    tracking: &TargetTracking,
    policy: &Policy,
    number: usize,
    account: &Watchable<'_>,
    monitoring: &mut Monitoring,
    span: Span,
    to: &mut Diagnostics,
) -> PolicyAlarms {
    let described = |is_high: bool| {
        let ids = policy.alarms.iter().filter_map(|name| monitoring.id_of(name));
        ids.into_iter().find(|id| {
            let alarm = monitoring.alarm(*id).metric_alarm();
            let greater = ComparisonOperator::GreaterThanThreshold;
            alarm.is_some_and(|alarm| (alarm.comparison_operator == greater) == is_high)
        })
    };
    if let (Some(high), Some(low)) = (described(true), described(false)) {
        return PolicyAlarms::Tracking { high, low };
    }
    let measured = tracked(&tracking.metric, account);
    let service = format!(
        "{}/{}",
        account.service.expect("what is scaled is a service").cluster,
        account.service.expect("what is scaled is a service").name
    );
    let of = match policy.name.as_str() {
        "" => number.to_string(),
        name => name.to_owned(),
    };
    let (metric, source) = match measured {
        Ok((metric, source)) => (metric, Some(place(source, &mut monitoring.sources))),
        Err((metric, why)) => {
            to.push(without_data(&of, &metric, why, span));
            (metric, None)
        }
    };
    let statistic = match &tracking.metric {
        TrackedMetric::Customized(metric) => match metric.statistic {
            MetricStatistic::Average => Statistic::Average,
            MetricStatistic::Minimum => Statistic::Minimum,
            MetricStatistic::Maximum => Statistic::Maximum,
            MetricStatistic::SampleCount => Statistic::SampleCount,
            MetricStatistic::Sum => Statistic::Sum,
        },
        _ => Statistic::Average,
    };
    let mut add = |what: &str, rule: TrackingAlarm| {
        let name = format!("TargetTracking-service/{service}-{what}-{of}");
        let metrics = vec![MetricStat {
            id: String::new(),
            metric: metric.clone(),
            stat: Stat::Statistic(statistic),
        }];
        let alarm = Alarm::Metric(Box::new(made(name, metrics, rule)));
        monitoring.alarms.push(WatchedAlarm { alarm, sources: vec![source], children: Vec::new() });
        AlarmId(u8::try_from(monitoring.alarms.len() - 1).expect("alarms are limited"))
    };
    PolicyAlarms::Tracking {
        high: add("AlarmHigh", tracking.high_alarm()),
        low: add("AlarmLow", tracking.low_alarm()),
    }
}

fn made(name: String, metrics: Vec<MetricStat>, rule: TrackingAlarm) -> MetricAlarm {
    MetricAlarm {
        name,
        metrics,
        expression: Expression::Metric(0),
        period: rule.period,
        criterion: Criterion {
            datapoints_to_alarm: rule.datapoints_to_alarm,
            evaluation_periods: rule.evaluation_periods,
            treat_missing_data: TreatMissingData::Missing,
        },
        comparison_operator: match rule.comparison {
            Comparison::GreaterThanThreshold => ComparisonOperator::GreaterThanThreshold,
            Comparison::LessThanThreshold => ComparisonOperator::LessThanThreshold,
        },
        threshold: Ratio::from(rule.threshold),
        low_sample_count: LowSampleCount::Evaluate,
        actions_enabled: true,
        scaling_policies: Vec::new(),
    }
}

/// What a policy tracks, by its name, and what measures it (AAS-TT-9).
fn tracked(
    metric: &TrackedMetric,
    account: &Watchable<'_>,
) -> Result<(Metric, Source), (Metric, WithoutData)> {
    let of_service = |name: &str| Metric {
        namespace: "AWS/ECS".into(),
        name: name.into(),
        dimensions: vec![
            (
                "ClusterName".into(),
                account.service.expect("what is scaled is a service").cluster.clone(),
            ),
            (
                "ServiceName".into(),
                account.service.expect("what is scaled is a service").name.clone(),
            ),
        ],
    };
    let metric = match metric {
        TrackedMetric::Cpu { .. } => of_service("CPUUtilization"),
        TrackedMetric::Memory { .. } => of_service("MemoryUtilization"),
        TrackedMetric::RequestCountPerTarget(label) => {
            let own = account.load_balancer.and_then(|balancer| {
                let groups = &balancer.target_groups;
                let place = groups.iter().position(|group| group.name == label.target_group)?;
                Some(match balancer.is_shared {
                    true => Scope::SharedTargetGroup,
                    false => Scope::TargetGroup(TargetGroupId(place as u8)),
                })
            });
            let metric = Metric {
                namespace: "AWS/ApplicationELB".into(),
                name: "RequestCountPerTarget".into(),
                dimensions: vec![("TargetGroup".into(), label.target_group.clone())],
            };
            let measure = Measure::RequestsPerTarget;
            return match own {
                Some(scope) => Ok((metric, Source { scope, measure, is_fine: false })),
                None if account.load_balancer.is_none() => {
                    let why = not_there(&metric, account);
                    Err((metric, why))
                }
                None => Err((
                    metric,
                    WithoutData {
                        why: format!(
                            "`{}` is none of the deployment group's target groups",
                            label.target_group
                        ),
                        help: "name one of the two in `ResourceLabel`",
                    },
                )),
            };
        }
        TrackedMetric::Customized(metric) => Metric {
            namespace: metric.namespace.clone(),
            name: metric.name.clone(),
            dimensions: metric.dimensions.clone(),
        },
    };
    // Target tracking looks at averages (AAS-TT-1).
    match source(&metric, Stat::Statistic(Statistic::Average), MINUTE, account) {
        Ok(source) => Ok((metric, source)),
        Err(why) => Err((metric, why)),
    }
}

/// The alarms whose action a step policy is: those that call it by its ARN or its name, and those that it names.
fn step_alarms(
    policy: &Policy,
    monitoring: &Monitoring,
    span: Span,
    to: &mut Diagnostics,
) -> PolicyAlarms {
    let end = format!(":policyName/{}", policy.name);
    let is_own = |arn: &String| {
        policy.arn.as_ref() == Some(arn) || (!policy.name.is_empty() && arn.ends_with(&end))
    };
    let calls = |watched: &WatchedAlarm| {
        let by_action =
            watched.metric_alarm().is_some_and(|alarm| alarm.scaling_policies.iter().any(is_own));
        by_action || policy.alarms.iter().any(|name| name == watched.alarm.name())
    };
    let alarms: Vec<AlarmId> =
        monitoring.ids().filter(|(_, watched)| calls(watched)).map(|(id, _)| id).collect();
    if alarms.is_empty() {
        let title = "no alarm calls this step scaling policy";
        to.push(
            Diagnostic::new(code::POLICY_UNCALLED, span, title)
                .label("never scales in a run")
                .help("describe its alarm in `resources.alarms`, with the policy's ARN in `AlarmActions`"),
        );
    }
    PolicyAlarms::Step(alarms)
}
