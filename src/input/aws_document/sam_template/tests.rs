//! Templates of SAM by example.

use super::*;
use crate::input::aws_document::told::{changed, told as read_told};
use crate::scenario::traffic_routing::TrafficRouting;

const GOOD: &str = "\
Transform: AWS::Serverless-2016-10-31
Parameters:
  Shift: { Type: String, Default: Canary10Percent5Minutes }
  Stage: { Type: String }
Globals: { Function: { Timeout: 20 } }
Resources:
  Checkout:
    Type: AWS::Serverless::Function
    Properties:
      AutoPublishAlias: live
      MemorySize: 512
      ReservedConcurrentExecutions: 50
      ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 5 }
      DeploymentPreference:
        Type: !Ref Shift
        Alarms: [!Ref Errors, others]
        Hooks: { PreTraffic: !Ref Check, PostTraffic: smoke }
        TriggerConfigurations:
          - { TriggerName: t, TriggerTargetArn: 'arn:aws:sns:eu-west-1:1:t', TriggerEvents: [DeploymentFailure] }
  Check:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: CodeDeployHook_check, DeploymentPreference: { Enabled: false } }
  Errors:
    Type: AWS::CloudWatch::Alarm
    Properties:
      Namespace: AWS/Lambda
      Dimensions: [{ Name: FunctionName, Value: !Ref Checkout }]
      AlarmActions: [!Ref Topic]
  Own:
    Type: AWS::CodeDeploy::DeploymentConfig
    Properties:
      DeploymentConfigName: !Ref Stage
      ComputePlatform: Lambda
      TrafficRoutingConfig: { Type: TimeBasedLinear, TimeBasedLinear: { LinearInterval: 1, LinearPercentage: 50 } }
";

fn read(text: &str) -> (Option<SamTemplate>, Vec<String>) {
    read_told(text, |field, _, to| sam_template(field, None, to))
}

/// The good template with one change earns this, and has one deployment.
#[track_caller]
fn check(from: &str, to: &str, expected: &[&str]) -> SamDeployment {
    template(from, to, expected).deployments.remove(0)
}

#[track_caller]
fn template(from: &str, to: &str, expected: &[&str]) -> SamTemplate {
    let (found, lines) = read(&changed(GOOD, from, to));
    assert_eq!(lines, expected, "{to}");
    let found = found.expect("deployments");
    assert_eq!(found.deployments.len(), 1);
    found
}

fn config_name(found: &SamDeployment) -> Option<&str> {
    match &found.config {
        Some(SamConfig::Named(name)) => Some(&name.value),
        _ => None,
    }
}

/// CD-LAM-3.
#[test]
fn a_preference_says_how_traffic_moves_and_who_watches() {
    let found = check("live", "live", &[]);
    let name = |name: &Option<Spanned<String>>| name.as_ref().map(|name| name.value.clone());
    assert_eq!((&found.logical_id.value[..], &found.function[..]), ("Checkout", "Checkout"));
    assert_eq!(name(&found.alias).as_deref(), Some("live"));
    assert_eq!(config_name(&found), Some("CodeDeployDefault.LambdaCanary10Percent5Minutes"));
    assert_eq!(name(&found.pre_traffic).as_deref(), Some("CodeDeployHook_check"));
    assert_eq!(name(&found.post_traffic).as_deref(), Some("smoke"));
    assert_eq!(found.triggers.len(), 1);
    let sizes = (found.reserved_concurrency, found.provisioned_concurrency, found.memory_mib);
    assert_eq!(sizes, (Some(50), Some(5), Some(512)));
    assert_eq!(found.timeout, Some(SimDuration::from_secs(20)));
    let names = found.alarms.iter().map(|alarm| &alarm.value[..]).collect::<Vec<_>>();
    assert_eq!(names, ["Errors", "others"]);
}

