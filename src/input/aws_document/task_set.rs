//! What `CreateTaskSet` is given, and what `CreateService` may be given for a controller of somebody else's.
//!
//! Each call owns its parameters: one that belongs to another call is refused (ECS-EXT-2). What only the task definition
//! can tell is looked at in `join::external`.
//! Rules: CD-EXT-1 to CD-EXT-9, ECS-EXT-2 to ECS-EXT-7, ECS-EXT-10 (docs/semantics).

use super::value::{arn, count, filled, name, port};
use crate::aws::exception::Exception;
use crate::aws::service::LaunchType;
use crate::diagnostic::{Diagnostic, Diagnostics, Span, Spanned, code};
use crate::input::decode::{Field, Map, boolean, choice, list, number, scalar_text, text};
use crate::input::tree::{Value, shortened};

/// Tags of one resource at most; characters of a key and of a value at most (ECS-EXT-6).
const TAGS_MAX: usize = 50;
const TAG_KEY_MAX: usize = 128;
const TAG_VALUE_MAX: usize = 256;
/// Characters of a `clientToken` at most (ECS-EXT-6).
const CLIENT_TOKEN_MAX: usize = 36;
/// Subnets and security groups of one task set at most (ECS-EXT-7).
const SUBNETS_MAX: usize = 16;
const SECURITY_GROUPS_MAX: usize = 5;
/// Items of a capacity provider strategy at most (ECS-EXT-7).
const PROVIDERS_MAX: usize = 20;

/// What `CreateTaskSet` says that the simulation needs, and what other documents must agree with.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskSetRequest {
    /// Name of the target group, if it is written.
    pub target_group: Option<Spanned<String>>,
    /// The container that receives requests.
    pub container_name: Option<Spanned<String>>,
    /// Its port.
    pub container_port: Option<Spanned<u16>>,
    /// `launchType`, if it is written.
    pub launch_type: Option<Spanned<LaunchType>>,
    /// Where the network configuration stands, if there is one.
    pub network_configuration: Option<Span>,
    /// `scale`, in ten-thousandths of a percent; 0 where it is not written.
    pub scale: u32,
}

/// What a service of an EXTERNAL controller says that other documents must agree with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExternalService {
    /// How many placement constraints it has.
    pub placement_constraints: Option<Spanned<usize>>,
    /// How many placement strategies it has.
    pub placement_strategies: Option<Spanned<usize>>,
}

/// Keys of `CreateService` that a task set has in place of the service (ECS-EXT-2, ECS-EXT-3).
const OF_TASK_SETS: [&str; 8] = [
    "taskDefinition",
    "launchType",
    "capacityProviderStrategy",
    "platformVersion",
    "networkConfiguration",
    "loadBalancers",
    "serviceRegistries",
    "volumeConfigurations",
];
/// Keys that no service of an EXTERNAL controller has (ECS-EXT-10).
const UNSUPPORTED: [&str; 2] = ["serviceConnectConfiguration", "vpcLatticeConfigurations"];

/// A call that ECS refuses, at this place.
pub fn refused(span: Span, title: impl Into<String>) -> Diagnostic {
    Diagnostic::new(code::ECS_CALL_REFUSED, span, title).refused_with(Exception::InvalidParameter)
}

/// What a service says where a controller of somebody else's drives it: the input that creates it, or an answer.
pub fn external_service<'a>(map: &mut Map<'a, '_>, is_answer: bool) -> ExternalService {
    if !is_answer {
        for key in OF_TASK_SETS {
            if let Some(field) = map.take(key) {
                let title = format!("`{key}` stands in `CreateService`");
                map.tell(
                    refused(field.key_span, title)
                        .label("a task set has it, not the service")
                        .help("give it to `CreateTaskSet`"),
                );
            }
        }
        if let Some(field) = map.take("healthCheckGracePeriodSeconds") {
            let title = "a grace period is given before any task set has a load balancer";
            map.tell(
                refused(field.key_span, title)
                    .label("not at the creation of the service")
                    .help("name what `describe-services` answers, which has it"),
            );
        }
    }
    for key in UNSUPPORTED {
        if let Some(field) = map.take(key) {
            let title = format!("`{key}` stands in a service of an EXTERNAL controller");
            map.tell(refused(field.key_span, title).label("not with `EXTERNAL`"));
        }
    }
    map.optional("deploymentConfiguration", deployment_configuration);
    map.optional("tags", tags);
    map.optional("clientToken", client_token);
    map.optional("enableECSManagedTags", boolean);
    map.optional("propagateTags", propagate_tags);
    map.has("role");
    ExternalService {
        placement_constraints: map.optional("placementConstraints", placement_constraints),
        placement_strategies: map.optional("placementStrategy", placement_strategies),
    }
}

