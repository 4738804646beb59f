//! The configuration of step scaling, and whether its steps fit each other.
//!
//! Rules: AAS-STEP-1, AAS-STEP-2, AAS-STEP-4, AAS-GEN-5.

use super::policy::cooldown;
use super::refused;
use crate::aws::scaling::{AdjustmentType, MetricAggregationType};
use crate::diagnostic::{Diagnostic, Diagnostics, Spanned};
use crate::engine::ratio::Ratio;
use crate::input::aws_document::value::{count, decimal, number, plays_no_part, spanned};
use crate::input::decode::{Field, Map, choice, list};
use crate::scenario::scaling::STEP_ADJUSTMENTS_MAX;
use crate::scenario::scaling::step_scaling::{StepAdjustment, StepScaling};

/// Reads `StepScalingPolicyConfiguration`.
pub fn step_scaling(field: Field, to: &mut Diagnostics) -> Option<StepScaling> {
    let kinds = AdjustmentType::ALL.iter().map(|kind| (kind.as_str(), *kind)).collect::<Vec<_>>();
    let aggregations = MetricAggregationType::ALL.iter().map(|kind| (kind.as_str(), *kind));
    let aggregations = aggregations.collect::<Vec<_>>();
    let mut map = Map::open_aws(field, to)?;
    let adjustment_type = map.required("AdjustmentType", choice(&kinds));
    let is_exact = adjustment_type == Some(AdjustmentType::ExactCapacity);
    let steps = map.required("StepAdjustments", |field, to| steps(field, is_exact, to));
    let magnitude = "MinAdjustmentMagnitude";
    let least = map.optional(magnitude, |field, to| {
        if adjustment_type.is_some_and(|kind| kind != AdjustmentType::PercentChangeInCapacity) {
            plays_no_part(field, to);
        }
        count(0..=i64::from(i32::MAX))(field, to)
    });
    let cooldown = cooldown(&mut map, "Cooldown");
    let aggregation = MetricAggregationType::Average;
    let aggregation = map.or("MetricAggregationType", choice(&aggregations), aggregation);
    map.unused();
    Some(StepScaling {
        adjustment_type: adjustment_type?,
        steps: steps?,
        min_adjustment_magnitude: least,
        cooldown,
        metric_aggregation_type: aggregation,
    })
}

/// The steps from the lowest to the highest, if they fit each other.
fn steps(field: Field, is_exact: bool, to: &mut Diagnostics) -> Option<Vec<StepAdjustment>> {
    let mut steps =
        list(|field, to| spanned(|field, to| step(field, is_exact, to))(field, to))(field, to)?;
    // Open below is lower than anything.
    steps.sort_by_key(|step| step.value.lower);
    let pairs = steps.iter().zip(steps.iter().skip(1));
    let mut faults: Vec<Diagnostic> = pairs.filter_map(|(one, next)| meeting(one, next)).collect();
    match &steps[..] {
        _ if !faults.is_empty() => {}
        [] => faults.push(
            refused(field.node.span, format!("`{}` has no step", field.name))
                .label("one is needed")
                .help("write `[{\"MetricIntervalLowerBound\": 0, \"ScalingAdjustment\": 1}]`"),
        ),
        [only] => faults.extend(open_ends(only, only)),
        [lowest, .., highest] => faults.extend(open_ends(lowest, highest)),
    }
    super::over_quota(&steps, STEP_ADJUSTMENTS_MAX, "steps", to);
    let is_sound = faults.is_empty();
    faults.into_iter().for_each(|fault| to.push(fault));
    is_sound.then(|| steps.into_iter().map(|step| step.value).collect())
}

fn step(field: Field, is_exact: bool, to: &mut Diagnostics) -> Option<StepAdjustment> {
    let mut map = Map::open_aws(field, to)?;
    let lower = map.optional("MetricIntervalLowerBound", decimal);
    let upper = map.optional("MetricIntervalUpperBound", decimal);
    let range = i64::from(i32::MIN)..=i64::from(i32::MAX);
    let adjustment = map.required("ScalingAdjustment", spanned(number(range)));
    map.unused();
    let adjustment = adjustment?;
    if is_exact && adjustment.value < 0 {
        let title = format!("`ScalingAdjustment` is {}, no capacity", adjustment.value);
        to.push(
            refused(adjustment.span, title)
                .label("less than 0 with `ExactCapacity`")
                .help("write the number of tasks, or another `AdjustmentType`"),
        );
    }
    if let (Some(lower), Some(upper)) = (lower, upper)
        && lower >= upper
    {
        let title = format!("a step reaches from {lower} to {upper}");
        to.push(
            refused(field.node.span, title)
                .label("the upper bound is not above the lower one")
                .help("exchange the bounds: -10 is below 0"),
        );
    }
    let adjustment = i32::try_from(adjustment.value).expect("within its range");
    Some(StepAdjustment { lower, upper, adjustment })
}

/// The fault of two steps that follow each other. Rule: AAS-STEP-2.
fn meeting(below: &Spanned<StepAdjustment>, above: &Spanned<StepAdjustment>) -> Option<Diagnostic> {
    let (end, begin) = (below.value.upper, above.value.lower);
    if end.is_some() && end == begin {
        return None;
    }
    let (title, label) = match (end, begin) {
        (Some(end), Some(begin)) if end < begin => {
            (format!("there is no step between {end} and {begin}"), "a gap lies below this step")
        }
        (_, Some(begin)) => (format!("two steps hold {begin}"), "overlaps the step below"),
        (_, None) => ("two steps have no lower bound".into(), "overlaps another step"),
    };
    Some(
        refused(above.span, title)
            .label(label)
            .help("let each step begin where the one below ends"),
    )
}

/// The fault of outermost steps with a bound away from the threshold, beyond which nothing would be said, or of a
/// step without any bound. Rule: AAS-STEP-2.
fn open_ends(
    lowest: &Spanned<StepAdjustment>,
    highest: &Spanned<StepAdjustment>,
) -> Option<Diagnostic> {
    let fault = |step: &Spanned<StepAdjustment>, title: String| {
        refused(step.span, title).label("the outermost step is open").help("take that bound away")
    };
    let (lower, upper) = (lowest.value.lower, highest.value.upper);
    match (lower, upper) {
        (Some(lower), _) if lower < Ratio::ZERO => {
            Some(fault(lowest, format!("no step holds what is below {lower}")))
        }
        (_, Some(upper)) if upper > Ratio::ZERO => {
            Some(fault(highest, format!("no step holds what is above {upper}")))
        }
        (None, None) if lowest.span == highest.span => Some(
            refused(lowest.span, "a step has no bound")
                .label("open at both ends")
                .help("write `\"MetricIntervalLowerBound\": 0` for what is above the threshold"),
        ),
        _ => None,
    }
}
