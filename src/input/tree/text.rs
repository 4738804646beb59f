//! From the bytes of a file to its tree: is it text, and is it JSON or YAML?

use super::{Node, json, yaml};
use crate::diagnostic::{Diagnostic, Diagnostics, FileId, Sources, Span, code};

/// How a text is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// JSON by the letter.
    Json,
    /// YAML; JSON is part of it.
    Yaml,
    /// JSON if that succeeds, else YAML.
    JsonOrYaml,
}

/// Keeps a file's text under its name and reads it into a tree.
///
/// The byte order mark is dropped. Nothing is returned if the text is no tree; why is told.
pub fn read(
    name: &str,
    bytes: Vec<u8>,
    sources: &mut Sources,
    to: &mut Diagnostics,
) -> Option<Node> {
    let file = as_text(name, bytes, sources, to)?;
    let format = format_of(name, sources.text(file));
    parse(sources, file, format, to)
}

/// Keeps a file's text under its name; nothing is returned if it is no text, and why is told.
///
/// The byte order mark is dropped.
pub fn as_text(
    name: &str,
    bytes: Vec<u8>,
    sources: &mut Sources,
    to: &mut Diagnostics,
) -> Option<FileId> {
    match decode(bytes) {
        Ok(text) => Some(sources.add(name, text)),
        Err(found) => {
            let file = sources.add(name, "");
            to.push(
                Diagnostic::new(code::NOT_TEXT, Span::start_of(file), found)
                    .help("save it as UTF-8 text, or see whether this is the file that was meant"),
            );
            None
        }
    }
}

/// Reads a text that is already kept.
pub fn parse(
    sources: &Sources,
    file: FileId,
    format: Format,
    to: &mut Diagnostics,
) -> Option<Node> {
    let text = sources.text(file);
    if text.trim().is_empty() {
        to.push(empty(file));
        return None;
    }
    match format {
        Format::Json => json::parse(sources, file, to),
        Format::Yaml => yaml::parse(sources, file, 0..text.len(), to),
        Format::JsonOrYaml => {
            let mut tried = Diagnostics::new();
            match json::parse(sources, file, &mut tried) {
                Some(node) => {
                    to.append(tried);
                    Some(node)
                }
                None if limit_reached(&tried) => {
                    to.append(tried);
                    None
                }
                None => yaml::parse(sources, file, 0..text.len(), to),
            }
        }
    }
}

/// The diagnostic of a file that says nothing.
pub fn empty(file: FileId) -> Diagnostic {
    Diagnostic::new(code::EMPTY_FILE, Span::start_of(file), "the file is empty")
        .help("see whether the step that writes it has run")
}

/// Whether a text looks as if a template step should have run over it.
pub fn looks_templated(text: &str) -> bool {
    ["%{", "{{", "${", "<%"].iter().any(|mark| text.contains(mark))
}

/// What to do about a template.
pub const TEMPLATE_HELP: &str =
    "this looks templated: run your template step first, then read its result";

/// The text of a file, or what it is instead.
fn decode(bytes: Vec<u8>) -> Result<String, String> {
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err("the file is UTF-16, not UTF-8".into());
    }
    if let [0, _, 0, _, ..] | [_, 0, _, 0, ..] = bytes[..] {
        return Err("every other byte is zero, so the file is UTF-16, not UTF-8".into());
    }
    let mut text = String::from_utf8(bytes)
        .map_err(|error| format!("byte {} is not UTF-8 text", error.utf8_error().valid_up_to()))?;
    if let Some(at) = text.bytes().position(|byte| byte == 0) {
        return Err(format!("byte {at} is zero, so the file is binary"));
    }
    if text.starts_with('\u{FEFF}') {
        text.drain(..'\u{FEFF}'.len_utf8());
    }
    Ok(text)
}

/// How to read a file: by its name and its first character.
///
/// Broken JSON in a file named so must not pass as YAML, which would read a forgotten value as null and
/// a bare word as a text. A text that begins with a quote is JSON without its outer braces.
fn format_of(name: &str, text: &str) -> Format {
    let file_name = name.rsplit(['/', '\\']).next().unwrap_or(name).to_ascii_lowercase();
    let named_json = file_name.split('.').skip(1).any(|part| part == "json");
    match text.trim_start().chars().next() {
        Some('{' | '[' | '"') if named_json => Format::Json,
        Some('{' | '[') => Format::JsonOrYaml,
        _ => Format::Yaml,
    }
}

/// Whether JSON was refused for its size, which YAML would meet as well.
fn limit_reached(tried: &Diagnostics) -> bool {
    tried.iter().any(|d| d.code == code::TOO_DEEP || d.code == code::TOO_MANY_NODES)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tree or the codes of what was told, in short.
    fn outcome(name: &str, bytes: &[u8]) -> String {
        let (mut sources, mut to) = (Sources::new(), Diagnostics::new());
        let node = read(name, bytes.to_vec(), &mut sources, &mut to);
        let codes = to.iter().map(|d| d.code.number()).collect::<Vec<_>>().join(" ");
        format!("{}{codes}", if node.is_some() { "tree " } else { "" })
    }

    #[test]
    fn what_is_no_text_is_refused() {
        assert_eq!(outcome("a.yaml", b""), "CUT0003");
        assert_eq!(outcome("a.json", b" \r\n"), "CUT0003");
        assert_eq!(outcome("a.yaml", b"\xEF\xBB\xBF"), "CUT0003");
        assert_eq!(outcome("a.yaml", b"# only this\n"), "CUT0003");
        assert_eq!(outcome("a.yaml", b"---\n"), "CUT0003");
        assert_eq!(outcome("a.yaml", b"a: \0"), "CUT0004");
        assert_eq!(outcome("a.yaml", b"a: \xC3"), "CUT0004");
        assert_eq!(outcome("a.yaml", b"\xFF\xFEa\0"), "CUT0004");
    }

    #[test]
    fn json_and_yaml_may_stand_in_files_named_after_the_other() {
        assert_eq!(outcome("a.yml", b"\xEF\xBB\xBF{\r\n\t\"a\": 1}"), "tree ");
        assert_eq!(outcome("a.yml", b"{a: 1}"), "tree ");
        assert_eq!(outcome("a.json", b"a: 1"), "tree ");
    }

    #[test]
    fn broken_json_never_passes_as_yaml() {
        assert_eq!(outcome("a.json", b"{\"a\": }"), "CUT0008");
        assert_eq!(outcome("dir.d/a.JSON", b"{\"a\": PORT}"), "CUT0008");
        assert_eq!(outcome("a.json.tpl", b"{\"a\": ${port}}"), "CUT0008");
        assert_eq!(outcome("a.json", b"\"Name\": {\"a\": 1}"), "CUT0008");
    }
}
