//! The hook `AWS::CodeDeploy::BlueGreen` of a CloudFormation template: how a stack update moves traffic, and between what.
//!
//! What its functions give is settled in `template`. What the resources that it names say is found here too, since only the
//! template knows them; it is read by the readers of those documents (`input::stack`).
//! Rules: CD-CFN-1, CD-CFN-4 to CD-CFN-6, CD-CFN-9, CD-CFN-10 (docs/semantics).

use super::stack_resource::properties;
use super::template::{Template, function, left_over};
use super::value::{count, filled, name};
use crate::aws::name::LifecycleEvent;
use crate::diagnostic::{Diagnostic, Diagnostics, Span, Spanned, code};
use crate::input::decode::{Field, Map, choice, list, text};
use crate::input::tree::{Key, Node};
use crate::scenario::traffic_routing::TrafficRouting;

/// The transform that such a template names (CD-CFN-1).
const TRANSFORM: &str = "AWS::CodeDeployBlueGreen";
const HOOK: &str = "AWS::CodeDeploy::BlueGreen";
/// Where it is not to be had: Osaka, Milan and Cape Town (CD-CFN-10).
const REGIONS_WITHOUT: [&str; 3] = ["ap-northeast-3", "eu-south-1", "af-south-1"];
/// A step is so many percent at least, and the longest bake time is two days (CD-CFN-5).
const STEP_PERCENTAGE_MIN: i64 = 14;
const BAKE_MINUTES_MAX: i64 = 2880;
/// What holds where the hook says nothing of traffic (CD-CFN-5).
const ROUTING_DEFAULT: TrafficRouting =
    TrafficRouting::Canary { percentage: 15, interval_minutes: 5 };

/// What the hook says, with the resources that it names.
#[derive(Debug)]
pub struct BlueGreenHook {
    /// How traffic moves.
    pub traffic_routing: TrafficRouting,
    /// `TerminationWaitTimeInMinutes`, default 0.
    pub termination_wait_minutes: u32,
    /// The functions that are invoked, by event.
    pub hooks: Vec<(LifecycleEvent, Spanned<String>)>,
    /// The service, with its properties.
    pub service: Named,
    /// The task definition that is there before the update.
    pub task_definition: Named,
    /// The task set that is there before the update.
    pub task_set: Named,
    /// The two target groups, that of the task set first.
    pub target_groups: [Named; 2],
    /// The logical ids of the production listener and, if there is one, of the test listener.
    pub listeners: (String, Option<String>),
    /// The place of the whole.
    pub span: Span,
}

/// A resource of the template.
#[derive(Clone, Debug)]
pub struct Named {
    /// Its logical id.
    pub id: String,
    /// What the template says of it, its functions settled as far as that can be known.
    pub properties: Node,
}

/// Whether a template has such a hook, or wants to have one.
pub fn is_in(template: &Node) -> bool {
    hook(template).is_some() || has_transform(template)
}

fn has_transform(template: &Node) -> bool {
    let Some(transform) = template.key("Transform") else { return false };
    let named = |node: &Node| node.scalar() == Some(TRANSFORM);
    named(transform) || transform.items().is_some_and(|items| items.iter().any(named))
}

fn hook(template: &Node) -> Option<&(Key, Node)> {
    let hooks = template.key("Hooks")?.entries()?;
    hooks.iter().find(|(_, hook)| hook.key("Type").and_then(Node::scalar) == Some(HOOK))
}

/// What CloudFormation refuses.
fn refused(span: Span, title: impl Into<String>) -> Diagnostic {
    Diagnostic::new(code::STACK_REFUSED, span, title)
}

