//! An AppSpec for Amazon ECS: what the replacement task set is, and which hooks are bound.
//!
//! Where the text of it comes from is settled in `content`. Whether the container exists is for whoever has
//! the task definition. Rules: CD-ECS-11, CD-ECS-12, CD-LE-1, CD-VAL-4.

mod content;
mod resource;
#[cfg(test)]
mod tests;

use super::kind::{Kind, expected};
use super::value::{empty_value, spanned};
use crate::aws::exception::Exception;
use crate::aws::name::LifecycleEvent;
use crate::diagnostic::{Diagnostic, Diagnostics, Sources, Span, Spanned, code};
use crate::input::decode::{Field, Map, listed, suggestion, text, wrong_type};
use crate::input::tree::{Key, Node, Value, shortened};

/// What an AppSpec says that a deployment needs.
#[derive(Clone, Debug, PartialEq)]
pub struct AppSpec {
    /// The ARN of the task definition; absent if a placeholder stands for it.
    pub task_definition: Option<Spanned<String>>,
    /// The container that the load balancer sends requests to; absent if a placeholder stands for it.
    pub container_name: Option<Spanned<String>>,
    /// Its port.
    pub container_port: Spanned<u16>,
    /// Fargate's platform version, if one is named.
    pub platform_version: Option<Spanned<String>>,
    /// Whether it names capacity providers, which go before the service's launch type.
    pub names_capacity_providers: bool,
    /// The functions that are bound, at most one an event, in the order of the file.
    pub hooks: Vec<HookBinding>,
    /// The place of the whole, in the text that holds it.
    pub span: Span,
}

/// A Lambda function bound to a lifecycle event.
#[derive(Clone, Debug, PartialEq)]
pub struct HookBinding {
    /// The event.
    pub event: LifecycleEvent,
    /// Where the event is named.
    pub event_span: Span,
    /// Name or ARN of the function.
    pub function: Spanned<String>,
}

/// Reads an AppSpec: the file itself, a revision that holds its text, or a deployment with such a revision.
///
/// A text inside a revision becomes a source of its own, so that its places can be shown.
pub fn app_spec(field: Field, sources: &mut Sources, to: &mut Diagnostics) -> Option<AppSpec> {
    const WANTED: [Kind; 3] = [Kind::EcsAppSpec, Kind::CreateDeployment, Kind::Deployment];
    let field = expected(field, &WANTED, to)?;
    if super::recognise(field.node) == Kind::EcsAppSpec {
        return tree(field, to);
    }
    let node = content::of_revision(field, sources, to)?;
    let field = expected(Field::new("content", &node), &WANTED[..1], to)?;
    tree(field, to)
}

/// Reads the AppSpec itself; whatever is wrong with it CodeDeploy refuses (CD-VAL-4).
fn tree(field: Field, to: &mut Diagnostics) -> Option<AppSpec> {
    let told = to.len();
    let found = checked(field, to);
    to.refuse_since(told, Exception::InvalidRevision);
    found
}

fn checked(field: Field, to: &mut Diagnostics) -> Option<AppSpec> {
    let mut map = Map::open(field, to)?.any_case();
    if let Some(fault) = version_fault(map.take("version"), map.span()) {
        map.tell(fault);
    }
    let properties = map.required("Resources", resource::only);
    let hooks = match map.take("Hooks") {
        Some(hooks) if !hooks.node.is_null() => map.optional("Hooks", hook_list),
        _ => None,
    };
    map.unused();
    let properties = properties?;
    Some(AppSpec {
        task_definition: properties.task_definition,
        container_name: properties.target.container_name,
        container_port: properties.target.container_port?,
        platform_version: properties.platform_version,
        names_capacity_providers: properties.names_capacity_providers,
        hooks: hooks.unwrap_or_default(),
        span: field.node.span,
    })
}

