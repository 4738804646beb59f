//! How long the lifecycle events of one instance take, and how each ends.
//!
//! Known when the instance begins, from what its scripts, its agent and its load balancer are like and from its luck. Not
//! how far it has come (`instance`).
//!
//! Rules: CD-LE-3, CD-LE-5, CD-LE-6, CD-EC2-3 to CD-EC2-6, CD-EC2-8, CD-EC2-10, CD-EC2-22, CD-FIL-2, ELB-DR-1, ELB-HC-3, ELB-HC-6
//! (docs/semantics).

use super::Command;
use crate::agenda::Outbox;
use crate::agenda::chance::Purpose;
use crate::aws::app_spec::FileExistsBehavior;
use crate::aws::id::InstanceId;
use crate::aws::instance::{INSTANCE_EVENTS, InstanceEvent, LifecycleErrorCode};
use crate::engine::distribution::Distribution;
use crate::engine::random::DRAWS_A_BLOCK;
use crate::engine::time::SimDuration;
use crate::scenario::Scenario;
use crate::scenario::revision::RevisionId;
use crate::scenario::server::{Agent, Instance as Described, InstanceBalancer, ScriptBehaviour};
use crate::scenario::service::LoadBalancerKind;

/// How many blocks of draws are kept for an instance: a whole fill.
const BLOCKS_AN_INSTANCE: u64 = 4;

/// One instance at work: all that says how long its events take.
pub(super) struct Work<'a, 's> {
    pub id: InstanceId,
    pub described: &'a Described,
    pub command: &'a Command<'s>,
    pub scenario: &'a Scenario,
}

impl Work<'_, '_> {
    /// How long the agent takes to begin an event, if it ever does.
    pub fn gap(
        &self,
        event: InstanceEvent,
        is_first: bool,
        out: &mut Outbox<'_>,
    ) -> Option<SimDuration> {
        let poll = self.draw(&self.scenario.assumptions.agent_poll, Purpose::AgentPoll, event, out);
        let more = match &self.described.agent {
            Agent::Absent => return None,
            Agent::Slow(answer) if is_first => answer,
            Agent::Reboots { before, takes } if *before == event => takes,
            Agent::Present
            | Agent::Slow(_)
            | Agent::Reboots { .. }
            | Agent::Restarts { .. }
            | Agent::Lost { .. } => {
                return Some(poll);
            }
        };
        // Only one event has to wait so, and its number of uniforms is its own.
        let index = self.index(event);
        Some(poll + out.draw(more, Purpose::AgentPoll, index, DRAWS_A_BLOCK as u32))
    }

    /// How long it takes to leave the load balancer, if the instance is behind it: as long as it drains (ELB-DR-1).
    pub fn leave(&self, serves: bool) -> (SimDuration, LifecycleErrorCode) {
        let delay = self.balancer().target_group.deregistration_delay;
        match self.own_failure(InstanceEvent::BlockTraffic) {
            Some(code) => (SimDuration::ZERO, code),
            None if serves => (delay, LifecycleErrorCode::Success),
            None => (SimDuration::ZERO, LifecycleErrorCode::Success),
        }
    }

    /// How long it takes until the load balancer finds the instance healthy, for which it has an hour (CD-EC2-22): it is
    /// registered, then checked until enough checks in a row pass (ELB-HC-6).
    pub fn join(
        &self,
        revision: Option<RevisionId>,
        out: &mut Outbox<'_>,
    ) -> (SimDuration, LifecycleErrorCode) {
        const REGISTER_DRAW: u32 = 5;
        const PHASE_DRAW: u32 = 6;
        const FAILURES_DRAW: u32 = 7;
        let event = InstanceEvent::AllowTraffic;
        let (assumptions, index) = (&self.scenario.assumptions, self.index(event));
        let InstanceBalancer { target_group, kind } = self.balancer();
        let limit = assumptions.event_timeout;
        let never = (limit, LifecycleErrorCode::UnknownError);
        let Some(revision) = revision.filter(|_| self.own_failure(event).is_none()) else {
            return never;
        };
        let registration = match kind {
            LoadBalancerKind::Application => &assumptions.register,
            LoadBalancerKind::Network => &assumptions.nlb_register,
        };
        let registered = out.draw(registration, Purpose::InstanceEvent, index, REGISTER_DRAW);
        let interval = target_group.health_check.interval.as_millis();
        let phase = &assumptions.first_check_phase;
        let phase =
            out.draw(phase, Purpose::InstanceEvent, index, PHASE_DRAW).as_millis() % interval;
        let fails = self.scenario.revision(revision).health_check.fails;
        let failures = match fails.is_zero() {
            true => 0,
            false => {
                let uniform = out.chance().nth(Purpose::InstanceFailure, index, FAILURES_DRAW);
                fails.complement().passes_before_failure(uniform)
            }
        };
        let checks = u64::from(assumptions.initial_passes_required - 1).saturating_add(failures);
        let checked =
            SimDuration::from_millis(checks.min(limit.as_millis()).saturating_mul(interval));
        let took = registered + SimDuration::from_millis(phase) + checked;
        if took > limit { never } else { (took, LifecycleErrorCode::Success) }
    }

