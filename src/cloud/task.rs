//! One task, PROVISIONING to STOPPED.
//!
//! It knows its own stages and nothing of its neighbours; `wiring` tells them.
//! Rules: ECS-TASK-1 to ECS-TASK-4, ECS-TASK-7, ECS-TASK-18, ECS-TASK-23 (docs/semantics/environment.md).

use crate::agenda::chance::Purpose;
use crate::aws::id::{TaskId, TaskSetId};
use crate::aws::name::{HealthStatus, TargetHealthState, TaskStatus};
use crate::cloud::container_check::ContainerChecks;
use crate::cloud::health_check::{Decision, TargetChecks};
use crate::cloud::target_group::Target;
use crate::engine::distribution::Distribution;
use crate::engine::random::Draws;
use crate::engine::time::{SimDuration, SimTime};
use crate::scenario::assumption::Assumptions;
use crate::scenario::fault::Role;
use crate::scenario::revision::Revision;

/// The purpose of a draw for a task of this role.
pub const fn purpose_of(role: Role, original: Purpose, replacement: Purpose) -> Purpose {
    match role {
        Role::Original => original,
        Role::Replacement => replacement,
    }
}

/// What the scheduler believes of a task's health. Rule: ECS-SVC-3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Not decided yet.
    Unknown,
    /// Healthy by every check that is configured and in use.
    Healthy,
    /// Unhealthy by at least one.
    Unhealthy,
}

/// How long each stage of a launch takes. Rule: ECS-TASK-7.
#[derive(Clone, Copy, Debug, Default)]
pub struct LaunchStages {
    /// S1: from wanted to created.
    pub scheduler: SimDuration,
    /// S2: PROVISIONING.
    pub provision: SimDuration,
    /// S3: PENDING, the image is pulled.
    pub pull: SimDuration,
    /// S4: ACTIVATING, containers are created and started.
    pub container_start: SimDuration,
    /// S5: from RUNNING until the application answers.
    pub boot: SimDuration,
    /// S6: from RUNNING to registered.
    pub register: SimDuration,
    /// From registered to the first health check.
    pub first_check: SimDuration,
}

impl LaunchStages {
    /// The stages of one task, from its eight uniforms; `registration` is as the load balancer does it, `interval`
    /// the target group's.
    pub fn draw(
        draws: &Draws,
        revision: &Revision,
        assumptions: &Assumptions,
        registration: &Distribution,
        interval: SimDuration,
    ) -> LaunchStages {
        let scheduler = assumptions.scheduler_latency.duration(draws.uniform(0));
        if let Some(launch) = &revision.launch {
            let provision = launch.duration(draws.uniform(1));
            return LaunchStages { scheduler, provision, ..LaunchStages::default() };
        }
        let boot = revision.boot.as_ref().unwrap_or(&assumptions.boot);
        let phase = assumptions.first_check_phase.duration(draws.uniform(6)).as_millis();
        LaunchStages {
            scheduler,
            provision: assumptions.provision.duration(draws.uniform(1)),
            pull: pull_time(draws, revision, assumptions),
            container_start: assumptions.container_start.duration(draws.uniform(3)),
            boot: boot.duration(draws.uniform(4)),
            register: registration.duration(draws.uniform(5)),
            first_check: SimDuration::from_millis(phase % interval.as_millis()),
        }
    }
}

/// Overhead plus size over throughput. Rules: ECS-TASK-7, ECS-TASK-9.
fn pull_time(draws: &Draws, revision: &Revision, assumptions: &Assumptions) -> SimDuration {
    let overhead = assumptions.pull_overhead.duration(draws.uniform(7));
    let megabytes = revision.image_megabytes.unwrap_or(assumptions.image_size);
    overhead + assumptions.pull_rate.time_for(megabytes, draws.uniform(2))
}

/// A task of the service.
#[derive(Clone, Debug)]
pub struct Task {
    /// Its number, once it is created.
    pub id: TaskId,
    /// Its place among the tasks of its role, in the order in which they were wanted.
    pub ordinal: u64,
    /// The task set it belongs to.
    pub task_set: TaskSetId,
    /// Its status; nothing while the scheduler has not created it yet.
    pub status: Option<TaskStatus>,
    /// How long its launch takes.
    pub stages: LaunchStages,
    /// The zone it runs in, or is to run in.
    pub zone: u8,
    /// Whether it has had its turn to be launched on Fargate.
    pub has_token: bool,
    /// How often it found no room.
    pub placements_failed: u32,
    /// Whether it fails before it is RUNNING.
    pub fails_to_start: bool,
    /// When its essential container ends by itself, if it lives so long.
    pub crashes_at: SimTime,
    /// Its essential container ends by itself, where it leaks, once a target of its group has had so many requests.
    pub worn_out_by: f64,
    /// Whether its containers have ended before its target was gone: the target goes by itself.
    pub target_goes_alone: bool,
    /// Whether what it ran on is gone, so that nothing even refuses a request.
    pub is_silent: bool,
    /// When its target was registered, and when it stopped getting new requests.
    pub serving: [SimTime; 2],
    /// When its essential container was started, the last time.
    pub container_since: SimTime,
    /// When it became RUNNING.
    pub running_since: SimTime,
    /// From when its application answers.
    pub answers_from: SimTime,
    /// The state of its target; nothing while it is not registered.
    pub target: Option<TargetHealthState>,
    /// Whether its target counts as one that answers.
    pub answering: bool,
    /// Checks of its target, while its group is in use.
    pub target_checks: TargetChecks,
    /// The same up to the next check that decides something, and what it decides.
    pub target_decision: (TargetChecks, Decision),
    /// Failing target checks that were drawn so far.
    pub target_failures_drawn: u32,
    /// What its container health check says.
    pub health: HealthStatus,
    /// Checks of its container.
    pub container_checks: ContainerChecks,
    /// The same up to the next check that decides something, and what it decides.
    pub container_decision: (ContainerChecks, Decision),
    /// Failing container checks that were drawn so far.
    pub container_failures_drawn: u32,
    /// The state of its target as the scheduler knows it.
    pub reported: Option<TargetHealthState>,
    /// What the scheduler believes.
    pub verdict: Verdict,
    /// How often the scheduler was told of a change.
    pub verdicts_drawn: u32,
    /// Whether its target was registered when its group had no healthy one (ELB-SS-1).
    pub is_first: bool,
    /// Since when its target starts slowly, if it does.
    pub slow_since: Option<SimTime>,
    /// Until when no scale-in may stop it (ECS-PROT-1).
    pub protected_until: SimTime,
    /// Whether it runs on only until its replacement is healthy.
    pub replaced: bool,
    /// Whether its desired status is STOPPED.
    pub stopping: bool,
}

