//! Requests that AWS would refuse: each is one change to a good scenario, told with AWS's exception, the place and
//! a way to mend it.

use std::path::Path;

use cutover::diagnostic::{Diagnostic, Severity};
use cutover::input::source::MemorySource;
use cutover::input::{Loaded, load};

use crate::support::scenario;

const GOOD: &str = r#"cutover: 1
deployment:
  description: release 7
  ignoreApplicationStopFailures: false
  updateOutdatedInstancesOnly: false
  deploymentConfigName: own-canary
  deploymentConfig:
    deploymentConfigName: own-canary
    computePlatform: ECS
    trafficRoutingConfig:
      type: TimeBasedCanary
      timeBasedCanary:
        canaryPercentage: 10
        canaryInterval: 5
  deploymentGroup:
    applicationName: shop
    deploymentGroupName: shop-web
    computePlatform: ECS
    ecsServices:
      - serviceName: web
        clusterName: production
    deploymentStyle:
      deploymentType: BLUE_GREEN
      deploymentOption: WITH_TRAFFIC_CONTROL
    loadBalancerInfo:
      targetGroupPairInfoList:
        - targetGroups:
            - name: blue
            - name: green
          prodTrafficRoute:
            listenerArns: ["arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shop/50dc/1"]
          testTrafficRoute:
            listenerArns: ["arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shop/50dc/2"]
    blueGreenDeploymentConfiguration:
      deploymentReadyOption:
        actionOnTimeout: STOP_DEPLOYMENT
        waitTimeInMinutes: 30
      terminateBlueInstancesOnDeploymentSuccess:
        action: TERMINATE
        terminationWaitTimeInMinutes: 5
    autoRollbackConfiguration:
      enabled: true
      events: [DEPLOYMENT_FAILURE]
    alarmConfiguration:
      ignorePollAlarmFailure: false
      enabled: true
      alarms: [{ name: errors }]
    triggerConfigurations: [TRIGGER]
  revision:
    version: 0.0
    Resources:
      - TargetService:
          Type: AWS::ECS::Service
          Properties:
            TaskDefinition: arn:aws:ecs:eu-west-1:123456789012:task-definition/web:7
            LoadBalancerInfo:
              ContainerName: web
              ContainerPort: 8080
            PlatformVersion: LATEST
            NetworkConfiguration:
              AwsvpcConfiguration:
                Subnets: [subnet-1]
                SecurityGroups: [sg-1]
                AssignPublicIp: DISABLED
    Hooks:
      - AfterAllowTestTraffic: smoke-test
resources:
  service:
    serviceName: web
    cluster: production
    desiredCount: 2
    launchType: FARGATE
    schedulingStrategy: REPLICA
    deploymentController:
      type: CODE_DEPLOY
    loadBalancers:
      - targetGroupArn: arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/blue/1a
        containerName: web
        containerPort: 8080
  taskDefinition:
    containerDefinitions:
      - name: web
  targetGroups:
    - TargetGroupName: blue
      LoadBalancerArns: ["arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/shop/50dc"]
    - TargetGroupName: green
      LoadBalancerArns: []
"#;

const TRIGGER: &str = "{ triggerName: ops, triggerTargetArn: 'arn:aws:sns:eu-west-1:1:ops', \
                       triggerEvents: [DeploymentFailure] }";

/// The good scenario with each of some texts replaced by another.
fn changed(changes: &[(&str, &str)]) -> String {
    let mut text = GOOD.replace("TRIGGER", TRIGGER);
    for (from, to) in changes {
        assert_eq!(text.matches(from).count(), 1, "`{from}` stands there once");
        text = text.replacen(from, to, 1);
    }
    text
}

fn read(text: &str) -> Loaded {
    let files = MemorySource::new().with("scenario.yaml", text);
    let mut loaded = load(Path::new("scenario.yaml"), &[], &files);
    loaded.diagnostics.sort();
    loaded
}

fn errors(loaded: &Loaded) -> Vec<&Diagnostic> {
    loaded.diagnostics.iter().filter(|told| told.severity == Severity::Error).collect()
}

/// With these changes the scenario is refused once: with this code and this exception of AWS, at the line on
/// which `place` stands first, and with a way to mend it.
fn refused_with(changes: &[(&str, &str)], code: &str, exception: &str, place: &str) {
    let text = changed(changes);
    let line = 1 + text.lines().position(|line| line.contains(place)).expect("the place is there");
    let loaded = read(&text);
    let told = errors(&loaded);
    assert!(loaded.scenario.is_none() && told.len() == 1, "{changes:?}: {told:#?}");
    let found = told[0].span.map(|span| loaded.sources.position(span).line);
    let refusal = told[0].refusal.map_or("nothing", |refusal| refusal.exception);
    assert_eq!(
        (told[0].code.number(), refusal, found),
        (code, exception, Some(line)),
        "{changes:?}: {}",
        told[0].title
    );
    let mends = told[0].help.is_some()
        || told[0].label.contains("needed here")
        || told[0].title.contains("not one of");
    assert!(mends, "{changes:?}: {} has no help", told[0].title);
}

