//! Target groups of an Application Load Balancer: how targets are probed, how long they drain.
//!
//! Which two of them a deployment uses its group says. Rules: ELB-HC-1, ELB-DR-1.

use super::kind::{Kind, expected};
use super::value::{arn, count, matched_name, name, seconds};
use crate::diagnostic::{Diagnostic, Diagnostics, Span, Spanned, code};
use crate::engine::time::SimDuration;
use crate::input::decode::{Field, Map, items, list, scalar_text};
use crate::input::tree::shortened;
use crate::scenario::service::{DEREGISTRATION_DELAY_DEFAULT, HealthCheck};

/// What a target group says that the simulation needs.
#[derive(Clone, Debug, PartialEq)]
pub struct TargetGroup {
    /// Its name, or the one in its ARN.
    pub name: Spanned<String>,
    /// How its targets are probed, with the defaults of an Application Load Balancer.
    pub health_check: HealthCheck,
    /// How long a deregistered target keeps draining: 0 to 3600 s, default 300.
    pub deregistration_delay: SimDuration,
    /// Names of the load balancers that use it, as an answer tells.
    pub load_balancers: Vec<Spanned<String>>,
    /// The place of the whole.
    pub span: Span,
}

/// Reads target groups: an answer with any number of them, or the inputs that make them, a list or one.
///
/// A faulty group does not hide the others.
pub fn target_groups(field: Field, to: &mut Diagnostics) -> Option<Vec<TargetGroup>> {
    let field = expected(field, &[Kind::TargetGroups], to)?;
    let field = match field.node.key("TargetGroups") {
        Some(node) => Field { name: "TargetGroups", node, key_span: node.span },
        None => field,
    };
    let groups = items(|field, to| Some(target_group(field, to)))(field, to)?;
    if groups.is_empty() {
        let title = format!("`{}` holds no target group", field.name);
        to.push(
            Diagnostic::new(code::NOT_ONE, field.node.span, title)
                .label("two target groups are needed here")
                .help("describe both groups of the pair"),
        );
    }
    Some(groups.into_iter().flatten().collect())
}

fn target_group(field: Field, to: &mut Diagnostics) -> Option<TargetGroup> {
    let field = expected(field, &[Kind::TargetGroups], to)?;
    let mut map = Map::open_aws(field, to)?;
    let by_arn = map
        .optional("TargetGroupArn", arn("elasticloadbalancing", "targetgroup", "a target group"));
    let names = ["TargetGroupName", "Name"].into_iter().find(|key| map.has(key));
    let written = names.and_then(|key| map.optional(key, matched_name));
    let group_name = match (written.or(by_arn), names) {
        (None, None) => map.required("TargetGroupName", matched_name),
        (found, _) => found,
    };
    map.optional("Protocol", protocol);
    map.optional("TargetType", target_type);
    let default = HealthCheck::default();
    let health_check = HealthCheck {
        interval: map.or("HealthCheckIntervalSeconds", seconds(5..=300), default.interval),
        timeout: map.or("HealthCheckTimeoutSeconds", seconds(2..=120), default.timeout),
        healthy_threshold: map.or(
            "HealthyThresholdCount",
            count(2..=10),
            default.healthy_threshold,
        ),
        unhealthy_threshold: map.or(
            "UnhealthyThresholdCount",
            count(2..=10),
            default.unhealthy_threshold,
        ),
    };
    let delay = map.optional("Attributes", attributes).flatten();
    let load_balancers = map.or("LoadBalancerArns", list(load_balancer), Vec::new());
    map.unused();
    Some(TargetGroup {
        name: group_name?,
        health_check,
        deregistration_delay: delay.unwrap_or(DEREGISTRATION_DELAY_DEFAULT),
        load_balancers: load_balancers.into_iter().flatten().collect(),
        span: field.node.span,
    })
}

/// The name of a load balancer in its ARN, whose resource is `loadbalancer/app/NAME/ID`.
fn load_balancer(field: Field, to: &mut Diagnostics) -> Option<Option<Spanned<String>>> {
    let written = name(field, to);
    let named = |written: &str| {
        let resource = super::value::arn_resource(written, "elasticloadbalancing")?;
        Some(resource.strip_prefix("loadbalancer/")?.split('/').nth(1)?.to_string())
    };
    Some(written.and_then(|Spanned { value, span }| Some(Spanned { value: named(&value)?, span })))
}

/// HTTP and HTTPS are those of an Application Load Balancer.
fn protocol(field: Field, to: &mut Diagnostics) -> Option<()> {
    let found = scalar_text(field, "a protocol", to)?;
    if matches!(found, "HTTP" | "HTTPS") {
        return Some(());
    }
    let title = match found {
        "TCP" | "TLS" | "UDP" | "TCP_UDP" => {
            format!("`{found}` is a protocol of a Network Load Balancer")
        }
        _ => format!("`Protocol` is `{}`, not `HTTP` or `HTTPS`", shortened(found)),
    };
    to.push(
        Diagnostic::new(code::NOT_SIMULATED, field.node.span, title)
            .label("not simulated yet")
            .help("give target groups of an Application Load Balancer: `HTTP` or `HTTPS`"),
    );
    None
}

