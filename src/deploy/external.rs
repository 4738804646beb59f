//! A controller of somebody else's: the steps of a workflow, which drive the service by its task sets.
//!
//! | news | what it does |
//! |---|---|
//! | something it waits for has come | makes the call of the step, and waits for the next |
//! | the call is refused | makes it again as often as the step says; then gives the deployment up |
//! | what a step must not see held | gives the deployment up |
//! | nothing in time | gives the deployment up, or goes on, as the step says |
//!
//! A deployment that is given up ends, and the way back is played as a deployment of its own, as CodeDeploy does it. On the
//! way back a refused call and a wait that was too long are told, and it goes on. Calls to CodeDeploy find no deployment.
//!
//! Rules: CD-EXT-1 to CD-EXT-4, CD-EXT-10, ECS-EXT-1, ECS-EXT-2, ECS-EXT-8, ECS-EXT-9, ECS-EXT-21, ECS-EXT-23 to ECS-EXT-27,
//! ECS-EXT-33, ECS-EXT-34 (docs/semantics).

mod call;
mod condition;

use crate::agenda::Outbox;
use crate::agenda::event::{Event, Timer};
use crate::aws::id::{AlarmSet, DeploymentNumber, TaskSetId};
use crate::aws::message::ErrorMessage;
use crate::aws::name::{DeploymentCreator, DeploymentStatus, ErrorCode};
use crate::cloud::Cloud;
use crate::deploy::controller::{Controller, News, Request};
use crate::deploy::deployment_group::{create_deployment, draw_candidate, set_status};
use crate::engine::time::{SimDuration, SimTime};
use crate::journal::fact::Fact;
use crate::scenario::Scenario;
use crate::scenario::external::{NAMED_SETS_MAX, NamedSet, Step, Workflow};
use crate::scenario::revision::RevisionId;

/// The deployment, and the way back from it.
const FORTH: DeploymentNumber = DeploymentNumber(0);
const BACK: DeploymentNumber = DeploymentNumber(1);

/// How far a workflow has come.
#[derive(Clone, Debug)]
pub struct External<'s> {
    scenario: &'s Scenario,
    workflow: &'s Workflow,
    /// [`FORTH`], or [`BACK`] once the deployment was given up.
    number: DeploymentNumber,
    is_over: bool,
    /// The step that is waited for, by its position.
    next: usize,
    /// Since when.
    since: SimTime,
    /// Whether its timeout is armed.
    is_awaited: bool,
    /// When time alone will make it go on, as far as that is armed.
    armed: Option<SimTime>,
    /// Whether it has waited for too long, and goes on.
    timed_out: bool,
    /// How often its call was refused, and when it is made again.
    refused: u32,
    again_at: SimTime,
    /// What is deployed.
    candidate: u8,
    /// The revision that was announced last.
    told: RevisionId,
    /// The task sets by their names, as far as they were created.
    sets: [Option<TaskSetId>; NAMED_SETS_MAX],
}

/// Why a deployment is given up.
type Reason = (ErrorCode, ErrorMessage);

