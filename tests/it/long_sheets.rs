//! Sheets that are too long to be held: they are written while they are made.

use std::fs;
use std::os::unix::fs::MetadataExt as _;

use crate::large::workspace_of;
use crate::sandbox::Sandbox;

/// A few more rows than a sheet has that is held.
const OFFERS: usize = 4_100;
const SHEET: &str = "sheet/bf26/alert.csv";
const RECIPE: &str = r#"[[recipes]]
kind = "sheet"
path = "sheet/{campaign.id}/{asset.id}"
columns = [
  { name = "Ad", value = "{offer.id}" },
  { name = "Title", value = "{offer.title}" },
  { name = "URL", value = "{links.cta.url}" },
]

"#;

/// A title that is told from words that stand somewhere by chance.
const OLD: &str = "Two gifts for one.";

fn workspace(recipe: &str) -> Sandbox {
    let sandbox = workspace_of(OFFERS, recipe);
    sandbox.edit("partners/offers.csv", ",Offer 1.,", &format!(",{OLD},"));
    sandbox
}

/// The sheet's file in an output, by its name and as it is.
fn sheet(sandbox: &Sandbox, output: &str) -> (String, String) {
    let folder = format!("{output}/sheet/bf26");
    let files = sandbox.files(&folder);
    assert_eq!(files.len(), 1, "one sheet, and nothing that was begun: {files:?}");
    (files[0].clone(), sandbox.read(&format!("{folder}/{}", files[0])))
}

fn rows(text: &str) -> Vec<csv::StringRecord> {
    csv::Reader::from_reader(text.as_bytes()).records().map(Result::unwrap).collect()
}

fn swap(sandbox: &Sandbox, change: &str) {
    let decided = ["--by", "d.ortiz", "--because", "A late change", "--at", "2026-11-19T16:20"];
    let run = [&["swap", "set", "o0001", change, "--yes"][..], &decided].concat();
    sandbox.run(&run).expect_code(0);
}

#[test]
fn a_long_sheet_is_the_same_whether_it_is_held_or_not() {
    let sandbox = workspace(RECIPE);
    sandbox.run(&["build"]).expect_code(0);
    let (name, text) = sheet(&sandbox, "output");
    let written = rows(&text);
    assert_eq!(written.len(), OFFERS);
    for (number, row) in written.iter().enumerate() {
        assert_eq!(&row[0], format!("o{number:04}").as_str());
        let title = if number == 1 { OLD.to_owned() } else { format!("Offer {number}.") };
        assert_eq!(row[1], title);
        assert!(row[2].contains(&format!("/gift/{number}?")), "{row:?}");
    }
    sandbox.expect_sums();

    // A changed cell makes another sheet, and the old one goes.
    sandbox.edit("partners/offers.csv", ",Offer 4099.,", ",Offer of the last row.,");
    sandbox.run(&["build", "--verify-cache"]).expect_code(0);
    let (changed, after) = sheet(&sandbox, "output");
    assert_ne!(changed, name);
    assert_eq!(after, text.replace("Offer 4099.", "Offer of the last row."));
    sandbox.expect_sums();

    // Where something was replaced, it is searched for in the whole sheet, which is then held. What
    // the swap changes is not in it.
    swap(&sandbox, "effective_to=2026-12-30T23:59");
    sandbox.run(&["build"]).expect_code(0);
    sandbox.run(&["build", "--output", "other"]).expect_code(0);
    for output in ["output", "other"] {
        assert_eq!(sheet(&sandbox, output), (changed.clone(), after.clone()));
    }

    // What the sheet shows is changed by a swap, and back.
    swap(&sandbox, "title=A new title");
    sandbox.run(&["build"]).expect_code(0);
    assert_eq!(sheet(&sandbox, "output").1, after.replace(OLD, "A new title"));
    fs::remove_dir_all(sandbox.path("decisions")).unwrap();
    sandbox.run(&["build"]).expect_code(0);
    assert_eq!(sheet(&sandbox, "output"), (changed, after));
    sandbox.expect_sums();
}

/// A run that was stopped before it cleaned leaves the sheets of both builds: the one that is made again
/// stays as it is, whichever of them it is compared with.
#[test]
fn a_sheet_that_stands_already_is_not_written_anew() {
    let sandbox = workspace(RECIPE);
    let offers = "partners/offers.csv";
    sandbox.run(&["build"]).expect_code(0);
    let first = sheet(&sandbox, "output");
    sandbox.edit(offers, ",Offer 9.,", ",Another.,");
    sandbox.run(&["build"]).expect_code(0);
    let second = sheet(&sandbox, "output");
    for ((name, text), find, replace) in
        [(&first, ",Another.,", ",Offer 9.,"), (&second, ",Offer 9.,", ",Another.,")]
    {
        let path = format!("output/sheet/bf26/{name}");
        sandbox.write(&path, text);
        let inode = || fs::metadata(sandbox.path(&path)).unwrap().ino();
        let before = inode();
        sandbox.edit(offers, find, replace);
        sandbox.run(&["build"]).expect_code(0);
        assert_eq!((sheet(&sandbox, "output").0, inode()), (name.clone(), before));
        sandbox.expect_sums();
    }
}

#[test]
fn a_long_sheet_with_an_old_value_is_held_back() {
    let sandbox = workspace(&RECIPE.replace("{offer.title}", OLD));
    sandbox.run(&["build"]).expect_code(0);
    swap(&sandbox, "title=A new title");
    let run = sandbox.run(&["build"]).expect_code(1);
    assert!(run.text().contains("TL0415"), "{}", run.text());
    assert!(run.text().contains(SHEET), "{}", run.text());
    assert!(!sandbox.path("output/sheet").exists(), "what is held back is not there");
    sandbox.expect_sums();
}
