//! AWS documents as their owners have them: one file a kind, each from a tree to a plain struct.
//!
//! Every shape that a document comes in is read: the input of a call, its output, what a recorder kept of
//! it. Keys are spelt as the API spells them. What plays no part is told as a note, what AWS would refuse as
//! an error. How the documents fit each other is not looked at here: the structs keep the places that such
//! checks need.

pub mod alarm;
pub mod appspec;
pub mod balancer;
pub mod blue_green_hook;
pub mod deployment_config;
pub mod deployment_group;
pub mod deployment_request;
mod envelope;
pub mod host_app_spec;
mod kind;
pub mod lambda_app_spec;
pub mod listener;
pub mod naming;
mod recognition;
pub mod sam_template;
pub mod scaling;
pub mod service;
pub mod service_deployment;
pub mod stack_resource;
pub mod stack_update;
pub mod target_group;
pub mod task_definition;
pub mod task_set;
pub mod template;
#[cfg(test)]
mod told;
mod value;

pub(in crate::input) use envelope::opened;
pub use kind::Kind;
pub use recognition::{any_case, recognise};
pub use value::is_placeholder;
