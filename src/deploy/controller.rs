//! What every deployment controller is: it is told news, it calls the API, it ends.

use crate::agenda::Outbox;
use crate::agenda::event::Timer;
use crate::aws::call::{ApiCall, ApiException, DeploymentWaitType};
use crate::aws::id::DeploymentNumber;
use crate::aws::name::HookAnswer;
use crate::cloud::Cloud;
use crate::journal::fact::Fact;

/// What a controller is told.
#[derive(Clone, Copy, Debug)]
pub enum News {
    /// Something has happened.
    Fact(Fact),
    /// One of its timers is due.
    Due(DeploymentNumber, Timer),
    /// Somebody calls its API.
    Called(Request),
}

/// A call to CodeDeploy, or to ECS where that deploys. Stop, continue and answer speak of the latest deployment.
#[derive(Clone, Copy, Debug)]
pub enum Request {
    /// `CreateDeployment`, by position in the scenario.
    Create(u8),
    /// `ContinueDeployment`.
    Continue(DeploymentWaitType),
    /// `SkipWaitTimeForInstanceTermination`.
    SkipWait,
    /// `PutLifecycleEventHookExecutionStatus`, not by the function itself.
    Answer(HookAnswer),
    /// `CancelUpdateStack` of the stack that deploys.
    CancelUpdate,
    /// `StopDeployment` with its `autoRollbackEnabled`.
    Stop(Option<bool>),
    /// `StopServiceDeployment`.
    StopServiceDeployment {
        /// Whether the revision before comes back.
        rolls_back: bool,
    },
    /// `ContinueServiceDeployment`.
    ContinueServiceDeployment(HookAnswer),
}

impl Request {
    /// The call.
    pub const fn name(self) -> ApiCall {
        match self {
            Self::Create(_) => ApiCall::CreateDeployment,
            Self::Continue(_) => ApiCall::ContinueDeployment,
            Self::Answer(_) => ApiCall::PutLifecycleEventHookExecutionStatus,
            Self::CancelUpdate => ApiCall::CancelUpdateStack,
            Self::Stop(_) => ApiCall::StopDeployment,
            Self::SkipWait => ApiCall::SkipWaitTimeForInstanceTermination,
            Self::StopServiceDeployment { .. } => ApiCall::StopServiceDeployment,
            Self::ContinueServiceDeployment(_) => ApiCall::ContinueServiceDeployment,
        }
    }

    /// What whoever has no such deployment answers: ECS of its own, CodeDeploy of its own.
    pub const fn not_found(self) -> ApiException {
        match self {
            Self::StopServiceDeployment { .. } | Self::ContinueServiceDeployment(_) => {
                ApiException::ServiceDeploymentNotFound
            }
            _ => ApiException::DeploymentDoesNotExist,
        }
    }
}

/// A client of the simulated API that carries out deployments.
pub trait Controller<'s> {
    /// Back to before the first deployment. Keeps its memory.
    fn reset(&mut self);

    /// Instant zero: the first deployment is created.
    fn begin(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>);

    /// Which facts it wants to hear of at all: a plain question, asked of every fact of a run.
    fn wants(&self) -> fn(&Fact) -> bool;

    /// It hears news, and acts.
    fn on_news(&mut self, news: News, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>);

    /// Whether every deployment that is asked for has ended or was refused.
    fn is_done(&self) -> bool;
}
