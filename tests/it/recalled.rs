//! What a build takes from the one before: it saves time and is never believed.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use throughline::artifact::Shelf as _;
use throughline::model::{ArtifactPath, Digest, PublishedPath};
use throughline::store::{
    KnownTables, OutputDir, Stamp, Trace, TraceEntry, Whole, WrittenEntry, keep_links, read_links,
};

use crate::cases::lay_down;
use crate::sandbox::{Run, Sandbox};

const OFFERS: &str = "partners/offers.csv";

/// A workspace whose output is old enough for the next build to know it.
fn settled() -> Sandbox {
    let sandbox = lay_down("ok_small");
    sandbox.run(&["build"]).expect_code(0);
    sleep(Duration::from_millis(60));
    sandbox.run(&["build"]).expect_code(0);
    sandbox
}

/// Builds, and holds the output against one that is made from nothing.
#[track_caller]
fn build(sandbox: &Sandbox, why: &str) -> Run {
    let run = sandbox.run(&["build"]).expect_code(0);
    sandbox.expect_clean_output(why);
    run
}

/// How many jobs would be taken from the last build.
fn known(sandbox: &Sandbox) -> usize {
    let run = sandbox.run(&["build", "--verify-cache"]).expect_code(0);
    let line = run.stderr.lines().find_map(|line| line.strip_prefix("the cache is right about "));
    let number = line.and_then(|line| line.split(' ').next()).map(str::parse);
    number.unwrap_or_else(|| panic!("{}", run.text())).unwrap()
}

/// Of how many placements the links would be taken from the last build.
fn known_links(sandbox: &Sandbox) -> usize {
    let run = sandbox.run(&["build", "--verify-cache"]).expect_code(0);
    let number =
        run.stderr.split_once(" and the links of ").and_then(|(_, rest)| rest.split_once(' '));
    number.unwrap_or_else(|| panic!("{}", run.text())).0.parse().unwrap()
}

fn trace(sandbox: &Sandbox) -> PathBuf {
    let folder = ".throughline/traces";
    let names = sandbox.files(folder);
    let mut traces = names.iter().filter(|name| *name != "now" && !name.contains('.'));
    let only = traces.next().unwrap();
    assert_eq!(traces.next(), None);
    sandbox.path(folder).join(only)
}

#[test]
fn a_changed_cell_is_all_that_is_rendered_again() {
    let sandbox = settled();
    let all = known(&sandbox);
    assert!(all > 5, "{all}");
    // The badge stands on the page of its offer; the mail and the messages show the offer as well.
    sandbox.edit(OFFERS, "active,New", "active,Last days");
    let rest = known(&sandbox);
    assert!(rest < all && rest > 0, "{rest} of {all}");
    // What was written just now is not believed yet.
    sleep(Duration::from_millis(60));
    sandbox.run(&["build"]).expect_code(0);
    assert_eq!(known(&sandbox), all);
    // Neither the order of rows nor a partner's comment on top is a fact.
    let text = sandbox.read(OFFERS);
    let (header, rows) = text.split_once('\n').unwrap();
    let backwards: Vec<&str> = rows.lines().rev().collect();
    sandbox.write(OFFERS, format!("{header}\r\n{}\r\n", backwards.join("\r\n")));
    assert_eq!(known(&sandbox), all);
    let template = sandbox.read("templates/email/digest.html");
    sandbox.write("templates/email/digest.html", template + "{#- a remark -#}");
    assert_eq!(known(&sandbox), 0);
}