fn refused(from: &str, to: &str, code: &str, exception: &str, place: &str) {
    refused_with(&[(from, to)], code, exception, place);
}

/// With this change the scenario can be played.
fn accepted(from: &str, to: &str) {
    let loaded = read(&changed(&[(from, to)]));
    assert!(loaded.scenario.is_some(), "{from} -> {to}: {:#?}", errors(&loaded));
}

/// CD-ECS-1, CD-ECS-2, CD-ECS-3, CD-ECS-5: what a deployment group and an AppSpec declare, nothing more, nothing less.
#[test]
fn a_good_request_is_accepted() {
    let loaded = read(&changed(&[]));
    assert_eq!(errors(&loaded), Vec::<&Diagnostic>::new());
    let scenario = loaded.scenario.expect("it can be played");
    assert_eq!(scenario.first_deployment().application, "shop");
    assert!(scenario.balancer().has_test_listener);
    // The test listener, the alarms and the triggers are optional, and so is the AppSpec's version.
    let text = changed(&[]);
    let from = text.find("          testTrafficRoute").expect("it is there");
    let to = text.find("    blueGreen").expect("it is there");
    let without = format!("{}{}", &text[..from], &text[to..]);
    assert!(read(&without).scenario.is_some());
}

// ---- names ------------------------------------------------------------------------------------------

/// CD-VAL-1, CD-VAL-2, CD-VAL-5, CD-VAL-19: names have 1 to 100 characters of the permitted ones.
#[test]
fn names_are_those_that_code_deploy_takes() {
    let group = "InvalidDeploymentGroupNameException";
    let config = "InvalidDeploymentConfigNameException";
    for (key, exception) in [
        ("applicationName: shop", "InvalidApplicationNameException"),
        ("GroupName: shop-web", group),
    ] {
        let (key, name) = key.split_once(' ').expect("a key and its value");
        let (from, named) = (format!("{key} {name}\n"), |name: &str| format!("{key} {name}\n"));
        accepted(&from, &named(&"n".repeat(100)));
        accepted(&from, &named("a.b_c+d=e,f@g-h"));
        for bad in [&"n".repeat(101), "shop/web", "shop web", "grün", "\"\""] {
            refused(&from, &named(bad), "CUT0225", exception, key);
        }
    }
    let own = |name: &str| {
        let line = format!("deploymentConfigName: {name}\n");
        let first = (
            "  deploymentConfigName: own-canary\n  deploymentConfig:",
            format!("  {line}  deploymentConfig:"),
        );
        let second = (
            "    deploymentConfigName: own-canary\n    computePlatform",
            format!("    {line}    computePlatform"),
        );
        read(&changed(&[(first.0, &first.1), (second.0, &second.1)]))
    };
    assert!(own(&"n".repeat(100)).scenario.is_some());
    let long = own(&"n".repeat(101));
    let told = errors(&long);
    assert_eq!(told.len(), 2, "where it is named and where it is described: {told:#?}");
    assert!(
        told.iter().all(|told| told.refusal.is_some_and(|refusal| refusal.exception == config))
    );
}

/// CD-VAL-6: names of service and cluster.
#[test]
fn the_service_of_a_group_is_named_as_ecs_names_it() {
    let exception = "InvalidECSServiceException";
    for bad in ["we b", "web.api", "\"\""] {
        let code = if bad == "\"\"" { "CUT0113" } else { "CUT0221" };
        refused(
            "- serviceName: web",
            &format!("- serviceName: {bad}"),
            code,
            exception,
            "- serviceName",
        );
    }
    refused("clusterName: production", "clusterName: a/b", "CUT0221", exception, "clusterName");
    refused(
        "      - serviceName: web\n        clusterName",
        "      - clusterName",
        "CUT0102",
        exception,
        "- clusterName",
    );
    refused(
        "      - serviceName: web\n        clusterName: production\n",
        "      []\n",
        "CUT0221",
        exception,
        "      []",
    );
    let arn = "- serviceName: arn:aws:ecs:eu-west-1:123456789012:service/production/web";
    accepted("- serviceName: web", arn);
}

/// CD-ECS-8: one service a deployment group.
#[test]
fn a_group_has_one_service() {
    let two = "clusterName: production\n      - serviceName: other";
    refused(
        "clusterName: production",
        two,
        "CUT0221",
        "InvalidECSServiceException",
        "- serviceName: web",
    );
}

// ---- the revision -----------------------------------------------------------------------------------

/// CD-VAL-4, CD-ECS-11, CD-ECS-12: the AppSpec's properties, and keys in either case.
#[test]
fn the_properties_of_the_resource_are_complete() {
    let revision = |from: &str, to: &str, code, place| {
        refused(from, to, code, "InvalidRevisionException", place)
    };
    revision("AWS::ECS::Service", "AWS::ECS::TaskSet", "CUT0212", "Type: AWS");
    let arn = "arn:aws:ecs:eu-west-1:123456789012:task-definition/web:7";
    revision(arn, "web:7", "CUT0212", "TaskDefinition: web");
    revision(
        "            TaskDefinition: arn:aws:ecs:eu-west-1:123456789012:task-definition/web:7\n",
        "",
        "CUT0102",
        "Properties:",
    );
    revision("              ContainerName: web\n", "", "CUT0102", "            LoadBalancerInfo:");
    revision("              ContainerPort: 8080\n", "", "CUT0102", "            LoadBalancerInfo:");
    revision("ContainerPort: 8080", "ContainerPort: http", "CUT0205", "ContainerPort: http");
    revision("ContainerPort: 8080", "ContainerPort: 65536", "CUT0107", "ContainerPort: 65536");
    accepted("ContainerPort: 8080", "ContainerPort: 65535");
    revision("ContainerName: web", "ContainerName: wed", "CUT0303", "ContainerName: wed");
    accepted("TaskDefinition: arn", "taskdefinition: arn");
    accepted("    Resources:", "    resources:");
}

