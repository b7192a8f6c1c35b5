//! Shows what an artifact was made from, and which facts put a text into it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path as FilePath;

use anyhow::Result;
use serde_json::{Value, json};

use super::console::Console;
use super::exit::Exit;
use super::explain_link::{swap_json, swap_lines};
use super::prepare::Prepared;
use crate::decide::{Fact, World, origin, readers};
use crate::diag::Diagnostics;
use crate::graph::Job;
use crate::link::SwapOrigin;
use crate::manifest::Entry;
use crate::model::{ArtifactPath, Span};
use crate::render::{Causes, Engine, Path, Stage, causes, facts_read};
use crate::report::count;
use crate::resolve::{OwnerBook, Scene};
use crate::store::read_manifest;

/// Artifacts that are listed for people.
const LISTED: usize = 8;
/// Longer values are cut for people.
const SHOWN: usize = 40;

/// The artifact that is asked for: by its id, or by the path of a file of the output.
pub(super) fn find_artifact<'p>(prepared: &'p Prepared, what: &str) -> Option<(&'p Job, String)> {
    let path = what.trim_start_matches("./").trim_start_matches("output/");
    let plain = without_digest(path);
    let is_it = |own: &ArtifactPath| own.as_str() == path || Some(own.as_str()) == plain.as_deref();
    prepared.jobs.iter().find_map(|job| {
        let part = job.parts.iter().find(|part| is_it(&part.path))?;
        Some((job, part.path.to_string()))
    })
}

/// `email/bf26/digest.3f9ac1b2e4d5f607.html` without its digest.
fn without_digest(path: &str) -> Option<String> {
    let digest = path.split('.').find(|part| {
        part.len() == 16
            && part.bytes().all(|one| one.is_ascii_digit() || (b'a'..=b'f').contains(&one))
    })?;
    Some(path.replacen(&format!(".{digest}"), "", 1))
}

/// Ids that may have been meant.
pub(super) fn artifact_ids(prepared: &Prepared) -> impl Iterator<Item = &str> {
    prepared.jobs.iter().flat_map(|job| &job.parts).map(|part| part.path.as_str())
}

struct Explained<'a> {
    prepared: &'a Prepared,
    job: &'a Job,
    id: String,
    scene: Scene<'a>,
    entry: Option<(Entry, String)>,
    templates: BTreeSet<String>,
}

pub(super) fn explain_artifact(
    prepared: &Prepared,
    (job, id): (&Job, String),
    wanted: Option<&str>,
    target: &FilePath,
    console: &mut Console,
) -> Result<Exit> {
    let mut told = Diagnostics::new();
    let Prepared { documents, facts, links, sources, assets, .. } = prepared;
    let engine = Engine::new(documents, sources, assets, &mut told);
    let stage = Stage::new(documents, facts, links);
    let scene = Scene::of_asset(documents, facts, job.campaign, job.asset);
    let Some(scene) = scene else { return Ok(Exit::Findings) };
    let names = job.parts.iter().filter_map(|part| part.template.as_deref());
    let templates = names.flat_map(|name| engine.reads(&scene, name).templates).collect();
    let entry = entry_of(target, &id);
    let explained = Explained { prepared, job, id, scene, entry, templates };
    let digests = BTreeMap::new();
    let world = World { sources, documents, facts, digests: &digests };
    let facts_of = |paths: Vec<(Path, String)>| -> Vec<(Path, String, Option<Fact>)> {
        let all = paths.into_iter().map(|(path, value)| {
            let fact = origin(world, job, &path, &value);
            (path, value, fact)
        });
        all.collect()
    };
    let Some(wanted) = wanted else {
        let mut read = facts_of(facts_read(&stage, &engine, job));
        // What templates call by two names is one fact.
        let mut known = BTreeSet::new();
        read.retain(|(_, _, fact)| fact.as_ref().is_some_and(|one| known.insert(one.name.clone())));
        explained.show(&read, console)?;
        return Ok(Exit::Done);
    };
    let Some(found) = causes(&stage, &engine, &prepared.jobs, job, wanted) else {
        console
            .error(&format!("`{}` cannot be rendered: `throughline check` says why", explained.id));
        return Ok(Exit::Findings);
    };
    let (sure, perhaps) = (facts_of(found.facts.clone()), facts_of(found.perhaps.clone()));
    let all = readers(world, &prepared.jobs, &engine);
    let others: BTreeSet<String> = sure
        .iter()
        .filter_map(|(_, _, fact)| fact.as_ref())
        .flat_map(|fact| all.that_can_read(fact))
        .filter(|other| *other != explained.id)
        .map(str::to_owned)
        .collect();
    let typed = typed_in(prepared, &explained.templates, wanted);
    let answer = Answer { wanted, found: &found, sure, perhaps, others, typed };
    explained.show_text(&answer, console)?;
    Ok(if found.places.is_empty() { Exit::Findings } else { Exit::Done })
}

