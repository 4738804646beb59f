//! `deploymentConfiguration` of a service or of `UpdateService`: how ECS itself deploys.
//!
//! Rules: ECS-ROLL-1, ECS-ROLL-8, ECS-CB-1, ECS-CB-2, ECS-DA-1, ECS-BG-1 to ECS-BG-5 (docs/semantics/environment.md).

use crate::aws::exception::Exception;
use crate::aws::service::{DeploymentStrategy, HookTargetType, ServiceDeploymentStage};
use crate::diagnostic::{Diagnostic, Diagnostics, Span, Spanned, code};
use crate::engine::time::SimDuration;
use crate::input::aws_document::deployment_group::alarm::AlarmConfiguration;
use crate::input::aws_document::value::{count, decimal, filled, spanned};
use crate::input::decode::{Field, Map, boolean, choice, integer, list, scalar_text};
use crate::scenario::service_deployment::shift::Shift;
use crate::scenario::service_deployment::{BreakerThreshold, CircuitBreaker, EarlySuccess};

/// What is written; what is not has a default, or the service's own value.
#[derive(Clone, Debug, Default)]
pub struct DeploymentConfiguration {
    /// `minimumHealthyPercent`.
    pub minimum: Option<Spanned<u32>>,
    /// `maximumPercent`.
    pub maximum: Option<Spanned<u32>>,
    /// `deploymentCircuitBreaker`; nothing inside if it is not enabled.
    pub circuit_breaker: Option<Option<CircuitBreaker>>,
    /// `earlySuccessCriteria`; nothing inside if they are not enabled.
    pub early_success: Option<Spanned<Option<EarlySuccess>>>,
    /// `alarms`, and whether one that goes off rolls back.
    pub alarms: Option<(AlarmConfiguration, bool)>,
    /// `strategy`.
    pub strategy: Option<Spanned<DeploymentStrategy>>,
    /// `bakeTimeInMinutes`.
    pub bake_time: Option<Spanned<SimDuration>>,
    /// `linearConfiguration`.
    pub linear: Option<Shift>,
    /// `canaryConfiguration`.
    pub canary: Option<Shift>,
    /// `lifecycleHooks`.
    pub hooks: Option<Vec<LifecycleHook>>,
}

/// One of `lifecycleHooks`.
#[derive(Clone, Debug)]
pub struct LifecycleHook {
    /// `targetType`.
    pub target_type: HookTargetType,
    /// `lifecycleStages`.
    pub stages: Vec<Spanned<ServiceDeploymentStage>>,
    /// `timeoutConfiguration`.
    pub timeout: SimDuration,
    /// Whether the deployment goes on after that.
    pub goes_on_after_timeout: bool,
    /// Where it is written.
    pub span: Span,
}

impl DeploymentConfiguration {
    /// What this one says, and the other where it says nothing.
    pub fn over(self, other: DeploymentConfiguration) -> DeploymentConfiguration {
        DeploymentConfiguration {
            minimum: self.minimum.or(other.minimum),
            maximum: self.maximum.or(other.maximum),
            circuit_breaker: self.circuit_breaker.or(other.circuit_breaker),
            early_success: self.early_success.or(other.early_success),
            alarms: self.alarms.or(other.alarms),
            strategy: self.strategy.or(other.strategy),
            bake_time: self.bake_time.or(other.bake_time),
            linear: self.linear.or(other.linear),
            canary: self.canary.or(other.canary),
            hooks: self.hooks.or(other.hooks),
        }
    }
}

/// Percentages beyond this are no plan any more.
const PERCENT_MAX: i64 = 1000;
const DAY_MINUTES: i64 = 1440;
/// `stepPercent` is 3.0 at least, `canaryPercent` 0.1 (ECS-BG-3).
const STEP_MIN: u16 = 30;
const CANARY_MIN: u16 = 1;
const HOOKS_MAX: usize = 10;

/// Reads it.
pub fn deployment_configuration(
    field: Field,
    to: &mut Diagnostics,
) -> Option<DeploymentConfiguration> {
    let mut map = Map::open_aws(field, to)?;
    let strategies =
        DeploymentStrategy::ALL.iter().map(|one| (one.as_str(), *one)).collect::<Vec<_>>();
    let read = map.refusing(Exception::InvalidParameter, |map| DeploymentConfiguration {
        minimum: map.optional("minimumHealthyPercent", spanned(count(0..=PERCENT_MAX))),
        maximum: map.optional("maximumPercent", spanned(count(0..=PERCENT_MAX))),
        circuit_breaker: map.optional("deploymentCircuitBreaker", circuit_breaker),
        early_success: map.optional("earlySuccessCriteria", spanned(early_success)),
        alarms: map.optional("alarms", alarms),
        strategy: map.optional("strategy", spanned(choice(&strategies))),
        bake_time: map.optional("bakeTimeInMinutes", spanned(minutes(0, DAY_MINUTES))),
        linear: map.optional("linearConfiguration", |field: Field, to: &mut Diagnostics| {
            let keys = ["stepPercent", "stepBakeTimeInMinutes"];
            steps(field, keys, STEP_MIN, Shift::LINEAR, to)
        }),
        canary: map.optional("canaryConfiguration", |field: Field, to: &mut Diagnostics| {
            let keys = ["canaryPercent", "canaryBakeTimeInMinutes"];
            steps(field, keys, CANARY_MIN, Shift::CANARY, to)
        }),
        hooks: map.optional("lifecycleHooks", hooks),
    });
    map.unused();
    Some(read)
}

