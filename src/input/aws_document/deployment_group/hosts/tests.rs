//! Deployment groups of hosts by example.

use super::*;
use crate::aws::deployment_group::TagFilterType;
use crate::input::aws_document::told::{changed, told};

const IN_PLACE: &str = "\
applicationName: shop
deploymentGroupName: web
deploymentConfigName: CodeDeployDefault.HalfAtATime
ec2TagFilters: [{ Key: Name, Value: web, Type: KEY_AND_VALUE }]
autoScalingGroups: [web-a]
";

const BLUE_GREEN: &str = "\
applicationName: shop
autoScalingGroups: [{ name: web-a, hook: h }]
deploymentStyle: { deploymentType: BLUE_GREEN, deploymentOption: WITH_TRAFFIC_CONTROL }
loadBalancerInfo: { targetGroupInfoList: [{ name: web }] }
blueGreenDeploymentConfiguration:
  greenFleetProvisioningOption: { action: COPY_AUTO_SCALING_GROUP }
  deploymentReadyOption: { actionOnTimeout: STOP_DEPLOYMENT, waitTimeInMinutes: 60 }
  terminateBlueInstancesOnDeploymentSuccess: { action: KEEP_ALIVE }
";

fn read(text: &str) -> (Option<HostGroup>, Vec<String>) {
    told(text, |field, _, to| host_group(field, None, to))
}

#[track_caller]
fn check(good: &str, from: &str, to: &str, expected: &[&str]) -> HostGroup {
    let (found, lines) = read(&changed(good, from, to));
    assert_eq!(lines, expected, "{to}");
    found.expect("a group")
}

fn names(names: &[Spanned<String>]) -> Vec<&str> {
    names.iter().map(|name| &name.value[..]).collect()
}

/// CD-EC2-1.
#[test]
fn hosts_are_named_by_tags_and_auto_scaling_groups() {
    let found = check(IN_PLACE, "web", "web", &[]);
    let filter =
        |kind, key: &str, value: &str| TagFilter { kind, key: key.into(), value: value.into() };
    let by_name = filter(TagFilterType::KeyAndValue, "Name", "web");
    assert_eq!(found.ec2_tags, [vec![by_name.clone()]]);
    assert_eq!(names(&found.auto_scaling_groups), ["web-a"]);
    assert_eq!(found.style, Style::DEFAULT);
    assert_eq!(found.outdated_instances_strategy, OutdatedInstancesStrategy::Update);
    assert!(!found.termination_hook_enabled && found.on_premises_tags.is_empty());
    let filters = "ec2TagFilters: [{ Key: Name, Value: web, Type: KEY_AND_VALUE }]";
    let set = "ec2TagSet: { ec2TagSetList: [[{ Key: Name, Value: web, Type: KEY_AND_VALUE }], [{ Key: live, Type: KEY_ONLY }]] }";
    let found = check(IN_PLACE, filters, set, &[]);
    assert_eq!(found.ec2_tags, [vec![by_name], vec![filter(TagFilterType::KeyOnly, "live", "")]]);
    let more = "outdatedInstancesStrategy: IGNORE\nterminationHookEnabled: true\n\
                onPremisesInstanceTagFilters: [{ Value: x, Type: VALUE_ONLY }]\napplicationName";
    let found = check(IN_PLACE, "applicationName", more, &[]);
    assert_eq!(found.outdated_instances_strategy, OutdatedInstancesStrategy::Ignore);
    assert!(found.termination_hook_enabled);
    assert_eq!(found.on_premises_tags, [vec![filter(TagFilterType::ValueOnly, "", "x")]]);
}

