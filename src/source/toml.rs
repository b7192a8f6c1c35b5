//! TOML with places: every key and value knows where it stands, every mistake is collected.

use std::cell::RefCell;
use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use toml::de::{DeTable, DeValue};

use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::model::{SourceId, Span, Spanned, parse_datetime};

/// The parsed document and the offset of its text in the file.
pub(super) struct Document<'i> {
    root: toml::Spanned<DeTable<'i>>,
    source: SourceId,
    base: usize,
}

impl<'i> Document<'i> {
    /// Parses `text`, which begins at byte `base` of the file. Syntax errors are all reported.
    pub(super) fn parse(
        text: &'i str,
        source: SourceId,
        base: usize,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let (root, errors) = DeTable::parse_recoverable(text);
        let failed = !errors.is_empty();
        for error in errors {
            let range = error.span().unwrap_or(0..0);
            let span = Span::new(source, base + range.start, base + range.end);
            let message = error.message().lines().next().unwrap_or("bad syntax").to_owned();
            diagnostics.push(Diagnostic::error(Code::TomlSyntax, span, message));
        }
        (!failed).then_some(Self { root, source, base })
    }

    /// The root table.
    pub(super) fn root(&self) -> Section<'_, 'i> {
        Section::new(
            self.root.get_ref(),
            Span::new(self.source, self.base, self.base),
            self.source,
            self.base,
            String::new(),
        )
    }
}

/// One table of the document. Remembers which keys were asked for.
pub(super) struct Section<'d, 'i> {
    table: &'d DeTable<'i>,
    /// Where the table is.
    pub(super) span: Span,
    source: SourceId,
    base: usize,
    name: String,
    known: RefCell<BTreeSet<String>>,
}

/// A key and its value, both with their places.
pub(super) struct Entry<'d, 'i> {
    pub(super) key: Spanned<String>,
    value: &'d toml::Spanned<DeValue<'i>>,
    source: SourceId,
    base: usize,
    name: String,
}

impl<'d, 'i> Section<'d, 'i> {
    fn new(
        table: &'d DeTable<'i>,
        span: Span,
        source: SourceId,
        base: usize,
        name: String,
    ) -> Self {
        Self { table, span, source, base, name, known: RefCell::default() }
    }

    fn place(&self, range: std::ops::Range<usize>) -> Span {
        Span::new(self.source, self.base + range.start, self.base + range.end)
    }

    /// The entry of a key, which thereby counts as known.
    pub(super) fn entry(&self, key: &str) -> Option<Entry<'d, 'i>> {
        self.known.borrow_mut().insert(key.to_owned());
        let (found, value) = self.table.get_key_value(key)?;
        Some(self.make_entry(found, value))
    }

    fn make_entry(
        &self,
        key: &'d toml::Spanned<std::borrow::Cow<'i, str>>,
        value: &'d toml::Spanned<DeValue<'i>>,
    ) -> Entry<'d, 'i> {
        let text = key.get_ref().to_string();
        let name =
            if self.name.is_empty() { text.clone() } else { format!("{}.{text}", self.name) };
        let key = Spanned::new(text, self.place(key.span()));
        Entry { key, value, source: self.source, base: self.base, name }
    }

    /// Every entry in the order of the file; all count as known.
    pub(super) fn entries(&self) -> Vec<Entry<'d, 'i>> {
        let mut all: Vec<_> =
            self.table.iter().map(|(key, value)| self.make_entry(key, value)).collect();
        all.sort_by_key(|entry| entry.key.span);
        self.known.borrow_mut().extend(all.iter().map(|entry| entry.key.value.clone()));
        all
    }

    /// An entry that must be there.
    pub(super) fn required(
        &self,
        key: &str,
        diagnostics: &mut Diagnostics,
    ) -> Option<Entry<'d, 'i>> {
        let found = self.entry(key);
        if found.is_none() {
            let place = if self.name.is_empty() {
                "the file".to_owned()
            } else {
                format!("[{}]", self.name)
            };
            diagnostics.push(
                Diagnostic::error(Code::MissingKey, self.span, format!("{place} has no `{key}`"))
                    .help(format!("add `{key} = …`")),
            );
        }
        found
    }

