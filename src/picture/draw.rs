//! SVG text to pixels.

use std::sync::{Arc, Mutex, PoisonError};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::roxmltree::{Document, ParsingOptions};
use resvg::usvg::{self, ImageHrefResolver, ImageKind, Node, Options, Tree};

use super::{Fault, Fonts, PixelSize, Pixels, REGULAR_FAMILY, guard};

/// Longer SVG is a template that ran away.
const MAX_SVG: usize = 1_000_000;
const MAX_NODES: u32 = 100_000;

/// What a picture is drawn on.
#[derive(Clone, Copy, Debug)]
pub struct Canvas {
    /// Its size on the page.
    pub size: PixelSize,
    /// Pixels for each pixel of the page, each way.
    pub scale: u32,
}

/// Draws an SVG. `picture` gives the bytes of a PNG, JPEG or WebP file for an address in it.
pub fn draw(
    svg: &str,
    canvas: Canvas,
    fonts: &Fonts,
    picture: &(dyn Fn(&str) -> Option<Arc<Vec<u8>>> + Send + Sync),
) -> Result<Pixels, Fault> {
    if svg.len() > MAX_SVG {
        return Err(Fault::TooComplex(format!("it is {} bytes long", svg.len())));
    }
    let options =
        ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(svg.trim_start(), options)
        .map_err(|error| Fault::NotXml { message: error.to_string(), line: error.pos().row })?;
    guard::check(&document)?;
    let unknown = Mutex::new(Vec::new());
    let note = |address: &str| {
        unknown.lock().unwrap_or_else(PoisonError::into_inner).push(shortened(address));
    };
    let resolve = |address: &str| {
        let found = picture(address).and_then(kind_of);
        if found.is_none() {
            note(address);
        }
        found
    };
    let options = Options {
        font_family: REGULAR_FAMILY.to_owned(),
        fontdb: Arc::clone(&fonts.database),
        image_href_resolver: ImageHrefResolver {
            resolve_data: Box::new(|_, _, _| {
                note("data:");
                None
            }),
            resolve_string: Box::new(|address, _| resolve(address)),
        },
        ..Options::default()
    };
    let tree = Tree::from_xmltree(&document, &options)
        .map_err(|error| Fault::Refused(format!("this SVG ({error})")))?;
    drop(options);
    if let Some(address) = unknown.lock().unwrap_or_else(PoisonError::into_inner).first() {
        return Err(Fault::UnknownPicture(address.clone()));
    }
    check_letters(tree.root())?;
    paint(&tree, canvas)
}

fn paint(tree: &Tree, canvas: Canvas) -> Result<Pixels, Fault> {
    let Canvas { size, scale } = canvas;
    let (width, height) = (size.width * scale, size.height * scale);
    let own = tree.size();
    let across = exact(width) / own.width();
    let down = exact(height) / own.height();
    // As much as a half of a pixel of the page.
    if ((across / down - 1.0) * exact(size.width.max(size.height))).abs() > 0.5 {
        let found = format!("{}x{}", own.width(), own.height());
        return Err(Fault::OtherShape { found, wanted: size });
    }
    let mut pixmap =
        Pixmap::new(width, height).ok_or(Fault::TooManyPixels(PixelSize { width, height }))?;
    resvg::render(tree, Transform::from_scale(across, down), &mut pixmap.as_mut());
    // Where nothing shines through, colours are not multiplied.
    let mut alphas = pixmap.data().iter().skip(3).step_by(4);
    if alphas.all(|alpha| *alpha == u8::MAX) {
        return Ok(Pixels { width, height, rgba: pixmap.take() });
    }
    let mut rgba = Vec::with_capacity(pixmap.data().len());
    for pixel in pixmap.pixels() {
        let plain = pixel.demultiply();
        rgba.extend([plain.red(), plain.green(), plain.blue(), plain.alpha()]);
    }
    Ok(Pixels { width, height, rgba })
}

/// Sides have at most four digits.
fn exact(side: u32) -> f32 {
    f32::from(u16::try_from(side).unwrap_or(u16::MAX))
}

/// A picture by what its file begins with.
fn kind_of(bytes: Arc<Vec<u8>>) -> Option<ImageKind> {
    match image::guess_format(&bytes).ok()? {
        image::ImageFormat::Png => Some(ImageKind::PNG(bytes)),
        image::ImageFormat::Jpeg => Some(ImageKind::JPEG(bytes)),
        image::ImageFormat::WebP => Some(ImageKind::WEBP(bytes)),
        _ => None,
    }
}

/// A box in place of a letter is never what was meant.
fn check_letters(group: &usvg::Group) -> Result<(), Fault> {
    for node in group.children() {
        match node {
            Node::Group(inner) => check_letters(inner)?,
            Node::Text(text) => {
                let glyphs = text.layouted().iter().flat_map(|span| &span.positioned_glyphs);
                let missing = glyphs.filter(|glyph| glyph.id.0 == 0);
                let letters: String = missing.map(|glyph| glyph.text.as_str()).collect();
                if !letters.trim().is_empty() {
                    let text = text.chunks().iter().map(usvg::TextChunk::text).collect::<String>();
                    return Err(Fault::NoGlyph { letters, text: text.trim().to_owned() });
                }
            }
            Node::Path(_) | Node::Image(_) => {}
        }
    }
    Ok(())
}

fn shortened(address: &str) -> String {
    address.chars().take(80).collect()
}
