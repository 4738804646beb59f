//! A JSON Schema (2020-12) of the scenario file, for editors: completion, hover, squiggles.
//!
//! It says what a reader knows of a value alone: keys, types, spellings, ranges. What several values say together, and
//! what AWS documents hold, only `cutover check` knows. Names that are enumerated elsewhere (assumptions, events, calls,
//! faults, configurations) are taken from there; `tests/schema.rs` asks the readers for every other key.

mod call;
mod deployment;
mod external;
mod kind;
mod map;
mod resource;
mod revision;
mod traffic;

use serde_json::{Value, json};

use crate::aws::call::FaultKind;
use crate::aws::call::Waiter;
use crate::aws::name::LifecycleEvent;
use crate::aws::service::ServiceDeploymentStage;
use crate::scenario::assumption::{Assumptions, Parameter};
use crate::scenario::fault::FAULTS_MAX;
use crate::scenario::server::LAUNCH_DEPLOYMENTS_MAX;

use super::section::assumption::shown;
use kind::{
    duration, integer, items_of, latency, list_of, number, one_of, reference, role, share, tasks,
    text,
};
use map::{Key, key, map, variants};

/// Where the schema stands in the repository, for the first lines of scenarios.
pub const FILE: &str = "docs/reference/scenario.schema.json";

/// The schema of a scenario file.
pub fn schema() -> Value {
    let mut schema = map(&sections());
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["title"] = json!("A scenario of cutover");
    schema["description"] = json!(
        "What happens if this revision is deployed to this service with this configuration, while this traffic arrives?"
    );
    schema["not"] = json!({"required": ["deployment", "deployments"]});
    // A template says what is deployed.
    schema["if"] = json!({"properties": {"resources": {"required": ["template"]}}});
    schema["else"] =
        json!({"anyOf": [{"required": ["deployment"]}, {"required": ["deployments"]}]});
    schema["$defs"] = kind::definitions();
    for (name, definition) in [
        ("revision", revision::original()),
        ("candidate", revision::candidate()),
        ("hook", hook()),
        ("stageHook", stage_hook()),
    ] {
        schema["$defs"][name] = definition;
    }
    schema
}

fn sections() -> Vec<Key> {
    vec![
        key(
            "cutover",
            "The format of this file.",
            json!({"type": ["integer", "string"], "enum": [1, "1"]}),
        )
        .required(),
        key(
            "name",
            "The folder of the results: letters, digits, `-` and `_`. Default: the name of the file.",
            name(),
        ),
        key("summary", "One sentence.", text()),
        key(
            "start",
            "When the first deployment is created. Default: 2026-01-05T10:00:00Z.",
            time(),
        ),
        key(
            "semantics",
            "Which dated behaviour of AWS holds: `current`, a month, `legacy` (2022-06) or `seed` (2023-05). Default: current.",
            semantics(),
        ),
        key("deployment", "What would be given to CreateDeployment.", deployment::first()),
        key(
            "deployments",
            "Several deployments to one group: the first at the start, each later one at its time or after the one before.",
            deployment::several(),
        ),
        key(
            "operator",
            "What people and other systems do meanwhile: calls of APIs.",
            list_of(call::call()),
        ),
        key("faults", "What is broken on purpose.", faults()),
        key(
            "until",
            "The run goes on at least so long, also when every deployment has ended. Default: 0s.",
            duration(),
        ),
        key("resources", "What exists in the account.", resource::resources()).required(),
        key("traffic", "Requests over time. Default: none.", traffic::traffic()),
        key(
            "revisions",
            "How each revision behaves: `original` is what runs, any other name is what may be deployed.",
            revision::revisions(),
        ),
        key("hooks", "How hook functions behave, by lifecycle event.", hooks()),
        key("lifecycle", "The pace of a recorded run, by lifecycle event.", lifecycle()),
        key("client", "The CI job that waits for the deployment.", client()),
        key(
            "assumptions",
            "What AWS does not document, by name; each has a default.",
            assumptions(),
        ),
        key(
            "expect",
            "What must hold: expressions, or these with the seed that they are for.",
            expect(),
        ),
        key("sweep", "How it is played many times by `sweep` and `compare`.", sweep()),
    ]
}

fn name() -> Value {
    json!({"type": ["string", "number", "boolean"], "pattern": "^[A-Za-z0-9_-]{1,80}$", "examples": ["checkout-canary"]})
}

fn time() -> Value {
    json!({
        "type": "string",
        "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?([Zz]|[+-][0-9]{2}(:?[0-9]{2})?)$",
        "examples": ["2026-01-05T10:00:00Z"],
    })
}

