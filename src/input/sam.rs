//! `resources.template`: a template of AWS SAM in the place of a function, its deployment group, its AppSpec and its alarms.
//!
//! What the template says is put where the scenario says nothing, before anything is decoded, so that both are the same to
//! every reader and what the scenario says itself goes before. Not how a template is read (`aws_document::sam_template`).
//! Rules: CD-CFG-2, CD-LAM-1, CD-LAM-3, CD-RBC-4.

use crate::diagnostic::{Diagnostic, Diagnostics, Span, Spanned, code};
use crate::engine::time::SimDuration;
use crate::input::aws_document::deployment_config::DeploymentConfig;
use crate::input::aws_document::sam_template::{
    AUTO_ROLLBACK, NEW_VERSION, SamConfig, SamDeployment, SamTemplate, sam_template,
};
use crate::input::decode::{Field, listed};
use crate::input::tree::{Key, Node, Value};
use crate::scenario::traffic_routing::TrafficRouting;

/// The application that SAM makes for the deployments of a template.
const APPLICATION: &str = "ServerlessDeploymentApplication";
/// The alias where only CloudFormation knows its name.
const UNTOLD_ALIAS: &str = "alias";
/// Of the versions, which no template tells, this one is there when the next is deployed.
const OLD_VERSION: &str = "1";

/// Takes the template out of the resources, and fills in what it says of one function.
pub fn expand(root: &mut Node, to: &mut Diagnostics) {
    let Some(resources) = root.key_mut("resources") else { return };
    let Some(template) = take(resources, "template") else { return };
    let wanted = take(resources, "templateFunction");
    if template.value == Value::Unread {
        return fill(resources, "function", template);
    }
    let told = Field::new("template", &template);
    let found = sam_template(told, to).and_then(|found| {
        let place = chosen(&found, wanted.as_ref(), template.span, to)?;
        Some((found, place))
    });
    let Some((found, place)) = found else {
        // What is wrong with the template is told; that there is no function must not be told too.
        return fill(resources, "function", Node::new(Value::Unread, template.span));
    };
    let deployment = &found.deployments[place];
    let made = Made { span: deployment.span };
    fill(resources, "function", made.function(deployment));
    let alarms = made.alarms(deployment, &found);
    if alarms.items().is_some_and(|alarms| !alarms.is_empty()) {
        fill(resources, "alarms", alarms);
    }
    let section = made.deployment(deployment);
    match root.key_mut("deployments").map(|list| &mut list.value) {
        Some(Value::List(items)) if !items.is_empty() => complete(&mut items[0], section),
        _ => fill(root, "deployment", section),
    }
}

/// Which of the deployments of a template is meant: the one that is named, or the only one.
fn chosen(
    found: &SamTemplate,
    wanted: Option<&Node>,
    span: Span,
    to: &mut Diagnostics,
) -> Option<usize> {
    let ids: Vec<&str> = found.deployments.iter().map(|one| &one.logical_id.value[..]).collect();
    let (title, span) = match wanted {
        None if ids.len() == 1 => return Some(0),
        None => (format!("the template deploys {} functions gradually", ids.len()), span),
        Some(wanted) => {
            let name = wanted.scalar().unwrap_or_default();
            if let Some(place) = ids.iter().position(|id| *id == name) {
                return Some(place);
            }
            (format!("the template deploys no function `{name}` gradually"), wanted.span)
        }
    };
    let help = format!("name one as `resources.templateFunction`: {}", listed(&ids));
    to.push(
        Diagnostic::new(code::UNKNOWN_CHOICE, span, title)
            .label("one function is deployed in a scenario")
            .help(help),
    );
    None
}

/// Makes nodes of what a template says, all with the place of its preference.
struct Made {
    span: Span,
}

impl Made {
    fn node(&self, value: Value) -> Node {
        Node::new(value, self.span)
    }

    fn text(&self, text: impl Into<String>) -> Node {
        self.node(Value::Text { text: text.into(), quoted: true })
    }

    fn spanned(&self, text: &Spanned<String>) -> Node {
        Node::new(Value::Text { text: text.value.clone(), quoted: true }, text.span)
    }

