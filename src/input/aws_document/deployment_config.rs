//! A CodeDeploy deployment configuration, described by a document or by a known name.
//!
//! Here: how traffic moves; how many hosts stay healthy is read in `hosts`. Not the steps and batches that follow from
//! it (`scenario::traffic_routing`, `scenario::hosts`). Rules: CD-TRAF-6, CD-TRAF-7, CD-VAL-5, CD-VAL-19, CD-VAL-20,
//! CD-CFG-1 to CD-CFG-4.

pub mod hosts;
mod shorthand;
#[cfg(test)]
mod tests;

pub use shorthand::is_shorthand;

use super::envelope::Answer;
use super::kind::{Kind, expected};
use super::naming::code_deploy_name;
use super::value::{no_platform, number, spanned};
use crate::aws::deployment_config::TrafficRoutingType;
use crate::aws::exception::Exception;
use crate::aws::name::ComputePlatform;
use crate::diagnostic::{Diagnostic, Diagnostics, Span, Spanned, code};
use crate::input::decode::{Field, Map, choice, nearest};
use crate::input::tree::{Node, shortened};
use crate::scenario::traffic_routing::{
    InvalidRouting, PREDEFINED, PredefinedConfig, TrafficRouting, predefined,
};

/// What a deployment configuration says.
#[derive(Clone, Debug, PartialEq)]
pub struct DeploymentConfig {
    /// `deploymentConfigName`, if it is written.
    pub name: Option<Spanned<String>>,
    /// How it moves traffic.
    pub traffic_routing: TrafficRouting,
    /// The place of the whole.
    pub span: Span,
}

const ANSWER: Answer = Answer {
    one: "deploymentConfigInfo",
    several: "deploymentConfigsInfo",
    name: "deploymentConfigName",
    what: "deployment configuration",
};

/// Reads a deployment configuration that moves traffic: the input that makes it, the answer that describes it, its
/// `trafficRoutingConfig` alone, or the shorthand of the command line as a text.
///
/// A configuration of another platform is told, and yields none.
pub fn deployment_config(
    field: Field,
    platform: ComputePlatform,
    to: &mut Diagnostics,
) -> Option<DeploymentConfig> {
    documented(field, to, |field, to| {
        let span = field.node.span;
        if field.node.key("type").is_some() {
            let told = to.len();
            let found = routing(field, to);
            to.refuse_since(told, Exception::InvalidTrafficRoutingConfiguration);
            return Some(DeploymentConfig { name: None, traffic_routing: found?, span });
        }
        let (name, traffic_routing) = described(field, platform, to, |map| {
            map.refusing(Exception::InvalidTrafficRoutingConfiguration, |map| {
                map.required("trafficRoutingConfig", routing)
            })
        })?;
        Some(DeploymentConfig { name, traffic_routing, span })
    })
}

/// Hands on the configuration in a document, whatever its envelope, or the one that a shorthand stands for.
fn documented<T>(
    field: Field,
    to: &mut Diagnostics,
    read: impl FnOnce(Field, &mut Diagnostics) -> Option<T>,
) -> Option<T> {
    let field = expected(field, &[Kind::DeploymentConfig], to)?;
    if field.node.scalar().is_some() {
        let node = shorthand::tree(field, to)?;
        return read(Field { node: &node, ..field }, to);
    }
    read(ANSWER.document(field, None, to)?, to)
}

/// The platform that a document is for, whatever its envelope: as it says, else as its settings show, else ECS.
pub fn platform_of(document: &Node) -> ComputePlatform {
    fn told(node: &Node) -> Option<ComputePlatform> {
        if let Some(text) = node.scalar() {
            return shorthand::is_of_hosts(text).then_some(ComputePlatform::Server);
        }
        let says = node.key("computePlatform").and_then(Node::scalar);
        let inside = node.entries().unwrap_or_default().iter().map(|(_, node)| node);
        let mut inside = inside.chain(node.items().unwrap_or_default());
        says.and_then(ComputePlatform::from_name)
            .or_else(|| shown_platform(node))
            .or_else(|| inside.find_map(told))
    }
    told(document).unwrap_or(ComputePlatform::Ecs)
}

/// The platform that the settings of a configuration are for, if it does not say one.
fn shown_platform(node: &Node) -> Option<ComputePlatform> {
    let has = |key: &&str| node.key(key).is_some_and(|value| !value.is_null());
    let of_hosts = HOST_OPTIONS.iter().any(has) && !TRAFFIC_OPTIONS.iter().any(has);
    (of_hosts || hosts::is_minimum(node)).then_some(ComputePlatform::Server)
}

/// The options of a configuration that are for one kind of platform only.
const HOST_OPTIONS: [&str; 2] = ["minimumHealthyHosts", "zonalConfig"];
const TRAFFIC_OPTIONS: [&str; 1] = ["trafficRoutingConfig"];

