//! Texts that are kept in the repository and compared byte for byte; `UPDATE=1` writes them anew.

use std::fs;
use std::path::{Path, PathBuf};

/// Compares results with the files that are kept, and collects every difference.
#[derive(Debug, Default)]
pub struct Kept {
    wrong: Vec<String>,
}

impl Kept {
    /// Nothing compared yet.
    pub fn new() -> Kept {
        Kept::default()
    }

    /// The file of this path in the repository must hold these bytes.
    pub fn holds(&mut self, path: &str, bytes: &[u8]) {
        let file = in_repository(path);
        if std::env::var_os("UPDATE").is_some() {
            if let Some(folder) = file.parent() {
                fs::create_dir_all(folder).expect("the folder can be made");
            }
            fs::write(&file, bytes).expect("the file can be written");
        }
        match fs::read(&file) {
            Err(error) => self.wrong.push(format!("{path}: {error}")),
            Ok(kept) if kept == bytes => {}
            Ok(kept) => self.wrong.push(format!("{path} {}", difference(&kept, bytes))),
        }
    }

    /// Something else is wrong.
    #[allow(dead_code, reason = "not every test that includes this file has other faults to tell")]
    pub fn fault(&mut self, text: String) {
        self.wrong.push(text);
    }

    /// Fails if anything differed.
    pub fn judge(self) {
        let hint = "if this change is meant, run again with UPDATE=1 and read the difference";
        assert!(self.wrong.is_empty(), "{}\n\n{hint}", self.wrong.join("\n\n"));
    }
}

/// A path of the repository, wherever the test runs.
pub fn in_repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The first line in which two texts differ.
pub fn difference(kept: &[u8], found: &[u8]) -> String {
    let line = |bytes: &[u8], index: usize| {
        let line = bytes.split_inclusive(|&byte| byte == b'\n').nth(index);
        line.map_or("(the end)".to_string(), |line| {
            String::from_utf8_lossy(line).escape_debug().collect()
        })
    };
    let same = kept
        .split_inclusive(|&byte| byte == b'\n')
        .zip(found.split_inclusive(|&byte| byte == b'\n'))
        .take_while(|(kept, found)| kept == found)
        .count();
    format!(
        "differs in line {}:\n  kept:  {}\n  found: {}",
        same + 1,
        line(kept, same),
        line(found, same)
    )
}
