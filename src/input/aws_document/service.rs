//! An ECS service that CodeDeploy deploys to.
//!
//! Not its task definition, nor its target groups. Rules: CD-ECS-2 to CD-ECS-4, CD-ECS-9, CD-VAL-6,
//! ECS-SVC-4, ECS-EXT-6.

use super::envelope::Answer;
use super::kind::{Kind, expected};
use super::naming::ecs_name;
use super::service_deployment::{DeploymentConfiguration, deployment_configuration};
use super::task_set::{ExternalService, external_service};
use super::value::{arn, count, name, port, seconds};
use crate::aws::exception::Exception;
use crate::aws::name::TaskSetStatus;
use crate::aws::service::{DeploymentControllerType, LaunchType};
use crate::diagnostic::{Diagnostic, Diagnostics, Span, Spanned, code};
use crate::engine::time::SimDuration;
use crate::input::decode::{Field, Map, choice, list, scalar_text};
use crate::input::tree::{Node, shortened};

/// What a service says that the simulation needs.
#[derive(Clone, Debug)]
pub struct Service {
    /// Name of its cluster, if it is written; without one AWS takes `default`.
    pub cluster: Option<Spanned<String>>,
    /// Its name, if it is written; often it is given on the command line.
    pub name: Option<Spanned<String>>,
    /// How many tasks it wants, 0 to 5000.
    pub desired_count: Spanned<u32>,
    /// `healthCheckGracePeriodSeconds`, default 0. Rule: ECS-SVC-4.
    pub health_check_grace_period: SimDuration,
    /// The load balancer as the service names it, and as its PRIMARY task set does if an answer tells.
    pub load_balancer: Option<ServiceLoadBalancer>,
    /// Whether neither names any, which only ECS itself and an EXTERNAL controller deploy to.
    pub has_no_balancer: bool,
    /// Its task definition: family, family and revision, or ARN, as it is written.
    pub task_definition: Option<Spanned<String>>,
    /// Where its tasks run, if it says.
    pub launch_type: Option<Spanned<LaunchType>>,
    /// What it says where a controller of somebody else's drives it.
    pub external: ExternalService,
    /// `deploymentConfiguration`, where ECS itself deploys.
    pub deployment_configuration: DeploymentConfiguration,
    /// Whether its answer tells of a deployment that was completed, or of none at all (ECS-CB-5).
    pub has_completed_revision: bool,
    /// The place of the whole.
    pub span: Span,
}

/// What a service says of its load balancer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServiceLoadBalancer {
    /// Name of the target group; absent if a placeholder stands for its ARN.
    pub target_group: Option<Spanned<String>>,
    /// The container that receives requests.
    pub container_name: Option<Spanned<String>>,
    /// Its port.
    pub container_port: Option<Spanned<u16>>,
    /// `alternateTargetGroupArn`: name of the group for the other revision, where ECS itself deploys with two (ECS-BG-8).
    pub alternate: Option<Spanned<String>>,
    /// Whether there is a `testListenerRule`.
    pub has_test_rule: bool,
}

impl Service {
    /// A service of which nothing is said, because something else is deployed to.
    pub fn unsaid(span: Span) -> Service {
        Service {
            cluster: None,
            name: None,
            desired_count: Spanned { value: 0, span },
            health_check_grace_period: SimDuration::ZERO,
            load_balancer: None,
            has_no_balancer: false,
            task_definition: None,
            launch_type: None,
            external: ExternalService::default(),
            deployment_configuration: DeploymentConfiguration::default(),
            has_completed_revision: true,
            span,
        }
    }
}

const ANSWER: Answer =
    Answer { one: "service", several: "services", name: "serviceName", what: "service" };

