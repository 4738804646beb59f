//! How metric math is written: `100 * m1 / m2`, `IF(m2 > 0, m1 / m2, 0)`, `SUM([m1, m2])`.
//!
//! Not what it amounts to (`scenario::alarm::math`); functions are in `function`. Rules: CW-MATH-1, CW-ALARM-11.

mod function;
#[cfg(test)]
mod tests;

use std::ops::Range;

use super::token::{Token, TokenKind, tokens};
use crate::input::decode::{listed, suggestion};
use crate::scenario::alarm::math::{Binary, Expression, Unary};

/// The most bytes of an expression that CloudWatch takes.
const BYTES_MAX: usize = 2048;
/// The most parts of an expression, those of other expressions that it names included.
const PARTS_MAX: usize = 200;
/// How deep parentheses, brackets and signs may be nested.
const DEPTH_MAX: u32 = 40;

/// Why a text is no metric math, or none that is simulated.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// The bytes of the text that are at fault.
    pub range: Range<usize>,
    /// What is wrong with them.
    pub title: String,
    /// How to mend it.
    pub help: String,
    /// Whether CloudWatch can do it and the simulation cannot.
    pub is_left_out: bool,
}

/// A fault of the expression.
pub fn fault(range: Range<usize>, title: String, help: impl Into<String>) -> Box<Fault> {
    Box::new(Fault { range, title, help: help.into(), is_left_out: false })
}

/// What the ids in an expression stand for.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// The ids, and what each stands for; metrics and expressions that could be read.
    pub known: Vec<(String, Expression)>,
    /// The seconds of the common period, for `PERIOD(m1)`.
    pub period_s: u32,
}

/// The ids that an expression names, among those that there are.
pub fn named<'a>(text: &str, ids: &[&'a str]) -> Vec<&'a str> {
    let tokens = tokens(text).unwrap_or_default();
    let is_named = |id: &&str| tokens.iter().any(|token| token.kind.is(id));
    ids.iter().copied().filter(is_named).collect()
}

/// Reads an expression.
///
/// # Errors
/// If it is none, or names what is not there or not simulated.
pub fn parse(text: &str, scope: &Scope) -> Result<Expression, Box<Fault>> {
    if text.len() > BYTES_MAX {
        let title = format!("the expression has {} bytes, more than {BYTES_MAX}", text.len());
        return Err(fault(0..1, title, "take it apart"));
    }
    if text.trim_start().starts_with("SELECT ") {
        let title = "a query of Metrics Insights is not simulated yet".to_string();
        let help = "name the metrics by `MetricStat`";
        return Err(Box::new(Fault { is_left_out: true, ..*fault(0..text.len(), title, help) }));
    }
    let mut parser = Parser { tokens: tokens(text)?, at: 0, depth: 0, scope };
    let found = parser.series()?;
    let rest = parser.next();
    match rest.kind {
        TokenKind::End if found.is_series() => Ok(found),
        TokenKind::End => {
            let title = "the expression has no metric in it, so no datapoints".to_string();
            Err(fault(0..text.len(), title, "name a metric by its id"))
        }
        _ => Err(unexpected(&rest, "an operator such as `+`, or the end,")),
    }
}

/// One series or number, or an array of them.
enum Operand {
    One(Expression),
    Several(Vec<Expression>, Range<usize>),
}

struct Parser<'a> {
    tokens: Vec<Token>,
    at: usize,
    depth: u32,
    scope: &'a Scope,
}

type Parsed = Result<Operand, Box<Fault>>;

/// Operators from weak to strong.
const OPERATORS: [&[(&str, Binary)]; 5] = [
    &[("OR", Binary::Or), ("||", Binary::Or)],
    &[("AND", Binary::And), ("&&", Binary::And)],
    &[
        ("==", Binary::Equal),
        ("!=", Binary::NotEqual),
        ("<=", Binary::AtMost),
        (">=", Binary::AtLeast),
        ("<", Binary::Less),
        (">", Binary::More),
    ],
    &[("+", Binary::Plus), ("-", Binary::Minus)],
    &[("*", Binary::Times), ("/", Binary::By)],
];

