//! One side of a comparison: a build that is somewhere, what a plan would make, or what a build
//! would make now.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use anyhow::Result;

use crate::artifact::{LINKS, link_columns, link_row};
use crate::cli::built_tables::BuiltTable;
use crate::cli::console::Console;
use crate::cli::named::{Files, Meant, Named, in_folder};
use crate::cli::plan::{Base, Gone, StoredPlan, Target, digests, target_of, world};
use crate::cli::prepare::{Prepared, output_folder};
use crate::decide::{LinkRows, World};
use crate::diag::Diagnostics;
use crate::manifest::{Entry, Manifest};
use crate::model::PublishedPath;

/// A build, wherever it is.
pub(super) struct Build {
    pub(super) name: String,
    pub(super) manifest: Manifest,
    /// Its links; nothing where only a plan of it is known.
    pub(super) links: Option<LinkRows>,
    files: Files,
    /// Files that could not be read, by path, with the reason.
    unread: RefCell<BTreeMap<String, String>>,
    /// Of a plan whose base is not known: all that it says anything of.
    only: Option<BTreeSet<String>>,
}

/// What is known of the facts that a build was made from.
pub(super) enum Known<'p> {
    Kept(Box<Base>),
    Now(&'p Prepared, BTreeMap<String, String>),
}

impl Known<'_> {
    pub(super) fn world(&self) -> World<'_> {
        match self {
            Self::Kept(base) => base.world(),
            Self::Now(prepared, digests) => world(prepared, digests),
        }
    }
}

/// What two names lead to, as two sides. A plan is filled up from what it was planned against,
/// where that is the other side or the output.
pub(super) fn sides(
    root: &Path,
    before: Meant,
    after: Option<Meant>,
) -> Result<(Build, Option<Build>)> {
    let output = || in_folder(&output_folder(root, None)).ok();
    let beside = |one: &Meant, other: Option<&Meant>| match (one, other) {
        (Meant::Plan(_), Some(Meant::Build(other))) => Some(other.manifest.clone()),
        _ => None,
    };
    let of_after = beside(&before, after.as_ref());
    let of_before = after.as_ref().and_then(|after| beside(after, Some(&before)));
    let side = |meant: Meant, other: Option<Manifest>| match meant {
        Meant::Build(named) => Build::of(*named),
        Meant::Plan(plan) => {
            // What it makes of its base is also what it makes of what it has made.
            let is_base = |one: &Manifest| {
                Some(&one.root.hash) == plan.base.as_ref() || one.root.hash == plan.target
            };
            let base = other.filter(is_base);
            let base = base.or_else(|| output().map(|named| named.manifest).filter(is_base));
            Ok(Build::planned(&plan, base.as_ref()))
        }
    };
    let first = side(before, of_after)?;
    Ok((first, after.map(|after| side(after, of_before)).transpose()?))
}

impl Build {
    fn new(name: String, manifest: Manifest, links: Option<LinkRows>, files: Files) -> Self {
        Self { name, manifest, links, files, unread: RefCell::default(), only: None }
    }

    fn of(named: Named) -> Result<Self> {
        let Named { shown, manifest, files, .. } = named;
        let table = BuiltTable::of(LINKS, &manifest, &files).and_then(|table| table.read().ok());
        let links = table.map(|table| rows_of(&table)).transpose()?;
        Ok(Self::new(shown, manifest, Some(links.unwrap_or_default()), files))
    }

    /// What a plan would make.
    fn planned(plan: &StoredPlan, base: Option<&Manifest>) -> Self {
        let whole = base.is_some() || plan.base.is_none();
        let part = if plan.is_of_a_part() { ", a part" } else { "" };
        let name = format!("what {} would make{part}", plan.shown);
        let build = Self::new(name, plan.manifest(base), None, Files::Nowhere);
        let only = (!whole).then(|| plan.ids().map(str::to_owned).collect());
        Self { only, ..build }
    }

