//! What the manifest says of one artifact. A build has a hundred thousand of them, so that what
//! many have in common is in memory once.

use std::ops::Deref;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::model::{Digest, SharedText};

/// One artifact.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "Read")]
pub struct Entry {
    /// Its logical id, without digest: stable across builds.
    pub id: SharedText,
    /// What it is.
    pub kind: Arc<EntryKind>,
    /// The offers it shows, sorted.
    pub offers: Names,
    /// The partners it shows, sorted.
    pub partners: Names,
    /// Where it is, below the output folder.
    pub path: SharedText,
    /// Its public path, for pages; the forms of a page share it.
    pub route: Option<SharedText>,
    /// Of its bytes.
    pub sha256: Digest,
    /// In bytes.
    pub size: usize,
}

/// What an artifact has in common with others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryKind {
    /// Its campaign, where it belongs to one.
    pub campaign: Option<SharedText>,
    /// Its channel, where it belongs to one.
    pub channel: Option<SharedText>,
    /// Which form of a page it is: `pending`, `live` or `ended`.
    pub form: Option<SharedText>,
    /// Its media type.
    pub media_type: SharedText,
    /// The first instant at which it is no longer due, RFC 3339, for pages.
    pub not_after: Option<SharedText>,
    /// The first instant at which it is due, RFC 3339, for pages.
    pub not_before: Option<SharedText>,
    /// From when on the page's route leads elsewhere, RFC 3339.
    pub redirect_after: Option<SharedText>,
    /// Where it leads then.
    pub redirect_to: Option<SharedText>,
    /// Its template, where it has one.
    pub template: Option<SharedText>,
    /// Its window, where it belongs to one.
    pub window: Option<SharedText>,
}

/// Ids in their order, which a copy shares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names(Arc<[SharedText]>);

impl Deref for Names {
    type Target = [SharedText];

    fn deref(&self) -> &[SharedText] {
        &self.0
    }
}

impl<'n> IntoIterator for &'n Names {
    type Item = &'n SharedText;
    type IntoIter = std::slice::Iter<'n, SharedText>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl FromIterator<SharedText> for Names {
    fn from_iter<I: IntoIterator<Item = SharedText>>(names: I) -> Self {
        Self(names.into_iter().collect())
    }
}

impl Names {
    /// Whether a name is one of them.
    pub fn has(&self, name: &str) -> bool {
        self.iter().any(|one| one == name)
    }
}

impl Serialize for Names {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(Self::from_iter)
    }
}

/// An entry as it is written: fields stand in the order of their names.
#[derive(Serialize)]
struct Written<'e> {
    campaign: &'e Option<SharedText>,
    channel: &'e Option<SharedText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    form: &'e Option<SharedText>,
    id: &'e str,
    media_type: &'e str,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_after: &'e Option<SharedText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_before: &'e Option<SharedText>,
    offers: &'e Names,
    partners: &'e Names,
    path: &'e str,
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_after: &'e Option<SharedText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_to: &'e Option<SharedText>,
    route: &'e Option<SharedText>,
    sha256: &'e Digest,
    size: usize,
    template: &'e Option<SharedText>,
    window: &'e Option<SharedText>,
}

impl Serialize for Entry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let kind = &self.kind;
        let written = Written {
            campaign: &kind.campaign,
            channel: &kind.channel,
            form: &kind.form,
            id: &self.id,
            media_type: &kind.media_type,
            not_after: &kind.not_after,
            not_before: &kind.not_before,
            offers: &self.offers,
            partners: &self.partners,
            path: &self.path,
            redirect_after: &kind.redirect_after,
            redirect_to: &kind.redirect_to,
            route: &self.route,
            sha256: &self.sha256,
            size: self.size,
            template: &kind.template,
            window: &kind.window,
        };
        written.serialize(serializer)
    }
}

/// An entry as it is read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename = "Entry")]
struct Read {
    campaign: Option<SharedText>,
    channel: Option<SharedText>,
    form: Option<SharedText>,
    id: SharedText,
    media_type: SharedText,
    not_after: Option<SharedText>,
    not_before: Option<SharedText>,
    offers: Names,
    partners: Names,
    path: SharedText,
    redirect_after: Option<SharedText>,
    redirect_to: Option<SharedText>,
    route: Option<SharedText>,
    sha256: Digest,
    size: usize,
    template: Option<SharedText>,
    window: Option<SharedText>,
}

impl From<Read> for Entry {
    fn from(read: Read) -> Self {
        let kind = EntryKind {
            campaign: read.campaign,
            channel: read.channel,
            form: read.form,
            media_type: read.media_type,
            not_after: read.not_after,
            not_before: read.not_before,
            redirect_after: read.redirect_after,
            redirect_to: read.redirect_to,
            template: read.template,
            window: read.window,
        };
        Self {
            id: read.id,
            kind: Arc::new(kind),
            offers: read.offers,
            partners: read.partners,
            path: read.path,
            route: read.route,
            sha256: read.sha256,
            size: read.size,
        }
    }
}
