//! Which document goes where in a scenario, and what the others are.
//!
//! What a document says is its own reader's matter; here only names are looked for.

use crate::aws::name::ComputePlatform;
use crate::input::aws_document::deployment_group::platform_of;
use crate::input::aws_document::{Kind, is_placeholder};
use crate::input::draft::template::FilledTemplate;
use crate::input::tree::Node;

/// How deep a name is looked for: that of a container stands six levels down in an AppSpec, and more in an answer.
const DEPTH_MAX: usize = 12;

/// A document that was read.
#[derive(Debug)]
pub struct Document {
    /// Its path, as the scenario will name it.
    pub path: String,
    /// What it is.
    pub kind: Kind,
    /// What it says.
    pub node: Node,
    /// What it says in the place of other documents, if it is a template that does.
    pub template: Option<FilledTemplate>,
}

impl Document {
    /// Where names are looked for: in the document, or in those that it stands for.
    pub fn says(&self) -> &Node {
        self.template.as_ref().map_or(&self.node, |template| &template.says)
    }
}

/// Where a scenario names a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// `deployment.deploymentGroup`
    DeploymentGroup,
    /// `deployment.deploymentConfig`
    DeploymentConfig,
    /// `deployment.revision`
    Revision,
    /// `resources.service`
    Service,
    /// `resources.taskDefinition`
    TaskDefinition,
    /// `resources.targetGroups`
    TargetGroups,
    /// `resources.listeners`
    Listeners,
    /// `resources.alarms`
    Alarms,
    /// `resources.scaling`
    Scaling,
    /// `resources.template`
    Template,
}

impl Place {
    /// The place of a document, if scenarios name such.
    pub const fn of(document: &Document) -> Option<Place> {
        Some(match document.kind {
            Kind::DeploymentGroup => Place::DeploymentGroup,
            Kind::DeploymentConfig => Place::DeploymentConfig,
            Kind::EcsAppSpec | Kind::LambdaAppSpec | Kind::Ec2AppSpec | Kind::CreateDeployment => {
                Place::Revision
            }
            Kind::Service => Place::Service,
            Kind::TaskDefinition => Place::TaskDefinition,
            Kind::TargetGroups => Place::TargetGroups,
            Kind::Listeners => Place::Listeners,
            Kind::Alarms => Place::Alarms,
            Kind::Scaling => Place::Scaling,
            Kind::CloudFormation | Kind::Sam if document.template.is_some() => Place::Template,
            Kind::Sam
            | Kind::Deployment
            | Kind::DeploymentTarget
            | Kind::DeploymentConfigNames
            | Kind::TaskSet
            | Kind::Tasks
            | Kind::MetricData
            | Kind::TargetGroupAttributes
            | Kind::LoadBalancers
            | Kind::CloudFormation
            | Kind::Scenario
            | Kind::BuildSpec
            | Kind::Compose
            | Kind::Workflow
            | Kind::MoveApps
            | Kind::Terraform
            | Kind::Kubernetes
            | Kind::LambdaAlias
            | Kind::Unknown => return None,
        })
    }

    /// Whether scenarios of a platform have it.
    pub const fn is_of(self, platform: ComputePlatform) -> bool {
        match self {
            Place::DeploymentGroup | Place::DeploymentConfig | Place::Revision | Place::Alarms => {
                true
            }
            Place::Service | Place::TaskDefinition | Place::Listeners | Place::Scaling => {
                matches!(platform, ComputePlatform::Ecs)
            }
            Place::TargetGroups => !matches!(platform, ComputePlatform::Lambda),
            Place::Template => true,
        }
    }

    /// Whether it takes several documents.
    pub const fn takes_several(self) -> bool {
        matches!(self, Place::Alarms | Place::Scaling | Place::Template)
    }

    /// Its key.
    pub const fn key(self) -> &'static str {
        match self {
            Place::DeploymentGroup => "deploymentGroup",
            Place::DeploymentConfig => "deploymentConfig",
            Place::Revision => "revision",
            Place::Service => "service",
            Place::TaskDefinition => "taskDefinition",
            Place::TargetGroups => "targetGroups",
            Place::Listeners => "listeners",
            Place::Alarms => "alarms",
            Place::Scaling => "scaling",
            Place::Template => "template",
        }
    }
}

/// What is deployed to, as the documents tell: the AppSpec, else the deployment group, a service, a template, or the platform
/// of the deployment configuration; else an ECS service.
pub fn platform<'a>(documents: impl Iterator<Item = &'a Document> + Clone) -> ComputePlatform {
    let spec = documents.clone().find_map(|document| match document.kind {
        Kind::EcsAppSpec => Some(ComputePlatform::Ecs),
        Kind::LambdaAppSpec => Some(ComputePlatform::Lambda),
        Kind::Ec2AppSpec => Some(ComputePlatform::Server),
        _ => None,
    });
    let of_group = || {
        let mut groups =
            documents.clone().filter(|document| document.kind == Kind::DeploymentGroup);
        groups.next().map(|group| platform_of(&group.node))
    };
    let is_of_service = || documents.clone().any(|document| document.kind == Kind::Service);
    let of_template = || {
        let mut templates = documents.clone().filter_map(|document| document.template.as_ref());
        templates.find_map(FilledTemplate::platform)
    };
    spec.or_else(of_group)
        .or_else(|| is_of_service().then_some(ComputePlatform::Ecs))
        .or_else(of_template)
        .or_else(|| documents.clone().find_map(|document| platform_of_config(document.says())))
        .unwrap_or(ComputePlatform::Ecs)
}

/// The platform that a deployment configuration says it is for; one that only counts healthy hosts is for instances.
pub fn platform_of_config(says: &Node) -> Option<ComputePlatform> {
    const OF_HOSTS: [&str; 2] = ["HOST_COUNT", "FLEET_PERCENT"];
    let shorthand = says.scalar().or_else(|| says.key("type")?.scalar()).unwrap_or_default();
    let counts_hosts = under(says, "minimumHealthyHosts").is_some()
        || OF_HOSTS.iter().any(|kind| shorthand.contains(kind));
    match named(says, "computePlatform") {
        Some(name) => ComputePlatform::from_name(name),
        None => counts_hosts.then_some(ComputePlatform::Server),
    }
}

/// The first scalar under a key, at any level and in any case, that is no placeholder.
pub fn named<'a>(node: &'a Node, key: &str) -> Option<&'a str> {
    within(node, DEPTH_MAX, &|name, value| {
        let text = value.scalar().filter(|text| !text.is_empty() && !is_placeholder(text));
        text.filter(|_| name.eq_ignore_ascii_case(key))
    })
}

/// What stands under a key, at any level.
pub fn under<'a>(node: &'a Node, key: &str) -> Option<&'a Node> {
    within(node, DEPTH_MAX, &|name, value| (name == key).then_some(value))
}

fn within<'a, T>(
    node: &'a Node,
    depth: usize,
    find: &impl Fn(&str, &'a Node) -> Option<T>,
) -> Option<T> {
    if depth == 0 {
        return None;
    }
    if let Some(entries) = node.entries() {
        let here = entries.iter().find_map(|(key, value)| find(&key.name, value));
        return here
            .or_else(|| entries.iter().find_map(|(_, value)| within(value, depth - 1, find)));
    }
    node.items()?.iter().find_map(|item| within(item, depth - 1, find))
}
