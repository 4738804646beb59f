//! The rules of the house, as tests: who may use whom, what is absent, how long things may be.
//!
//! To change the architecture is to change a line of `ROOMS`, in a commit of its own that says why. Every rule
//! is a function of a path and a text, so that the last part of this file can show that it finds what it is for.

#[path = "support/rust_source.rs"]
mod rust_source;

use rust_source::{code_only, functions, line_of, paths_above, paths_from, without_tests, words};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

// ---- the rules -------------------------------------------------------------------------------------

/// Whom a room may use.
#[derive(Clone, Copy)]
enum Uses {
    /// Everybody.
    All,
    /// These rooms, and the ground.
    Rooms(&'static [&'static str]),
    /// No other room.
    Nobody,
}

/// The rooms all others stand on.
const GROUND: [&str; 2] = ["engine", "aws"];

/// The floors, from the top down: no room uses one that stands above it.
const ROOMS: &[(&str, Uses)] = &[
    ("main", Uses::All),
    ("lib", Uses::All),
    ("cli", Uses::All),
    ("sweep", Uses::Rooms(&["simulation", "analysis", "scenario"])),
    ("simulation", Uses::Rooms(&["deploy", "cloud", "agenda", "journal", "scenario"])),
    ("deploy", Uses::Rooms(&["cloud", "agenda", "journal", "scenario"])),
    ("cloud", Uses::Rooms(&["agenda", "journal", "scenario"])),
    ("agenda", Uses::Rooms(&["journal"])),
    ("report", Uses::Rooms(&["analysis", "journal"])),
    ("analysis", Uses::Rooms(&["journal", "scenario"])),
    ("input", Uses::Rooms(&["scenario", "diagnostic"])),
    ("scenario", Uses::Rooms(&[])),
    ("journal", Uses::Rooms(&[])),
    ("diagnostic", Uses::Nobody),
    ("engine", Uses::Nobody),
    ("aws", Uses::Nobody),
];

/// What is not there, unless a path begins so. With such exceptions it is a rule for what runs, not for tests.
struct Absence {
    what: Spelling,
    but_in: &'static [&'static str],
    why: &'static str,
}

/// How something that is absent would be written.
enum Spelling {
    /// A word of code.
    Words(&'static [&'static str]),
    /// A macro.
    Macros(&'static [&'static str]),
    /// A module of `std`.
    Std(&'static [&'static str]),
}

const ABSENCES: &[Absence] = &[
    Absence {
        what: Spelling::Words(&["HashMap", "HashSet", "hash_map", "hash_set", "RandomState"]),
        but_in: &[],
        why: "its order differs from run to run: Vec by id, BTreeMap or BTreeSet",
    },
    Absence {
        what: Spelling::Std(&["time"]),
        but_in: &[],
        why: "nobody reads a clock, and durations are those of engine::time",
    },
    Absence {
        what: Spelling::Macros(&["print", "println", "eprint", "eprintln", "dbg"]),
        but_in: &["src/cli", "src/main.rs"],
        why: "only the command line prints",
    },
    Absence {
        what: Spelling::Std(&["env", "process", "net"]),
        but_in: &["src/cli", "src/main.rs"],
        why: "only the command line knows the machine",
    },
    Absence {
        what: Spelling::Std(&["fs"]),
        but_in: &["src/cli", "src/main.rs", "src/input/source.rs"],
        why: "only the command line writes files, only input/source.rs reads them",
    },
    Absence {
        what: Spelling::Std(&["thread"]),
        but_in: &["src/cli", "src/main.rs", "src/sweep"],
        why: "threads never show below sweep",
    },
];

/// What the engine has never heard of, in code, comments and names.
const AWS_WORDS: &[&str] = &[
    "aws",
    "amazon",
    "codedeploy",
    "cloudwatch",
    "ecs",
    "elb",
    "ec2",
    "lambda",
    "fargate",
    "task",
    "target group",
    "load balancer",
    "listener",
    "deployment",
    "canary",
    "rollback",
    "lifecycle",
    "alarm",
    "revision",
];

