//! Seconds for a thousand documents: drafted and checked as `cutover import` does, beside parsing their text alone.
//!
//! The documents are those of `tests/data/corpus`, sound and faulty ones, in turn until there are a thousand; reading them
//! from the disk is no part of it. The bound is two seconds on one thread; the ratio to plain parsing (YAML events of
//! saphyr, values of serde_json) says the same on any machine.

use std::fs;
use std::path::{Path, PathBuf};

use cutover::input::draft;
use cutover::input::source::MemorySource;
use divan::{Bencher, black_box, counter::ItemsCount};
use saphyr_parser::Parser;

const DOCUMENTS: usize = 1000;

fn main() {
    divan::main();
}

/// Names and texts, by name.
fn documents() -> Vec<(PathBuf, String)> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/corpus");
    let mut paths = Vec::new();
    for folder in fs::read_dir(&corpus).expect("the corpus") {
        let folder = folder.expect("an entry").path();
        if folder.is_dir() && !folder.ends_with("traffic") {
            let files = fs::read_dir(folder).expect("a folder of the corpus");
            paths.extend(files.map(|file| file.expect("an entry").path()));
        }
    }
    paths.sort();
    let text = |path: &PathBuf| fs::read_to_string(path).expect("a text");
    let once: Vec<(PathBuf, String)> =
        paths.iter().map(|path| (path.clone(), text(path))).collect();
    once.iter().cycle().take(DOCUMENTS).cloned().collect()
}

#[divan::bench]
fn checked(bencher: Bencher) {
    let documents = documents();
    let sources: Vec<(Vec<PathBuf>, MemorySource)> = documents
        .iter()
        .map(|(path, text)| {
            let source = MemorySource::new().with(path.clone(), text.clone());
            (vec![path.clone()], source)
        })
        .collect();
    bencher.counter(ItemsCount::new(DOCUMENTS)).bench_local(|| {
        for (paths, source) in &sources {
            black_box(draft(black_box(paths), Path::new(""), source).diagnostics.len());
        }
    });
}

#[divan::bench]
fn parsed_only(bencher: Bencher) {
    let documents = documents();
    bencher.counter(ItemsCount::new(DOCUMENTS)).bench_local(|| {
        for (_, text) in &documents {
            if serde_json::from_str::<serde_json::Value>(black_box(text)).is_err() {
                black_box(Parser::new_from_str(text).take_while(Result::is_ok).count());
            }
        }
    });
}
