//! Documents that strangers wrote: each is used, told with warnings, or refused, as the table says.
//!
//! The documents are described in `tests/data/corpus/README.md`.

#[path = "support/kept.rs"]
mod kept;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use cutover::aws::name::ComputePlatform;
use cutover::aws::service::DeploymentControllerType;
use cutover::diagnostic::code::Code;
use cutover::diagnostic::{Diagnostics, Severity, Sources, Span, render};
use cutover::input::aws_document::alarm::alarms;
use cutover::input::aws_document::appspec::app_spec;
use cutover::input::aws_document::deployment_config::hosts::host_config;
use cutover::input::aws_document::deployment_config::{deployment_config, platform_of};
use cutover::input::aws_document::deployment_group::hosts::host_group;
use cutover::input::aws_document::deployment_group::lambda::lambda_group;
use cutover::input::aws_document::deployment_group::{
    deployment_group, platform_of as group_platform,
};
use cutover::input::aws_document::host_app_spec::host_app_spec;
use cutover::input::aws_document::lambda_app_spec::lambda_app_spec;
use cutover::input::aws_document::sam_template::sam_template;
use cutover::input::aws_document::scaling;
use cutover::input::aws_document::service::service;
use cutover::input::aws_document::task_definition::task_definition;
use cutover::input::aws_document::{Kind, recognise};
use cutover::input::decode::Field;
use cutover::input::tree::{Key, Node, Value, read};
use kept::Kept;
use proptest::prelude::*;

