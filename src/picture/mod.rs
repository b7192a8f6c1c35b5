//! Pictures: SVG text to pixels with fonts of our own, pixels to PNG, WebP and JPEG, and pictures
//! of others read within limits and made smaller.
//!
//! Pure: it knows nothing of workspaces, opens no file and follows no address. What an SVG may
//! show comes from the caller, in memory; the fonts of the machine are never asked for.

mod decode;
mod draw;
mod encode;
mod fault;
mod fit;
mod fonts;
mod guard;
mod shape;
mod size;
#[cfg(test)]
mod tests;

pub use decode::{Shrunk, SourceFormat, shrink, size_of};
pub use draw::{Canvas, draw};
pub use encode::{Pixels, encode_png, encode_webp};
pub use fault::Fault;
pub use fit::{Fitted, Lines, fit};
pub use fonts::{Fonts, REGULAR_FAMILY};
pub use size::PixelSize;
