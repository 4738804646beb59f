//! A CodeDeploy deployment group of an ECS service.
//!
//! Its load balancer, waits and alarms stand in files of their own below. What its service and target
//! groups are like stands in their own documents. Rules: CD-ECS-1, CD-ECS-8, CD-RBC-1, CD-VAL-1, CD-VAL-2,
//! CD-VAL-6, CD-VAL-10, CD-VAL-14, CD-VAL-20.

pub mod alarm;
mod blue_green;
mod load_balancer;
#[cfg(test)]
mod tests;
mod trigger;

pub use alarm::AlarmConfiguration;
pub use load_balancer::LoadBalancerInfo;

use super::envelope::Answer;
use super::kind::{Kind, expected};
use super::naming::{code_deploy_name, ecs_name};
use super::value::{filled, no_platform};
use crate::aws::exception::Exception;
use crate::aws::name::{AutoRollbackEvent, ComputePlatform};
use crate::aws::notification::Trigger;
use crate::diagnostic::{Diagnostic, Diagnostics, Span, Spanned, code};
use crate::engine::time::SimDuration;
use crate::input::decode::{Field, Map, boolean, list, listed, scalar_text, suggestion};
use crate::input::tree::{Node, shortened};
use crate::scenario::deployment::AutoRollback;
use crate::scenario::traffic_routing::predefined;

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

const ANSWER: Answer = Answer {
    one: "deploymentGroupInfo",
    several: "deploymentGroupsInfo",
    name: "deploymentGroupName",
    what: "deployment group",
};

/// Options of EC2 deployments, which do nothing on ECS.
const SERVER_OPTIONS: [&str; 5] = [
    "ec2TagFilters",
    "ec2TagSet",
    "onPremisesInstanceTagFilters",
    "onPremisesTagSet",
    "autoScalingGroups",
];

/// Reads a deployment group: the input that makes it, or an answer that describes it.
///
/// Of an answer with several, `named` chooses. A group of another platform than ECS is told, and yields none.
pub fn deployment_group(
    field: Field,
    named: Option<&str>,
    wanted: ComputePlatform,
    to: &mut Diagnostics,
) -> Option<DeploymentGroup> {
    let field = expected(field, &[Kind::DeploymentGroup], to)?;
    let field = ANSWER.document(field, named, to)?;
    let mut map = Map::open_aws(field, to)?;
    if let Some(fault) = platform_fault(field, wanted, map.take("computePlatform")) {
        map.tell(fault);
        return None;
    }
    for option in SERVER_OPTIONS {
        if let Some(option) = map.take(option).filter(|option| !says_nothing(option.node)) {
            map.tell(ignored(option, "an option of EC2 deployments"));
        }
    }
    let application =
        map.optional("applicationName", code_deploy_name(Exception::InvalidApplicationName));
    let group_name = map
        .optional("deploymentGroupName", code_deploy_name(Exception::InvalidDeploymentGroupName));
    let config_name = map
        .optional("deploymentConfigName", code_deploy_name(Exception::InvalidDeploymentConfigName));
    let (service, load_balancer, waits) = match wanted {
        ComputePlatform::Lambda => (None, None, None),
        ComputePlatform::Ecs | ComputePlatform::Server => of_service(&mut map),
    };
    map.refusing(Exception::InvalidDeploymentStyle, |map| map.required("deploymentStyle", style));
    let auto_rollback = own_auto_rollback(&mut map);
    let alarms = map.refusing(Exception::InvalidAlarmConfig, |map| {
        map.or("alarmConfiguration", alarm::alarms, AlarmConfiguration::default())
    });
    let triggers = map.refusing(Exception::InvalidTriggerConfig, |map| {
        map.or("triggerConfigurations", trigger::triggers, Vec::new())
    });
    map.unused();
    let auto_rollback = auto_rollback.unwrap_or_default();
    remark(field, auto_rollback, to);
    let (service, waits) = (service.unwrap_or_default(), waits.unwrap_or_default());
    Some(DeploymentGroup {
        application,
        name: group_name,
        config_name,
        cluster: service.cluster,
        service: service.service,
        load_balancer,
        auto_rollback,
        alarms,
        triggers,
        ready_wait: waits.ready,
        termination_wait: waits.termination,
        span: field.node.span,
    })
}

/// What a group of ECS has and one of Lambda has not: its service, its load balancer, its waits (CD-LAM-4).
fn of_service(
    map: &mut Map<'_, '_>,
) -> (Option<EcsService>, Option<LoadBalancerInfo>, Option<blue_green::Waits>) {
    let service =
        map.refusing(Exception::InvalidECSService, |map| map.required("ecsServices", ecs_service));
    let load_balancer = map.refusing(Exception::InvalidLoadBalancerInfo, |map| {
        map.required("loadBalancerInfo", load_balancer::info)
    });
    let waits = map.refusing(Exception::InvalidBlueGreenDeploymentConfiguration, |map| {
        map.required("blueGreenDeploymentConfiguration", blue_green::waits)
    });
    (service, load_balancer, waits)
}

/// `autoRollbackConfiguration`, if it is there: of a group, or of one deployment in its place (CD-RB-1).
pub fn own_auto_rollback(map: &mut Map<'_, '_>) -> Option<AutoRollback> {
    map.refusing(Exception::InvalidAutoRollbackConfig, |map| {
        map.optional("autoRollbackConfiguration", auto_rollback)
    })
}

/// Whether an option holds nothing, as answers and skeletons have it.
fn says_nothing(node: &Node) -> bool {
    let items = node.items().is_some_and(|items| items.iter().all(says_nothing));
    let entries = node.entries().is_some_and(|map| map.iter().all(|(_, node)| says_nothing(node)));
    items || entries || node.is_null() || node.scalar() == Some("")
}

