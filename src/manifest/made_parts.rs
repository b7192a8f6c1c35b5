//! Parts of a list that were made before from the same entries. To tell that they are the same takes a
//! fraction of what writing and hashing them takes.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Entry, EntryKind, Part};
use crate::model::{Digest, Fields};

/// A part with what it was made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadePart {
    /// Digest of all that its entries say.
    pub made_from: Digest,
    /// The part.
    pub part: Part,
    /// The hash of each entry in the tree.
    pub leaves: Vec<Digest>,
}

/// Parts by what they were made from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MadeParts(BTreeMap<Digest, MadePart>);

impl MadeParts {
    /// The part that was made from the same.
    pub(super) fn find(&self, made_from: &Digest) -> Option<&MadePart> {
        self.0.get(made_from)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &MadePart> {
        self.0.values()
    }

    /// Whether it knows nothing that `others` do not know.
    pub fn are_among(&self, others: &Self) -> bool {
        self.0.keys().all(|made_from| others.0.contains_key(made_from))
    }

    /// Whether some were made from the same and are known otherwise.
    pub fn contradict(&self, others: &Self) -> bool {
        self.iter().any(|one| others.find(&one.made_from).is_some_and(|other| other != one))
    }
}

impl FromIterator<MadePart> for MadeParts {
    fn from_iter<I: IntoIterator<Item = MadePart>>(parts: I) -> Self {
        Self(parts.into_iter().map(|one| (one.made_from, one)).collect())
    }
}

/// The digest of all that entries say.
pub(super) fn made_from(entries: &[Entry]) -> Digest {
    let mut kinds: BTreeMap<*const EntryKind, Digest> = BTreeMap::new();
    let (mut fields, mut of_kind) = (Fields::default(), Fields::default());
    for entry in entries {
        let Entry { id, kind, offers, partners, path, route, sha256, size } = entry;
        // Most have the kind of another, and it is in memory once.
        let kind =
            kinds.entry(Arc::as_ptr(kind)).or_insert_with(|| kind_digest(kind, &mut of_kind));
        fields.text(id).text(path).digest(Some(sha256)).number(*size as u64).digest(Some(kind));
        fields.optional(route.as_deref());
        for names in [offers, partners] {
            fields.number(names.len() as u64);
            for name in names {
                fields.text(name);
            }
        }
    }
    fields.finish()
}

fn kind_digest(kind: &EntryKind, fields: &mut Fields) -> Digest {
    let EntryKind { campaign, channel, form, media_type, not_after, not_before, .. } = kind;
    let EntryKind { redirect_after, redirect_to, template, window, .. } = kind;
    fields.text(media_type);
    for one in [campaign, channel, form, not_after, not_before] {
        fields.optional(one.as_deref());
    }
    for one in [redirect_after, redirect_to, template, window] {
        fields.optional(one.as_deref());
    }
    fields.finish()
}
