//! throughline.lock against the links of this build: what is kept, what is new.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::meaning::{Identity, Recorded, Recording, identity, record};
use super::wrapping::wrap;
use super::{Links, check_code, propose};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::resolve::{Facts, Scene};
use crate::source::{Documents, Lock, LockRow};
use rayon::prelude::*;

/// What came of giving out codes.
#[derive(Debug, Default)]
pub struct Minting {
    /// The lock as it should be after this build.
    pub lock: Lock,
    /// The links that were not in it before, in the order of their ids.
    pub new: Vec<usize>,
    /// Ids that mean something else than it said.
    pub changed: Vec<String>,
    /// The places of all links, in the order of their ids.
    pub order: Vec<usize>,
}

impl Minting {
    /// What it is where only the links of some placements go out: those alone are recorded.
    #[must_use]
    pub fn only(
        &self,
        documents: &Documents,
        facts: &Facts,
        links: &Links,
        recording: Recording<'_>,
        goes_out: &dyn Fn(usize) -> bool,
    ) -> Self {
        let goes_out =
            |at: &&usize| links.links.get(**at).is_some_and(|link| goes_out(link.placement));
        let order: Vec<usize> = self.order.iter().filter(goes_out).copied().collect();
        let new = self.new.iter().filter(goes_out).copied().collect();
        let mut lock = documents.lock.clone();
        let changed = record(documents, facts, links, &order, recording, &mut lock).changed;
        Self { lock, new, changed, order: self.order.clone() }
    }
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
    // Which link gets the longer code on a clash must not depend on the order of rows.
    let order = order_by_id(links);
    let (mut codes, new) = known_codes(documents, facts, links, &order, diagnostics);
    give_new_codes(documents, links, &new, &mut codes);
    let (own, details) = links.details_mut();
    let with_codes = own.par_iter_mut().zip(details).zip(codes);
    let faults = with_codes.filter_map(|((link, details), code)| {
        link.short_code = match code {
            Cow::Borrowed(code) => known.excerpt(code).unwrap_or_else(|| code.into()),
            Cow::Owned(code) => code.into(),
        };
        Some((link.placement, wrap(documents, facts, link, details)?))
    });
    let faults: Vec<(usize, Diagnostic)> = faults.collect();
    let mut told = BTreeSet::new();
    for (placement, fault) in faults {
        links.broken.insert(placement);
        if told.insert((fault.primary, fault.code)) {
            diagnostics.push(fault);
        }
    }
    break_long(documents, facts, links, diagnostics);
    let mut lock = known.clone();
    let Recorded { changed, texts } = record(documents, facts, links, &order, recording, &mut lock);
    for (at, id, url) in texts {
        if let Some(link) = links.links.get_mut(at) {
            (link.id, link.url) = (id, url);
        }
    }
    share_texts(links, &new, &lock);
    let (own, details) = links.details_mut();
    let all = own.par_iter().zip(details);
    all.for_each(|(link, details)| details.params.share(&link.url));
    Minting { lock, new, changed, order }
}

/// What the lock now holds of new links is not in memory a second time.
fn share_texts(links: &mut Links, new: &[usize], lock: &Lock) {
    // Some at a time, so that no list of all of them is in memory as well.
    for new in new.chunks(AT_ONCE) {
        let texts = lock.with_current(&ids(links, new), |place, row| {
            let (at, row) = (*new.get(place)?, row?);
            let link = links.links.get(at)?;
            let url = (*row.url == *link.url).then(|| lock.excerpt(&row.url)).flatten();
            let code = (*row.short_code == *link.short_code).then(|| lock.excerpt(row.short_code));
            Some((at, lock.excerpt(row.link_id), code.flatten(), url))
        });
        for (at, id, code, url) in texts {
            let Some(link) = links.links.get_mut(at) else { continue };
            link.id = id.unwrap_or_else(|| std::mem::take(&mut link.id));
            link.url = url.unwrap_or_else(|| std::mem::take(&mut link.url));
            link.short_code = code.unwrap_or_else(|| std::mem::take(&mut link.short_code));
        }
    }
}

/// Links whose texts are looked up at once.
const AT_ONCE: usize = 16_384;

