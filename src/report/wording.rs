//! What things are called in text, charts and summaries.

use crate::analysis::client::{Agreement, Seen, Sight};
use crate::analysis::lifecycle::{Course, WaitKind};
use crate::analysis::row::Row;
use crate::analysis::series::Series;
use crate::analysis::side::Side;
use crate::analysis::traffic::Tally;
use crate::analysis::{Header, fixed};
use crate::aws::call::{ApiCall, ApiException};
use crate::aws::id::{DeploymentId, TargetGroupId};
use crate::aws::name::{DeploymentCreator, DeploymentStatus, LifecycleEvent, Listener};
use crate::engine::time::SimTime;
use crate::report::{Report, clock};
use jiff::Timestamp;
use jiff::tz::Offset;

/// What a deployment configuration does, for the predefined ones of ECS and of instances; else its name.
pub fn configuration(name: &str) -> String {
    predefined(name).unwrap_or_else(|| name.to_owned())
}

fn predefined(name: &str) -> Option<String> {
    let of_instances = match name.strip_prefix("CodeDeployDefault.") {
        Some("AllAtOnce") => Some("all instances at once"),
        Some("HalfAtATime") => Some("half of the instances at a time"),
        Some("OneAtATime") => Some("one instance at a time"),
        _ => None,
    };
    if let Some(words) = of_instances {
        return Some(words.to_owned());
    }
    let rest = name.strip_prefix("CodeDeployDefault.ECS")?;
    if rest == "AllAtOnce" {
        return Some("all at once".to_owned());
    }
    let number = |text: &str| text.parse::<u64>().ok();
    if let Some(canary) = rest.strip_prefix("Canary") {
        let (percent, interval) = canary.strip_suffix("Minutes")?.split_once("Percent")?;
        let (percent, interval) = (number(percent)?, number(interval)?);
        return Some(format!("canary {percent} % for {}", counted(interval, "minute")));
    }
    let linear = rest.strip_prefix("Linear")?.strip_suffix("Minutes")?;
    let (percent, interval) = linear.split_once("PercentEvery")?;
    let every = match number(interval)? {
        1 => "minute".to_owned(),
        several => counted(several, "minute"),
    };
    Some(format!("linear {} % every {every}", number(percent)?))
}

/// The outcome in a few words: `Succeeded after 11:32`, `Stopped after 2:32 (ALARM_ACTIVE)`.
pub fn outcome(report: &Report) -> String {
    let row = &report.row;
    let status = match row.end {
        Some(end) => format!("{} after {}", row.status, clock::brief(end.since(SimTime::ZERO))),
        None => format!("{} when the run ended", row.status),
    };
    let code = row.error_code.map(|code| format!(" ({code})")).unwrap_or_default();
    let first = report.series.first().and_then(|course| course.rolled_back_by);
    let rollback = report.series.deployments.iter().find(|course| Some(course.number) == first);
    let rollback = match rollback.map(Course::status) {
        None => String::new(),
        Some(DeploymentStatus::Succeeded) => ", rolled back".to_owned(),
        Some(status) => format!(", rollback {status}"),
    };
    format!("{status}{code}{rollback}")
}

/// The name of the candidate that was deployed, and whether it is a bad release; nothing where there was no
/// choice and nothing is wrong with it.
pub fn replacement(header: &Header, row: &Row) -> Option<String> {
    let name = header.candidates.get(usize::from(row.candidate?))?;
    let says_something = row.bad || header.candidates.len() > 1;
    says_something.then(|| if row.bad { format!("{name}, a bad release") } else { name.clone() })
}

/// Whether there is something to say of the client: the scenario speaks of it, or it does not know the end.
pub fn tells_of_client(report: &Report) -> bool {
    let knows = report.row.client.is_some_and(|sight| sight.seen.knows_the_end());
    report.header.client.is_described || !knows
}

