//! A deployment group of EC2 instances or on-premises servers.
//!
//! Not how a deployment reaches them (`scenario::hosts`). Rules: CD-EC2-1, CD-EC2-20, CD-EC2-21, CD-EC2-23, CD-EC2-30,
//! CD-EC2-32, CD-VAL-9 to CD-VAL-11.

#[cfg(test)]
mod tests;

pub use super::style::Style;
pub use super::tag::{TagFilter, TagGroups};

use super::blue_green::{TERMINATION_MINUTES_MAX, ready};
use super::platform::{ignored, opened, says_nothing};
use super::settings::Settings;
use super::{style, tag};
use crate::aws::deployment_group::{
    DeploymentOption, DeploymentType, GreenFleetProvisioningAction, InstanceAction,
    OutdatedInstancesStrategy,
};
use crate::aws::exception::Exception;
use crate::aws::name::ComputePlatform;
use crate::diagnostic::{Diagnostic, Diagnostics, Span, Spanned, code};
use crate::engine::time::SimDuration;
use crate::input::aws_document::value::{Limit, filled};
use crate::input::decode::{Field, Map, boolean, choice, list};

/// What a deployment group of hosts says that a deployment needs.
#[derive(Clone, Debug, PartialEq)]
pub struct HostGroup {
    /// Names, rollback, alarms, triggers.
    pub settings: Settings,
    /// EC2 instances by tags.
    pub ec2_tags: TagGroups,
    /// On-premises instances by tags.
    pub on_premises_tags: TagGroups,
    /// Auto Scaling groups by name, at most ten.
    pub auto_scaling_groups: Vec<Spanned<String>>,
    /// In place or blue/green, with or without traffic control.
    pub style: Style,
    /// The load balancers, if any are named. Rule: CD-EC2-21.
    pub load_balancer: HostLoadBalancer,
    /// What becomes of replacement and original; in blue/green only, and there absent only if it is faulty.
    pub blue_green: Option<HostBlueGreen>,
    /// Whether instances that were added are brought up to date; `UPDATE` if it is not written. Rule: CD-EC2-30.
    pub outdated_instances_strategy: OutdatedInstancesStrategy,
    /// Whether instances that leave have a deployment of their own; not if it is not written. Rule: CD-EC2-32.
    pub termination_hook_enabled: bool,
    /// The place of the whole.
    pub span: Span,
}

/// The load balancers of hosts, by name, at most ten of each kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HostLoadBalancer {
    /// `elbInfoList`: Classic Load Balancers.
    pub classic: Vec<Spanned<String>>,
    /// `targetGroupInfoList`: target groups of Application and Network Load Balancers.
    pub target_groups: Vec<Spanned<String>>,
}

/// `blueGreenDeploymentConfiguration` of hosts. Rule: CD-EC2-20.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostBlueGreen {
    /// Where the replacement comes from, if it says.
    pub provisioning: Option<GreenFleetProvisioningAction>,
    /// The ready wait: nothing for `CONTINUE_DEPLOYMENT`, else 0 to 2880 minutes.
    pub ready_wait: Option<SimDuration>,
    /// What becomes of the original, if it says. Rule: CD-EC2-23.
    pub original: Option<InstanceAction>,
    /// How long an original that is terminated is kept: 0 to 2880 minutes, if it says.
    pub termination_wait: Option<SimDuration>,
}

/// The longest ready wait of hosts: 48 h.
const READY_MINUTES_MAX: i64 = 2880;

/// How many load balancers of one kind a group may name. Rule: CD-EC2-21.
const LOAD_BALANCERS_MAX: usize = 10;

