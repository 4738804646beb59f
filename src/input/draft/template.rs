//! What a template fills into a scenario, and what it asks for.
//!
//! Not how it is read (`input::template`).

use crate::aws::name::ComputePlatform;
use crate::diagnostic::Diagnostics;
use crate::input::aws_document::deployment_group::platform_of;
use crate::input::aws_document::sam_template::sam_template;
use crate::input::aws_document::stack_resource::parts;
use crate::input::aws_document::template::Template;
use crate::input::decode::Field;
use crate::input::draft::place::{Place, platform_of_config};
use crate::input::graft::Made;
use crate::input::template::{TemplateKind, expand};
use crate::input::tree::Node;

/// A template, filled into an empty scenario.
#[derive(Debug)]
pub struct FilledTemplate {
    /// What kind it is.
    pub kind: TemplateKind,
    /// The scenario that it makes.
    pub says: Node,
    /// Names of parameters that have no default and play a part.
    pub parameters: Vec<String>,
    /// Logical ids of the functions that it deploys gradually.
    pub functions: Vec<String>,
    /// Whether it describes an alarm.
    pub has_alarms: bool,
}

impl FilledTemplate {
    /// Fills a template in, if anything of it plays a part. What is wrong with it is told, and again when the draft is read.
    pub fn of(template: &Node, to: &mut Diagnostics) -> Option<FilledTemplate> {
        let kind = TemplateKind::of(template)?;
        let made = Made { span: template.span };
        let functions = match kind {
            TemplateKind::Serverless => {
                sam_template(Field::new("template", template), None, &mut Diagnostics::new())
            }
            TemplateKind::Hook | TemplateKind::Inventory => None,
        };
        let functions: Vec<String> = functions
            .map(|found| found.deployments.into_iter().map(|one| one.logical_id.value).collect())
            .unwrap_or_default();
        let mut resources = vec![("template", template.clone())];
        if let [first, _, ..] = &functions[..] {
            resources.push(("templateFunction", made.text(first)));
        }
        let mut says = made.map([("resources", made.map(resources))]);
        expand(&mut says, to);
        let is_filled = |section: &str| {
            let entries = says.key(section).and_then(Node::entries);
            entries.is_some_and(|entries| !entries.is_empty())
        };
        // Nothing may be left of resources whose conditions do not hold.
        if kind == TemplateKind::Inventory && !is_filled("deployment") && !is_filled("resources") {
            return None;
        }
        let opened = Template::open(template).with_references();
        let parameters = opened.untold_parameters(parts(template, &opened));
        let has_alarms = opened.of_type("AWS::CloudWatch::Alarm").next().is_some();
        Some(FilledTemplate {
            kind,
            says,
            parameters: parameters.into_iter().collect(),
            functions,
            has_alarms,
        })
    }

    /// What stands at a place.
    pub fn at(&self, place: Place) -> Option<&Node> {
        let section = match place {
            Place::DeploymentGroup | Place::DeploymentConfig | Place::Revision => "deployment",
            _ => "resources",
        };
        self.says.key(section)?.key(place.key())
    }

    /// The keys of a scenario that it fills.
    pub fn parts(&self) -> impl Iterator<Item = &str> {
        let sections = ["deployment", "resources"].into_iter();
        let entries = sections.filter_map(|section| self.says.key(section)?.entries()).flatten();
        let keys = entries.map(|(key, _)| &key.name[..]);
        keys.filter(|key| !key.starts_with("template"))
    }

    /// Whether it describes a function that is deployed.
    pub fn has_function(&self) -> bool {
        self.says.key("resources").is_some_and(|resources| resources.key("function").is_some())
    }

    /// What it deploys to, if it says so.
    pub fn platform(&self) -> Option<ComputePlatform> {
        match self.kind {
            TemplateKind::Hook => Some(ComputePlatform::Ecs),
            TemplateKind::Serverless => Some(ComputePlatform::Lambda),
            TemplateKind::Inventory => match self.at(Place::DeploymentGroup) {
                _ if self.has_function() => Some(ComputePlatform::Lambda),
                Some(group) => Some(platform_of(group)),
                None if self.at(Place::Service).is_some() => Some(ComputePlatform::Ecs),
                None => self.at(Place::DeploymentConfig).and_then(platform_of_config),
            },
        }
    }
}
