//! `cutover check`: reads and validates, runs nothing.

use std::path::Path;

use super::args::{CheckArguments, Deny, DiagnosticFormat};
use super::exit::Exit;
use super::terminal::{Terminal, told};
use crate::diagnostic::Severity;
use crate::diagnostic::sarif::sarif;
use crate::input::section::assumption::shown;
use crate::input::source::FileSource;
use crate::input::{Loaded, load};
use crate::scenario::assumption::Assumptions;

/// Every diagnostic of every scenario; faulty if any of them is.
pub fn check(arguments: &CheckArguments, terminal: &Terminal) -> Exit {
    let format = match arguments.format {
        DiagnosticFormat::Text => terminal.messages,
        other => other,
    };
    let mut exit = Exit::Done;
    let mut for_one_log = Vec::new();
    for path in &arguments.scenarios {
        let mut loaded = load(path, &arguments.settings.set, &FileSource);
        loaded.diagnostics.sort();
        let denied = arguments.deny == Some(Deny::Warnings)
            && loaded.diagnostics.count(Severity::Warning) > 0;
        let faulty = loaded.diagnostics.has_errors() || denied;
        if faulty {
            exit = Exit::BadInput;
        }
        if format == DiagnosticFormat::Sarif {
            for_one_log.push(loaded);
            continue;
        }
        let printed = print(path, loaded, faulty, format, arguments.assumptions, terminal);
        if printed != Exit::Done {
            return printed;
        }
    }
    if format == DiagnosticFormat::Sarif {
        let all = for_one_log.iter();
        let all = all.flat_map(|file| file.diagnostics.iter().map(|one| (one, &file.sources)));
        let printed = terminal.print(&sarif(all));
        if printed != Exit::Done {
            return printed;
        }
    }
    exit
}

/// One scenario's diagnostics and verdict, and its assumptions if they are asked for.
fn print(
    path: &Path,
    loaded: Loaded,
    faulty: bool,
    format: DiagnosticFormat,
    with_assumptions: bool,
    terminal: &Terminal,
) -> Exit {
    let mut text = told(format, &loaded.diagnostics, &loaded.sources, terminal.output_color);
    let is_text = format == DiagnosticFormat::Text;
    if is_text {
        text += &format!("{}: {}\n", path.display(), verdict(&loaded, faulty));
    }
    if let Some(scenario) = loaded.scenario.filter(|_| with_assumptions) {
        text += &match is_text {
            true => assumptions(scenario.assumptions),
            false => assumptions_as_json(scenario.assumptions),
        };
    }
    terminal.print(&text)
}

fn verdict(loaded: &Loaded, faulty: bool) -> String {
    let count = |severity, one: &str| match loaded.diagnostics.count(severity) {
        0 => String::new(),
        1 => format!(", 1 {one}"),
        many => format!(", {many} {one}s"),
    };
    format!(
        "{}{}{}{}",
        if faulty { "faulty" } else { "ok" },
        count(Severity::Error, "error"),
        count(Severity::Warning, "warning"),
        count(Severity::Note, "note"),
    )
}

/// Every assumption with the value that holds, its rule and what it means, as a scenario would write it.
fn assumptions(mut assumptions: Assumptions) -> String {
    let lines = Assumptions::TABLE.iter().map(|assumption| {
        let parameter = assumptions.parameter(assumption.name).expect("a known name");
        let (name, text, rule) = (assumption.name, assumption.text.trim(), assumption.rule);
        format!("  # {text} [{rule}]\n  {name}: {}\n", shown(&parameter))
    });
    format!("assumptions:\n{}", lines.collect::<String>())
}

fn assumptions_as_json(mut assumptions: Assumptions) -> String {
    let lines = Assumptions::TABLE.iter().map(|assumption| {
        let parameter = assumptions.parameter(assumption.name).expect("a known name");
        let (name, text, rule) = (assumption.name, assumption.text.trim(), assumption.rule);
        let value = shown(&parameter);
        let object =
            serde_json::json!({"assumption": name, "value": value, "text": text, "rule": rule});
        format!("{object}\n")
    });
    lines.collect()
}