fn semantics() -> Value {
    json!({
        "type": "string",
        "anyOf": [
            {"enum": ["current", "legacy", "seed"]},
            {"pattern": "^20[0-9]{2}-(0[1-9]|1[0-2])(-[0-9]{2})?$"},
        ],
        "examples": ["current", "2022-06"],
    })
}

fn faults() -> Value {
    let fault = FaultKind::ALL.iter().map(|kind| {
        let mut keys = vec![
            key("at", "When, from the creation of the first deployment.", duration()).required(),
            key("kind", about(*kind), json!({"const": kind.as_str()})).required(),
        ];
        let lasts = |keys: &mut Vec<Key>| {
            keys.push(key("for", "How long. Default: to the end.", duration()));
        };
        match kind {
            FaultKind::CapacityShortage => {
                keys.push(key(
                    "room",
                    "So many tasks of the service are placed, and none beyond. Default: 0.",
                    tasks(),
                ));
                lasts(&mut keys);
            }
            FaultKind::TaskCrash | FaultKind::SpotInterruption => keys.extend([
                key("tasks", "How many of the running tasks. Default: all.", tasks()),
                key("of", "Of which side. Default: both.", role()),
            ]),
            FaultKind::ZoneFailure => {
                keys.push(key(
                    "zone",
                    "Which zone, of those over which the service is spread. Default: 0.",
                    integer(0, 9),
                ));
                lasts(&mut keys);
            }
            FaultKind::AlarmsThrottled => {
                keys.push(key("share", "Of the looks that are throttled. Default: 100%.", share()));
                lasts(&mut keys);
            }
            FaultKind::DependencyFailure => {
                keys.push(key("errors", "Share of the answers that fail. Default: 100%.", share()));
                lasts(&mut keys);
            }
            FaultKind::InstanceTermination => keys.push(key(
                "instances",
                "How many of the running instances. Default: 1.",
                integer(1, 5000),
            )),
            FaultKind::InstanceLaunch => keys.push(key(
                "instances",
                "How many. Default: 1.",
                integer(1, LAUNCH_DEPLOYMENTS_MAX.into()),
            )),
            FaultKind::ListenerUpdateRefused
            | FaultKind::TaskSetRefused
            | FaultKind::EcsThrottled
            | FaultKind::AlarmsDenied => lasts(&mut keys),
        }
        keys
    });
    let mut faults = list_of(variants(fault));
    faults["maxItems"] = json!(FAULTS_MAX);
    faults
}

/// What a fault is, for who chooses one.
const fn about(kind: FaultKind) -> &'static str {
    match kind {
        FaultKind::CapacityShortage => "No task is placed beyond `room` tasks of the service.",
        FaultKind::TaskCrash => "At once: the essential container of running tasks ends.",
        FaultKind::SpotInterruption => {
            "At once: running tasks get SIGTERM, and are gone two minutes later at most."
        }
        FaultKind::ZoneFailure => {
            "What runs in a zone is gone and answers nobody, and nothing starts there."
        }
        FaultKind::ListenerUpdateRefused => {
            "Elastic Load Balancing refuses what CodeDeploy wants of a listener, its rollback's too."
        }
        FaultKind::TaskSetRefused => "ECS refuses to create a task set.",
        FaultKind::EcsThrottled => "ECS's own calls are throttled: no task is created meanwhile.",
        FaultKind::AlarmsThrottled => {
            "CodeDeploy's calls that read the states of alarms are throttled."
        }
        FaultKind::InstanceTermination => {
            "Running instances are gone for good: at once, or once their termination deployment is over."
        }
        FaultKind::InstanceLaunch => "At once: Auto Scaling begins to launch instances.",
        FaultKind::AlarmsDenied => "CodeDeploy's role may not read the states of alarms.",
        FaultKind::DependencyFailure => {
            "What the application asks fails: every revision fails a share of its answers more."
        }
    }
}

fn hooks() -> Value {
    let event = |event: &LifecycleEvent| {
        key(event.as_str(), "How the function of this event behaves.", reference("hook"))
    };
    let stage = |stage: &ServiceDeploymentStage| {
        let text = "How the functions of this stage of a deployment by ECS itself behave.";
        key(stage.as_str(), text, reference("stageHook"))
    };
    let stages = ServiceDeploymentStage::ALL.iter().filter(|stage| stage.takes_functions());
    map(&LifecycleEvent::HOOKS.iter().map(event).chain(stages.map(stage)).collect::<Vec<_>>())
}

