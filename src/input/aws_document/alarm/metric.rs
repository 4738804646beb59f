//! An alarm on metrics: which ones, what it makes of them, when it goes off.
//!
//! Not the expressions in it (`math`). Rules: CW-ALARM-2, CW-ALARM-11, CW-ALARM-12.

mod source;

use super::{Common, refused};
use crate::aws::alarm::{ComparisonOperator, LowSampleCount, TreatMissingData};
use crate::diagnostic::{Diagnostic, Diagnostics, Spanned, code};
use crate::engine::time::SimDuration;
use crate::input::aws_document::value::{Limit, spanned};
use crate::input::decode::{Field, Map, choice, scalar_text};
use crate::input::tree::shortened;
use crate::scenario::alarm::MetricAlarm;
use crate::scenario::alarm::criterion::Criterion;
use crate::scenario::alarm::ratio::Ratio;
use source::Source;

/// Operators of alarms on the band of an anomaly detector.
const BAND_OPERATORS: [&str; 3] = [
    "LessThanLowerOrGreaterThanUpperThreshold",
    "LessThanLowerThreshold",
    "GreaterThanUpperThreshold",
];
/// The metrics that always ignore missing data. Rule: CW-ALARM-12.
const IGNORING_NAMESPACE: &str = "AWS/DynamoDB";

/// Reads what an alarm on metrics has besides its name.
pub fn alarm(map: &mut Map, common: Common) -> Option<MetricAlarm> {
    let source = source::source(map);
    let evaluation_periods =
        map.required("EvaluationPeriods", spanned(count(i64::from(PERIODS_MAX))));
    let most = evaluation_periods.as_ref().map_or(PERIODS_MAX, |periods| periods.value);
    let datapoints_to_alarm =
        map.optional("DatapointsToAlarm", |field, to| datapoints_to_alarm(field, most, to));
    let comparison_operator = map.required("ComparisonOperator", comparison_operator);
    let threshold = threshold(map);
    let treat_missing_data = treat_missing_data(map, source.as_ref());
    let counts = LowSampleCount::ALL.iter().map(|known| (known.as_str(), *known));
    let low_sample_count = map.or(
        "EvaluateLowSampleCountPercentile",
        choice(&counts.collect::<Vec<_>>()),
        LowSampleCount::Evaluate,
    );
    if let (Some(source), Some(periods)) = (&source, &evaluation_periods) {
        check_span(map, source.period, periods);
    }
    let source = source?;
    let evaluation_periods = evaluation_periods?.value;
    let criterion = Criterion {
        datapoints_to_alarm: datapoints_to_alarm.unwrap_or(evaluation_periods),
        evaluation_periods,
        treat_missing_data,
    };
    Some(MetricAlarm {
        name: common.name,
        metrics: source.metrics,
        expression: source.expression,
        period: source.period,
        criterion,
        comparison_operator: comparison_operator?,
        threshold: threshold?,
        low_sample_count,
        actions_enabled: common.actions_enabled,
        scaling_policies: common.scaling_policies,
    })
}

/// No alarm evaluates more: a day of the shortest period.
const PERIODS_MAX: u32 = 8640;

/// A whole number from 1 on.
fn count(most: i64) -> impl FnOnce(Field, &mut Diagnostics) -> Option<u32> {
    move |field, to| {
        let limit = Limit { range: (1, most), code: code::ALARM_REFUSED };
        limit.number()(field, to).and_then(|number| u32::try_from(number).ok())
    }
}

/// M, which may not be more than N. Rule: CW-ALARM-2.
fn datapoints_to_alarm(field: Field, most: u32, to: &mut Diagnostics) -> Option<u32> {
    let found = count(i64::MAX)(field, to)?;
    if found > most {
        let title =
            format!("`{}` is {found}, more than the {most} of `EvaluationPeriods`", field.name);
        to.push(
            refused(field.node.span, title)
                .label("so many never come together")
                .help(format!("write a number from 1 to {most}")),
        );
        return None;
    }
    Some(found)
}

/// Evaluation periods may span a day, with periods of an hour or more a week. Rule: CW-ALARM-2.
fn check_span(map: &mut Map, period: SimDuration, periods: &Spanned<u32>) {
    let (most, name) = match period < SimDuration::from_mins(60) {
        true => (SimDuration::from_mins(24 * 60), "a day"),
        false => (SimDuration::from_mins(7 * 24 * 60), "a week"),
    };
    let span = period.times(u64::from(periods.value));
    if span > most {
        let (period, span) = (period.as_millis() / 1000, span.as_millis() / 1000);
        let title = format!(
            "{} evaluation periods of {period} s are {span} s, more than {name}",
            periods.value
        );
        let fits = most.as_millis() / 1000 / period.max(1);
        map.tell(
            refused(periods.span, title)
                .label("too long a time")
                .help(format!("of this `Period` at most {fits} can be evaluated")),
        );
    }
}

fn comparison_operator(field: Field, to: &mut Diagnostics) -> Option<ComparisonOperator> {
    let written = scalar_text(field, "a comparison", to)?;
    if BAND_OPERATORS.contains(&written) {
        let title = format!("`{}` is `{written}`", field.name);
        to.push(
            Diagnostic::new(code::NOT_SIMULATED, field.node.span, title)
                .label("anomaly detection is not simulated yet")
                .help("compare with a `Threshold` that is a number"),
        );
        return None;
    }
    let known = ComparisonOperator::ALL.iter().map(|known| (known.as_str(), *known));
    choice(&known.collect::<Vec<_>>())(field, to)
}

fn threshold(map: &mut Map) -> Option<Ratio> {
    if let Some(band) = map.take("ThresholdMetricId") {
        let title = format!("`{}` compares with the band of an anomaly detector", band.name);
        map.tell(
            Diagnostic::new(code::NOT_SIMULATED, band.key_span, title)
                .label("not simulated yet")
                .help("compare with a `Threshold` that is a number"),
        );
        return map.optional("Threshold", number);
    }
    map.required("Threshold", number)
}

/// A number as its decimals say, without rounding.
fn number(field: Field, to: &mut Diagnostics) -> Option<Ratio> {
    let written = scalar_text(field, "a number", to)?;
    let found = Ratio::parse(written);
    if found.is_none() {
        let title = format!("`{}` is `{}`, not a number", field.name, shortened(written));
        to.push(
            Diagnostic::new(code::BAD_NUMBER, field.node.span, title)
                .label("a number is needed here"),
        );
    }
    found
}

/// What holds where data is missing; for DynamoDB always the same (CW-ALARM-12).
fn treat_missing_data(map: &mut Map, source: Option<&Source>) -> TreatMissingData {
    let known = TreatMissingData::ALL.iter().map(|known| (known.as_str(), *known));
    let written = map.optional("TreatMissingData", spanned(choice(&known.collect::<Vec<_>>())));
    let is_ignoring = source.is_some_and(|source| {
        source.metrics.iter().any(|metric| metric.metric.namespace == IGNORING_NAMESPACE)
    });
    match written {
        Some(written) if is_ignoring && written.value != TreatMissingData::Ignore => {
            let title =
                format!("`TreatMissingData` is `{}` for a metric of DynamoDB", written.value);
            map.tell(
                Diagnostic::new(code::ALWAYS_IGNORED, written.span, title)
                    .label("has no effect")
                    .help("write `ignore`, which holds anyway"),
            );
            TreatMissingData::Ignore
        }
        Some(written) => written.value,
        None if is_ignoring => TreatMissingData::Ignore,
        None => TreatMissingData::Missing,
    }
}
