//! TLS is verified in full or not spoken: a proxy with certificates of our own stands before the
//! server.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use povery::{Credentials, Pool};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tempfile::NamedTempFile;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use povery_tests::database::users_database;

/// The eight bytes with which a client asks for TLS (PostgreSQL protocol 3.0, SSLRequest).
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self {
            issuer: CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap(),
        }
    }

    pub(crate) fn pem(&self) -> NamedTempFile {
        let file = NamedTempFile::new().unwrap();
        std::fs::write(file.path(), self.issuer.pem()).unwrap();
        file
    }

    pub(crate) fn acceptor(&self, params: CertificateParams) -> TlsAcceptor {
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
            )
            .unwrap();
        TlsAcceptor::from(Arc::new(config))
    }
}

pub(crate) fn for_host(name: &str) -> CertificateParams {
    CertificateParams::new(vec![name.to_owned()]).unwrap()
}

/// Speaks TLS on one side, and plain text with the server on the other. Without an acceptor it
/// answers that it has no TLS.
async fn proxy(server: SocketAddr, acceptor: Option<TlsAcceptor>) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let mut request = [0; 8];
                client.read_exact(&mut request).await?;
                assert_eq!(request, SSL_REQUEST, "the client spoke before TLS");
                let Some(acceptor) = acceptor else {
                    client.write_all(b"N").await?;
                    // Whatever it sent now would be in the clear.
                    let more = client.read(&mut request).await?;
                    assert_eq!(more, 0, "the client went on without TLS");
                    return Ok(());
                };
                client.write_all(b"S").await?;
                let mut client = acceptor.accept(client).await?;
                let mut server = TcpStream::connect(server).await?;
                copy_bidirectional(&mut client, &mut server).await.map(drop)
            });
        }
    });
    port
}

async fn through(acceptor: Option<TlsAcceptor>, trusted: &Authority) -> Result<i32, sqlx::Error> {
    let database = users_database().await;
    let port = proxy(SocketAddr::new(database.host, database.port), acceptor).await;
    let ca = trusted.pem();
    let credentials = Credentials::new(
        "localhost",
        database.user,
        database.password,
        database.database,
    )
    .with_port(port)
    .with_ssl(true)
    .with_ca(ca.path());
    let pool = Pool::new(credentials, 1);
    sqlx::query_scalar("SELECT 1").fetch_one(&pool).await
}

#[tokio::test]
async fn a_certificate_of_a_trusted_authority_for_this_host_is_accepted() {
    let authority = Authority::new();
    let one = through(Some(authority.acceptor(for_host("localhost"))), &authority).await;
    assert_eq!(one.unwrap(), 1);
}

#[tokio::test]
async fn anything_else_is_refused_without_a_word_in_the_clear() {
    let (trusted, other) = (Authority::new(), Authority::new());
    let mut expired = for_host("localhost");
    expired.not_before = rcgen::date_time_ymd(2000, 1, 1);
    expired.not_after = rcgen::date_time_ymd(2001, 1, 1);
    let cases = [
        (
            "another authority",
            Some(other.acceptor(for_host("localhost"))),
        ),
        (
            "another host",
            Some(trusted.acceptor(for_host("db.example"))),
        ),
        ("an expired certificate", Some(trusted.acceptor(expired))),
        ("no TLS", None),
    ];
    for (case, acceptor) in cases {
        let error = through(acceptor, &trusted).await.expect_err(case);
        assert_eq!(povery::PoveryError::from(error).status(), 503, "{case}");
    }
}

/// The launcher's PostgreSQL has no TLS: a real server's `N`.
#[tokio::test]
async fn a_real_server_without_tls_is_refused() {
    let database = users_database().await;
    let credentials = Credentials::new(
        database.host.to_string(),
        database.user,
        database.password,
        database.database,
    )
    .with_port(database.port)
    .with_ssl(true);
    let pool = Pool::new(credentials, 1);
    let one = sqlx::query_scalar::<_, i32>("SELECT 1");
    let error = one.fetch_one(&pool).await.unwrap_err();
    assert!(matches!(error, sqlx::Error::Tls(_)), "{error}");
    assert_eq!(povery::PoveryError::from(error).status(), 503);
}

/// Neither Mozilla's roots nor those of RDS are of any authority but theirs.
#[tokio::test]
async fn without_a_file_of_roots_a_private_authority_is_refused() {
    let authority = Authority::new();
    let acceptor = authority.acceptor(for_host("localhost"));
    let database = users_database().await;
    let server = SocketAddr::new(database.host, database.port);
    let credentials = Credentials::new(
        "localhost",
        database.user,
        database.password,
        database.database,
    )
    .with_port(proxy(server, Some(acceptor)).await)
    .with_ssl(true);
    let pool = Pool::new(credentials, 1);
    let one = sqlx::query_scalar::<_, i32>("SELECT 1");
    let error = one.fetch_one(&pool).await.unwrap_err().to_string();
    assert!(error.contains("UnknownIssuer"), "{error}");
}

#[tokio::test]
async fn a_file_of_roots_that_is_none_is_named_and_nothing_is_sent() {
    for text in [
        "",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ] {
        let file = NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        // A port on which nobody listens.
        let credentials = Credentials::new("localhost", "u", "p", "d").with_port(1);
        let pool = Pool::new(credentials.with_ssl(true).with_ca(file.path()), 1);
        let one = sqlx::query_scalar::<_, i32>("SELECT 1");
        let error = one.fetch_one(&pool).await.unwrap_err();
        let expected = format!("DB_SSL_CA: `{}` holds no ", file.path().display());
        assert!(error.to_string().contains(&expected), "{error}");
        assert!(matches!(error, sqlx::Error::Configuration(_)), "{error}");
    }
}