impl<'s> External<'s> {
    /// The controller of a scenario that has these steps.
    pub fn new(scenario: &'s Scenario, workflow: &'s Workflow) -> External<'s> {
        External {
            scenario,
            workflow,
            number: FORTH,
            is_over: false,
            next: 0,
            since: SimTime::ZERO,
            is_awaited: false,
            armed: None,
            timed_out: false,
            refused: 0,
            again_at: SimTime::ZERO,
            candidate: 0,
            told: RevisionId::ORIGINAL,
            sets: [None; NAMED_SETS_MAX],
        }
    }

    /// The steps that are played: those forth, or those back.
    fn steps(&self) -> &'s [Step] {
        if self.number == FORTH { &self.workflow.steps } else { &self.workflow.abort }
    }

    const fn timer(&self, timer: Timer) -> Event {
        Event::Deployment(self.number, timer)
    }

    /// Goes on for as long as steps need not wait.
    fn advance(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        while !self.is_over {
            let Some(step) = self.steps().get(self.next) else {
                return self.end(out);
            };
            if let Some(reason) = self.reason_to_give_up(step, cloud, out) {
                self.give_up(reason, out);
                continue;
            }
            if !self.is_due(step, cloud, out) {
                return self.await_step(step, out);
            }
            match self.act(step, cloud, out) {
                Ok(()) => self.begin_next(out),
                Err(exception) if !self.tries_again(step, out) => {
                    // On the way back whatever still can be done is done.
                    if self.number == BACK {
                        self.begin_next(out);
                        continue;
                    }
                    let message = ErrorMessage::CallRefused { exception };
                    self.give_up((ErrorCode::EcsUpdateError, message), out);
                }
                Err(_) => return,
            }
        }
    }

    /// Why the deployment is given up now, if it is; on the way back nothing is.
    fn reason_to_give_up(
        &self,
        step: &Step,
        cloud: &Cloud<'s>,
        out: &Outbox<'_>,
    ) -> Option<Reason> {
        if self.number == BACK {
            return None;
        }
        let mut conditions = self.workflow.abort_if.iter().chain(&step.unless);
        let held = conditions.find(|condition| self.holds(condition, cloud, out.now()))?;
        let mut alarms = AlarmSet::default();
        self.collect_alarms(held, cloud, out.now(), &mut alarms);
        Some(match alarms.is_empty() {
            false => (ErrorCode::AlarmActive, ErrorMessage::AlarmsActive { alarms }),
            true => (ErrorCode::CustomerApplicationUnhealthy, ErrorMessage::GivenUp),
        })
    }

    /// Whether nothing keeps the step back any more.
    fn is_due(&self, step: &Step, cloud: &Cloud<'s>, out: &Outbox<'_>) -> bool {
        let now = out.now();
        let has_come = step.when.as_ref().is_none_or(|condition| self.holds(condition, cloud, now));
        (has_come || self.timed_out) && self.again_at <= now
    }

    /// Waits for the step: news come by themselves, time does not.
    fn await_step(&mut self, step: &Step, out: &mut Outbox<'_>) {
        if let Some(timeout) = step.timeout.filter(|_| !self.is_awaited) {
            out.schedule_at(self.since + timeout, self.timer(Timer::Timeout));
        }
        self.is_awaited = true;
        let now = out.now();
        let mut next = (self.again_at > now).then_some(self.again_at);
        let conditions = step.when.iter().chain(&step.unless).chain(&self.workflow.abort_if);
        for condition in conditions {
            self.earliest(condition, now, &mut next);
        }
        if let Some(next) = next.filter(|_| next != self.armed) {
            self.armed = Some(next);
            out.schedule_at(next, self.timer(Timer::Schedule));
        }
    }

    /// The step after this one is waited for from now on.
    fn begin_next(&mut self, out: &mut Outbox<'_>) {
        self.leave_step(out);
        self.next += 1;
    }

    fn leave_step(&mut self, out: &mut Outbox<'_>) {
        out.cancel(self.timer(Timer::Timeout));
        out.cancel(self.timer(Timer::Schedule));
        self.since = out.now();
        self.is_awaited = false;
        self.armed = None;
        self.timed_out = false;
        self.refused = 0;
        self.again_at = SimTime::ZERO;
    }

    /// A refused call is made again a while later, if the step says so.
    fn tries_again(&mut self, step: &Step, out: &mut Outbox<'_>) -> bool {
        self.refused += 1;
        let again = self.refused < step.retry.attempts;
        if again {
            self.again_at = out.now() + step.retry.every;
            self.armed = Some(self.again_at);
            out.schedule_at(self.again_at, self.timer(Timer::Schedule));
        }
        again
    }

    /// The deployment ends badly, and the way back begins, if there is one.
    fn give_up(&mut self, (code, message): Reason, out: &mut Outbox<'_>) {
        let deployment = self.number;
        self.leave_step(out);
        out.follow(Fact::DeploymentErrorSet { deployment, code, message });
        let status = match code {
            ErrorCode::AlarmActive => DeploymentStatus::Stopped,
            _ => DeploymentStatus::Failed,
        };
        set_status(deployment, status, out);
        self.is_over = self.workflow.abort.is_empty();
        if !self.is_over {
            self.number = BACK;
            self.next = 0;
            create_deployment(BACK, DeploymentCreator::External, Some(FORTH), out);
            set_status(BACK, DeploymentStatus::InProgress, out);
        }
    }

    /// The last step is done.
    fn end(&mut self, out: &mut Outbox<'_>) {
        self.leave_step(out);
        self.is_over = true;
        set_status(self.number, DeploymentStatus::Succeeded, out);
    }

    fn on_due(&mut self, timer: Timer, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        if timer == Timer::Timeout {
            let step = &self.steps()[self.next];
            if step.goes_on_after_timeout || self.number == BACK {
                self.timed_out = true;
            } else {
                let waited = out.now().since(self.since);
                let seconds = u32::try_from(waited.as_millis() / 1000).unwrap_or(u32::MAX);
                self.give_up((ErrorCode::Timeout, ErrorMessage::NotInTime { seconds }), out);
            }
        }
        self.advance(cloud, out);
    }

    /// It looks at the account at once, or when its next look is due.
    fn on_fact(&mut self, fact: &Fact, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        if self.is_over || !self.waits_for(fact) {
            return;
        }
        let period = self.workflow.poll.as_millis();
        let since_look = if period == 0 { 0 } else { out.now().as_millis() % period };
        if since_look == 0 {
            self.advance(cloud, out);
        } else {
            let wait = SimDuration::from_millis(period - since_look);
            out.schedule(wait, self.timer(Timer::AlarmPoll));
        }
    }

    /// Neither CodeDeploy nor ECS knows anything of the deployment.
    fn on_request(request: Request, out: &mut Outbox<'_>) {
        let (call, exception) = (request.name(), request.not_found());
        out.record(Fact::CallRefused { call, exception, deployment: None });
    }
}

impl<'s> Controller<'s> for External<'s> {
    fn reset(&mut self) {
        *self = External::new(self.scenario, self.workflow);
    }

    fn begin(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        self.candidate = draw_candidate(self.scenario, 0, out);
        self.told = RevisionId::of_candidate(self.candidate);
        if self.scenario.finds_service() {
            self.sets[NamedSet::ORIGINAL.index()] = Some(cloud.primary_task_set().id);
        }
        create_deployment(FORTH, DeploymentCreator::External, None, out);
        let bad = self.scenario.candidates[self.candidate as usize].bad;
        let (deployment, candidate) = (FORTH, self.candidate);
        out.record(Fact::ReplacementDrawn { deployment, candidate, bad });
        set_status(FORTH, DeploymentStatus::InProgress, out);
        self.advance(cloud, out);
    }

    fn wants(&self) -> fn(&Fact) -> bool {
        |fact| {
            matches!(
                fact,
                Fact::TaskSetStabilityChanged { .. }
                    | Fact::TaskSetScaled { .. }
                    | Fact::TaskSetDeleted { .. }
                    | Fact::TargetHealthChanged { .. }
                    | Fact::AlarmStateChanged { .. }
            )
        }
    }

    fn on_news(&mut self, news: News, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        match news {
            News::Fact(fact) => self.on_fact(&fact, cloud, out),
            News::Due(_, timer) => self.on_due(timer, cloud, out),
            News::Called(request) => Self::on_request(request, out),
        }
    }

    fn is_done(&self) -> bool {
        self.is_over
    }
}
