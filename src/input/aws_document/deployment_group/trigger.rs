//! The triggers of a deployment group: topics that are told of its deployments.
//!
//! They are checked as CodeDeploy does; not what they are told (`analysis::notification`). Rules: CD-NOT-1,
//! CD-VAL-15.

use crate::aws::exception::Exception;
use crate::aws::notification::{Trigger, TriggerEventType};
use crate::diagnostic::{Diagnostic, Diagnostics, Span, code};
use crate::input::aws_document::value::{arn_resource, filled, is_placeholder, placeholder};
use crate::input::decode::{Field, Map, list, listed, nearest, scalar_text};
use crate::input::tree::{Node, shortened};

/// How many triggers a deployment group may have.
const TRIGGERS_MAX: usize = 10;

/// Reads `triggerConfigurations`.
pub fn triggers(field: Field, to: &mut Diagnostics) -> Option<Vec<Trigger>> {
    let mut places = Vec::new();
    let triggers = list(|field, to| {
        places.push(field.node.span);
        trigger(field, to)
    })(field, to)?;
    if let Some(&beyond) = places.get(TRIGGERS_MAX) {
        let title = format!("{} triggers, more than {TRIGGERS_MAX}", places.len());
        to.push(
            refused(beyond, title)
                .label("one too many")
                .help("let one topic have several subscribers")
                .refused_with(Exception::TriggerTargetsLimitExceeded),
        );
    }
    Some(triggers)
}

/// One of them; a name or topic that is a placeholder is told, and nobody is.
fn trigger(field: Field, to: &mut Diagnostics) -> Option<Trigger> {
    let mut map = Map::open_aws(field, to)?;
    let name = map.required("triggerName", real);
    let target_arn = map.required("triggerTargetArn", topic);
    let events = map.required("triggerEvents", |field, to| {
        let events = list(event)(field, to)?;
        if field.node.items().is_some_and(<[Node]>::is_empty) {
            to.push(
                refused(field.node.span, format!("`{}` is empty", field.name))
                    .label("an event is needed here")
                    .help("write `[\"DeploymentFailure\"]`, or take the trigger away"),
            );
        }
        Some(events)
    });
    map.unused();
    Some(Trigger { name: name?, target_arn: target_arn?, events: events? })
}

/// A text that is not empty; a placeholder is told and yields none.
fn real(field: Field, to: &mut Diagnostics) -> Option<String> {
    let written = filled(field, to)?.value;
    if is_placeholder(&written) {
        to.push(placeholder(field, &written));
        return None;
    }
    Some(written)
}

fn topic(field: Field, to: &mut Diagnostics) -> Option<String> {
    let written = real(field, to)?;
    if arn_resource(&written, "sns").is_none_or(str::is_empty) {
        let title = format!("`{}` is `{}`, no topic", field.name, shortened(&written));
        to.push(
            refused(field.node.span, title).label("the ARN of an SNS topic is needed here").help(
                "it has region and account: `arn:aws:sns:eu-west-1:123456789012:deployments`",
            ),
        );
        return None;
    }
    Some(written)
}

fn event(field: Field, to: &mut Diagnostics) -> Option<TriggerEventType> {
    let written = scalar_text(field, "an event", to)?;
    let found = TriggerEventType::from_name(written);
    if found.is_none() {
        let names = TriggerEventType::ALL.iter().map(|event| event.as_str()).collect::<Vec<_>>();
        let title = format!("`{}` is no event of a trigger", shortened(written));
        to.push(
            refused(field.node.span, title)
                .label("unknown event")
                .help(format!("the events are {}", listed(&names)))
                .meant(written, nearest(written, &names)),
        );
    }
    found
}

/// The fault of triggers that CodeDeploy refuses.
fn refused(span: Span, title: String) -> Diagnostic {
    Diagnostic::new(code::TRIGGERS_REFUSED, span, title)
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
        let text = "- { triggerName: t, triggerTargetArn: 'arn:aws:sns:eu-west-1:1:t', \
                    triggerEvents: [DeploymentFailed] }";
        let (_, lines) = told(text, |field, _, to| triggers(field, to));
        assert!(lines.len() == 1 && lines[0].starts_with("CUT0227"), "{lines:?}");
    }
}
