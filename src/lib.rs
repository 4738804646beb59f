//! Rehearses AWS deployments in virtual time.
//!
//! A [`scenario`] is the question: AWS documents that people already have, and what they assume. A
//! [`simulation`] plays it, from a seed, and tells what happens as facts. A [`journal`] of these facts is the
//! answer; [`analysis`] says what it means and [`report`] shows it. The same scenario, seed and replication
//! give the same facts on every machine.
//!
//! ```
//! use std::path::Path;
//!
//! use cutover::input::{load, source::MemorySource};
//! use cutover::journal::{Entry, fact::{Fact, Listener}};
//! use cutover::simulation::Simulation;
//!
//! let text = r#"
//! cutover: 1
//! deployment: { deploymentConfigName: CodeDeployDefault.ECSCanary10Percent5Minutes }
//! resources:
//!   service:
//!     serviceName: web
//!     desiredCount: 4
//!     deploymentController: { type: CODE_DEPLOY }
//!     loadBalancers: [{ targetGroupArn: "<blue>", containerName: web, containerPort: 80 }]
//! "#;
//! let files = MemorySource::new().with("web.yaml", text);
//! let loaded = load(Path::new("web.yaml"), &[], &files);
//! let scenario = loaded.scenario.expect("nothing forbids a run");
//!
//! let mut facts: Vec<Entry> = Vec::new();
//! let ended = Simulation::new(&scenario).run(1, 0, &mut facts);
//!
//! let shifts = facts.iter().filter_map(|entry| match entry.fact {
//!     Fact::ListenerModified { listener: Listener::Production, weights } => Some(weights),
//!     _ => None,
//! });
//! assert_eq!(shifts.collect::<Vec<_>>(), [[90, 10], [0, 100]]);
//! assert_eq!(facts.last().map(|entry| entry.at), Some(ended.at));
//! ```
//!
//! The rooms, and who may use whom, are on the page ARCHITECTURE.md; the rules of AWS that are followed are
//! in docs/semantics.

pub mod agenda;
pub mod analysis;
pub mod aws;
pub mod cli;
pub mod cloud;
pub mod deploy;
pub mod diagnostic;
pub mod engine;
pub mod input;
pub mod journal;
pub mod report;
pub mod scenario;
pub mod simulation;
pub mod sweep;