/// The warning of a version other than 0.0, which is the only one there is.
fn version_fault(version: Option<Field>, whole: Span) -> Option<Diagnostic> {
    let (title, span) = match version {
        None => ("the AppSpec has no `version`".to_string(), whole),
        Some(field) if field.node.scalar() == Some("0.0") => return None,
        Some(field) => (format!("`version` is {}, not 0.0", shown(field.node)), field.node.span),
    };
    let diagnostic = Diagnostic::new(code::APPSPEC_VERSION, span, title);
    Some(diagnostic.label("read as version 0.0").help("write `version: 0.0`"))
}

/// A scalar as it was written, else what it is.
fn shown(node: &Node) -> String {
    node.scalar().map_or_else(|| node.describe(), |text| format!("`{}`", shortened(text)))
}

/// The fault of an AppSpec that CodeDeploy refuses.
fn refused(span: Span, title: impl Into<String>) -> Diagnostic {
    Diagnostic::new(code::APPSPEC_REFUSED, span, title)
}

/// `Hooks`: a list of maps with one key each. A faulty hook does not hide the others.
fn hook_list(field: Field, to: &mut Diagnostics) -> Option<Vec<HookBinding>> {
    let Value::List(items) = &field.node.value else {
        to.push(
            wrong_type(field, "a list")
                .help("write each hook after a dash: `- AfterInstall: \"function-name\"`"),
        );
        return None;
    };
    let mut hooks: Vec<HookBinding> = Vec::new();
    for node in items {
        let Some(hook) = hook(Field::new("Hooks", node), to) else { continue };
        match hooks.iter().position(|earlier| earlier.event == hook.event) {
            None => hooks.push(hook),
            Some(at) => {
                let earlier = std::mem::replace(&mut hooks[at], hook);
                let title = format!("`{}` is bound twice, the later one counts", earlier.event);
                to.push(
                    Diagnostic::new(code::DUPLICATE_KEY, earlier.event_span, title)
                        .label("this one is ignored")
                        .help("delete the one that is not meant"),
                );
            }
        }
    }
    Some(hooks)
}

/// One item of `Hooks`.
fn hook(field: Field, to: &mut Diagnostics) -> Option<HookBinding> {
    let mut map = Map::open(field, to)?;
    let entries = field.node.entries().unwrap_or_default();
    let Some((key, node)) = entries.first() else {
        map.tell(empty_value(field.name, field.node.span));
        return None;
    };
    if let Some((second, _)) = entries.get(1) {
        let title = format!("`{}` stands beside another hook", shortened(&second.name));
        map.tell(
            refused(second.span, title)
                .label("a second key in one item")
                .help("write each hook after a dash of its own"),
        );
    }
    let silence = silence(Field { name: &key.name, node, key_span: key.span });
    let function = match silence {
        Some(silence) => {
            map.tell(silence);
            None
        }
        None => map.optional(&key.name, spanned(text)),
    };
    let event = event(key, to);
    Some(HookBinding { event: event?, event_span: key.span, function: function? })
}

/// The lifecycle event of a hook's name; only five can have one.
fn event(key: &Key, to: &mut Diagnostics) -> Option<LifecycleEvent> {
    let found = LifecycleEvent::HOOKS.into_iter().find(|event| event.as_str() == key.name);
    if found.is_none() {
        let names = LifecycleEvent::HOOKS.map(LifecycleEvent::as_str);
        let title = format!("`{}` is no hook of a deployment on ECS", shortened(&key.name));
        to.push(
            Diagnostic::new(code::UNKNOWN_HOOK, key.span, title)
                .label("unknown hook")
                .help(format!("the hooks are {}", listed(&names)))
                .maybe_help(suggestion(&key.name, &names)),
        );
    }
    found
}

/// The warning of a value that may be absent and for which nothing, or nothing but blanks, is written.
fn silence(field: Field) -> Option<Diagnostic> {
    if field.node.is_null() {
        return Some(empty_value(field.name, field.key_span));
    }
    let blank = field.node.scalar().is_some_and(|text| text.trim().is_empty());
    blank.then(|| empty_value(field.name, field.node.span))
}
