//! An issuer of tokens: two RSA keys, and a server that publishes the first.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// Keys that nothing but these tests believes.
const ONE: &[u8] = include_bytes!("keys/one.p8");
const TWO: &[u8] = include_bytes!("keys/two.p8");

/// The key with which a token is signed.
#[derive(Clone, Copy)]
pub(super) enum By {
    /// The one that is published, as `one`.
    Published,
    /// One that is not.
    Other,
}

/// A running issuer.
pub(super) struct Issuer {
    pub(super) url: String,
    asked: Arc<AtomicUsize>,
    keys: [RsaKeyPair; 2],
}

pub(super) fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Issuer {
    fn of(url: String) -> Self {
        let key = |bytes| RsaKeyPair::from_pkcs8(bytes).expect("a key");
        Self {
            url,
            asked: Arc::default(),
            keys: [key(ONE), key(TWO)],
        }
    }

    /// One that serves HTTP on this machine.
    pub(super) async fn start() -> Self {
        Self::start_at(([127, 0, 0, 1], 0).into()).await
    }

    pub(super) async fn start_at(address: SocketAddr) -> Self {
        let listener = TcpListener::bind(address).await.expect("an address");
        let issuer = Self::of(format!(
            "http://{}",
            listener.local_addr().expect("an address")
        ));
        let (asked, set) = (Arc::clone(&issuer.asked), issuer.set());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                answer(stream, &asked, &set).await;
            }
        });
        issuer
    }

    /// One that serves HTTPS on this machine, with the certificate that has to be trusted.
    pub(super) async fn start_tls() -> (Self, String) {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
        let key = PrivateKeyDer::try_from(signing_key.serialize_der()).expect("a key");
        let config = ServerConfig::builder_with_provider(Arc::new(
            tokio_rustls::rustls::crypto::ring::default_provider(),
        ));
        let config = config
            .with_safe_default_protocol_versions()
            .expect("versions");
        let config = config.with_no_client_auth();
        let config = config
            .with_single_cert(vec![cert.der().clone()], key)
            .expect("a certificate");
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("an address");
        let port = listener.local_addr().expect("an address").port();
        let issuer = Self::of(format!("https://localhost:{port}"));
        let (asked, set) = (Arc::clone(&issuer.asked), issuer.set());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                if let Ok(stream) = acceptor.accept(stream).await {
                    answer(stream, &asked, &set).await;
                }
            }
        });
        (issuer, cert.pem())
    }

    /// How often its keys were fetched.
    pub(super) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    fn set(&self) -> String {
        let key = PublicKeyComponents::<Vec<u8>>::from(self.keys[0].public());
        let (n, e) = (encoded(key.n), encoded(key.e));
        json!({"keys": [{"kty": "RSA", "kid": "one", "use": "sig", "alg": "RS256", "n": n, "e": e}]}).to_string()
    }

    /// Claims of a user with these groups that are valid for a minute.
    pub(super) fn claims(&self, groups: &[&str]) -> Value {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .expect("after 1970");
        let exp = (now + Duration::from_secs(60)).as_secs();
        json!({"iss": self.url, "aud": "api", "sub": "u-1", "exp": exp, "cognito:groups": groups})
    }

    /// A token, signed with RS256 whatever its header says.
    pub(super) fn sign(&self, by: By, header: &Value, claims: &Value) -> String {
        let message = format!(
            "{}.{}",
            encoded(header.to_string()),
            encoded(claims.to_string())
        );
        let key = match by {
            By::Published => &self.keys[0],
            By::Other => &self.keys[1],
        };
        let mut signature = vec![0; key.public().modulus_len()];
        key.sign(
            &RSA_PKCS1_SHA256,
            &SystemRandom::new(),
            message.as_bytes(),
            &mut signature,
        )
        .expect("a signature");
        format!("{message}.{}", encoded(signature))
    }

    /// A token of such a user, as it should be.
    pub(super) fn token(&self, groups: &[&str]) -> String {
        self.sign(By::Published, &header(), &self.claims(groups))
    }

    /// Tokens that are not to be believed, with what is wrong with them; an administrator's, were they true.
    pub(super) fn forgeries(&self) -> Vec<(&'static str, String)> {
        let claims = self.claims(&["ADMIN"]);
        let with = |name: &str, value: Value| {
            let mut claims = claims.clone();
            claims[name] = value;
            self.sign(By::Published, &header(), &claims)
        };
        let headed = |header: Value| self.sign(By::Published, &header, &claims);
        let valid = self.token(&["EDITOR"]);
        let (message, signature) = valid.rsplit_once('.').expect("a token");
        let (head, _) = message.split_once('.').expect("a token");
        let none = format!(
            "{}.{}.",
            encoded(r#"{"alg":"none","kid":"one"}"#),
            encoded(claims.to_string())
        );
        let symmetric = {
            let head = encoded(r#"{"alg":"HS256","kid":"one"}"#);
            let message = format!("{head}.{}", encoded(claims.to_string()));
            let public = self.keys[0].public().as_ref();
            let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, public);
            let tag = ring::hmac::sign(&key, message.as_bytes());
            format!("{message}.{}", encoded(tag))
        };
        vec![
            ("expired", with("exp", json!(1_700_000_000))),
            ("not yet valid", with("nbf", json!(9_999_999_999_u64))),
            ("without an end", with("exp", Value::Null)),
            ("wrong audience", with("aud", json!("another"))),
            ("without audience", with("aud", Value::Null)),
            ("wrong issuer", with("iss", json!("https://issuer.example"))),
            ("alg: none", none),
            (
                "alg: none, signed",
                headed(json!({"alg": "none", "kid": "one"})),
            ),
            (
                "swapped algorithm",
                headed(json!({"alg": "RS512", "kid": "one"})),
            ),
            ("symmetric by the public key", symmetric),
            ("unknown kid", headed(json!({"alg": "RS256", "kid": "two"}))),
            ("no kid", headed(json!({"alg": "RS256"}))),
            ("another key", self.sign(By::Other, &header(), &claims)),
            (
                "changed claims",
                format!("{head}.{}.{signature}", encoded(claims.to_string())),
            ),
            ("no signature", format!("{message}.")),
            ("no token", "e30".to_owned()),
        ]
    }
}

pub(super) fn header() -> Value {
    json!({"alg": "RS256", "kid": "one", "typ": "JWT"})
}

async fn answer<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, asked: &AtomicUsize, set: &str) {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        let mut bytes = [0; 1024];
        match stream.read(&mut bytes).await {
            Ok(read @ 1..) => request.extend_from_slice(&bytes[..read]),
            _ => return,
        }
    }
    asked.fetch_add(1, Ordering::SeqCst);
    let length = set.len();
    let head = format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n");
    let _ = stream.write_all((head + set).as_bytes()).await;
    let _ = stream.shutdown().await;
}
