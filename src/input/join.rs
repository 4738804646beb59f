//! The sections and documents of a scenario are joined: what no single one of them can say.
//!
//! The load balancer and what is asked for stand in files of their own below. Rules: CD-ECS-10, CD-ECS-11,
//! CD-CFG-2, CD-DEF-1, CD-DEF-4, CD-DEF-6, CD-TRAF-9, CD-VAL-19.

mod alarm;
mod asked;
mod gate;
mod health_check;
mod load_balancer;
mod metric;
mod scaling;

use crate::aws::exception::Exception;
use crate::aws::id::DEPLOYMENTS_MAX;
use crate::aws::message::ONLY_ALB_IS_GRADUAL;
use crate::aws::name::{ComputePlatform, LaunchType};
use crate::diagnostic::{Diagnostic, Diagnostics, Spanned, code};
use crate::engine::time::SimDuration;
use crate::input::aws_document::deployment_config;
use crate::input::aws_document::deployment_group::DeploymentGroup;
use crate::input::aws_document::naming;
use crate::input::load::{Resources, Sections};
use crate::input::section::deployment::DeploymentSection;
use crate::scenario::Scenario;
use crate::scenario::deployment::{AutoRollback, Deployment};
use crate::scenario::platform::{Ecs, Platform};
use crate::scenario::service::{LoadBalancer, LoadBalancerKind, STOP_TIMEOUT_DEFAULT, Service};
use crate::scenario::traffic_routing::{ECS_DEFAULT, Strategy, TrafficRouting, predefined};

/// Cluster and service names are cut to so many characters in default names: by the console, and by
/// the command line (CD-DEF-1).
const DEFAULT_NAME_PARTS: [usize; 2] = [47, 46];
/// Without a deployment group the one holds that the console makes: the original is kept for an hour (CD-DEF-4).
const CONSOLE_TERMINATION_WAIT: SimDuration = SimDuration::from_mins(60);
/// And a deployment that fails is rolled back (CD-DEF-6).
const CONSOLE_AUTO_ROLLBACK: AutoRollback =
    AutoRollback { on_failure: true, on_alarm: false, on_request: false };

/// The scenario, if the parts fit each other; why they do not is told.
pub fn scenario(sections: Sections, digest: u64, to: &mut Diagnostics) -> Option<Scenario> {
    let Sections { deployments, resources, operator, .. } = &sections;
    let group = deployments[0].group.as_ref();
    let load_balancer = load_balancer::load_balancer(group, resources, to);
    let service = service(group, resources, to);
    let asked: Vec<&DeploymentSection> = deployments.iter().chain(&operator.deployments).collect();
    tell_too_many(asked.len(), to)?;
    for section in &asked {
        check_container(section, resources, to);
        check_platform_version(section, resources, to);
    }
    let account = metric::Watchable::new(resources, &load_balancer, &service, &sections.revisions);
    let mut monitoring = alarm::monitoring(&asked, &account, to);
    let scaling = scaling::scaling(&account, monitoring.as_mut(), to);
    let (candidates, deploys) = asked::deployed(&asked, &sections.revisions, to);
    let names = names(&sections, &service, to);
    let deployments: Vec<Option<Deployment>> = asked
        .iter()
        .zip(deploys)
        .map(|(section, deploys)| {
            let made = deployment(section, deploys, &names, &sections, &load_balancer, to)?;
            let first = &sections.deployments[0];
            let alarms = alarm::polling(section, first, monitoring.as_ref()?, resources);
            Some(Deployment { alarms, ..made })
        })
        .collect();
    asked::check_zones(&sections, to);
    asked::check_scaling_calls(&sections, to);
    asked::tell_unknown_sessions(&sections, to);
    let mut calls =
        asked::calls(operator, &sections.revisions, &load_balancer, monitoring.as_ref(), to);
    calls.extend(health_check::calls(operator, &candidates, &load_balancer, to));
    calls.sort_by_key(|call| call.at);
    let triggers = group.map(|group| group.triggers.clone()).unwrap_or_default();
    let places = gate::Places {
        alarms: monitoring.iter().flat_map(|known| alarm::places(known, resources)).collect(),
        configuration: group.and_then(|group| group.alarms.span),
    };
    let scenario = Scenario {
        name: sections.name,
        summary: sections.summary,
        digest,
        start: sections.start,
        semantics: sections.semantics,
        platform: Platform::Ecs(Ecs { service, load_balancer, scaling }),
        deployments: deployments.into_iter().collect::<Option<Vec<_>>>()?,
        calls,
        faults: sections.faults,
        until: sections.until,
        monitoring: monitoring?,
        traffic: sections.traffic,
        original: sections.revisions.original,
        candidates,
        account: sections.account.unwrap_or_default(),
        triggers,
        client: sections.client,
        assumptions: sections.assumptions,
        expectations: sections.expectations,
    };
    gate::check(&scenario, &places, to);
    Some(scenario)
}

