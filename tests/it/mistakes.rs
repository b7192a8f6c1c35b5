//! Thirty mistakes of ten kinds of people in one workspace: one run tells them all, each at the
//! place where a person would look, and nothing else.

use std::collections::BTreeSet;

use crate::cases::lay_down;

/// Code, file, line, column. Written by hand from the files, not from what the program says.
const MISTAKES: [(&str, &str, u64, u64); 30] = [
    // The window locks on the 23rd and freezes on the 24th.
    ("TL0701", "briefs/bf26.md", 9, 9),
    // per_partner = "two"
    ("TL0109", "briefs/bf26.md", 25, 15),
    // pick = { mechanik = … }
    ("TL0306", "briefs/bf26.md", 37, 10),
    // The channel push is in no window.
    ("TL0702", "briefs/bf26.md", 41, 11),
    // Copy with a code, with a URL, with a tracking parameter.
    ("TL0406", "briefs/bf26.md", 51, 5),
    ("TL0405", "briefs/bf26.md", 53, 19),
    ("TL0316", "briefs/bf26.md", 55, 18),
    // northfel is no partner.
    ("TL0211", "partners/offers_late.csv", 2, 16),
    // Ends at noon of the 27th.
    ("TL0704", "partners/offers_late.csv", 3, 92),
    // Another percentage in text messages.
    ("TL0401", "partners/offers_late.csv", 4, 34),
    // ?utm_source=flyer
    ("TL0312", "partners/offers_late.csv", 5, 69),
    // 15,5
    ("TL0203", "partners/offers_late.csv", 6, 27),
    // An unquoted comma pushes the last cell out of the table.
    ("TL0112", "partners/offers_late.csv", 7, 102),
    // The inches in "A 10" pot" close the cell.
    ("TL0111", "partners/offers_late.csv", 8, 32),
    // US$
    ("TL0212", "partners/offers_late.csv", 9, 44),
    // hats/wool has no slash in front.
    ("TL0205", "partners/offers_late.csv", 10, 66),
    // images/cream.svg is not there.
    ("TL0213", "partners/offers_late.csv", 11, 48),
    // 31/12/2026
    ("TL0217", "partners/offers_late.csv", 12, 86),
    // Half past two on the night when clocks go forward.
    ("TL0204", "partners/offers_late.csv", 13, 81),
    // Lumen beside lumen.
    ("TL0210", "partners/partners_late.csv", 2, 1),
    // The landing base is the agency's.
    ("TL0214", "partners/partners_late.csv", 3, 47),
    // house for home.
    ("TL0302", "partners/partners_late.csv", 4, 17),
    // s02 is taken.
    ("TL0707", "partners/placements.csv", 3, 30),
    // news-letter
    ("TL0301", "rules/channels/email.toml", 2, 10),
    // utm_term in a variable of the template.
    ("TL0316", "templates/email/digest.html", 6, 17),
    // A typed link.
    ("TL0601", "templates/email/digest.html", 16, 46),
    // | uper
    ("TL0504", "templates/json/push.json", 1, 30),
    // | safe
    ("TL0505", "templates/landing/offer.html", 22, 20),
    // {{ campaing.name }}
    ("TL0502", "templates/text/alert.txt", 1, 21),
    // currencey
    ("TL0107", "throughline.toml", 4, 1),
];

#[test]
fn thirty_mistakes_are_told_at_once_and_each_at_its_place() {
    let sandbox = lay_down("err_thirty-mistakes");
    let run = sandbox.run(&["check", "--format", "json"]).expect_code(1);
    let told = run.json_lines();
    let text = |one: &serde_json::Value, key: &str| one[key].as_str().unwrap_or("").to_owned();
    let number = |one: &serde_json::Value, key: &str| one[key].as_u64().unwrap_or(0);
    let places: BTreeSet<_> = told
        .iter()
        .map(|one| {
            (text(one, "code"), text(one, "file"), number(one, "line"), number(one, "column"))
        })
        .collect();
    let expected: BTreeSet<_> = MISTAKES
        .iter()
        .map(|(code, file, line, column)| ((*code).to_owned(), (*file).to_owned(), *line, *column))
        .collect();
    let missed: Vec<_> = expected.difference(&places).collect();
    let others: Vec<_> = places.difference(&expected).collect();
    assert!(missed.is_empty() && others.is_empty(), "missed: {missed:#?}\nothers: {others:#?}");
    assert_eq!(told.len(), MISTAKES.len(), "a mistake is told twice");
    for one in &told {
        let place = format!("{} {}:{}", one["code"], one["file"], one["line"]);
        assert_eq!(one["severity"], "error", "{place}");
        assert!(!text(one, "owner").is_empty(), "nobody is asked about {place}");
        assert!(!text(one, "help").is_empty(), "nothing is suggested for {place}");
    }
}

#[test]
fn a_build_of_thirty_mistakes_writes_nothing() {
    let sandbox = lay_down("err_thirty-mistakes");
    let before = sandbox.files(".");
    let run = sandbox.run(&["build"]).expect_code(1);
    assert!(run.stderr.contains("nothing was written"), "{}", run.text());
    assert_eq!(sandbox.files("."), before);
}
