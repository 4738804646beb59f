//! The reader that folds a run into its row, entry by entry.
//!
//! It keeps no entries and, once it has seen as many tasks as a run has, allocates nothing, so that sweeps
//! can use it. Rule: decision on the meaning of results.

mod seen;

use crate::analysis::capacity::Capacity;
use crate::analysis::client::{ServiceLook, sight};
use crate::analysis::lifecycle::brings_nothing_new;
use crate::analysis::row::Row;
use crate::analysis::side::{BySide, Side, Sides};
use crate::analysis::user::Acquaintance;
use crate::analysis::weight::Weight;
use crate::aws::call::Waiter;
use crate::aws::id::{DeploymentNumber, TargetGroupId};
use crate::aws::name::{DeploymentStatus, LifecycleEvent, LifecycleEventStatus};
use crate::engine::time::{HOUR_MS, SimTime};
use crate::journal::digest::Digest;
use crate::journal::fact::{Fact, Listener};
use crate::journal::header::{Client, Header, Users};
use crate::journal::{Entry, Reader};
use seen::{Seen, Shared};

/// The deployment that a row tells of.
const FIRST: DeploymentNumber = DeploymentNumber(0);
/// Millionths of a percent.
const PPM_OF_PERCENT: u64 = 10_000;

/// Folds the entries of one run into a [`Row`].
#[derive(Clone, Default)]
pub struct Outcome {
    sides: Sides,
    capacity: Capacity,
    seen: Seen,
    /// Up to where the integrals reach.
    now: SimTime,
    weight_in_force: Weight,
    /// What clients that stay with their target group make of the weights, if they do.
    shared: Option<Shared>,
    /// Who sends the requests, as far as a header told it.
    users: Users,
    acquaintance: Acquaintance,
    /// Who waits for the first deployment; nobody, where no header told it.
    client: Option<Client>,
    /// What it is told of the service, if it asks after that.
    service: ServiceLook,
    /// What a task costs in an hour, in millionths; 0 where nobody says.
    task_hour_price_micros: u64,
    /// Whether a deployment after the first was created, its rollback aside: the first one's columns are closed.
    others: bool,
    /// Whether the latest deployment brings a bad release.
    brings_bad: bool,
    /// Whether a bad release stands behind the target group of a side.
    bad: BySide<bool>,
}

/// What so much time of tasks costs at a price by the hour, if it has one; both in millionths, rounded half up.
fn cost_micros(task_ms: u64, price_micros: u64) -> Option<u64> {
    let hour_ms = u128::from(HOUR_MS);
    let cost = (u128::from(task_ms) * u128::from(price_micros) + hour_ms / 2) / hour_ms;
    (price_micros > 0).then(|| u64::try_from(cost).unwrap_or(u64::MAX))
}

impl Reader for Outcome {
    fn read(&mut self, entry: &Entry) {
        self.advance(entry.at);
        if self.waits_for_service() {
            self.service.fold(entry.at, &entry.fact);
        }
        self.fold(entry.at, &entry.fact);
    }
}

impl Outcome {
    /// The reader of runs that have this header, whose client waits for them.
    pub fn of(header: &Header) -> Outcome {
        Outcome {
            client: Some(header.client),
            task_hour_price_micros: header.task_hour_price_micros,
            users: header.users,
            acquaintance: Acquaintance::of(header.users),
            ..Outcome::default()
        }
    }

    /// Forgets the run and keeps the memory for the next one.
    pub fn reset(&mut self) {
        self.capacity.reset();
        self.sides = Sides::default();
        self.service = ServiceLook::default();
        self.seen = Seen::default();
        self.now = SimTime::ZERO;
        self.weight_in_force = Weight::NOTHING;
        self.shared = None;
        self.acquaintance = Acquaintance::of(self.users);
        self.others = false;
        self.brings_bad = false;
        self.bad = BySide::default();
    }

