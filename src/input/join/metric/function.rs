//! What of the run a metric of AWS Lambda measures, if anything.
//!
//! Rules: LAM-MET-1 to LAM-MET-4.

use super::{Watchable, WithoutData};
use crate::input::tree::shortened;
use crate::scenario::alarm::Metric;
use crate::scenario::alarm::statistic::Stat;
use crate::scenario::function::Function;
use crate::scenario::monitoring::{Measure, Scope, Source};

const MEASURED: &str = "watch `Invocations`, `Errors`, `Duration` or `Throttles`";
const ASK: &str = "`aws cloudwatch list-metrics --namespace AWS/Lambda` shows the dimensions that it is published with";

/// What a metric of `AWS/Lambda` measures of the function behind its alias.
pub fn source(metric: &Metric, stat: Stat, account: &Watchable<'_>) -> Result<Source, WithoutData> {
    let function = account.function.expect("a function is deployed to");
    let measure = match metric.name.as_str() {
        "Invocations" => Measure::Invocations,
        "Errors" => Measure::InvocationErrors,
        "Duration" => Measure::Duration,
        "Throttles" => Measure::Throttles,
        "Error" | "Throttle" | "Invocation" => {
            let why = format!("Lambda publishes no `{}`", metric.name);
            return Err(WithoutData { why, help: MEASURED });
        }
        other => {
            return Err(WithoutData { why: format!("`{other}` is not simulated"), help: MEASURED });
        }
    };
    let scope = scope(metric, function, account)?;
    if measure == Measure::Duration && !account.has_times {
        return Err(WithoutData {
            why: "not every revision says how long an invocation takes".into(),
            help: "describe it: `revisions.original.latency: { lognormal: { median: 80ms, p95: 200ms } }`",
        });
    }
    let is_counter = matches!(measure, Measure::InvocationErrors | Measure::Throttles);
    if is_counter && matches!(stat, Stat::Percentile(_)) {
        return Err(WithoutData {
            why: "percentiles of a counter are not simulated".into(),
            help: "use `Sum`, or `Average` for the share of the invocations",
        });
    }
    Ok(Source { scope, measure, is_fine: false })
}

/// Of which invocations it is, as its dimensions say (LAM-MET-1).
fn scope(
    metric: &Metric,
    function: &Function,
    account: &Watchable<'_>,
) -> Result<Scope, WithoutData> {
    let [mut name, mut resource, mut version] = [None, None, None];
    for (dimension, value) in &metric.dimensions {
        match dimension.as_str() {
            "FunctionName" => name = Some(value),
            "Resource" => resource = Some(value),
            "ExecutedVersion" => version = Some(value),
            other => {
                let why = format!("Lambda publishes nothing with the dimension `{other}`");
                let help = "an alias is named by `Resource`, as `NAME:ALIAS`, and a version of it by `ExecutedVersion`";
                return Err(WithoutData { why, help });
            }
        }
    }
    let Some(name) = name else {
        return Err(WithoutData {
            why: match metric.dimensions.is_empty() {
                true => "it is of all functions of the account, of which one is simulated".into(),
                false => "the dimension `FunctionName` is missing".into(),
            },
            help: ASK,
        });
    };
    check_name(name, function)?;
    match (resource, version) {
        (None, None) => Ok(Scope::Function),
        (None, Some(_)) => Err(WithoutData {
            why: "`ExecutedVersion` is published with `Resource` only".into(),
            help: ASK,
        }),
        (Some(resource), version) => {
            check_resource(resource, function)?;
            version.map_or(Ok(Scope::Function), |version| of_version(version, account))
        }
    }
}

fn check_name(name: &str, function: &Function) -> Result<(), WithoutData> {
    if name == function.name {
        return Ok(());
    }
    Err(match name.starts_with("arn:") {
        true => WithoutData {
            why: "the dimension `FunctionName` holds an ARN".into(),
            help: "write the name alone",
        },
        false => WithoutData {
            why: format!("`{}` is another function than `{}`", shortened(name), function.name),
            help: "name the function that is deployed to",
        },
    })
}

/// Invocations come through the alias, and are published with it.
fn check_resource(resource: &str, function: &Function) -> Result<(), WithoutData> {
    if resource == function.qualified() {
        return Ok(());
    }
    let of_version = resource.strip_prefix(&function.name).and_then(|rest| rest.strip_prefix(':'));
    let is_version =
        of_version.is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit()));
    Err(match is_version {
        true => WithoutData {
            why: format!("nobody invokes the version `{}` itself", shortened(resource)),
            help: "name the alias in `Resource`, and the version in `ExecutedVersion`",
        },
        false => WithoutData {
            why: format!("`{}` is not the alias `{}`", shortened(resource), function.qualified()),
            help: "write `NAME:ALIAS`",
        },
    })
}

fn of_version(version: &str, account: &Watchable<'_>) -> Result<Scope, WithoutData> {
    let known = &account.versions;
    let found = version.parse().ok().filter(|version| known.contains(version));
    found.map(Scope::Version).ok_or_else(|| {
        let known: Vec<String> = known.iter().map(|version| format!("`{version}`")).collect();
        WithoutData {
            why: format!(
                "the version `{}` is never deployed: the AppSpecs name {}",
                shortened(version),
                known.join(", ")
            ),
            help: "an alarm on `ExecutedVersion` has to be put anew for each version",
        }
    })
}