/// Reads a service: the input that creates it, or an answer that describes it.
///
/// Of an answer with several, `named` chooses. Whoever deploys to it has to be its controller.
pub fn service(
    field: Field,
    named: Option<&str>,
    deploys: DeploymentControllerType,
    to: &mut Diagnostics,
) -> Option<Service> {
    let field = expected(field, &[Kind::Service], to)?;
    let field = ANSWER.document(field, named, to)?;
    let mut map = Map::open_aws(field, to)?;
    let clusters = ["cluster", "clusterArn"].into_iter().find(|key| map.has(key));
    let exception = Exception::InvalidParameter;
    let cluster = clusters.and_then(|key| map.optional(key, ecs_name("cluster", exception)));
    let service_name = map.optional("serviceName", ecs_name("service", exception));
    // An answer has both; the name says all.
    let is_answer = map.has("serviceArn") || map.has("taskSets");
    let is_external = deploys == DeploymentControllerType::External;
    let read_count = |field: Field, to: &mut Diagnostics| {
        let value = count(0..=5000)(field, to)?;
        Some(Spanned { value, span: field.node.span })
    };
    // The general API wants it; for a controller of somebody else's it is 0 (ECS-EXT-4).
    let desired_count = match is_external && !map.has("desiredCount") {
        true => Some(Spanned { value: 0, span: field.node.span }),
        false => map.required("desiredCount", read_count),
    };
    let external = match is_external {
        true => external_service(&mut map, is_answer),
        false => ExternalService::default(),
    };
    let grace_range = seconds(0..=i64::from(i32::MAX));
    let grace = map.or("healthCheckGracePeriodSeconds", grace_range, SimDuration::ZERO);
    controller(&mut map, field, deploys);
    map.refusing(exception, |map| map.optional("schedulingStrategy", scheduling_strategy));
    let task_definition = map.optional("taskDefinition", name);
    let launch_type = map.optional("launchType", launch_type);
    let load_balancer = map.refusing(exception, |map| load_balancer(map, field, deploys));
    let has_no_balancer = load_balancer.is_none() && says_no_balancer(field.node);
    let is_of_ecs = deploys == DeploymentControllerType::Ecs;
    let configuration =
        is_of_ecs.then(|| map.optional("deploymentConfiguration", deployment_configuration));
    let has_completed_revision = !is_of_ecs || map.or("deployments", completed, true);
    map.unused();
    Some(Service {
        cluster,
        name: service_name,
        desired_count: desired_count?,
        health_check_grace_period: grace,
        load_balancer,
        has_no_balancer,
        task_definition,
        launch_type,
        external,
        deployment_configuration: configuration.flatten().unwrap_or_default(),
        has_completed_revision,
        span: field.node.span,
    })
}

/// `deployments` of an answer: whether any is `COMPLETED`. Without a word of it one was, long ago (ECS-ROLL-5).
fn completed(field: Field, _: &mut Diagnostics) -> Option<bool> {
    let states = field.node.items()?.iter().map(|one| one.key("rolloutState"));
    let states: Vec<Option<&Node>> = states.collect();
    let is_completed = |state: &&Node| state.scalar() == Some("COMPLETED");
    let says_nothing = states.iter().all(Option::is_none);
    Some(says_nothing || states.iter().flatten().any(is_completed))
}

/// The deployment controller has to be that of whoever deploys; without one it is that of ECS.
/// Rules: CD-ECS-2, ECS-EXT-1, ECS-EXT-9.
fn controller<'a>(map: &mut Map<'a, '_>, field: Field<'a>, deploys: DeploymentControllerType) {
    if map.take("deploymentController").is_none() {
        if deploys == DeploymentControllerType::Ecs {
            return;
        }
        let title = "the service has no `deploymentController`, so that it is `ECS`";
        return map.tell(of_another(field.node.span, title, deploys));
    }
    map.optional("deploymentController", |field, to| {
        let mut map = Map::open_aws(field, to)?;
        map.required("type", |field, to| {
            let found = scalar_text(field, "a type", to)?;
            if found != deploys.as_str() {
                let found = shortened(found);
                let title = format!("the deployment controller is `{found}`, not `{deploys}`");
                to.push(of_another(field.node.span, title, deploys));
            }
            Some(())
        });
        map.unused();
        Some(())
    });
}

