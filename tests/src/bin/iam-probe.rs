//! A process for the tests of RDS IAM tokens: connects to `localhost` at the port in its first argument, trusting
//! the roots in the file of its second, and prints what comes of it beside all that is logged.

use povery::{CredentialSource, Pool, RdsIam, Want};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .init();
    tracing::trace!("everything is logged");
    let mut arguments = std::env::args().skip(1);
    let port = arguments.next().and_then(|port| port.parse().ok());
    let ca = arguments.next().expect("a file of roots");
    let source = RdsIam::new("localhost", "app", "shop")
        .with_port(port.expect("a port"))
        .with_ca(ca);
    let credentials = source.credentials(Want::Kept).await;
    println!("{source:?} {credentials:?}");
    let one = sqlx::query_scalar::<_, i32>("SELECT 1");
    let one = one.fetch_one(&Pool::new(source, 1)).await;
    println!("answer: {one:?}");
}
