//! What the last build into an output folder held back, beside the traces: the release says it once
//! more. Like them it can be lost at any time.

use std::path::Path;

use anyhow::Result;

use super::trace::{cache, name_of};
use crate::model::Digest;

fn file_of(target: &Path) -> String {
    format!("{}.held", name_of(target))
}

/// Writes down what a build held back.
///
/// # Errors
/// Where it cannot be written.
pub fn keep_held_back(root: &Path, target: &Path, built: &str, held: &[String]) -> Result<()> {
    let mut text = format!("{built}\n");
    for path in held {
        // Logical ids hold no line break.
        text.push_str(path);
        text.push('\n');
    }
    let digest = Digest::of(text.as_bytes());
    let cache = cache(root);
    cache.write(&file_of(target), format!("{text}{digest}\n").as_bytes())?;
    // Every build that commits comes by here: what stopped ones left half written goes.
    cache.forget_oldest(u64::MAX, |_| true)
}

/// What the build of a root held back. Nothing where nobody knows.
pub fn held_back(root: &Path, target: &Path, built: &Digest) -> Option<Vec<String>> {
    let bytes = cache(root).read(&file_of(target))?;
    let text = std::str::from_utf8(&bytes).ok()?;
    let (before, digest) = text.strip_suffix('\n')?.rsplit_once('\n')?;
    let body = text.get(..=before.len())?;
    if Digest::from_hex(digest)? != Digest::of(body.as_bytes()) {
        return None;
    }
    let mut lines = before.lines();
    (lines.next()? == built.hex()).then(|| lines.map(str::to_owned).collect())
}