/// The service belongs to another controller than the one that deploys.
fn of_another(
    span: Span,
    title: impl Into<String>,
    deploys: DeploymentControllerType,
) -> Diagnostic {
    let fault = Diagnostic::new(code::SERVICE_REFUSED, span, title).help(format!(
        "create the service with `\"deploymentController\": {{\"type\": \"{deploys}\"}}`"
    ));
    match deploys {
        DeploymentControllerType::CodeDeploy => fault
            .label("CodeDeploy cannot deploy to it")
            .refused_with(Exception::InvalidECSService)
            .note("a deployment fails with INVALID_ECS_SERVICE"),
        DeploymentControllerType::Ecs => fault
            .label("ECS does not deploy to it by itself")
            .refused_with(Exception::InvalidParameter),
        DeploymentControllerType::External => fault
            .label("nobody but ECS or CodeDeploy can create task sets in it")
            .refused_with(Exception::InvalidParameter),
    }
}

/// Rule: CD-ECS-9.
fn scheduling_strategy(field: Field, to: &mut Diagnostics) -> Option<()> {
    let found = scalar_text(field, "a strategy", to)?;
    if found != "REPLICA" {
        let title = format!("`schedulingStrategy` is `{}`, not `REPLICA`", shortened(found));
        to.push(
            Diagnostic::new(code::SERVICE_REFUSED, field.node.span, title)
                .label(
                    "a daemon is not simulated, and not possible with `CODE_DEPLOY` or `EXTERNAL`",
                )
                .help("write `REPLICA`, or take the key away"),
        );
    }
    Some(())
}

fn launch_type(field: Field, to: &mut Diagnostics) -> Option<Spanned<LaunchType>> {
    let types = LaunchType::ALL.iter().map(|on| (on.as_str(), *on)).collect::<Vec<_>>();
    let value = choice(&types)(field, to)?;
    Some(Spanned { value, span: field.node.span })
}

/// The load balancer: what the PRIMARY task set says, then what the service says. Rules: CD-ECS-3, CD-ECS-4.
fn load_balancer<'a>(
    map: &mut Map<'a, '_>,
    field: Field<'a>,
    deploys: DeploymentControllerType,
) -> Option<ServiceLoadBalancer> {
    let is_of_code_deploy = deploys == DeploymentControllerType::CodeDeploy;
    let of_primary = map.optional("taskSets", list(task_set));
    let of_service = map.optional("loadBalancers", balancers).flatten();
    let of_primary = of_primary.unwrap_or_default().into_iter().flatten().flatten().next();
    // A service of an EXTERNAL controller has none, its task sets may; that of ECS may be a worker.
    if is_of_code_deploy && of_primary.is_none() && says_no_balancer(field.node) {
        map.tell(
            Diagnostic::new(
                code::SERVICE_REFUSED,
                field.node.span,
                "the service has no load balancer",
            )
            .label("no `loadBalancers` in it")
            .help(
                "CodeDeploy moves what requests meet, which come through one: write `\"loadBalancers\": \
                     [{\"targetGroupArn\": .., \"containerName\": .., \"containerPort\": ..}]`, or let ECS deploy \
                     it by `updateService`",
            ),
        );
    }
    of_primary.or(of_service)
}

/// Whether a service names no load balancer at all; faulty ones have been told.
fn says_no_balancer(service: &Node) -> bool {
    let list = service.key("loadBalancers");
    list.is_none_or(|list| list.is_null() || list.items().is_some_and(<[Node]>::is_empty))
}

/// A task set of an answer: its load balancer if it is PRIMARY.
fn task_set(field: Field, to: &mut Diagnostics) -> Option<Option<Option<ServiceLoadBalancer>>> {
    let status = field.node.key("status").and_then(Node::scalar);
    if status != Some(TaskSetStatus::Primary.as_str()) {
        return Some(None);
    }
    let mut map = Map::open_aws(field, to)?;
    // The service says the same of itself, and counts and times of an answer are those of a moment.
    for key in TASK_SET_KEYS {
        map.has(key);
    }
    let found = map.optional("loadBalancers", balancers);
    map.unused();
    Some(found)
}

