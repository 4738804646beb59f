//! `summary.json`: the outcome of one run, for programs.
//!
//! The order of the keys is the order of the fields here. Times are seconds since the creation of the first
//! deployment, exact to the millisecond; what does not exist is null, never 0.

mod instance;

use crate::analysis::client::Agreement;
use crate::analysis::fixed::{exposure_seconds, money, percent_of_ppm, seconds};
use crate::analysis::lifecycle::{Course, EventSpan, Wait};
use crate::analysis::weight::Weight;
use crate::aws::message::{rollback_of_child, rollback_of_parent};
use crate::engine::time::SimTime;
use crate::report::{Report, wording};
use instance::OnInstances;
use serde::Serialize;
use serde_json::Number;
use std::fmt::Display;

#[derive(Serialize)]
struct Summary<'a> {
    program: &'static str,
    version: &'static str,
    scenario: &'a str,
    scenario_digest: &'a str,
    seed: u64,
    replication: u64,
    digest: String,
    created: String,
    service: &'a str,
    application: &'a str,
    deployment_group: &'a str,
    deployment_config: &'a str,
    outcome: Outcome<'a>,
    client: Client,
    last_attempted_deployment: Option<String>,
    last_successful_deployment: Option<String>,
    deployments: Vec<Deployment>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    alarms: Vec<Alarm<'a>>,
    traffic: Vec<Step>,
    expectations: Vec<Expectation<'a>>,
}

#[derive(Serialize)]
struct Outcome<'a> {
    status: &'static str,
    error_code: Option<&'static str>,
    rollback: bool,
    replacement: Option<&'a str>,
    bad: bool,
    install_s: Option<Number>,
    first_shift_s: Option<Number>,
    full_shift_s: Option<Number>,
    end_s: Option<Number>,
    detected_s: Option<Number>,
    restored_s: Option<Number>,
    requests: u64,
    failed_requests: u64,
    bad_requests: u64,
    failed_by_cause: Causes,
    #[serde(skip_serializing_if = "is_zero")]
    cold_starts: u64,
    exposure_s: Number,
    weight_max_pct: Number,
    task_seconds: Number,
    capacity_short_s: Number,
    deployments: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    users_exposed_pct: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mixed_pages: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pages_mixed_max_pct: Option<Number>,
    client_s: Option<Number>,
    client: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instances_failed: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instances_outdated: Option<u16>,
}

/// Failed requests: by the application (of these by each defect of a revision, and by a dependency), by a target that was
/// not up or ended (502), without a target (503), without an answer in time (504; of these for waiting in vain).
#[derive(Serialize)]
struct Causes {
    application: u64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    defects: Vec<DefectShown>,
    #[serde(skip_serializing_if = "is_zero")]
    dependency: u64,
    #[serde(skip_serializing_if = "is_zero")]
    function_timeout: u64,
    #[serde(skip_serializing_if = "is_zero")]
    http_429: u64,
    http_502_refused: u64,
    http_502_cut_off: u64,
    http_503: u64,
    http_504: u64,
    #[serde(skip_serializing_if = "is_zero")]
    overload: u64,
    /// Only a Network Load Balancer does that.
    #[serde(skip_serializing_if = "is_zero")]
    connection_reset: u64,
}

#[derive(Serialize)]
struct DefectShown {
    name: String,
    requests: u64,
}

#[derive(Serialize)]
struct Client {
    waiter: Option<&'static str>,
    polls: u64,
    timeout_s: Option<Number>,
    verdict: Option<&'static str>,
}

#[derive(Serialize)]
struct Deployment {
    id: String,
    creator: &'static str,
    status: &'static str,
    target_status: &'static str,
    created_s: Number,
    completed_s: Option<Number>,
    error_code: Option<&'static str>,
    error_message: Option<String>,
    rollback_id: Option<String>,
    rollback_message: Option<String>,
    lifecycle_events: Vec<Event>,
    waits: Vec<WaitSpan>,
    #[serde(skip_serializing_if = "Option::is_none")]
    on_instances: Option<OnInstances>,
}

#[derive(Serialize)]
struct Event {
    name: &'static str,
    status: &'static str,
    start_s: Option<Number>,
    end_s: Option<Number>,
}

