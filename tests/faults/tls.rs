//! TLS is verified in full, or there is no connection.

use std::path::Path;

use povery_tests::cluster::Cluster;
use povery_tests::fault_proxy::{Cut, FaultProxy};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tempfile::NamedTempFile;

use crate::bench::{BUDGET, Bench, SOON};
use crate::database::Database;
use crate::stopped::Stopped;

struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    file: NamedTempFile,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let issuer = CertifiedIssuer::self_signed(params, key).expect("a certificate");
        let file = NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), issuer.pem()).expect("written");
        Self { issuer, file }
    }

    /// A server with a certificate of this authority, which speaks with nobody in plain text but the superuser.
    async fn server(&self, params: CertificateParams) -> Cluster {
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("signed");
        let access = "host all povery 127.0.0.1/32 scram-sha-256\n\
            hostssl all all 127.0.0.1/32 scram-sha-256\n";
        let files = [
            ("server.crt", certificate.pem()),
            ("server.key", key.serialize_pem()),
            ("pg_hba.conf", access.to_owned()),
        ];
        let files = files.each_ref().map(|(name, text)| (*name, &**text));
        Cluster::with_files(&["ssl=on"], &files).await
    }
}

fn for_host(name: &str) -> CertificateParams {
    CertificateParams::new(vec![name.to_owned()]).expect("a name")
}

/// A function that trusts this authority and no other.
async fn trusting(authority: &Path, database: Database) -> Bench {
    let proxy = FaultProxy::start(database.address).await;
    let url = database.url("localhost", proxy.port(), "sslmode=verify-full");
    Bench::through(proxy, database, |function| {
        function
            .env("DATABASE_URL", url)
            .env("DB_SSL_CA", authority)
    })
    .await
}

#[tokio::test]
async fn verified_and_as_sound_as_in_plain_text() {
    let authority = Authority::new();
    let cluster = authority.server(for_host("localhost")).await;
    let database = Database::on(&cluster).await;
    let bench = trusting(authority.file.path(), database).await;
    bench.ok("/one", SOON).await;
    let encrypted = "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) \
        WHERE ssl AND usename LIKE 'role_%'";
    assert_eq!(bench.database.number(encrypted).await, 1);
    for round in 0..20 {
        bench.proxy.cut([Cut::Reset, Cut::Finish][round % 2]);
        bench.ok("/one", SOON).await;
    }
    for _ in 0..3 {
        let backend = bench.ok("/backend", SOON).await;
        let _stopped = Stopped::backend(&backend);
        assert_ne!(bench.ok("/backend", SOON).await, backend);
    }
    for _ in 0..3 {
        let backend = bench.ok("/backend", SOON).await;
        let (held, _stopped) = tokio::join!(bench.get("/held?pause=200"), async {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            Stopped::backend(&backend)
        });
        held.is(200, SOON);
        assert_ne!(bench.ok("/backend", SOON).await, backend);
    }
}

async fn is_refused(trusted: &Authority, cluster: &Cluster) {
    let bench = trusting(trusted.file.path(), Database::on(cluster).await).await;
    for _ in 0..2 {
        bench.get("/one").await.is(503, BUDGET);
    }
    let told = bench.told();
    let alarm = told
        .lines()
        .find(|line| line.contains(r#""level":"ERROR""#));
    let alarm = alarm.unwrap_or_else(|| panic!("no alarm: {told}"));
    assert!(
        ["certificate", "TLS", "tls"]
            .iter()
            .any(|word| alarm.contains(word)),
        "{alarm}"
    );
    let log = cluster.log();
    assert!(
        !log.contains("authentication failed"),
        "a login was tried: {log}"
    );
    assert_eq!(bench.database.backends().await, [] as [i32; 0]);
}

#[tokio::test]
async fn wrong_ca() {
    let cluster = Authority::new().server(for_host("localhost")).await;
    is_refused(&Authority::new(), &cluster).await;
}

#[tokio::test]
async fn wrong_host() {
    let authority = Authority::new();
    let cluster = authority.server(for_host("db.example")).await;
    is_refused(&authority, &cluster).await;
}

#[tokio::test]
async fn expired_certificate() {
    let authority = Authority::new();
    let mut expired = for_host("localhost");
    expired.not_before = rcgen::date_time_ymd(2000, 1, 1);
    expired.not_after = rcgen::date_time_ymd(2001, 1, 1);
    let cluster = authority.server(expired).await;
    is_refused(&authority, &cluster).await;
}

#[tokio::test]
async fn server_refuses_tls() {
    let cluster = Cluster::start(&["ssl=off"]).await;
    is_refused(&Authority::new(), &cluster).await;
}
