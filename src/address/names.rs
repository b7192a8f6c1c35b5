//! Names of parameters: which ones belong to the build and to ad platforms, in any spelling.
//! Must not look at values.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::characters::invisible_name;

/// Click ids, recipient ids and campaign ids that networks and mail services append.
const CLICK_IDS: [&str; 44] = [
    "__hsfp",
    "__hssc",
    "__hstc",
    "_branch_match_id",
    "_ga",
    "_gl",
    "_hsenc",
    "_hsmi",
    "_ke",
    "_kx",
    "_openstat",
    "dclid",
    "dm_i",
    "epik",
    "fb_action_ids",
    "fbclid",
    "gad_campaignid",
    "gad_source",
    "gbraid",
    "gclid",
    "gclsrc",
    "hsctatracking",
    "igsh",
    "igshid",
    "irclickid",
    "li_fat_id",
    "mc_cid",
    "mc_eid",
    "mkt_tok",
    "ml_subscriber_hash",
    "msclkid",
    "oly_anon_id",
    "oly_enc_id",
    "rb_clickid",
    "rdt_cid",
    "s_cid",
    "sccid",
    "srsltid",
    "ttclid",
    "twclid",
    "vero_conv",
    "vero_id",
    "wbraid",
    "yclid",
];

/// Parameters that commonly name the page to go to next.
const REDIRECTS: [&str; 32] = [
    "continue",
    "continueto",
    "dest",
    "destination",
    "forward",
    "forward_url",
    "go",
    "goto",
    "href",
    "link",
    "location",
    "next",
    "out",
    "r",
    "redir",
    "redirect",
    "redirect_to",
    "redirect_uri",
    "redirect_url",
    "redirecturl",
    "return",
    "return_to",
    "return_url",
    "returnto",
    "returnurl",
    "rurl",
    "target",
    "to",
    "u",
    "uri",
    "url",
    "view",
];

/// Parameters whose value is a telephone number.
const PHONES: [&str; 7] = ["cell", "mobile", "msisdn", "phone", "phone_number", "tel", "telephone"];

/// A name without its disguises: decoded, in lower case, without characters that nobody sees and
/// without the rest of an `&amp;`.
pub(super) fn fold(raw: &str) -> Cow<'_, str> {
    let plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'.');
    if raw.bytes().all(plain) {
        return Cow::Borrowed(raw);
    }
    let decoded = percent_decode_str(raw).decode_utf8_lossy();
    let seen = decoded.chars().filter(|one| *one != '+' && invisible_name(*one).is_none());
    let folded: String = seen.flat_map(char::to_lowercase).collect();
    match folded.strip_prefix("amp;") {
        Some(rest) => Cow::Owned(rest.to_owned()),
        None => Cow::Owned(folded),
    }
}

/// Whether a decoded, lower-case name is one that only the build or a network may write: `utm_*`
/// and the click ids.
pub fn is_tracking_name(folded: &str) -> bool {
    folded.starts_with("utm_") || is_click_id(folded)
}

/// Whether a folded name is one that networks and mail services append to any link.
pub(super) fn is_click_id(folded: &str) -> bool {
    CLICK_IDS.contains(&folded)
}

/// Whether a folded name commonly holds the page to go to next.
pub(super) fn is_redirect(folded: &str) -> bool {
    REDIRECTS.contains(&folded)
}

/// Whether a folded name says that its value is a telephone number.
pub(super) fn is_phone(folded: &str) -> bool {
    PHONES.contains(&folded)
}
