//! Header values of a message: refused where they could become something else, folded where
//! lines get long. Must not invent any.
//!
//! A subject with merge tags is written so that its tags stay as they are: words of ASCII stand
//! for themselves, and only words with other letters are encoded (RFC 2047). Lines are not folded
//! inside a tag. A word that is a tag and such letters in one, as `Grüße,{{name}}`, has to be
//! encoded whole, since RFC 2047 knows no encoded part of a word: it is read as it was meant, but
//! a sender that looks for tags before decoding does not find that one. The sidecar has the
//! subject as it was written, and that is what a sender is given.

use std::fmt::Write;

use super::fault::{Fault, FaultKind, shown};
use crate::dialect::{Dialect, scan};

/// A person or a desk that sends or gets mail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mailbox {
    /// What is shown.
    pub name: String,
    /// `name@host`, or a merge tag that stands for it.
    pub address: String,
}

impl Mailbox {
    /// A mailbox without a name.
    pub fn new(address: &str) -> Self {
        Self { name: String::new(), address: address.to_owned() }
    }
}

/// A header with its value as it was written, not encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Such as `List-Unsubscribe`.
    pub name: &'static str,
    /// Its value.
    pub value: String,
}

/// Lines are folded here where they can be.
const WANTED: usize = 76;
/// The longest encoded word.
const ENCODED: usize = 75;

/// Refuses a value that would not stay in its header.
pub(super) fn check(name: &str, value: &str) -> Result<(), Fault> {
    if let Some(one) = value.chars().find(|one| one.is_control()) {
        let text = shown(value);
        return Err(Fault::new(
            FaultKind::Header,
            format!(
                "the header {name} (`{text}`) holds U+{:04X}, which would end it",
                u32::from(one)
            ),
            "take line ends and other control characters out of it",
        ));
    }
    Ok(())
}

/// Refuses an address that is none.
pub(super) fn check_address(name: &str, mailbox: &Mailbox, dialect: Dialect) -> Result<(), Fault> {
    check(name, &mailbox.name)?;
    check(name, &mailbox.address)?;
    let address = &mailbox.address;
    let tags: usize = scan(address, dialect).map(|tag| tag.text.len()).sum();
    if tags == address.len() && tags > 0 {
        return Ok(());
    }
    let sound = address.split_once('@').is_some_and(|(user, host)| {
        !user.is_empty() && !host.is_empty() && host.split('@').count() == 1
    });
    let plain = |one: char| one.is_ascii_graphic() && !"<>()[],;:\\\"".contains(one);
    if sound && address.chars().all(plain) {
        return Ok(());
    }
    Err(Fault::new(
        FaultKind::Header,
        format!("`{}` in the header {name} is not a mail address", shown(address)),
        "write it as name@example.com",
    ))
}

/// Refuses an address for one-click unsubscribing that clients would not call.
pub(super) fn check_unsubscribe(url: &str, dialect: Dialect) -> Result<(), Fault> {
    check("List-Unsubscribe", url)?;
    let tag_first = scan(url, dialect).next().is_some_and(|tag| tag.range.start == 0);
    let closed = url.contains(['<', '>', ',', ' ']) && scan(url, dialect).next().is_none();
    if (tag_first || url.starts_with("https://")) && !closed {
        return Ok(());
    }
    Err(Fault::new(
        FaultKind::Header,
        format!("`{}` cannot be an address for one-click unsubscribing", shown(url)),
        "give one https address, or the merge tag that stands for it",
    ))
}

/// `Name <address>`, its name quoted or encoded.
pub(super) fn mailbox(one: &Mailbox, name: &str) -> String {
    let address = format!("<{}>", one.address);
    if one.name.is_empty() {
        return address;
    }
    let plain = |one: char| one.is_ascii_alphanumeric() || " !#$%&'*+-/=?^_{|}~".contains(one);
    let shown = if !one.name.is_ascii() {
        text(&one.name, name, Dialect::Plain)
    } else if one.name.chars().all(plain) {
        one.name.clone()
    } else {
        format!("\"{}\"", one.name.replace('\\', "\\\\").replace('"', "\\\""))
    };
    format!("{shown} {address}")
}

/// An unstructured value, encoded and folded, merge tags as they are.
pub(super) fn text(value: &str, name: &str, dialect: Dialect) -> String {
    let mut out = String::new();
    let mut column = name.len() + 2;
    let mut last_encoded = false;
    for (gap, word) in words(value, dialect) {
        let encoded = !word.is_ascii() || word.contains("=?");
        // Blanks between two encoded words are not shown, so that they are encoded with the second.
        let blanks = if encoded && last_encoded { gap } else { "" };
        let pieces =
            if encoded { encode(&format!("{blanks}{word}")) } else { vec![word.to_owned()] };
        for (at, piece) in pieces.iter().enumerate() {
            let gap = if at > 0 || !blanks.is_empty() { " " } else { gap };
            // A fold keeps the blank that it stands before, and needs one.
            let fold = column + gap.len() + piece.len() > WANTED && !gap.is_empty() && column > 1;
            if fold {
                out.push_str("\r\n");
                column = 0;
            }
            out.push_str(gap);
            out.push_str(piece);
            column += gap.len() + piece.len();
        }
        last_encoded = encoded;
    }
    out
}

/// Words and the blanks before each; a merge tag is part of one word, blanks and all.
fn words(value: &str, dialect: Dialect) -> Vec<(&str, &str)> {
    let tags: Vec<_> = scan(value, dialect).map(|tag| tag.range).collect();
    let in_tag = |at: usize| tags.iter().any(|tag| tag.contains(&at));
    let mut found = Vec::new();
    let (mut gap, mut start) = (0, 0);
    let mut in_word = false;
    for (at, one) in value.char_indices() {
        let blank = one == ' ' && !in_tag(at);
        if in_word && blank {
            found.push((slice(value, gap, start), slice(value, start, at)));
            gap = at;
        } else if !in_word && !blank {
            start = at;
        }
        in_word = !blank;
    }
    if in_word {
        found.push((slice(value, gap, start), slice(value, start, value.len())));
    } else if gap < value.len() {
        // Blanks at the end belong to nobody and do not show.
        found.extend(std::iter::empty::<(&str, &str)>());
    }
    found
}

fn slice(text: &str, from: usize, to: usize) -> &str {
    text.get(from..to).unwrap_or("")
}

/// Encoded words, none of which divides a character.
fn encode(text: &str) -> Vec<String> {
    const START: &str = "=?utf-8?Q?";
    let mut pieces = vec![START.to_owned()];
    for one in text.chars() {
        let mut written = String::new();
        for byte in one.encode_utf8(&mut [0; 4]).bytes() {
            if byte == b' ' {
                written.push('_');
            } else if byte.is_ascii_alphanumeric() || b"!*+-/".contains(&byte) {
                written.push(char::from(byte));
            } else {
                // Writing to a string does not fail.
                let _ = write!(written, "={byte:02X}");
            }
        }
        let full = pieces.last().is_some_and(|last| last.len() + written.len() + 2 > ENCODED);
        if full {
            pieces.push(START.to_owned());
        }
        if let Some(last) = pieces.last_mut() {
            last.push_str(&written);
        }
    }
    for piece in &mut pieces {
        piece.push_str("?=");
    }
    pieces
}
