//! The timeline of one run: bars of lifecycle events or stages above, traffic, errors and tasks below, on one time axis.

use crate::analysis::census::Counts;
use crate::analysis::fixed::exposure_seconds;
use crate::analysis::series::Series;
use crate::analysis::side::Side;
use crate::engine::time::{SimDuration, SimTime};
use crate::report::chart::axis::TimeAxis;
use crate::report::chart::drawing::{Anchor, Area, Drawing, TextStyle};
use crate::report::chart::panel::{self, Line, Panel, Stretch};
use crate::report::chart::{alarm, canvas, gantt, palette, tasks, traffic};
use crate::report::wording::{self, counted, thousands};
use crate::report::{Report, clock};

const WIDTH: u32 = 1200;
const LEFT: f64 = 190.0;
/// The same where rows bear the names of stages, which are long.
const LEFT_OF_STAGES: f64 = 240.0;
const RIGHT: f64 = 1084.0;
/// Labels of bars may reach this far.
const EDGE: f64 = 1190.0;
const MARGIN: f64 = 28.0;
const BARS_TOP: f64 = 122.0;
const AXIS_ROOM: f64 = 52.0;
const TITLE: TextStyle = TextStyle { size: 20.0, bold: true, color: palette::INK };
const SUBTITLE: TextStyle = TextStyle { size: 12.5, bold: false, color: palette::QUIET };
const TICK: TextStyle = TextStyle { size: 11.5, bold: false, color: palette::INK };
const MARK: TextStyle = TextStyle { size: 11.5, bold: true, color: palette::INK };

/// The timeline as an SVG document.
pub fn svg(report: &Report) -> String {
    canvas::svg(&draw(report))
}

/// The timeline as a PNG file, twice as large as shown.
pub fn png(report: &Report) -> Vec<u8> {
    canvas::png(&draw(report))
}

/// The timeline as shapes.
pub fn draw(report: &Report) -> Drawing {
    let rows = gantt::rows(report);
    let panels = panels(report);
    let alarms = alarm::panels(report);
    let bars_bottom = BARS_TOP + rows.len() as f64 * gantt::ROW;
    let panels_height = (panels.len() + alarms.len()) as f64 * (panel::HEIGHT + panel::TITLE_ROOM);
    let bottom = bars_bottom + panels_height;
    let description = format!("{}: {}", report.header.scenario, headline(report));
    let height = (bottom + AXIS_ROOM) as u32;
    let mut drawing = Drawing { width: WIDTH, height, description, shapes: Vec::new() };
    let has_stages = report.series.first().is_some_and(|course| !course.stages.is_empty());
    let left = if has_stages { LEFT_OF_STAGES } else { LEFT };
    let axis = TimeAxis::new(left, RIGHT, report.series.end);

    let paper = Area { left: 0.0, top: 0.0, right: WIDTH.into(), bottom: height.into() };
    drawing.rectangle(paper, palette::PAPER, 1.0);
    draw_head(report, &mut drawing);
    draw_stripes(rows.len(), &mut drawing);
    draw_grid(&axis, bars_bottom, bottom, &mut drawing);
    draw_end(report, &axis, bars_bottom, bottom, &mut drawing);
    gantt::draw(&rows, &axis, BARS_TOP, EDGE, &mut drawing);
    draw_times(&axis, bottom, &mut drawing);
    let mut top = bars_bottom;
    for panel in &panels {
        top = panel.draw(&axis, top + panel::TITLE_ROOM, &mut drawing);
    }
    for panel in &alarms {
        top = panel.draw(&axis, top + panel::TITLE_ROOM, &mut drawing);
    }
    drawing
}

fn headline(report: &Report) -> String {
    let configuration = wording::configuration(&report.header.deployment_config);
    format!("{} — {configuration}", wording::outcome(report))
}

fn draw_head(report: &Report, drawing: &mut Drawing) {
    let header = &report.header;
    let width = f64::from(WIDTH) - 2.0 * MARGIN;
    let (title, style) = TITLE.fit(&headline(report), width);
    drawing.text((MARGIN, 38.0), Anchor::Start, title, style);
    let run = format!(
        "{} · {} {} · seed {}, replication {} · digest {}",
        header.scenario,
        wording::target(header).0,
        header.service,
        header.seed,
        header.replication,
        report.row.digest
    );
    let (run, style) = SUBTITLE.fit(&run, width);
    drawing.text((MARGIN, 60.0), Anchor::Start, run, style);
    let sides = wording::sides(header, &report.series);
    let sides = sides.map(|sides| format!(" · {sides}")).unwrap_or_default();
    let (cost, style) = SUBTITLE.fit(&format!("{}{sides}", cost(report)), width);
    drawing.text((MARGIN, 79.0), Anchor::Start, cost, style);
}

/// What the deployment cost its users, in one sentence.
fn cost(report: &Report) -> String {
    let row = &report.row;
    if let (Some(failed), Some(outdated), false) =
        (row.instances_failed, row.instances_outdated, wording::has_traffic(&report.header))
    {
        let failed = counted(failed.into(), "instance");
        return format!("failed on {failed}, {outdated} outdated when it was over");
    }
    if !wording::has_traffic(&report.header) {
        let [paid, short] = [row.task_ms, row.capacity_short_ms]
            .map(|ms| clock::brief(SimDuration::from_millis(ms)));
        return format!("task time {paid} · too few tasks counted as healthy for {short}");
    }
    let failed = format!(
        "{}, {} failed ({})",
        counted(row.requests, "request"),
        thousands(row.failed_requests),
        wording::share(row.failed_requests, row.requests),
    );
    if row.bad {
        let exposure = exposure_seconds(row.exposure_percent_ms).rounded(1);
        let bad = thousands(row.bad_requests);
        format!("{failed}, {bad} of them by the bad release · exposure {exposure} s")
    } else {
        failed
    }
}

