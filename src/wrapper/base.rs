//! Reads `base`, the beginning of every URL that a profile wraps.

use super::document::Text;
use super::fault::{Faults, shown};
use super::host::is_host_name;
use super::rule::Kind;
use super::slots::Slots;
use super::template::{BaseHost, Piece, Slot, Style};

/// Reads the host and the path; `None` after a fault.
pub(super) fn parse_base(
    text: &Text,
    style: Style,
    slots: &mut Slots<'_>,
    faults: &mut Faults,
) -> Option<(BaseHost, Vec<Piece>)> {
    let Some(rest) = text.text.strip_prefix("https://") else {
        let message = format!("the base `{}` is not https", shown(&text.text));
        faults.add(&text.range, message, "begin it with `https://`");
        return None;
    };
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = parse_host(host, text, slots, faults);
    let path = parse_path(path, style, text, slots, faults);
    host.zip(path)
}

fn parse_host(
    host: &str,
    text: &Text,
    slots: &mut Slots<'_>,
    faults: &mut Faults,
) -> Option<BaseHost> {
    if !host.starts_with('{') {
        let known = is_host_name(host);
        if !known {
            let message = format!("`{}` is no host", shown(host));
            let help = "write a host in lower case, or one placeholder for the whole of it";
            faults.add(&text.range, message, help);
        }
        return known.then(|| BaseHost::Exact(host.to_owned()));
    }
    let part = Text { text: host.to_owned(), range: text.range.clone() };
    let pieces = slots.pieces(&part, faults)?;
    if let [Piece::Slot(Slot::Field(index))] = pieces.as_slice()
        && let Some(field) = slots.fields.get(*index)
        && field.rule.kind == Kind::Host
        && !field.optional
    {
        return Some(BaseHost::Field(*index));
    }
    let message = format!("`{}` is not one field for the whole host", shown(host));
    let help = "use one field that has `kind = \"host\"` and is not optional";
    faults.add(&text.range, message, help);
    None
}

fn parse_path(
    path: &str,
    style: Style,
    text: &Text,
    slots: &mut Slots<'_>,
    faults: &mut Faults,
) -> Option<Vec<Piece>> {
    let part = Text { text: path.to_owned(), range: text.range.clone() };
    let pieces = slots.pieces(&part, faults)?;
    let mut fault = |message: String, help: &str| -> Option<Vec<Piece>> {
        faults.add(&text.range, message, help);
        None
    };
    if path.contains("//") || path.split('/').any(|segment| segment == "." || segment == "..") {
        let message = format!("the path `{}` has an empty step or a step of dots", shown(path));
        return fault(message, "write the path as the network does, without them");
    }
    if style == Style::Path && path.ends_with('/') {
        let message = format!("the base `{}` ends with a slash", shown(&text.text));
        return fault(message, "take it off: each parameter brings its own");
    }
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/:;=,+@$!*".contains(&byte);
    for (index, piece) in pieces.iter().enumerate() {
        let slot = match piece {
            Piece::Text(fixed) if fixed.bytes().all(plain) => continue,
            Piece::Text(fixed) => {
                let message = format!("the base holds `{}`", shown(fixed));
                return fault(message, "keep the base to host and path; the rest are `params`");
            }
            Piece::Slot(slot) => slot,
        };
        if let Some(help) = misplaced(slot, slots) {
            return fault(format!("a placeholder of `{}` cannot stand there", shown(path)), help);
        }
        // Where a link is read back, the text after a value tells where the value ends.
        let ends = match pieces.get(index + 1) {
            Some(Piece::Text(next)) => {
                next.bytes().next().is_some_and(|byte| byte == b'/' || !may_hold(slot, byte, slots))
            }
            Some(Piece::Slot(_)) => false,
            None => true,
        };
        if !ends {
            let message = format!("a value in `{}` runs into what follows it", shown(path));
            return fault(message, "give the field a `charset` without the character after it");
        }
    }
    Some(pieces)
}

fn misplaced(slot: &Slot, slots: &Slots<'_>) -> Option<&'static str> {
    match slot {
        Slot::SubId => None,
        Slot::Field(index) => {
            let field = slots.fields.get(*index)?;
            if field.optional {
                return Some("use a field that is not optional");
            }
            (field.rule.kind != Kind::Id).then_some("use a field of the kind `id`")
        }
        Slot::Destination | Slot::Pairs | Slot::Pair(_) => Some("put it into `params`"),
    }
}

fn may_hold(slot: &Slot, byte: u8, slots: &Slots<'_>) -> bool {
    match slot {
        Slot::Field(index) => {
            slots.fields.get(*index).is_some_and(|field| field.rule.charset.has(byte))
        }
        // The sub-id's rule is not at hand, and a dash is what it may hold by default.
        _ => byte != b'/',
    }
}
