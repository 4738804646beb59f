//! `cutover backtest`: one alarm against samples of the past.
//!
//! Not the evaluations (`replay`), nor how they are shown (`shown`).

mod replay;
mod shown;

use std::path::Path;

use super::args::{BacktestArguments, Format};
use super::exit::Exit;
use super::terminal::Terminal;
use crate::aws::alarm::StateValue;
use crate::diagnostic::{Diagnostic, Diagnostics, Sources, Span, Spanned, code};
use crate::engine::time::SimDuration;
use crate::input::Files;
use crate::input::aws_document::alarm::alarms;
use crate::input::decode::{Field, listed};
use crate::input::measurement::measurements;
use crate::input::source::FileSource;
use crate::input::tree::shortened;
use crate::input::unit::{self, parse_duration};
use crate::scenario::alarm::history::History;
use crate::scenario::alarm::{Alarm, MetricAlarm};
use replay::Replay;

/// No datapoint is waited for longer than a day.
const DELAY_MAX: SimDuration = SimDuration::from_mins(24 * 60);

/// `cutover backtest ALARM DATA`.
pub fn backtest(arguments: &BacktestArguments, terminal: &Terminal) -> Exit {
    let (mut sources, mut to) = (Sources::new(), Diagnostics::new());
    let played = play(arguments, &mut sources, &mut to);
    terminal.tell(&mut to, &sources);
    let Some((alarm, replay)) = played.filter(|_| !to.has_errors()) else { return Exit::BadInput };
    terminal.print(&match arguments.format {
        Format::Text => shown::text(&alarm, &replay),
        Format::Json => shown::json(&alarm, &replay),
        Format::Csv => shown::csv(&replay),
    })
}

fn play(
    arguments: &BacktestArguments,
    sources: &mut Sources,
    to: &mut Diagnostics,
) -> Option<(MetricAlarm, Replay)> {
    let delay =
        arguments.delay.as_deref().map(|text| duration("--delay", text, DELAY_MAX, sources, to));
    let mut files = Files::beside(Path::new(""), &FileSource, sources);
    let alarm = alarm(arguments, &mut files, to)?;
    let measured = measurements(&arguments.data, &alarm, &mut files, to)?;
    let interval = alarm.rhythm().interval();
    let phase = arguments.phase.as_deref().map(|text| {
        let most = SimDuration::from_millis(interval.as_millis() - 1);
        duration("--phase", text, most, sources, to)
    });
    if to.has_errors() {
        return None;
    }
    let delay = delay.flatten().unwrap_or_else(|| usual_delay(&alarm));
    let phase = phase.flatten().unwrap_or(SimDuration::from_millis(interval.as_millis() / 2));
    let history = History::new(&alarm, delay, measured.samples);
    let replay = Replay::of(&alarm, history, delay, phase, measured.without_offset);
    if let Err(too_many) = &replay {
        let title = format!("`{}` takes {too_many} evaluations", arguments.data.display());
        let most = replay::EVALUATIONS_MAX;
        to.push(
            Diagnostic::new(code::OUT_OF_RANGE, None, title)
                .help(format!("at most {most} are played: see whether all times are meant")),
        );
    }
    Some((alarm, replay.ok()?))
}

/// The alarm of the file, or the one that is named; a composite one has no samples of its own.
fn alarm(
    arguments: &BacktestArguments,
    files: &mut Files<'_>,
    to: &mut Diagnostics,
) -> Option<MetricAlarm> {
    let document = files.tree(&arguments.alarm, None, to)?;
    let field = Field::new("alarm", &document);
    let mut found = alarms(field, arguments.name.as_deref(), to)?;
    if to.has_errors() {
        return None;
    }
    if found.len() > 1 {
        let names: Vec<&str> = found.iter().map(|alarm| alarm.value.name()).collect();
        let title =
            format!("`{}` holds {} alarms, not one", arguments.alarm.display(), names.len());
        to.push(
            Diagnostic::new(code::NOT_ONE, document.span, title)
                .label("one alarm is played at a time")
                .help(format!("choose one by `--alarm NAME`: {}", listed(&names))),
        );
        return None;
    }
    let Spanned { value, span } = found.pop()?;
    match value {
        Alarm::Metric(alarm) => Some(*alarm),
        Alarm::Composite(composite) => {
            let name = shortened(&composite.name);
            let title = format!("`{name}` is a composite alarm, which has no samples of its own");
            let children: Vec<&str> = composite.children.iter().map(String::as_str).collect();
            to.push(
                Diagnostic::new(code::NOT_SIMULATED, span, title)
                    .label("its state follows from other alarms")
                    .help(format!("play those that it names: {}", listed(&children))),
            );
            None
        }
    }
}

/// A duration that was given to an option.
fn duration(
    option: &str,
    text: &str,
    most: SimDuration,
    sources: &mut Sources,
    to: &mut Diagnostics,
) -> Option<SimDuration> {
    let span = Span::new(sources.add(option, text), 0..text.len());
    match parse_duration(text) {
        Ok(found) if found <= most => Some(found),
        Ok(_) => {
            let most = unit::shown(most);
            let title = format!("`{option}` is {text}, more than {most}");
            to.push(Diagnostic::new(code::OUT_OF_RANGE, span, title).label("out of range"));
            None
        }
        Err(fault) => {
            let title = format!("`{option}` is `{}`, which {}", shortened(text), fault.problem);
            to.push(Diagnostic::new(code::BAD_DURATION, span, title).help(fault.help));
            None
        }
    }
}

/// How long datapoints of an alarm's metrics usually take to arrive: the medians of CW-DELAY-3.
fn usual_delay(alarm: &MetricAlarm) -> SimDuration {
    let of_ecs = alarm.metrics.iter().any(|metric| metric.metric.namespace == "AWS/ECS");
    let is_short = alarm.period < SimDuration::from_secs(60);
    SimDuration::from_secs(match (of_ecs, is_short) {
        (true, false) => 110,
        (false, false) => 60,
        (true, true) => 10,
        (false, true) => 5,
    })
}

/// Whether a state is the one that is counted.
const fn is_alarm(state: StateValue) -> bool {
    matches!(state, StateValue::Alarm)
}
