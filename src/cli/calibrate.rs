//! `cutover calibrate`: from what an account recorded to sections of a scenario.
//!
//! Not how recordings are read (`input::recording`), nor how laws are found (`analysis::fit`, `analysis::level`).

mod fragment;
mod shown;

use std::path::Path;

use super::args::{CalibrateArguments, CalibrateFormat};
use super::exit::Exit;
use super::output::Growing;
use super::terminal::Terminal;
use crate::analysis::fit::Fit;
use crate::analysis::level::{Count, Level};
use crate::diagnostic::{Diagnostic, Diagnostics, Sources, code};
use crate::input::Files;
use crate::input::recording::{
    Answers, Counted, Quantity, Recording, Role, further_series, recording, without_empty,
};
use crate::input::source::FileSource;
use crate::report::chart::fit::{Panel, files};

/// What recordings come to.
struct Calibration {
    /// The files, each with what it holds.
    from: Vec<(String, String)>,
    /// A law for each kind of duration, in the order in which they came.
    measured: Vec<Measured>,
    /// How functions answered.
    answers: Vec<Answers>,
    /// The traffic.
    traffic: Option<Traffic>,
    /// How many requests there were, and how many of them failed, with the names of both series.
    errors: Option<(f64, f64, String)>,
}

/// A kind of duration.
struct Measured {
    quantity: Quantity,
    /// The files it was measured in, and between which two times.
    origin: String,
    fit: Fit,
}

/// A series of requests.
struct Traffic {
    origin: String,
    counts: Vec<Count>,
    period_ms: u64,
    level: Level,
}

/// `cutover calibrate RECORDING..`.
pub fn calibrate(arguments: &CalibrateArguments, terminal: &Terminal) -> Exit {
    let (mut sources, mut to) = (Sources::new(), Diagnostics::new());
    let mut recordings = Vec::new();
    for path in &arguments.recordings {
        let mut files = Files::beside(Path::new(""), &FileSource, &mut sources);
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        let found = recording(path, &mut files, &mut to);
        recordings.extend(found.map(|found| (name.unwrap_or_default(), found)));
    }
    let is_all_left_out = recordings.is_empty();
    let (names, mut recordings): (Vec<String>, Vec<Recording>) = recordings.into_iter().unzip();
    without_empty(&mut recordings);
    let counted = names.iter().zip(&recordings);
    let counted = counted.flat_map(|(name, of)| of.counted.iter().map(move |one| (&name[..], one)));
    further_series(counted, &mut to);
    let recordings = names.into_iter().zip(recordings).collect();
    let calibration = Calibration::of(recordings);
    if calibration.is_empty() && !to.has_errors() {
        let (title, help) = match is_all_left_out {
            true => ("nothing is left to measure", "see what was left out, and why"),
            false => (
                "errors were recorded, and no requests that they are of",
                "record `RequestCount` or `Invocations` beside them",
            ),
        };
        to.push(Diagnostic::new(code::EMPTY_RECORDING, None, title).help(help));
    }
    let is_faulty = to.has_errors();
    terminal.tell(&mut to, &sources);
    if is_faulty {
        return Exit::BadInput;
    }
    let text = fragment::sections(&calibration);
    if let Some(path) = &arguments.output {
        match written(path, &text, &calibration, terminal) {
            Exit::Done => {}
            other => return other,
        }
    }
    match (arguments.format, &arguments.output) {
        (CalibrateFormat::Json, _) => terminal.print(&shown::json(&calibration)),
        (CalibrateFormat::Text, Some(_)) => terminal.print(&shown::text(&calibration)),
        (CalibrateFormat::Text, None) => terminal.print(&text),
    }
}

/// Writes the sections, and the chart beside them; none of the files may be there yet.
fn written(path: &Path, text: &str, calibration: &Calibration, terminal: &Terminal) -> Exit {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
        terminal.complain(&format!("`{}` is no name of a file", path.display()));
        return Exit::BadInput;
    };
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut all = vec![(name.to_string(), text.as_bytes().to_vec())];
    let stem = Path::new(name).file_stem().unwrap_or_default().to_string_lossy();
    let chart = calibration.chart();
    all.extend(chart.map(|(end, bytes)| (format!("{stem}.{end}"), bytes)));
    if let Some((there, _)) = all.iter().find(|(name, _)| folder.join(name).exists()) {
        let there = folder.join(there);
        terminal.complain(&format!("`{}` is there already: name another file", there.display()));
        return Exit::Output;
    }
    for (name, bytes) in &all {
        let written = Growing::new(folder, name).and_then(|mut file| {
            file.write(bytes)?;
            file.finish()
        });
        if let Err(error) = written {
            terminal.complain(&error.to_string());
            return Exit::Output;
        }
    }
    let names: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
    terminal.remark(&format!("written: {}", names.join(", ")));
    Exit::Done
}