const FUNCTION_LINES_MAX: usize = 70;
const FILE_LINES_MAX: usize = 400;

/// Functions that may be longer: file, name, and why it reads better in one piece.
const LONG_FUNCTIONS: &[(&str, &str, &str)] = &[
    ("src/analysis/outcome.rs", "fold", "one arm a fact"),
    ("src/analysis/series.rs", "read", "one arm a fact"),
    ("src/journal/digest.rs", "words", "one arm a fact: that its numbers are distinct is seen"),
    ("src/report/csv.rs", "told", "one arm a fact"),
    ("src/report/narration.rs", "tell", "one arm a fact"),
    ("src/report/reason.rs", "happened", "one arm a fact"),
];

/// Files that may be longer, their tests apart, and why.
const LONG_FILES: &[(&str, &str)] = &[
    (
        "src/analysis/example.rs",
        "journals made by hand for the tests of two rooms; no part of the program",
    ),
    ("src/journal/fact.rs", "one enumeration, a variant a fact, each field with what it means"),
];

/// The families of rules in docs/semantics.
const RULE_FAMILIES: [&str; 7] = ["CD", "ECS", "ELB", "NLB", "CW", "AAS", "LAM"];

// ---- the house keeps them --------------------------------------------------------------------------

#[test]
fn every_room_uses_only_the_floors_below_it() {
    complain(over_files("src", "rs", arrows));
    for (floor, (room, uses)) in ROOMS.iter().enumerate() {
        let Uses::Rooms(used) = uses else { continue };
        let is_below = |used: &&str| ROOMS[floor + 1..].iter().any(|(below, _)| below == used);
        assert!(used.iter().all(is_below), "`{room}` uses a room that stands above it");
    }
}

#[test]
fn every_file_says_what_it_is() {
    complain(over_files("src", "rs", header));
}

#[test]
fn what_is_absent_is_absent() {
    complain(over_files("src", "rs", absences));
}

#[test]
fn the_engine_knows_no_word_of_aws() {
    complain(over_files("src/engine", "rs", aws_words));
}

#[test]
fn every_dependency_has_its_reason() {
    complain(dependencies("Cargo.toml", &read("Cargo.toml")));
}

#[test]
fn functions_and_files_stay_short() {
    complain(over_files("src", "rs", long_functions));
    complain(over_files("src", "rs", long_file));
    for (path, name, _) in LONG_FUNCTIONS {
        let code = code_only(&read(path));
        let is_long = functions(&code).iter().any(|f| f.name == *name && too_long(f.lines));
        assert!(is_long, "`{name}` in {path} is short now: take it off the list");
    }
    for (path, _) in LONG_FILES {
        let is_long = lines_without_tests(&read(path)) > FILE_LINES_MAX;
        assert!(is_long, "{path} is short now: take it off the list");
    }
}

#[test]
fn every_cited_rule_exists() {
    let pages = files("docs/semantics", "md");
    let known: BTreeSet<String> =
        pages.iter().flat_map(|(_, text)| documented_rules(text)).collect();
    assert!(known.len() > 300, "the tables of docs/semantics are read");
    let check = |path: &str, text: &str| unknown_rules(path, text, &known);
    complain(over_files("src", "rs", check));
    complain(over_files("tests", "rs", check));
}

fn complain(faults: Vec<String>) {
    assert!(faults.is_empty(), "the house has {} faults:\n{}", faults.len(), faults.join("\n"));
}

fn read(path: &str) -> String {
    let full = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&full).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every file under a folder of this package whose name ends so: path and text, in order.
