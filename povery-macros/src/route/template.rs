//! The template's own little language: `/users/<id>/<path..>?<limit>&<after>`.

mod foreign;
#[cfg(test)]
mod tests;

use syn::LitStr;

use crate::errors::Errors;

/// A template in parts.
pub(super) struct Template {
    /// The part before `?`, as written.
    pub(super) path: String,
    pub(super) segments: Vec<Segment>,
    pub(super) query: Vec<String>,
}

/// One segment of the path.
pub(super) enum Segment {
    Literal(String),
    Parameter(String),
    /// `<name..>`, the last.
    Tail(String),
}

impl Template {
    /// The position of the path parameter `name` among the path parameters.
    pub(super) fn path_index(&self, name: &str) -> Option<usize> {
        self.path_parameters()
            .position(|parameter| parameter == name)
    }

    /// Whether the path parameter `name` is the tail.
    pub(super) fn is_tail(&self, name: &str) -> bool {
        matches!(self.segments.last(), Some(Segment::Tail(tail)) if tail == name)
    }

    /// Whether the function must have a parameter of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.names().any(|known| known == name)
    }

    fn path_parameters(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().filter_map(|segment| match segment {
            Segment::Parameter(name) | Segment::Tail(name) => Some(name.as_str()),
            Segment::Literal(_) => None,
        })
    }

    /// Every name that the function must have a parameter for.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.path_parameters()
            .chain(self.query.iter().map(String::as_str))
    }
}

/// Reads a template, reporting each segment that is wrong; `None` where any is.
pub(super) fn parse(literal: &LitStr, errors: &Errors) -> Option<Template> {
    let text = literal.value();
    let mut faults = Vec::new();
    let (path, query) = match text.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (text.as_str(), None),
    };
    let segments = path_segments(path, &mut faults);
    let query = query
        .map(|query| query_names(query, &mut faults))
        .unwrap_or_default();
    let template = Template {
        path: path.to_owned(),
        segments,
        query,
    };
    for (position, name) in template.names().enumerate() {
        let before = template.names().take(position);
        if before.filter(|earlier| *earlier == name).count() == 1 {
            faults.push(format!("`<{name}>` stands twice in the template"));
        }
    }
    let sound = faults.is_empty();
    for fault in faults {
        errors.at(literal, fault);
    }
    sound.then_some(template)
}

/// Reads the prefix of a nested table: literals alone, as the routes behind it have parameters of their
/// own and know of no others. `/` is no prefix at all.
pub(crate) fn prefix(literal: &LitStr, errors: &Errors) -> Option<Vec<String>> {
    let text = literal.value();
    let mut faults = Vec::new();
    let mut literals = Vec::new();
    if text.contains('?') {
        errors.at(
            literal,
            "a prefix has no query; name its values in the templates of the routes behind it",
        );
        return None;
    }
    for segment in path_segments(&text, &mut faults) {
        match segment {
            Segment::Literal(text) => literals.push(text),
            Segment::Parameter(name) | Segment::Tail(name) => faults.push(format!(
                "a prefix has no parameters; write `<{name}>` in the templates of the routes behind it"
            )),
        }
    }
    let sound = faults.is_empty();
    for fault in faults {
        errors.at(literal, fault);
    }
    sound.then_some(literals)
}

fn path_segments(path: &str, faults: &mut Vec<String>) -> Vec<Segment> {
    if path.is_empty() {
        faults.push("the path is empty; the root is `/`".to_owned());
        return Vec::new();
    }
    let Some(rest) = path.strip_prefix('/') else {
        faults.push(format!("the path `{path}` must begin with `/`"));
        return Vec::new();
    };
    if rest.is_empty() {
        return Vec::new();
    }
    if rest.ends_with('/') {
        faults.push(format!(
            "the path `{path}` ends with `/`; leave the last `/` out"
        ));
        return Vec::new();
    }
    let mut segments: Vec<Segment> = Vec::new();
    for text in rest.split('/') {
        if let Some(Segment::Tail(name)) = segments.last() {
            faults.push(format!("nothing may follow the tail `<{name}..>`"));
            break;
        }
        segments.extend(path_segment(text, faults));
    }
    segments
}

