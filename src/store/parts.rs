//! The parts of the manifest that the last build made, below `.throughline/traces/`: what each was made
//! from, and the hash of each entry. Like the traces beside it, it can be lost at any time.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;

use super::manifest::place_of;
use super::sealed::{Reader, Sealing, unseal_bytes};
use super::stamp::{Stamp, stamp_of};
use super::trace::{cache, name_of, settled};
use crate::manifest::{MadePart, MadeParts, Part};
use crate::model::{Digest, PublishedPath};

const HEAD: &[u8] = b"throughline parts 1\n";

/// What is known of the parts of a manifest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeptParts {
    /// What they are, and what they were made from.
    pub made: MadeParts,
    /// How each stood when it was right, by its digest.
    stamps: BTreeMap<Digest, Stamp>,
    settled: i64,
}

impl KeptParts {
    /// What a program knows of the parts in an output folder; nothing where that is not whole.
    pub fn read(root: &Path, target: &Path, program: &Digest) -> Option<Self> {
        parse(&cache(root).read_after(&file_of(target), &head(program))?, program)
    }

    /// How a part stands, where that is as it stood when it was right, long enough to be told from one
    /// that was changed.
    pub(super) fn stands(&self, part: &Part, place: &Path) -> Option<Stamp> {
        let stamp = self.stamps.get(&part.sha256)?;
        stamp.stands(place, self.settled).then_some(*stamp)
    }
}

/// Writes down after a build what is known of the parts of its manifest. `stamps` is how each file
/// stood when it was right, by path.
///
/// # Errors
/// Where it cannot be written.
pub fn keep_parts(
    (root, target): (&Path, &Path),
    program: &Digest,
    parts: &MadeParts,
    stamps: &[(PublishedPath, Stamp)],
) -> Result<()> {
    let Some(settled) = settled(root)? else { return Ok(()) };
    cache(root).write_with(&file_of(target), |file| {
        let mut file = Sealing::new(file);
        file.add(&head(program))?;
        file.add(&settled.to_le_bytes())?;
        for MadePart { made_from, part, leaves } in parts.iter() {
            file.add(made_from.as_bytes())?;
            file.add(part.sha256.as_bytes())?;
            file.add(&part.size.to_le_bytes())?;
            // No file has the one that stands for none.
            let place = place_of(part).ok().map(PublishedPath::from);
            let stamp = place.and_then(|place| stamp_of(stamps, &place)).map(Stamp::to_bytes);
            file.add(&stamp.unwrap_or_default())?;
            file.add(&(leaves.len() as u32).to_le_bytes())?;
            let leaves: Vec<[u8; 32]> = leaves.iter().map(|leaf| *leaf.as_bytes()).collect();
            file.add(leaves.as_flattened())?;
        }
        file.finish_bytes()
    })
}

fn file_of(target: &Path) -> String {
    format!("{}.parts", name_of(target))
}

/// How it begins.
fn head(program: &Digest) -> Vec<u8> {
    [HEAD, program.as_bytes()].concat()
}

fn parse(bytes: &[u8], program: &Digest) -> Option<KeptParts> {
    let mut rest = Reader(unseal_bytes(bytes)?.strip_prefix(head(program).as_slice())?);
    let settled = i64::from_le_bytes(rest.take()?);
    let (mut parts, mut stamps) = (Vec::new(), BTreeMap::new());
    while !rest.0.is_empty() {
        let (made_from, sha256) = (rest.digest()?, rest.digest()?);
        let (size, stamp) = (u64::from_le_bytes(rest.take()?), Stamp::from_bytes(rest.take()?));
        let count = rest.count()?;
        let leaves = (0..count).map(|_| rest.digest()).collect::<Option<_>>()?;
        stamps.insert(sha256, stamp);
        parts.push(MadePart { made_from, part: Part::known(count, sha256, size), leaves });
    }
    Some(KeptParts { made: parts.into_iter().collect(), stamps, settled })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_nothing_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let (root, target) = (folder.path(), folder.path().join("output"));
        let digest = |number: usize| Digest::of(&number.to_le_bytes());
        let part = |number: usize| MadePart {
            made_from: digest(number),
            part: Part::known(number, digest(number + 100), 7),
            leaves: (0..number).map(digest).collect(),
        };
        let (parts, program) = ((0..5).map(part).collect::<MadeParts>(), digest(9));
        let stamp = Stamp::from_bytes([7; Stamp::BYTES]);
        let path = place_of(&Part::known(1, digest(101), 7)).expect("a path").into();
        keep_parts((root, &target), &program, &parts, &[(path, stamp)]).expect("a file");
        let read = KeptParts::read(root, &target, &program).expect("what was written");
        assert_eq!((&read.made, read.stamps.get(&digest(101))), (&parts, Some(&stamp)));
        assert_eq!(KeptParts::read(root, &target, &digest(8)), None);
        let file = cache(root).path(&file_of(&target));
        let bytes = std::fs::read(&file).expect("a file");
        for at in 0..bytes.len() {
            std::fs::write(&file, &bytes[..at]).expect("a file");
            assert_eq!(KeptParts::read(root, &target, &program), None, "cut at {at}");
            let mut damaged = bytes.clone();
            damaged[at] ^= 1;
            std::fs::write(&file, damaged).expect("a file");
            assert_eq!(KeptParts::read(root, &target, &program), None, "a bit of {at}");
        }
    }
}
