//! A fake AWS: moto's server, for Secrets Manager.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::Command;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method};
use serde_json::{Value, json};

use crate::client::exchange;
use crate::home::Answer;
use crate::process::Guarded;
use crate::{base64, tool, workspace};

const BOUND: Duration = Duration::from_mins(1);

/// Moto looks up the service and the region here, and checks nothing else.
const AUTHORIZATION: &str = "AWS4-HMAC-SHA256 \
    Credential=test/20260101/eu-central-1/secretsmanager/aws4_request, \
    SignedHeaders=host, Signature=0";

/// What a secret holds.
#[derive(Clone, Copy, Debug)]
pub enum Secret<'a> {
    /// A `SecretString`.
    Text(&'a str),
    /// A `SecretBinary`.
    Binary(&'a [u8]),
}

/// A running `moto_server`. It ends when dropped.
#[derive(Debug)]
pub struct Moto {
    process: Guarded,
    address: SocketAddr,
}

impl Moto {
    /// The region that its secrets are in.
    pub const REGION: &'static str = "eu-central-1";

    /// Starts a server on a free port, and waits until it answers.
    ///
    /// # Panics
    /// If it does not within a minute; the message has what it printed.
    pub async fn start() -> Self {
        let mut command = Command::new(tool::moto_server());
        workspace::forget_surroundings(&mut command);
        command
            .args(["-H", "127.0.0.1", "-p", "0"])
            .env("PYTHONUNBUFFERED", "1");
        let process = Guarded::spawn("moto_server", command);
        let prefix = "http://127.0.0.1:";
        let line = process.wait_for_line(prefix, BOUND).await;
        let port = line.split(prefix).nth(1).unwrap_or_default();
        let digits = port
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(port.len());
        let port = port[..digits].parse();
        let port: u16 = port.unwrap_or_else(|error| panic!("no port in {line:?}: {error}"));
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let moto = Self { process, address };
        moto.wait_until_ready().await;
        moto
    }

    async fn wait_until_ready(&self) {
        let start = Instant::now();
        loop {
            let answer = self.call("ListSecrets", &json!({})).await;
            if answer.as_ref().is_ok_and(|answer| answer.status == 200) {
                return;
            }
            assert!(
                start.elapsed() < BOUND && self.process.ended().is_none(),
                "moto_server does not answer ({answer:?}); it said:\n{}",
                self.process.log()
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Its URL: the value for `AWS_ENDPOINT_URL`.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What an AWS SDK needs to know to reach it.
    #[must_use]
    pub fn environment(&self) -> [(&'static str, String); 5] {
        [
            ("AWS_ENDPOINT_URL", self.endpoint()),
            ("AWS_REGION", Self::REGION.into()),
            ("AWS_ACCESS_KEY_ID", "test".into()),
            ("AWS_SECRET_ACCESS_KEY", "test".into()),
            ("AWS_EC2_METADATA_DISABLED", "true".into()),
        ]
    }

    /// Creates a secret and returns its ARN.
    ///
    /// # Panics
    /// If moto refuses.
    pub async fn create_secret(&self, name: &str, secret: Secret<'_>) -> String {
        let mut request = secret.json();
        request["Name"] = name.into();
        self.text(&self.done("CreateSecret", &request).await, "ARN")
    }

    /// Gives a secret a new current version, and returns the version's id.
    ///
    /// # Panics
    /// If moto refuses.
    pub async fn put_secret(&self, name: &str, secret: Secret<'_>) -> String {
        let mut request = secret.json();
        request["SecretId"] = name.into();
        self.text(&self.done("PutSecretValue", &request).await, "VersionId")
    }

    /// Sends any Secrets Manager request and returns its result.
    ///
    /// # Panics
    /// If moto refuses.
    pub async fn done(&self, action: &str, request: &Value) -> Value {
        let answer = self.call(action, request).await;
        let answer = answer.unwrap_or_else(|error| panic!("moto's {action}: {error}"));
        assert_eq!(answer.status, 200, "moto's {action}: {:?}", answer.body);
        answer.json()
    }

    async fn call(&self, action: &str, request: &Value) -> std::io::Result<Answer> {
        let target = HeaderValue::try_from(format!("secretsmanager.{action}"));
        let mut headers = HeaderMap::new();
        headers.insert("x-amz-target", target.map_err(std::io::Error::other)?);
        headers.insert(
            "content-type",
            HeaderValue::from_static("application/x-amz-json-1.1"),
        );
        headers.insert("authorization", HeaderValue::from_static(AUTHORIZATION));
        let body = Bytes::from(request.to_string());
        exchange(self.address, Method::POST, "/", headers, body, BOUND).await
    }

    #[track_caller]
    fn text(&self, result: &Value, field: &str) -> String {
        let text = result[field].as_str();
        text.unwrap_or_else(|| panic!("moto's result has no {field}: {result}"))
            .to_owned()
    }
}

impl Secret<'_> {
    /// The field of a request that carries it, with a token that makes the request unique.
    fn json(self) -> Value {
        let token = uuid::Uuid::new_v4();
        match self {
            Self::Text(text) => json!({"SecretString": text, "ClientRequestToken": token}),
            Self::Binary(bytes) => {
                json!({"SecretBinary": base64::encode(bytes), "ClientRequestToken": token})
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn keeps_secrets() {
        let moto = Moto::start().await;
        let arn = moto.create_secret("text", Secret::Text("one")).await;
        assert!(arn.contains(":secret:text"), "{arn}");
        let value = json!({"SecretId": "text", "VersionStage": "AWSCURRENT"});
        assert_eq!(
            moto.done("GetSecretValue", &value).await["SecretString"],
            "one"
        );
        moto.put_secret("text", Secret::Text("two")).await;
        assert_eq!(
            moto.done("GetSecretValue", &value).await["SecretString"],
            "two"
        );
        moto.create_secret("bytes", Secret::Binary(b"\xff\xfe"))
            .await;
        let value = moto
            .done("GetSecretValue", &json!({"SecretId": "bytes"}))
            .await;
        assert_eq!(value["SecretBinary"], "//4=");
    }
}
