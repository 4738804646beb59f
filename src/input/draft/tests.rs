//! Drafts by example: where documents are named, what is assumed, and what is said of documents that are none.

use super::*;
use crate::diagnostic::Severity;
use crate::input::source::MemorySource;

#[test]
fn a_document_is_named_from_where_the_scenario_stands() {
    let way = |folder: &str, file: &str| way(Path::new(folder), Path::new(file));
    assert_eq!(way("", "aws/group.json"), "aws/group.json");
    assert_eq!(way(".", "./group.json"), "group.json");
    assert_eq!(way("rehearsal", "aws/group.json"), "../aws/group.json");
    assert_eq!(way("aws/rehearsal", "aws/group.json"), "../group.json");
    assert_eq!(way("a/../b", "b/group.json"), "group.json");
    assert_eq!(way("out", "../group.json"), "../../group.json");
    assert_eq!(way("out", "/etc/group.json"), "/etc/group.json");
}

/// The draft of one document, and what is told.
fn drafted(name: &str, text: &[u8]) -> Draft {
    let source = MemorySource::new().with(name, text.to_vec());
    draft(&[PathBuf::from(name)], Path::new("draft.yaml"), &source)
}

/// A document that is none: what the first thing told of it says, in title, notes and help together.
#[track_caller]
fn check_none(text: impl AsRef<[u8]>, expected: &str) {
    let found = drafted("x.yaml", text.as_ref());
    assert!(found.text.is_none(), "{:?}", found.text);
    let all: String = found.diagnostics.iter().map(|told| format!("{told:?}\n")).collect();
    assert!(all.contains(expected), "{all}");
}

/// A document whose draft runs and says this.
#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let found = drafted("x.yaml", text.as_bytes());
    let errors: Vec<&Diagnostic> =
        found.diagnostics.iter().filter(|told| told.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let written = found.text.expect("a draft");
    for line in expected {
        assert!(written.contains(line), "{line} is not in {written}");
    }
}

/// Whatever people give in the place of a document is named as what it is, with the way to the document.
#[test]
fn what_is_no_document_is_told_as_what_it_is() {
    check_none("{resource: {aws_ecs_service: {shop: {}}}}", "is a file of Terraform");
    check_none("resource \"aws_ecs_service\" \"shop\" {\n}\n", "it looks like Terraform");
    check_none(
        "{AliasArn: a, Name: live, FunctionVersion: '1'}",
        "is an alias of a Lambda function",
    );
    check_none(
        "An error occurred (AccessDenied) when calling the X operation: no\n",
        "of a call that failed",
    );
    check_none("An error occurred (AccessDenied)\n", "of a call that failed");
    check_none("<html><body>no</body></html>", "it looks like a page or XML");
    check_none("----------\n|  GetX  |\n", "it looks like a table");
    check_none("GROUP\tshop\tECS\n", "it looks like columns of text");
    check_none("'{\"serviceName\": \"shop\"}'", "`jq -r .` prints what stands in them");
    check_none(
        "{application_name: shop, deployment_group_name: a}",
        "it would be a deployment group",
    );
    check_none("{DeploymentGroupInfo: {ApplicationName: shop}}", "it would be a deployment group");
    check_none(
        "{recorded: {answer: {MetricAlarms: [{AlarmName: a}]}}}",
        "what stands under `recorded.answer` is a description of alarms",
    );
    check_none("```yaml\nversion: 0.0\n```\n", "this is Markdown");
    check_none("a:\n\u{a0}\u{a0}b: 1: 2\n", "there are no-break spaces");
    check_none("a:\n  -\n  b: 1\n", "a dash stands alone before this");
    let wide: Vec<u8> = "{\"serviceName\": 1}".bytes().flat_map(|byte| [0, byte]).collect();
    check_none(wide, "the file is UTF-16, not UTF-8");
}

/// A template of which nothing can be used says why.
#[test]
fn a_template_that_comes_to_nothing_says_why() {
    check_none(
        "Resources: {A: {Type: 'AWS::CloudWatch::Alarm', Properties: {Threshold: {Ref: Limit}}}}",
        "the alarm `A` says what the template does not tell",
    );
}

/// A policy needs bounds, which are assumed; what is scaled is the service that is assumed.
#[test]
fn scaling_is_drafted_with_the_bounds_that_nobody_says() {
    let policy = "PolicyName: cpu\nServiceNamespace: ecs\nResourceId: service/main/shop\nScalableDimension: 'ecs:service:DesiredCount'\n\
                  TargetTrackingScalingPolicyConfiguration:\n  TargetValue: 60\n  PredefinedMetricSpecification: { PredefinedMetricType: ECSServiceAverageCPUUtilization }\n";
    let assumed = "ResourceId: service/main/shop, ScalableDimension: \"ecs:service:DesiredCount\", MinCapacity: 4, MaxCapacity: 8 }";
    check(
        policy,
        &[
            "# ASSUMED: no scalable target was given",
            assumed,
            "    cluster: main\n",
            "    serviceName: shop\n",
        ],
    );
    let target = "{ScalableTargets: [{ServiceNamespace: ecs, ResourceId: service/main/shop, ScalableDimension: 'ecs:service:DesiredCount', MinCapacity: 2, MaxCapacity: 6}]}";
    check(target, &["  scaling: x.yaml\n", "    cluster: main\n", "    serviceName: shop\n"]);
}

