//! Tables with more rows than one file may have: in parts, of which a change writes its own alone.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::thread::sleep;
use std::time::Duration;

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use serde_json::Value;
use throughline::model::Digest;
use throughline::store::{KnownTables, Stamp};

use crate::cases::lay_down;
use crate::office::{NOON, Office};
use crate::sample::manifest;
use crate::sandbox::{Run, Sandbox};

const OFFERS: &str = "partners/offers.csv";
const BRIEF: &str = "briefs/bf26.md";
/// Roles of the channel of messages.
const ROLES: usize = 99;
/// So many offers are in messages that a table may just have a row for each link.
pub(crate) const MOST_WHOLE: usize = 82;

/// The small workspace, with messages of very many links.
pub(crate) fn workspace(offers: usize) -> Sandbox {
    let sandbox = lay_down("ok_small");
    // A cell that a spreadsheet gets otherwise than a program does.
    sandbox.edit(BRIEF, "name = \"Black Friday 2026\"", "name = \"+Black Friday\"");
    let channel = "rules/channels/sms.toml";
    sandbox.edit(channel, "{asset.id}.{offer.id}", "{asset.id}.{offer.id}.{link.role}");
    sandbox.edit(channel, "[links.cta]\nto = \"landing\"\n", &roles(ROLES));
    sandbox.edit(channel, "[limits]\ntext = 160\n", "");
    sandbox.write("templates/text/alert.txt", ALL_LINKS);
    let others = "pick = { mechanic = [\"pct_off\", \"bogo\", \"gift\", \"amount_off\"] }";
    sandbox.edit(
        BRIEF,
        "pick = { mechanic = [\"pct_off\"] }",
        "pick = { mechanic = [\"free_ship\"] }",
    );
    sandbox.edit(BRIEF, "each = \"offer\"\n\n", &format!("each = \"offer\"\n{others}\n\n"));
    sandbox.edit(BRIEF, "slots = 3\n", &format!("slots = 3\n{others}\n"));
    (0..offers).for_each(|number| add_offer(&sandbox, number));
    sandbox
}

const ALL_LINKS: &str = "{% for role, link in links %}{{ link.short_url }}\n{% endfor %}";

fn roles(number: usize) -> String {
    (0..number).fold(String::new(), |mut text, role| {
        writeln!(text, "[links.r{role:04}]\nto = \"partner\"\n").unwrap();
        text
    })
}

fn offer(number: usize) -> String {
    format!(
        "ship-{number:03},lumen,,free_ship,,,,Free shipping,,,,,,standard,/ship?n={number},\
         2026-11-01T00:00,2026-12-31T23:59,,,active,\n"
    )
}

pub(crate) fn add_offer(sandbox: &Sandbox, number: usize) {
    sandbox.write(OFFERS, sandbox.read(OFFERS) + &offer(number));
}

pub(crate) fn withdraw_offer(sandbox: &Sandbox, number: usize) {
    sandbox.edit(OFFERS, &offer(number), &offer(number).replace(",active,", ",withdrawn,"));
}

fn build(sandbox: &Sandbox) -> Run {
    sandbox.run(&["build"]).expect_code(0)
}

/// Artifacts by id, with their digests.
fn built(sandbox: &Sandbox) -> BTreeMap<String, String> {
    let manifest = manifest(sandbox, "output");
    let text = |entry: &Value, key: &str| entry[key].as_str().unwrap().to_owned();
    let artifacts = manifest["artifacts"].as_array().unwrap();
    artifacts.iter().map(|one| (text(one, "id"), text(one, "sha256"))).collect()
}

/// The ids of a table's files, given what theirs begin and end with.
pub(crate) fn files_of(sandbox: &Sandbox, stem: &str, extension: &str) -> Vec<String> {
    let is_file = |id: &String| id.starts_with(stem) && id.ends_with(extension);
    built(sandbox).into_keys().filter(is_file).collect()
}

/// The header of a table and the rows of some of its files: of links, sorted.
pub(crate) fn rows_of(
    sandbox: &Sandbox,
    files: &[String],
) -> (csv::StringRecord, Vec<csv::StringRecord>) {
    let (mut header, mut by_link) = (None, false);
    let mut rows = Vec::new();
    for id in files {
        let text = sandbox.artifact(id);
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let own = reader.headers().unwrap().clone();
        assert_eq!(header.get_or_insert_with(|| own.clone()), &own, "{id}");
        by_link = &own[0] == "link_id";
        let own: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert!(!by_link || own.is_sorted_by(|a, b| a[0] <= b[0]), "{id}");
        rows.extend(own);
    }
    if by_link {
        rows.sort_by(|a, b| a[0].cmp(&b[0]));
    }
    (header.unwrap(), rows)
}

