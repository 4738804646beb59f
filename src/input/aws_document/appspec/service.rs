//! The properties of the resource of an AppSpec for Amazon ECS.
//!
//! Rules: CD-ECS-11, CD-ECS-12, ECS-EXT-7.

use super::{refused, silence};
use crate::diagnostic::{Diagnostic, Diagnostics, Span, Spanned, code};
use crate::input::aws_document::value::{
    arn_resource, is_empty, name, number, placeholder, plays_no_part, port,
};
use crate::input::decode::{Field, Map, list, text};
use crate::input::tree::shortened;

/// What the properties of the resource say.
#[derive(Debug, Default)]
pub struct Properties {
    pub task_definition: Option<Spanned<String>>,
    pub target: Target,
    pub platform_version: Option<Spanned<String>>,
    pub names_capacity_providers: bool,
}

/// What `LoadBalancerInfo` says: where requests go.
#[derive(Debug, Default)]
pub struct Target {
    pub container_name: Option<Spanned<String>>,
    /// Absent only if it is faulty.
    pub container_port: Option<Spanned<u16>>,
}

/// Reads the properties.
pub fn properties(field: Field, to: &mut Diagnostics) -> Option<Properties> {
    let mut map = Map::open(field, to)?.any_case();
    let task_definition = map.required("TaskDefinition", task_definition);
    let target = map.required("LoadBalancerInfo", load_balancer).unwrap_or_default();
    let platform_version = match map.take("PlatformVersion").and_then(silence) {
        Some(silence) => {
            map.tell(silence);
            None
        }
        None => map.optional("PlatformVersion", name),
    };
    map.optional("NetworkConfiguration", network);
    let providers = map.optional("CapacityProviderStrategy", capacity_providers);
    map.unused();
    let names_capacity_providers = providers.is_some_and(|count| count > 0);
    Some(Properties { task_definition, target, platform_version, names_capacity_providers })
}

/// The full ARN of the task definition (CD-ECS-11).
///
/// The simulation takes the task definition from its own document, so that what a template left in the ARN
/// is only told.
fn task_definition(field: Field, to: &mut Diagnostics) -> Option<Spanned<String>> {
    let written = name(field, to)?;
    if !is_task_definition_arn(&written.value) {
        let found = shortened(&written.value);
        let title = format!("`{}` is `{found}`, no ARN of a task definition", field.name);
        let fault = match written.value.starts_with("arn:") {
            true => {
                Diagnostic::new(code::PLACEHOLDER, field.node.span, title).label("no real value")
            }
            false => refused(field.node.span, title).label("its full ARN is needed here"),
        };
        to.push(fault.help(
            "the ARN has a region, 12 digits of the account, and a revision: \
             `arn:aws:ecs:eu-west-1:123456789012:task-definition/web:7`",
        ));
        return None;
    }
    Some(written)
}

fn is_task_definition_arn(text: &str) -> bool {
    let parts = text.split(':').collect::<Vec<_>>();
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let family = arn_resource(text, "ecs").and_then(|rest| rest.strip_prefix("task-definition/"));
    match parts[..] {
        ["arn", _, "ecs", region, account, _, revision] => {
            let in_region = region.contains('-') && region.ends_with(|c: char| c.is_ascii_digit());
            in_region
                && account.len() == 12
                && digits(account)
                && digits(revision)
                && family.is_some_and(|family| !family.starts_with(':'))
        }
        _ => false,
    }
}

/// `LoadBalancerInfo`: the container and its port.
fn load_balancer(field: Field, to: &mut Diagnostics) -> Option<Target> {
    if field.node.items().is_some() {
        to.push(
            refused(field.node.span, format!("`{}` is a list, not a map", field.name))
                .label("one map is needed here")
                .help("take the dash away: `ContainerName` and `ContainerPort` stand below it"),
        );
        return None;
    }
    let mut map = Map::open(field, to)?.any_case();
    let container_name = map.required("ContainerName", name);
    let written = map.take("ContainerPort").filter(|port| port.node.is_null());
    let container_port = match written {
        Some(written) => {
            map.tell(no_port(written));
            None
        }
        None => map.required("ContainerPort", port),
    };
    map.unused();
    Some(Target { container_name, container_port })
}

/// The fault of a port that nothing is written for.
fn no_port(field: Field) -> Diagnostic {
    Diagnostic::new(code::NUMBER_NEEDED, field.key_span, format!("`{}` is empty", field.name))
        .label("a number is needed after it")
        .help("write the port that the container listens on: `ContainerPort: 8080`")
}

/// `NetworkConfiguration`: all three settings or none. It is looked at, and plays no part.
fn network(field: Field, to: &mut Diagnostics) -> Option<()> {
    plays_no_part(field, to);
    let mut map = Map::open(field, to)?.any_case();
    map.required("AwsvpcConfiguration", |field, to| {
        let mut map = Map::open(field, to)?.any_case();
        let keys = ["Subnets", "SecurityGroups", "AssignPublicIp"];
        let missing = keys.into_iter().filter(|key| !map.has(key)).collect::<Vec<_>>();
        if let [first, ..] = missing[..] {
            let fault = refused(map.span(), format!("`{}` lacks `{first}`", field.name))
                .label("all three settings, or none")
                .help(
                    "give `Subnets`, `SecurityGroups` and `AssignPublicIp`, or take \
                     `NetworkConfiguration` away to keep the service's own",
                );
            map.tell(fault);
        }
        map.optional("Subnets", list(|field, to| Some(name(field, to))));
        map.optional("SecurityGroups", list(|field, to| Some(name(field, to))));
        map.optional("AssignPublicIp", public_ip);
        map.unused();
        Some(())
    });
    map.unused();
    Some(())
}

/// `ENABLED` or `DISABLED`; since it plays no part, other words are only told.
fn public_ip(field: Field, to: &mut Diagnostics) -> Option<()> {
    let written = text(field, to)?;
    if !is_empty(field, &written, to) && !matches!(&written[..], "ENABLED" | "DISABLED") {
        to.push(
            placeholder(field, &written).help("AWS takes `ENABLED` or `DISABLED`, nothing else"),
        );
    }
    Some(())
}

/// `CapacityProviderStrategy`: one base at most, and some weight; yields how many providers there are.
///
/// It is looked at, and plays no part.
fn capacity_providers(field: Field, to: &mut Diagnostics) -> Option<usize> {
    plays_no_part(field, to);
    let providers = list(capacity_provider)(field, to)?;
    if let Some((_, _, second)) = providers.iter().filter(|(base, ..)| *base > 0).nth(1) {
        to.push(
            refused(*second, "a second capacity provider has a `Base`")
                .label("the second one")
                .help("only one provider may have a base above 0"),
        );
    }
    if !providers.is_empty() && providers.iter().all(|(_, weight, _)| *weight == 0) {
        to.push(
            refused(field.node.span, "no capacity provider has a `Weight` above 0")
                .label("none would get a task")
                .help("give at least one provider a weight of 1"),
        );
    }
    Some(providers.len())
}

/// Base, weight and place of a provider.
fn capacity_provider(field: Field, to: &mut Diagnostics) -> Option<(i64, i64, Span)> {
    let mut map = Map::open(field, to)?.any_case();
    map.required("CapacityProvider", name);
    let base = map.or("Base", number(0..=100_000), 0);
    let weight = map.or("Weight", number(0..=1000), 0);
    map.unused();
    Some((base, weight, field.node.span))
}
