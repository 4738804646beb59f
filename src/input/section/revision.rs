//! `revisions:`: the original, and what may be deployed.

use crate::aws::instance::InstanceEvent;
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::engine::share::Share;
use crate::engine::time::SimDuration;
use crate::input::decode::{Field, Map, boolean, integer, number, text};
use crate::input::section::custom_metric::{metrics, number_metrics};
use crate::input::section::defect::defects;
use crate::input::section::script::scripts;
use crate::input::tree::Value;
use crate::input::unit;
use crate::scenario::defect::{ALL_DEFECTS_MAX, Defect};
use crate::scenario::revision::{Crash, Lifetime, Probe, Revision, TaskCapacity};
use crate::scenario::server::Scripts;

/// At most so many candidates: a fact names one by a byte, and more than that nobody tells apart.
const CANDIDATES_MAX: usize = 100;

/// What the section says.
#[derive(Clone, Debug, PartialEq)]
pub struct Revisions {
    /// `original`.
    pub original: Revision,
    /// The candidates; never empty.
    pub candidates: Vec<Revision>,
    /// The names under which they stand, each with the positions of its candidates.
    pub names: Vec<(String, Vec<u8>)>,
}

impl Revisions {
    /// Every revision.
    pub fn all(&self) -> impl Iterator<Item = &Revision> {
        self.candidates.iter().chain([&self.original])
    }
}

impl Default for Revisions {
    /// An original with the usual share of errors, and a replacement that is no better and no worse.
    fn default() -> Revisions {
        let original = usual();
        let candidates = vec![Revision { name: "replacement".into(), ..original.clone() }];
        Revisions { original, candidates, names: vec![("replacement".into(), vec![0])] }
    }
}

/// The share of its requests that a revision fails of which nobody says anything: `request.base_error_rate`.
pub const USUAL_ERRORS: Share = Share::from_parts_per_billion(1_000_000);

/// A revision that fails one request in a thousand (`request.base_error_rate`) and passes every check.
fn usual() -> Revision {
    let passes = Probe { fails: Share::ZERO, hangs: false };
    Revision {
        name: "original".into(),
        weight: 1.0,
        bad: false,
        errors: USUAL_ERRORS,
        defects: Vec::new(),
        client_errors: Share::ZERO,
        launch: None,
        boot: None,
        resets: Share::ZERO,
        start_fails: Share::ZERO,
        crash: None,
        latency: None,
        image_megabytes: None,
        metrics: Vec::new(),
        capacity: None,
        health_check: passes,
        scripts: Scripts::default(),
        container_check: passes,
    }
}

/// The whole section: `original`, and under any other name a candidate or a list of them.
pub fn revisions(field: Field, to: &mut Diagnostics) -> Option<Revisions> {
    let mut map = Map::open(field, to)?;
    let original =
        map.or("original", |f: Field, to: &mut Diagnostics| one(f, &usual(), to), usual());
    let written = map.each(|field: Field, to: &mut Diagnostics| {
        if field.name == "original" {
            return Some(Vec::new());
        }
        candidates(field, &original, to)
    });
    let (mut candidates, mut names) = (Vec::new(), Vec::new());
    for (key, under_it) in written.into_iter().filter(|(key, _)| key.name != "original") {
        let first = candidates.len();
        candidates.extend(under_it);
        names.push((key.name.clone(), positions(first..candidates.len())));
    }
    if candidates.is_empty() {
        candidates.push(Revision { name: "replacement".into(), ..original.clone() });
        names.push(("replacement".into(), vec![0]));
    }
    if candidates.len() > CANDIDATES_MAX {
        let title = format!("there are {} candidates", candidates.len());
        to.push(
            Diagnostic::new(code::BAD_LENGTH, field.node.span, title)
                .label(format!("at most {CANDIDATES_MAX} can be told apart")),
        );
    }
    tell_repeated_names(field, &candidates, to);
    let mut original = original;
    number_defects(field, &mut original, &mut candidates, to)?;
    number_metrics(field, std::iter::once(&mut original).chain(&mut candidates), to)?;
    Some(Revisions { original, candidates, names })
}

