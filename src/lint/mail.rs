//! All checks of a mail.

use std::ops::Range;

use super::finding::{Finding, Findings, Place};
use super::leftovers::leftovers;
use super::rules::GMAIL_SHOWS;
use super::subject::{Facts, Mail};
use super::walk::{Medium, Seen, kb, walk};
use super::{dates, json_ld, legal, plain, tags};
use crate::diag::{Code, Severity};
use crate::dialect::{Dialect, Token, scan};
use crate::locale::Locale;
use crate::markup::blank_tokens;

/// Pictures of one mail together: from here on they are late, and too late.
const PICTURES: (usize, usize) = (800 * 1024, 1024 * 1024);
/// What mailboxes show of a preheader, in characters.
const PREHEADER: (usize, usize) = (30, 100);
/// Checks a mail.
pub fn check_mail(mail: &Mail<'_>, facts: &Facts<'_>) -> Vec<Finding> {
    let mut found = Findings::new(facts.rules);
    let html = mail.html;
    let scanned = facts.dialect.into_iter().flat_map(|dialect| scan(html, dialect));
    let tokens: Vec<Token<'_>> = scanned.collect();
    let blanked = blank_tokens(html, &tokens);
    let medium = if mail.finished { Medium::FinishedMail } else { Medium::RawMail };
    let seen = walk(html, &blanked, medium, facts, &mut found);
    whole(mail, &seen, facts, &mut found);
    letters(mail, &mut found);
    visible_text(html, &seen, facts, &mut found);
    tags::check(&tokens, &seen, &mut found);
    let hidden = seen.hidden.as_ref().map(|(_, text)| text.as_str());
    head_lines(mail.subject, mail.preheader.or(hidden), facts.dialect, &mut found);
    json_ld::check(html, facts, &seen, &mut found);
    legal::check(mail, facts, &seen, &mut found);
    if let Some(text) = mail.text {
        plain::check(text, mail.derived_text, &seen, &mut found);
    }
    found.finish()
}

/// What the mail as a whole must be.
fn whole(mail: &Mail<'_>, seen: &Seen<'_>, facts: &Facts<'_>, found: &mut Findings<'_>) {
    let size = mail.html.len();
    if let Some(severity) = found.rules.judge(Code::GmailClipping, size) {
        clipping(size, severity, mail.html, seen, found);
    }
    let place = Place::Html(seen.last_style.clone());
    found.judge(Code::StyleTooLarge, seen.styles, place, |_| {
        format!("style sheets have {} KB, Gmail reads 16 KB of them", kb(seen.styles))
    });
    if seen.pictures > PICTURES.0 {
        let place = Place::Html(seen.first_picture.clone().unwrap_or(0..0));
        let message =
            format!("the pictures weigh {} KB together, 800 KB arrive in time", kb(seen.pictures));
        if seen.pictures > PICTURES.1 {
            found.error(Code::ImageWeight, place, message);
        } else {
            found.warning(Code::ImageWeight, place, message);
        }
    }
    document(seen, facts.lang, found);
    let direction = facts.dir;
    if seen.dir.is_none_or(|dir| !dir.eq_ignore_ascii_case(direction) && dir != "auto") {
        let place = Place::Html(seen.html.clone().unwrap_or(0..0));
        found.warning(
            Code::MissingDir,
            place,
            match seen.dir {
                None => "nothing says in which direction this is read".to_owned(),
                Some(dir) => {
                    format!("this says that it is read `{dir}`, and it is read `{direction}`")
                }
            },
        );
    }
    if seen.first_headings.is_empty() {
        let place = Place::Html(seen.body.clone().unwrap_or(0..0));
        found.warning(Code::OneH1, place, "there is no `<h1>`");
    }
}

