//! A draft in, a mail out. Must not do a pass's work itself.

use std::borrow::Cow;
use std::ops::Range;

use super::ascii;
use super::document::Document;
use super::fault::{Fault, FaultKind, shown};
use super::headers::Mailbox;
use super::inliner::{Inliner, Plan};
use super::message::Envelope;
use super::places::Places;
use super::preheader;
use super::sidecar::{self, Sizes};
use super::skeleton::skeleton;
use super::text::plain_text;
use super::write::{Spaces, Written, write};
use crate::dialect::{Dialect, scan};
use crate::markup::{Kind, blank_tags};

/// A mail as its template made it.
#[derive(Clone, Copy, Debug)]
pub struct Draft<'d> {
    /// The HTML.
    pub html: &'d str,
    /// A plain text that takes the place of the one made from the HTML.
    pub text: Option<&'d str>,
    /// The subject, not escaped.
    pub subject: &'d str,
    /// The preheader, not escaped; empty for none.
    pub preheader: &'d str,
    /// Whose merge tags are in it.
    pub dialect: Dialect,
}

/// What is done to a mail, and who sends it.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Whether style sheets are put onto elements, and unused rules and classes left out.
    pub inline: bool,
    /// Whether white space and comments that nobody sees are left out.
    pub minify: bool,
    /// Who sends it.
    pub from: Option<Mailbox>,
    /// Where answers go.
    pub reply_to: Option<Mailbox>,
    /// Whom the message file is for.
    pub to: Option<Mailbox>,
    /// The address of one-click unsubscribing (RFC 8058), or the merge tag that stands for it.
    pub unsubscribe: Option<String>,
    /// The date of the message file, in seconds since 1970.
    pub date: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            inline: true,
            minify: true,
            from: None,
            reply_to: None,
            to: None,
            unsubscribe: None,
            date: 0,
        }
    }
}

/// A mail that is ready to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// The HTML: ASCII but for what merge tags hold, lines of at most 998 bytes.
    pub html: String,
    /// The plain text.
    pub text: String,
    /// The message file, `.eml`.
    pub message: Vec<u8>,
    /// What a sender has to be told, `.json`.
    pub sidecar: String,
    /// Where the HTML's bytes stood in the draft.
    pub places: Places,
}

/// Finishes a mail.
pub fn finish(
    draft: &Draft<'_>,
    settings: &Settings,
    inliner: &Inliner,
) -> Result<Mail, Vec<Fault>> {
    let controls = controls(draft);
    if !controls.is_empty() {
        return Err(controls);
    }
    let (blanked, tags) = blank_tags(draft.html, draft.dialect);
    let Source { html, blanked, tags, inserted } = with_preheader(draft, blanked, tags);
    let document = Document::read(&html, &blanked, &tags);
    let outside = left_out(&document, "only");
    let plan = if settings.inline {
        let skeleton = skeleton(&document, &outside);
        inliner.plan(skeleton, document.elements).map_err(|fault| vec![fault])?
    } else {
        std::sync::Arc::new(Plan::default())
    };
    let spaces = if settings.minify { Spaces::Squeezed } else { Spaces::Kept };
    let back = |mut fault: Fault| {
        fault.range = fault.range.map(|range| in_draft(range, inserted.as_ref()));
        fault
    };
    let Written { html: finished, places, style } = write(&document, &plan, &outside, spaces)
        .map_err(|faults| faults.into_iter().map(back).collect::<Vec<_>>())?;
    check_tags(&document, &outside, &finished, draft.dialect).map_err(|fault| vec![back(fault)])?;
    let text = match draft.text {
        Some(text) => tidy(text),
        None => plain_text(&document, &plan, draft.dialect),
    };
    let envelope = Envelope { draft, settings, html: &finished, text: &text };
    let faults = envelope.check();
    if !faults.is_empty() {
        return Err(faults);
    }
    let message = envelope.write().map_err(|fault| vec![fault])?;
    let headers = envelope.headers();
    let sizes = Sizes { html: finished.len(), message: message.len(), style, text: text.len() };
    let sidecar = sidecar::write(draft, settings, &headers, sizes);
    let places = places.moved(|range| in_draft(range, inserted.as_ref()));
    Ok(Mail { html: finished, text, message, sidecar, places })
}

