//! The files of one scenario: read through one door, kept for messages, digested.

use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::Xxh3Default;

use crate::diagnostic::{Diagnostics, FileId, Sources, Span};
use crate::input::source::{DOCUMENT_BYTES_MAX, Source};
use crate::input::tree::{self, Node};

/// Everything that is read for one scenario.
pub struct Files<'a> {
    source: &'a dyn Source,
    sources: &'a mut Sources,
    /// Where relative paths start.
    folder: PathBuf,
    digest: Xxh3Default,
}

impl<'a> Files<'a> {
    /// Files beside this one.
    pub fn beside(path: &Path, source: &'a dyn Source, sources: &'a mut Sources) -> Files<'a> {
        let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
        Files { source, sources, folder, digest: Xxh3Default::new() }
    }

    /// The tree of a document that is named at `named_at`.
    pub fn tree(
        &mut self,
        path: impl AsRef<Path>,
        named_at: Option<Span>,
        to: &mut Diagnostics,
    ) -> Option<Node> {
        let (name, bytes) = self.bytes(path, named_at, DOCUMENT_BYTES_MAX, to)?;
        tree::read(&name, bytes, self.sources, to)
    }

    /// The text of another file that is named at `named_at`.
    pub fn text(
        &mut self,
        path: impl AsRef<Path>,
        named_at: impl Into<Option<Span>>,
        bytes_max: u64,
        to: &mut Diagnostics,
    ) -> Option<(FileId, String)> {
        let (name, bytes) = self.bytes(path, named_at.into(), bytes_max, to)?;
        let text = tree::as_text(&name, bytes, self.sources, to)?;
        Some((text, self.sources.text(text).to_string()))
    }

    /// What the command line adds to the scenario counts as read too.
    pub fn add(&mut self, text: &str) {
        self.digest.update(&(text.len() as u64).to_le_bytes());
        self.digest.update(text.as_bytes());
    }

    /// The digest of everything that was read so far.
    pub fn digest(&self) -> u64 {
        self.digest.digest()
    }

    /// The texts that were read, for places in messages.
    pub const fn sources(&mut self) -> &mut Sources {
        self.sources
    }

    fn bytes(
        &mut self,
        path: impl AsRef<Path>,
        named_at: Option<Span>,
        bytes_max: u64,
        to: &mut Diagnostics,
    ) -> Option<(String, Vec<u8>)> {
        let path = self.folder.join(path);
        match self.source.read(&path, bytes_max) {
            Ok(bytes) => {
                let said = without_modeline(&bytes);
                self.digest.update(&(said.len() as u64).to_le_bytes());
                self.digest.update(said);
                Some((path.display().to_string(), bytes))
            }
            Err(error) => {
                to.push(error.diagnostic(&path, named_at));
                None
            }
        }
    }
}

/// A text without the last line, if that only tells an editor where the schema is: it says nothing of what is played.
fn without_modeline(bytes: &[u8]) -> &[u8] {
    let text = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let last = text.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
    if text[last..].starts_with(b"# yaml-language-server:") { &bytes[..last] } else { bytes }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_last_line_for_editors_is_no_part_of_what_is_digested() {
        let check = |text: &str, said: &str| {
            assert_eq!(without_modeline(text.as_bytes()), said.as_bytes(), "{text:?}");
        };
        let modeline = "# yaml-language-server: $schema=x.json";
        check(&format!("a: 1\n{modeline}\n"), "a: 1\n");
        check(&format!("a: 1\n{modeline}"), "a: 1\n");
        check(&format!("{modeline}\na: 1\n"), &format!("{modeline}\na: 1\n"));
        check(modeline, "");
        check("", "");
        check("a: 1", "a: 1");
    }
}
