//! Deployment groups by example.

use super::*;
use crate::input::aws_document::told::{changed, told};
use crate::scenario::service::LoadBalancerKind;

const GOOD: &str = "\
applicationName: shop
deploymentGroupName: web-group
deploymentConfigName: CodeDeployDefault.ECSAllAtOnce
ecsServices: [{ serviceName: web, clusterName: main }]
deploymentStyle: { deploymentType: BLUE_GREEN, deploymentOption: WITH_TRAFFIC_CONTROL }
loadBalancerInfo:
  targetGroupPairInfoList:
    - targetGroups: [{ name: blue }, { name: green }]
      prodTrafficRoute: { listenerArns: ['arn:aws:elasticloadbalancing:r:1:listener/app/lb/1/2'] }
      testTrafficRoute: { listenerArns: ['arn:aws:elasticloadbalancing:r:1:listener/app/lb/1/3'] }
blueGreenDeploymentConfiguration:
  deploymentReadyOption: { actionOnTimeout: STOP_DEPLOYMENT, waitTimeInMinutes: 30 }
  terminateBlueInstancesOnDeploymentSuccess: { action: TERMINATE, terminationWaitTimeInMinutes: 5 }
autoRollbackConfiguration: { enabled: true, events: [DEPLOYMENT_FAILURE, DEPLOYMENT_STOP_ON_ALARM] }
alarmConfiguration: { enabled: true, alarms: [{ name: '5xx > 1%' }] }
";

fn read(text: &str) -> (Option<DeploymentGroup>, Vec<String>) {
    told(text, |field, _, to| deployment_group(field, None, to))
}

/// The good group with one change earns this, and is usable or not.
fn check(from: &str, to: &str, usable: bool, expected: &[&str]) {
    let (found, lines) = read(&changed(GOOD, from, to));
    assert_eq!(lines, expected, "{to}");
    assert_eq!(found.is_some(), usable, "{to}");
}

#[test]
fn a_good_group_says_what_a_deployment_needs() {
    let (found, lines) = read(GOOD);
    assert!(lines.is_empty(), "{lines:?}");
    let found = found.expect("a good group");
    let value = |written: &Option<Spanned<String>>| written.as_ref().map(|name| name.value.clone());
    assert_eq!(value(&found.application).as_deref(), Some("shop"));
    assert_eq!(value(&found.name).as_deref(), Some("web-group"));
    assert_eq!(value(&found.cluster).as_deref(), Some("main"));
    assert_eq!(value(&found.service).as_deref(), Some("web"));
    let load_balancer = found.load_balancer.expect("a good pair");
    let [first, second] = &load_balancer.target_groups;
    assert_eq!((&first.value[..], &second.value[..]), ("blue", "green"));
    assert!(load_balancer.test_listener.is_some());
    let balancer = load_balancer.balancer().expect("listeners by ARN");
    assert_eq!(balancer.value.kind, LoadBalancerKind::Application);
    assert_eq!(found.ready_wait, Some(SimDuration::from_mins(30)));
    assert_eq!(found.termination_wait, Some(SimDuration::from_mins(5)));
    let expected = AutoRollback { on_failure: true, on_alarm: true, on_request: false };
    assert_eq!(found.auto_rollback, expected);
    assert!(found.alarms.enabled && found.alarms.names[0].value == "5xx > 1%");
}

#[test]
fn answers_are_unwrapped_and_of_several_one_is_chosen() {
    let indented = |by: &str| GOOD.lines().map(|line| format!("{by}{line}\n")).collect::<String>();
    let one = format!("deploymentGroupInfo:\n{}", indented("  "));
    assert!(read(&one).0.is_some());
    let recorded = format!(
        "status_code: 200\ndata:\n  deploymentGroupInfo:\n{}  ResponseMetadata: {{}}\n",
        indented("    ")
    );
    assert_eq!(read(&recorded).1, Vec::<String>::new());
    let several =
        format!("deploymentGroupsInfo:\n- deploymentGroupName: other\n-\n{}", indented("  "));
    let (found, lines) = read(&several);
    assert!(found.is_none());
    assert!(lines[0].ends_with("`document` holds 2 deployment groups, not one"), "{lines:?}");
    let choose = |name| told(&several, |field, _, to| deployment_group(field, Some(name), to));
    assert!(choose("web-group").0.is_some());
    let (_, lines) = choose("web-grup");
    assert!(lines[0].ends_with("`document` holds no deployment group `web-grup`"), "{lines:?}");
    let failed = "{__type: 'com.amazonaws#DeploymentGroupDoesNotExistException', message: no}";
    assert!(read(failed).1[0].contains("CUT0203"));
}

