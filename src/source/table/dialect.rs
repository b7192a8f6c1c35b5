//! How the files of a table are written: declared for the table, or for some of its files.

use globset::GlobMatcher;
use jiff::tz::TimeZone;

use super::{DateOrder, Locale};
use crate::source::Encoding;

/// How a file is written. What is not declared has the strict default.
#[derive(Clone, Debug, Default)]
pub struct Dialect {
    /// Letters; UTF-8 by default.
    pub encoding: Option<Encoding>,
    /// Byte between cells; a comma by default, another where the header then matches.
    pub delimiter: Option<u8>,
    /// Numbers, and the order of dates.
    pub locale: Option<&'static Locale>,
    /// Order of dates, whatever the locale's.
    pub dates: Option<DateOrder>,
    /// A date without a time means the whole day.
    pub whole_days: Option<bool>,
    /// Zone of local times; the workspace's by default.
    pub zone: Option<TimeZone>,
    /// Sheet of a workbook; its only visible one by default.
    pub sheet: Option<String>,
}

/// A dialect of some files.
#[derive(Clone, Debug)]
pub struct DialectOf {
    /// Which files.
    pub files: GlobMatcher,
    /// How they are written.
    pub dialect: Dialect,
}

impl Dialect {
    /// This dialect, with what another one says instead.
    #[must_use]
    pub fn with(&self, other: &Self) -> Self {
        Self {
            encoding: other.encoding.or(self.encoding),
            delimiter: other.delimiter.or(self.delimiter),
            locale: other.locale.or(self.locale),
            dates: other.dates.or(self.dates),
            whole_days: other.whole_days.or(self.whole_days),
            zone: other.zone.clone().or_else(|| self.zone.clone()),
            sheet: other.sheet.clone().or_else(|| self.sheet.clone()),
        }
    }

    /// The order of dates, where one is declared.
    pub fn date_order(&self) -> Option<DateOrder> {
        self.dates.or(self.locale.map(|locale| locale.dates))
    }

    /// The sign between whole and fraction.
    pub fn decimal(&self) -> char {
        self.locale.map_or('.', |locale| locale.decimal)
    }
}
