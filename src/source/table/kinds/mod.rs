//! From a cell's text to its typed value. Nothing is guessed.

mod characters;
mod dates;
mod numbers;
mod web;
mod words;

use std::borrow::Cow;
use std::ops::Range;

use jiff::tz::TimeZone;
use rust_decimal::Decimal;

use super::findings::{Findings, Normalised};
use super::{Column, ColumnKind, Dialect};
use crate::address::Tagged;
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
    /// The bytes of the text that are at fault, where it is not the whole.
    range: Option<Range<usize>>,
}

impl Fault {
    fn new(code: Code, message: impl Into<String>) -> Self {
        Self(Box::new(Told { code, message: message.into(), help: None, range: None }))
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.0.help = Some(help.into());
        self
    }

    fn maybe_help(mut self, help: Option<String>) -> Self {
        self.0.help = help.or(self.0.help);
        self
    }

    fn of(mut self, code: Code) -> Self {
        self.0.code = code;
        self
    }

    fn within(mut self, range: Range<usize>) -> Self {
        self.0.range = Some(range).filter(|range| !range.is_empty());
        self
    }

    /// The diagnostic for a cell, whose text begins at `start` where it stands there as it is.
    pub(super) fn at(self, span: Span, start: Option<u32>) -> Diagnostic {
        let Told { code, message, help, range } = *self.0;
        Diagnostic::error(code, part_of(span, start, range.as_ref()), message).maybe_help(help)
    }
}

/// The part of a cell that is at fault, where its text begins at `start` in the file; otherwise the
/// whole cell.
fn part_of(span: Span, start: Option<u32>, range: Option<&Range<usize>>) -> Span {
    let part = start.zip(range).map(|(start, range)| Span {
        start: (start + range.start as u32).min(span.end),
        end: (start + range.end as u32).min(span.end),
        ..span
    });
    part.unwrap_or(span)
}

/// What the cells of a file are read with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading<'a> {
    pub(super) dialect: &'a Dialect,
    /// Zone of local times.
    pub(super) zone: &'a TimeZone,
    pub(super) taxonomy: &'a Taxonomy,
    pub(super) tagged: Tagged,
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
    /// Where the text begins in the file, if it stands there as it is.
    pub(super) start: Option<u32>,
    /// The currency sign or code that stood next to a number.
    pub(super) currency: Option<String>,
}

impl CellContext<'_> {
    fn note(&mut self, kind: Normalised) {
        self.findings.note(kind, self.column, self.span);
    }

    fn push(&mut self, fault: Fault) {
        self.findings.push(fault.at(self.span, self.start));
    }

    fn warn(&mut self, code: Code, message: String, help: &str) {
        self.findings.push(Diagnostic::warning(code, self.span, message).help(help));
    }

    /// A warning about a part of the text.
    fn warn_at(&mut self, range: &Range<usize>, code: Code, message: String, help: &str) {
        let span = part_of(self.span, self.start, Some(range));
        self.findings.push(Diagnostic::warning(code, span, message).help(help));
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
    let given = text;
    let text = characters::clean(column, text, context)?;
    if text.len() < given.len() || matches!(text, Cow::Owned(_)) {
        let before = (text.as_ptr() as usize).wrapping_sub(given.as_ptr() as usize);
        let before = matches!(text, Cow::Borrowed(_)).then_some(before as u32);
        context.start = context.start.zip(before).map(|(start, before)| start + before);
    }
    if text.is_empty() {
        return Ok(Parsed::Empty);
    }
    check_form(column, &text)?;
    match column.kind {
        ColumnKind::Slug => words::slug(&text, context)?,
        ColumnKind::Text => words::check_digits(&text, context),
        ColumnKind::Name | ColumnKind::Copy => {}
        ColumnKind::Url => web::url(&text, reading, context)?,
        ColumnKind::Enum => words::one_of(column, &text, reading.taxonomy)?,
        ColumnKind::Color => words::color(&text)?,
        ColumnKind::Path => web::path(&text, reading, context)?,
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