    /// The row of a run that ended at `end` with this digest.
    ///
    /// # Panics
    /// If `end` is earlier than the last entry.
    pub fn finish(&mut self, end: SimTime, digest: Digest) -> Row {
        self.advance(end);
        let seen = &self.seen;
        let status = seen.status.unwrap_or(DeploymentStatus::Created);
        let ended = seen.end.map(|at| (at, status));
        let exposure = self.shared.map_or(seen.exposure_ppm_ms, |shared| shared.exposure_ppm_ms);
        Row {
            digest,
            status,
            error_code: seen.error.map(|(code, _)| code),
            rollback: seen.rollback,
            candidate: seen.candidate,
            bad: seen.bad,
            install: seen.install,
            first_shift: seen.first_shift,
            full_shift: seen.full_shift,
            end: seen.end,
            detected: seen.error.filter(|_| seen.bad).map(|(_, at)| at),
            restored: seen.restored,
            requests: seen.requests,
            failed_requests: seen.failed_requests,
            bad_requests: seen.bad_requests,
            exposure_percent_ms: (exposure + PPM_OF_PERCENT / 2) / PPM_OF_PERCENT,
            weight_max: seen.weight_max,
            task_ms: self.capacity.task_ms(),
            capacity_short_ms: self.capacity.short_ms(),
            scaling_events: seen.scaling_events,
            cost_micros: cost_micros(self.capacity.task_ms(), self.task_hour_price_micros),
            deployments: seen.deployments,
            users_exposed_ppm: seen.users_exposed_ppm.or_else(|| self.acquaintance.met_ppm(end)),
            mixed_pages: self.acquaintance.mixed_pages(),
            pages_mixed_max_ppm: self.acquaintance.mixed_max_ppm(),
            instances_failed: seen.instances.map(|(failed, _)| failed),
            instances_outdated: seen.instances.map(|(_, outdated)| outdated),
            client: self.client.and_then(|client| {
                let read = if self.waits_for_service() { self.service.read() } else { ended };
                sight(&client, read, ended.is_some(), end)
            }),
        }
    }

    /// Whether the client asks after the service, and not after the deployment.
    fn waits_for_service(&self) -> bool {
        self.client.is_some_and(|client| client.waiter == Some(Waiter::ServicesStable))
    }

    /// Carries the integrals on to this instant.
    fn advance(&mut self, at: SimTime) {
        if at == self.now {
            return;
        }
        let passed = at.since(self.now).as_millis();
        self.capacity.pass(passed);
        let weight = u64::from(self.weight_in_force.ppm());
        if self.bad[Side::Replacement] {
            self.seen.exposure_ppm_ms += passed * weight;
        }
        if self.bad[Side::Original] {
            self.seen.exposure_ppm_ms += passed * (100 * PPM_OF_PERCENT - weight);
        }
        self.now = at;
    }