#[test]
fn groups_of_other_platforms_are_told_once() {
    let platform = |name: &str| format!("the deployment group is for the platform `{name}`");
    for (text, name) in [
        ("computePlatform: Lambda\n", "Lambda"),
        ("applicationName: a\nec2TagFilters: [{Key: a}]\n", "Server"),
        ("applicationName: a\ndeploymentConfigName: CodeDeployDefault.LambdaAllAtOnce\n", "Lambda"),
    ] {
        let text = format!("{text}deploymentGroupName: x\n");
        let (found, lines) = read(&text);
        assert!(found.is_none() && lines.len() == 1, "{lines:?}");
        assert!(
            lines[0].starts_with("CUT0209") && lines[0].ends_with(&platform(name)),
            "{lines:?}"
        );
    }
}

#[test]
fn the_pair_of_target_groups_has_one_shape() {
    let info = "targetGroupPairInfoList:\n    - targetGroups";
    let object = "targetGroupPairInfo:\n      targetGroups";
    let title = "`targetGroupPairInfo` is no key of a deployment group";
    check(info, object, true, &[&format!("CUT0216 at `targetGroupPairInfo`: {title}")]);
    let three = ", { name: green }, { name: third }";
    let place = "[{ name: blue }, { name: green }, { name: third }]";
    check(
        ", { name: green }",
        three,
        true,
        &[&format!("CUT0216 at `{place}`: `targetGroups` lists 3, not two")],
    );
    check("green", "blue", true, &["CUT0216 at `blue`: both target groups are `blue`"]);
    let listener = "'arn:aws:elasticloadbalancing:r:1:listener/app/lb/1/2'";
    let title = "CUT0216 at `[]`: `prodTrafficRoute` has no listener";
    check(listener, "", true, &[title]);
    let two = format!("{listener}, other");
    let title = "CUT0216 at `other`: `listenerArns` lists 2, not one";
    check(listener, &two, true, &[&title.replace("listenerArns", "prodTrafficRoute")]);
    let (_, lines) = read(&changed(GOOD, "app/lb/1/3", "app/other/1/3"));
    assert!(
        lines[0].ends_with("the two listeners belong to different load balancers"),
        "{lines:?}"
    );
    let (found, lines) = read(&GOOD.replace("listener/app", "listener/net"));
    assert!(lines.is_empty(), "{lines:?}");
    let balancer = found.expect("a group").load_balancer.expect("a pair").balancer();
    assert_eq!(balancer.map(|found| found.value.kind), Some(LoadBalancerKind::Network));
    let arn = "arn:aws:elasticloadbalancing:r:1:targetgroup/blue/9";
    let (found, lines) = read(&changed(GOOD, "name: blue", &format!("name: '{arn}'")));
    assert!(lines.is_empty(), "{lines:?}");
    assert_eq!(
        found.expect("a group").load_balancer.expect("a pair").target_groups[0].value,
        "blue"
    );
}

#[test]
fn waits_have_limits_and_the_original_is_terminated() {
    let title = "`waitTimeInMinutes` is 7201, more than 7200";
    check("Minutes: 30", "Minutes: 7201", true, &[&format!("CUT0217 at `7201`: {title}")]);
    let title = "`terminationWaitTimeInMinutes` is 2881, more than 2880";
    check("Minutes: 5", "Minutes: 2881", true, &[&format!("CUT0217 at `2881`: {title}")]);
    let title = "`action` is `KEEP_ALIVE`, not `TERMINATE`";
    check("TERMINATE", "KEEP_ALIVE", true, &[&format!("CUT0217 at `KEEP_ALIVE`: {title}")]);
    let title = "`waitTimeInMinutes` is 30, and is ignored";
    check("STOP_DEPLOYMENT", "CONTINUE_DEPLOYMENT", true, &[&format!("CUT0219 at `30`: {title}")]);
    let (found, _) = read(&changed(GOOD, "STOP_DEPLOYMENT", "CONTINUE_DEPLOYMENT"));
    assert_eq!(found.expect("a group").ready_wait, None);
    let title =
        "CUT0102 at `deploymentReadyOption`: `deploymentReadyOption` lacks `waitTimeInMinutes`";
    check(", waitTimeInMinutes: 30", "", true, &[title]);
    let fleet = "Configuration:\n  greenFleetProvisioningOption: { action: DISCOVER_EXISTING }\n";
    let title = "CUT0219 at `greenFleetProvisioningOption`: `greenFleetProvisioningOption` has no effect on ECS";
    check("Configuration:\n", fleet, true, &[title]);
}

