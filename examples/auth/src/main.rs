//! Who may see what: public, any user, administrators.

fn main() -> povery::Exit {
    auth::app(|name| std::env::var(name).ok()).run()
}
