//! `approve`, `reject`, `revoke`: one decision, signed by whoever makes it, on just what was
//! looked at.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Result;
use jiff::Timestamp;

use super::args::{DecideArgs, RevokeArgs, SigningArgs};
use super::before::keep;
use super::looking::{Looked, look};
use super::people::{people, person_for};
use super::review::no_such_gate;
use crate::cli::build::lock_for;
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::decide::{GateState, Keyring};
use crate::load::APPROVALS;
use crate::model::{Digest, parse_datetime, rfc3339};
use crate::report::packet_digest;
use crate::source::{
    ApprovalFile, Decision, Digests, Item, NAMESPACE, PREDICATE_TYPE, Predicate, STATEMENT_TYPE,
    Statement, StatementSubject,
};
use crate::store::{is_workspace, sign_with_key, sweep_folder, write_decision};

/// How many hex digits of a digest must be typed.
const MIN_DIGEST: usize = 16;

/// Why it was not decided: what is said, and how the run ends.
pub(super) type Refusal = (String, Exit);

pub(in crate::cli) fn decide(
    root: &Path,
    decision: Decision,
    args: &DecideArgs,
    console: &mut Console,
) -> Result<Exit> {
    let make = |looked: &Looked, people: &[String], what: &str| {
        let at = position(looked, what)?;
        let role = looked.gates.states.states.get(at).map_or("", |state| state.role.as_str());
        let person = person_for(looked, people, role);
        statement(looked, (at, decision), &person, &args.signing)
    };
    each(root, &args.what, &args.signing, &make, console)
}

pub(in crate::cli) fn revoke(
    root: &Path,
    args: &RevokeArgs,
    console: &mut Console,
) -> Result<Exit> {
    let make = |looked: &Looked, people: &[String], what: &str| {
        revocation(looked, what, people, &args.signing).map(Some)
    };
    each(root, &args.what, &args.signing, &make, console)
}

/// Makes a statement of something that was typed; nothing where there is nothing to decide.
type Make<'a> = &'a dyn Fn(&Looked, &[String], &str) -> Result<Option<Statement>, Refusal>;

/// Makes all statements before the first is signed: one that cannot be made stops all.
fn each(
    root: &Path,
    typed: &[String],
    signing: &SigningArgs,
    make: Make<'_>,
    console: &mut Console,
) -> Result<Exit> {
    let looked = match look(root, signing.output.as_deref(), signing.at.as_deref(), console)? {
        Ok(looked) => looked,
        Err(exit) => return Ok(exit),
    };
    let mut statements = Vec::new();
    for what in typed {
        match people(&looked, signing).and_then(|people| make(&looked, &people, what)) {
            Ok(Some(statement)) => statements.push(statement),
            Ok(None) => console.note(&format!("{what}: approved as it is already")),
            Err((message, exit)) => {
                console.error(&message);
                return Ok(exit);
            }
        }
    }
    sign_and_write(root, &looked, &statements, signing, console)
}

/// The gate and scope that was typed, if it still is what was looked at.
fn position(looked: &Looked, what: &str) -> Result<usize, Refusal> {
    let states = &looked.gates.states.states;
    let Some((name, digest)) = what.rsplit_once('@') else {
        let message = format!(
            "`{}` does not say what you looked at: `throughline review` shows it as GATE:SCOPE@DIGEST",
            what.escape_debug()
        );
        return Err((message, Exit::Usage));
    };
    let Some(at) = states.iter().position(|state| state.name() == name) else {
        return Err((no_such_gate(name, states), Exit::Usage));
    };
    if digest.len() < MIN_DIGEST || !digest.bytes().all(|one| one.is_ascii_hexdigit()) {
        let message = format!("`{}` is not the beginning of a digest", digest.escape_debug());
        return Err((message, Exit::Usage));
    }
    let now = states.get(at).map_or("", |state| &state.subject);
    if !now.starts_with(&digest.to_ascii_lowercase()) {
        let message = format!(
            "{name} is not what you looked at any more: `throughline review {name}` shows it as it is"
        );
        return Err((message, Exit::Stale));
    }
    Ok(at)
}