#[derive(Serialize)]
struct WaitSpan {
    name: &'static str,
    start_s: Number,
    end_s: Option<Number>,
}

/// One alarm: its states, and the datapoints that it saw.
#[derive(Serialize)]
struct Alarm<'a> {
    name: &'a str,
    is_polled: bool,
    states: Vec<AlarmState>,
    datapoints: usize,
    breaching_datapoints: usize,
}

#[derive(Serialize)]
struct AlarmState {
    state: &'static str,
    start_s: Number,
    end_s: Number,
}

#[derive(Serialize)]
struct Step {
    start_s: Number,
    end_s: Number,
    weight_pct: Number,
    requests: u64,
    replacement_requests: u64,
    failed_requests: u64,
    bad_requests: u64,
}

#[derive(Serialize)]
struct Expectation<'a> {
    text: &'a str,
    held: bool,
    found: &'a str,
}

/// The summary, indented, with a line end at its end.
pub fn write(report: &Report) -> Vec<u8> {
    let header = &report.header;
    let summary = Summary {
        program: env!("CARGO_PKG_NAME"),
        version: env!("CARGO_PKG_VERSION"),
        scenario: &header.scenario,
        scenario_digest: &header.scenario_digest,
        seed: header.seed,
        replication: header.replication,
        digest: report.row.digest.to_string(),
        created: wording::created(header),
        service: &header.service,
        application: &header.application,
        deployment_group: &header.deployment_group,
        deployment_config: &header.deployment_config,
        outcome: outcome(report),
        client: client(report),
        last_attempted_deployment: report.series.last_attempted().map(|one| one.id.to_string()),
        last_successful_deployment: report.series.last_successful().map(|one| one.id.to_string()),
        deployments: report.series.deployments.iter().map(|c| deployment(report, c)).collect(),
        alarms: alarms(report),
        traffic: traffic(report),
        expectations: expectations(report),
    };
    let mut bytes = serde_json::to_vec_pretty(&summary).expect("plain data is JSON");
    bytes.push(b'\n');
    bytes
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_zero(count: &u64) -> bool {
    *count == 0
}

fn alarms(report: &Report) -> Vec<Alarm<'_>> {
    let described = report.header.alarms.iter().zip(&report.series.alarms);
    let alarm = described.map(|(description, course)| {
        let states = course.state.stretches(report.series.end);
        let states = states.map(|(from, to, state)| AlarmState {
            state: state.as_str(),
            start_s: instant(from),
            end_s: instant(to),
        });
        Alarm {
            name: &description.name,
            is_polled: description.is_polled,
            states: states.collect(),
            datapoints: course.points.len(),
            breaching_datapoints: course.points.iter().filter(|point| point.breaching).count(),
        }
    });
    alarm.collect()
}

fn outcome(report: &Report) -> Outcome<'_> {
    let row = &report.row;
    let candidate = row.candidate.map(usize::from);
    let name = candidate.and_then(|candidate| report.header.candidates.get(candidate));
    Outcome {
        status: row.status.as_str(),
        error_code: row.error_code.map(|code| code.as_str()),
        rollback: row.rollback,
        replacement: name.map(String::as_str),
        bad: row.bad,
        install_s: row.install.map(instant),
        first_shift_s: row.first_shift.map(instant),
        full_shift_s: row.full_shift.map(instant),
        end_s: row.end.map(instant),
        detected_s: row.detected.map(instant),
        restored_s: row.restored.map(instant),
        requests: row.requests,
        failed_requests: row.failed_requests,
        bad_requests: row.bad_requests,
        failed_by_cause: causes(report),
        cold_starts: report.series.totals.last().1.total().cold_starts,
        exposure_s: number(exposure_seconds(row.exposure_percent_ms)),
        weight_max_pct: number(row.weight_max),
        task_seconds: number(seconds(row.task_ms)),
        capacity_short_s: number(seconds(row.capacity_short_ms)),
        deployments: row.deployments,
        cost: row.cost_micros.map(|micros| number(money(micros))),
        users_exposed_pct: row.users_exposed_ppm.map(|ppm| number(percent_of_ppm(ppm))),
        mixed_pages: row.mixed_pages,
        pages_mixed_max_pct: row.pages_mixed_max_ppm.map(|ppm| number(percent_of_ppm(ppm))),
        client_s: row.client.map(|sight| instant(sight.at)),
        client: row.client.map(|sight| sight.seen.as_str()),
        instances_failed: row.instances_failed,
        instances_outdated: row.instances_outdated,
    }
}