/// What a client that knows the end has read: a status of the deployment, or a stable service, which may be one whose
/// deployment was rolled back (ECS-SVC-7).
pub fn seen_status(seen: Seen, row: &Row) -> &'static str {
    match seen {
        Seen::Succeeded if row.status != DeploymentStatus::Succeeded => "a stable service",
        _ => row.status.as_str(),
    }
}

/// What the client saw, and whether that is the truth.
pub fn client(report: &Report) -> Option<String> {
    if !tells_of_client(report) {
        return None;
    }
    let row = &report.row;
    let who = report.header.client.waiter.map_or("it", |waiter| waiter.as_str());
    let Some(Sight { seen, at }) = row.client else {
        return Some(format!("{who} still waited when the run ended"));
    };
    let at = report.clock.instant(at);
    let saw = match seen {
        Seen::Succeeded | Seen::Failed => format!("{who} saw {} at {at}", seen_status(seen, row)),
        Seen::GaveUp => format!("{who} gave up at {at}"),
        Seen::TimedOut => format!("{who} was cut off at {at} by the limit of its job"),
        Seen::Unwatched => "did not wait".to_owned(),
    };
    let truth = match (Agreement::of(row), row.end) {
        (Some(agreement), Some(_)) if seen.knows_the_end() => agreement.to_string(),
        (Some(agreement), Some(end)) => {
            let end = report.clock.instant(end);
            format!("{agreement}, the deployment {} at {end}", ended(row.status))
        }
        _ => format!("the deployment was {} when the run ended", row.status),
    };
    Some(format!("{saw}: {truth}"))
}

/// The end of a deployment as a verb.
fn ended(status: DeploymentStatus) -> String {
    let participle = status.as_str().to_lowercase();
    if status == DeploymentStatus::Stopped { format!("was {participle}") } else { participle }
}

/// What stands when a run is over whose last deployment ended badly and was not rolled back (2.4); nothing
/// otherwise.
pub fn left_standing(header: &Header, series: &Series) -> Option<String> {
    let last = series.deployments.last()?;
    if !is_unwanted(last.status()) {
        return None;
    }
    let weight = series.weight.last().1;
    if header.instances.is_some() {
        return None;
    }
    if header.function.is_some() {
        return Some(format!("{weight} % of invocations reach the replacement"));
    }
    let counts = series.counts.last().1;
    let tasks = |side: Side| {
        format!("{} of the {}", counted(counts[side].running.into(), "task"), side.as_str())
    };
    let [original, replacement] = Side::BOTH.map(tasks);
    Some(format!("{original}, {replacement}; {weight} % of production traffic on the replacement"))
}

/// Which target group is meant by which side, where more than one deployment swaps them (CD-ECS-26).
pub fn sides(header: &Header, series: &Series) -> Option<String> {
    let asked = series.deployments.iter().filter(|course| course.rolls_back.is_none());
    // Later deployments on Lambda bring versions of their own, which the timeline names.
    if asked.count() < 2 || header.function.is_some() || header.instances.is_some() {
        return None;
    }
    let original = usize::from(series.sides.of_target_group(TargetGroupId(0)) == Side::Replacement);
    let [first, second] = [original, 1 - original].map(|index| &header.target_groups[index]);
    Some(format!("original is {first}, replacement is {second}, whichever deployment it is"))
}

