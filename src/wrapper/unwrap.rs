//! Finds what a network's link leads to. Takes links as they are found: in another order, with
//! more parameters, with escapes in lower case or twice. Takes none whose destination is in doubt.

use super::escape::{MAX_DEPTH, decode, decode_url, has_control, is_web};
use super::profile::Profile;
use super::split::{Parts, pairs, split};
use super::template::{BaseHost, Piece, Slot, Style};

/// What a network's link holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unwrapped {
    /// The URL it leads to.
    pub destination: String,
    /// The sub-id, where there is one.
    pub sub_id: Option<String>,
    /// The network's ids, in the order of the profile. What stands in them was not checked.
    pub fields: Vec<(String, String)>,
    /// The tracked parameters that the link carries as a value.
    pub pairs: Vec<(String, String)>,
}

/// One wrapper that was taken off.
#[derive(Clone, Debug)]
pub struct Layer<'p> {
    /// Whose it was.
    pub profile: &'p Profile,
    /// What was in it.
    pub unwrapped: Unwrapped,
}

/// All wrappers that were taken off, the outermost first.
#[derive(Clone, Debug, Default)]
pub struct Unwrapping<'p> {
    /// The wrappers; none where the URL is no network's link.
    pub layers: Vec<Layer<'p>>,
    /// More than [`MAX_DEPTH`] were there, and what is left is still a network's link.
    pub too_deep: bool,
}

/// Takes off wrapper after wrapper; of several profiles that know a link, the first counts.
pub fn unwrap_any<'p>(profiles: &[&'p Profile], url: &str) -> Unwrapping<'p> {
    let take_off = |url: &str| {
        profiles
            .iter()
            .find_map(|&profile| profile.unwrap(url).map(|unwrapped| Layer { profile, unwrapped }))
    };
    let mut all = Unwrapping::default();
    let mut next = take_off(url);
    while let Some(layer) = next {
        if all.layers.len() == MAX_DEPTH {
            all.too_deep = true;
            break;
        }
        next = take_off(&layer.unwrapped.destination);
        all.layers.push(layer);
    }
    all
}

impl Profile {
    /// What is in a link of this network; `None` where it is none, or leads to no single URL.
    pub fn unwrap(&self, url: &str) -> Option<Unwrapped> {
        let parts = split(url).filter(|parts| self.has_host(parts.host))?;
        match self.style {
            Style::Query => self.unwrap_query(&parts),
            Style::Path => self.unwrap_path(&parts),
            Style::Append => self.unwrap_appended(&parts, url),
        }
    }

    fn unwrap_query(&self, parts: &Parts<'_>) -> Option<Unwrapped> {
        let mut found = Found::of(self, parts)?;
        if !matches!(found.after_base, "" | "/") {
            return None;
        }
        for (name, value) in pairs(parts.query?) {
            if let Some(slot) = self.slot_of(name) {
                found.take(slot, value)?;
            }
        }
        found.finish()
    }

    fn unwrap_path(&self, parts: &Parts<'_>) -> Option<Unwrapped> {
        let mut found = Found::of(self, parts)?;
        let after = found.after_base.strip_prefix('/')?;
        let mut at = parts.path.len() - after.len();
        for segment in after.split('/') {
            let (name, value) = segment.split_once(':').unwrap_or((segment, ""));
            let slot = self.slot_of(name);
            let tail = parts.rest.get(at + segment.len() - value.len()..).unwrap_or_default();
            if slot == Some(&Slot::Destination) && is_web(tail) {
                // Written raw: nothing tells where it ends, so it is all the rest.
                if has_control(tail) || found.destination.is_some() {
                    return None;
                }
                found.destination = Some(tail.to_owned());
                break;
            }
            if let Some(slot) = slot {
                found.take(slot, value)?;
            }
            at += segment.len() + 1;
        }
        found.finish()
    }

