//! An expression cut into words, literals and signs.

use std::ops::Range;

use super::{Fault, fault};
use crate::input::unit::{parse_duration, parse_share};
use crate::scenario::expectation::{Comparison, Literal};

/// One token and the bytes it stands at.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it stands.
    pub range: Range<usize>,
}

/// What a token is.
#[derive(Clone, Debug, PartialEq)]
pub enum TokenKind {
    /// A name or keyword.
    Word(String),
    /// A number, duration or percentage.
    Literal(Literal),
    /// `==` and its like.
    Compare(Comparison),
    /// `+-`
    Tolerance,
    /// `(`
    Open,
    /// `)`
    Close,
    /// `,`
    Comma,
    /// The end of the expression.
    End,
}

/// Signs, longer ones first.
const SIGNS: [(&str, TokenKind); 11] = [
    ("==", TokenKind::Compare(Comparison::Equal)),
    ("!=", TokenKind::Compare(Comparison::NotEqual)),
    ("<=", TokenKind::Compare(Comparison::AtMost)),
    (">=", TokenKind::Compare(Comparison::AtLeast)),
    ("<", TokenKind::Compare(Comparison::Less)),
    (">", TokenKind::Compare(Comparison::More)),
    ("+-", TokenKind::Tolerance),
    ("±", TokenKind::Tolerance),
    ("(", TokenKind::Open),
    (")", TokenKind::Close),
    (",", TokenKind::Comma),
];

/// Cuts a text into tokens, the last of which is the end.
pub fn tokens(text: &str) -> Result<Vec<Token>, Box<Fault>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    loop {
        at += text[at..].len() - text[at..].trim_start().len();
        let rest = &text[at..];
        let Some(first) = rest.chars().next() else {
            tokens.push(Token { kind: TokenKind::End, range: at..at });
            return Ok(tokens);
        };
        let (kind, length) = match SIGNS.iter().find(|(sign, _)| rest.starts_with(sign)) {
            Some((sign, kind)) => (kind.clone(), sign.len()),
            None if first.is_ascii_digit() => literal(rest, at)?,
            None if first.is_ascii_alphabetic() || first == '_' => word(rest),
            None => return Err(stray(first, at)),
        };
        tokens.push(Token { kind, range: at..at + length });
        at += length;
    }
}

/// A name; `-` may stand inside it, as in the names of candidates, because nothing is subtracted here.
fn word(rest: &str) -> (TokenKind, usize) {
    let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let length = rest[..prefix(rest, inner)].trim_end_matches('-').len();
    (TokenKind::Word(rest[..length].to_string()), length)
}

fn literal(rest: &str, at: usize) -> Result<(TokenKind, usize), Box<Fault>> {
    let length = prefix(rest, |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '%'));
    let written = &rest[..length];
    let range = at..at + length;
    let number = written.parse::<f64>().ok().filter(|number| number.is_finite());
    let read = match number {
        Some(number) => Ok(Literal::Number(number)),
        None if written.ends_with('%') => parse_share(written).map(Literal::Share),
        None => parse_duration(written).map(Literal::Duration),
    };
    match read {
        Ok(literal) => Ok((TokenKind::Literal(literal), length)),
        Err(problem) => {
            let title =
                format!("`{}`, which {}", crate::input::tree::shortened(written), problem.problem);
            Err(fault(
                range,
                title,
                "write a number, a duration such as `30s`, or a share such as `10%`",
            ))
        }
    }
}

/// How many bytes at the beginning are of one kind.
fn prefix(text: &str, is: impl Fn(char) -> bool) -> usize {
    text.find(|c| !is(c)).unwrap_or(text.len())
}

fn stray(found: char, at: usize) -> Box<Fault> {
    let help = match found {
        '=' => "equality is written `==`",
        '&' => "write `and`",
        '|' => "write `or`",
        '!' => "write `not`, or `!=` for what is not equal",
        '-' => "no value is negative",
        '"' | '\'' => "words stand without quotes: `status == Stopped`",
        _ => "write it like `status == Stopped and bad_requests < 500`",
    };
    fault(at..at + found.len_utf8(), format!("`{found}` has no meaning here"), help)
}
