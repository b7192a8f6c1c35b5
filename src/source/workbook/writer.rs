//! Typed values of either format to cells of the canonical CSV, with what is to be said of them.
//!
//! The one place that decides how a value looks. Must not know how workbooks are stored.

use super::date::{DateTime, NoDate};
use super::grid::{CellMap, CellRef, Grid, Spot};
use super::log::{Log, Rewritten};
use super::number::Decimal;
use super::number_format::Shown;
use super::remark::{Fault, quoted};

/// Takes values in the order of the sheet.
pub(super) struct Writer {
    grid: Grid,
    pub(super) log: Log,
    decimal: char,
    from_1904: bool,
    scratch: String,
}

impl Writer {
    pub(super) fn new(decimal: char, from_1904: bool) -> Self {
        let (grid, log) = (Grid::default(), Log::default());
        Self { grid, log, decimal, from_1904, scratch: String::new() }
    }

    /// The text, its map, and what was noticed.
    pub(super) fn finish(self) -> Result<(String, CellMap, Log), Fault> {
        let (text, cells) = self.grid.finish()?;
        Ok((text, cells, self.log))
    }

    /// A text; nothing is written for an empty one.
    pub(super) fn text(&mut self, at: CellRef, text: &str) -> Result<Option<Spot>, Fault> {
        if text.is_empty() {
            return Ok(None);
        }
        self.grid.put(at, text).map(Some)
    }

    /// A number as its format shows it. `raw` is as XML has it.
    pub(super) fn number(
        &mut self,
        at: CellRef,
        raw: &str,
        shown: Shown,
    ) -> Result<Option<Spot>, Fault> {
        let Some(mut number) = Decimal::parse(raw) else {
            return self.unusable(at, raw, "is no number that can be read");
        };
        let (mut how, mut width) = (None, 0);
        match shown {
            Shown::Date { time } => return self.serial(at, raw, &number, time),
            Shown::Time => {
                let plain = self.plain(&number);
                return self.unusable(at, &plain, "is a time or a duration without a day");
            }
            Shown::Digits(digits) => width = usize::from(digits),
            Shown::Percent => {
                number.shift(2);
                how = Some(Rewritten::Percent);
            }
            Shown::Number => {}
        }
        self.scratch.clear();
        number.write(self.decimal, width, &mut self.scratch);
        if shown == Shown::Percent {
            self.scratch.push('%');
        }
        if width > 0 && self.scratch.starts_with('0') {
            how = Some(Rewritten::Zeros);
        }
        if how.is_none() && rounds(raw) {
            how = Some(Rewritten::Rounded);
        }
        self.put_scratch(at, how).map(Some)
    }

    fn serial(
        &mut self,
        at: CellRef,
        raw: &str,
        number: &Decimal,
        time: bool,
    ) -> Result<Option<Spot>, Fault> {
        let serial = raw.trim_ascii().parse().unwrap_or(f64::NAN);
        let why = match DateTime::from_serial(serial, self.from_1904) {
            Ok(date) => return self.date(at, date, time).map(Some),
            Err(NoDate::Leap) => "shows 29 February 1900, a day that never was",
            Err(NoDate::Range) => "is formatted as a date, but its number is no day",
        };
        let plain = self.plain(number);
        self.unusable(at, &plain, why)
    }

    fn plain(&self, number: &Decimal) -> String {
        let mut out = String::new();
        number.write(self.decimal, 0, &mut out);
        out
    }

    /// A day, with its time if that is shown or not midnight.
    pub(super) fn date(&mut self, at: CellRef, date: DateTime, time: bool) -> Result<Spot, Fault> {
        self.scratch.clear();
        date.write(time, &mut self.scratch);
        self.put_scratch(at, Some(Rewritten::Date))
    }

    pub(super) fn boolean(&mut self, at: CellRef, raw: &str) -> Result<Option<Spot>, Fault> {
        match raw.trim_ascii() {
            "1" | "true" => self.text(at, "true"),
            "0" | "false" => self.text(at, "false"),
            _ => self.unusable(at, raw, "is neither true nor false"),
        }
    }

    fn put_scratch(&mut self, at: CellRef, how: Option<Rewritten>) -> Result<Spot, Fault> {
        let spot = self.grid.put(at, &self.scratch)?;
        if let Some(how) = how {
            self.log.rewritten(how, spot, at);
        }
        Ok(spot)
    }

    /// An error value such as `#N/A`, which stays as text.
    pub(super) fn error(&mut self, at: CellRef, value: &str) -> Result<Option<Spot>, Fault> {
        let spot = self.grid.put(at, value)?;
        let message = format!("{at} holds the error {}", quoted(std::iter::once(value)));
        let help = format!("correct the formula in {at} or type the value over it, and save again");
        self.log.error(spot, message, help);
        Ok(Some(spot))
    }

    /// A formula whose value nobody saved: an empty cell.
    pub(super) fn no_value(&mut self, at: CellRef) -> Result<Spot, Fault> {
        let spot = self.grid.put(at, "")?;
        let help =
            "open the workbook in Excel or LibreOffice, so that it calculates, and save again";
        let message = format!("the formula in {at} has no saved value");
        self.log.error(spot, message, help.to_owned());
        Ok(spot)
    }

    /// A value that cannot be used, and why. It stays as text.
    pub(super) fn unusable(
        &mut self,
        at: CellRef,
        value: &str,
        why: &str,
    ) -> Result<Option<Spot>, Fault> {
        let spot = self.grid.put(at, value)?;
        let help = format!(
            "select {at}, choose the number format Text, type what is meant, and save again"
        );
        self.log.error(spot, format!("{at} {why}"), help);
        Ok(Some(spot))
    }
}

/// Whether a number has more digits than are kept, and they are not just the nearest binary
/// number to a short one, which no one ever sees.
fn rounds(raw: &str) -> bool {
    let mantissa = raw.split(['e', 'E']).next().unwrap_or_default();
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    digits.trim_end_matches('0').len() > 15
        && raw.parse::<f64>().is_ok_and(|value| value.abs() >= 1e15)
}