#[test]
fn a_trace_that_is_damaged_old_or_gone_costs_time_and_nothing_else() {
    let sandbox = settled();
    let path = trace(&sandbox);
    let old = fs::read(&path).unwrap();
    sandbox.edit(OFFERS, "pct_off,30", "pct_off,25");
    build(&sandbox, "a cell");
    fs::write(&path, &old).unwrap();
    build(&sandbox, "an old trace");
    sandbox.edit(OFFERS, "pct_off,25", "pct_off,30");
    fs::write(&path, &old).unwrap();
    build(&sandbox, "an old trace, and the old cell");
    let whole = fs::read(&path).unwrap();
    for at in (0..whole.len()).step_by(whole.len() / 9) {
        let mut damaged = whole.clone();
        damaged[at] ^= 16;
        fs::write(&path, damaged).unwrap();
        assert_eq!(known(&sandbox), 0, "a bit of {at}");
        fs::write(&path, &whole[..at]).unwrap();
        assert_eq!(known(&sandbox), 0, "cut at {at}");
    }
    for kind in ["whole", "tables", "links"] {
        let record = path.with_extension(kind);
        let whole = fs::read(&record).unwrap();
        for at in (0..whole.len()).step_by(whole.len() / 9) {
            let mut damaged = whole.clone();
            damaged[at] ^= 16;
            fs::write(&record, damaged).unwrap();
            build(&sandbox, &format!("a bit of what is known: {kind}"));
            fs::write(&record, &whole[..at]).unwrap();
            build(&sandbox, &format!("what is known was cut: {kind}"));
        }
    }
    fs::remove_file(&path).unwrap();
    build(&sandbox, "no trace");
    sandbox.remove(".throughline/traces");
    build(&sandbox, "no traces");
    // Where nothing can be written down, the output is made all the same.
    sandbox.remove(".throughline/traces");
    sandbox.write(".throughline/traces", "a file");
    let run = build(&sandbox, "a file in place of the folder");
    assert!(run.stderr.contains("the next build will render everything"), "{}", run.text());
}

/// A file that was edited is mended, also where its size and its time were put back.
#[cfg(unix)]
#[test]
fn edited_cut_and_lost_files_are_mended() {
    let sandbox = settled();
    let names = sandbox.output_files();
    let html = |name: &&String| name.starts_with("landing/bf26/cozy-set.");
    let name = names.iter().find(html).unwrap();
    let path = sandbox.path("output").join(name);
    let (whole, time) =
        (fs::read(&path).unwrap(), fs::metadata(&path).unwrap().modified().unwrap());
    let mend = |why: &str| {
        let run = build(&sandbox, why);
        assert!(fs::read(&path).unwrap() == whole, "{why}");
        assert!(run.text().contains("1 written"), "{why}: {}", run.text());
        sleep(Duration::from_millis(60));
        sandbox.run(&["build"]).expect_code(0);
    };
    let mut edited = whole.clone();
    edited[20] ^= 1;
    fs::write(&path, &edited).unwrap();
    fs::File::options().write(true).open(&path).unwrap().set_modified(time).unwrap();
    mend("a byte, and the time put back");
    fs::write(&path, &whole[..9]).unwrap();
    mend("cut");
    fs::remove_file(&path).unwrap();
    mend("lost");
    fs::remove_file(&path).unwrap();
    fs::write(&path, edited).unwrap();
    mend("another file");
}

/// Somebody who can write below `.throughline/` can make a build believe a file of his; whoever asks
/// is told.
#[cfg(unix)]
#[test]
fn what_the_cache_has_wrong_is_named() {
    let sandbox = settled();
    let (root, target) = (sandbox.root().to_path_buf(), sandbox.path("output"));
    let read = Trace::read(&root, &target);
    let mut entries: Vec<TraceEntry> = read.entries.all().collect();
    let fake = b"<p>50% off everything</p>";
    let digest = Digest::of(fake);
    let names = sandbox.output_files();
    let name = names.iter().find(|one| one.starts_with("landing/bf26/cozy-set.")).unwrap();
    let own = name.rsplit('.').nth(1).unwrap();
    let place = target.join(name.replace(own, &digest.hex16()));
    fs::write(&place, fake).unwrap();
    sleep(Duration::from_millis(60));
    let mut files = entries.iter_mut().flat_map(|one| &mut one.files);
    let file = files.find(|one| one.digest.hex16() == own).unwrap();
    (file.digest, file.stamp) = (digest, Stamp::of(&place).unwrap());
    let trace = Trace::begin(&root).unwrap().unwrap();
    let keyed: Vec<_> = entries.into_iter().map(|one| (one.clone(), one.key)).collect();
    let written = trace.write((&root, &target), (&read.texts, None), &keyed, |(one, _), _| {
        Some(WrittenEntry::New(one.clone()))
    });
    written.unwrap();
    let run = sandbox.run(&["build", "--verify-cache"]).expect_code(1);
    let line = "error: the cache knows `landing/bf26/cozy-set.html` otherwise than it is";
    assert!(run.stderr.contains(line), "{}", run.text());
    assert!(known(&sandbox) > 0);
    build(&sandbox, "the cache was made anew");
    for other in [true, false] {
        let mut links = read_links(&root, &target).unwrap();
        if other {
            links.placements.first_mut().unwrap().listed = Digest::of(fake);
        } else {
            links.rows.swap(0, 1);
        }
        keep_links(&root, &target, &links).unwrap();
        let run = sandbox.run(&["build", "--verify-cache"]).expect_code(1);
        let line = "error: the cache knows the links of `bf26.";
        assert!(run.stderr.contains(line), "{}", run.text());
        assert!(known_links(&sandbox) > 0);
    }
}

