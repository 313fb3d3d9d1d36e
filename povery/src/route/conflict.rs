//! Routes that conflict, found alike by the compiler and at start.
//!
//! Every route has the hash of its shape: its segments without the names of parameters. Sorted by
//! hash, routes that answer the same requests stand side by side. Everything here is `const`, and
//! sorting keeps a table of a thousand routes within what the compiler evaluates without complaint.

use super::sentence::Message;
use super::{Flat, Method, Segment};

/// The most conflicts that the compiler tells of at once.
pub(crate) const TOLD: usize = 16;

/// The shape of a route, as numbers that can be sorted.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    path: u64,
    method: Method,
    /// The place of the route in its table.
    index: usize,
}

/// A route that another one keeps from answering its requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Conflict {
    /// The place of the route that is at fault, the later one of two.
    pub(crate) route: usize,
    pub(crate) with: With,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum With {
    /// Another route of the same method and shape.
    Twin(usize),
    /// A parameter where the other one has a tail, or the reverse: only the parameter would be
    /// tried, whatever the methods.
    Shadow(usize),
}

impl Shape {
    pub(crate) const NONE: Self = Self {
        path: 0,
        method: Method::Any,
        index: 0,
    };

    const fn of(flat: &Flat, index: usize) -> Self {
        let mut path = START;
        let mut cursor = Cursor::START;
        while let Some(segment) = cursor.next(flat) {
            path = step(path, segment);
        }
        Self {
            path,
            method: flat.def.method,
            index,
        }
    }

    const fn is_before(&self, other: &Self) -> bool {
        if self.path != other.path {
            return self.path < other.path;
        }
        if self.method as u8 != other.method as u8 {
            return (self.method as u8) < other.method as u8;
        }
        self.index < other.index
    }
}

/// FNV-1a's offset basis and prime, of 64 bits.
const START: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;

const fn byte(hash: u64, byte: u8) -> u64 {
    (hash ^ byte as u64).wrapping_mul(PRIME)
}

/// The hash with one more segment. No literal has a control character.
const fn step(hash: u64, segment: Segment) -> u64 {
    let mut hash = byte(hash, b'/');
    match segment {
        Segment::Parameter(_) => byte(hash, 1),
        Segment::Tail(_) => byte(hash, 2),
        Segment::Literal(text) => {
            let bytes = text.as_bytes();
            let mut at = 0;
            while at < bytes.len() {
                hash = byte(hash, bytes[at]);
                at += 1;
            }
            hash
        }
    }
}

/// Finds all conflicts, in the order of the routes. Writes as many as fit into `found`, and gives
/// their number. `shapes` and `spare` are space for at least as many as there are routes.
///
/// `owners` holds, where it is not empty, the entry of the table that each route is from: conflicts
/// within one are left out, as the table nested there has told of them itself.
pub(crate) const fn find(
    flats: &[Flat],
    owners: &[usize],
    shapes: &mut [Shape],
    spare: &mut [Shape],
    found: &mut [Conflict],
) -> usize {
    let (mut len, mut index) = (0, 0);
    while index < flats.len() {
        if !flats[index].def.is_broken() {
            shapes[len] = Shape::of(&flats[index], index);
            len += 1;
        }
        index += 1;
    }
    sort(shapes, spare, len);
    let (mut count, mut at) = (0, 0);
    while at < len {
        let with = match twin(flats, owners, shapes, at) {
            Some(twin) => Some(With::Twin(twin)),
            None => shadow(flats, owners, shapes, len, shapes[at].index),
        };
        if let Some(with) = with {
            let route = shapes[at].index;
            insert(found, count, Conflict { route, with });
            count += 1;
        }
        at += 1;
    }
    count
}

/// The route before `at` that has the same method and shape.
const fn twin(flats: &[Flat], owners: &[usize], shapes: &[Shape], at: usize) -> Option<usize> {
    let shape = &shapes[at];
    let mut before = at;
    while before > 0 {
        before -= 1;
        let other = &shapes[before];
        if other.path != shape.path || other.method as u8 != shape.method as u8 {
            return None;
        }
        // Another shape with this hash is possible, if hardly to be met.
        if same(&flats[other.index], &flats[shape.index])
            && !within(owners, other.index, shape.index)
        {
            return Some(other.index);
        }
    }
    None
}

/// A tail that begins where this route has a parameter.
const fn shadow(
    flats: &[Flat],
    owners: &[usize],
    shapes: &[Shape],
    len: usize,
    index: usize,
) -> Option<With> {
    let mut path = START;
    let mut cursor = Cursor::START;
    while let Some(segment) = cursor.next(&flats[index]) {
        if let Segment::Parameter(_) = segment
            && let Some(tail) = lookup(shapes, len, step(path, Segment::Tail("")))
            && !within(owners, tail, index)
            && meets(&flats[index], &flats[tail])
        {
            return Some(With::Shadow(tail));
        }
        path = step(path, segment);
    }
    None
}

