//! CodeDeploy where it shifts traffic, on Amazon ECS and on AWS Lambda: one deployment group, one active deployment at a
//! time.
//!
//! Which deployments are created, refused, or follow each other, and who may stop or continue them. The course
//! of one deployment is in `run`, with its hooks in `hook`, its increments in `shift`, its alarms in `alarms`, its
//! end in `ending`; what only one platform has in `ecs` and `lambda`. Not the cloud that it acts on
//! (`cloud`), nor the schedule's rule (`scenario::traffic_routing`).
//!
//! Rules: CD-SM-5, CD-SM-6, CD-ECS-64, CD-ECS-73, CD-STOP-1 to CD-STOP-4, CD-STOP-7, CD-STOP-8
//! (docs/semantics/codedeploy.md).

mod alarms;
mod calls;
mod ecs;
mod ending;
mod hook;
mod lambda;
mod run;
mod shift;
mod steadiness;

use crate::agenda::Outbox;
use crate::agenda::chance::Purpose;
use crate::agenda::event::Event;
use crate::aws::call::{ApiCall, ApiException, DeploymentWaitType, FaultKind, ServiceStatus};
use crate::aws::id::{DEPLOYMENTS_MAX, DeploymentNumber};
use crate::aws::name::HookAnswer;
use crate::cloud::Cloud;
use crate::deploy::controller::{Controller, News, Request};
use crate::engine::time::{SimDuration, SimTime};
use crate::journal::fact::Fact;
use crate::scenario::Scenario;
use crate::scenario::deployment::Creation;
use run::Run;

/// Whoever asks again waits at least so long.
const RETRY_MIN: SimDuration = SimDuration::from_secs(1);

/// The deployment group and its deployments.
#[derive(Clone, Debug)]
pub struct TrafficShift<'s> {
    scenario: &'s Scenario,
    /// The latest deployment; it is active until it is over.
    latest: Option<Run<'s>>,
    /// Deployments that are still to be created, by position in the scenario.
    outstanding: [bool; DEPLOYMENTS_MAX],
    /// How often each was refused.
    refusals: [u32; DEPLOYMENTS_MAX],
}

impl<'s> TrafficShift<'s> {
    /// The deployment group of the scenario.
    pub fn new(scenario: &'s Scenario) -> TrafficShift<'s> {
        let mut outstanding = [false; DEPLOYMENTS_MAX];
        outstanding[..scenario.deployments.len()].fill(true);
        TrafficShift { scenario, latest: None, outstanding, refusals: [0; DEPLOYMENTS_MAX] }
    }

    fn active(&mut self) -> Option<&mut Run<'s>> {
        self.latest.as_mut().filter(|run| !run.is_over())
    }

    /// `CreateDeployment`: refused while another deployment of the group is active (CD-SM-5).
    fn create(&mut self, request: u8, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        let deployment = &self.scenario.deployments[request as usize];
        let (call, busy) = (ApiCall::CreateDeployment, ApiException::DeploymentLimitExceeded);
        if let Some(active) = self.active() {
            let number = active.number();
            out.record(Fact::CallRefused { call, exception: busy, deployment: Some(number) });
            let refusals = &mut self.refusals[request as usize];
            let attempt = *refusals;
            *refusals += 1;
            match &deployment.retry {
                Some(retry) => {
                    let pause = out.draw(retry, Purpose::Retry, request.into(), attempt);
                    out.schedule(pause.max(RETRY_MIN), Event::DeploymentRequest(request));
                }
                None => self.outstanding[request as usize] = false,
            }
            return;
        }
        self.outstanding[request as usize] = false;
        let number = self.latest.as_ref().map_or(0, |run| run.number().0 + 1);
        let number = DeploymentNumber(number);
        self.latest = Some(Run::create(self.scenario, request, number, cloud, out));
    }

    /// A deployment that waits for the one before it is created once that has ended or was refused, in the same
    /// instant (CD-SM-6).
    fn create_following(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        let deployments = &self.scenario.deployments;
        while self.active().is_none() {
            let follows = |index: &usize| {
                self.outstanding[*index]
                    && deployments[*index].creation == Creation::AfterPrevious
                    && !self.outstanding[*index - 1]
            };
            let Some(next) = (1..deployments.len()).find(follows) else { return };
            // Any number of deployments that take no time would not come to rest at one instant.
            if self.latest.as_ref().is_some_and(|run| run.created == out.now()) {
                let next = Event::DeploymentRequest(next as u8);
                return out.schedule(SimDuration::from_millis(1), next);
            }
            self.create(next as u8, cloud, out);
        }
    }

