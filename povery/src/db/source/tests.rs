use super::*;

const CANARY: &str = "canary-Pa55";

fn with(
    prefix: &str,
    variables: &[(&str, &str)],
) -> Result<Box<dyn CredentialSource>, DatabaseConfigError> {
    let read = |name: &str| {
        let found = variables.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    configured(&Variables {
        prefix,
        read: &read,
    })
}

fn error(prefix: &str, variables: &[(&str, &str)]) -> String {
    let error = with(prefix, variables).err();
    error.expect("an error").to_string()
}

#[tokio::test]
async fn a_url_is_read_with_its_file_of_roots() {
    let url = format!("postgres://app:{CANARY}@db.example/shop");
    let variables = [
        ("ORDERS_DATABASE_URL", url.as_str()),
        ("ORDERS_DB_SSL_CA", "ca.pem"),
    ];
    let source = with("ORDERS_", &variables).unwrap();
    let credentials = source.credentials(Want::Kept).await.unwrap();
    assert_eq!(credentials.address(), "app@db.example:5432/shop");
    let ca = Some("ca.pem".into());
    assert_eq!(
        credentials.tls(),
        Ok(super::super::credentials::Tls::Verified { ca })
    );
}

#[test]
fn what_is_missing_or_wrong_is_told_by_its_name() {
    assert_eq!(
        error("", &[]),
        "no database is configured: set DB_SECRET_ID or DATABASE_URL"
    );
    // A database has no part in another one's variables.
    let other = [("DB_SECRET_ID", "s"), ("DATABASE_URL", "postgres://u@h/d")];
    assert_eq!(
        error("ORDERS_", &other),
        "no database is configured: set ORDERS_DB_SECRET_ID or ORDERS_DATABASE_URL"
    );
    for port in ["0", "65536", "many", "-1"] {
        assert_eq!(
            error("", &[("DB_SECRET_ID", "s"), ("DB_PORT", port)]),
            "DB_PORT must be a number from 1 to 65535"
        );
    }
    assert_eq!(
        error("", &[("DB_IAM", CANARY)]),
        "DB_IAM must be true or false"
    );
    assert_eq!(
        error("", &[("DB_IAM", "true"), ("DB_SECRET_ID", "s")]),
        "DB_SECRET_ID and DB_IAM are both set: a login has a password or a token"
    );
    assert!(with("", &[("DB_SECRET_ID", "s"), ("DB_IAM", "false")]).is_ok());
}

#[cfg(feature = "rds-iam")]
#[tokio::test]
async fn tokens_want_a_host_a_user_and_a_database() {
    let whole = [
        ("DB_IAM", "true"),
        ("DB_HOST", "db.example"),
        ("DB_USER", "app"),
        ("DB_NAME", "shop"),
    ];
    assert!(with("", &whole).is_ok());
    for missing in ["DB_HOST", "DB_USER", "DB_NAME"] {
        let variables: Vec<_> = whole
            .into_iter()
            .filter(|(name, _)| *name != missing)
            .collect();
        assert_eq!(
            error("", &variables),
            format!("DB_IAM wants {missing}, which is not set")
        );
    }
    let port = [&whole[..], &[("DB_PORT", "x")]].concat();
    assert_eq!(error("", &port), "DB_PORT must be a number from 1 to 65535");
    // It goes before a URL, which would be a login with a password.
    let url = [&whole[..], &[("DATABASE_URL", "postgres://u@localhost/d")]].concat();
    let source = with("", &url).unwrap();
    match source.credentials(Want::Kept).await {
        Ok(credentials) => assert_eq!(credentials.address(), "app@db.example:5432/shop"),
        Err(error) => assert!(
            error.to_string().starts_with("RDS IAM token: AWS_"),
            "{error}"
        ),
    }
}

#[cfg(not(feature = "rds-iam"))]
#[test]
fn tokens_want_their_feature() {
    assert_eq!(
        error("", &[("DB_IAM", "true")]),
        "DB_IAM wants a program that is built with povery's feature `rds-iam`"
    );
}
