//! EC2 instances and on-premises servers: the agent on each, what runs there, and how far it has come with what it was
//! told.
//!
//! An agent goes through the lifecycle events of a deployment by itself, one after another; how long each takes and how it
//! ends is known when it begins, so that one timer does for all that nobody else looks at. Not who tells it to
//! (`deploy::server`), nor what follows for others (`wiring`).
//!
//! Rules: CD-LE-1, CD-LE-3, CD-LE-5, CD-LE-6, CD-EC2-3 to CD-EC2-8, CD-FIL-1, CD-FIL-2 (docs/semantics/codedeploy.md).

use crate::agenda::Outbox;
use crate::agenda::chance::Purpose;
use crate::aws::app_spec::FileExistsBehavior;
use crate::aws::id::{DeploymentNumber, InstanceId};
use crate::aws::instance::{INSTANCE_EVENTS, InstanceEvent, LifecycleErrorCode};
use crate::engine::distribution::Distribution;
use crate::engine::random::DRAWS_A_BLOCK;
use crate::engine::time::{SimDuration, SimTime};
use crate::journal::fact::Fact;
use crate::scenario::Scenario;
use crate::scenario::hosts::HostHealth;
use crate::scenario::revision::RevisionId;
use crate::scenario::server::{Agent, Instance as Described, InstanceDeployment, ScriptBehaviour};

/// Every instance, and what all of them have been told last.
#[derive(Clone, Debug, Default)]
pub struct Instances<'s> {
    /// By id.
    pub all: Vec<Instance>,
    /// The revision of the last successful deployment of the group, if there was one (CD-RBC-2).
    pub last_successful: Option<RevisionId>,
    /// What those that are at work are told.
    pub command: Option<Command<'s>>,
}

/// What an instance is told to do.
#[derive(Clone, Copy, Debug)]
pub struct Command<'s> {
    /// By which deployment.
    pub deployment: DeploymentNumber,
    /// What is asked of it.
    pub asked: &'s InstanceDeployment,
    /// What is deployed.
    pub revision: RevisionId,
    /// The events to go through.
    pub events: &'static [InstanceEvent],
}

/// One instance.
#[derive(Clone, Copy, Debug)]
pub struct Instance {
    /// What CodeDeploy remembers of it (CD-HH-1).
    pub health: HostHealth,
    /// The revision whose files are on it, if any.
    pub runs: Option<RevisionId>,
    /// The revision that was deployed to it with success last (CD-EC2-7).
    pub previous: Option<RevisionId>,
    /// Whether an agent runs on it.
    has_agent: bool,
    /// Whether a file stands in the way (CD-FIL-2).
    has_foreign_file: bool,
    /// How far it has come.
    course: Course,
}

/// The events of one deployment on one instance, each told when it has ended.
#[derive(Clone, Copy, Debug)]
struct Course {
    began: SimTime,
    /// How many events end.
    ended: usize,
    /// Whether one more does not begin in time.
    is_late: bool,
    /// Whether it is cut short from outside.
    is_cut: bool,
    /// Start and end of each event, in milliseconds since it began.
    spans: [[u32; 2]; INSTANCE_EVENTS],
    codes: [LifecycleErrorCode; INSTANCE_EVENTS],
}

const NOTHING: Course = Course {
    began: SimTime::ZERO,
    ended: 0,
    is_late: false,
    is_cut: false,
    spans: [[0; 2]; INSTANCE_EVENTS],
    codes: [LifecycleErrorCode::Success; INSTANCE_EVENTS],
};

impl Instance {
    /// As it is described, with or without an agent; what is up to date runs this revision.
    pub fn found(described: &Described, has_agent: bool, current: RevisionId) -> Instance {
        let runs = (described.health == HostHealth::UP_TO_DATE).then_some(current);
        Instance {
            health: described.health,
            runs,
            previous: runs,
            has_agent,
            has_foreign_file: described.has_foreign_file,
            course: NOTHING,
        }
    }

    /// It is told to go through the events of a deployment; returns when the last one of them is over.
    pub fn begin(
        &mut self,
        id: InstanceId,
        command: &Command<'_>,
        scenario: &Scenario,
        out: &mut Outbox<'_>,
    ) -> SimTime {
        let described =
            &scenario.server().expect("it is one of the instances").instances[id.index()];
        let agent = Work { id, described, command, scenario };
        let course = &mut self.course;
        (course.began, course.ended) = (out.now(), 0);
        (course.is_late, course.is_cut) = (false, false);
        let assumptions = &scenario.assumptions;
        let (mut now, mut limit) = (0, assumptions.agent_timeout.as_millis());
        for (place, &event) in command.events.iter().enumerate() {
            let gap = if self.has_agent { agent.gap(event, place == 0, out) } else { None };
            let Some(gap) = gap.map(SimDuration::as_millis).filter(|gap| *gap <= limit) else {
                self.course.is_late = true;
                now += limit;
                break;
            };
            limit = assumptions.event_start_timeout.as_millis();
            let revision = match event.is_of_previous_revision() {
                true => self.previous,
                false => Some(command.revision),
            };
            let (took, code) = agent.perform(event, revision, self.has_foreign_file, out);
            let span = [now + gap, now + gap + took.as_millis()];
            now = span[1];
            let course = &mut self.course;
            course.spans[place] = span.map(ms);
            course.codes[place] = code;
            course.ended = place + 1;
            if code != LifecycleErrorCode::Success && !agent.is_ignored(event) {
                break;
            }
        }
        self.course.began + SimDuration::from_millis(now)
    }

