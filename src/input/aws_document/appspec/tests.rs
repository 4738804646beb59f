//! AppSpecs by example.

use super::*;
use crate::input::aws_document::told::{changed, told};

const GOOD: &str = "\
version: 0.0
Resources:
  - TargetService:
      Type: AWS::ECS::Service
      Properties:
        TaskDefinition: arn:aws:ecs:eu-west-1:123456789012:task-definition/web:7
        LoadBalancerInfo:
          ContainerName: web
          ContainerPort: 8080
Hooks:
  - BeforeInstall: first
  - AfterAllowTestTraffic: arn:aws:lambda:eu-west-1:123456789012:function:smoke
";

fn read(text: &str) -> (Option<AppSpec>, Vec<String>) {
    told(text, app_spec)
}

/// The good AppSpec with one change earns this, and is usable or not.
fn check(from: &str, to: &str, usable: bool, expected: &[&str]) {
    let (found, lines) = read(&changed(GOOD, from, to));
    assert_eq!(lines, expected, "{to}");
    assert_eq!(found.is_some(), usable, "{to}");
}

#[test]
fn a_good_app_spec_says_what_is_deployed() {
    let (found, lines) = read(GOOD);
    let found = found.expect("a good AppSpec");
    assert!(lines.is_empty(), "{lines:?}");
    assert_eq!(found.container_name.map(|name| name.value), Some("web".into()));
    assert_eq!(found.container_port.value, 8080);
    assert!(found.task_definition.is_some() && found.platform_version.is_none());
    let hooks = found.hooks.iter().map(|hook| hook.event).collect::<Vec<_>>();
    assert_eq!(hooks, [LifecycleEvent::BeforeInstall, LifecycleEvent::AfterAllowTestTraffic]);
    assert!(found.hooks[1].function.value.ends_with(":smoke"));
}

#[test]
fn the_spelling_of_keys_and_numbers_does_not_matter() {
    let lower = GOOD
        .replace("Resources", "resources")
        .replace("Type", "type")
        .replace("Properties", "properties")
        .replace("ContainerPort: 8080", "containerPort: \"8080\"")
        .replace("TaskDefinition", "taskDefinition");
    let (found, lines) = read(&lower);
    assert!(lines.is_empty(), "{lines:?}");
    assert_eq!(found.map(|found| found.container_port.value), Some(8080));
    check("version: 0.0", "version: \"0.0\"", true, &[]);
    let without_hooks = GOOD.split("Hooks").next().expect("a beginning");
    for hooks in ["", "Hooks: []\n", "Hooks:\n"] {
        let (found, lines) = read(&format!("{without_hooks}{hooks}"));
        assert!(lines.is_empty() && found.is_some_and(|found| found.hooks.is_empty()), "{hooks}");
    }
}

#[test]
fn other_versions_are_told_and_read_as_0_0() {
    check("0.0", "1", true, &["CUT0210 at `1`: `version` is `1`, not 0.0"]);
    check("0.0", "0", true, &["CUT0210 at `0`: `version` is `0`, not 0.0"]);
    let title = "CUT0210 at `Resources:`: the AppSpec has no `version`";
    check("version: 0.0\n", "", true, &[title]);
}

#[test]
fn a_port_has_to_be_a_number() {
    for (port, place, title) in [
        ("<PORT>", "<PORT>", "`ContainerPort` is `<PORT>`, not a number"),
        ("your-port", "your-port", "`ContainerPort` is `your-port`, not a number"),
        ("\"$PORT1\"", "\"$PORT1\"", "`ContainerPort` is `$PORT1`, not a number"),
        ("\" \"", "\" \"", "`ContainerPort` is empty, not a number"),
        ("", "ContainerPort", "`ContainerPort` is empty"),
    ] {
        check("8080", port, false, &[&format!("CUT0205 at `{place}`: {title}")]);
    }
    check("8080", "0", false, &["CUT0107 at `0`: `ContainerPort` is 0, less than 1"]);
    check(
        "8080",
        "65536",
        false,
        &["CUT0107 at `65536`: `ContainerPort` is 65536, more than 65535"],
    );
    let title = "CUT0102 at `LoadBalancerInfo`: `LoadBalancerInfo` lacks `ContainerPort`";
    check("          ContainerPort: 8080\n", "", false, &[title]);
}

#[test]
fn placeholders_that_play_no_part_are_told_only() {
    let arn = "arn:aws:ecs:eu-west-1:123456789012:task-definition/web:7";
    let told = |written: &str, what: &str| {
        check(
            arn,
            written,
            true,
            &[&format!("CUT0204 at `{written}`: `TaskDefinition` is {what}")],
        );
    };
    told("<TASK_DEFINITION>", "the placeholder `<TASK_DEFINITION>`");
    let words = "arn:aws:ecs:region:aws_account_id:task-definition/web:7";
    told(words, &format!("`{words}`, no ARN of a task definition"));
    let short = "arn:aws:ecs:eu-west-1:12345678901:task-definition/web:7";
    told(short, &format!("`{short}`, no ARN of a task definition"));
    check("web\n", "\"\"\n", true, &["CUT0211 at `\"\"`: `ContainerName` is empty"]);
    let null = "        PlatformVersion:\n        LoadBalancerInfo";
    let title = "CUT0211 at `PlatformVersion`: `PlatformVersion` is empty";
    check("        LoadBalancerInfo", null, true, &[title]);
}

