//! Links by id and by short code, also by codes with a slip in them. Reads no URL.

use super::Minted;
use crate::link::{MadeLink, check_code};
use crate::source::Lock;

/// What a slip of the hand can put into a code. More than the alphabet has, for what is typed.
const SIGNS: &[u8; 27] = b"bcdfghjkmnpqrstvwxz23456789";
/// Codes are not this long; nothing longer is held against them.
const MAX_CODE: usize = 16;
/// More ids than this are too many to propose one of them.
const FEW: usize = 400;

/// Ids and codes of all links ever made, sorted.
#[derive(Debug)]
pub(super) struct Names<'a> {
    ids: Vec<(&'a str, Minted<'a>)>,
    codes: Vec<(&'a str, Minted<'a>)>,
}

impl<'a> Names<'a> {
    pub(super) fn new(links: &[MadeLink<'a>], lock: &'a Lock) -> Self {
        let mut ids: Vec<_> =
            links.iter().map(|made| (made.link.id.as_str(), Minted::Live(*made))).collect();
        ids.sort_unstable_by_key(|(id, _)| *id);
        let is_live = |id: &str| ids.binary_search_by_key(&id, |(known, _)| *known).is_ok();
        let retired = lock.links().filter(|row| !is_live(row.link_id));
        let minted = retired.map(|row| {
            (row.link_id, Minted::Retired { id: row.link_id, short_code: row.short_code })
        });
        let retired: Vec<_> = minted.collect();
        ids.extend(retired);
        ids.sort_unstable_by_key(|(id, _)| *id);
        let mut codes: Vec<_> = ids.iter().map(|(_, one)| (one.short_code(), *one)).collect();
        codes.sort_unstable_by_key(|(code, _)| *code);
        Self { ids, codes }
    }

    pub(super) fn by_id(&self, id: &str) -> Option<Minted<'a>> {
        find(&self.ids, id)
    }

    pub(super) fn by_code(&self, code: &str) -> Option<Minted<'a>> {
        find(&self.codes, code)
    }

    /// The codes that a code with one slip in it may have been: another sign, one too few, one
    /// too many, or two in the wrong order.
    pub(super) fn near_code(&self, typed: &str) -> Vec<Minted<'a>> {
        let typed = typed.as_bytes();
        if typed.len() > MAX_CODE || !typed.iter().all(u8::is_ascii_alphanumeric) {
            return Vec::new();
        }
        let mut tried: Vec<Vec<u8>> = Vec::new();
        for at in 0..=typed.len() {
            let (head, tail) = typed.split_at_checked(at).unwrap_or((typed, &[]));
            for sign in SIGNS {
                tried.push([head, &[*sign], tail].concat());
                tried.extend(tail.get(1..).map(|tail| [head, &[*sign], tail].concat()));
            }
            tried.extend(tail.get(1..).map(|tail| [head, tail].concat()));
            if let [first, second, rest @ ..] = tail {
                tried.push([head, &[*second, *first], rest].concat());
            }
        }
        tried.sort_unstable();
        tried.dedup();
        let codes = tried.into_iter().filter_map(|code| String::from_utf8(code).ok());
        codes.filter(|code| check_code(code)).filter_map(|code| self.by_code(&code)).collect()
    }

    /// Ids that begin like a word, if they are few.
    pub(super) fn near_ids(&self, word: &str) -> Vec<&'a str> {
        let mut begin = word;
        loop {
            let start = self.ids.partition_point(|(id, _)| *id < begin);
            let mut alike = self.ids.iter().skip(start).map(|(id, _)| *id).peekable();
            let has_any = alike.peek().is_some_and(|id| id.starts_with(begin));
            if has_any || begin.is_empty() {
                let found: Vec<_> =
                    alike.take_while(|id| id.starts_with(begin)).take(FEW + 1).collect();
                return if found.len() > FEW { Vec::new() } else { found };
            }
            begin = begin.rfind('.').and_then(|at| begin.get(..at)).unwrap_or("");
        }
    }
}

fn find<'a>(sorted: &[(&'a str, Minted<'a>)], name: &str) -> Option<Minted<'a>> {
    let at = sorted.binary_search_by_key(&name, |(known, _)| *known).ok()?;
    sorted.get(at).map(|(_, found)| *found)
}
