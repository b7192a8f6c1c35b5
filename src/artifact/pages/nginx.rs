//! nginx: serves at each route the form that is due, by its own clock and without a reload.
//!
//! `$msec` is the time of a request in seconds since 1970. A map of regular expressions that each
//! match every later time tells which form is due; pages with the same times share one map. A
//! route is rewritten to an inner location of that form, which names the file and its headers.
//! Regular expressions and exact locations need none of the sizes that nginx takes only once.

use std::fmt::Write as _;
use std::io;
use std::slice;

use jiff::Timestamp;

use super::headers::{ASSETS, COMMON};
use super::policy_headers::PolicyHeaders;
use super::{Forms, folders, for_each_route};
use crate::graph::PageTimes;
use crate::source::PageForm;

/// When a route changes, and to what.
#[derive(Clone, PartialEq, Eq)]
struct Schedule {
    first: &'static str,
    changes: Vec<(Timestamp, &'static str)>,
}

const REDIRECT: &str = "redirect";

/// What a route without a form for its time answers with.
const NOTHING: &str = "none";

fn schedule(forms: Forms<'_>) -> Option<Schedule> {
    let last = forms.last()?;
    let PageTimes { opens, closes, redirects } = last.due.times?;
    let name = |form: PageForm| {
        let there = forms.iter().any(|page| page.form == form);
        if there { form.name() } else { NOTHING }
    };
    let mut changes = vec![(opens, name(PageForm::Live)), (closes, name(PageForm::Ended))];
    changes.extend(redirects.filter(|_| last.due.redirect_to.is_some()).map(|at| (at, REDIRECT)));
    Some(Schedule { first: name(PageForm::Pending), changes })
}

/// Every schedule once, in the order of the routes that have them first.
fn schedules(routes: &[Forms<'_>]) -> Vec<Schedule> {
    let mut all = Vec::new();
    for schedule in routes.iter().filter_map(|forms| schedule(forms)) {
        if !all.contains(&schedule) {
            all.push(schedule);
        }
    }
    all
}

/// What belongs into `http`.
pub(super) fn http(routes: &[Forms<'_>]) -> String {
    let mut text = String::from("# Include this in http { }: which form of a page is due now.\n");
    for (number, Schedule { first, changes }) in schedules(routes).iter().enumerate() {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "map $msec $throughline_form_{number} {{\n    default {first};");
        // The first that matches counts, so the latest time comes first.
        for (at, name) in changes.iter().rev() {
            let _ = writeln!(text, "    # from {at} on\n    \"{}\" {name};", from(*at));
        }
        text.push_str("}\n");
    }
    text
}

/// A regular expression for every `$msec` from an instant on. Times have ten digits from 2001
/// until 2286, and more afterwards.
fn from(instant: Timestamp) -> String {
    let text = instant.as_second().clamp(1_000_000_000, 9_999_999_999).to_string();
    let mut choices = vec![String::from(r"\d{11,}")];
    for (at, digit) in text.char_indices() {
        let (head, rest) = (text.get(..at).unwrap_or(""), text.len() - at - 1);
        let above = match digit {
            '9' => continue,
            '8' => String::from("9"),
            digit => format!("[{}-9]", digit.to_digit(10).map_or(0, |digit| digit + 1)),
        };
        choices.push(match rest {
            0 => format!("{head}{above}"),
            rest => format!(r"{head}{above}\d{{{rest}}}"),
        });
    }
    choices.push(text);
    format!(r"~^({})\.", choices.join("|"))
}

/// What belongs into the `server` of our pages, whose root is the output folder.
///
/// A location with a header of its own would send none of the others, so all stand in the server,
/// and those of a form are variables, which are not sent while they are empty.
pub(super) fn server<'p>(
    routes: &[Forms<'p>],
    assets: &'p str,
    file: &mut dyn io::Write,
) -> io::Result<()> {
    let mut text = String::from(
        "# Include this in the server { } of the pages; its root is the output folder.\n",
    );
    let own = [
        ("Content-Security-Policy", "$throughline_policy"),
        ("X-Robots-Tag", "$throughline_robots"),
    ];
    for name in ["cache", "policy", "robots"] {
        let _ = writeln!(text, "set $throughline_{name} \"\";");
    }
    let common = COMMON.map(|(name, value)| match name {
        "Cache-Control" => (name, "$throughline_cache"),
        _ => (name, value),
    });
    push_headers(&mut text, "", &common);
    push_headers(&mut text, "", &own);
    // Before its time a page cannot be had by the name of its file either.
    for folder in folders(routes) {
        let _ = writeln!(text, "location ^~ /{folder}/ {{\n    internal;\n}}");
    }
    let cache = COMMON.iter().find(|(name, _)| *name == "Cache-Control").map_or("", |one| one.1);
    let schedules = schedules(routes);
    file.write_all(text.as_bytes())?;
    let write = |forms: Forms<'p>, policies: &mut PolicyHeaders<'p>, text: &mut String| {
        push_route(text, forms, (&schedules, cache), policies);
    };
    for_each_route(routes, assets, write, |part| file.write_all(part.as_bytes()))
}

/// A route, and each form of it.
fn push_route<'p>(
    text: &mut String,
    forms: Forms<'p>,
    (schedules, cache): (&[Schedule], &str),
    policies: &mut PolicyHeaders<'p>,
) {
    let (Some(first), Some(own)) = (forms.first(), schedule(forms)) else { return };
    let number = schedules.iter().position(|one| *one == own).unwrap_or(0);
    let route = &first.route;
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "location = {route} {{\n    \
         rewrite ^ /.throughline/$throughline_form_{number}{route} last;\n}}"
    );
    for page in forms {
        let _ = writeln!(
            text,
            "location = /.throughline/{}{route} {{\n    internal;\n    types {{ }}\n    \
             default_type \"text/html; charset=utf-8\";\n    \
             set $throughline_cache \"{cache}\";\n    set $throughline_policy \"{}\";\n    \
             set $throughline_robots \"{}\";\n    try_files /{} =404;\n}}",
            page.form.name(),
            policies.of(slice::from_ref(page)),
            page.due.robots,
            page.place,
        );
    }
    let target = forms.last().and_then(|page| page.due.redirect_to.as_deref());
    if let Some(target) = target {
        let _ = writeln!(
            text,
            "location = /.throughline/{REDIRECT}{route} {{\n    internal;\n    \
             return 302 \"{}\";\n}}",
            quoted(target)
        );
    }
}

