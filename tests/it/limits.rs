//! Files that nobody writes by hand are refused with a word, in little time and little memory.

use std::fs::File;
use std::io::{BufWriter, Write};

use serde_json::json;

use crate::cases::lay_down;
use crate::python::ask;
use crate::sample::sample;
use crate::sandbox::Sandbox;

const MEGABYTE: u64 = 1 << 20;

/// A run may hold this much, whatever it reads.
const MEMORY: u64 = 512 * MEGABYTE;

/// A debug build on a slow machine.
const SECONDS: u64 = 120;

/// Nobody reads more.
const TEXT: u64 = MEGABYTE;

const OFFERS: &str = "partners/offers_late.csv";
const HEADER: &str = "offer_id,partner_id,mechanic,title\n";

/// Checks a workspace in which `file` is too much: one of `codes` is told of it, and nothing more
/// is used than a run may use.
#[track_caller]
fn refused(what: &str, sandbox: &Sandbox, file: &str, codes: &[&str]) {
    let environment = json!({"COLUMNS": "100", "NO_COLOR": "1", "LC_ALL": "C", "TZ": "UTC"});
    let answer = ask(
        "limits.py",
        &json!({
            "command": [env!("CARGO_BIN_EXE_throughline"), "check"],
            "folder": sandbox.root(),
            "environment": environment,
            "seconds": SECONDS,
            "memory": MEMORY,
        }),
    );
    let text = answer["text"].as_str().unwrap();
    let start: String = text.chars().take(4_000).collect();
    let seconds = &answer["seconds"];
    assert!(answer["ended"].is_null(), "{what}: {}, after {seconds} seconds", answer["ended"]);
    assert_eq!(answer["code"], 1, "{what}, after {seconds} seconds:\n{start}");
    let told = codes.iter().any(|code| text.contains(&format!("[{code}]")));
    assert!(told && text.contains(file), "{what}: no {codes:?} of {file} in:\n{start}");
    assert!(answer["size"].as_u64().unwrap() < TEXT, "{what}: says too much:\n{start}");
    let peak = answer["peak"].as_u64().unwrap();
    assert!(peak < MEMORY, "{what}: {} MB were held", peak / MEGABYTE);
    assert!(!text.contains("panicked"), "{what}:\n{start}");
}

/// Writes a file in pieces, so that the test holds little memory itself.
fn fill(sandbox: &Sandbox, path: &str, start: &str, piece: &[u8], megabytes: u64, end: &str) {
    let mut file = BufWriter::new(File::create(sandbox.path(path)).unwrap());
    file.write_all(start.as_bytes()).unwrap();
    let block = piece.repeat(MEGABYTE as usize / piece.len());
    for _ in 0..megabytes {
        file.write_all(&block).unwrap();
    }
    file.write_all(end.as_bytes()).unwrap();
    file.flush().unwrap();
}

#[test]
fn a_table_may_not_be_larger_than_a_table() {
    for path in [OFFERS, "rules/taxonomy.toml", "briefs/large.md", "throughline.lock"] {
        let sandbox = lay_down("ok_small");
        let file = File::options().create(true).append(true).open(sandbox.path(path)).unwrap();
        // Ten gigabytes of nothing take no room.
        file.set_len(10_000 * MEGABYTE).unwrap();
        refused("10 GB", &sandbox, path, &["TL0101", "TL0132"]);
    }
}

#[test]
fn large_tables_of_one_cell_or_one_row_are_told() {
    let whole = HEADER.to_owned();
    // `make soak` reads tables that are as large as a table may be.
    let size = std::env::var("THROUGHLINE_MEGABYTES").ok();
    let megabytes = size.map_or(60, |size| size.parse().unwrap());
    let cases = [
        ("an unclosed quote", format!("{whole}one,lumen,gift,\"x"), b"x\n", &["TL0110", "TL0132"]),
        ("one cell", format!("{whole}one,lumen,gift,"), b"xx", &["TL0132", "TL0132"]),
        ("one row", format!("{whole}one,lumen,gift,x"), b",x", &["TL0112", "TL0132"]),
        ("one row of nothing", format!("{whole}one,lumen,gift,x"), b",,", &["TL0112", "TL0132"]),
        ("one row of quotes", format!("{whole}one,lumen,gift,"), b"\"\"", &["TL0110", "TL0132"]),
        ("one header", "offer_id".to_owned(), b",x", &["TL0115", "TL0132"]),
        ("rows of nothing", format!("{whole}one,lumen,\n"), b"\n\n", &["TL0112", "TL0132"]),
        ("rows of one cell", format!("{whole}one\n"), b"a\n", &["TL0112", "TL0132"]),
        ("zeros", whole, b"\0\0", &["TL0113", "TL0132"]),
    ];
    for (what, start, piece, codes) in cases {
        let sandbox = lay_down("ok_small");
        fill(&sandbox, OFFERS, &start, piece, megabytes, "\n");
        refused(what, &sandbox, OFFERS, codes);
    }
}