/// What is to be signed; nothing where all of it is approved as it is.
fn statement(
    looked: &Looked,
    (at, decision): (usize, Decision),
    person: &str,
    signing: &SigningArgs,
) -> Result<Option<Statement>, Refusal> {
    let (Some(state), Some(all)) = (looked.gates.states.states.get(at), looked.gates.items.get(at))
    else {
        return Ok(None);
    };
    let rules = &looked.prepared.documents.gates;
    if !rules.principals(&state.role).iter().any(|one| one == person) {
        let may = rules.principals(&state.role).join(", ");
        let name = state.name();
        let message = format!("{person} may not decide {name}: it is decided by {may}");
        return Err((message, Exit::Findings));
    }
    // A no is to all of it, and so is the yes that takes it back.
    let whole = decision == Decision::Reject || state.rejected_by.iter().any(|one| one == person);
    let open = if whole { all.clone() } else { open_items(state, all, person) };
    if decision == Decision::Approve {
        may_approve(state, (all, &open), person)?;
        if open.is_empty() {
            return Ok(None);
        }
    }
    let named: BTreeSet<&String> = open.iter().flat_map(|item| item.facets.values()).collect();
    let values = looked.gates.values.get(at).into_iter().flatten();
    let values = values.filter(|(digest, _)| named.contains(digest));
    let values = values.map(|(digest, text)| (digest.clone(), text.clone())).collect();
    let zone = &looked.prepared.documents.workspace.zone;
    let opened = signing.opened.as_ref().map(|text| parse_datetime(text, zone)).transpose();
    let Ok(opened) = opened else {
        return Err(("--opened takes a time such as 2026-11-25T16:20".to_owned(), Exit::Usage));
    };
    let files = looked.files();
    let packet = looked.packet(at, &files, "");
    let expires = rules.gate(&state.gate).and_then(|rule| rule.ttl);
    let expires = expires.and_then(|ttl| looked.now.checked_add(ttl).ok());
    let predicate = Predicate {
        approved_on: utc(looked.now),
        approver: person.to_owned(),
        asked_on: state.asked.map(utc),
        comment: comment(decision, signing)?,
        decision,
        expires_on: expires.filter(|_| decision == Decision::Approve).map(utc),
        gate: state.gate.clone(),
        items: open,
        opened_on: opened.map(utc),
        packet: packet.map(|packet| Digests { sha256: packet_digest(&packet).hex() }),
        revokes: Vec::new(),
        role: state.role.clone(),
        rule: Digests { sha256: looked.gates.rules.get(&state.gate).cloned().unwrap_or_default() },
        scope: state.scope.clone(),
        values,
    };
    Ok(Some(written(predicate, &state.subject)))
}

/// What a person is asked: what holds is not asked again.
fn open_items(state: &GateState, all: &[Item], person: &str) -> Vec<Item> {
    let done = |id: &str| {
        let item = state.items.iter().find(|item| item.id == id);
        item.is_some_and(|item| item.holds || item.approved_by.contains(person))
    };
    all.iter().filter(|item| !done(&item.id)).cloned().collect()
}

/// Nobody approves what is not built, or what they wrote.
fn may_approve(
    state: &GateState,
    (all, open): (&[Item], &[Item]),
    person: &str,
) -> Result<(), Refusal> {
    if all.len() < state.items.len() {
        return Err((format!("{}: {}", state.name(), state.because), Exit::Findings));
    }
    let mut items = state.items.iter();
    let own = items
        .find(|item| item.authors.contains(person) && open.iter().any(|one| one.id == item.id));
    own.map_or(Ok(()), |own| {
        let message = format!(
            "{person} wrote or answers for what {} shows, so somebody else has to judge it: {}",
            own.id,
            others(state, person)
        );
        Err((message, Exit::Findings))
    })
}

fn others(state: &GateState, person: &str) -> String {
    let others: Vec<&str> =
        state.eligible.iter().map(String::as_str).filter(|one| *one != person).collect();
    if others.is_empty() { "nobody else may".to_owned() } else { others.join(", ") }
}

fn comment(decision: Decision, signing: &SigningArgs) -> Result<String, Refusal> {
    let said = signing.because.as_deref().unwrap_or("").trim();
    if said.is_empty() && decision != Decision::Approve {
        let message = "--because is needed: whoever is told no is told why".to_owned();
        return Err((message, Exit::Usage));
    }
    Ok(said.to_owned())
}

/// Takes an earlier decision back.
fn revocation(
    looked: &Looked,
    what: &str,
    people: &[String],
    signing: &SigningArgs,
) -> Result<Statement, Refusal> {
    let name = what.rsplit('/').next().unwrap_or(what).trim_end_matches(".json");
    let Some(file) = looked.gates.approvals.iter().find(|file| file.name == name) else {
        let message = format!("there is no decision `{}` in {APPROVALS}/", name.escape_debug());
        return Err((message, Exit::Usage));
    };
    let earlier = &file.statement.predicate;
    if earlier.decision == Decision::Revoke {
        let message =
            format!("{name} takes something back itself: decide anew with `throughline approve`");
        return Err((message, Exit::Usage));
    }
    let rules = &looked.prepared.documents.gates;
    let person = &person_for(looked, people, &earlier.role);
    if !rules.principals(&earlier.role).contains(person) {
        let message = format!(
            "{person} may not take back what `{}` has decided: {} may",
            earlier.role,
            rules.principals(&earlier.role).join(", ")
        );
        return Err((message, Exit::Findings));
    }
    if earlier.decision == Decision::Reject && rules.principal(&earlier.approver) != *person {
        let message = format!("only {} may take back their no", earlier.approver);
        return Err((message, Exit::Findings));
    }
    let comment = comment(Decision::Revoke, signing)?;
    Ok(written(
        Predicate {
            approved_on: utc(looked.now),
            approver: person.to_owned(),
            asked_on: None,
            comment,
            decision: Decision::Revoke,
            expires_on: None,
            gate: earlier.gate.clone(),
            items: Vec::new(),
            opened_on: None,
            packet: None,
            revokes: vec![Digests::of(&file.bytes)],
            role: earlier.role.clone(),
            rule: earlier.rule.clone(),
            scope: earlier.scope.clone(),
            values: BTreeMap::new(),
        },
        &file.statement.subject.first().map(|one| one.digest.sha256.clone()).unwrap_or_default(),
    ))
}

