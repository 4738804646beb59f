//! A journal folded into values over time: weights, tasks, targets, traffic, and the course of deployments.
//!
//! Not a single number of the outcome (`outcome`). It keeps everything, so it is for one run, not for sweeps.

mod requests;

use crate::analysis::alarm::AlarmCourse;
use crate::analysis::census::{Census, Counts};
use crate::analysis::lifecycle::{Course, DeploymentError};
use crate::analysis::side::{BySide, Side, Sides};
use crate::analysis::steps::Steps;
use crate::analysis::traffic::{Minute, Minutes, Tally};
use crate::analysis::weight::Weight;
use crate::aws::id::{AlarmId, DeploymentNumber, TaskSetId};
use crate::aws::name::{DeploymentStatus, TaskSetStatus};
use crate::engine::time::SimTime;
use crate::journal::fact::{Fact, Listener};
use crate::journal::{Entry, Journal};

/// One task set from DRAINING to the loss of its last task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drain {
    /// Which side's.
    pub side: Side,
    /// The task set.
    pub task_set: TaskSetId,
    /// When it became DRAINING.
    pub started: SimTime,
    /// When it lost its last task; empty if it has not.
    pub ended: Option<SimTime>,
}

/// Which candidate was deployed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// Its position in the scenario.
    pub candidate: u8,
    /// Whether it is a bad release.
    pub bad: bool,
}

/// Everything that a journal tells, as values over time.
#[derive(Clone, Debug)]
pub struct Series {
    /// When the run ended.
    pub end: SimTime,
    /// The part of production traffic on the replacement, as the listener was rewritten.
    pub weight: Steps<Weight>,
    /// The part of production traffic on the replacement, as requests follow it.
    pub weight_in_force: Steps<Weight>,
    /// The part of test traffic on the replacement, as the listener was rewritten.
    pub test_weight: Steps<Weight>,
    /// Tasks and targets of each side.
    pub counts: Steps<BySide<Counts>>,
    /// How many tasks each side should have.
    pub desired: Steps<BySide<u32>>,
    /// Requests of each side since the beginning.
    pub totals: Steps<BySide<Tally>>,
    /// Requests of each side by minute of the calendar.
    pub minutes: Vec<Minute>,
    /// How many requests each defect has failed, by its position.
    pub defects: Vec<u64>,
    /// Requests that wait before the tasks of each side.
    pub waiting: Steps<BySide<u32>>,
    /// Every alarm, by id.
    pub alarms: Vec<AlarmCourse>,
    /// Every deployment, by number.
    pub deployments: Vec<Course>,
    /// Task sets that drained.
    pub drains: Vec<Drain>,
    /// What the first deployment deploys.
    pub drawn: Option<Drawn>,
    /// The side of each task set and target group.
    pub sides: Sides,
}

impl Series {
    /// Folds a whole journal of a run that ended at `end`.
    pub fn of(journal: &Journal, end: SimTime) -> Series {
        let mut fold = Fold::new(journal.header.created_unix_ms);
        journal.entries.iter().for_each(|entry| fold.read(entry));
        fold.finish(end)
    }

    /// The first deployment, if the run created one.
    pub fn first(&self) -> Option<&Course> {
        self.deployments.first()
    }

    /// `lastAttemptedDeployment` of the group: whichever was created last (CD-RB-13).
    pub fn last_attempted(&self) -> Option<&Course> {
        self.deployments.last()
    }

    /// `lastSuccessfulDeployment` of the group: the one that succeeded last (CD-RB-13).
    pub fn last_successful(&self) -> Option<&Course> {
        let succeeded = |course: &&Course| course.status() == DeploymentStatus::Succeeded;
        self.deployments.iter().filter(succeeded).max_by_key(|course| course.ended())
    }

    /// The requests of each side in a stretch of time, its beginning excluded, its end included.
    pub fn traffic_between(&self, from: SimTime, to: SimTime) -> BySide<Tally> {
        let (before, after) = (self.totals.at(from), self.totals.at(to));
        BySide {
            original: after.original - before.original,
            replacement: after.replacement - before.replacement,
        }
    }
}

/// The fold: what is known so far.
struct Fold {
    series: Series,
    minutes: Minutes,
    census: Census,
}

