//! What is remembered below `.throughline/` saves time and is never believed.

use std::collections::BTreeMap;
use std::fs;

use crate::cases::lay_down;
use crate::sample::sample;
use crate::sandbox::{Sandbox, files_below};

const PICTURES: &str = ".throughline/pictures";

fn built(sandbox: &Sandbox) -> BTreeMap<String, Vec<u8>> {
    sandbox.run(&["build"]).expect_code(0);
    let start = sandbox.path("output");
    let read = |path: String| (path.clone(), fs::read(start.join(&path)).unwrap());
    files_below(&start).into_iter().map(read).collect()
}

#[test]
fn damaged_exchanged_and_lost_pictures_are_drawn_again() {
    let sandbox = sample();
    let whole = built(&sandbox);
    let kept = sandbox.files(PICTURES);
    assert!(kept.len() > 200, "{}", kept.len());
    let at = |name: &String| sandbox.path(PICTURES).join(name);
    let untouched: Vec<Vec<u8>> = kept.iter().map(|name| fs::read(at(name)).unwrap()).collect();
    for (number, (name, bytes)) in kept.iter().zip(&untouched).enumerate() {
        match number % 6 {
            0 => fs::write(at(name), &bytes[..bytes.len() / 2]).unwrap(),
            1 => {
                let mut flipped = bytes.clone();
                flipped[bytes.len() / 3] ^= 4;
                fs::write(at(name), flipped).unwrap();
            }
            2 => fs::remove_file(at(name)).unwrap(),
            // Another picture, whole, under this one's name.
            3 => fs::write(at(name), &untouched[(number + 1) % kept.len()]).unwrap(),
            4 => fs::write(at(name), "").unwrap(),
            _ => {}
        }
    }
    sandbox.remove("output");
    assert!(built(&sandbox) == whole, "a damaged picture was believed");
    for (name, bytes) in kept.iter().zip(&untouched) {
        assert!(fs::read(at(name)).unwrap() == *bytes, "{name} was not mended");
    }
    sandbox.remove(".throughline");
    sandbox.remove("output");
    assert!(built(&sandbox) == whole);
}

#[test]
fn a_picture_inside_a_picture_is_part_of_what_it_is_made_from() {
    let sandbox = sample();
    let before = built(&sandbox);
    let shown = "assets/images/offers/hearthline-dutch.png";
    let other = fs::read(sandbox.path("assets/images/offers/ardent-bath.png")).unwrap();
    assert!(fs::read(sandbox.path(shown)).unwrap() != other);
    sandbox.write(shown, other);
    let after = built(&sandbox);
    let banner = |tree: &BTreeMap<String, Vec<u8>>| -> Vec<String> {
        let names = tree.keys().filter(|path| path.starts_with("image/"));
        names.filter(|path| path.contains("share-hearthline-dutch")).cloned().collect()
    };
    assert_ne!(banner(&before), banner(&after));
    sandbox.remove(".throughline");
    sandbox.remove("output");
    assert!(built(&sandbox) == after, "a picture was remembered that is no longer drawn so");
}

/// What stands behind a link is somebody else's, and is neither read, added to nor cleaned.
#[cfg(unix)]
#[test]
fn a_linked_folder_is_not_followed() {
    let (sandbox, other) = (lay_down("ok_picture"), Sandbox::new());
    other.write("thesis.txt", "years of work");
    fs::create_dir_all(sandbox.path(".throughline")).unwrap();
    for name in ["pictures", "gallery"] {
        let link = sandbox.path(".throughline").join(name);
        std::os::unix::fs::symlink(other.root(), link).unwrap();
    }
    let run = sandbox.run(&["build"]).expect_code(0);
    assert!(run.stderr.contains("symbolic link"), "{}", run.text());
    let run = sandbox.run(&["build", "--gallery"]);
    assert!(run.stderr.contains("symbolic link"), "{}", run.text());
    assert_eq!(files_below(other.root()), ["thesis.txt"]);
}
