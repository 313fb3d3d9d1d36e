//! Random responses, read back as their gateway would.

use std::borrow::Cow;

use base64::Engine;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::*;
use crate::event::pairs;

const CASES: usize = 1_000_000;

/// SplitMix64: the same numbers in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % bound as u64) as usize
    }

    fn of<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }
}

const NAMES: [&str; 5] = [
    "set-cookie",
    "set-cookie",
    "vary",
    "x-a",
    "content-encoding",
];
const VALUES: [&str; 6] = ["", "a=1; Path=/", "\"q\\\"", "é\t", "b", "c, d"];
const BODIES: [&[u8]; 8] = [
    b"",
    b"{}",
    b"\0\"\\\n",
    "é\u{1f600}".as_bytes(),
    b"\xff",
    b"\xc3",
    b"a\x80bc",
    b"\xed\xa0\x80",
];

/// The keys that a gateway may find; REST APIs answer 502 to any other.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Answer<'a> {
    status_code: u16,
    #[serde(borrow)]
    status_description: Option<Cow<'a, str>>,
    #[serde(borrow)]
    headers: Option<&'a RawValue>,
    #[serde(borrow)]
    multi_value_headers: Option<&'a RawValue>,
    #[serde(borrow)]
    cookies: Option<&'a RawValue>,
    #[serde(borrow)]
    body: Cow<'a, str>,
    is_base64_encoded: bool,
}

type Lines = Vec<(String, String)>;

/// The header lines that the gateway sends, in the order of their names.
fn lines(answer: &Answer<'_>) -> Lines {
    let mut lines = Lines::new();
    let mut push = |name: &str, value: &str| {
        lines.push((name.to_ascii_lowercase(), value.to_owned()));
    };
    for raw in [answer.headers, answer.multi_value_headers]
        .into_iter()
        .flatten()
    {
        pairs::for_each(raw.get(), &mut push).unwrap();
    }
    if let Some(raw) = answer.cookies {
        pairs::for_each_item(raw.get(), |cookie| push("set-cookie", cookie)).unwrap();
    }
    lines.sort_by(|(a, _), (b, _)| a.cmp(b));
    lines
}

/// The lines that the handler gave, as far as the origin can tell them apart.
fn expected_lines(origin: Origin, given: &[(&str, &str)]) -> Lines {
    let multi = matches!(
        origin,
        Origin::Rest | Origin::HttpApiV1 | Origin::Alb { multi: true }
    );
    let mut lines = Lines::new();
    for &(name, value) in given {
        let same = lines.iter_mut().find(|(known, _)| known == name);
        match same {
            Some((_, line)) if !multi && name != "set-cookie" => {
                line.push_str(", ");
                line.push_str(value);
            }
            _ => lines.push((name.to_owned(), value.to_owned())),
        }
    }
    lines.sort_by(|(a, _), (b, _)| a.cmp(b));
    lines
}

#[test]
fn every_gateway_reads_the_response_of_the_handler() {
    let mut random = Random(1);
    for case in 0..CASES {
        let origin = random.of(&ORIGINS);
        let status = StatusCode::from_u16(200 + random.below(400) as u16).unwrap();
        let body = random.of(&BODIES);
        let given: Vec<_> = (0..random.below(4))
            .map(|_| (random.of(&NAMES), random.of(&VALUES)))
            .collect();

        let mut response = Response::new(Bytes::from_static(body));
        *response.status_mut() = status;
        for &(name, value) in &given {
            let value = HeaderValue::from_str(value).unwrap();
            response.headers_mut().append(name, value);
        }
        let bytes = Outgoing::new(origin, response, "r-1").to_json().unwrap();

        let answer: Answer<'_> = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(answer.status_code, status.as_u16(), "{case}");
        let described = matches!(origin, Origin::Alb { .. } | Origin::Lattice);
        assert_eq!(answer.status_description.is_some(), described, "{case}");
        assert_eq!(lines(&answer), expected_lines(origin, &given), "{case}");
        let read = if answer.is_base64_encoded {
            BASE64_STANDARD.decode(&*answer.body).unwrap()
        } else {
            answer.body.into_owned().into_bytes()
        };
        assert_eq!(read, body, "{case}");
    }
}
