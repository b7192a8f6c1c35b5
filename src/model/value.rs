//! The typed value of one cell.

use std::borrow::Cow;

use jiff::Timestamp;
use rust_decimal::Decimal;

/// A cell's value, typed by its table's contract. Text is borrowed from the file it was read from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'t> {
    /// Nothing in an optional cell.
    Empty,
    /// Text of any kind that stays text: slugs, words, URLs, paths, colours.
    Text(&'t str),
    /// Host names with `;` between them.
    Hosts(&'t str),
    /// Money, a percentage or another exact decimal. Never a float.
    Decimal(Decimal),
    /// An instant.
    Instant(Timestamp),
    /// A yes or a no.
    Bool(bool),
    /// A whole number.
    Int(i64),
}

impl<'t> Value<'t> {
    /// The text, where the value is text.
    pub fn as_text(self) -> Option<&'t str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Empty
            | Self::Hosts(_)
            | Self::Decimal(_)
            | Self::Instant(_)
            | Self::Bool(_)
            | Self::Int(_) => None,
        }
    }

    /// The instant, where the value is one.
    pub fn as_instant(self) -> Option<Timestamp> {
        if let Self::Instant(instant) = self { Some(instant) } else { None }
    }

    /// The host names, where the value is a list of them.
    pub fn hosts(self) -> impl Iterator<Item = &'t str> + Clone {
        let text = if let Self::Hosts(text) = self { text } else { "" };
        text.split(';').filter(|host| !host.is_empty())
    }

    /// Tells whether the cell was empty.
    pub fn is_empty(self) -> bool {
        matches!(self, Self::Empty)
    }

    /// Appends the value as parameters, sheets and explanations show it.
    pub fn write(self, out: &mut String) {
        match self {
            Self::Empty => {}
            Self::Text(text) | Self::Hosts(text) => out.push_str(text),
            Self::Decimal(number) => out.push_str(&number.to_string()),
            Self::Instant(instant) => out.push_str(&instant.to_string()),
            Self::Bool(flag) => out.push_str(if flag { "true" } else { "false" }),
            Self::Int(number) => out.push_str(&number.to_string()),
        }
    }

    /// The same, borrowed where it is text.
    pub fn shown(self) -> Cow<'t, str> {
        self.as_text().map_or_else(|| Cow::Owned(self.display()), Cow::Borrowed)
    }

    /// The value as parameters, sheets and explanations show it.
    pub fn display(self) -> String {
        let mut text = String::new();
        self.write(&mut text);
        text
    }
}
