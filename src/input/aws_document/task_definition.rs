//! An ECS task definition: its containers, their ports, health checks and stop timeouts.
//!
//! How a revision behaves no document says (`scenario::revision`). Rules: ECS-TASK-12 to
//! ECS-TASK-14, ECS-TASK-19.

use super::kind::{Kind, expected};
use super::value::{count, matched_name, name, port, seconds};
use crate::aws::exception::Exception;
use crate::aws::service::LaunchType;
use crate::diagnostic::{Diagnostic, Diagnostics, Span, Spanned, code};
use crate::engine::time::SimDuration;
use crate::input::decode::{Field, Map, boolean, list, scalar_text, text};
use crate::input::tree::shortened;
use crate::scenario::service::{ContainerCheck, STOP_TIMEOUT_DEFAULT};

/// What a task definition says that the simulation needs.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskDefinition {
    /// `family`, if it is written.
    pub family: Option<Spanned<String>>,
    /// Its containers, in the order of the document; at least one.
    pub containers: Vec<Container>,
    /// `networkMode`, if it is written.
    pub network_mode: Option<Spanned<String>>,
    /// How many placement constraints it has.
    pub placement_constraints: usize,
    /// The place of the whole.
    pub span: Span,
}

/// A container of a task definition.
#[derive(Clone, Debug, PartialEq)]
pub struct Container {
    /// Its name.
    pub name: Spanned<String>,
    /// Whether the task ends with it; so by default. Rule: ECS-TASK-12.
    pub essential: bool,
    /// The ports that it listens on.
    pub ports: Vec<Spanned<u16>>,
    /// Its health check, if it has one. Rule: ECS-TASK-14.
    pub health_check: Option<ContainerCheck>,
    /// `restartAttemptPeriod` of its restart policy, if that is enabled. Rule: ECS-TASK-13.
    pub restart_attempt_period: Option<SimDuration>,
    /// `stopTimeout`, if it is written; 2 to 120 s on Fargate. Rule: ECS-TASK-19.
    pub stop_timeout: Option<SimDuration>,
}

impl TaskDefinition {
    /// The container of this name.
    pub fn container(&self, name: &str) -> Option<&Container> {
        self.containers.iter().find(|container| container.name.value == name)
    }

    /// How long the longest-waiting container has between SIGTERM and SIGKILL; 30 s if none says.
    pub fn stop_timeout(&self) -> SimDuration {
        let default = STOP_TIMEOUT_DEFAULT;
        let each =
            self.containers.iter().map(|container| container.stop_timeout.unwrap_or(default));
        each.max().unwrap_or(default)
    }

    /// How long an essential container must have run to be started again in place: that of the first one which
    /// has a restart policy.
    pub fn restart_attempt_period(&self) -> Option<SimDuration> {
        let essential = self.containers.iter().filter(|container| container.essential);
        essential.filter_map(|container| container.restart_attempt_period).next()
    }

    /// The health check that a task's health follows: that of the first essential container which has one.
    pub fn container_check(&self) -> Option<ContainerCheck> {
        let essential = self.containers.iter().filter(|container| container.essential);
        essential.filter_map(|container| container.health_check).next()
    }
}

/// Reads a task definition: the input that registers it, or the answer that describes it.
pub fn task_definition(field: Field, to: &mut Diagnostics) -> Option<TaskDefinition> {
    let field = expected(field, &[Kind::TaskDefinition], to)?;
    let field = match field.node.key("taskDefinition") {
        Some(node) if node.entries().is_some() => {
            Field { name: "taskDefinition", node, key_span: node.span }
        }
        _ => field,
    };
    let mut map = Map::open_aws(field, to)?;
    let family = map.optional("family", name);
    let launch_types = map.or("requiresCompatibilities", list(text), Vec::new());
    let on_fargate = launch_types.iter().any(|on| on == LaunchType::Fargate.as_str());
    let containers = map
        .required("containerDefinitions", list(|field, to| Some(container(field, on_fargate, to))));
    let network_mode = map.optional("networkMode", name);
    let constraints = map.take("placementConstraints");
    let placement_constraints =
        constraints.and_then(|list| list.node.items()).map_or(0, <[_]>::len);
    map.unused();
    let span = field.node.span;
    let containers = containers?;
    if let Some(fault) = container_fault(&containers, field) {
        to.push(fault);
    }
    let containers = containers.into_iter().flatten().collect::<Vec<_>>();
    (!containers.is_empty()).then_some(TaskDefinition {
        family,
        containers,
        network_mode,
        placement_constraints,
        span,
    })
}

/// What is wrong with the containers taken together. Those that could not be read count as good ones.
fn container_fault(containers: &[Option<Container>], field: Field) -> Option<Diagnostic> {
    let list = field.node.key("containerDefinitions").map_or(field.node.span, |list| list.span);
    let refused = |span, title: String| {
        Diagnostic::new(code::TASK_DEFINITION_REFUSED, span, title).refused_with(Exception::Client)
    };
    if containers.is_empty() {
        let title = "`containerDefinitions` is empty".to_string();
        return Some(refused(list, title).label("one container at least is needed here"));
    }
    for (index, container) in containers.iter().enumerate() {
        let name = container.as_ref().map(|container| &container.name)?;
        let mut earlier = containers[..index].iter().flatten();
        if earlier.any(|earlier| earlier.name.value == name.value) {
            let title = format!("two containers are called `{}`", shortened(&name.value));
            return Some(refused(name.span, title).label("the second one"));
        }
    }
    let essential = containers.iter().flatten().any(|container| container.essential);
    (!essential).then(|| {
        refused(list, "no container is essential".to_string())
            .label("all have `essential: false`")
            .help("take `essential` away from the container that serves requests")
    })
}

