//! What every deployment controller is: it is told news, it calls the API, it ends.

use crate::agenda::Outbox;
use crate::agenda::event::Timer;
use crate::aws::id::DeploymentNumber;
use crate::cloud::Cloud;
use crate::journal::fact::Fact;

/// What a controller is told.
#[derive(Clone, Copy, Debug)]
pub enum News {
    /// Something has happened.
    Fact(Fact),
    /// One of its timers is due.
    Due(DeploymentNumber, Timer),
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

    /// Whether all its deployments have ended.
    fn is_done(&self) -> bool;
}
