//! Gradual deployments of Lambda functions as a template of the Serverless Application Model asks for them.
//!
//! What its functions give is settled in `template`; what SAM makes of a preference is a deployment group of CodeDeploy.
//! Not the functions' code, nor their events. Rules: CD-CFG-2, CD-LAM-3.

mod alarm;
#[cfg(test)]
mod tests;

pub use super::template::NEW_VERSION;
pub use alarm::{ALARMS, SamAlarm, described as described_alarms, name_of as name_of_alarm};

use super::deployment_config::{DeploymentConfig, deployment_config};
use super::deployment_group::triggers;
use super::kind::{Kind, expected};
use super::template::{Template, api_spelling, function, left_over, told, unknown};
use super::value::{count, filled, name, seconds, spanned};
use crate::aws::name::ComputePlatform;
use crate::aws::notification::Trigger;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity, Span, Spanned, code};
use crate::engine::time::SimDuration;
use crate::input::decode::{Field, Map, boolean, text};
use crate::input::tree::{Key, Node, Value};
use crate::scenario::traffic_routing::predefined;

/// How many resources a template may have.
const RESOURCES_MAX: usize = 500;

/// What a template asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct SamTemplate {
    /// The gradual deployments, in the order of the functions. Never empty.
    pub deployments: Vec<SamDeployment>,
    /// The alarms that these name and the template describes.
    pub alarms: Vec<SamAlarm>,
}

/// A function whose traffic moves gradually.
#[derive(Clone, Debug, PartialEq)]
pub struct SamDeployment {
    /// The logical id of the function.
    pub logical_id: Spanned<String>,
    /// The name it goes by: `FunctionName`, or its logical id where CloudFormation makes the name.
    pub function: String,
    /// `AutoPublishAlias`; absent if the template does not tell.
    pub alias: Option<Spanned<String>>,
    /// The deployment configuration; absent if the template does not tell.
    pub config: Option<SamConfig>,
    /// The alarms that stop a deployment, by name.
    pub alarms: Vec<Spanned<String>>,
    /// `PreTraffic`: the function that is bound to `BeforeAllowTraffic`.
    pub pre_traffic: Option<Spanned<String>>,
    /// `PostTraffic`: the function that is bound to `AfterAllowTraffic`.
    pub post_traffic: Option<Spanned<String>>,
    /// Who is told of its deployments.
    pub triggers: Vec<Trigger>,
    /// `ReservedConcurrentExecutions`: the most executions at a time.
    pub reserved_concurrency: Option<u32>,
    /// `ProvisionedConcurrentExecutions` of the alias: environments that are kept ready.
    pub provisioned_concurrency: Option<u32>,
    /// `Timeout`: 1 to 900 s.
    pub timeout: Option<SimDuration>,
    /// `MemorySize`: 128 to 10240 MiB.
    pub memory_mib: Option<u32>,
    /// The place of the preference.
    pub span: Span,
}

/// A deployment configuration, as a template names it.
#[derive(Clone, Debug, PartialEq)]
pub enum SamConfig {
    /// By its name; those of AWS by the long one, `CodeDeployDefault.LambdaAllAtOnce`.
    Named(Spanned<String>),
    /// By a resource of the template.
    Described(DeploymentConfig),
}

