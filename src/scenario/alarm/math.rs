//! Metric math: one value a period out of several metrics.
//!
//! Not how an expression is written, which the reader of alarms knows. Rules: CW-MATH-1 to CW-MATH-4.

use super::ratio::Ratio;

/// An expression over the metrics of an alarm; names of other expressions are replaced by what they stand for.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    /// The metric of this place in the alarm's list.
    Metric(usize),
    /// A number, which has no period of its own.
    Number(Ratio),
    /// One operand.
    Unary(Unary, Box<Expression>),
    /// Two operands.
    Binary(Binary, Box<[Expression; 2]>),
    /// `IF(condition, value, otherwise)`; without the last there is no datapoint where the condition is 0.
    If(Box<[Expression; 2]>, Option<Box<Expression>>),
    /// `FILL(series, value)`: the value where the series has none. Rule: CW-MATH-4.
    Fill(Box<[Expression; 2]>),
    /// `FILL(m, REPEAT)`: the metric's newest value up to here, within the evaluation range. Rule: CW-MATH-4.
    Repeat(usize),
    /// One value of several in the same period, never none of them: `SUM([m1, m2])`.
    Of(Aggregate, Vec<Expression>),
}

/// What is done with one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unary {
    /// `-a`
    Negate,
    /// `ABS(a)`
    Abs,
    /// `CEIL(a)`
    Ceil,
    /// `FLOOR(a)`
    Floor,
}

/// What is done with two operands; what is true is 1, what is not 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binary {
    /// `a + b`
    Plus,
    /// `a - b`
    Minus,
    /// `a * b`
    Times,
    /// `a / b`; no datapoint by zero.
    By,
    /// `a < b`
    Less,
    /// `a <= b`
    AtMost,
    /// `a > b`
    More,
    /// `a >= b`
    AtLeast,
    /// `a == b`
    Equal,
    /// `a != b`
    NotEqual,
    /// `a AND b`, `a && b`
    And,
    /// `a OR b`, `a || b`
    Or,
}

/// What is made of several values of one period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aggregate {
    /// Their sum, what is missing being 0.
    Sum,
    /// The mean of those that there are.
    Avg,
    /// The least of those that there are.
    Min,
    /// The largest of those that there are.
    Max,
}

/// What a part of an expression is in one period.
#[derive(Clone, Copy, Debug)]
enum Value {
    /// A number: the same in every period, but none has it of its own.
    Number(Ratio),
    /// A datapoint.
    Point(Ratio),
    /// No datapoint.
    Missing,
}

impl Expression {
    /// The datapoint in the period of an age, 1 being the newest of `range`; none if no operand has one.
    ///
    /// `seen` is asked for the value of a metric in the period of an age. A missing operand counts as 0 beside one
    /// that is there, division by zero gives none, and numbers alone make no datapoint. Rules: CW-MATH-1, CW-MATH-2.
    pub fn datapoint(
        &self,
        age: u32,
        range: u32,
        seen: &mut impl FnMut(usize, u32) -> Option<Ratio>,
    ) -> Option<Ratio> {
        match self.value(age, range, seen) {
            Value::Point(value) => Some(value),
            Value::Number(_) | Value::Missing => None,
        }
    }

    fn value(
        &self,
        age: u32,
        range: u32,
        seen: &mut impl FnMut(usize, u32) -> Option<Ratio>,
    ) -> Value {
        let mut of = |part: &Expression| part.value(age, range, seen);
        match self {
            Expression::Number(number) => Value::Number(*number),
            Expression::Unary(unary, operand) => of(operand).map(|value| unary.of(value)),
            Expression::Binary(binary, operands) => {
                let [left, right] = &**operands;
                binary.of(of(left), of(right))
            }
            Expression::If(parts, otherwise) => {
                let [condition, value] = &**parts;
                let otherwise = otherwise.as_ref().map(|part| of(part));
                chosen(of(condition), of(value), otherwise.unwrap_or(Value::Missing))
            }
            Expression::Fill(parts) => {
                let [series, value] = &**parts;
                match (of(series), of(value)) {
                    (Value::Missing, Value::Number(number)) => Value::Point(number),
                    (Value::Missing, filled) => filled,
                    (found, _) => found,
                }
            }
            Expression::Of(aggregate, parts) => aggregate.of(parts.iter().map(of)),
            Expression::Metric(metric) => point(seen(*metric, age)),
            Expression::Repeat(metric) => {
                point((age..=range).find_map(|older| seen(*metric, older)))
            }
        }
    }