fn container(field: Field, on_fargate: bool, to: &mut Diagnostics) -> Option<Container> {
    let mut map = Map::open_aws(field, to)?;
    let name = map.required("name", matched_name);
    let essential = map.or("essential", boolean, true);
    let ports = map.or("portMappings", list(port_mapping), Vec::new());
    let health_check = map.optional("healthCheck", health_check).flatten();
    let restart_attempt_period = map.optional("restartPolicy", restart_policy).flatten();
    let stop_timeout = match on_fargate {
        true => map.optional("stopTimeout", seconds(2..=120)),
        false => map.optional("stopTimeout", seconds(0..=i64::from(i32::MAX))),
    };
    map.unused();
    let ports = ports.into_iter().flatten().collect();
    let name = name?;
    Some(Container { name, essential, ports, health_check, restart_attempt_period, stop_timeout })
}

/// `restartPolicy`: how long the container must have run, if it is enabled.
fn restart_policy(field: Field, to: &mut Diagnostics) -> Option<Option<SimDuration>> {
    let mut map = Map::open_aws(field, to)?;
    let enabled = map.required("enabled", boolean);
    let period = map.or("restartAttemptPeriod", seconds(60..=1800), SimDuration::from_secs(300));
    map.unused();
    Some((enabled == Some(true)).then_some(period))
}

/// The container's port of a mapping; a range of ports has none.
fn port_mapping(field: Field, to: &mut Diagnostics) -> Option<Option<Spanned<u16>>> {
    let mut map = Map::open_aws(field, to)?;
    let found = match map.take("containerPortRange") {
        Some(_) => None,
        None => Some(map.required("containerPort", port)?),
    };
    map.unused();
    Some(found)
}

/// `healthCheck`; the command `NONE` says that there is none.
fn health_check(field: Field, to: &mut Diagnostics) -> Option<Option<ContainerCheck>> {
    let mut map = Map::open_aws(field, to)?;
    let command = map.required(
        "command",
        list(|field, to| scalar_text(field, "a text", to).map(str::to_string)),
    );
    let check = ContainerCheck {
        interval: map.or("interval", seconds(5..=300), SimDuration::from_secs(30)),
        timeout: map.or("timeout", seconds(2..=60), SimDuration::from_secs(5)),
        retries: map.or("retries", count(1..=10), 3),
        start_period: map.or("startPeriod", seconds(0..=300), SimDuration::ZERO),
    };
    map.unused();
    let none = command.is_some_and(|command| command.first().is_some_and(|word| word == "NONE"));
    Some((!none).then_some(check))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::aws_document::told::told;

    fn read(containers: &str) -> (Option<TaskDefinition>, Vec<String>) {
        let text = format!(
            "family: web\nrequiresCompatibilities: [FARGATE]\ncontainerDefinitions:\n{containers}"
        );
        told(&text, |field, _, to| task_definition(field, to))
    }

    #[test]
    fn containers_say_their_ports_checks_and_stop_timeouts() {
        let (found, lines) = read(
            "- { name: web, portMappings: [{ containerPort: '80', hostPort: 0 }], stopTimeout: '60', \
             healthCheck: { command: [CMD, x], interval: '10', retries: 2 } }\n\
             - { name: log, essential: 'false', healthCheck: { command: [NONE] } }\n",
        );
        assert!(lines.is_empty(), "{lines:?}");
        let found = found.expect("a good task definition");
        assert_eq!(found.container("web").expect("it is there").ports[0].value, 80);
        assert_eq!(found.stop_timeout(), SimDuration::from_secs(60));
        let check = found.container_check().expect("a check");
        assert_eq!(
            (check.interval, check.timeout),
            (SimDuration::from_secs(10), SimDuration::from_secs(5))
        );
        assert_eq!((check.retries, check.start_period), (2, SimDuration::ZERO));
        let log = found.container("log").expect("it is there");
        assert!(!log.essential && log.health_check.is_none());
    }

    #[test]
    fn an_answer_is_unwrapped() {
        let text =
            "taskDefinition: { family: web, revision: 7, containerDefinitions: [{ name: web }] }";
        let (found, lines) = told(text, |field, _, to| task_definition(field, to));
        assert!(lines.is_empty(), "{lines:?}");
        let found = found.expect("a task definition");
        assert_eq!(found.stop_timeout(), SimDuration::from_secs(30));
        assert_eq!(found.container_check(), None);
    }

    #[test]
    fn what_ecs_refuses_is_told() {
        let told = |containers: &str| read(containers).1.join("\n");
        let title = "CUT0224 at `web`: two containers are called `web`";
        assert_eq!(told("- name: web\n- name: web\n"), title);
        assert!(told("- { name: web, essential: false }").ends_with("no container is essential"));
        assert!(told("  []").ends_with("`containerDefinitions` is empty"));
        let title = "CUT0107 at `121`: `stopTimeout` is 121, more than 120";
        assert_eq!(told("- { name: web, stopTimeout: 121 }"), title);
        let title = "CUT0107 at `301`: `interval` is 301, more than 300";
        assert_eq!(told("- { name: web, healthCheck: { command: [x], interval: 301 } }"), title);
    }
}