/// The places of all links, sorted by id.
fn order_by_id(links: &Links) -> Vec<usize> {
    let by_id = |a: &usize, b: &usize| {
        let id = |at: usize| links.links.get(at).map(|link| link.id.as_str());
        id(*a).cmp(&id(*b))
    };
    let mut order: Vec<usize> = (0..links.links.len()).collect();
    // Placements mostly come in the order of their ids, and what is in order is sorted at once.
    for range in links.ranges() {
        order.get_mut(range).unwrap_or_default().sort_by(by_id);
    }
    order.par_sort_by(by_id);
    order
}

/// The ids of links.
pub(super) fn ids<'l>(links: &'l Links, order: &[usize]) -> Vec<&'l str> {
    let mut ids = Vec::with_capacity(order.len());
    ids.extend(order.iter().filter_map(|at| Some(links.links.get(*at)?.id.as_str())));
    ids
}

fn check_codes(lock: &Lock, diagnostics: &mut Diagnostics) {
    for row in lock.with_code(|code| !check_code(code)) {
        if let Some(span) = row.span {
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

/// The recorded code of each link, and which links have none.
fn known_codes<'d>(
    documents: &'d Documents,
    facts: &Facts,
    links: &Links,
    order: &[usize],
    diagnostics: &mut Diagnostics,
) -> (Vec<Cow<'d, str>>, Vec<usize>) {
    let read = |place: usize, row: Option<LockRow<'d>>| {
        let at = *order.get(place)?;
        let now = identity(documents, facts, links.links.get(at)?.placement)?;
        let changed = row.as_ref().is_some_and(|row| {
            row.identity().map(|(_, before)| before) != [now.campaign, now.channel, now.partner]
        });
        let code = row.as_ref().map(|row| row.short_code);
        Some((at, code, row.filter(|_| changed).map(|row| Box::new((row, now)))))
    };
    let known = documents.lock.with_current(&ids(links, order), read);
    let mut codes = vec![Cow::Borrowed(""); links.links.len()];
    let mut new = Vec::with_capacity(known.iter().filter(|(_, code, _)| code.is_none()).count());
    for (at, code, changed) in known {
        let Some(code) = code else {
            new.push(at);
            continue;
        };
        if let Some((row, now)) = changed.as_deref() {
            report_changed_meaning(row, now, diagnostics);
        }
        if let Some(slot) = codes.get_mut(at) {
            *slot = Cow::Borrowed(code);
        }
    }
    (codes, new)
}

/// Gives a code to each link that has none.
fn give_new_codes(documents: &Documents, links: &Links, new: &[usize], codes: &mut [Cow<'_, str>]) {
    if new.is_empty() {
        return;
    }
    let mut proposed: Vec<(String, usize)> = new
        .par_iter()
        .enumerate()
        .filter_map(|(order, at)| Some((propose(&links.links.get(*at)?.id, 0), order)))
        .collect();
    // Of links with one proposal, the first in the order of ids keeps it.
    proposed.par_sort_unstable();
    let mut taken: Vec<&str> = documents.lock.links().map(|row| row.short_code).collect();
    taken.par_sort_unstable();
    let is_recorded = |code: &str| taken.binary_search(&code).is_ok();
    let mut clashes: Vec<(usize, String)> = Vec::new();
    let mut kept = String::new();
    for (code, order) in proposed {
        if code == kept || is_recorded(&code) {
            clashes.push((order, code));
            continue;
        }
        if let Some(slot) = new.get(order).and_then(|at| codes.get_mut(*at)) {
            *slot = Cow::Owned(code.clone());
        }
        kept = code;
    }
    clashes.sort_unstable();
    let mut longer: BTreeSet<String> = BTreeSet::new();
    for (order, code) in clashes {
        let Some((at, link)) = new.get(order).and_then(|at| Some((*at, links.links.get(*at)?)))
        else {
            continue;
        };
        // It is taken, and a longer one can only meet others that were made longer.
        let is_taken = |one: &str| one == code || is_recorded(one) || longer.contains(one);
        let free = free_code(&link.id, code.clone(), &is_taken);
        if let Some(slot) = codes.get_mut(at) {
            *slot = Cow::Owned(free.clone());
        }
        longer.insert(free);
    }
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
