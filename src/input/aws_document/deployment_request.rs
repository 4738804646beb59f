//! The options of `CreateDeployment` beside group, revision and configuration.
//!
//! They are checked; only instances have some that play a part. Rules: CD-VAL-16, CD-VAL-18, CD-EC2-8, CD-FIL-2.

use crate::aws::app_spec::FileExistsBehavior;
use crate::aws::exception::Exception;
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::input::decode::{Field, Map, boolean, choice, text};

/// How long a description may be.
const DESCRIPTION_CHARACTERS_MAX: usize = 256;

/// Options of EC2 deployments that must not be switched on elsewhere. Rule: CD-VAL-18.
const IGNORE: (&str, Exception) =
    ("ignoreApplicationStopFailures", Exception::InvalidIgnoreApplicationStopFailuresValue);
const OUTDATED_ONLY: (&str, Exception) =
    ("updateOutdatedInstancesOnly", Exception::InvalidUpdateOutdatedInstancesOnlyValue);

/// What a request says of a deployment to instances alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InstanceOptions {
    /// `ignoreApplicationStopFailures`. Rule: CD-EC2-8.
    pub ignores_stop_failures: bool,
    /// `updateOutdatedInstancesOnly`. Rule: CD-EC2-25.
    pub updates_outdated_only: bool,
    /// `fileExistsBehavior`, if it is written. Rule: CD-FIL-2.
    pub file_exists_behavior: Option<FileExistsBehavior>,
}

/// Checks the options in a request, or in what is said of one.
pub fn options(map: &mut Map<'_, '_>) {
    map.optional("description", description);
    for (key, exception) in [IGNORE, OUTDATED_ONLY] {
        map.refusing(exception, |map| map.optional(key, switched_off));
    }
}

/// The same of a deployment to instances, where some play a part.
pub fn instance_options(map: &mut Map<'_, '_>) -> InstanceOptions {
    map.optional("description", description);
    let (key, exception) = IGNORE;
    let ignores_stop_failures = map.refusing(exception, |map| map.or(key, boolean, false));
    let (key, exception) = OUTDATED_ONLY;
    let updates_outdated_only = map.refusing(exception, |map| map.or(key, boolean, false));
    let behaviors = FileExistsBehavior::ALL.iter().map(|name| (name.as_str(), *name));
    let behaviors = behaviors.collect::<Vec<_>>();
    let file_exists_behavior = map.optional("fileExistsBehavior", choice(&behaviors));
    InstanceOptions { ignores_stop_failures, updates_outdated_only, file_exists_behavior }
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
