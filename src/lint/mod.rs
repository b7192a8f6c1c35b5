//! Checks on mails and pages as they go out: sizes, styles, pictures, links, merge tags, subject
//! and preheader, what laws ask for, accessibility, structured data, dates.
//!
//! Text and facts in, plain findings out: each with its check, its bytes, the number that was
//! measured and what to do. Knows nothing of workspaces, changes nothing and stops nothing.

pub mod clients;
mod colour;
mod dates;
mod finding;
mod ghosts;
mod json_ld;
mod leftovers;
mod legal;
mod mail;
mod markets;
mod page;
mod plain;
mod rules;
mod style;
mod subject;
mod tags;
mod urls;
mod walk;

#[cfg(test)]
mod tests;

pub use clients::{Clients, client_names, is_called};
pub use finding::{Finding, Place};
pub use ghosts::{Ghost, GhostKind, ghosts};
pub use mail::check_mail;
pub use markets::Market;
pub use page::check_page;
pub use rules::{
    Bounds, GMAIL_SHOWS, Level, Rules, bounds_of, check_named, checks, is_adjustable, is_check,
};
pub use subject::{Facts, Mail, Page, Picture};
