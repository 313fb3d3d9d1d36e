use super::*;

const CANARY: &str = "canary-Pa55";

fn secret(json: &str) -> Result<Credentials, DatabaseConfigError> {
    read(&json.replace("PW", CANARY), Given::default())
}

/// As [`Secret`](crate::Secret) says what is wrong.
fn read(json: &str, given: Given) -> Result<Credentials, DatabaseConfigError> {
    let read = Credentials::from_secret(&json.to_owned().into(), &given);
    read.map_err(|reason| DatabaseConfigError::new(format!("secret `app/db`: {reason}")))
}

#[test]
fn the_shapes_of_a_secret() {
    for json in [
        r#"{"host":"db","user":"u","password":"PW","database":"d","port":6000,"ssl":true}"#,
        r#"{"host":"db","username":"u","password":"PW","dbname":"d","port":"6000","engine":"postgres","ssl":"true"}"#,
    ] {
        let credentials = secret(json).unwrap();
        assert_eq!(credentials.address(), "u@db:6000/d");
        assert_eq!(credentials.password.expose_secret(), CANARY);
        assert_eq!(credentials.tls(), Ok(Tls::Verified { ca: None }));
        assert!(!format!("{credentials:?}").contains(CANARY));
    }
}

#[test]
fn the_environment_fills_a_login_up() {
    let given = Given {
        host: Some("db".into()),
        port: Some(6000),
        database: Some("d".into()),
        ..Given::default()
    };
    let credentials = read(r#"{"username":"u","password":"p"}"#, given).unwrap();
    assert_eq!(credentials.address(), "u@db:6000/d");
}

#[test]
fn a_wrong_secret_names_its_field_and_no_value() {
    let cases = [
        ("", "it is empty"),
        ("PW", "it is not a JSON object"),
        (r#"["PW"]"#, "it is not a JSON object"),
        (
            r#"{"host":"PW","user":"PW","password":"PW","database":"PW","port":0}"#,
            "the field `port` must be a number from 1 to 65535",
        ),
        (
            r#"{"host":"PW","user":"PW","password":"PW","database":"PW","port":"x"}"#,
            "the field `port` must be a number from 1 to 65535",
        ),
        (
            r#"{"host":"","user":"PW","password":"PW","database":"PW"}"#,
            "the field `host` is empty",
        ),
        (
            r#"{"user":"PW","password":"PW","database":"PW"}"#,
            "the field `host` is missing and DB_HOST is not set",
        ),
        (
            r#"{"host":"PW","password":"PW","database":"PW"}"#,
            "the field `user` is missing",
        ),
        (
            r#"{"host":"PW","user":"PW","database":"PW"}"#,
            "the field `password` is missing",
        ),
        (
            r#"{"host":"PW","user":"PW","password":7,"database":"PW"}"#,
            "the field `password` must be a string",
        ),
        (
            r#"{"host":"PW","user":"PW","password":"PW"}"#,
            "the field `database` is missing and DB_NAME is not set",
        ),
        (
            r#"{"host":"PW","user":"PW","password":"PW","database":"PW","ssl":"maybe"}"#,
            "the field `ssl` must be true or false",
        ),
        (
            r#"{"host":"PW","user":"PW","password":null,"database":"PW"}"#,
            "the field `password` is missing",
        ),
        (
            r#"{"host":"PW","user":"PW","password":"","database":"PW"}"#,
            "the field `password` is empty",
        ),
        (
            r#"{"host":"PW","username":"PW","password":"PW\u0000","dbname":"PW"}"#,
            "the field `password` has a NUL in it",
        ),
        (
            r#"{"host":"PW","username":["PW"],"password":"PW","dbname":"PW"}"#,
            "the field `username` must be a string",
        ),
        (
            r#"{"host":"PW","username":"PW","password":"PW","dbname":""}"#,
            "the field `dbname` is empty",
        ),
        (
            r#"{"host":"PW","user":"PW","password":"PW","database":"PW","port":65536}"#,
            "the field `port` must be a number from 1 to 65535",
        ),
        (
            r#"{"engine":"mysql","host":"PW","user":"PW","password":"PW","database":"PW"}"#,
            "the field `engine` names another database than PostgreSQL",
        ),
    ];
    for (json, expected) in cases {
        let text = secret(json).unwrap_err().to_string();
        assert_eq!(text, format!("secret `app/db`: {expected}"));
        assert!(!text.contains(CANARY));
    }
}

#[test]
fn the_parts_of_a_url() {
    let credentials =
        Credentials::from_url("postgres://u%40x:p%2Fw@db.example:6000/d?sslmode=prefer").unwrap();
    assert_eq!(credentials.address(), "u@x@db.example:6000/d");
    assert_eq!(credentials.password.expose_secret(), "p/w");
    assert_eq!(
        Credentials::from_url("postgresql://u@[::1]/d")
            .unwrap()
            .address(),
        "u@::1:5432/d"
    );
    assert_eq!(
        Credentials::from_url("postgres://u@localhost/d?host=/run/pg")
            .unwrap()
            .tls(),
        Ok(Tls::Off)
    );
}

#[test]
fn a_wrong_url_names_its_part_and_nothing_else() {
    for (url, expected) in [
        (CANARY, "it is not a URL (relative URL without a base)"),
        (
            "mysql://u:canary-Pa55@h/d",
            "it must begin with postgres://",
        ),
        (
            "postgres://u:canary-Pa55@/d",
            "it is not a URL (empty host)",
        ),
        ("postgres:///d", "the user is missing"),
        ("postgres://:canary-Pa55@h/d", "the user is missing"),
        ("postgres://u:canary-Pa55@h", "the database is missing"),
        (
            "postgres://u:canary-Pa55@h/d?sslmode=on",
            "`sslmode` must be disable, prefer, require or verify-full",
        ),
    ] {
        let text = Credentials::from_url(url).unwrap_err().to_string();
        assert!(
            text.starts_with("DATABASE_URL: ") && !text.contains(CANARY),
            "{text}"
        );
        assert_eq!(text, format!("DATABASE_URL: {expected}"));
    }
}

#[test]
fn plain_text_stays_on_this_machine() {
    let to = |host: &str| Credentials::new(host, "u", "p", "d");
    for host in [
        "localhost",
        "127.0.0.1",
        "127.1.2.3",
        "::1",
        "/run/postgresql",
    ] {
        assert_eq!(to(host).tls(), Ok(Tls::Off), "{host}");
        assert_eq!(to(host).with_ssl(false).tls(), Ok(Tls::Off), "{host}");
        assert!(
            matches!(to(host).with_ssl(true).tls(), Ok(Tls::Verified { .. })),
            "{host}"
        );
    }
    for host in ["db.example", "10.0.0.7", "localhost.example"] {
        assert!(matches!(to(host).tls(), Ok(Tls::Verified { .. })), "{host}");
        assert!(
            to(host)
                .with_ssl(false)
                .tls()
                .unwrap_err()
                .to_string()
                .contains("`ssl`"),
            "{host}"
        );
    }
}

#[test]
fn what_completes_a_secret_has_the_names_of_its_database() {
    let missing = |given: Given| {
        let read = read(r#"{"user":"u","password":"p"}"#, given);
        read.unwrap_err().to_string()
    };
    let given = Given {
        prefix: "ORDERS_".to_owned(),
        ..Given::default()
    };
    assert_eq!(
        missing(given),
        "secret `app/db`: the field `host` is missing and ORDERS_DB_HOST is not set"
    );
    let given = Given {
        by_program: true,
        ..Given::default()
    };
    assert_eq!(
        missing(given),
        "secret `app/db`: the field `host` is missing"
    );
}

/// In a rotation with alternating users, the user changes and perhaps not the password.
#[test]
fn a_login_is_a_user_and_a_password() {
    let login = |user: &str, password: &str| Credentials::new("db", user, password, "d");
    let one = login("app", "one");
    assert!(one.same_login(&login("app", "one").with_port(1)));
    assert!(!one.same_login(&login("app_clone", "one")));
    assert!(!one.same_login(&login("app", "two")));
}
