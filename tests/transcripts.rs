//! From documents to a verdict, as somebody types it who has nothing else: in each folder of `tests/transcripts` there are
//! documents, and what the program prints about them, byte for byte.
//!
//! `UPDATE=1 cargo test --test transcripts` writes what is printed anew; the commands are kept.

#[path = "support/console.rs"]
mod console;
#[path = "support/kept.rs"]
mod kept;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use console::{commands, play};
use cutover::diagnostic::{Diagnostics, Severity, Sources};
use cutover::input::recording::recording;
use cutover::input::source::MemorySource;
use cutover::input::{Files, draft};
use kept::{Kept, in_repository};
use proptest::prelude::*;

/// The documents and the commands of each kind.
const TRANSCRIPTS: [&str; 6] = [
    "appspec",
    "cloudformation-hook",
    "cloudformation-resources",
    "ec2",
    "group-service-appspec",
    "sam",
];

/// Somebody who has documents gets a verdict of them in so many commands.
const COMMANDS_MAX: usize = 3;

/// A new folder with the documents of a transcript, and nothing else.
fn desk(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("transcripts").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder for the test");
    for entry in fs::read_dir(in_repository(&format!("tests/transcripts/{name}"))).expect("one") {
        let entry = entry.expect("an entry");
        if entry.file_name() != "transcript.txt" {
            fs::copy(entry.path(), folder.join(entry.file_name())).expect("a copy");
        }
    }
    folder
}

fn transcript(name: &str) -> String {
    format!("tests/transcripts/{name}/transcript.txt")
}

#[test]
fn what_is_typed_prints_what_the_transcripts_have() {
    let mut kept = Kept::new();
    for name in TRANSCRIPTS {
        let folder = desk(name);
        let text = fs::read_to_string(in_repository(&transcript(name))).expect("a transcript");
        let (mut printed, mut last) = (String::new(), 0);
        let typed = commands(&text);
        assert!((2..=COMMANDS_MAX).contains(&typed.len()), "{name}: {} commands", typed.len());
        for shown in &typed {
            let (exit, output) = play(&shown.command, 0, &folder);
            printed += &format!("$ {}\n{output}[{exit}]\n", shown.command);
            last = exit;
        }
        kept.holds(&transcript(name), printed.as_bytes());
        let verdict = &typed.last().expect("a command").command;
        if !verdict.contains(" --assert ") || !matches!(last, 0 | 1) {
            kept.fault(format!("{name}: `{verdict}` ends with {last}, which is no verdict"));
        }
    }
    kept.judge();
}

#[test]
fn every_folder_is_played() {
    let entries = fs::read_dir(in_repository("tests/transcripts")).expect("the folder");
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    let mut names: Vec<String> = names.map(|name| name.to_string_lossy().into_owned()).collect();
    names.sort();
    assert_eq!(names, TRANSCRIPTS);
}

/// The documents of all transcripts, and the shipped recordings, by the names of their files.
static DOCUMENTS: LazyLock<Vec<(String, Vec<u8>)>> = LazyLock::new(|| {
    let folders = TRANSCRIPTS.map(|name| format!("tests/transcripts/{name}"));
    let folders = folders.iter().map(String::as_str).chain(["scenarios/recordings"]);
    let mut found = Vec::new();
    for folder in folders {
        for entry in fs::read_dir(in_repository(folder)).expect("a folder") {
            let entry = entry.expect("an entry");
            let name = entry.file_name().to_string_lossy().into_owned();
            if !name.ends_with(".txt") && !name.ends_with(".md") {
                found.push((name, fs::read(entry.path()).expect("a document")));
            }
        }
    }
    found.sort();
    found
});

/// A broken document is drafted from or told, and measured or told; neither panics, and no fault is without its place.
fn drafts_or_tells(name: &str, bytes: &[u8]) {
    let source = MemorySource::new().with(name, bytes.to_vec());
    let drafted = draft(&[PathBuf::from(name)], Path::new("draft.yaml"), &source);
    let is_none = |title: &str| title == "no document can be used";
    for told in drafted.diagnostics.iter().filter(|told| told.severity == Severity::Error) {
        assert!(told.span.is_some() || is_none(&told.title), "{name}: {}", told.title);
    }
    assert!(drafted.text.is_some() || drafted.diagnostics.has_errors(), "{name}: nothing is told");
    let (mut sources, mut to) = (Sources::new(), Diagnostics::new());
    let mut files = Files::beside(Path::new(""), &source, &mut sources);
    let found = recording(Path::new(name), &mut files, &mut to);
    assert!(found.is_some() || to.has_errors(), "{name}: nothing is told");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_document_with_some_bytes_changed_is_drafted_from_or_told(
        which in any::<prop::sample::Index>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..9_usize), 1..5),
    ) {
        let (name, bytes) = &DOCUMENTS[which.index(DOCUMENTS.len())];
        let mut bytes = bytes.clone();
        for (index, byte, removed) in edits {
            let at = index.index(bytes.len().max(1));
            let end = (at + removed).min(bytes.len());
            // Mostly what is text goes on to be read.
            bytes.splice(at..end, [if byte < 200 { b' ' + byte % 95 } else { b'\n' }]);
        }
        drafts_or_tells(name, &bytes);
    }

    #[test]
    fn a_document_without_some_lines_is_drafted_from_or_told(
        which in any::<prop::sample::Index>(),
        dropped in prop::collection::vec(any::<prop::sample::Index>(), 1..4),
    ) {
        let (name, bytes) = &DOCUMENTS[which.index(DOCUMENTS.len())];
        let mut lines: Vec<&[u8]> = bytes.split_inclusive(|&byte| byte == b'\n').collect();
        for index in dropped {
            if lines.len() > 1 {
                lines.remove(index.index(lines.len()));
            }
        }
        drafts_or_tells(name, &lines.concat());
    }
}