/// A title is on no link, so that the tables of all links stay: also where somebody made the cache
/// know one of his. Who asks is told, and a link that changes is in a new table.
#[cfg(unix)]
#[test]
fn tables_stay_where_no_link_has_changed() {
    let sandbox = settled();
    let (root, target) = (sandbox.root().to_path_buf(), sandbox.path("output"));
    let known = KnownTables::read(&root, &target).unwrap();
    let fake = b"link_id\n";
    let mut files = known.files.clone();
    let table = files.iter_mut().find(|one| one.path.as_str() == "links/links.csv").unwrap();
    table.digest = Digest::of(fake);
    let place = table.published().under(&target);
    fs::write(&place, fake).unwrap();
    table.stamp = Stamp::of(&place).unwrap();
    sleep(Duration::from_millis(60));
    KnownTables::keep(&root, &target, (known.key, known.told), files).unwrap();
    sandbox.edit(OFFERS, "active,New", "active,Last days");
    sandbox.run(&["build"]).expect_code(0);
    let tables = || -> Vec<String> {
        let names = sandbox.output_files().into_iter();
        let links = names.filter(|name| name.starts_with("links/"));
        links.map(|name| sandbox.read(&format!("output/{name}"))).collect()
    };
    assert_eq!(tables(), ["link_id\n"]);
    let run = sandbox.run(&["build", "--verify-cache"]).expect_code(1);
    let line = "error: the cache knows `links/links.csv` otherwise than it is";
    assert!(run.stderr.contains(line), "{}", run.text());
    build(&sandbox, "the cache was made anew");
    let right = tables();
    sandbox.edit(
        "partners/partners.csv",
        "https://www.lumen.example",
        "https://shop.lumen.example",
    );
    build(&sandbox, "a link");
    assert_ne!(tables(), right);
}

/// Links of placements that are made from the same are those of the last build. Which those are is
/// told by `--verify-cache`; that they come out the same is held by building from nothing.
#[test]
fn links_are_made_again_only_where_rows_have_changed() {
    let sandbox = settled();
    let all = known_links(&sandbox);
    assert!(all > 5, "{all}");
    // A late badge is on no link: the placements of its offer are minted to see that, and no more is
    // written down.
    sandbox.edit(OFFERS, "active,New", "active,Soon");
    let rest = known_links(&sandbox);
    assert!(rest < all && rest > 0, "{rest} of {all}");
    let file = trace(&sandbox).with_extension("links");
    let before = fs::read(&file).unwrap();
    sandbox.edit(OFFERS, "active,Soon", "active,Last days");
    build(&sandbox, "a badge");
    assert!(fs::read(&file).unwrap() == before);
    let links = sandbox.artifact("links/links.csv");
    // Where a link leads elsewhere, all are made, and known from then on.
    sandbox.edit(OFFERS, "standard,/cozy,", "standard,/cosy,");
    build(&sandbox, "a page of a partner");
    assert!(sandbox.artifact("links/links.csv") != links);
    assert!(fs::read(&file).unwrap() != before);
    assert_eq!(known_links(&sandbox), all);
    // What was known of the links before is of another lock.
    fs::write(&file, &before).unwrap();
    assert_eq!(known_links(&sandbox), 0);
    sandbox.edit(OFFERS, "active,Last days", "active,New");
    build(&sandbox, "old links and an old badge");
    // A row that comes makes placements of its own.
    let text = sandbox.read(OFFERS);
    let rows: Vec<&str> = text.lines().collect();
    sandbox.write(OFFERS, rows[..rows.len() - 1].join("\n") + "\n");
    build(&sandbox, "one row less");
    sandbox.write(OFFERS, text);
    build(&sandbox, "and one more");
    assert_eq!(known_links(&sandbox), all);
}

