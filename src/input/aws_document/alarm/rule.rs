//! How the rule of a composite alarm is written: `ALARM("errors") AND NOT OK(latency)`.
//!
//! Not what it amounts to (`scenario::alarm::composite`). Rule: CW-ALARM-10.

use super::math::{Fault, fault};
use crate::aws::alarm::StateValue;
use crate::input::tree::shortened;
use crate::scenario::alarm::composite::Rule;

/// The most bytes of a rule that CloudWatch takes.
const BYTES_MAX: usize = 10_240;
/// The most alarms that a rule may name. Rule: CW-ALARM-10.
const CHILDREN_MAX: usize = 100;
/// How deep parentheses and `NOT` may be nested.
const DEPTH_MAX: u32 = 40;

/// Reads a rule: what it says, and the names of the alarms in it, each once, in the order in which they come.
///
/// # Errors
/// If it is none, or names more than 100 alarms.
pub fn parse(text: &str) -> Result<(Rule, Vec<String>), Box<Fault>> {
    if text.len() > BYTES_MAX {
        let title = format!("the rule has {} bytes, more than {BYTES_MAX}", text.len());
        return Err(fault(0..1, title, "make composite alarms of its parts"));
    }
    let mut parser = Parser { text, at: 0, depth: 0, children: Vec::new() };
    let rule = parser.any()?;
    parser.skip_space();
    if parser.at < text.len() {
        return Err(parser.unexpected("`AND`, `OR` or the end"));
    }
    Ok((rule, parser.children))
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: u32,
    children: Vec<String>,
}

impl Parser<'_> {
    fn any(&mut self) -> Result<Rule, Box<Fault>> {
        let mut rules = vec![self.all()?];
        while self.took_word("OR") {
            rules.push(self.all()?);
        }
        Ok(if rules.len() == 1 { rules.remove(0) } else { Rule::Any(rules) })
    }

    fn all(&mut self) -> Result<Rule, Box<Fault>> {
        let mut rules = vec![self.one()?];
        while self.took_word("AND") {
            rules.push(self.one()?);
        }
        Ok(if rules.len() == 1 { rules.remove(0) } else { Rule::All(rules) })
    }

    fn one(&mut self) -> Result<Rule, Box<Fault>> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            let title = format!("more than {DEPTH_MAX} parentheses in each other");
            return Err(fault(self.at..self.at, title, "make composite alarms of its parts"));
        }
        let rule = if self.took("(") {
            let rule = self.any()?;
            self.expect(")")?;
            rule
        } else if self.took_word("NOT") {
            Rule::Not(Box::new(self.one()?))
        } else if self.took_word("TRUE") {
            Rule::Constant(true)
        } else if self.took_word("FALSE") {
            Rule::Constant(false)
        } else {
            let named = StateValue::ALL.iter().find(|state| self.took_word(state.as_str()));
            let Some(state) = named else {
                return Err(self.unexpected("`ALARM(..)`, `OK(..)`, `NOT` or `(`"));
            };
            Rule::Is(*state, self.child()?)
        };
        self.depth -= 1;
        Ok(rule)
    }

    /// The name in parentheses, in quotes or not, as a place among the children.
    fn child(&mut self) -> Result<usize, Box<Fault>> {
        self.expect("(")?;
        self.skip_space();
        let start = self.at;
        let written = match self.rest().chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let length = self.rest()[1..].find(quote);
                length.map(|length| (&self.text[start + 1..][..length], length + 2))
            }
            _ => self.rest().find(')').map(|length| (&self.text[start..][..length], length)),
        };
        let Some((name, length)) = written else {
            return Err(self.unexpected("the name of an alarm and `)`"));
        };
        self.at += length;
        self.expect(")")?;
        let name = named(name.trim());
        if name.is_empty() {
            let title = "an alarm without a name".to_string();
            return Err(fault(start..self.at, title, "write it like `ALARM(\"errors\")`"));
        }
        if let Some(known) = self.children.iter().position(|child| child == name) {
            return Ok(known);
        }
        if self.children.len() == CHILDREN_MAX {
            let title = format!("the rule names more than {CHILDREN_MAX} alarms");
            return Err(fault(start..self.at, title, "make composite alarms of its parts"));
        }
        self.children.push(name.to_string());
        Ok(self.children.len() - 1)
    }

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn skip_space(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn took(&mut self, sign: &str) -> bool {
        self.skip_space();
        let is_next = self.rest().starts_with(sign);
        self.at += if is_next { sign.len() } else { 0 };
        is_next
    }

    /// Takes a word that is not the beginning of another one.
    fn took_word(&mut self, word: &str) -> bool {
        let before = self.at;
        let is_inner = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let is_word = self.took(word) && !self.rest().starts_with(is_inner);
        self.at = if is_word { self.at } else { before };
        is_word
    }

    fn expect(&mut self, sign: &str) -> Result<(), Box<Fault>> {
        if self.took(sign) { Ok(()) } else { Err(self.unexpected(&format!("`{sign}`"))) }
    }

    fn unexpected(&self, expected: &str) -> Box<Fault> {
        let word = self.rest().split([' ', '(', ')', '\n']).next().unwrap_or_default();
        let first = self.rest().chars().next().map_or(0, char::len_utf8);
        let length = word.len().max(first);
        let found = match &self.rest()[..length] {
            "" => "the end".to_string(),
            found => format!("`{}`", shortened(found)),
        };
        let title = format!("{found} stands where {expected} is needed");
        fault(
            self.at..self.at + length,
            title,
            "write it like `ALARM(\"errors\") OR ALARM(\"latency\")`",
        )
    }
}

