//! `notifications.jsonl`: what CodeDeploy tells of its deployments, one message a line.
//!
//! Each line says when the message is sent and to whom, and holds the message as AWS spells it: keys, their
//! order, and numbers that are texts. Rules: CD-NOT-3, CD-NOT-4, CD-SM-9.

use crate::analysis::Header;
use crate::analysis::fixed::seconds;
use crate::analysis::instance::InstanceCounts;
use crate::analysis::notification::{Channel, Notification, notifications};
use crate::aws::notification::{DeploymentState, TargetStatus, Trigger};
use crate::engine::time::SimTime;
use crate::report::Report;
use jiff::Timestamp;
use serde::Serialize;
use xxhash_rust::xxh3::xxh3_128;

#[derive(Serialize)]
struct Line<'a, Message: Serialize> {
    at_ms: u64,
    to: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    trigger_event: Option<&'static str>,
    message: Message,
}

/// The message of a trigger, in the order of the guide.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TopicMessage<'a> {
    region: &'a str,
    account_id: &'a str,
    event_trigger_name: &'a str,
    application_name: &'a str,
    deployment_id: String,
    deployment_group_name: &'a str,
    create_time: String,
    complete_time: Option<String>,
    deployment_overview: Option<Overview>,
    status: &'static str,
    error_information: Option<ErrorInformation>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Overview {
    failed: String,
    in_progress: String,
    pending: String,
    ready: String,
    skipped: String,
    succeeded: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ErrorInformation {
    error_code: &'static str,
    error_message: String,
}

/// An event, in the order of the guide.
#[derive(Serialize)]
struct Event<'a> {
    account: &'a str,
    region: &'a str,
    #[serde(rename = "detail-type")]
    detail_type: &'static str,
    source: &'static str,
    version: &'static str,
    time: String,
    id: String,
    resources: [String; 2],
    detail: Detail<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Detail<'a> {
    instance_group_id: String,
    region: &'a str,
    application: &'a str,
    deployment_id: String,
    state: &'static str,
    deployment_group: &'a str,
}

/// Every message of the run.
pub fn write(report: &Report) -> Vec<u8> {
    let header = &report.header;
    let mut bytes = Vec::new();
    for sent in notifications(&report.entries, &report.series, &header.triggers) {
        let at_ms = sent.at.as_millis();
        let line = match sent.channel {
            Channel::Topic(trigger, event) => serde_json::to_vec(&Line {
                at_ms,
                to: &trigger.target_arn,
                trigger_event: Some(event.as_str()),
                message: topic_message(header, &sent, trigger),
            }),
            Channel::EventBridge(state) => serde_json::to_vec(&Line {
                at_ms,
                to: "EventBridge",
                trigger_event: None,
                message: event(header, &sent, state),
            }),
        };
        bytes.extend(line.expect("plain data is JSON"));
        bytes.push(b'\n');
    }
    bytes
}

fn topic_message<'a>(
    header: &'a Header,
    sent: &Notification<'_>,
    trigger: &'a Trigger,
) -> TopicMessage<'a> {
    let error = sent.error().map(|error| ErrorInformation {
        error_code: error.code.as_str(),
        error_message: error.message.told(&header.alarm_names()),
    });
    TopicMessage {
        region: &header.region,
        account_id: &header.account_id,
        event_trigger_name: &trigger.name,
        application_name: &header.application,
        deployment_id: sent.course.id.to_string(),
        deployment_group_name: &header.deployment_group,
        create_time: epoch(header, sent.course.created),
        complete_time: sent.completed().map(|at| epoch(header, at)),
        deployment_overview: sent.target().map(|target| match sent.course.on_instances.counts {
            Some(counts) => overview_of_instances(counts),
            None => overview(target),
        }),
        status: sent.status.as_str(),
        error_information: error,
    }
}

/// Seconds since the epoch with milliseconds.
fn epoch(header: &Header, at: SimTime) -> String {
    seconds(header.created_unix_ms + at.as_millis()).to_string()
}

/// The instances, by what the deployment has come to on them.
fn overview_of_instances(counts: InstanceCounts) -> Overview {
    let none = || 0.to_string();
    Overview {
        failed: counts.failed.to_string(),
        in_progress: none(),
        pending: none(),
        ready: none(),
        skipped: counts.skipped.to_string(),
        succeeded: counts.succeeded.to_string(),
    }
}

/// One target, of this status.
fn overview(of: TargetStatus) -> Overview {
    let count = |status| u32::from(status == of).to_string();
    let none = || 0.to_string();
    Overview {
        failed: count(TargetStatus::Failed),
        in_progress: none(),
        pending: none(),
        ready: none(),
        skipped: count(TargetStatus::Skipped),
        succeeded: count(TargetStatus::Succeeded),
    }
}

fn event<'a>(header: &'a Header, sent: &Notification<'_>, state: DeploymentState) -> Event<'a> {
    let Header { application, deployment_group, region, account_id, .. } = header;
    let deployment_id = sent.course.id.to_string();
    let arn = format!("arn:{}:codedeploy:{region}:{account_id}", partition(region));
    Event {
        account: account_id,
        region,
        detail_type: "CodeDeploy Deployment State-change Notification",
        source: "aws.codedeploy",
        version: "0",
        time: calendar(header, sent.at),
        id: uuid(&format!("{deployment_id} {state} {}", sent.at.as_millis())),
        resources: [
            format!("{arn}:application:{application}"),
            format!("{arn}:deploymentgroup:{application}/{deployment_group}"),
        ],
        detail: Detail {
            instance_group_id: uuid(&format!("{application} {deployment_group}")),
            region,
            application,
            deployment_id,
            state: state.as_str(),
            deployment_group,
        },
    }
}

/// To the second, as events have it.
fn calendar(header: &Header, at: SimTime) -> String {
    let second = (header.created_unix_ms + at.as_millis()) / 1000;
    let second = i64::try_from(second).ok().and_then(|second| Timestamp::from_second(second).ok());
    second.map(|second| second.to_string()).unwrap_or_default()
}

fn partition(region: &str) -> &'static str {
    match region {
        _ if region.starts_with("cn-") => "aws-cn",
        _ if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}

/// An id in the form of AWS's own, made of what it names: the same run gives the same ids.
fn uuid(of: &str) -> String {
    const VERSION: (u128, u128) = (0xF << 76, 0x4 << 76);
    const VARIANT: (u128, u128) = (0x3 << 62, 0x2 << 62);
    let bits = [VERSION, VARIANT]
        .iter()
        .fold(xxh3_128(of.as_bytes()), |bits, (mask, set)| bits & !mask | set);
    let digits = format!("{bits:032x}");
    let groups = [0..8, 8..12, 12..16, 16..20, 20..32].map(|range| &digits[range]);
    groups.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_the_form_of_random_uuids_and_repeat() {
        let id = uuid("d-0DOO4UEP2 START 2000");
        assert_eq!(id, uuid("d-0DOO4UEP2 START 2000"));
        assert_ne!(id, uuid("d-0DOO4UEP2 FAILURE 2000"));
        let lengths: Vec<usize> = id.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12]);
        assert!(id[14..].starts_with('4') && id[19..].starts_with(['8', '9', 'a', 'b']), "{id}");
    }

    #[test]
    fn arns_name_the_partition_of_their_region() {
        let partitions = ["cn-north-1", "us-gov-west-1", "eu-west-1"].map(partition);
        assert_eq!(partitions, ["aws-cn", "aws-us-gov", "aws"]);
    }
}
