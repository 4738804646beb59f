//! Expressions as people write them, and their values.

use super::*;
use crate::scenario::alarm::ratio::Ratio;

fn scope() -> Scope {
    let metric = |id: &str, place| (id.to_string(), Expression::Metric(place));
    let mut scope = Scope { known: vec![metric("m1", 0), metric("m2", 1)], period_s: 60 };
    let rate = parse("100 * m1 / m2", &scope).expect("an expression");
    scope.known.push(("rate".into(), rate));
    scope
}

/// The datapoint of the newest of three periods, of which these are the values of `m1` and `m2`, newest first;
/// what is missing is `-`.
fn value(text: &str, m1: [&str; 3], m2: [&str; 3]) -> String {
    let expression = parse(text, &scope()).unwrap_or_else(|fault| panic!("{text}: {fault:?}"));
    let mut seen = |metric: usize, age: u32| Ratio::parse([m1, m2][metric][age as usize - 1]);
    expression.datapoint(1, 3, &mut seen).map_or("-".into(), |value| value.to_string())
}

#[test]
fn expressions_are_evaluated_as_they_are_written() {
    for (text, m1, m2, expected) in [
        ("m1 + m2 * 2", "1", "3", "7"),
        ("(m1 + m2) * 2", "1", "3", "8"),
        ("m1 - m2 - 1", "9", "3", "5"),
        ("m1 / m2 / 2", "12", "3", "2"),
        ("-m1 + -(m2)", "1", "2", "-3"),
        ("m1*1e-1", "5", "-", "0.5"),
        ("m1 + 1e+2 - .5", "5", "-", "104.5"),
        ("rate + 1", "1", "4", "26"),
        ("m1 > 1 AND m2 <= 3", "2", "3", "1"),
        ("m1 > 1 && m2 < 3 || m1 == 2", "2", "3", "1"),
        ("m1 != 2 OR m2 >= 4", "2", "3", "0"),
        ("ABS(m1) + CEIL(m2) + FLOOR(m2)", "-1", "2.5", "6"),
        ("SUM([m1, m2])", "1", "-", "1"),
        ("AVG([m1, m2])", "1", "-", "1"),
        ("AVG(METRICS())", "1", "4", "2.5"),
        ("MIN([m1, m2]) - MAX(m1, m2, 9)", "1", "4", "-8"),
        ("MAX([m1, m2, 5])", "-", "-", "-"),
        ("m1 / PERIOD(m1)", "90", "-", "1.5"),
        ("IF(m1 > 1, m2, 7)", "2", "3", "3"),
        ("IF(m1 > 1, m2, 7)", "1", "3", "7"),
        ("IF(m1 > 1, m2)", "1", "3", "-"),
        ("IF(m1 > 1, m2)", "2", "-", "-"),
        ("IF(m1 > 1, 3, m2)", "-", "4", "4"),
        ("IF(m1 > 1, 3, 4)", "-", "4", "-"),
        ("IF(m2 > 0, m1/m2, 0)", "3", "0", "0"),
        ("IF(m2 > 0, m1/m2, 0)", "-", "-", "-"),
        ("IF(1, m1, m2)", "5", "6", "5"),
        ("FILL(m1, 0)", "-", "-", "0"),
        ("FILL(m1, m2)", "-", "4", "4"),
        ("FILL(m1, m2)", "-", "-", "-"),
        ("FILL(m1, REPEAT)", "5", "-", "5"),
        ("m1", "-", "4", "-"),
        ("100 * m1 + 5", "-", "4", "-"),
    ] {
        assert_eq!(value(text, [m1, "-", "-"], [m2, "-", "-"]), expected, "{text}: {m1}, {m2}");
    }
    assert_eq!(value("FILL(m1, REPEAT)", ["-", "-", "8"], ["-"; 3]), "8");
    assert_eq!(value("FILL(m1, REPEAT)", ["-"; 3], ["-"; 3]), "-");
}

#[test]
fn what_is_no_expression_says_where() {
    for (text, at, title) in [
        ("", 0..0, "the end stands where an id, a number or a function is needed"),
        ("m1 +", 4..4, "the end stands where an id, a number or a function is needed"),
        ("m1 m2", 3..5, "`m2` stands where an operator such as `+`, or the end, is needed"),
        ("m3 / m2", 0..2, "there is no `m3`"),
        ("2 * 3", 0..5, "the expression has no metric in it, so no datapoints"),
        ("[m1, m2]", 0..1, "several series where one is needed"),
        ("SUM([])", 0..3, "`SUM` of nothing"),
        ("IF(m1)", 0..2, "`IF` has 1 arguments, not 2"),
        ("FILL(m1)", 7..8, "`)` stands where `,` is needed"),
        ("SUMM([m1])", 0..4, "there is no function `SUMM`"),
        ("m1 = 2", 3..4, "`=` has no meaning here"),
        ("m1 > 1.2.3", 5..10, "`1.2.3` is no number"),
        ("m1 + 'x", 5..7, "a quote that is not closed"),
        ("m1 + 'x'", 5..8, "a text in quotes has no meaning here"),
        ("(m1", 3..3, "the end stands where `)` is needed"),
    ] {
        let fault = parse(text, &scope()).expect_err("no expression");
        assert_eq!((fault.range.clone(), fault.title.as_str()), (at, title), "{text}");
        assert!(!fault.is_left_out, "{text}");
    }
}

/// CW-MATH-4: what CloudWatch can do besides is told, not read as something else.
#[test]
fn what_is_not_simulated_is_told() {
    for text in [
        "RATE(m1)",
        "ANOMALY_DETECTION_BAND(m1, 2)",
        "SEARCH('{AWS/EC2} CPU', 'Average', 300)",
        "SELECT AVG(CPUUtilization) FROM SCHEMA(\"AWS/EC2\")",
        "FILL(m1, LINEAR)",
        "FILL(m1 / m2, REPEAT)",
        "SUM(m1)",
        "SUM(METRICS(\"m\"))",
        "m1 ^ 2",
    ] {
        let fault = parse(text, &scope()).expect_err("not simulated");
        assert!(fault.is_left_out, "{text}: {fault:?}");
    }
}

#[test]
fn large_expressions_are_refused() {
    let refused = |text: &str| parse(text, &scope()).expect_err("too large").title;
    assert!(refused(&"-".repeat(100)).starts_with("more than 40"));
    assert!(refused(&"(".repeat(100)).starts_with("more than 40"));
    assert!(refused(&vec!["m1"; 120].join("+")).starts_with("the expression has more than 200"));
    assert!(refused(&vec!["m1"; 900].join("+")).starts_with("the expression has 2699 bytes"));
    assert!(parse(&vec!["m1"; 100].join("+"), &scope()).is_ok());
}
