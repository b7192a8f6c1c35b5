//! Makes a network's link from a finished URL, ids and a sub-id.
//!
//! Everything that is put in is encoded as one value, so nothing in it can reach beyond its place.

use super::escape::{decode, has_control, push_encoded};
use super::fault::{Part, ValueFault, WrapFault, shown};
use super::field::Field;
use super::profile::Profile;
use super::split::{pairs, split};
use super::template::{BaseHost, Param, Piece, Slot, Style};

/// What goes into a link.
#[derive(Clone, Copy, Debug)]
pub struct Wrapped<'a> {
    /// The finished URL, with its own parameters.
    pub destination: &'a str,
    /// What the network reports back. Unused where the profile takes none.
    pub sub_id: &'a str,
    /// The partner's ids at the network. Names the profile does not know are passed over.
    pub fields: &'a [(&'a str, &'a str)],
    /// The tracked parameters, for profiles that carry them as a value.
    pub pairs: &'a [(&'a str, &'a str)],
}

/// What stands before the first parameter, before each other one, and inside each.
struct Marks {
    first: &'static str,
    next: &'static str,
    is: char,
}

const QUERY: Marks = Marks { first: "?", next: "&", is: '=' };
const PATH: Marks = Marks { first: "/", next: "/", is: ':' };

impl Profile {
    /// Makes the link, or says which part of it is wrong.
    pub fn wrap(&self, link: &Wrapped<'_>) -> Result<String, WrapFault> {
        self.check_destination(link.destination)
            .map_err(|fault| fault.in_part(Part::Destination))?;
        let mut out = String::with_capacity(link.destination.len() * 3 / 2 + 160);
        if self.style == Style::Append {
            let (head, fragment) = link
                .destination
                .split_at(link.destination.find('#').unwrap_or(link.destination.len()));
            out.push_str(head);
            let first = match head.split_once('?') {
                None => "?",
                Some((_, "")) => "",
                Some(_) => "&",
            };
            self.push_params(&mut out, &Marks { first, ..QUERY }, link)?;
            out.push_str(fragment);
            return Ok(out);
        }
        out.push_str("https://");
        match &self.host {
            BaseHost::Exact(host) => out.push_str(host),
            BaseHost::Field(index) => self.push_slot(&mut out, &Slot::Field(*index), link)?,
            BaseHost::Destination => {}
        }
        for piece in &self.path {
            self.push_piece(&mut out, piece, link)?;
        }
        let marks = if self.style == Style::Path { PATH } else { QUERY };
        self.push_params(&mut out, &marks, link)?;
        Ok(out)
    }

    fn push_params(
        &self,
        out: &mut String,
        marks: &Marks,
        link: &Wrapped<'_>,
    ) -> Result<(), WrapFault> {
        let mut mark = marks.first;
        for param in self.params.iter().filter(|param| !self.is_left_out(param, link)) {
            out.push_str(mark);
            mark = marks.next;
            let start = out.len();
            self.push_piece(out, &param.name, link)?;
            if self.style == Style::Append {
                check_owner(out.get(start..).unwrap_or_default(), link.destination)?;
            }
            out.push(marks.is);
            self.push_piece(out, &param.value, link)?;
        }
        Ok(())
    }

    fn is_left_out(&self, param: &Param, link: &Wrapped<'_>) -> bool {
        [&param.name, &param.value].into_iter().any(|piece| match piece {
            Piece::Slot(Slot::Field(index)) => self
                .fields
                .get(*index)
                .is_some_and(|field| field.optional && value_of(field, link).is_empty()),
            _ => false,
        })
    }

