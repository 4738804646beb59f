//! "Did you mean": the nearest of the names that are known.

/// A help that names the nearest known name, if one is near enough to have been meant.
pub fn suggestion(written: &str, known: &[&str]) -> Option<String> {
    nearest(written, known).map(|name| format!("did you mean `{name}`?"))
}

/// The nearest known name: equal but for case, or at most a third of its letters away.
pub fn nearest<'k>(written: &str, known: &[&'k str]) -> Option<&'k str> {
    // Long garbage is near to nothing, and the distance costs the product of the lengths.
    const BYTES_MAX: usize = 100;
    if written.len() > BYTES_MAX {
        return None;
    }
    let lower = written.to_lowercase();
    let distance = |name: &str| strsim::damerau_levenshtein(&lower, &name.to_lowercase());
    let (name, distance) =
        known.iter().map(|name| (*name, distance(name))).min_by_key(|(_, distance)| *distance)?;
    (distance <= (name.chars().count() / 3).max(1)).then_some(name)
}

/// Names in backticks with commas between them, at most twelve.
pub fn listed(names: &[&str]) -> String {
    listed_up_to(12, names)
}

/// The same with at most so many names.
pub fn listed_up_to(shown_max: usize, names: &[&str]) -> String {
    let shown = names.iter().take(shown_max).map(|name| format!("`{name}`")).collect::<Vec<_>>();
    let rest = names.len().saturating_sub(shown_max);
    match rest {
        0 => shown.join(", "),
        _ => format!("{} and {rest} more", shown.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_suggested_if_it_is_near() {
        let known = ["rate", "noise", "changes", "BeforeInstall"];
        assert_eq!(nearest("nose", &known), Some("noise"));
        assert_eq!(nearest("chagnes", &known), Some("changes"));
        assert_eq!(nearest("beforeinstall", &known), Some("BeforeInstall"));
        assert_eq!(nearest("weather", &known), None);
        assert_eq!(nearest("x", &[]), None);
        assert_eq!(nearest(&"x".repeat(1 << 20), &known), None);
    }
}
