//! A build that somebody names on the command line: an output folder, a release of a target, or a
//! plan. What a name means follows from its form alone, and never from what happens to be there.

mod files;

use std::path::Path;
use std::sync::Arc;

use anyhow::{Result, bail};

pub(super) use files::Files;

use super::console::Console;
use super::plan::StoredPlan;
use super::prepare::output_folder;
use super::release::{Mistyped, Place, TargetArgs};
use crate::manifest::Manifest;
use crate::publish::{FoundRelease, Which, find_release, last_releases};
use crate::release::{EnvName, Publication};
use crate::store::{ConditionalStore, Lies, lies, read_manifest};

/// How a build is named, for help.
pub(super) const NAMES: &str = "\
A build is named by its form, whatever lies there:
  live           the release that customers see
  7              the release with this number, of up to seven digits
  6f3a91c2       the release whose root begins so, with eight hexadecimal digits or more
  release:…      one of these three, spelt out
  anything else  a folder, from the workspace: ./7 or ./live for one that is called so";

/// A build, and where its files are.
pub(super) struct Named {
    /// What people call it.
    pub(super) shown: String,
    pub(super) manifest: Manifest,
    pub(super) files: Files,
    /// Where it is a release.
    pub(super) release: Option<NamedRelease>,
}

/// What is known of a release.
pub(super) struct NamedRelease {
    pub(super) publication: Publication,
    pub(super) is_live: bool,
    pub(super) target: String,
}

/// What a name leads to.
pub(super) enum Meant {
    Build(Box<Named>),
    Plan(Box<StoredPlan>),
}

/// The release that a name has the form of; the inner error is one of the command line.
fn release_of(name: &Path) -> Result<Option<Which>, Mistyped> {
    // A path that is no text is one.
    let Some(text) = name.to_str() else { return Ok(None) };
    let Some(rest) = text.strip_prefix("release:") else { return Ok(Which::parse(text)) };
    Which::parse(rest).map(Some).ok_or_else(|| {
        Mistyped(format!(
            "`{}` names no release: write release:7, release:live, or release: and eight digits or \
             more of its root",
            text.escape_debug()
        ))
    })
}

/// Refuses `--to` and `--env` where no release is named, since nothing would come of them.
pub(super) fn check_target(names: &[Option<&Path>], target: &TargetArgs) -> Result<(), Mistyped> {
    let mut any = false;
    for name in names.iter().flatten() {
        any |= release_of(name)?.is_some();
    }
    if any || target.to.is_none() && target.env.is_none() {
        return Ok(());
    }
    Err(Mistyped(
        "--to and --env say where a release is, and none is named: name live, its number or its root"
            .to_owned(),
    ))
}

/// Finds what a name leads to.
///
/// # Errors
/// Where it is not there or cannot be read; the inner one where the command line is wrong.
pub(super) fn find(
    root: &Path,
    name: &Path,
    target: &TargetArgs,
) -> Result<std::result::Result<Meant, Mistyped>> {
    let which = match release_of(name) {
        Ok(None) => return find_path(root, name),
        Ok(Some(which)) => which,
        Err(mistyped) => return Ok(Err(mistyped)),
    };
    let place = match Place::open(root, target, "nobody")? {
        Ok(place) => place,
        Err(mistyped) => return Ok(Err(mistyped)),
    };
    let found = place.must_exist().and_then(|()| find_release(&place.run(), &which));
    let found = found.map_err(|error| {
        // Somebody may have meant a folder of that name.
        if lies(&root.join(name)) == Lies::Nowhere {
            return error;
        }
        let name = name.display();
        let said =
            format!("`{name}` is the form of a release, and ./{name} that of what lies there");
        error.context(said)
    })?;
    let store: Arc<dyn ConditionalStore> = Arc::from(place.store);
    Ok(Ok(Meant::Build(Box::new(named((&store, &place.env), found)))))
}

/// The last releases of a target that are still there, the last first. None where nothing was ever
/// released, or the target is a bucket that nobody typed; the inner error is of the command line.
pub(super) fn live_releases(
    root: &Path,
    target: &TargetArgs,
    limit: usize,
    console: &mut Console,
) -> Result<std::result::Result<Vec<Named>, Mistyped>> {
    if Place::bucket_not_typed(root, target, console)? {
        return Ok(Ok(Vec::new()));
    }
    let place = match Place::open(root, target, "nobody")? {
        Ok(place) => place,
        Err(mistyped) => return Ok(Err(mistyped)),
    };
    let found = last_releases(&place.run(), limit)?;
    let env = place.env;
    let store: Arc<dyn ConditionalStore> = Arc::from(place.store);
    Ok(Ok(found.into_iter().map(|found| named((&store, &env), found)).collect()))
}

fn named((store, env): (&Arc<dyn ConditionalStore>, &EnvName), found: FoundRelease) -> Named {
    let FoundRelease { publication, manifest, is_live, .. } = found;
    let target = store.shown();
    let live = if is_live { ", which is live" } else { "" };
    let shown = format!("release {} of {env} in {target}{live}", publication.seq);
    let release = Some(NamedRelease { publication, is_live, target });
    Named { shown, manifest, files: Files::Target(Arc::clone(store)), release }
}

/// A folder with a build in it, or a file with a plan.
fn find_path(root: &Path, name: &Path) -> Result<std::result::Result<Meant, Mistyped>> {
    let path = output_folder(root, Some(name));
    match lies(&path) {
        Lies::File => {
            let read = StoredPlan::read(&path)?;
            Ok(read.map(|plan| Meant::Plan(Box::new(plan))).map_err(|why| {
                let help =
                    "name the folder of a build, a release, or what `throughline plan -o` wrote";
                Mistyped(format!("{why}; {help}"))
            }))
        }
        Lies::Folder => Ok(Ok(Meant::Build(Box::new(in_folder(&path)?)))),
        Lies::Nowhere => bail!(
            "there is no {}: a build is named by its folder (`throughline build` writes output/), a \
             release by live, its number or eight digits of its root",
            path.display()
        ),
    }
}

/// The build in an output folder.
///
/// # Errors
/// Where there is none.
pub(super) fn in_folder(folder: &Path) -> Result<Named> {
    let shown = folder.display().to_string();
    let Some(manifest) = read_manifest(folder)? else {
        if lies(&folder.join("env")) == Lies::Folder {
            bail!("{shown} holds releases: name one, such as live, and add --to {shown}");
        }
        bail!(
            "{shown} holds no build: there is no manifest.json in it; `throughline build` writes one"
        );
    };
    let files = Files::Folder(folder.to_path_buf());
    Ok(Named { shown, manifest, files, release: None })
}
