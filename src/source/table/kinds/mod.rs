//! From a cell's text to its typed value. Nothing is guessed.

mod characters;
mod dates;
mod numbers;
mod web;
mod words;

use std::borrow::Cow;

use jiff::tz::TimeZone;
use rust_decimal::Decimal;

use super::findings::{Findings, Normalised};
use super::{Column, ColumnKind, Dialect};
use crate::diag::{Code, Diagnostic};
use crate::model::Span;
use crate::source::Taxonomy;

/// Why a cell is not what its column takes. Rare, so that it is small to hand up.
#[derive(Debug)]
pub(super) struct Fault(Box<Told>);

#[derive(Debug)]
struct Told {
    code: Code,
    message: String,
    help: Option<String>,
}

impl Fault {
    fn new(code: Code, message: impl Into<String>) -> Self {
        Self(Box::new(Told { code, message: message.into(), help: None }))
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.0.help = Some(help.into());
        self
    }

    fn maybe_help(mut self, help: Option<String>) -> Self {
        self.0.help = help.or(self.0.help);
        self
    }

    /// The diagnostic for a cell.
    pub(super) fn at(self, span: Span) -> Diagnostic {
        let Told { code, message, help } = *self.0;
        Diagnostic::error(code, span, message).maybe_help(help)
    }
}

/// What the cells of a file are read with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading<'a> {
    pub(super) dialect: &'a Dialect,
    /// Zone of local times.
    pub(super) zone: &'a TimeZone,
    pub(super) taxonomy: &'a Taxonomy,
}

/// Where a cell stands, for what is worth a remark.
pub(super) struct CellContext<'a> {
    pub(super) findings: &'a mut Findings,
    pub(super) span: Span,
    pub(super) column: usize,
    /// The whole row is printable ASCII.
    pub(super) plain: bool,
    /// The row holds a `?` or a `_`.
    pub(super) queried: bool,
    /// The currency sign or code that stood next to a number.
    pub(super) currency: Option<String>,
}

impl CellContext<'_> {
    fn note(&mut self, kind: Normalised) {
        self.findings.note(kind, self.column, self.span);
    }

    fn warn(&mut self, code: Code, message: String, help: &str) {
        self.findings.push(Diagnostic::warning(code, self.span, message).help(help));
    }
}

/// A cell's value before it is put away: text as a part of what was given, or anew.
pub(super) enum Parsed<'t> {
    Empty,
    Text(Cow<'t, str>),
    Hosts(Cow<'t, str>),
    Decimal(Decimal),
    /// Seconds since 1970.
    Instant(i64),
    Bool(bool),
    Int(i64),
}

/// Reads the text of a cell that is not empty.
pub(super) fn parse<'t>(
    column: &Column,
    text: &'t str,
    reading: Reading<'_>,
    context: &mut CellContext<'_>,
) -> Result<Parsed<'t>, Fault> {
    let text = characters::clean(column, text, context)?;
    if text.is_empty() {
        return Ok(Parsed::Empty);
    }
    check_form(column, &text)?;
    match column.kind {
        ColumnKind::Slug => words::slug(&text, context)?,
        ColumnKind::Text => words::check_digits(&text, context),
        ColumnKind::Name | ColumnKind::Copy => {}
        ColumnKind::Url => web::url(&text)?,
        ColumnKind::Enum => words::one_of(column, &text, reading.taxonomy)?,
        ColumnKind::Color => words::color(&text)?,
        ColumnKind::Path => web::path(&text)?,
        ColumnKind::Asset => web::asset(&text)?,
        ColumnKind::Hosts => return web::hosts(text, context).map(Parsed::Hosts),
        ColumnKind::Money | ColumnKind::Percent | ColumnKind::Decimal | ColumnKind::Amount => {
            return numbers::decimal(column.kind, &text, reading, context).map(Parsed::Decimal);
        }
        ColumnKind::Datetime => {
            return dates::datetime(column, &text, reading, context).map(Parsed::Instant);
        }
        ColumnKind::Bool => return words::flag(&text, reading, context).map(Parsed::Bool),
        ColumnKind::Int => return words::int(&text, context).map(Parsed::Int),
    }
    Ok(Parsed::Text(text))
}

/// What the contract says about the form of every kind of value.
fn check_form(column: &Column, text: &str) -> Result<(), Fault> {
    if let Some(digits) = column.digits {
        let found = text.bytes().filter(u8::is_ascii_digit).count();
        if found != text.len() || found != digits {
            return Err(words::wrong_digits(text, digits));
        }
    }
    if let Some(longest) = column.max_length {
        let length = text.chars().count();
        if length > longest {
            let message =
                format!("`{}` takes {longest} characters, and this is {length}", column.name);
            return Err(Fault::new(Code::TooWide, message).help("shorten it"));
        }
    }
    if let Some(pattern) = column.pattern.as_ref().filter(|pattern| !pattern.regex.is_match(text)) {
        let message = format!("`{text}` does not look like `{}`", pattern.written);
        return Err(Fault::new(Code::PatternMismatch, message));
    }
    Ok(())
}
