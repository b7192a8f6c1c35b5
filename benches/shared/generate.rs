//! Writes a workspace of any number of partners. The same number gives the same bytes anywhere.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};

use crate::words::{self, Dice};

macro_rules! written_by_hand {
    ($($path:literal),* $(,)?) => {
        [$(($path, include_str!(concat!("workspace/", $path)))),*]
    };
}

/// The part of the workspace that is the same at each size.
const BY_HAND: [(&str, &str); 22] = written_by_hand![
    "briefs/bench.md",
    "legal/standard.md",
    "partners/perks.csv",
    "rules/channels/affiliate.toml",
    "rules/channels/email.toml",
    "rules/channels/landing.toml",
    "rules/channels/push.toml",
    "rules/channels/sms.toml",
    "rules/fields.toml",
    "rules/taxonomy.toml",
    "templates/email/base.html",
    "templates/email/offer.html",
    "templates/email/offer.txt",
    "templates/landing/base.html",
    "templates/landing/offer.html",
    "templates/parts/email-style.html",
    "templates/parts/page-style.html",
    "templates/parts/perk.html",
    "templates/parts/step.html",
    "templates/parts/value.html",
    "templates/parts/value.txt",
    "throughline.toml",
];

const PARTNER_COLUMNS: [&str; 14] = [
    "partner_id",
    "name",
    "legal_name",
    "tier",
    "category",
    "owner",
    "permitted_domains",
    "landing_base",
    "deep_link",
    "subid_param",
    "brand_color",
    "logo",
    "embargo_until",
    "status",
];

const OFFER_COLUMNS: [&str; 22] = [
    "offer_id",
    "partner_id",
    "bundle_id",
    "mechanic",
    "value",
    "currency",
    "min_spend",
    "title",
    "title@sms",
    "body",
    "cta",
    "image",
    "code",
    "exclusions",
    "terms_id",
    "landing_path",
    "effective_from",
    "effective_to",
    "display_from",
    "display_to",
    "status",
    "source_ref",
];

/// Partners share this many logos and offer images, as in a shop with stock pictures.
const PICTURES: usize = 8;
const PERK_ICONS: usize = 5;

/// Writes the workspace into a folder and returns the SHA-256 of all its paths and bytes.
pub(crate) fn write_workspace(folder: &Path, partners: usize) -> Result<String> {
    let mut hash = Sha256::new();
    for (path, bytes) in files(partners)? {
        for part in [path.as_bytes(), bytes.as_slice()] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        let file = folder.join(&path);
        if let Some(parent) = file.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(&file, bytes).with_context(|| format!("cannot write {}", file.display()))?;
    }
    let mut hex = String::new();
    for byte in hash.finalize() {
        write!(hex, "{byte:02x}")?;
    }
    Ok(hex)
}

fn files(partners: usize) -> Result<Vec<(String, Vec<u8>)>> {
    let mut files: Vec<(String, Vec<u8>)> =
        BY_HAND.map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec())).to_vec();
    files.push(("partners/partners.csv".to_owned(), partners_table(partners)?));
    files.push(("partners/offers.csv".to_owned(), offers_table(partners)?));
    let mut dice = Dice::new(3);
    let counted = [("brand", PICTURES), ("offer", PICTURES), ("perk", PERK_ICONS)];
    let names =
        counted.iter().flat_map(|(name, count)| (0..*count).map(move |at| format!("{name}-{at}")));
    for name in names.chain(["logo".to_owned(), "hero".to_owned()]) {
        files.push((format!("assets/images/{name}.gif"), picture(&mut dice)));
    }
    files.sort();
    Ok(files)
}

