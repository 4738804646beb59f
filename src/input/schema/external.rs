//! `deployment.external` as a schema has it: steps, their calls, and the conditions that they wait for.

use serde_json::{Value, json};

use super::call::{bounds, listener};
use super::kind::{capacity, document, duration, integer, list_of, one_of, open, switch, text};
use super::map::{Key, key, map, variants};
use crate::aws::alarm::StateValue;
use crate::aws::call::ApiCall;
use crate::input::section::external::CALLS;
use crate::scenario::external::STEPS_MAX;

/// The whole section.
pub fn external() -> Value {
    let mut steps = steps();
    steps["minItems"] = json!(1);
    map(&[
        key("steps", "One after another; after the last the deployment has succeeded.", steps)
            .required(),
        key("abort", "The way back, in place of the steps that are left.", self::steps()),
        key("abort_if", "Gives the deployment up whenever it holds.", condition()),
        key(
            "poll",
            "From one look at the account to the next. Default: 0s, it hears of everything at once.",
            duration(),
        ),
    ])
}

fn steps() -> Value {
    let call = |call: &ApiCall| {
        let name = key("do", "The call, as its API names it.", json!({"const": call.as_str()}));
        let mut keys = vec![name.required()];
        keys.extend(waits(false));
        keys.extend(parameters(*call));
        keys
    };
    let mut steps = list_of(variants(CALLS.iter().map(call).chain([waits(true)])));
    steps["maxItems"] = json!(STEPS_MAX);
    steps
}

/// What a step waits for; one that calls nothing has to wait.
fn waits(is_all: bool) -> Vec<Key> {
    let when = key("when", "What it waits for.", condition());
    let retry = map(&[
        key("attempts", "How often a refused call is made in all.", integer(1, 100)).required(),
        key("every", "The pause before the next attempt. Default: 10s.", duration()),
    ]);
    vec![
        if is_all { when.required() } else { when },
        key("unless", "Gives the deployment up if it holds while this step waits.", condition()),
        key("timeout", "The longest wait. Default: for ever.", duration()),
        key(
            "on_timeout",
            "What a wait that is too long ends. Default: abort.",
            one_of(&["abort", "continue"]),
        ),
        key("retry", "What becomes of a refused call. Default: the deployment is given up.", retry),
    ]
}

/// One of the kinds; what stands in `all` and `any` is one again.
fn condition() -> Value {
    let inner = || list_of(json!({"type": "object", "minProperties": 1, "maxProperties": 1}));
    let states = StateValue::ALL.iter().map(|state| state.as_str()).collect::<Vec<_>>();
    let alarm = map(&[
        key("name", "The alarm.", text()).required(),
        key("state", "Its state. Default: ALARM.", one_of(&states)),
    ]);
    let healthy = map(&[
        key("taskSet", "Which task set.", text()).required(),
        key("count", "At least so many healthy targets.", integer(1, 5000)).required(),
    ]);
    variants(
        [
            key("elapsed", "So long since the step before was done.", duration()),
            key("at", "So long since the start.", duration()),
            key("steady", "A task set is STEADY_STATE.", text()),
            key("gone", "A task set was deleted, and its last task has stopped.", text()),
            key("healthy", "Targets of a task set are healthy.", healthy),
            key("alarm", "An alarm is in ALARM.", json!({"anyOf": [text(), alarm]})),
            key("all", "All of these hold.", inner()),
            key("any", "One of these holds.", inner()),
        ]
        .map(|kind| vec![kind.required()]),
    )
}

fn parameters(call: ApiCall) -> Vec<Key> {
    let set = |name| key(name, "A task set by its name in these steps.", text()).required();
    let owner = |name| {
        [
            key(name, "The service by its name or ARN. Default: that of the scenario.", text()),
            key("cluster", "Its cluster by name or ARN. Default: that of the scenario.", text()),
        ]
    };
    let mut keys: Vec<Key> = match call {
        ApiCall::CreateService => {
            let mut keys = vec![key("desiredCount", "How many tasks. Default: 0.", capacity())];
            keys.extend(owner("serviceName"));
            return keys;
        }
        ApiCall::CreateTaskSet => task_set(),
        ApiCall::UpdateTaskSet => {
            vec![set("taskSet"), key("scale", "A share of the desired count.", scale()).required()]
        }
        ApiCall::UpdateServicePrimaryTaskSet => vec![set("primaryTaskSet")],
        ApiCall::DeleteTaskSet => vec![
            set("taskSet"),
            key("force", "Also if it is scaled above 0, or PRIMARY. Default: false.", switch()),
        ],
        ApiCall::UpdateService => super::call::update_service(),
        ApiCall::DeleteService => {
            vec![key("force", "Also if it is scaled above 0. Default: false.", switch())]
        }
        ApiCall::ModifyListener => return listener(),
        _ => return bounds(),
    };
    keys.extend(owner("service"));
    keys
}

/// `{value: 10, unit: PERCENT}`, or `10%`.
fn scale() -> Value {
    let api = open(&[
        key("value", "0 to 100.", super::kind::number(0.0, 100.0)).required(),
        key("unit", "Always so.", json!({"const": "PERCENT"})),
    ]);
    let short =
        json!({"type": "string", "pattern": r"^\s*[0-9]+(\.[0-9]+)?\s*%$", "examples": ["10%"]});
    json!({"anyOf": [short, api]})
}

fn task_set() -> Vec<Key> {
    let list = || json!({"type": "array"});
    vec![
        key("taskSet", "The name that it gets in these steps.", text()).required(),
        key(
            "revision",
            "What it runs. Default: replacement.",
            one_of(&["original", "replacement"]),
        ),
        key("targetGroup", "Its target group by name, in place of `loadBalancers`.", text()),
        key("loadBalancers", "Target group, container and port, as the API has them.", list()),
        key("scale", "A share of the desired count. Default: 0 %.", scale()),
        key("externalId", "Plays no part.", text()),
        key("taskDefinition", "Plays no part: `revision` says what it runs.", text()),
        key("tags", "At most 50.", list()),
        key("clientToken", "At most 36 characters.", text()),
        key("launchType", "In place of `capacityProviderStrategy`.", text()),
        key("capacityProviderStrategy", "At most 20 items.", list()),
        key("platformVersion", "Of Fargate only.", text()),
        key("networkConfiguration", "For the network mode `awsvpc`.", document()),
        key("serviceRegistries", "At most one.", list()),
    ]
}
