//! Commands as a reader types them, and what they print.

use std::io::Read;
use std::path::Path;
use std::process::Command;

#[allow(dead_code, reason = "not every test that includes this file reads pages")]
/// A command and the output that follows it on the page.
pub struct Shown {
    /// The command.
    pub command: String,
    /// The lines after it.
    pub output: Vec<String>,
}

#[allow(dead_code, reason = "not every test that includes this file reads pages")]
/// The commands of a block.
pub fn commands(block: &str) -> Vec<Shown> {
    let mut commands: Vec<Shown> = Vec::new();
    for line in block.lines() {
        let continued = commands
            .last_mut()
            .filter(|shown| shown.output.is_empty() && shown.command.ends_with('\\'));
        if let Some(shown) = continued {
            shown.command.pop();
            shown.command.push_str(line.trim_start_matches("> ").trim_start());
        } else if let Some(command) = line.strip_prefix("$ ") {
            commands.push(Shown { command: command.into(), output: Vec::new() });
        } else if let Some(shown) = commands.last_mut() {
            shown.output.push(line.into());
        }
    }
    commands
}

/// Runs a command as a reader would, both streams in one; `before` is how the last command ended.
pub fn play(command: &str, before: i32, folder: &Path) -> (i32, String) {
    let (mut reader, writer) = std::io::pipe().expect("a pipe");
    let program = Path::new(env!("CARGO_BIN_EXE_cutover"));
    let programs = program.parent().expect("the program is in a folder").display();
    let path = format!("{programs}:{}", std::env::var("PATH").unwrap_or_default());
    let mut child = Command::new("sh")
        .args(["-c", &format!("(exit {before}); {command}")])
        .env("PATH", path)
        .env_remove("NO_COLOR")
        .current_dir(folder)
        .stdin(std::process::Stdio::null())
        .stderr(writer.try_clone().expect("the same pipe"))
        .stdout(writer)
        .spawn()
        .expect("a shell");
    let mut output = String::new();
    reader.read_to_string(&mut output).expect("text");
    (child.wait().expect("it ends").code().unwrap_or(-1), output)
}
