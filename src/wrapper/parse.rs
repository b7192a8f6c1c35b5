//! Reads a profile from its TOML text; everything wrong with it is told at once.

use std::ops::Range;

use toml::de::DeTable;

use super::base::parse_base;
use super::document::{Entry, Section, Text};
use super::escape::{has_control, push_encoded};
use super::fault::{Faults, ProfileFault, did_you_mean, shown};
use super::field::Field;
use super::host::HostPattern;
use super::profile::Profile;
use super::rule::Kind;
use super::rule_text::{fields, sub_id_rule};
use super::slots::Slots;
use super::template::{BaseHost, Param, Piece, Slot, Style};

const KEYS: [&str; 9] = [
    "source",
    "style",
    "base",
    "params",
    "hosts",
    "fields",
    "sub_id",
    "encode_destination",
    "tokens_in_destination",
];

impl Profile {
    /// Reads a profile; `name` is what it will be called by.
    pub fn parse(name: &str, text: &str) -> Result<Self, Vec<ProfileFault>> {
        let mut faults = Faults::default();
        let (root, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            let message = error.message().lines().next().unwrap_or("bad syntax");
            let range = error.span().unwrap_or_default();
            faults.add(&range, shown(message), "correct the TOML there");
        }
        let root = Section::root(root.get_ref());
        let profile = if errors.is_empty() { read(name, &root, &mut faults) } else { None };
        faults.into_result()?;
        // Whatever is missing was told above; the empty list is for the compiler.
        profile.ok_or_else(Vec::new)
    }
}

fn read(name: &str, root: &Section<'_, '_>, faults: &mut Faults) -> Option<Profile> {
    root.only(&KEYS, faults);
    let style = style(root, faults);
    let section = root.entry("fields").and_then(|entry| entry.section(faults));
    let fields = fields(section.as_ref(), faults);
    let sub_id_entry = root.entry("sub_id");
    let sub_id = sub_id_rule(sub_id_entry.as_ref(), faults);
    let mut slots = Slots::new(&fields);
    let base = base(root, style, &mut slots, faults);
    let entry = root.entry("params");
    let place = entry.as_ref().map_or(root.range.clone(), |entry| entry.key.range.clone());
    let written = entry.map(|entry| entry.text_pairs(faults)).unwrap_or_default();
    let params = params(&written, style, &mut slots, faults);
    let all_read = base.is_some() && params.len() == written.len();
    if written.is_empty() {
        faults.add(&place, "the profile has no `params`", "add `params = [[\"name\", \"value\"]]`");
    } else if all_read {
        let range = sub_id_entry.as_ref().map(|entry| &entry.key.range);
        slots.check_uses(style, &place, range, faults);
        check_last(style, &params, &written, faults);
    }
    let raw_destination = raw_destination(root, style, faults);
    let (host, path) = base?;
    let hosts = hosts(root, &host, &fields, faults);
    let text =
        |key: &str, faults: &mut Faults| root.entry(key).and_then(|entry| entry.text(faults));
    Some(Profile {
        name: name.to_owned(),
        source: text("source", faults).map(|source| source.text).unwrap_or_default(),
        style,
        host,
        path,
        params,
        hosts,
        sub_id: sub_id?,
        raw_destination,
        tokens_in_destination: root
            .entry("tokens_in_destination")
            .and_then(|entry| entry.flag(faults))
            .unwrap_or(false),
        fields,
    })
}

/// One of a few words; the first is what a profile means that says nothing.
fn word<T: Copy>(
    entry: Option<Entry<'_, '_>>,
    words: &[(&str, T)],
    faults: &mut Faults,
) -> Option<T> {
    let default = words.first().map(|(_, first)| *first);
    let Some(written) = entry.and_then(|entry| entry.text(faults)) else { return default };
    let found = words.iter().find(|(word, _)| *word == written.text);
    if found.is_none() {
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let message = format!("`{}` is not one of {}", shown(&written.text), known.join(", "));
        faults.add(&written.range, message, did_you_mean(&written.text, &known));
    }
    found.map(|(_, value)| *value).or(default)
}

fn style(root: &Section<'_, '_>, faults: &mut Faults) -> Style {
    let words = [("query", Style::Query), ("path", Style::Path), ("append", Style::Append)];
    word(root.entry("style"), &words, faults).unwrap_or(Style::Query)
}

fn raw_destination(root: &Section<'_, '_>, style: Style, faults: &mut Faults) -> bool {
    let entry = root.entry("encode_destination");
    let range = entry.as_ref().map(Entry::range).unwrap_or_default();
    let raw = word(entry, &[("once", false), ("raw", true)], faults).unwrap_or(false);
    if raw && style != Style::Path {
        faults.add(
            &range,
            "`raw` lets the destination's own `&` break out of the query",
            "write `encode_destination = \"once\"`",
        );
    }
    raw
}

