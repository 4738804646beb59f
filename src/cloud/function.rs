//! A Lambda function: its versions, and the alias that says which of them an invocation reaches.
//!
//! The alias points to one version and may give another a part of the invocations; each invocation chooses by weight. Both
//! versions stand in places of their own, as two target groups would, so that traffic need not know the difference. Not
//! what an invocation meets there (`traffic`). Rules: CD-LAM-2, CD-LAM-8 to CD-LAM-10.

use crate::aws::id::TargetGroupId;
use crate::scenario::revision::Revision;

/// The function and its alias.
#[derive(Clone, Debug)]
pub struct Function<'s> {
    /// Every version that was published, with how it behaves. A version never changes.
    published: Vec<(u32, &'s Revision)>,
    /// The alias.
    pub alias: Alias,
    /// The concurrency that is provisioned for the version to which the alias points.
    pub provisioned: u32,
}

/// An alias: `FunctionVersion`, and `AdditionalVersionWeights` of at most one more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alias {
    /// The place of `FunctionVersion`.
    pub function_version: TargetGroupId,
    /// The version in each place; 0 if there never was one.
    pub versions: [u32; 2],
    /// The weight of the other place, in percent; 0 where the alias has no additional version.
    pub additional_percent: u8,
}

impl Alias {
    /// The version that it points to.
    pub const fn version(&self) -> u32 {
        self.versions[self.function_version.index()]
    }

    /// Whether it points to a version, with or without weight.
    pub const fn names(&self, version: u32) -> bool {
        let other = self.versions[self.function_version.other().index()];
        self.version() == version || (self.is_split() && other == version)
    }

    /// Whether it points to two versions.
    pub const fn is_split(&self) -> bool {
        self.additional_percent > 0
    }

    /// The place of a version; of one that has none, the place in which nothing is needed: the other one than
    /// `FunctionVersion`'s.
    fn place_of(&self, version: u32) -> TargetGroupId {
        match self.version() == version {
            true => self.function_version,
            false => self.function_version.other(),
        }
    }

    /// The same after `UpdateAlias`: `version` as `FunctionVersion`, so many percent for the additional one, if any.
    pub fn updated(mut self, version: u32, additional: Option<(u32, u8)>) -> Alias {
        let place = match additional {
            // What it keeps stays where it is.
            Some((additional, _)) if additional == self.version() => self.function_version.other(),
            _ => self.place_of(version),
        };
        self.function_version = place;
        self.versions[place.index()] = version;
        if let Some((additional, _)) = additional {
            self.versions[place.other().index()] = additional;
        }
        self.additional_percent = additional.map_or(0, |(_, percent)| percent);
        self
    }
}

impl<'s> Function<'s> {
    /// A function with one version, to which the alias points.
    pub fn new(version: u32, revision: &'s Revision) -> Function<'s> {
        let function_version = TargetGroupId(0);
        let alias = Alias { function_version, versions: [version, 0], additional_percent: 0 };
        Function { published: vec![(version, revision)], alias, provisioned: 0 }
    }

    /// Back to one version. Keeps its memory.
    pub fn reset(&mut self, version: u32, revision: &'s Revision) {
        self.published.clear();
        self.published.push((version, revision));
        self.alias = Function::new(version, revision).alias;
    }

    /// A version is published; one that is there already stays as it is.
    pub fn publish(&mut self, version: u32, revision: &'s Revision) {
        if self.revision(version).is_none() {
            self.published.push((version, revision));
        }
    }

    /// A version is deleted; whether it was there is returned.
    pub fn delete(&mut self, version: u32) -> bool {
        let before = self.published.len();
        self.published.retain(|(known, _)| *known != version);
        self.published.len() < before
    }

    /// How a version behaves, if it was published.
    pub fn revision(&self, version: u32) -> Option<&'s Revision> {
        self.published.iter().find(|(known, _)| *known == version).map(|(_, revision)| *revision)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// CD-LAM-2: while traffic shifts the current version stays; at 100 % the target takes its place.
    #[test]
    fn an_alias_keeps_the_places_of_its_versions() {
        let at_rest =
            Alias { function_version: TargetGroupId(0), versions: [1, 0], additional_percent: 0 };
        let canary = at_rest.updated(1, Some((2, 10)));
        assert_eq!((canary.version(), canary.versions, canary.is_split()), (1, [1, 2], true));
        let moved = canary.updated(2, None);
        assert_eq!((moved.version(), moved.versions, moved.is_split()), (2, [1, 2], false));
        assert_eq!(moved.function_version, TargetGroupId(1));
        let next = moved.updated(2, Some((3, 10)));
        assert_eq!((next.version(), next.versions), (2, [3, 2]), "the idle place is taken");
        let swapped = next.updated(3, Some((2, 40)));
        assert_eq!((swapped.version(), swapped.versions), (3, [3, 2]));
        assert_eq!(canary.updated(1, None).versions, [1, 2], "a rollback changes no place");
    }
}
