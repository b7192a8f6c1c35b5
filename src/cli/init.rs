//! `init`: a small workspace that builds.

use std::path::Path;

use anyhow::Result;

use super::args::InitArgs;
use super::console::Console;
use super::exit::Exit;
use crate::store::write_new_files;

macro_rules! starter {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_bytes!(concat!("../../starter/", $path)) as &[u8])),*]
    };
}

/// The files of the starter workspace; a test holds this list against the folder.
const FILES: &[(&str, &[u8])] = starter![
    ".gitignore",
    "README.md",
    "assets/images/mark.svg",
    "briefs/launch.md",
    "legal/standard.md",
    "partners/offers.csv",
    "partners/partners.csv",
    "rules/channels/email.toml",
    "rules/channels/landing.toml",
    "rules/fields.toml",
    "rules/taxonomy.toml",
    "templates/email/offer.html",
    "templates/landing/offer.html",
    "templates/parts/saving.html",
    "throughline.toml",
];

pub(super) fn run(root: &Path, args: &InitArgs, console: &mut Console) -> Result<Exit> {
    let folder = if root == Path::new(".") { args.dir.clone() } else { root.join(&args.dir) };
    write_new_files(&folder, FILES)?;
    let shown = folder.display();
    if console.format.is_json() {
        let object = serde_json::json!({ "workspace": shown.to_string(), "files": FILES.len() });
        console.line(&object.to_string())?;
        return Ok(Exit::Done);
    }
    console.line(&format!("made a workspace in {shown}: {} files", FILES.len()))?;
    console.line(&format!("next: throughline -C {shown} build"))?;
    Ok(Exit::Done)
}
