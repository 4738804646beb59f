//! `on_instances` of a deployment in `summary.json`: its batches, and what each instance has come to.

use super::instant;
use crate::analysis::Header;
use crate::analysis::instance::{InstanceCourse, InstanceCourses};
use crate::report::instance::zone_of;
use serde::Serialize;
use serde_json::Number;

#[derive(Serialize)]
pub(super) struct OnInstances {
    instances: u16,
    minimum_healthy: u32,
    batches: Vec<Batch>,
    succeeded: Option<u16>,
    failed: Option<u16>,
    skipped: Option<u16>,
    outdated: Option<u16>,
    attempted: Vec<Instance>,
}

#[derive(Serialize)]
struct Batch {
    start_s: Number,
    instances: u16,
}

#[derive(Serialize)]
struct Instance {
    instance: u32,
    zone: String,
    batch: usize,
    status: &'static str,
    start_s: Number,
    end_s: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failed_event: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
}

/// What a deployment did on its instances.
pub(super) fn on_instances(courses: &InstanceCourses, header: &Header) -> OnInstances {
    let batch = |batch: &crate::analysis::instance::Batch| Batch {
        start_s: instant(batch.started),
        instances: batch.instances,
    };
    OnInstances {
        instances: courses.targeted,
        minimum_healthy: courses.minimum,
        batches: courses.batches.iter().map(batch).collect(),
        succeeded: courses.counts.map(|counts| counts.succeeded),
        failed: courses.counts.map(|counts| counts.failed),
        skipped: courses.counts.map(|counts| counts.skipped),
        outdated: courses.counts.map(|counts| counts.outdated),
        attempted: courses.instances.iter().map(|one| instance(one, header)).collect(),
    }
}

fn instance(course: &InstanceCourse, header: &Header) -> Instance {
    let failure = course.failure();
    Instance {
        instance: u32::from(course.instance.0) + 1,
        zone: zone_of(course.instance, header).to_owned(),
        batch: course.batch + 1,
        status: course.status.as_str(),
        start_s: instant(course.started),
        end_s: course.ended.map(instant),
        failed_event: failure.map(|span| span.event).or(course.not_started).map(|it| it.as_str()),
        code: failure.map(|span| span.code.as_str()),
    }
}
