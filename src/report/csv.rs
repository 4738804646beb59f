//! `timeline.csv`, what happened, and `metrics.csv`, traffic and tasks minute by minute.

use crate::analysis::fact_name::name_of;
use crate::analysis::fixed::seconds;
use crate::analysis::side::Side;
use crate::analysis::{Entry, Fact, Listener};
use crate::report::{Report, instance, wording};
use csv::Writer;

/// The columns of `timeline.csv`. `n` numbers the entries of the journal, `cause` names one by it.
pub const TIMELINE_COLUMNS: [&str; 7] = ["n", "time_s", "kind", "what", "of", "value", "cause"];

/// The columns of `metrics.csv`. Counts are of the minute, weight and tasks as they are at its end.
pub const METRICS_COLUMNS: [&str; 17] = [
    "start_s",
    "end_s",
    "weight_pct",
    "original_requests",
    "original_failed",
    "original_bad",
    "original_rejected",
    "replacement_requests",
    "replacement_failed",
    "replacement_bad",
    "replacement_rejected",
    "original_healthy",
    "original_running",
    "replacement_healthy",
    "replacement_running",
    "original_desired",
    "replacement_desired",
];

/// Every entry of the journal but traffic, which stands in [`metrics`].
pub fn timeline(report: &Report) -> Vec<u8> {
    let rows = report.entries.iter().enumerate().filter_map(|(position, entry)| {
        let Told { kind, what, of, value } = told(entry, report)?;
        let cause = entry.cause.position().map(|cause| (cause + 1).to_string());
        let time = seconds(entry.at.as_millis()).to_string();
        let n = (position + 1).to_string();
        Some([n, time, kind.to_owned(), what, of, value, cause.unwrap_or_default()])
    });
    written(&TIMELINE_COLUMNS, rows)
}

/// One row a minute of the calendar, its ends in seconds since the deployment was created.
pub fn metrics(report: &Report) -> Vec<u8> {
    let series = &report.series;
    let rows = series.minutes.iter().map(|minute| {
        let counts = series.counts.at(minute.to);
        let mut row = vec![
            seconds(minute.from.as_millis()).to_string(),
            seconds(minute.to.as_millis()).to_string(),
            series.weight_in_force.at(minute.to).to_string(),
        ];
        for side in Side::BOTH {
            let tally = minute.sides[side];
            let cells = [tally.requests(), tally.failed_requests(), tally.bad, tally.rejected];
            row.extend(cells.map(|count| count.to_string()));
        }
        for side in Side::BOTH {
            row.extend([counts[side].healthy, counts[side].running].map(|count| count.to_string()));
        }
        let desired = series.desired.at(minute.to);
        row.extend(Side::BOTH.map(|side| desired[side].to_string()));
        row
    });
    written(&METRICS_COLUMNS, rows)
}

fn written<R: IntoIterator<Item = String>>(
    columns: &[&str],
    rows: impl Iterator<Item = R>,
) -> Vec<u8> {
    let mut writer = Writer::from_writer(Vec::new());
    writer.write_record(columns).expect("a vector takes everything");
    for row in rows {
        writer.write_record(row).expect("each row has a cell for each column");
    }
    writer.into_inner().expect("a vector takes everything")
}

/// An entry in the columns of `timeline.csv`.
struct Told {
    kind: &'static str,
    what: String,
    of: String,
    value: String,
}

