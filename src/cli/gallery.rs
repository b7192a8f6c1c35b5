//! `build --gallery`: everything that was built, from the files that were committed, on pages for
//! people.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::prepare::Prepared;
use crate::diag::Severity;
use crate::graph::{Form, Job, Part};
use crate::link::Link;
use crate::manifest::Manifest;
use crate::model::{ArtifactPath, PublishedPath};
use crate::render::{JobFinding, Rendered, Report};
use crate::report::{
    Gallery, HeldBack, Images, Item, LinkRow, Picture, Told, View, address, gallery_pages,
    links_of, preview,
};
use crate::resolve::Scene;
use crate::source::{PageForm, RecipeKind};
use crate::store::{GalleryFolder, put_gallery, read_artifact, way};

/// Makes the gallery of a finished build and says where it is.
pub(super) fn make_gallery(
    root: &Path,
    target: &Path,
    (prepared, report, manifest): (&Prepared, &Report, &Manifest),
    wanted: Option<&Path>,
) -> Result<PathBuf> {
    let mut folder = GalleryFolder::new(root);
    let index = wanted.map_or_else(|| folder.path().join("index.html"), Path::to_path_buf);
    let above = index.parent().filter(|one| !one.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let places = Places {
        output: address(&way(above, target)?),
        previews: address(&way(above, folder.path())?),
        inner: address(&way(folder.path(), target)?),
    };
    let mut maker = Maker { prepared, report, target, places, folder: &mut folder };
    let items = maker.items()?;
    let gallery = Gallery {
        title: prepared.documents.workspace.title.value.clone(),
        root: manifest.root.hash.clone(),
        as_of: manifest.as_of.clone(),
        files: manifest.artifacts.len(),
        links: prepared.links.links.len(),
        held_back: held_back(prepared, report),
        items,
    };
    let name = index.file_name().unwrap_or_default().to_string_lossy();
    for page in gallery_pages(&gallery, &name) {
        match wanted {
            None => folder.put(&page.name, page.html.as_bytes())?,
            Some(_) => put_gallery(&above.join(&page.name), page.html.as_bytes())?,
        }
    }
    folder.finish()?;
    Ok(index)
}

/// What was not built, and why.
fn held_back(prepared: &Prepared, report: &Report) -> Vec<HeldBack> {
    let assets = prepared.facts.held_back.iter();
    let mut held: Vec<HeldBack> =
        assets.map(|one| HeldBack { what: one.asset.clone(), why: one.reason.clone() }).collect();
    for job in &report.failed {
        let first = prepared.jobs.get(*job).and_then(|job| job.parts.first());
        let Some(part) = first else { continue };
        let mut errors = found(report, *job).filter(|one| one.severity == Severity::Error);
        let why = errors.next().map_or_else(
            || "see the findings of the build".to_owned(),
            |one| format!("{} ({}, {})", one.message, one.code.id(), place(prepared, one)),
        );
        held.push(HeldBack { what: part.path.to_string(), why });
    }
    held
}

fn found(report: &Report, job: usize) -> impl Iterator<Item = &JobFinding> {
    // Jobs were reported in their order.
    let start = report.found.partition_point(|one| one.job < job);
    let rest = report.found.get(start..).unwrap_or_default();
    rest.iter().take_while(move |one| one.job == job)
}

fn place(prepared: &Prepared, one: &JobFinding) -> String {
    let Some(file) = prepared.sources.get(one.place.source) else { return String::new() };
    let at = file.position(one.place.start);
    format!("{}:{}:{}", file.path.as_str(), at.line, at.column)
}

/// Addresses of folders, as the gallery's pages and its previews reach them.
struct Places {
    output: String,
    previews: String,
    inner: String,
}

struct Maker<'a> {
    prepared: &'a Prepared,
    report: &'a Report,
    target: &'a Path,
    places: Places,
    folder: &'a mut GalleryFolder,
}

