//! decisions/swaps/*.toml: late changes, one a file, never edited and never deleted.
//!
//! A swap says what a fact was, what it is from now on, who decided it and why. What it means for
//! the tables and briefs is `resolve`'s question.

mod read;
mod write;

use jiff::Timestamp;
use jiff::civil::DateTime;

use crate::model::{Span, Spanned};

pub use read::read_swap;
pub use write::{SwapText, swap_id, swap_text};

/// One late change, with everything that was decided at once.
#[derive(Clone, Debug)]
pub struct Swap {
    /// Its id: the file's name.
    pub id: String,
    /// The file.
    pub span: Span,
    /// When it was decided.
    pub at: Spanned<Timestamp>,
    /// Who decided it.
    pub by: Spanned<String>,
    /// Why.
    pub because: Spanned<String>,
    /// Where that was agreed: a mail, a ticket.
    pub reference: Option<Spanned<String>>,
    /// Earlier swaps that count no more.
    pub ends: Vec<Spanned<String>>,
    /// What changes.
    pub changes: Vec<Change>,
    /// No later swap ends it. Set once all swaps are known.
    pub active: bool,
}

/// One fact that a swap changes.
#[derive(Clone, Debug)]
pub enum Change {
    /// A cell gets another value.
    Set(SetCell),
    /// An offer takes the place of another.
    Replace(ReplaceOffer),
    /// A time of a window moves.
    Move(MoveTime),
}

/// `[[set]]`: another value for a cell.
#[derive(Clone, Debug)]
pub struct SetCell {
    /// The table's name.
    pub table: Spanned<String>,
    /// The row's key.
    pub row: Spanned<String>,
    /// The column.
    pub field: Spanned<String>,
    /// The one channel it is for.
    pub channel: Option<Spanned<String>>,
    /// The value it had, as it was decided on.
    pub old: Spanned<String>,
    /// The value it has from now on.
    pub new: Spanned<String>,
}

/// `[[replace]]`: an offer in the place of another.
#[derive(Clone, Debug)]
pub struct ReplaceOffer {
    /// The offer that is shown no more.
    pub offer: Spanned<String>,
    /// The offer that is shown instead.
    pub with: Spanned<String>,
    /// Only in this campaign.
    pub campaign: Option<Spanned<String>>,
    /// Only in this asset of the campaign.
    pub asset: Option<Spanned<String>>,
    /// Only in this slot of the asset.
    pub slot: Option<Spanned<String>>,
}

/// `[[move]]`: another time for a window.
#[derive(Clone, Debug)]
pub struct MoveTime {
    /// The campaign.
    pub campaign: Spanned<String>,
    /// Its window.
    pub window: Spanned<String>,
    /// `freezes`, `locks`, `opens` or `closes`.
    pub time: Spanned<String>,
    /// What it was, local to the campaign's zone.
    pub old: Spanned<DateTime>,
    /// What it is from now on.
    pub new: Spanned<DateTime>,
}

/// The times of a window, in their order.
pub const WINDOW_TIMES: [&str; 4] = ["freezes", "locks", "opens", "closes"];

/// A fact as a swap has changed it, and what it was before.
#[derive(Clone, Debug)]
pub struct Applied {
    /// Index of the swap.
    pub swap: usize,
    /// Where the swap says the new value: the origin of the fact from now on.
    pub span: Span,
    /// `offers:lumen-serums.value`.
    pub fact: String,
    /// The value before.
    pub old: String,
    /// Where the value before stands; nowhere for a cell that the file has no column for.
    pub replaced: Option<Span>,
}

impl Change {
    /// Where the new value stands.
    pub fn span(&self) -> Span {
        match self {
            Self::Set(set) => set.new.span,
            Self::Replace(replace) => replace.with.span,
            Self::Move(moved) => moved.new.span,
        }
    }

    /// What it is about: `offers:lumen-serums.value`, `lumen-serums in bf26/digest`,
    /// `bf26/email-am.locks`.
    pub fn fact(&self) -> String {
        match self {
            Self::Set(set) => set.fact(),
            Self::Replace(one) if one.scope().is_empty() => one.offer.value.clone(),
            Self::Replace(one) => format!("{} in {}", one.offer.value, one.scope()),
            Self::Move(moved) => moved.fact(),
        }
    }

    /// Whether two changes are about one fact.
    pub fn touches(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Set(one), Self::Set(other)) => one.fact() == other.fact(),
            (Self::Replace(one), Self::Replace(other)) => {
                let overlap = |one: &Option<Spanned<String>>, other: &Option<Spanned<String>>| {
                    let both = one.as_ref().zip(other.as_ref());
                    both.is_none_or(|(one, other)| one.value == other.value)
                };
                one.offer.value == other.offer.value
                    && overlap(&one.campaign, &other.campaign)
                    && overlap(&one.asset, &other.asset)
                    && overlap(&one.slot, &other.slot)
            }
            (Self::Move(one), Self::Move(other)) => one.fact() == other.fact(),
            _ => false,
        }
    }

    /// The value before and the value from now on, as people write them.
    pub fn values(&self) -> (String, String) {
        match self {
            Self::Set(set) => (set.old.value.clone(), set.new.value.clone()),
            Self::Replace(one) => (one.offer.value.clone(), one.with.value.clone()),
            Self::Move(moved) => (moved.old.value.to_string(), moved.new.value.to_string()),
        }
    }
}

impl MoveTime {
    /// `bf26/email-am.locks`.
    pub fn fact(&self) -> String {
        format!("{}/{}.{}", self.campaign.value, self.window.value, self.time.value)
    }
}

impl SetCell {
    /// `offers:lumen-serums.value`, `offers:lumen-serums.title@sms`.
    pub fn fact(&self) -> String {
        let fact = format!("{}:{}.{}", self.table.value, self.row.value, self.field.value);
        match &self.channel {
            Some(channel) => format!("{fact}@{}", channel.value),
            None => fact,
        }
    }
}

impl ReplaceOffer {
    /// Whether it is about a slot of an asset.
    pub fn covers(&self, campaign: &str, asset: &str, slot: &str) -> bool {
        let fits = |wanted: &Option<Spanned<String>>, found: &str| {
            wanted.as_ref().is_none_or(|wanted| wanted.value == found)
        };
        fits(&self.campaign, campaign) && fits(&self.asset, asset) && fits(&self.slot, slot)
    }

    /// `bf26/digest/s01`, as far as it says where; empty where it holds everywhere.
    pub fn scope(&self) -> String {
        let parts = [&self.campaign, &self.asset, &self.slot];
        let parts: Vec<&str> = parts.into_iter().flatten().map(|one| one.value.as_str()).collect();
        parts.join("/")
    }
}
