//! Somebody watches a sweep: how far it is, and that it be stopped.

use std::fmt::Write;
use std::sync::atomic::{AtomicBool, Ordering};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

/// How far a sweep is, on standard error if that is a terminal.
pub(super) struct Progress(ProgressBar);

impl Progress {
    /// Nothing yet, of so many runs.
    pub(super) fn new(runs: u64, quiet: bool) -> Progress {
        let target =
            if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(Some(runs), target);
        let style =
            "{bar:32} {percent:>3} %  {human_pos} of {human_len} runs, {rate} a second, {eta} left";
        let rate = |state: &ProgressState, to: &mut dyn Write| {
            let _ = write!(to, "{:.0}", state.per_sec());
        };
        let style = ProgressStyle::with_template(style).expect("the template is sound");
        let style = style.with_key("rate", rate);
        bar.set_style(style.progress_chars("█▌ "));
        Progress(bar)
    }

    /// So many more.
    pub(super) fn add(&self, runs: u64) {
        self.0.inc(runs);
    }

    /// Takes the bar away.
    pub(super) fn finish(&self) {
        self.0.finish_and_clear();
    }
}

/// Set by Ctrl-C; the process has one.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);
/// What shells say of a process that was interrupted.
const INTERRUPTED_EXIT: i32 = 130;

/// Ctrl-C ends a sweep cleanly, and a second one at once.
pub(super) struct Interrupt;

impl Interrupt {
    /// From now on. Where the system does not tell of it, Ctrl-C ends the process as ever.
    pub(super) fn listen() -> Interrupt {
        let _ = ctrlc::set_handler(|| {
            if INTERRUPTED.swap(true, Ordering::Relaxed) {
                std::process::exit(INTERRUPTED_EXIT);
            }
        });
        Interrupt
    }

    /// Whether it came.
    pub(super) const fn flag(&self) -> &'static AtomicBool {
        &INTERRUPTED
    }
}
