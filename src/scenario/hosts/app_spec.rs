//! What a revision does on a host: the scripts of its lifecycle events.
//!
//! Not who runs them, nor how long they take. Rule: CD-EC2-5 (docs/semantics/codedeploy.md).

use crate::aws::app_spec::{FileExistsBehavior, OperatingSystem};
use crate::engine::time::SimDuration;

/// What an AppSpec for hosts says that a deployment needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostAppSpec {
    /// `os`.
    pub os: OperatingSystem,
    /// `file_exists_behavior`; `DISALLOW` if it is not written.
    pub file_exists_behavior: FileExistsBehavior,
    /// `hooks`: the events that have scripts, in the order of the file. Any name is accepted.
    pub hooks: Vec<EventScripts>,
}

/// The scripts of one lifecycle event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventScripts {
    /// The event, as it is written.
    pub event: String,
    /// Its scripts, in the order in which they run. Never empty.
    pub scripts: Vec<Script>,
}

/// One script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// `location`: its path in the revision.
    pub location: String,
    /// `timeout`: how long it may run, 1 to 3600 s; 3600 s if it is not written. Rule: CD-EC2-5.
    pub timeout: SimDuration,
    /// `runas`: the user it runs as, if one is named.
    pub runas: Option<String>,
}

impl Script {
    /// The longest a script, and all scripts of one event together, may run, in seconds. Rule: CD-EC2-5.
    pub const SECONDS_MAX: i64 = 3600;
}
