//! What a program has only on a developer's machine: an HTTP server with a command line and a
//! PostgreSQL of its own, which tests can use too.

mod banner;
mod command;
#[cfg(feature = "postgres")]
pub(crate) mod database;
#[cfg(feature = "postgres")]
mod migrations;
#[cfg(feature = "postgres")]
pub mod postgres;
mod server;
mod template;

use std::io::Write;

use crate::app::App;
use crate::environment::is_local_run;
use crate::error::BoxError;
use command::Command;
use template::Template;

/// Does what the command line says; without a word that is to serve.
pub(crate) async fn serve(mut app: App) -> Result<(), BoxError> {
    match Command::from_args() {
        Command::Serve {
            address,
            unverified_claims,
        } => {
            if unverified_claims {
                if !is_local_run() {
                    return Err("`--unverified-claims` is for local runs".into());
                }
                app.set_local(true);
            }
            server::serve(app, address).await
        }
        Command::Routes => {
            print(&banner::table(&app));
            Ok(())
        }
        Command::Template {
            program,
            architecture,
        } => {
            let template = Template::of(&app, &program, architecture);
            print(&template.to_string());
            for line in template.left_out() {
                eprintln!("{line}");
            }
            Ok(())
        }
        #[cfg(feature = "postgres")]
        Command::Migrate => database::migrate(app).await,
    }
}

/// Writes to the standard output. Whoever closes it early has read enough.
fn print(text: &str) {
    let mut output = std::io::stdout();
    let _ = output
        .write_all(text.as_bytes())
        .and_then(|()| output.flush());
}