/// Inside quotes, `$` begins a variable and cannot be written otherwise.
fn quoted(url: &str) -> String {
    url.replace('$', "%24").replace('\\', "%5C").replace('"', "%22")
}

/// What belongs into the `server` of the asset host, whose root is the output folder.
pub(super) fn assets() -> String {
    let mut text = String::from(
        "# Include this in the server { } of the asset host; its root is the output folder.\n\
         location /assets/ {\n",
    );
    push_headers(&mut text, "    ", &ASSETS);
    text.push_str("}\n");
    text
}

fn push_headers(text: &mut String, indent: &str, headers: &[(&str, &str)]) {
    for (name, value) in headers {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{indent}add_header {name} \"{value}\" always;");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The patterns are held against numbers on both sides of each digit.
    #[test]
    fn a_pattern_matches_from_its_second_on() {
        for second in
            [1_764_046_800_i64, 1_799_999_999, 1_900_000_000, 1_000_000_001, 9_999_999_999]
        {
            let pattern = from(Timestamp::from_second(second).unwrap());
            let pattern = regex::Regex::new(pattern.strip_prefix('~').unwrap()).unwrap();
            for power in 0..10 {
                for step in [0, 10_i64.pow(power), -(10_i64.pow(power))] {
                    let now = second + step;
                    if (1_000_000_000..100_000_000_000).contains(&now) {
                        let later = pattern.is_match(&format!("{now}.000"));
                        assert_eq!(later, now >= second, "{now} from {second}");
                    }
                }
            }
        }
    }
}
