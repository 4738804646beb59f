//! Conditions: what joins comparisons.

use super::name::{Kind, Vocabulary};
use super::token::{Token, TokenKind, tokens};
use super::{Fault, fault, name};
use crate::diagnostic::code;
use crate::scenario::expectation::{Comparison, Condition, Literal, Moment, Risk, Term};

/// How deep conditions may stand in each other.
const DEPTH_MAX: usize = 32;

/// What a name in an expression speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// Results of a whole run.
    Run,
    /// Values at one instant.
    Instant,
}

/// Reads tokens from left to right; the first fault ends it.
pub(super) struct Parser<'a> {
    pub tokens: Vec<Token>,
    pub at: usize,
    pub vocabulary: &'a Vocabulary,
    pub scope: Scope,
    depth: usize,
}

pub(super) type Read<T> = Result<T, Box<Fault>>;

impl<'a> Parser<'a> {
    /// Cuts the text into tokens.
    pub fn new(text: &str, vocabulary: &'a Vocabulary) -> Read<Parser<'a>> {
        Ok(Parser { tokens: tokens(text)?, at: 0, vocabulary, scope: Scope::Run, depth: 0 })
    }

    /// The whole text as one condition.
    pub fn whole(mut self) -> Read<Condition> {
        let condition = self.any()?;
        match self.peek() {
            TokenKind::End => Ok(condition),
            TokenKind::Compare(_) => Err(self.unexpected("join comparisons with `and`")),
            _ => Err(self.unexpected("join conditions with `and` or `or`")),
        }
    }

    /// Conditions joined by `or`.
    pub fn any(&mut self) -> Read<Condition> {
        let mut parts = vec![self.all()?];
        while self.take_word("or") {
            parts.push(self.all()?);
        }
        Ok(single_or(parts, Condition::Any))
    }

    fn all(&mut self) -> Read<Condition> {
        let mut parts = vec![self.one()?];
        while self.take_word("and") {
            parts.push(self.one()?);
        }
        Ok(single_or(parts, Condition::All))
    }

    fn one(&mut self) -> Read<Condition> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(fault(
                self.range(),
                "conditions are nested too deeply",
                "split it into several",
            ));
        }
        let condition = if self.take_word("not") {
            Condition::Not(Box::new(self.one()?))
        } else if self.take(&TokenKind::Open) {
            let inner = self.any()?;
            self.close()?;
            inner
        } else if self.at_call("never") {
            self.at += 2;
            let moment = self.moment()?;
            self.close()?;
            Condition::Never(moment)
        } else if let Some(risk) = self.risk() {
            Condition::Risk(risk)
        } else {
            self.comparison()?
        };
        self.depth -= 1;
        Ok(condition)
    }

    /// A risk by its name; of a whole run only.
    fn risk(&mut self) -> Option<Risk> {
        let TokenKind::Word(word) = self.peek() else { return None };
        let named = Risk::ALL.into_iter().find(|risk| risk.as_str() == word);
        let risk = named.filter(|_| self.scope == Scope::Run)?;
        self.at += 1;
        Some(risk)
    }

    fn comparison(&mut self) -> Read<Condition> {
        let (left, kind) = self.term(None)?;
        let TokenKind::Compare(comparison) = *self.peek() else {
            return Err(self.unexpected(&format!("compare it: {}", example(kind))));
        };
        let sign = self.range();
        self.at += 1;
        let start = self.range().start;
        let (right, right_kind) = self.term(Some(kind))?;
        if !kind.fits(right_kind) {
            return Err(self.differ(start, kind, right_kind));
        }
        if matches!(kind, Kind::Word(_)) && !comparison.is_equality() {
            let title = format!("words have no order for `{}`", comparison.sign());
            return Err(kinds(sign, title, "compare words by `==` or `!=`".into()));
        }
        let tolerance = self.tolerance(comparison, kind)?;
        Ok(Condition::Compare { left, comparison, right, tolerance })
    }

    fn tolerance(&mut self, comparison: Comparison, kind: Kind) -> Read<Option<Literal>> {
        let sign = self.range();
        if !self.take(&TokenKind::Tolerance) {
            return Ok(None);
        }
        if !comparison.is_equality() {
            return Err(fault(sign, "a tolerance needs `==` or `!=`", "take it away"));
        }
        let start = self.range().start;
        match self.term(None)? {
            (Term::Literal(literal), found) if found.fits(kind) => Ok(Some(literal)),
            (_, found) => Err(self.differ(start, kind, found)),
        }
    }

    /// A fact, a status, or a condition on one instant.
    pub fn moment(&mut self) -> Read<Moment> {
        let vocabulary = self.vocabulary;
        if let (TokenKind::Word(word), TokenKind::Close) = (self.peek(), self.peek_next()) {
            let word = word.clone();
            let range = self.range();
            self.at += 1;
            if vocabulary.facts.contains(&word.as_str()) {
                return Ok(Moment::Fact(word));
            }
            if vocabulary.statuses.contains(&word.as_str()) {
                return Ok(Moment::Status(word));
            }
            let known = [vocabulary.facts, vocabulary.statuses].concat();
            return Err(name::unknown(&word, "a fact or a status", &known, range));
        }
        let outer = std::mem::replace(&mut self.scope, Scope::Instant);
        if outer == Scope::Instant {
            return Err(fault(
                self.range(),
                "a moment inside a moment",
                "use `and` inside the one",
            ));
        }
        let condition = self.any()?;
        self.scope = outer;
        Ok(Moment::Holds(Box::new(condition)))
    }

    /// The kind of the token that is next.
    pub fn peek(&self) -> &TokenKind {
        &self.tokens[self.at].kind
    }

    fn peek_next(&self) -> &TokenKind {
        &self.tokens[(self.at + 1).min(self.tokens.len() - 1)].kind
    }

    /// Where the next token stands.
    pub fn range(&self) -> std::ops::Range<usize> {
        self.tokens[self.at].range.clone()
    }

    /// Whether a word and an opening parenthesis come next.
    pub fn at_call(&self, word: &str) -> bool {
        matches!(self.peek(), TokenKind::Word(found) if found == word)
            && *self.peek_next() == TokenKind::Open
    }

    /// Takes the next token if it is this one.
    pub fn take(&mut self, wanted: &TokenKind) -> bool {
        let found = self.peek() == wanted;
        self.at += usize::from(found);
        found
    }

    fn take_word(&mut self, wanted: &str) -> bool {
        self.take(&TokenKind::Word(wanted.to_string()))
    }

    /// Takes a closing parenthesis.
    pub fn close(&mut self) -> Read<()> {
        match self.take(&TokenKind::Close) {
            true => Ok(()),
            false => Err(self.unexpected("a `)` is missing before this")),
        }
    }

    /// The fault of the next token.
    pub fn unexpected(&self, help: &str) -> Box<Fault> {
        let title = match self.peek() {
            TokenKind::End => "the expression ends too early",
            TokenKind::Compare(_) => "a comparison has no place here",
            TokenKind::Literal(_) => "a value has no place here",
            TokenKind::Word(_) => "a name has no place here",
            TokenKind::Tolerance => "a tolerance has no place here",
            TokenKind::Open | TokenKind::Close => "a parenthesis has no place here",
            TokenKind::Comma => "a comma has no place here",
        };
        fault(self.range(), title, help)
    }

    /// The fault of a value, from `start` to the last token taken, that does not fit the left side.
    fn differ(&self, start: usize, left: Kind, right: Kind) -> Box<Fault> {
        let end = self.tokens[self.at.saturating_sub(1)].range.end;
        let title = format!("{} is compared with {}", left.describe(), right.describe());
        kinds(start..end.max(start), title, left.example())
    }
}

/// The fault of kinds that cannot be compared.
fn kinds(range: std::ops::Range<usize>, title: String, help: String) -> Box<Fault> {
    let help = Some(help);
    Box::new(Fault { code: code::KINDS_DIFFER, range, title, label: String::new(), help })
}

/// One condition as it is, several joined.
fn single_or(mut parts: Vec<Condition>, join: fn(Vec<Condition>) -> Condition) -> Condition {
    match parts.len() {
        1 => parts.remove(0),
        _ => join(parts),
    }
}

/// How a comparison of a kind looks.
fn example(kind: Kind) -> &'static str {
    match kind {
        Kind::Number => "`< 500`",
        Kind::Duration => "`== 136s +- 1s`",
        Kind::Share => "`>= 10%`",
        Kind::Word(_) => "`== Stopped`",
    }
}
