//! What `style` attributes say, remembered from one artifact to the next: those of one template
//! have nearly all of them in common. Must not hold anything that does not follow from the text
//! of a style alone.

use std::cell::Cell;

use crate::lint::clients::{Sign, known_sign};
use crate::lint::style::{Look, declarations, signs_of};
use crate::markup::unescape;

/// How many are remembered, and how many bytes of them, before all of them are forgotten.
const MOST: usize = 256;
const MOST_BYTES: usize = 64 << 10;

thread_local! {
    static REMEMBERED: Cell<Looks> = const { Cell::new(Looks::new()) };
}

/// Styles that were read.
#[derive(Debug, Default)]
pub(super) struct Looks {
    known: Vec<Known>,
    bytes: usize,
    /// The one that was asked for last.
    last: usize,
}

#[derive(Debug)]
struct Known {
    text: Box<str>,
    look: Look,
    signs: Vec<Sign<'static>>,
    /// The one that was asked for after it.
    next: usize,
}

impl Known {
    fn read(text: &str) -> Self {
        let (mut look, mut signs) = (Look::default(), Vec::new());
        declarations(&unescape(text), |one| {
            look.take(one);
            signs_of(one, &mut |sign| signs.extend(known_sign(sign)));
        });
        Self { text: text.into(), look, signs, next: 0 }
    }
}

impl Looks {
    const fn new() -> Self {
        Self { known: Vec::new(), bytes: 0, last: 0 }
    }

    /// What this thread read before.
    pub(super) fn recall() -> Self {
        REMEMBERED.take()
    }

    /// Leaves it for the next artifact.
    pub(super) fn remember(self) {
        REMEMBERED.set(self);
    }

    /// How text with a style looks, and by what in it features are known.
    pub(super) fn of(&mut self, text: &str) -> (Look, Vec<Sign<'static>>) {
        let at = self.find(text).unwrap_or_else(|| self.add(text));
        if let Some(last) = self.known.get_mut(self.last) {
            last.next = at;
        }
        self.last = at;
        // Nearly none has a sign, so that this clones nothing.
        self.known.get(at).map(|one| (one.look, one.signs.clone())).unwrap_or_default()
    }

    fn find(&self, text: &str) -> Option<usize> {
        let is = |one: &Known| *one.text == *text;
        // Mostly they follow each other as they did before.
        let next = self.known.get(self.last).map_or(0, |one| one.next);
        if self.known.get(next).is_some_and(is) {
            return Some(next);
        }
        self.known.iter().position(is)
    }

    fn add(&mut self, text: &str) -> usize {
        if self.known.len() >= MOST || self.bytes > MOST_BYTES {
            *self = Self::new();
        }
        self.bytes += text.len();
        self.known.push(Known::read(text));
        self.known.len() - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_what_is_read() {
        let style = |number: usize| match number % 3 {
            0 => format!("font-size:{number}px;aspect-ratio:1"),
            1 => format!("height:{number}px;font-family:&quot;A;B&quot;;display:none"),
            _ => "text-decoration:none".to_owned(),
        };
        let mut looks = Looks::new();
        for number in (0..MOST * 2).chain(0..MOST / 2).chain([7, 7, 8, 7, 9, 8]) {
            let text = style(number);
            let read = Known::read(&text);
            assert_eq!(looks.of(&text), (read.look, read.signs), "{text}");
        }
        assert!(looks.known.len() <= MOST);
        let (look, signs) = looks.of("aspect-ratio:1;height:7px");
        assert_eq!(
            (look.height, signs.as_slice()),
            (Some(7), &[Sign::Property("aspect-ratio")][..])
        );
    }
}
