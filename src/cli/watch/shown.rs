//! A round in a few lines, or as one object.

use std::collections::BTreeSet;
use std::io;
use std::time::Duration;

use serde_json::{Value, json};

use super::round::{Effect, Output, Round};
use crate::cli::console::Console;
use crate::report::{count, diagnostic_json};

/// Which round it is, what was saved before it, and how long it took.
type Told<'a> = (usize, &'a BTreeSet<String>, Duration);

/// Names in a list that people read.
const FEW: usize = 5;

pub(super) fn print_round(
    round: &Round,
    (number, saved, took): Told<'_>,
    console: &mut Console,
) -> io::Result<()> {
    if console.format.is_json() {
        return console.line(&as_json(round, (number, saved, took)).to_string());
    }
    print_saved(number, saved, console)?;
    if !round.new.is_empty() {
        console.diagnostics(&round.sources, &round.new, true)?;
    }
    for told in round.gone.iter().take(2 * FEW) {
        console.line(&format!("gone: {}", told.line()))?;
    }
    if round.gone.len() > 2 * FEW {
        console.line(&format!("gone: and {} more", round.gone.len() - 2 * FEW))?;
    }
    let effect = match &round.effect {
        Effect::Checked => "checked".to_owned(),
        Effect::NothingWritten => "nothing was written".to_owned(),
        Effect::Built(output) => built(number, output, console)?,
    };
    let (errors, warnings) = (round.errors, round.warnings);
    let wrong = match (errors, warnings) {
        (0, 0) => "nothing is wrong".to_owned(),
        (0, _) => count(warnings, "warning"),
        (_, 0) => count(errors, "error"),
        _ => format!("{}, {}", count(errors, "error"), count(warnings, "warning")),
    };
    console.line(&format!("{effect}; {wrong}; {:.2} s", took.as_secs_f64()))?;
    if number == 1 {
        console.note("waiting for the next save; Ctrl-C ends it");
    }
    Ok(())
}

/// A round that could not be finished.
pub(super) fn print_failure(
    error: &anyhow::Error,
    (number, saved): (usize, &BTreeSet<String>),
    console: &mut Console,
) -> io::Result<()> {
    if console.format.is_json() {
        let round = json!({
            "kind": "round", "round": number, "saved": saved, "failed": format!("{error:#}"),
        });
        return console.line(&round.to_string());
    }
    print_saved(number, saved, console)?;
    console.error(&format!("{error:#}"));
    console.note("the next save tries again");
    Ok(())
}

fn print_saved(number: usize, saved: &BTreeSet<String>, console: &mut Console) -> io::Result<()> {
    if number == 1 {
        return Ok(());
    }
    if saved.is_empty() {
        return console.line("saved more at once than the system could tell");
    }
    console.line(&format!("saved {}", few(saved.iter().map(String::as_str), saved.len())))
}

fn few<'t>(names: impl Iterator<Item = &'t str>, number: usize) -> String {
    let mut shown: Vec<String> = names.take(FEW).map(str::to_owned).collect();
    if number > FEW {
        shown.push(format!("and {} more", number - FEW));
    }
    shown.join(", ")
}

/// Lists a few of the artifacts, and counts.
fn built(number: usize, output: &Output, console: &mut Console) -> io::Result<String> {
    let Output { committed, changed, removed, .. } = output;
    // The first round is a build like any other.
    if number > 1 {
        for (word, ids) in [("wrote", changed), ("removed", removed)] {
            if !ids.is_empty() {
                let names = few(ids.iter().map(String::as_str), ids.len());
                console.line(&format!("{word} {names}"))?;
            }
        }
    }
    if let Some(index) = output.gallery.as_ref().filter(|_| number == 1) {
        console.line(&format!("look at all of it: {}", index.display()))?;
    }
    let artifacts = count(output.artifacts, "artifact");
    Ok(match (committed.written, committed.removed) {
        (0, 0) => format!("{artifacts}, nothing to write"),
        (written, removed) => format!("{artifacts}: {written} written, {removed} removed"),
    })
}

fn as_json(round: &Round, (number, saved, took): Told<'_>) -> Value {
    let new: Vec<Value> =
        round.new.iter().map(|one| diagnostic_json(&round.sources, one)).collect();
    let gone: Vec<&Value> = round.gone.iter().map(|told| &told.json).collect();
    let built = match &round.effect {
        Effect::Checked | Effect::NothingWritten => Value::Null,
        Effect::Built(output) => json!({
            "root": output.root,
            "artifacts": output.artifacts,
            "written": output.committed.written,
            "unchanged": output.committed.unchanged,
            "removed": output.committed.removed,
            "changed_ids": output.changed,
            "removed_ids": output.removed,
            "gallery": output.gallery.as_ref().map(|index| index.display().to_string()),
        }),
    };
    json!({
        "kind": "round",
        "round": number,
        "saved": saved,
        "new": new,
        "gone": gone,
        "errors": round.errors,
        "warnings": round.warnings,
        "exit": round.exit.code(),
        "built": built,
        "milliseconds": u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
    })
}
