//! `plan --svg`: what changes, what follows, when it locks, on one page.

use crate::cases::lay_down;
use crate::sample::sample;
use crate::sandbox::Sandbox;

/// The texts of a picture, and the titles of its boxes and lines.
#[track_caller]
fn texts(svg: &str) -> (Vec<String>, Vec<String>) {
    let document = resvg::usvg::roxmltree::Document::parse(svg).unwrap();
    let root = document.root_element();
    assert_eq!((root.attribute("width"), root.tag_name().name()), (Some("1200"), "svg"));
    let named = |name: &'static str| {
        let all = document.descendants().filter(move |one| one.has_tag_name(name));
        all.filter_map(|one| one.text().map(str::to_owned)).collect()
    };
    for one in document.descendants().filter(resvg::usvg::roxmltree::Node::is_element) {
        let name = one.tag_name().name();
        assert!(["svg", "title", "rect", "text", "path", "g"].contains(&name), "<{name}>");
    }
    (named("text"), named("title"))
}

#[track_caller]
fn draw(sandbox: &Sandbox, more: &[&str]) -> String {
    let as_of = ["plan", "--as-of", "2026-11-25T16:20", "--svg", "blast.svg"];
    sandbox.run(&[&as_of[..], more].concat()).expect_code(0);
    sandbox.read("blast.svg")
}

#[test]
fn facts_artifacts_and_windows_are_tied() {
    let sandbox = sample();
    sandbox.run(&["build", "--as-of", "2026-11-25T16:20"]).expect_code(0);
    sandbox.edit("partners/placements.csv", "s01,lumen-serums,", "s01,lumen-glow-gift,");
    let svg = draw(&sandbox, &[]);
    let (texts, titles) = texts(&svg);
    let holds = |all: &[String], what: &str| all.iter().any(|one| one.contains(what));
    for wanted in ["bf26/digest/s01", "email/bf26/digest.html", "~ changed", "bf26/email-am"] {
        assert!(holds(&texts, wanted), "`{wanted}` is not in {texts:?}");
    }
    assert!(holds(&texts, "1h40m left") && holds(&titles, "1 artifact"), "{texts:?}");
    assert_eq!(draw(&sandbox, &["--jobs", "1"]), svg);
    let out = sandbox.run(&["plan", "--as-of", "2026-11-25T16:20", "--svg", "-"]).expect_code(0);
    assert_eq!(out.stdout, svg);
    // What is held off is drawn, and has no window to make.
    let part = draw(&sandbox, &["--only", "channel:landing"]);
    assert!(part.contains("= kept") && !part.contains("bf26/email-am"), "{part}");
}

#[test]
fn much_of_one_kind_is_one_box_with_a_number() {
    let sandbox = lay_down("ok_small");
    let offers = sandbox.read("partners/offers.csv");
    let row = |at: usize| {
        format!(
            "pan-{at},hearth,,bogo,,,,Pan {at},,Iron.,,,,standard,/pans/{at},2026-11-01T00:00,\
             2026-12-31T23:59,,,active,\n"
        )
    };
    sandbox.write("partners/offers.csv", offers + &(0..500).map(row).collect::<String>());
    let _ = sandbox.run(&["build", "--as-of", "2026-11-25T16:20"]);
    sandbox.edit("partners/partners.csv", "hearth,Hearth,", "hearth,Hearth & <Home>,");
    let svg = draw(&sandbox, &[]);
    let (texts, _) = texts(&svg);
    assert!(texts.iter().any(|one| one.contains("bf26, landing")), "{texts:?}");
    assert!(texts.iter().any(|one| one.contains("~ changed: 50")), "{texts:?}");
    assert!(texts.iter().any(|one| one.contains("Hearth & <Home>")), "{texts:?}");
    assert!(svg.len() < 20_000, "{} bytes", svg.len());
}