/// CD-EC2-1: three groups of ten tags, ten Auto Scaling groups.
#[test]
fn tags_and_groups_have_limits() {
    let tag = "{ Key: a, Type: KEY_ONLY }";
    let filters = "[{ Key: Name, Value: web, Type: KEY_AND_VALUE }]";
    check(IN_PLACE, filters, &format!("[{}]", [tag; 10].join(", ")), &[]);
    let title = format!("CUT0238 at `{tag}`: `ec2TagFilters` has 11 tags, more than 10");
    check(IN_PLACE, filters, &format!("[{}]", [tag; 11].join(", ")), &[&title]);
    let set = |count: usize| {
        let groups = vec![format!("[{tag}]"); count].join(", ");
        format!("ec2TagSet: {{ ec2TagSetList: [{groups}] }}")
    };
    let key = format!("ec2TagFilters: {filters}");
    check(IN_PLACE, &key, &set(3), &[]);
    let title = format!("CUT0238 at `[{tag}]`: 4 groups of tags, more than 3");
    check(IN_PLACE, &key, &set(4), &[&title]);
    let title = "CUT0238 at `ec2TagSet`: `ec2TagSet` stands beside `ec2TagFilters`";
    check(IN_PLACE, &key, &format!("{key}\n{}", set(1)), &[title]);
    let groups = |count: usize| format!("[{}]", vec!["g"; count].join(", "));
    check(IN_PLACE, "[web-a]", &groups(10), &[]);
    let title = "CUT0238 at `g`: `autoScalingGroups` has 11 Auto Scaling groups, more than 10";
    check(IN_PLACE, "[web-a]", &groups(11), &[title]);
    let title = "CUT0238 at `''`: a filter of the type `KEY_AND_VALUE` has no `Key`";
    check(IN_PLACE, "Key: Name", "Key: ''", &[title]);
}

/// CD-EC2-20, CD-EC2-23.
#[test]
fn blue_green_says_what_becomes_of_replacement_and_original() {
    let found = check(BLUE_GREEN, "shop", "shop", &[]);
    assert_eq!(names(&found.load_balancer.target_groups), ["web"]);
    assert_eq!(names(&found.auto_scaling_groups), ["web-a"]);
    let expected = HostBlueGreen {
        provisioning: Some(GreenFleetProvisioningAction::CopyAutoScalingGroup),
        ready_wait: Some(SimDuration::from_mins(60)),
        original: Some(InstanceAction::KeepAlive),
        termination_wait: None,
    };
    assert_eq!(found.blue_green, Some(expected));
    let title = "CUT0217 at `2881`: `waitTimeInMinutes` is 2881, more than 2880";
    check(BLUE_GREEN, "Minutes: 60", "Minutes: 2881", &[title]);
    let kept = "KEEP_ALIVE, terminationWaitTimeInMinutes: 2881";
    let title = "CUT0217 at `2881`: `terminationWaitTimeInMinutes` is 2881, more than 2880";
    check(BLUE_GREEN, "KEEP_ALIVE", kept, &[title]);
    let (found, lines) = read(&BLUE_GREEN[..BLUE_GREEN.find("blueGreen").expect("it is there")]);
    assert!(found.is_some_and(|group| group.blue_green.is_none()));
    assert!(lines.len() == 1 && lines[0].starts_with("CUT0102"), "{lines:?}");
}

/// CD-EC2-1: an original is replaced by instances like it.
#[test]
fn blue_green_replaces_instances_and_copies_what_is_there() {
    let groups = "autoScalingGroups: [{ name: web-a, hook: h }]";
    let (_, lines) =
        read(&changed(BLUE_GREEN, groups, "ec2TagFilters: [{ Key: a, Type: KEY_ONLY }]"));
    assert!(lines.len() == 1 && lines[0].starts_with("CUT0217"), "{lines:?}");
    let on_premises =
        format!("{groups}\nonPremisesInstanceTagFilters: [{{ Key: a, Type: KEY_ONLY }}]");
    let (_, lines) = read(&changed(BLUE_GREEN, groups, &on_premises));
    assert!(lines.len() == 1 && lines[0].starts_with("CUT0238"), "{lines:?}");
}

