//! The span of somebody else that a request or an invocation is a part of: in the words of X-Ray, or of W3C.

use std::collections::HashMap;

use http::HeaderName;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState};
use opentelemetry::{Context, propagation::Extractor};
use opentelemetry_sdk::propagation::TraceContextPropagator;

use crate::request::Headers;

/// Of the trace header of an invocation: `Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1`. `None`
/// where it names no parent. Only `Sampled=1` is sampled.
pub(super) fn of_xray(header: &str) -> Option<SpanContext> {
    let field = |name| {
        let mut fields = header.split(';').filter_map(|field| field.split_once('='));
        let found = fields.find(|(key, _)| key.trim() == name);
        found.map(|(_, value)| value.trim())
    };
    let (time, unique) = field("Root")?.strip_prefix("1-")?.split_once('-')?;
    let parent = field("Parent")?;
    if [time, unique, parent].map(str::len) != [8, 24, 16] {
        return None;
    }
    let trace = (hex(time)? << 96) | hex(unique)?;
    let flags = TraceFlags::default().with_sampled(field("Sampled") == Some("1"));
    let context = SpanContext::new(
        TraceId::from(trace),
        SpanId::from(u64::try_from(hex(parent)?).ok()?),
        flags,
        true,
        TraceState::NONE,
    );
    context.is_valid().then_some(context)
}

fn hex(text: &str) -> Option<u128> {
    // A number may have a sign, which is none here.
    let is_hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then(|| u128::from_str_radix(text, 16).ok())?
}

/// Of the headers `traceparent` and `tracestate` of a request. A header that is there twice says nothing.
pub(super) fn of_headers(headers: &Headers) -> Option<SpanContext> {
    let said = ["traceparent", "tracestate"]
        .into_iter()
        .filter_map(|name| {
            let values = headers.named(&HeaderName::from_static(name));
            let [value] = &values[..] else { return None };
            Some((name.to_owned(), value.to_str().ok()?.to_owned()))
        });
    of_w3c(&said.collect::<HashMap<_, _>>())
}

fn of_w3c(said: &dyn Extractor) -> Option<SpanContext> {
    let found = TraceContextPropagator::new().extract_with_context(&Context::new(), said);
    let context = found.span().span_context().clone();
    context.is_valid().then_some(context)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "5759e988bd862e3fe1be46a994272793";
    const SPAN: &str = "53995c3f42cd8ad8";

    fn told(context: &SpanContext) -> (String, String, bool, bool) {
        (
            context.trace_id().to_string(),
            context.span_id().to_string(),
            context.is_sampled(),
            context.is_remote(),
        )
    }

    #[test]
    fn a_trace_header_names_the_parent() {
        let root = "Root=1-5759e988-bd862e3fe1be46a994272793";
        for (rest, sampled) in [
            (";Parent=53995c3f42cd8ad8;Sampled=1", true),
            (";Parent=53995c3f42cd8ad8;Sampled=0", false),
            (";Parent=53995c3f42cd8ad8;Sampled=?", false),
            (";Parent=53995c3f42cd8ad8", false),
            ("; Sampled = 1;Lineage=a:0; Parent = 53995c3f42cd8ad8", true),
        ] {
            let context = of_xray(&format!("{root}{rest}")).unwrap();
            let expected = (TRACE.to_owned(), SPAN.to_owned(), sampled, true);
            assert_eq!(told(&context), expected, "{rest}");
        }
    }

    #[test]
    fn what_is_no_trace_header_names_none() {
        for header in [
            "",
            "Root=1-2-3",
            "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1",
            "Root=2-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
            "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=0000000000000000;Sampled=1",
            "Root=1-00000000-000000000000000000000000;Parent=53995c3f42cd8ad8;Sampled=1",
            "Root=1-+759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
            "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=+3995c3f42cd8ad8;Sampled=1",
            "Root=1-5759e988-bd862e3fe1be46a99427279é;Parent=53995c3f42cd8ad8;Sampled=1",
            "Root=1-5759e988-bd862e3fe1be46a9942727931;Parent=53995c3f42cd8ad8;Sampled=1",
        ] {
            assert_eq!(of_xray(header), None, "{header}");
        }
    }

    #[test]
    fn a_traceparent_names_the_parent() {
        let of = |headers: &[(&'static str, &str)]| {
            let mut map = http::HeaderMap::new();
            for (name, value) in headers {
                map.append(*name, value.parse().unwrap());
            }
            of_headers(&map.into())
        };
        let parent = format!("00-{TRACE}-{SPAN}-01");
        let found = of(&[("traceparent", &parent), ("tracestate", "a=1")]).unwrap();
        let expected = (TRACE.to_owned(), SPAN.to_owned(), true, true);
        assert_eq!(told(&found), expected);
        assert_eq!(found.trace_state().get("a"), Some("1"));
        let unsampled = of(&[("traceparent", &format!("00-{TRACE}-{SPAN}-00"))]);
        assert!(!unsampled.unwrap().is_sampled());
        for parent in [
            "".to_owned(),
            format!("ff-{TRACE}-{SPAN}-01"),
            format!("00-{TRACE}-{SPAN}"),
            format!("00-{}-{SPAN}-01", "0".repeat(32)),
            format!("00-{TRACE}-{}-01", "0".repeat(16)),
            format!("00-{}-{SPAN}-01", TRACE.to_uppercase()),
        ] {
            assert_eq!(of(&[("traceparent", &parent)]), None, "{parent}");
        }
        let twice = [("traceparent", &*parent), ("traceparent", &*parent)];
        assert_eq!(of(&twice), None);
    }

    /// Whatever stands there: no panic, and what is found is a valid parent.
    #[test]
    fn any_text_is_a_parent_or_none() {
        let mut random = fastrand::Rng::with_seed(0x7e1e);
        let whole = [
            "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1".to_owned(),
            format!("00-{TRACE}-{SPAN}-01"),
        ];
        let (mut found, mut none) = (0, 0);
        for _ in 0..20_000 {
            let mut text: Vec<char> = random.choice(&whole).unwrap().chars().collect();
            for _ in 0..random.usize(0..4) {
                let at = random.usize(0..text.len());
                match random.u8(0..4) {
                    0 if text.len() > 1 => drop(text.remove(at)),
                    1 => text.insert(at, *random.choice(&['=', ';', '-', '+', '0', 'é']).unwrap()),
                    2 => text[at] = random.char(..),
                    _ => text.truncate(at + 1),
                }
            }
            let text: String = text.into_iter().collect();
            let said = HashMap::from([("traceparent".to_owned(), text.clone())]);
            for context in [of_xray(&text), of_w3c(&said)] {
                match context {
                    Some(context) => {
                        assert!(context.is_valid() && context.is_remote(), "{text}");
                        found += 1;
                    }
                    None => none += 1,
                }
            }
        }
        assert!(found > 1_000 && none > 1_000, "{found} {none}");
        for _ in 0..5_000 {
            let bytes: Vec<u8> = (0..random.usize(0..90)).map(|_| random.u8(..)).collect();
            let text = String::from_utf8_lossy(&bytes);
            assert_eq!(of_xray(&text), None, "{text:?}");
            let mut headers = http::HeaderMap::new();
            if let Ok(value) = http::HeaderValue::from_bytes(&bytes) {
                headers.insert("traceparent", value);
            }
            assert_eq!(of_headers(&headers.into()), None, "{bytes:?}");
        }
    }
}
