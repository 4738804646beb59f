//! What a journal means: values over time, one row of results, answers to questions.
//!
//! Not how it is shown (`report`). It knows everything that happened, unlike the operator of the deployment,
//! who sees late and coarse metrics.

pub mod alarm;
pub mod capacity;
pub mod census;
pub mod claim;
pub mod client;
pub mod comparison;
pub mod convergence;
pub mod distribution;
pub mod ending;
pub mod evidence;
pub mod fact_name;
pub mod fit;
pub mod fixed;
pub mod instance;
pub mod level;
pub mod lifecycle;
pub mod measure;
pub mod notification;
pub mod outcome;
pub mod risk;
pub mod row;
pub mod series;
pub mod side;
pub mod splitting;
pub mod statistics;
pub mod steps;
pub mod summary;
pub mod tally;
pub mod traffic;
pub mod user;
pub mod verdict;
pub mod weight;

#[cfg(test)]
pub(crate) mod example;

pub use crate::journal::digest::Digest;
pub use crate::journal::fact::{Fact, Listener};
pub use crate::journal::header::{AlarmDescription, AlarmRule, Header};
pub use crate::journal::{Cause, Entry, Journal, Reader};
