//! An initialised cluster to be copied, and the programs that work on its copies.

use std::fs::{self, File};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use sqlx::postgres::{PgConnectOptions, PgSslMode};
use tokio::sync::OnceCell;

use super::caretaker::Caretaker;
use crate::database;

/// The superuser, and the database that is always there.
const ADMIN: &str = "povery";

/// An initialised cluster that each new one is a copy of.
pub(super) static TEMPLATE: OnceCell<Template> = OnceCell::const_new();

pub(super) struct Template {
    programs: PathBuf,
    pub(super) place: Caretaker,
    /// The user that the launcher's server runs as, and ours do.
    pub(super) user: (u32, u32),
    pub(super) password: String,
}

/// Initialises a cluster with the programs of the launcher's server, and as its user.
pub(super) async fn template() -> Template {
    let launched = database::users_database().await;
    let mut client = database::connect(&launched).await;
    let programs: String =
        sqlx::query_scalar("SELECT setting FROM pg_config WHERE name = 'BINDIR'")
            .fetch_one(&mut client)
            .await
            .expect("the server knows its programs");
    let data: String = sqlx::query_scalar("SHOW data_directory")
        .fetch_one(&mut client)
        .await
        .expect("the server knows its data");
    let owner = fs::metadata(&data).expect("it is there");
    let template = Template {
        programs: programs.into(),
        place: Caretaker::new((owner.uid(), owner.gid())),
        user: (owner.uid(), owner.gid()),
        password: uuid::Uuid::new_v4().simple().to_string(),
    };
    let file = template.place.path().join("password");
    write(&file, &template.password, template.user);
    let mut initdb = program(&template, "initdb");
    initdb
        .arg("-D")
        .arg(template.place.data())
        .arg("--pwfile")
        .arg(&file)
        .args(["--username", ADMIN, "--auth=scram-sha-256"])
        .args(["--encoding=UTF8", "--locale=C", "--no-sync"]);
    let printed = initdb.output().expect("initdb can be run");
    let said = String::from_utf8_lossy(&printed.stderr);
    assert!(printed.status.success(), "initdb failed:\n{said}");
    template
}

pub(super) fn server(
    template: &Template,
    place: &Caretaker,
    port: u16,
    settings: &[String],
) -> Child {
    let log = File::options().create(true).append(true).open(place.log());
    let log = log.expect("the server has a log");
    let mut server = program(template, "postgres");
    server.arg("-D").arg(place.data());
    let port = format!("port={port}");
    let usual = [
        &*port,
        "listen_addresses=127.0.0.1",
        "unix_socket_directories=",
        "shared_buffers=16MB",
        "fsync=off",
        "timezone=UTC",
        "log_destination=stderr",
        "logging_collector=off",
    ];
    let settings = settings.iter().map(String::as_str);
    for setting in usual.into_iter().chain(settings) {
        server.args(["-c", setting]);
    }
    let spawned = server
        .stdout(log.try_clone().expect("a file is shared"))
        .stderr(log)
        .spawn();
    spawned.expect("postgres can be run")
}

/// One of PostgreSQL's programs as the server's user, in an environment and a process group of its own.
fn program(template: &Template, name: &str) -> Command {
    let mut command = Command::new(template.programs.join(name));
    let (uid, gid) = template.user;
    command
        .env_clear()
        .env("PATH", &template.programs)
        .env("LC_ALL", "C")
        .current_dir("/")
        .stdin(Stdio::null())
        .process_group(0);
    if rustix::process::geteuid().is_root() {
        command.uid(uid).gid(gid);
    }
    command
}

pub(super) fn options(port: u16, password: &str) -> PgConnectOptions {
    PgConnectOptions::new_without_pgpass()
        .host("127.0.0.1")
        .port(port)
        .username(ADMIN)
        .password(password)
        .database("postgres")
        .application_name("admin")
        .ssl_mode(PgSslMode::Prefer)
}

/// Copies a directory with the owners of its files.
pub(super) fn copy(from: &Path, to: &Path) {
    let copied = Command::new("cp").arg("-a").arg(from).arg(to).status();
    assert!(copied.is_ok_and(|status| status.success()), "cp failed");
}

/// Writes a file that the server's user alone can read, as it wants its key to be.
pub(super) fn write(path: &Path, text: &str, (uid, gid): (u32, u32)) {
    fs::write(path, text).expect("the file can be written");
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("it is ours");
    if rustix::process::geteuid().is_root() {
        std::os::unix::fs::chown(path, Some(uid), Some(gid)).expect("root gives it away");
    }
}