    /// `ContinueDeployment`: ends the wait that the call names, if the deployment is in it (CD-ECS-64,
    /// CD-ECS-73).
    fn on_continue(&mut self, wait: DeploymentWaitType, out: &mut Outbox<'_>) {
        let refusal = match self.latest.as_mut() {
            None => Some(ApiException::DeploymentDoesNotExist),
            Some(run) if run.is_over() => Some(ApiException::DeploymentAlreadyCompleted),
            Some(run) => run.end_wait(wait, out).err(),
        };
        self.refuse(ApiCall::ContinueDeployment, refusal, out);
    }

    /// `PutLifecycleEventHookExecutionStatus` by somebody else: only while a function is awaited (CD-LE-7).
    fn on_answer(&mut self, answer: HookAnswer, out: &mut Outbox<'_>) {
        let refusal = match self.latest.as_mut() {
            None => Some(ApiException::DeploymentDoesNotExist),
            Some(run) => run.answer_hook(answer, out).err(),
        };
        self.refuse(ApiCall::PutLifecycleEventHookExecutionStatus, refusal, out);
    }

    /// `StopDeployment`: any deployment can be stopped that has not ended (CD-STOP-2, CD-STOP-8).
    fn on_stop(
        &mut self,
        auto_rollback_enabled: Option<bool>,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) {
        let refusal = match self.latest.as_mut() {
            None => Some(ApiException::DeploymentDoesNotExist),
            Some(run) if run.is_over() => Some(ApiException::DeploymentAlreadyCompleted),
            Some(run) => {
                run.on_stop(auto_rollback_enabled, cloud, out);
                None
            }
        };
        self.refuse(ApiCall::StopDeployment, refusal, out);
    }

    fn refuse(&self, call: ApiCall, refusal: Option<ApiException>, out: &mut Outbox<'_>) {
        if let Some(exception) = refusal {
            let deployment = self.latest.as_ref().map(Run::number);
            out.record(Fact::CallRefused { call, exception, deployment });
        }
    }
}

impl<'s> Controller<'s> for TrafficShift<'s> {
    fn reset(&mut self) {
        *self = TrafficShift::new(self.scenario);
    }

    fn begin(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        self.create(0, cloud, out);
        for (request, deployment) in self.scenario.deployments.iter().enumerate().skip(1) {
            if let Creation::At(at) = deployment.creation {
                out.schedule_at(SimTime::ZERO + at, Event::DeploymentRequest(request as u8));
            }
        }
    }

    fn wants(&self, fact: &Fact) -> bool {
        matches!(
            fact,
            Fact::TaskSetStabilityChanged { .. }
                | Fact::HookAnswered { .. }
                | Fact::ServiceDesiredCountUpdated { .. }
                | Fact::ServiceStatusChanged { status: ServiceStatus::Draining }
                | Fact::AlarmStateChanged { .. }
                | Fact::FaultBegan { fault: FaultKind::AlarmsThrottled | FaultKind::AlarmsDenied }
                | Fact::FaultEnded { fault: FaultKind::AlarmsThrottled | FaultKind::AlarmsDenied }
        )
    }

    fn on_news(&mut self, news: News, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        match news {
            News::Called(Request::Create(request)) => self.create(request, cloud, out),
            News::Called(Request::Continue(wait)) => self.on_continue(wait, out),
            News::Called(Request::Answer(answer)) => self.on_answer(answer, out),
            News::Called(Request::Stop(rolls_back)) => self.on_stop(rolls_back, cloud, out),
            News::Due(_, timer) => {
                self.active().expect("an ended deployment has no timer").on_due(timer, cloud, out);
            }
            News::Fact(fact) => {
                if let Some(run) = self.active() {
                    run.on_fact(fact, cloud, out);
                }
            }
        }
        self.create_following(cloud, out);
    }

    fn is_done(&self) -> bool {
        self.latest.as_ref().is_none_or(Run::is_over) && !self.outstanding.contains(&true)
    }
}
