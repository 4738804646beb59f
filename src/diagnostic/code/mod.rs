//! Every code of a diagnostic: its number, its weight, its long explanation, its own example.
//!
//! Numbers are never changed and never used again. 00xx: a text cannot be read; 01xx: the shape of a
//! scenario; 02xx: AWS documents, from 0250 on who else drives a service; 03xx: what no single field can say, from 0321 on what watches a release; 04xx: command line, paths and
//! expressions; 05xx: output. A new code is a new entry in the file of its range.

mod command;
mod controller;
mod document;
mod gate;
mod reading;
mod rule;
mod shape;

pub use command::*;
pub use controller::*;
pub use document::*;
pub use gate::*;
pub use reading::*;
pub use rule::*;
pub use shape::*;

use std::fmt;

use super::Severity;

/// What kind of fault a diagnostic tells.
#[derive(Clone, Copy)]
pub struct Code(&'static Entry);

/// What stands in the table for one code.
#[derive(Debug)]
struct Entry {
    number: &'static str,
    severity: Severity,
    title: &'static str,
    explanation: &'static str,
    example: Option<Example>,
    mended: Option<&'static str>,
}

/// A faulty text that earns a code.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// What it is a text of.
    pub kind: ExampleKind,
    /// The text as it would be written.
    pub text: &'static str,
}

/// What the text of an example is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExampleKind {
    /// A file of this name; its content is text, but need not be well formed.
    File(&'static str),
    /// A part of a scenario file, whole sections; the others are those of a good one, beside which there is
    /// a file `requests.csv`.
    Scenario,
    /// A whole AWS document, read as what stands under this key of a scenario.
    Document(&'static str),
    /// Some keys of such a document, the others being those of a good one.
    DocumentPart(&'static str),
    /// A recording in a file of this name, as `cutover calibrate` reads it.
    Recording(&'static str),
    /// An argument of `--set`.
    Assignment,
    /// An expression of `expect:` or `--assert`.
    Expression,
}

/// The text with a sign in the place of each control character but line breaks, to be printed.
pub fn visible(text: &str) -> String {
    let sign = |c: char| match u32::from(c) {
        control if control < 0x20 && c != '\n' => {
            char::from_u32(0x2400 + control).expect("the block of signs for controls")
        }
        _ => c,
    };
    text.chars().map(sign).collect()
}

impl Code {
    /// The number as it is shown: `CUT0101`.
    pub const fn number(self) -> &'static str {
        self.0.number
    }

    /// How much a diagnostic of this kind weighs.
    pub const fn severity(self) -> Severity {
        self.0.severity
    }

    /// The kind of fault in a few words.
    pub const fn title(self) -> &'static str {
        self.0.title
    }

    /// What it means, why it is told, how to mend it: a few sentences.
    pub const fn explanation(self) -> &'static str {
        self.0.explanation
    }

    /// A text that earns it; absent where no text can show it, such as a missing file.
    pub const fn example(self) -> Option<Example> {
        self.0.example
    }

    /// The same text, mended.
    pub const fn mended(self) -> Option<&'static str> {
        self.0.mended
    }

    /// Every code, in the order of the numbers.
    pub fn all() -> impl Iterator<Item = Code> {
        [READING, SHAPE, DOCUMENT, CONTROLLER, RULE, GATE, COMMAND].into_iter().flatten().copied()
    }

    /// The code of this number, in either case, with or without `CUT` and the noughts that follow.
    pub fn find(number: &str) -> Option<Code> {
        let wanted = number.trim().to_ascii_uppercase();
        let wanted = wanted.strip_prefix("CUT").unwrap_or(&wanted);
        let wanted = format!("{wanted:0>4}");
        Code::all().find(|code| code.number().strip_prefix("CUT") == Some(&wanted))
    }
}

impl PartialEq for Code {
    fn eq(&self, other: &Code) -> bool {
        self.number() == other.number()
    }
}

impl Eq for Code {}

impl PartialOrd for Code {
    fn partial_cmp(&self, other: &Code) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Code {
    fn cmp(&self, other: &Code) -> std::cmp::Ordering {
        self.number().cmp(other.number())
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.number())
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.number())
    }
}

/// Writes one range of codes: a constant each, and the table of all. Texts that are put together stand in braces.
macro_rules! codes {
    ($table:ident; $($name:ident $number:literal $severity:ident $title:literal
        $explanation:literal
        $(faulty $kind:expr, $text:tt)?
        $(mended $mended:tt)?;)*) => {
        $(
            #[doc = concat!("`", $number, "`: ", $title, ".")]
            pub const $name: Code = Code(&Entry {
                number: $number,
                severity: Severity::$severity,
                title: $title,
                explanation: $explanation,
                example: codes!(@example $($kind, $text)?),
                mended: codes!(@mended $($mended)?),
            });
        )*
        pub(super) const $table: &[Code] = &[$($name),*];
    };
    (@example) => { None };
    (@example $kind:expr, $text:tt) => { Some(Example { kind: $kind, text: $text }) };
    (@mended) => { None };
    (@mended $text:tt) => { Some($text) };
}
use codes;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_unique_ascending_and_well_formed() {
        let numbers = Code::all().map(Code::number).collect::<Vec<_>>();
        assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
        let well_formed = |n: &&str| n.len() == 7 && n.starts_with("CUT");
        assert!(numbers.iter().all(well_formed), "{numbers:?}");
    }

    #[test]
    fn a_code_is_found_by_its_number_as_people_write_it() {
        for written in ["CUT0101", "cut0101", "0101", "101", " CUT0101 "] {
            assert_eq!(Code::find(written), Some(UNKNOWN_KEY));
        }
        assert_eq!(Code::find("CUT9999"), None);
        assert_eq!(Code::find(""), None);
    }

    #[test]
    fn titles_follow_the_house_style_and_explanations_are_sentences() {
        for code in Code::all() {
            assert!(!code.title().ends_with('.'), "{code}");
            assert!(code.explanation().ends_with('.') && code.explanation().len() > 60, "{code}");
        }
    }
}
