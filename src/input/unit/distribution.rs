//! Distributions: a bare value is constant; else one key with its parameters.

use super::Fault;
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::engine::distribution::Distribution;
use crate::input::decode::{Field, Map, items, listed, number, wrong_type};
use crate::input::tree::Value;
use crate::input::unit;

/// The distributions by the key they are written with.
const NAMES: [&str; 6] = ["constant", "uniform", "exponential", "lognormal", "pareto", "empirical"];

/// A length of time, drawn; the distribution's values are milliseconds.
///
/// `30s`, `{ uniform: [0s, 10s] }`, `{ exponential: 30s }` (its mean), `{ lognormal: { median: 40s, p95: 90s } }` or
/// `{ mean: 45s, cv: 0.5 }`, `{ pareto: { minimum: 10s, shape: 1.5 } }`, `{ empirical: [1s, 2s] }`; each cut off with
/// `within: [20s, 115s]` beside it.
pub fn latency(field: Field, to: &mut Diagnostics) -> Option<Distribution> {
    let milliseconds = |field: Field, to: &mut Diagnostics| {
        unit::duration(field, to).map(|duration| duration.as_millis() as f64)
    };
    distribution(field, "a duration", milliseconds, to)
}

/// A plain number above zero, drawn, in the same forms.
pub fn amount(field: Field, to: &mut Diagnostics) -> Option<Distribution> {
    let positive = |field: Field, to: &mut Diagnostics| number(1e-9..=1e12)(field, to);
    distribution(field, "a number", positive, to)
}

fn distribution(
    field: Field,
    of: &str,
    value: impl Fn(Field, &mut Diagnostics) -> Option<f64> + Copy,
    to: &mut Diagnostics,
) -> Option<Distribution> {
    let made = match &field.node.value {
        Value::Map(_) => written_out(field, value, to)?,
        Value::List(_) | Value::Null | Value::Unread => {
            to.push(wrong_type(field, &format!("{of} or a distribution of it")));
            return None;
        }
        _ => Distribution::constant(value(field, to)?),
    };
    match made {
        Ok(distribution) => Some(distribution),
        Err(reason) => {
            let title = format!("`{}` is no distribution: {reason}", field.name);
            to.push(
                Diagnostic::new(code::BAD_DISTRIBUTION, field.node.span, title)
                    .label("cannot be drawn from"),
            );
            None
        }
    }
}

/// What a constructor makes of the parameters, once each of them could be read.
type Made = Result<Distribution, &'static str>;

fn written_out(
    field: Field,
    value: impl Fn(Field, &mut Diagnostics) -> Option<f64> + Copy,
    to: &mut Diagnostics,
) -> Option<Made> {
    let entries = field.node.entries().unwrap_or_default();
    let mut within = None;
    let of: Vec<_> = entries
        .iter()
        .filter(|(key, node)| {
            let is_bound = key.name == "within";
            if is_bound {
                within = Some(Field { name: "within", node, key_span: key.span });
            }
            !is_bound
        })
        .collect();
    let [(key, node)] = of[..] else {
        let title = format!("`{}` has {} keys, not one distribution", field.name, of.len());
        to.push(
            Diagnostic::new(code::BAD_DISTRIBUTION, field.node.span, title)
                .help(format!("write one of {}", listed(&NAMES))),
        );
        return None;
    };
    let inner = Field { name: &key.name, node, key_span: key.span };
    let made = named(field, inner, value, to);
    let Some(within) = within else { return made };
    let bounds = items(value)(within, to)?;
    Some(match (made?, &bounds[..]) {
        (Ok(of), &[low, high]) => of.within(low, high),
        (Ok(_), _) => Err("`within` needs two values, the lowest and the highest"),
        (fault, _) => fault,
    })
}

/// The distribution of one name, with its parameters.
fn named(
    field: Field,
    inner: Field,
    value: impl Fn(Field, &mut Diagnostics) -> Option<f64> + Copy,
    to: &mut Diagnostics,
) -> Option<Made> {
    match inner.name {
        "constant" => value(inner, to).map(Distribution::constant),
        "uniform" => match items(value)(inner, to)?[..] {
            [low, high] => Some(Distribution::uniform(low, high)),
            _ => Some(Err("`uniform` needs two values, the lowest and the highest")),
        },
        "exponential" => value(inner, to).map(Distribution::exponential),
        "lognormal" => lognormal(inner, value, to),
        "pareto" => {
            let mut map = Map::open(inner, to)?;
            let minimum = map.required("minimum", value);
            let shape = map.required("shape", number(1e-3..=1e3));
            map.finish();
            Some(Distribution::pareto(minimum?, shape?))
        }
        // Its fault is told where the series was read.
        "empirical" if inner.node.value == Value::Unread => None,
        "empirical" => items(value)(inner, to).map(Distribution::empirical),
        _ => {
            let mut map = Map::open(field, to)?;
            for name in NAMES.iter().chain(&["within"]) {
                map.has(name);
            }
            map.finish();
            None
        }
    }
}

