//! Colours that colour-blind people can tell apart (Okabe and Ito, 2008) and that differ in grey as well.

use crate::analysis::ending::Ending;
use crate::analysis::side::Side;
use crate::aws::name::LifecycleEventStatus;

/// A colour: red, green, blue.
pub type Color = (u8, u8, u8);

/// Text and axes.
pub const INK: Color = (0x1f, 0x29, 0x33);
/// Secondary text.
pub const QUIET: Color = (0x5c, 0x67, 0x73);
/// Lines of the grid.
pub const GRID: Color = (0xe3, 0xe7, 0xeb);
/// The ground of every second row.
pub const STRIPE: Color = (0xf6, 0xf8, 0xfa);
/// Paper.
pub const PAPER: Color = (0xff, 0xff, 0xff);

const BLUE: Color = (0x00, 0x72, 0xb2);
const SKY: Color = (0x56, 0xb4, 0xe9);
const GREEN: Color = (0x00, 0x9e, 0x73);
const VERMILLION: Color = (0xd5, 0x5e, 0x00);
const YELLOW: Color = (0xf0, 0xe4, 0x42);

/// The colour of what went wrong.
pub const ALERT: Color = VERMILLION;

/// The ground of a state in which all is well.
pub const CALM: Color = (0xbf, 0xe3, 0xd7);

/// Blue and green, as the two sides are called.
pub const fn side(side: Side) -> Color {
    match side {
        Side::Original => BLUE,
        Side::Replacement => GREEN,
    }
}

/// The fill of a lifecycle event's bar.
pub const fn status(status: LifecycleEventStatus) -> Color {
    match status {
        LifecycleEventStatus::Succeeded => SKY,
        LifecycleEventStatus::Failed => VERMILLION,
        LifecycleEventStatus::InProgress => YELLOW,
        LifecycleEventStatus::Pending
        | LifecycleEventStatus::Skipped
        | LifecycleEventStatus::Unknown => GRID,
    }
}

/// The colour of text that stands on a bar of this status.
pub const fn on_status(status: LifecycleEventStatus) -> Color {
    match status {
        LifecycleEventStatus::Failed => PAPER,
        LifecycleEventStatus::Succeeded
        | LifecycleEventStatus::InProgress
        | LifecycleEventStatus::Pending
        | LifecycleEventStatus::Skipped
        | LifecycleEventStatus::Unknown => INK,
    }
}

/// The colour of a variant; the marks differ too, since there are more variants than colours.
pub const fn variant(number: usize) -> Color {
    const COLORS: [Color; 7] =
        [BLUE, VERMILLION, GREEN, (0xcc, 0x79, 0xa7), (0xe6, 0x9f, 0x00), SKY, INK];
    COLORS[number % COLORS.len()]
}

/// The colour of an ending.
pub const fn ending(ending: Ending) -> Color {
    match ending {
        Ending::Succeeded => GREEN,
        Ending::RolledBackByAlarm => SKY,
        Ending::StoppedByAlarm => BLUE,
        Ending::RolledBackByFailure => YELLOW,
        Ending::Failed => VERMILLION,
        Ending::TimedOut => (0xe6, 0x9f, 0x00),
        Ending::StoppedByHand => (0xcc, 0x79, 0xa7),
        Ending::Stuck => QUIET,
    }
}

/// The colour of text that stands on the part of a bar of this ending.
pub const fn on_ending(ending: Ending) -> Color {
    match ending {
        Ending::StoppedByAlarm | Ending::Failed | Ending::Stuck | Ending::Succeeded => PAPER,
        Ending::RolledBackByAlarm
        | Ending::RolledBackByFailure
        | Ending::TimedOut
        | Ending::StoppedByHand => INK,
    }
}
