//! The upper half: a row for each lifecycle event or stage, wait, draining task set and rollback, and for the client.

use crate::analysis::client::{Agreement, Seen, Sight};
use crate::analysis::lifecycle::{Course, EventSpan, StageSpan, Wait, WaitKind};
use crate::analysis::row;
use crate::analysis::side::Side;
use crate::aws::instance::InstanceStatus;
use crate::aws::name::{LifecycleEvent, LifecycleEventStatus};
use crate::engine::time::{SimDuration, SimTime};
use crate::report::chart::axis::TimeAxis;
use crate::report::chart::drawing::{Anchor, Area, Drawing, TextStyle};
use crate::report::chart::label::{Beside, beside};
use crate::report::chart::palette::{self, Color};
use crate::report::clock::brief;
use crate::report::{Report, instance, wording};

/// More rows than this no picture has room for.
const INSTANCE_ROWS_MAX: usize = 40;
/// Names keep this distance from the edge of the paper.
const MARGIN: f64 = 30.0;
/// The height of a row.
pub const ROW: f64 = 21.0;
const BAR: f64 = 13.0;
/// Bars of no length are still seen.
const BAR_MIN: f64 = 2.5;
const GAP: f64 = 5.0;
const LABEL: TextStyle = TextStyle { size: 10.5, bold: false, color: palette::INK };
const NAME: TextStyle = TextStyle { size: 12.0, bold: false, color: palette::INK };

/// How a bar is filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fill {
    /// A lifecycle event or deployment with its status.
    Status(LifecycleEventStatus),
    /// Nothing is done, time passes.
    Wait,
    /// Tasks of a side finish their requests.
    Drain(Side),
}

/// One row: a name, and a bar for each time that what it names took place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    name: String,
    bars: Vec<Bar>,
    /// What is written instead of a bar, and from when.
    absent: Option<(SimTime, &'static str)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Bar {
    from: SimTime,
    to: SimTime,
    fill: Fill,
    /// Nothing, where a later bar of the row speaks for all.
    label: String,
}

/// The rows of a run, from the first lifecycle event to the last rollback.
pub fn rows(report: &Report) -> Vec<Row> {
    let end = report.series.end;
    let mut rows = Vec::new();
    if let Some(course) = report.series.first() {
        first_deployment(course, end, &mut rows);
    }
    // What ends as it begins has drained before, as the tasks of a rolling update do.
    let drains = report.series.drains.iter().filter(|drain| drain.ended != Some(drain.started));
    for drain in drains {
        let bar = open_bar(drain.started, drain.ended, end, Fill::Drain(drain.side));
        rows.push(Row::with(format!("{} draining", drain.side.as_str()), bar));
    }
    for course in report.series.deployments.iter().skip(1) {
        rows.push(Row::with(wording::deployment(course), deployment_bar(course, end)));
    }
    if wording::tells_of_client(report) {
        rows.push(Row::with("CI client".to_owned(), client_bar(&report.row, end)));
    }
    rows
}

/// From the creation to what the client saw, which may lie behind the end of the run.
fn client_bar(row: &row::Row, end: SimTime) -> Bar {
    let Some(Sight { seen, at }) = row.client else {
        return open_bar(SimTime::ZERO, None, end, Fill::Wait);
    };
    let waited = brief(at.since(SimTime::ZERO));
    let saw = match seen {
        Seen::Succeeded | Seen::Failed => {
            format!("saw {} after {waited}", wording::seen_status(seen, row))
        }
        Seen::GaveUp => format!("gave up after {waited}"),
        Seen::TimedOut => format!("cut off after {waited}"),
        Seen::Unwatched => "did not wait".to_owned(),
    };
    let agreement = Agreement::of(row).map(|agreement| format!(": {agreement}"));
    let fill = match seen.is_green() {
        true => LifecycleEventStatus::Succeeded,
        false => LifecycleEventStatus::Failed,
    };
    Bar {
        from: SimTime::ZERO,
        to: at.min(end),
        fill: Fill::Status(fill),
        label: saw + &agreement.unwrap_or_default(),
    }
}