impl Parser<'_> {
    /// Anything that is one series or number.
    fn series(&mut self) -> Result<Expression, Box<Fault>> {
        self.operand().and_then(one)
    }

    fn operand(&mut self) -> Parsed {
        self.of_strength(0)
    }

    /// Operands with operators of one strength between them, from the left.
    fn of_strength(&mut self, strength: usize) -> Parsed {
        let Some(operators) = OPERATORS.get(strength) else { return self.signed() };
        let mut left = self.of_strength(strength + 1)?;
        loop {
            let sign = self.peek().clone();
            let found = operators.iter().find(|(name, _)| sign.kind.is(name));
            let Some((_, binary)) = found else { return Ok(left) };
            self.next();
            let right = self.of_strength(strength + 1)?;
            let both = Box::new([one(left)?, one(right)?]);
            left = made(Expression::Binary(*binary, both), &sign.range)?;
        }
    }

    fn signed(&mut self) -> Parsed {
        let sign = self.peek().clone();
        if !sign.kind.is("-") {
            return self.primary();
        }
        self.next();
        let operand = self.nested(&sign.range, |parser| parser.signed())?;
        made(Expression::Unary(Unary::Negate, Box::new(one(operand)?)), &sign.range)
    }

    fn primary(&mut self) -> Parsed {
        let token = self.next();
        let at = &token.range;
        match &token.kind {
            TokenKind::Number(number) => made(Expression::Number(*number), at),
            TokenKind::Word(name) if self.peek().kind.is("(") => self.function(name, at),
            TokenKind::Word(name) => match self.scope.known.iter().find(|(id, _)| id == name) {
                Some((_, expression)) => made(expression.clone(), at),
                None => Err(self.unknown_id(name, at)),
            },
            TokenKind::Sign("(") => self.nested(at, |parser| {
                let inner = parser.operand()?;
                parser.expect(")")?;
                Ok(inner)
            }),
            TokenKind::Sign("[") => {
                let parts = self.arguments("]", at)?;
                let several = parts.into_iter().map(one).collect::<Result<_, _>>()?;
                Ok(Operand::Several(several, token.range))
            }
            TokenKind::Text => {
                let title = "a text in quotes has no meaning here".to_string();
                Err(fault(token.range, title, "ids stand without quotes"))
            }
            TokenKind::Sign(_) | TokenKind::End => {
                Err(unexpected(&token, "an id, a number or a function"))
            }
        }
    }

    /// What follows an opening sign, up to the closing one.
    fn arguments(
        &mut self,
        close: &'static str,
        at: &Range<usize>,
    ) -> Result<Vec<Operand>, Box<Fault>> {
        self.nested(at, |parser| {
            let mut arguments = Vec::new();
            while !parser.peek().kind.is(close) {
                if !arguments.is_empty() {
                    parser.expect(",")?;
                }
                arguments.push(parser.operand()?);
            }
            parser.expect(close)?;
            Ok(arguments)
        })
    }

    /// What is read one level deeper, unless that is too deep.
    fn nested<T>(
        &mut self,
        at: &Range<usize>,
        read: impl FnOnce(&mut Self) -> Result<T, Box<Fault>>,
    ) -> Result<T, Box<Fault>> {
        if self.depth == DEPTH_MAX {
            let title = format!("more than {DEPTH_MAX} parentheses or signs in each other");
            return Err(fault(at.clone(), title, "take it apart"));
        }
        self.depth += 1;
        let found = read(self)?;
        self.depth -= 1;
        Ok(found)
    }

    fn peek(&self) -> &Token {
        &self.tokens[self.at]
    }

    /// The next token; the end stays the next one.
    fn next(&mut self) -> Token {
        let token = self.tokens[self.at].clone();
        self.at = (self.at + 1).min(self.tokens.len() - 1);
        token
    }

    fn expect(&mut self, sign: &str) -> Result<(), Box<Fault>> {
        let token = self.next();
        if token.kind.is(sign) { Ok(()) } else { Err(unexpected(&token, &format!("`{sign}`"))) }
    }

    fn unknown_id(&self, name: &str, at: &Range<usize>) -> Box<Fault> {
        let ids: Vec<&str> = self.scope.known.iter().map(|(id, _)| id.as_str()).collect();
        let known = match ids.is_empty() {
            true => "no metric has an `Id`".to_string(),
            false => format!("the ids are {}", listed(&ids)),
        };
        fault(at.clone(), format!("there is no `{name}`"), suggestion(name, &ids).unwrap_or(known))
    }
}

fn one(operand: Operand) -> Result<Expression, Box<Fault>> {
    match operand {
        Operand::One(expression) => Ok(expression),
        Operand::Several(_, range) => {
            let title = "several series where one is needed".to_string();
            Err(fault(range, title, "make one series of them: `SUM([m1, m2])`"))
        }
    }
}

/// A part of the expression, unless it becomes too large with it.
fn made(expression: Expression, at: &Range<usize>) -> Parsed {
    match expression.size() > PARTS_MAX {
        false => Ok(Operand::One(expression)),
        true => {
            let title = format!("the expression has more than {PARTS_MAX} parts");
            Err(fault(at.clone(), title, "those of expressions that it names count as its own"))
        }
    }
}

fn unexpected(token: &Token, expected: &str) -> Box<Fault> {
    let found = match &token.kind {
        TokenKind::Word(word) => format!("`{word}`"),
        TokenKind::Number(number) => format!("the number {number}"),
        TokenKind::Text => "a text in quotes".into(),
        TokenKind::Sign(sign) => format!("`{sign}`"),
        TokenKind::End => "the end".into(),
    };
    let title = format!("{found} stands where {expected} is needed");
    fault(token.range.clone(), title, "write it like `100 * m1 / m2`")
}
