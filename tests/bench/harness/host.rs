//! The Runtime API that drives a function: one thread, blocking sockets, answers made beforehand.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant, SystemTime};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::message::{Call, Message, Unreadable};

/// What a function's answer is acknowledged with.
const ACCEPTED: &[u8] = b"HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\n\
    Date: Mon, 02 Feb 2026 11:00:01 GMT\r\nContent-Length: 16\r\n\r\n{\"status\":\"OK\"}\n";
/// What the registration of an extension is answered.
const REGISTERED: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\
    Lambda-Extension-Identifier: 5d1f3a52-61ab-4e97-b2d4-000000000001\r\nContent-Length: 2\r\n\r\n{}";
/// The timeout that deadlines announce.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How much is read at once.
const READ: usize = 256 * 1024;

/// Why a function could not be driven.
#[derive(Debug)]
pub(crate) struct HostError(pub(crate) String);

impl HostError {
    /// The error, and whose it is.
    pub(crate) fn of(self, name: &str) -> Self {
        Self(format!("{name}: {}", self.0))
    }
}

impl From<io::Error> for HostError {
    fn from(error: io::Error) -> Self {
        Self(format!("input or output failed: {error}"))
    }
}

impl From<rustix::io::Errno> for HostError {
    fn from(error: rustix::io::Errno) -> Self {
        io::Error::from(error).into()
    }
}

impl From<Unreadable> for HostError {
    fn from(Unreadable(what): Unreadable) -> Self {
        Self(format!("the function sent {what}"))
    }
}

/// Is told of each answer: how long it took from the moment the event was handed out, and its bytes.
pub(crate) type Answered<'a> = &'a mut dyn FnMut(Duration, &[u8]) -> Result<(), HostError>;

/// An event with the head of the response that carries it, whose id, deadline and trace are written anew
/// for each invocation.
#[derive(Clone, Debug)]
pub(crate) struct Prepared {
    bytes: Vec<u8>,
    id: usize,
    deadline: usize,
    trace: usize,
}

impl Prepared {
    pub(crate) fn new(event: &[u8]) -> Self {
        let id = "Lambda-Runtime-Aws-Request-Id: ";
        let deadline = "Lambda-Runtime-Deadline-Ms: ";
        let mut bytes = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n".to_vec();
        bytes.extend_from_slice(id.as_bytes());
        let id = bytes.len();
        bytes.extend_from_slice(request_id(0).as_bytes());
        bytes.extend_from_slice(format!("\r\n{deadline}").as_bytes());
        let deadline = bytes.len();
        bytes.extend_from_slice(b"0000000000000\r\n");
        bytes.extend_from_slice(
            b"Lambda-Runtime-Trace-Id: Root=1-6985d2a1-4c0f7e5a1b2d3c4e5f607182;Parent=",
        );
        let trace = bytes.len();
        bytes.extend_from_slice(parent(0).as_bytes());
        bytes.extend_from_slice(b";Sampled=0\r\n");
        bytes.extend_from_slice(
            format!(
                "Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:eu-central-1:111122223333:function:users\r\n\
                 Date: Mon, 02 Feb 2026 11:00:01 GMT\r\nContent-Length: {}\r\n\r\n",
                event.len()
            )
            .as_bytes(),
        );
        bytes.extend_from_slice(event);
        Self {
            bytes,
            id,
            deadline,
            trace,
        }
    }

    /// The bytes for an invocation now.
    fn at(&mut self, number: u64) -> &[u8] {
        let deadline = SystemTime::now() + TIMEOUT;
        let deadline = deadline
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        let deadline = format!("{:013}", deadline.as_millis());
        self.put(self.deadline, deadline.as_bytes());
        self.put(self.id, request_id(number).as_bytes());
        self.put(self.trace, parent(number).as_bytes());
        &self.bytes
    }

    fn put(&mut self, place: usize, text: &[u8]) {
        if let Some(bytes) = self.bytes.get_mut(place..place + text.len()) {
            bytes.copy_from_slice(text);
        }
    }
}

pub(crate) fn request_id(number: u64) -> String {
    format!("8c0d3f52-61ab-4e97-b2d4-{number:012x}")
}

/// The span that a trace names as the parent: no two invocations have the same.
fn parent(number: u64) -> String {
    format!("{number:016x}")
}

#[derive(Debug)]
struct Connection {
    /// `None` once the function has closed it.
    stream: Option<TcpStream>,
    /// What has arrived and is not answered yet.
    received: Vec<u8>,
}

#[derive(Debug)]
struct Flight {
    number: u64,
    begun: Instant,
}

/// The Runtime API of one function.
#[derive(Debug)]
pub(crate) struct Host {
    listener: TcpListener,
    address: SocketAddr,
    connections: Vec<Connection>,
    /// The connections that wait for an invocation.
    waiting: Vec<usize>,
    flights: Vec<Flight>,
    number: u64,
    buffer: Vec<u8>,
    patience: Duration,
}

