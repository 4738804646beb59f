//! Just enough reading of Rust text for the house rules: what is code, what is a test, where a path leads.
//!
//! Not a parser: it knows comments, literals and brackets, and trusts rustfmt for the rest.

/// The text with every comment and literal blanked; lines stay where they were.
pub fn code_only(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut code = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let end = match chars[at] {
            '/' if chars.get(at + 1) == Some(&'/') => find(&chars, at, |rest| rest[0] == '\n'),
            '/' if chars.get(at + 1) == Some(&'*') => end_of_block_comment(&chars, at),
            '"' => end_of_string(&chars, at),
            'r' if !continues_word(&chars, at) || chars[at - 1] == 'b' => {
                end_of_raw_string(&chars, at)
            }
            '\'' => end_of_char(&chars, at),
            _ => at,
        };
        if end == at {
            code.push(chars[at]);
            at += 1;
        } else {
            code.extend(chars[at..end].iter().map(|&c| if c == '\n' { '\n' } else { ' ' }));
            at = end;
        }
    }
    code
}

fn find(chars: &[char], from: usize, is_there: impl Fn(&[char]) -> bool) -> usize {
    (from..chars.len()).find(|&at| is_there(&chars[at..])).unwrap_or(chars.len())
}

fn continues_word(chars: &[char], at: usize) -> bool {
    at > 0 && is_word(chars[at - 1])
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn end_of_block_comment(chars: &[char], start: usize) -> usize {
    let (mut depth, mut at) = (0, start);
    loop {
        match &chars[at..] {
            ['/', '*', ..] => (depth, at) = (depth + 1, at + 2),
            ['*', '/', ..] => (depth, at) = (depth - 1, at + 2),
            [_, ..] => at += 1,
            [] => return at,
        }
        if depth == 0 {
            return at;
        }
    }
}

fn end_of_string(chars: &[char], start: usize) -> usize {
    let mut at = start + 1;
    while at < chars.len() && chars[at] != '"' {
        at += 1 + usize::from(chars[at] == '\\');
    }
    (at + 1).min(chars.len())
}

/// The end of `r"..."` or `r#"..."#`; the start if it is neither.
fn end_of_raw_string(chars: &[char], start: usize) -> usize {
    let quote = find(chars, start + 1, |rest| rest[0] != '#');
    if chars.get(quote) != Some(&'"') {
        return start;
    }
    let mut closing = vec!['"'];
    closing.extend(&chars[start + 1..quote]);
    let end = find(chars, quote + 1, |rest| rest.starts_with(&closing));
    (end + closing.len()).min(chars.len())
}

/// The end of a character; the start if it is a lifetime.
fn end_of_char(chars: &[char], start: usize) -> usize {
    match &chars[start + 1..] {
        ['\\', _, ..] => find(chars, start + 3, |rest| rest[0] == '\'') + 1,
        [_, '\'', ..] => start + 3,
        _ => start,
    }
}

/// Code (see [`code_only`]) with every item under `#[cfg(test)]` blanked.
pub fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut rest = code.to_owned();
    while let Some(start) = rest.find(MARK) {
        let after = start + MARK.len();
        let end = match rest[after..].find(['{', ';']) {
            Some(at) if rest[after + at..].starts_with('{') => closing_brace(&rest, after + at) + 1,
            Some(at) => after + at + 1,
            None => rest.len(),
        };
        let blank: String =
            rest[start..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
        rest.replace_range(start..end, &blank);
    }
    rest
}

/// The brace that closes the one at `open`, or the last character of a text that does not close it.
fn closing_brace(code: &str, open: usize) -> usize {
    let mut depth = 0;
    for (at, c) in code[open..].char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => continue,
        }
        if depth == 0 {
            return open + at;
        }
    }
    code.len() - 1
}

/// The line of a byte position, from 1.
pub fn line_of(text: &str, position: usize) -> usize {
    text[..position].matches('\n').count() + 1
}

/// Positions at which a word stands by itself in code.
pub fn words<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    code.match_indices(word).map(|(at, _)| at).filter(move |at| {
        let before = code[..*at].chars().next_back();
        let after = code[at + word.len()..].chars().next();
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

/// What stands behind every `root::` in code, with its line: one name, or the names of a group.
pub fn paths_from(code: &str, root: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for at in words(code, root) {
        if let Some(rest) = code[at + root.len()..].strip_prefix("::") {
            names_at(code, code.len() - rest.len(), &mut found);
        }
    }
    found
}

/// What stands behind every chain of `super::` that is at least `depth` long, with its line.
///
/// Inside an inline module the first `super` does not leave the file: a chain may be told here that stays.
pub fn paths_above(code: &str, depth: usize) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for at in words(code, "super") {
        let mut rest = &code[at..];
        let mut climbed = 0;
        while let Some(further) = rest.strip_prefix("super::") {
            (rest, climbed) = (further, climbed + 1);
        }
        if climbed >= depth.max(1) && !code[..at].ends_with("::") {
            names_at(code, code.len() - rest.len(), &mut found);
        }
    }
    found
}

fn names_at(code: &str, start: usize, found: &mut Vec<(usize, String)>) {
    let mut note = |at: usize| {
        let name: String = code[at..].chars().take_while(|&c| is_word(c)).collect();
        let name = if name.is_empty() { "*".to_owned() } else { name };
        found.push((line_of(code, at), name));
    };
    if !code[start..].starts_with('{') {
        return note(start);
    }
    let end = closing_brace(code, start);
    let (mut depth, mut expects_name) = (0, false);
    for (at, c) in code[start..end].char_indices() {
        match c {
            '{' => (depth, expects_name) = (depth + 1, depth == 0),
            '}' => depth -= 1,
            ',' => expects_name = depth == 1,
            c if c.is_whitespace() => {}
            _ => {
                if std::mem::take(&mut expects_name) {
                    note(start + at);
                }
            }
        }
    }
}

/// A function with a body.
pub struct Function {
    /// Its name.
    pub name: String,
    /// Its first line, from 1.
    pub line: usize,
    /// Its lines, from `fn` to the closing brace.
    pub lines: usize,
}

/// Every function of code that has a body.
pub fn functions(code: &str) -> Vec<Function> {
    words(code, "fn").filter_map(|at| function_at(code, at)).collect()
}

fn function_at(code: &str, at: usize) -> Option<Function> {
    let name: String = code[at + 2..].trim_start().chars().take_while(|&c| is_word(c)).collect();
    let mut depth = 0;
    let body = code[at..].char_indices().find(|(_, c)| {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            _ => {}
        }
        depth == 0 && matches!(c, '{' | ';')
    });
    let open = match body {
        Some((offset, '{')) if !name.is_empty() => at + offset,
        _ => return None,
    };
    let line = line_of(code, at);
    Some(Function { name, line, lines: line_of(code, closing_brace(code, open)) - line + 1 })
}
