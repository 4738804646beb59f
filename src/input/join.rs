//! The sections and documents of a scenario are joined: what no single one of them can say.
//!
//! The load balancer stands in a file of its own below. Rules: CD-ECS-10, CD-ECS-11, CD-CFG-2,
//! CD-DEF-1, CD-DEF-4, CD-DEF-6, CD-LE-4, CD-TRAF-9, U-29.

mod load_balancer;

use crate::aws::exception::Exception;
use crate::aws::message::ONLY_ALB_IS_GRADUAL;
use crate::aws::name::{ComputePlatform, LaunchType, LifecycleEvent};
use crate::diagnostic::{Diagnostic, Diagnostics, Spanned, code};
use crate::engine::share::Share;
use crate::engine::time::SimDuration;
use crate::input::aws_document::deployment_config;
use crate::input::aws_document::deployment_group::DeploymentGroup;
use crate::input::aws_document::naming;
use crate::input::load::{DeploymentSection, Resources, Sections};
use crate::scenario::Scenario;
use crate::scenario::deployment::{AutoRollback, Deployment, Hook};
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
    let Sections { deployment, resources, .. } = &sections;
    let load_balancer = load_balancer::load_balancer(deployment.group.as_ref(), resources, to);
    let service = service(deployment.group.as_ref(), resources, to);
    check_container(deployment, resources, to);
    check_platform_version(deployment, resources, to);
    let deployment = self::deployment(&sections, &service, &load_balancer, to);
    let assumptions = match load_balancer.kind {
        LoadBalancerKind::Application => sections.assumptions,
        LoadBalancerKind::Network => sections.assumptions.behind_network_load_balancer(),
    };
    Some(Scenario {
        name: sections.name,
        summary: sections.summary,
        digest,
        start: sections.start,
        semantics: sections.semantics,
        service,
        load_balancer,
        deployment: deployment?,
        traffic: sections.traffic,
        original: sections.revisions.original,
        candidates: sections.revisions.candidates,
        assumptions,
        expectations: sections.expectations,
    })
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
        health_check_grace_period: service.health_check_grace_period,
        stop_timeout: task_definition
            .as_ref()
            .map_or(STOP_TIMEOUT_DEFAULT, |definition| definition.stop_timeout()),
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
    sections: &Sections,
    service: &Service,
    load_balancer: &LoadBalancer,
    to: &mut Diagnostics,
) -> Option<Deployment> {
    let section = &sections.deployment;
    let group = section.group.as_ref();
    let written = |name: Option<&Spanned<String>>| name.map(|name| name.value.clone());
    let application = written(group.and_then(|group| group.application.as_ref()));
    let group_name = written(group.and_then(|group| group.name.as_ref()));
    let application = application.unwrap_or_else(|| {
        default_name("AppECS", Exception::InvalidApplicationName, sections, service, to)
    });
    let group_name = group_name.unwrap_or_else(|| {
        default_name("DgpECS", Exception::InvalidDeploymentGroupName, sections, service, to)
    });
    warn_of_alarms(group, to);
    let hooks = hooks(sections, load_balancer, to);
    let (config_name, traffic_routing) = config(section, to)?;
    check_gradual(section, traffic_routing, load_balancer.kind, to);
    Some(Deployment {
        application,
        deployment_group: group_name,
        config_name,
        traffic_routing,
        hooks,
        pace: sections.lifecycle.clone(),
        ready_wait: group.and_then(|group| group.ready_wait),
        termination_wait: group
            .map_or(CONSOLE_TERMINATION_WAIT, |group| group.termination_wait.unwrap_or_default()),
        auto_rollback: section
            .auto_rollback
            .unwrap_or_else(|| group.map_or(CONSOLE_AUTO_ROLLBACK, |group| group.auto_rollback)),
    })
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
    if sections.deployment.group.is_none()
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
    routing: TrafficRouting,
    kind: LoadBalancerKind,
    to: &mut Diagnostics,
) {
    if kind == LoadBalancerKind::Application || !routing.is_gradual() {
        return;
    }
    let of_group = section.group.as_ref().and_then(|group| group.config_name.as_ref());
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

/// The configuration in force: the deployment's, else the group's, else all at once (CD-CFG-2, U-21).
///
/// A name may be a predefined one, or that of the configuration that the scenario describes.
fn config(section: &DeploymentSection, to: &mut Diagnostics) -> Option<(String, TrafficRouting)> {
    let own = section.config.as_ref();
    let own_name = own.and_then(|own| own.name.as_ref()).map(|name| name.value.as_str());
    let of_group = section.group.as_ref().and_then(|group| group.config_name.as_ref());
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

/// The functions that the AppSpec binds, as the scenario says that they behave (CD-LE-4).
fn hooks(
    sections: &Sections,
    load_balancer: &LoadBalancer,
    to: &mut Diagnostics,
) -> [Option<Hook>; LifecycleEvent::ALL.len()] {
    let assumed = &sections.assumptions.hook_duration;
    let bound = sections.deployment.revision.as_ref().map(|revision| &revision.hooks);
    let mut hooks: [Option<Hook>; LifecycleEvent::ALL.len()] = Default::default();
    for event in LifecycleEvent::HOOKS {
        let behaviour = sections.hooks[event as usize].as_ref();
        let binding = bound.and_then(|bound| bound.iter().find(|hook| hook.event == event));
        if let (Some(_), None, Some(behaviour)) = (bound, binding, behaviour) {
            let title = format!("the AppSpec binds no function to `{event}`");
            to.push(
                Diagnostic::new(code::DOCUMENTS_DISAGREE, behaviour.span, title)
                    .label("behaves in vain")
                    .help("bind a function in the AppSpec's `Hooks`, or take this entry away"),
            );
        }
        if binding.is_some() || behaviour.is_some() {
            hooks[event as usize] = Some(behaviour.map_or_else(
                || Hook { duration: assumed.clone(), fails: Share::ZERO, silent: Share::ZERO },
                |behaviour| behaviour.hook(assumed),
            ));
        }
        let without_route = event == LifecycleEvent::AfterAllowTestTraffic
            && !load_balancer.has_test_listener
            && hooks[event as usize].is_some();
        if without_route {
            let span =
                binding.map(|hook| hook.event_span).or(behaviour.map(|behaviour| behaviour.span));
            let title = "`AfterAllowTestTraffic` does nothing without a test listener";
            to.push(
                Diagnostic::new(code::HOOK_WITHOUT_ROUTE, span, title)
                    .label("its function is not invoked")
                    .help("give the deployment group a `testTrafficRoute`"),
            );
        }
    }
    hooks
}

/// Alarms are part of the language and not played yet: whoever has some must know.
fn warn_of_alarms(group: Option<&DeploymentGroup>, to: &mut Diagnostics) {
    let Some(alarms) = group.map(|group| &group.alarms) else { return };
    if let Some(first) = alarms.names.first().filter(|_| alarms.enabled) {
        let title = "the deployment group's alarms are not watched by this version";
        to.push(
            Diagnostic::new(code::ALARMS_NOT_WATCHED, first.span, title)
                .label("plays no part")
                .help("the run shows what happens if no alarm goes off"),
        );
    }
}
