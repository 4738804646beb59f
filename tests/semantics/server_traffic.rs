//! Deployments in place to instances behind a load balancer: who serves when, what requests meet, what is lost.

use cutover::aws::name::ErrorCode;
use std::path::Path;

use cutover::input::load;
use cutover::input::source::FileSource;
use cutover::journal::fact::Fact;
use cutover::report::{Report, text};

use crate::support::balanced::{in_place, serving};
use crate::support::{Played, play, read};

fn fleet(config: &str, replacement: &str, more: &str) -> String {
    in_place(config).replacement(replacement).more(more).yaml()
}

fn run(yaml: &str) -> Played {
    play(&read(yaml).unwrap_or_else(|told| panic!("{told}\n{yaml}")), 1, 0)
}

fn events(run: &Played, instance: u16) -> Vec<String> {
    let courses = &run.course(0).on_instances.instances;
    let one = courses.iter().find(|one| one.instance.0 + 1 == instance).expect("it had a turn");
    let told = one.events.iter().map(|span| {
        let ended = span.ended.as_millis();
        let began = ended - span.took.as_millis();
        format!("{} {}-{} {}", span.event, began as f64 / 1e3, ended as f64 / 1e3, span.code)
    });
    told.collect()
}

/// CD-LE-10, ELB-DR-1, CD-EC2-22: thirteen events with a load balancer; the instance drains, then is registered and must
/// be found healthy.
#[test]
fn an_instance_leaves_its_load_balancer_and_comes_back() {
    let run = run(&fleet("OneAtATime", "{}", "").replace("replacement: { {} }", "replacement: {}"));
    assert_eq!(
        events(&run, 1),
        [
            "BeforeBlockTraffic 2-2 Success",
            "BlockTraffic 2-22 Success",
            "AfterBlockTraffic 22-22 Success",
            "ApplicationStop 22-22 Success",
            "DownloadBundle 22-22 Success",
            "BeforeInstall 22-22 Success",
            "Install 22-32 Success",
            "AfterInstall 32-32 Success",
            "ApplicationStart 32-32 Success",
            "ValidateService 32-32 Success",
            "BeforeAllowTraffic 32-32 Success",
            "AllowTraffic 32-35 Success",
            "AfterAllowTraffic 35-35 Success",
        ]
    );
    assert_eq!(
        serving(&run),
        "0 4+0, 2 3+0, 35 3+1, 35 2+1, 68 2+2, 68 1+2, 101 1+3, 101 0+3, 134 0+4"
    );
    assert_eq!(run.row().failed_requests, 0, "three of four serve all the time");
}

/// CD-HH-4: half of the instances are out, the others get all requests; then what is new gets all, then half of them.
#[test]
fn requests_meet_the_revision_of_each_instance() {
    let run = run(&fleet("HalfAtATime", "errors: 10%", ""));
    assert_eq!(serving(&run), "0 4+0, 2 2+0, 35 2+2, 35 0+2, 68 0+4");
    // From 35 s on only the new revision serves, and it is bad: 33 s of all requests, then the end.
    assert_eq!([run.value("weight", 34), run.value("weight", 36)], [0, 100]);
    let row = run.row();
    assert_eq!(row.exposure_percent_ms, 3_300_000);
    assert!(row.weight_max.is_whole());
    let expected = 33.0 * 100.0 * 0.1;
    let sigma = f64::sqrt(expected);
    assert!((row.bad_requests as f64 - expected).abs() < 4.0 * sigma, "{}", row.bad_requests);
    assert_eq!(row.capacity_short_ms, 66_000, "two of four were out all the time");
}

/// ELB-ERR-1: all at once leaves nobody, and requests find no target until the first is back.
#[test]
fn all_at_once_leaves_nobody_to_answer() {
    let run = run(&fleet("AllAtOnce", "errors: 0%", ""));
    assert_eq!(serving(&run), "0 4+0, 2 0+0, 35 0+4");
    let row = run.row();
    assert_eq!(row.failed_requests, run.value("rejected_requests", 100));
    assert!((3_000..3_600).contains(&row.failed_requests), "{}", row.failed_requests);
    assert_eq!(run.traffic(2, 35).answered, 0);
}