/// Folder, file (without its owner), and what becomes of it: `used` or `refused`, then the codes of
/// errors and warnings in ascending order.
const EXPECTED: &[(&str, &str, &str)] = &[
    ("alarm", "aws-cli__describe-alarms-for-metric.block2.json", "used"),
    ("alarm", "aws-cli__describe-alarms.block2.json", "used"),
    (
        "alarm",
        "cloud-custodian__test_cloudtrail_fail_log_metric_filter_no_sns-monitoring.DescribeAlarmsForMetric_1.json",
        "used",
    ),
    (
        "alarm",
        "cloud-custodian__test_is_composite_child_filter-monitoring.DescribeAlarms_1.json",
        "used",
    ),
    (
        "alarm",
        "cloud-custodian__test_is_composite_child_filter-monitoring.DescribeAlarms_2.json",
        "used",
    ),
    ("alarm", "localstack__snapshot.minimal.json", "refused CUT0202"),
    (
        "appspec_ec2",
        "aws-codedeploy-appspec-assistant__server-(ec2-and-onPrem)-default-appspec-template-advanced.json",
        "refused CUT0236 CUT0236",
    ),
    (
        "appspec_ec2",
        "aws-codedeploy-appspec-assistant__server-(ec2-and-onPrem)-default-appspec-template-basic.json",
        "used",
    ),
    (
        "appspec_ec2",
        "aws-codedeploy-appspec-assistant__server-(ec2-and-onPrem)-default-appspec-template-uncommented.yml",
        "refused CUT0205 CUT0236 CUT0236",
    ),
    (
        "appspec_ec2",
        "aws-codedeploy-appspec-assistant__server-(ec2-and-onPrem)-default-appspec-template.yml",
        "used",
    ),
    ("appspec_ec2", "aws-codedeploy-samples__SampleApp_Linux-appspec.yml", "used"),
    ("appspec_ec2", "aws-codedeploy-samples__SampleApp_Windows-appspec.yml", "used"),
    ("appspec_ec2", "aws-codedeploy-samples__elb-v2-appspec.yml", "used"),
    ("appspec_ec2", "aws-codedeploy-samples__masterless-appspec.yml", "used"),
    ("appspec_ec2", "aws-codedeploy-samples__solo-appspec.yml", "used"),
    (
        "appspec_ec2",
        "aws-codedeploy-agent__appspec_override_file_exists_behavior_retain.yaml",
        "used",
    ),
    ("appspec_ec2", "aws-codedeploy-agent__sample_app_bundle_linux-appspec.yml", "used"),
    (
        "appspec_ec2",
        "aws-codedeploy-agent__sample_custom_event_app_bundle_linux-appspec.yml",
        "used",
    ),
    (
        "appspec_ec2",
        "aws-codedeploy-user-guide__application-revisions-appspec-file.block7.yml",
        "refused CUT0102 CUT0102 CUT0102 CUT0102 CUT0102 CUT0102 CUT0102 CUT0102 CUT0102 CUT0102 CUT0102 CUT0102 CUT0102 CUT0102 CUT0102 CUT0102 CUT0103 CUT0103",
    ),
    ("appspec_ec2", "aws-codedeploy-user-guide__reference-appspec-file-example.block5.yml", "used"),
    ("appspec_ec2_agent_cases", "aws-codedeploy-agent__case01.yml", "refused CUT0003"),
    ("appspec_ec2_agent_cases", "aws-codedeploy-agent__case03.yml", "refused CUT0102"),
    ("appspec_ec2_agent_cases", "aws-codedeploy-agent__case05.yml", "refused CUT0110"),
    ("appspec_ec2_agent_cases", "aws-codedeploy-agent__case07.yml", "refused CUT0110"),
    ("appspec_ec2_agent_cases", "aws-codedeploy-agent__case09.yml", "used"),
    ("appspec_ec2_agent_cases", "aws-codedeploy-agent__case11.yml", "used"),
    ("appspec_ec2_agent_cases", "aws-codedeploy-agent__case13.yml", "used"),
    ("appspec_ec2_agent_cases", "aws-codedeploy-agent__case15.yml", "refused CUT0102"),
    ("appspec_ec2_agent_cases", "aws-codedeploy-agent__case17.yml", "used"),
    ("appspec_ec2_agent_cases", "aws-codedeploy-agent__case19.yml", "refused CUT0102"),
    ("appspec_ec2_agent_cases", "aws-codedeploy-agent__case21.yml", "refused CUT0102 CUT0236"),
    ("appspec_ec2_agent_cases", "aws-codedeploy-agent__case23.yml", "used"),
    ("appspec_ec2_agent_cases", "aws-codedeploy-agent__case25.yml", "used CUT0236"),
    ("appspec_ec2_agent_cases", "aws-codedeploy-agent__case27.yml", "used"),
    ("appspec_ec2_agent_cases", "aws-codedeploy-agent__case29.yml", "used CUT0236"),
    ("appspec_ec2_agent_cases", "aws-codedeploy-agent__case31.yml", "refused CUT0236"),
    ("appspec_ec2_agent_cases", "aws-codedeploy-agent__case33.yml", "refused CUT0236"),
    ("appspec_ec2_agent_cases", "aws-codedeploy-agent__case35.yml", "refused CUT0236"),
    ("appspec_ec2_agent_cases", "aws-codedeploy-agent__case37.yml", "refused CUT0236"),
    ("appspec_ec2_agent_cases", "aws-codedeploy-agent__case39.yml", "used CUT0236 CUT0236"),
    ("appspec_ec2_agent_cases", "aws-codedeploy-agent__case41.yml", "used"),
    ("appspec_ec2_agent_cases", "aws-codedeploy-agent__case43.yml", "refused CUT0236"),
    ("appspec_ecs", "cookiecutter-django-ecs-github__appspec.yaml", "used CUT0204"),
    (
        "appspec_ecs",
        "aws-codedeploy-appspec-assistant__ecs-default-appspec-template-advanced.json",
        "used CUT0204 CUT0204 CUT0204 CUT0204",
    ),
    (
        "appspec_ecs",
        "aws-codedeploy-appspec-assistant__ecs-default-appspec-template-basic.json",
        "used CUT0204 CUT0204",
    ),
    (
        "appspec_ecs",
        "aws-codedeploy-appspec-assistant__ecs-default-appspec-template-uncommented.yml",
        "used CUT0204 CUT0204 CUT0204 CUT0204",
    ),
    (
        "appspec_ecs",
        "aws-codedeploy-appspec-assistant__ecs-default-appspec-template.yml",
        "used CUT0204 CUT0204",
    ),
    (
        "appspec_ecs",
        "ecs-windows-ci-cd-blue-green__appspec_template.yaml",
        "refused CUT0204 CUT0204 CUT0204 CUT0205",
    ),
    ("appspec_ecs", "amazon-ecs-developer-guide__create-blue-green.block21.yml", "used CUT0204"),
    (
        "appspec_ecs",
        "aws-codedeploy-user-guide__application-revisions-appspec-file.block1.yml",
        "refused CUT0205 CUT0211 CUT0211 CUT0211 CUT0211 CUT0211 CUT0211 CUT0211 CUT0211 CUT0211 CUT0211 CUT0211 CUT0211 CUT0211",
    ),
    (
        "appspec_ecs",
        "aws-codedeploy-user-guide__application-revisions-appspec-file.block2.json",
        "refused CUT0008",
    ),
    ("appspec_ecs", "aws-codedeploy-user-guide__reference-appspec-file-example.block1.yml", "used"),
    (
        "appspec_ecs",
        "aws-codedeploy-user-guide__reference-appspec-file-example.block2.json",
        "used",
    ),
    (
        "appspec_ecs",
        "aws-codedeploy-user-guide__tutorial-ecs-create-appspec-file.block1.json",
        "refused CUT0008",
    ),
    (
        "appspec_ecs",
        "aws-codedeploy-user-guide__tutorial-ecs-create-appspec-file.block2.yml",
        "refused CUT0204 CUT0204 CUT0205",
    ),
    (
        "appspec_ecs",
        "aws-serverless-github-deploy__appspec-ecs.yml",
        "refused CUT0107 CUT0211 CUT0211",
    ),
    (
        "appspec_ecs",
        "api__appspec_template.yaml",
        "refused CUT0204 CUT0204 CUT0204 CUT0204 CUT0204 CUT0205 CUT0212",
    ),
    (
        "appspec_ecs",
        "aws-cloudformation-templates__appspec.yml",
        "refused CUT0204 CUT0205 CUT0211 CUT0211",
    ),
    ("appspec_ecs", "aws-ecs-bluegreen-deployment-sample__appspec.yaml", "used CUT0204"),
    (
        "appspec_lambda",
        "aws-codedeploy-appspec-assistant__lambda-default-appspec-template-advanced.json",
        "used",
    ),
    (
        "appspec_lambda",
        "aws-codedeploy-appspec-assistant__lambda-default-appspec-template-basic.json",
        "used",
    ),
    (
        "appspec_lambda",
        "aws-codedeploy-appspec-assistant__lambda-default-appspec-template-uncommented.yml",
        "used",
    ),
    (
        "appspec_lambda",
        "aws-codedeploy-appspec-assistant__lambda-default-appspec-template.yml",
        "used",
    ),
    (
        "appspec_lambda",
        "aws-codedeploy-user-guide__application-revisions-appspec-file.block3.yml",
        "refused CUT0211 CUT0211 CUT0211 CUT0211 CUT0211 CUT0213",
    ),
    (
        "appspec_lambda",
        "aws-codedeploy-user-guide__application-revisions-appspec-file.block4.json",
        "refused CUT0211 CUT0211 CUT0211 CUT0211 CUT0211 CUT0213",
    ),
    (
        "appspec_lambda",
        "aws-codedeploy-user-guide__reference-appspec-file-example.block3.yml",
        "used",
    ),
    (
        "appspec_lambda",
        "aws-codedeploy-user-guide__reference-appspec-file-example.block4.json",
        "used",
    ),
    (
        "appspec_lambda",
        "aws-codedeploy-user-guide__reference-appspec-file-structure-resources.block1.yml",
        "refused CUT0210 CUT0212 CUT0212",
    ),
    (
        "appspec_lambda",
        "aws-codedeploy-user-guide__reference-appspec-file-structure-resources.block2.json",
        "refused CUT0008",
    ),
    (
        "appspec_lambda",
        "aws-serverless-github-deploy__appspec-lambda.yml",
        "used CUT0211 CUT0211 CUT0211 CUT0211",
    ),
    ("appspec_lambda", "terraform-aws-lambda-gitflow__appspec.json.tpl", "refused CUT0008"),
    ("autoscaling", "aws-cli__describe-scaling-policies.block2.json", "used"),
    ("autoscaling", "aws-cli__put-scaling-policy.block2.json", "used"),
    ("autoscaling", "aws-cli__put-scaling-policy.block5.json", "used"),
    ("autoscaling", "aws-cli__put-scaling-policy.block8.json", "used"),
    (
        "autoscaling",
        "application-auto-scaling-user-guide__application-auto-scaling-target-tracking-metric-math.block1.json",
        "refused CUT0222",
    ),
    (
        "autoscaling",
        "application-auto-scaling-user-guide__create-step-scaling-policy-cli.block4.json",
        "used",
    ),
    (
        "autoscaling",
        "cloud-custodian__test_ecs_service_autoscaling_offhours-application-autoscaling.DescribeScalableTargets_1.json",
        "used",
    ),
    ("cloudformation", "cfn-lint__transform_serverless_function.yaml", "used"),
    (
        "cloudformation",
        "serverless-application-model__error_function_with_deployment_preference_invalid_alarms.yaml",
        "refused CUT0240",
    ),
    (
        "cloudformation",
        "serverless-application-model__function_with_custom_code_deploy.yaml",
        "used",
    ),
    (
        "cloudformation",
        "serverless-application-model__function_with_deployment_alarms_and_hooks.yaml",
        "used CUT0239 CUT0239 CUT0239",
    ),
    (
        "cloudformation",
        "serverless-application-model__function_with_deployment_preference_all_parameters.json",
        "refused CUT0240",
    ),
    (
        "cloudformation",
        "aws-codedeploy-user-guide__tutorial-lambda-sam-template.block1.yml",
        "used",
    ),
    ("deployment", "aws-cli__batch-get-deployments.block2.json", "refused CUT0206"),
    ("deployment", "aws-cli__get-deployment.block2.json", "refused CUT0202"),
    ("deployment", "amazon-ecs-developer-guide__create-blue-green.block24.json", "refused CUT0202"),
    ("deployment", "amazon-ecs-developer-guide__create-blue-green.block28.json", "refused CUT0202"),
    ("deployment_config", "aws-cli__get-deployment-config.block2.json", "used"),
    (
        "deployment_config",
        "aws-cloudformation-user-guide__aws-resource-codedeploy-deploymentconfig.block3.json",
        "refused CUT0008",
    ),
    (
        "deployment_config",
        "aws-cloudformation-user-guide__aws-resource-codedeploy-deploymentconfig.block4.yml",
        "refused CUT0202",
    ),
    (
        "deployment_config",
        "aws-codedeploy-user-guide__deployment-configurations-create.block3.sh.txt",
        "used",
    ),
    (
        "deployment_config",
        "cloud-custodian__test_codedeploy_list_deployment_configs-codedeploy.GetDeploymentConfig_1.json",
        "used",
    ),
    (
        "deployment_config",
        "cloud-custodian__test_codedeploy_list_deployment_configs-codedeploy.ListDeploymentConfigs_1.json",
        "refused CUT0202",
    ),
    (
        "deployment_group",
        "aws-codedeploy-linear-canary-deployments-blog__code_deployment_group.json",
        "refused CUT0221 CUT0221 CUT0225 CUT0225",
    ),
    ("deployment_group", "aws-cli__get-deployment-group.block2.json", "used"),
    ("deployment_group", "amazon-ecs-developer-guide__create-blue-green.block18.json", "used"),
    (
        "deployment_group",
        "aws-codedeploy-user-guide__monitoring-sns-event-notifications-create-trigger.block2.json",
        "refused CUT0113 CUT0113 CUT0225 CUT0225 CUT0227",
    ),
    (
        "deployment_group",
        "aws-codedeploy-user-guide__monitoring-sns-event-notifications-create-trigger.block3.json",
        "used",
    ),
    (
        "deployment_group",
        "cloud-custodian__test_codedeploy_deploymentgroup_delete-codedeploy.GetDeploymentGroup_1.json",
        "used",
    ),
    (
        "deployment_group",
        "cloud-custodian__test_codedeploy_deploymentgroup_delete-codedeploy.GetDeploymentGroup_3.json",
        "refused CUT0203",
    ),
    (
        "ecs_service",
        "aws-codedeploy-linear-canary-deployments-blog__create_service.json",
        "refused CUT0204 CUT0221 CUT0221",
    ),
    ("ecs_service", "ecs-bg-external-controller__TaskSet.template.json", "refused CUT0202"),
    ("ecs_service", "aws-cli__create-service.block12.json", "refused CUT0221 CUT0221"),
    ("ecs_service", "aws-cli__create-service.block6.json", "refused CUT0221 CUT0221"),
    ("ecs_service", "aws-cli__create-service.block8.json", "refused CUT0221 CUT0221"),
    ("ecs_service", "aws-cli__create-task-set.block2.json", "refused CUT0202"),
    ("ecs_service", "aws-cli__describe-services.block2.json", "refused CUT0221 CUT0221"),
    ("ecs_service", "aws-cli__describe-task-sets.block2.json", "refused CUT0202"),
    ("ecs_service", "aws-cli__update-task-set.block2.json", "refused CUT0202"),
    ("ecs_service", "amazon-ecs-developer-guide__create-blue-green.block11.json", "used"),
    (
        "ecs_service",
        "amazon-ecs-developer-guide__deployment-type-external.block1.json",
        "refused CUT0211 CUT0211 CUT0221 CUT0221",
    ),
    ("ecs_service", "botocore__ecs-CreateService.1.input.json", "refused CUT0221 CUT0221"),
    (
        "ecs_service",
        "cloud-custodian__test_ecs_service_network_location_filter_sg-ecs.DescribeServices_1.json",
        "refused CUT0221 CUT0221",
    ),
    (
        "ecs_service",
        "cloud-custodian__test_ecs_service_update-ecs.DescribeServices_2.json",
        "refused CUT0221 CUT0221",
    ),
    (
        "ecs_service",
        "aws-ecs-bluegreen-deployment-sample__create-service.json",
        "used CUT0204 CUT0204 CUT0204",
    ),
    ("task_definition", "cookiecutter-django-ecs-github__aws-task-definition.json", "used"),
    ("task_definition", "ecs-bg-external-controller__TaskDefinition.template.json", "used"),
    ("task_definition", "aws-cli__register-task-definition.block2.json", "used"),
    ("task_definition", "amazon-ecs-developer-guide__create-blue-green.block9.json", "used"),
    ("task_definition", "aws-ecs-bluegreen-deployment-sample__taskdef.json", "used"),
];