/// A configuration alone says what it deploys to.
#[test]
fn a_configuration_alone_is_drafted_for_its_platform() {
    let instances = "  instances: { count: 4 }";
    check(
        "{deploymentConfigInfo: {deploymentConfigName: A, minimumHealthyHosts: {type: HOST_COUNT, value: 1}}}",
        &[instances],
    );
    check("type=FLEET_PERCENT,value=50", &[instances]);
    check(
        "{A: {Type: 'AWS::CodeDeploy::DeploymentConfig', Properties: {MinimumHealthyHosts: {Type: HOST_COUNT, Value: 1}}}}",
        &[instances],
    );
    check(
        "{deploymentConfigName: A, computePlatform: Lambda, trafficRoutingConfig: {type: AllAtOnce}}",
        &[
            "# ASSUMED: no AppSpec was given",
            "Alias: live",
            "  function: { FunctionName: function }",
        ],
    );
}

/// A service that ECS deploys is drafted as one, CodeDeploy being no part of it.
#[test]
fn a_service_that_ecs_deploys_is_drafted_as_one() {
    let service = "{serviceName: shop, desiredCount: 3, loadBalancers: [{targetGroupArn: 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/blue/1a', containerName: web, containerPort: 80}]}";
    check(service, &["  updateService: {}\n"]);
    let explicit = service.replacen('{', "{deploymentController: {type: ECS}, ", 1);
    check(&explicit, &["  updateService: {}\n"]);
}

/// One without a load balancer is drafted without requests, and what is drafted can be played.
#[test]
fn a_worker_is_drafted_without_requests() {
    for service in [
        "{serviceName: mailer, desiredCount: 3}",
        "{services: [{serviceName: mailer, serviceArn: 'arn:aws:ecs:eu-west-1:123456789012:service/a/mailer', desiredCount: 3, loadBalancers: []}]}",
    ] {
        check(service, &["  updateService: {}\n", "crash: { after: 60s }"]);
        let text = drafted("service.yaml", service.as_bytes()).text.expect("a draft");
        for word in ["traffic:", "arget groups", "errors"] {
            let said = text.split("# What AWS does not document").next().expect("a draft");
            assert!(!said.contains(word), "{word}:\n{said}");
        }
    }
}

/// A group of a template that has no name goes by its logical id, whatever else it lacks.
#[test]
fn a_group_of_a_template_goes_by_its_logical_id() {
    let found = drafted("x.yaml", b"Resources: {Shop: {Type: 'AWS::CodeDeploy::DeploymentGroup', Properties: {DeploymentConfigName: CodeDeployDefault.ECSAllAtOnce}}}");
    let titles: Vec<&str> = found.diagnostics.iter().map(|told| &told.title[..]).collect();
    assert!(titles.iter().any(|title| title.contains("lacks `ecsServices`")), "{titles:?}");
    assert!(titles.iter().all(|title| !title.contains("not a deployment group")), "{titles:?}");
    assert!(found.text.is_some_and(|text| text.contains("name: Shop\n")));
}

const SPEC: &str = "version: 0.0\nResources: [{T: {Type: 'AWS::ECS::Service', Properties: {TaskDefinition: <TASK_DEFINITION>, LoadBalancerInfo: {ContainerName: web, ContainerPort: 80}}}}]\n";

/// What stands nowhere in the documents and plays a part all the same is said: when it plays, what functions answer, what deploys.
#[test]
fn what_no_document_says_is_said_in_the_draft() {
    check(SPEC, &["# ASSUMED: when it plays", "start: 2026-01-05T10:00:00Z\n"]);
    let hooks = format!("{SPEC}Hooks: [{{BeforeInstall: a}}, {{AfterAllowTraffic: b}}]\n");
    check(
        &hooks,
        &[
            "# ASSUMED: the functions of BeforeInstall, AfterAllowTraffic answer `Succeeded`",
            "# hooks: { BeforeInstall: { duration: 30s, fails: 5% } }\n",
        ],
    );
    let without = drafted("x.yaml", SPEC.as_bytes()).text.expect("a draft");
    assert!(!without.contains("functions of") && !without.contains("No AppSpec"), "{without}");
    let group = "type=TimeBasedCanary,timeBasedCanary={canaryPercentage=25,canaryInterval=45}";
    check(group, &["# No AppSpec was given: the revision is another task definition"]);
    check("type=HOST_COUNT,value=1", &["# No AppSpec was given: the agent copies files"]);
    check(
        "{A: {Type: 'AWS::ECS::Service', Properties: {DeploymentController: {Type: CODE_DEPLOY}, LoadBalancers: [{TargetGroupArn: 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/blue/1a', ContainerName: web, ContainerPort: 80}]}}}",
        &["  # Read from it: service.\n"],
    );
}
