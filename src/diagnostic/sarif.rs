//! Diagnostics as SARIF 2.1.0, which code hosts and editors show at their places.
//!
//! One log of one run for all that is told at once. Lines and columns count from 1, columns in characters.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Code, Diagnostic, Severity, Sources, Span, render};

/// The whole log, ended by a line break.
pub fn sarif<'a>(all: impl IntoIterator<Item = (&'a Diagnostic, &'a Sources)>) -> String {
    let all: Vec<(&Diagnostic, &Sources)> = all.into_iter().collect();
    let codes: BTreeSet<Code> = all.iter().map(|(diagnostic, _)| diagnostic.code).collect();
    let codes: Vec<Code> = codes.into_iter().collect();
    let results: Vec<Value> = all
        .iter()
        .map(|(diagnostic, sources)| {
            let index = codes.iter().position(|code| *code == diagnostic.code);
            result(diagnostic, index.expect("every code is among them"), sources)
        })
        .collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "cutover",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": codes.into_iter().map(rule).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    format!("{log:#}\n")
}

fn rule(code: Code) -> Value {
    json!({
        "id": code.number(),
        "shortDescription": {"text": code.title()},
        "fullDescription": {"text": code.explanation()},
        "help": {"text": format!("cutover explain {code}")},
        "defaultConfiguration": {"level": level(code.severity())},
    })
}

const fn level(severity: Severity) -> &'static str {
    // SARIF has the same three words.
    severity.name()
}

fn result(diagnostic: &Diagnostic, rule: usize, sources: &Sources) -> Value {
    let mut result = json!({
        "ruleId": diagnostic.code.number(),
        "ruleIndex": rule,
        "level": level(diagnostic.severity),
        "message": {"text": message(diagnostic)},
    });
    if let Some(span) = diagnostic.span {
        result["locations"] = json!([{"physicalLocation": {
            "artifactLocation": artifact(span, sources),
            "region": region(span, sources),
        }}]);
    }
    if let Some((span, text)) = diagnostic.patch(sources) {
        result["fixes"] = json!([{
            "description": {"text": format!("write `{text}`")},
            "artifactChanges": [{
                "artifactLocation": artifact(span, sources),
                "replacements": [{
                    "deletedRegion": region(span, sources),
                    "insertedContent": {"text": text},
                }],
            }],
        }]);
    }
    result
}

/// What is wrong, how AWS refuses it, what else is worth knowing, and how to mend it, a line each.
fn message(diagnostic: &Diagnostic) -> String {
    let label = Some(&diagnostic.label).filter(|label| !label.is_empty());
    let title = match label {
        Some(label) => format!("{}: {label}", diagnostic.title),
        None => diagnostic.title.clone(),
    };
    let lines = [title].into_iter();
    let lines = lines.chain(diagnostic.refusal.map(render::refused));
    let lines = lines.chain(diagnostic.notes.iter().cloned()).chain(diagnostic.help.clone());
    lines.collect::<Vec<_>>().join("\n")
}

fn region(span: Span, sources: &Sources) -> Value {
    let (start, end) = (sources.position(span), sources.end_position(span));
    json!({
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    })
}

fn artifact(span: Span, sources: &Sources) -> Value {
    json!({"uri": uri(sources.name(span.file))})
}

/// A path as a reference that is relative to where the command runs, or one to a file from the root.
fn uri(path: &str) -> String {
    let mut uri = String::from(if path.starts_with('/') { "file://" } else { "" });
    for byte in path.bytes() {
        match byte {
            b'\\' => uri.push('/'),
            b'/' | b'-' | b'.' | b'_' | b'~' => uri.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => uri.push(char::from(byte)),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::super::code;
    use super::*;

    #[test]
    fn a_diagnostic_has_its_place_its_rule_and_its_mend() {
        let mut sources = Sources::new();
        let file = sources.add("my scenarios/a#revision.yaml", "ä: {\"nose\": 1}\n");
        let diagnostic = Diagnostic::new(code::UNKNOWN_KEY, Span::new(file, 5..11), "no `nose`")
            .label("unknown key")
            .meant("nose", Some("noise"));
        let nowhere = Diagnostic::new(code::UNREADABLE, None, "no file");
        let log = sarif([(&nowhere, &sources), (&diagnostic, &sources)]);
        let log: Value = serde_json::from_str(&log).expect("JSON");
        assert_eq!(log["version"], "2.1.0");
        let run = &log["runs"][0];
        assert_eq!(run["tool"]["driver"]["rules"][1]["id"], "CUT0101");
        assert_eq!(run["results"][0].get("locations"), None);
        let result = &run["results"][1];
        assert_eq!((&result["ruleId"], &result["ruleIndex"]), (&json!("CUT0101"), &json!(1)));
        assert_eq!(result["message"]["text"], "no `nose`: unknown key\ndid you mean `noise`?");
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "my%20scenarios/a%23revision.yaml");
        let region =
            |from, to| json!({"startLine": 1, "startColumn": from, "endLine": 1, "endColumn": to});
        assert_eq!(place["region"], region(5, 11));
        let change = &result["fixes"][0]["artifactChanges"][0];
        assert_eq!(change["replacements"][0]["deletedRegion"], region(6, 10), "quotes stay");
        assert_eq!(change["replacements"][0]["insertedContent"]["text"], "noise");
        assert_eq!(uri("/a/b"), "file:///a/b");
    }
}
