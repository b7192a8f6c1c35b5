//! Makes throughline.lock whole after a merge: the rows of both branches, each link with one code
//! and each code with one link. What cannot be decided is reported and left to a person.

use std::collections::{BTreeMap, BTreeSet};

use super::propose;
use super::registry::free_code;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::{SourceId, Span};
use crate::source::{Lock, LockRow, conflict_marker, read_lock_line};

/// A lock that is whole again.
#[derive(Debug)]
pub struct Repaired {
    /// Its rows.
    pub lock: Lock,
    /// How many conflicts version control had left in it.
    pub conflicts: usize,
    /// What had to be chosen.
    pub decisions: Vec<Decision>,
}

/// A choice between two branches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Whose.
    pub link_id: String,
    /// What was chosen.
    pub choice: Choice,
    /// What is in the lock now.
    pub kept: String,
    /// What is not.
    pub dropped: String,
    /// Why.
    pub because: Because,
}

/// What was to be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Branches gave one link two codes.
    Code,
    /// Branches gave two links one code.
    LongerCode,
    /// Branches recorded two meanings for one day.
    Meaning,
    /// No branch has the row any more.
    RemovedRow,
}

/// Why something was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Because {
    /// It is in the output already.
    Released,
    /// It is on this branch.
    Head,
    /// Only one branch changed it.
    OnlyChange,
    /// Rows are never removed.
    NeverRemoved,
}

/// A link as the last build put it out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Released {
    /// Its short code.
    pub code: String,
    /// Where it led.
    pub url: String,
}

/// Where a row was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    /// On both branches, or on no branch in particular.
    Both,
    Head,
    Base,
    Other,
}

#[derive(Clone, Debug)]
struct Found<'t> {
    side: Side,
    row: LockRow<'t>,
    place: Span,
}

impl Found<'_> {
    fn on_head(&self) -> bool {
        matches!(self.side, Side::Both | Side::Head)
    }
}

/// Links of the last build, by id.
pub type ReleasedLinks = BTreeMap<String, Released>;

/// Mends a lock. Where something cannot be decided, it is reported and there is no result.
pub fn repair(
    text: &str,
    source: SourceId,
    base: usize,
    released: &ReleasedLinks,
    diagnostics: &mut Diagnostics,
) -> Option<Repaired> {
    let before = diagnostics.len();
    let (found, conflicts) = read_sides(text, source, base, diagnostics);
    let mut mender = Mender { released, decisions: Vec::new(), diagnostics };
    let mut links: BTreeMap<&str, Vec<Found<'_>>> = BTreeMap::new();
    for one in found {
        links.entry(one.row.link_id).or_default().push(one);
    }
    let mut settled = BTreeMap::new();
    for (id, found) in links {
        if let Some(link) = mender.settle_link(id, &found) {
            settled.insert(id, link);
        }
    }
    let longer = mender.part_codes(&settled);
    let Mender { decisions, .. } = mender;
    if diagnostics.len() > before {
        return None;
    }
    let mut lock = Lock::default();
    lock.extend(settled.iter().flat_map(|(id, link)| {
        let code = longer.get(id).map_or(link.code, String::as_str);
        link.rows.iter().map(move |row| LockRow { short_code: code, ..row.clone() })
    }));
    Some(Repaired { lock, conflicts, decisions })
}

/// Reads every row with its side, and counts the conflicts.
fn read_sides<'t>(
    text: &'t str,
    source: SourceId,
    base: usize,
    diagnostics: &mut Diagnostics,
) -> (Vec<Found<'t>>, usize) {
    let (mut found, mut conflicts) = (Vec::new(), 0);
    let (mut side, mut offset, mut opened) = (Side::Both, base, None);
    for line in text.get(base..).unwrap_or("").split_inclusive('\n') {
        let row = line.trim_end();
        let place = Span::new(source, offset, offset + row.len());
        offset += line.len();
        let fail = |message: String| {
            Diagnostic::error(Code::BadLock, place, message)
                .help("restore the line from version control")
        };
        let Some(marker) = conflict_marker(row) else {
            match read_lock_line(row, place) {
                Ok(Some(row)) => found.push(Found { side, row, place }),
                Ok(None) => {}
                Err(message) => diagnostics.push(fail(message)),
            }
            continue;
        };
        side = match (marker, side) {
            ('<', Side::Both) => {
                conflicts += 1;
                opened = Some(place);
                Side::Head
            }
            ('|', Side::Head) => Side::Base,
            ('=', Side::Head | Side::Base) => Side::Other,
            ('>', Side::Other) => Side::Both,
            _ => {
                let message = "this marker of a conflict has no other half".to_owned();
                diagnostics.push(fail(message).help("merge again, and leave the file as it is"));
                side
            }
        };
    }
    if let Some(place) = opened.filter(|_| side != Side::Both) {
        diagnostics.push(
            Diagnostic::error(Code::BadLock, place, "this conflict has no end")
                .help("merge again, and leave the file as it is"),
        );
    }
    (found, conflicts)
}

