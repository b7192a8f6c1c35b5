//! The folder that a plain host serves: files under stable names, made whole beside the one that is
//! served, and `current`, which is switched by one rename.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::conditional::ConditionalStore;
use crate::model::Digest;
use crate::release::{EnvName, Key, SiteFile, SitePlan};
#[cfg(not(unix))]
use crate::store::atomic::replace_file;
use crate::store::atomic::sync_folder;

const CURRENT: &str = "current";

fn sites(folder: &Path, env: &EnvName) -> PathBuf {
    folder.join("sites").join(env.as_str())
}

/// The name of the folder that is served; nothing where none is.
pub fn live_site(folder: &Path, env: &EnvName) -> Option<String> {
    let link = fs::read_link(sites(folder, env).join(CURRENT)).ok()?;
    Some(link.to_str()?.to_owned())
}

/// Makes the folder of a site, durable, but serves it to nobody yet. Its files are those of the
/// store's blobs where the file system can do that.
///
/// # Errors
/// Where it cannot be made.
pub fn put_site(
    store: &dyn ConditionalStore,
    env: &EnvName,
    (name, plan): (&str, &SitePlan),
) -> Result<()> {
    let Some(folder) = store.folder() else { return Ok(()) };
    let place = sites(folder, env).join(name);
    let fault = || format!("cannot write {}", place.display());
    if place.symlink_metadata().is_ok() {
        // Made whole before it got this name.
        return Ok(());
    }
    let growing = sites(folder, env).join(format!(".{name}.new"));
    let made = || -> io::Result<()> {
        if growing.symlink_metadata().is_ok() {
            fs::remove_dir_all(&growing)?;
        }
        fs::create_dir_all(&growing)?;
        for file in &plan.files {
            let target = file.path.split('/').fold(growing.clone(), |path, part| path.join(part));
            if let Some(above) = target.parent() {
                fs::create_dir_all(above)?;
            }
            let blob = Key::blob(&file.digest).under(folder);
            if fs::hard_link(&blob, &target).is_err() {
                fs::copy(&blob, &target)?;
            }
        }
        fs::write(growing.join("_redirects"), &plan.redirects)
    };
    made().with_context(fault)?;
    store.sync()?;
    sync_all_elsewhere(&growing).with_context(fault)?;
    fs::rename(&growing, &place).with_context(fault)?;
    sync_folder(&sites(folder, env)).with_context(fault)
}

/// Serves a folder that was made.
///
/// # Errors
/// Where the link cannot be switched.
pub fn switch_site(folder: &Path, env: &EnvName, name: &str) -> Result<()> {
    let sites = sites(folder, env);
    let link = sites.join(CURRENT);
    let fault = || format!("cannot switch {}", link.display());
    match link.symlink_metadata() {
        Ok(found) if !found.is_symlink() => {
            bail!("{} is no link, and nothing else belongs there: remove it", link.display())
        }
        _ => {}
    }
    switch(&sites, &link, name).with_context(fault)
}

#[cfg(unix)]
fn switch(sites: &Path, link: &Path, name: &str) -> io::Result<()> {
    let beside = sites.join(".current.new");
    crate::store::atomic::remove_left_over(&beside)?;
    std::os::unix::fs::symlink(name, &beside)?;
    fs::rename(&beside, link)?;
    sync_folder(sites)
}

/// Where links need rights that few have, a file says which folder to serve.
#[cfg(not(unix))]
fn switch(sites: &Path, _: &Path, name: &str) -> io::Result<()> {
    replace_file(&sites.join("current.txt"), format!("{name}\n").as_bytes())
        .map_err(io::Error::other)
}

/// What a folder of a site holds: paths with digests, and `_redirects`. Nothing where it is not there.
///
/// # Errors
/// Where it cannot be read.
pub fn site_contents(folder: &Path, env: &EnvName, name: &str) -> Result<Option<SitePlan>> {
    let place = sites(folder, env).join(name);
    if name.contains(['/', '\\']) || place.symlink_metadata().is_err() {
        return Ok(None);
    }
    let (mut files, mut redirects) = (Vec::new(), String::new());
    for entry in walkdir::WalkDir::new(&place) {
        let entry = entry.with_context(|| format!("cannot list {}", place.display()))?;
        if entry.file_type().is_dir() {
            continue;
        }
        let path = entry.path().strip_prefix(&place).unwrap_or(entry.path());
        let path = path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
        let bytes = fs::read(entry.path())
            .with_context(|| format!("cannot read {}", entry.path().display()))?;
        if path == "_redirects" {
            redirects = String::from_utf8_lossy(&bytes).into_owned();
        } else {
            files.push(SiteFile { path, digest: Digest::of(&bytes) });
        }
    }
    files.sort();
    Ok(Some(SitePlan { files, redirects }))
}

/// Removes the folders of sites that are not served, but those that `keep` wants.
///
/// # Errors
/// Where one cannot be removed.
pub fn prune_sites(folder: &Path, env: &EnvName, keep: impl Fn(&str) -> bool) -> Result<usize> {
    let (sites, live) = (sites(folder, env), live_site(folder, env));
    let fault = || format!("cannot clean {}", sites.display());
    let entries = match fs::read_dir(&sites) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        entries => entries.with_context(fault)?,
    };
    let mut removed = 0;
    for entry in entries {
        let entry = entry.with_context(fault)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let ours = name.split('.').next().is_some_and(|root| Digest::from_hex(root).is_some());
        let is_folder = entry.file_type().with_context(fault)?.is_dir();
        if is_folder && ours && live.as_deref() != Some(&name) && !keep(&name) {
            fs::remove_dir_all(entry.path()).with_context(fault)?;
            removed += 1;
        }
    }
    Ok(removed)
}

/// One sync of the file system has it on Linux.
fn sync_all_elsewhere(folder: &Path) -> io::Result<()> {
    if cfg!(target_os = "linux") {
        return Ok(());
    }
    for entry in walkdir::WalkDir::new(folder) {
        let entry = entry?;
        if entry.file_type().is_file() {
            fs::File::open(entry.path())?.sync_all()?;
        }
    }
    Ok(())
}
