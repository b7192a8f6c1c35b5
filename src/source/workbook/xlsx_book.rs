//! The parts of an Excel workbook that all sheets share: the list of sheets, formats, texts.
//!
//! Texts are kept in one string, cut where a cell would be over its limit. Must not read sheets.

use super::archive::Archive;
use super::limits;
use super::number_format::{Shown, built_in, custom};
use super::remark::Fault;
use super::xml::{Element, Node, Xml};
use std::collections::BTreeMap;

/// A sheet as the workbook lists it.
pub(super) struct SheetEntry {
    pub(super) name: String,
    pub(super) visible: bool,
    /// Whether it has rows: charts have none.
    pub(super) is_table: bool,
    /// The part of the archive.
    pub(super) part: String,
}

/// What the list of sheets says.
#[derive(Default)]
pub(super) struct Book {
    pub(super) sheets: Vec<SheetEntry>,
    pub(super) from_1904: bool,
    pub(super) styles: Option<String>,
    pub(super) shared: Option<String>,
}

/// Relations of the workbook: id to kind and part.
type Relations = BTreeMap<String, (String, String)>;

impl Book {
    pub(super) fn read(archive: &Archive<'_>) -> Result<Self, Fault> {
        let relations = relations(archive)?;
        let part = |kind: &str| {
            let mut all = relations.values();
            all.find(|(is, _)| is == kind).map(|(_, part)| part.clone())
        };
        let mut book =
            Self { styles: part("styles"), shared: part("sharedStrings"), ..Self::default() };
        let mut xml = Xml::open(archive, "xl/workbook.xml")?;
        xml.enter("workbook")?;
        loop {
            match xml.next()? {
                Node::Open(element) => match element.name() {
                    "workbookPr" => book.from_1904 |= element.flag("date1904")?,
                    "sheet" => book.list(&element, &relations)?,
                    "sheets" => {}
                    _ => xml.skip()?,
                },
                Node::End => return Ok(book),
                Node::Close | Node::Text(_) | Node::Other => {}
            }
        }
    }

    fn list(&mut self, element: &Element<'_>, relations: &Relations) -> Result<(), Fault> {
        let (mut name, mut id, mut visible) = (String::new(), String::new(), true);
        element.attributes(|key, value| match key {
            "name" => name = value.into_owned(),
            "state" => visible = value == "visible",
            _ if key.ends_with(":id") => id = value.into_owned(),
            _ => {}
        })?;
        let Some((kind, part)) = relations.get(&id) else {
            return Err(Fault::damaged("it lists a sheet that is not there"));
        };
        if self.sheets.len() >= limits::SHEETS {
            return Err(limits::fault("the workbook holds more than 1,000 sheets"));
        }
        if name.len() > 1000 || self.sheets.iter().any(|sheet| sheet.name == name) {
            return Err(Fault::damaged("two sheets have one name, or a name is too long"));
        }
        let (is_table, part) = (kind == "worksheet", part.clone());
        self.sheets.push(SheetEntry { name, visible, is_table, part });
        Ok(())
    }
}

fn relations(archive: &Archive<'_>) -> Result<Relations, Fault> {
    let mut relations = Relations::new();
    let mut xml = Xml::open(archive, "xl/_rels/workbook.xml.rels")?;
    xml.enter("Relationships")?;
    loop {
        match xml.next()? {
            Node::Open(element) => {
                let (mut id, mut kind, mut target) = (String::new(), String::new(), String::new());
                element.attributes(|key, value| match key {
                    "Id" => id = value.into_owned(),
                    "Type" => value.rsplit('/').next().unwrap_or_default().clone_into(&mut kind),
                    "Target" => target = resolve(&value),
                    _ => {}
                })?;
                if relations.len() >= limits::ENTRIES || id.len() + target.len() > 2000 {
                    return Err(Fault::damaged("its relations are too many or too long"));
                }
                relations.insert(id, (kind, target));
            }
            Node::End => return Ok(relations),
            Node::Close | Node::Text(_) | Node::Other => {}
        }
    }
}

