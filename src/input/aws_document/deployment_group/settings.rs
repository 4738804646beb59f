//! What deployment groups of every platform have: names, rollback, alarms, triggers.
//!
//! Rules: CD-RBC-1, CD-VAL-1, CD-VAL-2, CD-VAL-5, CD-VAL-12, CD-VAL-14, CD-VAL-15.

use super::alarm::{self, AlarmConfiguration};
use super::trigger;
use crate::aws::exception::Exception;
use crate::aws::name::AutoRollbackEvent;
use crate::aws::notification::Trigger;
use crate::diagnostic::{Diagnostic, Diagnostics, Spanned, code};
use crate::input::aws_document::naming::code_deploy_name;
use crate::input::decode::{Field, Map, boolean, list, listed, nearest, scalar_text};
use crate::input::tree::{Node, shortened};
use crate::scenario::deployment::AutoRollback;

/// What a deployment group of any platform says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// `applicationName`, if it is written.
    pub application: Option<Spanned<String>>,
    /// `deploymentGroupName`, if it is written.
    pub name: Option<Spanned<String>>,
    /// `deploymentConfigName`, not looked up: a document of the scenario's may describe it.
    pub config_name: Option<Spanned<String>>,
    /// Which ends roll back.
    pub auto_rollback: AutoRollback,
    /// The alarms that stop a deployment.
    pub alarms: AlarmConfiguration,
    /// Who is told of its deployments.
    pub triggers: Vec<Trigger>,
}

impl Settings {
    /// Reads them in a group.
    pub fn read(map: &mut Map<'_, '_>) -> Settings {
        let application =
            map.optional("applicationName", code_deploy_name(Exception::InvalidApplicationName));
        let name = map.optional(
            "deploymentGroupName",
            code_deploy_name(Exception::InvalidDeploymentGroupName),
        );
        let config_name = map.optional(
            "deploymentConfigName",
            code_deploy_name(Exception::InvalidDeploymentConfigName),
        );
        map.has("computePlatform");
        let auto_rollback = own_auto_rollback(map).unwrap_or_default();
        let alarms = map.refusing(Exception::InvalidAlarmConfig, |map| {
            map.or("alarmConfiguration", alarm::alarms, AlarmConfiguration::default())
        });
        let triggers = map.refusing(Exception::InvalidTriggerConfig, |map| {
            map.or("triggerConfigurations", trigger::triggers, Vec::new())
        });
        Settings { application, name, config_name, auto_rollback, alarms, triggers }
    }

    /// Says what the owner of the group may not know.
    pub fn remark(&self, group: Field, to: &mut Diagnostics) {
        remark(group, self.auto_rollback, to);
    }
}

/// `autoRollbackConfiguration`, if it is there: of a group, or of one deployment in its place (CD-RB-1).
pub fn own_auto_rollback(map: &mut Map<'_, '_>) -> Option<AutoRollback> {
    map.refusing(Exception::InvalidAutoRollbackConfig, |map| {
        map.optional("autoRollbackConfiguration", auto_rollback)
    })
}

fn auto_rollback(field: Field, to: &mut Diagnostics) -> Option<AutoRollback> {
    let mut map = Map::open_aws(field, to)?;
    let enabled = map.or("enabled", boolean, false);
    let written = map.has("events");
    let events = map.optional("events", list(rollback_event));
    map.unused();
    if enabled && (!written || events.as_ref().is_some_and(Vec::is_empty)) {
        to.push(
            refused_rollback(field, "rollback is enabled without events".into())
                .label("no end rolls back")
                .help("write `\"events\": [\"DEPLOYMENT_FAILURE\", \"DEPLOYMENT_STOP_ON_ALARM\"]`"),
        );
    }
    let events = events.filter(|_| enabled).unwrap_or_default();
    let has = |event| events.contains(&event);
    Some(AutoRollback {
        on_failure: has(AutoRollbackEvent::DeploymentFailure),
        on_alarm: has(AutoRollbackEvent::DeploymentStopOnAlarm),
        on_request: has(AutoRollbackEvent::DeploymentStopOnRequest),
    })
}

fn rollback_event(field: Field, to: &mut Diagnostics) -> Option<AutoRollbackEvent> {
    let written = scalar_text(field, "an event", to)?;
    let found = AutoRollbackEvent::from_name(written);
    if found.is_none() {
        let names = AutoRollbackEvent::ALL.iter().map(|event| event.as_str()).collect::<Vec<_>>();
        let title = format!("`{}` is no event that rolls back", shortened(written));
        to.push(
            refused_rollback(field, title)
                .label("unknown event")
                .help(format!("the events are {}", listed(&names)))
                .meant(written, nearest(written, &names)),
        );
    }
    found
}

fn refused_rollback(field: Field, title: String) -> Diagnostic {
    Diagnostic::new(code::ROLLBACK_REFUSED, field.node.span, title)
}

/// Whether a configuration says that it is enabled, as much of it as can be read.
fn is_enabled(group: Field, key: &str) -> bool {
    let enabled = group.node.key(key).and_then(|node| node.key("enabled"));
    enabled.and_then(Node::scalar) == Some("true")
}

/// Says that a deployment of this group is never rolled back: real groups often are not, and their owners do not know.
/// That nothing watches it is said where the hook functions are known, too (CUT0324).
fn remark(field: Field, auto_rollback: AutoRollback, to: &mut Diagnostics) {
    // One that is enabled and says nothing is an error, and has been told.
    if auto_rollback != AutoRollback::default() || is_enabled(field, "autoRollbackConfiguration") {
        return;
    }
    let node = field.node.key("autoRollbackConfiguration").unwrap_or(field.node);
    let title = "a deployment that fails or is stopped is not rolled back";
    to.push(Diagnostic::new(code::NO_SAFETY_NET, node.span, title).help(
        "write `\"autoRollbackConfiguration\": {\"enabled\": true, \"events\": [\"DEPLOYMENT_FAILURE\"]}` if it should",
    ));
}
