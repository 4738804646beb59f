//! A CloudFormation template: what its functions stand for, as far as the template alone says it.
//!
//! Not what a resource means. Short tags of YAML (`!Ref x`) are read as the long form (`Ref: x`). A parameter is worth its
//! default; nothing is asked of an account.

mod condition;
mod fault;
mod parameter;
mod reference;
#[cfg(test)]
mod tests;
mod untold;

pub use fault::check_functions;
pub use parameter::check_parameters;
pub use reference::arn_of;
pub use untold::{tell_placeholders, without_untold};

use std::collections::BTreeMap;

use super::value::is_placeholder;
use condition::Conditions;

use crate::diagnostic::{Diagnostic, Span, code};
use crate::input::decode::Field;
use crate::input::tree::{Key, Node, Value, shortened};

/// The longest text that is put in the place of a function: that of a parameter's value.
const BYTES_MAX: usize = 4096;

/// Types of resources that are known by a name: the function that `Ref` of one gives.
const FUNCTIONS: [&str; 2] = ["AWS::Serverless::Function", "AWS::Lambda::Function"];

/// The number of the version that a deployment of the template publishes: one is there already.
pub const NEW_VERSION: &str = "2";

/// A template, opened.
#[derive(Debug)]
pub struct Template<'a> {
    /// Texts that `Ref` and `Sub` give, by name: defaults of parameters, names of functions.
    texts: BTreeMap<&'a str, &'a Value>,
    /// The names of functions that say none: their logical ids stand for what CloudFormation makes of them.
    ids: BTreeMap<&'a str, &'a str>,
    resources: &'a [(Key, Node)],
    globals: Option<&'a Node>,
    conditions: Conditions<'a>,
    mappings: Option<&'a Node>,
    /// The parameters, by name.
    parameters: BTreeMap<&'a str, &'a Node>,
    /// What resources are called and what `Ref` of them gives, by logical id; nothing unless it is asked for.
    references: BTreeMap<&'a str, (String, String)>,
}

