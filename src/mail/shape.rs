//! What elements do to a plain text. Must not know where they stand.

use crate::markup::small_letters;

/// How an element stands in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Break,
    Picture,
    Link,
    Rule,
    Item,
    List {
        counts: bool,
    },
    Cell,
    Table,
    Verbatim,
    Heading(char),
    /// An empty line stands before and behind it.
    Apart,
    /// It begins and ends a line.
    Block,
    /// It is not shown.
    Hidden,
    Inline,
}

/// The longest name of an element with a shape of its own.
const MAX_NAME: usize = 10;

impl Shape {
    pub(super) fn of(name: &str) -> Self {
        let mut letters = [0_u8; MAX_NAME];
        let Some(lower) = small_letters(name, &mut letters) else { return Self::Inline };
        match lower {
            b"a" => Self::Link,
            b"br" => Self::Break,
            b"img" => Self::Picture,
            b"hr" => Self::Rule,
            b"li" => Self::Item,
            b"ol" => Self::List { counts: true },
            b"ul" => Self::List { counts: false },
            b"td" | b"th" => Self::Cell,
            b"table" => Self::Table,
            b"pre" => Self::Verbatim,
            b"h1" => Self::Heading('='),
            b"h2" => Self::Heading('-'),
            b"p" | b"h3" | b"h4" | b"h5" | b"h6" | b"blockquote" | b"dl" => Self::Apart,
            b"address" | b"article" | b"aside" | b"body" | b"caption" | b"center" | b"dd"
            | b"div" | b"dt" | b"fieldset" | b"figcaption" | b"figure" | b"footer" | b"form"
            | b"header" | b"html" | b"main" | b"nav" | b"section" | b"tbody" | b"tfoot"
            | b"thead" | b"tr" => Self::Block,
            b"head" | b"select" | b"svg" | b"object" | b"video" | b"audio" => Self::Hidden,
            _ => Self::Inline,
        }
    }
}
