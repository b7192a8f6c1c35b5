//! What swaps have replaced, as far as it can be told from other text: where it may stand no more.

use jiff::Timestamp;
use regex::{Regex, RegexBuilder};

use crate::diag::Diagnostics;
use crate::lint::GhostKind;
use crate::model::{Span, Value};
use crate::resolve::{Facts, Offer};
use crate::source::table::{ColumnKind, Record, Table};
use crate::source::{Applied, Change, Documents, MoveTime, ReplaceOffer, SetCell};

/// A value that was replaced.
#[derive(Debug)]
pub(super) struct Old {
    pub(super) what: What,
    pub(super) reach: Reach,
    /// The one channel that it was for.
    pub(super) channel: Option<String>,
    /// `offers:lumen-serum.value`.
    pub(super) fact: String,
    /// What the fact is now; empty where nothing took its place.
    pub(super) now: String,
    /// Where the swap says so, and which one it is.
    pub(super) said: Span,
    pub(super) swap: usize,
    /// How a template prints the fact.
    pub(super) print: String,
}

/// The value, as it can be found again.
#[derive(Debug)]
pub(super) enum What {
    Written(GhostKind, String),
    Day(Timestamp),
}

/// Which artifacts may not show it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Reach {
    /// None may.
    Everywhere,
    /// Those that show this offer.
    Offer(usize),
    /// Those that show an offer of this partner, by its row.
    Partner(usize),
    /// Those in which the swap at this place put another offer into a slot.
    Slot(Span),
    /// Those of a campaign's window.
    Window(usize, usize),
}

/// A text with fewer words may stand anywhere by chance.
const WORDS: usize = 3;

/// Everything that the swaps of a workspace replaced.
#[derive(Debug, Default)]
pub(super) struct Replaced {
    pub(super) all: Vec<Old>,
    /// Finds whether a text may have any of those that no artifact may show: there may be many,
    /// and every artifact is asked.
    everywhere: Option<Regex>,
}

impl Replaced {
    pub(super) fn new(documents: &Documents, facts: &Facts) -> Self {
        let all = replaced(documents, facts);
        let texts = all.iter().filter_map(|old| match (&old.reach, &old.what) {
            (Reach::Everywhere, What::Written(_, text)) => Some(regex::escape(text)),
            _ => None,
        });
        let any = texts.collect::<Vec<_>>().join("|");
        let compiled = || RegexBuilder::new(&any).case_insensitive(true).build().ok();
        let everywhere = if any.is_empty() { None } else { compiled() };
        Self { all, everywhere }
    }

    /// Whether a text can be left alone by what no artifact may show.
    pub(super) fn spares(&self, text: &str) -> bool {
        self.everywhere.as_ref().is_some_and(|any| !any.is_match(text))
    }
}

fn replaced(documents: &Documents, facts: &Facts) -> Vec<Old> {
    let mut all = Vec::new();
    for applied in &documents.applied {
        let swap = documents.swaps.get(applied.swap);
        let mut changes = swap.iter().flat_map(|swap| &swap.changes);
        match changes.find(|change| change.span() == applied.span) {
            Some(Change::Set(set)) => of_cell(documents, facts, applied, set, &mut all),
            Some(Change::Replace(change)) => of_offer(documents, facts, applied, change, &mut all),
            Some(Change::Move(moved)) => all.extend(of_window(documents, facts, applied, moved)),
            None => {}
        }
    }
    let still_valid = |old: &Old| {
        let What::Written(GhostKind::Text, text) = &old.what else { return false };
        matches!(old.reach, Reach::Everywhere) && has_code(documents, facts, text)
    };
    all.retain(|old| !still_valid(old));
    all
}

/// Whether an offer that may be shown has a code.
fn has_code(documents: &Documents, facts: &Facts, code: &str) -> bool {
    let roster = &facts.roster;
    let Some(table) = documents.tables.get("offers") else { return false };
    let rows = roster.offers.iter().filter(|offer| offer.active);
    rows.filter_map(|offer| table.records.get(offer.record))
        .any(|row| row.text(roster.columns.offer_code).eq_ignore_ascii_case(code))
}

fn of_cell(
    documents: &Documents,
    facts: &Facts,
    applied: &Applied,
    set: &SetCell,
    all: &mut Vec<Old>,
) {
    let Some(table) = documents.tables.get(&set.table.value) else { return };
    let Some(row) = table.row(&set.row.value) else { return };
    let Some(record) = table.records.get(row) else { return };
    let Some(column) = table.column(&set.field.value) else { return };
    let Some(definition) = table.contract.column(column) else { return };
    let channel = set.channel.as_ref().map_or("", |channel| channel.value.as_str());
    if applied.old == record.value_in(column, &[channel]).0.display() {
        // The source says so itself by now: whatever was replaced, it was not by this.
        return;
    }
    let roster = &facts.roster;
    let reach = match set.table.value.as_str() {
        "offers" => roster.offers.iter().position(|one| one.record == row).map(Reach::Offer),
        "partners" => Some(Reach::Partner(row)),
        _ => None,
    };
    if definition.name == "status" {
        all.extend(withdrawn(documents, facts, applied, reach));
        return;
    }
    let Some(reach) = reach else { return };
    let currency = table.column("currency").map_or("", |at| record.text(at));
    let old = documents.value_reader().read(
        definition,
        &set.old.value,
        set.old.span,
        currency,
        &mut Diagnostics::new(),
    );
    let Some(what) = old.and_then(|old| what(table, record, column, old.value())) else { return };
    let (entity, field) = (&table.contract.entity, &definition.name);
    let print = printed(entity, field, &what);
    let reach = if is_unmistakable(field, &what) { Reach::Everywhere } else { reach };
    let channel = set.channel.as_ref().map(|channel| channel.value.clone());
    let (fact, now) = (set.fact(), set.new.value.clone());
    all.push(Old {
        what,
        reach,
        channel,
        fact,
        now,
        said: applied.span,
        swap: applied.swap,
        print,
    });
}

