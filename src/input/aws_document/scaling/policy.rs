//! A scaling policy: target tracking or step scaling, as it is put, described, or its configuration alone.
//!
//! Rules: AAS-TT-8, AAS-CD-1, AAS-SCH-2.

use super::{ScalingDocuments, metric, refused, resource, step};
use crate::aws::scaling::PolicyType;
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::engine::time::SimDuration;
use crate::input::aws_document::value::{decimal, filled, seconds, spanned};
use crate::input::decode::{Field, Map, boolean, choice, list};
use crate::scenario::scaling::target_tracking::TargetTracking;
use crate::scenario::scaling::{COOLDOWN_DEFAULT, Policy, PolicyConfiguration};

const TARGET_TRACKING: &str = "TargetTrackingScalingPolicyConfiguration";
const STEP_SCALING: &str = "StepScalingPolicyConfiguration";
const PREDICTIVE_SCALING: &str = "PredictiveScalingPolicyConfiguration";

/// Keys around a configuration; without any of them a document is the configuration itself.
const AROUND: [&str; 6] =
    ["PolicyName", "PolicyType", "ResourceId", TARGET_TRACKING, STEP_SCALING, PREDICTIVE_SCALING];

/// Reads a policy.
pub fn policy(field: Field, found: &mut ScalingDocuments, to: &mut Diagnostics) -> Option<Policy> {
    if !super::has_any(field.node, &AROUND) {
        let of_steps = super::has_any(field.node, &["StepAdjustments", "AdjustmentType"]);
        let configuration = if of_steps { step_scaling } else { target_tracking }(field, to);
        let (name, arn, alarms) = (String::new(), None, Vec::new());
        return configuration.map(|configuration| Policy { name, arn, alarms, configuration });
    }
    let mut map = Map::open_aws(field, to)?;
    resource::resource(&mut map, found);
    let name = map.required("PolicyName", filled);
    let arn = map.optional("PolicyARN", filled).map(|arn| arn.value);
    let alarms = map.or("Alarms", list(alarm), Vec::new());
    let configuration = configuration(&mut map);
    map.unused();
    Some(Policy { name: name?.value, arn, alarms, configuration: configuration? })
}

/// The name of an alarm that an answer lists.
fn alarm(field: Field, to: &mut Diagnostics) -> Option<String> {
    let mut map = Map::open_aws(field, to)?;
    let name = map.required("AlarmName", filled);
    map.has("AlarmARN");
    map.unused();
    name.map(|name| name.value)
}

/// The configuration of the type that is written, or of the only one that is there.
fn configuration(map: &mut Map<'_, '_>) -> Option<PolicyConfiguration> {
    let types = PolicyType::ALL.iter().map(|kind| (kind.as_str(), *kind)).collect::<Vec<_>>();
    let kind = map.optional("PolicyType", spanned(choice(&types)));
    if kind.as_ref().is_none_or(|kind| kind.value == PolicyType::PredictiveScaling) {
        let predictive = map.take(PREDICTIVE_SCALING).map(|field| field.key_span);
        if let Some(span) = kind.as_ref().map(|kind| kind.span).or(predictive) {
            map.tell(
                Diagnostic::new(code::NOT_SIMULATED, span, "predictive scaling is not simulated")
                    .label("would scale by a forecast")
                    .help("take the policy away to see the service without it"),
            );
            return None;
        }
    }
    let Some(kind) = kind else {
        let key = map.one_of(&[TARGET_TRACKING, STEP_SCALING])?;
        return map.optional(key, of_key(key));
    };
    let (key, other) = match kind.value {
        PolicyType::StepScaling => (STEP_SCALING, TARGET_TRACKING),
        PolicyType::TargetTrackingScaling | PolicyType::PredictiveScaling => {
            (TARGET_TRACKING, STEP_SCALING)
        }
    };
    if let Some(extra) = map.take(other) {
        let title = format!("`{other}` stands beside `PolicyType: {}`", kind.value);
        map.tell(
            refused(extra.key_span, title)
                .label("belongs to another type")
                .help("take it away, or name its type"),
        );
    }
    if !map.has(key) {
        let title = format!("a policy of the type `{}` lacks `{key}`", kind.value);
        map.tell(
            refused(kind.span, title)
                .label("this type needs its configuration")
                .help(format!("write `{key}`")),
        );
    }
    map.optional(key, of_key(key))
}

fn of_key(key: &str) -> fn(Field, &mut Diagnostics) -> Option<PolicyConfiguration> {
    if key == STEP_SCALING { step_scaling } else { target_tracking }
}

fn step_scaling(field: Field, to: &mut Diagnostics) -> Option<PolicyConfiguration> {
    step::step_scaling(field, to).map(PolicyConfiguration::StepScaling)
}

fn target_tracking(field: Field, to: &mut Diagnostics) -> Option<PolicyConfiguration> {
    let mut map = Map::open_aws(field, to)?;
    let target = map.required("TargetValue", spanned(decimal));
    let keys = ["PredefinedMetricSpecification", "CustomizedMetricSpecification"];
    let metric = match map.one_of(&keys) {
        Some(key) if key == keys[0] => map.optional(key, metric::predefined),
        Some(key) => map.optional(key, metric::customized),
        None => None,
    };
    let scale_out_cooldown = cooldown(&mut map, "ScaleOutCooldown");
    let scale_in_cooldown = cooldown(&mut map, "ScaleInCooldown");
    let disable_scale_in = map.or("DisableScaleIn", boolean, false);
    let target = target.filter(|target| {
        let is_positive = target.value.is_positive();
        if !is_positive {
            let title = format!("`TargetValue` is {}, not more than 0", target.value);
            map.tell(
                refused(target.span, title)
                    .label("no metric can be kept at it")
                    .help("write a number above 0"),
            );
        }
        is_positive
    });
    map.unused();
    Some(PolicyConfiguration::TargetTracking(TargetTracking {
        metric: metric?,
        target_value: target?.value,
        scale_out_cooldown,
        scale_in_cooldown,
        disable_scale_in,
    }))
}

/// A cooldown, whole seconds, 300 where nobody says. Rule: AAS-CD-1.
pub fn cooldown<'a>(map: &mut Map<'a, '_>, key: &'a str) -> SimDuration {
    map.or(key, seconds(0..=i64::from(i32::MAX)), COOLDOWN_DEFAULT)
}
