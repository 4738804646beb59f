//! `expect:`: the seed it holds for, and what must hold; and the names that expressions know.

use crate::diagnostic::Diagnostics;
use crate::input::decode::{Field, Map, integer, items};
use crate::input::expression::{self, Kind, Name, Vocabulary};
use crate::scenario::Expectations;

/// The names that expressions of every kind may use. The room that judges them has the same list, and a
/// test compares the two.
pub const VOCABULARY: Vocabulary = Vocabulary {
    columns: &[
        Name::new("digest", Kind::Word(&[]), "of the whole run: equal digests, equal runs"),
        Name::new("status", Kind::Word(STATUSES), "the last one of the first deployment"),
        Name::new("error_code", Kind::Word(&[]), "of the first deployment"),
        Name::new(
            "rollback",
            Kind::Word(&["true", "false"]),
            "whether a deployment was created that rolls it back",
        ),
        Name::new("candidate", Kind::Word(&[]), "which candidate was deployed, counted from 0"),
        Name::new("bad", Kind::Word(&["true", "false"]), "whether it is a bad release"),
        Name::new("install_s", Kind::Duration, "when `Install` succeeded"),
        Name::new(
            "first_shift_s",
            Kind::Duration,
            "when the listener first gave the replacement production traffic",
        ),
        Name::new(
            "full_shift_s",
            Kind::Duration,
            "when the listener first gave it all production traffic",
        ),
        Name::new("end_s", Kind::Duration, "when the first deployment ended"),
        Name::new(
            "detected_s",
            Kind::Duration,
            "when it was decided to end the deployment of a bad release",
        ),
        Name::new(
            "restored_s",
            Kind::Duration,
            "when, after some had, no production request reached the replacement any more",
        ),
        Name::new(
            "requests",
            Kind::Number,
            "production requests of the whole run, rejected ones included",
        ),
        Name::new(
            "failed_requests",
            Kind::Number,
            "those that failed, whatever the cause, rejected ones included",
        ),
        Name::new(
            "bad_requests",
            Kind::Number,
            "failed requests that a bad replacement caused, 502 and 503 included",
        ),
        Name::new(
            "exposure_s",
            Kind::Duration,
            "the replacement's weight in force while it is bad, over time: 10 % for 100 s are 10 s",
        ),
        Name::new(
            "weight_max_pct",
            Kind::Share,
            "the largest weight in force of the replacement, to a tenth of a percent",
        ),
        Name::new(
            "task_seconds",
            Kind::Number,
            "how long tasks of both sides were paid for, together",
        ),
        Name::new(
            "capacity_short_s",
            Kind::Duration,
            "how long fewer tasks could serve production requests than the service wanted: `RUNNING`, with a healthy target in a group that has weight in force",
        ),
        Name::new("deployments", Kind::Number, "how many were created, rollbacks included"),
        Name::new(
            "users_exposed_pct",
            Kind::Share,
            "the chance that a user who came when the shift began, and stayed, met the replacement; needs `traffic.sessions`",
        ),
        Name::new(
            "mixed_pages",
            Kind::Number,
            "how many pages met both versions, on average; needs `traffic.page`",
        ),
        Name::new(
            "pages_mixed_max_pct",
            Kind::Share,
            "the largest share of the pages that met both versions at a time",
        ),
        Name::new("scaling_events", Kind::Number, "how often a policy scaled the service"),
        Name::new("cost", Kind::Number, "what the tasks have cost; needs `price.task_hour`"),
        Name::new(
            "client_s",
            Kind::Duration,
            "when the client knew the end of the first deployment, or stopped waiting for it",
        ),
        Name::new(
            "client",
            Kind::Word(CLIENT),
            "what it saw: the end, no end by its last poll, none by its own limit, or it did not wait",
        ),
        Name::new(
            "instances_failed",
            Kind::Number,
            "on how many instances the first deployment failed",
        ),
        Name::new(
            "instances_outdated",
            Kind::Number,
            "on how many instances, when it was over, the revision of the last successful deployment was not there, or not with success",
        ),
    ],
    values: &[
        Name::new(
            "weight",
            Kind::Share,
            "of production traffic on the replacement, as the listener says, to a tenth of a percent",
        ),
        Name::new("weight_in_force", Kind::Share, "the same, as requests follow it"),
        Name::new(
            "test_weight",
            Kind::Share,
            "of test traffic on the replacement, as the listener says",
        ),
        Name::new("requests", Kind::Number, "production requests so far"),
        Name::new("failed_requests", Kind::Number, "failed requests so far"),
        Name::new(
            "bad_requests",
            Kind::Number,
            "failed requests so far that a bad replacement caused",
        ),
        Name::new(
            "rejected_requests",
            Kind::Number,
            "requests so far that the load balancer answered itself (502, 503, 504)",
        ),
        Name::new(
            "original_healthy",
            Kind::Number,
            "tasks of the original whose target is healthy or not checked because unused",
        ),
        Name::new("original_running", Kind::Number, "tasks of the original in RUNNING"),
        Name::new("original_pending", Kind::Number, "tasks of the original on the way to RUNNING"),
        Name::new("original_draining", Kind::Number, "targets of the original that drain"),
        Name::new(
            "replacement_healthy",
            Kind::Number,
            "tasks of the replacement whose target is healthy or not checked because unused",
        ),
        Name::new("replacement_running", Kind::Number, "tasks of the replacement in RUNNING"),
        Name::new(
            "replacement_pending",
            Kind::Number,
            "tasks of the replacement on the way to RUNNING",
        ),
        Name::new("replacement_draining", Kind::Number, "targets of the replacement that drain"),
        Name::new("active_alarms", Kind::Number, "alarms in ALARM"),
        Name::new(
            "waiting_requests",
            Kind::Number,
            "requests that wait because tasks cannot keep up",
        ),
        Name::new(
            "users_exposed",
            Kind::Share,
            "the chance that a user who came when the shift began has met the replacement by now",
        ),
        Name::new("pages_mixed", Kind::Share, "of the pages that meet both versions now"),
    ],
    facts: &[
        "TaskSetFound",
        "ReplacementDrawn",
        "DeploymentCreated",
        "DeploymentStatusChanged",
        "DeploymentErrorSet",
        "RollbackImpossible",
        "LifecycleEventStatusChanged",
        "HookInvoked",
        "HookAnswered",
        "TerminationWaitStarted",
        "TaskSetCreated",
        "TaskSetStatusChanged",
        "TaskSetScaled",
        "TaskSetStabilityChanged",
        "TaskSetDeleted",
        "TaskStatusChanged",
        "TaskStopRequested",
        "TaskHealthChanged",
        "TargetHealthChanged",
        "ListenerModified",
        "ListenerWeightsInForce",
        "RequestsAnswered",
        "RequestsRejected",
        "RunEnded",
        "ApiCalled",
        "CallRefused",
        "StopRequested",
        "HookNotInvoked",
        "ServiceDesiredCountUpdated",
        "ServiceEventEmitted",
        "FaultBegan",
        "FaultEnded",
        "RequestsCutOff",
        "TrafficShared",
        "AlarmFound",
        "DatapointSeen",
        "AlarmStateChanged",
        "ScalingActivity",
        "NotScaled",
        "ScalableTargetUpdated",
        "RequestsFailedBy",
        "RequestsWaiting",
        "ServiceStatusChanged",
        "AliasUpdated",
        "AliasWeightsInForce",
        "InstancesFound",
        "InstancesTargeted",
        "BatchStarted",
        "InstanceStatusChanged",
        "InstanceEventEnded",
        "InstanceEventNotStarted",
        "InstancesCounted",
        "EnvironmentsStarted",
        "InstancesServing",
        "ReplacementInstancesFound",
        "InstanceStateChanged",
        "TargetsServing",
        "FailedTasksCounted",
        "ServiceDeploymentStageStarted",
        "StageHookStatusChanged",
        "InstanceLifecycleChanged",
        "OutdatedInstancesFound",
        "RevisionsMixed",
        "TaskCounted",
        "HealthyPercentReached",
        "RolledBack",
        "Http429",
        "Http500",
        "Http502",
        "Http503",
        "Http504",
        "Overloaded",
        "DependencyFailed",
        "DefectShown",
        "ConnectionReset",
        "FunctionTimedOut",
        "ColdStart",
        "ALARM_ACTIVE",
        "HOOK_EXECUTION_FAILURE",
        "MANUAL_STOP",
        "TIMEOUT",
        "CUSTOMER_APPLICATION_UNHEALTHY",
        "ECS_UPDATE_ERROR",
        "ELASTIC_LOAD_BALANCING_INVALID",
        "IAM_ROLE_PERMISSIONS",
        "THROTTLED",
        "HEALTH_CONSTRAINTS",
        "HEALTH_CONSTRAINTS_INVALID",
        "NO_INSTANCES",
        "INVALID_LAMBDA_CONFIGURATION",
        "INVALID_LAMBDA_FUNCTION",
        "CIRCUIT_BREAKER",
        "OVER_MAX_INSTANCES",
    ],
    statuses: STATUSES,
    lifecycle_events: &[
        "BeforeInstall",
        "Install",
        "AfterInstall",
        "AllowTestTraffic",
        "AfterAllowTestTraffic",
        "BeforeAllowTraffic",
        "AllowTraffic",
        "AfterAllowTraffic",
    ],
    lifecycle_statuses: &["Pending", "InProgress", "Succeeded", "Failed", "Skipped", "Unknown"],
};

