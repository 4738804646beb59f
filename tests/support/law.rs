//! What holds in every run, whatever the scenario: read from the journal alone.

use std::collections::BTreeMap;

use super::Played;
use cutover::aws::id::{DeploymentNumber, TargetGroupId, TaskId};
use cutover::aws::name::{
    DeploymentStatus, LifecycleEvent, LifecycleEventStatus, TargetHealthState, TaskSetStatus,
    TaskStatus,
};
use cutover::engine::time::SimTime;
use cutover::journal::fact::{Fact, Listener};

/// Holds a run against every law.
///
/// # Panics
/// If one is broken.
pub fn hold(played: &Played) {
    order(played);
    deployments(played);
    events(played);
    tasks(played);
    targets(played);
    weights(played);
    conservation(played);
}

/// Time never runs backwards, causes precede effects, the end is the last entry and nothing else.
fn order(played: &Played) {
    let entries = &played.journal.entries;
    assert!(entries.windows(2).all(|pair| pair[0].at <= pair[1].at), "time runs backwards");
    for (position, entry) in entries.iter().enumerate() {
        if let Some(cause) = entry.cause.position() {
            assert!(cause < position, "entry {position} is caused by entry {cause}: {entry:?}");
        }
    }
    let ends = entries.iter().filter(|entry| matches!(entry.fact, Fact::RunEnded { .. })).count();
    assert_eq!(ends, 1, "a run ends once");
    let last = entries.last().expect("a run has an end");
    assert!(matches!(last.fact, Fact::RunEnded { .. }), "{last:?} is the last entry");
}

/// CD-SM-1, CD-SM-2, CD-SM-3: statuses move along the table, and what is terminal stays.
fn deployments(played: &Played) {
    use DeploymentStatus::{Created, Failed, InProgress, Ready, Stopped, Succeeded};
    let mut last: BTreeMap<DeploymentNumber, DeploymentStatus> = BTreeMap::new();
    for entry in &played.journal.entries {
        match entry.fact {
            Fact::DeploymentCreated { deployment, .. } => {
                assert_eq!(last.insert(deployment, Created), None, "{deployment} exists once");
            }
            Fact::DeploymentStatusChanged { deployment, status } => {
                let before = last.insert(deployment, status).expect("it was created");
                let allowed: &[DeploymentStatus] = match before {
                    Created => &[InProgress, Stopped, Failed],
                    InProgress => &[Ready, Succeeded, Failed, Stopped],
                    Ready => &[InProgress, Stopped],
                    _ => &[],
                };
                assert!(allowed.contains(&status), "{deployment}: {before} to {status}");
            }
            _ => {}
        }
    }
    let row = played.row();
    let ended = row.status.is_terminal();
    assert_eq!(row.end.is_some(), ended, "it is complete when it is {}", row.status);
    assert!(last.len() <= 2, "a rollback is never rolled back");
}

/// CD-LE-1, CD-LE-2: one event after another, in order; from Pending to one end.
fn events(played: &Played) {
    use LifecycleEventStatus::{Failed, InProgress, Pending, Skipped, Succeeded};
    let mut statuses = [Pending; LifecycleEvent::ALL.len()];
    let mut running: Option<LifecycleEvent> = None;
    let mut latest: Option<LifecycleEvent> = None;
    let mut ended = false;
    for entry in &played.journal.entries {
        match entry.fact {
            Fact::LifecycleEventStatusChanged { deployment, event, status } => {
                assert_eq!(deployment, DeploymentNumber(0), "a rollback runs no events of its own");
                assert!(!ended, "{event} changes after the end");
                let before = std::mem::replace(&mut statuses[event as usize], status);
                match (before, status) {
                    (Pending, InProgress) => {
                        assert_eq!(running, None, "{event} begins while another one runs");
                        assert!(latest < Some(event), "{event} begins after {latest:?}");
                        (running, latest) = (Some(event), Some(event));
                    }
                    (InProgress, Succeeded | Failed) => running = None,
                    (Pending, Skipped) => {}
                    _ => panic!("{event}: {before} to {status}"),
                }
            }
            Fact::DeploymentStatusChanged { deployment: DeploymentNumber(0), status } => {
                ended = status.is_terminal();
                if status == DeploymentStatus::Succeeded {
                    let own = statuses.iter().filter(|status| **status != Pending);
                    assert!(own.clone().all(|status| *status == Succeeded), "{statuses:?}");
                    assert!(own.count() >= 6, "six events at least succeeded");
                }
            }
            _ => {}
        }
    }
}

