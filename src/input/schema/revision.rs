//! `revisions:` as a schema has it.

use serde_json::{Value, json};

use super::kind::{duration, integer, latency, list_of, number, reference, share, switch, text};
use super::map::{Key, key, map, variants};
use super::resource::failure;
use crate::aws::instance::InstanceEvent;
use crate::scenario::defect::DEFECTS_MAX;

/// The section: `original`, and under any other name a candidate or a list of them.
pub fn revisions() -> Value {
    let mut original = reference("revision");
    original["description"] = json!("What runs before the deployment.");
    let mut candidate = json!({"anyOf": [reference("candidate"), list_of(reference("candidate"))]});
    candidate["description"] = json!(
        "What may be deployed: one candidate, or a list of which each replication draws one."
    );
    json!({
        "type": "object",
        "properties": {"original": original, "replacement": candidate.clone()},
        "additionalProperties": candidate,
    })
}

/// What runs.
pub fn original() -> Value {
    map(&behaviour())
}

/// What may be deployed.
pub fn candidate() -> Value {
    let mut keys = behaviour();
    keys.push(key("bad", "Whether deploying it is a mistake. Default: whether anything is worse than the original's.", switch()));
    map(&keys)
}

fn behaviour() -> Vec<Key> {
    let weight = json!({
        "type": ["number", "string"],
        "exclusiveMinimum": 0,
        "maximum": 1e9,
        "pattern": r"^[+]?[0-9.]+([eE][+-]?[0-9]+)?\s*%?$",
        "examples": ["90%", 9],
    });
    let mut defects = list_of(defect());
    defects["maxItems"] = json!(DEFECTS_MAX);
    vec![
        key("name", "Its name. Default: its key, and its place in a list.", text()),
        key("weight", "How likely the candidate is, relative to the others. Default: 1.", weight),
        key(
            "errors",
            "Share of the requests that it fails. Default: 0.1 % of the original's; the original's.",
            share(),
        ),
        key(
            "defects",
            "Ways in which it is worse than it looks. Default: those of the original.",
            defects,
        ),
        key(
            "client_errors",
            "Share of its requests that it answers with a 4xx code. Default: 0 %.",
            share(),
        ),
        key(
            "resets",
            "Share of its requests that meet a connection which it is closing. Default: 0 %.",
            share(),
        ),
        key(
            "launch",
            "From a task's creation to its first health check, in place of every stage of a launch.",
            latency(),
        ),
        key(
            "boot",
            "From RUNNING until the application answers; not beside `launch`. Default: the assumption app.boot.",
            latency(),
        ),
        key(
            "image_size_MB",
            "Size of the image; not beside `launch`. Default: the assumption image.size_MB.",
            number(0.0, 1e6),
        ),
        key(
            "start_fails",
            "Share of the tasks that end before they are RUNNING. Default: 0 %.",
            share(),
        ),
        key("crash", "Tasks whose essential container ends by itself. Default: none.", crash()),
        key("latency", "How long a request takes that need not wait for a task.", latency()),
        key("metrics", "What it publishes itself, for alarms.", list_of(metric())),
        key("capacity", "What load does to a task. Default: nothing.", capacity()),
        key("health_check", "How it answers the load balancer. Default: it passes.", probe()),
        key(
            "container_check",
            "How it answers the health check of its container. Default: it passes.",
            probe(),
        ),
        key("scripts", "On instances: its scripts, by lifecycle event.", scripts()),
    ]
}

fn defect() -> Value {
    let mut defect = map(&[
        key("name", "What it is called in the outcome. Default: what it does.", text()),
        key("errors", "Share of the requests to its route that it fails. Default: 0 %.", share()),
        key("status", "With which code. Default: 500.", integer(400, 599)),
        key("route", "Share of all requests that go to its route. Default: 100 %.", share()),
        key("slower", "So many times as long every answer takes. Default: 1.", number(1.0, 1000.0)),
        key(
            "after",
            "Since the revision got its first production request. Default: 0s.",
            duration(),
        ),
        key("for", "How long from then on. Default: to the end.", duration()),
        key(
            "above",
            "Only while the revision gets more than this share of all requests. Default: 0 %.",
            share(),
        ),
        key(
            "both_versions",
            "Only while another revision gets requests too. Default: false.",
            switch(),
        ),
    ]);
    defect["anyOf"] = json!([{"required": ["errors"]}, {"required": ["slower"]}]);
    defect
}

fn crash() -> Value {
    let share = || key("share", "Of the tasks. Default: 100 %.", share());
    variants([
        vec![key("after", "From RUNNING to the crash.", latency()).required(), share()],
        vec![
            key("requests", "After so many requests: it leaks with each.", reference("amount"))
                .required(),
            share(),
        ],
    ])
}

fn metric() -> Value {
    let name = || {
        vec![
            key("namespace", "The namespace, none of AWS's own.", json!({"type": ["string", "number", "boolean"], "not": {"pattern": "^AWS/"}, "examples": ["Checkout"]})).required(),
            key("name", "The metric's name.", text()).required(),
            key("dimensions", "Names and values, the same ones as in the alarm. Default: none.", json!({"type": "object", "additionalProperties": text()})),
        ]
    };
    let samples = [
        key("per_request", "A sample of each request: 1 of this share of them, else 0.", share()),
        key(
            "value",
            "One sample each minute (or ten seconds) while a task runs.",
            reference("amount"),
        ),
    ];
    variants(samples.map(|sample| {
        let mut keys = name();
        keys.push(sample.required());
        keys
    }))
}

fn capacity() -> Value {
    map(&[
        key("service_time", "How long a request keeps a worker busy, 1 ms to 1 h.", duration())
            .required(),
        key("concurrency", "Workers of a task. Default: 1.", integer(1, 100_000)),
        key("idle_cpu", "Share of the CPU that is used without requests. Default: 0 %.", share()),
        key("memory", "Share of the memory that is used. Default: 0 %.", share()),
    ])
}

fn probe() -> Value {
    map(&[
        key("fails", "Share of the checks that fail. Default: 0 %.", share()),
        key(
            "hangs",
            "Whether a check that fails gets no answer until the timeout. Default: false.",
            switch(),
        ),
    ])
}

fn scripts() -> Value {
    let behaviour = map(&[
        key(
            "duration",
            "All its scripts together. Default: the assumption script.duration.",
            latency(),
        ),
        key("fails", "Share of the instances on which it fails. Default: 0 %.", share()),
        key("as", "How it fails. Default: ScriptFailed.", failure()),
    ]);
    // Traffic moves by itself, at the pace of the load balancer.
    let is_work = |event: &&InstanceEvent| {
        !matches!(event, InstanceEvent::BlockTraffic | InstanceEvent::AllowTraffic)
    };
    let events = InstanceEvent::ALL.iter().filter(is_work);
    let keys: Vec<Key> = events
        .map(|event| key(event.as_str(), "The scripts of this event.", behaviour.clone()))
        .collect();
    map(&keys)
}
