//! A CodeDeploy deployment group of an ECS service.
//!
//! Its load balancer, waits and alarms stand in files of their own below, and so do groups of other platforms (`lambda`,
//! `hosts`). What its service and target groups are like stands in their own documents. Rules: CD-ECS-1, CD-ECS-8, CD-VAL-6.

pub mod alarm;
mod blue_green;
pub mod hosts;
pub mod lambda;
mod load_balancer;
mod platform;
mod settings;
mod style;
mod tag;
#[cfg(test)]
mod tests;
mod trigger;

pub use alarm::AlarmConfiguration;
pub use load_balancer::LoadBalancerInfo;
pub use platform::platform_of;
pub use settings::{Settings, own_auto_rollback};
pub use trigger::triggers;

use super::naming::ecs_name;
use super::value::filled;
use crate::aws::exception::Exception;
use crate::aws::name::ComputePlatform;
use crate::aws::notification::Trigger;
use crate::diagnostic::{Diagnostic, Diagnostics, Span, Spanned, code};
use crate::engine::time::SimDuration;
use crate::input::decode::{Field, Map, list};
use crate::scenario::deployment::AutoRollback;
use platform::{SERVER_OPTIONS, ignored, opened, says_nothing};

/// What a deployment group says that a deployment needs.
#[derive(Clone, Debug, PartialEq)]
pub struct DeploymentGroup {
    /// `applicationName`, if it is written.
    pub application: Option<Spanned<String>>,
    /// `deploymentGroupName`, if it is written.
    pub name: Option<Spanned<String>>,
    /// `deploymentConfigName`, not looked up: a document of the scenario's may describe it.
    pub config_name: Option<Spanned<String>>,
    /// `clusterName` of its ECS service, if it is written.
    pub cluster: Option<Spanned<String>>,
    /// `serviceName` of its ECS service, if it is written.
    pub service: Option<Spanned<String>>,
    /// Target groups and listeners; absent only if they are faulty.
    pub load_balancer: Option<LoadBalancerInfo>,
    /// Which ends roll back.
    pub auto_rollback: AutoRollback,
    /// The alarms that stop a deployment.
    pub alarms: AlarmConfiguration,
    /// Who is told of its deployments.
    pub triggers: Vec<Trigger>,
    /// The ready wait: nothing for `CONTINUE_DEPLOYMENT` (CD-ECS-60), else 0 to 7200 minutes (CD-ECS-61).
    pub ready_wait: Option<SimDuration>,
    /// How long the original is kept: 0 to 2880 minutes (CD-ECS-72); absent if the group does not say.
    pub termination_wait: Option<SimDuration>,
    /// The place of the whole.
    pub span: Span,
}

impl DeploymentGroup {
    /// A group with neither service nor load balancer nor waits: on Lambda, and what groups of hosts share with it.
    pub fn of(settings: &Settings, span: Span) -> DeploymentGroup {
        let settings = settings.clone();
        DeploymentGroup {
            application: settings.application,
            name: settings.name,
            config_name: settings.config_name,
            cluster: None,
            service: None,
            load_balancer: None,
            auto_rollback: settings.auto_rollback,
            alarms: settings.alarms,
            triggers: settings.triggers,
            ready_wait: None,
            termination_wait: None,
            span,
        }
    }
}

/// Reads a deployment group: the input that makes it, or an answer that describes it.
///
/// Of an answer with several, `named` chooses. A group of another platform than ECS is told, and yields none.
pub fn deployment_group(
    field: Field,
    named: Option<&str>,
    to: &mut Diagnostics,
) -> Option<DeploymentGroup> {
    let field = opened(field, named, ComputePlatform::Ecs, to)?;
    let mut map = Map::open_aws(field, to)?;
    for option in SERVER_OPTIONS {
        if let Some(option) = map.take(option).filter(|option| !says_nothing(option.node)) {
            map.tell(ignored(option, ComputePlatform::Ecs, "an option of EC2 deployments"));
        }
    }
    let settings = Settings::read(&mut map);
    let service =
        map.refusing(Exception::InvalidECSService, |map| map.required("ecsServices", ecs_service));
    let load_balancer = map.refusing(Exception::InvalidLoadBalancerInfo, |map| {
        map.required("loadBalancerInfo", load_balancer::info)
    });
    map.refusing(Exception::InvalidDeploymentStyle, |map| {
        map.required("deploymentStyle", style::only(ComputePlatform::Ecs))
    });
    let waits = map.refusing(Exception::InvalidBlueGreenDeploymentConfiguration, |map| {
        map.required("blueGreenDeploymentConfiguration", blue_green::waits)
    });
    map.unused();
    settings.remark(field, to);
    let (service, waits) = (service.unwrap_or_default(), waits.unwrap_or_default());
    Some(DeploymentGroup {
        application: settings.application,
        name: settings.name,
        config_name: settings.config_name,
        cluster: service.cluster,
        service: service.service,
        load_balancer,
        auto_rollback: settings.auto_rollback,
        alarms: settings.alarms,
        triggers: settings.triggers,
        ready_wait: waits.ready,
        termination_wait: waits.termination,
        span: field.node.span,
    })
}

/// What `ecsServices` says: names, where they are written.
#[derive(Default)]
struct EcsService {
    cluster: Option<Spanned<String>>,
    service: Option<Spanned<String>>,
}

/// `ecsServices`: the cluster and the name of exactly one.
fn ecs_service(field: Field, to: &mut Diagnostics) -> Option<EcsService> {
    let services = list(|field, to| {
        let mut map = Map::open_aws(field, to)?;
        let exception = Exception::InvalidECSService;
        let service = map.required("serviceName", |field, to| {
            filled(field, to)?;
            ecs_name("service", exception)(field, to)
        });
        let cluster = map.optional("clusterName", ecs_name("cluster", exception));
        map.unused();
        Some(EcsService { cluster, service })
    })(field, to)?;
    if services.len() != 1 {
        let title = format!("`{}` lists {}, not one", field.name, services.len());
        to.push(
            Diagnostic::new(code::SERVICE_REFUSED, field.node.span, title)
                .label("one service is needed here")
                .help("give each service a deployment group of its own"),
        );
    }
    services.into_iter().next()
}
