//! Characters that are not what they seem, by what the field is for. Every text passes here first.

use std::borrow::Cow;
use std::ops::Range;

use super::{CellContext, Fault};
use crate::diag::Code;
use crate::source::table::findings::Normalised;
use crate::source::table::limits::MAX_CELL;
use crate::source::table::{Column, ColumnKind};

/// What a field is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    /// Text that customers read: typography is welcome.
    Copy,
    /// What somebody is called.
    Name,
    /// Words that people and programs compare: codes, owners, parameters.
    Word,
    /// Anything with a form of its own: ids, links, numbers, dates.
    Form,
}

fn use_of(kind: ColumnKind) -> Use {
    match kind {
        ColumnKind::Copy => Use::Copy,
        ColumnKind::Name => Use::Name,
        ColumnKind::Text => Use::Word,
        _ => Use::Form,
    }
}

/// The text of a cell without what does not belong to it. Empty where nothing is left.
#[inline]
pub(super) fn clean<'t>(
    column: &Column,
    text: &'t str,
    context: &mut CellContext<'_>,
) -> Result<Cow<'t, str>, Fault> {
    let bytes = text.as_bytes();
    let printable = |byte: &u8| matches!(byte, 0x20..=0x7e);
    let plain = context.plain || bytes.iter().all(printable);
    let spaces = bytes.first() == Some(&b' ') || bytes.last() == Some(&b' ');
    let used = use_of(column.kind);
    if plain && !spaces && used == Use::Form && text.len() <= MAX_CELL && !column.required {
        return Ok(Cow::Borrowed(text));
    }
    let cleaned = if plain && !spaces {
        Cow::Borrowed(text)
    } else {
        clean_unusual(column, used, text, context)?
    };
    if cleaned.len() > MAX_CELL && cleaned.chars().count() > MAX_CELL {
        let message = format!("the cell is longer than {MAX_CELL} characters");
        return Err(Fault::new(Code::OverLimit, message).help("shorten it"));
    }
    if matches!(used, Use::Copy | Use::Name | Use::Word) {
        check_placeholder(column, &cleaned, context)?;
        if used != Use::Word && context.queried {
            check_lost_letters(&cleaned, context);
        }
    } else if column.required {
        check_placeholder(column, &cleaned, context)?;
    }
    Ok(cleaned)
}

fn clean_unusual<'t>(
    column: &Column,
    used: Use,
    text: &'t str,
    context: &mut CellContext<'_>,
) -> Result<Cow<'t, str>, Fault> {
    let trimmed = text.trim_matches(|one| is_space(one) || column.lines && is_line_end(one));
    if trimmed.len() < text.len() && !trimmed.is_empty() {
        context.note(Normalised::Spaces);
    }
    let (mut before, mut joined) = (None, false);
    // Places count from the text as it was given.
    let cut = (trimmed.as_ptr() as usize).wrapping_sub(text.as_ptr() as usize);
    let mut letters = trimmed.char_indices().peekable();
    while let Some((at, one)) = letters.next() {
        if !matches!(one, ' '..='~') {
            let place = cut + at..cut + at + one.len_utf8();
            let after = letters.peek().map(|(_, after)| *after);
            let found = check(one, column, used, (before, after), (&place, context));
            found.map_err(|fault| fault.within(place))?;
            joined |= matches!(one, '\u{a0}' | '\u{202f}') && used != Use::Copy || one == '\r';
        }
        before = Some(one);
    }
    check_mojibake(trimmed, context);
    if !joined {
        return Ok(Cow::Borrowed(trimmed));
    }
    let mut text = trimmed.to_owned();
    if used != Use::Copy && text.contains(['\u{a0}', '\u{202f}']) {
        context.note(Normalised::NoBreakSpace);
        text = text.replace(['\u{a0}', '\u{202f}'], " ");
    }
    if text.contains('\r') {
        context.note(Normalised::LineEnds);
        text = text.replace("\r\n", "\n").replace('\r', "\n");
    }
    Ok(Cow::Owned(text))
}

/// Spaces of every width; a tab is no space.
fn is_space(one: char) -> bool {
    one.is_whitespace() && !one.is_control() && !matches!(one, '\u{2028}' | '\u{2029}')
}

fn is_line_end(one: char) -> bool {
    matches!(one, '\n' | '\r')
}