fn stage_hook() -> Value {
    map(&[
        key(
            "duration",
            "From invocation to answer. Default: the assumption hook.duration.",
            latency(),
        ),
        key(
            "in_progress",
            "How often it answers `IN_PROGRESS` before it says more. Default: 0.",
            integer(0, 1000),
        ),
        key(
            "call_back_delay",
            "From such an answer to the next invocation. Default: 30 s.",
            duration(),
        ),
        key("fails", "Share of the runs in which it answers `FAILED`. Default: 0 %.", share()),
        key(
            "detects",
            "The same where what is deployed is a bad release. Default: as `fails`.",
            share(),
        ),
        key("silent", "Share of the runs in which it is never done. Default: 0 %.", share()),
    ])
}

fn hook() -> Value {
    map(&[
        key(
            "duration",
            "From invocation to answer. Default: the assumption hook.duration.",
            latency(),
        ),
        key("fails", "Share of the runs in which it answers `Failed`. Default: 0 %.", share()),
        key(
            "detects",
            "The same where what is deployed is a bad release. Default: as `fails`.",
            share(),
        ),
        key("silent", "Share of the runs in which it never answers. Default: 0 %.", share()),
        key(
            "invocation_fails",
            "Share of the runs in which it cannot be invoked. Default: 0 %.",
            share(),
        ),
        key(
            "access_denied",
            "Share of the runs in which the service role may not invoke it. Default: 0 %.",
            share(),
        ),
    ])
}

fn lifecycle() -> Value {
    let event = |event: &LifecycleEvent| {
        let mut keys = vec![key("gap", "Before the event begins.", latency())];
        if *event != LifecycleEvent::Install {
            keys.push(key("duration", "From its begin to its end.", latency()));
        }
        key(event.as_str(), "The pace of this event.", map(&keys))
    };
    map(&LifecycleEvent::ALL.iter().map(event).collect::<Vec<_>>())
}

fn client() -> Value {
    let waiters: Vec<&str> =
        Waiter::ALL.iter().map(|waiter| waiter.as_str()).chain(["none"]).collect();
    map(&[
        key("waiter", "How it waits. Default: DeploymentSuccessful.", one_of(&waiters)),
        key("max_wait", "How long the waiter asks, in place of its default.", duration()),
        key(
            "timeout",
            "How long the job may last, 1 s to 30 d; not beside `waiter: none`.",
            duration(),
        ),
    ])
}

fn assumptions() -> Value {
    let mut defaults = Assumptions::default();
    let mut keys = vec![key(
        "preset",
        "`ideal`: every latency, phase and delay is 0. Default: default.",
        one_of(&["default", "ideal"]),
    )];
    for assumption in Assumptions::TABLE {
        let parameter = defaults.parameter(assumption.name).expect("a known name");
        let about = format!(
            "{} Default: {}. Rule: {}.",
            assumption.text.trim(),
            shown(&parameter),
            assumption.rule
        );
        keys.push(key(assumption.name, about, value_of(&parameter)));
    }
    map(&keys)
}

fn value_of(parameter: &Parameter<'_>) -> Value {
    match parameter {
        Parameter::Duration(_) => duration(),
        Parameter::Latency(_) => latency(),
        Parameter::Limit(_) => {
            let after = key("fail_after", "After so long it has failed.", duration()).required();
            json!({"anyOf": [{"const": "ignore"}, map(&[after])]})
        }
        Parameter::Throughput(_) => reference("amount"),
        Parameter::Megabytes(_) | Parameter::Price(_) => number(0.0, 1e6),
        Parameter::Count(_) => integer(1, 1000),
        Parameter::Switch(_) => kind::switch(),
        Parameter::Part(_) => share(),
    }
}

fn expect() -> Value {
    let expressions = items_of(json!({"type": "string", "examples": ["status == Succeeded"]}));
    let with_seed = map(&[
        key("seed", "The seed under which it must hold. Default: 1.", integer(0, i64::MAX)),
        key("that", "The expressions.", expressions.clone()).required(),
    ]);
    json!({"anyOf": [expressions, with_seed]})
}

fn sweep() -> Value {
    let values = json!({"type": "array", "minItems": 1});
    map(&[
        key(
            "replications",
            "How often each variant is played. Default: 10000.",
            integer(1, i64::MAX),
        ),
        key(
            "configs",
            "Deployment configurations, AWS's own with or without `CodeDeployDefault.`.",
            items_of(kind::config_name()),
        ),
        key(
            "vary",
            "Values by the path of any field: `traffic.rate: [2/s, 20/s]`.",
            json!({"type": "object", "additionalProperties": values}),
        ),
    ])
}
