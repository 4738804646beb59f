//! Listeners and their weights: which target group gets a request.
//!
//! Not what a request meets there (`target_group`). Rules: ELB-TG-1, ELB-TG-2, ELB-TG-6, ELB-HC-4.

use crate::aws::id::TargetGroupId;

/// The forward action of one listener.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ForwardAction {
    /// Weight of each target group as last written.
    pub weights: [u16; 2],
    /// Weight of each target group that new requests follow.
    pub in_force: [u16; 2],
    /// Whether the action names the group at all, if only with weight 0.
    pub names: [bool; 2],
}

impl ForwardAction {
    /// An action that has always stood so.
    pub const fn at_rest(weights: [u16; 2], names: [bool; 2]) -> ForwardAction {
        ForwardAction { weights, in_force: weights, names }
    }
}

/// Everything to one group: weights by id.
pub const fn all_to(group: TargetGroupId) -> [u16; 2] {
    if group.0 == 0 { [100, 0] } else { [0, 100] }
}

/// `percent` to one group and the rest to the other: weights by id (ELB-TG-6).
///
/// # Panics
/// If `percent` is more than 100.
pub const fn split(group: TargetGroupId, percent: u8) -> [u16; 2] {
    let (part, rest) = (percent as u16, 100 - percent as u16);
    if group.0 == 0 { [part, rest] } else { [rest, part] }
}

/// So many thousandths to one group and the rest to the other: weights by id, of which one is 999 at most (ECS-BG-3, ELB-TG-1).
///
/// # Panics
/// If it is more than 1000.
pub const fn split_finely(group: TargetGroupId, thousandths: u16) -> [u16; 2] {
    let (part, rest) = match thousandths {
        0 => return all_to(group.other()),
        1000 => return all_to(group),
        part => (part, 1000 - part),
    };
    if group.0 == 0 { [part, rest] } else { [rest, part] }
}

/// Whether an action names each group, if it names this one only.
pub const fn only(group: TargetGroupId) -> [bool; 2] {
    [group.0 == 0, group.0 == 1]
}

/// Whether an action with these weights names each group, if it names none in vain.
pub const fn named(weights: [u16; 2]) -> [bool; 2] {
    [weights[0] > 0, weights[1] > 0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_of_the_shift_is_split_in_the_order_of_the_ids() {
        assert_eq!(split(TargetGroupId(1), 10), [90, 10]);
        assert_eq!(split(TargetGroupId(0), 10), [10, 90]);
        assert_eq!(split(TargetGroupId(1), 0), all_to(TargetGroupId(0)));
        assert_eq!(split_finely(TargetGroupId(1), 1), [999, 1]);
        assert_eq!(split_finely(TargetGroupId(0), 50), [50, 950]);
        assert_eq!(split_finely(TargetGroupId(1), 1000), all_to(TargetGroupId(1)));
        assert_eq!(split_finely(TargetGroupId(1), 0), all_to(TargetGroupId(0)));
    }
}
