//! From the documents that a user has to a scenario to start from.
//!
//! Each document is recognised by its content and named at its place; what no document says is assumed, and said so in
//! the text. The text is then read as any scenario is, so that what contradicts is told by those who always tell it.

mod place;
mod template;
mod write;

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use crate::aws::name::ComputePlatform;
use crate::diagnostic::{Diagnostic, Diagnostics, Sources, code};
use crate::input::aws_document::template::{Template, api_spelling};
use crate::input::aws_document::{Kind, opened, recognise};
use crate::input::decode::{Field, listed};
use crate::input::load;
use crate::input::source::{DOCUMENT_BYTES_MAX, Source, SourceError};
use crate::input::tree::{self, Node, Value};
use place::{Document, Place, platform};
use template::FilledTemplate;

/// A scenario to start from.
#[derive(Debug)]
pub struct Draft {
    /// The scenario file, if any document could be used.
    pub text: Option<String>,
    /// What could not be used, and what the scenario's own readers tell of it.
    pub diagnostics: Diagnostics,
    /// Every text that was read, for the places of the diagnostics.
    pub sources: Sources,
}

/// Drafts a scenario from documents, which it names by their way from the folder of the file that it will be.
pub fn draft(paths: &[PathBuf], file: &Path, source: &dyn Source) -> Draft {
    let folder = file.parent().unwrap_or(Path::new(""));
    let (mut sources, mut to) = (Sources::new(), Diagnostics::new());
    let mut used: Vec<(Place, Document)> = Vec::new();
    let mut unused: Vec<(String, &'static str)> = Vec::new();
    for path in paths {
        let mut told = Diagnostics::new();
        let read = document(path, folder, source, &mut sources, &mut told);
        // What is told of a document that is used is told again when the draft is read.
        if read.as_ref().is_none_or(|document| Place::of(document).is_none()) {
            told.into_iter().for_each(|fault| to.push(fault));
        }
        let Some(document) = read else { continue };
        let (kind, span) = (document.kind, document.node.span);
        let Some(place) = Place::of(&document) else {
            let title = format!("`{}` is {}", document.path, kind.words());
            let told = Diagnostic::new(code::LEFT_OUT, span, title).label("not used");
            let told = told.maybe_help(kind.help().map(str::to_string));
            to.push(match kind {
                Kind::Unknown => unknown(told, &document),
                Kind::CloudFormation | Kind::Sam => without_deployment(told, &document),
                _ => told,
            });
            unused.push((document.path, kind.words()));
            continue;
        };
        if !place.takes_several() && used.iter().any(|(other, _)| *other == place) {
            let title = format!("there is {} already", kind.words());
            let help = format!("a scenario takes one as `{}`: import this one alone", place.key());
            to.push(Diagnostic::new(code::LEFT_OUT, span, title).label("not used").help(help));
            unused.push((document.path, kind.words()));
            continue;
        }
        used.push((place, document));
    }
    let platform = platform(used.iter().map(|(_, document)| document));
    used.retain(|(place, document)| {
        let deploys_to = document.template.as_ref().and_then(FilledTemplate::platform);
        let is_used = place.is_of(platform) && deploys_to.is_none_or(|other| other == platform);
        if !is_used {
            let what = document.kind.words();
            let title =
                format!("`{}` is {what}, and {} is deployed to", document.path, said(platform));
            to.push(Diagnostic::new(code::LEFT_OUT, document.node.span, title).label("not used"));
            unused.push((document.path.clone(), what));
        }
        is_used
    });
    if used.is_empty() {
        let mut draft = Draft { text: None, diagnostics: to, sources };
        if !draft.diagnostics.has_errors() {
            let title = "no document can be used";
            draft.diagnostics.push(Diagnostic::new(code::WRONG_DOCUMENT, None, title).help(
                "give an AppSpec, a deployment group or a service; `cutover init` needs none",
            ));
        }
        return draft;
    }
    let text = write::scenario(&used, platform, &unused);
    tell(&text, file, source, &mut sources, &mut to);
    Draft { text: Some(text), diagnostics: to, sources }
}

/// A template that has nothing of a deployment, with the types of what it has.
fn without_deployment(told: Diagnostic, document: &Document) -> Diagnostic {
    let template = Template::open(&document.node);
    let types = template.resources().iter();
    let types = types.filter_map(|(_, resource)| resource.key("Type").and_then(Node::scalar));
    let types: Vec<&str> = types.collect::<BTreeSet<_>>().into_iter().collect();
    let told = Diagnostic { help: None, ..told }.help(
        "templates are used for deployment groups, their configurations, services, target groups, alarms, scaling, the blue/green hook and preferences of SAM",
    );
    match types.is_empty() {
        true => told.note("it has no resources"),
        false => told.note(format!("its resources are of {}", listed(&types))),
    }
}

/// What a document seems to be that is none: an error that AWS answered, a command, a series, or what its keys say.
fn unknown(told: Diagnostic, document: &Document) -> Diagnostic {
    let mut failed = Diagnostics::new();
    let field = Field::new(&document.path, &document.node);
    if opened(field, &mut failed).is_none() {
        return failed.into_iter().next().unwrap_or(told);
    }
    if let Some(text) = document.node.scalar() {
        return single_text(told, text.trim_start(), document.path.ends_with(".csv"));
    }
    let keys = document.node.entries().unwrap_or_default();
    let keys: Vec<&str> = keys.iter().map(|(key, _)| key.name.as_str()).collect();
    // What the command says of a failed call reads as a key with a colon behind it.
    if let Some(key) = keys.first().filter(|key| key.starts_with(CALL_FAILED)) {
        return single_text(told, key, false);
    }
    let told = match keys.is_empty() {
        true => told.note(format!("it is {}", document.node.describe())),
        false => told.note(format!("its keys are {}", listed(&keys))),
    };
    match known_within(&document.node, "", NESTED_MAX) {
        Some((path, kind)) => {
            told.help(format!("what stands under `{path}` is {}: give that alone", kind.words()))
        }
        None => match recognise(&respelled(&document.node)) {
            Kind::Unknown => told,
            kind => told.help(format!(
                "with keys as the API spells them (`serviceName`) it would be {}: give what `aws` prints",
                kind.words()
            )),
        },
    }
}

/// The same with keys in camel case, where they begin with capitals or have words joined by `_`.
fn respelled(node: &Node) -> Node {
    let mut node = api_spelling(node);
    if let Value::Map(entries) = &mut node.value {
        for (key, _) in entries {
            let mut words = key.name.split('_');
            let first = words.next().unwrap_or_default().to_string();
            key.name = words.fold(first, |name, word| {
                let (head, tail) = word.split_at(word.len().min(1));
                name + &head.to_ascii_uppercase() + tail
            });
        }
    }
    node
}

/// How the AWS CLI begins what it says of a call that failed.
const CALL_FAILED: &str = "An error occurred (";

/// What a single text seems to be.
fn single_text(told: Diagnostic, text: &str, is_table: bool) -> Diagnostic {
    const ANSWER: &str = "give what AWS answers as JSON or YAML (`--output json`)";
    let first = text.lines().next().unwrap_or_default();
    let is_terraform = ["resource \"", "terraform {", "variable \"", "module \"", "provider \""];
    let (note, help) = match text {
        _ if text.starts_with("aws ") => (
            "it looks like a command of the AWS CLI",
            "give its input as JSON (`--generate-cli-skeleton output`), or what the `describe-` call answers",
        ),
        _ if is_table => {
            ("it looks like a series", "a series belongs under `traffic.trace`, with its `period`")
        }
        _ if text.starts_with(CALL_FAILED) => (
            "it is what the AWS CLI says of a call that failed",
            "repeat the call, and see its name, its region and what it may do",
        ),
        _ if text.starts_with(['{', '[']) => (
            "it is a document inside of a text",
            "take it out of its quotes: `jq -r .` prints what stands in them",
        ),
        _ if text.starts_with('<') => ("it looks like a page or XML", ANSWER),
        _ if is_terraform.iter().any(|word| first.starts_with(word)) => {
            ("it looks like Terraform", Kind::Terraform.help().unwrap_or(ANSWER))
        }
        _ if first.starts_with("---") || text.contains("\n|") => ("it looks like a table", ANSWER),
        _ if text.contains('\t') => ("it looks like columns of text", ANSWER),
        _ => return told.note("it is a single text"),
    };
    told.note(note).help(help)
}

/// How deep a document that is known is looked for in one that is not.
const NESTED_MAX: usize = 4;

/// The first part of a document that is known by its content, and the keys that lead to it.
fn known_within(node: &Node, path: &str, depth: usize) -> Option<(String, Kind)> {
    let entries = node.entries().filter(|_| depth > 0)?;
    entries.iter().find_map(|(key, value)| {
        let path = if path.is_empty() { key.name.clone() } else { format!("{path}.{}", key.name) };
        match recognise(value) {
            Kind::Unknown => known_within(value, &path, depth - 1),
            _ if value.entries().is_none() => None,
            kind => Some((path, kind)),
        }
    })
}

const fn said(platform: ComputePlatform) -> &'static str {
    match platform {
        ComputePlatform::Ecs => "an ECS service",
        ComputePlatform::Lambda => "a Lambda function",
        ComputePlatform::Server => "a fleet of instances",
    }
}

