//! Terms: one side of a comparison.

use super::grammar::{Parser, Read, Scope};
use super::name::{self, Kind, Name};
use super::token::TokenKind;
use super::{Fault, fault};
use crate::engine::share::Share;
use crate::engine::time::SimDuration;
use crate::input::unit::parse_share;
use crate::scenario::expectation::{LifecyclePart, Literal, Term};

impl Parser<'_> {
    /// A term and its kind. `beside` is the kind of the other side, by which words are understood.
    pub fn term(&mut self, beside: Option<Kind>) -> Read<(Term, Kind)> {
        let range = self.range();
        match self.peek().clone() {
            TokenKind::Literal(literal) => {
                self.at += 1;
                let kind = kind_of(&literal);
                Ok((Term::Literal(literal), kind))
            }
            TokenKind::Word(word) if self.at_call(&word) => {
                self.at += 2;
                let term = self.call(&word, range)?;
                self.close()?;
                Ok(term)
            }
            TokenKind::Word(word) => {
                self.at += 1;
                self.name(word, range, beside)
            }
            _ => Err(self.unexpected("a value or a name is needed here")),
        }
    }

    /// A name that stands alone: a word, a column, or a value at this instant.
    fn name(
        &mut self,
        word: String,
        range: std::ops::Range<usize>,
        beside: Option<Kind>,
    ) -> Read<(Term, Kind)> {
        if let Some(kind @ Kind::Word(words)) = beside {
            if !words.is_empty() {
                name::check(words, &word, "a word that is possible here", range)?;
            }
            return Ok((Term::Literal(Literal::Word(word)), kind));
        }
        let (names, what) = match self.scope {
            Scope::Run => (self.vocabulary.columns, "a column of the results"),
            Scope::Instant => (self.vocabulary.values, "a value over time"),
        };
        if self.scope == Scope::Run
            && self.vocabulary.values.iter().any(|n| n.name == word)
            && !names.iter().any(|n| n.name == word)
        {
            let title = format!("`{word}` changes over time");
            let help =
                format!("say when: `{word}(200s)`, or `never({word} ..)`, or `time({word} ..)`");
            return Err(fault(range, title, &help));
        }
        let Name { kind, .. } = name::find(names, &word, what, range)?;
        match self.scope {
            Scope::Run => Ok((Term::Column(word), kind)),
            Scope::Instant => Ok((Term::Now(word), kind)),
        }
    }

    /// What stands in the parentheses after a name.
    fn call(&mut self, called: &str, range: std::ops::Range<usize>) -> Read<(Term, Kind)> {
        if self.scope == Scope::Instant {
            let title = format!("`{called}(..)` speaks of a whole run, not of an instant");
            return Err(fault(
                range,
                title,
                "compare values over time here, such as `weight > 10%`",
            ));
        }
        let vocabulary = self.vocabulary;
        match called {
            "time" => Ok((Term::Time(self.moment()?), Kind::Duration)),
            "count" => {
                let fact = self.word(vocabulary.facts, "a fact")?;
                Ok((Term::Count(fact), Kind::Number))
            }
            "status" => Ok((
                self.lifecycle(LifecyclePart::Status)?,
                Kind::Word(vocabulary.lifecycle_statuses),
            )),
            "start" => Ok((self.lifecycle(LifecyclePart::Start)?, Kind::Duration)),
            "end" => Ok((self.lifecycle(LifecyclePart::End)?, Kind::Duration)),
            "p" => Ok((Term::Probability(Box::new(self.any()?)), Kind::Share)),
            "quantile" => self.quantile(),
            "never" => Err(fault(
                range,
                "`never(..)` holds or not, it is no value",
                "take the comparison away",
            )),
            _ => {
                let names = vocabulary.values.iter().map(|name| name.name);
                let functions =
                    ["time", "count", "status", "start", "end", "p", "quantile", "never"];
                let Some(value) = vocabulary.values.iter().find(|name| name.name == called) else {
                    let known = functions.into_iter().chain(names).collect::<Vec<_>>();
                    return Err(name::unknown(
                        called,
                        "a function or a value over time",
                        &known,
                        range,
                    ));
                };
                Ok((Term::At(called.to_string(), self.duration()?), value.kind))
            }
        }
    }

    fn lifecycle(&mut self, part: LifecyclePart) -> Read<Term> {
        let event = self.word(self.vocabulary.lifecycle_events, "a lifecycle event")?;
        Ok(Term::Lifecycle(part, event))
    }

    fn quantile(&mut self) -> Read<(Term, Kind)> {
        let range = self.range();
        let TokenKind::Word(word) = self.peek().clone() else {
            return Err(self.unexpected("write `quantile(bad_requests, 0.99)`"));
        };
        self.at += 1;
        let column =
            name::find(self.vocabulary.columns, &word, "a column of the results", range.clone())?;
        if matches!(column.kind, Kind::Word(_)) {
            let title = format!("`{word}` is a word, which has no quantiles");
            return Err(fault(range, title, "use `p(..)` for how often a word occurs"));
        }
        if !self.take(&TokenKind::Comma) {
            return Err(self.unexpected("write `quantile(bad_requests, 0.99)`"));
        }
        Ok((Term::Quantile(word, self.share()?), column.kind))
    }

    /// A share, written as percent or as a fraction.
    fn share(&mut self) -> Read<Share> {
        let share = match self.peek() {
            TokenKind::Literal(Literal::Share(share)) => Some(*share),
            TokenKind::Literal(Literal::Number(number)) => parse_share(&number.to_string()).ok(),
            _ => None,
        };
        let share =
            share.ok_or_else(|| self.unexpected("write a share, such as `0.99` or `99%`"))?;
        self.at += 1;
        Ok(share)
    }

    fn duration(&mut self) -> Read<SimDuration> {
        let TokenKind::Literal(Literal::Duration(duration)) = *self.peek() else {
            return Err(self.unexpected("write the time since creation, such as `200s`"));
        };
        self.at += 1;
        Ok(duration)
    }

    fn word(&mut self, known: &[&str], what: &str) -> Result<String, Box<Fault>> {
        let range = self.range();
        let TokenKind::Word(word) = self.peek().clone() else {
            return Err(self.unexpected(&format!("{what} is needed here")));
        };
        self.at += 1;
        name::check(known, &word, what, range)
    }
}

/// The kind of a value that is written down.
const fn kind_of(literal: &Literal) -> Kind {
    match literal {
        Literal::Number(_) => Kind::Number,
        Literal::Duration(_) => Kind::Duration,
        Literal::Share(_) => Kind::Share,
        Literal::Word(_) => Kind::Word(&[]),
    }
}
