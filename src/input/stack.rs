//! `resources.template` with the hook of blue/green deployments: a CloudFormation template in the place of a service, its
//! target groups, its alarms, its deployment group and its AppSpec.
//!
//! What the template says is put where the scenario says nothing, as `sam` does it; the same readers read it then. CloudFormation
//! makes no application and no deployment group, which has no meaning for how traffic moves. Not how the hook is read
//! (`aws_document::blue_green_hook`). Rules: CD-CFN-2, CD-CFN-5 to CD-CFN-8.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::input::aws_document::blue_green_hook::{
    BlueGreenHook, Named, blue_green_hook, known_text,
};
use crate::input::aws_document::sam_template::described_alarms;
use crate::input::aws_document::stack_resource::target_group;
use crate::input::aws_document::template::{Template, api_spelling, arn_of};
use crate::input::decode::{Field, Map, list, text};
use crate::input::graft::{Made, fill, fill_deployment, take};
use crate::input::tree::{Key, Node, Value};

/// Fills in what the template says of the service that its hook deploys to.
pub fn expand(root: &mut Node, template: &Node, parameters: Option<&Node>, to: &mut Diagnostics) {
    let Some(resources) = root.key_mut("resources") else { return };
    let opened = Template::open(template).with_parameters(parameters).with_references();
    let triggers = take(resources, "rollbackConfiguration");
    let triggers = triggers.map(|triggers| rollback_triggers(&triggers, to)).unwrap_or_default();
    let Some(hook) = blue_green_hook(Field::new("template", template), &opened, to) else {
        // What is wrong with the template is told; that there is no service must not be told too.
        return fill(resources, "service", Node::new(Value::Unread, template.span));
    };
    let made = Made { span: hook.span };
    let stack = Stack { hook: &hook, made: &made };
    fill(resources, "service", stack.service());
    fill(resources, "taskDefinition", api_spelling(&hook.task_definition.properties));
    let groups = hook.target_groups.each_ref().map(|group| {
        let id = Key { name: group.id.clone(), span: hook.span };
        target_group(&id, Node::new(group.properties.value.clone(), hook.span))
    });
    fill(resources, "targetGroups", made.list(groups));
    let named: BTreeSet<&str> = triggers.iter().map(String::as_str).collect();
    let alarms = described_alarms(&opened, &named, to);
    let alarms: Vec<Node> = alarms.into_iter().filter_map(|alarm| alarm.document).collect();
    if !alarms.is_empty() {
        fill(resources, "alarms", made.list(alarms));
    }
    fill_deployment(root, stack.deployment(&triggers));
}

/// `RollbackConfiguration` of the stack update: the names of the alarms that return it (CD-CFN-7).
fn rollback_triggers(node: &Node, to: &mut Diagnostics) -> Vec<String> {
    let field = Field::new("rollbackConfiguration", node);
    let Some(mut map) = Map::open(field, to) else { return Vec::new() };
    let triggers = map.or(
        "RollbackTriggers",
        list(|field: Field, to: &mut Diagnostics| {
            let mut map = Map::open(field, to)?;
            let arn = map.required("Arn", text);
            map.has("Type");
            map.finish();
            // The name of an alarm is what follows `:alarm:` in its ARN.
            let name = arn?;
            Some(name.rsplit_once(":alarm:").map_or(name.clone(), |(_, name)| name.to_owned()))
        }),
        Vec::new(),
    );
    if let Some(minutes) = map.take("MonitoringTimeInMinutes")
        && minutes.node.scalar() != Some("0")
    {
        map.tell(
            Diagnostic::new(
                code::LEFT_OUT,
                minutes.key_span,
                "the stack is watched after the update",
            )
            .label("not simulated: alarms are looked at until the original is terminated"),
        );
    }
    map.finish();
    triggers
}

/// What a template comes to.
struct Stack<'a> {
    hook: &'a BlueGreenHook,
    made: &'a Made,
}