    /// Text that must be there.
    pub(super) fn text(&self, key: &str, diagnostics: &mut Diagnostics) -> Option<Spanned<String>> {
        self.required(key, diagnostics)?.text(diagnostics)
    }

    /// Text that may be there.
    pub(super) fn maybe_text(
        &self,
        key: &str,
        diagnostics: &mut Diagnostics,
    ) -> Option<Spanned<String>> {
        self.entry(key)?.text(diagnostics)
    }

    /// A list of texts, empty where there is none.
    pub(super) fn texts(&self, key: &str, diagnostics: &mut Diagnostics) -> Vec<Spanned<String>> {
        self.entry(key).map(|entry| entry.texts(diagnostics)).unwrap_or_default()
    }

    /// A table that may be there.
    pub(super) fn section(
        &self,
        key: &str,
        diagnostics: &mut Diagnostics,
    ) -> Option<Section<'d, 'i>> {
        self.entry(key)?.section(diagnostics)
    }

    /// An array of tables, empty where there is none.
    pub(super) fn sections(
        &self,
        key: &str,
        diagnostics: &mut Diagnostics,
    ) -> Vec<Section<'d, 'i>> {
        self.entry(key).map(|entry| entry.sections(diagnostics)).unwrap_or_default()
    }

    /// Reports the keys nobody asked for.
    pub(super) fn finish(self, diagnostics: &mut Diagnostics) {
        let known = self.known.borrow();
        for key in self.table.keys() {
            let text = key.get_ref().as_ref();
            if !known.contains(text) {
                let message = format!("unknown key `{text}`");
                diagnostics.push(
                    Diagnostic::error(Code::UnknownKey, self.place(key.span()), message)
                        .maybe_help(did_you_mean(text, known.iter().map(String::as_str))),
                );
            }
        }
    }
}

impl<'d, 'i> Entry<'d, 'i> {
    /// Where the value is.
    pub(super) fn span(&self) -> Span {
        self.place(self.value.span())
    }

    fn place(&self, range: std::ops::Range<usize>) -> Span {
        Span::new(self.source, self.base + range.start, self.base + range.end)
    }