#[test]
fn alarms_of_the_template_are_documents_with_the_names_of_functions_put_in() {
    let found = template("live", "live", &[]).alarms;
    let [errors] = &found[..] else { panic!("{found:?}") };
    assert_eq!((&errors.logical_id.value[..], &errors.name[..]), ("Errors", "Errors"));
    let document = errors.document.as_ref().expect("a document");
    let value = document.key("Dimensions").and_then(|list| list.items()?[0].key("Value")?.scalar());
    assert_eq!(value, Some("Checkout"));
    assert_eq!(document.key("AlarmName").and_then(Node::scalar), Some("Errors"));
    assert_eq!(document.key("AlarmActions"), None);
    let own = "Namespace: AWS/Lambda\n      AlarmName: !Sub '${Shift}-errors'";
    let found = template("Namespace: AWS/Lambda", own, &[]);
    assert_eq!(found.deployments[0].alarms[0].value, "Canary10Percent5Minutes-errors");
    assert_eq!(found.alarms[0].name, "Canary10Percent5Minutes-errors");
    assert_eq!(template("!Ref Errors, ", "", &[]).alarms, []);
}

/// CD-CFG-2.
#[test]
fn types_are_short_names_of_aws_or_configurations_of_ones_own() {
    for (written, expected) in [
        ("AllAtOnce", "CodeDeployDefault.LambdaAllAtOnce"),
        ("Linear10PercentEvery1Minute", "CodeDeployDefault.LambdaLinear10PercentEvery1Minute"),
        ("slowly", "slowly"),
    ] {
        assert_eq!(config_name(&check("!Ref Shift", written, &[])), Some(expected));
    }
    let found = check("!Ref Shift", "!Ref Own", &[]);
    let Some(SamConfig::Described(config)) = found.config else { panic!("{:?}", found.config) };
    assert_eq!(
        config.traffic_routing,
        TrafficRouting::Linear { percentage: 50, interval_minutes: 1 }
    );
    assert_eq!(config.name, None);
}

#[test]
fn what_only_cloud_formation_knows_is_told_with_its_place() {
    let title = "CUT0239 at `!Ref Stage`: `Type` is `Ref Stage`, which the template does not tell";
    assert_eq!(check("!Ref Shift", "!Ref Stage", &[title]).config, None);
    let title = "CUT0239 at `!Ref Stage`: `AutoPublishAlias` is `Ref Stage`, which the template does not tell";
    assert_eq!(check("Alias: live", "Alias: !Ref Stage", &[title]).alias, None);
    let title =
        "CUT0239 at `!Ref Stage`: `Alarms[1]` is `Ref Stage`, which the template does not tell";
    assert_eq!(check("others", "!Ref Stage", &[title]).alarms.len(), 1);
    let title = "CUT0239 at `!GetAtt Checkout.Arn`: the alarm `Errors` says what the template does not tell";
    let found = template("!Ref Checkout", "!GetAtt Checkout.Arn", &[title]);
    assert_eq!(found.alarms[0].document, None);
    let title =
        "CUT0239 at `!Ref Topic`: `TriggerConfigurations` names what the template does not tell";
    assert_eq!(check("'arn:aws:sns:eu-west-1:1:t'", "!Ref Topic", &[title]).triggers, []);
}

#[test]
fn what_sam_refuses_is_refused() {
    let title = "CUT0240 at `Errors`: `Alarms` is no list";
    check("[!Ref Errors, others]", "Errors", &[title]);
    let title = "CUT0240 at `DeploymentPreference`: `DeploymentPreference` has no `Type`";
    check("        Type: !Ref Shift\n", "", &[title]);
    let title =
        "CUT0240 at `DeploymentPreference`: `Checkout` has a preference and no `AutoPublishAlias`";
    check("      AutoPublishAlias: live\n", "", &[title]);
    let off = changed(GOOD, "Type: !Ref Shift", "Enabled: false");
    let (found, lines) = read(&off);
    assert!(found.is_none() && lines.len() == 1, "{lines:?}");
    assert!(
        lines[0].ends_with("`document` has no function with a `DeploymentPreference`"),
        "{lines:?}"
    );
    let many = (0..501).map(|n| format!("  R{n}: {{ Type: 'AWS::SNS::Topic' }}\n"));
    let many = format!("Resources:\n{}", many.collect::<String>());
    let title = "CUT0240 at `R500`: the template has more than 500 resources";
    assert_eq!(read(&many), (None, vec![title.to_string()]));
    let (found, lines) = read("version: 0.0\nos: linux\n");
    assert!(found.is_none() && lines[0].starts_with("CUT0202"), "{lines:?}");
}
