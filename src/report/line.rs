//! One line of the timeline, before anybody writes it.

use crate::engine::time::SimTime;

/// How a line is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// It moves the deployment on.
    Plain,
    /// It is how it should end.
    Good,
    /// It is how it should not go.
    Bad,
    /// It is by the way.
    Quiet,
}

/// One line of the timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// When.
    pub at: SimTime,
    /// What happened.
    pub what: String,
    /// Why, or since when; may be empty.
    pub why: String,
    /// How it is meant.
    pub tone: Tone,
}
