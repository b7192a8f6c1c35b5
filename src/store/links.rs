//! The links of the last build, below `.throughline/traces/`: what each placement was made from, and
//! where throughline.lock has its links. Like the traces beside it, it can be lost at any time.

use std::path::Path;

use anyhow::Result;

use super::sealed::{Reader, Sealing, unseal_bytes};
use super::trace::{cache, name_of};
use crate::link::{KeptLinks, KeptPlacement};

const HEAD: &[u8] = b"throughline links 1\n";
/// Bytes of a placement: two digests.
const PLACEMENT: usize = 64;

/// What is known of the links of builds into an output folder; nothing where that is not whole.
pub fn read_links(root: &Path, target: &Path) -> Option<KeptLinks> {
    parse(&cache(root).read_after(&file_of(target), HEAD)?)
}

/// Writes it down after a build.
///
/// # Errors
/// Where it cannot be written.
pub fn keep_links(root: &Path, target: &Path, links: &KeptLinks) -> Result<()> {
    cache(root).write_with(&file_of(target), |file| {
        let mut file = Sealing::new(file);
        let KeptLinks { shared, lock, placements, rows } = links;
        file.add(HEAD)?;
        file.add(shared.as_bytes())?;
        file.add(lock.as_bytes())?;
        file.add(&(placements.len() as u32).to_le_bytes())?;
        let digests = |one: &KeptPlacement| [*one.made_from.as_bytes(), *one.listed.as_bytes()];
        for some in placements.chunks(AT_ONCE) {
            file.add(some.iter().flat_map(digests).collect::<Vec<_>>().as_flattened())?;
        }
        for some in rows.chunks(AT_ONCE) {
            let bytes: Vec<[u8; 4]> = some.iter().map(|row| row.to_le_bytes()).collect();
            file.add(bytes.as_flattened())?;
        }
        file.finish_bytes()
    })
}

/// Placements or rows that are in memory as bytes at once.
const AT_ONCE: usize = 4096;

fn file_of(target: &Path) -> String {
    format!("{}.links", name_of(target))
}

fn parse(bytes: &[u8]) -> Option<KeptLinks> {
    let mut rest = Reader(unseal_bytes(bytes)?.strip_prefix(HEAD)?);
    let (shared, lock, count) = (rest.digest()?, rest.digest()?, rest.count()?);
    let mut placements = Vec::with_capacity(count.min(rest.0.len() / PLACEMENT));
    for _ in 0..count {
        placements.push(KeptPlacement { made_from: rest.digest()?, listed: rest.digest()? });
    }
    let (rows, []) = rest.0.as_chunks() else { return None };
    let rows = rows.iter().map(|row| u32::from_le_bytes(*row)).collect();
    Some(KeptLinks { shared, lock, placements, rows })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Digest;

    #[test]
    fn what_is_written_is_read_and_nothing_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let (root, target) = (folder.path(), folder.path().join("output"));
        let digest = |number: u32| Digest::of(&number.to_le_bytes());
        for count in [0, 3, AT_ONCE as u32 + 1] {
            let placement =
                |at| KeptPlacement { made_from: digest(at), listed: digest(at + 1_000_000) };
            let links = KeptLinks {
                shared: digest(7),
                lock: digest(8),
                placements: (0..count).map(placement).collect(),
                rows: (0..2 * count).rev().collect(),
            };
            keep_links(root, &target, &links).expect("a file");
            assert_eq!(read_links(root, &target), Some(links));
        }
        let file = cache(root).path(&file_of(&target));
        let bytes = std::fs::read(&file).expect("a file");
        for at in (0..bytes.len()).step_by(997) {
            std::fs::write(&file, &bytes[..at]).expect("a file");
            assert_eq!(read_links(root, &target), None, "cut at {at}");
            let mut damaged = bytes.clone();
            damaged[at] ^= 1;
            std::fs::write(&file, damaged).expect("a file");
            assert_eq!(read_links(root, &target), None, "a bit of {at}");
        }
    }
}
