//! `verify --to`: is a target what was published?

use std::path::Path;

use anyhow::{Context, Result};

use super::make::mistyped;
use super::place::{Mistyped, Place, text_of};
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::verify::VerifyArgs;
use crate::publish::{Checked, VerifyWanted, verify_target};
use crate::release::Signers;
use crate::report::count;

pub(in crate::cli) fn run(root: &Path, args: &VerifyArgs, console: &mut Console) -> Result<Exit> {
    let place = match Place::open(root, &args.target, "nobody")? {
        Ok(place) => place,
        Err(Mistyped(sentence)) => return Ok(mistyped(&sentence, console)),
    };
    place.must_exist()?;
    let run = place.run();
    let now = run.now();
    let signers = match &args.allowed_signers {
        None => None,
        Some(path) => {
            let read =
                Signers::read(&text_of(path)?, now).map_err(|fault| anyhow::anyhow!("{fault}"));
            Some(read.with_context(|| format!("cannot use {}", path.display()))?)
        }
    };
    let wanted = VerifyWanted { signers: signers.as_ref(), max_age: args.max_age, now };
    let checked = verify_target(&run, &wanted)?;
    if console.format.is_json() {
        console.line(&serde_json::to_string(&checked)?)?;
    } else {
        tell(&place, &checked, console)?;
    }
    Ok(if checked.ok { Exit::Done } else { Exit::Findings })
}

fn tell(place: &Place, checked: &Checked, console: &mut Console) -> Result<()> {
    let lists = [
        ("missing", &checked.missing),
        ("altered", &checked.altered),
        ("extra", &checked.extra),
        ("wrong", &checked.faults),
    ];
    for (word, list) in lists {
        for what in list {
            console.line(&format!("{word}: {what}"))?;
        }
    }
    let (files, target) = (count(checked.checked, "file"), place.store.shown());
    if !checked.ok {
        let total: usize = lists.iter().map(|(_, list)| list.len()).sum();
        console.line(&format!(
            "{} wrong in `{}` of {target}, where {files} were hashed",
            count(total, "thing"),
            place.env
        ))?;
        console.note(
            "help: `throughline release` puts files right that are as they were built; find out who \
             can write there",
        );
        return Ok(());
    }
    let live = checked.release.as_deref().unwrap_or_default();
    console.line(&format!(
        "verified {files}, {} and the audit log of `{}` in {target}: all as published",
        count(checked.history, "publication"),
        place.env
    ))?;
    console.line(&format!("live: {live}, number {}", checked.seq.unwrap_or_default()))?;
    if let Some(name) = &checked.signed_by {
        console.line(&format!("signed by {}", name.escape_debug()))?;
    }
    Ok(())
}
