//! Finds the name that was probably meant.

/// The one of `known` that is nearest to what was written, where one is near enough: a third of its
/// letters may differ, but never all of them (`a` is not near `b`).
pub(crate) fn nearest<'a>(
    written: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let lower = written.to_lowercase();
    known
        .into_iter()
        .map(|candidate| {
            let distance = strsim::damerau_levenshtein(&lower, &candidate.to_lowercase());
            (distance, candidate)
        })
        .filter(|(distance, candidate)| {
            *distance <= candidate.len().max(3) / 3
                && *distance < candidate.len().min(written.len())
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// What to say behind an unknown word: the known one that is near, else all that there are.
pub(crate) fn suggestion<'a>(
    written: &str,
    known: impl IntoIterator<Item = &'a str> + Clone,
) -> String {
    match nearest(written, known.clone()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => {
            let known: Vec<_> = known.into_iter().collect();
            format!("there is `{}`", known.join("`, `"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{nearest, suggestion};

    #[test]
    fn a_slip_is_near_and_another_word_is_not() {
        let known = ["GET", "POST", "PUT", "PATCH", "DELETE"];
        for (written, meant) in [
            ("get", Some("GET")),
            ("PSOT", Some("POST")),
            ("DELET", Some("DELETE")),
            ("PTACH", Some("PATCH")),
            ("LINK", None),
            ("", None),
        ] {
            assert_eq!(nearest(written, known), meant, "{written}");
        }
        assert_eq!(nearest("a", ["b"]), None);
        assert_eq!(suggestion("ab", ["abc", "c"]), "did you mean `abc`?");
        assert_eq!(suggestion("x", ["abc", "c"]), "there is `abc`, `c`");
        assert_eq!(nearest("id", ["db", "idd"]), Some("idd"));
    }
}