const STATUSES: &[&str] =
    &["Created", "Queued", "InProgress", "Baking", "Succeeded", "Failed", "Stopped", "Ready"];

const CLIENT: &[&str] = &["succeeded", "failed", "gave-up", "timed-out", "unwatched"];

/// The whole section: a list of expressions, or `{ seed, that }`.
pub fn expectations(field: Field, to: &mut Diagnostics) -> Option<Expectations> {
    let read = expression::expectation(&VOCABULARY);
    if field.node.items().is_some() || field.node.scalar().is_some() {
        return items(read)(field, to).map(|that| Expectations { seed: 1, that });
    }
    let mut map = Map::open(field, to)?;
    let seed = map.or("seed", integer(0..=i64::MAX), 1);
    let that = map.required("that", items(read));
    map.finish();
    Some(Expectations { seed: u64::try_from(seed).expect("within the range"), that: that? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::name::{DeploymentStatus, ErrorCode, LifecycleEvent, LifecycleEventStatus};

    #[test]
    fn the_words_of_aws_are_all_known() {
        let statuses: Vec<_> = DeploymentStatus::ALL.iter().map(|name| name.as_str()).collect();
        assert_eq!(STATUSES, statuses);
        let events: Vec<_> = LifecycleEvent::ALL.iter().map(|name| name.as_str()).collect();
        assert_eq!(VOCABULARY.lifecycle_events, events);
        let statuses: Vec<_> = LifecycleEventStatus::ALL.iter().map(|name| name.as_str()).collect();
        assert_eq!(VOCABULARY.lifecycle_statuses, statuses);
        for code in ErrorCode::ALL {
            assert!(VOCABULARY.facts.contains(&code.as_str()), "{code}");
        }
    }
}
