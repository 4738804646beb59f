//! `operator:`: what people and other systems do meanwhile, call by call.

use std::collections::BTreeMap;

use crate::aws::alarm::StateValue;
use crate::aws::call::{ApiCall, DeploymentWaitType};
use crate::aws::exception::Exception;
use crate::aws::name::{ComputePlatform, HookAnswer, Listener};
use crate::diagnostic::{Diagnostic, Diagnostics, Span, Spanned, code};
use crate::engine::time::SimDuration;
use crate::input::aws_document::scaling;
use crate::input::aws_document::target_group::HealthCheckSettings;
use crate::input::decode::{Field, Map, boolean, choice, integer, list, number, text};
use crate::input::files::Files;
use crate::input::section::deployment::{DeploymentSection, later};
use crate::input::section::fault::victims;
use crate::input::section::function::concurrency;
use crate::input::unit;
use crate::scenario::deployment::Creation;
use crate::scenario::operator::{CALLS_MAX, Call, ScriptedCall};

/// The largest weight of a target group in a forward action (ELB-TG-1).
const WEIGHT_MAX: i64 = 999;

/// Calls that stand among the steps of an external controller, which knows the task sets by their names.
pub const OF_EXTERNAL_CONTROLLERS: [ApiCall; 5] = [
    ApiCall::CreateService,
    ApiCall::CreateTaskSet,
    ApiCall::UpdateTaskSet,
    ApiCall::UpdateServicePrimaryTaskSet,
    ApiCall::DeleteTaskSet,
];

/// What the section says.
#[derive(Debug, Default)]
pub struct Operator {
    /// Calls, in the order in which they are written.
    pub calls: Vec<ScriptedCall>,
    /// Rewritten listeners: their target groups are known by name only.
    pub listeners: Vec<ModifyListener>,
    /// Health checks that are changed: target groups and revisions are known by name only.
    pub health_checks: Vec<ModifyTargetGroup>,
    /// Deleted images: of which revision, by name, and when.
    pub images: Vec<(SimDuration, Spanned<String>)>,
    /// Forced states of alarms, which are known by name only: when, which, and the state.
    pub alarm_states: Vec<(SimDuration, Spanned<String>, StateValue)>,
    /// Deployments that are asked for.
    pub deployments: Vec<DeploymentSection>,
}

/// `ModifyListener` as it is written.
#[derive(Debug)]
pub struct ModifyListener {
    /// When.
    pub at: SimDuration,
    /// Which listener.
    pub listener: Listener,
    /// Where the weights are written.
    pub span: Span,
    /// Weights by the name of the target group.
    pub weights: BTreeMap<String, Spanned<u16>>,
}

/// `ModifyTargetGroup` as it is written.
#[derive(Debug)]
pub struct ModifyTargetGroup {
    /// When.
    pub at: SimDuration,
    /// Which target group.
    pub target_group: Spanned<String>,
    /// What it says of the health check.
    pub settings: HealthCheckSettings,
    /// Which revisions answer where the check asks now, if others do than before.
    pub answered_by: Option<Vec<Spanned<String>>>,
}

/// The whole section: a list of calls, each with `at` and `do`.
pub fn operator(
    field: Field,
    platform: ComputePlatform,
    files: &mut Files<'_>,
    to: &mut Diagnostics,
) -> Option<Operator> {
    let mut operator = Operator::default();
    // A call that cannot be read is told; the others are read on for what else is wrong with them.
    let calls =
        list(|field: Field, to: &mut Diagnostics| call(field, platform, &mut operator, files, to));
    let count = calls(field, to).map_or(0, |calls| calls.len());
    if count > CALLS_MAX {
        let title = format!("`operator` makes {count} calls");
        to.push(
            Diagnostic::new(code::BAD_LENGTH, field.node.span, title)
                .label(format!("at most {CALLS_MAX} can be played")),
        );
        return None;
    }
    Some(operator)
}

fn call(
    field: Field,
    platform: ComputePlatform,
    operator: &mut Operator,
    files: &mut Files<'_>,
    to: &mut Diagnostics,
) -> Option<()> {
    let mut map = Map::open(field, to)?;
    let at = map.required("at", unit::duration);
    let calls = ApiCall::ALL.iter().filter(|call| !OF_EXTERNAL_CONTROLLERS.contains(call));
    let names = calls.map(|call| (call.as_str(), *call)).collect::<Vec<_>>();
    let call = map.required("do", choice(&names));
    let (Some(at), Some(call)) = (at, call) else { return None };
    match call {
        ApiCall::CreateDeployment => {
            operator.deployments.push(later(&mut map, Creation::At(at), platform, files));
        }
        ApiCall::BatchDeleteImage => {
            let revision = map.required("image", spanned);
            operator.images.extend(revision.map(|revision| (at, revision)));
        }
        ApiCall::SetAlarmState => {
            operator.alarm_states.extend(set_alarm_state(&mut map, at));
        }
        ApiCall::ModifyTargetGroup => {
            operator.health_checks.extend(modify_target_group(&mut map, at));
        }
        ApiCall::ModifyListener => {
            operator.listeners.extend(modify_listener(&mut map, at));
        }
        call => {
            let call = plain(call, &mut map);
            operator.calls.extend(call.map(|call| ScriptedCall { at, call }));
        }
    }
    map.finish();
    Some(())
}