fn partners_table(partners: usize) -> Result<Vec<u8>> {
    let mut dice = Dice::new(1);
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(PARTNER_COLUMNS)?;
    for number in 1..=partners {
        let id = format!("p{number:05}");
        let name = format!(
            "{} {} {number}",
            dice.pick(&words::FIRST_NAMES),
            dice.pick(&words::LAST_NAMES)
        );
        let wrapper = dice.pick(&["", "plain"]);
        // A link that is wrapped reports back.
        let reports = if wrapper.is_empty() { ["", "u1"] } else { ["clickref", "sid"] };
        table.write_record([
            id.clone(),
            name.clone(),
            format!("{name} LLC"),
            dice.pick(&["bronze", "silver", "gold"]),
            dice.pick(&["beauty", "home", "fashion", "outdoor", "food", "tech"]),
            dice.pick(&["d.ortiz", "j.park", "s.lindqvist", "a.okafor"]),
            format!("{id}.example;shop-{id}.example"),
            format!("https://www.{id}.example"),
            wrapper,
            dice.pick(&reports),
            color(&mut dice),
            format!("images/brand-{}.gif", dice.below(PICTURES)),
            String::new(),
            "active".to_owned(),
        ])?;
    }
    Ok(table.into_inner()?)
}

/// Changes the title of one offer to another each time.
pub(crate) fn change_cell(workspace: &Path, number: usize) -> Result<()> {
    let path = workspace.join("partners/offers.csv");
    let mut reader = csv::Reader::from_path(&path)?;
    let new = late_title(number);
    let title = OFFER_COLUMNS.iter().position(|one| *one == "title").context("no title")?;
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(reader.headers()?)?;
    for (row, record) in reader.records().enumerate() {
        let record = record?;
        let cells = record.iter().enumerate();
        let changed = |at: usize| row == 0 && at == title;
        table.write_record(cells.map(|(at, cell)| if changed(at) { &new } else { cell }))?;
    }
    fs::write(&path, table.into_inner()?).with_context(|| path.display().to_string())
}

/// The title that [`change_cell`] writes.
pub(crate) fn late_title(number: usize) -> String {
    format!("A late title, number {number}")
}

fn offers_table(partners: usize) -> Result<Vec<u8>> {
    let mut dice = Dice::new(2);
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(OFFER_COLUMNS)?;
    for number in 1..=partners {
        let (mechanic, value) = words::benefit(&mut dice);
        let short = format!("{} {}", dice.pick(&words::QUALITIES), dice.pick(&words::THINGS));
        table.write_record([
            format!("o{number:05}"),
            format!("p{number:05}"),
            String::new(),
            mechanic.to_owned(),
            value,
            "USD".to_owned(),
            dice.pick(&["", "", "40.00", "59.50", "100.00"]),
            format!("{short} {}", dice.pick(&words::OCCASIONS)),
            if dice.below(4) == 0 { short.clone() } else { String::new() },
            words::sentences(&mut dice),
            dice.pick(&words::CALLS),
            format!("images/offer-{}.gif", dice.below(PICTURES)),
            if dice.below(2) == 0 { format!("NW{number:05}") } else { String::new() },
            dice.pick(&words::EXCLUSIONS),
            "standard".to_owned(),
            format!(
                "/{}/o{number:05}{}",
                dice.pick(&words::SHELVES),
                dice.pick(&["", "", "?locale=en-US"])
            ),
            format!("2026-11-{}T00:00", 20 + dice.below(6)),
            format!("2026-12-{:02}T23:59", 2 + dice.below(8)),
            "2026-11-25T00:00".to_owned(),
            "2026-12-01T23:59".to_owned(),
            "active".to_owned(),
            format!("SHEET-{} r{}", number, 1 + dice.below(4)),
        ])?;
    }
    Ok(table.into_inner()?)
}

/// Dark enough for white text.
fn color(dice: &mut Dice) -> String {
    let mut part = || 16 + dice.below(96);
    format!("#{:02X}{:02X}{:02X}", part(), part(), part())
}

/// A GIF of one pixel in a color of its own.
fn picture(dice: &mut Dice) -> Vec<u8> {
    let mut bytes = b"GIF89a\x01\x00\x01\x00\x80\x00\x00".to_vec();
    bytes.extend((0..3).map(|_| dice.byte()));
    bytes.extend(b"\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;");
    bytes
}
