//! The one parallel loop: renders, checks and hands over every artifact.

use std::io::{self, Write as _};

use rayon::prelude::*;

use super::buffers::Buffers;
use super::checks::check_files;
use super::email::Envelope;
use super::fill::{Call, fill};
use super::finish::{finish, finished, to_check};
use super::ghosts::check_ghosts;
use super::inspect::{Subject, check_limits, inspect};
use super::order::{Before, turns};
use super::outcome::{Done, Outcome, Rendered, Report, report};
use super::page::page_context;
use super::page_checks::same_forms;
use super::pictures::{draw_pictures, note_made};
use super::qr::render_qr;
use super::recall::{Recall, RecalledFile};
use super::sheet::{is_long, render_sheet};
use super::tag_lint::check_data;
use super::translations::check_translations;
use super::{Engine, Stage, email};
use crate::artifact::pages::PagePolicy;
use crate::artifact::{FileWriter, Images, KnownUrls, Shelf};
use crate::graph::{Form, Job, Part};
use crate::model::{Digest, PublishedPath, make_room_for};
use crate::resolve::Scene;
use crate::source::RecipeKind;

/// Renders all jobs that `recall` does not know, pages first, because what links to a page that is
/// not built is held back. `tick` is called after each.
///
/// # Errors
/// The shelf's first error, in the order of the jobs.
pub fn render_all(
    stage: &Stage<'_>,
    engine: &Engine<'_>,
    known: &KnownUrls<'_>,
    jobs: &[Job],
    (shelf, recall): (&dyn Shelf, Recall<'_>),
    tick: &(dyn Fn() + Sync),
) -> io::Result<Report> {
    // What comes of a job that is held back or known; nothing of one that is to be rendered.
    let known_already = |at: usize, before: &Before<'_>| {
        let Some(job) = jobs.get(at) else { return Some(Outcome::default()) };
        let done = match before.holds_back(stage, job) {
            Some(diagnostic) => Done { diagnostics: vec![diagnostic], ..Done::default() },
            None => Done::recalled(stage, (at, job), recall(at)?),
        };
        tick();
        Some(Outcome::of(stage, job, done))
    };
    let render = |at: usize, buffers: &mut Buffers| -> io::Result<Outcome> {
        let Some(job) = jobs.get(at) else { return Ok(Outcome::default()) };
        Images::take_asked();
        let done = render_job(stage, engine, known, (at, job), buffers, shelf)?;
        let pictures = Images::take_asked() || job.kind == RecipeKind::Image;
        tick();
        Ok(Outcome::of(stage, job, Done { pictures, ..done }))
    };
    let mut before = Before::default();
    // Each is put where it will stay: a second list of all would be as long.
    let mut outcomes: Vec<Option<Outcome>> = Vec::new();
    outcomes.resize_with(jobs.len(), || None);
    for turn in turns(stage, jobs) {
        let places = places_of(&turn, &mut outcomes).into_par_iter();
        let rest = places.filter_map(|(at, place)| {
            *place = known_already(at, &before);
            place.is_none().then_some((at, place))
        });
        let rest: Vec<_> = rest.collect();
        // Of the few that are left after a change, some take as long as hundreds do.
        let at_once = (rest.len() / SHARES).max(1);
        let work = rest.into_par_iter().with_max_len(at_once);
        let work = work.map_init(Buffers::default, |own, (at, place)| {
            render(at, own).map(|outcome| *place = Some(outcome))
        });
        // Collected before the first error is looked for, so that it is the first of the jobs.
        let failed: Vec<io::Error> = work.filter_map(Result::err).collect();
        failed.into_iter().next().map_or(Ok(()), Err)?;
        for at in turn {
            let made = outcomes.get(at).and_then(Option::as_ref);
            let made = made.is_some_and(|one| !one.artifacts.is_empty());
            before.note(stage, jobs.get(at), made);
        }
        before.settle(stage);
    }
    Ok(report((stage, engine), jobs, outcomes))
}

/// Where what comes of each job of a turn is put. Jobs of a turn are in their order.
fn places_of<'o>(
    turn: &[usize],
    outcomes: &'o mut [Option<Outcome>],
) -> Vec<(usize, &'o mut Option<Outcome>)> {
    let mut all = outcomes.iter_mut().enumerate();
    turn.iter().filter_map(|at| all.by_ref().find(|(one, _)| one == at)).collect()
}

/// Jobs of one turn are shared out in about so many lots at least; each lot has buffers of its own.
const SHARES: usize = 256;

