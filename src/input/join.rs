//! The sections and documents of a scenario are joined: what no single one of them can say.
//!
//! The load balancer and what is asked for stand in files of their own below. Rules: CD-ECS-10, CD-ECS-11,
//! CD-CFG-2, CD-DEF-1, CD-DEF-4, CD-DEF-6, CD-TRAF-9, CD-VAL-19.

mod alarm;
mod asked;
mod deployment;
mod external;
mod gate;
mod health_check;
mod lambda;
mod load_balancer;
mod metric;
mod scaling;
mod server;
mod service_deployment;
mod task;
mod worker;

use crate::aws::exception::Exception;
use crate::aws::id::DEPLOYMENTS_MAX;
use crate::aws::service::LaunchType;
use crate::diagnostic::{Diagnostic, Diagnostics, Spanned, code};
use crate::input::aws_document::deployment_group::DeploymentGroup;
use crate::input::load::{Resources, Sections};
use crate::input::section::deployment::DeploymentSection;
use crate::scenario::Scenario;
use crate::scenario::client::Client;
use crate::scenario::deployment::Deployment;
use crate::scenario::function::Function;
use crate::scenario::monitoring::Monitoring;
use crate::scenario::operator::ScriptedCall;
use crate::scenario::platform::{Ecs, Platform};
use crate::scenario::revision::Revision;
use crate::scenario::server::Server;
use crate::scenario::service::{LoadBalancer, STOP_TIMEOUT_DEFAULT, Service};

/// The scenario, if the parts fit each other; why they do not is told.
pub fn scenario(mut sections: Sections, digest: u64, to: &mut Diagnostics) -> Option<Scenario> {
    task::leave_out_tasks(&mut sections, to);
    service_deployment::settle(&mut sections, to);
    worker::check(&sections, to);
    lambda::tell_idle_concurrency(&sections, to);
    lambda::tell_calls_of_lambda(&sections, to);
    server::check(&mut sections, to);
    let Sections { deployments, resources, operator, .. } = &sections;
    let group = deployments[0].group.as_ref();
    let (function, ecs) = deployed_to(&sections, to);
    let load_balancer = ecs.as_ref().and_then(|(_, load_balancer)| load_balancer.as_ref());
    let own_service = ecs.as_ref().map(|(service, _)| service);
    let asked: Vec<&DeploymentSection> = deployments.iter().chain(&operator.deployments).collect();
    tell_too_many(asked.len(), to)?;
    asked.iter().for_each(|section| check_revision(section, resources, to));
    let account = metric::Watchable::new(&sections, function.as_ref(), ecs.as_ref());
    let mut monitoring = alarm::monitoring(&asked, &account, to);
    let scaling = scaling::scaling(&account, monitoring.as_mut(), to);
    let (candidates, deploys) = asked::deployed(&asked, &sections.revisions, to);
    let names = deployment::names(&sections, own_service, to);
    let first = &sections.deployments[0];
    let asked = asked.iter().zip(deploys);
    let deployments = asked.map(|(section, deploys)| {
        let made = deployment::deployment(section, deploys, &names, &sections, load_balancer, to)?;
        let known = monitoring.as_ref()?;
        let alarms = alarm::polling(section, first, known, resources);
        let service_deployment =
            service_deployment::service_deployment(section, &sections, load_balancer, known, to);
        Some(Deployment { alarms, service_deployment, ..made })
    });
    let deployments: Vec<Option<Deployment>> = deployments.collect();
    let workflow = external::workflow(&sections, load_balancer, monitoring.as_ref(), to);
    asked::check(&sections, to);
    let calls = calls(&sections, &candidates, load_balancer, monitoring.as_ref(), to);
    let triggers = group.map(|group| group.triggers.clone()).unwrap_or_default();
    let places = gate::Places {
        alarms: monitoring.iter().flat_map(|known| alarm::places(known, resources)).collect(),
        configuration: group.and_then(|group| group.alarms.span),
    };
    let server = sections.resources.instances.take();
    let ecs = ecs.map(|(service, load_balancer)| Ecs { service, load_balancer, scaling });
    let platform = platform(ecs, server, function)?;
    let mut deployments = deployments.into_iter().collect::<Option<Vec<_>>>()?;
    let client = client(&sections);
    deployments[0].external = workflow;
    service_deployment::check_sequence(&deployments, to);
    let scenario = Scenario {
        name: sections.name,
        summary: sections.summary,
        digest,
        start: sections.start,
        semantics: sections.semantics,
        platform,
        deployments,
        calls,
        faults: sections.faults,
        until: sections.until,
        monitoring: monitoring?,
        traffic: sections.traffic,
        original: sections.revisions.original,
        candidates,
        account: sections.account.unwrap_or_default(),
        triggers,
        client,
        assumptions: sections.assumptions,
        expectations: sections.expectations,
    };
    gate::check(&scenario, &places, to);
    Some(scenario)
}

