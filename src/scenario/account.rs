//! Region and account of everything that the scenario speaks of.
//!
//! Plain data: nothing but what is told of deployments depends on it. Rule: CD-NOT-4.

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
        Account { region: "us-east-1".into(), id: "123456789012".into() }
    }
}