/// Why requests failed, where it was not the application alone: `8 by the application, 12 with 503: no target`.
pub fn causes(header: &Header, series: &Series) -> Option<String> {
    let tally = series.totals.last().1.total();
    let Tally { failed, cut_off, rejected, refused, timed_out, overloaded, reset, .. } = tally;
    let named = tally.by_defects + tally.by_dependency + tally.by_timeout;
    let mut causes = vec![(failed - named, "by the application".to_owned())];
    let by_defect =
        |(defect, &count): (usize, &u64)| (count, format!("by `{}`", header.defect_name(defect)));
    causes.extend(series.defects.iter().enumerate().map(by_defect));
    causes.extend(
        [
            (tally.by_dependency, "by a dependency"),
            (tally.by_timeout, "by the function's timeout"),
            (tally.throttled, "with 429: throttled"),
            (refused, "with 502: not up"),
            (cut_off, "with 502: cut off"),
            (tally.without_target(), "with 503: no target"),
            (timed_out - overloaded, "with 504: no answer"),
            (overloaded, "with 504: overload"),
            (reset, "with a reset connection"),
        ]
        .map(|(count, cause)| (count, cause.to_owned())),
    );
    let told = causes.iter().filter(|(count, _)| *count > 0);
    let told = told.map(|(count, cause)| format!("{} {cause}", thousands(*count)));
    (rejected + cut_off + named > 0).then(|| told.collect::<Vec<_>>().join(", "))
}

/// The word for a wait.
pub const fn wait(kind: WaitKind) -> &'static str {
    match kind {
        WaitKind::Ready => "ready wait",
        WaitKind::Termination => "termination wait",
    }
}

/// How a deployment is spoken of: the first by no id, a rollback as such, any other by its id and what kind it is.
pub fn deployment(course: &Course) -> String {
    let kind = match (course.number.index(), course.rolls_back, course.creator) {
        (0, _, _) => return "deployment".to_owned(),
        (_, Some(_), _) => return "rollback".to_owned(),
        (_, None, DeploymentCreator::AutoScaling) => "launch",
        (_, None, DeploymentCreator::AutoScalingTermination) => "termination",
        (_, None, DeploymentCreator::CodeDeployAutoUpdate) => "follow-on",
        (_, None, _) => "deployment",
    };
    format!("{kind} {}", course.id)
}

/// That a deployment was created, by whom, and what it rolls back if it does.
pub fn deployment_created(
    id: DeploymentId,
    creator: DeploymentCreator,
    rolled_back: Option<&Course>,
) -> String {
    match (creator, rolled_back) {
        (DeploymentCreator::External, None) => "the external controller begins".to_owned(),
        (DeploymentCreator::External, Some(_)) => "the way back begins".to_owned(),
        (DeploymentCreator::AutoScaling, _) => format!("launch deployment {id} created"),
        (DeploymentCreator::AutoScalingTermination, _) => {
            format!("termination deployment {id} created")
        }
        (DeploymentCreator::CodeDeployAutoUpdate, _) => {
            format!("follow-on deployment {id} created")
        }
        (_, Some(parent)) => format!("rollback {id} of deployment {} created", parent.id),
        (_, None) => format!("deployment {id} created"),
    }
}

/// A count with its noun, in the plural where it belongs: `1 task`, `10 tasks`.
pub fn counted(count: u64, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", thousands(count))
}

/// A whole number with thin groups of three: `34 600`.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) && digits.len() > 4 {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

/// A part of a whole in percent with two decimals: `0.12 %`; nothing of nothing is `–`.
pub fn share(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "–".to_owned();
    }
    let units = (i128::from(part) * 20_000 + i128::from(whole)) / (2 * i128::from(whole));
    format!("{} %", fixed::Fixed { units, decimals: 2 })
}

/// The instant zero of a run on the calendar, RFC 3339 with the scenario's offset.
pub fn created(header: &Header) -> String {
    let offset = Offset::from_seconds(header.utc_offset_seconds).unwrap_or(Offset::UTC);
    i64::try_from(header.created_unix_ms)
        .ok()
        .and_then(|unix_ms| Timestamp::from_millisecond(unix_ms).ok())
        .map(|instant| instant.display_with_offset(offset).to_string())
        .unwrap_or_default()
}

/// Events that follow each other: one or two by name, more by the first and the last.
pub fn events(events: &[LifecycleEvent]) -> String {
    match events {
        [] => String::new(),
        [one] => one.to_string(),
        [one, two] => format!("{one}, {two}"),
        [first, .., last] => format!("{first} to {last}"),
    }
}

