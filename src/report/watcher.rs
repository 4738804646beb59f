//! What alarms, scaling policies and faults do, in words.

use crate::analysis::Fact;
use crate::aws::alarm::StateValue;
use crate::journal::header::Header;
use crate::report::line::Tone;
use crate::report::wording;

/// What a fact of theirs says; nothing for any other fact.
pub fn told(fact: &Fact, header: &Header) -> Option<(Tone, String)> {
    let told = match *fact {
        Fact::AlarmFound { alarm, state } => {
            (tone_of(state), format!("alarm `{}` is {state}", header.alarm_name(alarm)))
        }
        Fact::AlarmStateChanged { alarm, state } => {
            (tone_of(state), format!("alarm `{}` goes into {state}", header.alarm_name(alarm)))
        }
        Fact::ScalingActivity { policy, desired_count } => {
            let tasks = wording::counted(desired_count.into(), "task");
            let name = header.policy_name(policy);
            (Tone::Plain, format!("scaling policy `{name}` wants {tasks}"))
        }
        Fact::NotScaled { policy, reason } => {
            let name = header.policy_name(policy);
            (Tone::Quiet, format!("scaling policy `{name}` changes nothing: {reason}"))
        }
        Fact::ScalableTargetUpdated { min, max } => {
            (Tone::Plain, format!("scaling keeps {min} to {max} tasks from now on"))
        }
        Fact::FaultBegan { fault } => (Tone::Bad, format!("fault {fault} begins")),
        Fact::FaultEnded { fault } => (Tone::Quiet, format!("fault {fault} is over")),
        _ => return None,
    };
    Some(told)
}

const fn tone_of(state: StateValue) -> Tone {
    match state {
        StateValue::Alarm => Tone::Bad,
        StateValue::Ok | StateValue::InsufficientData => Tone::Quiet,
    }
}
