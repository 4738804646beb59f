//! Files that are written: each whole or not at all, so that nothing half-written takes a good file's place.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Why a file could not be written.
#[derive(Debug)]
pub struct WriteError {
    path: PathBuf,
    error: io::Error,
}

impl std::fmt::Display for WriteError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}` cannot be written: {}", self.path.display(), self.error.kind())
    }
}

/// Writes files into a folder, which is made if it is not there.
pub fn write_all(folder: &Path, files: &[(&str, Vec<u8>)]) -> Result<(), WriteError> {
    let fault = |path: &Path| {
        let path = path.to_path_buf();
        move |error| WriteError { path, error }
    };
    fs::create_dir_all(folder).map_err(fault(folder))?;
    for (name, bytes) in files {
        let path = folder.join(name);
        let unfinished = folder.join(format!(".{name}.unfinished"));
        fs::write(&unfinished, bytes).map_err(fault(&unfinished))?;
        fs::rename(&unfinished, &path).map_err(fault(&path))?;
    }
    Ok(())
}
