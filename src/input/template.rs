//! `resources.template`: taken out of the resources, and filled in as its kind of template has it; `updatedTemplate` beside it.
//!
//! Not what any kind says (`sam`, `stack`, `inventory`).

use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::input::aws_document::stack_resource::is_document;
use crate::input::aws_document::stack_update::check_update;
use crate::input::aws_document::template::{check_functions, check_parameters, tell_placeholders};
use crate::input::aws_document::{blue_green_hook, sam_template};
use crate::input::graft::take;
use crate::input::tree::{Node, Value};
use crate::input::{inventory, sam, stack};

/// What a template says of a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TemplateKind {
    /// The hook of blue/green deployments says everything.
    Hook,
    /// A function of AWS SAM has a preference.
    Serverless,
    /// Its resources are what documents of the API are elsewhere.
    Inventory,
}

impl TemplateKind {
    /// What kind a template is; nothing if no resource of it plays a part.
    pub fn of(template: &Node) -> Option<TemplateKind> {
        let resources = template.key("Resources").unwrap_or(template).entries().unwrap_or_default();
        let mut kinds =
            resources.iter().filter_map(|(_, node)| node.key("Type").and_then(Node::scalar));
        match () {
            () if blue_green_hook::is_in(template) => Some(TemplateKind::Hook),
            () if sam_template::has_preference(template) => Some(TemplateKind::Serverless),
            () if kinds.any(is_document) => Some(TemplateKind::Inventory),
            () => None,
        }
    }
}

/// Puts what templates say where the scenario says nothing, before anything is decoded.
pub fn expand(root: &mut Node, to: &mut Diagnostics) {
    let Some(resources) = root.key_mut("resources") else { return };
    let Some(template) = take(resources, "template") else { return };
    let parameters = take(resources, "templateParameters");
    if let Some(updated) = take(resources, "updatedTemplate") {
        check_updated(&template, &updated, parameters.as_ref(), to);
    }
    tell_placeholders(parameters.as_ref(), to);
    let one = std::slice::from_ref(&template);
    let templates = template.items().unwrap_or(one);
    check_parameters(templates.iter(), parameters.as_ref(), to);
    templates.iter().for_each(|template| check_functions(template, parameters.as_ref(), to));
    match template.value {
        Value::List(templates) => {
            templates
                .into_iter()
                .for_each(|template| fill(root, template, parameters.as_ref(), to));
        }
        _ => fill(root, template, parameters.as_ref(), to),
    }
}

/// The template of the update changes no more than it may, if the stack has the hook.
fn check_updated(template: &Node, updated: &Node, parameters: Option<&Node>, to: &mut Diagnostics) {
    if TemplateKind::of(template) == Some(TemplateKind::Hook) {
        return check_update(template, updated, parameters, to);
    }
    let title = "`updatedTemplate` stands beside a template without the blue/green hook";
    to.push(
        Diagnostic::new(code::CONFLICTING_KEYS, updated.span, title)
            .label("no stack update deploys")
            .help("take it away"),
    );
}

fn fill(root: &mut Node, template: Node, parameters: Option<&Node>, to: &mut Diagnostics) {
    match TemplateKind::of(&template) {
        Some(TemplateKind::Hook) => stack::expand(root, &template, parameters, to),
        Some(TemplateKind::Inventory) => inventory::expand(root, &template, parameters, to),
        Some(TemplateKind::Serverless) | None => sam::expand(root, template, parameters, to),
    }
}
