//! How a revision behaves: its errors, its start, its answers to health checks.
//!
//! Not how many tasks run it (`service`).

use crate::engine::distribution::Distribution;
use crate::engine::share::Share;
use crate::scenario::custom_metric::CustomMetric;
use crate::scenario::defect::Defect;
use crate::scenario::server::Scripts;

/// One revision among those of a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RevisionId(u8);

impl RevisionId {
    /// What is there before the first deployment.
    pub const ORIGINAL: RevisionId = RevisionId(0);

    /// The candidate of this position.
    pub const fn of_candidate(candidate: u8) -> RevisionId {
        RevisionId(candidate + 1)
    }

    /// The position of the candidate that it is; nothing for the original.
    pub const fn candidate(self) -> Option<u8> {
        self.0.checked_sub(1)
    }
}

/// One revision of the application.
#[derive(Clone, Debug, PartialEq)]
pub struct Revision {
    /// Its name in the scenario.
    pub name: String,
    /// Among several candidates: how likely it is the one deployed, relative to the others; above 0.
    pub weight: f64,
    /// Whether deploying it is a mistake: by default, if any of its behaviours is worse than the original's.
    pub bad: bool,
    /// Share of its requests that it fails.
    pub errors: Share,
    /// Ways in which it is worse than it looks, at most `DEFECTS_MAX`.
    pub defects: Vec<Defect>,
    /// Share of its requests that it answers with a 4xx code because they are faulty themselves: no failure of its own.
    pub client_errors: Share,
    /// Share of its requests that meet a connection which it is closing, where its keep-alive time is shorter than
    /// the load balancer's: 502. Rule: ELB-ERR-3.
    pub resets: Share,
    /// The whole launch of a task in one measured distribution: from its creation to the first health
    /// check, which comes at once. It takes the place of every stage (ECS-TASK-7) and of the latencies
    /// before the first check.
    pub launch: Option<Distribution>,
    /// From RUNNING until the application answers; in place of the assumption `app.boot`.
    pub boot: Option<Distribution>,
    /// Share of its tasks that fail before they are RUNNING.
    pub start_fails: Share,
    /// How its tasks end by themselves, if they do.
    pub crash: Option<Crash>,
    /// How long it takes to answer a request, where that matters: requests that are open when their target
    /// ends, and those that get no answer in time.
    pub latency: Option<Distribution>,
    /// Metrics that it publishes itself.
    pub metrics: Vec<CustomMetric>,
    /// What one of its tasks can do; without it load does nothing to it.
    pub capacity: Option<TaskCapacity>,
    /// Size of its image in megabytes; in place of the assumption `image.size_MB`.
    pub image_megabytes: Option<f64>,
    /// How its lifecycle events behave on an instance.
    pub scripts: Scripts,
    /// How it answers the load balancer's health checks.
    pub health_check: Probe,
    /// How it answers the container health check.
    pub container_check: Probe,
}

impl Revision {
    /// The share of its requests that it fails while it gets this share of all, once all its defects show that do so at
    /// such a share; and what of that is answered with a 5xx code.
    pub fn failing(&self, share: f64) -> (f64, f64) {
        let shows = |defect: &&Defect| share > defect.when.above.as_f64();
        let mut sound = [1.0 - self.errors.as_f64(); 2];
        for defect in self.defects.iter().filter(shows) {
            sound[0] *= 1.0 - defect.failing();
            sound[1] *= if defect.http_status < 500 { 1.0 } else { 1.0 - defect.failing() };
        }
        (1.0 - sound[0], 1.0 - sound[1])
    }
}

/// What load does to a task. Rule: CW-MET-5.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TaskCapacity {
    /// How long a request keeps one of its workers busy on average, in milliseconds; above 0.
    pub service_time_ms: f64,
    /// How many requests it works on at the same time, at least 1.
    pub concurrency: u32,
    /// The share of its reserved CPU that it uses without any request; all of it when every worker is busy.
    pub idle_cpu: Share,
    /// The share of its reserved memory that it uses.
    pub memory: Share,
}

impl TaskCapacity {
    /// How much of a task's time one request takes, in milliseconds.
    pub fn task_ms(&self) -> f64 {
        self.service_time_ms / f64::from(self.concurrency)
    }
}

/// Tasks whose essential container ends by itself. Rule: ECS-TASK-12.
#[derive(Clone, Debug, PartialEq)]
pub struct Crash {
    /// Share of the tasks that do so.
    pub share: Share,
    /// When.
    pub after: Lifetime,
}

/// How long the essential container of a task lives that ends by itself.
#[derive(Clone, Debug, PartialEq)]
pub enum Lifetime {
    /// So long, counted from RUNNING.
    Time(Distribution),
    /// It leaks with every request, and ends after so many.
    Requests(Distribution),
}

/// How an application that is up answers a health check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Probe {
    /// Share of the checks that fail, each independent of the others.
    pub fails: Share,
    /// Whether a failing check hangs until its timeout instead of being refused at once.
    pub hangs: bool,
}
