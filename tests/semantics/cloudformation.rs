//! Blue/green deployments by the update of a CloudFormation stack: what the hook of a template says, and what the stack does.

use cutover::aws::name::DeploymentStatus;
use cutover::journal::fact::Fact;

use crate::support::{Played, play, read, told};

/// A scenario whose template has these properties of its hook, in the order of the lines.
fn stack(hook: &str) -> String {
    format!(
        "cutover: 1
resources:
  templateParameters: {{ Count: 3 }}
  template:
    Transform: AWS::CodeDeployBlueGreen
    Parameters: {{ Count: {{ Type: Number, Default: 2 }}, Minutes: {{ Type: Number, Default: 2 }}, Stage: {{ Type: String, Default: live }} }}
    Conditions:
      IsLive: {{ 'Fn::Equals': [{{ Ref: Stage }}, live] }}
      IsTest: {{ 'Fn::Not': [{{ Condition: IsLive }}] }}
    Hooks:
      Hook:
        Type: AWS::CodeDeploy::BlueGreen
        Properties:
{hook}          Applications:
            - Target: {{ Type: 'AWS::ECS::Service', LogicalID: Shop }}
              ECSAttributes:
                TaskDefinitions: [BlueDefinition, GreenDefinition]
                TaskSets: [BlueSet, GreenSet]
                TrafficRouting:
                  ProdTrafficRoute: {{ Type: 'AWS::ElasticLoadBalancingV2::Listener', LogicalID: Listener }}
                  TargetGroups: [Blue, Green]
    Resources:
      Shop: {{ Type: 'AWS::ECS::Service', Properties: {{ DesiredCount: {{ Ref: Count }}, DeploymentController: {{ Type: EXTERNAL }} }} }}
      BlueDefinition: {{ Type: 'AWS::ECS::TaskDefinition', Properties: {{ ContainerDefinitions: [{{ Name: web, PortMappings: [{{ ContainerPort: 80 }}] }}] }} }}
      BlueSet: {{ Type: 'AWS::ECS::TaskSet', Properties: {{ LoadBalancers: [{{ ContainerName: web, ContainerPort: 80, TargetGroupArn: {{ Ref: Blue }} }}] }} }}
      Blue: {{ Type: 'AWS::ElasticLoadBalancingV2::TargetGroup', Properties: {{ TargetGroupAttributes: [{{ Key: deregistration_delay.timeout_seconds, Value: '30' }}] }} }}
      Green: {{ Type: 'AWS::ElasticLoadBalancingV2::TargetGroup', Properties: {{ Name: {{ 'Fn::If': [IsTest, test, {{ 'Fn::Join': ['-', [shop, {{ Ref: Stage }}]] }}] }} }} }}
      Errors: {{ Type: 'AWS::CloudWatch::Alarm', Properties: {{ AlarmName: errors, Namespace: Shop, MetricName: Failed, Statistic: Sum, Period: 60,
        EvaluationPeriods: 1, Threshold: 100, ComparisonOperator: GreaterThanThreshold, TreatMissingData: ignore }} }}
revisions: {{ replacement: {{ launch: 90s }} }}
assumptions: {{ preset: ideal, codedeploy.created_to_in_progress: 2s, codedeploy.rollback_duration: 2s }}
"
    )
}

fn run(yaml: &str) -> Played {
    let scenario = read(yaml).unwrap_or_else(|told| panic!("{told}\n{yaml}"));
    play(&scenario, 1, 0)
}

const LINEAR: &str = "          TrafficRoutingConfig: { Type: TimeBasedLinear, TimeBasedLinear: { StepPercentage: 14, BakeTimeMins: { Ref: Minutes } } }\n";
const AT_ONCE: &str = "          TrafficRoutingConfig: { Type: AllAtOnce }\n";

fn refusals(run: &Played) -> String {
    run.told(|fact| match fact {
        Fact::CallRefused { call, exception, .. } => Some(format!("{call} {exception}")),
        _ => None,
    })
}

fn creators(run: &Played) -> String {
    run.told(|fact| match fact {
        Fact::DeploymentCreated { creator, .. } => Some(creator.to_string()),
        _ => None,
    })
}