    fn number(&self, number: impl ToString) -> Node {
        self.node(Value::Number(number.to_string()))
    }

    fn list(&self, items: impl IntoIterator<Item = Node>) -> Node {
        self.node(Value::List(items.into_iter().collect()))
    }

    fn map<'a>(&self, entries: impl IntoIterator<Item = (&'a str, Node)>) -> Node {
        let key = |(name, node): (&str, Node)| (Key { name: name.into(), span: self.span }, node);
        self.node(Value::Map(entries.into_iter().map(key).collect()))
    }

    /// `resources.function`.
    fn function(&self, of: &SamDeployment) -> Node {
        let mut entries = vec![("FunctionName", self.text(&of.function))];
        let seconds = |timeout: SimDuration| self.number(timeout.as_millis() / 1000);
        entries.extend(of.timeout.map(|timeout| ("Timeout", seconds(timeout))));
        let reserved = of.reserved_concurrency.map(|reserved| self.number(reserved));
        entries.extend(reserved.map(|reserved| ("ReservedConcurrentExecutions", reserved)));
        if let Some(executions) = of.provisioned_concurrency {
            let config = self.map([
                ("Qualifier", self.alias(of)),
                ("ProvisionedConcurrentExecutions", self.number(executions)),
            ]);
            entries.push(("ProvisionedConcurrencyConfigs", self.list([config])));
        }
        self.map(entries)
    }

    fn alias(&self, of: &SamDeployment) -> Node {
        of.alias.as_ref().map_or_else(|| self.text(UNTOLD_ALIAS), |alias| self.spanned(alias))
    }

    /// `resources.alarms`: those that watch it, if the template tells everything of them.
    fn alarms(&self, of: &SamDeployment, found: &SamTemplate) -> Node {
        let named = |name: &str| of.alarms.iter().any(|alarm| alarm.value == name);
        let own = found.alarms.iter().filter(|alarm| named(&alarm.name));
        self.list(own.filter_map(|alarm| alarm.document.clone()))
    }

    /// `deployment`: the group that SAM makes, and the AppSpec that CloudFormation does.
    fn deployment(&self, of: &SamDeployment) -> Node {
        let mut entries =
            vec![("deploymentGroup", self.group(of)), ("revision", self.app_spec(of))];
        match &of.config {
            Some(SamConfig::Named(name)) => {
                entries.push(("deploymentConfigName", self.spanned(name)));
            }
            Some(SamConfig::Described(config)) => {
                entries.push(("deploymentConfig", self.config(config, of)));
            }
            None => {}
        }
        self.map(entries)
    }

    fn group(&self, of: &SamDeployment) -> Node {
        let style = self.map([
            ("deploymentType", self.text("BLUE_GREEN")),
            ("deploymentOption", self.text("WITH_TRAFFIC_CONTROL")),
        ]);
        let mut entries = vec![
            ("applicationName", self.text(APPLICATION)),
            ("deploymentGroupName", self.text(format!("{}DeploymentGroup", of.logical_id.value))),
            ("deploymentStyle", style),
            ("autoRollbackConfiguration", self.rollback()),
        ];
        if !of.alarms.is_empty() {
            let names = of.alarms.iter().map(|alarm| self.map([("name", self.spanned(alarm))]));
            let enabled = self.node(Value::Bool(true));
            let alarms = self.map([("enabled", enabled), ("alarms", self.list(names))]);
            entries.push(("alarmConfiguration", alarms));
        }
        if !of.triggers.is_empty() {
            let triggers = of.triggers.iter().map(|trigger| {
                let events = trigger.events.iter().map(|event| self.text(event.as_str()));
                self.map([
                    ("triggerName", self.text(&trigger.name)),
                    ("triggerTargetArn", self.text(&trigger.target_arn)),
                    ("triggerEvents", self.list(events)),
                ])
            });
            entries.push(("triggerConfigurations", self.list(triggers)));
        }
        self.map(entries)
    }

    /// What the groups that SAM makes roll back (CD-RBC-4).
    fn rollback(&self) -> Node {
        let events = [
            ("DEPLOYMENT_FAILURE", AUTO_ROLLBACK.on_failure),
            ("DEPLOYMENT_STOP_ON_ALARM", AUTO_ROLLBACK.on_alarm),
            ("DEPLOYMENT_STOP_ON_REQUEST", AUTO_ROLLBACK.on_request),
        ];
        let events = events.into_iter().filter(|(_, is_set)| *is_set);
        self.map([
            ("enabled", self.node(Value::Bool(true))),
            ("events", self.list(events.map(|(event, _)| self.text(event)))),
        ])
    }

    /// A configuration that the template describes, as the API takes it.
    fn config(&self, config: &DeploymentConfig, of: &SamDeployment) -> Node {
        let name = config.name.as_ref().map_or(&of.logical_id, |name| name);
        let routing = match config.traffic_routing {
            TrafficRouting::AllAtOnce => self.map([("type", self.text("AllAtOnce"))]),
            TrafficRouting::Canary { percentage, interval_minutes } => self.map([
                ("type", self.text("TimeBasedCanary")),
                (
                    "timeBasedCanary",
                    self.map([
                        ("canaryPercentage", self.number(percentage)),
                        ("canaryInterval", self.number(interval_minutes)),
                    ]),
                ),
            ]),
            TrafficRouting::Linear { percentage, interval_minutes } => self.map([
                ("type", self.text("TimeBasedLinear")),
                (
                    "timeBasedLinear",
                    self.map([
                        ("linearPercentage", self.number(percentage)),
                        ("linearInterval", self.number(interval_minutes)),
                    ]),
                ),
            ]),
        };
        self.map([
            ("deploymentConfigName", self.spanned(name)),
            ("computePlatform", self.text("Lambda")),
            ("trafficRoutingConfig", routing),
        ])
    }

    fn app_spec(&self, of: &SamDeployment) -> Node {
        let [current, target] = [OLD_VERSION, NEW_VERSION].map(|version| self.text(version));
        let properties = self.map([
            ("Name", self.text(&of.function)),
            ("Alias", self.alias(of)),
            ("CurrentVersion", current),
            ("TargetVersion", target),
        ]);
        let resource =
            self.map([("Type", self.text("AWS::Lambda::Function")), ("Properties", properties)]);
        let bound = [
            ("BeforeAllowTraffic", of.pre_traffic.as_ref()),
            ("AfterAllowTraffic", of.post_traffic.as_ref()),
        ];
        let hooks = bound
            .into_iter()
            .filter_map(|(event, function)| Some(self.map([(event, self.spanned(function?))])));
        let (resources, hooks) =
            (self.list([self.map([(&of.logical_id.value[..], resource)])]), self.list(hooks));
        let mut entries = vec![("version", self.number("0.0")), ("Resources", resources)];
        if hooks.items().is_some_and(|hooks| !hooks.is_empty()) {
            entries.push(("Hooks", hooks));
        }
        self.map(entries)
    }
}

/// Takes a key out of a map.
fn take(map: &mut Node, name: &str) -> Option<Node> {
    let Value::Map(entries) = &mut map.value else { return None };
    let place = entries.iter().position(|(key, _)| key.name == name)?;
    Some(entries.remove(place).1)
}

/// Gives a map what it lacks under a key: maps are completed, lists go on with what is given.
fn fill(map: &mut Node, name: &str, given: Node) {
    if let Some(own) = map.key_mut(name) {
        return complete(own, given);
    }
    if let Value::Map(entries) = &mut map.value {
        let span = given.span;
        entries.push((Key { name: name.into(), span }, given));
    }
}

/// Completes what is there by what is given.
fn complete(own: &mut Node, given: Node) {
    match (&mut own.value, given.value) {
        (Value::Map(_), Value::Map(entries)) => {
            entries.into_iter().for_each(|(key, node)| fill(own, &key.name, node));
        }
        (Value::List(items), Value::List(more)) => items.extend(more),
        (Value::Null, value) => *own = Node::new(value, given.span),
        _ => {}
    }
}