    /// How many parts it is made of, itself included.
    pub fn size(&self) -> usize {
        1 + self.parts().map(Expression::size).sum::<usize>()
    }

    /// Whether it has datapoints at all; a number alone has none.
    pub fn is_series(&self) -> bool {
        let is_metric = matches!(self, Expression::Metric(_) | Expression::Repeat(_));
        is_metric || self.parts().any(Expression::is_series)
    }

    /// Whether a value of it can be that of an older period.
    pub fn looks_back(&self) -> bool {
        matches!(self, Expression::Repeat(_)) || self.parts().any(Expression::looks_back)
    }

    /// Whether it can have a datapoint in a period in which no metric has one.
    pub fn fills_gaps(&self) -> bool {
        let fills = matches!(self, Expression::Fill(_) | Expression::Repeat(_));
        fills || self.parts().any(Expression::fills_gaps)
    }

    fn parts(&self) -> impl Iterator<Item = &Expression> {
        let (parts, last): (&[Expression], Option<&Expression>) = match self {
            Expression::Metric(_) | Expression::Number(_) | Expression::Repeat(_) => (&[], None),
            Expression::Unary(_, operand) => (&[], Some(operand)),
            Expression::Binary(_, parts) | Expression::Fill(parts) => (&parts[..], None),
            Expression::If(parts, otherwise) => (&parts[..], otherwise.as_deref()),
            Expression::Of(_, parts) => (parts, None),
        };
        parts.iter().chain(last)
    }
}

/// A datapoint, if there is one.
fn point(value: Option<Ratio>) -> Value {
    value.map_or(Value::Missing, Value::Point)
}

/// The branch that a condition chooses.
///
/// A missing condition counts as 0 beside a datapoint (CW-MATH-1); without any there is none (CW-MATH-2).
fn chosen(condition: Value, value: Value, otherwise: Value) -> Value {
    let is_point = |value: Value| matches!(value, Value::Point(_));
    if matches!(condition, Value::Missing) && !is_point(value) && !is_point(otherwise) {
        return Value::Missing;
    }
    let branch = if condition.or_zero().is_zero() { otherwise } else { value };
    match (condition, branch) {
        (Value::Point(_) | Value::Missing, Value::Number(number)) => Value::Point(number),
        (_, branch) => branch,
    }
}

impl Value {
    fn map(self, with: impl Fn(Ratio) -> Ratio) -> Value {
        match self {
            Value::Number(number) => Value::Number(with(number)),
            Value::Point(value) => Value::Point(with(value)),
            Value::Missing => Value::Missing,
        }
    }

    /// The value, 0 for a missing one.
    fn or_zero(self) -> Ratio {
        match self {
            Value::Number(value) | Value::Point(value) => value,
            Value::Missing => Ratio::ZERO,
        }
    }
}

impl Unary {
    fn of(self, value: Ratio) -> Ratio {
        match self {
            Unary::Negate => value.negated(),
            Unary::Abs => value.abs(),
            Unary::Ceil => value.ceil(),
            Unary::Floor => value.floor(),
        }
    }
}

impl Binary {
    fn of(self, left: Value, right: Value) -> Value {
        let result = self.result(left.or_zero(), right.or_zero());
        match (left, right) {
            (Value::Number(_), Value::Number(_)) => result.map_or(Value::Missing, Value::Number),
            (Value::Point(_), _) | (_, Value::Point(_)) => point(result),
            (Value::Missing, _) | (_, Value::Missing) => Value::Missing,
        }
    }

