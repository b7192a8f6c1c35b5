//! The elements that checks ask about.

use crate::markup::small_letters;

/// An element by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::lint) enum El {
    A,
    Address,
    Area,
    Body,
    Br,
    Head,
    Heading(u8),
    Hr,
    Html,
    Img,
    Input,
    Li,
    Link,
    Meta,
    Option,
    P,
    Script,
    Style,
    Table,
    Tbody,
    Td,
    Th,
    Title,
    Tr,
    /// Any other that begins a line of its own.
    Block,
    /// Any other that has no end tag.
    Void,
    /// Any other.
    Other,
}

/// The longest name that is looked up.
const MAX_NAME: usize = 10;

impl El {
    pub(super) fn of(name: &str) -> Self {
        let mut letters = [0_u8; MAX_NAME];
        let Some(lower) = small_letters(name, &mut letters) else { return Self::Other };
        match lower {
            b"a" => Self::A,
            b"address" => Self::Address,
            b"area" => Self::Area,
            b"body" => Self::Body,
            b"br" => Self::Br,
            b"head" => Self::Head,
            [b'h', level @ b'1'..=b'6'] => Self::Heading(*level - b'0'),
            b"hr" => Self::Hr,
            b"html" => Self::Html,
            b"img" => Self::Img,
            b"input" => Self::Input,
            b"li" => Self::Li,
            b"link" => Self::Link,
            b"meta" => Self::Meta,
            b"option" => Self::Option,
            b"p" => Self::P,
            b"script" => Self::Script,
            b"style" => Self::Style,
            b"table" => Self::Table,
            b"tbody" | b"thead" | b"tfoot" => Self::Tbody,
            b"td" => Self::Td,
            b"th" => Self::Th,
            b"title" => Self::Title,
            b"tr" => Self::Tr,
            b"article" | b"aside" | b"blockquote" | b"center" | b"dd" | b"div" | b"dl" | b"dt"
            | b"figure" | b"footer" | b"form" | b"header" | b"main" | b"nav" | b"ol" | b"pre"
            | b"section" | b"ul" => Self::Block,
            b"base" | b"col" | b"embed" | b"source" | b"track" | b"wbr" => Self::Void,
            _ => Self::Other,
        }
    }

    /// It has no end tag.
    pub(super) fn is_void(self) -> bool {
        matches!(
            self,
            Self::Area
                | Self::Br
                | Self::Hr
                | Self::Img
                | Self::Input
                | Self::Link
                | Self::Meta
                | Self::Void
        )
    }

    /// Text before it and in it are not one sentence.
    pub(super) fn divides(self) -> bool {
        matches!(
            self,
            Self::Address
                | Self::Block
                | Self::Body
                | Self::Br
                | Self::Heading(_)
                | Self::Hr
                | Self::Li
                | Self::Option
                | Self::P
                | Self::Table
                | Self::Td
                | Self::Th
                | Self::Tr
        )
    }

    /// It ends where another of its kind begins.
    pub(super) fn ends_itself(self) -> bool {
        matches!(self, Self::Li | Self::Option | Self::P | Self::Td | Self::Th | Self::Tr)
    }
}
