//! What is wrong, where, and how to mend it.
//!
//! Only the user's files and flags are at fault here. A run that meets a limit is a stop reason, and a
//! fault of ours is an assertion; neither is a diagnostic.

pub mod code;
pub mod render;
pub mod sarif;
pub mod span;

pub use code::Code;
pub use span::{FileId, Position, Sources, Span, Spanned};

/// How much a diagnostic weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is run.
    Error,
    /// It is run, and the user should know.
    Warning,
    /// For the record, such as a key of a document that plays no part.
    Note,
}

impl Severity {
    /// The word that is shown.
    pub const fn name(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}

/// That AWS itself would refuse the request, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Whose API: `CodeDeploy`.
    pub by: &'static str,
    /// What it answers with: `InvalidTargetGroupPairException`.
    pub exception: &'static str,
}

/// One fault or remark: data only, drawn by [`render`].
///
/// Texts are lower case, without a full stop, names in backticks, what was found before what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What kind it is; `cutover explain` tells more.
    pub code: Code,
    /// How much it weighs: the code's own weight unless changed.
    pub severity: Severity,
    /// Where; absent only if no text was read.
    pub span: Option<Span>,
    /// What is wrong with the value that was read.
    pub title: String,
    /// A few words under the place; may be empty.
    pub label: String,
    /// How AWS refuses it, if it does.
    pub refusal: Option<Refusal>,
    /// How to mend it.
    pub help: Option<String>,
    /// What else is worth knowing.
    pub notes: Vec<String>,
    /// What to write instead, if that is a matter of one word.
    pub mend: Option<Mend>,
}

/// A word that is written at the place of a diagnostic, and the one to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mend {
    /// The word as it was read, without quotes.
    pub found: String,
    /// What it should be.
    pub instead: String,
}

impl Diagnostic {
    /// A diagnostic of this kind at a place, weighing what its code weighs.
    pub fn new(code: Code, span: impl Into<Option<Span>>, title: impl Into<String>) -> Diagnostic {
        Diagnostic {
            code,
            severity: code.severity(),
            span: span.into(),
            title: title.into(),
            label: String::new(),
            refusal: None,
            help: None,
            notes: Vec::new(),
            mend: None,
        }
    }

    /// The same with a few words under the place.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Diagnostic {
        self.label = label.into();
        self
    }

    /// The same with a way to mend it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = Some(help.into());
        self
    }

    /// The same with a word that stands at its place, and the one to write instead.
    #[must_use]
    pub fn mend(mut self, found: impl Into<String>, instead: impl Into<String>) -> Diagnostic {
        self.mend = Some(Mend { found: found.into(), instead: instead.into() });
        self
    }

    /// The same with the word that was probably meant, if one is near the word that stands at its place.
    #[must_use]
    pub fn meant(self, found: &str, near: Option<&str>) -> Diagnostic {
        match near {
            Some(near) => self.help(format!("did you mean `{near}`?")).mend(found, near),
            None => self,
        }
    }

    /// The stretch to replace and the text to put there, quotes staying as they are; nothing if the word is written in
    /// another way, such as with escapes.
    pub fn patch(&self, sources: &Sources) -> Option<(Span, &str)> {
        let (span, mend) = (self.span?, self.mend.as_ref()?);
        let excerpt = sources.excerpt(span);
        let quoted =
            ['"', '\''].iter().find_map(|&quote| excerpt.strip_prefix(quote)?.strip_suffix(quote));
        match quoted {
            Some(inner) if inner == mend.found => {
                Some((span.part(1..span.len() - 1), &mend.instead))
            }
            None if excerpt == mend.found => Some((span, &mend.instead)),
            _ => None,
        }
    }

    /// The same with help if there is some, such as a suggestion that was found.
    #[must_use]
    pub fn maybe_help(mut self, help: Option<String>) -> Diagnostic {
        self.help = help.or(self.help);
        self
    }

    /// The same as something that AWS refuses.
    #[must_use]
    pub fn refused_with(mut self, refusal: impl Into<Refusal>) -> Diagnostic {
        self.refusal = Some(refusal.into());
        self
    }

    /// The same with a further remark.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Diagnostic {
        self.notes.push(note.into());
        self
    }
}

