//! The links of a workspace: made, or known to be those of the last build.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use anyhow::Result;
use jiff::Timestamp;

use super::prepare::Prepared;
use super::recall::add_shared_sources;
use crate::diag::Diagnostics;
use crate::link::{KeptLinks, Links, Minting, Recording, mint, recall, register};
use crate::model::{Digest, Hasher};
use crate::resolve::{Facts, placement_digests, table_digest};
use crate::source::{Documents, Sources};
use crate::store::{keep_links, read_links};

/// What links and jobs are made from, as digests.
#[derive(Debug)]
pub(super) struct MadeFrom {
    /// Everything that any of them may read besides its own rows.
    pub(super) shared: Digest,
    /// Of each placement.
    pub(super) placements: Vec<Digest>,
}

impl MadeFrom {
    fn of(
        sources: &Sources,
        documents: &Documents,
        facts: &Facts,
        as_of: Option<Timestamp>,
    ) -> Self {
        let mut hasher = Hasher::default();
        let mut add = |bytes: &[u8]| hasher = std::mem::take(&mut hasher).part(bytes);
        add(format!("{as_of:?}").as_bytes());
        add_shared_sources(sources, &mut add);
        for (name, table) in &documents.tables {
            add(name.as_bytes());
            if ["partners", "offers", "bundles", "placements"].contains(&name.as_str()) {
                table.contract.names().for_each(|column| add(column.as_bytes()));
            } else {
                add(table_digest(table).as_bytes());
            }
        }
        // A page may be linked from anywhere.
        facts.pages.routes().for_each(|route| add(route.as_bytes()));
        Self { shared: hasher.finish(), placements: placement_digests(documents, facts) }
    }
}

/// How a run came to its links.
#[derive(Debug)]
pub(super) struct Linking {
    /// What they are made from, where that is known and was not taken.
    made_from: Mutex<Option<MadeFrom>>,
    how: How,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    /// They are those of the last build; so many placements were minted to know it.
    Recalled(usize),
    /// They were made, and nothing was found in them.
    Clean,
    /// They were made, and something was found in them.
    Faulty,
}

/// Placements that are minted anew by each build before what is known of links is written anew.
const MINTED_EACH_TIME: usize = 64;

/// Makes the links of a workspace, unless they are known to be those that are `kept`.
pub(super) fn link_all(
    (sources, documents, facts): (&Sources, &Documents, &Facts),
    as_of: Option<Timestamp>,
    kept: Option<KeptLinks>,
    recording: Recording<'_>,
    diagnostics: &mut Diagnostics,
) -> (Links, Minting, Linking) {
    let mut made_from = None;
    let recalled = kept.and_then(|kept| {
        let from = made_from.insert(MadeFrom::of(sources, documents, facts, as_of));
        recall((documents, facts), kept, (from.shared, &from.placements))
    });
    let made_from = Mutex::new(made_from);
    if let Some((links, minting, minted)) = recalled {
        return (links, minting, Linking { made_from, how: How::Recalled(minted) });
    }
    let mut found = Diagnostics::new();
    let mut links = mint(documents, facts, &mut found);
    let minting = register(documents, facts, &mut links, recording, &mut found);
    let how = if found.is_empty() { How::Clean } else { How::Faulty };
    diagnostics.extend(found);
    (links, minting, Linking { made_from, how })
}

impl Prepared {
    /// What its links and jobs are made from, for whoever needs it last: of a large workspace it is too
    /// much to be held to the end.
    pub(super) fn take_made_from(&self) -> MadeFrom {
        let Self { sources, documents, facts, as_of, .. } = self;
        let made_from =
            self.linking.made_from.lock().unwrap_or_else(PoisonError::into_inner).take();
        made_from.unwrap_or_else(|| MadeFrom::of(sources, documents, facts, *as_of))
    }

    /// The same, for whoever is not the last.
    fn with_made_from<T>(&self, with: impl FnOnce(Digest, &[Digest]) -> T) -> T {
        let made_from = self.take_made_from();
        let done = with(made_from.shared, &made_from.placements);
        *self.linking.made_from.lock().unwrap_or_else(PoisonError::into_inner) = Some(made_from);
        done
    }

    /// Writes down for the next build what is known of the links, where that is worth it.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub(super) fn keep_links(&self, root: &Path, target: &Path) -> Result<()> {
        let worth = match self.linking.how {
            How::Recalled(minted) => minted > MINTED_EACH_TIME,
            How::Clean => true,
            How::Faulty => false,
        };
        if !worth {
            return Ok(());
        }
        let Self { documents, facts, links, minting, .. } = self;
        let links = (links, &minting.lock);
        let known = self.with_made_from(|shared, placements| {
            KeptLinks::of((documents, facts), links, (shared, placements), &minting.order)
        });
        known.map_or(Ok(()), |known| keep_links(root, target, &known))
    }

    /// Of how many placements the cache knows the links, and where these are not those that they have.
    pub(super) fn compared_links(&self, root: &Path, target: &Path) -> (usize, Vec<String>) {
        let Some(known) = read_links(root, target) else { return (0, Vec::new()) };
        let Self { documents, facts, links, .. } = self;
        let (count, wrong) = self.with_made_from(|shared, placements| {
            known.compared((documents, facts), links, (shared, placements))
        });
        let ids = wrong.iter().filter_map(|at| facts.placements.get(*at));
        (count, ids.map(|placement| format!("the links of `{}`", placement.id)).collect())
    }
}
