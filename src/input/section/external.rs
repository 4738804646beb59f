//! `deployment.external`: the steps of a controller of somebody else's, as they are written.
//!
//! Task sets are known by the names that the steps give them, in the order of the file; alarms, target groups and revisions
//! are looked up where the parts are joined (`join::external`). Rules: CD-EXT-1, CD-EXT-10, ECS-EXT-2.

use crate::aws::alarm::StateValue;
use crate::aws::call::ApiCall;
use crate::aws::exception::Exception;
use crate::diagnostic::{Diagnostic, Diagnostics, Span, Spanned, code};
use crate::engine::time::SimDuration;
use crate::input::aws_document::task_set::{TaskSetRequest, refused, scale, task_set_request};
use crate::input::decode::{Field, Map, boolean, choice, integer, list, listed, suggestion, text};
use crate::input::section::operator::{self, ModifyListener};
use crate::input::tree::Value;
use crate::input::unit;
use crate::scenario::external::{Action, NAMED_SETS_MAX, NamedSet, Retry, STEPS_MAX};

/// The whole section.
#[derive(Debug)]
pub struct ExternalSection {
    /// `poll`.
    pub poll: SimDuration,
    /// `abort_if`.
    pub abort_if: Option<WrittenCondition>,
    /// `steps`.
    pub steps: Vec<WrittenStep>,
    /// `abort`.
    pub abort: Vec<WrittenStep>,
    /// The place of the whole.
    pub span: Span,
}

/// A step as it is written.
#[derive(Debug)]
pub struct WrittenStep {
    /// `when`.
    pub when: Option<WrittenCondition>,
    /// `unless`.
    pub unless: Option<WrittenCondition>,
    /// `timeout`.
    pub timeout: Option<SimDuration>,
    /// `on_timeout: continue`.
    pub goes_on_after_timeout: bool,
    /// `do`, with its parameters.
    pub action: Option<WrittenAction>,
    /// `retry`.
    pub retry: Retry,
}

/// A call as it is written.
#[derive(Debug)]
pub enum WrittenAction {
    /// It names nothing that other sections describe.
    Ready(Action),
    /// `CreateTaskSet`.
    CreateTaskSet {
        /// Its name in the workflow.
        set: NamedSet,
        /// Whether it runs what is deployed.
        replacement: bool,
        /// What the call is given.
        request: Box<TaskSetRequest>,
        /// The place of the whole step.
        span: Span,
    },
    /// `ModifyListener`.
    ModifyListener(ModifyListener),
}

/// A condition as it is written.
#[derive(Debug)]
pub enum WrittenCondition {
    /// `elapsed`.
    Elapsed(SimDuration),
    /// `at`.
    At(SimDuration),
    /// `steady`.
    Steady(NamedSet),
    /// `gone`.
    Gone(NamedSet),
    /// `healthy`.
    Healthy(NamedSet, u32),
    /// `alarm`.
    Alarm(Spanned<String>, StateValue),
    /// `all`.
    All(Vec<WrittenCondition>),
    /// `any`.
    Any(Vec<WrittenCondition>),
}

impl ExternalSection {
    /// The names of the alarms that it looks at.
    pub fn alarms(&self) -> Vec<&Spanned<String>> {
        let steps = self.steps.iter().chain(&self.abort);
        let waits = steps.flat_map(|step| step.when.iter().chain(&step.unless));
        let mut alarms = Vec::new();
        waits.chain(&self.abort_if).for_each(|condition| condition.collect_alarms(&mut alarms));
        alarms
    }
}

impl WrittenCondition {
    fn collect_alarms<'a>(&'a self, to: &mut Vec<&'a Spanned<String>>) {
        match self {
            Self::Alarm(name, _) => to.push(name),
            Self::All(parts) | Self::Any(parts) => {
                parts.iter().for_each(|part| part.collect_alarms(to));
            }
            _ => {}
        }
    }
}

