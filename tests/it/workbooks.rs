//! A sender's list is the same facts, whether it comes as a workbook or as one of the tables that
//! a spreadsheet saves, from a German desk or from an American one.

use std::fs;

use serde_json::json;

use crate::cases::lay_down;
use crate::python::ask;
use crate::sample::manifest;
use crate::sandbox::{Run, Sandbox};

/// What each file needs: its name, and one declaration a line.
const FILES: [(&str, &[&str]); 7] = [
    ("german.xlsx", &["sheet = \"Angebote\"", "days = \"whole\""]),
    ("german-utf-8.csv", &["locale = \"de-DE\"", "days = \"whole\"", "delimiter = \";\""]),
    (
        "german-windows-1252.csv",
        &[
            "encoding = \"windows-1252\"",
            "locale = \"de-DE\"",
            "days = \"whole\"",
            "delimiter = \";\"",
        ],
    ),
    (
        "german-libreoffice.csv",
        &["encoding = \"windows-1252\"", "locale = \"de-DE\"", "days = \"whole\""],
    ),
    ("american.xlsx", &["sheet = \"Offers\"", "days = \"whole\""]),
    ("american-utf-8.csv", &["locale = \"en-US\"", "days = \"whole\""]),
    (
        "american-windows-1252.csv",
        &["encoding = \"windows-1252\"", "locale = \"en-US\"", "days = \"whole\""],
    ),
];

/// Facts of an offer that are printed on its page, so that each is in the root of the build.
const FACTS: [&str; 7] = [
    "currency",
    "min_spend",
    "code",
    "effective_from",
    "effective_to",
    "display_from",
    "display_to",
];

/// What stands on a page in the place of its heading.
fn printed() -> String {
    let value = "{% if offer.mechanic == \"pct_off\" %}{{ offer.value }}{% endif %}".to_owned();
    let fact = |name: &str| format!("|{{% if offer.{name} %}}{{{{ offer.{name} }}}}{{% endif %}}");
    let facts = FACTS.iter().fold(value, |whole, name| whole + &fact(name));
    format!("<h1>{{{{ offer.title }}}}</h1>\n<pre>{facts}</pre>")
}

fn files() -> Sandbox {
    let folder = Sandbox::new();
    let answer = ask("workbooks.py", &json!({"folder": folder.root()}));
    assert_eq!(answer["offers"], 6);
    folder
}

/// The small workspace with one of the files, and what is declared for its sender.
fn workspace(files: &Sandbox, name: &str, declarations: &[&str]) -> Sandbox {
    let sandbox = lay_down("ok_small");
    let end = name.rsplit('.').next().unwrap();
    let path = format!("partners/offers-late.{end}");
    sandbox.write(&path, fs::read(files.path(name)).unwrap());
    let dialect = "[tables.offers.dialects.\"partners/offers-late*\"]\n";
    let keys = format!("{dialect}{}\n\n[declared]\n", declarations.join("\n"));
    sandbox.edit("throughline.toml", "[declared]\n", &keys);
    sandbox.edit("templates/landing/offer.html", "<h1>{{ offer.title }}</h1>", &printed());
    for channel in ["email", "sms"] {
        let path = format!("rules/channels/{channel}.toml");
        let text = sandbox.read(&path);
        sandbox.write(&path, text.split("[limits]").next().unwrap());
    }
    sandbox
}

#[test]
fn a_list_is_the_same_facts_in_seven_files() {
    let files = files();
    let mut roots = Vec::new();
    for (name, declarations) in FILES {
        let sandbox = workspace(&files, name, declarations);
        let run = sandbox.run(&["build"]);
        assert_eq!(run.code, 0, "{name}:\n{}", run.text());
        let manifest = manifest(&sandbox, "output");
        let pages = sandbox.output_files().into_iter().filter(|path| path.contains("/sheet-"));
        let pages = pages.filter(|path| path.starts_with("landing/"));
        let pages: Vec<String> =
            pages.map(|path| facts(&sandbox.read(&format!("output/{path}")))).collect();
        assert_eq!(pages.len(), 6, "{name}");
        roots.push((name, manifest["root"]["hash"].clone(), pages));
    }
    let (first, root, pages) = &roots[0];
    for (name, other, others) in &roots[1..] {
        assert_eq!(pages, others, "{first} and {name}");
        assert_eq!(root, other, "{first} and {name}");
    }
}

fn facts(page: &str) -> String {
    page.split("<pre>").nth(1).and_then(|rest| rest.split("</pre>").next()).unwrap().to_owned()
}

#[test]
fn what_is_not_declared_is_asked_for() {
    let files = files();
    let mut silent = Vec::new();
    for (name, declarations) in FILES {
        for (at, missing) in declarations.iter().enumerate() {
            // The header of a table tells its delimiter.
            if missing.starts_with("delimiter") {
                continue;
            }
            let mut left = declarations.to_vec();
            left.remove(at);
            let run = workspace(&files, name, &left).run(&["check"]);
            silent.extend(complaint(&run, name, missing));
        }
    }
    assert!(silent.is_empty(), "{}", silent.join("\n"));
}

fn complaint(run: &Run, name: &str, missing: &str) -> Option<String> {
    // Which country it is, and not only how its dates look, is for a person to say.
    let keys: &[&str] =
        if missing.starts_with("locale") { &["locale = \"", "dates = \""] } else { &[missing] };
    let text = run.text();
    let told = run.code == 1 && keys.iter().any(|key| text.contains(key));
    (!told).then(|| format!("{name}: `{missing}` is not asked for:\n{}", run.text()))
}

#[test]
fn a_delimiter_need_not_be_declared_where_the_header_tells_it() {
    let files = files();
    let declared = workspace(&files, "german-utf-8.csv", FILES[1].1);
    let shorter: Vec<&str> =
        FILES[1].1.iter().copied().filter(|one| !one.starts_with("delimiter")).collect();
    let guessed = workspace(&files, "german-utf-8.csv", &shorter);
    let roots = [declared, guessed].map(|sandbox| {
        sandbox.run(&["build"]).expect_code(0);
        manifest(&sandbox, "output")["root"]["hash"].clone()
    });
    assert_eq!(roots[0], roots[1]);
}
