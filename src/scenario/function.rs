//! The Lambda function behind an alias, and the versions that deployments move the alias between.
//!
//! How a version behaves is a revision's matter (`revision`). Rules: CD-LAM-1, CD-LAM-2, LAM-INV-1, LAM-CON-1.

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
    /// `ReservedConcurrentExecutions`: as many invocations of all its versions may run at once; else as many as the account
    /// may have (`lambda.account_concurrency`). Rule: LAM-CON-1.
    pub reserved_concurrency: Option<u32>,
    /// The concurrency that is provisioned for the version to which the alias points. Rules: LAM-CON-4, LAM-CON-5.
    pub alias_provisioned: u32,
    /// That which is provisioned for versions themselves.
    pub version_provisioned: Vec<(u32, u32)>,
}

/// The longest `Timeout`, in seconds. Rule: LAM-INV-1.
pub const TIMEOUT_MAX_S: u64 = 900;
/// `Timeout` where nobody says. Rule: LAM-INV-1.
pub const TIMEOUT_DEFAULT: SimDuration = SimDuration::from_secs(3);

impl Function {
    /// What is provisioned for a version itself.
    pub fn provisioned_for(&self, version: u32) -> u32 {
        let own = self.version_provisioned.iter().find(|(known, _)| *known == version);
        own.map_or(0, |(_, provisioned)| *provisioned)
    }

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
