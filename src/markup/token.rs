//! What a piece of HTML is, and where it stands. Must not look for it.

use std::ops::Range;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `<a href="…">`; its attributes are in [`super::Tokens::attributes`].
    Start,
    /// `</a>`.
    End,
    /// Text with entities, between tags.
    Text,
    /// The text of an element that ends only at its own end tag: `style`, `script`, `title` …
    Raw,
    /// A comment that is nothing else.
    Comment,
    /// `<!--[if mso]>`: only Outlook sees what follows, which for all others is a comment.
    HiddenStart,
    /// `<![endif]-->`, or whatever ends the comment that a [`Kind::HiddenStart`] began.
    HiddenEnd,
    /// `<!--[if !mso]><!-->` or `<![if !mso]>`: all but Outlook see what follows.
    RevealedStart,
    /// `<!--<![endif]-->` or `<![endif]>`.
    RevealedEnd,
    /// `<!doctype html>`.
    Doctype,
    /// What shows nothing: `<?xml … ?>`, `</ >`, a tag that the text ends in.
    Other,
}

/// A piece of HTML. The tokens of a text follow each other without gaps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token<'h> {
    /// What it is.
    pub kind: Kind,
    /// Its bytes.
    pub range: Range<usize>,
    /// Of a tag, its name as written. Of a text, the text. Of a raw text, the name of its
    /// element. Of a comment, what is in it. Of a condition, the condition, as `mso | IE`.
    pub text: &'h str,
    /// Whether it stands in a comment that only Outlook looks into.
    pub hidden: bool,
}

impl Token<'_> {
    /// Whether it is a start tag of this name.
    pub fn starts(&self, name: &str) -> bool {
        self.kind == Kind::Start && self.text.eq_ignore_ascii_case(name)
    }

    /// Whether it is an end tag of this name.
    pub fn ends(&self, name: &str) -> bool {
        self.kind == Kind::End && self.text.eq_ignore_ascii_case(name)
    }
}

/// One attribute of a tag. Of two with one name, the first counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attribute<'h> {
    /// As written: lower case is not forced.
    pub name: &'h str,
    /// As written, entities included, quotes not.
    pub value: &'h str,
    /// Byte offset of the name.
    pub offset: usize,
    /// Byte offset of the value; behind the name where there is none.
    pub value_offset: usize,
    /// Behind its last byte, quote included.
    pub end: usize,
}

impl Attribute<'_> {
    /// Whether it has this name.
    #[inline]
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// The bytes of its name.
    pub const fn name_range(&self) -> Range<usize> {
        self.offset..self.offset + self.name.len()
    }

    /// The bytes of its value, without quotes.
    pub const fn value_range(&self) -> Range<usize> {
        self.value_offset..self.value_offset + self.value.len()
    }

    /// The bytes of all of it.
    pub const fn range(&self) -> Range<usize> {
        self.offset..self.end
    }
}

/// What HTML calls white space.
#[inline]
pub const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0c)
}

/// A name in small letters, where it has at most as many as the buffer.
pub fn small_letters<'b, const N: usize>(name: &str, buffer: &'b mut [u8; N]) -> Option<&'b [u8]> {
    let letters = buffer.get_mut(..name.len())?;
    // Names have few letters: one by one is faster than a copy.
    for (letter, byte) in letters.iter_mut().zip(name.bytes()) {
        *letter = byte.to_ascii_lowercase();
    }
    Some(letters)
}