impl Maker<'_> {
    /// Every job that made something, in the order of the briefs.
    fn items(&mut self) -> Result<Vec<Item>> {
        let mut items = Vec::new();
        let report = self.report;
        for files in &report.made {
            let Some(job) = files.first().and_then(|one| self.prepared.jobs.get(one.job())) else {
                continue;
            };
            items.push(((job.campaign, self.channel(job), job.asset), self.item(job, files)?));
        }
        items.sort_by(|(a, one), (b, other)| (a, &one.id).cmp(&(b, &other.id)));
        Ok(items.into_iter().map(|(_, item)| item).collect())
    }

    /// The first asset of the job's channel: channels stand in the order of their assets.
    fn channel(&self, job: &Job) -> usize {
        let campaign = self.prepared.facts.campaigns.get(job.campaign);
        let assets = campaign.map(|one| one.assets.as_slice()).unwrap_or_default();
        let own = assets.get(job.asset).map(|asset| asset.channel);
        assets.iter().position(|asset| Some(asset.channel) == own).unwrap_or(usize::MAX)
    }

    fn item(&mut self, job: &Job, files: &[Rendered]) -> Result<Item> {
        let Prepared { documents, facts, .. } = self.prepared;
        let scene = Scene::of_asset(documents, facts, job.campaign, job.asset);
        let mut item = Item {
            campaign: scene.map_or_else(String::new, |one| one.brief.id.value.to_string()),
            channel: scene.map_or_else(String::new, |one| one.channel.id.to_string()),
            asset: scene.map_or_else(String::new, |one| one.asset.id.value.to_string()),
            id: name_of(job, files),
            kind: kind_name(job.kind),
            ..Item::default()
        };
        for (file, part) in files.iter().filter_map(|file| Some((file, file.part_of(job)?))) {
            let path = PublishedPath::new(&part.path, &file.digest).to_path();
            let at = self.published(&path);
            let name = part.path.as_str().rsplit('/').next().unwrap_or("").to_owned();
            item.files.push((name.clone(), at.clone()));
            match part.form {
                Form::Html => self.html(job, (&path, part), &mut item)?,
                Form::Text => item.texts.push(("Text", self.text_of(&path)?)),
                Form::Csv => item.texts.push(("Rows", self.text_of(&path)?)),
                Form::Json if job.kind == RecipeKind::Email => {
                    item.envelope = Some(envelope(&self.text_of(&path)?));
                }
                Form::Json => item.texts.push(("JSON", self.text_of(&path)?)),
                Form::Eml => {}
                Form::Svg | Form::Png | Form::Webp => item.pictures.push(Picture {
                    label: name,
                    address: at,
                    size: self.size_of(job, part),
                    bytes: file.size,
                }),
            }
        }
        let job_number = files.first().map_or(usize::MAX, Rendered::job);
        item.findings =
            found(self.report, job_number).map(|one| told(self.prepared, one)).collect();
        if item.links.is_empty() {
            item.links = self.links_in(job, &item.texts);
        }
        Ok(item)
    }

    fn published(&self, path: &ArtifactPath) -> String {
        format!("{}/{}", self.places.output, address(path.as_str()))
    }

    /// A file as it was committed.
    fn text_of(&self, path: &ArtifactPath) -> Result<String> {
        let bytes = read_artifact(self.target, path)?
            .with_context(|| format!("{} was taken away", path.under(self.target).display()))?;
        // What is rendered is UTF-8.
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn html(
        &mut self,
        job: &Job,
        (path, part): (&ArtifactPath, &Part),
        item: &mut Item,
    ) -> Result<()> {
        let html = self.text_of(path)?;
        let shown = self.keep(&preview(&html, self.host(), &self.places.inner, Images::Shown))?;
        let view = |label: String, at: &str, width: u32, dark: bool| View {
            label,
            address: at.to_owned(),
            width,
            dark,
        };
        if job.kind == RecipeKind::Email {
            let off = self.keep(&preview(&html, self.host(), &self.places.inner, Images::Off))?;
            item.mail_bytes = Some(html.len());
            item.views.push(view("Desktop, 640 wide".to_owned(), &shown, 640, false));
            item.views.push(view("Mobile, 360 wide".to_owned(), &shown, 360, false));
            item.views.push(view("Dark, 640 wide".to_owned(), &shown, 640, true));
            item.views.push(view("Dark, 360 wide".to_owned(), &shown, 360, true));
            item.views.push(view("Pictures off, 640 wide".to_owned(), &off, 640, false));
        } else {
            let form = part.page.map_or("page", PageForm::name);
            item.views.push(view(format!("{form}, 1280 wide, half its size"), &shown, 1280, false));
            item.views.push(view(format!("{form}, 360 wide"), &shown, 360, false));
        }
        if part.page.is_none_or(|form| form == PageForm::Live) {
            item.links = self.links_of_html(job, &html);
        }
        Ok(())
    }

    fn host(&self) -> &str {
        self.prepared.documents.workspace.hosts.assets.value.as_str()
    }

    /// Puts a preview into the gallery's folder and says where it is.
    fn keep(&mut self, html: &str) -> Result<String> {
        let digest = crate::model::Digest::of(html.as_bytes()).hex16();
        let name = format!("{digest}.html");
        self.folder.put(&name, html.as_bytes())?;
        Ok(format!("{}/{name}", self.places.previews))
    }

    fn links<'p>(&'p self, job: &'p Job) -> impl Iterator<Item = &'p Link> {
        job.placements.iter().flat_map(|at| self.prepared.links.of(*at))
    }

    fn short_url(&self, link: &Link) -> String {
        self.prepared.links.short_urls.url(&link.short_code)
    }

    /// The links of a document, each once.
    fn links_of_html(&self, job: &Job, html: &str) -> Vec<LinkRow> {
        let mut minted: BTreeMap<String, &Link> = BTreeMap::new();
        for link in self.links(job) {
            minted.insert(link.url.to_string(), link);
            minted.insert(self.short_url(link), link);
        }
        let mut rows: Vec<LinkRow> = Vec::new();
        for (text, url) in links_of(html) {
            let (id, short_url) = minted
                .get(url.as_str())
                .map_or_else(Default::default, |link| (link.id.to_string(), self.short_url(link)));
            let known = rows.iter().any(|row| row.url == url && row.text == text);
            if !known && !url.starts_with('#') {
                rows.push(LinkRow { text, url, short_url, id });
            }
        }
        rows
    }

    /// The links of what is no document: those that its text holds, or that are its placement's.
    fn links_in(&self, job: &Job, texts: &[(&str, String)]) -> Vec<LinkRow> {
        // A sheet may hold thousands: its text is read once and not for each of them.
        let apart = |one: char| {
            one.is_whitespace() || matches!(one, '"' | '\'' | '<' | '>' | ',' | ';' | '(' | ')')
        };
        let words = texts.iter().flat_map(|(_, text)| text.split(apart));
        let words = words.map(|word| word.trim_end_matches(['.', '!', '?', ':']));
        let words: BTreeSet<&str> = words.filter(|word| word.contains("://")).collect();
        let small: usize = texts.iter().map(|(_, text)| text.len()).sum();
        // A merge tag in a link may hold a blank.
        let inside = |url: &str| small < SMALL && texts.iter().any(|(_, text)| text.contains(url));
        let shown = |link: &&Link| {
            let urls = [link.url.as_str(), &self.short_url(link)];
            texts.is_empty() || urls.iter().any(|url| words.contains(url) || inside(url))
        };
        let row = |link: &Link| LinkRow {
            text: String::new(),
            url: link.url.to_string(),
            short_url: self.short_url(link),
            id: link.id.to_string(),
        };
        self.links(job).filter(shown).map(row).collect()
    }

    /// The size at which a drawn picture is shown.
    fn size_of(&self, job: &Job, own: &Part) -> Option<(u32, u32)> {
        let Prepared { documents, facts, .. } = self.prepared;
        let scene = Scene::of_asset(documents, facts, job.campaign, job.asset)?;
        let settings = scene.channel.recipes.get(job.recipe)?.picture.as_ref()?;
        let at = job.parts.iter().position(|part| part.path == own.path)?;
        settings.files().nth(at).map(|(size, _)| (size.width, size.height))
    }
}

