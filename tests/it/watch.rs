//! `watch`: the real program beside somebody who saves.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::cases::lay_down;
use crate::sample::sample;
use crate::sandbox::{Sandbox, files_below};

const OFFERS: &str = "partners/offers.csv";
/// Longer than any round takes on the slowest machine.
const PATIENCE: Duration = Duration::from_mins(1);
/// In which a round that should not come would have come.
const SHORT: Duration = Duration::from_millis(1500);

/// A running watch, ended with its test.
struct Watch {
    child: Child,
    rounds: Receiver<Value>,
}

impl Watch {
    /// Begins, and gives the first round.
    fn begin(sandbox: &Sandbox, more: &[&str]) -> (Self, Value) {
        let mut command = sandbox.command(&[&["watch", "--format", "json"], more].concat());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (sender, rounds) = channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if sender.send(serde_json::from_str(&line).unwrap()).is_err() {
                    return;
                }
            }
        });
        let watch = Self { child, rounds };
        let first = watch.round();
        assert_eq!((&first["round"], &first["exit"]), (&1.into(), &0.into()), "{first}");
        (watch, first)
    }

    fn round(&self) -> Value {
        self.rounds.recv_timeout(PATIENCE).expect("no round came")
    }

    fn is_quiet(&self) {
        if let Ok(round) = self.rounds.recv_timeout(SHORT) {
            panic!("nothing was saved, and this came: {round}");
        }
    }

    fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([name, &pid]).status().unwrap().success());
    }

    /// Waits for the end; gives the exit code and what was said beside the results.
    fn end(&mut self) -> (Option<i32>, String) {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                let mut said = String::new();
                self.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
                return (status.code(), said);
            }
            assert!(start.elapsed() < PATIENCE, "it does not end");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn output(sandbox: &Sandbox) -> BTreeMap<String, Vec<u8>> {
    let start = sandbox.path("output");
    let read = |path: String| (path.clone(), fs::read(start.join(&path)).unwrap());
    files_below(&start).into_iter().map(read).collect()
}

/// The output is what a build of these sources writes into a new folder.
#[track_caller]
fn expect_clean(sandbox: &Sandbox) {
    sandbox.run(&["verify"]).expect_code(0);
    let clean = Sandbox::new();
    for path in sandbox.files("") {
        if !path.starts_with("output/") && !path.starts_with(".throughline/") {
            clean.write(&path, fs::read(sandbox.path(&path)).unwrap());
        }
    }
    clean.run(&["build"]).expect_code(0);
    assert!(output(&clean) == output(sandbox), "other bytes than a clean build");
}

fn saved(round: &Value) -> Vec<&str> {
    round["saved"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect()
}

fn codes<'r>(round: &'r Value, key: &str) -> Vec<&'r str> {
    round[key].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect()
}

fn cell(from: &str, to: &str) -> [String; 2] {
    [from, to].map(|value| format!("lumen-serums,lumen,,pct_off,{value},"))
}

#[test]
fn a_saved_cell_is_built_and_nothing_else_is_written() {
    let sandbox = sample();
    sandbox.run(&["build"]).expect_code(0);
    let (watch, first) = Watch::begin(&sandbox, &[]);
    assert_eq!(first["built"]["written"], 0, "{first}");
    let [from, to] = cell("30", "25");
    sandbox.edit(OFFERS, &from, &to);
    let round = watch.round();
    assert_eq!(saved(&round), [OFFERS]);
    let changed = round["built"]["changed_ids"].as_array().unwrap();
    assert!(changed.contains(&"email/bf26/digest.html".into()), "{round}");
    assert_eq!(round["built"]["written"], changed.len());
    assert_eq!((&round["errors"], &round["exit"]), (&0.into(), &0.into()));
    expect_clean(&sandbox);
    watch.is_quiet();
}

#[test]
fn errors_come_and_go() {
    let sandbox = sample();
    let (watch, _) = Watch::begin(&sandbox, &[]);
    let [right, wrong] = cell("30", "0.25");
    sandbox.edit(OFFERS, &right, &wrong);
    let round = watch.round();
    assert_eq!((codes(&round, "new"), codes(&round, "gone")), (vec!["TL0218"], vec![]), "{round}");
    assert_eq!((&round["new"][0]["line"], &round["exit"]), (&2.into(), &1.into()));
    // A row above moves it; it is no other.
    let text = sandbox.read(OFFERS);
    let (header, rows) = text.split_once('\n').unwrap();
    sandbox.write(OFFERS, format!("{header}\n\n{rows}"));
    let round = watch.round();
    assert_eq!((codes(&round, "new"), codes(&round, "gone")), (vec![], vec![]), "{round}");
    assert_eq!(round["errors"], 1);
    // What stands in the way of everything hides what else is wrong, and does not put it right.
    let config = sandbox.read("throughline.toml");
    sandbox.write("throughline.toml", format!("{config}\nx = [\n"));
    let round = watch.round();
    assert_eq!(saved(&round), ["throughline.toml"]);
    assert_eq!((codes(&round, "new"), codes(&round, "gone")), (vec!["TL0105"], vec![]), "{round}");
    assert_eq!((&round["errors"], &round["built"]), (&2.into(), &Value::Null));
    sandbox.write("throughline.toml", config);
    let round = watch.round();
    assert_eq!((codes(&round, "new"), codes(&round, "gone")), (vec![], vec!["TL0105"]), "{round}");
    sandbox.edit(OFFERS, &wrong, &right);
    let round = watch.round();
    assert_eq!((codes(&round, "new"), codes(&round, "gone")), (vec![], vec!["TL0218"]), "{round}");
    assert_eq!((&round["errors"], &round["exit"]), (&0.into(), &0.into()));
    expect_clean(&sandbox);
}

