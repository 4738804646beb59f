//! The reference pages say what the program knows, and the examples of the pages are true.
//!
//! `UPDATE=1 cargo test --test docs` writes the generated parts anew; everything else is mended by hand.

#[path = "support/console.rs"]
mod console;
#[path = "support/kept.rs"]
mod kept;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use console::{Shown, commands, play};
use cutover::diagnostic::code::{Code, ExampleKind, visible};
use cutover::diagnostic::render;
use cutover::input::expression::Kind;
use cutover::input::load;
use cutover::input::section::assumption::shown;
use cutover::input::section::expectation::VOCABULARY;
use cutover::input::source::MemorySource;
use cutover::scenario::assumption::{Assumptions, Parameter};
use kept::{Kept, in_repository};

const SCENARIO_PAGE: &str = "docs/reference/scenario.md";

fn page(path: &str) -> String {
    fs::read_to_string(in_repository(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

// ---- what is generated -----------------------------------------------------------------------------

/// The first two digits of a code, and what its range is about.
const RANGES: [(&str, &str); 5] = [
    ("00", "a text cannot be read"),
    ("01", "the shape of a scenario"),
    ("02", "AWS documents"),
    ("03", "what no single field can say"),
    ("04", "the command line: paths, assignments and expressions"),
];

fn codes() -> String {
    let mut page = "\
# Diagnostics

<!-- Written by `UPDATE=1 cargo test --test docs` from src/diagnostic/code: change it there. -->

Every diagnostic carries a code. Codes are never changed and never used again; `cutover explain CODE` prints what stands
here. Errors keep a scenario from being played, warnings do not unless `--deny warnings` says so, notes tell what plays
no part.
"
    .to_string();
    for (digits, about) in RANGES {
        let of_range =
            || Code::all().filter(|code| code.number().starts_with(&format!("CUT{digits}")));
        write!(page, "\n## {digits}xx: {about}\n\n| code | | |\n|---|---|---|\n").expect("memory");
        for code in of_range() {
            let (number, severity) = (code.number(), code.severity().name());
            let link = format!("[{number}](#{})", number.to_lowercase());
            writeln!(page, "| {link} | {severity} | {} |", code.title()).expect("memory");
        }
        of_range().for_each(|code| page += &section(code));
    }
    page
}

fn section(code: Code) -> String {
    let (number, severity) = (code.number(), code.severity().name());
    let mut section = format!(
        "\n### {number}\n\n**{severity}: {}**\n\n{}\n",
        code.title(),
        wrapped(code.explanation())
    );
    let Some(example) = code.example() else { return section };
    let language = match example.kind {
        ExampleKind::File(name) | ExampleKind::Recording(name) if name.ends_with(".json") => "json",
        ExampleKind::Assignment | ExampleKind::Expression => "text",
        _ => "yaml",
    };
    let mut block = |title: &str, text: &str| {
        let text = visible(text);
        let text = text.trim_end_matches('\n');
        write!(section, "\n{title}:\n\n```{language}\n{text}\n```\n").expect("memory");
    };
    block("Example", example.text);
    if let Some(mended) = code.mended() {
        block("Mended", mended);
    }
    section
}

/// Lines of at most 120 characters.
fn wrapped(text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.last_mut().expect("there is a line");
        match last.chars().count() + 1 + word.chars().count() {
            _ if last.is_empty() => last.push_str(word),
            121.. => lines.push(word.into()),
            _ => {
                last.push(' ');
                last.push_str(word);
            }
        }
    }
    lines.join("\n")
}

fn assumptions() -> String {
    let (mut defaults, mut ideal) = (Assumptions::default(), Assumptions::ideal());
    let mut table = "| assumption | what it is | kind | default | ideal | rule and source |\n\
                     |---|---|---|---|---|---|\n"
        .to_string();
    for assumption in Assumptions::TABLE {
        let parameter = defaults.parameter(assumption.name).expect("a known name");
        let kind = match parameter {
            Parameter::Duration(_) => "duration",
            Parameter::Latency(_) => "latency",
            Parameter::Limit(_) => "`ignore` or `{ fail_after: duration }`",
            Parameter::Throughput(_) => "megabytes a second, or a distribution of them",
            Parameter::Megabytes(_) => "megabytes, 0 to 10^6",
            Parameter::Price(_) => "money, 0 to 10^6",
            Parameter::Count(_) => "count, 1 to 1000",
            Parameter::Switch(_) => "`true` or `false`",
            Parameter::Part(_) => "share",
        };
        let default = shown(&parameter);
        let of_preset = shown(&ideal.parameter(assumption.name).expect("a known name"));
        writeln!(
            table,
            "| `{}` | {} | {kind} | `{default}` | `{of_preset}` | {} |",
            assumption.name,
            assumption.text.trim(),
            assumption.rule
        )
        .expect("memory");
    }
    table
}

fn names() -> String {
    let kind = |kind: Kind| match kind {
        Kind::Number => "number".to_string(),
        Kind::Duration => "duration".to_string(),
        Kind::Share => "share".to_string(),
        Kind::Word([]) => "word".to_string(),
        Kind::Word(words) => listed(words),
    };
    let mut text = "Results of a run:\n\n| name | kind | meaning |\n|---|---|---|\n".to_string();
    for name in VOCABULARY.columns {
        writeln!(text, "| `{}` | {} | {} |", name.name, kind(name.kind), name.meaning)
            .expect("memory");
    }
    text += "\nValues over time:\n\n| name | kind | meaning |\n|---|---|---|\n";
    for name in VOCABULARY.values {
        writeln!(text, "| `{}` | {} | {} |", name.name, kind(name.kind), name.meaning)
            .expect("memory");
    }
    write!(text, "\nFacts:\n{}.\n", wrapped(&listed(VOCABULARY.facts))).expect("memory");
    text
}

fn listed(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// The page with what stands between the markers of this name replaced.
fn with_part(page: &str, name: &str, part: &str) -> String {
    let (begin, end) = (format!("<!-- begin {name} -->\n"), format!("<!-- end {name} -->"));
    let from = page.find(&begin).expect("the page has the marker") + begin.len();
    let to = page.find(&end).expect("the page has the marker of the end");
    format!("{}{part}{}", &page[..from], &page[to..])
}

#[test]
fn what_is_generated_is_what_the_program_knows() {
    let mut kept = Kept::new();
    kept.holds("docs/reference/diagnostics.md", codes().as_bytes());
    let scenario = with_part(&page(SCENARIO_PAGE), "assumptions", &assumptions());
    let scenario = with_part(&scenario, "names", &names());
    kept.holds(SCENARIO_PAGE, scenario.as_bytes());
    kept.judge();
}

#[test]
fn every_code_has_its_range_on_the_page() {
    let page = codes();
    for code in Code::all() {
        assert!(page.contains(&format!("\n### {code}\n")), "{code}");
    }
}

// ---- what is written by hand -----------------------------------------------------------------------

/// The blocks of a page in this language, each with the line at which it begins.
fn blocks(page: &str, language: &str) -> Vec<(usize, String)> {
    let mut blocks = Vec::new();
    let mut lines = page.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let Some(found) = line.strip_prefix("```") else { continue };
        let block: Vec<&str> = lines
            .by_ref()
            .map(|(_, line)| line)
            .take_while(|line| !line.starts_with("```"))
            .collect();
        if found.trim() == language {
            blocks.push((number + 1, block.join("\n") + "\n"));
        }
    }
    blocks
}

fn told(scenario: &str, assignments: &[String]) -> (bool, String) {
    let files = MemorySource::new().with("scenario.yaml", scenario);
    let loaded = load(Path::new("scenario.yaml"), assignments, &files);
    let drawn = render::terminal_all(&loaded.diagnostics, &loaded.sources, false);
    (loaded.scenario.is_some(), drawn)
}

#[test]
fn the_scenario_of_the_page_can_be_played() {
    let page = page(SCENARIO_PAGE);
    let blocks = blocks(&page, "yaml");
    assert!(!blocks.is_empty());
    for (line, block) in blocks {
        let (sound, drawn) = told(&block, &[]);
        assert!(sound, "{SCENARIO_PAGE}:{line}:\n{drawn}");
    }
}

/// A key that nobody knows makes each section say which it knows; those stand on the page.
#[test]
fn every_key_of_every_section_is_on_the_page() {
    let page = page(SCENARIO_PAGE);
    let (_, scenario) = blocks(&page, "yaml").remove(0);
    let places = [
        "unknown=1",
        "deployment.unknown=1",
        "operator=[{ at: 1s, do: StopDeployment, unknown: 1 }]",
        "faults=[{ at: 1s, kind: task-crash, unknown: 1 }]",
        "revisions.replacement.crash={ after: 1s, unknown: 1 }",
        "operator=[{ at: 1s, do: CreateDeployment, unknown: 1 }]",
        "resources.unknown=1",
        "traffic.unknown=1",
        "traffic={ trace: a.csv, period: 5m, unknown: 1 }",
        "traffic.changes=[{ unknown: 1 }]",
        "traffic.noise={ unknown: 1 }",
        "revisions.replacement.unknown=1",
        "revisions.replacement.health_check={ unknown: 1 }",
        "hooks={ unknown: 1 }",
        "hooks={ BeforeInstall: { unknown: 1 } }",
        "lifecycle={ unknown: 1 }",
        "lifecycle={ Install: { unknown: 1 } }",
        "client={ unknown: 1 }",
        "expect={ that: [], unknown: 1 }",
        "assumptions={ unknown: 1 }",
        "sweep={ unknown: 1 }",
    ];
    let mut known = 0;
    for place in places {
        let (_, drawn) = told(&scenario, &[place.to_string()]);
        let (_, list) = drawn
            .split_once("known here: ")
            .unwrap_or_else(|| panic!("`{place}` tells no keys:\n{drawn}"));
        // A long list is cut in the message: "and 5 more".
        let list = list.lines().next().expect("a line").split(" and ").next().expect("keys");
        for key in list.split(", ") {
            known += 1;
            assert!(
                page.contains(key),
                "{SCENARIO_PAGE} says nothing of {key}, known at `{place}`"
            );
        }
    }
    assert!(known > 50, "only {known} keys were told");
}

// ---- what a reader would type ----------------------------------------------------------------------

/// Pages whose `console` blocks are run.
fn pages_with_commands() -> Vec<String> {
    let mut pages = vec!["README.md".to_string(), "scenarios/README.md".to_string()];
    let mut folders = vec!["docs".to_string()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(in_repository(&folder)).expect("a folder of pages") {
            let entry = entry.expect("an entry");
            let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                folders.push(path);
            } else if path.ends_with(".md") {
                pages.push(path);
            }
        }
    }
    pages.sort();
    pages
}

/// Whether the output is what the page shows; a line `...` stands for any lines.
fn is_shown(shown: &[&str], output: &[&str]) -> bool {
    match (shown, output) {
        (["..."], _) | ([], []) => true,
        (["...", rest @ ..], _) => (0..=output.len()).any(|from| is_shown(rest, &output[from..])),
        ([first, rest @ ..], [found, others @ ..]) => {
            first.trim_end() == found.trim_end() && is_shown(rest, others)
        }
        _ => false,
    }
}

/// A folder with the shipped scenarios, as a reader has them.
fn reader_folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("docs").join(name);
    let _ = fs::remove_dir_all(&folder);
    copy(&in_repository("scenarios"), &folder.join("scenarios"));
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder of the repository") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

/// What is wrong with the console blocks of a page.
fn faults(path: &str, page: &str, folder: &Path) -> Vec<String> {
    let mut faults = Vec::new();
    for (line, block) in blocks(page, "console") {
        let mut before = 0;
        for Shown { command, output } in commands(&block) {
            // Other programs are the reader's own business.
            let is_ours =
                command.starts_with("cutover ") || command.starts_with("NO_COLOR=1 cutover ");
            if !is_ours && command != "echo $?" {
                continue;
            }
            let (exit, found) = play(&command, before, folder);
            before = exit;
            let shown: Vec<&str> = output.iter().map(String::as_str).collect();
            let lines: Vec<&str> = found.lines().collect();
            // A page may leave the output to the reader, but not show a command that is refused.
            let is_told = match trimmed(&shown) {
                [] => !matches!(exit, 2 | 101),
                shown => is_shown(shown, trimmed(&lines)),
            };
            if !is_told {
                faults.push(format!(
                    "{path}:{line}: `{command}` ends with {exit} and prints\n{found}"
                ));
            }
        }
    }
    faults
}

/// Without the blank lines at the end, which a page has between two commands.
fn trimmed<'a, 'b>(mut lines: &'a [&'b str]) -> &'a [&'b str] {
    while let [rest @ .., last] = lines
        && last.trim().is_empty()
    {
        lines = rest;
    }
    lines
}