impl<'a> Template<'a> {
    /// Opens a template, or a map of resources alone.
    pub fn open(root: &'a Node) -> Template<'a> {
        let resources = root.key("Resources").unwrap_or(root).entries().unwrap_or_default();
        let parameters = root.key("Parameters").and_then(Node::entries).unwrap_or_default();
        let is_text = |node: &&Node| node.tag.is_none() && node.scalar().is_some();
        let defaults = parameters.iter().filter_map(|(key, parameter)| {
            let default = parameter.key("Default").filter(is_text)?;
            Some((&key.name[..], &default.value))
        });
        let mut texts = defaults.collect::<BTreeMap<_, _>>();
        let mut ids = BTreeMap::new();
        for (key, resource) in resources.iter().filter(|(_, node)| is_of(node, &FUNCTIONS)) {
            let properties = resource.key("Properties");
            let name = properties.and_then(|all| all.key("FunctionName")).filter(is_text);
            match name {
                Some(name) => drop(texts.insert(&key.name, &name.value)),
                None => drop(ids.insert(&key.name[..], &key.name[..])),
            }
        }
        let globals = root.key("Globals").and_then(|globals| globals.key("Function"));
        let conditions = Conditions::of(root);
        let parameters = parameters.iter().map(|(key, node)| (&key.name[..], node)).collect();
        let references = BTreeMap::new();
        let mappings = root.key("Mappings");
        Template { texts, ids, resources, globals, conditions, mappings, parameters, references }
    }

    /// The same with values of parameters, which go before their defaults. A placeholder is no value.
    #[must_use]
    pub fn with_parameters(mut self, values: Option<&'a Node>) -> Template<'a> {
        let values = values.and_then(Node::entries).unwrap_or_default();
        let is_given = |node: &Node| node.scalar().is_some_and(|text| !is_placeholder(text));
        let given = values.iter().filter(|(_, node)| is_given(node));
        self.texts.extend(given.map(|(key, node)| (&key.name[..], &node.value)));
        self
    }

    /// All resources, in the order of the file.
    pub const fn resources(&self) -> &'a [(Key, Node)] {
        self.resources
    }

    /// The resources of a type, in the order of the file.
    pub fn of_type(&self, kind: &'static str) -> impl Iterator<Item = &'a (Key, Node)> {
        self.resources.iter().filter(move |(_, node)| is_of(node, &[kind]))
    }

    /// A resource by its logical id, if it is of one of these types.
    pub fn resource(&self, id: &str, kinds: &[&str]) -> Option<&'a (Key, Node)> {
        self.resources.iter().find(|(key, node)| key.name == id && is_of(node, kinds))
    }

    /// The name that a function goes by: its own if that is a text, else its logical id.
    pub fn name_of_function(&self, id: &str) -> Option<&str> {
        let name = self.ids.get(id).copied();
        name.or_else(|| scalar(self.texts.get(id)?))
    }

    /// The properties of a serverless function, those that hold for all of them included.
    pub fn properties(&self, resource: &Node) -> Option<Node> {
        let own = resource.key("Properties");
        let merged = match (self.globals, own) {
            (Some(globals), Some(own)) => merged(globals, own),
            (None, own) => own?.clone(),
            (globals, None) => globals?.clone(),
        };
        Some(self.resolved(&merged))
    }

    /// A value with every function in the long form, and those that can be known replaced by what they give.
    pub fn resolved(&self, node: &Node) -> Node {
        let node = long_form(node);
        let value = match node.value {
            Value::List(items) => {
                Value::List(items.iter().map(|item| self.resolved(item)).collect())
            }
            Value::Map(entries) => {
                let resolved = entries.into_iter().map(|(key, node)| (key, self.resolved(&node)));
                Value::Map(resolved.filter(|(_, node)| !is_no_value(node)).collect())
            }
            value => value,
        };
        let node = Node::new(value, node.span);
        if let Some(chosen) = self.chosen(&node) {
            return chosen;
        }
        match self.given(&node).filter(is_short) {
            Some(value) => Node::new(value, node.span),
            None => node,
        }
    }

    /// What `Fn::If` and `Fn::Select` choose, if that can be known; what they choose from is resolved.
    fn chosen(&self, node: &Node) -> Option<Node> {
        match function(node)? {
            ("Fn::If", argument) => {
                let [condition, yes, no] = argument.items()? else { return None };
                let holds = self.condition(condition.scalar()?)?;
                Some(if holds { yes } else { no }.clone())
            }
            ("Fn::Select", argument) => {
                let [index, list] = argument.items()? else { return None };
                list.items()?.get(index.scalar()?.parse::<usize>().ok()?).cloned()
            }
            _ => None,
        }
    }

    /// What a function gives, if that can be known.
    fn given(&self, node: &Node) -> Option<Value> {
        match function(node)? {
            ("Ref", name) => self.list(name).or_else(|| self.text(name.scalar()?)),
            ("Fn::GetAtt", argument) => self.attribute(argument),
            ("Fn::FindInMap", argument) => self.mapped(argument),
            ("Fn::Sub", argument) => {
                let (pattern, own) = match argument.items() {
                    Some([pattern, own]) => (pattern.scalar()?, Some(own)),
                    _ => (argument.scalar()?, None),
                };
                let own =
                    |name: &str| own.and_then(|own| own.key(name)).map(|node| node.value.clone());
                let known = |name: &str| own(name).or_else(|| self.text(name));
                let text = substituted(pattern, known)?;
                Some(Value::Text { text, quoted: true })
            }
            ("Fn::Join", argument) => {
                let [by, parts] = argument.items()? else { return None };
                let parts = parts.items()?.iter().map(Node::scalar).collect::<Option<Vec<_>>>()?;
                let length: usize =
                    parts.iter().map(|part| part.len() + by.scalar().map_or(0, str::len)).sum();
                let text =
                    (length <= BYTES_MAX).then(|| parts.join(by.scalar().unwrap_or_default()));
                Some(Value::Text { text: text?, quoted: true })
            }
            ("Fn::Split", argument) => {
                let [by, text] = argument.items()? else { return None };
                let by = by.scalar().filter(|by| !by.is_empty())?;
                let part = |part: &str| {
                    Node::new(Value::Text { text: part.into(), quoted: true }, node.span)
                };
                Some(Value::List(text.scalar()?.split(by).map(part).collect()))
            }
            _ => None,
        }
    }

    /// The version that is published of a function, `Function.Version.Version`, or what a resource is called.
    fn attribute(&self, argument: &Node) -> Option<Value> {
        let [first, second] = argument.items()? else { return None };
        if let Some(value) = self.referred(first.scalar()?, Some(second.scalar()?)) {
            return Some(value);
        }
        let path = format!("{}.{}", first.scalar()?, second.scalar()?);
        let id = path.strip_suffix(".Version.Version")?;
        let is_function = self.resource(id, &FUNCTIONS).is_some();
        is_function.then(|| Value::Text { text: NEW_VERSION.into(), quoted: true })
    }

    /// The parts of a parameter that holds a list.
    fn list(&self, name: &Node) -> Option<Value> {
        let parameter = self.parameters.get(name.scalar()?)?;
        let text =
            scalar(self.texts.get(name.scalar()?)?).filter(|text| text.len() <= BYTES_MAX)?;
        let part =
            |part: &str| Node::new(Value::Text { text: part.into(), quoted: true }, name.span);
        parameter::is_list(parameter)
            .then(|| Value::List(parameter::parts(text).map(part).collect()))
    }

    /// What stands for a name.
    fn text(&self, name: &str) -> Option<Value> {
        let id = self.ids.get(name).map(|id| Value::Text { text: (*id).into(), quoted: true });
        let own = || self.texts.get(name).map(|value| (*value).clone());
        let found = id.or_else(own).or_else(|| match name.split_once('.') {
            Some((id, attribute)) => self.referred(id, Some(attribute)),
            None => self.referred(name, None),
        })?;
        scalar(&found).is_some_and(|text| text.len() <= BYTES_MAX).then_some(found)
    }
}

/// Whether a value may stand in the place of a function: it is no text, or not too long a one.
fn is_short(value: &Value) -> bool {
    scalar(value).is_none_or(|text| text.len() <= BYTES_MAX)
}

fn is_of(resource: &Node, kinds: &[&str]) -> bool {
    resource.key("Type").and_then(Node::scalar).is_some_and(|kind| kinds.contains(&kind))
}

fn scalar(value: &Value) -> Option<&str> {
    match value {
        Value::Text { text, .. } | Value::Number(text) => Some(text),
        Value::Bool(value) => Some(if *value { "true" } else { "false" }),
        _ => None,
    }
}

/// What holds for all, with what one says itself in its place: maps are joined, lists strung together.
fn merged(all: &Node, own: &Node) -> Node {
    let value = match (&all.value, &own.value) {
        (Value::Map(of_all), Value::Map(of_one)) if all.tag.is_none() && own.tag.is_none() => {
            let mut entries = of_one.clone();
            for (key, node) in of_all {
                match entries.iter_mut().find(|(own, _)| own.name == key.name) {
                    Some((_, own)) => *own = merged(node, own),
                    None => entries.push((key.clone(), node.clone())),
                }
            }
            Value::Map(entries)
        }
        (Value::List(of_all), Value::List(of_one)) => {
            Value::List(of_all.iter().chain(of_one).cloned().collect())
        }
        _ => return own.clone(),
    };
    Node { value, span: own.span, tag: own.tag.clone() }
}

/// A value whose tag is a short function, as the map that says the same.
fn long_form(node: &Node) -> Node {
    let Some(short) = node.tag.as_deref().and_then(|tag| tag.strip_prefix('!')) else {
        return node.clone();
    };
    let name = match short {
        "Ref" | "Condition" => short.to_string(),
        _ => format!("Fn::{short}"),
    };
    let mut argument = Node { tag: None, ..node.clone() };
    if short == "GetAtt"
        && let Some((resource, attribute)) = node.scalar().and_then(|text| text.split_once('.'))
    {
        let text =
            |text: &str| Node::new(Value::Text { text: text.into(), quoted: true }, node.span);
        argument.value = Value::List(vec![text(resource), text(attribute)]);
    }
    Node::new(Value::Map(vec![(Key { name, span: node.span }, argument)]), node.span)
}

/// A function in the long form: its name and what it is given.
pub fn function(node: &Node) -> Option<(&str, &Node)> {
    let [(key, argument)] = node.entries()? else { return None };
    let is_function = matches!(&key.name[..], "Ref" | "Condition") || key.name.starts_with("Fn::");
    is_function.then_some((&key.name[..], argument))
}

/// The first function that is left in a value.
pub fn left_over(node: &Node) -> Option<&Node> {
    if function(node).is_some() {
        return Some(node);
    }
    let items = node.items().unwrap_or_default().iter();
    let mut values = items.chain(node.entries().unwrap_or_default().iter().map(|(_, node)| node));
    values.find_map(left_over)
}

/// `!Ref AWS::NoValue`: the property is not there.
fn is_no_value(node: &Node) -> bool {
    function(node).is_some_and(|(name, of)| name == "Ref" && of.scalar() == Some("AWS::NoValue"))
}

/// A text with each `${Name}` replaced; `${!Name}` stands for `${Name}` itself.
fn substituted(pattern: &str, known: impl Fn(&str) -> Option<Value>) -> Option<String> {
    let (mut text, mut rest) = (String::new(), pattern);
    while let Some((before, after)) = rest.split_once("${") {
        let (name, tail) = after.split_once('}')?;
        text.push_str(before);
        match name.strip_prefix('!') {
            Some(literal) => text.push_str(&format!("${{{literal}}}")),
            None => text.push_str(scalar(&known(name.trim())?)?),
        }
        if text.len() > BYTES_MAX {
            return None;
        }
        rest = tail;
    }
    text.push_str(rest);
    (text.len() <= BYTES_MAX).then_some(text)
}

/// The warning of a value that is known to CloudFormation only.
pub fn unknown(field: Field) -> Option<Diagnostic> {
    let (name, argument) = function(field.node)?;
    let of = match (argument.scalar(), argument.items()) {
        (Some(text), _) => format!(" {}", shortened(text)),
        (None, Some([first, second])) => match (first.scalar(), second.scalar()) {
            (Some(first), Some(second)) => format!(" {}.{}", shortened(first), shortened(second)),
            _ => String::new(),
        },
        _ => String::new(),
    };
    let title = format!("`{}` is `{name}{of}`, which the template does not tell", field.name);
    Some(told(field.node.span, title))
}

/// The same of a value inside another.
pub fn told(span: Span, title: String) -> Diagnostic {
    Diagnostic::new(code::UNTOLD_VALUE, span, title)
        .label("read as absent")
        .help("write the value itself, or give the parameter a `Default` or a value under `resources.templateParameters`")
}

/// The same with keys as the API spells them: CloudFormation begins them with capital letters. Keys of tags it leaves.
pub fn api_spelling(node: &Node) -> Node {
    let spelt = |(key, node): &(Key, Node)| {
        let node = match key.name.contains("Tag") && !key.name.starts_with("Target") {
            true => node.clone(),
            false => api_spelling(node),
        };
        (Key { name: api_key(&key.name), span: key.span }, node)
    };
    let value = match &node.value {
        Value::Map(entries) => Value::Map(entries.iter().map(spelt).collect()),
        Value::List(items) => Value::List(items.iter().map(api_spelling).collect()),
        value => value.clone(),
    };
    Node { value, span: node.span, tag: node.tag.clone() }
}

/// `DeploymentStyle` becomes `deploymentStyle`, `ECSServices` `ecsServices`.
fn api_key(name: &str) -> String {
    let capitals = name.chars().take_while(char::is_ascii_uppercase).count();
    let small = match capitals {
        0 | 1 => capitals,
        all if all == name.len() => all,
        several => several - 1,
    };
    name[..small].to_ascii_lowercase() + &name[small..]
}
