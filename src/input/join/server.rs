//! A deployment to instances, joined from its section, its AppSpec, its group and its configuration.
//!
//! What of a group is not simulated yet is refused. Rules: CD-CFG-2, CD-EC2-1, CD-EC2-5, CD-EC2-8, CD-EC2-20, CD-EC2-21,
//! CD-FIL-2, CD-Z-1, CD-Z-6.

mod scaling;
mod tag;

use crate::aws::app_spec::FileExistsBehavior;
use crate::aws::deployment_group::{
    DeploymentOption, GreenFleetProvisioningAction, InstanceAction,
};
use crate::aws::instance::{INSTANCE_EVENTS, InstanceEvent};
use crate::aws::name::ComputePlatform;
use crate::diagnostic::{Diagnostic, Diagnostics, Span, code};
use crate::engine::time::SimDuration;
use crate::input::aws_document::deployment_config;
use crate::input::aws_document::deployment_group::hosts::{
    HostBlueGreen, HostGroup, HostLoadBalancer,
};
use crate::input::aws_document::target_group::TargetGroup;
use crate::input::join::load_balancer;
use crate::input::load::Sections;
use crate::input::section::deployment::DeploymentSection;
use crate::input::section::traffic;
use crate::scenario::hosts::{HostAppSpec, HostConfig, HostHealth, Script};
use crate::scenario::revision::Revision;
use crate::scenario::server::{
    Agent, INSTANCES_MAX, Instance, InstanceBalancer, InstanceBlueGreen, InstanceDeployment,
    Server, Standing,
};
use crate::scenario::service::LoadBalancerKind;
use crate::scenario::traffic_routing::{PredefinedConfig, SERVER_DEFAULT, Strategy, predefined};

/// Of a deployment: what it has of its own, and the name of the configuration in force.
pub fn deployment(
    section: &DeploymentSection,
    sections: &Sections,
    to: &mut Diagnostics,
) -> Option<(String, InstanceDeployment)> {
    let first = &sections.deployments[0];
    let group = first.host_group.as_ref();
    let has_config = section.describes_config || section.config_name.is_some();
    let asked = if has_config { section } else { first };
    let (config_name, config) = config(asked, group, to)?;
    check_zonal(asked, group, config, to);
    let spec = section.host_revision.as_ref().or(first.host_revision.as_ref());
    let of_spec = spec.map(|spec| spec.file_exists_behavior);
    Some((
        config_name,
        InstanceDeployment {
            config,
            blue_green: group.and_then(|group| group.blue_green).map(blue_green),
            updates_outdated_only: section.on_instances.updates_outdated_only,
            scripts: scripts(spec, sections, to),
            ignores_stop_failures: section.on_instances.ignores_stop_failures,
            file_exists_behavior: section
                .on_instances
                .file_exists_behavior
                .or(of_spec)
                .unwrap_or(FileExistsBehavior::Disallow),
        },
    ))
}

/// The configuration in force: the deployment's, else the group's, else one instance at a time (CD-CFG-2).
fn config(
    section: &DeploymentSection,
    group: Option<&HostGroup>,
    to: &mut Diagnostics,
) -> Option<(String, HostConfig)> {
    let own = section.host_config.as_ref();
    let own_name = own.and_then(|own| own.name.as_ref()).map(|name| name.value.as_str());
    if let (None, Some(own)) = (&section.config_name, own) {
        return Some((own_name.unwrap_or("custom").into(), own.config));
    }
    let of_group = group.and_then(|group| group.settings.config_name.as_ref());
    let Some(name) = section.config_name.as_ref().or(of_group) else {
        let one_at_a_time = predefined(SERVER_DEFAULT).expect("it is AWS's own");
        return Some(of_aws(one_at_a_time));
    };
    if let Some(own) = own.filter(|_| own_name == Some(&name.value)) {
        return Some((name.value.clone(), own.config));
    }
    if own.is_none() && section.describes_config {
        // Its faults have been told.
        return None;
    }
    let found = deployment_config::config_name(name, ComputePlatform::Server, to)?;
    Some(of_aws(found))
}