#[test]
fn what_code_deploy_refuses_is_told() {
    let arn = "arn:aws:ecs:eu-west-1:123456789012:task-definition/web:7";
    let title = "CUT0212 at `web:7`: `TaskDefinition` is `web:7`, no ARN of a task definition";
    check(arn, "web:7", true, &[title]);
    let title =
        "CUT0212 at `AWS::ECS::service`: `Type` is `AWS::ECS::service`, not `AWS::ECS::Service`";
    check("AWS::ECS::Service", "AWS::ECS::service", true, &[title]);
    let second = "  - Other: {}\nHooks:\n";
    check("Hooks:\n", second, true, &["CUT0212 at `Other: {}`: `Resources` has 2 resources"]);
    let list = "          - ContainerName: web\n            ContainerPort: 8080\n";
    let map = "          ContainerName: web\n          ContainerPort: 8080\n";
    let title = "CUT0212 at `- ContainerName: web`: `LoadBalancerInfo` is a list, not a map";
    check(map, list, false, &[title]);
    let title = "CUT0212 at `TargetService:`: `Resources` is a map, not a list";
    check("  - TargetService", "    TargetService", true, &[title]);
    let network =
        "        NetworkConfiguration: { AwsvpcConfiguration: { Subnets: [a] } }\n        Task";
    let title = "`AwsvpcConfiguration` lacks `SecurityGroups`";
    check("        Task", network, true, &[&format!("CUT0212 at `AwsvpcConfiguration`: {title}")]);
    let providers =
        "        CapacityProviderStrategy: [{ CapacityProvider: FARGATE }]\n        Task";
    let title = "no capacity provider has a `Weight` above 0";
    let place = "[{ CapacityProvider: FARGATE }]";
    check("        Task", providers, true, &[&format!("CUT0212 at `{place}`: {title}")]);
}

#[test]
fn hooks_are_five_each_in_an_item_of_its_own() {
    let title = "CUT0213 at `Install`: `Install` is no hook of a deployment on ECS";
    check("BeforeInstall: first", "Install: first", true, &[title]);
    check("first", "\" \"", true, &["CUT0211 at `\" \"`: `BeforeInstall` is empty"]);
    let twice = "first\n  - BeforeInstall: second";
    let title = "CUT0009 at `BeforeInstall`: `BeforeInstall` is bound twice, the later one counts";
    check("first", twice, true, &[title]);
    let beside = "first\n    AfterInstall: second";
    let title = "CUT0212 at `AfterInstall`: `AfterInstall` stands beside another hook";
    check("first", beside, true, &[title]);
    let (_, lines) = read(&format!(
        "{}Hooks: {{ BeforeInstall: x }}\n",
        &GOOD[..GOOD.find("Hooks").expect("hooks")]
    ));
    assert_eq!(lines, ["CUT0103 at `{ BeforeInstall: x }`: `Hooks` is a map, not a list"]);
}

#[test]
fn a_revision_holds_its_app_spec_as_a_text_with_places_of_its_own() {
    let content = |text: &str| {
        let text = serde_json::to_string(text).expect("a text");
        format!(
            "{{\"revisionType\": \"AppSpecContent\", \"appSpecContent\": {{\"content\": {text}}}}}"
        )
    };
    let (found, lines) = read(&content(GOOD));
    assert!(found.is_some() && lines.is_empty(), "{lines:?}");
    let (found, lines) = read(&content(&changed(GOOD, "8080", "PORT")));
    assert!(found.is_none());
    assert_eq!(lines, ["CUT0205 at `PORT`: `ContainerPort` is `PORT`, not a number"]);
    let text = serde_json::to_string(GOOD).expect("a text");
    for input in [
        format!(
            "{{\"revisionType\": \"String\", \"string\": {{\"content\": {text}, \"sha256\": \"1\"}}}}"
        ),
        format!("{{\"applicationName\": \"a\", \"revision\": {}}}", content(GOOD)),
        format!("{{\"deploymentInfo\": {{\"revision\": {}}}}}", content(GOOD)),
    ] {
        let (found, lines) = read(&input);
        assert!(found.is_some() && lines.is_empty(), "{input}: {lines:?}");
    }
    let (_, lines) = read(&content("{\"version\": }"));
    assert!(lines[0].starts_with("CUT0008 at `}`"), "broken JSON is no YAML: {lines:?}");
    let (_, lines) = read(&content("family: web\ncontainerDefinitions: []"));
    assert_eq!(lines.len(), 1);
    assert!(lines[0].contains("`content` is a task definition"), "{lines:?}");
    let (_, lines) = read("{revisionType: S3, s3Location: {bucket: b}}");
    assert_eq!(lines, ["CUT0202 at `S3`: the revision is of the type `S3`: its text is elsewhere"]);
}

#[test]
fn what_is_no_app_spec_for_ecs_is_told_as_what_it_is() {
    for (text, what) in [
        ("version: 0.0\nos: linux\nfiles: []", "an AppSpec for EC2 or on-premises servers"),
        ("Resources: [{f: {Type: AWS::Lambda::Function}}]", "an AppSpec for AWS Lambda"),
        ("{dependencies: {}, settings: []}", "an app descriptor of MoveApps"),
        ("{Transform: AWS::Serverless-2016-10-31, Resources: {}}", "an AWS SAM template"),
        ("{}", "an empty map"),
        ("[]", "a list"),
    ] {
        let (found, lines) = read(text);
        assert!(found.is_none());
        let title = format!("`document` is {what}, not an AppSpec for Amazon ECS");
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(lines[0].ends_with(&title), "{lines:?}");
    }
}
