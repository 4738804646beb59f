//! Metrics in a run: what a load balancer publishes, when it can be seen, and what alarms make of it.
//!
//! On the ideal preset minutes begin with the deployment, alarms are evaluated on the minute, and datapoints can be seen
//! at once, but where a test says otherwise.

use cutover::journal::fact::Fact;

use crate::support::{Played, Setup, scenario};

/// One of one, above a threshold; a minute without a datapoint is a good one.
fn above(threshold: &str) -> String {
    format!(
        "Threshold: {threshold}, ComparisonOperator: GreaterThanThreshold, EvaluationPeriods: 1, TreatMissingData: notBreaching"
    )
}

/// A replacement that gets everything at once and fails all of it.
fn failing() -> Setup {
    scenario().rate("10/s").original("errors: 0%").replacement("errors: 100%").line("until: 10m")
}

/// Requests of a group that were answered in a minute, and failed ones, as the journal has them.
fn answered(run: &Played, group: u8, minute: u64) -> (u32, u32) {
    let within = |at_ms: u64| at_ms > minute * 60_000 && at_ms <= (minute + 1) * 60_000;
    let mut sums = (0, 0);
    for entry in &run.journal.entries {
        if let Fact::RequestsAnswered { target_group, requests, failed, .. } = entry.fact
            && target_group.0 == group
            && within(entry.at.as_millis())
        {
            sums = (sums.0 + requests, sums.1 + failed);
        }
    }
    sums
}

/// ELB-MET-1: requests and 5xx codes are counted by the minute, by target group and for the whole load balancer.
#[test]
fn requests_and_their_codes_are_counted_by_group_and_in_all() {
    let run = failing()
        .canary(10, 5)
        .replacement("errors: 50%")
        .original("errors: 1%")
        .alarm("green-5xx", ("HTTPCode_Target_5XX_Count", "green"), &above("0"))
        .alarm("green-2xx", ("HTTPCode_Target_2XX_Count", "green"), &above("0"))
        .alarm("green", ("RequestCount", "green"), &above("0"))
        .alarm("all", ("RequestCount", ""), &above("0"))
        .alarm("all-5xx", ("HTTPCode_Target_5XX_Count", ""), &above("0"))
        .run();
    for minute in 0..9 {
        let [(blue, blue_failed), (green, green_failed)] =
            [0, 1].map(|group| answered(&run, group, minute));
        let seen = |alarm| value_seen(&run, alarm, (minute + 1) * 60_000);
        assert_eq!(seen(0), count(green_failed), "5xx of green in minute {minute}");
        assert_eq!(seen(1), count(green - green_failed), "2xx of green in minute {minute}");
        assert_eq!(seen(2), count(green), "requests of green in minute {minute}");
        assert_eq!(seen(3), count(blue + green), "requests in minute {minute}");
        assert_eq!(seen(4), count(blue_failed + green_failed), "5xx in minute {minute}");
    }
    assert!(answered(&run, 1, 2).1 > 10 && answered(&run, 0, 2).1 > 0, "there is something to see");
}

/// A counter publishes nothing where there is nothing (ELB-MET-1, ELB-MET-3).
fn count(number: u32) -> Option<i64> {
    (number > 0).then(|| i64::from(number) * 1_000_000)
}

/// What an alarm saw at this instant of a period that ended at it.
fn value_seen(run: &Played, number: u8, at_ms: u64) -> Option<i64> {
    run.journal.entries.iter().find_map(|entry| match entry.fact {
        Fact::DatapointSeen { alarm, ended_ms_ago: 0, micros, .. } => {
            (alarm.0 == number && entry.at.as_millis() == at_ms).then_some(micros)
        }
        _ => None,
    })
}

