use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, SystemTime};

use crate::host::{Host, Prepared, request_id};

/// A function that answers each event with its id, from a thread.
fn function(address: SocketAddr, invocations: usize) -> std::thread::JoinHandle<Vec<String>> {
    std::thread::spawn(move || {
        let mut stream = TcpStream::connect(address).expect("connected");
        let mut heads = Vec::new();
        let mut said = String::new();
        let mut read = |stream: &mut TcpStream, until: &str| {
            while !said.contains(until) {
                let mut buffer = [0; 4096];
                let count = stream.read(&mut buffer).expect("read");
                assert_ne!(count, 0);
                said.push_str(std::str::from_utf8(&buffer[..count]).expect("text"));
            }
            std::mem::take(&mut said)
        };
        for _ in 0..invocations {
            let next = "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\n\r\n";
            stream.write_all(next.as_bytes()).expect("written");
            let head = read(&mut stream, "{\"event\":1}");
            let id = head.split_once("Request-Id: ").expect("an id").1;
            let id = &id[..36];
            let answer = format!(
                "POST /2018-06-01/runtime/invocation/{id}/response HTTP/1.1\r\nContent-Length: 36\r\n\r\n{id}"
            );
            stream.write_all(answer.as_bytes()).expect("written");
            read(&mut stream, "{\"status\":\"OK\"}");
            heads.push(head);
        }
        let next = "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\n\r\n";
        stream.write_all(next.as_bytes()).expect("written");
        heads
    })
}

#[test]
fn invocations_have_ids_of_their_own_and_a_deadline_ahead() {
    let mut host = Host::new(Duration::from_secs(10)).expect("a port");
    let function = function(host.address(), 2);
    let mut event = Prepared::new(b"{\"event\":1}");
    let mut answers = Vec::new();
    for _ in 0..2 {
        host.invoke(&mut event, 1, &mut |_, answer| {
            answers.push(String::from_utf8_lossy(answer).into_owned());
            Ok(())
        })
        .expect("invoked");
    }
    host.ready(1).expect("asks for the next");
    assert_eq!(answers, [request_id(1), request_id(2)]);
    let heads = function.join().expect("the function ended well");
    let deadline = heads[0].split_once("Deadline-Ms: ").expect("a deadline").1;
    let deadline: u128 = deadline[..13].parse().expect("a number");
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    assert!(deadline > now.expect("after 1970").as_millis());
}

#[test]
fn a_function_that_says_nothing_is_not_waited_for() {
    let mut host = Host::new(Duration::from_millis(1)).expect("a port");
    let error = host.ready(1).expect_err("nobody is there");
    assert!(error.0.contains("silent"), "{error:?}");
}

#[test]
fn a_function_that_fails_is_reported() {
    let mut host = Host::new(Duration::from_secs(10)).expect("a port");
    let mut stream = TcpStream::connect(host.address()).expect("connected");
    let said = "POST /2018-06-01/runtime/init/error HTTP/1.1\r\nContent-Length: 3\r\n\r\nwhy";
    stream.write_all(said.as_bytes()).expect("written");
    let error = host.ready(1).expect_err("it failed");
    assert!(error.0.ends_with("Failure: why"), "{error:?}");
}