impl Host {
    /// Listens. `patience` is how long nothing may come from the function.
    pub(crate) fn new(patience: Duration) -> Result<Self, HostError> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        Ok(Self {
            address: listener.local_addr()?,
            listener,
            connections: Vec::new(),
            waiting: Vec::new(),
            flights: Vec::new(),
            number: 0,
            buffer: vec![0; READ],
            patience,
        })
    }

    /// The value for `AWS_LAMBDA_RUNTIME_API`.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits until that many connections ask for an invocation.
    pub(crate) fn ready(&mut self, count: usize) -> Result<(), HostError> {
        while self.waiting.len() < count {
            self.pump(&mut |_, _| Ok(()))?;
        }
        Ok(())
    }

    /// Hands out that many invocations at once, and waits for the answers.
    pub(crate) fn invoke(
        &mut self,
        event: &mut Prepared,
        count: usize,
        answered: Answered<'_>,
    ) -> Result<(), HostError> {
        self.ready(count)?;
        for _ in 0..count {
            let connection = self
                .waiting
                .pop()
                .and_then(|index| self.connections.get_mut(index));
            let Some(stream) = connection.and_then(|connection| connection.stream.as_mut()) else {
                return Err(HostError("a connection that waited is closed".to_owned()));
            };
            self.number += 1;
            let bytes = event.at(self.number);
            self.flights.push(Flight {
                number: self.number,
                begun: Instant::now(),
            });
            stream.write_all(bytes)?;
        }
        while !self.flights.is_empty() {
            self.pump(answered)?;
        }
        Ok(())
    }

    /// Waits for the function to say something, and answers what it can.
    fn pump(&mut self, answered: Answered<'_>) -> Result<(), HostError> {
        let (new, readable) = self.wait()?;
        for index in readable {
            let Some(connection) = self.connections.get_mut(index) else {
                continue;
            };
            let Some(stream) = &mut connection.stream else {
                continue;
            };
            let count = stream.read(&mut self.buffer)?;
            if count == 0 {
                // A client may drop a connection and make another.
                connection.stream = None;
                continue;
            }
            let received = self.buffer.get(..count).unwrap_or_default();
            connection.received.extend_from_slice(received);
            while let Some(message) = Message::parse(&connection.received)? {
                let bytes = &connection.received;
                let body = bytes.get(message.body.clone()).unwrap_or_default();
                match message.call(bytes) {
                    Call::Next => self.waiting.push(index),
                    Call::Answer(id) => {
                        let now = Instant::now();
                        let flight = (self.flights.iter())
                            .position(|flight| id.ends_with(&format!("{:012x}", flight.number)))
                            .ok_or_else(|| HostError(format!("an answer to nothing: {id}")))?;
                        let flight = self.flights.swap_remove(flight);
                        answered(now - flight.begun, body)?;
                        stream.write_all(ACCEPTED)?;
                    }
                    Call::Register => stream.write_all(REGISTERED)?,
                    // None comes.
                    Call::Event => {}
                    call @ (Call::Failure | Call::Unknown) => {
                        let body = String::from_utf8_lossy(body);
                        return Err(HostError(format!("the function said {call:?}: {body}")));
                    }
                }
                connection.received.drain(..message.body.end);
            }
        }
        if new {
            let (stream, _) = self.listener.accept()?;
            stream.set_nodelay(true)?;
            self.add(stream);
        }
        Ok(())
    }

    /// Keeps a connection, in the place of one that is closed if there is such.
    fn add(&mut self, stream: TcpStream) {
        let connection = Connection {
            stream: Some(stream),
            received: Vec::new(),
        };
        let mut connections = self.connections.iter_mut();
        match connections.find(|one| one.stream.is_none()) {
            Some(closed) => *closed = connection,
            None => self.connections.push(connection),
        }
    }

    /// Waits; whether there is a new connection, and which ones can be read.
    fn wait(&self) -> Result<(bool, Vec<usize>), HostError> {
        let mut ready = vec![PollFd::new(&self.listener, PollFlags::IN)];
        let mut indices = vec![0];
        for (index, connection) in self.connections.iter().enumerate() {
            if let Some(stream) = &connection.stream {
                ready.push(PollFd::new(stream, PollFlags::IN));
                indices.push(index);
            }
        }
        let patience = Timespec::try_from(self.patience)
            .map_err(|_| HostError("a patience out of range".to_owned()))?;
        if poll(&mut ready, Some(&patience))? == 0 {
            let patience = self.patience;
            return Err(HostError(format!(
                "the function was silent for {patience:?}"
            )));
        }
        let mut ready = ready.iter().map(|ready| !ready.revents().is_empty());
        let new = ready.next().unwrap_or_default();
        let readable = (indices.into_iter().skip(1).zip(ready))
            .filter_map(|(index, ready)| ready.then_some(index))
            .collect();
        Ok((new, readable))
    }
}