/// T127, T128 (ELB-MET-3, CW-DELAY-1, CW-ALARM-3, CW-ALARM-5): a counter is missing in good minutes, so that the last bad
/// one counts until it leaves the evaluation range.
#[test]
fn an_error_counter_goes_off_and_is_quiet_again_with_the_delays_of_its_metric() {
    let late = failing()
        .assume("cw.delay.alb: 60s")
        .assume("cw.eval_phase: 20s")
        .rollback(&["DEPLOYMENT_STOP_ON_REQUEST"])
        .termination_wait(60)
        .operator("at: 300s, do: StopDeployment")
        .alarm("errors", ("HTTPCode_Target_5XX_Count", "green"), &above("1"))
        .error_rate("rate", "", &above_rate("notBreaching"));
    let run = late.run();
    assert_eq!(run.alarm(0), "0 OK, 140 ALARM, 500 OK");
    assert_eq!(
        run.alarm(1),
        "0 OK, 140 ALARM, 440 OK",
        "the rate of all traffic has data in every minute"
    );
    // The evaluation range grows with the largest delay there is (CW-MISS-1), and with it the time back to OK.
    let later = late.assume("cw.delay.alb: 300s").line("until: 30m").run();
    assert!(later.alarm(0).starts_with("0 OK, 380 ALARM"), "{}", later.alarm(0));
}

fn above_rate(treatment: &str) -> String {
    format!("EvaluationPeriods: 1, TreatMissingData: {treatment}")
}

/// T133, T135 (decision: history): what came before the deployment counts; without it an alarm that takes missing data for
/// missing goes off on one datapoint.
#[test]
fn an_alarm_remembers_what_came_before_the_deployment() {
    let rule = "Threshold: 300, ComparisonOperator: GreaterThanThreshold, EvaluationPeriods: 3";
    let step = scenario()
        .rate("1/s, changes: [{ at: 0s, factor: 10 }]")
        .line("until: 10m")
        .assume("cw.delay.alb: 110s")
        .assume("cw.eval_phase: 20s")
        .alarm("load", ("RequestCount", ""), rule);
    assert_eq!(step.run().alarm(0), "0 OK, 320 ALARM");
    let new = step.assume("cw.history: false").run();
    assert_eq!(new.alarm(0), "0 INSUFFICIENT_DATA, 200 ALARM");
}

/// Decision: history. The state at creation is what the original's own errors have made of it.
#[test]
fn an_original_that_fails_has_its_alarm_active_at_creation() {
    let setup = scenario()
        .rate("100/s")
        .original("errors: 5%")
        .assume("codedeploy.created_to_in_progress: 2s")
        .error_rate("blue", "blue", &above_rate("notBreaching"))
        .watch(&["blue"]);
    let run = setup.run();
    assert_eq!(run.alarm(0), "0 ALARM");
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 2 Stopped");
    let healthy = setup.original("errors: 0%").run();
    assert_eq!(healthy.alarm(0), "0 OK");
}

/// ELB-MET-2: hosts are counted while there are any, with or without traffic.
#[test]
fn hosts_are_counted_with_or_without_traffic() {
    let less = "Threshold: 2, ComparisonOperator: LessThanThreshold, EvaluationPeriods: 1, TreatMissingData: ignore";
    let run = scenario()
        .desired(2)
        .replacement("launch: 90s")
        .termination_wait(10)
        .health_check([10, 5, 2, 2])
        .fault("at: 400s, kind: task-crash, tasks: 1, of: replacement")
        .alarm("healthy", ("HealthyHostCount", "green"), less)
        .alarm("unhealthy", ("UnHealthyHostCount", "green"), &above("0"))
        .run();
    assert_eq!(
        run.datapoints(0).split(", ").take(7).collect::<Vec<_>>(),
        ["120 2", "180 2", "240 2", "300 2", "360 2", "420 2", "480 1!"],
        "a maximum; before 90 s there is none to count"
    );
}

/// ELB-MET-2: requests by the targets that were healthy.
#[test]
fn requests_are_counted_by_target() {
    let of = |tasks| {
        let run = scenario()
            .desired(tasks)
            .rate("20/s")
            .line("until: 3m")
            .alarm("each", ("RequestCountPerTarget", "green"), &above("0"))
            .alarm("all", ("RequestCount", "green"), &above("0"))
            .run();
        [0, 1].map(|alarm| value_seen(&run, alarm, 120_000).expect("there is traffic"))
    };
    for tasks in [1, 4] {
        let [each, all] = of(tasks);
        assert_eq!(each, all / i64::from(tasks));
    }
}

