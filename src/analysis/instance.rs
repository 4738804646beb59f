//! What a deployment did on its instances: batches, and the lifecycle events of each instance.
//!
//! Not the deployment as a whole (`lifecycle`). Rules: CD-LE-1, CD-LE-8, CD-SM-9.

use crate::aws::id::InstanceId;
use crate::aws::instance::{InstanceEvent, InstanceStatus, LifecycleErrorCode};
use crate::engine::time::{SimDuration, SimTime};
use crate::journal::Entry;
use crate::journal::fact::Fact;

/// The batches and instances of one deployment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InstanceCourses {
    /// How many instances it has, once its work has begun.
    pub targeted: u16,
    /// How many of them must stay healthy.
    pub minimum: u32,
    /// Its batches, in order.
    pub batches: Vec<Batch>,
    /// The instances that have had a turn, in its order.
    pub instances: Vec<InstanceCourse>,
    /// What it came to, once it is over.
    pub counts: Option<InstanceCounts>,
}

/// Instances that were deployed to at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch {
    /// When they began.
    pub started: SimTime,
    /// The zone that had its turn.
    pub zone: u8,
    /// How many they are.
    pub instances: u16,
}

/// One instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceCourse {
    /// Which.
    pub instance: InstanceId,
    /// Its batch, counted from 0.
    pub batch: usize,
    /// When it began.
    pub started: SimTime,
    /// When it was ready for traffic, and the batch in which traffic was rerouted to it; in blue/green only.
    pub ready: Option<SimTime>,
    /// See there.
    pub rerouted: Option<usize>,
    /// When it was done; empty while it is at work.
    pub ended: Option<SimTime>,
    /// What the deployment has come to on it.
    pub status: InstanceStatus,
    /// Its events that have ended, in order.
    pub events: Vec<InstanceSpan>,
    /// The event that did not begin in time.
    pub not_started: Option<InstanceEvent>,
}

/// One lifecycle event on one instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstanceSpan {
    /// Which.
    pub event: InstanceEvent,
    /// When it ended.
    pub ended: SimTime,
    /// How long it took.
    pub took: SimDuration,
    /// How it ended.
    pub code: LifecycleErrorCode,
}

/// `deploymentOverview` of a deployment that is over. Rule: CD-SM-9.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstanceCounts {
    /// On how many instances it succeeded.
    pub succeeded: u16,
    /// On how many it failed.
    pub failed: u16,
    /// How many had no turn.
    pub skipped: u16,
    /// On how many the revision of the last successful deployment is not there, or not with success.
    pub outdated: u16,
}

impl InstanceCourse {
    /// When it was done with a batch, if it was in it: with the first also if it has had a turn since.
    pub fn ended_in(&self, batch: usize) -> Option<SimTime> {
        if self.batch == batch { self.ready.or(self.ended) } else { self.ended }
    }

    /// Whether it was in a batch.
    pub fn is_in(&self, batch: usize) -> bool {
        self.batch == batch || self.rerouted == Some(batch)
    }

    /// Whether all has gone well in a batch that it was in.
    pub fn is_well_in(&self, batch: usize) -> bool {
        let is_installed = self.batch == batch && self.ready.is_some();
        is_installed || self.status == InstanceStatus::Succeeded
    }

    /// Why it failed, if it did and an event tells.
    pub fn failure(&self) -> Option<&InstanceSpan> {
        self.events.last().filter(|span| span.code != LifecycleErrorCode::Success)
    }

    /// How long it took, if it is done.
    pub fn took(&self) -> Option<SimDuration> {
        Some(self.ended?.since(self.started))
    }
}

impl InstanceCourses {
    /// Hears of a fact about the deployment's instances.
    pub fn read(&mut self, entry: &Entry) {
        let at = entry.at;
        match entry.fact {
            Fact::InstancesTargeted { instances, minimum, .. } => {
                (self.targeted, self.minimum) = (instances, minimum);
            }
            Fact::BatchStarted { zone, instances, .. } => {
                self.batches.push(Batch { started: at, zone, instances });
            }
            Fact::InstanceStatusChanged { instance, status, .. } => {
                self.on_status(at, instance, status);
            }
            Fact::InstanceEventEnded { instance, event, code, ended_ms_ago, took_ms, .. } => {
                let ended = at.as_millis().saturating_sub(ended_ms_ago.into());
                let (ended, took) =
                    (SimTime::from_millis(ended), SimDuration::from_millis(took_ms.into()));
                self.with(instance, |course| {
                    course.events.push(InstanceSpan { event, ended, took, code });
                });
            }
            Fact::InstanceEventNotStarted { instance, event, .. } => {
                self.with(instance, |course| course.not_started = Some(event));
            }
            Fact::InstancesCounted { succeeded, failed, skipped, outdated, .. } => {
                self.counts = Some(InstanceCounts { succeeded, failed, skipped, outdated });
            }
            _ => {}
        }
    }

    fn on_status(&mut self, at: SimTime, instance: InstanceId, status: InstanceStatus) {
        let batch = self.batches.len().saturating_sub(1);
        let is_in_progress = status == InstanceStatus::InProgress;
        let of_it = |course: &&mut InstanceCourse| course.instance == instance;
        let waiting = self.instances.iter_mut().rev().find(of_it);
        if let Some(course) = waiting.filter(|it| is_in_progress && it.ready.is_some()) {
            (course.status, course.ended, course.rerouted) = (status, None, Some(batch));
            return;
        }
        if is_in_progress {
            self.instances.push(InstanceCourse {
                instance,
                batch,
                started: at,
                ready: None,
                rerouted: None,
                ended: None,
                status,
                events: Vec::new(),
                not_started: None,
            });
            return;
        }
        self.with(instance, |course| {
            (course.status, course.ended) = (status, Some(at));
            if status == InstanceStatus::Ready {
                course.ready = Some(at);
            }
        });
    }

    /// The instance is mostly one of those that began last.
    fn with(&mut self, instance: InstanceId, change: impl FnOnce(&mut InstanceCourse)) {
        let mut courses = self.instances.iter_mut().rev();
        if let Some(course) = courses.find(|course| course.instance == instance) {
            change(course);
        }
    }
}
