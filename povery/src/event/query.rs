//! The query of an event, encoded once.

use form_urlencoded::Serializer;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::value::RawValue;

use super::fields::Fields;
use super::{Origin, Unknown, pairs};

/// What may not stand in a query (RFC 3986, section 3.4).
const NOT_IN_A_QUERY: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>');

/// What may not stand in a value of a query that is not decoded yet.
const NOT_IN_A_VALUE: &AsciiSet = &NOT_IN_A_QUERY.add(b'&');

/// What may not stand in a name of a query that is not decoded yet.
const NOT_IN_A_NAME: &AsciiSet = &NOT_IN_A_VALUE.add(b'=');

/// The query without its `?`; empty where there is none.
pub(super) fn query(origin: Origin, fields: &Fields<'_>) -> Result<String, Unknown> {
    let raw_query = match origin {
        // Its map has repeated values joined by commas, which nobody can take apart again.
        Origin::HttpApi | Origin::FunctionUrl => {
            Some(fields.raw_query.text_or_empty("rawQueryString")?)
        }
        Origin::Lattice => fields
            .path
            .as_str()
            .and_then(|path| Some(path.split_once('?')?.1)),
        Origin::Rest | Origin::HttpApiV1 | Origin::Alb { .. } => None,
    };
    if let Some(query) = raw_query {
        return Ok(utf8_percent_encode(query, NOT_IN_A_QUERY).to_string());
    }
    let from = match origin {
        Origin::Rest | Origin::HttpApiV1 => decoded,
        _ => undecoded,
    };
    let query = from(fields.multi_query, "multiValueQueryStringParameters")?;
    if query.is_empty() {
        return from(fields.query, "queryStringParameters");
    }
    Ok(query)
}

/// The query of a gateway that has decoded names and values.
fn decoded(raw: Option<&RawValue>, field: &'static str) -> Result<String, Unknown> {
    let mut query = Serializer::new(String::new());
    if let Some(raw) = raw {
        pairs::for_each(raw.get(), |name, value| {
            query.append_pair(name, value);
        })
        .map_err(|_| Unknown::Field(field))?;
    }
    Ok(query.finish())
}

/// The query of a gateway that gives names and values as they were sent.
fn undecoded(raw: Option<&RawValue>, field: &'static str) -> Result<String, Unknown> {
    let mut query = String::new();
    if let Some(raw) = raw {
        pairs::for_each(raw.get(), |name, value| {
            if !query.is_empty() {
                query.push('&');
            }
            query.extend(utf8_percent_encode(name, NOT_IN_A_NAME));
            query.push('=');
            query.extend(utf8_percent_encode(value, NOT_IN_A_VALUE));
        })
        .map_err(|_| Unknown::Field(field))?;
    }
    Ok(query)
}
