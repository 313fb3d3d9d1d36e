//! Hashes: of who asks for what under which key, and of everything that was asked.

use sha2::{Digest, Sha256};

use crate::request::Request;

/// Stands before what is hashed, so that another way to do it has other hashes.
const VERSION: &[u8] = b"povery idempotency 1";

/// Who asks, for which route of which application, and under which key. A caller without an identity is nobody, and all
/// of these are one.
pub(super) fn identity(app: &str, route: &str, request: &Request, key: &str) -> [u8; 32] {
    let user = request.user.as_ref();
    let issuer = user.and_then(|user| user.claim("iss")?.as_str());
    let id = user.map_or("", |user| user.id());
    hash([app, route, issuer.unwrap_or_default(), id, key].map(str::as_bytes))
}

/// What was asked: the method, the path, the query in any order of its names, the content type and the body.
pub(super) fn request(request: &Request) -> [u8; 32] {
    let query = request.uri().query().unwrap_or_default();
    let mut pairs: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty()).collect();
    // The values of one name have an order.
    pairs.sort_by_key(|pair| pair.split('=').next());
    let types = &request.content().types;
    let counts = [pairs.len(), types.len()].map(|count| (count as u64).to_be_bytes());
    let method = request.method().as_str();
    let parts = [method, request.path()].map(str::as_bytes);
    let counts = counts.iter().map(|count| &count[..]);
    let pairs = pairs.into_iter().map(str::as_bytes);
    let types = types.iter().map(|value| value.as_bytes());
    let body = [&request.body()[..]];
    hash(
        parts
            .into_iter()
            .chain(counts)
            .chain(pairs)
            .chain(types)
            .chain(body),
    )
}

/// Each part with its length, so that none runs into the next.
fn hash<'p>(parts: impl IntoIterator<Item = &'p [u8]>) -> [u8; 32] {
    let mut hash = Sha256::new_with_prefix(VERSION);
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::User;

    fn asked(target: &str, content_types: &[&str], body: &'static str) -> Request {
        let mut builder = http::Request::post(target);
        for content_type in content_types {
            builder = builder.header("content-type", *content_type);
        }
        let (parts, ()) = builder.body(()).unwrap().into_parts();
        let mut request = crate::__private::request(parts, body.into());
        request.path = request.uri().path().to_owned();
        request
    }

    #[test]
    fn everything_that_was_asked_counts() {
        let json = &["application/json"][..];
        let all = [
            asked("/a?x=1&y=2", json, "{}"),
            asked("/b?x=1&y=2", json, "{}"),
            asked("/a?x=1&y=3", json, "{}"),
            asked("/a?x=1", json, "{}"),
            asked("/a?x=1&x=2", json, "{}"),
            asked("/a?x=2&x=1", json, "{}"),
            asked("/a", json, "{}"),
            asked("/a?x=1&y=2", &["text/plain"], "{}"),
            asked("/a?x=1&y=2", &[], "{}"),
            asked("/a?x=1&y=2", &["application/json", ""], "{}"),
            asked("/a?x=1&y=2", json, "{ }"),
            asked("/a?x=1&y=2", json, ""),
            asked("/a?x=1&y=2&application/json", &[], "{}"),
        ];
        let hashes: Vec<_> = all.iter().map(request).collect();
        for (at, hash) in hashes.iter().enumerate() {
            assert_eq!(
                hashes.iter().filter(|other| *other == hash).count(),
                1,
                "{at}"
            );
        }
        let mut again = asked("/a?y=2&&x=1", json, "{}");
        assert_eq!(request(&again), hashes[0], "the order of names does not");
        again.head.method = http::Method::PUT;
        assert!(!hashes.contains(&request(&again)), "the method does");
    }

    #[test]
    fn a_key_is_of_one_caller_route_and_application() {
        let of = |user: Option<User>| Request {
            user,
            ..asked("/", &[], "")
        };
        let nobody = of(None);
        let ada = of(Some(User::new("ada")));
        let same_name = of(Some(User::new("ada").with_claim("iss", "https://other")));
        let all = [
            identity("shop", "POST /a", &nobody, "k"),
            identity("shop", "POST /a", &ada, "k"),
            identity("shop", "POST /a", &same_name, "k"),
            identity("shop", "POST /a", &of(Some(User::new("bob"))), "k"),
            identity("shop", "POST /a", &nobody, "adak"),
            identity("shop", "POST /b", &nobody, "k"),
            identity("shopPOST", " /a", &nobody, "k"),
        ];
        for hash in &all {
            assert_eq!(all.iter().filter(|other| *other == hash).count(), 1);
        }
        let again = of(Some(User::new("ada").with_role("ADMIN")));
        assert_eq!(identity("shop", "POST /a", &again, "k"), all[1]);
    }
}
