use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A key of an issuer.
struct Signer(EcdsaKeyPair);

impl Signer {
    fn new() -> Self {
        let (by, random) = (&ECDSA_P256_SHA256_FIXED_SIGNING, SystemRandom::new());
        let key = EcdsaKeyPair::generate_pkcs8(by, &random).unwrap();
        Self(EcdsaKeyPair::from_pkcs8(by, key.as_ref(), &random).unwrap())
    }

    fn jwk(&self, kid: &str) -> Value {
        let (x, y) = self.0.public_key().as_ref()[1..].split_at(32);
        json!({"kty": "EC", "crv": "P-256", "kid": kid, "use": "sig", "alg": "ES256", "x": encoded(x), "y": encoded(y)})
    }

    fn sign(&self, header: &Value, claims: &Value) -> String {
        let message = format!(
            "{}.{}",
            encoded(header.to_string()),
            encoded(claims.to_string())
        );
        let signature = self
            .0
            .sign(&SystemRandom::new(), message.as_bytes())
            .unwrap();
        format!("{message}.{}", encoded(signature))
    }
}

/// An issuer's server of keys, which counts how often it is asked.
struct Server {
    uri: String,
    asked: Arc<AtomicUsize>,
    answer: Arc<std::sync::Mutex<String>>,
}

impl Server {
    async fn start(keys: Value) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            uri: format!("http://{}", listener.local_addr().unwrap()),
            asked: Arc::default(),
            answer: Arc::default(),
        };
        server.answers(200, &json!({"keys": keys}).to_string());
        let (asked, answer) = (Arc::clone(&server.asked), Arc::clone(&server.answer));
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut request = Vec::new();
                while !request.ends_with(b"\r\n\r\n") {
                    let mut bytes = [0; 1024];
                    let read = stream.read(&mut bytes).await.unwrap();
                    request.extend_from_slice(&bytes[..read]);
                }
                assert!(request.starts_with(b"GET /.well-known/jwks.json HTTP/1.1"));
                asked.fetch_add(1, Ordering::SeqCst);
                let answer = answer.lock().unwrap().clone();
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        server
    }

    fn answers(&self, status: u16, body: &str) {
        let length = body.len();
        *self.answer.lock().unwrap() = format!(
            "HTTP/1.1 {status} -\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
        );
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    fn verifier(&self) -> JwtVerifier {
        let verifier = JwtVerifier::new(&self.uri)
            .audience("api")
            .audience("other");
        verifier.algorithms([JwtAlgorithm::Es256])
    }
}

fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs()
}

/// The subject of the token, or the answer to it.
async fn verified(verifier: &JwtVerifier, token: &str) -> Result<String, u16> {
    let claims = verifier.verify(token, fetch::LONGEST).await;
    claims
        .map(|claims| claims["sub"].as_str().unwrap_or_default().to_owned())
        .map_err(|error| error.status().as_u16())
}

const HEADER: fn() -> Value = || json!({"alg": "ES256", "kid": "one", "typ": "JWT"});

