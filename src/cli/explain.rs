//! `explain`: which link or artifact something is and where it comes from, or what a code means.

use std::path::Path;

use anyhow::Result;
use serde_json::json;

use super::args::ExplainArgs;
use super::console::Console;
use super::exit::Exit;
use super::explain_artifact::{artifact_ids, explain_artifact, find_artifact};
use super::explain_link::explain_link;
use super::prepare::{Ids, Outcome, output_folder, prepare, remember_pictures, report_unprepared};
use super::released::last_build;
use crate::diag::{Code, Diagnostics, did_you_mean};
use crate::link::{Known, Lookup};

pub(super) fn run(root: &Path, args: &ExplainArgs, console: &mut Console) -> Result<Exit> {
    let what = args.what.trim();
    if let Some(code) = find_code(what) {
        explain_code(code, console)?;
        return Ok(Exit::Done);
    }
    let mut diagnostics = Diagnostics::new();
    let prepared = match prepare(root, None, Ids::Leave, &mut diagnostics) {
        Outcome::Ready(prepared) => prepared,
        other => return report_unprepared(other, diagnostics, console, false),
    };
    let target = output_folder(root, args.output.as_deref());
    if let Some(artifact) = find_artifact(&prepared, what) {
        let text = args.text.as_deref();
        remember_pictures(root, &prepared, true);
        return explain_artifact(&prepared, artifact, text, &target, console);
    }
    if args.text.is_some() {
        let help = did_you_mean(what, artifact_ids(&prepared));
        let help = help.map(|help| format!("; {help}")).unwrap_or_default();
        console.error(&format!("no artifact of this workspace is `{what}`{help}"));
        note_errors(&diagnostics, console);
        return Ok(Exit::Findings);
    }
    let lookup = Lookup::new(Known::of(&prepared.documents, &prepared.facts, &prepared.links));
    if let Some(found) = lookup.find(what) {
        let last = last_build(&target, found.link.id());
        return explain_link(&prepared, &found, last.as_ref(), console);
    }
    let codes = Code::ALL.iter().map(|code| code.name());
    let near = lookup.near_ids(what).into_iter().chain(codes).chain(artifact_ids(&prepared));
    let help = did_you_mean(what, near).map(|help| format!("; {help}")).unwrap_or_default();
    console.error(&format!("no link and no artifact of this workspace is `{what}`{help}"));
    note_errors(&diagnostics, console);
    Ok(Exit::Findings)
}

/// What is wrong in a workspace may be why a link is not there.
pub(super) fn note_errors(diagnostics: &Diagnostics, console: &mut Console) {
    if diagnostics.has_errors() {
        console.note(
            "note: the workspace has errors, and links may be missing for them: `throughline check` \
             lists them",
        );
    }
}

fn find_code(what: &str) -> Option<Code> {
    Code::ALL
        .iter()
        .copied()
        .find(|code| code.id().eq_ignore_ascii_case(what) || code.name() == what)
}

/// What there is to say about each code, with an example.
const ERRORS: &str = include_str!("../../docs/errors.md");

fn explain_code(code: Code, console: &mut Console) -> Result<()> {
    if console.format.is_json() {
        let object = json!({
            "kind": "code", "code": code.id(), "name": code.name(), "why": code.why(), "fix": code.fix(),
        });
        return Ok(console.line(&object.to_string())?);
    }
    let chapter = ERRORS.split("\n## ").find(|chapter| chapter.starts_with(code.id()));
    match chapter {
        Some(chapter) => console.line(chapter.trim_end())?,
        None => console.line(&format!(
            "{} {}\n\n{}\n\n{}",
            code.id(),
            code.name(),
            code.why(),
            code.fix()
        ))?,
    }
    Ok(())
}