fn files(under: &str, extension: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(under);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{under}: {error}"));
    let mut names: Vec<String> = entries
        .map(|entry| {
            entry.expect("a folder can be read").file_name().into_string().expect("names are UTF-8")
        })
        .collect();
    names.sort();
    let mut found = Vec::new();
    for name in names {
        let path = format!("{under}/{name}");
        if folder.join(&name).is_dir() {
            found.extend(files(&path, extension));
        } else if Path::new(&name).extension().is_some_and(|its| its == extension) {
            let text = read(&path);
            found.push((path, text));
        }
    }
    found
}

fn over_files(
    under: &str,
    extension: &str,
    check: impl Fn(&str, &str) -> Vec<String>,
) -> Vec<String> {
    let files = files(under, extension);
    assert!(!files.is_empty(), "{under} has no .{extension} file");
    files.iter().flat_map(|(path, text)| check(path, text)).collect()
}

// ---- the checks ------------------------------------------------------------------------------------

/// `src/cloud/task.rs` is of the room `cloud`, `src/main.rs` of the room `main`.
fn room_of(path: &str) -> &str {
    let inside = path.strip_prefix("src/").expect("a source file");
    inside.split('/').next().expect("a path has a first part").trim_end_matches(".rs")
}

/// How many modules deep a file is: 1 for a room's `mod.rs`.
fn depth_of(path: &str) -> usize {
    path.matches('/').count() - usize::from(path.ends_with("/mod.rs"))
}

fn uses_of(room: &str) -> Option<Uses> {
    ROOMS.iter().find(|(name, _)| *name == room).map(|(_, uses)| *uses)
}

fn arrows(path: &str, text: &str) -> Vec<String> {
    let room = room_of(path);
    let Some(uses) = uses_of(room) else {
        return vec![format!("{path}:1: the room `{room}` is in no line of the table")];
    };
    let code = code_only(text);
    let mut used = paths_from(&code, "crate");
    used.extend(paths_from(&code, "cutover"));
    let above = paths_above(&code, depth_of(path));
    used.extend(above.into_iter().filter(|(_, name)| uses_of(name).is_some()));
    used.retain(|(_, name)| name != room && !may_use(uses, name));
    used.sort();
    used.iter()
        .map(|(line, name)| format!("{path}:{line}: `{room}` may not use `{name}`"))
        .collect()
}

fn may_use(uses: Uses, name: &str) -> bool {
    match uses {
        Uses::All => uses_of(name).is_some(),
        Uses::Rooms(rooms) => GROUND.contains(&name) || rooms.contains(&name),
        Uses::Nobody => false,
    }
}

fn header(path: &str, text: &str) -> Vec<String> {
    if text.starts_with("//! ") {
        return Vec::new();
    }
    vec![format!("{path}:1: the file does not begin with `//!` and what it is")]
}

fn absences(path: &str, text: &str) -> Vec<String> {
    let all = code_only(text);
    let runs = if path.ends_with("/tests.rs") { String::new() } else { without_tests(&all) };
    let mut faults = Vec::new();
    for absence in ABSENCES {
        let code = if absence.but_in.is_empty() { &all } else { &runs };
        if absence.but_in.iter().any(|place| path.starts_with(place)) {
            continue;
        }
        let mut note = |line: usize, name: &str| {
            faults.push(format!("{path}:{line}: `{name}` is absent here: {}", absence.why));
        };
        match absence.what {
            Spelling::Words(names) => {
                for name in names {
                    words(code, name).for_each(|at| note(line_of(code, at), name));
                }
            }
            Spelling::Macros(names) => {
                for name in names {
                    let calls =
                        words(code, name).filter(|at| code[at + name.len()..].starts_with('!'));
                    calls.for_each(|at| note(line_of(code, at), name));
                }
            }
            Spelling::Std(names) => {
                for (line, name) in paths_from(code, "std") {
                    if names.contains(&name.as_str()) {
                        note(line, &name);
                    }
                }
            }
        }
    }
    faults
}