#[test]
fn a_table_has_a_million_rows_at_most() {
    let sandbox = lay_down("ok_small");
    let rest = "[tables.stores]\nkey = \"store_id\"\n\
        [tables.stores.columns.store_id]\ntype = \"slug\"\n\
        [tables.stores.columns.city]\ntype = \"text\"\n\n[declared]\n";
    sandbox.edit("throughline.toml", "[declared]\n", rest);
    sandbox.write("partners/stores.csv", format!("store_id,city\n{}", "a,b\n".repeat(1_000_001)));
    refused("1,000,001 rows", &sandbox, "partners/stores.csv", &["TL0132"]);
}

#[test]
fn a_table_has_two_hundred_columns_at_most() {
    let sandbox = lay_down("ok_small");
    let columns: Vec<String> = (0..300).map(|number| format!("column_{number}")).collect();
    let header = format!("offer_id,partner_id,mechanic,title,{}\n", columns.join(","));
    sandbox.write(OFFERS, header + "one,lumen,gift,x" + &",".repeat(300) + "\n");
    refused("300 columns", &sandbox, OFFERS, &["TL0132"]);
}

/// TOML that is nested deeper than any stack.
fn nested() -> [(&'static str, String); 5] {
    const DEEP: usize = 100_000;
    [
        ("lists", format!("x = {}{}\n", "[".repeat(DEEP), "]".repeat(DEEP))),
        ("tables", format!("x = {}1{}\n", "{ a = ".repeat(DEEP), " }".repeat(DEEP))),
        ("both", format!("x = {}1{}\n", "[{ a = ".repeat(DEEP), " }]".repeat(DEEP))),
        ("a key", format!("x{} = 1\n", ".a".repeat(DEEP))),
        ("a header", format!("[x{}]\n", ".a".repeat(DEEP))),
    ]
}

#[test]
fn toml_that_is_nested_without_end_is_told() {
    for path in ["throughline.toml", "rules/taxonomy.toml", "rules/channels/email.toml"] {
        for (what, text) in nested() {
            let sandbox = lay_down("ok_small");
            let old = sandbox.read(path);
            sandbox.write(path, format!("{text}{old}"));
            refused(what, &sandbox, path, &["TL0105", "TL0107", "TL0109"]);
        }
    }
    for (what, text) in nested() {
        let sandbox = lay_down("ok_small");
        sandbox.edit("briefs/bf26.md", "owner = \"maria.chen\"\n", &text);
        refused(what, &sandbox, "briefs/bf26.md", &["TL0105", "TL0107", "TL0109"]);
    }
}

#[test]
fn json_that_is_nested_without_end_is_told() {
    for piece in ["[", "{\"a\":", "[{\"a\":"] {
        let sandbox = lay_down("ok_sheet-and-json");
        sandbox.write("templates/json/alert.json", piece.repeat(100_000));
        refused(piece, &sandbox, "templates/json/alert.json", &["TL0604"]);
    }
}

/// A name may be so long that with its digest it is longer than any that may be chosen.
#[test]
fn the_longest_name_is_read_again() {
    let sandbox = sample();
    let lengths = |sandbox: &Sandbox| {
        let names = sandbox.files("output/text/bf26");
        names.iter().map(String::len).max().unwrap()
    };
    sandbox.run(&["build"]).expect_code(0);
    let digits = 17;
    let more = 200 + digits - lengths(&sandbox);
    let path = "text/{campaign.id}/{offer.id}";
    let with = |count: usize| format!("{path}{}\"", "x".repeat(count));
    sandbox.edit("rules/channels/sms.toml", &with(0), &with(more));
    sandbox.run(&["build"]).expect_code(0);
    assert_eq!(lengths(&sandbox), 200 + digits);
    sandbox.expect_sums();
    sandbox.run(&["verify"]).expect_code(0);
    sandbox.run(&["plan"]).expect_code(0);
    sandbox.expect_clean_output("a second build");
    sandbox.edit("rules/channels/sms.toml", &with(more), &with(more + 1));
    let refused = sandbox.run(&["build"]).expect_code(1);
    assert!(refused.text().contains("a part is longer than 200 bytes"), "{}", refused.text());
}
