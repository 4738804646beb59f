//! What the reader of a run has seen of it so far, in the form of its row.

use crate::analysis::weight::Weight;
use crate::aws::name::{DeploymentStatus, ErrorCode};
use crate::engine::time::SimTime;

/// The shares that the target groups really got, as far as they are told.
#[derive(Clone, Copy, Default)]
pub(super) struct Shared {
    /// Up to when.
    pub until: SimTime,
    /// Integral of the share of a bad replacement, in millionths times milliseconds.
    pub exposure_ppm_ms: u64,
    /// Whether the replacement has got any request.
    pub has_reached: bool,
}

/// What was seen so far, in the form of the row.
#[derive(Clone, Copy, Default)]
pub(super) struct Seen {
    pub status: Option<DeploymentStatus>,
    pub error: Option<(ErrorCode, SimTime)>,
    pub rollback: bool,
    pub candidate: Option<u8>,
    pub bad: bool,
    pub install: Option<SimTime>,
    pub first_shift: Option<SimTime>,
    pub full_shift: Option<SimTime>,
    pub end: Option<SimTime>,
    pub restored: Option<SimTime>,
    pub requests: u64,
    pub failed_requests: u64,
    pub bad_requests: u64,
    pub exposure_ppm_ms: u64,
    pub weight_max: Weight,
    pub scaling_events: u32,
    pub deployments: u32,
    /// How many instances the first deployment failed on, and how many were outdated when it was over.
    pub instances: Option<(u16, u16)>,
    /// Once its column is closed.
    pub users_exposed_ppm: Option<u32>,
}
