//! CloudWatch: alarm states, read and forced.
//!
//! Rules: CW-ALARM-8, CD-ALM-7 (docs/semantics).

use crate::agenda::Outbox;
use crate::aws::alarm::StateValue;
use crate::aws::id::AlarmId;
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
    /// `DescribeAlarms`: the state of an alarm.
    ///
    /// # Errors
    /// While a fault hides the states of all alarms.
    pub fn alarm_state(&self, alarm: AlarmId) -> Result<StateValue, Unreadable> {
        match self.faults.hides_alarms {
            [_, true] => Err(Unreadable::AccessDenied),
            [true, _] => Err(Unreadable::Throttled),
            [false, false] => Ok(self.alarms.state(alarm)),
        }
    }

    /// `SetAlarmState`: the alarm has this state until its next evaluation, and its actions run (CW-ALARM-8).
    pub fn set_alarm_state(&mut self, alarm: AlarmId, state: StateValue, out: &mut Outbox<'_>) {
        self.change_alarm(alarm, state, out);
        self.act_on_alarm(alarm, out);
    }
}