/// A configuration that AWS ships, which is never zonal.
fn of_aws(found: &PredefinedConfig) -> (String, HostConfig) {
    match found.strategy {
        Strategy::Hosts(minimum_healthy_hosts) => {
            (found.name.into(), HostConfig { minimum_healthy_hosts, zonal_config: None })
        }
        Strategy::Traffic(_) => unreachable!("{} moves traffic", found.name),
    }
}

/// Zones are those of EC2: on-premises instances have none (CD-Z-1).
fn check_zonal(
    section: &DeploymentSection,
    group: Option<&HostGroup>,
    config: HostConfig,
    to: &mut Diagnostics,
) {
    let on_premises = group.is_some_and(|group| !group.on_premises_tags.is_empty());
    if config.zonal_config.is_some() && on_premises {
        let span = section.host_config.as_ref().map(|own| own.span);
        to.push(
            Diagnostic::new(
                code::DOCUMENTS_DISAGREE,
                span,
                "zones take turns, and the group names on-premises instances",
            )
            .label("of EC2 instances only")
            .help("take `zonalConfig` away, or the on-premises tags"),
        );
    }
}

/// How long the scripts of each event may run: as the AppSpec says, else an hour where a revision speaks of them.
fn scripts(
    spec: Option<&HostAppSpec>,
    sections: &Sections,
    to: &mut Diagnostics,
) -> [Option<SimDuration>; INSTANCE_EVENTS] {
    let longest = SimDuration::from_secs(Script::SECONDS_MAX as u64);
    let hooks = || InstanceEvent::ALL.iter().copied().filter(|event| event.is_hook());
    let speaks = |event| {
        let of = |revision: &&Revision| revision.scripts.get(event).is_some();
        sections.revisions.all().find(of)
    };
    let mut limits = [None; INSTANCE_EVENTS];
    for event in hooks() {
        let bound = spec
            .and_then(|spec| spec.hooks.iter().find(|bound| bound.event == event.as_str()))
            .map(|bound| bound.scripts.iter().map(|script| script.timeout).sum::<SimDuration>());
        if let (Some(_), None, Some(revision)) = (spec, bound, speaks(event)) {
            let title = format!("the AppSpec has no script for `{event}`");
            to.push(Diagnostic::new(code::DOCUMENTS_DISAGREE, None, title).help(format!(
                "add one to its `hooks`, or take `{event}` away from the `scripts` of `{}`",
                revision.name
            )));
        }
        limits[event as usize] = match spec {
            // Several scripts share an hour, and those that say nothing have the whole of it.
            Some(_) => bound.map(|limit| limit.min(longest)),
            None => speaks(event).map(|_| longest),
        };
    }
    limits
}

/// What a group asks for that is not simulated yet is refused; a load balancer that it names stands before the instances.
pub fn check(sections: &mut Sections, to: &mut Diagnostics) {
    let Sections { deployments, resources, traffic, hooks, operator, faults, .. } = sections;
    let Some(server) = resources.instances.as_mut() else { return };
    let group = deployments[0].host_group.as_ref();
    if let Some(group) = group.filter(|it| it.style.option == DeploymentOption::WithTrafficControl)
    {
        server.load_balancer = balancer(group, &resources.target_groups, to);
    }
    let asked = deployments.len() + operator.deployments.len();
    place_replacement(server, group, asked, to);
    scaling::scale(server, group, faults, to);
    if let Some(hook) = hooks.iter().flatten().next() {
        let title = "`hooks` describe functions, and instances run scripts";
        to.push(
            Diagnostic::new(code::LEFT_OUT, hook.span, title)
                .label("plays no part")
                .help("say how scripts behave under `scripts` of a revision"),
        );
    }
    if server.load_balancer.is_none() && *traffic != traffic::NONE {
        *traffic = traffic::NONE;
        let title = "requests are described, and no load balancer sends any to the instances";
        to.push(
            Diagnostic::new(code::LEFT_OUT, None, title).help(
                "name one in a deployment group `WITH_TRAFFIC_CONTROL`, or take `traffic` away",
            ),
        );
    }
}

