//! What an argument asks of the caller's identity.

/// What an argument asks of the caller's identity: for [`FromRequest::CALLER`](crate::FromRequest::CALLER).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Caller {
    /// Nothing: on a `public` route the identity is not even read for it.
    #[default]
    Unasked,
    /// It is told, where there is one.
    Optional,
    /// There has to be one.
    Required,
}

impl Caller {
    /// What two arguments ask together.
    pub(super) const fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Required, _) | (_, Self::Required) => Self::Required,
            (Self::Optional, _) | (_, Self::Optional) => Self::Optional,
            (Self::Unasked, Self::Unasked) => Self::Unasked,
        }
    }

    /// What an argument asks that can do without.
    pub(crate) const fn optional(self) -> Self {
        match self {
            Self::Required => Self::Optional,
            other => other,
        }
    }
}