/// Tasks are targets by their address or by their instance.
fn target_type(field: Field, to: &mut Diagnostics) -> Option<()> {
    let found = scalar_text(field, "a target type", to)?;
    if !matches!(found, "ip" | "instance") {
        let title = format!("`TargetType` is `{}`, which no task can be", shortened(found));
        to.push(
            Diagnostic::new(code::SERVICE_REFUSED, field.node.span, title)
                .label("no target group of an ECS service")
                .help("tasks are registered by `ip` on Fargate, by `ip` or `instance` on EC2"),
        );
    }
    Some(())
}

/// `Attributes` as `describe-target-group-attributes` lists them: the deregistration delay.
fn attributes(field: Field, to: &mut Diagnostics) -> Option<Option<SimDuration>> {
    let found = list(|field, to| Some(attribute(field, to)))(field, to)?;
    Some(found.into_iter().flatten().next_back())
}

/// One attribute; yields the deregistration delay.
fn attribute(field: Field, to: &mut Diagnostics) -> Option<SimDuration> {
    let mut map = Map::open_aws(field, to)?;
    let key =
        map.required("Key", |field, to| scalar_text(field, "a text", to).map(str::to_string))?;
    match &key[..] {
        "deregistration_delay.timeout_seconds" => {
            map.required("Value", |value, to| seconds(0..=3600)(Field { name: &key, ..value }, to))
        }
        "slow_start.duration_seconds" | "stickiness.enabled" => {
            if let Some(value) = map.take("Value")
                && !matches!(value.node.scalar(), Some("0" | "false" | ""))
            {
                let found = value.node.scalar().map_or_else(|| value.node.describe(), shortened);
                let title = format!("`{key}` is {found}");
                map.tell(
                    Diagnostic::new(code::LEFT_OUT, value.node.span, title)
                        .label("not simulated yet")
                        .help("requests are spread as if it were off"),
                );
            }
            None
        }
        // The others say nothing that a simulation could depend on, and every group has some ten of them.
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::aws_document::told::told;

    fn read(text: &str) -> (Option<Vec<TargetGroup>>, Vec<String>) {
        told(text, |field, _, to| target_groups(field, to))
    }

    const ARN: &str = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/blue/1a";

    #[test]
    fn groups_are_read_from_an_answer_from_inputs_or_alone() {
        let answer = format!(
            "TargetGroups:\n- {{ TargetGroupName: blue, TargetGroupArn: '{ARN}', Protocol: HTTP, \
             HealthCheckIntervalSeconds: '10', HealthyThresholdCount: 2, LoadBalancerArns: \
             ['arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/shop/1'] }}\n"
        );
        let (found, lines) = read(&answer);
        assert!(lines.is_empty(), "{lines:?}");
        let found = found.expect("a group");
        assert_eq!(found[0].health_check.interval, SimDuration::from_secs(10));
        assert_eq!(found[0].health_check.healthy_threshold, 2);
        assert_eq!(found[0].health_check.timeout, HealthCheck::default().timeout);
        assert_eq!(found[0].load_balancers[0].value, "shop");
        let names = |text: &str| {
            let groups = read(text).0.expect("groups").into_iter();
            groups.map(|group| group.name.value).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(names("[{Name: blue, Protocol: HTTP}, {Name: green}]"), "blue green");
        assert_eq!(names("Name: blue"), "blue");
        assert_eq!(names(&format!("[{{TargetGroupArn: '{ARN}'}}]")), "blue");
    }

    #[test]
    fn attributes_say_how_long_targets_drain() {
        let group = |key: &str, value: &str| {
            read(&format!("{{Name: blue, Attributes: [{{Key: {key}, Value: {value}}}]}}"))
        };
        let (found, lines) = group("deregistration_delay.timeout_seconds", "'5'");
        assert!(lines.is_empty(), "{lines:?}");
        assert_eq!(found.expect("a group")[0].deregistration_delay, SimDuration::from_secs(5));
        let (found, _) = read("Name: blue");
        assert_eq!(found.expect("a group")[0].deregistration_delay, SimDuration::from_secs(300));
        let (_, lines) = group("deregistration_delay.timeout_seconds", "3601");
        let title = "`deregistration_delay.timeout_seconds` is 3601, more than 3600";
        assert_eq!(lines, [format!("CUT0107 at `3601`: {title}")]);
        let (_, lines) = group("stickiness.enabled", "'true'");
        assert_eq!(lines, ["CUT0223 at `'true'`: `stickiness.enabled` is true"]);
        assert!(group("stickiness.enabled", "'false'").1.is_empty());
        assert!(group("load_balancing.algorithm.type", "round_robin").1.is_empty());
    }

    #[test]
    fn what_cannot_be_is_told_for_each_group() {
        let (found, lines) = read(
            "[{Name: a, HealthCheckTimeoutSeconds: 1}, {Name: b, Protocol: TLS}, {Port: 80, VpcId: v}]",
        );
        assert_eq!(found.map(|found| found.len()), Some(2));
        assert_eq!(
            lines,
            [
                "CUT0107 at `1`: `HealthCheckTimeoutSeconds` is 1, less than 2",
                "CUT0222 at `TLS`: `TLS` is a protocol of a Network Load Balancer",
                "CUT0102 at `{Port: 80, VpcId: v}`: `document[2]` lacks `TargetGroupName`",
            ]
        );
        assert!(read("{TargetGroups: []}").1[0].starts_with("CUT0206"));
        assert!(read("{Name: a, TargetType: lambda}").1[0].starts_with("CUT0221"));
    }
}
