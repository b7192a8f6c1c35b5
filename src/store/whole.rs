//! A build in which nothing was found, as a whole: what it was made from, what it said, and how each
//! file of its output stood. Where all of it is as it was, nothing need be done.
//!
//! Beside the traces, as lines of text. Like them it can be lost at any time.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::Result;
use rayon::prelude::*;

use super::scan::{MARKER, is_kept, list};
use super::sealed::{seal, unseal};
use super::stamp::Stamp;
use super::trace::{cache, name_of, settled};
use crate::model::Digest;

const HEAD: &str = "throughline whole 1";

/// What is known of a whole build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    /// Digest of everything that the build read and was told.
    pub inputs: Digest,
    /// What it said of itself, in one line.
    pub told: String,
    /// Every file of the output but those that people keep there, in order.
    files: Vec<(String, Stamp)>,
    settled: i64,
}

impl Whole {
    /// What is known of the last build into an output folder; nothing where that is not whole.
    pub fn read(root: &Path, target: &Path) -> Option<Self> {
        parse(unseal(&cache(root).read(&file_of(target))?)?)
    }

    /// Whether each file stands as it stood, long enough to be told from one that was changed, and no
    /// other is there.
    pub fn stands(&self, target: &Path) -> bool {
        let (found, stand) = rayon::join(
            || list(target),
            || {
                self.files.par_iter().with_min_len(64).all(|(path, stamp)| {
                    stamp.is_older_than(self.settled)
                        && Stamp::of(&target.join(path)).as_ref() == Some(stamp)
                })
            },
        );
        let Some(found) = found.ok().filter(|found| stand && found.links.is_empty()) else {
            return false;
        };
        let mut folders: BTreeSet<&str> = BTreeSet::new();
        for (path, _) in &self.files {
            // Nearly every file has the folder of the one before it.
            let parents = path.rmatch_indices('/').filter_map(|(at, _)| path.get(..at));
            for folder in parents {
                if !folders.insert(folder) {
                    break;
                }
            }
        }
        let ours = found.files.iter().filter(|path| !is_kept(path));
        ours.eq(self.files.iter().map(|(path, _)| path))
            && found.folders.iter().all(|folder| folders.contains(folder.as_str()))
            && found.files.iter().any(|path| path == MARKER)
    }

    /// Writes down what is known of a folder after a build: `stamps` is how each file stood when it
    /// was right, by path. What has come or changed since then is seen by whoever looks next.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn keep(
        root: &Path,
        target: &Path,
        (inputs, told): (Digest, String),
        stamps: Vec<(String, Stamp)>,
    ) -> Result<()> {
        let Some(settled) = settled(root)? else { return Ok(()) };
        let mut files = stamps;
        for name in ["SHA256SUMS", "manifest.json"] {
            files.extend(Stamp::of(&target.join(name)).map(|stamp| (name.to_owned(), stamp)));
        }
        files.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        let whole = Self { inputs, told, files, settled };
        cache(root).write(&file_of(target), seal(whole.text()).as_bytes())
    }

    fn text(&self) -> String {
        let mut out = format!("{HEAD}\n{}\n{}\n{}\n", self.inputs, self.settled, self.told);
        for (path, stamp) in &self.files {
            // Writing to a string does not fail.
            let _ = writeln!(out, "{stamp} {path}");
        }
        out
    }
}

fn file_of(target: &Path) -> String {
    format!("{}.whole", name_of(target))
}

fn parse(text: &str) -> Option<Whole> {
    let mut lines = text.lines();
    if lines.next() != Some(HEAD) {
        return None;
    }
    let inputs = Digest::from_hex(lines.next()?)?;
    let settled = lines.next()?.parse().ok()?;
    let told = lines.next()?.to_owned();
    let file = |line: &str| {
        let (stamp, path) = Stamp::parse(line)?;
        Some((path.to_owned(), stamp))
    };
    Some(Whole { inputs, told, files: lines.map(file).collect::<Option<_>>()?, settled })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let stamp = Stamp::from_bytes([7; Stamp::BYTES]);
        let files = vec![("a b/c.html".to_owned(), stamp), ("d".to_owned(), stamp)];
        let whole =
            Whole { inputs: Digest::of(b"x"), told: "{\"a\":1}".to_owned(), files, settled: -4 };
        assert_eq!(parse(&whole.text()), Some(whole));
    }
}
