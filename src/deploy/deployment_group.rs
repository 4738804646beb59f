//! One deployment group: which deployments are created, refused, or follow each other, and who may stop or continue them.
//!
//! At most one is active at a time. The course of one is its platform's own: `traffic_shift` on Amazon ECS and AWS Lambda,
//! `server` on instances.
//!
//! Rules: CD-SM-5, CD-SM-6, CD-ECS-64, CD-ECS-73, CD-STOP-1 to CD-STOP-4, CD-STOP-7, CD-STOP-8
//! (docs/semantics/codedeploy.md).

use crate::agenda::Outbox;
use crate::agenda::chance::Purpose;
use crate::agenda::event::{Event, Timer};
use crate::aws::call::{ApiCall, ApiException, DeploymentWaitType};
use crate::aws::id::{DEPLOYMENTS_MAX, DeploymentId, DeploymentNumber};
use crate::aws::name::{DeploymentCreator, DeploymentStatus, HookAnswer};
use crate::cloud::Cloud;
use crate::deploy::controller::{Controller, News, Request};
use crate::engine::distribution;
use crate::engine::time::{SimDuration, SimTime};
use crate::journal::fact::Fact;
use crate::scenario::Scenario;
use crate::scenario::deployment::Creation;

/// Whoever asks again waits at least so long.
const RETRY_MIN: SimDuration = SimDuration::from_secs(1);

/// One deployment, with the rollback that may follow it.
pub trait Course<'s>: Sized {
    /// Whether ECS itself deploys, and CodeDeploy knows nothing of it.
    const IS_OF_ECS: bool = false;

    /// `CreateDeployment` is accepted; what it deploys is drawn. It may use the memory of one that is over.
    fn create(
        asked: Asked<'s>,
        spare: Option<Self>,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) -> Self;

    /// Its number, or that of its rollback once that has begun.
    fn number(&self) -> DeploymentNumber;

    /// The last number that it has given to a deployment, to itself or to one that belongs to it.
    fn last_number(&self) -> DeploymentNumber {
        self.number()
    }

    /// When it was created.
    fn created(&self) -> SimTime;

    /// Whether it has ended, its rollback included.
    fn is_over(&self) -> bool;

    /// Whether nothing more is to come of what belongs to it, now that it has ended.
    fn is_at_rest(&self) -> bool {
        self.is_over()
    }

    /// Whether it hears of facts after it has ended too.
    const HEARS_ON: bool = false;

    /// Whether it wants to hear of such a fact at all.
    fn wants(fact: &Fact) -> bool;

    /// Something has happened that it wants to hear of.
    fn on_fact(&mut self, fact: Fact, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>);

    /// One of its timers is due.
    fn on_due(&mut self, timer: Timer, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>);

    /// `ContinueDeployment`: the wait ends now (CD-ECS-61, CD-ECS-73).
    fn end_wait(
        &mut self,
        wait: DeploymentWaitType,
        out: &mut Outbox<'_>,
    ) -> Result<(), ApiException>;

    /// Somebody answers in the place of a hook function (CD-LE-7).
    fn answer_hook(&mut self, answer: HookAnswer, out: &mut Outbox<'_>)
    -> Result<(), ApiException>;

    /// `StopDeployment` (CD-STOP-1, CD-STOP-4, CD-STOP-7).
    fn on_stop(
        &mut self,
        auto_rollback_enabled: Option<bool>,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    );
}

/// What is asked for: a deployment by its position in the scenario, and the number it gets.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'s> {
    /// The scenario.
    pub scenario: &'s Scenario,
    /// Its position there.
    pub request: u8,
    /// Its number in this run.
    pub number: DeploymentNumber,
}

/// The deployment group and its deployments.
#[derive(Clone, Debug)]
pub struct DeploymentGroup<'s, C> {
    scenario: &'s Scenario,
    /// The latest deployment; it is active until it is over.
    latest: Option<C>,
    /// One of an earlier run, for its memory.
    spare: Option<C>,
    /// Deployments that are still to be created, by position in the scenario.
    outstanding: [bool; DEPLOYMENTS_MAX],
    /// How often each was refused.
    refusals: [u32; DEPLOYMENTS_MAX],
}