fn corpus() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/corpus")
}

/// Every document of the corpus: its folder, its name, its bytes; by name.
fn documents() -> Vec<(String, String, Vec<u8>)> {
    let names = |path: &Path| {
        let entries = fs::read_dir(path).expect("a folder of the corpus");
        let mut names = entries
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect::<Vec<_>>();
        names.sort();
        names
    };
    let mut documents = Vec::new();
    for folder in names(&corpus()) {
        let path = corpus().join(&folder);
        if folder == "traffic" || !path.is_dir() {
            continue;
        }
        for name in names(&path) {
            let bytes = fs::read(path.join(&name)).expect("a file of the corpus");
            documents.push((folder.clone(), name, bytes));
        }
    }
    documents
}

/// Reads a document as the kind of its folder; whether it yields something.
fn document(folder: &str, node: &Node, sources: &mut Sources, to: &mut Diagnostics) -> bool {
    recognise(node);
    let field = Field::new(folder, node);
    match folder {
        "appspec_ec2" | "appspec_ec2_agent_cases" => host_app_spec(field, to).is_some(),
        "appspec_ecs" | "deployment" => app_spec(field, sources, to).is_some(),
        "appspec_lambda" => lambda_app_spec(field, sources, to).is_some(),
        "autoscaling" => scaling::documents(field, to).is_some(),
        "deployment_group" => match group_platform(node) {
            ComputePlatform::Ecs => deployment_group(field, None, to).is_some(),
            ComputePlatform::Lambda => lambda_group(field, None, to).is_some(),
            ComputePlatform::Server => host_group(field, None, to).is_some(),
        },
        "cloudformation" => sam_template(field, None, to).is_some(),
        "deployment_config" => match platform_of(node) {
            ComputePlatform::Server => host_config(field, to).is_some(),
            platform => deployment_config(field, platform, to).is_some(),
        },
        "ecs_service" => service(field, None, DeploymentControllerType::CodeDeploy, to).is_some(),
        "task_definition" => task_definition(field, to).is_some(),
        "alarm" => alarms(field, None, to).is_some(),
        _ => panic!("no reader for `{folder}`"),
    }
}