/// Percentages are kept and not used (ECS-ROLL-4); circuit breaker, alarms and strategies are refused (ECS-EXT-10).
fn deployment_configuration(field: Field, to: &mut Diagnostics) -> Option<()> {
    let mut map = Map::open_aws(field, to)?;
    map.optional("maximumPercent", count(0..=i64::from(i32::MAX)));
    map.optional("minimumHealthyPercent", count(0..=i64::from(i32::MAX)));
    for key in ["deploymentCircuitBreaker", "alarms", "strategy", "lifecycleHooks"] {
        let Some(found) = map.take(key) else { continue };
        let is_off = found.node.key("enable").and_then(crate::input::tree::Node::scalar)
            == Some("false")
            || found.node.scalar() == Some("ROLLING");
        if !is_off {
            let title = format!("`{key}` stands in a service of an EXTERNAL controller");
            map.tell(refused(found.key_span, title).label("for the controller `ECS` only"));
        }
    }
    map.unused();
    Some(())
}

/// At most 50, each key once, with 1 to 128 characters, not beginning with `aws:`; values have up to 256 and may be
/// absent. Rule: ECS-EXT-6.
fn tags(field: Field, to: &mut Diagnostics) -> Option<()> {
    let tags = list(tag)(field, to)?;
    if tags.len() > TAGS_MAX {
        let title = format!("`tags` has {} items, more than {TAGS_MAX}", tags.len());
        to.push(refused(field.node.span, title));
    }
    for (index, key) in tags.iter().enumerate() {
        if tags[..index].iter().any(|earlier| earlier.value == key.value) {
            let title = format!("the tag `{}` is written twice", shortened(&key.value));
            to.push(refused(key.span, title).label("the second time"));
        }
    }
    Some(())
}

fn tag(field: Field, to: &mut Diagnostics) -> Option<Spanned<String>> {
    let mut map = Map::open_aws(field, to)?;
    let key = map.required("key", |field: Field, to: &mut Diagnostics| {
        let key = text(field, to)?;
        let span = field.node.span;
        let characters = key.chars().count();
        if !(1..=TAG_KEY_MAX).contains(&characters) {
            let title = format!("the key of a tag has {characters} characters");
            to.push(refused(span, title).label(format!("1 to {TAG_KEY_MAX} are taken")));
        }
        if key.to_ascii_lowercase().starts_with("aws:") {
            let title = format!("the tag `{}` begins with `aws:`", shortened(&key));
            to.push(refused(span, title).label("kept for AWS"));
        }
        Some(Spanned { value: key, span })
    });
    map.optional("value", |field: Field, to: &mut Diagnostics| {
        let characters = text(field, to)?.chars().count();
        if characters > TAG_VALUE_MAX {
            let title = format!("the value of a tag has {characters} characters");
            to.push(
                refused(field.node.span, title).label(format!("{TAG_VALUE_MAX} at most are taken")),
            );
        }
        Some(())
    });
    map.unused();
    key
}

/// At most 36 characters of ASCII, 33 to 126. Rule: ECS-EXT-6.
fn client_token(field: Field, to: &mut Diagnostics) -> Option<()> {
    let token = text(field, to)?;
    let is_plain = token.chars().all(|c| ('!'..='~').contains(&c));
    if token.chars().count() > CLIENT_TOKEN_MAX || !is_plain {
        let title = format!("`clientToken` is `{}`", shortened(&token));
        let label = format!("at most {CLIENT_TOKEN_MAX} characters of ASCII, without spaces");
        to.push(refused(field.node.span, title).label(label));
    }
    Some(())
}

