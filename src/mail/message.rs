//! The message file: both forms of a mail with its headers, the same bytes every time. Must not
//! know the clock; what would depend on it is given or made from the content.

use std::borrow::Cow;
use std::fmt::Write;

use mail_builder::headers::content_type::ContentType;
use mail_builder::headers::date::Date;
use mail_builder::mime::{BodyPart, MimePart};

use super::fault::{Fault, FaultKind};
use super::finish::{Draft, Settings};
use super::headers::{self, Header};
use super::writer::LONGEST;
use crate::model::Digest;

/// What the message has besides its two forms.
pub(super) struct Envelope<'s> {
    pub(super) draft: &'s Draft<'s>,
    pub(super) settings: &'s Settings,
    pub(super) html: &'s str,
    pub(super) text: &'s str,
}

impl Envelope<'_> {
    /// Refuses headers that cannot be written.
    pub(super) fn check(&self) -> Vec<Fault> {
        let Self { draft, settings, .. } = *self;
        let dialect = draft.dialect;
        let mut faults = Vec::new();
        faults.extend(headers::check("Subject", draft.subject).err());
        faults.extend(headers::check("preheader", draft.preheader).err());
        let boxes =
            [("From", &settings.from), ("To", &settings.to), ("Reply-To", &settings.reply_to)];
        for (name, one) in boxes {
            if let Some(one) = one {
                faults.extend(headers::check_address(name, one, dialect).err());
            }
        }
        if let Some(url) = &settings.unsubscribe {
            faults.extend(headers::check_unsubscribe(url, dialect).err());
        }
        faults
    }

    /// The headers that a sender has to set, as they were written.
    pub(super) fn headers(&self) -> Vec<Header> {
        let mut list = Vec::new();
        if let Some(url) = &self.settings.unsubscribe {
            list.push(Header { name: "List-Unsubscribe", value: format!("<{url}>") });
            let value = "List-Unsubscribe=One-Click".to_owned();
            list.push(Header { name: "List-Unsubscribe-Post", value });
        }
        list
    }

    /// Writes the message.
    ///
    /// The library writes the parts. Headers are written here: it would fold a subject inside its
    /// merge tags.
    pub(super) fn write(&self) -> Result<Vec<u8>, Fault> {
        let Self { draft, settings, html, text } = *self;
        let digest = self.digest();
        let mut head = String::new();
        let mut header = |name: &str, value: &str| {
            // Writing to a string does not fail.
            let _ = write!(head, "{name}: {value}\r\n");
        };
        let boxes =
            [("From", &settings.from), ("To", &settings.to), ("Reply-To", &settings.reply_to)];
        for (name, one) in boxes {
            if let Some(one) = one {
                header(name, &headers::mailbox(one, name));
            }
        }
        header("Subject", &headers::text(draft.subject, "Subject", draft.dialect));
        header("Date", &Date::new(settings.date).to_rfc822());
        let host = settings.from.as_ref().and_then(|from| from.address.rsplit_once('@'));
        let host = host.map_or("mail.invalid", |(_, host)| host);
        header("Message-ID", &format!("<{digest}@{host}>"));
        for one in self.headers() {
            header(one.name, &one.value);
        }
        header("MIME-Version", "1.0");
        let kind = ContentType::new("multipart/alternative")
            .attribute("boundary", boundary(&digest, html, text));
        let parts = vec![part("text/plain", text), part("text/html", html)];
        let mut bytes = head.into_bytes();
        MimePart::new(kind, BodyPart::Multipart(parts)).write_part(&mut bytes);
        check_lines(&bytes)?;
        Ok(bytes)
    }

    /// What names the message: everything that is in it.
    fn digest(&self) -> String {
        let Self { draft, settings, html, text } = *self;
        let mut bytes = Vec::with_capacity(html.len() + text.len() + 256);
        let date = settings.date.to_string();
        for part in [draft.subject, draft.preheader, &date, text, html] {
            bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
            bytes.extend_from_slice(part.as_bytes());
        }
        Digest::of(&bytes).to_string().chars().take(32).collect()
    }
}

