//! Resources of a CloudFormation template as the documents that the API would give of them.
//!
//! They are read by the readers of those documents; what a template says by the hook of blue/green deployments or by AWS SAM
//! is read elsewhere (`blue_green_hook`, `sam_template`). Keys become those of the API, names and ARNs of the template's own
//! resources are made up, and what only CloudFormation knows is told and left out.

mod alarm;
mod lambda;
mod scaling;
#[cfg(test)]
mod tests;

use super::sam_template::{ALARMS, SamDeployment};
use super::task_set::task_set_request;
use super::template::{Template, api_spelling, without_untold};
use crate::aws::name::TaskSetStatus;
use crate::aws::service::DeploymentControllerType;
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::input::decode::{Field, Map};
use crate::input::tree::{Key, Node, Value};

/// Types of resources that become documents, with the properties whose values play a part.
const DOCUMENTS: &[(&str, &[&str])] = &[
    (
        GROUP,
        &[
            "ApplicationName",
            "DeploymentGroupName",
            "DeploymentConfigName",
            "ECSServices",
            "LoadBalancerInfo",
            "BlueGreenDeploymentConfiguration",
            "DeploymentStyle",
            "AutoRollbackConfiguration",
            "AlarmConfiguration",
            "OutdatedInstancesStrategy",
            "TerminationHookEnabled",
        ],
    ),
    (CONFIG, &["TrafficRoutingConfig", "MinimumHealthyHosts", "ZonalConfig", "ComputePlatform"]),
    (
        SERVICE,
        &[
            "ServiceName",
            "Cluster",
            "DesiredCount",
            "DeploymentController",
            "HealthCheckGracePeriodSeconds",
            "LoadBalancers",
        ],
    ),
    (TASK_DEFINITION, &["Family", "ContainerDefinitions"]),
    (
        TARGET_GROUP,
        &[
            "Name",
            "Protocol",
            "HealthCheckIntervalSeconds",
            "HealthCheckTimeoutSeconds",
            "HealthyThresholdCount",
            "UnhealthyThresholdCount",
            "TargetGroupAttributes",
        ],
    ),
    (TASK_SET, &["LoadBalancers", "Scale"]),
    (LISTENER, &["DefaultActions"]),
    (SCALABLE_TARGET, &["MinCapacity", "MaxCapacity", "ResourceId", "ScheduledActions"]),
    (
        SCALING_POLICY,
        &[
            "PolicyType",
            "TargetTrackingScalingPolicyConfiguration",
            "StepScalingPolicyConfiguration",
            "ResourceId",
            "ScalingTargetId",
        ],
    ),
];

/// What plays a part of an alarm.
const OF_ALARMS: [&str; 9] = [
    "AlarmName",
    "AlarmRule",
    "DatapointsToAlarm",
    "Dimensions",
    "EvaluationPeriods",
    "MetricName",
    "Metrics",
    "Period",
    "Threshold",
];
/// What plays a part of a function.
const OF_FUNCTIONS: [&str; 6] = [
    "AutoPublishAlias",
    "DeploymentPreference",
    "FunctionName",
    "ProvisionedConcurrencyConfig",
    "ReservedConcurrentExecutions",
    "Timeout",
];

const GROUP: &str = "AWS::CodeDeploy::DeploymentGroup";
const CONFIG: &str = "AWS::CodeDeploy::DeploymentConfig";
const SERVICE: &str = "AWS::ECS::Service";
const TASK_SET: &str = "AWS::ECS::TaskSet";
const TASK_DEFINITION: &str = "AWS::ECS::TaskDefinition";
const TARGET_GROUP: &str = "AWS::ElasticLoadBalancingV2::TargetGroup";
const LISTENER: &str = "AWS::ElasticLoadBalancingV2::Listener";
const SCALABLE_TARGET: &str = "AWS::ApplicationAutoScaling::ScalableTarget";
const SCALING_POLICY: &str = "AWS::ApplicationAutoScaling::ScalingPolicy";

