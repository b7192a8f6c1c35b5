//! `graph`: the promotion as a table of edges, as DOT and as a picture.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;
use serde_json::json;

use super::console::Console;
use super::exit::Exit;
use super::prepare::{Ids, Outcome, prepare, report_unprepared};
use crate::decide::{Edge, Node, NodeKind, Promotion, World};
use crate::diag::{Diagnostics, did_you_mean};
use crate::report::{count, dot, svg};
use crate::store::replace_file;

#[derive(Debug, Args)]
pub(super) struct GraphArgs {
    /// Only what this leads to and what leads to it: partner:lumen, asset:bf26/digest; may be repeated
    #[arg(long, value_name = "KIND:ID")]
    of: Vec<String>,
    /// Every edge with its rule, its place and its owner
    #[arg(long)]
    edges: bool,
    /// In the language of Graphviz
    #[arg(long, conflicts_with = "edges")]
    dot: bool,
    /// A picture, written into this file
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
}

pub(super) const EXAMPLES: &str = "\
Examples:
  throughline graph                             how much there is, and how much ties it
  throughline graph --edges --of partner:lumen  every tie of one partner, and whose word it is
  throughline graph --svg promotion.svg         a picture
  throughline graph --dot | dot -Tpdf -o promotion.pdf";

pub(super) fn run(root: &Path, args: &GraphArgs, console: &mut Console) -> Result<Exit> {
    let mut found = Diagnostics::new();
    let prepared = match prepare(root, None, Ids::Leave, &mut found) {
        Outcome::Ready(prepared) => prepared,
        other => return report_unprepared(other, found, console, false),
    };
    let digests = BTreeMap::new();
    let (sources, documents, facts) = (&prepared.sources, &prepared.documents, &prepared.facts);
    let mut promotion = Promotion::of(World { sources, documents, facts, digests: &digests });
    for wanted in &args.of {
        if !promotion.nodes.iter().any(|node| name(node) == *wanted) {
            let names: Vec<String> = promotion.nodes.iter().map(name).collect();
            let help = did_you_mean(wanted, names.iter().map(String::as_str));
            let help = help.map(|help| format!("; {help}")).unwrap_or_default();
            console.error(&format!("the promotion has no `{wanted}`{help}"));
            return Ok(Exit::Findings);
        }
    }
    if !args.of.is_empty() {
        promotion = promotion.around(|node| args.of.contains(&name(node)));
    }
    if let Some(file) = &args.svg {
        replace_file(&root.join(file), svg(&promotion).as_bytes())?;
        console.note(&format!("wrote {}", file.display()));
        return Ok(Exit::Done);
    }
    if args.dot {
        console.bytes(dot(&promotion).as_bytes())?;
        return Ok(Exit::Done);
    }
    if console.format.is_json() {
        console.line(&document(&promotion).to_string())?;
    } else if args.edges {
        for edge in &promotion.edges {
            console.line(&edge_line(edge))?;
        }
    } else {
        print_counts(&promotion, console)?;
    }
    Ok(Exit::Done)
}

fn name((kind, id): &Node) -> String {
    format!("{}:{id}", kind.as_str())
}

fn document(promotion: &Promotion) -> serde_json::Value {
    let edges = promotion.edges.iter().map(|edge| {
        json!({
            "from": name(&edge.from), "to": name(&edge.to), "rule": edge.rule,
            "place": edge.place, "owner": edge.owner,
        })
    });
    json!({
        "kind": "graph",
        "nodes": promotion.nodes.iter().map(name).collect::<Vec<_>>(),
        "edges": edges.collect::<Vec<_>>(),
    })
}

fn edge_line(edge: &Edge) -> String {
    let owner = edge.owner.as_deref().unwrap_or("nobody");
    format!(
        "{:<32} {:<40} {:<22} {}  ({owner})",
        name(&edge.from),
        name(&edge.to),
        edge.rule,
        edge.place
    )
}

fn print_counts(promotion: &Promotion, console: &mut Console) -> Result<()> {
    let kinds: Vec<String> = promotion
        .counts()
        .into_iter()
        .map(|(kind, number)| match kind {
            NodeKind::Terms => count(number, "legal text"),
            kind => count(number, kind.as_str()),
        })
        .collect();
    console.line(&kinds.join(", "))?;
    let mut owners: BTreeMap<&str, usize> = BTreeMap::new();
    for edge in &promotion.edges {
        *owners.entry(edge.owner.as_deref().unwrap_or("nobody")).or_default() += 1;
    }
    console.line(&format!("tied by {}, on the word of:", count(promotion.edges.len(), "edge")))?;
    let mut owners: Vec<(usize, &str)> =
        owners.into_iter().map(|(owner, number)| (number, owner)).collect();
    owners.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    for (number, owner) in owners {
        console.line(&format!("  {number:>6}  {owner}"))?;
    }
    Ok(())
}
