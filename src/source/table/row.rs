//! One row: from its raw cells to typed ones, with everything that is wrong with them.

use std::borrow::Cow;

use iso_currency::Currency;

use super::cells::{RawCell, Shape};
use super::findings::Findings;
use super::header::Target;
use super::kinds::{self, CellContext, Parsed, Reading};
use super::read::TableReader;
use super::record::{Cell, Override, Small, Stored};
use super::{Column, ColumnKind};
use crate::diag::{Code, Diagnostic};
use crate::model::Span;
use crate::source::find_typed_parameter;

/// Turns rows of one part of a file into typed cells.
pub(super) struct RowReader<'t> {
    reader: &'t TableReader<'t>,
    shape: Shape<'t>,
    targets: &'t [Target],
    /// Where a row's own currency stands among the cells of the file, if the table has one.
    currency: Option<usize>,
    /// Values that cost something to read and come again and again, by column.
    seen: Vec<Seen<'t>>,
    /// The last value of each column: what stands above is often what stands here.
    above: Vec<Option<(&'t str, Stored)>>,
    /// The currency that was asked for last, and its decimal places.
    last_currency: Option<(Box<str>, Currency)>,
    /// The present row holds a cell without a value, which has been told.
    bad_cell: bool,
    /// What is known of the present row as a whole.
    traits: Traits,
    /// Typed cells of all rows so far.
    pub(super) cells: Vec<Cell>,
    /// Texts that do not stand in the file as they are.
    pub(super) own: Vec<Box<str>>,
    pub(super) findings: Findings,
}

/// Values of one column that were read before, each at a place that its text gives.
struct Seen<'t>(Vec<Option<(&'t str, Stored)>>);

/// How many values of one column are remembered.
const SEEN: usize = 256;

impl<'t> Seen<'t> {
    /// Where a text is kept: its last letters differ most.
    fn place(text: &str) -> usize {
        let last = text.as_bytes().last_chunk::<8>().map_or(0, |last| u64::from_le_bytes(*last));
        let mixed = (last ^ text.len() as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (mixed >> 56) as usize % SEEN
    }

    fn get(&self, text: &str) -> Option<&Stored> {
        let (known, stored) = self.0.get(Self::place(text))?.as_ref()?;
        (*known == text).then_some(stored)
    }

    fn put(&mut self, text: &'t str, stored: Stored) {
        if self.0.is_empty() {
            self.0.resize(SEEN, None);
        }
        if let Some(slot) = self.0.get_mut(Self::place(text)) {
            *slot = Some((text, stored));
        }
    }
}

/// What is found out of a row at once, because it is rare and dear to look for cell by cell.
#[derive(Clone, Copy, Default)]
struct Traits {
    /// Every character is printable ASCII.
    plain: bool,
    /// Somewhere in it there is a tracking parameter.
    tracked: bool,
    /// Somewhere in it there is a sign that may stand for a lost letter.
    queried: bool,
}

impl Traits {
    fn of(text: &str, raw: &[RawCell]) -> Self {
        let ends = raw.first().zip(raw.last());
        let (start, end) = ends.map_or((0, 0), |(first, last)| (first.start, last.end));
        let row = text.get(start as usize..end as usize).unwrap_or("");
        let printable = |plain: bool, byte: &u8| plain & matches!(byte, 0x20..=0x7e);
        let plain = row.as_bytes().iter().fold(true, printable);
        let queried = memchr::memchr2(b'?', b'_', row.as_bytes()).is_some();
        Self { plain, tracked: find_typed_parameter(row).is_some(), queried }
    }
}

/// What a row has besides its cells.
pub(super) struct RowExtra {
    pub(super) overrides: Vec<Override>,
    pub(super) bad: bool,
}

/// A number whose currency is checked when the whole row is known.
struct Amount {
    at: usize,
    sign: Option<String>,
    scale: u32,
}

impl<'t> RowReader<'t> {
    pub(super) fn new(
        reader: &'t TableReader<'t>,
        shape: Shape<'t>,
        targets: &'t [Target],
    ) -> Self {
        let currency = reader.contract.position("currency").map(Target::Column);
        Self {
            reader,
            shape,
            targets,
            currency: targets.iter().position(|target| Some(target) == currency.as_ref()),
            seen: targets.iter().map(|_| Seen(Vec::new())).collect(),
            above: vec![None; targets.len()],
            last_currency: None,
            bad_cell: false,
            traits: Traits::default(),
            cells: Vec::new(),
            own: Vec::new(),
            findings: Findings::default(),
        }
    }

