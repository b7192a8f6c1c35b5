//! How wide a text is, shaped as it will be drawn.

use harfrust::{ShapeOptions, UnicodeBuffer};

use super::Fonts;
use super::fonts::Face;

/// How a text is set.
#[derive(Clone, Copy)]
pub(super) struct Style<'f> {
    pub(super) fonts: &'f Fonts,
    pub(super) face: &'f Face,
    /// Between letters, in pixels.
    pub(super) letter_spacing: f64,
}

impl Style<'_> {
    /// The width of a text at a size, in pixels. `Err` holds a letter that no font has.
    pub(super) fn width(&self, text: &str, font_size: f64) -> Result<f64, char> {
        // The sums and products of doubles are the same on every machine.
        let letters = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        Ok(self.ems(text)? * font_size + self.letter_spacing * f64::from(letters))
    }

    /// The width of a text in units of its size.
    fn ems(&self, text: &str) -> Result<f64, char> {
        let (mut width, missing) = shaped(self.face, text);
        // Letters that the font lacks are taken from the first one that has them, as in drawing.
        for letter in missing {
            let letter_text = letter.to_string();
            let others = self.fonts.faces.iter().filter(|other| other.id != self.face.id);
            let found = others
                .map(|other| shaped(other, &letter_text))
                .find(|(_, missing)| missing.is_empty());
            width += found.ok_or(letter)?.0;
        }
        Ok(width)
    }
}

/// The width in ems of the letters that a font has, and those that it lacks.
fn shaped(face: &Face, text: &str) -> (f64, Vec<char>) {
    let Some(font) = face.font() else { return (0.0, text.chars().collect()) };
    let shaper = face.shaper.shaper(&font).build();
    let mut buffer = UnicodeBuffer::new();
    buffer.push_str(text);
    buffer.guess_segment_properties();
    let output = shaper.shape(buffer, ShapeOptions::new());
    let mut units: i32 = 0;
    let mut missing = Vec::new();
    for (info, position) in output.glyph_infos().iter().zip(output.glyph_positions()) {
        if info.glyph_id == 0 {
            missing.extend(text.get(info.cluster as usize..).and_then(|rest| rest.chars().next()));
        } else {
            units = units.saturating_add(position.x_advance);
        }
    }
    let em = f64::from(shaper.units_per_em().max(1));
    (f64::from(units) / em, missing)
}
