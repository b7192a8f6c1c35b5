//! Names of parameters: which ones belong to the build and to ad platforms, in any spelling.
//! Must not look at values.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::characters::invisible_name;

const AD: &str = "ad click id";
const MAIL: &str = "id of a mail service";
const SHARE: &str = "id of a shared post";
const TOOL: &str = "id of an analytics tool";

/// Click ids, recipient ids and campaign ids that networks and mail services append, and what
/// each is.
const CLICK_IDS: [(&str, &str); 44] = [
    ("__hsfp", TOOL),
    ("__hssc", TOOL),
    ("__hstc", TOOL),
    ("_branch_match_id", TOOL),
    ("_ga", TOOL),
    ("_gl", TOOL),
    ("_hsenc", MAIL),
    ("_hsmi", MAIL),
    ("_ke", MAIL),
    ("_kx", MAIL),
    ("_openstat", TOOL),
    ("dclid", AD),
    ("dm_i", MAIL),
    ("epik", AD),
    ("fb_action_ids", SHARE),
    ("fbclid", AD),
    ("gad_campaignid", AD),
    ("gad_source", AD),
    ("gbraid", AD),
    ("gclid", AD),
    ("gclsrc", AD),
    ("hsctatracking", MAIL),
    ("igsh", SHARE),
    ("igshid", SHARE),
    ("irclickid", AD),
    ("li_fat_id", AD),
    ("mc_cid", MAIL),
    ("mc_eid", MAIL),
    ("mkt_tok", MAIL),
    ("ml_subscriber_hash", MAIL),
    ("msclkid", AD),
    ("oly_anon_id", MAIL),
    ("oly_enc_id", MAIL),
    ("rb_clickid", AD),
    ("rdt_cid", AD),
    ("s_cid", TOOL),
    ("sccid", AD),
    ("srsltid", AD),
    ("ttclid", AD),
    ("twclid", AD),
    ("vero_conv", MAIL),
    ("vero_id", MAIL),
    ("wbraid", AD),
    ("yclid", AD),
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
    noise_kind(folded).is_some()
}

/// What a folded name says of the parameter that a network or mail service appended, such as
/// `ad click id`; nothing for any other parameter.
pub fn noise_kind(folded: &str) -> Option<&'static str> {
    CLICK_IDS.iter().find(|(name, _)| *name == folded).map(|(_, kind)| *kind)
}

/// Whether a folded name commonly holds the page to go to next.
pub(super) fn is_redirect(folded: &str) -> bool {
    REDIRECTS.contains(&folded)
}

/// Whether a folded name says that its value is a telephone number.
pub(super) fn is_phone(folded: &str) -> bool {
    PHONES.contains(&folded)
}
