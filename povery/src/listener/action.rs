//! Actions: functions that a direct invocation calls by name.

use std::fmt;

use super::Listener;

/// An action as its function describes it: what `actions![…]` lists. The macro makes it.
#[derive(Clone, Copy)]
pub struct ActionDef {
    pub(crate) name: &'static str,
    pub(crate) roles: &'static [&'static str],
    pub(crate) listener: Listener,
}

/// What the macro writes.
#[doc(hidden)]
impl ActionDef {
    pub const BROKEN: Self = Self::new("", Listener::BROKEN);

    pub const fn new(name: &'static str, listener: Listener) -> Self {
        Self {
            name,
            roles: &[],
            listener,
        }
    }

    pub const fn with_roles(mut self, roles: &'static [&'static str]) -> Self {
        self.roles = roles;
        self
    }
}

impl ActionDef {
    /// The name by which it is called.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The roles of which the token of a caller must have one; empty where whoever may invoke the function may call it.
    pub const fn roles(&self) -> &'static [&'static str] {
        self.roles
    }
}

impl fmt::Debug for ActionDef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` → {}", self.name, self.listener)
    }
}

/// Actions, as [`actions!`](crate::actions!) lists them.
#[derive(Clone, Copy, Debug)]
pub struct ActionTable {
    actions: &'static [&'static ActionDef],
}

#[doc(hidden)]
impl ActionTable {
    pub const fn new(actions: &'static [&'static ActionDef]) -> Self {
        Self { actions }
    }
}

impl ActionTable {
    pub(crate) fn actions(self) -> &'static [&'static ActionDef] {
        self.actions
    }
}

/// A sentence for each action that another one keeps from being called, or that asks for roles which, without tokens,
/// nobody can have.
pub(crate) fn mistakes(actions: &[&'static ActionDef], has_tokens: bool) -> Vec<String> {
    let mut mistakes = Vec::new();
    for (at, action) in actions.iter().enumerate() {
        let ActionDef { name, listener, .. } = action;
        let earlier = actions.iter().take(at);
        if let Some(twin) = earlier.into_iter().find(|twin| twin.name == *name) {
            let other = twin.listener;
            mistakes.push(format!(
                "the action `{name}` of {listener} has the name of {other}: rename one"
            ));
        }
        if !action.roles.is_empty() && !has_tokens {
            mistakes.push(format!(
                "the action `{name}` of {listener} asks for roles, which a direct invocation has by a token alone: \
                 give the application an `Authorizer::jwt`"
            ));
        }
        if action.roles.is_empty() && listener.needs_caller() {
            mistakes.push(format!(
                "the action `{name}` of {listener} takes who calls, which is looked for where it has `roles` alone"
            ));
        }
    }
    mistakes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::route::Caller;

    #[test]
    fn roles_need_tokens_and_a_caller_needs_roles() {
        const LISTENER: Listener = Listener::BROKEN.with_callers(&[Caller::Required]);
        static OPEN: ActionDef = ActionDef::new("open", Listener::BROKEN);
        static CLOSED: ActionDef = ActionDef::new("closed", LISTENER).with_roles(&["ADMIN"]);
        static ASKS: ActionDef = ActionDef::new("asks", LISTENER);
        for (actions, has_tokens, told) in [
            (&[&OPEN, &CLOSED], true, None),
            (&[&OPEN, &CLOSED], false, Some("asks for roles")),
            (&[&OPEN, &ASKS], true, Some("takes who calls")),
            (&[&OPEN, &OPEN], true, Some("has the name of")),
        ] {
            let mistakes = mistakes(actions, has_tokens);
            assert_eq!(mistakes.len(), usize::from(told.is_some()), "{mistakes:?}");
            assert!(
                mistakes
                    .iter()
                    .zip(told)
                    .all(|(mistake, told)| mistake.contains(told))
            );
        }
    }
}
