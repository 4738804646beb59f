//! The digest of a run: 64 bits that are equal exactly when two runs told the same facts.
//!
//! Causes do not count, so that readers without causes have the same digest (decision: digest).

use crate::engine::time::SimTime;
use crate::journal::Entry;
use crate::journal::fact::{Fact, FailureCause, Listener};
use std::fmt;
use xxhash_rust::xxh3::Xxh3Default;

/// The value of a digest, shown as 16 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Digest(pub u64);

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f)
    }
}

impl Digest {
    /// Writes it as it is shown.
    ///
    /// # Errors
    /// Those of `to`.
    pub fn write(self, to: &mut impl fmt::Write) -> fmt::Result {
        let digit = |place: u32| b"0123456789abcdef"[(self.0 >> (60 - 4 * place) & 15) as usize];
        let mut digits = [0; 16];
        (0..).zip(&mut digits).for_each(|(place, to)| *to = digit(place));
        to.write_str(str::from_utf8(&digits).expect("hexadecimal digits are ASCII"))
    }
}

/// Bytes of one entry in the fixed form.
const ENTRY_BYTES: usize = 24;
/// Entries that are gathered before they are digested: a call costs more than the bytes of one entry.
const BATCH: usize = 40;

/// Digests entries as they come: XXH3, 64 bits, over 24 bytes an entry in a fixed form.
#[derive(Clone)]
pub struct Digester {
    state: Xxh3Default,
    batch: [[u8; ENTRY_BYTES]; BATCH],
    gathered: usize,
}

impl Default for Digester {
    fn default() -> Digester {
        Digester { state: Xxh3Default::new(), batch: [[0; ENTRY_BYTES]; BATCH], gathered: 0 }
    }
}

impl Digester {
    /// Forgets everything.
    pub fn reset(&mut self) {
        self.state.reset();
        self.gathered = 0;
    }

    /// Takes the next entry.
    pub fn read(&mut self, entry: &Entry) {
        self.batch[self.gathered] = encode(entry.at, &entry.fact);
        self.gathered += 1;
        if self.gathered == BATCH {
            self.state.update(self.batch.as_flattened());
            self.gathered = 0;
        }
    }

    /// The digest of what was taken so far.
    pub fn finish(&self) -> Digest {
        let mut state = self.state.clone();
        state.update(self.batch[..self.gathered].as_flattened());
        Digest(state.digest())
    }
}

/// The fixed form: eight bytes of time and four words of fact, little-endian.
fn encode(at: SimTime, fact: &Fact) -> [u8; ENTRY_BYTES] {
    let mut bytes = [0; ENTRY_BYTES];
    bytes[..8].copy_from_slice(&at.as_millis().to_le_bytes());
    for (slot, word) in bytes[8..].chunks_exact_mut(4).zip(words(fact)) {
        slot.copy_from_slice(&word.to_le_bytes());
    }
    bytes
}

/// Four bytes in one word: the number of the fact's kind and up to three small fields.
const fn head(kind: u8, a: u8, b: u8, c: u8) -> u32 {
    u32::from_le_bytes([kind, a, b, c])
}

const fn pair(weights: [u16; 2]) -> u32 {
    (weights[1] as u32) << 16 | weights[0] as u32
}

const fn listener_code(listener: Listener) -> u8 {
    listener as u8
}

