//! `faults:`: what is broken on purpose, and when.

use crate::aws::call::FaultKind;
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::engine::share::Share;
use crate::input::decode::{Field, Map, choice, integer, list};
use crate::input::unit;
use crate::scenario::fault::{Breakage, FAULTS_MAX, Fault, Role, Victims};
use crate::scenario::server::LAUNCH_DEPLOYMENTS_MAX;

/// The largest number of tasks that a service can have beside a deployment.
const TASKS_MAX: i64 = 10_000;
/// More instances than any deployment can have.
const INSTANCES_MAX: i64 = 5000;
/// More instances than Auto Scaling may launch in a run.
const LAUNCHES_MAX: i64 = LAUNCH_DEPLOYMENTS_MAX as i64;
/// The last zone: a service is spread over ten at most.
const ZONE_MAX: i64 = 9;

/// The whole section: a list of faults, each with `at` and `kind`; in order of time.
pub fn faults(field: Field, to: &mut Diagnostics) -> Option<Vec<Fault>> {
    let mut faults = list(fault)(field, to)?;
    if faults.len() > FAULTS_MAX {
        let title = format!("`faults` has {} items", faults.len());
        to.push(
            Diagnostic::new(code::BAD_LENGTH, field.node.span, title)
                .label(format!("at most {FAULTS_MAX} can be played")),
        );
        return None;
    }
    faults.sort_by_key(|fault| fault.at);
    Some(faults)
}

fn fault(field: Field, to: &mut Diagnostics) -> Option<Fault> {
    let mut map = Map::open(field, to)?;
    let at = map.required("at", unit::duration);
    let kinds = FaultKind::ALL.iter().map(|kind| (kind.as_str(), *kind)).collect::<Vec<_>>();
    let kind = map.required("kind", choice(&kinds));
    let (Some(at), Some(kind)) = (at, kind) else { return None };
    let breakage = match kind {
        FaultKind::CapacityShortage => {
            Breakage::CapacityShortage { room: map.or("room", tasks, 0) }
        }
        FaultKind::TaskCrash => Breakage::TaskCrash(victims(&mut map)),
        FaultKind::SpotInterruption => Breakage::SpotInterruption(victims(&mut map)),
        FaultKind::ZoneFailure => {
            let zone = map.or("zone", integer(0..=ZONE_MAX), 0);
            Breakage::ZoneFailure { zone: u8::try_from(zone).expect("within the range") }
        }
        FaultKind::ListenerUpdateRefused => Breakage::ListenerUpdateRefused,
        FaultKind::TaskSetRefused => Breakage::TaskSetRefused,
        FaultKind::EcsThrottled => Breakage::EcsThrottled,
        FaultKind::AlarmsThrottled => {
            Breakage::AlarmsThrottled { share: map.or("share", unit::share, Share::ONE) }
        }
        FaultKind::AlarmsDenied => Breakage::AlarmsDenied,
        FaultKind::DependencyFailure => {
            Breakage::DependencyFailure { errors: map.or("errors", unit::share, Share::ONE) }
        }
        FaultKind::InstanceTermination => {
            Breakage::InstanceTermination { instances: instances(&mut map, INSTANCES_MAX) }
        }
        FaultKind::InstanceLaunch => {
            Breakage::InstanceLaunch { instances: instances(&mut map, LAUNCHES_MAX) }
        }
    };
    let lasts = if breakage.is_momentary() { None } else { map.optional("for", unit::duration) };
    map.finish();
    Some(Fault { at, lasts, breakage })
}

/// `tasks: 3, of: replacement`; without them every task that runs.
pub fn victims(map: &mut Map<'_, '_>) -> Victims {
    let roles = [("original", Role::Original), ("replacement", Role::Replacement)];
    Victims { tasks: map.optional("tasks", tasks), only: map.optional("of", choice(&roles)) }
}

/// `instances: 2`; without it one.
fn instances(map: &mut Map<'_, '_>, most: i64) -> u16 {
    let instances = map.or("instances", integer(1..=most), 1);
    u16::try_from(instances).expect("within the range")
}

fn tasks(field: Field, to: &mut Diagnostics) -> Option<u32> {
    integer(0..=TASKS_MAX)(field, to).and_then(|count| u32::try_from(count).ok())
}
