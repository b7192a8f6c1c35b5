//! The pages of a build, read back from its routes.json.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Deserialize;

use super::{Due, PageFile, PagePolicy};
use crate::graph::PageTimes;
use crate::model::{ArtifactPath, Digest};
use crate::source::PageForm;

/// The document in which a build says when its pages are due.
pub const ROUTES: &str = "landing/routes.json";

#[derive(Deserialize)]
struct Document {
    routes: Vec<Address>,
}

#[derive(Deserialize)]
struct Address {
    forms: Vec<Timed>,
    redirect_after: Option<String>,
    redirect_to: Option<String>,
    route: String,
    url: String,
}

#[derive(Deserialize)]
struct Timed {
    form: String,
    headers: std::collections::BTreeMap<String, String>,
    not_after: Option<String>,
    not_before: Option<String>,
    path: String,
    sha256: String,
}

/// Reads the pages of a build. What they may load is not read back: their bytes say it.
///
/// # Errors
/// Where the document is not one that this engine writes.
pub fn kept_pages(routes: &[u8]) -> Result<Vec<PageFile>, String> {
    let document: Document =
        serde_json::from_slice(routes).map_err(|error| format!("{ROUTES}: {error}"))?;
    let mut pages = Vec::new();
    for address in &document.routes {
        let times = times(address);
        let last = address.forms.len().saturating_sub(1);
        for (at, one) in address.forms.iter().enumerate() {
            let form = PageForm::ALL.into_iter().find(|form| form.name() == one.form);
            let form = form.ok_or_else(|| format!("{ROUTES}: `{}` is no form", one.form))?;
            let sha256 = Digest::from_hex(&one.sha256)
                .ok_or_else(|| format!("{ROUTES}: `{}` is no digest", one.sha256.escape_debug()))?;
            let place = ArtifactPath::published(&one.path)
                .map_err(|fault| format!("{ROUTES}: `{}`: {fault}", one.path.escape_debug()))?;
            let of_last = |text: &Option<String>| text.clone().filter(|_| at == last);
            pages.push(PageFile {
                route: address.route.as_str().into(),
                url: address.url.as_str().into(),
                form,
                place: place.into(),
                sha256,
                due: Arc::new(Due {
                    not_before: one.not_before.clone(),
                    not_after: one.not_after.clone(),
                    redirect_after: of_last(&address.redirect_after),
                    redirect_to: of_last(&address.redirect_to),
                    robots: one.headers.get("X-Robots-Tag").cloned().unwrap_or_default(),
                    times,
                }),
                policy: PagePolicy::default(),
            });
        }
    }
    Ok(pages)
}

/// The live form is always there, and has both ends.
fn times(address: &Address) -> Option<PageTimes> {
    let live = address.forms.iter().find(|one| one.form == PageForm::Live.name())?;
    let instant = |text: &Option<String>| text.as_deref()?.parse::<Timestamp>().ok();
    Some(PageTimes {
        opens: instant(&live.not_before)?,
        closes: instant(&live.not_after)?,
        redirects: instant(&address.redirect_after),
    })
}
