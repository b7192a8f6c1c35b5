//! Blocks of words to lines of plain text. Must not know HTML.

use std::borrow::Cow;
use std::ops::Range;

/// The longest line that people like to read.
const WIDTH: usize = 78;

/// A word that is never broken, or several plain ones with a blank between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// Its bytes in [`Words::text`].
    pub(super) range: Range<usize>,
    /// In characters.
    pub(super) width: usize,
    /// Whether a blank stands before it.
    pub(super) blank: bool,
    /// Whether it may hold a merge tag, which may begin a part.
    pub(super) tagged: bool,
    /// Whether it is several.
    pub(super) several: bool,
}

/// The words of a mail, one behind the other: one text for all, since there are thousands.
#[derive(Debug, Default)]
pub(super) struct Words {
    pub(super) text: String,
}

impl Words {
    /// A new word. One that is `plain` is known to be ASCII without signs of merge tags, and only
    /// then may it be several.
    pub(super) fn add(&mut self, text: &str, blank: bool, plain: bool) -> Word {
        let start = self.text.len();
        let mut word = Word { range: start..start, width: 0, blank, tagged: false, several: false };
        self.extend(&mut word, text, plain);
        word
    }

    /// Goes on with the word that was added last.
    pub(super) fn extend(&mut self, word: &mut Word, text: &str, plain: bool) {
        self.text.push_str(text);
        word.range.end = self.text.len();
        if plain {
            word.width += text.len();
            word.several |= memchr::memchr(b' ', text.as_bytes()).is_some();
        } else {
            word.width += width(text);
            word.tagged |= looks_like_tag(text);
        }
    }

    /// Takes the last of several words off, which something is to be put behind that is not plain.
    pub(super) fn split_last(&self, word: &mut Word) -> Option<Word> {
        let at = self.of(word).rfind(' ').filter(|_| word.several)?;
        let start = word.range.start + at + 1;
        let width = word.range.end - start;
        let range = start..word.range.end;
        let last = Word { range, width, blank: true, tagged: false, several: false };
        word.range.end = start - 1;
        word.width -= width + 1;
        word.several = self.of(word).contains(' ');
        Some(last)
    }

    /// What a word says.
    pub(super) fn of(&self, word: &Word) -> &str {
        self.text.get(word.range.clone()).unwrap_or("")
    }
}

/// Whether all words of a text are plain.
pub(super) fn is_plain(text: &[u8]) -> bool {
    // Without a branch, this looks at many bytes at a time.
    text.iter().fold(true, |plain, one| plain & one.is_ascii() & !is_sign(*one))
}

/// A piece of a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// A word.
    Word(Word),
    /// Where the text of a link ends that began with the item at an index.
    Link { address: String, first: usize },
    /// A line end.
    Break,
}

/// How a block is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Look {
    /// As it flows.
    #[default]
    Plain,
    /// With a line below, of this sign.
    Heading(char),
    /// As it was written.
    Verbatim,
    /// Nothing but a line.
    Rule,
}

/// A paragraph, an item, a heading.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) items: Vec<Item>,
    pub(super) look: Look,
    /// Before the first line, and as blanks before the others.
    pub(super) bullet: String,
    pub(super) indent: usize,
    /// Whether an empty line stands before it.
    pub(super) apart: bool,
    /// Whether it is a merge tag that begins, divides or ends a part.
    pub(super) divides: bool,
}

/// A word without soft hyphens and the like, and with blanks for those that keep words together.
pub(super) fn as_shown(word: &str) -> Cow<'_, str> {
    if word.is_ascii() {
        return word.into();
    }
    let shown =
        word.chars().filter(|one| !matches!(one, '\u{ad}' | '\u{34f}' | '\u{200b}' | '\u{feff}'));
    shown.map(|one| if one == '\u{a0}' { ' ' } else { one }).collect()
}

/// Writes blocks below each other.
pub(super) fn lay_out(blocks: &mut [Block], said: &Words) -> String {
    join_repeated_links(blocks);
    let mut out = String::with_capacity(said.text.len() * 2);
    for block in blocks {
        if !out.is_empty() && block.apart {
            out.push('\n');
        }
        write(block, said, &mut out);
    }
    out
}

/// Where the same link comes several times in a row, as around a picture, a title and a button,
/// only the last one shows its address.
fn join_repeated_links(blocks: &mut [Block]) {
    let mut last: Option<String> = None;
    for block in blocks.iter_mut().rev() {
        // What stands in a part may not be sent, and its link with it.
        if block.divides {
            last = None;
        }
        let tagged = |item: &Item| matches!(item, Item::Word(word) if word.tagged);
        for at in (0..block.items.len()).rev() {
            let Some(item) = block.items.get_mut(at) else { continue };
            if tagged(item) {
                last = None;
            }
            let Item::Link { address, .. } = item else { continue };
            if last.as_deref() == Some(address.as_str()) {
                address.clear();
            } else {
                last = Some(address.clone());
            }
        }
    }
}

/// A merge tag among words: it may begin a part.
fn looks_like_tag(word: &str) -> bool {
    word.bytes().any(is_sign)
}

fn is_sign(one: u8) -> bool {
    matches!(one, b'{' | b'%' | b'*' | b'<' | b'[')
}

/// In characters.
fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().count() }
}