fn path_segment(segment: &str, faults: &mut Vec<String>) -> Option<Segment> {
    if segment.is_empty() {
        faults.push("the path has an empty segment (`//`)".to_owned());
        return None;
    }
    if let Some(inner) = segment
        .strip_prefix('<')
        .and_then(|rest| rest.strip_suffix('>'))
    {
        return match inner.strip_suffix("..") {
            // As in `<path...>`.
            Some(dotted) if dotted.strip_suffix('.').is_some_and(is_name) => {
                let tail = dotted.trim_end_matches('.');
                faults.push(format!("the tail `{segment}` is written `<{tail}..>`"));
                None
            }
            Some(inner) => name(inner, segment, faults).map(Segment::Tail),
            None => name(inner, segment, faults).map(Segment::Parameter),
        };
    }
    let is_foreign = foreign::is_foreign(segment);
    if is_foreign && let Some(here) = foreign::translated(segment) {
        faults.push(format!("the segment `{segment}` is written `{here}` here"));
        return None;
    }
    if is_foreign || segment.contains(['<', '>']) {
        faults.push(format!(
            "the segment `{segment}` must be either a literal or one `<name>`"
        ));
        return None;
    }
    if segment == "." || segment == ".." {
        faults.push(format!(
            "the segment `{segment}` can never arrive: dot segments are refused"
        ));
        return None;
    }
    if let Some(bad) = segment
        .chars()
        .find(|c| matches!(c, '#' | '%' | '?' | '\\') || c.is_control() || c.is_whitespace())
    {
        faults.push(format!("the segment `{segment}` contains {bad:?}; write the decoded text, without `%`, `?`, `#`, `\\` or white space"));
        return None;
    }
    Some(Segment::Literal(segment.to_owned()))
}

fn query_names(query: &str, faults: &mut Vec<String>) -> Vec<String> {
    if query.is_empty() {
        faults.push("the template ends with `?`; name the query values behind it, as in `?<limit>&<after>`, or leave it out".to_owned());
        return Vec::new();
    }
    if query.contains('?') {
        faults.push("the query begins at the first `?`; join its names by `&`".to_owned());
        return Vec::new();
    }
    query
        .split('&')
        .filter_map(|part| {
            match part
                .strip_prefix('<')
                .and_then(|rest| rest.strip_suffix('>'))
            {
                Some(inner) if inner.ends_with("..") => {
                    faults.push(format!(
                        "the query has no tail `{part}`; repeated keys are a `Vec<T>`"
                    ));
                    None
                }
                Some(inner) => name(inner, part, faults),
                None => {
                    faults.push(format!(
                        "`{part}` in the query must be written `<name>`, joined by `&`"
                    ));
                    None
                }
            }
        })
        .collect()
}

fn name(inner: &str, part: &str, faults: &mut Vec<String>) -> Option<String> {
    if is_name(inner) {
        return Some(inner.to_owned());
    }
    let tail = inner.strip_prefix("..").filter(|tail| !tail.is_empty());
    let typed = inner.split_once(':').filter(|(name, _)| is_name(name));
    faults.push(match (tail, typed) {
        (Some(tail), _) => format!("the tail `{part}` is written `<{tail}..>`"),
        (None, Some((name, ty))) => {
            let ty = ty.trim();
            format!("`{part}` has a type, which is the parameter's: write `<{name}>`, and `{name}: {ty}` in the function")
        }
        (None, None) => {
            format!("`{part}` cannot name a parameter; write `<name>`, with the name of one")
        }
    });
    None
}

/// Whether a parameter can have that name. A keyword is a good one on the wire, for its parameter is
/// written `r#type`; but a few words are no names even so.
fn is_name(text: &str) -> bool {
    !text.starts_with(|c: char| c.is_ascii_digit())
        && !["", "_", "self", "Self", "super", "crate"].contains(&text)
        && text.chars().all(|c| c == '_' || c.is_alphanumeric())
}
