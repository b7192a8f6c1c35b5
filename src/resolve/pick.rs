//! `pick` and `order`: which offers an asset takes, and in which order.

use std::cmp::Reverse;

use rayon::prelude::*;
use rust_decimal::Decimal;

use super::roster::Roster;
use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::model::{Spanned, Value};
use crate::source::table::{Column, Record, Table};
use crate::source::{AssetSpec, Documents};

/// A column of the offer or of its partner.
#[derive(Clone, Copy)]
struct Read {
    of_partner: bool,
    at: usize,
}

/// How a value sorts: by its place in a vocabulary, by size, or by its text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum SortKey {
    Empty,
    Rank(usize),
    Number(Decimal),
    Text(String),
}

struct Tables<'d> {
    offers: &'d Table,
    partners: &'d Table,
}

impl<'d> Tables<'d> {
    fn new(documents: &'d Documents) -> Option<Self> {
        Some(Self {
            offers: documents.tables.get("offers")?,
            partners: documents.tables.get("partners")?,
        })
    }

    /// Offer columns come first; `partner.tier` names one of the partner's outright.
    fn find(&self, name: &str) -> Option<Read> {
        if let Some(column) = name.strip_prefix("partner.") {
            return Some(Read { of_partner: true, at: self.partners.column(column)? });
        }
        if let Some(at) = self.offers.column(name.strip_prefix("offer.").unwrap_or(name)) {
            // A bundle's offer has no partner of its own; its lead's is meant.
            let of_partner = name == "partner_id";
            let at = if of_partner { self.partners.column(name)? } else { at };
            return Some(Read { of_partner, at });
        }
        Some(Read { of_partner: true, at: self.partners.column(name)? })
    }

    fn column(&self, read: Read) -> Option<&Column> {
        let table = if read.of_partner { self.partners } else { self.offers };
        table.contract.column(read.at)
    }

    fn record(&self, roster: &Roster, offer: usize, read: Read) -> Option<&Record> {
        let offer = roster.offers.get(offer)?;
        if read.of_partner {
            self.partners.records.get(offer.partner)
        } else {
            self.offers.records.get(offer.record)
        }
    }
}

/// The active offers an asset may take, best first.
pub(super) fn candidates(
    documents: &Documents,
    roster: &Roster,
    asset: &AssetSpec,
    diagnostics: &mut Diagnostics,
) -> Vec<usize> {
    let Some(tables) = Tables::new(documents) else { return Vec::new() };
    let mut fits: Vec<usize> = (0..roster.offers.len())
        .filter(|at| roster.offers.get(*at).is_some_and(|one| one.active))
        .collect();
    for rule in &asset.pick {
        let Some(read) = find_or_report(&tables, &rule.column, diagnostics) else { continue };
        if let Some(column) = tables.column(read) {
            check_values(documents, column, &rule.values, diagnostics);
        }
        fits.retain(|offer| {
            let value =
                tables.record(roster, *offer, read).map(|record| record.value(read.at).shown());
            value.is_some_and(|value| rule.values.iter().any(|one| one.value == value))
        });
    }
    let mut order = Vec::new();
    for written in &asset.order {
        let name = written.value.strip_prefix('-').unwrap_or(&written.value);
        let bare = Spanned::new(name.to_owned(), written.span);
        if let Some(read) = find_or_report(&tables, &bare, diagnostics) {
            order.push((read, name.len() < written.value.len()));
        }
    }
    let key = |offer: usize, read: Read| {
        let value = tables.record(roster, offer, read).map(|record| record.value(read.at));
        sort_key(documents, tables.column(read), value.unwrap_or(Value::Empty))
    };
    let keys = |offer: &usize| {
        let keys = order.iter().map(|(read, descending)| (key(*offer, *read), *descending));
        keys.map(Directed::new).collect::<Vec<_>>()
    };
    // Offers already stand in the order of their ids, which decides where nothing else does.
    if !order.is_empty() {
        fits.par_sort_by_cached_key(keys);
    }
    fits
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Directed {
    Up(SortKey),
    Down(Reverse<SortKey>),
}

impl Directed {
    fn new((key, descending): (SortKey, bool)) -> Self {
        if descending { Self::Down(Reverse(key)) } else { Self::Up(key) }
    }
}

fn find_or_report(
    tables: &Tables<'_>,
    name: &Spanned<String>,
    diagnostics: &mut Diagnostics,
) -> Option<Read> {
    let found = tables.find(&name.value);
    if found.is_none() {
        let known = tables.offers.contract.names().chain(tables.partners.contract.names());
        let message = format!("no offer and no partner has a column `{}`", name.value);
        diagnostics.push(
            Diagnostic::error(Code::UnknownField, name.span, message)
                .maybe_help(did_you_mean(&name.value, known)),
        );
    }
    found
}

fn check_values(
    documents: &Documents,
    column: &Column,
    values: &[Spanned<String>],
    diagnostics: &mut Diagnostics,
) {
    let vocabulary = column.vocabulary.as_ref();
    let dimension = vocabulary.and_then(|name| documents.taxonomy.dimensions.get(name));
    for value in values {
        let (known, help) = match dimension {
            Some(dimension) => {
                (dimension.rank(&value.value).is_some(), dimension.suggest(&value.value))
            }
            None if column.values.is_empty() => (true, None),
            None => (
                column.values.contains(&value.value),
                did_you_mean(&value.value, column.values.iter().map(String::as_str)),
            ),
        };
        if !known {
            let message = format!("no {} is `{}`", column.name, value.value);
            diagnostics
                .push(Diagnostic::error(Code::UnknownTerm, value.span, message).maybe_help(help));
        }
    }
}

fn sort_key(documents: &Documents, column: Option<&Column>, value: Value<'_>) -> SortKey {
    let rank = |text: &str| {
        let column = column?;
        let vocabulary = column.vocabulary.as_ref();
        match vocabulary.and_then(|name| documents.taxonomy.dimensions.get(name)) {
            Some(dimension) => dimension.rank(text),
            None => column.values.iter().position(|known| known == text),
        }
    };
    match value {
        Value::Empty => SortKey::Empty,
        Value::Text(text) => match rank(text) {
            Some(rank) => SortKey::Rank(rank),
            None => SortKey::Text(text.to_owned()),
        },
        Value::Decimal(number) => SortKey::Number(number),
        Value::Int(number) => SortKey::Number(Decimal::from(number)),
        Value::Instant(instant) => SortKey::Number(Decimal::from(instant.as_nanosecond() / 1_000)),
        Value::Bool(flag) => SortKey::Rank(usize::from(flag)),
        Value::Hosts(_) => SortKey::Text(value.display()),
    }
}
