//! RDS IAM tokens: what the server gets for a password, and that nobody else sees it.

use std::net::Ipv4Addr;
use std::process::Command;
use std::time::Duration;

use povery_tests::process::Guarded;
use povery_tests::workspace;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::tls::{Authority, for_host};

const BOUND: Duration = Duration::from_secs(30);
/// AuthenticationCleartextPassword, as RDS asks for a token.
const ASK: &[u8] = &[b'R', 0, 0, 0, 8, 0, 0, 0, 3];
const REFUSED: &[u8] = b"SFATAL\0VFATAL\0C28P01\0MPAM authentication failed\0\0";

/// What follows a length that counts itself.
async fn content(stream: &mut (impl AsyncRead + Unpin)) -> Vec<u8> {
    let length = stream.read_u32().await.unwrap() as usize;
    let mut content = vec![0; length - 4];
    stream.read_exact(&mut content).await.unwrap();
    content
}

/// Takes one connection, and gives its start message and its password. The login is refused.
async fn login(listener: TcpListener, authority: Authority) -> (String, String) {
    let acceptor = authority.acceptor(for_host("localhost"));
    let (mut stream, _) = listener.accept().await.unwrap();
    // The request for TLS, before which nothing is said.
    assert_eq!(content(&mut stream).await, [4, 210, 22, 47]);
    stream.write_all(b"S").await.unwrap();
    let mut stream = acceptor.accept(stream).await.unwrap();
    let start = content(&mut stream).await;
    stream.write_all(ASK).await.unwrap();
    assert_eq!(stream.read_u8().await.unwrap(), b'p');
    let password = content(&mut stream).await;
    let length = u32::try_from(REFUSED.len() + 4).unwrap();
    stream.write_all(b"E").await.unwrap();
    stream.write_u32(length).await.unwrap();
    stream.write_all(REFUSED).await.unwrap();
    stream.shutdown().await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    (text(start), text(password))
}

#[tokio::test]
async fn the_password_is_a_token_and_is_in_no_log() {
    let authority = Authority::new();
    let ca = authority.pem();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut command = Command::new(env!("CARGO_BIN_EXE_iam-probe"));
    workspace::forget_surroundings(&mut command);
    command.arg(port.to_string()).arg(ca.path()).envs([
        ("AWS_REGION", "eu-west-1"),
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "canary-key"),
        ("AWS_SESSION_TOKEN", "canary/session"),
    ]);
    let probe = Guarded::spawn("iam-probe", command);
    let (start, password) = tokio::time::timeout(BOUND, login(listener, authority))
        .await
        .unwrap_or_else(|_| panic!("nobody logs in:\n{}", probe.log()));
    probe.wait(BOUND).unwrap();

    assert!(start.contains("user\0app\0") && start.contains("database\0shop\0"));
    let address = format!("localhost:{port}/?Action=connect&DBUser=app&");
    assert!(password.starts_with(&address), "{password}");
    for part in [
        "X-Amz-Credential=AKIDEXAMPLE%2F",
        "%2Feu-west-1%2Frds-db%2Faws4_request",
        "X-Amz-Expires=900",
        "X-Amz-Security-Token=canary%2Fsession",
        "X-Amz-Signature=",
    ] {
        assert!(password.contains(part), "{part} in {password}");
    }
    let log = probe.log();
    assert!(
        log.contains("everything is logged") && log.contains("answer: Err("),
        "{log}"
    );
    let (_, signature) = password.split_once("X-Amz-Signature=").unwrap();
    let signature = &signature[..64];
    for hidden in [
        signature,
        "canary-key",
        "canary/session",
        "canary%2Fsession",
    ] {
        assert!(!log.contains(hidden), "{hidden} in:\n{log}");
    }
}
