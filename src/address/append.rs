//! Writes our parameters behind a base: its own bytes first, ours in their order, its fragment
//! last. Must not judge values.

use std::ops::Range;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::fault::part;
use super::read::Address;

/// Everything but the unreserved characters of RFC 3986, section 2.3: read the same by decoders
/// that take `+` for a space and by those that do not.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A value to be written, with the byte ranges of the macros in it.
#[derive(Clone, Copy, Debug)]
pub struct Value<'a> {
    /// The value before encoding.
    pub text: &'a str,
    /// Macros, in order and apart: written as they are.
    pub tokens: &'a [Range<usize>],
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self { text, tokens: &[] }
    }
}

/// What stands between a base and our first parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Junction {
    Mark,
    Ampersand,
    Nothing,
}

impl Junction {
    /// By the pieces that a base keeps: where none is left, its `?` is gone too.
    pub(super) fn new(kept: &[Range<usize>]) -> Self {
        match kept.last() {
            None => Self::Mark,
            Some(last) if last.is_empty() => Self::Nothing,
            Some(_) => Self::Ampersand,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Mark => "?",
            Self::Ampersand => "&",
            Self::Nothing => "",
        }
    }
}

/// A base that is ready for many links.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    head: String,
    junction: &'static str,
    tail: String,
}

impl Prepared {
    /// Writes the base with pairs behind it. Allocates nothing but room in `out`.
    pub fn write<'v, V: Into<Value<'v>>>(
        &self,
        out: &mut String,
        pairs: impl IntoIterator<Item = (&'v str, V)>,
    ) {
        out.push_str(&self.head);
        write_pairs(out, self.junction, pairs);
        out.push_str(&self.tail);
    }

    /// The base before our parameters.
    pub fn head(&self) -> &str {
        &self.head
    }

    /// The fragment with its `#`, or nothing.
    pub fn tail(&self) -> &str {
        &self.tail
    }
}

impl Address<'_> {
    /// Writes the base with pairs behind it, into `out`.
    pub fn with_params(&self, pairs: &[(&str, &str)], out: &mut String) {
        self.write_head(out);
        write_pairs(out, self.junction.as_str(), pairs.iter().copied());
        out.push_str(self.tail());
    }

    /// Computes once what is the same for every link of this base.
    pub fn prepare(&self) -> Prepared {
        let mut head = String::with_capacity(self.end + 1);
        self.write_head(&mut head);
        Prepared { head, junction: self.junction.as_str(), tail: self.tail().to_owned() }
    }

    fn tail(&self) -> &str {
        self.raw.get(self.end..).unwrap_or("")
    }

    fn write_head(&self, out: &mut String) {
        out.push_str(part(self.raw, &(0..self.host.end)));
        let path = self.path();
        out.push_str(if path.is_empty() { "/" } else { path });
        let Some(query) = &self.query else { return };
        if self.replaced.is_empty() {
            out.push('?');
            out.push_str(part(self.raw, query));
            return;
        }
        for (index, piece) in self.kept.iter().enumerate() {
            out.push(if index == 0 { '?' } else { '&' });
            out.push_str(part(self.raw, piece));
        }
    }
}

fn write_pairs<'v, V: Into<Value<'v>>>(
    out: &mut String,
    junction: &str,
    pairs: impl IntoIterator<Item = (&'v str, V)>,
) {
    let mut between = junction;
    for (name, value) in pairs {
        out.push_str(between);
        between = "&";
        write_encoded(out, name);
        out.push('=');
        write_value(out, value.into());
    }
}

fn write_value(out: &mut String, value: Value<'_>) {
    let mut end = 0;
    for token in value.tokens {
        let (Some(before), Some(text)) =
            (value.text.get(end..token.start), value.text.get(token.clone()))
        else {
            continue;
        };
        write_encoded(out, before);
        out.push_str(text);
        end = token.end;
    }
    write_encoded(out, value.text.get(end..).unwrap_or(""));
}

fn write_encoded(out: &mut String, text: &str) {
    out.extend(utf8_percent_encode(text, RESERVED));
}
