//! Codes are what readers and printers need, and wrong ones are caught.

use proptest::prelude::*;

use super::grid::Grid;
use super::reading::Expected;
use super::*;

const URL: &str = "https://go.northwind.example/bcdfgh234";

#[test]
fn capitals_only_where_they_are_the_same_address() {
    let cases = [
        (URL, "HTTPS://GO.NORTHWIND.EXAMPLE/BCDFGH234"),
        ("HTTPS://GO.EXAMPLE/ABC", "HTTPS://GO.EXAMPLE/ABC"),
        ("https://Go.example/abc", "HTTPS://GO.EXAMPLE/ABC"),
        ("https://go.example:8443/a%2fb", "HTTPS://GO.EXAMPLE:8443/A%2FB"),
        ("https://go.example", "HTTPS://GO.EXAMPLE"),
        // Case carries meaning, or the mode has no such character.
        ("https://go.example/aBc", "https://go.example/aBc"),
        ("https://go.example/a_b", "https://go.example/a_b"),
        ("https://go.example/a?b=c", "https://go.example/a?b=c"),
        ("https://go.example/a#b", "https://go.example/a#b"),
    ];
    for (url, text) in cases {
        assert_eq!(printed_text(url), text);
        let files = accepted(url, 4).unwrap();
        assert_eq!(files.text, text);
    }
}

#[test]
fn versions_and_print_widths() {
    let cases = [
        ("https://a.io/bcdfg23", 1, 20),
        (URL, 2, 20),
        ("https://go.northwind.example/a_b", 3, 20),
    ];
    for (url, version, width) in cases {
        let code = symbol(url).unwrap();
        assert_eq!((code.version(), code.print_width_mm()), (version, width), "{url}");
        assert_eq!(code.modules(), 17 + 4 * version);
    }
    let long = symbol(&format!("https://a.io/{}", "b".repeat(300))).unwrap();
    assert_eq!((long.version(), long.modules(), long.print_width_mm()), (11, 61, 23));
}

#[test]
fn the_smallest_version_is_chosen() {
    // ISO/IEC 18004, table 7, level M.
    let most = [(1, 14, 20), (2, 26, 38), (3, 42, 61), (4, 62, 90), (5, 84, 122), (10, 213, 311)];
    for (version, bytes, alphanumerics) in most {
        for (text, most) in [("https://a/_", bytes), ("https://a/b", alphanumerics)] {
            let of = |length: usize| format!("{text}{}", "b".repeat(length - text.len()));
            assert_eq!(symbol(&of(most)).unwrap().version(), version);
            assert_eq!(symbol(&of(most + 1)).unwrap().version(), version + 1);
        }
    }
}

#[test]
fn what_is_no_short_url_is_refused() {
    let cases = [
        ("", "short URL `` is not `https://` and a host"),
        ("https://", "short URL `https://` is not `https://` and a host"),
        ("https:///a", "short URL `https:///a` is not `https://` and a host"),
        ("javascript://a", "short URL `javascript://a` is not `https://` and a host"),
        ("https://a/b c", "short URL `https://a/b\\u{20}c` holds `\\u{20}`"),
        ("https://a/\u{1b}[2J", "short URL `https://a/\\u{1b}[2J` holds `\\u{1b}`"),
        ("https://a/é", "short URL `https://a/\\u{e9}` holds `\\u{e9}`"),
    ];
    for (url, message) in cases {
        assert_eq!(accepted(url, 4).unwrap_err().message(), message);
    }
    assert_eq!(symbol("https://a/é/b").unwrap_err().range(), Some(10..12));
}

#[test]
fn sizes_out_of_range_are_refused() {
    let most = 8_192 / (25 + 8);
    for pixels in [0, most + 1, u32::MAX] {
        assert_eq!(accepted(URL, pixels), Err(QrFault::PixelsPerModule { pixels, most }));
    }
    accepted(URL, most).unwrap();
    accepted(URL, 1).unwrap();
}

#[test]
fn every_version_reads_back() {
    const BASE: &str = "https://a.io/";
    // The most that level M holds, in bytes and in characters of the alphanumeric mode.
    for (letter, most, step) in [("_", 2_331, 15), ("a", 3_391, 21)] {
        let mut seen = [false; 41];
        for length in (BASE.len() + 1..=most).step_by(step).chain([most]) {
            let url = format!("{BASE}{}", letter.repeat(length - BASE.len()));
            let code = symbol(&url).unwrap();
            assert!(code.expected().is_in(&code.grid));
            // Searching a picture is slow, so each version has its turn once.
            if !seen[code.version()] {
                code.verify().unwrap();
            }
            seen[code.version()] = true;
        }
        assert!(seen[3..].iter().all(|seen| *seen));
        let url = format!("{BASE}{}", letter.repeat(most + 1 - BASE.len()));
        assert_eq!(symbol(&url).unwrap_err(), QrFault::TooLong { bytes: most + 1 });
    }
}

#[test]
fn the_svg_is_compact_and_holds_no_markup_from_the_url() {
    let svg = symbol("https://a.io/?q=\"</title><script>&'").unwrap().svg();
    let title = "<title>https://a.io/?q=&quot;&lt;/title&gt;&lt;script&gt;&amp;&#39;</title>";
    assert!(svg.contains(title), "{svg}");
    let svg = symbol(URL).unwrap().svg();
    assert!(svg.starts_with(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 33 33\" \
         shape-rendering=\"crispEdges\"><title>https://go.northwind.example/bcdfgh234</title>\
         <path fill=\"#fff\" d=\"M0 0h33v33H0z\"/><path d=\"M4 4h7v1H4zM"
    ));
    assert!(svg.len() < 3_500, "{}", svg.len());
}

