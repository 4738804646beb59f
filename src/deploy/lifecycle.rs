//! The lifecycle events of one deployment: their order, their statuses, what is left when it ends.
//!
//! Not what an event does (`ecs_blue_green`). Rules: CD-LE-1, CD-LE-2 (docs/semantics/codedeploy.md).

use crate::agenda::Outbox;
use crate::aws::id::DeploymentNumber;
use crate::aws::name::{LifecycleEvent, LifecycleEventStatus};
use crate::journal::fact::Fact;

/// The events of a deployment, in order, and how far it has come.
#[derive(Clone, Copy, Debug)]
pub struct Lifecycle {
    deployment: DeploymentNumber,
    /// Whether the two test events are part of it (U-29).
    has_test_events: bool,
    /// The event that is running.
    running: Option<LifecycleEvent>,
    /// The event that comes next; nothing after the last.
    next: Option<LifecycleEvent>,
}

impl Lifecycle {
    /// All events pending.
    pub const fn new(deployment: DeploymentNumber, has_test_events: bool) -> Lifecycle {
        let next = Some(LifecycleEvent::BeforeInstall);
        Lifecycle { deployment, has_test_events, running: None, next }
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
        LifecycleEvent::ALL.iter().copied().find(|&later| later > event && self.has(later))
    }

    const fn has(&self, event: LifecycleEvent) -> bool {
        self.has_test_events
            || !matches!(
                event,
                LifecycleEvent::AllowTestTraffic | LifecycleEvent::AfterAllowTestTraffic
            )
    }

    fn record(&self, event: LifecycleEvent, status: LifecycleEventStatus, out: &mut Outbox<'_>) {
        let deployment = self.deployment;
        out.follow(Fact::LifecycleEventStatusChanged { deployment, event, status });
    }
}
