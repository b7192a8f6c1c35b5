//! Pictures of others: read within limits, turned upright, made smaller.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageBuffer, ImageDecoder, ImageFormat, ImageReader, Limits, Rgba};

use super::{Fault, PixelSize, Pixels, encode_png, encode_webp};

/// What a picture's file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceFormat {
    /// PNG, which stays PNG.
    Png,
    /// JPEG, which stays JPEG.
    Jpeg,
    /// WebP, which stays WebP and becomes lossless.
    Webp,
    /// GIF, which may move and is left as it is.
    Gif,
}

/// A picture in its own format, at another width.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shrunk {
    /// Its file.
    pub bytes: Vec<u8>,
    /// What its file is.
    pub format: SourceFormat,
    /// Its size.
    pub size: PixelSize,
}

const MAX_SIDE: u32 = 16_000;
const MAX_PIXELS: u64 = 50_000_000;
const MAX_MEMORY: u64 = 256_000_000;
/// Of 100. Between 80 and 85 eyes no longer see what a higher one costs.
const JPEG_QUALITY: u8 = 82;

impl SourceFormat {
    /// What a file is, by how it begins.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        match image::guess_format(bytes).ok()? {
            ImageFormat::Png => Some(Self::Png),
            ImageFormat::Jpeg => Some(Self::Jpeg),
            ImageFormat::WebP => Some(Self::Webp),
            ImageFormat::Gif => Some(Self::Gif),
            _ => None,
        }
    }

    fn format(self) -> ImageFormat {
        match self {
            Self::Png => ImageFormat::Png,
            Self::Jpeg => ImageFormat::Jpeg,
            Self::Webp => ImageFormat::WebP,
            Self::Gif => ImageFormat::Gif,
        }
    }
}

/// Tells a picture's size, upright, from the head of its file.
pub fn size_of(bytes: &[u8]) -> Result<PixelSize, Fault> {
    let (mut decoder, _) = decoder_of(bytes)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let (width, height) = decoder.dimensions();
    Ok(if is_on_its_side(orientation) {
        PixelSize { width: height, height: width }
    } else {
        PixelSize { width, height }
    })
}

fn is_on_its_side(orientation: Orientation) -> bool {
    matches!(
        orientation,
        Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH
    )
}

/// Sizes are refused before a pixel is read, so that a small file cannot ask for all memory.
fn decoder_of(bytes: &[u8]) -> Result<(impl ImageDecoder + '_, SourceFormat), Fault> {
    let format = SourceFormat::of(bytes)
        .ok_or_else(|| Fault::Unreadable("it is no PNG, JPEG, WebP or GIF file".to_owned()))?;
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format.format());
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_MEMORY);
    reader.limits(limits);
    let unreadable = |error: image::ImageError| Fault::Unreadable(error.to_string());
    let decoder = reader.into_decoder().map_err(unreadable)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(Fault::TooManyPixels(PixelSize { width, height }));
    }
    Ok((decoder, format))
}

/// Makes a picture narrower, upright, without what a camera wrote beside it. `None` where it is no
/// wider than asked for: nothing is enlarged.
pub fn shrink(bytes: &[u8], width: u32) -> Result<Option<Shrunk>, Fault> {
    let (mut decoder, format) = decoder_of(bytes)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder)
        .map_err(|error| Fault::Unreadable(error.to_string()))?;
    picture.apply_orientation(orientation);
    if format == SourceFormat::Gif || picture.width() <= width || width == 0 {
        return Ok(None);
    }
    let height = u64::from(picture.height()) * u64::from(width);
    let own = u64::from(picture.width());
    let height = u32::try_from((height + own / 2) / own).unwrap_or(1).max(1);
    let size = PixelSize { width, height };
    let bytes = match format {
        SourceFormat::Jpeg => jpeg(&picture, size)?,
        SourceFormat::Png | SourceFormat::Gif => encode_png(&scaled(&picture, size))?,
        SourceFormat::Webp => encode_webp(&scaled(&picture, size))?,
    };
    Ok(Some(Shrunk { bytes, format, size }))
}

/// A kernel of products and sums alone: no sine, which differs between machines.
const KERNEL: FilterType = FilterType::CatmullRom;

/// By a call that is not generic, or it would be compiled here, and slow in tests.
fn resize(picture: &DynamicImage, size: PixelSize) -> DynamicImage {
    picture.resize_exact(size.width, size.height, KERNEL)
}

fn resize_opaque(picture: &DynamicImage, size: PixelSize) -> DynamicImage {
    resize(&DynamicImage::ImageRgb8(picture.to_rgb8()), size)
}

fn jpeg(picture: &DynamicImage, size: PixelSize) -> Result<Vec<u8>, Fault> {
    let small = resize_opaque(picture, size);
    let mut out = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut out, JPEG_QUALITY);
    small.write_with_encoder(encoder).map_err(|error| Fault::NotWritten(error.to_string()))?;
    Ok(out)
}

fn scaled(picture: &DynamicImage, size: PixelSize) -> Pixels {
    let PixelSize { width, height } = size;
    let rgba = if picture.color().has_alpha() {
        scaled_with_alpha(picture, size)
    } else {
        resize_opaque(picture, size).into_rgba8().into_raw()
    };
    Pixels { width, height, rgba }
}

/// What cannot be seen must not colour what can: colours are weighed by their alpha.
fn scaled_with_alpha(picture: &DynamicImage, size: PixelSize) -> Vec<u8> {
    let mut wide: ImageBuffer<Rgba<u16>, Vec<u16>> = picture.to_rgba16();
    for Rgba([red, green, blue, alpha]) in wide.pixels_mut() {
        for one in [red, green, blue] {
            *one = ((u32::from(*one) * u32::from(*alpha) + 32_767) / 65_535) as u16;
        }
    }
    let small = resize(&DynamicImage::ImageRgba16(wide), size).into_rgba16();
    let mut out = Vec::with_capacity(small.len());
    for Rgba([red, green, blue, alpha]) in small.pixels() {
        let wide_alpha = u32::from(*alpha).max(1);
        for one in [red, green, blue] {
            let plain = (u32::from(*one) * 65_535 / wide_alpha).min(65_535);
            out.push(((plain + 128) / 257) as u8);
        }
        out.push(((u32::from(*alpha) + 128) / 257) as u8);
    }
    out
}
