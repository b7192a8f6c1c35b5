//! The shape of the code: sizes, heads, direction of imports, who may touch files.

use std::fs;
use std::path::Path;

use crate::sample::repository;
use crate::sandbox::files_below;

/// From what everything may use to what nothing may use. A module imports only from lines above
/// its own.
const LAYERS: [&str; 26] = [
    "model", "diag", "dialect", "markup", "ga4", "address", "wrapper", "mail", "picture", "locale",
    "lint", "shown", "source", "resolve", "link", "graph", "artifact", "render", "manifest",
    "decide", "release", "load", "store", "publish", "report", "cli",
];

/// The edges, where files, clocks and the environment may be touched.
const EDGES: [&str; 3] = ["load", "store", "cli"];

const MAX_LINES: usize = 400;
const MAX_TEST_LINES: usize = 600;

fn sources() -> Vec<(String, String)> {
    let folder = repository().join("src");
    let paths = files_below(&folder).into_iter().filter(|path| is_rust(path));
    paths.map(|path| (path.clone(), fs::read_to_string(folder.join(&path)).unwrap())).collect()
}

fn is_rust(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|extension| extension == "rs")
}

fn layer(path: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| path.split('/').next() == Some(layer))
}

#[test]
fn files_are_short_and_say_what_they_are_for() {
    for (path, text) in sources() {
        let lines = text.lines().count();
        assert!(lines <= MAX_LINES, "src/{path} has {lines} lines: it wants to be two");
        assert!(text.starts_with("//! "), "src/{path} does not say what it is for");
    }
    let folder = repository().join("tests/it");
    for path in files_below(&folder).into_iter().filter(|path| is_rust(path)) {
        let lines = fs::read_to_string(folder.join(&path)).unwrap().lines().count();
        assert!(lines <= MAX_TEST_LINES, "tests/it/{path} has {lines} lines");
    }
}

#[test]
fn imports_go_up_the_list_and_never_back() {
    for (path, text) in sources() {
        let Some(own) = layer(&path) else { continue };
        for (number, line) in text.lines().enumerate() {
            for (at, _) in line.match_indices("crate::") {
                let rest = &line[at + "crate::".len()..];
                let name: String =
                    rest.chars().take_while(|one| one.is_alphanumeric() || *one == '_').collect();
                let Some(other) = LAYERS.iter().position(|layer| *layer == name) else {
                    panic!("src/{path}:{}: `{name}` is not in the layer table", number + 1);
                };
                assert!(
                    other <= own,
                    "src/{path}:{}: {} must not use {name}",
                    number + 1,
                    LAYERS[own]
                );
            }
            assert!(!line.contains("super::super"), "src/{path}:{}: use `crate::`", number + 1);
        }
    }
}

#[test]
fn only_the_edges_touch_the_outside() {
    for (path, text) in sources() {
        let edge = EDGES.iter().any(|edge| path.starts_with(edge));
        let opens = text.contains("disallowed_methods");
        assert!(!opens || edge, "src/{path} switches the purity lint off");
        for word in ["unsafe {", "unsafe fn", "unsafe impl"] {
            assert!(!text.contains(word), "src/{path} says {word}");
        }
    }
    let manifest = fs::read_to_string(repository().join("Cargo.toml")).unwrap();
    assert!(manifest.contains("unsafe_code = \"forbid\""));
}

#[test]
fn nothing_is_left_for_later() {
    for (path, text) in sources() {
        for (number, line) in text.lines().enumerate() {
            for word in
                ["TODO", "FIXME", "XXX", "HACK", "todo!(", "unimplemented!(", "allow(dead_code)"]
            {
                assert!(!line.contains(word), "src/{path}:{}: {word}", number + 1);
            }
        }
    }
}

/// A lint that does not fire protects nothing: this is the list it must hold.
#[test]
fn the_purity_lint_names_every_way_out() {
    let lint = fs::read_to_string(repository().join("clippy.toml")).unwrap();
    for path in [
        "std::fs::read",
        "std::fs::write",
        "std::fs::File::open",
        "std::fs::OpenOptions::new",
        "std::env::var",
        "std::time::SystemTime::now",
        "jiff::Zoned::now",
        "std::path::Path::exists",
    ] {
        assert!(lint.contains(&format!("\"{path}\"")), "clippy.toml does not name {path}");
    }
}

#[test]
fn init_writes_the_whole_starter() {
    let listed = fs::read_to_string(repository().join("src/cli/init.rs")).unwrap();
    for path in files_below(&repository().join("starter")) {
        let built = path.starts_with("output/")
            || path.starts_with(".throughline/")
            || path == "throughline.lock";
        assert!(built || listed.contains(&format!("\"{path}\"")), "init does not write {path}");
    }
}
