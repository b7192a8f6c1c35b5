//! The SVG of a code: a white square and one path of dark runs, row by row.
//!
//! All runs are one path, so that no seam shows between rows where a printer smooths edges.

use std::fmt::Write as _;

use super::grid::{Grid, WIDEST, dark_runs};

/// Draws the modules; the title is the URL.
pub(super) fn svg(grid: &Grid, title: &str) -> String {
    let side = grid.side();
    let mut out = String::with_capacity(256 + side * side * 4);
    // Writing to a string cannot fail.
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" \
         shape-rendering=\"crispEdges\"><title>"
    );
    escape(title, &mut out);
    let _ = write!(out, "</title><path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path d=\"");
    for (y, row) in grid.rows().enumerate() {
        for (x, width) in dark_runs(row) {
            let _ = write!(out, "M{x} {y}h{width}v1H{x}z");
        }
    }
    out.push_str("\"/></svg>\n");
    out
}

/// Reads the modules from a drawing of this kind; `None` if anything in it is of another kind.
pub(super) fn read(svg: &str) -> Option<Grid> {
    let (_, rest) = svg.split_once(" viewBox=\"0 0 ")?;
    let (side, rest) = number(rest)?;
    let mut grid = Grid::light(side);
    let (_, rest) = rest.split_once("</title>")?;
    let background = format!("<path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/>");
    let mut rest = rest.strip_prefix(&background)?.strip_prefix("<path d=\"")?;
    while let Some(run) = rest.strip_prefix('M') {
        let (x, run) = number(run)?;
        let (y, run) = number(run.strip_prefix(' ')?)?;
        let (width, run) = number(run.strip_prefix('h')?)?;
        let (back, run) = number(run.strip_prefix("v1H")?)?;
        (back == x).then_some(())?;
        grid.darken(x, y, width)?;
        rest = run.strip_prefix('z')?;
    }
    (rest == "\"/></svg>\n").then_some(grid)
}

/// A number at the beginning, and what follows it.
fn number(text: &str) -> Option<(usize, &str)> {
    let end = text.find(|one: char| !one.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end)?;
    let value = digits.parse().ok().filter(|value| *value <= WIDEST)?;
    Some((value, rest))
}

fn escape(text: &str, out: &mut String) {
    for one in text.chars() {
        match one {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(one),
        }
    }
}
