//! Names as AWS allows them: how long, and out of which characters.
//!
//! Not what goes by a name. Rules: CD-VAL-1, CD-VAL-2, CD-VAL-5, CD-VAL-6, CD-VAL-19.

use super::value::{is_empty, is_placeholder, name_in_arn, placeholder, spanned};
use crate::aws::exception::Exception;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span, Spanned, code};
use crate::input::decode::{Field, text};
use crate::input::tree::shortened;

/// What AWS allows in a name.
#[derive(Clone, Copy)]
pub struct Naming {
    characters_max: usize,
    /// What may stand beside letters and digits.
    signs: &'static str,
    code: Code,
}

/// Applications, deployment groups and deployment configurations. Rule: CD-VAL-19.
pub const CODE_DEPLOY: Naming =
    Naming { characters_max: 100, signs: "._+=,@-", code: code::NAME_REFUSED };

/// Clusters and services. Rule: CD-VAL-6.
const ECS: Naming = Naming { characters_max: 255, signs: "-_", code: code::SERVICE_REFUSED };

impl Naming {
    /// Why a name is refused, if it is; `what` is whose name it is, such as "`applicationName`".
    pub fn fault(
        self,
        what: &str,
        name: &str,
        span: Option<Span>,
        exception: Exception,
    ) -> Option<Diagnostic> {
        let Naming { characters_max, signs, code } = self;
        let count = name.chars().count();
        let allowed = |c: char| c.is_ascii_alphanumeric() || signs.contains(c);
        let title = match name.chars().find(|&c| !allowed(c)) {
            _ if count == 0 => format!("{what} is empty"),
            _ if count > characters_max => {
                format!("{what} has {count} characters, more than {characters_max}")
            }
            Some(found) => {
                format!("{what} is `{}`, with `{}`", shortened(name), found.escape_debug())
            }
            None => return None,
        };
        let signs = signs.chars().map(String::from).collect::<Vec<_>>().join(" ");
        Some(
            Diagnostic::new(code, span, title)
                .label("no name that AWS takes")
                .help(format!("write 1 to {characters_max} letters, digits and `{signs}`"))
                .refused_with(exception),
        )
    }

    /// The name as it stands, if it is one; a placeholder is told and yields none.
    fn read(
        self,
        field: Field,
        written: Spanned<String>,
        exception: Exception,
        to: &mut Diagnostics,
    ) -> Option<Spanned<String>> {
        if is_placeholder(&written.value) {
            to.push(placeholder(field, &written.value));
            return None;
        }
        let what = format!("`{}`", field.name);
        match self.fault(&what, &written.value, Some(written.span), exception) {
            None => Some(written),
            Some(fault) => {
                to.push(fault);
                None
            }
        }
    }
}

/// The name of an application, a deployment group or a deployment configuration.
pub fn code_deploy_name(
    exception: Exception,
) -> impl FnOnce(Field, &mut Diagnostics) -> Option<Spanned<String>> {
    move |field, to| {
        let written = spanned(text)(field, to)?;
        CODE_DEPLOY.read(field, written, exception, to)
    }
}

/// The name of a cluster or a service, written as its ARN or as the bare name; an empty one counts as absent.
pub fn ecs_name(
    kind: &'static str,
    exception: Exception,
) -> impl FnOnce(Field, &mut Diagnostics) -> Option<Spanned<String>> {
    move |field, to| {
        let Spanned { value, span } = spanned(text)(field, to)?;
        if is_empty(field, &value, to) {
            return None;
        }
        let named = name_in_arn(&value, "ecs", kind).map(str::to_string);
        ECS.read(field, Spanned { value: named.unwrap_or(value), span }, exception, to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::aws_document::told::told;

    fn check(name: &str, expected: &[&str]) {
        let read = code_deploy_name(Exception::InvalidApplicationName);
        let (found, lines) = told(&format!("'{name}'"), |field, _, to| read(field, to));
        assert_eq!(lines, expected, "{name}");
        assert_eq!(found.is_some(), expected.is_empty(), "{name}");
    }

    /// CD-VAL-19: both ends of the range, and every sign.
    #[test]
    fn names_have_one_to_a_hundred_characters_of_the_permitted_ones() {
        check("a", &[]);
        check(&"a".repeat(100), &[]);
        check("Az09._+=,@-", &[]);
        let long = "a".repeat(101);
        let title = "`document` has 101 characters, more than 100";
        check(&long, &[&format!("CUT0225 at `'{long}'`: {title}")]);
        check("", &["CUT0225 at `''`: `document` is empty"]);
        check("a b", &["CUT0225 at `'a b'`: `document` is `a b`, with ` `"]);
        check("größe", &["CUT0225 at `'größe'`: `document` is `größe`, with `ö`"]);
        check("<APP>", &["CUT0204 at `'<APP>'`: `document` is the placeholder `<APP>`"]);
    }
}