fn propagate_tags(field: Field, to: &mut Diagnostics) -> Option<()> {
    let words = ["TASK_DEFINITION", "SERVICE", "NONE"].map(|word| (word, ()));
    let told = to.len();
    let found = choice(&words)(field, to);
    to.refuse_since(told, Exception::InvalidParameter);
    found
}

/// `distinctInstance` or `memberOf`. Rule: ECS-EXT-6.
fn placement_constraints(field: Field, to: &mut Diagnostics) -> Option<Spanned<usize>> {
    placements(field, &["distinctInstance", "memberOf"], to)
}

/// `random`, `spread` or `binpack`. Rule: ECS-EXT-6.
fn placement_strategies(field: Field, to: &mut Diagnostics) -> Option<Spanned<usize>> {
    placements(field, &["random", "spread", "binpack"], to)
}

fn placements(field: Field, types: &[&str], to: &mut Diagnostics) -> Option<Spanned<usize>> {
    let items = list(|field: Field, to: &mut Diagnostics| {
        let mut map = Map::open_aws(field, to)?;
        map.required("type", |field: Field, to: &mut Diagnostics| {
            let found = scalar_text(field, "a type", to)?;
            if !types.contains(&found) {
                let title = format!("`type` is `{}`", shortened(found));
                to.push(refused(field.node.span, title).label(format!("not {}", types.join(", "))));
            }
            Some(())
        });
        map.has("expression");
        map.has("field");
        map.unused();
        Some(())
    })(field, to)?;
    Some(Spanned { value: items.len(), span: field.node.span })
}

// ---- the task set --------------------------------------------------------------------------------------

/// The parameters of `CreateTaskSet`, all but the names that the workflow gives. Rules: CD-EXT-8, ECS-EXT-7.
pub fn task_set_request(map: &mut Map<'_, '_>) -> TaskSetRequest {
    for key in ["externalId", "taskDefinition"] {
        map.optional(key, name);
    }
    map.optional("tags", tags);
    map.optional("clientToken", client_token);
    let launch_type = map.refusing(Exception::InvalidParameter, |map| {
        let types = LaunchType::ALL.iter().map(|on| (on.as_str(), *on)).collect::<Vec<_>>();
        map.optional("launchType", |field: Field, to: &mut Diagnostics| {
            let value = choice(&types)(field, to)?;
            Some(Spanned { value, span: field.node.span })
        })
    });
    providers(map, launch_type.as_ref());
    platform_version(map, launch_type.as_ref());
    let network_configuration = map.optional("networkConfiguration", network_configuration);
    map.optional("serviceRegistries", |field: Field, to: &mut Diagnostics| at_most(1, field, to));
    let balancer = map.optional("loadBalancers", load_balancers).flatten();
    let short = map.optional("targetGroup", name);
    let (target_group, container_name, container_port) = balancer.unwrap_or_default();
    TaskSetRequest {
        target_group: target_group.or(short),
        container_name,
        container_port,
        launch_type,
        network_configuration,
        scale: map.or("scale", scale, 0),
    }
}

/// `{value: 10, unit: PERCENT}`, or `10%` for short: 0 to 100 %, in ten-thousandths of a percent.
/// Rules: CD-EXT-9, ECS-EXT-7.
pub fn scale(field: Field, to: &mut Diagnostics) -> Option<u32> {
    let whole = field.node.scalar().and_then(|text| text.strip_suffix('%'));
    let percent = match (whole, &field.node.value) {
        (Some(percent), _) => percent.trim().parse::<f64>().ok(),
        (None, Value::Map(_)) => {
            let mut map = Map::open_aws(field, to)?;
            let value = map.required("value", number(f64::MIN..=f64::MAX));
            map.optional("unit", choice(&[("PERCENT", ())]));
            map.unused();
            value
        }
        _ => None,
    };
    match percent {
        Some(percent) if (0.0..=100.0).contains(&percent) => {
            Some(libm::round(percent * 10_000.0) as u32)
        }
        found => {
            let title = match found {
                Some(percent) => format!("`{}` is {percent} %", field.name),
                None => format!("`{}` is no scale", field.name),
            };
            to.push(
                refused(field.node.span, title)
                    .label("0 to 100 percent are taken")
                    .help("write `{ value: 25, unit: PERCENT }`, or `25%`"),
            );
            None
        }
    }
}

