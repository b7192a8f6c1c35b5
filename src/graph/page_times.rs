//! When a page opens, closes and leads elsewhere.

use jiff::{Span, Timestamp};

use crate::resolve::{Facts, Scene};
use crate::source::{PageForm, Recipe};

/// The instants at which a page changes its form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PageTimes {
    /// The live form is due from here on.
    pub opens: Timestamp,
    /// The ended form is due from here on.
    pub closes: Timestamp,
    /// The address leads elsewhere from here on.
    pub redirects: Option<Timestamp>,
}

impl PageTimes {
    /// From the window and the offers that the page shows: open while the window is open and all
    /// of its offers are displayed and effective.
    pub(super) fn new(
        scene: &Scene<'_>,
        facts: &Facts,
        (window, placements): (usize, &[usize]),
        recipe: &Recipe,
    ) -> Option<Self> {
        let window = scene.brief.windows.get(window)?;
        let columns = &facts.roster.columns;
        let (mut opens, mut closes) = (window.opens, window.closes);
        for placement in placements.iter().filter_map(|at| facts.placements.get(*at)) {
            let offer = facts.roster.offers.get(placement.offer)?;
            let record = scene.tables.0.records.get(offer.record)?;
            let scopes = scene.scopes();
            let instant = |column| record.value_in(column, &scopes).0.as_instant();
            for start in [columns.display_from, columns.effective_from] {
                opens = instant(start).map_or(opens, |start| opens.max(start));
            }
            for end in [columns.display_to, columns.effective_to] {
                closes = instant(end).map_or(closes, |end| closes.min(end));
            }
        }
        let days = recipe.page.ended_days.map(|days| Span::new().days(i64::from(days)));
        let redirects = days.and_then(|days| {
            // A day is a day of the calendar, also where clocks change.
            let end = closes.to_zoned(scene.brief.zone.clone()).checked_add(days).ok()?;
            Some(end.timestamp())
        });
        Some(Self { opens, closes, redirects })
    }

    /// The first instant at which a form is due, where there is one.
    pub fn not_before(&self, form: PageForm) -> Option<Timestamp> {
        match form {
            PageForm::Pending => None,
            PageForm::Live => Some(self.opens),
            PageForm::Ended => Some(self.closes),
        }
    }

    /// The first instant at which a form is no longer due, where there is one.
    pub fn not_after(&self, form: PageForm) -> Option<Timestamp> {
        match form {
            PageForm::Pending => Some(self.opens),
            PageForm::Live => Some(self.closes),
            PageForm::Ended => None,
        }
    }
}