#[tokio::test]
async fn only_a_valid_token_is_believed() {
    let (signer, stranger) = (Signer::new(), Signer::new());
    let server = Server::start(json!([signer.jwk("one")])).await;
    let verifier = server.verifier();
    let claims = || json!({"iss": server.uri, "aud": "api", "sub": "u-1", "exp": now() + 100});
    let with = |name: &str, value: Value| {
        let mut claims = claims();
        claims[name] = value;
        claims
    };
    for (claims, expected) in [
        (claims(), Ok("u-1")),
        (with("aud", json!(["x", "other"])), Ok("u-1")),
        (with("exp", json!(now() - 30)), Ok("u-1")),
        (with("nbf", json!(now() + 30)), Ok("u-1")),
        (with("exp", json!(now() - 90)), Err(401)),
        (with("exp", json!("9999999999")), Err(401)),
        (with("exp", Value::Null), Err(401)),
        (with("nbf", json!(now() + 90)), Err(401)),
        (with("nbf", json!("0")), Err(401)),
        (with("aud", json!("api2")), Err(401)),
        (with("aud", json!([])), Err(401)),
        (with("aud", json!({"api": true})), Err(401)),
        (with("aud", Value::Null), Err(401)),
        (with("iss", json!("https://issuer.example")), Err(401)),
        (with("iss", json!(format!("{}/", server.uri))), Err(401)),
        (with("iss", json!([server.uri])), Err(401)),
        (with("iss", Value::Null), Err(401)),
        (json!([]), Err(401)),
    ] {
        let token = signer.sign(&HEADER(), &claims);
        let is = verified(&verifier, &token).await;
        assert_eq!(
            is.as_deref().map_err(|status| *status),
            expected,
            "{claims}"
        );
    }
    let signed = signer.sign(&HEADER(), &claims());
    let (message, signature) = signed.rsplit_once('.').unwrap();
    let (header, _) = message.split_once('.').unwrap();
    let other = encoded(with("sub", json!("root")).to_string());
    let none = json!({"alg": "none", "kid": "one"});
    let tokens = [
        format!("{message}."),
        message.to_owned(),
        format!("{message}.{}", encoded([0; 64])),
        format!("{header}.{other}.{signature}"),
        format!("{signed}.{signature}"),
        format!("{signed}="),
        String::new(),
        "..".to_owned(),
        stranger.sign(&HEADER(), &claims()),
        format!(
            "{}.{}.",
            encoded(none.to_string()),
            encoded(claims().to_string())
        ),
        signer.sign(&none, &claims()),
    ];
    for token in tokens {
        assert_eq!(verified(&verifier, &token).await, Err(401), "{token}");
    }
    assert_eq!(server.asked(), 1, "the keys are kept");
}

#[tokio::test]
async fn the_algorithm_is_that_of_the_key_and_one_of_the_allowed() {
    let signer = Signer::new();
    let mut unnamed = signer.jwk("unnamed");
    unnamed.as_object_mut().unwrap().remove("alg");
    let mut encrypts = signer.jwk("encrypts");
    encrypts["use"] = json!("enc");
    let oct = json!({"kty": "oct", "kid": "oct", "alg": "HS256", "k": encoded("key")});
    let odd = json!({"kty": "odd", "kid": "odd"});
    let server = Server::start(json!([signer.jwk("one"), unnamed, encrypts, oct, odd, 7])).await;
    let claims = json!({"iss": server.uri, "aud": "api", "sub": "u-1", "exp": now() + 100});
    let all = server.verifier().algorithms([
        JwtAlgorithm::Es256,
        JwtAlgorithm::Es384,
        JwtAlgorithm::Rs256,
        JwtAlgorithm::EdDsa,
    ]);
    for (alg, kid, expected) in [
        ("ES256", "one", Ok("u-1")),
        ("ES256", "unnamed", Ok("u-1")),
        ("ES384", "one", Err(401)),
        ("ES384", "unnamed", Err(401)),
        ("RS256", "one", Err(401)),
        ("EdDSA", "one", Err(401)),
        ("HS256", "one", Err(401)),
        ("HS256", "oct", Err(401)),
        ("ES256", "encrypts", Err(401)),
        ("ES256", "odd", Err(401)),
        ("es256", "one", Err(401)),
    ] {
        let token = signer.sign(&json!({"alg": alg, "kid": kid}), &claims);
        let is = verified(&all, &token).await;
        assert_eq!(
            is.as_deref().map_err(|status| *status),
            expected,
            "{alg} {kid}"
        );
    }
    for header in [
        json!({"alg": "ES256"}),
        json!({"alg": "ES256", "kid": "one", "crit": ["exp"]}),
    ] {
        let token = signer.sign(&header, &claims);
        assert_eq!(verified(&all, &token).await, Err(401), "{header}");
    }
    // A key that the token brings along is nobody's.
    let stranger = Signer::new();
    let own = json!({"alg": "ES256", "kid": "one", "jwk": stranger.jwk("one"), "jku": "http://127.0.0.1:1/"});
    assert_eq!(
        verified(&all, &stranger.sign(&own, &claims)).await,
        Err(401)
    );
    let rsa_alone = server.verifier().algorithms([JwtAlgorithm::Rs256]);
    let token = signer.sign(&HEADER(), &claims);
    assert_eq!(verified(&rsa_alone, &token).await, Err(401));
    // What HS256 would be if the public key were taken for its secret.
    let public = signer.0.public_key().as_ref();
    let message = format!(
        "{}.{}",
        encoded(r#"{"alg":"HS256","kid":"one"}"#),
        encoded(claims.to_string())
    );
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, public);
    let token = format!(
        "{message}.{}",
        encoded(ring::hmac::sign(&key, message.as_bytes()))
    );
    assert_eq!(verified(&all, &token).await, Err(401));
}

