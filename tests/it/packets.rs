//! What a gate that watches bytes shows of them: before and now, side by side.

use crate::office::{NOON, Office};

const BRAND: &str = "brand:launch/email";
const PARTS: &str = "templates/email/offer.html";

/// All gates of the starter, approved and released.
fn released() -> Office {
    let office = Office::new();
    office.release_approved();
    office
}

/// Another word between the parts of the mail.
fn set(office: &Office, from: &str, to: &str) {
    office.sandbox.edit(PARTS, from, to);
    office.build();
}

#[track_caller]
fn packet(office: &Office) -> String {
    let args = ["review", BRAND, "--html", "packet.html", "--as-of", NOON];
    office.sandbox.run(&args).expect_code(0);
    office.sandbox.read("packet.html")
}

#[track_caller]
fn shows(html: &str, wanted: &[&str]) {
    for wanted in wanted {
        assert!(html.contains(wanted), "`{wanted}` is not in the packet");
    }
}

const BOTH: [&str; 2] =
    ["title=\"email/launch/hello.html: before\"", "title=\"email/launch/hello.html: now\""];

#[test]
fn what_was_approved_stands_beside_what_is_asked() {
    let office = Office::new();
    let html = packet(&office);
    shows(&html, &["It was never approved, and nothing of it is live", BOTH[1]]);
    office.approve(BRAND, "moreau");
    set(&office, "Terms of", "Conditions of");
    let html = packet(&office);
    shows(
        &html,
        &[
            "Before is what was approved last.",
            BOTH[0],
            BOTH[1],
            "<del>Terms</del>",
            "<ins>Conditions</ins>",
        ],
    );
    // Nothing runs, and nothing is loaded from elsewhere.
    let frames = html.matches("<iframe").count();
    assert!(frames >= 2 && html.matches("sandbox=\"allow-same-origin\"").count() == frames);
    assert!(!html.contains("allow-scripts") && !html.contains("src=&quot;https:"));
    // The text in the terminal is what an approval names, and stays as it was.
    let text = office.sandbox.run(&["review", BRAND, "--as-of", NOON]).expect_code(0).stdout;
    assert!(text.contains("bytes") && !text.contains("Before is"), "{text}");
    // Other gates show values, not files.
    let args = ["review", "legal", "--all", "--html", "legal.html", "--as-of", NOON];
    office.sandbox.run(&args).expect_code(0);
    assert!(!office.sandbox.read("legal.html").contains("<iframe"));
}

#[test]
fn what_was_approved_is_found_in_a_release_where_no_copy_is_kept() {
    let office = released();
    // Not the mail's words but its links change: brand approved the words.
    office.sandbox.edit("briefs/launch.md", "code = \"2097-launch\"", "code = \"2097-march\"");
    set(&office, "Terms of", "Conditions of");
    office.sandbox.remove(".throughline/approved");
    let html = packet(&office);
    let how = "Before is what was approved last: it is in release 1 of production in releases, \
               which is live.";
    shows(&html, &[how, BOTH[0], BOTH[1], "<del>Terms</del>"]);
    // A later approval that nobody kept: what customers see is shown instead, by that name.
    office.approve(BRAND, "moreau");
    office.sandbox.remove(".throughline/approved");
    set(&office, "Conditions of", "Rules of");
    let html = packet(&office);
    let how = "What was approved last is not kept here. Before is what customers see: release 1 of \
               production in releases, which is live.";
    shows(&html, &[how, BOTH[0], "<del>Terms</del>"]);
    // A file that was altered is not what was approved.
    office.approve(BRAND, "moreau");
    set(&office, "Rules of", "Details of");
    for file in office.sandbox.files(".throughline/approved") {
        office.sandbox.write(&format!(".throughline/approved/{file}"), "by hand");
    }
    office.sandbox.remove("releases");
    let html = packet(&office);
    shows(&html, &["What was approved last is not kept here, and nothing of it is live", BOTH[1]]);
}

#[test]
fn a_target_that_cannot_be_read_keeps_nobody_from_deciding() {
    let office = released();
    set(&office, "Terms of", "Conditions of");
    office.sandbox.write("releases/env/production/current.json", "{}");
    let args = ["review", BRAND, "--html", "packet.html", "--as-of", NOON];
    let run = office.sandbox.run(&args).expect_code(0);
    assert!(run.stderr.contains("what was released before is not shown"), "{}", run.text());
    shows(&office.sandbox.read("packet.html"), &["Before is what was approved last.", BOTH[0]]);
}