fn parquet_rows(sandbox: &Sandbox, id: &str) -> Vec<csv::StringRecord> {
    let manifest = manifest(sandbox, "output");
    let mut all = manifest["artifacts"].as_array().unwrap().iter();
    let path = all.find(|one| one["id"] == id).unwrap()["path"].as_str().unwrap();
    let file = std::fs::File::open(sandbox.path(&format!("output/{path}"))).unwrap();
    let reader = SerializedFileReader::new(file).unwrap();
    assert_eq!(reader.metadata().num_row_groups(), 1, "{id}");
    let cell = |cell: Field| match cell {
        Field::Null => String::new(),
        Field::Str(text) => text,
        other => other.to_string().split(' ').next().unwrap().to_owned(),
    };
    let rows = reader.get_row_iter(None).unwrap().map(Result::unwrap);
    rows.map(|row| row.into_columns().into_iter().map(|(_, one)| cell(one)).collect()).collect()
}

#[test]
fn the_parts_of_a_table_are_the_whole_table() {
    let sandbox = workspace(MOST_WHOLE + 1);
    build(&sandbox);
    let numbers = ["00", "01", "02", "03"];
    let parts = |stem: &str, extension: &str| numbers.map(|one| format!("{stem}{one}{extension}"));
    for (stem, joint, extension) in [
        ("links/links", "-", ".csv"),
        ("reporting/dim_link", "-", ".csv"),
        ("reporting/dim_link", "-", ".parquet"),
        ("reporting/dim_param_value", "-", ".csv"),
        ("reporting/dim_param_value", "-", ".parquet"),
        ("reporting/adobe_classification", "-", ".tsv"),
        ("reporting/dbt/seeds/dim_link", "_", ".csv"),
        ("reporting/dbt/seeds/dim_param_value", "_", ".csv"),
    ] {
        let expected = parts(&format!("{stem}{joint}"), extension);
        assert_eq!(files_of(&sandbox, stem, extension), expected);
    }
    // All links of the workspace are in artifacts here.
    let whole = sandbox.run(&["links", "--format", "csv"]).expect_code(0).stdout;
    let mut whole = csv::Reader::from_reader(whole.as_bytes());
    let (header, links) = rows_of(&sandbox, &parts("links/links-", ".csv"));
    assert_eq!(*whole.headers().unwrap(), header);
    let whole: Vec<csv::StringRecord> = whole.records().map(Result::unwrap).collect();
    assert!(links.len() > 8_192 && links == whole);

    let (mut described, mut keys) = (BTreeSet::new(), Vec::new());
    for (at, number) in numbers.iter().enumerate() {
        let id = format!("reporting/dim_link-{number}.csv");
        let (_, rows) = rows_of(&sandbox, std::slice::from_ref(&id));
        for row in &rows {
            let first = Digest::of(row[0].as_bytes()).as_bytes()[0];
            assert_eq!(usize::from(first >> 6), at, "{} is in {id}", &row[0]);
            assert!(described.insert(row[0].to_owned()), "{} is there twice", &row[0]);
        }
        let seed = format!("reporting/dbt/seeds/dim_link_{number}.csv");
        assert_eq!(sandbox.artifact(&seed), sandbox.artifact(&id));
        assert_eq!(parquet_rows(&sandbox, &id.replace(".csv", ".parquet")), rows);
        let classified = sandbox.artifact(&format!("reporting/adobe_classification-{number}.tsv"));
        keys.extend(
            classified.lines().skip(1).map(|line| line.split('\t').next().unwrap().to_owned()),
        );
    }
    assert!(described.iter().eq(links.iter().map(|row| &row[0])));
    keys.sort();
    let mut codes: Vec<&str> = links.iter().map(|row| &row[1]).collect();
    codes.sort_unstable();
    assert_eq!(keys, codes);

    let mut guarded = 0;
    for number in numbers {
        let id = format!("reporting/dim_param_value-{number}");
        let seed = format!("reporting/dbt/seeds/dim_param_value_{number}.csv");
        let of = |id: String| rows_of(&sandbox, &[id]).1;
        let (raw, safe) = (of(seed), of(format!("{id}.csv")));
        assert_eq!(parquet_rows(&sandbox, &format!("{id}.parquet")), raw);
        for (raw, safe) in raw.iter().zip(&safe) {
            let key = format!("{}={}", &raw[0], &raw[1]);
            assert_eq!(format!("{:02x}", Digest::of(key.as_bytes()).as_bytes()[0] >> 6), number);
            guarded += usize::from(raw != safe);
            assert_eq!(&raw[2], safe[2].trim_start_matches('\''));
        }
        assert_eq!(raw.len(), safe.len());
    }
    assert_eq!(guarded, 2);

    let model = sandbox.artifact("reporting/dbt/models/dim_link.sql");
    assert_eq!(model.matches("union all").count(), 3);
    for number in numbers {
        assert!(model.contains(&format!("{{{{ ref('dim_link_{number}') }}}}")), "{model}");
    }
}

