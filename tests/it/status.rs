//! `status`, `receipt` and `tax` on the sample: verdicts through its windows, what stands in the
//! way, what is out, and what nobody but us is told.

use std::sync::OnceLock;

use serde_json::Value;
use throughline::model::Digest;
use throughline::release::{Act, Publication, canonical};

use crate::sample::{manifest, sample};
use crate::sandbox::{Run, Sandbox};

/// Before anything of the sample locks.
const EARLY: &str = "2026-11-16T16:20";

fn status(sandbox: &Sandbox, as_of: &str, more: &[&str]) -> (i32, Value) {
    let run = sandbox.run(&[&["status", "--format", "json", "--as-of", as_of], more].concat());
    assert_eq!(run.stdout.lines().count(), 1, "{}", run.text());
    (run.code, serde_json::from_str(&run.stdout).unwrap())
}

fn states(status: &Value) -> Vec<String> {
    let windows = status["windows"].as_array().unwrap().iter();
    windows
        .map(|one| {
            format!("{} {}", one["window"].as_str().unwrap(), one["state"].as_str().unwrap())
        })
        .collect()
}

#[track_caller]
fn adds_up(status: &Value) {
    let counts = &status["counts"];
    let sum: u64 = ["ready", "moving", "waiting", "blocked", "quarantined", "live"]
        .iter()
        .map(|name| counts[*name].as_u64().unwrap())
        .sum();
    assert_eq!(counts["total"], sum, "{counts}");
}

/// The sample with its output. It is built once, because its pictures take long to draw.
fn built() -> Sandbox {
    static BUILT: OnceLock<Sandbox> = OnceLock::new();
    let first = BUILT.get_or_init(|| {
        let sandbox = sample();
        sandbox.run(&["build"]).expect_code(0);
        sandbox
    });
    let sandbox = Sandbox::new();
    sandbox.copy_workspace(first.root());
    sandbox
}

#[test]
fn the_sample_before_and_after_its_build_in_lines() {
    let sandbox = sample();
    let run = sandbox.run(&["status", "--as-of", EARLY]).expect_code(3);
    let first = run.stdout.lines().next().unwrap();
    assert_eq!(
        first,
        "NO-GO  `bf26/print` locks in 19h 40m (Tue 17 Nov 12:00 EST): nothing has been built (there \
         is no output)"
    );
    sandbox.run(&["build"]).expect_code(0);
    let run = sandbox.run(&["status", "--as-of", EARLY]).expect_code(0);
    let root = manifest(&sandbox, "output")["root"]["hash"].as_str().unwrap()[..16].to_owned();
    let head = format!(
        "\
GO  everything is built and right, and no gate is declared; `bf26/print` locks in 19h 40m (Tue 17 Nov 12:00 EST)
Northwind Rewards, bf26, as of Mon 16 Nov 16:20 EST
output   {root}  as the sources say
release  none is recorded
count    419 artifacts = 419 ready + 0 moving + 0 waiting + 0 blocked + 0 quarantined + 0 live

Windows, in the order in which they lock
  READY       bf26/print      locks in 19h 40m  Tue 17 Nov 12:00 EST
  READY       bf26/display    locks in 6d 19h  Mon 23 Nov 12:00 EST
  READY       bf26/pages      locks in 7d 19h  Tue 24 Nov 12:00 EST
  READY       bf26/affiliate  locks in 8d 1h  Tue 24 Nov 18:00 EST
  READY       bf26/paid       locks in 8d 1h  Tue 24 Nov 18:00 EST
  READY       bf26/email-am   locks in 9d 1h  Wed 25 Nov 18:00 EST
  READY       bf26/push       locks in 9d 19h  Thu 26 Nov 12:00 EST
  READY       bf26/sms        locks in 10d 1h  Thu 26 Nov 18:00 EST

Needs attention
  nothing

Partners by channel: B built, G gates, S shipped
"
    );
    assert!(run.stdout.starts_with(&head), "{}", run.stdout);
    let lumen = "  lumen          B✓ G- S-   B✓ G- S-  B✓ G- S-  B✓ G- S-  B✓ G- S-               \
                 B✓ G- S-  B✓ G- S-\n";
    assert!(run.stdout.contains(lumen), "{}", run.stdout);
    let end = "\nCommitments\n  ready       bf26-digest-s01  lumen in bf26/digest s01\n";
    assert!(run.stdout.ends_with(end), "{}", run.stdout);
    // Nothing of it is written down, and the same question has the same answer.
    assert_eq!(sandbox.run(&["status", "--as-of", EARLY]), run);
    let short = sandbox.run(&["status", "--as-of", EARLY, "--format", "short"]).expect_code(0);
    assert_eq!(short.stdout.lines().count(), 1);
    assert_eq!(short.stdout.lines().next(), run.stdout.lines().next());
}