impl Fold {
    fn new(created_unix_ms: u64) -> Fold {
        let series = Series {
            end: SimTime::ZERO,
            weight: Steps::default(),
            weight_in_force: Steps::default(),
            test_weight: Steps::default(),
            counts: Steps::default(),
            desired: Steps::default(),
            totals: Steps::default(),
            minutes: Vec::new(),
            defects: Vec::new(),
            waiting: Steps::default(),
            alarms: Vec::new(),
            deployments: Vec::new(),
            drains: Vec::new(),
            drawn: None,
            sides: Sides::default(),
        };
        Fold { series, minutes: Minutes::new(created_unix_ms), census: Census::default() }
    }

    fn alarm(&mut self, alarm: AlarmId, change: impl FnOnce(&mut AlarmCourse)) {
        if let Some(course) = self.series.alarms.get_mut(alarm.index()) {
            change(course);
        }
    }

    fn finish(self, end: SimTime) -> Series {
        Series { end, minutes: self.minutes.finish(end), ..self.series }
    }

    /// Every fact stands here by name, so that a new one asks what it means over time.
    fn read(&mut self, entry: &Entry) {
        let at = entry.at;
        match entry.fact {
            Fact::TaskSetFound { task_set, target_group, tasks } => {
                self.series.sides.found(task_set, target_group);
                self.census.found(Side::Original, tasks);
                self.count(at);
                self.desire(at, task_set, tasks);
            }
            Fact::ReplacementDrawn { deployment, candidate, bad } => {
                if deployment == DeploymentNumber(0) {
                    self.series.drawn.get_or_insert(Drawn { candidate, bad });
                }
            }
            Fact::DeploymentCreated { deployment, id, creator, rolls_back } => {
                self.series.deployments.push(Course::new(at, deployment, id, creator, rolls_back));
                if let Some(parent) = rolls_back {
                    self.with(parent, |course| course.rolled_back_by = Some(deployment));
                }
            }
            Fact::DeploymentStatusChanged { deployment, status } => {
                self.with(deployment, |course| course.on_status(at, status));
            }
            Fact::DeploymentErrorSet { deployment, code, message } => {
                let error = DeploymentError { at, code, message };
                self.with(deployment, |course| course.error = Some(error));
            }
            Fact::RollbackImpossible { deployment } => {
                self.with(deployment, |course| course.rollback_impossible = true);
            }
            Fact::LifecycleEventStatusChanged { deployment, event, status } => {
                self.with(deployment, |course| course.on_event(at, event, status));
            }
            Fact::HookInvoked { deployment, event } => {
                self.with(deployment, |course| course.on_hook_invoked(at, event));
            }
            Fact::HookAnswered { deployment, event, answer } => {
                self.with(deployment, |course| course.on_hook_answered(at, event, answer));
            }
            Fact::TerminationWaitStarted { deployment } => {
                self.with(deployment, |course| course.on_termination_wait(at));
            }
            Fact::ServiceDeploymentStageStarted { deployment, stage } => {
                self.with(deployment, |course| course.on_stage(at, stage));
            }
            Fact::TaskSetCreated { task_set, target_group, computed_desired_count, .. } => {
                self.series.sides.created(task_set, target_group);
                self.desire(at, task_set, computed_desired_count);
            }
            Fact::TaskSetScaled { task_set, computed_desired_count } => {
                self.desire(at, task_set, computed_desired_count);
            }
            Fact::AlarmFound { alarm, state } => {
                // They are found in the order of their ids.
                if alarm.index() == self.series.alarms.len() {
                    self.series.alarms.push(AlarmCourse::found(state));
                }
            }
            Fact::DatapointSeen { alarm, breaching, ended_ms_ago, micros } => {
                self.alarm(alarm, |course| course.see(at, ended_ms_ago, micros, breaching));
            }
            Fact::AlarmStateChanged { alarm, state } => {
                self.alarm(alarm, |course| course.state.set(at, state));
            }
            Fact::TaskSetStatusChanged { task_set, status } => {
                self.task_set_status(at, task_set, status);
            }
            Fact::TaskSetDeleted { task_set } => self.task_set_deleted(at, task_set),
            Fact::TaskStatusChanged { task, task_set, status } => {
                let side = self.series.sides.of_task_set(task_set);
                self.census.task_status(task, side, status);
                self.count(at);
            }
            Fact::TargetHealthChanged { task, target_group, state, .. } => {
                let side = self.series.sides.of_target_group(target_group);
                self.census.target_health(task, side, state);
                self.count(at);
            }
            Fact::TaskCounted { task, task_set, healthy } => {
                let side = self.series.sides.of_task_set(task_set);
                self.census.task_counted(task, side, healthy);
                self.count(at);
            }
            Fact::ListenerModified { listener, weights } => {
                let weight = self.series.sides.weight_of_replacement(weights);
                match listener {
                    Listener::Production => self.series.weight.set(at, weight),
                    Listener::Test => self.series.test_weight.set(at, weight),
                }
            }
            Fact::ListenerWeightsInForce { listener, weights } => match listener {
                Listener::Production => {
                    let weight = self.series.sides.weight_of_replacement(weights);
                    self.series.weight_in_force.set(at, weight);
                }
                // Test requests are not simulated: nobody asks when they follow.
                Listener::Test => {}
            },
            Fact::InstancesTargeted { deployment, .. }
            | Fact::ReplacementInstancesFound { deployment, .. }
            | Fact::BatchStarted { deployment, .. }
            | Fact::InstanceStatusChanged { deployment, .. }
            | Fact::InstanceEventEnded { deployment, .. }
            | Fact::InstanceEventNotStarted { deployment, .. }
            | Fact::InstancesCounted { deployment, .. } => {
                self.with(deployment, |course| course.on_instances.read(entry));
            }
            Fact::InstancesServing { serving, .. }
            | Fact::TargetsServing { serving }
            | Fact::RevisionsMixed { weights: serving } => {
                // With nobody left, requests go nowhere, as they went last.
                if serving != [0; 2] {
                    let weight = self.series.sides.weight_of_replacement(serving);
                    self.series.weight.set(at, weight);
                    self.series.weight_in_force.set(at, weight);
                }
            }
            Fact::AliasUpdated { weights, .. } => {
                let weight = self.series.sides.weight_of_replacement(weights);
                self.series.weight.set(at, weight);
            }
            Fact::AliasWeightsInForce { weights } => {
                let weight = self.series.sides.weight_of_replacement(weights);
                self.series.weight_in_force.set(at, weight);
            }
            Fact::RequestsAnswered { .. }
            | Fact::RequestsRejected { .. }
            | Fact::RequestsCutOff { .. }
            | Fact::RequestsFailedBy { .. }
            | Fact::EnvironmentsStarted { .. }
            | Fact::RequestsWaiting { .. } => self.requests(entry),
            // They say why; what follows from them is told by the facts above.
            Fact::TaskSetStabilityChanged { .. }
            | Fact::TaskStopRequested { .. }
            | Fact::TaskHealthChanged { .. }
            | Fact::TrafficShared { .. }
            | Fact::ApiCalled { .. }
            | Fact::CallRefused { .. }
            | Fact::StopRequested { .. }
            | Fact::HookNotInvoked { .. }
            | Fact::ServiceDesiredCountUpdated { .. }
            | Fact::ServiceEventEmitted { .. }
            | Fact::FaultBegan { .. }
            | Fact::FaultEnded { .. }
            | Fact::ScalingActivity { .. }
            | Fact::NotScaled { .. }
            | Fact::ScalableTargetUpdated { .. }
            | Fact::ServiceStatusChanged { .. }
            | Fact::InstancesFound { .. }
            | Fact::InstanceStateChanged { .. }
            | Fact::FailedTasksCounted { .. }
            | Fact::HealthyPercentReached { .. }
            | Fact::StageHookStatusChanged { .. }
            | Fact::InstanceLifecycleChanged { .. }
            | Fact::OutdatedInstancesFound { .. }
            | Fact::RunEnded { .. } => {}
        }
    }