/// CD-ECS-11: Fargate alone has platform versions; a network is given whole or not at all.
#[test]
fn platform_version_and_network_fit() {
    let revision = |from: &str, to: &str, code, place| {
        refused(from, to, code, "InvalidRevisionException", place)
    };
    revision("launchType: FARGATE", "launchType: EC2", "CUT0212", "PlatformVersion: LATEST");
    revision("                SecurityGroups: [sg-1]\n", "", "CUT0212", "AwsvpcConfiguration");
    accepted("            PlatformVersion: LATEST\n", "");
    let whole = GOOD.find("            NetworkConfiguration").expect("it is there");
    let end = GOOD.find("    Hooks:").expect("it is there");
    accepted(&GOOD[whole..end], "");
}

/// CD-ECS-11: capacity providers: one base, some weight.
#[test]
fn capacity_providers_have_one_base_and_some_weight() {
    let providers = |providers: &str| {
        format!("PlatformVersion: LATEST\n            CapacityProviderStrategy: {providers}")
    };
    let revision = |written: &str| {
        let changed = providers(written);
        refused(
            "PlatformVersion: LATEST",
            &changed,
            "CUT0212",
            "InvalidRevisionException",
            "CapacityProviderStrategy",
        );
    };
    revision("[{ CapacityProvider: FARGATE }, { CapacityProvider: FARGATE_SPOT, Weight: 0 }]");
    revision(
        "[{ CapacityProvider: FARGATE, Base: 1, Weight: 1 }, { CapacityProvider: FARGATE_SPOT, Base: 1, Weight: 1 }]",
    );
    let good =
        "[{ CapacityProvider: FARGATE, Base: 1, Weight: 1 }, { CapacityProvider: FARGATE_SPOT }]";
    accepted("PlatformVersion: LATEST", &providers(good));
}

/// CD-VAL-4, CD-LE-1: hooks that do not exist, with the nearest that does.
#[test]
fn hooks_are_those_of_ecs() {
    for unknown in ["AfterAllowTestTrafic", "AllowTraffic", "ApplicationStart"] {
        let hook = format!("- {unknown}: smoke-test");
        refused(
            "- AfterAllowTestTraffic: smoke-test",
            &hook,
            "CUT0213",
            "InvalidRevisionException",
            unknown,
        );
    }
    let loaded = read(&changed(&[("AfterAllowTestTraffic", "AfterAllowTestTrafic")]));
    let help = errors(&loaded)[0].help.clone().expect("a suggestion");
    assert!(help.contains("did you mean `AfterAllowTestTraffic`?"), "{help}");
}

/// CD-VAL-4: a text that is neither YAML nor JSON, named, pasted or inside a revision; a file that is not there is
/// not AWS's to refuse.
#[test]
fn a_revision_that_cannot_be_read_is_refused() {
    let start = GOOD.find("  revision:").expect("it is there");
    let end = GOOD.find("resources:").expect("it is there");
    let with = |revision: &str| {
        format!("{}  revision: {revision}\n{}", &GOOD[..start], &GOOD[end..])
            .replace("TRIGGER", TRIGGER)
    };
    let broken = "{\"version\": 0.0, \"Resources\": [}";
    for revision in [
        "appspec.json".to_string(),
        format!("{{ revisionType: AppSpecContent, appSpecContent: {{ content: '{broken}' }} }}"),
        format!("|\n    {broken}\n    #"),
    ] {
        let files =
            MemorySource::new().with("scenario.yaml", with(&revision)).with("appspec.json", broken);
        let loaded = load(Path::new("scenario.yaml"), &[], &files);
        let told = errors(&loaded);
        let refusal = told[0].refusal.map(|refusal| refusal.exception);
        assert_eq!(
            (told.len(), refusal),
            (1, Some("InvalidRevisionException")),
            "{revision}: {told:#?}"
        );
    }
    let absent = read(&with("nowhere.yaml"));
    assert!(errors(&absent)[0].refusal.is_none());
}

// ---- configurations ---------------------------------------------------------------------------------