/// One word and its plural, in comments, `snake_case` and `CamelCase` alike.
fn aws_words(path: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let plain = plain_words(line);
        for word in AWS_WORDS {
            if plain.contains(&format!(" {word} ")) || plain.contains(&format!(" {word}s ")) {
                faults.push(format!("{path}:{}: `{word}` is a word of AWS", index + 1));
            }
        }
    }
    faults
}

/// Lower-case words, a blank before and behind each.
fn plain_words(line: &str) -> String {
    let mut plain = String::from(" ");
    let mut was_lower = false;
    for c in line.chars() {
        if c.is_uppercase() && was_lower {
            plain.push(' ');
        }
        was_lower = c.is_lowercase() || c.is_numeric();
        if c.is_alphanumeric() {
            plain.extend(c.to_lowercase());
        } else if !plain.ends_with(' ') {
            plain.push(' ');
        }
    }
    plain.push(' ');
    plain
}

fn dependencies(path: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let (mut in_dependencies, mut has_reason) = (false, false);
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.starts_with('[') {
            in_dependencies = line.trim_matches(['[', ']']).ends_with("dependencies");
            has_reason = false;
        } else if let Some(comment) = line.strip_prefix('#') {
            has_reason = !comment.trim().is_empty();
        } else {
            let is_dependency = in_dependencies && line.contains('=');
            if is_dependency && !has_reason && !line.contains(" # ") {
                let name = line.split(['=', '.']).next().unwrap_or(line).trim();
                faults.push(format!("{path}:{}: `{name}` has no reason beside it", index + 1));
            }
            has_reason = false;
        }
    }
    faults
}

const fn too_long(lines: usize) -> bool {
    lines > FUNCTION_LINES_MAX
}

fn long_functions(path: &str, text: &str) -> Vec<String> {
    let code = code_only(text);
    let is_listed = |name: &str| LONG_FUNCTIONS.iter().any(|(p, n, _)| (*p, *n) == (path, name));
    let long = functions(&code).into_iter().filter(|f| too_long(f.lines) && !is_listed(&f.name));
    long.map(|f| {
        format!(
            "{path}:{}: `{}` has {} lines, {FUNCTION_LINES_MAX} are enough",
            f.line, f.name, f.lines
        )
    })
    .collect()
}

fn long_file(path: &str, text: &str) -> Vec<String> {
    let lines = lines_without_tests(text);
    let is_listed = LONG_FILES.iter().any(|(listed, _)| *listed == path);
    if lines <= FILE_LINES_MAX || is_listed || path.ends_with("/tests.rs") {
        return Vec::new();
    }
    vec![format!("{path}:1: {lines} lines without tests, {FILE_LINES_MAX} are enough")]
}

/// Lines up to the last one that is not under `#[cfg(test)]`, less those that are.
fn lines_without_tests(text: &str) -> usize {
    let code = code_only(text);
    let left = without_tests(&code);
    let tests = code.lines().zip(left.lines()).filter(|(all, rest)| all != rest).count();
    text.lines().count() - tests
}

/// The ids in the first column of a page's tables.
fn documented_rules(text: &str) -> Vec<String> {
    let cells = text.lines().filter_map(|line| line.strip_prefix("| ")?.split(" |").next());
    cells.filter(|cell| is_rule(cell)).map(str::to_owned).collect()
}

/// Whether a word is a rule's id: a family, perhaps more letters and digits, a number.
fn is_rule(word: &str) -> bool {
    let parts: Vec<&str> = word.split('-').collect();
    let is_number = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
    let is_name = |part: &&str| part.starts_with(|c: char| c.is_ascii_uppercase());
    match parts.as_slice() {
        [family, middle @ .., number] => {
            RULE_FAMILIES.contains(family) && middle.iter().all(is_name) && is_number(number)
        }
        _ => false,
    }
}

fn unknown_rules(path: &str, text: &str, known: &BTreeSet<String>) -> Vec<String> {
    let unknown = cited_rules(text).into_iter().filter(|(_, id)| !known.contains(id));
    unknown.map(|(line, id)| format!("{path}:{line}: `{id}` is no row of docs/semantics")).collect()
}

