//! Places in the texts that were read: byte spans, and the lines and columns that people count.
//!
//! Reading files is not done here; whoever reads one adds its text to [`Sources`].

use std::ops::Range;

/// One text that was read: a file, or an argument of the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

/// A stretch of one text, in bytes; the end is not part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The text it lies in.
    pub file: FileId,
    /// The first byte.
    pub start: u32,
    /// The byte after the last one.
    pub end: u32,
}

impl Span {
    /// The stretch `range` of the text `file`.
    ///
    /// # Panics
    /// If an end lies beyond 4 GiB, which [`Sources::add`] rules out.
    pub fn new(file: FileId, range: Range<usize>) -> Span {
        let byte = |at: usize| u32::try_from(at).expect("a text of at most 4 GiB");
        Span { file, start: byte(range.start), end: byte(range.end.max(range.start)) }
    }

    /// The empty stretch at the beginning of a text.
    pub const fn start_of(file: FileId) -> Span {
        Span { file, start: 0, end: 0 }
    }

    /// The bytes as a range to slice with.
    pub const fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// How many bytes it covers.
    pub const fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether it covers nothing, as the value after `key:` does when nothing is written there.
    pub const fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// A part of this stretch, its ends counted from the start of it and kept inside it.
    pub fn part(self, range: Range<usize>) -> Span {
        let within = |at: usize| range_end(self.start, at).min(self.end);
        Span { file: self.file, start: within(range.start), end: within(range.end) }
    }

    /// From the start of this stretch to the end of `last`, of the same text.
    pub fn to(self, last: Span) -> Span {
        Span { end: self.end.max(last.end), ..self }
    }
}

/// `start + at`, at most the largest offset there is.
fn range_end(start: u32, at: usize) -> u32 {
    start.saturating_add(u32::try_from(at).unwrap_or(u32::MAX))
}

/// A value and the place it was written at, for checks that come after reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it was written.
    pub span: Span,
}

/// A line and a column as an editor shows them: both from 1, the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

/// Every text that was read, by [`FileId`], with the name it is shown under.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<File>,
}

/// One text and where its lines begin.
#[derive(Clone, Debug)]
struct File {
    name: String,
    text: String,
    line_starts: Vec<u32>,
}

impl Sources {
    /// No text yet.
    pub fn new() -> Sources {
        Sources::default()
    }

    /// Keeps a text under the name that diagnostics show.
    ///
    /// # Panics
    /// If the text is larger than 4 GiB; the door to files refuses such files long before.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> FileId {
        let text = text.into();
        assert!(u32::try_from(text.len()).is_ok(), "a text of more than 4 GiB");
        let starts = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let line_starts =
            std::iter::once(0).chain(starts.map(|(at, _)| at as u32 + 1)).collect::<Vec<_>>();
        self.files.push(File { name: name.into(), text, line_starts });
        FileId(u32::try_from(self.files.len() - 1).expect("fewer files than bytes of memory"))
    }

    /// The name a text is shown under.
    pub fn name(&self, file: FileId) -> &str {
        &self.files[file.0 as usize].name
    }

    /// The whole text.
    pub fn text(&self, file: FileId) -> &str {
        &self.files[file.0 as usize].text
    }

    /// The text of a stretch; cut to what the text holds, and to whole characters.
    pub fn excerpt(&self, span: Span) -> &str {
        let text = self.text(span.file);
        &text[floor(text, span.start as usize)..floor(text, span.end as usize)]
    }

    /// Line and column where a stretch starts.
    pub fn position(&self, span: Span) -> Position {
        self.position_of(span.file, span.start as usize)
    }

    /// Line and column of the first character after a stretch.
    pub fn end_position(&self, span: Span) -> Position {
        self.position_of(span.file, span.end as usize)
    }

    /// The line a stretch starts in, from 1. Unlike a column it costs no walk along the line.
    pub fn line_number(&self, span: Span) -> usize {
        let starts = &self.files[span.file.0 as usize].line_starts;
        starts.partition_point(|start| *start <= span.start)
    }

    /// The bytes of a line (from 1) without its line break; empty beyond the last line.
    pub fn line(&self, file: FileId, line: usize) -> Range<usize> {
        let File { text, line_starts, .. } = &self.files[file.0 as usize];
        let start = line_starts.get(line.saturating_sub(1)).map_or(text.len(), |at| *at as usize);
        let next = line_starts.get(line).map_or(text.len(), |at| *at as usize);
        start..start + text[start..next].trim_end_matches(['\n', '\r']).len()
    }

    fn position_of(&self, file: FileId, byte: usize) -> Position {
        let File { text, line_starts, .. } = &self.files[file.0 as usize];
        let byte = floor(text, byte);
        let line = line_starts.partition_point(|start| *start as usize <= byte);
        let start = line_starts[line - 1] as usize;
        Position { line, column: text[start..byte].chars().count() + 1 }
    }
}

/// The nearest beginning of a character at or before `byte`.
fn floor(text: &str, byte: usize) -> usize {
    text.floor_char_boundary(byte.min(text.len()))
}

/// Turns positions counted in characters, as a YAML parser counts them, into bytes.
#[derive(Debug)]
pub struct CharOffsets<'t> {
    text: &'t str,
    /// The byte of every 64th character; empty if bytes are characters.
    marks: Vec<usize>,
}

/// How many characters lie between two marks: few enough to walk, many enough to be small.
const CHARS_PER_MARK: usize = 64;

impl<'t> CharOffsets<'t> {
    /// Prepares a text: one pass over it.
    pub fn new(text: &'t str) -> CharOffsets<'t> {
        let marks = if text.is_ascii() {
            Vec::new()
        } else {
            text.char_indices().step_by(CHARS_PER_MARK).map(|(byte, _)| byte).collect()
        };
        CharOffsets { text, marks }
    }

    /// The byte at which character `index` starts; the end of the text if there are fewer.
    pub fn byte(&self, index: usize) -> usize {
        if self.marks.is_empty() {
            return index.min(self.text.len());
        }
        let Some(mark) = self.marks.get(index / CHARS_PER_MARK) else {
            return self.text.len();
        };
        let rest = &self.text[*mark..];
        let walked = rest.char_indices().nth(index % CHARS_PER_MARK);
        mark + walked.map_or(rest.len(), |(byte, _)| byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_bytes_are_bytes() {
        let mut sources = Sources::new();
        let file = sources.add("x.yaml", "größe: 3\r\nb: ä\n");
        let at = |start, end| Span::new(file, start..end);
        assert_eq!(sources.position(at(9, 10)), Position { line: 1, column: 8 });
        assert_eq!(sources.end_position(at(15, 17)), Position { line: 2, column: 5 });
        assert_eq!(sources.excerpt(at(15, 17)), "ä");
        assert_eq!(sources.excerpt(at(16, 900)), "ä\n", "cut to characters and to the text");
        assert_eq!(sources.line(file, 1), 0..10);
        assert_eq!(sources.line(file, 9), 18..18);
    }

    #[test]
    fn characters_are_turned_into_bytes_everywhere_in_the_text() {
        let text = "aä€😀".repeat(100);
        let offsets = CharOffsets::new(&text);
        for (index, (byte, _)) in text.char_indices().enumerate() {
            assert_eq!(offsets.byte(index), byte);
        }
        assert_eq!(offsets.byte(400), text.len());
        assert_eq!(offsets.byte(4000), text.len());
        assert_eq!(CharOffsets::new("abc").byte(9), 3);
    }
}