/// Where the offer behind a URL has changed and the URL has not, a run that may not record says so each
/// time, and one that may records it: nothing of it is known to the builds between.
#[test]
fn a_meaning_that_is_not_recorded_is_told_each_time() {
    let sandbox = lay_down("ok_small");
    let channel = "rules/channels/email.toml";
    sandbox.edit(channel, "{slot}.{offer.id}.{variant}", "{slot}.{variant}");
    sandbox.edit(channel, "to = \"landing\"\n", "to = \"partner\"\n");
    sandbox.edit(channel, "to = \"landing#terms\"", "to = \"partner\"");
    sandbox.edit(OFFERS, "standard,/gift,", "standard,,");
    sandbox.edit(OFFERS, "standard,/serums?ref=club,", "standard,,");
    sandbox.run(&["build"]).expect_code(0);
    let row = |sandbox: &Sandbox| -> Vec<String> {
        let lock = sandbox.read("throughline.lock");
        let own = lock.lines().filter(|line| line.starts_with("bf26.digest.lumen.a.cta,"));
        own.map(str::to_owned).collect()
    };
    assert!(row(&sandbox)[0].contains(",lumen-gift,"), "{:?}", row(&sandbox));
    sandbox.edit(OFFERS, "active,New", "withdrawn,New");
    for title in ["Two pans one price", "Two pans", "Pans"] {
        let run = sandbox.run(&["build", "--locked"]).expect_code(0);
        assert!(run.stderr.contains("TL0325"), "{}", run.text());
        let text = sandbox.read(OFFERS);
        let old = text.lines().find(|line| line.starts_with("hearth-pan,")).unwrap();
        let old = old.split(',').nth(7).unwrap().to_owned();
        sandbox.edit(OFFERS, &format!(",{old},"), &format!(",\"{title}\","));
    }
    build(&sandbox, "recorded");
    let rows = row(&sandbox);
    assert!(rows.last().unwrap().contains(",lumen-serum,"), "{rows:?}");
}

/// Where nothing has changed, nothing but the sources is read, and everything is said as before.
#[cfg(unix)]
#[test]
fn a_build_with_nothing_to_do_says_what_the_last_one_said() {
    let sandbox = settled();
    let (root, target) = (sandbox.root().to_path_buf(), sandbox.path("output"));
    let formats = ["human", "short", "json", "sarif"];
    let say = |format: &&str| sandbox.run(&["build", "--format", format]).expect_code(0);
    sandbox.remove(".throughline/traces");
    let whole: Vec<Run> = formats
        .iter()
        .map(|format| {
            let run = say(format);
            sandbox.remove(".throughline/traces");
            run
        })
        .collect();
    say(&"short");
    sleep(Duration::from_millis(60));
    say(&"short");
    for (format, before) in formats.iter().zip(&whole) {
        assert_eq!(say(format), *before, "{format}");
    }
    // It is the record that speaks: one that says otherwise is repeated.
    let (inputs, known) = whole_build(&sandbox, &target).unwrap();
    assert!(known.stands(&target));
    let told = known.told.replacen("\"title\":\"", "\"title\":\"Once more ", 1);
    let stamp = |path: &String| {
        let place = PublishedPath::from(ArtifactPath::new(path).unwrap());
        let stamp = Stamp::of(&place.under(&target)).unwrap();
        (place, stamp)
    };
    let kept = ["manifest.json", "SHA256SUMS", ".throughline-output"];
    let files = sandbox.output_files();
    let files = files.iter().filter(|path| !kept.contains(&path.as_str())).map(stamp);
    let files: Vec<(PublishedPath, Stamp)> = files.collect();
    Whole::keep(&root, &target, (inputs, told), &files).unwrap();
    assert!(say(&"human").stdout.contains("Once more"));
    assert!(!sandbox.run(&["build", "--verify-cache"]).stdout.contains("Once more"));
    assert!(!say(&"human").stdout.contains("Once more"));
}

/// What is known of the last build into a folder, and the digest of what that was made from: the
/// second line of what it wrote down.
#[cfg(unix)]
fn whole_build(sandbox: &Sandbox, target: &Path) -> Option<(Digest, Whole)> {
    let names = sandbox.files(".throughline/traces");
    names.iter().filter(|name| name.contains(".whole")).find_map(|name| {
        let text = sandbox.read(&format!(".throughline/traces/{name}"));
        let inputs = Digest::from_hex(text.lines().nth(1)?)?;
        Some((inputs, Whole::read(sandbox.root(), target, &inputs)?))
    })
}