/// Reads the hook of a template, and finds what it names.
pub fn blue_green_hook(
    field: Field,
    template: &Template<'_>,
    to: &mut Diagnostics,
) -> Option<BlueGreenHook> {
    check_template(field.node, template, to);
    let Some((key, found)) = hook(field.node) else {
        let title = format!("the template has the transform `{TRANSFORM}` and no hook");
        to.push(
            refused(field.node.span, title)
                .label(format!("no `Hooks` entry of type `{HOOK}`"))
                .help("add the hook, or take the transform away"),
        );
        return None;
    };
    let properties = template.resolved(found.key("Properties").unwrap_or(found));
    let mut map = Map::open(Field { name: &key.name, node: &properties, key_span: key.span }, to)?;
    map.has("Type");
    map.has("ServiceRole");
    let traffic_routing = map.or("TrafficRoutingConfig", traffic_routing, ROUTING_DEFAULT);
    let termination_wait_minutes = map.or("AdditionalOptions", termination_wait, 0);
    let hooks = map.or("LifecycleEventHooks", hooks, Vec::new());
    let application = map.required("Applications", |field: Field, to: &mut Diagnostics| {
        application(field, template, to)
    });
    map.finish();
    let (service, attributes) = application?;
    Some(BlueGreenHook {
        traffic_routing,
        termination_wait_minutes,
        hooks,
        service,
        task_definition: attributes.task_definition,
        task_set: attributes.task_set,
        target_groups: attributes.target_groups,
        listeners: attributes.listeners,
        span: found.span,
    })
}

/// What does not go with the hook: no transform, nested stacks, exports and imports, secret parameters, dynamic references
/// (CD-CFN-1, CD-CFN-9).
fn check_template(root: &Node, template: &Template<'_>, to: &mut Diagnostics) {
    if !has_transform(root) {
        let title = format!("the template has the hook and no `Transform: {TRANSFORM}`");
        to.push(
            refused(root.span, title).help("add the transform: the hook does nothing without it"),
        );
    }
    if let Some((found, region)) = region_without(root) {
        let title = format!("the stack is in the region `{region}`");
        to.push(refused(found.span, title).label("blue/green deployments are not to be had there"));
    }
    for (key, resource) in template.of_type("AWS::CloudFormation::Stack") {
        let title = format!("`{}` is a nested stack", key.name);
        to.push(refused(resource.span, title).label("not beside the blue/green hook"));
    }
    if let Some(outputs) = root.key("Outputs").filter(|outputs| outputs.entries().is_some()) {
        to.push(
            refused(outputs.span, "the template has outputs")
                .label("not beside the blue/green hook")
                .help("take them away"),
        );
    }
    let parameters = root.key("Parameters").and_then(Node::entries).unwrap_or_default();
    for (key, parameter) in parameters {
        if parameter.key("NoEcho").and_then(Node::scalar) == Some("true") {
            let title = format!("the parameter `{}` is `NoEcho`", key.name);
            to.push(refused(key.span, title).label("the green deployment fails with it"));
        }
    }
    for (_, resource) in template.resources() {
        if let Some(import) = find(resource, &|node| {
            node.tag.as_deref() == Some("!ImportValue")
                || function(node).is_some_and(|(name, _)| name == "Fn::ImportValue")
        }) {
            let title = "the template imports a value of another stack";
            to.push(refused(import.span, title).label("not beside the blue/green hook"));
        }
        let is_dynamic =
            |node: &Node| node.scalar().is_some_and(|text| text.contains("{{resolve:"));
        if let Some(dynamic) = find(resource, &is_dynamic) {
            let title = "the template has a dynamic reference";
            to.push(refused(dynamic.span, title).label("the green deployment fails with it"));
        }
    }
}

/// The first ARN in a region without such deployments: a template says by ARNs alone where it is (CD-CFN-10).
fn region_without(root: &Node) -> Option<(&Node, &str)> {
    let region = |node: &Node| {
        let mut parts = node.scalar()?.split(':');
        let is_arn = parts.next() == Some("arn");
        let region = parts.nth(2).filter(|_| is_arn)?;
        REGIONS_WITHOUT.into_iter().find(|without| *without == region)
    };
    let found = find(root, &|node| region(node).is_some())?;
    Some((found, region(found)?))
}

