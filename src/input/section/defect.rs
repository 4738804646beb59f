//! `defects:` of a revision: ways in which it is worse than it looks.

use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::engine::share::Share;
use crate::engine::time::SimDuration;
use crate::input::decode::{Field, Map, boolean, integer, list, number, text};
use crate::input::unit;
use crate::scenario::defect::{DEFECTS_MAX, Defect, When};

/// A list of defects; an empty one takes those of the original away.
pub fn defects(field: Field, to: &mut Diagnostics) -> Option<Vec<Defect>> {
    let defects = list(defect)(field, to)?;
    if defects.len() > DEFECTS_MAX {
        let title = format!("`{}` has {} items", field.name, defects.len());
        to.push(
            Diagnostic::new(code::BAD_LENGTH, field.node.span, title)
                .label(format!("at most {DEFECTS_MAX} can show in one revision")),
        );
        return None;
    }
    Some(defects)
}

/// `{ name: slow query, errors: 20%, status: 500, route: 10%, slower: 3, after: 5m, for: 10m, above: 40%, both_versions: true }`
fn defect(field: Field, to: &mut Diagnostics) -> Option<Defect> {
    let mut map = Map::open(field, to)?;
    if !map.has("errors") && !map.has("slower") {
        map.tell(
            Diagnostic::new(code::MISSING_KEY, field.node.span, "a defect without an effect")
                .label("it says neither `errors` nor `slower`")
                .help("say what it does: `errors: 20%` fails a share of the requests, `slower: 3` makes all take three times as long"),
        );
    }
    let errors = map.or("errors", unit::share, Share::ZERO);
    let http_status = map.or("status", integer(400..=599), 500);
    let route = map.or("route", unit::share, Share::ONE);
    let slower = map.or("slower", number(1.0..=1000.0), 1.0);
    let when = When {
        after: map.or("after", unit::duration, SimDuration::ZERO),
        lasts: map.optional("for", unit::duration),
        above: map.or("above", unit::share, Share::ZERO),
        both_versions: map.or("both_versions", boolean, false),
    };
    let name = map.optional("name", text);
    map.finish();
    let http_status = u16::try_from(http_status).expect("within the range");
    let name = name.unwrap_or_else(|| described(errors, http_status, slower, &when));
    // Which of all it is, `revisions` says.
    Some(Defect { id: 0, name, errors, http_status, route, slower, when })
}

/// What a defect is called that has no name: what it does, and when.
fn described(errors: Share, http_status: u16, slower: f64, when: &When) -> String {
    let mut said = Vec::new();
    if errors > Share::ZERO {
        said.push(format!("{errors} errors ({http_status})"));
    }
    if slower > 1.0 {
        said.push(format!("{slower} times slower"));
    }
    if !when.after.is_zero() {
        said.push(format!("after {}", unit::shown(when.after)));
    }
    if when.above > Share::ZERO {
        said.push(format!("above {} of the requests", when.above));
    }
    if when.both_versions {
        said.push("beside another version".to_owned());
    }
    said.join(", ")
}
