//! `cutover semantics diff`: what AWS does otherwise at another date.

use clap::Subcommand;
use serde_json::{Value, json};

use super::args::Format;
use super::exit::Exit;
use super::terminal::Terminal;
use crate::diagnostic::{Diagnostic, Diagnostics, Sources, code};
use crate::input::section::start::{DATES, date_of};
use crate::scenario::semantics::{Change, Semantics};

/// What can be asked of dated behaviour.
#[derive(Clone, Debug, Subcommand)]
pub enum Question {
    /// What differs between two dates.
    Diff {
        /// `current`, a month such as 2022-06, `legacy` (2022-06) or `seed` (2023-05).
        #[arg(value_name = "DATE")]
        before: String,
        /// The other date.
        #[arg(value_name = "OTHER")]
        after: String,
        /// How to print it.
        #[arg(long, value_name = "FORMAT", default_value = "text", help_heading = "Output")]
        format: Format,
    },
}

/// `cutover semantics`.
pub fn semantics(question: &Question, terminal: &Terminal) -> Exit {
    let Question::Diff { before, after, format } = question;
    let mut to = Diagnostics::new();
    let [before, after] = [before, after].map(|word| {
        let date = date_of(word);
        if date.is_none() {
            let title = format!("`{word}` is no date of AWS behaviour");
            to.push(
                Diagnostic::new(code::UNKNOWN_CHOICE, None, title).help(format!("write {DATES}")),
            );
        }
        date
    });
    let (Some(before), Some(after)) = (before, after) else {
        terminal.tell(&mut to, &Sources::new());
        return Exit::BadInput;
    };
    let changes: Vec<&Change> = before.changes_to(after).collect();
    terminal.print(&match format {
        Format::Text => in_words(before, after, &changes),
        Format::Csv => as_table(&changes),
        Format::Json => format!(
            "{:#}\n",
            Value::from(changes.iter().map(|one| as_json(one)).collect::<Vec<_>>())
        ),
    })
}

fn month(change: &Change) -> String {
    let (year, month) = change.since;
    format!("{year:04}-{month:02}")
}

fn in_words(before: Semantics, after: Semantics, changes: &[&Change]) -> String {
    if changes.is_empty() {
        return format!("Between {before} and {after} nothing differs that is simulated.\n");
    }
    let shown = changes.iter().map(|change| {
        let Change { what, before, from, rules, source, .. } = change;
        format!(
            "{}  {what}\n         before  {before}\n         from    {from}\n         rules   {rules}\n         source  {source}\n",
            month(change)
        )
    });
    shown.collect()
}

fn as_table(changes: &[&Change]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header = ["since", "what", "before", "from", "rules", "source"];
    writer.write_record(header).expect("memory can be written");
    for change in changes {
        let Change { what, before, from, rules, source, .. } = change;
        let row = [&month(change), *what, before, from, rules, source];
        writer.write_record(row).expect("memory can be written");
    }
    let bytes = writer.into_inner().expect("memory can be written");
    String::from_utf8(bytes).expect("text was written")
}

fn as_json(change: &Change) -> Value {
    let Change { what, before, from, rules, source, .. } = change;
    let rules: Vec<&str> = rules.split(", ").collect();
    json!({"since": month(change), "what": what, "before": before, "from": from, "rules": rules, "source": source})
}
