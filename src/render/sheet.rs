//! Sheets: a row for each placement, made from patterns without a template.

use super::Stage;
use crate::artifact::SheetWriter;
use crate::graph::Job;
use crate::resolve::Scene;
use crate::source::{Field, LinkField, Piece, SheetColumn};

/// Renders a sheet and notes the links it shows.
pub(super) fn render_sheet(
    stage: &Stage<'_>,
    scene: &Scene<'_>,
    job: &Job,
    used: &mut Vec<u32>,
) -> Vec<u8> {
    let Some(recipe) = scene.channel.recipes.get(job.recipe) else { return Vec::new() };
    let mut sheet = SheetWriter::new(recipe.columns.iter().map(|column| column.name.as_str()));
    for at in &job.placements {
        let Some(placement) = stage.facts.placements.get(*at) else { continue };
        let scene = Scene { placement: Some(placement), ..*scene };
        for column in &recipe.columns {
            sheet.cell(&sheet_cell(stage, &scene, *at, column, used));
        }
        sheet.end_row();
    }
    sheet.finish()
}

/// An empty fact is an empty cell.
fn sheet_cell(
    stage: &Stage<'_>,
    scene: &Scene<'_>,
    placement: usize,
    column: &SheetColumn,
    used: &mut Vec<u32>,
) -> String {
    let mut cell = String::new();
    for piece in &column.value.pieces {
        match piece {
            Piece::Macro(text) | Piece::Literal(text) => cell.push_str(text),
            Piece::Field(Field::Link(role, field)) => {
                let first = stage.links.by_placement.get(placement).map_or(0, |range| range.start);
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
                    LinkField::ShortUrl => {
                        cell.push_str(&link.short_url);
                    }
                }
            }
            Piece::Field(field) => {
                let _ = scene.write(field, &mut cell);
            }
        }
    }
    cell
}