    /// It is to stop once the event that is running is over, and at once if none is (CD-STOP-7); returns when.
    pub fn cut(&mut self, now: SimTime) -> SimTime {
        let passed = ms(now.since(self.course.began).as_millis());
        let course = &mut self.course;
        course.is_cut = true;
        course.is_late = false;
        let begun = course.spans[..course.ended].iter().filter(|[start, _]| *start <= passed);
        course.ended = begun.count();
        match course.ended.checked_sub(1).map(|last| course.spans[last][1]) {
            Some(end) if end > passed => course.began + SimDuration::from_millis(end.into()),
            _ => now,
        }
    }

    /// It is given up: the event that is running fails now.
    pub fn give_up(&mut self, now: SimTime) {
        let end = self.cut(now);
        if end > now {
            let (passed, course) = (ms(now.since(self.course.began).as_millis()), &mut self.course);
            course.spans[course.ended - 1][1] = passed;
            course.codes[course.ended - 1] = LifecycleErrorCode::UnknownError;
        }
    }

    /// What it was told to do is over: tells how every event went, and returns whether all went well.
    pub fn end(&mut self, id: InstanceId, command: &Command<'_>, out: &mut Outbox<'_>) -> bool {
        let passed = ms(out.now().since(self.course.began).as_millis());
        let (course, deployment) = (&self.course, command.deployment);
        for (place, &event) in command.events[..course.ended].iter().enumerate() {
            let ([start, end], code) = (course.spans[place], course.codes[place]);
            let (ended_ms_ago, took_ms) = (passed - end, end - start);
            out.record(Fact::InstanceEventEnded {
                deployment,
                instance: id,
                event,
                code,
                ended_ms_ago,
                took_ms,
            });
            if event == InstanceEvent::Install && code == LifecycleErrorCode::Success {
                self.runs = Some(command.revision);
                // What an agent has put there it takes away before the next time (CD-FIL-1).
                self.has_foreign_file &=
                    command.asked.file_exists_behavior != FileExistsBehavior::Overwrite;
            }
        }
        if course.is_late {
            let event = command.events[course.ended];
            out.record(Fact::InstanceEventNotStarted { deployment, instance: id, event });
        }
        let is_well = !course.is_cut
            && course.ended == command.events.len()
            && course.codes[course.ended - 1] == LifecycleErrorCode::Success;
        if is_well {
            self.previous = Some(command.revision);
        }
        is_well
    }
}

/// One instance at work: all that says how long its events take.
struct Work<'a, 's> {
    id: InstanceId,
    described: &'a Described,
    command: &'a Command<'s>,
    scenario: &'a Scenario,
}

impl Work<'_, '_> {
    /// How long the agent takes to begin an event, if it ever does.
    fn gap(
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
            Agent::Present | Agent::Slow(_) | Agent::Reboots { .. } | Agent::Lost { .. } => {
                return Some(poll);
            }
        };
        // Only one event has to wait so, and its number of uniforms is its own.
        let index = self.index(event);
        Some(poll + out.draw(more, Purpose::AgentPoll, index, DRAWS_A_BLOCK as u32))
    }

    /// How long an event takes, and how it ends.
    fn perform(
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
        let limit = match event.is_hook() {
            true => self.command.asked.scripts[event as usize],
            false => Some(longest),
        };
        let own = self.described.fails.filter(|(fails, _)| *fails == event).map(|(_, code)| code);
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
        let disallows = self.command.asked.file_exists_behavior == FileExistsBehavior::Disallow;
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
    const fn is_ignored(&self, event: InstanceEvent) -> bool {
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

    /// The block of an event: one for the events that every deployment has, one for those around traffic.
    fn index(&self, event: InstanceEvent) -> u64 {
        let instance = (u64::from(self.command.deployment.0) << 13) + u64::from(self.id.0);
        2 * instance + (turned(event) / DRAWS_A_BLOCK) as u64
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

/// Milliseconds of a course; more than 49 days, which only limits of one's own allow, are told as so many.
fn ms(ms: u64) -> u32 {
    u32::try_from(ms).unwrap_or(u32::MAX)
}
