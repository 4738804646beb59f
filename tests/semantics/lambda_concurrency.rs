//! Who finds no room in a Lambda function, and who waits for its environments to start.

use cutover::scenario::Scenario;

use crate::support::{Played, play, read, told};

/// A canary of ten percent for ten minutes, 100 invocations a second of 200 ms each: 20 run at once.
#[derive(Clone)]
struct Canary {
    function: &'static str,
    rate: &'static str,
    original: &'static str,
    replacement: &'static str,
    resources: &'static str,
    group: &'static str,
    assumptions: &'static str,
    operator: &'static str,
}

fn canary() -> Canary {
    Canary {
        function: "FunctionName: checkout",
        rate: "100/s",
        original: "errors: 0%, latency: 200ms",
        replacement: "errors: 0%, latency: 200ms",
        resources: "",
        group: "",
        assumptions: "preset: ideal",
        operator: "",
    }
}

impl Canary {
    fn yaml(&self) -> String {
        let Canary { function, rate, original, replacement, resources, group, .. } = self;
        let Canary { assumptions, operator, .. } = self;
        format!(
            "cutover: 1
resources:
  function: {{ {function} }}
{resources}deployment:
  deploymentConfigName: CodeDeployDefault.LambdaCanary10Percent10Minutes
  deploymentGroup:
    applicationName: shop
    deploymentGroupName: checkout
    deploymentStyle: {{ deploymentType: BLUE_GREEN, deploymentOption: WITH_TRAFFIC_CONTROL }}
{group}  revision:
    version: 0.0
    Resources:
      - checkout:
          Type: AWS::Lambda::Function
          Properties: {{ Name: checkout, Alias: live, CurrentVersion: '7', TargetVersion: '8' }}
traffic: {{ rate: {rate} }}
{operator}revisions:
  original: {{ {original} }}
  replacement: {{ {replacement} }}
assumptions: {{ {assumptions} }}"
        )
    }

    fn load(&self) -> Scenario {
        let yaml = self.yaml();
        read(&yaml).unwrap_or_else(|told| panic!("{told}\n{yaml}"))
    }

    fn run(&self) -> Played {
        play(&self.load(), 1, 0)
    }
}

fn throttled(run: &Played) -> u64 {
    run.occurrence("Http429").count
}

/// Cold starts of both places between two instants, in seconds.
fn cold_starts(run: &Played, from: u64, to: u64) -> [u64; 2] {
    use cutover::journal::fact::Fact;
    let mut started = [0; 2];
    for entry in &run.journal.entries {
        let second = entry.at.as_millis() / 1000;
        if let Fact::EnvironmentsStarted { target_group, invocations } = entry.fact
            && second > from
            && second <= to
        {
            started[target_group.index()] += u64::from(invocations);
        }
    }
    started
}

/// LAM-CON-1: both versions share what is reserved; who finds no room is told 429, by Erlang's loss formula.
#[test]
fn reserved_concurrency_throttles_both_versions() {
    let mut setup = canary();
    setup.function = "FunctionName: checkout, ReservedConcurrentExecutions: 20";
    let run = setup.run();
    // B(20, 20) is 15.89 %.
    let share = throttled(&run) as f64 / 60_000.0;
    assert!((0.15..0.168).contains(&share), "{share}");
    assert_eq!(run.row().failed_requests, throttled(&run));
    setup.function = "FunctionName: checkout, ReservedConcurrentExecutions: 60";
    assert_eq!(throttled(&setup.run()), 0);
    setup.function = "FunctionName: checkout";
    assert_eq!(throttled(&setup.run()), 0, "the account has a thousand");
}

/// LAM-CON-1: a version that takes longer takes the room of the other one, from the shift on.
#[test]
fn a_slow_version_takes_the_room_of_both() {
    let mut setup = canary();
    setup.function = "FunctionName: checkout, Timeout: 30, ReservedConcurrentExecutions: 40";
    setup.replacement = "errors: 0%, latency: 4s";
    let run = setup.run();
    let first = run.occurrence("Http429").first.expect("some are throttled");
    assert!(first.as_millis() <= 60_000, "{first:?}");
    // 18 of the old version and 40 of the new one want to run at once.
    let share = throttled(&run) as f64 / 60_000.0;
    assert!((0.3..0.42).contains(&share), "{share}");
}

/// LAM-CON-2: ten invocations a second for each environment, however short they are.
#[test]
fn an_environment_takes_ten_invocations_a_second() {
    let mut setup = canary();
    setup.original = "errors: 0%, latency: 1ms";
    setup.replacement = "errors: 0%, latency: 1ms";
    setup.function = "FunctionName: checkout, ReservedConcurrentExecutions: 5";
    let share = throttled(&setup.run()) as f64 / 60_000.0;
    assert!((0.49..0.51).contains(&share), "{share}");
}

