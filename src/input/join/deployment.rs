//! One deployment, joined from what is asked for, its group and its configuration.
//!
//! Rules: CD-CFG-2, CD-DEF-1, CD-DEF-4, CD-DEF-6, CD-ECS-10, CD-ECS-33, CD-LAM-4, CD-TRAF-9, CD-VAL-19, U-21.

use super::{asked, lambda, server, service_deployment};
use crate::aws::exception::Exception;
use crate::aws::message::ONLY_ALB_IS_GRADUAL;
use crate::aws::name::ComputePlatform;
use crate::diagnostic::{Diagnostic, Diagnostics, Spanned, code};
use crate::engine::time::SimDuration;
use crate::input::aws_document::appspec::HookBinding;
use crate::input::aws_document::deployment_config;
use crate::input::aws_document::deployment_group::DeploymentGroup;
use crate::input::aws_document::naming;
use crate::input::load::Sections;
use crate::input::section::deployment::DeploymentSection;
use crate::scenario::deployment::{AutoRollback, Deployment};
use crate::scenario::server::InstanceDeployment;
use crate::scenario::service::{LoadBalancer, LoadBalancerKind, Service};
use crate::scenario::traffic_routing::{
    ECS_DEFAULT, LAMBDA_DEFAULT, Strategy, TrafficRouting, predefined,
};

/// Cluster and service names are cut to so many characters in default names: by the console, and by
/// the command line (CD-DEF-1).
const DEFAULT_NAME_PARTS: [usize; 2] = [47, 46];
/// Without a deployment group the one holds that the console makes: the original is kept for an hour (CD-DEF-4).
const CONSOLE_TERMINATION_WAIT: SimDuration = SimDuration::from_mins(60);
/// In the place of the group where CodeDeploy has no part in it, and of the configuration of a controller of somebody else's.
const EXTERNAL: &str = "external";
const ECS: &str = "ecs";
/// And a deployment that fails is rolled back (CD-DEF-6).
const CONSOLE_AUTO_ROLLBACK: AutoRollback =
    AutoRollback { on_failure: true, on_alarm: false, on_request: false };

/// What one `CreateDeployment` is given, with what its group says; alarms are looked up elsewhere.
pub fn deployment(
    section: &DeploymentSection,
    deploys: Vec<u8>,
    names: &[String; 2],
    sections: &Sections,
    load_balancer: Option<&LoadBalancer>,
    to: &mut Diagnostics,
) -> Option<Deployment> {
    let first = &sections.deployments[0];
    let group = first.group.as_ref();
    let [application, deployment_group] = names.clone();
    let bound = bound(section).or(bound(first));
    let has_test_listener = load_balancer.is_some_and(|balancer| balancer.has_test_listener);
    let hooks = asked::hooks(bound, sections, has_test_listener, to);
    let versions = match &sections.resources.function {
        Some(_) => Some(lambda::versions(section, first, to)?),
        None => None,
    };
    let has_config = section.describes_config || section.config_name.is_some();
    // What the first one's configuration lacks has been told there.
    let mut told_before = Diagnostics::new();
    let (asked, to) = match has_config || std::ptr::eq(section, first) {
        true => (section, to),
        false => (first, &mut told_before),
    };
    let (config_name, traffic_routing, on_instances) = moves(section, asked, sections, to)?;
    let is_of_code_deploy = first.external.is_none() && first.update_service.is_none();
    if let Some(load_balancer) = load_balancer.filter(|_| is_of_code_deploy) {
        check_gradual(asked, group, traffic_routing, load_balancer.kind, to);
        tell_ungated(asked, traffic_routing, load_balancer, to);
    }
    let (ready_wait, termination_wait) = waits(first);
    let without_group = match load_balancer {
        Some(_) => (CONSOLE_TERMINATION_WAIT, CONSOLE_AUTO_ROLLBACK),
        // The console's wizard makes groups of ECS services only.
        None => (SimDuration::ZERO, AutoRollback::default()),
    };
    Some(Deployment {
        creation: section.creation,
        retry: section.retry.clone(),
        deploys,
        versions,
        on_instances,
        external: None,
        service_deployment: None,
        creator: section.creator,
        application,
        deployment_group,
        config_name,
        traffic_routing,
        hooks,
        pace: sections.lifecycle.clone(),
        ready_wait,
        termination_wait: termination_wait.unwrap_or(without_group.0),
        auto_rollback: own_rollback(section, group)
            .or(own_rollback(first, group))
            .unwrap_or_else(|| group.map_or(without_group.1, |group| group.auto_rollback)),
        alarms: None,
    })
}

