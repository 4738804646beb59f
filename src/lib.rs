//! Rehearses AWS deployments in virtual time.

pub mod aws;
pub mod engine;
pub mod journal;
pub mod scenario;
