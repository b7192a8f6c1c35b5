//! Documents in, facts with origins out: joins, picks, rules, windows.
//!
//! Everything that takes two documents to see is seen here. Makes no link and renders nothing.

mod checks;
mod copy;
mod facts;
mod hand_picked;
mod keys;
mod made_from;
mod owners;
mod page_checks;
mod pages;
mod pick;
mod placements;
mod rendition;
mod replaced;
mod roster;
mod rows;
mod scene;
mod slots;
mod split;
mod swaps;
mod tables;
mod windows;

pub use copy::CopyBlocks;
pub use facts::{Asset, Campaign, Decided, Facts, HeldBack, Placement};
pub use hand_picked::is_committed;
pub use made_from::{placement_digests, table_digest};
pub use owners::OwnerBook;
pub use pages::Pages;
pub use rendition::Rendition;
pub use roster::{Columns, Offer, Roster};
pub use scene::Scene;

use jiff::Timestamp;

use crate::diag::Diagnostics;
use crate::source::{Documents, Sources};

/// Resolves all documents. Rows that are wrong are quarantined in `documents`.
pub fn resolve(
    documents: &mut Documents,
    sources: &Sources,
    as_of: Option<Timestamp>,
    diagnostics: &mut Diagnostics,
) -> Facts {
    swaps::apply_swaps(documents, diagnostics);
    tables::check_tables(documents, sources, diagnostics);
    checks::check_columns(documents, diagnostics);
    checks::check_terms(documents, diagnostics);
    checks::check_wrapper_ids(documents, diagnostics);
    checks::check_field_rules(documents, diagnostics);
    checks::check_channels(documents, diagnostics);
    let roster = Roster::new(documents, as_of);
    copy::check_copy(documents, &roster, diagnostics);
    let facts = placements::place(documents, roster, diagnostics);
    documents.applied.extend(facts.replaced.iter().cloned());
    facts
}

/// Joins and places anew, for documents whose rows were checked and have changed since.
pub fn place_again(
    documents: &Documents,
    as_of: Option<Timestamp>,
    diagnostics: &mut Diagnostics,
) -> Facts {
    placements::place(documents, Roster::new(documents, as_of), diagnostics)
}
