//! What `cutover run` prints: the timeline, the lifecycle events, the traffic, the outcome and the digest.

use crate::analysis::fixed::{exposure_seconds, money, percent_of_ppm, seconds};
use crate::analysis::lifecycle::{Course, EventSpan};
use crate::aws::message::{ErrorMessage, rollback_of_child, rollback_of_parent};
use crate::engine::time::SimTime;
use crate::report::instance;
use crate::report::line::Tone;
use crate::report::table::Table;
use crate::report::wording::{self, thousands};
use crate::report::{Report, Verdict};
use std::fmt::Write as _;

/// A table of more steps of traffic is cut: many instances move one by one.
const STEPS_MAX: usize = 60;

/// Whether text is coloured with the escape sequences of terminals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Color {
    /// It is.
    Always,
    /// It is plain.
    Never,
}

/// The whole report as text.
pub fn write(report: &Report, color: Color) -> String {
    let mut page = Page { text: String::new(), color };
    page.head(report);
    page.timeline(report);
    page.lifecycle(report);
    page.traffic(report);
    page.outcome(report);
    page.expectations(&report.verdicts);
    page.line(format_args!("digest {}", report.row.digest));
    page.text
}

struct Page {
    text: String,
    color: Color,
}

impl Page {
    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        writeln!(self.text, "{line}").expect("a string takes everything");
    }

    fn title(&mut self, title: &str) {
        let title = self.painted(title, "1");
        self.line(format_args!("\n{title}"));
    }

    /// The text in a colour, if there are colours.
    fn painted(&self, text: &str, code: &str) -> String {
        match self.color {
            Color::Always if !code.is_empty() && !text.is_empty() => {
                format!("\u{1b}[{code}m{text}\u{1b}[0m")
            }
            Color::Always | Color::Never => text.to_owned(),
        }
    }

    fn head(&mut self, report: &Report) {
        let header = &report.header;
        let run = format!(
            "{} · seed {} · replication {}",
            header.scenario, header.seed, header.replication
        );
        let run = self.painted(&run, "1");
        self.line(format_args!("{run}"));
        if !header.summary.is_empty() {
            self.line(format_args!("{}", header.summary));
        }
        let (what, target) = wording::target(header);
        self.line(format_args!("{what:<13}  {target}"));
        let configuration = wording::configuration(&header.deployment_config);
        let name = &header.deployment_config;
        if *name == configuration {
            self.line(format_args!("configuration  {name}"));
        } else {
            self.line(format_args!("configuration  {name} ({configuration})"));
        }
        if let Some(sides) = wording::sides(header, &report.series) {
            self.line(format_args!("sides          {sides}"));
        }
        self.line(format_args!("created        {}", wording::created(header)));
    }

    fn timeline(&mut self, report: &Report) {
        self.title("Timeline");
        let widest = report.lines.iter().map(|line| line.what.chars().count()).max();
        let width = widest.unwrap_or(0).min(60);
        let clock_width = report.clock.instant(report.series.end).len();
        for line in &report.lines {
            let code = match line.tone {
                Tone::Plain => "",
                Tone::Good => "32",
                Tone::Bad => "31",
                Tone::Quiet => "2",
            };
            let at = report.clock.instant(line.at);
            let gap = if line.why.is_empty() { 0 } else { width };
            let gap = gap.saturating_sub(line.what.chars().count());
            let what = self.painted(&line.what, code);
            let why = self.painted(&line.why, "2");
            let row = format!("  {at:>clock_width$}  {what}{:gap$}  {why}", "");
            self.line(format_args!("{}", row.trim_end()));
        }
    }

    fn lifecycle(&mut self, report: &Report) {
        for course in &report.series.deployments {
            if !course.on_instances.instances.is_empty() {
                self.title(&match course.number.index() {
                    0 => format!("Instances of {}", course.id),
                    _ => format!("Instances of {} ({})", course.id, wording::deployment(course)),
                });
                let table = instance::table(&course.on_instances, &report.header, report.clock);
                self.text.push_str(&table.to_string());
            }
            if course.events.is_empty() {
                continue;
            }
            self.title(&match course.number.index() {
                0 => format!("Lifecycle events of {}", course.id),
                _ => format!("Lifecycle events of {} ({})", course.id, wording::deployment(course)),
            });
            let mut table = Table::new(&["event", "status", "started", "took", "note"], &[2, 3]);
            for span in &course.events {
                table.row(self.event(report, course, span));
            }
            self.text.push_str(&table.to_string());
        }
    }

    fn event(&self, report: &Report, course: &Course, span: &EventSpan) -> Vec<String> {
        let clock = report.clock;
        let started = span.started.map(|at| clock.instant(at)).unwrap_or_default();
        let took = span.took().map(|took| clock.duration(took)).unwrap_or_default();
        let note = note(course, span, |from, to| clock.duration(to.since(from)));
        vec![span.event.to_string(), span.status.to_string(), started, took, note]
    }

    fn traffic(&mut self, report: &Report) {
        if !wording::has_traffic(&report.header) {
            return;
        }
        let series = &report.series;
        let steps: Vec<_> = series.weight_in_force.stretches(series.end).collect();
        self.title("Traffic");
        let columns =
            ["from", "weight", "for", "requests", "replacement", "share", "failed", "bad"];
        let mut table = Table::new(&columns, &[0, 1, 2, 3, 4, 5, 6, 7]);
        let left_out = steps.len().saturating_sub(STEPS_MAX);
        for (from, to, weight) in steps.into_iter().take(STEPS_MAX) {
            let traffic = series.traffic_between(from, to);
            let (total, replacement) = (traffic.total(), traffic.replacement.requests());
            table.row(vec![
                report.clock.instant(from),
                format!("{weight} %"),
                report.clock.duration(to.since(from)),
                thousands(total.requests()),
                thousands(replacement),
                wording::share(replacement, total.requests()),
                thousands(total.failed_requests()),
                thousands(total.bad),
            ]);
        }
        self.text.push_str(&table.to_string());
        if left_out > 0 {
            self.line(format_args!("  and {left_out} more"));
        }
    }

    fn outcome(&mut self, report: &Report) {
        self.title("Outcome");
        let row = &report.row;
        let code = match row.end {
            Some(_) if wording::is_unwanted(row.status) => "1;31",
            Some(_) => "1;32",
            None => "1",
        };
        let outcome = self.painted(&wording::outcome(report), code);
        self.line(format_args!("  {outcome}"));
        for course in &report.series.deployments {
            self.error(report, course);
        }
        if let Some(left) = wording::left_standing(&report.header, &report.series) {
            self.line(format_args!("  left         {left}"));
        }
        self.counts(report);
    }

    fn error(&mut self, report: &Report, course: &Course) {
        if let Some(error) = course.error {
            let of = match course.number.index() {
                0 => String::new(),
                _ => format!("of {}: ", wording::deployment(course)),
            };
            let message = error.message.told(&report.header.alarm_names());
            self.line(format_args!("  error        {of}{}: {message}", error.code));
        }
        if course.rollback_impossible {
            self.line(format_args!("  rollback     configured, and not possible"));
        }
        let other = |number| report.series.deployments.iter().find(|c| c.number == number);
        if let Some(child) = course.rolled_back_by.and_then(other) {
            self.line(format_args!("  rollback     {}", rollback_of_parent(course.id, child.id)));
        }
        if let Some(parent) = course.rolls_back.and_then(other) {
            let message = rollback_of_child(parent.id, course.id);
            self.line(format_args!("               {message} It {}.", ending(course)));
        }
    }

    fn counts(&mut self, report: &Report) {
        let row = &report.row;
        if let Some(replacement) = wording::replacement(&report.header, row) {
            self.line(format_args!("  replacement  {replacement}"));
        }
        self.instance_counts(report);
        if wording::has_traffic(&report.header) {
            self.request_counts(report);
        }
        let instant = |at: SimTime| report.clock.instant(at);
        if let Some(detected) = row.detected {
            self.line(format_args!("  detected     {}", instant(detected)));
        }
        if let Some(restored) = row.restored {
            self.line(format_args!("  restored     {}", instant(restored)));
        }
        if report.header.is_worker && row.capacity_short_ms > 0 {
            let short = seconds(row.capacity_short_ms).rounded(1);
            self.line(format_args!(
                "  short        too few tasks counted as healthy for {short} s"
            ));
        }
        let cost =
            row.cost_micros.map(|micros| format!(", which cost {}", money(micros).rounded(2)));
        let cost = cost.unwrap_or_default();
        let of = match wording::has_tasks(&report.header) {
            true => Some("task time    "),
            false => row.cost_micros.map(|_| "instances    "),
        };
        if let Some(of) = of {
            self.line(format_args!("  {of}{} s{cost}", seconds(row.task_ms).rounded(1)));
        }
        if let Some(client) = wording::client(report) {
            self.line(format_args!("  CI client    {client}"));
        }
        self.text.push('\n');
    }

    /// What requests have met.
    fn request_counts(&mut self, report: &Report) {
        let row = &report.row;
        let failed_share = wording::share(row.failed_requests, row.requests);
        self.line(format_args!("  requests     {}", thousands(row.requests)));
        self.line(format_args!(
            "  failed       {} ({failed_share})",
            thousands(row.failed_requests)
        ));
        if let Some(causes) = wording::causes(&report.header, &report.series) {
            self.line(format_args!("               {causes}"));
        }
        self.line(format_args!("  bad          {}", thousands(row.bad_requests)));
        let exposure = exposure_seconds(row.exposure_percent_ms).rounded(3);
        self.line(format_args!("  exposure     {exposure} s, at most {} %", row.weight_max));
        if let Some(users) = row.users_exposed_ppm {
            let share = percent_of_ppm(users).rounded(2);
            self.line(format_args!("  users        {share} % of those who came when it began, and stayed, met the replacement"));
        }
        if let (Some(pages), Some(most)) = (row.mixed_pages, row.pages_mixed_max_ppm) {
            let (pages, most) = (thousands(pages), percent_of_ppm(most).rounded(2));
            self.line(format_args!("  mixed pages  {pages}, at most {most} % at a time"));
        }
    }

    /// What runs on the instances, if these are deployed to.
    fn instance_counts(&mut self, report: &Report) {
        let row = &report.row;
        if let (Some(failed), Some(outdated)) = (row.instances_failed, row.instances_outdated) {
            self.line(format_args!(
                "  failed on    {}",
                wording::counted(failed.into(), "instance")
            ));
            let outdated = wording::counted(outdated.into(), "instance");
            self.line(format_args!("  outdated     {outdated}"));
        }
    }

    fn expectations(&mut self, verdicts: &[Verdict]) {
        for verdict in verdicts {
            let (word, code) = if verdict.held { ("holds ", "32") } else { ("fails ", "31") };
            let word = self.painted(word, code);
            self.line(format_args!("{word} {}  (found: {})", verdict.text, verdict.found));
        }
        if !verdicts.is_empty() {
            self.text.push('\n');
        }
    }
}

/// How a deployment ended, as a verb.
fn ending(course: &Course) -> String {
    match course.ended() {
        Some(_) => course.status().as_str().to_lowercase(),
        None => format!("is {}", course.status()),
    }
}

/// What else there is to say of an event: its hook, and how long the answer took.
fn note(
    course: &Course,
    span: &EventSpan,
    duration: impl Fn(SimTime, SimTime) -> String,
) -> String {
    let Some(call) = course.hooks.iter().find(|call| call.event == span.event) else {
        return String::new();
    };
    match call.answered {
        Some((at, answer)) => {
            format!("hook answered {answer} after {}", duration(call.invoked, at))
        }
        None if course
            .error
            .is_some_and(|error| error.message == ErrorMessage::NoStatusCallback) =>
        {
            "hook never answered".to_owned()
        }
        None => "hook had not answered".to_owned(),
    }
}
