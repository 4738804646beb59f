//! Values given on the command line: `--set traffic.rate=50/s`.

use super::path::Path;
use super::{Node, shortened, yaml};
use crate::diagnostic::{Diagnostic, Diagnostics, FileId, Sources, Span, code};

/// A path and the value it is to have.
#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    /// Where the value goes.
    pub path: Path,
    /// The value, with its place in the command line.
    pub value: Node,
}

impl Assignment {
    /// Reads `PATH=VALUE` as it is given to the option `origin`, such as `--set`; the value is YAML.
    ///
    /// The text is kept under the name of the option, so that a fault in it is shown there.
    pub fn parse(
        text: &str,
        origin: &str,
        sources: &mut Sources,
        to: &mut Diagnostics,
    ) -> Option<Assignment> {
        let file = sources.add(origin, text);
        let Some(equals) = equals_sign(text) else {
            to.push(no_value(file, text, origin));
            return None;
        };
        let path = Path::parse(file, &text[..equals], to)?;
        let value = yaml::parse(sources, file, equals + 1..text.len(), to)?;
        Some(Assignment { path, value })
    }

    /// Reads `PATH=V1,V2`: the path, and each value as it is written. The values may stand in brackets.
    pub fn parse_axis(
        text: &str,
        origin: &str,
        sources: &mut Sources,
        to: &mut Diagnostics,
    ) -> Option<(String, Vec<String>)> {
        let equals = equals_sign(text).filter(|at| !text[at + 1..].trim().is_empty());
        let Some(equals) = equals else {
            let file = sources.add(origin, text);
            to.push(no_value(file, text, origin));
            return None;
        };
        let (path, values) = (&text[..equals], text[equals + 1..].trim());
        let values = if values.starts_with('[') { values.into() } else { format!("[{values}]") };
        let file = sources.add(origin, format!("{path}={values}"));
        Path::parse(file, path, to)?;
        let list = yaml::parse(sources, file, equals + 1..equals + 1 + values.len(), to)?;
        let items = list.items().unwrap_or_default();
        let values = items.iter().map(|item| sources.excerpt(item.span).to_string());
        Some((path.into(), values.collect()))
    }

    /// Puts the value into a document; `false` and a diagnostic if the path leads nowhere.
    pub fn apply(&self, root: &mut Node, to: &mut Diagnostics) -> bool {
        root.set(&self.path, self.value.clone(), to)
    }
}

/// The first equals sign that is not inside brackets.
fn equals_sign(text: &str) -> Option<usize> {
    let (mut depth, mut quoted) = (0_usize, false);
    text.bytes().position(|byte| {
        match byte {
            b'"' if depth > 0 => quoted = !quoted,
            b'[' if !quoted => depth += 1,
            b']' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
        byte == b'=' && depth == 0
    })
}

/// The fault of an assignment that says no value.
fn no_value(file: FileId, text: &str, origin: &str) -> Diagnostic {
    let title = format!("`{}` has no value", shortened(text));
    Diagnostic::new(code::BAD_ASSIGNMENT, Span::new(file, 0..text.len()), title)
        .help(format!("write `{origin} PATH=VALUE`, such as `traffic.rate=50/s`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = "traffic: {rate: 50/s}\nempty:\nsides:\n  - {name: web, weight: 1}\n  - {name: db}\n  - {name: db}\n";

    /// The document after an assignment, at a path; or the codes and helps of what was told.
    fn set(assignment: &str, read_back: &str) -> String {
        let (mut sources, mut to) = (Sources::new(), Diagnostics::new());
        let mut root = crate::input::tree::read("x.yaml", DOCUMENT.into(), &mut sources, &mut to)
            .expect("the document is good");
        let done = Assignment::parse(assignment, "--set", &mut sources, &mut to)
            .is_some_and(|assignment| assignment.apply(&mut root, &mut to));
        if !done {
            let told = to.iter().map(|d| format!("{} {}", d.code, d.title));
            return told.collect::<Vec<_>>().join("; ");
        }
        let file = sources.add("path", read_back);
        let path = Path::parse(file, read_back, &mut to).expect("the path is good");
        let node = root.get(&path).expect("the path leads somewhere");
        format!("{} at {}", node.describe(), sources.excerpt(node.span))
    }

    #[test]
    fn a_value_is_put_where_the_path_leads() {
        assert_eq!(set("traffic.rate=9/s", "traffic.rate"), "the text `9/s` at 9/s");
        assert_eq!(set("sides[name=web].weight=2", "sides[0].weight"), "the number 2 at 2");
        assert_eq!(set("sides[1]={a: [1]}", "sides[1].a[0]"), "the number 1 at 1");
        assert_eq!(set("a.b.c=x=y", "a.b.c"), "the text `x=y` at x=y");
        assert_eq!(set("empty[\"lb.phase\"]=1s", "empty[\"lb.phase\"]"), "the text `1s` at 1s");
        assert_eq!(set("traffic=", "traffic"), "empty at ");
    }

    #[test]
    fn a_path_that_leads_nowhere_is_told() {
        assert_eq!(set("sides[3].x=1", ""), "CUT0402 the list has no item 3");
        assert_eq!(set("sides[name=wbe].x=1", ""), "CUT0402 no item has `name` `wbe`");
        assert_eq!(set("sides[name=db].x=1", ""), "CUT0402 several items have `name` `db`");
        assert_eq!(set("traffic[0]=1", ""), "CUT0403 the brackets lead into a map, not a list");
        assert_eq!(
            set("traffic.rate.x=1", ""),
            "CUT0403 `x` leads into the text `50/s`, not a map"
        );
        assert_eq!(set("sides.x=1", ""), "CUT0403 `x` leads into a list, not a map");
    }

    #[test]
    fn a_broken_assignment_is_told() {
        assert_eq!(set("traffic", ""), "CUT0404 `traffic` has no value");
        for broken in
            ["=1", ".a=1", "a..b=1", "a[=1", "a[]=1", "a[x]=1", "a[\"x]=1", "a b=1", "a]=1"]
        {
            let told = set(broken, "");
            assert!(told.starts_with("CUT0401") || told.starts_with("CUT0404"), "{broken}: {told}");
        }
        assert!(set("a=[1", "").starts_with("CUT0007"));
    }
}
