//! Two manifests, artifact by artifact, each difference with its reasons.

use std::collections::BTreeMap;

use super::fact::{Fact, Subject};
use super::touch::Readers;
use crate::manifest::{Entry, Manifest};
use crate::model::SharedText;

/// What becomes of an artifact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Its bytes change.
    Changed,
    /// It is new.
    Added,
    /// It goes.
    Removed,
    /// It can read a fact that changes, and its bytes are the same.
    Identical,
    /// It stands on a fact that changes, and cannot read it.
    Unaffected,
    /// Nothing that it stands on changes.
    Clean,
    /// It would change, and is not selected: it stays as it is.
    Kept,
}

impl Class {
    /// All of them, what matters most first.
    pub const ALL: [Self; 7] = [
        Self::Changed,
        Self::Added,
        Self::Removed,
        Self::Kept,
        Self::Identical,
        Self::Unaffected,
        Self::Clean,
    ];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Identical => "identical",
            Self::Unaffected => "unaffected",
            Self::Clean => "clean",
            Self::Kept => "kept",
        }
    }

    /// Whether a build writes or removes it.
    pub fn is_effect(self) -> bool {
        matches!(self, Self::Changed | Self::Added | Self::Removed)
    }
}

/// One artifact, and what becomes of it.
#[derive(Clone, Debug)]
pub struct Planned {
    /// Its entry in the target; of one that goes, in the base.
    pub entry: Entry,
    /// What becomes of it.
    pub class: Class,
    /// The facts that it follows from: indices into the plan's facts.
    pub reasons: Vec<usize>,
}

/// What a build would do.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The facts that change; nothing where nobody knows what the base was built from.
    pub facts: Option<Vec<Fact>>,
    /// Every artifact of either side, in the order of their ids.
    pub artifacts: Vec<Planned>,
}

impl Plan {
    /// A file of a table that neither side has: facts are shown by it as by every table.
    pub fn added(&self, entry: &Entry) -> Planned {
        let facts = self.facts.iter().flatten().enumerate();
        let reasons = facts.filter(|(_, fact)| lists(entry, fact)).map(|(at, _)| at).collect();
        Planned { entry: entry.clone(), class: Class::Added, reasons }
    }
}

/// Compares a base with a target. `facts` are what differs between what they were built from.
pub fn compare(
    base: Option<&Manifest>,
    target: &Manifest,
    facts: Option<Vec<Fact>>,
    readers: &Readers,
) -> Plan {
    let olds: BTreeMap<&str, &Entry> = base
        .into_iter()
        .flat_map(|manifest| &manifest.artifacts)
        .map(|entry| (entry.id.as_str(), entry))
        .collect();
    let changed: &[Fact] = facts.as_deref().unwrap_or_default();
    let mut artifacts = Vec::with_capacity(target.artifacts.len());
    for entry in &target.artifacts {
        let old = olds.get(entry.id.as_str());
        let (read, touched) = reasons(entry, changed, readers);
        let (class, reasons) = match old {
            None => (Class::Added, read),
            Some(old) if old.sha256 != entry.sha256 => {
                (Class::Changed, if read.is_empty() { touched } else { read })
            }
            Some(_) if !read.is_empty() => (Class::Identical, read),
            Some(_) if !touched.is_empty() => (Class::Unaffected, touched),
            Some(_) => (Class::Clean, Vec::new()),
        };
        artifacts.push(Planned { entry: entry.clone(), class, reasons });
    }
    let mut news = target.artifacts.iter().map(|entry| entry.id.as_str()).peekable();
    for (id, entry) in olds {
        // Both are sorted by id.
        while news.peek().is_some_and(|new| *new < id) {
            news.next();
        }
        if news.peek() == Some(&id) {
            continue;
        }
        let reasons = changed.iter().enumerate().filter(|(_, fact)| ends(entry, fact));
        let reasons = reasons.map(|(at, _)| at).collect();
        artifacts.push(Planned { entry: entry.clone(), class: Class::Removed, reasons });
    }
    artifacts.sort_by(|a, b| a.entry.id.cmp(&b.entry.id));
    Plan { facts, artifacts }
}

/// The facts that an artifact can read, and those that touch it.
fn reasons(entry: &Entry, facts: &[Fact], readers: &Readers) -> (Vec<usize>, Vec<usize>) {
    let (mut read, mut touched) = (Vec::new(), Vec::new());
    let reader = readers.get(&entry.id);
    for (at, fact) in facts.iter().enumerate() {
        let (is_touched, is_read) = match reader {
            Some(reader) => (readers.touches(reader, fact), readers.can_read(reader, fact)),
            None => (lists(entry, fact), lists(entry, fact)),
        };
        touched.extend(is_touched.then_some(at));
        read.extend(is_read.then_some(at));
    }
    (read, touched)
}

/// Whether a table of links or reports, a redirect or a copied file can show a fact.
fn lists(entry: &Entry, fact: &Fact) -> bool {
    let file = entry.id.strip_prefix("assets/");
    match (&fact.subject, file) {
        (Subject::File { path }, Some(file)) => {
            let (name, extension) = file.rsplit_once('.').unwrap_or((file, ""));
            let stem = path.strip_prefix("assets/");
            stem.is_some_and(|stem| {
                stem == file || stem.starts_with(name) && stem.ends_with(extension)
            })
        }
        (_, Some(_)) => false,
        // What servers of pages read names the pages' files, which templates and pictures change.
        (Subject::File { path }, None) => {
            entry.id.starts_with("landing/")
                || !path.starts_with("templates/") && !path.starts_with("assets/")
        }
        (Subject::Copy { .. }, None) => entry.id.starts_with("reporting/"),
        _ => true,
    }
}

/// Whether a fact may be why an artifact goes.
fn ends(entry: &Entry, fact: &Fact) -> bool {
    match &fact.subject {
        Subject::Cell { table, row, .. } => match table.as_str() {
            "offers" => entry.offers.has(row),
            "partners" => entry.partners.has(row),
            _ => false,
        },
        Subject::Placed { campaign, slot, .. } => {
            let mentions = |offer: &SharedText| {
                let starts = |text: &String| text.starts_with(&format!("{offer} "));
                *offer == *slot || fact.old.as_ref().is_some_and(starts)
            };
            entry.kind.campaign.as_deref() == Some(campaign) && entry.offers.iter().any(mentions)
        }
        Subject::Campaign { campaign, .. } => {
            entry.kind.campaign.as_deref() == Some(campaign) && fact.new.is_none()
        }
        Subject::File { path } => {
            let channel = path.strip_prefix("rules/channels/");
            let channel = channel.map(|name| name.trim_end_matches(".toml"));
            entry.kind.channel.as_deref() == channel && channel.is_some()
                || entry.id.starts_with("assets/") && path.starts_with("assets/")
        }
        Subject::AsOf | Subject::Engine => true,
        Subject::Copy { .. } | Subject::Window { .. } | Subject::Terms { .. } => false,
    }
}
