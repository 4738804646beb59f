//! An AppSpec for Amazon ECS: what the replacement task set is, and which hooks are bound.
//!
//! Where the text of it comes from is settled in `content`. Whether the container exists is for whoever has
//! the task definition. Rules: CD-ECS-11, CD-ECS-12, CD-LE-1, CD-VAL-4.

mod content;
mod hook;
mod resource;
mod service;
#[cfg(test)]
mod tests;

pub use hook::HookBinding;

use super::kind::{Kind, expected};
use super::value::empty_value;
use crate::aws::exception::Exception;
use crate::aws::name::LifecycleEvent;
use crate::diagnostic::{Diagnostic, Diagnostics, Sources, Span, Spanned, code};
use crate::input::decode::{Field, Map};
use crate::input::tree::{Node, shortened};
use service::properties;

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

/// What an AppSpec of one platform has that one of another has not.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    /// The kind of the document.
    pub kind: Kind,
    /// The type of its only resource.
    pub resource_type: &'static str,
    /// How such a resource is called in the guide.
    pub resource_name: &'static str,
    /// What such a resource is, for messages.
    pub target: &'static str,
    /// The platform, for messages.
    pub platform: &'static str,
    /// The events that a function can be bound to.
    pub hooks: &'static [LifecycleEvent],
}

/// An AppSpec for Amazon ECS. Rules: CD-ECS-11, CD-LE-1.
const ECS: Form = Form {
    kind: Kind::EcsAppSpec,
    resource_type: "AWS::ECS::Service",
    resource_name: "TargetService",
    target: "service of Amazon ECS",
    platform: "ECS",
    hooks: &LifecycleEvent::HOOKS,
};

/// Reads an AppSpec: the file itself, a revision that holds its text, or a deployment with such a revision.
///
/// A text inside a revision becomes a source of its own, so that its places can be shown.
pub fn app_spec(field: Field, sources: &mut Sources, to: &mut Diagnostics) -> Option<AppSpec> {
    held(field, &ECS, sources, to, |field, to| {
        let (properties, hooks) = parts(field, &ECS, to, properties)?;
        let properties = properties?;
        Some(AppSpec {
            task_definition: properties.task_definition,
            container_name: properties.target.container_name,
            container_port: properties.target.container_port?,
            platform_version: properties.platform_version,
            names_capacity_providers: properties.names_capacity_providers,
            hooks,
            span: field.node.span,
        })
    })
}

/// Hands the AppSpec in a document to its reader; whatever is wrong with it CodeDeploy refuses (CD-VAL-4).
pub fn held<T>(
    field: Field,
    form: &Form,
    sources: &mut Sources,
    to: &mut Diagnostics,
    read: impl FnOnce(Field, &mut Diagnostics) -> Option<T>,
) -> Option<T> {
    let read = |field: Field, to: &mut Diagnostics| {
        let told = to.len();
        let found = read(field, to);
        to.refuse_since(told, Exception::InvalidRevision);
        found
    };
    let field = expected(field, &[form.kind, Kind::CreateDeployment, Kind::Deployment], to)?;
    if super::recognise(field.node) == form.kind {
        return read(field, to);
    }
    let node = content::of_revision(field, sources, to)?;
    let field = expected(Field::new("content", &node), &[form.kind], to)?;
    read(field, to)
}

/// The properties of the only resource, through their reader, and the functions that are bound.
pub fn parts<T>(
    field: Field,
    form: &Form,
    to: &mut Diagnostics,
    properties: impl FnOnce(Field, &mut Diagnostics) -> Option<T>,
) -> Option<(Option<T>, Vec<HookBinding>)> {
    let mut map = Map::open(field, to)?.any_case();
    if let Some(fault) = version_fault(map.take("version"), map.span()) {
        map.tell(fault);
    }
    let properties = map.required("Resources", resource::only(form, properties));
    let hooks = match map.take("Hooks") {
        Some(hooks) if !hooks.node.is_null() => map.optional("Hooks", hook::list(form)),
        _ => None,
    };
    map.unused();
    Some((properties, hooks.unwrap_or_default()))
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
pub fn shown(node: &Node) -> String {
    node.scalar().map_or_else(|| node.describe(), |text| format!("`{}`", shortened(text)))
}

/// The fault of an AppSpec that CodeDeploy refuses.
pub fn refused(span: Span, title: impl Into<String>) -> Diagnostic {
    Diagnostic::new(code::APPSPEC_REFUSED, span, title)
}

/// The warning of a value that may be absent and for which nothing, or nothing but blanks, is written.
pub fn silence(field: Field) -> Option<Diagnostic> {
    if field.node.is_null() {
        return Some(empty_value(field.name, field.key_span));
    }
    let blank = field.node.scalar().is_some_and(|text| text.trim().is_empty());
    blank.then(|| empty_value(field.name, field.node.span))
}
