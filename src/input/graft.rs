//! Nodes that are made of what a template says, and put where a scenario says nothing.
//!
//! Everything that is made has the place of what it was made from. Not which nodes (`sam`, `stack`).

use crate::diagnostic::{Span, Spanned};
use crate::input::tree::{Key, Node, Value};
use crate::scenario::traffic_routing::TrafficRouting;

/// Makes nodes, all with one place.
pub struct Made {
    /// The place that they get.
    pub span: Span,
}

impl Made {
    /// A value.
    pub fn node(&self, value: Value) -> Node {
        Node::new(value, self.span)
    }

    /// A text.
    pub fn text(&self, text: impl Into<String>) -> Node {
        self.node(Value::Text { text: text.into(), quoted: true })
    }

    /// A text that has a place of its own.
    pub fn spanned(&self, text: &Spanned<String>) -> Node {
        Node::new(Value::Text { text: text.value.clone(), quoted: true }, text.span)
    }

    /// A number.
    pub fn number(&self, number: impl ToString) -> Node {
        self.node(Value::Number(number.to_string()))
    }

    /// A list.
    pub fn list(&self, items: impl IntoIterator<Item = Node>) -> Node {
        self.node(Value::List(items.into_iter().collect()))
    }

    /// A map, in this order.
    pub fn map<'a>(&self, entries: impl IntoIterator<Item = (&'a str, Node)>) -> Node {
        let key = |(name, node): (&str, Node)| (Key { name: name.into(), span: self.span }, node);
        self.node(Value::Map(entries.into_iter().map(key).collect()))
    }

    /// A deployment configuration, as the API takes it.
    pub fn config(&self, name: &str, platform: &str, routing: TrafficRouting) -> Node {
        let steps = |kind: &str, keys: [&str; 3], percentage: u8, minutes: u32| {
            self.map([
                ("type", self.text(kind)),
                (
                    keys[0],
                    self.map([(keys[1], self.number(percentage)), (keys[2], self.number(minutes))]),
                ),
            ])
        };
        let routing = match routing {
            TrafficRouting::AllAtOnce => self.map([("type", self.text("AllAtOnce"))]),
            TrafficRouting::Canary { percentage, interval_minutes } => steps(
                "TimeBasedCanary",
                ["timeBasedCanary", "canaryPercentage", "canaryInterval"],
                percentage,
                interval_minutes,
            ),
            TrafficRouting::Linear { percentage, interval_minutes } => steps(
                "TimeBasedLinear",
                ["timeBasedLinear", "linearPercentage", "linearInterval"],
                percentage,
                interval_minutes,
            ),
        };
        self.map([
            ("deploymentConfigName", self.text(name)),
            ("computePlatform", self.text(platform)),
            ("trafficRoutingConfig", routing),
        ])
    }

    /// A rollback of every end but the good one (CD-RBC-4, CD-CFN-8).
    pub fn rollback_always(&self) -> Node {
        let events =
            ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"];
        self.map([
            ("enabled", self.node(Value::Bool(true))),
            ("events", self.list(events.map(|event| self.text(event)))),
        ])
    }
}

/// Takes a key out of a map.
pub fn take(map: &mut Node, name: &str) -> Option<Node> {
    let Value::Map(entries) = &mut map.value else { return None };
    let place = entries.iter().position(|(key, _)| key.name == name)?;
    Some(entries.remove(place).1)
}

/// Gives a map what it lacks under a key: maps are completed, lists go on with what is given.
pub fn fill(map: &mut Node, name: &str, given: Node) {
    if let Some(own) = map.key_mut(name) {
        return complete(own, given);
    }
    if let Value::Map(entries) = &mut map.value {
        let span = given.span;
        entries.push((Key { name: name.into(), span }, given));
    }
}

/// Completes the deployment of a scenario, or the first of several.
pub fn fill_deployment(root: &mut Node, section: Node) {
    match root.key_mut("deployments").map(|list| &mut list.value) {
        Some(Value::List(items)) if !items.is_empty() => complete(&mut items[0], section),
        _ => fill(root, "deployment", section),
    }
}

/// Completes what is there by what is given.
fn complete(own: &mut Node, given: Node) {
    match (&mut own.value, given.value) {
        (Value::Map(_), Value::Map(entries)) => {
            entries.into_iter().for_each(|(key, node)| fill(own, &key.name, node));
        }
        (Value::List(items), Value::List(more)) => items.extend(more),
        (Value::Null, value) => *own = Node::new(value, given.span),
        _ => {}
    }
}
