//! A square of dark and light modules, quiet zone included.

/// Width of the light border, in modules.
pub(super) const QUIET_ZONE: usize = 4;
/// Width of a version 40 symbol, the largest, with its border.
pub(super) const WIDEST: usize = 177 + 2 * QUIET_ZONE;

/// Modules by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Grid {
    side: usize,
    dark: Vec<bool>,
}

impl Grid {
    /// A grid without a dark module.
    pub(super) fn light(side: usize) -> Self {
        let side = side.min(WIDEST);
        Self { side, dark: vec![false; side * side] }
    }

    /// Width and height, in modules.
    pub(super) fn side(&self) -> usize {
        self.side
    }

    /// Its rows, from the top.
    pub(super) fn rows(&self) -> impl Iterator<Item = &[bool]> {
        self.dark.chunks_exact(self.side.max(1))
    }

    /// Tells whether a module is dark; outside of the grid all is light.
    pub(super) fn is_dark(&self, x: usize, y: usize) -> bool {
        x < self.side && self.dark.get(y * self.side + x).copied().unwrap_or(false)
    }

    /// Makes part of a row dark, or does nothing and gives `None` where it leaves the grid or
    /// meets a dark module.
    pub(super) fn darken(&mut self, x: usize, y: usize, width: usize) -> Option<()> {
        let end = x.checked_add(width).filter(|end| *end <= self.side)?;
        let row = y.checked_mul(self.side)?;
        let run = self.dark.get_mut(row.checked_add(x)?..row.checked_add(end)?)?;
        if run.is_empty() || run.contains(&true) {
            return None;
        }
        run.fill(true);
        Some(())
    }
}

/// Where the dark runs of a row begin and how wide they are.
pub(super) fn dark_runs(row: &[bool]) -> impl Iterator<Item = (usize, usize)> {
    let runs = row.chunk_by(|a, b| a == b).scan(0, |end, run| {
        let start = *end;
        *end += run.len();
        Some((start, run))
    });
    runs.filter(|(_, run)| run.first() == Some(&true)).map(|(start, run)| (start, run.len()))
}
