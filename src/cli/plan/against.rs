//! What a plan is compared with: the output, or a build that somebody named.

use std::path::Path;

use anyhow::Result;
use serde_json::{Value, json};

use super::PlanArgs;
use crate::cli::named::{Files, Meant, Named, NamedRelease, check_target, find, in_folder};
use crate::cli::prepare::output_folder;
use crate::cli::release::Mistyped;
use crate::manifest::Manifest;
use crate::store::manifest_bytes;

/// A build that somebody named.
pub(in crate::cli) struct Against {
    /// What people call it.
    pub(super) name: String,
    /// Where it is a release.
    release: Option<NamedRelease>,
}

impl Against {
    /// For programs.
    pub(super) fn document(&self) -> Value {
        let publication = self.release.as_ref().map(|release| &release.publication);
        json!({
            "name": self.name,
            "seq": publication.map(|one| one.seq),
            "env": publication.map(|one| &one.env),
            "published": publication.map(|one| &one.published),
            "live": self.release.as_ref().map(|release| release.is_live),
            "target": self.release.as_ref().map(|release| &release.target),
        })
    }

    /// For people: since when it is there, and what it means.
    pub(super) fn line(&self) -> String {
        let since = self.release.as_ref().map(|one| one.publication.published.as_str());
        let since = since.map(|since| format!(", published {since}")).unwrap_or_default();
        format!("{}{since}", self.name)
    }
}

/// Files, what was built, and its name where one was typed.
type Known = (Files, Option<Manifest>, Option<Against>);

/// Finds what a plan is compared with. The inner error is one of the command line.
pub(super) fn against(root: &Path, args: &PlanArgs) -> Result<Result<Known, Mistyped>> {
    let name = args.against.as_deref();
    if let Err(mistyped) = check_target(&[name], &args.target) {
        return Ok(Err(mistyped));
    }
    let Some(name) = name else {
        let (files, base) = output_of(&output_folder(root, None))?;
        return Ok(Ok((files, base, None)));
    };
    Ok(find(root, name, &args.target)?.and_then(|meant| match meant {
        Meant::Build(named) => {
            let Named { shown: name, manifest, files, release } = *named;
            Ok((files, Some(manifest), Some(Against { name, release })))
        }
        Meant::Plan(_) => Err(Mistyped(format!(
            "{} is a plan, which has no files to compare with: `throughline diff` compares plans",
            name.display()
        ))),
    }))
}

/// What is in the output, if anything was built there.
pub(super) fn output_of(folder: &Path) -> Result<(Files, Option<Manifest>)> {
    if manifest_bytes(folder)?.is_none() {
        return Ok((Files::Folder(folder.to_path_buf()), None));
    }
    let Named { manifest, files, .. } = in_folder(folder)?;
    Ok((files, Some(manifest)))
}
