//! Finds the tokens of a text, in order and apart. Must not judge them.

use std::ops::Range;

use super::platform::Dialect;
use super::read::{Found, next_start, read};
use super::{curly, vocabulary};

/// What a token does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TokenKind {
    /// Stands for a value.
    Value,
    /// Begins a block, as `{% if x %}`.
    Open,
    /// Ends a block, as `{% endif %}`.
    Close,
    /// Divides a block, as `{% else %}`.
    Middle,
    /// A note that nobody receives.
    Comment,
    /// Anything else, as `{% assign x = 1 %}`, and what stands in a part that is sent as it is.
    Other,
}

/// A token, where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token<'t> {
    /// Its bytes in the text.
    pub range: Range<usize>,
    /// Its text.
    pub text: &'t str,
    /// What it does.
    pub kind: TokenKind,
}

/// The tokens of a text, as [`scan`] finds them.
#[derive(Clone, Debug)]
pub struct Tokens<'t> {
    text: &'t str,
    dialect: Dialect,
    at: usize,
    /// Where a part ends that is sent as it is, while in one.
    raw_end: Option<usize>,
    /// Words whose `end…` is known not to come any more.
    unended: Vec<&'static [u8]>,
}

/// Finds the tokens of one dialect. Names are not judged: [`super::foreign()`] does that.
pub const fn scan(text: &str, dialect: Dialect) -> Tokens<'_> {
    Tokens { text, dialect, at: 0, raw_end: None, unended: Vec::new() }
}

impl<'t> Iterator for Tokens<'t> {
    type Item = Token<'t>;

    fn next(&mut self) -> Option<Token<'t>> {
        let bytes = self.text.as_bytes();
        loop {
            let start = next_start(bytes, self.at, self.dialect);
            self.raw_end = self.raw_end.filter(|end| start.is_some_and(|start| start < *end));
            let start = start?;
            let limit = self.raw_end.unwrap_or(bytes.len());
            match read(bytes.get(..limit)?, start, self.dialect) {
                Some(found) => {
                    let found = self.widen(start, found);
                    self.at = found.end;
                    let text = self.text.get(start..found.end)?;
                    return Some(Token { range: start..found.end, text, kind: found.kind });
                }
                None => self.at = start + 1,
            }
        }
    }
}

impl Tokens<'_> {
    /// Takes in the text of a note, and marks what a part holds that is sent as it is.
    fn widen(&mut self, start: usize, found: Found) -> Found {
        if self.raw_end.is_some() {
            return Found { kind: TokenKind::Other, ..found };
        }
        let bytes = self.text.as_bytes();
        let token = bytes.get(start..found.end).unwrap_or_default();
        let Some(word) = curly::hiding_word(token, self.dialect) else { return found };
        if self.unended.contains(&word) {
            return found;
        }
        match curly::find_end_tag(bytes, found.end, word) {
            Some((_, end)) if word == b"comment" => Found { end, kind: TokenKind::Comment },
            Some((end, _)) => {
                self.raw_end = Some(end);
                found
            }
            None => {
                self.unended.push(word);
                found
            }
        }
    }
}

/// Something that looks like a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// Whose it may be.
    pub dialects: Vec<Dialect>,
    /// Its bytes in the text.
    pub range: Range<usize>,
}

/// The first thing that looks like a token of any dialect, such as data must not hold.
///
/// Single braces and double underscores are also plain writing, so that only names which the
/// platforms document count there. A token that is put together from several texts shows in none
/// of them: [`super::foreign()`] finds its parts.
pub fn scan_any(text: &str) -> Option<Sighting> {
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        at += bytes.get(at..)?.iter().position(|one| is_start(*one))?;
        if let Some(found) = sight(bytes, at, None) {
            return Some(found);
        }
        at += 1;
    }
}

const fn is_start(one: u8) -> bool {
    matches!(one, b'{' | b'[' | b'*' | b'%' | b'<' | b'_')
}

/// What begins at an offset in any dialect but one; the longest reading counts.
pub(super) fn sight(bytes: &[u8], at: usize, but: Option<Dialect>) -> Option<Sighting> {
    let next = bytes.get(at + 1)?;
    // Nearly every URL holds `_` and `%`, and nearly none of them begins a token.
    let plain = match bytes.get(at)? {
        b'_' => *next != b'_',
        b'%' | b'<' => *next != b'%',
        b'*' => *next != b'|',
        _ => false,
    };
    if plain {
        return None;
    }
    let mut sighting: Option<Sighting> = None;
    for dialect in Dialect::ALL {
        if Some(dialect) == but {
            continue;
        }
        let Some(found) = read(bytes, at, dialect) else { continue };
        let token = bytes.get(at..found.end).unwrap_or_default();
        if dialect.is_ad_platform() && !vocabulary::documents(dialect, token) {
            continue;
        }
        match &mut sighting {
            Some(sighting) if sighting.range.end > found.end => {}
            Some(sighting) if sighting.range.end == found.end => sighting.dialects.push(dialect),
            _ => {
                let range = at..found.end;
                sighting = Some(Sighting { dialects: vec![dialect], range });
            }
        }
    }
    sighting
}
