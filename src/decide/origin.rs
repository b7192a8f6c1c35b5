//! Which fact a name of a template's context is: where it stands, and whose it is.

use super::fact::{Fact, Subject, World};
use crate::graph::Job;
use crate::model::Span;
use crate::render::{Path, Step};
use crate::resolve::{Placement, Scene};
use crate::source::table::{Record, Table};

/// The fact that templates of a job know by a name, with its value. `None` for what is no fact of
/// the workspace, such as a link, which is made.
pub fn origin(world: World<'_>, job: &Job, path: &Path, value: &str) -> Option<Fact> {
    let (placement, steps) = match path.0.as_slice() {
        [Step::Name(first), Step::At(at), rest @ ..] if first == "slots" => {
            (job.placements.get(*at), rest)
        }
        steps => (job.placements.first().filter(|_| job.per_placement), steps),
    };
    let placement = placement.and_then(|at| world.facts.placements.get(*at));
    let scene = match placement {
        Some(placement) => Scene::of(world.documents, world.facts, placement),
        None => Scene::of_asset(world.documents, world.facts, job.campaign, job.asset),
    };
    let finder = Finder { world, job, scene: scene?, placement };
    let (subject, span) = finder.find(steps)?;
    Some(Fact::at(world, subject, span, (None, Some(value.to_owned()))))
}

struct Finder<'a> {
    world: World<'a>,
    job: &'a Job,
    scene: Scene<'a>,
    placement: Option<&'a Placement>,
}

impl Finder<'_> {
    fn find(&self, steps: &[Step]) -> Option<(Subject, Span)> {
        let Some((Step::Name(first), rest)) = steps.split_first() else { return None };
        match (first.as_str(), rest) {
            ("offer", [Step::Name(column)]) => {
                self.cell("offers", self.scene.tables.0, self.scene.offer()?, column)
            }
            ("partner", [Step::Name(column)]) => {
                self.cell("partners", self.scene.tables.1, self.scene.partner()?, column)
            }
            ("partners", [Step::At(at), Step::Name(column)]) => {
                let offer = self.world.facts.roster.offers.get(self.placement?.offer)?;
                let partners = self.scene.tables.1;
                let record = partners.records.get(*offer.partners.get(*at)?)?;
                self.cell("partners", partners, record, column)
            }
            ("tables", [Step::Name(name), Step::At(at), Step::Name(column)]) => {
                let table = self.world.documents.tables.get(name)?;
                let mut whole = table.records.iter().filter(|record| !record.quarantined);
                self.cell(name, table, whole.nth(*at)?, column)
            }
            ("slot" | "placement" | "variant", _) => self.placed(first),
            ("copy", [Step::Name(block)]) => self.copy(block),
            ("campaign", [Step::Name(field)]) => Some(self.campaign(field)),
            ("window", [Step::Name(time)]) => self.window(time),
            ("terms", [Step::Name(field)]) => self.terms(field),
            ("channel", [Step::Name(field)]) => {
                let channel = self.scene.channel;
                let span = match field.as_str() {
                    "medium" => channel.medium.span,
                    "source" => channel.source.span,
                    _ => channel.span,
                };
                self.file(span)
            }
            ("asset", _) => self.file(self.scene.asset.id.span),
            ("declared", [Step::Name(name)]) => {
                self.file(self.world.documents.workspace.declared.get(name)?.span)
            }
            ("workspace", [Step::Name(field)]) => {
                let workspace = &self.world.documents.workspace;
                let span = match field.as_str() {
                    "title" => workspace.title.span,
                    "currency" => workspace.currency.span,
                    _ => workspace.name.span,
                };
                self.file(span)
            }
            _ => None,
        }
    }

    fn cell(
        &self,
        name: &str,
        table: &Table,
        record: &Record,
        column: &str,
    ) -> Option<(Subject, Span)> {
        let key = table.contract.key.first().copied();
        let own = table.column(column);
        let at = own.or_else(|| key.filter(|_| column == "id"))?;
        let scopes = self.scene.scopes();
        let (_, span) = record.value_in(at, &scopes);
        let mut own = record.overrides.iter().filter(|one| one.column == at && one.span == span);
        let own = own.next().map(|one| one.scope.clone());
        let subject = Subject::Cell {
            table: name.to_owned(),
            row: table.key_of(record),
            column: table.contract.column(at)?.name.clone(),
            channel: own,
        };
        Some((subject, span))
    }

    fn placed(&self, what: &str) -> Option<(Subject, Span)> {
        let placement = self.placement?;
        let span = match what {
            "slot" => placement.decided.slot,
            "variant" => placement.decided.variant,
            _ => placement.decided.offer,
        };
        let subject = Subject::Placed {
            campaign: self.scene.brief.id.value.to_string(),
            asset: self.scene.asset.id.value.to_string(),
            slot: placement.slot.to_string(),
        };
        Some((subject, span))
    }

    fn copy(&self, block: &str) -> Option<(Subject, Span)> {
        let campaign = self.world.facts.campaigns.get(self.job.campaign)?;
        let span = campaign.assets.get(self.job.asset)?.copy.get(block)?.span;
        let own = self.scene.brief.copy.iter().find(|(_, one)| one.span == span);
        let block = own.map_or_else(|| block.to_owned(), |(name, _)| name.clone());
        let campaign = self.scene.brief.id.value.to_string();
        Some((Subject::Copy { campaign, block }, span))
    }

    fn campaign(&self, field: &str) -> (Subject, Span) {
        let brief = self.scene.brief;
        let span = match field {
            "id" => brief.id.span,
            "name" => brief.name.span,
            "code" => brief.code.span,
            "owner" => brief.owner.span,
            _ => brief.span,
        };
        let campaign = brief.id.value.to_string();
        (Subject::Campaign { campaign, field: field.to_owned() }, span)
    }

    fn window(&self, time: &str) -> Option<(Subject, Span)> {
        let campaign = self.world.facts.campaigns.get(self.job.campaign)?;
        let window = campaign.assets.get(self.job.asset)?.window;
        let window = self.scene.brief.windows.get(window)?;
        let subject = Subject::Window {
            campaign: self.scene.brief.id.value.to_string(),
            window: window.id.to_string(),
            time: time.to_owned(),
        };
        Some((subject, window.span))
    }

    fn terms(&self, field: &str) -> Option<(Subject, Span)> {
        let id = self.scene.offer()?.text(self.world.facts.roster.columns.terms_id);
        let (_, terms) = self.world.documents.terms.iter().find(|(own, _)| own.as_str() == id)?;
        let locale = self.scene.rendition.locale;
        let own = terms.in_locale(locale);
        let is_translation = !std::ptr::eq(own, terms);
        let span = if field == "text" { own.text.span } else { own.span };
        let field =
            if is_translation { format!("{field}@{}", locale.tag()) } else { field.to_owned() };
        let subject = Subject::Terms { terms: id.to_owned(), field };
        Some((subject, span))
    }

    /// What stands in a file that is compared as a whole.
    fn file(&self, span: Span) -> Option<(Subject, Span)> {
        let path = self.world.sources.get(span.source)?.path.to_string();
        Some((Subject::File { path }, span))
    }
}
