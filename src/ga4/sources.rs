//! The sources that GA4 knows, and what it takes them for.

use std::cmp::Ordering;
use std::collections::BTreeMap;

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

    /// The category of a name.
    fn named(name: &str) -> Option<Self> {
        [Self::Search, Self::Shopping, Self::Social, Self::Video]
            .into_iter()
            .find(|category| category.name() == name)
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

/// What a workspace knows of sources: it goes before the list of this program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnSources(BTreeMap<String, Own>);

/// What a workspace says of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Own {
    ListedAs(Category),
    NotListed,
}

/// Where there is no workspace.
pub static NO_SOURCES: OwnSources = OwnSources(BTreeMap::new());

impl OwnSources {
    /// What a source can be listed as: a category, or as what is on no list.
    pub const WORDS: [&str; 5] = ["search", "shopping", "social", "video", "none"];

    /// Adds a source in lower case, with one of [`Self::WORDS`]; `None` for another word.
    pub fn add(&mut self, source: &str, word: &str) -> Option<()> {
        let own = match Category::named(word) {
            Some(category) => Own::ListedAs(category),
            None if word == "none" => Own::NotListed,
            None => return None,
        };
        self.0.insert(source.to_owned(), own);
        Some(())
    }

    /// What it says of a source, if it does.
    pub(super) fn category(&self, source: &str) -> Option<Own> {
        if self.0.is_empty() {
            return None;
        }
        self.0.get(&source.to_ascii_lowercase()).copied()
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