/// The first node in a tree that is so.
fn find<'a>(node: &'a Node, is_it: &dyn Fn(&Node) -> bool) -> Option<&'a Node> {
    if is_it(node) {
        return Some(node);
    }
    let items = node.items().unwrap_or_default().iter();
    let mut values = items.chain(node.entries().unwrap_or_default().iter().map(|(_, node)| node));
    values.find_map(|node| find(node, is_it))
}

/// `Type` with `StepPercentage` and `BakeTimeMins` (CD-CFN-5).
fn traffic_routing(field: Field, to: &mut Diagnostics) -> Option<TrafficRouting> {
    let mut map = Map::open(field, to)?;
    let kinds = ["AllAtOnce", "TimeBasedCanary", "TimeBasedLinear"];
    let kind = map.required("Type", choice(&kinds.map(|kind| (kind, kind))))?;
    for other in kinds.into_iter().filter(|other| *other != kind) {
        if let Some(field) = map.take(other) {
            let title = format!("`{other}` stands beside the type `{kind}`");
            map.tell(Diagnostic::new(code::LEFT_OUT, field.key_span, title).label("plays no part"));
        }
    }
    let routing = match kind {
        "AllAtOnce" => Some(TrafficRouting::AllAtOnce),
        kind => map.required(kind, steps).map(|(percentage, interval_minutes)| match kind {
            "TimeBasedCanary" => TrafficRouting::Canary { percentage, interval_minutes },
            _ => TrafficRouting::Linear { percentage, interval_minutes },
        }),
    };
    map.finish();
    routing
}

fn steps(field: Field, to: &mut Diagnostics) -> Option<(u8, u32)> {
    let mut map = Map::open(field, to)?;
    let percentage = map.or("StepPercentage", count(STEP_PERCENTAGE_MIN..=99), 15);
    let minutes = map.or("BakeTimeMins", count(1..=BAKE_MINUTES_MAX), 5);
    map.finish();
    Some((u8::try_from(percentage).expect("within the range"), minutes))
}

fn termination_wait(field: Field, to: &mut Diagnostics) -> Option<u32> {
    let mut map = Map::open(field, to)?;
    let minutes = map.or("TerminationWaitTimeInMinutes", count(0..=2880), 0);
    map.finish();
    Some(minutes)
}

/// The five hooks of ECS, each with the name or the ARN of a function (CD-CFN-6).
fn hooks(field: Field, to: &mut Diagnostics) -> Option<Vec<(LifecycleEvent, Spanned<String>)>> {
    let mut map = Map::open(field, to)?;
    let mut hooks = Vec::new();
    for event in LifecycleEvent::HOOKS {
        // A function of the template by `!Ref` goes by its logical id where it has no name.
        let bound = map.optional(event.as_str(), |field: Field, to: &mut Diagnostics| {
            match function(field.node).and_then(|(_, argument)| argument.scalar()) {
                Some(id) => Some(Spanned { value: id.to_owned(), span: field.node.span }),
                None => filled(field, to),
            }
        });
        hooks.extend(bound.map(|function| (event, function)));
    }
    map.finish();
    Some(hooks)
}

/// What `ECSAttributes` names.
struct Attributes {
    task_definition: Named,
    task_set: Named,
    target_groups: [Named; 2],
    listeners: (String, Option<String>),
}

/// One service is the only target, and there is one (CD-CFN-4).
fn application(
    field: Field,
    template: &Template<'_>,
    to: &mut Diagnostics,
) -> Option<(Named, Attributes)> {
    let several = field.node.items().map_or(1, <[Node]>::len);
    if several != 1 {
        let title = format!("`Applications` has {several} items");
        to.push(refused(field.node.span, title).label("one service is deployed to"));
    }
    let applications = list(|field: Field, to: &mut Diagnostics| {
        let mut map = Map::open(field, to)?;
        let service = map.required("Target", |field: Field, to: &mut Diagnostics| {
            let id = logical_id(field, "AWS::ECS::Service", to)?;
            resource(&id, "AWS::ECS::Service", template, to)
        });
        let attributes = map.required("ECSAttributes", |field: Field, to: &mut Diagnostics| {
            attributes(field, template, to)
        });
        map.finish();
        Some((service?, attributes?))
    })(field, to)?;
    applications.into_iter().next()
}