fn write(block: &Block, said: &Words, out: &mut String) {
    let mut lines = Lines {
        out,
        indent: block.indent,
        first: &block.bullet,
        column: 0,
        empty: true,
        last_blank: None,
    };
    match block.look {
        Look::Rule => lines.word(&"-".repeat(40), 40, false),
        Look::Verbatim => {
            for item in &block.items {
                match item {
                    Item::Word(word) => lines.words(said.of(word), word, false),
                    Item::Link { address, .. } if !address.is_empty() => {
                        let text = format!(" ({address})");
                        lines.word(&text, width(&text), false);
                    }
                    Item::Link { .. } | Item::Break => {}
                }
            }
        }
        Look::Plain | Look::Heading(_) => inline(block, said, &mut lines),
    }
    let width = lines.column.min(WIDTH);
    lines.end();
    if let Look::Heading(sign) = block.look {
        out.extend(std::iter::repeat_n(sign, width.max(3)));
        out.push('\n');
    }
}

fn inline(block: &Block, said: &Words, lines: &mut Lines<'_>) {
    let addresses = block.items.iter().filter(|one| matches!(one, Item::Link { .. })).count();
    let alone = addresses == 1
        && matches!(block.items.last(), Some(Item::Link { first: 0, .. }))
        && block.look == Look::Plain;
    for (at, item) in block.items.iter().enumerate() {
        match item {
            Item::Word(word) => lines.words(said.of(word), word, word.blank),
            Item::Break => lines.end(),
            Item::Link { address, first } => {
                let text = words(block.items.get(*first..at).unwrap_or_default(), said);
                let behind_scheme = address.split_once(':').map(|(_, rest)| rest);
                if address.is_empty() || text == *address || behind_scheme == Some(&text) {
                    // The text says it, or the same link comes again below.
                } else if alone && !text.is_empty() {
                    lines.end();
                    lines.word(address, width(address), false);
                } else if text.is_empty() {
                    lines.word(address, width(address), true);
                } else {
                    let text = format!("({address})");
                    lines.word(&text, width(&text), true);
                }
            }
        }
    }
}

/// The words of a link, as they are shown.
fn words(items: &[Item], said: &Words) -> String {
    let mut out = String::new();
    for one in items {
        if let Item::Word(word) = one {
            if word.blank && !out.is_empty() {
                out.push(' ');
            }
            out.push_str(said.of(word));
        }
    }
    out
}

struct Lines<'o> {
    out: &'o mut String,
    indent: usize,
    first: &'o str,
    column: usize,
    empty: bool,
    /// Where the line could still be broken: its last blank between words.
    last_blank: Option<usize>,
}

impl Lines<'_> {
    /// Writes a word, on the next line where it does not fit, and with it what it belongs to.
    fn word(&mut self, text: &str, width: usize, blank: bool) {
        if !self.empty && !blank && self.column + width > WIDTH {
            self.break_before_last();
        }
        if blank && !self.empty {
            if self.column + 1 + width > WIDTH {
                self.end();
            } else {
                self.last_blank = Some(self.out.len());
                self.out.push(' ');
                self.column += 1;
            }
        }
        self.begin();
        self.out.push_str(text);
        self.column += width;
    }

    /// Writes one word or several, as [`Self::word`] would one after the other.
    fn words(&mut self, text: &str, word: &Word, blank: bool) {
        if !word.several {
            self.word(text, word.width, blank);
            return;
        }
        let (first, mut rest) =
            text.split_at_checked(text.find(' ').unwrap_or(0)).unwrap_or((text, ""));
        self.word(first, first.len(), blank);
        // Each word has its blank before it.
        while !rest.is_empty() {
            let room = WIDTH.saturating_sub(self.column);
            let fits = if rest.len() <= room {
                rest.len()
            } else {
                let head = rest.as_bytes().get(..=room).unwrap_or_default();
                memchr::memrchr(b' ', head).unwrap_or(0)
            };
            let (line, behind) = rest.split_at_checked(fits).unwrap_or((rest, ""));
            if let Some(at) = line.rfind(' ') {
                self.last_blank = Some(self.out.len() + at);
            }
            self.out.push_str(line);
            self.column += line.len();
            rest = behind;
            if let Some(next) = rest.strip_prefix(' ') {
                let (next, behind) = next
                    .split_at_checked(next.find(' ').unwrap_or(next.len()))
                    .unwrap_or((next, ""));
                self.word(next, next.len(), true);
                rest = behind;
            }
        }
    }

    /// The last word goes to the next line: another one follows it without a blank.
    fn break_before_last(&mut self) {
        let Some(at) = self.last_blank.take() else { return };
        let word = self.out.split_off(at).trim_start_matches(' ').to_owned();
        self.end();
        self.begin();
        self.out.push_str(&word);
        self.column += word.chars().count();
    }

    /// The margin of a line that is still empty.
    fn begin(&mut self) {
        if self.empty {
            let first = width(self.first);
            self.out.extend(std::iter::repeat_n(' ', self.indent.saturating_sub(first)));
            self.out.push_str(self.first);
            self.column = self.indent.max(first);
            self.first = "";
            self.empty = false;
        }
    }

    fn end(&mut self) {
        if !self.empty {
            self.out.truncate(self.out.trim_end_matches(' ').len());
            self.out.push('\n');
        }
        self.last_blank = None;
        self.empty = true;
    }
}
