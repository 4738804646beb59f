//! Instances in words: batches of the timeline, and the table of what each has come to.

use crate::analysis::Header;
use crate::analysis::instance::{InstanceCourse, InstanceCourses};
use crate::analysis::lifecycle::Course;
use crate::aws::deployment_group::GreenFleetProvisioningAction;
use crate::aws::id::{DeploymentNumber, InstanceId};
use crate::aws::instance::{InstanceEvent, InstanceStatus};
use crate::engine::time::SimTime;
use crate::journal::fact::Fact;
use crate::report::clock::Clock;
use crate::report::line::{Line, Tone};
use crate::report::table::Table;
use crate::report::wording::counted;

/// A table of more instances tells only of those on which something went wrong.
const TOLD_MAX: usize = 20;
/// So many instances on which a deployment failed stand in the timeline.
const TROUBLES_MAX: usize = 10;

/// The instance as it is counted in scenarios: from 1 on.
pub fn name(instance: InstanceId) -> String {
    format!("instance {}", u32::from(instance.0) + 1)
}

/// What is told of the instances of a deployment as a whole.
pub fn told(fact: &Fact) -> Option<(Option<DeploymentNumber>, Tone, String)> {
    let instances = |count: u16| counted(count.into(), "instance");
    match *fact {
        Fact::InstancesFound { instances: all, current } => {
            Some((None, Tone::Quiet, format!("{}, {current} up to date", instances(all))))
        }
        Fact::ReplacementInstancesFound { deployment, instances: all, original, action } => {
            let how = match action {
                GreenFleetProvisioningAction::DiscoverExisting => "found",
                GreenFleetProvisioningAction::CopyAutoScalingGroup => "launched",
            };
            let what = format!("replacement: {} {how}, for {original}", instances(all));
            Some((Some(deployment), Tone::Quiet, what))
        }
        Fact::InstanceLifecycleChanged { instance, state } => {
            Some((None, Tone::Plain, format!("{}: {state}", name(instance))))
        }
        Fact::OutdatedInstancesFound { deployment, instances: all, .. } => {
            let what = format!("{} to be brought up to date", instances(all));
            Some((Some(deployment), Tone::Quiet, what))
        }
        Fact::InstancesTargeted { deployment, instances: all, minimum } => {
            let what = format!("{}, {minimum} of them must stay healthy", instances(all));
            Some((Some(deployment), Tone::Quiet, what))
        }
        Fact::InstancesCounted { deployment, succeeded, failed, skipped, outdated } => {
            let tone = if failed + skipped > 0 { Tone::Bad } else { Tone::Good };
            let what = format!(
                "{succeeded} Succeeded, {failed} Failed, {skipped} Skipped; {outdated} outdated"
            );
            Some((Some(deployment), tone, what))
        }
        _ => None,
    }
}

/// Where a deployment looks at its instances: its batches, and what went wrong on which instance. Of many only the first are told.
pub fn lines(fact: &Fact, course: &Course, of: &str, clock: Clock) -> Vec<Line> {
    let Fact::InstancesTargeted { .. } = fact else { return Vec::new() };
    let courses = &course.on_instances;
    let line =
        |at, what: String, tone| Line { at, what: format!("{of}{what}"), why: String::new(), tone };
    let batches = batches(courses, clock)
        .into_iter()
        .map(|(at, what, is_well)| line(at, what, if is_well { Tone::Plain } else { Tone::Bad }));
    let mut lines: Vec<Line> = batches.collect();
    let troubles = courses
        .instances
        .iter()
        .filter_map(|one| Some(line(one.ended?, trouble(one, clock)?, Tone::Bad)));
    let troubles: Vec<Line> = troubles.take(TROUBLES_MAX + 1).collect();
    let has_more = troubles.len() > TROUBLES_MAX;
    lines.extend(troubles.into_iter().take(TROUBLES_MAX));
    if let Some(last) = lines.last_mut().filter(|_| has_more) {
        last.why = "and others that the journal tells".to_owned();
    }
    lines
}

