//! Why something happened, in words: the entry that caused it.

use crate::analysis::series::Series;
use crate::analysis::{Entry, Fact, Journal, Listener};
use crate::aws::call::ServiceStatus;
use crate::aws::id::DeploymentNumber;
use crate::aws::name::{LifecycleEventStatus, StabilityStatus, TargetHealthState};
use crate::engine::time::SimTime;
use crate::report::clock::Clock;
use crate::report::{instance, wording};

/// What a target did that has another state now.
fn became(state: TargetHealthState) -> String {
    match state {
        TargetHealthState::Initial => "was registered".to_owned(),
        _ => format!("became {state}"),
    }
}

/// `because ..` for a cause of the same instant, `5:00 after ..` for an earlier one, empty without one.
pub fn of(entry: &Entry, journal: &Journal, series: &Series, clock: Clock) -> String {
    let Some(cause) = cause_of(entry, journal) else { return String::new() };
    let happened = happened(cause, series, clock);
    if cause.at == entry.at {
        format!("because {happened}")
    } else {
        format!("{} after {happened}", clock.duration(entry.at.since(cause.at)))
    }
}

/// The cause of an entry; of a lifecycle event that is over at once, the cause of its beginning.
fn cause_of<'a>(entry: &Entry, journal: &'a Journal) -> Option<&'a Entry> {
    let cause = journal.entries.get(entry.cause.position()?)?;
    let own_beginning = match (entry.fact, cause.fact) {
        (
            Fact::LifecycleEventStatusChanged { deployment, event, .. },
            Fact::LifecycleEventStatusChanged { deployment: of, event: begun, .. },
        ) => (deployment, event, entry.at) == (of, begun, cause.at),
        _ => false,
    };
    if own_beginning { journal.entries.get(cause.cause.position()?) } else { Some(cause) }
}

