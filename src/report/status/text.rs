//! The status in lines of a terminal.

use std::fmt::Write;

use super::{channels, marks, shown_rows, shown_time};
use crate::decide::Basis;
use crate::decide::status::{
    Attention, Commitment, LateChange, MatrixRow, Status, WaiverLine, WindowLine, WindowState, span,
};
use crate::report::count;
use crate::report::plain::plain;

/// The whole status. The first line is the verdict. With `color`, words of states have one too.
pub fn status_text(status: &Status, all: bool, color: bool) -> String {
    let mut out = Lines { text: String::new(), color };
    head(status, &mut out);
    windows(status, &mut out);
    attention(status, &mut out);
    matrix(status, all, &mut out);
    queue(status, &mut out);
    late(status, &mut out);
    waivers(&status.waivers, &mut out);
    commitments(&status.commitments, &mut out);
    out.text
}

/// Windows that are named of one thing.
const WINDOWS: usize = 3;
/// Gates of one role that are named.
const WAITING: usize = 5;

struct Lines {
    text: String,
    color: bool,
}

impl Lines {
    fn line(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.text, "{}", text.to_string().trim_end());
    }

    fn title(&mut self, text: &str) {
        self.text.push('\n');
        let title = self.painted(text, "1");
        self.line(format_args!("{title}"));
    }

    /// A word of ours in a colour; never the only sign of what it means.
    fn painted(&self, word: &str, code: &str) -> String {
        if self.color { format!("\u{1b}[{code}m{word}\u{1b}[0m") } else { word.to_owned() }
    }
}

const RED: &str = "31;1";
const YELLOW: &str = "33;1";
const GREEN: &str = "32;1";
const QUIET: &str = "2";

fn head(status: &Status, out: &mut Lines) {
    use crate::decide::status::Verdict;
    let code = match status.verdict {
        Verdict::Go => GREEN,
        Verdict::Conditional => YELLOW,
        Verdict::NoGo => RED,
    };
    let waivers = status.waivers.iter().filter(|one| one.used && !one.expired).count();
    let terms = match status.verdict {
        Verdict::Conditional => format!(" (waivers: {waivers})"),
        Verdict::Go | Verdict::NoGo => String::new(),
    };
    let verdict = out.painted(status.verdict.as_str(), code);
    out.line(format_args!("{verdict}{terms}  {}", plain(&status.sentence)));
    let campaigns: Vec<&str> = status.campaigns.iter().map(|one| one.id.as_str()).collect();
    out.line(format_args!(
        "{}, {}, as of {}",
        plain(&status.workspace),
        campaigns.join(", "),
        shown_time(&status.as_of, &status.zone)
    ));
    match &status.output {
        None => out.line(format_args!("output   none: nothing has been built")),
        Some(output) => {
            let stale = if output.stale {
                let files = count(output.changed.len(), "file");
                format!("  {}: {files} changed since", out.painted("STALE", RED))
            } else {
                "  as the sources say".to_owned()
            };
            let root = output.root.get(..16).unwrap_or(&output.root);
            out.line(format_args!("output   {root}{stale}"));
        }
    }
    match &status.live {
        None => out.line(format_args!("release  none is recorded")),
        Some(live) => out.line(format_args!(
            "release  {} number {}, out since {} ({})",
            live.root.get(..16).unwrap_or(&live.root),
            live.seq,
            shown_time(&live.published, &status.zone),
            span(live.age_seconds)
        )),
    }
    let parts = status.counts.parts().map(|(name, number)| format!("{number} {name}"));
    let total = count(status.counts.total, "artifact");
    out.line(format_args!("count    {total} = {}", parts.join(" + ")));
}

fn windows(status: &Status, out: &mut Lines) {
    out.title("Windows, in the order in which they lock");
    let width = status.windows.iter().map(|line| line.name().chars().count()).max().unwrap_or(0);
    for line in &status.windows {
        let code = match line.state {
            WindowState::Ready | WindowState::Locked | WindowState::Live => GREEN,
            WindowState::Moving | WindowState::Waiting | WindowState::AtRisk => YELLOW,
            WindowState::Infeasible | WindowState::Missed | WindowState::Unknown => RED,
            WindowState::Closed => QUIET,
        };
        let word = format!("{:<10}", line.state.as_str());
        let word = out.painted(&word, code);
        out.line(format_args!("  {word}  {:<width$}  {}", line.name(), window_time(line)));
        // What is good says so in one word.
        if !line.state.is_good() {
            out.line(format_args!("              {}", plain(&line.why)));
        }
    }
}

