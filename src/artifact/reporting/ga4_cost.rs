//! `ga4_cost_template.csv`: the keys of GA4's cost import, once each, for somebody to fill in.
//!
//! GA4 adds up what it finds twice, so no key stands twice.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::ReportingInput;
use crate::artifact::{COST_TEMPLATE, GeneratedFile, LiveLink, SheetWriter};
use crate::resolve::Scene;

const HEADER: [&str; 8] =
    ["utm_id", "utm_campaign", "utm_source", "utm_medium", "date", "impressions", "clicks", "cost"];

/// Links that one thread looks at.
const PART: usize = 4096;

/// The parameters that costs are joined by.
const KEY: [&str; 4] = ["utm_id", "utm_campaign", "utm_source", "utm_medium"];

pub(super) fn cost_template(input: &ReportingInput<'_>) -> Option<GeneratedFile> {
    let parts = input.live.par_chunks(PART);
    let keys: BTreeSet<[&str; 4]> = parts
        .map(|links| links.iter().filter_map(|link| key_of(input, *link)).collect())
        .reduce(BTreeSet::new, |mut all: BTreeSet<_>, mut more| {
            all.append(&mut more);
            all
        });
    let mut table = SheetWriter::new(HEADER);
    for key in keys {
        table.cells(key);
        table.cells([""; HEADER.len() - KEY.len()]);
        table.end_row();
    }
    GeneratedFile::at(COST_TEMPLATE, "text/csv", table.finish())
}

/// The key of a link. GA4 asks for source and medium, and what a platform fills in later is no
/// key.
fn key_of<'a>(input: &ReportingInput<'a>, link: LiveLink<'a>) -> Option<[&'a str; 4]> {
    let key = KEY.map(|name| link.param(name));
    let [_, _, source, medium] = key;
    let link = match link {
        LiveLink::Made(link) => link,
        LiveLink::Kept(kept) => return kept.has_costs.then_some(key),
    };
    let placement = input.facts.placements.get(link.placement)?;
    let scene = Scene::of(input.documents, input.facts, placement)?;
    let mut patterns = scene.channel.params.iter();
    let filled_in = patterns.any(|(name, pattern)| KEY.contains(name) && pattern.has_macros());
    (!source.is_empty() && !medium.is_empty() && !filled_in).then_some(key)
}
