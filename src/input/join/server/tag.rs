//! Which of the instances belong to the group by their tags.
//!
//! Of an instance that says nothing of tags it is not asked: it belongs to the group, as those of its Auto Scaling groups do. Rule:
//! CD-EC2-1.

use crate::aws::deployment_group::TagFilterType;
use crate::diagnostic::{Diagnostic, Diagnostics, code};
use crate::input::aws_document::deployment_group::hosts::{HostGroup, TagFilter, TagGroups};
use crate::scenario::server::{Instance, Standing};

/// Instances whose tags the group does not ask for are none of its own.
pub fn select(instances: &mut [Instance], group: Option<&HostGroup>, to: &mut Diagnostics) {
    let is_tagged = |instance: &&mut Instance| {
        instance.standing == Standing::Member && !instance.tags.is_empty()
    };
    let asked = group.map(|group| [&group.ec2_tags, &group.on_premises_tags]);
    let asked = asked.filter(|asked| asked.iter().any(|groups| !groups.is_empty()));
    let mut tagged = instances.iter_mut().filter(is_tagged).peekable();
    let Some(asked) = asked else {
        if tagged.peek().is_some() {
            let title = "instances have tags, and the group asks for none";
            to.push(Diagnostic::new(code::LEFT_OUT, None, title).help(
                "name them under `ec2TagFilters`, `ec2TagSet` or `onPremisesInstanceTagFilters` of the group",
            ));
        }
        return;
    };
    for instance in tagged {
        if !asked.iter().any(|groups| is_meant(groups, &instance.tags)) {
            instance.standing = Standing::Elsewhere;
        }
    }
}

/// Whether some filter of each group matches; without groups nobody is meant.
fn is_meant(groups: &TagGroups, tags: &[(String, String)]) -> bool {
    let matches = |filter: &TagFilter| tags.iter().any(|tag| is_matched(filter, tag));
    !groups.is_empty() && groups.iter().all(|group| group.iter().any(matches))
}

fn is_matched(filter: &TagFilter, (key, value): &(String, String)) -> bool {
    match filter.kind {
        TagFilterType::KeyOnly => *key == filter.key,
        TagFilterType::ValueOnly => *value == filter.value,
        TagFilterType::KeyAndValue => *key == filter.key && *value == filter.value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(kind: TagFilterType, key: &str, value: &str) -> TagFilter {
        TagFilter { kind, key: key.into(), value: value.into() }
    }

    /// CD-EC2-1.
    #[test]
    fn one_tag_of_every_group_is_enough() {
        let by_name = filter(TagFilterType::KeyAndValue, "Name", "web");
        let by_key = filter(TagFilterType::KeyOnly, "canary", "");
        let by_value = filter(TagFilterType::ValueOnly, "", "production");
        let tags = |tags: &[(&str, &str)]| -> Vec<(String, String)> {
            tags.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect()
        };
        let either = vec![vec![by_name.clone(), by_key.clone()]];
        let both = vec![vec![by_name, by_key], vec![by_value]];
        for (groups, of_instance, expected) in [
            (&either, tags(&[("Name", "web")]), true),
            (&either, tags(&[("Name", "api")]), false),
            (&either, tags(&[("Name", "api"), ("canary", "yes")]), true),
            (&both, tags(&[("Name", "web")]), false),
            (&both, tags(&[("Name", "web"), ("stage", "production")]), true),
            (&both, tags(&[("stage", "production")]), false),
            (&Vec::new(), tags(&[("Name", "web")]), false),
        ] {
            assert_eq!(is_meant(groups, &of_instance), expected, "{of_instance:?}");
        }
    }
}