impl<'s, C: Course<'s>> DeploymentGroup<'s, C> {
    /// The deployment group of the scenario.
    pub fn new(scenario: &'s Scenario) -> Self {
        let mut outstanding = [false; DEPLOYMENTS_MAX];
        outstanding[..scenario.deployments.len()].fill(true);
        let refusals = [0; DEPLOYMENTS_MAX];
        DeploymentGroup { scenario, latest: None, spare: None, outstanding, refusals }
    }

    fn active(&mut self) -> Option<&mut C> {
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
        let number = self.latest.as_ref().map_or(0, |run| run.last_number().0 + 1);
        let number = DeploymentNumber(number);
        let asked = Asked { scenario: self.scenario, request, number };
        let spare = self.latest.take().or(self.spare.take());
        self.latest = Some(C::create(asked, spare, cloud, out));
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
            if self.latest.as_ref().is_some_and(|run| run.created() == out.now()) {
                let next = Event::DeploymentRequest(next as u8);
                return out.schedule(SimDuration::from_millis(1), next);
            }
            self.create(next as u8, cloud, out);
        }
    }

    /// `ContinueDeployment`: ends the wait that the call names, if the deployment is in it (CD-ECS-64,
    /// CD-ECS-73).
    fn on_continue(&mut self, call: ApiCall, wait: DeploymentWaitType, out: &mut Outbox<'_>) {
        let refusal = match self.latest.as_mut() {
            None => Some(ApiException::DeploymentDoesNotExist),
            Some(run) if run.is_over() => Some(ApiException::DeploymentAlreadyCompleted),
            Some(run) => run.end_wait(wait, out).err(),
        };
        self.refuse(call, refusal, out);
    }

    /// A hook is answered by somebody else: only while one is awaited (CD-LE-7, ECS-BG-5).
    fn on_answer(&mut self, request: Request, answer: HookAnswer, out: &mut Outbox<'_>) {
        let refusal = match self.latest.as_mut() {
            None => Some(request.not_found()),
            Some(run) => run.answer_hook(answer, out).err(),
        };
        self.refuse(request.name(), refusal, out);
    }

    /// A deployment is stopped: any can be that has not ended (CD-STOP-2, CD-STOP-8, ECS-BG-10).
    fn on_stop(
        &mut self,
        request: Request,
        auto_rollback_enabled: Option<bool>,
        cloud: &mut Cloud<'s>,
        out: &mut Outbox<'_>,
    ) {
        let is_of_stack = self.is_of_stack();
        let refusal = match self.latest.as_mut() {
            None => Some(request.not_found()),
            Some(run) if run.is_over() && C::IS_OF_ECS => Some(request.not_found()),
            Some(run) if run.is_over() => Some(ApiException::DeploymentAlreadyCompleted),
            // Only its stack can end it (CD-CFN-8).
            Some(_) if is_of_stack => Some(ApiException::UnsupportedActionForDeploymentType),
            Some(run) => {
                run.on_stop(auto_rollback_enabled, cloud, out);
                None
            }
        };
        self.refuse(request.name(), refusal, out);
    }

    /// Whether a call is for CodeDeploy where ECS deploys, or the other way round.
    const fn is_elsewhere(request: Request) -> bool {
        let is_to_ecs = matches!(
            request,
            Request::StopServiceDeployment { .. } | Request::ContinueServiceDeployment(_)
        );
        is_to_ecs != C::IS_OF_ECS
    }

    /// Whether the updates of a stack deploy, and nobody else.
    fn is_of_stack(&self) -> bool {
        self.scenario.first_deployment().creator == DeploymentCreator::CloudFormation
    }

    /// `CancelUpdateStack`: the stack goes back to where it was, while its update is under way (CD-CFN-8).
    fn on_cancel(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        let is_of_stack = self.is_of_stack();
        let refusal = match self.latest.as_mut() {
            Some(run) if is_of_stack && !run.is_over() => {
                run.on_stop(Some(true), cloud, out);
                None
            }
            _ => Some(ApiException::Validation),
        };
        self.refuse(ApiCall::CancelUpdateStack, refusal, out);
    }

    fn refuse(&self, call: ApiCall, refusal: Option<ApiException>, out: &mut Outbox<'_>) {
        if let Some(exception) = refusal {
            let deployment = self.latest.as_ref().map(C::number);
            out.record(Fact::CallRefused { call, exception, deployment });
        }
    }
}