/// Where a text stands in the templates themselves.
fn typed_in(prepared: &Prepared, templates: &BTreeSet<String>, wanted: &str) -> Vec<Span> {
    let files = prepared.sources.iter().filter(|(_, file)| {
        let name = file.path.as_str().strip_prefix("templates/");
        name.is_some_and(|name| templates.contains(name))
    });
    let found = files.flat_map(|(id, file)| {
        let places = file.text.match_indices(wanted).map(move |(at, _)| (id, at));
        places.map(|(id, at)| Span::new(id, at, at + wanted.len())).collect::<Vec<_>>()
    });
    found.collect()
}

/// What the last build says of it, and the build's root.
fn entry_of(target: &FilePath, id: &str) -> Option<(Entry, String)> {
    let manifest = read_manifest(target).ok()??;
    let entry = manifest.artifacts.into_iter().find(|entry| entry.id == id)?;
    Some((entry, manifest.root.hash))
}

/// What is known of a text.
struct Answer<'a> {
    wanted: &'a str,
    found: &'a Causes,
    sure: Vec<(Path, String, Option<Fact>)>,
    perhaps: Vec<(Path, String, Option<Fact>)>,
    others: BTreeSet<String>,
    typed: Vec<Span>,
}

impl Explained<'_> {
    fn head(&self) -> Value {
        let built = self.entry.as_ref().map(|(entry, root)| {
            json!({ "root": root, "path": entry.path, "sha256": entry.sha256, "size": entry.size })
        });
        json!({
            "kind": "artifact",
            "id": self.id,
            "build": built,
            "campaign": self.scene.brief.id.value.to_string(),
            "asset": self.scene.asset.id.value.to_string(),
            "channel": self.scene.channel.id.to_string(),
            "recipe": self.recipe_place(),
            "templates": self.templates,
        })
    }

    fn recipe_place(&self) -> Option<String> {
        let recipe = self.scene.channel.recipes.get(self.job.recipe)?;
        Some(self.prepared.sources.locate(recipe.span))
    }

    fn print_head(&self, console: &mut Console) -> Result<()> {
        console.line(&format!("artifact   {}", self.id))?;
        let build = match &self.entry {
            Some((entry, root)) => {
                let root = root.get(..16).unwrap_or(root);
                format!("{root}, the last one: {}, {} bytes", entry.path, entry.size)
            }
            None => "not in the last build".to_owned(),
        };
        console.line(&format!("build      {build}"))?;
        let (brief, channel) = (self.scene.brief, self.scene.channel);
        let (campaign, asset) = (&brief.id.value, self.scene.asset);
        let place = |span: Span| self.prepared.sources.locate(span);
        console.line(&format!("campaign   {campaign}  {}", place(brief.id.span)))?;
        console.line(&format!("asset      {}  {}", asset.id.value, place(asset.id.span)))?;
        let recipe = self.recipe_place().unwrap_or_default();
        console.line(&format!("made by    a recipe of `{}`  {recipe}", channel.id))?;
        let templates: Vec<&str> = self.templates.iter().map(String::as_str).collect();
        if !templates.is_empty() {
            console.line(&format!("templates  {}", templates.join(", ")))?;
        }
        Ok(())
    }

    fn swap_of(&self, fact: &Fact) -> Option<SwapOrigin> {
        let Prepared { documents, sources, .. } = self.prepared;
        let owners = OwnerBook::new(documents, sources);
        SwapOrigin::of(documents, fact.span?, owners)
    }

    fn as_json(&self, facts: &[(Path, String, Option<Fact>)]) -> Vec<Value> {
        let of = |(path, value, fact): &(Path, String, Option<Fact>)| {
            let swap = fact.as_ref().and_then(|fact| self.swap_of(fact));
            json!({
                "name": path.to_string(), "value": value,
                "field": fact.as_ref().map(|one| &one.name),
                "file": fact.as_ref().map(|one| &one.file),
                "line": fact.as_ref().map(|one| one.line),
                "column": fact.as_ref().map(|one| one.column),
                "owner": fact.as_ref().and_then(|one| one.owner.as_ref()),
                "swap": swap.map(|swap| swap_json(&swap, &self.prepared.sources)),
            })
        };
        facts.iter().map(of).collect()
    }

    fn print_facts(
        &self,
        facts: &[(Path, String, Option<Fact>)],
        console: &mut Console,
    ) -> Result<()> {
        for (path, value, fact) in facts {
            let path = path.to_string();
            let name = fact.as_ref().map_or(path.as_str(), |fact| fact.name.as_str());
            let place = fact.as_ref().map_or("made by throughline", |fact| fact.place.as_str());
            let owner = fact.as_ref().and_then(|fact| fact.owner.as_ref());
            let owner = owner.map(|owner| format!("  ({owner})")).unwrap_or_default();
            console.line(&format!("  {name:<36} {:<28} {place}{owner}", shortened(value)))?;
            if let Some(swap) = fact.as_ref().and_then(|fact| self.swap_of(fact)) {
                for line in swap_lines(&swap, &self.prepared.sources) {
                    console.line(&format!("    {line}"))?;
                }
            }
        }
        Ok(())
    }

    fn show(&self, facts: &[(Path, String, Option<Fact>)], console: &mut Console) -> Result<()> {
        if console.format.is_json() {
            let mut object = self.head();
            if let Some(object) = object.as_object_mut() {
                object.insert("facts".to_owned(), self.as_json(facts).into());
            }
            return Ok(console.line(&object.to_string())?);
        }
        self.print_head(console)?;
        console.line(&format!("\nIt can show {}:", count(facts.len(), "fact")))?;
        self.print_facts(facts, console)?;
        let id = &self.id;
        console
            .note(&format!("where a text in it comes from: throughline explain {id} 'the text'"));
        Ok(())
    }

    fn show_text(&self, answer: &Answer<'_>, console: &mut Console) -> Result<()> {
        let place = |span: &Span| self.prepared.sources.locate(*span);
        let typed: Vec<String> = answer.typed.iter().map(place).collect();
        if console.format.is_json() {
            let mut object = self.head();
            let places = answer
                .found
                .places
                .iter()
                .map(|(part, count)| json!({ "part": part, "count": count }));
            if let Some(object) = object.as_object_mut() {
                object.insert("text".to_owned(), answer.wanted.into());
                object.insert("places".to_owned(), places.collect::<Vec<_>>().into());
                object.insert("from".to_owned(), self.as_json(&answer.sure).into());
                object.insert("perhaps".to_owned(), self.as_json(&answer.perhaps).into());
                object.insert("typed".to_owned(), json!(typed));
                object.insert("others".to_owned(), json!(answer.others));
            }
            return Ok(console.line(&object.to_string())?);
        }
        self.print_head(console)?;
        let places: Vec<String> =
            answer.found.places.iter().map(|(part, count)| format!("{count}x in {part}")).collect();
        if places.is_empty() {
            console.line(&format!("text       `{}` is not in it", answer.wanted))?;
            return Ok(());
        }
        console.line(&format!("text       `{}`: {}", answer.wanted, places.join(", ")))?;
        if !answer.sure.is_empty() {
            console.line("\nIt comes from:")?;
            self.print_facts(&answer.sure, console)?;
        }
        if !answer.perhaps.is_empty() {
            console.line("\nPerhaps also from, without which nothing can be rendered:")?;
            self.print_facts(&answer.perhaps, console)?;
        }
        if !typed.is_empty() {
            console.line(&format!("\nTyped by hand in {}", typed.join(", ")))?;
        } else if answer.sure.is_empty() && answer.perhaps.is_empty() {
            console.line("\nNo fact puts it there: the templates do, in pieces.")?;
        }
        if !answer.others.is_empty() {
            let listed: Vec<&str> = answer.others.iter().take(LISTED).map(String::as_str).collect();
            let more = answer.others.len() - listed.len();
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let number = count(answer.others.len(), "other artifact");
            console.line(&format!("\n{number} can show it too: {}{more}", listed.join(", ")))?;
        }
        Ok(())
    }
}

fn shortened(value: &str) -> String {
    let line: String = value.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= SHOWN {
        return line;
    }
    line.chars().take(SHOWN - 1).chain(['…']).collect()
}
