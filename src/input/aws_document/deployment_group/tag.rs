//! The hosts of a deployment group, by their tags and Auto Scaling groups.
//!
//! Not which hosts those are (CD-EC2-2). Rule: CD-EC2-1.

use super::platform::says_nothing;
use crate::aws::deployment_group::TagFilterType;
use crate::aws::exception::Exception;
use crate::diagnostic::{Diagnostic, Diagnostics, Span, Spanned, code};
use crate::input::aws_document::value::filled;
use crate::input::decode::{Field, Map, choice, list, text};
use crate::input::tree::Node;

/// How many tags a group of tags may have, and how many Auto Scaling groups a deployment group.
const ITEMS_MAX: usize = 10;

/// How many groups of tags there may be.
const TAG_GROUPS_MAX: usize = 3;

/// A filter of hosts.
#[derive(Clone, Debug, PartialEq)]
pub struct TagFilter {
    /// What of the tag is looked at.
    pub kind: TagFilterType,
    /// `Key`; empty for `VALUE_ONLY`.
    pub key: String,
    /// `Value`; empty for `KEY_ONLY`, and where an empty value is meant.
    pub value: String,
}

/// Groups of filters: a host is meant if a filter of each group matches it. Empty if no host is named so.
pub type TagGroups = Vec<Vec<TagFilter>>;

/// What one kind of hosts has for its tags.
pub struct Tags {
    /// The key of one group: `ec2TagFilters`.
    pub filters: &'static str,
    /// The key of several: `ec2TagSet`.
    pub set: &'static str,
    /// The key of the several inside: `ec2TagSetList`.
    pub set_list: &'static str,
    /// What AWS answers to both of them.
    pub both: Exception,
    /// What AWS answers to a faulty one.
    pub faulty: Exception,
}

/// Of EC2 instances.
pub const EC2: Tags = Tags {
    filters: "ec2TagFilters",
    set: "ec2TagSet",
    set_list: "ec2TagSetList",
    both: Exception::InvalidEC2TagCombination,
    faulty: Exception::InvalidEC2Tag,
};

/// Of on-premises instances.
pub const ON_PREMISES: Tags = Tags {
    filters: "onPremisesInstanceTagFilters",
    set: "onPremisesTagSet",
    set_list: "onPremisesTagSetList",
    both: Exception::InvalidOnPremisesTagCombination,
    faulty: Exception::InvalidTag,
};

impl Tags {
    /// Reads the filters of a group: one group of them, or up to three.
    pub fn read(&self, map: &mut Map<'_, '_>) -> TagGroups {
        let written = |field: &Field| !says_nothing(field.node);
        let (one, several) =
            (map.take(self.filters).filter(written), map.take(self.set).filter(written));
        if let (Some(_), Some(several)) = (one, several) {
            let title = format!("`{}` stands beside `{}`", self.set, self.filters);
            map.tell(
                refused(several.key_span, title)
                    .label("only one of them can hold")
                    .help(format!("move the filters into `{}`", self.set))
                    .refused_with(self.both),
            );
        }
        map.refusing(self.faulty, |map| {
            let mut groups = Vec::new();
            if one.is_some() {
                groups.extend(map.optional(self.filters, filters));
            }
            if several.is_some() {
                groups.extend(
                    map.optional(self.set, |field, to| self.set(field, to)).unwrap_or_default(),
                );
            }
            groups
        })
    }

    fn set(&self, field: Field, to: &mut Diagnostics) -> Option<TagGroups> {
        let mut map = Map::open_aws(field, to)?;
        let groups = map.required(self.set_list, |field, to| {
            let groups = list(filters)(field, to)?;
            if let Some(beyond) = item(field.node, TAG_GROUPS_MAX) {
                let title = format!("{} groups of tags, more than {TAG_GROUPS_MAX}", groups.len());
                to.push(
                    refused(beyond.span, title)
                        .label("one too many")
                        .help(
                            "an instance has to match every group: keep the three that matter most",
                        )
                        .refused_with(Exception::TagSetListLimitExceeded),
                );
            }
            Some(groups)
        });
        map.unused();
        groups
    }
}

/// The item of a list at a place.
fn item(node: &Node, at: usize) -> Option<&Node> {
    node.items()?.get(at)
}

/// One group of filters.
fn filters(field: Field, to: &mut Diagnostics) -> Option<Vec<TagFilter>> {
    let filters = list(filter)(field, to)?;
    few(field, "tags", to);
    Some(filters)
}

/// Tells of an eleventh item.
fn few(field: Field, what: &str, to: &mut Diagnostics) {
    if let Some(beyond) = item(field.node, ITEMS_MAX) {
        let count = field.node.items().map_or(0, <[Node]>::len);
        let title = format!("`{}` has {count} {what}, more than {ITEMS_MAX}", field.name);
        to.push(
            refused(beyond.span, title).label("one too many").help(format!("keep {ITEMS_MAX}")),
        );
    }
}

/// One filter: what its type looks at has to be there.
fn filter(field: Field, to: &mut Diagnostics) -> Option<TagFilter> {
    let kinds = TagFilterType::ALL.iter().map(|kind| (kind.as_str(), *kind)).collect::<Vec<_>>();
    let mut map = Map::open_aws(field, to)?;
    let kind = map.required("Type", choice(&kinds));
    let key = map.or("Key", text, String::new());
    let value = map.or("Value", text, String::new());
    let (key_at, span) = (map.take("Key").map(|key| key.node.span), field.node.span);
    map.unused();
    let kind = kind?;
    let needs_key = kind != TagFilterType::ValueOnly;
    if needs_key && key.is_empty() {
        to.push(
            refused(key_at.unwrap_or(span), format!("a filter of the type `{kind}` has no `Key`"))
                .label("the key of a tag is needed here")
                .help("write the key, or `\"Type\": \"VALUE_ONLY\"`"),
        );
    }
    Some(TagFilter { kind, key, value })
}

/// `autoScalingGroups`: at most ten, by name.
pub fn auto_scaling_groups(map: &mut Map<'_, '_>) -> Vec<Spanned<String>> {
    map.refusing(Exception::InvalidAutoScalingGroup, |map| {
        let groups = map.optional("autoScalingGroups", |field, to| {
            if says_nothing(field.node) {
                return Some(Vec::new());
            }
            few(field, "Auto Scaling groups", to);
            // Answers of `get-deployment-group` describe each group; the input names it.
            list(|field: Field, to: &mut Diagnostics| match field.node.entries() {
                Some(_) => {
                    let mut map = Map::open_aws(field, to)?;
                    let name = map.required("name", filled);
                    map.unused();
                    name
                }
                None => filled(field, to),
            })(field, to)
        });
        groups.unwrap_or_default()
    })
}

fn refused(span: Span, title: impl Into<String>) -> Diagnostic {
    Diagnostic::new(code::INSTANCES_REFUSED, span, title)
}