fn render_job(
    stage: &Stage<'_>,
    engine: &Engine<'_>,
    known: &KnownUrls<'_>,
    (index, job): (usize, &Job),
    buffers: &mut Buffers,
    shelf: &dyn Shelf,
) -> io::Result<Done> {
    let mut done = Done::with_room_for(job);
    let Some(scene) = scene_of(stage, job) else { return Ok(done) };
    if job.kind == RecipeKind::Qr {
        return render_codes(stage, &scene, (index, job), shelf);
    }
    check_limits(&scene, stage, job, &mut done.diagnostics);
    check_data(stage, &scene, job, &mut done.diagnostics);
    if !check_translations(stage, engine, &scene, job, &mut done.diagnostics) {
        return Ok(done);
    }
    if job.kind == RecipeKind::Image {
        render_images(stage, engine, &scene, (index, job), shelf, &mut done)?;
        return Ok(done);
    }
    if job.kind == RecipeKind::Sheet {
        make_sheet((stage, engine, known), &scene, (index, job), shelf, &mut done)?;
        return Ok(done);
    }
    let mut files: Vec<(&Part, &[u8], Option<PagePolicy>)> = Vec::with_capacity(job.parts.len());
    let (mut context, mut envelope) = (None, None);
    let templates = engine.of(&scene);
    let buffers = buffers.of(job.parts.len());
    let written = job.parts.iter().filter(|part| !email::is_derived(templates, job, part));
    for (part, buffer) in written.zip(buffers) {
        let Some(template) = &part.template else { continue };
        let context = &*context.get_or_insert_with(|| stage.context(job));
        let own = part.page.map(|form| page_context(stage, &scene, job, form, context));
        let context = own.as_ref().unwrap_or(context);
        if part.form == Form::Html && job.kind == RecipeKind::Email {
            let subject = (&scene, job);
            let made = email::envelope(engine, subject, context, &mut done.diagnostics);
            let text = format!("{}\n{}", made.subject, made.preheader);
            let of_part = (&scene, job, part);
            check_ghosts(stage, engine, of_part, &text, &mut done.diagnostics);
            envelope = Some(made);
        }
        let call = Call {
            form: part.form,
            template,
            block: email::block_of(templates, job, part),
            path: part.path.as_str(),
        };
        match fill(engine, (&scene, job), call, context, buffer) {
            None => return Ok(done),
            Some(Ok(())) => {}
            Some(Err(fault)) => {
                done.diagnostics.push(fault);
                continue;
            }
        }
        let subject = Subject { stage, engine, known, scene: &scene, job, part };
        let inspected = inspect(&subject, buffer, &mut done.used);
        done.diagnostics.extend(inspected.found);
        files.push((part, buffer.as_slice(), inspected.policy));
    }
    if let Some((part, ..)) = files.first().filter(|(part, ..)| part.page.is_some()) {
        let subject = Subject { stage, engine, known, scene: &scene, job, part };
        let forms = files.iter().filter_map(|(part, bytes, _)| Some((part.page?, *bytes)));
        done.diagnostics.extend(same_forms(&subject, &forms.collect::<Vec<_>>()));
    }
    let envelope = envelope.unwrap_or_default();
    complete(stage, engine, &scene, (index, job), (&envelope, files), shelf, &mut done)?;
    Ok(done)
}

/// A rendered part: its bytes, and what a page may load.
type Filled<'a> = (&'a Part, &'a [u8], Option<PagePolicy>);

