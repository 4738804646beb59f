//! `resources:` as a schema has it: what is described here, and where documents stand.

use serde_json::{Value, json};

use super::kind::{document, integer, items_of, latency, list_of, one_of, share, switch, text};
use super::map::{key, map, variants};
use crate::aws::instance::{InstanceEvent, LifecycleErrorCode};

/// The section. What is deployed to is one of four.
pub fn resources() -> Value {
    let mut all = map(&[
        key(
            "service",
            "An ECS service with the controller CODE_DEPLOY: a path, or the document.",
            document(),
        ),
        key(
            "function",
            "The Lambda function that is deployed to, in place of a service.",
            function(),
        ),
        key(
            "instances",
            "The EC2 instances or on-premises servers that are deployed to, in place of a service.",
            instances(),
        ),
        key(
            "template",
            "A template of CloudFormation or AWS SAM, its path, or a list of them, in place of what it describes.",
            document(),
        ),
        key(
            "updatedTemplate",
            "The template that the stack is updated by: what it changes is checked. Default: not looked at.",
            document(),
        ),
        key(
            "templateFunction",
            "Which of its functions is deployed, by logical id. Default: the only one.",
            text(),
        ),
        key(
            "templateParameters",
            "Values of the template's parameters, by name. Default: theirs.",
            json!({"type": "object"}),
        ),
        key(
            "rollbackConfiguration",
            "The RollbackConfiguration of the stack update: its RollbackTriggers are alarms.",
            json!({"type": "object"}),
        ),
        key("taskDefinition", "The service's task definition.", document()),
        key(
            "targetGroups",
            "Both target groups, as describe-target-groups answers, with their `Attributes`.",
            document(),
        ),
        key("listeners", "The production listener, as describe-listeners answers.", document()),
        key(
            "alarms",
            "CloudWatch alarms, as they are put or described: a document, or a list of them.",
            document(),
        ),
        key(
            "scaling",
            "Targets, policies and schedules of Application Auto Scaling: a document, or a list of them.",
            document(),
        ),
    ]);
    all["anyOf"] = json!(
        ["service", "function", "instances", "template"].map(|key| json!({"required": [key]}))
    );
    all
}

fn function() -> Value {
    let provisioned = map(&[
        key("Qualifier", "The name of the alias, or the number of the version.", text()).required(),
        key("ProvisionedConcurrentExecutions", "How many.", concurrency(1)).required(),
    ]);
    map(&[
        key("FunctionName", "Its name, or its ARN.", text()).required(),
        key("Timeout", "After so many seconds an invocation ends. Default: 3.", integer(1, 900)),
        key(
            "ReservedConcurrentExecutions",
            "So many invocations at once, of both versions together. Default: those of the account.",
            concurrency(0),
        ),
        key(
            "ProvisionedConcurrencyConfigs",
            "Concurrency that is provisioned for the alias or a version.",
            list_of(provisioned),
        ),
    ])
}

/// So many invocations at once.
pub fn concurrency(least: i64) -> Value {
    integer(least, 100_000)
}

fn instances() -> Value {
    map(&[
        key("count", "How many.", integer(0, 5000)).required(),
        key(
            "zones",
            "Names of Availability Zones, over which they are dealt in turn. Default: one zone.",
            list_of(text()),
        ),
        key("deployed", "Whether they run the original. Default: true.", switch()),
        key(
            "agents_absent",
            "Share of the instances on which no agent runs. Default: 0 %.",
            share(),
        ),
        key(
            "tags",
            "Their tags: those that the group does not ask for are no part of it. Default: none are said.",
            tags(),
        ),
        key("exceptions", "What is different about some.", list_of(exception())),
        key(
            "replacement",
            "What a blue/green deployment discovers beside them, or copies.",
            map(&[
                key("count", "How many. Default: as many as there are.", integer(0, 5000)),
                key("exceptions", "What is different about some.", list_of(exception())),
            ]),
        ),
    ])
}

fn exception() -> Value {
    map(&[
        key(
            "instances",
            "Which: a number from 1 on, or a list of numbers.",
            items_of(integer(1, 5000)),
        )
        .required(),
        key("zone", "Their zone.", text()),
        key("deployed", "Whether they run the original.", switch()),
        key("agent", "The CodeDeploy agent on them. Default: present.", agent()),
        key("fails", "The lifecycle event that fails there, whatever the revision.", event()),
        key("tags", "Their tags, in place of those of all.", tags()),
        key("as", "How it fails. Default: ScriptFailed.", failure()),
        key(
            "foreign_file",
            "Whether a file stands there that the revision has too. Default: false.",
            switch(),
        ),
    ])
}

fn tags() -> Value {
    json!({"type": "object", "additionalProperties": text()})
}

fn agent() -> Value {
    let kinds = variants([
        vec![key("answers_after", "An agent that is late.", latency()).required()],
        vec![
            key("reboots_before", "The instance reboots before this event.", event()).required(),
            key("takes", "How long that takes.", latency()).required(),
        ],
        vec![
            key(
                "restarts_during",
                "The agent restarts while the scripts of this event run.",
                event(),
            )
            .required(),
            key("hangs", "Whether it is one before 1.5.0. Default: false.", switch()),
        ],
        vec![
            key("lost_during", "The instance is gone for good during this event.", event())
                .required(),
        ],
    ]);
    json!({"anyOf": [one_of(&["present", "absent"]), kinds]})
}

/// A lifecycle event of an instance.
fn event() -> Value {
    one_of(&InstanceEvent::ALL.iter().map(|event| event.as_str()).collect::<Vec<_>>())
}

/// How scripts fail.
pub fn failure() -> Value {
    let bad = LifecycleErrorCode::ALL.iter().filter(|code| **code != LifecycleErrorCode::Success);
    one_of(&bad.map(|code| code.as_str()).collect::<Vec<_>>())
}