/// More deployments than a run can tell apart are refused.
fn tell_too_many(asked: usize, to: &mut Diagnostics) -> Option<()> {
    if asked > DEPLOYMENTS_MAX {
        let title = format!("the scenario asks for {asked} deployments");
        let label = format!("at most {DEPLOYMENTS_MAX} can be played");
        to.push(Diagnostic::new(code::BAD_LENGTH, None, title).label(label));
        return None;
    }
    Some(())
}

// ---- the service and its load balancer --------------------------------------------------------------

fn service(
    group: Option<&DeploymentGroup>,
    resources: &Resources,
    to: &mut Diagnostics,
) -> Service {
    let Resources { service, task_definition, .. } = resources;
    let of_group = |pick: fn(&DeploymentGroup) -> Option<&Spanned<String>>| group.and_then(pick);
    let cluster =
        agreed("cluster", service.cluster.as_ref(), of_group(|group| group.cluster.as_ref()), to);
    let name =
        agreed("service", service.name.as_ref(), of_group(|group| group.service.as_ref()), to);
    Service {
        cluster: cluster.unwrap_or_else(|| "default".into()),
        name: name.unwrap_or_else(|| "service".into()),
        desired_count: service.desired_count.value,
        on_fargate: service.launch_type.as_ref().is_some_and(|on| on.value == LaunchType::Fargate),
        health_check_grace_period: service.health_check_grace_period,
        stop_timeout: task_definition
            .as_ref()
            .map_or(STOP_TIMEOUT_DEFAULT, |definition| definition.stop_timeout()),
        restart_attempt_period: task_definition
            .as_ref()
            .and_then(|definition| definition.restart_attempt_period()),
        container_check: task_definition
            .as_ref()
            .and_then(|definition| definition.container_check()),
    }
}

/// A name that the service and the deployment group both may say; it is told if they disagree.
fn agreed(
    what: &str,
    of_service: Option<&Spanned<String>>,
    of_group: Option<&Spanned<String>>,
    to: &mut Diagnostics,
) -> Option<String> {
    if let (Some(service), Some(group)) = (of_service, of_group)
        && service.value != group.value
    {
        let title = format!(
            "the deployment group is for the {what} `{}`, the service document says `{}`",
            group.value, service.value
        );
        to.push(
            Diagnostic::new(code::DOCUMENTS_DISAGREE, group.span, title)
                .label("another name than the service's")
                .help("see whether both documents are of the same service"),
        );
    }
    of_service.or(of_group).map(|name| name.value.clone())
}

/// The container that gets the traffic must be in the task definition (CD-ECS-11).
fn check_container(deployment: &DeploymentSection, resources: &Resources, to: &mut Diagnostics) {
    let (Some(revision), Some(definition)) = (&deployment.revision, &resources.task_definition)
    else {
        return;
    };
    let Some(name) = &revision.container_name else { return };
    let containers: Vec<&str> =
        definition.containers.iter().map(|container| container.name.value.as_str()).collect();
    if !containers.contains(&name.value.as_str()) {
        let title = format!("the task definition has no container `{}`", name.value);
        let near = crate::input::decode::suggestion(&name.value, &containers);
        let known = crate::input::decode::listed(&containers);
        to.push(
            Diagnostic::new(code::NO_SUCH_CONTAINER, name.span, title)
                .label("traffic would go to it")
                .help(format!("its containers are {known}"))
                .maybe_help(near)
                .refused_with(Exception::InvalidRevision),
        );
    }
}

