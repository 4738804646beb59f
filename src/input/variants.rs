//! Files and axes become numbered scenarios, each validated before any is played.
//!
//! Every variant goes the way of a single scenario with its values given to `--set`, so that a replication of
//! it is the run that this command line plays.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::aws::name::ComputePlatform;
use crate::aws::service::DeploymentControllerType;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity, Sources, code};
use crate::input::load::load_among;
use crate::input::section::sweep::{checked, configs};
use crate::input::sensitivity::{Swing, swing};
use crate::input::source::Source;
use crate::input::tree::Assignment;
use crate::scenario::Scenario;
use crate::scenario::platform::Platform;
use crate::scenario::sweep::{Axis, Sweep, VARIANTS_MAX, Variant};
use crate::scenario::traffic_routing::{PREDEFINED, Strategy, predefined};

/// How many variants a diagnostic names.
const NAMED_MAX: usize = 3;
/// What the names of AWS's own configurations begin with.
const OF_AWS: &str = "CodeDeployDefault.";

/// What the command line asks for.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// The scenario files.
    pub files: Vec<PathBuf>,
    /// `--set`, for every variant.
    pub settings: Vec<String>,
    /// `--vary`.
    pub vary: Vec<String>,
    /// `--configs`.
    pub configs: Vec<String>,
    /// `--sensitivity`; then there is one file, and nothing else is varied.
    pub sensitivity: Vec<String>,
    /// Where nothing says what to vary, all configurations of AWS that fit are taken, the scenario's own first.
    pub all_configs: bool,
}

/// What came of it.
#[derive(Debug)]
pub struct Expanded {
    /// Every variant, files first, then the values of the first axis; empty if anything forbids to play.
    pub variants: Vec<Variant>,
    /// The axes of the first file.
    pub axes: Vec<Axis>,
    /// What is made a little smaller and larger: variants 1 and 2, 3 and 4, .., beside variant 0.
    pub swings: Vec<Swing>,
    /// How often the first file that says it wants to be played.
    pub replications: Option<u64>,
    /// Every text that was read.
    pub sources: Sources,
    /// Everything that was told, each with the variants that it is of.
    pub diagnostics: Diagnostics,
}

/// A fault and the variants that met it.
type Met = (Diagnostic, Vec<usize>);

/// Reads every file at every point of its axes.
pub fn expand(asked: &Asked, source: &dyn Source) -> Expanded {
    let expanded = Expanded {
        variants: Vec::new(),
        axes: Vec::new(),
        swings: Vec::new(),
        replications: None,
        sources: Sources::new(),
        diagnostics: Diagnostics::new(),
    };
    let mut reading = Reading { asked, source, expanded, names: Vec::new(), met: BTreeMap::new() };
    if let (false, [file]) = (asked.sensitivity.is_empty(), &asked.files[..]) {
        reading.swings(file);
        reading.tell();
    } else if let Some(varied) = reading.varied() {
        for number in 0..asked.files.len() {
            reading.file(number, &varied);
        }
        reading.tell();
    }
    let mut expanded = reading.expanded;
    if expanded.diagnostics.has_errors() {
        expanded.variants.clear();
    }
    expanded
}

/// Files while they are read.
struct Reading<'a> {
    asked: &'a Asked,
    source: &'a dyn Source,
    expanded: Expanded,
    /// The names of all variants, sound or not.
    names: Vec<String>,
    /// What was told, by place and words.
    met: BTreeMap<String, Met>,
}