/// ECS-TASK-1: a task only moves forward.
fn tasks(played: &Played) {
    let mut last: BTreeMap<TaskId, TaskStatus> = BTreeMap::new();
    for entry in &played.journal.entries {
        if let Fact::TaskStatusChanged { task, status, .. } = entry.fact
            && let Some(before) = last.insert(task, status)
        {
            assert!(before < status, "task {task}: {before} to {status}");
        }
    }
}

/// ELB-HC-5: a target moves along the table; a draining one only out.
fn targets(played: &Played) {
    use TargetHealthState::{Draining, Healthy, Initial, Unhealthy, Unused};
    let mut last: BTreeMap<TaskId, TargetHealthState> = BTreeMap::new();
    for entry in &played.journal.entries {
        if let Fact::TargetHealthChanged { task, state, .. } = entry.fact
            && let Some(before) = last.insert(task, state)
        {
            let allowed: &[TargetHealthState] = match before {
                Initial => &[Healthy, Unhealthy, Draining, Unused],
                Healthy => &[Unhealthy, Draining, Unused],
                Unhealthy => &[Healthy, Draining, Unused],
                Unused => &[Initial, Draining],
                Draining => &[Unused],
            };
            assert!(allowed.contains(&state), "target {task}: {before} to {state}");
        }
    }
}

/// Weights sum to 100; a rollback that succeeded has restored weights and PRIMARY, and what was deployed is
/// gone.
fn weights(played: &Played) {
    let mut production = None;
    let mut test = None;
    let mut statuses: BTreeMap<u8, TaskSetStatus> = BTreeMap::new();
    let mut deleted = Vec::new();
    let mut original = TargetGroupId(0);
    for entry in &played.journal.entries {
        match entry.fact {
            Fact::TaskSetFound { task_set, target_group, .. } => {
                original = target_group;
                statuses.insert(task_set.0, TaskSetStatus::Primary);
            }
            Fact::TaskSetCreated { task_set, target_group, .. } => {
                assert_ne!(target_group, original, "the replacement has the other group");
                statuses.insert(task_set.0, TaskSetStatus::Active);
            }
            Fact::TaskSetStatusChanged { task_set, status } => {
                statuses.insert(task_set.0, status);
            }
            Fact::TaskSetDeleted { task_set } => {
                assert_eq!(statuses[&task_set.0], TaskSetStatus::Draining, "only what drains goes");
                assert!(!deleted.contains(&task_set.0), "task set {task_set} is deleted twice");
                deleted.push(task_set.0);
            }
            Fact::ListenerModified { listener, weights } => {
                assert_eq!(weights[0] + weights[1], 100, "{listener:?} {weights:?}");
                match listener {
                    Listener::Production => production = Some(weights),
                    Listener::Test => test = Some(weights),
                }
            }
            _ => {}
        }
    }
    if played.row().rollback {
        let restored = |weights: Option<[u16; 2]>| {
            weights.is_none_or(|weights| weights[original.index()] == 100)
        };
        assert!(restored(production) && restored(test), "weights are back at the original");
        assert_eq!(statuses[&0], TaskSetStatus::Primary, "the original is PRIMARY again");
        assert!(statuses.keys().all(|set| *set == 0 || deleted.contains(set)), "nothing is left");
        assert_eq!(played.series.counts.last().1.replacement.billed, 0, "no task is left");
    }
}

/// V25: what the journal tells of requests adds up to the row.
fn conservation(played: &Played) {
    let (mut answered, mut rejected, mut failed, mut bad) = (0_u64, 0_u64, 0_u64, 0_u64);
    for entry in &played.journal.entries {
        match entry.fact {
            Fact::RequestsAnswered { requests, failed: of_them, bad: by_release, .. } => {
                assert!(by_release <= of_them && of_them <= requests, "{entry:?}");
                answered += u64::from(requests);
                failed += u64::from(of_them);
                bad += u64::from(by_release);
            }
            Fact::RequestsRejected { requests, bad: by_release, .. } => {
                rejected += u64::from(requests);
                bad += u64::from(if by_release { requests } else { 0 });
            }
            _ => {}
        }
    }
    let row = played.row();
    assert_eq!(
        (row.requests, row.failed_requests, row.bad_requests),
        (answered + rejected, failed + rejected, bad),
        "requests, failed, bad"
    );
    let minutes = &played.series.minutes;
    let by_minute: u64 = minutes.iter().map(|minute| minute.sides.total().requests()).sum();
    assert_eq!(row.requests, by_minute, "minutes add up to the row");
    assert!(row.end.is_none_or(|end| end >= SimTime::ZERO));
}
