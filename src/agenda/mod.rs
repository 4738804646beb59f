//! What is due: events, their phases, and the only pen that models write with.
//!
//! Not what happens when something falls due (`cloud`, `deploy`).

pub mod chance;
pub mod event;
mod outbox;

pub use outbox::{Agenda, Outbox};
