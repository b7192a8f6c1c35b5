//! Blocks of words to lines of plain text. Must not know HTML.

use std::borrow::Cow;

/// The longest line that people like to read.
const WIDTH: usize = 78;

/// A piece of a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// A word that is never broken, and whether a blank stands before it.
    Word(String, bool),
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
pub(super) fn lay_out(blocks: &mut [Block]) -> String {
    join_repeated_links(blocks);
    let mut out = String::new();
    for block in blocks {
        if !out.is_empty() && block.apart {
            out.push('\n');
        }
        write(block, &mut out);
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
        let tagged = |item: &Item| matches!(item, Item::Word(text, _) if looks_like_tag(text));
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
pub(super) fn looks_like_tag(word: &str) -> bool {
    word.contains(['{', '%', '*', '<', '['])
}

fn write(block: &Block, out: &mut String) {
    let mut lines = Lines {
        out,
        indent: block.indent,
        first: &block.bullet,
        column: 0,
        empty: true,
        last_blank: None,
    };
    match block.look {
        Look::Rule => lines.word(&"-".repeat(40), false),
        Look::Verbatim => {
            for item in &block.items {
                match item {
                    Item::Word(text, _) => lines.word(text, false),
                    Item::Link { address, .. } if !address.is_empty() => {
                        lines.word(&format!(" ({address})"), false);
                    }
                    Item::Link { .. } | Item::Break => {}
                }
            }
        }
        Look::Plain | Look::Heading(_) => inline(block, &mut lines),
    }
    let width = lines.column.min(WIDTH);
    lines.end();
    if let Look::Heading(sign) = block.look {
        out.extend(std::iter::repeat_n(sign, width.max(3)));
        out.push('\n');
    }
}

fn inline(block: &Block, lines: &mut Lines<'_>) {
    let addresses = block.items.iter().filter(|one| matches!(one, Item::Link { .. })).count();
    let alone = addresses == 1
        && matches!(block.items.last(), Some(Item::Link { first: 0, .. }))
        && block.look == Look::Plain;
    for (at, item) in block.items.iter().enumerate() {
        match item {
            Item::Word(text, blank) => lines.word(text, *blank),
            Item::Break => lines.end(),
            Item::Link { address, first } => {
                let text = words(block.items.get(*first..at).unwrap_or_default());
                let behind_scheme = address.split_once(':').map(|(_, rest)| rest);
                if address.is_empty() || text == *address || behind_scheme == Some(&text) {
                    // The text says it, or the same link comes again below.
                } else if alone && !text.is_empty() {
                    lines.end();
                    lines.word(address, false);
                } else if text.is_empty() {
                    lines.word(address, true);
                } else {
                    lines.word(&format!("({address})"), true);
                }
            }
        }
    }
}

/// The words of a link, as they are shown.
fn words(items: &[Item]) -> String {
    let mut out = String::new();
    for one in items {
        if let Item::Word(text, blank) = one {
            if *blank && !out.is_empty() {
                out.push(' ');
            }
            out.push_str(text);
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
    fn word(&mut self, text: &str, blank: bool) {
        let width = text.chars().count();
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
            let margin = " ".repeat(self.indent.saturating_sub(self.first.chars().count()));
            self.out.push_str(&margin);
            self.out.push_str(self.first);
            self.column = self.indent.max(self.first.chars().count());
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