/// CD-CFN-5: a canary of 15 % for five minutes without a word, the hook's own schedule else; parameters are worth what is given.
#[test]
fn the_hook_says_how_traffic_moves() {
    assert_eq!(run(&stack("")).weights(), "92 15%, 392 100%");
    assert_eq!(
        run(&stack(LINEAR)).weights(),
        "92 14%, 212 28%, 332 42%, 452 56%, 572 70%, 692 84%, 812 98%, 932 100%"
    );
    assert_eq!(run(&stack(AT_ONCE)).weights(), "92 100%");
}

/// CD-CFN-5: a step is 14 % at least, and only the three kinds are known.
#[test]
fn steps_have_their_limits() {
    let step = |percentage: u32| stack(&LINEAR.replace("14", &percentage.to_string()));
    assert!(read(&step(14)).is_ok());
    for (percentage, word) in [(13, "less than 14"), (100, "more than 99")] {
        let told = told(&step(percentage));
        assert!(told.contains(word) && told.contains("-->"), "{told}");
    }
    let named = told(&stack(
        "          TrafficRoutingConfig: { Type: CodeDeployDefault.ECSLinear10PercentEvery1Minutes }\n",
    ));
    assert!(named.contains("not one of `AllAtOnce`"), "{named}");
}

/// CD-CFN-6: termination wait and hooks are those of the hook; names, counts and conditions are settled from parameters.
#[test]
fn what_the_template_says_is_the_scenario() {
    let more = "          AdditionalOptions: { TerminationWaitTimeInMinutes: 5 }\n          LifecycleEventHooks: { AfterInstall: { 'Fn::Sub': '${Stage}-check' } }\n";
    let run = run(&stack(&format!("{AT_ONCE}{more}")));
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 392 Succeeded");
    assert_eq!(run.journal.header.desired_count, 3);
    assert_eq!(run.journal.header.target_groups, ["Blue", "shop-live"].map(String::from));
    let invoked = run.told(|fact| matches!(fact, Fact::HookInvoked { .. }).then(String::new));
    assert!(invoked.starts_with("92"), "{invoked}");
}

/// CD-CFN-7: a rollback trigger of the stack is an alarm that stops the deployment and returns the stack.
#[test]
fn a_rollback_trigger_returns_the_stack() {
    let arn = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:errors";
    for name in ["errors", arn] {
        let yaml = stack("").replace(
            "  template:\n",
            &format!("  rollbackConfiguration: {{ RollbackTriggers: [{{ Arn: '{name}', Type: 'AWS::CloudWatch::Alarm' }}] }}\n  template:\n"),
        );
        let set =
            "operator: [{ at: 200s, do: SetAlarmState, alarmName: errors, stateValue: ALARM }]\n";
        let run = run(&format!("{yaml}{set}"));
        assert_eq!(run.weights(), "92 15%, 212 0%");
        assert_eq!(creators(&run), "0 CloudFormation, 212 CloudFormationRollback");
        assert!(run.row().rollback);
    }
    let unknown = stack("").replace(
        "  template:\n",
        "  rollbackConfiguration: { RollbackTriggers: [{ Arn: wrong }] }\n  template:\n",
    );
    assert!(told(&unknown).contains("the alarm `wrong` is not described"));
}

/// CD-CFN-2, CD-CFN-8: only the stack ends its deployment, while the update is under way; it goes back then.
#[test]
fn only_the_stack_ends_the_deployment() {
    let calls = "operator:
  - { at: 100s, do: StopDeployment }
  - { at: 200s, do: CancelUpdateStack }
  - { at: 300s, do: CancelUpdateStack }
until: 400s
";
    let run = run(&format!("{}{calls}", stack("")));
    assert_eq!(
        refusals(&run),
        "100 StopDeployment UnsupportedActionForDeploymentTypeException, 300 CancelUpdateStack ValidationError"
    );
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 200 Stopped");
    assert_eq!(run.statuses(1), "200 Created, 200 InProgress, 202 Succeeded");
    assert_eq!(run.weights(), "92 15%, 200 0%");
    assert_eq!(creators(&run), "0 CloudFormation, 200 CloudFormationRollback");
    assert_eq!(run.row().status, DeploymentStatus::Stopped);
}