impl Calibration {
    /// What recordings come to, each with the name of its file.
    fn of(recordings: Vec<(String, Recording)>) -> Calibration {
        let from = recordings.iter().map(|(name, found)| (name.clone(), found.what.clone()));
        let from: Vec<(String, String)> = from.collect();
        let mut answers: Vec<Answers> = Vec::new();
        for found in recordings.iter().flat_map(|(_, recording)| &recording.answers) {
            match answers.iter_mut().find(|answers| answers.event == found.event) {
                Some(of) => (of.all, of.failed) = (of.all + found.all, of.failed + found.failed),
                None => answers.push(*found),
            }
        }
        let counted = |role: Role| {
            let mut all = recordings.iter().flat_map(|(name, recording)| {
                recording.counted.iter().map(move |counted| (name, counted))
            });
            all.find(|(_, counted)| counted.role == role)
        };
        let traffic = counted(Role::Requests).and_then(|(name, counted)| traffic(name, counted));
        let errors = counted(Role::Requests).zip(counted(Role::Errors));
        Calibration {
            measured: measured(&recordings),
            errors: errors.and_then(|((_, requests), (name, errors))| {
                let (all, failed) = failed(requests, errors)?;
                Some((all, failed, format!("{name}: {} of {}", errors.name, requests.name)))
            }),
            from,
            answers,
            traffic,
        }
    }

    fn is_empty(&self) -> bool {
        self.measured.is_empty() && self.traffic.is_none()
    }

    /// The chart as files: their endings and bytes.
    fn chart(&self) -> impl Iterator<Item = (&'static str, Vec<u8>)> {
        let durations = self.measured.iter().map(|of| Panel::Durations {
            name: format!("{}: {}", of.quantity, of.origin),
            fit: &of.fit,
        });
        let traffic = self.traffic.iter().map(|of| Panel::Traffic {
            name: format!("traffic: {}", of.origin),
            counts: &of.counts,
            period_ms: of.period_ms,
            level: &of.level,
        });
        let panels: Vec<Panel<'_>> = durations.chain(traffic).collect();
        let from: Vec<String> =
            self.from.iter().map(|(name, what)| format!("{name}: {what}")).collect();
        files(&panels, &from.join(" · ")).into_iter()
    }
}

/// Durations of one kind from all files together, and the law that they follow.
fn measured(recordings: &[(String, Recording)]) -> Vec<Measured> {
    let mut kinds: Vec<(Quantity, &str, Vec<&str>, Vec<f64>)> = Vec::new();
    for (name, recording) in recordings {
        for observed in &recording.observed {
            match kinds.iter_mut().find(|(quantity, ..)| *quantity == observed.quantity) {
                Some((_, _, names, values)) => {
                    names.push(name);
                    values.extend(&observed.milliseconds);
                }
                None => kinds.push((
                    observed.quantity,
                    &observed.between,
                    vec![name],
                    observed.milliseconds.clone(),
                )),
            }
        }
    }
    let fitted = kinds.into_iter().filter_map(|(quantity, between, names, values)| {
        let origin = format!("{}, {between}", names.join(" and "));
        Some(Measured { quantity, origin, fit: Fit::of(&values)? })
    });
    fitted.collect()
}

fn traffic(name: &str, counted: &Counted) -> Option<Traffic> {
    let counts = counted.counts.iter().map(|&(at_ms, value)| Count { at_ms, value });
    let counts: Vec<Count> = counts.collect();
    let level = Level::of(&counts, counted.period_ms)?;
    let origin = format!("{name}, {}", counted.name);
    Some(Traffic { origin, counts, period_ms: counted.period_ms, level })
}

/// How many requests there were while errors were counted, and how many failed: a period without a count of errors has none.
fn failed(requests: &Counted, errors: &Counted) -> Option<(f64, f64)> {
    let all: f64 = requests.counts.iter().map(|(_, value)| value).sum();
    let (first, last) = (requests.counts.first()?.0, requests.counts.last()?.0);
    let within = errors.counts.iter().filter(|(at, _)| (first..=last).contains(at));
    let failed: f64 = within.map(|(_, value)| value).sum();
    (all > 0.0).then_some((all, failed.min(all)))
}
