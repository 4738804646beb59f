//! What the tests of readers look at: the value, and what was told.

use crate::diagnostic::{Diagnostics, Severity, Sources};
use crate::input::decode::Field;
use crate::input::tree::read as read_tree;

/// Reads a text by one reader: what it yields, and every error and warning as `CUT0107 at ..: title`.
pub fn told<T>(
    text: &str,
    read: impl FnOnce(Field, &mut Sources, &mut Diagnostics) -> Option<T>,
) -> (Option<T>, Vec<String>) {
    let (mut sources, mut to) = (Sources::new(), Diagnostics::new());
    let node = read_tree("x.yaml", text.into(), &mut sources, &mut to).expect("a tree");
    let found = read(Field::new("document", &node), &mut sources, &mut to);
    to.sort();
    let shown = to.iter().filter(|told| told.severity != Severity::Note).map(|told| {
        let place = told.span.map_or("", |span| sources.excerpt(span));
        let place = place.lines().next().unwrap_or_default().trim_end();
        format!("{} at `{place}`: {}", told.code, told.title)
    });
    (found, shown.collect())
}

/// A text with the first occurrence of a part replaced, which has to be there.
pub fn changed(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from} is not in the text");
    text.replacen(from, to, 1)
}
