//! Region and account of a scenario: those of the first ARN that has both.
//!
//! No document says them by themselves. What the ARN names is told in the reader of its document.

use crate::input::tree::{Node, Value};
use crate::scenario::account::Account;

/// How many digits an account has.
const ACCOUNT_DIGITS: usize = 12;

/// The account of what is deployed, else of `resources`, each from its first ARN on; nothing if all are words
/// of templates or documentation.
pub fn account(root: &Node) -> Option<Account> {
    ["deployment", "deployments", "resources"]
        .iter()
        .find_map(|section| of_node(root.key(section)?))
}

fn of_node(node: &Node) -> Option<Account> {
    match &node.value {
        Value::Text { text, .. } => of_arn(text),
        Value::List(items) => items.iter().find_map(of_node),
        Value::Map(entries) => entries.iter().find_map(|(_, node)| of_node(node)),
        Value::Null | Value::Unread | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// Region and account of `arn:partition:service:region:account:resource`, if they are real ones.
fn of_arn(text: &str) -> Option<Account> {
    let mut parts = text.strip_prefix("arn:")?.split(':').skip(2);
    let (region, id) = (parts.next()?, parts.next()?);
    let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let is_region = region.contains('-')
        && region.ends_with(|c: char| c.is_ascii_digit())
        && region.chars().all(is_word);
    let is_id = id.len() == ACCOUNT_DIGITS && id.chars().all(|c| c.is_ascii_digit());
    (is_region && is_id).then(|| Account { region: region.into(), id: id.into() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Diagnostics, Sources};
    use crate::input::tree::read;

    fn check(text: &str, expected: Option<(&str, &str)>) {
        let (mut sources, mut to) = (Sources::new(), Diagnostics::new());
        let root = read("x.yaml", text.into(), &mut sources, &mut to).expect("a tree");
        let expected =
            expected.map(|(region, id)| Account { region: region.into(), id: id.into() });
        assert_eq!(account(&root), expected, "{text}");
    }

    #[test]
    fn the_first_arn_with_region_and_account_says_both() {
        let role = "arn:aws:iam::210987654321:role/x";
        let topic = "arn:aws:sns:us-gov-west-1:210987654321:topic";
        let group = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/blue/1";
        check(
            &format!(
                "resources: {{ a: '{group}' }}\ndeployment: {{ a: '{role}', b: ['{topic}'] }}"
            ),
            Some(("us-gov-west-1", "210987654321")),
        );
        check(&format!("resources: [{{ a: 1 }}, '{group}']"), Some(("eu-west-1", "123456789012")));
        check(
            &format!("deployments: [{{ a: 1 }}, {{ b: '{topic}' }}]\nresources: '{group}'"),
            Some(("us-gov-west-1", "210987654321")),
        );
        check("resources: 'arn:aws:ecs:region:aws_account_id:cluster/x'", None);
        check(&format!("traffic: '{group}'"), None);
    }
}