/// CD-VAL-5, CD-CFG-1, CD-CFG-3: names that are unknown, in another case, or of another platform.
#[test]
fn configurations_are_known_and_for_ecs() {
    let named = |name: &str, code, exception, suggested: &str| {
        let from = "deploymentConfigName: own-canary\n  deploymentConfig:";
        let to = format!("deploymentConfigName: {name}\n  deploymentConfig:");
        refused(from, &to, code, exception, name);
        let loaded = read(&changed(&[(from, &to)]));
        let help = errors(&loaded)[0].help.clone().expect("help");
        assert!(help.contains(suggested), "{name}: {help}");
    };
    let unknown = "DeploymentConfigDoesNotExistException";
    named("canary-of-somebody", "CUT0208", unknown, "describe one of your own");
    let canary = "CodeDeployDefault.ECSCanary10Percent5Minutes";
    named("CodeDeployDefault.ECSCanary10percent5Minutes", "CUT0208", unknown, canary);
    let other = "InvalidDeploymentConfigNameException";
    let lambda = "CodeDeployDefault.LambdaLinear10PercentEvery1Minute";
    named(lambda, "CUT0209", other, "CodeDeployDefault.ECSLinear10PercentEvery1Minutes");
    named("CodeDeployDefault.AllAtOnce", "CUT0209", other, "CodeDeployDefault.ECSAllAtOnce");
    let platform = |to| {
        refused("    computePlatform: ECS\n    traffic", to, "CUT0209", other, "computePlatform: ")
    };
    platform("    computePlatform: Lambda\n    traffic");
}

/// CD-VAL-19: a configuration of one's own does not call itself one of AWS's.
#[test]
fn a_custom_configuration_keeps_away_from_the_names_of_aws() {
    let mine = "CodeDeployDefault.Mine";
    refused_with(
        &[
            ("  deploymentConfigName: own-canary\n  deploymentConfig:\n", "  deploymentConfig:\n"),
            (
                "    deploymentConfigName: own-canary\n",
                &format!("    deploymentConfigName: {mine}\n"),
            ),
        ],
        "CUT0208",
        "InvalidDeploymentConfigNameException",
        mine,
    );
}

/// CD-TRAF-6, CD-TRAF-7, CD-CFG-4: percentages of 1 to 99, whole minutes, at most two days.
#[test]
fn traffic_routing_stays_within_its_limits() {
    let routing = |from: &str, to: &str, code, place| {
        refused(from, to, code, "InvalidTrafficRoutingConfigurationException", place);
    };
    for percentage in ["0", "100", "130", "-1"] {
        let to = format!("canaryPercentage: {percentage}\n");
        routing("canaryPercentage: 10\n", &to, "CUT0207", "canaryPercentage");
    }
    accepted("canaryPercentage: 10\n", "canaryPercentage: 1\n");
    accepted("canaryPercentage: 10\n", "canaryPercentage: 99\n");
    routing("canaryPercentage: 10\n", "canaryPercentage: 12.5\n", "CUT0114", "canaryPercentage");
    routing("canaryInterval: 5\n", "canaryInterval: 0\n", "CUT0207", "canaryInterval");
    routing("canaryInterval: 5\n", "canaryInterval: 2881\n", "CUT0207", "canaryInterval");
    accepted("canaryInterval: 5\n", "canaryInterval: 2880\n");
    routing("type: TimeBasedCanary", "type: AllAtOnce", "CUT0207", "timeBasedCanary:");
    routing("type: TimeBasedCanary", "type: Canary", "CUT0110", "type: Canary");
    let hosts =
        "    minimumHealthyHosts: { type: HOST_COUNT, value: 1 }\n    trafficRoutingConfig:";
    routing("    trafficRoutingConfig:", hosts, "CUT0207", "minimumHealthyHosts");
    let help = |percentage: &str| {
        let to = format!("canaryPercentage: {percentage}\n");
        let loaded = read(&changed(&[("canaryPercentage: 10\n", &to)]));
        errors(&loaded)[0].help.clone().expect("help")
    };
    assert_eq!(help("130"), "to shift everything at once, write `type: AllAtOnce`");
}

// ---- the deployment group ---------------------------------------------------------------------------

/// CD-VAL-8, CD-ECS-5, CD-ECS-6, ECS-EXT-29: two different groups, one listener a route, one pair.
#[test]
fn a_pair_has_two_groups_and_one_listener_a_route() {
    let pair = |from: &str, to: &str, code, place| {
        refused(from, to, code, "InvalidTargetGroupPairException", place);
    };
    pair("            - name: green\n", "", "CUT0216", "- name: blue");
    pair("- name: green", "- name: green\n            - name: third", "CUT0216", "- name: blue");
    pair("- name: green", "- name: blue # again", "CUT0216", "# again");
    let production =
        "\"arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shop/50dc/1\"";
    let test = "\"arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shop/50dc/2\"";
    pair(production, "", "CUT0216", "listenerArns: []");
    pair(production, &format!("{production}, {production}"), "CUT0216", "shop/50dc/1\", ");
    pair(test, &format!("{test}, {test}"), "CUT0216", "shop/50dc/2\", ");
    accepted(test, "");
    let route = format!("          prodTrafficRoute:\n            listenerArns: [{production}]\n");
    pair(&route, "", "CUT0102", "- targetGroups:");
    let list = GOOD.find("        - targetGroups").expect("it is there");
    let end = GOOD.find("    blueGreen").expect("it is there");
    let second = &GOOD[list..end];
    pair(second, &format!("{second}{second}"), "CUT0216", "- targetGroups");
    pair(second, "        []\n", "CUT0216", "        []");
    pair("targetGroupPairInfoList:", "targetGroupPairInfo:", "CUT0216", "targetGroupPairInfo:");
}

