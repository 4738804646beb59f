//! The commands: what is typed becomes what is played, told and written.
//!
//! The only room that knows all others. Printing happens here and nowhere below.

mod args;
mod backtest;
mod calibrate;
mod check;
mod exit;
mod judgement;
mod output;
mod reference;
mod run;
mod schedule;
mod semantics;
mod start;
mod sweep;
mod terminal;

use args::{Arguments, Command};
use clap::Parser;
use terminal::Terminal;

pub use exit::Exit;

/// Runs the program with the arguments of the process.
pub fn main() -> Exit {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are results and go to standard output; faults do not.
            let exit = if error.use_stderr() { Exit::BadInput } else { Exit::Done };
            let _ = error.print();
            return exit;
        }
    };
    let terminal = Terminal::new(arguments.color, arguments.messages);
    match &arguments.command {
        Command::Run(arguments) => run::run(arguments, &terminal),
        Command::Sweep(arguments) => sweep::sweep(arguments, sweep::Kind::Sweep, &terminal),
        Command::Compare(arguments) => sweep::sweep(arguments, sweep::Kind::Compare, &terminal),
        Command::Check(arguments) => check::check(arguments, &terminal),
        Command::Import(arguments) => start::import(arguments, &terminal),
        Command::Init { platform, output } => start::init(*platform, output.as_deref(), &terminal),
        Command::Calibrate(arguments) => calibrate::calibrate(arguments, &terminal),
        Command::Backtest(arguments) => backtest::backtest(arguments, &terminal),
        Command::Schedule(arguments) => schedule::schedule(arguments, &terminal),
        Command::Configs { format } => reference::configs(*format, &terminal),
        Command::Semantics { question } => semantics::semantics(question, &terminal),
        Command::Explain { code } => reference::explain(code.as_deref(), &terminal),
        Command::Schema => terminal.print(&reference::schema()),
        Command::Completions { shell } => terminal.print_bytes(&reference::completions(*shell)),
        Command::Man => terminal.print_bytes(&reference::manual()),
    }
}
