//! Figures as people read them, and the rows of tables.

use std::fmt::Write as _;

/// One row of a table.
pub(crate) fn row(out: &mut String, cells: &[String]) {
    _ = writeln!(out, "| {} |", cells.join(" | "));
}

/// The middle one of the runs, or the mean of the middle two.
pub(crate) fn median(runs: &[f64]) -> Option<f64> {
    let mut sorted = runs.to_vec();
    sorted.sort_by(f64::total_cmp);
    let upper = sorted.get(sorted.len() / 2)?;
    let lower = sorted.get((sorted.len() - 1) / 2)?;
    Some(f64::midpoint(*lower, *upper))
}

/// One number as so many times another, if both are there.
pub(crate) fn ratio(value: Option<f64>, base: Option<f64>, digits: usize) -> String {
    let both = value.zip(base).filter(|(_, base)| *base > 0.0);
    both.map_or_else(|| "-".to_owned(), |(value, base)| format!("{:.digits$}", value / base))
}

/// A number with one digit behind the point, or none above a thousand.
pub(crate) fn shown(number: Option<f64>) -> String {
    let Some(number) = number else { return "-".to_owned() };
    if number < 1_000.0 {
        return format!("{number:.1}");
    }
    grouped(&format!("{number:.0}"))
}

/// All runs, in their order.
pub(crate) fn list(runs: &[f64]) -> String {
    let shown: Vec<String> = runs.iter().map(|run| format!("{run:.1}")).collect();
    shown.join(" ")
}

/// A whole number with commas.
pub(crate) fn count(number: usize) -> String {
    grouped(&number.to_string())
}

fn grouped(digits: &str) -> String {
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Bytes as millions of bytes.
pub(crate) fn megabytes(bytes: u64) -> f64 {
    whole(usize::try_from(bytes / 1_000).unwrap_or(usize::MAX)) / 1_000.0
}

/// Exact for all numbers that a benchmark counts.
fn whole(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}
