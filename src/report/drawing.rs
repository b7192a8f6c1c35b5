//! What pictures of ours have in common: an SVG that any browser opens, with nothing of the data in
//! it but escaped text.

use std::fmt::{Arguments, Write};

use super::gallery::text as escaped;

/// Adds a line.
pub(super) fn line(out: &mut String, text: Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{text}");
}

/// The beginning of a picture on white, whose title says what it shows.
pub(super) fn begin((width, height): (usize, usize), font_size: usize, title: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" font-size=\"{font_size}\">\n\
         <title>{}</title>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n",
        escaped(title)
    )
}

/// A text in one line of at most so many letters, escaped.
pub(super) fn cut(text: &str, letters: usize) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let long = text.chars().count() > letters;
    let shown: String = text.chars().take(if long { letters - 1 } else { letters }).collect();
    escaped(&if long { format!("{shown}…") } else { shown })
}

/// The way of a line between two columns, level at both ends.
pub(super) fn curve((x1, y1): (usize, usize), (x2, y2): (usize, usize)) -> String {
    let bend = x1.abs_diff(x2) / 2;
    format!("M{x1} {y1}C{} {y1} {} {y2} {x2} {y2}", x1 + bend, x2.saturating_sub(bend))
}
