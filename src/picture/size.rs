//! The size of a picture, as recipes declare it.

use std::fmt;

/// Width and height, in pixels of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PixelSize {
    /// From left to right.
    pub width: u32,
    /// From top to bottom.
    pub height: u32,
}

/// Larger than any place for a picture, on a screen or on a wall.
const MAX_SIDE: u32 = 4096;

impl PixelSize {
    /// Reads `300x250`.
    pub fn parse(text: &str) -> Option<Self> {
        let (width, height) = text.split_once('x')?;
        let side = |text: &str| {
            let plain = text.bytes().all(|one| one.is_ascii_digit()) && !text.starts_with('0');
            let number = text.parse().ok().filter(|_| plain)?;
            (1..=MAX_SIDE).contains(&number).then_some(number)
        };
        Some(Self { width: side(width)?, height: side(height)? })
    }
}

impl fmt::Display for PixelSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.width, self.height)
    }
}
