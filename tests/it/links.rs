//! Links as others read them.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use crate::nginx::promotion;
use crate::sample::{manifest, repository, sample};
use crate::sandbox::Sandbox;

#[test]
fn python_reads_every_url_as_its_row_says() {
    let sandbox = sample();
    sandbox.run(&["build"]).expect_code(0);
    let script = repository().join("tests/it/links.py");
    let done = Command::new("python3").arg(script).arg(sandbox.path("output")).output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success(), "{said}{}", String::from_utf8_lossy(&done.stderr));
    assert!(said.starts_with("224 links"), "{said}");
}

#[test]
fn every_file_name_carries_its_digest_and_sha256sum_agrees() {
    let sandbox = sample();
    sandbox.run(&["build"]).expect_code(0);
    sandbox.expect_sums();
    let mut sums = BTreeMap::new();
    let text = sandbox.read("output/SHA256SUMS");
    for line in text.lines() {
        let (digest, path) = line.split_once("  ").unwrap();
        assert!(path.contains(&format!(".{}", &digest[..16])), "{path}");
        sums.insert(path, digest);
    }
    let files = sandbox.output_files();
    let named = files.iter().filter(|path| {
        !matches!(path.as_str(), "SHA256SUMS" | "manifest.json" | ".throughline-output")
    });
    assert_eq!(named.count(), sums.len());
}

/// Rows are made in parts, on all threads.
#[test]
fn a_long_sheet_shows_every_link_in_its_place() {
    let sandbox = promotion((0..1_300).map(|number| format!("/offers/{number}")));
    sandbox.run(&["build", "--jobs", "3"]).expect_code(0);
    let sheet = sandbox.artifact("sheet/bf26/alert.csv");
    let mut numbers: Vec<String> = (0..1_300).map(|number| number.to_string()).collect();
    numbers.sort();
    let mut rows = sheet.lines();
    assert_eq!(rows.next(), Some("URL"));
    for number in numbers {
        let url = rows.next().unwrap_or_default();
        assert!(url.contains(&format!("/offers/{number}?")), "{number}: {url}");
    }
    assert_eq!(rows.next(), None);
}

#[test]
fn a_changed_title_changes_only_what_shows_it() {
    let sandbox = sample();
    sandbox.run(&["build"]).expect_code(0);
    let before = artifacts(&sandbox);
    let (old, new) = ("Winter serums and moisturizers", "Winter serums, oils and moisturizers");
    sandbox.edit("partners/offers.csv", old, &format!("\"{new}\""));
    let run = sandbox.run(&["build"]).expect_code(0);
    let after = artifacts(&sandbox);
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    let naming = [
        "json/bf26/creatives-lumen-serums.json",
        "landing/nginx-server.conf",
        "landing/routes.json",
    ];
    let mut changed = 0;
    for (id, (digest, text)) in &before {
        let (new_digest, new_text) = &after[id];
        // These name the files of the page and of its banners, and so their digests.
        let names_it = naming.contains(&id.as_str());
        // A message encodes what its page says, and what stands beside it tells its size.
        let (mail, end) = id.rsplit_once('.').unwrap_or((id, ""));
        let page = format!("{mail}.html");
        let of_mail = id.starts_with("email/") && ["eml", "json"].contains(&end);
        let (text, new_text) = match before.get(&page).zip(after.get(&page)) {
            Some((before, after)) if of_mail => (&before.1, &after.1),
            _ => (text, new_text),
        };
        // Pictures show it in pixels: which ones do is known by their offer.
        if id.starts_with("image/") {
            assert_eq!(digest != new_digest, id.contains("lumen-serums"), "{id}");
            changed += usize::from(digest != new_digest);
            continue;
        }
        assert_eq!(digest != new_digest, names_it || text.contains(old), "{id}");
        assert_eq!(digest != new_digest, names_it || new_text.contains(new), "{id}");
        changed += usize::from(digest != new_digest);
    }
    assert!((5..24).contains(&changed), "{changed} artifacts show the title");
    assert!(run.stdout.contains(&format!(" {changed} written, ")), "{}", run.stdout);
}

/// Digest and text of each artifact, by id.
fn artifacts(sandbox: &Sandbox) -> BTreeMap<String, (String, String)> {
    let manifest = manifest(sandbox, "output");
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let all = manifest["artifacts"].as_array().unwrap().iter();
    all.map(|entry| {
        let bytes = fs::read(sandbox.path(&format!("output/{}", text(&entry["path"])))).unwrap();
        let shown = String::from_utf8_lossy(&bytes).into_owned();
        (text(&entry["id"]), (text(&entry["sha256"]), shown))
    })
    .collect()
}

#[test]
fn links_are_listed_as_the_build_writes_them() {
    let sandbox = sample();
    sandbox.run(&["build"]).expect_code(0);
    let listed = sandbox.run(&["links", "--format", "csv"]).expect_code(0);
    assert_eq!(listed.stdout, sandbox.artifact("links/links.csv"));
    let some = sandbox.run(&["links", "--where", "partner=lumen", "--format", "json"]);
    let some = some.expect_code(0).json_lines();
    assert!(!some.is_empty() && some.iter().all(|one| one["partner"] == "lumen"));
}

#[test]
fn explain_leads_from_a_url_to_cells_and_people() {
    let sandbox = sample();
    sandbox.run(&["build"]).expect_code(0);
    let table = sandbox.artifact("links/links.csv");
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let row = reader.records().map(Result::unwrap).find(|row| &row[4] == "digest").unwrap();
    let (code, url, short) = (&row[1], &row[11], &row[12]);
    let by_url = sandbox.run(&["explain", url, "--format", "json"]).expect_code(0);
    for other in [code, short] {
        let run = sandbox.run(&["explain", other, "--format", "json"]).expect_code(0);
        assert_eq!(run.stdout, by_url.stdout, "{other}");
    }
    let clicked = format!("{url}&gclid=abc");
    let run = sandbox.run(&["explain", &clicked, "--format", "json"]).expect_code(0);
    let clicked = &run.json_lines()[0];
    assert_eq!(clicked["match"], "same");
    assert_eq!(clicked["differences"][0]["what"], "gclid");
    assert_eq!(clicked["params"], by_url.json_lines()[0]["params"]);
    let origin = &by_url.json_lines()[0];
    let params = origin["params"].as_array().unwrap();
    assert_eq!(params.len(), 6);
    for param in params {
        let written: Vec<_> = param["from"].as_array().unwrap().iter().collect();
        assert!(!written.is_empty(), "{param}");
        for field in written {
            let file = sandbox.read(field["file"].as_str().unwrap());
            let line = field["line"].as_u64().unwrap() as usize;
            let column = field["column"].as_u64().unwrap() as usize;
            let text: String =
                file.lines().nth(line - 1).unwrap().chars().skip(column - 1).collect();
            assert!(field["owner"].as_str().is_some_and(|owner| !owner.is_empty()), "{field}");
            // A value of ours, such as the first variant, has a place but stands in no file.
            let value = field["value"].as_str().unwrap();
            let ours = ["slot", "variant", "link.role", "channel.id", "placement.offer"]
                .contains(&field["field"].as_str().unwrap());
            assert!(ours || text.trim_start_matches('"').starts_with(value), "{field}: {text}");
        }
    }
}
