//! A comparison for people and for programs.

use anyhow::Result;
use serde_json::{Value, json};

use super::Comparison;
use crate::cli::console::Console;
use crate::cli::plan::fact_line;
use crate::decide::{ArtifactDifference, Hunk, LinkDifference};
use crate::manifest::Entry;
use crate::report::count;

/// Things of one kind that are listed unless all are asked for.
const LISTED: usize = 20;
/// Lines of a text that are shown unless all are asked for.
const LINES: usize = 12;

pub(super) fn document(comparison: &Comparison) -> Value {
    let Comparison { before, after, difference, facts, .. } = comparison;
    let artifacts = difference.artifacts.iter().map(|one| {
        json!({
            "id": one.id, "class": class(one),
            "before": one.before.as_ref().map(file), "after": one.after.as_ref().map(file),
            "text": one.text.iter().map(|hunk| json!({
                "line": hunk.line, "before": hunk.before, "after": hunk.after,
            })).collect::<Vec<_>>(),
        })
    });
    let links = difference.links.iter().map(|one| {
        let columns = one.columns.iter().map(
            |(name, before, after)| json!({ "column": name, "before": before, "after": after }),
        );
        json!({ "link_id": one.id, "columns": columns.collect::<Vec<_>>() })
    });
    let told = facts.as_ref().ok().map(|facts| {
        let fact = |fact: &crate::decide::Fact| {
            json!({
                "field": fact.name, "old": fact.old, "new": fact.new, "file": fact.file,
                "line": fact.line, "column": fact.column, "owner": fact.owner, "swap": fact.swap,
            })
        };
        facts.iter().map(fact).collect::<Vec<_>>()
    });
    json!({
        "kind": "diff",
        "before": before.manifest.root.hash, "after": after.manifest.root.hash,
        "same": difference.same,
        "artifacts": artifacts.collect::<Vec<_>>(),
        "links": comparison.has_links.then(|| links.collect::<Vec<_>>()),
        "facts": told,
        "facts_unknown": facts.as_ref().err(),
        "before_name": before.name, "after_name": after.name,
        "unread": comparison.unread(), "left_out": comparison.left_out,
    })
}

impl Comparison {
    /// Files of either side that could not be read, and why.
    fn unread(&self) -> Vec<String> {
        [&self.before, &self.after].into_iter().flat_map(super::Build::unread).collect()
    }

    /// What could not be compared, a sentence each.
    pub(super) fn remarks(&self) -> Vec<String> {
        let mut found = Vec::new();
        if !self.has_links {
            let line =
                "a plan holds digests: texts and links are not compared, artifacts and facts are";
            found.push(line.to_owned());
        }
        if self.left_out > 0 {
            found.push(format!(
                "what the plan was made against is not here, so {} of which it says nothing are left out",
                count(self.left_out, "artifact")
            ));
        }
        let unread = self.unread();
        if let Some(first) = unread.first() {
            found.push(format!(
                "{} cannot be read and are compared by their digests alone, such as: {first}",
                count(unread.len(), "file")
            ));
        }
        found
    }
}

fn file(entry: &Entry) -> Value {
    json!({ "path": entry.path, "sha256": entry.sha256, "size": entry.size })
}

fn class(one: &ArtifactDifference) -> &'static str {
    match (&one.before, &one.after) {
        (None, _) => "added",
        (_, None) => "removed",
        _ => "changed",
    }
}

pub(super) fn print(comparison: &Comparison, all: bool, console: &mut Console) -> Result<()> {
    let Comparison { before, after, difference, facts, .. } = comparison;
    let root = |build: &super::Build| build.manifest.root.hash.get(..16).unwrap_or("").to_owned();
    console.line(&format!("before    {}  {}", root(before), before.name))?;
    console.line(&format!("after     {}  {}", root(after), after.name))?;
    let limit = |length: usize| if all { length } else { LISTED.min(length) };
    match facts {
        Ok(facts) => {
            for fact in facts.iter().take(limit(facts.len())) {
                console.line(&format!("fact      {}", fact_line(fact)))?;
            }
            rest(facts.len(), limit(facts.len()), "fact", console)?;
        }
        Err(why) => console.line(&format!("facts     not told: {why}"))?,
    }
    for remark in comparison.remarks() {
        console.line(&format!("note      {remark}"))?;
    }
    for one in difference.links.iter().take(limit(difference.links.len())) {
        print_link(one, console)?;
    }
    rest(difference.links.len(), limit(difference.links.len()), "link", console)?;
    let artifacts = &difference.artifacts;
    for one in artifacts.iter().take(limit(artifacts.len())) {
        print_artifact(one, all, console)?;
    }
    rest(artifacts.len(), limit(artifacts.len()), "artifact", console)?;
    let of_class = |name: &str| artifacts.iter().filter(|one| class(one) == name).count();
    console.line(&format!(
        "total     {} changed, {} added, {} removed, {} the same; {}",
        of_class("changed"),
        of_class("added"),
        of_class("removed"),
        difference.same,
        if comparison.has_links {
            count(difference.links.len(), "link")
        } else {
            "links are not told".to_owned()
        }
    ))?;
    Ok(())
}

fn rest(all: usize, shown: usize, what: &str, console: &mut Console) -> Result<()> {
    if all > shown {
        console
            .line(&format!("          and {} more; --all lists them", count(all - shown, what)))?;
    }
    Ok(())
}

fn print_link(one: &LinkDifference, console: &mut Console) -> Result<()> {
    console.line(&format!("link      {}", one.id))?;
    for (name, before, after) in &one.columns {
        for (sign, value) in [('-', before), ('+', after)] {
            if let Some(value) = value {
                console.line(&format!("  {sign} {name} {value}"))?;
            }
        }
    }
    Ok(())
}

fn print_artifact(one: &ArtifactDifference, all: bool, console: &mut Console) -> Result<()> {
    let size = |entry: &Option<Entry>| entry.as_ref().map(|entry| entry.size);
    let sizes = match (size(&one.before), size(&one.after)) {
        (Some(before), Some(after)) => format!("{before} -> {after} bytes"),
        (Some(size), None) | (None, Some(size)) => format!("{size} bytes"),
        (None, None) => String::new(),
    };
    console.line(&format!("{:<9} {}  {sizes}", class(one), one.id))?;
    let mut shown = 0;
    let total: usize = one.text.iter().map(|hunk| hunk.before.len() + hunk.after.len()).sum();
    for Hunk { line, before, after } in &one.text {
        let signed =
            before.iter().map(|text| ('-', text)).chain(after.iter().map(|text| ('+', text)));
        for (sign, text) in signed {
            if all || shown < LINES {
                console.line(&format!("  {line:>4} {sign} {text}"))?;
                shown += 1;
            }
        }
    }
    if total > shown {
        console.line(&format!("       and {} more", count(total - shown, "line")))?;
    }
    Ok(())
}
