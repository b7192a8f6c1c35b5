//! A plan as a picture: what changes on the left, what follows from it in the middle, and the windows
//! that it has to make on the right.
//!
//! Where there is much of one kind it is drawn as one box with a number. What becomes of an artifact
//! is said by a word, a sign and a colour.

use std::collections::{BTreeMap, BTreeSet};

use super::count;
use super::drawing::{begin, curve, cut, line};
use super::gallery::text as escaped;
use crate::decide::{Class, Plan, Planned};
use crate::model::SharedText;

/// A window that something changes in.
#[derive(Clone, Debug)]
pub struct DrawnWindow {
    /// Its campaign and its id.
    pub name: [String; 2],
    /// How long there is.
    pub time: String,
    /// Whether it is too late to change anything unseen.
    pub late: bool,
}

/// A box: two lines of text.
#[derive(Debug)]
struct Drawn {
    head: String,
    under: String,
    /// What is shown where the pointer rests.
    title: String,
    fill: &'static str,
    stroke: &'static str,
}

/// Facts and artifacts that are drawn one by one; more of them are drawn in groups.
const FACTS: usize = 24;
const ARTIFACTS: usize = 30;
/// Names in the title of a group.
const NAMED: usize = 12;

/// In pixels: the picture is as wide as a page.
const WIDTH: usize = 1200;
const TOP: usize = 92;
const ROW: usize = 48;
const HIGH: usize = 40;
const LEFT: [usize; 3] = [16, 440, 900];
const WIDE: [usize; 3] = [340, 380, 284];
const LETTERS: [usize; 3] = [48, 54, 44];
const NAMES: [&str; 3] = ["what changes", "what follows", "when it locks"];

const PLAIN: (&str, &str) = ("#f4f1ea", "#8f8674");
const LATE: (&str, &str) = ("#fbe3e0", "#a8321f");

/// A class as it is drawn: sign, fill and line.
fn look(class: Class) -> (&'static str, (&'static str, &'static str)) {
    match class {
        Class::Changed => ("~", ("#fff3d6", "#8a6d00")),
        Class::Added => ("+", ("#e0f3e4", "#2c7a3f")),
        Class::Removed => ("\u{2212}", LATE),
        Class::Kept => ("=", ("#e6ecf7", "#1f5fa8")),
        Class::Identical | Class::Unaffected | Class::Clean => ("\u{b7}", ("#f2f2f2", "#777777")),
    }
}

/// The picture of a plan.
pub fn blast(plan: &Plan, windows: &[DrawnWindow], headline: &str) -> String {
    let shown: Vec<&Planned> = plan.artifacts.iter().filter(|one| is_drawn(one)).collect();
    let (facts, of_fact) = facts(plan, &shown);
    let groups = groups(&shown);
    let mut edges: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    let mut to_window: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for (at, (_, members)) in groups.iter().enumerate() {
        for one in members {
            let from: BTreeSet<usize> =
                one.reasons.iter().filter_map(|fact| of_fact.get(fact).copied()).collect();
            for fact in from {
                *edges.entry((fact, at)).or_default() += 1;
            }
            let name = one.entry.kind.campaign.as_ref().zip(one.entry.kind.window.as_ref());
            let window = windows.iter().position(|window| {
                let [campaign, id] = &window.name;
                name.is_some_and(|(of, own)| *of == *campaign && *own == *id)
            });
            if let Some(window) = window.filter(|_| one.class != Class::Kept) {
                *to_window.entry((at, window)).or_default() += 1;
            }
        }
    }
    let boxes = [
        facts,
        groups.iter().map(|(key, members)| of_group(key, members)).collect(),
        windows.iter().map(of_window).collect(),
    ];
    let rows = boxes.iter().map(Vec::len).max().unwrap_or(0).max(1);
    let mut out = begin((WIDTH, TOP + ROW * rows + 12), 13, headline);
    legend(&mut out, headline);
    for ((from, to), number) in &edges {
        connect(&mut out, (0, *from), (1, *to), *number);
    }
    for ((from, to), number) in &to_window {
        connect(&mut out, (1, *from), (2, *to), *number);
    }
    for (column, boxes) in boxes.iter().enumerate() {
        for (row, one) in boxes.iter().enumerate() {
            draw(&mut out, one, (column, row));
        }
    }
    out.push_str("</svg>\n");
    out
}

