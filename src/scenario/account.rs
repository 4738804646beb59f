//! Region and account of everything that the scenario speaks of.
//!
//! Plain data: nothing but what is told of deployments depends on it. Rule: CD-NOT-4.

/// The region of a scenario that names none, as AWS's own documentation has it.
pub const REGION: &str = "us-east-1";
/// The account of such a scenario.
pub const ID: &str = "123456789012";

/// Region and account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The region, such as `eu-west-1`.
    pub region: String,
    /// The twelve digits of the account.
    pub id: String,
}

impl Default for Account {
    /// The placeholders of AWS's own documentation, for scenarios that name no ARN.
    fn default() -> Account {
        Account { region: REGION.into(), id: ID.into() }
    }
}
