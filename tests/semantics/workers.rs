//! ECS services without a load balancer: what counts as healthy, how they are updated, and what cannot be said of them.
//!
//! Times are in seconds on the ideal preset, where a launch takes a minute and nothing else takes time.

use std::path::Path;

use cutover::aws::name::{DeploymentStatus, ErrorCode};
use cutover::input::load;
use cutover::input::source::MemorySource;
use cutover::journal::fact::Fact;
use cutover::report::{Report, chart, text};

use crate::support::{Played, play, read, told};

/// A worker of four tasks that ECS updates, with more lines of each part.
struct Worker {
    configuration: &'static str,
    service: &'static str,
    replacement: &'static str,
    more: &'static str,
}

const PLAIN: Worker = Worker {
    configuration: "minimumHealthyPercent: 100, maximumPercent: 200",
    service: "serviceName: mailer, desiredCount: 4",
    replacement: "launch: 60s",
    more: "",
};

/// A container health check of 10 s that needs three failures.
const CHECKED: &str = "  taskDefinition:\n    family: mailer\n    containerDefinitions: [{ name: mailer, image: mailer, \
     essential: true, healthCheck: { command: [CMD, true], interval: 10, timeout: 5, retries: 3 } }]\n";
const BREAKER: &str = "deploymentCircuitBreaker: { enable: true, rollback: true }";

impl Worker {
    fn yaml(&self) -> String {
        let Worker { configuration, service, replacement, more } = self;
        // Lines of `resources` are indented, those of the scenario are not.
        let (of_resources, of_scenario): (Vec<&str>, Vec<&str>) =
            more.lines().partition(|line| line.starts_with(' '));
        format!(
            "cutover: 1\ndeployment:\n  updateService: {{ deploymentConfiguration: {{ {configuration} }} }}\nresources:\n  \
             service: {{ {service} }}\n{}\n{}\nrevisions:\n  original: {{ launch: 60s }}\n  replacement: {{ {replacement} }}\n\
             assumptions: {{ preset: ideal }}\n",
            of_resources.join("\n"),
            of_scenario.join("\n"),
        )
    }

    fn run(&self) -> Played {
        let yaml = self.yaml();
        play(&read(&yaml).unwrap_or_else(|told| panic!("{told}\n{yaml}")), 1, 0)
    }

    fn told(&self) -> String {
        told(&self.yaml())
    }
}

/// How many tasks of the old revision are to be kept, each time that changes.
fn kept(run: &Played) -> String {
    run.told(|fact| match fact {
        Fact::TaskSetScaled { task_set, computed_desired_count } if task_set.0 == 0 => {
            Some(computed_desired_count.to_string())
        }
        _ => None,
    })
}

/// Which tasks count as healthy, each time that changes.
fn counted(run: &Played) -> String {
    run.told(|fact| match fact {
        Fact::TaskCounted { task, healthy, .. } => {
            Some(format!("{}{task}", if *healthy { "+" } else { "-" }))
        }
        _ => None,
    })
}

fn failed(run: &Played) -> String {
    run.told(|fact| match fact {
        Fact::FailedTasksCounted { failed, .. } => Some(failed.to_string()),
        _ => None,
    })
}

/// T56 (ECS-SVC-3, ECS-ROLL-3, ECS-ROLL-6, ECS-TASK-20): four are started at once and RUNNING at 60; they count as healthy
/// 40 s later, and only then do the old ones go, without any draining.
#[test]
fn a_task_that_nothing_checks_counts_after_forty_seconds() {
    let run = PLAIN.run();
    assert_eq!([59, 60].map(|at| run.value("replacement_running", at)), [0, 4]);
    assert_eq!([99, 100].map(|at| run.value("replacement_healthy", at)), [0, 4]);
    assert_eq!([99, 100].map(|at| run.value("original_running", at)), [4, 0]);
    assert_eq!(kept(&run), "100 0");
    assert_eq!(run.value("original_healthy", 100), 0);
    let all = "100 +4, 100 +5, 100 +6, 100 +7, 100 -0, 100 -1, 100 -2, 100 -3";
    let mut told: Vec<String> = counted(&run).split(", ").map(String::from).collect();
    told[4..].sort();
    assert_eq!(told.join(", "), all);
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 100 Succeeded");
    assert_eq!(run.row().capacity_short_ms, 0);
}

