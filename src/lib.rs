//! Rehearses AWS deployments in virtual time.

pub mod agenda;
pub mod analysis;
pub mod aws;
pub mod cloud;
pub mod deploy;
pub mod diagnostic;
pub mod engine;
pub mod input;
pub mod journal;
pub mod report;
pub mod scenario;
pub mod simulation;