    fn wrong_type(&self, expected: &str, diagnostics: &mut Diagnostics) {
        let found = match self.value.get_ref() {
            DeValue::String(_) => "text",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        diagnostics.push(Diagnostic::error(
            Code::WrongType,
            self.span(),
            format!("`{}` takes {expected}, found {found}", self.name),
        ));
    }

    /// Whether the value is a table.
    pub(super) fn is_table(&self) -> bool {
        self.value.get_ref().as_table().is_some()
    }

    /// The value as text.
    pub(super) fn text(&self, diagnostics: &mut Diagnostics) -> Option<Spanned<String>> {
        if let Some(text) = self.value.get_ref().as_str() {
            return Some(Spanned::new(text.to_owned(), self.span()));
        }
        self.wrong_type("text in quotes", diagnostics);
        None
    }

    /// The value as a list of texts.
    pub(super) fn texts(&self, diagnostics: &mut Diagnostics) -> Vec<Spanned<String>> {
        let Some(array) = self.value.get_ref().as_array() else {
            self.wrong_type("a list of texts", diagnostics);
            return Vec::new();
        };
        let mut texts = Vec::new();
        for item in array {
            match item.get_ref().as_str() {
                Some(text) => texts.push(Spanned::new(text.to_owned(), self.place(item.span()))),
                None => self.wrong_type("a list of texts", diagnostics),
            }
        }
        texts
    }

    /// The value as a yes or a no.
    pub(super) fn flag(&self, diagnostics: &mut Diagnostics) -> Option<bool> {
        let flag = self.value.get_ref().as_bool();
        if flag.is_none() {
            self.wrong_type("true or false", diagnostics);
        }
        flag
    }

    /// The value as a whole number that is not negative.
    pub(super) fn number(&self, diagnostics: &mut Diagnostics) -> Option<Spanned<usize>> {
        let number = self
            .value
            .get_ref()
            .as_integer()
            .filter(|integer| integer.radix() == 10)
            .and_then(|integer| integer.as_str().parse().ok());
        if number.is_none() {
            self.wrong_type("a whole number that is not negative", diagnostics);
        }
        Some(Spanned::new(number?, self.span()))
    }

    /// The value as a local date and time, written bare or in quotes.
    pub(super) fn local_time(
        &self,
        diagnostics: &mut Diagnostics,
    ) -> Option<Spanned<jiff::civil::DateTime>> {
        let written = match self.value.get_ref() {
            DeValue::Datetime(written) => written.to_string(),
            DeValue::String(text) => text.to_string(),
            _ => String::new(),
        };
        let local = written.parse().ok().filter(|_| {
            written.as_bytes().get(10).is_some_and(|byte| *byte == b'T') && !written.ends_with('Z')
        });
        if local.is_none() {
            self.wrong_type("a local date and time such as 2026-11-27T05:00:00", diagnostics);
        }
        Some(Spanned::new(local?, self.span()))
    }

    /// The value as the end of a time: a day with the zone's midnight behind it, or a time, local
    /// to the zone or with an offset. As written, too.
    pub(super) fn end_of(
        &self,
        zone: &TimeZone,
        diagnostics: &mut Diagnostics,
    ) -> Option<(Spanned<String>, Timestamp)> {
        let written = match self.value.get_ref() {
            DeValue::Datetime(written) => written.to_string(),
            DeValue::String(text) => text.to_string(),
            _ => String::new(),
        };
        let day = || written.parse::<Date>().ok().filter(|_| written.len() == 10);
        let next = || day()?.tomorrow().ok()?.to_zoned(zone.clone()).ok();
        let end = parse_datetime(&written, zone).ok();
        let end = end.or_else(|| next().map(|midnight| midnight.timestamp()));
        if end.is_none() {
            self.wrong_type(
                "a day such as 2026-12-01, or a time with or without offset",
                diagnostics,
            );
        }
        Some((Spanned::new(written, self.span()), end?))
    }

    /// The value as a table.
    pub(super) fn section(&self, diagnostics: &mut Diagnostics) -> Option<Section<'d, 'i>> {
        if let Some(table) = self.value.get_ref().as_table() {
            let name = self.name.clone();
            // A table's own span is its whole body; its key is what a reader looks for.
            return Some(Section::new(table, self.key.span, self.source, self.base, name));
        }
        self.wrong_type("a table", diagnostics);
        None
    }

    /// Whether the value is a list with a table in it.
    pub(super) fn holds_tables(&self) -> bool {
        let array = self.value.get_ref().as_array();
        array.is_some_and(|array| array.iter().any(|one| one.get_ref().as_table().is_some()))
    }

    /// The value as an array of tables.
    pub(super) fn sections(&self, diagnostics: &mut Diagnostics) -> Vec<Section<'d, 'i>> {
        let Some(array) = self.value.get_ref().as_array() else {
            self.wrong_type("an array of tables", diagnostics);
            return Vec::new();
        };
        let mut sections = Vec::new();
        for item in array {
            match item.get_ref().as_table() {
                Some(table) => {
                    let span = self.place(item.span());
                    // The header of `[[assets]]`, not its whole body.
                    let head =
                        Span { end: span.end.min(span.start + self.name.len() as u32 + 4), ..span };
                    let name = self.name.clone();
                    sections.push(Section::new(table, head, self.source, self.base, name));
                }
                None => self.wrong_type("an array of tables", diagnostics),
            }
        }
        sections
    }
}