/// CD-VAL-8, CD-ECS-5, CD-ECS-7: everything belongs to one load balancer.
#[test]
fn listeners_and_groups_belong_to_one_load_balancer() {
    let exception = "InvalidTargetGroupPairException";
    refused(
        "listener/app/shop/50dc/2",
        "listener/app/other/60ed/2",
        "CUT0216",
        exception,
        "other/60ed",
    );
    let arn = "\"arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/other/60ed\"";
    let attached = format!("LoadBalancerArns: [{arn}]");
    refused("LoadBalancerArns: []", &attached, "CUT0216", exception, "loadbalancer/app/other");
    accepted("LoadBalancerArns: []", &attached.replace("other/60ed", "shop/50dc"));
}

/// CD-VAL-9, CD-ECS-4, ECS-EXT-29: without a load balancer, or with a Classic one, there is no blue/green.
#[test]
fn a_load_balancer_with_target_groups_is_needed() {
    let exception = "InvalidLoadBalancerInfoException";
    let start = GOOD.find("    loadBalancerInfo:").expect("it is there");
    let end = GOOD.find("    blueGreen").expect("it is there");
    let info = &GOOD[start..end];
    refused(info, "", "CUT0102", exception, "  deploymentGroup:");
    refused(info, "    loadBalancerInfo: {}\n", "CUT0226", exception, "    loadBalancerInfo: {}");
    let classic = "    loadBalancerInfo:\n      elbInfoList: [{ name: shop }]\n";
    refused("    loadBalancerInfo:\n", classic, "CUT0226", exception, "elbInfoList");
    refused(info, classic, "CUT0226", exception, "elbInfoList");
}

/// CD-VAL-10: blue/green with traffic control, and nothing else.
#[test]
fn the_style_is_that_of_ecs() {
    let exception = "InvalidDeploymentStyleException";
    refused("BLUE_GREEN", "IN_PLACE", "CUT0215", exception, "IN_PLACE");
    refused(" WITH_TRAFFIC_CONTROL", " WITHOUT_TRAFFIC_CONTROL", "CUT0215", exception, "WITHOUT");
    refused("      deploymentType: BLUE_GREEN\n", "", "CUT0102", exception, "    deploymentStyle:");
    let start = GOOD.find("    deploymentStyle:").expect("it is there");
    let end = GOOD.find("    loadBalancerInfo:").expect("it is there");
    refused(&GOOD[start..end], "", "CUT0102", exception, "  deploymentGroup:");
}

/// CD-VAL-11, CD-ECS-63, CD-ECS-72, CD-ECS-74: the waits, and that the original goes.
#[test]
fn waits_stay_within_their_limits() {
    let exception = "InvalidBlueGreenDeploymentConfigurationException";
    let waits = |from: &str, to: &str, code, place| refused(from, to, code, exception, place);
    waits("waitTimeInMinutes: 30", "waitTimeInMinutes: 7201", "CUT0217", "7201");
    accepted("waitTimeInMinutes: 30", "waitTimeInMinutes: 7200");
    waits("WaitTimeInMinutes: 5", "WaitTimeInMinutes: 2881", "CUT0217", "2881");
    accepted("WaitTimeInMinutes: 5", "WaitTimeInMinutes: 2880");
    waits("WaitTimeInMinutes: 5", "WaitTimeInMinutes: -1", "CUT0217", "Minutes: -1");
    waits("        waitTimeInMinutes: 30\n", "", "CUT0102", "deploymentReadyOption:");
    waits("STOP_DEPLOYMENT", "STOP", "CUT0110", "actionOnTimeout: STOP");
    waits("action: TERMINATE", "action: KEEP_ALIVE", "CUT0217", "KEEP_ALIVE");
    let start = GOOD.find("    blueGreen").expect("it is there");
    let end = GOOD.find("    autoRollback").expect("it is there");
    waits(&GOOD[start..end], "", "CUT0102", "  deploymentGroup:");
}

/// CD-ECS-60, CD-ECS-74, CD-VAL-11 (C-6): a wait beside `CONTINUE_DEPLOYMENT` is taken and ignored, with a warning;
/// `KEEP_ALIVE` is refused, with what to do instead.
#[test]
fn a_wait_without_a_gate_is_warned_of_and_a_kept_original_refused() {
    let setup =
        scenario().ready_option("actionOnTimeout: CONTINUE_DEPLOYMENT, waitTimeInMinutes: 10");
    let told = setup.told();
    assert!(told.contains("warning[CUT0219]: `waitTimeInMinutes` is 10, and is ignored"), "{told}");
    assert!(
        told.contains("help: with `CONTINUE_DEPLOYMENT` traffic moves at once: write 0"),
        "{told}"
    );
    assert_eq!(setup.run().weights(), "0 100%", "it is not waited for");
    let loaded = read(&changed(&[("action: TERMINATE", "action: KEEP_ALIVE")]));
    let kept = errors(&loaded)[0];
    assert_eq!(kept.title, "`action` is `KEEP_ALIVE`, not `TERMINATE`");
    assert!(kept.help.as_ref().is_some_and(|help| help.contains("terminationWaitTimeInMinutes")));
}

