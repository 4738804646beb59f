//! What holds in every run, whatever the scenario: read from the journal alone.

use std::collections::BTreeMap;

use super::Played;
use cutover::analysis::fact_name::name_of;
use cutover::aws::call::ApiCall;
use cutover::aws::id::{DeploymentNumber, TargetGroupId, TaskId};
use cutover::aws::instance::{InstanceEvent, InstanceStatus};
use cutover::aws::name::{
    DeploymentCreator, DeploymentStatus, LifecycleEvent, LifecycleEventStatus, TargetHealthState,
    TaskSetStatus, TaskStatus,
};
use cutover::engine::time::SimTime;
use cutover::journal::Entry;
use cutover::journal::fact::Fact;

/// Holds a run against every law.
///
/// # Panics
/// If one is broken.
pub fn hold(played: &Played) {
    order(played);
    deployments(played);
    if played.journal.header.instances.is_none() {
        events(played);
    }
    tasks(played);
    targets(played);
    match (&played.journal.header.function, &played.journal.header.instances) {
        (Some(_), _) => alias(played),
        (None, Some(_)) => instances(played),
        (None, None) if is_external(played) => task_sets(played),
        (None, None) => weights(played),
    }
    conservation(played);
    names(played);
}

/// Whether a controller of somebody else's drives the service.
fn is_external(played: &Played) -> bool {
    let external = |entry: &Entry| {
        matches!(entry.fact, Fact::DeploymentCreated { creator: DeploymentCreator::External, .. })
    };
    played.journal.entries.iter().any(external)
}

