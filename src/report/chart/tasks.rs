//! Running tasks of each side against the number that its task set should have.
//!
//! The panel is drawn only where it says more than that tasks were launched once and stayed until their set
//! went: where the service was scaled, or tasks were lost or never came.

use crate::analysis::series::Series;
use crate::analysis::side::Side;
use crate::engine::time::SimTime;
use crate::report::chart::panel::{Line, Panel};

/// The panel of a run, if it says something.
pub fn panel(series: &Series) -> Option<Panel> {
    let end = series.end;
    if !Side::BOTH.iter().any(|&side| is_told(series, side)) {
        return None;
    }
    let running = Side::BOTH.map(|side| {
        let counts = series.counts.map(|counts| (counts[side].running, counts[side].pending));
        let begun = counts.stretches(end).skip_while(|stretch| stretch.2 == (0, 0));
        Line {
            side,
            stretches: begun.map(|(from, to, (tasks, _))| (from, to, tasks.into())).collect(),
        }
    });
    let desired = Side::BOTH.map(|side| {
        let counts = series.desired.map(|desired| f64::from(desired[side]));
        Line { side, stretches: counts.stretches(end).filter(|stretch| stretch.2 > 0.0).collect() }
    });
    let with_values = |lines: [Line; 2]| -> Vec<Line> {
        lines.into_iter().filter(|line| !line.stretches.is_empty()).collect()
    };
    Some(Panel {
        title: "Running tasks, and how many are desired (thin)",
        unit: 1.0,
        suffix: "",
        filled: false,
        lines: with_values(running),
        wanted: with_values(desired),
    })
}

/// Whether a side's tasks did anything but come once and stay until their set went.
fn is_told(series: &Series, side: Side) -> bool {
    let counted = series.counts.changes().map(|(at, _)| at);
    let mut instants: Vec<SimTime> =
        counted.chain(series.desired.changes().map(|(at, _)| at)).collect();
    instants.sort_unstable();
    instants.dedup();
    let mut desired_before = 0;
    let mut was_complete = false;
    for at in instants {
        let (running, desired) = (series.counts.at(at)[side].running, series.desired.at(at)[side]);
        let is_scaled = desired_before != desired && desired_before * desired != 0;
        let is_lost = was_complete && running < desired;
        let never_came = !was_complete && desired_before > 0 && desired == 0;
        if is_scaled || is_lost || never_came {
            return true;
        }
        was_complete = desired > 0 && running >= desired;
        desired_before = desired;
    }
    desired_before > 0 && !was_complete
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::example;

    #[test]
    fn a_plain_launch_needs_no_panel_of_its_own() {
        for plain in [example::canary(), example::linear(), example::failed_hook()] {
            assert_eq!(panel(&plain.series()), None);
        }
    }

    #[test]
    fn a_scaled_service_is_drawn_against_what_was_desired() {
        let panel = panel(&example::scaled().series()).expect("it was scaled");
        let at = |seconds: u64| SimTime::from_millis(seconds * 1000);
        let [original, replacement] = &panel.wanted[..] else { panic!("both sides are drawn") };
        let scaled = |from, to| vec![(at(from), at(200), 10.0), (at(200), at(to), 16.0)];
        assert_eq!(original.stretches, scaled(0, 692), "until its set goes");
        assert_eq!(replacement.stretches, scaled(2, 1010));
        let most = |line: &Line| line.stretches.iter().map(|stretch| stretch.2).fold(0.0, f64::max);
        assert_eq!(most(&panel.lines[1]), 10.0, "none came");
    }

    #[test]
    fn tasks_that_never_come_are_drawn() {
        let panel = panel(&example::install_timeout().series()).expect("ten are missing");
        assert_eq!(panel.wanted[1].side, Side::Replacement);
    }
}