/// A separator that stands in neither part.
fn boundary(digest: &str, html: &str, text: &str) -> String {
    let mut boundary = format!("=_{digest}");
    let stands_in = |text: &str, boundary: &str| {
        memchr::memmem::find(text.as_bytes(), boundary.as_bytes()).is_some()
    };
    while stands_in(html, &boundary) || stands_in(text, &boundary) {
        boundary.push('_');
    }
    boundary
}

/// One form of the mail: as it is where that is allowed, else in quoted-printable.
fn part(kind: &'static str, text: &str) -> MimePart<'static> {
    let content = ContentType::new(kind).attribute("charset", "utf-8");
    // What is finished has line ends of one kind; carriage returns come from merge tags.
    let returns = memchr::memchr(b'\r', text.as_bytes()).is_some();
    let (body, fits) = if returns { with_returns(text) } else { without_returns(text) };
    if fits && text.is_ascii() {
        return MimePart::new(content, BodyPart::Text(Cow::Owned(body))).transfer_encoding("7bit");
    }
    let body = quoted_printable(&body);
    MimePart::new(content, BodyPart::Text(Cow::Owned(body))).transfer_encoding("quoted-printable")
}

/// The text with the line ends of mail, and whether its lines are short enough to be carried.
fn without_returns(text: &str) -> (String, bool) {
    let mut body = String::with_capacity(text.len() + text.len() / 16);
    let (mut start, mut fits) = (0, true);
    for end in memchr::memchr_iter(b'\n', text.as_bytes()) {
        body.push_str(text.get(start..end).unwrap_or(""));
        body.push_str("\r\n");
        fits &= end - start <= LONGEST;
        start = end + 1;
    }
    body.push_str(text.get(start..).unwrap_or(""));
    (body, fits && text.len() - start <= LONGEST)
}

/// The same for a text that has some of them already.
fn with_returns(text: &str) -> (String, bool) {
    let lines = text.split('\n').map(|line| line.trim_end_matches('\r'));
    let fits = !text.contains("\r\r")
        && lines.clone().all(|line| line.len() <= LONGEST && !line.contains('\r'));
    (lines.collect::<Vec<_>>().join("\r\n"), fits)
}

/// Encodes as RFC 2045 says, line ends kept.
fn quoted_printable(text: &str) -> String {
    const HEX: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    let hex = |half: u8| HEX.get(usize::from(half)).copied().unwrap_or('0');
    let mut out = String::with_capacity(text.len() * 5 / 4);
    for (at, line) in text.split("\r\n").enumerate() {
        if at > 0 {
            out.push_str("\r\n");
        }
        let mut column = 0;
        let last = line.len().saturating_sub(1);
        for (index, byte) in line.bytes().enumerate() {
            let blank_at_end = index == last && matches!(byte, b' ' | b'\t');
            let plain = matches!(byte, b' '..=b'~' | b'\t') && byte != b'=' && !blank_at_end;
            let width = if plain { 1 } else { 3 };
            if column + width > 75 {
                out.push_str("=\r\n");
                column = 0;
            }
            if plain {
                out.push(char::from(byte));
            } else {
                out.extend(['=', hex(byte >> 4), hex(byte & 15)]);
            }
            column += width;
        }
    }
    out
}

fn check_lines(bytes: &[u8]) -> Result<(), Fault> {
    let ends = memchr::memchr_iter(b'\n', bytes).chain([bytes.len()]);
    let mut start = 0;
    let long = ends.map(|end| std::mem::replace(&mut start, end + 1)..end);
    let long = long.into_iter().find(|line| line.len() > LONGEST + 1);
    let Some(line) = long.and_then(|line| bytes.get(line)) else { return Ok(()) };
    let name = String::from_utf8_lossy(line.get(..40).unwrap_or_default()).into_owned();
    Err(Fault::new(
        FaultKind::LongLine,
        format!(
            "the line `{name}…` of the message has more than {LONGEST} bytes, which mail cannot carry"
        ),
        "make the subject, the names or the merge tags in them shorter",
    ))
}
