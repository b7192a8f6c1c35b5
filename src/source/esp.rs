//! `[esp]` of a channel: what its mail sender calls the fields and addresses that templates ask for.

use std::collections::BTreeMap;

use super::toml::Section;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::dialect::Dialect;
use crate::dialect::write::{ADDRESSES, FIELDS, built_in, is_name};
use crate::model::Spanned;

/// The merge tags of a channel.
#[derive(Clone, Debug)]
pub struct Esp {
    /// Who fills them in.
    pub dialect: Dialect,
    /// The names that the channel gives or replaces.
    own: BTreeMap<String, Spanned<String>>,
}

/// What stands behind a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag<'e> {
    /// A name of the sender's, to be written in its signs.
    Name(&'e str),
    /// What is written as it stands.
    Whole(&'e str),
}

impl Esp {
    /// What the sender calls a field or an address.
    pub fn tag(&self, name: &str) -> Option<Tag<'_>> {
        let text = match self.own.get(name) {
            Some(own) => own.value.as_str(),
            None => built_in(self.dialect, name)?,
        };
        let whole = ADDRESSES.contains(&name) || self.dialect.is_written(text);
        Some(if whole { Tag::Whole(text) } else { Tag::Name(text) })
    }

    /// The names that can be asked for.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let usual = FIELDS.into_iter().chain(ADDRESSES);
        let usual = usual.filter(|one| built_in(self.dialect, one).is_some());
        self.own.keys().map(String::as_str).chain(usual)
    }

    /// What may stand as the address of a link: whole tags.
    pub fn addresses(&self) -> impl Iterator<Item = &str> {
        self.names().filter_map(|name| match self.tag(name)? {
            Tag::Whole(text) => Some(text),
            Tag::Name(_) => None,
        })
    }
}

/// Reads the section; a channel whose dialect has no merge tags has none either.
pub(super) fn read_esp(
    section: Option<Section<'_, '_>>,
    dialect: Option<Dialect>,
    diagnostics: &mut Diagnostics,
) -> Option<Esp> {
    let dialect = dialect.filter(|one| one.is_sender());
    let Some(section) = section else {
        return dialect.map(|dialect| Esp { dialect, own: BTreeMap::new() });
    };
    let Some(dialect) = dialect else {
        diagnostics.push(
            Diagnostic::error(
                Code::BadSetting,
                section.span,
                "[esp] is about merge tags, and the channel names no mail sender",
            )
            .help("add `dialect = …`, such as `dialect = \"klaviyo\"`"),
        );
        section.entries();
        return None;
    };
    let mut own = BTreeMap::new();
    for entry in section.entries() {
        let key = &entry.key;
        let Some(text) = entry.text(diagnostics) else { continue };
        if let Some(reason) = fault(dialect, &key.value, &text.value) {
            diagnostics
                .push(Diagnostic::error(Code::BadSetting, text.span, reason.0).help(reason.1));
            continue;
        }
        own.insert(key.value.clone(), text);
    }
    Some(Esp { dialect, own })
}

/// What is wrong with a value, and what to do.
fn fault(dialect: Dialect, key: &str, text: &str) -> Option<(String, String)> {
    if !key.bytes().all(|one| one.is_ascii_lowercase() || one.is_ascii_digit() || one == b'_') {
        let message = format!("`{key}` cannot be a name that templates ask for");
        return Some((message, "use small letters, digits and `_`".to_owned()));
    }
    if let Some(first) = crate::dialect::foreign(text, Some(dialect)).first() {
        return Some((first.message.clone(), first.help.clone()));
    }
    let title = dialect.title();
    if ADDRESSES.contains(&key) {
        let address = text.starts_with("https://") || dialect.is_written(text);
        let plain = !text.chars().any(|one| one.is_control() || one == '"');
        return (!address || !plain).then(|| {
            let message = format!("`{text}` is no address and no merge tag of {title}");
            (message, "write the whole merge tag, or an https address".to_owned())
        });
    }
    (!dialect.is_written(text) && !is_name(dialect, text)).then(|| {
        let message = format!("`{text}` cannot be a name at {title}");
        (message, "write the name as the sender shows it, or the whole merge tag".to_owned())
    })
}