/// CD-CFN-1, CD-CFN-4, CD-CFN-9: what does not go with the hook is refused, at its place.
#[test]
fn what_does_not_go_with_the_hook_is_refused() {
    let good = stack("");
    assert!(read(&good).is_ok(), "{}", told(&good));
    for (from, to, word) in [
        ("    Transform: AWS::CodeDeployBlueGreen\n", "", "no `Transform"),
        ("Type: AWS::CodeDeploy::BlueGreen", "Type: Other", "no hook"),
        ("Count: { Type: Number,", "Count: { NoEcho: true, Type: Number,", "NoEcho"),
        ("    Hooks:\n", "    Outputs: { A: { Value: b } }\n    Hooks:\n", "outputs"),
        (
            "      Blue: {",
            "      Inner: { Type: 'AWS::CloudFormation::Stack' }\n      Blue: {",
            "nested stack",
        ),
        (
            "{ DesiredCount: { Ref: Count },",
            "{ Cluster: { 'Fn::ImportValue': x }, DesiredCount: 1,",
            "imports a value",
        ),
        ("AlarmName: errors", "AlarmName: '{{resolve:ssm:name}}'", "dynamic reference"),
        ("LogicalID: Shop", "LogicalID: Shed", "called `Shed`"),
        ("[Blue, Green]", "[Blue]", "has 1 items"),
    ] {
        assert!(good.contains(from), "{from}");
        let told = told(&good.replacen(from, to, 1));
        assert!(told.contains(word) && told.contains("error["), "{word}: {told}");
    }
    // What nobody tells is told, and read as absent: CloudFormation makes one task then.
    let untold = good.replacen("DesiredCount: { Ref: Count }", "DesiredCount: { Ref: Nobody }", 1);
    assert!(told(&untold).contains("`DesiredCount` is `Ref Nobody`") && read(&untold).is_ok());
}

/// CD-CFN-4, CD-CFN-5, CD-CFN-6: keys that the hook does not know are told with what may be meant; there is one application, and blue and
/// green are two.
#[test]
fn the_hook_has_no_other_keys() {
    let good = stack(LINEAR);
    for (from, to, word) in [
        ("{ StepPercentage: 14,", "{ StepPercent: 14,", "did you mean `StepPercentage`?"),
        ("BakeTimeMins", "BakeTimeMin", "did you mean `BakeTimeMins`?"),
        ("TaskSets: [BlueSet, GreenSet]", "TaskSets: [BlueSet, BlueSet]", "`BlueSet` twice"),
        ("TargetGroups: [Blue, Green]", "TargetGroups: [Blue, Green, Red]", "has 3 items"),
        (
            "TaskDefinitions: [BlueDefinition, GreenDefinition]",
            "TaskDefinitions: []",
            "has 0 items",
        ),
        ("ProdTrafficRoute", "ProductionTrafficRoute", "has no key `ProductionTrafficRoute`"),
    ] {
        assert!(good.contains(from), "{from}");
        let told = told(&good.replacen(from, to, 1));
        assert!(told.contains(word) && told.contains("error["), "{word}: {told}");
    }
    for (more, word) in [
        (
            "AdditionalOptions: { TerminationWaitTimeInMinute: 5 }",
            "did you mean `TerminationWaitTimeInMinutes`?",
        ),
        ("AdditionalOptions: { TerminationWaitTimeInMinutes: 2881 }", "more than 2880"),
        ("LifecycleEventHooks: { AfterInstal: check }", "did you mean `AfterInstall`?"),
        ("LifecycleEventHooks: { ApplicationStop: check }", "has no key `ApplicationStop`"),
        ("TrafficRoutingConfg: { Type: AllAtOnce }", "did you mean `TrafficRoutingConfig`?"),
    ] {
        let told = told(&stack(&format!("          {more}\n")));
        assert!(told.contains(word) && told.contains("error["), "{word}: {told}");
    }
    let beside = AT_ONCE.replace("AllAtOnce", "AllAtOnce, TimeBasedLinear: { StepPercentage: 20 }");
    let beside = told(&stack(&beside));
    assert!(beside.contains("`TimeBasedLinear` stands beside the type `AllAtOnce`"), "{beside}");
    let (before, after) = stack("")
        .split_once("          Applications:\n")
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .expect("has it");
    let (_, after) = after.split_once("    Resources:\n").expect("has it");
    let none = told(&format!("{before}          Applications: []\n    Resources:\n{after}"));
    assert!(none.contains("`Applications` has 0 items"), "{none}");
}

