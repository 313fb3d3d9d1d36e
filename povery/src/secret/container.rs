//! Credentials from the endpoint that SnapStart functions have in place of variables: those would be as
//! old as the snapshot.

use std::net::IpAddr;

use aws_sdk_secretsmanager::config::Credentials;
use http::{Uri, header};
use serde::Deserialize;

use super::sandbox::{self, Failure};

/// More than credentials take.
const LIMIT: usize = 64 * 1024;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    access_key_id: String,
    secret_access_key: String,
    token: Option<String>,
}

/// The credentials of this moment from that address, which wants to see `token`.
///
/// # Errors
///
/// One line that says nothing of what was sent or answered.
pub(super) async fn credentials(address: &str, token: Option<&str>) -> Result<Credentials, String> {
    let failed = |what: &str| format!("AWS_CONTAINER_CREDENTIALS_FULL_URI: {what}");
    let uri: Uri = address.parse().map_err(|_| failed("it is no URI"))?;
    let path = uri.path_and_query().cloned();
    let authority = uri.authority().filter(|_| is_trusted(&uri));
    let (Some(path), Some(authority)) = (path, authority) else {
        return Err(failed("it is no `http` address within the sandbox"));
    };
    let headers = token.map(|token| (header::AUTHORIZATION, token));
    let headers = headers.as_slice();
    let (status, body) = sandbox::get(authority.as_str(), path.as_str(), headers, LIMIT)
        .await
        .map_err(|failure| match failure {
            Failure::Header => failed("AWS_CONTAINER_AUTHORIZATION_TOKEN cannot stand in a header"),
            failure => failed(failure.text()),
        })?;
    if !status.is_success() {
        return Err(failed(&format!("it answers {status}")));
    }
    let answer: Answer =
        serde_json::from_slice(&body).map_err(|_| failed("its answer has no credentials"))?;
    Ok(Credentials::new(
        answer.access_key_id,
        answer.secret_access_key,
        answer.token,
        None,
        "container",
    ))
}

/// Whether the token may be sent there without encryption: to this machine, and to the addresses that AWS
/// serves credentials on.
fn is_trusted(uri: &Uri) -> bool {
    const AWS: [&str; 3] = ["169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"];
    let host = uri.host().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    let address = address.parse::<IpAddr>().ok();
    let here = host == "localhost" || address.is_some_and(|address| address.is_loopback());
    uri.scheme_str() == Some("http") && (here || AWS.contains(&host))
}

#[cfg(test)]
mod tests {
    use aws_sdk_secretsmanager::config::Credentials;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::credentials;

    /// What comes of one answer, and the request that it was given to.
    async fn from(answer: &str) -> (Result<Credentials, String>, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/v1?a=b", listener.local_addr().unwrap());
        let serve = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                let mut bytes = [0; 1024];
                let read = stream.read(&mut bytes).await.unwrap();
                request.extend_from_slice(&bytes[..read]);
            }
            stream.write_all(answer.as_bytes()).await.unwrap();
            String::from_utf8(request).unwrap()
        };
        tokio::join!(credentials(&address, Some("t0ken")), serve)
    }

    fn ok(body: &str) -> String {
        let length = body.len();
        format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{body}")
    }

    #[tokio::test]
    async fn credentials_are_had_for_the_token() {
        let body = r#"{"AccessKeyId":"a","SecretAccessKey":"s","Token":"t","Expiration":"2026-01-01T00:00:00Z"}"#;
        let (credentials, request) = from(&ok(body)).await;
        let credentials = credentials.unwrap();
        assert_eq!(
            (
                credentials.access_key_id(),
                credentials.secret_access_key(),
                credentials.session_token()
            ),
            ("a", "s", Some("t"))
        );
        assert!(request.starts_with("GET /v1?a=b HTTP/1.1\r\n"), "{request}");
        assert!(request.contains("authorization: t0ken\r\n"), "{request}");
    }

    #[tokio::test]
    async fn a_failure_is_one_line_without_what_was_answered() {
        let large = format!("\"{}\"", "s3cret".repeat(20_000));
        for (answer, told) in [
            (ok(r#"{"AccessKeyId":"s3cret"}"#), "no credentials"),
            (ok("s3cret"), "no credentials"),
            (ok(&large), "cannot be read"),
            (
                "HTTP/1.1 403 s3cret\r\ncontent-length: 0\r\n\r\n".to_owned(),
                "it answers 403 Forbidden",
            ),
            ("s3cret\r\n\r\n".to_owned(), "cannot be reached"),
        ] {
            let error = from(&answer).await.0.unwrap_err();
            assert!(
                error.contains(told) && !error.contains("s3cret") && !error.contains('\n'),
                "{error}"
            );
        }
    }

    #[tokio::test]
    async fn the_token_is_sent_to_no_other_machine() {
        for address in [
            "http://192.0.2.1/v1",
            "http://localhost.example/v1",
            "http://127.0.0.1.example/v1",
            "https://127.0.0.1/v1",
            "ftp://127.0.0.1/v1",
            "127.0.0.1:80",
            "/v1",
            "",
            "http://",
        ] {
            let error = credentials(address, Some("t0ken")).await.unwrap_err();
            assert!(
                error.contains("within the sandbox") || error.contains("no URI"),
                "{address}: {error}"
            );
        }
    }
}
