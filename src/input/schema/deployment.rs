//! `deployment:` and `deployments:` as a schema has them.

use serde_json::{Value, json};

use super::external;
use super::kind::{config_name, document, duration, latency, list_of, one_of, open, switch, text};
use super::map::{Key, key, map, variants};
use crate::aws::app_spec::FileExistsBehavior;
use crate::aws::id::DEPLOYMENTS_MAX;

/// The only deployment, or the first of several.
pub fn first() -> Value {
    let mut keys = vec![
        key(
            "deploymentGroup",
            "A CodeDeploy deployment group, as it is created or as get-deployment-group answers: a path, or the document. Default: what the console makes.",
            document(),
        ),
        key("deploymentGroupName", "Which one, if the document is an answer with several.", text()),
        key(
            "external",
            "The steps of a controller of somebody else's, in CodeDeploy's place.",
            external::external(),
        ),
    ];
    keys.extend(common());
    map(&keys)
}

/// A list: the first at the start, the others at their time or one after another.
pub fn several() -> Value {
    let at = key("at", "When, from the creation of the first deployment.", duration()).required();
    let after = key(
        "after",
        "`previous`: when the one before it has ended, its rollback included.",
        json!({"const": "previous"}),
    )
    .required();
    let item = variants([at, after].map(|when| {
        let mut keys = vec![when];
        keys.extend(later());
        keys
    }));
    json!({"type": "array", "prefixItems": [first()], "items": item, "minItems": 1, "maxItems": DEPLOYMENTS_MAX})
}

/// What a deployment takes that is asked for later: all but its time.
pub fn later() -> Vec<Key> {
    let mut keys = vec![key(
        "retry",
        "A caller that finds the group busy asks again after this, at least 1 s. Default: it asks once.",
        latency(),
    )];
    keys.extend(common());
    keys
}

fn common() -> Vec<Key> {
    let behaviors: Vec<&str> = FileExistsBehavior::ALL.iter().map(|name| name.as_str()).collect();
    vec![
        key(
            "revision",
            "An AppSpec, or a revision that holds one: a path, the document, or its text as a block.",
            document(),
        ),
        key(
            "deploymentConfigName",
            "A predefined configuration, or the name of `deploymentConfig`. Default: the group's, else all at once (ECS, Lambda) or one at a time (EC2).",
            config_name(),
        ),
        key(
            "deploymentConfig",
            "A configuration of the account's own: a path, the document, or the shorthand of the AWS CLI.",
            document(),
        ),
        key(
            "autoRollbackConfiguration",
            "When it rolls back. Default: what the group says.",
            auto_rollback(),
        ),
        key(
            "rollback",
            "What this tool configures where nobody says.",
            one_of(&["cdk", "sam", "ecs-console"]),
        ),
        key(
            "overrideAlarmConfiguration",
            "In place of the group's `alarmConfiguration`.",
            alarms(),
        ),
        key(
            "creator",
            "Who creates it: a caller of CreateDeployment, or the update of a stack. Default: user.",
            one_of(&["user", "CloudFormation"]),
        ),
        key(
            "updateService",
            "What ECS itself is told, in CodeDeploy's place: what would be given to UpdateService, a path or the document. Its \
             `deploymentConfiguration` stands over that of the service.",
            document(),
        ),
        key("description", "At most 256 characters; plays no part.", text()),
        key(
            "ignoreApplicationStopFailures",
            "On instances: whether one goes on after a failure of `ApplicationStop`.",
            switch(),
        ),
        key("updateOutdatedInstancesOnly", "`false`: another value is not simulated.", switch()),
        key(
            "fileExistsBehavior",
            "On instances: what to do with files that are in the way. Default: the AppSpec's, else DISALLOW.",
            one_of(&behaviors),
        ),
        key(
            "deploys",
            "The revision that is deployed: a name under `revisions`, or `original`.",
            text(),
        ),
    ]
}

fn auto_rollback() -> Value {
    let events = ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"];
    open(&[
        key("enabled", "Whether it rolls back at all.", switch()),
        key("events", "After what.", list_of(one_of(&events))),
    ])
}

fn alarms() -> Value {
    let alarm = open(&[key("name", "The name of the alarm.", text())]);
    open(&[
        key("enabled", "Whether alarms are looked at.", switch()),
        key(
            "ignorePollAlarmFailure",
            "Whether it goes on if their states cannot be read.",
            switch(),
        ),
        key("alarms", "The alarms that stop it.", list_of(alarm)),
    ])
}