/// As vim, sed and most editors save: beside it, then over it.
#[test]
fn a_save_by_rename_is_seen_and_what_passes_is_not() {
    let sandbox = lay_down("ok_small");
    let (watch, _) = Watch::begin(&sandbox, &[]);
    for value in ["25", "20"] {
        let text = sandbox.read(OFFERS);
        let text = text
            .replace("pct_off,30", "pct_off,25")
            .replace("pct_off,25", &format!("pct_off,{value}"));
        sandbox.write("partners/4913", "");
        sandbox.remove("partners/4913");
        sandbox.write("partners/offers.csv.part", text);
        fs::rename(sandbox.path("partners/offers.csv.part"), sandbox.path(OFFERS)).unwrap();
        let round = watch.round();
        assert_eq!(saved(&round), [OFFERS], "{round}");
        assert!(round["built"]["written"].as_u64().unwrap() > 0, "{round}");
    }
    sandbox.write("partners/.offers.csv.swp", "hidden");
    sandbox.write("notes.txt", "no source");
    sandbox.write("partners/4913", "");
    sandbox.remove("partners/4913");
    watch.is_quiet();
    expect_clean(&sandbox);
}

#[test]
fn folders_that_go_and_come_back_are_watched_again() {
    let sandbox = lay_down("ok_small");
    let (watch, _) = Watch::begin(&sandbox, &[]);
    for folder in ["templates", "partners"] {
        fs::rename(sandbox.path(folder), sandbox.path("aside")).unwrap();
        let round = watch.round();
        assert_eq!(round["exit"], 1, "{round}");
        fs::rename(sandbox.path("aside"), sandbox.path(folder)).unwrap();
        let round = watch.round();
        assert_eq!((&round["exit"], &round["errors"]), (&0.into(), &0.into()), "{round}");
    }
    sandbox.edit("templates/parts/saving.html", "Two for one", "Two for the price of one");
    assert_eq!(saved(&watch.round()), ["templates/parts/saving.html"]);
    // A folder of tables that throughline.toml has only just named.
    let text = sandbox.read(OFFERS);
    sandbox.write("late/offers.csv", &text);
    let config = sandbox.read("throughline.toml");
    sandbox.remove(OFFERS);
    assert_eq!(watch.round()["exit"], 1);
    let elsewhere = "[tables.offers]\nfiles = \"late/offers*.csv\"\n";
    let elsewhere = config.replace("[tables.offers]\n", elsewhere);
    assert_ne!(elsewhere, config);
    sandbox.write("throughline.toml", elsewhere);
    assert_eq!(watch.round()["exit"], 0);
    sandbox.write("late/offers.csv", text.replace("pct_off,30", "pct_off,25"));
    let round = watch.round();
    assert_eq!(saved(&round), ["late/offers.csv"], "{round}");
    expect_clean(&sandbox);
}

#[test]
fn many_fast_saves_are_few_rounds_and_the_last_one_counts() {
    let sandbox = lay_down("ok_small");
    let (watch, _) = Watch::begin(&sandbox, &[]);
    let text = sandbox.read(OFFERS);
    for value in 1..=20 {
        sandbox.write(OFFERS, text.replace("pct_off,30", &format!("pct_off,{}", 10 + value)));
        std::thread::sleep(Duration::from_millis(10));
    }
    let mut rounds = 0;
    while watch.rounds.recv_timeout(if rounds == 0 { PATIENCE } else { SHORT }).is_ok() {
        rounds += 1;
    }
    assert!((1..10).contains(&rounds), "{rounds} rounds for 20 saves");
    let page = || sandbox.artifact("landing/bf26/lumen-serum.html");
    assert!(page().contains("30%"));
    expect_clean(&sandbox);
    sandbox.edit(OFFERS, "pct_off,30", "pct_off,17");
    watch.round();
    assert!(page().contains("17%"));
}

#[cfg(unix)]
#[test]
fn a_signal_ends_it_and_the_output_is_whole() {
    let sandbox = lay_down("ok_small");
    let text = sandbox.read(OFFERS);
    for (number, name) in ["-INT", "-TERM", "-INT", "-INT"].into_iter().enumerate() {
        let (mut watch, _) = Watch::begin(&sandbox, &[]);
        if number > 1 {
            // In the middle of a round, or nearly.
            sandbox.write(OFFERS, text.replace("pct_off,30", &format!("pct_off,{}", 10 + number)));
            std::thread::sleep(Duration::from_millis(80 + 20 * number as u64));
        }
        watch.signal(name);
        let (code, said) = watch.end();
        assert_eq!(code, Some(0), "{name}: {said}");
        sandbox.run(&["verify"]).expect_code(0);
    }
}

