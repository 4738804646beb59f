//! The batches of a deployment to hosts and its end, as text, JSON and CSV.

use std::fmt::Write as _;

use super::asked::Fleet;
use super::played::{Played, PlayedBatch};
use crate::aws::name::{DeploymentStatus, ErrorCode};
use crate::input::unit::shown;
use crate::report::table::Table;
use crate::scenario::hosts::{
    Ending, HOSTS_MAX_IN_MOST_REGIONS, HostConfig, LARGE_REGIONS, MinimumHealthyHosts,
};

/// For people.
pub fn text(name: &str, config: HostConfig, fleet: &Fleet, played: &Played) -> String {
    let mut text = head(name, config, fleet);
    if !played.batches.is_empty() {
        writeln!(text, "{}", table(fleet, played)).expect("memory");
    }
    text + &sentence(fleet, played)
}

/// For programs; with zones each batch says which one it is in.
pub fn json(fleet: &Fleet, played: &Played) -> String {
    let batches = played.batches.iter().map(|played| match fleet.zones.get(played.batch.zone) {
        None => serde_json::json!(played.batch.hosts),
        Some(zone) => serde_json::json!({
            "zone": zone, "hosts": played.batch.hosts, "waitSeconds": played.wait.as_millis() / 1000,
        }),
    });
    let (status, code) = status(played.ending);
    let answer = serde_json::json!({
        "minimumHealthyHosts": fleet.plan.minimum(),
        "batches": batches.collect::<Vec<_>>(),
        "succeeded": played.succeeded,
        "failed": played.failed,
        "skipped": played.skipped,
        "status": status.as_str(),
        "errorCode": code.map(ErrorCode::as_str),
    });
    format!("{answer:#}\n")
}

/// For tables: one row a batch.
pub fn csv(fleet: &Fleet, played: &Played) -> String {
    let mut text = String::from("batch,zone,first,last,hosts,failed,healthy,wait_s\n");
    for (number, played) in (1..).zip(&played.batches) {
        let batch = played.batch;
        let zone = fleet.zones.get(batch.zone).map_or("", String::as_str);
        let (first, last) = (batch.first + 1, batch.first + batch.hosts);
        let (failed, wait) = (played.failed.len(), played.wait.as_millis() / 1000);
        let (hosts, healthy) = (batch.hosts, played.healthy);
        writeln!(text, "{number},{zone},{first},{last},{hosts},{failed},{healthy},{wait}")
            .expect("memory");
    }
    text
}

const fn status(ending: Ending) -> (DeploymentStatus, Option<ErrorCode>) {
    match ending {
        Ending::Succeeded => (DeploymentStatus::Succeeded, None),
        Ending::Failed(code) => (DeploymentStatus::Failed, Some(code)),
    }
}

fn head(name: &str, config: HostConfig, fleet: &Fleet) -> String {
    let plan = &fleet.plan;
    let as_written =
        |minimum: MinimumHealthyHosts| format!("{} {}", minimum.kind(), minimum.value());
    let (hosts, written) = (many(plan.hosts(), "host"), as_written(config.minimum_healthy_hosts));
    let must = match plan.minimum() {
        0 => "none of which must stay healthy".to_string(),
        minimum => format!("of which at least {minimum} must stay healthy"),
    };
    let mut head = format!("{name}: {hosts}, {must} ({written})\n");
    if let Some(zonal) = config.zonal_config {
        let written = as_written(zonal.minimum_healthy_hosts_per_zone);
        let zones = fleet.zones.iter().zip(plan.zones());
        let zones =
            zones.map(|(name, zone)| format!("{} of {} in {name}", zone.minimum, zone.hosts));
        let zones = zones.collect::<Vec<_>>().join(", ");
        writeln!(head, "one zone after the other; at least {zones} must stay healthy ({written})")
            .expect("memory");
    }
    if plan.hosts() > HOSTS_MAX_IN_MOST_REGIONS {
        let regions = LARGE_REGIONS.join(", ");
        writeln!(
            head,
            "note: more than {HOSTS_MAX_IN_MOST_REGIONS} instances only in {regions}; elsewhere OVER_MAX_INSTANCES"
        )
        .expect("memory");
    }
    head + "\n"
}

