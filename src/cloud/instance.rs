//! EC2 instances and on-premises servers: the agent on each, what runs there, and how far it has come with what it was
//! told.
//!
//! An agent goes through the lifecycle events of a deployment by itself, one after another; how long each takes and how it
//! ends is known when it begins, so that one timer does for all that nobody else looks at. Not who tells it to
//! (`deploy::server`), nor how long each event takes (`work`), nor what follows for others (`wiring`).
//!
//! Rules: CD-LE-1, CD-LE-3, CD-LE-5, CD-LE-6, CD-EC2-3, CD-EC2-4, CD-EC2-7, CD-EC2-8, CD-FIL-1 (docs/semantics/codedeploy.md).

mod work;

use crate::agenda::Outbox;
use crate::aws::app_spec::FileExistsBehavior;
use crate::aws::id::{DeploymentNumber, InstanceId, TargetGroupId};
use crate::aws::instance::{
    INSTANCE_EVENTS, InstanceEvent, InstanceState, InstanceStatus, LifecycleErrorCode,
    LifecycleState,
};
use crate::engine::time::{SimDuration, SimTime};
use crate::journal::fact::Fact;
use crate::scenario::Scenario;
use crate::scenario::assumption::Assumptions;
use crate::scenario::hosts::HostHealth;
use crate::scenario::revision::RevisionId;
use crate::scenario::server::{Instance as Described, InstanceDeployment, Standing};
use work::Work;

/// Every instance, and what all of them have been told last.
#[derive(Clone, Debug, Default)]
pub struct Instances<'s> {
    /// By id.
    pub all: Vec<Instance<'s>>,
    /// The revision of the last successful deployment of the group, if there was one (CD-RBC-2).
    pub last_successful: Option<RevisionId>,
    /// What it did with files that were there already; before the first one, what is the default (CD-FIL-3).
    pub last_behavior: Option<FileExistsBehavior>,
    /// What those are told that begin from now on.
    pub command: Option<Command<'s>>,
    /// The revisions that instances serve behind a load balancer, in two places that traffic names as it names target
    /// groups: what was there in one, what is deployed in the other.
    pub places: [Option<RevisionId>; 2],
    /// How many instances serve in each.
    pub serving: [u16; 2],
}

impl Instances<'_> {
    /// The place in which an instance with this revision serves. What stands in neither is told with what was there.
    pub fn place_of(&self, revision: Option<RevisionId>) -> TargetGroupId {
        let stands = |place: usize| self.places[place].is_some() && self.places[place] == revision;
        let of_last = || self.places.iter().position(|place| *place == self.last_successful);
        match (stands(0), stands(1)) {
            (true, _) => TargetGroupId(0),
            (_, true) => TargetGroupId(1),
            _ => TargetGroupId(u8::from(of_last() == Some(1))),
        }
    }

    /// Counts who serves where.
    pub fn count(&mut self) {
        let mut serving = [0; 2];
        for instance in self.all.iter().filter(|instance| instance.serves) {
            serving[self.place_of(instance.runs).index()] += 1;
        }
        self.serving = serving;
    }
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
    /// What happens to files that are there already (CD-FIL-2, CD-FIL-3).
    pub file_exists_behavior: FileExistsBehavior,
    /// The events to go through.
    pub events: &'static [InstanceEvent],
    /// What the deployment has come to on an instance that has gone through them well: a replacement is only `Ready` before
    /// traffic is rerouted (CD-LE-8).
    pub comes_to: InstanceStatus,
}

impl Command<'_> {
    /// Whether it brings files to the instance.
    fn installs(&self) -> bool {
        self.events.contains(&InstanceEvent::Install)
    }
}

/// One instance.
#[derive(Clone, Copy, Debug)]
pub struct Instance<'s> {
    /// What it is to EC2; nothing before it is launched.
    pub state: Option<InstanceState>,
    /// What it was to the deployment group at first.
    pub standing: Standing,
    /// What it is to Auto Scaling, if that has launched it or is about to terminate it (CD-EC2-31, CD-EC2-32).
    pub lifecycle: Option<LifecycleState>,
    /// How often it was launched.
    pub launches: u32,
    /// Whether it belongs to the deployment group (CD-EC2-23).
    pub is_member: bool,
    /// What CodeDeploy remembers of it (CD-HH-1).
    pub health: HostHealth,
    /// The revision whose files are on it, if any.
    pub runs: Option<RevisionId>,
    /// The revision that was deployed to it with success last (CD-EC2-7).
    pub previous: Option<RevisionId>,
    /// Whether it gets requests: registered, and healthy to its load balancer.
    pub serves: bool,
    /// Whether an agent runs on it.
    has_agent: bool,
    /// Whether a file stands in the way (CD-FIL-2).
    has_foreign_file: bool,
    /// What it was told last, and how far it has come with it.
    command: Option<Command<'s>>,
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
    /// When it is over, in milliseconds since it began.
    over: u64,
    /// When the instance leaves its load balancer and when it serves again, if it still will.
    leaves: Option<u64>,
    joins: Option<u64>,
    /// Start and end of each event, in milliseconds since it began.
    spans: [[u32; 2]; INSTANCE_EVENTS],
    codes: [LifecycleErrorCode; INSTANCE_EVENTS],
}

