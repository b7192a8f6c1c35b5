//! A small HTML tokenizer: tags and attributes with their places, at the speed of a scan.
//!
//! It follows the HTML standard's tokenizer for what it reports; a test holds it against
//! html5ever on hostile input. Conditional comments for Outlook are looked into, because Outlook
//! follows the links in them.

/// One attribute of a start tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attribute<'h> {
    /// Lower case is not forced.
    pub name: &'h str,
    /// As written, entities included.
    pub value: &'h str,
    /// Byte offset of the name.
    pub offset: usize,
}

/// Calls `tag(name, attributes)` for each start tag.
pub fn for_each_tag<'h>(html: &'h str, tag: &mut dyn FnMut(&'h str, &[Attribute<'h>])) {
    Scanner { html, bytes: html.as_bytes(), at: 0 }.run(0, tag);
}

/// Elements whose content is text up to their own end tag.
const RAW: [&str; 8] =
    ["script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"];

struct Scanner<'h> {
    html: &'h str,
    bytes: &'h [u8],
    at: usize,
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0c)
}

impl<'h> Scanner<'h> {
    fn slice(&self, start: usize, end: usize) -> &'h str {
        self.html.get(start..end).unwrap_or("")
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn rest(&self) -> &'h [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn run(&mut self, depth: usize, tag: &mut dyn FnMut(&'h str, &[Attribute<'h>])) {
        let mut attributes = Vec::new();
        while let Some(found) = memchr::memchr(b'<', self.rest()) {
            self.at += found + 1;
            match self.peek(0) {
                Some(b'!') if self.rest().starts_with(b"!--") => self.comment(depth, tag),
                Some(b'!' | b'?') => self.skip_past(b'>'),
                Some(b'/') => match self.peek(1) {
                    // An end tag can have attributes, which mean nothing but can hold a `>`.
                    Some(letter) if letter.is_ascii_alphabetic() => {
                        self.at += 1;
                        let _ = self.tag(&mut attributes);
                    }
                    _ => self.skip_past(b'>'),
                },
                Some(letter) if letter.is_ascii_alphabetic() => {
                    // A tag that the file ends in is none.
                    let Some(name) = self.tag(&mut attributes) else { return };
                    tag(name, &attributes);
                    if RAW.iter().any(|raw| raw.eq_ignore_ascii_case(name)) {
                        self.skip_raw(name);
                    } else if name.eq_ignore_ascii_case("plaintext") {
                        return;
                    }
                }
                _ => {}
            }
        }
    }

    fn skip_past(&mut self, byte: u8) {
        let skipped =
            memchr::memchr(byte, self.rest()).map_or(self.rest().len(), |found| found + 1);
        self.at += skipped;
    }