    /// Every fact stands here by name, so that a new one asks what it means for the row.
    fn fold(&mut self, at: SimTime, fact: &Fact) {
        match *fact {
            Fact::TaskSetFound { task_set, target_group, tasks } => {
                self.sides.found(task_set, target_group);
                self.capacity.found(tasks);
            }
            Fact::TaskSetCreated { task_set, target_group, .. } => {
                self.sides.created(task_set, target_group);
                self.bad[self.sides.of_target_group(target_group)] = self.brings_bad;
            }
            Fact::ReplacementDrawn { deployment, candidate, bad } => {
                self.brings_bad = bad;
                // An external controller may bring back what was there before: that is not what was deployed.
                if deployment == FIRST && self.seen.candidate.is_none() {
                    self.seen.candidate = Some(candidate);
                    self.seen.bad = bad;
                }
            }
            Fact::DeploymentCreated { deployment, rolls_back, creator, .. } => {
                let is_other = !brings_nothing_new(creator) && rolls_back != Some(FIRST);
                if deployment != FIRST && is_other && !self.others {
                    self.others = true;
                    self.seen.users_exposed_ppm = self.acquaintance.met_ppm(at);
                }
                self.seen.deployments += 1;
                self.seen.rollback |= rolls_back == Some(FIRST);
            }
            Fact::DeploymentStatusChanged { deployment, status } => {
                if deployment == FIRST {
                    self.seen.status = Some(status);
                    if status.is_terminal() {
                        self.seen.end = Some(at);
                    }
                }
            }
            Fact::DeploymentErrorSet { deployment, code, .. } => {
                if deployment == FIRST {
                    self.seen.error = Some((code, at));
                }
            }
            Fact::LifecycleEventStatusChanged { deployment, event, status } => {
                let installed = (FIRST, LifecycleEvent::Install, LifecycleEventStatus::Succeeded);
                if (deployment, event, status) == installed {
                    self.seen.install = Some(at);
                }
            }
            Fact::TaskStatusChanged { task, task_set, status } => {
                self.capacity.task_status(task, self.sides.of_task_set(task_set), status);
            }
            Fact::TargetHealthChanged { task, target_group, state, .. } => {
                self.capacity.target_health(task, self.sides.of_target_group(target_group), state);
            }
            Fact::TaskCounted { task, task_set, healthy } => {
                self.capacity.task_counted(task, self.sides.of_task_set(task_set), healthy);
            }
            Fact::ServiceDesiredCountUpdated { desired_count } => self.capacity.want(desired_count),
            // It was deleted.
            Fact::ServiceStatusChanged { .. } => self.capacity.want(0),
            Fact::ListenerModified { listener, weights } => {
                if listener == Listener::Production {
                    self.modified(at, self.sides.weight_of_replacement(weights));
                }
            }
            Fact::ListenerWeightsInForce { listener, weights } => {
                if listener == Listener::Production {
                    self.capacity.follow(self.sides.with_weight(weights));
                    self.in_force(at, self.sides.weight_of_replacement(weights));
                }
            }
            Fact::AliasUpdated { weights, bad, .. } => {
                for (place, bad) in [TargetGroupId(0), TargetGroupId(1)].into_iter().zip(bad) {
                    self.bad[self.sides.of_target_group(place)] = bad;
                }
                self.modified(at, self.sides.weight_of_replacement(weights));
            }
            Fact::AliasWeightsInForce { weights } => {
                self.in_force(at, self.sides.weight_of_replacement(weights));
            }
            Fact::RequestsAnswered { requests, failed, bad, .. } => {
                self.count(requests);
                self.seen.failed_requests += u64::from(failed);
                self.seen.bad_requests += u64::from(bad);
            }
            Fact::RequestsRejected { requests, bad, .. } => {
                self.count(requests);
                self.seen.failed_requests += u64::from(requests);
                self.seen.bad_requests += u64::from(if bad { requests } else { 0 });
            }
            Fact::RequestsCutOff { requests, bad, .. } => {
                self.seen.failed_requests += u64::from(requests);
                self.seen.bad_requests += u64::from(if bad { requests } else { 0 });
            }
            Fact::TrafficShared { parts_per_million } => self.shared(at, parts_per_million),
            Fact::ScalingActivity { .. } => self.seen.scaling_events += 1,
            Fact::InstancesServing { serving, bad } => {
                for (place, bad) in [TargetGroupId(0), TargetGroupId(1)].into_iter().zip(bad) {
                    self.bad[self.sides.of_target_group(place)] = bad;
                }
                self.capacity.serve(serving.map(u32::from).iter().sum());
                if serving != [0; 2] {
                    let weight = self.sides.weight_of_replacement(serving);
                    self.modified(at, weight);
                    self.in_force(at, weight);
                }
            }
            Fact::TargetsServing { serving } | Fact::RevisionsMixed { weights: serving } => {
                // With nobody left, requests go nowhere, as they went last.
                if serving != [0; 2] {
                    self.capacity.follow(self.sides.with_weight(serving));
                    let weight = self.sides.weight_of_replacement(serving);
                    self.modified(at, weight);
                    self.in_force(at, weight);
                }
            }
            Fact::InstancesCounted { deployment, failed, outdated, .. } => {
                if deployment == FIRST {
                    self.seen.instances = Some((failed, outdated));
                }
            }
            Fact::InstancesFound { .. }
            | Fact::ReplacementInstancesFound { .. }
            | Fact::InstanceStateChanged { .. } => {
                self.capacity.instances(fact, self.task_hour_price_micros > 0);
            }
            // No column tells of them.
            Fact::InstancesTargeted { .. }
            | Fact::BatchStarted { .. }
            | Fact::InstanceStatusChanged { .. }
            | Fact::InstanceEventEnded { .. }
            | Fact::InstanceEventNotStarted { .. }
            | Fact::InstanceLifecycleChanged { .. }
            | Fact::OutdatedInstancesFound { .. }
            | Fact::RollbackImpossible { .. }
            | Fact::ApiCalled { .. }
            | Fact::CallRefused { .. }
            | Fact::StopRequested { .. }
            | Fact::HookNotInvoked { .. }
            | Fact::ServiceEventEmitted { .. }
            | Fact::FaultBegan { .. }
            | Fact::FaultEnded { .. }
            | Fact::HookInvoked { .. }
            | Fact::HookAnswered { .. }
            | Fact::TerminationWaitStarted { .. }
            | Fact::TaskSetStatusChanged { .. }
            | Fact::TaskSetScaled { .. }
            | Fact::TaskSetStabilityChanged { .. }
            | Fact::TaskSetDeleted { .. }
            | Fact::TaskStopRequested { .. }
            | Fact::TaskHealthChanged { .. }
            | Fact::AlarmFound { .. }
            | Fact::DatapointSeen { .. }
            | Fact::AlarmStateChanged { .. }
            | Fact::NotScaled { .. }
            | Fact::ScalableTargetUpdated { .. }
            | Fact::RequestsFailedBy { .. }
            | Fact::RequestsWaiting { .. }
            | Fact::EnvironmentsStarted { .. }
            | Fact::FailedTasksCounted { .. }
            | Fact::HealthyPercentReached { .. }
            | Fact::ServiceDeploymentStageStarted { .. }
            | Fact::StageHookStatusChanged { .. }
            | Fact::RunEnded { .. } => {}
        }
    }

    fn count(&mut self, requests: u32) {
        self.seen.requests += u64::from(requests);
        self.acquaintance.come(requests.into());
    }