#[test]
fn what_the_pages_show_is_what_the_program_prints() {
    let mut wrong = Vec::new();
    for path in pages_with_commands() {
        let Ok(page) = fs::read_to_string(in_repository(&path)) else { continue };
        wrong.extend(faults(&path, &page, &reader_folder(&path.replace('/', "-"))));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn a_page_that_shows_something_else_is_found_out() {
    let folder = reader_folder("self-test");
    let check = |page: &str, expected: usize| {
        let found = faults("page.md", page, &folder);
        assert_eq!(found.len(), expected, "{page}\n{}", found.join("\n"));
    };
    let block = |text: &str| format!("Text.\n\n```console\n{text}```\n");
    check(
        &block(
            "$ cutover check scenarios/ecs-hook-not-invoked.yaml\nscenarios/ecs-hook-not-invoked.yaml: ok\n",
        ),
        0,
    );
    check(
        &block(
            "$ cutover check scenarios/ecs-hook-not-invoked.yaml\nscenarios/ecs-hook-not-invoked.yaml: oh\n",
        ),
        1,
    );
    check(&block("$ cutover configs\n...\n"), 0);
    check(&block("$ cutover configs\n"), 0);
    check(&block("$ cutover config\n"), 1);
    check(&block("$ cutover configs\nnothing\n"), 1);
    check(&block("$ cutover explain CUT9999\n...\n$ echo $?\n2\n"), 0);
    check(&block("$ cutover explain CUT9999\n...\n$ echo $?\n0\n"), 1);
    check(
        &block(
            "$ cutover run scenarios/ecs-canary.yaml --quiet \\\n    --seed 1\nSucceeded after 12:00\n",
        ),
        0,
    );
    check(&block("$ cutover explain | head -1\nCUT0001 error   a file cannot be read\n"), 0);
    check(&block("$ rm -rf /\nwhatever\n"), 0);
    check("```sh\n$ cutover configs\n```\n", 0);
}
