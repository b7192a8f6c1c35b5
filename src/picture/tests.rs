//! Pictures: the same bytes each time, read back by other readers, and what is refused.

use std::fmt::Write;
use std::sync::Arc;

use super::*;

const SIZE: PixelSize = PixelSize { width: 300, height: 250 };

fn fonts() -> Fonts {
    Fonts::new(&[]).0
}

fn svg(inside: &str) -> String {
    format!("<svg xmlns='http://www.w3.org/2000/svg' width='300' height='250'>{inside}</svg>")
}

fn drawn(inside: &str) -> Result<Pixels, Fault> {
    draw(&svg(inside), Canvas { size: SIZE, scale: 1 }, &fonts(), &|_| None)
}

fn message(inside: &str) -> String {
    drawn(inside).map(|_| ()).unwrap_err().message()
}

fn photo(width: u32, height: u32) -> Pixels {
    let mut rgba = Vec::new();
    for at in 0..width * height {
        let (x, y) = (at % width, at / width);
        rgba.extend([(x * 255 / width) as u8, (y * 255 / height) as u8, (x ^ y) as u8, 255]);
    }
    Pixels { width, height, rgba }
}

#[test]
fn texts_are_drawn_with_the_fonts_that_are_built_in() {
    let text = "<rect width='300' height='250' fill='#fff'/>\
        <text x='10' y='100' font-size='40' font-weight='700' fill='#000'>30 % ÄßŁΩЖ€</text>";
    let pixels = drawn(text).unwrap();
    let dark = pixels.rgba.chunks(4).filter(|pixel| pixel[0] < 100).count();
    assert!((2_000..12_000).contains(&dark), "{dark} dark pixels");
    let other = drawn(&text.replace("<text", "<text font-family='Comic Sans MS'")).unwrap();
    assert!(other == pixels, "a font that is not there is replaced by ours");
}

#[test]
fn png_and_webp_hold_the_same_pixels() {
    let flat = drawn("<rect width='150' height='250' fill='#a03060'/>").unwrap();
    let text = drawn("<circle cx='99' cy='99' r='70' fill='#123' opacity='0.5'/>").unwrap();
    for pixels in [flat, text, photo(61, 33)] {
        for bytes in [encode_png(&pixels).unwrap(), encode_webp(&pixels).unwrap()] {
            let read = image::load_from_memory(&bytes).unwrap().to_rgba8();
            assert_eq!(read.dimensions(), (pixels.width, pixels.height));
            for (read, own) in read.as_raw().chunks(4).zip(pixels.rgba.chunks(4)) {
                // The colour of what cannot be seen is nobody's.
                assert!(read == own || read[3] == 0 && own[3] == 0);
            }
        }
    }
}

#[test]
fn few_colours_take_few_bits() {
    let depth = |pixels: &Pixels| encode_png(pixels).unwrap()[24..26].to_vec();
    let bar = "<g shape-rendering='crispEdges'><rect width='300' height='250' fill='#000'/>";
    assert_eq!(
        depth(&drawn(&format!("{bar}<rect width='9' height='9' fill='red'/></g>")).unwrap()),
        [1, 3]
    );
    assert_eq!(depth(&photo(300, 250)), [8, 2]);
}

#[test]
fn a_scale_of_two_is_four_times_the_pixels() {
    let drawn = draw(&svg(""), Canvas { size: SIZE, scale: 2 }, &fonts(), &|_| None).unwrap();
    assert_eq!((drawn.width, drawn.height), (600, 500));
    let wide = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 728 90'/>";
    let fault = draw(wide, Canvas { size: SIZE, scale: 1 }, &fonts(), &|_| None);
    assert_eq!(fault.err().unwrap().message(), "the SVG is 728x90, and the picture is 300x250");
}

#[test]
fn bombs_are_refused_before_they_are_drawn() {
    let mut uses = String::from("<g id='a0'><rect width='9' height='9'/></g>");
    for level in 1..12 {
        let one = format!("<use href='#a{}'/>", level - 1);
        write!(uses, "<g id='a{level}'>{}</g>", one.repeat(10)).unwrap();
    }
    assert!(message(&uses).contains("elements are drawn, 50000 may be"), "{}", message(&uses));
    let mut tiles = String::new();
    for level in 0..9 {
        let inside = format!("<rect width='9' height='9' fill='url(#p{})'/>", level + 1);
        write!(tiles, "<pattern id='p{level}' width='9' height='9'>{}</pattern>", inside.repeat(9))
            .unwrap();
    }
    assert!(message(&tiles).contains("elements are drawn"));
    assert!(message("<g id='x'><use href='#x'/></g>").contains("deep"));
    let blur = "<filter id='f'><feGaussianBlur stdDeviation='900'/></filter>";
    let blurred = "<rect width='9' height='9' filter='url(#f)'/>".repeat(60);
    assert!(message(&format!("{blur}{blurred}")).contains("elements are drawn"));
    let deep = format!("{}{}", "<g>".repeat(900), "</g>".repeat(900));
    assert!(message(&deep).contains("deep"), "{}", message(&deep));
    assert!(message("<pattern width='99999' height='1'/>").contains("wider"));
    assert!(message(&" ".repeat(1_100_000)).contains("bytes long"));
}

