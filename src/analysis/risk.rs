//! What must not happen: judged of one row.
//!
//! How often it does is counted in `tally`.

use crate::analysis::row::Row;
use crate::aws::name::DeploymentStatus;
pub use crate::scenario::expectation::Risk;

/// Of whose runs a risk is a share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// Of those with a bad release.
    Bad,
    /// Of those with a good one.
    Good,
}

/// Whether it happened.
pub fn happened(risk: Risk, row: &Row) -> bool {
    match risk {
        Risk::BadReachedFull => row.bad && row.full_shift.is_some(),
        Risk::BadKept => row.bad && row.status == DeploymentStatus::Succeeded,
        Risk::GoodRolledBack => !row.bad && row.rollback,
    }
}

/// Whom it can happen to.
pub const fn of(risk: Risk) -> Of {
    match risk {
        Risk::BadReachedFull | Risk::BadKept => Of::Bad,
        Risk::GoodRolledBack => Of::Good,
    }
}

/// The risk in words.
pub const fn in_words(risk: Risk) -> &'static str {
    match risk {
        Risk::BadReachedFull => "bad release reached 100 %",
        Risk::BadKept => "bad release kept",
        Risk::GoodRolledBack => "good release rolled back",
    }
}