impl Stack<'_> {
    /// The service: CloudFormation drives it through CodeDeploy.
    fn service(&self) -> Node {
        let Stack { hook, made } = self;
        let properties = &hook.service.properties;
        let mut entries = vec![
            ("serviceName", made.text(self.service_name())),
            ("cluster", made.text(self.cluster())),
            ("desiredCount", properties.key("DesiredCount").cloned().unwrap_or(made.number(1))),
            ("deploymentController", made.map([("type", made.text("CODE_DEPLOY"))])),
        ];
        let grace = properties.key("HealthCheckGracePeriodSeconds").cloned();
        entries.extend(grace.map(|grace| ("healthCheckGracePeriodSeconds", grace)));
        let on = hook.task_set.properties.key("LaunchType").cloned();
        entries.extend(on.map(|on| ("launchType", on)));
        let (container, port) = self.container();
        let group = format!("targetgroup/{}/0", name_of(&hook.target_groups[0]));
        let arn = arn_of("elasticloadbalancing", &group);
        let balancer = made.map([
            ("targetGroupArn", made.text(arn)),
            ("containerName", container),
            ("containerPort", port),
        ]);
        entries.push(("loadBalancers", made.list([balancer])));
        made.map(entries)
    }

    fn service_name(&self) -> &str {
        let service = &self.hook.service;
        known_text(&service.properties, "ServiceName").unwrap_or(&service.id)
    }

    /// The cluster by its name.
    fn cluster(&self) -> String {
        known_text(&self.hook.service.properties, "Cluster").unwrap_or("default").to_owned()
    }

    /// The container that gets the requests, and its port, as the task set names them.
    fn container(&self) -> (Node, Node) {
        let balancers = self.hook.task_set.properties.key("LoadBalancers").and_then(Node::items);
        let first = balancers.and_then(<[Node]>::first);
        let of = |key: &str| first.and_then(|balancer| balancer.key(key)).cloned();
        let made = self.made;
        (
            of("ContainerName").unwrap_or_else(|| made.text("")),
            of("ContainerPort").unwrap_or_else(|| made.number(80)),
        )
    }

    fn deployment(&self, triggers: &[String]) -> Node {
        let made = self.made;
        made.map([
            ("creator", made.text("CloudFormation")),
            ("deploymentGroup", self.group(triggers)),
            ("deploymentConfig", made.config("CloudFormation", "ECS", self.hook.traffic_routing)),
            ("revision", self.app_spec()),
        ])
    }

    /// What CodeDeploy is told of the service; any failure returns the stack to where it was (CD-CFN-8).
    fn group(&self, triggers: &[String]) -> Node {
        let Stack { hook, made } = self;
        let service = made.map([
            ("serviceName", made.text(self.service_name())),
            ("clusterName", made.text(self.cluster())),
        ]);
        let style = made.map([
            ("deploymentType", made.text("BLUE_GREEN")),
            ("deploymentOption", made.text("WITH_TRAFFIC_CONTROL")),
        ]);
        let groups = hook.target_groups.each_ref();
        let groups = groups.map(|group| made.map([("name", made.text(name_of(group)))]));
        let route = |id: &str| {
            let arn = arn_of("elasticloadbalancing", &format!("listener/app/stack/0/{id}"));
            made.map([("listenerArns", made.list([made.text(arn)]))])
        };
        let mut pair = vec![
            ("targetGroups", made.list(groups)),
            ("prodTrafficRoute", route(&hook.listeners.0)),
        ];
        pair.extend(hook.listeners.1.as_ref().map(|test| ("testTrafficRoute", route(test))));
        let terminate = made.map([
            ("action", made.text("TERMINATE")),
            ("terminationWaitTimeInMinutes", made.number(hook.termination_wait_minutes)),
        ]);
        let ready = made.map([("actionOnTimeout", made.text("CONTINUE_DEPLOYMENT"))]);
        let mut entries = vec![
            ("applicationName", made.text("CloudFormation")),
            ("deploymentGroupName", made.text(&hook.service.id)),
            ("ecsServices", made.list([service])),
            ("deploymentStyle", style),
            (
                "loadBalancerInfo",
                made.map([("targetGroupPairInfoList", made.list([made.map(pair)]))]),
            ),
            (
                "blueGreenDeploymentConfiguration",
                made.map([
                    ("terminateBlueInstancesOnDeploymentSuccess", terminate),
                    ("deploymentReadyOption", ready),
                ]),
            ),
            ("autoRollbackConfiguration", made.rollback_always()),
        ];
        if !triggers.is_empty() {
            let names = triggers.iter().map(|name| made.map([("name", made.text(name))]));
            let enabled = made.node(Value::Bool(true));
            let alarms = made.map([("enabled", enabled), ("alarms", made.list(names))]);
            entries.push(("alarmConfiguration", alarms));
        }
        made.map(entries)
    }

    fn app_spec(&self) -> Node {
        let Stack { hook, made } = self;
        let family = known_text(&hook.task_definition.properties, "Family");
        let family = family.unwrap_or(&hook.task_definition.id);
        let (container, port) = self.container();
        let properties = made.map([
            ("TaskDefinition", made.text(arn_of("ecs", &format!("task-definition/{family}:2")))),
            ("LoadBalancerInfo", made.map([("ContainerName", container), ("ContainerPort", port)])),
        ]);
        let target =
            made.map([("Type", made.text("AWS::ECS::Service")), ("Properties", properties)]);
        let hooks = hook
            .hooks
            .iter()
            .map(|(event, function)| made.map([(event.as_str(), made.spanned(function))]));
        let mut entries = vec![
            ("version", made.number("0.0")),
            ("Resources", made.list([made.map([("TargetService", target)])])),
        ];
        if !hook.hooks.is_empty() {
            entries.push(("Hooks", made.list(hooks)));
        }
        made.map(entries)
    }
}

/// A resource by its name; one that has none goes by its logical id.
fn name_of(resource: &Named) -> &str {
    known_text(&resource.properties, "Name").unwrap_or(&resource.id)
}
