//! A scenario file and all that it points at become a [`Scenario`], or every reason why they do not.
//!
//! One reader for each section (`section`), one for each kind of AWS document (`aws_document`), one place
//! where they are joined (`join`).

use std::path::Path;

use crate::aws::name::ComputePlatform;
use crate::aws::service::DeploymentControllerType;
use crate::diagnostic::{Diagnostic, Diagnostics, Sources, Spanned, code};
use crate::engine::time::SimDuration;
use crate::input::account;
use crate::input::aws_document::alarm;
use crate::input::aws_document::listener::{self, Listener};
use crate::input::aws_document::scaling::{self, ScalingDocuments};
use crate::input::aws_document::service::{self, Service};
use crate::input::aws_document::target_group::{self, TargetGroup};
use crate::input::aws_document::task_definition::{self, TaskDefinition};
use crate::input::decode::{Field, Map, integer, text};
use crate::input::files::Files;
use crate::input::foreign::foreign;
use crate::input::section::deployment::DeploymentSection;
use crate::input::section::function::{self, FunctionSection};
use crate::input::section::hook::{HookBehaviour, StageBehaviour};
use crate::input::section::instances::instances;
use crate::input::section::operator::Operator;
use crate::input::section::revision::Revisions;
use crate::input::section::{
    assumption, client, deployment, expectation, fault, hook, operator, revision, start, sweep,
    traffic,
};
use crate::input::source::Source;
use crate::input::tree::{self, Assignment, Node, shortened};
use crate::input::{documents, join, template, unit};
use crate::scenario::account::Account;
use crate::scenario::alarm::Alarm;
use crate::scenario::assumption::Assumptions;
use crate::scenario::client::Client;
use crate::scenario::deployment::Pace;
use crate::scenario::fault::Fault;
use crate::scenario::semantics::Semantics;
use crate::scenario::server::Server;
use crate::scenario::sweep::Sweep;
use crate::scenario::traffic::Traffic;
use crate::scenario::{Expectations, Scenario, Start};

/// The format of scenario files that this version reads.
const FORMAT: i64 = 1;
/// The longest name of a scenario: it becomes a folder's.
const NAME_CHARACTERS_MAX: usize = 80;

/// What came of a scenario file.
#[derive(Debug)]
pub struct Loaded {
    /// The scenario, if nothing forbids a run.
    pub scenario: Option<Scenario>,
    /// How the file wants to be played many times.
    pub sweep: Sweep,
    /// Every text that was read, for the places of the diagnostics.
    pub sources: Sources,
    /// Everything that was told.
    pub diagnostics: Diagnostics,
}

/// Reads a scenario file with its documents, after the assignments (`--set PATH=VALUE`) were applied.
pub fn load(path: &Path, assignments: &[String], source: &dyn Source) -> Loaded {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let (scenario, sweep) = load_among(path, assignments, source, &mut sources, &mut diagnostics);
    Loaded { scenario, sweep, sources, diagnostics }
}

/// The same among texts that were read before.
pub fn load_among(
    path: &Path,
    assignments: &[String],
    source: &dyn Source,
    sources: &mut Sources,
    to: &mut Diagnostics,
) -> (Option<Scenario>, Sweep) {
    let Some((sections, digest)) = read(path, assignments, source, sources, to) else {
        return (None, Sweep::unsaid(false));
    };
    let sweep = sections.sweep.clone();
    let scenario = join::scenario(sections, digest, to);
    (scenario.filter(|_| !to.has_errors()), sweep)
}

fn read(
    path: &Path,
    assignments: &[String],
    source: &dyn Source,
    sources: &mut Sources,
    to: &mut Diagnostics,
) -> Option<(Sections, u64)> {
    let mut files = Files::beside(path, source, sources);
    let root = gathered(path, assignments, &mut files, to)?;
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let sections = sections(&root, &stem, &mut files, to)?;
    Some((sections, files.digest()))
}

/// The whole tree: the file, its documents, and what the assignments make of them.
fn gathered(
    path: &Path,
    assignments: &[String],
    files: &mut Files<'_>,
    to: &mut Diagnostics,
) -> Option<Node> {
    let mut root = files.tree(path.file_name().unwrap_or_default(), None, to)?;
    if let Some(fault) = foreign(&root, &path.display().to_string()) {
        to.push(fault);
        return None;
    }
    let assignments: Vec<Assignment> = assignments
        .iter()
        .filter_map(|text| {
            files.add(text);
            Assignment::parse(text, "--set", files.sources(), to)
        })
        .collect();
    documents::gather(&mut root, &assignments, files, to);
    template::expand(&mut root, to);
    Some(root)
}

