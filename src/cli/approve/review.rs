//! `review`: what is asked, and the packets to decide on.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use jiff::Timestamp;
use serde_json::json;

use super::args::ReviewArgs;
use super::before::before;
use super::looking::{Looked, look};
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::situation::Page;
use crate::decide::GateState;
use crate::diag::did_you_mean;
use crate::model::rfc3339;
use crate::report::{Format, Packet, packet_digest, packet_page, packet_text};

pub(in crate::cli) fn run(root: &Path, args: &ReviewArgs, console: &mut Console) -> Result<Exit> {
    let output = args.output.as_deref();
    let looked = match look(root, output, args.as_of.as_deref(), console)? {
        Ok(looked) => looked,
        Err(exit) => return Ok(exit),
    };
    let zone = &looked.prepared.documents.workspace.zone;
    let whole = Timestamp::from_second(looked.now.as_second()).unwrap_or(looked.now);
    let at = format!("{} ({})", rfc3339(whole, zone), zone.iana_name().unwrap_or("UTC"));
    let states = &looked.gates.states.states;
    if !looked.gates.states.declared {
        console.note("no gates are declared: rules/gates.toml says who must approve what");
        return Ok(Exit::Done);
    }
    let fits = |state: &GateState, what: &String| {
        *what == state.gate || *what == state.name() || *what == format!("{}:*", state.gate)
    };
    for what in &args.what {
        if !states.iter().any(|state| fits(state, what)) {
            console.error(&no_such_gate(what, states));
            return Ok(Exit::Usage);
        }
    }
    let chosen: Vec<usize> = (0..states.len())
        .filter(|at| {
            states.get(*at).is_some_and(|state| {
                let named = args.what.iter().any(|what| fits(state, what));
                let role = args.role.as_ref().is_none_or(|role| *role == state.role);
                role && (named || args.what.is_empty()) && (args.all || named || !state.holds())
            })
        })
        .collect();
    let files = looked.files();
    let packets: Vec<Packet<'_>> =
        chosen.iter().filter_map(|one| looked.packet(*one, &files, &at)).collect();
    if let Some(wanted) = &args.html {
        let page = Page::at(root, Some(wanted), output)?;
        let before = before((root, args), &looked, &chosen, console)?;
        let packets = packets.iter().zip(&before);
        let packets = packets.map(|(one, before)| Packet { before: Some(before), ..*one });
        page.write(|| packet_page(&packets.collect::<Vec<_>>()), console)?;
    }
    if console.format.is_json() {
        for packet in &packets {
            console.line(&document(&looked, packet).to_string())?;
        }
    } else if console.format == Format::Short {
        for packet in &packets {
            let digest = packet.state.subject.get(..16).unwrap_or("");
            console.line(&format!("{}@{digest}", packet.state.name()))?;
        }
    } else if args.what.iter().any(|what| what.contains(':')) {
        for packet in &packets {
            console.line(packet_text(packet).trim_end())?;
            console.line("")?;
        }
    } else {
        list(&looked, &packets, console)?;
    }
    Ok(Exit::Done)
}

/// Says that there is no such gate, or no such scope of it.
pub(super) fn no_such_gate(what: &str, states: &[GateState]) -> String {
    let names: Vec<String> =
        states.iter().flat_map(|state| [state.name(), state.gate.clone()]).collect();
    let near = did_you_mean(what, names.iter().map(String::as_str));
    let near = near.unwrap_or_else(|| "`throughline review --all` lists them".to_owned());
    format!("there is no gate `{}`: {near}", what.escape_debug())
}

/// What is asked, one line each.
fn list(looked: &Looked, packets: &[Packet<'_>], console: &mut Console) -> Result<()> {
    let all = looked.gates.states.states.len();
    let open = looked.gates.states.open().count();
    for packet in packets {
        let state = packet.state;
        let digest = state.subject.get(..16).unwrap_or("");
        console.line(&format!("{:9} {}@{digest}", state.status.as_str(), state.name()))?;
        if !state.because.is_empty() {
            console.line(&format!("          {}", state.because))?;
        }
        if !state.eligible.is_empty() {
            console.line(&format!("          {} may decide", state.eligible.join(", ")))?;
        }
    }
    console.line(&format!("{open} of {all} gates are open"))?;
    if let Some(first) = packets.first() {
        console.note(&format!("next: throughline review {}", first.state.name()));
    }
    Ok(())
}

fn document(looked: &Looked, packet: &Packet<'_>) -> serde_json::Value {
    let state = packet.state;
    let zone = &looked.prepared.documents.workspace.zone;
    let items: Vec<_> = state
        .items
        .iter()
        .map(|item| {
            let changes: Vec<_> = item
                .changes
                .iter()
                .map(|one| {
                    json!({ "name": one.name, "old": one.old, "new": one.new, "place": one.place,
                    "swap": one.swap })
                })
                .collect();
            json!({ "id": item.id, "artifacts": item.artifacts, "digest": item.digest,
                "holds": item.holds, "new": item.is_new, "changes": changes,
                "approved_by": item.approved_by })
        })
        .collect();
    json!({ "kind": "gate", "gate": state.gate, "scope": state.scope, "role": state.role,
        "status": state.status, "because": state.because, "subject": state.subject,
        "needs": state.needs, "approved_by": state.approved_by, "eligible": state.eligible,
        "asked": state.asked.map(|at| rfc3339(at, zone)),
        "expires": state.expires.map(|at| rfc3339(at, zone)),
        "packet": packet_digest(packet).hex(), "items": items })
}

impl Looked {
    /// Paths of built files by the ids of their artifacts.
    pub(super) fn files(&self) -> BTreeMap<String, String> {
        let entries = self.manifest.iter().flat_map(|manifest| &manifest.artifacts);
        entries.map(|entry| (entry.id.to_string(), entry.path.to_string())).collect()
    }

    /// The packet of a gate and scope.
    pub(super) fn packet<'a>(
        &'a self,
        at: usize,
        files: &'a BTreeMap<String, String>,
        time: &'a str,
    ) -> Option<Packet<'a>> {
        let workspace = &self.prepared.documents.workspace;
        Some(Packet {
            title: &workspace.title.value,
            state: self.gates.states.states.get(at)?,
            files,
            at: time,
            before: None,
        })
    }
}