/// Conditions may stand in each other so deep.
const DEPTH_MAX: usize = 8;

/// The calls that a step can make.
pub const CALLS: [ApiCall; 9] = [
    ApiCall::CreateService,
    ApiCall::UpdateService,
    ApiCall::DeleteService,
    ApiCall::CreateTaskSet,
    ApiCall::UpdateTaskSet,
    ApiCall::UpdateServicePrimaryTaskSet,
    ApiCall::DeleteTaskSet,
    ApiCall::ModifyListener,
    ApiCall::RegisterScalableTarget,
];

/// `external: {steps: [..], abort: [..], abort_if: .., poll: ..}`.
pub fn external(field: Field, to: &mut Diagnostics) -> Option<ExternalSection> {
    let mut map = Map::open(field, to)?;
    let mut names = vec!["original".to_owned()];
    let steps =
        map.required("steps", |field: Field, to: &mut Diagnostics| steps(field, &mut names, to));
    let abort = map.or(
        "abort",
        |field: Field, to: &mut Diagnostics| steps_of(field, &mut names, to),
        Vec::new(),
    );
    let abort_if = map
        .optional("abort_if", |field: Field, to: &mut Diagnostics| condition(field, &names, 0, to));
    let poll = map.or("poll", unit::duration, SimDuration::ZERO);
    map.finish();
    let span = field.node.span;
    Some(ExternalSection { poll, abort_if, steps: steps?, abort, span })
}

fn steps(field: Field, names: &mut Vec<String>, to: &mut Diagnostics) -> Option<Vec<WrittenStep>> {
    let steps = steps_of(field, names, to)?;
    if steps.is_empty() {
        let title = "`steps` is empty";
        to.push(
            Diagnostic::new(code::BAD_LENGTH, field.node.span, title)
                .label("the deployment would be over before it has begun"),
        );
    }
    Some(steps)
}

fn steps_of(
    field: Field,
    names: &mut Vec<String>,
    to: &mut Diagnostics,
) -> Option<Vec<WrittenStep>> {
    let steps = list(|field: Field, to: &mut Diagnostics| step(field, names, to))(field, to)?;
    if steps.len() > STEPS_MAX || names.len() > NAMED_SETS_MAX {
        let title = format!(
            "`{}` has {} steps, and there are {} task sets with those before",
            field.name,
            steps.len(),
            names.len()
        );
        let label = format!("at most {STEPS_MAX} and {NAMED_SETS_MAX} can be played");
        to.push(Diagnostic::new(code::BAD_LENGTH, field.node.span, title).label(label));
        return None;
    }
    Some(steps)
}

fn step(field: Field, names: &mut Vec<String>, to: &mut Diagnostics) -> Option<WrittenStep> {
    let mut map = Map::open(field, to)?;
    let when =
        map.optional("when", |field: Field, to: &mut Diagnostics| condition(field, names, 0, to));
    let unless =
        map.optional("unless", |field: Field, to: &mut Diagnostics| condition(field, names, 0, to));
    let timeout = map.optional("timeout", unit::duration);
    let ends = [("abort", false), ("continue", true)];
    let goes_on_after_timeout = map.or("on_timeout", choice(&ends), false);
    let retry = map.or("retry", retry, Retry::default());
    let calls = CALLS.iter().map(|call| (call.as_str(), *call)).collect::<Vec<_>>();
    let call = map.optional("do", choice(&calls));
    if call.is_none() && when.is_none() && !map.has("do") && !map.has("when") {
        let title = "a step neither waits nor calls";
        map.tell(
            Diagnostic::new(code::MISSING_KEY, field.node.span, title)
                .help("write `do: ModifyListener`, or `when: { elapsed: 5m }`"),
        );
    }
    let (has_call, span) = (call.is_some(), field.node.span);
    let action = call.and_then(|call| action(call, &mut map, names, span));
    map.finish();
    if has_call && action.is_none() {
        return None;
    }
    Some(WrittenStep { when, unless, timeout, goes_on_after_timeout, action, retry })
}

