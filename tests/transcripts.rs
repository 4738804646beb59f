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

use console::{commands, play};
use kept::{Kept, in_repository};

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
