//! Values to put in place of others: such as may fit, and such as show what depends on them.

use super::shape::Complaint;
use super::tree::Node;

/// Text that nobody sends; it is never told.
pub(super) const MARK: &str = "\u{1}povery";

/// Of values of one format, each at least once.
const FORMATS: [&str; 9] = [
    r#""00000000-0000-0000-0000-000000000000""#,
    r#""2000-01-01T00:00:00Z""#,
    r#""2000-01-01""#,
    r#""2000-01-01T00:00:00""#,
    r#""00:00:00""#,
    r#""127.0.0.1""#,
    r#""::1""#,
    r#""http://localhost/""#,
    r#""0""#,
];

/// How many variants of an enum are tried, each as a name alone and as a name with data.
const VARIANTS: usize = 16;

pub(super) fn formats() -> impl Iterator<Item = Node> {
    FORMATS.into_iter().map(Node::raw)
}

/// Values that may fit, likely ones first.
pub(super) fn likely(complaint: &Complaint) -> Vec<Node> {
    let mut all: Vec<Node> = hint(complaint).into_iter().collect();
    match complaint {
        Complaint::Variant(known) if !known.is_empty() => {
            let plain = known.iter().take(VARIANTS).map(|name| Node::string(name));
            let with_data = known.iter().take(VARIANTS);
            let with_data = with_data.map(|name| Node::Object(vec![(name.clone(), Node::NULL)]));
            return plain.chain(with_data).collect();
        }
        Complaint::Format => all.extend(formats()),
        _ => {}
    }
    for text in ["null", r#""""#, "0", "1", "false"] {
        all.push(Node::raw(text));
    }
    all.push(Node::List(Vec::new()));
    all.push(Node::Object(Vec::new()));
    all.push(Node::raw(r#""a""#));
    all.extend(formats());
    // The first of equal ones is enough.
    let mut seen: Vec<Node> = Vec::with_capacity(all.len());
    for node in all {
        if !seen.contains(&node) {
            seen.push(node);
        }
    }
    seen
}

/// The value that a type has just asked for.
pub(super) fn hint(complaint: &Complaint) -> Option<Node> {
    let Complaint::Kind(expected) = complaint else {
        return None;
    };
    Some(match expected.as_str() {
        "a string" => Node::raw(r#""""#),
        "a character" => Node::raw(r#""a""#),
        "a number" => Node::raw("0"),
        "true or false" => Node::raw("false"),
        "a list" => Node::List(Vec::new()),
        "an object" => Node::Object(Vec::new()),
        "null" => Node::NULL,
        other if other.contains("nonzero") => Node::raw("1"),
        other if other.starts_with("an integer") => Node::raw("0"),
        other if other.starts_with("a list of ") => {
            let length = other.split(' ').find_map(|word| word.parse().ok());
            Node::List(vec![Node::NULL; length.filter(|length| *length <= 64)?])
        }
        _ => return None,
    })
}

/// Other values instead of this one. The first is of the same kind, so that a type that refuses or
/// judges this value does so with the other one, and says which.
pub(super) fn others(node: &Node) -> Vec<Node> {
    let mut others = match node {
        Node::Leaf(raw) => match raw.as_bytes().first() {
            Some(b't') => vec![Node::raw("false")],
            Some(b'f') => vec![Node::raw("true")],
            Some(b'"' | b'n') | None => Vec::new(),
            Some(_) => numbers(raw),
        },
        Node::List(items) => {
            let mut more = items.clone();
            more.push(items.last().cloned().unwrap_or(Node::NULL));
            let fewer = items.get(..items.len().saturating_sub(1));
            vec![
                Node::List(more),
                Node::List(fewer.unwrap_or_default().to_vec()),
            ]
        }
        Node::Object(_) => Vec::new(),
    };
    others.push(Node::string(MARK));
    others.push(Node::NULL);
    others.push(Node::Object(Vec::new()));
    others.retain(|other| other != node);
    others
}

/// The number after, away from zero, and the one before.
fn numbers(raw: &str) -> Vec<Node> {
    let near: [Option<String>; 2] = if let Ok(number) = raw.parse::<u64>() {
        [number.checked_add(1), number.checked_sub(1)].map(|near| near.map(|near| near.to_string()))
    } else if let Ok(number) = raw.parse::<i64>() {
        [number.checked_sub(1), number.checked_add(1)].map(|near| near.map(|near| near.to_string()))
    } else {
        let number = raw.parse::<f64>().unwrap_or_default();
        [number + 1.0, number - 1.0].map(|near| near.is_finite().then(|| format!("{near:?}")))
    };
    near.into_iter()
        .flatten()
        .map(|text| Node::Leaf(text.into()))
        .collect()
}