/// Texts in which each link may be looked for by itself, in bytes.
const SMALL: usize = 100_000;

/// The name of what a job made: of a page, that of its live form.
fn name_of(job: &Job, files: &[Rendered]) -> String {
    let mut parts = files.iter().filter_map(|one| one.part_of(job));
    let first = parts.clone().next();
    let live = parts.find(|part| part.page == Some(PageForm::Live));
    live.or(first).map_or_else(String::new, |part| part.path.to_string())
}

fn kind_name(kind: RecipeKind) -> &'static str {
    match kind {
        RecipeKind::Email => "email",
        RecipeKind::Page => "page",
        RecipeKind::Text => "text",
        RecipeKind::Json => "JSON file",
        RecipeKind::Sheet => "sheet",
        RecipeKind::Image => "picture",
        RecipeKind::Qr => "QR code",
    }
}

fn told(prepared: &Prepared, one: &JobFinding) -> Told {
    let weight = match one.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note if one.message.contains(": waived by ") => "waived",
        Severity::Note => "note",
    };
    let (code, name) = (one.code.id(), one.code.name());
    Told { code, name, weight, message: one.message.clone(), place: place(prepared, one) }
}

/// Subject and preheader, from a mail's note for its sender.
fn envelope(sidecar: &str) -> (String, String) {
    let read: serde_json::Value = serde_json::from_str(sidecar).unwrap_or_default();
    let text = |name: &str| {
        read.get(name).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
    };
    (text("subject"), text("preheader"))
}