/// The four words of a fact. The numbers of kinds are never given to another kind.
fn words(fact: &Fact) -> [u32; 4] {
    use crate::aws::message::ErrorMessage as Message;
    match *fact {
        Fact::TaskSetFound { task_set, target_group, tasks } => {
            [head(1, task_set.0, target_group.0, 0), tasks, 0, 0]
        }
        Fact::ReplacementDrawn { deployment, candidate, bad } => {
            [head(2, deployment.0, candidate, bad.into()), 0, 0, 0]
        }
        Fact::DeploymentCreated { deployment, id, creator, rolls_back } => {
            let [a, b, c, d, e, f, g, h, i] = *id.characters();
            [
                head(3, deployment.0, creator as u8, rolls_back.map_or(0, |parent| parent.0 + 1)),
                u32::from_le_bytes([a, b, c, d]),
                u32::from_le_bytes([e, f, g, h]),
                i.into(),
            ]
        }
        Fact::DeploymentStatusChanged { deployment, status } => {
            [head(4, deployment.0, status as u8, 0), 0, 0, 0]
        }
        Fact::DeploymentErrorSet { deployment, code, message } => {
            let (message, minutes) = match message {
                Message::ValidationFailed => (1, 0),
                Message::NoStatusCallback => (2, 0),
                Message::ReplacementNotHealthy { minutes } => (3, minutes),
                Message::NotContinued { minutes } => (4, minutes),
                Message::NotSteadyAfterScaling { minutes } => (5, minutes),
                Message::NotSteadyDuringShift { minutes } => (6, minutes),
                Message::StoppedByRequest => (7, 0),
                Message::PrimaryNotBehindListener => (8, 0),
                Message::ElbRefused => (9, 0),
                Message::EcsRefused => (10, 0),
                Message::NoPermissionForLambda => (11, 0),
                Message::TooManyTaskSets => (12, 0),
                Message::AlarmsActive { alarms } => (13, alarms.bits()),
                Message::ServiceNotActive => (15, 0),
                Message::AliasHasTwoVersions => (16, 0),
                Message::AliasNotAtCurrentVersion => (17, 0),
                Message::TooManyInstancesFailed => (18, 0),
                Message::MinimumNotAvailable => (19, 0),
                Message::NoInstancesFound => (20, 0),
                Message::TooManyInstances => (21, 0),
                Message::TookTooLong { minutes } => (22, minutes),
                Message::LambdaVersionMissing => (60, 0),
                Message::CallRefused { exception } => (61, exception as u32),
                Message::NotInTime { seconds } => (62, seconds),
                Message::GivenUp => (63, 0),
                Message::CircuitBreakerTripped { failed } => (64, failed),
                Message::StageTooLong { minutes } => (65, minutes),
                Message::ImageNotResolved { failed } => (67, failed),
                Message::StageHookFailed => (66, 0),
                Message::AlarmsUnreadable { access_denied } => (14, access_denied as u32),
            };
            [head(5, deployment.0, code as u8, message), minutes, 0, 0]
        }
        Fact::RollbackImpossible { deployment } => [head(6, deployment.0, 0, 0), 0, 0, 0],
        Fact::LifecycleEventStatusChanged { deployment, event, status } => {
            [head(7, deployment.0, event as u8, status as u8), 0, 0, 0]
        }
        Fact::HookInvoked { deployment, event } => [head(8, deployment.0, event as u8, 0), 0, 0, 0],
        Fact::HookAnswered { deployment, event, answer } => {
            [head(9, deployment.0, event as u8, answer as u8), 0, 0, 0]
        }
        Fact::TerminationWaitStarted { deployment } => [head(10, deployment.0, 0, 0), 0, 0, 0],
        Fact::TaskSetCreated { task_set, deployment, target_group, computed_desired_count } => {
            [head(11, task_set.0, deployment.0, target_group.0), computed_desired_count, 0, 0]
        }
        Fact::TaskSetStatusChanged { task_set, status } => {
            [head(12, task_set.0, status as u8, 0), 0, 0, 0]
        }
        Fact::TaskSetScaled { task_set, computed_desired_count } => {
            [head(13, task_set.0, 0, 0), computed_desired_count, 0, 0]
        }
        Fact::TaskSetStabilityChanged { task_set, stability } => {
            [head(14, task_set.0, stability as u8, 0), 0, 0, 0]
        }
        Fact::TaskSetDeleted { task_set } => [head(15, task_set.0, 0, 0), 0, 0, 0],
        Fact::TaskStatusChanged { task, task_set, status } => {
            [head(16, task_set.0, status as u8, 0), task.0, 0, 0]
        }
        Fact::TaskStopRequested { task, task_set, code, unhealthy } => {
            [head(17, task_set.0, code as u8, unhealthy.into()), task.0, 0, 0]
        }
        Fact::TaskHealthChanged { task, task_set, health } => {
            [head(18, task_set.0, health as u8, 0), task.0, 0, 0]
        }
        Fact::TargetHealthChanged { task, target_group, state, reason } => {
            [head(19, target_group.0, state as u8, reason as u8), task.0, 0, 0]
        }
        Fact::ListenerModified { listener, weights } => {
            [head(20, listener_code(listener), 0, 0), pair(weights), 0, 0]
        }
        Fact::ListenerWeightsInForce { listener, weights } => {
            [head(21, listener_code(listener), 0, 0), pair(weights), 0, 0]
        }
        Fact::RequestsAnswered { target_group, requests, failed, bad } => {
            [head(22, target_group.0, 0, 0), requests, failed, bad]
        }
        Fact::RequestsRejected { target_group, http_status, requests, bad } => {
            [head(23, target_group.0, bad.into(), 0), http_status.into(), requests, 0]
        }
        Fact::RunEnded { completed } => [head(24, completed.into(), 0, 0), 0, 0, 0],
        Fact::ApiCalled { call } => [head(25, call as u8, 0, 0), 0, 0, 0],
        Fact::CallRefused { call, exception, deployment } => {
            let deployment = deployment.map_or(0, |number| number.0 + 1);
            [head(26, call as u8, exception as u8, deployment), 0, 0, 0]
        }
        Fact::StopRequested { deployment, status } => {
            [head(27, deployment.0, status as u8, 0), 0, 0, 0]
        }
        Fact::HookNotInvoked { deployment, event, access_denied } => {
            [head(28, deployment.0, event as u8, access_denied.into()), 0, 0, 0]
        }
        Fact::ServiceEventEmitted { task_set, code } => {
            [head(30, task_set.0, code as u8, 0), 0, 0, 0]
        }
        Fact::FaultBegan { fault } => [head(31, fault as u8, 0, 0), 0, 0, 0],
        Fact::FaultEnded { fault } => [head(32, fault as u8, 0, 0), 0, 0, 0],
        Fact::RequestsCutOff { target_group, requests, bad } => {
            [head(33, target_group.0, bad.into(), 0), requests, 0, 0]
        }
        Fact::TrafficShared { parts_per_million: [first, second] } => {
            [head(34, 0, 0, 0), first, second, 0]
        }
        Fact::ServiceDesiredCountUpdated { desired_count } => {
            [head(29, 0, 0, 0), desired_count, 0, 0]
        }
        Fact::ServiceStatusChanged { status } => [head(45, status as u8, 0, 0), 0, 0, 0],
        Fact::AlarmFound { alarm, state } => [head(35, alarm.0, state as u8, 0), 0, 0, 0],
        Fact::DatapointSeen { alarm, breaching, ended_ms_ago, micros } => {
            let (low, high) = (micros as u32, (micros >> 32) as u32);
            [head(36, alarm.0, breaching.into(), 0), ended_ms_ago, low, high]
        }
        Fact::ScalingActivity { policy, desired_count } => {
            [head(38, policy, 0, 0), desired_count, 0, 0]
        }
        Fact::NotScaled { policy, reason } => [head(39, policy, reason as u8, 0), 0, 0, 0],
        Fact::ScalableTargetUpdated { min, max } => [head(40, 0, 0, 0), min, max, 0],
        Fact::AlarmStateChanged { alarm, state } => [head(37, alarm.0, state as u8, 0), 0, 0, 0],
        Fact::RequestsFailedBy { target_group, cause, requests } => {
            let (kind, defect) = match cause {
                FailureCause::Defect(defect) => (0, defect),
                FailureCause::Dependency => (1, 0),
                FailureCause::Overload => (2, 0),
                FailureCause::Timeout => (3, 0),
            };
            [head(48, target_group.0, kind, defect), requests, 0, 0]
        }
        Fact::AliasUpdated { function_version, versions: [first, second], weights, bad } => {
            let bad = bad.map(u8::from);
            [head(50, function_version.0, bad[0], bad[1]), pair(weights), first, second]
        }
        Fact::AliasWeightsInForce { weights } => [head(51, 0, 0, 0), pair(weights), 0, 0],
        Fact::InstancesFound { instances, current } => {
            [head(52, 0, 0, 0), instances.into(), current.into(), 0]
        }
        Fact::InstancesTargeted { deployment, instances, minimum } => {
            [head(53, deployment.0, 0, 0), instances.into(), minimum, 0]
        }
        Fact::BatchStarted { deployment, zone, instances } => {
            [head(54, deployment.0, zone, 0), instances.into(), 0, 0]
        }
        Fact::InstanceStatusChanged { deployment, instance, status } => {
            [head(55, deployment.0, status as u8, 0), instance.0.into(), 0, 0]
        }
        Fact::InstanceEventEnded { deployment, instance, event, code, ended_ms_ago, took_ms } => {
            let instance = instance.0.into();
            [head(56, deployment.0, event as u8, code as u8), instance, ended_ms_ago, took_ms]
        }
        Fact::InstanceEventNotStarted { deployment, instance, event } => {
            [head(57, deployment.0, event as u8, 0), instance.0.into(), 0, 0]
        }
        Fact::InstancesServing { serving, bad } => {
            let bad = bad.map(u8::from);
            [head(59, bad[0], bad[1], 0), pair(serving), 0, 0]
        }
        Fact::InstancesCounted { deployment, succeeded, failed, skipped, outdated } => {
            let counts = [pair([succeeded, failed]), skipped.into(), outdated.into()];
            [head(58, deployment.0, 0, 0), counts[0], counts[1], counts[2]]
        }
        Fact::ReplacementInstancesFound { deployment, instances, original, action } => {
            [head(61, deployment.0, action as u8, 0), pair([instances, original]), 0, 0]
        }
        Fact::InstanceStateChanged { instance, state } => {
            [head(62, state as u8, 0, 0), instance.0.into(), 0, 0]
        }
        Fact::TargetsServing { serving } => [head(64, 0, 0, 0), pair(serving), 0, 0],
        Fact::FailedTasksCounted { task_set, failed } => [head(65, task_set.0, 0, 0), failed, 0, 0],
        Fact::ServiceDeploymentStageStarted { deployment, stage } => {
            [head(66, deployment.0, stage as u8, 0), 0, 0, 0]
        }
        Fact::StageHookStatusChanged { deployment, stage, hook, status } => {
            [head(67, deployment.0, stage as u8, hook), status as u32, 0, 0]
        }
        Fact::InstanceLifecycleChanged { instance, state } => {
            [head(68, state as u8, 0, 0), instance.0.into(), 0, 0]
        }
        Fact::HealthyPercentReached { task_set, healthy } => {
            [head(72, task_set.0, 0, 0), healthy, 0, 0]
        }
        Fact::RevisionsMixed { weights } => [head(70, 0, 0, 0), pair(weights), 0, 0],
        Fact::TaskCounted { task, task_set, healthy } => {
            [head(71, task_set.0, healthy.into(), 0), task.0, 0, 0]
        }
        Fact::OutdatedInstancesFound { deployment, root, instances } => {
            [head(69, deployment.0, root.0, 0), instances.into(), 0, 0]
        }
        Fact::EnvironmentsStarted { target_group, invocations } => {
            [head(60, target_group.0, 0, 0), invocations, 0, 0]
        }
        Fact::RequestsWaiting { target_group, waiting, longest_ms } => {
            [head(49, target_group.0, 0, 0), waiting, longest_ms, 0]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::id::{DeploymentNumber, TaskId, TaskSetId};
    use crate::aws::name::{DeploymentStatus, TaskStatus};
    use crate::journal::Cause;

    fn entry(at_ms: u64, fact: Fact) -> Entry {
        Entry { at: SimTime::from_millis(at_ms), cause: Cause::NONE, fact }
    }

    fn digest_of(entries: &[Entry]) -> Digest {
        let mut digester = Digester::default();
        entries.iter().for_each(|entry| digester.read(entry));
        digester.finish()
    }

    #[test]
    fn time_and_fact_count_and_the_cause_does_not() {
        let fact = Fact::DeploymentStatusChanged {
            deployment: DeploymentNumber(0),
            status: DeploymentStatus::InProgress,
        };
        let one = entry(2000, fact);
        assert_eq!(digest_of(&[one]), digest_of(&[Entry { cause: Cause::entry(7), ..one }]));
        assert_ne!(digest_of(&[one]), digest_of(&[entry(2001, fact)]));
        let other = Fact::TaskStatusChanged {
            task: TaskId(0),
            task_set: TaskSetId(0),
            status: TaskStatus::Running,
        };
        assert_ne!(digest_of(&[one]), digest_of(&[entry(2000, other)]));
    }

    /// The form is fixed: a change of this value means that every recorded digest is void.
    #[test]
    fn the_binary_form_is_pinned() {
        let fact = Fact::ListenerModified { listener: Listener::Production, weights: [90, 10] };
        assert_eq!(
            encode(SimTime::from_millis(92_000), &fact),
            [0x60, 0x67, 1, 0, 0, 0, 0, 0, 20, 0, 0, 0, 90, 0, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        );
    }
}
