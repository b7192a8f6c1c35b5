//! The tables that list all links: made, or known from the last build where nothing that they are
//! made from differs.

use std::io;

use anyhow::Result;
use serde::{Deserialize, Serialize};

use super::entries::{Listed, live_links, with_details};
use super::exit::Bug;
use super::prepare::Prepared;
use super::recall::add_shared_sources;
use crate::artifact::redirects::Redirect;
use crate::artifact::{
    BriefFile, GeneratedFile, LiveLink, NoShelf, Redirects, ReportingFault, ReportingInput, Shelf,
    check_classification, links_table, make_redirects, reporting_files,
};
use crate::diag::Diagnostics;
use crate::model::{Digest, Hasher};
use crate::resolve::table_digest;
use crate::source::{Lock, LockRow};

/// Link, reporting and redirect tables.
#[derive(Clone, Debug)]
pub(super) struct Tables {
    pub(super) files: Vec<GeneratedFile>,
    pub(super) servers: Vec<Server>,
    /// Nothing was found in them.
    pub(super) clean: bool,
}

/// How full a server of short codes is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(super) struct Server {
    #[serde(rename = "server")]
    pub(super) name: String,
    pub(super) used: usize,
    pub(super) limit: Option<usize>,
    pub(super) unit: String,
}

/// Makes the tables. What servers of short codes get goes to a shelf of its own.
pub(super) fn make_tables(
    prepared: &Prepared,
    listed: &Listed<'_>,
    (shelf, of_servers): (&dyn Shelf, &dyn Shelf),
    diagnostics: &mut Diagnostics,
) -> Result<Tables> {
    let Prepared { documents, facts, .. } = prepared;
    let (live, lock) = (&listed.live(prepared), listed.lock);
    let briefs = brief_files(prepared);
    let input = ReportingInput { documents, facts, live, lock, briefs: &briefs };
    let routes = routes(prepared, listed);
    let mut found = Diagnostics::new();
    // What servers get is made by one thread from a list of all links: not while all others are made,
    // of which all threads make a part.
    let (table, redirects) = rayon::join(
        || links_table(documents, facts, live, shelf),
        || redirects(prepared, live, lock, (&*routes, of_servers), &mut found),
    );
    let (mut files, redirects) = (table?, redirects?);
    files.extend(redirects.files);
    files.extend(reporting_files(&input, shelf).map_err(|fault| match fault {
        ReportingFault::Write(error) => anyhow::Error::from(error),
        ReportingFault::Bug(what) => Bug(what).into(),
    })?);
    check_classification(&input, &mut found);
    let servers = redirects.capacities.into_iter().map(|(server, capacity)| Server {
        name: server.to_owned(),
        used: capacity.used,
        limit: capacity.limit,
        unit: capacity.what.to_owned(),
    });
    let (servers, clean) = (servers.collect(), found.is_empty());
    diagnostics.extend(found);
    Ok(Tables { files, servers, clean })
}

/// Digest of everything that the tables are made from; nothing for a build of a part, whose tables
/// are not those of its sources.
pub(super) fn tables_key(prepared: &Prepared, listed: &Listed<'_>) -> Option<Digest> {
    if listed.partial.is_some() {
        return None;
    }
    let Prepared { documents, facts, links, as_of, .. } = prepared;
    let of_placements = links.listed(documents, facts);
    let mut hasher = Hasher::default();
    let mut add = |bytes: &[u8]| hasher = std::mem::take(&mut hasher).part(bytes);
    add_shared_sources(&prepared.sources, &mut add);
    add(format!("{as_of:?} {}", listed.made.len()).as_bytes());
    let mut live = Vec::with_capacity(listed.made.len() * 40);
    for at in &listed.made {
        let link = links.links.get(*at)?;
        live.extend_from_slice(of_placements.get(link.placement)?.as_bytes());
        live.extend_from_slice(&(link.rule as u64).to_le_bytes());
    }
    add(&live);
    add(listed.lock.digest().as_bytes());
    // Names of partners, and flights of rows that were picked by hand.
    let partners = documents.tables.get("partners");
    let named = partners.and_then(|table| {
        let columns = [table.column("partner_id")?, table.column("name")?];
        Some((table.records.iter().filter(|record| !record.quarantined), columns))
    });
    if let Some((records, [id, name])) = named {
        records.for_each(|record| {
            add(record.text(id).as_bytes());
            add(record.text(name).as_bytes());
        });
    }
    let picked = documents.tables.get("placements").map(table_digest);
    add(picked.as_ref().map_or(&[], |digest| digest.as_bytes()));
    for route in routes(prepared, listed) {
        add(route.as_bytes());
    }
    Some(hasher.finish())
}

fn routes<'p>(prepared: &'p Prepared, listed: &'p Listed<'_>) -> Vec<&'p str> {
    match listed.partial {
        Some(_) => listed.pages.iter().map(|page| page.route.as_str()).collect(),
        None => prepared.facts.pages.routes().collect(),
    }
}

/// What would be wrong in them.
pub(super) fn check_tables(
    prepared: &Prepared,
    live: &[bool],
    diagnostics: &mut Diagnostics,
) -> Result<()> {
    let Prepared { documents, facts, minting, .. } = prepared;
    let live = with_details(prepared, &live_links(prepared, live));
    let lock = &minting.lock;
    let routes: Vec<&str> = facts.pages.routes().collect();
    redirects(prepared, &live, lock, (&routes, &NoShelf), diagnostics)?;
    let input = ReportingInput { documents, facts, live: &live, lock, briefs: &[] };
    check_classification(&input, diagnostics);
    Ok(())
}

/// The brief of each campaign.
fn brief_files(prepared: &Prepared) -> Vec<BriefFile> {
    let Prepared { sources, documents, facts, .. } = prepared;
    let files = facts.campaigns.iter().map(|campaign| {
        let brief = documents.briefs.get(campaign.brief)?;
        let file = sources.get(brief.id.span.source)?;
        let text = file.text.get(file.content_start()..)?.replace("\r\n", "\n");
        let sha256 = Digest::of(text.as_bytes()).hex();
        Some(BriefFile { path: file.path.to_string(), sha256 })
    });
    files.map(Option::unwrap_or_default).collect()
}

/// The files of all servers that answer short codes.
fn redirects(
    prepared: &Prepared,
    live: &[LiveLink<'_>],
    lock: &Lock,
    (routes, shelf): (&[&str], &dyn Shelf),
    diagnostics: &mut Diagnostics,
) -> io::Result<Redirects> {
    let is_live = |id: &str| live.binary_search_by(|link| link.id().cmp(id)).is_ok();
    let retired: Vec<LockRow<'_>> =
        lock.links().filter(|row| !row.url.is_empty() && !is_live(row.link_id)).collect();
    let mut redirects: Vec<Redirect<'_>> =
        live.iter().map(|link| Redirect { code: link.short_code(), url: link.url() }).collect();
    // What was mailed and printed is answered for as long as anyone may ask.
    redirects.extend(retired.iter().map(|row| Redirect { code: row.short_code, url: &row.url }));
    make_redirects(&prepared.documents.workspace, &redirects, routes, shelf, diagnostics)
}