/// What a template's resources are as documents.
#[derive(Debug, Default)]
pub struct StackResources {
    /// The deployment group.
    pub group: Option<Node>,
    /// The deployment configuration that it names, if the template describes it; without a group the only one.
    pub config: Option<Node>,
    /// The service that it names, or the only one.
    pub service: Option<Node>,
    /// The task definition that the service names, or the only one.
    pub task_definition: Option<Node>,
    /// The alias of a Lambda function that CodeDeploy moves.
    pub alias: Option<SamDeployment>,
    /// All target groups.
    pub target_groups: Vec<Node>,
    /// All listeners.
    pub listeners: Vec<Node>,
    /// The alarms that the group names, with those that they are made of; without a group all.
    pub alarms: Vec<Node>,
    /// Scalable targets, policies and scheduled actions of services.
    pub scaling: Vec<Node>,
}

/// Whether a resource of this type becomes a document.
pub fn is_document(kind: &str) -> bool {
    ALARMS.contains(&kind) || !play_a_part(kind).is_empty()
}

/// The values that play a part, as they are written: what parameters they need can be asked of the template.
pub fn parts<'a>(root: &'a Node, template: &Template<'a>) -> Vec<&'a Node> {
    let mut parts: Vec<&Node> = root.key("Hooks").into_iter().collect();
    for (_, resource) in template.resources() {
        let kind = resource.key("Type").and_then(Node::scalar).unwrap_or_default();
        let Some(properties) = resource.key("Properties") else { continue };
        let keys = match kind {
            kind if ALARMS.contains(&kind) => &OF_ALARMS,
            "AWS::Serverless::Function" => &OF_FUNCTIONS[..],
            kind => play_a_part(kind),
        };
        parts.extend(keys.iter().filter_map(|key| properties.key(key)));
    }
    parts
}

/// Reads the resources of a template.
pub fn stack_resources(template: &Template<'_>, to: &mut Diagnostics) -> StackResources {
    let reader = Reader { template };
    let group = reader.chosen(GROUP, "deployment group", to, |properties| {
        properties.key("ECSServices").is_some()
    });
    let group = group.map(|(id, group)| api_spelling(&reader.with_tags(called(group, &id))));
    let named = |key: &str| group.as_ref().and_then(|group| group.key(key)).and_then(Node::scalar);
    let configs = reader.all(CONFIG, &mut Diagnostics::new());
    let config = match (named("deploymentConfigName"), &configs[..]) {
        (Some(name), all) => {
            let found = all.iter().find(|(id, _)| reader.goes_by(id, name));
            found.map(|(_, config)| described_config(config, name))
        }
        (None, [(id, config)]) if group.is_none() => {
            let own = config.key("DeploymentConfigName").and_then(Node::scalar);
            Some(described_config(config, own.unwrap_or(&id.name)))
        }
        (None, _) => None,
    };
    let service = reader.chosen(SERVICE, "service", to, |properties| {
        let controller = properties.key("DeploymentController").and_then(|all| all.key("Type"));
        controller.and_then(Node::scalar) == Some("CODE_DEPLOY")
    });
    let service = service.map(|(_, service)| filled_service(api_spelling(&service)));
    let service = service.map(|service| reader.with_task_set(service, to));
    let task_definition = reader.chosen(TASK_DEFINITION, "task definition", to, |_| true);
    let target_groups = reader.all(TARGET_GROUP, to).into_iter();
    let target_groups = target_groups.map(|(id, properties)| target_group(&id, properties));
    let listeners = reader.all(LISTENER, to).into_iter();
    let listeners = listeners.map(|(_, properties)| properties);
    let listeners = listeners.filter(|properties| properties.key("DefaultActions").is_some());
    StackResources {
        alias: reader.alias(to),
        alarms: reader.alarms(group.as_ref(), to),
        scaling: reader.scaling(service.as_ref(), to),
        target_groups: target_groups.collect(),
        listeners: listeners.collect(),
        task_definition: task_definition.map(|(_, definition)| api_spelling(&definition)),
        service,
        config,
        group,
    }
}