/// What a group says of blue/green, with what holds where it does not: instances are discovered, and originals terminated.
fn blue_green(of_group: HostBlueGreen) -> InstanceBlueGreen {
    InstanceBlueGreen {
        provisioning: of_group
            .provisioning
            .unwrap_or(GreenFleetProvisioningAction::DiscoverExisting),
        original: of_group.original.unwrap_or(InstanceAction::Terminate),
    }
}

/// Whoever is not of the group at the start: what is discovered stands beside it, and what is copied has a place for each
/// deployment (CD-EC2-20).
fn place_replacement(
    server: &mut Server,
    group: Option<&HostGroup>,
    deployments: usize,
    to: &mut Diagnostics,
) {
    let (members, mut replacement): (Vec<Instance>, Vec<Instance>) =
        std::mem::take(&mut server.instances)
            .into_iter()
            .partition(|instance| instance.standing == Standing::Member);
    server.instances = members;
    tag::select(&mut server.instances, group, to);
    let Some(of_group) = group.and_then(|group| group.blue_green).map(blue_green) else {
        if !replacement.is_empty() {
            let title = "a replacement is described, and the deployment is in place";
            to.push(
                Diagnostic::new(code::LEFT_OUT, None, title)
                    .help("write `deploymentType: BLUE_GREEN`, or take `replacement` away"),
            );
        }
        return;
    };
    if replacement.is_empty() {
        let alike = |original: &Instance| Instance {
            standing: Standing::Beside,
            health: HostHealth::NEW,
            agent: Agent::Present,
            fails: None,
            tags: Vec::new(),
            has_foreign_file: false,
            ..*original
        };
        let originals = server.instances.iter().filter(|one| one.standing == Standing::Member);
        replacement = originals.map(alike).collect();
    }
    let copies = of_group.provisioning == GreenFleetProvisioningAction::CopyAutoScalingGroup;
    for instance in replacement.iter_mut().filter(|_| copies) {
        instance.standing = Standing::NotLaunched;
    }
    let times = if copies { deployments } else { 1 };
    let count = server.instances.len() + times * replacement.len();
    if count > INSTANCES_MAX {
        let title = format!("{count} instances are there or may be launched");
        let label = format!("at most {INSTANCES_MAX} can be told apart");
        to.push(Diagnostic::new(code::BAD_LENGTH, None, title).label(label));
        return;
    }
    for _ in 0..times {
        server.instances.extend(replacement.iter().cloned());
    }
}

/// The one target group in which the instances are registered.
fn balancer(
    group: &HostGroup,
    described: &[TargetGroup],
    to: &mut Diagnostics,
) -> Option<InstanceBalancer> {
    let HostLoadBalancer { classic, target_groups } = &group.load_balancer;
    if let Some(classic) = classic.first() {
        let help = "name a target group under `targetGroupInfoList`";
        refuse(classic.span, "a Classic Load Balancer", help, to);
        return None;
    }
    if let Some(second) = target_groups.get(1) {
        refuse(second.span, "more than one target group before instances", "name one", to);
    }
    let name = target_groups.first()?;
    let known = described.iter().find(|one| one.name.value == name.value);
    if known.is_none() && !described.is_empty() {
        let title = format!("`resources.targetGroups` does not describe `{}`", name.value);
        to.push(
            Diagnostic::new(code::DOCUMENTS_DISAGREE, name.span, title)
                .label("named here")
                .help("describe it, or no target group to take the defaults"),
        );
    }
    let kind = known.and_then(|known| known.kind.as_ref()).map(|kind| kind.value);
    let kind = kind.unwrap_or(LoadBalancerKind::Application);
    let target_group = load_balancer::described(&name.value, known, kind);
    if !target_group.slow_start.is_zero() || target_group.stickiness.is_some() {
        let title = format!("`{}` spreads requests unevenly", name.value);
        to.push(
            Diagnostic::new(code::LEFT_OUT, name.span, title)
                .label("every instance gets as many as any other")
                .help("take slow start and stickiness away"),
        );
    }
    Some(InstanceBalancer { target_group, kind })
}

fn refuse(span: Span, what: &str, help: &str, to: &mut Diagnostics) {
    let title = format!("{what} is not simulated yet");
    to.push(Diagnostic::new(code::NOT_SIMULATED, span, title).label("named here").help(help));
}