    /// Tells a deployment what happened to it; a journal that never created it says nothing of it.
    fn with(&mut self, deployment: DeploymentNumber, change: impl FnOnce(&mut Course)) {
        let mut courses = self.series.deployments.iter_mut();
        if let Some(course) = courses.find(|course| course.number == deployment) {
            change(course);
        }
    }

    fn count(&mut self, at: SimTime) {
        self.series.counts.set(at, *self.census.counts());
    }

    fn desire(&mut self, at: SimTime, task_set: TaskSetId, tasks: u32) {
        let side = self.series.sides.of_task_set(task_set);
        let mut desired = self.series.desired.last().1;
        desired[side] = tasks;
        self.series.desired.set(at, desired);
    }

    fn task_set_status(&mut self, at: SimTime, task_set: TaskSetId, status: TaskSetStatus) {
        match status {
            TaskSetStatus::Draining => {
                let side = self.series.sides.of_task_set(task_set);
                self.series.drains.push(Drain { side, task_set, started: at, ended: None });
            }
            TaskSetStatus::Primary | TaskSetStatus::Active => {}
        }
    }

    fn task_set_deleted(&mut self, at: SimTime, task_set: TaskSetId) {
        let drain = self.series.drains.iter_mut().find(|drain| drain.task_set == task_set);
        drain.into_iter().for_each(|drain| drain.ended = Some(at));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::example;
    use crate::analysis::lifecycle::WaitKind;
    use crate::aws::name::{LifecycleEvent, LifecycleEventStatus};

    fn at(seconds: u64) -> SimTime {
        SimTime::from_millis(seconds * 1000)
    }

    #[test]
    fn a_canary_shows_its_two_steps_and_its_waits() {
        let series = example::canary().series();
        let weights = series.weight.changes().map(|(at, weight)| (at, weight.ppm()));
        let expected = [(at(0), 0), (at(92), 100_000), (at(392), 1_000_000)];
        assert_eq!(weights.collect::<Vec<_>>(), expected);
        let course = series.first().expect("there is one deployment");
        let install = course.event(LifecycleEvent::Install).expect("it was installed");
        assert_eq!((install.started, install.ended), (Some(at(2)), Some(at(92))));
        assert_eq!(course.waits[0].kind, WaitKind::Termination);
        assert_eq!(course.waits[0].ended, Some(at(692)));
        let drain = series.drains[0];
        assert_eq!((drain.side, drain.started), (Side::Original, at(692)));
    }

    #[test]
    fn tasks_of_both_sides_are_counted_over_time() {
        let series = example::canary().series();
        let healthy = |seconds| {
            let counts = series.counts.at(at(seconds));
            (counts.original.healthy, counts.replacement.healthy)
        };
        assert_eq!([healthy(0), healthy(91), healthy(92)], [(10, 0), (10, 9), (10, 10)]);
        assert_eq!(healthy(693), (0, 10));
        let last = series.counts.last().1;
        assert_eq!((last.original.billed, last.replacement.running), (0, 10));
    }

    #[test]
    fn a_failed_event_leaves_the_later_ones_skipped() {
        let series = example::install_timeout().series();
        let course = series.first().expect("there is one deployment");
        let statuses = course.events.iter().map(|span| span.status);
        let failed = statuses.clone().filter(|&s| s == LifecycleEventStatus::Failed).count();
        let skipped = statuses.filter(|&s| s == LifecycleEventStatus::Skipped).count();
        assert_eq!((failed, skipped), (1, 6));
        assert_eq!(course.rolled_back_by, Some(DeploymentNumber(1)));
    }

    #[test]
    fn a_deployment_that_was_never_created_is_passed_over() {
        let mut example = example::failed_hook();
        let created = |entry: &Entry| matches!(entry.fact, Fact::DeploymentCreated { .. });
        example.journal.entries.retain(|entry| !created(entry));
        assert!(example.series().deployments.is_empty());
    }

    #[test]
    fn the_requests_of_a_step_are_those_between_its_ends() {
        let series = example::canary().series();
        let step = series.traffic_between(at(92), at(392));
        let share = step.replacement.requests() * 100 / step.total().requests();
        assert_eq!(share, 10);
        let minutes = series.minutes.iter().map(|m| m.sides.total().requests()).sum::<u64>();
        assert_eq!(minutes, series.totals.last().1.total().requests());
    }
}