/// Every diagnostic of one reading, so that all are told at once.
///
/// A broken file can earn as many as it has values; of each weight only the first thousand are kept, and the
/// others counted, since nobody reads more and drawing them would take longer than the run.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
    kept: [usize; 3],
    dropped: [usize; 3],
}

/// How many diagnostics of one weight are kept.
const KEPT_MAX: usize = 1000;

impl Diagnostics {
    /// None yet.
    pub fn new() -> Diagnostics {
        Diagnostics::default()
    }

    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        let weight = diagnostic.severity as usize;
        if self.kept[weight] == KEPT_MAX {
            self.dropped[weight] += 1;
            return;
        }
        self.kept[weight] += 1;
        self.list.push(diagnostic);
    }

    /// Marks the errors that came after the first `told` as something that AWS refuses, unless they say how.
    pub fn refuse_since(&mut self, told: usize, refusal: impl Into<Refusal>) {
        let refusal = refusal.into();
        let since = self.list.iter_mut().skip(told);
        for error in since.filter(|diagnostic| diagnostic.severity == Severity::Error) {
            error.refusal.get_or_insert(refusal);
        }
    }

    /// Adds all of another collection.
    pub fn append(&mut self, other: Diagnostics) {
        for (weight, dropped) in other.dropped.into_iter().enumerate() {
            self.dropped[weight] += dropped;
        }
        other.list.into_iter().for_each(|diagnostic| self.push(diagnostic));
    }

    /// How many of a weight there are, those that were not kept included.
    pub fn count(&self, severity: Severity) -> usize {
        self.kept[severity as usize] + self.dropped[severity as usize]
    }

    /// How many were not kept.
    pub fn dropped(&self) -> usize {
        self.dropped.iter().sum()
    }

    /// Whether anything forbids a run.
    pub fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }

    /// Whether nothing was found at all.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// How many are kept.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// All that are kept, in their present order.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.list.iter()
    }

    /// Orders by file, then place, then code, and drops those that say the same thing of the same place.
    ///
    /// What has no place comes first. Two variants of a sweep may meet the same fault twice.
    pub fn sort(&mut self) {
        self.list.sort_by(|a, b| {
            let key = |d: &Diagnostic| (d.span, d.code, d.severity);
            key(a).cmp(&key(b)).then_with(|| a.title.cmp(&b.title))
        });
        self.list.dedup();
        self.kept = [0; 3];
        for diagnostic in &self.list {
            self.kept[diagnostic.severity as usize] += 1;
        }
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.iter()
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_beyond_the_first_thousand_are_counted_not_kept() {
        let mut found = Diagnostics::new();
        for number in 0..2500 {
            found.push(Diagnostic::new(code::DUPLICATE_KEY, None, number.to_string()));
        }
        found.push(Diagnostic::new(code::UNKNOWN_KEY, None, "an error is never crowded out"));
        let mut all = Diagnostics::new();
        all.append(found);
        assert_eq!((all.len(), all.dropped(), all.count(Severity::Warning)), (1001, 1500, 2500));
        assert!(all.has_errors());
    }

    #[test]
    fn diagnostics_are_sorted_by_place_and_told_once() {
        let mut sources = Sources::new();
        let (first, second) = (sources.add("a", "12345"), sources.add("b", "12345"));
        let mut found = Diagnostics::new();
        let mut push = |file, at: usize, title: &str| {
            found.push(Diagnostic::new(code::UNKNOWN_KEY, Span::new(file, at..at + 1), title));
        };
        push(second, 0, "third");
        push(first, 3, "second");
        push(first, 1, "first");
        push(first, 3, "second");
        found.push(Diagnostic::new(code::DUPLICATE_KEY, None, "nowhere"));
        found.sort();
        let titles = found.iter().map(|d| d.title.as_str()).collect::<Vec<_>>();
        assert_eq!(titles, ["nowhere", "first", "second", "third"]);
        assert_eq!((found.count(Severity::Error), found.count(Severity::Warning)), (3, 1));
    }
}
