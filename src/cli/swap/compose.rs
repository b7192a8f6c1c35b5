//! From what was typed to a swap. What cannot be meant is refused with the nearest that can.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::DateTime;

use super::args::{DecisionArgs, SwapCommand};
use crate::diag::did_you_mean;
use crate::locale::Locale;
use crate::model::{SharedText, SourceId, Span, Spanned};
use crate::resolve::Facts;
use crate::source::table::Table;
use crate::source::{
    Brief, Change, Documents, MoveTime, ReplaceOffer, SetCell, Sources, Swap, WINDOW_TIMES,
};

/// Why a swap cannot be made of what was typed.
pub(super) type Refusal = String;

/// Reads names as people type them, against the workspace as it is.
pub(super) struct Composer<'a> {
    pub(super) documents: &'a Documents,
    pub(super) sources: &'a Sources,
    pub(super) facts: &'a Facts,
}

/// A text that stands in no file yet.
fn typed<T>(value: T) -> Spanned<T> {
    Spanned::new(value, Span::start_of(SourceId(0)))
}

impl Composer<'_> {
    /// The changes that a command asks for, and a few words for the name of the swap.
    pub(super) fn changes(&self, command: &SwapCommand) -> Result<(Vec<Change>, String), Refusal> {
        match command {
            SwapCommand::Set { row, values, .. } => {
                let (table, key) = self.row(row)?;
                let set = |value: &String| Ok(Change::Set(self.set(table, &key, value)?));
                let changes: Result<Vec<Change>, Refusal> = values.iter().map(set).collect();
                let field = values.first().and_then(|one| one.split(['=', '@']).next());
                Ok((changes?, format!("{key} {}", field.unwrap_or_default())))
            }
            SwapCommand::Replace { offer, with, place, .. } => {
                let change = self.replace(offer, with, place.as_deref())?;
                let about = format!("{} {}", change.offer.value, change.with.value);
                Ok((vec![Change::Replace(change)], about))
            }
            SwapCommand::Withdraw { rows, .. } => {
                let set = |row: &String| {
                    let (table, key) = self.row(row)?;
                    if !matches!(table.contract.table.as_str(), "offers" | "partners") {
                        return Err(format!("`{row}` is no offer and no partner"));
                    }
                    Ok(Change::Set(self.set(table, &key, "status=withdrawn")?))
                };
                let changes: Result<Vec<Change>, Refusal> = rows.iter().map(set).collect();
                let first = rows.first().map(|row| row.rsplit(':').next().unwrap_or(row));
                Ok((changes?, format!("withdraw {}", first.unwrap_or_default())))
            }
            SwapCommand::Move { window, times, .. } => {
                let changes: Result<Vec<Change>, Refusal> =
                    times.iter().map(|time| Ok(Change::Move(self.moved(window, time)?))).collect();
                Ok((changes?, format!("move {window}")))
            }
            SwapCommand::Revert { ids, .. } => {
                let first = ids.first().and_then(|id| id.split('-').next()).unwrap_or_default();
                Ok((Vec::new(), format!("revert {first}")))
            }
            SwapCommand::List { .. } => Ok((Vec::new(), String::new())),
        }
    }

    /// `offer:lumen`, `offers:lumen`, `partners/offers.csv:lumen`, or `lumen` where only one table
    /// has such a row.
    fn row(&self, text: &str) -> Result<(&Table, String), Refusal> {
        let tables = &self.documents.tables;
        if let Some((name, key)) = text.rsplit_once(':') {
            let of_file = || {
                let mut files = self.documents.table_files.iter();
                let is_it = |id: &SourceId| {
                    self.sources.get(*id).is_some_and(|file| file.path.as_str() == name)
                };
                files.find(|(_, ids)| ids.iter().any(is_it)).map(|(table, _)| table.as_str())
            };
            let named =
                |table: &&Table| table.contract.table == name || table.contract.entity == name;
            let found = tables.values().find(named).or_else(|| tables.get(of_file()?));
            let Some(table) = found else {
                let known = tables.values().map(|table| table.contract.entity.as_str());
                let help = help_of(did_you_mean(name, known));
                return Err(format!("there is no table `{name}`{help}"));
            };
            return match table.row(key) {
                Some(_) => Ok((table, key.to_owned())),
                None => Err(no_row(table, key)),
            };
        }
        let having: Vec<&Table> =
            tables.values().filter(|table| table.row(text).is_some()).collect();
        match having.as_slice() {
            [table] => Ok((table, text.to_owned())),
            [] => {
                let keys: Vec<String> = tables
                    .values()
                    .flat_map(|table| table.records.iter().map(|one| table.key_of(one)))
                    .collect();
                let help = help_of(did_you_mean(text, keys.iter().map(String::as_str)));
                Err(format!("no table has a row `{text}`{help}"))
            }
            several => {
                let names: Vec<String> = several
                    .iter()
                    .map(|table| format!("`{}:{text}`", table.contract.entity))
                    .collect();
                Err(format!("`{text}` is the id of several rows: say {}", names.join(" or ")))
            }
        }
    }

    fn set(&self, table: &Table, key: &str, assignment: &str) -> Result<SetCell, Refusal> {
        let Some((field, new)) = assignment.split_once('=') else {
            return Err(format!("`{assignment}` has no `=`: write FIELD=VALUE"));
        };
        let (field, channel) = match field.split_once('@') {
            Some((field, scope)) => {
                let locale = Locale::of_slug(scope.trim()).map(Locale::tag);
                (field.trim(), Some(locale.unwrap_or(scope.trim())))
            }
            None => (field.trim(), None),
        };
        let Some(column) = table.column(field) else {
            let help = help_of(did_you_mean(field, table.contract.names()));
            return Err(format!("no {} has a field `{field}`{help}", table.contract.entity));
        };
        let record = table.row(key).and_then(|row| table.records.get(row));
        let Some(record) = record else { return Err(no_row(table, key)) };
        let mut set = SetCell {
            table: typed(table.contract.table.clone()),
            row: typed(key.to_owned()),
            field: typed(field.to_owned()),
            channel: channel.map(|channel| typed(channel.to_owned())),
            old: typed(String::new()),
            new: typed(new.to_owned()),
        };
        // What the source says, whatever swaps have made of it.
        let applied = self.documents.applied.iter().find(|one| one.fact == set.fact());
        set.old.value = match (applied, channel) {
            (Some(applied), _) => applied.old.clone(),
            (None, Some(channel)) => {
                let mut own = record.overrides.iter();
                let own = own.find(|one| one.column == column && one.scope == channel);
                own.map(|_| record.value_in(column, &[channel]).0.display()).unwrap_or_default()
            }
            (None, None) => record.value(column).display(),
        };
        if set.old.value == set.new.value {
            return Err(format!("`{}` is `{new}` already", set.fact()));
        }
        Ok(set)
    }

    fn replace(
        &self,
        offer: &str,
        with: &str,
        place: Option<&str>,
    ) -> Result<ReplaceOffer, Refusal> {
        let find = |text: &str| -> Result<Spanned<String>, Refusal> {
            let id = text.rsplit(':').next().unwrap_or(text);
            let known = &self.facts.roster.offer_by_id;
            if known.contains_key(id) {
                return Ok(typed(id.to_owned()));
            }
            let help = help_of(did_you_mean(id, known.keys().map(SharedText::as_str)));
            Err(format!("there is no offer `{id}` to show{help}"))
        };
        let (offer, with) = (find(offer)?, find(with)?);
        let [campaign, asset, slot] = match place {
            Some(place) => self.place(place)?.map(|one| one.map(typed)),
            None => [None, None, None],
        };
        Ok(ReplaceOffer { offer, with, campaign, asset, slot })
    }

    /// `bf26`, `bf26/digest`, `bf26/digest/s01`, or the id of a placement.
    fn place(&self, text: &str) -> Result<[Option<String>; 3], Refusal> {
        let placed = self.facts.placements.iter().find(|one| one.id.as_str() == text);
        if let Some(placement) = placed {
            let campaign = self.facts.campaigns.get(placement.campaign);
            let brief = campaign.and_then(|one| self.documents.briefs.get(one.brief));
            let asset = campaign.and_then(|one| one.assets.get(placement.asset));
            let asset = brief.zip(asset).and_then(|(brief, one)| brief.assets.get(one.spec));
            if let Some((brief, asset)) = brief.zip(asset) {
                let (campaign, asset) = (brief.id.value.to_string(), asset.id.value.to_string());
                return Ok([Some(campaign), Some(asset), Some(placement.slot.to_string())]);
            }
        }
        let mut parts = text.split('/').map(|part| Some(part.to_owned()));
        let scope = [parts.next().flatten(), parts.next().flatten(), parts.next().flatten()];
        let known = || self.documents.briefs.iter().map(|brief| brief.id.value.as_str());
        let campaign = scope.first().cloned().flatten().unwrap_or_default();
        if parts.next().is_some() || !known().any(|id| id == campaign) {
            let help = help_of(did_you_mean(&campaign, known()));
            return Err(format!(
                "`{text}` is no placement, and there is no campaign `{campaign}`{help}"
            ));
        }
        Ok(scope)
    }

    fn moved(&self, window: &str, assignment: &str) -> Result<MoveTime, Refusal> {
        let Some((time, when)) = assignment.split_once('=') else {
            return Err(format!("`{assignment}` has no `=`: write TIME=WHEN, as in locks=19:00"));
        };
        let (brief, id) = self.window(window)?;
        let found = brief.windows.iter().find(|one| one.id.as_str() == id);
        let place = WINDOW_TIMES.iter().position(|name| *name == time);
        let (Some(window), Some(place)) = (found, place) else {
            return Err(format!("a window has no time `{time}`: freezes, locks, opens or closes"));
        };
        let times = [window.freezes, window.locks, window.opens, window.closes];
        let now = times.get(place).map(|one| one.to_zoned(brief.zone.clone()).datetime());
        let fact = format!("{}/{id}.{time}", brief.id.value);
        let applied = self.documents.applied.iter().find(|one| one.fact == fact);
        let old = applied.and_then(|one| one.old.parse::<DateTime>().ok()).or(now);
        let Some(old) = old else { return Err(format!("there is no `{fact}`")) };
        // `19:00` is meant on the same day.
        let same_day = || Some(old.date().to_datetime(when.parse().ok()?));
        let whole = || when.contains('T').then(|| when.parse::<DateTime>().ok()).flatten();
        let Some(new) = whole().or_else(|| (!when.contains('T')).then(same_day).flatten()) else {
            return Err(format!("`{when}` is not a time: write 19:00 or 2026-11-25T19:00"));
        };
        if old == new {
            return Err(format!("`{fact}` is {old} already"));
        }
        Ok(MoveTime {
            campaign: typed(brief.id.value.to_string()),
            window: typed(id.to_owned()),
            time: typed(time.to_owned()),
            old: typed(old),
            new: typed(new),
        })
    }

    fn window<'t>(&self, text: &'t str) -> Result<(&Brief, &'t str), Refusal> {
        let (campaign, id) = match text.split_once('/') {
            Some((campaign, id)) => (Some(campaign), id),
            None => (None, text),
        };
        let briefs = self.documents.briefs.iter();
        let having: Vec<&Brief> = briefs
            .filter(|brief| campaign.is_none_or(|wanted| brief.id.value.as_str() == wanted))
            .filter(|brief| brief.windows.iter().any(|window| window.id.as_str() == id))
            .collect();
        match having.as_slice() {
            [brief] => Ok((brief, id)),
            [] => {
                let names: BTreeSet<String> = self
                    .documents
                    .briefs
                    .iter()
                    .flat_map(|brief| {
                        brief.windows.iter().map(|one| format!("{}/{}", brief.id.value, one.id))
                    })
                    .collect();
                let help = help_of(did_you_mean(text, names.iter().map(String::as_str)));
                Err(format!("there is no window `{text}`{help}"))
            }
            _ => Err(format!("several campaigns have a window `{id}`: say CAMPAIGN/{id}")),
        }
    }

    /// The swap that says all of this already, as after a run that was stopped when it was written.
    pub(super) fn recorded(
        &self,
        (command, decision): (&SwapCommand, &DecisionArgs),
        changes: &[Change],
        at: Option<Timestamp>,
    ) -> Option<&Swap> {
        let same = |swap: &&Swap| {
            let reference = swap.reference.as_ref().map(|one| &one.value);
            swap.active
                && (&swap.by.value, &swap.because.value) == (&decision.by, &decision.because)
                && reference == decision.reference.as_ref()
                && at.is_none_or(|at| at == swap.at.value)
                && facts_of(&swap.changes) == facts_of(changes)
        };
        let ends = |swap: &&Swap| match command {
            SwapCommand::Revert { ids, .. } => swap.ends.iter().map(|one| &one.value).eq(ids),
            _ => true,
        };
        self.documents.swaps.iter().filter(same).find(ends)
    }

    /// The swaps that the new one ends: those that are named, or that say something else about the
    /// same facts.
    pub(super) fn ends(
        &self,
        command: &SwapCommand,
        changes: &[Change],
        decision: &DecisionArgs,
    ) -> Result<Vec<String>, Refusal> {
        let active = || self.documents.swaps.iter().filter(|swap| swap.active);
        if let SwapCommand::Revert { ids, .. } = command {
            for id in ids {
                if !active().any(|swap| swap.id == *id) {
                    let known = active().map(|swap| swap.id.as_str());
                    let help = help_of(did_you_mean(id, known));
                    return Err(format!("no swap that counts is `{id}`{help}"));
                }
            }
            return Ok(ids.clone());
        }
        let mut ends = Vec::new();
        for swap in active() {
            let touched = |one: &&Change| changes.iter().any(|new| new.touches(one));
            let Some(first) = swap.changes.iter().find(touched) else { continue };
            if !decision.instead {
                return Err(format!(
                    "the swap `{}` of {} is about `{}` already; add --instead to end it and decide \
                     anew",
                    swap.id,
                    swap.by.value,
                    first.fact()
                ));
            }
            if let Some(other) = swap.changes.iter().find(|one| !touched(one)) {
                return Err(format!(
                    "the swap `{}` also decides on `{}`, which would end with it: revert it, and \
                     record what still holds",
                    swap.id,
                    other.fact()
                ));
            }
            ends.push(swap.id.clone());
        }
        self.keep_ended(&mut ends);
        Ok(ends)
    }

    /// What swaps have ended would count again when they end themselves: it stays ended.
    fn keep_ended(&self, ends: &mut Vec<String>) {
        let mut at = 0;
        while let Some(id) = ends.get(at).cloned() {
            let swap = self.documents.swaps.iter().find(|swap| swap.id == id);
            for ended in swap.into_iter().flat_map(|swap| &swap.ends) {
                if !ends.contains(&ended.value) {
                    ends.push(ended.value.clone());
                }
            }
            at += 1;
        }
    }
}

/// What changes say, wherever they stand.
fn facts_of(changes: &[Change]) -> Vec<(String, (String, String))> {
    changes.iter().map(|change| (change.fact(), change.values())).collect()
}

/// A swap that stands in no file yet.
pub(super) fn swap_of(
    decision: &DecisionArgs,
    at: Timestamp,
    changes: Vec<Change>,
    ends: Vec<String>,
) -> Swap {
    Swap {
        id: String::new(),
        span: Span::start_of(SourceId(0)),
        at: typed(at),
        by: typed(decision.by.clone()),
        because: typed(decision.because.clone()),
        reference: decision.reference.clone().map(typed),
        ends: ends.into_iter().map(typed).collect(),
        changes,
        active: true,
    }
}

fn no_row(table: &Table, key: &str) -> Refusal {
    let keys: Vec<String> = table.records.iter().map(|one| table.key_of(one)).collect();
    let help = help_of(did_you_mean(key, keys.iter().map(String::as_str)));
    format!("there is no {} `{key}`{help}", table.contract.entity)
}

fn help_of(suggestion: Option<String>) -> String {
    suggestion.map(|one| format!("; {one}")).unwrap_or_default()
}