    fn push_piece(
        &self,
        out: &mut String,
        piece: &Piece,
        link: &Wrapped<'_>,
    ) -> Result<(), WrapFault> {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Slot(slot) => self.push_slot(out, slot, link)?,
        }
        Ok(())
    }

    fn push_slot(
        &self,
        out: &mut String,
        slot: &Slot,
        link: &Wrapped<'_>,
    ) -> Result<(), WrapFault> {
        match slot {
            Slot::Destination if self.raw_destination => out.push_str(link.destination),
            Slot::Destination => push_encoded(out, link.destination),
            Slot::SubId => {
                self.check_sub_id(link.sub_id).map_err(|fault| fault.in_part(Part::SubId))?;
                push_encoded(out, link.sub_id);
            }
            Slot::Field(index) => {
                let Some(field) = self.fields.get(*index) else { return Ok(()) };
                let value = value_of(field, link);
                self.check(field, value)
                    .map_err(|fault| fault.in_part(Part::Field(field.name.clone())))?;
                push_encoded(out, value);
            }
            Slot::Pair(name) => {
                let pair = link.pairs.iter().find(|(known, _)| known == name);
                let &(name, value) = pair.ok_or_else(|| missing_pair(name))?;
                check_pair(name, value)?;
                push_encoded(out, value);
            }
            Slot::Pairs => push_encoded(out, &query_of(link.pairs)?),
        }
        Ok(())
    }

    fn check_destination(&self, destination: &str) -> Result<(), ValueFault> {
        let whole = 0..destination.len();
        let says = |says: &str| format!("the destination `{}` {says}", shown(destination));
        let rest = destination.strip_prefix("https://").unwrap_or_default();
        if rest.is_empty() || rest.starts_with(['/', '?', '#']) {
            return Err(ValueFault::new(whole, says("is no https URL"), "write a whole https URL"));
        }
        if let Some((at, found)) = destination.char_indices().find(|(_, found)| found.is_control())
        {
            let message = says(&format!("holds the control character {found:?}"));
            return Err(ValueFault::new(at..at + found.len_utf8(), message, "take it out"));
        }
        if self.raw_destination {
            let loose = |found: char| found == '#' || !found.is_ascii_graphic();
            if let Some(at) = destination.find(loose) {
                let message = says("holds a `#`, a space or a letter that needs encoding");
                let help = "take it out, or write `encode_destination = \"once\"` in the profile";
                return Err(ValueFault::new(at..destination.len(), message, help));
            }
        }
        let added_to = self.style == Style::Append && !self.hosts.is_empty();
        if added_to && !split(destination).is_some_and(|parts| self.has_host(parts.host)) {
            let message = says(&format!("is not at a host of the profile `{}`", self.name));
            return Err(ValueFault::new(whole, message, "choose another profile or destination"));
        }
        Ok(())
    }
}

fn value_of<'a>(field: &Field, link: &Wrapped<'a>) -> &'a str {
    let given = link.fields.iter().find(|(name, _)| *name == field.name);
    given.map_or("", |(_, value)| value)
}

/// A parameter that is there already has another owner, and networks disagree on which one counts.
fn check_owner(name: &str, destination: &str) -> Result<(), WrapFault> {
    let whole = destination.split_once('#').map_or(destination, |(whole, _)| whole);
    let Some((_, query)) = whole.split_once('?') else { return Ok(()) };
    let same = |known: &str| {
        known.eq_ignore_ascii_case(name)
            || decode(known).is_some_and(|known| known.eq_ignore_ascii_case(name))
    };
    if !pairs(query).any(|(known, _)| same(known)) {
        return Ok(());
    }
    Err(WrapFault {
        part: Part::Destination,
        range: 0..destination.len(),
        message: format!(
            "the destination `{}` has the parameter `{}` already",
            shown(destination),
            shown(name)
        ),
        help: "take it out of the destination".to_owned(),
    })
}

fn missing_pair(name: &str) -> WrapFault {
    let message = format!("the link has no parameter `{}`", shown(name));
    let help = "add it to the channel's [params]";
    ValueFault::new(0..0, message, help).in_part(Part::Pair(name.to_owned()))
}

fn check_pair(name: &str, value: &str) -> Result<(), WrapFault> {
    if !name.is_empty() && !has_control(name) && !has_control(value) {
        return Ok(());
    }
    let message = format!(
        "the parameter `{}` is `{}`, and one of the two is empty or holds a control character",
        shown(name),
        shown(value)
    );
    Err(ValueFault::new(0..value.len(), message, "write it as plain text")
        .in_part(Part::Pair(name.to_owned())))
}

/// The tracked parameters as a query of their own.
fn query_of(tracked: &[(&str, &str)]) -> Result<String, WrapFault> {
    if tracked.is_empty() {
        let fault = ValueFault::new(
            0..0,
            "the link has no parameters for `{pairs}`",
            "add some to the channel's [params]",
        );
        return Err(fault.in_part(Part::Pairs));
    }
    let mut query = String::new();
    for (name, value) in tracked {
        check_pair(name, value)?;
        if !query.is_empty() {
            query.push('&');
        }
        push_encoded(&mut query, name);
        query.push('=');
        push_encoded(&mut query, value);
    }
    Ok(query)
}