/// A call that names nothing which other sections describe.
pub(super) fn plain(call: ApiCall, map: &mut Map<'_, '_>) -> Option<Call> {
    match call {
        ApiCall::ContinueDeployment => {
            let waits = DeploymentWaitType::ALL.iter().map(|wait| (wait.as_str(), *wait));
            let waits = waits.collect::<Vec<_>>();
            let wait = map.or("deploymentWaitType", choice(&waits), DeploymentWaitType::ReadyWait);
            Some(Call::ContinueDeployment { wait })
        }
        ApiCall::PutLifecycleEventHookExecutionStatus => put_status(map),
        ApiCall::SkipWaitTimeForInstanceTermination => {
            Some(Call::SkipWaitTimeForInstanceTermination)
        }
        ApiCall::CancelUpdateStack => Some(Call::CancelUpdateStack),
        ApiCall::StopDeployment => {
            let auto_rollback_enabled = map.optional("autoRollbackEnabled", boolean);
            Some(Call::StopDeployment { auto_rollback_enabled })
        }
        ApiCall::StopServiceDeployment => {
            let types = [("ROLLBACK", true), ("ABORT", false)];
            let rolls_back = map.or("stopType", choice(&types), true);
            Some(Call::StopServiceDeployment { rolls_back })
        }
        ApiCall::ContinueServiceDeployment => Some(continue_service_deployment(map)),
        ApiCall::UpdateService => update_service(map),
        ApiCall::DeleteService => {
            Some(Call::DeleteService { force: map.or("force", boolean, false) })
        }
        ApiCall::UpdateTaskProtection => {
            let tasks = victims(map);
            let minutes = map.or("expiresInMinutes", integer(1..=2880), 120);
            let minutes = u64::try_from(minutes).expect("within the range");
            let expires_in = SimDuration::from_mins(minutes);
            Some(Call::UpdateTaskProtection { tasks, expires_in })
        }
        ApiCall::RegisterScalableTarget => {
            let min = map.optional("MinCapacity", capacity);
            let max = map.optional("MaxCapacity", capacity);
            let suspended = map.optional("SuspendedState", scaling::suspended_state);
            Some(Call::RegisterScalableTarget { min, max, suspended })
        }
        ApiCall::UpdateAlias => update_alias(map),
        ApiCall::PutProvisionedConcurrencyConfig => {
            let executions = map.required("ProvisionedConcurrentExecutions", concurrency(1));
            executions.map(|executions| Call::PutProvisionedConcurrencyConfig { executions })
        }
        ApiCall::DeleteFunction => {
            let version = map.required("Qualifier", version);
            version.map(|version| Call::DeleteFunction { version })
        }
        ApiCall::CreateService
        | ApiCall::CreateTaskSet
        | ApiCall::UpdateTaskSet
        | ApiCall::UpdateServicePrimaryTaskSet
        | ApiCall::DeleteTaskSet => unreachable!("{call} is a step of an external controller"),
        ApiCall::CreateDeployment
        | ApiCall::BatchDeleteImage
        | ApiCall::SetAlarmState
        | ApiCall::ModifyTargetGroup
        | ApiCall::ModifyListener => unreachable!("{call} names what others describe"),
    }
}

/// `UpdateService`: the desired count, the grace period, or both. Rules: CD-EXT-2, ECS-EXT-5.
fn update_service(map: &mut Map<'_, '_>) -> Option<Call> {
    const KEYS: [&str; 2] = ["desiredCount", "healthCheckGracePeriodSeconds"];
    let desired_count = map.optional(KEYS[0], capacity);
    let grace_period = map.optional(KEYS[1], seconds);
    if !KEYS.iter().any(|key| map.has(key)) {
        let title = "`UpdateService` changes nothing";
        map.tell(
            Diagnostic::new(code::MISSING_KEY, map.span(), title)
                .help("write `desiredCount`, `healthCheckGracePeriodSeconds`, or both"),
        );
        return None;
    }
    Some(Call::UpdateService { desired_count, grace_period })
}

/// Whole seconds, as many as a service can say.
fn seconds(field: Field, to: &mut Diagnostics) -> Option<SimDuration> {
    let seconds = integer(0..=i64::from(i32::MAX))(field, to)?;
    Some(SimDuration::from_secs(u64::try_from(seconds).expect("within the range")))
}

/// `ContinueServiceDeployment`: what a hook that waits is told.
fn continue_service_deployment(map: &mut Map<'_, '_>) -> Call {
    let actions = [("CONTINUE", HookAnswer::Succeeded), ("ROLLBACK", HookAnswer::Failed)];
    let answer = map.or("action", choice(&actions), HookAnswer::Succeeded);
    Call::ContinueServiceDeployment { answer }
}