    /// What a build would make of a workspace. Only what `other` has not is held in memory. Nothing
    /// where something wrong reaches the whole build.
    pub(super) fn now(
        root: &Path,
        prepared: &Prepared,
        other: &Build,
        diagnostics: &mut Diagnostics,
        console: &Console,
    ) -> Result<Option<Self>> {
        let has_files = !matches!(other.files, Files::Nowhere);
        let known = other.manifest.artifacts.iter().filter(|_| has_files);
        let known: BTreeSet<&str> = known.map(|entry| entry.path.as_str()).collect();
        let held: Mutex<BTreeMap<String, Vec<u8>>> = Mutex::default();
        let sink = |place: &PublishedPath, bytes: &[u8]| {
            let path = place.to_string();
            if !known.contains(path.as_str()) {
                let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
                held.insert(path, bytes.to_vec());
            }
            Ok(())
        };
        let made = target_of(root, prepared, &sink, diagnostics, console)?;
        let Some(Target { manifest, report, .. }) = made else { return Ok(None) };
        let columns = link_columns().map(str::to_owned).collect();
        let mut links = LinkRows::new(columns);
        let Prepared { documents, facts, .. } = prepared;
        let made = prepared.links.made(documents, facts).iter();
        for (link, _) in made.zip(report.live).filter(|(_, live)| *live) {
            if let Some(cells) = link_row(documents, facts, link) {
                let cells: Vec<Cow<'_, str>> = cells.collect();
                links.add(&link.id, cells.iter().map(|cell| &**cell));
            }
        }
        let held = held.into_inner().unwrap_or_else(PoisonError::into_inner);
        let name = "a build now".to_owned();
        Ok(Some(Self::new(name, manifest, Some(links), Files::Memory(held))))
    }

    /// The bytes of an artifact of it, also from the other side, where what is the same may lie.
    pub(super) fn read(&self, other: &Self, entry: &Entry) -> Option<Vec<u8>> {
        let why = match self.files.read(entry) {
            Ok(bytes) => return Some(bytes),
            Err(why) => why,
        };
        let found = other.files.read(entry).ok();
        // What was never made is not missing.
        if found.is_none() && !matches!(self.files, Files::Nowhere) {
            self.unread.borrow_mut().insert(entry.path.to_string(), why);
        }
        found
    }

    /// The files that could not be read so far, and why.
    pub(super) fn unread(&self) -> Vec<String> {
        self.unread.borrow().values().cloned().collect()
    }

    /// What can be compared with `self`, where it does not say everything; and how much cannot.
    pub(super) fn narrowed<'m>(&self, other: &'m Manifest) -> (Cow<'m, Manifest>, usize) {
        let Some(only) = &self.only else { return (Cow::Borrowed(other), 0) };
        let mut manifest = other.clone();
        manifest.artifacts.retain(|entry| only.contains(entry.id.as_str()));
        let left = other.artifacts.len() - manifest.artifacts.len();
        (Cow::Owned(manifest), left)
    }

    /// The facts that it was made from, as far as copies are kept in the workspace.
    pub(super) fn kept(&self, root: &Path) -> Result<Known<'static>, Unknown> {
        let kept = Base::of(root, &self.manifest);
        kept.map(|base| Known::Kept(Box::new(base))).map_err(|gone| (self.name.clone(), gone))
    }

    /// The facts of the workspace as it is.
    pub(super) fn facts_now<'p>(&self, prepared: &'p Prepared) -> Known<'p> {
        Known::Now(prepared, digests(&self.manifest))
    }
}

/// Which build's facts are not known, and why.
pub(super) type Unknown = (String, Gone);

/// The rows of links.csv.
fn rows_of(table: &[Vec<u8>]) -> Result<LinkRows> {
    let mut rows: Option<LinkRows> = None;
    for file in table {
        let mut reader = csv::Reader::from_reader(file.as_slice());
        let columns = reader.headers()?.iter().map(str::to_owned).collect();
        let rows = rows.get_or_insert_with(|| LinkRows::new(columns));
        let mut record = csv::StringRecord::new();
        while reader.read_record(&mut record)? {
            rows.add(record.get(0).unwrap_or(""), &record);
        }
    }
    Ok(rows.unwrap_or_default())
}