/// Finishes what was rendered, checks it as a whole, and hands it over if all of it is good.
fn complete<'a>(
    stage: &'a Stage<'a>,
    engine: &'a Engine<'a>,
    scene: &Scene<'a>,
    (index, job): (usize, &'a Job),
    (envelope, files): (&Envelope, Vec<Filled<'a>>),
    shelf: &dyn Shelf,
    done: &mut Done,
) -> io::Result<()> {
    let rendered: Vec<_> = files.iter().map(|(part, bytes, _)| (*part, *bytes)).collect();
    let Done { diagnostics, waived, .. } = &mut *done;
    let mail = (job.kind == RecipeKind::Email)
        .then(|| finish(stage, engine, (scene, job), (envelope, &rendered), diagnostics))
        .flatten();
    let checked = to_check(job, &rendered, mail.as_ref());
    let sent = mail.as_ref();
    check_files(stage, engine, (scene, job), (envelope, &checked, sent), diagnostics, waived);
    let failed = done.has_errors();
    // Half an email is not an email.
    if failed || mail.is_none() && files.len() < job.parts.len() {
        return Ok(());
    }
    match &mail {
        Some(mail) => {
            let files = finished(job, mail).map(|(part, bytes)| (part, bytes, None));
            hand_over((index, job), files, shelf, done)
        }
        None => hand_over((index, job), files, shelf, done),
    }
}

/// A sheet: a long one is written while it is made, unless it is searched for what swaps replaced.
fn make_sheet(
    (stage, engine, known): (&Stage<'_>, &Engine<'_>, &KnownUrls<'_>),
    scene: &Scene<'_>,
    (index, job): (usize, &Job),
    shelf: &dyn Shelf,
    done: &mut Done,
) -> io::Result<()> {
    let Some(part) = job.parts.first() else { return Ok(()) };
    let is_searched = !stage.replaced.all.is_empty();
    if done.has_errors() && !is_searched {
        return Ok(());
    }
    if is_long(job) && !is_searched {
        let mut file = FileWriter::begin(shelf, part.path.clone(), part.form.media_type())?;
        render_sheet(stage, scene, job, |rows, shown| {
            done.used.extend(shown);
            file.write_all(rows)
        })?;
        let made = file.finish()?;
        let file = RecalledFile { digest: made.digest, size: made.size, policy: None };
        done.artifacts.push(Rendered::new((index, 0), file));
        return Ok(());
    }
    let mut sheet = Vec::new();
    render_sheet(stage, scene, job, |rows, shown| {
        done.used.extend(shown);
        make_room_for(&mut sheet, rows.len());
        sheet.extend_from_slice(rows);
        Ok(())
    })?;
    let subject = Subject { stage, engine, known, scene, job, part };
    let inspected = inspect(&subject, &sheet, &mut done.used);
    done.diagnostics.extend(inspected.found);
    if done.has_errors() {
        return Ok(());
    }
    hand_over((index, job), [(part, sheet.as_slice(), None)], shelf, done)
}

/// Pictures that are drawn from a template.
fn render_images(
    stage: &Stage<'_>,
    engine: &Engine<'_>,
    scene: &Scene<'_>,
    (index, job): (usize, &Job),
    shelf: &dyn Shelf,
    done: &mut Done,
) -> io::Result<()> {
    match draw_pictures(stage, engine, scene, job) {
        Ok(drawn) if !done.has_errors() => {
            let files = drawn.iter().map(|(part, bytes)| (*part, bytes.as_slice(), None));
            hand_over((index, job), files, shelf, done)?;
            note_made(engine.assets(), scene, job, &drawn);
        }
        Ok(_) => {}
        Err(faults) => done.diagnostics.extend(faults),
    }
    Ok(())
}

/// A code as lines and as pixels.
fn render_codes(
    stage: &Stage<'_>,
    scene: &Scene<'_>,
    (index, job): (usize, &Job),
    shelf: &dyn Shelf,
) -> io::Result<Done> {
    let mut done = Done::with_room_for(job);
    let made = match render_qr(stage, scene, job, &mut done.used) {
        Ok(made) => made,
        Err(found) => {
            done.diagnostics.extend(found);
            return Ok(done);
        }
    };
    let bytes = |part: &Part| if part.form == Form::Svg { made.svg.as_bytes() } else { &made.png };
    let files = job.parts.iter().map(|part| (part, bytes(part), None));
    hand_over((index, job), files, shelf, &mut done)?;
    Ok(done)
}

/// Finished parts go onto the shelf.
fn hand_over<'f>(
    (index, job): (usize, &'f Job),
    files: impl IntoIterator<Item = (&'f Part, &'f [u8], Option<PagePolicy>)>,
    shelf: &dyn Shelf,
    done: &mut Done,
) -> io::Result<()> {
    for (part, bytes, policy) in files {
        let (digest, size) = (Digest::of(bytes), bytes.len());
        shelf.put(&PublishedPath::new(&part.path, &digest), bytes)?;
        // Each is one of them.
        let at = job.parts.iter().position(|one| std::ptr::eq(one, part)).unwrap_or_default();
        let file = RecalledFile { digest, size, policy };
        done.artifacts.push(Rendered::new((index, at), file));
    }
    Ok(())
}

pub(super) fn scene_of<'a>(stage: &Stage<'a>, job: &Job) -> Option<Scene<'a>> {
    match job.placements.first() {
        Some(at) if job.per_placement => {
            Scene::of(stage.documents, stage.facts, stage.facts.placements.get(*at)?)
        }
        _ => Scene::of_asset(stage.documents, stage.facts, job.campaign, job.asset),
    }
}