/// Judges one character that is not plain.
fn check(
    one: char,
    column: &Column,
    used: Use,
    around: (Option<char>, Option<char>),
    (place, context): (&Range<usize>, &mut CellContext<'_>),
) -> Result<(), Fault> {
    let code = u32::from(one);
    let unseen = || {
        Fault::new(
            Code::ControlCharacter,
            format!("the cell holds the unseen character U+{code:04X} ({})", name_of(one)),
        )
        .help("delete the character")
    };
    match one {
        '\n' | '\r' if column.lines => {}
        '\n' | '\r' => {
            let message = format!("`{}` holds a line break", column.name);
            return Err(Fault::new(Code::LineBreak, message).help("write it in one line"));
        }
        '\u{85}' | '\u{2028}' | '\u{2029}' if used == Use::Form => return Err(unseen()),
        '\u{85}' | '\u{2028}' | '\u{2029}' => {
            context.warn_at(
                place,
                Code::UnusualCharacter,
                format!("the cell holds the line separator U+{code:04X}"),
                "write a space, or an ordinary line break where the column takes them",
            );
        }
        _ if one.is_control() => return Err(unseen()),
        // Joiners make emoji and the letters of some scripts.
        '\u{200c}' | '\u{200d}' if joins(used, around) => {}
        '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}'
        | '\u{feff}'
        | '\u{ad}'
        | '\u{61c}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{3164}' => {
            if used != Use::Copy {
                return Err(unseen());
            }
            let message =
                format!("the text holds the unseen character U+{code:04X} ({})", name_of(one));
            context.warn_at(place, Code::UnusualCharacter, message, "delete it unless it is meant");
        }
        '\u{fffd}' => {
            let message = "the cell holds U+FFFD, which stands where a letter was lost";
            return Err(Fault::new(Code::GarbledText, message)
                .help("write the letter again, and save the file as CSV UTF-8"));
        }
        '\u{2018}'..='\u{201f}' | '\u{2032}' | '\u{2033}' if used == Use::Word => {
            let message = format!("`{}` holds the curly quote `{one}`", column.name);
            context.warn_at(place, Code::UnusualCharacter, message, "write a straight one");
        }
        _ => {}
    }
    Ok(())
}

fn joins(used: Use, (before, after): (Option<char>, Option<char>)) -> bool {
    let joinable =
        |one: Option<char>| one.is_some_and(|one| !one.is_ascii() && !one.is_whitespace());
    matches!(used, Use::Copy | Use::Name) && joinable(before) && joinable(after)
}

fn name_of(one: char) -> &'static str {
    match one {
        '\0' => "NUL",
        '\t' => "tab",
        '\u{ad}' => "soft hyphen",
        '\u{200b}' => "zero-width space",
        '\u{200c}' => "zero-width non-joiner",
        '\u{200d}' => "zero-width joiner",
        '\u{200e}' | '\u{200f}' | '\u{61c}' => "direction mark",
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            "a mark that turns the order of letters around"
        }
        '\u{2060}' => "word joiner",
        '\u{feff}' => "byte order mark",
        '\u{115f}' | '\u{1160}' | '\u{3164}' => "filler",
        _ if one.is_control() => "control",
        _ => "invisible",
    }
}

/// UTF-8 that was read as windows-1252 and saved again: `Ã¼` for `ü`, `â€™` for `’`. Such a word,
/// taken for windows-1252, is UTF-8 through and through; no word of a language is.
fn check_mojibake(text: &str, context: &mut CellContext<'_>) {
    let suspicious = |word: &&str| word.contains(['Ã', 'Â', 'â', 'Å', 'Ä', 'ð', 'Ð', 'Ñ']);
    let right = text.split_whitespace().filter(suspicious).find_map(|word| {
        let (bytes, _, unmappable) = encoding_rs::WINDOWS_1252.encode(word);
        (!unmappable).then(|| String::from_utf8(bytes.into_owned()).ok()).flatten()
    });
    if let Some(right) = right {
        let message = "letters look as if the file was decoded twice".to_owned();
        let help = format!("write `{}`, and save the file as CSV UTF-8", shorten(&right));
        context.warn(Code::GarbledText, message, &help);
    }
}

fn shorten(text: &str) -> String {
    let mut short: String = text.chars().take(40).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// `M?ller`, `M_ller`: a code page without the letter has put something in its place.
fn check_lost_letters(text: &str, context: &mut CellContext<'_>) {
    if memchr::memchr2(b'?', b'_', text.as_bytes()).is_none() {
        return;
    }
    // Addresses and names of parameters have such signs of their own.
    let mut words = text.split_whitespace().filter(|word| !word.contains(['/', '=', '@', '&']));
    let lost = |word: &str| {
        let letters: Vec<char> = word.chars().collect();
        letters.windows(3).any(
            |three| matches!(three, [a, '?' | '_', b] if a.is_alphabetic() && b.is_lowercase()),
        )
    };
    if words.any(lost) {
        let message = "a letter seems to be lost inside a word".to_owned();
        context.warn(Code::GarbledText, message, "write the word as it should be");
    }
}

/// What people write where they have nothing to write, lower case.
const PLACEHOLDERS: [&str; 25] = [
    "#ref!", "#value!", "#name?", "#div/0!", "#null!", "#num!", "#nv", "#bezug!", "#wert!",
    "#error", "null", "nil", "none", "n/a", "na", "n.a.", "#n/a", "-", "--", "---", "–", "—", "?",
    "??", "???",
];

/// What people write where they mean to write something later, lower case.
const UNFINISHED: [&str; 7] = ["tbd", "tba", "tbc", "todo", "xxx", "xxxx", LOREM];

const LOREM: &str = "lorem ipsum";

#[inline]
fn check_placeholder(
    column: &Column,
    text: &str,
    context: &mut CellContext<'_>,
) -> Result<(), Fault> {
    // Nearly every text begins with another letter.
    if !matches!(
        text.as_bytes().first(),
        Some(b'#' | b'-' | b'?' | b'N' | b'n' | b'T' | b't' | b'X' | b'x' | b'L' | b'l' | 0xe2)
    ) {
        return Ok(());
    }
    // The longest is eleven bytes, but filler text goes on and on.
    let lorem =
        text.len() >= 11 && text.get(..11).is_some_and(|head| head.eq_ignore_ascii_case(LOREM));
    if text.is_empty() || text.len() > 11 && !lorem {
        return Ok(());
    }
    let is_one_of = |list: &[&str]| list.iter().any(|one| one.eq_ignore_ascii_case(text));
    let unfinished = lorem || is_one_of(&UNFINISHED);
    if !unfinished && !is_one_of(&PLACEHOLDERS) {
        return Ok(());
    }
    let message = format!("`{}` is a placeholder, not a value", shorten(text));
    if column.required || unfinished {
        return Err(Fault::new(Code::Placeholder, message).help("write the value"));
    }
    context.warn(Code::Placeholder, message, "write the value, or leave the cell empty");
    Ok(())
}
