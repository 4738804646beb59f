//! `deployment:`, or `deployments:` for several: what would be given to `CreateDeployment`, and when.
//!
//! One deployment group serves all of them: it stands in the first. What a later one does not say it has from
//! the first.

use crate::aws::exception::Exception;
use crate::aws::id::DEPLOYMENTS_MAX;
use crate::aws::name::{ComputePlatform, DeploymentCreator};
use crate::diagnostic::{Diagnostic, Diagnostics, Spanned, code};
use crate::engine::distribution::Distribution;
use crate::engine::time::SimDuration;
use crate::input::aws_document::appspec::{self, AppSpec};
use crate::input::aws_document::deployment_config::hosts::{
    HostDeploymentConfig, host_deployment_config,
};
use crate::input::aws_document::deployment_config::{self, DeploymentConfig};
use crate::input::aws_document::deployment_group::alarm::AlarmConfiguration;
use crate::input::aws_document::deployment_group::hosts::{self, HostGroup};
use crate::input::aws_document::deployment_group::lambda::lambda_group;
use crate::input::aws_document::deployment_group::{self, DeploymentGroup};
use crate::input::aws_document::deployment_request::{self, InstanceOptions};
use crate::input::aws_document::host_app_spec::host_app_spec;
use crate::input::aws_document::lambda_app_spec::{self, LambdaAppSpec};
use crate::input::aws_document::naming;
use crate::input::aws_document::service_deployment::{
    DeploymentConfiguration, deployment_configuration,
};
use crate::input::decode::{Field, Map, choice, list, text};
use crate::input::files::Files;
use crate::input::section::external::{self, ExternalSection};
use crate::input::unit;
use crate::scenario::deployment::{AutoRollback, Creation};
use crate::scenario::hosts::HostAppSpec;

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
    /// The same of instances, with what only these have.
    pub host_group: Option<HostGroup>,
    /// `revision`, on ECS.
    pub revision: Option<AppSpec>,
    /// `revision`, on Lambda.
    pub lambda_revision: Option<LambdaAppSpec>,
    /// `revision`, on instances.
    pub host_revision: Option<HostAppSpec>,
    /// Whether there is one, sound or not.
    pub has_revision: bool,
    /// `deploymentConfigName`, in place of the group's.
    pub config_name: Option<Spanned<String>>,
    /// `deploymentConfig`: a configuration of the account's own.
    pub config: Option<DeploymentConfig>,
    /// The same for instances.
    pub host_config: Option<HostDeploymentConfig>,
    /// Whether there is one, sound or not.
    pub describes_config: bool,
    /// `autoRollbackConfiguration`, in place of the group's (CD-RB-1).
    pub auto_rollback: Option<AutoRollback>,
    /// `rollback`: what a tool writes into the group that says nothing itself (CD-RBC-4).
    pub rollback_preset: Option<RollbackPreset>,
    /// `overrideAlarmConfiguration`, in place of the group's (CD-ALM-1).
    pub alarms: Option<AlarmConfiguration>,
    /// `creator`: a caller of `CreateDeployment`, or the update of a stack.
    pub creator: DeploymentCreator,
    /// `external`: the steps of a controller of somebody else's, in CodeDeploy's place.
    pub external: Option<ExternalSection>,
    /// `updateService`: what ECS itself is told, in CodeDeploy's place.
    pub update_service: Option<UpdateService>,
    /// What only a deployment to instances is asked.
    pub on_instances: InstanceOptions,
}

/// `updateService`: what would be given to `UpdateService`.
#[derive(Debug, Default)]
pub struct UpdateService {
    /// `deploymentConfiguration`, over that of the service.
    pub configuration: DeploymentConfiguration,
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

/// Who may create a deployment that nothing else caused.
const CREATORS: [(&str, DeploymentCreator); 2] =
    [("user", DeploymentCreator::User), ("CloudFormation", DeploymentCreator::CloudFormation)];

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
    if map.has("external") || map.has("updateService") {
        return without_code_deploy(map, platform, files);
    }
    let group_name = map.optional("deploymentGroupName", text);
    let mut host_group = None;
    let group = map.optional("deploymentGroup", |field: Field, to: &mut Diagnostics| {
        let named = group_name.as_deref();
        match platform {
            ComputePlatform::Lambda => lambda_group(field, named, to).map(DeploymentGroup::from),
            ComputePlatform::Server => {
                host_group = hosts::host_group(field, named, to);
                host_group.as_ref().map(|group| DeploymentGroup::of(&group.settings, group.span))
            }
            ComputePlatform::Ecs => deployment_group::deployment_group(field, named, to),
        }
    });
    DeploymentSection { host_group, ..common(map, group, platform, files) }
}