/// LAM-MET-2, LAM-CON-1: an alarm on throttles stops the canary; they are neither invocations nor errors.
#[test]
fn throttles_set_an_alarm_off() {
    let mut setup = canary();
    setup.function = "FunctionName: checkout, Timeout: 30, ReservedConcurrentExecutions: 40";
    setup.replacement = "errors: 0%, latency: 4s";
    setup.resources = "  alarms:
    - { AlarmName: watch, Namespace: AWS/Lambda, MetricName: Throttles, Statistic: Sum, Period: 60, EvaluationPeriods: 1,
        Dimensions: [{ Name: FunctionName, Value: checkout }], Threshold: 10, ComparisonOperator: GreaterThanThreshold,
        TreatMissingData: notBreaching }
";
    setup.group = "    alarmConfiguration: { enabled: true, alarms: [{ name: watch }] }
    autoRollbackConfiguration: { enabled: true, events: [DEPLOYMENT_STOP_ON_ALARM] }
";
    assert_eq!(setup.run().statuses(0), "0 Created, 0 InProgress, 60 Stopped");
    setup.resources = setup.resources.replace("Throttles", "Errors").leak();
    assert!(setup.run().statuses(0).ends_with("600 Succeeded"));
}

/// LAM-COLD-1, LAM-COLD-2: the new version starts as many environments as run at once, at each step; the old one has its own.
#[test]
fn each_step_meets_cold_environments() {
    let run = canary().run();
    let [old, new] = cold_starts(&run, 0, 60);
    assert!((3..=12).contains(&new), "two run at once: {new}");
    assert!(old <= 3, "{old}");
    let [_, rest] = cold_starts(&run, 60, 600);
    assert!(rest <= 6, "{rest}");
    let mut longer = canary();
    longer.assumptions = "preset: ideal, codedeploy.created_to_in_progress: 0s";
    let longer = longer.yaml().replace("cutover: 1\n", "cutover: 1\nuntil: 11m\n");
    let run = play(&read(&longer).expect("a scenario"), 1, 0);
    let [_, full] = cold_starts(&run, 600, 660);
    assert!((18..=45).contains(&full), "20 run at once: {full}");
}

/// LAM-COLD-3: while environments start they are busy, so that a start that takes long leaves less room.
#[test]
fn environments_that_start_take_room() {
    let mut setup = canary();
    setup.function = "FunctionName: checkout, ReservedConcurrentExecutions: 32";
    let quick = throttled(&setup.run());
    setup.replacement = "errors: 0%, latency: 200ms, boot: 30s";
    let slow = throttled(&setup.run());
    assert!(slow > quick + 50, "{slow} {quick}");
}

/// LAM-CON-4: what is provisioned for the new version itself is there before the shift.
#[test]
fn provisioned_versions_have_no_cold_starts() {
    let mut setup = canary();
    setup.function = "FunctionName: checkout, ProvisionedConcurrencyConfigs: \
                      [{ Qualifier: '8', ProvisionedConcurrentExecutions: 60 }]";
    let [_, new] = cold_starts(&setup.run(), 0, 600);
    assert_eq!(new, 0);
}

/// LAM-CON-5: what is provisioned for the alias is the version's to which it points; after the shift it has to be allocated.
#[test]
fn what_is_provisioned_for_the_alias_comes_after_the_shift() {
    let mut setup = canary();
    setup.function = "FunctionName: checkout, ProvisionedConcurrencyConfigs: \
                      [{ Qualifier: live, ProvisionedConcurrentExecutions: 60 }]";
    let [old, new] = cold_starts(&setup.run(), 0, 590);
    assert_eq!(old, 0);
    assert!(new >= 3, "the canary runs on demand: {new}");
    let at_full = |allocation: &str| {
        let mut setup = setup.clone();
        setup.assumptions = "preset: ideal, lambda.provisioned_allocation: ALLOCATION";
        let yaml = setup.yaml().replace("ALLOCATION", allocation);
        let yaml = yaml.replace("cutover: 1\n", "cutover: 1\nuntil: 12m\n");
        cold_starts(&play(&read(&yaml).expect("a scenario"), 1, 0), 600, 720)[1]
    };
    assert_eq!(at_full("0s"), 0);
    assert!(at_full("90s") >= 15, "{}", at_full("90s"));
}

/// LAM-CON-3: no more can be provisioned than is reserved.
#[test]
fn more_than_is_reserved_cannot_be_provisioned() {
    let mut setup = canary();
    setup.function = "FunctionName: checkout, ReservedConcurrentExecutions: 50, ProvisionedConcurrencyConfigs: \
                      [{ Qualifier: live, ProvisionedConcurrentExecutions: 60 }]";
    let refused = read(&setup.yaml()).expect_err("refused");
    assert!(refused.contains("InvalidParameterValueException"), "{refused}");
    setup.function = "FunctionName: checkout, ProvisionedConcurrencyConfigs: \
                      [{ Qualifier: blue, ProvisionedConcurrentExecutions: 60 }]";
    let refused = read(&setup.yaml()).expect_err("refused");
    assert!(refused.contains("for the alias `blue`, not `live`"), "{refused}");
}

/// LAM-CON-1: without the time that invocations take nothing is known of concurrency, which is told.
#[test]
fn concurrency_without_times_is_told() {
    let mut setup = canary();
    setup.function = "FunctionName: checkout, ReservedConcurrentExecutions: 1";
    setup.replacement = "errors: 0%";
    setup.original = "errors: 0%";
    let told = told(&setup.yaml());
    assert!(told.contains("CUT0223") && told.contains("nobody is throttled"), "{told}");
    assert_eq!(throttled(&setup.run()), 0);
}

/// LAM-CON-1: the cost does not grow with the rate, and a run is the same as often as it is played.
#[test]
fn a_hundred_thousand_a_second_are_no_more_events() {
    let events = |rate| {
        let mut setup = canary();
        setup.rate = rate;
        setup.run().ended.events
    };
    assert_eq!(events("100/s"), events("100000/s"));
}
