//! TLS without verification: whoever stood between had the password.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use povery_tests::binary::{Variant, users_binary};
use povery_tests::event::payload_v2;
use povery_tests::function::{Function, RuntimeHost};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use tempfile::NamedTempFile;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use super::answer;

const PASSWORD: &str = "for-the-server-alone";

/// A request for the password in plain text (PostgreSQL protocol 3.0, AuthenticationCleartextPassword).
const CLEARTEXT: [u8; 9] = [b'R', 0, 0, 0, 8, 0, 0, 0, 3];

/// Pretends to be the server, and asks for the password.
struct Middle {
    address: SocketAddr,
    certificate: String,
    heard: Arc<Mutex<Vec<u8>>>,
}

impl Middle {
    async fn start() -> Self {
        let names = ["localhost".to_owned()];
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(names).expect("a certificate");
        let key = PrivateKeyDer::try_from(signing_key.serialize_der()).expect("a key");
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)
            .expect("a certificate");
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.expect("a port");
        let middle = Self {
            address: listener.local_addr().expect("an address"),
            certificate: cert.pem(),
            heard: Arc::default(),
        };
        let heard = Arc::clone(&middle.heard);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(listen(client, acceptor.clone(), Arc::clone(&heard)));
            }
        });
        middle
    }

    fn has_heard(&self, text: &str) -> bool {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard
            .windows(text.len())
            .any(|window| window == text.as_bytes())
    }

    /// The users application, whose database is here.
    async fn function(&self, configure: impl FnOnce(Function) -> Function) -> RuntimeHost {
        let port = self.address.port();
        // As a person would write it who wants TLS and does not think of certificates.
        let url = format!("postgres://povery:{PASSWORD}@localhost:{port}/users?sslmode=require");
        let function = Function::new(users_binary(Variant::Deployed)).env("DATABASE_URL", url);
        RuntimeHost::start(configure(function)).await
    }
}

async fn listen(
    mut client: TcpStream,
    acceptor: TlsAcceptor,
    heard: Arc<Mutex<Vec<u8>>>,
) -> std::io::Result<()> {
    let hear = |bytes: &[u8]| {
        let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.extend_from_slice(bytes);
    };
    // The question for TLS has eight bytes.
    let mut bytes = [0; 1024];
    let length = client.read(&mut bytes[..8]).await?;
    hear(&bytes[..length]);
    client.write_all(b"S").await?;
    let mut client = acceptor.accept(client).await?;
    loop {
        let length = client.read(&mut bytes).await?;
        if length == 0 {
            return Ok(());
        }
        hear(&bytes[..length]);
        client.write_all(&CLEARTEXT).await?;
        client.flush().await?;
    }
}

/// `rejectUnauthorized: false`.
#[tokio::test]
async fn defect_09_a_machine_in_the_middle_does_not_get_the_password() {
    let request = || {
        payload_v2(
            &http::Method::GET,
            "/users",
            "",
            &http::HeaderMap::new(),
            &"".into(),
        )
    };
    let middle = Middle::start().await;
    let host = middle.function(|function| function).await;
    for _ in 0..3 {
        assert_eq!(answer(&host, request()).await.status, 503);
    }
    assert!(!middle.has_heard(PASSWORD) && !middle.has_heard("povery"));
    host.process()
        .wait_for_line("certificate", Duration::from_secs(30))
        .await;

    // One whom the application is told to trust does: so the machine would have heard it.
    let authority = NamedTempFile::new().expect("a file");
    std::fs::write(authority.path(), &middle.certificate).expect("written");
    let host = middle
        .function(|function| function.env("DB_SSL_CA", authority.path()))
        .await;
    let _ = answer(&host, request()).await;
    assert!(middle.has_heard(PASSWORD));
    assert!(!host.log().contains(PASSWORD), "{}", host.log());
}
