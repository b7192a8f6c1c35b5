//! A strict reader of XML over a part of a workbook.
//!
//! UTF-8 only, no document type, no entities but the five of XML, bounded depth and pieces. Must
//! not know anything of spreadsheets.

use super::archive::{Archive, Part};
use super::limits;
use super::remark::Fault;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;
use std::borrow::Cow;

/// A part being read as XML.
pub(super) struct Xml<'a> {
    reader: Reader<Part<'a>>,
    buffer: Vec<u8>,
    depth: usize,
}

/// What comes next.
pub(super) enum Node<'b> {
    /// A start tag. Each has its [`Node::Close`], also if it is written `<a/>`.
    Open(Element<'b>),
    /// An end tag. It belongs to the innermost open element.
    Close,
    Text(Cow<'b, str>),
    /// Nothing of interest: a comment, say.
    Other,
    /// The end of the part, with every element closed.
    End,
}

/// A start tag.
pub(super) struct Element<'b>(BytesStart<'b>);

impl<'a> Xml<'a> {
    /// A part that may be missing.
    pub(super) fn find(archive: &'a Archive<'_>, name: &str) -> Result<Option<Self>, Fault> {
        let Some(part) = archive.part(name)? else { return Ok(None) };
        let mut reader = Reader::from_reader(part);
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.check_end_names = true;
        Ok(Some(Self { reader, buffer: Vec::new(), depth: 0 }))
    }

    /// A part that must be there.
    pub(super) fn open(archive: &'a Archive<'_>, name: &str) -> Result<Self, Fault> {
        Self::find(archive, name)?.ok_or_else(|| Fault::damaged("a part is missing"))
    }

    pub(super) fn next(&mut self) -> Result<Node<'_>, Fault> {
        self.buffer.clear();
        self.reader.get_mut().begin_piece();
        let Ok(event) = self.reader.read_event_into(&mut self.buffer) else {
            let fault = self.reader.get_mut().fault();
            return Err(fault.unwrap_or_else(|| Fault::damaged("its XML is not well formed")));
        };
        match event {
            Event::Start(start) => {
                self.depth += 1;
                if self.depth > limits::XML_DEPTH {
                    return Err(Fault::damaged("its XML nests deeper than 64 levels"));
                }
                Ok(Node::Open(Element(start)))
            }
            Event::End(_) => {
                self.depth = self.depth.saturating_sub(1);
                Ok(Node::Close)
            }
            Event::Text(text) => Ok(Node::Text(text.into_inner())),
            Event::CData(text) => Ok(Node::Text(text.into_inner())),
            Event::GeneralRef(reference) => character(&reference),
            Event::Eof if self.depth > 0 => Err(Fault::damaged("its XML ends too early")),
            Event::Eof => Ok(Node::End),
            Event::DocType(_) => Err(Fault::damaged("its XML has a document type")),
            Event::Decl(decl) => match decl.encoding() {
                Some(Ok(name)) if !name.eq_ignore_ascii_case("utf-8") => {
                    Err(Fault::damaged("its XML is not in UTF-8"))
                }
                _ => Ok(Node::Other),
            },
            Event::Comment(_) | Event::PI(_) | Event::Empty(_) => Ok(Node::Other),
        }
    }

    /// Goes past the element that was just opened.
    pub(super) fn skip(&mut self) -> Result<(), Fault> {
        let outer = self.depth.saturating_sub(1);
        while self.depth > outer {
            self.next()?;
        }
        Ok(())
    }

    /// Goes into the root element, which must have this name.
    pub(super) fn enter(&mut self, root: &str) -> Result<(), Fault> {
        loop {
            match self.next()? {
                Node::Open(element) if element.name() == root => return Ok(()),
                Node::Open(_) | Node::End => {
                    return Err(Fault::damaged("a part is not what it should be"));
                }
                Node::Close | Node::Text(_) | Node::Other => {}
            }
        }
    }

    /// Adds the text of the element that was just opened, up to its end. Inner elements are
    /// skipped.
    pub(super) fn text(&mut self, out: &mut String) -> Result<(), Fault> {
        loop {
            match self.next()? {
                Node::Text(text) => push(out, &text)?,
                Node::Open(_) => self.skip()?,
                Node::Close | Node::End => return Ok(()),
                Node::Other => {}
            }
        }
    }
}

/// Adds to a cell's text, which is bounded.
pub(super) fn push(out: &mut String, text: &str) -> Result<(), Fault> {
    if out.len() + text.len() > limits::CELL_BYTES {
        return Err(limits::fault("a cell holds more than 8,192 characters"));
    }
    out.push_str(text);
    Ok(())
}

fn character(reference: &BytesRef<'_>) -> Result<Node<'static>, Fault> {
    let text = match &**reference {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        _ => {
            return match reference.resolve_char_ref() {
                Ok(Some(c)) => Ok(Node::Text(Cow::Owned(c.to_string()))),
                _ => Err(Fault::damaged("its XML has an unknown entity")),
            };
        }
    };
    Ok(Node::Text(Cow::Borrowed(text)))
}

impl Element<'_> {
    /// The name without its prefix.
    pub(super) fn name(&self) -> &str {
        self.0.local_name().into_inner()
    }

    /// The name with its prefix.
    pub(super) fn full_name(&self) -> &str {
        self.0.name().into_inner()
    }

    /// Calls `each` with every attribute: name with prefix, value.
    pub(super) fn attributes<'s>(
        &'s self,
        mut each: impl FnMut(&'s str, Cow<'s, str>),
    ) -> Result<(), Fault> {
        // Checks for doubled names take quadratic time.
        for attribute in self.0.attributes().with_checks(false) {
            let bad = || Fault::damaged("its XML has a bad attribute");
            let attribute = attribute.map_err(|_| bad())?;
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|_| bad())?;
            each(attribute.key.into_inner(), value);
        }
        Ok(())
    }

    /// One attribute, by its name with prefix.
    pub(super) fn attribute(&self, name: &str) -> Result<Option<Cow<'_, str>>, Fault> {
        let mut found = None;
        self.attributes(|key, value| {
            if key == name {
                found = Some(value);
            }
        })?;
        Ok(found)
    }

    /// Whether an attribute is set to yes.
    pub(super) fn flag(&self, name: &str) -> Result<bool, Fault> {
        Ok(matches!(self.attribute(name)?.as_deref(), Some("1" | "true")))
    }
}