fn draw_stripes(rows: usize, drawing: &mut Drawing) {
    for row in (0..rows).step_by(2) {
        let top = BARS_TOP + row as f64 * gantt::ROW;
        let area = Area { left: MARGIN, top, right: RIGHT, bottom: top + gantt::ROW };
        drawing.rectangle(area, palette::STRIPE, 1.0);
    }
}

fn draw_grid(axis: &TimeAxis, bars_bottom: f64, bottom: f64, drawing: &mut Drawing) {
    for (at, _) in axis.ticks() {
        let x = axis.x(at);
        drawing.line(vec![(x, BARS_TOP), (x, bars_bottom)], palette::GRID, 1.0);
        let mut top = bars_bottom + panel::TITLE_ROOM;
        while top < bottom {
            drawing.line(vec![(x, top), (x, top + panel::HEIGHT)], palette::GRID, 1.0);
            top += panel::TITLE_ROOM + panel::HEIGHT;
        }
    }
}

/// A line through everything where the deployment ended, with its status above.
fn draw_end(
    report: &Report,
    axis: &TimeAxis,
    bars_bottom: f64,
    bottom: f64,
    drawing: &mut Drawing,
) {
    let Some(end) = report.row.end else { return };
    let color = if wording::is_unwanted(report.row.status) { palette::ALERT } else { palette::INK };
    let x = axis.x(end);
    drawing.dashed(&[(x, BARS_TOP - 6.0), (x, bars_bottom)], color, 1.25);
    let mut top = bars_bottom + panel::TITLE_ROOM;
    while top < bottom {
        drawing.dashed(&[(x, top), (x, top + panel::HEIGHT)], color, 1.25);
        top += panel::TITLE_ROOM + panel::HEIGHT;
    }
    let text = format!("{} {}", report.row.status, clock::brief(end.since(SimTime::ZERO)));
    let style = TextStyle { color, ..MARK };
    let half = style.width(&text) / 2.0;
    let center = x.max(MARGIN + half).min(f64::from(WIDTH) - MARGIN - half);
    drawing.text((center, BARS_TOP - 11.0), Anchor::Middle, text, style);
}

fn draw_times(axis: &TimeAxis, bottom: f64, drawing: &mut Drawing) {
    drawing.line(vec![(axis.left, bottom), (axis.right, bottom)], palette::INK, 1.0);
    for (at, label) in axis.ticks() {
        let x = axis.x(at);
        drawing.line(vec![(x, bottom), (x, bottom + 5.0)], palette::INK, 1.0);
        drawing.text((x, bottom + 18.0), Anchor::Middle, label, TICK);
    }
    let caption = format!("time since the deployment was created ({})", axis.unit());
    let style = TextStyle { size: 11.5, ..SUBTITLE };
    drawing.text(((axis.left + axis.right) / 2.0, bottom + 38.0), Anchor::Middle, caption, style);
}

fn panels(report: &Report) -> Vec<Panel> {
    let series = &report.series;
    let end = series.end;
    let (mut panels, title) = match wording::has_traffic(&report.header) {
        true => (of_requests(series), "Healthy targets"),
        false => (Vec::new(), "Tasks that count as healthy"),
    };
    if !wording::has_tasks(&report.header) {
        return panels;
    }
    panels.push(Panel {
        title,
        unit: 1.0,
        suffix: "",
        filled: false,
        lines: by_side(|side| {
            // A side that has tasks and no healthy target is drawn: that is what is to be seen.
            let counts = series.counts.stretches(end).skip_while(|(_, _, counts)| {
                let Counts { healthy, running, pending, .. } = counts[side];
                healthy + running + pending == 0
            });
            counts.map(|(from, to, c)| (from, to, f64::from(c[side].healthy))).collect()
        }),
        wanted: Vec::new(),
    });
    panels.extend(tasks::panel(series));
    panels
}

/// Where requests go, and what they meet.
fn of_requests(series: &Series) -> Vec<Panel> {
    let end = series.end;
    let weight = series
        .weight_in_force
        .stretches(end)
        .map(|(from, to, weight)| (from, to, f64::from(weight.shown_ppm()) / 1e4))
        .collect();
    let pieces = traffic::pieces(series);
    vec![
        Panel {
            title: "Production traffic on the replacement",
            unit: 100.0,
            suffix: " %",
            filled: true,
            lines: vec![Line { side: Side::Replacement, stretches: weight }],
            wanted: Vec::new(),
        },
        Panel {
            title: "Requests per second",
            unit: 1.0,
            suffix: "/s",
            filled: false,
            lines: by_side(|side| traffic::rates(&pieces, side)),
            wanted: Vec::new(),
        },
        Panel {
            title: "Failed requests, share of each side's requests",
            unit: 0.1,
            suffix: " %",
            filled: false,
            lines: by_side(|side| traffic::failed_percent(&pieces, side)),
            wanted: Vec::new(),
        },
    ]
}

fn by_side(mut stretches: impl FnMut(Side) -> Vec<Stretch>) -> Vec<Line> {
    let lines = Side::BOTH.map(|side| Line { side, stretches: stretches(side) });
    lines.into_iter().filter(|line| !line.stretches.is_empty()).collect()
}