/// Gives every defect its position among all.
fn number_defects(
    field: Field,
    original: &mut Revision,
    candidates: &mut [Revision],
    to: &mut Diagnostics,
) -> Option<()> {
    let revisions = std::iter::once(original).chain(candidates);
    let mut defects: Vec<_> = revisions.flat_map(|revision| &mut revision.defects).collect();
    if defects.len() > ALL_DEFECTS_MAX {
        let title = format!("the revisions have {} defects together", defects.len());
        to.push(
            Diagnostic::new(code::BAD_LENGTH, field.node.span, title)
                .label(format!("at most {ALL_DEFECTS_MAX} can be told apart")),
        );
        return None;
    }
    for (defect, id) in defects.iter_mut().zip(0..) {
        defect.id = id;
    }
    Some(())
}

/// Positions of candidates; those beyond a byte are refused as too many.
fn positions(range: std::ops::Range<usize>) -> Vec<u8> {
    range.filter_map(|position| u8::try_from(position).ok()).collect()
}

fn candidates(field: Field, original: &Revision, to: &mut Diagnostics) -> Option<Vec<Revision>> {
    let default = Revision { name: field.name.to_string(), bad: false, ..original.clone() };
    if let Value::List(items) = &field.node.value {
        if items.is_empty() {
            let title = format!("`{}` has no candidate", field.name);
            to.push(Diagnostic::new(code::BAD_LENGTH, field.node.span, title));
        }
        return items
            .iter()
            .enumerate()
            .map(|(index, node)| {
                let name = format!("{}[{index}]", field.name);
                let default = Revision { name: name.clone(), ..default.clone() };
                candidate(Field::new(&name, node), &default, original, to)
            })
            .collect();
    }
    candidate(field, &default, original, to).map(|candidate| vec![candidate])
}

/// A candidate is bad if it says so, else if any of its behaviours is worse than the original's (decision 24).
fn candidate(
    field: Field,
    default: &Revision,
    original: &Revision,
    to: &mut Diagnostics,
) -> Option<Revision> {
    let mut bad = None;
    let mut revision = read(field, default, to, |map| bad = map.optional("bad", boolean))?;
    revision.bad = bad.unwrap_or_else(|| is_worse(&revision, original));
    Some(revision)
}

fn one(field: Field, default: &Revision, to: &mut Diagnostics) -> Option<Revision> {
    read(field, default, to, |_| ())
}

fn read<'a>(
    field: Field<'a>,
    default: &Revision,
    to: &mut Diagnostics,
    more: impl FnOnce(&mut Map<'a, '_>),
) -> Option<Revision> {
    let mut map = Map::open(field, to)?;
    // Stages of its own take the place of a launch that it has from the original.
    let has_stages = map.has("boot") || map.has("image_size_MB");
    let inherited = default.launch.clone().filter(|_| !has_stages);
    let launch = map.optional("launch", unit::latency);
    let stands_beside = launch.is_some();
    let revision = Revision {
        name: map.or("name", text, default.name.clone()),
        weight: map.or("weight", weight, default.weight),
        bad: default.bad,
        errors: map.or("errors", unit::share, default.errors),
        defects: map.or("defects", defects, default.defects.clone()),
        client_errors: map.or("client_errors", unit::share, default.client_errors),
        resets: map.or("resets", unit::share, default.resets),
        launch: launch.or(inherited),
        boot: map.optional("boot", unit::latency).or_else(|| default.boot.clone()),
        start_fails: map.or("start_fails", unit::share, default.start_fails),
        crash: map.optional("crash", crash).or_else(|| default.crash.clone()),
        latency: map.optional("latency", unit::latency).or_else(|| default.latency.clone()),
        metrics: map.or("metrics", metrics, default.metrics.clone()),
        capacity: map.optional("capacity", capacity).or(default.capacity),
        image_megabytes: map
            .optional("image_size_MB", number(0.0..=1e6))
            .or(default.image_megabytes),
        health_check: map.or("health_check", probe, default.health_check),
        container_check: map.or("container_check", probe, default.container_check),
        scripts: map.or(
            "scripts",
            |field: Field, to: &mut Diagnostics| scripts(field, &default.scripts, to),
            default.scripts.clone(),
        ),
    };
    more(&mut map);
    if stands_beside {
        for stage in ["boot", "image_size_MB"] {
            if let Some(other) = map.take(stage) {
                map.tell(
                    Diagnostic::new(
                        code::CONFLICTING_KEYS,
                        other.key_span,
                        format!("`{stage}` stands beside `launch`"),
                    )
                    .label("only one of them can hold")
                    .help("`launch` is the whole launch; take it away to launch stage by stage"),
                );
            }
        }
    }
    map.finish();
    Some(revision)
}