#[test]
fn each_time_of_a_window_changes_what_is_said() {
    let sandbox = built();
    let of = |status: &Value, window: &str| {
        let found = states(status);
        found.iter().find_map(|one| one.strip_prefix(&format!("{window} "))).unwrap().to_owned()
    };
    for (as_of, state, until, code) in [
        ("2026-11-13T17:59", "ready", "locks", 0),
        ("2026-11-17T11:59", "ready", "locks", 0),
        ("2026-11-17T12:00", "locked", "opens", 0),
        ("2026-11-26T07:59", "locked", "opens", 3),
        ("2026-11-26T08:00", "unknown", "closes", 3),
        ("2026-11-30T21:59", "unknown", "closes", 3),
        ("2026-11-30T22:00", "closed", "", 3),
        ("2026-12-03T00:00", "closed", "", 0),
    ] {
        let (exit, found) = status(&sandbox, as_of, &[]);
        assert_eq!((of(&found, "print").as_str(), exit), (state, code), "{as_of}");
        let print = &found["windows"][0];
        assert_eq!(print["window"], "print");
        assert_eq!(print["until"].as_str().unwrap_or_default(), until, "{as_of}");
        adds_up(&found);
    }
    // With an offset it is an instant, whatever the workspace's zone.
    let (_, local) = status(&sandbox, "2026-11-17T12:00", &[]);
    let (_, utc) = status(&sandbox, "2026-11-17T17:00Z", &[]);
    assert_eq!(local, utc);
    assert_eq!(utc["as_of"], "2026-11-17T12:00:00-05:00");
}

#[test]
fn an_output_that_is_not_what_the_sources_say_never_goes_out() {
    let sandbox = built();
    let brief = sandbox.read("briefs/bf26.md");
    sandbox.write("briefs/bf26.md", brief.replace("\n# All times", "\n# Again: all times"));
    let (code, found) = status(&sandbox, EARLY, &[]);
    assert_eq!((code, &found["verdict"]), (3, &Value::from("no-go")));
    assert_eq!(found["output"]["changed"], serde_json::json!(["briefs/bf26.md"]));
    assert_eq!(found["counts"]["ready"], 419);
    let text = sandbox.run(&["status", "--as-of", EARLY]).expect_code(3).stdout;
    assert!(text.contains("STALE: 1 file changed since"), "{text}");
    sandbox.write("briefs/bf26.md", &brief);
    assert_eq!(status(&sandbox, EARLY, &[]).0, 0);

    // One cell changes: what shows it is moving, and a build makes it ready.
    sandbox.edit(
        "partners/offers.csv",
        "\nlumen-serums,lumen,,pct_off,30,",
        "\nlumen-serums,lumen,,pct_off,25,",
    );
    let (code, found) = status(&sandbox, EARLY, &[]);
    adds_up(&found);
    let moving = found["counts"]["moving"].as_u64().unwrap();
    assert!(code == 3 && moving > 5 && moving < 30, "{}", found["counts"]);
    assert_eq!(found["attention"][0]["next"], "throughline build");
    assert_eq!(found["attention"][0]["reach"], moving);
    sandbox.run(&["build"]).expect_code(0);
    assert_eq!(status(&sandbox, EARLY, &[]).0, 0);

    // Nor one from which a file is gone, or in which one was cut.
    let built = manifest(&sandbox, "output");
    let mut artifacts = built["artifacts"].as_array().unwrap().iter();
    let push = artifacts.find(|one| one["channel"] == "push").unwrap();
    let page = push["path"].as_str().unwrap();
    let whole = sandbox.read(&format!("output/{page}"));
    sandbox.write(&format!("output/{page}"), &whole[1..]);
    let (code, found) = status(&sandbox, EARLY, &[]);
    assert_eq!((code, &found["counts"]["moving"]), (3, &Value::from(1)), "{}", found["sentence"]);
    sandbox.remove(&format!("output/{page}"));
    assert_eq!(status(&sandbox, EARLY, &[]).1["counts"]["moving"], 1);
    sandbox.run(&["build"]).expect_code(0);
    assert_eq!(status(&sandbox, EARLY, &[]).0, 0);
}