/// Until when, how long that is, and what is left of it.
fn window_time(line: &WindowLine) -> String {
    let time = match line.until {
        Some("locks") => ("locks", &line.locks),
        Some("opens") => ("opens", &line.opens),
        Some(_) => ("closes", &line.closes),
        None => return format!("closed {}", shown_time(&line.closes, &line.zone)),
    };
    let left = line.seconds_left.map(span).unwrap_or_default();
    let slack = match (line.slack_seconds, line.needed_seconds, line.basis) {
        (_, Some(0), _) => String::new(),
        (Some(slack), _, Some(basis)) => {
            let (word, sign) = if slack < 0 { ("short by", -1) } else { ("slack", 1) };
            let basis = if basis == Basis::Policy { ", by the gate's rule" } else { "" };
            format!(", {word} {}{basis}", span(slack * sign))
        }
        _ if line.until == Some("locks") => ", slack unknown: no basis".to_owned(),
        _ => String::new(),
    };
    format!("{} in {left}{slack}  {}", time.0, shown_time(time.1, &line.zone))
}

fn attention(status: &Status, out: &mut Lines) {
    match &status.role {
        Some(role) => out.title(&format!("Needs attention by {}", plain(role))),
        None => out.title("Needs attention"),
    }
    if status.attention.is_empty() {
        out.line(format_args!("  nothing"));
    }
    for (number, one) in status.attention.iter().enumerate() {
        out.line(format_args!("  {}. {}", number + 1, plain(&one.what)));
        if !one.why.is_empty() {
            out.line(format_args!("     why    {}", plain(&one.why)));
        }
        out.line(format_args!("     owner  {}", plain(&owner(one))));
        out.line(format_args!("     next   {}", plain(&one.next)));
    }
    if status.attention_hidden > 0 {
        out.line(format_args!("  and {} more, which can wait longer", status.attention_hidden));
    }
}

/// Whose it is, since when, and what hangs on it.
fn owner(one: &Attention) -> String {
    let people = match one.people.as_slice() {
        [] => String::new(),
        people => format!(" ({})", people.join(", ")),
    };
    let age = match one.age_seconds {
        Some(age) => format!("for {}", span(age)),
        None => "since unknown".to_owned(),
    };
    let mut parts = vec![format!("{}{people}", one.owner), age];
    if one.reach > 0 {
        parts.push(count(one.reach, "artifact"));
    }
    if !one.windows.is_empty() {
        let more = one.windows.len().saturating_sub(WINDOWS);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let shown: Vec<&str> = one.windows.iter().take(WINDOWS).map(String::as_str).collect();
        parts.push(format!("{}{more}", shown.join(", ")));
    }
    parts.join("; ")
}

fn matrix(status: &Status, all: bool, out: &mut Lines) {
    let (rows, hidden) = shown_rows(status, all);
    out.title("Partners by channel: B built, G gates, S shipped");
    out.line(format_args!(
        "  ✓ yes   ~ needs a build   … waits   ✗ no   ? unknown   - not due, or none declared"
    ));
    let channels = channels(status);
    let name = |row: &MatrixRow| plain(&row.partner).chars().count();
    let width = rows.iter().map(|row| name(row)).max().unwrap_or(0).max("partner".len());
    let columns: Vec<usize> = channels.iter().map(|one| one.chars().count().max(8)).collect();
    if !rows.is_empty() {
        let mut line = format!("  {:<width$}", "partner");
        for (channel, wide) in channels.iter().zip(&columns) {
            let _ = write!(line, "  {channel:<wide$}");
        }
        out.line(format_args!("{line}"));
    }
    let mut tier = None;
    for row in rows {
        if hidden > 0 && tier != Some(&row.tier) {
            tier = Some(&row.tier);
            out.line(format_args!("  {}", if row.tier.is_empty() { "no tier" } else { &row.tier }));
        }
        let mut line = format!("  {:<width$}", plain(&row.partner));
        for (channel, wide) in channels.iter().zip(&columns) {
            let cell = row.cells.iter().find(|cell| cell.channel == *channel);
            let shown = cell.map_or_else(String::new, |cell| {
                marks(cell).map(|(letter, mark, _)| format!("{letter}{mark}")).join(" ")
            });
            let _ = write!(line, "  {shown:<wide$}");
        }
        out.line(format_args!("{line}"));
    }
    if hidden > 0 {
        let partners = count(hidden, "partner");
        out.line(format_args!("  {partners} ready and not shown: --all shows them"));
    }
}