#[test]
fn a_changed_link_is_no_reason_to_write_the_other_parts() {
    let sandbox = workspace(MOST_WHOLE + 1);
    build(&sandbox);
    let before = built(&sandbox);
    let again = build(&sandbox).text();
    assert!(again.contains(" 0 written"), "{again}");
    assert_eq!(built(&sandbox), before);
    sandbox.edit(OFFERS, "/boots", "/winter-boots");
    // Where it led is found in its part, by its id and by its code.
    let lock = sandbox.read("throughline.lock");
    let row = lock.lines().find(|line| line.starts_with(CHANGED)).unwrap();
    for what in [CHANGED, row.split(',').nth(1).unwrap()] {
        let said = sandbox.run(&["explain", what]).expect_code(0).stdout;
        assert!(said.contains("the last one, where it has another URL"), "{said}");
    }
    let differences = sandbox.run(&["diff", "--format", "json"]).expect_code(0).json_lines();
    let links = differences[0]["links"].as_array().unwrap().clone();
    let ids: Vec<&Value> = links.iter().map(|one| &one["link_id"]).collect();
    assert_eq!(ids, [CHANGED]);
    build(&sandbox);
    let after = built(&sandbox);
    let number = Digest::of(CHANGED.as_bytes()).as_bytes()[0] >> 6;
    let changed = after.iter().filter(|(id, digest)| before.get(*id) != Some(*digest));
    let changed = changed.map(|(id, _)| id.as_str()).filter(|id| !id.starts_with("landing/"));
    let expected = [
        format!("links/links-{number:02x}.csv"),
        "redirects/nginx-http.conf".to_owned(),
        "redirects/nginx.map".to_owned(),
        format!("reporting/dbt/seeds/dim_link_{number:02x}.csv"),
        format!("reporting/dim_link-{number:02x}.csv"),
        format!("reporting/dim_link-{number:02x}.parquet"),
    ];
    assert_eq!(changed.collect::<Vec<_>>(), expected);
    sandbox.expect_clean_output("a changed link");
    let said = sandbox.run(&["explain", CHANGED]).expect_code(0).stdout;
    assert!(said.contains(", the last one\n"), "{said}");
    // A link that was given out is missed, whichever part it is in.
    sandbox.write("throughline.lock", lock.replace(&format!("{row}\n"), ""));
    let run = sandbox.run(&["build"]).expect_code(1);
    assert!(run.stderr.contains(&format!("the row of `{CHANGED}` was removed:")), "{}", run.text());
}

/// A link by itself: of what an offer shows, only the page leads to the partner.
const CHANGED: &str = "bf26.page.northfell-boots.a.cta";

