//! What the README and the page of late swaps show is what happens.

use std::fs;

use crate::sample::{repository, sample};
use crate::transcript::{Shown, console_blocks, replay};

#[test]
fn the_readme_shows_what_the_commands_print() {
    let readme = fs::read_to_string(repository().join("README.md")).unwrap();
    let (before, path, after) = without_the_path(&readme);
    // Who begins there has a fresh copy.
    let blocks = console_blocks(path);
    assert!((5..10).contains(&blocks.len()), "under ten commands: {blocks:?}");
    let fresh = sample();
    for file in ["gates.toml", "allowed_signers"] {
        let file = format!("examples/gates/{file}");
        fresh.write(&file, fs::read(repository().join(&file)).unwrap());
    }
    for Shown { command, lines } in blocks {
        replay(&fresh, &command, &lines);
    }
    let blocks = console_blocks(&format!("{before}{after}"));
    assert!(blocks.len() >= 6, "{blocks:?}");
    let sandbox = sample();
    for Shown { command, lines } in blocks {
        // The sandbox has no sources, and a test cannot run all tests.
        let command = match command.as_str() {
            "make" => "throughline build",
            "make test" => {
                let makefile = fs::read_to_string(repository().join("Makefile")).unwrap();
                let last = lines.last().unwrap();
                assert!(makefile.contains(&format!("@echo \"{last}\"")), "{last}");
                continue;
            }
            other => other,
        };
        replay(&sandbox, command, &lines);
    }
}

/// What is before the newcomer's path to a release, the path, and what is behind it.
fn without_the_path(readme: &str) -> (&str, &str, &str) {
    let start = readme.find("## From a late change to a release").unwrap();
    let end = start + readme[start..].find("## Begin your own").unwrap();
    (&readme[..start], &readme[start..end], &readme[end..])
}

/// The night, the call at 16:20, what is done about it, and what stands in the way.
#[test]
fn the_hour_of_a_late_swap_goes_as_its_page_says() {
    let page = fs::read_to_string(repository().join("docs/late-swaps.md")).unwrap();
    let sandbox = sample();
    let script = "deploy/nightly.sh";
    sandbox.write(script, fs::read(repository().join(script)).unwrap());
    let mode = fs::metadata(repository().join(script)).unwrap().permissions();
    fs::set_permissions(sandbox.path(script), mode).unwrap();
    let blocks = console_blocks(&page);
    let commands: Vec<&str> = blocks.iter().map(|shown| shown.command.as_str()).collect();
    for part in ["nightly.sh", "swap withdraw", "plan", "apply", "diff", "explain", "swap revert"] {
        assert!(commands.iter().any(|command| command.contains(part)), "{part}: {commands:?}");
    }
    for Shown { command, lines } in &blocks {
        replay(&sandbox, command, lines);
    }
    sandbox.run(&["verify"]).expect_code(0);
}
