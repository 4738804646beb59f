//! CloudWatch: alarm states, read and forced.
//!
//! Rules: CW-ALARM-8, CD-ALM-7 (docs/semantics).

use crate::agenda::Outbox;
use crate::agenda::chance::Purpose;
use crate::aws::alarm::StateValue;
use crate::aws::id::{AlarmId, AlarmSet};
use crate::cloud::Cloud;

/// Why the states of alarms cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// The calls are throttled.
    Throttled,
    /// The role may not read them.
    AccessDenied,
}

impl Cloud<'_> {
    /// `DescribeAlarms`: which of these alarms are in ALARM. `call` numbers the calls of a run: each that may be
    /// throttled has its own luck.
    ///
    /// # Errors
    /// If a fault hides the states from this call.
    pub fn active_alarms(
        &self,
        alarms: &[AlarmId],
        call: u64,
        out: &mut Outbox<'_>,
    ) -> Result<AlarmSet, Unreadable> {
        let throttled = self.faults.throttles_alarms;
        if self.faults.denies_alarms {
            return Err(Unreadable::AccessDenied);
        }
        let mut luck = || out.chance().at(Purpose::AlarmPoll, call).uniform(0);
        if throttled.is_one() || !throttled.is_zero() && throttled.happens(luck()) {
            return Err(Unreadable::Throttled);
        }
        let is_active = |alarm: &&AlarmId| self.alarms.state(**alarm) == StateValue::Alarm;
        let active = alarms.iter().filter(is_active);
        Ok(active.fold(AlarmSet::default(), |set, &alarm| set.with(alarm)))
    }

    /// The state of one alarm, for a caller that is never throttled.
    pub fn alarm_state(&self, alarm: AlarmId) -> StateValue {
        self.alarms.state(alarm)
    }

    /// Whether `DescribeAlarms` is throttled now and then: the next call may fare otherwise without anything having changed.
    pub fn throttles_some_reads(&self) -> bool {
        let throttled = self.faults.throttles_alarms;
        !throttled.is_zero() && !throttled.is_one()
    }

    /// `SetAlarmState`: the alarm has this state until its next evaluation, and its actions run (CW-ALARM-8).
    pub fn set_alarm_state(&mut self, alarm: AlarmId, state: StateValue, out: &mut Outbox<'_>) {
        self.change_alarm(alarm, state, out);
        self.act_on_alarm(alarm, out);
    }
}