/// Characters that no mail may hold.
fn controls(draft: &Draft<'_>) -> Vec<Fault> {
    let fault = |text: &str, what: &str| {
        let (range, one) = ascii::control(text)?;
        let fault = Fault::new(
            FaultKind::Control,
            format!("{what} holds the control character U+{:04X}", u32::from(one)),
            "take it out; it often is a quote or a dash of Windows that was read in a wrong encoding",
        );
        Some((fault, range))
    };
    let mut faults = Vec::new();
    faults.extend(fault(draft.html, "the HTML").map(|(fault, range)| fault.at(range)));
    if let Some((fault, _)) = draft.text.and_then(|text| fault(text, "the plain text")) {
        faults.push(fault);
    }
    faults
}

/// What a mail is read from.
struct Source<'d> {
    html: Cow<'d, str>,
    /// The same with letters and blanks in place of merge tags.
    blanked: Cow<'d, str>,
    tags: Vec<Range<usize>>,
    /// What was put into the draft.
    inserted: Option<Range<usize>>,
}

/// The HTML with its preheader.
fn with_preheader<'d>(
    draft: &Draft<'d>,
    blanked: Cow<'d, str>,
    tags: Vec<Range<usize>>,
) -> Source<'d> {
    let html = Cow::Borrowed(draft.html);
    let insertion = preheader::insertion(draft.html, &blanked, draft.preheader, draft.dialect);
    let Some((at, new)) = insertion else { return Source { html, blanked, tags, inserted: None } };
    let (new_blanked, new_tags) = blank_tags(&new, draft.dialect);
    let before = tags.partition_point(|tag| tag.start < at);
    let moved = |by: usize| move |tag: Range<usize>| tag.start + by..tag.end + by;
    let mut all = tags;
    let behind = all.split_off(before);
    all.extend(new_tags.into_iter().map(moved(at)));
    all.extend(behind.into_iter().map(moved(new.len())));
    Source {
        html: Cow::Owned(spliced(&html, at, &new)),
        blanked: Cow::Owned(spliced(&blanked, at, &new_blanked)),
        tags: all,
        inserted: Some(at..at + new.len()),
    }
}

fn spliced(text: &str, at: usize, new: &str) -> String {
    let (head, tail) = text.split_at_checked(at).unwrap_or((text, ""));
    let mut out = String::with_capacity(text.len() + new.len());
    out.extend([head, new, tail]);
    out
}

/// Where something stands in the draft that was found behind what was put into it.
fn in_draft(range: Range<usize>, inserted: Option<&Range<usize>>) -> Range<usize> {
    let Some(inserted) = inserted else { return range };
    let back = |at: usize| {
        if at >= inserted.end { at - inserted.len() } else { at.min(inserted.start) }
    };
    back(range.start)..back(range.end)
}

/// The bytes of elements that are for the text alone.
fn left_out(document: &Document<'_>, word: &str) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    // Most mails have none.
    if memchr::memmem::find(document.html.as_bytes(), b"data-text").is_none() {
        return ranges;
    }
    for piece in &document.pieces {
        let inside = ranges.last().is_some_and(|last| last.contains(&piece.range.start));
        let value = document.attribute(piece, "data-text").map(|one| one.value);
        if piece.kind == Kind::Start && !inside && value == Some(word) {
            let last = document.pieces.get(piece.end.saturating_sub(1));
            ranges.push(piece.range.start..last.map_or(piece.range.end, |last| last.range.end));
        }
    }
    ranges
}

/// Every merge tag of the HTML is in the result, in order and byte for byte, and no other.
fn check_tags(
    document: &Document<'_>,
    left_out: &[Range<usize>],
    finished: &str,
    dialect: Dialect,
) -> Result<(), Fault> {
    let inside = |tag: &&Range<usize>| !left_out.iter().any(|range| range.contains(&tag.start));
    let mut found = scan(finished, dialect);
    for tag in document.tags.iter().filter(inside) {
        let wanted = document.slice(tag.clone());
        if found.next().is_none_or(|one| one.text != wanted) {
            return Err(lost(wanted).at(tag.clone()));
        }
    }
    found.next().map_or(Ok(()), |one| Err(lost(one.text)))
}

fn lost(tag: &str) -> Fault {
    Fault::new(
        FaultKind::LostTag,
        format!(
            "the merge tag `{}` is not in the finished mail as it was in the draft",
            shown(tag)
        ),
        "report this as a bug, with the template",
    )
}

/// An author's own text, with line ends of one kind and none too many.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.trim().lines() {
        out.push_str(line.trim_end());
        out.push('\n');
    }
    if out.is_empty() {
        out.push('\n');
    }
    out
}