fn queue(status: &Status, out: &mut Lines) {
    out.title("Waiting for people");
    if status.queue.is_empty() {
        let why = if status.gates_declared { "nothing" } else { "nothing: no gate is declared" };
        out.line(format_args!("  {why}"));
    }
    for one in &status.queue {
        let oldest = match one.oldest_seconds {
            Some(age) => format!("the oldest for {}", span(age)),
            None => "since unknown".to_owned(),
        };
        let people =
            if one.people.is_empty() { "nobody".to_owned() } else { one.people.join(", ") };
        let gates = count(one.waiting.len(), "gate");
        out.line(format_args!(
            "  {}  {gates}, {oldest}; may decide: {}",
            plain(&one.role),
            plain(&people)
        ));
        for name in one.waiting.iter().take(WAITING) {
            out.line(format_args!("    {}", plain(name)));
        }
        if one.waiting.len() > WAITING {
            out.line(format_args!("    and {} more", one.waiting.len() - WAITING));
        }
        out.line(format_args!("    next  {}", plain(&one.next)));
    }
}

fn late(status: &Status, out: &mut Lines) {
    out.title("Late changes");
    if status.late_changes.is_empty() {
        out.line(format_args!("  none"));
    }
    for LateChange { id, at, by, because, reference, active, artifacts, live, changes } in
        &status.late_changes
    {
        let ended = if *active { "" } else { "  (ended)" };
        out.line(format_args!("  {}{ended}", plain(id)));
        let reference = reference.as_ref().map(|one| format!(" ({one})")).unwrap_or_default();
        out.line(format_args!(
            "    {}  {}",
            shown_time(at, &status.zone),
            plain(&format!("{by}: {because}{reference}"))
        ));
        for [fact, old, new] in changes {
            out.line(format_args!("    {}", plain(&format!("{fact}  {old} -> {new}"))));
        }
        let live = live.map(|live| format!(", {live} of them live")).unwrap_or_default();
        out.line(format_args!("    reaches {}{live}", count(*artifacts, "artifact")));
    }
}

fn waivers(waivers: &[WaiverLine], out: &mut Lines) {
    out.title("Waivers");
    if waivers.is_empty() {
        out.line(format_args!("  none"));
    }
    for one in waivers {
        let left = span(one.seconds_left);
        let ends =
            if one.expired { format!("ENDED {left} ago") } else { format!("ends in {left}") };
        let unused = if one.used { "" } else { ", and nothing needs it" };
        out.line(format_args!("  {}  {ends}  {}{unused}", one.rule, one.expires));
        let said = format!("{}: {}  {}", one.approver, one.reason, one.place);
        out.line(format_args!("    {}", plain(&said)));
    }
}

fn commitments(commitments: &[Commitment], out: &mut Lines) {
    out.title("Commitments");
    if commitments.is_empty() {
        out.line(format_args!("  none"));
    }
    for one in commitments {
        let state = one.state.map_or("LOST", |state| state.as_str());
        let instead = match one.shown.as_slice() {
            [] => String::new(),
            shown => format!("; shows {} instead", shown.join(", ")),
        };
        let why = if one.why.is_empty() { String::new() } else { format!(": {}", one.why) };
        let said = format!(
            "{}  {} in {}/{} {}{why}{instead}",
            one.placement, one.partner, one.campaign, one.asset, one.slot
        );
        out.line(format_args!("  {state:<11} {}", plain(&said)));
    }
}