fn first_deployment(course: &Course, end: SimTime, rows: &mut Vec<Row>) {
    let over = course.ended().unwrap_or(end);
    let mut waits = course.waits.iter().peekable();
    for event in &course.events {
        let gate = event.event == LifecycleEvent::BeforeAllowTraffic;
        if gate && waits.peek().is_some_and(|wait| wait.kind == WaitKind::Ready) {
            rows.extend(waits.next().map(|wait| wait_row(wait, end)));
        }
        rows.push(event_row(event, over, end));
    }
    rows.extend(waits.map(|wait| wait_row(wait, end)));
    stage_rows(course, end, rows);
    instance_rows(course, end, rows);
}

/// A row for each stage of a deployment of ECS, in the order of their first times. One that comes again at each step has
/// several bars, of which the last says how long all of them took.
fn stage_rows(course: &Course, end: SimTime, rows: &mut Vec<Row>) {
    let stages = &course.stages;
    for (position, first) in stages.iter().enumerate() {
        if stages[..position].iter().any(|before| before.stage == first.stage) {
            continue;
        }
        let is_last = |span: &StageSpan| stages.last() == Some(span);
        let times: Vec<&StageSpan> = stages.iter().filter(|one| one.stage == first.stage).collect();
        let mut bars: Vec<Bar> = Vec::new();
        for span in &times {
            let status = match course.ended() {
                None if span.ended.is_none() => LifecycleEventStatus::InProgress,
                Some(_) if is_last(span) && wording::is_unwanted(course.status()) => {
                    LifecycleEventStatus::Failed
                }
                _ => LifecycleEventStatus::Succeeded,
            };
            bars.push(Bar {
                label: String::new(),
                ..open_bar(span.started, span.ended, end, Fill::Status(status))
            });
        }
        let all: SimDuration = bars.iter().map(|bar| bar.to.since(bar.from)).sum();
        let last = bars.last_mut().expect("it took place once at least");
        last.label = brief(all);
        if times.len() > 1 {
            last.label = format!("{} in {} steps", last.label, times.len());
        }
        match last.fill {
            Fill::Status(LifecycleEventStatus::Failed) => {
                last.label = format!("failed after {}", last.label);
            }
            Fill::Status(LifecycleEventStatus::InProgress) => last.label.push_str(", not over"),
            _ => {}
        }
        rows.push(Row { name: first.stage.to_string(), bars, absent: None });
    }
}

/// A row for each instance, in the order of their turns; of many a row for each batch, and only the first ones.
fn instance_rows(course: &Course, end: SimTime, rows: &mut Vec<Row>) {
    let courses = &course.on_instances;
    if courses.instances.len() <= INSTANCE_ROWS_MAX {
        rows.extend(courses.instances.iter().map(|one| {
            let status = status_of([one.status].into_iter());
            let mut bar = open_bar(one.started, one.ended, end, Fill::Status(status));
            if let Some(failure) = one.failure() {
                bar.label = format!("{} {}", failure.event, failure.code);
            } else if let Some(event) = one.not_started {
                bar.label = format!("{event} did not begin");
            }
            Row::with(instance::name(one.instance), bar)
        }));
        return;
    }
    for (number, batch) in courses.batches.iter().enumerate().take(INSTANCE_ROWS_MAX) {
        let of_batch = || courses.instances.iter().filter(|one| one.is_in(number));
        let is_over = of_batch().all(|one| one.ended_in(number).is_some());
        let ended = of_batch().filter_map(|one| one.ended_in(number)).max().filter(|_| is_over);
        let status = status_of(of_batch().map(|one| match one.is_well_in(number) {
            true => InstanceStatus::Succeeded,
            false => one.status,
        }));
        let well = of_batch().filter(|one| one.is_well_in(number)).count();
        let mut bar = open_bar(batch.started, ended, end, Fill::Status(status));
        bar.label = format!("{well} of {} Succeeded, {}", batch.instances, bar.label);
        rows.push(Row::with(format!("batch {}", number + 1), bar));
    }
}