/// T57, ECS-SVC-3: half of them make way first; each half is short for a launch and the time until it counts.
#[test]
fn without_room_a_worker_is_replaced_by_half() {
    let configuration = "minimumHealthyPercent: 50, maximumPercent: 100";
    let run = Worker { configuration, ..PLAIN }.run();
    assert_eq!(kept(&run), "0 2, 100 0");
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 200 Succeeded");
    assert_eq!(run.row().capacity_short_ms, 200_000);
}

/// ECS-SVC-3: with a check of its container a task counts when that says HEALTHY, 40 s or not.
#[test]
fn a_checked_worker_counts_when_its_container_is_healthy() {
    let run = Worker { more: CHECKED, ..PLAIN }.run();
    assert_eq!([69, 70].map(|at| run.value("replacement_healthy", at)), [0, 4]);
    assert_eq!(kept(&run), "70 0");
}

/// ECS-CB-3: tasks that never run count, and three give the deployment up; the revision before comes back.
#[test]
fn workers_that_do_not_start_trip_the_circuit_breaker() {
    let run =
        Worker { configuration: BREAKER, replacement: "launch: 60s, start_fails: 100%", ..PLAIN }
            .run();
    assert_eq!(failed(&run), "60 1, 60 2, 60 3, 60 4");
    assert_eq!(run.row().error_code, Some(ErrorCode::CircuitBreaker));
    assert_eq!(run.value("original_running", 61), 4);
}

/// ECS-CB-3, ECS-THR-6: a worker that crashes after it ran fails no health check, so that the circuit breaker does not count it:
/// it is replaced again and again, and the deployment never ends by itself.
#[test]
fn a_worker_that_crashes_after_it_ran_does_not_trip_it() {
    let worker = Worker {
        configuration: BREAKER,
        replacement: "launch: 60s, crash: { after: 30s }",
        more: "operator: [{ at: 1h, do: StopServiceDeployment }]",
        ..PLAIN
    };
    let run = worker.run();
    assert_eq!((failed(&run), counted(&run)), (String::new(), String::new()));
    assert_eq!(run.row().error_code, Some(ErrorCode::ManualStop));
    assert_eq!(run.value("original_running", 3599), 4, "nothing of the old revision has gone");
    let started = run.told(|fact| match fact {
        Fact::TaskStatusChanged { task_set, status, .. }
            if task_set.0 == 1 && status.as_str() == "RUNNING" =>
        {
            Some(String::new())
        }
        _ => None,
    });
    assert_eq!(started.split(", ").count(), 4 * 40, "every 90 s another one");
}

/// ECS-CB-3, ECS-SVC-3: one that crashes only after it has counted gets its deployment through.
#[test]
fn a_worker_that_crashes_late_is_deployed() {
    let worker = Worker {
        configuration: BREAKER,
        replacement: "launch: 60s, crash: { after: 50s }",
        more: "until: 5m",
        ..PLAIN
    };
    let run = worker.run();
    assert_eq!(run.row().status, DeploymentStatus::Succeeded);
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 100 Succeeded");
    assert_eq!(
        [109, 110, 170, 209, 210].map(|at| run.value("replacement_healthy", at)),
        [4, 0, 0, 0, 4]
    );
}

