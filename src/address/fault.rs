//! What can be wrong with an address, where in its bytes, and how to say it. Must not judge.

use std::fmt::Write;
use std::ops::Range;

use super::characters::invisible_name;

/// The kinds of faults, each with a name that never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AddressFaultKind {
    /// Longer than [`super::MAX_LENGTH`] bytes.
    TooLong,
    /// A control character, a space or a character that nobody sees.
    ControlOrInvisible,
    /// Begins with `//`.
    SchemeRelative,
    /// Has no scheme, or one that is not of the web.
    OddScheme,
    /// `http:`.
    NotHttps,
    /// Not exactly two slashes behind the scheme.
    MissingSlashes,
    /// A backslash, which browsers take for a slash and others do not.
    Backslash,
    /// `user@` before the host.
    Userinfo,
    /// A port.
    Port,
    /// A macro in the scheme, user, host or port.
    TokenInHost,
    /// An IP address in any notation.
    IpHost,
    /// A dot behind the host.
    TrailingDot,
    /// Not a DNS host name.
    BadHost,
    /// A host that looks like another one.
    ConfusableHost,
    /// A host or an entry below which anyone may register a name.
    PublicSuffix,
    /// Something that browsers write in another way.
    NotNormalised,
    /// Letters that are not ASCII.
    NonAscii,
    /// A character that must be percent-encoded.
    Unencoded,
    /// `%` without two hexadecimal digits.
    BadEscape,
    /// `%25` before two hexadecimal digits.
    DoubleEncoded,
    /// `&amp;` and the like.
    HtmlEscaped,
    /// Parameters without a `?`.
    NoQueryMark,
    /// A `?` inside the query.
    SecondQuestionMark,
    /// A tracking parameter that only the build may write.
    BaseTagged,
    /// A fragment where none may be.
    Fragment,
    /// A tracking parameter behind the `#`.
    UtmInFragment,
    /// A parameter that sends visitors on to another site.
    UnknownOpenRedirect,
    /// An e-mail address or a telephone number in a parameter.
    Pii,
}

impl AddressFaultKind {
    /// Every kind.
    pub const ALL: [Self; 28] = [
        Self::TooLong,
        Self::ControlOrInvisible,
        Self::SchemeRelative,
        Self::OddScheme,
        Self::NotHttps,
        Self::MissingSlashes,
        Self::Backslash,
        Self::Userinfo,
        Self::Port,
        Self::TokenInHost,
        Self::IpHost,
        Self::TrailingDot,
        Self::BadHost,
        Self::ConfusableHost,
        Self::PublicSuffix,
        Self::NotNormalised,
        Self::NonAscii,
        Self::Unencoded,
        Self::BadEscape,
        Self::DoubleEncoded,
        Self::HtmlEscaped,
        Self::NoQueryMark,
        Self::SecondQuestionMark,
        Self::BaseTagged,
        Self::Fragment,
        Self::UtmInFragment,
        Self::UnknownOpenRedirect,
        Self::Pii,
    ];

    /// The stable name, such as `base-tagged`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TooLong => "too-long",
            Self::ControlOrInvisible => "control-or-invisible",
            Self::SchemeRelative => "scheme-relative",
            Self::OddScheme => "odd-scheme",
            Self::NotHttps => "not-https",
            Self::MissingSlashes => "missing-slashes",
            Self::Backslash => "backslash",
            Self::Userinfo => "userinfo",
            Self::Port => "port",
            Self::TokenInHost => "token-in-host",
            Self::IpHost => "ip-host",
            Self::TrailingDot => "trailing-dot",
            Self::BadHost => "bad-host",
            Self::ConfusableHost => "confusable-host",
            Self::PublicSuffix => "public-suffix",
            Self::NotNormalised => "not-normalised",
            Self::NonAscii => "non-ascii",
            Self::Unencoded => "unencoded",
            Self::BadEscape => "bad-escape",
            Self::DoubleEncoded => "double-encoded",
            Self::HtmlEscaped => "html-escaped",
            Self::NoQueryMark => "no-query-mark",
            Self::SecondQuestionMark => "second-question-mark",
            Self::BaseTagged => "base-tagged",
            Self::Fragment => "fragment",
            Self::UtmInFragment => "utm-in-fragment",
            Self::UnknownOpenRedirect => "unknown-open-redirect",
            Self::Pii => "pii",
        }
    }
}

/// One fault of an address or a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressFault {
    /// What kind it is.
    pub kind: AddressFaultKind,
    /// The bytes at fault, in the text that was given.
    pub range: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// The faults found so far in one text.
pub(super) struct Faults<'a> {
    raw: &'a str,
    found: Vec<AddressFault>,
}

impl<'a> Faults<'a> {
    pub(super) const fn new(raw: &'a str) -> Self {
        Self { raw, found: Vec::new() }
    }

    /// Adds a fault; the message becomes the bytes at fault in backquotes and `says`.
    pub(super) fn add(
        &mut self,
        kind: AddressFaultKind,
        range: Range<usize>,
        says: &str,
        help: impl Into<String>,
    ) {
        // What masks a macro has as many bytes and other letters: a fault may end within one of its own.
        let range =
            self.raw.floor_char_boundary(range.start)..self.raw.ceil_char_boundary(range.end);
        let message = format!("{} {says}", quoted(part(self.raw, &range)));
        self.push(AddressFault { kind, range, message, help: help.into() });
    }

    pub(super) fn push(&mut self, fault: AddressFault) {
        self.found.push(fault);
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    pub(super) const fn raw(&self) -> &'a str {
        self.raw
    }

    /// The faults in the order of the text.
    pub(super) fn into_sorted(mut self) -> Vec<AddressFault> {
        self.found.sort_by_key(|fault| (fault.range.start, fault.kind, fault.range.end));
        self.found
    }
}

/// The bytes of a range, or nothing where it is no range of the text.
pub(super) fn part<'a>(text: &'a str, range: &Range<usize>) -> &'a str {
    text.get(range.clone()).unwrap_or("")
}

/// A text in backquotes, without anything that a terminal would act on, and not too long.
pub(super) fn quoted(text: &str) -> String {
    const MAX_CHARACTERS: usize = 80;
    let mut out = String::from("`");
    for (count, one) in text.chars().enumerate() {
        if count == MAX_CHARACTERS {
            out.push('…');
            break;
        }
        if one != ' ' && invisible_name(one).is_some() {
            // Writing to a string cannot fail.
            let _ = write!(out, "<U+{:04X}>", u32::from(one));
        } else {
            out.push(one);
        }
    }
    out.push('`');
    out
}

/// `%C3%A9` for `é`.
pub(super) fn percent_encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}
