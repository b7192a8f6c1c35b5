//! A packet for a terminal: its bytes are what an approval says that was looked at.

use std::fmt::Write;

use super::{Asked, Packet};
use crate::model::Digest;
use crate::report::count;
use crate::report::plain::plain;

/// Longest value in one line, in letters.
const SHOWN: usize = 100;

/// The whole packet.
pub fn packet_text(packet: &Packet<'_>) -> String {
    let mut out = body(packet);
    let _ = writeln!(out, "\nlooked at {}", packet.at);
    if packet.open().next().is_some() {
        let _ = writeln!(out, "yes: {} --key KEY", packet.command());
        let no = packet.command().replacen("approve", "reject", 1);
        let _ = writeln!(out, "no:  {no} --key KEY --because TEXT");
    }
    out
}

/// The digest of what was shown: of everything but the time.
pub fn packet_digest(packet: &Packet<'_>) -> Digest {
    Digest::of(body(packet).as_bytes())
}

fn body(packet: &Packet<'_>) -> String {
    let state = packet.state;
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{}  {}", state.name(), plain(packet.title));
    let _ = writeln!(out, "{} decides, {} needed", state.role, state.needs);
    if !state.because.is_empty() {
        let _ = writeln!(out, "{}: {}", state.status.as_str(), plain(&state.because));
    }
    section(&mut out, "changed since it was approved", &packet.changed());
    section(&mut out, "never approved", &packet.asked_first());
    let _ = writeln!(out, "\nin");
    for item in packet.open() {
        let word = if item.is_new { "new    " } else { "changed" };
        let _ = writeln!(out, "  {word}  {}", plain(&item.id));
        for id in &item.artifacts {
            if let Some(path) = packet.files.get(id) {
                let _ = writeln!(out, "             {}", plain(path));
            }
        }
    }
    if packet.open().next().is_none() {
        let _ = writeln!(out, "  nothing: all of it was approved as it is");
    } else if packet.kept() > 0 {
        let (kept, all) = (packet.kept(), state.items.len());
        let _ = writeln!(
            out,
            "nothing else that was approved has changed: {kept} of {all} as they were"
        );
    }
    let _ = writeln!(out, "\ndigest {}", state.subject);
    out
}

fn section(out: &mut String, title: &str, asked: &[(Asked<'_>, usize)]) {
    if asked.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{title}");
    let width = asked.iter().map(|(one, _)| one.name.chars().count()).max().unwrap_or(0).min(48);
    for (one, items) in asked {
        let name = plain(one.name);
        let long = [one.old, one.new].into_iter().flatten().any(is_long);
        let shown = match (one.old, one.new) {
            _ if long => String::new(),
            (None, new) => value(new),
            (old, new) => format!("{} -> {}", value(old), value(new)),
        };
        let place = one.place.map(|place| format!("   {}", plain(place))).unwrap_or_default();
        let swap = one.swap.map(|swap| format!("  swap {}", plain(swap))).unwrap_or_default();
        let times = count(*items, "artifact");
        let _ = writeln!(out, "  {name:width$}  {shown}{place}{swap}  in {times}");
        if long {
            lines(out, one.old, one.new);
        }
    }
}

/// Whether a text has more than fits in a line.
fn is_long(text: &str) -> bool {
    text.contains('\n') || text.chars().count() > SHOWN
}

/// The whole of a long text: what went with `-` before it, what came with `+`, what stayed without.
fn lines(out: &mut String, old: Option<&str>, new: Option<&str>) {
    let (old, new): (Vec<&str>, Vec<&str>) =
        (old.unwrap_or("").lines().collect(), new.unwrap_or("").lines().collect());
    if old.is_empty() {
        for line in new {
            let _ = writeln!(out, "      | {}", plain(line));
        }
        return;
    }
    for change in similar::capture_diff_slices(similar::Algorithm::Myers, &old, &new)
        .iter()
        .flat_map(|one| one.iter_changes(&old, &new))
    {
        let sign = match change.tag() {
            similar::ChangeTag::Equal => ' ',
            similar::ChangeTag::Delete => '-',
            similar::ChangeTag::Insert => '+',
        };
        let _ = writeln!(out, "    {sign} | {}", plain(change.value()));
    }
}

fn value(text: Option<&str>) -> String {
    text.map_or_else(|| "nothing".to_owned(), plain)
}