fn written(predicate: Predicate, subject: &str) -> Statement {
    let name = format!("{}:{}", predicate.gate, predicate.scope);
    Statement {
        kind: STATEMENT_TYPE.to_owned(),
        predicate,
        predicate_type: PREDICATE_TYPE.to_owned(),
        subject: vec![StatementSubject { digest: Digests { sha256: subject.to_owned() }, name }],
    }
}

/// Whole seconds, in UTC.
fn utc(at: Timestamp) -> String {
    Timestamp::from_second(at.as_second()).unwrap_or(at).to_string()
}

/// Has each signed, looks whether its signature holds, and only then writes it.
fn sign_and_write(
    root: &Path,
    looked: &Looked,
    statements: &[Statement],
    signing: &SigningArgs,
    console: &mut Console,
) -> Result<Exit> {
    let zone = &looked.prepared.documents.workspace.zone;
    let writes = !signing.dry_run && is_workspace(root);
    let _lock = writes.then(|| lock_for(&root.join(".throughline"), console)).transpose()?;
    if writes {
        sweep_folder(&root.join(APPROVALS))?;
    }
    for statement in statements {
        let bytes = statement.to_bytes();
        if signing.dry_run {
            console.line(String::from_utf8_lossy(&bytes).trim_end())?;
            continue;
        }
        let name = file_name(statement, &bytes);
        let signature = sign_with_key(&signing.key, NAMESPACE, &bytes)?;
        let at = Timestamp::from_second(looked.now.as_second()).unwrap_or(looked.now);
        let file = ApprovalFile {
            name: name.clone(),
            bytes: bytes.clone(),
            signature: Some(signature.clone()),
            statement: statement.clone(),
            at,
            expires: None,
        };
        let (signers, revoked) = &looked.gates.keys;
        if let Err(why) = (Keyring { signers, revoked }).signed_by(&file, looked.now) {
            console.error(&format!("the decision would count for nothing: {why}"));
            return Ok(Exit::Findings);
        }
        let path = format!("{APPROVALS}/{name}.json");
        write_decision(&root.join(&path), &bytes, &signature)?;
        if let Err(error) = keep(root, looked, statement) {
            console
                .note(&format!("note: nobody can be shown later what it looked like: {error:#}"));
        }
        let said = &statement.predicate;
        let word = match said.decision {
            Decision::Approve => "approved",
            Decision::Reject => "rejected",
            Decision::Revoke => "revoked",
        };
        let until = said.expires_on.as_ref().and_then(|text| text.parse::<Timestamp>().ok());
        let until = until.map(|at| format!(", until {}", rfc3339(at, zone))).unwrap_or_default();
        let count = crate::report::count(said.items.len(), "item");
        console.line(&format!(
            "{word} {}:{} by {}: {count}{until}",
            said.gate, said.scope, said.approver
        ))?;
        console.line(&format!("wrote {path}"))?;
    }
    if !signing.dry_run && !statements.is_empty() {
        console.note(
            "next: commit the decision and its signature; throughline review shows what is left",
        );
    }
    Ok(Exit::Done)
}

/// `20261125T214000Z-legal-bf26-lumen-3fa9c1d2`: sorted by time, and no two alike.
fn file_name(statement: &Statement, bytes: &[u8]) -> String {
    let said = &statement.predicate;
    let plain = |text: &str| -> String {
        let letters = text.chars().map(|one| if one.is_ascii_alphanumeric() { one } else { '-' });
        letters.take(80).collect()
    };
    let time: String = said.approved_on.chars().filter(|one| !"-:".contains(*one)).collect();
    let digest = Digest::of(bytes).hex();
    let digest = digest.get(..8).unwrap_or("");
    format!("{time}-{}-{}-{digest}", plain(&said.gate), plain(&said.scope))
}
