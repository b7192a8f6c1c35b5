//! Text as words: what most of it is can be taken as a whole. Must not know where it stands.

/// How many bytes from the start are visible ASCII with single blanks between words.
///
/// What begins with a blank has none; a blank is never the last of them.
pub fn plain_run(text: &[u8]) -> usize {
    let mut before = b' ';
    let ends = |byte: &u8| {
        let double = *byte == b' ' && before == b' ';
        before = *byte;
        double || !matches!(byte, b' '..=b'~')
    };
    let end = text.iter().position(ends).unwrap_or(text.len());
    let blank = text.get(..end).is_some_and(|run| run.ends_with(b" "));
    end - usize::from(blank)
}

/// As [`plain_run`], whole words that have no more than `room` bytes together.
pub fn run_of_words(text: &[u8], room: usize) -> usize {
    let head = text.get(..room).unwrap_or(text);
    let run = plain_run(head);
    let whole = text.get(run).is_none_or(u8::is_ascii_whitespace);
    if whole {
        return run;
    }
    head.get(..run).and_then(|run| memchr::memrchr(b' ', run)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_ends_where_text_is_not_simple() {
        for (text, run) in [
            ("one two three", "one two three"),
            ("one two  three", "one two"),
            ("one two ", "one two"),
            ("one\ntwo", "one"),
            ("one caf\u{e9}", "one caf"),
            (" one", ""),
            ("", ""),
        ] {
            assert_eq!(&text[..plain_run(text.as_bytes())], run, "{text}");
        }
    }

    #[test]
    fn words_are_whole() {
        for (text, room, run) in [
            ("one two three", 99, "one two three"),
            ("one two three", 13, "one two three"),
            ("one two three", 12, "one two"),
            ("one two three", 7, "one two"),
            ("one two three", 2, ""),
            ("one caf\u{e9}", 99, "one"),
            ("caf\u{e9} one", 99, ""),
        ] {
            assert_eq!(&text[..run_of_words(text.as_bytes(), room)], run, "{text}");
        }
    }
}
