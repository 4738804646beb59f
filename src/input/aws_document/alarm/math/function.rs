//! The functions of metric math, and what is said of those that are not simulated.
//!
//! Rules: CW-MATH-1, CW-MATH-4.

use std::ops::Range;

use super::{Fault, Operand, Parsed, Parser, TokenKind, fault, made, one};
use crate::input::decode::suggestion;
use crate::scenario::alarm::math::{Aggregate, Expression, Unary};
use crate::scenario::alarm::ratio::Ratio;

/// The functions that are simulated.
const FUNCTIONS: [&str; 11] =
    ["ABS", "AVG", "CEIL", "FILL", "FLOOR", "IF", "MAX", "METRICS", "MIN", "PERIOD", "SUM"];

/// Those that CloudWatch has besides: they look at other periods or beyond the alarm, or round as a library does.
const LEFT_OUT: [&str; 28] = [
    "ANOMALY_DETECTION_BAND",
    "DATAPOINT_COUNT",
    "DATE",
    "DAY",
    "DB_PERF_INSIGHTS",
    "DIFF",
    "DIFF_TIME",
    "EPOCH",
    "FIRST",
    "HOUR",
    "INSIGHT_RULE_METRIC",
    "LAMBDA",
    "LAST",
    "LOG",
    "LOG10",
    "METRIC_COUNT",
    "MINUTE",
    "MONTH",
    "RATE",
    "REMOVE_EMPTY",
    "RUNNING_SUM",
    "SEARCH",
    "SERVICE_QUOTA",
    "SLICE",
    "SORT",
    "STDDEV",
    "TIME_SERIES",
    "YEAR",
];

impl Parser<'_> {
    /// A function, of which the name has been read.
    pub(super) fn function(&mut self, name: &str, at: &Range<usize>) -> Parsed {
        if LEFT_OUT.contains(&name) {
            let title = format!("`{name}` is not simulated yet");
            return Err(left_out(at, title, format!("simulated are {}", FUNCTIONS.join(", "))));
        }
        self.next();
        let call = Call { name, at };
        match name {
            "FILL" => self.fill(at),
            "METRICS" => self.metrics(at),
            "ABS" => call.unary(Unary::Abs, self.arguments(")", at)?),
            "CEIL" => call.unary(Unary::Ceil, self.arguments(")", at)?),
            "FLOOR" => call.unary(Unary::Floor, self.arguments(")", at)?),
            "IF" => call.condition(self.arguments(")", at)?),
            "SUM" => call.aggregate(Aggregate::Sum, self.arguments(")", at)?),
            "AVG" => call.aggregate(Aggregate::Avg, self.arguments(")", at)?),
            "MIN" => call.aggregate(Aggregate::Min, self.arguments(")", at)?),
            "MAX" => call.aggregate(Aggregate::Max, self.arguments(")", at)?),
            "PERIOD" => {
                call.exactly::<1>(self.arguments(")", at)?)?;
                made(Expression::Number(Ratio::whole(self.scope.period_s)), at)
            }
            _ => {
                let known = format!("the functions are {}", FUNCTIONS.join(", "));
                let help = suggestion(name, &FUNCTIONS).unwrap_or(known);
                Err(fault(at.clone(), format!("there is no function `{name}`"), help))
            }
        }
    }

    /// `FILL(series, value)` and `FILL(m, REPEAT)`.
    fn fill(&mut self, at: &Range<usize>) -> Parsed {
        let filled = self.nested(at, |parser| {
            let series = parser.series()?;
            parser.expect(",")?;
            let word = parser.peek().clone();
            let with = match &word.kind {
                kind if kind.is("REPEAT") || kind.is("LINEAR") => {
                    parser.next();
                    None
                }
                _ => Some(parser.series()?),
            };
            parser.expect(")")?;
            match (with, series) {
                (Some(value), series) => Ok(Expression::Fill(Box::new([series, value]))),
                (None, Expression::Metric(metric)) if word.kind.is("REPEAT") => {
                    Ok(Expression::Repeat(metric))
                }
                (None, _) => {
                    let title = "this way to fill is not simulated yet".to_string();
                    let help = "fill with a number, or repeat a single metric: `FILL(m1, REPEAT)`";
                    Err(left_out(&word.range, title, help))
                }
            }
        })?;
        made(filled, at)
    }

    /// `METRICS()`: every metric of the alarm, not its other expressions.
    fn metrics(&mut self, at: &Range<usize>) -> Parsed {
        let text = self.peek().clone();
        if text.kind == TokenKind::Text {
            let title = "`METRICS` with a text is not simulated yet".to_string();
            return Err(left_out(&text.range, title, "name the metrics: `SUM([m1, m2])`"));
        }
        self.expect(")")?;
        let all = self.scope.known.iter().map(|(_, expression)| expression.clone());
        let metrics = all.filter(|expression| matches!(expression, Expression::Metric(_)));
        Ok(Operand::Several(metrics.collect(), at.clone()))
    }
}

/// A function with its arguments, as a text names it.
struct Call<'a> {
    name: &'a str,
    at: &'a Range<usize>,
}

impl Call<'_> {
    fn unary(&self, unary: Unary, arguments: Vec<Operand>) -> Parsed {
        let [operand] = self.exactly(arguments)?;
        made(Expression::Unary(unary, Box::new(operand)), self.at)
    }

    fn condition(&self, mut arguments: Vec<Operand>) -> Parsed {
        let otherwise = match arguments.len() {
            3 => arguments.pop().map(one).transpose()?,
            _ => None,
        };
        let parts = self.exactly::<2>(arguments)?;
        made(Expression::If(Box::new(parts), otherwise.map(Box::new)), self.at)
    }

    /// Several series, as one array or as several arguments. Of one series such a function takes all periods
    /// together, of which an alarm sees only some.
    fn aggregate(&self, aggregate: Aggregate, arguments: Vec<Operand>) -> Parsed {
        let name = self.name;
        let parts = match <[Operand; 1]>::try_from(arguments) {
            Ok([Operand::Several(parts, _)]) => parts,
            Ok([Operand::One(_)]) => {
                let title = format!("`{name}` of one series is not simulated yet");
                let help = format!(
                    "it takes all periods of the series together; of one period, write an array: `{name}([m1, m2])`"
                );
                return Err(left_out(self.at, title, help));
            }
            Err(several) => several.into_iter().map(one).collect::<Result<_, _>>()?,
        };
        if parts.is_empty() {
            let title = format!("`{name}` of nothing");
            return Err(fault(self.at.clone(), title, format!("name series: `{name}([m1, m2])`")));
        }
        made(Expression::Of(aggregate, parts), self.at)
    }

    /// So many single arguments.
    fn exactly<const N: usize>(
        &self,
        arguments: Vec<Operand>,
    ) -> Result<[Expression; N], Box<Fault>> {
        let found = arguments.len();
        let single = arguments.into_iter().map(one).collect::<Result<Vec<_>, _>>()?;
        single.try_into().map_err(|_| {
            let title = format!("`{}` has {found} arguments, not {N}", self.name);
            fault(self.at.clone(), title, "its arguments stand in parentheses, with commas between")
        })
    }
}

/// The fault of what CloudWatch can do and the simulation cannot.
fn left_out(at: &Range<usize>, title: String, help: impl Into<String>) -> Box<Fault> {
    Box::new(Fault { is_left_out: true, ..*fault(at.clone(), title, help) })
}