/// Reads what every configuration has, its name and its platform, and through `read` what is the platform's own.
fn described<T>(
    field: Field,
    platform: ComputePlatform,
    to: &mut Diagnostics,
    read: impl FnOnce(&mut Map<'_, '_>) -> Option<T>,
) -> Option<(Option<Spanned<String>>, T)> {
    let mut map = Map::open_aws(field, to)?;
    if let Some(fault) = platform_fault(field, map.take("computePlatform"), platform) {
        map.tell(fault);
        return None;
    }
    let config_name = map
        .optional("deploymentConfigName", code_deploy_name(Exception::InvalidDeploymentConfigName));
    for option in foreign_options(platform) {
        if let Some(option) = map.take(option) {
            map.tell(foreign_option(option, platform));
        }
    }
    let found = read(&mut map);
    map.unused();
    if let Some(own) = &config_name
        && predefined(&own.value).is_none()
        && own.value.starts_with("CodeDeployDefault.")
    {
        let title = "the name of a configuration of your own begins with `CodeDeployDefault.`";
        to.push(
            Diagnostic::new(code::UNKNOWN_CONFIG, own.span, title)
                .label("kept for those of AWS")
                .help("give it a name of its own, such as `canary-25-percent`")
                .refused_with(Exception::InvalidDeploymentConfigName),
        );
    }
    Some((config_name, found?))
}

const fn foreign_options(platform: ComputePlatform) -> &'static [&'static str] {
    match platform {
        ComputePlatform::Server => &TRAFFIC_OPTIONS,
        ComputePlatform::Ecs | ComputePlatform::Lambda => &HOST_OPTIONS,
    }
}

/// The fault of an option that another platform has.
fn foreign_option(option: Field, platform: ComputePlatform) -> Diagnostic {
    let title = format!("`{}` stands in a configuration for {platform}", option.name);
    let (label, help) = match platform {
        ComputePlatform::Server => (
            "for ECS and Lambda only",
            "take it away: hosts are deployed to as `minimumHealthyHosts` says",
        ),
        ComputePlatform::Ecs | ComputePlatform::Lambda => (
            "for EC2 deployments only",
            "take it away: traffic moves as `trafficRoutingConfig` says",
        ),
    };
    refused(option.key_span, title).label(label).help(help)
}

/// The fault of a configuration for another platform, as it says itself or as its settings show.
fn platform_fault(
    field: Field,
    written: Option<Field>,
    needed: ComputePlatform,
) -> Option<Diagnostic> {
    let node = field.node;
    let (found, span) = match written.and_then(|written| Some((written, written.node.scalar()?))) {
        Some((_, named)) if named == needed.as_str() => return None,
        Some((written, named)) => (shortened(named), written.node.span),
        None => match shown_platform(node) {
            Some(shown) if shown != needed => (shown.to_string(), node.span),
            _ => return None,
        },
    };
    if let Some(fault) = written.and_then(no_platform) {
        return Some(fault);
    }
    let title = format!("the deployment configuration is for the platform `{found}`");
    Some(
        Diagnostic::new(code::OTHER_PLATFORM, span, title)
            .label(format!("not for {needed}"))
            .help(format!("give a configuration whose `computePlatform` is `{needed}`"))
            .refused_with(Exception::InvalidDeploymentConfigName),
    )
}

/// Reads `trafficRoutingConfig`.
fn routing(field: Field, to: &mut Diagnostics) -> Option<TrafficRouting> {
    let types = TrafficRoutingType::ALL.iter().map(|kind| (kind.as_str(), *kind));
    let types = types.collect::<Vec<_>>();
    let mut map = Map::open_aws(field, to)?;
    let kind = map.required("type", choice(&types));
    let canary = map.take("timeBasedCanary");
    let linear = map.take("timeBasedLinear");
    let mut mismatch = |extra: Option<Field>, kind: TrafficRoutingType| {
        if let Some(extra) = extra {
            let title = format!("`{}` stands beside `type: {kind}`", extra.name);
            map.tell(
                refused(extra.key_span, title)
                    .label("belongs to another type")
                    .help("take it away, or name its type"),
            );
        }
    };
    let found = match kind {
        Some(kind @ TrafficRoutingType::AllAtOnce) => {
            mismatch(canary, kind);
            mismatch(linear, kind);
            Some(TrafficRouting::AllAtOnce)
        }
        Some(kind @ TrafficRoutingType::TimeBasedCanary) => {
            mismatch(linear, kind);
            if canary.is_none() {
                map.tell(lacking(field, "timeBasedCanary", "canaryPercentage", "canaryInterval"));
            }
            map.optional("timeBasedCanary", |field, to| {
                steps(field, ["canaryPercentage", "canaryInterval"], TrafficRouting::canary, to)
            })
        }
        Some(kind @ TrafficRoutingType::TimeBasedLinear) => {
            mismatch(canary, kind);
            if linear.is_none() {
                map.tell(lacking(field, "timeBasedLinear", "linearPercentage", "linearInterval"));
            }
            map.optional("timeBasedLinear", |field, to| {
                steps(field, ["linearPercentage", "linearInterval"], TrafficRouting::linear, to)
            })
        }
        None => None,
    };
    map.unused();
    found
}