/// ECS itself deploys, or a controller of somebody else's: CodeDeploy's own keys have no meaning beside them.
fn without_code_deploy(
    map: &mut Map<'_, '_>,
    platform: ComputePlatform,
    files: &mut Files<'_>,
) -> DeploymentSection {
    let own = if map.has("external") { "external" } else { "updateService" };
    const OF_CODE_DEPLOY: [&str; 8] = [
        "deploymentGroup",
        "deploymentGroupName",
        "revision",
        "deploymentConfig",
        "deploymentConfigName",
        "autoRollbackConfiguration",
        "rollback",
        "overrideAlarmConfiguration",
    ];
    for key in OF_CODE_DEPLOY {
        if let Some(field) = map.take(key) {
            let title = format!("`{key}` stands beside `{own}`");
            map.tell(
                Diagnostic::new(code::CONFLICTING_KEYS, field.key_span, title)
                    .label("CodeDeploy has no part in it")
                    .help("take one of the two away"),
            );
        }
    }
    if own == "external"
        && let Some(field) = map.take("updateService")
    {
        map.tell(
            Diagnostic::new(
                code::CONFLICTING_KEYS,
                field.key_span,
                "`updateService` stands beside `external`",
            )
            .label("a service has one deployment controller")
            .help("take one of the two away"),
        );
    }
    let external = map.optional("external", external::external);
    DeploymentSection { external, ..common(map, None, platform, files) }
}

/// A configuration and the name of one cannot both hold.
fn refuse_two_rollbacks(map: &mut Map<'_, '_>) {
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
    refuse_two_rollbacks(map);
    let presets = RollbackPreset::NAMES;
    let (mut revision, mut lambda_revision, mut host_revision) = (None, None, None);
    let (mut config, mut host_config) = (None, None);
    map.optional("revision", |field: Field<'_>, to: &mut Diagnostics| {
        match platform {
            ComputePlatform::Lambda => {
                lambda_revision = lambda_app_spec::lambda_app_spec(field, files.sources(), to);
            }
            ComputePlatform::Ecs => revision = appspec::app_spec(field, files.sources(), to),
            ComputePlatform::Server => host_revision = host_app_spec(field, to),
        }
        Some(())
    });
    map.optional("deploymentConfig", |field: Field, to: &mut Diagnostics| {
        match platform {
            ComputePlatform::Server => host_config = host_deployment_config(field, to),
            _ => config = deployment_config::deployment_config(field, platform, to),
        }
        Some(())
    });
    let section = DeploymentSection {
        creation: Creation::At(SimDuration::ZERO),
        retry: None,
        deploys: map.optional("deploys", spanned),
        group,
        host_group: None,
        revision,
        lambda_revision,
        host_revision,
        has_revision: map.has("revision"),
        config_name: map.optional(
            "deploymentConfigName",
            naming::code_deploy_name(Exception::InvalidDeploymentConfigName),
        ),
        config,
        host_config,
        describes_config: map.has("deploymentConfig"),
        auto_rollback: deployment_group::own_auto_rollback(map),
        rollback_preset: map.optional("rollback", choice(&presets)),
        alarms: map.optional("overrideAlarmConfiguration", deployment_group::alarm::alarms),
        external: None,
        update_service: map.optional("updateService", update_service),
        creator: map.or("creator", choice(&CREATORS), DeploymentCreator::User),
        on_instances: InstanceOptions::default(),
    };
    let on_instances = match platform {
        ComputePlatform::Server => deployment_request::instance_options(map),
        ComputePlatform::Ecs | ComputePlatform::Lambda => {
            deployment_request::options(map);
            InstanceOptions::default()
        }
    };
    DeploymentSection { on_instances, ..section }
}

/// `updateService`: other keys of the call say nothing that the simulation knows.
fn update_service(field: Field, to: &mut Diagnostics) -> Option<UpdateService> {
    let mut map = Map::open_aws(field, to)?;
    for key in ["cluster", "service", "taskDefinition", "forceNewDeployment"] {
        map.has(key);
    }
    let configuration = map.or(
        "deploymentConfiguration",
        deployment_configuration,
        DeploymentConfiguration::default(),
    );
    map.unused();
    Some(UpdateService { configuration })
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