/// Every rule that is cited, with its line; `CD-RB-1..3` and `CD-RB-1 to CD-RB-3` are three.
fn cited_rules(text: &str) -> Vec<(usize, String)> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let mut cited = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find(is_part).map(|offset| at + offset) {
        let end = text[start..].find(|c| !is_part(c)).map_or(text.len(), |length| start + length);
        at = end;
        let id = &text[start..end];
        if !is_rule(id) {
            continue;
        }
        let line = line_of(text, start);
        let (family, first) = id.rsplit_once('-').expect("a rule has a number");
        match (first.parse::<u32>(), last_of_range(&text[end..], family)) {
            (Ok(first), Some(last)) => {
                cited.extend((first..=last).map(|number| (line, format!("{family}-{number}"))));
            }
            _ => cited.push((line, id.to_owned())),
        }
    }
    cited
}

/// The last number of a range that begins just before this text, over the end of a comment's line too.
fn last_of_range(rest: &str, family: &str) -> Option<u32> {
    let is_gap = |c: char| c.is_whitespace() || c == '/' || c == '!';
    let last = rest.strip_prefix("..").or_else(|| {
        let to = rest.trim_start_matches(is_gap).strip_prefix("to")?;
        to.trim_start_matches(is_gap).strip_prefix(family)?.strip_prefix('-')
    })?;
    last.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

// ---- every check can fail --------------------------------------------------------------------------

/// Checks a faulty text; what is expected are the lines and a part of each complaint.
fn check(faults: &[String], expected: &[(usize, &str)]) {
    assert_eq!(faults.len(), expected.len(), "{faults:#?}");
    for (fault, (line, part)) in faults.iter().zip(expected) {
        assert!(fault.contains(&format!(":{line}: ")) && fault.contains(part), "{fault}");
    }
}

#[test]
fn an_arrow_upward_is_found_in_every_spelling() {
    let text = "//! x\nuse crate::{\n    aws::id,\n    deploy::{lambda, controller},\n};\n\
                fn f(c: &crate::simulation::Simulation) {} // crate::cli\n\
                use super::super::sweep::run;\nuse super::super::{task, input};\nuse crate::*;\n";
    let expected = [
        (4, "`cloud` may not use `deploy`"),
        (6, "`simulation`"),
        (7, "`sweep`"),
        (8, "`input`"),
        (9, "`*`"),
    ];
    check(&arrows("src/cloud/task.rs", text), &expected);
    check(&arrows("src/engine/mod.rs", "use crate::aws::id;"), &[(1, "`aws`")]);
    check(&arrows("src/report/mod.rs", "use crate::analysis;\nuse crate::scenario;"), &[(2, "")]);
    check(&arrows("src/main.rs", "use cutover::{cli, attic};"), &[(1, "`attic`")]);
}

#[test]
fn a_room_outside_the_table_is_found() {
    check(&arrows("src/util/mod.rs", "//! x"), &[(1, "no line of the table")]);
    check(&arrows("src/helpers.rs", "//! x"), &[(1, "`helpers`")]);
}

#[test]
fn a_path_within_the_room_is_no_arrow() {
    let text = "//! x\npub(in crate::cloud) fn f() {}\nmod tests { use super::super::task; }\n\
                const TEXT: &str = \"crate::deploy\"; // crate::deploy\nuse crate::engine::time;";
    check(&arrows("src/cloud/wiring/mod.rs", text), &[]);
}

#[test]
fn a_missing_header_is_found() {
    check(&header("src/x.rs", "use std::fmt;\n"), &[(1, "does not begin")]);
    check(&header("src/x.rs", "//! X.\n"), &[]);
}

#[test]
fn what_should_be_absent_is_found() {
    let text = "use std::{collections::HashMap, env};\nfn f() {\n    println!(\"println!\");\n\
                let now = std::time::Instant::now();\n    std::fs::read(\"x\");\n}\n";
    let expected = [
        (1, "`HashMap`"),
        (4, "`time`"),
        (3, "`println`"),
        (1, "`env`"),
        (5, "`fs` is absent here: only the command line"),
    ];
    check(&absences("src/report/text.rs", text), &expected);
    check(&absences("src/cli/run.rs", text), &expected[..2]);
    check(&absences("src/input/source.rs", "use std::fs;\nuse std::thread;"), &[(2, "`thread`")]);
    check(
        &absences("src/x.rs", "#[cfg(test)]\nmod tests { use std::{fs, time}; }"),
        &[(2, "`time`")],
    );
}

#[test]
fn a_word_of_aws_is_found_in_comments_and_names() {
    let text =
        "/// A task.\nstruct TargetGroups;\nlet load_balancer = 1;\nlet multitasking = target;";
    check(
        &aws_words("src/engine/x.rs", text),
        &[(1, "`task`"), (2, "`target group`"), (3, "`load balancer`")],
    );
}

#[test]
fn a_dependency_without_reason_is_found() {
    let text = "[package]\nname = \"x\"\n[dependencies]\n# why\na = \"1\"\nb = \"1\"\n\
                c = { version = \"1\" } # why\n#\nd = \"1\"\n[dev-dependencies]\ne.version = \"1\"\n";
    check(&dependencies("Cargo.toml", text), &[(6, "`b`"), (9, "`d`"), (11, "`e`")]);
}

#[test]
fn a_long_function_is_found() {
    let body = "    // }\n".repeat(FUNCTION_LINES_MAX);
    let text = format!("fn short() {{}}\nfn long(x: [u8; 3]) -> char {{\n{body}    '}}'\n}}\n");
    check(&long_functions("src/x.rs", &text), &[(2, "`long` has 73 lines")]);
}

#[test]
fn a_long_file_is_found_and_its_tests_are_not_counted() {
    let lines = "const X: u8 = 0;\n".repeat(FILE_LINES_MAX - 1);
    let tests = format!("#[cfg(test)]\nmod tests {{\n{}}}\n", "    fn x() {}\n".repeat(99));
    check(&long_file("src/x.rs", &format!("//! X.\n{lines}{tests}")), &[]);
    check(&long_file("src/x.rs", &format!("//! X.\n\n{lines}{tests}")), &[(1, "401 lines")]);
}

#[test]
fn an_unknown_rule_is_found_in_a_range_too() {
    let rows = "| CD-RB-1 | x |\n| CD-RB-2 | x |\n| NLB-4 | x |\n| U-6 | x |\n";
    let known = documented_rules(rows).into_iter().collect();
    let (one, two, network) = ("CD-RB-1", "CD-RB-2", "NLB-4");
    let text = format!(
        "{one}, {network}; {one}..2\n{one}..3\n//! {one} to\n//! {two}\n{one} to {}\nCD-T1",
        "CD-RB-9"
    );
    let mut expected = vec![(2, "`CD-RB-3`")];
    let ids: Vec<String> = (3..=9).map(|number| format!("`CD-RB-{number}`")).collect();
    expected.extend(ids.iter().map(|id| (5, id.as_str())));
    expected.push((5, "`CD-RB-9`"));
    check(&unknown_rules("src/x.rs", &text, &known), &expected);
}

#[test]
fn literals_and_comments_are_no_code() {
    let text = "a(\"\\\"b\", 'c', '\\'', r#\"d\"e\"#) /* f /* g */ */ 'h: x // i\n";
    let code = code_only(text);
    let left: Vec<&str> = code.split(|c: char| !c.is_alphanumeric()).collect();
    let left: Vec<&str> = left.into_iter().filter(|word| !word.is_empty()).collect();
    assert_eq!(left, ["a", "h", "x"]);
}
