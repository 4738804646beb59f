//! What a YAML scalar says: the core schema of YAML 1.2, nothing of YAML 1.1.
//!
//! `yes`, `no`, `on`, `off`, `1_000` and `12:30` are texts here, as they are in JSON tools.

use saphyr_parser::Tag;

use super::Value;

/// The value of a plain scalar.
pub fn resolve(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ if is_number(text) => Value::Number(text.to_string()),
        _ => Value::Text { text: text.to_string(), quoted: false },
    }
}

/// The value of a scalar and the tag that is left, after tags of YAML itself have done their work.
pub fn tagged(text: &str, quoted: bool, tag: Option<&Tag>) -> (Value, Option<String>) {
    let as_text = Value::Text { text: text.to_string(), quoted };
    match tag {
        None if quoted => (as_text, None),
        None => (resolve(text), None),
        Some(tag) if !tag.is_yaml_core_schema() => (as_text, own_tag(tag)),
        Some(tag) => match tag.suffix.as_str() {
            "str" => (Value::Text { text: text.to_string(), quoted: true }, None),
            "int" | "float" if is_number(text) => (Value::Number(text.to_string()), None),
            "bool" | "null" => (resolve(text), None),
            _ => (as_text, Some(format!("!!{}", tag.suffix))),
        },
    }
}

/// A tag as it was written; the bare `!`, and those of YAML for lists and maps, say nothing.
pub fn own_tag(tag: &Tag) -> Option<String> {
    if tag.is_yaml_core_schema() {
        let known = matches!(tag.suffix.as_str(), "seq" | "map");
        return (!known).then(|| format!("!!{}", tag.suffix));
    }
    let says_something = !matches!(tag.suffix.as_str(), "" | "!");
    says_something.then(|| tag.to_string())
}

/// Whether the core schema reads a plain scalar as a number.
pub fn is_number(text: &str) -> bool {
    if let Some(digits) = text.strip_prefix("0x") {
        return all(digits, |byte| byte.is_ascii_hexdigit());
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return all(digits, |byte| matches!(byte, b'0'..=b'7'));
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let exponent_reads = exponent.is_none_or(|exponent| {
        all(exponent.strip_prefix(['+', '-']).unwrap_or(exponent), |byte| byte.is_ascii_digit())
    });
    (!whole.is_empty() || !fraction.is_empty())
        && digits(whole)
        && digits(fraction)
        && exponent_reads
}

/// Whether there is something, all of it of one kind.
fn all(text: &str, is: impl Fn(u8) -> bool) -> bool {
    !text.is_empty() && text.bytes().all(is)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_follow_the_core_schema() {
        let is = |text: &str| match resolve(text) {
            Value::Null | Value::Unread => "null",
            Value::Bool(_) => "bool",
            Value::Number(_) => "number",
            Value::Text { .. } => "text",
            Value::List(_) | Value::Map(_) => unreachable!("a scalar"),
        };
        for text in ["0", "007", "-1", "+1", "0.0", "1.", ".5", "1e3", "1.5E-3", "0x1F", "0o17"] {
            assert_eq!(is(text), "number", "{text}");
        }
        assert_eq!((is(".inf"), is("-.INF"), is(".nan")), ("number", "number", "number"));
        for text in ["yes", "no", "on", "off", "Y", "1.4.0", "2010-09-09", "1_000", "12:30", "50%"]
        {
            assert_eq!(is(text), "text", "{text}");
        }
        for text in ["30s", ".", "-", "+", "e3", "1e", "1e+", "0x", "0xG", "0o8", "1.2.3", "nulls"]
        {
            assert_eq!(is(text), "text", "{text}");
        }
        assert_eq!((is(""), is("~"), is("NULL"), is("False")), ("null", "null", "null", "bool"));
    }
}
