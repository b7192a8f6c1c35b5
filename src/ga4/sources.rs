//! The sources that GA4 knows, and what it takes them for.

use std::cmp::Ordering;

use serde::Deserialize;

/// What GA4 takes a source for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Category {
    Search,
    Shopping,
    Social,
    Video,
}

impl Category {
    /// Its name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Search => "search",
            Self::Shopping => "shopping",
            Self::Social => "social",
            Self::Video => "video",
        }
    }

    /// What a source in it is called.
    pub(super) fn noun(self) -> &'static str {
        match self {
            Self::Search => "search engine",
            Self::Shopping => "shopping site",
            Self::Social => "social site",
            Self::Video => "video site",
        }
    }
}

/// Known sources, sorted, in lower case.
#[derive(Debug, Default)]
pub(super) struct Sources {
    rows: Vec<Row>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    source: String,
    category: Category,
}

impl Sources {
    /// Reads the list; says what is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
        let rows: Vec<Row> =
            reader.deserialize().collect::<Result<_, _>>().map_err(|error| error.to_string())?;
        let mut before = "";
        for row in &rows {
            if row.source.bytes().any(|one| one.is_ascii_uppercase()) {
                return Err(format!("the source `{}` is not in lower case", row.source));
            }
            if row.source.as_str() <= before {
                return Err(format!("the source `{}` stands twice or out of order", row.source));
            }
            before = &row.source;
        }
        Ok(Self { rows })
    }

    /// What GA4 takes a source for.
    pub(super) fn category(&self, source: &str) -> Option<Category> {
        let at = self.rows.binary_search_by(|row| compare(row.source.as_bytes(), source)).ok()?;
        self.rows.get(at).map(|row| row.category)
    }
}

/// Compares a lower case name with a value of any case, without copying the value.
fn compare(name: &[u8], value: &str) -> Ordering {
    name.iter().copied().cmp(value.bytes().map(|one| one.to_ascii_lowercase()))
}
