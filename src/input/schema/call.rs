//! One call of `operator:` as a schema has it: each name with the keys that it takes.

use serde_json::{Value, json};

use super::kind::{
    capacity, duration, integer, list_of, number, one_of, open, role, switch, tasks, text,
};
use super::map::{Key, key, map, variants};
use super::{deployment, resource};
use crate::aws::alarm::StateValue;
use crate::aws::call::{ApiCall, DeploymentWaitType};
use crate::aws::name::HookAnswer;
use crate::input::section::operator::OF_EXTERNAL_CONTROLLERS;

/// One call: when, which, and with what.
pub fn call() -> Value {
    let calls = ApiCall::ALL.iter().filter(|call| !OF_EXTERNAL_CONTROLLERS.contains(call));
    variants(calls.map(|call| {
        let mut keys = vec![
            key("at", "When, from the creation of the first deployment.", duration()).required(),
            key("do", "The call, as its API names it.", json!({"const": call.as_str()})).required(),
        ];
        keys.extend(parameters(*call));
        keys
    }))
}

/// What `UpdateService` changes: one of these at least.
pub(super) fn update_service() -> Vec<Key> {
    let seconds = integer(0, i64::from(i32::MAX));
    vec![
        key("desiredCount", "How many tasks are wanted from then on.", capacity()),
        key(
            "healthCheckGracePeriodSeconds",
            "The grace period of all tasks from then on.",
            seconds,
        ),
    ]
}

fn parameters(call: ApiCall) -> Vec<Key> {
    let names = |all: Vec<&'static str>| one_of(&all);
    match call {
        ApiCall::CreateDeployment => deployment::later(),
        ApiCall::ContinueDeployment => {
            let waits = DeploymentWaitType::ALL.iter().map(|wait| wait.as_str()).collect();
            vec![key("deploymentWaitType", "Which wait ends. Default: READY_WAIT.", names(waits))]
        }
        ApiCall::StopDeployment => vec![key(
            "autoRollbackEnabled",
            "Whether it rolls back. Default: as configured for DEPLOYMENT_STOP_ON_REQUEST.",
            switch(),
        )],
        ApiCall::StopServiceDeployment => stop_service_deployment(),
        ApiCall::ContinueServiceDeployment => continue_service_deployment(),
        ApiCall::PutLifecycleEventHookExecutionStatus => {
            let answers = HookAnswer::ALL.iter().map(|answer| answer.as_str()).collect();
            vec![
                key(
                    "status",
                    "Said in the place of the hook function that is awaited.",
                    names(answers),
                )
                .required(),
            ]
        }
        ApiCall::CancelUpdateStack | ApiCall::SkipWaitTimeForInstanceTermination => Vec::new(),
        ApiCall::DeleteService => {
            vec![key("force", "Also if the service is scaled above 0. Default: false.", switch())]
        }
        ApiCall::ModifyListener => listener(),
        ApiCall::ModifyTargetGroup => target_group(),
        ApiCall::UpdateService => update_service(),
        ApiCall::UpdateTaskProtection => protection(),
        ApiCall::SetAlarmState => alarm_state(),
        ApiCall::RegisterScalableTarget => bounds(),
        ApiCall::BatchDeleteImage => vec![
            key(
                "image",
                "The revision whose tasks cannot be started from then on, by name, or `original`.",
                text(),
            )
            .required(),
        ],
        ApiCall::UpdateAlias => alias(),
        ApiCall::PutProvisionedConcurrencyConfig => vec![
            key(
                "ProvisionedConcurrentExecutions",
                "Of the alias, from then on.",
                resource::concurrency(1),
            )
            .required(),
        ],
        ApiCall::CreateService
        | ApiCall::CreateTaskSet
        | ApiCall::UpdateTaskSet
        | ApiCall::UpdateServicePrimaryTaskSet
        | ApiCall::DeleteTaskSet => unreachable!("{call} is a step of an external controller"),
        ApiCall::DeleteFunction => {
            vec![key("Qualifier", "The version that is gone then.", version()).required()]
        }
    }
}

fn stop_service_deployment() -> Vec<Key> {
    let text = "Whether the revision before comes back. Default: ROLLBACK.";
    vec![key("stopType", text, one_of(&["ROLLBACK", "ABORT"]))]
}

fn continue_service_deployment() -> Vec<Key> {
    let text = "What a hook that waits for somebody is told. Default: CONTINUE.";
    vec![key("action", text, one_of(&["CONTINUE", "ROLLBACK"]))]
}

fn target_group() -> Vec<Key> {
    vec![
        key("targetGroup", "Which target group, by name.", text()).required(),
        key("HealthCheckIntervalSeconds", "From one check to the next.", integer(5, 300)),
        key("HealthCheckTimeoutSeconds", "How long a check waits.", integer(2, 120)),
        key(
            "HealthyThresholdCount",
            "So many checks passed in a row make healthy.",
            integer(2, 10),
        ),
        key(
            "UnhealthyThresholdCount",
            "So many checks failed in a row make unhealthy.",
            integer(2, 10),
        ),
        key("HealthCheckPort", "Where it asks; needs `answered_by`.", text()),
        key("HealthCheckPath", "What it asks for; needs `answered_by`.", text()),
        key(
            "answered_by",
            "The revisions (`original` among them) that answer there from then on.",
            list_of(text()),
        ),
    ]
}

fn suspended() -> Value {
    open(&[
        key("DynamicScalingInSuspended", "Policies do not scale in.", switch()),
        key("DynamicScalingOutSuspended", "Policies do not scale out.", switch()),
        key("ScheduledScalingSuspended", "Schedules do nothing.", switch()),
    ])
}

/// The number of a published version.
fn version() -> Value {
    json!({"type": ["integer", "string"], "minimum": 1, "pattern": "^[+]?0*[1-9][0-9]*$", "examples": [2]})
}

fn routing() -> Value {
    let weights =
        json!({"type": "object", "maxProperties": 1, "additionalProperties": number(0.0, 1.0)});
    map(&[key(
        "AdditionalVersionWeights",
        "The share of one more version, by its number.",
        weights,
    )])
}

pub fn listener() -> Vec<Key> {
    vec![
        key("listener", "Which listener. Default: production.", one_of(&["production", "test"])),
        key(
            "weights",
            "The weight of each target group by name; who is not named gets none.",
            json!({"type": "object", "additionalProperties": integer(0, 999)}),
        )
        .required(),
    ]
}

fn protection() -> Vec<Key> {
    vec![
        key("tasks", "How many of the running tasks. Default: all.", tasks()),
        key("of", "Of which side. Default: both.", role()),
        key("expiresInMinutes", "For how long. Default: 120.", integer(1, 2880)),
    ]
}

pub fn bounds() -> Vec<Key> {
    vec![
        key("MinCapacity", "The new lower bound. Default: it stays.", capacity()),
        key("MaxCapacity", "The new upper bound. Default: it stays.", capacity()),
        key("SuspendedState", "What is suspended from then on. Default: it stays.", suspended()),
    ]
}

fn alias() -> Vec<Key> {
    vec![
        key(
            "FunctionVersion",
            "The version that the alias points to. Default: the one that it has.",
            version(),
        ),
        key("RoutingConfig", "Weights of a second version. Default: none.", routing()),
    ]
}

fn alarm_state() -> Vec<Key> {
    let states: Vec<&str> = StateValue::ALL.iter().map(|state| state.as_str()).collect();
    vec![
        key("alarmName", "Which alarm, by name.", text()).required(),
        key("stateValue", "Its state until the next evaluation.", one_of(&states)).required(),
    ]
}