impl Reading<'_> {
    /// The axes of the command line.
    fn varied(&mut self) -> Option<Vec<Axis>> {
        let (sources, to) = (&mut self.expanded.sources, &mut self.expanded.diagnostics);
        let axes = self.asked.vary.iter().map(|text| {
            let (path, values) = Assignment::parse_axis(text, "--vary", sources, to)?;
            checked(Axis { path, values }, None, to)
        });
        // All of them are read before the first fault counts.
        axes.collect::<Vec<_>>().into_iter().collect()
    }

    /// The only file, as it is and with each field a little smaller and larger.
    fn swings(&mut self, file: &PathBuf) {
        let (asked, source) = (self.asked, self.source);
        let Expanded { sources, diagnostics, swings, .. } = &mut self.expanded;
        let read = asked
            .sensitivity
            .iter()
            .filter_map(|text| swing(text, (file, &asked.settings), source, sources, diagnostics));
        swings.extend(read);
        let mut settings = vec![("as it is".to_string(), Vec::new())];
        for swing in &self.expanded.swings {
            for (sign, value) in ["-", "+"].iter().zip(&swing.values) {
                let name = format!("{} {sign}{}", short(&swing.path), swing.by);
                settings.push((name, vec![format!("{}={value}", swing.path)]));
            }
        }
        for (name, chosen) in settings {
            let settings = [asked.settings.clone(), chosen].concat();
            let mut told = Diagnostics::new();
            let sources = &mut self.expanded.sources;
            let (scenario, sweep) = load_among(file, &settings, source, sources, &mut told);
            let wanted = &mut self.expanded.replications;
            *wanted = wanted.or(sweep.replications);
            self.variant(0, name, Vec::new(), settings, (scenario, told));
        }
    }

    /// One file, as it is and at each of its points.
    fn file(&mut self, number: usize, varied: &[Axis]) {
        let (asked, source, expanded) = (self.asked, self.source, &mut self.expanded);
        let (path, sources) = (&asked.files[number], &mut expanded.sources);
        let mut told = Diagnostics::new();
        let (base, sweep) = load_among(path, &asked.settings, source, sources, &mut told);
        expanded.replications = expanded.replications.or(sweep.replications);
        let axes = axes(asked, varied, &sweep, base.as_ref(), &mut expanded.diagnostics);
        let points = points(&axes);
        if self.names.len() + points.len() > VARIANTS_MAX {
            let title = format!("there are more than {VARIANTS_MAX} variants");
            let help = "vary fewer fields, or over fewer values";
            expanded.diagnostics.push(Diagnostic::new(code::BAD_AXIS, None, title).help(help));
            return;
        }
        if axes.is_empty() {
            let name = name(asked, number, &axes, &[]);
            self.variant(number, name, Vec::new(), asked.settings.clone(), (base, told));
        } else {
            for point in points {
                let settings = [asked.settings.clone(), chosen(&axes, &point)].concat();
                let mut told = Diagnostics::new();
                let sources = &mut self.expanded.sources;
                let (scenario, _) = load_among(path, &settings, source, sources, &mut told);
                let name = name(asked, number, &axes, &point);
                self.variant(number, name, point, settings, (scenario, told));
            }
        }
        if number == 0 {
            self.expanded.axes = axes;
        }
    }

    /// Adds a variant and what was told of it; what others met at the same place is told once.
    fn variant(
        &mut self,
        number: usize,
        name: String,
        point: Vec<usize>,
        settings: Vec<String>,
        (scenario, told): (Option<Scenario>, Diagnostics),
    ) {
        let Expanded { sources, variants, .. } = &mut self.expanded;
        for diagnostic in told {
            let place = diagnostic.span.map_or(String::new(), |span| {
                format!("{}:{:?}:{}", sources.name(span.file), span.range(), sources.excerpt(span))
            });
            let Diagnostic { code, title, notes, .. } = &diagnostic;
            let met = self.met.entry(format!("{place} {code} {title} {notes:?}"));
            met.or_insert_with(|| (diagnostic, Vec::new())).1.push(self.names.len());
        }
        self.names.push(name.clone());
        let file = self.asked.files[number].display().to_string();
        variants.extend(scenario.map(|scenario| Variant { name, file, settings, point, scenario }));
    }

    /// Hands on what was told, and of which variants where it is not of all.
    fn tell(&mut self) {
        let (names, to) = (&self.names, &mut self.expanded.diagnostics);
        for (at, name) in names.iter().enumerate() {
            // They could not be told apart in the results.
            if names[..at].contains(name) {
                let title = format!("two variants are called `{name}`");
                let help = "name each file, and vary each field, once";
                to.push(Diagnostic::new(code::BAD_AXIS, None, title).help(help));
            }
        }
        for (diagnostic, variants) in std::mem::take(&mut self.met).into_values() {
            if variants.len() == names.len() || diagnostic.severity == Severity::Note {
                to.push(diagnostic);
                continue;
            }
            let named = variants.iter().take(NAMED_MAX).map(|&at| format!("`{}`", names[at]));
            let named = named.collect::<Vec<_>>().join(", ");
            let of = match (variants.len(), variants.len().saturating_sub(NAMED_MAX)) {
                (1, _) => format!("of the variant {named}"),
                (_, 0) => format!("of the variants {named}"),
                (_, rest) => format!("of the variants {named} and {rest} more"),
            };
            to.push(diagnostic.note(of));
        }
    }
}

