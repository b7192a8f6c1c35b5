//! Two readers that know nothing of us read every code of the sample.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

use crate::sample::sample;
use crate::sandbox::Sandbox;

/// Every code that a scanner would find, and what it should say: the short URL in capitals.
fn codes() -> (Sandbox, Vec<PathBuf>, BTreeSet<String>) {
    let sandbox = sample();
    sandbox.run(&["build"]).expect_code(0);
    let files = sandbox.output_files();
    let path = |name: &String| sandbox.root().join("output").join(name);
    let is_code = |name: &&String| {
        name.starts_with("qr/") && PathBuf::from(name).extension().is_some_and(|one| one == "png")
    };
    let pictures = files.iter().filter(is_code).map(path).collect();
    let table = files.iter().find(|name| name.starts_with("links/")).map(path).unwrap();
    let mut rows = csv::Reader::from_path(table).unwrap();
    let header = rows.headers().unwrap().clone();
    let at = |name: &str| header.iter().position(|one| one == name).unwrap();
    let (channel, short_url) = (at("channel"), at("short_url"));
    let rows = rows.records().map(Result::unwrap).filter(|row| &row[channel] == "print");
    let expected = rows.map(|row| row[short_url].to_uppercase()).collect();
    (sandbox, pictures, expected)
}

#[test]
fn zbar_reads_every_code_of_the_sample() {
    let (_sandbox, pictures, expected) = codes();
    assert_eq!(pictures.len(), expected.len());
    let done = Command::new("zbarimg").args(["--quiet", "--raw"]).args(&pictures).output().unwrap();
    let said = String::from_utf8(done.stdout).unwrap();
    let read: BTreeSet<String> = said.lines().map(str::to_owned).collect();
    assert_eq!(read, expected, "{}", String::from_utf8_lossy(&done.stderr));
}

#[test]
fn rqrr_reads_every_code_of_the_sample() {
    let (_sandbox, pictures, expected) = codes();
    let read = |picture: &PathBuf| {
        let decoder =
            png::Decoder::new(std::io::BufReader::new(std::fs::File::open(picture).unwrap()));
        let mut reader = decoder.read_info().unwrap();
        let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut bytes).unwrap();
        let (width, height) = (info.width as usize, info.height as usize);
        let bit = |x: usize, y: usize| bytes[y * info.line_size + x / 8] >> (7 - x % 8) & 1;
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| {
            if bit(x, y) == 1 { 255 } else { 0 }
        });
        let grids = image.detect_grids();
        assert_eq!(grids.len(), 1, "{}", picture.display());
        grids[0].decode().unwrap().1
    };
    let found: BTreeSet<String> = pictures.iter().map(read).collect();
    assert_eq!(found, expected);
}