/// Whether two routes are from one entry of the table.
const fn within(owners: &[usize], one: usize, other: usize) -> bool {
    !owners.is_empty() && owners[one] == owners[other]
}

/// A route of this shape, whatever its method: the path alone decides, and then the method.
const fn lookup(shapes: &[Shape], len: usize, path: u64) -> Option<usize> {
    let (mut low, mut high) = (0, len);
    while low < high {
        let middle = low + (high - low) / 2;
        if shapes[middle].path < path {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if low < len && shapes[low].path == path {
        Some(shapes[low].index)
    } else {
        None
    }
}

/// Merges runs of 1, 2, 4 … until all is one run.
const fn sort(shapes: &mut [Shape], spare: &mut [Shape], len: usize) {
    let mut run = 1;
    while run < len {
        let mut start = 0;
        while start < len {
            let middle = min(start + run, len);
            let end = min(start + 2 * run, len);
            let (mut left, mut right, mut to) = (start, middle, start);
            while to < end {
                let take_left =
                    left < middle && (right >= end || shapes[left].is_before(&shapes[right]));
                if take_left {
                    spare[to] = shapes[left];
                    left += 1;
                } else {
                    spare[to] = shapes[right];
                    right += 1;
                }
                to += 1;
            }
            start = end;
        }
        let mut at = 0;
        while at < len {
            shapes[at] = spare[at];
            at += 1;
        }
        run *= 2;
    }
}

const fn min(a: usize, b: usize) -> usize {
    if a < b { a } else { b }
}

/// Keeps `found` in the order of the routes; of more than fit, the last fall out.
const fn insert(found: &mut [Conflict], count: usize, conflict: Conflict) {
    let mut at = min(count, found.len());
    if at == found.len() {
        if at == 0 || found[at - 1].route < conflict.route {
            return;
        }
        at -= 1;
    }
    while at > 0 && found[at - 1].route > conflict.route {
        found[at] = found[at - 1];
        at -= 1;
    }
    found[at] = conflict;
}

/// Whether two routes have the same segments but for the names of parameters.
const fn same(one: &Flat, other: &Flat) -> bool {
    let (mut a, mut b) = (Cursor::START, Cursor::START);
    loop {
        match (a.next(one), b.next(other)) {
            (None, None) => return true,
            (Some(Segment::Literal(a)), Some(Segment::Literal(b))) if same_text(a, b) => {}
            (Some(Segment::Parameter(_)), Some(Segment::Parameter(_)))
            | (Some(Segment::Tail(_)), Some(Segment::Tail(_))) => {}
            _ => return false,
        }
    }
}

/// Whether the first route has a parameter where the other one has its tail.
const fn meets(one: &Flat, tail: &Flat) -> bool {
    let (mut a, mut b) = (Cursor::START, Cursor::START);
    loop {
        match (a.next(one), b.next(tail)) {
            (Some(Segment::Literal(a)), Some(Segment::Literal(b))) if same_text(a, b) => {}
            (Some(Segment::Parameter(_)), Some(Segment::Parameter(_))) => {}
            (Some(Segment::Parameter(_)), Some(Segment::Tail(_))) => return true,
            _ => return false,
        }
    }
}

/// Whether two entries are of one function.
pub(super) const fn same_function(one: &Flat, other: &Flat) -> bool {
    let (a, b) = (&one.def.site, &other.def.site);
    same_text(one.def.path, other.def.path)
        && same_text(a.name, b.name)
        && same_text(a.file, b.file)
        && a.line == b.line
}

pub(super) const fn same_text(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut at = 0;
    while at < a.len() {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// Walks the segments of a route, those of its prefixes first.
pub(super) struct Cursor {
    part: usize,
    at: usize,
}

impl Cursor {
    pub(super) const START: Self = Self { part: 0, at: 0 };

    pub(super) const fn next(&mut self, flat: &Flat) -> Option<Segment> {
        while let Some(segments) = flat.part(self.part) {
            if self.at < segments.len() {
                self.at += 1;
                return Some(segments[self.at - 1]);
            }
            self.part += 1;
            self.at = 0;
        }
        None
    }
}

impl Conflict {
    pub(crate) const NONE: Self = Self {
        route: 0,
        with: With::Twin(0),
    };
}

/// All conflicts among the routes of an application, as sentences.
pub(crate) fn sentences(flats: &[Flat]) -> Vec<String> {
    let mut shapes = vec![Shape::NONE; flats.len()];
    let mut spare = shapes.clone();
    let mut found = vec![Conflict::NONE; flats.len()];
    let count = find(flats, &[], &mut shapes, &mut spare, &mut found);
    found[..count]
        .iter()
        .map(|conflict| Message::of(flats, &[*conflict], 1).as_str().to_owned())
        .collect()
}
