//! What can be wrong with a code, and what to do about it. Must not quote more than a short,
//! clean piece of a URL.

use std::ops::Range;

/// How a code is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QrForm {
    /// The modules, before they are a file.
    Symbol,
    /// The SVG file.
    Svg,
    /// The PNG file.
    Png,
}

/// Why there is no code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QrFault {
    /// The URL holds a character that must be percent-encoded in a URL.
    Character {
        /// The URL.
        url: String,
        /// The character, as bytes of the URL.
        range: Range<usize>,
    },
    /// The URL does not begin with `https://` or `http://` and a host.
    NotWeb {
        /// The URL.
        url: String,
    },
    /// The URL does not fit the largest symbol at level M.
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// A module cannot be this many pixels wide.
    PixelsPerModule {
        /// What was asked for.
        pixels: u32,
        /// The most for this symbol; the least is 1.
        most: u32,
    },
    /// The code was made, but reading it did not give its text back.
    Unreadable {
        /// The URL.
        url: String,
        /// What was read.
        form: QrForm,
    },
}

impl QrFault {
    /// Says what is wrong.
    pub fn message(&self) -> String {
        match self {
            Self::Character { url, range } => {
                let character = url.get(range.clone()).unwrap_or_default();
                format!("short URL `{}` holds `{}`", shown(url), shown(character))
            }
            Self::NotWeb { url } => {
                format!("short URL `{}` is not `https://` and a host", shown(url))
            }
            Self::TooLong { bytes } => {
                format!("short URL of `{bytes}` bytes is too long for a QR code")
            }
            Self::PixelsPerModule { pixels, .. } => {
                format!("`{pixels}` pixels per module cannot be drawn")
            }
            Self::Unreadable { url, form } => {
                let form = match form {
                    QrForm::Symbol => "QR code",
                    QrForm::Svg => "SVG of the QR code",
                    QrForm::Png => "PNG of the QR code",
                };
                format!("{form} for `{}` does not read back", shown(url))
            }
        }
    }

    /// Says what to do about it.
    pub fn help(&self) -> String {
        match self {
            Self::Character { .. } => "percent-encode it".to_owned(),
            Self::NotWeb { .. } => "write the whole URL, beginning with `https://`".to_owned(),
            Self::TooLong { .. } => "print a short code, not the tracked URL".to_owned(),
            Self::PixelsPerModule { most, .. } => format!("use a number from 1 to {most}"),
            Self::Unreadable { .. } => {
                "use another short code, and report this as a bug of throughline".to_owned()
            }
        }
    }

    /// Tells which bytes of the URL are wrong, where not all of it is.
    pub fn range(&self) -> Option<Range<usize>> {
        match self {
            Self::Character { range, .. } => Some(range.clone()),
            Self::NotWeb { .. }
            | Self::TooLong { .. }
            | Self::PixelsPerModule { .. }
            | Self::Unreadable { .. } => None,
        }
    }
}

/// The beginning of a text, without anything that would act on a terminal.
fn shown(text: &str) -> String {
    const MOST: usize = 60;
    let mut short: String = text.chars().take(MOST).flat_map(clean).collect();
    if text.chars().nth(MOST).is_some() {
        short.push('…');
    }
    short
}

fn clean(one: char) -> impl Iterator<Item = char> {
    let plain = one.is_ascii_graphic() && one != '`';
    plain
        .then_some(one)
        .into_iter()
        .chain((!plain).then(|| one.escape_unicode()).into_iter().flatten())
}