/// The name of an alarm, which may be written as its ARN.
pub fn named(written: &str) -> &str {
    let of_arn = |rest: &'_ str| rest.starts_with("arn:");
    match written.split_once(":alarm:") {
        Some((arn, name)) if of_arn(arn) => name,
        _ => written,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::alarm::composite::CompositeAlarm;

    /// The states of a composite alarm for each state of its only two children, both in the order of the API.
    fn states(text: &str) -> String {
        let (rule, children) =
            parse(text).unwrap_or_else(|fault| panic!("{text}: {}", fault.title));
        assert!(children.iter().all(|child| matches!(child.as_str(), "a" | "b")), "{children:?}");
        let name = "both".to_string();
        let alarm =
            CompositeAlarm { name, rule, children, suppressor: None, actions_enabled: true };
        let mut found = String::new();
        for a in StateValue::ALL {
            for b in StateValue::ALL {
                found.push(if alarm.state(&[*a, *b]) == StateValue::Alarm { 'A' } else { '.' });
            }
        }
        found
    }

    /// CW-ALARM-10: AND, OR and NOT over the states of other alarms; AND binds more than OR.
    #[test]
    fn rules_join_the_states_of_other_alarms() {
        for (text, expected) in [
            ("ALARM(a) AND ALARM(b)", "....A...."),
            ("ALARM(\"a\") OR ALARM('b')", ".A.AAA.A."),
            ("ALARM(a) AND NOT ALARM(b)", "...A.A..."),
            ("OK(a) OR INSUFFICIENT_DATA(a)", "AAA...AAA"),
            ("NOT (OK(a) OR OK(b))", "....AA.AA"),
            ("ALARM(a) OR ALARM(a) AND ALARM(b) OR FALSE", "...AAA..."),
            ("TRUE AND OK( arn:aws:cloudwatch:r:1:alarm:a )", "AAA......"),
            ("FALSE", "........."),
        ] {
            assert_eq!(states(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_rule_says_where() {
        let fault = |text: &str| parse(text).expect_err("no rule");
        for (text, at, title) in [
            ("", 0..0, "the end stands where `ALARM(..)`, `OK(..)`, `NOT` or `(` is needed"),
            ("ALARM(a) ALARM(b)", 9..14, "`ALARM` stands where `AND`, `OR` or the end is needed"),
            (
                "ALARMS(a)",
                0..6,
                "`ALARMS` stands where `ALARM(..)`, `OK(..)`, `NOT` or `(` is needed",
            ),
            ("ALARM(a", 6..7, "`a` stands where the name of an alarm and `)` is needed"),
            ("ALARM()", 6..7, "an alarm without a name"),
            ("(OK(a)", 6..6, "the end stands where `)` is needed"),
            ("OK(a) and OK(b)", 6..9, "`and` stands where `AND`, `OR` or the end is needed"),
        ] {
            let found = fault(text);
            assert_eq!((found.range.clone(), found.title.as_str()), (at, title), "{text}");
        }
        let deep = format!("{}OK(a){}", "(".repeat(100), ")".repeat(100));
        assert!(fault(&deep).title.starts_with("more than 40"));
        let many: Vec<String> = (0..101).map(|n| format!("ALARM(a{n})")).collect();
        assert_eq!(fault(&many.join(" OR ")).title, "the rule names more than 100 alarms");
        assert!(parse(&many[..100].join(" OR ")).is_ok());
        assert!(fault(&"x".repeat(20_000)).title.starts_with("the rule has 20000 bytes"));
    }
}
