//! `resources.function:`: the Lambda function that is deployed to.
//!
//! Its versions and its alias are the AppSpec's. Rules: CD-LAM-1, LAM-INV-1, LAM-CON-1, LAM-CON-4.

use crate::diagnostic::{Diagnostics, Spanned};
use crate::engine::time::SimDuration;
use crate::input::decode::{Field, Map, integer, list, text};
use crate::scenario::function::{TIMEOUT_DEFAULT, TIMEOUT_MAX_S};

/// What the section says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionSection {
    /// `FunctionName`: its name, or its ARN.
    pub name: Spanned<String>,
    /// `Timeout`.
    pub timeout: SimDuration,
    /// `ReservedConcurrentExecutions`.
    pub reserved_concurrency: Option<u32>,
    /// `ProvisionedConcurrencyConfigs`.
    pub provisioned: Vec<Provisioned>,
}

/// Concurrency that is provisioned for an alias or a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provisioned {
    /// `Qualifier`: the name of the alias, or the number of the version.
    pub qualifier: Spanned<String>,
    /// `ProvisionedConcurrentExecutions`.
    pub executions: u32,
}

/// `{ FunctionName: checkout }`.
pub fn function(field: Field, to: &mut Diagnostics) -> Option<FunctionSection> {
    let mut map = Map::open(field, to)?;
    let name = map.required("FunctionName", named);
    let seconds = integer(1..=i64::try_from(TIMEOUT_MAX_S).expect("a few minutes"));
    let timeout = map.optional("Timeout", seconds).and_then(|seconds| u64::try_from(seconds).ok());
    let timeout = timeout.map_or(TIMEOUT_DEFAULT, SimDuration::from_secs);
    let reserved_concurrency = map.optional("ReservedConcurrentExecutions", concurrency(0));
    let provisioned = map.or("ProvisionedConcurrencyConfigs", list(provisioned), Vec::new());
    map.finish();
    Some(FunctionSection { name: name?, timeout, reserved_concurrency, provisioned })
}

/// `{ Qualifier: live, ProvisionedConcurrentExecutions: 20 }`.
fn provisioned(field: Field, to: &mut Diagnostics) -> Option<Provisioned> {
    let mut map = Map::open(field, to)?;
    let qualifier = map.required("Qualifier", named);
    let executions = map.required("ProvisionedConcurrentExecutions", concurrency(1));
    map.finish();
    Some(Provisioned { qualifier: qualifier?, executions: executions? })
}

fn named(field: Field, to: &mut Diagnostics) -> Option<Spanned<String>> {
    text(field, to).map(|value| Spanned { value, span: field.node.span })
}

/// The most invocations at once that can be simulated; the cost grows with them.
const CONCURRENCY_MAX: i64 = 100_000;

/// So many invocations at once.
pub fn concurrency(least: i64) -> impl FnOnce(Field, &mut Diagnostics) -> Option<u32> {
    move |field, to| {
        integer(least..=CONCURRENCY_MAX)(field, to).and_then(|number| u32::try_from(number).ok())
    }
}
