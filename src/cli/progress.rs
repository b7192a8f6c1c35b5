//! A progress bar on a terminal, nothing elsewhere.

use std::io::{IsTerminal, stderr};

use indicatif::{ProgressBar, ProgressStyle};

use crate::report::Format;

/// A bar of `total` steps. Hidden where it could get into a log or a pipe.
pub(super) fn bar(format: Format, total: usize, what: &'static str) -> ProgressBar {
    if format != Format::Human || !stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{msg} {bar:40} {pos}/{len} {elapsed}");
    let bar = ProgressBar::new(total as u64).with_message(what);
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
