//! The PNG of a code: one bit a pixel, no time in it, the same bytes each time.

use png::{BitDepth, ColorType, Decoder, DeflateCompression, Encoder, Filter, Limits};

use super::grid::{Grid, WIDEST};

/// Widest image, in pixels: 300 mm at 600 dpi is 7,087.
const WIDEST_IMAGE: usize = 8_192;
/// What the reader may take: one image of that width and some room.
const MOST_BYTES: usize = WIDEST_IMAGE * WIDEST_IMAGE / 8 * 2;

/// The most pixels that a module of this grid may be wide.
pub(super) fn most_pixels_per_module(grid: &Grid) -> u32 {
    (WIDEST_IMAGE / grid.side().max(1)) as u32
}

/// Draws the modules. Writing to memory cannot fail unless the image is too wide.
pub(super) fn png(grid: &Grid, pixels: usize) -> Option<Vec<u8>> {
    let side = grid.side() * pixels;
    let line = side.div_ceil(8);
    let mut image = Vec::with_capacity(line * side);
    for row in grid.rows() {
        let bits = pack(row, pixels, line);
        for _ in 0..pixels {
            image.extend_from_slice(&bits);
        }
    }
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, side as u32, side as u32);
    encoder.set_color(ColorType::Grayscale);
    encoder.set_depth(BitDepth::One);
    encoder.set_filter(Filter::NoFilter);
    encoder.set_deflate_compression(DeflateCompression::Level(6));
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&image).ok()?;
    writer.finish().ok()?;
    Some(file)
}

/// One line of pixels: a set bit is white, the first pixel is the highest bit.
fn pack(row: &[bool], pixels: usize, line: usize) -> Vec<u8> {
    let mut bits = vec![0; line];
    let light = row.iter().flat_map(|dark| std::iter::repeat_n(!dark, pixels));
    for (at, _) in light.enumerate().filter(|(_, light)| *light) {
        if let Some(byte) = bits.get_mut(at / 8) {
            *byte |= 0x80 >> (at % 8);
        }
    }
    bits
}

/// Reads the modules from a file, where every pixel must be of its module's colour.
pub(super) fn read(file: &[u8], pixels: usize) -> Option<Grid> {
    let limits = Limits { bytes: MOST_BYTES };
    let mut reader =
        Decoder::new_with_limits(std::io::Cursor::new(file), limits).read_info().ok()?;
    let (width, height) = reader.info().size();
    let kind = (reader.info().color_type, reader.info().bit_depth);
    let side = width as usize / pixels.max(1);
    let fits = width == height && side * pixels == width as usize && side <= WIDEST;
    if !fits || kind != (ColorType::Grayscale, BitDepth::One) {
        return None;
    }
    let mut image = vec![0; reader.output_buffer_size().filter(|size| *size <= MOST_BYTES)?];
    let line = reader.next_frame(&mut image).ok()?.line_size;
    let mut grid = Grid::light(side);
    let mut lines = image.chunks_exact(line);
    for y in 0..side {
        let bits = lines.next()?;
        for x in 0..side {
            if !is_light(bits, x * pixels)? {
                grid.darken(x, y, 1)?;
            }
        }
        let row = grid.rows().nth(y)?;
        let uniform = bits == pack(row, pixels, line);
        let repeated = (1..pixels).all(|_| lines.next() == Some(bits));
        (uniform && repeated).then_some(())?;
    }
    Some(grid)
}

fn is_light(bits: &[u8], at: usize) -> Option<bool> {
    Some(bits.get(at / 8)? & (0x80 >> (at % 8)) != 0)
}