/// ECS-EXT-8, ECS-EXT-16: at most five task sets are there, one of them PRIMARY at most; what drains stays so until it is
/// gone.
fn task_sets(played: &Played) {
    let mut there: BTreeMap<u8, TaskSetStatus> = BTreeMap::new();
    for entry in &played.journal.entries {
        match entry.fact {
            Fact::TaskSetFound { task_set, .. } => {
                there.insert(task_set.0, TaskSetStatus::Primary);
            }
            Fact::TaskSetCreated { task_set, .. } => {
                there.insert(task_set.0, TaskSetStatus::Active);
            }
            Fact::TaskSetStatusChanged { task_set, status } => {
                let before = there.insert(task_set.0, status).expect("it is there");
                assert!(before != TaskSetStatus::Draining && before != status, "{entry:?}");
            }
            Fact::TaskSetDeleted { task_set } => {
                assert_eq!(there.remove(&task_set.0), Some(TaskSetStatus::Draining), "{entry:?}");
            }
            Fact::ListenerModified { weights, .. } => assert_ne!(weights, [0; 2], "{entry:?}"),
            _ => {}
        }
        let primaries = there.values().filter(|status| **status == TaskSetStatus::Primary);
        assert!(there.len() <= 5 && primaries.count() <= 1, "{there:?} after {entry:?}");
    }
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
    let mut rollbacks = Vec::new();
    let mut beside = Vec::new();
    for entry in &played.journal.entries {
        match entry.fact {
            Fact::DeploymentCreated { deployment, rolls_back, creator, .. } => {
                // What Auto Scaling asks for goes on beside the others (CD-EC2-30).
                let is_beside = matches!(
                    creator,
                    DeploymentCreator::AutoScaling | DeploymentCreator::AutoScalingTermination
                );
                let active = last.iter().any(|(number, status)| {
                    !status.is_terminal() && !is_beside && !beside.contains(number)
                });
                beside.extend(is_beside.then_some(deployment));
                assert!(!active, "{deployment} is created while another one is active (CD-SM-5)");
                assert_eq!(last.insert(deployment, Created), None, "{deployment} exists once");
                if let Some(parent) = rolls_back {
                    assert!(!rollbacks.contains(&parent), "a rollback is never rolled back");
                    let between = parent.0 + 1..deployment.0;
                    assert!(
                        between.map(DeploymentNumber).all(|number| beside.contains(&number)),
                        "a rollback follows its parent"
                    );
                    rollbacks.push(deployment);
                }
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
}

/// The lifecycle events of one deployment so far.
#[derive(Default)]
struct Events {
    statuses: [Option<LifecycleEventStatus>; LifecycleEvent::ALL.len()],
    running: Option<LifecycleEvent>,
    latest: Option<LifecycleEvent>,
    ended: bool,
}

/// CD-LE-1, CD-LE-2: one event after another, in order; from Pending to one end. A rollback runs none.
fn events(played: &Played) {
    use LifecycleEventStatus::{Failed, InProgress, Skipped, Succeeded};
    let mut all: BTreeMap<DeploymentNumber, Events> = BTreeMap::new();
    for entry in &played.journal.entries {
        match entry.fact {
            Fact::DeploymentCreated {
                creator: DeploymentCreator::External | DeploymentCreator::Ecs,
                ..
            } => {}
            Fact::DeploymentCreated { deployment, rolls_back: None, .. } => {
                all.insert(deployment, Events::default());
            }
            Fact::LifecycleEventStatusChanged { deployment, event, status } => {
                let own = all.get_mut(&deployment).expect("a rollback runs no events of its own");
                assert!(!own.ended, "{event} changes after the end");
                let before = own.statuses[event as usize].replace(status);
                match (before, status) {
                    (None, InProgress) => {
                        assert_eq!(own.running, None, "{event} begins while another one runs");
                        assert!(own.latest < Some(event), "{event} begins after {:?}", own.latest);
                        (own.running, own.latest) = (Some(event), Some(event));
                    }
                    (Some(InProgress), Succeeded | Failed) => own.running = None,
                    (None, Skipped) => {}
                    _ => panic!("{event}: {before:?} to {status}"),
                }
            }
            Fact::DeploymentStatusChanged { deployment, status } => {
                let Some(own) = all.get_mut(&deployment) else { continue };
                own.ended = status.is_terminal();
                if status == DeploymentStatus::Succeeded {
                    let seen = own.statuses.iter().flatten();
                    assert!(seen.clone().all(|status| *status == Succeeded), "{:?}", own.statuses);
                    let (least, what) = match played.journal.header.function {
                        None => (6, "six events at least succeeded"),
                        Some(_) => (3, "the three events of Lambda succeeded"),
                    };
                    assert!(seen.count() >= least, "{what}");
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

/// Weights that CodeDeploy writes sum to 100; when a rollback succeeds, weights and PRIMARY are back, and what was
/// deployed drains (CD-RB-4 to CD-RB-6).
fn weights(played: &Played) {
    let mut account = Account::default();
    for entry in &played.journal.entries {
        match entry.fact {
            Fact::TaskSetFound { task_set, target_group, .. } => {
                account.sets.insert(task_set.0, (TaskSetStatus::Primary, target_group));
            }
            Fact::TaskSetCreated { task_set, target_group, .. } => {
                let (_, primary_group) = account.primary();
                assert_ne!(target_group, primary_group, "the replacement has the other group");
                account.sets.insert(task_set.0, (TaskSetStatus::Active, target_group));
            }
            Fact::TaskSetStatusChanged { task_set, status } => {
                account.sets.get_mut(&task_set.0).expect("it was created").0 = status;
            }
            Fact::TaskSetDeleted { task_set } => {
                let (status, _) = account.sets[&task_set.0];
                assert_eq!(status, TaskSetStatus::Draining, "only what drains goes");
                assert!(!account.deleted.contains(&task_set.0), "{task_set} is deleted twice");
                account.deleted.push(task_set.0);
            }
            Fact::ApiCalled { call: ApiCall::ModifyListener } => account.is_meddled_with = true,
            Fact::ListenerModified { listener, weights } => {
                // ECS itself writes thousandths.
                let sum = weights[0] + weights[1];
                let sums = sum == 100 || sum == 1000 || account.is_meddled_with;
                assert!(sums, "{listener:?} {weights:?}");
                account.weights[listener as usize] = Some(weights);
            }
            Fact::DeploymentCreated { rolls_back: None, .. } => {
                account.before = Some(account.primary());
                account.there = account.sets.keys().copied().collect();
            }
            Fact::DeploymentStatusChanged { deployment, status: DeploymentStatus::Succeeded }
                if played.course(deployment.index()).rolls_back.is_some() =>
            {
                account.is_restored();
            }
            _ => {}
        }
    }
}

/// CD-LAM-2, CD-LAM-8: an alias always sends all invocations somewhere, to versions that are there; after a rollback it
/// points where it did when the parent was created, without weights.
fn alias(played: &Played) {
    let (mut now, mut before) = (None, None);
    for entry in &played.journal.entries {
        match entry.fact {
            Fact::AliasUpdated { function_version, versions, weights, .. } => {
                assert_eq!(weights[0] + weights[1], 100, "{entry:?}");
                assert!(weights[function_version.index()] > 0, "{entry:?}");
                for (version, weight) in versions.into_iter().zip(weights) {
                    assert!(version > 0 || weight == 0, "{entry:?}");
                }
                now = Some((versions[function_version.index()], weights));
            }
            Fact::DeploymentCreated { rolls_back: None, .. } => before = now,
            Fact::DeploymentStatusChanged { deployment, status: DeploymentStatus::Succeeded }
                if played.course(deployment.index()).rolls_back.is_some() =>
            {
                assert_eq!(now, before, "the alias is back");
            }
            _ => {}
        }
    }
}

/// CD-HH-4, CD-HH-9, CD-LE-1: never are more instances at work or failed than may be out of service; each has one turn, and
/// its events follow each other in order.
fn instances(played: &Played) {
    let mut of_deployment: BTreeMap<DeploymentNumber, Turns> = BTreeMap::new();
    for entry in &played.journal.entries {
        match entry.fact {
            Fact::InstancesTargeted { deployment, instances, minimum } => {
                let out_max = u32::from(instances).saturating_sub(minimum);
                of_deployment.insert(deployment, Turns { out_max, ..Turns::default() });
            }
            Fact::InstanceStatusChanged { deployment, instance, status } => {
                // A rollback in blue/green only moves traffic.
                let turns = of_deployment
                    .entry(deployment)
                    .or_insert(Turns { out_max: u32::MAX, ..Turns::default() });
                turns.turn(entry, instance.0, status);
            }
            Fact::InstanceEventEnded {
                deployment, instance, event, ended_ms_ago, took_ms, ..
            } => {
                let turns = of_deployment.get_mut(&deployment).expect("it had a turn");
                let ended = entry.at.as_millis() - u64::from(ended_ms_ago);
                let (last, since) =
                    turns.events.insert(instance.0, (Some(event), ended)).unwrap_or_default();
                assert!(last < Some(event) && since + u64::from(took_ms) <= ended, "{entry:?}");
            }
            Fact::InstancesCounted { deployment, .. } => {
                let at_work = |of: &InstanceStatus| *of == InstanceStatus::InProgress;
                let turns = of_deployment.get(&deployment);
                assert!(
                    turns.is_none_or(|turns| !turns.statuses.values().any(at_work)),
                    "{entry:?}"
                );
            }
            _ => {}
        }
    }
}

/// The turns of a deployment's instances so far.
#[derive(Default)]
struct Turns {
    /// How many may be out of service.
    out_max: u32,
    statuses: BTreeMap<u16, InstanceStatus>,
    /// Whether traffic is rerouted: what failed before is out of the count, and originals leave all at once (CD-HH-15).
    reroutes: bool,
    /// The last event of each, and when it ended.
    events: BTreeMap<u16, (Option<InstanceEvent>, u64)>,
}

impl Turns {
    fn turn(&mut self, entry: &Entry, instance: u16, status: InstanceStatus) {
        use InstanceStatus::{Failed, InProgress, Ready, Succeeded};
        let before = self.statuses.get(&instance).copied();
        match (before, status) {
            (Some(Ready), InProgress) if !self.reroutes => {
                self.reroutes = true;
                self.statuses.retain(|_, status| *status != Failed);
            }
            (None, InProgress) if self.reroutes => self.out_max = u32::MAX,
            (Some(Ready) | None, InProgress) | (Some(InProgress), Ready | Succeeded | Failed) => {}
            (before, status) => panic!("{before:?} -> {status:?}: {entry:?}"),
        }
        self.statuses.insert(instance, status);
        let out = self.statuses.values().filter(|of| matches!(of, InProgress | Failed)).count();
        assert!(out as u32 <= self.out_max, "{out} of {} are out: {entry:?}", self.out_max);
    }
}

/// What stands in the account, as far as the journal tells.
#[derive(Default)]
struct Account {
    sets: BTreeMap<u8, (TaskSetStatus, TargetGroupId)>,
    deleted: Vec<u8>,
    weights: [Option<[u16; 2]>; 2],
    /// PRIMARY and its group when the latest deployment was created.
    before: Option<(u8, TargetGroupId)>,
    /// The task sets that were there then.
    there: Vec<u8>,
    /// Whether somebody else writes weights too.
    is_meddled_with: bool,
}

impl Account {
    fn primary(&self) -> (u8, TargetGroupId) {
        let is_primary =
            |(_, (status, _)): &(&u8, &(TaskSetStatus, _))| *status == TaskSetStatus::Primary;
        let mut primaries = self.sets.iter().filter(is_primary);
        let (&set, &(_, group)) = primaries.next().expect("one task set is PRIMARY");
        (set, group)
    }

    fn is_restored(&self) {
        let (original, group) = self.before.expect("a rollback has a parent");
        let (primary, its_group) = self.primary();
        // ECS brings it back as another set if nothing was left of it.
        let is_back = primary == original || !self.there.contains(&primary);
        assert!(is_back && its_group == group, "the original is PRIMARY again");
        let restored = |weights: &Option<[u16; 2]>| {
            weights.is_none_or(|weights| weights[1 - group.index()] == 0)
        };
        assert!(self.is_meddled_with || self.weights.iter().all(restored), "weights are back");
        for (&set, &(status, _)) in &self.sets {
            // What an earlier deployment left behind goes with the next Install only (U-35).
            let is_older = self.there.contains(&set);
            let is_primary = status == TaskSetStatus::Primary;
            let goes = is_primary || status == TaskSetStatus::Draining;
            assert!(is_older || goes, "task set {set} is {status}");
        }
    }
}

/// V25: what the journal tells of requests adds up to the row.
fn conservation(played: &Played) {
    let [mut answered, mut rejected, mut failed, mut cut_off, mut bad] = [0_u64; 5];
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
            Fact::RequestsCutOff { requests, bad: by_release, .. } => {
                cut_off += u64::from(requests);
                bad += u64::from(if by_release { requests } else { 0 });
            }
            _ => {}
        }
    }
    let row = played.row();
    assert_eq!(
        (row.requests, row.failed_requests, row.bad_requests),
        (answered + rejected, failed + cut_off + rejected, bad),
        "requests, failed, bad"
    );
    let minutes = &played.series.minutes;
    let by_minute: u64 = minutes.iter().map(|minute| minute.sides.total().requests()).sum();
    assert_eq!(row.requests, by_minute, "minutes add up to the row");
    assert!(row.end.is_none_or(|end| end >= SimTime::ZERO));
}

/// A fact is called what its line in the journal calls it, in the CSV and in expectations too.
fn names(played: &Played) {
    for entry in &played.journal.entries {
        let line = serde_json::to_value(entry.fact).expect("a fact is plain data");
        assert_eq!(line["fact"], name_of(&entry.fact), "{entry:?}");
    }
}
