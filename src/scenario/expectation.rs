//! What a run, or many runs, must show: the expressions of `expect:`, `--assert` and `shrink`.
//!
//! Plain data. Reading them is `input/expression`, judging them is `analysis`.

use std::fmt;

use crate::engine::share::Share;
use crate::engine::time::SimDuration;

/// One expectation: how it was written, and what it says.
#[derive(Clone, Debug, PartialEq)]
pub struct Expectation {
    /// The expression as the user wrote it, to be shown beside its verdict.
    pub text: String,
    /// What has to hold.
    pub condition: Condition,
}

/// Something that holds or does not.
///
/// At the top it speaks of a whole run; inside a [`Moment`], of one instant of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// All of them hold.
    All(Vec<Condition>),
    /// At least one of them holds.
    Any(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// Two values of one kind compare so.
    Compare {
        /// The value on the left.
        left: Term,
        /// How it relates to the right one.
        comparison: Comparison,
        /// The value on the right.
        right: Term,
        /// `+- 1s`: how far apart equal values may be. Only with `==` and `!=`.
        tolerance: Option<Literal>,
    },
    /// It does not come about in the whole run.
    Never(Moment),
    /// `bad_reached_full` and its like.
    Risk(Risk),
}

/// What must not happen, by a name of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Risk {
    /// A bad release got all production traffic.
    BadReachedFull,
    /// The deployment of a bad release succeeded.
    BadKept,
    /// The deployment of a good release was rolled back.
    GoodRolledBack,
}

impl Risk {
    /// Every risk, in the order they are shown.
    pub const ALL: [Risk; 3] = [Risk::BadReachedFull, Risk::BadKept, Risk::GoodRolledBack];

    /// The name in expressions and files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Risk::BadReachedFull => "bad_reached_full",
            Risk::BadKept => "bad_kept",
            Risk::GoodRolledBack => "good_rolled_back",
        }
    }

    /// Its place in [`Risk::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
}

/// One side of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub enum Term {
    /// A value that is written down.
    Literal(Literal),
    /// A column of the row of results, such as `bad_requests` or `status`.
    Column(String),
    /// A value over time as it is at this instant; only inside a [`Moment`].
    Now(String),
    /// `weight(200s)`: a value over time, this long after creation.
    At(String, SimDuration),
    /// `time(..)`: when something first comes about, counted from creation.
    Time(Moment),
    /// `count(Http503)`: how many facts of a kind the run has.
    Count(String),
    /// `status(Install)`, `start(Install)`, `end(Install)`: a lifecycle event.
    Lifecycle(LifecyclePart, String),
    /// `p(..)`: in what share of many runs something holds.
    Probability(Box<Condition>),
    /// `quantile(bad_requests, 0.99)`: a quantile of a column over many runs.
    Quantile(String, Share),
}

/// What is asked of a lifecycle event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LifecyclePart {
    /// Its status at the end of the run.
    Status,
    /// When it started, counted from creation.
    Start,
    /// When it ended, counted from creation.
    End,
}

/// Something that comes about at an instant, or never.
#[derive(Clone, Debug, PartialEq)]
pub enum Moment {
    /// A fact of this kind is recorded.
    Fact(String),
    /// The deployment takes this status.
    Status(String),
    /// A condition on values over time begins to hold.
    Holds(Box<Condition>),
}

/// A value that is written down.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// A plain number.
    Number(f64),
    /// A length of time, or a point in time counted from creation.
    Duration(SimDuration),
    /// A share, written as percent.
    Share(Share),
    /// A word, such as a status or an error code.
    Word(String),
}

impl Comparison {
    /// The sign it is written with.
    pub const fn sign(self) -> &'static str {
        match self {
            Comparison::Equal => "==",
            Comparison::NotEqual => "!=",
            Comparison::Less => "<",
            Comparison::AtMost => "<=",
            Comparison::More => ">",
            Comparison::AtLeast => ">=",
        }
    }

    /// Whether it says only that values are equal, or only that they are not.
    pub const fn is_equality(self) -> bool {
        matches!(self, Comparison::Equal | Comparison::NotEqual)
    }
}

impl fmt::Display for Expectation {
    /// As the user wrote it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
