//! What is out: the release that the pointer of `releases/` names.

use std::path::Path;

use anyhow::{Context, Result};
use jiff::Timestamp;

use crate::decide::status::LiveRelease;
use crate::manifest::Manifest;
use crate::model::ArtifactPath;
use crate::store::{read_artifact, read_manifest};

/// The environment whose pointer is read.
const ENVIRONMENT: &str = "production";

/// The release that is out.
pub(super) struct Live {
    pub(super) root: String,
    pub(super) published: Timestamp,
    pub(super) seq: u64,
    pub(super) manifest: Manifest,
}

/// Reads the pointer and what it names. Nothing where nothing was ever released.
///
/// # Errors
/// Where there is a pointer, and what it names cannot be read: then nobody can say what is out.
pub(super) fn live(root: &Path) -> Result<Option<Live>> {
    let folder = root.join("releases");
    let pointer = format!("env/{ENVIRONMENT}/current.json");
    let Ok(path) = ArtifactPath::new(&pointer) else { return Ok(None) };
    let Some(bytes) = read_artifact(&folder, &path)? else { return Ok(None) };
    let told = || format!("releases/{pointer} does not say what is out");
    let document: serde_json::Value = serde_json::from_slice(&bytes).with_context(told)?;
    let text = |name: &str| document.get(name).and_then(|one| one.as_str());
    let release = text("release").with_context(told)?.to_owned();
    let published = text("published").and_then(|text| text.parse().ok()).with_context(told)?;
    let seq = document.get("seq").and_then(serde_json::Value::as_u64).with_context(told)?;
    let named = || format!("releases/{pointer} names a release that is not there: {release}");
    let sound = crate::model::Digest::from_hex(&release).is_some();
    let manifest = if sound { read_manifest(&folder.join(&release))? } else { None };
    let manifest = Manifest::parse(&manifest.with_context(named)?).map_err(anyhow::Error::msg);
    let manifest = manifest.with_context(|| format!("releases/{release}/manifest.json"))?;
    Ok(Some(Live { root: release, published, seq, manifest }))
}

impl From<Live> for LiveRelease {
    fn from(live: Live) -> Self {
        let artifacts = live.manifest.artifacts.into_iter();
        Self {
            root: live.root,
            seq: live.seq,
            published: live.published,
            artifacts: artifacts.map(|entry| (entry.id, entry.sha256)).collect(),
        }
    }
}
