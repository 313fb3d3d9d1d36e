//! A process for the launcher's tests: starts PostgreSQL on the directory in its first argument, else
//! as the environment says, prints
//! `ready <port> <role>` at the start and at each change, and stops at the end of its input.

use std::io::Read;

use povery::local::postgres::{Launcher, LocalPostgres};

fn announce(postgres: &LocalPostgres) {
    println!("ready {} {:?}", postgres.connection().port, postgres.role());
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let launcher = match std::env::args_os().nth(1) {
        Some(base) => Launcher::new(base),
        None => Launcher::from_env(),
    };
    let postgres = match launcher.start().await {
        Ok(postgres) => postgres,
        Err(error) => {
            eprintln!("{error}");
            std::process::exit(1);
        }
    };
    announce(&postgres);
    let mut watch = postgres.watch();
    let (end, mut ended) = tokio::sync::mpsc::channel::<()>(1);
    std::thread::spawn(move || {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        drop(end);
    });
    while tokio::select! { changed = watch.changed() => changed, _ = ended.recv() => false } {
        announce(&postgres);
    }
    if let Err(error) = postgres.stop().await {
        eprintln!("{error}");
        std::process::exit(1);
    }
}