/// ELB-MET-1, ELB-MET-3, CW-MATH-5: what the load balancer answers itself is counted for the load balancer alone; a 503 is
/// no request of the group that had no target.
#[test]
fn the_load_balancers_own_answers_are_counted_apart() {
    let empty = scenario()
        .rate("10/s")
        .replacement("launch: 10m")
        .operator("at: 60s, do: ModifyListener, weights: { blue: 0, green: 100 }")
        .operator("at: 120s, do: ModifyListener, weights: { blue: 100, green: 0 }")
        .alarm("503", ("HTTPCode_ELB_503_Count", ""), &above("0"))
        .alarm("5xx", ("HTTPCode_ELB_5XX_Count", ""), &above("0"))
        .alarm("targets", ("HTTPCode_Target_5XX_Count", ""), &above("600"))
        .alarm("green", ("RequestCount", "green"), &above("0"))
        .run();
    let seen = value_seen(&empty, 0, 120_000);
    assert!(seen.is_some_and(|micros| micros > 500_000_000));
    assert_eq!(seen, value_seen(&empty, 1, 120_000));
    assert_eq!([value_seen(&empty, 2, 120_000), value_seen(&empty, 3, 120_000)], [None, None]);
    let refused = scenario()
        .rate("10/s")
        .line("until: 3m")
        .replacement("boot: 10m, health_check: { fails: 0% }")
        .alarm("502", ("HTTPCode_ELB_502_Count", ""), &above("0"))
        .alarm("connections", ("TargetConnectionErrorCount", "green"), &above("0"))
        .alarm("green", ("RequestCount", "green"), &above("0"))
        .run();
    let [refusals, errors, requests] = [0, 1, 2].map(|alarm| value_seen(&refused, alarm, 120_000));
    assert!(refusals.is_some_and(|micros| micros > 500_000_000));
    assert_eq!([errors, requests], [refusals; 2], "a target was chosen, and did not answer");
}

/// CW-MATH-3: where the requests of a minute have arrived and its errors have not, their rate reads 0 until they do.
#[test]
fn a_rate_reads_zero_until_its_errors_arrive() {
    let setup = failing().assume("cw.delay.alb: { uniform: [20s, 115s] }").error_rate(
        "rate",
        "green",
        &above_rate("notBreaching"),
    );
    let seen: Vec<String> = (0..20).map(|k| setup.replication(1, k).datapoints(0)).collect();
    let is_zero_first = |told: &&String| told.contains(" 0,") && told.contains(" 100!");
    assert!(seen.iter().any(|told| is_zero_first(&told)), "{seen:?}");
}

/// CW-ALARM-4: periods longer than a minute slide.
#[test]
fn longer_periods_slide_from_minute_to_minute() {
    let series = "Namespace: AWS/ApplicationELB, MetricName: RequestCount, Dimensions: [{ Name: LoadBalancer, Value: app/web/1 }]";
    let run = scenario()
        .rate("10/s")
        .line("until: 10m")
        .described_alarm(&format!(
            "AlarmName: five, {series}, Statistic: Sum, Period: 300, {}",
            above("4000")
        ))
        .described_alarm(&format!(
            "AlarmName: one, {series}, Statistic: Sum, Period: 60, {}",
            above("0")
        ))
        .run();
    for minute in 5..9 {
        let ones = (minute - 4..=minute).map(|minute| value_seen(&run, 1, minute * 60_000));
        let sum: i64 = ones.map(|micros| micros.expect("there is traffic")).sum();
        assert_eq!(value_seen(&run, 0, minute * 60_000), Some(sum), "minute {minute}");
    }
}

/// CW-MET-3, CW-MISS-3: each request is a sample of 1, whatever is made of them.
#[test]
fn every_request_is_a_sample_of_one() {
    let stat = |stat: &str| {
        let alarm = format!(
            "AlarmName: a, Namespace: AWS/ApplicationELB, MetricName: RequestCount, Dimensions: [{{ Name: LoadBalancer, Value: app/web/1 }}], Period: 60, {stat}, {}",
            above("0")
        );
        let run = scenario().rate("10/s").line("until: 3m").described_alarm(&alarm).run();
        value_seen(&run, 0, 120_000)
    };
    assert_eq!([stat("Statistic: Average"), stat("Statistic: Maximum")], [Some(1_000_000); 2]);
    assert_eq!(stat("ExtendedStatistic: p99"), Some(1_000_000));
    assert_eq!(stat("Statistic: SampleCount"), stat("Statistic: Sum"));
}

