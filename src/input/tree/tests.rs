//! Trees by example, and JSON against another strict reader.

use proptest::prelude::*;

use super::*;
use crate::diagnostic::{Diagnostics, Sources, render};

/// A tree in one line; or what was told.
fn show(name: &str, text: &str) -> String {
    let (mut sources, mut to) = (Sources::new(), Diagnostics::new());
    let node = read(name, text.into(), &mut sources, &mut to);
    let told = to.iter().map(|d| {
        let position = d.span.map(|span| sources.position(span));
        let place = position.map_or(String::new(), |at| format!("{}:{}", at.line, at.column));
        format!("{} {place} {}", d.code, d.title)
    });
    let told = told.collect::<Vec<_>>().join("; ");
    match node {
        Some(node) if told.is_empty() => compact(&node),
        Some(node) => format!("{} ({told})", compact(&node)),
        None => told,
    }
}

fn compact(node: &Node) -> String {
    let tag = node.tag.as_ref().map_or(String::new(), |tag| format!("{tag} "));
    let value = match &node.value {
        Value::Null | Value::Unread => "null".into(),
        Value::Bool(value) => value.to_string(),
        Value::Number(text) => text.clone(),
        Value::Text { text, quoted: true } => format!("{text:?}"),
        Value::Text { text, quoted: false } => format!("<{text}>"),
        Value::List(items) => {
            format!("[{}]", items.iter().map(compact).collect::<Vec<_>>().join(", "))
        }
        Value::Map(entries) => {
            let entry = |(key, node): &(Key, Node)| format!("{}: {}", key.name, compact(node));
            format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
    };
    tag + &value
}

/// The text that each scalar and key of a YAML document is said to stand at.
fn places(text: &str) -> Vec<String> {
    fn walk(node: &Node, sources: &Sources, out: &mut Vec<String>) {
        match &node.value {
            Value::List(items) => items.iter().for_each(|item| walk(item, sources, out)),
            Value::Map(entries) => {
                for (key, node) in entries {
                    out.push(sources.excerpt(key.span).to_string());
                    walk(node, sources, out);
                }
            }
            _ => out.push(sources.excerpt(node.span).to_string()),
        }
    }
    let (mut sources, mut to) = (Sources::new(), Diagnostics::new());
    let node = read("x.yaml", text.into(), &mut sources, &mut to).expect("a good document");
    let mut out = Vec::new();
    walk(&node, &sources, &mut out);
    out
}

#[test]
fn yaml_and_json_give_the_same_tree() {
    let expected = r#"{name: "a", list: [1, 2.50, true, null], map: {x: "y"}}"#;
    assert_eq!(
        show("x.json", r#"{"name": "a", "list": [1, 2.50, true, null], "map": {"x": "y"}}"#),
        expected
    );
    assert_eq!(
        show("x.yaml", "name: 'a'\nlist:\n- 1\n- 2.50\n- true\n-\nmap: {x: \"y\"}\n"),
        expected
    );
    assert_eq!(show("x.yaml", "a: 1\r\nb: |\r\n  x\r\n  y\r\n"), r#"{a: 1, b: "x\ny\n"}"#);
    assert_eq!(show("x.yaml", "--- # one\na: 1.4.0\n..."), "{a: <1.4.0>}");
    assert_eq!(show("x.json", "{\"a\": \"\\u00e4\\ud83d\\ude00\"}"), "{a: \"ä😀\"}");
}

#[test]
fn places_are_those_of_keys_and_values_also_behind_wide_characters() {
    assert_eq!(places("größe: 3€\n'zwei': \"ä\"\n"), ["größe", "3€", "'zwei'", "\"ä\""]);
    assert_eq!(
        places("a:\n- 😀\n- b: [x, 'y']\r\nc: d\r\n"),
        ["a", "😀", "b", "x", "'y'", "c", "d"]
    );
    assert_eq!(places("{\"ä\": \"ö\", \"b\": 1}"), ["\"ä\"", "\"ö\"", "\"b\"", "1"]);
}

#[test]
fn a_list_or_map_spans_from_its_first_to_its_last_value() {
    let (mut sources, mut to) = (Sources::new(), Diagnostics::new());
    let text = "a:\n  b: 1\n  c: 2\n\nd: [1,\n  2]\n";
    let node = read("x.yaml", text.into(), &mut sources, &mut to).expect("a good document");
    let of = |key| sources.excerpt(node.key(key).expect("a key").span);
    assert_eq!((of("a"), of("d")), ("b: 1\n  c: 2", "[1,\n  2]"));
}

#[test]
fn the_later_of_two_equal_keys_counts_and_that_is_told() {
    let told = "CUT0009 1:1 `a` appears twice, the later one in line 3 counts";
    assert_eq!(show("x.yaml", "a: 1\nb: 2\na: 3\n"), format!("{{a: 3, b: 2}} ({told})"));
    let told = "CUT0009 1:2 `a` appears twice, the later one in line 1 counts";
    assert_eq!(show("x.json", r#"{"a": 1, "a": 2}"#), format!("{{a: 2}} ({told})"));
}

#[test]
fn tags_are_kept_and_those_of_yaml_itself_obeyed() {
    assert_eq!(
        show("x.yaml", "a: !Ref B\nb: !GetAtt [x, y]\nc: !Sub '${z}'\nd: !If {e: 1}\n"),
        "{a: !Ref <B>, b: !GetAtt [<x>, <y>], c: !Sub \"${z}\", d: !If {e: 1}}"
    );
    assert_eq!(show("x.yaml", "[!!str 5, !!int '5', !!null '', ! 5]"), "[\"5\", 5, null, <5>]");
}

#[test]
fn aliases_are_replaced_and_merges_merged() {
    assert_eq!(
        show("x.yaml", "a: &x {k: 1}\nb: *x\nc: [*x, *x]\n"),
        "{a: {k: 1}, b: {k: 1}, c: [{k: 1}, {k: 1}]}"
    );
    assert_eq!(
        show("x.yaml", "a: &x {k: 1, l: 2}\nb: {<<: *x, l: 3}\nc:\n  l: 4\n  <<: [*x, {m: 5}]\n"),
        "{a: {k: 1, l: 2}, b: {l: 3, k: 1}, c: {l: 4, k: 1, m: 5}}"
    );
    assert_eq!(
        show("x.yaml", "a: &x 3\nb: {<<: *x}\n"),
        "CUT0014 2:9 `<<` merges the number 3, not a map"
    );
    assert_eq!(show("x.yaml", "a: *x\n").split(' ').next(), Some("CUT0012"));
    assert_eq!(show("x.yaml", "a: &x [*x]\n"), "CUT0012 1:8 the alias stands for what contains it");
}

#[test]
fn what_no_document_has_is_refused() {
    assert_eq!(
        show("x.yaml", "a: 1\n---\nb: 2\n"),
        "CUT0010 2:1 the file holds several YAML documents"
    );
    assert_eq!(show("x.yaml", "a: {{ b }}\n"), "CUT0013 1:5 a map stands where a key is needed");
    assert_eq!(show("x.yaml", "? [a]\n: 1\n").split(' ').next(), Some("CUT0013"));
    assert_eq!(show("x.yaml", "1: a\nnull: b\ntrue: c\n"), "{1: <a>, null: <b>, true: <c>}");
}

#[test]
fn broken_json_says_what_is_wrong_where() {
    let told = |text| show("x.json", text);
    assert_eq!(told("{\"a\": 1,}"), "CUT0008 1:8 a comma after the last item");
    assert_eq!(told("{\"a\": 1 \"b\": 2}"), "CUT0008 1:8 a comma is missing here");
    assert_eq!(told("{\"a\": PORT}").split(' ').next(), Some("CUT0008"));
    assert_eq!(told("{\"a\": }"), "CUT0008 1:7 no value after the colon");
    assert_eq!(told("{\"a\": 1 // x\n}"), "CUT0008 1:9 a comment, which JSON does not have");
    assert_eq!(told("{'a': 1}"), "CUT0008 1:2 a text in single quotes");
    assert_eq!(told("{a: 1}"), "CUT0008 1:2 a key without quotes");
    assert_eq!(told("{\"a\": [1, 2"), "CUT0008 1:7 a list that is not closed");
    assert_eq!(
        told("{\"a\": \"x\ny\"}"),
        "CUT0008 1:9 a text in quotes runs over the end of its line"
    );
    assert_eq!(told("\"a\": {}"), "CUT0008 1:4 more text after the end of the value");
    assert_eq!(told("{\"a\":\u{a0}1}"), "CUT0008 1:6 U+00A0 is no blank in JSON");
}

#[test]
fn a_template_is_recognised() {
    let help = |name: &str, text: &str| {
        let (mut sources, mut to) = (Sources::new(), Diagnostics::new());
        read(name, text.into(), &mut sources, &mut to);
        to.iter().filter_map(|d| d.help.clone()).collect::<String>()
    };
    for (name, text) in [
        ("x.json", "{\"p\": PORT}"),
        ("x.json", "{\"p\": ${port}}"),
        ("x.json", "{%{ if HOOKS }\"a\": 1%{ endif }}"),
        ("x.yaml", "a: {{ b }}"),
        ("x.yaml", "%{ if HOOKS }\na: 1\n%{ endif }\n"),
    ] {
        assert!(
            help(name, text).contains("run your template step first"),
            "{text}: {}",
            help(name, text)
        );
    }
}

/// A text that is nearly JSON: good JSON with a few bytes changed.
fn nearly_json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_string()),
        Just("true".to_string()),
        "-?[0-9]{1,3}(\\.[0-9]{1,2})?([eE][+-]?[0-9])?",
        "\"[a-zäß€ \\\\/nu0-9\"]{0,6}\"",
    ];
    let json = leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|v| format!("[{}]", v.join(","))),
            prop::collection::vec(("[a-c]{1,2}", inner), 0..4).prop_map(|v| {
                let entries = v.iter().map(|(key, value)| format!("\"{key}\": {value}"));
                format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
            }),
        ]
    });
    let edit = (any::<prop::sample::Index>(), "[\\[\\]{},:\"'0-9eE.+tnf/* \u{b}\u{a0}\t\n-]{0,2}");
    (json, prop::collection::vec(edit, 0..3)).prop_map(|(mut text, edits)| {
        for (index, replacement) in edits {
            let at = text.floor_char_boundary(index.index(text.len() + 1));
            let end = text.ceil_char_boundary((at + 1).min(text.len()));
            text.replace_range(at..end, &replacement);
        }
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn json_is_accepted_exactly_where_another_strict_reader_accepts_it(text in nearly_json()) {
        let mut sources = Sources::new();
        let file = sources.add("x.json", text.clone());
        let ours = text::parse(&sources, file, Format::Json, &mut Diagnostics::new()).is_some();
        // The other reader refuses numbers beyond `f64` as well; that is no matter of JSON.
        let theirs = match serde_json::from_str::<serde_json::Value>(&text) {
            Err(error) if error.to_string().contains("out of range") => {
                serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok()
            }
            result => result.is_ok(),
        };
        prop_assert_eq!(ours, theirs, "{}", text);
    }

    #[test]
    fn any_text_is_read_or_told_and_drawn(name in "x\\.(json|yaml)", text in "[\\[\\]{}a-c:,#&*!|>?'\"%@`~ \t\r\n\u{feff}ä😀0-9.<-]{0,60}") {
        let (mut sources, mut to) = (Sources::new(), Diagnostics::new());
        let node = read(&name, text.into(), &mut sources, &mut to);
        prop_assert!(node.is_some() || to.has_errors());
        render::terminal_all(&to, &sources, false);
        for diagnostic in &to {
            render::json(diagnostic, &sources);
        }
    }

    #[test]
    fn any_bytes_are_read_or_told(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        let (mut sources, mut to) = (Sources::new(), Diagnostics::new());
        let node = read("x.yaml", bytes, &mut sources, &mut to);
        prop_assert!(node.is_some() || to.has_errors());
    }
}