    fn balancer(&self) -> &InstanceBalancer {
        let server = self.scenario.server().expect("it is one of the instances");
        server.load_balancer.as_ref().expect("events around traffic have a load balancer")
    }

    /// How an event fails on this instance, whatever the revision.
    fn own_failure(&self, event: InstanceEvent) -> Option<LifecycleErrorCode> {
        self.described.fails.filter(|(fails, _)| *fails == event).map(|(_, code)| code)
    }

    /// How long an event takes, and how it ends.
    pub fn perform(
        &self,
        event: InstanceEvent,
        revision: Option<RevisionId>,
        has_foreign_file: bool,
        out: &mut Outbox<'_>,
    ) -> (SimDuration, LifecycleErrorCode) {
        use LifecycleErrorCode as Code;
        let longest = self.scenario.assumptions.event_timeout;
        if self.described.agent == (Agent::Lost { during: event }) {
            return (longest, Code::UnknownError);
        }
        // From 1.5.0 on it fails when the agent starts again (CD-EC2-10).
        let restarts = match self.described.agent {
            Agent::Restarts { during, hangs: true } if during == event => {
                return (self.scenario.assumptions.agent_hang, Code::UnknownError);
            }
            Agent::Restarts { during, hangs: false } if during == event => Some(Code::UnknownError),
            _ => None,
        };
        let limit = match event.is_hook() {
            true => self.command.asked.scripts[event as usize],
            false => Some(longest),
        };
        let own = self.own_failure(event).or(restarts);
        // An event without scripts does nothing, and so do those of a revision that was never there.
        let (Some(limit), Some(revision)) = (limit, revision) else {
            return (SimDuration::ZERO, own.unwrap_or(Code::Success));
        };
        let behaviour = self.scenario.revision(revision).scripts.get(event);
        let code = own.unwrap_or_else(|| self.luck(behaviour, event, out));
        let took = match code {
            Code::ScriptMissing | Code::ScriptNotExecutable => SimDuration::ZERO,
            Code::ScriptTimedOut => limit,
            Code::Success | Code::ScriptFailed | Code::UnknownError => {
                let said = behaviour.and_then(|behaviour| behaviour.duration.as_ref());
                let duration = said.unwrap_or_else(|| self.assumed(event));
                self.draw(duration, Purpose::InstanceEvent, event, out)
            }
        };
        let disallows = self.command.file_exists_behavior == FileExistsBehavior::Disallow;
        if took > limit {
            (limit, if event.is_hook() { Code::ScriptTimedOut } else { Code::UnknownError })
        } else if event == InstanceEvent::Install && has_foreign_file && disallows {
            (took, Code::UnknownError)
        } else {
            (took, code)
        }
    }

    /// Whether the scripts of an event fail on this instance, and how.
    fn luck(
        &self,
        behaviour: Option<&ScriptBehaviour>,
        event: InstanceEvent,
        out: &mut Outbox<'_>,
    ) -> LifecycleErrorCode {
        let Some(behaviour) = behaviour.filter(|behaviour| !behaviour.fails.is_zero()) else {
            return LifecycleErrorCode::Success;
        };
        let uniform = out.chance().nth(Purpose::InstanceFailure, self.index(event), place(event));
        match behaviour.fails.happens(uniform) {
            true => behaviour.fails_as,
            false => LifecycleErrorCode::Success,
        }
    }

    /// How long an event takes of which the revision says nothing.
    const fn assumed(&self, event: InstanceEvent) -> &Distribution {
        let assumptions = &self.scenario.assumptions;
        match event {
            InstanceEvent::DownloadBundle => &assumptions.agent_download,
            InstanceEvent::Install => &assumptions.agent_install,
            _ => &assumptions.script_duration,
        }
    }

    /// Whether the failure of an event is ignored (CD-EC2-8).
    pub const fn is_ignored(&self, event: InstanceEvent) -> bool {
        self.command.asked.ignores_stop_failures && event.is_of_previous_revision()
    }

    fn draw(
        &self,
        distribution: &Distribution,
        purpose: Purpose,
        event: InstanceEvent,
        out: &mut Outbox<'_>,
    ) -> SimDuration {
        out.draw(distribution, purpose, self.index(event), place(event))
    }

    /// The block of an event: one for the events that every deployment has, one for those around traffic. The blocks of an
    /// instance follow each other, so that they are drawn together: the next instance is any other one.
    fn index(&self, event: InstanceEvent) -> u64 {
        let instance = (u64::from(self.command.deployment.0) << 13) + u64::from(self.id.0);
        instance * BLOCKS_AN_INSTANCE + (turned(event) / DRAWS_A_BLOCK) as u64
    }
}

/// Events from `ApplicationStop` on, those before it last.
const fn turned(event: InstanceEvent) -> usize {
    let first = InstanceEvent::ApplicationStop as usize;
    (event as usize + INSTANCE_EVENTS - first) % INSTANCE_EVENTS
}

/// Which uniform of its block an event has.
const fn place(event: InstanceEvent) -> u32 {
    (turned(event) % DRAWS_A_BLOCK) as u32
}