/// CD-CFN-10: an ARN tells where the stack is; Osaka, Milan and Cape Town have no such deployments.
#[test]
fn three_regions_are_refused() {
    let within = |region: &str| {
        let arn = format!("arn:aws:lambda:{region}:123456789012:function:check");
        told(&stack(&format!("          LifecycleEventHooks: {{ AfterInstall: '{arn}' }}\n")))
    };
    for region in ["ap-northeast-3", "eu-south-1", "af-south-1"] {
        let told = within(region);
        assert!(told.contains("CUT0251") && told.contains(&format!("`{region}`")), "{told}");
    }
    assert!(!within("eu-west-1").contains("error["), "{}", within("eu-west-1"));
}

/// Values of parameters are those that the template declares, each as its type and its limits have it.
#[test]
fn parameters_take_what_they_declare() {
    let with = |declared: &str, given: &str| {
        let yaml = stack("").replace("{ Count: 3 }", &format!("{{ Count: 3, {given} }}"));
        told(&yaml.replace("Stage: {", &format!("More: {{ {declared} }}, Stage: {{")))
    };
    for (declared, good, bad, word) in [
        ("Type: Number", "1.5", "many", "`many`, which is no number"),
        ("Type: Number, MinValue: 2, MaxValue: 4", "2", "1", "`1`, less than 2"),
        ("Type: Number, MinValue: 2, MaxValue: 4", "4", "5", "`5`, more than 4"),
        ("Type: String, MinLength: 2, MaxLength: 3", "ab", "a", "1 characters, less than 2"),
        ("Type: String, MinLength: 2, MaxLength: 3", "abc", "abcd", "4 characters, more than 3"),
        ("Type: String, AllowedValues: [a, b]", "b", "c", "`c`, not one of `a`"),
        ("Type: CommaDelimitedList, AllowedValues: [a, b]", "'b, a'", "'a,c'", "`c`, not one of"),
        ("Type: 'List<Number>'", "'1,2'", "'1,x'", "`x`, which is no number"),
        ("Type: CommaDelimitedList", "'1,2'", "[1, 2]", "as one text with commas"),
    ] {
        let fine = with(declared, &format!("More: {good}"));
        assert!(!fine.contains("CUT0255"), "{declared}: {fine}");
        for faulty in [
            with(declared, &format!("More: {bad}")),
            with(&format!("{declared}, Default: {bad}"), "Stage: live"),
        ] {
            assert!(faulty.contains("error[CUT0255]") && faulty.contains(word), "{word}: {faulty}");
        }
    }
    let unknown = with("Type: String", "Stag: live");
    assert!(
        unknown.contains("error[CUT0255]") && unknown.contains("did you mean `Stage`?"),
        "{unknown}"
    );
    let set = stack("")
        .replace("{ Count: 3 }", "{ Counts: '5,4' }")
        .replace("Stage: {", "Counts: { Type: CommaDelimitedList }, Stage: {");
    let chosen = set.replace(
        "DesiredCount: { Ref: Count }",
        "DesiredCount: { 'Fn::Select': [1, { Ref: Counts }] }",
    );
    assert_eq!(run(&chosen).journal.header.desired_count, 4);
}

