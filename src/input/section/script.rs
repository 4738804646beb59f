//! `scripts:` of a revision: how its lifecycle events behave on an instance.
//!
//! Which events have scripts, and how long these may run, is the AppSpec's. Rules: CD-EC2-5, CD-EC2-6.

use crate::aws::instance::{InstanceEvent, LifecycleErrorCode};
use crate::diagnostic::Diagnostics;
use crate::engine::share::Share;
use crate::input::decode::{Field, Map};
use crate::input::section::instances::failure;
use crate::input::unit;
use crate::scenario::server::{ScriptBehaviour, Scripts};

/// `{ ValidateService: { duration: 5s, fails: 2%, as: ScriptTimedOut } }`, over what is said already.
pub fn scripts(field: Field, default: &Scripts, to: &mut Diagnostics) -> Option<Scripts> {
    let mut map = Map::open(field, to)?;
    let mut scripts = default.clone();
    // Traffic moves by itself, at the pace of the load balancer.
    let is_work = |event: &&InstanceEvent| {
        !matches!(event, InstanceEvent::BlockTraffic | InstanceEvent::AllowTraffic)
    };
    for &event in InstanceEvent::ALL.iter().filter(is_work) {
        if let Some(behaviour) = map.optional(event.as_str(), behaviour) {
            scripts.set(event, behaviour);
        }
    }
    map.finish();
    Some(scripts)
}

fn behaviour(field: Field, to: &mut Diagnostics) -> Option<ScriptBehaviour> {
    let mut map = Map::open(field, to)?;
    let behaviour = ScriptBehaviour {
        duration: map.optional("duration", unit::latency),
        fails: map.or("fails", unit::share, Share::ZERO),
        fails_as: map.or("as", failure, LifecycleErrorCode::ScriptFailed),
    };
    map.finish();
    Some(behaviour)
}
