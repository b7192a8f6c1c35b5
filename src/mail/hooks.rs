//! Names that mail clients and senders put into a mail themselves. Rules for them are never
//! unused, although no element of the mail has them.

/// Beginnings of class names, in small letters.
const CLASSES: [&str; 21] = [
    "gmail",
    "externalclass",
    "readmsgbody",
    "apple",
    "yshortcuts",
    "yahoo",
    "ms-",
    "mso",
    "x_",
    "moz-",
    "mail-",
    "aolmail",
    "edo",
    "ox-",
    "outlook",
    "owa",
    "ii",
    "mcn",
    "mc_",
    "kl-",
    "im",
];

/// Class names of which no other begins so.
const WHOLE: [&str; 2] = ["ii", "im"];

/// Ids, in small letters.
const IDS: [&str; 4] = ["outlook", "messageviewbody", "messagewebviewdiv", "msgbody"];

/// Whether mail clients give this class to elements of theirs.
pub(super) fn is_class(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    CLASSES.iter().any(
        |one| {
            if WHOLE.contains(one) { lower == *one } else { lower.starts_with(one) }
        },
    )
}

/// Whether mail clients give this id to an element of theirs.
pub(super) fn is_id(name: &str) -> bool {
    IDS.iter().any(|one| name.eq_ignore_ascii_case(one))
}