/// Functions that can come to nothing are told at their places, whether they play a part or not.
#[test]
fn functions_that_come_to_nothing_are_told() {
    let with = |count: &str| {
        told(&stack("").replace("DesiredCount: { Ref: Count }", &format!("DesiredCount: {count}")))
    };
    for (count, word) in [
        ("{ 'Fn::If': [IsLife, 1, 2] }", "did you mean `IsLive`?"),
        ("!If [Nothing, 1, 2]", "no condition `Nothing`"),
        ("{ 'Fn::Select': [2, [1, 2]] }", "takes part 2 of 2"),
        (
            "{ 'Fn::Select': [1, { 'Fn::Split': [',', { 'Fn::Sub': '${Count}' }] }] }",
            "takes part 1 of 1",
        ),
        ("{ 'Fn::Sub': '${Cont}' }", "did you mean `Count`?"),
        ("!Sub ['${Own}${Other}', { Own: 1 }]", "`Fn::Sub` names `Other`"),
        ("!Sub '${Nobody.Arn}'", "`Fn::Sub` names `Nobody.Arn`"),
    ] {
        let told = with(count);
        assert!(told.contains("error[CUT0257]") && told.contains(word), "{word}: {told}");
    }
    let of_resource = stack("").replace("Blue: { Type:", "Blue: { Condition: Nothing, Type:");
    assert!(told(&of_resource).contains("no condition `Nothing`"), "{}", told(&of_resource));
    for fine in [
        "{ 'Fn::If': [IsLive, 1, 2] }",
        "{ 'Fn::Select': [1, [1, 2]] }",
        "!Sub ['${Count}${Own}', { Own: 1 }]",
        "!Sub '${AWS::Region}${!Literal}${Green.TargetGroupName}'",
    ] {
        assert!(!with(fine).contains("CUT0257"), "{}", with(fine));
    }
    let other = stack("").replace(
        "Transform: AWS::CodeDeployBlueGreen",
        "Transform: [AWS::CodeDeployBlueGreen, Other]",
    );
    let other = told(
        &other.replace("DesiredCount: { Ref: Count }", "DesiredCount: { 'Fn::Sub': '${Theirs}' }"),
    );
    assert!(!other.contains("CUT0257"), "{other}");
}

/// CD-CFN-3: an update replaces a task definition or a task set, and changes nothing else; tags and scale replace nothing, and
/// neither does the order of keys.
#[test]
fn an_update_changes_nothing_beside_what_it_deploys() {
    let resources = |image: &str, more: &str, delay: &str| {
        format!(
            "{{ Resources: {{ Shop: {{ Type: 'AWS::ECS::Service', Properties: {{ DeploymentController: {{ Type: EXTERNAL }}, DesiredCount: {{ Ref: Count }} }} }},
      BlueDefinition: {{ Type: 'AWS::ECS::TaskDefinition', Properties: {{ ContainerDefinitions: [{{ Name: web{image}, PortMappings: [{{ ContainerPort: 80 }}] }}] }} }},
      BlueSet: {{ Type: 'AWS::ECS::TaskSet', Properties: {{ LoadBalancers: [{{ ContainerName: web, ContainerPort: 80, TargetGroupArn: {{ Ref: Blue }} }}]{more} }} }},
      Blue: {{ Type: 'AWS::ElasticLoadBalancingV2::TargetGroup', Properties: {{ TargetGroupAttributes: [{{ Key: deregistration_delay.timeout_seconds, Value: '{delay}' }}] }} }},
      Green: {{ Type: 'AWS::ElasticLoadBalancingV2::TargetGroup', Properties: {{ Name: {{ 'Fn::If': [IsTest, test, {{ 'Fn::Join': ['-', [shop, {{ Ref: Stage }}]] }}] }} }} }},
      Errors: {{ Type: 'AWS::CloudWatch::Alarm', Properties: {{ AlarmName: errors, Namespace: Shop, MetricName: Failed, Statistic: Sum, Period: 60,
        EvaluationPeriods: 1, Threshold: 100, ComparisonOperator: GreaterThanThreshold, TreatMissingData: ignore }} }} }},
      Parameters: {{ Count: {{ Type: Number, Default: 2 }}, Stage: {{ Type: String, Default: live }} }},
      Conditions: {{ IsTest: {{ 'Fn::Equals': [{{ Ref: Stage }}, test] }} }} }}"
        )
    };
    let with = |updated: &str| {
        stack("").replace("  template:\n", &format!("  updatedTemplate: {updated}\n  template:\n"))
    };
    assert_eq!(told(&with(&resources(", Image: 'shop:2'", "", "30"))), told(&stack("")));
    run(&with(&resources(", Image: 'shop:2'", "", "30")));
    for (updated, expected) in [
        (resources("", "", "30"), "replaces no task definition and no task set"),
        (resources("", ", Scale: { Value: 50 }", "30"), "replaces no task definition"),
        (
            resources(", Image: 'shop:2'", ", Scale: { Value: 50 }", "30"),
            "`BlueSet` changes in the same update",
        ),
        (resources(", Image: 'shop:2'", "", "60"), "`Blue` changes in the same update"),
        (
            resources(", Image: 'shop:2'", "", "30").replace("Errors:", "Faults:"),
            "`Errors` changes in the same update",
        ),
    ] {
        let told = told(&with(&updated));
        assert!(told.contains(expected), "{told}");
    }
    let renamed =
        told(&with(&resources(", Image: 'shop:2'", "", "30").replace("Errors:", "Faults:")));
    assert!(renamed.contains("`Faults` changes in the same update"), "{renamed}");
}