#[test]
fn nothing_outside_is_read() {
    let entity = "<!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><svg xmlns='http://www.w3.org/2000/svg' width='300' height='250'><text>&x;</text></svg>";
    let fault = draw(entity, Canvas { size: SIZE, scale: 1 }, &fonts(), &|_| None);
    assert!(matches!(fault, Err(Fault::NotXml { .. })));
    for address in [
        "/etc/hostname",
        "file:///etc/hostname",
        "https://x.example/a.png",
        "data:image/png;base64,AAAA",
    ] {
        let fault = drawn(&format!("<image href='{address}' width='9' height='9'/>"));
        assert!(matches!(fault, Err(Fault::UnknownPicture(_))), "{address}");
    }
    assert_eq!(message("<script>1</script>"), "<script> is not drawn");
    assert_eq!(message("<style>rect{fill:url(#p)}</style>"), "an address in <style> is not drawn");
    assert!(message("<foreignObject/>").contains("not drawn"));
}

#[test]
fn pictures_come_from_memory() {
    let red = encode_png(&Pixels { width: 1, height: 1, rgba: vec![255, 0, 0, 255] }).unwrap();
    let red = Arc::new(red);
    let shown =
        svg("<image href='assets/red.png' width='300' height='250' preserveAspectRatio='none'/>");
    let pixels = draw(&shown, Canvas { size: SIZE, scale: 1 }, &fonts(), &|address| {
        (address == "assets/red.png").then(|| Arc::clone(&red))
    });
    assert_eq!(pixels.unwrap().rgba[..4], [255, 0, 0, 255]);
}

#[test]
fn a_letter_without_a_glyph_is_told() {
    let fault = drawn("<text y='30'>one 字 two</text>").err().unwrap();
    assert_eq!(fault.message(), "no font has `字`, which `one 字 two` is written with");
}

const HEADLINE: &str = "The three-step evening ritual and refills";

fn place(width: f64, lines: usize, font_sizes: &[f64]) -> Lines<'_> {
    Lines { width, lines, font_sizes, family: REGULAR_FAMILY, weight: 700, letter_spacing: 0.0 }
}

#[test]
fn lines_are_as_wide_as_they_are_drawn() {
    let fonts = fonts();
    for width in [110.0, 160.0, 260.0] {
        let fitted = fit(&fonts, HEADLINE, &place(width, 8, &[24.0])).unwrap();
        assert_eq!(fitted.lines.join(" ").replace("- ", "-"), HEADLINE);
        for line in fitted.lines {
            let text = format!("<text y='30' font-size='24' font-weight='700'>{line}</text>");
            let pixels = drawn(&text).unwrap();
            let row = pixels.width as usize * 4;
            let inked =
                pixels.rgba.iter().enumerate().filter(|(at, alpha)| at % 4 == 3 && **alpha > 0);
            let right = inked.map(|(at, _)| at % row / 4).max().unwrap();
            assert!(
                f64::from(u32::try_from(right).unwrap()) <= width,
                "`{line}` is drawn {right} wide in {width}"
            );
        }
    }
}

#[test]
fn the_largest_size_that_fits_is_taken_and_what_is_too_long_is_counted() {
    let fonts = fonts();
    let fitted = fit(&fonts, HEADLINE, &place(260.0, 2, &[40.0, 26.0, 20.0])).unwrap();
    assert_eq!((fitted.font_size, fitted.too_long), (20.0, 0));
    assert_eq!(fitted.lines, ["The three-step evening", "ritual and refills"]);
    let long = fit(&fonts, HEADLINE, &place(260.0, 1, &[26.0, 20.0])).unwrap();
    assert_eq!(long.lines, ["The three-step evening rit"]);
    assert_eq!(long.too_long, "ual and refills".len());
    let broken = fit(&fonts, "Kaffee-Vollautomat", &place(120.0, 2, &[20.0])).unwrap();
    assert_eq!(broken.lines, ["Kaffee-", "Vollautomat"]);
    let word = fit(&fonts, &"W".repeat(40), &place(100.0, 3, &[20.0])).unwrap();
    assert!(word.too_long > 30, "a word is never broken: {word:?}");
    let kept = fit(&fonts, "ab\u{a0}cd ef", &place(100.0, 3, &[30.0])).unwrap();
    assert_eq!(kept.lines, ["ab\u{a0}cd", "ef"]);
    assert!(fit(&fonts, "字", &place(75.0, 3, &[30.0])).is_err());
}