/// A launch type and a strategy of capacity providers exclude each other. Rule: ECS-EXT-7.
fn providers(map: &mut Map<'_, '_>, launch_type: Option<&Spanned<LaunchType>>) {
    if map.has("capacityProviderStrategy")
        && let Some(launch_type) = launch_type
    {
        let title = "`launchType` stands beside `capacityProviderStrategy`";
        map.tell(refused(launch_type.span, title).help("take one of the two away"));
    }
    let mut based = 0;
    map.optional("capacityProviderStrategy", |field: Field, to: &mut Diagnostics| {
        at_most(PROVIDERS_MAX, field, to)?;
        list(|field: Field, to: &mut Diagnostics| {
            let mut map = Map::open_aws(field, to)?;
            map.required("capacityProvider", filled);
            map.refusing(Exception::InvalidParameter, |map| {
                map.optional("weight", count(0..=1000));
                let base = map.optional("base", count(0..=100_000));
                based += usize::from(base.is_some_and(|base| base > 0));
            });
            map.unused();
            Some(())
        })(field, to)?;
        if based > 1 {
            let title = format!("{based} capacity providers have a `base`");
            to.push(refused(field.node.span, title).label("one at most may have it"));
        }
        Some(())
    });
}

/// Only Fargate has platform versions. Rule: ECS-EXT-7.
fn platform_version(map: &mut Map<'_, '_>, launch_type: Option<&Spanned<LaunchType>>) {
    let version = map.optional("platformVersion", name);
    if let (Some(version), Some(on)) = (version, launch_type)
        && on.value != LaunchType::Fargate
    {
        let title = format!("`platformVersion` stands beside the launch type `{}`", on.value);
        map.tell(refused(version.span, title).label("for Fargate only"));
    }
}

/// At most 16 subnets and 5 security groups. Rule: ECS-EXT-7.
fn network_configuration(field: Field, to: &mut Diagnostics) -> Option<Span> {
    let mut map = Map::open_aws(field, to)?;
    map.optional("awsvpcConfiguration", |field: Field, to: &mut Diagnostics| {
        let mut map = Map::open_aws(field, to)?;
        map.optional("subnets", |field: Field, to: &mut Diagnostics| {
            at_most(SUBNETS_MAX, field, to)
        });
        map.optional("securityGroups", |field: Field, to: &mut Diagnostics| {
            at_most(SECURITY_GROUPS_MAX, field, to)
        });
        map.optional("assignPublicIp", choice(&[("ENABLED", ()), ("DISABLED", ())]));
        map.unused();
        Some(())
    });
    map.unused();
    Some(field.node.span)
}

/// A list with at most so many items.
fn at_most(most: usize, field: Field, to: &mut Diagnostics) -> Option<()> {
    let items = field.node.items().map_or(1, <[_]>::len);
    if items > most {
        let title = format!("`{}` has {items} items, more than {most}", field.name);
        to.push(refused(field.node.span, title));
        return None;
    }
    Some(())
}

/// What a task set says of its load balancer.
type Balancer = (Option<Spanned<String>>, Option<Spanned<String>>, Option<Spanned<u16>>);

/// One target group of an Application or Network Load Balancer. Rules: CD-EXT-5, CD-EXT-8, ECS-EXT-7.
fn load_balancers(field: Field, to: &mut Diagnostics) -> Option<Option<Balancer>> {
    at_most(1, field, to)?;
    let balancers = list(|field: Field, to: &mut Diagnostics| {
        let mut map = Map::open_aws(field, to)?;
        if let Some(found) = map.take("loadBalancerName") {
            let title = "a task set names a load balancer in place of a target group";
            map.tell(
                refused(found.key_span, title)
                    .label("Classic Load Balancers are not taken")
                    .help("write `targetGroupArn`"),
            );
        }
        let target_group = map.refusing(Exception::InvalidParameter, |map| {
            map.required(
                "targetGroupArn",
                arn("elasticloadbalancing", "targetgroup", "a target group"),
            )
        });
        let container_name = map.optional("containerName", name);
        let container_port = map.optional("containerPort", port);
        map.unused();
        Some((target_group, container_name, container_port))
    })(field, to)?;
    Some(balancers.into_iter().next())
}
