//! The state of Application Auto Scaling: bounds, cooldowns, what is suspended, what was said last.
//!
//! How wishes become a count is in `scenario::scaling`; which alarms ask for it in `wiring`. Rules: AAS-GEN-2, AAS-GEN-4,
//! AAS-GEN-6, AAS-CD-2 to AAS-CD-4.

use crate::aws::scaling::NotScaledReason;
use crate::scenario::Scenario;
use crate::scenario::scaling::capacity::{CapacityRange, Vote};
use crate::scenario::scaling::cooldown::Cooldowns;
use crate::scenario::scaling::{POLICIES_MAX, SuspendedState};

/// The scalable target of one run.
#[derive(Clone, Debug)]
pub struct AutoScaling {
    /// The bounds, until a scheduled action or a call sets others.
    pub range: CapacityRange,
    /// What is suspended.
    pub suspended: SuspendedState,
    /// What its last changes hold back.
    pub cooldowns: Cooldowns,
    /// Actions taken so far.
    pub actions: u64,
    /// Why each policy did not scale when it last said so.
    pub told: [Option<NotScaledReason>; POLICIES_MAX],
    /// Work space: what each policy wants.
    pub votes: Vec<Vote>,
}

impl AutoScaling {
    /// The scalable target of a scenario, if it has one; else one that nothing moves.
    pub fn new(scenario: &Scenario) -> AutoScaling {
        let mut scaling = AutoScaling {
            range: CapacityRange { min: 0, max: u32::MAX },
            suspended: SuspendedState::default(),
            cooldowns: Cooldowns::default(),
            actions: 0,
            told: [None; POLICIES_MAX],
            votes: Vec::new(),
        };
        scaling.reset(scenario);
        scaling
    }

    /// Back to instant zero. Keeps its memory.
    pub fn reset(&mut self, scenario: &Scenario) {
        if let Some(service) = scenario.scaling() {
            self.range = service.scaling.target.range;
            self.suspended = service.scaling.target.suspended;
        }
        self.cooldowns = Cooldowns::default();
        self.actions = 0;
        self.told = [None; POLICIES_MAX];
    }
}
