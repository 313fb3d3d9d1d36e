//! Segments in the syntax of other routers: as literals they would match nothing that anyone asks for.

/// Whether a segment is, or has within it, a parameter as another router writes it.
pub(super) fn is_foreign(segment: &str) -> bool {
    segment.contains(['{', '}'])
        || segment.starts_with([':', '*'])
        || (segment.starts_with('[') && segment.ends_with(']'))
}

/// How the segment is written here; `None` where only a part of it is a parameter, or its name is none.
pub(super) fn translated(segment: &str) -> Option<String> {
    let enclosed = |(open, close): (&str, &str)| segment.strip_prefix(open)?.strip_suffix(close);
    let pairs = [("{", "}"), ("[[", "]]"), ("[", "]"), (":", "")];
    let inner = match segment.starts_with('*') {
        true => segment,
        false => pairs.into_iter().find_map(enclosed)?,
    };
    // As in `{id:[0-9]+}` and `{path:.*}`.
    let (marked, pattern) = inner.split_once(':').unwrap_or((inner, ""));
    let name = marked.strip_prefix("...").unwrap_or(marked);
    let name = name.trim_start_matches('*').trim_end_matches(['*', '+']);
    let tail = name != marked || [".*", ".+", "path"].contains(&pattern);
    match (tail, name) {
        (true, "") => Some("<path..>".to_owned()),
        (_, name) if !super::is_name(name) => None,
        (true, name) => Some(format!("<{name}..>")),
        (false, name) => Some(format!("<{name}>")),
    }
}