/// Each way in which a folder, a workspace or a command line can be another one.
#[cfg(unix)]
#[test]
fn whatever_is_not_as_it_was_is_seen() {
    let sandbox = settled();
    let clean = sandbox.read("output/manifest.json");
    let is_known = || {
        let target = sandbox.path("output");
        whole_build(&sandbox, &target).is_some_and(|(_, one)| one.stands(&target))
    };
    assert!(is_known());
    sandbox.write("output/landing/extra.html", "x");
    fs::create_dir_all(sandbox.path("output/empty/inner")).unwrap();
    build(&sandbox, "a file and a folder of somebody else");
    assert!(!sandbox.path("output/landing/extra.html").exists());
    assert!(!sandbox.path("output/empty").exists());
    let lock = sandbox.read("throughline.lock");
    sandbox.remove("throughline.lock");
    let run = sandbox.run(&["build"]).expect_code(1);
    assert!(run.stderr.contains("TL0327"), "{}", run.text());
    sandbox.write("throughline.lock", lock);
    sandbox.remove("output/.throughline-output");
    let run = sandbox.run(&["build"]).expect_code(5);
    assert!(run.stderr.contains("which is not ours"), "{}", run.text());
    sandbox.write("output/.throughline-output", "");
    sandbox.remove("output/SHA256SUMS");
    build(&sandbox, "no sums");
    // Every source counts, whatever it is for.
    for path in sandbox.files(".") {
        let source = ["assets/", "briefs/", "legal/", "partners/", "rules/", "templates/"];
        if !source.iter().any(|folder| path.starts_with(folder)) {
            continue;
        }
        sleep(Duration::from_millis(60));
        sandbox.run(&["build"]).expect_code(0);
        let text = fs::read(sandbox.path(&path)).unwrap();
        let (before, _) = whole_build(&sandbox, &sandbox.path("output")).unwrap();
        sandbox.write(&path, [text.as_slice(), b"\n"].concat());
        // With a finding, nothing is known of the whole.
        if sandbox.run(&["build"]).code == 0 {
            let (after, _) = whole_build(&sandbox, &sandbox.path("output")).unwrap();
            assert_ne!(before, after, "{path}");
        }
        sandbox.write(&path, text);
    }
    build(&sandbox, "everything as it was");
    assert_eq!(sandbox.read("output/manifest.json"), clean);
}

/// What somebody else does to the output while it is written is seen by the next build.
#[cfg(unix)]
#[test]
fn what_changes_while_it_is_written_is_not_known() {
    let sandbox = settled();
    let target = sandbox.path("other");
    fs::create_dir(&target).unwrap();
    let keep = |output: &OutputDir| {
        sleep(Duration::from_millis(60));
        let told = (Digest::of(b"x"), "{}".to_owned());
        Whole::keep(sandbox.root(), &target, told, &output.take_stamps()).unwrap();
        sleep(Duration::from_millis(60));
        whole_build(&sandbox, &target).is_some_and(|(_, one)| one.stands(&target))
    };
    let path = PublishedPath::from(ArtifactPath::new("a/b.html").unwrap());
    let output = OutputDir::open(&target).unwrap();
    output.put(&path, b"good").unwrap();
    sandbox.write("other/a/b.html", "evil");
    assert!(!keep(&output), "a file that was changed after it was written");
    output.put(&path, b"good").unwrap();
    sandbox.write("other/.DS_Store", "x");
    let again = OutputDir::open(&target).unwrap();
    again.put(&path, b"good").unwrap();
    assert!(!keep(&again), "a file of somebody else");
    sandbox.remove("other/.DS_Store");
    let last = OutputDir::open(&target).unwrap();
    last.put(&path, b"good").unwrap();
    assert!(keep(&last));
}

/// Whoever shows pictures has them made: it is rendered every time, however it asks.
#[test]
fn a_job_with_pictures_is_rendered_every_time() {
    let sandbox = settled();
    let all = known(&sandbox);
    let template = "templates/landing/offer.html";
    let hidden =
        r#"{% set quote = "\"" %}<!-- {{ image_url(path="images/serum.svg", width=300) }} -->"#;
    let text = sandbox.read(template);
    let at = text.find("</main>").or_else(|| text.find("</body>")).unwrap_or(text.len());
    let (head, tail) = text.split_at(at);
    sandbox.write(template, format!("{head}{hidden}{tail}"));
    sandbox.run(&["build"]).expect_code(0);
    sleep(Duration::from_millis(60));
    sandbox.run(&["build"]).expect_code(0);
    sandbox.edit(OFFERS, "active,New", "active,Last days");
    let rest = known(&sandbox);
    assert!(rest < all - 1, "{rest} of {all}");
    build(&sandbox, "pictures");
}
