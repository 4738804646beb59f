//! Listeners of a load balancer: whether clients stay with their target group.
//!
//! Weights are CodeDeploy's; which listeners a deployment uses its group says. Rule: ELB-TG-3.

use super::kind::{Kind, expected};
use super::value::{name, seconds};
use crate::diagnostic::{Diagnostics, Spanned};
use crate::engine::time::SimDuration;
use crate::input::decode::{Field, Map, boolean, items};

/// What a listener says that the simulation needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Listener {
    /// Its ARN, if it has one already.
    pub arn: Option<Spanned<String>>,
    /// How long a client stays with its target group: 1 to 604 800 s, if it does at all.
    pub stickiness: Option<Spanned<SimDuration>>,
}

/// Reads listeners: an answer with any number of them, or the inputs that make them, a list or one.
pub fn listeners(field: Field, to: &mut Diagnostics) -> Option<Vec<Listener>> {
    let field = expected(field, &[Kind::Listeners], to)?;
    let field = match field.node.key("Listeners") {
        Some(node) => Field { name: "Listeners", node, key_span: node.span },
        None => field,
    };
    let found = items(|field, to| Some(listener(field, to)))(field, to)?;
    Some(found.into_iter().flatten().collect())
}

fn listener(field: Field, to: &mut Diagnostics) -> Option<Listener> {
    let mut map = Map::open_aws(field, to)?;
    let arn = map.optional("ListenerArn", name);
    let actions = map.or("DefaultActions", items(action), Vec::new());
    map.unused();
    Some(Listener { arn, stickiness: actions.into_iter().flatten().next() })
}

fn action(field: Field, to: &mut Diagnostics) -> Option<Option<Spanned<SimDuration>>> {
    let mut map = Map::open_aws(field, to)?;
    let found = map.or("ForwardConfig", forward, None);
    map.unused();
    Some(found)
}

fn forward(field: Field, to: &mut Diagnostics) -> Option<Option<Spanned<SimDuration>>> {
    let mut map = Map::open_aws(field, to)?;
    let found = map.or("TargetGroupStickinessConfig", stickiness, None);
    map.unused();
    Some(found)
}

fn stickiness(field: Field, to: &mut Diagnostics) -> Option<Option<Spanned<SimDuration>>> {
    let mut map = Map::open_aws(field, to)?;
    let is_enabled = map.or("Enabled", boolean, false);
    let longest = seconds(1..=604_800);
    let found = if is_enabled {
        Some(Spanned { value: map.required("DurationSeconds", longest)?, span: field.node.span })
    } else {
        map.take("DurationSeconds");
        None
    };
    map.unused();
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::aws_document::told::told;

    fn read(text: &str) -> (Option<Vec<Listener>>, Vec<String>) {
        told(text, |field, _, to| listeners(field, to))
    }

    const ARN: &str =
        "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shop/50dc/f2f7";

    /// ELB-TG-3.
    #[test]
    fn the_forward_action_says_how_long_clients_stay() {
        let answer = |config: &str| {
            format!(
                "Listeners: [{{ListenerArn: '{ARN}', LoadBalancerArn: a, DefaultActions: [{{Type: forward, \
                 ForwardConfig: {{TargetGroups: [], TargetGroupStickinessConfig: {config}}}}}]}}]"
            )
        };
        let stay = |config: &str| {
            let (found, lines) = read(&answer(config));
            assert!(lines.is_empty(), "{lines:?}");
            found.expect("a listener").remove(0).stickiness.map(|stay| stay.value)
        };
        assert_eq!(
            stay("{Enabled: true, DurationSeconds: 3600}"),
            Some(SimDuration::from_mins(60))
        );
        assert_eq!(stay("{Enabled: false, DurationSeconds: 3600}"), None);
        let (_, lines) = read(&answer("{Enabled: true, DurationSeconds: 0}"));
        assert_eq!(lines, ["CUT0107 at `0`: `DurationSeconds` is 0, less than 1"]);
        let (_, lines) = read(&answer("{Enabled: true}"));
        assert!(lines[0].starts_with("CUT0102"), "{lines:?}");
    }
}
