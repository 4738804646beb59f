//! How ECS itself moves production traffic between two target groups, and which hooks it runs at which stage.
//!
//! Plain data and the pure rule of the steps. Rules: ECS-BG-1 to ECS-BG-5 (docs/semantics/environment.md).

use crate::aws::service::ServiceDeploymentStage;
use crate::engine::distribution::Distribution;
use crate::engine::share::Share;
use crate::engine::time::SimDuration;

/// A deployment of ECS with two target groups may take so long as a whole. Rule: ECS-BG-6.
pub const WHOLE_MAX: SimDuration = SimDuration::from_mins(30 * 24 * 60);
/// All of the traffic, in thousandths.
pub const ALL: u16 = 1000;

/// How production traffic moves: a share at first, and more after each wait. Shares are thousandths, 1 to 1000.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shift {
    /// The first share, and by how much it grows.
    pub step: u16,
    /// The wait between two steps.
    pub step_bake_time: SimDuration,
    /// Whether the second step is everything: a canary.
    pub is_canary: bool,
}

impl Shift {
    /// `BLUE_GREEN`: everything at once.
    pub const AT_ONCE: Shift =
        Shift { step: ALL, step_bake_time: SimDuration::ZERO, is_canary: false };
    /// `LINEAR` where nothing is said: 10.0 % every 6 minutes. Rule: ECS-BG-3.
    pub const LINEAR: Shift =
        Shift { step: 100, step_bake_time: SimDuration::from_mins(6), is_canary: false };
    /// `CANARY` where nothing is said: 5.0 % for 10 minutes. Rule: ECS-BG-3.
    pub const CANARY: Shift =
        Shift { step: 50, step_bake_time: SimDuration::from_mins(10), is_canary: true };

    /// The share of a step, counted from 0, in thousandths; nothing after the one with everything. Rule: ECS-BG-4.
    pub fn share(self, step: u32) -> Option<u16> {
        let before = u64::from(step) * u64::from(self.step);
        if before >= u64::from(ALL) || (self.is_canary && step > 1) {
            return None;
        }
        let share = (before + u64::from(self.step)).min(u64::from(ALL)) as u16;
        Some(if self.is_canary && step == 1 { ALL } else { share })
    }

    /// How many steps there are.
    pub fn steps(self) -> u32 {
        (0..).take_while(|step| self.share(*step).is_some()).count() as u32
    }
}

/// A lifecycle hook at one of its stages. Rule: ECS-BG-5.
#[derive(Clone, Debug, PartialEq)]
pub struct StageHook {
    /// The stage at which it runs.
    pub stage: ServiceDeploymentStage,
    /// The function that it invokes; without one it waits for `ContinueServiceDeployment`.
    pub function: Option<StageFunction>,
    /// `timeoutInMinutes`: 1 to 20160 minutes, default 1440.
    pub timeout: SimDuration,
    /// Whether the deployment goes on after that; else it is rolled back.
    pub goes_on_after_timeout: bool,
}

impl StageFunction {
    /// A function that always answers `SUCCEEDED`, after a time.
    pub const fn answering(duration: Distribution) -> StageFunction {
        let (fails, silent, detects) = (Share::ZERO, Share::ZERO, None);
        let (in_progress, call_back_delay) = (0, CALL_BACK_DELAY);
        StageFunction { duration, in_progress, call_back_delay, fails, detects, silent }
    }
}

/// How long after `IN_PROGRESS` a function is invoked again, unless it says so itself (ECS-BG-5).
pub const CALL_BACK_DELAY: SimDuration = SimDuration::from_secs(30);

/// How a function behaves that a hook invokes.
#[derive(Clone, Debug, PartialEq)]
pub struct StageFunction {
    /// From its invocation to its answer.
    pub duration: Distribution,
    /// How often it answers `IN_PROGRESS` before it says more.
    pub in_progress: u32,
    /// `callBackDelay`: from such an answer to the next invocation.
    pub call_back_delay: SimDuration,
    /// Share of the runs in which it answers `FAILED`, cannot be invoked, or says nothing that can be understood.
    pub fails: Share,
    /// The same where what is deployed is a bad release; without it the function cannot tell.
    pub detects: Option<Share>,
    /// Share of the runs in which it never says more than `IN_PROGRESS`.
    pub silent: Share,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(step: u16, minutes: u64, is_canary: bool) -> (Vec<u16>, u64) {
        let shift = Shift { step, step_bake_time: SimDuration::from_mins(minutes), is_canary };
        let shares: Vec<u16> = (0..).map_while(|step| shift.share(step)).collect();
        assert_eq!(shares.len() as u32, shift.steps());
        let waits = shares.len() as u64 - 1;
        (shares, waits * minutes)
    }

    /// T166 to T168 (ECS-BG-4): the last step is as short as it has to be.
    #[test]
    fn traffic_moves_by_steps_until_all_of_it_has() {
        let (linear, minutes) = shares(100, 6, false);
        assert_eq!((linear.len(), linear[9], minutes), (10, 1000, 54));
        assert_eq!(shares(300, 5, false), (vec![300, 600, 900, 1000], 15));
        assert_eq!(shares(50, 10, true), (vec![50, 1000], 10));
        assert_eq!(shares(1, 10, true), (vec![1, 1000], 10));
        assert_eq!(shares(1000, 10, true), (vec![1000], 0));
        assert_eq!(shares(30, 0, false).0.len(), 34);
        let at_once: Vec<u16> = (0..).map_while(|step| Shift::AT_ONCE.share(step)).collect();
        assert_eq!(at_once, [1000]);
    }
}