/// What mails and pages have in common.
pub(super) fn document(seen: &Seen<'_>, tag: &str, found: &mut Findings<'_>) {
    let html = || Place::Html(seen.html.clone().unwrap_or(0..0));
    let head = || Place::Html(seen.head.clone().or(seen.html.clone()).unwrap_or(0..0));
    let language = |tag: &str| tag.split('-').next().unwrap_or(tag).to_ascii_lowercase();
    let own = |said: &str| language(said) == language(tag);
    match seen.lang {
        None => found.error(Code::MissingLang, html(), "nothing says which language this is in"),
        Some(lang) if !own(lang) => {
            let message = format!("this says that it is in `{lang}`, and it is in `{tag}`");
            found.error(Code::MissingLang, html(), message);
        }
        Some(_) => {}
    }
    if !seen.charset {
        found.error(Code::MissingCharset, head(), "nothing says that this is UTF-8");
    }
    if seen.title.is_none() {
        found.error(Code::MissingTitle, head(), "there is no title");
    }
    if let [_, second, ..] = seen.first_headings.as_slice() {
        found.warning(Code::OneH1, Place::Html(second.clone()), "this is the second `<h1>`");
    }
}

/// Says where Gmail cuts, or how little room is left.
fn clipping(
    size: usize,
    severity: Severity,
    html: &str,
    seen: &Seen<'_>,
    found: &mut Findings<'_>,
) {
    let cut = (0..=GMAIL_SHOWS.min(size)).rev().find(|at| html.is_char_boundary(*at)).unwrap_or(0);
    let (message, place) = if size > GMAIL_SHOWS {
        let link = seen.links.iter().find(|one| legal::is_way_out(one, &seen.visible.text));
        let behind = link.is_some_and(|one| one.range.end > cut);
        let text = last_words(html, cut);
        let at = if text.is_empty() { String::new() } else { format!(", behind “{text}”") };
        let lost = if behind { ", and nobody sees the link to unsubscribe" } else { "" };
        let message =
            format!("the HTML has {} KB, Gmail cuts it off at 102 KB{at}{lost}", kb(size));
        (message, cut..cut)
    } else {
        let message = format!(
            "the HTML has {} KB; senders add their own, and Gmail cuts off at 102 KB",
            kb(size)
        );
        (message, size..size)
    };
    if severity == Severity::Error {
        found.error(Code::GmailClipping, Place::Html(place), message);
    } else {
        found.warning(Code::GmailClipping, Place::Html(place), message);
    }
}

/// The last words of text before an offset.
fn last_words(html: &str, cut: usize) -> &str {
    const FAR: usize = 4000;
    let mut end = cut;
    let start =
        (cut.saturating_sub(FAR)..=cut).find(|at| html.is_char_boundary(*at)).unwrap_or(cut);
    while let Some(open) = html.get(start..end).and_then(|head| head.rfind('>')) {
        let text = html.get(start + open + 1..end).unwrap_or("");
        let text = text.split('<').next().unwrap_or("").trim();
        if text.len() > 3 {
            let from = text.char_indices().rev().nth(39).map_or(0, |(at, _)| at);
            return text.get(from..).unwrap_or("").trim();
        }
        let tag = html.get(start..start + open).and_then(|head| head.rfind('<')).unwrap_or(0);
        end = start + tag;
    }
    ""
}

/// Letters and lines that do not arrive.
fn letters(mail: &Mail<'_>, found: &mut Findings<'_>) {
    let html = mail.html;
    if let Some(at) = c1_control(html) {
        let (at, code) = at;
        let message = format!("U+{code:04X} is a control character, not a letter");
        found.error(Code::C1Control, Place::Html(at..at + 2), message);
    }
    let longest = found.rules.bounds(Code::LongLine).error;
    let mut start = 0;
    while let Some(rest) = html.as_bytes().get(start..).filter(|rest| rest.len() > longest) {
        // Lines that end within what passes are short enough, however many they are.
        if let Some(end) = rest.get(..=longest).and_then(|head| memchr::memrchr(b'\n', head)) {
            start += end + 1;
            continue;
        }
        let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let line = html.get(start..start + end).unwrap_or("").trim_end();
        if line.len() > longest {
            let message = format!("the line has {} bytes, {longest} pass", line.len());
            found.error(Code::LongLine, Place::Html(start..start + 1), message);
            break;
        }
        start += end + 1;
    }
}

