//! The text of a draft: what is assumed stands beside what the documents say, and says so.

use std::collections::BTreeSet;

use super::place::{Document, Place, named, under};
use super::template::FilledTemplate;
use crate::aws::name::{ComputePlatform, LifecycleEvent};
use crate::aws::service::DeploymentControllerType;
use crate::input::aws_document::template::arn_of;
use crate::input::aws_document::{Kind, any_case};
use crate::input::section::assumption::shown;
use crate::input::template::TemplateKind;
use crate::input::tree::Node;
use crate::scenario::assumption::Assumptions;

/// Tasks or instances where nobody says how many there are.
const COUNT: u32 = 4;
/// The scripts whose failure is tried, the likeliest to find a broken revision first.
const SCRIPTS: [&str; 4] = ["ValidateService", "ApplicationStart", "AfterInstall", "BeforeInstall"];

/// The scenario file; `unused` are documents that it does not name, with what they are.
pub fn scenario(
    used: &[(Place, Document)],
    platform: ComputePlatform,
    unused: &[(String, &'static str)],
) -> String {
    let draft = Text { used, platform };
    let mut text = String::from(
        "# Drafted by `cutover import`. What the documents say is read from them and not repeated here; what is ASSUMED\n\
         # says so: set it to what you know. `cutover run` plays it once, `cutover sweep` tells how likely what is.\n",
    );
    for (path, what) in unused {
        text += &format!("# Not used: {}, {what}.\n", scalar(path));
    }
    text += &format!("cutover: 1\nname: {}\n", draft.name());
    text += "# ASSUMED: when it plays, which shape and calendar of the traffic go by; AWS does as it does at present (`semantics: current`).\n\
             start: 2026-01-05T10:00:00Z\n\n";
    text += &draft.deployment();
    text += &draft.resources();
    text += &draft.hooks().unwrap_or_default();
    text += &draft.behaviour();
    text + &assumptions()
}

/// What a draft is written from.
struct Text<'a> {
    used: &'a [(Place, Document)],
    platform: ComputePlatform,
}

impl Text<'_> {
    /// Whether a document stands at a place, or a template stands for it.
    fn has(&self, place: Place) -> bool {
        self.used.iter().any(|(other, _)| *other == place) || self.in_template(place).is_some()
    }

    fn templates(&self) -> impl Iterator<Item = &FilledTemplate> {
        self.used.iter().filter_map(|(_, document)| document.template.as_ref())
    }

    fn in_template(&self, place: Place) -> Option<&Node> {
        self.templates().find_map(|template| template.at(place))
    }

    fn document(&self, place: Place) -> Option<&Document> {
        self.used.iter().find(|(other, _)| *other == place).map(|(_, document)| document)
    }

    /// The first name under this key that any document says.
    fn said(&self, key: &str) -> Option<&str> {
        self.used.iter().find_map(|(_, document)| named(document.says(), key))
    }

    /// After the deployment group, else what is deployed to.
    fn name(&self) -> String {
        let keys = ["deploymentGroupName", "serviceName", "family", "Name"];
        let name = keys.iter().find_map(|key| self.said(key)).unwrap_or("rehearsal");
        let allowed = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
        name.chars().take(60).map(allowed).collect()
    }

    fn paths(&self, place: Place) -> Vec<String> {
        let here = self.used.iter().filter(|(other, _)| *other == place);
        here.map(|(_, document)| scalar(&document.path)).collect()
    }

    /// A line that names what stands at a place: a path, or several.
    fn line(&self, place: Place) -> Option<String> {
        match &self.paths(place)[..] {
            [] => None,
            [path] => Some(format!("  {}: {path}\n", place.key())),
            several => Some(format!("  {}: [{}]\n", place.key(), several.join(", "))),
        }
    }

    fn deployment(&self) -> String {
        let places = [Place::DeploymentGroup, Place::DeploymentConfig, Place::Revision];
        let mut text: String = places.iter().filter_map(|place| self.line(*place)).collect();
        let says_how = [Place::DeploymentGroup, Place::DeploymentConfig];
        if text.is_empty() && self.is_deployed_by_ecs() {
            return "deployment:\n  # The service's controller is ECS, which deploys it itself, as its `deploymentConfiguration` says.\n  updateService: {}\n\n".into();
        }
        if !says_how.into_iter().any(|place| self.has(place)) {
            let config = match self.platform {
                ComputePlatform::Ecs => "CodeDeployDefault.ECSCanary10Percent5Minutes",
                ComputePlatform::Lambda => "CodeDeployDefault.LambdaCanary10Percent5Minutes",
                ComputePlatform::Server => "CodeDeployDefault.OneAtATime",
            };
            text += "  # ASSUMED: no deployment group was given, so nobody says how the revision comes in, nor what rolls it back.\n";
            text += &format!("  deploymentConfigName: {config}\n");
        }
        let has_revision =
            self.has(Place::Revision) || self.templates().any(FilledTemplate::has_function);
        if self.platform == ComputePlatform::Lambda && !has_revision {
            text += "  # ASSUMED: no AppSpec was given, so nobody says which alias moves from which version to which.\n  revision:\n    \
                     version: 0.0\n    Resources:\n      - Function: { Type: \"AWS::Lambda::Function\", Properties: { Name: function, Alias: live, \
                     CurrentVersion: \"1\", TargetVersion: \"2\" } }\n";
        }
        text += match self.platform {
            _ if has_revision => "",
            ComputePlatform::Ecs => {
                "  # No AppSpec was given: the revision is another task definition, and no function is bound to a hook.\n"
            }
            ComputePlatform::Server => {
                "  # No AppSpec was given: the agent copies files and runs no script.\n"
            }
            ComputePlatform::Lambda => "",
        };
        match self.line(Place::Template) {
            Some(_) if text.is_empty() => {
                "# What is deployed, and how, the template below says.\ndeployment: {}\n\n".into()
            }
            _ => format!("deployment:\n{text}\n"),
        }
    }

    /// What is not said of the functions that the AppSpec binds to hooks.
    fn hooks(&self) -> Option<String> {
        let own = self.document(Place::Revision).map(|spec| &spec.node);
        let hooks = any_case(own.or_else(|| self.in_template(Place::Revision))?, "hooks")?;
        let events = hooks.items()?.iter().filter_map(|hook| hook.entries()?.first());
        let events = events.filter_map(|(key, _)| LifecycleEvent::from_name(&key.name));
        let events: Vec<&str> = events.map(LifecycleEvent::as_str).collect();
        let first = events.first()?;
        Some(format!(
            "# ASSUMED: the functions of {} answer `Succeeded`, each after `hook.duration` (below). One that takes its time and may fail:\n\
             # hooks: {{ {first}: {{ duration: 30s, fails: 5% }} }}\n\n",
            events.join(", ")
        ))
    }

    /// Whether a service is given, and nobody but ECS deploys it.
    fn is_deployed_by_ecs(&self) -> bool {
        let service = self.document(Place::Service);
        service.is_some_and(|service| {
            let controller = under(&service.node, "deploymentController");
            let kind = controller.and_then(|of| of.key("type")).and_then(Node::scalar);
            kind.unwrap_or(DeploymentControllerType::Ecs.as_str())
                == DeploymentControllerType::Ecs.as_str()
        })
    }

    /// Whether that service has no load balancer, so that no request comes to it.
    fn is_worker(&self) -> bool {
        let service = self.document(Place::Service).filter(|_| self.is_deployed_by_ecs());
        let balancers = service.map(|service| under(&service.node, "loadBalancers"));
        balancers.is_some_and(|balancers| !balancers.is_some_and(is_list))
    }

    fn resources(&self) -> String {
        let mut text = match self.platform {
            ComputePlatform::Ecs => {
                let service = self.line(Place::Service);
                let is_told = service.is_some() || self.has(Place::Service);
                service.unwrap_or_else(|| match is_told {
                    true => String::new(),
                    false => self.assumed_service(),
                })
            }
            ComputePlatform::Lambda => self.function(),
            ComputePlatform::Server => format!(
                "  # ASSUMED: how many instances the tags or groups name.\n  instances: {{ count: {COUNT} }}\n"
            ),
        };
        text += &self.template();
        let places = [
            Place::TaskDefinition,
            Place::TargetGroups,
            Place::Listeners,
            Place::Alarms,
            Place::Scaling,
        ];
        for place in places.into_iter().filter(|place| place.is_of(self.platform)) {
            let is_told = self.platform == ComputePlatform::Ecs;
            let line = if place == Place::Scaling { self.scaling() } else { self.line(place) };
            text += &match line {
                Some(line) => line,
                None if self.is_worker() && place == Place::TargetGroups => String::new(),
                None if is_told && !self.has(place) => missing(place).to_string(),
                None => String::new(),
            };
        }
        format!("resources:\n{text}\n")
    }

    /// A service as the AppSpec, the deployment group and the task definition let one expect it.
    fn assumed_service(&self) -> String {
        let port = self.said("ContainerPort").filter(|port| port.parse::<u16>().is_ok());
        // A task definition names its containers, a deployment group its target groups, each by a plain `name`.
        let first_in = |place: Place, key: &str| {
            let own = self.document(place).map(|document| &document.node);
            named(under(own.or_else(|| self.in_template(place))?, key)?, "name")
        };
        let container = self
            .said("ContainerName")
            .or_else(|| first_in(Place::TaskDefinition, "containerDefinitions"))
            .unwrap_or("app");
        let described = || named(self.in_template(Place::TargetGroups)?, "Name");
        let group = first_in(Place::DeploymentGroup, "targetGroups").or_else(described);
        let group = group.unwrap_or("blue");
        format!(
            "  # ASSUMED: no service was given (`aws ecs describe-services`).\n  service:\n    cluster: {}\n    \
             serviceName: {}\n    desiredCount: {COUNT}\n    deploymentController: {{ type: CODE_DEPLOY }}\n    \
             loadBalancers:\n      - targetGroupArn: {}\n        containerName: {}\n        containerPort: {}\n",
            scalar(self.service().0),
            scalar(self.service().1),
            scalar(&arn_of(
                "elasticloadbalancing",
                &format!("targetgroup/{group}/0123456789abcdef")
            )),
            scalar(container),
            port.unwrap_or("80"),
        )
    }

    /// The cluster and the service, as the deployment group, the service or what scales it names them.
    fn service(&self) -> (&str, &str) {
        let scaled =
            self.said("ResourceId").and_then(|id| id.strip_prefix("service/")?.split_once('/'));
        let name = self.said("serviceName").or(scaled.map(|(_, service)| service));
        let cluster = self.said("clusterName").or_else(|| self.said("cluster"));
        // A cluster may be named by its ARN.
        let cluster = cluster.and_then(|cluster| cluster.rsplit('/').next());
        let cluster = cluster.or(scaled.map(|(cluster, _)| cluster));
        (cluster.unwrap_or("default"), name.unwrap_or("service"))
    }

    /// What is scaled, with the bounds that no document says.
    fn scaling(&self) -> Option<String> {
        let line = self.line(Place::Scaling)?;
        if self.said("MinCapacity").is_some() {
            return Some(line);
        }
        let (cluster, service) = self.service();
        let count = self.said("desiredCount").and_then(|count| count.parse().ok()).unwrap_or(COUNT);
        let paths = self.paths(Place::Scaling);
        let paths: String = paths.iter().map(|path| format!("    - {path}\n")).collect();
        let resource = scalar(&format!("service/{cluster}/{service}"));
        Some(format!(
            "  # ASSUMED: no scalable target was given (`aws application-autoscaling describe-scalable-targets`), so nobody says how\n  \
             # many tasks there may be.\n  scaling:\n{paths}    - {{ ServiceNamespace: ecs, ResourceId: {resource}, ScalableDimension: \"ecs:service:DesiredCount\", \
             MinCapacity: {count}, MaxCapacity: {} }}\n",
            count.saturating_mul(2)
        ))
    }

    /// The templates, the parameters that they ask for, and what only the update of a stack says.
    fn template(&self) -> String {
        let Some(mut text) = self.line(Place::Template) else { return String::new() };
        let read: Vec<&str> = self.templates().flat_map(FilledTemplate::parts).collect();
        if !read.is_empty() {
            text += &format!("  # Read from it: {}.\n", read.join(", "));
        }
        let parameters: BTreeSet<&String> =
            self.templates().flat_map(|template| &template.parameters).collect();
        if !parameters.is_empty() {
            text += "  # The template has no default for these: write what the stack has. A value in brackets is none, and what uses it is\n  \
                     # left out.\n  templateParameters:\n";
            for name in parameters {
                text += &format!("    {}: <{name}>\n", scalar(name));
            }
        }
        for template in self.templates() {
            if let [first, .., _] = &template.functions[..] {
                let all = template.functions.join(", ");
                text += &format!(
                    "  # One function is deployed in a scenario; the template deploys {all}.\n  templateFunction: {}\n",
                    scalar(first)
                );
            }
            if template.kind == TemplateKind::Hook && template.has_alarms {
                text += "  # ASSUMED: no alarm is a rollback trigger of the update. One that is: rollbackConfiguration: { RollbackTriggers:\n  \
                         # [{ Arn: its-name, Type: \"AWS::CloudWatch::Alarm\" }] }\n";
            }
        }
        text
    }

    fn function(&self) -> String {
        if self.templates().any(FilledTemplate::has_function) {
            return String::new();
        }
        let name = self.document(Place::Revision).and_then(|spec| named(&spec.node, "Name"));
        match name {
            Some(name) => format!("  function: {{ FunctionName: {} }}\n", scalar(name)),
            None => "  # ASSUMED: no document has the name of the function.\n  function: { FunctionName: function }\n".into(),
        }
    }

    /// What comes, and what the releases do with it.
    fn behaviour(&self) -> String {
        match self.platform {
            ComputePlatform::Ecs if self.is_worker() => revisions("", "", "crash: { after: 60s }"),
            ComputePlatform::Ecs | ComputePlatform::Lambda => {
                const TRAFFIC: &str = "# ASSUMED: how many requests come; a recorded series is better: { trace: requests.csv, period: 5m }.\n\
                                       traffic:\n  rate: 50/s\n\n";
                TRAFFIC.to_string()
                    + &revisions("  original: { errors: 0.1% }\n", ", errors: 0.1%", "errors: 5%")
            }
            ComputePlatform::Server => self.script().map_or_else(String::new, |script| {
                revisions("", "", &format!("scripts: {{ {script}: {{ fails: 100% }} }}"))
            }),
        }
    }

    /// A script of the AppSpec that a broken revision fails.
    fn script(&self) -> Option<&'static str> {
        let spec = self.document(Place::Revision).filter(|spec| spec.kind == Kind::Ec2AppSpec)?;
        let hooks = any_case(&spec.node, "hooks")?;
        SCRIPTS.into_iter().find(|event| hooks.key(event).is_some_and(is_list))
    }
}

