//! Is a target what was published? Everything is read and hashed, and every chain is followed.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::audit::read_audit;
use super::blobs::{There, look};
use super::commit::audit_data;
use super::documents::{files_of, known_manifest};
use super::fault::PublishFault;
use super::history::{PastPublication, past_publications};
use super::parallel::for_each;
use super::run::Run;
use super::state::{Live, read_state};
use crate::manifest::Manifest;
use crate::model::Digest;
use crate::release::{AuditEntry, Envelope, Evidence, Key, Signers};
use crate::store::{live_site, site_contents};

/// What must hold besides.
#[derive(Clone, Copy, Debug)]
pub struct VerifyWanted<'a> {
    /// Whose signature counts; nothing where nobody asks.
    pub signers: Option<&'a Signers>,
    /// Oldest that what is live may be.
    pub max_age: Option<SignedDuration>,
    /// The time.
    pub now: Timestamp,
}

/// What was found. More keys may be added, none renamed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// Nothing is wrong.
    pub ok: bool,
    /// How many files and documents were hashed.
    pub checked: usize,
    /// Named and not there.
    pub missing: Vec<String>,
    /// There, with other bytes.
    pub altered: Vec<String>,
    /// There, and named by nothing.
    pub extra: Vec<String>,
    /// What else is wrong, in sentences.
    pub faults: Vec<String>,
    /// The root that is live.
    pub release: Option<String>,
    /// Its number.
    pub seq: Option<u64>,
    /// When it was published.
    pub published: Option<String>,
    /// How many publications the history has.
    pub history: usize,
    /// How many entries the audit log has.
    pub audit: usize,
    /// Who signed the provenance, where that was asked.
    pub signed_by: Option<String>,
}

/// The document that is signed.
const PROVENANCE: &str = "provenance.intoto.jsonl";

/// Checks an environment of a target.
///
/// # Errors
/// Where it cannot be read. What is wrong is told in what is handed back.
pub fn verify_target(run: &Run<'_>, wanted: &VerifyWanted<'_>) -> Result<Checked> {
    let mut checked = Checked::default();
    let Some(state) = told(read_state(run), &mut checked)? else { return Ok(checked) };
    let past = told(past_publications(run.store, run.env, state.seq()), &mut checked)?;
    let past = past.unwrap_or_default();
    checked.history = past.len();
    check_audit_of(run, &past, &mut checked)?;
    let Some(live) = &state.live else {
        checked.faults.push(format!("nothing was released in `{}`", run.env));
        return Ok(checked);
    };
    checked.release = Some(live.pointer.release.clone());
    checked.seq = Some(live.pointer.seq);
    checked.published = Some(live.pointer.published.clone());
    check_age(live, wanted, &mut checked);
    let known = known_manifest(run.store, &live.root, Some(&live.pointer.manifest));
    if let Some((manifest, digest)) = told(known, &mut checked)? {
        check_files(run, &manifest, &mut checked)?;
        check_documents(run, (live, &manifest), &past, &mut checked)?;
        check_provenance(run, live, (&digest, wanted), &mut checked)?;
    }
    check_site(run, live, &mut checked)?;
    checked.ok = checked.faults.is_empty()
        && checked.missing.is_empty()
        && checked.altered.is_empty()
        && checked.extra.is_empty();
    Ok(checked)
}

/// What is wrong is noted; what cannot be read is an error.
fn told<T>(result: Result<T>, checked: &mut Checked) -> Result<Option<T>> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(error) => match error.downcast::<PublishFault>() {
            Ok(fault) => {
                checked.faults.push(fault.sentence);
                Ok(None)
            }
            Err(error) => Err(error),
        },
    }
}

/// The whole audit log, which has each publication that was live, as it lies in the history.
fn check_audit_of(run: &Run<'_>, past: &[PastPublication], checked: &mut Checked) -> Result<()> {
    let Some(chain) = told(read_audit(run.store, 1), checked)? else { return Ok(()) };
    checked.audit = chain.entries.len();
    let mut recorded: BTreeMap<u64, &AuditEntry> = BTreeMap::new();
    for (entry, _) in &chain.entries {
        let of_env = entry.publication().filter(|(env, _)| *env == run.env.as_str());
        recorded.extend(of_env.map(|(_, seq)| (seq, entry)));
    }
    for one in past.iter().filter(|one| one.was_live) {
        let seq = one.publication.seq;
        match recorded.remove(&seq) {
            Some(entry) if is_of(entry, one) => {}
            Some(_) => checked.faults.push(format!("the audit log has another publication {seq}")),
            None => checked.faults.push(format!(
                "the audit log has no publication {seq}: a run was stopped before it wrote that; the \
                 next release or rollback does"
            )),
        }
    }
    for seq in recorded.keys() {
        checked.faults.push(format!(
            "the audit log has publication {seq}, which the history does not lead to"
        ));
    }
    Ok(())
}

/// Whether an entry says of a publication just what is so.
fn is_of(entry: &AuditEntry, one: &PastPublication) -> bool {
    let recorder = entry.data.get("recorded_by").and_then(serde_json::Value::as_str);
    let PastPublication { publication, digest, .. } = one;
    let known = digest.hex();
    let data = audit_data(publication, recorder.unwrap_or_default());
    entry.action == publication.act.name()
        && entry.actor == publication.by
        && entry.data == data
        && data.get("entry").and_then(serde_json::Value::as_str) == Some(known.as_str())
}

