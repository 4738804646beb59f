//! Time, order and chance. No word of what is simulated with them.

pub mod calendar;
pub mod count;
pub mod distribution;
pub mod exponential;
#[cfg(test)]
mod golden;
pub mod normal;
pub mod queue;
pub mod queueing;
pub mod random;
pub mod ratio;
pub mod share;
pub mod time;
