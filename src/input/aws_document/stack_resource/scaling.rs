//! Application Auto Scaling of a template: targets, the policies that name them, and the schedules in them.
//!
//! Not what they say (`aws_document::scaling`).

use super::{Reader, SCALABLE_TARGET, SCALING_POLICY, SERVICE};
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::input::tree::{Key, Node, Value};

/// What names a target in every call.
const NAMES: [&str; 3] = ["ServiceNamespace", "ScalableDimension", "ResourceId"];

impl Reader<'_> {
    /// Targets and policies as the inputs of their calls, each policy with what its target says. Those of further services, and
    /// of what is no service, are told and left out.
    pub(super) fn scaling(&self, service: Option<&Node>, to: &mut Diagnostics) -> Vec<Node> {
        let further = self.further_services(service);
        let is_of_further = |node: &Node| {
            let named = node.key("ResourceId").and_then(Node::scalar);
            let named = named.and_then(|named| named.rsplit('/').next());
            named.is_some_and(|named| further.iter().any(|name| name == named))
        };
        let all = self.all(SCALABLE_TARGET, to);
        let of_tasks = all.iter().filter(|(_, target)| is_of_tasks(target));
        let (others, own): (Vec<_>, Vec<_>) =
            of_tasks.partition(|(_, target)| is_of_further(target));
        for (key, _) in others {
            to.push(left_out(key, format!("`{}` scales another service", key.name), "not used"));
        }
        let mut documents = Vec::new();
        if let Some((key, lacks)) = own.iter().find_map(|(key, node)| Some((key, lacks(node)?))) {
            let title = format!("`{}` has no `{lacks}` that is known", key.name);
            to.push(left_out(key, title, "not used, nor what scales it"));
            return documents;
        }
        for (_, target) in &own {
            documents.push(without(target, &["RoleARN", "ScheduledActions"]));
            let actions = target.key("ScheduledActions").and_then(Node::items).unwrap_or_default();
            documents.extend(actions.iter().map(|action| with(action, target)));
        }
        for (key, policy) in self.all(SCALING_POLICY, to) {
            let place = match (target_of(&policy), &all[..]) {
                (Some(named), _) => all.iter().position(|target| goes_by(target, named)),
                (None, [_]) => Some(0),
                (None, _) => None,
            };
            let target = place.map(|place| &all[place]);
            let is_own = match target {
                Some((of, _)) => own.iter().any(|(own, _)| own.span == of.span),
                // Its target may be that of another stack.
                None => all.is_empty() && is_of_tasks(&policy) && !is_of_further(&policy),
            };
            if !is_own {
                let title = format!("`{}` scales no tasks of the service", key.name);
                to.push(left_out(&key, title, "not used"));
                continue;
            }
            let policy = without(&policy, &["ScalingTargetId"]);
            documents.push(target.map_or(policy.clone(), |(_, target)| with(&policy, target)));
        }
        documents
    }

    /// The names of the services that are not the one that is deployed to.
    fn further_services(&self, service: Option<&Node>) -> Vec<String> {
        let Some(service) = service else { return Vec::new() };
        let mut all = self.all(SERVICE, &mut Diagnostics::new());
        all.retain(|(_, node)| node.span != service.span);
        let name = |(key, node): &(Key, Node)| {
            let own = node.key("ServiceName").and_then(Node::scalar);
            own.unwrap_or(&key.name).to_string()
        };
        all.iter().map(name).collect()
    }
}

fn left_out(key: &Key, title: String, label: &str) -> Diagnostic {
    Diagnostic::new(code::LEFT_OUT, key.span, title).label(label)
}

fn is_of_tasks(node: &Node) -> bool {
    let dimension = node.key("ScalableDimension").and_then(Node::scalar);
    dimension == Some("ecs:service:DesiredCount")
}

/// What a target that is scaled cannot do without.
fn lacks(target: &Node) -> Option<&'static str> {
    let needed = ["MinCapacity", "MaxCapacity", "ResourceId"];
    needed.into_iter().find(|key| target.key(key).is_none())
}

/// What a policy scales: the id of its target up to the dimension, or the resource.
fn target_of(policy: &Node) -> Option<&str> {
    let text = |key| policy.key(key).and_then(Node::scalar);
    let id = text("ScalingTargetId").and_then(|id| id.split('|').next());
    id.or_else(|| text("ResourceId"))
}

/// Whether a target is known by its resource or, where CloudFormation makes its id, by its logical id.
fn goes_by((key, target): &(Key, Node), named: &str) -> bool {
    key.name == named || target.key("ResourceId").and_then(Node::scalar) == Some(named)
}

/// An entry of a map, if it is there.
fn entry(node: &Node, name: &str) -> Option<(Key, Node)> {
    node.entries()?.iter().find(|(key, _)| key.name == name).cloned()
}

/// A map without some keys.
pub fn without(node: &Node, names: &[&str]) -> Node {
    let entries = node.entries().unwrap_or_default().iter();
    let kept = entries.filter(|(key, _)| !names.contains(&&key.name[..])).cloned();
    Node::new(Value::Map(kept.collect()), node.span)
}

/// A map with what names a target, where it has none of it.
fn with(node: &Node, target: &Node) -> Node {
    let mut entries = node.entries().unwrap_or_default().to_vec();
    for (key, value) in NAMES.iter().filter_map(|name| entry(target, name)) {
        if !entries.iter().any(|(own, _)| own.name == key.name) {
            entries.push((key, value));
        }
    }
    Node::new(Value::Map(entries), node.span)
}