/// A value in the form in which it can be told from other text, if it can.
fn what(table: &Table, record: &Record, column: usize, value: Value<'_>) -> Option<What> {
    let definition = table.contract.column(column)?;
    let written = |kind| Some(What::Written(kind, value.display()));
    match (definition.kind, value) {
        (_, Value::Instant(instant)) => Some(What::Day(instant)),
        (ColumnKind::Percent, Value::Decimal(_)) => written(GhostKind::Percent),
        (ColumnKind::Money, Value::Decimal(_)) => written(GhostKind::Money),
        (ColumnKind::Amount, Value::Decimal(_)) => {
            match table.column("mechanic").map_or("", |at| record.text(at)) {
                "pct_off" | "cashback" => written(GhostKind::Percent),
                "amount_off" => written(GhostKind::Money),
                _ => None,
            }
        }
        (ColumnKind::Text | ColumnKind::Name | ColumnKind::Copy, Value::Text(text)) => {
            let tells = definition.name == "code" || text.split_whitespace().count() >= WORDS;
            if tells { written(GhostKind::Text) } else { None }
        }
        _ => None,
    }
}

/// A code with a figure in it is no word.
fn is_unmistakable(field: &str, what: &What) -> bool {
    let figure = |text: &String| text.bytes().any(|one| one.is_ascii_digit());
    field == "code" && matches!(what, What::Written(_, text) if figure(text))
}

fn printed(entity: &str, field: &str, what: &What) -> String {
    let filter = match what {
        What::Written(GhostKind::Percent, _) => " | percent",
        What::Written(GhostKind::Money, _) => " | money",
        What::Written(..) => "",
        What::Day(_) => " | date(style=\"long\")",
    };
    format!("{{{{ {entity}.{field}{filter} }}}}")
}

/// Codes of the offers that a swap took out.
fn withdrawn(
    documents: &Documents,
    facts: &Facts,
    applied: &Applied,
    reach: Option<Reach>,
) -> Vec<Old> {
    let Some(table) = documents.tables.get("offers") else { return Vec::new() };
    let roster = &facts.roster;
    let taken = |(index, offer): &(usize, &Offer)| match reach {
        _ if offer.active => false,
        Some(Reach::Offer(own)) => own == *index,
        Some(Reach::Partner(row)) => offer.partners.contains(&row),
        _ => false,
    };
    let taken = roster.offers.iter().enumerate().filter(taken);
    let codes = taken.filter_map(|(_, offer)| {
        let code = table.records.get(offer.record)?.text(roster.columns.offer_code);
        let what = What::Written(GhostKind::Text, code.to_owned());
        is_unmistakable("code", &what).then(|| Old {
            print: printed("offer", "code", &what),
            what,
            reach: Reach::Everywhere,
            channel: None,
            fact: format!("offers:{}.code", offer.id),
            now: String::new(),
            said: applied.span,
            swap: applied.swap,
        })
    });
    codes.collect()
}

/// What the offer that is shown no more was, in each slot that shows another.
fn of_offer(
    documents: &Documents,
    facts: &Facts,
    applied: &Applied,
    change: &ReplaceOffer,
    all: &mut Vec<Old>,
) {
    let roster = &facts.roster;
    let row_of = |id: &str| {
        let offer = roster.offers.get(*roster.offer_by_id.get(id)?)?;
        documents.tables.get("offers")?.records.get(offer.record)
    };
    let Some(table) = documents.tables.get("offers") else { return };
    let (Some(from), Some(to)) = (row_of(&change.offer.value), row_of(&change.with.value)) else {
        return;
    };
    let old = roster.offer_by_id.get(change.offer.value.as_str()).copied();
    let gone = !facts.placements.iter().any(|one| Some(one.offer) == old);
    for (at, column) in table.contract.columns.iter().enumerate() {
        if from.value(at) == to.value(at) {
            continue;
        }
        let Some(what) = what(table, from, at, from.value(at)) else { continue };
        let everywhere = gone && is_unmistakable(&column.name, &what);
        all.push(Old {
            print: printed("offer", &column.name, &what),
            what,
            reach: if everywhere { Reach::Everywhere } else { Reach::Slot(applied.span) },
            channel: None,
            fact: format!("offers:{}.{}", change.offer.value, column.name),
            now: to.value(at).display(),
            said: applied.span,
            swap: applied.swap,
        });
    }
}

/// Customers read when a window opens and closes, and nothing else of it.
fn of_window(
    documents: &Documents,
    facts: &Facts,
    applied: &Applied,
    moved: &MoveTime,
) -> Option<Old> {
    if !matches!(moved.time.value.as_str(), "opens" | "closes") {
        return None;
    }
    let brief_of = |at: usize| documents.briefs.get(at);
    let campaign = facts.campaigns.iter().position(|one| {
        brief_of(one.brief).is_some_and(|brief| brief.id.value.as_str() == moved.campaign.value)
    })?;
    let brief = brief_of(facts.campaigns.get(campaign)?.brief)?;
    let window = brief.windows.iter().position(|one| one.id.as_str() == moved.window.value)?;
    let old = brief.zone.to_timestamp(moved.old.value).ok()?;
    let what = What::Day(old);
    Some(Old {
        print: printed("window", &moved.time.value, &what),
        what,
        reach: Reach::Window(campaign, window),
        channel: None,
        fact: moved.fact(),
        now: moved.new.value.to_string(),
        said: applied.span,
        swap: applied.swap,
    })
}