/// `retry: {attempts: 3, every: 10s}`.
fn retry(field: Field, to: &mut Diagnostics) -> Option<Retry> {
    let mut map = Map::open(field, to)?;
    let attempts = map.required("attempts", integer(1..=100));
    let least = SimDuration::from_secs(1);
    let most = SimDuration::from_mins(24 * 60);
    let every = map.or("every", unit::duration_in(least..=most), SimDuration::from_secs(10));
    map.finish();
    Some(Retry { attempts: u32::try_from(attempts?).expect("within the range"), every })
}

fn action(
    call: ApiCall,
    map: &mut Map<'_, '_>,
    names: &mut Vec<String>,
    span: Span,
) -> Option<WrittenAction> {
    let named = |map: &mut Map<'_, '_>, key, names: &[String]| {
        map.has("service");
        map.has("cluster");
        map.required(key, |field: Field, to: &mut Diagnostics| known(field, names, to))
    };
    let ready = |action| Some(WrittenAction::Ready(action));
    match call {
        ApiCall::CreateService => {
            // The service is described in `resources.service`: this says when it comes to be.
            let desired_count = map.refusing(Exception::InvalidParameter, |map| {
                map.or("desiredCount", integer(0..=5000), 0)
            });
            let desired_count = u32::try_from(desired_count).expect("within the range");
            ready(Action::CreateService { desired_count })
        }
        ApiCall::CreateTaskSet => {
            let name = map.required("taskSet", text)?;
            let replacement = map.or("revision", choice(&REVISIONS), true);
            let request = Box::new(task_set_request(map));
            if names.contains(&name) {
                let title = format!("a task set is called `{name}` already");
                map.tell(
                    Diagnostic::new(code::CONFLICTING_KEYS, span, title)
                        .help("give each task set a name of its own"),
                );
                return None;
            }
            let set = NamedSet(u8::try_from(names.len()).unwrap_or(u8::MAX));
            names.push(name);
            Some(WrittenAction::CreateTaskSet { set, replacement, request, span })
        }
        ApiCall::UpdateTaskSet => {
            let set = named(map, "taskSet", names);
            let scale = map.required("scale", scale);
            ready(Action::UpdateTaskSet { set: set?, scale: scale? })
        }
        ApiCall::UpdateServicePrimaryTaskSet => {
            let set = named(map, "primaryTaskSet", names);
            ready(Action::UpdateServicePrimaryTaskSet { set: set? })
        }
        ApiCall::DeleteTaskSet => {
            let set = named(map, "taskSet", names);
            let force = map.or("force", boolean, false);
            ready(Action::DeleteTaskSet { set: set?, force })
        }
        ApiCall::ModifyListener => {
            operator::modify_listener(map, SimDuration::ZERO).map(WrittenAction::ModifyListener)
        }
        ApiCall::UpdateService => update_service(map),
        call => ready(Action::Call(operator::plain(call, map)?)),
    }
}

const REVISIONS: [(&str, bool); 2] = [("original", false), ("replacement", true)];

/// `UpdateService` owns the desired count; what a task set owns it does not change. Rules: CD-EXT-2, ECS-EXT-2, ECS-EXT-3.
fn update_service(map: &mut Map<'_, '_>) -> Option<WrittenAction> {
    const OF_TASK_SETS: [&str; 6] = [
        "taskDefinition",
        "launchType",
        "platformVersion",
        "loadBalancers",
        "networkConfiguration",
        "capacityProviderStrategy",
    ];
    for key in OF_TASK_SETS {
        if let Some(field) = map.take(key) {
            let title = format!("`{key}` stands in `UpdateService`");
            map.tell(
                refused(field.key_span, title)
                    .label("fixed in each task set")
                    .help("create another task set with it"),
            );
        }
    }
    map.has("service");
    map.has("cluster");
    operator::plain(ApiCall::UpdateService, map)
        .map(|call| WrittenAction::Ready(Action::Call(call)))
}