/// Reads a deployment group for hosts: the input that makes it, or an answer that describes it.
///
/// Of an answer with several, `named` chooses. A group of another platform is told, and yields none.
pub fn host_group(field: Field, named: Option<&str>, to: &mut Diagnostics) -> Option<HostGroup> {
    let field = opened(field, named, ComputePlatform::Server, to)?;
    let strategies = OutdatedInstancesStrategy::ALL.iter().map(|known| (known.as_str(), *known));
    let strategies = strategies.collect::<Vec<_>>();
    let mut map = Map::open_aws(field, to)?;
    let settings = Settings::read(&mut map);
    let ec2_tags = tag::EC2.read(&mut map);
    let on_premises_tags = tag::ON_PREMISES.read(&mut map);
    let auto_scaling_groups = tag::auto_scaling_groups(&mut map);
    let style = map.refusing(Exception::InvalidDeploymentStyle, |map| {
        map.or("deploymentStyle", style::of_hosts, Style::DEFAULT)
    });
    let load_balancer = balanced(&mut map, style);
    let blue_green = map.refusing(Exception::InvalidBlueGreenDeploymentConfiguration, |map| {
        blue_green_of(map, style)
    });
    if let Some(option) = map.take("ecsServices").filter(|option| !says_nothing(option.node)) {
        map.tell(ignored(option, ComputePlatform::Server, "an option of ECS deployments"));
    }
    let outdated_instances_strategy =
        map.or("outdatedInstancesStrategy", choice(&strategies), OutdatedInstancesStrategy::Update);
    let termination_hook_enabled = map.or("terminationHookEnabled", boolean, false);
    map.unused();
    let group = HostGroup {
        settings,
        ec2_tags,
        on_premises_tags,
        auto_scaling_groups,
        style,
        load_balancer,
        blue_green,
        outdated_instances_strategy,
        termination_hook_enabled,
        span: field.node.span,
    };
    check(&group, field, to);
    group.settings.remark(field, to);
    Some(group)
}

/// What no key can say alone: blue/green replaces EC2 instances, a copy has an original.
fn check(group: &HostGroup, field: Field, to: &mut Diagnostics) {
    if group.style.deployment_type != DeploymentType::BlueGreen {
        return;
    }
    if !group.on_premises_tags.is_empty() {
        let title = "a blue/green group names on-premises instances";
        to.push(
            Diagnostic::new(code::INSTANCES_REFUSED, field.node.span, title)
                .label("these cannot be replaced")
                .help("deploy to them in place, by a group of their own"),
        );
    }
    let copies = group.blue_green.and_then(|blue_green| blue_green.provisioning)
        == Some(GreenFleetProvisioningAction::CopyAutoScalingGroup);
    if copies && group.auto_scaling_groups.is_empty() {
        let title = "`COPY_AUTO_SCALING_GROUP` stands without an Auto Scaling group";
        to.push(
            Diagnostic::new(code::WAIT_REFUSED, field.node.span, title)
                .label("none to copy")
                .help("name it under `autoScalingGroups`, or write `DISCOVER_EXISTING`")
                .refused_with(Exception::InvalidBlueGreenDeploymentConfiguration),
        );
    }
}

/// `loadBalancerInfo`: needed with traffic control, without effect else.
fn balanced(map: &mut Map<'_, '_>, style: Style) -> HostLoadBalancer {
    let written = map.take("loadBalancerInfo").filter(|field| !says_nothing(field.node));
    match (style.option, written) {
        (DeploymentOption::WithTrafficControl, _) => {
            let span = map.span();
            let found = map.refusing(Exception::InvalidLoadBalancerInfo, |map| {
                let found = map.optional("loadBalancerInfo", load_balancer);
                if written.is_none() {
                    map.tell(refused_balancer(
                        span,
                        "no load balancer is named, and traffic is to be controlled",
                    ));
                }
                found
            });
            found.unwrap_or_default()
        }
        (DeploymentOption::WithoutTrafficControl, Some(field)) => {
            map.tell(ignored(field, ComputePlatform::Server, "counts `WITH_TRAFFIC_CONTROL` only"));
            HostLoadBalancer::default()
        }
        (DeploymentOption::WithoutTrafficControl, None) => HostLoadBalancer::default(),
    }
}

