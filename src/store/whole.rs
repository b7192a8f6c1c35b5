//! A build in which nothing was found, as a whole: what it was made from, what it said, and how each
//! file of its output stood. Where all of it is as it was, nothing need be done.
//!
//! Beside the traces, as lines of text. Like them it can be lost at any time.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io;
use std::path::Path;

use anyhow::Result;
use rayon::prelude::*;

use super::scan::{MARKER, is_kept, list};
use super::sealed::{Sealing, unseal};
use super::stamp::Stamp;
use super::trace::{cache, name_of, settled};
use crate::model::{Digest, PublishedPath};

const HEAD: &str = "throughline whole 1";

/// Files whose lines one thread writes at a time, and files whose lines are in memory at once.
const PART: usize = 1024;
const AT_ONCE: usize = 16 * PART;

/// What is known of a whole build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    /// Digest of everything that the build read and was told.
    inputs: Digest,
    /// What it said of itself, in one line.
    pub told: String,
    /// Every file of the output but those that people keep there, in order.
    files: Vec<(String, Stamp)>,
    settled: i64,
}

impl Whole {
    /// What is known of the last build into an output folder, if it was made from `inputs`; nothing
    /// where that is not whole.
    pub fn read(root: &Path, target: &Path, inputs: &Digest) -> Option<Self> {
        // After a change its beginning is all that need be read of a long list.
        let bytes = cache(root).read_after(&file_of(target), head(inputs).as_bytes())?;
        parse(unseal(&bytes)?)
    }

    /// Whether each file stands as it stood, long enough to be told from one that was changed, and no
    /// other is there.
    pub fn stands(&self, target: &Path) -> bool {
        let (found, stand) = rayon::join(
            || list(target),
            || {
                self.files
                    .par_iter()
                    .with_min_len(64)
                    .all(|(path, stamp)| stamp.stands(&target.join(path), self.settled))
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
        ours.eq(self.files.iter().map(|(path, _)| path.as_str()))
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
        stamps: &[(PublishedPath, Stamp)],
    ) -> Result<()> {
        let Some(settled) = settled(root)? else { return Ok(()) };
        let own = ["SHA256SUMS", "manifest.json"].into_iter();
        let own = own.filter_map(|name| Some((name, Stamp::of(&target.join(name))?)));
        let own: Vec<(&str, Stamp)> = own.collect();
        cache(root).write_with(&file_of(target), |file| {
            let mut file = Sealing::new(file);
            file.add((head(&inputs) + &format!("{settled}\n{told}\n")).as_bytes())?;
            write(stamps, &own, |piece| file.add(piece.as_bytes()))?;
            file.finish_text()
        })
    }
}

/// Gives the lines of files and of a few others among them, both in the order of their paths, in pieces,
/// of which few are in memory at once.
fn write(
    files: &[(PublishedPath, Stamp)],
    others: &[(&str, Stamp)],
    mut take: impl FnMut(&str) -> io::Result<()>,
) -> io::Result<()> {
    let lines = |files: &[(PublishedPath, Stamp)]| {
        let mut lines = String::with_capacity(files.len() * 128);
        for (place, stamp) in files {
            // Writing to a string does not fail.
            let _ = writeln!(lines, "{stamp} {place}");
        }
        lines
    };
    let mut several = |files: &[(PublishedPath, Stamp)], other: &str| -> io::Result<()> {
        for some in files.chunks(AT_ONCE) {
            let parts: Vec<String> = some.par_chunks(PART).map(lines).collect();
            parts.iter().try_for_each(|part| take(part))?;
        }
        take(other)
    };
    let mut rest = files;
    for (other, stamp) in others {
        let before = rest.partition_point(|(place, _)| place.to_path().as_str() < *other);
        let (before, after) = rest.split_at(before);
        several(before, &format!("{stamp} {other}\n"))?;
        rest = after;
    }
    several(rest, "")
}

/// How it begins.
fn head(inputs: &Digest) -> String {
    format!("{HEAD}\n{inputs}\n")
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
    use crate::model::ArtifactPath;

    #[test]
    fn what_is_written_is_read() {
        let stamp = |number| Stamp::from_bytes([number; Stamp::BYTES]);
        let (inputs, told) = (Digest::of(b"x"), "{\"a\":1}".to_owned());
        let path = |text: &str| PublishedPath::from(ArtifactPath::new(text).expect("a path"));
        let files = [(path("2026/b.html"), stamp(1)), (path("d"), stamp(2)), (path("e"), stamp(3))];
        let others = [("SHA256SUMS", stamp(4)), ("manifest.json", stamp(5))];
        let mut text = head(&inputs) + &format!("-4\n{told}\n");
        let take = |piece: &str| {
            text.push_str(piece);
            Ok(())
        };
        write(&files, &others, take).expect("memory");
        let names = ["2026/b.html", "SHA256SUMS", "d", "e", "manifest.json"];
        let stamps = [1, 4, 2, 3, 5].map(stamp);
        let files = names.into_iter().map(str::to_owned).zip(stamps).collect();
        assert_eq!(parse(&text), Some(Whole { inputs, told, files, settled: -4 }));
    }
}
