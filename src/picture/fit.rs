//! Texts of partners in places of a fixed size: broken into lines, and refused where they do not
//! fit, because nobody looks at every banner.

use super::shape::Style;
use super::{Fault, Fonts};

/// The place for a text.
#[derive(Clone, Copy, Debug)]
pub struct Lines<'a> {
    /// How wide it is, in pixels.
    pub width: f64,
    /// How many lines it has.
    pub lines: usize,
    /// The sizes to choose from, largest first.
    pub font_sizes: &'a [f64],
    /// The family of the font.
    pub family: &'a str,
    /// Its weight.
    pub weight: u16,
    /// Between letters, in pixels.
    pub letter_spacing: f64,
}

/// A text in its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Fitted {
    /// The size it fits at.
    pub font_size: f64,
    /// Its lines.
    pub lines: Vec<String>,
    /// How wide the widest line is, in pixels.
    pub width: f64,
    /// By how many characters it is too long; the lines are then those that fit.
    pub too_long: usize,
}

/// Breaks a text into lines, at the largest size at which it fits.
pub fn fit(fonts: &Fonts, text: &str, place: &Lines<'_>) -> Result<Fitted, Fault> {
    let no_glyph = |letter: char| Fault::NoGlyph { letters: letter.into(), text: text.to_owned() };
    let face = fonts
        .face(place.family, place.weight)
        .ok_or_else(|| Fault::Refused(format!("the font `{}`", place.family)))?;
    let style = Style { fonts, face, letter_spacing: place.letter_spacing };
    let mut last = None;
    for font_size in place.font_sizes {
        let setter = Setter { style, font_size: *font_size, lines: place.lines };
        match setter.lines_of(text, place.width).map_err(no_glyph)? {
            Some(lines) => {
                let lines = setter.balanced(text, place.width, lines).map_err(no_glyph)?;
                let width = setter.widest(&lines).map_err(no_glyph)?;
                return Ok(Fitted { font_size: *font_size, lines, width, too_long: 0 });
            }
            None => last = Some(setter),
        }
    }
    let setter = last.ok_or_else(|| Fault::Refused("a text without a size".to_owned()))?;
    setter.cut(text, place.width).map_err(no_glyph)
}

struct Setter<'f> {
    style: Style<'f>,
    font_size: f64,
    lines: usize,
}

/// Rounds of halving the width in which lines are balanced.
const BALANCING: usize = 6;

impl Setter<'_> {
    fn is_within(&self, text: &str, width: f64) -> Result<bool, char> {
        Ok(self.style.width(text, self.font_size)? <= width)
    }

    /// The text in lines, or nothing where it does not fit. Hyphens end lines only where they must.
    fn lines_of(&self, text: &str, width: f64) -> Result<Option<Vec<String>>, char> {
        let whole = self.lines_from(&pieces(text, Hyphens::Inside), width)?;
        if whole.is_some() || !text.contains('-') {
            return Ok(whole);
        }
        self.lines_from(&pieces(text, Hyphens::AtEnds), width)
    }

    fn lines_from(&self, pieces: &[&str], width: f64) -> Result<Option<Vec<String>>, char> {
        let mut lines: Vec<String> = Vec::new();
        let mut line = String::new();
        for piece in pieces {
            let longer = format!("{line}{piece}");
            if self.is_within(longer.trim_end(), width)? {
                line = longer;
                continue;
            }
            let full = std::mem::replace(&mut line, piece.trim_start().to_owned());
            if !full.trim().is_empty() {
                lines.push(full.trim().to_owned());
            }
            if lines.len() >= self.lines || !self.is_within(line.trim_end(), width)? {
                return Ok(None);
            }
        }
        if !line.trim().is_empty() {
            lines.push(line.trim().to_owned());
        }
        Ok((lines.len() <= self.lines).then_some(lines))
    }

    /// As many lines, of more equal width: a last line of one word looks like a mistake.
    fn balanced(
        &self,
        text: &str,
        width: f64,
        mut lines: Vec<String>,
    ) -> Result<Vec<String>, char> {
        if lines.len() < 2 {
            return Ok(lines);
        }
        let (mut low, mut high) =
            (width / f64::from(u16::try_from(lines.len()).unwrap_or(u16::MAX)), width);
        for _ in 0..BALANCING {
            let middle = f64::midpoint(low, high);
            match self.lines_of(text, middle)? {
                Some(narrower) if narrower.len() == lines.len() => {
                    lines = narrower;
                    high = middle;
                }
                _ => low = middle,
            }
        }
        Ok(lines)
    }

    fn widest(&self, lines: &[String]) -> Result<f64, char> {
        let mut widest = 0.0;
        for line in lines {
            widest = self.style.width(line, self.font_size)?.max(widest);
        }
        Ok(widest)
    }

    /// As much of the text as fits, and how much does not.
    fn cut(&self, text: &str, width: f64) -> Result<Fitted, char> {
        let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let head = |count: usize| text.get(..*ends.get(count)?).map(str::trim_end);
        let (mut fits, mut does_not) = (0, ends.len());
        while fits + 1 < does_not {
            let middle = usize::midpoint(fits, does_not);
            if self.lines_of(head(middle).unwrap_or(""), width)?.is_some() {
                fits = middle;
            } else {
                does_not = middle;
            }
        }
        let lines = self.lines_of(head(fits).unwrap_or(""), width)?.unwrap_or_default();
        let width = self.widest(&lines)?;
        Ok(Fitted { font_size: self.font_size, lines, width, too_long: ends.len() - fits })
    }
}

/// Where a hyphen may stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hyphens {
    Inside,
    AtEnds,
}

/// What stays together: words with the space behind them, and each letter of scripts that are
/// written without spaces.
fn pieces(text: &str, hyphens: Hyphens) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut before) = (0, None::<char>);
    for (at, one) in text.char_indices() {
        let breaks = before.is_some_and(|before| {
            is_space(before) && !is_space(one)
                || before == '-' && hyphens == Hyphens::AtEnds
                || is_spaceless(before) && !is_space(one) && !is_closing(one)
                || is_spaceless(one) && !is_space(before)
        });
        if breaks {
            pieces.extend(text.get(start..at));
            start = at;
        }
        before = Some(one);
    }
    pieces.extend(text.get(start..).filter(|rest| !rest.is_empty()));
    pieces
}

/// A space at which a line may end.
fn is_space(one: char) -> bool {
    one.is_whitespace() && !matches!(one, '\u{a0}' | '\u{202f}' | '\u{2007}')
}

fn is_spaceless(one: char) -> bool {
    matches!(one, '\u{2e80}'..='\u{2fff}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

/// What never begins a line.
fn is_closing(one: char) -> bool {
    matches!(
        one,
        '、' | '。' | '」' | '』' | '）' | '！' | '？' | 'ー' | '々' | '.' | ',' | '!' | '?' | ')'
    )
}
