//! Files that are written: each whole or not at all, so that nothing half-written takes a good file's place.

use std::fs::{self, File};
use std::io::{self, Write};
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
pub fn write_all(folder: &Path, files: &[(impl AsRef<str>, Vec<u8>)]) -> Result<(), WriteError> {
    fs::create_dir_all(folder).map_err(fault(folder))?;
    for (name, bytes) in files {
        let mut file = Growing::new(folder, name.as_ref())?;
        file.write(bytes)?;
        file.finish()?;
    }
    Ok(())
}

fn fault(path: &Path) -> impl FnOnce(io::Error) -> WriteError + use<> {
    let path = path.to_path_buf();
    move |error| WriteError { path, error }
}

/// A file that is written piece by piece, and has its name once it is whole.
#[derive(Debug)]
pub struct Growing {
    file: File,
    unfinished: PathBuf,
    path: PathBuf,
}

impl Growing {
    /// A file of this name, in a folder that is made if it is not there.
    pub fn new(folder: &Path, name: &str) -> Result<Growing, WriteError> {
        fs::create_dir_all(folder).map_err(fault(folder))?;
        let unfinished = folder.join(format!(".{name}.unfinished"));
        let file = File::create(&unfinished).map_err(fault(&unfinished))?;
        Ok(Growing { file, unfinished, path: folder.join(name) })
    }

    /// Adds a piece.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), WriteError> {
        self.file.write_all(bytes).map_err(fault(&self.unfinished))
    }

    /// It is whole.
    pub fn finish(self) -> Result<(), WriteError> {
        fs::rename(&self.unfinished, &self.path).map_err(fault(&self.path))
    }
}