fn table(fleet: &Fleet, played: &Played) -> Table {
    let mut columns = vec!["batch", "hosts", "which", "failed", "healthy meanwhile"];
    let mut right = vec![0, 1, 4];
    if fleet.plan.is_zonal() {
        columns.insert(1, "zone");
        columns.extend(["in the zone", "then"]);
        right = vec![0, 2, 5, 6];
    }
    let mut table = Table::new(&columns, &right);
    for (number, played) in (1..).zip(&played.batches) {
        let batch = played.batch;
        let mut row = vec![
            number.to_string(),
            batch.hosts.to_string(),
            span_of(batch.first + 1, batch.first + batch.hosts),
            failures(played),
            played.healthy.to_string(),
        ];
        if let Some(zone) = fleet.zones.get(batch.zone) {
            row.insert(1, zone.clone());
            row.push(played.healthy_in_zone.to_string());
            row.push(match played.wait.is_zero() {
                true => String::new(),
                false => format!("wait {}", shown(played.wait)),
            });
        }
        table.row(row);
    }
    table
}

/// `5-8`, or `9`.
fn span_of(first: u32, last: u32) -> String {
    if first == last { first.to_string() } else { format!("{first}-{last}") }
}

/// The hosts of a batch that failed, neighbours drawn together: `1-3, 5`.
fn failures(played: &PlayedBatch) -> String {
    if played.failed.is_empty() {
        return "–".into();
    }
    let runs = played.failed.chunk_by(|one, next| one + 1 == *next);
    let runs = runs.map(|run| span_of(run[0], run[run.len() - 1]));
    runs.collect::<Vec<_>>().join(", ")
}

/// How it ended and why, in a sentence.
fn sentence(fleet: &Fleet, played: &Played) -> String {
    let (plan, succeeded) = (&fleet.plan, played.succeeded);
    let (hosts, minimum) = (plan.hosts(), plan.minimum());
    let code = match played.ending {
        Ending::Succeeded if played.failed == 0 => {
            return format!("Succeeded: every host succeeded ({succeeded} of {hosts})\n");
        }
        Ending::Succeeded => {
            let (needed, failed) = (minimum.max(1), played.failed);
            return format!(
                "Succeeded: {succeeded} of {hosts} hosts succeeded, and {needed} {}; {failed} failed\n",
                if needed == 1 { "suffices" } else { "suffice" }
            );
        }
        Ending::Failed(code) => code,
    };
    let why = match played.batches.last() {
        None => untouched(fleet),
        Some(_) if played.skipped == 0 => {
            "no host succeeded, and one has to even where none must stay healthy".into()
        }
        Some(last) => {
            let skipped = many(played.skipped, "host");
            format!(
                "after batch {} {}; {skipped} skipped",
                played.batches.len(),
                limit(fleet, last)
            )
        }
    };
    format!("Failed with {code}: {why}\n")
}

/// Which minimum was met when a deployment could not go on.
fn limit(fleet: &Fleet, last: &PlayedBatch) -> String {
    let (plan, healthy) = (&fleet.plan, last.healthy_after());
    let must = |minimum: u32| format!("and {minimum} must stay so");
    if healthy <= plan.minimum() {
        return format!(
            "only {healthy} of {} are healthy, {}",
            many(plan.hosts(), "host"),
            must(plan.minimum())
        );
    }
    let zone = plan.zones()[last.batch.zone];
    format!(
        "only {} of {} in zone {} are healthy, {}",
        last.healthy_in_zone_after(),
        many(zone.hosts, "host"),
        fleet.zones[last.batch.zone],
        must(zone.minimum)
    )
}

/// Which minimum leaves no host to deploy to.
fn untouched(fleet: &Fleet) -> String {
    let plan = &fleet.plan;
    let zones = fleet.zones.iter().zip(plan.zones());
    let tight = zones.map(|(name, zone)| (format!(" in zone {name}"), zone.hosts, zone.minimum));
    let whole = (String::new(), plan.hosts(), plan.minimum());
    let mut limits = std::iter::once(whole).chain(tight);
    let (place, hosts, minimum) = limits
        .find(|(_, hosts, minimum)| hosts <= minimum)
        .expect("a deployment that touches no host meets a minimum");
    let there = many(hosts, "host");
    format!("{minimum} must stay healthy, and there are {there}{place}; none is touched")
}

/// `1 host`, `9 hosts`.
fn many(count: u32, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
