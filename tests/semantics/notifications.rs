//! What CodeDeploy tells of its deployments: triggers and events.

use cutover::aws::id::DeploymentId;
use cutover::report::{Report, notification};
use serde_json::Value;

use crate::support::{Played, Setup, scenario};

const ALL: &str = "DeploymentStart, DeploymentSuccess, DeploymentFailure, DeploymentStop, DeploymentRollback, DeploymentReady";

fn text(run: &Played) -> String {
    String::from_utf8(notification::write(&Report::new(&run.journal))).expect("JSON is UTF-8")
}

/// Every line of the file.
fn lines(run: &Played) -> Vec<Value> {
    text(run).lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect()
}

fn is_event(line: &Value) -> bool {
    line["to"] == "EventBridge"
}

/// `2000 START first`: what EventBridge is told, of the first deployment or of its rollback.
fn events(run: &Played) -> Vec<String> {
    let told = lines(run);
    let events = told.iter().filter(|line| is_event(line));
    let shown = |line: &Value| {
        let detail = &line["message"]["detail"];
        format!(
            "{} {} {}",
            line["at_ms"],
            word(&detail["state"]),
            which(run, &detail["deploymentId"])
        )
    };
    events.map(shown).collect()
}

/// `2000 on-call DeploymentStart first InProgress`: what the topics are told, and the status in the message.
fn topics(run: &Played) -> Vec<String> {
    let told = lines(run);
    let shown = |line: &Value| {
        let message = &line["message"];
        format!(
            "{} {} {} {} {}",
            line["at_ms"],
            word(&message["eventTriggerName"]),
            word(&line["trigger_event"]),
            which(run, &message["deploymentId"]),
            word(&message["status"]),
        )
    };
    told.iter().filter(|line| !is_event(line)).map(shown).collect()
}

fn word(value: &Value) -> &str {
    value.as_str().expect("a text")
}

fn which(run: &Played, id: &Value) -> &'static str {
    let id = DeploymentId::from_name(word(id)).expect("an id");
    if id == run.course(0).id { "first" } else { "rollback" }
}

/// A deployment that starts after 2 s, fails after 30 s more and is rolled back in 3 s.
fn failing() -> Setup {
    scenario()
        .hook("AfterInstall", "duration: 30s, fails: 100%")
        .rollback(&["DEPLOYMENT_FAILURE"])
        .assume("codedeploy.created_to_in_progress: 2s")
        .assume("codedeploy.rollback_duration: 3s")
}

/// CD-NOT-1: a topic is told of the events that its trigger names, of no others; instances do not exist here.
#[test]
fn a_topic_is_told_of_what_its_trigger_names() {
    let run = failing()
        .trigger("all", ALL)
        .trigger("on-call", "DeploymentFailure")
        .trigger("instances", "InstanceStart, InstanceSuccess, InstanceFailure, InstanceReady")
        .run();
    let of_on_call: Vec<_> =
        topics(&run).into_iter().filter(|line| line.contains("on-call")).collect();
    assert_eq!(of_on_call, ["32000 on-call DeploymentFailure first Failed"]);
    assert!(!topics(&run).iter().any(|line| line.contains("nstance")), "{:?}", topics(&run));
    let topic = lines(&run).iter().find(|line| !is_event(line)).map(|line| line["to"].clone());
    assert_eq!(topic, Some("arn:aws:sns:eu-central-1:123456789012:all".into()));
}

/// CD-NOT-1, CD-NOT-3: without a trigger no topic is told; EventBridge always is.
#[test]
fn events_need_no_trigger() {
    let run = failing().run();
    assert!(topics(&run).is_empty());
    assert_eq!(events(&run).len(), 4);
}

/// CD-NOT-2: a message when the status becomes `InProgress` or `Failed`, and when a rollback is created.
#[test]
fn a_failure_and_its_rollback_are_told_in_order() {
    let expected = [
        "2000 all DeploymentStart first InProgress",
        "32000 all DeploymentFailure first Failed",
        "32000 all DeploymentRollback rollback Created",
        "32000 all DeploymentStart rollback InProgress",
        "35000 all DeploymentSuccess rollback Succeeded",
    ];
    assert_eq!(topics(&failing().trigger("all", ALL).run()), expected);
}

/// CD-NOT-2: a message when the status becomes `Ready`, `Stopped` or `Succeeded`.
#[test]
fn ready_stopped_and_succeeded_are_told() {
    let expected = [
        "0 all DeploymentStart first InProgress",
        "0 all DeploymentReady first Ready",
        "60000 all DeploymentStop first Stopped",
    ];
    assert_eq!(topics(&scenario().ready_wait(1).trigger("all", ALL).run()), expected);
    let expected =
        ["0 all DeploymentStart first InProgress", "300000 all DeploymentSuccess first Succeeded"];
    assert_eq!(topics(&scenario().termination_wait(5).trigger("all", ALL).run()), expected);
}

/// CD-NOT-3: each status that EventBridge knows is an event; the creation of a rollback is none.
#[test]
fn eventbridge_has_no_state_of_its_own_for_a_rollback() {
    let expected = [
        "2000 START first",
        "32000 FAILURE first",
        "32000 START rollback",
        "35000 SUCCESS rollback",
    ];
    assert_eq!(events(&failing().trigger("all", ALL).run()), expected);
    let expected = ["0 START first", "0 READY first", "60000 STOP first"];
    assert_eq!(events(&scenario().ready_wait(1).run()), expected);
}

