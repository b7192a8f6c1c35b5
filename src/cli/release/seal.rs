//! What is in the output, held against its manifest: nothing is released that is not as it was
//! built.

use std::path::Path;

use anyhow::{Result, bail};

use crate::artifact::pages::ROUTES;
use crate::manifest::{Entry, Manifest};
use crate::model::{ArtifactPath, Digest};
use crate::release::{SitePlan, site_plan};
use crate::store::{Verified, manifest_bytes, read_artifact, verify_output};

/// A build that is as it was built.
pub(super) struct Seal {
    pub(super) manifest: Manifest,
    pub(super) root: Digest,
}

/// Reads and hashes every file. The inner error is what is wrong, a line each.
pub(super) fn seal(output: &Path) -> Result<std::result::Result<Seal, Vec<String>>> {
    if manifest_bytes(output)?.is_none() {
        bail!("there is no build in {}: run `throughline build` first", output.display());
    }
    let Verified { comparison, manifest, reason } = verify_output(output)?;
    let Some(manifest) = manifest.filter(|_| comparison.ok) else {
        let lists = [
            ("missing", comparison.missing),
            ("altered", comparison.altered),
            ("extra", comparison.extra),
        ];
        let lines = lists
            .into_iter()
            .flat_map(|(word, paths)| paths.into_iter().map(move |path| format!("{word}: {path}")));
        return Ok(Err(lines.chain(reason).collect()));
    };
    match Digest::from_hex(&manifest.root.hash) {
        Some(root) => Ok(Ok(Seal { manifest, root })),
        None => Ok(Err(vec!["manifest.json has no root".to_owned()])),
    }
}

/// A file of the output, as it was built.
pub(super) fn read_entry(output: &Path, entry: &Entry) -> Result<Vec<u8>> {
    let fault = |what: &str| {
        anyhow::anyhow!("{} {what} while it was released: run the same again", entry.path)
    };
    let path = ArtifactPath::published(&entry.path).map_err(|_| fault("was renamed"))?;
    match read_artifact(output, &path)? {
        Some(bytes) if Digest::of(&bytes) == entry.sha256 => Ok(bytes),
        Some(_) => Err(fault("was changed")),
        None => Err(fault("was removed")),
    }
}

/// The folder for plain hosts.
pub(super) fn site(output: &Path, seal: &Seal, at: jiff::Timestamp) -> Result<SitePlan> {
    let entry = seal.manifest.artifacts.iter().find(|entry| entry.id == ROUTES);
    let routes = entry.map(|entry| read_entry(output, entry)).transpose()?;
    site_plan(&seal.manifest, routes.as_deref(), at).map_err(anyhow::Error::msg)
}