fn minutes(least: i64, most: i64) -> impl FnOnce(Field, &mut Diagnostics) -> Option<SimDuration> {
    move |field: Field, to: &mut Diagnostics| {
        let found = integer(least..=most)(field, to)?;
        Some(SimDuration::from_mins(u64::try_from(found).expect("within the range")))
    }
}

/// `deploymentCircuitBreaker`: `enable` and `rollback` are both required. Rule: ECS-CB-1.
fn circuit_breaker(field: Field, to: &mut Diagnostics) -> Option<Option<CircuitBreaker>> {
    let mut map = Map::open_aws(field, to)?;
    let is_enabled = map.required("enable", boolean);
    let rolls_back = map.required("rollback", boolean);
    let resets_on_healthy_task = map.or("resetOnHealthyTask", boolean, true);
    let threshold = map.or("thresholdConfiguration", threshold, BreakerThreshold::DEFAULT);
    map.unused();
    let breaker = CircuitBreaker { threshold, rolls_back: rolls_back?, resets_on_healthy_task };
    Some(is_enabled?.then_some(breaker))
}

/// `thresholdConfiguration`. Rule: ECS-CB-2.
fn threshold(field: Field, to: &mut Diagnostics) -> Option<BreakerThreshold> {
    const VALUE_MAX: i64 = 100_000;
    let mut map = Map::open_aws(field, to)?;
    let kinds = ["BOUNDED_PERCENT", "UNBOUNDED_PERCENT", "COUNT"].map(|kind| (kind, kind));
    let kind = map.or("type", choice(&kinds), "BOUNDED_PERCENT");
    let value = match kind {
        "COUNT" => map.required("value", count(1..=VALUE_MAX)),
        _ => Some(map.or("value", count(1..=100), 50)),
    };
    map.unused();
    value.map(|value| match kind {
        "COUNT" => BreakerThreshold::Count(value),
        "UNBOUNDED_PERCENT" => BreakerThreshold::UnboundedPercent(value),
        _ => BreakerThreshold::BoundedPercent(value),
    })
}

/// `earlySuccessCriteria`: `enable` is required, and the other two where it is true. Rule: ECS-ROLL-8.
fn early_success(field: Field, to: &mut Diagnostics) -> Option<Option<EarlySuccess>> {
    let mut map = Map::open_aws(field, to)?;
    let is_enabled = map.required("enable", boolean);
    let percent = count(0..=100);
    let cleanup = choice(&[("BLOCKING", true), ("DEFERRED", false)]);
    let (percent, waits_for_cleanup) = match is_enabled {
        Some(true) => (
            map.required("healthyPercent", percent),
            map.required("sourceServiceRevisionCleanup", cleanup),
        ),
        _ => (
            map.optional("healthyPercent", percent),
            map.optional("sourceServiceRevisionCleanup", cleanup),
        ),
    };
    map.unused();
    match is_enabled? {
        true => Some(Some(EarlySuccess {
            healthy_percent: percent?,
            waits_for_cleanup: waits_for_cleanup?,
        })),
        false => Some(None),
    }
}

/// `alarms`: names, `enable`, `rollback`. Rule: ECS-DA-1.
fn alarms(field: Field, to: &mut Diagnostics) -> Option<(AlarmConfiguration, bool)> {
    let mut map = Map::open_aws(field, to)?;
    let names = map.required("alarmNames", list(filled));
    let enabled = map.required("enable", boolean);
    let rollback = map.required("rollback", boolean);
    map.unused();
    let (names, enabled) = (names?, enabled?);
    if enabled && names.is_empty() {
        let title = "alarms are enabled, but none is named";
        to.push(
            Diagnostic::new(code::ALARMS_REFUSED, field.node.span, title)
                .help("name one, `\"alarmNames\": [\"my-alarm\"]`, or disable them"),
        );
    }
    // A look that is throttled may miss a change, and no more (ECS-DA-1).
    let span = Some(field.node.span);
    let configuration =
        AlarmConfiguration { enabled, ignore_poll_alarm_failure: true, names, span };
    Some((configuration, rollback?))
}