/// CD-NOT-2, CD-NOT-3: every deployment of the group is told of, a creation that is refused is not.
#[test]
fn a_later_deployment_is_told_of_and_a_refused_one_is_not() {
    let run = scenario()
        .replacement("launch: 90s")
        .then("after: previous")
        .then("at: 10s")
        .trigger("all", "DeploymentStart")
        .run();
    assert_eq!(run.series.deployments.len(), 2);
    let messages: Vec<u64> = lines(&run)
        .iter()
        .filter(|line| !is_event(line))
        .map(|line| line["at_ms"].as_u64().expect("milliseconds"))
        .collect();
    assert_eq!(messages, [0, 90_000]);
    let events = events(&run);
    let states: Vec<&str> = events.iter().filter_map(|event| event.split(' ').nth(1)).collect();
    assert_eq!(states, ["START", "SUCCESS", "START", "SUCCESS"]);
}

/// CD-NOT-3: the event as AWS spells it, key by key.
#[test]
fn an_event_is_spelt_as_eventbridge_has_it() {
    let run = failing().run();
    let id = run.course(0).id;
    let arn = "arn:aws:codedeploy:eu-central-1:123456789012";
    let text = text(&run);
    let line = text.lines().next().expect("a line");
    let (before, rest) = line.split_once("\"id\":\"").expect("an id");
    assert_eq!(
        before,
        "{\"at_ms\":2000,\"to\":\"EventBridge\",\"message\":{\"account\":\"123456789012\",\"region\":\"eu-central-1\",\
         \"detail-type\":\"CodeDeploy Deployment State-change Notification\",\"source\":\"aws.codedeploy\",\
         \"version\":\"0\",\"time\":\"2026-01-05T10:00:02Z\","
    );
    let (_, rest) = rest.split_once("\",").expect("the end of the id");
    let (resources, detail) = rest.split_once(",\"detail\":").expect("a detail");
    assert_eq!(
        resources,
        format!("\"resources\":[\"{arn}:application:web\",\"{arn}:deploymentgroup:web/web\"]")
    );
    let (group, detail) = detail.split_once("\",").expect("the group's id");
    assert!(group.starts_with("{\"instanceGroupId\":\""), "{group}");
    assert_eq!(
        detail,
        format!(
            "\"region\":\"eu-central-1\",\"application\":\"web\",\"deploymentId\":\"{id}\",\
             \"state\":\"START\",\"deploymentGroup\":\"web\"}}}}}}"
        )
    );
}

/// CD-NOT-4: the message of a trigger, key by key: times are epoch seconds with milliseconds, counters are numbers,
/// both as texts.
#[test]
fn a_message_is_spelt_as_sns_has_it() {
    let run = failing()
        .trigger("on-call", "DeploymentFailure")
        .assume("deployment.start_phase: 595ms")
        .run();
    let text = text(&run);
    let line = text.lines().find(|line| line.contains("eventTriggerName")).expect("it was told");
    let (_, message) = line.split_once("\"message\":").expect("a message");
    let id = run.course(0).id;
    let error = run.course(0).error.expect("it failed").message.told(&[]);
    assert_eq!(
        message,
        format!(
            "{{\"region\":\"eu-central-1\",\"accountId\":\"123456789012\",\"eventTriggerName\":\"on-call\",\
             \"applicationName\":\"web\",\"deploymentId\":\"{id}\",\"deploymentGroupName\":\"web\",\
             \"createTime\":\"1767607200.595\",\"completeTime\":\"1767607232.595\",\
             \"deploymentOverview\":{{\"Failed\":\"1\",\"InProgress\":\"0\",\"Pending\":\"0\",\"Ready\":\"0\",\
             \"Skipped\":\"0\",\"Succeeded\":\"0\"}},\"status\":\"Failed\",\
             \"errorInformation\":{{\"ErrorCode\":\"HOOK_EXECUTION_FAILURE\",\"ErrorMessage\":\"{error}\"}}}}}}"
        )
    );
}

/// CD-SM-9: the overview is null while the deployment runs and counts its one target afterwards.
#[test]
fn the_overview_counts_one_target_after_the_end() {
    let overviews = |setup: Setup| -> Vec<String> {
        let told = lines(&setup.trigger("all", ALL).run());
        let of_topics = told.iter().filter(|line| !is_event(line));
        let shown = |line: &Value| match &line["message"]["deploymentOverview"] {
            Value::Null => "null".to_owned(),
            overview => {
                let counts = overview.as_object().expect("a map of counters");
                let ones = counts.iter().filter(|(_, count)| *count == "1");
                let rest = counts.values().filter(|count| *count == "0").count();
                format!("{} of {}", ones.map(|(key, _)| key.as_str()).collect::<String>(), rest + 1)
            }
        };
        of_topics.map(shown).collect()
    };
    assert_eq!(overviews(scenario()), ["null", "Succeeded of 6"]);
    let failed = ["null", "Failed of 6", "null", "null", "Succeeded of 6"];
    assert_eq!(overviews(failing()), failed);
    assert_eq!(overviews(scenario().ready_wait(1)), ["null", "null", "Failed of 6"]);
}
