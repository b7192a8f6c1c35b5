//! One fact that is not what it was.

use std::collections::BTreeMap;

use crate::model::Span;
use crate::resolve::{Facts, OwnerBook};
use crate::source::{Documents, Position, Sources};

/// A workspace, resolved.
#[derive(Clone, Copy)]
pub struct World<'a> {
    /// Its files.
    pub sources: &'a Sources,
    /// Its documents.
    pub documents: &'a Documents,
    /// Its facts.
    pub facts: &'a Facts,
    /// The digest of each file, by path: also of those that are only named.
    pub digests: &'a BTreeMap<String, String>,
}

/// What a fact is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// A cell, or a whole row where the column is empty.
    Cell {
        /// The table.
        table: String,
        /// The row's key.
        row: String,
        /// The column; empty for a row that came or went.
        column: String,
        /// The one channel it is for.
        channel: Option<String>,
    },
    /// What a slot shows.
    Placed {
        /// The campaign.
        campaign: String,
        /// The asset.
        asset: String,
        /// The slot.
        slot: String,
    },
    /// A copy block of a brief.
    Copy {
        /// The campaign.
        campaign: String,
        /// `subject`, `digest.subject`.
        block: String,
    },
    /// A fact of a campaign: its name, its code, its zone.
    Campaign {
        /// The campaign.
        campaign: String,
        /// The field.
        field: String,
    },
    /// A time of a window.
    Window {
        /// The campaign.
        campaign: String,
        /// The window.
        window: String,
        /// `locks`.
        time: String,
    },
    /// A legal text.
    Terms {
        /// Its id.
        terms: String,
        /// `title`, `version`, `text`.
        field: String,
    },
    /// A file that is compared as a whole: rules, templates, pictures, settings.
    File {
        /// Its path.
        path: String,
    },
    /// The time that the build is for.
    AsOf,
    /// The version of the engine's output.
    Engine,
}

/// One fact with what it was and what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What it is about.
    pub subject: Subject,
    /// `offers:lumen-serums.value`, as people name it.
    pub name: String,
    /// What it was; nothing for what is new.
    pub old: Option<String>,
    /// What it is; nothing for what is gone.
    pub new: Option<String>,
    /// The file that says so: of what is gone, the file that said so.
    pub file: String,
    /// The line there, from 1; 0 where there is none.
    pub line: usize,
    /// The column there, from 1; 0 where there is none.
    pub column: usize,
    /// `partners/offers.csv:2:29`, `partners/offers.xlsx:Offers!D14`.
    pub place: String,
    /// Whose it is.
    pub owner: Option<String>,
    /// Its bytes there, in the files of its own world.
    pub span: Option<Span>,
    /// The swap that says so.
    pub swap: Option<String>,
    /// Channels that have a value of their own here, and do not see this one.
    pub unseen_in: Vec<String>,
}

impl Fact {
    /// A fact at a place of a workspace.
    pub(super) fn at(
        world: World<'_>,
        subject: Subject,
        span: Span,
        (old, new): (Option<String>, Option<String>),
    ) -> Self {
        let name = subject.name();
        let file = world.sources.get(span.source);
        let Position { line, column } =
            file.map_or(Position { line: 0, column: 0 }, |file| file.position(span.start));
        let owners = OwnerBook::new(world.documents, world.sources);
        let swap = world.documents.swapped(span).map(|(swap, _)| swap.id.clone());
        Self {
            subject,
            name,
            old,
            new,
            file: file.map_or_else(String::new, |file| file.path.to_string()),
            line,
            column,
            place: world.sources.locate(span),
            owner: owners.of(span),
            span: Some(span),
            swap,
            unseen_in: Vec::new(),
        }
    }
}

impl Subject {
    /// As people name it.
    pub fn name(&self) -> String {
        match self {
            Self::Cell { table, row, column, .. } if column.is_empty() => format!("{table}:{row}"),
            Self::Cell { table, row, column, channel: None } => format!("{table}:{row}.{column}"),
            Self::Cell { table, row, column, channel: Some(channel) } => {
                format!("{table}:{row}.{column}@{channel}")
            }
            Self::Placed { campaign, asset, slot } => format!("{campaign}/{asset}/{slot}"),
            Self::Copy { campaign, block } => format!("{campaign}:copy.{block}"),
            Self::Campaign { campaign, field } => format!("{campaign}:{field}"),
            Self::Window { campaign, window, time } => format!("{campaign}/{window}.{time}"),
            Self::Terms { terms, field } => format!("terms:{terms}.{field}"),
            Self::File { path } => path.clone(),
            Self::AsOf => "--as-of".to_owned(),
            Self::Engine => "throughline's own version".to_owned(),
        }
    }
}
