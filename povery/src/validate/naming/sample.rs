//! Names are found out with a small part of a body, where readings are cheap, and hold for all of it.

use super::super::reading::Outcome;
use super::super::violated::leaves;
use super::Names;

/// Smaller bodies are cheap enough as they are.
const SMALL: usize = 2 * 1024;

/// How many items of a list are enough to see what their fields are called.
const ITEMS: usize = 4;

/// An object with more fields than a struct has is a map.
const STRUCT: usize = 64;

impl Names<'_, '_> {
    pub(super) fn learn_from_sample(&mut self) {
        if self.readings.size() <= SMALL {
            return;
        }
        let sample = self.tree.sample(ITEMS, STRUCT);
        let mut text = String::new();
        sample.write(&mut text);
        if text.len() > self.readings.size() / 2 {
            return;
        }
        let mut readings = self.readings.of_part(text.len());
        let Outcome::Fits(errors) = readings.read(&sample) else {
            return;
        };
        let all = leaves(&errors);
        let mut names = Names::new(&sample, &mut readings, &all);
        names.each(&all, &mut |_| true);
        self.known = names.known;
    }
}
