//! Metrics that a revision publishes itself.
//!
//! Not when they can be seen (`monitoring`). Rule: CW-DELAY-3.

use crate::engine::distribution::Distribution;
use crate::engine::share::Share;

/// At most so many different metrics do all revisions publish.
pub const CUSTOM_METRICS_MAX: usize = 4;

/// One metric of a revision.
#[derive(Clone, Debug, PartialEq)]
pub struct CustomMetric {
    /// Which of all custom metrics it is; another revision may publish the same one.
    pub id: u8,
    /// Its namespace, which is none of AWS's own.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its dimensions, in the order of their names.
    pub dimensions: Vec<(String, String)>,
    /// What is published.
    pub sample: Sample,
}

/// What a revision publishes of itself.
#[derive(Clone, Debug, PartialEq)]
pub enum Sample {
    /// A sample of each request that it answers: 1 of this share of them, else 0.
    PerRequest(Share),
    /// One sample each time, as long as any task runs.
    Value(Distribution),
}

impl CustomMetric {
    /// Whether another one is the same metric.
    pub fn is_same(&self, other: &CustomMetric) -> bool {
        (&self.namespace, &self.name, &self.dimensions)
            == (&other.namespace, &other.name, &other.dimensions)
    }
}
