//! `resources.template` without hook or serverless function: a CloudFormation template whose resources stand in the place of
//! the documents that the API gives of them.
//!
//! What the template says is put where the scenario says nothing, as `sam` and `stack` do it; the same readers read it then. Not how
//! resources become documents (`aws_document::stack_resource`).

use crate::diagnostic::Diagnostics;
use crate::input::aws_document::stack_resource::stack_resources;
use crate::input::aws_document::template::Template;
use crate::input::graft::{Made, fill, fill_deployment};
use crate::input::sam::Serverless;
use crate::input::tree::{Node, Value};

/// Fills in what the resources of a template say.
pub fn expand(root: &mut Node, template: &Node, parameters: Option<&Node>, to: &mut Diagnostics) {
    let Some(resources) = root.key_mut("resources") else { return };
    let opened = Template::open(template).with_parameters(parameters).with_references();
    let found = stack_resources(&opened, to);
    let made = Made { span: template.span };
    let serverless = Serverless { made: Made { span: template.span } };
    let alias = found.alias.as_ref();
    if let Some(alias) = alias {
        fill(resources, "function", serverless.function(alias));
    }
    let is_of_service = ["function", "instances"].iter().all(|key| resources.key(key).is_none());
    if is_of_service {
        for (key, document) in
            [("service", found.service), ("taskDefinition", found.task_definition)]
        {
            if let Some(document) = document {
                fill(resources, key, document);
            }
        }
    }
    let lists = [
        ("targetGroups", found.target_groups, true),
        ("listeners", found.listeners, is_of_service),
        ("alarms", found.alarms, true),
        ("scaling", found.scaling, is_of_service),
    ];
    for (key, documents, is_of_platform) in lists {
        if is_of_platform && !documents.is_empty() {
            fill(resources, key, made.list(documents));
        }
    }
    let documents = [
        ("deploymentGroup", found.group),
        ("deploymentConfig", found.config),
        ("revision", alias.map(|alias| serverless.app_spec(alias))),
    ];
    let entries = documents.into_iter().filter_map(|(key, node)| Some((key, node?)));
    let section = made.map(entries);
    if matches!(&section.value, Value::Map(entries) if !entries.is_empty()) {
        fill_deployment(root, section);
    }
}
