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

/// What `GetAtt` gives too.
#[test]
fn no_attribute_is_longer_than_a_parameter_may_be() {
    let name = "x".repeat(5000);
    let text =
        format!("Mappings: {{ M: {{ a: {{ b: {name} }} }} }}\nResources: {{}}\nParameters: {{}}\n");
    let template = tree(&text);
    let value = tree("!FindInMap [M, a, b]");
    assert!(function(&Template::open(&template).resolved(&value)).is_some());
}

/// A condition that rests on itself is not known, and each of many is settled once.
#[test]
fn conditions_that_name_each_other_come_to_an_end() {
    let resource = tree("{ Type: T, Condition: A }");
    let own = tree("Conditions: { A: { Fn::If: [A, x, y] } }\nResources: {}\n");
    assert!(Template::open(&own).is_made(&resource), "nobody knows that it is not");
    let twenty = |next: &str| vec![format!("{{ Condition: {next} }}"); 20].join(", ");
    let names = ["A", "B", "C", "D", "E", "F", "G", "H"];
    let all: String = names
        .windows(2)
        .map(|pair| format!("  {}: {{ Fn::And: [{}] }}\n", pair[0], twenty(pair[1])))
        .collect();
    let text = format!("Conditions:\n{all}  H: {{ Fn::Equals: [a, b] }}\nResources: {{}}\n");
    let many = tree(&text);
    assert!(!Template::open(&many).is_made(&resource));
}

#[test]
fn what_holds_for_all_functions_is_joined_with_what_one_says() {
    let template = tree(TEMPLATE);
    let own = tree("Properties: { Timeout: 9, Tags: { site: b }, Layers: [y] }");
    let found = Template::open(&template).properties(&own).expect("properties");
    assert_eq!(shown(&found), "{Timeout: 9, Tags: {site: b, team: shop}, Layers: [x, y]}");
}
