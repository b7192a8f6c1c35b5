//! What is checked: a mail or a page as it goes out, and the facts it is held against.

use jiff::civil::Date;

use super::clients::Clients;
use super::markets::Market;
use super::rules::Rules;
use crate::dialect::Dialect;

/// A mail, as it is handed to the sender.
#[derive(Clone, Copy, Debug)]
pub struct Mail<'a> {
    /// Its HTML.
    pub html: &'a str,
    /// Its plain text.
    pub text: Option<&'a str>,
    /// Its subject.
    pub subject: &'a str,
    /// Its preheader, where it is known apart; otherwise the first hidden text is taken for it.
    pub preheader: Option<&'a str>,
    /// Its styles stand in `style` attributes, and all is ASCII: it went through `mail`.
    pub finished: bool,
    /// Its text was made from the HTML, and no author gave it its lines.
    pub derived_text: bool,
}

/// A page.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// Its HTML.
    pub html: &'a str,
}

/// What mails and pages are held against.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    /// Levels and numbers of the channel.
    pub rules: &'a Rules,
    /// Whose merge tags may stand in it.
    pub dialect: Option<Dialect>,
    /// The mail clients it is read with.
    pub clients: &'a Clients,
    /// The markets it is sent to. None where nothing was declared.
    pub markets: Option<&'a [Market]>,
    /// The sender's name.
    pub sender: &'a str,
    /// The partners it speaks for: each with the names of which one must be shown.
    pub partners: &'a [Vec<&'a str>],
    /// The language and country that it is written for: `fr-CA`.
    pub lang: &'a str,
    /// Which way that is read: `ltr` or `rtl`.
    pub dir: &'a str,
    /// The first and the last day that it may name.
    pub days: Option<(Date, Date)>,
    /// What is known of a picture, by its address.
    pub picture: &'a dyn Fn(&str) -> Option<Picture>,
}

/// What is known of a picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    /// Its size in bytes.
    pub bytes: usize,
    /// Its height in pixels.
    pub height: Option<usize>,
    /// It has more than one frame.
    pub moves: bool,
}

impl Picture {
    /// Reads the head of a file: PNG, GIF, JPEG. Of others only the size is known.
    pub fn of(bytes: &[u8]) -> Self {
        let (height, moves) = if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            (big_endian(bytes, 20, 4), memchr::memmem::find(bytes, b"acTL").is_some())
        } else if bytes.starts_with(b"GIF8") {
            (bytes.get(8..10).map(|two| two.iter().rev().copied().fold(0, join)), gif_moves(bytes))
        } else if bytes.starts_with(&[0xff, 0xd8]) {
            (jpeg_height(bytes), false)
        } else {
            (None, false)
        };
        Self { bytes: bytes.len(), height, moves }
    }
}

fn join(high: usize, low: u8) -> usize {
    high << 8 | usize::from(low)
}

fn big_endian(bytes: &[u8], at: usize, count: usize) -> Option<usize> {
    Some(bytes.get(at..at + count)?.iter().copied().fold(0, join))
}

/// The frame header: SOF0 to SOF15, but for the tables that have numbers among them.
fn jpeg_height(bytes: &[u8]) -> Option<usize> {
    let mut at = 2;
    loop {
        let [0xff, marker] = *bytes.get(at..at + 2)? else { return None };
        if matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
            return big_endian(bytes, at + 5, 2);
        }
        at += 2 + big_endian(bytes, at + 2, 2)?.max(2);
    }
}

/// Walks the blocks of a GIF and counts its frames up to two.
fn gif_moves(bytes: &[u8]) -> bool {
    let table = |flags: u8| if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) };
    let byte = |at: usize| bytes.get(at).copied();
    let skip_blocks = |mut at: usize| {
        while let Some(length) = byte(at).filter(|length| *length > 0) {
            at += usize::from(length) + 1;
        }
        at + 1
    };
    let Some(flags) = byte(10) else { return false };
    let mut at = 13 + table(flags);
    let mut frames = 0;
    while let Some(kind) = byte(at) {
        at = match kind {
            0x21 => skip_blocks(at + 2),
            0x2c => {
                frames += 1;
                let flags = byte(at + 9).unwrap_or(0);
                skip_blocks(at + 10 + table(flags) + 1)
            }
            _ => break,
        };
    }
    frames > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_of_pictures_are_read() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x02\x58\0\0\x07\xd0";
        assert_eq!(Picture::of(png).height, Some(2000));
        let jpeg = b"\xff\xd8\xff\xe0\0\x04\0\0\xff\xc0\0\x0b\x08\x01\x2c\x02\x58";
        assert_eq!(Picture::of(jpeg).height, Some(300));
        let frame = b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x01\x44\0";
        let head = b"GIF89a\x01\0\x2c\x01\0\0\0";
        let one = [head.as_slice(), frame, b";"].concat();
        let two = [head.as_slice(), frame, frame, b";"].concat();
        assert_eq!(
            Picture::of(&one),
            Picture { bytes: one.len(), height: Some(300), moves: false }
        );
        assert!(Picture::of(&two).moves);
        assert_eq!(Picture::of(b"<svg/>"), Picture { bytes: 6, height: None, moves: false });
        for end in 0..two.len() {
            let _ = Picture::of(&two[..end]);
        }
    }
}