/// The other parts are known by what they are made from; whoever asks is told where that is wrong.
#[cfg(unix)]
#[test]
fn parts_that_have_not_changed_are_not_made() {
    let sandbox = workspace(MOST_WHOLE + 1);
    let (root, target) = (sandbox.root().to_path_buf(), sandbox.path("output"));
    let settle = || {
        build(&sandbox);
        sleep(Duration::from_millis(60));
        build(&sandbox);
    };
    let number = (Digest::of(CHANGED.as_bytes()).as_bytes()[0] >> 6) ^ 1;
    let id = format!("reporting/dim_link-{number:02x}.parquet");
    // Somebody who can write below `.throughline/` makes the cache know a file of his.
    let plant = |bytes: &[u8]| {
        let known = KnownTables::read(&root, &target).unwrap();
        let mut files = known.files.clone();
        let table = files.iter_mut().find(|one| one.path.as_str() == id).unwrap();
        table.digest = Digest::of(bytes);
        let place = table.published().under(&target);
        std::fs::write(&place, bytes).unwrap();
        table.stamp = Stamp::of(&place).unwrap();
        sleep(Duration::from_millis(60));
        KnownTables::keep(&root, &target, (known.key, known.told), files).unwrap();
    };
    settle();
    plant(b"one");
    sandbox.edit(OFFERS, "/boots", "/winter-boots");
    build(&sandbox);
    assert_eq!(built(&sandbox)[&id], Digest::of(b"one").hex());
    sandbox.run(&["build", "--verify-cache"]).expect_code(1);
    sandbox.expect_clean_output("the cache was made anew");
    settle();
    plant(b"two");
    sandbox.edit(OFFERS, "/winter-boots", "/boots");
    let run = sandbox.run(&["build", "--verify-cache"]).expect_code(1);
    let line = format!("error: the cache knows `{id}` otherwise than it is\n");
    assert!(run.stderr.contains(&line), "{}", run.text());
    assert_eq!(run.stderr.matches("the cache knows").count(), 1, "{}", run.text());
    sandbox.expect_clean_output("the cache was made anew once more");
}

#[test]
fn a_table_that_grows_is_put_in_parts_and_made_whole_again() {
    let sandbox = workspace(MOST_WHOLE);
    build(&sandbox);
    let whole = built(&sandbox);
    for id in ["links/links.csv", "reporting/dim_link.csv", "reporting/dim_param_value.csv"] {
        assert!(whole.contains_key(id), "{id}");
    }
    assert!(!whole.keys().any(|id| id.starts_with("reporting/dbt/models/")));
    add_offer(&sandbox, MOST_WHOLE);
    build(&sandbox);
    sandbox.expect_clean_output("grown");
    assert_eq!(files_of(&sandbox, "links/", "").len(), 4);
    assert_eq!(files_of(&sandbox, "reporting/dim_", ".parquet").len(), 8);
    // What was given out is never taken back, so the table of all links stays in parts.
    withdraw_offer(&sandbox, MOST_WHOLE);
    build(&sandbox);
    sandbox.expect_clean_output("shrunk");
    let shrunk = built(&sandbox);
    assert_eq!(shrunk["links/links.csv"], whole["links/links.csv"]);
    assert_eq!(shrunk["reporting/dim_param_value.csv"], whole["reporting/dim_param_value.csv"]);
    assert_eq!(files_of(&sandbox, "reporting/dim_link", ".parquet").len(), 4);
    let (_, rows) = rows_of(&sandbox, &files_of(&sandbox, "reporting/dim_link-", ".csv"));
    let (_, live) = rows_of(&sandbox, &["links/links.csv".to_owned()]);
    assert_eq!(rows.len() - live.len(), ROLES);
}

/// Plans and applies a part, and holds what came of it against the plan.
#[track_caller]
fn apply(sandbox: &Sandbox, only: &str) -> BTreeMap<String, String> {
    let plan = sandbox.run(&["plan", "--format", "json", "-o", "part.plan", "--only", only]);
    let plan = plan.expect_code(0).json_lines().remove(0);
    let of_class = |classes: &[&str]| -> Vec<String> {
        let changes = plan["changes"].as_array().unwrap().iter();
        let wanted = changes.filter(|one| classes.contains(&one["class"].as_str().unwrap()));
        wanted.map(|one| one["id"].as_str().unwrap().to_owned()).collect()
    };
    let before = built(sandbox);
    sandbox.run(&["apply", "part.plan"]).expect_code(0);
    sandbox.run(&["verify"]).expect_code(0);
    let after = built(sandbox);
    let written = after.iter().filter(|(id, digest)| before.get(*id) != Some(*digest));
    let written: BTreeSet<String> = written.map(|(id, _)| id.clone()).collect();
    assert_eq!(of_class(&["changed", "added"]).into_iter().collect::<BTreeSet<_>>(), written);
    let gone: Vec<String> = before.into_keys().filter(|id| !after.contains_key(id)).collect();
    assert_eq!(of_class(&["removed"]), gone);
    after
}

