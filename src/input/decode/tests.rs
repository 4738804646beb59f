//! Decoding by example: one toy section, and what is told of faulty ones.

use super::*;
use crate::diagnostic::{Diagnostics, Sources};
use crate::engine::share::Share;
use crate::engine::time::SimDuration;
use crate::input::tree::read;
use crate::input::unit;

#[derive(Debug, PartialEq)]
struct Noise {
    cv: Share,
    correlation: SimDuration,
}

#[derive(Debug, PartialEq)]
struct Traffic {
    rate: f64,
    noise: Option<Noise>,
    shape: &'static str,
    seed: i64,
}

fn noise(field: Field, to: &mut Diagnostics) -> Option<Noise> {
    let mut map = Map::open(field, to)?;
    let cv = map.required("cv", unit::share);
    let correlation = map.or("correlation", unit::duration, SimDuration::from_mins(5));
    map.finish();
    Some(Noise { cv: cv?, correlation })
}

fn traffic(field: Field, to: &mut Diagnostics) -> Option<Traffic> {
    let mut map = Map::open(field, to)?;
    let rate = map.required("rate", unit::rate);
    let noise = map.optional("noise", noise);
    let shape =
        map.or("shape", choice(&[("constant", "constant"), ("daily", "daily")]), "constant");
    let seed = map.or("seed", integer(1..=1000), 1);
    map.finish();
    Some(Traffic { rate: rate?, noise, shape, seed })
}

/// The decoded section or everything that is told, a line each.
fn check(text: &str) -> String {
    let (mut sources, mut to) = (Sources::new(), Diagnostics::new());
    let node = read("x.yaml", text.into(), &mut sources, &mut to).expect("a good document");
    let traffic = traffic(Field::new("traffic", &node), &mut to);
    if !to.is_empty() {
        let told = to.iter().map(|d| {
            let help = d.help.as_ref().map_or(String::new(), |help| format!(" [{help}]"));
            let place = d.span.map_or("", |span| sources.excerpt(span));
            format!("{} at `{place}`: {}{help}", d.code, d.title)
        });
        return told.collect::<Vec<_>>().join("\n");
    }
    format!("{traffic:?}")
}

#[test]
fn a_good_section_is_decoded_with_its_defaults() {
    let decoded = check("rate: 3000/m\nnoise: {cv: 10%}\n");
    assert!(decoded.starts_with("Some(Traffic { rate: 50.0, noise: Some(Noise { cv: Share(100000000), correlation: SimDuration(300000) })"), "{decoded}");
}

#[test]
fn every_fault_is_told_not_only_the_first() {
    let expected = "\
CUT0105 at `50`: `rate` is `50`, which does not say in what time [write `50/s` for so many a second]
CUT0106 at `x`: `cv` is `x`, which is no share [write a percentage such as `2%` or a fraction such as `0.02`]
CUT0101 at `corelation`: `noise` has no key `corelation` [did you mean `correlation`?]
CUT0110 at `dayly`: `shape` is `dayly`, not one of `constant`, `daily` [did you mean `daily`?]
CUT0107 at `0`: `seed` is 0, less than 1 [write a number from 1 to 1000]";
    assert_eq!(
        check("rate: 50\nnoise: {cv: x, corelation: 5m}\nshape: dayly\nseed: 0\n"),
        expected
    );
}

#[test]
fn missing_empty_tagged_and_mistyped_values_are_told_apart() {
    assert_eq!(check("seed: 1"), "CUT0102 at `seed: 1`: `traffic` lacks `rate`");
    assert_eq!(
        check("rate:"),
        "CUT0113 at `rate`: `rate` has no value [write a value, or take the key away]"
    );
    assert_eq!(
        check("rate: !Ref x"),
        "CUT0011 at `!Ref x`: `rate` carries the tag `!Ref` [tags belong to CloudFormation: write the value itself]"
    );
    assert_eq!(check("rate: [1]"), "CUT0103 at `[1]`: `rate` is a list, not a rate");
    assert_eq!(check("[1]"), "CUT0103 at `[1]`: `traffic` is a list, not a map");
    assert!(
        check("rate: 1/s\nseed: 1.5")
            .starts_with("CUT0114 at `1.5`: `seed` is `1.5`, not a whole number")
    );
    assert!(check("rate: 1/s\nseed: 99999999999999999999999").contains("more than 1000"));
    assert!(check("rate: 1/s\nseed: '7'").contains("seed: 7"), "quotes do no harm");
}

#[test]
fn aws_documents_take_nulls_as_absent_any_case_and_list_what_is_not_used() {
    let (mut sources, mut to) = (Sources::new(), Diagnostics::new());
    let text = "{\"Name\": \"a\", \"platformversion\": null, \"other\": 1}";
    let node = read("x.json", text.into(), &mut sources, &mut to).expect("a good document");
    let mut map = Map::open_aws(Field::new("x", &node), &mut to).expect("a map").any_case();
    assert_eq!(map.required("name", super::text), Some("a".to_string()));
    assert_eq!(map.optional("PlatformVersion", super::text), None);
    let unused = map.unused();
    assert_eq!(unused.iter().map(|key| key.name.as_str()).collect::<Vec<_>>(), ["other"]);
    assert_eq!(to.count(crate::diagnostic::Severity::Note), 1);
    assert!(!to.has_errors());
}

#[test]
fn exactly_one_of_some_keys_is_asked_for() {
    let told = |text: &str| {
        let (mut sources, mut to) = (Sources::new(), Diagnostics::new());
        let node = read("x.yaml", text.into(), &mut sources, &mut to).expect("a good document");
        let mut map = Map::open(Field::new("traffic", &node), &mut to).expect("a map");
        let found = map.one_of(&["rate", "trace"]);
        (found, to.iter().map(|d| format!("{} {}", d.code, d.title)).collect::<String>())
    };
    assert_eq!(told("rate: 1"), (Some("rate"), String::new()));
    assert_eq!(told("x: 1").1, "CUT0102 `traffic` has none of `rate`, `trace`");
    assert_eq!(told("trace: a\nrate: 1").1, "CUT0112 `trace` stands beside `rate`");
}

#[test]
fn every_item_of_a_list_is_read() {
    let (mut sources, mut to) = (Sources::new(), Diagnostics::new());
    let node = read("x.yaml", "[1s, 2, x, 3s]".into(), &mut sources, &mut to).expect("a list");
    assert_eq!(list(unit::duration)(Field::new("waits", &node), &mut to), None);
    let told = to.iter().map(|d| d.title.as_str()).collect::<Vec<_>>();
    assert_eq!(
        told,
        ["`waits[1]` is `2`, which has no unit", "`waits[2]` is `x`, which is no duration"]
    );
}
