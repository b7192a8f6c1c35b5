//! Reads a code back, with a decoder that shares no code with the encoder.

use rqrr::{Grid as Decodable, MetaData, PreparedImage, SimpleGrid};

use super::grid::{Grid, QUIET_ZONE};

/// Pixels per module in the picture that is searched.
const SCALE: usize = 4;
/// Level M, as the format information of a symbol writes it (ISO/IEC 18004, table 12).
const LEVEL_M: u16 = 0b00;
/// Width of the square in three corners of a symbol.
const FINDER: usize = 7;

/// What a code must say.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expected<'t> {
    pub(super) text: &'t str,
    pub(super) version: usize,
}

impl Expected<'_> {
    /// Decodes modules whose place is known, and looks for what lets a camera find that place.
    pub(super) fn is_in(self, grid: &Grid) -> bool {
        let modules = grid.side().saturating_sub(2 * QUIET_ZONE);
        let inner = |x, y| grid.is_dark(x + QUIET_ZONE, y + QUIET_ZONE);
        modules == 17 + 4 * self.version
            && has_clear_border(grid)
            && has_finders(grid, modules)
            && has_timing(grid, modules)
            && Decodable::new(SimpleGrid::from_func(modules, inner))
                .decode()
                .is_ok_and(|(about, read)| self.is(about, &read))
    }

    /// Searches a picture of the modules as a camera does, which takes forty times as long, and
    /// wants to find this code and no other.
    pub(super) fn is_seen_in(self, grid: &Grid) -> bool {
        let side = grid.side() * SCALE;
        let dark = |x, y| grid.is_dark(x / SCALE, y / SCALE);
        let mut image = PreparedImage::prepare_from_bitmap(side, side, dark);
        let found = image.detect_grids();
        let mut readings = found.iter().filter_map(|one| one.decode().ok()).peekable();
        readings.peek().is_some() && readings.all(|(about, read)| self.is(about, &read))
    }

    fn is(self, about: MetaData, read: &str) -> bool {
        read == self.text && about.ecc_level == LEVEL_M && about.version.0 == self.version
    }
}

fn has_clear_border(grid: &Grid) -> bool {
    let end = grid.side().saturating_sub(QUIET_ZONE);
    let inside = QUIET_ZONE..end;
    grid.rows().enumerate().all(|(y, row)| {
        row.iter().enumerate().all(|(x, dark)| !dark || inside.contains(&x) && inside.contains(&y))
    })
}

/// A dark ring around a dark square of three, and light around the ring.
fn has_finders(grid: &Grid, modules: usize) -> bool {
    let (near, far) = (QUIET_ZONE, QUIET_ZONE + modules.saturating_sub(FINDER));
    [(near, near), (far, near), (near, far)].into_iter().all(|(left, top)| {
        let (x, y) = (left + FINDER / 2, top + FINDER / 2);
        let around = FINDER / 2 + 1;
        (y - around..=y + around).all(|row| {
            (x - around..=x + around).all(|column| {
                let ring = row.abs_diff(y).max(column.abs_diff(x));
                grid.is_dark(column, row) == matches!(ring, 0 | 1 | 3)
            })
        })
    })
}

/// Modules in turn dark and light between the finders.
fn has_timing(grid: &Grid, modules: usize) -> bool {
    let line = QUIET_ZONE + FINDER - 1;
    (FINDER + 1..modules.saturating_sub(FINDER)).all(|at| {
        let (even, at) = (at % 2 == 0, at + QUIET_ZONE);
        grid.is_dark(at, line) == even && grid.is_dark(line, at) == even
    })
}
