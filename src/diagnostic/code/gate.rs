//! 032x: what watches a release, and cannot.

use super::{Code, Entry, Example, ExampleKind, Severity, codes};

/// A canary that an alarm on the errors of the replacement's target group guards: the events that roll back, how many
/// periods are evaluated, above how many errors they breach, and what missing data are; then more of the scenario.
macro_rules! guarded {
    ($events:literal, $periods:literal, $threshold:literal, $missing:literal $(, $more:literal)?) => {
        watched!("HTTPCode_Target_5XX_Count", "Statistic: Sum", $events, $periods, $threshold, $missing $(, $more)?)
    };
}

/// The same with another metric of that target group, and what is made of it.
macro_rules! watched {
    ($metric:literal, $stat:literal, $events:literal, $periods:literal, $threshold:literal, $missing:literal $(, $more:literal)?) => {
        concat!(
            r"deployment:
  deploymentGroup:
    deploymentConfigName: CodeDeployDefault.ECSCanary10Percent5Minutes
    ecsServices: [{ clusterName: main, serviceName: web }]
    deploymentStyle: { deploymentType: BLUE_GREEN, deploymentOption: WITH_TRAFFIC_CONTROL }
    blueGreenDeploymentConfiguration:
      terminateBlueInstancesOnDeploymentSuccess: { terminationWaitTimeInMinutes: 5 }
    loadBalancerInfo:
      targetGroupPairInfoList:
        - targetGroups: [{ name: blue }, { name: green }]
          prodTrafficRoute: { listenerArns: [production] }
    autoRollbackConfiguration: { enabled: true, events: ",
            $events,
            r" }
    alarmConfiguration: { enabled: true, alarms: [{ name: errors }] }
resources:
  service:
    desiredCount: 2
    deploymentController: { type: CODE_DEPLOY }
    loadBalancers:
      - targetGroupArn: arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/blue/1a
        containerName: web
        containerPort: 8080
  alarms:
    - AlarmName: errors
      Namespace: AWS/ApplicationELB
      MetricName: ",
            $metric,
            r"
      Dimensions:
        - { Name: LoadBalancer, Value: app/web/3c }
        - { Name: TargetGroup, Value: targetgroup/green/2b }
      ",
            $stat,
            r"
      Period: 60
      EvaluationPeriods: ",
            $periods,
            "\n      Threshold: ",
            $threshold,
            "\n      ComparisonOperator: GreaterThanThreshold\n      TreatMissingData: ",
            $missing,
            "\n",
            $($more)?
        )
    };
}

codes! {
    GATE;

    GATE_TOO_LATE "CUT0321" Warning "an alarm that goes off too late"
        "The alarm's own evaluator was played on a metric that breaches from the first step on, with the delays of its \
         datapoints: it goes off only after all traffic has moved, or, with all at once, after the original is gone. The \
         number of periods, their length, the delivery of the last one and the wait for an evaluation add up. Not covered: a \
         release that goes bad later or fails only some requests takes longer, and composite alarms are not played."
        faulty ExampleKind::Scenario,
        { guarded!("[DEPLOYMENT_FAILURE, DEPLOYMENT_STOP_ON_ALARM]", 5, 5, "notBreaching") }
        mended { guarded!("[DEPLOYMENT_FAILURE, DEPLOYMENT_STOP_ON_ALARM]", 2, 5, "notBreaching") };

    BLIND_GATE "CUT0322" Warning "an alarm that does not see a bad release"
        "While the replacement gets its first share of the traffic, the alarm's metric stays below its threshold in \
         expectation, although a release of the scenario is bad: its errors are diluted by the answers of the original, or \
         the share is too small for a count."
        faulty ExampleKind::Scenario,
        { guarded!("[DEPLOYMENT_FAILURE, DEPLOYMENT_STOP_ON_ALARM]", 2, 100, "notBreaching",
            r"traffic: { rate: 20/s }
revisions:
  original: { errors: 0.1% }
  replacement: { errors: 2% }
") }
        mended { guarded!("[DEPLOYMENT_FAILURE, DEPLOYMENT_STOP_ON_ALARM]", 2, 1, "notBreaching",
            r"traffic: { rate: 20/s }
revisions:
  original: { errors: 0.1% }
  replacement: { errors: 2% }
") };

    MISSING_DATA "CUT0323" Warning "an alarm that takes missing data the wrong way"
        "Counters of errors have no datapoint where there are none, and a target group that starts empty has none at all. \
         Treated as breaching, that is an alarm on nothing; treated as missing, few datapoints decide at first; ignored, \
         the last state stays."
        faulty ExampleKind::Scenario,
        { guarded!("[DEPLOYMENT_FAILURE, DEPLOYMENT_STOP_ON_ALARM]", 2, 5, "breaching") }
        mended { guarded!("[DEPLOYMENT_FAILURE, DEPLOYMENT_STOP_ON_ALARM]", 2, 5, "notBreaching") };

    UNWATCHED "CUT0324" Note "nothing watches the release"
        "The deployment group looks at no alarm, and the AppSpec binds no hook function: whatever the release does to its \
         users, the deployment succeeds as long as its tasks are steady."
        faulty ExampleKind::Scenario,
        r"deployment:
  deploymentConfigName: CodeDeployDefault.ECSCanary10Percent5Minutes
"
        mended r"deployment:
  deploymentConfigName: CodeDeployDefault.ECSCanary10Percent5Minutes
hooks:
  AfterInstall: { duration: 30s }
";

    NO_ROLLBACK "CUT0325" Warning "an alarm that takes no traffic back"
        "An active alarm stops the deployment, and that is all: without `DEPLOYMENT_STOP_ON_ALARM` among the rollback \
         events the bad release keeps the traffic that it has, and both task sets run on."
        faulty ExampleKind::Scenario,
        { guarded!("[DEPLOYMENT_FAILURE]", 2, 5, "notBreaching") }
        mended { guarded!("[DEPLOYMENT_FAILURE, DEPLOYMENT_STOP_ON_ALARM]", 2, 5, "notBreaching") };

    IMPATIENT_CLIENT "CUT0326" Warning "a client that gives up before the deployment can be over"
        "Shift and termination wait take longer than the client waits, so that a deployment that succeeds looks like a \
         failure to the job that started it."
        faulty ExampleKind::Scenario,
        r"deployment:
  deploymentConfigName: CodeDeployDefault.ECSCanary10Percent15Minutes
client: { timeout: 20m }
"
        mended r"deployment:
  deploymentConfigName: CodeDeployDefault.ECSCanary10Percent15Minutes
";

    FEW_SAMPLES "CUT0327" Warning "a percentile of too few samples"
        "A percentile p needs 10 / (1 - p) samples in a period, or 10 / p below the median; while the replacement gets its first \
         share of the traffic it has fewer in expectation. CloudWatch then judges by a handful of answers, or, with \
         `EvaluateLowSampleCountPercentile: ignore`, by none."
        faulty ExampleKind::Scenario,
        { watched!("TargetResponseTime", "ExtendedStatistic: p99.9", "[DEPLOYMENT_FAILURE, DEPLOYMENT_STOP_ON_ALARM]", 2, 1, "notBreaching",
            r"traffic: { rate: 20/s }
revisions:
  original: { latency: { lognormal: { median: 80ms, p95: 200ms } } }
") }
        mended { watched!("TargetResponseTime", "ExtendedStatistic: p90", "[DEPLOYMENT_FAILURE, DEPLOYMENT_STOP_ON_ALARM]", 2, 1, "notBreaching",
            r"traffic: { rate: 20/s }
revisions:
  original: { latency: { lognormal: { median: 80ms, p95: 200ms } } }
") };
}