/// ECS-CB-3, ECS-TASK-17: one that fails the check of its container counts.
#[test]
fn a_worker_that_fails_its_container_check_trips_it() {
    let worker = Worker {
        configuration: BREAKER,
        replacement: "launch: 60s, container_check: { fails: 100% }",
        more: CHECKED,
        ..PLAIN
    };
    let run = worker.run();
    assert_eq!(failed(&run), "90 1, 90 2, 90 3, 90 4");
    assert_eq!(run.row().error_code, Some(ErrorCode::CircuitBreaker));
}

/// ECS-TASK-13: a restart in place leaves a worker RUNNING, and it counts as before.
#[test]
fn a_worker_is_restarted_in_place() {
    let more = "  taskDefinition:\n    family: mailer\n    containerDefinitions: [{ name: mailer, image: mailer, essential: true, restartPolicy: { enabled: true, restartAttemptPeriod: 60 } }]\nuntil: 10m";
    let run = Worker { replacement: "launch: 60s, crash: { after: 70s }", more, ..PLAIN }.run();
    assert_eq!([100, 140, 300, 599].map(|at| run.value("replacement_healthy", at)), [4; 4]);
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 100 Succeeded");
}

/// ECS-ROLL-1, CD-EXT-10, ECS-EXT-17: a workflow of somebody else's has task sets without a load balancer, as long as none has one.
#[test]
fn task_sets_may_all_be_without_a_load_balancer() {
    let run = play(&read(&external("", "")).unwrap_or_else(|told| panic!("{told}")), 1, 0);
    assert_eq!(run.task_set(1), "100 PRIMARY");
    assert_eq!(run.statuses(0), "0 Created, 0 InProgress, 100 Succeeded");
    assert_eq!(run.value("original_running", 101), 0);
}

/// T35 (ECS-EXT-7): a task set without a load balancer beside one that has one is refused.
#[test]
fn a_task_set_without_a_load_balancer_beside_one_with_it_is_refused() {
    let told = told(&external("", ", targetGroup: green"));
    assert!(told.contains("a task set without a load balancer, where others have one"), "{told}");
}

fn external(first: &str, second: &str) -> String {
    format!(
        "cutover: 1
deployment:
  external:
    steps:
      - {{ do: CreateTaskSet, taskSet: new, scale: 100%{first} }}
      - {{ when: {{ steady: new }}, do: UpdateServicePrimaryTaskSet, primaryTaskSet: new }}
      - {{ do: DeleteTaskSet, taskSet: original, force: true }}
    abort:
      - {{ do: CreateTaskSet, taskSet: other, scale: 100%{second} }}
resources:
  service: {{ serviceName: mailer, desiredCount: 4, deploymentController: {{ type: EXTERNAL }} }}
revisions:
  original: {{ launch: 60s }}
  replacement: {{ launch: 60s }}
assumptions: {{ preset: ideal }}
"
    )
}

/// ECS-BG-8, CD-ECS-4: what moves traffic needs a load balancer.
#[test]
fn what_moves_traffic_needs_a_load_balancer() {
    for strategy in ["BLUE_GREEN", "LINEAR", "CANARY"] {
        let configuration = match strategy {
            "BLUE_GREEN" => "strategy: BLUE_GREEN, bakeTimeInMinutes: 1",
            "LINEAR" => "strategy: LINEAR",
            _ => "strategy: CANARY",
        };
        let told = Worker { configuration, ..PLAIN }.told();
        let title = format!("`{strategy}` moves traffic, and the service has no load balancer");
        assert!(told.contains(&title) && told.contains("test.yaml:3:"), "{told}");
        assert_eq!(told.matches("error[").count(), 1, "{told}");
    }
    let by_code_deploy = PLAIN
        .yaml()
        .replace("updateService: { deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 200 } }", "{}")
        .replace("serviceName: mailer,", "serviceName: mailer, deploymentController: { type: CODE_DEPLOY },")
        .replace("deployment:\n  {}", "deployment: {}");
    let told = told(&by_code_deploy);
    assert!(told.contains("the service has no load balancer"), "{told}");
}

