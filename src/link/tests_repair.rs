//! What is kept of two branches.

use super::repair::{Because, Choice, Released, ReleasedLinks, Repaired, repair};
use crate::diag::Diagnostics;
use crate::model::SourceId;

const HEAD: &str = "<<<<<<< HEAD\n";
const OR: &str = "=======\n";
const END: &str = ">>>>>>> topic\n";

fn row(id: &str, code: &str, day: &str, url: &str) -> String {
    format!("{id},{code},bf26,email,lumen,o,{day},{url}\n")
}

fn mend(text: &str, released: &[(&str, &str, &str)]) -> Result<Repaired, Vec<String>> {
    let released: ReleasedLinks = released
        .iter()
        .map(|(id, code, url)| {
            let (code, url) = ((*code).to_owned(), (*url).to_owned());
            ((*id).to_owned(), Released { code, url })
        })
        .collect();
    let mut diagnostics = Diagnostics::new();
    repair(text, SourceId(0), 0, &released, &mut diagnostics)
        .ok_or_else(|| diagnostics.iter().map(|one| one.message.clone()).collect())
}

#[track_caller]
fn check(text: &str, released: &[(&str, &str, &str)], rows: &[&str], why: &[(Choice, Because)]) {
    let mended = mend(text, released).unwrap();
    let text = mended.lock.text();
    assert_eq!(text.lines().skip(2).collect::<Vec<_>>(), rows);
    let decided: Vec<_> = mended.decisions.iter().map(|one| (one.choice, one.because)).collect();
    assert_eq!(decided, why);
}

#[track_caller]
fn check_undecided(text: &str, expected: &str) {
    let faults = mend(text, &[]).map(|mended| mended.lock.text()).unwrap_err();
    assert!(faults.iter().any(|fault| fault.contains(expected)), "{expected} in {faults:?}");
}

#[test]
fn rows_of_both_branches_are_kept() {
    let text = [
        HEAD,
        &row("c.cta", "c", "", "u"),
        &row("a.cta", "a", "2026-11-28", "v"),
        OR,
        &row("b.cta", "b", "", "u"),
        &row("a.cta", "a", "2026-11-27", "w"),
        END,
        &row("a.cta", "a", "", "u"),
    ];
    let rows = [
        "a.cta,a,bf26,email,lumen,o,,u",
        "a.cta,a,bf26,email,lumen,o,2026-11-27,w",
        "a.cta,a,bf26,email,lumen,o,2026-11-28,v",
        "b.cta,b,bf26,email,lumen,o,,u",
        "c.cta,c,bf26,email,lumen,o,,u",
    ];
    check(&text.concat(), &[], &rows, &[]);
}

#[test]
fn of_two_codes_the_released_one_stays_or_that_of_this_branch() {
    let (ours, theirs) = (row("a.cta", "ours", "", "u"), row("a.cta", "theirs", "", "u"));
    let text = [HEAD, &ours, OR, &theirs, END].concat();
    let (kept, other) = ("a.cta,ours,bf26,email,lumen,o,,u", "a.cta,theirs,bf26,email,lumen,o,,u");
    check(&text, &[], &[kept], &[(Choice::Code, Because::Head)]);
    let released = [("a.cta", "theirs", "u")];
    check(&text, &released, &[other], &[(Choice::Code, Because::Released)]);
    check_undecided(&[&*ours, &theirs].concat(), "two short codes on one branch");
}

#[test]
fn of_two_links_with_one_code_one_gets_a_longer_one() {
    let (ours, theirs) = (row("a.cta", "code", "", "u"), row("b.cta", "code", "", "u"));
    let text = [HEAD, &ours, OR, &theirs, END].concat();
    let mended = mend(&text, &[]).unwrap();
    let code = |mended: &Repaired, id: &str| mended.lock.current(id).unwrap().short_code.to_owned();
    assert_eq!(code(&mended, "a.cta"), "code");
    assert_eq!(code(&mended, "b.cta"), super::propose("b.cta", 1));
    let mended = mend(&text, &[("b.cta", "code", "u")]).unwrap();
    assert_eq!(code(&mended, "b.cta"), "code");
    assert_eq!(code(&mended, "a.cta"), super::propose("a.cta", 1));
    check_undecided(&[&*ours, &theirs].concat(), "`code` is of `a.cta` and of `b.cta`");
}

#[test]
fn of_two_meanings_the_changed_the_released_or_ours_stays() {
    let one = |url: &str| row("a.cta", "a", "", url);
    let shown = |url: &str| format!("a.cta,a,bf26,email,lumen,o,,{url}");
    let two = [HEAD, &one("x"), OR, &one("y"), END].concat();
    check(&two, &[], &[&shown("x")], &[(Choice::Meaning, Because::Head)]);
    let released = [("a.cta", "a", "y")];
    check(&two, &released, &[&shown("y")], &[(Choice::Meaning, Because::Released)]);
    let three = [HEAD, &one("x"), "||||||| base\n", &one("x"), OR, &one("y"), END].concat();
    check(&three, &[], &[&shown("y")], &[(Choice::Meaning, Because::OnlyChange)]);
    let unknown = [HEAD, "a.cta,a,bf26,email,lumen\n", OR, &one("y"), END].concat();
    check(&unknown, &[], &[&shown("y")], &[]);
    let removed = [HEAD, "||||||| base\n", &one("x"), OR, END].concat();
    check(&removed, &[], &[&shown("x")], &[(Choice::RemovedRow, Because::NeverRemoved)]);
}

#[test]
fn what_a_person_must_decide_is_left_alone() {
    let ours = row("a.cta", "a", "", "u");
    let other = ours.replace("lumen", "ardent");
    check_undecided(&[HEAD, &ours, OR, &other, END].concat(), "for the partner `lumen` and for");
    check_undecided(&[HEAD, &ours, OR].concat(), "no end");
    check_undecided(&[&ours, END].concat(), "no other half");
    check_undecided(&[HEAD, "a.cta,a\n", OR, END].concat(), "eight cells");
}

#[test]
fn a_whole_lock_stays_as_it_is() {
    let rows = [row("a.cta", "a", "", "u"), row("b.cta", "b", "", "u")].concat();
    let whole = mend(&rows, &[]).unwrap();
    assert!(whole.decisions.is_empty() && whole.conflicts == 0);
    assert!(whole.lock.text().ends_with(&rows));
}