/// V26: an alarm that nobody acts on changes no draw.
#[test]
fn an_alarm_that_nobody_acts_on_changes_nothing() {
    let setup = scenario().default_assumptions().rate("30/s").canary(10, 5).desired(3);
    let happened = |setup: &Setup| {
        let entries = setup.run().journal.entries;
        let others = entries.into_iter().map(|entry| (entry.at, entry.fact)).filter(|(_, fact)| {
            !matches!(
                fact,
                Fact::AlarmFound { .. }
                    | Fact::DatapointSeen { .. }
                    | Fact::AlarmStateChanged { .. }
            )
        });
        others.collect::<Vec<_>>()
    };
    let watched = setup.clone().error_rate("rate", "green", &above_rate("missing")).alarm(
        "hosts",
        ("HealthyHostCount", "blue"),
        &above("9"),
    );
    assert_eq!(happened(&watched), happened(&setup));
    let alone = watched.run().datapoints(0);
    let more = watched.alarm("more", ("RequestCount", ""), &above("0")).run().datapoints(0);
    assert_eq!(alone, more, "nor that of another alarm");
}

/// ELB-MET-1, ELB-MET-2, CD-ALM-9: a metric that the load balancer does not publish so has no data, and that is told.
#[test]
fn a_metric_that_is_not_published_so_is_told() {
    let told = |metric: &str, dimensions: &str| {
        let alarm = format!(
            "AlarmName: a, {metric}, Dimensions: [{dimensions}], Statistic: Sum, Period: 60, {}",
            above("0")
        );
        let told = scenario().described_alarm(&alarm).told();
        let (_, warning) = told.split_once("CUT0309").unwrap_or_default();
        let reason = warning.lines().find_map(|line| Some(line.split_once("^ ")?.1.to_owned()));
        reason.unwrap_or_default()
    };
    let alb = |name: &str| format!("Namespace: AWS/ApplicationELB, MetricName: {name}");
    let balancer = "{ Name: LoadBalancer, Value: app/web/1 }";
    let group = |name: &str| format!("{balancer}, {{ Name: TargetGroup, Value: {name} }}");
    assert_eq!(told(&alb("RequestCount"), balancer), "");
    assert_eq!(told(&alb("RequestCount"), &group("targetgroup/green/1")), "");
    for (metric, dimensions, reason) in [
        (
            alb("HealthyHostCount"),
            balancer.into(),
            "`HealthyHostCount` is published by target group: the dimension `TargetGroup` is missing",
        ),
        (
            alb("HTTPCode_ELB_5XX_Count"),
            group("targetgroup/green/1"),
            "`HTTPCode_ELB_5XX_Count` is published by load balancer, without `TargetGroup`",
        ),
        (
            alb("RequestCount"),
            "{ Name: TargetGroup, Value: targetgroup/green/1 }".into(),
            "`RequestCount` is published with the dimension `LoadBalancer`",
        ),
        (
            alb("RequestCount"),
            group("targetgroup/gren/1"),
            "`targetgroup/gren/1` is none of the deployment group's target groups",
        ),
        (
            alb("RequestCount"),
            group("arn:aws:x:targetgroup/green/1"),
            "the dimension `TargetGroup` holds a whole ARN",
        ),
        (
            alb("RequestCount"),
            "{ Name: LoadBalancer, Value: web }".into(),
            "`web` is not the dimension of a load balancer",
        ),
        (alb("NewConnectionCount"), balancer.into(), "`NewConnectionCount` is not simulated"),
        (
            "Namespace: AWS/NetworkELB, MetricName: HealthyHostCount".into(),
            balancer.into(),
            "the load balancer is of another kind: it publishes in `AWS/ApplicationELB`",
        ),
        (
            "Namespace: AWS/RDS, MetricName: CPUUtilization".into(),
            balancer.into(),
            "nothing in `AWS/RDS` is simulated",
        ),
    ] {
        assert_eq!(told(&metric, &dimensions), reason);
    }
}

// ---- the gate check ----------------------------------------------------------------------------------

