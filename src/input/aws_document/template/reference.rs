//! What `Ref` and `Fn::GetAtt` of a template's own resources give: names as CloudFormation would make them, and ARNs in
//! nobody's account.
//!
//! A resource without a name of its own goes by its logical id. Only what documents are matched by is known here.

use std::collections::BTreeMap;

use super::{Template, scalar};
use crate::input::tree::{Node, Value};
use crate::scenario::account::{ID, REGION};

/// What CloudFormation says of the stack itself.
const PSEUDO_PARAMETERS: [(&str, &str); 5] = [
    ("AWS::Region", REGION),
    ("AWS::AccountId", ID),
    ("AWS::Partition", "aws"),
    ("AWS::StackName", "stack"),
    ("AWS::URLSuffix", "amazonaws.com"),
];

/// Types of resources, the property that names one, and what `Ref` gives: `{}` stands for the name.
const REFERENCES: &[(&str, &str, &str)] = &[
    ("AWS::ECS::Cluster", "ClusterName", "{}"),
    ("AWS::ECS::Service", "ServiceName", "arn:aws:ecs:PLACE:service/{}"),
    ("AWS::ECS::TaskDefinition", "Family", "arn:aws:ecs:PLACE:task-definition/{}:1"),
    (
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        "Name",
        "arn:aws:elasticloadbalancing:PLACE:targetgroup/{}/0",
    ),
    (
        "AWS::ElasticLoadBalancingV2::Listener",
        "",
        "arn:aws:elasticloadbalancing:PLACE:listener/app/stack/0/{}",
    ),
    (
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "Name",
        "arn:aws:elasticloadbalancing:PLACE:loadbalancer/app/{}/0",
    ),
    ("AWS::CloudWatch::Alarm", "AlarmName", "{}"),
    ("AWS::CloudWatch::CompositeAlarm", "AlarmName", "{}"),
    ("AWS::CodeDeploy::Application", "ApplicationName", "{}"),
    ("AWS::CodeDeploy::DeploymentConfig", "DeploymentConfigName", "{}"),
    ("AWS::CodeDeploy::DeploymentGroup", "DeploymentGroupName", "{}"),
    ("AWS::AutoScaling::AutoScalingGroup", "AutoScalingGroupName", "{}"),
    ("AWS::ApplicationAutoScaling::ScalableTarget", "", "{}|ecs:service:DesiredCount|ecs"),
    ("AWS::SNS::Topic", "TopicName", "arn:aws:sns:PLACE:{}"),
];

/// Attributes that are the name.
const NAMES: [&str; 3] = ["Name", "TargetGroupName", "LoadBalancerName"];
/// Attributes that are what `Ref` gives.
const ARNS: [&str; 5] = ["Arn", "ServiceArn", "TaskDefinitionArn", "ListenerArn", "TargetGroupArn"];
/// Attributes that are the end of an ARN, as dimensions of metrics have it, and what stands before it.
const FULL_NAMES: [(&str, &str); 2] =
    [("TargetGroupFullName", ":"), ("LoadBalancerFullName", "loadbalancer/")];

/// The ARN of a resource in nobody's account: what only CloudFormation knows, or only a draft.
pub fn arn_of(service: &str, resource: &str) -> String {
    format!("arn:aws:{service}:{REGION}:{ID}:{resource}")
}

impl<'a> Template<'a> {
    /// The same with what its own resources and the stack are called.
    #[must_use]
    pub fn with_references(mut self) -> Template<'a> {
        let mut references = BTreeMap::new();
        for (key, resource) in self.resources {
            let kind = resource.key("Type").and_then(Node::scalar).unwrap_or_default();
            let Some((_, property, reference)) = REFERENCES.iter().find(|(of, ..)| *of == kind)
            else {
                continue;
            };
            let own = resource.key("Properties").and_then(|all| all.key(property));
            let own = own.map(|own| self.resolved(own));
            let name = own.as_ref().and_then(Node::scalar).unwrap_or(&key.name).to_string();
            let reference =
                reference.replace("PLACE", &format!("{REGION}:{ID}")).replace("{}", &name);
            references.insert(&key.name[..], (name, reference));
        }
        for (name, value) in PSEUDO_PARAMETERS {
            references.insert(name, (value.to_string(), value.to_string()));
        }
        self.references = references;
        self
    }

    /// What `Ref` of a resource gives, or what an attribute of it is.
    pub(super) fn referred(&self, id: &str, attribute: Option<&str>) -> Option<Value> {
        let (name, reference) = self.references.get(id)?;
        let full = FULL_NAMES.iter().find(|(known, _)| Some(*known) == attribute);
        let text = match (attribute, full) {
            (None, _) => reference,
            (Some(_), Some((_, before))) => reference.rsplit_once(before)?.1,
            (Some(attribute), None) if NAMES.contains(&attribute) => name,
            (Some(attribute), None) if ARNS.contains(&attribute) => reference,
            (Some(_), None) => return None,
        };
        Some(Value::Text { text: text.to_string(), quoted: true })
    }

    /// What `Fn::FindInMap` finds.
    pub(super) fn mapped(&self, argument: &Node) -> Option<Value> {
        let [map, first, second] = argument.items()? else { return None };
        let found = self.mappings?.key(map.scalar()?)?.key(first.scalar()?)?;
        let found = &found.key(second.scalar()?)?.value;
        scalar(found).is_some().then(|| found.clone())
    }
}