    /// Reads one row, which has as many cells as the header.
    pub(super) fn read(&mut self, raw: &[RawCell]) -> RowExtra {
        let before = self.findings.errors();
        self.bad_cell = false;
        self.traits = Traits::of(self.shape.text, raw);
        let (mut overrides, mut amounts) = (Vec::new(), Vec::new());
        let targets = self.targets;
        for (at, (target, raw)) in targets.iter().zip(raw).enumerate() {
            let column = match target {
                Target::Column(column) | Target::Override(column, _) => *column,
                Target::Ignored => {
                    if self.traits.tracked {
                        self.check_parameter(*raw);
                    }
                    continue;
                }
                Target::Unnamed => {
                    self.check_unnamed(*raw);
                    continue;
                }
            };
            let (stored, amount) = self.read_cell(at, column, *raw);
            amounts.extend(amount.map(|(sign, scale)| Amount { at, sign, scale }));
            let cell = Cell { start: raw.start, end: raw.end, stored };
            match target {
                Target::Override(column, scope) if cell.stored != Stored::Empty => {
                    let (column, scope) = (*column, scope.clone());
                    let span = raw.span(self.shape.source);
                    overrides.push(Override { column, scope, span, cell });
                }
                Target::Column(_) => self.cells.push(cell),
                _ => {}
            }
        }
        for amount in amounts {
            self.check_amount(raw, &amount);
        }
        RowExtra { overrides, bad: self.bad_cell || self.findings.errors() > before }
    }

    /// Makes room for so many rows, so that their cells are not moved as they become more.
    pub(super) fn expect(&mut self, rows: usize) {
        let width = self.targets.iter().filter(|one| matches!(one, Target::Column(_))).count();
        self.cells.reserve_exact(rows * width);
    }

    fn fail(&mut self, code: Code, span: Span, message: String, help: impl Into<String>) {
        self.findings.push(Diagnostic::error(code, span, message).help(help));
    }

    fn check_unnamed(&mut self, raw: RawCell) {
        if !raw.text(self.shape.text).trim().is_empty() {
            let span = raw.span(self.shape.source);
            let message = "the cell stands in a column without a name".to_owned();
            self.fail(Code::UnknownColumn, span, message, "name the column, or empty the cell");
        }
    }

    fn check_parameter(&mut self, raw: RawCell) {
        let text = raw.text(self.shape.text);
        if let Some(range) = find_typed_parameter(&text) {
            let (start, end) = raw.inner();
            // A cell whose text is its place can have the parameter itself shown.
            let span = if raw.doubled {
                raw.span(self.shape.source)
            } else {
                let start = start + range.start as u32;
                let end = end.min(start + (range.end - range.start) as u32);
                Span { source: self.shape.source, start, end }
            };
            let found = text.get(range).unwrap_or("");
            let name = found.split('=').next().unwrap_or(found);
            let message = format!("the tracking parameter `{name}` is typed by hand");
            self.fail(
                Code::TypedParameter,
                span,
                message,
                "remove it: links are tagged by the build",
            );
        }
    }

    #[inline]
    fn read_cell(
        &mut self,
        at: usize,
        number: usize,
        raw: RawCell,
    ) -> (Stored, Option<(Option<String>, u32)>) {
        let Some(column) = self.reader.contract.column(number) else {
            return (Stored::Empty, None);
        };
        let (start, end) = raw.inner();
        if self.reader.bad_cells.is_some_and(|bad| bad.contains(&raw.start)) {
            self.bad_cell = true;
            return (Stored::Empty, None);
        }
        if start == end {
            self.check_required(at, column, raw);
            return (Stored::Empty, None);
        }
        let file = self.shape.text;
        let plain = file.get(start as usize..end as usize).unwrap_or("");
        if let Some(known) = self.recall(at, column, plain).filter(|_| !raw.doubled) {
            return (known, None);
        }
        // What a URL may hold is judged with the rest of it.
        if self.traits.tracked && !matches!(column.kind, ColumnKind::Url | ColumnKind::Path) {
            self.check_parameter(raw);
        }
        let (span, before) = (raw.span(self.shape.source), self.findings.remarks());
        let mut context = CellContext {
            findings: &mut self.findings,
            span,
            column: number,
            plain: self.traits.plain,
            queried: self.traits.queried,
            start: (!raw.doubled).then_some(start),
            currency: None,
        };
        let reading: Reading<'_> = self.reader.reading();
        // Doubled quotes make a text that does not stand in the file.
        let unquoted = raw.doubled.then(|| plain.replace("\"\"", "\""));
        let parsed =
            kinds::parse(column, unquoted.as_deref().unwrap_or(plain), reading, &mut context);
        let sign = context.currency.take();
        let parsed = match parsed {
            Ok(parsed) => parsed,
            Err(fault) => {
                let start = context.start;
                self.findings.push(fault.at(span, start));
                return (Stored::Empty, None);
            }
        };
        let money = matches!(column.kind, ColumnKind::Money) || sign.is_some();
        let amount = match &parsed {
            Parsed::Decimal(number) if money && (sign.is_some() || number.scale() > 0) => {
                Some((sign, number.scale()))
            }
            Parsed::Empty => {
                self.check_required(at, column, raw);
                None
            }
            _ => None,
        };
        let stored = store(parsed, if raw.doubled { "" } else { plain }, &mut self.own);
        if !raw.doubled && amount.is_none() && before == self.findings.remarks() {
            self.remember(at, column, plain, stored);
        }
        (stored, amount)
    }

