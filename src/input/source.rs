//! The one door to files.
//!
//! Everything that is read from disk comes through here, so that tests read from memory and nothing is
//! read before its size is known.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use crate::diagnostic::{Diagnostic, Span, code};

/// The most bytes a document may have: the largest real ones have some hundred kilobytes.
pub const DOCUMENT_BYTES_MAX: u64 = 16 << 20;

/// The most bytes a traffic trace may have: a year of minutes has some 20 MiB.
pub const TRACE_BYTES_MAX: u64 = 64 << 20;

/// A place that files are read from.
pub trait Source {
    /// The whole content of a file of at most `bytes_max` bytes.
    ///
    /// # Errors
    /// If there is no such file, it is no regular file, is too large or cannot be read.
    fn read(&self, path: &Path, bytes_max: u64) -> Result<Vec<u8>, SourceError>;
}

/// Why a file was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceError {
    /// There is no file of this name.
    NotFound,
    /// A directory, device or pipe, which might never end.
    NotAFile,
    /// More bytes than are allowed here.
    TooLarge {
        /// What it has.
        bytes: u64,
        /// What it may have.
        bytes_max: u64,
    },
    /// The system refuses, with the reason in words.
    Refused(String),
}

impl SourceError {
    /// The diagnostic of it: at the place that names the file, if a file names it.
    pub fn diagnostic(&self, path: &Path, named_at: Option<Span>) -> Diagnostic {
        let path = path.display();
        match self {
            SourceError::NotFound => {
                Diagnostic::new(code::UNREADABLE, named_at, format!("there is no file `{path}`"))
                    .help("paths are relative to the file that names them")
            }
            SourceError::NotAFile => Diagnostic::new(
                code::NOT_A_FILE,
                named_at,
                format!("`{path}` is not a regular file"),
            ),
            SourceError::TooLarge { bytes, bytes_max } => Diagnostic::new(
                code::TOO_LARGE,
                named_at,
                format!("`{path}` has {}, more than {}", mebibytes(*bytes), mebibytes(*bytes_max)),
            )
            .help("see whether this is the file that was meant"),
            SourceError::Refused(reason) => Diagnostic::new(
                code::UNREADABLE,
                named_at,
                format!("`{path}` cannot be read: {reason}"),
            ),
        }
    }
}

/// A size in whole MiB, rounded up, so that what is too large never looks as if it were not.
fn mebibytes(bytes: u64) -> String {
    match bytes {
        0..=0xF_FFFF => format!("{bytes} bytes"),
        _ => format!("{} MiB", bytes.div_ceil(1 << 20)),
    }
}

/// The files of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct FileSource;

impl Source for FileSource {
    fn read(&self, path: &Path, bytes_max: u64) -> Result<Vec<u8>, SourceError> {
        // Before opening: to open a pipe waits for a writer.
        let metadata = fs::metadata(path).map_err(refused)?;
        if !metadata.is_file() {
            return Err(SourceError::NotAFile);
        }
        if metadata.len() > bytes_max {
            return Err(SourceError::TooLarge { bytes: metadata.len(), bytes_max });
        }
        let mut bytes = Vec::new();
        // Once more while reading: the file may grow, and some files of the system state no size.
        let mut limited = File::open(path).map_err(refused)?.take(bytes_max + 1);
        limited.read_to_end(&mut bytes).map_err(refused)?;
        match bytes.len() as u64 {
            read if read > bytes_max => Err(SourceError::TooLarge { bytes: read, bytes_max }),
            _ => Ok(bytes),
        }
    }
}

/// A system's error in words that are the same on every machine where we know them.
fn refused(error: std::io::Error) -> SourceError {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => SourceError::NotFound,
        ErrorKind::PermissionDenied => SourceError::Refused("permission denied".into()),
        ErrorKind::IsADirectory => SourceError::NotAFile,
        kind => SourceError::Refused(kind.to_string()),
    }
}

/// Files that exist in memory only.
#[derive(Clone, Debug, Default)]
pub struct MemorySource {
    files: BTreeMap<PathBuf, Vec<u8>>,
}

impl MemorySource {
    /// No file yet.
    pub fn new() -> MemorySource {
        MemorySource::default()
    }

    /// The same with a further file.
    #[must_use]
    pub fn with(mut self, path: impl Into<PathBuf>, bytes: impl Into<Vec<u8>>) -> MemorySource {
        self.files.insert(path.into(), bytes.into());
        self
    }
}

impl Source for MemorySource {
    fn read(&self, path: &Path, bytes_max: u64) -> Result<Vec<u8>, SourceError> {
        match self.files.get(path) {
            None => Err(SourceError::NotFound),
            Some(bytes) if bytes.len() as u64 > bytes_max => {
                Err(SourceError::TooLarge { bytes: bytes.len() as u64, bytes_max })
            }
            Some(bytes) => Ok(bytes.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_file_or_too_large_is_refused() {
        let files = MemorySource::new().with("a", "12345");
        assert_eq!(files.read(Path::new("a"), 5), Ok(b"12345".to_vec()));
        let too_large = SourceError::TooLarge { bytes: 5, bytes_max: 4 };
        assert_eq!(files.read(Path::new("a"), 4), Err(too_large.clone()));
        assert_eq!(files.read(Path::new("b"), 4), Err(SourceError::NotFound));
        assert_eq!(FileSource.read(Path::new("/"), 4), Err(SourceError::NotAFile));
        assert_eq!(FileSource.read(Path::new("/no/such"), 4), Err(SourceError::NotFound));
        assert_eq!(FileSource.read(Path::new("/dev/zero"), 4), Err(SourceError::NotAFile));
        let told = too_large.diagnostic(Path::new("a"), None);
        assert_eq!(told.title, "`a` has 5 bytes, more than 4 bytes");
    }
}