    fn modified(&mut self, at: SimTime, weight: Weight) {
        if self.others {
            return;
        }
        if !weight.is_nothing() {
            self.seen.first_shift.get_or_insert(at);
        }
        if weight.is_whole() {
            self.seen.full_shift.get_or_insert(at);
        }
    }

    /// The target groups got these parts of all requests since this was last told.
    fn shared(&mut self, at: SimTime, parts: [u32; 2]) {
        let mut of = BySide::default();
        for (part, group) in parts.into_iter().zip([TargetGroupId(0), TargetGroupId(1)]) {
            of[self.sides.of_target_group(group)] = u64::from(part);
        }
        let shared = self.shared.get_or_insert_default();
        let passed = at.since(shared.until).as_millis();
        for side in Side::BOTH {
            shared.exposure_ppm_ms += if self.bad[side] { passed * of[side] } else { 0 };
        }
        if of[Side::Replacement] > 0 {
            shared.has_reached = true;
        } else if shared.has_reached && self.weight_in_force.is_nothing() && !self.others {
            self.seen.restored.get_or_insert(shared.until);
        }
        shared.until = at;
    }

    fn in_force(&mut self, at: SimTime, weight: Weight) {
        if !self.others {
            // Clients that stay are told by their shares.
            let had_some = !self.weight_in_force.is_nothing();
            if weight.is_nothing() && had_some && self.shared.is_none() {
                self.seen.restored.get_or_insert(at);
            }
            self.seen.weight_max = self.seen.weight_max.max(weight);
        }
        self.weight_in_force = weight;
        self.acquaintance.follow(at, weight);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::example::{self, Example};
    use crate::aws::name::ErrorCode;

    fn at(seconds: u64) -> Option<SimTime> {
        Some(SimTime::from_millis(seconds * 1000))
    }

    fn row(example: &Example) -> Row {
        let mut outcome = Outcome::default();
        example.journal.entries.iter().for_each(|entry| outcome.read(entry));
        outcome.finish(example.end, example.digest)
    }

    #[test]
    fn a_canary_that_succeeds() {
        let row = row(&example::canary());
        assert_eq!((row.status, row.error_code), (DeploymentStatus::Succeeded, None));
        assert_eq!([row.install, row.first_shift], [at(92), at(92)]);
        assert_eq!([row.full_shift, row.end], [at(392), at(692)]);
        assert_eq!([row.detected, row.restored], [None, None]);
        assert_eq!((row.exposure_percent_ms, row.bad_requests), (0, 0), "it is no bad release");
        assert_eq!((row.weight_max, row.deployments, row.rollback), (Weight::of(1, 0), 1, false));
        assert_eq!(
            row.capacity_short_ms, 0,
            "all ten of a side are healthy before it gets requests"
        );
    }

    #[test]
    fn an_install_that_times_out_never_had_traffic() {
        let row = row(&example::install_timeout());
        assert_eq!(row.status, DeploymentStatus::Failed);
        assert_eq!(row.error_code, Some(ErrorCode::Timeout));
        assert_eq!([row.install, row.first_shift, row.restored], [None; 3]);
        assert_eq!([row.end, row.detected], [at(3602), at(3602)]);
        assert_eq!((row.rollback, row.deployments, row.weight_max), (true, 2, Weight::NOTHING));
    }

    /// The bad release has 10 % from 92 s, 100 % from 392 s and nothing from 422 s on.
    #[test]
    fn a_failed_hook_takes_the_traffic_back() {
        let row = row(&example::failed_hook());
        assert_eq!(row.error_code, Some(ErrorCode::HookExecutionFailure));
        assert_eq!([row.end, row.detected, row.restored], [at(422), at(422), at(422)]);
        assert_eq!(row.exposure_percent_ms, 10 * 300_000 + 100 * 30_000);
        assert!(row.bad_requests > 0 && row.bad_requests < row.failed_requests);
    }

    #[test]
    fn a_reset_reader_reads_as_a_new_one() {
        let (first, second) = (example::canary(), example::failed_hook());
        let mut outcome = Outcome::default();
        first.journal.entries.iter().for_each(|entry| outcome.read(entry));
        outcome.reset();
        second.journal.entries.iter().for_each(|entry| outcome.read(entry));
        assert_eq!(outcome.finish(second.end, second.digest), row(&second));
    }

    #[test]
    fn a_row_has_a_cell_for_each_column_and_leaves_the_missing_empty() {
        let cells = row(&example::install_timeout()).cells();
        assert_eq!(cells.len(), Row::COLUMNS.len());
        assert_eq!(cells[6..12], ["", "", "", "3602.000", "3602.000", ""].map(String::from));
    }
}