/// A value as it is written in the file or its documents, after the assignments; nothing if none is written there.
pub fn written_at(
    path: &Path,
    assignments: &[String],
    wanted: &tree::Path,
    source: &dyn Source,
    sources: &mut Sources,
) -> Option<String> {
    let mut files = Files::beside(path, source, sources);
    // What is wrong with the file is told when it is read as a whole.
    let root = gathered(path, assignments, &mut files, &mut Diagnostics::new())?;
    let span = root.get(wanted)?.span;
    Some(files.sources().excerpt(span).to_string())
}

/// The sections of a scenario file, each read on its own.
#[derive(Debug)]
pub struct Sections {
    /// `name`.
    pub name: String,
    /// `summary`.
    pub summary: String,
    /// `start`.
    pub start: Start,
    /// `semantics`.
    pub semantics: Semantics,
    /// What is deployed to, as `resources` tell.
    pub platform: ComputePlatform,
    /// `deployment`, or `deployments`; never empty.
    pub deployments: Vec<DeploymentSection>,
    /// `operator`.
    pub operator: Operator,
    /// `faults`, in order of time.
    pub faults: Vec<Fault>,
    /// `until`.
    pub until: SimDuration,
    /// `resources`.
    pub resources: Resources,
    /// `traffic`.
    pub traffic: Traffic,
    /// `revisions`.
    pub revisions: Revisions,
    /// `hooks`, by event.
    pub hooks: [Option<HookBehaviour>; 8],
    /// `hooks`, by stage of a deployment of ECS.
    pub stage_hooks: Vec<StageBehaviour>,
    /// `lifecycle`, by event.
    pub lifecycle: [Pace; 8],
    /// What the ARNs of the documents say, if any does.
    pub account: Option<Account>,
    /// `client`.
    pub client: Client,
    /// `assumptions`.
    pub assumptions: Assumptions,
    /// `expect`.
    pub expectations: Option<Expectations>,
    /// `sweep`.
    pub sweep: Sweep,
}

/// What exists in the account.
#[derive(Debug)]
pub struct Resources {
    /// `function`, in place of a service and what belongs to it.
    pub function: Option<FunctionSection>,
    /// `instances`, in place of the same.
    pub instances: Option<Server>,
    /// `service`; it says nothing where something else is deployed to.
    pub service: Service,
    /// `taskDefinition`.
    pub task_definition: Option<TaskDefinition>,
    /// `targetGroups`.
    pub target_groups: Vec<TargetGroup>,
    /// `listeners`.
    pub listeners: Vec<Listener>,
    /// `alarms`.
    pub alarms: Vec<Spanned<Alarm>>,
    /// `scaling`.
    pub scaling: Option<ScalingDocuments>,
}

fn sections(
    root: &Node,
    stem: &str,
    files: &mut Files<'_>,
    to: &mut Diagnostics,
) -> Option<Sections> {
    let mut map = Map::open(Field::new("scenario", root), to)?;
    map.required("cutover", format);
    let name = map.or("name", name, usable_name(stem));
    let summary = map.or("summary", text, String::new());
    let start = map.or("start", start::start, start::DEFAULT);
    let semantics = map.or("semantics", start::semantics, Semantics::Current);
    let platform = platform(root);
    let deployments = deployments(&mut map, platform, files);
    let operator = map.or(
        "operator",
        |field: Field, to: &mut Diagnostics| operator::operator(field, platform, files, to),
        Operator::default(),
    );
    let faults = map.or("faults", fault::faults, Vec::new());
    let until = map.or("until", unit::duration, SimDuration::ZERO);
    let deploys = controller(root);
    let resources = map
        .required("resources", |field: Field, to: &mut Diagnostics| resources(field, deploys, to));
    let traffic = map.or(
        "traffic",
        |field: Field, to: &mut Diagnostics| traffic::traffic(field, files, to),
        traffic::NONE,
    );
    let revisions = map.or("revisions", revision::revisions, Revisions::default());
    let hooks = map.optional("hooks", hook::hooks).unwrap_or_default();
    let lifecycle = map.optional("lifecycle", hook::lifecycle).unwrap_or_default();
    let client = map.or("client", client::client, Client::default());
    let assumptions = map.or("assumptions", assumption::assumptions, Assumptions::default());
    let expectations = map.optional("expect", expectation::expectations);
    let sweep = sweep(&mut map, files);
    map.finish();
    Some(Sections {
        name,
        summary,
        start,
        semantics,
        platform,
        deployments: deployments?,
        operator,
        faults,
        until,
        resources: resources?,
        traffic,
        revisions,
        hooks: hooks.events,
        stage_hooks: hooks.stages,
        lifecycle,
        account: account::account(root),
        client,
        assumptions,
        expectations,
        sweep,
    })
}

