//! throughline.lock against the links of this build: what is kept, what is new.

use std::collections::BTreeSet;

use super::wrapping::wrap;
use super::{Links, check_code, propose, short_code_url};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::Span;
use crate::resolve::{Facts, Scene};
use crate::source::{Documents, Lock, LockEntry};
use rayon::prelude::*;

/// What came of giving out codes.
#[derive(Debug)]
pub struct Minting {
    /// The lock as it should be after this build.
    pub lock: Lock,
    /// Ids that were not in it before.
    pub new: Vec<String>,
}

/// Gives each link its short code: the recorded one, or a new one.
pub fn register(
    documents: &Documents,
    facts: &Facts,
    links: &mut Links,
    diagnostics: &mut Diagnostics,
) -> Minting {
    let mut lock = documents.lock.clone();
    for (id, entry) in &lock.entries {
        if let Some(span) = entry.span.filter(|_| !check_code(&entry.short_code)) {
            let message =
                format!("`{}` of `{id}` is not a short code that was given out", entry.short_code);
            diagnostics.push(
                Diagnostic::error(Code::BadLock, span, message)
                    .help("restore the line from version control"),
            );
        }
    }
    let mut taken: BTreeSet<String> =
        lock.entries.values().map(|entry| entry.short_code.clone()).collect();
    let mut order: Vec<usize> = (0..links.links.len()).collect();
    // Which link gets the longer code on a clash must not depend on the order of rows.
    order.sort_by(|a, b| {
        let id = |at: &usize| links.links.get(*at).map(|link| link.id.as_str());
        id(a).cmp(&id(b))
    });
    let proposals: Vec<String> = links.links.par_iter().map(|link| propose(&link.id, 0)).collect();
    let mut new = Vec::new();
    let mut added = Vec::new();
    for at in order {
        let Some(link) = links.links.get_mut(at) else { continue };
        let Some(meaning) = meaning(documents, facts, link.placement) else { continue };
        if let Some(entry) = lock.entries.get(&link.id) {
            report_changed_meaning(&link.id, entry, &meaning, diagnostics);
            link.short_code.clone_from(&entry.short_code);
        } else {
            let proposed = proposals.get(at).cloned().unwrap_or_default();
            let code = free_code(&link.id, proposed, &taken);
            taken.insert(code.clone());
            link.short_code.clone_from(&code);
            new.push(link.id.clone());
            let entry = LockEntry {
                short_code: code,
                campaign: meaning.campaign.to_owned(),
                channel: meaning.channel.to_owned(),
                partner: meaning.partner.to_owned(),
                span: None,
            };
            added.push((link.id.clone(), entry));
        }
    }
    let faults: Vec<(usize, Diagnostic)> = links
        .links
        .par_iter_mut()
        .filter_map(|link| {
            link.short_url = short_code_url(documents, &link.short_code);
            Some((link.placement, wrap(documents, facts, link)?))
        })
        .collect();
    let mut told = BTreeSet::new();
    for (placement, fault) in faults {
        links.broken.insert(placement);
        if told.insert((fault.primary, fault.code)) {
            diagnostics.push(fault);
        }
    }
    lock.entries.append(&mut added.into_iter().collect());
    break_long(documents, facts, links, diagnostics);
    Minting { lock, new }
}

/// A clash makes the code longer, never another.
fn free_code(id: &str, proposed: String, taken: &BTreeSet<String>) -> String {
    let mut code = proposed;
    for attempt in 1.. {
        if !taken.contains(&code) {
            break;
        }
        code = propose(id, attempt);
    }
    code
}

/// What an id means for ever.
struct Meaning<'a> {
    campaign: &'a str,
    channel: &'a str,
    partner: &'a str,
    decided: Span,
}

fn meaning<'a>(
    documents: &'a Documents,
    facts: &'a Facts,
    placement: usize,
) -> Option<Meaning<'a>> {
    let placement = facts.placements.get(placement)?;
    let scene = Scene::of(documents, facts, placement)?;
    let offer = scene.roster.offers.get(placement.offer)?;
    Some(Meaning {
        campaign: scene.brief.id.value.as_str(),
        channel: scene.channel.id.as_str(),
        partner: &offer.partner_id,
        decided: placement.decided.offer,
    })
}

fn report_changed_meaning(
    id: &str,
    entry: &LockEntry,
    meaning: &Meaning<'_>,
    diagnostics: &mut Diagnostics,
) {
    let pairs = [
        ("campaign", entry.campaign.as_str(), meaning.campaign),
        ("channel", entry.channel.as_str(), meaning.channel),
        ("partner", entry.partner.as_str(), meaning.partner),
    ];
    for (what, before, now) in pairs {
        if before != now {
            let message =
                format!("the link `{id}` was given out for the {what} `{before}`, not `{now}`");
            let mut diagnostic = Diagnostic::error(Code::MeaningChanged, meaning.decided, message)
                .help("give the placement a new id");
            if let Some(span) = entry.span {
                diagnostic = diagnostic.related(span, "given out here");
            }
            diagnostics.push(diagnostic);
        }
    }
}

/// A URL that would be cut is not sent out.
fn break_long(
    documents: &Documents,
    facts: &Facts,
    links: &mut Links,
    diagnostics: &mut Diagnostics,
) {
    let limit = documents.taxonomy.params.max_url;
    let Links { links, broken, .. } = links;
    for link in links.iter().filter(|link| link.url.len() > limit) {
        broken.insert(link.placement);
        let Some(placement) = facts.placements.get(link.placement) else { continue };
        let Some(scene) = Scene::of(documents, facts, placement) else { continue };
        let columns = &scene.roster.columns;
        let cell = scene.offer().map(|offer| offer.span(columns.landing_path));
        let cell = cell.filter(|span| span.end > span.start);
        let base = scene.partner().map(|partner| partner.span(columns.landing_base));
        let length = link.url.len();
        let message =
            format!("the URL of `{}` is {length} bytes long, at most {limit} are kept", link.id);
        diagnostics.push(
            Diagnostic::error(
                Code::UrlTooLong,
                cell.or(base).unwrap_or(placement.decided.offer),
                message,
            )
            .help("shorten the base URL or its path"),
        );
    }
}