fn check_age(live: &Live, wanted: &VerifyWanted<'_>, checked: &mut Checked) {
    let Ok(published) = live.pointer.published.parse::<Timestamp>() else {
        checked.faults.push("the pointer says no time".to_owned());
        return;
    };
    let age = wanted.now.duration_since(published);
    if wanted.max_age.is_some_and(|max| age > max) {
        checked.faults.push(format!(
            "what is live was published at {published}, {} ago: either the nightly job did not run, or \
             an old pointer is shown",
            hours(age)
        ));
    }
    let until = live.pointer.valid_until.as_deref();
    if let Some(Ok(until)) = until.map(str::parse::<Timestamp>)
        && until <= wanted.now
    {
        checked.faults.push(format!("what is live was to be replaced before {until}"));
    }
}

fn hours(age: SignedDuration) -> String {
    match age.as_hours() {
        0 => format!("{} minutes", age.as_mins()),
        1 => "an hour".to_owned(),
        hours => format!("{hours} hours"),
    }
}

fn check_files(run: &Run<'_>, manifest: &Manifest, checked: &mut Checked) -> Result<()> {
    let files = files_of(manifest);
    let looked =
        for_each(&files, run.store.threads(), |file| look(run.store, &file.digest, file.size))?;
    for (file, there) in files.iter().zip(looked) {
        checked.checked += 1;
        note(there, &format!("{} ({})", file.name(), Key::blob(&file.digest)), checked);
    }
    Ok(())
}

fn note(there: There, what: &str, checked: &mut Checked) {
    match there {
        There::Right => {}
        There::Wrong => checked.altered.push(what.to_owned()),
        There::Missing => checked.missing.push(what.to_owned()),
    }
}

/// The folder of the release, and what every publication rests on.
fn check_documents(
    run: &Run<'_>,
    (live, manifest): (&Live, &Manifest),
    past: &[PastPublication],
    checked: &mut Checked,
) -> Result<()> {
    let mut expected: BTreeMap<String, BTreeSet<Digest>> = BTreeMap::new();
    expected.entry("manifest.json".to_owned()).or_default();
    let sums = Digest::of(&manifest.checksums());
    expected.entry("SHA256SUMS".to_owned()).or_default().insert(sums);
    let all: BTreeSet<&Evidence> = past.iter().flat_map(|one| &one.publication.evidence).collect();
    let blobs: Vec<&Evidence> = all.into_iter().collect();
    let looked = for_each(&blobs, run.store.threads(), |one| {
        let digest = Digest::from_hex(&one.sha256);
        digest.map_or(Ok(There::Missing), |digest| look(run.store, &digest, one.size as u64))
    })?;
    for (one, there) in blobs.iter().zip(looked) {
        checked.checked += 1;
        note(there, &format!("{} (of a publication, {})", one.name, one.sha256), checked);
    }
    let of_root = past.iter().filter(|one| one.publication.release == live.pointer.release);
    for one in of_root.flat_map(|one| &one.publication.evidence) {
        expected.entry(one.name.clone()).or_default().extend(Digest::from_hex(&one.sha256));
    }
    let folder = live.root.hex();
    for listed in run.store.list(&folder, None)? {
        checked.checked += 1;
        let name = listed.key.as_str().get(folder.len() + 1..).unwrap_or_default();
        match expected.remove(name) {
            None => checked.extra.push(listed.key.to_string()),
            // Read already, and held against the pointer.
            Some(_) if name == "manifest.json" => {}
            Some(digests) => {
                let found =
                    run.store.read(&listed.key, super::documents::MAX_LIST.max(listed.size))?;
                let own = found.map(|found| Digest::of(&found.bytes));
                if own.is_none_or(|own| !digests.contains(&own)) {
                    checked.altered.push(listed.key.to_string());
                }
            }
        }
    }
    checked.missing.extend(expected.into_keys().map(|name| format!("{folder}/{name}")));
    Ok(())
}

fn check_provenance(
    run: &Run<'_>,
    live: &Live,
    (manifest, wanted): (&Digest, &VerifyWanted<'_>),
    checked: &mut Checked,
) -> Result<()> {
    let Some(signers) = wanted.signers else { return Ok(()) };
    let named = live.publication.evidence.iter().find(|one| one.name == PROVENANCE);
    let found = match named.and_then(|one| Some((Digest::from_hex(&one.sha256)?, one.size as u64)))
    {
        Some((digest, size)) => run.store.read(&Key::blob(&digest), size)?,
        None => None,
    };
    let Some(found) = found else {
        checked.faults.push("what is live has no provenance".to_owned());
        return Ok(());
    };
    match Envelope::signed_by(&found.bytes, signers, (manifest, &live.root)) {
        Ok(name) => checked.signed_by = Some(name),
        Err(fault) => checked.faults.push(format!("the provenance of what is live: {fault}")),
    }
    Ok(())
}

/// The folder for plain hosts: its name says what must be in it.
fn check_site(run: &Run<'_>, live: &Live, checked: &mut Checked) -> Result<()> {
    let Some(folder) = run.store.folder() else { return Ok(()) };
    let Some(name) = live_site(folder, run.env) else {
        checked.faults.push(format!(
            "sites/{}/current is missing: `throughline release` puts it right",
            run.env
        ));
        return Ok(());
    };
    if name.split('.').next() != Some(live.pointer.release.as_str()) {
        checked.faults.push(format!(
            "sites/{}/current leads to another release than the pointer: `throughline release` or \
             `throughline rollback` puts it right",
            run.env
        ));
    }
    match site_contents(folder, run.env, &name)? {
        None => checked.missing.push(format!("sites/{}/{name}", run.env)),
        Some(found) => {
            checked.checked += found.files.len();
            let root = name.split('.').next().and_then(Digest::from_hex);
            if root.is_none_or(|root| found.name(&root) != name) {
                checked.altered.push(format!("sites/{}/{name}", run.env));
            }
        }
    }
    Ok(())
}
