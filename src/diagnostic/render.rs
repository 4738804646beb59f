//! Diagnostics drawn for a terminal, and told as JSON.
//!
//! Whether there is colour is the caller's choice: nothing here looks at the terminal or the environment.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use serde::Serialize;

use super::{Diagnostic, FileId, Refusal, Severity, Sources, Span, code};

/// How many bytes of a line are handed to the renderer, which shows what fits the width of a terminal.
const LINE_BYTES_MAX: usize = 2000;

/// One diagnostic as text for people, ended by a line break.
pub fn terminal(diagnostic: &Diagnostic, sources: &Sources, colour: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let title = level.primary_title(clean(&diagnostic.title)).id(diagnostic.code.number());
    let mut group = Group::with_title(title);
    if let Some(span) = diagnostic.span {
        group = with_excerpt(group, diagnostic, sources, span);
    }
    if let Some(refusal) = diagnostic.refusal {
        group = group.element(Level::NOTE.message(refused(refusal)));
    }
    for note in &diagnostic.notes {
        group = group.element(Level::NOTE.message(clean(note)));
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(clean(help)));
    }
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let mut drawn = renderer.render(&[group]);
    drawn.push('\n');
    match diagnostic.span {
        Some(span) => with_true_column(drawn, span, sources),
        None => drawn,
    }
}

/// How AWS refuses it, as a sentence.
pub(super) fn refused(refusal: Refusal) -> String {
    format!("{} refuses it with `{}`", refusal.by, refusal.exception)
}

/// Adds the place and, if its text is at hand, the line with the underline.
fn with_excerpt<'a>(
    group: Group<'a>,
    diagnostic: &'a Diagnostic,
    sources: &'a Sources,
    span: Span,
) -> Group<'a> {
    let name = clean(sources.name(span.file));
    if sources.text(span.file).is_empty() {
        return group.element(Origin::path(name));
    }
    let line = shown_line(sources, span);
    let underlined = underlined(sources, span, &line);
    let label = (!diagnostic.label.is_empty()).then(|| clean(&diagnostic.label));
    group.element(
        Snippet::source(&sources.text(span.file)[line])
            .path(name)
            .line_start(sources.line_number(span))
            .annotation(AnnotationKind::Primary.span(underlined).label(label)),
    )
}

/// The line in which a span starts, or the part of it around the span if it is very long.
fn shown_line(sources: &Sources, span: Span) -> Range<usize> {
    let text = sources.text(span.file);
    let line = sources.line(span.file, sources.line_number(span));
    if line.len() <= LINE_BYTES_MAX {
        return line;
    }
    let start = (span.start as usize).saturating_sub(LINE_BYTES_MAX / 2).max(line.start);
    let end = (span.start as usize + LINE_BYTES_MAX / 2).min(line.end);
    text.floor_char_boundary(start)..text.ceil_char_boundary(end)
}

/// Puts the true column in the place of the one that was counted from a cut.
fn with_true_column(drawn: String, span: Span, sources: &Sources) -> String {
    let cut = shown_line(sources, span);
    let position = sources.position(span);
    let start = sources.text(span.file).floor_char_boundary(span.start as usize);
    let counted = sources.text(span.file)[cut.start..start.max(cut.start)].chars().count() + 1;
    if counted == position.column {
        return drawn;
    }
    let place = |column| format!("{}:{}:{column}", clean(sources.name(span.file)), position.line);
    drawn.replacen(&place(counted), &place(position.column), 1)
}

/// The bytes to underline, counted from the start of the line in which the span starts.
///
/// A value of many lines is underlined on its first line only: that is where a reader looks for it.
fn underlined(sources: &Sources, span: Span, line: &Range<usize>) -> Range<usize> {
    let text = sources.text(span.file);
    let start = text.floor_char_boundary(span.start as usize).clamp(line.start, line.end);
    let end = text.ceil_char_boundary(span.end as usize).clamp(start, line.end);
    start - line.start..end - line.start
}

