//! `cutover import` and `cutover init`: a scenario to start from.

use std::path::{Path, PathBuf};

use super::args::{ImportArguments, Platform};
use super::exit::Exit;
use super::output::Growing;
use super::terminal::Terminal;
use crate::diagnostic::Severity;
use crate::input::draft;
use crate::input::source::FileSource;

/// Drafts a scenario from documents; what is wrong with them is told, and the draft is written all the same.
pub fn import(arguments: &ImportArguments, terminal: &Terminal) -> Exit {
    let output = arguments.output.as_deref();
    let file = output.unwrap_or(Path::new("scenario.yaml"));
    // From a folder that is named from the root, documents are too.
    let from_root = |path: &PathBuf| match file.is_absolute() {
        true => std::path::absolute(path).unwrap_or_else(|_| path.clone()),
        false => path.clone(),
    };
    let documents: Vec<PathBuf> = arguments.documents.iter().map(from_root).collect();
    let mut drafted = draft(&documents, file, &FileSource);
    let is_faulty = drafted.diagnostics.has_errors();
    let warnings = drafted.diagnostics.count(Severity::Warning);
    let written = drafted.text.as_ref().map(|text| write(text, output, terminal));
    terminal.tell(&mut drafted.diagnostics, &drafted.sources);
    match written {
        Some(Exit::Done) if is_faulty => {
            terminal.remark("the draft does not run yet: mend what is told above");
            Exit::BadInput
        }
        Some(Exit::Done) => {
            if let Some(path) = output {
                let told = if warnings > 0 { "; what is told above is worth a look" } else { "" };
                let path = path.display();
                terminal.remark(&format!("written to {path}{told}: `cutover run {path}`"));
            }
            Exit::Done
        }
        Some(other) => other,
        None => Exit::BadInput,
    }
}

/// Writes a first scenario.
pub fn init(platform: Platform, output: Option<&Path>, terminal: &Terminal) -> Exit {
    let text = match platform {
        Platform::Ecs => include_str!("start/ecs.yaml"),
        Platform::Lambda => include_str!("start/lambda.yaml"),
        Platform::Ec2 => include_str!("start/ec2.yaml"),
    };
    write(text, output, terminal)
}

/// Prints a text, or writes it to a file that is not there yet.
fn write(text: &str, output: Option<&Path>, terminal: &Terminal) -> Exit {
    let Some(path) = output else { return terminal.print(text) };
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
        terminal.complain(&format!("`{}` is no name of a file", path.display()));
        return Exit::BadInput;
    };
    if path.exists() {
        terminal.complain(&format!("`{}` is there already: name another file", path.display()));
        return Exit::Output;
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let written = Growing::new(folder, name).and_then(|mut file| {
        file.write(text.as_bytes())?;
        file.finish()
    });
    match written {
        Ok(()) => Exit::Done,
        Err(error) => {
            terminal.complain(&error.to_string());
            Exit::Output
        }
    }
}
