//! HTML as it stands in a text: tokens with their places, entities, merge tags out of the way.
//!
//! The tokenizer follows the HTML standard's for what it reports; a test holds it against
//! html5ever on hostile input. It builds no tree, changes no byte and judges nothing.

mod blank;
mod comment;
mod entity;
mod run;
mod said;
mod token;
mod tokens;

#[cfg(test)]
mod tests;

pub use blank::{blank, blank_tags, blank_tokens};
pub use entity::{encode_non_ascii, unescape};
pub use run::{plain_run, run_of_words};
pub use said::said;
pub use token::{Attribute, Kind, Token, is_space, small_letters};
pub use tokens::Tokens;
