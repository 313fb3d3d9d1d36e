//! Logical ids: ASCII letters and digits, each once.

use std::collections::BTreeSet;

/// The ids that are taken.
#[derive(Debug, Default)]
pub(super) struct Ids(BTreeSet<String>);

impl Ids {
    /// The id itself or, where it is taken, with the first number behind it that is free.
    pub(super) fn unique(&mut self, id: &str) -> String {
        let numbered = (2_u32..).map(|number| format!("{id}{number}"));
        let mut candidates = std::iter::once(id.to_owned()).chain(numbered);
        let free = candidates.find(|candidate| !self.0.contains(candidate));
        let free = free.unwrap_or_else(|| id.to_owned());
        self.0.insert(free.clone());
        free
    }
}

/// The words of names in one, as in `GetUser` of `get_user`. What is no ASCII ends a word, and is left out.
pub(super) fn camel_case(names: &[&str]) -> String {
    let mut id = String::new();
    for word in names
        .iter()
        .flat_map(|name| name.split(|c: char| !c.is_ascii_alphanumeric()))
    {
        let mut letters = word.chars();
        id.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        let is_shouted = word.chars().all(|c| !c.is_ascii_lowercase());
        match is_shouted {
            true => id.extend(letters.map(|c| c.to_ascii_lowercase())),
            false => id.extend(letters),
        }
    }
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_one() {
        for (names, id) in [
            (&["get_user", "GET"] as &[_], "GetUserGet"),
            (&["orders.fifo", "QueueArn"], "OrdersFifoQueueArn"),
            (&["ORDERS_2", "DbSecretArn"], "Orders2DbSecretArn"),
            (&["größe", "Any"], "GrEAny"),
            (&["", "_", "ж"], ""),
        ] {
            assert_eq!(camel_case(names), id, "{names:?}");
        }
    }

    #[test]
    fn a_number_tells_apart() {
        let mut ids = Ids::default();
        let all = ["A", "A2", "A", "A", "B"].map(|id| ids.unique(id));
        assert_eq!(all, ["A", "A2", "A3", "A4", "B"]);
    }
}