/// The properties of a resource, without what only CloudFormation knows.
pub fn properties(
    template: &Template<'_>,
    kind: &str,
    resource: &Node,
    to: &mut Diagnostics,
) -> Node {
    let empty = Node::new(Value::Map(Vec::new()), resource.span);
    let properties = template.resolved(resource.key("Properties").unwrap_or(&empty));
    let mut properties = Node::new(properties.value, resource.span);
    without_untold(&mut properties, play_a_part(kind), to);
    properties
}

/// The properties of a type of resource whose values play a part.
fn play_a_part(kind: &str) -> &'static [&'static str] {
    DOCUMENTS.iter().find(|(of, _)| *of == kind).map_or(&[], |(_, keys)| keys)
}

struct Reader<'a> {
    template: &'a Template<'a>,
}

impl Reader<'_> {
    /// The resources of a type that are made.
    fn made(&self, kind: &'static str) -> impl Iterator<Item = &(Key, Node)> {
        self.template.of_type(kind).filter(|(_, node)| self.template.is_made(node))
    }

    /// The properties of every resource of a type, with its logical id.
    fn all(&self, kind: &'static str, to: &mut Diagnostics) -> Vec<(Key, Node)> {
        let read =
            |(key, node): &(Key, Node)| (key.clone(), properties(self.template, kind, node, to));
        self.made(kind).map(read).collect()
    }

    /// The first resource of a type that is preferred, else the first; the others are told.
    fn chosen(
        &self,
        kind: &'static str,
        what: &str,
        to: &mut Diagnostics,
        preferred: impl Fn(&Node) -> bool,
    ) -> Option<(Key, Node)> {
        let all = self.all(kind, &mut Diagnostics::new());
        let place = all.iter().position(|(_, node)| preferred(node)).unwrap_or(0);
        let (chosen, resource) = self.made(kind).nth(place)?;
        for (key, _) in self.made(kind).filter(|(key, _)| key != chosen) {
            let title = format!("`{}` is a further {what}", key.name);
            let label = format!("not used: `{}` is", chosen.name);
            to.push(Diagnostic::new(code::LEFT_OUT, key.span, title).label(label));
        }
        Some((chosen.clone(), properties(self.template, kind, resource, to)))
    }

    /// A service of an EXTERNAL controller with the task set that the template makes: its PRIMARY (ECS-EXT-7).
    fn with_task_set(&self, mut service: Node, to: &mut Diagnostics) -> Node {
        let controller = service.key("deploymentController").and_then(|all| all.key("type"));
        if controller.and_then(Node::scalar) != Some(DeploymentControllerType::External.as_str()) {
            return service;
        }
        let Some((id, set)) = self.chosen(TASK_SET, "task set", to, |_| false) else {
            return service;
        };
        let mut set = api_spelling(&set);
        if let Some(mut map) = Map::open_aws(Field::new(&id.name, &set), to) {
            task_set_request(&mut map);
            map.unused();
        }
        let key = |name: &str| Key { name: name.into(), span: id.span };
        let primary = Value::Text { text: TaskSetStatus::Primary.as_str().into(), quoted: true };
        if let (Value::Map(entries), Value::Map(of_service)) = (&mut set.value, &mut service.value)
        {
            entries.push((key("status"), Node::new(primary, id.span)));
            of_service.push((key("taskSets"), Node::new(Value::List(vec![set]), id.span)));
        }
        service
    }

    /// Whether `Ref` of a resource gives a name.
    fn goes_by(&self, id: &Key, name: &str) -> bool {
        let text = Node::new(Value::Text { text: id.name.clone(), quoted: true }, id.span);
        let key = Key { name: "Ref".into(), span: id.span };
        let reference = Node::new(Value::Map(vec![(key, text)]), id.span);
        self.template.resolved(&reference).scalar() == Some(name)
    }

    /// A group with its tags as the API groups them, and the platform that its application says.
    fn with_tags(&self, mut group: Node) -> Node {
        let applications = self.all("AWS::CodeDeploy::Application", &mut Diagnostics::new());
        let platform = match &applications[..] {
            [(_, only)] => only.key("ComputePlatform").cloned(),
            _ => None,
        };
        if let Value::Map(entries) = &mut group.value {
            // What is deployed first says nothing of later deployments.
            entries.retain(|(key, _)| !matches!(&key.name[..], "Deployment" | "Tags"));
            let key = |span| Key { name: "ComputePlatform".into(), span };
            entries.extend(platform.map(|platform| (key(platform.span), platform)));
            entries.iter_mut().for_each(|(key, node)| listed_tags(&key.name, node));
        }
        group
    }
}