    /// The value of a text that was read before in the same column without a remark.
    #[inline]
    fn recall(&self, at: usize, column: &Column, text: &str) -> Option<Stored> {
        if is_costly(column.kind) {
            return self.seen.get(at)?.get(text).copied();
        }
        let (above, stored) = self.above.get(at)?.as_ref()?;
        // Ids that are not the same differ at their ends.
        let same = above.as_bytes().last() == text.as_bytes().last() && *above == text;
        same.then_some(*stored)
    }

    #[inline]
    fn remember(&mut self, at: usize, column: &Column, text: &'t str, stored: Stored) {
        if is_costly(column.kind) {
            if let Some(seen) = self.seen.get_mut(at) {
                seen.put(text, stored);
            }
        } else if let Some(above) = self.above.get_mut(at) {
            *above = Some((text, stored));
        }
    }

    fn check_required(&mut self, at: usize, column: &Column, raw: RawCell) {
        if column.required && matches!(self.targets.get(at), Some(Target::Column(_))) {
            let message = format!("`{}` is empty", column.name);
            self.fail(Code::RequiredCell, raw.span(self.shape.source), message, "fill it in");
        }
    }

    /// The sign next to an amount is the row's currency, and the amount has no more decimal places
    /// than the currency has.
    fn check_amount(&mut self, raw: &[RawCell], amount: &Amount) {
        if amount.sign.is_none() && amount.scale == 0 {
            return;
        }
        let Some(cell) = raw.get(amount.at) else { return };
        let own = self.currency.and_then(|at| raw.get(at));
        let own = own.map(|cell| cell.text(self.shape.text)).unwrap_or_default();
        let own = own.trim();
        let code = if own.is_empty() { self.reader.currency } else { own };
        let known = self.last_currency.as_ref().filter(|(known, _)| **known == *code);
        let known = known.map(|(_, currency)| *currency);
        let Some(currency) = known.or_else(|| Currency::from_code(code)) else { return };
        if self.last_currency.as_ref().is_none_or(|(_, known)| *known != currency) {
            self.last_currency = Some((code.into(), currency));
        }
        let span = cell.span(self.shape.source);
        if let Some(sign) = &amount.sign
            && sign != currency.code()
            && *sign != currency.symbol().symbol
        {
            let message = format!("the amount is in `{sign}`, and the row is in {code}");
            self.fail(Code::CrossField, span, message, "correct the one that is wrong");
        }
        let places = u32::from(currency.exponent().unwrap_or(2));
        if amount.scale > places {
            let message = format!(
                "`{}` has more decimal places than {code} has, which is {places}",
                cell.text(self.shape.text)
            );
            self.fail(Code::BadNumber, span, message, "round it");
        }
    }
}

fn is_costly(kind: ColumnKind) -> bool {
    matches!(kind, ColumnKind::Datetime | ColumnKind::Url | ColumnKind::Hosts | ColumnKind::Enum)
}

/// A value as it is kept: as a part of `plain`, the text that stands in the file, where it is one.
pub(super) fn store(parsed: Parsed<'_>, plain: &str, own: &mut Vec<Box<str>>) -> Stored {
    let part = |text: &Cow<'_, str>| {
        let Cow::Borrowed(text) = text else { return None };
        let from = (text.as_ptr() as usize).checked_sub(plain.as_ptr() as usize)?;
        let less = plain.len().checked_sub(from + text.len())?;
        Some((u16::try_from(from).ok()?, u16::try_from(less).ok()?))
    };
    let mut keep = |text: String| {
        own.push(text.into());
        own.len() as u32 - 1
    };
    match parsed {
        Parsed::Empty => Stored::Empty,
        Parsed::Text(text) => match part(&text) {
            Some((from, less)) => Stored::Text(from, less),
            None => Stored::OwnText(keep(text.into_owned())),
        },
        Parsed::Hosts(text) => match part(&text) {
            Some((from, less)) => Stored::Hosts(from, less),
            None => Stored::OwnHosts(keep(text.into_owned())),
        },
        Parsed::Decimal(number) => {
            let small = i64::try_from(number.mantissa()).ok().and_then(Small::new);
            match small {
                Some(mantissa) => Stored::Decimal { mantissa, scale: number.scale() as u8 },
                None => Stored::OwnDecimal(keep(number.to_string())),
            }
        }
        Parsed::Instant(seconds) => Small::new(seconds).map_or(Stored::Empty, Stored::Instant),
        Parsed::Bool(flag) => Stored::Bool(flag),
        Parsed::Int(number) => match Small::new(number) {
            Some(number) => Stored::Int(number),
            None => Stored::OwnInt(keep(number.to_string())),
        },
    }
}