/// ECS-TASK-20, ECS-EXT-5: all that speaks of requests, or of a load balancer, is told at once.
#[test]
fn what_speaks_of_requests_is_refused_all_at_once() {
    let worker = Worker {
        service: "serviceName: mailer, desiredCount: 4, healthCheckGracePeriodSeconds: 60, loadBalancers: []",
        replacement: "launch: 60s, errors: 2%, latency: 1s, health_check: { fails: 1% }, crash: { requests: 900 }, \
                      defects: [{ name: cart, errors: 50% }], metrics: [{ namespace: Shop, name: Failed, per_request: 1% }]",
        more: "  targetGroups: [{ Name: web }]\ntraffic: { rate: 5/s }\nfaults: [{ at: 1m, kind: dependency-failure }]\n\
               operator: [{ at: 1m, do: ModifyListener, weights: { web: 1 } }]\nexpect: [bad_requests < 5, time(weight >= 10%) == 1s, end_s > 1s]",
        ..PLAIN
    };
    let told = worker.told();
    for what in [
        "`healthCheckGracePeriodSeconds` stands in a service",
        "`traffic` describes requests",
        "`resources.targetGroups` are described",
        "`ModifyListener` is to be called",
        "the fault `dependency-failure` is to begin",
        "`errors` of `replacement`",
        "`latency` of `replacement`",
        "`health_check` of `replacement`",
        "`crash.requests` of `replacement`",
        "`defects` of `replacement`",
        "`metrics.per_request` of `replacement`",
        "`bad_requests < 5` is expected",
        "`time(weight >= 10%) == 1s` is expected",
    ] {
        assert!(told.contains(what), "{what}:\n{told}");
    }
    assert!(!told.contains("`end_s"), "{told}");
    assert_eq!(told.matches("error[").count(), 13, "{told}");
}

/// CW-MET-5: no request has to come for an alarm on what the revision publishes; metrics of a load balancer there are none.
#[test]
fn alarms_watch_what_a_worker_publishes_itself() {
    let alarms = "  alarms:\n    - { AlarmName: lag, Namespace: Mail, MetricName: Lag, Statistic: Maximum, Period: 60, EvaluationPeriods: 1, Threshold: 100, ComparisonOperator: GreaterThanThreshold }\n    - { AlarmName: codes, Namespace: AWS/ApplicationELB, MetricName: RequestCount, Statistic: Sum, Period: 60, EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: GreaterThanThreshold }\n";
    let worker = Worker {
        configuration: "alarms: { alarmNames: [lag, codes], enable: true, rollback: true }",
        replacement: "launch: 60s, metrics: [{ namespace: Mail, name: Lag, value: 500 }]",
        more: alarms,
        ..PLAIN
    };
    let loaded = load(
        Path::new("test.yaml"),
        &[],
        &MemorySource::new().with("test.yaml", worker.yaml().as_str()),
    );
    let told = worker.told();
    assert!(
        told.contains(
            "the service has no load balancer, and nothing else publishes in `AWS/ApplicationELB`"
        ),
        "{told}"
    );
    let run = play(&loaded.scenario.expect(&told), 1, 0);
    assert_eq!(run.row().error_code, Some(ErrorCode::AlarmActive));
}

/// What a worker has none of is not shown: no requests, no weights, no target groups.
#[test]
fn nothing_is_said_of_requests() {
    let told = text::write(&Report::new(&PLAIN.run().journal), text::Color::Never);
    for word in ["request", "target", "traffic", "NaN"] {
        assert!(!told.contains(word), "{word}:\n{told}");
    }
    assert!(told.contains("4 of 4 tasks healthy"), "{told}");
    let drawn = chart::svg(&Report::new(&PLAIN.run().journal));
    assert!(drawn.contains("Tasks that count as healthy") && !drawn.contains("equests"), "{drawn}");
}
