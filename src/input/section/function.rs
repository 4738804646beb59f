//! `resources.function:`: the Lambda function that is deployed to.
//!
//! Its versions and its alias are the AppSpec's. Rules: CD-LAM-1, LAM-INV-1.

use crate::diagnostic::{Diagnostics, Spanned};
use crate::engine::time::SimDuration;
use crate::input::decode::{Field, Map, integer, text};
use crate::scenario::function::{TIMEOUT_DEFAULT, TIMEOUT_MAX_S};

/// What the section says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionSection {
    /// `FunctionName`: its name, or its ARN.
    pub name: Spanned<String>,
    /// `Timeout`.
    pub timeout: SimDuration,
}

/// `{ FunctionName: checkout }`.
pub fn function(field: Field, to: &mut Diagnostics) -> Option<FunctionSection> {
    let mut map = Map::open(field, to)?;
    let name = map.required("FunctionName", |field: Field, to: &mut Diagnostics| {
        text(field, to).map(|value| Spanned { value, span: field.node.span })
    });
    let seconds = integer(1..=i64::try_from(TIMEOUT_MAX_S).expect("a few minutes"));
    let timeout = map.optional("Timeout", seconds).and_then(|seconds| u64::try_from(seconds).ok());
    let timeout = timeout.map_or(TIMEOUT_DEFAULT, SimDuration::from_secs);
    map.finish();
    Some(FunctionSection { name: name?, timeout })
}