/// CD-EC2-22, CD-HH-5: never healthy to its load balancer within the hour: `AllowTraffic` fails, and the rollback begins with
/// those instances.
#[test]
fn an_instance_must_be_healthy_within_an_hour() {
    let run = run(&fleet("HalfAtATime", "health_check: { fails: 100% }", ""));
    assert_eq!(events(&run, 1).last().expect("an event"), "AllowTraffic 32-3632 UnknownError");
    assert_eq!(run.course(0).error.map(|it| it.code), Some(ErrorCode::HealthConstraints));
    assert_eq!(run.statuses(1), "3632 Created, 3632 InProgress, 3678 Succeeded");
    assert_eq!(serving(&run), "0 4+0, 2 2+0, 3645 4+0, 3645 2+0, 3678 4+0");
    assert_eq!(run.row().bad_requests, 0, "no request has met it");
}

/// ELB-HC-6: a check that fails now and then makes some instances late, by whole intervals.
#[test]
fn a_check_that_fails_makes_an_instance_late() {
    let mut late = 0;
    for seed in 0..20 {
        let yaml = fleet("OneAtATime", "health_check: { fails: 50% }", "");
        let played = play(&read(&yaml).expect("it is read"), seed, 0);
        for one in &played.course(0).on_instances.instances {
            let allow = one.events.iter().find(|span| span.event.as_str() == "AllowTraffic");
            let took = allow.expect("it came so far").took.as_millis();
            assert_eq!((took - 3000) % 10_000, 0, "{took}");
            late += u32::from(took > 3000);
        }
    }
    assert!((20..=60).contains(&late), "half of 80, and {late} are late");
}

/// CD-EC2-9, CD-HH-6: an instance that fails stays out, and what serves is one less.
#[test]
fn a_failed_instance_stays_out_of_its_load_balancer() {
    let yaml = fleet("OneAtATime", "errors: 0%", "")
        .replace("count: 4", "count: 4, exceptions: [{ instances: 4, fails: Install }]");
    let run = run(&yaml);
    assert!(serving(&run).ends_with("101 1+3, 101 0+3"), "{}", serving(&run));
    assert_eq!((run.row().error_code, run.row().instances_failed), (None, Some(1)));
    let told = text::write(&Report::new(&run.journal), text::Color::Never);
    assert!(told.contains("requests") && told.contains("outdated     1 instance"), "{told}");
}

/// CD-STOP-7: a stop while an instance drains lets it drain, and it stays out.
#[test]
fn a_stop_leaves_an_instance_where_it_is() {
    let yaml = fleet("OneAtATime", "errors: 0%", "operator: [{ at: 10s, do: StopDeployment }]\n");
    let run = run(&yaml);
    assert_eq!(run.statuses(0), "0 Created, 2 InProgress, 22 Stopped");
    assert_eq!(serving(&run), "0 4+0, 2 3+0");
}

/// CW-MET-5: what load does to a task it does to an instance: three of four are enough, two are not.
#[test]
fn fewer_instances_have_less_capacity() {
    let loaded = |config: &str| {
        let capacity = "capacity: { service_time: 100ms, concurrency: 4 }";
        let yaml = fleet(config, "{}", "").replace("replacement: { {} }", "replacement: {}");
        let yaml = yaml
            .replace("original: { errors: 0%,", &format!("original: {{ errors: 0%, {capacity},"));
        run(&yaml.replace(
            "deregistration_delay.timeout_seconds, Value: '20'",
            "deregistration_delay.timeout_seconds, Value: '300'",
        ))
        .row()
        .failed_requests
    };
    assert_eq!(loaded("OneAtATime"), 0, "30 places for 10 requests at a time");
    assert!(loaded("HalfAtATime") > 1000, "8 places for 10 requests at a time: 504 after a minute");
}

