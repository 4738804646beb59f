//! Metric math cut into words, numbers and signs.
//!
//! Not what they amount to (`math`).

use std::ops::Range;

use super::math::{Fault, fault};
use crate::input::tree::shortened;
use crate::scenario::alarm::ratio::Ratio;

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
    /// An id, a function, or `AND` and its like.
    Word(String),
    /// A number.
    Number(Ratio),
    /// A text in quotes.
    Text,
    /// An operator, bracket or comma.
    Sign(&'static str),
    /// The end of the expression.
    End,
}

impl TokenKind {
    /// Whether it is this word or sign.
    pub fn is(&self, name: &str) -> bool {
        match self {
            TokenKind::Word(word) => word == name,
            TokenKind::Sign(sign) => *sign == name,
            TokenKind::Number(_) | TokenKind::Text | TokenKind::End => false,
        }
    }
}

/// Signs, longer ones first.
const SIGNS: [&str; 17] =
    ["==", "!=", "<=", ">=", "&&", "||", "<", ">", "+", "-", "*", "/", "(", ")", "[", "]", ","];

/// Cuts a text into tokens, the last of which is the end.
///
/// # Errors
/// If a character has no meaning, a quote is not closed, or a number is none.
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
        let (kind, length) = match SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            Some(sign) => (TokenKind::Sign(sign), sign.len()),
            None if first.is_ascii_digit() || first == '.' => number(rest, at)?,
            None if first.is_ascii_alphabetic() || first == '_' => {
                let length = prefix(rest, |c| c.is_ascii_alphanumeric() || c == '_');
                (TokenKind::Word(rest[..length].to_string()), length)
            }
            None if matches!(first, '"' | '\'') => match rest[1..].find(first) {
                Some(length) => (TokenKind::Text, length + 2),
                None => {
                    let title = "a quote that is not closed".to_string();
                    return Err(fault(at..text.len(), title, format!("write another `{first}`")));
                }
            },
            None => return Err(stray(first, at)),
        };
        tokens.push(Token { kind, range: at..at + length });
        at += length;
    }
}

/// A number: `2`, `0.5`, `1e-3`.
fn number(rest: &str, at: usize) -> Result<(TokenKind, usize), Box<Fault>> {
    let mut length = prefix(rest, |c| c.is_ascii_alphanumeric() || c == '.');
    // The sign of an exponent belongs to the number.
    if rest[..length].ends_with(['e', 'E']) && rest[length..].starts_with(['+', '-']) {
        length += 1 + prefix(&rest[length + 1..], |c| c.is_ascii_digit());
    }
    let written = &rest[..length];
    match Ratio::parse(written) {
        Some(number) => Ok((TokenKind::Number(number), length)),
        None => {
            let title = format!("`{}` is no number", shortened(written));
            Err(fault(at..at + length, title, "write digits, such as `0.5`"))
        }
    }
}

/// How many bytes at the beginning are of one kind.
fn prefix(text: &str, is: impl Fn(char) -> bool) -> usize {
    text.find(|c| !is(c)).unwrap_or(text.len())
}

fn stray(found: char, at: usize) -> Box<Fault> {
    let range = at..at + found.len_utf8();
    if found == '^' {
        let title = "powers are not simulated yet".to_string();
        let help = "write a product: `m1 * m1`";
        return Box::new(Fault { is_left_out: true, ..*fault(range, title, help) });
    }
    let help = match found {
        '=' => "equality is written `==`",
        '&' => "write `AND` or `&&`",
        '|' => "write `OR` or `||`",
        _ => "write it like `100 * m1 / m2`",
    };
    fault(range, format!("`{}` has no meaning here", found.escape_default()), help)
}
