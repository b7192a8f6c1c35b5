//! What the forms of a page see: the same facts as everything else, less what is not for its time.

use tera::value::Key;
use tera::{Context, Map, Value};

use super::Stage;
use crate::graph::{Job, PageTimes};
use crate::model::rfc3339;
use crate::resolve::{Asset, Scene};
use crate::source::{PageForm, PageSettings};

/// The context of one form of a job's page.
pub(super) fn page_context(
    stage: &Stage<'_>,
    scene: &Scene<'_>,
    job: &Job,
    form: PageForm,
    shared: &Context,
) -> Context {
    let mut context = shared.clone();
    let settings = scene.channel.recipes.get(job.recipe).map(|recipe| &recipe.page);
    let (Some(times), Some(settings)) = (job.times, settings) else { return context };
    context.insert_value("form", Value::from(form.name()));
    context.insert_value("page", page_value(stage, scene, job, (form, times), settings));
    let change: &dyn Fn(&mut dyn Names) = match form {
        PageForm::Live => return context,
        PageForm::Pending => &|names| conceal(names, settings),
        PageForm::Ended => &|names| withdraw_code(names),
    };
    if form == PageForm::Pending {
        context.remove("tables");
    }
    if job.per_placement {
        change(&mut context);
    } else if let Some(Some(slots)) =
        context.remove("slots").map(|slots| slots.as_array().map(<[Value]>::to_vec))
    {
        let slots = slots.into_iter().filter_map(Value::into_map).map(|mut slot| {
            change(&mut slot);
            Value::from(slot)
        });
        let slots: Vec<Value> = slots.collect();
        context.insert_value("slots", Value::from(slots));
    }
    context
}

fn page_value(
    stage: &Stage<'_>,
    scene: &Scene<'_>,
    job: &Job,
    (form, times): (PageForm, PageTimes),
    settings: &PageSettings,
) -> Value {
    let zone = &scene.brief.zone;
    let hosts = &stage.documents.workspace.hosts;
    let url = job.route.as_ref().and_then(|route| hosts.page(route));
    let (opens, closes) = (rfc3339(times.opens, zone), rfc3339(times.closes, zone));
    let robots = match form {
        PageForm::Live if settings.index => {
            format!("index, follow, max-image-preview:large, unavailable_after: {closes}")
        }
        PageForm::Live | PageForm::Pending | PageForm::Ended => "noindex".to_owned(),
    };
    let pairs = [
        ("form", form.name().to_owned()),
        ("url", url.unwrap_or_default()),
        ("robots", robots),
        ("opens", opens),
        ("closes", closes),
    ];
    let mut map: Map =
        pairs.into_iter().map(|(key, value)| (key.into(), Value::from(value))).collect();
    map.insert("alternates".into(), Value::from(alternates(stage, scene, job)));
    Value::from(map)
}

/// The same page in each of its locales, itself among them; none where there is one.
fn alternates(stage: &Stage<'_>, scene: &Scene<'_>, job: &Job) -> Vec<Value> {
    let assets = stage.facts.campaigns.get(job.campaign).map_or(&[][..], |one| &one.assets);
    let spec = assets.get(job.asset).map(|one| one.spec);
    let is_other = |one: &&Asset| {
        Some(one.spec) == spec && !one.held_back && one.rendition.variant == scene.rendition.variant
    };
    if assets.iter().filter(is_other).count() < 2 {
        return Vec::new();
    }
    let recipe = scene.channel.recipes.get(job.recipe);
    let Some(route) = recipe.and_then(|recipe| recipe.route.as_ref()) else { return Vec::new() };
    let address = |(at, one): (usize, &Asset)| {
        if !is_other(&one) {
            return None;
        }
        let mut other = Scene::of_asset(stage.documents, stage.facts, job.campaign, at)?;
        if let Some(own) = scene.placement {
            let is_same = |at: &usize| {
                let other = stage.facts.placements.get(*at);
                other.is_some_and(|one| one.slot == own.slot && one.offer == own.offer)
            };
            // Nearly always each locale has the same placements in the same order.
            let ours = assets.get(job.asset).map_or(0, |one| one.placements.start);
            let turn = job.placements.first().map_or(0, |at| at.saturating_sub(ours));
            let same_turn =
                Some(one.placements.start + turn).filter(|at| one.placements.contains(at));
            let found = same_turn.filter(is_same);
            let found = found.or_else(|| one.placements.clone().find(is_same))?;
            if stage.links.broken.contains(&found) {
                return None;
            }
            other.placement = stage.facts.placements.get(found);
        }
        let path = other.expand(route).ok()? + &other.rendition.suffix(route);
        let url = stage.documents.workspace.hosts.site.value.join(&path).ok()?;
        let pairs = [("lang", other.rendition.locale.tag().to_owned()), ("url", url.into())];
        Some(Value::from(
            pairs.into_iter().map(|(key, one)| (key.into(), Value::from(one))).collect::<Map>(),
        ))
    };
    let found: Vec<Value> = assets.iter().enumerate().filter_map(address).collect();
    if found.len() > 1 { found } else { Vec::new() }
}

/// Where names of a placement stand: in the context itself, or in a slot.
trait Names {
    fn take(&mut self, name: &'static str) -> Option<Value>;
    fn put(&mut self, name: &'static str, value: Value);
}

impl Names for Context {
    fn take(&mut self, name: &'static str) -> Option<Value> {
        self.remove(name)
    }

    fn put(&mut self, name: &'static str, value: Value) {
        self.insert_value(name, value);
    }
}

impl Names for Map {
    fn take(&mut self, name: &'static str) -> Option<Value> {
        self.shift_remove(&Key::from(name))
    }

    fn put(&mut self, name: &'static str, value: Value) {
        self.insert(name.into(), value);
    }
}

/// Before a page opens, what its recipe lists may be shown, and of a partner with an embargo
/// nothing at all: nobody knows when a reader looks.
fn conceal(names: &mut dyn Names, settings: &PageSettings) {
    let partners = names.take("partners");
    let members = partners.as_ref().and_then(Value::as_array).unwrap_or_default();
    let embargo = members.iter().any(|one| one.get_from_path("embargo_until").is_some());
    let shown = |entity: &str, value: &Value| {
        let listed = |field: &Key<'_>| {
            !embargo
                && settings.pending_shows.iter().any(|one| {
                    one.value.split_once('.').is_some_and(|(name, column)| {
                        name == entity && field.as_str() == Some(column)
                    })
                })
        };
        let fields = value.as_map().into_iter().flatten();
        let kept: Map = fields
            .filter(|(field, _)| listed(field))
            .map(|(field, value)| (field.clone(), value.clone()))
            .collect();
        Value::from(kept)
    };
    let list: Vec<Value> = members.iter().map(|member| shown("partner", member)).collect();
    names.put("partners", Value::from(list));
    for entity in ["offer", "partner"] {
        let value = names.take(entity).unwrap_or_else(Value::none);
        names.put(entity, shown(entity, &value));
    }
    names.take("terms");
    names.put("links", Value::from(Map::new()));
}

/// A code that no longer works is not shown.
fn withdraw_code(names: &mut dyn Names) {
    if let Some(mut offer) = names.take("offer").and_then(Value::into_map) {
        offer.shift_remove(&Key::from("code"));
        names.put("offer", Value::from(offer));
    }
}