/// A task set that a step before has created, or the original.
fn known(field: Field, names: &[String], to: &mut Diagnostics) -> Option<NamedSet> {
    let name = text(field, to)?;
    let found = names.iter().position(|known| *known == name);
    if found.is_none() {
        let known: Vec<&str> = names.iter().map(String::as_str).collect();
        let title = format!("no step before creates a task set `{name}`");
        let help = suggestion(&name, &known);
        to.push(
            Diagnostic::new(code::DOCUMENTS_DISAGREE, field.node.span, title)
                .label("not known here")
                .help(help.unwrap_or_else(|| format!("there are {}", listed(&known)))),
        );
    }
    found.map(|position| NamedSet(u8::try_from(position).unwrap_or(u8::MAX)))
}

// ---- conditions ------------------------------------------------------------------------------------------

/// One condition, with one key that says of what kind it is.
fn condition(
    field: Field,
    names: &[String],
    depth: usize,
    to: &mut Diagnostics,
) -> Option<WrittenCondition> {
    const KINDS: [&str; 8] = ["elapsed", "at", "steady", "gone", "healthy", "alarm", "all", "any"];
    if depth > DEPTH_MAX {
        let title = format!("conditions stand in each other more than {DEPTH_MAX} deep");
        to.push(Diagnostic::new(code::BAD_LENGTH, field.node.span, title));
        return None;
    }
    let mut map = Map::open(field, to)?;
    let set = |field: Field, to: &mut Diagnostics| known(field, names, to);
    let parts = |field: Field, to: &mut Diagnostics| {
        list(|field: Field, to: &mut Diagnostics| condition(field, names, depth + 1, to))(field, to)
    };
    let found = match map.one_of(&KINDS)? {
        "elapsed" => map.required("elapsed", unit::duration).map(WrittenCondition::Elapsed),
        "at" => map.required("at", unit::duration).map(WrittenCondition::At),
        "steady" => map.required("steady", set).map(WrittenCondition::Steady),
        "gone" => map.required("gone", set).map(WrittenCondition::Gone),
        "healthy" => {
            map.required("healthy", |field: Field, to: &mut Diagnostics| healthy(field, names, to))
        }
        "alarm" => map.required("alarm", alarm),
        "all" => map.required("all", parts).map(WrittenCondition::All),
        _ => map.required("any", parts).map(WrittenCondition::Any),
    };
    map.finish();
    found
}

/// `healthy: {taskSet: canary, count: 4}`.
fn healthy(field: Field, names: &[String], to: &mut Diagnostics) -> Option<WrittenCondition> {
    let mut map = Map::open(field, to)?;
    let set = map.required("taskSet", |field: Field, to: &mut Diagnostics| known(field, names, to));
    let count = map.required("count", integer(1..=5000));
    map.finish();
    let count = u32::try_from(count?).expect("within the range");
    Some(WrittenCondition::Healthy(set?, count))
}

/// `alarm: NAME`, which must be in ALARM, or `alarm: {name: NAME, state: OK}`.
fn alarm(field: Field, to: &mut Diagnostics) -> Option<WrittenCondition> {
    let spanned = |field: Field, to: &mut Diagnostics| {
        text(field, to).map(|value| Spanned { value, span: field.node.span })
    };
    if !matches!(field.node.value, Value::Map(_)) {
        return spanned(field, to).map(|name| WrittenCondition::Alarm(name, StateValue::Alarm));
    }
    let mut map = Map::open(field, to)?;
    let name = map.required("name", spanned);
    let states = StateValue::ALL.iter().map(|state| (state.as_str(), *state)).collect::<Vec<_>>();
    let state = map.or("state", choice(&states), StateValue::Alarm);
    map.finish();
    Some(WrittenCondition::Alarm(name?, state))
}
