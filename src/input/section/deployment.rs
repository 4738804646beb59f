//! `deployment:`, or `deployments:` for several: what would be given to `CreateDeployment`, and when.
//!
//! One deployment group serves all of them: it stands in the first. What a later one does not say it has from
//! the first.

use crate::aws::exception::Exception;
use crate::aws::id::DEPLOYMENTS_MAX;
use crate::aws::name::ComputePlatform;
use crate::diagnostic::{Diagnostic, Diagnostics, Spanned, code};
use crate::engine::distribution::Distribution;
use crate::engine::time::SimDuration;
use crate::input::aws_document::appspec::{self, AppSpec};
use crate::input::aws_document::deployment_config::{self, DeploymentConfig};
use crate::input::aws_document::deployment_group::alarm::AlarmConfiguration;
use crate::input::aws_document::deployment_group::lambda::lambda_group;
use crate::input::aws_document::deployment_group::{self, DeploymentGroup};
use crate::input::aws_document::lambda_app_spec::{self, LambdaAppSpec};
use crate::input::aws_document::{deployment_request, naming};
use crate::input::decode::{Field, Map, choice, list, text};
use crate::input::files::Files;
use crate::input::unit;
use crate::scenario::deployment::{AutoRollback, Creation};

/// One deployment as it is asked for.
#[derive(Debug)]
pub struct DeploymentSection {
    /// `at`, or `after: previous`.
    pub creation: Creation,
    /// `retry`.
    pub retry: Option<Distribution>,
    /// `deploys`: the revision, by its name in the scenario.
    pub deploys: Option<Spanned<String>>,
    /// `deploymentGroup`.
    pub group: Option<DeploymentGroup>,
    /// `revision`, on ECS.
    pub revision: Option<AppSpec>,
    /// `revision`, on Lambda.
    pub lambda_revision: Option<LambdaAppSpec>,
    /// Whether there is one, sound or not.
    pub has_revision: bool,
    /// `deploymentConfigName`, in place of the group's.
    pub config_name: Option<Spanned<String>>,
    /// `deploymentConfig`: a configuration of the account's own.
    pub config: Option<DeploymentConfig>,
    /// Whether there is one, sound or not.
    pub describes_config: bool,
    /// `autoRollbackConfiguration`, in place of the group's (CD-RB-1).
    pub auto_rollback: Option<AutoRollback>,
    /// `rollback`: what a tool writes into the group that says nothing itself (CD-RBC-4).
    pub rollback_preset: Option<RollbackPreset>,
    /// `overrideAlarmConfiguration`, in place of the group's (CD-ALM-1).
    pub alarms: Option<AlarmConfiguration>,
}

/// What tools write as `autoRollbackConfiguration` where nobody says. Rule: CD-RBC-4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RollbackPreset {
    /// The CDK: on failure, and on alarm if the group has an alarm.
    Cdk,
    /// SAM: on all three.
    Sam,
    /// The ECS console: on failure (CD-DEF-6).
    EcsConsole,
}

