use std::net::IpAddr;

use povery::Parsed;
use povery::http::Method;
use serde_json::json;

use super::{client, fault};

/// A type that has `FromStr` alone.
#[derive(Debug)]
struct Even(u8);

impl std::str::FromStr for Even {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = text.parse().ok().filter(|number| number % 2 == 0);
        number.map(Self).ok_or_else(|| format!("{text} is odd"))
    }
}

#[povery::route(GET, "/parsed/<method>?<at>&<even>")]
async fn parsed(
    method: Parsed<Method>,
    at: Option<Parsed<IpAddr>>,
    even: Vec<Parsed<Even>>,
) -> String {
    let even: Vec<_> = even
        .into_iter()
        .map(|Parsed(Even(number))| number)
        .collect();
    format!("{method} {:?} {even:?}", at.map(|at| at.0))
}

#[tokio::test]
async fn text_is_read_by_from_str() {
    let client = client(povery::routes![parsed]);
    for (uri, text) in [
        ("/parsed/GET", "GET None []"),
        (
            "/parsed/PURGE?at=::1&even=2&even=4",
            "PURGE Some(::1) [2, 4]",
        ),
    ] {
        assert_eq!(client.get(uri).send().await.text(), text);
    }
}

#[tokio::test]
async fn what_it_refuses_is_a_fault_that_repeats_nothing() {
    let refused = client(povery::routes![parsed])
        .get("/parsed/a%20b?at=1.2&even=3")
        .send()
        .await;
    let faults = json!([
        fault("path", "method", "format", "has the wrong format"),
        fault("query", "at", "format", "has the wrong format"),
        fault("query", "even", "format", "has the wrong format"),
    ]);
    assert_eq!(refused.error().data, Some(faults));
    assert!(!refused.text().contains("odd"), "{refused:?}");
}
