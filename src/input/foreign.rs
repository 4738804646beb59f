//! A file in the place of a scenario that is another document: it is told as what it is, and what makes a scenario of it.
//!
//! Not what a scenario lacks (`load`).

use crate::diagnostic::{Diagnostic, code};
use crate::input::aws_document::{Kind, recognise};
use crate::input::tree::Node;

/// Keys of which every scenario has one.
const OF_SCENARIOS: [&str; 3] = ["cutover", "deployment", "deployments"];

/// What is told of a document that is known and no scenario.
pub fn foreign(root: &Node, path: &str) -> Option<Diagnostic> {
    let kind = recognise(root);
    let is_scenario = OF_SCENARIOS.iter().any(|key| root.key(key).is_some());
    if is_scenario || matches!(kind, Kind::Scenario | Kind::Unknown) {
        return None;
    }
    let title = format!("`{path}` is {}, not a scenario", kind.words());
    Some(
        Diagnostic::new(code::WRONG_DOCUMENT, root.span, title)
            .label("a scenario is needed here")
            .help(format!("make one: `cutover import {path} -o scenario.yaml`")),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Diagnostics, Sources};
    use crate::input::tree::read;

    #[test]
    fn a_document_in_the_place_of_a_scenario_is_told_as_what_it_is() {
        let told = |text: &str| {
            let node = read("a.yaml", text.into(), &mut Sources::new(), &mut Diagnostics::new());
            foreign(&node.expect("a tree"), "a.yaml").map(|told| told.title)
        };
        let check = |text: &str, expected: &str| {
            let expected = format!("`a.yaml` is {expected}, not a scenario");
            assert_eq!(told(text), Some(expected), "{text}");
        };
        check(
            "version: 0.0\nResources: [{T: {Type: AWS::ECS::Service}}]",
            "an AppSpec for Amazon ECS",
        );
        check("{deploymentGroupInfo: {}}", "a deployment group");
        check("Resources: {S: {Type: AWS::ECS::Service}}", "a CloudFormation template");
        check("type=FLEET_PERCENT,value=50", "a deployment configuration");
        check("[{AlarmName: a}]", "a description of alarms");
        for text in [
            "cutover: 1",
            "deployment: {}\nservices: []",
            "{a: 1}",
            "hello",
            "resources: {service: {}}\nhooks: {}",
        ] {
            assert_eq!(told(text), None, "{text}");
        }
    }
}
