//! What can be wrong with a picture.

use super::PixelSize;

/// Why a picture cannot be made or read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The SVG is not XML.
    NotXml {
        /// What the reader says.
        message: String,
        /// Line of the SVG, from 1.
        line: u32,
    },
    /// The SVG holds something that is never drawn.
    Refused(String),
    /// The SVG would take too long to draw.
    TooComplex(String),
    /// The SVG has another shape than the place it is for.
    OtherShape {
        /// As the SVG says.
        found: String,
        /// As the recipe says.
        wanted: PixelSize,
    },
    /// The SVG shows a picture that is not one of the workspace.
    UnknownPicture(String),
    /// No font has a letter.
    NoGlyph {
        /// What cannot be written.
        letters: String,
        /// The text it stands in.
        text: String,
    },
    /// A picture's file cannot be read.
    Unreadable(String),
    /// A picture has more pixels than are read.
    TooManyPixels(PixelSize),
    /// Pixels could not be written in a format.
    NotWritten(String),
}

impl Fault {
    /// What was found.
    pub fn message(&self) -> String {
        match self {
            Self::NotXml { message, line } => {
                format!("the SVG is not XML: {message} (line {line} of what was rendered)")
            }
            Self::Refused(what) => format!("{what} is not drawn"),
            Self::TooComplex(what) => format!("the SVG would take too long to draw: {what}"),
            Self::OtherShape { found, wanted } => {
                format!("the SVG is {found}, and the picture is {wanted}")
            }
            Self::UnknownPicture(address) => {
                format!("the SVG shows `{address}`, which is no picture of the workspace")
            }
            Self::NoGlyph { letters, text } => {
                format!("no font has `{letters}`, which `{text}` is written with")
            }
            Self::Unreadable(why) => format!("the picture cannot be read: {why}"),
            Self::TooManyPixels(size) => {
                format!("the picture is {size} pixels, which is too large")
            }
            Self::NotWritten(why) => format!("the picture cannot be written: {why}"),
        }
    }

    /// What to do.
    pub fn help(&self) -> &'static str {
        match self {
            Self::NotXml { .. } => "close every element, and quote every attribute",
            Self::Refused(_) => "take it out of the template",
            Self::TooComplex(_) => "draw it with fewer elements, references and layers",
            Self::OtherShape { .. } => {
                "write `width=\"{{ width }}\" height=\"{{ height }}\"`, or a viewBox of that shape"
            }
            Self::UnknownPicture(_) => {
                "use `asset_url(path=…)` or `image_url(path=…, width=…)` of a PNG, JPEG or WebP file"
            }
            Self::NoGlyph { .. } => {
                "add a font that has it below assets/fonts, or write it otherwise"
            }
            Self::Unreadable(_) => "save it again as PNG or JPEG",
            Self::TooManyPixels(_) => "make it smaller: 50 million pixels are read",
            Self::NotWritten(_) => "choose another format",
        }
    }
}
