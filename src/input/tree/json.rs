//! JSON into a tree, by the letter.
//!
//! The parser recurses and is lax about blanks and control characters, so a scan goes over the text first:
//! it bounds depth and size, and refuses what no JSON may hold.

use jsonc_parser::ast::{self, ObjectPropName};
use jsonc_parser::common::{Range, Ranged};
use jsonc_parser::errors::{ParseError, ParseErrorKind as Kind};
use jsonc_parser::{
    CollectOptions, CommentCollectionStrategy, ParseOptions, ParseStringErrorKind, parse_to_ast,
};

use super::entries::Entries;
use super::text::{TEMPLATE_HELP, looks_templated};
use super::{Key, Node, Value, budget, shortened};
use crate::diagnostic::{Diagnostic, Diagnostics, FileId, Sources, Span, code};

/// Every laxity off.
const STRICT: ParseOptions = ParseOptions {
    allow_comments: false,
    allow_loose_object_property_names: false,
    allow_trailing_commas: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// Reads a JSON text.
pub fn parse(sources: &Sources, file: FileId, to: &mut Diagnostics) -> Option<Node> {
    let text = sources.text(file);
    if !is_safe(text, file, to) {
        return None;
    }
    let collect = CollectOptions { comments: CommentCollectionStrategy::Off, tokens: false };
    match parse_to_ast(text, &collect, &STRICT) {
        Ok(parsed) => Some(Reader { sources, file, to }.node(parsed.value?)),
        Err(error) => {
            to.push(broken(&error, text, file));
            None
        }
    }
}

/// Looks at depth, number of values and stray characters before the parser does.
fn is_safe(text: &str, file: FileId, to: &mut Diagnostics) -> bool {
    let (mut depth, mut nodes, mut in_text, mut escaped) = (0_usize, 1, false, false);
    for (at, c) in text.char_indices() {
        let here = || Span::new(file, at..at + c.len_utf8());
        match c {
            '\0'..' ' if in_text || !matches!(c, '\t' | '\n' | '\r') => {
                to.push(control_character(c, here(), in_text));
                return false;
            }
            _ if in_text => {
                in_text = escaped || c != '"';
                escaped = !escaped && c == '\\';
            }
            '"' => in_text = true,
            '{' | '[' => (depth, nodes) = (depth + 1, nodes + 1),
            '}' | ']' => depth = depth.saturating_sub(1),
            ',' => nodes += 1,
            _ if c.is_whitespace() && !c.is_ascii() => {
                let title = format!("U+{:04X} is no blank in JSON", c as u32);
                to.push(Diagnostic::new(code::JSON_SYNTAX, here(), title).help("use a space"));
                return false;
            }
            _ => {}
        }
        if nodes > budget::NODES_MAX {
            return budget::refuse_size(here(), to);
        }
        if !budget::allows_depth(depth, here(), to) {
            return false;
        }
    }
    true
}

fn control_character(c: char, span: Span, in_text: bool) -> Diagnostic {
    let title = match c {
        '\n' | '\r' => "a text in quotes runs over the end of its line".to_string(),
        _ => format!("a bare control character, U+{:04X}", c as u32),
    };
    let diagnostic = Diagnostic::new(code::JSON_SYNTAX, span, title);
    match in_text {
        true => diagnostic.help("close the quotes, or write `\\n`, `\\t` or `\\u00..`"),
        false => diagnostic,
    }
}

/// What the parser did not like, in our words.
fn broken(error: &ParseError, text: &str, file: FileId) -> Diagnostic {
    let Range { start, end } = error.range();
    let span = match error.kind() {
        // The whole of what is not closed would be the whole rest of the file.
        Kind::UnterminatedArray | Kind::UnterminatedObject => Span::new(file, start..start + 1),
        _ => Span::new(file, start..end),
    };
    let found = shortened(text.get(start..end).unwrap_or_default());
    let after_colon = text[..start.min(text.len())].trim_end().ends_with(':');
    let bare = matches!(error.kind(), Kind::UnexpectedWord | Kind::UnexpectedToken);
    let nothing = matches!(error.kind(), Kind::UnexpectedCloseBrace | Kind::UnexpectedComma);
    let kind = match after_colon && nothing {
        true => &Kind::ExpectedObjectValue,
        false => error.kind(),
    };
    let (title, help) = explained(kind, &found);
    let help = match looks_templated(text) || (bare && after_colon) {
        true => TEMPLATE_HELP,
        false => help,
    };
    Diagnostic::new(code::JSON_SYNTAX, span, title).help(help)
}

/// The title and help for a fault of the parser.
fn explained(kind: &Kind, found: &str) -> (String, &'static str) {
    let fixed: (&str, &str) = match kind {
        Kind::CommentsNotAllowed | Kind::UnterminatedCommentBlock => {
            ("a comment, which JSON does not have", "delete it, or name the file `.yaml`")
        }
        Kind::TrailingCommasNotAllowed => {
            ("a comma after the last item", "delete it: a comma stands only between two items")
        }
        Kind::ExpectedComma => ("a comma is missing here", "put a comma between two items"),
        Kind::ExpectedColonAfterObjectKey => ("no colon after a key", "write `\"key\": value`"),
        Kind::ExpectedStringObjectProperty => {
            ("a key without quotes", "JSON keys stand in double quotes: `\"key\"`")
        }
        Kind::SingleQuotedStringsNotAllowed => {
            ("a text in single quotes", "JSON texts stand in double quotes: `\"text\"`")
        }
        Kind::MultipleRootJsonValues => (
            "more text after the end of the value",
            "a file holds one value: see whether outer braces `{ .. }` are missing",
        ),
        Kind::UnterminatedArray => ("a list that is not closed", "write the missing `]`"),
        Kind::UnterminatedObject => ("a map that is not closed", "write the missing `}`"),
        Kind::ExpectedObjectValue => ("no value after the colon", "write a value, or `null`"),
        Kind::String(fault) => match fault {
            ParseStringErrorKind::UnterminatedStringLiteral => (
                "a text that is not closed",
                "close the quotes; if the file ends here, it has been cut off",
            ),
            ParseStringErrorKind::InvalidUnicodeEscapeSequence(_) => (
                "an escape that stands for no character",
                "half of a pair of surrogates is none: write both, or the character itself",
            ),
            _ => ("a text with an escape that JSON does not have", "a backslash is written `\\\\`"),
        },
        _ => {
            let title = match found {
                "" => "the text ends where a value is needed".to_string(),
                _ => format!("`{found}` is no JSON value"),
            };
            return (title, "texts stand in double quotes: `\"text\"`");
        }
    };
    (fixed.0.to_string(), fixed.1)
}

/// Turns the parser's tree into ours.
struct Reader<'a> {
    sources: &'a Sources,
    file: FileId,
    to: &'a mut Diagnostics,
}