/// `sweep`; a run of its own does not need it.
fn sweep(map: &mut Map<'_, '_>, files: &mut Files<'_>) -> Sweep {
    let unsaid = Sweep::unsaid(map.has("deployments"));
    let said = map.optional("sweep", |field: Field, to: &mut Diagnostics| {
        sweep::sweep(field, unsaid.clone(), files, to)
    });
    said.unwrap_or(unsaid)
}

/// `cutover: 1`; a newer format is refused.
fn format(field: Field, to: &mut Diagnostics) -> Option<()> {
    let found = integer(1..=i64::MAX)(field, to)?;
    if found > FORMAT {
        let title = format!("the file has format {found}, newer than {FORMAT}");
        to.push(
            Diagnostic::new(code::NEWER_FORMAT, field.node.span, title)
                .label("not known to this version")
                .help("use the version of `cutover` that it was written for"),
        );
    }
    Some(())
}

/// Letters, digits, `-` and `_`: a name becomes a folder's.
fn name(field: Field, to: &mut Diagnostics) -> Option<String> {
    let name = text(field, to)?;
    if name == usable_name(&name) {
        return Some(name);
    }
    let title = format!("`{}` is `{}`, no name for a folder", field.name, shortened(&name));
    to.push(
        Diagnostic::new(code::BAD_NAME, field.node.span, title)
            .label("results are written to a folder of this name")
            .help(format!("write letters, digits, `-` and `_`, such as `{}`", usable_name(&name)))
            .mend(&name, usable_name(&name)),
    );
    None
}

fn usable_name(text: &str) -> String {
    let allowed = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
    let name: String = text.chars().take(NAME_CHARACTERS_MAX).map(allowed).collect();
    if name.is_empty() { "scenario".into() } else { name }
}

/// A Lambda function among the resources makes it a scenario of Lambda, instances one of EC2; else it is one of ECS.
fn platform(root: &Node) -> ComputePlatform {
    let has = |key| root.key("resources").is_some_and(|resources| resources.key(key).is_some());
    match () {
        () if has("function") => ComputePlatform::Lambda,
        () if has("instances") => ComputePlatform::Server,
        () => ComputePlatform::Ecs,
    }
}

/// Who drives the service: whoever has steps of their own, ECS if it is told to, else CodeDeploy.
fn controller(root: &Node) -> DeploymentControllerType {
    let first = root.key("deployment").or_else(|| root.key("deployments")?.items()?.first());
    let has = |key| first.is_some_and(|deployment| deployment.key(key).is_some());
    match () {
        () if has("external") => DeploymentControllerType::External,
        () if has("updateService") => DeploymentControllerType::Ecs,
        () => DeploymentControllerType::CodeDeploy,
    }
}

fn deployments(
    map: &mut Map<'_, '_>,
    platform: ComputePlatform,
    files: &mut Files<'_>,
) -> Option<Vec<DeploymentSection>> {
    match map.one_of(&["deployment", "deployments"])? {
        "deployments" => map.optional("deployments", |field: Field, to: &mut Diagnostics| {
            deployment::deployments(field, platform, files, to)
        }),
        _ => map
            .optional("deployment", |field: Field, to: &mut Diagnostics| {
                deployment::deployment(field, platform, files, to)
            })
            .map(|only| vec![only]),
    }
}

fn resources(
    field: Field,
    deploys: DeploymentControllerType,
    to: &mut Diagnostics,
) -> Option<Resources> {
    let mut map = Map::open(field, to)?;
    let has_function = field.node.key("function").is_some();
    let function = has_function.then(|| map.required("function", function::function));
    let has_instances = !has_function && field.node.key("instances").is_some();
    let instances = has_instances.then(|| map.required("instances", instances));
    let service = match has_function || has_instances {
        true => Some(Service::unsaid(field.node.span)),
        false => map.required("service", |field: Field, to: &mut Diagnostics| {
            service::service(field, None, deploys, to)
        }),
    };
    let task_definition = map.optional("taskDefinition", task_definition::task_definition);
    let target_groups = map.or("targetGroups", target_group::target_groups, Vec::new());
    let alarms = map.or(
        "alarms",
        |field: Field, to: &mut Diagnostics| alarm::alarms(field, None, to),
        Vec::new(),
    );
    let scaling = map.optional("scaling", scaling::documents);
    let listeners = map.or("listeners", listener::listeners, Vec::new());
    map.finish();
    Some(Resources {
        function: match function {
            Some(function) => Some(function?),
            None => None,
        },
        instances: match instances {
            Some(instances) => Some(instances?),
            None => None,
        },
        service: service?,
        task_definition,
        target_groups,
        listeners,
        alarms,
        scaling,
    })
}
