//! The load balancer of a deployment group: a pair of target groups and one or two listeners.
//!
//! Not how targets are probed (`target_group`). Rules: CD-ECS-4 to CD-ECS-7, CD-VAL-8.

use super::ignored;
use crate::aws::exception::Exception;
use crate::diagnostic::{Diagnostic, Diagnostics, Span, Spanned, code};
use crate::input::aws_document::value::{arn_resource, matched_name, name_in_arn};
use crate::input::decode::{Field, Map, list};
use crate::input::tree::{Node, Value, shortened};

/// What the deployment group says of the load balancer.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadBalancerInfo {
    /// Names of the two target groups, in the order of the document.
    pub target_groups: [Spanned<String>; 2],
    /// ARN of the production listener.
    pub prod_listener: Spanned<String>,
    /// ARN of the test listener, if there is one.
    pub test_listener: Option<Spanned<String>>,
}

/// Reads `loadBalancerInfo`.
pub fn info(field: Field, to: &mut Diagnostics) -> Option<LoadBalancerInfo> {
    let mut map = Map::open_aws(field, to)?;
    for option in ["elbInfoList", "targetGroupInfoList"] {
        let filled = |field: &Field| field.node.items().is_some_and(|items| !items.is_empty());
        if let Some(option) = map.take(option).filter(filled) {
            map.tell(ignored(option, "for EC2 deployments"));
        }
    }
    let misnamed = map.take("targetGroupPairInfo");
    if let Some(misnamed) = misnamed {
        map.tell(
            refused(misnamed.key_span, "`targetGroupPairInfo` is no key of a deployment group")
                .label("unknown key")
                .help("write `\"targetGroupPairInfoList\": [ .. ]`, a list of one pair"),
        );
        if !map.has("targetGroupPairInfoList") {
            // The rest of it is looked at all the same.
            let found = map.optional("targetGroupPairInfo", pair_or_list);
            map.unused();
            return found;
        }
    }
    let found = map.required("targetGroupPairInfoList", pairs);
    map.unused();
    found
}

fn pair_or_list(field: Field, to: &mut Diagnostics) -> Option<LoadBalancerInfo> {
    match &field.node.value {
        Value::List(_) => pairs(field, to),
        _ => pair(field, to),
    }
}

/// A list of exactly one pair.
fn pairs(field: Field, to: &mut Diagnostics) -> Option<LoadBalancerInfo> {
    let pairs = list(|field, to| Some(pair(field, to)))(field, to)?;
    if pairs.len() != 1 {
        let title = format!("`{}` lists {}, not one", field.name, pairs.len());
        to.push(refused(field.node.span, title).label("one pair is needed here"));
    }
    pairs.into_iter().next().flatten()
}

fn pair(field: Field, to: &mut Diagnostics) -> Option<LoadBalancerInfo> {
    let mut map = Map::open_aws(field, to)?;
    let target_groups = map.required("targetGroups", target_groups);
    let production = map.required("prodTrafficRoute", |field, to| route(field, true, to)).flatten();
    let test = map.optional("testTrafficRoute", |field, to| route(field, false, to)).flatten();
    map.unused();
    if let (Some(production), Some(test)) = (&production, &test) {
        let (first, second) = (balancer(&production.value), balancer(&test.value));
        if first.is_some() && second.is_some() && first != second {
            let title = "the two listeners belong to different load balancers";
            to.push(
                refused(test.span, title)
                    .label("not a listener of the load balancer of `prodTrafficRoute`"),
            );
        }
    }
    let test_listener = test;
    Some(LoadBalancerInfo {
        target_groups: target_groups?,
        prod_listener: production?,
        test_listener,
    })
}

/// The names of exactly two different target groups.
fn target_groups(field: Field, to: &mut Diagnostics) -> Option<[Spanned<String>; 2]> {
    let groups = list(|field, to| {
        let mut map = Map::open_aws(field, to)?;
        let written = map.required("name", matched_name)?;
        map.unused();
        let named = name_in_arn(&written.value, "elasticloadbalancing", "targetgroup");
        Some(Spanned { value: named.unwrap_or(&written.value).to_string(), span: written.span })
    })(field, to)?;
    match <[Spanned<String>; 2]>::try_from(groups) {
        Ok([first, second]) if first.value == second.value => {
            let title = format!("both target groups are `{}`", shortened(&second.value));
            to.push(refused(second.span, title).label("the same again"));
            None
        }
        Ok(pair) => Some(pair),
        Err(groups) => {
            let title = format!("`{}` lists {}, not two", field.name, groups.len());
            to.push(
                refused(field.node.span, title)
                    .label("two target groups are needed here")
                    .help("name the group that the service was created with, and a second one"),
            );
            None
        }
    }
}

/// The listener of a route. No listener at all is a fault of the production route only.
fn route(field: Field, needed: bool, to: &mut Diagnostics) -> Option<Option<Spanned<String>>> {
    let mut map = Map::open_aws(field, to)?;
    let listeners = map.optional("listenerArns", list(matched_name));
    let span = map.take("listenerArns").map_or(field.node.span, |listeners| listeners.node.span);
    map.unused();
    let listeners = match listeners {
        None if is_written(field.node) => return None,
        listeners => listeners.unwrap_or_default(),
    };
    if listeners.len() > 1 {
        let title = format!("`{}` lists {}, not one", field.name, listeners.len());
        to.push(refused(listeners[1].span, title).label("the second one"));
    }
    let listener = listeners.into_iter().next();
    match &listener {
        None if needed => to.push(
            refused(span, format!("`{}` has no listener", field.name))
                .label("one listener is needed here"),
        ),
        Some(listener) if is_of_network(&listener.value) => to.push(
            Diagnostic::new(
                code::NOT_SIMULATED,
                listener.span,
                "a listener of a Network Load Balancer",
            )
            .label("not simulated yet")
            .help("give the listener of an Application Load Balancer"),
        ),
        _ => {}
    }
    Some(listener)
}

/// Whether listeners are written at all; if so, their faults have been told.
fn is_written(route: &Node) -> bool {
    route.key("listenerArns").is_some_and(|listeners| !listeners.is_null())
}

/// The load balancer of a listener: `app/name/id` of its ARN.
fn balancer(listener: &str) -> Option<&str> {
    let resource = arn_resource(listener, "elasticloadbalancing")?.strip_prefix("listener/")?;
    resource.rsplit_once('/').map(|(balancer, _)| balancer)
}

fn is_of_network(listener: &str) -> bool {
    balancer(listener).is_some_and(|balancer| balancer.starts_with("net/"))
}

/// The fault of a pair that CodeDeploy refuses.
fn refused(span: Span, title: impl Into<String>) -> Diagnostic {
    Diagnostic::new(code::PAIR_REFUSED, span, title).refused_with(Exception::InvalidTargetGroupPair)
}