impl Task {
    /// Whether its place is free: it is STOPPED, and so is its target.
    pub fn is_gone(&self) -> bool {
        self.status == Some(TaskStatus::Stopped) && self.target.is_none()
    }

    /// Whether it is protected from scale-in. Rule: ECS-PROT-1.
    pub fn is_protected(&self, now: SimTime) -> bool {
        self.protected_until > now
    }

    /// Whether it is one of those of which a scale-in stops some.
    pub fn may_scale_in(&self, now: SimTime) -> bool {
        !self.stopping && !self.is_gone() && !self.is_protected(now)
    }

    /// Whether it is RUNNING.
    pub fn is_running(&self) -> bool {
        self.status == Some(TaskStatus::Running)
    }

    /// Whether it is RUNNING and the scheduler believes it healthy.
    pub fn is_healthy(&self) -> bool {
        self.is_running() && self.verdict == Verdict::Healthy
    }

    /// What it is to its target group.
    pub const fn as_target(&self) -> Target {
        Target { state: self.target, is_up: self.answering, is_silent: self.is_silent }
    }

    /// Which tasks a scale-in stops first: those that do not run yet, then unhealthy ones (ECS-CAP-5, U3).
    pub fn scale_in_rank(&self) -> u8 {
        match (self.status, self.verdict) {
            (None, _) => 0,
            (Some(TaskStatus::Running), Verdict::Unhealthy) => 2,
            (Some(TaskStatus::Running), _) => 3,
            (Some(_), _) => 1,
        }
    }

    /// The next status of a launch and how long the task stays in it, or nothing if it is not launching.
    pub fn next_launch_step(&self) -> Option<(TaskStatus, SimDuration)> {
        match self.status {
            None => Some((TaskStatus::Provisioning, self.stages.provision)),
            Some(TaskStatus::Provisioning) => Some((TaskStatus::Pending, self.stages.pull)),
            Some(TaskStatus::Pending) => {
                Some((TaskStatus::Activating, self.stages.container_start))
            }
            Some(TaskStatus::Activating) => Some((TaskStatus::Running, self.stages.register)),
            Some(
                TaskStatus::Running
                | TaskStatus::Deactivating
                | TaskStatus::Stopping
                | TaskStatus::Deprovisioning
                | TaskStatus::Stopped,
            ) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::random::{Random, RunKey};
    use crate::engine::share::Share;
    use crate::scenario::revision::Probe;

    fn revision() -> Revision {
        let probe = Probe { fails: Share::ZERO, hangs: false };
        Revision {
            scripts: Default::default(),
            name: "release".into(),
            weight: 1.0,
            bad: false,
            errors: Share::ZERO,
            defects: Vec::new(),
            metrics: Vec::new(),
            client_errors: Share::ZERO,
            launch: None,
            boot: None,
            resets: Share::ZERO,
            start_fails: Share::ZERO,
            crash: None,
            latency: None,
            capacity: None,
            image_megabytes: Some(413.0),
            health_check: probe,
            container_check: probe,
        }
    }

    /// ECS-TASK-8, the consistency check of the default parameters: an image of 413 MB at 9.6 MB/s is
    /// started 55 to 64 s after its creation, on average of 10 000 tasks.
    #[test]
    fn default_launches_agree_with_published_measurements() {
        let assumptions =
            Assumptions { pull_rate: Distribution::Constant(9.6), ..Assumptions::default() };
        let mut random = Random::<1>::new(RunKey { seed: 1, ..RunKey::default() });
        let total: u64 = (0..10_000)
            .map(|index| {
                let draws = random.at(0, index);
                let interval = SimDuration::from_secs(30);
                let stages = LaunchStages::draw(
                    &draws,
                    &revision(),
                    &assumptions,
                    &assumptions.register,
                    interval,
                );
                (stages.provision + stages.pull + stages.container_start).as_millis()
            })
            .sum();
        let mean_s = total as f64 / 10_000.0 / 1000.0;
        assert!((55.0..64.0).contains(&mean_s), "{mean_s} s");
    }

    /// ELB-HC-3: the first check comes within the interval, and within ten seconds.
    #[test]
    fn the_first_check_falls_within_the_interval() {
        let assumptions = Assumptions::default();
        let mut random = Random::<1>::new(RunKey::default());
        for index in 0..1000 {
            let draws = random.at(0, index);
            let draw = |secs| {
                let interval = SimDuration::from_secs(secs);
                LaunchStages::draw(
                    &draws,
                    &revision(),
                    &assumptions,
                    &assumptions.register,
                    interval,
                )
            };
            assert!(draw(5).first_check < SimDuration::from_secs(5));
            assert!(draw(30).first_check <= SimDuration::from_secs(10));
        }
    }
}