/// ECS-EXT-7: a task set of a template is the PRIMARY of its EXTERNAL service, read as `CreateTaskSet` is: its target group is where
/// the original stands, and what ECS refuses of it is told at its place.
#[test]
fn a_task_set_of_a_template_is_that_of_its_external_service() {
    let external = |scale: u32, more: &str| {
        format!(
            "cutover: 1
resources:
  template:
    Resources:
      Shop: {{ Type: 'AWS::ECS::Service', Properties: {{ DesiredCount: 4, DeploymentController: {{ Type: EXTERNAL }} }} }}
      Definition: {{ Type: 'AWS::ECS::TaskDefinition', Properties: {{ Family: shop, ContainerDefinitions: [{{ Name: web, PortMappings: [{{ ContainerPort: 80 }}] }}] }} }}
      Set: {{ Type: 'AWS::ECS::TaskSet', Properties: {{ Cluster: default, Service: {{ Ref: Shop }}, TaskDefinition: {{ Ref: Definition }}, {more}
        LoadBalancers: [{{ ContainerName: web, ContainerPort: 80, TargetGroupArn: {{ Ref: Green }} }}], Scale: {{ Unit: PERCENT, Value: {scale} }} }} }}
      Blue: {{ Type: 'AWS::ElasticLoadBalancingV2::TargetGroup', Properties: {{ Name: blue }} }}
      Green: {{ Type: 'AWS::ElasticLoadBalancingV2::TargetGroup', Properties: {{ Name: green }} }}
deployment:
  external:
    steps:
      - {{ do: CreateTaskSet, taskSet: next, targetGroup: blue, scale: 100% }}
      - {{ when: {{ steady: next }}, do: ModifyListener, weights: {{ blue: 100, green: 0 }} }}
      - {{ do: UpdateServicePrimaryTaskSet, primaryTaskSet: next }}
traffic: {{ rate: 10/s }}
revisions: {{ replacement: {{ launch: 60s }} }}
assumptions: {{ preset: ideal }}
"
        )
    };
    let played = run(&external(100, ""));
    let found = played.told(|fact| match fact {
        Fact::TaskSetFound { target_group, .. } => Some(target_group.to_string()),
        _ => None,
    });
    assert_eq!(found, "0 1", "the original is behind green");
    assert_eq!(played.row().status, DeploymentStatus::Succeeded);
    let beyond = told(&external(150, ""));
    assert!(beyond.contains("`scale` is 150 %") && beyond.contains("InvalidParameter"), "{beyond}");
    let version = told(&external(100, "LaunchType: EC2, PlatformVersion: LATEST,"));
    assert!(version.contains("`platformVersion` stands beside the launch type `EC2`"), "{version}");
}
