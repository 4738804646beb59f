//! What every deployment controller is: it is told news, it calls the API, it ends.

use crate::agenda::Outbox;
use crate::agenda::event::Timer;
use crate::aws::call::DeploymentWaitType;
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

/// A call to CodeDeploy. Stop, continue and answer speak of the latest deployment.
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
}

/// A client of the simulated API that carries out deployments.
pub trait Controller<'s> {
    /// Back to before the first deployment. Keeps its memory.
    fn reset(&mut self);

    /// Instant zero: the first deployment is created.
    fn begin(&mut self, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>);

    /// Whether it wants to hear of such a fact at all.
    fn wants(&self, fact: &Fact) -> bool;

    /// It hears news, and acts.
    fn on_news(&mut self, news: News, cloud: &mut Cloud<'s>, out: &mut Outbox<'_>);

    /// Whether every deployment that is asked for has ended or was refused.
    fn is_done(&self) -> bool;
}
