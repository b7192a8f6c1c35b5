//! Values that a swap puts into a row: read like cells, by the same contract, from another file.

use std::sync::Arc;

use iso_currency::Currency;
use jiff::tz::TimeZone;

use super::findings::Findings;
use super::kinds::{self, CellContext, Reading};
use super::record::{Cell, Override, Page, Stored};
use super::row::store;
use super::{Column, ColumnKind, Dialect, Record, Table};
use crate::address::Tagged;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::{Span, Value};
use crate::source::Taxonomy;

/// What a value outside of a table is read with: the canonical form, in the workspace's zone.
#[derive(Clone, Copy, Debug)]
pub struct ValueReader<'a> {
    /// Zone of local times.
    pub zone: &'a TimeZone,
    /// Vocabularies.
    pub taxonomy: &'a Taxonomy,
    /// Whether URLs may have tracking parameters that give way to ours.
    pub tagged: Tagged,
    /// The workspace's currency.
    pub currency: &'a str,
}

/// A value that was read, and where it stands.
#[derive(Clone, Debug)]
pub struct NewValue {
    span: Span,
    stored: Stored,
    own: Vec<Box<str>>,
}

impl ValueReader<'_> {
    /// Reads a value for a column. `currency` is that of the row.
    pub fn read(
        &self,
        column: &Column,
        text: &str,
        span: Span,
        currency: &str,
        diagnostics: &mut Diagnostics,
    ) -> Option<NewValue> {
        let blank = NewValue { span, stored: Stored::Empty, own: Vec::new() };
        if text.is_empty() {
            return Some(blank);
        }
        let dialect = Dialect::default();
        let reading = Reading {
            dialect: &dialect,
            zone: self.zone,
            taxonomy: self.taxonomy,
            tagged: self.tagged,
        };
        let mut findings = Findings::default();
        let mut context = CellContext {
            findings: &mut findings,
            span,
            column: 0,
            plain: false,
            queried: true,
            start: None,
            currency: None,
        };
        let parsed = kinds::parse(column, text, reading, &mut context);
        let parsed = match parsed {
            Ok(parsed) => parsed,
            Err(fault) => {
                diagnostics.push(fault.at(span, None).blocking());
                return None;
            }
        };
        findings.finish(|_| Some(column.name.clone()), diagnostics);
        let mut own = Vec::new();
        let stored = store(parsed, "", &mut own);
        let value = NewValue { stored, own, ..blank };
        if column.kind == ColumnKind::Money {
            check_places(&value, text, if currency.is_empty() { self.currency } else { currency })
                .map_or(Some(value), |fault| {
                    diagnostics.push(fault);
                    None
                })
        } else {
            Some(value)
        }
    }
}

fn check_places(value: &NewValue, text: &str, code: &str) -> Option<Diagnostic> {
    let Value::Decimal(number) = value.value() else { return None };
    let places = u32::from(Currency::from_code(code)?.exponent().unwrap_or(2));
    (number.scale() > places).then(|| {
        let message =
            format!("`{text}` has more decimal places than {code} has, which is {places}");
        Diagnostic::error(Code::BadNumber, value.span, message).help("round it").blocking()
    })
}

impl NewValue {
    /// The value.
    pub fn value(&self) -> Value<'_> {
        self.cell(0).value_in(&self.own)
    }

    fn cell(&self, earlier: u32) -> Cell {
        let stored = match self.stored {
            Stored::OwnText(at) => Stored::OwnText(at + earlier),
            Stored::OwnHosts(at) => Stored::OwnHosts(at + earlier),
            Stored::OwnInt(at) => Stored::OwnInt(at + earlier),
            Stored::OwnDecimal(at) => Stored::OwnDecimal(at + earlier),
            // Nothing of it stands in the table's own file.
            same => same,
        };
        Cell { start: 0, end: 0, stored }
    }
}

impl Record {
    /// Puts a value into a column, for everybody or for one channel or locale. The place of the cell that it
    /// replaces is kept.
    pub fn put(&mut self, column: usize, scope: Option<&str>, new: &NewValue) {
        let before = &self.page;
        let mut page = Page {
            source: before.source,
            text: Arc::clone(&before.text),
            columns: before.columns.clone(),
            width: before.width,
            cells: self.cells().to_vec(),
            own: before.own.clone(),
            moved: before.moved.clone(),
        };
        let cell = new.cell(page.own.len() as u32);
        page.own.extend(new.own.iter().cloned());
        if let Some(scope) = scope {
            let mut overrides = std::mem::take(&mut self.overrides).into_vec();
            overrides.retain(|one| one.column != column || one.scope != scope);
            if new.stored != Stored::Empty {
                let scope = scope.to_owned();
                overrides.push(Override { column, scope, span: new.span, cell });
            }
            self.overrides = overrides.into();
        } else {
            let start = page.cells.first().map_or(0, |cell| cell.start);
            let known = page.columns.get(column).copied().flatten();
            let at = known.unwrap_or(page.width as u16);
            if known.is_none() {
                // The file lacks the column: this row gets it.
                page.cells.push(Cell { start, end: start, stored: Stored::Empty });
                page.width += 1;
                if let Some(place) = page.columns.get_mut(column) {
                    *place = Some(at);
                }
            }
            if let Some(old) = page.cells.get_mut(usize::from(at)) {
                old.stored = cell.stored;
            }
            let mut moved = page.moved.into_vec();
            moved.retain(|(one, _)| *one != at);
            moved.push((at, new.span));
            page.moved = moved.into();
        }
        self.page = Arc::new(page);
        self.row = 0;
    }
}

impl Table {
    /// The row with a key; the parts of a longer key stand with `/` between them.
    pub fn row(&self, key: &str) -> Option<usize> {
        self.records.iter().position(|record| self.key_of(record) == key)
    }

    /// The key of a row.
    pub fn key_of(&self, record: &Record) -> String {
        let parts = self.contract.key.iter().map(|at| record.value(*at).display());
        parts.collect::<Vec<_>>().join("/")
    }
}