/// Only Fargate has platform versions (CD-ECS-11).
fn check_platform_version(
    deployment: &DeploymentSection,
    resources: &Resources,
    to: &mut Diagnostics,
) {
    let named = deployment.revision.as_ref().filter(|revision| !revision.names_capacity_providers);
    let Some(version) = named.and_then(|revision| revision.platform_version.as_ref()) else {
        return;
    };
    let Some(launch_type) = &resources.service.launch_type else { return };
    if launch_type.value != LaunchType::Fargate {
        let title =
            format!("`PlatformVersion` stands beside the launch type `{}`", launch_type.value);
        to.push(
            Diagnostic::new(code::APPSPEC_REFUSED, version.span, title)
                .label("for Fargate only")
                .help("take `PlatformVersion` away")
                .refused_with(Exception::InvalidRevision),
        );
    }
}

// ---- the deployment ---------------------------------------------------------------------------------

fn deployment(
    section: &DeploymentSection,
    deploys: Vec<u8>,
    names: &[String; 2],
    sections: &Sections,
    load_balancer: &LoadBalancer,
    to: &mut Diagnostics,
) -> Option<Deployment> {
    let first = &sections.deployments[0];
    let group = first.group.as_ref();
    let [application, deployment_group] = names.clone();
    let revision = section.revision.as_ref().or(first.revision.as_ref());
    let hooks = asked::hooks(revision, sections, load_balancer, to);
    let has_config = section.describes_config || section.config_name.is_some();
    // What the first one's configuration lacks has been told there.
    let mut told_before = Diagnostics::new();
    let (asked, to) = match has_config || std::ptr::eq(section, first) {
        true => (section, to),
        false => (first, &mut told_before),
    };
    let (config_name, traffic_routing) = config(asked, group, to)?;
    check_gradual(asked, group, traffic_routing, load_balancer.kind, to);
    tell_ungated(asked, traffic_routing, load_balancer, to);
    Some(Deployment {
        creation: section.creation,
        retry: section.retry.clone(),
        deploys,
        application,
        deployment_group,
        config_name,
        traffic_routing,
        hooks,
        pace: sections.lifecycle.clone(),
        ready_wait: group.and_then(|group| group.ready_wait),
        termination_wait: group
            .map_or(CONSOLE_TERMINATION_WAIT, |group| group.termination_wait.unwrap_or_default()),
        auto_rollback: own_rollback(section, group)
            .or(own_rollback(first, group))
            .unwrap_or_else(|| group.map_or(CONSOLE_AUTO_ROLLBACK, |group| group.auto_rollback)),
        alarms: None,
    })
}

/// What a deployment says of rollbacks itself: a configuration, or that of a tool (CD-RB-1, CD-RBC-4).
fn own_rollback(
    section: &DeploymentSection,
    group: Option<&DeploymentGroup>,
) -> Option<AutoRollback> {
    let has_alarms = group.is_some_and(|group| !group.alarms.names.is_empty());
    let preset = section.rollback_preset.map(|preset| preset.configuration(has_alarms));
    section.auto_rollback.or(preset)
}

/// Of the application and of the deployment group, as the group has them, else as the console makes them.
fn names(sections: &Sections, service: &Service, to: &mut Diagnostics) -> [String; 2] {
    let group = sections.deployments[0].group.as_ref();
    let mut name = |written: Option<&Spanned<String>>, prefix, exception| match written {
        Some(name) => name.value.clone(),
        None => default_name(prefix, exception, sections, service, to),
    };
    let application = group.and_then(|group| group.application.as_ref());
    let group_name = group.and_then(|group| group.name.as_ref());
    [
        name(application, "AppECS", Exception::InvalidApplicationName),
        name(group_name, "DgpECS", Exception::InvalidDeploymentGroupName),
    ]
}