/// What releases do: the original, what a good replacement does, and what makes a broken one so.
fn revisions(original: &str, good: &str, broken: &str) -> String {
    format!(
        "# ASSUMED: what releases do; one of the replacements is drawn in each replication.\nrevisions:\n{original}  replacement:\n    \
         - {{ name: good, weight: 90%{good} }}\n    - {{ name: broken, weight: 10%, bad: true, {broken} }}\n\n"
    )
}

fn is_list(node: &Node) -> bool {
    node.items().is_some_and(|items| !items.is_empty())
}

/// What holds where a document is missing.
const fn missing(place: Place) -> &'static str {
    match place {
        Place::TargetGroups => {
            "  # No target groups were given: both are taken to have AWS's defaults, a check every 30 s, 5 that pass to be healthy.\n"
        }
        Place::TaskDefinition => {
            "  # No task definition was given: its container has 30 s to stop, and no health check of its own.\n"
        }
        Place::Alarms => {
            "  # No alarms were given: nothing watches what the release does (`aws cloudwatch describe-alarms`).\n"
        }
        Place::DeploymentGroup
        | Place::DeploymentConfig
        | Place::Revision
        | Place::Service
        | Place::Listeners
        | Place::Scaling
        | Place::Template => "",
    }
}

/// Every number that AWS does not document, with its default, as comments: to change one, take its `#` away.
fn assumptions() -> String {
    let mut all = Assumptions::default();
    let lines = Assumptions::TABLE.iter().map(|assumption| {
        let parameter = all.parameter(assumption.name).expect("a known name");
        let (name, text, rule) = (assumption.name, assumption.text.trim(), assumption.rule);
        format!("#   # {text} [{rule}]\n#   {name}: {}\n", shown(&parameter))
    });
    let lines: String = lines.collect();
    format!(
        "# What AWS does not document, with its defaults and their sources; take the `#` away to set one.\n# assumptions:\n{lines}"
    )
}

/// A text as a YAML scalar.
fn scalar(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '/' | '.' | '-');
    let is_word = text.chars().all(is_plain)
        && text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '.' || c == '/');
    let is_reserved = ["true", "false", "null", "yes", "no", "on", "off"]
        .contains(&text.to_ascii_lowercase().as_str());
    if is_word && !is_reserved {
        return text.into();
    }
    serde_json::to_string(text).expect("text is always JSON")
}