/// `90%` or `9`: how likely, relative to the others.
fn weight(field: Field, to: &mut Diagnostics) -> Option<f64> {
    let weight = match field.node.scalar() {
        Some(text) if text.ends_with('%') => unit::share(field, to)?.as_f64(),
        _ => number(0.0..=1e9)(field, to)?,
    };
    if weight > 0.0 {
        return Some(weight);
    }
    let title = format!("`{}` is nothing", field.name);
    to.push(
        Diagnostic::new(code::OUT_OF_RANGE, field.node.span, title)
            .label("a candidate that is never drawn")
            .help("take the candidate away, or give it a weight above 0"),
    );
    None
}

/// `{ after: 3m, share: 50% }`, or with `requests: 200000` in place of `after`; without a share every task.
fn crash(field: Field, to: &mut Diagnostics) -> Option<Crash> {
    let mut map = Map::open(field, to)?;
    let after = match map.one_of(&["after", "requests"]) {
        Some("requests") => map.optional("requests", unit::amount).map(Lifetime::Requests),
        Some(_) => map.optional("after", unit::latency).map(Lifetime::Time),
        None => None,
    };
    let share = map.or("share", unit::share, Share::ONE);
    map.finish();
    after.map(|after| Crash { share, after })
}

/// `{ service_time: 100ms, concurrency: 8, idle_cpu: 5%, memory: 40% }`.
fn capacity(field: Field, to: &mut Diagnostics) -> Option<TaskCapacity> {
    let mut map = Map::open(field, to)?;
    let least = SimDuration::from_millis(1);
    let service_time =
        map.required("service_time", unit::duration_in(least..=SimDuration::from_mins(60)));
    let concurrency = map.or("concurrency", integer(1..=100_000), 1);
    let idle_cpu = map.or("idle_cpu", unit::share, Share::ZERO);
    let memory = map.or("memory", unit::share, Share::ZERO);
    map.finish();
    Some(TaskCapacity {
        service_time_ms: service_time?.as_millis() as f64,
        concurrency: u32::try_from(concurrency).expect("within the range"),
        idle_cpu,
        memory,
    })
}

/// `{ fails: 100%, hangs: true }`.
fn probe(field: Field, to: &mut Diagnostics) -> Option<Probe> {
    let mut map = Map::open(field, to)?;
    let fails = map.or("fails", unit::share, Share::ZERO);
    let hangs = map.or("hangs", boolean, false);
    map.finish();
    Some(Probe { fails, hangs })
}

fn is_worse(candidate: &Revision, original: &Revision) -> bool {
    candidate.errors > original.errors
        || candidate
            .defects
            .iter()
            .any(|defect| !original.defects.iter().any(|own| is_same(own, defect)))
        || candidate.resets > original.resets
        || candidate.health_check.fails > original.health_check.fails
        || candidate.container_check.fails > original.container_check.fails
        || candidate.start_fails > original.start_fails
        || InstanceEvent::ALL
            .iter()
            .any(|&event| candidate.scripts.failing(event) > original.scripts.failing(event))
        || crashes(candidate) > crashes(original)
        || is_slower(candidate, original)
        || task_ms(candidate) > task_ms(original)
}

/// Whether two defects are the same, whatever they are called.
fn is_same(one: &Defect, other: &Defect) -> bool {
    *one == Defect { id: one.id, name: one.name.clone(), ..other.clone() }
}

fn crashes(revision: &Revision) -> Share {
    revision.crash.as_ref().map_or(Share::ZERO, |crash| crash.share)
}

/// How much of a task's time a request takes, if the revision says.
fn task_ms(revision: &Revision) -> f64 {
    revision.capacity.as_ref().map_or(0.0, TaskCapacity::task_ms)
}

/// By the median, where both say how long they take.
fn is_slower(candidate: &Revision, original: &Revision) -> bool {
    let median = |revision: &Revision| revision.latency.as_ref().map(|latency| latency.value(0.5));
    median(original).is_some_and(|original| median(candidate) > Some(original))
}

fn tell_repeated_names(field: Field, candidates: &[Revision], to: &mut Diagnostics) {
    for (index, candidate) in candidates.iter().enumerate() {
        if candidates[..index].iter().any(|earlier| earlier.name == candidate.name) {
            let title = format!("two candidates are called `{}`", candidate.name);
            to.push(
                Diagnostic::new(code::CONFLICTING_KEYS, field.node.span, title)
                    .help("give each a `name` of its own"),
            );
        }
    }
}