#[test]
fn a_changed_svg_is_noticed() {
    let code = symbol(URL).unwrap();
    let svg = code.svg();
    assert_eq!(vector::read(&svg).as_ref(), Some(&code.grid));
    let changes = [
        ("M4 4h7v1H4z", ""),
        ("M4 4h7v1H4z", "M4 4h8v1H4z"),
        ("M4 4h7v1H4z", "M4 4h7v1H5z"),
        ("M4 4h7v1H4z", "M4 4h7v1H4zM4 4h7v1H4z"),
        ("M4 4h7v1H4z", "M4 4h99999999999999999999v1H4z"),
        ("0 0 33 33", "0 0 34 34"),
        ("#fff", "#000"),
        ("</svg>", "<rect width=\"33\" height=\"33\"/></svg>"),
    ];
    for (from, to) in changes {
        assert_ne!(vector::read(&svg.replacen(from, to, 1)).as_ref(), Some(&code.grid), "{to}");
    }
}

#[test]
fn a_changed_png_is_noticed() {
    let code = symbol(URL).unwrap();
    let file = code.png(3).unwrap();
    assert_eq!(bitmap::read(&file, 3).as_ref(), Some(&code.grid));
    assert_eq!(bitmap::read(&file, 4), None);
    assert_eq!(bitmap::read(&file[..file.len() / 2], 3), None);
    for at in 0..file.len() {
        let mut other = file.clone();
        other[at] ^= 1;
        let read = bitmap::read(&other, 3);
        // The compressor's hints may change, the picture may not.
        assert!(read.is_none_or(|read| read == code.grid), "{at}");
    }
}

#[test]
fn a_png_holds_nothing_but_its_picture() {
    let file = symbol(URL).unwrap().png(10).unwrap();
    let mut rest = &file[8..];
    let mut kinds = Vec::new();
    while let [a, b, c, d, kind @ ..] = rest {
        let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
        kinds.push(String::from_utf8(kind[..4].to_vec()).unwrap());
        rest = &rest[12 + length..];
    }
    assert_eq!(kinds, ["IHDR", "IDAT", "IEND"]);
    assert!(file.len() < 1_000, "{}", file.len());
}

#[test]
fn a_damaged_symbol_does_not_verify() {
    let mut code = symbol(URL).unwrap();
    for y in 4..20 {
        for x in 12..29 {
            code.grid.darken(x, y, 1);
        }
    }
    assert!(!code.expected().is_in(&code.grid));
    let fault = code.verify().unwrap_err();
    assert_eq!(fault.message(), format!("QR code for `{URL}` does not read back"));
}

#[test]
fn a_symbol_that_cameras_would_not_find_is_not_accepted() {
    let code = symbol(URL).unwrap();
    assert!(code.expected().is_in(&code.grid));
    // In the quiet zone, a finder, the light around one, the timing line down and across.
    for (x, y) in [(0, 0), (32, 32), (12, 3), (5, 5), (27, 5), (5, 27), (11, 4), (10, 13), (13, 10)]
    {
        let mut other = code.grid.clone();
        other.darken(x, y, 1).unwrap();
        assert!(!code.expected().is_in(&other), "{x} {y}");
    }
    let other = Expected { text: URL, ..code.expected() };
    assert!(!other.is_in(&code.grid));
    let other = Expected { version: 3, ..code.expected() };
    assert!(!other.is_in(&code.grid));
    for side in 0..40 {
        assert!(!code.expected().is_in(&Grid::light(side)), "{side}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn short_urls_read_back(
        host in "[a-z0-9]{1,12}(-[a-z0-9]{1,8})?\\.(io|example|co\\.uk)",
        path in "(/[a-zA-Z0-9%$*+._~-]{0,20}){0,3}",
        pixels in 1u32..12,
    ) {
        let url = format!("https://{host}{path}");
        let files = accepted(&url, pixels).unwrap();
        prop_assert!(files.text.eq_ignore_ascii_case(&url));
        prop_assert_eq!(&files, &accepted(&url, pixels).unwrap());
        prop_assert_eq!(files.modules, 17 + 4 * files.version);
        symbol(&url).unwrap().verify().unwrap();
    }

    #[test]
    fn any_text_is_a_code_or_a_fault(text in ".{0,80}") {
        match accepted(&text, 2) {
            Ok(files) => prop_assert!(files.text.eq_ignore_ascii_case(&text)),
            Err(fault) => prop_assert!(!fault.message().chars().any(char::is_control)),
        }
    }

    #[test]
    fn any_svg_can_be_read_without_harm(text in ".{0,40}", side in 0usize..400) {
        let svg = format!(" viewBox=\"0 0 {side} {side}\"></title><path fill=\"#fff\" \
            d=\"M0 0h{side}v{side}H0z\"/><path d=\"M{text}");
        prop_assert_eq!(vector::read(&svg), None);
        prop_assert_eq!(bitmap::read(text.as_bytes(), side), None);
    }
}
