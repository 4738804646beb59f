//! Limits of a run, derived from the scenario's size, and the reasons why a run stops.

use crate::engine::distribution::Distribution;
use crate::engine::queue::Key;
use crate::engine::time::{SimDuration, SimTime};
use crate::scenario::Scenario;
use crate::scenario::deployment::{Creation, Deployment, Pace};
use crate::scenario::external::{Action, Workflow};
use crate::scenario::operator::Call;
use crate::scenario::service_deployment::shift::WHOLE_MAX;

/// Why a run stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopReason {
    /// Every deployment has ended and nothing drains any more.
    Completed,
    /// It was still going on at the last instant that it may reach.
    HorizonReached {
        /// That instant.
        horizon: SimTime,
    },
    /// It handled as many events as it may, or told as much as a journal can hold.
    TooManyEvents {
        /// How many events that were.
        events: u64,
    },
    /// One instant did not come to rest.
    Livelock {
        /// That instant.
        at: SimTime,
    },
}

/// What one run may reach.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    horizon: SimTime,
    events: u64,
    entries: u64,
}

impl Limits {
    /// Limits that no honest run of this scenario meets.
    pub fn of(scenario: &Scenario) -> Limits {
        let drain = scenario.ecs().map_or(SimDuration::ZERO, |ecs| {
            let groups = ecs.load_balancer.iter().flat_map(|it| &it.target_groups);
            let delay = groups.map(|group| group.deregistration_delay).max();
            delay.unwrap_or_default() + ecs.service.stop_timeout
        });
        let deployments: SimDuration =
            scenario.deployments.iter().map(|one| longest(one, scenario) + drain).sum();
        let last_call = scenario.calls.last().map_or(SimDuration::ZERO, |call| call.at);
        let asked = scenario.deployments.iter().map(|one| match one.creation {
            Creation::At(at) => at,
            Creation::AfterPrevious => SimDuration::ZERO,
        });
        let broken = scenario.faults.iter().map(|fault| fault.at + fault.lasts.unwrap_or_default());
        let asked =
            asked.chain(broken).chain([last_call, scenario.until]).max().unwrap_or_default();
        let waits = scenario.workflow().map_or(SimDuration::ZERO, Workflow::longest);
        let fixed = deployments + asked + waits;
        // A day more, for what is forgotten here.
        let horizon = SimTime::ZERO + fixed + SimDuration::from_mins(24 * 60);
        let minutes = horizon.as_millis() / 60_000;
        let steps = || scenario.workflow().into_iter().flat_map(Workflow::all_steps);
        let created = steps().filter_map(|step| match step.action {
            Some(Action::CreateService { desired_count }) => Some(desired_count),
            _ => None,
        });
        let made = steps().filter_map(|step| match step.action {
            Some(Action::Call(call)) => Some(call),
            _ => None,
        });
        let calls = scenario.calls.iter().map(|scripted| scripted.call).chain(made);
        let counts = calls.filter_map(|call| match call {
            Call::UpdateService { desired_count, .. } => desired_count,
            _ => None,
        });
        let counts = counts.chain(created);
        let desired = counts
            .chain(scenario.ecs().map(|ecs| ecs.service.desired_count))
            .max()
            .unwrap_or_default();
        let instances = scenario.server().map_or(0, |server| server.instances.len() as u64);
        // Two task sets beside each other, or the five that there may be (ECS-EXT-8).
        let sets = if scenario.workflow().is_some() { 5 } else { 2 };
        let tasks = sets * u64::from(desired) + instances + 1;
        // A task lives through some 20 events; one that crashes or flaps is replaced a few times a minute.
        let events = 10_000 + minutes * (10 + 100 * tasks);
        // A journal numbers its entries with 32 bits; one event may tell of every task a few times.
        let entries = u64::from(u32::MAX) - 16 * (8 * tasks + 64);
        Limits { horizon, events, entries }
    }

    /// The limit that an event at this key would pass, if any.
    pub fn exceeded(&self, next: Key, events: u64, entries: u64) -> Option<StopReason> {
        if next > Key::last_of(self.horizon) {
            Some(StopReason::HorizonReached { horizon: self.horizon })
        } else if events >= self.events || entries >= self.entries {
            Some(StopReason::TooManyEvents { events })
        } else if next.round() == Key::ROUND_MAX {
            Some(StopReason::Livelock { at: next.at() })
        } else {
            None
        }
    }
}

/// The longest that one deployment can take, with the waits of whoever asked for it in vain.
fn longest(deployment: &Deployment, scenario: &Scenario) -> SimDuration {
    let assumptions = &scenario.assumptions;
    let hooks = assumptions.hook_timeout.times(5);
    let shift = deployment.traffic_routing.steps().last().map_or(SimDuration::ZERO, |s| s.after);
    let waits = deployment.ready_wait.unwrap_or_default() + deployment.termination_wait;
    let shifts = deployment.traffic_routing.steps().count() as u64 + 2;
    let paces: SimDuration = deployment.pace.iter().map(|pace| longest_pace(pace, scenario)).sum();
    let updates = assumptions.listener_update.longest().times(shifts)
        + assumptions.weight_propagation.longest().times(shifts)
        + assumptions.alias_update.longest().times(shifts)
        + assumptions.alias_propagation.longest().times(shifts);
    let ends = assumptions.created_to_in_progress
        + assumptions.rollback_restore
        + assumptions.rollback_duration
        + assumptions.recompute_latency.longest()
        + assumptions.deprovision.longest();
    let retry = deployment.retry.as_ref().map_or(SimDuration::ZERO, Distribution::longest);
    // On instances the deployment and its rollback may take as long as they may, and the last event of each.
    let on_instances = match scenario.server() {
        Some(_) => (assumptions.in_place_timeout + assumptions.event_timeout).times(2),
        None => SimDuration::ZERO,
    };
    let by_ecs = match &deployment.service_deployment {
        Some(own) if own.shift.is_some() => WHOLE_MAX,
        Some(own) => own.bake_time,
        None => SimDuration::ZERO,
    };
    hooks
        + by_ecs
        + on_instances
        + assumptions.install_timeout
        + shift
        + waits
        + paces
        + updates
        + ends
        + retry
}

/// The longest gap before a lifecycle event, and the longest it may last by itself.
fn longest_pace(pace: &Pace, scenario: &Scenario) -> SimDuration {
    let assumptions = &scenario.assumptions;
    let gap = pace.gap.as_ref().unwrap_or(&assumptions.inter_event_gap);
    let duration = pace.duration.as_ref().unwrap_or(&assumptions.empty_hook_duration);
    gap.longest() + duration.longest()
}
