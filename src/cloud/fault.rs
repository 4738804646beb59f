//! What is broken at the moment, and what breaks or is whole again next.
//!
//! Not what comes of it (`wiring::fault`).

use crate::engine::share::Share;
use crate::engine::time::SimTime;
use crate::scenario::Scenario;
use crate::scenario::fault::{Breakage, Fault, ZONES_MAX};

/// Room without any limit.
const NO_LIMIT: u32 = u32::MAX;

/// One turn of the scenario's faults.
#[derive(Clone, Copy, Debug)]
pub struct Turn {
    /// When.
    pub at: SimTime,
    /// Which fault, by position in the scenario.
    pub fault: usize,
    /// Whether it is over then.
    pub is_end: bool,
}

/// The faults of a run.
#[derive(Clone, Debug)]
pub struct Faults {
    /// Every beginning and end, in order of time.
    turns: Vec<Turn>,
    next: usize,
    /// Which faults last at the moment, by position in the scenario.
    active: Vec<bool>,
    /// How many tasks of the service can be placed.
    pub room: u32,
    /// Zones that are gone.
    pub zones_gone: [bool; ZONES_MAX as usize],
    /// Whether Elastic Load Balancing refuses to change a listener.
    pub refuses_listener: bool,
    /// Whether ECS refuses to create a task set.
    pub refuses_task_set: bool,
    /// Whether ECS's own calls are throttled.
    pub is_throttled: bool,
    /// The share of all answers that a dependency of the application fails.
    pub dependency_errors: Share,
    /// How many reads of alarm states are throttled.
    pub throttles_alarms: Share,
    /// Whether reads of alarm states are not permitted.
    pub denies_alarms: bool,
}

impl Faults {
    /// The faults of a scenario, none of which has begun.
    pub fn new(scenario: &Scenario) -> Faults {
        let mut turns = Vec::new();
        for (fault, Fault { at, lasts, .. }) in scenario.faults.iter().enumerate() {
            let at = SimTime::ZERO + *at;
            turns.push(Turn { at, fault, is_end: false });
            turns.extend(lasts.map(|lasts| Turn { at: at + lasts, fault, is_end: true }));
        }
        turns.sort_by_key(|turn| (turn.at, !turn.is_end));
        Faults {
            turns,
            next: 0,
            active: vec![false; scenario.faults.len()],
            room: NO_LIMIT,
            zones_gone: [false; ZONES_MAX as usize],
            refuses_listener: false,
            refuses_task_set: false,
            is_throttled: false,
            dependency_errors: Share::ZERO,
            throttles_alarms: Share::ZERO,
            denies_alarms: false,
        }
    }

    /// Back to instant zero. Keeps its memory.
    pub fn reset(&mut self) {
        self.next = 0;
        self.active.fill(false);
        self.mend();
    }

    fn mend(&mut self) {
        self.room = NO_LIMIT;
        self.zones_gone = [false; ZONES_MAX as usize];
        self.refuses_listener = false;
        self.refuses_task_set = false;
        self.is_throttled = false;
        self.dependency_errors = Share::ZERO;
        self.throttles_alarms = Share::ZERO;
        self.denies_alarms = false;
    }

    /// When something breaks or is whole again next.
    pub fn next_at(&self) -> Option<SimTime> {
        self.turns.get(self.next).map(|turn| turn.at)
    }

    /// Takes the next turn that is due.
    pub fn take_due(&mut self, now: SimTime) -> Option<Turn> {
        let turn = self.turns.get(self.next).copied().filter(|turn| turn.at <= now)?;
        self.next += 1;
        Some(turn)
    }

    /// Whether everything has broken that will.
    pub fn is_over(&self) -> bool {
        self.next == self.turns.len()
    }

    /// A fault lasts from now on, or no longer. Others of its kind that overlap it go on.
    pub fn set(&mut self, scenario: &Scenario, fault: usize, is_end: bool) {
        self.active[fault] = !is_end;
        self.mend();
        for (index, Fault { breakage, .. }) in scenario.faults.iter().enumerate() {
            if self.active[index] {
                self.suffer(*breakage);
            }
        }
    }

    fn suffer(&mut self, breakage: Breakage) {
        match breakage {
            Breakage::CapacityShortage { room } => self.room = self.room.min(room),
            Breakage::ZoneFailure { zone } => self.zones_gone[zone as usize] = true,
            Breakage::ListenerUpdateRefused => self.refuses_listener = true,
            Breakage::TaskSetRefused => self.refuses_task_set = true,
            Breakage::EcsThrottled => self.is_throttled = true,
            Breakage::DependencyFailure { errors } => {
                self.dependency_errors = self.dependency_errors.max(errors);
            }
            Breakage::AlarmsThrottled { share } => {
                self.throttles_alarms = self.throttles_alarms.max(share);
            }
            Breakage::AlarmsDenied => self.denies_alarms = true,
            Breakage::TaskCrash(_)
            | Breakage::SpotInterruption(_)
            | Breakage::InstanceTermination { .. }
            | Breakage::InstanceLaunch { .. } => {}
        }
    }
}
