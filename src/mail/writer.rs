//! Text in lines that mail can carry: breaks them where a blank stands anyway. Must not know
//! what it writes.

/// Lines are broken here where they can be.
const WANTED: usize = 76;
/// The longest line that mail can carry.
pub(super) const LONGEST: usize = 998;

/// White space that is still to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pending {
    Nothing,
    Blank,
    Line,
}

/// What is written so far.
#[derive(Debug)]
pub(super) struct Writer {
    pub(super) out: String,
    line_start: usize,
    pending: Pending,
}

impl Writer {
    pub(super) fn with_capacity(capacity: usize) -> Self {
        Self { out: String::with_capacity(capacity), line_start: 0, pending: Pending::Nothing }
    }

    /// How long the line is that is being written.
    pub(super) fn column(&self) -> usize {
        self.out.len() - self.line_start
    }

    /// How many bytes the line that is being written still takes.
    pub(super) fn room(&self) -> usize {
        WANTED.saturating_sub(self.column())
    }

    /// White space, of which one sign is left.
    pub(super) fn blank(&mut self, has_line_end: bool) {
        self.pending = match self.pending {
            _ if has_line_end => Pending::Line,
            Pending::Line => Pending::Line,
            Pending::Blank | Pending::Nothing => Pending::Blank,
        };
    }

    /// Leaves the white space out that is pending.
    pub(super) fn forget(&mut self) {
        self.pending = Pending::Nothing;
    }

    /// Writes the white space that is pending, before something of this length.
    pub(super) fn before(&mut self, length: usize) {
        match std::mem::replace(&mut self.pending, Pending::Nothing) {
            Pending::Nothing => {}
            Pending::Blank if self.column() > 0 && self.column() + 1 + length <= WANTED => {
                self.out.push(' ');
            }
            Pending::Blank | Pending::Line => self.line(),
        }
    }

    /// Ends the line.
    pub(super) fn line(&mut self) {
        self.out.push('\n');
        self.line_start = self.out.len();
    }

    /// Writes what holds no line end, and cannot be broken.
    pub(super) fn push(&mut self, text: &str) {
        self.before(text.len());
        self.out.push_str(text);
    }

    /// Writes a text with `write`, as it is, line ends and all.
    pub(super) fn verbatim(&mut self, write: impl FnOnce(&mut String)) {
        self.before(0);
        let start = self.out.len();
        write(&mut self.out);
        let written = self.out.get(start..).unwrap_or("");
        if let Some(end) = memchr::memrchr(b'\n', written.as_bytes()) {
            self.line_start = start + end + 1;
        }
    }

    /// Writes a text, and breaks lines that get too long behind any of `signs` outside strings.
    pub(super) fn breaking(&mut self, text: &str, signs: &[char]) {
        self.before(0);
        let (mut quote, mut escaped) = (None, false);
        for one in text.chars() {
            self.out.push(one);
            if one == '\n' {
                self.line_start = self.out.len();
                quote = None;
            } else if std::mem::take(&mut escaped) {
            } else if one == '\\' {
                escaped = true;
            } else if quote == Some(one) {
                quote = None;
            } else if quote.is_none() && matches!(one, '"' | '\'') {
                quote = Some(one);
            } else if quote.is_none() && self.column() > LONGEST - 100 && signs.contains(&one) {
                self.line();
            }
        }
    }

    /// The finished text.
    pub(super) fn finish(mut self) -> String {
        self.before(0);
        self.out
    }
}