/// A percentage with one decimal at most, as thousandths of all, and the wait after it. Rule: ECS-BG-3.
fn steps<'a>(
    field: Field<'a>,
    [percent_key, bake_key]: [&'a str; 2],
    least: u16,
    default: Shift,
    to: &mut Diagnostics,
) -> Option<Shift> {
    let mut map = Map::open_aws(field, to)?;
    let step = map.or(
        percent_key,
        |field: Field, to: &mut Diagnostics| tenths_of_percent(field, least, to),
        default.step,
    );
    let step_bake_time = map.or(bake_key, minutes(0, DAY_MINUTES), default.step_bake_time);
    map.unused();
    Some(Shift { step, step_bake_time, ..default })
}

fn tenths_of_percent(field: Field, least: u16, to: &mut Diagnostics) -> Option<u16> {
    let found = decimal(field, to)?;
    let (numerator, denominator) = found.parts();
    let is = |tenths: &u16| i64::from(*tenths) * i64::from(denominator) == 10 * numerator;
    let tenths = (least..=1000).find(is);
    if tenths.is_none() {
        let written = scalar_text(field, "a percentage", to)?;
        let title = format!("`{}` is {written}", field.name);
        let (whole, tenth) = (least / 10, least % 10);
        to.push(
            Diagnostic::new(code::OUT_OF_RANGE, field.node.span, title)
                .label(format!("a multiple of 0.1 from {whole}.{tenth} to 100.0")),
        );
    }
    tenths
}

fn hooks(field: Field, to: &mut Diagnostics) -> Option<Vec<LifecycleHook>> {
    let hooks = list(hook)(field, to)?;
    for target_type in HookTargetType::ALL {
        let of_type = hooks.iter().filter(|hook| hook.target_type == *target_type);
        if let Some(beyond) = of_type.clone().nth(HOOKS_MAX) {
            let title = format!(
                "{} hooks of the type `{target_type}`, more than {HOOKS_MAX}",
                of_type.count()
            );
            to.push(Diagnostic::new(code::BAD_LENGTH, beyond.span, title).label("one too many"));
        }
    }
    Some(hooks)
}

/// One lifecycle hook. Rule: ECS-BG-5.
fn hook(field: Field, to: &mut Diagnostics) -> Option<LifecycleHook> {
    let mut map = Map::open_aws(field, to)?;
    let types = HookTargetType::ALL.iter().map(|one| (one.as_str(), *one)).collect::<Vec<_>>();
    let target_type = map.or("targetType", choice(&types), HookTargetType::AwsLambda);
    if target_type == HookTargetType::AwsLambda {
        map.required("hookTargetArn", filled);
    }
    map.has("roleArn");
    map.has("hookDetails");
    let stages = map.required(
        "lifecycleStages",
        list(|field: Field, to: &mut Diagnostics| stage(field, target_type, to)),
    );
    let (timeout, goes_on) = map
        .optional("timeoutConfiguration", timeout)
        .unwrap_or((SimDuration::from_mins(DAY_MINUTES.unsigned_abs()), false));
    map.unused();
    Some(LifecycleHook {
        target_type,
        stages: stages?,
        timeout,
        goes_on_after_timeout: goes_on,
        span: field.node.span,
    })
}

fn timeout(field: Field, to: &mut Diagnostics) -> Option<(SimDuration, bool)> {
    const MINUTES_MAX: i64 = 20_160;
    let mut map = Map::open_aws(field, to)?;
    let default = SimDuration::from_mins(DAY_MINUTES.unsigned_abs());
    let timeout = map.or("timeoutInMinutes", minutes(1, MINUTES_MAX), default);
    let goes_on = map.or("action", choice(&[("ROLLBACK", false), ("CONTINUE", true)]), false);
    map.unused();
    Some((timeout, goes_on))
}

/// A stage that hooks of this type can be bound to. Rules: ECS-BG-2, ECS-BG-5; T172.
fn stage(
    field: Field,
    target_type: HookTargetType,
    to: &mut Diagnostics,
) -> Option<Spanned<ServiceDeploymentStage>> {
    let takes = |stage: ServiceDeploymentStage| match target_type {
        HookTargetType::AwsLambda => stage.takes_functions(),
        HookTargetType::Pause => stage.takes_pauses(),
    };
    let all = ServiceDeploymentStage::ALL.iter();
    let stages = all.clone().map(|one| (one.as_str(), *one)).collect::<Vec<_>>();
    let found = spanned(choice(&stages))(field, to)?;
    if takes(found.value) {
        return Some(found);
    }
    let known = all.filter(|stage| takes(**stage)).map(|stage| stage.as_str()).collect::<Vec<_>>();
    let title = format!("no `{target_type}` hook can be bound to `{}`", found.value);
    to.push(
        Diagnostic::new(code::SERVICE_REFUSED, found.span, title)
            .label("not at this stage")
            .help(format!("such a hook is for {}", crate::input::decode::listed(&known))),
    );
    None
}
