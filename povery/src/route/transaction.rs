//! What an argument takes of a database, as far as the `route` macro has to know.

use super::conflict::same_text;
#[cfg(feature = "postgres")]
use crate::db::Mode;

/// The transaction of a request, as an argument takes it: for [`FromRequest::TRANSACTION`](crate::FromRequest::TRANSACTION).
///
/// [`Tx`](crate::Tx) alone makes one; a type of your own that wraps a `Tx` passes it on.
#[derive(Clone, Copy, Debug)]
pub struct Transaction {
    pub(crate) database: &'static str,
    #[cfg(feature = "postgres")]
    pub(crate) mode: Mode,
}

impl Transaction {
    const fn is_read_only(&self) -> bool {
        #[cfg(feature = "postgres")]
        return self.mode.is_read_only();
        #[cfg(not(feature = "postgres"))]
        true
    }
}

/// What an argument takes of databases.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum Taken {
    Nothing,
    /// Connections, whose statements end by themselves.
    Connections,
    Transaction(Transaction),
    /// It is no extractor, of which the compiler complains elsewhere.
    Unknown,
}

impl Taken {
    pub(crate) const fn of(databases: &[&str], transaction: Option<Transaction>) -> Self {
        match transaction {
            Some(transaction) => Self::Transaction(transaction),
            None if databases.is_empty() => Self::Nothing,
            None => Self::Connections,
        }
    }
}

/// Whether a route takes the header `Idempotency-Key`; see [`docs::idempotency`](crate::docs::idempotency).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdempotencyKey {
    /// A request without it is run like any other.
    Optional,
    /// A request without it is a 400.
    Required,
}

/// A route that runs once for each key, and the transaction in which it does.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Keyed {
    pub(crate) key: IdempotencyKey,
    /// `None` only where the program does not compile.
    #[cfg_attr(not(feature = "postgres"), allow(dead_code))]
    pub(crate) transaction: Option<Transaction>,
}

#[doc(hidden)]
impl Keyed {
    /// # Panics
    ///
    /// While the program is compiled, where the arguments are not such that all is undone or kept together.
    pub const fn new(required: bool, arguments: &[Taken]) -> Self {
        let (mut transaction, mut is_known, mut at) = (None::<Transaction>, true, 0);
        while at < arguments.len() {
            match arguments[at] {
                Taken::Nothing => {}
                Taken::Unknown => is_known = false,
                Taken::Connections => panic!(
                    "`idempotency_key` keeps the answer in the transaction of the route's `Tx`: what a `Pool` writes is not kept or undone with it, so take the `Tx` alone"
                ),
                Taken::Transaction(found) => {
                    if found.is_read_only() {
                        panic!(
                            "`idempotency_key` writes into the transaction of the route's `Tx`, and this one is read-only"
                        );
                    }
                    if let Some(first) = transaction
                        && !same_text(first.database, found.database)
                    {
                        panic!(
                            "`idempotency_key` keeps the answer in one transaction, and two databases have one each: take the `Tx` of one"
                        );
                    }
                    transaction = Some(found);
                }
            }
            at += 1;
        }
        if transaction.is_none() && is_known {
            panic!(
                "`idempotency_key` keeps the answer in the transaction of the route's `Tx`: add an argument `mut tx: Tx`"
            );
        }
        let key = match required {
            true => IdempotencyKey::Required,
            false => IdempotencyKey::Optional,
        };
        Self { key, transaction }
    }
}
