//! A journal as text: one JSON object a line, byte-stable, written and read back.
//!
//! The first line is the header, every other line one entry: its number `n` (from 1), `at_ms`, `cause`
//! (the number of the causing entry, absent if there is none), the fact's name and its fields.

use crate::engine::time::SimTime;
use crate::journal::fact::Fact;
use crate::journal::header::Header;
use crate::journal::{Cause, Entry, Journal};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::io::{self, BufRead, Write};

#[derive(Serialize, Deserialize)]
struct Line {
    n: usize,
    at_ms: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cause: Option<usize>,
    #[serde(flatten)]
    fact: Fact,
}

/// Why a journal could not be read back.
#[derive(Debug)]
pub struct ReadError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub problem: String,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.problem)
    }
}

impl std::error::Error for ReadError {}

/// Writes the header line.
pub fn write_header(header: &Header, out: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, header)?;
    out.write_all(b"\n")
}

/// Writes a whole journal.
pub fn write(journal: &Journal, out: &mut impl Write) -> io::Result<()> {
    write_header(&journal.header, out)?;
    for (position, entry) in journal.entries.iter().enumerate() {
        let line = Line {
            n: position + 1,
            at_ms: entry.at.as_millis(),
            cause: entry.cause.position().map(|position| position + 1),
            fact: entry.fact,
        };
        serde_json::to_writer(&mut *out, &line)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// Reads a journal that [`write()`] has written.
///
/// # Errors
/// If a line is not what `write` writes: another schema, a gap in the numbers, a cause that comes later
/// than its effect, time that runs backwards, an unknown fact.
pub fn read(input: impl BufRead) -> Result<Journal, ReadError> {
    let mut lines = input.lines().enumerate().map(|(index, text)| {
        let line = index + 1;
        text.map(|text| (line, text))
            .map_err(|error| ReadError { line, problem: error.to_string() })
    });
    let (_, first) = lines
        .next()
        .ok_or_else(|| ReadError { line: 1, problem: "the journal is empty".into() })??;
    let header: Header = serde_json::from_str(&first).map_err(|error| ReadError {
        line: 1,
        problem: format!("not a journal header: {error}"),
    })?;
    if header.schema != Header::SCHEMA {
        let problem = format!(
            "journal schema {} is not the {} that this version reads",
            header.schema,
            Header::SCHEMA
        );
        return Err(ReadError { line: 1, problem });
    }
    let mut entries: Vec<Entry> = Vec::new();
    for next in lines {
        let (line, text) = next?;
        let entry = read_entry(&text, &entries).map_err(|problem| ReadError { line, problem })?;
        entries.push(entry);
    }
    Ok(Journal { header, entries })
}

fn read_entry(text: &str, before: &[Entry]) -> Result<Entry, String> {
    let line: Line = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let n = before.len() + 1;
    if line.n != n {
        return Err(format!("entry {} stands where entry {n} belongs", line.n));
    }
    if line.at_ms >= 1 << 54 {
        return Err(format!("`at_ms` {} is beyond the range of simulated time", line.at_ms));
    }
    let cause = match line.cause {
        None => Cause::NONE,
        Some(cause) if (1..n).contains(&cause) => Cause::entry(cause - 1),
        Some(cause) => return Err(format!("entry {n} cannot be caused by entry {cause}")),
    };
    let at = SimTime::from_millis(line.at_ms);
    if before.last().is_some_and(|last| last.at > at) {
        return Err(format!("entry {n} is earlier than the one before it"));
    }
    Ok(Entry { at, cause, fact: line.fact })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::alarm::ComparisonOperator;
    use crate::aws::call::Waiter;
    use crate::aws::id::{DeploymentId, DeploymentNumber, TargetGroupId, TaskSetId};
    use crate::aws::message::ErrorMessage;
    use crate::aws::name::{DeploymentCreator, ErrorCode};
    use crate::aws::notification::{Trigger, TriggerEventType};
    use crate::journal::fact::Listener;
    use crate::journal::header::{AlarmDescription, AlarmRule, Client, Users};

    fn alarm() -> AlarmDescription {
        AlarmDescription {
            name: "errors".into(),
            is_polled: true,
            rule: Some(AlarmRule {
                comparison_operator: ComparisonOperator::GreaterThanThreshold,
                threshold: "1".into(),
                threshold_micros: 1_000_000,
                period_ms: 60_000,
                datapoints_to_alarm: 2,
                evaluation_periods: 3,
            }),
        }
    }

    fn example() -> Journal {
        let header = Header {
            schema: Header::SCHEMA,
            scenario: "example".into(),
            summary: String::new(),
            scenario_digest: "0123456789abcdef".into(),
            seed: 1,
            replication: 0,
            created_unix_ms: 1_767_607_200_000,
            utc_offset_seconds: 0,
            application: "AppECS-prod-web".into(),
            deployment_group: "DgpECS-prod-web".into(),
            deployment_config: "CodeDeployDefault.ECSAllAtOnce".into(),
            function: None,
            instances: None,
            is_worker: false,
            service: "prod:web".into(),
            target_groups: ["blue".into(), "green".into()],
            candidates: vec!["replacement".into()],
            desired_count: 2,
            client: Client {
                waiter: Some(Waiter::AwsEcsDeploy),
                polls: 280,
                timeout_ms: Some(600_000),
                is_described: true,
            },
            users: Users {
                mean_gap_ns: Some(120_000_000_000),
                page_requests: None,
                keep_their_group: true,
            },
            region: "eu-west-1".into(),
            account_id: "123456789012".into(),
            triggers: vec![Trigger {
                name: "on-call".into(),
                target_arn: "arn:aws:sns:eu-west-1:123456789012:on-call".into(),
                events: vec![TriggerEventType::DeploymentFailure],
            }],
            task_hour_price_micros: 50_000,
            defects: vec!["slow query".into()],
            scaling_policies: vec!["more".into()],
            alarms: vec![alarm()],
        };
        let deployment = DeploymentNumber(0);
        let facts = [
            Fact::TaskSetFound { task_set: TaskSetId(0), target_group: TargetGroupId(0), tasks: 2 },
            Fact::DeploymentCreated {
                deployment,
                id: DeploymentId::from_random(1),
                creator: DeploymentCreator::User,
                rolls_back: None,
            },
            Fact::DeploymentErrorSet {
                deployment,
                code: ErrorCode::Timeout,
                message: ErrorMessage::ReplacementNotHealthy { minutes: 60 },
            },
            Fact::ListenerModified { listener: Listener::Test, weights: [0, 100] },
        ];
        let entries = facts
            .into_iter()
            .enumerate()
            .map(|(position, fact)| Entry {
                at: SimTime::from_millis(position as u64 * 10),
                cause: position.checked_sub(1).map_or(Cause::NONE, Cause::entry),
                fact,
            })
            .collect();
        Journal { header, entries }
    }

    fn written(journal: &Journal) -> String {
        let mut bytes = Vec::new();
        write(journal, &mut bytes).expect("a vector takes everything");
        String::from_utf8(bytes).expect("JSON is UTF-8")
    }

    #[test]
    fn a_journal_reads_back_as_it_was() {
        let journal = example();
        let text = written(&journal);
        assert_eq!(read(text.as_bytes()).expect("it was just written"), journal);
        assert_eq!(
            text.lines().nth(4),
            Some(
                r#"{"n":4,"at_ms":30,"cause":3,"fact":"ListenerModified","listener":"Test","weights":[0,100]}"#
            )
        );
    }

    #[test]
    fn a_journal_with_a_missing_line_is_refused_with_its_place() {
        let text = written(&example());
        let without_third: Vec<&str> =
            text.lines().enumerate().filter(|(i, _)| *i != 2).map(|(_, line)| line).collect();
        let error = read(without_third.join("\n").as_bytes()).expect_err("a line is missing");
        assert_eq!(error.to_string(), "line 3: entry 3 stands where entry 2 belongs");
    }
}
