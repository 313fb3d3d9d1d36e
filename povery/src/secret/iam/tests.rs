use std::collections::BTreeMap;

use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};

use super::*;

const HOST: &str = "shop.abc.eu-west-1.rds.amazonaws.com";
const KEY: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
/// 2026-11-28T14:00:00Z.
const TIME: u64 = 1_795_874_400;

fn signed(session: Option<&str>) -> String {
    let session = session.map(str::to_owned);
    let credentials = Credentials::new("AKIDEXAMPLE", KEY, session, None, "test");
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(TIME);
    let token = sign_at(HOST, 5432, "app user+1", "eu-west-1", credentials, now);
    token.unwrap().expose_secret().to_owned()
}

/// The parameters of a token, as they stand in it.
fn parameters(token: &str) -> BTreeMap<String, String> {
    let (address, query) = token.split_once("/?").unwrap();
    assert_eq!(address, format!("{HOST}:5432"));
    let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap());
    pairs
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// HMAC-SHA-256 (RFC 2104), of a key that is shorter than a block.
fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let pad = |with: u8| {
        let mut block = [with; 64];
        for (byte, key) in block.iter_mut().zip(key) {
            *byte ^= key;
        }
        block
    };
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(text);
    let outer = Sha256::new().chain_update(pad(0x5c));
    outer.chain_update(inner.finalize()).finalize().to_vec()
}

fn hex(bytes: impl AsRef<[u8]>) -> String {
    bytes
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The signature as AWS documents it (Signature Version 4, in the query), of all other parameters.
fn signature(parameters: &BTreeMap<String, String>) -> String {
    let pairs = parameters
        .iter()
        .filter(|(name, _)| *name != "X-Amz-Signature");
    let query = pairs.map(|(name, value)| format!("{name}={value}"));
    let query = query.collect::<Vec<_>>().join("&");
    let nothing = hex(Sha256::digest(""));
    let request = format!("GET\n/\n{query}\nhost:{HOST}:5432\n\nhost\n{nothing}");
    let scope = "20261128/eu-west-1/rds-db/aws4_request";
    let request = hex(Sha256::digest(request));
    let to_sign = format!("AWS4-HMAC-SHA256\n20261128T140000Z\n{scope}\n{request}");
    let key = scope
        .split('/')
        .fold(format!("AWS4{KEY}").into_bytes(), |key, part| {
            hmac(&key, part)
        });
    hex(hmac(&key, &to_sign))
}

#[test]
fn a_token_is_what_the_documented_algorithm_gives() {
    for session in [None, Some("sess/ion+t0ken==")] {
        let parameters = parameters(&signed(session));
        let mut expected = vec![
            ("Action", "connect"),
            ("DBUser", "app%20user%2B1"),
            ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
            (
                "X-Amz-Credential",
                "AKIDEXAMPLE%2F20261128%2Feu-west-1%2Frds-db%2Faws4_request",
            ),
            ("X-Amz-Date", "20261128T140000Z"),
            ("X-Amz-Expires", "900"),
            ("X-Amz-SignedHeaders", "host"),
        ];
        if session.is_some() {
            expected.push(("X-Amz-Security-Token", "sess%2Fion%2Bt0ken%3D%3D"));
        }
        for (name, value) in &expected {
            assert_eq!(parameters[*name], *value, "{name}");
        }
        assert_eq!(parameters.len(), expected.len() + 1);
        assert_eq!(parameters["X-Amz-Signature"], signature(&parameters));
    }
}

/// What the AWS SDK for Python signs at that time with those credentials.
#[test]
fn other_sdks_sign_the_same() {
    let cases = [
        (
            None,
            "6809796bd992734dd5d3d828ab2c60092ca59612d6ae060f6fe220969f11a1af",
        ),
        (
            Some("sess/ion+t0ken=="),
            "d400121d268efb4810b06ee9cbc588b411c3d73ddf832a36b179c2a1616e982d",
        ),
    ];
    for (session, signature) in cases {
        let parameters = parameters(&signed(session));
        assert_eq!(parameters["X-Amz-Signature"], signature);
    }
}

#[test]
fn a_host_that_is_none_is_an_error_without_the_key() {
    for host in ["a b", "db\nexample", "["] {
        let credentials = Credentials::new("AKIDEXAMPLE", KEY, None, None, "test");
        let error = sign_at(
            host,
            5432,
            "app",
            "eu-west-1",
            credentials,
            SystemTime::now(),
        );
        let error = error
            .err()
            .unwrap_or_else(|| panic!("{host:?} is signed for"));
        assert!(!error.contains(KEY), "{error}");
    }
}
