//! `deployment.external`: the steps of a controller of somebody else's, as they are written.
//!
//! Task sets are known by the names that the steps give them, in the order of the file; alarms, target groups and revisions
//! are looked up where the parts are joined (`join::external`). Rules: CD-EXT-1, CD-EXT-10, ECS-EXT-2.

mod condition;
mod idle;

pub use condition::WrittenCondition;

use condition::{condition, known};
use idle::{check_step, unreached};

use crate::aws::call::ApiCall;
use crate::aws::exception::Exception;
use crate::diagnostic::{Diagnostic, Diagnostics, Span, Spanned, code};
use crate::engine::time::SimDuration;
use crate::input::aws_document::naming::ecs_name;
use crate::input::aws_document::task_set::{TaskSetRequest, refused, scale, task_set_request};
use crate::input::decode::{Field, Map, boolean, choice, integer, list, text};
use crate::input::section::operator::{self, ModifyListener};
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
    /// Whose service it calls.
    pub addressee: Addressee,
}

/// The service that a call names, where it names one.
#[derive(Debug, Default)]
pub struct Addressee {
    /// `service`, or `serviceName` of one that is created.
    pub service: Option<Spanned<String>>,
    /// `cluster`.
    pub cluster: Option<Spanned<String>>,
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
        |field: Field, to: &mut Diagnostics| steps_of(field, true, &mut names, to),
        Vec::new(),
    );
    let abort_if = map
        .optional("abort_if", |field: Field, to: &mut Diagnostics| condition(field, &names, 0, to));
    let poll = map.or("poll", unit::duration, SimDuration::ZERO);
    let way_back = map.take("abort").map(|field| field.key_span);
    map.finish();
    let span = field.node.span;
    let section = ExternalSection { poll, abort_if, steps: steps?, abort, span };
    way_back.and_then(|abort| unreached(&section, abort)).into_iter().for_each(|it| to.push(it));
    Some(section)
}

fn steps(field: Field, names: &mut Vec<String>, to: &mut Diagnostics) -> Option<Vec<WrittenStep>> {
    let steps = steps_of(field, false, names, to)?;
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
    goes_back: bool,
    names: &mut Vec<String>,
    to: &mut Diagnostics,
) -> Option<Vec<WrittenStep>> {
    let steps =
        list(|field: Field, to: &mut Diagnostics| step(field, goes_back, names, to))(field, to)?;
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

fn step(
    field: Field,
    goes_back: bool,
    names: &mut Vec<String>,
    to: &mut Diagnostics,
) -> Option<WrittenStep> {
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
    check_step(&mut map, goes_back);
    let (has_call, span) = (call.is_some(), field.node.span);
    let addressee = call.map(|call| addressee(call, &mut map)).unwrap_or_default();
    let action = call.and_then(|call| action(call, &mut map, names, span));
    map.finish();
    if has_call && action.is_none() {
        return None;
    }
    Some(WrittenStep { when, unless, timeout, goes_on_after_timeout, action, retry, addressee })
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

/// Whose service a call of ECS is about: a name, or an ARN (ECS-EXT-9).
fn addressee(call: ApiCall, map: &mut Map<'_, '_>) -> Addressee {
    let key = match call {
        ApiCall::ModifyListener | ApiCall::RegisterScalableTarget => return Addressee::default(),
        ApiCall::CreateService => "serviceName",
        _ => "service",
    };
    let exception = Exception::InvalidParameter;
    Addressee {
        service: map.optional(key, ecs_name("service", exception)),
        cluster: map.optional("cluster", ecs_name("cluster", exception)),
    }
}

fn action(
    call: ApiCall,
    map: &mut Map<'_, '_>,
    names: &mut Vec<String>,
    span: Span,
) -> Option<WrittenAction> {
    let named = |map: &mut Map<'_, '_>, key, names: &[String]| {
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
    operator::plain(ApiCall::UpdateService, map)
        .map(|call| WrittenAction::Ready(Action::Call(call)))
}
