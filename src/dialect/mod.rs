//! Merge tags of e-mail senders and macros of ad platforms: finds them byte for byte, tells which
//! of them do not belong, hides them from whatever would change them, and writes those that
//! templates ask for. Must not fill them in, nor read HTML or URLs: it sees text and nothing else.

mod bars;
mod braces;
mod bytes;
mod curly;
mod foreign;
mod mask;
mod misspelled;
mod percents;
mod platform;
mod read;
mod scan;
mod spelling;
mod underscores;
mod unpaired;
mod vocabulary;
pub mod write;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_foreign;
#[cfg(test)]
mod tests_properties;

pub use foreign::{Foreign, ForeignKind, foreign};
pub use mask::{LostToken, Masked, mask};
pub use platform::Dialect;
pub use scan::{Sighting, Token, TokenKind, Tokens, scan, scan_any};