/// `used` or `refused`, and the codes of errors and warnings.
fn outcome(folder: &str, name: &str, bytes: Vec<u8>) -> (String, String) {
    let (mut sources, mut to) = (Sources::new(), Diagnostics::new());
    let node = read(name, bytes, &mut sources, &mut to);
    let found = node.is_some_and(|node| document(folder, &node, &mut sources, &mut to));
    let used = found && !to.has_errors();
    to.sort();
    let told = to.iter().filter(|d| d.severity != Severity::Note).map(|d| d.code.number());
    let mut codes = told.collect::<Vec<_>>();
    codes.sort_unstable();
    let word = if used { "used" } else { "refused" };
    let outcome = std::iter::once(word).chain(codes).collect::<Vec<_>>().join(" ");
    (outcome, render::terminal_all(&to, &sources, false))
}

#[test]
fn every_document_is_used_or_refused_as_the_table_says() {
    let mut wrong = Vec::new();
    for (folder, name, bytes) in documents() {
        let (found, drawn) = outcome(&folder, &name, bytes);
        let row = EXPECTED
            .iter()
            .find(|(of, end, _)| *of == folder && name.ends_with(&format!("__{end}")));
        if row.map(|(.., expected)| *expected) != Some(&found[..]) {
            wrong.push(format!("    (\"{folder}\", \"{name}\", \"{found}\"),\n{drawn}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

// ---- the page ------------------------------------------------------------------------------------

/// What is counted of one folder: used without a word, used with warnings, refused; and the codes of both.
#[derive(Default)]
struct Fate {
    used: usize,
    warned: usize,
    refused: usize,
    codes: BTreeMap<Code, usize>,
}

fn fates() -> BTreeMap<String, Fate> {
    let mut fates: BTreeMap<String, Fate> = BTreeMap::new();
    for (folder, name, bytes) in documents() {
        let (outcome, _) = outcome(&folder, &name, bytes);
        let fate = fates.entry(folder).or_default();
        let mut words = outcome.split(' ');
        let is_used = words.next() == Some("used");
        // Each code once a document, however often it is told of it.
        let codes: BTreeSet<Code> = words.filter_map(Code::find).collect();
        match (is_used, codes.is_empty()) {
            (true, true) => fate.used += 1,
            (true, false) => fate.warned += 1,
            (false, _) => fate.refused += 1,
        }
        for code in codes {
            *fate.codes.entry(code).or_default() += 1;
        }
    }
    fates
}

/// The folders of the corpus, in words.
const FOLDERS: &[(&str, &str)] = &[
    ("alarm", "CloudWatch alarms"),
    ("appspec_ec2", "AppSpecs for EC2 and on-premises"),
    ("appspec_ec2_agent_cases", "cases of the CodeDeploy agent's own tests"),
    ("appspec_ecs", "AppSpecs for Amazon ECS"),
    ("appspec_lambda", "AppSpecs for AWS Lambda"),
    ("autoscaling", "Application Auto Scaling"),
    ("cloudformation", "templates of AWS SAM"),
    ("deployment", "deployments"),
    ("deployment_config", "deployment configurations"),
    ("deployment_group", "deployment groups"),
    ("ecs_service", "ECS services and task sets"),
    ("task_definition", "task definitions"),
];

fn page() -> String {
    let mut page = "\
# Documents

<!-- Written by `UPDATE=1 cargo test --test corpus` from the readers and `tests/data/corpus`: change it there. -->

A document is known by its content, not by its name, and in every envelope of the API: what is put, what is answered, one or
several. `cutover import` takes any of them, `cutover check` those that a scenario names. What becomes of a document is one
of three: it is used; it is used, and a warning names what is odd about it; it is refused, and an error names the place, what
was found and how to mend it.

## What is told apart

| document | what to do with it |
|---|---|
"
    .to_string();
    for kind in Kind::ALL {
        let help = kind.help().unwrap_or("not used: `cutover import` says what it is");
        writeln!(page, "| {} | {help} |", kind.words()).expect("memory");
    }
    page += "
## What becomes of documents that strangers wrote

Counted over the documents in [tests/data/corpus](../../tests/data/corpus/README.md), of which many are templates, fragments of
pages, recordings of failures, or faulty on purpose. A code is counted once a document; what it means stands in
[diagnostics.md](diagnostics.md).

| documents | used | used with a warning | refused | codes |
|---|---|---|---|---|
";
    for (folder, fate) in fates() {
        let (_, words) =
            FOLDERS.iter().find(|(name, _)| *name == folder).expect("a folder in words");
        let codes = fate.codes.iter().map(|(code, count)| {
            let link = code.number().to_lowercase();
            let severity = code.severity().name();
            format!("{severity} [{code}](diagnostics.md#{link}) {} ({count})", code.title())
        });
        let codes = codes.collect::<Vec<_>>().join("; ");
        let Fate { used, warned, refused, .. } = fate;
        writeln!(page, "| {words} | {used} | {warned} | {refused} | {codes} |").expect("memory");
    }
    page
}

#[test]
fn the_page_says_what_becomes_of_every_kind() {
    let mut kept = Kept::new();
    kept.holds("docs/reference/documents.md", page().as_bytes());
    kept.judge();
}

#[test]
fn no_row_of_the_table_is_without_its_document() {
    let documents = documents();
    assert_eq!(documents.len(), EXPECTED.len());
}

/// What the agent's own tests say of a file: accepted, or the words that its refusal and ours share.
const AGENT: &[(&str, Option<&str>)] = &[
    ("case01", Some("empty")),
    ("case03", Some("version")),
    ("case05", Some("file_exists_behavior")),
    ("case07", Some("unsupported")),
    ("case09", None),
    ("case11", None),
    ("case13", None),
    ("case15", Some("location")),
    ("case17", None),
    ("case19", Some("destination")),
    ("case21", Some("object")),
    ("case23", None),
    ("case25", Some("except")),
    ("case27", None),
    ("case29", Some("directories only")),
    ("case31", Some("entry")),
    ("case33", Some("invalid:u:bob:7:rwx")),
    ("case35", Some("d:d:bob:7:rwx")),
    ("case37", Some("d:other:name:rwx")),
    ("case39", None),
    ("case41", None),
    ("case43", Some("s3-")),
];

/// AWS's agent and the reader come to one verdict, for one cause. The agent looks at patterns, exceptions and default
/// entries when it is at a file (cases 25, 29); the reader, which sees no files, warns.
#[test]
fn the_agent_and_the_reader_judge_alike() {
    let index = fs::read_to_string(corpus().join("INDEX.csv")).expect("the index");
    let documents = documents().into_iter().filter(|(kind, ..)| kind == "appspec_ec2_agent_cases");
    let documents: Vec<_> = documents.collect();
    assert_eq!(documents.len(), AGENT.len());
    for (folder, name, bytes) in documents {
        let note = index.lines().find(|line| line.contains(&name)).expect("its row");
        let (_, cause) = AGENT.iter().find(|(case, _)| name.contains(case)).expect("its line");
        let (found, drawn) = outcome(&folder, &name, bytes);
        match cause {
            None => {
                assert!(note.contains("accepted by the agent"), "{note}");
                // What it would refuse for a file it accepts for a directory.
                assert!(
                    found == "used" || found == "used CUT0236 CUT0236",
                    "{name}: {found}\n{drawn}"
                );
            }
            Some(cause) => {
                assert!(note.contains("must fail with") && note.contains(cause), "{note}");
                assert!(found != "used" && drawn.contains(cause), "{name}: {found}\n{drawn}");
                let is_of_files = found == "used CUT0236";
                let expected = name.contains("case25") || name.contains("case29");
                assert_eq!(is_of_files, expected, "{name}: {found}");
            }
        }
    }
}

/// How many nodes a tree has.
fn size(node: &Node) -> usize {
    let below = match &node.value {
        Value::List(items) => items.iter().map(size).sum(),
        Value::Map(entries) => entries.iter().map(|(_, node)| size(node)).sum(),
        _ => 0,
    };
    1 + below
}

/// Puts a value in the place of node number `at`, counted from the root.
fn replace(node: &mut Node, at: &mut usize, value: &Value) {
    if *at == 0 {
        node.value = value.clone();
    }
    *at = at.wrapping_sub(1);
    match &mut node.value {
        _ if *at == usize::MAX => {}
        Value::List(items) => items.iter_mut().for_each(|item| replace(item, at, value)),
        Value::Map(entries) => entries.iter_mut().for_each(|(_, node)| replace(node, at, value)),
        _ => {}
    }
}

/// Values that stand where others are meant.
fn intruder(choice: u8, span: Span) -> Value {
    let text = |text: &str| Value::Text { text: text.into(), quoted: true };
    let node = |value| Node::new(value, span);
    match choice % 12 {
        0 => Value::Null,
        1 => Value::Bool(true),
        2 => Value::Number("-1".into()),
        3 => Value::Number("99999999999999999999".into()),
        4 => Value::Number("1.5".into()),
        5 => text(""),
        6 => text("<NAME>"),
        7 => text("arn:aws:ecs:eu-west-1:123456789012:cluster/"),
        8 => Value::List(Vec::new()),
        9 => Value::List(vec![node(text("a")), node(Value::Null)]),
        10 => Value::Map(Vec::new()),
        _ => Value::Map(vec![(Key { name: "name".into(), span }, node(text("größe")))]),
    }
}

/// The documents, read once.
static DOCUMENTS: LazyLock<Vec<(String, String, Vec<u8>)>> = LazyLock::new(documents);

/// What cannot be used has been told as an error; all that is told has its place, and can be drawn.
fn reads_or_tells(
    folder: &str,
    name: &str,
    node: Option<Node>,
    mut sources: Sources,
    mut to: Diagnostics,
) {
    let found = node.is_some_and(|node| document(folder, &node, &mut sources, &mut to));
    assert!(found || to.has_errors(), "{folder}/{name} is refused in silence");
    to.sort();
    for told in &to {
        assert!(told.span.is_some(), "{folder}/{name}: {} has no place: {}", told.code, told.title);
        render::json(told, &sources);
    }
    render::terminal_all(&to, &sources, true);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_document_with_some_values_exchanged_is_read_or_told(
        which in any::<prop::sample::Index>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let (folder, name, bytes) = &DOCUMENTS[which.index(DOCUMENTS.len())];
        let (mut sources, mut to) = (Sources::new(), Diagnostics::new());
        let mut node = read(name, bytes.clone(), &mut sources, &mut to);
        if let Some(node) = &mut node {
            for (index, choice) in edits {
                let value = intruder(choice, node.span);
                replace(node, &mut index.index(size(node)), &value);
            }
        }
        reads_or_tells(folder, name, node, sources, to);
    }

    #[test]
    fn a_document_with_some_bytes_changed_is_read_or_told(
        which in any::<prop::sample::Index>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_usize), 1..6),
    ) {
        let (folder, name, bytes) = &DOCUMENTS[which.index(DOCUMENTS.len())];
        let mut bytes = bytes.clone();
        for (index, byte, removed) in edits {
            let at = index.index(bytes.len().max(1));
            let end = (at + removed).min(bytes.len());
            bytes.splice(at..end, [byte]);
        }
        let (mut sources, mut to) = (Sources::new(), Diagnostics::new());
        let node = read(name, bytes, &mut sources, &mut to);
        reads_or_tells(folder, name, node, sources, to);
    }

    #[test]
    fn a_document_with_lines_swapped_doubled_or_cut_off_is_read_or_told(
        which in any::<prop::sample::Index>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0..3_u8), 1..6),
    ) {
        let (folder, name, bytes) = &DOCUMENTS[which.index(DOCUMENTS.len())];
        let mut lines: Vec<&[u8]> = bytes.split_inclusive(|&byte| byte == b'\n').collect();
        for (one, other, edit) in edits {
            let count = lines.len();
            if count == 0 {
                break;
            }
            let (one, other) = (one.index(count), other.index(count));
            match edit {
                0 => lines.swap(one, other),
                // A key that is there twice, if it is a line of its own.
                1 => lines.insert(one, lines[one]),
                _ => {
                    // Cut off within a line, as a download that broke off.
                    lines.truncate(one + 1);
                    let last = lines[one];
                    lines[one] = &last[..other % (last.len() + 1)];
                }
            }
        }
        let (mut sources, mut to) = (Sources::new(), Diagnostics::new());
        let node = read(name, lines.concat(), &mut sources, &mut to);
        reads_or_tells(folder, name, node, sources, to);
    }
}
