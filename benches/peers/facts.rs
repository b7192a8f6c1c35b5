//! What all outputs must have in common: as many files of each kind, the same links, and in the
//! files of some partners the same facts. A peer that wrote less would not be a peer.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use walkdir::WalkDir;

/// The kinds of files that every tool makes for each partner.
pub(crate) const KINDS: [&str; 3] = ["mail", "text", "page"];

/// An output folder as it was found.
pub(crate) struct Output {
    /// Of each kind, the files by the number of the partner.
    kinds: [BTreeMap<u64, PathBuf>; 3],
    /// The table of links, which ours has in parts where it is long.
    links: Vec<PathBuf>,
    pub(crate) files: usize,
    pub(crate) bytes: u64,
    /// The bytes of each kind.
    pub(crate) bytes_of: [u64; 3],
}

/// What must be found in each output.
pub(crate) struct Facts {
    partners: usize,
    offers: Vec<Offer>,
    /// URLs by asset and number of the partner.
    urls: BTreeMap<(String, u64), String>,
}

struct Offer {
    title: String,
    code: String,
}

impl Output {
    /// Looks through a folder.
    pub(crate) fn read(folder: &Path) -> Result<Self> {
        let mut kinds: [BTreeMap<u64, PathBuf>; 3] = Default::default();
        let mut links = Vec::new();
        let (mut files, mut bytes, mut bytes_of) = (0, 0, [0; 3]);
        for entry in WalkDir::new(folder) {
            let entry = entry?;
            if !entry.file_type().is_file() {
                continue;
            }
            let size = entry.metadata()?.len();
            files += 1;
            bytes += size;
            let path = entry.into_path();
            let inside = path.strip_prefix(folder)?;
            let extension = inside.extension().and_then(|text| text.to_str()).unwrap_or_default();
            let at = match (inside.iter().next().and_then(|text| text.to_str()), extension) {
                (Some("email"), "html") => 0,
                (Some("email"), "txt") => 1,
                (Some("landing"), "html") => 2,
                (Some("links"), "csv") => {
                    links.push(path);
                    continue;
                }
                _ => continue,
            };
            if let (Some(kind), Some(sum)) = (kinds.get_mut(at), bytes_of.get_mut(at)) {
                *sum += size;
                let other = kind.insert(number(inside)?, path);
                ensure!(other.is_none(), "two files for one partner: {other:?}");
            }
        }
        ensure!(!links.is_empty(), "no links in {}", folder.display());
        Ok(Self { kinds, links, files, bytes, bytes_of })
    }

    /// The URLs of its table of links, by asset and number of the partner. A short code of ours in
    /// a URL, which reports a visit back, is the offer's id with the peers.
    fn urls(&self) -> Result<BTreeMap<(String, u64), String>> {
        let mut urls = BTreeMap::new();
        self.links.iter().try_for_each(|part| urls_of(part, &mut urls))?;
        Ok(urls)
    }

    fn text(&self, kind: usize, number: u64) -> Result<String> {
        let path = self.kinds.get(kind).and_then(|files| files.get(&number));
        let path = path.with_context(|| format!("no file for partner {number}"))?;
        let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
        Ok(plain(&text))
    }
}

impl Facts {
    /// The facts as the tables have them, and the links as our own output has them.
    pub(crate) fn read(tables: &Path, ours: &Output) -> Result<Self> {
        let mut reader = csv::Reader::from_path(tables.join("partners/offers.csv"))?;
        let headers = reader.headers()?.clone();
        let column = |name: &str| headers.iter().position(|one| one == name);
        let (title, code) = column("title").zip(column("code")).context("no title or code")?;
        let mut offers = Vec::new();
        for record in reader.records() {
            let record = record?;
            let cell = |at: usize| record.get(at).unwrap_or_default().to_owned();
            offers.push(Offer { title: cell(title), code: cell(code) });
        }
        ensure!(!offers.is_empty(), "there are no partners");
        Ok(Self { partners: offers.len(), offers, urls: ours.urls()? })
    }

