//! The name of a fact, as the journal writes it.

use crate::journal::fact::Fact;

/// The names of all facts, older ones first.
pub const FACT_NAMES: [&str; 65] = [
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
];

/// The position of a fact's name in [`FACT_NAMES`].
pub const fn index_of(fact: &Fact) -> usize {
    match fact {
        Fact::TaskSetFound { .. } => 0,
        Fact::ReplacementDrawn { .. } => 1,
        Fact::DeploymentCreated { .. } => 2,
        Fact::DeploymentStatusChanged { .. } => 3,
        Fact::DeploymentErrorSet { .. } => 4,
        Fact::RollbackImpossible { .. } => 5,
        Fact::LifecycleEventStatusChanged { .. } => 6,
        Fact::HookInvoked { .. } => 7,
        Fact::HookAnswered { .. } => 8,
        Fact::TerminationWaitStarted { .. } => 9,
        Fact::TaskSetCreated { .. } => 10,
        Fact::TaskSetStatusChanged { .. } => 11,
        Fact::TaskSetScaled { .. } => 12,
        Fact::TaskSetStabilityChanged { .. } => 13,
        Fact::TaskSetDeleted { .. } => 14,
        Fact::TaskStatusChanged { .. } => 15,
        Fact::TaskStopRequested { .. } => 16,
        Fact::TaskHealthChanged { .. } => 17,
        Fact::TargetHealthChanged { .. } => 18,
        Fact::ListenerModified { .. } => 19,
        Fact::ListenerWeightsInForce { .. } => 20,
        Fact::RequestsAnswered { .. } => 21,
        Fact::RequestsRejected { .. } => 22,
        Fact::RunEnded { .. } => 23,
        Fact::ApiCalled { .. } => 24,
        Fact::CallRefused { .. } => 25,
        Fact::StopRequested { .. } => 26,
        Fact::HookNotInvoked { .. } => 27,
        Fact::ServiceDesiredCountUpdated { .. } => 28,
        Fact::ServiceEventEmitted { .. } => 29,
        Fact::FaultBegan { .. } => 30,
        Fact::FaultEnded { .. } => 31,
        Fact::RequestsCutOff { .. } => 32,
        Fact::TrafficShared { .. } => 33,
        Fact::AlarmFound { .. } => 34,
        Fact::DatapointSeen { .. } => 35,
        Fact::AlarmStateChanged { .. } => 36,
        Fact::ScalingActivity { .. } => 37,
        Fact::NotScaled { .. } => 38,
        Fact::ScalableTargetUpdated { .. } => 39,
        Fact::RequestsFailedBy { .. } => 40,
        Fact::RequestsWaiting { .. } => 41,
        Fact::ServiceStatusChanged { .. } => 42,
        Fact::AliasUpdated { .. } => 43,
        Fact::AliasWeightsInForce { .. } => 44,
        Fact::InstancesFound { .. } => 45,
        Fact::InstancesTargeted { .. } => 46,
        Fact::BatchStarted { .. } => 47,
        Fact::InstanceStatusChanged { .. } => 48,
        Fact::InstanceEventEnded { .. } => 49,
        Fact::InstanceEventNotStarted { .. } => 50,
        Fact::InstancesCounted { .. } => 51,
        Fact::EnvironmentsStarted { .. } => 52,
        Fact::InstancesServing { .. } => 53,
        Fact::ReplacementInstancesFound { .. } => 54,
        Fact::InstanceStateChanged { .. } => 55,
        Fact::TargetsServing { .. } => 56,
        Fact::FailedTasksCounted { .. } => 57,
        Fact::ServiceDeploymentStageStarted { .. } => 58,
        Fact::StageHookStatusChanged { .. } => 59,
        Fact::InstanceLifecycleChanged { .. } => 60,
        Fact::OutdatedInstancesFound { .. } => 61,
        Fact::RevisionsMixed { .. } => 62,
        Fact::TaskCounted { .. } => 63,
        Fact::HealthyPercentReached { .. } => 64,
    }
}

/// The fact's name.
pub const fn name_of(fact: &Fact) -> &'static str {
    FACT_NAMES[index_of(fact)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::example;

    /// The names are those of the journal's lines, for every fact that occurs in the examples.
    #[test]
    fn a_fact_is_called_what_the_journal_calls_it() {
        for entry in example::failed_hook().journal.entries {
            let line = serde_json::to_value(entry.fact).expect("a fact is plain data");
            assert_eq!(line["fact"], name_of(&entry.fact));
        }
    }
}