/// CD-VAL-12, CD-VAL-13 (C-1): alarms are named, each once, ten at most.
#[test]
fn alarms_are_named_once_and_ten_at_most() {
    let invalid = "InvalidAlarmConfigException";
    let alarms = |names: &[&str]| {
        let names = names.iter().map(|name| format!("{{ name: \"{name}\" }}")).collect::<Vec<_>>();
        format!("alarms: [{}]", names.join(", "))
    };
    let from = "alarms: [{ name: errors }]";
    refused(from, &alarms(&[]), "CUT0218", invalid, "ignorePollAlarmFailure");
    refused(from, "alarms: null", "CUT0218", invalid, "ignorePollAlarmFailure");
    refused(from, &alarms(&[""]), "CUT0113", invalid, "alarms: [");
    refused(from, &alarms(&["a", "a"]), "CUT0218", invalid, "alarms: [");
    refused(from, &alarms(&[&"n".repeat(256)]), "CUT0218", invalid, "alarms: [");
    accepted(from, &alarms(&[&"n".repeat(255)]));
    let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"];
    accepted(from, &alarms(&names[..10]));
    refused(from, &alarms(&names), "CUT0218", "AlarmsLimitExceededException", "alarms: [");
    accepted("enabled: true\n      alarms: [{ name: errors }]", "enabled: false");
}

/// CD-VAL-14: rollback that is enabled has events, and known ones.
#[test]
fn rollback_that_is_enabled_has_known_events() {
    let exception = "InvalidAutoRollbackConfigException";
    let events = "events: [DEPLOYMENT_FAILURE]";
    refused(events, "events: []", "CUT0214", exception, "enabled: true");
    refused("      events: [DEPLOYMENT_FAILURE]\n", "", "CUT0214", exception, "enabled: true");
    refused(events, "events: [DEPLOYMENT_FAILED]", "CUT0214", exception, "DEPLOYMENT_FAILED");
    accepted(
        events,
        "events: [DEPLOYMENT_FAILURE, DEPLOYMENT_STOP_ON_ALARM, DEPLOYMENT_STOP_ON_REQUEST]",
    );
    let of_deployment =
        "  autoRollbackConfiguration: { enabled: true, events: [] }\n  description: release 7";
    refused(
        "  description: release 7",
        of_deployment,
        "CUT0214",
        exception,
        "{ enabled: true, events: [] }",
    );
}

/// CD-VAL-15: triggers have a name, a topic and events, and there are ten at most.
#[test]
fn triggers_are_whole_and_ten_at_most() {
    let invalid = "InvalidTriggerConfigException";
    refused("triggerName: ops, ", "", "CUT0102", invalid, "triggerConfigurations");
    refused(
        "triggerName: ops, ",
        "triggerName: \"\", ",
        "CUT0113",
        invalid,
        "triggerConfigurations",
    );
    refused("arn:aws:sns:", "arn:aws:sqs:", "CUT0227", invalid, "triggerConfigurations");
    refused("[DeploymentFailure]", "[]", "CUT0227", invalid, "triggerConfigurations");
    refused(
        "[DeploymentFailure]",
        "[DeploymentFailed]",
        "CUT0227",
        invalid,
        "triggerConfigurations",
    );
    let several = |count: usize| format!("[{}]", vec![TRIGGER; count].join(", "));
    let one = several(1);
    accepted(&one, &several(10));
    refused(
        &one,
        &several(11),
        "CUT0227",
        "TriggerTargetsLimitExceededException",
        "triggerConfigurations",
    );
}

/// CD-VAL-20: a platform that does not exist.
#[test]
fn platforms_are_the_three_of_code_deploy() {
    let exception = "InvalidComputePlatformException";
    let group = "shop-web\n    computePlatform: ";
    refused(&format!("{group}ECS"), &format!("{group}EKS"), "CUT0209", exception, "EKS");
    let config = "own-canary\n    computePlatform: ";
    refused(
        &format!("{config}ECS"),
        &format!("{config}ecs"),
        "CUT0209",
        exception,
        "computePlatform: ecs",
    );
}

// ---- the request ------------------------------------------------------------------------------------

/// CD-VAL-16: a description has at most 256 characters.
#[test]
fn a_description_has_at_most_256_characters() {
    let description = |count: usize| format!("description: {}\n", "ä".repeat(count));
    let from = "description: release 7\n";
    accepted(from, &description(256));
    refused(from, &description(257), "CUT0228", "DescriptionTooLongException", "description: ");
}

/// CD-VAL-18: options of EC2 deployments that cannot be switched on.
#[test]
fn switches_of_ec2_deployments_stay_off() {
    for (key, exception) in [
        ("ignoreApplicationStopFailures", "InvalidIgnoreApplicationStopFailuresValueException"),
        ("updateOutdatedInstancesOnly", "InvalidUpdateOutdatedInstancesOnlyValueException"),
    ] {
        let (off, on) = (format!("{key}: false"), format!("{key}: true"));
        refused(&off, &on, "CUT0228", exception, key);
        accepted(&format!("  {off}\n"), "");
    }
}