impl RollbackPreset {
    const NAMES: [(&'static str, RollbackPreset); 3] = [
        ("cdk", RollbackPreset::Cdk),
        ("sam", RollbackPreset::Sam),
        ("ecs-console", RollbackPreset::EcsConsole),
    ];

    /// What it comes to in a group that has alarms, or none.
    pub const fn configuration(self, has_alarms: bool) -> AutoRollback {
        match self {
            Self::Cdk => AutoRollback { on_failure: true, on_alarm: has_alarms, on_request: false },
            Self::Sam => AutoRollback { on_failure: true, on_alarm: true, on_request: true },
            Self::EcsConsole => {
                AutoRollback { on_failure: true, on_alarm: false, on_request: false }
            }
        }
    }
}

/// `deployment`: the only one, at instant zero.
pub fn deployment(
    field: Field,
    platform: ComputePlatform,
    files: &mut Files<'_>,
    to: &mut Diagnostics,
) -> Option<DeploymentSection> {
    let mut map = Map::open(field, to)?;
    let section = first(&mut map, platform, files);
    for key in ["at", "after", "retry"] {
        if let Some(field) = map.take(key) {
            let title = format!("`{key}` stands in a deployment that is created at the start");
            map.tell(
                Diagnostic::new(code::CONFLICTING_KEYS, field.key_span, title)
                    .label("has no meaning here")
                    .help("write a list under `deployments:` to ask for several"),
            );
        }
    }
    map.finish();
    Some(section)
}

/// `deployments`: the first at instant zero, the others at their time or one after another.
pub fn deployments(
    field: Field,
    platform: ComputePlatform,
    files: &mut Files<'_>,
    to: &mut Diagnostics,
) -> Option<Vec<DeploymentSection>> {
    let mut is_first = true;
    let sections = list(|field: Field, to: &mut Diagnostics| {
        if std::mem::take(&mut is_first) {
            deployment(field, platform, files, to)
        } else {
            let mut map = Map::open(field, to)?;
            let creation = creation(&mut map);
            let section = later(&mut map, creation, platform, files);
            map.finish();
            Some(section)
        }
    })(field, to)?;
    if !(1..=DEPLOYMENTS_MAX).contains(&sections.len()) {
        let title = format!("`deployments` has {} items", sections.len());
        to.push(
            Diagnostic::new(code::BAD_LENGTH, field.node.span, title)
                .label(format!("1 to {DEPLOYMENTS_MAX} can be played")),
        );
        return None;
    }
    Some(sections)
}

/// A later deployment, also one that an operator asks for: all but its time.
pub fn later(
    map: &mut Map<'_, '_>,
    creation: Creation,
    platform: ComputePlatform,
    files: &mut Files<'_>,
) -> DeploymentSection {
    if let Some(field) = map.take("deploymentGroup") {
        let title = "a deployment group stands in a later deployment";
        map.tell(
            Diagnostic::new(code::CONFLICTING_KEYS, field.key_span, title)
                .label("one group serves all deployments")
                .help("name it in the first deployment"),
        );
    }
    let retry = map.optional("retry", unit::latency);
    DeploymentSection { creation, retry, ..common(map, None, platform, files) }
}

fn first(
    map: &mut Map<'_, '_>,
    platform: ComputePlatform,
    files: &mut Files<'_>,
) -> DeploymentSection {
    let group_name = map.optional("deploymentGroupName", text);
    let group = map.optional("deploymentGroup", |field: Field, to: &mut Diagnostics| {
        let named = group_name.as_deref();
        match platform {
            ComputePlatform::Lambda => lambda_group(field, named, to).map(DeploymentGroup::from),
            ComputePlatform::Ecs | ComputePlatform::Server => {
                deployment_group::deployment_group(field, named, to)
            }
        }
    });
    common(map, group, platform, files)
}

fn common(
    map: &mut Map<'_, '_>,
    group: Option<DeploymentGroup>,
    platform: ComputePlatform,
    files: &mut Files<'_>,
) -> DeploymentSection {
    let spanned = |field: Field, to: &mut Diagnostics| {
        text(field, to).map(|value| Spanned { value, span: field.node.span })
    };
    if map.has("autoRollbackConfiguration")
        && let Some(field) = map.take("rollback")
    {
        map.tell(
            Diagnostic::new(
                code::CONFLICTING_KEYS,
                field.key_span,
                "`rollback` stands beside `autoRollbackConfiguration`",
            )
            .label("only one of them can hold")
            .help("take one of the two away"),
        );
    }
    let presets = RollbackPreset::NAMES;
    let (revision, lambda_revision) = match platform {
        ComputePlatform::Lambda => {
            let read = |field: Field<'_>, to: &mut Diagnostics| {
                lambda_app_spec::lambda_app_spec(field, files.sources(), to)
            };
            (None, map.optional("revision", read))
        }
        ComputePlatform::Ecs | ComputePlatform::Server => {
            let read = |field: Field<'_>, to: &mut Diagnostics| {
                appspec::app_spec(field, files.sources(), to)
            };
            (map.optional("revision", read), None)
        }
    };
    let section = DeploymentSection {
        creation: Creation::At(SimDuration::ZERO),
        retry: None,
        deploys: map.optional("deploys", spanned),
        group,
        revision,
        lambda_revision,
        has_revision: map.has("revision"),
        config_name: map.optional(
            "deploymentConfigName",
            naming::code_deploy_name(Exception::InvalidDeploymentConfigName),
        ),
        config: map.optional("deploymentConfig", |field: Field, to: &mut Diagnostics| {
            deployment_config::deployment_config(field, platform, to)
        }),
        describes_config: map.has("deploymentConfig"),
        auto_rollback: deployment_group::own_auto_rollback(map),
        rollback_preset: map.optional("rollback", choice(&presets)),
        alarms: map.optional("overrideAlarmConfiguration", deployment_group::alarm::alarms),
    };
    deployment_request::options(map);
    section
}

/// `at: 10m`, or `after: previous`.
fn creation(map: &mut Map<'_, '_>) -> Creation {
    match map.one_of(&["at", "after"]) {
        Some("at") => Creation::At(map.or("at", unit::duration, SimDuration::ZERO)),
        _ => map.or(
            "after",
            choice(&[("previous", Creation::AfterPrevious)]),
            Creation::AfterPrevious,
        ),
    }
}
