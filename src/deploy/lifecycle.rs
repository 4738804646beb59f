//! The lifecycle events of one deployment: their order, their statuses, what is left when it ends.
//!
//! Not what an event does (`traffic_shift`). Rules: CD-LE-1, CD-LE-2, CD-LAM-3 (docs/semantics/codedeploy.md).

use crate::agenda::Outbox;
use crate::aws::id::DeploymentNumber;
use crate::aws::name::{LifecycleEvent, LifecycleEventStatus};
use crate::journal::fact::Fact;

/// The events of a deployment, in order, and how far it has come.
#[derive(Clone, Copy, Debug)]
pub struct Lifecycle {
    deployment: DeploymentNumber,
    /// Its events, in order.
    events: &'static [LifecycleEvent],
    /// The event that is running.
    running: Option<LifecycleEvent>,
    /// The event that comes next; nothing after the last.
    next: Option<LifecycleEvent>,
}

impl Lifecycle {
    /// All events pending.
    pub fn new(deployment: DeploymentNumber, events: &'static [LifecycleEvent]) -> Lifecycle {
        Lifecycle { deployment, events, running: None, next: events.first().copied() }
    }

    /// The event that is running.
    pub const fn running(&self) -> Option<LifecycleEvent> {
        self.running
    }

    /// The event that comes next.
    pub const fn next(&self) -> Option<LifecycleEvent> {
        self.next
    }

    /// The next event begins; returns it.
    ///
    /// # Panics
    /// If one is running, or none is left.
    pub fn begin_next(&mut self, out: &mut Outbox<'_>) -> LifecycleEvent {
        assert!(self.running.is_none(), "events run one after another");
        let event = self.next.expect("an event is left");
        self.running = Some(event);
        self.next = self.after(event);
        self.record(event, LifecycleEventStatus::InProgress, out);
        event
    }

    /// The running event succeeds.
    ///
    /// # Panics
    /// If none is running.
    pub fn succeed(&mut self, out: &mut Outbox<'_>) {
        let event = self.running.take().expect("an event is running");
        self.record(event, LifecycleEventStatus::Succeeded, out);
    }

    /// The deployment ends early: the running event fails, every later one is skipped (CD-LE-2).
    pub fn abort(&mut self, out: &mut Outbox<'_>) {
        if let Some(event) = self.running.take() {
            self.record(event, LifecycleEventStatus::Failed, out);
        }
        while let Some(event) = self.next {
            self.record(event, LifecycleEventStatus::Skipped, out);
            self.next = self.after(event);
        }
    }

    fn after(&self, event: LifecycleEvent) -> Option<LifecycleEvent> {
        self.events.iter().copied().find(|&later| later > event)
    }

    fn record(&self, event: LifecycleEvent, status: LifecycleEventStatus, out: &mut Outbox<'_>) {
        let deployment = self.deployment;
        out.follow(Fact::LifecycleEventStatusChanged { deployment, event, status });
    }
}
