//! Functions of templates by example.

use super::*;
use crate::diagnostic::{Diagnostics, Sources};
use crate::input::tree::read;

const TEMPLATE: &str = "\
Parameters:
  Stage: { Type: String, Default: live }
  Minutes: { Type: Number, Default: 5 }
  Bare: { Type: String }
Globals: { Function: { Timeout: 3, Tags: { team: shop, site: a }, Layers: [x] } }
Resources:
  Check: { Type: 'AWS::Serverless::Function', Properties: { FunctionName: pre-check } }
  Smoke: { Type: 'AWS::Lambda::Function' }
  Topic: { Type: 'AWS::SNS::Topic' }
";

/// A value in one line: texts as they are, functions as they are left.
fn shown(node: &Node) -> String {
    match &node.value {
        Value::List(items) => {
            format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(", "))
        }
        Value::Map(entries) => {
            let entry = |(key, node): &(Key, Node)| format!("{}: {}", key.name, shown(node));
            format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
        _ => node.scalar().unwrap_or("null").to_string(),
    }
}

fn tree(text: &str) -> Node {
    read("x.yaml", text.into(), &mut Sources::new(), &mut Diagnostics::new()).expect("a tree")
}

#[track_caller]
fn check(value: &str, expected: &str) {
    let (template, value) = (tree(TEMPLATE), tree(value));
    let found = Template::open(&template).resolved(&value);
    assert_eq!(shown(&found), expected);
}

#[test]
fn parameters_are_worth_their_defaults_and_functions_their_names() {
    for (short, long) in [
        ("a: !Ref Stage", "a: { Ref: Stage }"),
        ("a: !Sub 'x-${Stage}'", "a: { 'Fn::Sub': 'x-${Stage}' }"),
        ("a: !GetAtt Check.Arn", "a: { 'Fn::GetAtt': [Check, Arn] }"),
        ("a: !If [c, !Ref Stage, 1]", "a: { 'Fn::If': [c, { Ref: Stage }, 1] }"),
    ] {
        let template = tree(TEMPLATE);
        let [short, long] =
            [short, long].map(|text| Template::open(&template).resolved(&tree(text)));
        assert_eq!(shown(&short), shown(&long));
    }
    check("!Ref Stage", "live");
    check("[!Ref Minutes, !Ref Check, !Ref Smoke]", "[5, pre-check, Smoke]");
    check("!Sub '${Stage}-${ Minutes }-${!Literal}'", "live-5-${Literal}");
    check("!Sub ['${A}.${Stage}', { A: !Ref Minutes }]", "5.live");
}

#[test]
fn what_the_template_does_not_tell_is_left_as_a_function() {
    check("!Ref Bare", "{Ref: Bare}");
    check("!Ref Topic", "{Ref: Topic}");
    check("!Sub '${AWS::Region}-x'", "{Fn::Sub: ${AWS::Region}-x}");
    check("!Sub '${Stage'", "{Fn::Sub: ${Stage}");
    check("!GetAtt Topic.Version.Version", "{Fn::GetAtt: [Topic, Version.Version]}");
    check("!GetAtt Check.Version.Version", "2");
    check("{ 'Fn::GetAtt': [Check.Version, Version] }", "2");
    let title = |text: &str| {
        let (template, value) = (tree(TEMPLATE), tree(text));
        let node = Template::open(&template).resolved(&value);
        unknown(Field::new("Role", &node)).map(|told| told.title)
    };
    let told = "`Role` is `Fn::GetAtt Check.Arn`, which the template does not tell";
    assert_eq!(title("!GetAtt Check.Arn").as_deref(), Some(told));
    assert_eq!(title("!Ref Stage"), None);
    let node = tree("{ a: [1, { Ref: x }], b: { Ref: x, y: 1 } }");
    assert_eq!(left_over(&node).map(shown).as_deref(), Some("{Ref: x}"));
}

/// Otherwise a text of a megabyte would be written a hundred thousand times.
#[test]
fn no_text_grows_without_end() {
    let long = TEMPLATE.replace("live", &"x".repeat(2000));
    let template = tree(&long);
    let value = tree("!Sub '${Stage}${Stage}${Stage}'");
    assert!(function(&Template::open(&template).resolved(&value)).is_some());
    let value = tree("!Sub '${Stage}${Stage}'");
    assert_eq!(shown(&Template::open(&template).resolved(&value)).len(), 4000);
}

#[test]
fn what_holds_for_all_functions_is_joined_with_what_one_says() {
    let template = tree(TEMPLATE);
    let own = tree("Properties: { Timeout: 9, Tags: { site: b }, Layers: [y] }");
    let found = Template::open(&template).properties(&own).expect("properties");
    assert_eq!(shown(&found), "{Timeout: 9, Tags: {site: b, team: shop}, Layers: [x, y]}");
}
