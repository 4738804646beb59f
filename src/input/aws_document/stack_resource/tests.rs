//! Resources of templates as documents, by example.

use super::*;
use crate::diagnostic::Sources;
use crate::input::tree::read;

/// What the resources of a template come to, and the titles of what is told.
fn resources(text: &str) -> (StackResources, Vec<String>) {
    let text = format!("Resources:\n{text}");
    let mut to = Diagnostics::new();
    let root = read("x.yaml", text.into(), &mut Sources::new(), &mut to).expect("a tree");
    let found = stack_resources(&Template::open(&root).with_references(), &mut to);
    (found, to.iter().map(|told| told.title.clone()).collect())
}

fn texts<'a>(documents: &'a [Node], key: &str) -> Vec<&'a str> {
    documents.iter().filter_map(|document| document.key(key)?.scalar()).collect()
}

/// A group that looks at one alarm, and alarms: metric ones by name, composite ones by name and rule.
fn alarms(group: &str, metric: &[&str], composite: &[(&str, &str)]) -> (Vec<String>, Vec<String>) {
    let mut text = format!(
        "  Group:\n    Type: AWS::CodeDeploy::DeploymentGroup\n    Properties: {{ AlarmConfiguration: {{ Enabled: true, Alarms: [{{ Name: {group} }}] }} }}\n"
    );
    for (number, name) in metric.iter().enumerate() {
        text += &format!(
            "  M{number}: {{ Type: 'AWS::CloudWatch::Alarm', Properties: {{ AlarmName: {name} }} }}\n"
        );
    }
    for (number, (name, rule)) in composite.iter().enumerate() {
        text += &format!(
            "  C{number}: {{ Type: 'AWS::CloudWatch::CompositeAlarm', Properties: {{ AlarmName: {name}, {rule} }} }}\n"
        );
    }
    let (found, told) = resources(&text);
    (texts(&found.alarms, "AlarmName").into_iter().map(String::from).collect(), told)
}

/// CW-ALARM-10: an alarm whose name is only a part of a word in the rule is none of those that it names.
#[test]
fn a_composite_alarm_brings_along_what_its_rule_names_and_no_more() {
    let rule = "AlarmRule: 'ALARM(\"shop-errors\") OR ALARM(slow)'";
    let (found, told) = alarms("both", &["shop-errors", "errors", "slow"], &[("both", rule)]);
    assert_eq!(found, ["shop-errors", "slow", "both"]);
    assert_eq!(told, ["the alarm `M1` is not one of the deployment group"]);
}

/// The order of the file does not matter: `top` names what stands before it, and that what stands before itself.
#[test]
fn composites_of_composites_bring_their_alarms_along() {
    let composites = [
        ("low", "AlarmRule: 'ALARM(errors)'"),
        ("middle", "AlarmRule: 'OK(low)', ActionsSuppressor: deploying"),
        ("top", "AlarmRule: 'NOT ALARM(middle)'"),
    ];
    let (found, told) = alarms("top", &["errors", "deploying"], &composites);
    assert_eq!(found, ["errors", "deploying", "low", "middle", "top"]);
    assert!(told.is_empty(), "{told:?}");
}

#[test]
fn what_rests_on_an_alarm_that_is_not_told_is_told_and_left_out() {
    let composites = [
        ("low", "AlarmRule: 'ALARM(errors) OR ALARM(lost)'"),
        ("top", "AlarmRule: 'ALARM(low)'"),
        ("lost", "AlarmRule: !ImportValue rule"),
    ];
    let (found, told) = alarms("top", &["errors"], &composites);
    assert_eq!(found, ["errors"]);
    assert_eq!(
        told,
        [
            "the alarm `C2` says what the template does not tell",
            "the alarm `C0` rests on one that the template does not tell",
            "the alarm `C1` rests on one that the template does not tell",
        ]
    );
}

