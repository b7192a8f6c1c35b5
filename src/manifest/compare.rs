//! An output folder against its manifest.

use std::collections::BTreeMap;

use serde::Serialize;

use super::parts::path_of;
use super::{Head, Manifest};
use crate::model::Digest;

/// What is in an output folder: paths and digests.
pub type Found = BTreeMap<String, Digest>;

/// What `verify` says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// Nothing is missing, altered or extra.
    pub ok: bool,
    /// How many files were hashed.
    pub checked: usize,
    /// Named by the manifest, not there.
    pub missing: Vec<String>,
    /// There, with other bytes.
    pub altered: Vec<String>,
    /// There, and in no manifest.
    pub extra: Vec<String>,
}

/// Whether every line of a SHA256SUMS is true of the files found.
pub fn checksums_hold(text: &str, found: &Found) -> bool {
    let holds = |line: &str| {
        line.split_once("  ").is_some_and(|(hex, path)| {
            found.get(path).is_some_and(|digest| Digest::from_hex(hex) == Some(*digest))
        })
    };
    !text.is_empty() && text.lines().all(holds)
}

/// Compares; a file name must also carry the first 16 digits of its digest. `sums_hold` is what
/// [`checksums_hold`] says of the SHA256SUMS that is there.
pub fn compare(manifest: &Manifest, found: &Found, sums_hold: bool) -> Comparison {
    let mut comparison = Comparison { checked: found.len(), ..Comparison::default() };
    let artifacts = manifest.artifacts.iter().map(|entry| (entry.path.as_str(), entry.sha256));
    let parts = manifest.parts.iter().map(|part| (part.path.as_str(), part.sha256));
    let mut expected: BTreeMap<&str, Digest> = artifacts.chain(parts).collect();
    let sums = found.get("SHA256SUMS").copied();
    let own = Digest::of(&manifest.checksums());
    // A build that was ended just before its commit leaves checksums that are ahead of the
    // manifest. They are not wrong: every file that they name is there and is as they say.
    expected.insert("SHA256SUMS", sums.filter(|_| sums_hold).unwrap_or(own));
    expected.insert("manifest.json", Digest::of(&manifest.to_bytes()));
    for (path, digest) in &expected {
        match found.get(*path) {
            None => comparison.missing.push((*path).to_owned()),
            Some(actual) if actual != digest || !carries(path, actual) => {
                comparison.altered.push((*path).to_owned());
            }
            Some(_) => {}
        }
    }
    let extra = found.keys().filter(|path| !expected.contains_key(path.as_str()));
    comparison.extra = extra.cloned().collect();
    comparison.ok = comparison.missing.is_empty()
        && comparison.altered.is_empty()
        && comparison.extra.is_empty();
    comparison
}

/// The parts of a manifest that are not there or not as it says. What they list cannot be known then.
pub fn compare_parts(head: &Head, found: &Found) -> Comparison {
    let mut comparison = Comparison { checked: found.len(), ..Comparison::default() };
    for part in head.parts() {
        match found.get(&part.path) {
            None => comparison.missing.push(part.path.clone()),
            Some(actual) if *actual != part.sha256 => comparison.altered.push(part.path.clone()),
            Some(_) => {}
        }
    }
    comparison.ok = comparison.missing.is_empty() && comparison.altered.is_empty();
    comparison
}

fn carries(path: &str, digest: &Digest) -> bool {
    matches!(path, "SHA256SUMS" | "manifest.json")
        || path == path_of(digest)
        || path.contains(&format!(".{}", digest.hex16()))
}