/// A text from a user's file without the control characters that would play with the terminal.
fn clean(text: &str) -> String {
    annotate_snippets::normalize_untrusted_str(text)
}

/// More unused keys of one file than these are told in one note.
const UNUSED_KEYS_APART: usize = 3;

/// All diagnostics as text for people, a blank line between two. Many keys of one document that play no part are one
/// note, where the first of them would stand.
pub fn terminal_all<'a>(
    diagnostics: impl IntoIterator<Item = &'a Diagnostic>,
    sources: &Sources,
    colour: bool,
) -> String {
    let all: Vec<&Diagnostic> = diagnostics.into_iter().collect();
    let unused_of = |file| all.iter().copied().filter(move |one| unused_in(one) == Some(file));
    let mut folded = Vec::new();
    let mut drawn = Vec::new();
    for &diagnostic in &all {
        match unused_in(diagnostic).filter(|&file| unused_of(file).count() > UNUSED_KEYS_APART) {
            None => drawn.push(terminal(diagnostic, sources, colour)),
            Some(file) if folded.contains(&file) => {}
            Some(file) => {
                folded.push(file);
                drawn.push(terminal(&together(unused_of(file), sources), sources, colour));
            }
        }
    }
    drawn.join("\n")
}

/// The file of a key that plays no part.
fn unused_in(diagnostic: &Diagnostic) -> Option<FileId> {
    let is_unused = diagnostic.code == code::UNUSED_KEY && diagnostic.severity == Severity::Note;
    diagnostic.span.filter(|_| is_unused).map(|span| span.file)
}

/// One note of all unused keys of a file, each with its line.
fn together<'a>(
    unused: impl Iterator<Item = &'a Diagnostic> + Clone,
    sources: &Sources,
) -> Diagnostic {
    let keys = unused.clone().filter_map(|one| {
        let line = sources.line_number(one.span?);
        Some(format!("{} (line {line})", one.title.trim_end_matches(" is not used")))
    });
    let keys = keys.collect::<Vec<_>>().join(", ");
    let file = unused.clone().find_map(|one| one.span).map(|span| sources.name(span.file));
    let title = format!(
        "{} keys of {} play no part in a simulation",
        unused.count(),
        file.unwrap_or("the document")
    );
    Diagnostic::new(code::UNUSED_KEY, None, title).note(keys)
}

/// The JSON form of one diagnostic. Lines and columns count from 1, columns in characters.
#[derive(Debug, Serialize)]
struct Told<'a> {
    code: &'a str,
    severity: &'a str,
    file: Option<&'a str>,
    line: Option<usize>,
    column: Option<usize>,
    end_line: Option<usize>,
    end_column: Option<usize>,
    title: &'a str,
    label: &'a str,
    exception: Option<&'a str>,
    help: Option<&'a str>,
    notes: &'a [String],
    fixes: Vec<Fix<'a>>,
}

/// A text to put in the place of a stretch.
#[derive(Debug, Serialize)]
struct Fix<'a> {
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    text: &'a str,
}

/// The mend of a diagnostic, with its place.
fn fix<'a>(diagnostic: &'a Diagnostic, sources: &Sources) -> Option<Fix<'a>> {
    let (span, text) = diagnostic.patch(sources)?;
    let (start, end) = (sources.position(span), sources.end_position(span));
    Some(Fix {
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        text,
    })
}

/// One diagnostic as a JSON object on one line, without a line break.
pub fn json(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let start = diagnostic.span.map(|span| sources.position(span));
    let end = diagnostic.span.map(|span| sources.end_position(span));
    let told = Told {
        code: diagnostic.code.number(),
        severity: diagnostic.severity.name(),
        file: diagnostic.span.map(|span| sources.name(span.file)),
        line: start.map(|at| at.line),
        column: start.map(|at| at.column),
        end_line: end.map(|at| at.line),
        end_column: end.map(|at| at.column),
        title: &diagnostic.title,
        label: &diagnostic.label,
        exception: diagnostic.refusal.map(|refusal| refusal.exception),
        help: diagnostic.help.as_deref(),
        notes: &diagnostic.notes,
        fixes: fix(diagnostic, sources).into_iter().collect(),
    };
    serde_json::to_string(&told).expect("texts and numbers always have a JSON form")
}

