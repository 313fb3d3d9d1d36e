//! Reading a body again, a bounded number of times.

use serde::de::DeserializeOwned;
use validator::ValidationErrors;

use super::ask;
use super::place::Place;
use super::shape::Complaint;
use super::tree::Node;
use super::violated;

/// How often a body is read at the most.
const MOST: usize = 256;

/// How much work is done at the most: the bytes of all readings together, and what else is counted
/// in bytes, by what it costs.
const WORK: usize = 4 * 1024 * 1024;

/// A violated rule, which is made, counted and dropped, costs as much as reading so many bytes.
const VIOLATION: usize = 64;

/// Of a larger body only the first fault of its shape is told, so that a failure stays cheap.
pub(super) const LARGEST: usize = 64 * 1024;

/// The readings of a larger body: enough to find where its first fault is, if they are not too dear.
const OF_A_LARGE_ONE: usize = 8;

/// What a type says of values that it does not take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// As far as serde knows it: at the fault, or at something that holds it.
    pub(super) place: Place,
    pub(super) complaint: Complaint,
    /// The value that was refused, as serde describes it. Never told to the caller.
    pub(super) found: Option<String>,
    /// All that serde says. Never told to the caller.
    pub(super) sentence: String,
}

impl Refusal {
    pub(super) fn new(place: Place, sentence: &str) -> Self {
        let sentence = sentence
            .rsplit_once(" at line ")
            .map_or(sentence, |(sentence, _)| sentence);
        Self {
            place,
            complaint: Complaint::read(sentence),
            found: super::shape::found(sentence).map(str::to_owned),
            sentence: sentence.to_owned(),
        }
    }
}

/// A type without its name, so that the gathering is compiled once.
pub(super) trait Read {
    /// Reads as the happy path does, and asks the rules.
    fn read(&self, tree: &Node) -> Result<ValidationErrors, Refusal>;

    /// The fields of the struct at a place.
    fn fields(&self, place: &Place) -> Option<&'static [&'static str]>;

    /// What the type at a place says that it expects.
    fn expected(&self, place: &Place) -> Option<String>;

    /// Whether there are names and their values, and nothing inside them.
    fn is_flat(&self) -> bool {
        false
    }
}

/// The rules of a type: `validate`, or none.
pub(crate) type Rules<T> = fn(&T) -> Result<(), ValidationErrors>;

/// A type that is read from JSON.
pub(super) struct Json<T>(pub(super) Rules<T>);

impl<T: DeserializeOwned> Read for Json<T> {
    /// From text: a type may read a parsed value in another way.
    fn read(&self, tree: &Node) -> Result<ValidationErrors, Refusal> {
        let mut text = String::new();
        tree.write(&mut text);
        let mut json = serde_json::Deserializer::from_str(&text);
        match serde_path_to_error::deserialize::<_, T>(&mut json) {
            Ok(value) => Ok((self.0)(&value).err().unwrap_or_default()),
            Err(error) => {
                let place = tree.reach(Place::of(error.path()));
                Err(Refusal::new(place, &error.inner().to_string()))
            }
        }
    }

    fn fields(&self, place: &Place) -> Option<&'static [&'static str]> {
        ask::fields::<T>(place)
    }

    fn expected(&self, place: &Place) -> Option<String> {
        ask::expected::<T>(place)
    }
}

/// What came of a reading.
pub(super) enum Outcome {
    /// The value can be read, and breaks these rules.
    Fits(ValidationErrors),
    Refused(Refusal),
    /// There are no readings left.
    Spent,
}

/// The readings that are left.
pub(super) struct Readings<'r> {
    reader: &'r dyn Read,
    size: usize,
    left: usize,
    work: usize,
}

impl<'r> Readings<'r> {
    pub(super) fn new(reader: &'r dyn Read, size: usize) -> Self {
        let left = match size {
            0..=LARGEST => MOST,
            _ => OF_A_LARGE_ONE,
        };
        Self {
            reader,
            size,
            left,
            work: WORK.max(2 * size),
        }
    }

    pub(super) fn read(&mut self, tree: &Node) -> Outcome {
        if self.are_spent() {
            return Outcome::Spent;
        }
        self.left -= 1;
        self.charge(self.size);
        match self.reader.read(tree) {
            Ok(errors) => {
                self.charge(VIOLATION.saturating_mul(violated::count(&errors)));
                Outcome::Fits(errors)
            }
            Err(refusal) => Outcome::Refused(refusal),
        }
    }

    /// Reads with another value at the place; `None` where there is no such place.
    pub(super) fn read_with(&mut self, tree: &Node, place: &Place, value: Node) -> Option<Outcome> {
        self.read_changed(tree, |changed| changed.put(place, value))
    }

    /// Reads what is changed; `None` where the change says that it cannot be made.
    pub(super) fn read_changed(
        &mut self,
        tree: &Node,
        change: impl FnOnce(&mut Node) -> bool,
    ) -> Option<Outcome> {
        if self.are_spent() {
            return Some(Outcome::Spent);
        }
        self.charge(self.size);
        let mut changed = tree.clone();
        change(&mut changed).then(|| self.read(&changed))
    }

    /// The readings of a part of the body.
    pub(super) fn of_part(&self, size: usize) -> Self {
        Self::new(self.reader, size)
    }

    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// Counts work that is done beside reading.
    pub(super) fn charge(&mut self, work: usize) {
        self.work = self.work.saturating_sub(work);
    }

    pub(super) fn fields(&self, place: &Place) -> Option<&'static [&'static str]> {
        self.reader.fields(place)
    }

    pub(super) fn expected(&self, place: &Place) -> Option<String> {
        self.reader.expected(place)
    }

    pub(super) fn is_flat(&self) -> bool {
        self.reader.is_flat()
    }

    pub(super) fn are_spent(&self) -> bool {
        self.left == 0 || self.work == 0
    }
}
