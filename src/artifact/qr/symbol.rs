//! From a short URL to the modules of its code: level M, the smallest version that holds it.

use fast_qr::{ECL, QRBuilder};

use super::fault::{QrFault, QrForm};
use super::grid::{Grid, QUIET_ZONE};
use super::reading::Expected;
use super::{bitmap, text, vector};

/// Modules across a version, less four times the version.
const BASE_MODULES: usize = 17;

/// A code for one short URL.
#[derive(Clone, Debug)]
pub struct Symbol {
    url: String,
    text: String,
    pub(super) grid: Grid,
}

/// Makes the code for a short URL. Nothing of it has been read back yet.
pub fn symbol(short_url: &str) -> Result<Symbol, QrFault> {
    text::check(short_url)?;
    let text = text::printed_text(short_url);
    let code = QRBuilder::new(text.as_bytes())
        .ecl(ECL::M)
        .build()
        .map_err(|_| QrFault::TooLong { bytes: short_url.len() })?;
    let mut grid = Grid::light(code.size + 2 * QUIET_ZONE);
    for (y, row) in code.data.chunks_exact(code.size).take(code.size).enumerate() {
        for (x, _) in row.iter().enumerate().filter(|(_, module)| module.value()) {
            grid.darken(x + QUIET_ZONE, y + QUIET_ZONE, 1);
        }
    }
    Ok(Symbol { url: short_url.to_owned(), text: text.into_owned(), grid })
}

impl Symbol {
    /// What a reader gets: the short URL, maybe in capitals.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Width of the symbol in modules, without the quiet zone.
    pub fn modules(&self) -> usize {
        self.grid.side() - 2 * QUIET_ZONE
    }

    /// Version, 1 to 40.
    pub fn version(&self) -> usize {
        (self.modules() - BASE_MODULES) / 4
    }

    /// The least width in print, in millimetres, of the whole image with its quiet zone.
    ///
    /// A module takes 0.33 mm, four dots at 300 dpi; Denso Wave asks for four dots or more
    /// (qrcode.com/en/howto/cell.html). Below 20 mm phones read badly, a rule of thumb in print.
    pub fn print_width_mm(&self) -> usize {
        const MODULE_HUNDREDTHS: usize = 33;
        const LEAST: usize = 20;
        (self.grid.side() * MODULE_HUNDREDTHS).div_ceil(100).max(LEAST)
    }

    /// Draws it as an SVG document.
    pub fn svg(&self) -> String {
        vector::svg(&self.grid, &self.url)
    }

    /// Draws it as a PNG file, one bit a pixel.
    pub fn png(&self, pixels_per_module: u32) -> Result<Vec<u8>, QrFault> {
        let most = bitmap::most_pixels_per_module(&self.grid);
        if !(1..=most).contains(&pixels_per_module) {
            return Err(QrFault::PixelsPerModule { pixels: pixels_per_module, most });
        }
        bitmap::png(&self.grid, pixels_per_module as usize)
            .ok_or_else(|| self.unreadable(QrForm::Png))
    }

    /// Looks for it in a picture as a camera does, and wants its text, level and version back.
    /// Slow; what [`accepted`](super::accepted) gives out has been decoded already.
    pub fn verify(&self) -> Result<(), QrFault> {
        let seen = self.expected().is_seen_in(&self.grid);
        if seen { Ok(()) } else { Err(self.unreadable(QrForm::Symbol)) }
    }

    pub(super) fn expected(&self) -> Expected<'_> {
        Expected { text: &self.text, version: self.version() }
    }

    pub(super) fn unreadable(&self, form: QrForm) -> QrFault {
        QrFault::Unreadable { url: self.url.clone(), form }
    }
}