#[tokio::test]
async fn edwards_keys_verify_too() {
    let key = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
    let key = Ed25519KeyPair::from_pkcs8(key.as_ref()).unwrap();
    let jwk = json!({"kty": "OKP", "crv": "Ed25519", "kid": "one", "x": encoded(key.public_key())});
    let server = Server::start(json!([jwk])).await;
    let claims = json!({"iss": server.uri, "aud": "api", "sub": "u-1", "exp": now() + 100});
    let message = format!(
        "{}.{}",
        encoded(r#"{"alg":"EdDSA","kid":"one"}"#),
        encoded(claims.to_string())
    );
    let token = format!("{message}.{}", encoded(key.sign(message.as_bytes())));
    let verifier = server.verifier().algorithms([JwtAlgorithm::EdDsa]);
    assert_eq!(verified(&verifier, &token).await.as_deref(), Ok("u-1"));
}

#[tokio::test]
async fn the_client_is_in_one_claim_or_the_other() {
    let signer = Signer::new();
    let server = Server::start(json!([signer.jwk("one")])).await;
    let verifier = JwtVerifier::new(&server.uri).algorithms([JwtAlgorithm::Es256]);
    let verifier = verifier.client_id("web").client_id("phone");
    let access = verifier.clone().token_use(TokenUse::Access);
    let id = verifier.clone().token_use(TokenUse::Id);
    for (claims, any, of_access, of_id) in [
        (
            json!({"client_id": "web", "token_use": "access"}),
            true,
            true,
            false,
        ),
        (
            json!({"aud": "phone", "token_use": "id"}),
            true,
            false,
            true,
        ),
        (json!({"aud": ["phone"]}), true, false, false),
        (
            json!({"client_id": "other", "aud": "web", "token_use": "access"}),
            false,
            false,
            false,
        ),
        (
            json!({"aud": "other", "token_use": "id"}),
            false,
            false,
            false,
        ),
        (json!({"token_use": "access"}), false, false, false),
        (
            json!({"client_id": ["web"], "token_use": "access"}),
            false,
            false,
            false,
        ),
    ] {
        let mut all = claims.clone();
        all["iss"] = json!(server.uri);
        all["sub"] = json!("u-1");
        all["exp"] = json!(now() + 100);
        let token = signer.sign(&HEADER(), &all);
        for (verifier, expected) in [(&verifier, any), (&access, of_access), (&id, of_id)] {
            assert_eq!(
                verified(verifier, &token).await.is_ok(),
                expected,
                "{claims} {verifier:?}"
            );
        }
    }
}

#[test]
fn what_would_believe_too_much_is_a_mistake() {
    let told = |verifier: JwtVerifier| verifier.mistakes().join(" ");
    assert_eq!(
        told(JwtVerifier::new("https://issuer.example").audience("api")),
        ""
    );
    assert_eq!(
        told(JwtVerifier::cognito("eu-central-1", "eu-central-1_x").client_id("web")),
        ""
    );
    assert_eq!(
        told(JwtVerifier::new("http://127.0.0.1:8080").audience("api")),
        ""
    );
    assert!(told(JwtVerifier::new("https://issuer.example")).contains("`audience` or `client_id`"));
    for issuer in [
        "http://issuer.example",
        "issuer.example",
        "ftp://127.0.0.1",
        "",
        "http://127.0.0.1.example",
    ] {
        let told = told(JwtVerifier::new(issuer).audience("api"));
        assert!(
            told.contains("the address of the keys is"),
            "{issuer}: {told}"
        );
    }
    let nothing = JwtVerifier::new("https://issuer.example")
        .audience("api")
        .algorithms([]);
    assert!(told(nothing).contains("`algorithms`"));
}
