//! An identity: claims, and what is read of them.

use serde_json::{Map, Value};

use super::{Lists, Names};

/// Who calls, as whoever has checked it says.
#[derive(Clone, Default, PartialEq)]
pub(crate) struct Identity {
    pub(crate) id: String,
    pub(crate) roles: Vec<String>,
    pub(crate) scopes: Vec<String>,
    pub(crate) claims: Map<String, Value>,
    pub(crate) lists: Lists,
}

impl Identity {
    /// What these claims say; `None` where they name nobody. The id is in the claim that the application names, else in
    /// the first of `ids` that is there.
    pub(crate) fn of(
        claims: Map<String, Value>,
        ids: &[&str],
        lists: Lists,
        names: &Names,
    ) -> Option<Self> {
        let id = match &names.id {
            Some(name) => text(claims.get(&**name)?),
            None => ids.iter().find_map(|name| text(claims.get(*name)?)),
        };
        let of = |name: &str, read: fn(Lists, &Value) -> Vec<String>| {
            let claim = claims.get(name);
            claim.map_or_else(Vec::new, |claim| read(lists, claim))
        };
        Some(Self {
            id: id?,
            roles: of(&names.role, Lists::roles),
            scopes: of(&names.scope, Lists::scopes),
            claims,
            lists,
        })
    }
}

/// An id that says something; a Lambda authorizer may have given a number.
fn text(claim: &Value) -> Option<String> {
    match claim {
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
