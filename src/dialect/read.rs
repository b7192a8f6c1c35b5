//! What begins at an offset, by dialect. Must not look for it: that is scanning.

use memchr::{memchr, memchr2};

use super::platform::Dialect;
use super::scan::TokenKind;
use super::{bars, braces, curly, percents, underscores};

/// A token that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Behind its last byte.
    pub(super) end: usize,
    /// What it does.
    pub(super) kind: TokenKind,
}

/// The token of a dialect that begins at an offset.
pub(super) fn read(bytes: &[u8], at: usize, dialect: Dialect) -> Option<Found> {
    match dialect {
        Dialect::GoogleAds | Dialect::Pinterest | Dialect::MicrosoftAds => braces::read(bytes, at),
        Dialect::Sa360 => bars::read_starred(bytes, at).or_else(|| braces::read(bytes, at)),
        Dialect::Meta => braces::read_double(bytes, at),
        Dialect::TikTok => underscores::read(bytes, at),
        Dialect::Mailchimp => bars::read(bytes, at),
        Dialect::Klaviyo
        | Dialect::Braze
        | Dialect::AdobeJourney
        | Dialect::Iterable
        | Dialect::SendGrid => curly::read(bytes, at, dialect),
        Dialect::Sfmc => percents::read(bytes, at),
        Dialect::AdobeCampaign => percents::read_angled(bytes, at),
        Dialect::Plain => None,
    }
}

/// Where a token of a dialect may begin, from an offset on.
pub(super) fn next_start(bytes: &[u8], from: usize, dialect: Dialect) -> Option<usize> {
    let rest = bytes.get(from..)?;
    let found = match dialect {
        Dialect::Sa360 | Dialect::Iterable => memchr2(b'{', b'[', rest),
        Dialect::TikTok => memchr(b'_', rest),
        Dialect::Mailchimp => memchr(b'*', rest),
        Dialect::Sfmc => memchr(b'%', rest),
        Dialect::AdobeCampaign => memchr(b'<', rest),
        Dialect::Plain => None,
        Dialect::GoogleAds
        | Dialect::Pinterest
        | Dialect::MicrosoftAds
        | Dialect::Meta
        | Dialect::Klaviyo
        | Dialect::Braze
        | Dialect::AdobeJourney
        | Dialect::SendGrid => memchr(b'{', rest),
    };
    found.map(|found| from + found)
}