/// The configuration by its name, how it moves traffic, and what it has of its own on instances.
fn moves(
    section: &DeploymentSection,
    asked: &DeploymentSection,
    sections: &Sections,
    to: &mut Diagnostics,
) -> Option<(String, TrafficRouting, Option<InstanceDeployment>)> {
    let first = &sections.deployments[0];
    if sections.resources.instances.is_some() {
        let (name, asked) = server::deployment(section, sections, to)?;
        // No traffic is moved by weights.
        return Some((name, TrafficRouting::AllAtOnce, Some(asked)));
    }
    if first.external.is_some() {
        // Its steps say how it moves traffic.
        return Some((EXTERNAL.into(), TrafficRouting::AllAtOnce, None));
    }
    if let Some(own) = &section.update_service {
        let strategy = service_deployment::strategy(&own.configuration);
        return Some((strategy.to_string(), TrafficRouting::AllAtOnce, None));
    }
    let (name, routing) = config(asked, first.group.as_ref(), sections.platform, to)?;
    Some((name, routing, None))
}

/// The ready wait of the group, and how long its original is kept; instances have these waits in blue/green only.
fn waits(first: &DeploymentSection) -> (Option<SimDuration>, Option<SimDuration>) {
    let of_hosts = first.host_group.as_ref().and_then(|group| group.blue_green);
    let of_hosts = of_hosts.map(|group| (group.ready_wait, group.termination_wait));
    let (ready, termination) = first.group.as_ref().map_or((None, None), |group| {
        of_hosts.unwrap_or((group.ready_wait, group.termination_wait))
    });
    (ready, first.group.as_ref().map(|_| termination.unwrap_or_default()))
}

/// The functions that its AppSpec binds, if it has one.
fn bound(section: &DeploymentSection) -> Option<&[HookBinding]> {
    let of_ecs = section.revision.as_ref().map(|spec| spec.hooks.as_slice());
    of_ecs.or(section.lambda_revision.as_ref().map(|spec| spec.hooks.as_slice()))
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

/// Of the application and of the deployment group, as the group has them, else as the console makes them; on Lambda,
/// where it makes none, the function's name.
pub fn names(sections: &Sections, service: Option<&Service>, to: &mut Diagnostics) -> [String; 2] {
    let first = &sections.deployments[0];
    if let Some(service) = service {
        if first.external.is_some() {
            return [service.name.clone(), EXTERNAL.into()];
        }
        if first.update_service.is_some() {
            return [service.name.clone(), ECS.into()];
        }
    }
    let group = sections.deployments[0].group.as_ref();
    let mut name = |written: Option<&Spanned<String>>, prefix, exception| match written {
        Some(name) => name.value.clone(),
        None => match service {
            Some(service) => default_name(prefix, exception, sections, service, to),
            None => {
                let function = sections.resources.function.as_ref();
                function.map_or_else(String::new, |function| function.name.value.clone())
            }
        },
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
    platform: ComputePlatform,
    to: &mut Diagnostics,
) -> Option<(String, TrafficRouting)> {
    let own = section.config.as_ref();
    let own_name = own.and_then(|own| own.name.as_ref()).map(|name| name.value.as_str());
    let of_group = group.and_then(|group| group.config_name.as_ref());
    if let (None, Some(own)) = (&section.config_name, own) {
        return Some((own_name.unwrap_or("custom").into(), own.traffic_routing));
    }
    let Some(name) = section.config_name.as_ref().or(of_group) else {
        let name = match platform {
            ComputePlatform::Lambda => LAMBDA_DEFAULT,
            _ => ECS_DEFAULT,
        };
        return Some((name.into(), TrafficRouting::AllAtOnce));
    };
    if let Some(own) = own.filter(|_| own_name == Some(&name.value)) {
        return Some((name.value.clone(), own.traffic_routing));
    }
    if own.is_none() && section.describes_config && predefined(&name.value).is_none() {
        // It may be the name of the one that is described, whose faults have been told.
        return None;
    }
    let found = deployment_config::config_name(name, platform, to)?;
    match found.strategy {
        Strategy::Traffic(routing) => Some((found.name.into(), routing)),
        Strategy::Hosts(_) => unreachable!("{} is for hosts", found.name),
    }
}