/// `{Type: .., LogicalID: ..}`.
fn logical_id(field: Field, kind: &str, to: &mut Diagnostics) -> Option<Spanned<String>> {
    let mut map = Map::open(field, to)?;
    map.required("Type", choice(&[(kind, ())]));
    let id = map.required("LogicalID", name);
    map.finish();
    id
}

fn attributes(field: Field, template: &Template<'_>, to: &mut Diagnostics) -> Option<Attributes> {
    let mut map = Map::open(field, to)?;
    let first = |kind: &'static str| {
        move |field: Field, to: &mut Diagnostics| {
            let ids = pair(field, to)?;
            // The green one is made by the update, and need not stand in the template.
            resource(&ids[0], kind, template, to)
        }
    };
    let task_definition = map.required("TaskDefinitions", first("AWS::ECS::TaskDefinition"));
    let task_set = map.required("TaskSets", first("AWS::ECS::TaskSet"));
    let routing = map.required("TrafficRouting", |field: Field, to: &mut Diagnostics| {
        let mut map = Map::open(field, to)?;
        let listener = |field: Field, to: &mut Diagnostics| {
            logical_id(field, "AWS::ElasticLoadBalancingV2::Listener", to).map(|id| id.value)
        };
        let production = map.required("ProdTrafficRoute", listener);
        let test = map.optional("TestTrafficRoute", listener);
        let groups = map.required("TargetGroups", |field: Field, to: &mut Diagnostics| {
            let [first, second] = pair(field, to)?;
            let kind = "AWS::ElasticLoadBalancingV2::TargetGroup";
            let (first, second) =
                (resource(&first, kind, template, to), resource(&second, kind, template, to));
            Some([first?, second?])
        });
        map.finish();
        Some(((production?, test), groups?))
    });
    map.finish();
    let (listeners, target_groups) = routing?;
    Some(Attributes {
        task_definition: task_definition?,
        task_set: task_set?,
        target_groups,
        listeners,
    })
}

/// The logical ids of blue and green.
fn pair(field: Field, to: &mut Diagnostics) -> Option<[Spanned<String>; 2]> {
    let ids = list(|field: Field, to: &mut Diagnostics| {
        text(field, to).map(|value| Spanned { value, span: field.node.span })
    })(field, to)?;
    let count = ids.len();
    match <[Spanned<String>; 2]>::try_from(ids) {
        Ok([blue, green]) if blue.value == green.value => {
            let title = format!("`{}` names `{}` twice", field.name, green.value);
            to.push(refused(green.span, title).label("blue and green are two"));
            None
        }
        Ok(ids) => Some(ids),
        Err(_) => {
            let title = format!("`{}` has {count} items", field.name);
            to.push(refused(field.node.span, title).label("blue and green are named here"));
            None
        }
    }
}

fn resource(
    id: &Spanned<String>,
    kind: &'static str,
    template: &Template<'_>,
    to: &mut Diagnostics,
) -> Option<Named> {
    let Some((_, found)) = template.resource(&id.value, &[kind]) else {
        let title = format!("the template has no `{kind}` called `{}`", id.value);
        to.push(refused(id.span, title).label("named by the hook"));
        return None;
    };
    let properties = properties(template, kind, found, to);
    Some(Named { id: id.value.clone(), properties })
}

/// A property that is known, as a text.
pub fn known_text<'a>(properties: &'a Node, key: &str) -> Option<&'a str> {
    properties.key(key).filter(|node| left_over(node).is_none()).and_then(Node::scalar)
}
