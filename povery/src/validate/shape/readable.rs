//! What types say that they expect, as people would say it.

/// serde's name of what it expected, as people would say it.
pub(crate) fn readable(expected: &str) -> String {
    macro_rules! integer {
        ($($ty:ident)*) => {
            match expected {
                $(stringify!($ty) => return format!("an integer from {} to {}", $ty::MIN, $ty::MAX),)*
                _ => {}
            }
        };
    }
    integer!(i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 usize isize);
    if let Some(integer) = expected.strip_prefix("a nonzero ") {
        let any = readable(integer);
        return match any.strip_prefix("an integer from 0 to ") {
            Some(most) => format!("an integer from 1 to {most}"),
            None => format!("{any} but 0"),
        };
    }
    if let Some(length) = list_length(expected) {
        let items = if length == 1 { "item" } else { "items" };
        return format!("a list of {length} {items}");
    }
    match expected {
        "f32" | "f64" => "a number".to_owned(),
        "a boolean" => "true or false".to_owned(),
        "unit" => "null".to_owned(),
        "a sequence" => "a list".to_owned(),
        "a map" => "an object".to_owned(),
        "a formatted UUID string" | "UUID" => "a UUID".to_owned(),
        "IP address" => "an IP address".to_owned(),
        "IPv4 address" => "an IPv4 address".to_owned(),
        "IPv6 address" => "an IPv6 address".to_owned(),
        "socket address" => "an IP address with a port".to_owned(),
        "IPv4 socket address" => "an IPv4 address with a port".to_owned(),
        "IPv6 socket address" => "an IPv6 address with a port".to_owned(),
        "a formatted date string" => "a date".to_owned(),
        "a formatted time string" => "a time".to_owned(),
        "a formatted date and time string" => "a date and time".to_owned(),
        "an RFC 3339 formatted date and time string" => "a date and time with its zone".to_owned(),
        "fewer elements in sequence" | "fewer elements in array" => "a shorter list".to_owned(),
        "a path string" | "path string" => "a path".to_owned(),
        "string or map" => "a string or an object".to_owned(),
        "map with a single key" => "an object with one field".to_owned(),
        // The caller need not know what the type is called.
        other => {
            let known = [
                ("struct ", "an object"),
                ("internally tagged enum ", "an object"),
                ("adjacently tagged enum ", "an object"),
                ("tuple struct ", "a list"),
                ("tuple variant ", "a list"),
                ("unit struct ", "null"),
                ("unit variant ", "a name alone"),
                ("newtype variant ", "an object with one field"),
                ("enum ", "one of the known values"),
            ];
            let plain = known.iter().find(|(start, _)| other.starts_with(start));
            plain.map_or(other, |(_, plain)| plain).to_owned()
        }
    }
}

/// The length in serde's names of arrays and tuples.
fn list_length(expected: &str) -> Option<usize> {
    let number = |rest: &str| rest.parse().ok();
    for start in ["an array of length ", "a tuple of size "] {
        if let Some(rest) = expected.strip_prefix(start) {
            return number(rest);
        }
    }
    if expected == "an empty array" {
        return Some(0);
    }
    let rest = expected
        .strip_suffix(" elements in sequence")
        .or_else(|| expected.strip_suffix(" element in sequence"))?;
    number(rest)
}
