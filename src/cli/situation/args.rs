//! What can be typed after `status`, `receipt` and `tax` alike, and the page that they write.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;

use crate::cli::console::Console;
use crate::cli::prepare::output_folder;
use crate::cli::release::TargetArgs;
use crate::store::{check_gallery_place, put_gallery};

#[derive(Debug, Args)]
pub(in crate::cli) struct SituationArgs {
    /// Only this campaign
    #[arg(long, value_name = "ID")]
    pub(in crate::cli) campaign: Option<String>,
    /// Also write it as one page that needs no network and no script
    #[arg(long, value_name = "FILE")]
    pub(super) html: Option<PathBuf>,
    /// The output of the last build [default: output/ in the workspace]
    #[arg(short, long, value_name = "DIR")]
    pub(super) output: Option<PathBuf>,
    #[command(flatten)]
    pub(super) target: TargetArgs,
}

/// A page for people, where one was asked for.
pub(in crate::cli) struct Page(Option<[PathBuf; 2]>);

impl Page {
    /// Finds the place, from the workspace, which may not be in the output.
    pub(in crate::cli) fn at(
        root: &Path,
        file: Option<&Path>,
        output: Option<&Path>,
    ) -> Result<Self> {
        let Some(file) = file else { return Ok(Self(None)) };
        let place = root.join(file);
        check_gallery_place(&place, &output_folder(root, output))?;
        Ok(Self(Some([file.to_owned(), place])))
    }

    /// Writes it.
    pub(in crate::cli) fn write(
        &self,
        page: impl FnOnce() -> String,
        console: &mut Console,
    ) -> Result<()> {
        let Self(Some([file, place])) = self else { return Ok(()) };
        put_gallery(place, page().as_bytes())?;
        console.note(&format!("wrote {}", file.display()));
        Ok(())
    }
}
