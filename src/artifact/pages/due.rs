//! When a form of a page is due, as the manifest and the routes say it.

use jiff::Timestamp;

use crate::graph::{Job, PageTimes};
use crate::model::rfc3339;
use crate::resolve::Scene;
use crate::source::{PageForm, PageSettings};

/// The times of one form, RFC 3339 in the campaign's zone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Due {
    /// The first instant at which the form is due; from the beginning where there is none.
    pub not_before: Option<String>,
    /// The first instant at which it is no longer due; to the end where there is none.
    pub not_after: Option<String>,
    /// From when on the route leads elsewhere; said of the route's last form.
    pub redirect_after: Option<String>,
    /// Where it leads then.
    pub redirect_to: Option<String>,
    /// What search engines are told.
    pub robots: String,
    /// When the page opens, closes and leads elsewhere.
    pub times: Option<PageTimes>,
}

impl Due {
    /// The times of one form of a job's page.
    pub fn of(scene: &Scene<'_>, job: &Job, form: PageForm) -> Self {
        let settings = scene.channel.recipes.get(job.recipe).map(|recipe| &recipe.page);
        let (Some(times), Some(settings)) = (job.times, settings) else { return Self::default() };
        let text = |instant: Timestamp| rfc3339(instant, &scene.brief.zone);
        let mut due = Self {
            not_before: times.not_before(form).map(text),
            not_after: times.not_after(form).map(text),
            robots: robots(form, settings, &text(times.closes)),
            times: Some(times),
            ..Self::default()
        };
        let declared = &scene.documents.workspace.declared;
        let target = settings.redirect_to.as_ref().and_then(|name| declared.get(&name.value));
        if let (Some(after), Some(target)) = (times.redirects, target)
            && settings.forms.last() == Some(&form)
        {
            due.redirect_after = Some(text(after));
            due.redirect_to = Some(target.value.clone());
        }
        due
    }
}

/// What search engines are told about a form, in a page and in its header alike.
pub fn robots(form: PageForm, settings: &PageSettings, closes: &str) -> String {
    match form {
        PageForm::Live if settings.index => {
            format!("index, follow, max-image-preview:large, unavailable_after: {closes}")
        }
        PageForm::Live | PageForm::Pending | PageForm::Ended => "noindex".to_owned(),
    }
}