/// CD-EC2-7, CD-HH-6: an instance that keeps the original through several deployments counts as what was there before each.
#[test]
fn a_stale_instance_counts_as_what_was_there() {
    let calls = "operator:\n  - { at: 10m, do: CreateDeployment, deploys: third }\n  - { at: 20m, do: CreateDeployment, \
                 deploys: original }\n";
    let yaml = fleet("HalfAtATime", "errors: 0%", calls)
        .replace("assumptions:", "  third: {}\nassumptions:")
        .replace("count: 4", "count: 4, exceptions: [{ instances: 4, fails: BeforeBlockTraffic }]");
    let run = run(&yaml);
    let statuses: Vec<&str> =
        run.series.deployments.iter().map(|it| it.status().as_str()).collect();
    assert_eq!(statuses, ["Succeeded"; 3]);
    // Three of four move each time, to the place that is free; the fourth stands with those that are to leave.
    let told = serving(&run);
    let first = "0 4+0, 2 2+0, 35 2+2, 35 1+2, 68 1+3, ";
    let second = "602 0+3, 635 1+3, 635 1+2, 668 2+2, 668 2+1, 701 3+1, ";
    let third = "1202 2+1, 1235 2+2, 1235 1+2, 1268 1+3, 1268 0+3, 1301 0+4";
    assert_eq!(told, [first, second, third].concat());
}

/// What is not simulated yet before instances is refused.
#[test]
fn other_load_balancers_are_refused() {
    let refused = |from: &str, to: &str| {
        let yaml = fleet("OneAtATime", "errors: 0%", "").replace(from, to);
        read(&yaml).expect_err("refused")
    };
    let list = "targetGroupInfoList: [{ name: web }]";
    assert!(
        refused(list, "elbInfoList: [{ name: web }]")
            .contains("a Classic Load Balancer is not simulated yet")
    );
    let two = refused(list, "targetGroupInfoList: [{ name: web }, { name: api }]");
    assert!(
        two.contains("more than one target group before instances is not simulated yet"),
        "{two}"
    );
}