/// Reads the gradual deployments of a template, of which there is at least one, and the alarms that watch them.
///
/// Parameters are worth what is given of them, else their defaults.
pub fn sam_template(
    field: Field,
    parameters: Option<&Node>,
    to: &mut Diagnostics,
) -> Option<SamTemplate> {
    let field = expected(field, &[Kind::Sam, Kind::CloudFormation], to)?;
    let template = Template::open(field.node).with_parameters(parameters);
    if let Some((beyond, _)) = template.resources().get(RESOURCES_MAX) {
        let title = format!("the template has more than {RESOURCES_MAX} resources");
        to.push(
            refused(beyond.span, title)
                .label("one too many")
                .help("divide it into several templates"),
        );
        return None;
    }
    let (told, mut deployments) = (to.len(), Vec::new());
    for (key, resource) in template.of_type("AWS::Serverless::Function") {
        if let Some(properties) = template.properties(resource) {
            let field = Field { name: &key.name, node: &properties, key_span: key.span };
            deployments.extend(deployment(&template, key, field, to));
        }
    }
    let is_error = |told: &Diagnostic| told.severity == Severity::Error;
    if deployments.is_empty() && !to.iter().skip(told).any(is_error) {
        let title = format!("`{}` has no function with a `DeploymentPreference`", field.name);
        to.push(
            refused(field.node.span, title)
                .label("nothing is deployed gradually")
                .help("write `AutoPublishAlias: live` and `DeploymentPreference: { Type: Canary10Percent5Minutes }`"),
        );
    }
    let named = deployments.iter().flat_map(|deployment: &SamDeployment| &deployment.alarms);
    let named = named.map(|alarm| &alarm.value[..]).collect();
    let alarms = alarm::described(&template, &named, to);
    (!deployments.is_empty()).then_some(SamTemplate { deployments, alarms })
}

/// Whether a function of a template has a preference, or all of them have.
pub fn has_preference(template: &Node) -> bool {
    const KEY: &str = "DeploymentPreference";
    let of_all = template.key("Globals").and_then(|globals| globals.key("Function")?.key(KEY));
    let opened = Template::open(template);
    let mut functions = opened.of_type("AWS::Serverless::Function");
    let has_own = |node: &Node| node.key("Properties").is_some_and(|all| all.key(KEY).is_some());
    functions.any(|(_, node)| of_all.is_some() || has_own(node))
}

/// The fault of what SAM refuses.
fn refused(span: Span, title: impl Into<String>) -> Diagnostic {
    Diagnostic::new(code::SAM_REFUSED, span, title)
}

/// The value of a key, unless only CloudFormation knows it, which is told.
fn known<'a, T>(
    map: &mut Map<'a, '_>,
    key: &'a str,
    read: impl FnOnce(Field, &mut Diagnostics) -> Option<T>,
) -> Option<T> {
    match map.take(key).and_then(unknown) {
        Some(fault) => {
            map.tell(fault);
            None
        }
        None => map.optional(key, read),
    }
}

/// The deployment of a function, if it has a preference that is enabled.
fn deployment(
    template: &Template,
    key: &Key,
    field: Field,
    to: &mut Diagnostics,
) -> Option<SamDeployment> {
    let mut map = Map::open_aws(field, to)?;
    let wanted = map.take("DeploymentPreference")?;
    let span = wanted.key_span;
    let preference =
        known(&mut map, "DeploymentPreference", |field, to| preference(template, field, to))?;
    let preference = preference?;
    if !map.has("AutoPublishAlias") {
        map.tell(
            refused(span, format!("`{}` has a preference and no `AutoPublishAlias`", key.name))
                .label("an alias moves from version to version")
                .help("write `AutoPublishAlias: live` beside it"),
        );
    }
    let alias = known(&mut map, "AutoPublishAlias", name);
    let reserved_concurrency =
        known(&mut map, "ReservedConcurrentExecutions", count(0..=i64::from(u32::MAX)));
    let provisioned_concurrency = known(&mut map, "ProvisionedConcurrencyConfig", |field, to| {
        let mut map = Map::open_aws(field, to)?;
        let executions =
            known(&mut map, "ProvisionedConcurrentExecutions", count(1..=i64::from(u32::MAX)));
        map.unused();
        executions
    });
    let timeout = known(&mut map, "Timeout", seconds(1..=900));
    let memory_mib = known(&mut map, "MemorySize", count(128..=10_240));
    map.unused();
    Some(SamDeployment {
        logical_id: Spanned { value: key.name.clone(), span: key.span },
        function: template.name_of_function(&key.name).unwrap_or(&key.name).to_string(),
        alias,
        reserved_concurrency,
        provisioned_concurrency,
        timeout,
        memory_mib,
        span,
        config: preference.config,
        alarms: preference.alarms,
        pre_traffic: preference.pre_traffic,
        post_traffic: preference.post_traffic,
        triggers: preference.triggers,
    })
}

