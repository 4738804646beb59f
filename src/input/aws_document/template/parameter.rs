//! The parameters of a template: what values are given to them, and what they take.
//!
//! Not what a value stands for (`Template`). `AllowedPattern` is not checked: it is a regular expression of Java. Nor are the types
//! that name resources of an account (`AWS::EC2::VPC::Id`), which nobody can look up.

use super::scalar;
use crate::diagnostic::{Diagnostic, Diagnostics, Span, code};
use crate::input::aws_document::value::is_placeholder;
use crate::input::decode::{listed, nearest};
use crate::input::tree::{Key, Node, shortened};

/// A value that a parameter does not take, at its place.
fn refused(span: Span, title: impl Into<String>) -> Diagnostic {
    Diagnostic::new(code::PARAMETER_REFUSED, span, title)
}

/// Whether a parameter holds a list, written with commas between the parts.
pub(super) fn is_list(parameter: &Node) -> bool {
    let kind = parameter.key("Type").and_then(Node::scalar).unwrap_or_default();
    kind == "CommaDelimitedList" || kind.starts_with("List<")
}

/// The parts of a list, written with commas between them.
pub(super) fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim)
}

/// Holds values against the parameters that templates declare, and defaults against what they are the defaults of.
pub fn check_parameters<'a>(
    templates: impl Iterator<Item = &'a Node>,
    values: Option<&Node>,
    to: &mut Diagnostics,
) {
    let declared = templates.filter_map(|template| template.key("Parameters")?.entries());
    let declared: Vec<&(Key, Node)> = declared.flatten().collect();
    let values = values.and_then(Node::entries).unwrap_or_default();
    for (key, parameter) in &declared {
        let given = values.iter().find(|(given, _)| given.name == key.name);
        let default = parameter.key("Default").into_iter();
        for value in default.chain(given.map(|(_, value)| value)) {
            check(&key.name, parameter, value, to);
        }
    }
    let names: Vec<&str> = declared.iter().map(|(key, _)| &key.name[..]).collect();
    for (key, _) in values {
        if !names.contains(&&key.name[..]) {
            let title = format!("no template declares the parameter `{}`", key.name);
            let help = match names.is_empty() {
                true => "take it away: there are no `Parameters`".to_owned(),
                false => format!("declared are {}", listed(&names)),
            };
            let near = nearest(&key.name, &names);
            to.push(refused(key.span, title).label("given here").help(help).meant(&key.name, near));
        }
    }
}

/// One value, as CloudFormation checks it before it makes anything.
fn check(name: &str, parameter: &Node, value: &Node, to: &mut Diagnostics) {
    let Some(text) = scalar(&value.value) else {
        let title = format!("the value of `{name}` is no text and no number");
        let help = "write a list as one text with commas: `a,b`";
        return to.push(refused(value.span, title).label("given here").help(help));
    };
    if is_placeholder(text) {
        return;
    }
    let kind = parameter.key("Type").and_then(Node::scalar).unwrap_or_default();
    let items: Vec<&str> = if is_list(parameter) { parts(text).collect() } else { vec![text] };
    let is_number = matches!(kind, "Number" | "List<Number>");
    for item in items {
        let fault = match is_number {
            true => number_fault(parameter, item),
            false => length_fault(parameter, item),
        };
        if let Some(fault) = fault.or_else(|| choice_fault(parameter, item)) {
            let title = format!("the parameter `{name}` is `{}`, {fault}", shortened(item));
            to.push(refused(value.span, title).label(format!("of the type `{kind}`")));
        }
    }
}

/// What a limit of a parameter is, if it has one.
fn limit(parameter: &Node, key: &str) -> Option<f64> {
    parameter.key(key).and_then(Node::scalar)?.parse::<f64>().ok()
}

fn number_fault(parameter: &Node, item: &str) -> Option<String> {
    let Some(number) = item.parse::<f64>().ok().filter(|number| number.is_finite()) else {
        return Some("which is no number".to_owned());
    };
    let least = limit(parameter, "MinValue").filter(|least| number < *least);
    let most = limit(parameter, "MaxValue").filter(|most| number > *most);
    let less = least.map(|least| format!("less than {least}"));
    less.or_else(|| most.map(|most| format!("more than {most}")))
}

fn length_fault(parameter: &Node, item: &str) -> Option<String> {
    let count = item.chars().count();
    let least = limit(parameter, "MinLength").filter(|least| (count as f64) < *least);
    let most = limit(parameter, "MaxLength").filter(|most| (count as f64) > *most);
    let less = least.map(|least| format!("with {count} characters, less than {least}"));
    less.or_else(|| most.map(|most| format!("with {count} characters, more than {most}")))
}

fn choice_fault(parameter: &Node, item: &str) -> Option<String> {
    let allowed = parameter.key("AllowedValues")?.items()?;
    let allowed: Vec<&str> = allowed.iter().filter_map(Node::scalar).collect();
    let is_one = allowed.contains(&item);
    (!is_one).then(|| format!("not one of {}", listed(&allowed)))
}
