//! What a document is, told by its content: names of files say little.
//!
//! Whether it is a good one of its kind its own reader says.

use super::Kind;
use super::deployment_config::{hosts, is_shorthand};
use super::envelope::inner;
use crate::aws::app_spec::OperatingSystem;
use crate::aws::deployment_config::TrafficRoutingType;
use crate::input::tree::{Node, Value};

/// Keys that only documents of one kind have; the first line of which one key is there decides.
const MARKS: &[(Kind, &[&str])] = &[
    (Kind::Scenario, &["cutover"]),
    (Kind::DeploymentGroup, &["deploymentGroupInfo", "deploymentGroupsInfo"]),
    (Kind::DeploymentConfig, &["deploymentConfigInfo"]),
    (Kind::DeploymentConfigNames, &["deploymentConfigsList"]),
    (Kind::Deployment, &["deploymentInfo", "deploymentsInfo", "deploymentId"]),
    (
        Kind::DeploymentTarget,
        &["deploymentTarget", "deploymentTargets", "ecsTarget", "lifecycleEvents"],
    ),
    (Kind::Tasks, &["taskArn", "pullStartedAt"]),
    (Kind::MetricData, &["MetricDataResults", "Datapoints"]),
    (Kind::CreateDeployment, &["revision", "revisionType", "appSpecContent"]),
    (
        Kind::DeploymentGroup,
        &[
            "deploymentGroupName",
            "blueGreenDeploymentConfiguration",
            "deploymentStyle",
            "loadBalancerInfo",
            "ecsServices",
            "autoRollbackConfiguration",
            "alarmConfiguration",
            "applicationName",
            "serviceRoleArn",
        ],
    ),
    (
        Kind::DeploymentConfig,
        &[
            "trafficRoutingConfig",
            "minimumHealthyHosts",
            "zonalConfig",
            "timeBasedCanary",
            "timeBasedLinear",
            "deploymentConfigName",
        ],
    ),
    (Kind::TaskDefinition, &["containerDefinitions"]),
    (
        Kind::Service,
        &[
            "serviceName",
            "serviceArn",
            "desiredCount",
            "deploymentController",
            "schedulingStrategy",
        ],
    ),
    (Kind::TaskSet, &["taskSet", "taskSets", "taskSetArn", "stabilityStatus", "scale"]),
    (Kind::Service, &["taskDefinitionArn", "loadBalancers", "launchType"]),
    (Kind::TaskDefinition, &["family", "requiresCompatibilities"]),
    (Kind::Listeners, &["Listeners", "ListenerArn", "DefaultActions"]),
    (Kind::LoadBalancers, &["LoadBalancers", "LoadBalancerArn", "LoadBalancerName"]),
    (
        Kind::TargetGroups,
        &[
            "TargetGroups",
            "TargetGroupName",
            "TargetType",
            "HealthCheckProtocol",
            "HealthCheckPath",
            "HealthCheckIntervalSeconds",
            "HealthCheckTimeoutSeconds",
            "HealthyThresholdCount",
            "UnhealthyThresholdCount",
            "VpcId",
        ],
    ),
    (Kind::LambdaAlias, &["AliasArn", "FunctionVersion"]),
    (Kind::TargetGroups, &["TargetGroupArn", "Name"]),
    (Kind::TargetGroupAttributes, &["Attributes"]),
    (
        Kind::Alarms,
        &[
            "MetricAlarms",
            "CompositeAlarms",
            "AlarmDefinitions",
            "AlarmName",
            "AlarmRule",
            "ComparisonOperator",
            "EvaluationPeriods",
            "MetricName",
            // In small letters, as in lists that people keep of them.
            "alarmName",
            "alarmRule",
            "comparisonOperator",
            "evaluationPeriods",
        ],
    ),
    (
        Kind::Scaling,
        &[
            "ScalingPolicies",
            "ScalableTargets",
            "ScheduledActions",
            "TargetTrackingScalingPolicyConfiguration",
            "StepScalingPolicyConfiguration",
            "PredictiveScalingPolicyConfiguration",
            "PredefinedMetricSpecification",
            "CustomizedMetricSpecification",
            "TargetValue",
            "StepAdjustments",
            "AdjustmentType",
            "ScalableTargetAction",
            "ScheduledActionName",
            "ScalableDimension",
        ],
    ),
    (Kind::BuildSpec, &["phases"]),
    (Kind::Workflow, &["jobs"]),
];

/// What a document is, by its content. A recorder's wrapper around it is looked through.
pub fn recognise(node: &Node) -> Kind {
    let node = inner(node);
    match &node.value {
        Value::Map(_) => of_map(node),
        Value::List(items) => {
            // One that could not be read is told of where it stands.
            let first = items.iter().find(|item| !matches!(item.value, Value::Unread));
            first.map_or(Kind::Unknown, recognise)
        }
        Value::Text { text, .. } if is_shorthand(text) => Kind::DeploymentConfig,
        _ => Kind::Unknown,
    }
}