/// CD-VAL-5, CD-VAL-16, CD-VAL-18: a later deployment and an operator's are checked like the first.
#[test]
fn every_request_for_a_deployment_is_checked() {
    for (option, code) in [
        ("ignoreApplicationStopFailures: true", "CUT0228"),
        ("updateOutdatedInstancesOnly: true", "CUT0228"),
        ("deploymentConfigName: my config", "CUT0225"),
        ("autoRollbackConfiguration: { enabled: true, events: [] }", "CUT0214"),
    ] {
        let later = scenario().then(&format!("after: previous, {option}"));
        let operator = scenario().operator(&format!("at: 10m, do: CreateDeployment, {option}"));
        for setup in [later, operator] {
            let told = setup.refused();
            assert!(told.contains(code) && told.contains("CodeDeploy refuses it"), "{told}");
        }
    }
    let good = "description: once more, ignoreApplicationStopFailures: false";
    scenario().then(&format!("after: previous, {good}")).load();
}

/// CD-VAL-19: what all deployments have from the first one and its group is told once.
#[test]
fn faults_of_the_first_deployment_are_told_once() {
    let several = scenario().then("after: previous").then("after: previous");
    let told = several.config("CodeDeployDefault.ECSAllAtTwice").refused();
    assert_eq!(told.matches("error[").count(), 1, "{told}");
    let long = format!("    cluster: {}\n", "a".repeat(60));
    let deployments = "deployments: [{}, { after: previous }]\n";
    let bare =
        "cutover: 1\n".to_string() + deployments + &GOOD[GOOD.find("resources:").expect("it")..];
    let bare = bare
        .replace("    cluster: production\n", &long)
        .replace("    serviceName: web\n", &format!("    serviceName: {}\n", "b".repeat(60)));
    let loaded = read(&bare);
    assert_eq!(errors(&loaded).len(), 2, "application and group: {:#?}", errors(&loaded));
}

// ---- the service ------------------------------------------------------------------------------------

/// CD-ECS-2, CD-ECS-9: the controller is `CODE_DEPLOY`, the strategy `REPLICA`.
#[test]
fn a_service_is_of_code_deploy_and_replicated() {
    let controller = "InvalidECSServiceException";
    refused("type: CODE_DEPLOY", "type: ECS", "CUT0221", controller, "type: ECS");
    refused("type: CODE_DEPLOY", "type: EXTERNAL", "CUT0221", controller, "type: EXTERNAL");
    refused(
        "    deploymentController:\n      type: CODE_DEPLOY\n",
        "",
        "CUT0221",
        controller,
        "    serviceName: web",
    );
    refused("REPLICA", "DAEMON", "CUT0221", "InvalidParameterException", "DAEMON");
    accepted("    schedulingStrategy: REPLICA\n", "");
}

/// CD-ECS-4, CD-ECS-6: a service has one target group, of no Classic Load Balancer; not both of the pair.
#[test]
fn a_service_has_one_target_group_at_a_time() {
    let exception = "InvalidParameterException";
    let start = GOOD.find("      - targetGroupArn").expect("it is there");
    let end = GOOD.find("  taskDefinition:").expect("it is there");
    let blue = &GOOD[start..end];
    let both = format!("{blue}{}", blue.replace("/blue/", "/green/"));
    refused(blue, &both, "CUT0221", exception, "      - targetGroupArn");
    let arn =
        "targetGroupArn: arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/blue/1a";
    refused(arn, "loadBalancerName: shop", "CUT0221", exception, "loadBalancerName");
    refused(blue, "      []\n", "CUT0221", exception, "    serviceName: web");
    let loaded = read(&changed(&[(blue, &both)]));
    let help = errors(&loaded)[0].help.clone().expect("help");
    assert!(help.contains("the deployment group names both"), "{help}");
}

/// CD-ECS-6, CD-ECS-20: the service's own group is one of the pair; without that the deployment fails at once.
#[test]
fn the_services_group_is_one_of_the_pair() {
    let loaded = read(&changed(&[("targetgroup/blue/1a", "targetgroup/red/1a")]));
    let told = errors(&loaded);
    assert_eq!((told.len(), told[0].code.number()), (1, "CUT0302"), "{told:#?}");
    assert!(told[0].notes.iter().any(|note| note.contains("INVALID_ECS_SERVICE")));
    accepted("targetgroup/blue/1a", "targetgroup/green/1a");
}

// ---- what the console sets up -----------------------------------------------------------------------

/// The good scenario without a group, with these names of cluster and service.
fn without_group(cluster: &str, service: &str, assumptions: &str) -> Loaded {
    let start = GOOD.find("  deploymentGroup:").expect("it is there");
    let end = GOOD.find("  revision:").expect("it is there");
    let text = format!("{}{}assumptions: {{ {assumptions} }}\n", &GOOD[..start], &GOOD[end..]);
    let text = text.replace("    cluster: production\n", cluster);
    read(&text.replace("    serviceName: web\n", &format!("    serviceName: {service}\n")))
}