fn document(
    path: &Path,
    folder: &Path,
    source: &dyn Source,
    sources: &mut Sources,
    to: &mut Diagnostics,
) -> Option<Document> {
    let bytes = match source.read(path, DOCUMENT_BYTES_MAX) {
        Ok(bytes) => bytes,
        Err(error) => {
            to.push(error.diagnostic(path, None));
            return None;
        }
    };
    let node = tree::read(&path.display().to_string(), bytes, sources, to)?;
    let kind = recognise(&node);
    let template = match kind {
        Kind::CloudFormation | Kind::Sam => FilledTemplate::of(&node, to),
        _ => None,
    };
    Some(Document { path: way(folder, path), kind, node, template })
}

/// Reads the draft as the scenario that it is, and keeps what is told.
fn tell(text: &str, file: &Path, source: &dyn Source, sources: &mut Sources, to: &mut Diagnostics) {
    let with_draft = Beside { source, path: file, text };
    load::load_among(file, &[], &with_draft, sources, to);
}

/// The files of a source, and a text that is none yet.
struct Beside<'a> {
    source: &'a dyn Source,
    path: &'a Path,
    text: &'a str,
}

impl Source for Beside<'_> {
    fn read(&self, path: &Path, bytes_max: u64) -> Result<Vec<u8>, SourceError> {
        match path == self.path {
            true => Ok(self.text.as_bytes().to_vec()),
            // The folder need not be there yet: the way out of it is gone in thought.
            false => self.source.read(&parts(path).iter().collect::<PathBuf>(), bytes_max),
        }
    }
}

/// The way from a folder to a file, both named from where the program runs, with `/` on every system.
fn way(folder: &Path, file: &Path) -> String {
    let (from, to) = (parts(folder), parts(file));
    let climbs_out = from.iter().any(|part| part == "..");
    if file.is_absolute() || folder.is_absolute() || climbs_out {
        return file.to_string_lossy().into_owned();
    }
    let shared = from.iter().zip(&to).take_while(|(one, other)| one == other).count();
    let up = std::iter::repeat_n("..", from.len() - shared);
    up.chain(to[shared..].iter().map(String::as_str)).collect::<Vec<_>>().join("/")
}

/// The parts of a path, without those that lead back.
fn parts(path: &Path) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if parts.last().is_some_and(|last| last != "..") => {
                parts.pop();
            }
            component => parts.push(component.as_os_str().to_string_lossy().into_owned()),
        }
    }
    parts
}

#[cfg(test)]
mod tests;