/// What is deployed to: one of the three.
fn platform(
    ecs: Option<Ecs>,
    server: Option<Server>,
    function: Option<Function>,
) -> Option<Platform> {
    Some(match (ecs, server) {
        (Some(ecs), _) => Platform::Ecs(ecs),
        (None, Some(server)) => Platform::Server(server),
        (None, None) => Platform::Lambda(function?),
    })
}

/// Who waits for the deployment: the waiters of CodeDeploy cannot, where it has no part in it.
fn client(sections: &Sections) -> Client {
    let client = sections.client;
    let first = &sections.deployments[0];
    let is_elsewhere = first.external.is_some() || first.update_service.is_some();
    match is_elsewhere && !client.is_described {
        true => Client { waiter: None, ..client },
        false => client,
    }
}

/// What is deployed to: a function, if the resources name one, else a service with its load balancer, if it has one.
fn deployed_to(
    sections: &Sections,
    to: &mut Diagnostics,
) -> (Option<Function>, Option<(Service, Option<LoadBalancer>)>) {
    let Sections { deployments, resources, .. } = sections;
    if let Some(section) = &resources.function {
        return (lambda::function(section, &deployments[0], to), None);
    }
    if resources.instances.is_some() {
        return (None, None);
    }
    let group = deployments[0].group.as_ref();
    let load_balancer = match &deployments[0].update_service {
        _ if worker::is_deployed(sections) => None,
        Some(_) => Some(load_balancer::of_service(deployments, resources, to)),
        None => Some(load_balancer::load_balancer(group, resources, to)),
    };
    (None, Some((service(group, resources, to), load_balancer)))
}

/// The scripted calls, in order of time.
fn calls(
    sections: &Sections,
    candidates: &[Revision],
    load_balancer: Option<&LoadBalancer>,
    monitoring: Option<&Monitoring>,
    to: &mut Diagnostics,
) -> Vec<ScriptedCall> {
    let Sections { operator, revisions, .. } = sections;
    let mut calls = asked::calls(operator, revisions, load_balancer, monitoring, to);
    if let Some(load_balancer) = load_balancer {
        calls.extend(health_check::calls(operator, candidates, load_balancer, to));
    }
    calls.sort_by_key(|call| call.at);
    calls
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

/// What the AppSpec names must fit the documents of the service.
fn check_revision(deployment: &DeploymentSection, resources: &Resources, to: &mut Diagnostics) {
    check_container(deployment, resources, to);
    check_platform_version(deployment, resources, to);
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
        let near = crate::input::decode::nearest(&name.value, &containers);
        let known = crate::input::decode::listed(&containers);
        to.push(
            Diagnostic::new(code::NO_SUCH_CONTAINER, name.span, title)
                .label("traffic would go to it")
                .help(format!("its containers are {known}"))
                .meant(&name.value, near)
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