    /// Fails, and says why, if an output has not what all must have.
    pub(crate) fn check(&self, output: &Output) -> Result<()> {
        for (kind, files) in KINDS.iter().zip(&output.kinds) {
            let (found, wanted) = (files.len(), self.partners);
            ensure!(found == wanted, "{found} files of the kind {kind}, and not {wanted}");
        }
        let urls = output.urls()?;
        ensure!(urls.len() == 5 * self.partners, "{} links", urls.len());
        for (key, wanted) in &self.urls {
            let found = urls.get(key).map_or("none", String::as_str);
            ensure!(found == wanted, "link {key:?} is\n{found}\nand not\n{wanted}");
        }
        for at in [0, self.partners / 3, self.partners / 2, self.partners - 1] {
            self.check_partner(output, &urls, at)?;
        }
        Ok(())
    }

    fn check_partner(
        &self,
        output: &Output,
        urls: &BTreeMap<(String, u64), String>,
        at: usize,
    ) -> Result<()> {
        let number = at as u64 + 1;
        let offer = self.offers.get(at).context("no such offer")?;
        // What leads where: mail and text to our page, and that to the partner.
        for (kind, (name, asset)) in KINDS.iter().zip(["mail", "mail", "page"]).enumerate() {
            let text = output.text(kind, number)?;
            let url = urls.get(&(asset.to_owned(), number)).context("no link")?;
            // Ours ends with its short code, where that of the peers ends with the offer's id.
            let url = url.strip_suffix(&format!("o{number:05}")).unwrap_or(url);
            for fact in [&offer.title, url, &offer.code] {
                ensure!(text.contains(fact), "the {name} of partner {number} lacks `{fact}`");
            }
            if offer.code.is_empty() && text.contains("Use code") {
                bail!("the {name} of partner {number} has a code, and the offer has none");
            }
        }
        Ok(())
    }

    /// Fails if a mail, text or page of the first partner does not show a title.
    pub(crate) fn check_title(output: &Output, title: &str) -> Result<()> {
        for (kind, name) in KINDS.iter().enumerate() {
            ensure!(output.text(kind, 1)?.contains(title), "the {name} lacks `{title}`");
        }
        Ok(())
    }
}

/// The number in the name of a file: 17 of `o00017.html`.
fn number(path: &Path) -> Result<u64> {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let digits: String = name.chars().skip(1).take_while(char::is_ascii_digit).collect();
    digits.parse().with_context(|| format!("no number in `{name}`"))
}

/// Without the entities that the tools write differently, and without line breaks.
fn plain(text: &str) -> String {
    let mut plain = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let entities = [("&#34;", "\""), ("&quot;", "\""), ("&#39;", "'"), ("&#43;", "+")];
    for (entity, letter) in entities.into_iter().chain([("&amp;", "&")]) {
        plain = plain.replace(entity, letter);
    }
    plain
}

/// Reads the URLs of a part of a table of links.
fn urls_of(part: &Path, urls: &mut BTreeMap<(String, u64), String>) -> Result<()> {
    let mut reader = csv::Reader::from_path(part)?;
    let headers = reader.headers()?.clone();
    let column = |name: &str| headers.iter().position(|one| one == name);
    let needed = |name: &str| column(name).with_context(|| format!("no column {name}"));
    let (asset, offer, url) = (needed("asset")?, needed("offer")?, needed("url")?);
    let code = column("sub_id");
    for record in reader.records() {
        let record = record?;
        let cell = |at: usize| record.get(at).unwrap_or_default();
        let code = code.map_or("", cell);
        let text = match cell(url).strip_suffix(code) {
            Some(start) if !code.is_empty() => format!("{start}{}", cell(offer)),
            _ => cell(url).to_owned(),
        };
        let key = (cell(asset).to_owned(), number(Path::new(cell(offer)))?);
        ensure!(urls.insert(key, text).is_none(), "two links of one asset and offer");
    }
    Ok(())
}