/// What `DeploymentPreference` says.
struct Preference {
    config: Option<SamConfig>,
    alarms: Vec<Spanned<String>>,
    pre_traffic: Option<Spanned<String>>,
    post_traffic: Option<Spanned<String>>,
    triggers: Vec<Trigger>,
}

/// Reads `DeploymentPreference`; one that is not enabled is nothing.
fn preference(
    template: &Template,
    field: Field,
    to: &mut Diagnostics,
) -> Option<Option<Preference>> {
    let mut map = Map::open_aws(field, to)?;
    if known(&mut map, "Enabled", boolean) == Some(false) {
        return Some(None);
    }
    let kind = map.take("Type");
    if kind.is_none() {
        map.tell(
            refused(field.key_span, "`DeploymentPreference` has no `Type`")
                .label("how traffic moves is needed here")
                .help("write `Type: Canary10Percent5Minutes`, or another configuration"),
        );
    }
    let described = kind.and_then(|kind| described_by(template, kind.node));
    let config = match described {
        Some(resource) => map.optional("Type", |_, to| description(template, resource, to)),
        None => known(&mut map, "Type", |field, to| {
            let written = spanned(text)(field, to)?;
            Some(SamConfig::Named(Spanned { value: long_name(&written.value), ..written }))
        }),
    };
    let alarms = known(&mut map, "Alarms", |field, to| alarm::names(template, field, to));
    let hooks = known(&mut map, "Hooks", |field, to| {
        let mut map = Map::open_aws(field, to)?;
        let hooks = [known(&mut map, "PreTraffic", filled), known(&mut map, "PostTraffic", filled)];
        map.unused();
        Some(hooks)
    });
    let triggers = known(&mut map, "TriggerConfigurations", |field, to| {
        if let Some(left) = left_over(field.node) {
            to.push(told(
                left.span,
                format!("`{}` names what the template does not tell", field.name),
            ));
            return None;
        }
        let node = api_spelling(field.node);
        triggers(Field { node: &node, ..field }, to)
    });
    map.unused();
    let [pre_traffic, post_traffic] = hooks.unwrap_or_default();
    let (alarms, triggers) = (alarms.unwrap_or_default(), triggers.unwrap_or_default());
    Some(Some(Preference { config, alarms, pre_traffic, post_traffic, triggers }))
}

/// The name of a configuration: SAM's short names are those of AWS without the platform.
fn long_name(written: &str) -> String {
    let long = format!("CodeDeployDefault.Lambda{written}");
    if predefined(&long).is_some() { long } else { written.to_string() }
}

/// The resource that a preference's type refers to, if that describes a configuration.
fn described_by<'a>(template: &Template<'a>, kind: &Node) -> Option<&'a (Key, Node)> {
    let (of, id) = function(kind)?;
    let resource = template.resource(id.scalar()?, &["AWS::CodeDeploy::DeploymentConfig"]);
    resource.filter(|_| of == "Ref")
}

/// A configuration that the template describes, read as if it were the input of the API.
fn description(
    template: &Template,
    (key, resource): &(Key, Node),
    to: &mut Diagnostics,
) -> Option<SamConfig> {
    let mut node = template.resolved(resource.key("Properties")?);
    if let Value::Map(entries) = &mut node.value {
        // Its name changes nothing, and is often CloudFormation's own.
        entries
            .retain(|(key, node)| key.name != "DeploymentConfigName" || left_over(node).is_none());
    }
    if let Some(left) = left_over(&node) {
        to.push(told(left.span, format!("`{}` says what the template does not tell", key.name)));
        return None;
    }
    let node = api_spelling(&node);
    let field = Field { name: &key.name, node: &node, key_span: key.span };
    deployment_config(field, ComputePlatform::Lambda, to).map(SamConfig::Described)
}
