//! Reading back what was written, byte for byte; what a damaged lock is told.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::diag::Diagnostics;
use crate::model::SourceId;

fn read(text: &str) -> (Lock, Vec<String>) {
    let mut diagnostics = Diagnostics::new();
    let lock = read_lock(&Arc::new(text.to_owned()), SourceId(0), 0, &mut diagnostics);
    (lock, diagnostics.iter().map(|one| one.message.clone()).collect())
}

fn row<'l>(
    link_id: &'l str,
    short_code: &'l str,
    valid_from: &'l str,
    url: &'l str,
) -> LockRow<'l> {
    let (campaign, channel, partner, offer) = ("bf26", "email", "lumen", "lumen-serum");
    let (url, span) = (url.into(), None);
    LockRow { link_id, short_code, campaign, channel, partner, offer, valid_from, url, span }
}

fn plain(row: LockRow<'_>) -> LockRow<'_> {
    LockRow { span: None, ..row }
}

#[track_caller]
fn check_fault(rows: &str, expected: &str) {
    let (_, faults) = read(&format!("{}{rows}\n", Lock::default().text()));
    assert!(faults.iter().any(|fault| fault.contains(expected)), "{expected} in {faults:?}");
}

#[test]
fn a_link_has_a_row_for_each_meaning() {
    let mut lock = Lock::default();
    let rows = [
        row("b.cta", "c", "2026-11-27", "https://e.com/3"),
        row("b.cta", "c", "", "https://e.com/1"),
        row("a.cta", "d", "", "https://e.com/2"),
    ];
    lock.extend(rows.iter().cloned());
    let again = row("b.cta", "c", "2026-11-27", "https://e.com/4?a=1,2&b=\"x\"");
    lock.extend(std::iter::once(again.clone()));
    insta::assert_snapshot!(lock.text(), @r#"
    # throughline.lock 2: ids already given out. Written by `throughline build`; commit it, never edit it.
    link_id,short_code,campaign,channel,partner,offer,valid_from,url
    a.cta,d,bf26,email,lumen,lumen-serum,,https://e.com/2
    b.cta,c,bf26,email,lumen,lumen-serum,,https://e.com/1
    b.cta,c,bf26,email,lumen,lumen-serum,2026-11-27,"https://e.com/4?a=1,2&b=""x"""
    "#);
    let (read, faults) = read(&lock.text());
    assert_eq!(faults, Vec::<String>::new());
    assert!(read.is_written_as(&lock.text()) && !read.is_written_as(""));
    assert_eq!(read.current("b.cta").map(plain), Some(again));
    assert_eq!(read.rows_of("b.cta").count(), 2);
    let found =
        read.with_current(&["a", "a.cta", "a.cta", "b.cta", "c"], |at, row| Some((at, row)));
    assert!(found.iter().enumerate().all(|(place, (at, _))| place == *at));
    let found: Vec<_> = found.into_iter().map(|(_, row)| row).collect();
    let dates = found.into_iter().map(|row| row.map(|row| row.valid_from));
    let dates: Vec<Option<&str>> = dates.collect();
    assert_eq!(dates, [None, Some(""), Some(""), Some("2026-11-27"), None]);
    let codes: Vec<&str> =
        read.with_code(|code| code == "c").iter().map(|row| row.valid_from).collect();
    assert_eq!(codes, ["2026-11-27"]);
    assert_eq!(read.links().count(), 2);
    assert!(read.contains("a.cta") && !read.contains("a") && read.current("c").is_none());
}

#[test]
fn version_1_is_read_and_version_2_is_written() {
    let old = "# throughline.lock 1: ids already given out.\n\
               link_id,short_code,campaign,channel,partner\n\
               a.cta,ztcbdrvkj,bf26,email,ardent\n";
    let (lock, faults) = read(old);
    assert_eq!(faults, Vec::<String>::new());
    assert!(lock.current("a.cta").is_some_and(|row| !row.is_known() && row.partner == "ardent"));
    let text = lock.text();
    assert!(text.ends_with("\na.cta,ztcbdrvkj,bf26,email,ardent,,,\n"));
    assert_eq!(read(&text).1, Vec::<String>::new());
}

#[test]
fn every_kind_of_damage_is_named() {
    let first = "a.cta,c,bf26,email,lumen,o,,https://e.com/";
    check_fault("a.cta,c,bf26", "eight cells");
    check_fault("a.cta,,bf26,email,lumen", "empty");
    check_fault("a.cta,c,bf26,email,lumen,o,27.11.2026,u", "not a date");
    check_fault("a.cta,c,bf26,email,lumen,o,,u,v", "stands in quotes");
    check_fault("a.cta,c,bf26,email,lumen,o,,\"u\"", "stands in quotes");
    check_fault("a.cta,c,bf26,email,lumen,o,,u\u{7}", "control character");
    check_fault(&format!("{first}\n{first}"), "the link `a.cta` stands twice");
    check_fault("a.cta,c,bf26,email,lumen,o,2026-11-27,u", "first row");
    check_fault(&format!("{first}\nb.cta,c,bf26,email,lumen,o,,u"), "the short code `c` stands");
    check_fault(&format!("{first}\na.cta,d,bf26,email,lumen,o,2026-11-27,u"), "two short codes");
    check_fault(&format!("{first}\na.cta,c,bf26,email,x,o,2026-11-27,u"), "was `lumen` and is `x`");
    check_fault("# throughline.lock 3: later", "newer throughline");
    check_fault("<<<<<<< HEAD", "merge conflict");
    let (_, faults) = read(&format!("{first}\n{first}\n>>>>>>> topic\n"));
    assert_eq!(faults, ["a merge conflict is not resolved"]);
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(urls in prop::collection::vec("[ -~é]{0,30}", 1..6)) {
        let ids: Vec<String> = (0..urls.len()).map(|at| format!("l{at}.cta")).collect();
        let urls: Vec<&str> = urls.iter().map(|url| url.trim_end()).collect();
        let rows: Vec<_> =
            ids.iter().zip(&urls).map(|(id, url)| row(id, id, "", url)).collect();
        let mut lock = Lock::default();
        lock.extend(rows.iter().cloned());
        let text = lock.text();
        let (again, faults) = read(&text);
        prop_assert_eq!(faults, Vec::<String>::new());
        prop_assert_eq!(again.rows().map(plain).collect::<Vec<_>>(), rows);
        prop_assert!(again.is_written_as(&text));
    }
}

#[test]
fn a_long_lock_is_read_in_parts_and_each_line_keeps_its_place() {
    let number = 10_000;
    let ids: Vec<String> = (0..number).map(|at| format!("bf26.digest.p{at:05}.a.cta")).collect();
    let codes: Vec<String> = (0..number).map(|at| format!("c{at}")).collect();
    let mut lock = Lock::default();
    lock.extend(ids.iter().zip(&codes).map(|(id, code)| row(id, code, "", "https://e.com/é")));
    let text = lock.text();
    assert!(text.len() > 600_000, "{}", text.len());
    let (whole, faults) = read(&text);
    assert_eq!((faults, whole.len()), (Vec::new(), number));
    assert!(whole.is_written_as(&text));
    let asked: Vec<&str> = ids.iter().map(String::as_str).collect();
    let found = whole.with_current(&asked, |at, row| Some((at, row?.link_id)));
    assert!(found.into_iter().eq(asked.iter().copied().enumerate()));

    let mut lines: Vec<&str> = text.lines().collect();
    lines.insert(5_000, "a line,in the middle");
    lines.push("a line,at the end");
    // Rows of two parts change places.
    lines.swap(100, 9_000);
    let wrong = Arc::new(lines.join("\n") + "\n");
    let mut diagnostics = Diagnostics::new();
    let read = read_lock(&wrong, SourceId(0), 0, &mut diagnostics);
    let place = |span: Span| &wrong[span.start as usize..span.end as usize];
    let places: Vec<&str> = diagnostics.iter().map(|one| place(one.primary)).collect();
    assert_eq!(places, ["a line,in the middle", "a line,at the end"]);
    assert!(read.is_written_as(&text));
}

/// The digest of the file that was read is taken only where the same would be written.
#[test]
fn a_digest_is_taken_only_of_what_would_be_written() {
    let mut lock = Lock::default();
    let rows = [row("a.b.c", "b3cd4fgh5", "", "https://e.com/"), row("a.b.d", "c3cd4fgh6", "", "")];
    lock.extend(rows.into_iter());
    let text = lock.text();
    let taken = |text: &str| {
        let (mut lock, _) = read(text);
        lock.note_read(Digest::of(b"as it was read"));
        let taken = lock.digest() == Digest::of(b"as it was read");
        assert!(taken || lock.digest() == Digest::of(lock.text().as_bytes()));
        assert!(!taken || lock.is_written_as(text));
        taken
    };
    assert!(taken(&text) && taken(&Lock::default().text()));
    let lines: Vec<&str> = text.lines().collect();
    let [title, columns, first, second] = lines[..] else { panic!("{text}") };
    for other in [
        String::new(),
        text.replace('\n', "\r\n"),
        text.trim_end().to_owned(),
        format!("{text}\n"),
        format!("{text}# a remark\n"),
        format!("{title}\n{columns}\n{second}\n{first}\n"),
        format!("{title}\n{first}\n{columns}\n{second}\n"),
        format!("{columns}\n{title}\n{first}\n{second}\n"),
        format!("{title}\n{columns}\n{first} \n{second}\n"),
        format!("{title}\n{columns}\n{first}\n{first}\n{second}\n"),
        format!("{title}\n{columns}\n{first}\na,b\n{second}\n"),
        format!("{title}\n{columns}\n{first}\na.b.d,c3cd4fgh6,bf26,email,lumen\n"),
        text.replace(" 2:", " 1:"),
    ] {
        assert!(!taken(&other), "{other}");
    }
}
