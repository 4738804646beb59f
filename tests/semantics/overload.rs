//! Load on tasks: lines that grow and drain, requests that wait in vain, and response times as CloudWatch has them.
//!
//! On the ideal preset minutes begin with the deployment and datapoints can be seen at once.

use cutover::analysis::verdict::judge;
use cutover::engine::queueing::MultiServerQueue;

use crate::support::{Played, Setup, scenario};

/// Above a second, one of one.
const SLOW: &str = "Threshold: 1, ComparisonOperator: GreaterThanThreshold, EvaluationPeriods: 1, TreatMissingData: notBreaching";

/// The original alone: no deployment gets beyond `Install`.
fn alone(tasks: u32, rate: &str) -> Setup {
    scenario()
        .desired(tasks)
        .rate(rate)
        .replacement("launch: 12h")
        .operator("at: 1s, do: StopDeployment")
        .assume("cw.history: false")
}

/// The datapoints of an alarm, in seconds.
fn seen(run: &Played, alarm: u8) -> Vec<f64> {
    let told = run.datapoints(alarm);
    let values = told.split(", ").filter(|told| !told.is_empty());
    let value = |told: &str| {
        told.split(' ').nth(1).and_then(|value| value.trim_end_matches('!').parse().ok())
    };
    values.map(|told| value(told).expect("a number")).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn is_near(found: f64, expected: f64, tolerance: f64) {
    let off = (found / expected - 1.0).abs();
    assert!(off <= tolerance, "{found}, not {expected} +- {} %", tolerance * 100.0);
}

/// V13: tasks that serve 60 requests a second of 80 for two minutes, then 100.
#[test]
fn a_line_grows_by_what_is_too_much_and_drains_by_the_surplus() {
    let run = alone(10, "80/s")
        .original("errors: 0%, capacity: { service_time: 100ms }, defects: [{ slower: 1.6666666666666667, for: 2m }]")
        .line("until: 6m")
        .run();
    let waiting = [30, 60, 120, 180, 240, 300].map(|at| run.value("waiting_requests", at));
    assert_eq!(waiting, [0, 1200, 2400, 1200, 0, 0]);
    assert_eq!(
        run.row().failed_requests,
        0,
        "the longest wait is 40 s, less than the idle timeout"
    );
}

/// ELB-ERR-1: who would wait for longer than the load balancer's idle timeout gets 504.
#[test]
fn who_waits_in_vain_is_answered_by_the_load_balancer() {
    let run = alone(10, "160/s")
        .original("errors: 0%, capacity: { service_time: 100ms }")
        .line("until: 10m")
        .run();
    // 60 a second too many: after 100 s the line is 60 s long, and 60 of 160 give up.
    assert_eq!([60, 120, 540].map(|at| run.value("waiting_requests", at)), [3600, 6000, 6000]);
    let told = run.occurrence("Overloaded");
    is_near(told.count as f64, 60.0 * 500.0, 0.02);
    assert_eq!(told.count, run.occurrence("Http504").count);
    assert_eq!(told.count, run.row().failed_requests);
    assert_eq!(run.row().bad_requests, 0, "the original is no bad release");
}

/// V12: means and shares of those who wait by chance, through the metric.
#[test]
fn waits_by_chance_are_those_of_many_servers() {
    for (rate, tasks, wait_ms) in [(80, 10, 20.46), (80, 9, 65.33), (90, 10, 66.87)] {
        let run = alone(tasks, &format!("{rate}/s"))
            .original("capacity: { service_time: 100ms }")
            .response_time("mean", ("Statistic: Average", "blue", 60), SLOW)
            .response_time("p50", ("ExtendedStatistic: p50", "", 3600), SLOW)
            .line("until: 3h")
            .run();
        let values = seen(&run, 0);
        assert_eq!(values.len(), 180);
        is_near(mean(&values), 0.1 + wait_ms / 1000.0, 0.01);
        // Who is answered within the median: the law of waits, over the times of service.
        let queue = MultiServerQueue::new(f64::from(rate), 10.0, tasks);
        let median = mean(&seen(&run, 1));
        let steps = 100_000;
        let longer: f64 = (0..steps)
            .map(|step| {
                let service = -0.1 * libm::log1p(-(f64::from(step) + 0.5) / f64::from(steps));
                if service > median { 1.0 } else { queue.waits_longer_than(median - service) }
            })
            .sum::<f64>()
            / f64::from(steps);
        assert!((longer - 0.5).abs() < 0.005, "{rate}/{tasks}: {longer} take longer than {median}");
    }
}

/// V12: one server, whose answers take longer than 2.3026 s in one case of a hundred.
#[test]
fn the_tail_of_one_server_is_that_of_the_law() {
    let run = alone(1, "8/s")
        .original("capacity: { service_time: 100ms }")
        .response_time("mean", ("Statistic: Average", "", 3600), SLOW)
        .response_time("p99", ("ExtendedStatistic: p99", "", 3600), SLOW)
        .response_time("most", ("Statistic: Maximum", "", 3600), SLOW)
        .line("until: 5h")
        .run();
    is_near(mean(&seen(&run, 0)), 0.5, 0.01);
    is_near(mean(&seen(&run, 1)), std::f64::consts::LN_10, 0.02);
    for (most, p99) in seen(&run, 2).iter().zip(seen(&run, 1)) {
        assert!(*most > p99, "{most} {p99}");
    }
}

/// ELB-MET-2, CW-MET-4: percentiles of a revision's latency, by group and for both, over one period and over several.
#[test]
fn percentiles_of_latency_are_those_of_its_law() {
    let latency = |median: &str, p95: &str| {
        format!("latency: {{ lognormal: {{ median: {median}, p95: {p95} }} }}")
    };
    let run = scenario()
        .rate("100/s")
        .canary(50, 60)
        .original(&latency("80ms", "200ms"))
        .replacement(&latency("160ms", "400ms"))
        .response_time("blue", ("ExtendedStatistic: p95", "blue", 300), SLOW)
        .response_time("green", ("ExtendedStatistic: p95", "green", 300), SLOW)
        .response_time("all", ("ExtendedStatistic: p50", "", 300), SLOW)
        .response_time("least", ("Statistic: Minimum", "", 60), SLOW)
        .response_time("count", ("Statistic: SampleCount", "green", 60), SLOW)
        .line("until: 55m")
        .run();
    let of = |alarm| mean(&seen(&run, alarm)[1..]);
    is_near(of(0), 0.2, 0.02);
    is_near(of(1), 0.4, 0.02);
    // Half of both lie below the geometric mean of the medians.
    is_near(of(2), 0.08 * 2_f64.sqrt(), 0.02);
    assert!(seen(&run, 3).iter().all(|least| *least > 0.005 && *least < 0.05));
    is_near(of(4), 3000.0, 0.02);
}

/// ELB-MET-2: a percentile is of the answers of its own group; where few come there is none to tell it from the largest.
#[test]
fn a_percentile_needs_answers() {
    let run = scenario()
        .rate("1/s")
        .canary(10, 5)
        .original("latency: 100ms")
        .replacement("latency: 300ms")
        .response_time("green", ("ExtendedStatistic: p99", "green", 60), SLOW)
        .response_time("blue", ("ExtendedStatistic: p99", "blue", 60), SLOW)
        .line("until: 20m")
        .run();
    let near = |values: Vec<f64>, expected: f64| {
        assert!(!values.is_empty() && values.iter().all(|v| (v / expected - 1.0).abs() < 0.002));
    };
    near(seen(&run, 0), 0.3);
    near(seen(&run, 1), 0.1);
    assert!(run.alarm(1).starts_with("0 OK"), "{}", run.alarm(1));
}

/// CW-MISS-3: with `ignore` too few answers change no state; with `evaluate` the largest of a few does. `check` says so.
#[test]
fn few_answers_judge_or_change_nothing() {
    let watched = |low: &str| {
        scenario()
            .rate("10/s")
            .canary(10, 5)
            .original("latency: 100ms")
            .replacement("latency: 2s")
            .response_time(
                "green",
                ("ExtendedStatistic: p99", "green", 60),
                &format!("EvaluateLowSampleCountPercentile: {low}, {SLOW}"),
            )
            .watch(&["green"])
            .rollback(&["DEPLOYMENT_STOP_ON_ALARM"])
            .termination_wait(10)
    };
    // 60 answers a minute at first, 600 after five; the 99th percentile needs a thousand.
    let (evaluated, ignored) = (watched("evaluate").run(), watched("ignore").run());
    assert_eq!(evaluated.alarm(0), "0 OK, 60 ALARM");
    assert_eq!(ignored.alarm(0), "0 OK");
    for (low, says) in [("evaluate", "judges by too few"), ("ignore", "keeps its state")] {
        let told = watched(low).told();
        assert!(told.contains("CUT0327") && told.contains(says), "{told}");
        assert!(told.contains("takes 1000 to tell this percentile; some 60 come"), "{told}");
    }
    assert!(!watched("evaluate").rate("1000/s").told().contains("CUT0327"));
}

/// The price of a task-hour times the hours of all tasks, rounded to millionths.
#[test]
fn tasks_cost_what_their_hours_do() {
    let priced = |price: &str| {
        scenario()
            .desired(10)
            .termination_wait(1)
            .assume(&format!("price.task_hour: {price}"))
            .line("expect: { that: [\"cost == task_seconds\", \"scaling_events == 0\"] }")
    };
    let run = priced("0.36").run();
    let row = run.row();
    assert_eq!(row.cost_micros, Some((row.task_ms * 360_000 + 1_800_000) / 3_600_000));
    assert!(row.task_ms >= 10 * 60_000);
    assert_eq!(priced("0").run().row().cost_micros, None);
    let held = |price: &str| {
        let setup = priced(price);
        let that = setup.load().expectations.expect("it expects something").that;
        let evidence = setup.run().evidence;
        that.iter().map(|one| judge(one, &evidence).expect("of one run").held).collect::<Vec<_>>()
    };
    assert_eq!((held("3600"), held("1800")), (vec![true, true], vec![false, true]));
}

/// `capacity_short_s`: fewer tasks than the service wants are RUNNING with a healthy target behind production weight.
#[test]
fn a_service_is_short_while_too_few_of_its_tasks_can_serve() {
    let short_s = |setup: Setup| {
        let run = setup.run();
        assert_eq!(run.row().capacity_short_ms % 1000, 0, "the ideal preset has whole seconds");
        (run.row().capacity_short_ms / 1000, run)
    };
    let canary = || scenario().desired(4).canary(10, 5).termination_wait(1).test_listener();
    assert_eq!(short_s(canary()).0, 0, "a replacement that is healthy first leaves no gap");

    // Nobody checks the replacement before it has everything, and no check is ever passed.
    let (short, run) = short_s(
        scenario().desired(4).termination_wait(1).replacement("health_check: { fails: 100% }"),
    );
    let full = run.row().full_shift.expect("it gets everything");
    assert_eq!(1000 * short, run.series.end.since(full).as_millis());

    // More tasks are wanted, and those of the original come a minute later. The four of the replacement help out once
    // they get requests.
    let scaled = |at: u32, count: u32| {
        let call = format!("at: {at}s, do: UpdateService, desiredCount: {count}");
        short_s(canary().operator(&call).original("launch: 60s")).0
    };
    assert_eq!([scaled(10, 6), scaled(200, 8), scaled(200, 9)], [60, 0, 60]);
}

/// ECS-EXT-36: a release that needs more of its tasks than the old one overloads them, and answers late before it fails.
#[test]
fn a_slow_release_is_overloaded_when_it_gets_everything() {
    let run = scenario()
        .desired(4)
        .rate("30/s")
        .canary(10, 5)
        .termination_wait(10)
        .original("errors: 0%, capacity: { service_time: 100ms }")
        .replacement("errors: 0%, capacity: { service_time: 200ms }")
        .response_time("green", ("ExtendedStatistic: p90", "green", 60), SLOW)
        .watch(&["green"])
        .rollback(&["DEPLOYMENT_STOP_ON_ALARM"])
        .run();
    // 3 of 20 a second at first, then 30 of 20.
    assert_eq!(run.value("waiting_requests", 299), 0);
    assert_eq!(run.value("waiting_requests", 360), 600);
    assert_eq!(run.alarm(0), "0 OK, 360 ALARM");
    assert!(run.evidence.row.bad, "it is slower than the original");
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 360 Stopped");
}
