//! An HTTP server in this process that does what a test tells it to, and a log of everything.

use std::collections::VecDeque;
use std::io::Write;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::filter::LevelFilter;

/// What it does with a request.
#[derive(Clone)]
pub(super) enum Step {
    Answer(u16, String),
    /// Closes the connection without a word.
    Cut,
    /// Keeps the connection, and says nothing.
    Hang,
}

/// A request that it has had, by the number of its connection.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) connection: usize,
    pub(super) text: String,
}

pub(super) struct Fake {
    pub(super) port: u16,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Fake {
    /// A step for each request; the last one goes on.
    pub(super) async fn start(steps: impl IntoIterator<Item = Step>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let steps = Arc::new(Mutex::new(steps.into_iter().collect::<VecDeque<_>>()));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        tokio::spawn(async move {
            for connection in 0.. {
                let (stream, _) = listener.accept().await.unwrap();
                let (steps, log) = (Arc::clone(&steps), Arc::clone(&log));
                tokio::spawn(serve(stream, connection, steps, log));
            }
        });
        Self { port, seen }
    }

    pub(super) fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(super) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

async fn serve(
    mut stream: TcpStream,
    connection: usize,
    steps: Arc<Mutex<VecDeque<Step>>>,
    log: Arc<Mutex<Vec<Seen>>>,
) {
    while let Some(text) = request(&mut stream).await {
        log.lock().unwrap().push(Seen { connection, text });
        let step = {
            let mut steps = steps.lock().unwrap();
            match steps.len() {
                0 | 1 => steps.front().cloned(),
                _ => steps.pop_front(),
            }
        };
        match step.expect("a step for the request") {
            Step::Answer(status, body) => {
                let length = body.len();
                let answer =
                    format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\n\r\n{body}");
                if stream.write_all(answer.as_bytes()).await.is_err() {
                    return;
                }
            }
            Step::Cut => return,
            Step::Hang => std::future::pending().await,
        }
    }
}

/// A request with its body, as it was sent; `None` at the end of the connection.
async fn request(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let head = head.to_ascii_lowercase();
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length:"));
            if body.len() >= length.map_or(0, |length| length.trim().parse().unwrap()) {
                return Some(text);
            }
        }
        let mut buffer = [0; 4096];
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return None,
            Ok(read) => bytes.extend_from_slice(&buffer[..read]),
        }
    }
}

/// What this thread logs, at every level, as long as this is there.
pub(super) struct Log {
    written: Arc<Mutex<Vec<u8>>>,
    _guard: DefaultGuard,
}

struct Writer(Arc<Mutex<Vec<u8>>>);

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    pub(super) fn of_everything() -> Self {
        let written = Arc::new(Mutex::new(Vec::new()));
        let writer = Arc::clone(&written);
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(LevelFilter::TRACE)
            .with_writer(move || Writer(Arc::clone(&writer)))
            .finish();
        Self {
            written,
            _guard: crate::log::listen(subscriber),
        }
    }

    /// That there is a log, and none of these in it.
    pub(super) fn has_none_of(&self, texts: &[&str]) {
        let log = String::from_utf8_lossy(&self.written.lock().unwrap()).into_owned();
        assert!(log.contains("TRACE"), "nothing is logged: {log}");
        for text in texts {
            assert!(!log.contains(text), "{text} in:\n{log}");
        }
    }
}