/// What is written, goes, or would if it were selected.
fn is_drawn(planned: &Planned) -> bool {
    planned.class.is_effect() || planned.class == Class::Kept
}

/// The facts that something is drawn because of, and which box each is in.
fn facts(plan: &Plan, shown: &[&Planned]) -> (Vec<Drawn>, BTreeMap<usize, usize>) {
    let all = plan.facts.as_deref().unwrap_or_default();
    let used: BTreeSet<usize> = shown.iter().flat_map(|one| one.reasons.iter().copied()).collect();
    let (fill, stroke) = PLAIN;
    let (mut boxes, mut of_fact) = (Vec::new(), BTreeMap::new());
    let value = |text: &Option<String>| text.clone().unwrap_or_else(|| "nothing".to_owned());
    let mut by_file: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for at in &used {
        let Some(fact) = all.get(*at) else { continue };
        if used.len() > FACTS {
            by_file.entry(&fact.file).or_default().push(*at);
            continue;
        }
        let change = format!("{} \u{2192} {}", value(&fact.old), value(&fact.new));
        let owner = fact.owner.as_ref().map(|owner| format!(" ({owner})")).unwrap_or_default();
        let title = format!("{}: {change}, {}{owner}", fact.name, fact.place);
        of_fact.insert(*at, boxes.len());
        boxes.push(Drawn { head: fact.name.clone(), under: change, title, fill, stroke });
    }
    for (file, members) in by_file {
        let facts: Vec<_> = members.iter().filter_map(|at| all.get(*at)).collect();
        let owners: BTreeSet<&str> =
            facts.iter().filter_map(|fact| fact.owner.as_deref()).collect();
        let owners: Vec<&str> = owners.into_iter().collect();
        let names: Vec<&str> = facts.iter().take(NAMED).map(|fact| fact.name.as_str()).collect();
        of_fact.extend(members.iter().map(|at| (*at, boxes.len())));
        boxes.push(Drawn {
            head: if file.is_empty() { "the command line".to_owned() } else { file.to_owned() },
            under: format!("{}, of {}", count(facts.len(), "fact"), owners.join(", ")),
            title: names.join(", "),
            fill,
            stroke,
        });
    }
    (boxes, of_fact)
}

/// What is drawn as one: campaign and channel, class, and the id where it is alone.
type Key<'p> = (Option<&'p str>, Option<&'p str>, Class, &'p str);

/// Artifacts, or groups of them. What lists everything is always one group.
fn groups<'p>(shown: &[&'p Planned]) -> Vec<(Key<'p>, Vec<&'p Planned>)> {
    let own = shown.iter().filter(|one| one.entry.kind.campaign.is_some()).count();
    let mut found: BTreeMap<(bool, Key<'p>), Vec<&'p Planned>> = BTreeMap::new();
    for planned in shown {
        let entry = &planned.entry;
        let alone = entry.kind.campaign.is_some() && own <= ARTIFACTS;
        let id = if alone { entry.id.as_str() } else { "" };
        let (campaign, channel) = (&entry.kind.campaign, &entry.kind.channel);
        let key = (campaign.as_deref(), channel.as_deref(), planned.class, id);
        found.entry((entry.kind.campaign.is_none(), key)).or_default().push(planned);
    }
    found.into_iter().map(|((_, key), members)| (key, members)).collect()
}

fn of_group((campaign, channel, class, id): &Key<'_>, members: &[&Planned]) -> Drawn {
    let (sign, (fill, stroke)) = look(*class);
    let partners: BTreeSet<&str> =
        members.iter().flat_map(|one| &one.entry.partners).map(SharedText::as_str).collect();
    let about = match partners.len() {
        0 => String::new(),
        1..=3 => format!(", {}", partners.iter().copied().collect::<Vec<_>>().join(", ")),
        more => format!(", {}", count(more, "partner")),
    };
    let word = class.as_str();
    let names: Vec<&str> = members.iter().take(NAMED).map(|one| one.entry.id.as_str()).collect();
    let more = members.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(", and {more} more") } else { String::new() };
    let title = format!("{word}: {}{more}", names.join(", "));
    let (head, under) = if id.is_empty() {
        let head = campaign.zip(*channel).map_or_else(
            || "links, reporting, assets".to_owned(),
            |(campaign, channel)| format!("{campaign}, {channel}"),
        );
        (head, format!("{sign} {word}: {}{about}", count(members.len(), "artifact")))
    } else {
        ((*id).to_owned(), format!("{sign} {word}{about}"))
    };
    Drawn { head, under, title, fill, stroke }
}