/// CD-EC2-21, CD-VAL-9, CD-VAL-10.
#[test]
fn who_controls_traffic_has_a_load_balancer() {
    let info = "loadBalancerInfo: { targetGroupInfoList: [{ name: web }] }\n";
    let title = "CUT0226 at `document`: no load balancer is named, and traffic is to be controlled";
    let (_, lines) = read(&changed(BLUE_GREEN, info, ""));
    assert!(lines.len() == 1 && lines[0].ends_with(&title[24..]), "{lines:?}");
    let list = |count: usize| format!("[{}]", vec!["{ name: web }"; count].join(", "));
    check(
        BLUE_GREEN,
        "targetGroupInfoList: [{ name: web }]",
        &format!("elbInfoList: {}", list(10)),
        &[],
    );
    let title = "CUT0226 at `web`: `targetGroupInfoList` lists 11, more than 10";
    check(BLUE_GREEN, "[{ name: web }]", &list(11), &[title]);
    let title = "CUT0215 at `WITHOUT_TRAFFIC_CONTROL`: `BLUE_GREEN` stands without traffic control";
    let (_, lines) = read(&changed(BLUE_GREEN, "WITH_", "WITHOUT_"));
    assert!(lines.contains(&title.to_string()), "{lines:?}");
    let title =
        "CUT0219 at `loadBalancerInfo`: `loadBalancerInfo` has no effect on EC2 and on-premises";
    let found = check(IN_PLACE, "applicationName", &format!("{info}applicationName"), &[title]);
    assert_eq!(found.load_balancer, HostLoadBalancer::default());
    let in_place = format!(
        "deploymentStyle: {{ deploymentType: IN_PLACE, deploymentOption: WITH_TRAFFIC_CONTROL }}\n{info}applicationName"
    );
    let found = check(IN_PLACE, "applicationName", &in_place, &[]);
    assert_eq!(names(&found.load_balancer.target_groups), ["web"]);
}

#[test]
fn each_fault_goes_by_the_exception_of_its_own() {
    let refusals = |text: &str| {
        let (mut sources, mut to) = (crate::diagnostic::Sources::new(), Diagnostics::new());
        let node = crate::input::tree::read("x.yaml", text.into(), &mut sources, &mut to);
        host_group(Field::new("group", &node.expect("a tree")), None, &mut to);
        to.iter()
            .filter_map(|told| told.refusal.map(|refusal| refusal.exception))
            .collect::<Vec<_>>()
    };
    let filters = "ec2TagFilters: [{ Key: Name, Value: web, Type: KEY_AND_VALUE }]";
    for (from, to, exception) in [
        ("KEY_AND_VALUE", "BOTH", "InvalidEC2TagException"),
        ("[web-a]", "['']", ""),
        ("[web-a]", "[a, '']", "InvalidAutoScalingGroupException"),
        (
            "applicationName",
            "onPremisesInstanceTagFilters: [{ Key: a }]\napplicationName",
            "InvalidTagException",
        ),
        (
            filters,
            "ec2TagSet: { ec2TagSetList: [[], [], [], [{ Key: a, Type: KEY_ONLY }]] }",
            "TagSetListLimitExceededException",
        ),
        (
            filters,
            "ec2TagFilters: [{ Key: a, Type: KEY_ONLY }]\nec2TagSet: { ec2TagSetList: [[{ Key: a, Type: KEY_ONLY }]] }",
            "InvalidEC2TagCombinationException",
        ),
        (
            "applicationName",
            "deploymentStyle: { deploymentType: ROLLING }\napplicationName",
            "InvalidDeploymentStyleException",
        ),
    ] {
        let expected: &[&str] = if exception.is_empty() { &[] } else { &[exception] };
        assert_eq!(refusals(&changed(IN_PLACE, from, to)), expected, "{to}");
    }
}

/// CD-VAL-20.
#[test]
fn groups_of_other_platforms_are_told() {
    let (found, lines) = read("deploymentGroupName: x\ncomputePlatform: Lambda\n");
    assert!(found.is_none());
    assert_eq!(lines, ["CUT0209 at `Lambda`: the deployment group is for the platform `Lambda`"]);
}
