//! Deep links of affiliate networks and app stores, as data: a profile says how a network writes
//! its links, what its ids look like and what it takes for a sub-id.
//!
//! Profiles come as TOML text, built in or from the workspace. Wraps a finished URL into the
//! network's, and unwraps it again. Reads no file, asks no network, does not choose a partner's
//! profile, and does not judge the destination: whether its host is allowed, or whether it holds
//! tokens of an ad platform, is for the caller to say.

mod base;
mod built_in;
mod charset;
mod document;
mod escape;
mod fault;
mod field;
mod host;
mod parse;
mod profile;
mod rule;
mod rule_text;
mod slots;
mod split;
mod template;
mod unwrap;
mod wrap;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_profile;
#[cfg(test)]
mod tests_properties;

pub use built_in::{built_in, built_in_names};
pub use escape::MAX_DEPTH;
pub use fault::{Part, ProfileFault, ValueFault, WrapFault};
pub use field::Field;
pub use profile::Profile;
pub use template::Style;
pub use unwrap::{Layer, Unwrapped, Unwrapping, unwrap_any};
pub use wrap::Wrapped;