/// The only row of a link in links.csv.
fn listed(sandbox: &Sandbox, link: &str) -> Option<csv::StringRecord> {
    let (_, rows) = rows_of(sandbox, &files_of(sandbox, "links/", ".csv"));
    let mut found = rows.into_iter().filter(|row| &row[0] == link);
    let first = found.next();
    assert_eq!(found.next(), None);
    first
}

#[test]
fn a_part_of_a_build_goes_out_and_the_links_of_the_rest_stay_in_their_parts() {
    let sandbox = workspace(MOST_WHOLE + 1);
    build(&sandbox);
    let other = "bf26.alert.ship-007.a.r0003";
    let before = [CHANGED, other].map(|link| listed(&sandbox, link));
    sandbox.edit(OFFERS, "/boots", "/winter-boots");
    sandbox.edit(OFFERS, "/ship?n=7,", "/ship?n=seven,");
    apply(&sandbox, "channel:landing");
    assert_ne!(listed(&sandbox, CHANGED), before[0]);
    assert_eq!(listed(&sandbox, other), before[1]);
    build(&sandbox);
    assert_ne!(listed(&sandbox, other), before[1]);
    sandbox.expect_clean_output("the rest");
}

#[test]
fn a_part_of_a_build_may_need_other_parts_than_either_side() {
    let sandbox = workspace(MOST_WHOLE);
    build(&sandbox);
    // Both sides list their links in one file. With what one has more and the other still has, it
    // is more than a file may list.
    withdraw_offer(&sandbox, 0);
    add_offer(&sandbox, MOST_WHOLE);
    let mixed = apply(&sandbox, "artifact:text/bf26/ship-082.txt");
    assert!(mixed.contains_key("links/links-00.csv") && !mixed.contains_key("links/links.csv"));
    assert!(mixed.contains_key("text/bf26/ship-000.txt"));
    let whole = apply(&sandbox, "artifact:text/bf26/ship-000.txt");
    assert!(whole.contains_key("links/links.csv"));
    build(&sandbox);
    sandbox.expect_clean_output("the rest");
}

/// What a gate watches of a mail's bytes leaves addresses out, which are found in the parts of a
/// release.
#[test]
fn what_was_approved_is_found_in_a_release_with_parts() {
    const BRAND: &str = "brand:launch/email";
    let office = Office::new();
    let sandbox = &office.sandbox;
    let channel = sandbox.read("rules/channels/landing.toml");
    let (head, _) = channel.split_once("[links.cta]").unwrap();
    let recipe = "[[recipes]]\nkind = \"text\"\ntemplate = \"text/codes.txt\"\n\
                  path = \"text/{campaign.id}/{offer.id}\"\n";
    let head = head.replace("{variant}", "{variant}.{link.role}");
    sandbox.write("rules/channels/codes.toml", format!("{head}{}{recipe}", roles(2_800)));
    sandbox.write("templates/text/codes.txt", ALL_LINKS);
    let asset = "[[assets]]\nid = \"codes\"\nchannel = \"codes\"\neach = \"offer\"\n\n[[assets]]\nid = \"page\"";
    sandbox.edit("briefs/launch.md", "[[assets]]\nid = \"page\"", asset);
    sandbox.edit(
        "briefs/launch.md",
        "[\"email\", \"landing\"]",
        "[\"email\", \"landing\", \"codes\"]",
    );
    office.build();
    assert!(files_of(sandbox, "links/", ".csv").len() > 1);
    office.release_approved();
    sandbox.edit("briefs/launch.md", "code = \"2097-launch\"", "code = \"2097-march\"");
    sandbox.edit("templates/email/offer.html", "Terms of", "Conditions of");
    office.build();
    sandbox.remove(".throughline/approved");
    let args = ["review", BRAND, "--html", "packet.html", "--as-of", NOON];
    sandbox.run(&args).expect_code(0);
    let html = sandbox.read("packet.html");
    assert!(html.contains("Before is what was approved last: it is in release 1"), "{html}");
    // A release is a build like another to whom it is compared with.
    let run = sandbox.run(&["diff", "live", "output", "--format", "json"]).expect_code(0);
    let differences = run.json_lines().remove(0);
    let changed = differences["links"].as_array().unwrap().len();
    let (_, rows) = rows_of(sandbox, &files_of(sandbox, "links/", ".csv"));
    assert_eq!(changed, rows.len());
}