/// The warning of an option that has no effect on ECS.
fn ignored(field: Field, what: &str) -> Diagnostic {
    let title = format!("`{}` has no effect on ECS", field.name);
    Diagnostic::new(code::IGNORED_OPTION, field.key_span, title).label(what)
}

/// The fault of a group of another platform, as it says itself or as its settings show.
fn platform_fault(
    field: Field,
    wanted: ComputePlatform,
    platform: Option<Field>,
) -> Option<Diagnostic> {
    let node = field.node;
    let filled = |key: &str| node.key(key).is_some_and(|value| !says_nothing(value));
    let named = platform.and_then(|platform| platform.node.scalar());
    let config = node.key("deploymentConfigName").and_then(Node::scalar).and_then(predefined);
    let server = SERVER_OPTIONS.iter().any(|option| node.key(option).is_some());
    let found = match (named, config) {
        (Some(named), _) if named == wanted.as_str() => return None,
        (Some(named), _) => named,
        _ if filled("ecsServices") && wanted == ComputePlatform::Ecs => return None,
        _ if filled("ecsServices") => ComputePlatform::Ecs.as_str(),
        (None, Some(config)) if config.platform != wanted => config.platform.as_str(),
        _ if server && node.key("loadBalancerInfo").is_none() => ComputePlatform::Server.as_str(),
        _ => return None,
    };
    let span = platform.map_or(field.node.span, |platform| platform.node.span);
    if let Some(fault) = platform.and_then(no_platform) {
        return Some(fault);
    }
    let title = format!("the deployment group is for the platform `{}`", shortened(found));
    Some(
        Diagnostic::new(code::OTHER_PLATFORM, span, title).label(format!("not for {wanted}")).help(
            match wanted {
                ComputePlatform::Lambda => "give the group of a Lambda function",
                _ => {
                    "only deployments on Amazon ECS are simulated: give the group of an ECS service"
                }
            },
        ),
    )
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

/// `deploymentStyle`: on ECS there is one.
fn style(field: Field, to: &mut Diagnostics) -> Option<()> {
    let fixed = |needed: &'static str| {
        move |field: Field<'_>, to: &mut Diagnostics| {
            let found = scalar_text(field, "a text", to)?;
            if found != needed {
                let title = format!("`{}` is `{}`, not `{needed}`", field.name, shortened(found));
                to.push(
                    Diagnostic::new(code::STYLE_REFUSED, field.node.span, title)
                        .label("not on ECS")
                        .help(format!("write `{needed}`")),
                );
            }
            Some(())
        }
    };
    let mut map = Map::open_aws(field, to)?;
    map.required("deploymentType", fixed("BLUE_GREEN"));
    map.required("deploymentOption", fixed("WITH_TRAFFIC_CONTROL"));
    map.unused();
    Some(())
}

fn auto_rollback(field: Field, to: &mut Diagnostics) -> Option<AutoRollback> {
    let mut map = Map::open_aws(field, to)?;
    let enabled = map.or("enabled", boolean, false);
    let written = map.has("events");
    let events = map.optional("events", list(rollback_event));
    map.unused();
    if enabled && (!written || events.as_ref().is_some_and(Vec::is_empty)) {
        to.push(
            refused_rollback(field, "rollback is enabled without events".into())
                .label("no end rolls back")
                .help("write `\"events\": [\"DEPLOYMENT_FAILURE\", \"DEPLOYMENT_STOP_ON_ALARM\"]`"),
        );
    }
    let events = events.filter(|_| enabled).unwrap_or_default();
    let has = |event| events.contains(&event);
    Some(AutoRollback {
        on_failure: has(AutoRollbackEvent::DeploymentFailure),
        on_alarm: has(AutoRollbackEvent::DeploymentStopOnAlarm),
        on_request: has(AutoRollbackEvent::DeploymentStopOnRequest),
    })
}

fn rollback_event(field: Field, to: &mut Diagnostics) -> Option<AutoRollbackEvent> {
    let written = scalar_text(field, "an event", to)?;
    let found = AutoRollbackEvent::from_name(written);
    if found.is_none() {
        let names = AutoRollbackEvent::ALL.iter().map(|event| event.as_str()).collect::<Vec<_>>();
        let title = format!("`{}` is no event that rolls back", shortened(written));
        to.push(
            refused_rollback(field, title)
                .label("unknown event")
                .help(format!("the events are {}", listed(&names)))
                .maybe_help(suggestion(written, &names)),
        );
    }
    found
}

fn refused_rollback(field: Field, title: String) -> Diagnostic {
    Diagnostic::new(code::ROLLBACK_REFUSED, field.node.span, title)
}

/// Whether a configuration says that it is enabled, as much of it as can be read.
fn is_enabled(group: Field, key: &str) -> bool {
    let enabled = group.node.key(key).and_then(|node| node.key("enabled"));
    enabled.and_then(Node::scalar) == Some("true")
}

/// Says that a deployment of this group is never rolled back: real groups often are not, and their owners do not know.
/// That nothing watches it is said where the hook functions are known, too (CUT0324).
fn remark(field: Field, auto_rollback: AutoRollback, to: &mut Diagnostics) {
    // One that is enabled and says nothing is an error, and has been told.
    if auto_rollback != AutoRollback::default() || is_enabled(field, "autoRollbackConfiguration") {
        return;
    }
    let node = field.node.key("autoRollbackConfiguration").unwrap_or(field.node);
    let title = "a deployment that fails or is stopped is not rolled back";
    to.push(Diagnostic::new(code::NO_SAFETY_NET, node.span, title).help(
        "write `\"autoRollbackConfiguration\": {\"enabled\": true, \"events\": [\"DEPLOYMENT_FAILURE\"]}` if it should",
    ));
}
