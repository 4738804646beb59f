//! Functions of a template that can come to nothing: conditions and names that it does not have, parts that a list does not have.
//!
//! CloudFormation refuses such a template before it makes anything. Not what nobody but an account could tell (`untold`).

use super::{Template, function};
use crate::diagnostic::{Diagnostic, Diagnostics, Span, code};
use crate::input::decode::{listed, nearest};
use crate::input::tree::{Key, Node, shortened};

/// The transform that brings no names of its own; others may.
const TRANSFORM: &str = "AWS::CodeDeployBlueGreen";

/// A function that is refused, at its place.
fn refused(span: Span, title: impl Into<String>) -> Diagnostic {
    Diagnostic::new(code::FUNCTION_REFUSED, span, title)
}

/// Tells the functions of a template that can come to nothing.
pub fn check_functions(root: &Node, parameters: Option<&Node>, to: &mut Diagnostics) {
    let template = Template::open(root).with_parameters(parameters);
    let is_own = |node: &Node| node.scalar() == Some(TRANSFORM);
    let brings_names = root.key("Transform").is_some_and(|transform| match transform.items() {
        Some(items) => !items.iter().all(is_own),
        None => !is_own(transform),
    });
    let check = Check { template: &template, knows_names: !brings_names };
    for (_, resource) in template.resources() {
        if let Some(condition) = resource.key("Condition") {
            check.condition(condition, to);
        }
        resource.key("Properties").into_iter().for_each(|node| check.walk(node, to));
    }
    ["Conditions", "Hooks"].iter().filter_map(|key| root.key(key)).for_each(|node| {
        check.walk(node, to);
    });
}

struct Check<'a> {
    template: &'a Template<'a>,
    /// Whether all names are those of the template.
    knows_names: bool,
}

impl Check<'_> {
    fn walk(&self, node: &Node, to: &mut Diagnostics) {
        match called(node) {
            Some(("Fn::If", argument)) => {
                let condition = argument.items().and_then(<[Node]>::first);
                condition.into_iter().for_each(|condition| self.condition(condition, to));
            }
            Some(("Condition", condition)) => self.condition(condition, to),
            Some(("Fn::Select", argument)) => self.select(node, argument, to),
            Some(("Fn::Sub", argument)) if self.knows_names => self.sub(argument, to),
            _ => {}
        }
        node.items().unwrap_or_default().iter().for_each(|item| self.walk(item, to));
        let entries: &[(Key, Node)] = node.entries().unwrap_or_default();
        entries.iter().for_each(|(_, value)| self.walk(value, to));
    }

    fn condition(&self, node: &Node, to: &mut Diagnostics) {
        let Some(name) = node.scalar() else { return };
        let known: Vec<&str> =
            self.template.conditions.all.iter().map(|(key, _)| &key.name[..]).collect();
        if !known.contains(&name) {
            let title = format!("the template has no condition `{}`", shortened(name));
            to.push(unknown(node.span, title, name, &known));
        }
    }

    /// Parts are counted from 0.
    fn select(&self, node: &Node, argument: &Node, to: &mut Diagnostics) {
        let Some([index, list]) = argument.items() else { return };
        let (index, list) = (self.template.resolved(index), self.template.resolved(list));
        let Some(parts) = list.items() else { return };
        let Some(index) = index.scalar().and_then(|text| text.parse::<usize>().ok()) else {
            return;
        };
        if index >= parts.len() {
            let title = format!("`Fn::Select` takes part {index} of {}", parts.len());
            to.push(refused(node.span, title).label("parts are counted from 0"));
        }
    }

    fn sub(&self, argument: &Node, to: &mut Diagnostics) {
        let (pattern, own) = match argument.items() {
            Some([pattern, own]) => (pattern, own.entries().unwrap_or_default()),
            _ => (argument, Default::default()),
        };
        let parameters = self.template.parameters.keys().copied();
        let own = own.iter().chain(self.template.resources()).map(|(key, _)| &key.name[..]);
        let known: Vec<&str> = parameters.chain(own).collect();
        let mut rest = pattern.scalar().unwrap_or_default();
        while let Some((name, tail)) =
            rest.split_once("${").and_then(|(_, after)| after.split_once('}'))
        {
            rest = tail;
            let name = name.trim();
            let first = name.split('.').next().unwrap_or_default();
            let is_known = known.contains(&name) || known.contains(&first);
            if !is_known && !name.starts_with('!') && !name.starts_with("AWS::") {
                let title = format!("`Fn::Sub` names `{}`", shortened(name));
                to.push(unknown(pattern.span, title, first, &known));
            }
        }
    }
}

/// A name that the template does not have.
fn unknown(span: Span, title: String, name: &str, known: &[&str]) -> Diagnostic {
    const NAMES_SHOWN_MAX: usize = 12;
    let shown = &known[..known.len().min(NAMES_SHOWN_MAX)];
    let help = match shown.is_empty() {
        true => "it has none at all".to_owned(),
        false => format!("known are {}", listed(shown)),
    };
    refused(span, title).label("not in the template").help(help).meant(name, nearest(name, known))
}

/// A function in either form: its name and what it is given.
fn called(node: &Node) -> Option<(&str, &Node)> {
    match node.tag.as_deref() {
        Some("!If") => Some(("Fn::If", node)),
        Some("!Condition") => Some(("Condition", node)),
        Some("!Select") => Some(("Fn::Select", node)),
        Some("!Sub") => Some(("Fn::Sub", node)),
        _ => function(node),
    }
}
