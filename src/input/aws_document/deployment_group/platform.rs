//! Which platform a deployment group is for.
//!
//! Not what is in it. Rules: CD-ECS-8, CD-VAL-20.

use crate::aws::name::ComputePlatform;
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::input::aws_document::envelope::Answer;
use crate::input::aws_document::kind::{Kind, expected};
use crate::input::aws_document::value::no_platform;
use crate::input::decode::Field;
use crate::input::tree::{Node, shortened};
use crate::scenario::traffic_routing::predefined;

const ANSWER: Answer = Answer {
    one: "deploymentGroupInfo",
    several: "deploymentGroupsInfo",
    name: "deploymentGroupName",
    what: "deployment group",
};

/// Options of EC2 deployments, which do nothing elsewhere.
pub const SERVER_OPTIONS: [&str; 5] = [
    "ec2TagFilters",
    "ec2TagSet",
    "onPremisesInstanceTagFilters",
    "onPremisesTagSet",
    "autoScalingGroups",
];

/// The group in a document, of several the one that is `named`. One of another platform is told, and yields none.
pub fn opened<'a>(
    field: Field<'a>,
    named: Option<&str>,
    platform: ComputePlatform,
    to: &mut Diagnostics,
) -> Option<Field<'a>> {
    let field = expected(field, &[Kind::DeploymentGroup], to)?;
    let field = ANSWER.document(field, named, to)?;
    if let Some(fault) = platform_fault(field, platform) {
        to.push(fault);
        return None;
    }
    Some(field)
}

/// The platform that a document is for, whatever its envelope: as it says, else as its settings show, else ECS.
///
/// Of several groups the first one decides.
pub fn platform_of(document: &Node) -> ComputePlatform {
    fn told(node: &Node) -> Option<ComputePlatform> {
        let inside = node.entries().unwrap_or_default().iter().map(|(_, node)| node);
        let mut inside = inside.chain(node.items().unwrap_or_default());
        shown_platform(node).or_else(|| of_balanced_hosts(node)).or_else(|| inside.find_map(told))
    }
    told(document).unwrap_or(ComputePlatform::Ecs)
}

/// The platform that a group names, or that its settings show.
fn shown_platform(node: &Node) -> Option<ComputePlatform> {
    let filled = |key: &str| node.key(key).is_some_and(|value| !says_nothing(value));
    let named = node.key("computePlatform").and_then(Node::scalar);
    let config = node.key("deploymentConfigName").and_then(Node::scalar).and_then(predefined);
    let server = SERVER_OPTIONS.iter().any(|option| node.key(option).is_some());
    match (named, config) {
        (Some(named), _) => ComputePlatform::from_name(named),
        _ if filled("ecsServices") => Some(ComputePlatform::Ecs),
        (None, Some(config)) if config.platform != ComputePlatform::Ecs => Some(config.platform),
        _ if server && node.key("loadBalancerInfo").is_none() => Some(ComputePlatform::Server),
        (None, config) => config.map(|config| config.platform),
    }
}

/// Hosts behind a load balancer: a group that names hosts, and no pair of target groups.
fn of_balanced_hosts(node: &Node) -> Option<ComputePlatform> {
    let names_hosts = SERVER_OPTIONS
        .iter()
        .any(|option| node.key(option).is_some_and(|value| !says_nothing(value)));
    let pair = node.key("loadBalancerInfo").and_then(|info| info.key("targetGroupPairInfoList"));
    (names_hosts && pair.is_none_or(says_nothing)).then_some(ComputePlatform::Server)
}

/// Whether an option holds nothing, as answers and skeletons have it.
pub fn says_nothing(node: &Node) -> bool {
    let items = node.items().is_some_and(|items| items.iter().all(says_nothing));
    let entries = node.entries().is_some_and(|map| map.iter().all(|(_, node)| says_nothing(node)));
    items || entries || node.is_null() || node.scalar() == Some("")
}

/// The warning of an option that has no effect on a platform.
pub fn ignored(field: Field, platform: ComputePlatform, what: &str) -> Diagnostic {
    let title = format!("`{}` has no effect on {}", field.name, words(platform));
    Diagnostic::new(code::IGNORED_OPTION, field.key_span, title).label(what)
}

/// How a platform is called in sentences.
pub const fn words(platform: ComputePlatform) -> &'static str {
    match platform {
        ComputePlatform::Ecs => "ECS",
        ComputePlatform::Lambda => "Lambda",
        ComputePlatform::Server => "EC2 and on-premises",
    }
}

/// The fault of a group of another platform, as it says itself or as its settings show.
fn platform_fault(field: Field, wanted: ComputePlatform) -> Option<Diagnostic> {
    let written = field.node.key("computePlatform").filter(|node| node.scalar().is_some());
    let platform = written.map(|node| Field { name: "computePlatform", node, key_span: node.span });
    if let Some(fault) = platform.and_then(no_platform) {
        return Some(fault);
    }
    let found = shown_platform(field.node).filter(|&found| found != wanted)?;
    let span = platform.map_or(field.node.span, |platform| platform.node.span);
    let title = format!("the deployment group is for the platform `{}`", shortened(found.as_str()));
    let help = match wanted {
        ComputePlatform::Ecs => {
            "give the group of an ECS service; to a Lambda function is deployed with `resources.function`"
        }
        ComputePlatform::Lambda => "give the group of a Lambda function",
        ComputePlatform::Server => "give a group of EC2 instances or on-premises servers",
    };
    Some(
        Diagnostic::new(code::OTHER_PLATFORM, span, title)
            .label(format!("not for {}", words(wanted)))
            .help(help),
    )
}
