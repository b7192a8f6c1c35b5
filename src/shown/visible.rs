//! The text that a page or a mail shows: no tags, no comments, nothing that is hidden.

/// Elements whose content is no text of the page.
const SILENT: [&str; 9] =
    ["head", "script", "style", "template", "noscript", "textarea", "title", "svg", "iframe"];

/// Elements that do not part words.
const INLINE: [&str; 22] = [
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "em", "font", "i", "ins",
    "mark", "s", "small", "span", "strong", "sub", "sup", "time", "u",
];

/// Elements without an end tag.
const VOID: [&str; 13] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
];

/// The text of an HTML document as a reader sees it; white space is left as it is.
pub fn visible_text(html: &str) -> String {
    visible(html, ' ')
}

/// The same in lines: what stands in blocks and cells of its own stands in lines of its own. Blanks
/// are squeezed, and no line is empty.
pub fn visible_lines(html: &str) -> Vec<String> {
    // Line ends of the source are blanks to a reader.
    let text = visible(&html.replace(['\n', '\r'], " "), '\n');
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect()
}

/// The text, with a sign between what tags keep apart.
fn visible(html: &str, apart: char) -> String {
    let mut out = String::with_capacity(html.len() / 2);
    // The element that hides what is in it, and how many of its name are open.
    let mut hidden: Option<(String, usize)> = None;
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (text, tail) = rest.split_at(at);
        if hidden.is_none() {
            decode(text, &mut out);
        }
        if let Some(comment) = tail.strip_prefix("<!--") {
            rest = comment.find("-->").and_then(|end| comment.get(end + 3..)).unwrap_or("");
            continue;
        }
        let Some(tag) = Tag::read(tail) else {
            if hidden.is_none() {
                out.push('<');
            }
            rest = tail.get(1..).unwrap_or("");
            continue;
        };
        rest = tail.get(tag.length..).unwrap_or("");
        if !INLINE.contains(&tag.name.as_str()) {
            out.push(apart);
        }
        hidden = match hidden {
            Some((name, depth)) if name == tag.name => match (tag.closes, depth) {
                (true, 1) => None,
                (true, depth) => Some((name, depth - 1)),
                (false, depth) => Some((name, depth + 1)),
            },
            None if !tag.closes && tag.hides() => Some((tag.name, 1)),
            same => same,
        };
    }
    if hidden.is_none() {
        decode(rest, &mut out);
    }
    out
}

struct Tag<'h> {
    name: String,
    attributes: &'h str,
    closes: bool,
    length: usize,
}

impl<'h> Tag<'h> {
    fn read(text: &'h str) -> Option<Self> {
        let inner = text.strip_prefix('<')?;
        let closes = inner.starts_with('/');
        let name = inner.trim_start_matches('/');
        if inner.starts_with(['!', '?']) {
            let length = text.find('>').map_or(text.len(), |end| end + 1);
            return Some(Self { name: String::new(), attributes: "", closes: true, length });
        }
        name.starts_with(|one: char| one.is_ascii_alphabetic()).then_some(())?;
        let end = name
            .find(|one: char| one.is_whitespace() || matches!(one, '>' | '/'))
            .unwrap_or(name.len());
        let (name, rest) = name.split_at(end);
        let close = tag_end(rest);
        let attributes = rest.get(..close).unwrap_or(rest);
        let length = (text.len() - rest.len() + close + 1).min(text.len());
        Some(Self { name: name.to_ascii_lowercase(), attributes, closes, length })
    }

    /// Whether what is in the element is not shown.
    fn hides(&self) -> bool {
        if VOID.contains(&self.name.as_str()) || self.attributes.ends_with('/') {
            return false;
        }
        let plain: String =
            self.attributes.chars().filter(|one| !one.is_whitespace()).collect::<String>();
        let plain = plain.to_ascii_lowercase();
        let attribute =
            self.attributes.split_ascii_whitespace().any(|one| one.eq_ignore_ascii_case("hidden"));
        SILENT.contains(&self.name.as_str()) || attribute || plain.contains("display:none")
    }
}

/// Where a tag's `>` is: not one in quotes.
fn tag_end(text: &str) -> usize {
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return at,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    text.len()
}

/// Named entities that texts of mails hold, besides those that escaping writes.
const NAMED: [(&str, char); 24] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", '\u{a0}'),
    ("ensp", '\u{2002}'),
    ("emsp", '\u{2003}'),
    ("thinsp", '\u{2009}'),
    ("shy", '\u{ad}'),
    ("zwnj", '\u{200c}'),
    ("zwj", '\u{200d}'),
    ("euro", '€'),
    ("pound", '£'),
    ("yen", '¥'),
    ("cent", '¢'),
    ("percnt", '%'),
    ("dollar", '$'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("lsquo", '\u{2018}'),
    ("rsquo", '\u{2019}'),
    ("eacute", 'é'),
    ("ucirc", 'û'),
];

fn decode(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (plain, tail) = rest.split_at(at);
        out.push_str(plain);
        let entity = tail.get(1..).and_then(|tail| tail.split_once(';'));
        let decoded = entity.and_then(|(name, after)| Some((named(name)?, after)));
        rest = if let Some((one, after)) = decoded {
            out.push(one);
            after
        } else {
            out.push('&');
            tail.get(1..).unwrap_or("")
        };
    }
    out.push_str(rest);
}

fn named(name: &str) -> Option<char> {
    if let Some((_, one)) = NAMED.iter().find(|(known, _)| *known == name) {
        return Some(*one);
    }
    let digits = name.strip_prefix('#')?;
    let code = match digits.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => digits.parse().ok()?,
    };
    char::from_u32(code)
}
