//! Where words go: results to standard output, diagnostics and progress to standard error.

use std::io::{self, IsTerminal, Write};

use super::args::{Color, DiagnosticFormat};
use super::exit::Exit;
use crate::diagnostic::sarif::sarif;
use crate::diagnostic::{Diagnostics, Severity, Sources, render};

/// The two streams and whether they are coloured.
#[derive(Clone, Copy, Debug)]
pub struct Terminal {
    /// Whether standard output is coloured.
    pub output_color: bool,
    /// Whether standard error is coloured.
    pub error_color: bool,
    /// How diagnostics are told.
    pub messages: DiagnosticFormat,
}

impl Terminal {
    /// As the user wants it; `auto` colours terminals unless NO_COLOR is set to something.
    pub fn new(color: Color, messages: DiagnosticFormat) -> Terminal {
        let allowed = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        let decide = |is_terminal: bool| match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => is_terminal && allowed,
        };
        Terminal {
            output_color: decide(io::stdout().is_terminal()),
            error_color: decide(io::stderr().is_terminal()),
            messages,
        }
    }

    /// Prints a result. A reader that has gone away, as `head` does, is no fault.
    pub fn print(&self, text: &str) -> Exit {
        self.print_bytes(text.as_bytes())
    }

    /// The same for what is bytes already.
    pub fn print_bytes(&self, bytes: &[u8]) -> Exit {
        let mut out = io::stdout().lock();
        match out.write_all(bytes).and_then(|()| out.flush()) {
            Ok(()) => Exit::Done,
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Done,
            Err(error) => {
                self.complain(&format!("standard output cannot be written: {error}"));
                Exit::Output
            }
        }
    }

    /// Tells errors and warnings, all at once, and how many there are.
    pub fn tell(&self, diagnostics: &mut Diagnostics, sources: &Sources) {
        diagnostics.sort();
        let mut shown = Diagnostics::new();
        for diagnostic in diagnostics.iter() {
            if diagnostic.severity != Severity::Note {
                shown.push(diagnostic.clone());
            }
        }
        if !shown.is_empty() {
            let told = told(self.messages, &shown, sources, self.error_color);
            self.write_error(&told);
        }
    }

    /// One line about what could not be done.
    pub fn complain(&self, text: &str) {
        self.write_error(&format!("error: {text}\n"));
    }

    /// One line about what goes on.
    pub fn remark(&self, text: &str) {
        self.write_error(&format!("{text}\n"));
    }

    fn write_error(&self, text: &str) {
        // Nobody is left to be told if standard error is gone.
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }
}

/// All of one reading, in one of the forms.
pub fn told(
    format: DiagnosticFormat,
    all: &Diagnostics,
    sources: &Sources,
    is_coloured: bool,
) -> String {
    match format {
        DiagnosticFormat::Text => render::terminal_all(all, sources, is_coloured),
        DiagnosticFormat::Json => {
            let lines = all.iter().map(|one| format!("{}\n", render::json(one, sources)));
            lines.collect()
        }
        DiagnosticFormat::Sarif => sarif(all.iter().map(|one| (one, sources))),
    }
}