fn of_window(window: &DrawnWindow) -> Drawn {
    let (fill, stroke) = if window.late { LATE } else { PLAIN };
    let sign = if window.late { "! " } else { "" };
    let (head, under) = (window.name.join("/"), format!("{sign}{}", window.time));
    Drawn { title: format!("{head} {under}"), head, under, fill, stroke }
}

fn legend(out: &mut String, headline: &str) {
    line(
        out,
        format_args!(
            "<text x=\"16\" y=\"26\" font-size=\"16\" font-weight=\"bold\">{}</text>",
            cut(headline, 120)
        ),
    );
    let mut left = 16;
    for class in [Class::Changed, Class::Added, Class::Removed, Class::Kept] {
        let (sign, (fill, stroke)) = look(class);
        line(
            out,
            format_args!(
                "<rect x=\"{left}\" y=\"38\" width=\"18\" height=\"18\" rx=\"3\" fill=\"{fill}\" \
                 stroke=\"{stroke}\"/><text x=\"{}\" y=\"52\" text-anchor=\"middle\">{sign}</text>\
                 <text x=\"{}\" y=\"52\">{}</text>",
                left + 9,
                left + 26,
                class.as_str()
            ),
        );
        left += 110;
    }
    for (x, name) in LEFT.iter().zip(NAMES) {
        line(
            out,
            format_args!("<text x=\"{x}\" y=\"{}\" font-weight=\"bold\">{name}</text>", TOP - 12),
        );
    }
}

fn top(row: usize) -> usize {
    TOP + row * ROW
}

fn connect(out: &mut String, from: (usize, usize), to: (usize, usize), number: usize) {
    let side = |column: usize| LEFT.get(column).copied().unwrap_or(0);
    let start = (side(from.0) + WIDE.get(from.0).copied().unwrap_or(0), top(from.1) + HIGH / 2);
    let end = (side(to.0), top(to.1) + HIGH / 2);
    let width = match number {
        1 => "1",
        2..=9 => "2",
        _ => "3",
    };
    line(
        out,
        format_args!(
            "<path d=\"{}\" fill=\"none\" stroke=\"#5b6472\" stroke-opacity=\"0.5\" \
             stroke-width=\"{width}\"><title>{}</title></path>",
            curve(start, end),
            count(number, "artifact")
        ),
    );
}

fn draw(out: &mut String, one: &Drawn, (column, row): (usize, usize)) {
    let get = |list: [usize; 3]| list.get(column).copied().unwrap_or(0);
    let (left, wide, letters) = (get(LEFT), get(WIDE), get(LETTERS));
    let (y, x) = (top(row), left + 8);
    line(
        out,
        format_args!(
            "<g><title>{}</title><rect x=\"{left}\" y=\"{y}\" width=\"{wide}\" height=\"{HIGH}\" \
             rx=\"4\" fill=\"{}\" stroke=\"{}\"/><text x=\"{x}\" y=\"{}\" fill=\"#14213d\" \
             font-weight=\"bold\" font-size=\"12\">{}</text><text x=\"{x}\" y=\"{}\" \
             fill=\"#14213d\" font-size=\"12\">{}</text></g>",
            escaped(&one.title),
            one.fill,
            one.stroke,
            y + 16,
            cut(&one.head, letters),
            y + 32,
            cut(&one.under, letters)
        ),
    );
}