/// One link of the whole lock.
struct Settled<'t> {
    code: &'t str,
    rows: Vec<LockRow<'t>>,
    on_head: bool,
    place: Span,
}

struct Mender<'a> {
    released: &'a ReleasedLinks,
    decisions: Vec<Decision>,
    diagnostics: &'a mut Diagnostics,
}

impl Mender<'_> {
    fn settle_link<'t>(&mut self, id: &str, found: &[Found<'t>]) -> Option<Settled<'t>> {
        let first = found.first()?;
        let stranger = found.iter().find(|one| one.row.identity() != first.row.identity());
        if let Some(other) = stranger {
            let pairs = first.row.identity().into_iter().zip(other.row.identity());
            let ((what, one), (_, two)) = pairs.into_iter().find(|(one, two)| one != two)?;
            let message = format!("the link `{id}` stands for the {what} `{one}` and for `{two}`");
            let help = "give one of the two placements a new id, and take its row out";
            self.undecided(message, help, other.place, first.place);
            return None;
        }
        let code = self.settle_code(id, found)?;
        let mut days: BTreeMap<&str, Vec<&Found<'t>>> = BTreeMap::new();
        for one in found {
            days.entry(one.row.valid_from).or_default().push(one);
        }
        let mut rows = Vec::new();
        for found in days.values() {
            rows.push(self.settle_day(id, found)?);
        }
        let on_head = found.iter().any(Found::on_head);
        Some(Settled { code, rows, on_head, place: first.place })
    }

    /// One code for a link: what is out in the world, or what this branch gave it.
    fn settle_code<'t>(&mut self, id: &str, found: &[Found<'t>]) -> Option<&'t str> {
        let codes = |wanted: &dyn Fn(&Found<'t>) -> bool| -> BTreeSet<&'t str> {
            found.iter().filter(|one| wanted(one)).map(|one| one.row.short_code).collect()
        };
        let all = codes(&|_| true);
        let mut live = codes(&|one| one.side != Side::Base);
        if live.is_empty() {
            live.clone_from(&all);
        }
        if live.len() == 1 {
            return live.first().copied();
        }
        let head = codes(&Found::on_head);
        let released = self.released.get(id).map(|one| one.code.as_str());
        let (kept, because) = match live.iter().find(|code| Some(**code) == released) {
            Some(code) => (*code, Because::Released),
            None if head.len() == 1 => (head.first().copied()?, Because::Head),
            None => {
                let (one, other) = (found.first()?.place, found.last()?.place);
                let message = format!("the link `{id}` has two short codes on one branch");
                self.undecided(message, "keep the code that was given out", other, one);
                return None;
            }
        };
        let dropped: Vec<&str> = live.into_iter().filter(|code| *code != kept).collect();
        self.decide(id, Choice::Code, kept, &dropped.join(", "), because);
        Some(kept)
    }

    /// One meaning of a link since one day.
    fn settle_day<'t>(&mut self, id: &str, found: &[&Found<'t>]) -> Option<LockRow<'t>> {
        let same = |a: &LockRow<'_>, b: &LockRow<'_>| a.offer == b.offer && a.url == b.url;
        let base = found.iter().find(|one| one.side == Side::Base);
        let mut meanings: Vec<&Found<'t>> = Vec::new();
        let known = found.iter().any(|one| one.side != Side::Base && one.row.is_known());
        for one in found.iter().filter(|one| one.side != Side::Base) {
            let new = meanings.iter().all(|other| !same(&one.row, &other.row));
            // What was not recorded gives way to what was.
            if new && (one.row.is_known() || !known) {
                meanings.push(one);
            }
        }
        let Some(first) = meanings.first() else {
            let row = &base?.row;
            self.decide(id, Choice::RemovedRow, &row.url, "", Because::NeverRemoved);
            return Some(row.clone());
        };
        if meanings.len() == 1 {
            return Some(first.row.clone());
        }
        let changed = |one: &&&Found<'t>| base.is_some_and(|base| !same(&base.row, &one.row));
        let released = self.released.get(id).map(|one| one.url.as_str()).unwrap_or_default();
        let choices: [(Vec<&&Found<'t>>, Because); 3] = [
            (meanings.iter().filter(changed).collect(), Because::OnlyChange),
            (meanings.iter().filter(|one| one.row.url == released).collect(), Because::Released),
            (meanings.iter().filter(|one| one.on_head()).collect(), Because::Head),
        ];
        let Some((kept, because)) = choices
            .into_iter()
            .find(|(choice, _)| choice.len() == 1)
            .and_then(|(choice, why)| Some((**choice.first()?, why)))
        else {
            let message = format!("the link `{id}` has two meanings on one branch");
            let other = meanings.last()?.place;
            self.undecided(message, "keep the row of what was built", other, first.place);
            return None;
        };
        let others = meanings.iter().filter(|one| !same(&one.row, &kept.row));
        let dropped: Vec<&str> = others.map(|one| &*one.row.url).collect();
        self.decide(id, Choice::Meaning, &kept.row.url, &dropped.join(", "), because);
        Some(kept.row.clone())
    }

    /// Two links with one code: one keeps it, the other gets a longer one.
    fn part_codes<'t>(
        &mut self,
        links: &BTreeMap<&'t str, Settled<'t>>,
    ) -> BTreeMap<&'t str, String> {
        let mut holders: BTreeMap<&str, Vec<(&'t str, &Settled<'t>)>> = BTreeMap::new();
        for (id, link) in links {
            holders.entry(link.code).or_default().push((id, link));
        }
        let mut taken: BTreeSet<String> = holders.keys().map(|code| (*code).to_owned()).collect();
        let mut longer = BTreeMap::new();
        for (code, holders) in holders.into_iter().filter(|(_, holders)| holders.len() > 1) {
            let is_released = |(id, _): &&(&str, &Settled<'_>)| {
                self.released.get(*id).is_some_and(|one| one.code == code)
            };
            let released: Vec<_> = holders.iter().filter(is_released).collect();
            let head: Vec<_> = holders.iter().filter(|(_, link)| link.on_head).collect();
            let (keeper, because) = match (released.as_slice(), head.as_slice()) {
                ([one], _) => (one.0, Because::Released),
                ([], [one]) => (one.0, Because::Head),
                _ => {
                    let [(one, first), .., (two, last)] = holders.as_slice() else { continue };
                    let message = format!("the short code `{code}` is of `{one}` and of `{two}`");
                    let help =
                        "find out which of the two was given out, and take the other's row out";
                    self.undecided(message, help, last.place, first.place);
                    continue;
                }
            };
            for (id, _) in holders.iter().filter(|(id, _)| *id != keeper) {
                let new = free_code(id, propose(id, 1), &|code| taken.contains(code));
                taken.insert(new.clone());
                self.decide(id, Choice::LongerCode, &new, code, because);
                longer.insert(*id, new);
            }
        }
        longer
    }

    fn decide(&mut self, id: &str, choice: Choice, kept: &str, dropped: &str, because: Because) {
        let (link_id, kept, dropped) = (id.to_owned(), kept.to_owned(), dropped.to_owned());
        self.decisions.push(Decision { link_id, choice, kept, dropped, because });
    }

    fn undecided(&mut self, message: String, help: &str, place: Span, other: Span) {
        self.diagnostics.push(
            Diagnostic::error(Code::BadLock, place, message)
                .related(other, "the other row")
                .help(help),
        );
    }
}
