//! The TOML text of a profile with the place of everything in it. Knows no key by name.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::{Faults, did_you_mean, shown};

/// One table of the text.
pub(super) struct Section<'d, 'i> {
    table: &'d DeTable<'i>,
    name: String,
    /// Where to point to when something is missing in it.
    pub(super) range: Range<usize>,
}

/// A key with its value.
pub(super) struct Entry<'d, 'i> {
    /// The key itself.
    pub(super) key: Text,
    value: &'d Spanned<DeValue<'i>>,
    name: String,
}

/// Text and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Text {
    pub(super) text: String,
    pub(super) range: Range<usize>,
}

impl<'d, 'i> Section<'d, 'i> {
    pub(super) fn root(table: &'d DeTable<'i>) -> Self {
        Self { table, name: String::new(), range: 0..0 }
    }

    fn full_name(&self, key: &str) -> String {
        if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) }
    }

    /// Reports every key that is not in `known`.
    pub(super) fn only(&self, known: &[&str], faults: &mut Faults) {
        for key in self.table.keys().filter(|key| !known.contains(&key.get_ref().as_ref())) {
            let text = key.get_ref();
            let message = format!("unknown key `{}`", shown(text));
            faults.add(&key.span(), message, did_you_mean(text, known));
        }
    }

    pub(super) fn entry(&self, key: &str) -> Option<Entry<'d, 'i>> {
        let (key, value) = self.table.get_key_value(key)?;
        Some(self.make_entry(key, value))
    }

    /// Every entry, in the order of the text.
    pub(super) fn entries(&self) -> Vec<Entry<'d, 'i>> {
        let mut all: Vec<_> =
            self.table.iter().map(|(key, value)| self.make_entry(key, value)).collect();
        all.sort_by_key(|entry| entry.key.range.start);
        all
    }

    fn make_entry(
        &self,
        key: &Spanned<std::borrow::Cow<'i, str>>,
        value: &'d Spanned<DeValue<'i>>,
    ) -> Entry<'d, 'i> {
        let text = key.get_ref().clone().into_owned();
        let name = self.full_name(&text);
        Entry { key: Text { text, range: key.span() }, value, name }
    }
}

impl<'d, 'i> Entry<'d, 'i> {
    /// Where the value stands.
    pub(super) fn range(&self) -> Range<usize> {
        self.value.span()
    }

    fn wrong(&self, takes: &str, faults: &mut Faults) {
        let found = match self.value.get_ref() {
            DeValue::String(_) => "text",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        let message = format!("`{}` is {found}", shown(&self.name));
        faults.add(&self.value.span(), message, format!("write {takes}"));
    }

    pub(super) fn text(&self, faults: &mut Faults) -> Option<Text> {
        let text = text_of(self.value);
        if text.is_none() {
            self.wrong("text in quotes", faults);
        }
        text
    }

    pub(super) fn flag(&self, faults: &mut Faults) -> Option<bool> {
        let flag = self.value.get_ref().as_bool();
        if flag.is_none() {
            self.wrong("true or false", faults);
        }
        flag
    }

    /// A length: a whole number from 1 to 2,000.
    pub(super) fn length(&self, faults: &mut Faults) -> Option<usize> {
        let length = self
            .value
            .get_ref()
            .as_integer()
            .filter(|integer| integer.radix() == 10)
            .and_then(|integer| integer.as_str().parse().ok())
            .filter(|length| (1..=2000).contains(length));
        if length.is_none() {
            self.wrong("a whole number from 1 to 2000", faults);
        }
        length
    }

    pub(super) fn texts(&self, faults: &mut Faults) -> Vec<Text> {
        let texts = self
            .value
            .get_ref()
            .as_array()
            .and_then(|array| array.iter().map(text_of).collect::<Option<Vec<_>>>());
        if texts.is_none() {
            self.wrong("a list of texts in quotes", faults);
        }
        texts.unwrap_or_default()
    }

    /// A list of lists of two texts.
    pub(super) fn text_pairs(&self, faults: &mut Faults) -> Vec<(Text, Text)> {
        let pair = |item: &Spanned<DeValue<'i>>| {
            let mut texts = item.get_ref().as_array()?.iter().map(text_of);
            let pair = (texts.next()??, texts.next()??);
            texts.next().is_none().then_some(pair)
        };
        let pairs = self
            .value
            .get_ref()
            .as_array()
            .and_then(|array| array.iter().map(pair).collect::<Option<Vec<_>>>());
        if pairs.is_none() {
            self.wrong("a list of pairs such as [[\"mid\", \"{merchant}\"]]", faults);
        }
        pairs.unwrap_or_default()
    }

    pub(super) fn section(&self, faults: &mut Faults) -> Option<Section<'d, 'i>> {
        let table = self.value.get_ref().as_table();
        if table.is_none() {
            self.wrong("a table", faults);
        }
        Some(Section { table: table?, name: self.name.clone(), range: self.key.range.clone() })
    }
}

fn text_of(value: &Spanned<DeValue<'_>>) -> Option<Text> {
    let text = value.get_ref().as_str()?;
    Some(Text { text: text.to_owned(), range: value.span() })
}
