//! Composite alarms: a rule over the states of other alarms.
//!
//! Not how a rule is written, which the reader of alarms knows. Rule: CW-ALARM-10.

use crate::aws::alarm::StateValue;
use crate::engine::time::SimDuration;

/// An alarm whose state follows from those of others. Rule: CW-ALARM-10.
#[derive(Clone, Debug, PartialEq)]
pub struct CompositeAlarm {
    /// `AlarmName`, 1 to 255 characters.
    pub name: String,
    /// `AlarmRule`.
    pub rule: Rule,
    /// The names of the alarms that the rule names, each once, at most 100; the rule counts in them.
    pub children: Vec<String>,
    /// `ActionsSuppressor`: while it is in ALARM, the actions are held back.
    pub suppressor: Option<Suppressor>,
    /// `ActionsEnabled`: whether a change of state runs actions (CW-ALARM-7).
    pub actions_enabled: bool,
}

/// The alarm that holds back the actions of a composite alarm. Rule: CW-ALARM-10.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppressor {
    /// Its name.
    pub alarm: String,
    /// `ActionsSuppressorWaitPeriod`: how long actions wait for it to go into ALARM, in whole seconds.
    pub wait_period: SimDuration,
    /// `ActionsSuppressorExtensionPeriod`: how long they wait after it has left ALARM, in whole seconds.
    pub extension_period: SimDuration,
}

/// What makes a composite alarm go into ALARM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// `TRUE`, `FALSE`
    Constant(bool),
    /// `ALARM(x)`, `OK(x)`, `INSUFFICIENT_DATA(x)`: the child of this place is in this state.
    Is(StateValue, usize),
    /// `NOT a`
    Not(Box<Rule>),
    /// `a AND b AND ..`
    All(Vec<Rule>),
    /// `a OR b OR ..`
    Any(Vec<Rule>),
}

impl CompositeAlarm {
    /// Its state, from those of its children in their order: ALARM if the rule holds, else OK.
    ///
    /// # Panics
    /// If there are fewer states than children.
    pub fn state(&self, of_children: &[StateValue]) -> StateValue {
        if self.rule.holds(of_children) { StateValue::Alarm } else { StateValue::Ok }
    }
}

impl Rule {
    fn holds(&self, states: &[StateValue]) -> bool {
        match self {
            Rule::Constant(is) => *is,
            Rule::Is(state, child) => states[*child] == *state,
            Rule::Not(rule) => !rule.holds(states),
            Rule::All(rules) => rules.iter().all(|rule| rule.holds(states)),
            Rule::Any(rules) => rules.iter().any(|rule| rule.holds(states)),
        }
    }
}
