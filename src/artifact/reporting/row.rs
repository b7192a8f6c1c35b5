//! The rows of the reporting tables: each column once, with its type and its meaning.
//!
//! CSV, Parquet and the dbt properties are all made from this list.

use std::borrow::Cow;

use crate::artifact::parquet_file::{Column, ColumnKind};

/// A column and what its cells mean.
#[derive(Clone, Copy, Debug)]
pub(in crate::artifact) struct TableColumn {
    pub(in crate::artifact) column: Column,
    pub(super) about: &'static str,
}

macro_rules! table {
    ($(#[$doc:meta])* $row:ident { $($field:ident: $kind:ident $about:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub(in crate::artifact) struct $row<'a> {
            $(#[doc = $about] pub(in crate::artifact) $field: Cow<'a, str>,)*
        }

        impl<'a> $row<'a> {
            /// The cells, to be filled in.
            #[allow(dead_code, reason = "only links are read back")]
            fn places(&mut self) -> impl Iterator<Item = &mut Cow<'a, str>> {
                [$(&mut self.$field),*].into_iter()
            }

            /// The columns, in the order of [`Self::cells`].
            pub(in crate::artifact) const COLUMNS: &'static [TableColumn] = &[$(TableColumn {
                column: Column { name: stringify!($field), kind: ColumnKind::$kind },
                about: $about,
            },)*];

            /// The cells as they are, not as a spreadsheet should see them.
            pub(super) fn cells(&self) -> impl Iterator<Item = &str> {
                [$(self.$field.as_ref()),*].into_iter()
            }
        }
    };
}

table! {
    /// One meaning of one link: what it is now, or what it was until another took its place.
    LinkRow {
        link_id: Text "The link. It stays the same when the offer or the destination is swapped.",
        utm_id: Text "The campaign, as GA4 exports it: `manual_campaign_id`.",
        short_code: Text "The code behind the link host. It belongs to one link for ever.",
        utm_source: Text "Who sends the visit.",
        utm_medium: Text "How the visit arrives.",
        utm_campaign: Text "The campaign's name in analytics.",
        utm_content: Text "Which placement was followed.",
        utm_term: Text "The keyword.",
        utm_source_platform: Text "The platform it was bought on.",
        utm_creative_format: Text "The kind of creative. GA4 exports it, but does not report it.",
        utm_marketing_tactic: Text "The tactic. GA4 exports it, but does not report it.",
        sub_id: Text "What the partner's network reports back.",
        base_url: Text "The destination without tracking parameters and wrapper.",
        final_url: Text "The whole tracked URL.",
        final_url_sha256: Text "The SHA-256 of the tracked URL, in hexadecimal digits.",
        short_url: Text "The short code on the link host.",
        ga4_channel_predicted: Text "The default channel that GA4 files its visits under.",
        partner_id: Text "The partner; of a bundle, its lead.",
        partner_name: Text "The partner's name.",
        offer_id: Text "The offer that the link shows.",
        campaign_id: Text "The campaign.",
        channel_id: Text "The channel.",
        placement_id: Text "The placement that the link belongs to.",
        role: Text "What the link is for in its placement.",
        wrapper: Text "The profile of the network that the link goes through.",
        flight_start: Date "The first day on which it is shown, in the campaign's zone.",
        flight_end: Date "The last day on which it is shown, in the campaign's zone.",
        valid_from: Date "From this day on the row is true; empty for a link's first meaning.",
        valid_to: Date "From this day on it no longer is; empty for a link's last meaning.",
        status: Text "live, superseded by a later row of the link, or retired.",
        taxonomy_version: Text "The edition of the vocabulary of the build.",
        brief_path: Text "The campaign's brief.",
        brief_sha256: Text "The SHA-256 of the brief's text with LF line ends.",
        locale: Text "The language and country of the mail or page that shows it, such as fr-CA.",
    }
}

table! {
    /// One value of one parameter.
    ValueRow {
        param: Text "The parameter.",
        value: Text "A value of it that live links carry.",
        label: Text "How reports show the value.",
        definition: Text "What the value means.",
        vocab_version: Text "The edition of the vocabulary of the build.",
    }
}

impl LinkRow<'_> {
    /// The cell of a column.
    pub(in crate::artifact) fn cell(&self, name: &str) -> Option<&str> {
        let mut columns = Self::COLUMNS.iter().map(|one| one.column.name).zip(self.cells());
        columns.find(|(known, _)| *known == name).map(|(_, cell)| cell)
    }
}

impl LinkRow<'static> {
    /// The row with these cells; nothing where their number is another one.
    pub(in crate::artifact) fn from_cells(cells: Vec<String>) -> Option<Self> {
        let mut row = Self::default();
        if cells.len() != Self::COLUMNS.len() {
            return None;
        }
        for (cell, place) in cells.into_iter().zip(row.places()) {
            *place = cell.into();
        }
        Some(row)
    }

    /// Whether an artifact of its build shows the link.
    pub(in crate::artifact) fn is_live(&self) -> bool {
        self.status == Status::Live.name()
    }
}

/// What a row of `dim_link` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    /// The link is in an artifact of this build.
    Live,
    /// The link meant something else before.
    Superseded,
    /// The link is in no artifact of this build.
    Retired,
}

impl Status {
    pub(super) const ALL: [Self; 3] = [Self::Live, Self::Superseded, Self::Retired];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Superseded => "superseded",
            Self::Retired => "retired",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_warehouse_takes_the_names_without_quotes() {
        for TableColumn { column, .. } in LinkRow::COLUMNS.iter().chain(ValueRow::COLUMNS) {
            let name = column.name;
            let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
            assert!(name.len() < 64 && name.bytes().all(|byte| plain(byte) || byte == b'_'));
            assert!(name.starts_with(|first: char| first.is_ascii_lowercase()), "{name}");
        }
    }
}