/// What every task set of an answer has.
const TASK_SET_KEYS: [&str; 17] = [
    "id",
    "taskSetArn",
    "serviceArn",
    "clusterArn",
    "externalId",
    "status",
    "taskDefinition",
    "computedDesiredCount",
    "pendingCount",
    "runningCount",
    "createdAt",
    "updatedAt",
    "launchType",
    "stabilityStatus",
    "stabilityStatusAt",
    "scale",
    "tags",
];

/// `loadBalancers`: the first one; the list may be empty in an answer.
fn balancers(field: Field, to: &mut Diagnostics) -> Option<Option<ServiceLoadBalancer>> {
    let found = list(|field, to| Some(balancer(field, to)))(field, to)?;
    if found.len() > 1 {
        let title = format!("`{}` has {} load balancers, more than one", field.name, found.len());
        to.push(
            Diagnostic::new(code::SERVICE_REFUSED, field.node.span, title)
                .label("one target group is needed here")
                .help(
                    "keep the group that serves now: with `CODE_DEPLOY` a service has one at a time, and the \
                     deployment group names both",
                ),
        );
    }
    Some(found.into_iter().next().flatten())
}

fn balancer(field: Field, to: &mut Diagnostics) -> Option<ServiceLoadBalancer> {
    let mut map = Map::open_aws(field, to)?;
    if let Some(classic) = map.take("loadBalancerName") {
        map.tell(
            Diagnostic::new(
                code::SERVICE_REFUSED,
                classic.key_span,
                "the service uses a Classic Load Balancer",
            )
            .label("names a Classic Load Balancer")
            .help("CodeDeploy needs target groups: give `targetGroupArn` in its place"),
        );
    } else if !map.has("targetGroupArn") {
        map.required("targetGroupArn", name);
    }
    let group = arn("elasticloadbalancing", "targetgroup", "a target group");
    let target_group = map.optional("targetGroupArn", group);
    let container_name = map.required("containerName", name);
    let container_port = map.required("containerPort", port);
    let advanced = map.optional("advancedConfiguration", advanced);
    let (alternate, has_test_rule) = advanced.unwrap_or_default();
    map.unused();
    let known =
        ServiceLoadBalancer { target_group, container_name, container_port, ..Default::default() };
    Some(ServiceLoadBalancer { alternate, has_test_rule, ..known })
}