/// A fact as half a sentence in the past tense.
fn happened(entry: &Entry, series: &Series, clock: Clock) -> String {
    let side_of = |task_set| series.sides.of_task_set(task_set).as_str();
    let name_of = |number: DeploymentNumber| {
        let course = series.deployments.iter().find(|course| course.number == number);
        course.map_or_else(|| "deployment".to_owned(), wording::deployment)
    };
    match entry.fact {
        Fact::TaskSetFound { task_set, .. } => format!("the {} was there", side_of(task_set)),
        Fact::ReplacementDrawn { .. } => "the replacement was drawn".to_owned(),
        Fact::DeploymentCreated { deployment, .. } => {
            format!("the {} was created", name_of(deployment))
        }
        Fact::DeploymentStatusChanged { deployment, status } => {
            format!("the {} became {status}", name_of(deployment))
        }
        Fact::DeploymentErrorSet { code, .. } => format!("the error {code} was set"),
        Fact::RollbackImpossible { .. } => "no rollback was possible".to_owned(),
        Fact::LifecycleEventStatusChanged { event, status, .. } => match status {
            LifecycleEventStatus::InProgress => format!("{event} started"),
            LifecycleEventStatus::Succeeded => format!("{event} succeeded"),
            LifecycleEventStatus::Failed => format!("{event} failed"),
            LifecycleEventStatus::Skipped => format!("{event} was skipped"),
            LifecycleEventStatus::Pending | LifecycleEventStatus::Unknown => {
                format!("{event} became {status}")
            }
        },
        Fact::HookInvoked { event, .. } => format!("the {event} hook was invoked"),
        Fact::HookAnswered { event, answer, .. } => format!("the {event} hook answered {answer}"),
        Fact::TerminationWaitStarted { .. } => "the termination wait began".to_owned(),
        Fact::TaskSetCreated { task_set, .. } => {
            format!("the {} task set was created", side_of(task_set))
        }
        Fact::TaskSetStatusChanged { task_set, status } => {
            format!("the {} task set became {status}", side_of(task_set))
        }
        Fact::TaskSetScaled { task_set, .. } => {
            format!("the {} task set was scaled", side_of(task_set))
        }
        Fact::TaskSetStabilityChanged { task_set, stability } => match stability {
            StabilityStatus::SteadyState => format!("the {} is steady", side_of(task_set)),
            StabilityStatus::Stabilizing => format!("the {} was not steady", side_of(task_set)),
        },
        Fact::TaskSetDeleted { task_set } => format!("the {} task set is gone", side_of(task_set)),
        Fact::TaskStatusChanged { task_set, status, .. } => {
            format!("a task of the {} became {status}", side_of(task_set))
        }
        Fact::TaskStopRequested { task_set, .. } => {
            format!("a task of the {} had to stop", side_of(task_set))
        }
        Fact::TaskHealthChanged { task_set, health, .. } => {
            format!("a task of the {} became {health}", side_of(task_set))
        }
        Fact::TaskCounted { task_set, healthy, .. } => {
            let what = if healthy { "counted as healthy" } else { "counted no longer" };
            format!("a task of the {} {what}", side_of(task_set))
        }
        Fact::TargetHealthChanged { target_group, state, .. } => {
            let side = series.sides.of_target_group(target_group).as_str();
            format!("a target of the {side} {}", became(state))
        }
        Fact::ListenerModified { listener, weights }
        | Fact::ListenerWeightsInForce { listener, weights } => {
            let weight = series.sides.weight_of_replacement(weights);
            match listener {
                Listener::Production => format!("production traffic went to {weight} %"),
                Listener::Test => format!("test traffic went to {weight} %"),
            }
        }
        Fact::AliasUpdated { weights, .. } | Fact::AliasWeightsInForce { weights } => {
            let weight = series.sides.weight_of_replacement(weights);
            format!("the alias gave {weight} % to the replacement")
        }
        Fact::InstancesFound { .. } => "the instances were there".to_owned(),
        Fact::InstancesTargeted { deployment, .. } => {
            format!("the {} looked at its instances", name_of(deployment))
        }
        Fact::BatchStarted { .. } => "a batch began".to_owned(),
        Fact::InstanceStatusChanged { instance, status, .. } => {
            format!("{} became {status}", instance::name(instance))
        }
        Fact::InstanceEventEnded { instance, event, .. } => {
            format!("{event} ended on {}", instance::name(instance))
        }
        Fact::InstanceEventNotStarted { instance, event, .. } => {
            format!("{event} did not begin on {}", instance::name(instance))
        }
        Fact::TargetsServing { .. } => "other targets served".to_owned(),
        Fact::RevisionsMixed { .. } => "other targets of two revisions served".to_owned(),
        Fact::ServiceDeploymentStageStarted { stage, .. } => format!("{stage} began"),
        Fact::StageHookStatusChanged { stage, status, .. } => {
            format!("a hook of {stage} was {status}")
        }
        Fact::HealthyPercentReached { healthy, .. } => {
            format!("{} of the deployment were healthy", wording::counted(healthy.into(), "task"))
        }
        Fact::FailedTasksCounted { failed, .. } => {
            format!("{} of the deployment failed", wording::counted(failed.into(), "task"))
        }
        Fact::InstancesServing { .. } => "other instances served".to_owned(),
        Fact::ReplacementInstancesFound { deployment, .. } => {
            format!("the {} looked for its replacement", name_of(deployment))
        }
        Fact::InstanceStateChanged { instance, state } => {
            format!("{} was {state}", instance::name(instance))
        }
        Fact::InstanceLifecycleChanged { instance, state } => {
            format!("{} was {state}", instance::name(instance))
        }
        Fact::OutdatedInstancesFound { .. } => "outdated instances were found".to_owned(),
        Fact::InstancesCounted { .. } => "the instances were counted".to_owned(),
        Fact::RequestsAnswered { .. } => "requests were answered".to_owned(),
        Fact::RequestsRejected { .. } => "requests were rejected".to_owned(),
        Fact::RequestsFailedBy { .. } => "requests failed".to_owned(),
        Fact::EnvironmentsStarted { .. } => "environments started".to_owned(),
        Fact::RequestsWaiting { .. } => "requests waited".to_owned(),
        Fact::TrafficShared { .. } => "clients stayed where they were".to_owned(),
        Fact::RequestsCutOff { .. } => "requests were cut off".to_owned(),
        Fact::ApiCalled { call } => format!("{call} was called"),
        Fact::CallRefused { call, .. } => format!("{call} was refused"),
        Fact::StopRequested { deployment, .. } => {
            format!("the {} was told to stop", name_of(deployment))
        }
        Fact::HookNotInvoked { event, .. } => format!("the {event} hook could not be invoked"),
        Fact::ServiceDesiredCountUpdated { desired_count } => {
            format!("the service wanted {}", wording::counted(desired_count.into(), "task"))
        }
        Fact::ServiceStatusChanged { status: ServiceStatus::Active } => {
            "the service came to be".to_owned()
        }
        Fact::ServiceStatusChanged { .. } => "the service was deleted".to_owned(),
        Fact::ServiceEventEmitted { code, .. } => format!("the service told {code}"),
        Fact::AlarmFound { .. } => "the alarm was there".to_owned(),
        Fact::AlarmStateChanged { state, .. } => format!("the alarm went into {state}"),
        Fact::DatapointSeen { ended_ms_ago, micros, .. } => {
            let ended = entry.at.as_millis().checked_sub(ended_ms_ago.into());
            let until = ended.map_or_else(
                || "before the deployment".to_owned(),
                |ended| format!("up to {}", clock.instant(SimTime::from_millis(ended))),
            );
            format!("it saw {} for the period {until}", wording::micros(micros))
        }
        Fact::ScalingActivity { desired_count, .. } => {
            let tasks = wording::counted(desired_count.into(), "task");
            format!("a scaling policy wanted {tasks}")
        }
        Fact::NotScaled { .. } => "a scaling policy changed nothing".to_owned(),
        Fact::ScalableTargetUpdated { .. } => "the bounds of scaling were changed".to_owned(),
        Fact::FaultBegan { fault } => format!("the fault {fault} began"),
        Fact::FaultEnded { fault } => format!("the fault {fault} was over"),
        Fact::RunEnded { .. } => "the run ended".to_owned(),
    }
}