    fn unwrap_appended(&self, parts: &Parts<'_>, url: &str) -> Option<Unwrapped> {
        let mut found = Found::of(self, parts)?;
        let query = parts.query?;
        let mut left: Vec<&str> = Vec::new();
        let mut taken = Vec::new();
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            match self.slot_of(name) {
                Some(slot) => {
                    found.take(slot, value)?;
                    taken.push(slot);
                }
                None => left.push(pair),
            }
        }
        let is_there = |slot: &Slot| taken.contains(&slot) || self.is_optional(slot);
        if taken.is_empty() || !self.param_slots().all(is_there) {
            return None;
        }
        let (head, tail) = url.split_at_checked(url.len() - parts.rest.len())?;
        let fragment = tail.split_once('#').map(|(_, fragment)| fragment);
        let mut destination = format!("{head}{}", parts.path);
        for (mark, pair) in std::iter::once('?').chain(std::iter::repeat('&')).zip(left) {
            destination.push(mark);
            destination.push_str(pair);
        }
        if let Some(fragment) = fragment {
            destination.push('#');
            destination.push_str(fragment);
        }
        found.destination = (!has_control(&destination)).then_some(destination);
        found.finish()
    }

    /// What a parameter of a link stands for, by its name as written.
    fn slot_of(&self, name: &str) -> Option<&Slot> {
        let name = decode(name)?;
        self.params.iter().find_map(|param| match (&param.name, &param.value) {
            (Piece::Text(known), Piece::Slot(slot)) if known.eq_ignore_ascii_case(&name) => {
                Some(slot)
            }
            _ => None,
        })
    }

    fn param_slots(&self) -> impl Iterator<Item = &Slot> {
        self.params.iter().filter_map(|param| match &param.value {
            Piece::Slot(slot) => Some(slot),
            Piece::Text(_) => None,
        })
    }

    fn is_optional(&self, slot: &Slot) -> bool {
        match slot {
            Slot::Field(index) => self.fields.get(*index).is_some_and(|field| field.optional),
            _ => false,
        }
    }
}

/// What has been found so far.
struct Found<'p, 'u> {
    profile: &'p Profile,
    /// What stands in the path after the base.
    after_base: &'u str,
    destination: Option<String>,
    sub_id: Option<String>,
    fields: Vec<(usize, String)>,
    pairs: Vec<(String, String)>,
}

impl<'p, 'u> Found<'p, 'u> {
    /// Reads the base; `None` where the URL has another.
    fn of(profile: &'p Profile, parts: &Parts<'u>) -> Option<Self> {
        let mut found = Self {
            profile,
            after_base: parts.path,
            destination: None,
            sub_id: None,
            fields: Vec::new(),
            pairs: Vec::new(),
        };
        if let BaseHost::Field(index) = profile.host {
            found.fields.push((index, parts.host.to_ascii_lowercase()));
        }
        for (index, piece) in profile.path.iter().enumerate() {
            let rest = found.after_base;
            found.after_base = match piece {
                Piece::Text(text) => rest.strip_prefix(text.as_str())?,
                Piece::Slot(slot) => {
                    let end = match profile.path.get(index + 1) {
                        Some(Piece::Text(next)) => rest.find(next.as_str())?,
                        _ => rest.find('/').unwrap_or(rest.len()),
                    };
                    let (value, after) = rest.split_at_checked(end)?;
                    if value.is_empty() || value.contains('/') {
                        return None;
                    }
                    found.take(slot, value)?;
                    after
                }
            };
        }
        Some(found)
    }

    /// Takes a value as written; `None` where the link then leads to two places, or to none.
    fn take(&mut self, slot: &Slot, value: &str) -> Option<()> {
        match slot {
            Slot::Destination => {
                let url = decode_url(value)?;
                if self.destination.as_ref().is_some_and(|known| *known != url) {
                    return None;
                }
                self.destination = Some(url);
            }
            Slot::SubId => {
                if self.sub_id.is_none() {
                    self.sub_id = decode(value).filter(|value| !value.is_empty());
                }
            }
            Slot::Field(index) => {
                if !self.fields.iter().any(|(known, _)| known == index) {
                    self.fields.extend(decode(value).map(|value| (*index, value)));
                }
            }
            Slot::Pair(name) => {
                self.pairs.extend(decode(value).map(|value| (name.clone(), value)));
            }
            Slot::Pairs => {
                let query = decode(value).unwrap_or_default();
                for (name, value) in pairs(&query).filter(|(name, _)| !name.is_empty()) {
                    self.pairs.extend(decode(name).zip(decode(value)));
                }
            }
        }
        Some(())
    }

    fn finish(mut self) -> Option<Unwrapped> {
        self.fields.sort_by_key(|(index, _)| *index);
        let named = |(index, value): (usize, String)| {
            self.profile.fields.get(index).map(|field| (field.name.clone(), value))
        };
        Some(Unwrapped {
            destination: self.destination?,
            sub_id: self.sub_id,
            fields: self.fields.into_iter().filter_map(named).collect(),
            pairs: self.pairs,
        })
    }
}
