//! Pixels to files. The same pixels give the same bytes.

use std::collections::BTreeMap;

use image::codecs::webp::WebPEncoder;
use image::{ExtendedColorType, ImageEncoder};
use png::{BitDepth, ColorType, Compression, Encoder, Filter};

use super::Fault;

/// A picture in memory: red, green, blue and alpha of each pixel, row by row, not multiplied.
#[derive(Clone, PartialEq, Eq)]
pub struct Pixels {
    /// From left to right.
    pub width: u32,
    /// From top to bottom.
    pub height: u32,
    /// Four bytes a pixel.
    pub rgba: Vec<u8>,
}

type Color = [u8; 4];

impl Pixels {
    fn colors(&self) -> impl Iterator<Item = Color> {
        self.rgba.as_chunks::<4>().0.iter().copied()
    }

    fn is_opaque(&self) -> bool {
        self.colors().all(|[.., alpha]| alpha == u8::MAX)
    }

    fn without_alpha(&self) -> Vec<u8> {
        self.colors().flat_map(|[red, green, blue, _]| [red, green, blue]).collect()
    }
}

/// The pixels as PNG: with a palette where there are at most 256 colours, which loses nothing.
pub fn encode_png(pixels: &Pixels) -> Result<Vec<u8>, Fault> {
    let mut out = Vec::new();
    write_png(pixels, &mut out).map_err(|error| Fault::NotWritten(error.to_string()))?;
    Ok(out)
}

fn write_png(pixels: &Pixels, out: &mut Vec<u8>) -> Result<(), png::EncodingError> {
    let mut encoder = Encoder::new(out, pixels.width, pixels.height);
    encoder.set_compression(Compression::Balanced);
    if let Some(palette) = Palette::of(pixels) {
        encoder.set_color(ColorType::Indexed);
        encoder.set_depth(palette.depth());
        encoder.set_palette(palette.rgb());
        encoder.set_trns(palette.alphas());
        // Numbers of colours that happen to be near each other say nothing about the next one.
        encoder.set_filter(Filter::NoFilter);
        return encoder.write_header()?.write_image_data(&palette.rows(pixels));
    }
    encoder.set_filter(Filter::Adaptive);
    if pixels.is_opaque() {
        encoder.set_color(ColorType::Rgb);
        return encoder.write_header()?.write_image_data(&pixels.without_alpha());
    }
    encoder.set_color(ColorType::Rgba);
    encoder.write_header()?.write_image_data(&pixels.rgba)
}

/// The pixels as lossless WebP.
pub fn encode_webp(pixels: &Pixels) -> Result<Vec<u8>, Fault> {
    let mut out = Vec::new();
    let encoder = WebPEncoder::new_lossless(&mut out);
    let (width, height) = (pixels.width, pixels.height);
    let written = if pixels.is_opaque() {
        let rgb = pixels.without_alpha();
        encoder.write_image(&rgb, width, height, ExtendedColorType::Rgb8)
    } else {
        encoder.write_image(&pixels.rgba, width, height, ExtendedColorType::Rgba8)
    };
    written.map_err(|error| Fault::NotWritten(error.to_string()))?;
    Ok(out)
}

/// The colours of a picture, numbered: those with transparency first, so that only they need an
/// alpha, and else in the order of their values.
struct Palette {
    numbers: BTreeMap<Color, u8>,
    colors: Vec<Color>,
}

const MAX_COLORS: usize = 256;

impl Palette {
    fn of(pixels: &Pixels) -> Option<Self> {
        let mut seen: BTreeMap<Color, u8> = BTreeMap::new();
        let mut last = None;
        for color in pixels.colors() {
            if last == Some(color) {
                continue;
            }
            last = Some(color);
            seen.entry(color).or_insert(0);
            if seen.len() > MAX_COLORS {
                return None;
            }
        }
        let mut colors: Vec<Color> = seen.into_keys().collect();
        colors.sort_by_key(|color| (color.last() == Some(&u8::MAX), *color));
        let numbers = colors.iter().zip(0..=u8::MAX).map(|(color, number)| (*color, number));
        Some(Self { numbers: numbers.collect(), colors })
    }

    fn depth(&self) -> BitDepth {
        match self.colors.len() {
            0..=2 => BitDepth::One,
            3..=4 => BitDepth::Two,
            5..=16 => BitDepth::Four,
            _ => BitDepth::Eight,
        }
    }

    fn rgb(&self) -> Vec<u8> {
        self.colors.iter().flat_map(|[red, green, blue, _]| [*red, *green, *blue]).collect()
    }

    fn alphas(&self) -> Vec<u8> {
        let alphas = self.colors.iter().map(|[.., alpha]| *alpha);
        alphas.take_while(|alpha| *alpha != u8::MAX).collect()
    }

    /// The numbers of all pixels, as many to a byte as fit; each row begins a new byte.
    fn rows(&self, pixels: &Pixels) -> Vec<u8> {
        let bits = self.depth() as usize;
        let row = pixels.width as usize * 4;
        let mut out = Vec::with_capacity(pixels.rgba.len() * bits / 32 + pixels.height as usize);
        let mut last = ([0; 4], self.numbers.get(&[0; 4]).copied().unwrap_or(0));
        for line in pixels.rgba.chunks_exact(row.max(4)) {
            let (mut byte, mut filled) = (0u8, 0);
            for color in line.as_chunks::<4>().0 {
                if *color != last.0 {
                    last = (*color, self.numbers.get(color).copied().unwrap_or(0));
                }
                if bits == 8 {
                    out.push(last.1);
                    continue;
                }
                byte = byte << bits | last.1;
                filled += bits;
                if filled == 8 {
                    out.push(byte);
                    (byte, filled) = (0, 0);
                }
            }
            if filled > 0 {
                out.push(byte << (8 - filled));
            }
        }
        out
    }
}
