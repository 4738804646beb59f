//! The Lambda function behind an alias, and the versions that deployments move the alias between.
//!
//! How a version behaves is a revision's matter (`revision`). Rules: CD-LAM-1, CD-LAM-2, LAM-INV-1.

use crate::engine::time::SimDuration;

/// The function that is deployed to, by its alias.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// `FunctionName`.
    pub name: String,
    /// The alias whose traffic is moved.
    pub alias: String,
    /// The version to which the alias points before the first deployment.
    pub version: u32,
    /// `Timeout`: an invocation that takes longer ends with an error. Rule: LAM-INV-1.
    pub timeout: SimDuration,
}

/// The longest `Timeout`, in seconds. Rule: LAM-INV-1.
pub const TIMEOUT_MAX_S: u64 = 900;
/// `Timeout` where nobody says. Rule: LAM-INV-1.
pub const TIMEOUT_DEFAULT: SimDuration = SimDuration::from_secs(3);

impl Function {
    /// `<function>:<alias>`, as invocations name it.
    pub fn qualified(&self) -> String {
        format!("{}:{}", self.name, self.alias)
    }
}

/// What an AppSpec for Lambda asks for. Rule: CD-LAM-1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Versions {
    /// `currentversion`: to which the alias has to point (CD-LAM-10).
    pub current: u32,
    /// `targetversion`: to which it is moved.
    pub target: u32,
}