#[test]
fn what_is_wrong_is_told_with_its_owner_and_how_far_it_reaches() {
    let sandbox = built();
    sandbox.edit(
        "partners/offers.csv",
        "\nlumen-serums,lumen,,pct_off,30,",
        "\nlumen-serums,lumen,,pct_off,0.25,",
    );
    let (code, found) = status(&sandbox, EARLY, &[]);
    assert_eq!(code, 3);
    adds_up(&found);
    let lost = found["counts"]["quarantined"].as_u64().unwrap();
    assert!(lost > 0, "{}", found["counts"]);
    assert_eq!(found["counts"]["total"], 419);
    let attention = found["attention"].as_array().unwrap();
    let rows = attention.iter().find(|one| one["kind"] == "quarantine").unwrap();
    assert_eq!(rows["owner"], "partner-managers");
    assert_eq!(rows["what"], "1 row of partners/offers.csv left out: lumen-serums");
    assert!(rows["why"].as_str().unwrap().contains("partners/offers.csv:2:29"), "{rows}");
    assert!(rows["age_seconds"].is_null());
    assert!(rows["reach"].as_u64().unwrap() >= lost, "{rows}");
    let text = sandbox.run(&["status", "--as-of", EARLY]).expect_code(3).stdout;
    assert!(text.contains("owner  partner-managers; since unknown"), "{text}");

    // Nothing at all can be built: nothing is ready.
    sandbox.edit(
        "briefs/bf26.md",
        "code = \"2026-black-friday\"",
        "code = \"2026-black-friday\"\nslots = 3",
    );
    let (code, found) = status(&sandbox, EARLY, &[]);
    adds_up(&found);
    assert_eq!((code, &found["counts"]["ready"]), (3, &Value::from(0)), "{}", found["counts"]);
    let blocking = found["attention"].as_array().unwrap().iter();
    assert_eq!(blocking.filter(|one| one["what"] == "unknown-key (TL0107)").count(), 1);
    // And where nothing can be read, that is no status.
    sandbox.write("throughline.toml", "name = ");
    sandbox.run(&["status"]).expect_code(1);
}

#[test]
fn questions_that_cannot_be_answered() {
    let sandbox = built();
    let usage = |arguments: &[&str]| sandbox.run(arguments).expect_code(2).stderr;
    let said = usage(&["status", "--campaign", "bf2"]);
    assert!(said.contains("there is no campaign `bf2`; did you mean `bf26`?"), "{said}");
    assert!(usage(&["status", "--as-of", "soon"]).contains("--as-of takes a time such as"));
    let said = usage(&["receipt", "--partner", "lumn"]);
    assert!(said.contains("there is no partner `lumn`; did you mean `lumen`?"), "{said}");
    assert!(usage(&["tax", "--until", "soon"]).contains("--until takes a time such as"));
    let between = ["tax", "--since", "2026-11-20T00:00", "--until", "2026-11-19T00:00"];
    assert!(usage(&between).contains("nothing is between them"));
    // The next build would remove it there.
    let said = sandbox.run(&["status", "--html", "output/status.html"]).expect_code(5).stderr;
    assert!(said.contains("is in the output"), "{said}");
    sandbox.write("releases/env/production/current.json", "{\"seq\": 1}");
    let said = sandbox.run(&["status"]).expect_code(5).stderr;
    assert!(said.contains("current.json is not as it was published"), "{said}");
}