fn of_map(node: &Node) -> Kind {
    let has = |key: &str| node.key(key).is_some();
    let is_map = |key: &str| node.key(key).is_some_and(|value| value.entries().is_some());
    if has("terraform_version") || node.key("resource").is_some_and(is_terraform) {
        return Kind::Terraform;
    }
    if has("apiVersion") && has("kind") {
        return Kind::Kubernetes;
    }
    if let Some(kind) = app_spec(node) {
        return kind;
    }
    if has("AWSTemplateFormatVersion") || has("Transform") || holds_resources(node) {
        return if is_sam(node) { Kind::Sam } else { Kind::CloudFormation };
    }
    if has("taskDefinition") && is_map("taskDefinition") {
        return Kind::TaskDefinition;
    }
    if is_map("service") || node.key("services").is_some_and(|list| list.items().is_some()) {
        return Kind::Service;
    }
    if is_map("services") {
        return Kind::Compose;
    }
    // What is told of a task is in the detail of an event.
    let tasks = node.key("tasks").or(node.key("detail"));
    let is_empty = |list: &Node| list.items().is_some_and(<[Node]>::is_empty);
    if tasks.is_some_and(|list| is_empty(list) && has("failures") || recognise(list) == Kind::Tasks)
    {
        return Kind::Tasks;
    }
    // A list that somebody keeps of alarms; a deployment group names its alarms under the same key.
    let kept = node.key("alarms").or(node.key("Alarms"));
    if kept.is_some_and(|list| list.items().is_some() && recognise(list) == Kind::Alarms) {
        return Kind::Alarms;
    }
    // A target group that says no more than its name, with its attributes put into it.
    if has("Name") && has("Attributes") {
        return Kind::TargetGroups;
    }
    let marked = MARKS.iter().find(|(_, keys)| keys.iter().any(|key| has(key)));
    match marked {
        Some((kind, _)) => *kind,
        None if has("dependencies") && (has("settings") || has("people")) => Kind::MoveApps,
        None if is_routing_type(node) || hosts::is_minimum(node) => Kind::DeploymentConfig,
        None => Kind::Unknown,
    }
}

/// The value of a key whatever its case, as AppSpec files are written.
pub fn any_case<'a>(node: &'a Node, name: &str) -> Option<&'a Node> {
    let found = node.entries()?.iter().find(|(key, _)| key.name.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value)
}

/// The kind of an AppSpec, if it is one.
fn app_spec(node: &Node) -> Option<Kind> {
    let versioned = any_case(node, "version").is_some();
    let resources = any_case(node, "Resources");
    let hooks = any_case(node, "Hooks");
    if node.key("AWSTemplateFormatVersion").is_some() || node.key("Transform").is_some() {
        return None;
    }
    match (resources, hooks) {
        (Some(resources), _) if versioned || resources.items().is_some() => {
            Some(by_resource(resources))
        }
        (Some(_), _) => None,
        (None, Some(hooks)) if hooks.items().is_some() => Some(Kind::EcsAppSpec),
        (None, Some(hooks)) if hooks.entries().is_some() => Some(Kind::Ec2AppSpec),
        (None, _) => {
            let os = node.key("os").and_then(Node::scalar);
            let is_known = os.is_some_and(|os| OperatingSystem::from_name(os).is_some());
            (is_known || os.is_some() && versioned).then_some(Kind::Ec2AppSpec)
        }
    }
}

/// The kind of an AppSpec by its first resource; an ECS one if nothing speaks against it.
fn by_resource(resources: &Node) -> Kind {
    let first = match &resources.value {
        Value::List(items) => items.first(),
        _ => Some(resources),
    };
    let named = first.and_then(|item| item.entries()?.first().map(|(_, node)| node));
    let Some(resource) = named else { return Kind::EcsAppSpec };
    let kind = any_case(resource, "Type").and_then(Node::scalar).unwrap_or_default();
    let property = |name| any_case(resource, "Properties").and_then(|all| any_case(all, name));
    let of_lambda = kind.contains("Lambda")
        || kind.contains("Serverless::Function")
        || property("CurrentVersion").or(property("TargetVersion")).is_some();
    if of_lambda { Kind::LambdaAppSpec } else { Kind::EcsAppSpec }
}

/// Whether a map holds CloudFormation resources, itself or under `Resources`, or hooks.
fn holds_resources(node: &Node) -> bool {
    let is_resource = |node: &Node| {
        node.key("Type").and_then(Node::scalar).is_some_and(|kind| kind.starts_with("AWS::"))
    };
    let of = |node: &Node| {
        node.entries().is_some_and(|entries| entries.iter().any(|(_, node)| is_resource(node)))
    };
    of(node) || ["Resources", "Hooks"].iter().any(|key| node.key(key).is_some_and(of))
}

/// Whether a map has types of resources as Terraform calls those of AWS.
fn is_terraform(resources: &Node) -> bool {
    let entries = resources.entries().unwrap_or_default();
    entries.iter().any(|(key, _)| key.name.starts_with("aws_"))
}

