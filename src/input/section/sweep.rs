//! `sweep:`: what is varied, and how often each variant is played.
//!
//! Not what becomes of it (`input::variants`). A value stands here as the text that `--set` would be given.

use crate::diagnostic::{Diagnostic, Diagnostics, Span, code};
use crate::input::decode::{Field, Map, integer, items, text, wrong_type};
use crate::input::files::Files;
use crate::input::tree::Path;
use crate::scenario::sweep::{Axis, Sweep};
use crate::scenario::traffic_routing::predefined;

/// The whole section.
pub fn sweep(
    field: Field,
    unsaid: Sweep,
    files: &mut Files<'_>,
    to: &mut Diagnostics,
) -> Option<Sweep> {
    let mut map = Map::open(field, to)?;
    let replications = map.optional("replications", integer(1..=i64::MAX));
    let configs = map.optional("configs", |field: Field, to: &mut Diagnostics| {
        let names = items(text)(field, to)?;
        checked(configs(unsaid.config_path, &names), Some(field.node.span), to)
    });
    let varied = map.optional("vary", |field: Field, to: &mut Diagnostics| {
        let mut map = Map::open(field, to)?;
        let axes = map.each(|field: Field, to: &mut Diagnostics| axis(field, files, to));
        Some(axes.into_iter().map(|(_, axis)| axis).collect::<Vec<_>>())
    });
    map.finish();
    Some(Sweep {
        replications: replications.map(|number| number.unsigned_abs()),
        axes: configs.into_iter().chain(varied.unwrap_or_default()).collect(),
        ..unsaid
    })
}

/// The axis of these configurations; AWS's own may be named without `CodeDeployDefault.`.
pub fn configs(path: &str, names: &[String]) -> Axis {
    let full = |name: &String| {
        let full = format!("CodeDeployDefault.{name}");
        if predefined(&full).is_some() { full } else { name.clone() }
    };
    Axis { path: path.into(), values: names.iter().map(full).collect() }
}

/// One entry of `vary`: a path and the list of its values.
fn axis(field: Field, files: &mut Files<'_>, to: &mut Diagnostics) -> Option<Axis> {
    Path::parse(field.key_span.file, field.name, to)?;
    let Some(items) = field.node.items() else {
        to.push(wrong_type(field, "a list").help("write the values in brackets: `[a, b]`"));
        return None;
    };
    let mut values = Vec::with_capacity(items.len());
    for item in items {
        let written = files.sources().excerpt(item.span);
        if written.contains('\n') {
            let title = format!("a value of `{}` goes over several lines", field.name);
            to.push(
                Diagnostic::new(code::BAD_AXIS, item.span, title)
                    .label("stands in a name and in a command, which have one")
                    .help("write it on one line, maps in braces"),
            );
            return None;
        }
        values.push(written.to_string());
    }
    let axis = Axis { path: field.name.into(), values };
    checked(axis, Some(field.node.span), to)
}

/// An axis has values, and none twice.
pub fn checked(axis: Axis, span: Option<Span>, to: &mut Diagnostics) -> Option<Axis> {
    let twice =
        axis.values.iter().enumerate().find(|(at, value)| axis.values[..*at].contains(value));
    let title = match twice {
        Some((_, value)) => format!("`{}` takes the value `{value}` twice", axis.path),
        None if axis.values.is_empty() => format!("`{}` is varied over no value", axis.path),
        None => return Some(axis),
    };
    let help = "write each value once, such as `--vary traffic.rate=50/s,500/s`";
    to.push(Diagnostic::new(code::BAD_AXIS, span, title).help(help));
    None
}
