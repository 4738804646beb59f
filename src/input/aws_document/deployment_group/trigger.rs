//! The triggers of a deployment group: topics that are told of its deployments.
//!
//! They are checked, and play no part. Rule: CD-VAL-15.

use crate::aws::exception::Exception;
use crate::aws::name::TriggerEventType;
use crate::diagnostic::{Diagnostic, Diagnostics, Span, code};
use crate::input::aws_document::value::{
    arn_resource, filled, is_placeholder, placeholder, plays_no_part,
};
use crate::input::decode::{Field, Map, list, listed, scalar_text, suggestion};
use crate::input::tree::shortened;

/// How many triggers a deployment group may have.
const TRIGGERS_MAX: usize = 10;

/// Reads `triggerConfigurations`.
pub fn triggers(field: Field, to: &mut Diagnostics) -> Option<()> {
    plays_no_part(field, to);
    let places = list(|field, to| {
        trigger(field, to);
        Some(field.node.span)
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
    Some(())
}

fn trigger(field: Field, to: &mut Diagnostics) -> Option<()> {
    let mut map = Map::open_aws(field, to)?;
    map.required("triggerName", filled);
    map.required("triggerTargetArn", topic);
    map.required("triggerEvents", |field, to| {
        let events = list(event)(field, to)?;
        if events.is_empty() {
            to.push(
                refused(field.node.span, format!("`{}` is empty", field.name))
                    .label("an event is needed here")
                    .help("write `[\"DeploymentFailure\"]`, or take the trigger away"),
            );
        }
        Some(())
    });
    map.unused();
    Some(())
}

fn topic(field: Field, to: &mut Diagnostics) -> Option<()> {
    let written = filled(field, to)?.value;
    if is_placeholder(&written) {
        to.push(placeholder(field, &written));
    } else if arn_resource(&written, "sns").is_none_or(str::is_empty) {
        let title = format!("`{}` is `{}`, no topic", field.name, shortened(&written));
        to.push(
            refused(field.node.span, title).label("the ARN of an SNS topic is needed here").help(
                "it has region and account: `arn:aws:sns:eu-west-1:123456789012:deployments`",
            ),
        );
    }
    Some(())
}

fn event(field: Field, to: &mut Diagnostics) -> Option<()> {
    let written = scalar_text(field, "an event", to)?;
    if TriggerEventType::from_name(written).is_none() {
        let names = TriggerEventType::ALL.iter().map(|event| event.as_str()).collect::<Vec<_>>();
        let title = format!("`{}` is no event of a trigger", shortened(written));
        to.push(
            refused(field.node.span, title)
                .label("unknown event")
                .help(format!("the events are {}", listed(&names)))
                .maybe_help(suggestion(written, &names)),
        );
    }
    Some(())
}

/// The fault of triggers that CodeDeploy refuses.
fn refused(span: Span, title: String) -> Diagnostic {
    Diagnostic::new(code::TRIGGERS_REFUSED, span, title)
}
