//! The sections of a scenario file: one reader each, from the tree to the scenario's own types.

pub mod assumption;
pub mod client;
pub mod custom_metric;
pub mod defect;
pub mod deployment;
pub mod expectation;
pub mod external;
pub mod fault;
pub mod function;
pub mod hook;
pub mod instances;
pub mod operator;
pub mod revision;
pub mod script;
pub mod start;
pub mod sweep;
pub mod traffic;