/// A target, which stands relative to `xl/` or to the root, as a name in the archive.
fn resolve(target: &str) -> String {
    let whole = match target.strip_prefix('/') {
        Some(rest) => rest.to_owned(),
        None => format!("xl/{target}"),
    };
    let mut parts = Vec::new();
    for part in whole.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

/// What each cell format makes of numbers.
pub(super) fn styles(archive: &Archive<'_>, part: &str) -> Result<Vec<Shown>, Fault> {
    let (mut formats, mut styles) = (BTreeMap::new(), Vec::new());
    let mut xml = Xml::open(archive, part)?;
    xml.enter("styleSheet")?;
    let mut within = false;
    loop {
        match xml.next()? {
            Node::Open(element) => match element.name() {
                "numFmts" => {}
                "cellXfs" => within = true,
                "numFmt" => {
                    if let Some(id) = number(&element, "numFmtId")? {
                        let code = element.attribute("formatCode")?.unwrap_or_default();
                        formats.insert(id, custom(&code));
                    }
                }
                "xf" if within => {
                    let id = number(&element, "numFmtId")?.unwrap_or(0);
                    styles.push(formats.get(&id).copied().unwrap_or_else(|| built_in(id)));
                    xml.skip()?;
                }
                _ => xml.skip()?,
            },
            Node::End => return Ok(styles),
            Node::Close | Node::Text(_) | Node::Other => {}
        }
        if styles.len() > limits::STYLES || formats.len() > limits::STYLES {
            return Err(limits::fault("the workbook holds more than 65,536 cell formats"));
        }
    }
}

/// An attribute as a number.
pub(super) fn number(element: &Element<'_>, name: &str) -> Result<Option<u32>, Fault> {
    Ok(element.attribute(name)?.and_then(|value| value.trim_ascii().parse().ok()))
}

/// The texts that cells share, one after the other.
#[derive(Default)]
pub(super) struct Shared {
    text: String,
    ends: Vec<u32>,
}

impl Shared {
    pub(super) fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)? as usize;
        let before = index.checked_sub(1).and_then(|before| self.ends.get(before));
        self.text.get(before.map_or(0, |end| *end as usize)..end)
    }

    fn add(&mut self, text: &str) -> Result<(), Fault> {
        // One character more than a cell may have: who uses this text is told.
        let end = text.char_indices().nth(limits::CELL_CHARS + 1).map_or(text.len(), |(at, _)| at);
        let text = text.get(..end).unwrap_or_default();
        if self.text.len() + text.len() > limits::SHARED_BYTES
            || self.ends.len() >= limits::SHARED_TEXTS
        {
            return Err(limits::fault("the workbook holds more than 96 MB of text"));
        }
        self.text.push_str(text);
        self.ends.push(self.text.len() as u32);
        Ok(())
    }
}

/// Reads the shared texts.
pub(super) fn shared_texts(archive: &Archive<'_>, part: &str) -> Result<Shared, Fault> {
    let mut shared = Shared::default();
    let mut xml = Xml::open(archive, part)?;
    xml.enter("sst")?;
    let mut raw = String::new();
    loop {
        match xml.next()? {
            Node::Open(element) if element.name() == "si" => {
                raw.clear();
                rich_text(&mut xml, &mut raw)?;
                shared.add(&unescape(&raw))?;
            }
            Node::Open(_) => xml.skip()?,
            Node::End => return Ok(shared),
            Node::Close | Node::Text(_) | Node::Other => {}
        }
    }
}

/// Adds the text of an `si` or `is` that was just opened: its runs without their pronunciation.
pub(super) fn rich_text(xml: &mut Xml<'_>, out: &mut String) -> Result<(), Fault> {
    let mut runs = 0;
    loop {
        match xml.next()? {
            Node::Open(element) => match element.name() {
                "t" => xml.text(out)?,
                "r" => runs += 1,
                _ => xml.skip()?,
            },
            Node::Close if runs == 0 => return Ok(()),
            Node::Close => runs -= 1,
            Node::End => return Err(Fault::damaged("its XML ends too early")),
            Node::Text(_) | Node::Other => {}
        }
    }
}

/// Decodes `_x000D_`, in which Excel hides characters that XML has no place for.
pub(super) fn unescape(raw: &str) -> std::borrow::Cow<'_, str> {
    if !raw.contains("_x") {
        return raw.into();
    }
    let (mut out, mut rest) = (String::with_capacity(raw.len()), raw);
    while let Some(at) = rest.find("_x") {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        let code = escape.get(2..6).filter(|_| escape.as_bytes().get(6) == Some(&b'_'));
        let code = code.filter(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let code = code.and_then(|code| u32::from_str_radix(code, 16).ok());
        let (text, length) = match code {
            Some(code) => (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 7),
            None => ('_', 1),
        };
        out.push(text);
        rest = escape.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
    out.into()
}
