//! Files that would exhaust a reader are refused at once, with words that help.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::PathBuf;

use cutover::diagnostic::{Diagnostics, Sources, render};
use cutover::input::source::{DOCUMENT_BYTES_MAX, FileSource, Source, SourceError};
use cutover::input::tree::read;
use proptest::prelude::*;

/// What is told of a text, drawn.
fn told(name: &str, bytes: impl Into<Vec<u8>>) -> String {
    let (mut sources, mut to) = (Sources::new(), Diagnostics::new());
    let node = read(name, bytes.into(), &mut sources, &mut to);
    assert!(node.is_none(), "{name} is refused");
    render::terminal_all(&to, &sources, false)
}

fn check(name: &str, bytes: impl Into<Vec<u8>>, expected: &str) {
    let told = told(name, bytes);
    assert!(told.contains(expected), "{expected}:\n{told}");
    assert!(told.len() < 2000, "the message is short: {} bytes", told.len());
}

#[test]
fn binary_and_empty_files_are_refused() {
    check("a.json", &[0x50, 0x4B, 3, 4, 0, 0xFF, 0xFE][..], "CUT0004");
    check("a.yaml", &b"\x7fELF\0\0"[..], "CUT0004");
    check("a.yaml", "", "CUT0003");
    check("a.json", " \n\t", "CUT0003");
}

#[test]
fn a_file_of_200_megabytes_is_refused_before_it_is_read() {
    let path = std::env::temp_dir().join(format!("cutover-hostile-{}", std::process::id()));
    let file = File::create(&path).expect("a file in the temporary directory");
    file.set_len(200 << 20).expect("a sparse file");
    let result = FileSource.read(&path, DOCUMENT_BYTES_MAX);
    fs::remove_file(&path).expect("the file was made above");
    let error = result.expect_err("the file is too large");
    assert!(matches!(error, SourceError::TooLarge { .. }), "{error:?}");
    let title = error.diagnostic(&PathBuf::from("big.json"), None).title;
    assert_eq!(title, "`big.json` has 200 MiB, more than 16 MiB");
}

#[test]
fn deep_nesting_is_refused() {
    for open in ["[", "{\"a\":", "[[{\"b\": ["] {
        for name in ["a.json", "a.yaml"] {
            check(name, open.repeat(100_000), "CUT0005");
        }
    }
    check("a.yaml", "- ".repeat(100_000), "CUT0005");
    check("a.yaml", "? ".repeat(100_000), "CUT0005");
    check("a.yaml", "a: [".repeat(100_000), "CUT0005");
    let steps = (0..400).fold(String::new(), |mut text, depth| {
        writeln!(text, "{}a:", " ".repeat(depth)).expect("memory");
        text
    });
    check("a.yaml", steps, "CUT0005");
}

#[test]
fn alias_bombs_are_refused() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_string();
    for level in 1..20 {
        let refs = vec![format!("*a{}", level - 1); 10].join(", ");
        writeln!(bomb, "a{level}: &a{level} [{refs}]").expect("memory");
    }
    check("a.yaml", bomb, "CUT0006");
    let heavy = format!("a: &a {}\nb: [{}]\n", "x".repeat(1 << 20), vec!["*a"; 50_000].join(", "));
    check("a.yaml", heavy, "CUT0006");
    let chain = (1..200).fold("a0: &a0 [x]\n".to_string(), |mut text, level| {
        writeln!(text, "a{level}: &a{level} [*a{}]", level - 1).expect("memory");
        text
    });
    check("a.yaml", chain, "CUT0005");
}

#[test]
fn very_many_values_are_refused() {
    check("a.json", format!("[{}0]", "0,".repeat(2_000_000)), "CUT0006");
    check("a.yaml", "- 0\n".repeat(1_000_000), "CUT0006");
    check("a.yaml", format!("[{}]", "a,".repeat(1_000_000)), "CUT0006");
}

#[test]
fn very_many_faults_on_one_line_are_told_in_time() {
    let text = format!("{{{}\"a\": 1}}", "\"a\": 1, ".repeat(49_000));
    let (mut sources, mut to) = (Sources::new(), Diagnostics::new());
    assert!(read("a.json", text.into(), &mut sources, &mut to).is_some(), "only warnings");
    to.sort();
    assert_eq!((to.len(), to.dropped()), (1000, 48_000));
    render::terminal_all(&to, &sources, false);
}

#[test]
fn long_lines_and_open_quotes_are_told_shortly() {
    check("a.json", format!("{{\"a\": \"{}", "x".repeat(4 << 20)), "CUT0008");
    check("a.json", format!("{{\"a\": {}}}", "x".repeat(4 << 20)), "CUT0008");
    check("a.yaml", format!("a: \"{}", "x".repeat(4 << 20)), "CUT0007");
    check("a.yaml", format!("a: b: {}", "x".repeat(4 << 20)), "CUT0007");
}

/// A good document, of which the tests break a few bytes.
const DOCUMENT: &str = "\
cutover: 1
name: 'größe' # 😀
traffic: &t { rate: 50/s, \"noise\": { cv: 10% } }
list:
  - |
    block
  - !Ref x
  - <<: *t
    more: [1, 2.5, null, ~]
";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn a_document_with_some_bytes_changed_is_read_or_told(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_usize), 1..6),
    ) {
        let mut bytes = DOCUMENT.as_bytes().to_vec();
        for (index, byte, removed) in edits {
            let at = index.index(bytes.len());
            let end = (at + removed).min(bytes.len());
            bytes.splice(at..end, [byte]);
        }
        let (mut sources, mut to) = (Sources::new(), Diagnostics::new());
        let node = read("x.yaml", bytes, &mut sources, &mut to);
        prop_assert!(node.is_some() || to.has_errors());
        to.sort();
        render::terminal_all(&to, &sources, true);
    }
}
