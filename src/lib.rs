//! Rehearses AWS deployments in virtual time.

pub mod engine;