/// CD-DEF-1 (C-10), CD-VAL-19, ECS-EXT-30: default names, cut at 47 as the console does or at 46 as the command line does.
#[test]
fn default_names_are_made_of_cluster_and_service() {
    let names = |loaded: &Loaded| {
        let scenario = loaded.scenario.as_ref().unwrap_or_else(|| panic!("{:#?}", errors(loaded)));
        (
            scenario.first_deployment().application.clone(),
            scenario.first_deployment().deployment_group.clone(),
        )
    };
    let expected = ("AppECS-prod-web".to_string(), "DgpECS-prod-web".to_string());
    assert_eq!(names(&without_group("    cluster: prod\n", "web", "")), expected);
    let (application, _) = names(&without_group("", "web", ""));
    assert_eq!(application, "AppECS-default-web", "a missing cluster is `default`");
    let cluster = format!("    cluster: {}\n", "a".repeat(60));
    let (application, _) = names(&without_group(&cluster, &"b".repeat(45), ""));
    assert_eq!(application, format!("AppECS-{}-{}", "a".repeat(47), "b".repeat(45)));
    assert_eq!(application.len(), 100);
    let long = without_group(&cluster, &"b".repeat(60), "");
    let told = errors(&long);
    let refusals = told.iter().map(|told| told.refusal.map_or("", |refusal| refusal.exception));
    let refusals = refusals.collect::<Vec<_>>();
    let expected = ["InvalidApplicationNameException", "InvalidDeploymentGroupNameException"];
    assert_eq!(refusals, expected, "102 characters: {told:#?}");
    assert!(
        told.iter().all(|told| told.help.as_ref().is_some_and(|help| help.contains("cli_names")))
    );
    let cut = without_group(&cluster, &"b".repeat(60), "codedeploy.cli_names: true");
    let (application, group) = names(&cut);
    assert_eq!((application.len(), group.len()), (100, 100));
    assert_eq!(group, format!("DgpECS-{}-{}", "a".repeat(46), "b".repeat(46)));
}

/// CD-DEF-2, CD-DEF-3, CD-DEF-4, CD-DEF-5, CD-DEF-6, CD-DEF-7, CD-CFG-2, ECS-EXT-30: the rest of what the console sets up.
#[test]
fn without_a_group_the_consoles_settings_hold() {
    let loaded = without_group("    cluster: production\n", "web", "");
    assert!(!loaded.diagnostics.iter().any(|told| told.code.number() == "CUT0306"), "no alarm");
    let scenario = loaded.scenario.expect("it can be played");
    let names = scenario.balancer().target_groups.each_ref().map(|group| &group.name);
    assert_eq!(names, ["blue", "green"], "the service's target groups");
    let deployment = scenario.first_deployment();
    assert_eq!(deployment.ready_wait, None, "rerouted at once");
    assert_eq!(deployment.termination_wait.as_millis(), 3_600_000);
    let rollback = deployment.auto_rollback;
    assert_eq!((rollback.on_failure, rollback.on_alarm, rollback.on_request), (true, false, false));
    let bare = "cutover: 1\ndeployment: {}\n".to_string()
        + &GOOD[GOOD.find("resources:").expect("it is there")..];
    let config = read(&bare).scenario.expect("it can be played").deployments[0].config_name.clone();
    assert_eq!(config, "CodeDeployDefault.ECSAllAtOnce");
}

// ---- all at once ------------------------------------------------------------------------------------

/// CD-VAL-4 to CD-VAL-20: every fault of every document is told in one reading, each at its place.
#[test]
fn every_fault_is_told_at_once() {
    let changes = [
        ("description: release 7", &format!("description: {}", "d".repeat(257)) as &str),
        ("canaryPercentage: 10", "canaryPercentage: 130"),
        ("applicationName: shop", "applicationName: shop/web"),
        ("BLUE_GREEN", "IN_PLACE"),
        ("- name: green", "- name: blue"),
        ("waitTimeInMinutes: 30", "waitTimeInMinutes: 7201"),
        ("action: TERMINATE", "action: KEEP_ALIVE"),
        ("events: [DEPLOYMENT_FAILURE]", "events: []"),
        ("alarms: [{ name: errors }]", "alarms: []"),
        ("[DeploymentFailure]", "[]"),
        ("ContainerName: web", "ContainerName: wed"),
        ("AfterAllowTestTraffic", "AfterTestTraffic"),
        ("REPLICA", "DAEMON"),
        ("type: CODE_DEPLOY", "type: ECS"),
    ];
    let loaded = read(&changed(&changes));
    let told = errors(&loaded);
    let codes = told.iter().map(|told| told.code.number()).collect::<Vec<_>>();
    let expected = [
        "CUT0228", "CUT0207", "CUT0225", "CUT0215", "CUT0216", "CUT0217", "CUT0217", "CUT0214",
        "CUT0218", "CUT0227", "CUT0303", "CUT0213", "CUT0221", "CUT0221",
    ];
    assert_eq!(codes, expected, "in the order of the file: {told:#?}");
    assert!(told.iter().all(|told| told.refusal.is_some() && told.span.is_some()), "{told:#?}");
}