const TWO_SERVICES: &str = "  Shop: { Type: 'AWS::ECS::Service', Properties: { Cluster: main, DeploymentController: { Type: CODE_DEPLOY } } }
  Mail: { Type: 'AWS::ECS::Service', Properties: { Cluster: main, ServiceName: post } }
  Mails:
    Type: AWS::ApplicationAutoScaling::ScalableTarget
    Properties: { MinCapacity: 1, MaxCapacity: 2, ResourceId: !Sub 'service/main/${Mail.Name}', ScalableDimension: 'ecs:service:DesiredCount', ServiceNamespace: ecs }
  Shops:
    Type: AWS::ApplicationAutoScaling::ScalableTarget
    Properties: { MinCapacity: 2, MaxCapacity: 9, ResourceId: service/main/Shop, ScalableDimension: 'ecs:service:DesiredCount', ServiceNamespace: ecs }
  Table:
    Type: AWS::ApplicationAutoScaling::ScalableTarget
    Properties: { MinCapacity: 5, MaxCapacity: 9, ResourceId: table/orders, ScalableDimension: 'dynamodb:table:ReadCapacityUnits', ServiceNamespace: dynamodb }
  A: { Type: 'AWS::ApplicationAutoScaling::ScalingPolicy', Properties: { PolicyName: of-mail, ScalingTargetId: !Ref Mails } }
  B: { Type: 'AWS::ApplicationAutoScaling::ScalingPolicy', Properties: { PolicyName: of-shop, ScalingTargetId: !Ref Shops } }
  C: { Type: 'AWS::ApplicationAutoScaling::ScalingPolicy', Properties: { PolicyName: of-table, ScalingTargetId: !Ref Table } }
  D: { Type: 'AWS::ApplicationAutoScaling::ScalingPolicy', Properties: { PolicyName: by-resource, ResourceId: service/main/Shop } }
  E: { Type: 'AWS::ApplicationAutoScaling::ScalingPolicy', Properties: { PolicyName: by-id, ScalingTargetId: 'service/main/post|ecs:service:DesiredCount|ecs' } }
  F: { Type: 'AWS::ApplicationAutoScaling::ScalingPolicy', Properties: { PolicyName: of-nothing } }
";

/// AAS-GEN-1: a policy belongs to the target that it names, by whatever name.
#[test]
fn policies_are_joined_to_their_targets() {
    let (found, told) = resources(TWO_SERVICES);
    assert_eq!(texts(&found.scaling, "PolicyName"), ["of-shop", "by-resource"]);
    assert_eq!(texts(&found.scaling, "ResourceId"), ["service/main/Shop"; 3]);
    assert_eq!(texts(&found.scaling, "MaxCapacity"), ["9"]);
    let of = |told: &[String], what: &str| told.iter().filter(|told| told.ends_with(what)).count();
    assert_eq!(of(&told, "scales another service"), 1, "{told:?}");
    assert_eq!(of(&told, "scales no tasks of the service"), 4, "{told:?}");
}

/// The only target of a template is that of a policy that does not say, but not where it is of something else.
#[test]
fn a_policy_without_a_target_is_that_of_the_only_one() {
    let policy = "  P: { Type: 'AWS::ApplicationAutoScaling::ScalingPolicy', Properties: { PolicyName: p } }\n";
    let target = |resource: &str, dimension: &str| {
        format!(
            "{policy}  T: {{ Type: 'AWS::ApplicationAutoScaling::ScalableTarget', Properties: {{ MinCapacity: 1, MaxCapacity: 2, ResourceId: {resource}, ScalableDimension: '{dimension}' }} }}\n"
        )
    };
    let (found, told) = resources(&target("service/main/shop", "ecs:service:DesiredCount"));
    assert_eq!((texts(&found.scaling, "PolicyName"), told.len()), (vec!["p"], 0));
    let (found, told) = resources(&target("table/a", "dynamodb:table:ReadCapacityUnits"));
    assert!(found.scaling.is_empty(), "{:?}", found.scaling);
    assert_eq!(told, ["`P` scales no tasks of the service"]);
}