/// `advancedConfiguration`: the target group of the other revision, and whether there is a test listener (ECS-BG-8).
fn advanced(field: Field, to: &mut Diagnostics) -> Option<(Option<Spanned<String>>, bool)> {
    let mut map = Map::open_aws(field, to)?;
    let group = arn("elasticloadbalancing", "targetgroup", "a target group");
    let alternate = map.required("alternateTargetGroupArn", group);
    map.has("productionListenerRule");
    map.has("roleArn");
    let has_test_rule = map.has("testListenerRule");
    map.unused();
    Some((alternate, has_test_rule))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::aws_document::told::{changed, told};

    const GOOD: &str = "\
cluster: arn:aws:ecs:eu-west-1:123456789012:cluster/main
serviceName: web
taskDefinition: web:7
desiredCount: 4
healthCheckGracePeriodSeconds: 60
launchType: FARGATE
schedulingStrategy: REPLICA
deploymentController: { type: CODE_DEPLOY }
loadBalancers:
  - targetGroupArn: arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/blue/1a
    containerName: web
    containerPort: 8080
";

    fn read(text: &str) -> (Option<Service>, Vec<String>) {
        told(text, |field, _, to| service(field, None, DeploymentControllerType::CodeDeploy, to))
    }

    fn check(from: &str, to: &str, expected: &[&str]) {
        assert_eq!(read(&changed(GOOD, from, to)).1, expected, "{to}");
    }

    #[test]
    fn a_good_service_says_where_and_how_many() {
        let (found, lines) = read(GOOD);
        assert!(lines.is_empty(), "{lines:?}");
        let found = found.expect("a good service");
        assert_eq!(found.cluster.map(|name| name.value).as_deref(), Some("main"));
        assert_eq!(found.desired_count.value, 4);
        assert_eq!(found.health_check_grace_period, SimDuration::from_secs(60));
        assert_eq!(found.launch_type.map(|on| on.value), Some(LaunchType::Fargate));
        let load_balancer = found.load_balancer.expect("a load balancer");
        assert_eq!(load_balancer.target_group.map(|name| name.value).as_deref(), Some("blue"));
        assert_eq!(load_balancer.container_port.map(|port| port.value), Some(8080));
    }

    #[test]
    fn the_primary_task_set_of_an_answer_says_which_group_serves() {
        let set = |status: &str, group: &str| {
            format!(
                "  - {{ status: {status}, loadBalancers: [{{ targetGroupArn: \
                 'arn:aws:elasticloadbalancing:r:1:targetgroup/{group}/1', containerName: web, \
                 containerPort: 80 }}] }}\n"
            )
        };
        let sets = format!("{}{}", set("ACTIVE", "blue"), set("PRIMARY", "green"));
        let text = format!("{GOOD}taskSets:\n{sets}");
        let inner = text.lines().map(|line| format!("    {line}\n")).collect::<String>();
        let (found, lines) = read(&format!("services:\n  -\n{inner}failures: []\n"));
        assert!(lines.is_empty(), "{lines:?}");
        let group = found.and_then(|found| found.load_balancer?.target_group);
        assert_eq!(group.map(|name| name.value).as_deref(), Some("green"));
    }

    #[test]
    fn a_service_that_code_deploy_cannot_deploy_to_is_refused() {
        let title = "the deployment controller is `EXTERNAL`, not `CODE_DEPLOY`";
        check("CODE_DEPLOY", "EXTERNAL", &[&format!("CUT0221 at `EXTERNAL`: {title}")]);
        let title = "the service has no `deploymentController`, so that it is `ECS`";
        let (_, lines) = read(&changed(GOOD, "deploymentController: { type: CODE_DEPLOY }\n", ""));
        assert!(lines.len() == 1 && lines[0].ends_with(title), "{lines:?}");
        let title = "`schedulingStrategy` is `DAEMON`, not `REPLICA`";
        check("REPLICA", "DAEMON", &[&format!("CUT0221 at `DAEMON`: {title}")]);
        let title = "CUT0221 at `loadBalancerName`: the service uses a Classic Load Balancer";
        check("targetGroupArn: arn:aws:", "loadBalancerName: ", &[title]);
        let (_, lines) = read(&GOOD[..GOOD.find("loadBalancers").expect("it is there")]);
        assert!(lines.len() == 1 && lines[0].ends_with("the service has no load balancer"));
    }

    #[test]
    fn numbers_are_checked_and_names_may_be_missing() {
        check("desiredCount: 4", "desiredCount: '4'", &[]);
        let title = "CUT0107 at `5001`: `desiredCount` is 5001, more than 5000";
        check("desiredCount: 4", "desiredCount: 5001", &[title]);
        let title = "CUT0205 at `<N>`: `desiredCount` is `<N>`, not a number";
        check("desiredCount: 4", "desiredCount: <N>", &[title]);
        check("serviceName: web\n", "", &[]);
        let title = "CUT0204 at `<CLUSTER>`: `cluster` is the placeholder `<CLUSTER>`";
        check("arn:aws:ecs:eu-west-1:123456789012:cluster/main", "<CLUSTER>", &[title]);
        let (_, lines) = read("{services: [], failures: [{reason: MISSING}]}");
        assert_eq!(lines, ["CUT0206 at `[]`: `document` holds no service"]);
    }
}
