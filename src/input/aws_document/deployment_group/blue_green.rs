//! The waits of a blue/green deployment: before traffic moves, and before the original is terminated.
//!
//! Rules: CD-ECS-60 to CD-ECS-63, CD-ECS-70, CD-ECS-72, CD-ECS-74, CD-VAL-11.

use super::platform::ignored;
use crate::aws::name::{ComputePlatform, DeploymentReadyAction};
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::engine::time::SimDuration;
use crate::input::aws_document::value::{Limit, spanned};
use crate::input::decode::{Field, Map, choice, scalar_text};
use crate::input::tree::shortened;

/// What `blueGreenDeploymentConfiguration` says.
#[derive(Clone, Copy, Debug, Default)]
pub struct Waits {
    pub ready: Option<SimDuration>,
    pub termination: Option<SimDuration>,
}

/// Reads `blueGreenDeploymentConfiguration`.
pub fn waits(field: Field, to: &mut Diagnostics) -> Option<Waits> {
    let mut map = Map::open_aws(field, to)?;
    let ready = map.optional("deploymentReadyOption", ready(READY_MINUTES_MAX)).flatten();
    let original = "terminateBlueInstancesOnDeploymentSuccess";
    let termination = map.optional(original, termination).flatten();
    if let Some(option) = map.take("greenFleetProvisioningOption") {
        map.tell(ignored(option, ComputePlatform::Ecs, "the replacement is a task set"));
    }
    map.unused();
    Some(Waits { ready, termination })
}

/// The longest ready wait on ECS. Rule: CD-ECS-61.
const READY_MINUTES_MAX: i64 = 7200;

/// The longest that an original is kept. Rule: CD-ECS-72.
pub const TERMINATION_MINUTES_MAX: i64 = 2880;

/// `deploymentReadyOption`: the ready wait, if there is one, of at most so many minutes.
pub fn ready(
    minutes_max: i64,
) -> impl FnOnce(Field, &mut Diagnostics) -> Option<Option<SimDuration>> {
    move |field, to| ready_within(field, minutes_max, to)
}

fn ready_within(
    field: Field,
    minutes_max: i64,
    to: &mut Diagnostics,
) -> Option<Option<SimDuration>> {
    let minutes = Limit { range: (0, minutes_max), code: code::WAIT_REFUSED };
    let actions = DeploymentReadyAction::ALL.iter().map(|action| (action.as_str(), *action));
    let actions = actions.collect::<Vec<_>>();
    let mut map = Map::open_aws(field, to)?;
    let named = map.has("actionOnTimeout");
    let action = match map.optional("actionOnTimeout", choice(&actions)) {
        None if named => return None,
        action => action.unwrap_or(DeploymentReadyAction::ContinueDeployment),
    };
    let wait = match action {
        DeploymentReadyAction::StopDeployment => {
            map.required("waitTimeInMinutes", minutes.minutes()).map(Some)
        }
        DeploymentReadyAction::ContinueDeployment => {
            let wait = map.optional("waitTimeInMinutes", spanned(minutes.number()));
            if let Some(wait) = wait.filter(|wait| wait.value > 0) {
                let title = format!("`waitTimeInMinutes` is {}, and is ignored", wait.value);
                map.tell(
                    Diagnostic::new(code::IGNORED_OPTION, wait.span, title)
                        .label("counts for `STOP_DEPLOYMENT` only")
                        .help("with `CONTINUE_DEPLOYMENT` traffic moves at once: write 0"),
                );
            }
            Some(None)
        }
    };
    map.unused();
    wait
}

/// `terminateBlueInstancesOnDeploymentSuccess`: how long the original is kept, if it says.
fn termination(field: Field, to: &mut Diagnostics) -> Option<Option<SimDuration>> {
    let minutes = Limit { range: (0, TERMINATION_MINUTES_MAX), code: code::WAIT_REFUSED };
    let mut map = Map::open_aws(field, to)?;
    map.optional("action", |field, to| {
        let written = scalar_text(field, "an action", to)?;
        if written != "TERMINATE" {
            let title = format!("`action` is `{}`, not `TERMINATE`", shortened(written));
            to.push(
                Diagnostic::new(code::WAIT_REFUSED, field.node.span, title)
                    .label("on ECS the original is always terminated")
                    .help("to keep it longer, raise `terminationWaitTimeInMinutes`, up to 2880"),
            );
        }
        Some(())
    });
    let wait = map.optional("terminationWaitTimeInMinutes", minutes.minutes());
    map.unused();
    Some(wait)
}