/// To which versions an alias points: `version 1`, or `version 1, 10 % to version 2` (CD-LAM-2).
pub fn alias(function_version: TargetGroupId, versions: [u32; 2], weights: [u16; 2]) -> String {
    let other = function_version.other().index();
    let version = versions[function_version.index()];
    match weights[other] {
        0 => format!("version {version}"),
        percent => format!("version {version}, {percent} % to version {}", versions[other]),
    }
}

/// What is deployed to, in words: `service prod:checkout (10 tasks)`, `alias checkout:live`.
pub fn target(header: &Header) -> (&'static str, String) {
    match (&header.function, &header.instances) {
        (Some(function), _) => ("alias", function.clone()),
        (None, Some(described)) => {
            let all = described.zone_of_instance.len() as u64;
            let count = counted(described.members.map_or(all, u64::from), "instance");
            ("instances", format!("{} ({count})", header.deployment_group))
        }
        (None, None) => {
            let tasks = counted(header.desired_count.into(), "task");
            ("service", format!("{} ({tasks})", header.service))
        }
    }
}

/// A call that was refused, in AWS's words where they are known (CD-SM-5).
pub fn refusal(
    header: &Header,
    call: ApiCall,
    exception: ApiException,
    about: Option<DeploymentId>,
) -> String {
    let more = match (exception, about) {
        (ApiException::DeploymentLimitExceeded, Some(id)) => {
            let group = &header.deployment_group;
            format!(": The Deployment Group '{group}' already has an active Deployment '{id}'")
        }
        _ => String::new(),
    };
    format!("{call} refused with {exception}{more}")
}

/// Whether requests are sent to what is deployed: to instances and tasks only by a load balancer.
pub fn has_traffic(header: &Header) -> bool {
    let are_balanced =
        header.instances.as_ref().is_none_or(|described| described.target_group.is_some());
    are_balanced && !header.is_worker
}

/// Whether what is deployed runs in tasks.
pub const fn has_tasks(header: &Header) -> bool {
    header.function.is_none() && header.instances.is_none()
}

/// What goes through a listener.
pub const fn traffic(listener: Listener) -> &'static str {
    match listener {
        Listener::Production => "production",
        Listener::Test => "test",
    }
}

/// A number of millionths in decimals, without zeros at the end: `2.5`, `-0.000001`.
pub fn micros(number: i64) -> String {
    let (whole, part) = (number.unsigned_abs() / 1_000_000, number.unsigned_abs() % 1_000_000);
    let sign = if number < 0 { "-" } else { "" };
    let text = format!("{sign}{whole}.{part:06}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Whether a status is one that its owner would not want.
pub const fn is_unwanted(status: DeploymentStatus) -> bool {
    matches!(status, DeploymentStatus::Failed | DeploymentStatus::Stopped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn predefined_configurations_are_put_in_words() {
        let names = [
            "CodeDeployDefault.ECSCanary10Percent5Minutes",
            "CodeDeployDefault.ECSLinear10PercentEvery1Minutes",
            "CodeDeployDefault.ECSLinear10PercentEvery3Minutes",
            "CodeDeployDefault.ECSAllAtOnce",
            "checkout-slowly",
        ];
        let expected = [
            "canary 10 % for 5 minutes",
            "linear 10 % every minute",
            "linear 10 % every 3 minutes",
            "all at once",
            "checkout-slowly",
        ];
        assert_eq!(names.map(configuration), expected);
    }

    #[test]
    fn numbers_are_grouped_and_shares_are_rounded() {
        assert_eq!([thousands(9999), thousands(1_234_567)], ["9999", "1 234 567"]);
        assert_eq!([share(1, 3), share(0, 0), share(2, 2)], ["33.33 %", "–", "100.00 %"]);
    }
}