/// Of several instances: the worst.
fn status_of(statuses: impl Iterator<Item = InstanceStatus>) -> LifecycleEventStatus {
    let worst = |status, other| match (status, other) {
        (LifecycleEventStatus::Failed, _) | (_, InstanceStatus::Failed) => {
            LifecycleEventStatus::Failed
        }
        (LifecycleEventStatus::InProgress, _) | (_, InstanceStatus::InProgress) => {
            LifecycleEventStatus::InProgress
        }
        _ => LifecycleEventStatus::Succeeded,
    };
    statuses.fold(LifecycleEventStatus::Succeeded, worst)
}

fn wait_row(wait: &Wait, end: SimTime) -> Row {
    Row::with(
        wording::wait(wait.kind).to_owned(),
        open_bar(wait.started, wait.ended, end, Fill::Wait),
    )
}

fn event_row(span: &EventSpan, over: SimTime, end: SimTime) -> Row {
    let name = span.event.to_string();
    let Some(started) = span.started else {
        let word = match span.status {
            LifecycleEventStatus::Skipped => "skipped",
            LifecycleEventStatus::Pending
            | LifecycleEventStatus::InProgress
            | LifecycleEventStatus::Succeeded
            | LifecycleEventStatus::Failed
            | LifecycleEventStatus::Unknown => "not begun",
        };
        return Row { name, bars: Vec::new(), absent: Some((over, word)) };
    };
    let mut bar = open_bar(started, span.ended, end, Fill::Status(span.status));
    if span.status == LifecycleEventStatus::Failed {
        bar.label = format!("failed after {}", bar.label);
    }
    Row::with(name, bar)
}

fn deployment_bar(course: &Course, end: SimTime) -> Bar {
    let status = match course.ended() {
        None => LifecycleEventStatus::InProgress,
        Some(_) if wording::is_unwanted(course.status()) => LifecycleEventStatus::Failed,
        Some(_) => LifecycleEventStatus::Succeeded,
    };
    let mut bar = open_bar(course.created, course.ended(), end, Fill::Status(status));
    let id = if course.rolls_back.is_some() { format!("{} ", course.id) } else { String::new() };
    bar.label = format!("{id}{} after {}", course.status(), bar.label);
    bar
}

/// A bar up to its end, or to the end of the run if it has none.
fn open_bar(from: SimTime, ended: Option<SimTime>, end: SimTime, fill: Fill) -> Bar {
    let to = ended.unwrap_or(end).max(from);
    let open = if ended.is_none() { ", not over" } else { "" };
    Bar { from, to, fill, label: format!("{}{open}", brief(to.since(from))) }
}

impl Row {
    fn with(name: String, bar: Bar) -> Row {
        Row { name, bars: vec![bar], absent: None }
    }
}

/// Draws the rows below `top` and returns where they end.
pub fn draw(rows: &[Row], axis: &TimeAxis, top: f64, edge: f64, drawing: &mut Drawing) -> f64 {
    let mut middle = top + ROW / 2.0;
    for row in rows {
        let (name, style) = NAME.fit(&row.name, axis.left - 10.0 - MARGIN);
        drawing.text((axis.left - 10.0, middle + 4.2), Anchor::End, name, style);
        for bar in &row.bars {
            draw_bar(bar, axis, middle, edge, drawing);
        }
        if let Some((at, word)) = row.absent {
            let quiet = TextStyle { color: palette::QUIET, ..LABEL };
            draw_label(word, (axis.x(at), axis.x(at)), middle, edge, (quiet, false), drawing);
        }
        middle += ROW;
    }
    middle - ROW / 2.0
}

