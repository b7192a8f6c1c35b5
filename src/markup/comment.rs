//! Where comments end, and which of them are conditions for Outlook. Must not read tags.

use memchr::memmem;

/// A comment, from behind its `<!--`.
pub(super) struct Comment {
    /// How long what is in it is.
    pub(super) inside: usize,
    /// How long it is with the sign that ends it.
    pub(super) whole: usize,
}

/// Reads the comment that begins behind a `<!--`.
pub(super) fn read(rest: &[u8]) -> Comment {
    // `<!-->` and `<!--->` are whole comments.
    if rest.starts_with(b">") {
        return Comment { inside: 0, whole: 1 };
    }
    if rest.starts_with(b"->") {
        return Comment { inside: 0, whole: 2 };
    }
    let mut at = 0;
    while let Some(found) = rest.get(at..).and_then(|tail| memmem::find(tail, b"--")) {
        let dashes = at + found;
        match (rest.get(dashes + 2), rest.get(dashes + 3)) {
            (Some(b'>'), _) => return Comment { inside: dashes, whole: dashes + 3 },
            (Some(b'!'), Some(b'>')) => return Comment { inside: dashes, whole: dashes + 4 },
            _ => at = dashes + 1,
        }
    }
    Comment { inside: rest.len(), whole: rest.len() }
}

/// What a comment is to Outlook.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Condition<'h> {
    /// A comment like any other.
    None,
    /// It hides what is in it, from an offset on, from all others.
    Hidden(&'h str, usize),
    /// All others see what follows it.
    Revealed(&'h str),
    /// It ends what was revealed.
    End,
}

/// Tells from what is in a comment.
pub(super) fn condition(inside: &str) -> Condition<'_> {
    let text = inside.trim_start();
    if text.trim_end() == "<![endif]" {
        return Condition::End;
    }
    let Some(body) = text.strip_prefix("[if") else { return Condition::None };
    let start = inside.len() - body.len();
    let Some((name, rest)) = body.split_once("]>") else {
        // Nobody knows what Outlook makes of it: what is in it is looked at.
        return Condition::Hidden("", start);
    };
    if matches!(rest.trim(), "" | "<!" | "<!--") {
        return Condition::Revealed(name.trim());
    }
    Condition::Hidden(name.trim(), inside.len() - rest.len())
}
