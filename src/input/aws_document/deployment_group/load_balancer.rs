//! The load balancer of a deployment group: a pair of target groups and one or two listeners.
//!
//! Not how targets are probed (`target_group`). Rules: CD-ECS-4 to CD-ECS-7, CD-VAL-8, CD-VAL-9.

use super::platform::ignored;
use crate::aws::exception::Exception;
use crate::aws::name::ComputePlatform;
use crate::diagnostic::{Diagnostic, Diagnostics, Span, Spanned, code};
use crate::input::aws_document::balancer::Balancer;
use crate::input::aws_document::value::{matched_name, name_in_arn};
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

impl LoadBalancerInfo {
    /// The load balancer that the listeners belong to, if they are written as ARNs.
    pub fn balancer(&self) -> Option<Spanned<Balancer>> {
        let listeners = std::iter::once(&self.prod_listener).chain(&self.test_listener);
        listeners.filter_map(balancer).next()
    }
}

/// Reads `loadBalancerInfo`.
pub fn info(field: Field, to: &mut Diagnostics) -> Option<LoadBalancerInfo> {
    let mut map = Map::open_aws(field, to)?;
    let filled = |field: &Field| field.node.items().is_some_and(|items| !items.is_empty());
    let classic = map.take("elbInfoList").filter(filled);
    if let Some(classic) = classic {
        map.tell(
            Diagnostic::new(
                code::LOAD_BALANCER_REFUSED,
                classic.key_span,
                "the deployment group names a Classic Load Balancer",
            )
            .label("not for ECS")
            .help(
                "name the target groups of an Application or Network Load Balancer: \
                   `targetGroupPairInfoList`",
            ),
        );
    }
    if let Some(option) = map.take("targetGroupInfoList").filter(filled) {
        map.tell(ignored(option, ComputePlatform::Ecs, "for EC2 deployments"));
    }
    let misnamed = map.take("targetGroupPairInfo");
    if let Some(misnamed) = misnamed {
        map.tell(
            refused(misnamed.key_span, "`targetGroupPairInfo` is no key of a deployment group")
                .label("unknown key")
                .help("write `\"targetGroupPairInfoList\": [ .. ]`, a list of one pair"),
        );
    }
    let listed = map.has("targetGroupPairInfoList");
    if misnamed.is_none() && classic.is_none() && !listed {
        map.tell(
            Diagnostic::new(code::LOAD_BALANCER_REFUSED, map.span(), "no target groups are named")
                .label("`targetGroupPairInfoList` is needed here")
                .help("name two target groups and the production listener: \
                       `\"targetGroupPairInfoList\": [{\"targetGroups\": [{\"name\": ..}, {\"name\": ..}], \
                       \"prodTrafficRoute\": {\"listenerArns\": [..]}}]`"),
        );
    }
    let found = map.refusing(Exception::InvalidTargetGroupPair, |map| match listed {
        true => map.optional("targetGroupPairInfoList", pairs),
        // The rest of what is misnamed is looked at all the same.
        false => map.optional("targetGroupPairInfo", pair_or_list),
    });
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
        to.push(
            refused(field.node.span, title)
                .label("one pair is needed here")
                .help("keep the pair of the service: two target groups, and who routes to them"),
        );
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
        let balancers = [production, test].map(|listener| Balancer::of_listener(&listener.value));
        if let [Some(first), Some(second)] = balancers
            && first != second
        {
            let title = "the two listeners belong to different load balancers";
            to.push(
                refused(test.span, title)
                    .label("not a listener of the load balancer of `prodTrafficRoute`")
                    .help(format!("give a listener of `{}`", shortened(&first.path))),
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
    const HELP: &str = "name the group that the service was created with, and a second one";
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
            to.push(refused(second.span, title).label("the same again").help(HELP));
            None
        }
        Ok(pair) => Some(pair),
        Err(groups) => {
            let title = format!("`{}` lists {}, not two", field.name, groups.len());
            to.push(
                refused(field.node.span, title)
                    .label("two target groups are needed here")
                    .help(HELP),
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
        to.push(refused(listeners[1].span, title).label("the second one").help("keep one a route"));
    }
    let listener = listeners.into_iter().next();
    if listener.is_none() && needed {
        to.push(
            refused(span, format!("`{}` has no listener", field.name))
                .label("one listener is needed here")
                .help("give the ARN of the listener that serves production"),
        );
    }
    Some(listener)
}

/// Whether listeners are written at all; if so, their faults have been told.
fn is_written(route: &Node) -> bool {
    route.key("listenerArns").is_some_and(|listeners| !listeners.is_null())
}

fn balancer(listener: &Spanned<String>) -> Option<Spanned<Balancer>> {
    let value = Balancer::of_listener(&listener.value)?;
    Some(Spanned { value, span: listener.span })
}

/// The fault of a pair that CodeDeploy refuses.
fn refused(span: Span, title: impl Into<String>) -> Diagnostic {
    Diagnostic::new(code::PAIR_REFUSED, span, title).refused_with(Exception::InvalidTargetGroupPair)
}
