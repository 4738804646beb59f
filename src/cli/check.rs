//! `cutover check`: reads and validates, runs nothing.

use super::args::{CheckArguments, Deny, DiagnosticFormat};
use super::exit::Exit;
use super::terminal::Terminal;
use crate::diagnostic::{Severity, render};
use crate::input::section::assumption::shown;
use crate::input::source::FileSource;
use crate::input::{Loaded, load};
use crate::scenario::assumption::Assumptions;

/// Every diagnostic of every scenario; faulty if any of them is.
pub fn check(arguments: &CheckArguments, terminal: &Terminal) -> Exit {
    let mut exit = Exit::Done;
    for path in &arguments.scenarios {
        let mut loaded = load(path, &arguments.settings.set, &FileSource);
        loaded.diagnostics.sort();
        let denied = arguments.deny == Some(Deny::Warnings)
            && loaded.diagnostics.count(Severity::Warning) > 0;
        let faulty = loaded.diagnostics.has_errors() || denied;
        if faulty {
            exit = Exit::BadInput;
        }
        let printed = match arguments.format {
            DiagnosticFormat::Json => terminal.print(&as_json(&loaded)),
            DiagnosticFormat::Text => {
                let drawn = render::terminal_all(
                    &loaded.diagnostics,
                    &loaded.sources,
                    terminal.output_color,
                );
                let verdict = format!("{}: {}\n", path.display(), verdict(&loaded, faulty));
                terminal.print(&(drawn + &verdict))
            }
        };
        if printed != Exit::Done {
            return printed;
        }
        if let Some(scenario) = loaded.scenario.filter(|_| arguments.assumptions) {
            let told = match arguments.format {
                DiagnosticFormat::Text => assumptions(scenario.assumptions),
                DiagnosticFormat::Json => assumptions_as_json(scenario.assumptions),
            };
            let printed = terminal.print(&told);
            if printed != Exit::Done {
                return printed;
            }
        }
    }
    exit
}

fn as_json(loaded: &Loaded) -> String {
    let lines = loaded
        .diagnostics
        .iter()
        .map(|diagnostic| format!("{}\n", render::json(diagnostic, &loaded.sources)));
    lines.collect()
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