#[test]
fn pictures_are_made_smaller_and_never_larger() {
    let bytes = encode_png(&photo(64, 32)).unwrap();
    assert_eq!(size_of(&bytes).unwrap().to_string(), "64x32");
    let small = shrink(&bytes, 16).unwrap().unwrap();
    assert_eq!((small.size.to_string().as_str(), small.format), ("16x8", SourceFormat::Png));
    assert_eq!(size_of(&small.bytes).unwrap(), small.size);
    assert_eq!(shrink(&bytes, 64).unwrap(), None);
    assert_eq!(shrink(&bytes, 900).unwrap(), None);
    assert_eq!(shrink(&bytes, 16).unwrap().unwrap(), small);
}

#[test]
fn what_cannot_be_seen_colours_nothing() {
    let mut rgba = [[255, 0, 0, 255], [0, 255, 0, 0]].concat().repeat(32);
    rgba.extend(rgba.clone());
    let bytes = encode_png(&Pixels { width: 64, height: 2, rgba }).unwrap();
    let small = shrink(&bytes, 32).unwrap().unwrap();
    let read = image::load_from_memory(&small.bytes).unwrap().to_rgba8();
    assert!(
        read.pixels().all(|one| one.0[0] > 250 && one.0[1] < 5 && (100..156).contains(&one.0[3]))
    );
}

#[test]
fn a_camera_held_on_its_side_is_turned_upright() {
    let mut out = Vec::new();
    let wide =
        image::RgbImage::from_fn(40, 20, |x, _| image::Rgb([if x < 20 { 250 } else { 5 }; 3]));
    image::codecs::jpeg::JpegEncoder::new(&mut out).encode_image(&wide).unwrap();
    // APP1 with one entry: orientation 6, a quarter turn to the right.
    let exif = [
        &b"\xff\xe1\x00\x22Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"
            [..],
    ]
    .concat();
    out.splice(2..2, exif);
    assert_eq!(size_of(&out).unwrap().to_string(), "20x40");
    let small = shrink(&out, 10).unwrap().unwrap();
    assert_eq!((small.size.to_string().as_str(), small.format), ("10x20", SourceFormat::Jpeg));
    let read = image::load_from_memory(&small.bytes).unwrap().to_luma8();
    assert!(read.get_pixel(5, 2).0[0] > 200 && read.get_pixel(5, 17).0[0] < 60);
    assert!(memchr::memmem::find(&small.bytes, b"Exif").is_none());
}

#[test]
fn pictures_that_are_bombs_or_broken_are_refused() {
    let mut huge = encode_png(&photo(4, 4)).unwrap();
    huge[16..24].copy_from_slice(&[0, 0, 0x3a, 0x98, 0, 0, 0x3a, 0x98]);
    let mut crc = flate2::Crc::new();
    crc.update(&huge[12..29]);
    huge[29..33].copy_from_slice(&crc.sum().to_be_bytes());
    assert!(matches!(size_of(&huge), Err(Fault::TooManyPixels(_))));
    assert!(shrink(&huge, 10).is_err());
    assert!(matches!(size_of(b"GIF89a"), Err(Fault::Unreadable(_))));
    assert!(matches!(size_of(b"<svg/>"), Err(Fault::Unreadable(_))));
    let cut = &encode_png(&photo(64, 64)).unwrap()[..200];
    assert!(matches!(shrink(cut, 10), Err(Fault::Unreadable(_))));
}

#[test]
fn sizes_are_written_as_recipes_write_them() {
    assert_eq!(PixelSize::parse("300x250"), Some(SIZE));
    for wrong in ["300", "300X250", "0x9", "9x0", "+9x9", "9x09", "5000x9", "x", "9x9x9", "9 x9"] {
        assert_eq!(PixelSize::parse(wrong), None, "{wrong}");
    }
}

#[test]
fn threads_draw_the_same_pixels() {
    let text = "<text y='90' font-size='30'>Winter serums</text><circle cx='150' cy='190' r='44'/>";
    let fonts = fonts();
    let one = || draw(&svg(text), Canvas { size: SIZE, scale: 1 }, &fonts, &|_| None).unwrap();
    let first = encode_png(&one()).unwrap();
    let all = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| encode_png(&one()).unwrap())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    assert!(all.iter().all(|bytes| *bytes == first));
}