    fn result(self, left: Ratio, right: Ratio) -> Option<Ratio> {
        let truth = |is: bool| Some(if is { Ratio::ONE } else { Ratio::ZERO });
        match self {
            Binary::Plus => left.plus(right),
            Binary::Minus => left.minus(right),
            Binary::Times => left.times(right),
            Binary::By => left.by(right),
            Binary::Less => truth(left < right),
            Binary::AtMost => truth(left <= right),
            Binary::More => truth(left > right),
            Binary::AtLeast => truth(left >= right),
            Binary::Equal => truth(left == right),
            Binary::NotEqual => truth(left != right),
            Binary::And => truth(!left.is_zero() && !right.is_zero()),
            Binary::Or => truth(!left.is_zero() || !right.is_zero()),
        }
    }
}

impl Aggregate {
    fn of(self, values: impl Iterator<Item = Value>) -> Value {
        let (mut found, mut count, mut has_point) = (None, 0, false);
        for value in values {
            has_point |= matches!(value, Value::Point(_));
            let (Value::Number(value) | Value::Point(value)) = value else { continue };
            count += 1;
            let Some(both) = found.map_or(Some(value), |so_far| self.both(so_far, value)) else {
                return Value::Missing;
            };
            found = Some(both);
        }
        let result = match self {
            Aggregate::Avg => found.and_then(|sum| sum.by(Ratio::whole(count))),
            Aggregate::Sum | Aggregate::Min | Aggregate::Max => found,
        };
        match result {
            Some(value) if has_point => Value::Point(value),
            _ => Value::Missing,
        }
    }

    fn both(self, a: Ratio, b: Ratio) -> Option<Ratio> {
        match self {
            Aggregate::Sum | Aggregate::Avg => a.plus(b),
            Aggregate::Min => Some(a.min(b)),
            Aggregate::Max => Some(a.max(b)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn expressions() -> impl Strategy<Value = Expression> {
        let leaf = prop_oneof![
            4 => (0..3_usize).prop_map(Expression::Metric),
            2 => (0..3_u32).prop_map(|number| Expression::Number(Ratio::whole(number))),
            1 => (0..3_usize).prop_map(Expression::Repeat),
        ];
        let binary =
            prop::sample::select(vec![Binary::Minus, Binary::By, Binary::Equal, Binary::Or]);
        let aggregate = prop::sample::select(vec![Aggregate::Sum, Aggregate::Avg, Aggregate::Max]);
        leaf.prop_recursive(4, 24, 3, move |part| {
            let two = move |part: BoxedStrategy<Expression>| (part.clone(), part).prop_map(|(a, b)| Box::new([a, b]));
            let part = part.boxed();
            prop_oneof![
                4 => (binary.clone(), two(part.clone())).prop_map(|(binary, two)| Expression::Binary(binary, two)),
                2 => part.clone().prop_map(|part| Expression::Unary(Unary::Negate, Box::new(part))),
                2 => (two(part.clone()), prop::option::of(part.clone()))
                    .prop_map(|(two, last)| Expression::If(two, last.map(Box::new))),
                1 => two(part.clone()).prop_map(Expression::Fill),
                2 => (aggregate.clone(), prop::collection::vec(part, 1..3))
                    .prop_map(|(aggregate, parts)| Expression::Of(aggregate, parts)),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

        /// CW-MATH-2, CW-MATH-4.
        #[test]
        fn only_what_fills_gaps_has_a_datapoint_where_nothing_was_measured(expression in expressions()) {
            let datapoint = expression.datapoint(1, 5, &mut |_, _| None);
            prop_assert!(datapoint.is_none() || expression.fills_gaps(), "{expression:?}: {datapoint:?}");
        }
    }
}