/// Every fact stands here by name, so that a new one asks for its row.
fn told(entry: &Entry, report: &Report) -> Option<Told> {
    let sides = &report.series.sides;
    let of_set = |task_set| sides.of_task_set(task_set).as_str().to_owned();
    let of_task = |task_set, task| format!("{} task {task}", sides.of_task_set(task_set).as_str());
    let id = |number| {
        let course = report.series.deployments.iter().find(|course| course.number == number);
        course.map(|course| course.id.to_string()).unwrap_or_default()
    };
    let (kind, of, value) = match entry.fact {
        Fact::TaskSetFound { task_set, tasks, .. } => {
            ("task set", of_set(task_set), tasks.to_string())
        }
        Fact::ReplacementDrawn { deployment, candidate, .. } => {
            let name = report.header.candidates.get(usize::from(candidate));
            ("deployment", id(deployment), name.cloned().unwrap_or_default())
        }
        Fact::DeploymentCreated { deployment, creator, .. } => {
            ("deployment", id(deployment), creator.to_string())
        }
        Fact::DeploymentStatusChanged { deployment, status } => {
            ("deployment", id(deployment), status.to_string())
        }
        Fact::DeploymentErrorSet { deployment, code, .. } => {
            ("deployment", id(deployment), code.to_string())
        }
        Fact::RollbackImpossible { deployment } => ("deployment", id(deployment), String::new()),
        Fact::LifecycleEventStatusChanged { deployment, event, status } => {
            ("lifecycle event", id(deployment), format!("{event} {status}"))
        }
        Fact::HookInvoked { deployment, event } => ("hook", id(deployment), event.to_string()),
        Fact::HookAnswered { deployment, event, answer } => {
            ("hook", id(deployment), format!("{event} {answer}"))
        }
        Fact::TerminationWaitStarted { deployment } => ("wait", id(deployment), String::new()),
        Fact::TaskSetCreated { task_set, computed_desired_count, .. }
        | Fact::TaskSetScaled { task_set, computed_desired_count } => {
            ("task set", of_set(task_set), computed_desired_count.to_string())
        }
        Fact::TaskSetStatusChanged { task_set, status } => {
            ("task set", of_set(task_set), status.to_string())
        }
        Fact::TaskSetStabilityChanged { task_set, stability } => {
            ("task set", of_set(task_set), stability.to_string())
        }
        Fact::TaskSetDeleted { task_set } => ("task set", of_set(task_set), String::new()),
        Fact::TaskStatusChanged { task, task_set, status } => {
            ("task", of_task(task_set, task), status.to_string())
        }
        Fact::TaskStopRequested { task, task_set, code, .. } => {
            ("task", of_task(task_set, task), code.to_string())
        }
        Fact::TaskHealthChanged { task, task_set, health } => {
            ("task", of_task(task_set, task), health.to_string())
        }
        Fact::TaskCounted { task, task_set, healthy } => {
            let what = if healthy { "counted" } else { "not counted" };
            ("task", of_task(task_set, task), what.to_owned())
        }
        Fact::TargetHealthChanged { task, target_group, state, .. } => {
            let side = sides.of_target_group(target_group).as_str();
            ("target", format!("{side} task {task}"), state.to_string())
        }
        Fact::ListenerModified { listener, weights }
        | Fact::ListenerWeightsInForce { listener, weights } => {
            let of = match listener {
                Listener::Production => "production listener",
                Listener::Test => "test listener",
            };
            ("traffic", of.to_owned(), sides.weight_of_replacement(weights).to_string())
        }
        Fact::AliasUpdated { weights, .. } | Fact::AliasWeightsInForce { weights } => {
            let of = report.header.function.clone().unwrap_or_default();
            ("traffic", of, sides.weight_of_replacement(weights).to_string())
        }
        Fact::InstancesFound { instances, .. } => {
            ("instances", String::new(), instances.to_string())
        }
        Fact::InstancesTargeted { deployment, instances, .. } => {
            ("deployment", id(deployment), instances.to_string())
        }
        Fact::BatchStarted { deployment, instances, .. } => {
            ("batch", id(deployment), instances.to_string())
        }
        Fact::InstanceStatusChanged { instance, status, .. } => {
            ("instance", instance::name(instance), status.to_string())
        }
        Fact::InstanceEventEnded { instance, event, code, .. } => {
            ("instance event", instance::name(instance), format!("{event} {code}"))
        }
        Fact::InstanceEventNotStarted { instance, event, .. } => {
            ("instance event", instance::name(instance), event.to_string())
        }
        Fact::InstancesServing { serving, .. } => {
            ("traffic", "instances".to_owned(), sides.weight_of_replacement(serving).to_string())
        }
        Fact::TargetsServing { serving } => {
            ("traffic", "targets".to_owned(), sides.weight_of_replacement(serving).to_string())
        }
        Fact::RevisionsMixed { weights } => {
            ("traffic", "revisions".to_owned(), sides.weight_of_replacement(weights).to_string())
        }
        Fact::ServiceDeploymentStageStarted { deployment, stage } => {
            ("stage", id(deployment), stage.to_string())
        }
        Fact::StageHookStatusChanged { deployment, stage, status, .. } => {
            ("hook", id(deployment), format!("{stage} {status}"))
        }
        Fact::HealthyPercentReached { task_set, healthy } => {
            ("healthy tasks", sides.of_task_set(task_set).as_str().to_owned(), healthy.to_string())
        }
        Fact::FailedTasksCounted { task_set, failed } => {
            let side = sides.of_task_set(task_set).as_str();
            ("failed tasks", side.to_owned(), failed.to_string())
        }
        Fact::InstancesCounted { deployment, outdated, .. } => {
            ("instances", id(deployment), outdated.to_string())
        }
        Fact::ReplacementInstancesFound { deployment, instances, .. } => {
            ("instances", id(deployment), instances.to_string())
        }
        Fact::InstanceStateChanged { instance, state } => {
            ("instance", instance::name(instance), state.to_string())
        }
        Fact::InstanceLifecycleChanged { instance, state } => {
            ("instance", instance::name(instance), state.to_string())
        }
        Fact::OutdatedInstancesFound { deployment, instances, .. } => {
            ("instances", id(deployment), instances.to_string())
        }
        Fact::ApiCalled { call } => ("call", String::new(), call.to_string()),
        Fact::CallRefused { call, exception, .. } => {
            ("call", call.to_string(), exception.to_string())
        }
        Fact::StopRequested { deployment, status } => {
            ("deployment", id(deployment), status.to_string())
        }
        Fact::HookNotInvoked { deployment, event, .. } => {
            ("hook", id(deployment), event.to_string())
        }
        Fact::ServiceDesiredCountUpdated { desired_count } => {
            ("service", String::new(), desired_count.to_string())
        }
        Fact::ServiceStatusChanged { status } => ("service", String::new(), status.to_string()),
        Fact::ServiceEventEmitted { task_set, code } => {
            ("service", of_set(task_set), code.to_string())
        }
        Fact::AlarmFound { alarm, state } | Fact::AlarmStateChanged { alarm, state } => {
            ("alarm", report.header.alarm_name(alarm).to_owned(), state.to_string())
        }
        Fact::DatapointSeen { alarm, micros, .. } => {
            let name = report.header.alarm_name(alarm).to_owned();
            ("alarm", name, wording::micros(micros))
        }
        Fact::ScalingActivity { policy, desired_count } => {
            ("scaling", report.header.policy_name(policy).to_owned(), desired_count.to_string())
        }
        Fact::NotScaled { policy, reason } => {
            ("scaling", report.header.policy_name(policy).to_owned(), reason.to_string())
        }
        Fact::ScalableTargetUpdated { min, max } => {
            ("scaling", String::new(), format!("{min} to {max}"))
        }
        Fact::FaultBegan { fault } | Fact::FaultEnded { fault } => {
            ("fault", String::new(), fault.to_string())
        }
        Fact::RequestsWaiting { target_group, waiting, .. } => (
            "traffic",
            report.header.target_groups[target_group.index()].clone(),
            waiting.to_string(),
        ),
        Fact::RequestsAnswered { .. }
        | Fact::RequestsFailedBy { .. }
        | Fact::RequestsRejected { .. }
        | Fact::RequestsCutOff { .. }
        | Fact::EnvironmentsStarted { .. }
        | Fact::TrafficShared { .. }
        | Fact::RunEnded { .. } => {
            return None;
        }
    };
    Some(Told { kind, what: name_of(&entry.fact).to_owned(), of, value })
}
