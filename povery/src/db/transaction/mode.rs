//! How a transaction is begun, by a type.

use std::fmt;

/// How a transaction is begun: the isolation of PostgreSQL, and whether it may write.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Mode {
    isolation: Option<&'static str>,
    read_only: bool,
}

impl Mode {
    const fn new(isolation: Option<&'static str>, read_only: bool) -> Self {
        Self {
            isolation,
            read_only,
        }
    }

    pub(crate) const fn is_read_only(self) -> bool {
        self.read_only
    }

    /// `BEGIN`, with as much as differs from the role's defaults.
    pub(super) fn begin(self) -> String {
        let isolation = self
            .isolation
            .map(|level| format!(" ISOLATION LEVEL {level}"));
        let read_only = if self.read_only { " READ ONLY" } else { "" };
        format!("BEGIN{}{read_only}", isolation.unwrap_or_default())
    }
}

impl fmt::Debug for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.begin())
    }
}

mod sealed {
    pub trait Sealed {}
}

/// The types that say how a [`Tx`](crate::Tx) is begun: [`ReadWrite`], [`ReadOnly`], the isolation levels, and a pair of
/// a level and `ReadOnly`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no mode of a transaction",
    label = "this says how the transaction begins",
    note = "there is `ReadWrite`, `ReadOnly`, `ReadCommitted`, `RepeatableRead`, `Serializable` and pairs such as `(Serializable, ReadOnly)`; the database comes second: `Tx<ReadWrite, Orders>`"
)]
pub trait TransactionMode: sealed::Sealed + Copy + Send + Sync + 'static {
    /// How it is begun.
    #[doc(hidden)]
    const MODE: Mode;
}

macro_rules! modes {
    ($($(#[$doc:meta])* $name:ident: $isolation:expr, $read_only:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name;

        impl sealed::Sealed for $name {}

        impl TransactionMode for $name {
            const MODE: Mode = Mode::new($isolation, $read_only);
        }
    )*};
}

modes! {
    /// A transaction as the role begins one: `READ COMMITTED` unless the database says otherwise.
    ReadWrite: None, false;
    /// A transaction that writes nothing, in the isolation of the role.
    ReadOnly: None, true;
    /// Each statement sees what was committed before it.
    ReadCommitted: Some("READ COMMITTED"), false;
    /// All statements see what was committed before the first one.
    RepeatableRead: Some("REPEATABLE READ"), false;
    /// As if transactions ran one after the other; one that cannot fails with 40001.
    Serializable: Some("SERIALIZABLE"), false;
}

macro_rules! read_only {
    ($($level:ident)*) => {$(
        impl sealed::Sealed for ($level, ReadOnly) {}

        impl TransactionMode for ($level, ReadOnly) {
            const MODE: Mode = Mode::new($level::MODE.isolation, true);
        }
    )*};
}

read_only!(ReadCommitted RepeatableRead Serializable);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mode_has_its_statement() {
        for (mode, begin) in [
            (ReadWrite::MODE, "BEGIN"),
            (ReadOnly::MODE, "BEGIN READ ONLY"),
            (
                RepeatableRead::MODE,
                "BEGIN ISOLATION LEVEL REPEATABLE READ",
            ),
            (
                <(Serializable, ReadOnly)>::MODE,
                "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY",
            ),
        ] {
            assert_eq!(mode.begin(), begin);
        }
    }
}