impl<'s, C: Course<'s>> Controller<'s> for DeploymentGroup<'s, C> {
    fn reset(&mut self) {
        let spare = self.latest.take().or(self.spare.take());
        *self = DeploymentGroup { spare, ..DeploymentGroup::new(self.scenario) };
    }

    fn begin(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        self.create(0, cloud, out);
        for (request, deployment) in self.scenario.deployments.iter().enumerate().skip(1) {
            if let Creation::At(at) = deployment.creation {
                out.schedule_at(SimTime::ZERO + at, Event::DeploymentRequest(request as u8));
            }
        }
    }

    fn wants(&self) -> fn(&Fact) -> bool {
        C::wants
    }

    fn on_news(&mut self, news: News, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>) {
        match news {
            News::Called(Request::Create(request)) => self.create(request, cloud, out),
            News::Called(request) if Self::is_elsewhere(request) => {
                self.refuse(request.name(), Some(request.not_found()), out);
            }
            News::Called(Request::Continue(wait)) => {
                self.on_continue(ApiCall::ContinueDeployment, wait, out);
            }
            News::Called(Request::SkipWait) => {
                let call = ApiCall::SkipWaitTimeForInstanceTermination;
                self.on_continue(call, DeploymentWaitType::TerminationWait, out);
            }
            News::Called(
                request @ (Request::Answer(answer) | Request::ContinueServiceDeployment(answer)),
            ) => self.on_answer(request, answer, out),
            News::Called(Request::CancelUpdate) => self.on_cancel(cloud, out),
            News::Called(request @ Request::Stop(rolls_back)) => {
                self.on_stop(request, rolls_back, cloud, out);
            }
            News::Called(request @ Request::StopServiceDeployment { rolls_back }) => {
                self.on_stop(request, Some(rolls_back), cloud, out);
            }
            News::Due(_, timer) => {
                self.active().expect("an ended deployment has no timer").on_due(timer, cloud, out);
            }
            News::Fact(fact) => {
                if let Some(run) = self.latest.as_mut().filter(|run| C::HEARS_ON || !run.is_over())
                {
                    run.on_fact(fact, cloud, out);
                }
            }
        }
        self.create_following(cloud, out);
    }

    fn is_done(&self) -> bool {
        self.latest.as_ref().is_none_or(C::is_at_rest) && !self.outstanding.contains(&true)
    }
}

// ---- what every deployment does ----------------------------------------------------------------------

/// A deployment has another status; what follows is caused by that.
pub(super) fn set_status(
    deployment: DeploymentNumber,
    status: DeploymentStatus,
    out: &mut Outbox<'_>,
) {
    out.follow(Fact::DeploymentStatusChanged { deployment, status });
}

/// A deployment exists, under an id drawn for it.
pub(super) fn create_deployment(
    deployment: DeploymentNumber,
    creator: DeploymentCreator,
    rolls_back: Option<DeploymentNumber>,
    out: &mut Outbox<'_>,
) {
    let bits = out.chance().at(Purpose::DeploymentId, deployment.0.into()).bits(0);
    let id = DeploymentId::from_random(bits);
    out.follow(Fact::DeploymentCreated { deployment, id, creator, rolls_back });
}

/// Which candidate a deployment brings in this replication: by weight, from one uniform.
pub(super) fn draw_candidate(scenario: &Scenario, request: u8, out: &mut Outbox<'_>) -> u8 {
    let deploys = &scenario.deployments[request as usize].deploys;
    if let [only] = deploys.as_slice() {
        return *only;
    }
    let uniform = out.chance().at(Purpose::Candidate, request.into()).uniform(0);
    let weights = deploys.iter().map(|&one| scenario.candidates[one as usize].weight);
    deploys[distribution::choose(weights, uniform)]
}