fn is_sam(node: &Node) -> bool {
    let serverless = |node: &Node| {
        node.scalar().is_some_and(|transform| transform.starts_with("AWS::Serverless"))
    };
    node.key("Transform").is_some_and(|transform| {
        serverless(transform) || transform.items().is_some_and(|list| list.iter().any(serverless))
    })
}

fn is_routing_type(node: &Node) -> bool {
    let kind = node.key("type").and_then(Node::scalar);
    kind.is_some_and(|kind| TrafficRoutingType::from_name(kind).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Diagnostics, Sources};
    use crate::input::tree::read;

    fn check(text: &str, expected: Kind) {
        let (mut sources, mut to) = (Sources::new(), Diagnostics::new());
        let node = read("x.yaml", text.into(), &mut sources, &mut to).expect("a tree");
        assert_eq!(recognise(&node), expected, "{text}");
    }

    #[test]
    fn documents_are_recognised_by_their_content() {
        check("version: 0.0\nResources: [{T: {Type: AWS::ECS::Service}}]", Kind::EcsAppSpec);
        check("resources: [{f: {type: AWS::Lambda::Function}}]", Kind::LambdaAppSpec);
        check("Resources: [{f: {Properties: {TargetVersion: 2}}}]", Kind::LambdaAppSpec);
        check("version: 0.0\nos: linux\nfiles: []", Kind::Ec2AppSpec);
        check("hooks: {ApplicationStop: [{location: x}]}", Kind::Ec2AppSpec);
        check("Hooks: [{BeforeInstall: x}]", Kind::EcsAppSpec);
        check("Resources: {S: {Type: AWS::ECS::Service}}", Kind::CloudFormation);
        check("TwentyFive: {Type: AWS::CodeDeploy::DeploymentConfig}", Kind::CloudFormation);
        check(
            "Hooks: {H: {Type: AWS::CodeDeploy::BlueGreen}}\nResources: {}",
            Kind::CloudFormation,
        );
        check("Transform: AWS::Serverless-2016-10-31\nResources: {}", Kind::Sam);
        check("{status_code: 200, data: {deploymentGroupInfo: {}}}", Kind::DeploymentGroup);
        check("{applicationName: a, deploymentGroupName: b}", Kind::DeploymentGroup);
        check("{applicationName: a, revision: {}}", Kind::CreateDeployment);
        check("{deploymentConfigName: a, computePlatform: ECS}", Kind::DeploymentConfig);
        check("type: AllAtOnce", Kind::DeploymentConfig);
        check("type=TimeBasedCanary,timeBasedCanary={canaryPercentage=9}", Kind::DeploymentConfig);
        check("services: [{serviceName: a}]", Kind::Service);
        check("services: {web: {image: nginx}}", Kind::Compose);
        check("{taskDefinition: a, scale: {value: 100}}", Kind::TaskSet);
        check("{taskDefinition: a, desiredCount: 2}", Kind::Service);
        check("{taskDefinition: {family: a}}", Kind::TaskDefinition);
        check("[{TargetGroupName: a}]", Kind::TargetGroups);
        check("{tasks: [{taskArn: a, taskDefinitionArn: b}], failures: []}", Kind::Tasks);
        check("{tasks: [], failures: []}", Kind::Tasks);
        check("{detail-type: ECS Task State Change, detail: {taskArn: a}}", Kind::Tasks);
        check("{MetricDataResults: []}", Kind::MetricData);
        check("{Label: RequestCount, Datapoints: []}", Kind::MetricData);
        check("{Attributes: []}", Kind::TargetGroupAttributes);
        check("{Name: blue, Attributes: []}", Kind::TargetGroups);
        check("{TargetValue: 75, PredefinedMetricSpecification: {}}", Kind::Scaling);
        check("{AdjustmentType: ChangeInCapacity, StepAdjustments: []}", Kind::Scaling);
        check("[{ScalableTargets: []}, {ScheduledActions: []}]", Kind::Scaling);
        check("{ResourceId: service/a/b, ScalableDimension: d, MinCapacity: 1}", Kind::Scaling);
        check("{MetricAlarms: [{AlarmName: a}]}", Kind::Alarms);
        check("{resource: {aws_ecs_service: {shop: {}}}}", Kind::Terraform);
        check("{version: 4, terraform_version: 1.5, resources: [{type: a}]}", Kind::Terraform);
        check("{apiVersion: apps/v1, kind: Deployment, metadata: {}}", Kind::Kubernetes);
        check("{AliasArn: a, Name: live, FunctionVersion: '1'}", Kind::LambdaAlias);
        check("{dependencies: {R: []}, settings: []}", Kind::MoveApps);
        check("{MetricAlarms: [], CompositeAlarms: []}", Kind::Alarms);
        check("{alarms: [{AlarmName: a, Threshold: 1}]}", Kind::Alarms);
        check("[{alarmName: a}]", Kind::Alarms);
        check("{AlarmName: a, AlarmRule: OK(b)}", Kind::Alarms);
        check("{enabled: true, alarms: [{name: a}]}", Kind::Unknown);
        check("hello", Kind::Unknown);
        check("[]", Kind::Unknown);
        check("{}", Kind::Unknown);
    }
}
