//! The command line: arguments in, exit code out; nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    cutover::cli::main().into()
}
