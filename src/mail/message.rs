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
use crate::model::Hasher;

/// The longest line of an encoded part: RFC 2045 allows 76 with the `=` at its end.
const ENCODED_LINE: usize = 75;

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
        // Lines of the parts are short enough: else they were encoded.
        check_lines(head.as_bytes())?;
        let mut bytes = Vec::with_capacity(head.len() + (html.len() + text.len()) * 5 / 4 + 1024);
        bytes.extend_from_slice(head.as_bytes());
        MimePart::new(kind, BodyPart::Multipart(parts)).write_part(&mut bytes);
        Ok(bytes)
    }

    /// What names the message: everything that is in it.
    fn digest(&self) -> String {
        let Self { draft, settings, html, text } = *self;
        let date = settings.date.to_string();
        let parts = [draft.subject, draft.preheader, &date, text, html];
        let parts = parts.into_iter().map(str::as_bytes);
        let hasher = parts.fold(Hasher::default(), Hasher::part);
        hasher.finish().to_string().chars().take(32).collect()
    }
}

/// A separator that stands in neither part.
fn boundary(digest: &str, html: &str, text: &str) -> String {
    let mut boundary = format!("=_{digest}");
    loop {
        let finder = memchr::memmem::Finder::new(&boundary);
        if [html, text].iter().all(|part| finder.find(part.as_bytes()).is_none()) {
            return boundary;
        }
        boundary.push('_');
    }
}

/// One form of the mail: as it is where that is allowed, else in quoted-printable.
fn part(kind: &'static str, text: &str) -> MimePart<'static> {
    let content = ContentType::new(kind).attribute("charset", "utf-8");
    // What is finished has line ends of one kind; carriage returns come from merge tags.
    let has_returns = memchr::memchr(b'\r', text.as_bytes()).is_some();
    let text = if has_returns { with_returns(text) } else { Cow::Borrowed(text) };
    let simple = text.is_ascii() && !(has_returns && text.contains('\r'));
    let (encoding, body) = match simple.then(|| lines_of_mail(&text)).flatten() {
        Some(body) => ("7bit", body),
        None => ("quoted-printable", quoted_printable(&text)),
    };
    MimePart::new(content, BodyPart::Text(Cow::Owned(body))).transfer_encoding(encoding)
}

/// Without the carriage returns that are part of a line's end.
fn with_returns(text: &str) -> Cow<'_, str> {
    let lines = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
    Cow::Owned(lines.collect::<Vec<_>>().join("\n"))
}

/// The text with the line ends of mail, where its lines can be carried.
fn lines_of_mail(text: &str) -> Option<String> {
    let mut body = String::with_capacity(text.len() + text.len() / 16);
    let mut start = 0;
    for end in memchr::memchr_iter(b'\n', text.as_bytes()).chain([text.len()]) {
        let line = text.get(start..end).unwrap_or("");
        if line.len() > LONGEST {
            return None;
        }
        body.push_str(line);
        body.push_str(if end < text.len() { "\r\n" } else { "" });
        start = end + 1;
    }
    Some(body)
}

/// Encodes as RFC 2045 says, with the line ends of mail.
fn quoted_printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 5 / 4);
    for (at, line) in text.split('\n').enumerate() {
        if at > 0 {
            out.push_str("\r\n");
        }
        let mut column = 0;
        let mut rest = line;
        while !rest.is_empty() {
            let plain = |byte: u8| matches!(byte, b' '..=b'~' | b'\t') && byte != b'=';
            let end = rest.bytes().position(|byte| !plain(byte)).unwrap_or(rest.len());
            // A blank that ends the line would be lost on the way.
            let lost = end == rest.len() && rest.ends_with([' ', '\t']);
            let (run, after) = rest.split_at_checked(end - usize::from(lost)).unwrap_or((rest, ""));
            plain_run(&mut out, &mut column, run);
            let one = after.chars().next().map_or(0, char::len_utf8);
            let (one, after) = after.split_at_checked(one).unwrap_or((after, ""));
            encoded(&mut out, &mut column, one);
            rest = after;
        }
    }
    out
}

/// Letters that stand for themselves.
fn plain_run(out: &mut String, column: &mut usize, run: &str) {
    let mut rest = run;
    while !rest.is_empty() {
        if *column >= ENCODED_LINE {
            out.push_str("=\r\n");
            *column = 0;
        }
        let (head, tail) = rest.split_at_checked(ENCODED_LINE - *column).unwrap_or((rest, ""));
        out.push_str(head);
        *column += head.len();
        rest = tail;
    }
}

/// Bytes as their numbers.
fn encoded(out: &mut String, column: &mut usize, text: &str) {
    const HEX: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    let hex = |half: u8| HEX.get(usize::from(half)).copied().unwrap_or('0');
    for byte in text.bytes() {
        if *column + 3 > ENCODED_LINE {
            out.push_str("=\r\n");
            *column = 0;
        }
        out.extend(['=', hex(byte >> 4), hex(byte & 15)]);
        *column += 3;
    }
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
