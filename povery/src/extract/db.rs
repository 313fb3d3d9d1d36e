//! `Pool` and `Tx` as arguments.

use super::{FromRequest, Rejection, Stage};
use crate::db::{Database, Pool, TransactionMode, Tx};
use crate::request::Request;
use crate::route::Transaction;

impl<D: Database> FromRequest for Pool<D> {
    const STAGE: Stage = Stage::Resource;
    const DATABASES: &'static [&'static str] = &[D::NAME];

    /// Opens no connection: the first statement does.
    async fn from_request(request: &Request) -> Result<Self, Rejection> {
        Ok(request.databases.pool())
    }
}

impl<M: TransactionMode, D: Database> FromRequest for Tx<M, D> {
    const STAGE: Stage = Stage::Resource;
    const DATABASES: &'static [&'static str] = &[D::NAME];
    const TRANSACTION: Option<Transaction> = Some(Transaction {
        database: D::NAME,
        mode: M::MODE,
    });

    /// Begins nothing: the first statement does.
    async fn from_request(request: &Request) -> Result<Self, Rejection> {
        Ok(request.databases.transaction()?)
    }
}