impl Reader<'_> {
    fn node(&mut self, value: ast::Value) -> Node {
        let span = self.span(value.range());
        let value = match value {
            ast::Value::NullKeyword(_) => Value::Null,
            ast::Value::BooleanLit(literal) => Value::Bool(literal.value),
            ast::Value::NumberLit(literal) => Value::Number(literal.value.to_string()),
            ast::Value::StringLit(literal) => {
                Value::Text { text: literal.value.into_owned(), quoted: true }
            }
            ast::Value::Array(array) => {
                Value::List(array.elements.into_iter().map(|item| self.node(item)).collect())
            }
            ast::Value::Object(object) => Value::Map(self.entries(object)),
        };
        Node::new(value, span)
    }

    fn entries(&mut self, object: ast::Object) -> Vec<(Key, Node)> {
        let mut entries = Entries::default();
        for property in object.properties {
            let span = self.span(property.name.range());
            let name = match property.name {
                ObjectPropName::String(literal) => literal.value.into_owned(),
                ObjectPropName::Word(literal) => literal.value.to_string(),
            };
            let node = self.node(property.value);
            entries.put(Key { name, span }, node, self.sources, self.to);
        }
        entries.list
    }

    fn span(&self, range: Range) -> Span {
        Span::new(self.file, range.start..range.end)
    }
}
