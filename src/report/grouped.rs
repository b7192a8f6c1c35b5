//! Many findings in few lines: those of one kind and one owner are written as one.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use super::count;
use crate::diag::{Code, Diagnostic, Severity};
use crate::source::Sources;

type Kind<'d> = (Severity, Code, Option<&'d str>);
type Render<'a> = dyn Fn(&Diagnostic, Option<&str>) -> String + 'a;

/// Lines that a kind takes at least: what it is and where it first is.
const SHORT: usize = 2;

/// One kind, and how it is shown.
struct Shown<'d> {
    group: Vec<&'d Diagnostic>,
    /// The first finding with its source, or in short.
    first: String,
    /// How many of the others have a line of their own.
    others: usize,
}

/// Writes at most `budget` lines. The first finding of a kind is shown with its source, as long as
/// every other kind still has its place; what is left over goes to the places of the others.
pub(super) fn write_grouped(
    sources: &Sources,
    diagnostics: &[&Diagnostic],
    render: &Render<'_>,
    budget: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut kinds: BTreeMap<Kind<'_>, Vec<&Diagnostic>> = BTreeMap::new();
    for one in diagnostics {
        kinds.entry((one.severity, one.code, one.owner.as_deref())).or_default().push(one);
    }
    // A line says how many kinds there was no room for.
    let room = kinds.len().min((budget - 1) / SHORT);
    let (mut left, unshown) = (budget - usize::from(room < kinds.len()), kinds.len() - room);
    let mut shown: Vec<Shown<'_>> = Vec::new();
    for (at, group) in kinds.into_values().take(room).enumerate() {
        let Some(first) = group.first() else { continue };
        let block = render(first, more(&group).as_deref());
        let lines = block.lines().count() + 1;
        let waiting = (room - at - 1) * SHORT;
        let first = if lines + waiting <= left {
            left -= lines;
            block + "\n\n"
        } else {
            left = left.saturating_sub(SHORT);
            in_short(sources, first, &group)
        };
        shown.push(Shown { group, first, others: 0 });
    }
    for one in &mut shown {
        let others = (one.group.len() - 1).min(left.saturating_sub(1));
        one.others = others;
        left -= if others > 0 { others + 1 } else { 0 };
    }
    for Shown { group, first, others } in &shown {
        out.write_all(first.as_bytes())?;
        for other in group.iter().skip(1).take(*others) {
            let message = other.message.replace('\n', " ");
            writeln!(out, "  also {}: {message}", sources.locate(other.primary))?;
        }
        if *others > 0 {
            writeln!(out)?;
        }
    }
    if unshown > 0 {
        writeln!(out, "and {} more", count(unshown, "kind"))?;
    }
    Ok(())
}

fn number(group: &[&Diagnostic]) -> usize {
    group.iter().map(|one| one.repeats + 1).sum()
}

fn files(group: &[&Diagnostic]) -> usize {
    group.iter().map(|one| one.primary.source).collect::<BTreeSet<_>>().len()
}

fn more(group: &[&Diagnostic]) -> Option<String> {
    let others = number(group) - 1;
    (others > 0).then(|| format!("{others} more of this kind, in {}", count(files(group), "file")))
}

fn in_short(sources: &Sources, first: &Diagnostic, group: &[&Diagnostic]) -> String {
    let (severity, code) = (first.severity.as_str(), first.code.id());
    let owner = first.owner.as_deref().map(|owner| format!(" ({owner})")).unwrap_or_default();
    let others = more(group).map(|more| format!("; {more}")).unwrap_or_default();
    let message = first.message.replace('\n', " ");
    let place = sources.locate(first.primary);
    format!("{severity}[{code}]: {message}\n  --> {place}{owner}{others}\n")
}