const NOTHING: Course = Course {
    began: SimTime::ZERO,
    ended: 0,
    is_late: false,
    is_cut: false,
    over: 0,
    leaves: None,
    joins: None,
    spans: [[0; 2]; INSTANCE_EVENTS],
    codes: [LifecycleErrorCode::Success; INSTANCE_EVENTS],
};

impl<'s> Instance<'s> {
    /// As it is described, with or without an agent; what is up to date runs this revision, and serves it behind a load
    /// balancer if it belongs to the group.
    pub fn found(
        described: &Described,
        (has_agent, is_balanced): (bool, bool),
        current: RevisionId,
    ) -> Instance<'s> {
        let is_member = described.standing == Standing::Member;
        let is_there = !matches!(described.standing, Standing::NotLaunched | Standing::ToScaleOut);
        let runs = (is_member && described.health == HostHealth::UP_TO_DATE).then_some(current);
        Instance {
            state: is_there.then_some(InstanceState::Running),
            standing: described.standing,
            lifecycle: None,
            launches: 0,
            is_member,
            health: described.health,
            runs,
            previous: runs,
            serves: is_balanced && runs.is_some(),
            has_agent,
            has_foreign_file: described.has_foreign_file,
            command: None,
            course: NOTHING,
        }
    }

    /// Whether it runs.
    pub fn is_running(&self) -> bool {
        self.state == Some(InstanceState::Running)
    }

    /// Whether Auto Scaling has launched it, and it belongs to the group.
    pub fn is_scaled_out(&self) -> bool {
        self.standing == Standing::ToScaleOut && self.is_member && self.is_running()
    }

    /// What it was told last.
    ///
    /// # Panics
    /// If it was never told anything.
    pub const fn command(&self) -> Command<'s> {
        self.command.expect("it was told what to do")
    }

    /// It is told to go through the events of a deployment; returns when it has come to something that others look at.
    pub fn begin(
        &mut self,
        id: InstanceId,
        command: &Command<'s>,
        scenario: &Scenario,
        out: &mut Outbox<'_>,
    ) -> SimTime {
        self.command = Some(*command);
        let described =
            &scenario.server().expect("it is one of the instances").instances[id.index()];
        let work = Work { id, described, command, scenario };
        let course = &mut self.course;
        (course.began, course.ended) = (out.now(), 0);
        (course.is_late, course.is_cut) = (false, false);
        (course.leaves, course.joins) = (None, None);
        let assumptions = &scenario.assumptions;
        let (mut now, mut limit) = (0, assumptions.agent_timeout.as_millis());
        for (place, &event) in command.events.iter().enumerate() {
            // What the service does itself begins at once, agent or not.
            let gap = match event {
                InstanceEvent::BlockTraffic | InstanceEvent::AllowTraffic => {
                    Some(SimDuration::ZERO)
                }
                _ if self.has_agent => work.gap(event, place == 0, out),
                _ => None,
            };
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
            let (took, code) = match event {
                InstanceEvent::BlockTraffic => work.leave(self.serves),
                InstanceEvent::AllowTraffic => work.join(revision, out),
                _ => work.perform(event, revision, self.has_foreign_file, out),
            };
            let span = [now + gap, now + gap + took.as_millis()];
            now = span[1];
            let course = &mut self.course;
            course.spans[place] = span.map(ms);
            course.codes[place] = code;
            course.ended = place + 1;
            match event {
                _ if code != LifecycleErrorCode::Success => {}
                InstanceEvent::BlockTraffic if self.serves => course.leaves = Some(span[0]),
                InstanceEvent::AllowTraffic => course.joins = Some(now),
                _ => {}
            }
            if code != LifecycleErrorCode::Success && !work.is_ignored(event) {
                break;
            }
        }
        self.course.over = now;
        self.next()
    }

    /// When it comes to something that others look at: it leaves its load balancer, serves again, or is done.
    fn next(&self) -> SimTime {
        let Course { began, over, leaves, joins, .. } = self.course;
        let first = leaves.or(joins).map_or(over, |at| at.min(over));
        began + SimDuration::from_millis(first)
    }

    /// It has come to something that others look at: returns whether it serves otherwise now, and when it comes to
    /// something more; nothing if it is done.
    ///
    /// # Panics
    /// If it was never told anything.
    pub fn step(&mut self, now: SimTime) -> (bool, Option<SimTime>) {
        let command = self.command();
        let passed = now.since(self.course.began).as_millis();
        let before = self.serves;
        if self.course.leaves.take_if(|at| *at <= passed).is_some() {
            self.serves = false;
        }
        let joins =
            self.course.leaves.is_none() && self.course.joins.take_if(|at| *at <= passed).is_some();
        if joins {
            self.serves = true;
            if command.installs() {
                self.runs = Some(command.revision);
            }
        }
        let is_over = self.course.over <= passed;
        (self.serves != before, (!is_over).then(|| self.next()))
    }

    /// It is to stop once the event that is running is over, and at once if none is (CD-STOP-7); returns when.
    pub fn cut(&mut self, now: SimTime) -> SimTime {
        let passed = ms(now.since(self.course.began).as_millis());
        let course = &mut self.course;
        course.is_cut = true;
        course.is_late = false;
        let begun = course.spans[..course.ended].iter().filter(|[start, _]| *start <= passed);
        course.ended = begun.count();
        let running = course.ended.checked_sub(1).map(|last| course.spans[last][1]);
        course.over = u64::from(running.filter(|end| *end > passed).unwrap_or(passed));
        let (over, now_ms) = (course.over, u64::from(passed));
        course.leaves = course.leaves.filter(|at| *at <= now_ms);
        course.joins = course.joins.filter(|at| *at <= over);
        self.next()
    }

    /// It is gone: nobody reports the end of the event that is running, nor begins another one (CD-EC2-33, CD-LE-5, CD-LE-6).
    /// Returns until when it is waited for, if it is at work.
    pub fn lose(&mut self, now: SimTime, assumptions: &Assumptions) -> Option<SimTime> {
        self.has_agent = false;
        let passed = now.since(self.course.began).as_millis();
        if self.command.is_none() || self.course.over <= passed {
            return None;
        }
        let course = &mut self.course;
        (course.leaves, course.joins) = (None, None);
        let begun = |[start, _]: &&[u32; 2]| u64::from(*start) <= passed;
        course.ended = course.spans[..course.ended].iter().filter(begun).count();
        let last = course.ended.checked_sub(1).map(|last| course.spans[last]);
        match last.filter(|[_, end]| u64::from(*end) > passed) {
            Some([start, _]) => {
                course.over = u64::from(start) + assumptions.event_timeout.as_millis();
                course.spans[course.ended - 1][1] = ms(course.over);
                course.codes[course.ended - 1] = LifecycleErrorCode::UnknownError;
            }
            None => {
                let limit = match last {
                    Some(_) => assumptions.event_start_timeout,
                    None => assumptions.agent_timeout,
                };
                course.over = last.map_or(0, |[_, end]| end.into()) + limit.as_millis();
                course.is_late = true;
            }
        }
        Some(course.began + SimDuration::from_millis(course.over))
    }

    /// It is given up: the event that is running fails now.
    pub fn give_up(&mut self, now: SimTime) {
        self.cut(now);
        let passed = now.since(self.course.began).as_millis();
        if self.course.over > passed {
            let (passed, course) = (ms(passed), &mut self.course);
            course.joins = None;
            course.over = u64::from(passed);
            course.spans[course.ended - 1][1] = passed;
            course.codes[course.ended - 1] = LifecycleErrorCode::UnknownError;
        }
    }

    /// What it was told to do is over: tells how every event went, and returns whether all went well.
    pub fn end(&mut self, id: InstanceId, out: &mut Outbox<'_>) -> bool {
        let command = self.command();
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
                    command.file_exists_behavior != FileExistsBehavior::Overwrite;
            }
        }
        if course.is_late {
            let event = command.events[course.ended];
            out.record(Fact::InstanceEventNotStarted { deployment, instance: id, event });
        }
        let is_well = !course.is_cut
            && course.ended == command.events.len()
            && course.codes[course.ended - 1] == LifecycleErrorCode::Success;
        if is_well && command.installs() {
            self.previous = Some(command.revision);
        }
        is_well
    }
}

/// Milliseconds of a course; more than 49 days, which only limits of one's own allow, are told as so many.
fn ms(ms: u64) -> u32 {
    u32::try_from(ms).unwrap_or(u32::MAX)
}
