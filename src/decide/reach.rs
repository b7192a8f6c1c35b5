//! How far a late change reaches: the artifacts that can show what it changes.

use std::collections::BTreeSet;

use super::fact::{Fact, Subject, World};
use super::touch::Readers;
use crate::source::{Change, SetCell, Swap};

/// The artifacts that can show what a swap changes, by id.
pub fn reach_of(world: World<'_>, readers: &Readers, swap: &Swap) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for change in &swap.changes {
        for fact in facts_of(world, change) {
            found.extend(readers.that_can_read(&fact).map(str::to_owned));
        }
    }
    found
}

fn facts_of(world: World<'_>, change: &Change) -> Vec<Fact> {
    let span = change.span();
    let fact = |subject| Fact::at(world, subject, span, (None, None));
    match change {
        Change::Set(set) => vec![fact_of_cell(world, set)],
        Change::Replace(_) => {
            let placements = world.facts.placements.iter().filter(|one| one.decided.offer == span);
            let placed = placements.filter_map(|placement| {
                let campaign = world.facts.campaigns.get(placement.campaign)?;
                let asset = campaign.assets.get(placement.asset)?;
                let brief = world.documents.briefs.get(campaign.brief)?;
                Some(Subject::Placed {
                    campaign: brief.id.value.to_string(),
                    asset: brief.assets.get(asset.spec)?.id.value.to_string(),
                    slot: placement.slot.to_string(),
                })
            });
            placed.map(fact).collect()
        }
        Change::Move(moved) => vec![fact(Subject::Window {
            campaign: moved.campaign.value.clone(),
            window: moved.window.value.clone(),
            time: moved.time.value.clone(),
        })],
    }
}

/// The cell as a fact, unseen where a channel or a locale has a value of its own. A cell of the
/// placements table is what its slot shows.
pub(super) fn fact_of_cell(world: World<'_>, set: &SetCell) -> Fact {
    let table = world.documents.tables.get(&set.table.value);
    let record = table.and_then(|table| table.records.get(table.row(&set.row.value)?));
    let cell = |name: &str| {
        let found = table.zip(record);
        let text = found.and_then(|(table, row)| Some(row.text(table.column(name)?).to_owned()));
        text.unwrap_or_default()
    };
    let subject = if set.table.value == "placements" {
        let [campaign, asset, slot] = ["campaign_id", "asset_id", "slot"].map(cell);
        Subject::Placed { campaign, asset, slot }
    } else {
        Subject::Cell {
            table: set.table.value.clone(),
            row: set.row.value.clone(),
            column: set.field.value.clone(),
            channel: set.channel.as_ref().map(|channel| channel.value.clone()),
        }
    };
    let mut fact = Fact::at(world, subject, set.new.span, (None, None));
    if let Some((table, record)) = table.zip(record).filter(|_| set.channel.is_none()) {
        let column = table.column(&set.field.value);
        let own = record.overrides.iter().filter(|one| Some(one.column) == column);
        fact.unseen_in = own.map(|one| one.scope.clone()).collect();
    }
    fact
}
