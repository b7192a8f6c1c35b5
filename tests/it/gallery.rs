//! The gallery: what stands in it, where it is, and that nothing in it becomes markup or a request.

use serde_json::Value;

use crate::hostile::{PAYLOADS, names};
use crate::sample::sample;
use crate::sandbox::Sandbox;

const INDEX: &str = ".throughline/gallery/index.html";

/// Addresses in `src` attributes, which must be files.
fn sources(html: &str) -> Vec<String> {
    let parts = html.split(" src=\"").skip(1);
    parts.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

/// Every frame and picture of a page is there.
#[track_caller]
fn holds_together(sandbox: &Sandbox, page: &str) -> usize {
    let html = sandbox.read(page);
    let folder = sandbox.path(page).parent().unwrap().to_path_buf();
    let all = sources(&html);
    for address in &all {
        assert!(!address.contains(':'), "{address} is no relative address");
        assert!(folder.join(address).is_file(), "{address} is not there");
    }
    all.len()
}

#[test]
fn the_gallery_shows_every_mail_page_and_banner() {
    let sandbox = sample();
    let built = sandbox.run(&["build", "--gallery"]).expect_code(0);
    assert!(built.stdout.contains(&format!("look at all of it: {INDEX}")), "{}", built.stdout);
    let html = sandbox.read(INDEX);
    assert!(holds_together(&sandbox, INDEX) > 300);
    for wanted in [
        "title=\"email/bf26/digest.html: Desktop, 640 wide\"",
        "title=\"email/bf26/digest.html: Mobile, 360 wide\"",
        "title=\"email/bf26/digest.html: Dark, 640 wide\"",
        "title=\"email/bf26/digest.html: Pictures off, 640 wide\"",
        "title=\"landing/bf26/lumen-serums.html: live, 1280 wide, half its size\"",
        "title=\"landing/bf26/lumen-serums.html: pending, 360 wide\"",
        "title=\"landing/bf26/lumen-serums.html: ended, 360 wide\"",
        "<dt>Subject</dt><dd>Black Friday starts now, for members first</dd>",
        "of Gmail's 102 KB",
        "<td>bf26-digest-s01.cta</td>",
        "<em>not tracked</em>",
        " width=\"300\" height=\"250\" alt=\"image/bf26/lumen-serums-300x250.png",
        "<li>2 emails</li>",
        "<li>0 held back</li>",
    ] {
        assert!(html.contains(wanted), "`{wanted}` is not in the gallery");
    }
    // Each artifact of a channel has a place, and each frame keeps scripts out.
    assert_eq!(
        html.matches("<iframe").count(),
        html.matches("sandbox=\"allow-same-origin\"").count()
    );
    assert!(!html.contains("allow-scripts"));
    for path in sandbox.files(".throughline/gallery").iter().filter(|path| *path != "index.html") {
        let text = sandbox.read(&format!(".throughline/gallery/{path}"));
        assert!(
            text.contains("http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'")
        );
        assert!(!text.contains("static.northwind.example/"), "{path} asks the asset host");
        assert!(!text.contains(" integrity=") && !text.contains(" crossorigin="), "{path}");
    }
}

#[test]
fn a_gallery_is_the_same_bytes_and_is_written_once() {
    let sandbox = sample();
    sandbox.run(&["build", "--gallery"]).expect_code(0);
    let times = |sandbox: &Sandbox| {
        let files = sandbox.files(".throughline/gallery").into_iter();
        let time = |path: &String| {
            let path = sandbox.path(&format!(".throughline/gallery/{path}"));
            std::fs::metadata(path).unwrap().modified().unwrap()
        };
        files.map(|path| (time(&path), path)).collect::<Vec<_>>()
    };
    let before = times(&sandbox);
    let (html, other) = (sandbox.read(INDEX), sample());
    sandbox.run(&["build", "--gallery", "-j", "1"]).expect_code(0);
    assert_eq!(before, times(&sandbox));
    other.run(&["build", "--gallery", "-j", "3"]).expect_code(0);
    assert_eq!(html, other.read(INDEX));
    // What is shown no more goes.
    sandbox.edit("briefs/bf26.md", "The short list is here", "A shorter list is here");
    sandbox.run(&["build", "--gallery"]).expect_code(0);
    assert_eq!(sandbox.files(".throughline/gallery").len(), before.len());
    assert_ne!(sandbox.read(INDEX), html);
    // Without the option nothing is made.
    let other = sample();
    let run = other.run(&["build", "--format", "json"]).expect_code(0);
    assert_eq!(run.json_lines().last().unwrap()["gallery"], Value::Null);
    assert!(!other.path(".throughline/gallery").exists());
}

#[test]
fn a_gallery_is_where_it_was_asked_for_and_never_in_the_output() {
    let sandbox = sample();
    let json = sandbox
        .run(&["build", "-o", "a & b", "--gallery", "look/at it.html", "--format", "json"])
        .expect_code(0)
        .json_lines();
    assert_eq!(json.last().unwrap()["gallery"], "look/at it.html");
    assert!(holds_together_decoded(&sandbox, "look/at it.html") > 300);
    let refused = sandbox.run(&["build", "--gallery", "output/gallery.html"]).expect_code(5);
    assert!(refused.stderr.contains("is in the output"), "{}", refused.stderr);
    assert!(!sandbox.path("output/gallery.html").exists());
    sandbox.run(&["verify", "-o", "a & b"]).expect_code(0);
}

/// As [`holds_together`], where the addresses have escapes in them.
#[track_caller]
fn holds_together_decoded(sandbox: &Sandbox, page: &str) -> usize {
    let folder = sandbox.path(page).parent().unwrap().to_path_buf();
    let all = sources(&sandbox.read(page));
    for address in &all {
        let path = percent_encoding::percent_decode_str(address).decode_utf8().unwrap();
        assert!(folder.join(&*path).is_file(), "{path} is not there");
    }
    all.len()
}

#[test]
fn what_is_held_back_is_told_with_its_reason() {
    let sandbox = sample();
    sandbox.edit("briefs/bf26.md", "# closing\n", "# closing\nLorem ipsum dolor sit amet.\n\n");
    sandbox.run(&["build", "--gallery"]).expect_code(1);
    let html = sandbox.read(INDEX);
    let (_, held) = html.split_once("<h2>Held back</h2>").unwrap();
    let (held, _) = held.split_once("</section>").unwrap();
    assert!(held.contains("<code>email/bf26/digest.html</code>: "), "{held}");
    assert!(held.contains("(TL0654, briefs/bf26.md:"), "{held}");
}

/// Names of partners and titles of offers with markup in them change no tag of the gallery.
#[test]
fn hostile_names_are_text_in_the_gallery() {
    let gallery = |payload: &str| {
        let sandbox = Sandbox::new();
        sandbox.copy_workspace(&crate::cases::cases_folder().join("ok_small"));
        sandbox.remove("case.toml");
        let cell = format!("\"{}\"", payload.replace('"', "\"\""));
        sandbox.edit("partners/partners.csv", ",Lumen,", &format!(",{cell},"));
        sandbox.edit("partners/offers.csv", ",A brush with any order,", &format!(",{cell},"));
        sandbox.edit("rules/channels/email.toml", "title = 40\n", "title = 400\n");
        let subject = "Black Friday starts now";
        sandbox.edit(
            "templates/email/digest.html",
            "<title>",
            "<title>{{ slots[0].partner.name }}",
        );
        sandbox.edit("briefs/bf26.md", subject, &payload.replace(['\n', '#'], " "));
        let run = sandbox.run(&["build", "--gallery"]);
        (run, sandbox)
    };
    let (run, benign) = gallery("Plain name");
    assert_eq!(run.code, 0, "{}", run.text());
    let shape = names(&benign.read(INDEX));
    let mut seen = 0;
    for payload in PAYLOADS {
        let (run, sandbox) = gallery(payload);
        if run.code != 0 {
            // A subject that cannot be sent holds the mail back, and has another shape.
            continue;
        }
        seen += 1;
        let html = sandbox.read(INDEX);
        assert!(names(&html) == shape, "{payload}");
        assert!(!html.contains("<script>alert"), "{payload}");
    }
    assert!(seen >= 8, "{seen} of the payloads could be built");
}