/// The console's default name of application or group (CD-DEF-1).
///
/// Two long parts make one that CodeDeploy refuses, if the console makes the group (CD-VAL-19).
fn default_name(
    prefix: &str,
    exception: Exception,
    sections: &Sections,
    service: &Service,
    to: &mut Diagnostics,
) -> String {
    let most = DEFAULT_NAME_PARTS[usize::from(sections.assumptions.cli_names)];
    let part = |name: &str| name.chars().take(most).collect::<String>();
    let name = format!("{prefix}-{}-{}", part(&service.cluster), part(&service.name));
    let span = sections.resources.service.name.as_ref().map(|name| name.span);
    let what = format!("the default name `{prefix}-<cluster>-<service>`");
    if sections.deployments[0].group.is_none()
        && let Some(fault) = naming::CODE_DEPLOY.fault(&what, &name, span, exception)
    {
        to.push(fault.help(
            "name application and group in a `deploymentGroup`, or let them be cut as the command line does: \
             `assumptions: { codedeploy.cli_names: true }`",
        ));
    }
    name
}

/// Only an Application Load Balancer shifts by weights (CD-ECS-10, CD-TRAF-9).
fn check_gradual(
    section: &DeploymentSection,
    group: Option<&DeploymentGroup>,
    routing: TrafficRouting,
    kind: LoadBalancerKind,
    to: &mut Diagnostics,
) {
    if kind == LoadBalancerKind::Application || !routing.is_gradual() {
        return;
    }
    let of_group = group.and_then(|group| group.config_name.as_ref());
    let named = section.config_name.as_ref().map(|name| name.span);
    let own = section.config.as_ref().map(|own| own.span);
    let span = named.or(own).or(of_group.map(|name| name.span));
    let title =
        format!("the configuration is `{}`, behind a Network Load Balancer", routing.kind());
    to.push(
        Diagnostic::new(code::GRADUAL_WITHOUT_WEIGHTS, span, title)
            .label("shifts by weights, which this load balancer does not have")
            .help(format!("write `{ECS_DEFAULT}`, or use an Application Load Balancer"))
            .refused_with(Exception::InvalidTrafficRoutingConfiguration)
            .note(format!("it answers: {ONLY_ALB_IS_GRADUAL}")),
    );
}

/// All at once without a test listener is not gated by health: whoever relies on Install must know (CD-ECS-33).
fn tell_ungated(
    section: &DeploymentSection,
    routing: TrafficRouting,
    load_balancer: &LoadBalancer,
    to: &mut Diagnostics,
) {
    if !routing.is_gradual() && !load_balancer.has_test_listener {
        let span = section.config_name.as_ref().map(|name| name.span);
        let title = "all traffic moves at once, to tasks whose health nobody has checked";
        to.push(
            Diagnostic::new(code::UNGATED, span, title)
                .label("the load balancer checks the replacement only from then on")
                .help("give the deployment group a `testTrafficRoute`, or bind a hook that asks the application itself"),
        );
    }
}

/// The configuration in force: the deployment's, else the group's, else all at once (CD-CFG-2, U-21).
///
/// A name may be a predefined one, or that of the configuration that the scenario describes.
fn config(
    section: &DeploymentSection,
    group: Option<&DeploymentGroup>,
    to: &mut Diagnostics,
) -> Option<(String, TrafficRouting)> {
    let own = section.config.as_ref();
    let own_name = own.and_then(|own| own.name.as_ref()).map(|name| name.value.as_str());
    let of_group = group.and_then(|group| group.config_name.as_ref());
    if let (None, Some(own)) = (&section.config_name, own) {
        return Some((own_name.unwrap_or("custom").into(), own.traffic_routing));
    }
    let Some(name) = section.config_name.as_ref().or(of_group) else {
        return Some((ECS_DEFAULT.into(), TrafficRouting::AllAtOnce));
    };
    if let Some(own) = own.filter(|_| own_name == Some(&name.value)) {
        return Some((name.value.clone(), own.traffic_routing));
    }
    if own.is_none() && section.describes_config && predefined(&name.value).is_none() {
        // It may be the name of the one that is described, whose faults have been told.
        return None;
    }
    let found = deployment_config::config_name(name, ComputePlatform::Ecs, to)?;
    match found.strategy {
        Strategy::Traffic(routing) => Some((found.name.into(), routing)),
        Strategy::Hosts(_) => unreachable!("{} is for ECS", found.name),
    }
}
