//! Judges of what we render that are not ours: the W3C's validator, and axe-core in a browser.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::hostile::html_artifacts;
use crate::sample::{repository, sample};
use crate::sandbox::Sandbox;

/// What the validator says of emails that is right, and stays all the same: the beginning of each
/// message, and why. One that is said no longer fails the test, so the list only gets shorter.
const EMAILS_ONLY: [(&str, &str); 3] = [
    ("Attribute “xmlns:", "Outlook draws VML only where its namespaces are declared"),
    ("CSS: “mso-", "Outlook's own properties"),
    ("Bad value “", "merge tags stand in addresses until the mail is sent"),
];

/// Pages for people, that no output has: what writes them, and where.
const PAGES: [(&str, &str); 4] = [
    ("status --as-of 2026-11-25T16:20", ".throughline/status.html"),
    ("tax", ".throughline/tax.html"),
    ("receipt --partner lumen", ".throughline/receipt.html"),
    ("diff", ".throughline/diff.html"),
];

const OFFERS: &str = "partners/offers.csv";
const GALLERY: &str = ".throughline/gallery/index.html";

/// Every HTML artifact of the sample, the starter and the example, each in a sandbox of its own.
fn built() -> Vec<(Sandbox, BTreeMap<String, String>)> {
    let from = |folder: &str| {
        let sandbox = Sandbox::new();
        let root = repository().join(folder);
        for name in ["throughline.toml", "throughline.lock"] {
            if let Ok(bytes) = std::fs::read(root.join(name)) {
                sandbox.write(name, bytes);
            }
        }
        for name in ["assets", "briefs", "legal", "partners", "rules", "templates"] {
            for path in crate::sandbox::files_below(&root.join(name)) {
                let bytes = std::fs::read(root.join(name).join(&path)).unwrap();
                sandbox.write(&format!("{name}/{path}"), bytes);
            }
        }
        sandbox
    };
    [sample(), from("starter"), from("examples/travel")]
        .into_iter()
        .map(|sandbox| {
            sandbox.run(&["build", "--gallery"]).expect_code(0);
            for (command, file) in PAGES {
                // Something that `diff` has to show; what was built stays.
                if let ("diff", Ok(offers)) = (command, std::fs::read(sandbox.path(OFFERS))) {
                    let offers = String::from_utf8(offers).unwrap();
                    sandbox.write(OFFERS, offers.replace(",pct_off,30,", ",pct_off,25,"));
                }
                let arguments = command.split(' ').chain(["--html", file]);
                let _ = sandbox.run(&arguments.collect::<Vec<_>>());
            }
            let html = html_artifacts(&sandbox);
            (sandbox, html)
        })
        .collect()
}

/// The pages for people that were written; a receipt only where there is that partner.
fn own_pages(sandbox: &Sandbox) -> Vec<(&'static str, String)> {
    let written = PAGES.into_iter().filter(|(_, file)| sandbox.path(file).exists());
    let written: Vec<_> = written.map(|(_, file)| (file, sandbox.read(file))).collect();
    assert!(written.len() >= 2, "status and tax are everywhere");
    written
}

fn is_page(id: &str) -> bool {
    id.starts_with("landing/")
}

fn corpus(name: &str) -> PathBuf {
    let path = repository().join("target/corpora").join(name);
    assert!(path.exists(), "{} is not there: run scripts/corpora", path.display());
    path
}

#[test]
fn the_validator_of_the_w3c_has_nothing_to_say() {
    let folder = Sandbox::new();
    for (number, (sandbox, html)) in built().iter().enumerate() {
        for (id, text) in html {
            folder.write(&format!("{number}/{id}"), text);
        }
        folder.write(&format!("{number}/gallery.html"), sandbox.read(GALLERY));
        for (at, (_, text)) in own_pages(sandbox).into_iter().enumerate() {
            folder.write(&format!("{number}/page-{at}.html"), text);
        }
    }
    let jar = corpus("vnu-jar-26.9.27/build/dist/vnu.jar");
    let output = Command::new("java")
        .args(["-Xss4m", "-XX:TieredStopAtLevel=1", "-jar"])
        .arg(jar)
        .args(["--format", "json", "--errors-only", "--exit-zero-always", "--stdout"])
        .arg(folder.root())
        .output()
        .unwrap_or_else(|error| panic!("java: {error}"));
    let said: serde_json::Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    let mut seen = [false; EMAILS_ONLY.len()];
    let mut faults = String::new();
    for one in said["messages"].as_array().unwrap() {
        let (url, message) = (one["url"].as_str().unwrap(), one["message"].as_str().unwrap());
        let known = EMAILS_ONLY.iter().position(|(begin, _)| message.starts_with(begin));
        match known.filter(|_| url.contains("/email/")) {
            Some(at) => seen[at] = true,
            None => writeln!(faults, "{url}:{}: {message}", one["lastLine"]).unwrap(),
        }
    }
    assert!(faults.is_empty(), "{faults}");
    for ((begin, why), seen) in EMAILS_ONLY.iter().zip(seen) {
        assert!(seen, "nothing begins with {begin} ({why}) any more: take it off the list");
    }
}

/// A page that runs axe on itself and leaves what it found in its own text.
const RUN: &str = "<script>axe.run(document,{resultTypes:['violations'],\
    rules:{'region':{enabled:true}}}).then(r=>{document.body.textContent=\
    'AXE'+JSON.stringify(r.violations.map(v=>[v.impact,v.id,v.nodes.map(n=>n.html)]))+'END'})\
    </script>";

