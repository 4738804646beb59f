//! AppSpecs for hosts by example.

use super::*;
use crate::input::aws_document::told::told;

fn read(text: &str) -> (Option<HostAppSpec>, Vec<String>) {
    told(text, |field, _, to| host_app_spec(field, to))
}

#[track_caller]
fn faulty(part: &str, expected: &[&str]) {
    let (_, lines) = read(&format!("version: 0.0\nos: linux\n{part}"));
    assert_eq!(lines, expected, "{part}");
}

fn script(location: &str, seconds: u64, runas: Option<&str>) -> Script {
    let (location, runas) = (location.to_string(), runas.map(str::to_string));
    Script { location, timeout: SimDuration::from_secs(seconds), runas }
}

/// CD-EC2-5: without a timeout a script has the whole hour.
#[test]
fn scripts_are_read_by_event_in_their_order() {
    let (found, lines) = read(
        "version: 0.0\nos: windows\nfile_exists_behavior: RETAIN\nfiles: [{source: /, destination: 'c:\\a'}]\n\
         hooks:\n  AfterInstall:\n    - {location: b.sh, timeout: '30', runas: root}\n    - location: a.sh\n  \
         ApplicationStart: []\n  ValidateService:\n  CustomEvent: [{location: c.sh}]\n",
    );
    assert_eq!(lines, [""; 0]);
    let events = [
        ("AfterInstall", vec![script("b.sh", 30, Some("root")), script("a.sh", 3600, None)]),
        ("CustomEvent", vec![script("c.sh", 3600, None)]),
    ];
    let hooks = events.map(|(event, scripts)| EventScripts { event: event.into(), scripts });
    let expected = HostAppSpec {
        os: OperatingSystem::Windows,
        file_exists_behavior: FileExistsBehavior::Retain,
        hooks: hooks.into(),
    };
    assert_eq!(found, Some(expected));
}

/// Who compares the events with a scenario's does not tell a second time that something is wrong with one.
#[test]
fn an_event_with_faulty_scripts_is_there() {
    let (found, lines) =
        read("version: 0.0\nos: linux\nhooks: { ValidateService: [{ lication: a }] }\n");
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!(found.expect("an AppSpec").hooks[0].event, "ValidateService");
}

/// CD-EC2-5.
#[test]
fn a_script_has_an_hour_and_so_have_all_of_an_event() {
    let event = |scripts: &str| format!("hooks: {{AfterInstall: [{scripts}]}}");
    faulty(&event("{location: a, timeout: 3600}, {location: b}"), &[]);
    faulty(&event("{location: a}, {location: b}"), &[]);
    faulty(
        &event("{location: a, timeout: 3601}"),
        &["CUT0236 at `3601`: `timeout` is 3601, more than 3600"],
    );
    faulty(&event("{location: a, timeout: 0}"), &["CUT0236 at `0`: `timeout` is 0, less than 1"]);
    faulty(
        &event("{location: a, timeout: soon}"),
        &["CUT0205 at `soon`: `timeout` is `soon`, not a number"],
    );
    faulty(
        &event("{location: a, timeout: 3600}, {location: b, timeout: 1}"),
        &["CUT0236 at `AfterInstall`: the scripts of `AfterInstall` have 3601 s together"],
    );
}

#[test]
fn what_a_file_cannot_have_is_warned_of_and_a_directory_may_have_it() {
    let object = |more: &str| format!("permissions: [{{object: /, {more}}}]");
    let about =
        |what: &str| format!("CUT0236 at `{what}`: `{what}` restricts an object of type `file`");
    for (key, value) in [("pattern", "'*.sh'"), ("except", "[a]")] {
        faulty(&object(&format!("{key}: {value}")), &[&about(key)]);
        faulty(&object(&format!("{key}: {value}, type: [directory]")), &[]);
    }
    faulty(&object("pattern: '**', except: []"), &[]);
    let default = "CUT0236 at `'d:u:bob:rwx'`: the entry `d:u:bob:rwx` of `acls` is a default";
    faulty(&object("acls: ['d:u:bob:rwx', 'u:bob:7']"), &[default]);
    faulty(&object("acls: ['d:u:bob:rwx'], type: directory"), &[]);
}

#[test]
fn entries_of_access_lists_and_ranges_have_their_forms() {
    for (entry, fault) in [
        ("u:bob:rwq", "ends with no permissions"),
        ("u:bob:8", "ends with no permissions"),
        ("x:bob:7", "begins with no kind of entry"),
        ("mask:bob:7", "names somebody where nobody can be named"),
        ("u:a:b:7", "has too many parts"),
    ] {
        faulty(
            &format!("permissions: [{{object: a, acls: ['{entry}']}}]"),
            &[&format!("CUT0236 at `'{entry}'`: the entry `{entry}` of `acls` {fault}")],
        );
    }
    for (range, wrong) in
        [("s0-s3:c0.c5,c9", ""), ("s0", ""), ("s:c1", "s"), ("s0:c", "c"), ("0", "0")]
    {
        let title = format!("CUT0236 at `'{range}'`: `range` has the part `{wrong}`");
        let expected: &[&str] = if wrong.is_empty() { &[] } else { &[&title] };
        faulty(
            &format!("permissions: [{{object: a, context: {{type: t, range: '{range}'}}}}]"),
            expected,
        );
    }
}