fn base(
    root: &Section<'_, '_>,
    style: Style,
    slots: &mut Slots<'_>,
    faults: &mut Faults,
) -> Option<(BaseHost, Vec<Piece>)> {
    match (style, root.entry("base")) {
        (Style::Append, None) => Some((BaseHost::Destination, Vec::new())),
        (Style::Append, Some(entry)) => {
            let message = "a profile with `style = \"append\"` has no base of its own";
            faults.add(&entry.key.range, message, "take `base` out");
            None
        }
        (_, Some(entry)) => parse_base(&entry.text(faults)?, style, slots, faults),
        (_, None) => {
            faults.add(&root.range, "the profile has no `base`", "add `base = \"https://…\"`");
            None
        }
    }
}

fn hosts(
    root: &Section<'_, '_>,
    base: &BaseHost,
    fields: &[Field],
    faults: &mut Faults,
) -> Vec<HostPattern> {
    let entry = root.entry("hosts");
    let mut hosts = Vec::new();
    for written in entry.as_ref().map(|entry| entry.texts(faults)).unwrap_or_default() {
        let host = HostPattern::parse(&written.text);
        if host.is_none() {
            let message = format!("`{}` names no host", shown(&written.text));
            let help = "write a host in lower case, such as `www.awin1.com` or `*.pxf.io`";
            faults.add(&written.range, message, help);
        }
        hosts.extend(host);
    }
    match base {
        BaseHost::Exact(name) => hosts.push(HostPattern::exactly(name)),
        // Without a list, a partner's row could send every click anywhere.
        BaseHost::Field(index) if entry.is_none() => {
            let range = fields.get(*index).map(|field| field.range.clone()).unwrap_or_default();
            let message = "the host comes from a row, and no `hosts` says which it may be";
            faults.add(&range, message, "add `hosts = [\"*.example.net\"]`");
        }
        BaseHost::Field(_) | BaseHost::Destination => {}
    }
    hosts
}

fn params(
    written: &[(Text, Text)],
    style: Style,
    slots: &mut Slots<'_>,
    faults: &mut Faults,
) -> Vec<Param> {
    let mut params = Vec::with_capacity(written.len());
    for (index, (name, value)) in written.iter().enumerate() {
        let twice = |(other, _): &(Text, Text)| other.text.eq_ignore_ascii_case(&name.text);
        if written.iter().take(index).any(twice) {
            let message = format!("the parameter `{}` is there twice", shown(&name.text));
            faults.add(&name.range, message, "keep one of the two");
        }
        let value = param_value(value, slots, faults);
        if let Some((name, value)) = param_name(name, style, slots, faults).zip(value) {
            params.push(Param { name, value });
        }
    }
    params
}

fn param_name(
    name: &Text,
    style: Style,
    slots: &mut Slots<'_>,
    faults: &mut Faults,
) -> Option<Piece> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let pieces = slots.pieces(name, faults)?;
    match pieces.as_slice() {
        [Piece::Text(fixed)] if fixed.bytes().all(plain) => Some(Piece::Text(fixed.clone())),
        [piece @ Piece::Slot(Slot::Field(_))] if style == Style::Append => Some(piece.clone()),
        _ => {
            let message = format!("`{}` is no name of a parameter", shown(&name.text));
            faults.add(&name.range, message, "use letters, digits and the characters -._~");
            None
        }
    }
}

fn param_value(value: &Text, slots: &mut Slots<'_>, faults: &mut Faults) -> Option<Piece> {
    let pieces = slots.pieces(value, faults)?;
    let is_host =
        |index: usize| slots.fields.get(index).is_some_and(|field| field.rule.kind == Kind::Host);
    match pieces.as_slice() {
        [Piece::Text(fixed)] if !has_control(fixed) => {
            let mut encoded = String::new();
            push_encoded(&mut encoded, fixed);
            Some(Piece::Text(encoded))
        }
        [Piece::Slot(Slot::Field(index))] if is_host(*index) => {
            let message = format!("`{}` is a host and stands in a parameter", value.text);
            faults.add(&value.range, message, "give the field `kind = \"id\"`");
            None
        }
        [piece @ Piece::Slot(_)] => Some(piece.clone()),
        _ => {
            let message =
                format!("`{}` is neither one text nor one placeholder", shown(&value.text));
            faults.add(&value.range, message, "give each placeholder a parameter of its own");
            None
        }
    }
}

/// In a path, whatever follows the destination is taken for a part of it.
fn check_last(style: Style, params: &[Param], written: &[(Text, Text)], faults: &mut Faults) {
    let at = params.iter().position(|param| param.value == Piece::Slot(Slot::Destination));
    let Some(at) = at.filter(|at| style == Style::Path && at + 1 < params.len()) else { return };
    let range: Range<usize> =
        written.get(at).map(|(_, value)| value.range.clone()).unwrap_or_default();
    faults.add(&range, "`{destination}` is not the last parameter", "put it at the end");
}