#[test]
fn another_run_is_waited_for() {
    let sandbox = lay_down("ok_small");
    let (mut watch, _) = Watch::begin(&sandbox, &[]);
    let other = File::open(sandbox.path(".throughline")).unwrap();
    other.lock().unwrap();
    sandbox.edit(OFFERS, "pct_off,30", "pct_off,25");
    watch.is_quiet();
    drop(other);
    assert_eq!(watch.round()["exit"], 0);
    expect_clean(&sandbox);
    // Who does not want to wait that long says so twice.
    let other = File::open(sandbox.path(".throughline")).unwrap();
    other.lock().unwrap();
    sandbox.edit(OFFERS, "pct_off,25", "pct_off,20");
    watch.is_quiet();
    watch.signal("-INT");
    watch.is_quiet();
    watch.signal("-INT");
    let (code, said) = watch.end();
    assert_eq!(code, Some(130), "{said}");
    assert!(said.contains("waiting for another run") && said.contains("once more"), "{said}");
    drop(other);
    sandbox.run(&["verify"]).expect_code(0);
}

#[test]
fn ids_that_a_round_gives_out_are_no_save() {
    let sandbox = lay_down("ok_small");
    let before = sandbox.path("throughline.lock").is_file();
    assert!(!before, "the first round writes it");
    let (watch, _) = Watch::begin(&sandbox, &[]);
    watch.is_quiet();
    let lock = sandbox.read("throughline.lock");
    sandbox.write("throughline.lock", &lock);
    watch.is_quiet();
    // Version control puts another one there, which lacks what the output holds.
    let short: String = lock.split_inclusive('\n').take(3).collect();
    sandbox.write("throughline.lock", short);
    let round = watch.round();
    assert_eq!((saved(&round), &round["exit"]), (vec!["throughline.lock"], &1.into()), "{round}");
    sandbox.write("throughline.lock", lock);
    assert_eq!(watch.round()["errors"], 0);
    watch.is_quiet();
}

#[test]
fn a_check_writes_nothing() {
    let sandbox = lay_down("ok_small");
    let (watch, first) = Watch::begin(&sandbox, &["--check"]);
    assert_eq!(first["built"], Value::Null);
    let files = sandbox.files("");
    sandbox.edit(OFFERS, "pct_off,30", "pct_off,0.25");
    let round = watch.round();
    assert_eq!(codes(&round, "new"), ["TL0218"]);
    assert_eq!(sandbox.files(""), files);
}

#[test]
fn files_are_looked_at_where_the_system_does_not_tell() {
    let sandbox = lay_down("ok_small");
    let (mut watch, _) = Watch::begin(&sandbox, &["--poll", "30"]);
    watch.is_quiet();
    sandbox.edit(OFFERS, "pct_off,30", "pct_off,25");
    assert_eq!(saved(&watch.round()), [OFFERS]);
    let text = sandbox.read(OFFERS);
    sandbox.remove(OFFERS);
    assert_eq!(watch.round()["exit"], 1);
    sandbox.write(OFFERS, text);
    assert_eq!(watch.round()["exit"], 0);
    expect_clean(&sandbox);
    #[cfg(unix)]
    {
        watch.signal("-INT");
        assert_eq!(watch.end().0, Some(0));
    }
}

/// A round that cannot write is told, and the next save tries again.
#[test]
fn what_cannot_be_written_does_not_end_it() {
    let sandbox = lay_down("ok_small");
    let (watch, _) = Watch::begin(&sandbox, &[]);
    fs::rename(sandbox.path("output"), sandbox.path("kept")).unwrap();
    sandbox.write("output", "a file in its place");
    sandbox.edit(OFFERS, "pct_off,30", "pct_off,25");
    let round = watch.round();
    assert!(round["failed"].as_str().unwrap().contains("output"), "{round}");
    sandbox.remove("output");
    sandbox.edit(OFFERS, "pct_off,25", "pct_off,20");
    assert_eq!(watch.round()["exit"], 0);
    expect_clean(&sandbox);
}

#[test]
fn where_there_is_nothing_to_watch_it_says_so_and_ends() {
    let sandbox = Sandbox::new();
    let run = sandbox.run(&["watch"]).expect_code(1);
    assert!(run.text().contains("throughline init"), "{}", run.text());
    sandbox.run(&["watch", "-C", "nowhere"]).expect_code(5);
    let sandbox = lay_down("ok_small");
    sandbox.run(&["watch", "--as-of", "tomorrow"]).expect_code(2);
    sandbox.run(&["watch", "--check", "--locked"]).expect_code(2);
    sandbox.write("elsewhere/thesis.txt", "years of work");
    sandbox.run(&["watch", "--output", "elsewhere"]).expect_code(5);
}
