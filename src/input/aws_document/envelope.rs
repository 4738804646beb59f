//! What stands around a document: a recorder's wrapper, the name of an answer, a list of several.
//!
//! Not the documents themselves.

use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::input::decode::{Field, suggestion};
use crate::input::tree::{Node, Value, shortened};

/// The document inside a recorder's wrapper, `{"status_code": 200, "data": {..}}`; else the value itself.
pub fn inner(node: &Node) -> &Node {
    match (node.key("status_code").or(node.key("ResponseMetadata")), node.key("data")) {
        (Some(_), Some(data)) => data,
        _ => node,
    }
}

/// What an answer that tells of a failed call says, if it is one: the code and the message.
pub fn error_body(node: &Node) -> Option<(&str, &str)> {
    if let Some(error) = node.key("Error").filter(|error| error.entries().is_some()) {
        let code = said(error, ["Code", "code"])?;
        return Some((code, said(error, ["Message", "message"]).unwrap_or_default()));
    }
    // The form on the wire: `com.amazonaws.codedeploy#DeploymentGroupDoesNotExistException`.
    let kind = node.key("__type")?.scalar()?;
    let kind = kind.rsplit('#').next().unwrap_or(kind);
    Some((kind, said(node, ["message", "Message"]).unwrap_or_default()))
}

/// The text under the first of some keys that is there.
fn said<'a>(node: &'a Node, names: [&str; 2]) -> Option<&'a str> {
    names.iter().find_map(|name| node.key(name)?.scalar())
}

/// Unwraps a document; an answer of a failed call is told.
pub fn opened<'a>(field: Field<'a>, to: &mut Diagnostics) -> Option<Field<'a>> {
    let node = inner(field.node);
    let Some((kind, message)) = error_body(node) else {
        return Some(Field { node, ..field });
    };
    let title = format!("`{}` is the answer of a failed call, `{}`", field.name, shortened(kind));
    let mut diagnostic = Diagnostic::new(code::FAILED_CALL, node.span, title)
        .label("an error, not a document")
        .help("make the call again, and keep its answer");
    if !message.is_empty() {
        diagnostic = diagnostic.note(format!("it says: {}", shortened(message)));
    }
    to.push(diagnostic);
    None
}

/// The names that an answer goes by.
pub struct Answer {
    /// The key of one document: `deploymentGroupInfo`.
    pub one: &'static str,
    /// The key of a list of them: `deploymentGroupsInfo`.
    pub several: &'static str,
    /// The key of their name: `deploymentGroupName`.
    pub name: &'static str,
    /// What they are, for messages: "deployment group".
    pub what: &'static str,
}

impl Answer {
    /// The document in an answer: the only one, or of several the one that is named.
    pub fn document<'a>(
        &self,
        field: Field<'a>,
        named: Option<&str>,
        to: &mut Diagnostics,
    ) -> Option<Field<'a>> {
        if let Some(node) = field.node.key(self.one).filter(|node| node.entries().is_some()) {
            return Some(Field { name: self.one, node, key_span: node.span });
        }
        let Some(list) = field.node.key(self.several).or(list(field.node)) else {
            return Some(field);
        };
        let Value::List(items) = &list.value else {
            to.push(crate::input::decode::wrong_type(
                Field { name: self.several, node: list, key_span: list.span },
                "a list",
            ));
            return None;
        };
        self.chosen(items, list, field, named, to)
    }

    /// The only one of a list, or the one that is named.
    fn chosen<'a>(
        &self,
        items: &'a [Node],
        list: &Node,
        field: Field<'a>,
        named: Option<&str>,
        to: &mut Diagnostics,
    ) -> Option<Field<'a>> {
        let name_of = |node: &'a Node| node.key(self.name).and_then(Node::scalar);
        let found = match (named, items) {
            (_, [only]) => Some(only),
            (Some(named), _) => items.iter().find(|item| name_of(item) == Some(named)),
            (None, _) => None,
        };
        if let Some(node) = found {
            return Some(Field { name: field.name, node, key_span: node.span });
        }
        let names = items.iter().filter_map(name_of).collect::<Vec<_>>();
        let (count, what) = (items.len(), self.what);
        let title = match (named, count) {
            (_, 0) => format!("`{}` holds no {what}", field.name),
            (Some(named), _) => {
                format!("`{}` holds no {what} `{}`", field.name, shortened(named))
            }
            (None, _) => format!("`{}` holds {count} {what}s, not one", field.name),
        };
        let help = match count {
            0 => missing_reason(field.node),
            _ => named.and_then(|named| suggestion(named, &names)),
        };
        to.push(
            Diagnostic::new(code::NOT_ONE, list.span, title)
                .label(format!("one {what} is needed here"))
                .help(format!("keep one {what}: ask for it by its name"))
                .maybe_help(help),
        );
        None
    }
}

/// The value itself, if it is a list: a document in brackets.
fn list(node: &Node) -> Option<&Node> {
    node.items().map(|_| node)
}

/// Why a describe call found nothing, as it says itself under `failures`.
fn missing_reason(node: &Node) -> Option<String> {
    let failure = node.key("failures")?.items()?.first()?;
    let reason = failure.key("reason")?.scalar()?;
    Some(format!("the call found none, and says `{}`: see the names in it", shortened(reason)))
}