fn client(report: &Report) -> Client {
    let client = &report.header.client;
    Client {
        waiter: client.waiter.map(|waiter| waiter.as_str()),
        polls: client.polls,
        timeout_s: client.timeout_ms.map(|ms| number(seconds(ms))),
        verdict: Agreement::of(&report.row).map(Agreement::as_str),
    }
}

fn causes(report: &Report) -> Causes {
    let tally = report.series.totals.last().1.total();
    let shown = report.series.defects.iter().enumerate().filter(|(_, requests)| **requests > 0);
    let defects = shown.map(|(defect, &requests)| DefectShown {
        name: report.header.defect_name(defect).to_owned(),
        requests,
    });
    Causes {
        application: tally.failed,
        defects: defects.collect(),
        dependency: tally.by_dependency,
        function_timeout: tally.by_timeout,
        http_429: tally.throttled,
        http_502_refused: tally.refused,
        http_502_cut_off: tally.cut_off,
        http_503: tally.without_target(),
        http_504: tally.timed_out,
        overload: tally.overloaded,
        connection_reset: tally.reset,
    }
}

fn deployment(report: &Report, course: &Course) -> Deployment {
    let other = |number| report.series.deployments.iter().find(|c| c.number == number);
    let child = course.rolled_back_by.and_then(other);
    let parent = course.rolls_back.and_then(other);
    let rollback_message = match (child, parent) {
        (Some(child), _) => Some(rollback_of_parent(course.id, child.id)),
        (None, Some(parent)) => Some(rollback_of_child(parent.id, course.id)),
        (None, None) => None,
    };
    Deployment {
        id: course.id.to_string(),
        creator: course.creator.as_str(),
        status: course.status().as_str(),
        target_status: course.target_status().as_str(),
        created_s: instant(course.created),
        completed_s: course.ended().map(instant),
        error_code: course.error.map(|error| error.code.as_str()),
        error_message: course.error.map(|error| error.message.told(&report.header.alarm_names())),
        rollback_id: child.map(|child| child.id.to_string()),
        rollback_message,
        lifecycle_events: course.events.iter().map(event).collect(),
        waits: course.waits.iter().map(wait).collect(),
        on_instances: report
            .header
            .instances
            .as_ref()
            .map(|_| instance::on_instances(&course.on_instances, &report.header)),
    }
}

fn event(span: &EventSpan) -> Event {
    Event {
        name: span.event.as_str(),
        status: span.status.as_str(),
        start_s: span.started.map(instant),
        end_s: span.ended.map(instant),
    }
}

fn wait(wait: &Wait) -> WaitSpan {
    WaitSpan {
        name: wording::wait(wait.kind),
        start_s: instant(wait.started),
        end_s: wait.ended.map(instant),
    }
}

fn traffic(report: &Report) -> Vec<Step> {
    let series = &report.series;
    let step = |(from, to, weight): (SimTime, SimTime, Weight)| {
        let traffic = series.traffic_between(from, to);
        let total = traffic.total();
        Step {
            start_s: instant(from),
            end_s: instant(to),
            weight_pct: number(weight),
            requests: total.requests(),
            replacement_requests: traffic.replacement.requests(),
            failed_requests: total.failed_requests(),
            bad_requests: total.bad,
        }
    };
    series.weight_in_force.stretches(series.end).map(step).collect()
}

fn expectations(report: &Report) -> Vec<Expectation<'_>> {
    let verdicts = report.verdicts.iter();
    verdicts.map(|v| Expectation { text: &v.text, held: v.held, found: &v.found }).collect()
}

pub(super) fn instant(at: SimTime) -> Number {
    number(seconds(at.as_millis()))
}

/// A decimal number of a few digits, which JSON holds exactly.
fn number(value: impl Display) -> Number {
    value.to_string().parse().expect("a decimal number is a JSON number")
}