fn draw_bar(bar: &Bar, axis: &TimeAxis, middle: f64, edge: f64, drawing: &mut Drawing) {
    let left = axis.x(bar.from);
    if bar.from == bar.to {
        let color = bar_color(bar.fill);
        drawing.polygon(diamond(left, middle, 6.0), palette::INK, 1.0);
        drawing.polygon(diamond(left, middle, 4.6), color, 1.0);
        let quiet = TextStyle { color: palette::QUIET, ..LABEL };
        return draw_label(
            &bar.label,
            (left - 6.0, left + 6.0),
            middle,
            edge,
            (quiet, false),
            drawing,
        );
    }
    let right = axis.x(bar.to).max(left + BAR_MIN);
    let (upper, lower) = (middle - BAR / 2.0, middle + BAR / 2.0);
    let area = Area { left, top: upper, right, bottom: lower };
    match bar.fill {
        Fill::Status(status) => drawing.rectangle(area, palette::status(status), 1.0),
        Fill::Wait => {
            hatch(area, palette::QUIET, 0.9, drawing);
            drawing.outline(area, palette::QUIET, 1.0);
        }
        Fill::Drain(side) => {
            drawing.rectangle(area, palette::side(side), 0.16);
            hatch(area, palette::side(side), 1.1, drawing);
        }
    }
    draw_label(&bar.label, (left, right), middle, edge, label_style(bar.fill), drawing);
}

/// Writes a label on a bar that is long enough for it, else beside it.
fn draw_label(
    label: &str,
    (left, right): (f64, f64),
    middle: f64,
    edge: f64,
    (style, on_hatching): (TextStyle, bool),
    drawing: &mut Drawing,
) {
    if label.is_empty() {
        return;
    }
    let width = style.width(label);
    let baseline = middle + 3.8;
    let outside = if style.color == palette::PAPER { palette::ALERT } else { style.color };
    let outside = TextStyle { color: outside, ..style };
    match beside(left, right, width, GAP, edge) {
        Beside::Inside => {
            let start = (left + right - width) / 2.0;
            if on_hatching {
                clear(start, width, middle, drawing);
            }
            drawing.text((start, baseline), Anchor::Start, label, style);
        }
        Beside::Right => {
            clear(right + GAP, width, middle, drawing);
            drawing.text((right + GAP, baseline), Anchor::Start, label, outside);
        }
        Beside::Left => {
            clear(left - GAP - width, width, middle, drawing);
            drawing.text((left - GAP, baseline), Anchor::End, label, outside);
        }
    }
}

/// Lightens the ground of a label, so that hatching and grid do not run through it.
fn clear(left: f64, width: f64, middle: f64, drawing: &mut Drawing) {
    let (top, bottom) = (middle - BAR / 2.0 + 1.0, middle + BAR / 2.0 - 1.0);
    let area = Area { left: left - 3.0, top, right: left + width + 3.0, bottom };
    drawing.rectangle(area, palette::PAPER, 0.82);
}

const fn bar_color(fill: Fill) -> Color {
    match fill {
        Fill::Status(status) => palette::status(status),
        Fill::Wait => palette::PAPER,
        Fill::Drain(side) => palette::side(side),
    }
}

/// How a label on the bar looks, and whether the bar is hatched below it.
const fn label_style(fill: Fill) -> (TextStyle, bool) {
    match fill {
        Fill::Status(status) => (TextStyle { color: palette::on_status(status), ..LABEL }, false),
        Fill::Wait | Fill::Drain(_) => (LABEL, true),
    }
}

fn diamond(x: f64, y: f64, half: f64) -> Vec<(f64, f64)> {
    vec![(x - half, y), (x, y - half), (x + half, y), (x, y + half)]
}

/// Lines that rise to the right, cut at the edges of the area.
fn hatch(area: Area, color: Color, width: f64, drawing: &mut Drawing) {
    const DISTANCE: f64 = 6.0;
    let height = area.bottom - area.top;
    let mut foot = area.left - height + DISTANCE / 2.0;
    while foot < area.right {
        let cut_left = (area.left - foot).max(0.0);
        let cut_right = (foot + height - area.right).max(0.0);
        if cut_left + cut_right < height {
            let low = (foot + cut_left, area.bottom - cut_left);
            let high = (foot + height - cut_right, area.top + cut_right);
            drawing.line(vec![low, high], color, width);
        }
        foot += DISTANCE;
    }
}
