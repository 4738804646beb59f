//! A template of AWS SAM in the place of what a scenario says of its function.

use std::path::Path;

use cutover::aws::name::ErrorCode;
use cutover::diagnostic::render;
use cutover::input::load;
use cutover::input::source::MemorySource;
use cutover::scenario::Scenario;

use crate::support::play;

const TEMPLATE: &str = "\
Transform: AWS::Serverless-2016-10-31
Parameters: { Shift: { Type: String, Default: Linear10PercentEvery1Minute } }
Resources:
  Checkout:
    Type: AWS::Serverless::Function
    Properties:
      AutoPublishAlias: live
      Timeout: 20
      ReservedConcurrentExecutions: 50
      ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 5 }
      DeploymentPreference:
        Type: !Ref Shift
        Alarms: [!Ref Errors]
        Hooks: { PreTraffic: !Ref Check }
  Check: { Type: 'AWS::Serverless::Function', Properties: { FunctionName: CodeDeployHook_check } }
  Errors:
    Type: AWS::CloudWatch::Alarm
    Properties:
      Namespace: AWS/Lambda
      MetricName: Errors
      Dimensions:
        - { Name: FunctionName, Value: !Ref Checkout }
        - { Name: Resource, Value: !Sub '${Checkout}:live' }
        - { Name: ExecutedVersion, Value: !GetAtt Checkout.Version.Version }
      Statistic: Sum
      Period: 60
      EvaluationPeriods: 1
      Threshold: 1
      ComparisonOperator: GreaterThanOrEqualToThreshold
      TreatMissingData: notBreaching
";

const REST: &str = "\
traffic: { rate: 50/s }
revisions: { original: { errors: 0% }, replacement: { errors: 10% } }
hooks: { BeforeAllowTraffic: { duration: 3s } }
assumptions: { preset: ideal }
";

/// The scenario of a template with these resources and lines besides, and everything that is told of it.
fn read(resources: &str, lines: &str, template: &str) -> (Option<Scenario>, String) {
    let scenario =
        format!("cutover: 1\nresources: {{ template: template.yaml{resources} }}\n{lines}{REST}");
    let source =
        MemorySource::new().with("test.yaml", scenario).with("template.yaml", template.to_owned());
    let loaded = load(Path::new("test.yaml"), &[], &source);
    let told = render::terminal_all(&loaded.diagnostics, &loaded.sources, false);
    (loaded.scenario, told)
}

fn accepted(resources: &str, lines: &str, template: &str) -> Scenario {
    let (scenario, told) = read(resources, lines, template);
    scenario.unwrap_or_else(|| panic!("{told}"))
}

/// CD-LAM-1, CD-LAM-3, CD-CFG-2, CD-RBC-4: everything of the deployment is the template's.
#[test]
fn a_template_says_what_is_deployed_and_how() {
    let scenario = accepted("", "", TEMPLATE);
    let function = scenario.function().expect("a function");
    assert_eq!((function.qualified(), function.version), ("Checkout:live".into(), 1));
    assert_eq!(function.timeout.as_millis(), 20_000);
    assert_eq!((function.reserved_concurrency, function.alias_provisioned), (Some(50), 5));
    let first = scenario.first_deployment();
    assert_eq!(first.config_name, "CodeDeployDefault.LambdaLinear10PercentEvery1Minute");
    let rollback = first.auto_rollback;
    assert!(rollback.on_failure && rollback.on_alarm && rollback.on_request);
    assert!(first.hooks.iter().any(Option::is_some), "the function before the shift is bound");
    let run = play(&scenario, 1, 0);
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 60 Stopped");
    assert_eq!(run.course(0).error.map(|it| it.code), Some(ErrorCode::AlarmActive));
    assert_eq!(run.events()[0], "BeforeAllowTraffic 0-3 Succeeded");
}

/// What the scenario says itself goes before the template, key by key.
#[test]
fn a_scenario_overrules_its_template() {
    let lines = "deployment:\n  deploymentConfigName: CodeDeployDefault.LambdaAllAtOnce\n  \
                 deploymentGroup: { autoRollbackConfiguration: { enabled: false } }\n";
    let scenario = accepted(", function: { Timeout: 9 }", lines, TEMPLATE);
    assert_eq!(scenario.function().expect("a function").timeout.as_millis(), 9000);
    let first = scenario.first_deployment();
    assert_eq!(first.config_name, "CodeDeployDefault.LambdaAllAtOnce");
    assert!(!first.auto_rollback.on_failure);
    assert_eq!(scenario.monitoring.alarms.len(), 1);
}

/// Story F38: of several functions one is deployed, and it has to be named.
#[test]
fn one_of_several_functions_is_named() {
    let second = "  Cart:\n    Type: AWS::Serverless::Function\n    Properties: { AutoPublishAlias: live, \
                  DeploymentPreference: { Type: AllAtOnce, Hooks: { PreTraffic: !Ref Check } } }\n";
    let two = TEMPLATE.replace("  Check: {", &format!("{second}  Check: {{"));
    let (scenario, told) = read("", "", &two);
    assert!(scenario.is_none());
    assert!(told.contains("deploys 2 functions gradually") && told.contains("`Cart`"), "{told}");
    assert!(!told.contains("`service`"), "told once: {told}");
    let scenario = accepted(", templateFunction: Cart", "", &two);
    assert_eq!(scenario.function().expect("a function").name, "Cart");
    let (_, told) = read(", templateFunction: Crt", "", &two);
    assert!(told.contains("no function `Crt`"), "{told}");
}

/// What only CloudFormation knows is told, and the rest is used.
#[test]
fn what_a_template_does_not_tell_is_told() {
    let arn = TEMPLATE.replace("Value: !Ref Checkout", "Value: !GetAtt Checkout.Arn");
    let (scenario, told) = read("", "", &arn);
    assert!(told.contains("CUT0239") && told.contains("CUT0306"), "{told}");
    assert!(scenario.is_some(), "{told}");
    let own = TEMPLATE.replace("!Ref Shift", "!Ref Own")
        + "  Own:\n    Type: AWS::CodeDeploy::DeploymentConfig\n    Properties:\n      ComputePlatform: Lambda\n      \
           TrafficRoutingConfig: { Type: TimeBasedCanary, TimeBasedCanary: { CanaryInterval: 2, CanaryPercentage: 50 } }\n";
    let first = accepted("", "", &own);
    let steps: Vec<u8> =
        first.first_deployment().traffic_routing.steps().map(|it| it.percent).collect();
    assert_eq!(steps, [50, 100]);
    let (scenario, told) = read("", "", "Transform: AWS::Serverless-2016-10-31\nResources: {}\n");
    assert!(scenario.is_none() && told.contains("CUT0240"), "{told}");
}