/// `Ec2TagSet: {Ec2TagSetList: [{Ec2TagGroup: [..]}]}` as `ec2TagSet: {ec2TagSetList: [[..]]}`.
fn listed_tags(name: &str, node: &mut Node) {
    let listed = match name {
        "Ec2TagSet" => "ec2TagSetList",
        "OnPremisesTagSet" => "onPremisesTagSetList",
        _ => return,
    };
    let Value::Map(entries) = &mut node.value else { return };
    for (key, sets) in entries.iter_mut().filter(|(key, _)| key.name.eq_ignore_ascii_case(listed)) {
        key.name = listed.into();
        if let Value::List(groups) = &mut sets.value {
            let filters = |group: &mut Node| {
                let inner = group.entries().and_then(<[_]>::first).map(|(_, list)| list.clone());
                *group = inner.unwrap_or_else(|| group.clone());
            };
            groups.iter_mut().for_each(filters);
        }
    }
}

/// A service of a template: what it does not say is as CloudFormation has it, one task.
fn filled_service(mut service: Node) -> Node {
    let span = service.span;
    if let Value::Map(entries) = &mut service.value
        && !entries.iter().any(|(key, _)| key.name == "desiredCount")
    {
        let key = Key { name: "desiredCount".into(), span };
        entries.push((key, Node::new(Value::Number("1".into()), span)));
    }
    service
}

/// A deployment group with the name that CloudFormation makes of its logical id, if it says none.
fn called(mut group: Node, id: &Key) -> Node {
    const NAME: &str = "DeploymentGroupName";
    if let Value::Map(entries) = &mut group.value
        && !entries.iter().any(|(key, _)| key.name == NAME)
    {
        let name = Value::Text { text: id.name.clone(), quoted: true };
        entries.push((Key { name: NAME.into(), span: id.span }, Node::new(name, id.span)));
    }
    group
}

/// A configuration under the name that the group knows.
fn described_config(properties: &Node, name: &str) -> Node {
    let key = Key { name: "DeploymentConfigName".into(), span: properties.span };
    let name = Node::new(Value::Text { text: name.into(), quoted: true }, properties.span);
    let mut properties = scaling::without(properties, &["DeploymentConfigName"]);
    if let Value::Map(entries) = &mut properties.value {
        entries.insert(0, (key, name));
    }
    api_spelling(&properties)
}

/// A target group as `describe-target-groups` has it, with its attributes: what plays no part is left out.
pub fn target_group(id: &Key, properties: Node) -> Node {
    const PLAY_NO_PART: [&str; 4] = ["VpcId", "Tags", "Targets", "Name"];
    let renamed = |(mut key, node): (Key, Node)| {
        if key.name == "TargetGroupAttributes" {
            key.name = "Attributes".into();
        }
        (key, node)
    };
    let name = properties.key("Name").and_then(Node::scalar).unwrap_or(&id.name);
    let name = Value::Text { text: name.into(), quoted: true };
    let named = (Key { name: "Name".into(), span: id.span }, Node::new(name, id.span));
    let span = properties.span;
    let Value::Map(entries) = properties.value else { return properties };
    let kept = entries.into_iter().filter(|(key, _)| !PLAY_NO_PART.contains(&&key.name[..]));
    let entries = std::iter::once(named).chain(kept.map(renamed));
    Node::new(Value::Map(entries.collect()), span)
}
