//! The manifest of an output folder: manifest.json and the parts that it names.

use std::path::Path;

use anyhow::{Context, Error, Result};
use rayon::prelude::*;

use super::output::OutputDir;
use super::parts::KeptParts;
use super::scan::{hash_output, read_artifact, read_checksums, read_optional};
use super::stamp::Stamp;
use crate::artifact::Shelf as _;
use crate::manifest::{
    Comparison, Entry, Head, Listed, Manifest, Part, checksums_hold, compare, compare_parts,
};
use crate::model::{ArtifactPath, Digest, PublishedPath};

const NAME: &str = "manifest.json";

/// An output folder held against its manifest.
pub struct Verified {
    /// What is not as built.
    pub comparison: Comparison,
    /// The manifest, where it can be read.
    pub manifest: Option<Manifest>,
    /// Why it cannot be, in a sentence; nothing where there is none.
    pub reason: Option<String>,
}

/// The bytes of manifest.json, if it is there.
pub fn manifest_bytes(root: &Path) -> Result<Option<Vec<u8>>> {
    read_optional(&root.join(NAME))
}

/// The manifest, whole, if there is one.
///
/// # Errors
/// Where it cannot be read, or a part of it is not there as it should be.
pub fn read_manifest(root: &Path) -> Result<Option<Manifest>> {
    let Some(bytes) = manifest_bytes(root)? else { return Ok(None) };
    let whole = Head::parse(&bytes).map_err(broken).and_then(|head| read_whole(root, head));
    let context = || format!("{} holds no manifest that can be used", root.display());
    whole.map(Some).with_context(context)
}

fn broken(what: String) -> Error {
    Error::msg(what + "; `throughline build` writes it anew")
}

fn read_whole(root: &Path, head: Head) -> Result<Manifest> {
    let parts = head.parts().par_iter().map(|part| read_part(root, part));
    let parts: Vec<Result<Listed>> = parts.collect();
    // Of several that are wrong the first is told.
    head.whole(parts.into_iter().collect::<Result<_>>()?).map_err(broken)
}

fn read_part(root: &Path, part: &Part) -> Result<Listed> {
    let wrong = |what: &str| broken(format!("{}, a part of it, {what}", part.path));
    let bytes = read_artifact(root, &place_of(part)?)?.ok_or_else(|| wrong("is missing"))?;
    part.read(&bytes).map_err(|what| wrong(&what))
}

/// Hashes every file of an output folder and holds it against the manifest.
///
/// # Errors
/// Where something cannot be read.
pub fn verify_output(root: &Path) -> Result<Verified> {
    let found = hash_output(root)?;
    let checked = found.len();
    let no_manifest = |comparison: Comparison, reason: Option<String>| {
        let comparison = Comparison { checked, ok: false, ..comparison };
        Ok(Verified { comparison, manifest: None, reason })
    };
    let no_list = |reason: String| {
        let altered = vec![NAME.to_owned()];
        let comparison = Comparison { altered, ..Comparison::default() };
        no_manifest(comparison, Some(format!("{NAME} is no manifest: {reason}")))
    };
    let Some(bytes) = manifest_bytes(root)? else {
        let (missing, extra) = (vec![NAME.to_owned()], found.into_keys().collect());
        return no_manifest(Comparison { missing, extra, ..Comparison::default() }, None);
    };
    let head = match Head::parse(&bytes) {
        Ok(head) => head,
        Err(reason) => return no_list(reason),
    };
    let comparison = compare_parts(&head, &found);
    if !comparison.ok {
        let reason = "what a part of the manifest lists is unknown where that is not as built, so \
                      nothing else was compared";
        return no_manifest(comparison, Some(reason.to_owned()));
    }
    match read_whole(root, head) {
        Ok(manifest) => {
            let sums = read_checksums(root)?;
            let comparison = compare(&manifest, &found, checksums_hold(&sums, &found));
            Ok(Verified { comparison, manifest: Some(manifest), reason: None })
        }
        Err(reason) => no_list(format!("{reason:#}")),
    }
}

/// Writes the parts that are not there as they should be, and tells whether there was any.
pub(super) fn put_parts(
    output: &OutputDir,
    manifest: &Manifest,
    known: &KeptParts,
) -> Result<bool> {
    let listed = manifest.listed();
    let put = listed.par_iter().map(|(part, entries)| put_part(output, (part, entries), known));
    let put: Vec<Result<bool>> = put.collect();
    put.into_iter().try_fold(false, |any, put| Ok(any | put?))
}

fn put_part(
    output: &OutputDir,
    (part, entries): (&Part, &[Entry]),
    known: &KeptParts,
) -> Result<bool> {
    let path = place_of(part)?;
    let place = PublishedPath::from(path.clone());
    let file = path.under(&output.root);
    if let Some(stamp) = known.stands(part, &file) {
        output.keep(place, Some(stamp));
        return Ok(false);
    }
    // Looked at before it is read: what changes meanwhile is another file.
    let stamp = Stamp::of(&file);
    let there = read_artifact(&output.root, &path)?;
    if there.is_some_and(|bytes| Digest::of(&bytes) == part.sha256) {
        output.keep(place, stamp);
        return Ok(false);
    }
    output.put(&place, &Part::bytes(entries))?;
    Ok(true)
}

/// Where a part lies.
pub(super) fn place_of(part: &Part) -> Result<ArtifactPath> {
    ArtifactPath::published(&part.path)
        .map_err(|fault| Error::msg(format!("{}: {fault}", part.path)))
}
