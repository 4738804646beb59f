//! The triggers of a deployment group: topics that are told of its deployments.
//!
//! Not what they are told (`analysis::notification`). Rule: CD-NOT-1.

use crate::aws::notification::{Trigger, TriggerEventType};
use crate::diagnostic::Diagnostics;
use crate::input::aws_document::value::name;
use crate::input::decode::{Field, Map, choice, list};

/// Reads `triggerConfigurations`.
pub fn triggers(field: Field, to: &mut Diagnostics) -> Option<Vec<Trigger>> {
    list(trigger)(field, to)
}

/// One of them; a name or topic that is a placeholder is told, and nobody is.
fn trigger(field: Field, to: &mut Diagnostics) -> Option<Trigger> {
    let events: Vec<_> = TriggerEventType::ALL.iter().map(|one| (one.as_str(), *one)).collect();
    let mut map = Map::open_aws(field, to)?;
    let trigger_name = map.required("triggerName", name);
    let target_arn = map.required("triggerTargetArn", name);
    let events = map.required("triggerEvents", list(|field, to| choice(&events)(field, to)));
    map.unused();
    Some(Trigger { name: trigger_name?.value, target_arn: target_arn?.value, events: events? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::aws_document::told::told;

    #[test]
    fn triggers_are_read_with_their_events() {
        let text = "- { triggerName: t, triggerTargetArn: 'arn:aws:sns:eu-west-1:1:t', \
                    triggerEvents: [DeploymentStop, InstanceReady] }";
        let (found, lines) = told(text, |field, _, to| triggers(field, to));
        assert!(lines.is_empty(), "{lines:?}");
        let expected = Trigger {
            name: "t".into(),
            target_arn: "arn:aws:sns:eu-west-1:1:t".into(),
            events: vec![TriggerEventType::DeploymentStop, TriggerEventType::InstanceReady],
        };
        assert_eq!(found, Some(vec![expected]));
    }

    #[test]
    fn an_event_that_no_trigger_has_is_told() {
        let text = "- { triggerName: t, triggerTargetArn: t, triggerEvents: [DeploymentFailed] }";
        let (_, lines) = told(text, |field, _, to| triggers(field, to));
        assert!(lines.len() == 1 && lines[0].starts_with("CUT0110"), "{lines:?}");
    }
}
