//! `--sensitivity PATH±20%`: one field at a time, a little less and a little more.
//!
//! The value is taken as it is written, and each of its numbers is scaled: `200/s`, `2%`, `{ uniform: [20s, 115s] }`.
//! What comes of it is validated like any other value.

use std::path::PathBuf;

use crate::diagnostic::{Diagnostic, Diagnostics, Sources, Span, code};
use crate::input::load::written_at;
use crate::input::section::assumption::shown;
use crate::input::source::Source;
use crate::input::tree::Path;
use crate::input::unit::parse_share;
use crate::scenario::assumption::Assumptions;

/// A field and the two values that it takes beside its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Swing {
    /// The path as it is written.
    pub path: String,
    /// By how much, as it is written: `20%`.
    pub by: String,
    /// The smaller and the larger value.
    pub values: [String; 2],
}

/// Reads one argument, with the field's own value out of this file.
pub fn swing(
    text: &str,
    (file, settings): (&PathBuf, &[String]),
    source: &dyn Source,
    sources: &mut Sources,
    to: &mut Diagnostics,
) -> Option<Swing> {
    let kept = sources.add("--sensitivity", text);
    let fault = |title: String| {
        Diagnostic::new(code::BAD_AXIS, Span::new(kept, 0..text.len()), title)
            .help("write a path and a share, such as `traffic.rate±20%` or `traffic.rate+-20%`")
    };
    let parts = text.rsplit_once('±').or_else(|| text.rsplit_once("+-"));
    let Some((path, by)) = parts else {
        to.push(fault(format!("`{text}` does not say by how much")));
        return None;
    };
    let Some(share) = parse_share(by.trim()).ok().filter(|share| !share.is_zero()) else {
        to.push(fault(format!("`{by}` is no share")));
        return None;
    };
    let wanted = Path::parse(kept, path, to)?;
    let written = written_at(file, settings, &wanted, source, sources);
    let Some(value) = written.or_else(|| default_of(path)) else {
        to.push(fault(format!("the scenario has no value at `{path}`")));
        return None;
    };
    let scale = |factor: f64| scaled(&value, factor);
    let values = [scale(1.0 - share.as_f64())?, scale(1.0 + share.as_f64())?];
    if values[0] == values[1] || value.contains('\n') {
        to.push(fault(format!("`{path}` has no number on one line")));
        return None;
    }
    Some(Swing { path: path.into(), by: by.trim().into(), values })
}

/// The default of an assumption that the file does not mention.
fn default_of(path: &str) -> Option<String> {
    let name = path.strip_prefix("assumptions[\"")?.strip_suffix("\"]")?;
    Some(shown(&Assumptions::default().parameter(name)?))
}

/// The value with every number that begins a word so many times as large; none if one of them cannot be read.
fn scaled(value: &str, factor: f64) -> Option<String> {
    let is_of_word = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_');
    let mut scaled = String::new();
    let mut rest = value;
    while let Some(start) = rest.find(is_of_word) {
        scaled.push_str(&rest[..start]);
        let after = &rest[start..];
        let end = after.find(|c| !is_of_word(c)).unwrap_or(after.len());
        scaled.push_str(&word(&after[..end], factor)?);
        rest = &after[end..];
    }
    Some(scaled + rest)
}

/// `1m30s` is a word with two numbers, `p95` one without.
fn word(word: &str, factor: f64) -> Option<String> {
    if !word.starts_with(|c: char| c.is_ascii_digit()) {
        return Some(word.into());
    }
    let mut scaled = String::new();
    let mut rest = word;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let number: f64 = rest[..digits].parse().ok()?;
        // Six decimals are more than any unit takes, and hide what floats add.
        let text = format!("{:.6}", number * factor);
        scaled.push_str(text.trim_end_matches('0').trim_end_matches('.'));
        let unit = &rest[digits..];
        let next = unit.find(|c: char| c.is_ascii_digit()).unwrap_or(unit.len());
        scaled.push_str(&unit[..next]);
        rest = &unit[next..];
    }
    Some(scaled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_that_is_a_value_is_scaled() {
        let by_a_fifth = |value| scaled(value, 1.2).expect("numbers");
        assert_eq!(by_a_fifth("200/s"), "240/s");
        assert_eq!(by_a_fifth("2%"), "2.4%");
        assert_eq!(by_a_fifth("1m30s"), "1.2m36s");
        assert_eq!(by_a_fifth("{ uniform: [20s, 115s] }"), "{ uniform: [24s, 138s] }");
        assert_eq!(
            by_a_fifth("{ lognormal: { median: 40s, p95: 90s } }"),
            "{ lognormal: { median: 48s, p95: 108s } }"
        );
        assert_eq!(by_a_fifth("0.1"), "0.12");
        assert_eq!(by_a_fifth("ideal"), "ideal");
    }
}
