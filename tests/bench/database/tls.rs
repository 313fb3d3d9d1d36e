//! A server that speaks with nobody in plain text, and what a function needs to verify it.

use povery_tests::cluster::Cluster;
use povery_tests::moto::{Moto, Secret};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use serde_json::json;
use sqlx::{Connection as _, PgConnection};
use tempfile::NamedTempFile;

use crate::host::HostError;
use crate::server::failed;
use crate::user;

/// The role that functions log in as, and the database.
const ROLE: &str = "app";
const DATABASE: &str = "shop";
const PASSWORD: &str = "a-password-of-the-benchmark";

/// The server, and the Secrets Manager that has its login.
pub(crate) struct Encrypted {
    cluster: Cluster,
    moto: Moto,
    authority: NamedTempFile,
}

impl Encrypted {
    pub(crate) async fn start() -> Result<Self, HostError> {
        let authority = NamedTempFile::new()?;
        let (certificate, key) = certificate(&authority)
            .map_err(|error| HostError(format!("a certificate cannot be made: {error}")))?;
        let access = "hostssl all all 127.0.0.1/32 scram-sha-256\n";
        let files = [
            ("server.crt", &*certificate),
            ("server.key", &*key),
            ("pg_hba.conf", access),
        ];
        let cluster = Cluster::with_files(&["ssl=on"], &files).await;
        cluster
            .execute(&format!("CREATE ROLE {ROLE} LOGIN PASSWORD '{PASSWORD}'"))
            .await;
        cluster
            .execute(&format!("CREATE DATABASE {DATABASE} OWNER {ROLE}"))
            .await;
        let options = cluster.admin().database(DATABASE);
        let mut admin = PgConnection::connect_with(&options).await.map_err(failed)?;
        let applied = users::MIGRATIONS.run(&mut admin).await;
        applied.map_err(|error| failed(error.into()))?;
        user::insert(&mut admin).await.map_err(failed)?;
        let grant = sqlx::AssertSqlSafe(format!("GRANT SELECT ON users TO {ROLE}"));
        let granted = sqlx::query(grant).execute(&mut admin).await;
        granted.map_err(failed)?;
        let moto = Moto::start().await;
        let secret = json!({
            "engine": "postgres",
            "host": "localhost",
            "port": cluster.port(),
            "username": ROLE,
            "password": PASSWORD,
            "dbname": DATABASE,
            "ssl": true,
        });
        let secret = secret.to_string();
        moto.create_secret(DATABASE, Secret::Text(&secret)).await;
        Ok(Self {
            cluster,
            moto,
            authority,
        })
    }

    /// What a function finds in its environment.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        let mut environment = self.moto.environment().to_vec();
        environment.push(("DB_SECRET_ID", DATABASE.to_owned()));
        let authority = self.authority.path().display().to_string();
        environment.push(("DB_SSL_CA", authority));
        environment
    }

    /// The processes that serve functions, over TLS every one.
    pub(crate) async fn backends(&self) -> Result<Vec<i32>, HostError> {
        let admin = PgConnection::connect_with(&self.cluster.admin()).await;
        let mut admin = admin.map_err(failed)?;
        let backends = "SELECT pid FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) \
            WHERE ssl AND usename = $1";
        sqlx::query_scalar(backends)
            .bind(ROLE)
            .fetch_all(&mut admin)
            .await
            .map_err(failed)
    }
}

/// A certificate for localhost and its key, signed by an authority that is written to that file.
fn certificate(authority: &NamedTempFile) -> Result<(String, String), Box<dyn std::error::Error>> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
    std::fs::write(authority.path(), issuer.pem())?;
    let key = KeyPair::generate()?;
    let params = CertificateParams::new(vec!["localhost".to_owned()])?;
    let certificate = params.signed_by(&key, &issuer)?;
    Ok((certificate.pem(), key.serialize_pem()))
}
