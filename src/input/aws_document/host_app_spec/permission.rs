//! `permissions` of an AppSpec for hosts: whether the agent can read them.
//!
//! They change nothing that is simulated, so nothing is kept of them.

use super::{refused, refused_for_files};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::input::decode::{Field, Map, any, items, list, text};
use crate::input::tree::shortened;

/// An item of `permissions`.
pub fn permission(field: Field, to: &mut Diagnostics) -> Option<()> {
    let mut map = Map::open_aws(field, to)?;
    let object = map.required("object", text);
    let types = map.optional("type", items(text));
    // What is not restricted to directories holds for files too, and files have neither patterns nor defaults.
    let of_files = types.is_none_or(|types| types.iter().any(|kind| kind == "file"));
    let pattern = map.take("pattern");
    let any_file = |pattern: Field| pattern.node.scalar() == Some("**");
    if let Some(pattern) = pattern.filter(|pattern| of_files && !any_file(*pattern)) {
        map.tell(for_files(pattern, "`pattern`"));
    }
    let except = map.take("except");
    let is_empty = |except: Field| except.node.items().is_some_and(<[_]>::is_empty);
    if let Some(except) = except.filter(|except| of_files && !is_empty(*except)) {
        map.tell(for_files(except, "`except`"));
    }
    map.optional(
        "acls",
        list(move |field: Field, to: &mut Diagnostics| entry(field, of_files, to)),
    );
    map.optional("context", context);
    for key in ["mode", "owner", "group"] {
        map.optional(key, any);
    }
    map.unused();
    object.map(|_| ())
}

/// The warning of a restriction that an object of type `file` cannot have.
fn for_files(field: Field, what: &str) -> Diagnostic {
    refused_for_files(field.key_span, format!("{what} restricts an object of type `file`"))
        .help("write `type: [directory]`, or take it away")
}

/// An entry of an access control list: `d:user:name:rwx`, `mask:7`, `name:rw`.
fn entry(field: Field, of_files: bool, to: &mut Diagnostics) -> Option<()> {
    let written = text(field, to)?;
    let mut parts: Vec<&str> = written.split(':').collect();
    let is_default = |part: &str| matches!(part, "d" | "default");
    let default = parts.len() > 2 && is_default(parts[0]);
    if default {
        parts.remove(0);
    }
    let fault = match parts[..] {
        _ if written.split(':').count() < 2 => Some("has no permissions after a colon"),
        _ if parts.len() > 3 => Some("has too many parts"),
        [kind, name, _] => match kind {
            "u" | "user" | "g" | "group" | "" => None,
            "m" | "mask" | "o" | "other" if name.is_empty() => None,
            "m" | "mask" | "o" | "other" => Some("names somebody where nobody can be named"),
            _ => Some("begins with no kind of entry"),
        },
        _ => None,
    };
    let permissions = parts.last().copied().unwrap_or_default();
    let is_digit = matches!(permissions.as_bytes(), [b'0'..=b'7']);
    let is_readable = is_digit || permissions.chars().all(|c| "rwx-".contains(c));
    let fault = fault.or((!is_readable).then_some("ends with no permissions"));
    if let Some(fault) = fault {
        let title = format!("the entry `{}` of `acls` {fault}", shortened(&written));
        to.push(
            refused(field.node.span, title)
                .label("cannot be read")
                .help("write it like `d:user:name:rwx` or `mask:7`"),
        );
        return None;
    }
    if default && of_files {
        let title = format!("the entry `{}` of `acls` is a default", shortened(&written));
        to.push(refused_for_files(field.node.span, title).help("write `type: [directory]`"));
    }
    Some(())
}

/// `context`: a label of SELinux.
fn context(field: Field, to: &mut Diagnostics) -> Option<()> {
    let mut map = Map::open_aws(field, to)?;
    for user in ["name", "user"] {
        map.optional(user, text);
    }
    map.required("type", text);
    map.optional("range", range);
    map.unused();
    Some(())
}

/// A range of sensitivities, and of categories after a colon: `s0`, `s0-s3:c0.c5,c9`.
fn range(field: Field, to: &mut Diagnostics) -> Option<()> {
    let written = text(field, to)?;
    let is_level = |letter: char, part: &str| {
        let digits = part.strip_prefix(letter).unwrap_or_default();
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    let (sensitivity, categories) = match written.split_once(':') {
        Some((sensitivity, categories)) => (sensitivity, Some(categories)),
        None => (written.as_str(), None),
    };
    let wrong = match categories {
        _ if !sensitivity.split('-').all(|part| is_level('s', part)) => Some(sensitivity),
        Some(all) if !all.split([',', '.']).all(|part| is_level('c', part)) => Some(all),
        _ => None,
    };
    if let Some(wrong) = wrong {
        let title = format!("`range` has the part `{}`", shortened(wrong));
        to.push(
            refused(field.node.span, title)
                .label("no range of levels")
                .help("write it like `s0-s3:c0.c5`"),
        );
        return None;
    }
    Some(())
}