/// A canary of five minutes at 50 requests a second, and an alarm on the error rate of one of its target groups.
fn gate(of: &str, rule: &str) -> Setup {
    scenario()
        .canary(10, 5)
        .rate("50/s")
        .original("errors: 0.1%")
        .replacement("errors: 2%")
        .rollback(&["DEPLOYMENT_STOP_ON_ALARM"])
        .hook("AfterInstall", "duration: 1s")
        .error_rate("errors", of, rule)
        .watch(&["errors"])
}

/// The codes of gates that are told of a scenario, with title and label.
fn gates(setup: &Setup) -> Vec<String> {
    let told = setup.told();
    let mut gates = Vec::new();
    for diagnostic in told.split("\n\n") {
        let Some((_, rest)) = diagnostic.split_once("[CUT032") else { continue };
        let title = rest.lines().next().unwrap_or_default();
        let label = diagnostic.lines().find_map(|line| Some(line.split_once("^ ")?.1));
        gates.push(format!("{}: {}", title.replace("]:", ""), label.unwrap_or_default()));
    }
    gates
}

const THREE: &str = "EvaluationPeriods: 3, TreatMissingData: notBreaching";

/// V10h (CW-LINT-2, decision 23): a gate of three minutes in a canary of five, with later and later metrics.
#[test]
fn a_gate_whose_metrics_come_too_late_is_told() {
    for delay in ["0s", "1m", "110s"] {
        let told = gates(&gate("green", THREE).assume(&format!("cw.delay.alb: {delay}")));
        assert_eq!(told, [""; 0], "{delay}");
    }
    let told = gates(&gate("green", THREE).assume("cw.delay.alb: 3m"));
    let usual = "goes off 5m38s after the first step in half of all runs; 5m are left";
    let title = "`errors` mostly stops the deployment too late: all traffic has moved before";
    assert_eq!(told, [format!("1 {title}: {usual}")]);
}

/// CW-LINT-2: the documented example, five of five in five minutes, comes too late in most runs, more periods always; with
/// all at once the termination wait is what is left.
#[test]
fn a_gate_that_is_mostly_too_late_is_told_with_its_numbers() {
    let of = |periods: u32| {
        let rule = format!("EvaluationPeriods: {periods}, TreatMissingData: notBreaching");
        gates(&gate("green", &rule).assume("cw.delay.alb: { uniform: [20s, 100s] }"))
    };
    assert!(of(5)[0].starts_with("1 `errors` mostly stops the deployment too late"));
    let never = "goes off 6m after the first step at the earliest; that is after 5m";
    let title = "`errors` cannot stop the deployment before all traffic has moved";
    assert_eq!(of(6), [format!("1 {title}: {never}")]);
    let all_at_once = gate("green", THREE).routing("type: AllAtOnce");
    let title = "1 `errors` cannot stop the deployment before the original is terminated";
    assert!(gates(&all_at_once)[0].starts_with(title));
    assert_eq!(gates(&all_at_once.termination_wait(5)), [""; 0]);
}

/// V5 (CW-MATH-5): at 10 % the whole load balancer's error rate sees a release from 9.1 % on, that of the target group from
/// 1 %.
#[test]
fn a_diluted_gate_is_told_with_what_it_sees() {
    assert_eq!(
        gates(&gate("", THREE)),
        [
            "2 `errors` does not see `replacement` while it gets 10 %: 2 % of its requests fail; from 9.11 % on this alarm would go off"
        ]
    );
    assert_eq!(gates(&gate("", THREE).replacement("errors: 9.2%")), [""; 0]);
    assert_eq!(gates(&gate("green", THREE)), [""; 0]);
    let at = |percent, least: &str| {
        let told = gates(&gate("", THREE).canary(percent, 5));
        assert!(told[0].contains(&format!("from {least} on")), "{told:?}");
    };
    at(5, "18.11 %");
    at(25, "3.71 %");
    at(1, "90.11 %");
    let count = gate("green", THREE)
        .alarm("count", ("HTTPCode_Target_5XX_Count", "green"), &above("400"))
        .watch(&["count"]);
    assert!(
        gates(&count)[0].ends_with("not even a release that fails everything would set it off")
    );
}

