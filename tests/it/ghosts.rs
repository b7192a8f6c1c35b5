//! Values that a swap replaced are found where somebody typed them, and nowhere else.

use crate::cases::lay_down;
use crate::sample::sample;
use crate::sandbox::Sandbox;

const DECIDED: [&str; 6] =
    ["--by", "d.ortiz", "--because", "Lumen pulled 30%", "--at", "2026-11-19T16:20"];

fn swap(sandbox: &Sandbox, change: &[&str]) {
    sandbox.run(&[&["swap"], change, &DECIDED, &["--yes"]].concat()).expect_code(0);
}

/// The findings of the ghost check: file, line and message.
fn ghosts(sandbox: &Sandbox) -> Vec<(String, u64, String)> {
    let lines = sandbox.run(&["check", "--format", "json"]).json_lines();
    let found = lines.iter().filter(|one| one["code"] == "TL0415");
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    found
        .map(|one| (text(&one["file"]), one["line"].as_u64().unwrap(), text(&one["message"])))
        .collect()
}

/// One old value is typed into one template: nothing is wrong until the swap, then it is found at
/// its place, and when the swap is ended nothing is wrong again.
#[test]
fn a_seeded_ghost_is_found_after_the_swap() {
    let sandbox = sample();
    let typed =
        "{% if offer.offer_id == \"lumen-serums\" %}<p>Yes, 30% off.</p>{% endif %}\n  </main>";
    let page = "templates/landing/base.html";
    sandbox.edit(page, "</main>", typed);
    sandbox.run(&["check"]).expect_code(0);
    swap(&sandbox, &["set", "lumen-serums", "value=25"]);
    let text = sandbox.read(page);
    let line = text.lines().position(|line| line.contains("Yes, 30%")).unwrap() as u64 + 1;
    let found = ghosts(&sandbox);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].0.as_str(), found[0].1), (page, line));
    assert!(found[0].2.starts_with("`landing/bf26/lumen-serums.html` still shows `30`"));
    let built = sandbox.run(&["build", "--format", "json"]).expect_code(1).json_lines();
    let held = built.iter().find_map(|one| one["held_back"].as_array()).unwrap();
    assert!(held.contains(&"landing/bf26/lumen-serums.html".into()), "{held:?}");
    let list = sandbox.run(&["swap", "list", "--format", "json"]).expect_code(0);
    let id = list.json_lines()[0]["id"].as_str().unwrap().to_owned();
    let later =
        ["revert", &id, "--by", "d.ortiz", "--because", "No", "--at", "2026-11-19T16:40", "--yes"];
    sandbox.run(&[&["swap"], &later[..]].concat()).expect_code(0);
    sandbox.run(&["check"]).expect_code(0);
}

/// Swaps of every kind in a workspace whose templates print all facts: there is no ghost.
#[test]
fn what_templates_print_leaves_no_ghost() {
    let sandbox = sample();
    for change in [
        &[
            "set",
            "lumen-serums",
            "value=25",
            "effective_to=2026-12-04T23:59",
            "display_to=2026-12-04T23:59",
        ][..],
        &["set", "lumen-glow-gift", "code=GLOWING", "min_spend=50.00"],
        &["set", "partner:lumen", "name=Lumen of Portland"],
        &["withdraw", "offer:hearthline-skillet"],
    ] {
        let run = sandbox.run(&[&["swap"], change, &DECIDED, &["--yes"]].concat());
        assert_eq!(run.code, 0, "{}", run.text());
    }
    assert_eq!(ghosts(&sandbox), []);
    sandbox.run(&["build"]).expect_code(0);
}

/// A withdrawn offer's code is in nobody's mail, whoever the mail is about.
#[test]
fn a_withdrawn_code_is_found_in_every_text() {
    let sandbox = sample();
    let code = {
        let table = sandbox.read("partners/offers.csv");
        let mut rows = csv::Reader::from_reader(table.as_bytes());
        let at = rows.headers().unwrap().iter().position(|name| name == "code").unwrap();
        let mut rows = rows.records().map(Result::unwrap);
        let row = rows.find(|row| row[at].bytes().any(|one| one.is_ascii_digit())).unwrap();
        (row[0].to_owned(), row[at].to_owned())
    };
    let text = sandbox.read("templates/text/sms.txt");
    sandbox.write("templates/text/sms.txt", format!("{} {text}", code.1));
    swap(&sandbox, &["withdraw", &format!("offer:{}", code.0)]);
    let found = ghosts(&sandbox);
    assert!(!found.is_empty());
    assert!(found.iter().all(|one| one.0 == "templates/text/sms.txt" && one.1 == 1), "{found:?}");
}

/// A text in another language that a swap replaced, typed into the template of that language's mail.
#[test]
fn a_replaced_text_of_a_locale_is_looked_for_in_that_locale() {
    let sandbox = lay_down("ok_locales");
    let (mail, old) = ("templates/email/digest.html", "Deux poêles pour le prix d’une");
    let typed = format!("{{% if locale.lang == \"fr-CA\" %}}<p>{old}</p>{{% endif %}}</body>");
    sandbox.edit(mail, "</body>", &typed);
    let new = "title@fr-CA=Trois casseroles pour deux";
    swap(&sandbox, &["set", "hearth-pan", new]);
    let found = ghosts(&sandbox);
    assert!(
        found.iter().any(|(file, _, message)| file == mail && message.contains(old)),
        "{found:?}\n{}",
        sandbox.run(&["check"]).text()
    );
}
