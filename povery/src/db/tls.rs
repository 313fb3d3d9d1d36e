//! Whom TLS trusts.

use std::path::Path;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use sqlx::postgres::{PgConnectOptions, PgSslMode};

use super::credentials::{DatabaseConfigError, Tls};

/// The roots of RDS and of RDS Proxy; see the note beside them.
#[cfg(feature = "rds-roots")]
const RDS: &[u8] = include_bytes!("roots/rds.pem");

/// Sets what protects the connection. sqlx trusts Mozilla's roots, which it has in it, and those that it is given beside them.
///
/// # Errors
///
/// Says what is wrong with a file of roots.
pub(super) fn protect(
    options: PgConnectOptions,
    tls: &Tls,
) -> Result<PgConnectOptions, DatabaseConfigError> {
    let Tls::Verified { ca } = tls else {
        return Ok(options.ssl_mode(PgSslMode::Disable));
    };
    let options = options.ssl_mode(PgSslMode::VerifyFull);
    Ok(match ca {
        Some(path) => options.ssl_root_cert_from_pem(read(path)?),
        #[cfg(feature = "rds-roots")]
        None => options.ssl_root_cert_from_pem(RDS.to_vec()),
        #[cfg(not(feature = "rds-roots"))]
        None => options,
    })
}

/// The bytes of a PEM file, if they are such. sqlx would take a file without certificates for an empty list of
/// them, and say of a broken one no more than that.
fn read(path: &Path) -> Result<Vec<u8>, DatabaseConfigError> {
    let wrong = |what: String| {
        let path = path.display();
        DatabaseConfigError::new(format!("DB_SSL_CA: `{path}` {what}"))
    };
    let pem = std::fs::read(path).map_err(|error| wrong(format!("cannot be read: {error}")))?;
    let mut store = RootCertStore::empty();
    for (index, certificate) in CertificateDer::pem_slice_iter(&pem).enumerate() {
        let number = index + 1;
        let certificate = certificate
            .map_err(|_| wrong(format!("is no PEM file from certificate {number} on")))?;
        store
            .add(certificate)
            .map_err(|_| wrong(format!("holds no X.509 certificate as number {number}")))?;
    }
    match store.is_empty() {
        true => Err(wrong("holds no certificate".to_owned())),
        false => Ok(pem),
    }
}

#[cfg(test)]
mod tests;