#[cfg(test)]
mod tests {
    use super::super::code;
    use super::*;

    fn canary(text: &str, part: &str) -> (Sources, Diagnostic) {
        let mut sources = Sources::new();
        let file = sources.add("scenarios/checkout-canary.yaml", text);
        let at = text.find(part).expect("the part stands in the text");
        let diagnostic = Diagnostic::new(
            code::OUT_OF_RANGE,
            Span::new(file, at..at + part.len()),
            "`canaryPercentage` is 130, more than 100",
        )
        .label("a share of requests")
        .help("to shift everything at once, write `type: AllAtOnce`");
        (sources, diagnostic)
    }

    #[test]
    fn a_diagnostic_shows_place_excerpt_underline_and_help() {
        let text = format!("{}    canaryPercentage: 130\nnext: 1\n", "#\n".repeat(13));
        let (sources, diagnostic) = canary(&text, "130");
        let expected = "\
error[CUT0107]: `canaryPercentage` is 130, more than 100
  --> scenarios/checkout-canary.yaml:14:23
   |
14 |     canaryPercentage: 130
   |                       ^^^ a share of requests
   |
   = help: to shift everything at once, write `type: AllAtOnce`
";
        assert_eq!(terminal(&diagnostic, &sources, false), expected);
        assert!(terminal(&diagnostic, &sources, true).contains("\u{1b}["));
    }

    #[test]
    fn a_long_line_is_cut_around_the_place_and_the_column_stays_true() {
        for length in [500, 50_000] {
            let text = format!("{}ä: 130{}", "x".repeat(length), "y".repeat(length));
            let (sources, diagnostic) = canary(&text, "130");
            let drawn = terminal(&diagnostic, &sources, false);
            assert!(drawn.contains(&format!("canary.yaml:1:{}\n", length + 4)), "{drawn}");
            let coloured = terminal(&diagnostic, &sources, true);
            assert!(coloured.contains(&format!("canary.yaml:1:{}", length + 4)), "{coloured}");
            assert!(drawn.contains("ä: 130yyy"), "{drawn}");
            assert!(drawn.lines().all(|line| line.chars().count() < 160), "{drawn}");
        }
    }

    #[test]
    fn a_value_of_many_lines_is_underlined_on_its_first() {
        let (sources, diagnostic) = canary("a:\n  b: 1\n  c: 2\n", "b: 1\n  c: 2");
        let drawn = terminal(&diagnostic, &sources, false);
        assert!(drawn.contains("2 |   b: 1\n  |   ^^^^ a share"), "{drawn}");
    }

    #[test]
    fn the_json_form_is_one_object_on_one_line() {
        let (sources, diagnostic) = canary("p: 130\n", "130");
        assert_eq!(
            json(&diagnostic, &sources),
            r#"{"code":"CUT0107","severity":"error","file":"scenarios/checkout-canary.yaml","line":1,"column":4,"end_line":1,"end_column":7,"title":"`canaryPercentage` is 130, more than 100","label":"a share of requests","exception":null,"help":"to shift everything at once, write `type: AllAtOnce`","notes":[],"fixes":[]}"#
        );
    }

    #[test]
    fn a_text_cannot_play_with_the_terminal() {
        let (sources, mut diagnostic) = canary("p: \u{1b}[2J130\n", "130");
        diagnostic.title = "\u{1b}[31m".into();
        diagnostic.label = "\u{7}".into();
        assert!(!terminal(&diagnostic, &sources, false).contains(['\u{1b}', '\u{7}']));
    }
}