#[test]
fn rollback_and_alarms_are_checked_as_code_deploy_does() {
    let place = "{ enabled: true }";
    check(
        ", events: [DEPLOYMENT_FAILURE, DEPLOYMENT_STOP_ON_ALARM]",
        "",
        true,
        &[&format!("CUT0214 at `{place}`: rollback is enabled without events")],
    );
    let title = "CUT0214 at `ON_ALARM`: `ON_ALARM` is no event that rolls back";
    check("DEPLOYMENT_STOP_ON_ALARM", "ON_ALARM", true, &[title]);
    let (found, lines) = read(&changed(GOOD, "enabled: true, events", "enabled: false, events"));
    assert!(lines.is_empty() && found.expect("a group").auto_rollback == AutoRollback::default());
    let twice = "{ name: a }, { name: a }";
    let title = "CUT0218 at `a`: the alarm `a` is named twice";
    check("{ name: '5xx > 1%' }", twice, true, &[title]);
    let eleven = (0..11).map(|n| format!("{{ name: a{n} }}")).collect::<Vec<_>>().join(", ");
    let title = "CUT0218 at `a10`: 11 alarms are named, more than 10";
    check("{ name: '5xx > 1%' }", &eleven, true, &[title]);
    let (found, lines) = read(&changed(GOOD, "enabled: true, alarms", "enabled: false, alarms"));
    assert!(lines.is_empty() && found.expect("a group").alarms.names.len() == 1);
}

#[test]
fn the_style_is_fixed_and_options_of_ec2_do_nothing() {
    let title = "CUT0215 at `IN_PLACE`: `deploymentType` is `IN_PLACE`, not `BLUE_GREEN`";
    check("BLUE_GREEN", "IN_PLACE", true, &[title]);
    let groups = "applicationName: shop\nautoScalingGroups: [web]\nec2TagFilters: [{Key: ''}]\n";
    let title = "CUT0219 at `autoScalingGroups`: `autoScalingGroups` has no effect on ECS";
    check("applicationName: shop\n", groups, true, &[title]);
    let two = "[{ serviceName: a }, { serviceName: b }]";
    let title = format!("CUT0221 at `{two}`: `ecsServices` lists 2, not one");
    check("[{ serviceName: web, clusterName: main }]", two, true, &[&title]);
}

#[test]
fn a_group_without_rollback_is_remarked_upon() {
    let mut sources = crate::diagnostic::Sources::new();
    let mut to = Diagnostics::new();
    let bare = GOOD.lines().filter(|line| !line.contains("enabled")).collect::<Vec<_>>().join("\n");
    let node = crate::input::tree::read("x.yaml", bare.into(), &mut sources, &mut to);
    deployment_group(Field::new("group", &node.expect("a tree")), None, &mut to);
    let titles = to.iter().map(|told| told.title.as_str()).collect::<Vec<_>>();
    assert_eq!(titles, ["a deployment that fails or is stopped is not rolled back"]);
}

/// CD-VAL-9, CD-ECS-4.
#[test]
fn a_load_balancer_is_needed_and_a_classic_one_does_not_do() {
    let info = &GOOD[GOOD.find("loadBalancerInfo").expect("it is there")
        ..GOOD.find("blueG").expect("it is there")];
    let title = "CUT0226 at `elbInfoList`: the deployment group names a Classic Load Balancer";
    let classic = "loadBalancerInfo:\n  elbInfoList: [{ name: shop }]\n  targetGroupPairInfoList:";
    check("loadBalancerInfo:\n  targetGroupPairInfoList:", classic, true, &[title]);
    let title = "CUT0226 at `loadBalancerInfo`: no target groups are named";
    check(info, "loadBalancerInfo: {}\n", true, &[title]);
    let (_, lines) = read(&changed(GOOD, info, ""));
    assert!(lines.len() == 1 && lines[0].ends_with("lacks `loadBalancerInfo`"), "{lines:?}");
}

/// CD-VAL-15.
#[test]
fn triggers_name_a_topic_and_known_events() {
    let trigger = |name: &str, topic: &str, events: &str| {
        format!("{{ triggerName: '{name}', triggerTargetArn: '{topic}', triggerEvents: {events} }}")
    };
    let topic = "arn:aws:sns:eu-west-1:123456789012:ops";
    let with = |triggers: &[String]| {
        let line = format!("triggerConfigurations: [{}]\napplicationName", triggers.join(", "));
        read(&changed(GOOD, "applicationName", &line)).1
    };
    let good = trigger("a", topic, "[DeploymentFailure]");
    assert_eq!(with(&vec![good.clone(); 10]), Vec::<String>::new());
    let title = "11 triggers, more than 10";
    assert_eq!(with(&vec![good.clone(); 11]), [format!("CUT0227 at `{good}`: {title}")]);
    let told = |found: String, expected: &str| assert_eq!(with(&[found]), [expected]);
    told(trigger("a", topic, "[]"), "CUT0227 at `[]`: `triggerEvents` is empty");
    let title = "CUT0227 at `DeploymentFailed`: `DeploymentFailed` is no event of a trigger";
    told(trigger("a", topic, "[DeploymentFailed]"), title);
    let title = "CUT0227 at `'ops'`: `triggerTargetArn` is `ops`, no topic";
    told(trigger("a", "ops", "[DeploymentFailure]"), title);
    let title = "CUT0113 at `''`: `triggerName` is empty";
    told(trigger("", topic, "[DeploymentFailure]"), title);
}