/// The page with its pictures and styles from the output folder, and axe at its end.
fn with_axe(html: &str, output: &Path, axe: &str) -> String {
    let mut text = html.replace(" crossorigin=\"anonymous\"", "");
    while let Some(at) = text.find(" integrity=\"") {
        let end = at + 12 + text[at + 12..].find('"').unwrap() + 1;
        text.replace_range(at..end, "");
    }
    let at = text.find("/assets/").map(|at| text[..at].rfind("https://").unwrap());
    if let Some(at) = at {
        let host = text[at..].split("/assets/").next().unwrap().to_owned();
        text = text.replace(&host, &format!("file://{}", output.display()));
    }
    judged(&text, axe)
}

/// The page with axe at its end.
fn judged(text: &str, axe: &str) -> String {
    // Scripts of a page would end with the first `</script>` in them.
    assert!(!axe.contains("</script"));
    // What is in frames has ends of its own.
    let (page, end) = text.split_at(text.rfind("</body>").unwrap());
    format!("{page}<script>{axe}</script>{RUN}{end}")
}

/// What axe says of pages, in one browser after another.
fn violations(folder: &Sandbox, pages: &[String], profile: &str) -> String {
    let mut faults = String::new();
    for page in pages {
        let output = Command::new("chromium")
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"])
            .args(["--virtual-time-budget=20000", "--window-size=800,1200", "--dump-dom"])
            .arg(format!("--user-data-dir={}", folder.path(profile).display()))
            .arg(format!("file://{}", folder.path(page).display()))
            .output()
            .unwrap_or_else(|error| panic!("chromium: {error}"));
        let text = String::from_utf8_lossy(&output.stdout);
        let found = text.split_once("AXE").and_then(|(_, rest)| rest.rsplit_once("END"));
        let Some((found, _)) = found else {
            panic!("{page}: axe said nothing: {}", String::from_utf8_lossy(&output.stderr));
        };
        // The text was written as HTML.
        let found = found.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
        let found: serde_json::Value = serde_json::from_str(&found).unwrap();
        for one in found.as_array().unwrap() {
            if matches!(one[0].as_str(), Some("serious" | "critical")) {
                writeln!(faults, "{page}: {one}").unwrap();
            }
        }
    }
    faults
}

#[test]
fn axe_finds_no_serious_fault() {
    let axe = std::fs::read_to_string(corpus("axe-core-4.14.1/axe.min.js")).unwrap();
    let folder = Sandbox::new();
    let mut pages = Vec::new();
    for (number, (sandbox, html)) in built().iter().enumerate() {
        folder.copy_workspace(&sandbox.path("output"));
        let mails = html.iter().filter(|(id, _)| !is_page(id)).take(2);
        let other = |id: &str| id.contains(".pending.") || id.contains(".ended.");
        let live = |id: &str| is_page(id) && !other(id);
        let first = html.keys().find(|id| live(id)).unwrap();
        let stem = first.strip_suffix(".html").unwrap();
        let forms = ["", ".pending", ".ended"].map(|form| format!("{stem}{form}.html"));
        let forms = forms.iter().filter_map(|id| html.get_key_value(id));
        for (id, text) in mails.chain(forms) {
            let page = format!("{number}/{id}");
            folder.write(&page, with_axe(text, folder.root(), &axe));
            pages.push(page);
        }
        let own = own_pages(sandbox);
        // The sample has most to show.
        for (at, (_, text)) in own.into_iter().enumerate().filter(|_| number == 0) {
            // What is in frames is asked above.
            let text = text.replace("<iframe", "<span").replace("</iframe", "</span");
            let text = text.replace("http-equiv=\"Content-Security-Policy\"", "name=\"policy\"");
            let page = format!("{number}/page-{at}.html");
            folder.write(&page, judged(&text, &axe));
            pages.push(page);
        }
        if number > 0 {
            // Of the gallery itself: what is in its frames is asked above. Its policy would keep
            // axe out.
            let text =
                sandbox.read(GALLERY).replace("<iframe", "<span").replace("</iframe", "</span");
            let text = text.replace("http-equiv=\"Content-Security-Policy\"", "name=\"policy\"");
            let page = format!("{number}/gallery.html");
            folder.write(&page, with_axe(&text, folder.root(), &axe));
            pages.push(page);
        }
    }
    assert!(pages.len() >= 17, "{pages:?}");
    let (some, others) = pages.split_at(pages.len() / 2);
    let faults = std::thread::scope(|scope| {
        let other = scope.spawn(|| violations(&folder, others, "profile-1"));
        violations(&folder, some, "profile-0") + &other.join().unwrap()
    });
    assert!(faults.is_empty(), "{faults}");
}

/// A judge that never finds anything proves nothing.
#[test]
fn the_judges_find_what_is_wrong() {
    let axe = std::fs::read_to_string(corpus("axe-core-4.14.1/axe.min.js")).unwrap();
    let folder = Sandbox::new();
    let page = "<!DOCTYPE html><html><head><title>x</title></head><body><main><h1>x</h1>\
        <img src=\"x.png\"><p style=\"color:#ccc;background:#fff\">pale</p></main></body></html>";
    folder.write("page.html", with_axe(page, folder.root(), &axe));
    let faults = violations(&folder, &["page.html".to_owned()], "profile");
    for name in ["image-alt", "color-contrast", "html-has-lang"] {
        assert!(faults.contains(name), "{name}: {faults}");
    }
}
