//! Makes a rendered mail ready to send: styles on the elements, HTML that arrives as it left,
//! a plain text, a message file and a note for whoever sends it.
//!
//! Texts and values in, texts and faults out. Every pass edits the author's own bytes at known
//! places and none writes the HTML anew from a tree, so that merge tags are never moved: that
//! they are all there, in order, is checked at the end nevertheless. Must not judge what a mail
//! says: that is `lint`'s.

mod ascii;
mod css;
mod declarations;
mod document;
mod fault;
mod finish;
mod flow;
mod headers;
mod hooks;
mod inliner;
mod message;
mod places;
mod preheader;
mod segments;
mod shape;
mod sidecar;
mod skeleton;
mod switches;
mod text;
mod write;
mod writer;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_properties;

pub use fault::{Fault, FaultKind};
pub use finish::{Draft, Mail, Settings, finish};
pub use headers::{Header, Mailbox};
pub use inliner::Inliner;
pub use places::Places;
pub use switches::{Switch, switches};