/// The assignments that lead to a point.
fn chosen(axes: &[Axis], point: &[usize]) -> Vec<String> {
    let values = axes.iter().zip(point).map(|(axis, &at)| (&axis.path, &axis.values[at]));
    // An empty value leaves what the file says.
    let set = values.filter(|(_, value)| !value.is_empty());
    set.map(|(path, value)| format!("{path}={value}")).collect()
}

/// What is varied: what the command line says, else what the file says, else all configurations.
fn axes(
    asked: &Asked,
    varied: &[Axis],
    sweep: &Sweep,
    base: Option<&Scenario>,
    to: &mut Diagnostics,
) -> Vec<Axis> {
    let path = sweep.config_path;
    let mut axes = Vec::new();
    if !asked.configs.is_empty() {
        axes.extend(checked(configs(path, &asked.configs), None, to));
    }
    axes.extend_from_slice(varied);
    if !axes.is_empty() || !sweep.axes.is_empty() {
        return if axes.is_empty() { sweep.axes.clone() } else { axes };
    }
    let fitting = base.filter(|_| asked.all_configs).map(fitting).unwrap_or_default();
    match fitting.len() {
        0 | 1 => Vec::new(),
        _ => vec![Axis { path: path.into(), values: fitting }],
    }
}

/// AWS's own configurations that the scenario's platform and its load balancer can do, the scenario's own first; none where
/// CodeDeploy has no part in it.
fn fitting(scenario: &Scenario) -> Vec<String> {
    if scenario.deployment_controller() != DeploymentControllerType::CodeDeploy {
        return Vec::new();
    }
    let own = &scenario.first_deployment().config_name;
    let gradual = !scenario.is_behind_network_load_balancer();
    let fits = |strategy: Strategy| match strategy {
        Strategy::Traffic(routing) => gradual || !routing.is_gradual(),
        Strategy::Hosts(_) => true,
    };
    let platform = match scenario.platform {
        Platform::Ecs(_) => ComputePlatform::Ecs,
        Platform::Lambda(_) => ComputePlatform::Lambda,
        Platform::Server(_) => ComputePlatform::Server,
    };
    let of_platform = PREDEFINED.iter().filter(|config| config.platform == platform);
    let names = of_platform.filter(|config| fits(config.strategy)).map(|config| config.name);
    let others = names.filter(|name| name != own).map(String::from);
    let own = predefined(own).map_or(String::new(), |config| config.name.into());
    std::iter::once(own).chain(others).collect()
}

/// Every combination of one value from each axis, the first axis moving slowest.
fn points(axes: &[Axis]) -> Vec<Vec<usize>> {
    axes.iter().fold(vec![Vec::new()], |points, axis| {
        // Beyond the limit nothing is made of them.
        let with_next = |point: &Vec<usize>| {
            let point = point.clone();
            (0..axis.values.len()).map(move |at| [&point[..], &[at]].concat())
        };
        points.iter().flat_map(with_next).take(VARIANTS_MAX + 1).collect()
    })
}

/// The last key of a path: a quoted one as a whole, else what stands after the last dot.
fn short(path: &str) -> String {
    let quoted = path.strip_suffix("\"]").and_then(|rest| rest.rsplit_once("[\""));
    quoted.map_or(path.rsplit('.').next().unwrap_or(path), |(_, key)| key).to_string()
}

/// `rate=50/s, ECSAllAtOnce`: what tells a variant from the others.
fn name(asked: &Asked, file: usize, axes: &[Axis], point: &[usize]) -> String {
    let stem = |file: &PathBuf| {
        file.file_stem().unwrap_or(file.as_os_str()).to_string_lossy().into_owned()
    };
    let mut parts = Vec::new();
    if axes.is_empty() || asked.files.len() > 1 {
        let own = stem(&asked.files[file]);
        let is_alone = asked.files.iter().filter(|other| stem(other) == own).count() == 1;
        parts.push(if is_alone { own } else { asked.files[file].display().to_string() });
    }
    for (axis, &at) in axes.iter().zip(point) {
        let value = &axis.values[at];
        let key = short(&axis.path);
        if key == "deploymentConfigName" {
            let name = value.strip_prefix(OF_AWS).unwrap_or(value);
            parts.push(if name.is_empty() { "own configuration" } else { name }.into());
            continue;
        }
        let is_alone = axes.iter().filter(|other| short(&other.path) == key).count() == 1;
        let key = if is_alone { &key } else { &axis.path };
        parts.push(format!("{key}={value}"));
    }
    parts.join(", ")
}