/// CW-LINT-1, decision 23: what missing data is taken for.
#[test]
fn missing_data_that_is_taken_the_wrong_way_is_told() {
    let told = |treatment: &str| {
        let rule = format!("EvaluationPeriods: 3, TreatMissingData: {treatment}");
        gates(&gate("green", &rule).assume("cw.delay.alb: 110s").canary(10, 9))
    };
    assert_eq!(told("notBreaching"), [""; 0]);
    assert!(told("breaching")[0].starts_with("3 `errors` goes off where there are no errors"));
    assert!(
        told("missing")[0].starts_with("3 `errors` goes off on fewer datapoints at first"),
        "{:?}",
        told("missing")
    );
    let counter = |treatment: &str| {
        let rule = above("5").replace("notBreaching", treatment);
        let setup =
            gate("green", THREE).alarm("count", ("HTTPCode_Target_5XX_Count", "green"), &rule);
        gates(&setup.watch(&["count"]))
    };
    assert!(counter("ignore")[0].starts_with("3 `count` has no state of its own in good minutes"));
}

/// CD-ALM-11, CD-SM-7: no gate at all, one without a way back, a client without patience.
#[test]
fn what_is_not_there_is_told() {
    let unwatched = scenario().canary(10, 5).rollback(&["DEPLOYMENT_FAILURE"]);
    assert!(gates(&unwatched)[0].starts_with("4 nothing watches the release"));
    assert_eq!(gates(&unwatched.hook("AfterInstall", "duration: 1s")), [""; 0]);
    let stays = gate("green", THREE).rollback(&["DEPLOYMENT_FAILURE"]);
    assert!(
        gates(&stays)[0]
            .starts_with("5 an alarm stops the deployment, and nothing takes the traffic back")
    );
    let impatient =
        gate("green", THREE).termination_wait(60).client("waiter: DeploymentSuccessful");
    assert!(
        gates(&impatient)[0].starts_with("6 the client gives up after 29m45s"),
        "{:?}",
        gates(&impatient)
    );
    assert_eq!(gates(&impatient.client("waiter: aws-ecs-deploy")), [""; 0]);
}

/// ELB-FO-4 (ELB-FO-1): requests that are routed without regard to health, since too few targets are healthy, are counted
/// by group and in all; while enough are healthy there is no datapoint.
#[test]
fn requests_that_fail_open_are_counted() {
    let setup = || {
        failing()
            .canary(10, 5)
            .grace(100_000)
            .health_check([10, 5, 2, 2])
            .alarm("open", ("UnhealthyRoutingRequestCount", "green"), &above("0"))
            .alarm("all", ("UnhealthyRoutingRequestCount", ""), &above("0"))
            .alarm("blue", ("UnhealthyRoutingRequestCount", "blue"), &above("0"))
    };
    // Healthy for two minutes, and unhealthy from the second failed check after a change on.
    let run = setup()
        .operator(
            "at: 120s, do: ModifyTargetGroup, targetGroup: green, HealthCheckPath: /gone, answered_by: [original]",
        )
        .run();
    assert!(run.target(1).contains("130 unhealthy"), "{}", run.target(1));
    let seen = |alarm, minute: u64| value_seen(&run, alarm, (minute + 1) * 60_000);
    assert_eq!([seen(0, 0), seen(0, 1)], [None, None], "enough are healthy");
    // Fifty seconds of the third minute, by the share of its time.
    let (third, _) = answered(&run, 1, 2);
    assert_eq!(seen(0, 2), count(third * 5 / 6 + u32::from(third * 5 % 6 >= 3)));
    for minute in [3, 4] {
        let (green, _) = answered(&run, 1, minute);
        assert_eq!([seen(0, minute), seen(1, minute)], [count(green); 2], "minute {minute}");
        assert_eq!(seen(2, minute), None, "the original's targets are healthy");
    }
    assert!(run.alarm(0).starts_with("0 OK, 180 ALARM"), "{}", run.alarm(0));
    let told = failing().network_load_balancer();
    let told = told.alarm("open", ("UnhealthyRoutingRequestCount", "green"), &above("0")).told();
    assert!(told.contains("CUT0309"), "an NLB publishes none: {told}");
}
