//! The tables of a build that list its links: what they were made from, what was said of them, and
//! how their files stood. Like the traces beside it, it can be lost at any time.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Result;

use super::sealed::{seal, unseal};
use super::stamp::Stamp;
use super::trace::{cache, name_of, settled};
use crate::model::{ArtifactPath, Digest, PublishedPath};

const HEAD: &str = "throughline tables 2";
/// Stands for a digest that there is not.
const NOTHING: &str = "-";

/// What is known of the tables in an output folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownTables {
    /// Digest of everything that they were made from.
    pub key: Digest,
    /// What was said of them, in one line.
    pub told: String,
    /// Their files.
    pub files: Vec<KnownFile>,
    settled: i64,
}

/// A file of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownFile {
    /// Its path, without digest.
    pub path: ArtifactPath,
    /// Its media type.
    pub media_type: String,
    /// The digest of its bytes.
    pub digest: Digest,
    /// By what it is known where the tables are others: a digest of what it was made from.
    pub made_from: Option<Digest>,
    /// How it stood when it was right.
    pub stamp: Stamp,
}

impl KnownFile {
    /// Where it lies.
    pub fn published(&self) -> PublishedPath {
        PublishedPath::new(&self.path, &self.digest)
    }
}

impl KnownTables {
    /// What is known of an output folder; nothing where that is not whole.
    pub fn read(root: &Path, target: &Path) -> Option<Self> {
        parse(unseal(&cache(root).read(&file_of(target))?)?)
    }

    /// Whether each file stands as it stood, long enough to be told from one that was changed.
    pub fn stand(&self, target: &Path) -> bool {
        self.files.iter().all(|file| self.stands(file, target))
    }

    /// The files that were made from the same and stand as they stood; nothing where one does not.
    pub fn made_from(&self, digest: &Digest, target: &Path) -> Option<Vec<&KnownFile>> {
        let files = self.files.iter().filter(|file| file.made_from.as_ref() == Some(digest));
        files.map(|file| self.stands(file, target).then_some(file)).collect()
    }

    fn stands(&self, file: &KnownFile, target: &Path) -> bool {
        file.stamp.stands(&file.published().under(target), self.settled)
    }

    /// Writes down what is known after a build.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn keep(
        root: &Path,
        target: &Path,
        (key, told): (Digest, String),
        files: Vec<KnownFile>,
    ) -> Result<()> {
        let Some(settled) = settled(root)? else { return Ok(()) };
        let known = Self { key, told, files, settled };
        cache(root).write(&file_of(target), seal(known.text()).as_bytes())
    }

    fn text(&self) -> String {
        let mut out = format!("{HEAD}\n{}\n{}\n{}\n", self.key, self.settled, self.told);
        for KnownFile { path, media_type, digest, made_from, stamp } in &self.files {
            let made_from = made_from.map_or_else(|| NOTHING.to_owned(), |from| from.hex());
            // Writing to a string does not fail.
            let _ = writeln!(out, "{stamp} {digest} {made_from} {media_type} {path}");
        }
        out
    }
}

fn file_of(target: &Path) -> String {
    format!("{}.tables", name_of(target))
}

fn parse(text: &str) -> Option<KnownTables> {
    let mut lines = text.lines();
    if lines.next() != Some(HEAD) {
        return None;
    }
    let key = Digest::from_hex(lines.next()?)?;
    let settled = lines.next()?.parse().ok()?;
    let told = lines.next()?.to_owned();
    let file = |line: &str| {
        let (stamp, rest) = Stamp::parse(line)?;
        let mut parts = rest.splitn(4, ' ');
        Some(KnownFile {
            stamp,
            digest: Digest::from_hex(parts.next()?)?,
            made_from: match parts.next()? {
                NOTHING => None,
                hex => Some(Digest::from_hex(hex)?),
            },
            media_type: parts.next()?.to_owned(),
            path: ArtifactPath::new(parts.next()?).ok()?,
        })
    };
    Some(KnownTables { key, told, files: lines.map(file).collect::<Option<_>>()?, settled })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let file = KnownFile {
            path: ArtifactPath::new("links/links.csv").expect("a path"),
            media_type: "text/csv".to_owned(),
            digest: Digest::of(b"x"),
            made_from: None,
            stamp: Stamp::from_bytes([7; Stamp::BYTES]),
        };
        let known = KnownTables {
            key: Digest::of(b"y"),
            told: "[]".to_owned(),
            files: vec![KnownFile { made_from: Some(Digest::of(b"z")), ..file.clone() }, file],
            settled: -4,
        };
        assert_eq!(parse(&known.text()), Some(known));
    }
}
