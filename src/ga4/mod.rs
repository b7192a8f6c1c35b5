//! Which channel GA4 will file a visit under: Google's default channel group, as dated data.
//!
//! The rules and the sources are data beside this module, read once. It predicts and advises; it
//! does not judge whether a link's channel is the expected one, and knows neither links nor files.

mod advice;
mod condition;
mod edition;
mod predict;
mod sources;
#[cfg(test)]
mod tests;

pub use advice::how_to_reach;
pub use condition::Field;
pub use edition::{channel, channels, edition};
pub use predict::{Prediction, Reason, Visit, predict};
pub use sources::{NO_SOURCES, OwnSources};