/// ELB-MET-1, CD-ALM-2: the one target group counts what all instances answer, whatever they run, so that an alarm on its 5xx
/// stops a deployment half of which is bad.
#[test]
fn an_alarm_on_the_target_group_stops_a_deployment() {
    let alarm = |metric: &str, group: &str| {
        let alarm = format!(
            "  alarms:
    - {{ AlarmName: errors, Namespace: AWS/ApplicationELB, MetricName: {metric}, Statistic: Sum, Period: 60,
        EvaluationPeriods: 1, Threshold: 60, ComparisonOperator: GreaterThanThreshold, TreatMissingData: notBreaching,
        Dimensions: [{{ Name: TargetGroup, Value: targetgroup/{group}/1 }}, {{ Name: LoadBalancer, Value: app/shop/1 }}] }}
traffic: {{ rate"
        );
        fleet("HalfAtATime", "errors: 10%", "")
            .replace("events: [DEPLOYMENT_FAILURE] }", "events: [DEPLOYMENT_STOP_ON_ALARM] }\n      alarmConfiguration: { enabled: true, alarms: [{ name: errors }] }")
            .replace("Value: '20'", "Value: '300'")
            .replace("traffic: { rate", &alarm)
    };
    let played = run(&alarm("HTTPCode_Target_5XX_Count", "web"));
    assert_eq!(played.course(0).error.map(|it| it.code), Some(ErrorCode::AlarmActive));
    assert!(
        played.course(0).status().as_str() == "Stopped"
            && played.course(1).status().as_str() == "Succeeded"
    );
    assert!(serving(&played).ends_with(" 4+0"), "{}", serving(&played));
    for (metric, group) in [("HTTPCode_Target_5XX_Count", "api"), ("HealthyHostCount", "web")] {
        let played = run(&alarm(metric, group));
        assert_eq!(played.course(0).error, None, "`{metric}` of `{group}` has no data");
    }
}

/// CW-MET-5, V3b: bad requests, exposure and missing capacity mean the same on the three platforms, so that `compare` can set them side
/// by side: the requests that a bad release fails are its errors times the requests of its exposure, whether these are of a canary's
/// weights, of an alias or of the instances that serve it.
#[test]
fn what_is_bad_means_the_same_on_every_platform() {
    const RATE: f64 = 100.0;
    const ERRORS: f64 = 0.04;
    let set = ["traffic.rate=100/s", "traffic.noise.cv=0%", "revisions.replacement.errors=4%"];
    let mut short_of_capacity = Vec::new();
    // Of 300 instances many come and go within a second, in which requests are drawn at once.
    let large = Some("resources.instances.count=300");
    for (name, more) in [
        ("ecs-shop-canary", None),
        ("ec2-half-at-a-time", None),
        ("ec2-half-at-a-time", large),
        ("lambda-alarm-canary", None),
    ] {
        let path = format!("{}/scenarios/{name}.yaml", env!("CARGO_MANIFEST_DIR"));
        let set: Vec<String> = set.into_iter().chain(more).map(String::from).collect();
        let loaded = load(Path::new(&path), &set, &FileSource);
        let scenario = loaded.scenario.expect("the shipped scenario is valid");
        let (mut bad, mut expected, mut short_ms) = (0.0, 0.0, 0);
        for replication in 0..20 {
            let played = play(&scenario, 1, replication);
            let row = played.row();
            bad += row.bad_requests as f64;
            expected += row.exposure_percent_ms as f64 / 1e5 * RATE * ERRORS;
            short_ms += row.capacity_short_ms;
        }
        // Poisson counts: four times their deviation.
        let deviation = expected.sqrt();
        assert!(
            (bad - expected).abs() < 4.0 * deviation && deviation > 10.0,
            "{name}: {bad} bad requests, {expected} expected"
        );
        short_of_capacity.push((name, short_ms > 0));
    }
    // Only what is deployed to in place is missing meanwhile.
    assert_eq!(
        short_of_capacity,
        [
            ("ecs-shop-canary", false),
            ("ec2-half-at-a-time", true),
            ("ec2-half-at-a-time", true),
            ("lambda-alarm-canary", false)
        ]
    );
}

/// In a large group changes less than a second apart make no cut of their own; what requests meet is the same in law, and none is lost.
#[test]
fn what_a_large_group_answers_is_gathered_by_the_second() {
    let cuts = |count: u16| {
        let spread = "scripts: { Install: { duration: { uniform: [5s, 25s] } } }";
        let run =
            in_place("HalfAtATime").instances(&format!("count: {count}")).replacement(spread).run();
        let mut all: Vec<u64> = Vec::new();
        let mut answered = 0;
        for entry in &run.journal.entries {
            if let Fact::RequestsAnswered { requests, .. } = entry.fact {
                answered += u64::from(requests);
                all.push(entry.at.as_millis());
            }
        }
        let ended = run.journal.entries.last().expect("an end").at.as_millis();
        all.retain(|at| *at != ended);
        all.dedup();
        // A minute ends where it ends, and so does the run.
        let close = |pair: &&[u64]| pair[1] - pair[0] < 1000 && !pair[1].is_multiple_of(60_000);
        (all.windows(2).filter(close).count(), answered, ended)
    };
    let (small, ..) = cuts(90);
    assert!(small > 30, "{small} cuts less than a second after another");
    let (large, answered, ended) = cuts(300);
    assert_eq!(large, 0);
    let expected = ended as f64 / 10.0;
    assert!((answered as f64 - expected).abs() < 5.0 * expected.sqrt(), "{answered} of {expected}");
}
