//! `assumptions:`: what AWS does not document, by name, over the defaults or the ideal preset.

use crate::diagnostic::Diagnostics;
use crate::engine::distribution::Distribution;
use crate::engine::time::SimDuration;
use crate::input::decode::{Field, Map, boolean, choice, integer, number};
use crate::input::unit;
use crate::scenario::assumption::{Assumptions, Parameter};

/// The whole section; `preset: ideal` first, then each parameter that is named.
pub fn assumptions(field: Field, to: &mut Diagnostics) -> Option<Assumptions> {
    let mut map = Map::open(field, to)?;
    let presets = [("default", Assumptions::default()), ("ideal", Assumptions::ideal())];
    let mut assumptions = map.or("preset", choice(&presets), Assumptions::default());
    for assumption in Assumptions::TABLE {
        let parameter = assumptions.parameter(assumption.name);
        let mut parameter = parameter.expect("a name of the table leads to a parameter");
        map.optional(assumption.name, |field: Field, to: &mut Diagnostics| {
            read(field, &mut parameter, to)
        });
    }
    map.finish();
    Some(assumptions)
}

/// Puts the value into the parameter if it can be read.
fn read(field: Field, parameter: &mut Parameter<'_>, to: &mut Diagnostics) -> Option<()> {
    match parameter {
        Parameter::Duration(value) => **value = unit::duration(field, to)?,
        Parameter::Latency(value) => **value = unit::latency(field, to)?,
        Parameter::Limit(value) => **value = limit(field, to)?,
        Parameter::Throughput(value) => **value = unit::amount(field, to)?,
        Parameter::Megabytes(value) => **value = number(0.0..=1e6)(field, to)?,
        Parameter::Price(value) => **value = number(0.0..=1e6)(field, to)?,
        Parameter::Count(value) => {
            **value = u32::try_from(integer(1..=1000)(field, to)?).expect("within the range");
        }
        Parameter::Switch(value) => **value = boolean(field, to)?,
        Parameter::Part(value) => **value = unit::share(field, to)?,
    }
    Some(())
}

/// `ignore`, or `{ fail_after: 300s }`.
fn limit(field: Field, to: &mut Diagnostics) -> Option<Option<SimDuration>> {
    if field.node.scalar().is_some() {
        return choice(&[("ignore", None)])(field, to);
    }
    let mut map = Map::open(field, to)?;
    let limit = map.required("fail_after", unit::duration);
    map.finish();
    limit.map(Some)
}

/// A parameter's value as a scenario would write it.
pub fn shown(parameter: &Parameter<'_>) -> String {
    match parameter {
        Parameter::Duration(value) => unit::shown(**value),
        Parameter::Latency(value) => shown_latency(value),
        Parameter::Limit(None) => "ignore".into(),
        Parameter::Limit(Some(limit)) => format!("{{ fail_after: {} }}", unit::shown(*limit)),
        Parameter::Throughput(value) => written(value, &|number| format!("{}", rounded(number))),
        Parameter::Megabytes(value) | Parameter::Price(value) => format!("{value}"),
        Parameter::Count(value) => value.to_string(),
        Parameter::Switch(value) => value.to_string(),
        Parameter::Part(value) => format!("{}%", rounded(100.0 * value.as_f64())),
    }
}

/// A distribution of durations as it would be written.
pub fn shown_latency(distribution: &Distribution) -> String {
    written(distribution, &|milliseconds| {
        unit::shown(SimDuration::from_millis(milliseconds.round() as u64))
    })
}

/// Three decimals at most: parameters are written in decimal and kept in binary.
fn rounded(number: f64) -> f64 {
    (number * 1000.0).round() / 1000.0
}

fn written(distribution: &Distribution, value: &dyn Fn(f64) -> String) -> String {
    match distribution {
        Distribution::Constant(constant) => value(*constant),
        Distribution::Uniform { low, high } => {
            format!("{{ uniform: [{}, {}] }}", value(*low), value(*high))
        }
        Distribution::Exponential { mean } => format!("{{ exponential: {} }}", value(*mean)),
        Distribution::Lognormal { .. } => {
            let (median, p95) = (distribution.value(0.5), distribution.value(0.95));
            format!("{{ lognormal: {{ median: {}, p95: {} }} }}", value(median), value(p95))
        }
        Distribution::Pareto { minimum, shape } => {
            let shape = rounded(*shape);
            format!("{{ pareto: {{ minimum: {}, shape: {shape} }} }}", value(*minimum))
        }
        Distribution::Empirical(values) => {
            let values: Vec<String> = values.iter().map(|one| value(*one)).collect();
            format!("{{ empirical: [{}] }}", values.join(", "))
        }
        Distribution::Within { of, low, high } => {
            let of = written(of, value);
            let of = of.strip_suffix(" }").unwrap_or(&of);
            format!("{of}, within: [{}, {}] }}", value(*low), value(*high))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Sources, render};
    use crate::input::tree::read as read_tree;

    fn read_text(text: &str) -> (Option<Assumptions>, String) {
        let (mut sources, mut to) = (Sources::new(), Diagnostics::new());
        let bytes = text.as_bytes().to_vec();
        let node = read_tree("a.yaml", bytes, &mut sources, &mut to).expect("a tree");
        let read = assumptions(Field::new("assumptions", &node), &mut to);
        (read, render::terminal_all(&to, &sources, false))
    }

    /// What `check --assumptions` shows can be pasted into a scenario and says the same.
    #[test]
    fn every_default_reads_back_from_how_it_is_shown() {
        let mut defaults = Assumptions::default();
        let mut text = String::from("preset: ideal\n");
        for assumption in Assumptions::TABLE {
            let parameter = defaults.parameter(assumption.name).expect("a known name");
            text += &format!("{}: {}\n", assumption.name, shown(&parameter));
        }
        let (read, told) = read_text(&text);
        assert_eq!(told, "");
        let mut read = read.expect("all of it can be read");
        for assumption in Assumptions::TABLE {
            let shown_of = |assumptions: &mut Assumptions| {
                shown(&assumptions.parameter(assumption.name).expect("a known name"))
            };
            assert_eq!(shown_of(&mut read), shown_of(&mut defaults), "{}", assumption.name);
        }
    }

    #[test]
    fn a_misspelt_assumption_is_told_with_the_nearest_name() {
        let (_, told) = read_text("lb.first_check_fase: 3s\n");
        assert!(told.contains("CUT0101") && told.contains("lb.first_check_phase"), "{told}");
    }
}