/// The first control character between U+0080 and U+009F, as itself or as an entity.
fn c1_control(text: &str) -> Option<(usize, u32)> {
    let bytes = text.as_bytes();
    let is_control = |code: &u32| (0x80..0xa0).contains(code);
    let raw = memchr::memchr_iter(0xc2, bytes).find_map(|at| {
        let next = bytes.get(at + 1).copied().map(u32::from).filter(is_control);
        next.map(|code| (at, code))
    });
    let entity = memchr::memmem::find_iter(bytes, "&#").find_map(|at| {
        let digits = text.get(at + 2..)?.split_once(';')?.0;
        let code = match digits.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => digits.parse(),
        };
        code.ok().filter(is_control).map(|code| (at, code))
    });
    [raw, entity].into_iter().flatten().min()
}

/// What customers read: notes of ours, dates of another promotion.
pub(super) fn visible_text(
    html: &str,
    seen: &Seen<'_>,
    facts: &Facts<'_>,
    found: &mut Findings<'_>,
) {
    let text = &seen.visible.text;
    let place = |range: &Range<usize>| Place::Html(seen.visible.in_html(html, range));
    for range in leftovers(text) {
        let written = text.get(range.clone()).unwrap_or("");
        found.error(Code::Leftover, place(&range), format!("`{written}` is left over"));
        found.written(Code::Leftover, written);
    }
    let Some((first, last)) = facts.days else { return };
    for date in dates::written_dates(text, Locale::find(facts.lang).unwrap_or(Locale::usual())) {
        if !date.is_between(first, last) {
            let written = text.get(date.range.clone()).unwrap_or("");
            let message =
                format!("`{written}` is not between {first} and {last}, when this can be seen");
            found.warning(Code::DateOutsideWindow, place(&date.range), message);
            found.written(Code::DateOutsideWindow, written);
        }
    }
}

/// What mailboxes show of a mail before it is opened.
fn head_lines(
    subject: &str,
    preheader: Option<&str>,
    dialect: Option<Dialect>,
    found: &mut Findings<'_>,
) {
    // How long a merge tag will be nobody knows.
    let tags = dialect.into_iter().flat_map(|dialect| scan(subject, dialect));
    let hidden: usize = tags.map(|tag| tag.text.chars().count()).sum();
    let length = subject.chars().count() - hidden;
    found.judge(Code::SubjectTooLong, length, Place::Subject, |over| {
        format!("the subject has {length} characters, {over} are shown or allowed")
    });
    for range in leftovers(subject) {
        let written = subject.get(range).unwrap_or("");
        found.error(Code::Leftover, Place::Subject, format!("`{written}` is left over"));
        found.written(Code::Leftover, written);
    }
    let preheader = preheader.map(|text| text.trim_matches(is_filler));
    let Some(preheader) = preheader.filter(|text| !text.is_empty()) else {
        found.error(Code::PreheaderMissing, Place::Preheader, "the mail has no preheader");
        return;
    };
    let length = preheader.chars().count();
    if preheader.eq_ignore_ascii_case(subject.trim()) {
        let message = "the preheader says the same as the subject";
        found.error(Code::PreheaderRepeats, Place::Preheader, message);
    } else if length > PREHEADER.1 || length < PREHEADER.0 {
        let message = format!(
            "the preheader has {length} characters, mailboxes show {} to {}",
            PREHEADER.0, PREHEADER.1
        );
        found.warning(Code::PreheaderLength, Place::Preheader, message);
    }
}

/// What only keeps the next text from being shown beside the preheader.
fn is_filler(one: char) -> bool {
    one.is_whitespace()
        || matches!(one, '\u{34f}' | '\u{200b}'..='\u{200d}' | '\u{feff}' | '\u{ad}' | '\u{2007}')
}