/// `PutLifecycleEventHookExecutionStatus`: what a function is said to have answered.
fn put_status(map: &mut Map<'_, '_>) -> Option<Call> {
    let answers = HookAnswer::ALL.iter().map(|answer| (answer.as_str(), *answer));
    let answers = answers.collect::<Vec<_>>();
    let exception = Exception::InvalidLifecycleEventHookExecutionStatus;
    map.refusing(exception, |map| map.required("status", choice(&answers)))
        .map(|answer| Call::PutLifecycleEventHookExecutionStatus { answer })
}

/// `UpdateAlias`: without `RoutingConfig` the alias has no weights afterwards.
fn update_alias(map: &mut Map<'_, '_>) -> Option<Call> {
    let function_version = map.optional("FunctionVersion", version);
    let mut written = Vec::new();
    map.optional("RoutingConfig", |field: Field, to: &mut Diagnostics| {
        let mut map = Map::open(field, to)?;
        map.optional("AdditionalVersionWeights", |field: Field, to: &mut Diagnostics| {
            let mut map = Map::open(field, to)?;
            let weights = map.each(|field: Field, to: &mut Diagnostics| {
                let share = number(0.0..=1.0)(field, to)?;
                let version = field.name.parse::<u32>().ok().filter(|version| *version > 0);
                if version.is_none() {
                    let title = format!("`{}` is no version", field.name);
                    to.push(Diagnostic::new(code::OUT_OF_RANGE, field.key_span, title));
                }
                Some((version?, libm::round(share * 100.0) as u8))
            });
            written.extend(weights.into_iter().map(|(key, additional)| (key.span, additional)));
            Some(())
        });
        map.finish();
        Some(())
    });
    if written.len() > 1 {
        let title = "an alias points to two versions at most";
        map.tell(
            Diagnostic::new(code::BAD_LENGTH, written[1].0, title)
                .label("a second additional version"),
        );
        return None;
    }
    let additional = written.first().map(|(_, additional)| *additional);
    Some(Call::UpdateAlias {
        function_version,
        additional: additional.filter(|(_, percent)| *percent > 0),
    })
}

/// A version's number, as a number or as a text.
fn version(field: Field, to: &mut Diagnostics) -> Option<u32> {
    let written = field.node.scalar().and_then(|text| text.parse::<u32>().ok());
    match written.filter(|version| *version > 0) {
        Some(version) => Some(version),
        None => {
            let title = format!("`{}` is no version", field.name);
            to.push(
                Diagnostic::new(code::OUT_OF_RANGE, field.node.span, title)
                    .help("write the number of a published version, such as 3"),
            );
            None
        }
    }
}

/// A name, and where it is written.
fn spanned(field: Field, to: &mut Diagnostics) -> Option<Spanned<String>> {
    text(field, to).map(|value| Spanned { value, span: field.node.span })
}

/// Where a check asks plays a part only by who answers there.
fn modify_target_group(map: &mut Map<'_, '_>, at: SimDuration) -> Option<ModifyTargetGroup> {
    let target_group = map.required("targetGroup", spanned);
    let settings = HealthCheckSettings::read(map);
    let port = map.optional("HealthCheckPort", text);
    let path = map.optional("HealthCheckPath", text);
    let answered_by = match port.is_some() || path.is_some() {
        true => map.required("answered_by", list(spanned)).map(Some),
        false => Some(map.optional("answered_by", list(spanned))),
    };
    Some(ModifyTargetGroup { at, target_group: target_group?, settings, answered_by: answered_by? })
}

fn set_alarm_state(
    map: &mut Map<'_, '_>,
    at: SimDuration,
) -> Option<(SimDuration, Spanned<String>, StateValue)> {
    let alarm = map.required("alarmName", spanned);
    let states = StateValue::ALL.iter().map(|state| (state.as_str(), *state));
    let state = map.required("stateValue", choice(&states.collect::<Vec<_>>()));
    Some((at, alarm?, state?))
}

/// A bound of scaling.
fn capacity(field: Field, to: &mut Diagnostics) -> Option<u32> {
    integer(0..=5000)(field, to).and_then(|count| u32::try_from(count).ok())
}

pub(super) fn modify_listener(map: &mut Map<'_, '_>, at: SimDuration) -> Option<ModifyListener> {
    let listeners = [("production", Listener::Production), ("test", Listener::Test)];
    let listener = map.or("listener", choice(&listeners), Listener::Production);
    let mut span = map.span();
    let weights = map.required("weights", |field: Field, to: &mut Diagnostics| {
        span = field.node.span;
        let mut map = Map::open(field, to)?;
        let weights = map.each(|field: Field, to: &mut Diagnostics| {
            let weight = integer(0..=WEIGHT_MAX)(field, to)?;
            let value = u16::try_from(weight).expect("within the range");
            Some(Spanned { value, span: field.key_span })
        });
        Some(weights.into_iter().map(|(key, weight)| (key.name.clone(), weight)).collect())
    });
    weights.map(|weights| ModifyListener { at, listener, span, weights })
}