#[test]
fn a_role_sees_what_waits_for_it_and_everyone_the_same_verdict() {
    let sandbox = built();
    sandbox.edit(
        "partners/offers.csv",
        "\nlumen-serums,lumen,,pct_off,30,",
        "\nlumen-serums,lumen,,pct_off,0.25,",
    );
    let (_, all) = status(&sandbox, EARLY, &[]);
    let (_, own) = status(&sandbox, EARLY, &["--for", "partner-managers"]);
    let (_, others) = status(&sandbox, EARLY, &["--for", "legal"]);
    assert_eq!(own["sentence"], all["sentence"]);
    let owners = |status: &Value| -> Vec<String> {
        let list = status["attention"].as_array().unwrap().iter();
        list.map(|one| one["owner"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(owners(&own), ["partner-managers"]);
    assert!(owners(&all).len() > 1);
    assert_eq!((owners(&others).len(), others["role"].as_str()), (0, Some("legal")));
}

/// Releases what is built, with a number and a time of its own.
fn release(sandbox: &Sandbox, seq: u64, published: &str) {
    let bytes = sandbox.read("output/manifest.json");
    let root = manifest(sandbox, "output")["root"]["hash"].as_str().unwrap().to_owned();
    let publication = Publication {
        act: Act::Release,
        audit_head: None,
        audit_seq: 0,
        because: None,
        by: "ops".to_owned(),
        env: "production".to_owned(),
        evidence: Vec::new(),
        follows: None,
        id: "0".repeat(32),
        manifest: Digest::of(bytes.as_bytes()).hex(),
        prev: None,
        previous: None,
        published: published.to_owned(),
        release: root.clone(),
        schema: Publication::schema_name(),
        seq,
        valid_until: None,
    };
    sandbox.write(&format!("releases/{root}/manifest.json"), bytes);
    let env = "releases/env/production";
    sandbox.write(&format!("{env}/history/{seq:020}.json"), canonical(&publication));
    sandbox.write(&format!("{env}/current.json"), canonical(&publication.pointer()));
}

#[test]
fn what_is_out_is_live_and_what_should_be_is_missed() {
    let sandbox = built();
    release(&sandbox, 4, "2026-11-24T09:00:00-05:00");
    let (code, found) = status(&sandbox, "2026-11-25T12:00", &[]);
    assert_eq!((code, &found["verdict"]), (0, &Value::from("go")), "{}", found["sentence"]);
    assert_eq!(found["counts"]["live"], 419);
    assert!(states(&found).contains(&"pages live".to_owned()));
    assert_eq!((&found["live"]["seq"], &found["live"]["age_seconds"]), (&4.into(), &97_200.into()));

    let sandbox = built();
    release(&sandbox, 1, "2026-11-24T09:00:00-05:00");
    sandbox.edit(
        "partners/offers.csv",
        "\nlumen-serums,lumen,,pct_off,30,",
        "\nlumen-serums,lumen,,pct_off,25,",
    );
    sandbox.run(&["build"]).expect_code(0);
    let (code, found) = status(&sandbox, "2026-11-25T12:00", &[]);
    assert_eq!(code, 3);
    assert!(states(&found).contains(&"pages missed".to_owned()), "{:?}", states(&found));
    let row = found["matrix"].as_array().unwrap().iter().find(|row| row["partner"] == "lumen");
    let landing = row.unwrap()["cells"].as_array().unwrap().iter();
    let landing = landing.clone().find(|cell| cell["channel"] == "landing").unwrap();
    assert_eq!((&landing["shipped"], &landing["built"]), (&"missed".into(), &"ready".into()));
}

fn swap(sandbox: &Sandbox, what: &[&str], at: &str) -> Run {
    let decided = ["--by", "d.ortiz", "--because", "Lumen called", "--ref", "mail:8812"];
    sandbox.run(&[&["swap"], what, &decided, &["--at", at, "--yes"]].concat()).expect_code(0)
}

#[test]
fn late_changes_are_listed_with_what_they_reach_and_cost() {
    let sandbox = built();
    let _ = swap(&sandbox, &["set", "lumen-serums", "value=25"], "2026-11-19T10:00");
    let again = ["set", "lumen-serums", "value=20", "--instead"];
    let _ = swap(&sandbox, &again, "2026-11-21T10:00");
    sandbox.run(&["build"]).expect_code(0);
    let (code, found) = status(&sandbox, "2026-11-22T10:00", &[]);
    assert_eq!(code, 0, "{}", found["sentence"]);
    let late = found["late_changes"].as_array().unwrap();
    assert_eq!(late.len(), 2);
    assert_eq!((&late[0]["active"], &late[1]["active"]), (&true.into(), &false.into()));
    assert_eq!(late[0]["changes"], serde_json::json!([["offers:lumen-serums.value", "30", "20"]]));
    assert_eq!((&late[0]["by"], &late[0]["ref"]), (&"d.ortiz".into(), &"mail:8812".into()));
    let reach = late[0]["artifacts"].as_u64().unwrap();
    assert!(reach > 5, "{late:?}");
    // What is decided later is not known yet.
    let (_, before) = status(&sandbox, "2026-11-20T10:00", &[]);
    assert_eq!(before["late_changes"].as_array().unwrap().len(), 1);

    let tax = |more: &[&str]| -> Value {
        let all = ["tax", "--format", "json", "--until", "2026-11-22T10:00"];
        let run = sandbox.run(&[&all, more].concat()).expect_code(0);
        serde_json::from_str(&run.stdout).unwrap()
    };
    let found = tax(&[]);
    assert_eq!(
        (&found["rework"]["repeated_swaps"], &found["output"]["swaps"]),
        (&1.into(), &2.into())
    );
    // Print froze on the 13th, pages and display on the 20th.
    assert_eq!(found["rework"]["swaps_after_freeze"], 1);
    assert!(found["rework"]["artifacts_after_freeze"].as_u64().unwrap() > 0, "{found}");
    assert_eq!(found["blast_radius"]["largest"]["artifacts"], reach);
    assert_eq!((&found["judgment"], &found["person_bound"]), (&Value::Null, &Value::Null));
    assert_eq!(found["latency"], serde_json::json!([]));
    let later = tax(&["--since", "2026-11-20T00:00", "--campaign", "bf26"]);
    assert_eq!(
        (&later["output"]["swaps"], &later["rework"]["repeated_swaps"]),
        (&1.into(), &1.into())
    );
    let text = sandbox.run(&["tax"]).expect_code(0).stdout;
    assert!(text.contains("latency      no data"), "{text}");
    // Where nobody says until when, it is now, to the second.
    let until = text.lines().nth(1).unwrap().rsplit(' ').next().unwrap();
    assert!(until.parse::<jiff::Timestamp>().is_ok() && !until.contains('.'), "{until}");
}

#[test]
fn a_receipt_says_what_is_out_and_nothing_of_anybody_else() {
    let sandbox = built();
    let receipt = |more: &[&str]| {
        let all = ["receipt", "--partner", "lumen", "--as-of", "2026-11-25T12:00"];
        sandbox.run(&[&all, more].concat()).expect_code(0)
    };
    let parse = |run: &Run| -> Value { serde_json::from_str(&run.stdout).unwrap() };
    let before = parse(&receipt(&["--format", "json"]));
    assert_eq!((&before["shipped"], &before["release"]), (&0.into(), &Value::Null));
    let whys = before["placements"].as_array().unwrap().iter().map(|one| one["why"].clone());
    assert!(whys.clone().all(|why| why == "it is ready and not released yet"), "{before}");

    release(&sandbox, 4, "2026-11-24T09:00:00-05:00");
    let after = parse(&receipt(&["--format", "json", "--html", "lumen.html"]));
    assert_eq!(after["shipped"], after["promised"]);
    let lines = after["placements"].as_array().unwrap();
    let committed = lines.iter().find(|one| one["placement"] == "bf26-digest-s01").unwrap();
    assert_eq!((&committed["committed"], &committed["shipped"]), (&true.into(), &true.into()));
    let file = &committed["artifacts"][0];
    let entry = manifest(&sandbox, "output");
    let entry = entry["artifacts"].as_array().unwrap().iter().find(|one| one["id"] == file["id"]);
    assert_eq!(entry.unwrap()["sha256"], file["sha256"]);
    let cta = committed["links"].as_array().unwrap().iter().find(|one| one["role"] == "cta");
    let link = cta.unwrap()["short_url"].as_str().unwrap();
    sandbox.run(&["explain", link]).expect_code(0);

    // Nothing of another partner, and none of our people.
    let text = receipt(&[]).stdout;
    let page = sandbox.read("lumen.html");
    let table = sandbox.read("partners/partners.csv");
    let mut rows = csv::Reader::from_reader(table.as_bytes());
    let header = rows.headers().unwrap().clone();
    let column = |name: &str| header.iter().position(|one| one == name).unwrap();
    let (id, name, owner) = (column("partner_id"), column("name"), column("owner"));
    for row in rows.records().map(Result::unwrap) {
        for form in [&text, &page] {
            assert!(!form.contains(&row[owner]), "{} is in the receipt", &row[owner]);
            if &row[id] != "lumen" {
                assert!(!form.contains(&row[name]), "{} is in the receipt", &row[name]);
                let word = format!("{}-", &row[id]);
                assert!(!form.contains(&word), "an offer of {} is in the receipt", &row[id]);
            }
        }
    }

    // The offer is lost: another takes its place, and that is all that is said.
    sandbox.edit(
        "partners/offers.csv",
        "\nlumen-serums,lumen,,pct_off,30,",
        "\nlumen-serums,lumen,,pct_off,0.25,",
    );
    let lost = parse(&receipt(&["--format", "json"]));
    let text = lost.to_string();
    assert!(
        !text.contains("TL0218") && !text.contains("quarantine") && !text.contains("offers.csv")
    );
    assert!(text.contains("its data are being corrected"), "{text}");
}

#[test]
fn pages_are_whole_files_that_load_nothing() {
    let sandbox = built();
    let partners = sandbox.read("partners/partners.csv");
    let hostile = partners.replacen("Lumen & Bloom", "<b>Lumen</b>", 1);
    sandbox.write("partners/partners.csv", hostile);
    sandbox.run(&["build"]).expect_code(0);
    let _ = swap(&sandbox, &["set", "lumen-serums", "value=25"], "2026-11-19T10:00");
    let write = |arguments: &[&str], file: &str| {
        let run = sandbox.run(&[arguments, &["--html", file]].concat());
        assert!(run.stderr.contains(&format!("wrote {file}")), "{}", run.text());
        sandbox.read(file)
    };
    let status = write(&["status", "--as-of", EARLY], "status.html");
    let receipt = write(&["receipt", "--partner", "lumen"], "below/receipt.html");
    let tax = write(&["tax", "--until", "2026-11-22T10:00"], "tax.html");
    for page in [&status, &receipt, &tax] {
        assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>\n"));
        assert!(page.contains("default-src 'none'"), "a page may load something");
        for bad in ["<script", "src=", "url(", "@import", "<link", "<iframe"] {
            assert!(!page.contains(bad), "{bad} is in a page");
        }
    }
    assert!(status.contains("&lt;b&gt;Lumen&lt;/b&gt;") && !status.contains("<b>Lumen"));
    assert!(receipt.contains("Receipt for &lt;b&gt;Lumen&lt;/b&gt;"));
    assert!(status.contains("STALE") && status.contains("decisions/swaps/"));
    // The same facts give the same bytes.
    let again = write(&["status", "--as-of", EARLY], "again.html");
    assert_eq!(again, status);
}
