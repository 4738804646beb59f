//! Many runs: what is varied, and the scenarios that come of it.
//!
//! Plain data. Reading it is `input`, playing it is the room `sweep`.

use crate::scenario::Scenario;

/// The most variants of one sweep.
pub const VARIANTS_MAX: usize = 1000;

/// `sweep`: how a scenario wants to be played many times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sweep {
    /// `replications`: of each variant.
    pub replications: Option<u64>,
    /// `configs` and `vary`: what is varied, each with each.
    pub axes: Vec<Axis>,
    /// The path of the first deployment's configuration in this file.
    pub config_path: &'static str,
}

impl Sweep {
    /// Nothing is said of many runs; whether the file has a list of deployments is.
    pub const fn unsaid(in_a_list: bool) -> Sweep {
        let config_path = match in_a_list {
            true => "deployments[0].deploymentConfigName",
            false => "deployment.deploymentConfigName",
        };
        Sweep { replications: None, axes: Vec::new(), config_path }
    }
}

/// One field and the values that it takes in turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Axis {
    /// The path of the field, as it is written for `--set`.
    pub path: String,
    /// The values, each as it is written for `--set`; never empty, no value twice. An empty one stands for what
    /// the file says.
    pub values: Vec<String>,
}

/// One point of a sweep: a scenario that is played as often as all others, under the same luck.
#[derive(Clone, Debug, PartialEq)]
pub struct Variant {
    /// What tells it from the others; unique in a sweep.
    pub name: String,
    /// The scenario file, as it was named.
    pub file: String,
    /// What makes the variant of the file: `PATH=VALUE`, in order.
    pub settings: Vec<String>,
    /// The position of its value on each axis, in the order of the axes.
    pub point: Vec<usize>,
    /// The scenario itself.
    pub scenario: Scenario,
}
