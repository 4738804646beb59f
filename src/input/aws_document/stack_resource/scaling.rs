//! Application Auto Scaling of a template: targets, the policies that name them, and the schedules in them.
//!
//! Not what they say (`aws_document::scaling`).

use super::{Reader, SCALABLE_TARGET, SCALING_POLICY};
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::input::tree::{Key, Node, Value};

impl Reader<'_> {
    /// Targets and policies as the inputs of their calls, each policy with what its target says.
    pub(super) fn scaling(&self, to: &mut Diagnostics) -> Vec<Node> {
        let mut documents = Vec::new();
        let targets = self.all(SCALABLE_TARGET, to);
        let of_tasks = |node: &Node| {
            let dimension = node.key("ScalableDimension").and_then(Node::scalar);
            dimension == Some("ecs:service:DesiredCount")
        };
        let targets: Vec<(Key, Node)> =
            targets.into_iter().filter(|(_, node)| of_tasks(node)).collect();
        let lacks = |node: &Node| {
            ["MinCapacity", "MaxCapacity", "ResourceId"].iter().find(|key| node.key(key).is_none())
        };
        let lacking = targets.iter().find_map(|(key, node)| Some((key, lacks(node)?)));
        if let Some((key, lacks)) = lacking {
            let title = format!("`{}` has no `{lacks}` that is known", key.name);
            let told = Diagnostic::new(code::LEFT_OUT, key.span, title);
            to.push(told.label("not used, nor what scales it"));
            return documents;
        }
        const NAMES: [&str; 3] = ["ServiceNamespace", "ScalableDimension", "ResourceId"];
        for (_, target) in &targets {
            let names = NAMES.map(|name| entry(target, name));
            documents.push(without(target, &["RoleARN", "ScheduledActions"]));
            let actions = target.key("ScheduledActions").and_then(Node::items).unwrap_or_default();
            documents.extend(actions.iter().map(|action| with(action, &names)));
        }
        for (key, policy) in self.all(SCALING_POLICY, to) {
            let is_of_tasks = match policy.key("ScalableDimension") {
                Some(_) => of_tasks(&policy),
                None => !targets.is_empty(),
            };
            if !is_of_tasks {
                let title = format!("`{}` scales no tasks of a service", key.name);
                to.push(Diagnostic::new(code::LEFT_OUT, key.span, title).label("not used"));
                continue;
            }
            let of = targets.first().map(|(_, target)| NAMES.map(|name| entry(target, name)));
            let policy = without(&policy, &["ScalingTargetId"]);
            documents.push(match &of {
                Some(names) => with(&policy, names),
                None => policy,
            });
        }
        documents
    }
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

/// A map with further entries, where it has none of that name.
fn with(node: &Node, more: &[Option<(Key, Node)>]) -> Node {
    let mut entries = node.entries().unwrap_or_default().to_vec();
    for (key, value) in more.iter().flatten() {
        if !entries.iter().any(|(own, _)| own.name == key.name) {
            entries.push((key.clone(), value.clone()));
        }
    }
    Node::new(Value::Map(entries), node.span)
}