fn refused_balancer(span: Span, title: impl Into<String>) -> Diagnostic {
    Diagnostic::new(code::LOAD_BALANCER_REFUSED, span, title)
        .help("name target groups, `\"targetGroupInfoList\": [{\"name\": ..}]`, or Classic Load Balancers, `\"elbInfoList\"`")
}

fn load_balancer(field: Field, to: &mut Diagnostics) -> Option<HostLoadBalancer> {
    let mut map = Map::open_aws(field, to)?;
    let classic = map.or("elbInfoList", names, Vec::new());
    let target_groups = map.or("targetGroupInfoList", names, Vec::new());
    if let Some(pair) = map.take("targetGroupPairInfoList").filter(|pair| !says_nothing(pair.node))
    {
        map.tell(ignored(pair, ComputePlatform::Server, "an option of ECS deployments"));
    }
    map.unused();
    Some(HostLoadBalancer { classic, target_groups })
}

/// The names in a list of load balancers or target groups.
fn names(field: Field, to: &mut Diagnostics) -> Option<Vec<Spanned<String>>> {
    let names = list(|field, to| {
        let mut map = Map::open_aws(field, to)?;
        let name = map.required("name", filled);
        map.unused();
        name
    })(field, to)?;
    if let Some(beyond) = names.get(LOAD_BALANCERS_MAX) {
        let title =
            format!("`{}` lists {}, more than {LOAD_BALANCERS_MAX}", field.name, names.len());
        to.push(
            Diagnostic::new(code::LOAD_BALANCER_REFUSED, beyond.span, title)
                .label("one too many")
                .help(format!("keep {LOAD_BALANCERS_MAX}")),
        );
    }
    Some(names)
}

/// `blueGreenDeploymentConfiguration`: needed in blue/green, without effect in place.
fn blue_green_of(map: &mut Map<'_, '_>, style: Style) -> Option<HostBlueGreen> {
    const KEY: &str = "blueGreenDeploymentConfiguration";
    if style.deployment_type == DeploymentType::BlueGreen {
        return map.required(KEY, blue_green);
    }
    if let Some(option) = map.take(KEY).filter(|option| !says_nothing(option.node)) {
        map.tell(ignored(option, ComputePlatform::Server, "counts for `BLUE_GREEN` only"));
    }
    None
}

fn blue_green(field: Field, to: &mut Diagnostics) -> Option<HostBlueGreen> {
    let actions = GreenFleetProvisioningAction::ALL.iter().map(|known| (known.as_str(), *known));
    let actions = actions.collect::<Vec<_>>();
    let mut map = Map::open_aws(field, to)?;
    let provisioning = map.optional("greenFleetProvisioningOption", |field, to| {
        let mut map = Map::open_aws(field, to)?;
        let action = map.optional("action", choice(&actions));
        map.unused();
        action
    });
    let ready_wait = map.optional("deploymentReadyOption", ready(READY_MINUTES_MAX)).flatten();
    let original = map.optional("terminateBlueInstancesOnDeploymentSuccess", original);
    map.unused();
    let (original, termination_wait) = original.unwrap_or_default();
    Some(HostBlueGreen { provisioning, ready_wait, original, termination_wait })
}

/// `terminateBlueInstancesOnDeploymentSuccess`: what becomes of the original, and how long it is kept before.
fn original(
    field: Field,
    to: &mut Diagnostics,
) -> Option<(Option<InstanceAction>, Option<SimDuration>)> {
    let actions = InstanceAction::ALL.iter().map(|known| (known.as_str(), *known));
    let actions = actions.collect::<Vec<_>>();
    let minutes = Limit { range: (0, TERMINATION_MINUTES_MAX), code: code::WAIT_REFUSED };
    let mut map = Map::open_aws(field, to)?;
    let action = map.optional("action", choice(&actions));
    let wait = map.optional("terminationWaitTimeInMinutes", minutes.minutes());
    map.unused();
    Some((action, wait))
}