/// The batches that end now or go on, as one line each: alike ones that went well together.
fn batches(courses: &InstanceCourses, clock: Clock) -> Vec<(SimTime, String, bool)> {
    let mut told: Vec<(SimTime, String, bool)> = Vec::new();
    // The first and the last batch of a line that can grow, and how many instances each has.
    let mut alike: Option<(usize, usize, u16)> = None;
    for (number, batch) in courses.batches.iter().enumerate() {
        let of_batch = || courses.instances.iter().filter(|one| one.is_in(number));
        let is_well = of_batch().all(|one| one.is_well_in(number));
        let ended = of_batch().filter_map(|one| one.ended_in(number)).max();
        if let Some((first, last, instances)) = alike.filter(|(_, _, of)| *of == batch.instances)
            && is_well
            && last + 1 == number
        {
            alike = Some((first, number, instances));
            let line = told.last_mut().expect("a line that grows");
            line.1 = format!(
                "batches {} to {}: {} each, Succeeded",
                first + 1,
                number + 1,
                counted(instances.into(), "instance")
            );
            continue;
        }
        alike = is_well.then_some((number, number, batch.instances));
        let number = number + 1;
        let instances = counted(batch.instances.into(), "instance");
        let well = of_batch().filter(|one| one.is_well_in(number)).count();
        let what = match ended {
            Some(ended) if is_well => {
                let took = clock.duration(ended.since(batch.started));
                format!("batch {number}: {instances}, Succeeded after {took}")
            }
            _ => format!("batch {number}: {instances}, {well} Succeeded"),
        };
        told.push((batch.started, what, is_well));
    }
    told
}

/// What went wrong on an instance, if it did: `instance 9: ValidateService ScriptFailed after 0:05`.
pub fn trouble(course: &InstanceCourse, clock: Clock) -> Option<String> {
    if course.status != InstanceStatus::Failed {
        return None;
    }
    let name = name(course.instance);
    Some(match (course.not_started, course.failure()) {
        (Some(event), _) if course.events.is_empty() => {
            format!("{name}: no agent has answered, {event} did not begin")
        }
        (Some(event), _) => format!("{name}: {event} did not begin in time"),
        (None, Some(span)) => {
            let took = clock.duration(span.took);
            format!("{name}: {} {} after {took}", span.event, span.code)
        }
        (None, None) => format!("{name}: nothing more was done"),
    })
}

/// The table of a deployment's instances.
pub fn table(courses: &InstanceCourses, header: &Header, clock: Clock) -> Table {
    let columns = ["instance", "zone", "batch", "status", "started", "took", "note"];
    let mut table = Table::new(&columns, &[0, 2, 4, 5]);
    let is_told = |one: &&InstanceCourse| {
        courses.instances.len() <= TOLD_MAX || one.status != InstanceStatus::Succeeded
    };
    let mut left_out = courses.instances.len();
    for one in courses.instances.iter().filter(is_told).take(TOLD_MAX) {
        left_out -= 1;
        let note = trouble(one, clock);
        let note = note.and_then(|note| note.split_once(": ").map(|(_, note)| note.to_owned()));
        table.row(vec![
            (u32::from(one.instance.0) + 1).to_string(),
            zone_of(one.instance, header).to_owned(),
            (one.batch + 1).to_string(),
            one.status.to_string(),
            clock.instant(one.started),
            one.took().map(|took| clock.duration(took)).unwrap_or_default(),
            note.unwrap_or_else(|| longest(one, clock)),
        ]);
    }
    if left_out > 0 {
        let more = format!("and {} more", counted(left_out as u64, "instance"));
        let mut row = vec![String::new(); columns.len()];
        row[columns.len() - 1] = more;
        table.row(row);
    }
    table
}

/// The zone of an instance.
pub fn zone_of(instance: InstanceId, header: &Header) -> &str {
    let zone = header.instances.as_ref().and_then(|described| {
        let zone = *described.zone_of_instance.get(instance.index())?;
        described.zones.get(usize::from(zone))
    });
    zone.map_or("", String::as_str)
}

/// The event that took longest, where any took time.
fn longest(course: &InstanceCourse, clock: Clock) -> String {
    let longest = course
        .events
        .iter()
        .max_by_key(|span| (span.took, InstanceEvent::ALL.len() - span.event as usize));
    match longest.filter(|span| !span.took.is_zero()) {
        Some(span) => format!("{} took {}", span.event, clock.duration(span.took)),
        None => String::new(),
    }
}