    fn comment(&mut self, depth: usize, tag: &mut dyn FnMut(&'h str, &[Attribute<'h>])) {
        self.at += 3;
        // `<!-->` and `<!--->` are whole comments.
        if self.peek(0) == Some(b'>') || self.rest().starts_with(b"->") {
            self.skip_past(b'>');
            return;
        }
        let start = self.at;
        let close =
            |needle: &[u8]| memchr::memmem::find(self.rest(), needle).map(|at| (at, needle.len()));
        let end = [close(b"-->"), close(b"--!>")].into_iter().flatten().min();
        let (length, mark) = end.unwrap_or((self.rest().len(), 0));
        let inside = self.slice(start, start + length);
        self.at = start + length + mark;
        if depth == 0 && inside.trim_start().starts_with("[if") {
            let end = self.at - mark;
            let mut inner = Scanner {
                html: self.slice(0, end),
                bytes: self.bytes.get(..end).unwrap_or_default(),
                at: start,
            };
            inner.run(1, tag);
        }
    }

    fn skip_raw(&mut self, name: &str) {
        while let Some(found) = memchr::memmem::find(self.rest(), b"</") {
            self.at += found + 2;
            let end = self.at + name.len();
            let same = self
                .bytes
                .get(self.at..end)
                .is_some_and(|text| text.eq_ignore_ascii_case(name.as_bytes()));
            let closed = self
                .bytes
                .get(end)
                .is_none_or(|byte| is_space(*byte) || matches!(byte, b'/' | b'>'));
            if same && closed {
                self.at -= 2;
                return;
            }
        }
        self.at = self.bytes.len();
    }

    /// Reads from the first letter of the name to past the `>`.
    fn tag(&mut self, attributes: &mut Vec<Attribute<'h>>) -> Option<&'h str> {
        attributes.clear();
        let start = self.at;
        while self.peek(0).is_some_and(|byte| !is_space(byte) && !matches!(byte, b'/' | b'>')) {
            self.at += 1;
        }
        let name = self.slice(start, self.at);
        loop {
            while self.peek(0).is_some_and(|byte| is_space(byte) || byte == b'/') {
                self.at += 1;
            }
            match self.peek(0) {
                None => return None,
                Some(b'>') => {
                    self.at += 1;
                    return Some(name);
                }
                Some(_) => attributes.push(self.attribute()),
            }
        }
    }

    fn attribute(&mut self) -> Attribute<'h> {
        let offset = self.at;
        // A `=` that comes first belongs to the name.
        self.at += 1;
        while self
            .peek(0)
            .is_some_and(|byte| !is_space(byte) && !matches!(byte, b'/' | b'>' | b'='))
        {
            self.at += 1;
        }
        let name = self.slice(offset, self.at);
        let mut ahead = 0;
        while self.peek(ahead).is_some_and(is_space) {
            ahead += 1;
        }
        if self.peek(ahead) != Some(b'=') {
            return Attribute { name, value: "", offset };
        }
        self.at += ahead + 1;
        while self.peek(0).is_some_and(is_space) {
            self.at += 1;
        }
        let start = self.at;
        let value = if let Some(quote @ (b'"' | b'\'')) = self.peek(0) {
            self.at += 1;
            self.skip_past(quote);
            let closed = self.bytes.get(self.at - 1) == Some(&quote) && self.at > start + 1;
            self.slice(start + 1, if closed { self.at - 1 } else { self.at })
        } else {
            while self.peek(0).is_some_and(|byte| !is_space(byte) && byte != b'>') {
                self.at += 1;
            }
            self.slice(start, self.at)
        };
        Attribute { name, value, offset }
    }
}

/// Undoes the entities that escaping writes, and numeric ones. Others stay as they are.
pub fn unescape(value: &str) -> std::borrow::Cow<'_, str> {
    let Some(first) = memchr::memchr(b'&', value.as_bytes()) else { return value.into() };
    let mut out = String::with_capacity(value.len());
    let (head, mut rest) = value.split_at(first);
    out.push_str(head);
    while let Some(tail) = rest.strip_prefix('&') {
        let decoded = tail.split_once(';').and_then(|(name, after)| Some((entity(name)?, after)));
        rest = if let Some((one, after)) = decoded {
            out.push(one);
            after
        } else {
            out.push('&');
            tail
        };
        let next = memchr::memchr(b'&', rest.as_bytes()).unwrap_or(rest.len());
        let (plain, after) = rest.split_at(next);
        out.push_str(plain);
        rest = after;
    }
    out.into()
}

fn entity(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let digits = name.strip_prefix('#')?;
            let code = match digits.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => digits.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(html: &str) -> Vec<String> {
        let mut found = Vec::new();
        for_each_tag(html, &mut |name, attributes| {
            let list: Vec<_> =
                attributes.iter().map(|one| format!("{}={}", one.name, one.value)).collect();
            found.push(format!("{name}({})", list.join(" ")));
        });
        found
    }

    #[test]
    fn finds_tags_and_leaves_text_alone() {
        let html = "<!doctype html><p a=1 b='x>y' c>t</p><!-- <i> --><script>'<b>'</script><br/>\
            <!--[if mso]><v:rect href=\"u\"><![endif]--><!--[if !mso]><!--><u>";
        assert_eq!(tags(html), ["p(a=1 b=x>y c=)", "script()", "br()", "v:rect(href=u)", "u()"]);
    }

    #[test]
    fn unescapes_what_escaping_writes() {
        assert_eq!(unescape("a&amp;b&#39;c&#x27;&nope;&"), "a&b'c'&nope;&");
    }
}
