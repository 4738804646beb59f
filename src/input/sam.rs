//! `resources.template`: a template of AWS SAM in the place of a function, its deployment group, its AppSpec and its alarms.
//!
//! What the template says is put where the scenario says nothing, before anything is decoded, so that both are the same to
//! every reader and what the scenario says itself goes before. Not how a template is read (`aws_document::sam_template`).
//! Rules: CD-CFG-2, CD-LAM-1, CD-LAM-3, CD-RBC-4.

use crate::diagnostic::{Diagnostic, Diagnostics, Span, code};
use crate::engine::time::SimDuration;
use crate::input::aws_document::sam_template::{
    NEW_VERSION, SamConfig, SamDeployment, SamTemplate, sam_template,
};
use crate::input::decode::{Field, listed};
use crate::input::graft::{Made, fill, fill_deployment, take};
use crate::input::tree::{Node, Value};

/// The application that SAM makes for the deployments of a template.
const APPLICATION: &str = "ServerlessDeploymentApplication";
/// The alias where only CloudFormation knows its name.
const UNTOLD_ALIAS: &str = "alias";
/// Of the versions, which no template tells, this one is there when the next is deployed.
const OLD_VERSION: &str = "1";

/// Fills in what the template says of one function.
pub fn expand(root: &mut Node, template: Node, parameters: Option<&Node>, to: &mut Diagnostics) {
    let Some(resources) = root.key_mut("resources") else { return };
    let wanted = take(resources, "templateFunction");
    if template.value == Value::Unread {
        return fill(resources, "function", template);
    }
    let told = Field::new("template", &template);
    let found = sam_template(told, parameters, to).and_then(|found| {
        let place = chosen(&found, wanted.as_ref(), template.span, to)?;
        Some((found, place))
    });
    let Some((found, place)) = found else {
        // What is wrong with the template is told; that there is no function must not be told too.
        return fill(resources, "function", Node::new(Value::Unread, template.span));
    };
    let deployment = &found.deployments[place];
    let made = Serverless { made: Made { span: deployment.span } };
    fill(resources, "function", made.function(deployment));
    let alarms = made.alarms(deployment, &found);
    if alarms.items().is_some_and(|alarms| !alarms.is_empty()) {
        fill(resources, "alarms", alarms);
    }
    let section = made.deployment(deployment);
    fill_deployment(root, section);
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
pub struct Serverless {
    /// Makes them.
    pub made: Made,
}

impl Serverless {
    /// `resources.function`.
    pub fn function(&self, of: &SamDeployment) -> Node {
        let mut entries = vec![("FunctionName", self.made.text(&of.function))];
        let seconds = |timeout: SimDuration| self.made.number(timeout.as_millis() / 1000);
        entries.extend(of.timeout.map(|timeout| ("Timeout", seconds(timeout))));
        let reserved = of.reserved_concurrency.map(|reserved| self.made.number(reserved));
        entries.extend(reserved.map(|reserved| ("ReservedConcurrentExecutions", reserved)));
        if let Some(executions) = of.provisioned_concurrency {
            let config = self.made.map([
                ("Qualifier", self.alias(of)),
                ("ProvisionedConcurrentExecutions", self.made.number(executions)),
            ]);
            entries.push(("ProvisionedConcurrencyConfigs", self.made.list([config])));
        }
        self.made.map(entries)
    }

    fn alias(&self, of: &SamDeployment) -> Node {
        of.alias
            .as_ref()
            .map_or_else(|| self.made.text(UNTOLD_ALIAS), |alias| self.made.spanned(alias))
    }

    /// `resources.alarms`: those that watch it, if the template tells everything of them.
    fn alarms(&self, of: &SamDeployment, found: &SamTemplate) -> Node {
        let named = |name: &str| of.alarms.iter().any(|alarm| alarm.value == name);
        let own = found.alarms.iter().filter(|alarm| named(&alarm.name));
        self.made.list(own.filter_map(|alarm| alarm.document.clone()))
    }

    /// `deployment`: the group that SAM makes, and the AppSpec that CloudFormation does.
    fn deployment(&self, of: &SamDeployment) -> Node {
        let mut entries =
            vec![("deploymentGroup", self.group(of)), ("revision", self.app_spec(of))];
        match &of.config {
            Some(SamConfig::Named(name)) => {
                entries.push(("deploymentConfigName", self.made.spanned(name)));
            }
            Some(SamConfig::Described(config)) => {
                let name = config.name.as_ref().map_or(&of.logical_id, |name| name);
                let config = self.made.config(&name.value, "Lambda", config.traffic_routing);
                entries.push(("deploymentConfig", config));
            }
            None => {}
        }
        self.made.map(entries)
    }

    fn group(&self, of: &SamDeployment) -> Node {
        let style = self.made.map([
            ("deploymentType", self.made.text("BLUE_GREEN")),
            ("deploymentOption", self.made.text("WITH_TRAFFIC_CONTROL")),
        ]);
        let mut entries = vec![
            ("applicationName", self.made.text(APPLICATION)),
            (
                "deploymentGroupName",
                self.made.text(format!("{}DeploymentGroup", of.logical_id.value)),
            ),
            ("deploymentStyle", style),
            ("autoRollbackConfiguration", self.made.rollback_always()),
        ];
        if !of.alarms.is_empty() {
            let names =
                of.alarms.iter().map(|alarm| self.made.map([("name", self.made.spanned(alarm))]));
            let enabled = self.made.node(Value::Bool(true));
            let alarms = self.made.map([("enabled", enabled), ("alarms", self.made.list(names))]);
            entries.push(("alarmConfiguration", alarms));
        }
        if !of.triggers.is_empty() {
            let triggers = of.triggers.iter().map(|trigger| {
                let events = trigger.events.iter().map(|event| self.made.text(event.as_str()));
                self.made.map([
                    ("triggerName", self.made.text(&trigger.name)),
                    ("triggerTargetArn", self.made.text(&trigger.target_arn)),
                    ("triggerEvents", self.made.list(events)),
                ])
            });
            entries.push(("triggerConfigurations", self.made.list(triggers)));
        }
        self.made.map(entries)
    }

    /// The AppSpec that CloudFormation makes.
    pub fn app_spec(&self, of: &SamDeployment) -> Node {
        let [current, target] = [OLD_VERSION, NEW_VERSION].map(|version| self.made.text(version));
        let properties = self.made.map([
            ("Name", self.made.text(&of.function)),
            ("Alias", self.alias(of)),
            ("CurrentVersion", current),
            ("TargetVersion", target),
        ]);
        let resource = self
            .made
            .map([("Type", self.made.text("AWS::Lambda::Function")), ("Properties", properties)]);
        let bound = [
            ("BeforeAllowTraffic", of.pre_traffic.as_ref()),
            ("AfterAllowTraffic", of.post_traffic.as_ref()),
        ];
        let hooks = bound.into_iter().filter_map(|(event, function)| {
            Some(self.made.map([(event, self.made.spanned(function?))]))
        });
        let (resources, hooks) = (
            self.made.list([self.made.map([(&of.logical_id.value[..], resource)])]),
            self.made.list(hooks),
        );
        let mut entries = vec![("version", self.made.number("0.0")), ("Resources", resources)];
        if hooks.items().is_some_and(|hooks| !hooks.is_empty()) {
            entries.push(("Hooks", hooks));
        }
        self.made.map(entries)
    }
}
