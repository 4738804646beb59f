//! AppSpecs for Lambda by example.

use super::*;
use crate::input::aws_document::told::{changed, told};

const GOOD: &str = "\
version: 0.0
Resources:
  - checkout:
      Type: AWS::Lambda::Function
      Properties: { Name: checkout, Alias: live, CurrentVersion: '41', TargetVersion: '42' }
Hooks:
  - BeforeAllowTraffic: check
";

fn read(text: &str) -> (Option<LambdaAppSpec>, Vec<String>) {
    told(text, lambda_app_spec)
}

/// The good file with one change earns this, and is usable or not.
#[track_caller]
fn check(from: &str, to: &str, usable: bool, expected: &[&str]) -> Option<LambdaAppSpec> {
    let (found, lines) = read(&changed(GOOD, from, to));
    assert_eq!(lines, expected, "{to}");
    assert_eq!(found.is_some(), usable, "{to}");
    found
}

/// What a file says, without places.
/// Function, alias, versions and what is bound.
type Said<'a> = (Option<&'a str>, Option<&'a str>, [Option<u64>; 2], Vec<String>);

fn said(found: &LambdaAppSpec) -> Said<'_> {
    let versions = [found.current_version, found.target_version];
    let hook = |hook: &HookBinding| format!("{}: {}", hook.event, hook.function.value);
    let hooks = found.hooks.iter().map(hook).collect();
    (
        found.function.as_ref().map(|name| &name.value[..]),
        found.alias.as_ref().map(|name| &name.value[..]),
        versions.map(|version| version.map(|version| version.value)),
        hooks,
    )
}

/// CD-LAM-1.
#[test]
fn function_alias_and_versions_are_read_whatever_the_case_of_the_keys() {
    let expected = (
        Some("checkout"),
        Some("live"),
        [Some(41), Some(42)],
        vec!["BeforeAllowTraffic: check".into()],
    );
    let found = check("check\n", "check\n", true, &[]).expect("a good file");
    assert_eq!(said(&found), expected);
    let small = "resources: [{ f: { type: AWS::Lambda::Function, properties: \
                 { name: checkout, alias: live, currentversion: '41', targetversion: '42' } } }]\n\
                 hooks: [{ BeforeAllowTraffic: check }]\n";
    let (found, lines) = read(&format!("version: 0.0\n{small}"));
    assert_eq!(lines, [""; 0]);
    assert_eq!(said(&found.expect("a good file")), expected);
    let (_, lines) = read(small);
    assert!(lines.len() == 1 && lines[0].starts_with("CUT0210"), "{lines:?}");
}

/// CD-LAM-1: a lower target is a way back.
#[test]
fn versions_are_positive_whole_numbers_given_as_texts() {
    let back = check("'42'", "'7'", true, &[]).expect("a way back");
    assert_eq!(back.target_version.map(|version| version.value), Some(7));
    let title = "CUT0237 at `42`: `TargetVersion` is the number 42, not a text";
    check("'42'", "42", true, &[title]);
    check("'42'", "$LATEST", true, &["CUT0212 at `$LATEST`: `TargetVersion` is `$LATEST`"]);
    for wrong in ["'0'", "'-1'", "'1.5'", "'042'", "next", "'99999999999999999999'"] {
        let plain = wrong.trim_matches('\'');
        let title = format!("CUT0212 at `{wrong}`: `TargetVersion` is `{plain}`, no version");
        check("'42'", wrong, true, &[&title]);
    }
    let title = "CUT0204 at `<NEW>`: `TargetVersion` is the placeholder `<NEW>`";
    let found = check("'42'", "<NEW>", true, &[title]).expect("a template");
    assert_eq!(found.target_version, None);
    check("'42'", "''", true, &["CUT0211 at `''`: `TargetVersion` is empty"]);
}

/// CD-LAM-1.
#[test]
fn all_four_properties_are_required() {
    for (part, key) in [
        ("Name: checkout, ", "Name"),
        ("Alias: live, ", "Alias"),
        ("CurrentVersion: '41', ", "CurrentVersion"),
        (", TargetVersion: '42'", "TargetVersion"),
    ] {
        let title = format!("CUT0102 at `Properties`: `Properties` lacks `{key}`");
        check(part, "", true, &[&title]);
    }
}

/// CD-LAM-3.
#[test]
fn only_two_events_have_hooks() {
    let title =
        |name: &str| format!("CUT0213 at `{name}`: `{name}` is no hook of a deployment on Lambda");
    for wrong in ["AfterInstall", "BeforeAllowTrafic", "ApplicationStop"] {
        check("BeforeAllowTraffic", wrong, true, &[&title(wrong)]);
    }
    let found = check("check\n", "check\n  - AfterAllowTraffic: smoke\n", true, &[]);
    assert_eq!(found.expect("two hooks").hooks.len(), 2);
}

/// CD-LAM-7.
#[test]
fn there_is_one_resource_and_it_is_a_function() {
    let second = "  - other: { Type: AWS::Lambda::Function }\nHooks:";
    let place = "other: { Type: AWS::Lambda::Function }";
    check("Hooks:", second, true, &[&format!("CUT0212 at `{place}`: `Resources` has 2 resources")]);
    let title = "CUT0212 at `AWS::Serverless::Function`: `Type` is `AWS::Serverless::Function`, not `AWS::Lambda::Function`";
    check("AWS::Lambda::Function", "AWS::Serverless::Function", true, &[title]);
    let ecs = "version: 0.0\nResources: [{ S: { Type: AWS::ECS::Service } }]\n";
    let (found, lines) = read(ecs);
    assert!(found.is_none() && lines.len() == 1 && lines[0].starts_with("CUT0202"), "{lines:?}");
}

/// CD-VAL-4.
#[test]
fn a_text_in_a_revision_is_read_and_what_is_wrong_with_it_is_an_invalid_revision() {
    let indented = GOOD.lines().map(|line| format!("      {line}\n")).collect::<String>();
    let revision = format!(
        "revision:\n  revisionType: AppSpecContent\n  appSpecContent:\n    content: |\n{indented}"
    );
    let (found, lines) = read(&revision);
    assert_eq!(lines, [""; 0]);
    assert!(found.is_some());
    let (mut sources, mut to) = (Sources::new(), Diagnostics::new());
    let text = changed(GOOD, "'42'", "$LATEST");
    let node = crate::input::tree::read("x.yaml", text.into(), &mut sources, &mut to);
    lambda_app_spec(Field::new("revision", &node.expect("a tree")), &mut sources, &mut to);
    let refusals = to.iter().map(|told| told.refusal.map(|refusal| refusal.exception));
    assert_eq!(refusals.collect::<Vec<_>>(), [Some("InvalidRevisionException")]);
}