fn lognormal(
    field: Field,
    value: impl Fn(Field, &mut Diagnostics) -> Option<f64> + Copy,
    to: &mut Diagnostics,
) -> Option<Made> {
    let mut map = Map::open(field, to)?;
    let made = match map.one_of(&["median", "mean"])? {
        "median" => {
            let median = map.required("median", value);
            let p95 = map.required("p95", value);
            Distribution::lognormal_median_p95(median?, p95?)
        }
        _ => {
            let mean = map.required("mean", value);
            let cv = map.required("cv", ratio);
            Distribution::lognormal_mean_cv(mean?, cv?)
        }
    };
    map.finish();
    Some(made)
}

/// A ratio, written as a number or in percent: `0.5` or `50%`; 0 to 100.
pub fn ratio(field: Field, to: &mut Diagnostics) -> Option<f64> {
    let Some(percent) = field.node.scalar().and_then(|text| text.strip_suffix('%')) else {
        return number(0.0..=100.0)(field, to);
    };
    match percent.trim().parse::<f64>() {
        Ok(value) if (0.0..=10_000.0).contains(&value) => Some(value / 100.0),
        _ => {
            let Fault { problem, help } = Fault {
                problem: "is no ratio".into(),
                help: "write `0.5` or `50%`, from nothing to `10000%`".into(),
            };
            let title = format!("`{}` {problem}", field.name);
            to.push(Diagnostic::new(code::BAD_NUMBER, field.node.span, title).help(help));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Sources, render};
    use crate::input::tree::read;

    fn told(text: &str) -> (Option<Distribution>, String) {
        let (mut sources, mut to) = (Sources::new(), Diagnostics::new());
        let node = read("a.yaml", text.as_bytes().to_vec(), &mut sources, &mut to).expect("a tree");
        let read = latency(Field::new("duration", &node), &mut to);
        let drawn = render::terminal_all(&to, &sources, false);
        (read, drawn.lines().next().unwrap_or_default().to_string())
    }

    #[test]
    fn every_form_is_read_in_milliseconds() {
        for (text, expected) in [
            ("30s", Distribution::constant(30_000.0)),
            ("{ constant: 30s }", Distribution::constant(30_000.0)),
            ("{ uniform: [0s, 10s] }", Distribution::uniform(0.0, 10_000.0)),
            ("{ exponential: 2s }", Distribution::exponential(2000.0)),
            (
                "{ lognormal: { median: 40s, p95: 90s } }",
                Distribution::lognormal_median_p95(40_000.0, 90_000.0),
            ),
            (
                "{ lognormal: { mean: 45s, cv: 50% } }",
                Distribution::lognormal_mean_cv(45_000.0, 0.5),
            ),
            ("{ pareto: { minimum: 10s, shape: 1.5 } }", Distribution::pareto(10_000.0, 1.5)),
            ("{ empirical: [2s, 1s] }", Distribution::empirical(vec![1000.0, 2000.0])),
            (
                "{ exponential: 2s, within: [1s, 3s] }",
                Distribution::exponential(2000.0).and_then(|of| of.within(1000.0, 3000.0)),
            ),
            ("{ constant: 9s, within: [1s, 3s] }", Distribution::constant(3000.0)),
        ] {
            let (read, told) = told(text);
            assert_eq!(told, "", "{text}");
            assert_eq!(read, expected.ok(), "{text}");
        }
    }

    #[test]
    fn what_is_no_distribution_is_told() {
        assert!(told("{ exponential: 1s, within: [1s] }").1.contains("`within` needs two values"));
        assert!(told("{ exponential: 1s, within: [2s, 1s] }").1.contains("CUT0109"));
        assert!(told("{ within: [1s, 2s] }").1.contains("0 keys"));
        assert!(told("{ uniform: [1s] }").1.contains("needs two values"));
        assert!(told("{ uniform: [2s, 1s] }").1.contains("CUT0109"));
        assert!(told("{ unifrom: [1s, 2s] }").1.contains("`duration` has no key `unifrom`"));
        assert!(told("{ uniform: [1s, 2s], constant: 3s }").1.contains("2 keys"));
        assert!(told("[1s]").1.contains("CUT0103"));
    }
}
