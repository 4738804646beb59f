//! The options of `CreateDeployment` beside group, revision and configuration.
//!
//! They are checked, and play no part on ECS. Rules: CD-VAL-16, CD-VAL-18.

use crate::aws::exception::Exception;
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::input::decode::{Field, Map, boolean, text};

/// How long a description may be.
const DESCRIPTION_CHARACTERS_MAX: usize = 256;

/// Options of EC2 deployments that must not be switched on elsewhere. Rule: CD-VAL-18.
const SERVER_SWITCHES: [(&str, Exception); 2] = [
    ("ignoreApplicationStopFailures", Exception::InvalidIgnoreApplicationStopFailuresValue),
    ("updateOutdatedInstancesOnly", Exception::InvalidUpdateOutdatedInstancesOnlyValue),
];

/// Checks the options in a request, or in what is said of one.
pub fn options(map: &mut Map<'_, '_>) {
    map.optional("description", description);
    for (key, exception) in SERVER_SWITCHES {
        map.refusing(exception, |map| map.optional(key, switched_off));
    }
}

fn description(field: Field, to: &mut Diagnostics) -> Option<()> {
    let count = text(field, to)?.chars().count();
    if count > DESCRIPTION_CHARACTERS_MAX {
        let most = DESCRIPTION_CHARACTERS_MAX;
        let title = format!("`{}` has {count} characters, more than {most}", field.name);
        to.push(
            Diagnostic::new(code::REQUEST_REFUSED, field.node.span, title)
                .label("too long")
                .help(format!("shorten it to {most} characters"))
                .refused_with(Exception::DescriptionTooLong),
        );
    }
    Some(())
}

fn switched_off(field: Field, to: &mut Diagnostics) -> Option<()> {
    if boolean(field, to)? {
        let title = format!("`{}` is true", field.name);
        to.push(
            Diagnostic::new(code::REQUEST_REFUSED, field.node.span, title)
                .label("for EC2 deployments only")
                .help("write `false`, or take it away"),
        );
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::aws_document::told::told;

    fn check(request: &str, expected: &[&str]) {
        let (_, lines) = told(request, |field, _, to| {
            let mut map = Map::open(field, to)?;
            options(&mut map);
            map.finish();
            Some(())
        });
        assert_eq!(lines, expected, "{request}");
    }

    #[test]
    fn options_are_checked_as_code_deploy_does() {
        check("{ignoreApplicationStopFailures: false, updateOutdatedInstancesOnly: 'false'}", &[]);
        let title = "CUT0228 at `true`: `updateOutdatedInstancesOnly` is true";
        check("updateOutdatedInstancesOnly: true", &[title]);
        check(&format!("description: {}", "ä".repeat(256)), &[]);
        let long = "ä".repeat(257);
        let title = format!("CUT0228 at `{long}`: `description` has 257 characters, more than 256");
        check(&format!("description: {long}"), &[&title]);
    }
}
