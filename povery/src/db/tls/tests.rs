use std::io::Write;

use tempfile::NamedTempFile;

use super::*;

fn file(text: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

fn error(text: &str) -> String {
    let file = file(text);
    let error = read(file.path()).unwrap_err().to_string();
    let path = file.path().display().to_string();
    error.replace(&path, "PATH")
}

/// A certificate in PEM.
fn certificate() -> String {
    let key = rcgen::generate_simple_self_signed(vec!["db.example".to_owned()]).unwrap();
    key.cert.pem()
}

#[test]
fn a_file_of_roots_is_read_as_a_whole_or_named() {
    let good = certificate();
    let both = format!("# ours\n{good}\n{good}");
    assert_eq!(read(file(&both).path()).unwrap(), both.as_bytes());

    let cases = [
        (String::new(), "DB_SSL_CA: `PATH` holds no certificate"),
        ("ca".to_owned(), "DB_SSL_CA: `PATH` holds no certificate"),
        (
            "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n".to_owned(),
            "DB_SSL_CA: `PATH` holds no certificate",
        ),
        (
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".to_owned(),
            "DB_SSL_CA: `PATH` holds no X.509 certificate as number 1",
        ),
        (
            format!("{good}\n-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n"),
            "DB_SSL_CA: `PATH` is no PEM file from certificate 2 on",
        ),
        (
            good.replace("-----END CERTIFICATE-----", ""),
            "DB_SSL_CA: `PATH` is no PEM file from certificate 1 on",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(error(&text), expected);
    }
    let nowhere = read(Path::new("/nowhere/ca.pem")).unwrap_err().to_string();
    assert!(
        nowhere.starts_with("DB_SSL_CA: `/nowhere/ca.pem` cannot be read: "),
        "{nowhere}"
    );
}

#[cfg(feature = "rds-roots")]
mod rds {
    use std::collections::BTreeMap;
    use std::time::{SystemTime, UNIX_EPOCH};

    use x509_parser::prelude::{FromDer, X509Certificate};

    use super::super::*;

    fn all() -> Vec<CertificateDer<'static>> {
        CertificateDer::pem_slice_iter(RDS)
            .collect::<Result<_, _>>()
            .unwrap()
    }

    #[test]
    fn every_root_can_be_trusted() {
        let mut store = RootCertStore::empty();
        for certificate in all() {
            store.add(certificate).unwrap();
        }
        assert_eq!(store.len(), 92);
    }

    /// Three for each region, and the five that RDS Proxy has.
    #[test]
    fn no_region_is_without_its_roots() {
        let mut regions = BTreeMap::<String, usize>::new();
        let mut trust = 0;
        for certificate in all() {
            let (_, certificate) = X509Certificate::from_der(&certificate).unwrap();
            let subject = certificate.subject().iter_common_name().next().unwrap();
            let name = subject.as_str().unwrap();
            match name.strip_prefix("Amazon RDS ") {
                Some(name) => {
                    let region = name.split(" Root CA").next().unwrap();
                    *regions.entry(region.to_owned()).or_default() += 1;
                }
                None => trust += 1,
            }
            assert!(certificate.is_ca(), "{name}");
        }
        assert_eq!((regions.len(), trust), (29, 5));
        assert!(regions.values().all(|roots| *roots == 3), "{regions:?}");
        assert!(regions.contains_key("eu-west-1"));
    }

    /// When it fails, `roots/README.md` says what to do.
    #[test]
    fn no_root_expires_within_ninety_days() {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let soon = i64::try_from(now.as_secs()).unwrap() + 90 * 24 * 60 * 60;
        for certificate in all() {
            let (_, certificate) = X509Certificate::from_der(&certificate).unwrap();
            let until = certificate.validity().not_after;
            assert!(
                until.timestamp() > soon,
                "{} until {until}",
                certificate.subject()
            );
        }
    }
}
