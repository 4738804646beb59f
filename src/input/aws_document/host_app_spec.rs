//! An AppSpec for EC2 instances and on-premises servers: scripts by lifecycle event, files and permissions.
//!
//! Read as the CodeDeploy agent reads it: unlike one for ECS it is not looked at before it is on a host. Rule: CD-EC2-5.

mod permission;
#[cfg(test)]
mod tests;

use super::kind::{Kind, expected};
use super::value::{Limit, spanned};
use crate::aws::app_spec::{FileExistsBehavior, OperatingSystem};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity, Span, code};
use crate::engine::time::SimDuration;
use crate::input::decode::{Field, Map, choice, list, text};
use crate::input::tree::shortened;
use crate::scenario::hosts::{EventScripts, HostAppSpec, Script};

/// Reads an AppSpec for hosts.
pub fn host_app_spec(field: Field, to: &mut Diagnostics) -> Option<HostAppSpec> {
    let field = expected(field, &[Kind::Ec2AppSpec], to)?;
    let systems = OperatingSystem::ALL.iter().map(|os| (os.as_str(), *os)).collect::<Vec<_>>();
    let behaviors = FileExistsBehavior::ALL.iter().map(|name| (name.as_str(), *name));
    let behaviors = behaviors.collect::<Vec<_>>();
    let mut map = Map::open_aws(field, to)?;
    map.required("version", version);
    let os = map.required("os", choice(&systems));
    let behavior = map.or("file_exists_behavior", choice(&behaviors), FileExistsBehavior::Disallow);
    map.optional("files", list(file));
    map.optional("permissions", list(permission::permission));
    let hooks = map.optional("hooks", hooks);
    map.unused();
    Some(HostAppSpec { os: os?, file_exists_behavior: behavior, hooks: hooks.unwrap_or_default() })
}

/// The fault of what the agent refuses.
fn refused(span: Span, title: impl Into<String>) -> Diagnostic {
    Diagnostic::new(code::HOST_APPSPEC_REFUSED, span, title)
}

/// The warning of what the agent refuses when it comes to a file, and takes for a directory.
fn refused_for_files(span: Span, title: impl Into<String>) -> Diagnostic {
    let diagnostic = refused(span, title).label("for directories only");
    Diagnostic { severity: Severity::Warning, ..diagnostic }
}

/// `version`: there is one, 0.0.
fn version(field: Field, to: &mut Diagnostics) -> Option<()> {
    let written = text(field, to)?;
    if written != "0.0" {
        let title = format!("`version` is `{}`, not 0.0", shortened(&written));
        to.push(
            refused(field.node.span, title)
                .label("no other version is read")
                .help("write `version: 0.0`"),
        );
        return None;
    }
    Some(())
}

/// An item of `files`.
fn file(field: Field, to: &mut Diagnostics) -> Option<()> {
    let mut map = Map::open_aws(field, to)?;
    let (source, destination) = (map.required("source", text), map.required("destination", text));
    map.unused();
    source.and(destination).map(|_| ())
}

/// `hooks`: a map from the names of events to lists of scripts. An event without scripts counts as absent; one whose scripts are
/// faulty stays, so that nobody is told that it is missing.
fn hooks(field: Field, to: &mut Diagnostics) -> Option<Vec<EventScripts>> {
    let mut map = Map::open_aws(field, to)?;
    let entries = field.node.entries().unwrap_or_default();
    let mut hooks = Vec::new();
    for (key, _) in entries.iter().filter(|(_, scripts)| !scripts.is_null()) {
        let scripts = map.optional(&key.name, scripts);
        if scripts.as_ref().is_none_or(|scripts| !scripts.is_empty()) {
            let scripts = scripts.unwrap_or_default();
            hooks.push(EventScripts { event: key.name.clone(), scripts });
        }
    }
    Some(hooks)
}

/// The scripts of one event, which share an hour (CD-EC2-5).
fn scripts(field: Field, to: &mut Diagnostics) -> Option<Vec<Script>> {
    let mut written = 0;
    let scripts = list(|field: Field, to: &mut Diagnostics| {
        let mut map = Map::open_aws(field, to)?;
        let location = map.required("location", text);
        let limit = Limit { range: (1, Script::SECONDS_MAX), code: code::HOST_APPSPEC_REFUSED };
        let timeout = map.optional("timeout", spanned(limit.number()));
        let runas = map.optional("runas", text);
        map.unused();
        let seconds = timeout.map(|timeout| timeout.value);
        written += seconds.unwrap_or(0);
        let seconds = u64::try_from(seconds.unwrap_or(Script::SECONDS_MAX)).expect("at least 1");
        Some(Script { location: location?, timeout: SimDuration::from_secs(seconds), runas })
    })(field, to)?;
    if written > Script::SECONDS_MAX {
        let title = format!("the scripts of `{}` have {written} s together", shortened(field.name));
        to.push(
            refused(field.key_span, title)
                .label(format!("more than {} s for one event", Script::SECONDS_MAX))
                .help("shorten their timeouts"),
        );
    }
    Some(scripts)
}
