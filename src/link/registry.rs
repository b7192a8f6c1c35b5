//! throughline.lock against the links of this build: what is kept, what is new.

use std::collections::BTreeSet;

use super::meaning::{Identity, Recording, identity, record};
use super::wrapping::wrap;
use super::{Links, check_code, propose, short_code_url};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::resolve::{Facts, Scene};
use crate::source::{Documents, Lock, LockRow};
use rayon::prelude::*;

/// What came of giving out codes.
#[derive(Debug)]
pub struct Minting {
    /// The lock as it should be after this build.
    pub lock: Lock,
    /// Ids that were not in it before.
    pub new: Vec<String>,
    /// Ids that mean something else than it said.
    pub changed: Vec<String>,
}

/// Gives each link its short code: the recorded one, or a new one. Records what links mean, where
/// that is wanted.
pub fn register(
    documents: &Documents,
    facts: &Facts,
    links: &mut Links,
    recording: Recording<'_>,
    diagnostics: &mut Diagnostics,
) -> Minting {
    let known = &documents.lock;
    check_codes(known, diagnostics);
    let mut order: Vec<usize> = (0..links.links.len()).collect();
    // Which link gets the longer code on a clash must not depend on the order of rows.
    order.sort_by(|a, b| {
        let id = |at: &usize| links.links.get(*at).map(|link| link.id.as_str());
        id(a).cmp(&id(b))
    });
    let new = give_codes(documents, facts, links, &order, diagnostics);
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
    break_long(documents, facts, links, diagnostics);
    let mut lock = known.clone();
    let changed = record(documents, facts, links, &order, recording, &mut lock);
    Minting { lock, new, changed }
}

fn check_codes(lock: &Lock, diagnostics: &mut Diagnostics) {
    for row in lock.links() {
        if let Some(span) = row.span.filter(|_| !check_code(row.short_code)) {
            let LockRow { link_id, short_code, .. } = row;
            let message =
                format!("`{short_code}` of `{link_id}` is not a short code that was given out");
            diagnostics.push(
                Diagnostic::error(Code::BadLock, span, message)
                    .help("restore the line from version control"),
            );
        }
    }
}

/// Gives each link its code. Tells which links got a new one.
fn give_codes(
    documents: &Documents,
    facts: &Facts,
    links: &mut Links,
    order: &[usize],
    diagnostics: &mut Diagnostics,
) -> Vec<String> {
    let known = &documents.lock;
    let taken: BTreeSet<&str> = known.links().map(|row| row.short_code).collect();
    let mut given: BTreeSet<String> = BTreeSet::new();
    let proposals: Vec<String> = links.links.par_iter().map(|link| propose(&link.id, 0)).collect();
    let mut rows = known.cursor();
    let mut new = Vec::new();
    for at in order {
        let Some(link) = links.links.get_mut(*at) else { continue };
        let Some(now) = identity(documents, facts, link.placement) else { continue };
        if let Some(row) = rows.seek(&link.id) {
            report_changed_meaning(&row, &now, diagnostics);
            row.short_code.clone_into(&mut link.short_code);
        } else {
            let proposed = proposals.get(*at).cloned().unwrap_or_default();
            let is_taken = |code: &str| taken.contains(code) || given.contains(code);
            link.short_code = free_code(&link.id, proposed, &is_taken);
            given.insert(link.short_code.clone());
            new.push(link.id.clone());
        }
    }
    new
}

/// A clash makes the code longer, never another.
pub(super) fn free_code(id: &str, proposed: String, is_taken: &dyn Fn(&str) -> bool) -> String {
    let mut code = proposed;
    for attempt in 1.. {
        if !is_taken(&code) {
            break;
        }
        code = propose(id, attempt);
    }
    code
}

fn report_changed_meaning(row: &LockRow<'_>, now: &Identity<'_>, diagnostics: &mut Diagnostics) {
    let id = row.link_id;
    for ((what, before), now_is) in
        row.identity().into_iter().zip([now.campaign, now.channel, now.partner])
    {
        if before != now_is {
            let message =
                format!("the link `{id}` was given out for the {what} `{before}`, not `{now_is}`");
            let mut diagnostic = Diagnostic::error(Code::MeaningChanged, now.decided, message)
                .help("give the placement a new id");
            if let Some(span) = row.span {
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
