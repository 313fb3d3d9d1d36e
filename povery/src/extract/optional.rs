//! Any extractor as `Option` or `Result`.

use super::{FromRequest, Rejection, Stage};
use crate::request::Request;
use crate::route::{Caller, Transaction};

/// `None` only where the request has nothing to make it of; what is there and wrong is refused.
impl<T: FromRequest> FromRequest for Option<T> {
    const STAGE: Stage = T::STAGE;
    const DATABASES: &'static [&'static str] = T::DATABASES;
    const TRANSACTION: Option<Transaction> = T::TRANSACTION;
    const CALLER: Caller = T::CALLER.optional();

    async fn from_request(request: &Request) -> Result<Self, Rejection> {
        if T::is_absent(request) {
            return Ok(None);
        }
        T::from_request(request).await.map(Some)
    }
}

/// The handler decides what becomes of a rejection.
impl<T: FromRequest> FromRequest for Result<T, Rejection> {
    const STAGE: Stage = T::STAGE;
    const DATABASES: &'static [&'static str] = T::DATABASES;
    const TRANSACTION: Option<Transaction> = T::TRANSACTION;
    const CALLER: Caller = T::CALLER.optional();

    fn is_absent(request: &Request) -> bool {
        T::is_absent(request)
    }

    async fn from_request(request: &Request) -> Result<Self, Rejection> {
        Ok(T::from_request(request).await)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::State;

    struct Database;

    impl FromRequest for Database {
        const STAGE: Stage = Stage::Resource;
        const DATABASES: &'static [&'static str] = &["ORDERS"];

        async fn from_request(_: &Request) -> Result<Self, Rejection> {
            Ok(Self)
        }
    }

    #[test]
    fn stage_and_database_are_those_of_the_extractor() {
        fn of<T: FromRequest>() -> (Stage, &'static [&'static str]) {
            (T::STAGE, T::DATABASES)
        }
        let database = (Stage::Resource, &["ORDERS"][..]);
        assert_eq!(of::<Option<Database>>(), database);
        assert_eq!(of::<Result<Database, Rejection>>(), database);
        assert_eq!(of::<Option<Result<Database, Rejection>>>(), database);
        assert_eq!(of::<Option<State<u8>>>(), (Stage::Resource, &[][..]));
        assert_eq!(of::<Option<http::HeaderMap>>(), (Stage::Input, &[][..]));
    }
}
