//! The files of a code, accepted once they have been read back from their own bytes.

use super::fault::{QrFault, QrForm};
use super::symbol::symbol;
use super::{bitmap, vector};

/// The finished files of one code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QrFiles {
    /// The SVG document.
    pub svg: String,
    /// The PNG file.
    pub png: Vec<u8>,
    /// Version, 1 to 40.
    pub version: usize,
    /// Width of the symbol in modules, without the quiet zone.
    pub modules: usize,
    /// What a reader gets: the short URL, maybe in capitals.
    pub text: String,
    /// The least width in print, in millimetres, quiet zone included.
    pub print_width_mm: usize,
}

/// Makes the files of a code, and reads both again before it gives them out.
pub fn accepted(short_url: &str, pixels_per_module: u32) -> Result<QrFiles, QrFault> {
    let code = symbol(short_url)?;
    let svg = code.svg();
    let png = code.png(pixels_per_module)?;
    let drawn = bitmap::read(&png, pixels_per_module as usize);
    let drawn = drawn.ok_or_else(|| code.unreadable(QrForm::Png))?;
    if !code.expected().is_in(&drawn) {
        return Err(code.unreadable(QrForm::Png));
    }
    // The same modules read the same, so the second file is not decoded a second time.
    if vector::read(&svg) != Some(drawn) {
        return Err(code.unreadable(QrForm::Svg));
    }
    let (version, modules) = (code.version(), code.modules());
    let (text, print_width_mm) = (code.text().to_owned(), code.print_width_mm());
    Ok(QrFiles { svg, png, version, modules, text, print_width_mm })
}