/// The fault of a type without its numbers.
fn lacking(field: Field, key: &str, percentage: &str, interval: &str) -> Diagnostic {
    let kind = field.node.key("type").map_or(field.key_span, |kind| kind.span);
    refused(kind, format!("`{}` lacks `{key}`", field.name))
        .label(format!("this type needs `{key}`"))
        .help(format!("write `\"{key}\": {{\"{percentage}\": 10, \"{interval}\": 5}}`"))
}

/// Percentage and interval of canary or linear.
fn steps(
    field: Field,
    [percentage_key, interval_key]: [&'static str; 2],
    checked: impl Fn(u64, u64) -> Result<TrafficRouting, InvalidRouting>,
    to: &mut Diagnostics,
) -> Option<TrafficRouting> {
    let mut map = Map::open_aws(field, to)?;
    let percentage = map.required(percentage_key, spanned(limited(99, percentage_help)));
    let interval =
        map.required(interval_key, spanned(limited(i64::MAX, |_| "write whole minutes")));
    map.unused();
    let (percentage, interval) = (percentage?, interval?);
    let found = checked(unsigned(percentage.value), unsigned(interval.value));
    let (span, title) = match found {
        Ok(routing) => return Some(routing),
        Err(InvalidRouting::Percentage(found)) => {
            (percentage.span, format!("`{percentage_key}` is {found}, not 1 to 99"))
        }
        Err(InvalidRouting::Interval(found)) => {
            (interval.span, format!("`{interval_key}` is {found}, too long an interval"))
        }
        Err(InvalidRouting::Span { minutes }) => {
            let most = TrafficRouting::SPAN_MINUTES_MAX;
            let title =
                format!("the last step comes {minutes} minutes after the first, more than {most}");
            (interval.span, title)
        }
    };
    to.push(
        refused(span, title).label("too long").help("shorten the interval or take larger steps"),
    );
    None
}

/// A whole number from 1 on; the help may depend on what was found.
fn limited(
    most: i64,
    help: impl Fn(i64) -> &'static str,
) -> impl FnOnce(Field, &mut Diagnostics) -> Option<i64> {
    move |field, to| {
        let value = number(i64::MIN..=i64::MAX)(field, to)?;
        let bound = match value {
            _ if value < 1 => "less than 1".to_string(),
            _ if value > most => format!("more than {most}"),
            _ => return Some(value),
        };
        let title = format!("`{}` is {value}, {bound}", field.name);
        to.push(refused(field.node.span, title).label("out of range").help(help(value)));
        None
    }
}

fn percentage_help(value: i64) -> &'static str {
    match value {
        100.. => "to shift everything at once, write `type: AllAtOnce`",
        _ => "write a share of requests from 1 to 99",
    }
}

fn unsigned(value: i64) -> u64 {
    u64::try_from(value).expect("at least 1, as just checked")
}

/// The fault of a routing that CodeDeploy refuses.
fn refused(span: Span, title: impl Into<String>) -> Diagnostic {
    Diagnostic::new(code::ROUTING_REFUSED, span, title)
        .refused_with(Exception::InvalidTrafficRoutingConfiguration)
}

/// Looks up a name: one of the seventeen that AWS ships, spelt exactly, and for this platform.
pub fn config_name(
    written: &Spanned<String>,
    platform: ComputePlatform,
    to: &mut Diagnostics,
) -> Option<&'static PredefinedConfig> {
    let names_of = |platform: Option<ComputePlatform>| {
        let configs = PREDEFINED.iter();
        let configs = configs.filter(|config| platform.is_none_or(|only| config.platform == only));
        configs.map(|config| config.name).collect::<Vec<_>>()
    };
    let found = shortened(&written.value);
    match predefined(&written.value) {
        Some(config) if config.platform == platform => Some(config),
        Some(config) => {
            let title = format!("`{found}` is for the platform `{}`", config.platform);
            let twin = format!("CodeDeployDefault.{platform}{}", stem(config));
            to.push(
                Diagnostic::new(code::OTHER_PLATFORM, written.span, title)
                    .label(format!("not for {platform}"))
                    .meant(&written.value, nearest(&twin, &names_of(Some(platform))))
                    .refused_with(Exception::InvalidDeploymentConfigName),
            );
            None
        }
        None => {
            let title = format!("no deployment configuration `{found}` is known");
            let near = nearest(&written.value, &names_of(Some(platform)));
            to.push(
                Diagnostic::new(code::UNKNOWN_CONFIG, written.span, title)
                    .label("neither predefined nor described")
                    .help("describe one of your own as `deploymentConfig`")
                    .meant(
                        &written.value,
                        near.or_else(|| nearest(&written.value, &names_of(None))),
                    )
                    .refused_with(Exception::DeploymentConfigDoesNotExist),
            );
            None
        }
    }
}

/// The name of a predefined configuration without what says the platform.
fn stem(config: &PredefinedConfig) -> &'static str {
    let name = config.name.strip_prefix("CodeDeployDefault.").unwrap_or(config.name);
    name.strip_prefix(config.platform.as_str()).unwrap_or(name)
}
