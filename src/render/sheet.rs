//! Sheets: a row for each placement, made from patterns without a template.

use std::cell::Cell;
use std::io;

use rayon::prelude::*;

use super::Stage;
use crate::artifact::SheetWriter;
use crate::graph::Job;
use crate::resolve::Scene;
use crate::source::{Field, LinkField, Piece, SheetColumn};

/// Rows that one thread makes at a time.
const PART: usize = 512;

/// Rows that are made at once, before they are given on.
const AT_ONCE: usize = 8 * PART;

thread_local! {
    /// Whether this thread makes a sheet together with others. While it waits for them it may be
    /// given other jobs, and one that waits inside another, of many sheets, would pile up on its stack.
    static SHARES: Cell<bool> = const { Cell::new(false) };
}

/// Whether a sheet has so many rows that it should not be whole in memory without need.
pub(super) fn is_long(job: &Job) -> bool {
    job.placements.len() > AT_ONCE
}

/// Renders a sheet, and gives it in pieces of whole rows, each with the links that it shows.
///
/// # Errors
/// Those of `take`.
pub(super) fn render_sheet(
    stage: &Stage<'_>,
    scene: &Scene<'_>,
    job: &Job,
    mut take: impl FnMut(&[u8], Vec<u32>) -> io::Result<()>,
) -> io::Result<()> {
    let Some(recipe) = scene.channel.recipes.get(job.recipe) else { return Ok(()) };
    let part = |placements: &[usize]| {
        let (mut rows, mut used, mut cell) = (SheetWriter::rows(), Vec::new(), String::new());
        for at in placements {
            let Some(placement) = stage.facts.placements.get(*at) else { continue };
            let scene = Scene { placement: Some(placement), ..*scene };
            for column in &recipe.columns {
                cell.clear();
                write_cell(stage, &scene, (*at, column), &mut cell, &mut used);
                rows.cell(&cell);
            }
            rows.end_row();
        }
        (rows.finish(), used)
    };
    let header = SheetWriter::new(recipe.columns.iter().map(|column| column.name.as_str()));
    take(&header.finish(), Vec::new())?;
    let shares = job.placements.len() > PART && !SHARES.replace(true);
    let taken = job.placements.chunks(AT_ONCE).try_for_each(|placements| {
        let parts: Vec<(Vec<u8>, Vec<u32>)> = if shares {
            placements.par_chunks(PART).map(part).collect()
        } else {
            placements.chunks(PART).map(part).collect()
        };
        parts.into_iter().try_for_each(|(rows, used)| take(&rows, used))
    });
    if shares {
        SHARES.set(false);
    }
    taken
}

/// An empty fact is an empty cell.
fn write_cell(
    stage: &Stage<'_>,
    scene: &Scene<'_>,
    (placement, column): (usize, &SheetColumn),
    cell: &mut String,
    used: &mut Vec<u32>,
) {
    for piece in &column.value.pieces {
        match piece {
            Piece::Macro(text) | Piece::Literal(text) => cell.push_str(text),
            Piece::Field(Field::Link(role, field)) => {
                let first = stage.links.range_of(placement).start;
                let rules = &scene.channel.links;
                let links = stage.links.of(placement).iter().enumerate();
                let mut links = links.filter(|(_, link)| {
                    rules.get(link.rule).is_some_and(|rule| rule.role.as_str() == role)
                });
                let Some((offset, link)) = links.next() else { continue };
                if matches!(field, LinkField::Url | LinkField::ShortUrl | LinkField::ShortCode) {
                    used.push((first + offset) as u32);
                }
                match field {
                    LinkField::Id => cell.push_str(&link.id),
                    LinkField::Url => cell.push_str(&link.url),
                    LinkField::ShortCode => cell.push_str(&link.short_code),
                    LinkField::ShortUrl => stage.links.short_urls.write(&link.short_code, cell),
                }
            }
            Piece::Field(field) => {
                let _ = scene.write(field, cell);
            }
        }
    }
}
